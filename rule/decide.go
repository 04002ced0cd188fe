package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Input is one question to a Book.
type Input struct {
	Facts    Facts
	Stage    Stage
	At       clock.Instant // the decision's time; facts must not be later
	Ground   string        // why; "" or one with undetermined fault is asked for
	Remedy   Remedy        // what; "" asks which
	Calendar *calendar.Calendar
	Trace    bool // fill Decision.Trace; the core is the same either way
}

// Reasons the engine gives itself; packs give all others.
const (
	NoClause = "no_clause" // no claim concerns the matter: a person decides
)

// Decide answers one question. It reads nothing but its input, and equal inputs give equal cores. Facts of a wrong type
// or unknown name, words and numbers out of range, and readings from after the decision are refused with every fault
// listed (Invalid); a window that leads into a year the calendar has no data for is an error too.
func (b *Book) Decide(in Input) (*Decision, error) {
	d, s, err := b.evaluate(&in)
	if s != nil {
		s.release()
	}
	return d, err
}

// Brief is Decide for those who compare many matters: the outcome with its reason, what is open, and the bundle that is
// asked for (of every remedy of the ground while the remedy is open), without its clauses and conditions. It leaves out
// other bundles, alternatives, differences, versions and hash; what it does say is what Decide says.
func (b *Book) Brief(in Input) (*Decision, error) {
	s, err := b.newState(&in, false)
	if err != nil {
		return nil, err
	}
	defer s.release()
	s.brief = true
	d := &Decision{Format: Format, Stage: in.Stage, At: in.At, Key: Key{in.Ground, in.Remedy}, Exact: true, Open: []Question{}}
	s.decide(d)
	if s.err != nil {
		return nil, s.err
	}
	return d, nil
}

// evaluate is Decide, and the state it ended in.
func (b *Book) evaluate(in *Input) (*Decision, *state, error) {
	s, err := b.newState(in, true)
	if err != nil {
		return nil, nil, err
	}
	d := &Decision{Format: Format, Stage: in.Stage, At: in.At, Key: Key{in.Ground, in.Remedy}, Exact: true, Bundles: []Bundle{}, Open: []Question{},
		Alternatives: []Alternative{}, Differences: []Difference{}, Packs: slices.Clone(b.refs[0]), FactsHash: s.hash()}
	if len(b.refs) > 1 {
		d.Later = slices.Clone(b.refs[1])
	}
	s.decide(d)
	if s.err != nil {
		return nil, nil, s.err
	}
	if in.Trace {
		d.Trace = s.trace()
	}
	return d, s, s.err
}

// hash is SHA-256 over the canonical JSON of the facts, as they were read: the vocabulary has their names in order.
func (s *state) hash() string {
	s.buf = append(s.buf, '}')
	sum := sha256.Sum256(s.buf)
	return hex.EncodeToString(sum[:])
}

// check refuses a stage, ground or remedy that does not exist.
func (s *state) check(bad *errs.Faults) {
	in, b := s.in, s.b
	if in.Stage < AtOrder || in.Stage > After {
		bad.Add("stage", "rule.stage_unknown", errs.Args{"stage": int(in.Stage), "stages": strings.Join(stageNames[1:], " ")})
	}
	if in.Ground != "" && b.grounds[in.Ground] == nil {
		bad.Add("ground", "rule.ground_unknown", errs.Args{"ground": clip(in.Ground), "hint": hint(in.Ground, b.names)})
	}
	if in.Remedy != "" && required[in.Remedy] == nil {
		bad.Add("remedy", "rule.remedy_unknown", errs.Args{"remedy": clip(string(in.Remedy)), "hint": hintRemedy(string(in.Remedy))})
	}
}

// readable refuses readings of a wrong type, out of range, or from after the decision.
func (f *fact) readable(rs []Reading, in *Input, today calendar.Date, bad *errs.Faults) {
	for _, r := range rs {
		if key, args := f.admits(r.Value); key != "" {
			bad.Add("facts/"+f.name, key, args)
		}
		if r.Stage > in.Stage {
			bad.Add("facts/"+f.name, "rule.fact_later", errs.Args{"name": f.name, "stage": r.Stage.String(), "at": in.Stage.String()})
		}
		if late := f.typ == TypeDate && r.Value.Date() > today || f.typ == TypeInstant && r.Value.Instant() > in.At; late && !f.MayBeFuture {
			bad.Add("facts/"+f.name, "rule.fact_future", errs.Args{"name": f.name, "value": r.Value.String(), "on": today.String()})
		}
	}
}

