package flow_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/rule"
)

// No status, deadline, remedy, ground or command of the program lacks its word in the glossary.
func TestEveryCodeHasItsWord(t *testing.T) {
	need := func(group string, codes ...string) {
		t.Helper()
		for _, c := range codes {
			if _, ok := term.Words[group+"."+c]; !ok {
				t.Errorf("term.Words lacks %s.%s", group, c)
			}
		}
	}
	need("status", flow.Statuses()...)
	for _, s := range cases.Statuses {
		need("case", string(s))
	}
	for _, k := range cases.DueKinds {
		need("due", string(k))
	}
	for _, c := range flow.Commands() {
		need("command", string(c))
	}
	for _, r := range rule.Remedies {
		need("remedy", string(r))
	}
	for _, s := range settle.States {
		need("settlement", string(s))
	}
	for _, r := range settle.Routes {
		need("route", string(r))
	}
	for _, s := range movement.States {
		need("movement", string(s))
	}
	for _, s := range carrier.Statuses {
		need("tracking", string(s))
	}
	for _, k := range carrier.Kinds {
		need("enquiry_kind", string(k))
	}
	for _, s := range carrier.EnquiryStates {
		need("enquiry", string(s))
	}
	for _, s := range carrier.ClaimStates {
		need("claim", string(s))
	}
	for _, r := range carrier.Reasons {
		need("claim_reason", string(r))
	}
	need("action", string(flow.Enquire), string(flow.ClaimCarrier))
	for _, c := range flow.CarrierCommands() {
		need("command", string(c))
	}
	need("signed_by", carrier.Self, carrier.Family, carrier.Station, carrier.Locker, carrier.Unknown)
	need("party", "customer", "shop", "supplier", "warehouse", "carrier", "agent", "product", "undetermined")
	lib, err := packs()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range lib.IDs() {
		for _, v := range lib.Versions(p) {
			for _, g := range v.Grounds {
				_, named := v.Texts.Grounds[g.Name]
				if _, known := term.Words["ground."+g.Name]; !known && !named {
					t.Errorf("ground %s of pack %s has no word", g.Name, p)
				}
				need("fault", faultOr(g.Fault))
			}
		}
	}
}

func faultOr(f string) string {
	if f == "" {
		return "undetermined"
	}
	return f
}

// Every word is written in all three languages, without blanks at its ends, Chinese in Chinese.
func TestWordsAreWhole(t *testing.T) {
	for code, w := range term.Words {
		group, _, ok := strings.Cut(code, ".")
		if !ok || group == "" {
			t.Errorf("%s has no group", code)
		}
		for _, lang := range []string{"zh-CN", "zh-TW", "en"} {
			text := w.In(lang)
			han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			if text == "" || text != strings.TrimSpace(text) || han != (lang != "en") {
				t.Errorf("%s in %s is %q", code, lang, text)
			}
		}
	}
}
