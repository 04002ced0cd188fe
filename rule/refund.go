package rule

import (
	"slices"

	"github.com/sanbao/sanbao/money"
)

// sum is a refund worked out: the parts, and whether every part is known.
type sum struct {
	parts []sumPart
	total int64
	known bool
}

type sumPart struct {
	name   string
	minor  int64
	known  bool
	permit *bound
	ex     *expr // what a deduction is worked out from
	limit  *expr // and its cap
}

// more says whether refund x is better for the customer than y: by total where both are known, else by fewer deductions.
func more(x, y sum) bool {
	if x.known && y.known {
		return x.total > y.total
	}
	return len(x.parts) < len(y.parts)
}

// money evaluates an amount; no value while a fact is unknown.
func (s *state) money(x *expr) Value {
	v, _ := s.eval(x, TypeMoney)
	return v
}

// part is the value of the fact that is a part of refunds.
func (s *state) part(p Part) (int64, bool) {
	if f, ok := s.b.voc.parts[p]; ok && s.vals[f].typ != 0 {
		return s.vals[f].n, true
	}
	return 0, false
}

// refund works out what an entry gives back: its basis, the first freight if refunded, less deductions. A law's floor is
// lowered by the deductions that a shop's claim which holds invokes and a permit allows; a shop's claim by its own, up to
// the permit's cap where there is one. parts is where to write.
func (s *state) refund(parts []sumPart, a *answer, e *entry) sum {
	t := sum{known: true, parts: parts}
	add := func(p sumPart) {
		t.parts = append(t.parts, p)
		t.known = t.known && p.known
		t.total += p.minor
	}
	if r := e.g.refund; r.amount != nil {
		v := s.money(r.amount)
		add(sumPart{name: "amount", minor: v.n, known: v.typ != 0})
	} else {
		goods, ok := s.part(PartGoods)
		if ok && r.percent < 100 {
			var err error
			if goods, err = money.Percent(goods, r.percent, 100); err != nil {
				s.fail(err)
			}
		}
		add(sumPart{name: string(PartGoods), minor: goods, known: ok})
	}
	if a.legs[outbound] == 2 {
		v, ok := s.part(PartOutboundFreight)
		add(sumPart{name: string(PartOutboundFreight), minor: v, known: ok})
	}
	own := e.g.deducts
	if e.pack.Layer == Law {
		own = nil
		for _, i := range a.from {
			if x := a.entries[i]; x.pack.Layer != Law {
				own = append(own, x.g.deducts...)
			}
		}
	}
	for i, d := range own {
		by, limit := a.permit(d.name)
		if e.pack.Layer == Law && (by == nil || slices.ContainsFunc(own[:i], func(o deduct) bool { return o.name == d.name })) {
			continue
		}
		v := s.money(d.ex)
		p := sumPart{name: d.part, minor: min(0, -v.n), known: v.typ != 0, permit: by, ex: d.ex, limit: limit}
		if by != nil {
			most := s.money(limit)
			p.known = p.known && most.typ != 0
			p.minor = max(p.minor, -most.n)
		}
		add(p)
	}
	return t
}

// permit finds the permit that allows a deduction, and its cap. One whose source is unverified allows nothing.
func (a *answer) permit(name string) (*bound, *expr) {
	for _, e := range a.permits {
		for _, d := range e.g.deducts {
			if d.name == name && !e.check {
				return e.bound, d.ex
			}
		}
	}
	return nil, nil
}
