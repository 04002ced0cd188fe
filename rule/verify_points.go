package rule

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sanbao/sanbao/money"
)

// points compares what the shop's claims that hold give, joined, with each point of the law's.
func (f *floorSlice) points(law, held []*entry) {
	for leg := range legs {
		best := held[0]
		for _, e := range held {
			if e.g.freight[leg] > best.g.freight[leg] {
				best = e
			}
		}
		mine := best.g.freight[leg]
		if w := keep(law, func(w *entry) bool { return mine != 0 && w.g.freight[leg] > mine }); len(w) > 0 {
			f.below(w, best, []string{"freight." + legNames[leg]}, bearerName(leg, mine), bearerName(leg, w[0].g.freight[leg]))
		}
	}
	f.refunds(law, held)
	f.amounts(law, held)
	f.deadlines(law, held)
}

func keep(list []*entry, want func(*entry) bool) (out []*entry) {
	for _, e := range list {
		if want(e) {
			out = append(out, e)
		}
	}
	return out
}

// refunds compares what goes back, the first delivery's freight left aside: that is a leg. The law's refund is less by what
// a claim of the shop deducts, as far as a permit allows it.
func (f *floorSlice) refunds(law, held []*entry) {
	law = keep(law, func(e *entry) bool { return e.g.refund != nil })
	held = keep(held, func(e *entry) bool { return e.g.refund != nil })
	if len(law) == 0 || len(held) == 0 || f.same(law, held) {
		return
	}
	var exprs []*expr
	percents := []int64{}
	for _, e := range slices.Concat(law, held) {
		exprs = append(exprs, e.g.refund.amount)
		percents = append(percents, e.g.refund.percent)
		for _, d := range e.g.deducts {
			exprs = append(exprs, d.ex)
			_, limit := f.permit(d.name)
			exprs = append(exprs, limit)
		}
	}
	if x, ok := f.s.b.voc.parts[PartOutboundFreight]; ok && f.s.how[x] == unknown { // of no account here, but a total needs it
		f.s.set(x, MoneyValue(0), established)
		defer f.s.set(x, Value{}, unknown)
	}
	f.each(exprs, percents, true, func() bool {
		best, most := held[0], f.net(held[0], held[0].g.deducts, false)
		for _, e := range held[1:] {
			if n := f.net(e, e.g.deducts, false); n > most {
				best, most = e, n
			}
		}
		var own []deduct
		for _, e := range held {
			for _, d := range e.g.deducts {
				if !slices.ContainsFunc(own, func(o deduct) bool { return o.name == d.name }) {
					own = append(own, d)
				}
			}
		}
		above := keep(law, func(w *entry) bool { return f.net(w, own, true) > most })
		if len(above) == 0 {
			return false
		}
		f.below(above, best, []string{f.less(best)}, f.sum(most), f.sum(f.net(above[0], own, true)))
		return true
	})
}

// same says whether a claim of the shop refunds in full and without deductions, which nothing can better.
func (f *floorSlice) same(law, held []*entry) bool {
	full := func(e *entry) bool { return e.g.refund.amount == nil && e.g.refund.percent == 100 }
	return !slices.ContainsFunc(law, func(e *entry) bool { return !full(e) && e.g.refund.amount != nil }) &&
		slices.ContainsFunc(held, func(e *entry) bool { return full(e) && len(e.g.deducts) == 0 })
}

// less names what makes a claim's refund smaller: a deduction that goes beyond its permit, else the refund itself.
func (f *floorSlice) less(e *entry) string {
	for _, d := range e.g.deducts {
		if _, limit := f.permit(d.name); limit == nil || f.s.money(d.ex).n > f.s.money(limit).n {
			return "deduct." + d.name
		}
	}
	return "refund"
}

// permit is the cap of a deduction that a permit which holds allows.
func (f *floorSlice) permit(name string) (*bound, *expr) {
	a := answer{permits: keep(f.permits, func(e *entry) bool { return f.s.claim(e.bound) == stands })}
	return a.permit(name)
}

