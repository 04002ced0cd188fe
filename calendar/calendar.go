package calendar

import (
	"cmp"
	"slices"
	"time"
	_ "time/tzdata" // a bare machine has no zone database

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Calendar says which days and hours are worked in one place. It is immutable and safe for concurrent use.
type Calendar struct {
	id          string
	zone        *time.Location
	week        [7][]Interval // by time.Weekday; none is a day off
	overrides   map[Date]override
	first, last Date // the days the data covers, both included

	// What follows is computed from the above, one entry for each covered day.
	hours    [][]Interval    // empty on a day off
	starts   []clock.Instant // when the day begins, and one more: when the day after the last begins
	worked   []int32         // how many working days there are up to and including this one
	workdays []Date          // every working day, in order
}

// Interval is a stretch of working time in a day, in minutes after midnight: 540 to 720 is 09:00 to 12:00.
// 0 <= From < To <= 1440.
type Interval struct{ From, To int }

// override is what a table says of one date.
type override struct {
	works bool
	hours []Interval // nil: the usual ones
	name  string
	line  int // where the table says so; 0 in a base table
}

// Day is what a calendar knows of one date.
type Day struct {
	Works bool
	Name  string     // why it differs from its weekday ("春节"); empty on an ordinary day
	Hours []Interval // empty when it is off; the caller must not change them
}

// ID names the calendar in policies and errors: "CN".
func (c *Calendar) ID() string { return c.id }

// Zone is the time zone whose days these are.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Covers is the first and the last day that the calendar has data for.
func (c *Calendar) Covers() (first, last Date) { return c.first, c.last }

// Day describes a date.
func (c *Calendar) Day(d Date) (Day, error) {
	hours, err := c.hoursOf(d)
	if err != nil {
		return Day{}, err
	}
	return Day{Works: len(hours) > 0, Name: c.overrides[d].name, Hours: hours}, nil
}

// IsWorkday says whether d is a working day (G7).
func (c *Calendar) IsWorkday(d Date) (bool, error) {
	hours, err := c.hoursOf(d)
	return len(hours) > 0, err
}

// AddWorkdays is the n-th working day after d; d itself does not count, worked or not (G6, G7). A negative n counts
// into the past; n = 0 is d itself. Only the days counted need data.
func (c *Calendar) AddWorkdays(d Date, n int) (Date, error) {
	switch {
	case n == 0:
		return d, nil
	case n > 0:
		before, err := c.workedThrough(d, d.AddDays(1))
		if err != nil {
			return 0, err
		}
		if n > len(c.workdays)-before {
			return 0, c.missing(c.last + 1)
		}
		return c.workdays[before+n-1], nil
	}
	before, err := c.workedThrough(d.AddDays(-1), d.AddDays(-1))
	if err != nil {
		return 0, err
	}
	if n < -before {
		return 0, c.missing(c.first - 1)
	}
	return c.workdays[before+n], nil
}

// NextWorkday is the first working day after d.
func (c *Calendar) NextWorkday(d Date) (Date, error) { return c.AddWorkdays(d, 1) }

// RollForward is d if it is a working day, else the next one (G8).
func (c *Calendar) RollForward(d Date) (Date, error) { return c.AddWorkdays(d.AddDays(-1), 1) }

// WorkdaysBetween is how many working days there are after a, up to and including b; negative when b is before a.
// AddWorkdays(a, WorkdaysBetween(a, b)) is the last working day up to b.
func (c *Calendar) WorkdaysBetween(a, b Date) (int, error) {
	if b < a {
		n, err := c.WorkdaysBetween(b, a)
		return -n, err
	}
	if a == b {
		return 0, nil
	}
	na, err := c.workedThrough(a, a.AddDays(1))
	if err != nil {
		return 0, err
	}
	nb, err := c.workedThrough(b, b)
	return nb - na, err
}

// workedThrough counts the working days from the first covered day to d. The day before the first covered one has
// none. needed is the day whose data the caller is after: it is the one an error names.
func (c *Calendar) workedThrough(d, needed Date) (int, error) {
	switch {
	case needed < c.first || needed > c.last:
		return 0, c.missing(needed)
	case d < c.first:
		return 0, nil
	}
	return int(c.worked[d-c.first]), nil
}

func (c *Calendar) hoursOf(d Date) ([]Interval, error) {
	if d < c.first || d > c.last {
		return nil, c.missing(d)
	}
	return c.hours[d-c.first], nil
}

// missing is the error for a day without data. It is Invalid, not Unavailable: to try again does not help until an
// administrator has loaded the year. Where the data stops within December, what is missing is the notice of the year
// after: it decides about the days before New Year.
func (c *Calendar) missing(d Date) error {
	year := d.Year()
	if _, m, _ := c.last.Civil(); m == time.December && d > c.last && year == c.last.Year() {
		year++
	}
	return errs.New(errs.Invalid, "calendar.year_missing",
		errs.Args{"year": year, "calendar": c.id, "date": d.String(), "first": c.first.String(), "last": c.last.String()})
}

// DateOf is the day on which an instant falls here.
func (c *Calendar) DateOf(at clock.Instant) Date {
	t := at.Time().In(c.zone)
	_, offset := t.Zone()
	return clamp(floorDiv(t.Unix()+int64(offset), secondsPerDay))
}

// StartOf is the first instant of d: 00:00, or where clocks are put forward at midnight, the moment they are. It
// needs no data.
func (c *Calendar) StartOf(d Date) clock.Instant { return c.at(d, 0) }

// EndOf is 24:00 of d, which is the start of the next day. What is due by d is late from this instant on. It needs no
// data.
func (c *Calendar) EndOf(d Date) clock.Instant { return c.at(d, 24*60) }

// at is the first instant at which the clocks here show the given minute of d or later. A minute that the clocks skip
// is the instant of the skip; of a minute that they show twice it is the first.
func (c *Calendar) at(d Date, minute int) clock.Instant {
	if i := int(d - c.first); i >= 0 && i+1 < len(c.starts) {
		if c.starts[i+1]-c.starts[i] == secondsPerDay*1e6 { // no change of offset that day
			return c.starts[i] + clock.Instant(minute)*60e6
		}
	}
	return wall(c.zone, d, minute)
}

// wall walks the stretches of constant offset from a time that is certainly earlier.
func wall(zone *time.Location, d Date, minute int) clock.Instant {
	local := int64(d)*secondsPerDay + int64(minute)*60 // as if it were UTC
	t := time.Unix(local-36*60*60, 0).In(zone)
	for {
		_, offset := t.Zone()
		from, end := t.ZoneBounds()
		hit := local - int64(offset)
		if !from.IsZero() {
			hit = max(hit, from.Unix())
		}
		// On the last day of leap years from 2040 on, ZoneBounds gives an end that has passed (it takes the year for 365
		// days long). The offset is right then, and nothing changes at the turn of a year.
		if end.IsZero() || !end.After(t) || hit < end.Unix() {
			return clock.Instant(hit * 1e6)
		}
		t = end
	}
}

// index computes the per-day tables. The calendar is not changed afterwards.
func (c *Calendar) index() {
	n := c.last.Sub(c.first) + 1
	c.hours = make([][]Interval, n)
	c.starts = make([]clock.Instant, n+1)
	c.worked = make([]int32, n)
	c.workdays = make([]Date, 0, n)
	for i := range n {
		d := c.first + Date(i)
		c.hours[i] = c.resolve(d)
		c.starts[i] = wall(c.zone, d, 0)
		if len(c.hours[i]) > 0 {
			c.workdays = append(c.workdays, d)
		}
		c.worked[i] = int32(len(c.workdays))
	}
	c.starts[n] = wall(c.zone, c.last+1, 0)
}

// resolve is the hours of a date. A date that is worked by order keeps the hours of its weekday; if that has none (a
// make-up Saturday), those of the first working day of the week.
func (c *Calendar) resolve(d Date) []Interval {
	o, special := c.overrides[d]
	usual := c.week[d.Weekday()]
	switch {
	case !special:
		return usual
	case !o.works:
		return nil
	case o.hours != nil:
		return o.hours
	case len(usual) > 0:
		return usual
	}
	return c.firstWorked()
}

func (c *Calendar) firstWorked() []Interval {
	for i := range 7 {
		if h := c.week[(i+1)%7]; len(h) > 0 { // from Monday
			return h
		}
	}
	return nil
}

// checkIntervals says whether they are in order, without overlap, and within a day.
func checkIntervals(in []Interval) bool {
	for i, v := range in {
		if v.From < 0 || v.From >= v.To || v.To > 24*60 || i > 0 && v.From < in[i-1].To {
			return false
		}
	}
	return slices.IsSortedFunc(in, func(a, b Interval) int { return cmp.Compare(a.From, b.From) })
}
