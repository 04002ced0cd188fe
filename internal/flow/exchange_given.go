package flow

import (
	"slices"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/stock"
)

// What became of an exchange. When the article leaves, a difference the shop owes is paid back. When the customer has it,
// it is an article of his order: it cost what the returned one had cost and the difference, paid for by the same payments,
// and can come back as any other, in periods that run anew (CPLR-18a). What it stands for is sold no more.

// leave does what the leaving of an exchange's article brings.
func (c *change) leave(l *line.Line, t terms) {
	if h := c.held(l.ID); h != nil {
		c.endHold(h, stock.Gone)
	}
	if units, _, _ := c.movedBy(l.ID); t.getsBack == 0 || units > 0 {
		return
	}
	sold := c.orderLine(*l)
	price, err := settle.Next(sold.Net, sold.Quantity, sold.AllocatedUnits, sold.AllocatedMinor, l.Quantity)
	c.note(err)
	drafts, err := c.draw(l, &givenBack{goods: min(t.getsBack, price)}, price)
	c.note(err)
	if c.fail != nil || len(drafts) == 0 {
		return
	}
	*sold = order.Allocate(c.b, *sold, l.Quantity, price)
	drafts[0].Parts[0].Units, drafts[0].Parts[0].Price = l.Quantity, price
	for _, s := range drafts {
		c.openSettlement(l, s, t)
	}
}

// movedBy is what the line's refund of a difference took of its order line: units and their price, and what went back.
func (d *Dossier) movedBy(lineID id.ID) (units, price, back int64) {
	for _, s := range d.settlementsOf(lineID) {
		if s.State == settle.Voided || s.Kind != settle.Refund || s.GivesBackCharge() {
			continue
		}
		back += s.Minor
		for _, p := range s.Parts {
			units, price = units+p.Units, price+p.Price
		}
	}
	return units, price, back
}

// linesBefore are the lines of a line's order without what the line itself took of them: what it is decided on.
func (d *Dossier) linesBefore(l line.Line) []order.Line {
	units, price, _ := d.movedBy(l.ID)
	lines := d.OrderLines[l.OrderID]
	if given := d.givenFor(l); given != nil && units == 0 { // the article went ahead of what it is given for, which is looked at now
		units, price = given.MovedUnits, given.MovedMinor
	}
	if units == 0 {
		return lines
	}
	lines = slices.Clone(lines)
	for i := range lines {
		if ol := &lines[i]; ol.ID == l.OrderLineID {
			ol.AllocatedUnits, ol.AllocatedMinor = ol.AllocatedUnits-units, ol.AllocatedMinor-price
		}
	}
	return lines
}

// givenFor is the article of the order that a line's customer has in exchange, where it took its price from the line's own.
func (d *Dossier) givenFor(l line.Line) *order.Line {
	if m := d.latest(l.ID, movement.ExchangeOut); m == nil || m.State != movement.Delivered {
		return nil
	}
	lines := d.OrderLines[l.OrderID]
	for i := range lines {
		if ol := &lines[i]; ol.FromLineID == l.OrderLineID && ol.SKU == l.Wanted && ol.MovedUnits == l.Quantity {
			return ol
		}
	}
	return nil
}

