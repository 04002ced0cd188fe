package rule

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

var update = flag.Bool("update", false, "write what the tests of stored files would compare with")

// Over random packs: the core is the same with and without a trace, and every time; it reads back as it was written.
func TestCoreIsOneByteSequence(t *testing.T) {
	facts, domain := randomFacts()
	voc, err := NewVocabulary(facts...)
	if err != nil {
		t.Fatal(err)
	}
	cal := china(t)
	rapid.Check(t, func(t *rapid.T) {
		book := randomBook(t, voc)
		fs, _ := randomMatter(t, voc, domain)
		in := Input{Facts: fs, Stage: AtApplication, At: noon(randomDay.String()), Ground: "g", Remedy: RefundReturn, Calendar: cal}
		plain, err := book.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Trace = true
		traced, err := book.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		if len(traced.Trace) == 0 || plain.Trace != nil {
			t.Fatalf("%d claims traced, %d without asking", len(traced.Trace), len(plain.Trace))
		}
		core := plain.Encode()
		if !bytes.Equal(core, traced.Encode()) {
			t.Fatalf("without a trace\n%s\nwith\n%s", core, traced.Encode())
		}
		back, err := ParseDecision(core)
		if err != nil || !bytes.Equal(core, back.Encode()) {
			t.Fatalf("%v: written\n%s\nread\n%s", err, core, back.Encode())
		}
		doc, err := fs.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		in.Facts, err = voc.ParseFacts(doc)
		if err != nil {
			t.Fatal(sentences(err))
		}
		if again, err := book.Decide(in); err != nil || !bytes.Equal(core, again.Encode()) {
			t.Fatalf("%v: from the facts as they are stored\n%s\nnot\n%s", err, again.Encode(), core)
		}
	})
}

// Over random packs without reductions or proofs: a fact that only ever helps never hurts.
func TestMoreFavourableNeverHurts(t *testing.T) {
	facts, _ := randomFacts()
	voc, err := NewVocabulary(facts...)
	if err != nil {
		t.Fatal(err)
	}
	cal := china(t)
	names := []string{"a.flag", "b.flag", "c.flag"}
	rapid.Check(t, func(t *rapid.T) {
		var packs []*Pack
		for _, layer := range []Layer{Law, Shop} {
			var claims strings.Builder
			for i := range rapid.IntRange(1, 3).Draw(t, "claims") {
				mode, right := "floor", rapid.SampledFrom([]string{"as_of_right", "review"})
				if layer == Shop {
					mode, right = "promise", rapid.SampledFrom([]string{"as_of_right", "offer"})
				}
				is := rapid.SampledFrom(names)
				claims.WriteString(clause(fmt.Sprintf("%s.c%d", layer, i), mode, "g",
					fmt.Sprintf("  if:\n  - {id: x, is: %s, else: x}\n  - {id: y, is: %s, else: y}\n", is.Draw(t, "x"), is.Draw(t, "y")),
					fmt.Sprintf("right: %s, freight: {outbound: %s, return: %s}, refund: {percent: %d}, due: {from: t.asked, days: %d}", right.Draw(t, "right"),
						rapid.SampledFrom([]string{"kept", "refunded"}).Draw(t, "outbound"), rapid.SampledFrom([]string{"customer", "shop"}).Draw(t, "return"),
						rapid.IntRange(1, 100).Draw(t, "percent"), rapid.IntRange(0, 5).Draw(t, "due"))))
			}
			p, err := Load(packFiles(string(layer), layer == Law, claims.String()), "p", voc)
			if err != nil {
				t.Fatal(sentences(err))
			}
			packs = append(packs, p)
		}
		book, err := NewBook(packs)
		if err != nil {
			t.Fatal(err)
		}
		fs := Facts{}
		price.Set(fs, 4)
		carriage.Set(fs, 2)
		asked.Set(fs, randomDay)
		for _, f := range names {
			fs.Put(f, AtApplication, BoolValue(rapid.Bool().Draw(t, f)))
		}
		in := Input{Facts: fs, Stage: AtApplication, At: noon(randomDay.String()), Ground: "g", Remedy: RefundReturn, Calendar: cal}
		before, err := book.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Facts = fs.Clone()
		in.Facts.Put(rapid.SampledFrom(names).Draw(t, "now true"), AtApplication, BoolValue(true))
		after, err := book.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		if worse := worsened(before, after); worse != "" {
			t.Fatalf("%s is worse: before\n%s\nafter\n%s", worse, before.Encode(), after.Encode())
		}
	})
}

