package rule

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/money"
)

// Case is one golden case of a pack: a question, and what must come out, written by hand from the document.
type Case struct {
	Name     string
	File     string
	Line     int
	Cites    []string
	With     []string // other packs bound beside the tested one
	Calendar string
	On       calendar.Date
	Input    Input // without its Calendar, and without At unless the case names an instant
	expect   []expectation
}

// expectation is one key of `expect`: a path into the decision and the wanted texts.
type expectation struct {
	path string // "outcome", "freight.return", "table.repair_authority.authority"
	want []string
	list bool // compared as sets
}

// Cases reads the golden cases beside a pack: cases/*.yaml. Faults come back together, with their places.
func Cases(fsys fs.FS, dir string, p *Pack) ([]Case, error) {
	l := &caseReader{reader: reader{currency: p.Currency}, pack: p}
	names, err := fs.Glob(fsys, path.Join(dir, "cases", "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read cases of %s: %w", dir, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read cases of %s: %w", dir, err)
		}
		if root := l.document(path.Join(path.Base(dir), "cases", path.Base(name)), data); root != nil {
			l.read(root)
		}
	}
	return l.cases, l.err()
}

type caseReader struct {
	reader
	pack  *Pack
	cases []Case
}

func (l *caseReader) read(n *yaml.Node) {
	f := l.fields(n, "case file", "with", "calendar", "at", "stage", "ask", "given", "cases!")
	base := Case{File: l.file, With: l.strings(f["with"], "with"), Calendar: "CN", Input: Input{Facts: Facts{}}}
	if f["with"] == nil && l.pack.Layer != Law {
		base.With = []string{"law-cn"}
	}
	if f["calendar"] != nil {
		base.Calendar = l.scalar(f["calendar"], "calendar")
	}
	l.at(&base, f["at"])
	l.stage(&base, f["stage"])
	l.ask(&base, f["ask"])
	if f["given"] != nil {
		l.pack.voc.readFacts(&l.reader, f["given"], base.Input.Facts, 0)
	}
	for _, x := range l.items(f["cases"], "cases") {
		l.one(base, x)
	}
}

func (l *caseReader) one(c Case, n *yaml.Node) {
	f := l.fields(n, "case", "case!", "cites!", "with", "at", "stage", "ask", "facts", "declared", "expect!")
	c.Name, c.Line, c.Cites = l.scalar(f["case"], "case"), n.Line, l.strings(f["cites"], "cites")
	if f["with"] != nil {
		c.With = l.strings(f["with"], "with")
	}
	l.at(&c, f["at"])
	l.stage(&c, f["stage"])
	l.ask(&c, f["ask"])
	c.Input.Facts = c.Input.Facts.Clone()
	if f["facts"] != nil {
		l.pack.voc.readFacts(&l.reader, f["facts"], c.Input.Facts, 0)
	}
	if f["declared"] != nil {
		l.pack.voc.readFacts(&l.reader, f["declared"], c.Input.Facts, AtApplication)
	}
	if c.Input.Stage == 0 || c.On == 0 && c.Input.At == 0 {
		l.fault(n, "rule.case_when")
	}
	if f["expect"] != nil {
		wanted := l.pairs(f["expect"], "expect")
		for _, p := range wanted {
			l.expectation(&c, p)
		}
		if len(wanted) == 0 {
			l.fault(f["expect"], "rule.case_expects_nothing")
		}
	}
	l.cases = append(l.cases, c)
}

func (l *caseReader) at(c *Case, n *yaml.Node) {
	if n == nil {
		return
	}
	s := l.scalar(n, "at")
	c.On, c.Input.At = 0, 0
	if d, err := calendar.ParseDate(s); err == nil {
		c.On = d
	} else if at, err := clock.Parse(s); err == nil {
		c.Input.At = at
	} else {
		l.fault(n, "rule.want_date", "what", "at", "got", s)
	}
}

func (l *caseReader) stage(c *Case, n *yaml.Node) {
	if n == nil {
		return
	}
	st, ok := ParseStage(l.scalar(n, "stage"))
	if !ok {
		l.fault(n, "rule.stage_unknown", "stage", n.Value, "stages", strings.Join(stageNames[1:], " "))
	}
	c.Input.Stage = st
}

func (l *caseReader) ask(c *Case, n *yaml.Node) {
	if n == nil {
		return
	}
	f := l.fields(n, "ask", "ground", "remedy")
	if f["ground"] != nil {
		c.Input.Ground = l.scalar(f["ground"], "ground")
	}
	if f["remedy"] != nil {
		c.Input.Remedy = Remedy(l.scalar(f["remedy"], "remedy"))
		if required[c.Input.Remedy] == nil {
			l.fault(f["remedy"], "rule.remedy_unknown", "remedy", f["remedy"].Value, "hint", hintRemedy(f["remedy"].Value))
		}
	}
}

var (
	expectOne  = []string{"outcome", "reason", "clause", "right", "authority", "last_day", "due", "send_by", "refund", "amount", "edition"}
	expectList = []string{"deduct", "evidence", "conditions", "open", "overridden", "alternatives"}
	expectMap  = []string{"freight", "winner", "table"}
)

func (l *caseReader) expectation(c *Case, p pair) {
	key := p.key.Value
	switch {
	case slices.Contains(expectOne, key):
		want := l.scalar(p.val, key)
		if key == "refund" || key == "amount" {
			want = l.money(p.val, key)
		}
		c.expect = append(c.expect, expectation{key, []string{want}, false})
	case slices.Contains(expectList, key):
		c.expect = append(c.expect, expectation{key, l.strings(p.val, key), true})
	case slices.Contains(expectMap, key):
		for _, q := range l.pairs(p.val, key) {
			if key != "table" {
				c.expect = append(c.expect, expectation{key + "." + q.key.Value, []string{l.scalar(q.val, key)}, false})
				continue
			}
			for _, col := range l.pairs(q.val, "table") {
				c.expect = append(c.expect, expectation{"table." + q.key.Value + "." + col.key.Value, []string{l.scalar(col.val, "table")}, false})
			}
		}
	default:
		known := slices.Concat(expectOne, expectList, expectMap)
		l.fault(p.key, "rule.key_unknown", "key", key, "what", "expect", "known", strings.Join(known, " "), "hint", hint(key, known))
	}
}

// money reads an amount in major units as the decision shows it; "unknown" stays.
func (l *caseReader) money(n *yaml.Node, what string) string {
	if n.Value == "unknown" {
		return n.Value
	}
	v, _ := l.value(n, TypeMoney, what)
	return money.Of(v.n, l.currency).Decimal()
}
