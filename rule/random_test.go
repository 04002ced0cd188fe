package rule

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
)

// The facts random packs are written in: small domains, so that everything can be enumerated.
var (
	flags = []Handle[bool]{
		BoolFact("a.flag", Def{Stage: AtApplication, Ask: Customer, Label: label("甲", "A")}),
		BoolFact("b.flag", Def{Stage: AtApplication, Ask: Agent, Label: label("乙", "B")}),
		BoolFact("c.flag", Def{Stage: AtOrder, Ask: System, Label: label("丙", "C")}),
		BoolFact("d.flag", Def{Stage: AtInspection, Ask: Inspector, Label: label("丁", "D")}),
		BoolFact("e.flag", Def{Stage: AtInspection, Ask: Warehouse, Label: label("戊", "E")}),
		BoolFact("g.gated", Def{Stage: AtApplication, Ask: Customer, Label: label("己", "G"), AppliesWhen: "a.flag"}),
	}
	proof    = BoolFact("p.proof", Def{Stage: AtEvidence, Ask: Customer, Label: label("证据", "Proof")})
	kindFact = EnumFact("k.kind", Def{Stage: AtApplication, Ask: System, Label: label("类", "Kind"), Values: choices("x", "y", "z")})
	count    = IntFact("n.count", Def{Stage: AtApplication, Ask: Agent, Label: label("数", "Count"), Max: 4})
	other    = IntFact("n.other", Def{Stage: AtApplication, Ask: Agent, Label: label("另数", "Other"), Max: 4})
	price    = MoneyFact("m.price", Def{Stage: AtOrder, Ask: System, Label: label("价", "Price"), Max: 4, Part: PartGoods})
	carriage = MoneyFact("m.freight", Def{Stage: AtOrder, Ask: System, Label: label("运费", "Freight"), Max: 4, Part: PartOutboundFreight})
	since    = DateFact("t.since", Def{Stage: AtOrder, Ask: System, Label: label("起", "Since")})
	asked    = DateFact("t.asked", Def{Stage: AtApplication, Ask: System, Label: label("问", "Asked")})
)

// randomFacts lists them with every value worth telling apart.
func randomFacts() (facts []Fact, domain map[string][]Value) {
	domain = map[string][]Value{}
	two := []Value{BoolValue(false), BoolValue(true)}
	for _, f := range append(flags[:len(flags):len(flags)], proof) {
		facts = append(facts, f)
		domain[f.Name()] = two
	}
	facts = append(facts, kindFact, count, other, price, carriage, since, asked)
	domain["k.kind"] = []Value{EnumValue("x"), EnumValue("y"), EnumValue("z")}
	for i := range int64(5) {
		domain["n.count"] = append(domain["n.count"], IntValue(i))
		domain["n.other"] = append(domain["n.other"], IntValue(i))
		domain["m.price"], domain["m.freight"] = append(domain["m.price"], MoneyValue(i)), append(domain["m.freight"], MoneyValue(i))
	}
	for i := range 16 { // no window reaches further back from the earliest day that is ever known
		v := DateValue(randomDay.AddDays(-i))
		domain["t.since"], domain["t.asked"] = append(domain["t.since"], v), append(domain["t.asked"], v)
	}
	return facts, domain
}

var randomDay = calendar.DateOf(2026, 11, 21)

// randomExprs are conditions of every form.
var randomExprs = []string{"a.flag", "!a.flag", "b.flag", "!b.flag", "!c.flag", "d.flag", "!d.flag", "!e.flag", "g.gated", "!g.gated",
	"k.kind == 'x'", "k.kind != 'y'", "k.kind in ['x', 'z']", "n.count <= 2", "n.count > 3", "n.count < n.other", "n.count + 1 == n.other",
	"m.price >= fen(2)", "m.price == fen(3)", "a.flag || b.flag", "a.flag && !d.flag", "(b.flag ? n.count : n.other) > 1",
	"c.flag || k.kind == 'z'", "t.since <= t.asked", "t.since == t.asked", "g.gated || b.flag"}

