package calendar

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/sanbao/sanbao/errs"
)

// Date is a day: the number of days since 1970-01-01 in the proleptic Gregorian calendar. Dates are compared with
// < and ==. The zero Date is 1970-01-01, not "none": an absent date is a *Date or a sql.Null[Date].
//
// In text, JSON and both databases a Date is "2026-11-21".
type Date int32

// MinDate and MaxDate bound what can be written with a four-digit year; arithmetic stops at them.
const (
	MinDate Date = -719162 // 0001-01-01
	MaxDate Date = 2932896 // 9999-12-31
)

const secondsPerDay = 24 * 60 * 60

// DateOf is the date of a year, month and day. Like time.Date it carries what is out of range over: 31 April is
// 1 May. Use ParseDate for what a person or a file wrote.
func DateOf(year int, month time.Month, day int) Date {
	s := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()
	return clamp(floorDiv(s, secondsPerDay))
}

// ParseDate reads exactly YYYY-MM-DD, a date that exists, from year 0001 to 9999. Otherwise it returns an Invalid
// error with key calendar.date_malformed.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || len(s) != len(time.DateOnly) || t.Year() < 1 {
		return 0, errs.New(errs.Invalid, "calendar.date_malformed", errs.Args{"text": errs.Clip(s)})
	}
	return Date(floorDiv(t.Unix(), secondsPerDay)), nil
}

// Civil is the year, month and day of d.
func (d Date) Civil() (year int, month time.Month, day int) { return d.midnightUTC().Date() }

// Year is the year of d.
func (d Date) Year() int { return d.midnightUTC().Year() }

// Weekday is the day of the week of d.
func (d Date) Weekday() time.Weekday {
	w := (int(d) + int(time.Thursday)) % 7 // 1970-01-01 was a Thursday
	if w < 0 {
		w += 7
	}
	return time.Weekday(w)
}

// AddDays is n days after d, before it when n is negative. It stops at MinDate and MaxDate.
func (d Date) AddDays(n int) Date {
	const span = int(MaxDate - MinDate)
	return clamp(int64(d) + int64(max(-span, min(span, n))))
}

// AddMonths is the corresponding day n months later, or the last day of that month where it has no such day
// (CC-202): 31 January and one month is 28 or 29 February. A series is computed from its first day, so that
// 30 November and 3 months is 28 February, and 6 months is 30 May. It stops at MinDate and MaxDate.
func (d Date) AddMonths(n int) Date {
	const span = 12 * 10_000
	y, m, day := d.Civil()
	months := y*12 + int(m) - 1 + max(-span, min(span, n))
	first := DateOf(months/12, time.Month(months%12)+1, 1)
	last := DateOf(months/12, time.Month(months%12)+2, 0)
	return min(first.AddDays(day-1), last)
}

// Sub is the number of days from other to d.
func (d Date) Sub(other Date) int { return int(d) - int(other) }

// Compare is -1, 0 or +1 as d is before, on or after other, for slices.SortFunc.
func (d Date) Compare(other Date) int {
	switch {
	case d < other:
		return -1
	case d > other:
		return 1
	}
	return 0
}

// String is YYYY-MM-DD.
func (d Date) String() string { return string(d.Append(make([]byte, 0, len(time.DateOnly)))) }

// Append writes String behind b.
func (d Date) Append(b []byte) []byte {
	y, m, day := d.Civil()
	if y < 0 || y > 9999 {
		return d.midnightUTC().AppendFormat(b, time.DateOnly)
	}
	two := func(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }
	b = append(two(two(b, y/100), y%100), '-')
	return two(append(two(b, int(m)), '-'), day)
}

// Value stores a Date as text (driver.Valuer).
func (d Date) Value() (driver.Value, error) {
	if d != clamp(int64(d)) {
		return nil, fmt.Errorf("date: day %d is outside the years 0001 to 9999", int32(d))
	}
	return d.String(), nil
}

// Scan reads the stored text (sql.Scanner). NULL is an error: scan it into a *Date or a sql.Null[Date].
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("date: cannot read a %T", src)
}

// MarshalText writes YYYY-MM-DD; encoding/json uses it for values and for map keys.
func (d Date) MarshalText() ([]byte, error) {
	if d != clamp(int64(d)) {
		return nil, fmt.Errorf("date: day %d is outside the years 0001 to 9999", int32(d))
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote; see ParseDate.
func (d *Date) UnmarshalText(b []byte) error {
	p, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

func (d Date) midnightUTC() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func clamp(days int64) Date { return Date(max(int64(MinDate), min(int64(MaxDate), days))) }

// floorDiv rounds towards the past, which Go's division does not before 1970.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
