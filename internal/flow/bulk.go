package flow

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// 批量 — many orders with the same matter, after a day of promotions: their numbers are pasted, looked at, and applied for
// one by one. Each is a case of its own, opened by the command a person would give; what one order refuses keeps no
// other back. No customer asked here, so what the policy refuses opens no case. Asked for twice, an order has nothing left
// to ask for, and is told so.

// maxBulk is how many orders one command takes: what fits into a request's time.
const maxBulk = 200

// Bulk is what is asked for of every order.
type Bulk struct {
	Platform string                     `json:"platform,omitempty" maxLength:"40" doc:"of all the orders; empty for the shop's own"`
	OrderNos []string                   `json:"order_nos" minItems:"1" maxItems:"200" nullable:"false" doc:"blanks around a number do not count"`
	Channel  string                     `json:"channel" enum:"chat,phone,web,store,email,social,platform"`
	Ground   string                     `json:"ground" maxLength:"64"`
	Remedy   string                     `json:"remedy" enum:"refund_return,refund_only,reissue,interception"`
	Facts    map[string]json.RawMessage `json:"facts,omitempty" doc:"what holds of all of them, by fact name"`
	Evidence string                     `json:"evidence,omitempty" maxLength:"500"`
	Note     string                     `json:"note,omitempty" maxLength:"2000"`
	Agree    bool                       `json:"agree,omitempty" doc:"agree to what is within the caller's authority"`
}

// BulkRow is what became of one order, or would.
type BulkRow struct {
	OrderNo    string         `json:"order_no"`
	CaseID     id.ID          `json:"case_id,omitzero"`
	CaseNumber string         `json:"case_number,omitempty"`
	Lines      []BulkLine     `json:"lines,omitempty"`
	Minor      int64          `json:"minor" doc:"what all its lines bring the customer, minor units"`
	Currency   money.Currency `json:"currency,omitempty"`
	Key        string         `json:"key,omitempty" doc:"names why nothing was done"`
	Detail     string         `json:"detail,omitempty" doc:"why, in the caller's language"`
}

// BulkLine is one article of an order.
type BulkLine struct {
	OrderLineID id.ID        `json:"order_line_id"`
	Title       string       `json:"title"`
	Quantity    int64        `json:"quantity"`
	Outcome     rule.Outcome `json:"outcome"`
	Reason      string       `json:"reason,omitempty"`
	State       line.State   `json:"state,omitempty" doc:"once it is applied for"`
	Status      string       `json:"status,omitempty"`
}

// BulkReport lists every order, in the order in which they were pasted.
type BulkReport struct {
	Rows   []BulkRow `json:"rows" nullable:"false"`
	Opened int       `json:"opened" doc:"cases that were opened, or would be"`
	Failed int       `json:"failed"`
	Minor  int64     `json:"minor" doc:"what the granted and asked-for lines bring, minor units"`
}

// PreviewBulk is what ApplyBulk would do; it writes nothing.
func (f *Flow) PreviewBulk(ctx context.Context, who Actor, shopID id.ID, b Bulk) (BulkReport, error) {
	return f.bulk(ctx, shopID, b, func(a Application) (BulkRow, error) { return f.previewRow(ctx, who, shopID, a) })
}

// previewRow is what one order's application would be decided. One that is refused throughout is an error.
func (f *Flow) previewRow(ctx context.Context, who Actor, shopID id.ID, a Application) (row BulkRow, err error) {
	ds, err := f.Preview(ctx, who, shopID, a)
	if err != nil {
		return row, err
	}
	refused := true
	for i, d := range ds {
		row.Lines = append(row.Lines, BulkLine{OrderLineID: a.Lines[i].OrderLineID, Quantity: a.Lines[i].Quantity, Outcome: d.Outcome, Reason: d.Reason})
		row.Minor += brings(d)
		refused = refused && d.Outcome == rule.Reject
	}
	if refused {
		return row, errs.New(errs.Denied, "flow.bulk_refused")
	}
	return row, nil
}

// ApplyBulk applies for every order, and agrees where that is asked for and the caller may.
func (f *Flow) ApplyBulk(ctx context.Context, who Actor, shopID id.ID, b Bulk) (BulkReport, error) {
	ctx = web.Apart(ctx)
	return f.bulk(ctx, shopID, b, func(a Application) (row BulkRow, err error) {
		if row, err = f.previewRow(ctx, who, shopID, a); err != nil {
			return row, err
		}
		v, err := f.Apply(ctx, who, shopID, a)
		if err != nil {
			return row, err
		}
		row.Lines, row.Minor = nil, 0
		for _, l := range v.Lines {
			if !b.Agree || l.State != line.Requested {
				continue
			}
			// What cannot be agreed to stays a case that waits, and says so by its state.
			if agreed, err := f.Approve(ctx, who, shopID, l.ID, 0); err == nil {
				v = agreed
			} else if !refusal(err) {
				return row, err
			}
		}
		row.CaseID, row.CaseNumber = v.Case.ID, v.Case.Number
		for _, l := range v.Lines {
			d, err := rule.ParseDecision(l.Decision)
			if err != nil {
				return row, err
			}
			row.Lines = append(row.Lines, BulkLine{OrderLineID: l.OrderLineID, Quantity: l.Quantity, Outcome: d.Outcome, Reason: d.Reason, State: l.State, Status: l.Status})
			row.Minor += brings(d)
		}
		return row, nil
	})
}

