package rule

import (
	"slices"

	"cel.dev/cel-go/cel"

	"github.com/sanbao/sanbao/errs"
)

// tri is the result of an atom.
type tri uint8

const (
	open          tri = iota // facts are unknown
	yes                      //
	no                       //
	notApplicable            // over a fact that does not apply here
)

// result of an atom in a state.
type result struct {
	v     tri
	later bool // a fact of a later stage had a part in it: presumptions apply
	now   bool // a fact of this stage or earlier is unknown and has a part in it, though a declaration may settle it
	done  bool
}

// knowledge says how a fact is known.
type knowledge uint8

const (
	unknown      knowledge = iota // of this stage or earlier: can be asked now
	unknownLater                  // of a later stage
	declared                      // of a later stage, declared earlier
	established
)

// state is one evaluation of a book: the facts, and the results of the atoms and claims that were looked at.
type state struct {
	b       *Book
	in      *Input
	vals    []Value
	said    []mention // what the question says, in the order of the vocabulary
	twice   []int     // facts that were said more than once
	how     []knowledge
	res     []result
	claims  []claimState
	claimed []bool    // claims[i] is valid
	err     error     // the first evaluation that failed
	buf     []byte    // the facts as canonical JSON, for their hash
	brief   bool      // nothing is written down but the asked bundle (Book.Brief)
	answers []*answer // those made, the first used of them in use
	used    int
}

// mention is a fact of a question.
type mention struct {
	fact     int
	readings []Reading
}

// claimState is what became of a claim, before its evidence is looked at.
type claimState uint8

const (
	silent claimState = iota // does not concern the matter
	fails
	opens
	stands
)

