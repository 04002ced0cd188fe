package desk

import (
	"context"
	"net/http"
	"strconv"
	"strings"

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
	decision   id.ID
}

const (
	restockMost = 2000 // rows of a list; more are refused, for a stock system must not miss some
	restockDays = 31
)

// BackBetween lists what was counted between two instants, as it came; more than most rows are an Invalid desk.restock_many.
func (d *Desk) BackBetween(tx *db.Tx, s shop.Shop, from, until clock.Instant, most int) ([]Back, error) {
	rows, err := db.Collect(tx, func(r *db.Rows) (b Back, err error) {
		var decision *id.ID
		err = r.Scan(&b.ReceivedAt, &b.Warehouse, &b.Number, &b.Waybill, &b.CaseNumber, &b.OrderNo, &b.SKU, &b.Title, &b.Arrived, &b.Problem, &b.Status, &decision)
		if decision != nil {
			b.decision = *decision
		}
		return b, err
	}, `select m.received_at, coalesce(w.code, ''), m.number, m.waybill, c.number, o.order_no, a.sku, a.title, l.arrived, m.problem, k.status, k.decision_id
		from movement m join movement_line l on l.movement_id = m.id join case_line k on k.id = l.case_line_id join cases c on c.id = m.case_id
		join orders o on o.id = k.order_id join order_line a on a.id = l.order_line_id left join warehouse w on w.id = m.warehouse_id
		where m.shop_id = $1 and m.received_at >= $2 and m.received_at < $3 and m.purpose in ('return', 'intercept') and l.shop_id = $1 and l.arrived > 0
			and k.shop_id = $1 and c.shop_id = $1 and o.shop_id = $1 and a.shop_id = $1
		order by m.received_at, m.id, l.case_line_id limit $4`, s.ID, from, until, most+1)
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
	To   string `query:"to" minLength:"10" maxLength:"10" doc:"last day; the first without it, at most 31 days"`
}

// back lists what came back in days.
func (d *Desk) back(ctx context.Context, in backDays) (rows []Back, cal *calendar.Calendar, err error) {
	first, err := calendar.ParseDate(in.From)
	last := first
	if err == nil && in.To != "" {
		last, err = calendar.ParseDate(in.To)
	}
	if err != nil {
		return nil, nil, err
	}
	if last < first || last.Sub(first) >= restockDays {
		return nil, nil, errs.New(errs.Invalid, "desk.restock_days", errs.Args{"most": restockDays})
	}
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := shop.Get(tx, web.Shop(ctx))
		if err != nil {
			return err
		}
		if cal, err = calendar.Load(s.Calendar); err != nil {
			return err
		}
		rows, err = d.BackBetween(tx, s, cal.StartOf(first), cal.EndOf(last), restockMost)
		return err
	})
	return append([]Back{}, rows...), cal, err
}

func (d *Desk) restockRoutes(s *web.Server) {
	const root = web.ShopRoot + "/restock"
	web.Register(s, web.Op{Method: http.MethodGet, Path: root, ID: "list-restock", Tag: "desk", Scope: auth.GoodsReceive, Summary: "What came back in some days and what becomes of it 退货入库清单", Doc: "More than 2,000 rows are refused: ask for fewer days."},
		func(ctx context.Context, in *backDays) (*web.Reply[[]Back], error) {
			rows, _, err := d.back(ctx, *in)
			return &web.Reply[[]Back]{Body: rows}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/export", ID: "export-restock", Tag: "desk", Scope: auth.GoodsReceive, Produces: "text/csv; charset=utf-8", Summary: "The same as CSV, for a stock system"},
		func(ctx context.Context, in *backDays) (*web.File, error) {
			rows, cal, err := d.back(ctx, *in)
			if err != nil {
				return nil, err
			}
			text, err := sheet.CSV(backTable(rows, cal, web.Lang(ctx)))
			return web.NewFile("text/csv; charset=utf-8", "restock-"+in.From+".csv", text), err
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
