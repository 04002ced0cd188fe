package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/money"
)

const (
	todayMost  = 1000 // where the numbers of the day's sentence end
	todayItems = 30
	soonWithin = 6 * time.Hour
)

// Urgency says how pressing an item of today is.
type Urgency string

const (
	IsOverdue Urgency = "overdue" // 已超时
	IsSoon    Urgency = "soon"    // within six hours
	IsToday   Urgency = "today"
	IsWaiting Urgency = "waiting" // nothing is due, but it waits for us
)

// Today is the first screen 今日待办: the day in numbers, each counted up to 1,000, and what to do first.
type Today struct {
	At        clock.Instant `json:"at"`
	Open      int           `json:"open"`
	DueToday  int           `json:"due_today"`
	Overdue   int           `json:"overdue"`
	ToApprove int           `json:"to_approve"`
	ToPay     Payable       `json:"to_pay" doc:"settlements that are approved and wait to be paid, or bounced"`
	Items     []TodayItem   `json:"items" nullable:"false" doc:"at most 30, most urgent first"`
	Shops     []TodayShop   `json:"shops,omitempty" doc:"the numbers of each shop, on the list of several shops"`
}

// TodayShop is the day of one of several shops in numbers.
type TodayShop struct {
	Shop      string `json:"shop" doc:"its code"`
	Open      int    `json:"open"`
	DueToday  int    `json:"due_today"`
	Overdue   int    `json:"overdue"`
	ToApprove int    `json:"to_approve"`
	ToPay     int    `json:"to_pay"`
}

// Payable is what waits to be paid.
type Payable struct {
	Count   int      `json:"count"`
	Amounts []Amount `json:"amounts" nullable:"false"`
}

// Amount is a sum of one currency.
type Amount struct {
	Currency money.Currency `json:"currency"`
	Minor    int64          `json:"minor"`
}

// TodayItem is one thing to do.
type TodayItem struct {
	Shop     string         `json:"shop,omitempty" doc:"code of the shop, on the list of several shops"`
	CaseID   id.ID          `json:"case_id"`
	Number   string         `json:"number"`
	Kind     string         `json:"kind" doc:"what is due (due_kind); to_approve, or the case's status, where nothing is"`
	DueAt    *clock.Instant `json:"due_at,omitempty"`
	Urgency  Urgency        `json:"urgency" enum:"overdue,soon,today,waiting"`
	Customer string         `json:"customer"`
	Article  string         `json:"article"`
	Ground   string         `json:"ground"`
	Remedy   string         `json:"remedy"`
	Status   string         `json:"status" doc:"of the case's first line"`
	Note     string         `json:"note" doc:"the beginning of the newest note: what it is about, in a colleague's words"`
	Assignee string         `json:"assignee,omitempty"`
	Amount   int64          `json:"amount"`
	Currency money.Currency `json:"currency,omitempty"`
}

// ReadToday reads the first screen.
func ReadToday(tx *db.Tx, shopID id.ID, f Filter) (Today, error) {
	t := Today{At: f.Now}
	for _, c := range []struct {
		view View
		n    *int
	}{{All, &t.Open}, {DueToday, &t.DueToday}, {Overdue, &t.Overdue}, {ToApprove, &t.ToApprove}} {
		f.View = c.view
		var err error
		if *c.n, err = f.Count(tx, shopID, todayMost); err != nil {
			return t, err
		}
	}
	var err error
	if t.ToPay, err = payable(tx, shopID); err != nil {
		return t, err
	}
	t.Items, err = todayList(tx, shopID, f)
	return t, err
}

// TodayOf is the first screen of somebody who works in several shops: their numbers added up, the most urgent of all first.
func TodayOf(tx *db.Tx, shops []shop.Shop, me string) (Today, error) {
	all := Today{At: tx.Now, ToPay: Payable{Amounts: []Amount{}}, Items: []TodayItem{}}
	for _, s := range shops {
		f, err := filterOf(tx, s, me)
		if err != nil {
			return all, err
		}
		t, err := ReadToday(tx, s.ID, f)
		if err != nil {
			return all, err
		}
		all.Open, all.DueToday, all.Overdue, all.ToApprove = all.Open+t.Open, all.DueToday+t.DueToday, all.Overdue+t.Overdue, all.ToApprove+t.ToApprove
		all.Shops = append(all.Shops, TodayShop{s.Code, t.Open, t.DueToday, t.Overdue, t.ToApprove, t.ToPay.Count})
		all.ToPay.Count += t.ToPay.Count
		for _, a := range t.ToPay.Amounts {
			all.ToPay.sum(a)
		}
		for _, i := range t.Items {
			i.Shop = s.Code
			all.Items = append(all.Items, i)
		}
	}
	slices.SortStableFunc(all.Items, TodayItem.before)
	all.Items = all.Items[:min(len(all.Items), todayItems)]
	return all, nil
}