// admits checks a value against the declaration of the fact: its type, words and range.
func (f *fact) admits(v Value) (key string, args errs.Args) {
	switch lo, hi := f.bounds(); {
	case v.typ != f.typ:
		return "rule.value_type", errs.Args{"what": f.name, "got": v.String(), "want": f.typ.String(), "like": f.example()}
	case f.typ == TypeEnum && !f.hasWord(v.s):
		return "rule.word_unknown", errs.Args{"word": clip(v.s), "fact": f.name, "words": strings.Join(f.words(), " "), "hint": hint(v.s, f.words())}
	case (f.typ == TypeInt || f.typ == TypeMoney) && (v.n < lo || v.n > hi):
		return "rule.value_range", errs.Args{"what": f.name, "got": v.n, "min": lo, "max": hi}
	}
	return "", nil
}

// example is a value of the fact, for messages.
func (f *fact) example() string {
	if f.typ == TypeEnum {
		return f.Values[0].Word
	}
	return f.typ.example()
}

// decide fills the decision.
func (s *state) decide(d *Decision) {
	if !s.brief {
		s.differences(d)
	}
	if d.Ground == "" {
		d.Outcome = NeedFacts
		d.Open = append(d.Open, Question{Fact: GroundFact, Ask: Customer | Agent})
		return
	}
	asked := s.askedKeys(d.Key)
	open, idle, exact := s.relevant(asked)
	d.Exact = exact
	var given *answer
	for _, f := range open {
		d.Open = append(d.Open, s.question(f))
	}
	shown := s.b.shown(d.Key)
	own := 0
	for own < len(shown) && shown[own].Ground == d.Ground {
		own++
	}
	if s.brief && d.Remedy != "" {
		own = min(own, 1)
	}
	d.Bundles = make([]Bundle, 0, own)
	for _, k := range shown {
		if given != nil && given.outcome == Approve && k.Ground != d.Ground {
			break // he gets what he asks for; nobody looks for another cause
		}
		mine := k.Ground == d.Ground && (d.Remedy == "" || k.Remedy == d.Remedy)
		if s.brief && !mine {
			continue
		}
		a := s.settled(k.entries, idle, mine)
		if k.Key == d.Key {
			given = a
		} else if a.outcome == ManualReview && a.rightBy < 0 {
			continue // no claim for it concerns the matter
		}
		if mine && len(open) > 0 || !mine && a.open && a.outcome != Approve {
			a.outcome = NeedFacts
		}
		d.Bundles = append(d.Bundles, s.bundle(k.Key, a, mine))
	}
	s.conclude(d)
	if !s.brief {
		s.alternatives(d)
	}
	if given != nil && given.outcome != Reject {
		s.askSums(d, given)
	}
}

// askedKeys are the entries of the key that is asked for, or of every key of its ground while the remedy is open.
func (s *state) askedKeys(k Key) [][]*entry {
	if k.Remedy != "" {
		return [][]*entry{s.b.keys[k]}
	}
	var out [][]*entry
	for _, n := range s.b.near[k.Ground] {
		if n.Ground == k.Ground {
			out = append(out, n.entries)
		}
	}
	return out
}

// keyed is a key and the claims that answer it.
type keyed struct {
	Key
	entries []*entry
}

// shown are the keys that get a bundle: the asked one, the other remedies of its ground and, where it is not simply
// granted, the grounds that need no cause.
func (b *Book) shown(asked Key) []keyed {
	near := b.near[asked.Ground]
	i := slices.IndexFunc(near, func(n keyed) bool { return n.Key == asked })
	if i <= 0 {
		return near
	}
	return slices.Concat(near[i:i+1], near[:i], near[i+1:])
}

