package rule

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

// alone is a law's pack and a shop's, bound together and each by itself: what the proof is held against.
type alone struct {
	law, shop *Pack
	books     map[Layer]*Book
	fee       map[string]bool // the shop's claims that deduct
}

func randomAlone(t *rapid.T, voc *Vocabulary) *alone {
	a := &alone{books: map[Layer]*Book{}, fee: map[string]bool{}}
	for _, id := range []string{"law", "shop"} {
		var claims strings.Builder
		for i := range rapid.IntRange(1, 3).Draw(t, id) {
			c := randomClaim(t, id, i)
			name, _, _ := strings.Cut(strings.TrimPrefix(c, "- claim: "), "\n")
			a.fee[name] = strings.Contains(c, "deduct:")
			claims.WriteString(c)
		}
		files := packFiles(id, true, claims.String())
		p, err := Load(files, "p", voc)
		if err != nil {
			t.Fatalf("%s\n%s", claims.String(), sentences(err))
		}
		b, err := NewBook([]*Pack{p})
		if err != nil {
			t.Fatal(err)
		}
		a.books[p.Layer] = b
		if id == "law" {
			a.law = p
		} else {
			a.shop = p
		}
	}
	return a
}

// below says whether the shop by itself gives less than the law by itself, less what a permit allows: by asking each of
// them alone, with nothing of what the prover is made of.
func (a *alone) below(t *rapid.T, in Input) bool {
	ask := func(l Layer) (*Decision, *Bundle) {
		d, err := a.books[l].Decide(in)
		if err != nil {
			t.Fatal(sentences(err))
		}
		if b := d.Asked(); b != nil {
			return d, b
		}
		return d, &Bundle{}
	}
	law, l := ask(Law)
	if law.Outcome != Approve {
		return false
	}
	shop, s := ask(Shop)
	if len(s.Clauses) == 0 {
		return false // it says nothing
	}
	if shop.Outcome != Approve {
		return true
	}
	for i := range l.Freight {
		if v := l.Freight[i].Value; (v == "refunded" || v == "shop") && s.Freight[i].Value != v {
			return true
		}
	}
	if l.Due[0].N < s.Due[0].N {
		return true
	}
	var allowed int64
	for _, c := range l.Clauses {
		if a.fee[c.Claim] && c.State == Holds {
			allowed = 1 // the permit's cap
		}
	}
	invoked, best := false, int64(0)
	for _, c := range s.Clauses {
		if c.State != Holds {
			continue
		}
		for _, e := range a.books[Shop].keys[in.key()] {
			if e.id != c.Claim || e.g.right != asOfRight {
				continue
			}
			n := *l.Refund.Parts[0].Minor
			if l.Refund.Basis != "goods" {
				n = in.Facts["m.price"][0].Value.n
			}
			if n = half(n, e.g.refund.percent); a.fee[e.id] {
				invoked, n = true, n-2
			}
			best = max(best, n)
		}
	}
	floor := *l.Refund.Parts[0].Minor
	if invoked {
		floor = max(0, floor-allowed)
	}
	return floor > best
}

func (in Input) key() Key { return Key{in.Ground, in.Remedy} }

// half is n percent of an amount, half up.
func half(minor, n int64) int64 { return (minor*n + 50) / 100 }

