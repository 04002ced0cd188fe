package sheet

import (
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

func cell(kind Kind, text string) Cell { return Cell{Text: text, Kind: kind, row: 12, col: 3} }

func text(s string) Cell { return cell(Text, s) }

// check calls a cell function and compares what it reads, or the key of its refusal.
func check[T comparable](t *testing.T, c Cell, read func(Cell) (T, error), want T, key string) {
	t.Helper()
	got, err := read(c)
	if key == "" {
		if err != nil || got != want {
			t.Errorf("kind %d %q: got %v, %v; want %v", c.Kind, c.Text, got, err, want)
		}
		return
	}
	wantError(t, err, key)
	if e := errs.As(err); e != nil && e.Args["cell"] != "C12" {
		t.Errorf("the fault of %q does not name the cell: %v", c.Text, e)
	}
}

func TestID(t *testing.T) {
	for _, x := range []struct {
		c         Cell
		want, key string
	}{
		{text("00123"), "00123", ""},
		{text("\t1234567890123456789"), "1234567890123456789", ""},
		{text("=\"0012\""), "0012", ""},
		{text("'0012"), "0012", ""},
		{text("\u00a0\ufeff A-7/ß "), "A-7/ß", ""},
		{text("１２３"), "123", ""},
		{text("C536379"), "C536379", ""},
		{text("12E5"), "12E5", ""}, // an article number
		{text("17850.0"), "17850.0", ""},
		{cell(Number, "17850"), "17850", ""},
		{cell(Number, "17850.0"), "17850", ""},
		{cell(Number, "1.785E4"), "17850", ""},
		{cell(Number, "999999999999999"), "999999999999999", ""},
		{Cell{Kind: Number, Text: "7", zeros: 3}, "007", ""},
		{text("1.23457E+17"), "", "sheet.digits_lost"},
		{text("1.23E+17"), "", "sheet.digits_lost"},
		{text("1E+17"), "", "sheet.digits_lost"},
		{text("-1.2e+05"), "", "sheet.digits_lost"},
		{cell(Number, "1.2345678901234568E+17"), "", "sheet.digits_lost"},
		{cell(Number, "1000000000000000"), "", "sheet.digits_lost"},
		{cell(Number, "1.5"), "", "sheet.id_number"},
		{cell(Number, "-3"), "", "sheet.id_number"},
		{cell(Number, "NaN"), "", "sheet.id_number"},
		{cell(Number, "Inf"), "", "sheet.digits_lost"},
		{cell(Number, "x"), "", "sheet.id_number"},
		{cell(Date, "45000"), "", "sheet.id_number"},
		{cell(Bool, "TRUE"), "", "sheet.id_number"},
		{text("12 34"), "", "sheet.id_number"},
		{text("12\x0034"), "", "sheet.id_number"},
		{text(strings.Repeat("9", 101)), "", "sheet.too_long"},
		{text(" \t\ufeff"), "", "sheet.required"},
		{text("=\"\""), "", "sheet.required"},
		{cell(Empty, ""), "", "sheet.required"},
		{cell(Formula, "12"), "", "sheet.formula"},
		{cell(Error, "#N/A"), "", "sheet.error_value"},
	} {
		if x.key == "" {
			x.c.row, x.c.col = 12, 3
		}
		check(t, x.c, ID, x.want, x.key)
	}
}

func TestWholeID(t *testing.T) {
	for _, x := range []struct {
		c         Cell
		want, key string
	}{
		{text("17850.0"), "17850", ""},
		{text("0017850.00"), "0017850", ""},
		{text("17850"), "17850", ""},
		{text("C17850"), "C17850", ""},
		{cell(Number, "17850.0"), "17850", ""},
		{text("17850."), "", "sheet.id_number"},
		{text("17850.5"), "", "sheet.id_number"},
		{text("17850.0.0"), "", "sheet.id_number"},
		{text(".0"), "", "sheet.id_number"},
		{text("A1.0"), "", "sheet.id_number"},
		{text("1234567890123456.0"), "", "sheet.digits_lost"},
		{text("1.7850E+04"), "", "sheet.digits_lost"},
	} {
		check(t, x.c, WholeID, x.want, x.key)
	}
}

func TestString(t *testing.T) {
	for _, x := range []struct {
		c         Cell
		want, key string
	}{
		{text(" 王** "), "王**", ""},
		{text("138****8003"), "138****8003", ""},
		{text("上海市***路\n二楼"), "上海市***路\n二楼", ""},
		{text("'t Hooft"), "'t Hooft", ""},
		{text("十二个字符正好这么多个字"), "十二个字符正好这么多个字", ""},
		{cell(Empty, ""), "", ""},
		{text("\t"), "", ""},
		{cell(Number, "13800138000"), "13800138000", ""},
		{cell(Number, "2.5499999999999998"), "2.55", ""},
		{cell(Bool, "TRUE"), "TRUE", ""},
		{text("十三个字符比上限多了那么一个"), "", "sheet.too_long"},
		{text("a\x07b"), "", "sheet.control"},
		{cell(Date, "45000"), "", "sheet.wrong_kind"},
		{cell(Number, "?"), "", "sheet.wrong_kind"},
		{cell(Formula, "x"), "", "sheet.formula"},
		{cell(Error, "#REF!"), "", "sheet.error_value"},
	} {
		check(t, x.c, func(c Cell) (string, error) { return String(c, 13) }, x.want, x.key)
	}
}

func TestInteger(t *testing.T) {
	for _, x := range []struct {
		c    Cell
		want int64
		key  string
	}{
		{text("6"), 6, ""}, {text("-6"), -6, ""}, {text("6.0"), 6, ""}, {text("６"), 6, ""}, {text("\t12 "), 12, ""}, {text("1,000"), 1000, ""},
		{text("007"), 7, ""}, {cell(Number, "6"), 6, ""}, {cell(Number, "6.0000000000000009"), 6, ""}, {cell(Number, "1e3"), 1000, ""}, {text("-1000"), -1000, ""},
		{text("6.5"), 0, "sheet.integer"}, {text("6."), 0, "sheet.integer"}, {text(""), 0, "sheet.required"}, {text("six"), 0, "sheet.integer"},
		{text("1e3"), 0, "sheet.integer"}, {text("+6"), 0, "sheet.integer"}, {text("1,00"), 0, "sheet.integer"}, {text(",100"), 0, "sheet.integer"},
		{text("--6"), 0, "sheet.integer"}, {text("-"), 0, "sheet.integer"}, {text("1_000"), 0, "sheet.integer"}, {text("6 7"), 0, "sheet.integer"},
		{text("1001"), 0, "sheet.range"}, {text("-1001"), 0, "sheet.range"}, {text("99999999999999999999"), 0, "sheet.range"},
		{cell(Number, "1e300"), 0, "sheet.range"}, {cell(Number, "6.5"), 0, "sheet.integer"}, {cell(Number, "Inf"), 0, "sheet.integer"},
		{cell(Bool, "TRUE"), 0, "sheet.wrong_kind"}, {cell(Date, "6"), 0, "sheet.wrong_kind"}, {cell(Formula, "6"), 0, "sheet.formula"},
	} {
		check(t, x.c, func(c Cell) (int64, error) { return Integer(c, -1000, 1000) }, x.want, x.key)
	}
	check(t, text("-1000000"), Quantity, -MaxQuantity, "")
	check(t, text("1000001"), Quantity, 0, "sheet.range")
}

func TestAmount(t *testing.T) {
	for _, x := range []struct {
		c    Cell
		want int64
		key  string
	}{
		{text("268.00"), 26800, ""}, {text("268"), 26800, ""}, {text("-1,234.5"), -123450, ""}, {text("２６８.００"), 26800, ""}, {text("0.10000"), 10, ""},
		{cell(Number, "2.5499999999999998"), 255, ""}, {cell(Number, "1.1000000000000001"), 110, ""}, {cell(Number, "1E-2"), 1, ""}, {cell(Number, "0"), 0, ""},
		{text("2.555"), 0, "sheet.amount"}, {text("¥268"), 0, "sheet.amount"}, {text("2.5e1"), 0, "sheet.amount"}, {text("free"), 0, "sheet.amount"},
		{cell(Number, "2.555"), 0, "sheet.amount"}, {cell(Number, "1e300"), 0, "sheet.amount"}, {cell(Number, "NaN"), 0, "sheet.amount"}, {text(" "), 0, "sheet.required"},
	} {
		check(t, x.c, func(c Cell) (int64, error) { m, err := Amount(c, "CNY"); return m.Minor, err }, x.want, x.key)
	}
	if _, err := Amount(text("1"), "XXX"); errs.As(err).Key != "money.currency_unknown" {
		t.Errorf("got %v", err)
	}
}

// Every amount that a spreadsheet can hold exactly enough comes back as typed.
func TestAmountOfSpreadsheetNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(-999_999_999_999, 999_999_999_999).Draw(t, "minor")
		f, _ := new(big.Rat).SetFrac64(minor, 100).Float64()
		for _, s := range []string{strconv.FormatFloat(f, 'g', 17, 64), strconv.FormatFloat(f, 'f', -1, 64), strconv.FormatFloat(f, 'E', 16, 64)} {
			got, err := Amount(cell(Number, s), "CNY")
			if err != nil || got != money.Of(minor, "CNY") {
				t.Fatalf("%s: got %v, %v; want %d", s, got, err, minor)
			}
		}
	})
}

