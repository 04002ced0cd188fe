package desk

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// Keeper is a case for which units of an article are held 锁库存.
type Keeper struct {
	CaseID     id.ID          `json:"case_id"`
	CaseNumber string         `json:"case_number"`
	Customer   Who            `json:"customer"`
	Quantity   int64          `json:"quantity"`
	HeldAt     clock.Instant  `json:"held_at"`
	Until      *clock.Instant `json:"until,omitempty" doc:"then they are free again"`
}

const keepersMost = 200

// Keepers lists for whom units of an article are held, the oldest first, at most 200.
func Keepers(tx *db.Tx, shopID id.ID, sku string) ([]Keeper, error) {
	return db.Collect(tx, func(r *db.Rows) (k Keeper, err error) {
		return k, r.Scan(&k.CaseID, &k.CaseNumber, &k.Customer.Nick, &k.Customer.Name, &k.Customer.Phone, &k.Quantity, &k.HeldAt, &k.Until)
	}, `select c.id, c.number, coalesce(w.nick, ''), coalesce(w.name, ''), coalesce(w.phone, ''), h.quantity, h.held_at, h.until
		from stock s join stock_hold h on h.stock_id = s.id join case_line l on l.id = h.case_line_id join cases c on c.id = l.case_id left join customer w on w.id = c.customer_id
		where s.shop_id = $1 and s.sku = $2 and h.shop_id = $1 and h.state = 'held' and l.shop_id = $1 and c.shop_id = $1 order by h.id limit $3`, shopID, sku, keepersMost)
}

func (d *Desk) stockRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/stock/holds", ID: "list-stock-holds", Tag: "desk", Scope: auth.CasesRead, Summary: "For whom units of an article are held, and until when 锁库存"},
		func(ctx context.Context, in *struct {
			SKU string `query:"sku" required:"true" minLength:"1" maxLength:"64"`
		}) (*web.Reply[[]Keeper], error) {
			out := []Keeper{}
			err := d.DB.Read(ctx, func(tx *db.Tx) error {
				found, err := Keepers(tx, web.Shop(ctx), in.SKU)
				out = append(out, found...)
				return err
			})
			return &web.Reply[[]Keeper]{Body: out}, err
		})
}
