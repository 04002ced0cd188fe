package rule

import "slices"

// conditions lists what an answer presumes about later stages and would be worse without: the inspection sheet. The facts
// on it are those that would be asked if everything were to be established now, found by the same reduced tree; of each
// the condition that now counts in the customer's favour is written down.
func (s *state) conditions(a *answer) []Condition {
	if !s.presumes(a) {
		return nil
	}
	later := s.asked()
	defer later.release()
	n := later.newNeed([][]*entry{a.entries})
	if n == nil {
		return nil
	}
	facts, _ := n.matter()
	base := a.signature(s, nil)
	var out []Condition
	for _, e := range s.byWeight(a) {
		for i, at := range e.atoms {
			k := e.conds[i]
			v, presumed := s.cond(k, at)
			if !presumed || (v == yes) == (e.mode == permit) {
				continue // nothing to lose by it
			}
			for _, f := range s.b.atoms[at].facts() {
				if !slices.Contains(facts, f) || s.how[f] == established {
					continue
				}
				facts = slices.DeleteFunc(facts, func(x int) bool { return x == f })
				out = append(out, s.condition(a, e, i, f, base))
			}
		}
	}
	return out
}

// presumes says whether any claim of the answer's edition reads a fact of a later stage.
func (s *state) presumes(a *answer) bool {
	return slices.ContainsFunc(a.entries, func(e *entry) bool {
		return e.edition == a.edition && slices.ContainsFunc(e.atoms, func(at int) bool { return s.result(at).later })
	})
}

// asked is the state in which facts of later stages are unknown like any other: nothing is presumed.
func (s *state) asked() *state {
	t := s.b.take(s.in)
	copy(t.vals, s.vals)
	copy(t.how, s.how)
	for f, h := range s.how {
		if h == declared || h == unknownLater {
			t.set(f, Value{}, unknown)
		}
	}
	return t
}

// byWeight orders the claims of the edition: those that carry the answer first, then others that hold, then the rest.
func (s *state) byWeight(a *answer) []*entry {
	var out []*entry
	weight := func(e *entry) int {
		i := slices.Index(a.entries, e)
		switch {
		case slices.Contains(a.from, i):
			return 0
		case s.claim(e.bound) == stands:
			return 1
		}
		return 2
	}
	for _, e := range a.entries {
		if e.edition == a.edition && s.claim(e.bound) != silent {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(x, y *entry) int { return weight(x) - weight(y) })
	return out
}

// condition writes one down: the fact, what it must be so that condition i of e stays as presumed, and what its failure
// alone would do: another outcome, other terms, or nothing unless others fail with it.
func (s *state) condition(a *answer, e *entry, i, f int, base []byte) Condition {
	k, at := e.conds[i], e.atoms[i]
	v, _ := s.cond(k, at)
	c := Condition{Fact: s.b.voc.facts[f].name, Else: k.orElse, Clause: e.id}
	bad := no
	if (k.kind == except) == (v == yes) {
		bad = yes
	}
	if v == no {
		c.Else = k.id // a reduction that is presumed not to apply; the condition's own name says what it would be
	}
	c.MustBe = s.mustBe(s.b.atoms[at], bad)
	undo := s.force(at, bad)
	alt := s.solve(a.entries)
	switch {
	case alt.outcome != a.outcome:
		c.Then = string(alt.outcome)
	case !slices.Equal(alt.signature(s, nil), base):
		c.Then = "terms"
	default:
		c.Then = "with_others"
	}
	undo()
	return c
}

// force gives an atom a result; the returned function takes it back.
func (s *state) force(at int, v tri) func() {
	old := s.res[at]
	s.forget(at)
	s.res[at] = result{v: v, done: true}
	return func() {
		s.forget(at)
		s.res[at] = old
	}
}

// mustBe says what keeps an atom from its bad result.
func (s *state) mustBe(at atom, bad tri) string {
	if w := at.win; w != nil {
		if s.vals[w.from].typ == 0 || w.unit == hours || w.nFact >= 0 && s.vals[w.nFact].typ == 0 {
			return "in time"
		}
		last, _, err := w.end(s.vals[w.from], s.length(&w.period), s.in.Calendar)
		if err != nil {
			s.fail(err)
		}
		return "<= " + last.String()
	}
	if at.ex.logic.op != "test" {
		return at.ex.source(bad == yes)
	}
	t := at.ex.tests[0]
	if bad == yes {
		t.op = negated[t.op]
	}
	return t.must()
}
