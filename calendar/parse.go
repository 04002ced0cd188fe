package calendar

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sanbao/sanbao/errs"
)

// Bounds of a table. The largest embedded one has about a hundred lines.
const (
	maxTableBytes = 1 << 20
	maxTableLines = 20_000
	maxLineBytes  = 1_000
	maxCovered    = 200 * 366 // days
	maxSpan       = 366       // days in one off or work line
)

// Parse reads the table of a calendar: lines of UTF-8 text, blank ones and what follows a # at the start of a line
// ignored.
//
//	calendar SHOP-1                              first line: the id
//	base CN                                      optional: start from an embedded calendar
//	zone Asia/Shanghai                           IANA name
//	covers 2026-01-01..2026-12-31                the days this table is authoritative for
//	source https://…                             where the data is published; for readers
//	hours mon-fri 09:00-12:00 13:30-18:00        weekly working hours; "hours sat off"
//	off   2026-10-01..2026-10-07 国庆节           days off, and why
//	work  2026-10-10 国庆节调休                    a day worked, with the usual hours
//	work  2026-12-24 09:00-12:00 Christmas Eve   … or with its own
//
// A table on a base keeps everything of it that it does not say otherwise: its zone, hours and days. Its covers line
// must join the base's days and adds to them. Each date may be named once in a table.
//
// name is what faults call the file. Parse reports every fault as a field "name:line" of one Invalid error. A read
// error of r is returned as it is.
func Parse(name string, r io.Reader) (*Calendar, error) { return parse(name, r, Load) }

// parse finds the calendar to build on with load; an embedded table builds on none.
func parse(name string, r io.Reader, load func(id string) (*Calendar, error)) (*Calendar, error) {
	p := &parser{name: name, load: load, c: &Calendar{overrides: map[Date]override{}}, seen: map[string]int{}}
	in := bufio.NewScanner(io.LimitReader(r, maxTableBytes+1))
	in.Buffer(make([]byte, 0, maxLineBytes+2), maxLineBytes+2)
	size := 0
	for in.Scan() {
		p.line++
		size += len(in.Bytes()) + 1
		if p.line > maxTableLines || size > maxTableBytes {
			p.tooLarge()
			return nil, p.faults.Err()
		}
		p.readLine(in.Text())
	}
	if err := in.Err(); errors.Is(err, bufio.ErrTooLong) {
		p.line++
		p.tooLarge()
		return nil, p.faults.Err()
	} else if err != nil {
		return nil, err
	}
	p.finish()
	if err := p.faults.Err(); err != nil {
		return nil, err
	}
	p.c.index()
	return p.c, nil
}

type parser struct {
	name   string
	load   func(id string) (*Calendar, error)
	line   int
	c      *Calendar
	seen   map[string]int // directives that may come once, and dates, by the line they came in
	faults errs.Faults
}

func (p *parser) fault(key string, args errs.Args) {
	a := errs.Args{"line": p.line}
	maps.Copy(a, args)
	p.faults.Add(p.name+":"+strconv.Itoa(p.line), "calendar.table_"+key, a)
}

func (p *parser) tooLarge() {
	p.fault("long", errs.Args{"lines": maxTableLines, "bytes": maxTableBytes, "width": maxLineBytes})
}

func (p *parser) readLine(s string) {
	if p.line == 1 {
		s = strings.TrimPrefix(s, "\ufeff")
	}
	s = strings.TrimSpace(s)
	if s == "" || s[0] == '#' {
		return
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		p.fault("encoding", nil)
		return
	}
	f := strings.Fields(s)
	word, f := f[0], f[1:]
	switch word {
	case "calendar", "base", "zone", "covers":
		if first, twice := p.seen[word]; twice {
			p.fault("twice", errs.Args{"word": word, "first": first})
			return
		}
		p.seen[word] = p.line
		p.header(word, strings.Join(f, " "))
	case "source":
	case "hours":
		p.weekly(f)
	case "off", "work":
		p.day(word == "work", f)
	default:
		p.fault("directive", errs.Args{"word": errs.Clip(word)})
	}
}

func (p *parser) header(word, value string) {
	switch word {
	case "calendar":
		if !validID(value) {
			p.fault("id", errs.Args{"text": errs.Clip(value)})
		}
		p.c.id = value
	case "base":
		p.base(value)
	case "zone":
		zone, err := time.LoadLocation(value)
		if err != nil || value == "" || value == "Local" { // "Local" is another zone on another machine
			p.fault("zone", errs.Args{"text": errs.Clip(value)})
			return
		}
		p.c.zone = zone
	case "covers":
		p.covers(value)
	}
}

