package flow

import (
	"strings"

	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// 核算 — from what is decided to what comes out of which payment. Pure: journeys and the stateless preview share it.

// givenBack is a decided refund: what comes out of the goods' money and out of the outbound freight's, and what was taken off.
type givenBack struct {
	goods, freight int64
	shortfall      int64 // by how much deductions exceed the rest
	less           []settle.Deduction
}

// refundParts sums a decided refund. Deductions come off the goods first, then off the freight, in their order; the total is
// never below zero.
func refundParts(r *rule.Refund, orderLineID id.ID) (g givenBack) {
	for _, p := range r.Parts {
		switch {
		case p.Minor == nil:
		case p.Part == string(rule.PartGoods):
			g.goods += *p.Minor
		case p.Part == string(rule.PartOutboundFreight):
			g.freight += *p.Minor
		}
	}
	for _, p := range r.Parts {
		name, is := strings.CutPrefix(p.Part, "deduct.")
		if !is || p.Minor == nil || *p.Minor == 0 {
			continue
		}
		off := min(-*p.Minor, g.goods+g.freight)
		fromGoods := min(off, g.goods)
		g.goods, g.freight, g.shortfall = g.goods-fromGoods, g.freight-(off-fromGoods), g.shortfall+(-*p.Minor-off)
		if off > 0 {
			g.less = append(g.less, settle.Deduction{OrderLineID: orderLineID, Name: name, Minor: off, Permit: p.Permit})
		}
	}
	return g
}

// takes says what comes out of what stands behind which line: the line's own price, what an earlier return lost and this one
// restores (price is without it) out of the lines it was kept from, and the freight. What is restored is noted as well.
func (g givenBack) takes(orderLineID id.ID, price int64, lost []settle.Deduction) ([]settle.Take, []settle.Deduction) {
	own := min(g.goods, price)
	takes := []settle.Take{{Kind: settle.Goods, OrderLineID: orderLineID, Minor: own}}
	less, rest := g.less, g.goods-own
	for _, kept := range lost {
		if rest == 0 {
			break
		}
		if n := min(rest, kept.Minor); n > 0 {
			takes = append(takes, settle.Take{Kind: settle.Goods, OrderLineID: kept.OrderLineID, Minor: n})
			less = append(less, settle.Deduction{OrderLineID: kept.OrderLineID, Name: settle.LostDiscount, Minor: -n})
			rest -= n
		}
	}
	takes[0].Minor += rest // nothing, unless a policy gives more than the price: then it is refused
	if g.freight > 0 {
		takes = append(takes, settle.Take{Kind: settle.OutboundFreight, Minor: g.freight})
	}
	return takes, less
}

// soFar is what the returns of an order took off until now, as the next one wants it.
type soFar struct {
	order.Taken
	lost []settle.Deduction // what is still kept from lines for reductions that were lost, in the order in which that came about
	at   map[id.ID]int
}

func tookOff(less []settle.Deduction) *soFar {
	t := &soFar{Taken: order.Taken{Gift: map[id.ID]int64{}}, at: map[id.ID]int{}}
	t.add(less)
	return t
}

func (t *soFar) add(less []settle.Deduction) {
	for _, d := range less {
		switch d.Name {
		case settle.GiftPrice:
			t.Gift[d.OrderLineID] += d.Minor
		case settle.LostDiscount:
			i, known := t.at[d.OrderLineID]
			if !known {
				i, t.lost = len(t.lost), append(t.lost, settle.Deduction{OrderLineID: d.OrderLineID})
				t.at[d.OrderLineID] = i
			}
			t.lost[i].Minor += d.Minor
			t.Discount += d.Minor
		}
	}
}

// costs are what an order's payments paid for: its lines, and the freight.
func costs(o order.Order, lines []order.Line) []settle.Weight {
	out := make([]settle.Weight, 0, len(lines)+1)
	for _, l := range lines {
		out = append(out, settle.Weight{OrderLineID: l.ID, Minor: l.Net})
	}
	return append(out, settle.Weight{Minor: o.FreightPaid})
}
