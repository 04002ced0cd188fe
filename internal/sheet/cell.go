package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// The functions of this file read one cell. They return what is certain, or an Invalid *errs.Error whose arguments
// name the cell; Row.Fault turns that into a Fault. All of them undress the cell first, refuse formulas and error
// values, and refuse an empty cell with sheet.required, except Text, to which an empty cell is an empty text.

// Undressed is the text without what exports put around it to keep a spreadsheet from changing it: a leading tab or
// apostrophe, ="…", and blanks, no-break spaces and byte order marks on both sides.
func (c Cell) Undressed() string {
	s := strings.TrimFunc(c.Text, invisible)
	if inner, ok := strings.CutPrefix(s, `="`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return strings.TrimFunc(inner, invisible)
		}
	}
	if rest, ok := strings.CutPrefix(s, "'"); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return rest
	}
	return s
}

// here is the arguments that every refusal of the cell has: its name and what it holds.
func (c Cell) here() errs.Args { return errs.Args{"cell": c.Name(), "text": errs.Clip(c.Text)} }

// open undresses a cell that must hold something.
func (c Cell) open() (string, error) {
	switch c.Kind {
	case Formula:
		return "", errs.New(errs.Invalid, "sheet.formula", c.here())
	case Error:
		return "", errs.New(errs.Invalid, "sheet.error_value", c.here())
	}
	s := c.Undressed()
	if s == "" {
		return "", errs.New(errs.Invalid, "sheet.required", c.here())
	}
	return s, nil
}

// String is the text of a cell, undressed, of at most max characters: a name, an address, a masked phone
// (138****8003), kept as it is seen. A number is given as a spreadsheet would show it. Line feeds and tabs inside are
// kept; other control characters are refused.
func String(c Cell, max int) (string, error) {
	if c.Kind == Empty {
		return "", nil
	}
	s, err := c.open()
	if errs.As(err) != nil && errs.As(err).Key == "sheet.required" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if c.Kind == Date {
		return "", errs.New(errs.Invalid, "sheet.wrong_kind", c.here()) // what was seen depends on the format, which is not kept
	}
	if c.Kind == Number {
		if s, err = c.decimal(s); err != nil {
			return "", err
		}
	}
	if utf8.RuneCountInString(s) > max {
		return "", errs.New(errs.Invalid, "sheet.too_long", c.here(), errs.Args{"max": max})
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return "", errs.New(errs.Invalid, "sheet.control", c.here())
	}
	return s, nil
}

// Scientific notation as spreadsheets write it. 12E5 is not: some article numbers look like that.
var scientific = regexp.MustCompile(`^[+-]?[0-9](\.[0-9]+)?[eE]\+[0-9]{2,3}$`)

// ID is an identifier: an order number, an article number, a waybill. Leading zeros stay. It refuses what lost its
// digits (sheet.digits_lost): scientific notation, and spreadsheet numbers of more than 15 digits; and, with
// sheet.id_number, spreadsheet numbers that are negative or no whole number. An identifier of at most 100 characters
// has no blanks or control characters inside.
func ID(c Cell) (string, error) {
	s, err := c.open()
	if err != nil {
		return "", err
	}
	if c.Kind == Date || c.Kind == Bool {
		return "", errs.New(errs.Invalid, "sheet.id_number", c.here())
	}
	s = width.Fold.String(s)
	if c.Kind == Number {
		return c.numericID(s)
	}
	if scientific.MatchString(s) {
		return "", errs.New(errs.Invalid, "sheet.digits_lost", c.here())
	}
	if utf8.RuneCountInString(s) > 100 {
		return "", errs.New(errs.Invalid, "sheet.too_long", c.here(), errs.Args{"max": 100})
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "", errs.New(errs.Invalid, "sheet.id_number", c.here())
	}
	return s, nil
}

// numericID reads an identifier that a spreadsheet holds as a number. Where its format shows leading zeros (00000),
// so does the identifier.
func (c Cell) numericID(s string) (string, error) {
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || math.IsNaN(f) || f < 0:
		return "", errs.New(errs.Invalid, "sheet.id_number", c.here())
	case f >= 1e15:
		return "", errs.New(errs.Invalid, "sheet.digits_lost", c.here())
	case f != math.Trunc(f):
		return "", errs.New(errs.Invalid, "sheet.id_number", c.here())
	}
	s = strconv.FormatInt(int64(f), 10)
	return strings.Repeat("0", max(0, int(c.zeros)-len(s))) + s, nil
}