// bulk runs one application per order. What is refused is a row; what is our own fault ends it, and what was opened stays.
func (f *Flow) bulk(ctx context.Context, shopID id.ID, b Bulk, run func(Application) (BulkRow, error)) (out BulkReport, err error) {
	out.Rows = []BulkRow{}
	if len(b.OrderNos) > maxBulk {
		return out, errs.New(errs.Invalid, "flow.bulk_too_many", errs.Args{"max": maxBulk})
	}
	seen := map[string]bool{}
	for _, no := range b.OrderNos {
		no = strings.TrimSpace(no)
		if no == "" || seen[no] {
			continue
		}
		seen[no] = true
		row, err := f.bulkRow(ctx, shopID, b, no, run)
		if err != nil {
			if !refusal(err) {
				return out, err
			}
			e := errs.As(err)
			if len(e.Fields) > 0 { // of an application of one order: the fault itself, not that there are some
				e = &errs.Error{Key: e.Fields[0].Key, Args: e.Fields[0].Args}
			}
			row.Key, row.Detail = e.Key, errs.Render(web.Lang(ctx), e.Key, e.Args)
			out.Failed++
		} else {
			out.Opened++
			out.Minor += row.Minor
		}
		row.OrderNo = no
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// bulkRow applies for what is left of one order.
func (f *Flow) bulkRow(ctx context.Context, shopID id.ID, b Bulk, no string, run func(Application) (BulkRow, error)) (BulkRow, error) {
	a := Application{Channel: b.Channel, Note: b.Note}
	var o order.Order
	titles := map[id.ID]string{}
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if o, err = order.ByNumber(tx, shopID, b.Platform, no); err != nil {
			return err
		}
		lines, err := order.Lines(tx, shopID, o.ID)
		for _, l := range lines {
			titles[l.ID] = l.Title
			if left := l.Quantity - l.Claimed; left > 0 {
				a.Lines = append(a.Lines, Asked{OrderLineID: l.ID, Quantity: left, Ground: b.Ground, Remedy: b.Remedy, Facts: b.Facts, Evidence: b.Evidence})
			}
		}
		return err
	})
	if err != nil {
		return BulkRow{}, err
	}
	if len(a.Lines) == 0 {
		return BulkRow{}, errs.New(errs.Conflict, "flow.bulk_nothing_left", errs.Args{"order": no})
	}
	row, err := run(a)
	row.Currency = o.Currency
	for i := range row.Lines {
		row.Lines[i].Title = titles[row.Lines[i].OrderLineID]
	}
	return row, err
}

// refusal says that an error is an answer about the matter, not a fault of ours.
func refusal(err error) bool {
	return slices.Contains([]errs.Code{errs.Invalid, errs.Denied, errs.NotFound, errs.Conflict, errs.Forbidden}, errs.CodeOf(err)) && !stale(err)
}

// brings is what a decision gives the customer, in minor units; nothing where it refuses or still asks.
func brings(d *rule.Decision) int64 {
	b := d.Asked()
	switch {
	case b == nil || d.Outcome == rule.Reject:
	case b.Refund != nil && b.Refund.Total != nil:
		return *b.Refund.Total
	case said(b.Amount):
		return *b.Amount.Minor
	}
	return 0
}

func (f *Flow) bulkRoutes(s *web.Server) {
	const root = web.ShopRoot + "/cases/bulk"
	web.Register(s, web.Op{Method: http.MethodPost, Path: root + "/preview", ID: "preview-bulk", Tag: "cases", Scope: auth.CasesRead, Preview: true,
		Summary: "What applying for many orders would come to, order by order; writes nothing"},
		func(ctx context.Context, in *onShop[Bulk]) (*web.Reply[BulkReport], error) {
			r, err := f.PreviewBulk(ctx, actor(ctx), web.Shop(ctx), in.Body)
			return &web.Reply[BulkReport]{Body: r}, err
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: root, ID: "apply-bulk", Tag: "cases", Scope: auth.CasesWrite, Once: true,
		Summary: "Apply for many orders at once 批量; every order is a case of its own",
		Doc:     "An order that is refused is a row with its reason and keeps no other back. An order that has nothing left to ask for is refused, so that pasting twice opens nothing twice."},
		func(ctx context.Context, in *onShop[Bulk]) (*web.Reply[BulkReport], error) {
			who, shopID, once := actor(ctx), web.Shop(ctx), web.OnceOf(ctx)
			r, _, err := web.Once(ctx, f.DB, once,
				func(ctx context.Context) (BulkReport, error) {
					if was, found, err := web.Replayed[BulkReport](ctx, f.DB, once); found || err != nil {
						return was, err
					}
					return f.ApplyBulk(ctx, who, shopID, in.Body)
				},
				func(_ *db.Tx, r BulkReport) (BulkReport, error) { return r, nil })
			return &web.Reply[BulkReport]{Body: r}, err
		})
}

var _ = errs.Register(map[string]errs.Text{
	"flow.bulk_too_many":     {ZhCN: "一次最多处理 {max} 个订单，请分几次。", En: "At most {max} orders at a time; send them in several goes."},
	"flow.bulk_refused":      {ZhCN: "按规则不能这样办理，原因见各明细。", En: "The policy refuses this; each line says why."},
	"flow.bulk_nothing_left": {ZhCN: "订单 {order} 的商品都已有售后在办或办结，没有可再申请的。", En: "Everything of order {order} is under an after-sales case already; nothing is left to apply for."},
})
