package rule

import (
	"encoding/binary"
	"slices"

	"github.com/sanbao/sanbao/errs"
)

// maxPartition bounds the boundary values of one fact in a proof.
const maxPartition = 128

// walk goes through every set of facts that a slice of a pack can tell apart. What one node's subtree depends on is its
// mark; a mark that was seen is not walked again. It differs from need in this: there the questions are looked for, here
// what the leaves say, so that the reason why a claim fails is part of the mark.
type walk struct {
	p     *prover
	s     *state
	n     *need
	facts []int // in the order in which they are branched on
	wants []bool
	seen  map[string]bool
	nodes int
	about ProofFinding // what the slice is about, for its findings
	done  bool         // nothing more is to be found

	waits func(add func(f int)) // the facts that the slice waits for at this node; none is a leaf
	mark  func()                // writes the mark to n.buf
	leaf  func() error
}

// walk prepares one over some claims and atoms of the book.
func (p *prover) walk(s *state, claims []*bound, atoms []int) *walk {
	w := &walk{p: p, s: s, seen: map[string]bool{}, wants: make([]bool, len(s.vals)),
		n: &need{s: s, claims: claims, atoms: s.b.atomsIn(claims), dom: map[int][]Value{}}}
	for _, a := range s.b.withGates(atoms) {
		if !slices.Contains(w.n.atoms, a) {
			w.n.atoms = append(w.n.atoms, a)
		}
	}
	guards := map[int]bool{}
	for _, c := range claims {
		for _, a := range c.atoms[:c.guarded] {
			for _, f := range s.b.atoms[a].facts() {
				guards[f] = true
			}
		}
	}
	for _, a := range w.n.atoms {
		for _, f := range s.b.closure(s.b.atoms[a].facts()) {
			if s.how[f] == unknown && !slices.Contains(w.facts, f) {
				w.facts = append(w.facts, f)
			}
		}
	}
	w.order(guards)
	for range 2 { // as for need: facts that are set against each other know of each other's values
		for _, f := range w.facts {
			w.n.dom[f] = w.n.domain(f)
		}
	}
	w.n.apart()
	s.err = nil // of days that were only tried as boundaries
	for _, f := range w.facts {
		if g := s.b.voc.after[f]; g >= 0 && w.n.dom[g] != nil {
			both := sorted(slices.Concat(w.n.dom[f], w.n.dom[g]))
			w.n.dom[f], w.n.dom[g] = both, both
		}
	}
	return w
}

// order puts guards and categories first, then windows, one after the other with all their days and lengths, then what is
// yes or no, numbers last.
func (w *walk) order(guards map[int]bool) {
	var timed []int
	for _, a := range w.n.atoms {
		if x := w.s.b.atoms[a].win; x != nil {
			timed = append(timed, x.facts...)
		}
	}
	rank := func(f int) int {
		switch d := w.s.b.voc.facts[f]; {
		case guards[f] || w.gates(f):
			return -2
		case d.typ == TypeEnum:
			return -1
		case slices.Contains(timed, f):
			return slices.Index(timed, f)
		case d.typ == TypeDate || d.typ == TypeInstant:
			return len(timed)
		case d.typ == TypeBool:
			return len(timed) + 1
		}
		return len(timed) + 2
	}
	slices.SortStableFunc(w.facts, func(a, b int) int { return rank(a) - rank(b) })
}

// gates says whether a fact decides whether another one applies.
func (w *walk) gates(f int) bool {
	return slices.ContainsFunc(w.facts, func(g int) bool {
		a := w.s.b.applies[g]
		return a >= 0 && slices.Contains(w.s.b.atoms[a].facts(), f)
	})
}