// TestProverAgreesWithEnumeration: over random packs, the prover refutes a shop wherever trying every set of facts finds
// it below the law, and what it refutes with comes to the same when law and shop are asked.
func TestProverAgreesWithEnumeration(t *testing.T) {
	facts, domain := randomFacts()
	voc, err := NewVocabulary(facts...)
	if err != nil {
		t.Fatal(err)
	}
	cal := china(t)
	compared, refuted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		a := randomAlone(t, voc)
		p, err := Verify(context.Background(), VerifyInput{Shop: a.shop, Beside: []*Pack{a.law}, Calendar: cal})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range p.Findings {
			if f.Kind != BelowFloor {
				continue
			}
			found = true
			refuted++
			in := Input{Facts: f.Facts.Clone(), Stage: f.Stage, At: f.At, Ground: "g", Remedy: RefundReturn, Calendar: cal}
			for _, x := range voc.facts { // what it leaves open makes no difference
				if in.Facts[x.name] == nil && x.Stage <= f.Stage {
					v := domain[x.name][len(domain[x.name])-1]
					if x.typ == TypeDate {
						v = DateValue(cal.DateOf(f.At))
					}
					in.Facts.Put(x.name, x.Stage, v)
				}
			}
			if !a.below(t, in) {
				t.Fatalf("%s\nis not so with %v", f.Text("en"), in.Facts)
			}
		}
		for _, f := range p.Findings {
			if f.Kind == BelowFloor {
				a.shop.Overrides = append(a.shop.Overrides, Override{Claim: f.Claim, Points: []string{f.Point}, By: f.By})
			}
		}
		again, err := Verify(context.Background(), VerifyInput{Shop: a.shop, Beside: []*Pack{a.law}, Calendar: cal})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range again.Findings {
			if f.Kind == BelowFloor || f.Kind == NotOverridden {
				t.Fatalf("with all of it listed: %s", f.Text("en"))
			}
		}
		for _, st := range []Stage{After, AtApplication} {
			below, tried := a.enumerate(t, Input{Stage: st, At: noon(randomDay.String()), Ground: "g", Remedy: RefundReturn, Calendar: cal}, domain)
			if tried {
				compared++
			}
			if below != nil && !found {
				t.Fatalf("proven, and below the law at %v with %v", st, below)
			}
		}
	})
	if compared < 10 || refuted < 10 {
		t.Errorf("only %d sets were enumerated and %d refuted", compared, refuted)
	}
}

// enumerate tries every set of the facts that the two packs look at; not where there are too many.
func (a *alone) enumerate(t *rapid.T, in Input, domain map[string][]Value) (below Facts, tried bool) {
	b := a.books[Shop]
	used := []int{b.voc.index["m.price"]}
	for _, x := range a.books {
		for _, at := range x.atomsIn(x.claims) {
			used = appendNew(used, x.atoms[at].facts()...)
		}
		for _, c := range x.claims {
			for _, g := range c.gives {
				used = appendNew(used, g.evidence...)
			}
		}
	}
	base, cells := Facts{}, 1
	var open []*fact
	for i, f := range b.voc.facts {
		switch {
		case f.Stage > in.Stage:
		case !containsInt(used, i):
			base.Put(f.name, f.Stage, domain[f.name][0])
		default:
			open = append(open, f)
			cells *= len(domain[f.name])
		}
	}
	if cells > 6000 {
		return nil, false
	}
	for c := range cells {
		fs, rest := base.Clone(), c
		for _, f := range open {
			d := domain[f.name]
			fs.Put(f.name, f.Stage, d[rest%len(d)])
			rest /= len(d)
		}
		in.Facts = fs
		if a.below(t, in) {
			return fs, true
		}
	}
	return nil, true
}

func containsInt(list []int, x int) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// Findings and notes are sentences of the packs' own words; a reason keeps its code beside them, which overridden_by_law lists.
func TestFindingsAreInWords(t *testing.T) {
	for _, f := range []ProofFinding{{Kind: BelowFloor, Key: Key{"no_reason", RefundReturn}, Claim: "footwear.no_reason", Point: "freight.return", Got: "customer", Floor: "shop"},
		{Kind: BelowFloor, Key: Key{"no_reason", RefundReturn}, Claim: "footwear.no_reason", Point: "right", Got: "reject", Floor: "as_of_right"}} {
		bare := f.Text(errs.En)
		f.book = testBook(t, "law", "footwear")
		for lang, words := range map[errs.Lang][]string{errs.ZhCN: {"退货退款"}, errs.En: {"Return and refund"}} {
			text := f.Text(lang)
			for _, code := range []string{"refund_return", "as_of_right", "freight.return", "comes to " + f.Got, "no_reason/"} {
				if strings.Contains(text, code) {
					t.Errorf("%s in %q", code, text)
				}
			}
			for _, w := range words {
				if !strings.Contains(text, w) {
					t.Errorf("no %s in %q", w, text)
				}
			}
		}
		if bare == "" || !strings.Contains(bare, "footwear.no_reason") {
			t.Errorf("read from a file: %q", bare)
		}
	}
}
