package rule

import "github.com/sanbao/sanbao/calendar"

// ClaimTrace is one claim that could answer the asked ground, and every condition of it with the values it saw.
type ClaimTrace struct {
	Claim string      `json:"claim"`
	State ClauseState `json:"state,omitempty"` // "" when the claim does not concern the matter
	Conds []CondTrace `json:"conditions"`
}

// CondTrace is one condition as it was seen.
type CondTrace struct {
	ID       string         `json:"id"` // a guard's begins with "for."
	Result   CondResult     `json:"result" enum:"met,unmet,open,not_applicable"`
	Presumed bool           `json:"presumed,omitempty"` // rests on what was declared, or on nothing yet: a later stage establishes it
	Else     string         `json:"else,omitempty"`     // the reason it gives when unmet
	LastDay  *calendar.Date `json:"last_day,omitempty"` // of a window whose anchor is known
	Saw      []Seen         `json:"saw"`
	Cites    []string       `json:"cites,omitempty"`
}

// CondResult is what a condition came to, seen from the claim: an exception is met when it does not bite.
type CondResult string

const (
	Met           CondResult = "met"
	Unmet         CondResult = "unmet"
	CondOpen      CondResult = "open"           // facts are unknown
	NotApplicable CondResult = "not_applicable" // over a fact that does not apply here; it cannot fail
)

// Seen is the value of a fact as a condition saw it: "" when it was unknown. Declared values are what somebody said
// about something that is established later.
type Seen struct {
	Fact     string `json:"fact"`
	Value    string `json:"value,omitempty"`
	Declared bool   `json:"declared,omitempty"`
}

// trace writes down what every claim of the asked ground saw.
func (s *state) trace() []ClaimTrace {
	out := []ClaimTrace{}
	seen := make([]bool, len(s.b.claims))
	for _, r := range Remedies {
		for _, e := range s.b.keys[Key{s.in.Ground, r}] {
			if seen[e.i] {
				continue
			}
			seen[e.i] = true
			t := ClaimTrace{Claim: e.id, State: [...]ClauseState{"", Failed, Opened, Holds}[s.claim(e.bound)], Conds: []CondTrace{}}
			for i, k := range e.conds {
				t.Conds = append(t.Conds, s.traceCond(k, e.atoms[i]))
			}
			out = append(out, t)
		}
	}
	return out
}

func (s *state) traceCond(k *cond, a int) CondTrace {
	v, presumed := s.cond(k, a)
	t := CondTrace{ID: k.id, Result: [...]CondResult{CondOpen, Met, Unmet}[v], Presumed: presumed, Cites: k.cites, Saw: []Seen{}}
	if s.result(a).v == notApplicable {
		t.Result = NotApplicable
	}
	if v == no {
		t.Else = k.orElse
	}
	at := s.b.atoms[a]
	if w := at.win; w != nil && w.unit != hours && s.vals[w.from].typ != 0 && (w.nFact < 0 || s.vals[w.nFact].typ != 0) {
		last, _, err := w.end(s.vals[w.from], s.length(&w.period), s.in.Calendar)
		if err != nil {
			s.fail(err)
		}
		t.LastDay = &last
	}
	facts := at.facts()
	if w := at.win; w != nil { // as one counts: from when, until when
		facts = []int{w.from, w.tested}
		if w.nFact >= 0 {
			facts = append(facts, w.nFact)
		}
	}
	for _, f := range facts {
		x := Seen{Fact: s.b.voc.facts[f].name, Declared: s.how[f] == declared}
		if s.vals[f].typ != 0 {
			x.Value = s.vals[f].String()
		}
		t.Saw = append(t.Saw, x)
	}
	return t
}
