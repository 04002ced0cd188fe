package rule

import (
	"slices"

	"github.com/sanbao/sanbao/internal/calendar"
	"github.com/sanbao/sanbao/internal/clock"
)

// bundle writes an answer out as a decision carries it.
func (s *state) bundle(k Key, a *answer, asked bool) Bundle {
	b := Bundle{Key: k, Outcome: a.outcome}
	if a.edition == 1 {
		b.Edition = "later"
	}
	switch {
	case a.failed != nil:
		b.Clause = a.failed.id
		if a.outcome == Reject {
			b.Reason = a.reasons[0]
		}
	case a.rightBy >= 0:
		b.Clause = a.entries[a.rightBy].id
	case a.outcome == ManualReview:
		b.Reason = NoClause
	}
	if len(a.from) > 0 {
		s.writePoints(&b, a)
	}
	if asked && len(a.from) > 0 && a.outcome != NeedFacts {
		b.Conditions = s.conditions(a)
	}
	b.Clauses = s.clauses(a)
	return b
}

// nearestFailed is the claim that came closest: the fewest failed conditions, the shop's before the law's (its reason is
// the one the customer was promised by), then the order of the pack.
func (s *state) nearestFailed(a *answer) (best *entry) {
	least := 0
	for _, e := range a.entries {
		if e.edition != a.edition || e.mode == permit || s.claim(e.bound) != fails {
			continue
		}
		n := len(s.failures(e.bound))
		if best == nil || n < least || n == least && e.rank > best.rank {
			best, least = e, n
		}
	}
	return best
}

func (s *state) writePoints(b *Bundle, a *answer) {
	value := func(by int, of func(*entry) string) *Point {
		if by < 0 {
			return nil
		}
		p := &Point{Value: of(a.entries[by]), By: a.entries[by].id}
		p.Lost = a.lost(p.Value, of)
		return p
	}
	b.Right = value(a.rightBy, func(e *entry) string { return rightNames[e.g.right] })
	b.Authority = value(a.authBy, func(e *entry) string { return authorityNames[s.authority(e)] })
	for leg := range legs {
		if p := value(a.legBy[leg], func(e *entry) string { return bearerName(leg, e.g.freight[leg]) }); p != nil {
			b.Freight = append(b.Freight, Leg{legNames[leg], *p})
		}
	}
	if a.refundBy >= 0 {
		b.Refund = s.writeRefund(a)
	}
	if a.amountBy >= 0 {
		b.Amount = &Amount{By: a.entries[a.amountBy].id}
		if a.amount.typ != 0 {
			b.Amount.Minor = &a.amount.n
		}
	}
	b.LastDay = s.lastDay(a)
	for _, i := range a.due {
		b.Due = append(b.Due, s.deadline(a.entries[i], a.entries[i].g.due))
	}
	for _, i := range a.sendBy {
		b.SendBy = append(b.SendBy, s.deadline(a.entries[i], a.entries[i].g.sendBy))
	}
	for _, list := range [][]int{a.from, a.better} {
		for _, i := range list {
			for _, f := range a.entries[i].g.evidence {
				name := s.b.voc.facts[f].name
				if s.vals[f].n == 0 && !slices.ContainsFunc(b.Evidence, func(x Evidence) bool { return x.Fact == name }) {
					b.Evidence = append(b.Evidence, Evidence{name, a.entries[i].id, a.outcome == NeedEvidence})
				}
			}
		}
	}
}

// lost lists what the other joined claims gave for a point, where it is less.
func (a *answer) lost(won string, of func(*entry) string) (out []Lost) {
	for _, i := range a.from {
		if v := of(a.entries[i]); v != "" && v != won {
			out = append(out, Lost{v, a.entries[i].id})
		}
	}
	return out
}

