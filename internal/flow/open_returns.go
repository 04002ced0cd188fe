package flow

import (
	"context"
	"fmt"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// Return records that a platform exported become cases: each is matched to what the customer bought before, applied for
// like any other return, and, where the record says that it is all over, taken to its end by the same commands a person
// would give. What cannot be matched is listed with its reason and amount, never guessed.

// Why a return record stands without a case.
const (
	NoCustomer   = "no_customer"   // the record names nobody
	NotGoods     = "not_goods"     // a discount, a fee, postage: no goods came back
	NotBought    = "not_bought"    // the customer bought none of it before, as far as the imported orders go
	PriceDiffers = "price_differs" // bought, but at another price than is given back
	TooMany      = "too_many"      // more came back than was bought and not yet returned
	Declined     = "declined"      // the shop's policy refuses it; the case says why
)

// OpenReturns says which return records are opened, and how.
type OpenReturns struct {
	Ground   string // of the shop's policy, for records that name none
	Complete bool   // the records are of finished returns: receive, inspect, confirm the refund
}

// ReturnsReport is what became of the records.
type ReturnsReport struct {
	Opened    int            `json:"opened" doc:"records a case stands for"`
	Refunded  money.Money    `json:"refunded" doc:"settled by these cases"`
	Unmatched []order.Return `json:"unmatched" doc:"with reason and amount"`
}

// OpenReturns opens a case for every return record that has none, and takes on those whose case is not at its end. It
// can be broken off and run again: a record and its case are written in one transaction, and the report is of all
// records, whenever they were dealt with.
func (f *Flow) OpenReturns(ctx context.Context, who Actor, shopID id.ID, o OpenReturns) (ReturnsReport, error) {
	report := ReturnsReport{Unmatched: []order.Return{}}
	err := f.eachReturn(ctx, shopID, order.ReturnNew, func(r order.Return) error { return f.openReturn(ctx, who, r, o) })
	if err == nil {
		err = f.eachReturn(ctx, shopID, order.ReturnOpened, func(r order.Return) error { return f.endReturn(ctx, who, r, o, &report) })
	}
	if err == nil {
		err = f.eachReturn(ctx, shopID, order.ReturnUnmatched, func(r order.Return) error {
			report.Unmatched = append(report.Unmatched, r)
			return nil
		})
	}
	return report, err
}

// eachReturn goes through a shop's records in a state, a few hundred at a time.
func (f *Flow) eachReturn(ctx context.Context, shopID id.ID, state order.ReturnState, do func(order.Return) error) error {
	var after id.ID
	for {
		var records []order.Return
		err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
			records, err = order.Returns(tx, shopID, state, after, 200)
			return err
		})
		if err != nil || len(records) == 0 {
			return err
		}
		for _, r := range records {
			if err := do(r); err != nil {
				return fmt.Errorf("return %s line %d: %w", r.ReturnNo, r.LineNo, err)
			}
			after = r.ID
		}
	}
}

func (f *Flow) openReturn(ctx context.Context, who Actor, r order.Return, o OpenReturns) error {
	asked, cal, reason, err := f.match(ctx, r, o.Ground)
	if err != nil {
		return err
	}
	if reason != "" {
		r.State, r.Reason = order.ReturnUnmatched, reason
		return f.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) { order.SetReturn(b, r) })
		})
	}
	on := cal.DateOf(r.At)
	_, err = again(ctx, func() (View, error) {
		a := Application{Channel: "platform", AppliedOn: &on, Lines: asked}
		v, _, err := web.Once(ctx, f.DB, web.OnceKey{},
			func(ctx context.Context) (opening, error) { return f.planOpening(ctx, who, r.ShopID, a) },
			func(tx *db.Tx, p opening) (View, error) {
				return f.apply(tx, who, p.d, func(c *change) {
					c.open(a, p)
					opened := r
					opened.State, opened.CaseID = order.ReturnOpened, c.Case.ID
					order.SetReturn(c.b, opened)
				})
			})
		return v, err
	})
	return err
}

