package rule

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
)

// FuzzLoad reads arbitrary files of claims: every fault is a sentence with a place, nothing panics, and what loads decides.
//
//	go test ./rule -run '^$' -fuzz FuzzLoad
func FuzzLoad(f *testing.F) {
	err := fs.WalkDir(os.DirFS("testdata"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, "claims.yaml") {
			return err
		}
		data, err := os.ReadFile("testdata/" + name)
		f.Add(data)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("- claim: shop.a\n  mode: promise\n  ground: [g]\n  gives:\n    exchange: {right: as_of_right, freight: {both: shop}}\n  cites: [X]\n"))
	f.Add([]byte("- {claim: shop.a, mode: offer, ground: [g], if: [{id: a, is: \"percent(repair.cost, 30) - fen(5) < min(repair.cost, fen(7))\", else: b}], gives: {care: {}}, cites: [X]}"))
	voc := testVocabulary(f)
	law, err := Load(packFiles("law", true, "[]"), "p", voc)
	if err != nil {
		f.Fatal(err)
	}
	cal := china(f)
	known := allFacts()
	some := Facts{}
	for i, name := range sortedKeys(known) {
		if i%3 > 0 {
			some[name] = known[name]
		}
	}
	f.Fuzz(func(t *testing.T, claims []byte) {
		p, err := Load(packFiles("shop", false, string(claims)), "p", voc)
		if err != nil {
			e := errs.As(err)
			if e.Code != errs.Invalid {
				t.Fatal(err)
			}
			for _, x := range e.Fields {
				if text := errs.Render(errs.En, x.Key, x.Args); !strings.HasPrefix(x.Path, "p/") || text == "" || text == x.Key {
					t.Fatalf("%q: %s", x.Path, text)
				}
			}
			return
		}
		b, err := NewBook([]*Pack{law, p})
		if err != nil {
			return // grounds that nobody declares
		}
		for _, fs := range []Facts{known, some, {}} {
			for _, stage := range []Stage{AtApplication, After} {
				in := Input{Facts: until(fs, stage), Stage: stage, At: noon("2026-11-24"), Ground: "g", Remedy: Exchange, Calendar: cal, Trace: true}
				if _, err := b.Decide(in); err != nil && errs.As(err).Key == "" {
					t.Fatal(err)
				}
				if _, err := b.WhatIf(in); err != nil && errs.As(err).Key == "" {
					t.Fatal(err)
				}
			}
		}
	})
}

// until are the facts of a stage and earlier; those of later stages count as declared.
func until(fs Facts, stage Stage) Facts {
	out := Facts{}
	for name, rs := range fs {
		for _, r := range rs {
			out.Put(name, min(stage, r.Stage), r.Value)
		}
	}
	return out
}

// FuzzDecide decides on arbitrary facts: what is refused is refused with a sentence, and what is decided is one byte
// sequence that reads back, refusals with a reason and another way.
//
//	go test ./rule -run '^$' -fuzz FuzzDecide
func FuzzDecide(f *testing.F) {
	book := testBook(f, "law", "footwear")
	cal := china(f)
	doc, err := allFacts().MarshalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc, uint8(After), "quality", "refund_return")
	f.Add([]byte(`{"line.signed_on": "2026-11-17", "goods.worn": {"application": true, "inspection": false}}`), uint8(AtInspection), "no_reason", "exchange")
	f.Add([]byte(`{"line.signed_on": "9999-12-31"}`), uint8(AtApplication), "other", "")
	f.Add([]byte(`{"repair.cost": 1000000000000, "line.goods_amount": -1}`), uint8(0), "", "local_repair")
	f.Add([]byte("line.category: shoes\nline.signed_on: ~"), uint8(AtApplication), "size_mismatch", "goodwill")
	f.Fuzz(func(t *testing.T, facts []byte, stage uint8, ground, remedy string) {
		fs, err := book.voc.ParseFacts(facts)
		if err != nil {
			return
		}
		in := Input{Facts: fs, Stage: Stage(stage), At: noon("2026-11-24"), Ground: ground, Remedy: Remedy(remedy), Calendar: cal}
		d, err := book.Decide(in)
		if err != nil {
			if e := errs.As(err); e.Key == "" {
				t.Fatal(err)
			}
			return
		}
		core := d.Encode()
		back, err := ParseDecision(core)
		if err != nil || !bytes.Equal(back.Encode(), core) {
			t.Fatalf("%v: %s", err, core)
		}
		if d.Outcome == Reject && (d.Reason == "" || d.Clause == "" || len(d.Alternatives) == 0) {
			t.Fatalf("a refusal without reason, clause or another way: %s", core)
		}
		if d.Outcome == NeedFacts && len(d.Open) == 0 {
			t.Fatalf("facts are needed, and none is named: %s", core)
		}
	})
}
