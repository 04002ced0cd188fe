package rule

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Facts as they are stored are read by a short way. It has to give what the long way gives, and nothing where that refuses.
func TestStoredFactsReadBothWays(t *testing.T) {
	voc := testVocabulary(t)
	short := 0
	for _, doc := range []string{
		`{}`, `{"goods.worn":{"application":false,"inspection":true}}`, `{"goods.worn":{"inspection":true},"line.category":{"order":"shoes"},"line.goods_amount":{"order":19900},"line.signed_on":{"order":"2026-11-17"}}`,
		// Not as they are stored, though facts all the same.
		`{ "goods.worn": true }`, `{"goods.worn":true}`, `{"goods.worn":{"inspection":true,"application":false}}`, `{"goods.worn":{"inspection": true}}`, `{"goods.worn":null}`,
		// Not facts.
		``, `{`, `{"goods.worn":{"inspection":true}`, `{"goods.worn":{"inspection":true}}x`, `{"goods.worn":{"inspection":true}},`, `{"goods.wron":{"inspection":true}}`, `{"goods.worn":{"dawn":true}}`,
		`{"goods.worn":{"inspection":1}}`, `{"line.category":{"order":"hats"}}`, `{"line.goods_amount":{"order":-1}}`, `{"line.goods_amount":{"order":007}}`, `{"line.signed_on":{"order":"2026-02-30"}}`,
		`{"goods.worn":{"inspection":true},"goods.worn":{"inspection":false}}`, `{"goods.worn":{"inspection":true,"inspection":false}}`, `{"line.category":{"order":"sho\u0065s"}}`,
	} {
		want, err := voc.ReadFacts("facts", []byte(doc), "")
		got, ok := voc.readStored([]byte(doc))
		if !ok {
			continue
		}
		short++
		if d := cmp.Diff(want, got, cmp.AllowUnexported(Value{}), cmpopts.EquateEmpty()); d != "" || err != nil {
			t.Errorf("%s: %v\n%s", doc, err, d)
		}
		again, err := got.MarshalJSON()
		if err != nil || string(again) != doc {
			t.Errorf("%s comes back as %s (%v)", doc, again, err)
		}
	}
	if short != 3 {
		t.Errorf("%d read the short way, want the three that are stored so", short)
	}
}
