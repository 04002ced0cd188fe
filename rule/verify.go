package rule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// VerifyInput is what a proof is about: one pack, and the packs it is bound beside.
type VerifyInput struct {
	Shop     *Pack
	Beside   []*Pack // the law beneath, and what else its grounds come from
	Calendar *calendar.Calendar
	Budget   int                   // nodes of one slice, 0 for DefaultBudget
	Progress func(done, total int) // slices; may be nil
}

// DefaultBudget is how many nodes the tree of one slice may have.
const DefaultBudget = 500_000

// Proof is what was found out about a pack. Without findings it is proven, over the partition that docs/policy.md describes.
type Proof struct {
	Pack        PackRef        `json:"pack"`
	Currency    money.Currency `json:"currency"`
	Beside      []PackRef      `json:"beside"`
	Findings    []ProofFinding `json:"findings"`
	Overridden  []string       `json:"overridden"`  // claims with a condition or point that the law sets aside, all of them listed in the pack
	Overrides   []Overriding   `json:"overrides"`   // the same in full
	Breakpoints []Breakpoint   `json:"breakpoints"` // amounts that were compared at these values only
	Unproven    []Unproven     `json:"unproven"`    // what was not compared, or not in full
	Slices      int            `json:"slices"`      // keys, claims and tables that were walked
	Nodes       int            `json:"nodes"`
}

// Kinds of findings.
const (
	BelowFloor    = "below_floor"    // the shop alone gives less than the law, and the pack does not list it
	NotOverridden = "not_overridden" // the pack lists an override that never happens
	NoAnswer      = "no_answer"      // facts for which nothing can be decided
	Ambiguous     = "ambiguous"      // two rows of a unique table fit
	Unreachable   = "unreachable"    // a condition, claim or row that no facts bring about
	NotMonotone   = "not_monotone"   // facts that are better for the customer, and an answer that is worse
	OverBudget    = "over_budget"    // the slice has more nodes than allowed: it is not proven
)

// ProofFinding is one fault of a pack, with facts that show it: Book.Decide, or Lookup for a table, asked with them at the
// stage and time comes to it again.
type ProofFinding struct {
	Kind  string `json:"kind"`
	Place string `json:"place"`
	Key
	Table string        `json:"table,omitempty"`
	Claim string        `json:"claim,omitempty"`
	Point string        `json:"point,omitempty"` // reason code of a failed condition, "roll", a proof, or a point: "freight.return"
	By    []string      `json:"by,omitempty"`    // the law's claims that hold
	Cites []string      `json:"cites,omitempty"` // their articles
	Stage Stage         `json:"stage"`
	At    clock.Instant `json:"at"`
	Facts Facts         `json:"facts"`
	Got   string        `json:"got"`   // what the shop alone gives
	Floor string        `json:"floor"` // what the law gives

	book *Book // has the words
}

// Overriding is a claim of the shop, what of it has no force, and the law's claim against which it has none.
type Overriding struct {
	Claim string   `json:"claim"`
	Point string   `json:"point"`
	By    string   `json:"by"`
	Cites []string `json:"cites"`
}

// Breakpoint is a fact of an amount, and the values at which the amounts of a key were compared.
type Breakpoint struct {
	Key
	Table  string  `json:"table,omitempty"`
	Fact   string  `json:"fact"`
	Values []int64 `json:"values"`

	book *Book // has the words
}

// Unproven is a claim that the proof says less about, and why.
type Unproven struct {
	Claim string `json:"claim"`
	Why   string `json:"why"` // key of a message
}

// Text is the reason as a sentence.
func (u Unproven) Text(lang errs.Lang) string {
	return errs.Render(lang, u.Why, errs.Args{"what": u.Claim})
}

// Verify proves a pack, or refutes it with facts: the shop alone never gives less than the law's floor, as far as the law
// is not listed as overriding it; every set of facts has an answer; everything written can come about; facts that are
// better for the customer never hurt him. A context that ends ends it with its error.
func Verify(ctx context.Context, in VerifyInput) (*Proof, error) {
	if in.Shop == nil || in.Calendar == nil {
		return nil, errs.New(errs.Invalid, "rule.verify_input")
	}
	book, err := NewBook(append([]*Pack{in.Shop}, in.Beside...))
	if err != nil {
		return nil, err
	}
	if in.Budget <= 0 {
		in.Budget = DefaultBudget
	}
	p := &prover{ctx: ctx, in: &in, b: book, reported: map[string]bool{}, refuted: map[triple]refuted{}, happened: map[triple]bool{},
		proof: &Proof{Pack: in.Shop.Ref(), Currency: in.Shop.Currency, Beside: []PackRef{}, Findings: []ProofFinding{}, Overridden: []string{}, Overrides: []Overriding{},
			Breakpoints: []Breakpoint{}, Unproven: []Unproven{}}}
	for _, q := range in.Beside {
		p.proof.Beside = append(p.proof.Beside, q.Ref())
	}
	p.listed = in.Shop.overrides()
	_, last := in.Calendar.Covers()
	p.at = in.Calendar.StartOf(last.AddDays(-184)).Add(12 * time.Hour)
	if err := p.run(); err != nil {
		return nil, err
	}
	p.tally()
	return p.proof, nil
}

// prover holds one proof while it is made.
type prover struct {
	ctx      context.Context
	in       *VerifyInput
	b        *Book
	at       clock.Instant
	proof    *Proof
	listed   map[triple]bool // what the pack says the law overrides
	happened map[triple]bool // what was seen of it
	reported map[string]bool
	refuted  map[triple]refuted
}

// refuted is which finding says so, and how many other things stand beside it there.
type refuted struct{ at, beside int }