func TestDateTime(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	serial := func(s string) Cell { c := cell(Date, s); c.epoch = 1900; return c }
	for _, x := range []struct {
		c         Cell
		want, key string
	}{
		{text("2010-12-01 08:26:00"), "2010-12-01T08:26:00Z", ""},
		{text("12/1/2010 8:26"), "2010-12-01T08:26:00Z", ""},
		{text("\t２０１１-０７-01 08:26:00"), "2011-07-01T07:26:00Z", ""},
		{serial("40513.351388888892"), "2010-12-01T08:26:00Z", ""},
		{serial("40513"), "2010-12-01T00:00:00Z", ""},
		{serial("40725.999999999996"), "2011-07-01T23:00:00Z", ""}, // rounds into the next day, as a spreadsheet shows it
		{serial("1"), "1900-01-01T00:00:00Z", ""},
		{serial("59.5"), "1900-02-28T12:00:00Z", ""},
		{serial("61"), "1900-03-01T00:00:00Z", ""},
		{cell(Date, "2010-12-01T08:26:00"), "2010-12-01T08:26:00Z", ""},
		{text("2011-10-30 01:30:00"), "2011-10-30T00:30:00Z", ""}, // comes twice: the first
		{text("2011-03-27 01:30:00"), "", "sheet.time_skipped"},
		{text("2010-12-01"), "", "sheet.date"},
		{text("2010-02-30 08:26:00"), "", "sheet.date"},
		{text("2010-12-01 08:26:00 x"), "", "sheet.date"},
		{text("40513.35"), "", "sheet.date"},
		{cell(Number, "40513.35"), "", "sheet.date_number"},
		{serial("0.5"), "", "sheet.date_without_day"},
		{serial("60.5"), "", "sheet.date"}, // 29 February 1900
		{serial("-1"), "", "sheet.date"},
		{serial("1e99"), "", "sheet.date"},
		{serial("NaN"), "", "sheet.date"},
		{serial("x"), "", "sheet.date"},
		{cell(Bool, "TRUE"), "", "sheet.wrong_kind"},
		{cell(Empty, ""), "", "sheet.required"},
		{cell(Formula, "x"), "", "sheet.formula"},
	} {
		var want clock.Instant
		if x.key == "" {
			if want, err = clock.Parse(x.want); err != nil {
				t.Fatal(err)
			}
		}
		check(t, x.c, func(c Cell) (clock.Instant, error) { return DateTime(c, london, time.DateTime, "1/2/2006 15:04") }, want, x.key)
	}
}

