package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// PolicyCmd are the tools of whoever writes, reads or defends policies. docs/policy.md describes the packs.
type PolicyCmd struct {
	Lint   PolicyLintCmd   `cmd:"" help:"Check packs: a place and a sentence for each finding."`
	Test   PolicyTestCmd   `cmd:"" help:"Run the golden cases of packs; every condition must be seen true and false."`
	Verify PolicyVerifyCmd `cmd:"" help:"Prove packs against the law, or refute them with facts."`
	Decide PolicyDecideCmd `cmd:"" help:"Ask a policy, or explain a decision that was made."`
	Facts  PolicyFactsCmd  `cmd:"" help:"Print the vocabulary of facts as JSON Schema."`
	Docs   PolicyDocsCmd   `cmd:"" help:"Print the customer's policy page of a pack as Markdown."`
	Diff   PolicyDiffCmd   `cmd:"" help:"Say in words what another version of a pack changes."`

	Backtest PolicyBacktestCmd `cmd:"" help:"Say what a draft would have cost on a shop's decided matters."`
}

// packArgs are packs to work on.
type packArgs struct {
	Pack []string `arg:"" optional:"" help:"Folder of a pack or of packs, or name of a built-in pack; all built-in packs without one."`
	JSON bool     `help:"Print the result as JSON."`
}

// PolicyLintCmd checks packs.
type PolicyLintCmd struct{ packArgs }

func (*PolicyLintCmd) Help() string {
	return `Examples:
  sanbao policy lint                     every built-in pack
  sanbao policy lint policies/shoes      a pack that is being written
  sanbao policy lint shoes --json

A folder is checked together with the packs its golden cases name; those are taken from the folders beside it, else from
the program. Exit code 1: there are findings.`
}

