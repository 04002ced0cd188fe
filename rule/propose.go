package rule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/money"
)

// Tried is a golden case with what it is decided by.
type Tried struct {
	Case Case
	Book *Book
}

// Proposal is two golden cases on both sides of one boundary, with what the engine answers today. They are to be read
// against the document, and then committed: a case that only repeats the engine proves nothing.
type Proposal struct {
	On    calendar.Date // of the decision
	About string        // "shoes.no_reason window", "approval line.goods_amount"
	Cites []string
	Names [2]string // the side that fits, and the one that does not
	YAML  [2]string // of each: stage, ask, facts, expect
}

// Propose lists the boundaries of a pack that no golden case stands on: a window's last day and the day after, a limit and
// one more, each word or yes and no of a guard, condition or cell. in is as for Verify.
func Propose(ctx context.Context, in VerifyInput, tried []Tried) ([]Proposal, error) {
	book, err := NewBook(append([]*Pack{in.Shop}, in.Beside...))
	if err != nil {
		return nil, err
	}
	if in.Budget <= 0 {
		in.Budget = DefaultBudget
	}
	_, last := in.Calendar.Covers()
	p := &proposer{prover: &prover{ctx: ctx, in: &in, b: book, reported: map[string]bool{}, proof: &Proof{}}, stood: map[string]bool{}}
	p.at = in.Calendar.StartOf(last.AddDays(-184)).Add(12 * time.Hour)
	for _, t := range tried {
		if err := p.stands(t); err != nil {
			return nil, err
		}
	}
	for _, c := range book.claims {
		if c.pack == in.Shop {
			if err := p.claim(c); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range sortedKeys(book.tables) {
		if t := book.tables[id]; t.pack == in.Shop {
			if err := p.table(t); err != nil {
				return nil, err
			}
		}
	}
	return p.out, nil
}

type proposer struct {
	*prover
	stood map[string]bool // sides that cases stand on
	out   []Proposal
}

// stands notes the sides of boundaries that a case stands on.
func (p *proposer) stands(t Tried) error {
	in := t.Case.Input
	in.Calendar = p.in.Calendar
	if in.At == 0 {
		in.At = in.Calendar.StartOf(t.Case.On).Add(12 * time.Hour)
	}
	s, err := t.Book.newState(&in, false)
	if err != nil {
		return err
	}
	defer s.release()
	for i := range t.Book.atoms {
		for _, side := range s.sides(i) {
			p.stood[side] = true
		}
	}
	return nil
}

// sides names the sides of an atom's boundaries on which the known facts stand: "<atom> in", "<atom> out".
func (s *state) sides(a int) (out []string) {
	at := s.b.atoms[a]
	side := func(what string, in bool) { out = append(out, fmt.Sprintf("%s %s %v", at.key(), what, in)) }
	if w := at.win; w != nil {
		if s.vals[w.from].typ == 0 || s.vals[w.tested].typ == 0 || w.nFact >= 0 && s.vals[w.nFact].typ == 0 || w.unit == hours {
			return nil
		}
		last, _, err := w.end(s.vals[w.from], s.length(&w.period), s.in.Calendar)
		if day := dayOf(s.vals[w.tested], s.in.Calendar); err == nil && (day == last || day == last+1) {
			side("", day == last)
		}
		return out
	}
	r := s.result(a).v
	if r != yes && r != no {
		return nil
	}
	if !numeric(s.b.voc, at.ex) {
		side("", r == yes)
		return out
	}
	for _, t := range at.ex.tests {
		if d := s.b.voc.facts[t.fact]; d.typ != TypeInt && d.typ != TypeMoney || s.vals[t.fact].typ == 0 {
			continue
		}
		for _, c := range t.vals {
			if n := s.vals[t.fact].n - c.n; n >= -1 && n <= 1 && (n == 0 || t.holds(Value{typ: c.typ, n: c.n}) != t.holds(s.vals[t.fact])) {
				side(t.must(), t.holds(s.vals[t.fact]))
			}
		}
	}
	return out
}

// numeric says whether an expression compares a number with a constant.
func numeric(voc *Vocabulary, x *expr) bool {
	return slices.ContainsFunc(x.tests, func(t test) bool { d := voc.facts[t.fact]; return d.typ == TypeInt || d.typ == TypeMoney })
}

// missing says whether no case stands on one of the sides of an atom.
func (p *proposer) missing(a atom) bool {
	if a.win != nil || !numeric(p.b.voc, a.ex) {
		what := a.key() + "  "
		return !p.stood[what+"true"] || !p.stood[what+"false"]
	}
	return slices.ContainsFunc(a.ex.tests, func(t test) bool {
		if d := p.b.voc.facts[t.fact]; d.typ != TypeInt && d.typ != TypeMoney {
			return false
		}
		what := a.key() + " " + t.must() + " "
		return !p.stood[what+"true"] || !p.stood[what+"false"]
	})
}

// claim proposes for each condition of a claim that no case stands on both sides of.
func (p *proposer) claim(c *bound) error {
	for i, k := range c.conds {
		if !p.missing(k.is) {
			continue
		}
		s, err := p.state(After)
		if err != nil {
			return err
		}
		held, err := p.holding(s, c)
		if err == nil && held {
			fits := func() tri {
				switch v, _ := s.cond(k, c.atoms[i]); {
				case v == yes && s.claim(c) == stands:
					return yes
				case v == no:
					return no
				}
				return open
			}
			g := c.gives[0]
			key := Key{c.grounds[0], g.remedy}
			if c.mode != permit {
				p.pair(s, c.id+" "+k.id, append(slices.Clone(k.cites), c.cites...), k.is, fits, func() (string, error) { return p.caseOf(s, key, c.atoms) })
			}
		}
		s.release()
		if err != nil {
			return err
		}
	}
	return nil
}

// holding sets facts with which a claim holds.
func (p *proposer) holding(s *state, c *bound) (bool, error) {
	w := p.walk(s, []*bound{c}, nil)
	var found Facts
	w.waits = func(add func(int)) {
		if s.claim(c) == opens {
			w.missing(c, add)
		}
	}
	w.mark = func() { w.markClaim(c, false) }
	w.leaf = func() error {
		if s.claim(c) == stands && s.err == nil {
			found, w.done = s.known(), true
		}
		return nil
	}
	_, err := w.all()
	s.err = nil
	s.know(found)
	return found != nil, err
}

// know sets facts.
func (s *state) know(fs Facts) {
	for name, rs := range fs {
		s.set(s.b.voc.index[name], rs[0].Value, established)
	}
}

// pair looks for neighbouring values of one fact of an atom, one that fits and one that does not, everything else equal.
func (p *proposer) pair(s *state, about string, cites []string, a atom, fits func() tri, write func() (string, error)) {
	for _, f := range a.facts() {
		if w := a.win; w != nil && f != w.tested {
			continue
		}
		is, how := s.vals[f], s.how[f]
		in, out := p.neighbours(s, a, f, fits)
		if in.typ != 0 {
			q := Proposal{On: p.in.Calendar.DateOf(p.at), About: about, Cites: appendNew(nil, cites...)}
			for i, v := range []Value{in, out} {
				s.set(f, v, established)
				q.Names[i] = about + ": " + p.side(a, f, v, i)
				var err error
				if q.YAML[i], err = write(); err != nil {
					in = Value{}
				}
				s.set(f, is, how)
			}
			if in.typ != 0 {
				p.out = append(p.out, q)
				for _, t := range []string{"true", "false"} { // proposed once is enough
					p.stood[a.key()+"  "+t] = true
					if a.ex != nil {
						for _, x := range a.ex.tests {
							p.stood[a.key()+" "+x.must()+" "+t] = true
						}
					}
				}
				return
			}
		}
		s.set(f, is, how)
	}
}

// side says in words which side a value is on.
func (p *proposer) side(a atom, f int, v Value, i int) string {
	switch d := p.b.voc.facts[f]; {
	case a.win != nil:
		return [...]string{"the last day", "the day after"}[i]
	case d.typ == TypeMoney:
		return d.name + " " + money.Of(v.n, p.in.Shop.Currency).Decimal()
	default:
		return d.name + " " + v.String()
	}
}

// neighbours are a value that fits and one that does not, as near to each other as the fact allows.
func (p *proposer) neighbours(s *state, a atom, f int, fits func() tri) (in, out Value) {
	var cands []Value
	d := p.b.voc.facts[f]
	lo, hi := d.bounds()
	switch {
	case a.win != nil:
		return p.lastDay(s, a.win, fits)
	case d.typ == TypeBool:
		cands = []Value{BoolValue(true), BoolValue(false)}
	case d.typ == TypeEnum:
		for _, w := range d.Values {
			cands = append(cands, EnumValue(w.Word))
		}
	case d.typ == TypeInt || d.typ == TypeMoney:
		for _, c := range a.ex.consts {
			for n := max(lo, c-1); n <= min(hi, c+1); n++ {
				cands = append(cands, Value{typ: d.typ, n: n})
			}
		}
		cands = sorted(cands)
	}
	result := make([]tri, len(cands))
	for i, v := range cands {
		s.set(f, v, established)
		result[i] = fits()
	}
	for i := range cands {
		for j := range cands {
			near := cands[i].typ == TypeBool || cands[i].typ == TypeEnum || cands[i].n-cands[j].n == 1 || cands[j].n-cands[i].n == 1
			if result[i] == yes && result[j] == no && near {
				return cands[i], cands[j]
			}
		}
	}
	return Value{}, Value{}
}

// lastDay finds an anchor whose last day, and the day after, lie before the decision.
func (p *proposer) lastDay(s *state, w *window, fits func() tri) (in, out Value) {
	if w.unit == hours || p.b.voc.facts[w.tested].typ != TypeDate {
		return in, out
	}
	today := s.in.Calendar.DateOf(s.in.At)
	for back := range 400 {
		anchor := DateValue(today.AddDays(-back))
		if p.b.voc.facts[w.from].typ == TypeInstant {
			anchor = InstantValue(s.in.Calendar.StartOf(anchor.Date()))
		}
		last, _, err := w.end(anchor, s.length(&w.period), s.in.Calendar)
		if err != nil || last >= today {
			continue
		}
		s.set(w.from, anchor, established)
		s.set(w.tested, DateValue(last), established)
		inside := fits()
		s.set(w.tested, DateValue(last+1), established)
		if inside == yes && fits() == no {
			return DateValue(last), DateValue(last + 1)
		}
		return in, out
	}
	return in, out
}

// table proposes for each cell of a table that no case stands on both sides of.
func (p *proposer) table(t *boundTable) error {
	n := 0
	for i, r := range t.rows {
		for j, k := range r.when {
			a := t.when[n+j]
			if !p.missing(k.is) {
				continue
			}
			s, err := p.state(After)
			if err != nil {
				return err
			}
			hit, err := p.hitting(s, t, i)
			if err == nil && hit {
				fits := func() tri {
					if row, err := s.row(t); err == nil && row == i {
						return yes
					}
					if s.result(a).v == no {
						return no
					}
					return open
				}
				p.pair(s, fmt.Sprintf("%s row %d", t.id, i+1), append(slices.Clone(r.cites), t.cites...), k.is, fits, func() (string, error) { return p.rowOf(s, t) })
			}
			s.release()
			if err != nil {
				return err
			}
		}
		n += len(r.when)
	}
	return nil
}

// hitting sets facts with which a row is the table's answer.
func (p *proposer) hitting(s *state, t *boundTable, row int) (bool, error) {
	w := p.walk(s, nil, t.when)
	var found Facts
	w.waits = func(add func(int)) {
		for _, a := range t.when {
			if s.result(a).v == open {
				s.missing(a, add)
			}
		}
	}
	w.mark = func() {
		for _, a := range t.when {
			w.rest(a)
		}
	}
	w.leaf = func() error {
		if i, err := s.row(t); err == nil && i == row && s.err == nil {
			found, w.done = s.known(), true
		}
		return nil
	}
	_, err := w.all()
	s.err = nil
	s.know(found)
	return found != nil, err
}
