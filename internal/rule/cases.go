package rule

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/internal/calendar"
	"github.com/sanbao/sanbao/internal/clock"
	"github.com/sanbao/sanbao/internal/money"
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
		for _, p := range l.pairs(f["expect"], "expect") {
			l.expectation(&c, p)
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
			l.fault(f["remedy"], "rule.remedy_unknown", "remedy", f["remedy"].Value, "hint", "")
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

// Result is what became of a case: the mismatches, each "what: want …, got …". None means it passed.
type Result struct {
	Case       Case
	Decision   *Decision
	Err        error
	Mismatches []string
}

// Coverage counts the conditions of one pack that cases saw met and unmet.
type Coverage struct {
	pack *Pack
	seen map[*cond][2]bool
	rows map[*row]bool
}

// NewCoverage counts for a pack.
func NewCoverage(p *Pack) *Coverage {
	return &Coverage{p, map[*cond][2]bool{}, map[*row]bool{}}
}

// Run decides a case by a book and compares. cov may be nil.
func (c Case) Run(b *Book, cal *calendar.Calendar, cov *Coverage) Result {
	in := c.Input
	in.Calendar = cal
	if in.At == 0 {
		in.At = cal.StartOf(c.On) + 12*3_600_000_000
	}
	r := Result{Case: c}
	d, s, err := b.evaluate(&in)
	if err != nil {
		r.Err = err
		return r
	}
	r.Decision = d
	if cov != nil {
		cov.count(s)
	}
	for _, e := range c.expect {
		got, err := s.got(d, e.path)
		if err != nil {
			r.Err = err
			return r
		}
		want := e.want
		if e.list {
			slices.Sort(got)
			want = slices.Sorted(slices.Values(want))
		}
		if !slices.Equal(got, want) {
			r.Mismatches = append(r.Mismatches, fmt.Sprintf("%s: want %s, got %s", e.path, strings.Join(want, " "), strings.Join(got, " ")))
		}
	}
	return r
}

// got reads a path out of a decision.
func (s *state) got(d *Decision, where string) ([]string, error) {
	b := d.Asked()
	if b == nil {
		b = &Bundle{}
	}
	head, rest, _ := strings.Cut(where, ".")
	one := func(v string) ([]string, error) { return []string{v}, nil }
	switch head {
	case "outcome":
		return one(string(d.Outcome))
	case "reason":
		return one(d.Reason)
	case "clause":
		return one(d.Clause)
	case "edition":
		return one(b.Edition)
	case "table":
		return s.gotTable(rest)
	case "open":
		return names(d.Open, func(q Question) string { return q.Fact }), nil
	case "alternatives":
		return names(d.Alternatives, Alternative.String), nil
	}
	return b.got(head, rest, s.b.packs[0].Currency), nil
}

func (s *state) gotTable(rest string) ([]string, error) {
	name, col, _ := strings.Cut(rest, ".")
	row, err := s.b.Lookup(name, *s.in)
	if err != nil {
		return nil, err
	}
	v, ok := row.Values[col]
	switch {
	case !ok:
		return []string{"open"}, nil
	case v.typ == TypeMoney:
		return []string{money.Of(v.n, s.b.packs[0].Currency).Decimal()}, nil
	}
	return []string{v.String()}, nil
}

func (b *Bundle) got(head, rest string, cur money.Currency) []string {
	amount := func(minor *int64) []string {
		if minor == nil {
			return []string{"unknown"}
		}
		return []string{money.Of(*minor, cur).Decimal()}
	}
	value := func(p *Point) []string {
		if p == nil {
			return []string{""}
		}
		return []string{p.Value}
	}
	switch head {
	case "right":
		return value(b.Right)
	case "authority":
		return value(b.Authority)
	case "freight":
		for _, l := range b.Freight {
			if l.Leg == rest {
				return value(&l.Point)
			}
		}
	case "refund":
		if b.Refund != nil {
			return amount(b.Refund.Total)
		}
	case "amount":
		if b.Amount != nil {
			return amount(b.Amount.Minor)
		}
	case "deduct":
		if b.Refund != nil {
			var out []string
			for _, p := range b.Refund.Parts {
				if name, ok := strings.CutPrefix(p.Part, "deduct."); ok {
					out = append(out, name)
				}
			}
			return out
		}
	case "last_day":
		if b.LastDay != nil {
			return []string{b.LastDay.Date.String()}
		}
	case "due":
		return earliest(b.Due)
	case "send_by":
		return earliest(b.SendBy)
	case "evidence":
		return names(b.Evidence, func(e Evidence) string { return e.Fact })
	case "conditions":
		return names(b.Conditions, func(c Condition) string { return c.Fact })
	case "overridden":
		var out []string
		for _, c := range b.Clauses {
			if c.Overridden {
				out = append(out, c.Claim)
			}
		}
		return out
	case "winner":
		return []string{b.winner(rest)}
	}
	if slices.Contains(expectList, head) {
		return nil
	}
	return []string{""}
}

// winner is the claim that won a point.
func (b *Bundle) winner(point string) string {
	points := map[string]*Point{"right": b.Right, "authority": b.Authority}
	for i, l := range b.Freight {
		points["freight."+l.Leg] = &b.Freight[i].Point
	}
	if b.Refund != nil {
		points["refund"] = &Point{By: b.Refund.By}
	}
	if b.Amount != nil {
		points["amount"] = &Point{By: b.Amount.By}
	}
	if len(b.Due) > 0 {
		points["due"] = &Point{By: b.Due[0].By}
	}
	if p := points[point]; p != nil {
		return p.By
	}
	return ""
}

// earliest is the earliest deadline as cases write it: its date, or "7 days from goods.back_on".
func earliest(ds []Deadline) []string {
	best := ""
	for _, d := range ds {
		text := fmt.Sprintf("%d %s from %s", d.N, d.Unit, d.From)
		switch {
		case d.Date != nil:
			text = d.Date.String()
		case d.At != 0:
			text = d.At.String()
		}
		if best == "" || text < best {
			best = text
		}
	}
	return []string{best}
}

func names[T any](list []T, name func(T) string) (out []string) {
	for _, x := range list {
		if n := name(x); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// String is an alternative as cases write it: a code, or ground/remedy.
func (a Alternative) String() string {
	if a.Code != "" {
		return a.Code
	}
	return a.Ground + "/" + string(a.Remedy)
}

// count notes every condition of the pack that the state of a decision saw met or unmet.
func (v *Coverage) count(s *state) {
	for _, c := range s.b.claims {
		if c.pack != v.pack || !slices.ContainsFunc(s.b.lineage(s.in.Ground), func(g string) bool { return slices.Contains(c.grounds, g) }) || s.claim(c) == silent {
			continue
		}
		for i, k := range c.conds {
			if r := s.result(c.atoms[i]); k.kind != guard && (r.v == yes || r.v == no) {
				was := v.seen[k]
				was[r.v-yes] = true
				v.seen[k] = was
			}
		}
	}
	for _, t := range s.b.tables {
		if t.pack != v.pack {
			continue
		}
		if i, err := s.row(t); err == nil && i >= 0 {
			v.rows[t.rows[i]] = true
		}
	}
	s.err = nil
}

// Gap is a condition that no case saw met, or none saw unmet; or a table row that no case hit.
type Gap struct {
	Place string
	What  string // "shoes.no_reason worn", "repair_authority row 2"
	Never string // met, unmet, hit
}

// Gaps lists what the cases left unseen, in the order of the pack. Conditions of an exception are met when it bites.
func (v *Coverage) Gaps() (out []Gap) {
	for _, c := range v.pack.claims {
		for _, k := range c.conds {
			if k.kind == guard {
				continue
			}
			seen := v.seen[k]
			for i, word := range []string{"met", "unmet"} {
				if !seen[i] {
					out = append(out, Gap{k.mark.place(), c.id + " " + k.id, word})
				}
			}
		}
	}
	for _, t := range v.pack.tables {
		for i, r := range t.rows {
			if !v.rows[r] {
				out = append(out, Gap{r.mark.place(), fmt.Sprintf("%s row %d", t.id, i+1), "hit"})
			}
		}
	}
	return out
}

// Counts is how many halves (met, unmet; rows hit) there are, and how many were seen.
func (v *Coverage) Counts() (seen, all int) {
	for _, c := range v.pack.claims {
		for _, k := range c.conds {
			if k.kind != guard {
				all += 2
			}
		}
	}
	for _, t := range v.pack.tables {
		all += len(t.rows)
	}
	return all - len(v.Gaps()), all
}