func randomWindow(t *rapid.T) string {
	n := rapid.SampledFrom([]string{"0", "1", "3", "n.count"}).Draw(t, "n")
	unit := rapid.SampledFrom([]string{"days", "workdays"}).Draw(t, "unit")
	return fmt.Sprintf("{from: t.since, %s: %s, tested: t.asked, counts: shop, roll: none, else: too_late}", unit, n)
}

// randomClaim writes one claim in YAML.
func randomClaim(t *rapid.T, pack string, i int) string {
	var b strings.Builder
	law := pack == "law"
	mode := rapid.SampledFrom(map[bool][]string{true: {"floor", "floor", "permit"}, false: {"promise", "promise", "offer"}}[law]).Draw(t, "mode")
	fmt.Fprintf(&b, "- claim: %s.c%d\n  mode: %s\n  ground: [g]\n  cites: [X1]\n", pack, i, mode)
	if rapid.IntRange(0, 3).Draw(t, "guarded") == 0 {
		b.WriteString("  for: {k.kind: [x, y]}\n")
	}
	if rapid.IntRange(0, 3).Draw(t, "windowed") == 0 {
		fmt.Fprintf(&b, "  window: %s\n", randomWindow(t))
	}
	presume := rapid.SampledFrom([]string{"as_declared", "as_declared", "met", "unmet"})
	if n := rapid.IntRange(0, 2).Draw(t, "if"); n > 0 {
		b.WriteString("  if:\n")
		for j := range n {
			fmt.Fprintf(&b, "  - {id: i%d, is: \"%s\", else: no%d, presume: %s}\n", j, rapid.SampledFrom(randomExprs).Draw(t, "is"), j, presume.Draw(t, "presume"))
		}
	}
	if rapid.IntRange(0, 2).Draw(t, "unless") == 0 {
		fmt.Fprintf(&b, "  unless:\n  - {if: \"%s\", else: bad, presume: %s}\n", rapid.SampledFrom(randomExprs).Draw(t, "unless is"), presume.Draw(t, "presume"))
	}
	b.WriteString("  gives:\n")
	if mode == "permit" {
		b.WriteString("    refund_return: {deduct: {fee: fen(1)}}\n")
		return b.String()
	}
	rights := map[string][]string{"floor": {"as_of_right", "review"}, "promise": {"as_of_right", "offer"}, "offer": {"offer"}}[mode]
	var extra string
	if rapid.IntRange(0, 3).Draw(t, "proof") == 0 {
		extra += ", evidence: [p.proof]"
	}
	if !law && rapid.Bool().Draw(t, "fee") {
		extra += ", deduct: {fee: fen(2)}"
	}
	fmt.Fprintf(&b, "    refund_return: {right: %s, freight: {outbound: %s, return: %s}, refund: %s, due: {from: t.asked, days: %d}%s}\n",
		rapid.SampledFrom(rights).Draw(t, "right"), rapid.SampledFrom([]string{"kept", "refunded"}).Draw(t, "outbound"),
		rapid.SampledFrom([]string{"customer", "shop"}).Draw(t, "return"), rapid.SampledFrom([]string{"goods", "{percent: 50}"}).Draw(t, "refund"),
		rapid.IntRange(0, 3).Draw(t, "due"), extra)
	return b.String()
}

