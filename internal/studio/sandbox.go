package studio

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Question is a matter that is supposed: nothing of it is stored.
type Question struct {
	Facts  map[string]json.RawMessage `json:"facts,omitempty" maxProperties:"400" doc:"by name: a value, given at the fact's own stage, or {stage: value}; money in minor units. A fact that is left out, or null, is unknown"`
	Ground string                     `json:"ground,omitempty" maxLength:"64" doc:"without it, it is asked for"`
	Remedy string                     `json:"remedy,omitempty" maxLength:"64" doc:"without it, it is asked for"`
	Stage  string                     `json:"stage,omitempty" enum:"order,application,evidence,receipt,inspection,appraisal,after" default:"application"`
	At     clock.Instant              `json:"at,omitzero" doc:"when it is decided; now without it. No fact may be later"`
	On     *calendar.Date             `json:"on,omitempty" doc:"day of payment, which says which versions govern; the day of at without it"`
	Draft  id.ID                      `json:"draft,omitzero" doc:"decide by this draft in the place of its pack"`
	Packs  []string                   `json:"packs,omitempty" maxItems:"16" doc:"of the shop's packs only these; all without it"`
}

// Answer is what the policy says, with its reasons.
type Answer struct {
	Decision    json.RawMessage   `json:"decision" doc:"the decision as it would be stored: outcome, bundles, open questions, conditions, alternatives"`
	Wording     rule.Wording      `json:"wording" doc:"how the codes in it read"`
	Explanation rule.Explanation  `json:"explanation" doc:"the answer in sentences, for an agent"`
	Trace       []rule.ClaimTrace `json:"trace" nullable:"false" doc:"every condition with the values it saw"`
	WhatIf      []rule.Turn       `json:"what_if" nullable:"false" doc:"what would turn the answer"`
	Facts       json.RawMessage   `json:"facts" doc:"as they were understood: {name: {stage: value}}"`
	At          clock.Instant     `json:"at"`
	On          calendar.Date     `json:"on"`
}

// answer decides a supposed matter. draft takes the place of its pack; nil for none. Everything that is wrong with the
// question comes back at once.
func (r room) answer(q Question, draft *rule.Pack, lang errs.Lang) (Answer, error) {
	var bad errs.Faults
	in := rule.Input{Ground: q.Ground, Remedy: rule.Remedy(q.Remedy), Stage: rule.AtApplication, At: q.At, Calendar: r.Calendar, Trace: true}
	if q.Stage != "" {
		in.Stage, _ = rule.ParseStage(q.Stage) // what is none, Decide refuses
	}
	if in.At.IsZero() {
		in.At = r.now
	}
	applied := r.Calendar.DateOf(in.At)
	paid := applied
	if q.On != nil {
		if paid = *q.On; paid > applied {
			bad.Add("/on", "policy.paid_later", errs.Args{"on": paid.String(), "at": applied.String()})
		}
	}
	in.Facts = r.suppose(q.Facts, &bad)
	book, err := r.book(q, draft, paid, applied, &bad)
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	if book != nil {
		if out, err = decided(book, in, lang, &bad); err != nil {
			return Answer{}, err
		}
	}
	out.On = paid
	return out, bad.Err()
}

// book binds what decides; nil after a fault.
func (r room) book(q Question, draft *rule.Pack, paid, applied calendar.Date, bad *errs.Faults) (*rule.Book, error) {
	b := r.Binding
	for _, id := range q.Packs {
		if err := r.bound(id); err != nil {
			bad.Add("/packs", "policy.not_bound", errs.Args{"pack": errs.Clip(id)})
		}
	}
	if len(q.Packs) > 0 {
		only := func(ids []string) []string {
			return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(q.Packs, id) })
		}
		b.Law, b.Overlays = only(b.Law), only(b.Overlays)
		if !slices.Contains(q.Packs, b.Shop) {
			b.Shop = ""
		}
	}
	if len(b.Packs()) == 0 {
		return nil, nil
	}
	if draft == nil {
		return r.lib.Book(b, paid, applied)
	}
	packs := []*rule.Pack{draft}
	for _, id := range b.Packs() {
		if id == draft.ID {
			continue
		}
		p, err := r.lib.InForce(id, paid)
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	return rule.NewBook(packs)
}

