package flow

import (
	"fmt"
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
)

// What is owed, approved, paid and confirmed. A granted line owes what its decision says: each tender its share, parts
// never mixed, freight the customer advanced on its own. Money is booked when it is approved and when it arrives.

// owe makes the settlements of a granted line: one per payment that bought it, and one for freight to reimburse.
func (c *change) owe(l *line.Line, t terms) {
	bundle := c.Decisions[l.ID].Asked()
	if bundle == nil || bundle.Refund == nil {
		c.note(errs.New(errs.Internal, "flow.nothing_decided"))
		return
	}
	ol := c.orderLine(*l)
	price, err := settle.Next(ol.Net, ol.Quantity, ol.AllocatedUnits, ol.AllocatedMinor, l.Quantity)
	c.note(err)
	back := refundParts(bundle.Refund, l.OrderLineID)
	drafts, err := c.draw(l, &back, price)
	c.note(err)
	if c.fail != nil {
		return
	}
	*ol = order.Allocate(c.b, *ol, l.Quantity, price)
	if len(drafts) == 0 { // a free article, or deductions that eat the price: nothing to pay is an outcome too
		drafts = append(drafts, settle.Settlement{Kind: settle.Refund, Route: settle.ByCash, Currency: c.Shop.Currency, Parts: []settle.Part{{Kind: settle.Goods}}})
	}
	drafts[0].Parts[0].Units, drafts[0].Parts[0].Price = l.Quantity, price
	drafts[0].Less = back.less
	for _, s := range drafts {
		s.Parts[0].Clause = bundle.Refund.By
		c.openSettlement(l, s, t)
	}
	c.Less[l.OrderID] = append(c.Less[l.OrderID], back.less...)
	c.reimburseFreight(l, t)
	c.claimFirst(l)
}

// draw takes goods and freight from the payments of the line's order, each its share, and drafts a settlement per
// payment. The first settlement of an order writes down which payment stands behind which line.
func (c *change) draw(l *line.Line, back *givenBack, price int64) ([]settle.Settlement, error) {
	if err := c.fund(l.OrderID); err != nil {
		return nil, err
	}
	takes, less := back.takes(l.OrderLineID, price, tookOff(c.Less[l.OrderID]).lost)
	back.less = less
	return settle.Drafts(c.Payments[l.OrderID], settle.BehindLines(c.Fundings[l.OrderID]), takes)
}

// fund writes an order's fundings when there are none yet. Every payment's version is taken with it, so that two
// settlements of one order never both do it.
func (c *change) fund(orderID id.ID) error {
	if len(c.Fundings[orderID]) > 0 {
		return nil
	}
	paid := slices.DeleteFunc(slices.Clone(c.Payments[orderID]), func(p settle.Payment) bool { return p.ChargeID != 0 }) // of what was given later
	fundings, err := settle.Fund(paid, costs(c.Orders[orderID], c.OrderLines[orderID]))
	if err != nil {
		return fmt.Errorf("fund order %s: %w", orderID, err)
	}
	for i := range c.Payments[orderID] {
		p := &c.Payments[orderID][i]
		settle.Reserve(c.b, *p, 0, 0)
		p.Version++
	}
	for _, fd := range fundings {
		settle.InsertFunding(c.b, fd)
	}
	c.Fundings[orderID] = fundings
	return nil
}

func (c *change) payment(orderID, paymentID id.ID) *settle.Payment {
	ps := c.Payments[orderID]
	for i := range ps {
		if ps[i].ID == paymentID {
			return &ps[i]
		}
	}
	return nil
}

// openSettlement writes a drafted settlement, reserves its money, and sends it to finance or on to be paid.
func (c *change) openSettlement(l *line.Line, s settle.Settlement, t terms) {
	s.ID = id.New()
	s.ShopID, s.CaseID, s.LineID, s.DecisionID, s.Responsible = c.Shop.ID, c.Case.ID, l.ID, l.DecisionID, l.Responsible
	s.PayoutNo, s.DueOn, s.CreatedAt = "P"+s.ID.String(), t.due, c.now
	if s.Minor > 0 {
		s.Approval = t.approval
	}
	c.careful(l, &s, t)
	e := settle.Submit
	if s.Approval == "" {
		e, s.ApprovedBy = settle.Approve, System.Name
	}
	opened, err := settle.Open(c.b, s, e)
	c.note(err)
	c.Settlements = append(c.Settlements, opened)
	if s.Minor == 0 {
		none := &c.Settlements[len(c.Settlements)-1]
		c.moveMoney(none, settle.Initiate, nil)
		c.moveMoney(none, settle.Arrive, map[string]any{"minor": 0})
		return
	}
	if p := c.payment(l.OrderID, s.PaymentID); p != nil {
		settle.Reserve(c.b, *p, s.Minor, s.Points)
		p.Pending, p.Back = p.Pending+s.Minor, p.Back+s.Points
		p.Version++
	}
	for _, part := range s.Parts {
		if part.FundingID == 0 {
			continue
		}
		settle.Hold(c.b, c.Shop.ID, part.FundingID, part.Minor)
		for i := range c.Fundings[l.OrderID] {
			if fd := &c.Fundings[l.OrderID][i]; fd.ID == part.FundingID {
				fd.Pending += part.Minor
			}
		}
	}
	c.event(audit.Settlement, s.ID, "computed", map[string]any{"kind": s.Kind, "minor": s.Minor, "currency": s.Currency, "route": s.Route,
		"line": l.ID, "payout_no": s.PayoutNo, "state": opened.State})
	if opened.State == settle.ToPay {
		c.approved(opened)
	}
}

