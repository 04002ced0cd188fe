package rule

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/errs"
)

var hole = regexp.MustCompile(`\{[a-z_]+\}`) // in a sentence, where an argument should be

// Every fault of a faulty pack is found in one go, each with file, line, column and a sentence in both languages. The
// sentences stand in testdata/faulty/*.txt; -update writes them.
func TestFaultyPacks(t *testing.T) {
	voc := testVocabulary(t)
	dirs, err := os.ReadDir("testdata/faulty")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		if !d.IsDir() || d.Name() == "facts" {
			continue
		}
		t.Run(d.Name(), func(t *testing.T) {
			_, err := Load(os.DirFS("testdata/faulty"), d.Name(), voc)
			if err == nil {
				t.Fatal("loads")
			}
			var got strings.Builder
			for _, f := range errs.As(err).Fields {
				fmt.Fprintf(&got, "%s\n  %s\n  %s\n", f.Path, errs.Render(errs.ZhCN, f.Key, f.Args), errs.Render(errs.En, f.Key, f.Args))
				if text := errs.Render(errs.En, f.Key, f.Args); hole.MatchString(strings.ReplaceAll(text, "{percent: n}", "")) {
					t.Errorf("%s: a hole in %q", f.Path, text)
				}
			}
			golden := path.Join("testdata/faulty", d.Name()+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := read(t, golden); !bytes.Equal(bytes.TrimSpace([]byte(got.String())), want) {
				t.Errorf("got\n%s\nwant\n%s", got.String(), want)
			}
		})
	}
}

// What has to be bounded is: one file, all files, their number.
func TestPacksAreBounded(t *testing.T) {
	voc := testVocabulary(t)
	head := packFiles("law", true, "")["p/pack.yaml"]
	long := fstest.MapFS{"p/pack.yaml": head, "p/claims.yaml": {Data: []byte("# " + strings.Repeat("x", maxFile))}}
	many := fstest.MapFS{"p/pack.yaml": head}
	for i := range maxFiles {
		many[fmt.Sprintf("p/c%d.yaml", i)] = &fstest.MapFile{}
	}
	for name, fsys := range map[string]fstest.MapFS{"long": long, "many": many} {
		if _, err := Load(fsys, "p", voc); err == nil || errs.As(err).Key != "rule.file_too_large" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Load(fstest.MapFS{}, "p", voc); err == nil || errs.As(err).Key != "rule.pack_missing" {
		t.Errorf("no folder: %v", err)
	}
}

// The hash is of the rules: wording and cases may change without a new version, nothing else may.
func TestHash(t *testing.T) {
	voc := testVocabulary(t)
	load := func(change func(fstest.MapFS)) string {
		fsys := packFiles("law", true, "[]")
		change(fsys)
		p, err := Load(fsys, "p", voc)
		if err != nil {
			t.Fatal(sentences(err))
		}
		return p.Hash
	}
	same := load(func(fstest.MapFS) {})
	for name, change := range map[string]func(fstest.MapFS){
		"texts": func(f fstest.MapFS) {
			f["p/texts.yaml"] = &fstest.MapFile{Data: []byte("reasons: {a: {zh-CN: 甲, en: A}}")}
		},
		"cases": func(f fstest.MapFS) { f["p/cases/a.yaml"] = &fstest.MapFile{Data: []byte("anything")} },
	} {
		if load(change) != same {
			t.Errorf("%s change the hash", name)
		}
	}
	for name, change := range map[string]func(fstest.MapFS){
		"a comment": func(f fstest.MapFS) { f["p/claims.yaml"] = &fstest.MapFile{Data: []byte("[] # new")} },
		"a file":    func(f fstest.MapFS) { f["p/more.yaml"] = &fstest.MapFile{Data: []byte("[]")} },
	} {
		if load(change) == same {
			t.Errorf("%s does not change the hash", name)
		}
	}
}

// Packs that cannot be bound together are refused when the book is made.
func TestBooksRefused(t *testing.T) {
	voc := testVocabulary(t)
	load := func(name, head, claims string) *Pack {
		p, err := Load(fstest.MapFS{"p/pack.yaml": {Data: []byte("pack: " + name + "\nversion: \"1\"\neffective_from: 2026-01-01\ntitle: {zh-CN: 一, en: One}\n" + head)},
			"p/claims.yaml": {Data: []byte(claims)}}, "p", voc)
		if err != nil {
			t.Fatal(sentences(err))
		}
		return p
	}
	const table = "- table: x\n  hit: first\n  out: {n: int}\n  rows:\n  - {then: {n: 1}}\n  cites: [T-1]\n"
	law := load("law", "layer: law\ncurrency: CNY\ngrounds: {quality: {fault: shop}}\n", table)
	for name, c := range map[string]struct {
		pack *Pack
		want string
	}{
		"another currency":             {load("gbp", "layer: shop\ncurrency: GBP\n", "[]"), "rule.book_mixed"},
		"another fault class":          {load("blames", "layer: shop\ncurrency: CNY\ngrounds: {quality: {fault: customer}}\n", "[]"), "rule.ground_changed"},
		"a ground nobody declares":     {load("unknown", "layer: shop\ncurrency: CNY\n", clause("unknown.a", "promise", "qualiti", "", plain)), "rule.ground_unknown"},
		"a ground that counts as none": {load("as", "layer: shop\ncurrency: CNY\ngrounds: {size: {as: no_reason}}\n", "[]"), "rule.ground_unknown"},
		"grounds in a circle":          {load("circle", "layer: shop\ncurrency: CNY\ngrounds: {a: {as: b}, b: {as: a}}\n", "[]"), "rule.ground_circle"},
		"the law's table":              {load("tables", "layer: shop\ncurrency: CNY\n", table), "rule.table_shared"},
	} {
		_, err := NewBook([]*Pack{law, c.pack})
		if err == nil || len(errs.As(err).Fields) == 0 || errs.As(err).Fields[0].Key != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewBook(); err == nil || errs.As(err).Key != "rule.book_empty" {
		t.Errorf("no packs: %v", err)
	}
}
