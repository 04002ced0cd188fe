package rule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

// TestReachIsExact: over random packs, a condition is said to be never true, or never false, just where no set of facts
// makes it so while its claim is concerned; a claim to never hold just where none makes it hold.
func TestReachIsExact(t *testing.T) {
	facts, domain := randomFacts()
	voc, err := NewVocabulary(facts...)
	if err != nil {
		t.Fatal(err)
	}
	cal := china(t)
	said := 0
	rapid.Check(t, func(t *rapid.T) {
		a := randomAlone(t, voc)
		p, err := Verify(context.Background(), VerifyInput{Shop: a.shop, Beside: []*Pack{a.law}, Calendar: cal})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range a.books[Shop].claims {
			want, tried := a.unreached(t, c, Input{Stage: After, At: noon(randomDay.String()), Calendar: cal}, domain)
			if !tried {
				continue
			}
			var got []string
			for _, f := range p.Findings {
				if f.Kind == Unreachable && f.Claim == c.id {
					got = append(got, strings.TrimSpace(f.Point+" "+f.Got))
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: says %v, is %v", c.id, got, want)
			}
			said += len(got)
		}
	})
	if said == 0 {
		t.Error("nothing was ever out of reach")
	}
}

// unreached tries every set of the facts of a claim; not where days are among them or there are too many.
func (a *alone) unreached(t *rapid.T, c *bound, in Input, domain map[string][]Value) (out []string, tried bool) {
	b := a.books[Shop]
	var used []int
	for _, at := range b.atomsIn([]*bound{c}) {
		used = appendNew(used, b.atoms[at].facts()...)
	}
	cells := 1
	for _, f := range used {
		if cells *= len(domain[b.voc.facts[f].name]); b.voc.facts[f].typ == TypeDate || cells > 4000 {
			return nil, false
		}
	}
	seen := map[string]bool{}
	for cell := range cells {
		in.Facts = Facts{}
		rest := cell
		for _, f := range used {
			d := domain[b.voc.facts[f].name]
			in.Facts.Put(b.voc.facts[f].name, b.voc.facts[f].Stage, d[rest%len(d)])
			rest /= len(d)
		}
		s, err := b.newState(&in, false)
		if err != nil {
			t.Fatal(sentences(err))
		}
		concerned := s.claim(c) != silent
		for i, k := range c.conds {
			if r := s.result(c.atoms[i]).v; concerned && (r == yes || r == no) {
				seen[fmt.Sprintf("%s %v", k.id, r == yes)] = true
			}
		}
		seen["holds"] = seen["holds"] || s.claim(c) == stands
		s.release()
	}
	for _, k := range c.conds[c.guarded:] {
		for _, word := range []string{"true", "false"} {
			if !seen[k.id+" "+word] {
				out = append(out, k.id+" "+word)
			}
		}
	}
	if !seen["holds"] {
		out = append(out, "holds")
	}
	return out, true
}

// A proof tells how far it is, and ends with its context.
func TestProofEnds(t *testing.T) {
	voc := testVocabulary(t)
	packs := edition(t, voc, map[Layer]string{
		Law:  clause("law.back", "floor", "no_reason", onlyIf("unworn", "!goods.worn", ""), plain),
		Shop: clause("shop.back", "promise", "no_reason", "", plain),
	})
	ctx, stop := context.WithCancel(context.Background())
	var told [][2]int
	in := VerifyInput{Shop: packs[1], Beside: packs[:1], Calendar: china(t), Progress: func(done, total int) { told = append(told, [2]int{done, total}) }}
	p, err := Verify(ctx, in)
	if err != nil || len(p.Findings) > 0 {
		t.Fatal(p, err)
	}
	if len(told) != p.Slices+1 || told[0] != [2]int{0, p.Slices} || told[p.Slices] != [2]int{p.Slices, p.Slices} {
		t.Error(told)
	}
	stop()
	if _, err := Verify(ctx, in); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if _, err := Verify(context.Background(), VerifyInput{Shop: packs[1]}); err == nil || errs.As(err).Key != "rule.verify_input" {
		t.Error(err)
	}
}

// What a pack lists as overridden has to be in it: a claim, a point of the claim, in a shop's pack.
func TestOverriddenIsChecked(t *testing.T) {
	voc := testVocabulary(t)
	for list, want := range map[string]string{
		"{claim: shop.other, in: [right], by: [law.back]}":                    "rule.overridden_claim",
		"{claim: shop.back, in: [too_late], by: [law.back]}":                  "rule.overridden_point",
		"{claim: shop.back, in: [], by: [law.back]}":                          "rule.want_list",
		"{claim: shop.back, in: [right], by: []}":                             "rule.want_list",
		"{claim: shop.back, in: [right], by: [law.back], x: y}":               "rule.key_unknown",
		"{claim: shop.back, in: [freight.return, no_unworn], by: [law.back]}": "",
	} {
		head := "pack: shop\nlayer: shop\nversion: \"1\"\neffective_from: 2026-01-01\ncurrency: CNY\ntitle: {zh-CN: 一, en: One}\noverridden_by_law:\n- " + list + "\n"
		claims := clause("shop.back", "promise", "no_reason", onlyIf("unworn", "!goods.worn", ""), plain)
		_, err := Load(fstest.MapFS{"p/pack.yaml": {Data: []byte(head)}, "p/claims.yaml": {Data: []byte(claims)}}, "p", voc)
		got := ""
		if err != nil {
			got = errs.As(err).Fields[0].Key
		}
		if got != want {
			t.Errorf("%s: %s, want %s", list, got, want)
		}
	}
	head := "pack: law\nlayer: law\nversion: \"1\"\neffective_from: 2026-01-01\ncurrency: CNY\ntitle: {zh-CN: 一, en: One}\noverridden_by_law: []\n"
	if _, err := Load(fstest.MapFS{"p/pack.yaml": {Data: []byte(head)}}, "p", voc); err == nil || errs.As(err).Fields[0].Key != "rule.overridden_law" {
		t.Error(err)
	}
}

// Days have an order where it is declared: what cannot be is no refutation (opened before it was received), what can be is.
func TestNaturalOrderOfDays(t *testing.T) {
	day := func(name, after string) Fact {
		return DateFact(name, Def{Stage: AtApplication, Ask: System, Label: label("日", "Day"), NotBefore: after})
	}
	claims := func(id, mode, from string, days int) string {
		return clause(id, mode, "no_reason", fmt.Sprintf("  window: {from: %s, days: %d, tested: t.asked, counts: %s, roll: none, else: too_late}\n", from, days, map[string]string{"floor": "law"}[mode]+map[string]string{"promise": "shop"}[mode]),
			"right: as_of_right, freight: {outbound: kept, return: customer}, refund: goods, due: {from: t.asked, days: 7}")
	}
	for _, x := range []struct {
		after string
		days  int
		want  int
	}{{"", 7, 1}, {"t.got", 7, 0}, {"t.got", 6, 1}} {
		voc, err := NewVocabulary(day("t.got", ""), day("t.opened", x.after), day("t.asked", ""),
			MoneyFact("m.price", Def{Stage: AtOrder, Ask: System, Label: label("价", "Price"), Part: PartGoods}))
		if err != nil {
			t.Fatal(sentences(err))
		}
		law, shop := pack(t, voc, Law, claims("law.back", "floor", "t.got", 7)), pack(t, voc, Shop, claims("shop.back", "promise", "t.opened", x.days))
		p, err := Verify(context.Background(), VerifyInput{Shop: shop, Beside: []*Pack{law}, Calendar: china(t)})
		if err != nil || len(p.Findings) != x.want {
			t.Errorf("%+v: %v %v", x, p.Findings, err)
		}
	}
	if _, err := NewVocabulary(day("t.opened", "t.got")); err == nil {
		t.Error("a day that there is none of was taken")
	}
}