// reimburseFreight owes the customer the freight of the return he advanced, where the shop bears it (S4-12, S4-16,
// S4-17). A parcel with several lines has its freight split over their prices; each line brings its share.
func (c *change) reimburseFreight(l *line.Line, t terms) {
	m := c.incoming(l.ID)
	if m == nil || m.AdvancedBy != movement.Customer || m.Freight == 0 || t.returnFreight != movement.Shop || c.reimbursed(l.ID) {
		return
	}
	weights, mine := make([]int64, len(m.Lines)), 0
	for i, in := range m.Lines {
		if in.CaseLineID == l.ID {
			mine = i
		}
		for _, other := range c.Lines {
			if other.ID == in.CaseLineID {
				weights[i] = c.orderLine(other).UnitPrice * other.Quantity
			}
		}
	}
	freight := m.Freight
	if t.freightCap != nil {
		freight = min(freight, *t.freightCap)
	}
	shares, err := money.Split(freight, weights)
	c.note(err)
	if err != nil {
		return
	}
	paid, err := c.insurancePaid(l)
	c.note(err)
	minor := max(0, shares[mine]-paid)
	if err != nil || minor == 0 {
		return
	}
	c.openSettlement(l, settle.Settlement{Kind: settle.Reimbursement, Route: c.sideRoute(l), Minor: minor, Currency: c.Shop.Currency,
		Parts: []settle.Part{{Kind: settle.ReturnFreight, Minor: minor, Clause: t.returnFreightBy}}}, t)
}

// reimbursed says that the freight a line's customer advanced is owed already.
func (d *Dossier) reimbursed(lineID id.ID) bool {
	return slices.ContainsFunc(d.settlementsOf(lineID), func(s settle.Settlement) bool {
		return s.Kind == settle.Reimbursement && s.State != settle.Voided
	})
}

// accounts are those that kinds of settlements are booked against, with the party that bears them.
var accounts = map[settle.Kind]string{settle.Refund: "refunds:", settle.Reimbursement: "freight:", settle.Repair: "repair:",
	settle.Compensation: "compensation:", settle.Goodwill: "goodwill:", settle.PriceProtection: "price_protection:"}

// cost is the account a settlement is booked against.
func cost(s settle.Settlement) string { return accounts[s.Kind] + s.Responsible }

// approved books a settlement that is to be paid, and asks the gateway for it where there is one.
func (c *change) approved(s settle.Settlement) {
	c.post(ledger.Move(c.Shop.ID, "approved", s.ID, s.Amount(), ledger.Owed, cost(s)))
	c.payLater(s)
}

// resumeMoney goes on with settlements that stood still while a line was disputed.
func (c *change) resumeMoney(l *line.Line) {
	for _, s := range c.Settlements {
		if s.LineID == l.ID && s.State == settle.ToPay {
			c.payLater(s)
		}
	}
}

// voidMoney gives up a line's settlements before any money moved.
func (c *change) voidMoney(l *line.Line) {
	for i := range c.Settlements {
		s := &c.Settlements[i]
		if s.LineID != l.ID || !s.State.Open() || s.Kind == settle.Charge || s.Kind == settle.Deposit || s.GivesBackCharge() {
			continue // what an exchange takes in, endExchange deals with
		}
		if s.State == settle.ToPay {
			c.post(ledger.Move(c.Shop.ID, "voided", s.ID, s.Amount(), cost(*s), ledger.Owed))
		}
		settle.Release(c.b, *s)
		for _, p := range s.Parts {
			if p.Units > 0 {
				ol := c.orderLine(*l)
				*ol = order.Allocate(c.b, *ol, -p.Units, -p.Price)
			}
		}
		c.moveMoney(s, settle.Void, nil)
	}
}

// arrive books money that has arrived.
func (c *change) arrive(s *settle.Settlement, externalNo string, when *clock.Instant) {
	s.ExternalNo, s.ArrivedAt, s.LastError = externalNo, when, ""
	settle.Spend(c.b, *s)
	c.post(ledger.Move(c.Shop.ID, "arrived", s.ID, s.Amount(), "paid:"+string(s.Route), ledger.Owed))
	c.moveMoney(s, settle.Arrive, map[string]any{"external_no": externalNo, "minor": s.Minor, "route": s.Route})
	c.reverse(s)
}
