package rule

import "encoding/json"

// Schema is the JSON Schema (2020-12) of the vocabulary's facts: an object from fact name to value, or to a value per
// stage ({"application": true, "inspection": false}). Beside each type it says what forms and people need: labels and
// help in both languages, the stage, who can answer, when the fact applies.
//
// Money is in major units ("199.00"), as people write facts files; with minor in whole minor units, as the API takes them
// and stored facts hold them.
func (v *Vocabulary) Schema(minor bool) ([]byte, error) {
	props := map[string]any{}
	for _, f := range v.facts {
		value := f.schema(minor)
		stages := map[string]any{}
		for _, s := range stageNames[1:] {
			stages[s] = value
		}
		props[f.name] = map[string]any{
			"title": f.Label.En, "description": f.Help.En,
			"anyOf":    []any{value, map[string]any{"type": "object", "properties": stages, "additionalProperties": false, "minProperties": 1}},
			"x-sanbao": f.about(),
		}
	}
	return json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Sanbao facts", "description": "What is known of a matter. A fact that is left out is unknown.",
		"type": "object", "properties": props, "additionalProperties": false,
	}, "", "  ")
}

// schema of one value.
func (f *fact) schema(minor bool) map[string]any {
	lo, hi := f.bounds()
	switch f.typ {
	case TypeBool:
		return map[string]any{"type": "boolean"}
	case TypeEnum:
		return map[string]any{"type": "string", "enum": f.words()}
	case TypeDate:
		return map[string]any{"type": "string", "format": "date"}
	case TypeInstant:
		return map[string]any{"type": "string", "format": "date-time"}
	case TypeMoney:
		if !minor {
			return map[string]any{"anyOf": []any{map[string]any{"type": "string", "pattern": `^-?[0-9]+(\.[0-9]+)?$`}, map[string]any{"type": "number"}}}
		}
	}
	return map[string]any{"type": "integer", "minimum": lo, "maximum": hi}
}

// bilingual is a text in a schema.
type bilingual struct {
	ZhCN string `json:"zh-CN"`
	En   string `json:"en"`
}

// about is what the schema says of a fact beyond its type.
type about struct {
	Type        string               `json:"type"`
	Stage       Stage                `json:"stage"`
	Ask         Ask                  `json:"ask"` // cheapest first
	Label       bilingual            `json:"label"`
	Help        *bilingual           `json:"help,omitempty"`
	Values      map[string]bilingual `json:"values,omitempty"`
	AppliesWhen string               `json:"applies_when,omitempty"`
	Sensitive   bool                 `json:"sensitive,omitempty"`
	Evidenced   bool                 `json:"evidenced,omitempty"`
	MayBeFuture bool                 `json:"may_be_future,omitempty"`
	Part        Part                 `json:"part,omitempty"`
}

func (f *fact) about() about {
	a := about{Type: f.typ.String(), Stage: f.Stage, Ask: f.Ask, Label: bilingual(f.Label), AppliesWhen: f.AppliesWhen,
		Sensitive: f.Sensitive, Evidenced: f.Evidenced, MayBeFuture: f.MayBeFuture, Part: f.Part}
	if f.Help.En != "" || f.Help.ZhCN != "" {
		h := bilingual(f.Help)
		a.Help = &h
	}
	for _, c := range f.Values {
		if a.Values == nil {
			a.Values = map[string]bilingual{}
		}
		a.Values[c.Word] = bilingual(c.Label)
	}
	return a
}
