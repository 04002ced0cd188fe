package policy_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// shops are the shipped packs as they are bound together.
var shops = []struct {
	name, calendar string
	day            calendar.Date
	binding        policy.Binding
}{
	{"shoes", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Shop: "shoes"}},
	{"shoes with commitments", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Overlays: []string{"marketplace-commitments"}, Shop: "shoes"}},
	{"cosmetics", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Shop: "cosmetics"}},
	{"snack", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Shop: "snack"}},
	{"gifts-uk", "GB-EAW", calendar.DateOf(2011, 6, 15), policy.Binding{Law: []string{"law-uk"}, Shop: "gifts-uk"}},
	{"jade", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Overlays: []string{"demo-jade"}, Shop: "jade"}},
	{"jewellery-chain", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Overlays: []string{"demo-chain"}, Shop: "jewellery-chain"}},
	{"jewellery-workshop", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Overlays: []string{"demo-workshop"}, Shop: "jewellery-workshop"}},
	{"jewellery-generic", "CN", calendar.DateOf(2026, 11, 21), policy.Binding{Law: []string{"law-cn"}, Shop: "jewellery-generic"}},
}

// values are enough of a fact's values to tell apart whatever a shipped pack tells apart.
func values(def rule.Def, typ rule.Type, today calendar.Date) (out []rule.Value) {
	switch typ {
	case rule.TypeBool:
		return []rule.Value{rule.BoolValue(false), rule.BoolValue(true)}
	case rule.TypeEnum:
		for _, c := range def.Values {
			out = append(out, rule.EnumValue(c.Word))
		}
	case rule.TypeInt:
		for n := def.Min; n <= min(def.Max, def.Min+40); n++ {
			out = append(out, rule.IntValue(n))
		}
	case rule.TypeMoney:
		for _, n := range []int64{0, 1, 1500, 1501, 50000, 50001, 200000, 200001} {
			out = append(out, rule.MoneyValue(n))
		}
	case rule.TypeDate:
		for i := range 45 {
			out = append(out, rule.DateValue(today.AddDays(-i)))
		}
	case rule.TypeInstant:
		for i := range 45 {
			out = append(out, rule.InstantValue(noon(today.AddDays(-i))))
		}
	}
	return out
}

// Over the shipped packs and random matters: a decision asks for exactly those facts that change what the customer is
// given in some completion, and where it asks nothing he is given the same in all (need-to-know by exhaustive enumeration).
func TestNeedToKnowOverShippedPacks(t *testing.T) {
	voc := shipped(t).Vocabulary()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(shops).Draw(t, "shop")
		book, cal := bound(t, s.binding, s.calendar, s.day)
		ground := rapid.SampledFrom(book.Grounds()).Draw(t, "ground").Name
		remedies := book.Remedies(ground)
		if len(remedies) == 0 {
			return
		}
		in := rule.Input{Stage: rapid.SampledFrom([]rule.Stage{rule.AtApplication, rule.AtInspection, rule.After}).Draw(t, "stage"), At: noon(s.day), Calendar: cal,
			Ground: ground, Remedy: rapid.SampledFrom(remedies).Draw(t, "remedy"), Facts: rule.Facts{}, Trace: true}
		for _, f := range voc.Names() {
			def, typ, _ := voc.Def(f)
			dom := values(def, typ, s.day)
			if v := rapid.SampledFrom(dom[:min(12, len(dom))]).Draw(t, f); def.Stage <= in.Stage {
				in.Facts.Put(f, def.Stage, v)
			} else if rapid.Bool().Draw(t, "declare "+f) {
				in.Facts.Put(f, in.Stage, v)
			}
		}
		unknown := hide(t, book, &in)
		d, err := book.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		matters, all := enumerate(t, book, in, unknown, s.day)
		got := openFacts(d)
		for _, f := range unknown {
			if asked := slices.Contains(got, f); asked != matters[f] && (d.Exact || matters[f]) {
				t.Fatalf("%s: asked %v, matters %v; unknown %v, asks %v\n%s", f, asked, matters[f], unknown, got, d.Encode())
			}
		}
		for g := range all {
			if b := d.Asked(); b != nil && len(got) == 0 && d.Outcome != rule.NeedFacts && g != given(b) {
				t.Fatalf("asks nothing and gives\n%s; a completion of %v gives\n%s", given(b), unknown, g)
			}
		}
	})
}

// hide takes away up to three of the facts that the claims of the ground look at.
func hide(t *rapid.T, book *rule.Book, in *rule.Input) (unknown []string) {
	d, err := book.Decide(*in)
	if err != nil {
		t.Fatal(err)
	}
	var looked []string
	for _, c := range d.Trace {
		for _, k := range c.Conds {
			for _, saw := range k.Saw {
				name := saw.Fact
				if def, _, _ := shippedVocabulary().Def(name); def.Stage <= in.Stage && def.Part == "" && !slices.Contains(looked, name) {
					looked = append(looked, name)
				}
			}
		}
	}
	slices.Sort(looked)
	cells := 1
	for len(looked) > 0 && len(unknown) < 3 {
		i := rapid.IntRange(0, len(looked)-1).Draw(t, "hide")
		def, typ, _ := shippedVocabulary().Def(looked[i])
		if n := len(values(def, typ, today)); cells*n <= 5000 {
			cells *= n
			unknown = append(unknown, looked[i])
		}
		looked = slices.Delete(looked, i, i+1)
	}
	for _, f := range unknown {
		delete(in.Facts, f)
	}
	return unknown
}