// conclude takes the asked bundle's outcome for the decision's, and asks for the ground or remedy where they are open.
func (s *state) conclude(d *Decision) {
	doubt := s.b.grounds[d.Ground].Fault == undetermined
	asked := d.Asked()
	switch {
	case d.Remedy == "":
		d.Outcome = NeedFacts
		d.Open = slices.Insert(d.Open, 0, Question{Fact: RemedyFact, Ask: Customer | Agent})
	case asked == nil:
		d.Outcome, d.Reason = ManualReview, NoClause
	default:
		d.Outcome, d.Reason, d.Clause = asked.Outcome, asked.Reason, asked.Clause
	}
	if doubt && (d.Outcome == Reject || d.Outcome == ManualReview && d.Reason == NoClause || d.Remedy == "") {
		d.Outcome, d.Reason, d.Clause = NeedFacts, "", ""
		d.Open = slices.Insert(d.Open, 0, Question{Fact: GroundFact, Ask: Customer | Agent})
	}
}

// alternatives lists the other ways open to the customer: keys that are granted or can be, then what the failed claims
// and the packs name. A refusal without any would leave him nowhere (S2-16): a person can always look again.
func (s *state) alternatives(d *Decision) {
	if d.Outcome == Approve {
		return
	}
	for _, b := range d.Bundles {
		if b.Key != d.Key && (b.Outcome == Approve || b.Outcome == Offer || b.Outcome == NeedEvidence || b.Outcome == NeedFacts) {
			d.Alternatives = append(d.Alternatives, Alternative{Key: b.Key, Outcome: b.Outcome, By: b.Clause})
		}
	}
	add := func(code, by string) {
		if !slices.ContainsFunc(d.Alternatives, func(a Alternative) bool { return a.Code == code }) {
			d.Alternatives = append(d.Alternatives, Alternative{Code: code, By: by})
		}
	}
	for _, e := range s.b.keys[d.Key] {
		if s.claim(e.bound) == fails {
			for _, code := range e.otherwise {
				add(code, e.id)
			}
		}
	}
	for _, p := range s.b.packs {
		for _, code := range p.Alternatives {
			add(code, p.ID)
		}
	}
	if d.Outcome == Reject && len(d.Alternatives) == 0 {
		add("human_review", "")
	}
}

// askSums asks for the facts without which the asked bundle's sums, or who has to agree to them, cannot be said yet.
func (s *state) askSums(d *Decision, a *answer) {
	for _, f := range s.unknownSums(a) {
		if !slices.ContainsFunc(d.Open, func(q Question) bool { return q.Fact == s.b.voc.facts[f].name }) {
			q := s.question(f)
			q.For = "amount"
			d.Open = append(d.Open, q)
		}
	}
}

func (s *state) unknownSums(a *answer) (out []int) {
	add := func(f int) {
		if s.how[f] == unknown && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	all := func(x *expr) {
		if x == nil {
			return
		}
		for _, f := range x.facts {
			add(f)
		}
	}
	part := func(p Part) {
		if f, ok := s.b.voc.parts[p]; ok {
			add(f)
		}
	}
	if a.refundBy >= 0 {
		g := a.entries[a.refundBy].g
		if g.refund.amount != nil {
			all(g.refund.amount)
		} else {
			part(PartGoods)
		}
		for _, d := range a.sum.parts {
			all(d.ex)
			all(d.limit)
		}
		if a.legs[outbound] == 2 {
			part(PartOutboundFreight)
		}
	}
	if a.amountBy >= 0 {
		all(a.entries[a.amountBy].g.amount)
	}
	for _, i := range a.from {
		for _, at := range a.entries[i].when {
			if a.authBy < 0 {
				s.missing(at, add)
			}
		}
	}
	return out
}

// question is a fact as a decision asks for it.
func (s *state) question(f int) Question {
	d := s.b.voc.facts[f]
	q := Question{Fact: d.name, Ask: d.Ask}
	if rs := s.in.Facts[d.name]; len(rs) > 0 {
		q.Declared = rs[len(rs)-1].Value.String()
	}
	return q
}

// differences lists facts that were declared one way and found another.
func (s *state) differences(d *Decision) {
	for _, i := range s.twice {
		f := s.b.voc.facts[i]
		rs := s.in.Facts[f.name]
		if first, last := rs[0], rs[len(rs)-1]; last.Stage >= f.Stage && first.Value != last.Value {
			d.Differences = append(d.Differences, Difference{f.name, first.Value.String(), last.Value.String()})
		}
	}
}
