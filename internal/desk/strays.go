package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/stray"
	"github.com/sanbao/sanbao/internal/web"
)

// Owner is a return that waits for a parcel, and so may be a stray parcel's.
type Owner struct {
	MovementID  id.ID         `json:"movement_id"`
	CaseID      id.ID         `json:"case_id"`
	Number      string        `json:"number" doc:"return number"`
	CaseNumber  string        `json:"case_number"`
	AnnouncedAt clock.Instant `json:"announced_at"`
	Customer    Who           `json:"customer"`
	Article     string        `json:"article"`
	SKU         string        `json:"sku"`
	Why         []string      `json:"why" nullable:"false" doc:"what agrees: order, phone, name, article, customer"`
}

const (
	awaitedMost = 500 // returns that are looked at, newest first
	ownersMost  = 20
)

const (
	awaitedColumns = `select m.id, m.number, m.announced_at, m.case_id, c.number, coalesce(k.nick, ''), coalesce(k.name, ''), coalesce(k.phone, ''), o.title, o.sku, o.order_id`
	awaitedFrom    = `join cases c on c.id = m.case_id join movement_line l on l.movement_id = m.id join order_line o on o.id = l.order_line_id
		left join customer k on k.id = c.customer_id where c.shop_id = m.shop_id and l.shop_id = m.shop_id and o.shop_id = m.shop_id`
	awaitedOrder = ` order by m.id desc, l.case_line_id`
)

// Owners lists the returns that a stray parcel may be, those with most in common first: the order it went out with, the
// tail of the phone, the name and the article that its label shows. Nothing is matched by it; a person decides.
func Owners(tx *db.Tx, shopID, strayID id.ID) ([]Owner, error) {
	p, err := stray.Get(tx, shopID, strayID)
	if err != nil {
		return nil, err
	}
	type awaited struct {
		Owner
		order id.ID
		his   bool
	}
	read := func(r *db.Rows) (a awaited, err error) {
		return a, r.Scan(&a.MovementID, &a.Number, &a.AnnouncedAt, &a.CaseID, &a.CaseNumber, &a.Customer.Nick, &a.Customer.Name, &a.Customer.Phone, &a.Article, &a.SKU, &a.order)
	}
	var found []awaited
	if p.Kind == stray.WholeParcel {
		found, err = db.Collect(tx, read, awaitedColumns+` from (select id, number, announced_at, case_id, shop_id from movement where shop_id = $1 and state = 'announced' and purpose = 'return' order by id desc limit $2) m `+
			awaitedFrom+awaitedOrder, shopID, awaitedMost)
	}
	if err == nil && p.OrderID != 0 { // his who bought it, however old, and on their way already
		var his []awaited
		his, err = db.Collect(tx, read, awaitedColumns+` from movement m `+awaitedFrom+` and m.shop_id = $1 and m.purpose = 'return' and m.state in ('announced', 'in_transit')
			and m.case_id in (select id from cases where shop_id = $1 and customer_id = (select customer_id from orders where id = $2 and shop_id = $1)
				union select case_id from case_line where shop_id = $1 and order_line_id in (select id from order_line where order_id = $2 and shop_id = $1))`+awaitedOrder, shopID, p.OrderID)
		for i := range his {
			his[i].his = true
		}
		found = append(his, found...)
	}
	if err != nil {
		return nil, err
	}
	out := []Owner{}
	for _, a := range found {
		if a.Why = agrees(p, a.Owner, a.order); a.his && len(a.Why) == 0 {
			a.Why = []string{"customer"}
		}
		if len(a.Why) > 0 && !slices.ContainsFunc(out, func(o Owner) bool { return o.MovementID == a.MovementID }) {
			out = append(out, a.Owner)
		}
	}
	slices.SortStableFunc(out, func(a, b Owner) int { return cmp.Compare(len(b.Why), len(a.Why)) })
	return out[:min(len(out), ownersMost)], nil
}

// agrees says what a stray parcel and a return have in common.
func agrees(p stray.Parcel, o Owner, order id.ID) []string {
	why := []string{}
	if p.OrderID != 0 && p.OrderID == order {
		why = append(why, "order")
	}
	if p.PhoneTail != "" && strings.HasSuffix(o.Customer.Phone, p.PhoneTail) {
		why = append(why, "phone")
	}
	label := strings.ToLower(p.Label)
	if named(label, o.Customer.Nick) || named(label, o.Customer.Name) {
		why = append(why, "name")
	}
	if named(label, o.SKU) || slices.ContainsFunc(strings.Fields(o.Article), func(w string) bool { return named(label, w) }) {
		why = append(why, "article")
	}
	return why
}

// named says that a label holds a word of two characters or more. What is masked identifies nobody.
func named(label, word string) bool {
	return len([]rune(word)) > 1 && !strings.Contains(word, "*") && strings.Contains(label, strings.ToLower(word))
}

func (d *Desk) strayRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/strays/{stray}/owners", ID: "stray-owners", Tag: "desk", Scope: auth.CasesRead, Summary: "Returns that a stray parcel may be, the likeliest first"},
		func(ctx context.Context, in *struct {
			Stray web.ID `path:"stray"`
		}) (*web.Reply[[]Owner], error) {
			var out []Owner
			err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
				out, err = Owners(tx, web.Shop(ctx), in.Stray.ID)
				return err
			})
			return &web.Reply[[]Owner]{Body: out}, err
		})
}