// net is a refund in minor units, never below zero: the law's less what is deducted and allowed, the shop's less all it says.
func (f *floorSlice) net(e *entry, deducts []deduct, law bool) int64 {
	n, _ := f.s.part(PartGoods)
	switch r := e.g.refund; {
	case r.amount != nil:
		n = f.s.money(r.amount).n
	case r.percent < 100:
		var err error
		if n, err = money.Percent(n, r.percent, 100); err != nil {
			f.s.fail(err)
		}
	}
	for _, d := range deducts {
		v := max(0, f.s.money(d.ex).n)
		if law {
			_, limit := f.permit(d.name)
			if limit == nil {
				continue
			}
			v = min(v, f.s.money(limit).n)
		}
		n -= v
	}
	return max(0, n)
}

// amounts compares compensation.
func (f *floorSlice) amounts(law, held []*entry) {
	law = keep(law, func(e *entry) bool { return e.g.amount != nil })
	held = keep(held, func(e *entry) bool { return e.g.amount != nil })
	law = keep(law, func(w *entry) bool { // the same expression is the same amount
		return !slices.ContainsFunc(held, func(e *entry) bool { return e.g.amount == w.g.amount })
	})
	if len(law) == 0 || len(held) == 0 {
		return
	}
	var exprs []*expr
	for _, e := range slices.Concat(law, held) {
		exprs = append(exprs, e.g.amount)
	}
	f.each(exprs, nil, false, func() bool {
		best := held[0]
		for _, e := range held[1:] {
			if f.s.money(e.g.amount).n > f.s.money(best.g.amount).n {
				best = e
			}
		}
		mine := f.s.money(best.g.amount).n
		above := keep(law, func(w *entry) bool { return f.s.money(w.g.amount).n > mine })
		if len(above) > 0 {
			f.below(above, best, []string{"amount"}, f.sum(mine), f.sum(f.s.money(above[0].g.amount).n))
		}
		return len(above) > 0
	})
}

func (f *floorSlice) sum(n int64) string { return money.Of(n, f.p.in.Shop.Currency).Decimal() }

// each tries every combination of breakpoints of what some amounts are made of, until one is found.
func (f *floorSlice) each(exprs []*expr, percents []int64, goods bool, found func() bool) {
	var facts []int
	var consts []int64
	add := func(x int) {
		if f.s.vals[x].typ == 0 && !slices.Contains(facts, x) {
			facts = append(facts, x)
		}
	}
	for _, x := range exprs {
		if x != nil {
			consts = append(consts, x.consts...)
			for _, y := range x.facts {
				add(y)
			}
		}
	}
	if x, ok := f.s.b.voc.parts[PartGoods]; ok && goods {
		add(x)
	}
	how := slices.Clone(f.s.how)
	var try func(left []int) bool
	try = func(left []int) bool {
		if len(left) == 0 {
			f.nodes++
			hit := found()
			if f.s.err != nil {
				hit = f.unanswered() != nil
			}
			return hit
		}
		x := left[0]
		hit := false
		for _, v := range f.p.breakpoints(f.key, f.table, f.s.b.voc.facts[x], append(consts, percents...)) {
			f.s.set(x, v, established)
			if hit = try(left[1:]); hit {
				break
			}
		}
		f.s.set(x, Value{}, how[x])
		return hit
	}
	try(facts)
}

// maxTried bounds an amount in breakpoints: a million in major units.
const maxTried = 100_000_000

