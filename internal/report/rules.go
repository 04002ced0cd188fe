package report

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// stored is the question a core answers, and the rules that answered it. Only its two ends are read: the bundles between
// them, nine tenths of it, are made again.
func (r *run) stored(core string) (rule.Input, *pair, error) {
	i, j, k := strings.Index(core, `,"bundles":[`), strings.LastIndex(core, `,"packs":[`), strings.LastIndex(core, `,"facts_hash":"`)
	if i < 0 || j < i || k < j {
		return rule.Input{}, nil, errs.New(errs.Invalid, "rule.core_malformed")
	}
	var head struct {
		Format int
		Stage  rule.Stage
		At     clock.Instant
		rule.Key
	}
	if err := json.Unmarshal([]byte(core[:i]+"}"), &head); err != nil {
		return rule.Input{}, nil, errs.Wrap(err, errs.Invalid, "rule.core_malformed")
	}
	if head.Format != rule.Format {
		return rule.Input{}, nil, errs.New(errs.Invalid, "rule.core_format", errs.Args{"format": head.Format, "known": rule.Format})
	}
	p, err := r.pairOf(core[j+1 : k])
	return rule.Input{Stage: head.Stage, At: head.At, Ground: head.Ground, Remedy: head.Remedy}, p, err
}

// pairOf binds the versions a core names, once for all cores that name the same.
func (r *run) pairOf(versions string) (*pair, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.books[versions]; p != nil {
		return p, nil
	}
	var named struct{ Packs, Later []rule.PackRef }
	if err := json.Unmarshal([]byte("{"+versions+"}"), &named); err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "rule.core_malformed")
	}
	editions := [][]rule.PackRef{named.Packs}
	if len(named.Later) > 0 {
		editions = append(editions, named.Later)
	}
	p := &pair{}
	if p.before, p.err = r.Library.ByVersion(editions...); p.err == nil {
		p.after, p.err = r.draftInto(p.before)
	}
	r.books[strings.Clone(versions)] = p
	return p, nil
}

// draftInto binds the packs of a book with the draft in the place of its pack.
func (r *run) draftInto(b *rule.Book) (*rule.Book, error) {
	was := slices.ContainsFunc(b.Editions(), func(refs []rule.PackRef) bool {
		return slices.ContainsFunc(refs, func(x rule.PackRef) bool { return x.Pack == r.Draft.ID })
	})
	var editions [][]*rule.Pack
	for _, refs := range b.Editions() {
		var packs []*rule.Pack
		for _, ref := range refs {
			if ref.Pack == r.Draft.ID {
				packs = append(packs, r.Draft)
				continue
			}
			for _, p := range r.Library.Versions(ref.Pack) {
				if p.Ref() == ref {
					packs = append(packs, p)
				}
			}
		}
		if !slices.Contains(packs, r.Draft) && (!was || len(b.Editions()) > 1) {
			packs = append(packs, r.Draft) // it governs every order, also those from before its pack began
		}
		if len(editions) == 0 || !slices.Equal(editions[0], packs) {
			editions = append(editions, packs)
		}
	}
	return rule.NewBook(editions...)
}

// FactsLine is a line of a file of facts (JSON, one object a line): a matter as it might come.
type FactsLine struct {
	Facts  json.RawMessage `json:"facts"` // by name: a value, or values by stage; money in minor units
	Ground string          `json:"ground"`
	Remedy rule.Remedy     `json:"remedy"`
	Stage  string          `json:"stage"`   // application without it
	At     string          `json:"at"`      // a day (its noon) or an instant
	PaidOn string          `json:"paid_on"` // the day of At without it
}

const maxFactsLine = 256 << 10

// fromFile reads the lines of a file. One that cannot be read is skipped like a matter that cannot be decided.
func (r *run) fromFile(ctx context.Context, send func([]matter) error) error {
	lines := bufio.NewScanner(r.Facts)
	lines.Buffer(nil, maxFactsLine)
	var chunk []matter
	for row := 1; lines.Scan(); row++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		m := matter{row: row}
		m.err = r.readLine(&m, lines.Bytes())
		if chunk = append(chunk, m); len(chunk) == chunkSize {
			if err := send(chunk); err != nil {
				return err
			}
			chunk = nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return errs.Wrap(err, errs.Invalid, "report.facts_unreadable")
	}
	if len(chunk) == 0 {
		return nil
	}
	return send(chunk)
}

func (r *run) readLine(m *matter, text []byte) (err error) {
	var l FactsLine
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil || d.More() {
		return errs.Wrap(err, errs.Invalid, "report.facts_line")
	}
	stage, ok := rule.AtApplication, true
	if l.Stage != "" {
		stage, ok = rule.ParseStage(l.Stage)
	}
	at, paid, dated := r.times(l)
	if !ok || !dated {
		return errs.New(errs.Invalid, "report.facts_line")
	}
	m.in = rule.Input{Stage: stage, At: at, Ground: l.Ground, Remedy: l.Remedy}
	if len(l.Facts) == 0 {
		l.Facts = []byte("{}")
	}
	m.facts = bytes.Clone(l.Facts)
	before, err := r.Library.Book(r.Binding, paid, r.Calendar.DateOf(at))
	if err != nil {
		return err
	}
	m.books, err = r.pairWith(before)
	return err
}

// times are the moment of a file's matter and its day of payment.
func (r *run) times(l FactsLine) (at clock.Instant, paid calendar.Date, ok bool) {
	at, err := clock.Parse(l.At)
	if day, e := calendar.ParseDate(l.At); e == nil {
		at, err = r.Calendar.StartOf(day)+(r.Calendar.EndOf(day)-r.Calendar.StartOf(day))/2, nil
	}
	if err != nil {
		return 0, 0, false
	}
	paid = r.Calendar.DateOf(at)
	if l.PaidOn != "" {
		paid, err = calendar.ParseDate(l.PaidOn)
	}
	return at, paid, err == nil
}

// pairWith is the pair of a book, made once.
func (r *run) pairWith(before *rule.Book) (*pair, error) {
	key, err := json.Marshal(before.Editions())
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.books[string(key)]
	if p == nil {
		p = &pair{before: before}
		p.after, p.err = r.draftInto(before)
		r.books[string(key)] = p
	}
	return p, nil
}

// place is where a matter stands, for those who look into an error.
func (m *matter) place() string {
	if m.core == "" {
		return "line " + strconv.Itoa(m.row)
	}
	return m.line.String()
}