// triple is a claim of the shop, what of it has no force, and the law's claim that it has none against.
type triple struct{ claim, point, by string }

// run walks every slice: keys against the floor and for monotony, then claims and tables.
func (p *prover) run() error {
	var slices []func() error
	for _, k := range p.keys() {
		if p.in.Shop.Layer == Shop {
			for _, st := range []Stage{After, AtApplication} {
				slices = append(slices, func() error { return p.floor(k, st) })
			}
		}
		slices = append(slices, func() error { return p.monotone(k) })
	}
	for _, c := range p.b.claims {
		if c.pack == p.in.Shop {
			slices = append(slices, func() error { return p.reach(c) })
		}
	}
	for _, id := range sortedKeys(p.b.tables) {
		if t := p.b.tables[id]; t.pack == p.in.Shop {
			slices = append(slices, func() error { return p.tableSlice(t) })
		}
	}
	p.unconfirmed()
	p.proof.Slices = len(slices)
	for i, s := range slices {
		if p.in.Progress != nil {
			p.in.Progress(i, len(slices))
		}
		if err := p.ctx.Err(); err != nil {
			return err
		}
		if err := s(); err != nil {
			return err
		}
	}
	if p.in.Progress != nil {
		p.in.Progress(len(slices), len(slices))
	}
	return nil
}

// unconfirmed names the law's claims that are no floor, because their source has not been confirmed.
func (p *prover) unconfirmed() {
	for _, k := range p.keys() {
		for _, e := range k.entries {
			if e.pack.Layer == Law && e.check && p.in.Shop.Layer == Shop {
				p.unproven(e.id, "rule.verify_check")
			}
		}
	}
}

// keys are those the shop has claims for. Keys that the same claims answer are one slice, under the first ground's name.
func (p *prover) keys() (out []keyed) {
	seen := map[string]bool{}
	for _, g := range p.b.names {
		for _, r := range Remedies {
			k := Key{g, r}
			entries := p.b.keys[k]
			mine, id := false, ""
			for _, e := range entries {
				mine = mine || e.pack == p.in.Shop && e.mode != permit
				id += fmt.Sprintf("%d %s,", e.i, e.g.remedy)
			}
			if mine && !seen[id] {
				seen[id] = true
				out = append(out, keyed{k, entries})
			}
		}
	}
	return out
}

// state is one where nothing is known yet.
func (p *prover) state(st Stage) (*state, error) {
	return p.b.newState(&Input{Facts: Facts{}, Stage: st, At: p.at, Calendar: p.in.Calendar}, false)
}

// report adds a finding, once for each thing that it is about. s has facts that show it; nil where nothing shows it.
func (p *prover) report(s *state, f ProofFinding) {
	id := fmt.Sprint(f.Kind, f.Claim, f.Table, f.Point, f.By, f.Got)
	if f.Claim == "" && f.Table == "" {
		id += fmt.Sprint(f.Key)
	}
	if !p.reported[id] {
		p.reported[id] = true
		p.proof.Findings = append(p.proof.Findings, p.shown(s, f))
	}
}

// refute adds a finding below the floor, once for each claim, point and claim of the law. Of the facts that show it, those
// under which the fewest other claims and reasons stand beside it are kept.
func (p *prover) refute(s *state, t triple, beside int, f ProofFinding) {
	was, known := p.refuted[t]
	switch {
	case !known:
		p.refuted[t] = refuted{len(p.proof.Findings), beside}
		p.proof.Findings = append(p.proof.Findings, p.shown(s, f))
	case beside < was.beside:
		p.refuted[t] = refuted{was.at, beside}
		p.proof.Findings[was.at] = p.shown(s, f)
	}
}

// shown completes a finding with the facts of a state and the articles of the law's claims.
func (p *prover) shown(s *state, f ProofFinding) ProofFinding {
	f.At, f.Facts, f.Stage, f.book = p.at, Facts{}, After, p.b
	if s != nil {
		f.Stage, f.Facts = s.in.Stage, s.known()
	}
	for _, by := range f.By {
		f.Cites = appendNew(f.Cites, p.cites(by)...)
	}
	return f
}

func appendNew[T comparable](list []T, more ...T) []T {
	for _, x := range more {
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// known are the facts of a state, as somebody would give them.
func (s *state) known() Facts {
	fs := Facts{}
	for f, v := range s.vals {
		if v.typ != 0 {
			fs.Put(s.b.voc.facts[f].name, s.b.voc.facts[f].Stage, v)
		}
	}
	return fs
}

// tally sets what happened against what the pack lists.
func (p *prover) tally() {
	for _, o := range p.in.Shop.Overrides {
		for _, point := range o.Points {
			for _, by := range o.By {
				t := triple{o.Claim, point, by}
				switch {
				case p.happened[t]:
					p.proof.Overridden = appendNew(p.proof.Overridden, o.Claim)
					p.proof.Overrides = append(p.proof.Overrides, Overriding{o.Claim, point, by, p.cites(by)})
				case p.b.claim(by) != nil: // a law's claim that is not bound here is another version's
					p.report(nil, ProofFinding{Kind: NotOverridden, Place: o.mark.place(), Claim: o.Claim, Point: point, By: []string{by}})
				}
			}
		}
	}
	slices.Sort(p.proof.Overridden)
}

func (p *prover) cites(claim string) []string {
	if c := p.b.claim(claim); c != nil {
		return c.cites
	}
	return nil
}

// claim is one of the bound claims, nil if there is none of that name.
func (b *Book) claim(id string) *bound {
	i := slices.IndexFunc(b.claims, func(c *bound) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return b.claims[i]
}
