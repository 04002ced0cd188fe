package rule

import (
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// undecided says whether a person has still to decide and the customer is the reader: then nothing is owed yet, and he is
// told neither sums nor what they would hang on, which would read as a promise or as a suspicion.
func (w *explainer) undecided() bool { return w.to == ForCustomer && w.d.Outcome == ManualReview }

// amount adds up what is paid.
func (w *explainer) amount() (lines []string) {
	if w.undecided() {
		return nil
	}
	line := func(what, amount string) { lines = append(lines, w.pair(what, amount)) }
	if r := w.asked.Refund; r != nil {
		n := 0
		for _, p := range r.Parts {
			if p.Part != string(PartOutboundFreight) || p.Minor == nil || *p.Minor != 0 {
				line(w.part(r, p), w.minor(p.Minor))
				n++
			}
		}
		if r.Total != nil && n > 1 {
			line(w.say("rule.why_total", nil), w.money(*r.Total))
		}
		if r.Shortfall > 0 {
			lines = append(lines, w.say("rule.why_shortfall", errs.Args{"amount": w.money(r.Shortfall)}))
		}
	}
	if a := w.asked.Amount; a != nil {
		what := w.remedy(w.asked.Remedy)
		if w.asked.Remedy.TradesIn() {
			what = w.say("rule.why_allowance", nil)
		}
		line(what, w.minor(a.Minor))
	}
	return lines
}

// part names one part of a refund; a deduction by what the law's permit says about it.
func (w *explainer) part(r *Refund, p RefundPart) string {
	name, deducted := strings.CutPrefix(p.Part, "deduct.")
	percent, share := strings.CutPrefix(r.Basis, "percent:")
	switch {
	case deducted && p.Permit != "":
		return w.say("rule.why_deduct", errs.Args{"what": strings.TrimRight(w.promise(p.Permit), "。."), "source": w.source(p.Permit)})
	case deducted:
		return w.say("rule.why_deduct", errs.Args{"what": name, "source": w.source(r.By)})
	case share && p.Part == string(PartGoods):
		return w.say("rule.why_share", errs.Args{"percent": percent})
	}
	return w.say("rule.part."+p.Part, nil)
}

// freight says who bears each leg. A refused parcel is mentioned where it differs from a return.
func (w *explainer) freight() (lines []string) {
	value := map[string]string{}
	for _, l := range w.asked.Freight {
		value[l.Leg] = l.Value
	}
	for _, l := range w.asked.Freight {
		if l.Leg == "refused" && value["return"] == l.Value {
			continue
		}
		borne := w.bearer(l.Leg, l.Value)
		if l.Leg == legNames[outbound] && w.paidNothing() {
			borne = w.say("rule.freight.free", errs.Args{"who": w.who("customer")})
		}
		lines = append(lines, w.pair(w.say("rule.leg."+l.Leg, nil), borne)+w.byAside(l.By))
	}
	return lines
}

// paidNothing says whether there is no first freight that could be given back.
func (w *explainer) paidNothing() bool {
	r := w.asked.Refund
	return r != nil && slices.ContainsFunc(r.Parts, func(p RefundPart) bool {
		return p.Part == string(PartOutboundFreight) && p.Minor != nil && *p.Minor == 0
	})
}

func (w *explainer) bearer(leg, value string) string {
	if leg == legNames[outbound] {
		return w.say("rule.freight."+value, errs.Args{"who": w.who("customer")})
	}
	return w.say("rule.freight.borne", errs.Args{"who": w.who(value)})
}

// times are the periods and deadlines.
func (w *explainer) times() (lines []string) {
	b := w.asked
	if b.LastDay != nil {
		lines = append(lines, w.pair(w.say("rule.why_last_day", nil), w.say("rule.until_end", errs.Args{"date": b.LastDay.Date.String()}))+w.byAside(b.LastDay.By))
	}
	for _, d := range b.SendBy {
		lines = append(lines, w.pair(w.say("rule.why_send_by", nil), w.deadline(d))+w.byAside(d.By))
	}
	what := "rule.why_due"
	if b.Refund != nil {
		what = "rule.why_due_refund"
	}
	for _, d := range b.Due {
		lines = append(lines, w.pair(w.say(what, nil), w.deadline(d))+w.byAside(d.By))
	}
	return lines
}

// deadline is its date, or the period and what it runs from.
func (w *explainer) deadline(d Deadline) string {
	switch {
	case d.Date != nil:
		return w.say("rule.until_end", errs.Args{"date": d.Date.String()})
	case !d.At.IsZero():
		return w.say("rule.until_time", errs.Args{"time": w.instant(d.At)})
	case d.N == 0:
		return w.say("rule.same_day", errs.Args{"from": w.label(d.From)})
	}
	return w.say("rule.within", errs.Args{"from": w.label(d.From), "period": w.period(d.N, d.Unit)})
}

// agree is who of us has to agree: the shop's own affair.
func (w *explainer) agree() []string {
	if a := w.asked.Authority; a != nil && w.to == ForAgent && w.d.Outcome != Reject {
		return []string{w.say("rule.authority."+a.Value, nil) + w.byAside(a.By)}
	}
	return nil
}

// questions are what is still asked, next first. A customer is asked what he can tell; the rest is ours to find out.
func (w *explainer) questions() (lines []string) {
	ours := 0
	for _, q := range w.d.Open {
		if w.to == ForCustomer && q.Ask&Customer == 0 {
			if q.For == "" {
				ours++
			}
			continue
		}
		var asides []string
		if _, f := w.fact(q.Fact); f != nil && f.Help.En != "" {
			asides = append(asides, w.in(f.Help))
		}
		if w.to != ForCustomer {
			asides = append(asides, w.list(names(q.Ask.Names(), func(a string) string { return w.say("rule.ask."+a, nil) })))
		}
		if q.Declared != "" {
			asides = append(asides, w.say("rule.why_declared", errs.Args{"value": w.value(q.Fact, q.Declared)}))
		}
		if q.For == "amount" {
			asides = append(asides, w.say("rule.why_for_amount", nil))
		}
		lines = append(lines, w.say("rule.why_ask", errs.Args{"what": w.label(q.Fact)})+w.aside(w.list(asides)))
	}
	if ours > 0 {
		lines = append(lines, w.say("rule.why_we_ask", errs.Args{"n": ours}))
	}
	return lines
}

// evidence lists the proofs asked for, and those that would better the answer.
func (w *explainer) evidence() (lines []string) {
	for _, e := range w.asked.Evidence {
		key := "rule.why_evidence_better"
		if e.Needed {
			key = "rule.why_evidence"
		}
		text := w.say(key, errs.Args{"what": w.label(e.Fact), "source": w.short(e.By)})
		if _, f := w.fact(e.Fact); f != nil && f.Help.En != "" {
			text += w.aside(w.in(f.Help))
		}
		lines = append(lines, text)
	}
	return lines
}

// inspection is what is looked at when the goods are here: what it has to be, and what follows otherwise.
func (w *explainer) inspection() (lines []string) {
	if w.undecided() {
		return nil
	}
	for _, c := range w.asked.Conditions {
		then := c.Then
		if then != "terms" && then != "with_others" {
			then = "outcome"
		}
		lines = append(lines, w.say("rule.why_must", errs.Args{"what": w.label(c.Fact), "must": w.must(c.Fact, c.MustBe),
			"then": w.say("rule.then."+then, errs.Args{"outcome": w.outcome(Outcome(c.Then))}), "reason": w.reason(c.Clause, c.Else, nil)}))
	}
	return lines
}

func (w *explainer) differences() (lines []string) {
	for _, x := range w.d.Differences {
		lines = append(lines, w.say("rule.why_differs", errs.Args{"what": w.label(x.Fact), "declared": w.value(x.Fact, x.Declared), "found": w.value(x.Fact, x.Found)}))
	}
	return lines
}

// otherwise lists the other ways: those the decision names, and beside a grant the other remedies of the same ground.
func (w *explainer) otherwise() (lines []string) {
	add := func(k Key, o string) {
		what := w.remedy(k.Remedy)
		if k.Ground != w.d.Ground {
			what = w.say("rule.why_by_ground", errs.Args{"ground": w.ground(k.Ground), "remedy": what})
		}
		lines = append(lines, w.pair(what, w.say("rule.other."+o, nil)))
	}
	if w.d.Outcome == Approve {
		for _, b := range w.d.Bundles {
			if b.Key != w.d.Key && b.Ground == w.d.Ground && slices.Contains([]Outcome{Approve, Offer, NeedEvidence}, b.Outcome) {
				how := string(b.Outcome)
				if b.Outcome == NeedEvidence && b.Right != nil && b.Right.Value == rightNames[offered] {
					how = "offer_evidence"
				}
				add(b.Key, how)
			}
		}
	}
	for _, a := range w.d.Alternatives {
		if a.Code == "" && a.Outcome == NeedFacts && w.d.Outcome == NeedFacts {
			continue // as open as the question itself
		}
		if a.Code == "" {
			add(a.Key, string(a.Outcome))
		} else if t, ok := w.text(w.claim(a.By), func(t *Texts) map[string]Text { return t.Alternatives }, a.Code); ok {
			lines = append(lines, t)
		} else {
			lines = append(lines, w.say("rule.why_ask_person", nil))
		}
	}
	return lines
}

// whatIf says what would have to be otherwise for another answer.
func (w *explainer) whatIf(turns []Turn) (lines []string) {
	if w.to == ForCustomer {
		return nil
	}
	for _, t := range turns {
		var changes []string
		for _, c := range t.Changes {
			is := w.say("rule.value.unknown", nil)
			if c.Is != "?" {
				is = w.value(c.Fact, c.Is)
			}
			changes = append(changes, w.say("rule.why_change", errs.Args{"what": w.label(c.Fact), "would": w.value(c.Fact, c.Would), "is": is}))
		}
		lines = append(lines, w.say("rule.why_if", errs.Args{"changes": w.list(changes), "outcome": w.outcome(t.Outcome)}))
	}
	return lines
}

// rules names the versions that decided, and for a mediator what proves them.
func (w *explainer) rules() (lines []string) {
	refs := w.d.Packs
	if w.asked.Edition == "later" {
		refs = w.d.Later
		lines = append(lines, w.say("rule.why_later", errs.Args{"who": w.who("customer")}))
	}
	for _, r := range refs {
		title := r.Pack
		if i := slices.IndexFunc(w.b.packs, func(p *Pack) bool { return p.Ref() == r }); i >= 0 {
			title = w.in(w.b.packs[i].Title)
		}
		text := w.say("rule.why_version", errs.Args{"title": title, "version": r.Version})
		if w.to == ForMediator {
			text += w.aside(r.Pack + " " + r.Hash[:min(12, len(r.Hash))])
		}
		lines = append(lines, text)
	}
	if w.to != ForCustomer {
		lines = append(lines, w.say("rule.why_decided", errs.Args{"time": w.instant(w.d.At), "stage": w.say("rule.stage."+w.d.Stage.String(), nil), "facts": w.d.FactsHash[:min(12, len(w.d.FactsHash))]}))
	}
	return lines
}
