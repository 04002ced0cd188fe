package rule

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"

	"github.com/sanbao/sanbao/calendar"
)

// maxDomain bounds the boundary values of one fact; a tree over a domain that was cut is not exact.
const maxDomain = 32

// domain is a fact's boundary partition: at least one value of each class that the atoms can tell apart, given what is
// known of the other facts.
func (n *need) domain(f int) []Value {
	switch d := n.s.b.voc.facts[f]; d.typ {
	case TypeBool:
		return []Value{BoolValue(true), BoolValue(false)}
	case TypeEnum:
		return n.words(f)
	case TypeInt, TypeMoney:
		return n.numbers(f)
	}
	return n.times(f)
}

// values are what a fact is or could be: its value, its boundary values where those are known by now, else a guess.
func (n *need) values(f int, guess Value) []Value {
	switch v := n.s.vals[f]; {
	case v.typ != 0:
		return []Value{v}
	case n.dom[f] != nil:
		return n.dom[f]
	}
	return []Value{guess}
}

// words are one word of each class: those that every test of every atom treats alike. Where an atom sets the fact against
// another one, each word is a class of its own.
func (n *need) words(f int) (out []Value) {
	var tests []test
	loose := false
	for _, i := range n.atoms {
		a := n.s.b.atoms[i]
		if a.win != nil || !slices.Contains(a.ex.facts, f) {
			continue
		}
		loose = loose || slices.Contains(a.ex.loose, f)
		for _, t := range a.ex.tests {
			if t.fact == f {
				tests = append(tests, t)
			}
		}
	}
	seen := map[string]bool{}
	for _, w := range n.s.b.voc.facts[f].Values {
		v := EnumValue(w.Word)
		n.buf = n.buf[:0]
		for _, t := range tests {
			if t.holds(v) {
				n.buf = append(n.buf, '1')
			} else {
				n.buf = append(n.buf, '0')
			}
		}
		if loose || !seen[string(n.buf)] {
			seen[string(n.buf)] = true
			out = append(out, v)
		}
	}
	return out
}

// numbers are each constant that the fact is compared with, one less and one more. Where an atom sets the fact against
// other facts, their values and the sums and differences with its constants are the candidates, and the ends of the range.
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
		var others []int64
		for _, g := range at.ex.facts {
			if t := n.s.b.voc.facts[g].typ; g != f && (t == TypeInt || t == TypeMoney) {
				for _, v := range n.values(g, Value{}) {
					others = append(others, v.n)
				}
			}
		}
		cands = append(append(cands, at.ex.consts...), others...)
		for _, o := range others {
			for _, c := range at.ex.consts {
				cands = append(cands, o+c, o-c, c-o)
			}
		}
		if slices.Contains(at.ex.loose, f) {
			cands = append(cands, hi)
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
	if w.nFact != f {
		return cands
	}
	const most = 400 // days, workdays or months; longer periods are asked for by the day in no pack
	for _, from := range n.values(w.from, n.now(w.from)) {
		for _, tested := range n.values(w.tested, n.now(w.tested)) {
			for x := range int64(most) {
				if ok, err := w.holds(from, tested, x, n.s.in.Calendar); err != nil || ok {
					cands = append(cands, x)
					break
				}
			}
		}
	}
	return cands
}

// now is the time of the decision, as a value of a fact.
func (n *need) now(f int) Value {
	if n.s.b.voc.facts[f].typ == TypeInstant {
		return InstantValue(n.s.in.At)
	}
	return DateValue(n.s.in.Calendar.DateOf(n.s.in.At))
}

// times are the days and instants around which a window or comparison of the fact changes, seen from what is known of the
// other facts, else from the time of the decision. Facts that cannot be later than that are held at it.
func (n *need) times(f int) []Value {
	d := n.s.b.voc.facts[f]
	cands := []Value{n.now(f)}
	for _, a := range n.atoms {
		at := n.s.b.atoms[a]
		if w := at.win; w != nil {
			cands = n.edges(cands, w, f)
			continue
		}
		if !slices.Contains(at.ex.facts, f) {
			continue
		}
		for _, g := range at.ex.facts {
			if g != f && n.s.b.voc.facts[g].typ == d.typ {
				for _, v := range n.values(g, n.now(g)) {
					cands = append(cands, Value{typ: v.typ, n: v.n - 1}, v, Value{typ: v.typ, n: v.n + 1})
				}
			}
		}
	}
	now := n.now(f)
	for i, c := range cands {
		if c.typ != d.typ && d.typ == TypeInstant {
			c = InstantValue(n.s.in.Calendar.StartOf(c.Date()))
		} else if c.typ != d.typ {
			c = DateValue(n.s.in.Calendar.DateOf(c.Instant()))
		}
		if c.n > now.n && !d.MayBeFuture {
			c = now
		}
		cands[i] = c
	}
	return n.classes(f, sorted(cands))
}

