package flow

import (
	"context"
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
)

// 补差价 — what the customer pays for an exchange: asked for when it is agreed to, so that both see it before anything
// moves (S0-10), and due before the article leaves. Paid, it is a payment of the order. It never stands in the way of
// what is owed to him.

const awaitingPayment = settle.AwaitingPayment

// charges is the account of what customers pay for exchanges.
const charges = "charges:customers"

// charge brings what a line's customer is asked for to the parts that are due: an open charge of another amount is given
// up, what he has paid beyond them goes back, what is lacking is asked for.
func (c *change) charge(l *line.Line, parts []settle.Part, t terms) {
	var due int64
	for _, p := range parts {
		due += p.Minor
	}
	paid := c.paidFor(l.ID)
	lacking := max(due-paid, 0)
	for i := range c.Settlements {
		switch s := &c.Settlements[i]; {
		case s.LineID != l.ID || s.Kind != settle.Charge || s.State != awaitingPayment:
		case s.Minor == lacking && lacking > 0:
			return // asked for already
		default:
			c.moveMoney(s, settle.Void, nil)
		}
	}
	switch {
	case lacking > 0:
		c.bill(l, parts, lacking, t)
	case paid > due:
		c.giveBack(l, paid-due, t)
	}
}

// paidFor is what the customer has paid for a line's exchange and not been given back.
func (d *Dossier) paidFor(lineID id.ID) (minor int64) {
	for _, s := range d.settlementsOf(lineID) {
		switch {
		case s.Kind == settle.Charge && s.State == settle.Settled:
			minor += s.Minor
		case s.GivesBackCharge() && !s.GivesBackDeposit() && s.State != settle.Voided:
			minor -= s.Minor
		}
	}
	return minor
}

// bill asks for an amount. Where part of what is due was paid before, what is lacking of it is one amount.
func (c *change) bill(l *line.Line, parts []settle.Part, minor int64, t terms) {
	s := settle.Settlement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, LineID: l.ID, DecisionID: l.DecisionID, Responsible: l.Responsible,
		Kind: settle.Charge, Route: c.chargeRoute(l), Minor: minor, Currency: c.Shop.Currency, DueOn: t.answerBy, CreatedAt: c.now, Parts: parts}
	s.PayoutNo = "C" + s.ID.String()
	var sum int64
	for _, p := range parts {
		sum += p.Minor
	}
	if sum != minor {
		s.Parts = []settle.Part{{Kind: settle.Difference, Minor: minor}}
	}
	opened, err := settle.Open(c.b, s, settle.Bill)
	c.note(err)
	c.Settlements = append(c.Settlements, opened)
	c.event(audit.Settlement, s.ID, "charged", map[string]any{"minor": minor, "currency": s.Currency, "line": l.ID, "payout_no": s.PayoutNo})
}

// chargeRoute is how a customer usually pays a difference: by a link on the platform, or to the shop's account.
func (c *change) chargeRoute(l *line.Line) settle.Route {
	if c.Orders[l.OrderID].Platform != "" {
		return settle.ByMarketplace
	}
	return settle.ByBank
}

// giveBack owes what was paid for an exchange and is not due, to the payments it came by.
func (c *change) giveBack(l *line.Line, minor int64, t terms) {
	for _, s := range c.settlementsOf(l.ID) {
		if s.Kind == settle.Charge && s.State == settle.Settled && minor > 0 {
			minor = c.payBack(l, s.ID, minor, settle.Difference, t)
		}
	}
	if minor > 0 {
		c.note(errs.New(errs.Internal, "flow.nothing_decided"))
	}
}

// payBack owes up to an amount to the payments that a charge or deposit has become, and returns what of it is left.
func (c *change) payBack(l *line.Line, chargeID id.ID, minor int64, as settle.PartKind, t terms) int64 {
	for _, p := range c.Payments[l.OrderID] {
		back := min(minor, p.Left().Minor)
		if p.ChargeID != chargeID || back == 0 {
			continue
		}
		minor -= back
		c.openSettlement(l, settle.Settlement{Kind: settle.Refund, Route: p.Route, PaymentID: p.ID, Minor: back, Currency: p.Currency,
			Parts: []settle.Part{{Kind: as, Minor: back}}}, t)
	}
	return minor
}

