package calendar

import (
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// AddHours is n hours after an instant. Periods in hours run without a stop, through nights, holidays and changes of
// the clocks (G6), and need no data.
func (c *Calendar) AddHours(from clock.Instant, n int) clock.Instant {
	return from + clock.Instant(n)*clock.Instant(time.Hour/time.Microsecond)
}

// AddWorkTime is the earliest instant at which d of working time has passed since from. Time counts only inside the
// working hours of working days and as it really passes: an interval that spans a change of the clocks is an hour
// shorter or longer. When d is used up at the end of an interval, that end is the answer, not the start of the next.
// A negative d is an Invalid error.
func (c *Calendar) AddWorkTime(from clock.Instant, d time.Duration) (clock.Instant, error) {
	if d < 0 {
		return 0, errs.New(errs.Invalid, "calendar.negative_duration")
	}
	left := clock.Instant(d.Microseconds())
	if left == 0 {
		return from, nil
	}
	for day := c.DateOf(from); ; day++ {
		hours, err := c.hoursOf(day)
		if err != nil {
			return 0, err
		}
		for _, h := range hours {
			start, end := max(from, c.at(day, h.From)), c.at(day, h.To)
			if end-start >= left {
				return start + left, nil
			}
			left -= max(0, end-start)
		}
	}
}

// WorkTimeBetween is how much working time lies between two instants; negative when b is before a.
func (c *Calendar) WorkTimeBetween(a, b clock.Instant) (time.Duration, error) {
	if b < a {
		d, err := c.WorkTimeBetween(b, a)
		return -d, err
	}
	if a == b {
		return 0, nil
	}
	var sum clock.Instant
	// b itself is outside: where it is the first instant of a day, that day is not needed.
	for day, last := c.DateOf(a), c.DateOf(b-1); day <= last; day++ {
		hours, err := c.hoursOf(day)
		if err != nil {
			return 0, err
		}
		for _, h := range hours {
			sum += max(0, min(b, c.at(day, h.To))-max(a, c.at(day, h.From)))
		}
	}
	return sum.Sub(0), nil
}
