package studio

import (
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// Finding is something wrong with a draft, or doubtful about it: where, and a sentence.
type Finding struct {
	File string `json:"file,omitempty" example:"returns.yaml"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	Key  string `json:"key"`
	Text string `json:"text"`
}

func findingAt(place, key string, args errs.Args, lang errs.Lang) Finding {
	x := Finding{Key: key, Text: errs.Render(lang, key, args)}
	x.File, x.Line, x.Col = advice(place)
	return x
}

// CaseResult is a golden case that did not come out as it should.
type CaseResult struct {
	File  string   `json:"file"`
	Line  int      `json:"line"`
	Name  string   `json:"name"`
	Says  []string `json:"says" nullable:"false" doc:"what came out otherwise, or why it could not be decided"`
	Cites []string `json:"cites,omitempty"`

	Differs []rule.Mismatch `json:"differs" nullable:"false" doc:"what came out otherwise, point by point; empty where it could not be decided"`
}

// GapRow is a condition that no case saw met or unmet, or a row that no case hit.
type GapRow struct {
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`
	What  string `json:"what"`
	Never string `json:"never" enum:"met,unmet,hit"`
}

// Check is what lint and the golden cases say of a draft.
type Check struct {
	Findings []Finding    `json:"findings" nullable:"false" doc:"of lint; a clean draft has none"`
	Cases    int          `json:"cases" doc:"golden cases that were run"`
	Failed   []CaseResult `json:"failed" nullable:"false"`
	Gaps     []GapRow     `json:"gaps" nullable:"false" doc:"what no case sees: every condition has to be seen true and false, every row hit"`
	Seen     int          `json:"seen" doc:"of all: halves of conditions and rows that the cases saw"`
	All      int          `json:"all"`
	Clean    bool         `json:"clean" doc:"nothing in the way of publishing it"`
}

// lint looks at files as a version of a pack in its place among the shop's others.
func (r room) lint(pack string, files policy.Files, on calendar.Date, lang errs.Lang) ([]Finding, error) {
	found, err := rule.Lint(files.Folder(pack), pack, r.lib.Vocabulary(), r.beside(pack, on)...)
	out := []Finding{}
	for _, f := range found {
		out = append(out, findingAt(f.Place, f.Key, f.Args, lang))
	}
	return out, err
}

// check is lint, then the golden cases with their coverage. Cases bind the packs they name as these stand on the day of
// the case; the shop's others are known, and what ships with the program.
func (r room) check(pack string, files policy.Files, on calendar.Date, lang errs.Lang) (Check, error) {
	out := Check{Failed: []CaseResult{}, Gaps: []GapRow{}}
	var err error
	if out.Findings, err = r.lint(pack, files, on, lang); err != nil {
		return out, err
	}
	fsys := files.Folder(pack)
	p, err := rule.Load(fsys, pack, r.lib.Vocabulary())
	if err != nil {
		return out, nil // its faults are the findings
	}
	cases, err := rule.Cases(fsys, pack, p)
	if err != nil {
		e := errs.As(err)
		if e.Code != errs.Invalid {
			return out, err
		}
		for _, f := range e.Fields {
			out.Findings = append(out.Findings, findingAt(f.Path, f.Key, f.Args, lang))
		}
		return out, nil
	}
	cov := rule.NewCoverage(p)
	out.Cases = len(cases)
	for _, c := range cases {
		if x, bad := r.golden(p, c, cov, lang); bad {
			out.Failed = append(out.Failed, x)
		}
	}
	for _, g := range cov.Gaps() {
		file, line, _ := advice(g.Place)
		out.Gaps = append(out.Gaps, GapRow{file, line, g.What, g.Never})
	}
	out.Seen, out.All = cov.Counts()
	out.Clean = len(out.Findings) == 0 && len(out.Failed) == 0 && len(out.Gaps) == 0 && out.Cases > 0
	return out, nil
}

// golden runs one case; false when it comes out as it should.
func (r room) golden(p *rule.Pack, c rule.Case, cov *rule.Coverage, lang errs.Lang) (CaseResult, bool) {
	_, file, _ := strings.Cut(c.File, "/")
	out := CaseResult{File: file, Line: c.Line, Name: c.Name, Says: []string{}, Cites: c.Cites, Differs: []rule.Mismatch{}}
	fail := func(err error) (CaseResult, bool) {
		e := errs.As(err)
		out.Says = append(out.Says, errs.Render(lang, e.Key, e.Args))
		for _, f := range e.Fields {
			out.Says = append(out.Says, f.Path+": "+errs.Render(lang, f.Key, f.Args))
		}
		return out, true
	}
	book, cal, err := r.caseBook(p, c)
	if err != nil {
		return fail(err)
	}
	res := c.Run(book, cal, cov)
	if res.Err != nil {
		return fail(res.Err)
	}
	for _, m := range res.Mismatches {
		out.Differs = append(out.Differs, m)
		out.Says = append(out.Says, errs.Render(lang, "policy.case_mismatch", errs.Args{"what": m.What, "want": m.Want, "got": m.Got}))
	}
	return out, len(out.Says) > 0
}

// caseBook binds a pack with what a case names beside it, as that stands on the day of the case.
func (r room) caseBook(p *rule.Pack, c rule.Case) (*rule.Book, *calendar.Calendar, error) {
	cal, err := calendar.Load(c.Calendar)
	if err != nil {
		return nil, nil, err
	}
	on := c.On
	if c.Input.At != 0 {
		on = cal.DateOf(c.Input.At)
	}
	packs := []*rule.Pack{p}
	for _, id := range c.With {
		beside, err := r.lib.InForce(id, on)
		if err != nil {
			return nil, nil, err
		}
		packs = append(packs, beside)
	}
	book, err := rule.NewBook(packs)
	return book, cal, err
}

// day is the day on which a draft is looked at among the shop's other packs: its first day in force, tomorrow while it has
// none.
func (r room) day(d Draft) calendar.Date {
	if d.EffectiveFrom != nil {
		return *d.EffectiveFrom
	}
	return r.today().AddDays(1)
}

// diff says in words what a draft changes. A draft that does not load has its faults instead.
func (r room) diff(d Draft, files policy.Files, lang errs.Lang) ([]rule.PackChange, error) {
	p, err := files.Compile(d.Pack, r.lib.Vocabulary())
	if err != nil {
		return nil, err
	}
	base, err := r.lib.Version(d.Pack, d.BaseVersion)
	if err != nil {
		return nil, err
	}
	changes, err := rule.Diff(base, p, lang, r.beside(d.Pack, r.day(d))...)
	return append([]rule.PackChange{}, changes...), err
}
