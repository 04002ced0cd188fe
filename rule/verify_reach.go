package rule

import (
	"fmt"
	"slices"

	"github.com/sanbao/sanbao/errs"
)

// reach proves of a claim that it can hold, and of each of its conditions that it can be met and unmet where the claim is
// concerned at all.
func (p *prover) reach(c *bound) error {
	s, err := p.state(After)
	if err != nil {
		return err
	}
	defer s.release()
	guards := func() (concerned, maybe bool) {
		concerned, maybe = true, true
		for i, k := range c.conds[:c.guarded] {
			v, _ := s.cond(k, c.atoms[i])
			concerned, maybe = concerned && v == yes, maybe && v != no
		}
		return concerned, maybe
	}
	for i := c.guarded; i < len(c.conds); i++ {
		var was [notApplicable + 1]bool
		mine := append(slices.Clone(c.atoms[:c.guarded]), c.atoms[i])
		w := p.walk(s, nil, mine)
		w.waits = func(add func(int)) {
			if _, maybe := guards(); !maybe {
				return
			}
			for _, a := range mine {
				if s.result(a).v == open {
					s.missing(a, add)
				}
			}
		}
		w.mark = func() {
			for _, a := range mine {
				w.rest(a)
			}
		}
		w.leaf = func() error {
			if concerned, _ := guards(); concerned {
				was[s.result(c.atoms[i]).v] = true
				w.done = was[yes] && was[no]
			}
			return nil
		}
		if err := p.over(w, Key{}, "", c.id); err != nil {
			return err
		}
		for v, word := range map[tri]string{yes: "true", no: "false"} {
			if !was[v] {
				p.report(nil, ProofFinding{Kind: Unreachable, Place: c.conds[i].mark.place(), Claim: c.id, Point: c.conds[i].id, Got: word})
			}
		}
	}
	return p.canHold(s, c)
}

// canHold looks for facts with which a claim holds.
func (p *prover) canHold(s *state, c *bound) error {
	w := p.walk(s, []*bound{c}, nil)
	held := false
	w.waits = func(add func(int)) {
		if s.claim(c) == opens {
			w.missing(c, add)
		}
	}
	w.mark = func() { w.markClaim(c, false) }
	w.leaf = func() error {
		if s.claim(c) == stands {
			held, w.done = true, true
			p.gives(w, c)
		}
		return nil
	}
	err := p.over(w, Key{}, "", c.id)
	if err == nil && !held {
		p.report(nil, ProofFinding{Kind: Unreachable, Place: c.mark.place(), Claim: c.id, Got: "holds"})
	}
	return err
}

// gives evaluates the amounts of a claim that holds, at the ends of the facts they are made of.
func (p *prover) gives(w *walk, c *bound) {
	f := &floorSlice{walk: w}
	was := w.about
	defer func() { w.about = was }()
	for _, g := range c.gives {
		f.key = Key{c.grounds[0], g.remedy}
		exprs := []*expr{g.amount}
		if g.refund != nil {
			exprs = append(exprs, g.refund.amount)
		}
		for _, d := range g.deducts {
			exprs = append(exprs, d.ex)
		}
		for _, x := range exprs {
			if x == nil || x.only >= 0 {
				continue // a fact as it is
			}
			f.about.Place, f.about.Point = g.mark.place(), string(g.remedy)
			f.each([]*expr{x}, nil, false, func() bool {
				w.s.money(x)
				return false
			})
		}
	}
}

// tableSlice proves of a table that each row is reached, that no two rows of a unique one fit, and that what a row says can
// be worked out.
func (p *prover) tableSlice(t *boundTable) error {
	s, err := p.state(After)
	if err != nil {
		return err
	}
	defer s.release()
	w := p.walk(s, nil, t.when)
	hit := make([]bool, len(t.rows))
	w.waits = func(add func(int)) {
		n := 0
		for _, r := range t.rows {
			fit := s.fits(r, t.when[n:])
			for i := range r.when {
				if a := t.when[n+i]; fit == open && s.result(a).v == open {
					s.missing(a, add)
				}
			}
			n += len(r.when)
			if fit != no && !t.unique {
				return // a row that fits or may fit: those below it wait
			}
		}
	}
	w.mark = func() {
		for _, a := range t.when {
			w.rest(a)
		}
	}
	w.leaf = func() error {
		row, err := s.row(t)
		switch {
		case err != nil:
			p.report(s, ProofFinding{Kind: Ambiguous, Place: t.mark.place(), Table: t.id, Got: fmt.Sprint(errs.As(err).Args["rows"])})
		case row < 0:
			return nil
		case !hit[row]:
			hit[row] = true
			return p.works(w, t, row)
		}
		return nil
	}
	if err := p.over(w, Key{}, t.id, ""); err != nil {
		return err
	}
	for i, r := range t.rows {
		if !hit[i] && w.nodes <= p.in.Budget {
			p.report(nil, ProofFinding{Kind: Unreachable, Place: r.mark.place(), Table: t.id, Point: fmt.Sprint(i + 1), Got: "fits"})
		}
	}
	return nil
}

