package rule

import (
	"encoding/binary"
	"slices"
)

// answer is what one edition's claims come to for one key: the outcome, and for each point the entry that wins it.
// Entries are numbered by their place in the key's list; -1 is none.
type answer struct {
	entries   []*entry
	outcome   Outcome
	edition   int
	open      bool     // claims are open that could still add something
	from      []int    // the entries the points were joined from
	better    []int    // entries that hold but for their evidence and would give more
	permits   []*entry // permits that hold
	failed    *entry   // without any point: the claim that came closest
	reasons   []string // why that one failed
	right     right
	rightBy   int
	legs      [legs]bearer
	legBy     [legs]int
	refundBy  int
	sums      []sum // refunds, in the order of from
	sum       sum   // of refundBy
	amountBy  int
	amount    Value
	authority int8
	authBy    int
	due       []int
	sendBy    []int
}

// outcomes from the best for the customer to the worst, for the choice between editions.
var outcomes = []Outcome{Approve, Offer, NeedEvidence, ManualReview, Reject}

// solve joins the claims of a key. With two editions the better whole bundle is taken, the one at payment on a tie.
func (s *state) solve(entries []*entry) *answer { return s.solveIn(s.answer(), entries) }

// answer is one to write over; it is the caller's until the state is given back.
func (s *state) answer() *answer {
	if s.used == len(s.answers) {
		s.answers = append(s.answers, &answer{})
	}
	s.used++
	return s.answers[s.used-1]
}

// solveIn is solve that writes over an answer nobody needs any more.
func (s *state) solveIn(a *answer, entries []*entry) *answer {
	s.join(a, entries, 0)
	if !slices.ContainsFunc(entries, func(e *entry) bool { return e.edition == 1 }) {
		return a
	}
	later := &answer{}
	s.join(later, entries, 1)
	a.open, later.open = a.open || later.open, a.open || later.open
	if s.compare(later, a) > 0 {
		return later
	}
	return a
}

// settled solves a key. For a key that is asked for, facts that were found not to matter are set to any value meanwhile:
// the claims waiting for them make no difference. Sums and dates are worked out from what is really known.
func (s *state) settled(entries []*entry, idle []setting, asked bool) *answer {
	if !asked || len(idle) == 0 {
		return s.solve(entries)
	}
	for _, x := range idle {
		s.set(x.fact, x.val, established)
	}
	a := s.solve(entries)
	for _, x := range idle {
		s.set(x.fact, Value{}, unknown)
	}
	s.points(a)
	return a
}

// setting is a value for a fact.
type setting struct {
	fact int
	val  Value
}

// join joins the claims of one edition into a.
func (s *state) join(a *answer, entries []*entry, edition int) {
	*a = answer{entries: entries, edition: edition, from: a.from[:0], permits: a.permits[:0], sums: a.sums, due: a.due, sendBy: a.sendBy}
	var held [asOfRight + 1][2]bool // by right, and whether evidence is missing
	concerned, doubt := false, false
	for _, e := range entries {
		if e.edition != edition {
			continue
		}
		st := s.claim(e.bound)
		switch {
		case st == opens && e.mode == permit:
			doubt = true
		case st == opens:
			a.open = true
		case st == stands && e.mode == permit:
			a.permits = append(a.permits, e)
		case st == stands:
			held[e.g.right][s.lacks(e)] = true
		}
		concerned = concerned || st != silent && e.mode != permit && (st != fails || !e.check) // an unconfirmed rule refuses nobody
	}
	switch {
	case held[asOfRight][0]:
		a.outcome, a.from = Approve, s.standing(a.from, a, asOfRight, 0)
	case held[asOfRight][1]:
		a.outcome, a.from = NeedEvidence, s.standing(a.from, a, asOfRight, 1)
	case held[offered][0]:
		a.outcome, a.from = Offer, s.standing(a.from, a, offered, 0)
	case held[offered][1]:
		a.outcome, a.from = NeedEvidence, s.standing(a.from, a, offered, 1)
	case held[review][0] || held[review][1] || !concerned:
		a.outcome, a.from = ManualReview, s.standing(s.standing(a.from, a, review, 0), a, review, 1)
	default:
		a.outcome = Reject
		if a.failed = s.nearestFailed(a); a.failed != nil {
			a.reasons = s.failures(a.failed.bound)
		}
	}
	a.open = a.open || doubt && len(a.from) > 0 // what may be deducted is open only where something is given
	s.points(a)
	if held[asOfRight][0] && held[asOfRight][1] {
		waiting := s.standing(nil, a, asOfRight, 1)
		more := *a
		more.from, more.sums, more.due, more.sendBy = slices.Concat(a.from, waiting), nil, nil, nil
		slices.Sort(more.from)
		s.points(&more)
		if s.compare(&more, a) > 0 || len(more.due) > len(a.due) { // a deadline of another unit may well be the earlier
			a.better = waiting
		}
	}
}

