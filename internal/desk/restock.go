package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

// 退货入库清单 — what came back in some days and what becomes of it, for the shop's stock system.

// Back is the units of one line of a case that were counted in a parcel.
type Back struct {
	ReceivedAt clock.Instant `json:"received_at"`
	Warehouse  string        `json:"warehouse" doc:"its code"`
	Number     string        `json:"number" doc:"return number"`
	Waybill    string        `json:"waybill"`
	CaseNumber string        `json:"case_number"`
	OrderNo    string        `json:"order_no"`
	SKU        string        `json:"sku"`
	Title      string        `json:"title"`
	Arrived    int64         `json:"arrived" doc:"units"`
	Problem    string        `json:"problem,omitempty" doc:"short, wrong or damaged: not what was sold, and never into stock before somebody looked"`
	Status     string        `json:"status"`
	Becomes    string        `json:"becomes,omitempty" doc:"restock, sell_marked, to_supplier or destroy, by the policy and the inspection; empty before that"`
	Grade      string        `json:"grade,omitempty" doc:"A to D, as the warehouse said it"`

	LineID         id.ID          `json:"line_id"`
	CaseID         id.ID          `json:"case_id"`
	Worth          int64          `json:"worth" doc:"what the units were sold for, minor units"`
	Currency       money.Currency `json:"currency"`
	SupplierReturn id.ID          `json:"supplier_return_id,omitzero" doc:"in which they went back to the supplier"`
	decision       id.ID
}

const (
	restockMost = 2000 // rows of a list; more are refused, for a stock system must not miss some
	restockDays = 31
	waitingDays = 92 // of what waits for a parcel to the supplier
)

const (
	backSelect = `select m.received_at, coalesce(w.code, ''), m.number, m.waybill, c.number, o.order_no, a.sku, a.title, l.arrived, m.problem, k.status, k.decision_id,
			k.id, k.case_id, a.net, a.quantity, o.currency, r.return_id
		from movement m join movement_line l on l.movement_id = m.id join case_line k on k.id = l.case_line_id join cases c on c.id = m.case_id
		join orders o on o.id = k.order_id join order_line a on a.id = l.order_line_id left join warehouse w on w.id = m.warehouse_id
		left join supplier_return_line r on r.case_line_id = k.id and r.shop_id = $1
		where m.shop_id = $1 and m.received_at >= $2 and m.received_at < $3 and m.purpose in ('return', 'intercept') and l.shop_id = $1 and l.arrived > 0
			and k.shop_id = $1 and c.shop_id = $1 and o.shop_id = $1 and a.shop_id = $1`
	backOrder = ` order by m.received_at, m.id, l.case_line_id limit $4`
	stillHere = ` and k.state = 'approved' and k.decision_id is not null and r.return_id is null`
)

// BackBetween lists what was counted between two instants, as it came; more than most rows are an Invalid desk.restock_many.
func (d *Desk) BackBetween(tx *db.Tx, s shop.Shop, from, until clock.Instant, most int) ([]Back, error) {
	return d.backRows(tx, s, backSelect+backOrder, from, until, most)
}

// ForSupplier lists what was counted between two instants and goes back to a supplier, by the policy and what the inspection found,
// and has not been sent; as BackBetween.
func (d *Desk) ForSupplier(tx *db.Tx, s shop.Shop, from, until clock.Instant, most int) ([]Back, error) {
	rows, err := d.backRows(tx, s, backSelect+stillHere+backOrder, from, until, most)
	return slices.DeleteFunc(rows, func(b Back) bool { return b.Becomes != flow.BackToSupplier }), err
}

func (d *Desk) backRows(tx *db.Tx, s shop.Shop, query string, from, until clock.Instant, most int) ([]Back, error) {
	rows, err := db.Collect(tx, func(r *db.Rows) (b Back, err error) {
		var decision, went *id.ID
		var net, sold int64
		err = r.Scan(&b.ReceivedAt, &b.Warehouse, &b.Number, &b.Waybill, &b.CaseNumber, &b.OrderNo, &b.SKU, &b.Title, &b.Arrived, &b.Problem, &b.Status, &decision,
			&b.LineID, &b.CaseID, &net, &sold, &b.Currency, &went)
		if decision != nil {
			b.decision = *decision
		}
		if went != nil {
			b.SupplierReturn = *went
		}
		if err == nil {
			b.Worth = net * b.Arrived / sold
		}
		return b, err
	}, query, s.ID, from, until, most+1)
	if err == nil && len(rows) > most {
		err = errs.New(errs.Invalid, "desk.restock_many", errs.Args{"most": most})
	}
	if err != nil {
		return nil, err
	}
	for i := range rows {
		b := &rows[i]
		if b.decision == 0 || strings.HasPrefix(b.Status, "discrepant.") {
			continue
		}
		to, err := d.Flow.Becomes(tx, s, b.decision)
		if err != nil {
			return nil, err
		}
		b.Becomes, b.Grade = to.To, to.Grade
	}
	return rows, nil
}