// WholeID is ID for columns that are known to hold whole numbers which some program wrote with a decimal point:
// 17850.0 is 17850. Nothing but zeros may follow the point, and at most 15 digits may precede it.
func WholeID(c Cell) (string, error) {
	s, err := ID(c)
	if err != nil {
		return "", err
	}
	whole, zeros, dotted := strings.Cut(s, ".")
	if !dotted {
		return s, nil
	}
	switch {
	case !digits(whole) || strings.Trim(zeros, "0") != "" || zeros == "":
		return "", errs.New(errs.Invalid, "sheet.id_number", c.here())
	case len(whole) > 15:
		return "", errs.New(errs.Invalid, "sheet.digits_lost", c.here())
	}
	return whole, nil
}

// Integer is a whole number from min to max. 6, -6, 1,200 and 6.0 are whole; 6.5 and 6e0 are not.
func Integer(c Cell, min, max int64) (int64, error) {
	s, err := c.number()
	if err != nil {
		return 0, err
	}
	whole, zeros, dotted := strings.Cut(s, ".")
	if dotted && (zeros == "" || strings.Trim(zeros, "0") != "") {
		return 0, errs.New(errs.Invalid, "sheet.integer", c.here())
	}
	plain, ok := ungroup(whole)
	n, err := strconv.ParseInt(plain, 10, 64)
	if !ok || err != nil && !isRange(err) {
		return 0, errs.New(errs.Invalid, "sheet.integer", c.here())
	}
	if err != nil || n < min || n > max {
		return 0, errs.New(errs.Invalid, "sheet.range", c.here(), errs.Args{"min": min, "max": max})
	}
	return n, nil
}

// MaxQuantity bounds Quantity in both directions.
const MaxQuantity = 1_000_000

// Quantity is a number of pieces; returned goods are negative in some exports.
func Quantity(c Cell) (int64, error) { return Integer(c, -MaxQuantity, MaxQuantity) }

// Amount is an amount of money in major units, as money.Parse reads it. Of a spreadsheet number 15 digits count, as
// in the spreadsheet: 2.5499999999999998 is 2.55.
func Amount(c Cell, cur money.Currency) (money.Money, error) {
	s, err := c.number()
	if err != nil {
		return money.Money{}, err
	}
	m, err := money.Parse(s, cur)
	if e := errs.As(err); e != nil && e.Key == "money.currency_unknown" {
		return money.Money{}, err
	}
	if err != nil {
		return money.Money{}, errs.New(errs.Invalid, "sheet.amount", c.here(), errs.Args{"currency": string(cur)})
	}
	return m, nil
}

// number opens a cell that holds a number, typed or as text.
func (c Cell) number() (string, error) {
	s, err := c.open()
	if err != nil {
		return "", err
	}
	switch c.Kind {
	case Date, Bool:
		return "", errs.New(errs.Invalid, "sheet.wrong_kind", c.here())
	case Number:
		return c.decimal(s)
	}
	return width.Fold.String(s), nil
}

// decimal writes a spreadsheet number without exponent, with the 15 digits that can be relied on.
func (c Cell) decimal(s string) (string, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "", errs.New(errs.Invalid, "sheet.wrong_kind", c.here())
	}
	if f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err != nil {
		return "", errs.New(errs.Invalid, "sheet.wrong_kind", c.here())
	}
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

// ungroup removes the commas of 1,234,567 (but not of 0,123, which is a fraction to many) and says whether what is left
// is digits with at most a minus before them.
func ungroup(s string) (string, bool) {
	t, neg := strings.CutPrefix(s, "-")
	if groups := strings.Split(t, ","); len(groups) > 1 {
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (len(g) == 0 || len(g) > 3 || g[0] == '0') {
				return s, false
			}
		}
		t = strings.Join(groups, "")
	}
	if !digits(t) {
		return s, false
	}
	if neg {
		t = "-" + t
	}
	return t, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func isRange(err error) bool {
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}
