package rule

import (
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
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
	if s.brief {
		return b
	}
	if asked && len(a.from) > 0 && a.outcome != NeedFacts {
		b.Conditions = s.conditions(a)
	}
	b.Clauses = s.clauses(a)
	return b
}

// nearestFailed is the claim that came closest: the fewest failed conditions, the shop's before the law's (its reason is
// the one the customer was promised by), then the order of the pack. An unconfirmed claim is no reason to refuse.
func (s *state) nearestFailed(a *answer) (best *entry) {
	least := 0
	for _, e := range a.entries {
		if e.edition != a.edition || e.mode == permit || e.check || s.claim(e.bound) != fails {
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
	if a.rightBy >= 0 {
		p := a.point(a.rightBy, func(e *entry) string { return rightNames[e.g.right] })
		b.Right = &p
	}
	if a.authBy >= 0 {
		p := a.point(a.authBy, func(e *entry) string { return authorityNames[s.authority(e)] })
		b.Authority = &p
	}
	b.Freight = make([]Leg, 0, legs)
	for leg := range legs {
		if by := a.legBy[leg]; by >= 0 {
			b.Freight = append(b.Freight, Leg{legNames[leg], a.point(by, func(e *entry) string { return bearerName(leg, e.g.freight[leg]) })})
		}
	}
	if a.refundBy >= 0 {
		b.Refund = s.writeRefund(a)
	}
	if a.amountBy >= 0 {
		b.Amount = &Amount{By: a.entries[a.amountBy].id}
		if a.amount.typ != 0 {
			b.Amount.Minor = kept(a.amount.n)
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

// point is what entry by won a point with, and what the other joined claims gave where that is less.
func (a *answer) point(by int, of func(*entry) string) Point {
	p := Point{Value: of(a.entries[by]), By: a.entries[by].id}
	for _, i := range a.from {
		if v := of(a.entries[i]); v != "" && v != p.Value {
			p.Lost = append(p.Lost, Lost{v, a.entries[i].id})
		}
	}
	return p
}

// kept is a number of a decision's own: answers are written over by the next one.
func kept(n int64) *int64 { return &n }

func (s *state) writeRefund(a *answer) *Refund {
	e := a.entries[a.refundBy]
	r := &Refund{Basis: e.g.refund.basis(), By: e.id, Parts: make([]RefundPart, len(a.sum.parts))}
	for i := range a.sum.parts {
		p := &a.sum.parts[i]
		r.Parts[i].Part = p.name
		if p.permit != nil {
			r.Parts[i].Permit = p.permit.id
		}
		if p.known {
			r.Parts[i].Minor = kept(p.minor)
		}
	}
	if a.sum.known {
		total := max(0, a.sum.total)
		r.Total, r.Shortfall = &total, total-a.sum.total
	}
	for k, i := range a.from {
		if x := a.entries[i]; i != a.refundBy && x.g.refund != nil && more(a.sum, a.sums[k]) {
			r.Lost = append(r.Lost, Lost{x.g.refund.basis() + a.sums[k].deductions(), x.id})
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
	out := LastDay{Date: calendar.MinDate}
	for _, i := range a.from {
		if d, ok := s.windowEnd(a.entries[i].bound); ok && (out.By == "" || d > out.Date) {
			out = LastDay{d, a.entries[i].id}
		}
	}
	if out.By == "" {
		return nil
	}
	return &out
}

// windowEnd is the last day of a claim's first window, false while its anchor is unknown or it is counted in hours.
func (s *state) windowEnd(c *bound) (calendar.Date, bool) {
	for _, k := range c.conds {
		w := k.is.win
		if w == nil || w.unit == hours || s.vals[w.from].typ == 0 || w.nFact >= 0 && s.vals[w.nFact].typ == 0 {
			continue
		}
		last, _, err := w.end(s.vals[w.from], s.length(&w.period), s.in.Calendar)
		if err != nil {
			s.fail(err)
			return 0, false
		}
		return last, true
	}
	return 0, false
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
	out := make([]Clause, 0, len(a.entries))
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
			if d, ok := s.windowEnd(e.bound); ok {
				c.LastDay = &d
			}
		case st == stands && s.lacks(e) == 1:
			c.State = Pending
		}
		granted := a.outcome == Approve && e.pack.Layer != Law && e.mode != permit
		switch {
		case granted && st == fails:
			c.Overridden = !slices.Contains(packs, e.pack)
		case granted && st == stands:
			c.Overridden = e.mode == offer && !slices.Contains(packs, e.pack) || s.gaveLess(a, i)
		}
		out = append(out, c)
	}
	return out
}

// gaveLess says whether another pack's claim had to better entry i on some point, and no claim of its own pack did.
func (s *state) gaveLess(a *answer, i int) bool {
	k, e := slices.Index(a.from, i), a.entries[i]
	if k < 0 {
		return false
	}
	other := func(by int) bool { return by >= 0 && a.entries[by].pack != e.pack }
	for leg, b := range e.g.freight {
		if b != 0 && b < a.legs[leg] && other(a.legBy[leg]) {
			return true
		}
	}
	return e.g.refund != nil && other(a.refundBy) && more(a.sum, a.sums[k])
}