// worsened names what a decision took away from another, "" for nothing.
func worsened(before, after *Decision) string {
	x, y := before.Asked(), after.Asked()
	if i, j := slices.Index(outcomes, x.Outcome), slices.Index(outcomes, y.Outcome); i != j {
		return map[bool]string{true: "outcome"}[j > i]
	}
	for i := range x.Freight {
		if x.Freight[i].Value == "refunded" && y.Freight[i].Value != "refunded" || x.Freight[i].Value == "shop" && y.Freight[i].Value != "shop" {
			return x.Freight[i].Leg
		}
	}
	if x.Refund != nil && *y.Refund.Total < *x.Refund.Total {
		return "refund"
	}
	if len(x.Due) > 0 && y.Due[0].N > x.Due[0].N {
		return "due"
	}
	return ""
}

// Stored decisions replay byte for byte from the facts beside them and the packs they name. If this fails, the form of the
// core has changed: that is a new Format, and the old one stays readable. -update writes the corpus anew.
func TestReplay(t *testing.T) {
	book := testBook(t, "law", "footwear")
	if *update {
		writeCorpus(t, book)
	}
	cores, err := filepath.Glob("testdata/replay/*.core.json")
	if err != nil || len(cores) < 40 {
		t.Fatalf("%d stored decisions, %v", len(cores), err)
	}
	seen := map[Outcome]bool{}
	for _, name := range cores {
		core := read(t, name)
		d, err := ParseDecision(core)
		if err != nil {
			t.Fatal(name, err)
		}
		fs, err := book.voc.ParseFacts(read(t, strings.Replace(name, ".core.", ".facts.", 1)))
		if err != nil {
			t.Fatal(name, sentences(err))
		}
		again := decide(t, book, Input{Facts: fs, Stage: d.Stage, At: d.At, Ground: d.Ground, Remedy: d.Remedy, Calendar: china(t)})
		if got := again.Encode(); !bytes.Equal(got, core) {
			t.Errorf("%s\nreplays  %s\nstored   %s", name, got, core)
		}
		seen[d.Outcome] = true
	}
	if len(seen) < 6 {
		t.Errorf("the corpus shows %v; it should show every outcome", seen)
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b)
}

// writeCorpus decides a spread of matters: every ground and stage, a random part of the facts known.
func writeCorpus(t *testing.T, book *Book) {
	r := rand.New(rand.NewPCG(2026, 11))
	all := allFacts()
	for i := range 60 {
		stage := []Stage{AtApplication, AtEvidence, AtReceipt, AtInspection, After}[i%5]
		ground := book.names[i/5%len(book.names)]
		remedy := append(book.Remedies(ground), RefundReturn, Loaner, "")[r.IntN(len(book.Remedies(ground))+3)]
		fs := Facts{}
		for _, f := range book.voc.facts {
			v := all[f.name][0].Value
			if f.typ == TypeBool {
				v = BoolValue(v.Bool() != (r.IntN(4) == 0))
			}
			switch {
			case f.Part == "" && r.IntN(9) == 0:
			case f.name == "line.signed_on" && r.IntN(2) == 0:
				signedOn.Set(fs, day("2026-11-10"))
			case f.Stage <= stage:
				fs.Put(f.name, f.Stage, v)
			case r.IntN(2) == 0:
				fs.Put(f.name, AtApplication, v)
			}
		}
		d := decide(t, book, Input{Facts: fs, Stage: stage, At: noon("2026-11-24"), Ground: ground, Remedy: remedy, Calendar: china(t)})
		doc, err := fs.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		for suffix, data := range map[string][]byte{"facts": doc, "core": d.Encode()} {
			if err := os.WriteFile(fmt.Sprintf("testdata/replay/%02d-%s.%s.json", i, ground, suffix), append(data, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A core of another form, or none, is refused.
func TestParseDecision(t *testing.T) {
	for core, want := range map[string]string{`{"format":99}`: "rule.core_format", `{`: "rule.core_malformed", `{"format":1,"stage":"never"}`: "rule.core_malformed"} {
		_, err := ParseDecision([]byte(core))
		if e := (*errs.Error)(nil); !errors.As(err, &e) || e.Key != want {
			t.Errorf("%s: %v", core, err)
		}
	}
}

// A book is decided by from many sides at once: states are used again, never shared.
func TestConcurrentDecisions(t *testing.T) {
	book := testBook(t, "law", "footwear")
	cal := china(t)
	var ins []Input
	var want []string
	for _, stage := range []Stage{AtApplication, AtInspection, After} {
		for _, ground := range book.names {
			in := Input{Facts: until(allFacts(), stage), Stage: stage, At: noon("2026-11-24"), Ground: ground, Remedy: RefundReturn, Calendar: cal}
			delete(in.Facts, "line.custom_made")
			ins, want = append(ins, in), append(want, string(decide(t, book, in).Encode()))
		}
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				k := (i*7 + g) % len(ins)
				if d, err := book.Decide(ins[k]); err != nil || string(d.Encode()) != want[k] {
					t.Errorf("%v: another answer than alone", err)
					return
				}
			}
		})
	}
	wg.Wait()
}