// standing adds the entries of the answer's edition that hold, give a right, and lack evidence (1) or none (0).
func (s *state) standing(out []int, a *answer, r right, lacks int) []int {
	for i, e := range a.entries {
		if e.edition == a.edition && e.mode != permit && e.g.right == r && s.claim(e.bound) == stands && s.lacks(e) == lacks {
			out = append(out, i)
		}
	}
	return out
}

// lacks is 1 where a proof that an entry demands is not there, else 0. It is asked for then, never a refusal.
func (s *state) lacks(e *entry) int {
	for _, f := range e.g.evidence {
		if s.vals[f].n == 0 {
			return 1
		}
	}
	return 0
}

// points joins a.from point by point: the better for the customer wins, the earlier entry on a tie. Of claims that are
// open still, the deadlines count: no question is asked for their sake, and doubt does not worsen them.
func (s *state) points(a *answer) {
	a.right, a.rightBy, a.refundBy, a.amountBy, a.authBy = noRight, -1, -1, -1, -1
	a.legs, a.legBy, a.authority, a.due, a.sendBy = [legs]bearer{}, [legs]int{-1, -1, -1, -1}, 0, a.due[:0], a.sendBy[:0]
	for _, i := range a.from {
		e := a.entries[i]
		if e.g.right > a.right {
			a.right, a.rightBy = e.g.right, i
		}
		for leg, b := range e.g.freight {
			if b > a.legs[leg] {
				a.legs[leg], a.legBy[leg] = b, i
			}
		}
		if au := s.authority(e); au > a.authority {
			a.authority, a.authBy = au, i
		}
		s.keepDeadlines(a, i)
	}
	for i, e := range a.entries {
		if a.right == asOfRight && e.edition == a.edition && e.g.right == asOfRight && s.claim(e.bound) == opens {
			s.keepDeadlines(a, i)
		}
	}
	a.sums = slices.Grow(a.sums[:0], len(a.from))[:len(a.from)]
	for k, i := range a.from {
		e := a.entries[i]
		if e.g.refund != nil {
			a.sums[k] = s.refund(a.sums[k].parts[:0], a, e)
			if a.refundBy < 0 || more(a.sums[k], a.sum) {
				a.refundBy, a.sum = i, a.sums[k]
			}
		}
		if e.g.amount != nil {
			v := s.money(e.g.amount)
			if a.amountBy < 0 || v.typ != 0 && (a.amount.typ == 0 || v.n > a.amount.n) {
				a.amountBy, a.amount = i, v
			}
		}
	}
}

func (s *state) keepDeadlines(a *answer, i int) {
	g := a.entries[i].g
	a.due = s.keepDeadline(a, a.due, i, g.due, func(p *entry) *period { return p.g.due }, -1)
	a.sendBy = s.keepDeadline(a, a.sendBy, i, g.sendBy, func(p *entry) *period { return p.g.sendBy }, 1)
}

// keepDeadline adds a deadline to those kept. Of two that can be compared the better stays (sign -1: the earlier, for
// the shop; +1: the later, for the customer); two that cannot yet be compared both stay.
func (s *state) keepDeadline(a *answer, kept []int, i int, p *period, of func(*entry) *period, sign int64) []int {
	if p == nil {
		return kept
	}
	for k, j := range kept {
		q := of(a.entries[j])
		if c, ok := s.order(p, q); ok {
			if c*sign > 0 {
				kept = slices.Delete(slices.Clone(kept), k, k+1)
				break
			}
			return kept
		}
	}
	return append(kept, i)
}

