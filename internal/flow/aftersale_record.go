package flow

import (
	"context"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
)

// Where a platform's application belongs: the article of the order it names, and the case for it.

// Why a record of an after-sale list stands without a case.
const (
	NoOrder         = "no_order"         // no order of that number was imported
	ArticleUnclear  = "article_unclear"  // the order has several articles, and the list does not say which
	QuantityUnclear = "quantity_unclear" // several pieces, and neither the list nor the amount says how many
	ByHand          = "by_hand"          // an exchange, a repair, a part to send: a person has to open it
	SeveralCases    = "several_cases"    // several open cases are about the article: a person has to say which
	RefundedBefore  = "refunded_before"  // the order list says that it was given back before
	ClosedThere     = "closed_there"     // it ended on the platform before we heard of it
	RefusedHere     = "refused_here"     // the application cannot be made; the difference says why
)

// placed is what a record is found to be about.
type placed struct {
	line   order.Line
	units  int64
	claim  *line.Line // an open line of a case that somebody had opened already
	reason string     // why it is about nothing
	on     calendar.Date
}

// place finds a record's article and its case, or opens one. units is what the list says, 0 where it does not.
func (im *listImport) place(ctx context.Context, r intake.Record, units int64) (intake.Record, error) {
	p, err := im.f.find(ctx, r, units)
	if err != nil {
		return r, err
	}
	next := r
	switch {
	case p.reason != "":
		next.State, next.Reason = intake.Unmatched, p.reason
	case p.claim != nil:
		next.State, next.Reason, next.CaseID, next.LineID, next.Quantity = intake.Opened, "", p.claim.CaseID, p.claim.ID, p.units
		im.counts.Linked++
		return im.f.platformSays(ctx, im.who, r, next)
	default:
		return im.open(ctx, r, p)
	}
	if next.State == r.State && next.Reason == r.Reason {
		return r, nil
	}
	return next, im.db.Write(ctx, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) { next = intake.Update(b, next) })
	})
}

// open applies for what the platform says was applied for there. The record and its case are written in one transaction.
func (im *listImport) open(ctx context.Context, r intake.Record, p placed) (intake.Record, error) {
	ground := r.Ground()
	for _, other := range []string{im.Ground, "other"} {
		if ground == "" {
			ground = other
		}
	}
	opened := r
	_, err := again(ctx, func() (View, error) {
		a := Application{Channel: "platform", AppliedOn: &p.on, Note: r.Platform + " " + r.ReturnNo + " " + r.Why,
			Lines: []Asked{{OrderLineID: p.line.ID, Quantity: p.units, Ground: ground, Remedy: string(r.Kind)}}}
		v, _, err := web.Once(ctx, im.db, web.OnceKey{},
			func(ctx context.Context) (opening, error) { return im.f.planOpening(ctx, im.who, im.ShopID, a) },
			func(tx *db.Tx, o opening) (View, error) {
				return im.f.apply(tx, im.who, o.d, func(c *change) {
					c.open(a, o)
					opened = r
					opened.State, opened.Reason, opened.CaseID, opened.LineID, opened.Quantity = intake.Opened, "", c.Case.ID, c.Lines[0].ID, p.units
					opened = intake.Update(c.b, opened)
					c.platformEvent(opened, "")
				})
			})
		return v, err
	})
	if err == nil {
		im.counts.Opened++
		return opened, nil
	}
	e := errs.As(err)
	if e.Code != errs.Invalid && e.Code != errs.Denied && e.Code != errs.NotFound && (e.Code != errs.Conflict || stale(err)) {
		return r, err
	}
	im.refusal = kept(e)
	refused := r
	refused.State, refused.Reason = intake.Unmatched, RefusedHere
	return refused, im.db.Write(ctx, func(tx *db.Tx) error {
		return filled(tx, func(b *db.Batch) error {
			if r.State != refused.State || r.Reason != refused.Reason {
				refused = intake.Update(b, refused)
			}
			return nil
		})
	})
}

