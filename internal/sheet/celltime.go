package sheet

import (
	"math"
	"strconv"
	"time"

	"golang.org/x/text/width"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// DateTime is a point in time. A spreadsheet's date is read as the civil time of the zone; a text must fit one of the
// layouts (as of package time) exactly. A plain number is refused: it may be anything. A time that the zone's clocks
// skip is refused; of one that they show twice it is the first.
func DateTime(c Cell, zone *time.Location, layouts ...string) (clock.Instant, error) {
	t, err := c.civil(layouts)
	if err != nil {
		return 0, err
	}
	y, m, d := t.Date()
	at := time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
	if at.Format(time.DateTime) != t.Format(time.DateTime) {
		return 0, errs.New(errs.Invalid, "sheet.time_skipped", c.here(), errs.Args{"zone": zone.String()})
	}
	// Of the two times that read alike take the earlier one, whichever time.Date chose.
	if start, _ := at.ZoneBounds(); !start.IsZero() {
		_, now := at.Zone()
		_, before := start.Add(-time.Nanosecond).Zone()
		if first := at.Add(time.Duration(now-before) * time.Second); before > now && first.Before(start) {
			at = first
		}
	}
	return clock.Of(at), nil
}

// Day is a date. A time of day that stands with it is dropped when the layout or the spreadsheet has one.
func Day(c Cell, layouts ...string) (calendar.Date, error) {
	t, err := c.civil(layouts)
	if err != nil {
		return 0, err
	}
	return calendar.DateOf(t.Date()), nil
}

// civil is the date and time that the cell shows, in UTC for want of a zone.
func (c Cell) civil(layouts []string) (time.Time, error) {
	s, err := c.open()
	if err != nil {
		return time.Time{}, err
	}
	switch c.Kind {
	case Date:
		if c.epoch != 0 {
			return c.serial(s)
		}
		layouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04:05Z", "2006-01-02T15:04", "2006-01-02"}
	case Number:
		return time.Time{}, errs.New(errs.Invalid, "sheet.date_number", c.here())
	case Bool:
		return time.Time{}, errs.New(errs.Invalid, "sheet.wrong_kind", c.here())
	}
	s = width.Fold.String(s)
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil && t.Year() > 0 {
			return t, nil
		}
	}
	example := ""
	if len(layouts) > 0 {
		example = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC).Format(layouts[0])
	}
	return time.Time{}, errs.New(errs.Invalid, "sheet.date", c.here(), errs.Args{"example": example})
}

const maxSerial = 2_958_466 // 9999-12-31 and a day

// serial reads days since the workbook's epoch (ECMA-376 part 1, 18.17.4). Day 1 is 1900-01-01, or 1904-01-02. In the
// 1900 system day 60 is a 29 February that never was, so that later days count from 1899-12-30. Times are rounded to
// the millisecond, which is what the 15 digits hold.
func (c Cell) serial(s string) (time.Time, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f >= maxSerial {
		return time.Time{}, errs.New(errs.Invalid, "sheet.date", c.here(), errs.Args{"example": "2026-11-21"})
	}
	epoch := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	if c.epoch == 1900 {
		switch {
		case f < 1:
			return time.Time{}, errs.New(errs.Invalid, "sheet.date_without_day", c.here())
		case f >= 60 && f < 61:
			return time.Time{}, errs.New(errs.Invalid, "sheet.date", c.here(), errs.Args{"example": "2026-11-21"})
		case f < 60:
			epoch = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
		default:
			epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
		}
	}
	days := math.Floor(f)
	ms := math.Round((f - days) * 24 * 60 * 60 * 1000)
	return epoch.AddDate(0, 0, int(days)).Add(time.Duration(ms) * time.Millisecond), nil
}
