package report

import (
	"cmp"
	"maps"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// BacktestReport is what a draft would have changed. Money is in minor units; N counts lines.
type BacktestReport struct {
	Pack        string                   `json:"pack"`
	Version     string                   `json:"version" doc:"of the draft"`
	Hash        string                   `json:"hash" doc:"of the draft's rules"`
	Cases       int                      `json:"cases" doc:"lines that were decided again"`
	Changed     int                      `json:"changed" doc:"of them, those with another outcome, sum, bearer of freight, right or proof"`
	Terms       int                      `json:"terms" doc:"of the rest, those where only a deadline or who of the shop agrees is another"`
	WouldAsk    int                      `json:"would_ask" doc:"of the changed, those where the draft asks what nobody knows: nothing is guessed about them"`
	Unpriced    int                      `json:"unpriced" doc:"of the changed, those whose sum hangs on a fact nobody knows: no money is counted for them"`
	NotReplayed int                      `json:"not_replayed" doc:"of the lines, those whose stored decision does not come out again byte for byte"`
	MoneyBefore map[money.Currency]int64 `json:"money_before" doc:"refunds and amounts where both answers are settled"`
	MoneyAfter  map[money.Currency]int64 `json:"money_after"`
	ByOutcome   []OutcomeMoved           `json:"by_outcome" nullable:"false" doc:"every pair of outcomes, the unchanged ones too"`
	ByReason    []ReasonMoved            `json:"by_reason" nullable:"false"`
	ByProduct   []ProductMoved           `json:"by_product" nullable:"false" doc:"of changed lines, those with the most money first"`
	Freight     []FreightMoved           `json:"freight" nullable:"false" doc:"legs that somebody else pays"`
	Examples    []BacktestExample        `json:"examples" nullable:"false" doc:"changed lines, those with the most money first"`
	Skipped     []BacktestSkipped        `json:"skipped" nullable:"false" doc:"lines that cannot be decided again"`
	Errors      []string                 `json:"errors" nullable:"false" doc:"of some of the skipped, why"`
}

// OutcomeMoved are the lines that came out as From and would come out as To; Minor is the money that moves with them.
type OutcomeMoved struct {
	From  rule.Outcome `json:"from"`
	To    rule.Outcome `json:"to"`
	N     int          `json:"n"`
	Minor int64        `json:"minor"`
}

// ReasonMoved are the lines of one ground.
type ReasonMoved struct {
	Ground  string `json:"ground"`
	N       int    `json:"n"`
	Changed int    `json:"changed"`
	Before  int64  `json:"before"`
	After   int64  `json:"after"`
}

// ProductMoved are the changed lines of one article. SKU is empty for all beyond those listed.
type ProductMoved struct {
	SKU   string `json:"sku"`
	Title string `json:"title"`
	N     int    `json:"n"`
	Minor int64  `json:"minor"`
}

// FreightMoved counts the legs a draft would lay on the shop, or on the customer. What a leg costs is not known here, but
// for the first delivery's, which is part of the refund.
type FreightMoved struct {
	Leg        string `json:"leg"`
	ToShop     int    `json:"to_shop"`
	ToCustomer int    `json:"to_customer"`
}

// BacktestExample is a line to look at. Row is its place in a file of facts.
type BacktestExample struct {
	CaseID id.ID        `json:"case_id,omitzero"`
	CaseNo string       `json:"case_no,omitempty"`
	LineID id.ID        `json:"line_id,omitzero"`
	Row    int          `json:"row,omitempty"`
	SKU    string       `json:"sku,omitempty"`
	Title  string       `json:"title,omitempty"`
	Ground string       `json:"ground"`
	Remedy rule.Remedy  `json:"remedy"`
	Before rule.Outcome `json:"before"`
	After  rule.Outcome `json:"after"`
	Reason string       `json:"reason,omitempty" doc:"why it was refused, or would be"`
	Asks   []string     `json:"asks,omitempty" doc:"what the draft would ask"`
	Minor  int64        `json:"minor"`
}

// BacktestSkipped are lines that cannot be decided again, by the key of the error.
type BacktestSkipped struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// Bounds of a report.
const (
	maxExamples = 200
	maxProducts = 200    // that are listed
	allProducts = 20_000 // that are told apart while counting
	maxErrors   = 20
)

// tally counts lines: those of a chunk, or of all chunks so far.
type tally struct {
	BacktestReport
	outcomes map[[2]rule.Outcome]OutcomeMoved
	reasons  map[string]ReasonMoved
	products map[string]ProductMoved
	legs     map[string]FreightMoved
	skips    map[string]int
	examples []BacktestExample
	moved    []BacktestExample // of the chunk: every changed line, until its article is known
}

func newTally() *tally {
	return &tally{BacktestReport: BacktestReport{MoneyBefore: map[money.Currency]int64{}, MoneyAfter: map[money.Currency]int64{}},
		outcomes: map[[2]rule.Outcome]OutcomeMoved{}, reasons: map[string]ReasonMoved{}, products: map[string]ProductMoved{},
		legs: map[string]FreightMoved{}, skips: map[string]int{}}
}

// skip notes a line that cannot be decided.
func (t *tally) skip(m *matter, err error) {
	key := "internal"
	if e := errs.As(err); e != nil {
		key = e.Key
	}
	t.skips[key]++
	if len(t.Errors) < maxErrors {
		t.Errors = append(t.Errors, m.place()+": "+err.Error())
	}
}

// settled says whether an outcome is an answer whose price is known, and price is what it costs.
func settled(o rule.Outcome) bool { return o != rule.NeedFacts && o != rule.ManualReview }

func price(d *rule.Decision) (minor int64, known bool) {
	switch d.Outcome {
	case rule.Reject, rule.NeedEvidence:
		return 0, true
	case rule.Approve, rule.Offer:
	default:
		return 0, false
	}
	b := d.Asked()
	if b.Refund != nil {
		if b.Refund.Total == nil {
			return 0, false
		}
		minor += *b.Refund.Total
	}
	if b.Amount != nil && !b.Remedy.TradesIn() { // what an old piece counts for is not paid out
		if b.Amount.Minor == nil {
			return 0, false
		}
		minor += *b.Amount.Minor
	}
	return minor, true
}

// compare counts a line that both rules decided.
func (t *tally) compare(m *matter, before, after *rule.Decision, replayed bool, c money.Currency) {
	t.Cases++
	if !replayed {
		t.NotReplayed++
	}
	x := BacktestExample{CaseID: m.caseID, LineID: m.line, Row: m.row, Ground: before.Ground, Remedy: before.Remedy, Before: before.Outcome, After: after.Outcome}
	was, known := price(before)
	is, too := price(after)
	if !known || !too {
		was, is = 0, 0
	}
	x.Minor = is - was
	t.MoneyBefore[c] += was
	t.MoneyAfter[c] += is
	changed, terms := t.differ(before, after, x.Minor)
	o, r := t.outcomes[[2]rule.Outcome{x.Before, x.After}], t.reasons[x.Ground]
	o.N, o.Minor = o.N+1, o.Minor+x.Minor
	r.N, r.Before, r.After = r.N+1, r.Before+was, r.After+is
	if changed {
		t.Changed++
		r.Changed++
		x.Reason = cmp.Or(after.Reason, before.Reason)
		if x.After == rule.NeedFacts && x.Before != rule.NeedFacts {
			t.WouldAsk++
			for _, q := range after.Open {
				x.Asks = append(x.Asks, q.Fact)
			}
		} else if (!known || !too) && settled(x.Before) && settled(x.After) {
			t.Unpriced++
		}
		t.moved = append(t.moved, x)
		t.example(x)
	} else if terms {
		t.Terms++
	}
	t.outcomes[[2]rule.Outcome{x.Before, x.After}], t.reasons[x.Ground] = o, r
}

// differ says whether a customer would have got, or borne, another thing; or whether only deadlines and who of the shop
// agrees are others.
func (t *tally) differ(before, after *rule.Decision, minor int64) (changed, terms bool) {
	b, a := before.Asked(), after.Asked()
	changed = before.Outcome != after.Outcome || minor != 0
	if b == nil || a == nil {
		return changed || (b == nil) != (a == nil), false
	}
	if settled(before.Outcome) && settled(after.Outcome) && before.Outcome != rule.Reject && after.Outcome != rule.Reject {
		changed = t.freight(b, a) || changed
		changed = changed || value(b.Right) != value(a.Right) || !slices.EqualFunc(b.Evidence, a.Evidence, func(x, y rule.Evidence) bool { return x.Fact == y.Fact && x.Needed == y.Needed })
	}
	same := func(x, y rule.Deadline) bool { x.By, y.By = "", ""; return equalDeadlines(x, y) }
	terms = value(b.Authority) != value(a.Authority) || !slices.EqualFunc(b.Due, a.Due, same) || !slices.EqualFunc(b.SendBy, a.SendBy, same) ||
		(b.LastDay == nil) != (a.LastDay == nil) || b.LastDay != nil && b.LastDay.Date != a.LastDay.Date
	return changed, terms
}

func value(p *rule.Point) string {
	if p == nil {
		return ""
	}
	return p.Value
}

func equalDeadlines(x, y rule.Deadline) bool {
	if (x.Date == nil) != (y.Date == nil) || x.Date != nil && *x.Date != *y.Date {
		return false
	}
	x.Date, y.Date = nil, nil
	return x == y
}

// freight counts the legs that change their bearer.
func (t *tally) freight(b, a *rule.Bundle) (changed bool) {
	for _, was := range b.Freight {
		for _, is := range a.Freight {
			if was.Leg != is.Leg || was.Value == is.Value {
				continue
			}
			changed = true
			f := t.legs[is.Leg]
			if is.Value == "shop" || is.Value == "refunded" {
				f.ToShop++
			} else {
				f.ToCustomer++
			}
			t.legs[is.Leg] = f
		}
	}
	return changed
}

// bySize orders lines to look at: most money first, then the oldest.
func bySize(x, y BacktestExample) int {
	return cmp.Or(cmp.Compare(abs(y.Minor), abs(x.Minor)), cmp.Compare(x.LineID, y.LineID), cmp.Compare(x.Row, y.Row))
}

func abs(n int64) int64 { return max(n, -n) }

func (t *tally) example(x BacktestExample) {
	if t.examples = append(t.examples, x); len(t.examples) >= 4*maxExamples {
		t.settleExamples()
	}
}

func (t *tally) settleExamples() {
	slices.SortFunc(t.examples, bySize)
	t.examples = t.examples[:min(maxExamples, len(t.examples))]
}

// lines are the changed ones.
func (t *tally) lines() []id.ID { return linesOf(t.moved) }

func linesOf(list []BacktestExample) []id.ID {
	out := make([]id.ID, len(list))
	for i, x := range list {
		out[i] = x.LineID
	}
	return out
}

// attribute adds the changed lines to their articles.
func (t *tally) attribute(about map[id.ID]article) {
	for _, x := range t.moved {
		a := about[x.LineID]
		p := ProductMoved{SKU: a.sku, Title: a.title, N: 1, Minor: x.Minor}
		t.product(p)
	}
}

func (t *tally) product(p ProductMoved) {
	if _, ok := t.products[p.SKU]; !ok && len(t.products) >= allProducts {
		p.SKU, p.Title = "", ""
	}
	sum := t.products[p.SKU]
	t.products[p.SKU] = ProductMoved{SKU: p.SKU, Title: cmp.Or(sum.Title, p.Title), N: sum.N + p.N, Minor: sum.Minor + p.Minor}
}

// add adds what another tally counted.
func (t *tally) add(o *tally) {
	t.Cases, t.Changed, t.Terms = t.Cases+o.Cases, t.Changed+o.Changed, t.Terms+o.Terms
	t.WouldAsk, t.Unpriced, t.NotReplayed = t.WouldAsk+o.WouldAsk, t.Unpriced+o.Unpriced, t.NotReplayed+o.NotReplayed
	for c := range o.MoneyBefore {
		t.MoneyBefore[c] += o.MoneyBefore[c]
		t.MoneyAfter[c] += o.MoneyAfter[c]
	}
	for k, x := range o.outcomes {
		sum := t.outcomes[k]
		t.outcomes[k] = OutcomeMoved{k[0], k[1], sum.N + x.N, sum.Minor + x.Minor}
	}
	for k, x := range o.reasons {
		sum := t.reasons[k]
		t.reasons[k] = ReasonMoved{k, sum.N + x.N, sum.Changed + x.Changed, sum.Before + x.Before, sum.After + x.After}
	}
	for _, x := range o.products {
		t.product(x)
	}
	for k, x := range o.legs {
		t.legs[k] = FreightMoved{k, t.legs[k].ToShop + x.ToShop, t.legs[k].ToCustomer + x.ToCustomer}
	}
	for k, n := range o.skips {
		t.skips[k] += n
	}
	for _, x := range o.examples {
		t.example(x)
	}
	t.Errors = append(t.Errors, o.Errors[:min(len(o.Errors), maxErrors-len(t.Errors))]...)
}

// report is the tally in a fixed order.
func (t *tally) report(draft *rule.Pack) *BacktestReport {
	r := t.BacktestReport
	r.Pack, r.Version, r.Hash = draft.ID, draft.Version, draft.Hash
	r.ByOutcome = sorted(t.outcomes, func(x, y OutcomeMoved) int {
		return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	r.ByReason = sorted(t.reasons, func(x, y ReasonMoved) int {
		return cmp.Or(cmp.Compare(abs(y.After-y.Before), abs(x.After-x.Before)), cmp.Compare(y.Changed, x.Changed), cmp.Compare(x.Ground, y.Ground))
	})
	r.ByProduct = t.listed()
	r.Freight = sorted(t.legs, func(x, y FreightMoved) int { return cmp.Compare(x.Leg, y.Leg) })
	r.Examples = append([]BacktestExample{}, t.examples...)
	r.Skipped = []BacktestSkipped{}
	for _, k := range slices.Sorted(maps.Keys(t.skips)) {
		r.Skipped = append(r.Skipped, BacktestSkipped{k, t.skips[k]})
	}
	r.Errors = append([]string{}, r.Errors...)
	return &r
}

// sorted are the values of a map in order, an empty list where there is none.
func sorted[K comparable, V any](m map[K]V, by func(x, y V) int) []V {
	return slices.AppendSeq([]V{}, slices.Values(slices.SortedFunc(maps.Values(m), by)))
}

// listed are the articles with the most money; the rest is one.
func (t *tally) listed() []ProductMoved {
	rest := t.products[""]
	delete(t.products, "")
	out := slices.SortedFunc(maps.Values(t.products), func(x, y ProductMoved) int {
		return cmp.Or(cmp.Compare(abs(y.Minor), abs(x.Minor)), cmp.Compare(y.N, x.N), cmp.Compare(x.SKU, y.SKU))
	})
	for _, p := range out[min(maxProducts, len(out)):] {
		rest.N, rest.Minor = rest.N+p.N, rest.Minor+p.Minor
	}
	out = out[:min(maxProducts, len(out))]
	if rest.N > 0 {
		out = append(out, ProductMoved{N: rest.N, Minor: rest.Minor})
	}
	return append([]ProductMoved{}, out...)
}
