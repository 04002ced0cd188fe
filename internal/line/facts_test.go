package line

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// vocabulary is this package's facts, with those of the order that decide whether some of them apply, or come before them.
func vocabulary(t *testing.T) *rule.Vocabulary {
	words := func(ws ...string) (out []rule.Choice) {
		for _, w := range ws {
			out = append(out, rule.Choice{Word: w, Label: rule.Text{ZhCN: w, En: w}})
		}
		return out
	}
	def := rule.Def{Stage: rule.AtOrder, Ask: rule.System, Label: rule.Text{ZhCN: "类目", En: "category"}}
	category, kind := def, def
	category.Values, kind.Values = words("shoes", "clothing", "hats", "bags", "toys", "textiles", "home", "food", "cosmetics", "medical", "electronics"), words("ordinary", "digital")
	v, err := rule.NewVocabulary(append([]rule.Fact{rule.EnumFact("line.category", category), rule.EnumFact("line.kind", kind), rule.DateFact("line.signed_on", def)}, Vocabulary...)...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestApplicationFacts(t *testing.T) {
	fs := ApplicationFacts(Line{AppliedOn: calendar.DateOf(2026, time.November, 19)})
	if d, _ := FactSentOn.Get(fs); d.String() != "2026-11-19" {
		t.Errorf("sent on %v", d)
	}
	if agreed, known := FactOtherTender.Get(fs); agreed || !known {
		t.Errorf("other tender: want denied, got %v, known %v", agreed, known)
	}
}

func TestFromFindings(t *testing.T) {
	f := func(fact, stage, value string) Finding {
		return Finding{Fact: fact, Stage: stage, Value: json.RawMessage(value)}
	}
	fs, err := FromFindings(vocabulary(t), []Finding{
		f("goods.worn", "application", "false"),
		f("goods.worn", "inspection", "false"),
		f("goods.worn", "inspection", "true"), // looked at again
		f("repair.cost", "evidence", "1800"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(fs)
	if want := `{"goods.worn":{"application":false,"inspection":true},"repair.cost":{"evidence":1800}}`; err != nil || string(got) != want {
		t.Errorf("want %s, got %s, %v", want, got, err)
	}
}

func TestFindingsThatDoNotFit(t *testing.T) {
	for key, f := range map[string]Finding{
		"rule.fact_unknown":  {Fact: "goods.wron", Stage: "inspection", Value: json.RawMessage("true")},
		"rule.stage_unknown": {Fact: "goods.worn", Stage: "inspektion", Value: json.RawMessage("true")},
		"rule.value_type":    {Fact: "goods.worn", Stage: "inspection", Value: json.RawMessage(`"very"`)},
	} {
		_, err := FromFindings(vocabulary(t), []Finding{f})
		e := errs.As(err)
		if e == nil || e.Key != key && (len(e.Fields) == 0 || e.Fields[0].Key != key) {
			t.Errorf("want %s, got %v", key, err)
		}
	}
}
