package rule

import (
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
)

// Audience is who reads an explanation. A customer is addressed and spared our codes; an agent is told what to say and
// do; a mediator gets every clause that was looked at, with its citation and the versions that decided.
type Audience string

const (
	ForCustomer Audience = "customer"
	ForAgent    Audience = "agent"
	ForMediator Audience = "mediator"
)

// Explanation is a decision in sentences: what comes out, then why, in the order a person would ask. It is made anew from
// the core each time, so wording can improve without touching what was decided.
type Explanation struct {
	Headline string    `json:"headline"`
	Sections []Section `json:"sections"`
}

// Section is one question answered. Its code is stable, its title is in the reader's language.
type Section struct {
	Code  string   `json:"code"`
	Title string   `json:"title"`
	Lines []string `json:"lines"`
}

// Text is the explanation for a terminal or a message.
func (e Explanation) Text() string {
	var b strings.Builder
	b.WriteString(e.Headline + "\n")
	for _, s := range e.Sections {
		b.WriteString("\n" + s.Title + "\n")
		for _, l := range s.Lines {
			b.WriteString("  " + l + "\n")
		}
	}
	return b.String()
}

// Explain says in a language why a decision of this book came out as it did. With d.Trace each condition is shown with
// the values it saw; a stored core has none until it is decided anew from its facts. The calendar's zone is that of the
// times shown. Values of sensitive facts are shown to nobody but the customer, and what would turn the answer (WhatIf)
// to everybody but him.
func (b *Book) Explain(d *Decision, cal *calendar.Calendar, lang errs.Lang, to Audience, turns ...Turn) Explanation {
	w := &explainer{b: b, d: d, cal: cal, lang: lang, to: to, asked: d.Asked()}
	if w.asked == nil {
		w.asked = &Bundle{Key: d.Key}
	}
	w.out.Headline = w.headline()
	w.section("why", w.why())
	w.section("overridden", w.overridden())
	w.section("looked_at", w.lookedAt())
	w.section("amount", w.amount())
	w.section("freight", w.freight())
	w.section("time", w.times())
	w.section("agree", w.agree())
	w.section("ask", w.questions())
	w.section("evidence", w.evidence())
	w.section("inspection", w.inspection())
	w.section("differences", w.differences())
	w.section("otherwise", w.otherwise())
	w.section("what_if", w.whatIf(turns))
	w.section("rules", w.rules())
	return w.out
}

// explainer renders one decision for one reader.
type explainer struct {
	b     *Book
	d     *Decision
	cal   *calendar.Calendar
	lang  errs.Lang
	to    Audience
	asked *Bundle
	out   Explanation
}

func (w *explainer) say(key string, args errs.Args) string { return errs.Render(w.lang, key, args) }

func (w *explainer) section(code string, lines []string) {
	if len(lines) > 0 {
		w.out.Sections = append(w.out.Sections, Section{code, w.say("rule.why_title."+code, nil), lines})
	}
}

// headline is the outcome in one sentence.
func (w *explainer) headline() string {
	args := errs.Args{"remedy": w.remedy(w.d.Remedy), "sum": w.sum(), "who": w.who("customer"), "n": len(w.d.Open)}
	switch o := w.d.Outcome; {
	case o == Reject:
		args["reason"] = w.reason(w.d.Clause, w.d.Reason, w.lastDay(w.d.Clause))
		return w.say("rule.why_reject", args)
	case o == NeedEvidence:
		args["evidence"] = w.list(names(w.asked.Evidence, func(e Evidence) string { return w.label(e.Fact) }))
		if r := w.asked.Right; r != nil && r.Value == rightNames[offered] {
			return w.say("rule.why_offer_evidence", args)
		}
		return w.say("rule.why_need_evidence", args)
	case o == ManualReview && w.d.Reason == NoClause:
		return w.say("rule.why_no_clause", args)
	case o == Approve && len(w.asked.Conditions) > 0:
		return w.say("rule.why_approve_subject", args)
	}
	return w.say("rule.why_"+string(w.d.Outcome), args)
}

