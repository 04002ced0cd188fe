package rule

import (
	"bytes"
	"encoding/json"
	"regexp"
	"testing"
)

// schema is as much of a JSON Schema as the vocabulary's uses.
type schema struct {
	Type, Title, Pattern string
	Enum                 []string
	AnyOf                []schema
	Properties           map[string]schema
	Additional           *bool `json:"additionalProperties"`
	About                struct {
		Type, Stage string
		Ask         []string
		Label       map[string]string
		Applies     string `json:"applies_when"`
		Sensitive   bool
		Part        string
	} `json:"x-sanbao"`
}

func readSchema(t *testing.T, minor bool) (schema, []byte) {
	t.Helper()
	doc, err := testVocabulary(t).Schema(minor)
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(doc, &s); err != nil {
		t.Fatal(err)
	}
	return s, doc
}

func TestSchemaHasEveryFact(t *testing.T) {
	s, doc := readSchema(t, false)
	if len(s.Properties) != len(testFacts) || s.Additional == nil || *s.Additional {
		t.Fatalf("%d facts, additional %v", len(s.Properties), s.Additional)
	}
	for _, f := range testFacts {
		d := f.declared()
		p := s.Properties[d.name]
		stages := p.AnyOf[1]
		if p.Title != d.Label.En || p.About.Label["zh-CN"] != d.Label.ZhCN || p.About.Stage != d.Stage.String() || len(p.About.Ask) == 0 ||
			len(stages.Properties) != 7 || stages.Additional == nil || *stages.Additional {
			t.Errorf("%s: %+v", d.name, p)
		}
	}
	if p := s.Properties["goods.opened_on"]; p.About.Applies != "goods.inner_seal_broken" || p.AnyOf[0].Type != "string" {
		t.Errorf("%+v", p)
	}
	if p := s.Properties["evidence.medical"]; !p.About.Sensitive || p.AnyOf[0].Type != "boolean" {
		t.Errorf("%+v", p)
	}
	if p := s.Properties["order.channel"]; len(p.AnyOf[0].Enum) != 2 {
		t.Errorf("%+v", p)
	}
	if again, _ := testVocabulary(t).Schema(false); !bytes.Equal(doc, again) {
		t.Error("two calls differ")
	}
}

// What the schema lets through for money is what the readers take, in either form.
func TestSchemaOfMoney(t *testing.T) {
	voc := testVocabulary(t)
	major, _ := readSchema(t, false)
	p := major.Properties["line.goods_amount"]
	if p.About.Part != string(PartGoods) || p.AnyOf[0].AnyOf[1].Type != "number" {
		t.Fatalf("%+v", p)
	}
	pattern := regexp.MustCompile(p.AnyOf[0].AnyOf[0].Pattern)
	for text, good := range map[string]bool{"199.00": true, "199": true, "1.9.9": false, "": false, "199,00": false, "x": false} {
		_, err := voc.ReadFacts("f", []byte(`{"line.goods_amount": "`+text+`"}`), "CNY")
		if pattern.MatchString(text) != good || (err == nil) != good {
			t.Errorf("%q: schema %v, reader %v", text, pattern.MatchString(text), err)
		}
	}
	minor, _ := readSchema(t, true)
	if got := minor.Properties["line.goods_amount"].AnyOf[0].Type; got != "integer" {
		t.Error(got)
	}
	if _, err := voc.ParseFacts([]byte(`{"line.goods_amount": 19900}`)); err != nil {
		t.Error(err)
	}
}