// order compares two deadlines: by their dates where both are known, by N where they differ in nothing else.
func (s *state) order(p, q *period) (int64, bool) {
	pd, pok := s.due(p)
	qd, qok := s.due(q)
	if pok && qok {
		return pd - qd, true
	}
	if p.from == q.from && p.unit == q.unit && p.roll == q.roll && p.nFact < 0 && q.nFact < 0 {
		return p.n - q.n, true
	}
	return 0, false
}

// due is the instant at which a deadline passes, false while its anchor is unknown.
func (s *state) due(p *period) (int64, bool) {
	if s.vals[p.from].typ == 0 || p.nFact >= 0 && s.vals[p.nFact].typ == 0 {
		return 0, false
	}
	d, at, err := p.end(s.vals[p.from], s.length(p), s.in.Calendar)
	if err != nil {
		s.fail(err)
		return 0, false
	}
	if p.unit == hours {
		return int64(at), true
	}
	return int64(s.in.Calendar.EndOf(d)), true
}

// authority is what an entry says, or its table; 0 while the table is open. A table presumes nothing about facts of a
// later stage.
func (s *state) authority(e *entry) int8 {
	if e.g.table == nil {
		return e.g.authority
	}
	n := 0
	for _, r := range e.g.table.rows {
		switch s.fits(r, e.when[n:]) {
		case yes:
			return int8(slices.Index(authorityNames[:], r.then[0].val.s))
		case open:
			return 0
		}
		n += len(r.when)
	}
	return 0
}

// compare orders two answers to one key as whole bundles: outcome, then refund, freight, amount, deadlines, authority.
func (s *state) compare(x, y *answer) int {
	if x.outcome != y.outcome {
		return slices.Index(outcomes, y.outcome) - slices.Index(outcomes, x.outcome)
	}
	if x.right != y.right {
		return int(x.right) - int(y.right)
	}
	if x.refundBy >= 0 && y.refundBy >= 0 {
		if more(x.sum, y.sum) {
			return 1
		}
		if more(y.sum, x.sum) {
			return -1
		}
	}
	var fx, fy bearer
	for leg := range legs {
		fx, fy = fx+x.legs[leg], fy+y.legs[leg]
	}
	if fx != fy {
		return int(fx) - int(fy)
	}
	if x.amount.n != y.amount.n {
		return int(max(-1, min(1, x.amount.n-y.amount.n)))
	}
	return s.compareDue(x, y)
}

func (s *state) compareDue(x, y *answer) int {
	if len(x.due) != 1 || len(y.due) != 1 {
		return 0
	}
	c, _ := s.order(x.entries[x.due[0]].g.due, y.entries[y.due[0]].g.due)
	return int(max(-1, min(1, -c)))
}

// signature is what a question must be able to change, as bytes: what the customer gets, and who bears what. Two answers
// with one signature are the same to him. Sums are not part of it (the facts they need are asked for their own sake), nor
// are our own deadlines and who of us agrees: nobody is questioned for those.
func (a *answer) signature(s *state, buf []byte) []byte {
	buf = append(buf, byte(slices.Index(outcomes, a.outcome)), byte(a.right))
	for _, b := range a.legs {
		buf = append(buf, byte(b))
	}
	if a.refundBy >= 0 {
		if r := a.entries[a.refundBy].g.refund; r.amount != nil {
			buf = append(buf, r.amount.key...)
		} else {
			buf = append(buf, byte(r.percent))
		}
		for _, p := range a.sum.parts {
			buf = append(buf, p.name...)
		}
	}
	if a.amountBy >= 0 {
		buf = append(buf, a.entries[a.amountBy].g.amount.key...)
	}
	if a.outcome == NeedEvidence {
		var missing []int
		for _, i := range a.from {
			for _, f := range a.entries[i].g.evidence {
				if s.vals[f].n == 0 && !slices.Contains(missing, f) {
					missing = append(missing, f)
				}
			}
		}
		slices.Sort(missing)
		for _, f := range missing {
			buf = binary.AppendVarint(buf, int64(f))
		}
	}
	return buf
}