// sum is ", 199.00 back" where the asked bundle's money is known.
func (w *explainer) sum() string {
	switch b := w.asked; {
	case b.Refund != nil && b.Refund.Total != nil:
		return w.say("rule.why_sum_back", errs.Args{"amount": w.money(*b.Refund.Total)})
	case b.Amount != nil && b.Amount.Minor != nil && b.Remedy.TradesIn():
		return w.say("rule.why_sum_allowed", errs.Args{"amount": w.money(*b.Amount.Minor)})
	case b.Amount != nil && b.Amount.Minor != nil:
		return w.say("rule.why_sum_paid", errs.Args{"amount": w.money(*b.Amount.Minor)})
	}
	return ""
}

// why names the clauses the answer rests on, each with its conditions; of a refusal, the clauses that failed.
func (w *explainer) why() (lines []string) {
	want := Holds
	switch {
	case w.d.Outcome == Reject:
		want = Failed
	case w.d.Outcome == NeedEvidence:
		want = Pending
	case w.d.Outcome == NeedFacts:
		want = Opened
	}
	for _, c := range w.asked.Clauses {
		if c.State == want && !c.Overridden && !w.permits(c.Claim) && (want != Holds || w.carries(c.Claim)) {
			lines = append(lines, w.clause(c.Claim))
			lines = append(lines, w.conditions(c)...)
			if hint := w.hint(c.Claim); hint != "" {
				lines = append(lines, hint)
			}
		}
	}
	return lines
}

// permits says whether a claim only allows a deduction; it is named where one is taken.
func (w *explainer) permits(id string) bool {
	c := w.claim(id)
	return c != nil && c.mode == permit
}

// carries says whether a claim won a point of the asked bundle.
func (w *explainer) carries(claim string) bool {
	b := w.asked
	by := []string{b.Clause}
	for _, l := range b.Freight {
		by = append(by, l.By)
	}
	if b.Refund != nil {
		by = append(by, b.Refund.By)
	}
	if b.Amount != nil {
		by = append(by, b.Amount.By)
	}
	for _, d := range slices.Concat(b.Due, b.SendBy) {
		by = append(by, d.By)
	}
	return slices.Contains(by, claim)
}

// clause is what a claim promises, with its source.
func (w *explainer) clause(id string) string {
	return w.say("rule.why_clause", errs.Args{"text": w.promise(id), "source": w.source(id)})
}

// hint is the agent's note on a claim.
func (w *explainer) hint(id string) string {
	if c := w.claim(id); c != nil && w.to == ForAgent {
		if t, ok := c.pack.Texts.Agent[id]; ok {
			return w.say("rule.why_hint", errs.Args{"text": w.fill(c.pack, w.in(t))})
		}
	}
	return ""
}