// enumerate decides every completion of what is unknown.
func enumerate(t *rapid.T, book *rule.Book, in rule.Input, unknown []string, today calendar.Date) (matters, all map[string]bool) {
	matters, all = map[string]bool{}, map[string]bool{}
	cells, doms, stages := 1, make([][]rule.Value, len(unknown)), make([]rule.Stage, len(unknown))
	for i, f := range unknown {
		def, typ, _ := shippedVocabulary().Def(f)
		doms[i], stages[i] = values(def, typ, today), def.Stage
		cells *= len(doms[i])
	}
	in.Trace = false
	results := make([]string, cells)
	for c := range cells {
		fs, rest := in.Facts.Clone(), c
		for i, f := range unknown {
			fs.Put(f, stages[i], doms[i][rest%len(doms[i])])
			rest /= len(doms[i])
		}
		one := in
		one.Facts = fs
		d, err := book.Decide(one)
		if err != nil {
			t.Fatal(err)
		}
		results[c] = given(d.Asked())
		all[results[c]] = true
	}
	stride := 1
	for i, f := range unknown {
		for c := range cells {
			if pos := c / stride % len(doms[i]); pos > 0 && results[c] != results[c-pos*stride] {
				matters[f] = true
			}
		}
		stride *= len(doms[i])
	}
	return matters, all
}

// given is what a bundle gives the customer, without who gives it.
func given(b *rule.Bundle) string {
	if b == nil {
		return "nothing"
	}
	out := string(b.Outcome)
	if b.Right != nil {
		out += " " + b.Right.Value
	}
	for _, l := range b.Freight {
		out += " " + l.Leg + "=" + l.Value
	}
	if b.Refund != nil {
		out += " " + b.Refund.Basis
		for _, p := range b.Refund.Parts {
			out += " " + p.Part
		}
	}
	if b.Amount != nil && b.Amount.Minor != nil {
		out += fmt.Sprintf(" amount=%d", *b.Amount.Minor)
	}
	if b.Outcome == rule.NeedEvidence {
		for _, e := range b.Evidence {
			out += " prove " + e.Fact
		}
	}
	return out
}

// Decisions by the shipped packs replay byte for byte from what is stored: the core, the facts, and the packs it names.
func TestStoredDecisionsReplay(t *testing.T) {
	lib := shipped(t)
	for _, s := range shops {
		book, cal := bound(t, s.binding, s.calendar, s.day)
		for _, g := range book.Grounds() {
			for _, remedy := range book.Remedies(g.Name) {
				fs, err := lib.Vocabulary().ReadFacts("facts", []byte(strings.ReplaceAll(boughtShoes, "2026-11", s.day.String()[:7])), "CNY")
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range []string{"line.signed_on", "application.sent_on"} {
					delete(fs, f) // open questions are stored too
				}
				d, err := book.Decide(rule.Input{Facts: fs, Stage: rule.AtApplication, At: noon(s.day), Ground: g.Name, Remedy: remedy, Calendar: cal})
				if err != nil {
					t.Fatal(err)
				}
				if core, again := d.Encode(), replay(t, lib, d.Encode(), fs, cal); !bytes.Equal(core, again) {
					t.Errorf("%s %s/%s replays\n%s\nstored\n%s", s.name, g.Name, remedy, again, core)
				}
			}
		}
	}
}

// replay decides anew from a stored core and its facts.
func replay(t *testing.T, lib *policy.Library, core []byte, facts rule.Facts, cal *calendar.Calendar) []byte {
	t.Helper()
	doc, err := facts.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	stored, err := rule.ParseDecision(core)
	if err != nil {
		t.Fatal(err)
	}
	editions := [][]rule.PackRef{stored.Packs}
	if stored.Later != nil {
		editions = append(editions, stored.Later)
	}
	book, err := lib.ByVersion(editions...)
	if err != nil {
		t.Fatal(err)
	}
	fs, err := lib.Vocabulary().ParseFacts(doc)
	if err != nil {
		t.Fatal(err)
	}
	d, err := book.Decide(rule.Input{Facts: fs, Stage: stored.Stage, At: stored.At, Ground: stored.Ground, Remedy: stored.Remedy, Calendar: cal})
	if err != nil {
		t.Fatal(err)
	}
	return d.Encode()
}

func shippedVocabulary() *rule.Vocabulary {
	l, err := library()
	if err != nil {
		panic(err)
	}
	return l.Vocabulary()
}

func noon(d calendar.Date) clock.Instant {
	return clock.Instant(int64(d)*86_400_000_000 + 12*3_600_000_000)
}

func bound(t interface {
	Helper()
	Fatal(...any)
}, b policy.Binding, cal string, on calendar.Date) (*rule.Book, *calendar.Calendar) {
	t.Helper()
	l, err := library()
	if err != nil {
		t.Fatal(err)
	}
	book, err := l.Book(b, on, on)
	if err != nil {
		t.Fatal(err)
	}
	c, err := calendar.Load(cal)
	if err != nil {
		t.Fatal(err)
	}
	return book, c
}
