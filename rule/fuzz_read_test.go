package rule

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
)

// faultsRead holds of whatever was refused: each fault has a place in the file and a sentence in both languages, of a
// length that somebody may be shown.
func faultsRead(t *testing.T, file string, err error) {
	t.Helper()
	e := errs.As(err)
	if e.Code != errs.Invalid || len(e.Fields) == 0 || len(e.Fields) > maxFaults+1 {
		t.Fatalf("%d faults: %.200v", len(e.Fields), err)
	}
	for _, x := range e.Fields {
		for _, lang := range []errs.Lang{errs.ZhCN, errs.En} {
			text := errs.Render(lang, x.Key, x.Args)
			if !strings.HasPrefix(x.Path, file) || text == "" || text == x.Key || len(text) > 4000 {
				t.Fatalf("%q: %s", x.Path, text)
			}
		}
	}
}

// FuzzPack reads an arbitrary head and arbitrary texts of a pack.
//
//	go test ./rule -run '^$' -fuzz FuzzPack
func FuzzPack(f *testing.F) {
	for _, dir := range []string{"footwear", "law", "faulty/head", "faulty/texts"} {
		texts := ""
		if dir != "faulty/head" {
			texts = string(read(f, "testdata/"+dir+"/texts.yaml"))
		}
		f.Add(string(read(f, "testdata/"+dir+"/pack.yaml")), texts)
	}
	f.Add("pack: a\nparams: {x: {type: money, value: 1e3, title: {zh-CN: 一, en: One}}}", "sources: {S: {zh-CN: 第{n}条, en: item {n}}}")
	voc := testVocabulary(f)
	f.Fuzz(func(t *testing.T, head, texts string) {
		fsys := fstest.MapFS{"p/pack.yaml": {Data: []byte(head)}, "p/texts.yaml": {Data: []byte(texts)}}
		p, err := Load(fsys, "p", voc)
		if err != nil {
			if errs.As(err).Key != "rule.file_too_large" {
				faultsRead(t, "p/", err)
			}
			return
		}
		if again, err := Load(fsys, "p", voc); err != nil || again.Hash != p.Hash {
			t.Fatalf("loads once, and then: %v", err)
		}
	})
}

// FuzzFacts reads arbitrary facts as a person writes them: what is taken is written and read back as the same bytes.
//
//	go test ./rule -run '^$' -fuzz FuzzFacts
func FuzzFacts(f *testing.F) {
	voc := testVocabulary(f)
	for _, doc := range []string{
		"line.category: shoes\nline.signed_on: 2026-11-17\ngoods.worn: {application: true, inspection: false}\n",
		"line.goods_amount: 199.00\nrepair.cost: -0.01\norder.campaign_days: 366\nline.category: shoe\n",
		"{\"line.signed_on\": \"2026-02-30\", \"line.signed_on\": ~, \"goods.wron\": true, \"goods.worn\": {\"odrer\": true}}",
		"goods.worn: &a true\ngoods.tag_removed: *a\n", "goods.worn: [true]\n", "? [a]\n: b\n", "goods.worn: !!str true\n---\n", "\x00", "\xff\xfe",
		"line.goods_amount: 99999999999999999999.99\n", "line.goods_amount: 0x10\n", "goods.worn: yes\n",
	} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range []string{"CNY", ""} {
			fs, err := voc.ReadFacts("facts.yaml", data, "CNY")
			if c == "" {
				fs, err = voc.ParseFacts(data)
			}
			if err != nil {
				faultsRead(t, "facts", err)
				continue
			}
			doc, err := fs.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			back, err := voc.ParseFacts(doc)
			if err != nil {
				t.Fatalf("%s: %v", doc, err)
			}
			if again, err := back.MarshalJSON(); err != nil || !bytes.Equal(doc, again) {
				t.Fatalf("%v: %s, and then %s", err, doc, again)
			}
		}
	})
}

// FuzzExpression compiles arbitrary conditions and sums: a fault has a column inside the text, and what compiles is
// computed, or fails, on whatever facts, without a panic.
//
//	go test ./rule -run '^$' -fuzz FuzzExpression
func FuzzExpression(f *testing.F) {
	for _, src := range []string{
		"!goods.worn", "repair.cost <= $limit", "min(percent(line.goods_amount, 30), $limit)", "order.campaign_days / 0 == 1", "line.category in ['shoes', 'jade']",
		"line.signed_on < application.sent_on ? repair.cost : fen(-1)", "per_gram(repair.cost, 9223372036854775807)", "-9223372036854775808 - 1 == order.campaign_days",
		"((((((((((goods.worn))))))))))", "goods.worn &&", "#", "[1,2].exists(x, x > 1)", "$", "$limitt", "goods.wron", "'\\u0000' == line.category", "goods.worn == goods.worn == true",
		"1.5 < 2.0", "order.campaign_days * order.campaign_days * order.campaign_days > 7", strings.Repeat("!", 300) + "goods.worn", strings.Repeat("(", 300),
	} {
		f.Add(src)
	}
	voc := testVocabulary(f)
	head := packFiles("law", true, "[]")
	head["p/pack.yaml"].Data = append(head["p/pack.yaml"].Data, "params: {limit: {type: money, value: 15.00, title: {zh-CN: 限额, en: Limit}}}\n"...)
	l := &loader{reader: reader{currency: "CNY"}, voc: voc, names: map[string]bool{}, pack: &Pack{voc: voc, marks: map[string]mark{}}}
	l.header(l.document("p/pack.yaml", head["p/pack.yaml"].Data))
	if err := l.err(); err != nil {
		f.Fatal(sentences(err))
	}
	book := testBook(f, "law", "footwear")
	known := allFacts()
	f.Fuzz(func(t *testing.T, src string) {
		for _, want := range []Type{TypeBool, TypeMoney, TypeInt} {
			x, fault := voc.compile(l.scope, src, want)
			if fault != nil {
				text := errs.Render(errs.ZhCN, fault.key, fault.args)
				if fault.col < 0 || fault.col > len(src) || text == "" || text == fault.key {
					t.Fatalf("column %d of %q: %s", fault.col, src, text)
				}
				continue
			}
			if y, again := voc.compile(l.scope, src, want); again != nil || y != x {
				t.Fatalf("%q is compiled twice", src)
			}
			for _, fs := range []Facts{known, {}} {
				s, err := book.newState(&Input{Facts: fs, Stage: After, At: noon("2026-11-24"), Calendar: china(t)}, false)
				if err != nil {
					t.Fatal(err)
				}
				if v, missing := s.eval(x, want); s.err == nil && len(missing) == 0 && v.typ != want {
					t.Fatalf("%q is %v", src, v)
				}
				s.release()
			}
		}
	})
}
