package policies_test

import (
	"cmp"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"testing"
	"time"

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
	brief(t, cases, packs, dir)
	for _, g := range cov.Gaps() {
		t.Errorf("%s: %s: never %s", g.Place, g.What, g.Never)
	}
}

// brief holds that what a brief answer to a case says is what the whole decision says.
func brief(t *testing.T, cases []rule.Case, packs map[string]*rule.Pack, dir string) {
	t.Helper()
	_, books := asked(t, packs, dir)
	for i, c := range cases {
		in := c.Input
		cal, err := calendar.Load(c.Calendar)
		if err != nil {
			t.Fatal(err)
		}
		in.Calendar, in.At = cal, cmp.Or(in.At, cal.StartOf(c.On).Add(12*time.Hour))
		d, err := books[i].Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		b, err := books[i].Brief(in)
		if err != nil {
			t.Fatal(err)
		}
		if a := d.Asked(); a != nil {
			a.Conditions, a.Clauses = nil, nil
		}
		if b.Outcome != d.Outcome || b.Reason != d.Reason || b.Clause != d.Clause || !reflect.DeepEqual(b.Open, d.Open) || !reflect.DeepEqual(b.Asked(), d.Asked()) {
			t.Errorf("%s:%d: %s: in brief %s\nwhole %s", c.File, c.Line, c.Name, b.Encode(), d.Encode())
		}
	}
}
