package calendar

import (
	"slices"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Unit is what a period is counted in.
type Unit string

const (
	Hours     Unit = "hours"      // without a stop (G6)
	WorkHours Unit = "work_hours" // inside the calendar's working hours
	Days      Unit = "days"       // calendar days
	Workdays  Unit = "workdays"   // working days (G7)
	Months    Unit = "months"     // to the corresponding day, else the month's last (CC-202)
	Years     Unit = "years"      // likewise
)

// MaxPeriod bounds N: 10,000 hours are over a year, 10,000 days over 27.
const MaxPeriod = 10_000

// Period is how long somebody has: 7 days, 3 working days, 24 hours.
type Period struct {
	N    int  `json:"n" doc:"how many units, 0 to 10000" example:"7"`
	Unit Unit `json:"unit" enum:"hours,work_hours,days,workdays,months,years"`
	// Roll moves a last day that is not a working day to the next one (G8). Only for statutory periods of a consumer,
	// and not for periods in hours.
	Roll bool `json:"roll,omitempty" doc:"a last day that is not a working day moves to the next one"`
}

// Pause is a stretch during which a period does not run, such as waiting for the customer's evidence. It includes
// From and excludes To. To is zero while the pause lasts.
type Pause struct {
	From clock.Instant `json:"from"`
	To   clock.Instant `json:"to"`
}

// Check says whether the period can be counted at all; policies call it at load.
func (p Period) Check() error {
	switch p.Unit {
	case Hours, WorkHours:
		if p.Roll {
			return errs.New(errs.Invalid, "calendar.roll_hours")
		}
	case Days, Workdays, Months, Years:
	default:
		return p.malformed()
	}
	if p.N < 0 || p.N > MaxPeriod {
		return p.malformed()
	}
	return nil
}

func (p Period) malformed() error {
	return errs.New(errs.Invalid, "calendar.period_malformed",
		errs.Args{"n": p.N, "unit": errs.Clip(string(p.Unit)), "max": MaxPeriod})
}

// byDate says whether the period ends with a day rather than at a moment.
func (p Period) byDate() bool { return p.Unit != Hours && p.Unit != WorkHours }

// LastDay is the last day of a period that began on a day, itself not counted (G6). A period in hours has none: it
// returns an Invalid error with key calendar.period_needs_time.
func (p Period) LastDay(c *Calendar, from Date) (Date, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	var last Date
	switch p.Unit {
	case Days:
		last = from.AddDays(p.N)
	case Workdays:
		d, err := c.AddWorkdays(from, p.N)
		if err != nil {
			return 0, err
		}
		last = d
	case Months:
		last = from.AddMonths(p.N)
	case Years:
		last = from.AddMonths(12 * p.N)
	default:
		return 0, errs.New(errs.Invalid, "calendar.period_needs_time")
	}
	if p.Roll {
		return c.RollForward(last)
	}
	return last, nil
}

// Due is the first instant at which the period is over: what is done before it is in time. A period in days, working
// days, months or years is over at 24:00 of its last day, which is 00:00 of the next.
//
// Pauses may come in any order and may overlap; what of them lies before from does not count. They move the end:
//
//   - In hours and working hours the clock simply stands still while paused.
//   - Otherwise a pause moves the first day, by as many days as lie after the day it began on, up to and including
//     the day it ended on: a pause from Monday 10:00 to Wednesday 15:00 moves it by two days, one within a day by
//     none. For working days only those are counted.
//
// A pause counts when it begins before the period is over. While such a pause lasts there is no end: Due is zero.
// More or longer pauses never bring the end nearer, nor does a later start.
func (p Period) Due(c *Calendar, from clock.Instant, pauses ...Pause) (clock.Instant, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	merged, err := mergePauses(from, pauses)
	if err != nil {
		return 0, err
	}
	if p.byDate() {
		return p.dueByDate(c, from, merged)
	}
	return p.dueByClock(c, from, merged)
}

func (p Period) dueByClock(c *Calendar, from clock.Instant, pauses []Pause) (clock.Instant, error) {
	left := time.Duration(p.N) * time.Hour
	for _, pause := range pauses {
		due, err := p.run(c, from, left)
		if err != nil || due <= pause.From {
			return due, err
		}
		if pause.To == 0 {
			return 0, nil
		}
		spent := pause.From.Sub(from)
		if p.Unit == WorkHours {
			if spent, err = c.WorkTimeBetween(from, pause.From); err != nil {
				return 0, err
			}
		}
		left -= spent
		from = pause.To
	}
	return p.run(c, from, left)
}

func (p Period) run(c *Calendar, from clock.Instant, left time.Duration) (clock.Instant, error) {
	if p.Unit == WorkHours {
		return c.AddWorkTime(from, left)
	}
	return from.Add(left), nil
}

func (p Period) dueByDate(c *Calendar, from clock.Instant, pauses []Pause) (clock.Instant, error) {
	first := c.DateOf(from)
	last, err := p.LastDay(c, first)
	if err != nil {
		return 0, err
	}
	for _, pause := range pauses {
		if pause.From >= c.EndOf(last) {
			break
		}
		if pause.To == 0 {
			return 0, nil
		}
		if first, err = p.shift(c, first, c.DateOf(pause.From), c.DateOf(pause.To)); err != nil {
			return 0, err
		}
		if last, err = p.LastDay(c, first); err != nil {
			return 0, err
		}
	}
	return c.EndOf(last), nil
}

// shift moves the first day by the days of a pause.
func (p Period) shift(c *Calendar, first, from, to Date) (Date, error) {
	if p.Unit != Workdays {
		return first.AddDays(to.Sub(from)), nil
	}
	n, err := c.WorkdaysBetween(from, to)
	if err != nil {
		return 0, err
	}
	return c.AddWorkdays(first, n)
}

// mergePauses sorts pauses, joins those that touch, and drops what lies before from.
func mergePauses(from clock.Instant, pauses []Pause) ([]Pause, error) {
	if len(pauses) == 0 {
		return nil, nil
	}
	out := make([]Pause, 0, len(pauses))
	for _, p := range pauses {
		if p.To != 0 && p.To < p.From {
			return nil, errs.New(errs.Invalid, "calendar.pause_backwards")
		}
		if p.To != 0 && p.To <= from {
			continue
		}
		out = append(out, Pause{max(p.From, from), p.To})
	}
	slices.SortFunc(out, func(a, b Pause) int { return int(max(-1, min(1, a.From-b.From))) })
	n := 0
	for _, p := range out {
		switch {
		case n == 0 || out[n-1].To != 0 && p.From > out[n-1].To:
			out[n] = p
			n++
		case out[n-1].To == 0 || p.To == 0:
			out[n-1].To = 0
		default:
			out[n-1].To = max(out[n-1].To, p.To)
		}
	}
	return out[:n], nil
}
