package report

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

// 责任方月报 — what arrived at customers in a month, by the party inside that bears it: what a supplier, a carrier or a warehouse is charged with.

// Borne is what one party bears of one kind.
type Borne struct {
	Responsible string         `json:"responsible"`
	Kind        string         `json:"kind"`
	Currency    money.Currency `json:"currency"`
	Count       int64          `json:"count"`
	Minor       int64          `json:"minor"`
}

// Chargebacks is a month.
type Chargebacks struct {
	Month string  `json:"month"`
	Rows  []Borne `json:"rows" nullable:"false" doc:"by party and kind"`
	Total []Borne `json:"total" nullable:"false" doc:"by party"`
}

// Charge is one payment that a party bears.
type Charge struct {
	Borne
	Arrived    clock.Instant
	PayoutNo   string
	ExternalNo string
	CaseNo     string
	OrderNo    string
	SKU        string
	Title      string
	Ground     string
}

// inMonth is what is counted: settled in the month, money that went out.
const inMonth = `s.shop_id = $1 and s.state = 'settled' and s.arrived_at >= $2 and s.arrived_at < $3 and s.amount > 0 and s.kind <> 'charge'`

// BorneBetween sums what arrived between two instants.
func BorneBetween(tx *db.Tx, shopID id.ID, from, until clock.Instant) ([]Borne, error) {
	return db.Collect(tx, func(r *db.Rows) (Borne, error) {
		var b Borne
		return b, r.Scan(&b.Responsible, &b.Kind, &b.Currency, &b.Count, &b.Minor)
	}, `select s.responsible, s.kind, s.currency, count(*), cast(sum(s.amount) as bigint) from settlement s where `+inMonth+`
		group by s.responsible, s.kind, s.currency order by s.responsible, s.kind, s.currency`, shopID, from, until)
}

// maxCharges is how many payments a file of a month lists.
const maxCharges = 50_000

// ChargesBetween lists them one by one, by party and then as they arrived.
func ChargesBetween(tx *db.Tx, shopID id.ID, from, until clock.Instant) ([]Charge, error) {
	return db.Collect(tx, func(r *db.Rows) (Charge, error) {
		c := Charge{Borne: Borne{Count: 1}}
		return c, r.Scan(&c.Responsible, &c.Kind, &c.Currency, &c.Minor, &c.Arrived, &c.PayoutNo, &c.ExternalNo, &c.CaseNo, &c.OrderNo, &c.SKU, &c.Title, &c.Ground)
	}, `select s.responsible, s.kind, s.currency, s.amount, s.arrived_at, s.payout_no, s.external_no, c.number, o.order_no, a.sku, a.title, l.ground
		from settlement s join case_line l on l.id = s.case_line_id join cases c on c.id = l.case_id join orders o on o.id = l.order_id
		join order_line a on a.id = l.order_line_id where `+inMonth+` and l.shop_id = $1 and c.shop_id = $1 and o.shop_id = $1 and a.shop_id = $1
		order by s.responsible, s.arrived_at, s.id limit $4`, shopID, from, until, maxCharges)
}

// month reads YYYY-MM as instants of a shop's calendar: its first, and the first of the next.
func month(tx *db.Tx, shopID id.ID, text string) (from, until clock.Instant, cal *calendar.Calendar, err error) {
	first, err := calendar.ParseDate(text + "-01")
	if err != nil {
		return 0, 0, nil, errs.New(errs.Invalid, "report.month", errs.Args{"month": errs.Clip(text)})
	}
	s, err := shop.Get(tx, shopID)
	if err != nil {
		return 0, 0, nil, err
	}
	cal, err = calendar.Load(s.Calendar)
	if err != nil {
		return 0, 0, nil, err
	}
	return cal.StartOf(first), cal.StartOf(first.AddMonths(1)), cal, nil
}

// Routes adds the reports to a server.
func Routes(s *web.Server, d *db.DB) {
	supplierRoutes(s, d)
	type asked struct {
		Month string `query:"month" required:"true" minLength:"7" maxLength:"7" example:"2026-11" doc:"YYYY-MM, by the shop's calendar"`
	}
	const root = web.ShopRoot + "/reports/chargebacks"
	web.Register(s, web.Op{Method: http.MethodGet, Path: root, ID: "get-chargebacks", Tag: "reports", Scope: auth.MoneyRead,
		Summary: "What each party inside bears of a month's payments 责任方月报", Doc: "Counted when the money arrived. A party that is changed later counts as it is now."},
		func(ctx context.Context, in *asked) (*web.Reply[Chargebacks], error) {
			out := Chargebacks{Month: in.Month, Rows: []Borne{}, Total: []Borne{}}
			err := d.Read(ctx, func(tx *db.Tx) error {
				from, until, _, err := month(tx, web.Shop(ctx), in.Month)
				if err != nil {
					return err
				}
				rows, err := BorneBetween(tx, web.Shop(ctx), from, until)
				out.Rows, out.Total = append(out.Rows, rows...), totals(rows)
				return err
			})
			return &web.Reply[Chargebacks]{Body: out}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/export", ID: "export-chargebacks", Tag: "reports", Scope: auth.MoneyRead, Produces: "text/csv; charset=utf-8",
		Summary: "The same payment by payment, as CSV, at most 50,000"},
		func(ctx context.Context, in *asked) (*web.File, error) {
			var charges []Charge
			var cal *calendar.Calendar
			err := d.Read(ctx, func(tx *db.Tx) error {
				from, until, c, err := month(tx, web.Shop(ctx), in.Month)
				if err == nil {
					cal = c
					charges, err = ChargesBetween(tx, web.Shop(ctx), from, until)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			text, err := sheet.CSV(table(charges, cal, web.Lang(ctx)))
			return web.NewFile("text/csv; charset=utf-8", "chargebacks-"+in.Month+".csv", text), err
		})
}

// totals sums by party and currency.
func totals(rows []Borne) []Borne {
	out := []Borne{}
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].Responsible != r.Responsible {
			out = append(out, Borne{Responsible: r.Responsible, Currency: r.Currency})
		}
		last := &out[len(out)-1]
		last.Count, last.Minor = last.Count+r.Count, last.Minor+r.Minor
	}
	return out
}

func table(charges []Charge, cal *calendar.Calendar, lang errs.Lang) [][]string {
	var head []string
	for _, c := range []string{"party", "kind", "amount", "currency", "arrived", "case", "order", "sku", "title", "ground", "payout", "external"} {
		head = append(head, errs.Render(lang, "report.column."+c, nil))
	}
	rows := [][]string{head}
	for _, c := range charges {
		kind := term.Of(string(lang), "money", c.Kind)
		if kind == c.Kind {
			kind = term.Of(string(lang), "remedy", c.Kind)
		}
		rows = append(rows, []string{term.Of(string(lang), "party", c.Responsible), kind, money.Of(c.Minor, c.Currency).Decimal(), string(c.Currency), cal.DateOf(c.Arrived).String(),
			c.CaseNo, c.OrderNo, c.SKU, c.Title, term.Of(string(lang), "ground", c.Ground), c.PayoutNo, c.ExternalNo})
	}
	return rows
}
