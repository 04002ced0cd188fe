package order

import (
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Taken is what earlier returns of an order took off, and did not give back since, by the name of the deduction.
type Taken struct {
	Gift     map[id.ID]int64 // by order line: marked prices of gifts that stayed with the customer (NRR-12)
	Discount int64           // for reductions that were lost (NRR-17)
}

// Sums are what units of a line are worth in a return.
type Sums struct {
	Goods    int64 // what they cost, with what is restored
	Restored int64 // of it: what earlier returns lost for these units' sake, and what is due now that they come back too
	Freight  int64 // their share of the first delivery

	FreeShippingLost bool  // delivery was free from an amount that this return breaks
	DiscountLost     int64 // by how much the rest, priced anew, costs more than was paid for it
	GiftLeft         int64 // the marked price of the line's gift, as far as it was not charged yet
}

// Pricing is an order's lines with its freight and its reductions split over them, while units come back. The allocations of its lines
// say what came back already.
type Pricing struct {
	order   Order
	lines   []Line
	freight []int64
	given   []given
	net     int64 // of the units that stay
}

// Price splits an order's freight over its lines by what they cost, and each reduction by their prices, by largest remainder.
// The lines are the caller's, and only Took changes them.
func Price(o Order, lines []Line) (p *Pricing, err error) {
	p = &Pricing{order: o, lines: lines}
	nets := make([]int64, len(lines))
	for i := range lines {
		if lines[i].Attrs.Given == nil { // what was given in exchange brought its share along
			nets[i] = lines[i].Net
		}
		p.net += lines[i].Net - lines[i].AllocatedMinor
	}
	if o.FreightPaid > 0 {
		if p.freight, err = money.Split(o.FreightPaid, nets); err != nil {
			return p, err
		}
		for i := range lines {
			if g := lines[i].Attrs.Given; g != nil {
				p.freight[i] = g.Freight
			}
		}
	}
	for _, promotion := range o.Attrs.Promotions {
		g, err := give(promotion, lines)
		if err != nil {
			return p, err
		}
		for i := range lines {
			if err := g.add(&g.kept, &lines[i], i, lines[i].Quantity-lines[i].AllocatedUnits, 1); err != nil {
				return p, err
			}
		}
		p.given = append(p.given, g)
	}
	return p, nil
}

// Sums works out what units of line i are worth; its allocation must not yet hold them. Returns of an order, one after the
// other, give back exactly what was paid less what stays lost.
func (p *Pricing) Sums(i int, units int64, taken Taken) (s Sums, err error) {
	l := &p.lines[i]
	upTo, err := money.UpTo(l.Net, l.Quantity, l.AllocatedUnits+units)
	if err != nil {
		return s, err
	}
	s.Goods = max(0, upTo-l.AllocatedMinor)
	if p.freight != nil {
		if s.Freight, err = money.Units(p.freight[i], l.Quantity, l.AllocatedUnits, units); err != nil {
			return s, err
		}
	}
	at := p.order.Attrs.FreeShippingAt
	s.FreeShippingLost = at > 0 && p.order.FreightPaid == 0 && p.net >= at && p.net-s.Goods < at
	s.GiftLeft = max(0, l.Attrs.GiftValue-taken.Gift[l.ID])
	change, err := p.relost(i, units)
	if err != nil {
		return s, err
	}
	s.DiscountLost, s.Restored = max(0, change), min(max(0, -change), taken.Discount)
	s.Goods += s.Restored
	return s, nil
}

// relost is by how much the reductions that are lost change when units of line i come back too. What a return for the shop's
// fault lost nobody was charged, and a later return is not charged it either: only the change counts.
func (p *Pricing) relost(i int, units int64) (change int64, err error) {
	for k := range p.given {
		g := &p.given[k]
		before, err := g.lost(g.kept)
		if err != nil {
			return 0, err
		}
		kept := g.kept
		if err := g.back(&kept, &p.lines[i], i, units); err != nil {
			return 0, err
		}
		after, err := g.lost(kept)
		if err != nil {
			return 0, err
		}
		change += after - before
	}
	return change, nil
}

// Took notes that units of line i have come back, for a price.
func (p *Pricing) Took(i int, units, price int64) error {
	l := &p.lines[i]
	for k := range p.given {
		if err := p.given[k].back(&p.given[k].kept, l, i, units); err != nil {
			return err
		}
	}
	l.AllocatedUnits, l.AllocatedMinor, p.net = l.AllocatedUnits+units, l.AllocatedMinor+price, p.net-price
	return nil
}
