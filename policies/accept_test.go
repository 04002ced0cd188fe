package policies_test

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// folder is a pack's files, to be changed.
func folder(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, pattern := range []string{"/*.yaml", "/cases/*.yaml"} {
		names, err := fs.Glob(policies.FS, dir+pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(policies.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = &fstest.MapFile{Data: data}
		}
	}
	return out
}

// results runs a folder's cases.
func results(t *testing.T, voc *rule.Vocabulary, packs map[string]*rule.Pack, files fstest.MapFS, dir string) (p *rule.Pack, out []rule.Result) {
	t.Helper()
	p, err := rule.Load(files, dir, voc)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := rule.Cases(files, dir, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		list := []*rule.Pack{p}
		for _, w := range c.With {
			list = append(list, packs[w])
		}
		b, err := rule.NewBook(list)
		if err != nil {
			t.Fatal(err)
		}
		cal, err := calendar.Load(c.Calendar)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c.Run(b, cal, nil))
	}
	return p, out
}

var days = regexp.MustCompile(`(?m)(\{type: (?:days|money), value: )([0-9]+)(\.00)?,`)

// With every number of a pack another one, its golden cases come out otherwise; each that does is accepted where it stands.
// Then all are green, no other case has moved, and what is not an expectation stands as it stood.
func TestAcceptedCasesAreGreen(t *testing.T) {
	voc, packs := load(t)
	accepted := 0
	for dir := range packs {
		files := folder(t, dir)
		head := dir + "/pack.yaml"
		files[head] = &fstest.MapFile{Data: days.ReplaceAllFunc(files[head].Data, func(was []byte) []byte {
			m := days.FindSubmatch(was)
			n, err := strconv.Atoi(string(m[2]))
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Appendf(nil, "%s%d%s,", m[1], n+n/2+1, m[3])
		})}
		p, first := results(t, voc, packs, files, dir)
		slices.SortStableFunc(first, func(a, b rule.Result) int { return b.Case.Line - a.Case.Line }) // from below, so that lines stay
		for _, r := range first {
			if r.Err != nil || len(r.Mismatches) == 0 {
				continue
			}
			accepted++
			name := path.Join(dir, strings.TrimPrefix(r.Case.File, dir+"/"))
			text, err := r.Accept(string(files[name].Data), p.Currency)
			if err != nil {
				t.Fatalf("%s:%d: %v", r.Case.File, r.Case.Line, err)
			}
			if bare(text) != bare(string(files[name].Data)) {
				t.Errorf("%s:%d: more than expectations changed:\n%s", r.Case.File, r.Case.Line, text)
			}
			files[name] = &fstest.MapFile{Data: []byte(text)}
		}
		_, again := results(t, voc, packs, files, dir)
		if len(again) != len(first) {
			t.Errorf("%s: %d cases were %d", dir, len(first), len(again))
		}
		for _, r := range again {
			for _, m := range r.Mismatches {
				t.Errorf("%s:%d: %s: %s", r.Case.File, r.Case.Line, r.Case.Name, m)
			}
		}
	}
	if accepted < 100 {
		t.Errorf("only %d cases came out otherwise", accepted)
	}
}

// bare is a file of cases without its expectations and their lines.
func bare(text string) string {
	text = regexp.MustCompile(`(?s)\n  expect: \{.*?\}\n(- |  |\n|$)`).ReplaceAllString(text, "\n$1")
	return regexp.MustCompile(`(?m)\n  expect:.*\n(    .*\n?)*`).ReplaceAllString(text, "\n")
}

// A case that is not there any more is not accepted anywhere else.
func TestAcceptFindsItsCase(t *testing.T) {
	voc, packs := load(t)
	p, all := results(t, voc, packs, folder(t, "cosmetics"), "cosmetics")
	r := all[0]
	name := "cosmetics/" + strings.TrimPrefix(r.Case.File, "cosmetics/")
	data, err := fs.ReadFile(policies.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "cases: [", "# moved\n" + string(data), strings.Replace(string(data), r.Case.Name, "another", 1)} {
		if got, err := r.Accept(text, p.Currency); err == nil {
			t.Errorf("accepted in %q: %q", text[:min(len(text), 40)], got[:min(len(got), 40)])
		}
	}
	if text, err := r.Accept(string(data), p.Currency); err != nil || text != string(data) {
		t.Errorf("a case that came out as expected was written anew: %v", err)
	}
}