// match finds the purchases a record's goods came from, latest first, at the price that is given back.
func (f *Flow) match(ctx context.Context, r order.Return, ground string) (asked []Asked, cal *calendar.Calendar, reason string, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		d, err := f.empty(tx, r.ShopID)
		if err != nil {
			return err
		}
		cal = d.Calendar
		switch {
		case export.Fee(r.Platform, r.SKU) || r.Minor <= 0:
			reason = NotGoods
			return nil
		case r.BuyerKey == "":
			reason = NoCustomer
			return nil
		}
		c, err := customer.Find(tx, r.ShopID, r.Platform, r.BuyerKey)
		if errs.CodeOf(err) == errs.NotFound {
			reason = NotBought
			return nil
		}
		if err != nil {
			return err
		}
		bought, err := order.Bought(tx, r.ShopID, c.ID, r.SKU, r.At)
		if err == nil {
			asked, reason = choose(bought, r, ground)
		}
		return err
	})
	return asked, cal, reason, err
}

// choose takes a record's units from purchases, latest first. All of them have to be found at the record's price.
func choose(bought []order.Line, r order.Return, ground string) (asked []Asked, reason string) {
	if len(bought) == 0 {
		return nil, NotBought
	}
	left, reason := r.Quantity, PriceDiffers
	for _, l := range bought {
		if l.UnitPrice*r.Quantity != r.Minor || l.Net != l.UnitPrice*l.Quantity {
			continue
		}
		reason = TooMany
		if n := min(left, l.Quantity-l.Claimed); n > 0 {
			asked = append(asked, Asked{OrderLineID: l.ID, Quantity: n, Ground: ground, Remedy: string(rule.RefundReturn)})
			left -= n
		}
	}
	if left > 0 {
		return nil, reason
	}
	return asked, ""
}

// endReturn takes a record's case to its end, if it is to be and is not there yet, and adds it to the report.
func (f *Flow) endReturn(ctx context.Context, who Actor, r order.Return, o OpenReturns, report *ReturnsReport) error {
	v, err := f.View(ctx, r.ShopID, r.CaseID)
	if err == nil && o.Complete && v.Case.ClosedAt == nil {
		v, err = f.complete(ctx, who, r, v)
	}
	if err != nil {
		return err
	}
	granted := false
	for _, l := range v.Lines {
		granted = granted || l.State == line.Approved
	}
	if !granted {
		r.Reason = Declined
		report.Unmatched = append(report.Unmatched, r)
		return nil
	}
	report.Opened++
	for _, s := range v.Settlements {
		if s.State != settle.Settled {
			continue
		}
		if report.Refunded.Currency == "" {
			report.Refunded.Currency = s.Currency
		}
		if report.Refunded, err = report.Refunded.Add(s.Amount()); err != nil {
			return err
		}
	}
	return nil
}

// complete gives the commands that a person would give, with the record as proof. Each is given only where it still makes
// sense, so that a case which was left half way goes on.
func (f *Flow) complete(ctx context.Context, who Actor, r order.Return, v View) (_ View, err error) {
	for _, m := range v.Movements {
		if m.Purpose != movement.Return || m.State != movement.Announced {
			continue
		}
		var counts []Count
		for _, l := range m.Lines {
			counts = append(counts, Count{LineID: l.CaseLineID, Arrived: l.Announced})
		}
		if v, err = f.Receive(ctx, who, r.ShopID, m.ID, 0, Opening{Counts: counts}); err != nil {
			return v, err
		}
	}
	for _, l := range v.Lines {
		if !in(Inspect, l.Allowed...) {
			continue
		}
		if v, err = f.Inspect(ctx, who, r.ShopID, l.ID, 0, nil, r.ReturnNo); err != nil {
			return v, err
		}
	}
	for _, s := range v.Settlements {
		if s.State != settle.ToPay {
			continue
		}
		no := fmt.Sprintf("%s/%d", r.ReturnNo, r.LineNo)
		if v, err = f.Confirm(ctx, who, r.ShopID, s.ID, 0, settle.Confirmation{ExternalNo: no, Minor: s.Minor, At: s.CreatedAt, Proof: "return record " + no}); err != nil {
			return v, err
		}
	}
	return v, nil
}