// conditions are a claim's conditions, one line each; without a trace the reasons it failed for.
func (w *explainer) conditions(c Clause) (lines []string) {
	conds, traced := w.trace(c.Claim)
	if !traced {
		for _, r := range c.Reasons {
			lines = append(lines, "  ✗ "+w.reason(c.Claim, r, c.LastDay))
		}
		return lines
	}
	for _, k := range conds {
		if line := "  " + w.condition(c.Claim, k); w.shown(c, k) && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

func (w *explainer) trace(claim string) ([]CondTrace, bool) {
	i := slices.IndexFunc(w.d.Trace, func(t ClaimTrace) bool { return t.Claim == claim })
	if i < 0 {
		return nil, false
	}
	return w.d.Trace[i].Conds, true
}

// shown says whether a reader wants a condition. A mediator wants all of them. Others are spared guards, what does not
// apply, what nobody knows yet (the inspection lists it), and of a clause that failed all that did not fail.
func (w *explainer) shown(c Clause, k CondTrace) bool {
	blank := k.Presumed && !slices.ContainsFunc(k.Saw, func(s Seen) bool { return s.Value != "" })
	switch {
	case w.to == ForMediator:
		return true
	case c.State == Failed:
		return k.Result == Unmet
	}
	return !strings.HasPrefix(k.ID, "for.") && k.Result != NotApplicable && !blank
}

// condition is one condition with what it saw.
func (w *explainer) condition(claim string, k CondTrace) string {
	saw := names(k.Saw, w.seen)
	if k.LastDay != nil && k.Result != Unmet { // the reason names it itself
		saw = append(saw, w.say("rule.why_window", errs.Args{"last_day": k.LastDay.String()}))
	}
	cites := ""
	if w.to != ForCustomer {
		cites = strings.Join(k.Cites, w.say("rule.why_comma", nil))
	}
	switch k.Result {
	case Unmet:
		if cites != "" {
			saw = append(saw, cites)
		}
		return "✗ " + w.say("rule.why_failed", errs.Args{"reason": w.reason(claim, k.Else, k.LastDay), "saw": w.list(saw)})
	case CondOpen:
		return "? " + w.say("rule.why_open", errs.Args{"saw": w.list(saw)}) + w.aside(cites)
	case NotApplicable:
		return "– " + w.say("rule.why_not_applicable", errs.Args{"saw": w.list(names(k.Saw, func(s Seen) string { return w.label(s.Fact) }))}) + w.aside(cites)
	}
	if k.Presumed {
		saw = append(saw, w.say("rule.why_presumed", nil))
	}
	return "✓ " + w.list(saw) + w.aside(cites)
}

// overridden says which promises of shop or marketplace were set aside, and for whose.
func (w *explainer) overridden() (lines []string) {
	for _, c := range w.asked.Clauses {
		if !c.Overridden {
			continue
		}
		args := errs.Args{"text": w.promise(c.Claim), "source": w.source(c.Claim), "winner": w.short(w.asked.Clause)}
		if c.State == Failed {
			args["reason"] = w.failures(c)
			lines = append(lines, w.say("rule.why_overridden_failed", args))
		} else {
			lines = append(lines, w.say("rule.why_overridden_less", args))
		}
	}
	return append(lines, w.lost()...)
}

// failures are the reasons a clause failed for, with what each saw where there is a trace.
func (w *explainer) failures(c Clause) string {
	out := names(c.Reasons, func(r string) string { return w.reason(c.Claim, r, c.LastDay) })
	if conds, traced := w.trace(c.Claim); traced {
		out = nil
		for _, k := range conds {
			if k.Result == Unmet {
				out = append(out, strings.TrimPrefix(w.condition(c.Claim, k), "✗ "))
			}
		}
	}
	return w.list(out)
}

// lost lists the points on which a claim that holds gave less, for those who have to defend the result.
func (w *explainer) lost() (lines []string) {
	if w.to == ForCustomer {
		return nil
	}
	add := func(what string, lost []Lost, value func(string) string) {
		for _, l := range lost {
			lines = append(lines, w.say("rule.why_lost", errs.Args{"what": what, "value": value(l.Value), "source": w.short(l.By)}))
		}
	}
	for _, l := range w.asked.Freight {
		add(w.say("rule.leg."+l.Leg, nil), l.Lost, func(v string) string { return w.bearer(l.Leg, v) })
	}
	if r := w.asked.Refund; r != nil {
		add(w.say("rule.why_refund", nil), r.Lost, func(v string) string { return v })
	}
	return lines
}

// lookedAt lists the other clauses of the question and what became of them.
func (w *explainer) lookedAt() (lines []string) {
	if w.to == ForCustomer || w.d.Outcome == Reject {
		return nil
	}
	for _, c := range w.asked.Clauses {
		switch {
		case c.Overridden || w.permits(c.Claim):
		case c.State == Failed:
			lines = append(lines, w.say("rule.why_not_here", errs.Args{"source": w.source(c.Claim), "reason": w.failures(c)}))
		case c.State == Holds && !w.carries(c.Claim):
			lines = append(lines, w.say("rule.why_holds_too", errs.Args{"source": w.source(c.Claim)}))
		}
	}
	return lines
}
