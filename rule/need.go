package rule

import (
	"encoding/binary"
	"slices"
)

// maxTree bounds the nodes of one decision tree. Beyond it every fact that is still named is asked, and the decision
// says so.
const maxTree = 4096

// need finds the facts whose value could change the answers to some keys.
//
// CEL's list of unknowns is not enough: a third of what it names cannot change the outcome. So the tree is walked:
// where claims are open, branch on a named fact over its boundary values; nodes whose children agree collapse; the facts
// left in the reduced tree are exactly those that matter. The order of facts is fixed for the whole tree, which makes the
// reduced tree canonical (equal functions are equal trees), and a fact is only ever named fewer times on the way down.
// What is left open at a node is its residue; a residue seen before is not walked again.
type need struct {
	s       *state
	keys    [][]*entry
	claims  []*bound // of the keys, each once
	atoms   []int    // of those claims, and what says whether their facts apply
	named   []int    // the facts the tree branches on, in its order
	told    []int    // those of them that the answers look at beside the claims
	dom     map[int][]Value
	nodes   map[string]int // residues, and reduced nodes and leaves by their content
	facts   [][]uint64     // of each node: the facts in its reduced tree
	walked  int
	cut     bool // a domain was cut: the tree is coarse
	buf     []byte
	scratch []int
	spare   answer
}

// relevant lists the facts of this stage or earlier that matter to the keys, and whether the list is exact. Where none
// matters although some are waited for, idle are values of those.
func (s *state) relevant(keys [][]*entry) (facts []int, idle []setting, exact bool) {
	n := s.newNeed(keys)
	if n == nil {
		return nil, nil, true
	}
	if facts, exact = n.matter(); exact && len(facts) == 0 {
		for _, f := range n.named {
			idle = append(idle, setting{f, n.dom[f][0]})
		}
	}
	return n.next(facts), idle, exact
}

// newNeed prepares the tree, nil where no claim waits for a fact that could be asked. Its facts are in the order of the
// claims, so that what one condition and one claim waits for stays together, and what decides whether a fact applies comes
// before it.
func (s *state) newNeed(keys [][]*entry) *need {
	if !slices.ContainsFunc(keys, func(entries []*entry) bool {
		return slices.ContainsFunc(entries, func(e *entry) bool { return s.claim(e.bound) == opens })
	}) {
		return nil
	}
	named := s.named(keys, nil)
	if len(named) == 0 {
		return nil
	}
	n := &need{s: s, keys: keys, named: named, dom: map[int][]Value{}, nodes: map[string]int{}}
	seen := make([]bool, len(s.b.claims))
	for _, entries := range keys {
		for _, e := range entries {
			if !seen[e.i] {
				seen[e.i] = true
				n.claims = append(n.claims, e.bound)
			}
		}
	}
	n.atoms = s.b.atomsIn(n.claims)
	for range 2 { // the second time round, facts that are set against each other know of each other's values
		for _, f := range n.named {
			n.dom[f] = n.domain(f)
		}
	}
	n.apart()
	for _, f := range n.named {
		n.dom[f] = n.limit(n.dom[f])
		if n.looksAt(f) {
			n.told = append(n.told, f)
		}
	}
	return n
}

// matter reduces the named facts to those that matter.
func (n *need) matter() (facts []int, exact bool) {
	root := n.walk(n.named)
	if n.s.err != nil || n.walked > maxTree || n.cut {
		n.s.err = nil
		return n.named, false
	}
	for _, f := range n.named {
		if n.facts[root][f/64]&(1<<(f%64)) != 0 {
			facts = append(facts, f)
		}
	}
	return facts, true
}

// depth is how many facts decide, one through the other, whether f applies.
func (b *Book) depth(f int) int {
	d := 0
	if a := b.applies[f]; a >= 0 {
		for _, g := range b.atoms[a].facts() {
			d = max(d, 1+b.depth(g))
		}
	}
	return d
}

// atomsIn lists the atoms of some claims, and those that say whether their facts apply.
func (b *Book) atomsIn(claims []*bound) []int {
	seen := make([]bool, len(b.atoms))
	var out []int
	var add func(a int)
	add = func(a int) {
		if a < 0 || seen[a] {
			return
		}
		seen[a] = true
		out = append(out, a)
		for _, f := range b.atoms[a].facts() {
			add(b.applies[f])
		}
	}
	for _, c := range claims {
		for _, a := range c.atoms {
			add(a)
		}
	}
	return out
}

// named adds the unknown facts of this stage or earlier that open claims of the keys wait for, reductions last.
func (s *state) named(keys [][]*entry, out []int) []int {
	add := func(f int) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, reductions := range []bool{false, true} {
		for _, entries := range keys {
			for _, e := range entries {
				if (e.mode == permit) != reductions || s.claim(e.bound) != opens || !s.counts(e, entries) {
					continue
				}
				for i, a := range e.atoms {
					if v, _ := s.cond(e.conds[i], a); v == open {
						s.missing(a, add)
					}
				}
			}
		}
	}
	return out
}

