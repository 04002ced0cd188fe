package rule

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/sanbao/sanbao/internal/calendar"
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
type need struct {
	s     *state
	keys  [][]*entry
	atoms []int // of the keys' claims
	dom   map[int][]Value
	ids   map[string]int // interned nodes and leaves
	facts [][]uint64     // of each node: the facts in its reduced tree
	nodes int
	cut   bool // a domain was cut: the tree is coarse
	buf   []byte
}

// relevant lists the facts of this stage or earlier that matter to the keys, and whether the list is exact.
func (s *state) relevant(keys [][]*entry) (facts []int, exact bool) {
	named := s.named(keys)
	if len(named) == 0 {
		return nil, true
	}
	n := s.newNeed(keys, named)
	facts, exact = n.matter(named)
	return n.next(facts), exact
}

func (s *state) newNeed(keys [][]*entry, named []int) *need {
	n := &need{s: s, keys: keys, atoms: s.b.atomsIn(keys), ids: map[string]int{}, dom: map[int][]Value{}}
	for _, f := range named {
		n.dom[f] = n.domain(f)
	}
	return n
}

// matter reduces the named facts to those that matter.
func (n *need) matter(named []int) (facts []int, exact bool) {
	s := n.s
	slices.SortFunc(named, func(a, b int) int {
		if g := s.b.depth(a) - s.b.depth(b); g != 0 {
			return g
		}
		if d := len(n.dom[a]) - len(n.dom[b]); d != 0 {
			return d
		}
		return a - b
	})
	root := n.walk(named)
	if s.err != nil || n.nodes > maxTree || n.cut {
		s.err = nil
		return named, false
	}
	for _, f := range named {
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

// atomsIn lists the atoms of the claims of some keys.
func (b *Book) atomsIn(keys [][]*entry) []int {
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
	for _, entries := range keys {
		for _, e := range entries {
			for _, a := range e.atoms {
				add(a)
			}
		}
	}
	return out
}

// named lists the unknown facts of this stage or earlier that open claims of the keys wait for.
func (s *state) named(keys [][]*entry) []int {
	var out []int
	add := func(f int) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for _, entries := range keys {
		for _, e := range entries {
			if s.claim(e.bound) != opens {
				continue
			}
			for _, a := range e.atoms {
				s.missing(a, add)
			}
		}
	}
	return out
}

// walk evaluates one node and returns its number in the reduced tree. left is what may still be named below.
func (n *need) walk(left []int) int {
	if n.nodes++; n.nodes > maxTree || n.s.err != nil {
		return n.intern([]byte{0}, -1, nil)
	}
	named := n.s.named(n.keys)
	pos := slices.IndexFunc(left, func(f int) bool { return slices.Contains(named, f) })
	if pos < 0 {
		n.buf = append(n.buf[:0], 1)
		for _, entries := range n.keys {
			n.buf = n.s.solve(entries).signature(n.s, append(n.buf, '|'))
		}
		return n.intern(n.buf, -1, nil)
	}
	f := left[pos]
	kids := make([]int, 0, 8)
	same := true
	for _, v := range n.dom[f] {
		n.s.set(f, v, established)
		kids = append(kids, n.walk(left[pos+1:]))
		same = same && kids[len(kids)-1] == kids[0]
	}
	n.s.set(f, Value{}, unknown)
	if same {
		return kids[0]
	}
	key := binary.AppendUvarint([]byte{2}, uint64(f))
	for _, k := range kids {
		key = binary.AppendUvarint(key, uint64(k))
	}
	return n.intern(key, f, kids)
}

// intern numbers a node by its content: the same subtree has one number.
func (n *need) intern(key []byte, f int, kids []int) int {
	if id, ok := n.ids[string(key)]; ok {
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
	n.ids[string(key)] = len(n.facts)
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
			for _, entries := range n.keys {
				for _, e := range entries {
					if n.s.claim(e.bound) != opens {
						total++
					}
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

// domain is a fact's boundary partition: one value of each class that the atoms can tell apart, given the other facts.
func (n *need) domain(f int) []Value {
	d := n.s.b.voc.facts[f]
	switch d.typ {
	case TypeBool:
		return []Value{BoolValue(true), BoolValue(false)}
	case TypeEnum:
		return n.words(f)
	case TypeInt, TypeMoney:
		return n.numbers(f)
	}
	return n.times(f)
}

// words are the words the atoms name, and one of the others.
func (n *need) words(f int) []Value {
	var out []Value
	other := true
	for _, w := range n.s.b.voc.facts[f].Values {
		v := EnumValue(w.Word)
		named := slices.ContainsFunc(n.atoms, func(a int) bool { return n.s.b.atoms[a].names(f, v) })
		if named || other {
			out = append(out, v)
			other = other && named
		}
	}
	return out
}

// names says whether an atom tells v apart, or compares the fact with another one.
func (a atom) names(f int, v Value) bool {
	if a.win != nil || !slices.Contains(a.ex.facts, f) {
		return false
	}
	if !slices.ContainsFunc(a.ex.tests, func(t test) bool { return t.fact == f }) {
		return true
	}
	return slices.ContainsFunc(a.ex.tests, func(t test) bool { return t.fact == f && slices.Contains(t.vals, v) })
}

// numbers are each constant that the fact is compared with, one less and one more. Where an atom sets the fact against
// other facts, their values and the sums and differences with its constants are the candidates.
func (n *need) numbers(f int) []Value {
	d := n.s.b.voc.facts[f]
	lo, hi := d.bounds()
	cands := []int64{lo}
	for _, a := range n.atoms {
		at := n.s.b.atoms[a]
		if at.win != nil {
			cands = n.lengths(cands, at.win, f)
			continue
		}
		if !slices.Contains(at.ex.facts, f) {
			continue
		}
		var consts, others []int64
		for _, c := range at.ex.consts {
			consts = append(consts, c)
		}
		for _, g := range at.ex.facts {
			if v := n.s.vals[g]; g != f && (v.typ == TypeInt || v.typ == TypeMoney) {
				others = append(others, v.n)
			}
		}
		cands = append(append(cands, consts...), others...)
		for _, o := range others {
			for _, c := range consts {
				cands = append(cands, o+c, o-c, c-o)
			}
		}
	}
	var out []Value
	for _, c := range cands {
		for _, x := range []int64{c - 1, c, c + 1} {
			if x >= lo && x <= hi {
				out = append(out, Value{typ: d.typ, n: x})
			}
		}
	}
	return n.classes(f, sorted(out))
}

// lengths adds the window lengths at which its answer changes, where the fact is the window's N.
func (n *need) lengths(cands []int64, w *window, f int) []int64 {
	if w.nFact == f && n.s.vals[w.from].typ != 0 && n.s.vals[w.tested].typ != 0 {
		cal := n.s.in.Calendar
		for x := range int64(400) {
			if ok, err := w.holds(n.s.vals[w.from], n.s.vals[w.tested], x, cal); err != nil || ok {
				return append(cands, x)
			}
		}
	}
	return cands
}

// times are the days around which a window or comparison of the fact changes, relative to what is known, else to the
// time of the decision.
func (n *need) times(f int) []Value {
	d := n.s.b.voc.facts[f]
	cal := n.s.in.Calendar
	today := cal.DateOf(n.s.in.At)
	known := func(g int) calendar.Date {
		if v := n.s.vals[g]; v.typ != 0 {
			return dayOf(v, cal)
		}
		return today
	}
	cands := []calendar.Date{today}
	for _, a := range n.atoms {
		at := n.s.b.atoms[a]
		switch w := at.win; {
		case w == nil:
			if slices.Contains(at.ex.facts, f) {
				for _, g := range at.ex.facts {
					if t := n.s.b.voc.facts[g].typ; g != f && (t == TypeDate || t == TypeInstant) {
						cands = append(cands, known(g)-1, known(g), known(g)+1)
					}
				}
			}
		case w.from == f:
			cands = append(cands, n.anchors(w, known(w.tested))...)
		case w.tested == f && w.unit != hours:
			if last, _, err := w.end(DateValue(known(w.from)), n.known(&w.period), cal); err == nil {
				cands = append(cands, last, last+1)
			}
		}
	}
	var out []Value
	for _, c := range cands {
		if c > today && !d.MayBeFuture {
			c = today
		}
		v := DateValue(c)
		if d.typ == TypeInstant {
			v = InstantValue(min(cal.StartOf(c), n.s.in.At))
		}
		out = append(out, v)
	}
	return n.classes(f, sorted(out))
}

// anchors are the first anchor with which a window still holds for a tested day, and the day before it.
func (n *need) anchors(w *window, tested calendar.Date) []calendar.Date {
	if w.unit == hours {
		back := calendar.Date(n.known(&w.period)/24 + 1)
		return []calendar.Date{tested - back, tested - back - 1, tested - back + 1}
	}
	hold := func(d calendar.Date) bool {
		last, _, err := w.end(DateValue(d), n.known(&w.period), n.s.in.Calendar)
		return err == nil && tested <= last
	}
	lo, hi := tested.AddDays(-4*366), tested
	if w.unit != months {
		lo = tested.AddDays(-2*int(n.known(&w.period)) - 60)
	}
	for hi-lo > 1 {
		if mid := lo + (hi-lo)/2; hold(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
	return []calendar.Date{hi, hi - 1}
}

func (n *need) known(p *period) int64 {
	if p.nFact >= 0 {
		return n.s.vals[p.nFact].n
	}
	return p.n
}

func sorted(vs []Value) []Value {
	slices.SortFunc(vs, func(a, b Value) int {
		switch {
		case a.n < b.n:
			return -1
		case a.n > b.n:
			return 1
		}
		return 0
	})
	return slices.Compact(vs)
}

// classes drops candidates that no atom of the fact alone can tell from the one before: where every atom of the fact has
// all its other facts, neighbours with the same results are one class.
func (n *need) classes(f int, vs []Value) []Value {
	var mine []int
	for _, a := range n.atoms {
		if facts := n.s.b.closure(n.s.b.atoms[a].facts()); slices.Contains(facts, f) {
			for _, g := range facts {
				if g != f && n.s.vals[g].typ == 0 {
					return n.limit(vs)
				}
			}
			mine = append(mine, a)
		}
	}
	var out []Value
	var last []byte
	for _, v := range vs {
		n.s.set(f, v, established)
		now := make([]byte, 0, len(mine))
		for _, a := range mine {
			now = append(now, byte(n.s.result(a).v))
		}
		if out == nil || !slices.Equal(now, last) {
			out = append(out, v)
		}
		last = now
	}
	n.s.set(f, Value{}, unknown)
	n.s.err = nil
	return n.limit(out)
}

// limit keeps a domain within bounds; a tree over a cut domain is not exact.
func (n *need) limit(vs []Value) []Value {
	const most = 24
	if len(vs) <= most {
		return vs
	}
	n.cut = true
	out := make([]Value, 0, most)
	for i := range most {
		out = append(out, vs[int(math.Round(float64(i)*float64(len(vs)-1)/(most-1)))])
	}
	return out
}
