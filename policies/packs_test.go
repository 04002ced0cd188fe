package policies_test

import (
	"io/fs"
	"path"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// load compiles every pack against the facts that the slices produce.
func load(t testing.TB) (*rule.Vocabulary, map[string]*rule.Pack) {
	t.Helper()
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
	if err != nil {
		t.Fatal(err)
	}
	packs := map[string]*rule.Pack{}
	dirs, err := fs.Glob(policies.FS, "*/pack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range dirs {
		dir := path.Dir(file)
		p, err := rule.Load(policies.FS, dir, voc)
		if err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		packs[dir] = p
	}
	return voc, packs
}

// TestGoldenCases decides every case beside the packs, and holds that together they see every condition met and unmet
// and hit every row of a table.
func TestGoldenCases(t *testing.T) {
	_, packs := load(t)
	for dir, p := range packs {
		t.Run(dir, func(t *testing.T) { goldenCases(t, packs, dir, p) })
	}
}

func goldenCases(t *testing.T, packs map[string]*rule.Pack, dir string, p *rule.Pack) {
	cases, err := rule.Cases(policies.FS, dir, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	cov := rule.NewCoverage(p)
	for _, c := range cases {
		bound := []*rule.Pack{p}
		for _, w := range c.With {
			if packs[w] == nil {
				t.Fatalf("%s:%d: no pack %s", c.File, c.Line, w)
			}
			bound = append(bound, packs[w])
		}
		book, err := rule.NewBook(bound)
		if err != nil {
			t.Fatal(err)
		}
		cal, err := calendar.Load(c.Calendar)
		if err != nil {
			t.Fatal(err)
		}
		r := c.Run(book, cal, cov)
		if r.Err != nil {
			t.Errorf("%s:%d: %s: %v", c.File, c.Line, c.Name, r.Err)
		}
		for _, m := range r.Mismatches {
			t.Errorf("%s:%d: %s: %s", c.File, c.Line, c.Name, m)
		}
	}
	for _, g := range cov.Gaps() {
		t.Errorf("%s: %s: never %s", g.Place, g.What, g.Never)
	}
}
