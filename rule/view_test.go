package rule

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
)

func hatView(t *testing.T, lang errs.Lang) View {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range hats {
		fsys["hats/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	voc := testVocabulary(t)
	p, err := Load(fsys, "hats", voc)
	if err != nil {
		t.Fatal(sentences(err))
	}
	v, err := p.View(lang, loadTest(t, voc, "law"))
	if err != nil {
		t.Fatal(sentences(err))
	}
	return v
}

// A version is read in words: parameters with their values, claims with conditions as they are written, what they give.
func TestView(t *testing.T) {
	v := hatView(t, errs.En)
	i := slices.IndexFunc(v.Claims, func(c ClaimView) bool { return strings.Contains(c.Window, "within 10 days") })
	if v.Title != "Hats" || v.Pack != "hats" || len(v.Hash) != 64 || i < 0 || len(v.Params) == 0 {
		t.Fatalf("%+v", v)
	}
	c := v.Claims[i]
	if c.File != "claims.yaml" || c.Line == 0 || c.Text.Customer == "" || len(c.Cites) == 0 || c.Mode != "promise" || c.Confidence != "sure" {
		t.Errorf("the claim: %+v", c)
	}
	if len(c.Conditions) < 2 || c.Conditions[0].ID != "window" || c.Conditions[0].Text != c.Window || c.Conditions[0].Expr != "" {
		t.Errorf("conditions: %+v", c.Conditions)
	}
	for _, k := range slices.Concat(c.Conditions[1:], c.Unless) {
		if k.Expr == "" || k.Text == "" || k.Text == k.Else || k.Else == "" || len(k.Facts) == 0 || k.Presume == "" || k.Line <= c.Line {
			t.Errorf("condition: %+v", k)
		}
	}
	if len(c.Gives) == 0 || !slices.Contains(c.Gives[0].Points, "Return leg: paid by the customer") || !slices.Contains(c.Gives[0].Points, "A right of the customer; nobody has to grant it") {
		t.Errorf("gives: %+v", c.Gives)
	}
	for _, tb := range v.Tables {
		if last := tb.Rows[len(tb.Rows)-1]; len(last.When) != 0 || len(last.Then) != len(tb.Out) || len(tb.Rows) > 1 && len(tb.Rows[0].When) == 0 {
			t.Errorf("table: %+v", tb)
		}
	}
	if zh := hatView(t, errs.ZhCN); zh.Title != "帽子店" || zh.Hash != v.Hash {
		t.Errorf("in Chinese: %s", zh.Title)
	}
}