// randomBook binds a law's and a shop's pack of a few claims each.
func randomBook(t *rapid.T, voc *Vocabulary) *Book {
	var packs []*Pack
	for _, id := range []string{"law", "shop"} {
		var claims strings.Builder
		for i := range rapid.IntRange(1, 3).Draw(t, id) {
			claims.WriteString(randomClaim(t, id, i))
		}
		p, err := Load(packFiles(id, id == "law", claims.String()), "p", voc)
		if err != nil {
			t.Fatalf("%s\n%s", claims.String(), sentences(err))
		}
		packs = append(packs, p)
	}
	b, err := NewBook(packs)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// packFiles are the files of a pack with one ground, g.
func packFiles(id string, law bool, claims string) fstest.MapFS {
	head := fmt.Sprintf("pack: %s\nlayer: %s\nversion: \"1\"\neffective_from: 2026-01-01\ncurrency: CNY\ntitle: {zh-CN: 一, en: One}\n", id, id)
	if law {
		head += "grounds:\n  g: {fault: shop}\n"
	}
	return fstest.MapFS{"p/pack.yaml": {Data: []byte(head)}, "p/claims.yaml": {Data: []byte(claims)}}
}

// randomMatter knows some facts, and lists up to four that could be known at the application and are not.
func randomMatter(t *rapid.T, voc *Vocabulary, domain map[string][]Value) (fs Facts, unknown []string) {
	fs = Facts{}
	for _, f := range voc.facts {
		v := rapid.SampledFrom(domain[f.name][:min(6, len(domain[f.name]))]).Draw(t, f.name)
		switch {
		case f.Stage > AtApplication:
			if rapid.Bool().Draw(t, "declare "+f.name) {
				fs.Put(f.name, AtApplication, v)
			}
		case f.Part == "" && len(unknown) < 4 && rapid.IntRange(0, 2).Draw(t, "hide "+f.name) == 0:
			unknown = append(unknown, f.name)
		default:
			fs.Put(f.name, f.Stage, v)
		}
	}
	return fs, unknown
}

// given is what a decision gives the customer, without who gives it: what a question must be able to change.
func given(b *Bundle) string {
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
	if b.Outcome == NeedEvidence {
		for _, e := range b.Evidence {
			out += " prove " + e.Fact
		}
	}
	return out
}

// TestNeedToKnowIsExact: over random packs, the questions of a decision are exactly the facts that change, in some
// completion of what is unknown, what the customer is given; and where there are none, he is given the same in all.
func TestNeedToKnowIsExact(t *testing.T) {
	facts, domain := randomFacts()
	voc, err := NewVocabulary(facts...)
	if err != nil {
		t.Fatal(err)
	}
	cal := china(t)
	rapid.Check(t, func(t *rapid.T) {
		book := randomBook(t, voc)
		fs, unknown := randomMatter(t, voc, domain)
		in := Input{Facts: fs, Stage: AtApplication, At: noon(randomDay.String()), Ground: "g", Remedy: RefundReturn, Calendar: cal}
		d, err := book.Decide(in)
		if err != nil {
			t.Fatal(sentences(err))
		}
		want, all := enumerate(t, book, in, unknown, domain)
		var got []string
		for _, q := range d.Open {
			if q.For == "" {
				got = append(got, q.Fact)
			}
		}
		for _, f := range unknown {
			asked := contains(got, f)
			if asked != want[f] && (d.Exact || want[f]) {
				t.Fatalf("%s: asked %v, matters %v; unknown %v, asks %v\n%s", f, asked, want[f], unknown, got, d.Encode())
			}
		}
		if len(got) == 0 {
			for g := range all {
				if g != given(d.Asked()) {
					t.Fatalf("asks nothing and gives\n%s; a completion of %v gives\n%s\n%s", given(d.Asked()), unknown, g, d.Encode())
				}
			}
		}
	})
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// enumerate decides every completion. A fact matters if two completions that differ in nothing else give different things.
func enumerate(t *rapid.T, book *Book, in Input, unknown []string, domain map[string][]Value) (matters map[string]bool, all map[string]bool) {
	matters, all = map[string]bool{}, map[string]bool{}
	cells := 1
	for _, f := range unknown {
		cells *= len(domain[f])
	}
	results := make([]string, cells)
	for c := range cells {
		fs := in.Facts.Clone()
		rest := c
		for _, f := range unknown {
			dom := domain[f]
			fs.Put(f, book.voc.facts[book.voc.index[f]].Stage, dom[rest%len(dom)])
			rest /= len(dom)
		}
		one := in
		one.Facts = fs
		d, err := book.Decide(one)
		if err != nil {
			t.Fatal(sentences(err))
		}
		results[c] = given(d.Asked())
		all[results[c]] = true
	}
	stride := 1
	for _, f := range unknown {
		n := len(domain[f])
		for c := range cells {
			if pos := c / stride % n; pos > 0 && results[c] != results[c-pos*stride] {
				matters[f] = true
			}
		}
		stride *= n
	}
	return matters, all
}
