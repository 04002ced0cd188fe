package policies_test

import (
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// Whatever code a decision of the shoe shop may hold has words in every language, with its parameters written in.
func TestWording(t *testing.T) {
	_, packs := load(t)
	book, err := rule.NewBook([]*rule.Pack{packs["law-cn"], packs["shoes"]})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []errs.Lang{errs.ZhCN, errs.ZhTW, errs.En} {
		w := book.Wording(lang)
		for id, c := range w.Claims {
			if c.Text == "" || c.Text == id || c.Source == "" || strings.Contains(c.Text, "{") {
				t.Errorf("%s %s: %+v", lang, id, c)
			}
		}
		for code, text := range w.Reasons {
			if text == "" || text == code || strings.Contains(strings.ReplaceAll(text, "{last_day}", ""), "{") {
				t.Errorf("%s reason %s: %q", lang, code, text)
			}
		}
		if w.Claims["shoes.no_reason"].Layer != rule.Shop || w.Claims["law-cn.quality_return"].Layer != rule.Law {
			t.Errorf("%s: layers %+v", lang, w.Claims["shoes.no_reason"])
		}
	}
}