// edges adds the last moments of a window and the first ones after it, where the fact is its anchor or its tested fact.
func (n *need) edges(cands []Value, w *window, f int) []Value {
	if w.from != f && w.tested != f {
		return cands
	}
	lengths := []int64{w.n}
	if w.nFact >= 0 {
		lengths = nil
		for _, v := range n.values(w.nFact, IntValue(0)) {
			lengths = append(lengths, v.n)
		}
	}
	for _, length := range lengths {
		if w.tested == f {
			for _, from := range n.values(w.from, n.now(w.from)) {
				if last, at, err := w.end(from, length, n.s.in.Calendar); err != nil {
					continue
				} else if w.unit == hours {
					cands = append(cands, InstantValue(at), InstantValue(at+1))
				} else {
					cands = append(cands, DateValue(last), DateValue(last+1))
				}
			}
		}
		if w.from == f {
			for _, tested := range n.values(w.tested, n.now(w.tested)) {
				cands = n.anchors(cands, w, tested, length)
			}
		}
	}
	return cands
}

// anchors adds the first anchor with which a window still holds for a tested moment, and the one before it.
func (n *need) anchors(cands []Value, w *window, tested Value, length int64) []Value {
	cal := n.s.in.Calendar
	if w.unit == hours {
		first := cal.AddHours(tested.Instant(), -int(length))
		return append(cands, InstantValue(first), InstantValue(first-1))
	}
	day := dayOf(tested, cal)
	from, until := cal.Covers()
	reaches := func(anchor calendar.Date) bool { // what leads into years without data reaches every day that has some
		last, _, err := w.end(DateValue(anchor), length, cal)
		return err == nil && day <= last || err != nil && from <= anchor && day <= until
	}
	if w.unit == days {
		first := day.AddDays(-int(length))
		for w.roll && reaches(first-1) { // a last day off moves on: earlier anchors may do
			first--
		}
		return append(cands, DateValue(first), DateValue(first-1))
	}
	lo := day.AddDays(-2*int(length) - 30) // no run of days off is longer
	if w.unit == months {
		lo = day.AddMonths(-int(length) - 1).AddDays(-60)
	}
	first := lo + calendar.Date(sort.Search(int(day-lo), func(back int) bool { return reaches(lo + calendar.Date(back)) }))
	return append(cands, DateValue(first), DateValue(first-1))
}

// apart looks for days at which windows between the same two unknown days come apart: seven days and seven days that roll
// differ only where a day off is in the way, two working days and four days only beside a weekend. The days of a year back
// are tried, and one pair for each way the windows can fall is added to the boundary values.
func (n *need) apart() {
	for i, a := range n.atoms {
		windows := n.between(a)
		if len(windows) < 2 || slices.ContainsFunc(n.atoms[:i], func(b int) bool { return slices.Contains(windows, n.s.b.atoms[b].win) }) {
			continue
		}
		from, tested := windows[0].from, windows[0].tested
		today := n.s.in.Calendar.DateOf(n.s.in.At)
		seen, shapes := map[string]bool{}, map[string]bool{}
		var edges []Value
		for back := range 366 {
			day := DateValue(today.AddDays(-back))
			edges, n.buf = edges[:0], n.buf[:0]
			for _, w := range windows {
				edges = n.anchors(edges, w, day, w.n)
				n.buf = binary.AppendVarint(n.buf, day.n-edges[len(edges)-1].n)
			}
			if shapes[string(n.buf)] {
				continue // as far back as on a day that was looked at
			}
			shapes[string(n.buf)] = true
			for _, anchor := range edges {
				if fall := n.fall(windows, anchor, day); fall != "" && !seen[fall] {
					seen[fall] = true
					n.addDay(from, anchor)
					n.addDay(tested, day)
				}
			}
		}
	}
}

// between lists the windows of fixed length in days between the same two unknown days as an atom, none if it is not one.
func (n *need) between(a int) (out []*window) {
	w := n.s.b.atoms[a].win
	if w == nil || n.dom[w.from] == nil || n.dom[w.tested] == nil || n.s.vals[w.from].typ != 0 || n.s.vals[w.tested].typ != 0 {
		return nil
	}
	for _, b := range n.atoms {
		if x := n.s.b.atoms[b].win; x != nil && x.from == w.from && x.tested == w.tested && x.unit != hours && x.nFact < 0 {
			out = append(out, x)
		}
	}
	return out
}

// fall says which of some windows a day falls in, "" where the calendar does not reach.
func (n *need) fall(windows []*window, anchor, day Value) string {
	b := make([]byte, len(windows))
	for i, w := range windows {
		ok, err := w.holds(anchor, day, w.n, n.s.in.Calendar)
		if err != nil {
			return ""
		}
		if b[i] = '0'; ok {
			b[i] = '1'
		}
	}
	return string(b)
}

// addDay adds a day to a fact's boundary values.
func (n *need) addDay(f int, day Value) {
	if n.s.b.voc.facts[f].typ == TypeInstant {
		day = InstantValue(n.s.in.Calendar.StartOf(day.Date()))
	}
	n.dom[f] = sorted(append(n.dom[f], day))
}

func sorted(vs []Value) []Value {
	slices.SortFunc(vs, func(a, b Value) int { return cmp.Compare(a.n, b.n) })
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
					return vs
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
	return out
}

// limit keeps a domain within bounds.
func (n *need) limit(vs []Value) []Value {
	if len(vs) <= maxDomain {
		return vs
	}
	n.cut = true
	out := make([]Value, 0, maxDomain)
	for i := range maxDomain {
		out = append(out, vs[i*(len(vs)-1)/(maxDomain-1)])
	}
	return out
}