// backDays is what a list is asked for.
type backDays struct {
	From string `query:"from" required:"true" minLength:"10" maxLength:"10" example:"2026-11-28" doc:"first day, by the shop's calendar"`
	To   string `query:"to" minLength:"10" maxLength:"10" doc:"last day; the first without it"`
}

// back lists what came back in days, at most so many.
func (d *Desk) back(ctx context.Context, in backDays, days int, list func(tx *db.Tx, s shop.Shop, from, until clock.Instant, most int) ([]Back, error)) (rows []Back, cal *calendar.Calendar, err error) {
	first, err := calendar.ParseDate(in.From)
	last := first
	if err == nil && in.To != "" {
		last, err = calendar.ParseDate(in.To)
	}
	if err != nil {
		return nil, nil, err
	}
	if last < first || last.Sub(first) >= days {
		return nil, nil, errs.New(errs.Invalid, "desk.restock_days", errs.Args{"most": days})
	}
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := shop.Get(tx, web.Shop(ctx))
		if err != nil {
			return err
		}
		if cal, err = calendar.Load(s.Calendar); err != nil {
			return err
		}
		rows, err = list(tx, s, cal.StartOf(first), cal.EndOf(last), restockMost)
		return err
	})
	return append([]Back{}, rows...), cal, err
}

func (d *Desk) restockRoutes(s *web.Server) {
	const root = web.ShopRoot + "/restock"
	web.Register(s, web.Op{Method: http.MethodGet, Path: root, ID: "list-restock", Tag: "desk", Scope: auth.GoodsReceive, Summary: "What came back in some days and what becomes of it 退货入库清单", Doc: "At most 31 days, and 2,000 rows: ask for fewer days where there are more."},
		func(ctx context.Context, in *backDays) (*web.Reply[[]Back], error) {
			rows, _, err := d.back(ctx, *in, restockDays, d.BackBetween)
			return &web.Reply[[]Back]{Body: rows}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/export", ID: "export-restock", Tag: "desk", Scope: auth.GoodsReceive, Produces: "text/csv; charset=utf-8", Summary: "The same as CSV, for a stock system"},
		func(ctx context.Context, in *backDays) (*web.File, error) {
			rows, cal, err := d.back(ctx, *in, restockDays, d.BackBetween)
			if err != nil {
				return nil, err
			}
			text, err := sheet.CSV(backTable(rows, cal, web.Lang(ctx)))
			return web.NewFile("text/csv; charset=utf-8", "restock-"+in.From+".csv", text), err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/supplier-returns/waiting", ID: "list-for-supplier", Tag: "suppliers", Scope: auth.CasesRead,
		Summary: "What came back in some days, goes to a supplier 返厂, and has not been sent", Doc: "At most 92 days; where more than 2,000 rows came back, ask for fewer."},
		func(ctx context.Context, in *backDays) (*web.Reply[[]Back], error) {
			rows, _, err := d.back(ctx, *in, waitingDays, d.ForSupplier)
			return &web.Reply[[]Back]{Body: rows}, err
		})
}

// backTable is the file's rows; the policy's own word stands beside ours, for programs.
func backTable(rows []Back, cal *calendar.Calendar, lang errs.Lang) [][]string {
	var head []string
	for _, c := range []string{"received", "warehouse", "sku", "title", "units", "becomes", "status", "number", "waybill", "case", "order", "code", "grade"} {
		head = append(head, errs.Render(lang, "desk.restock."+c, nil))
	}
	out := [][]string{head}
	for _, b := range rows {
		out = append(out, []string{b.ReceivedAt.Time().In(cal.Zone()).Format("2006-01-02 15:04"), b.Warehouse, b.SKU, b.Title, strconv.FormatInt(b.Arrived, 10),
			becomesWord(lang, b.Becomes), term.Of(string(lang), "status", b.Status), b.Number, b.Waybill, b.CaseNumber, b.OrderNo, b.Becomes, b.Grade})
	}
	return out
}

func becomesWord(lang errs.Lang, becomes string) string {
	if becomes == "" {
		return ""
	}
	return term.Of(string(lang), "becomes", becomes)
}