// Run prints the findings.
func (c *PolicyLintCmd) Run() error {
	sources, err := findPacks(c.Pack)
	if err != nil {
		return err
	}
	type finding struct {
		Place   string `json:"place"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	found := []finding{}
	for _, s := range sources {
		list, err := s.lint()
		if err != nil {
			return err
		}
		for _, f := range list {
			found = append(found, finding{s.prefix + f.Place, f.Key, f.Text(language())})
		}
	}
	if c.JSON {
		err = writeJSON(found)
	} else {
		for _, f := range found {
			fmt.Printf("%s: %s\n", f.Place, f.Message)
		}
	}
	if err == nil && len(found) > 0 {
		err = errs.New(errs.Invalid, "cli.lint_found", errs.Args{"n": len(found)})
	}
	return err
}

// lint binds a pack as its cases do and lists the findings.
func (s packSource) lint() ([]rule.Finding, error) {
	lib, err := builtIn()
	if err != nil {
		return nil, err
	}
	p, err := rule.Load(s.fsys, s.dir, lib.Vocabulary())
	if err != nil {
		return rule.Lint(s.fsys, s.dir, lib.Vocabulary()) // the loader's faults are the findings
	}
	beside, _, err := s.besides(p, p.From)
	if err != nil {
		return nil, err
	}
	return rule.Lint(s.fsys, s.dir, lib.Vocabulary(), beside...)
}

// PolicyTestCmd runs golden cases.
type PolicyTestCmd struct{ packArgs }

func (*PolicyTestCmd) Help() string {
	return `Examples:
  sanbao policy test                     every built-in pack
  sanbao policy test policies/shoes
  sanbao policy test shoes law-cn --json

Prints each case that came out otherwise, with what was wanted and what came, then the conditions, exceptions and windows
no case saw both true and false, and the table rows none reached. Exit code 1: any of those, or no cases at all.`
}

// testReport is what became of the cases of one version of a pack.
type testReport struct {
	Pack     string      `json:"pack"`
	Version  string      `json:"version"`
	Cases    int         `json:"cases"`
	Failures []failure   `json:"failures"`
	Seen     int         `json:"seen"` // of All: conditions seen true, seen false, rows reached
	All      int         `json:"all"`
	Gaps     []gapReport `json:"gaps"`
}

type failure struct {
	Place      string          `json:"place"`
	Case       string          `json:"case"`
	Cites      []string        `json:"cites"`
	Error      string          `json:"error,omitempty"`
	Mismatches []rule.Mismatch `json:"mismatches,omitempty"`
}

type gapReport struct {
	Place string `json:"place"`
	What  string `json:"what"`
	Never string `json:"never"`
}

// Run runs them.
func (c *PolicyTestCmd) Run() error {
	sources, err := findPacks(c.Pack)
	if err != nil {
		return err
	}
	reports := []testReport{}
	failed, gaps := 0, 0
	for _, s := range sources {
		r, err := s.test()
		if err != nil {
			return err
		}
		reports = append(reports, r)
		failed, gaps = failed+len(r.Failures), gaps+len(r.Gaps)
		if !c.JSON {
			r.print()
		}
	}
	if c.JSON {
		if err := writeJSON(reports); err != nil {
			return err
		}
	}
	if failed+gaps > 0 {
		return errs.New(errs.Invalid, "cli.cases_failed", errs.Args{"failed": failed, "gaps": gaps})
	}
	return nil
}

// test runs the cases of one pack.
func (s packSource) test() (r testReport, err error) {
	p, err := s.load()
	if err != nil {
		return r, err
	}
	cases, err := rule.Cases(s.fsys, s.dir, p)
	if err != nil {
		return r, s.placed(err)
	}
	if len(cases) == 0 {
		return r, errs.New(errs.Invalid, "cli.no_cases", errs.Args{"pack": s.prefix + s.dir})
	}
	r = testReport{Pack: p.ID, Version: p.Version, Cases: len(cases), Failures: []failure{}, Gaps: []gapReport{}}
	cov := rule.NewCoverage(p)
	for _, c := range cases {
		book, cal, err := s.book(p, c)
		if err != nil {
			return r, err
		}
		res := c.Run(book, cal, cov)
		f := failure{Place: fmt.Sprintf("%s%s:%d", s.prefix, c.File, c.Line), Case: c.Name, Cites: c.Cites, Mismatches: res.Mismatches}
		if res.Err != nil {
			f.Error = sentence(res.Err)
		}
		if f.Error != "" || len(f.Mismatches) > 0 {
			r.Failures = append(r.Failures, f)
		}
	}
	r.Seen, r.All = cov.Counts()
	for _, g := range cov.Gaps() {
		r.Gaps = append(r.Gaps, gapReport{s.prefix + g.Place, g.What, g.Never})
	}
	return r, nil
}

// book binds a pack as a case says.
func (s packSource) book(p *rule.Pack, c rule.Case) (*rule.Book, *calendar.Calendar, error) {
	cal, err := calendar.Load(c.Calendar)
	if err != nil {
		return nil, nil, err
	}
	on := c.On
	if c.Input.At != 0 {
		on = cal.DateOf(c.Input.At)
	}
	packs := []*rule.Pack{p}
	for _, name := range c.With {
		b, err := s.beside(name, on)
		if err != nil {
			return nil, nil, err
		}
		packs = append(packs, b)
	}
	book, err := rule.NewBook(packs)
	return book, cal, err
}

func (r testReport) print() {
	for _, f := range r.Failures {
		fmt.Printf("FAIL %s: %s %v\n", f.Place, f.Case, f.Cites)
		if f.Error != "" {
			fmt.Printf("     %s\n", f.Error)
		}
		for _, m := range f.Mismatches {
			fmt.Printf("     %s\n", m)
		}
	}
	for _, g := range r.Gaps {
		fmt.Printf("GAP  %s: %s: never %s\n", g.Place, g.What, g.Never)
	}
	fmt.Printf("%s %s: %d of %d cases as expected, %d of %d conditions and rows seen\n", r.Pack, r.Version, r.Cases-len(r.Failures), r.Cases, r.Seen, r.All)
}

// sentence is an error in one line, with its first fields.
func sentence(err error) string {
	e := errs.As(err)
	text := e.Text(language())
	for _, f := range e.Fields {
		text += " " + f.Path + ": " + errs.Render(language(), f.Key, f.Args)
	}
	return text
}

// PolicyFactsCmd prints the vocabulary.
type PolicyFactsCmd struct {
	API bool `help:"As the API takes facts: money in whole minor units."`
}

func (*PolicyFactsCmd) Help() string {
	return `JSON Schema 2020-12 of what can be known of a matter: for editors and checks of facts files, and for whoever makes forms.
Beside each type stand labels and help in both languages, the stage at which the fact is established, and who can answer.

Examples:
  sanbao policy facts > facts.schema.json
  sanbao policy facts --api`
}

// Run prints it.
func (c *PolicyFactsCmd) Run() error {
	lib, err := builtIn()
	if err != nil {
		return err
	}
	doc, err := lib.Vocabulary().Schema(c.API)
	if err == nil {
		_, err = os.Stdout.Write(append(doc, '\n'))
	}
	return err
}

// PolicyDocsCmd prints the customer's page.
type PolicyDocsCmd struct {
	Pack string `arg:"" help:"Folder, or name of a built-in pack."`
	Lang string `enum:",zh-CN,zh-TW,en" default:"" help:"zh-CN, zh-TW or en; that of the terminal without it."`
}

func (*PolicyDocsCmd) Help() string {
	return `The page is made from the rules that decide: change a parameter, and it says the new number.

Examples:
  sanbao policy docs shoes --lang zh-CN
  sanbao policy docs policies/shoes --lang en > returns.md`
}

// Run prints the page of the newest version.
func (c *PolicyDocsCmd) Run() error {
	sources, err := findOne(c.Pack)
	if err != nil {
		return err
	}
	s := sources[len(sources)-1]
	p, err := s.load()
	if err != nil {
		return err
	}
	beside, _, err := s.besides(p, p.From)
	if err != nil {
		return err
	}
	page, err := rule.Page(p, langOr(c.Lang), beside...)
	if err == nil {
		_, err = os.Stdout.WriteString(page)
	}
	return err
}

// langOr is the language asked for, or the terminal's.
func langOr(s string) errs.Lang {
	if s == "" {
		return language()
	}
	return errs.Lang(s)
}

func writeJSON(v any) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// timeOf reads --at: an instant, or noon of a day; now without it.
func timeOf(s string, cal *calendar.Calendar) (clock.Instant, error) {
	if s == "" {
		return clock.System{}.Now(), nil
	}
	if d, err := calendar.ParseDate(s); err == nil {
		return cal.StartOf(d) + (cal.EndOf(d)-cal.StartOf(d))/2, nil
	}
	at, err := clock.Parse(s)
	if err != nil {
		return 0, errs.Wrap(err, errs.Invalid, "cli.at_malformed")
	}
	return at, nil
}
