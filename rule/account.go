package rule

import (
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
)

// Account is what somebody outside needs to check a decision by himself: every clause that was looked at, in full, and every
// fact as it was seen. The sentences of Explain stand beside it.
type Account struct {
	Clauses []ClauseAccount `json:"clauses" nullable:"false"`
	Facts   []FactAccount   `json:"facts" nullable:"false"`
}

// ClauseAccount is a clause of the asked matter.
type ClauseAccount struct {
	Claim      string      `json:"claim"`
	Layer      Layer       `json:"layer" enum:"law,marketplace,shop"`
	State      ClauseState `json:"state" doc:"holds, failed, open or pending"`
	Won        bool        `json:"won" doc:"a point of the answer is this clause's"`
	Overridden bool        `json:"overridden" doc:"set aside, for another pack's clause gives more"`
	Text       string      `json:"text"`
	Source     string      `json:"source" doc:"its citations in full"`
	Reasons    []string    `json:"reasons" nullable:"false" doc:"why it does not hold"`
}

// FactAccount is a fact as the conditions of these clauses saw it.
type FactAccount struct {
	Fact     string `json:"fact"`
	Label    string `json:"label"`
	Value    string `json:"value" doc:"in words; of a sensitive fact only that there is one"`
	Known    bool   `json:"known"`
	Declared bool   `json:"declared" doc:"somebody's word about what is established later"`
	Presumed bool   `json:"presumed" doc:"a condition rests on it until a later stage establishes it"`
}

// Account gives the account of a decision of this book, which needs its trace for the facts, as a mediator may read it.
func (b *Book) Account(d *Decision, cal *calendar.Calendar, lang errs.Lang) Account {
	w := &explainer{b: b, d: d, cal: cal, lang: lang, to: ForMediator, asked: d.Asked()}
	out := Account{Clauses: []ClauseAccount{}, Facts: []FactAccount{}}
	if w.asked == nil {
		return out
	}
	for _, c := range w.asked.Clauses {
		x := ClauseAccount{Claim: c.Claim, State: c.State, Overridden: c.Overridden, Text: w.promise(c.Claim), Reasons: []string{}}
		x.Won = w.carries(c.Claim) || w.asked.Right != nil && w.asked.Right.By == c.Claim
		if k := w.claim(c.Claim); k != nil {
			x.Layer, x.Source = k.pack.Layer, w.cites(k, k.cites)
		}
		for _, r := range c.Reasons {
			x.Reasons = append(x.Reasons, w.reason(c.Claim, r, c.LastDay))
		}
		out.Clauses = append(out.Clauses, x)
		conds, _ := w.trace(c.Claim)
		for _, k := range conds {
			if k.Result == NotApplicable {
				continue
			}
			for _, s := range k.Saw {
				out.Facts = w.see(out.Facts, s, k.Presumed)
			}
		}
	}
	return out
}

// see adds a fact, or what another condition says of one that is there.
func (w *explainer) see(facts []FactAccount, s Seen, presumed bool) []FactAccount {
	i := slices.IndexFunc(facts, func(x FactAccount) bool { return x.Fact == s.Fact })
	if i < 0 {
		i = len(facts)
		facts = append(facts, FactAccount{Fact: s.Fact, Label: w.label(s.Fact), Known: s.Value != "", Declared: s.Declared, Value: w.say("rule.value.unknown", nil)})
		if s.Value != "" {
			facts[i].Value = w.value(s.Fact, s.Value)
		}
	}
	facts[i].Presumed = facts[i].Presumed || presumed
	return facts
}
