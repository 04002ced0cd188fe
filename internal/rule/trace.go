package rule

// ClaimTrace is one claim of the asked ground and every condition of it with the values it saw.
type ClaimTrace struct {
	Claim string      `json:"claim"`
	State ClauseState `json:"state,omitempty"` // "" when the claim does not concern the matter
	Conds []CondTrace `json:"conds"`
}

// CondTrace is one condition as it was seen.
type CondTrace struct {
	ID     string   `json:"id"`
	Result string   `json:"result"` // met, unmet, open, presumed, not_applicable
	Else   string   `json:"else,omitempty"`
	Saw    []string `json:"saw"` // "goods.worn = true"
	Cites  []string `json:"cites,omitempty"`
}