// newState checks a question and is the state before anything was looked at. Where its hash is wanted, the facts are
// written down while they are read.
func (b *Book) newState(in *Input, hashed bool) (*state, error) {
	s := b.take(in)
	if err := s.read(hashed); err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// take is an empty state, if possible one that was given back.
func (b *Book) take(in *Input) *state {
	s, ok := b.states.Get().(*state)
	if !ok {
		n := len(b.voc.facts)
		s = &state{b: b, vals: make([]Value, n), how: make([]knowledge, n),
			res: make([]result, len(b.atoms)), claims: make([]claimState, len(b.claims)), claimed: make([]bool, len(b.claims))}
	}
	s.in = in
	return s
}

// read puts the facts of a question into their places, and refuses a question that cannot
// be decided on.
func (s *state) read(hashed bool) error {
	in, b := s.in, s.b
	if in.Calendar == nil || in.At.IsZero() {
		return errs.New(errs.Invalid, "rule.input_time")
	}
	var bad errs.Faults
	s.check(&bad)
	today := in.Calendar.DateOf(in.At)
	s.buf = append(s.buf[:0], '{')
	for i, f := range b.voc.facts {
		if f.Stage > in.Stage {
			s.how[i] = unknownLater
		}
	}
	known := s.mentioned()
	for _, x := range s.said {
		if len(x.readings) == 0 {
			continue
		}
		f := b.voc.facts[x.fact]
		f.readable(x.readings, in, today, &bad)
		s.establish(x.fact, x.readings[len(x.readings)-1])
		if len(x.readings) > 1 {
			s.twice = append(s.twice, x.fact)
		}
		if hashed {
			s.buf = f.appendJSON(s.buf, x.readings)
		}
	}
	if !known {
		for _, name := range sortedKeys(in.Facts) {
			if _, ok := b.voc.index[name]; !ok {
				bad.Add("facts/"+name, "rule.fact_unknown", errs.Args{"name": clip(name), "hint": hint(name, b.voc.Names())})
			}
		}
	}
	return bad.Err()
}

// mentioned lists the facts of a question in the order of the vocabulary, which is that of their names, and says whether
// all of them are in it. A question that names few of the facts there are is not looked through for all of them; one that
// names many is not sorted.
func (s *state) mentioned() (known bool) {
	s.said = s.said[:0]
	if facts := s.b.voc.facts; 3*len(s.in.Facts) > len(facts) {
		for i, f := range facts {
			if rs, said := s.in.Facts[f.name]; said {
				s.said = append(s.said, mention{i, rs})
			}
		}
		return len(s.said) == len(s.in.Facts)
	}
	known = true
	for name, rs := range s.in.Facts {
		i, ok := s.b.voc.index[name]
		if known = known && ok; ok {
			s.said = append(s.said, mention{i, rs})
		}
	}
	slices.SortFunc(s.said, func(a, b mention) int { return a.fact - b.fact })
	return known
}

// establish sets a fact to the last that was said of it, and says how it is known at the stage of the question. What was
// only declared of a fact that is to be established by now is no answer: it is asked.
func (s *state) establish(i int, last Reading) {
	switch f := s.b.voc.facts[i]; {
	case last.Stage >= f.Stage:
		s.how[i] = established
	case f.Stage > s.in.Stage:
		s.how[i] = declared
	default:
		return
	}
	v := &s.vals[i]
	v.typ, v.n = last.Value.typ, last.Value.n
	if last.Value.s != "" { // a write of what points into memory is dear while garbage is collected
		v.s = last.Value.s
	}
}

// release gives a state back; nothing of it is looked at any more.
func (s *state) release() {
	s.in, s.err, s.brief, s.used, s.twice = nil, nil, false, 0, s.twice[:0]
	for i := range s.vals {
		v := &s.vals[i]
		if v.typ, v.n = 0, 0; v.s != "" {
			v.s = ""
		}
	}
	clear(s.said)
	clear(s.how)
	clear(s.res)
	clear(s.claimed)
	s.b.states.Put(s)
}

// set gives a fact a hypothetical value, or takes it away (the zero Value), and forgets what depended on it.
func (s *state) set(f int, v Value, how knowledge) {
	s.vals[f], s.how[f] = v, how
	for _, a := range s.b.atomsOf[f] {
		s.forget(a)
	}
}

func (s *state) forget(a int) {
	s.res[a].done = false
	for _, c := range s.b.claimOf[a] {
		s.claimed[c] = false
	}
}

// ResolveName and Parent make the state an activation: expressions read facts from it by name.
func (s *state) ResolveName(name string) (any, bool) {
	if i, ok := s.b.voc.index[name]; ok && s.vals[i].typ != 0 {
		return s.vals[i].cel(), true
	}
	return nil, false
}

func (s *state) Parent() cel.Activation { return nil }

// result is the outcome of an atom, computed once.
func (s *state) result(a int) result {
	r := &s.res[a]
	if !r.done {
		*r = s.compute(s.b.atoms[a])
		r.done = true
	}
	return *r
}

func (s *state) compute(a atom) result {
	var r result
	missing, gated := false, false
	for _, f := range a.facts() {
		if ap := s.b.applies[f]; ap >= 0 {
			g := s.result(ap)
			if g.v == no || g.v == notApplicable {
				return result{v: notApplicable}
			}
			r.later, r.now = r.later || g.later, r.now || g.now
			gated = gated || g.v == open
		}
		switch s.how[f] {
		case unknown:
			missing, r.now = true, true
		case unknownLater:
			missing, r.later = true, true
		case declared:
			r.later = true
		}
	}
	switch {
	case gated:
	case a.ex != nil:
		return s.holds(a.ex.logic, r)
	case !missing:
		r.v = s.within(a.win)
	}
	return r
}

// holds is what a condition comes to, where r says what is known of its facts. What established facts settle alone is no
// presumption, and nothing is waited for.
func (s *state) holds(l *logic, r result) result {
	if r.later || r.now {
		if v := l.eval(s, sure); v != open {
			return result{v: v}
		}
	}
	if r.later || !r.now {
		r.v = l.eval(s, presuming)
	}
	return r
}

// within says whether the tested fact of a window falls in it. All its facts are known.
func (s *state) within(w *window) tri {
	ok, err := w.holds(s.vals[w.from], s.vals[w.tested], s.length(&w.period), s.in.Calendar)
	switch {
	case err != nil:
		s.fail(err)
		return open
	case ok:
		return yes
	}
	return no
}

// length is N of a period; its fact must be known.
func (s *state) length(p *period) int64 {
	if p.nFact >= 0 {
		return s.vals[p.nFact].n
	}
	return p.n
}

func (s *state) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// cond is what a condition comes to: yes it is as the claim wants it, no, or open; and whether that is presumed.
func (s *state) cond(c *cond, a int) (v tri, presumed bool) {
	r := s.result(a)
	v = r.v
	switch {
	case v == notApplicable:
		return yes, false
	case !r.later:
	case r.now && (v == open || c.presume != asDeclared):
		return open, false
	case c.presume == presumeMet:
		v, presumed = yes, true
	case c.presume == presumeUnmet:
		v, presumed = no, true
	case v == open && c.kind == except:
		v, presumed = no, true
	case v == open:
		v, presumed = yes, true
	default:
		presumed = true
	}
	if c.kind == except && v != open {
		v = yes + no - v
	}
	return v, presumed
}

// claim is what became of a claim.
func (s *state) claim(c *bound) claimState {
	if !s.claimed[c.i] {
		s.claims[c.i], s.claimed[c.i] = s.judge(c), true
	}
	return s.claims[c.i]
}

// judge says what becomes of a claim. One that fails whatever its open guards turn out to be is open all the same: it is
// one thing to be refused by a clause and another not to be concerned by it.
func (s *state) judge(c *bound) claimState {
	out, concerned := stands, true
	for i, k := range c.conds {
		switch v, _ := s.cond(k, c.atoms[i]); {
		case v == open:
			out, concerned = opens, concerned && k.kind != guard
		case v == yes:
		case k.kind == guard:
			return silent
		case concerned:
			return fails // the guards come first; one failure is enough
		default:
			return opens
		}
	}
	return out
}

// failures lists why a claim fails: every failed condition's reason, once, in the order of the pack.
func (s *state) failures(c *bound) (reasons []string) {
	for i, k := range c.conds {
		if v, _ := s.cond(k, c.atoms[i]); v == no && k.kind != guard && !slices.Contains(reasons, k.orElse) {
			reasons = append(reasons, k.orElse)
		}
	}
	return reasons
}

// missing lists the unknown facts of this stage or earlier that an atom waits for. Facts whose applicability is
// open are named with the facts that decide it.
func (s *state) missing(a int, add func(fact int)) {
	if !s.result(a).now {
		return
	}
	for _, f := range s.b.atoms[a].facts() {
		if ap := s.b.applies[f]; ap >= 0 {
			s.missing(ap, add)
		}
		if s.how[f] == unknown {
			add(f)
		}
	}
}