func (s *state) writeRefund(a *answer) *Refund {
	e := a.entries[a.refundBy]
	r := &Refund{Basis: e.g.refund.basis(), By: e.id}
	for _, p := range a.sum.parts {
		part := RefundPart{Part: p.name}
		if p.permit != nil {
			part.Permit = p.permit.id
		}
		if p.known {
			part.Minor = &p.minor
		}
		r.Parts = append(r.Parts, part)
	}
	if a.sum.known {
		total := max(0, a.sum.total)
		r.Total, r.Shortfall = &total, total-a.sum.total
	}
	for _, i := range a.from {
		x := a.entries[i]
		if i != a.refundBy && x.g.refund != nil {
			if t := s.refund(a, x, a.legs[outbound] == 2); more(a.sum, t) {
				r.Lost = append(r.Lost, Lost{x.g.refund.basis() + t.deductions(), x.id})
			}
		}
	}
	return r
}

func (r *refund) basis() string {
	switch {
	case r.amount != nil:
		return "amount"
	case r.percent == 100:
		return string(PartGoods)
	}
	return "percent:" + IntValue(r.percent).String()
}

func (t sum) deductions() (out string) {
	for _, p := range t.parts {
		if len(p.name) > 7 && p.name[:7] == "deduct." {
			out += " -" + p.name[7:]
		}
	}
	return out
}

// lastDay is the latest last day among the windows of the joined claims.
func (s *state) lastDay(a *answer) *LastDay {
	var out *LastDay
	for _, i := range a.from {
		if d := s.windowEnd(a.entries[i].bound); d != nil && (out == nil || *d > out.Date) {
			out = &LastDay{*d, a.entries[i].id}
		}
	}
	return out
}

// windowEnd is the last day of a claim's first window, nil while its anchor is unknown or it is counted in hours.
func (s *state) windowEnd(c *bound) *calendar.Date {
	for _, k := range c.conds {
		w := k.is.win
		if w == nil || w.unit == hours || s.vals[w.from].typ == 0 || w.nFact >= 0 && s.vals[w.nFact].typ == 0 {
			continue
		}
		last, _, err := w.end(s.vals[w.from], s.length(&w.period), s.in.Calendar)
		if err != nil {
			s.fail(err)
			return nil
		}
		return &last
	}
	return nil
}

func (s *state) deadline(e *entry, p *period) Deadline {
	d := Deadline{From: s.b.voc.facts[p.from].name, N: s.length(p), Unit: string(p.unit), By: e.id}
	if at, known := s.due(p); known {
		if p.unit == hours {
			d.At = clock.Instant(at)
		} else {
			last, _, err := p.end(s.vals[p.from], d.N, s.in.Calendar)
			if err != nil {
				s.fail(err)
			}
			d.Date = &last
		}
	}
	return d
}

// clauses says what became of each claim of the key. A claim of the shop or a marketplace is overridden where it failed
// or gave less, no other claim of its pack holds in its place, and another pack's claim carries the bundle (X11, X12).
func (s *state) clauses(a *answer) []Clause {
	out := []Clause{}
	var packs []*Pack
	for _, i := range a.from {
		packs = append(packs, a.entries[i].pack)
	}
	for i, e := range a.entries {
		st := s.claim(e.bound)
		if e.edition != a.edition || st == silent {
			continue
		}
		c := Clause{Claim: e.id, State: [...]ClauseState{"", Failed, Opened, Holds}[st]}
		switch {
		case st == fails:
			c.Reasons = s.failures(e.bound)
			c.LastDay = s.windowEnd(e.bound)
		case st == stands && s.lacks(e) == 1:
			c.State = Pending
		}
		granted := a.outcome == Approve && e.pack.Layer != Law && e.mode != permit
		switch {
		case granted && st == fails:
			c.Overridden = !slices.Contains(packs, e.pack)
		case granted && st == stands:
			c.Overridden = e.mode == offer && !slices.Contains(packs, e.pack) || slices.Contains(a.from, i) && s.gaveLess(a, e)
		}
		out = append(out, c)
	}
	return out
}

// gaveLess says whether another pack's claim had to better e on some point, and no claim of e's own pack did.
func (s *state) gaveLess(a *answer, e *entry) bool {
	other := func(by int) bool { return by >= 0 && a.entries[by].pack != e.pack }
	for leg, b := range e.g.freight {
		if b != 0 && b < a.legs[leg] && other(a.legBy[leg]) {
			return true
		}
	}
	return e.g.refund != nil && other(a.refundBy) && more(a.sum, s.refund(a, e, a.legs[outbound] == 2))
}
