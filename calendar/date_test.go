package calendar

import (
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A date is written as package time writes it, years of more or fewer than four digits too.
func TestDateIsWrittenAsTimeWritesIt(t *testing.T) {
	for d := MinDate - 400; d < MaxDate+400; d += 37 {
		if want := d.midnightUTC().Format(time.DateOnly); d.String() != want || string(d.Append([]byte("on "))) != "on "+want {
			t.Fatalf("%d: %s, want %s", d, d, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for s, want := range map[string]Date{
		"1970-01-01": 0, "1969-12-31": -1, "2026-11-21": 20778, "2024-02-29": 19782,
		"0001-01-01": MinDate, "9999-12-31": MaxDate,
	} {
		d, err := ParseDate(s)
		if err != nil || d != want || d.String() != s {
			t.Errorf("%s: got %d (%s), %v; want %d", s, d, d, err, want)
		}
	}
	for _, s := range []string{"", "2026-2-3", "2026-02-30", "2025-02-29", "0000-01-01", "10000-01-01", "2026/02/03",
		" 2026-02-03", "2026-02-03 ", "2026-02-03T00:00:00Z", "20260203", "-001-01-01", "２０２６-02-03", "2026-13-01", "2026-00-10"} {
		d, err := ParseDate(s)
		if e := errs.As(err); e == nil || e.Code != errs.Invalid || e.Key != "calendar.date_malformed" {
			t.Errorf("%q: got %v, %v", s, d, err)
		}
	}
}

func TestWeekday(t *testing.T) {
	for s, want := range map[string]time.Weekday{
		"1970-01-01": time.Thursday, "1969-12-31": time.Wednesday, "2026-11-21": time.Saturday, "0001-01-01": time.Monday,
	} {
		if got := date(t, s).Weekday(); got != want {
			t.Errorf("%s is a %v, got %v", s, want, got)
		}
	}
}

// CC-202: the corresponding day, else the last of the month.
func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-15", 1, "2026-02-15"},
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-11-30", 3, "2027-02-28"}, // S1-36: a series is computed from its first day
		{"2026-11-30", 6, "2027-05-30"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-31", -2, "2025-11-30"},
		{"2026-12-31", 0, "2026-12-31"},
		{"1969-12-31", 2, "1970-02-28"},
		{"9999-12-01", 1, "9999-12-31"}, // stops
		{"0001-01-31", -1, "0001-01-01"},
	} {
		if got := date(t, c.from).AddMonths(c.n); got.String() != c.want {
			t.Errorf("%s and %d months: got %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestDateArithmeticStops(t *testing.T) {
	const huge = int(^uint(0) >> 1)
	for _, got := range []Date{MaxDate.AddDays(1), Date(0).AddDays(huge), Date(0).AddMonths(huge), DateOf(99999, 1, 1)} {
		if got != MaxDate {
			t.Errorf("got %d, want MaxDate", got)
		}
	}
	for _, got := range []Date{MinDate.AddDays(-1), Date(0).AddDays(-huge - 1), Date(0).AddMonths(-huge - 1), DateOf(-99999, 1, 1)} {
		if got != MinDate {
			t.Errorf("got %d, want MinDate", got)
		}
	}
}

func anyDate() *rapid.Generator[Date] {
	return rapid.Map(rapid.Int32Range(int32(MinDate), int32(MaxDate)), func(n int32) Date { return Date(n) })
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate().Draw(t, "a"), anyDate().Draw(t, "b")
		if p, err := ParseDate(a.String()); err != nil || p != a {
			t.Fatalf("%s reads as %v, %v", a, p, err)
		}
		if DateOf(a.Civil()) != a {
			t.Fatalf("%s is not the date of its parts", a)
		}
		if b.AddDays(a.Sub(b)) != a {
			t.Fatalf("%s and the days to %s is %s", b, a, b.AddDays(a.Sub(b)))
		}
		if (a.String() < b.String()) != (a.Compare(b) < 0) || (a == b) != (a.Compare(b) == 0) {
			t.Fatalf("%s and %s sort differently as texts", a, b)
		}
		if got := a.AddDays(1).Weekday(); a < MaxDate && got != (a.Weekday()+1)%7 {
			t.Fatalf("%s is a %v, the next day a %v", a, a.Weekday(), got)
		}
		n := rapid.IntRange(-2400, 2400).Draw(t, "months")
		_, wantMonth, wantDay := a.Civil()
		y, m, d := a.AddMonths(n).Civil()
		if a.AddMonths(n) == MinDate || a.AddMonths(n) == MaxDate {
			return
		}
		if (int(wantMonth)-1+n%12+12)%12 != int(m)-1 || d > wantDay || d < wantDay && DateOf(y, m, d).AddDays(1) != DateOf(y, m+1, 1) {
			t.Fatalf("%s and %d months is %04d-%02d-%02d", a, n, y, m, d)
		}
	})
}

func TestAddMonthsIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyDate().Draw(t, "a")
		n := rapid.IntRange(-500, 500).Draw(t, "months")
		if a.AddDays(1).AddMonths(n) < a.AddMonths(n) {
			t.Fatalf("%d months after %s come before those after the day before", n, a.AddDays(1))
		}
	})
}

func TestDateStoredAndSent(t *testing.T) {
	type doc struct {
		On   Date            `json:"on"`
		None *Date           `json:"none"`
		By   map[Date]string `json:"by"`
	}
	in := doc{On: DateOf(2026, 11, 21), By: map[Date]string{DateOf(2027, 1, 1): "x"}}
	b, err := json.Marshal(in)
	if want := `{"on":"2026-11-21","none":null,"by":{"2027-01-01":"x"}}`; err != nil || string(b) != want {
		t.Fatalf("got %s, %v; want %s", b, err, want)
	}
	var out doc
	if err := json.Unmarshal(b, &out); err != nil || out.On != in.On || out.None != nil || out.By[DateOf(2027, 1, 1)] != "x" {
		t.Fatalf("got %+v, %v", out, err)
	}
	for _, bad := range []string{`{"on":20778}`, `{"on":"2026-02-30"}`, `{"on":""}`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%s was read", bad)
		}
	}

	v, err := in.On.Value()
	if err != nil || v != "2026-11-21" {
		t.Fatalf("stored as %v, %v", v, err)
	}
	for _, src := range []any{"2026-11-21", []byte("2026-11-21")} {
		var d sql.Null[Date]
		if err := d.Scan(src); err != nil || !d.Valid || d.V != in.On {
			t.Errorf("%T: got %+v, %v", src, d, err)
		}
	}
	var absent sql.Null[Date]
	if err := absent.Scan(nil); err != nil || absent.Valid {
		t.Errorf("NULL: got %+v, %v", absent, err)
	}
	d := in.On
	for _, src := range []any{nil, int64(20778), time.Now(), "tomorrow"} {
		if err := d.Scan(src); err == nil || d != in.On {
			t.Errorf("%v was read as %v", src, d)
		}
	}
	if _, err := (MaxDate + 1).Value(); err == nil {
		t.Error("a date beyond the year 9999 was stored")
	}
	if _, err := (MinDate - 1).MarshalText(); err == nil {
		t.Error("a date before the year 1 was written")
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-11-21", "2024-02-29", "2025-02-29", "0000-00-00", "9999-12-31", "2026-1-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err == nil && d.String() != s {
			t.Fatalf("%q reads as %s", s, d)
		}
		if err != nil && errs.CodeOf(err) != errs.Invalid {
			t.Fatalf("%q: %v", s, err)
		}
	})
}