// urgencies are in the order in which people look at them; what only waits is in the order of kinds.
var (
	urgencies = []Urgency{IsOverdue, IsSoon, IsToday, IsWaiting}
	waiting   = []string{string(ToApprove), string(cases.Unassigned), string(cases.Ours)}
)

// before orders items: the more urgent, then the earlier, then what waits for an approval.
func (t TodayItem) before(o TodayItem) int {
	if t.Urgency != o.Urgency {
		return slices.Index(urgencies, t.Urgency) - slices.Index(urgencies, o.Urgency)
	}
	if t.Urgency != IsWaiting {
		return cmp.Compare(*t.DueAt, *o.DueAt)
	}
	return slices.Index(waiting, t.Kind) - slices.Index(waiting, o.Kind)
}

// payable sums what waits to be paid, up to 1,000 settlements.
func payable(tx *db.Tx, shopID id.ID) (Payable, error) {
	p := Payable{Amounts: []Amount{}}
	sums, err := db.Collect(tx, func(r *db.Rows) (a Amount, err error) { return a, r.Scan(&a.Currency, &a.Minor) },
		`select currency, amount from settlement where shop_id = $1 and state in ('to_pay', 'failed') limit $2`, shopID, todayMost)
	for _, a := range sums {
		p.add(a)
	}
	return p, err
}

func (p *Payable) add(a Amount) {
	p.Count++
	p.sum(a)
}

func (p *Payable) sum(a Amount) {
	for i := range p.Amounts {
		if p.Amounts[i].Currency == a.Currency {
			p.Amounts[i].Minor += a.Minor
			return
		}
	}
	p.Amounts = append(p.Amounts, a)
}

// todayList is what is due by the end of the day, then what waits for an approval, then what is our move, each in the
// order of the inbox. Late in the evening the day of a clock reaches over midnight: what runs out in the next hours is said.
func todayList(tx *db.Tx, shopID id.ID, f Filter) ([]TodayItem, error) {
	var ids []id.ID
	kind := map[id.ID]string{}
	f.Midnight = max(f.Midnight, f.Now.Add(soonWithin))
	for _, part := range []struct {
		view   View
		status cases.Status
		kind   string
	}{{Overdue, "", ""}, {DueToday, "", ""}, {ToApprove, "", string(ToApprove)}, {Unassigned, "", string(cases.Unassigned)}, {All, cases.Ours, string(cases.Ours)}} {
		f.View, f.Status = part.view, part.status
		more, err := f.IDs(tx, shopID, Place{}, todayItems)
		if err != nil {
			return nil, err
		}
		for _, c := range more {
			if len(ids) < todayItems && !slices.Contains(ids, c) {
				ids = append(ids, c)
				kind[c] = part.kind
			}
		}
		if len(ids) == todayItems {
			break
		}
	}
	rows, err := Rows(tx, shopID, ids)
	if err != nil {
		return nil, err
	}
	out, at := make([]TodayItem, len(rows)), map[id.ID]*TodayItem{}
	for i, r := range rows {
		out[i] = f.item(r, kind[r.Case.ID])
		at[r.Case.ID] = &out[i]
	}
	return out, inChunks(ids, func(ids []id.ID) error { return readNotes(tx, shopID, ids, at) })
}

// readNotes adds the newest note of each.
func readNotes(tx *db.Tx, shopID id.ID, ids []id.ID, at map[id.ID]*TodayItem) error {
	rows, err := tx.Query(`select n.case_id, n.text from cases c
		join note n on n.id = (select x.id from note x where x.case_id = c.id order by x.id desc limit 1)
		where +c.shop_id = $1 and +n.shop_id = $1 and c.id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var caseID id.ID
		var text string
		if err := rows.Scan(&caseID, &text); err != nil {
			return err
		}
		at[caseID].Note = clip(text, maxLast)
	}
	return rows.Err()
}

func (f Filter) item(r Item, kind string) TodayItem {
	t := TodayItem{CaseID: r.Case.ID, Number: r.Case.Number, Kind: kind, DueAt: r.Case.DueAt, Urgency: IsWaiting, Customer: r.Customer.Called(),
		Article: r.Article, Ground: r.Ground, Remedy: r.Remedy, Status: r.LineStatus, Assignee: r.Case.Assignee, Amount: r.Amount, Currency: r.Currency}
	if kind != "" {
		return t
	}
	t.Kind = string(r.Case.DueKind)
	switch due := *r.Case.DueAt; {
	case due <= f.Now:
		t.Urgency = IsOverdue
	case due <= f.Now.Add(soonWithin):
		t.Urgency = IsSoon
	default:
		t.Urgency = IsToday
	}
	return t
}

// Called is what people call a customer.
func (w Who) Called() string {
	if w.Nick != "" {
		return w.Nick
	}
	return w.Name
}
