package rule

// ClaimTrace is one claim that could answer the asked ground, and every condition of it with the values it saw.
type ClaimTrace struct {
	Claim string      `json:"claim"`
	State ClauseState `json:"state,omitempty"` // "" when the claim does not concern the matter
	Conds []CondTrace `json:"conds"`
}

// CondTrace is one condition as it was seen.
type CondTrace struct {
	ID     string   `json:"id"`
	Result string   `json:"result"` // met, unmet, open; with " (presumed)" or "not_applicable"
	Else   string   `json:"else,omitempty"`
	Saw    []string `json:"saw"` // "goods.worn = true"
	Cites  []string `json:"cites,omitempty"`
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
			t := ClaimTrace{Claim: e.id, State: [...]ClauseState{"", Failed, Opened, Holds}[s.claim(e.bound)]}
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
	t := CondTrace{ID: k.id, Result: [...]string{"open", "met", "unmet"}[v], Cites: k.cites}
	switch {
	case s.result(a).v == notApplicable:
		t.Result = "not_applicable"
	case presumed:
		t.Result += " (presumed)"
	}
	if v == no {
		t.Else = k.orElse
	}
	for _, f := range s.b.atoms[a].facts() {
		saw := s.b.voc.facts[f].name + " = " + s.vals[f].String()
		if s.how[f] == declared {
			saw += " (declared)"
		}
		t.Saw = append(t.Saw, saw)
	}
	return t
}
