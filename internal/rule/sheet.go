package rule

import "slices"

// conditions lists what an answer presumes about later stages, and would be a worse answer if it were found otherwise:
// the inspection sheet. An atom is on it if turning it makes the key's answer worse for the customer; atoms that only
// together would are all on it.
func (s *state) conditions(a *answer) []Condition {
	var presumed []int
	owner := map[int]*entry{}
	for _, e := range a.entries {
		if e.edition != a.edition || s.claim(e.bound) == silent {
			continue
		}
		for _, at := range e.atoms {
			if r := s.result(at); !r.later || r.v == open && r.now {
				continue
			}
			if o := owner[at]; o == nil || s.claim(o.bound) != stands && s.claim(e.bound) == stands {
				if o == nil {
					presumed = append(presumed, at)
				}
				owner[at] = e
			}
		}
	}
	if len(presumed) == 0 {
		return nil
	}
	var out []Condition
	var rest []int
	for _, at := range presumed {
		if c, found := s.turned(a, owner[at], at); found {
			out = append(out, c...)
		} else {
			rest = append(rest, at)
		}
	}
	return append(out, s.together(a, owner, rest)...)
}

// turned tries both values of one presumed atom.
func (s *state) turned(a *answer, e *entry, at int) ([]Condition, bool) {
	for _, v := range []tri{no, yes} {
		undo := s.force(at, v)
		alt := s.solve(a.entries)
		worse := s.compare(alt, a) < 0
		undo()
		if worse {
			return s.condition(a, e, at, v, alt), true
		}
	}
	return nil, false
}

// together turns the atoms that change nothing one by one all at once.
func (s *state) together(a *answer, owner map[int]*entry, rest []int) (out []Condition) {
	if len(rest) < 2 {
		return nil
	}
	var undo []func()
	adverse := make([]tri, len(rest))
	for i, at := range rest {
		adverse[i] = no
		e := owner[at]
		if k := e.conds[slices.Index(e.atoms, at)]; k.kind == except {
			adverse[i] = yes
		}
		undo = append(undo, s.force(at, adverse[i]))
	}
	alt := s.solve(a.entries)
	worse := s.compare(alt, a) < 0
	for i := len(undo) - 1; i >= 0; i-- {
		undo[i]()
	}
	if !worse {
		return nil
	}
	for i, at := range rest {
		out = append(out, s.condition(a, owner[at], at, adverse[i], alt)...)
	}
	return out
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

// condition writes a condition: each fact of the atom of a later stage, what it must be so that the atom is not bad.
func (s *state) condition(a *answer, e *entry, at int, bad tri, alt *answer) (out []Condition) {
	k := e.conds[slices.Index(e.atoms, at)]
	c := Condition{Clause: e.id, Else: k.orElse, Then: string(alt.outcome)}
	if (bad == yes) != (k.kind == except) {
		c.Else = k.id // it is presumed not to hold; the condition's own name says what it would be
	}
	if alt.outcome == a.outcome {
		c.Then = "terms"
	}
	for _, f := range s.b.atoms[at].facts() {
		if s.how[f] != unknownLater && s.how[f] != declared {
			continue
		}
		c.Fact, c.MustBe = s.b.voc.facts[f].name, s.mustBe(s.b.atoms[at], bad)
		out = append(out, c)
	}
	return out
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
	if !at.ex.whole {
		return at.ex.source(bad == yes)
	}
	t := at.ex.tests[0]
	if bad == yes {
		t.op = negated[t.op]
	}
	return t.must()
}