// breakpoints are the values of a fact at which amounts are compared: the ends, each constant and what it is a percentage
// of, one less and one more. They are noted in the proof.
func (p *prover) breakpoints(k Key, table string, d *fact, consts []int64) []Value {
	switch d.typ {
	case TypeBool:
		return []Value{BoolValue(false), BoolValue(true)}
	case TypeInt, TypeMoney:
	default:
		return nil
	}
	lo, hi := d.bounds()
	cands := []int64{lo, lo + 1, 10_000, min(hi, maxTried)}
	for _, c := range consts {
		cands = append(cands, c-1, c, c+1)
		for _, q := range consts {
			if q > 0 && q <= 10_000 && c < maxTried {
				x := c * 100 / q
				cands = append(cands, x-1, x, x+1)
			}
		}
	}
	var out []Value
	for _, c := range cands {
		if c >= lo && c <= hi {
			out = append(out, Value{typ: d.typ, n: c})
		}
	}
	out = sorted(out)
	i := slices.IndexFunc(p.proof.Breakpoints, func(b Breakpoint) bool { return b.Key == k && b.Table == table && b.Fact == d.name })
	if i < 0 {
		i = len(p.proof.Breakpoints)
		p.proof.Breakpoints = append(p.proof.Breakpoints, Breakpoint{Key: k, Table: table, Fact: d.name, book: p.b})
	}
	tried := map[int64]bool{}
	for _, n := range p.proof.Breakpoints[i].Values {
		tried[n] = true
	}
	for _, v := range out {
		tried[v.n] = true
	}
	p.proof.Breakpoints[i].Values = slices.Sorted(maps.Keys(tried))
	if usual := slices.IndexFunc(out, func(v Value) bool { return v.n == 10_000 }); usual > 0 { // a finding reads best with a usual amount
		out[0], out[usual] = out[usual], out[0]
	}
	return out
}

// deadlines compares until when the shop has to act, and the customer may.
func (f *floorSlice) deadlines(law, held []*entry) {
	f.deadline(law, held, "due", func(e *entry) *period { return e.g.due }, 1)
	f.deadline(law, held, "send_by", func(e *entry) *period { return e.g.sendBy }, -1)
}

// deadline compares one of the law with the best of the shop's; sign 1: the earlier is better for the customer.
func (f *floorSlice) deadline(law, held []*entry, point string, of func(*entry) *period, sign int64) {
	held = keep(held, func(e *entry) bool { return of(e) != nil })
	if len(held) == 0 {
		return
	}
	for _, w := range law {
		if of(w) == nil {
			continue
		}
		anchor, best, ok := f.later(of(w), held, of, sign)
		if !ok {
			continue
		}
		is, how := f.s.vals[of(w).from], f.s.how[of(w).from]
		if is.typ == 0 {
			f.s.set(of(w).from, anchor, established)
		}
		f.below([]*entry{w}, best, []string{point}, of(best).words(), of(w).words())
		f.s.set(of(w).from, is, how)
	}
}

func (p *period) words() string { return fmt.Sprintf("%d %s", p.n, p.unit) }

// later finds a day on which every deadline of the shop is worse than one of the law. Different units are tried with each
// day of a year as the anchor; different anchors with both on the same day, which the proof says.
func (f *floorSlice) later(p *period, held []*entry, of func(*entry) *period, sign int64) (anchor Value, best *entry, worse bool) {
	for _, e := range held {
		if q := of(e); q.from == p.from && q.unit == p.unit && q.roll == p.roll && q.nFact < 0 && p.nFact < 0 && (q.n-p.n)*sign <= 0 {
			return anchor, nil, false
		}
	}
	for _, e := range held {
		switch q := of(e); {
		case q.nFact >= 0 || p.nFact >= 0:
			f.p.unproven(e.id, "rule.verify_length")
			return anchor, nil, false
		case q.from != p.from:
			f.p.unproven(e.id, "rule.verify_anchor")
		}
	}
	cal := f.s.in.Calendar
	today := cal.DateOf(f.s.in.At)
	for back := range 366 {
		day := DateValue(today.AddDays(-back))
		at, ok := f.ends(p, day)
		if !ok {
			continue
		}
		all := true
		best = nil
		var soonest int64
		for _, e := range held {
			end, ok := f.ends(of(e), day)
			if all = all && ok && (end-at)*sign > 0; best == nil || (end-soonest)*sign < 0 {
				best, soonest = e, end
			}
		}
		if all {
			if f.s.b.voc.facts[p.from].typ == TypeInstant {
				day = InstantValue(cal.StartOf(day.Date()))
			}
			return day, best, true
		}
	}
	return anchor, nil, false
}

// ends is the instant at which a period from a day is over.
func (f *floorSlice) ends(p *period, day Value) (int64, bool) {
	cal := f.s.in.Calendar
	if p.unit == hours {
		return int64(cal.AddHours(cal.StartOf(day.Date()), int(p.n))), true
	}
	last, _, err := p.end(day, p.n, cal)
	return int64(cal.EndOf(last)), err == nil
}