// find matches a record to an article of the order it names. Names, phones and nicks, masked or not, are never asked.
func (f *Flow) find(ctx context.Context, r intake.Record, units int64) (p placed, err error) {
	if r.Kind == intake.Exchange || r.Kind == intake.Other {
		return placed{reason: ByHand}, nil
	}
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		d, err := f.empty(tx, r.ShopID)
		if err != nil {
			return err
		}
		p.on = d.Calendar.DateOf(r.At)
		o, err := order.ByNumber(tx, r.ShopID, r.Platform, r.OrderNo)
		if errs.CodeOf(err) == errs.NotFound {
			p.reason = NoOrder
			return nil
		}
		if err != nil {
			return err
		}
		lines, err := order.Lines(tx, r.ShopID, o.ID)
		if err != nil {
			return err
		}
		i := articleOf(lines, r)
		if i < 0 {
			p.reason = ArticleUnclear
			return nil
		}
		if p.line, p.units = lines[i], unitsOf(lines[i], r, units); p.units == 0 {
			p.reason = QuantityUnclear
			return nil
		}
		return p.existing(tx, r, o)
	})
	return p, err
}

// articleOf is the index of the article a record is about: by the platform's number of it, by its SKU, or the only one.
func articleOf(lines []order.Line, r intake.Record) int {
	for _, same := range []func(order.Line) bool{
		func(l order.Line) bool { return r.SubNo != "" && l.SubNo == r.SubNo },
		func(l order.Line) bool { return r.SKU != "" && l.SKU == r.SKU },
		func(order.Line) bool { return len(lines) == 1 },
	} {
		found, n := -1, 0
		for i, l := range lines {
			if same(l) {
				found, n = i, n+1
			}
		}
		if n == 1 {
			return found
		}
	}
	return -1
}

// unitsOf is how many pieces a record is about: what the list says, the only piece, or as many as the amount pays for
// exactly; 0 where that is no certain number.
func unitsOf(l order.Line, r intake.Record, said int64) int64 {
	switch {
	case said > 0 && said <= l.Quantity:
		return said
	case l.Quantity == 1:
		return 1
	}
	for k := int64(1); k <= l.Quantity && k <= 1_000; k++ {
		if price, err := settle.Next(l.Net, l.Quantity, l.AllocatedUnits, l.AllocatedMinor, k); err == nil && price == r.Minor-r.Freight {
			return k
		}
	}
	return 0
}

// existing looks for the case that somebody opened by hand for the same, and for money that went back before.
func (p *placed) existing(tx *db.Tx, r intake.Record, o order.Order) error {
	claims, err := line.OfOrderLine(tx, r.ShopID, p.line.ID)
	if err != nil {
		return err
	}
	for _, l := range claims {
		if !l.State.Open() || l.Quantity != p.units || l.Remedy != string(r.Kind) {
			continue
		}
		taken, err := intake.LineTaken(tx, r.ShopID, l.ID)
		if err != nil {
			return err
		}
		switch {
		case taken:
		case p.claim != nil:
			p.claim, p.reason = nil, SeveralCases
			return nil
		default:
			p.claim = &l
		}
	}
	if p.claim != nil || r.Stage != intake.Done || len(claims) > 0 {
		return nil
	}
	payments, err := settle.Payments(tx, r.ShopID, o.ID)
	var back int64
	for _, pay := range payments {
		back += pay.Refunded
	}
	if back >= r.Minor && r.Minor > 0 && p.line.AllocatedUnits == 0 {
		p.reason = RefundedBefore
	}
	return err
}

// platformSays brings a record that has a case up to date, with an event in the case's timeline.
func (f *Flow) platformSays(ctx context.Context, who Actor, was, now intake.Record) (intake.Record, error) {
	written := now
	_, err := f.change(ctx, who, now.ShopID, ofCase(now.CaseID), func(*Dossier) (step, error) {
		return func(c *change) {
			written = intake.Update(c.b, now)
			c.platformEvent(written, was.Status)
		}, nil
	})
	return written, err
}

// platformEvent writes what the platform says into the timeline, and takes it into the dossier.
func (c *change) platformEvent(r intake.Record, was string) {
	c.Platform = append(slices.DeleteFunc(c.Platform, func(x intake.Record) bool { return x.ID == r.ID }), r)
	data := map[string]any{"platform": r.Platform, "number": r.ReturnNo, "status": r.Status, "stage": r.Stage, "minor": r.Minor, "currency": r.Currency}
	if was != "" {
		data["was"] = was
	}
	if r.DeadlineAt != nil {
		data["deadline_at"] = r.DeadlineAt
	}
	c.event(audit.Case, c.Case.ID, "platform", data)
}