// suppose reads facts. A bare value stands at the fact's own stage.
func (r room) suppose(facts map[string]json.RawMessage, bad *errs.Faults) rule.Facts {
	out := rule.Facts{}
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		def, _, known := r.lib.Vocabulary().Def(name)
		text := bytes.TrimSpace(facts[name])
		switch {
		case string(text) == "null":
			if !known {
				r.value(name, "/facts/"+name, text, bad)
			}
		case known && len(text) > 0 && text[0] == '{':
			var stages map[string]json.RawMessage
			if err := json.Unmarshal(text, &stages); err != nil {
				bad.Add("/facts/"+name, "web.field.malformed")
				continue
			}
			for _, s := range slices.Sorted(maps.Keys(stages)) {
				at, ok := rule.ParseStage(s)
				if !ok {
					bad.Add("/facts/"+name, "rule.stage_unknown", errs.Args{"stage": errs.Clip(s), "stages": "order application evidence receipt inspection appraisal after"})
					continue
				}
				if v, ok := r.value(name, "/facts/"+name+"/"+s, stages[s], bad); ok {
					out.Put(name, at, v)
				}
			}
		default:
			if v, ok := r.value(name, "/facts/"+name, text, bad); ok {
				out.Put(name, def.Stage, v)
			}
		}
	}
	return out
}

func (r room) value(name, place string, text []byte, bad *errs.Faults) (rule.Value, bool) {
	v, err := r.lib.Vocabulary().ParseValue(name, text)
	if err == nil {
		return v, true
	}
	e := errs.As(err)
	if len(e.Fields) == 0 {
		bad.Add(clipPlace(place), e.Key, e.Args)
	}
	for _, f := range e.Fields {
		bad.Add(clipPlace(place), f.Key, f.Args)
	}
	return v, false
}

func clipPlace(place string) string { return place[:min(len(place), 120)] }

// decided asks the book and says everything about its answer. What the engine refuses of the facts is added to bad.
func decided(book *rule.Book, in rule.Input, lang errs.Lang, bad *errs.Faults) (Answer, error) {
	d, err := book.Decide(in)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Code == errs.Invalid && len(e.Fields) > 0 {
		for _, f := range e.Fields {
			bad.Add("/"+f.Path, f.Key, f.Args)
		}
		return Answer{}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	turns, err := book.WhatIf(in)
	if err != nil {
		return Answer{}, err
	}
	facts, err := in.Facts.MarshalJSON()
	if err != nil {
		return Answer{}, err
	}
	return Answer{Decision: d.Encode(), Wording: wordsOf(d, book.Wording(lang)), Explanation: book.Explain(d, in.Calendar, lang, rule.ForAgent, turns...),
		Trace: append([]rule.ClaimTrace{}, d.Trace...), WhatIf: append([]rule.Turn{}, turns...), Facts: facts, At: in.At}, nil
}

// wordsOf are the words of the codes that a decision and its trace hold.
func wordsOf(d *rule.Decision, all rule.Wording) rule.Wording {
	out := rule.Wording{Claims: map[string]rule.ClaimWording{}, Reasons: map[string]string{}, Alternatives: map[string]string{}}
	claim := func(id string) {
		if w, ok := all.Claims[id]; ok {
			out.Claims[id] = w
		}
	}
	reason := func(code string) {
		if w, ok := all.Reasons[code]; ok {
			out.Reasons[code] = w
		}
	}
	reason(d.Reason)
	for _, b := range d.Bundles {
		reason(b.Reason)
		for _, c := range b.Clauses {
			claim(c.Claim)
			for _, code := range c.Reasons {
				reason(code)
			}
		}
		for _, c := range b.Conditions {
			reason(c.Else)
		}
		if b.Refund != nil {
			for _, p := range b.Refund.Parts {
				claim(p.Permit)
			}
		}
	}
	for _, t := range d.Trace {
		claim(t.Claim)
		for _, c := range t.Conds {
			reason(c.Else)
		}
	}
	for _, a := range d.Alternatives {
		claim(a.By)
		if w, ok := all.Alternatives[a.Code]; ok {
			out.Alternatives[a.Code] = w
		}
	}
	return out
}

// advice is what a place in a pack's files says of itself: "shoes/returns.yaml:12:5" is the file returns.yaml, line 12.
func advice(place string) (file string, line, col int) {
	_, rest, ok := strings.Cut(place, "/")
	if !ok {
		return "", 0, 0
	}
	parts := strings.Split(rest, ":")
	file = parts[0]
	for i, n := range []*int{&line, &col} {
		if i+1 < len(parts) {
			for _, c := range parts[i+1] {
				if c < '0' || c > '9' {
					break
				}
				*n = *n*10 + int(c-'0')
			}
		}
	}
	return file, line, col
}