func TestDay(t *testing.T) {
	serial := cell(Date, "40513.99")
	serial.epoch = 1900
	for _, x := range []struct {
		c   Cell
		key string
	}{{text("2010/12/01"), ""}, {serial, ""}, {text("01.12.2010"), "sheet.date"}} {
		check(t, x.c, func(c Cell) (calendar.Date, error) { return Day(c, "2006/01/02") }, calendar.DateOf(2010, 12, 1), x.key)
	}
}

// No cell makes a function panic or return anything but a value or a refusal, and what is read is never more than was
// there.
func FuzzCells(f *testing.F) {
	for i, s := range []string{"00123", "1.23457E+17", "=\"007\"", "\t17850.0", "-1,234.50", "2010-12-01 08:26:00", "40513.35", "1e308", "NaN", "'12", "\xff", "９"} {
		f.Add(s, uint8(i))
	}
	f.Fuzz(func(t *testing.T, s string, kind uint8) {
		c := cell(Kind(kind%7), s)
		c.epoch, c.zeros = []int16{0, 1900, 1904}[kind%3], kind%16
		id, err := ID(c)
		if err == nil && (id == "" || len(id) > 4*100) {
			t.Fatalf("%q is the id %q", s, id)
		}
		whole, err2 := WholeID(c)
		if err2 == nil && (err != nil || !strings.HasPrefix(id, whole)) {
			t.Fatalf("%q is the id %q or %q", s, id, whole)
		}
		_, err3 := String(c, 20)
		n, err4 := Integer(c, -50, 50)
		if n < -50 || n > 50 {
			t.Fatalf("%q is %d", s, n)
		}
		_, err5 := Amount(c, "CNY")
		at, err6 := DateTime(c, time.UTC, time.DateTime)
		d, err7 := Day(c, time.DateTime)
		if err6 == nil && (err7 != nil || calendar.DateOf(at.Time().Date()) != d) {
			t.Fatalf("%q is %s and %s", s, at, d)
		}
		for _, err := range []error{err, err2, err3, err4, err5, err6, err7} {
			if err != nil && errs.CodeOf(err) != errs.Invalid {
				t.Fatalf("%q: %v", s, err)
			}
		}
	})
}