func validID(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '-') {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

func (p *parser) base(id string) {
	if len(p.seen) != 2 || p.seen["calendar"] == 0 || p.seen["hours"] != 0 {
		p.fault("base_late", nil)
		return
	}
	b, err := p.load(id)
	if err != nil {
		p.fault("base", errs.Args{"text": errs.Clip(id), "known": errs.As(err).Args["known"]})
		return
	}
	p.c.zone, p.c.week, p.c.first, p.c.last = b.zone, b.week, b.first, b.last
	for d, o := range b.overrides {
		o.line = 0
		p.c.overrides[d] = o
	}
}

func (p *parser) covers(value string) {
	first, last, ok := parseSpan(value)
	if !ok {
		p.fault("dates", errs.Args{"text": errs.Clip(value)})
		return
	}
	if last.Sub(first) >= maxCovered {
		p.fault("span", errs.Args{"max": maxCovered})
		return
	}
	if p.seen["base"] == 0 {
		p.c.first, p.c.last = first, last
		return
	}
	if first > p.c.last+1 || last < p.c.first-1 {
		p.fault("gap", errs.Args{"first": first.String(), "last": last.String(),
			"base_first": p.c.first.String(), "base_last": p.c.last.String()})
		return
	}
	p.c.first, p.c.last = min(p.c.first, first), max(p.c.last, last)
}

func (p *parser) weekly(f []string) {
	p.seen["hours"] = p.line
	if len(f) == 0 {
		p.fault("weekdays", errs.Args{"text": ""})
		return
	}
	from, to, isRange := strings.Cut(f[0], "-")
	if !isRange {
		to = from
	}
	a, okA := weekday(from)
	b, okB := weekday(to)
	if !okA || !okB {
		p.fault("weekdays", errs.Args{"text": errs.Clip(f[0])})
		return
	}
	var hours []Interval
	if len(f) != 2 || f[1] != "off" {
		var rest []string
		hours, rest = takeIntervals(f[1:])
		if len(hours) == 0 || len(rest) > 0 || !checkIntervals(hours) {
			p.fault("hours", errs.Args{"text": errs.Clip(strings.Join(f[1:], " "))})
			return
		}
	}
	for w := a; ; w = (w + 1) % 7 {
		p.c.week[w] = hours
		if w == b {
			return
		}
	}
}

func weekday(s string) (time.Weekday, bool) {
	for w := time.Sunday; w <= time.Saturday; w++ {
		if strings.EqualFold(s, w.String()[:3]) {
			return w, true
		}
	}
	return 0, false
}

func (p *parser) day(works bool, f []string) {
	if len(f) == 0 {
		p.fault("dates", errs.Args{"text": ""})
		return
	}
	first, last, ok := parseSpan(f[0])
	if !ok {
		p.fault("dates", errs.Args{"text": errs.Clip(f[0])})
		return
	}
	if last.Sub(first) >= maxSpan {
		p.fault("span", errs.Args{"max": maxSpan})
		return
	}
	hours, name := takeIntervals(f[1:])
	if len(hours) > 0 && (!works || !checkIntervals(hours)) {
		p.fault("hours", errs.Args{"text": errs.Clip(strings.Join(f[1:], " "))})
		return
	}
	for d := first; d <= last; d++ {
		if o, twice := p.c.overrides[d]; twice && o.line > 0 {
			p.fault("date_twice", errs.Args{"date": d.String(), "first": o.line})
			continue
		}
		p.c.overrides[d] = override{works: works, hours: hours, name: strings.Join(name, " "), line: p.line}
	}
}

// finish checks what only the whole table can tell.
func (p *parser) finish() {
	onBase := p.seen["base"] != 0
	for _, word := range []string{"calendar", "zone", "covers", "hours"} {
		if p.seen[word] == 0 && (word == "calendar" || !onBase) {
			p.faults.Add(p.name, "calendar.table_lacks", errs.Args{"word": word})
		}
	}
	if p.faults.Err() == nil && p.c.firstWorked() == nil {
		p.faults.Add(p.name, "calendar.table_no_workhours")
	}
	if !onBase && p.seen["covers"] == 0 {
		return
	}
	for _, d := range sortedDates(p.c.overrides) {
		if o := p.c.overrides[d]; d < p.c.first || d > p.c.last {
			p.line = o.line
			p.fault("not_covered", errs.Args{"date": d.String()})
		}
	}
}

// takeIntervals reads 09:00-12:00 words from the front and returns what follows them.
func takeIntervals(f []string) (hours []Interval, rest []string) {
	for i, w := range f {
		from, to, ok := strings.Cut(w, "-")
		a, okA := minutes(from)
		b, okB := minutes(to)
		if !ok || !okA || !okB {
			return hours, f[i:]
		}
		hours = append(hours, Interval{a, b})
	}
	return hours, nil
}

// minutes reads 00:00 to 24:00.
func minutes(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, errH := strconv.ParseUint(s[:2], 10, 8)
	m, errM := strconv.ParseUint(s[3:], 10, 8)
	n := int(h)*60 + int(m)
	return n, errH == nil && errM == nil && m < 60 && n <= 24*60
}

// parseSpan reads a date or two joined by "..".
func parseSpan(s string) (first, last Date, ok bool) {
	a, b, two := strings.Cut(s, "..")
	if !two {
		b = a
	}
	first, errA := ParseDate(a)
	last, errB := ParseDate(b)
	return first, last, errA == nil && errB == nil && first <= last
}