// Collect records that the customer has paid a charge: number, amount, time and proof, as for money that goes out.
func (f *Flow) Collect(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, r settle.Receipt) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Collect, func(d *Dossier, s *settle.Settlement) (step, error) {
		if err := s.CheckReceipt(r, d.Now); err != nil {
			return nil, err
		}
		err := f.DB.Read(ctx, func(tx *db.Tx) error { return settle.NumberFree(tx, shopID, s.ID, r.ExternalNo) })
		if err != nil {
			return nil, err
		}
		l, err := d.line(s.LineID, 0)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			c.collected(s, c.tender(l, r.Route), r)
		}, nil
	})
}

// collected makes a payment of the order out of a charge that was met, and books it.
func (c *change) collected(s *settle.Settlement, tender string, r settle.Receipt) {
	l, _ := c.line(s.LineID, 0)
	p := s.Met(l.OrderID, tender, r)
	s.Route, s.ExternalNo, s.Proof, s.ArrivedAt = r.Route, p.Reference, r.Proof, &r.At
	settle.InsertPayment(c.b, p)
	c.Payments[l.OrderID] = append(c.Payments[l.OrderID], p)
	c.post(ledger.Move(c.Shop.ID, "collected", s.ID, s.Amount(), charges, "received:"+string(s.Route)))
	c.moveMoney(s, settle.Arrive, map[string]any{"external_no": s.ExternalNo, "minor": s.Minor, "route": s.Route})
}

// CollectOrder meets a charge by another order of the same buyer, which he placed on the platform for it 补差价链接. It
// is used up by that: nobody can ask for its money a second time, nor meet another charge with it.
func (f *Flow) CollectOrder(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, orderNo string) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, CollectOrder, func(d *Dossier, s *settle.Settlement) (step, error) {
		l, err := d.line(s.LineID, 0)
		if err != nil {
			return nil, err
		}
		var by paidOrder
		err = f.DB.Read(ctx, func(tx *db.Tx) error {
			by, err = readPaidOrder(tx, d.Orders[l.OrderID], orderNo)
			if err == nil {
				err = settle.NumberFree(tx, shopID, s.ID, by.OrderNo)
			}
			return err
		})
		if err == nil {
			err = by.meets(d.Orders[l.OrderID], s)
		}
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			for _, ol := range by.lines {
				order.Claim(c.b, ol, ol.Quantity)
			}
			c.collected(s, by.payments[0].Tender, settle.Receipt{Route: by.payments[0].Route, ExternalNo: by.OrderNo, Minor: s.Minor, At: by.paidAt(), Proof: by.OrderNo})
			c.event(audit.Order, by.ID, "met_charge", map[string]any{"order_no": by.OrderNo, "settlement": s.ID})
		}, nil
	})
}

// paidOrder is an order that is to meet a charge.
type paidOrder struct {
	order.Order
	lines    []order.Line
	payments []settle.Payment
}

func readPaidOrder(tx *db.Tx, of order.Order, orderNo string) (p paidOrder, err error) {
	if p.Order, err = order.ByNumber(tx, of.ShopID, of.Platform, strings.TrimSpace(orderNo)); err != nil {
		return p, err
	}
	if p.lines, err = order.Lines(tx, of.ShopID, p.ID); err != nil {
		return p, err
	}
	p.payments, err = settle.Payments(tx, of.ShopID, p.ID)
	return p, err
}

// meets refuses an order that is not this buyer's, not of this amount, or used for anything else.
func (p paidOrder) meets(of order.Order, s *settle.Settlement) error {
	var f errs.Faults
	var captured int64
	used := p.ID == of.ID || len(p.payments) == 0
	for _, pay := range p.payments {
		captured += pay.Captured
		used = used || pay.Pending+pay.Refunded > 0 || pay.ChargeID != 0 || pay.Route != p.payments[0].Route
	}
	for _, l := range p.lines {
		used = used || l.Claimed > 0 || l.AllocatedUnits > 0
	}
	switch {
	case used:
		f.Add("/order_no", "flow.order_used", errs.Args{"order": p.OrderNo})
	case p.CustomerID == 0 || p.CustomerID != of.CustomerID:
		f.Add("/order_no", "flow.other_buyer", errs.Args{"order": p.OrderNo})
	case captured != s.Minor || p.Currency != s.Currency:
		f.Add("/order_no", "flow.order_amount", errs.Args{"expected": s.Amount().String(), "paid": money.Of(captured, p.Currency).String()})
	}
	return f.Err()
}

// paidAt is when the last of its payments came in.
func (p paidOrder) paidAt() (at clock.Instant) {
	for _, pay := range p.payments {
		at = max(at, clock.Instant(pay.PaidAt))
	}
	return at
}
