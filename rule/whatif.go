package rule

import (
	"cmp"
	"slices"
)

// Turn is another outcome that the asked key would have, and the fewest facts that would have to be otherwise for it.
type Turn struct {
	Outcome Outcome  `json:"outcome"`
	Clause  string   `json:"clause,omitempty"` // the claim that would decide
	Changes []Change `json:"changes"`          // one or two
}

// Change is a fact and what it would have to be. Is is "?" for a fact that is not known.
type Change struct {
	Fact  string `json:"fact"`
	Is    string `json:"is"`
	Would string `json:"would"`
}

// WhatIf looks for the nearest leaves of the decision tree with another outcome: one for each outcome that a change of
// one fact, or else of two, leads to, best for the customer first. Facts of guards are not changed: another article or
// another shop is another matter. Of several values of a number or day the one nearest to what is known is named. Where
// the ground or remedy is not known there is nothing to turn. Errors are those of Decide.
func (b *Book) WhatIf(in Input) ([]Turn, error) {
	d, s, err := b.evaluate(&in)
	if err != nil {
		return nil, err
	}
	entries := b.keys[d.Key]
	if d.Asked() == nil {
		return nil, nil
	}
	w := &whatIf{s: s, entries: entries, now: d.Outcome, domain: s.hypotheses(entries)}
	for _, f := range sortedKeys(w.domain) {
		w.turn([]string{f}, nil)
	}
	if len(w.turns) == 0 {
		names := sortedKeys(w.domain)
		for i, f := range names {
			for _, g := range names[i+1:] {
				w.turn([]string{f, g}, nil)
			}
		}
	}
	slices.SortStableFunc(w.turns, func(x, y Turn) int {
		return cmp.Compare(slices.Index(outcomes, x.Outcome), slices.Index(outcomes, y.Outcome))
	})
	return w.turns, s.err
}

type whatIf struct {
	s       *state
	entries []*entry
	now     Outcome
	domain  map[string][]Value
	turns   []Turn
	tried   int
}

// hypotheses are the facts of the key's conditions with the values they could have instead, nearest first.
func (s *state) hypotheses(entries []*entry) map[string][]Value {
	n := &need{s: s, keys: [][]*entry{entries}, dom: map[int][]Value{}}
	var facts []int
	for _, e := range entries {
		n.claims = append(n.claims, e.bound)
		for _, a := range e.atoms[e.guarded:] {
			facts = append(facts, s.b.closure(s.b.atoms[a].facts())...)
		}
	}
	n.atoms = s.b.atomsIn(n.claims)
	slices.Sort(facts)
	out := map[string][]Value{}
	for _, f := range slices.Compact(facts) {
		is, how := s.vals[f], s.how[f]
		s.set(f, Value{}, unknown)
		dom := n.limit(n.domain(f))
		s.set(f, is, how)
		if dom = slices.DeleteFunc(dom, func(v Value) bool { return v == is }); is.typ >= TypeInt {
			slices.SortStableFunc(dom, func(x, y Value) int { return cmp.Compare(max(x.n-is.n, is.n-x.n), max(y.n-is.n, is.n-y.n)) })
		}
		out[s.b.voc.facts[f].name] = dom
	}
	s.err = nil
	return out
}

// turn gives the facts that are left every other value they could have, and keeps the first way to each new outcome.
func (w *whatIf) turn(left []string, changes []Change) {
	if w.tried++; w.tried > maxTree {
		return
	}
	if len(left) == 0 {
		w.look(changes)
		return
	}
	s := w.s
	f := s.b.voc.index[left[0]]
	is, how := s.vals[f], s.how[f]
	for _, v := range w.domain[left[0]] {
		s.set(f, v, established)
		w.turn(left[1:], append(changes, Change{left[0], is.String(), v.String()}))
	}
	s.set(f, is, how)
}

func (w *whatIf) look(changes []Change) {
	open, idle, _ := w.s.relevant([][]*entry{w.entries})
	a := w.s.settled(w.entries, idle, true)
	if w.s.err != nil {
		w.s.err = nil // a day that the calendar does not reach: nothing to say about it
		return
	}
	if len(open) > 0 {
		return // it would be asked first
	}
	known := slices.ContainsFunc(w.turns, func(t Turn) bool { return t.Outcome == a.outcome })
	if a.outcome == w.now || known {
		return
	}
	t := Turn{Outcome: a.outcome, Changes: slices.Clone(changes)}
	switch {
	case a.failed != nil:
		t.Clause = a.failed.id
	case a.rightBy >= 0:
		t.Clause = a.entries[a.rightBy].id
	}
	w.turns = append(w.turns, t)
}