// counts says whether an open claim can still make a difference to its key: a reduction only if a claim that holds or may
// hold invokes it, less than a right only while no right is sure.
func (s *state) counts(e *entry, entries []*entry) bool {
	if e.mode == permit {
		return slices.ContainsFunc(entries, func(x *entry) bool {
			return x.mode != permit && x.edition == e.edition && x.invokes(e) && s.claim(x.bound) >= opens
		})
	}
	return e.g.right == asOfRight || !slices.ContainsFunc(entries, func(x *entry) bool {
		return x.g.right == asOfRight && x.edition == e.edition && s.claim(x.bound) == stands && s.lacks(x) == 0
	})
}

// invokes says whether a claim makes a deduction that a permit allows.
func (e *entry) invokes(p *entry) bool {
	return slices.ContainsFunc(e.g.deducts, func(d deduct) bool {
		return slices.ContainsFunc(p.g.deducts, func(q deduct) bool { return q.name == d.name })
	})
}

// looksAt says whether what the claims give depends on a fact: a proof, an amount, the length of a deadline.
func (n *need) looksAt(f int) bool {
	for _, entries := range n.keys {
		for _, e := range entries {
			if slices.Contains(e.looksAt, f) {
				return true
			}
		}
	}
	return false
}

// walk evaluates one node and returns its number in the reduced tree. left is what may still be named below.
func (n *need) walk(left []int) int {
	if n.walked++; n.walked > maxTree || n.s.err != nil {
		return n.intern([]byte{0}, -1, nil)
	}
	n.residue()
	if id, seen := n.nodes[string(n.buf)]; seen {
		return id
	}
	residue, pos := string(n.buf), n.first(left)
	if pos < 0 {
		n.buf = append(n.buf[:0], 1)
		for _, entries := range n.keys {
			n.buf = n.s.solveIn(&n.spare, entries).signature(n.s, append(n.buf, '|'))
		}
		n.nodes[residue] = n.intern(n.buf, -1, nil)
		return n.nodes[residue]
	}
	f := left[pos]
	kids := make([]int, 0, len(n.dom[f]))
	same := true
	for _, v := range n.dom[f] {
		n.s.set(f, v, established)
		kids = append(kids, n.walk(left[pos+1:]))
		same = same && kids[len(kids)-1] == kids[0]
	}
	n.s.set(f, Value{}, unknown)
	id := kids[0]
	if !same {
		key := binary.AppendUvarint([]byte{2}, uint64(f))
		for _, k := range kids {
			key = binary.AppendUvarint(key, uint64(k))
		}
		id = n.intern(key, f, kids)
	}
	n.nodes[residue] = id
	return id
}

// first is the place in left of the first fact that is named, -1 where no claim waits any more.
func (n *need) first(left []int) int {
	n.scratch = n.s.named(n.keys, n.scratch[:0])
	return slices.IndexFunc(left, func(f int) bool { return slices.Contains(n.scratch, f) })
}

// residue writes everything the tree below a node depends on: the states of the claims, the results of the atoms that open
// claims wait for with what is already known to them, and the values that the answers look at.
func (n *need) residue() {
	n.buf = append(n.buf[:0], 3)
	for _, c := range n.claims {
		st := n.s.claim(c)
		n.buf = append(n.buf, byte(st))
		if st != opens {
			continue
		}
		for _, a := range c.atoms {
			n.rest(a)
		}
	}
	for _, f := range n.told {
		n.buf = n.s.vals[f].append(n.buf)
	}
}

// rest writes the result of an atom and, while it waits, what is known of its facts and of whether they apply.
func (n *need) rest(a int) {
	r := n.s.result(a)
	if n.buf = append(n.buf, byte(r.v)); !r.now {
		return
	}
	for _, f := range n.s.b.atoms[a].facts() {
		n.buf = n.s.vals[f].append(n.buf)
		if gate := n.s.b.applies[f]; gate >= 0 {
			n.rest(gate)
		}
	}
}

// intern numbers a node by its content: the same subtree has one number.
func (n *need) intern(key []byte, f int, kids []int) int {
	if id, ok := n.nodes[string(key)]; ok {
		return id
	}
	set := make([]uint64, len(n.s.vals)/64+1)
	for _, k := range kids {
		for i, w := range n.facts[k] {
			set[i] |= w
		}
	}
	if f >= 0 {
		set[f/64] |= 1 << (f % 64)
	}
	n.nodes[string(key)] = len(n.facts)
	n.facts = append(n.facts, set)
	return len(n.facts) - 1
}

// next puts the facts in the order in which to ask: what decides whether another applies first, then the cheapest
// answerer, then the one whose answers close most claims.
func (n *need) next(facts []int) []int {
	closes := map[int]int{}
	for _, f := range facts {
		total := 0
		for _, v := range n.dom[f] {
			n.s.set(f, v, established)
			for _, c := range n.claims {
				if n.s.claim(c) != opens {
					total++
				}
			}
		}
		n.s.set(f, Value{}, unknown)
		closes[f] = total * 1000 / len(n.dom[f])
	}
	n.s.err = nil
	slices.SortStableFunc(facts, func(a, b int) int {
		fa, fb := n.s.b.voc.facts[a], n.s.b.voc.facts[b]
		if d := n.s.b.depth(a) - n.s.b.depth(b); d != 0 {
			return d
		}
		if x, y := fa.Ask&-fa.Ask, fb.Ask&-fb.Ask; x != y {
			return int(x) - int(y)
		}
		if closes[a] != closes[b] {
			return closes[b] - closes[a]
		}
		return a - b
	})
	return facts
}