// withGates adds the atoms that say whether the facts of some atoms apply.
func (b *Book) withGates(atoms []int) []int {
	out := slices.Clone(atoms)
	for i := 0; i < len(out); i++ {
		for _, f := range b.atoms[out[i]].facts() {
			if g := b.applies[f]; g >= 0 && !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// all walks the whole tree. It is false where the tree was too large.
func (w *walk) all() (complete bool, err error) {
	for _, f := range w.facts {
		if len(w.n.dom[f]) > maxPartition {
			return false, nil
		}
	}
	err = w.node()
	w.p.proof.Nodes += w.nodes
	return w.nodes <= w.p.in.Budget, err
}

func (w *walk) node() error {
	if w.nodes++; w.nodes > w.p.in.Budget {
		w.done = true
		return nil
	}
	if w.nodes&0xff == 0 {
		if err := w.p.ctx.Err(); err != nil {
			return err
		}
	}
	if !w.natural() {
		return nil
	}
	w.n.buf = w.n.buf[:0]
	w.markOrder()
	w.mark()
	if w.s.err != nil {
		return w.unanswered()
	}
	if w.seen[string(w.n.buf)] {
		return nil
	}
	w.seen[string(w.n.buf)] = true
	f := w.next()
	if w.s.err != nil {
		return w.unanswered()
	}
	if f < 0 {
		return w.leaf()
	}
	how := w.s.how[f]
	for _, v := range w.n.dom[f] {
		w.s.set(f, v, established)
		if err := w.node(); err != nil || w.done {
			w.s.set(f, Value{}, how)
			return err
		}
	}
	w.s.set(f, Value{}, how)
	return nil
}

// natural says whether the known days can be as they are beside each other: nothing is opened before it was received, nor
// without having been received at all.
func (w *walk) natural() bool {
	for _, f := range w.facts {
		g := w.s.b.voc.after[f]
		if g < 0 || w.s.vals[f].typ == 0 {
			continue
		}
		if w.s.vals[g].typ != 0 && w.s.vals[f].n < w.s.vals[g].n {
			return false
		}
		if a := w.s.b.applies[g]; a >= 0 {
			if v := w.s.result(a).v; v == no || v == notApplicable {
				return false
			}
		}
	}
	return true
}

// markOrder writes the days that others, not known yet, have to stand in order with.
func (w *walk) markOrder() {
	for _, f := range w.facts {
		g := w.s.b.voc.after[f]
		if g < 0 || (w.s.vals[f].typ == 0) == (w.s.vals[g].typ == 0) {
			continue
		}
		w.n.buf = w.s.vals[g].append(w.s.vals[f].append(w.n.buf))
	}
}

// next is the first fact that is waited for, -1 at a leaf.
func (w *walk) next() int {
	clear(w.wants)
	waiting := false
	w.waits(func(f int) { w.wants[f], waiting = true, true })
	if !waiting {
		return -1
	}
	i := slices.IndexFunc(w.facts, func(f int) bool { return w.wants[f] })
	if i < 0 {
		return -1
	}
	return w.facts[i]
}

// missing adds what the open conditions of a claim wait for.
func (w *walk) missing(c *bound, add func(f int)) {
	for i, a := range c.atoms {
		if v, _ := w.s.cond(c.conds[i], a); v == open {
			w.s.missing(a, add)
		}
	}
}

// markClaim writes the state of a claim, and while it matters what its conditions are known to be.
func (w *walk) markClaim(c *bound, conds bool) {
	st := w.s.claim(c)
	w.n.buf = append(w.n.buf, byte(st))
	if st == opens || conds && st != silent {
		for _, a := range c.atoms {
			w.rest(a)
		}
	}
}

// rest writes the result of an atom and, while it waits, what is known to it. Of a window in days whose length is a fact
// that is not known yet, how many days lie between is all that counts.
func (w *walk) rest(a int) {
	x := w.s.b.atoms[a].win
	if x == nil || x.nFact < 0 || x.unit != days || x.roll || w.s.vals[x.from].typ == 0 || w.s.vals[x.tested].typ == 0 || !w.s.result(a).now {
		w.n.rest(a)
		return
	}
	cal := w.s.in.Calendar
	w.n.buf = binary.AppendVarint(append(w.n.buf, 'w'), int64(dayOf(w.s.vals[x.tested], cal)-dayOf(w.s.vals[x.from], cal)))
	for _, f := range x.facts {
		if gate := w.s.b.applies[f]; gate >= 0 {
			w.n.rest(gate)
		}
	}
}

// unanswered takes the error that an evaluation left: facts without an answer. A day that the calendar has no data for is
// no fault of the pack: the proof reaches as far as the calendar.
func (w *walk) unanswered() error {
	err := errs.As(w.failed())
	if err.Key != "calendar.year_missing" {
		f := w.about
		f.Kind, f.Got = NoAnswer, err.Key
		w.p.report(w.s, f)
	}
	return nil
}

// failed takes the error that an evaluation left, if any.
func (w *walk) failed() error {
	err := w.s.err
	w.s.err = nil
	return err
}
