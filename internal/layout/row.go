package layout

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/width"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// Row is one row and what was refused in it so far.
type Row struct {
	sheet.Row
	Faults []sheet.Fault
	table  *Table
}

// Cell is the cell of a field, empty when the file does not have its column.
func (r *Row) Cell(field string) sheet.Cell { return r.table.cols.Cell(r.Row, r.table.names[field]) }

// nothing is what exports write where there is nothing to say.
var nothing = map[string]bool{"": true, "null": true, "-": true, "--": true, "—": true, "/": true, "无": true}

// Empty says whether nothing stands in a field.
func (r *Row) Empty(field string) bool {
	c := r.Cell(field)
	if c.Kind == sheet.Formula || c.Kind == sheet.Error {
		return false
	}
	s := c.Undressed()
	return len(s) <= len("null") && nothing[strings.ToLower(s)]
}

// Refuse notes that a cell was refused with err.
func (r *Row) Refuse(field string, err error) {
	f := r.Fault(r.table.names[field], err)
	if f.Args["cell"] == nil && r.table.Has(field) {
		f.Args = errs.New(errs.Invalid, f.Key, f.Args, errs.Args{"cell": r.Cell(field).Name()}).Args
	}
	if c := r.Cell(field); f.Args["text"] == nil && c.Text != "" {
		f.Args = errs.New(errs.Invalid, f.Key, f.Args, errs.Args{"text": errs.Clip(c.Text)}).Args
	}
	r.Faults = append(r.Faults, f)
}

// take is the value of a field as read reads it, zero where nothing stands; when it is refused, the fault is noted.
func take[T any](r *Row, field string, read func(sheet.Cell) (T, error)) (v T) {
	if r.Empty(field) {
		return v
	}
	v, err := read(r.Cell(field))
	if err != nil {
		r.Refuse(field, err)
	}
	return v
}

// Need notes a fault when nothing stands in a field that must be filled.
func (r *Row) Need(field string) bool {
	if !r.Empty(field) {
		return true
	}
	r.Refuse(field, errs.New(errs.Invalid, "sheet.required", errs.Args{"cell": r.Cell(field).Name()}))
	return false
}

// ID is an identifier of at most 64 characters.
func (r *Row) ID(field string) string {
	return take(r, field, func(c sheet.Cell) (string, error) {
		s, err := sheet.ID(c)
		if err == nil && len([]rune(s)) > 64 {
			err = errs.New(errs.Invalid, "sheet.too_long", errs.Args{"cell": c.Name(), "max": 64})
		}
		return s, err
	})
}

// Text is what somebody wrote, at most max characters, kept as it is seen.
func (r *Row) Text(field string, max int) string {
	return take(r, field, func(c sheet.Cell) (string, error) { return sheet.String(c, max) })
}

// Count is a number of pieces from least to most; 0 where nothing stands.
func (r *Row) Count(field string, least, most int64) int64 {
	return take(r, field, func(c sheet.Cell) (int64, error) { return sheet.Integer(c, least, most) })
}

// signs may stand before or behind an amount of a currency.
var signs = map[money.Currency][]string{"CNY": {"¥", "CN¥", "RMB", "元"}, "JPY": {"¥", "円"}, "GBP": {"£"}, "EUR": {"€"}, "USD": {"$", "US$"}, "HKD": {"HK$", "$"}}

// narrow makes full-width letters and digits plain ones; most texts have none.
func narrow(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return width.Fold.String(s)
		}
	}
	return s
}

// Amount is an amount of money from zero to most, in minor units: 1,234.50, ¥1234.5, 1234.50元.
func (r *Row) Amount(field string, cur money.Currency, most int64) int64 {
	return take(r, field, func(c sheet.Cell) (int64, error) {
		if c.Kind == sheet.Text {
			s := narrow(c.Undressed())
			for _, sign := range signs[cur] {
				s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, sign), sign))
			}
			c.Text = s
		}
		m, err := sheet.Amount(c, cur)
		if err == nil && (m.Minor < 0 || m.Minor > most) {
			err = errs.New(errs.Invalid, "layout.amount_range", errs.Args{"text": m.Decimal()})
		}
		return m.Minor, err
	})
}

// days are the ways in which exports write dates and times. A month and a day that could be each other are not among
// them: 3/4/2026 is refused.
var days = []string{"2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04", "2006-1-2 15:04:05", "2006-1-2 15:04",
	"2006-01-02T15:04:05", "2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日15:04",
	"2006年1月2日 15时4分5秒", "2006年1月2日 15时4分", "2006年1月2日15时4分5秒", "2006年1月2日15时4分", "2006.1.2 15:04:05", "2006.1.2 15:04",
	"20060102 15:04:05", "2006-01-02", "2006/1/2", "2006-1-2", "2006年1月2日", "2006.1.2"}

var (
	zoned    = regexp.MustCompile(`[0-9](Z| ?[+-][0-9]{2}:?[0-9]{2}| UTC)$`)
	offsets  = []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07:00", "2006-01-02 15:04:05-07:00", "2006-01-02 15:04:05 MST"}
	fraction = regexp.MustCompile(`(:[0-9]{2})\.[0-9]{1,6}$`)
)

// Moment is a point in time; nil where nothing stands. A text with its own offset from UTC is taken by it, any other as
// the civil time of the zone. A date without a time of day is its first moment.
func (r *Row) Moment(field string, zone *time.Location) *clock.Instant {
	if r.Empty(field) {
		return nil
	}
	at := take(r, field, func(c sheet.Cell) (clock.Instant, error) {
		if c.Kind != sheet.Text {
			return sheet.DateTime(c, zone, days...)
		}
		s := narrow(c.Undressed())
		if len(s) > len(time.DateTime) && zoned.MatchString(s) && strings.Contains(s, ":") {
			for _, l := range offsets {
				if t, err := time.Parse(l, s); err == nil && t.Year() > 0 && t.Year() < 10_000 {
					return clock.Of(t), nil
				}
			}
		}
		if c.Text = s; strings.LastIndexByte(s, '.') > strings.LastIndexByte(s, ':') {
			c.Text = fraction.ReplaceAllString(s, "$1")
		}
		return sheet.DateTime(c, zone, days...)
	})
	return &at
}

var _ = errs.Register(map[string]errs.Text{
	"layout.amount_range": {ZhCN: "金额“{text}”超出范围，或为负数。", En: "The amount \"{text}\" is negative or too large."},
})