// works evaluates what a row says at the ends of the facts it is made of.
func (p *prover) works(w *walk, t *boundTable, row int) error {
	f := &floorSlice{walk: w, table: t.id}
	was := w.about
	defer func() { w.about = was }()
	for i, c := range t.cols {
		cell := t.rows[row].then[i]
		if cell.ex == nil || cell.ex.only >= 0 {
			continue
		}
		f.about.Place, f.about.Point = t.rows[row].mark.place(), c.name
		f.each([]*expr{cell.ex}, nil, false, func() bool {
			w.s.eval(cell.ex, c.typ)
			return false
		})
	}
	return nil
}

// monotone proves for a key that a proof, or an earlier application, never makes an answer worse.
func (p *prover) monotone(k keyed) error {
	var proofs, tested []int
	for _, e := range k.entries {
		for _, f := range e.g.evidence {
			if !slices.Contains(proofs, f) {
				proofs = append(proofs, f)
			}
		}
		for _, c := range e.conds {
			if w := c.is.win; w != nil && c.kind == must && !slices.Contains(tested, w.tested) {
				tested = append(tested, w.tested)
			}
		}
	}
	for _, f := range proofs {
		if err := p.better(k, f, true); err != nil {
			return err
		}
	}
	for _, f := range tested {
		if err := p.better(k, f, false); err != nil {
			return err
		}
	}
	return nil
}

// plain says whether a fact can only help by the form of the rules: a proof that no condition looks at, a tested day that
// stands nowhere but at the end of windows that must hold, none of them a reduction's.
func (p *prover) plain(k keyed, f int, proof bool) bool {
	for _, e := range k.entries {
		for i, a := range e.atoms {
			at, c := p.b.atoms[a], e.conds[i]
			if !slices.Contains(p.b.closure(at.facts()), f) {
				continue
			}
			w := at.win
			if proof || w == nil || w.tested != f || w.from == f || w.nFact == f || c.kind != must || e.mode == permit {
				return false
			}
			for _, x := range at.facts() {
				if g := p.b.applies[x]; g >= 0 && slices.Contains(p.b.closure(p.b.atoms[g].facts()), f) {
					return false
				}
			}
		}
	}
	return true
}

// better compares the answers for neighbouring values of one fact, everything else being equal: it is branched on last.
func (p *prover) better(k keyed, fact int, proof bool) error {
	if p.plain(k, fact, proof) {
		return nil
	}
	s, err := p.state(After)
	if err != nil {
		return err
	}
	defer s.release()
	var claims []*bound
	for _, e := range k.entries {
		claims = append(claims, e.bound)
	}
	w := p.walk(s, claims, nil)
	if proof {
		w.n.dom[fact] = []Value{BoolValue(false), BoolValue(true)}
	}
	others := func(add func(int)) func(int) {
		return func(f int) {
			if f != fact {
				add(f)
			}
		}
	}
	w.waits = func(add func(int)) {
		for _, c := range claims {
			if s.claim(c) == opens {
				w.missing(c, others(add))
			}
		}
		for _, e := range k.entries {
			if e.mode != permit && s.claim(e.bound) >= opens {
				for _, f := range e.g.evidence {
					if s.how[f] == unknown {
						if slices.Contains(w.facts, f) {
							others(add)(f)
						}
					}
				}
			}
		}
	}
	w.mark = func() {
		for _, c := range claims {
			w.markClaim(c, false)
		}
		for _, f := range w.facts {
			if w.looked(k, f) {
				w.n.buf = s.vals[f].append(w.n.buf)
			}
		}
	}
	w.leaf = func() error { return p.neighbours(w, k, fact, proof) }
	return p.over(w, k.Key, "", "")
}

func (w *walk) looked(k keyed, f int) bool {
	return slices.ContainsFunc(k.entries, func(e *entry) bool { return slices.Contains(e.looksAt, f) })
}

// neighbours asks with each value of the fact, the less favourable first.
func (p *prover) neighbours(w *walk, k keyed, fact int, proof bool) error {
	vals := slices.Clone(w.n.dom[fact])
	if !proof {
		slices.Reverse(vals) // the latest day first
	}
	var last *answer
	for _, v := range vals {
		w.s.set(fact, v, established)
		a := &answer{}
		a = w.s.solveIn(a, k.entries)
		if w.s.err != nil {
			if err := w.unanswered(); err != nil {
				return err
			}
			continue
		}
		if last != nil && w.s.compare(a, last) < 0 {
			p.report(w.s, ProofFinding{Kind: NotMonotone, Place: p.in.Shop.ID, Key: k.Key, Point: w.s.b.voc.facts[fact].name,
				Got: string(a.outcome), Floor: string(last.outcome)})
		}
		last = a
	}
	w.s.set(fact, Value{}, unknown)
	return nil
}