// give makes an article of the order out of what reached the customer in exchange: once, whatever turns up after it.
func (c *change) give(l *line.Line, m *movement.Movement) {
	for _, other := range c.Movements {
		if other.ID != m.ID && other.Purpose == movement.ExchangeOut && other.State == movement.Delivered && other.Carries(l.ID) {
			return
		}
	}
	c.note(c.fund(l.OrderID))
	sold := c.orderLine(*l)
	units, price, back := c.movedBy(l.ID)
	freight := c.freightShare(sold, l.Quantity, units, price)
	given := order.Line{ID: id.New(), ShopID: l.ShopID, OrderID: l.OrderID, LineNo: int64(len(c.OrderLines[l.OrderID]) + 1), SKU: l.Wanted,
		Title: c.titleOf(l.Wanted, sold), Category: sold.Category, Quantity: l.Quantity, FromLineID: sold.ID, Version: 1,
		Attrs: order.LineAttrs{Kind: sold.Attrs.Kind, ExclusionConfirmed: sold.Attrs.ExclusionConfirmed,
			Given: &order.Given{SignedOn: c.Calendar.DateOf(c.now), Freight: freight}}}
	if units == 0 {
		var err error
		price, err = settle.Next(sold.Net, sold.Quantity, sold.AllocatedUnits, sold.AllocatedMinor, l.Quantity)
		c.note(err)
		*sold = order.Allocate(c.b, *sold, l.Quantity, price)
		given.MovedUnits, given.MovedMinor = l.Quantity, price
	}
	difference := c.differencePaid(l.ID)
	given.Net = price - back + difference
	given.UnitPrice = given.Net / given.Quantity
	c.note(order.InsertLine(c.b, given))
	c.payFor(l, sold.ID, given.ID, price-back, difference)
	c.OrderLines[l.OrderID] = append(c.OrderLines[l.OrderID], given)
	c.event(audit.Line, l.ID, "given", map[string]any{"sku": given.SKU, "quantity": given.Quantity, "net": given.Net, "order_line": given.ID})
}

// payFor puts behind what was given what stood behind the article it stands for, and what was paid beside.
func (c *change) payFor(l *line.Line, from, to id.ID, price, difference int64) {
	for i := range c.Payments[l.OrderID] { // under every payment's version, so that nobody draws on what goes over
		p := &c.Payments[l.OrderID][i]
		settle.Reserve(c.b, *p, 0, 0)
		p.Version++
	}
	var left int64
	for _, fd := range c.Fundings[l.OrderID] {
		if fd.OrderLineID == from {
			left += fd.Left()
		}
	}
	fundings, err := settle.Hand(c.b, c.Fundings[l.OrderID], from, to, min(price, left))
	c.note(err)
	for _, s := range c.settlementsOf(l.ID) {
		for _, p := range c.Payments[l.OrderID] {
			if share := min(difference, p.Left().Minor); s.Kind == settle.Charge && p.ChargeID == s.ID && share > 0 {
				fd := settle.Funding{ID: id.New(), ShopID: l.ShopID, PaymentID: p.ID, OrderID: l.OrderID, OrderLineID: to, Minor: share, Version: 1}
				settle.InsertFunding(c.b, fd)
				fundings = append(fundings, fd)
				difference -= share
			}
		}
	}
	c.Fundings[l.OrderID] = fundings
}

// differencePaid is what of the line's charges was for the article, and not for its freight.
func (d *Dossier) differencePaid(lineID id.ID) (minor int64) {
	for _, s := range d.settlementsOf(lineID) {
		for _, p := range s.Parts {
			switch {
			case p.Kind != settle.Difference:
			case s.Kind == settle.Charge && s.State == settle.Settled:
				minor += p.Minor
			case s.GivesBackCharge() && s.State != settle.Voided:
				minor -= p.Minor
			}
		}
	}
	return max(minor, 0)
}

// freightShare is what of the first delivery's freight units of a line bore. moved and price are of those whose price a
// refund of the difference holds already.
func (c *change) freightShare(sold *order.Line, units, moved, price int64) int64 {
	lines := slices.Clone(c.OrderLines[sold.OrderID])
	i := slices.IndexFunc(lines, func(ol order.Line) bool { return ol.ID == sold.ID })
	lines[i].AllocatedUnits, lines[i].AllocatedMinor = lines[i].AllocatedUnits-moved, lines[i].AllocatedMinor-price
	p, err := order.Price(c.Orders[sold.OrderID], lines)
	c.note(err)
	if err != nil {
		return 0
	}
	s, err := p.Sums(i, units, order.Taken{})
	c.note(err)
	return s.Freight
}

// titleOf is what an article is called.
func (c *change) titleOf(sku string, sold *order.Line) string {
	if a, known := c.Stock[sku]; known && a.Title != "" {
		return a.Title
	}
	if sku == sold.SKU {
		return sold.Title
	}
	return sku
}
