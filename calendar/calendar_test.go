package calendar

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

func load(t testing.TB, id string) *Calendar {
	t.Helper()
	c, err := Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func table(t testing.TB, text string) *Calendar {
	t.Helper()
	c, err := Parse("table", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func instant(t testing.TB, s string) clock.Instant {
	t.Helper()
	i, err := clock.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// wantMissing checks that err says which year of which calendar is missing.
func wantMissing(t testing.TB, err error, id string, year int) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Code != errs.Invalid || e.Key != "calendar.year_missing" || e.Args["calendar"] != id || e.Args["year"] != year {
		t.Errorf("got %v; want calendar.year_missing for %d of %s", err, year, id)
	}
}

// The days of the notices that people trip over (G7).
func TestChinaKnownDays(t *testing.T) {
	c := load(t, "CN")
	for s, works := range map[string]bool{
		"2026-01-02": false, "2026-01-04": true, // a Sunday, made up
		"2026-02-13": true, "2026-02-14": true, "2026-02-15": false, "2026-02-23": false, "2026-02-24": true, "2026-02-28": true,
		"2026-05-09": true, "2026-09-20": true, "2026-09-21": true, "2026-09-25": false, "2026-10-10": true, "2026-10-11": false,
		"2026-11-21": false, "2026-11-23": true,
		"2025-01-26": true, "2025-01-27": true, "2025-01-28": false, "2025-10-08": false, "2025-10-11": true,
		"2022-12-31": false, // governed by the notice for 2023
		"2020-01-31": false, // the Spring Festival of 2020 was lengthened
		"2020-02-02": false, "2020-02-03": true,
	} {
		got, err := c.IsWorkday(date(t, s))
		if err != nil || got != works {
			t.Errorf("%s: got %v, %v; want %v", s, got, err, works)
		}
	}
	d, err := c.Day(date(t, "2026-02-14"))
	if err != nil || !d.Works || d.Name != "春节调休" || len(d.Hours) != 2 || d.Hours[0] != (Interval{540, 720}) {
		t.Errorf("got %+v, %v", d, err)
	}
	d, err = c.Day(date(t, "2026-02-17"))
	if err != nil || d.Works || d.Name != "春节" || d.Hours != nil {
		t.Errorf("got %+v, %v", d, err)
	}
}

// The number of working days in a year follows from its notice: 365 days less 104 weekend days less holidays that fall
// on weekdays, plus make-up days.
func TestChinaWorkdaysOfYears(t *testing.T) {
	c := load(t, "CN")
	for year, want := range map[int]int{2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248} {
		got, err := c.WorkdaysBetween(DateOf(year-1, 12, 31), DateOf(year, 12, 31))
		if err != nil || got != want {
			t.Errorf("%d has %d working days, got %d, %v", year, want, got, err)
		}
	}
}

// The notice for 2027 may take days of December 2026: they are not answered, weekends and weekdays alike.
func TestEndOfData(t *testing.T) {
	c := load(t, "CN")
	if _, err := c.IsWorkday(date(t, "2026-12-25")); err != nil {
		t.Error(err)
	}
	for _, s := range []string{"2026-12-26", "2026-12-28", "2026-12-31", "2027-01-04"} {
		_, err := c.IsWorkday(date(t, s))
		wantMissing(t, err, "CN", 2027)
	}
	_, err := c.IsWorkday(date(t, "2019-12-31"))
	wantMissing(t, err, "CN", 2019)
	_, err = c.IsWorkday(date(t, "2031-06-01"))
	wantMissing(t, err, "CN", 2031)

	if d, err := c.AddWorkdays(date(t, "2026-12-21"), 4); err != nil || d.String() != "2026-12-25" {
		t.Errorf("got %v, %v", d, err)
	}
	_, err = c.AddWorkdays(date(t, "2026-12-21"), 5)
	wantMissing(t, err, "CN", 2027)
	_, err = c.AddWorkdays(date(t, "2026-12-21"), 1<<62)
	wantMissing(t, err, "CN", 2027)
	_, err = c.AddWorkdays(date(t, "2020-01-10"), -1<<62)
	wantMissing(t, err, "CN", 2019)
	_, err = c.AddWorkdays(date(t, "2035-01-10"), 1)
	wantMissing(t, err, "CN", 2035)
	_, err = c.NextWorkday(date(t, "2026-12-25"))
	wantMissing(t, err, "CN", 2027)
	_, err = c.RollForward(date(t, "2026-12-26"))
	wantMissing(t, err, "CN", 2027)
	_, err = c.WorkdaysBetween(date(t, "2026-12-01"), date(t, "2026-12-31"))
	wantMissing(t, err, "CN", 2027)
	_, err = c.AddWorkTime(instant(t, "2026-12-25T09:00:00+08:00"), 9*time.Hour)
	wantMissing(t, err, "CN", 2027)
	_, err = c.WorkTimeBetween(instant(t, "2026-12-25T09:00:00+08:00"), instant(t, "2026-12-26T00:00:01+08:00"))
	wantMissing(t, err, "CN", 2027)

	// What does not need the missing days is answered.
	if d, err := c.AddWorkdays(date(t, "2019-12-31"), 1); err != nil || d.String() != "2020-01-02" {
		t.Errorf("got %v, %v", d, err)
	}
	if d, err := c.AddWorkdays(date(t, "2030-01-01"), 0); err != nil || d.String() != "2030-01-01" {
		t.Errorf("got %v, %v", d, err)
	}
	if _, err := c.WorkTimeBetween(instant(t, "2026-12-25T09:00:00+08:00"), instant(t, "2026-12-26T00:00:00+08:00")); err != nil {
		t.Error(err)
	}
}

// G7, G8 and S2-34, S2-36: counting starts on the day after.
func TestWorkdayArithmetic(t *testing.T) {
	c := load(t, "CN")
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-13", 1, "2026-02-14"}, // Friday, and the make-up Saturday counts
		{"2026-02-14", 1, "2026-02-24"},
		{"2026-02-17", 1, "2026-02-24"}, // from a day off
		{"2026-02-13", 3, "2026-02-25"},
		{"2026-09-30", 3, "2026-10-10"},
		{"2026-11-20", 3, "2026-11-25"},
		{"2026-11-21", 7, "2026-12-01"},
		{"2026-02-24", -1, "2026-02-14"},
		{"2026-02-20", -2, "2026-02-13"},
		{"2026-02-17", 0, "2026-02-17"},
	} {
		got, err := c.AddWorkdays(date(t, x.from), x.n)
		if err != nil || got.String() != x.want {
			t.Errorf("%s and %d: got %s, %v; want %s", x.from, x.n, got, err, x.want)
		}
	}
	for from, want := range map[string]string{
		"2026-02-15": "2026-02-24", "2026-02-13": "2026-02-13", "2026-02-14": "2026-02-14", "2026-11-21": "2026-11-23",
	} {
		if got, err := c.RollForward(date(t, from)); err != nil || got.String() != want {
			t.Errorf("%s rolls to %s, %v; want %s", from, got, err, want)
		}
	}
}

func TestEnglandKnownDays(t *testing.T) {
	c := load(t, "GB-EAW")
	for s, works := range map[string]bool{
		"2010-12-24": true, "2010-12-27": false, "2010-12-28": false, "2010-12-29": true, "2010-12-31": true,
		"2011-01-03": false, "2011-04-29": false, "2012-05-28": true, "2012-06-04": false, "2012-06-05": false,
	} {
		got, err := c.IsWorkday(date(t, s))
		if err != nil || got != works {
			t.Errorf("%s: got %v, %v; want %v", s, got, err, works)
		}
	}
	// Seven working days of the Distance Selling Regulations over Christmas 2010.
	if d, err := c.AddWorkdays(date(t, "2010-12-22"), 7); err != nil || d.String() != "2011-01-05" {
		t.Errorf("got %s, %v", d, err)
	}
	_, err := c.AddWorkdays(date(t, "2012-12-20"), 20)
	wantMissing(t, err, "GB-EAW", 2013)
	for year, want := range map[int]int{2010: 8, 2011: 9, 2012: 9} {
		n := 0
		for d := DateOf(year, 1, 1); d.Year() == year; d++ {
			if day, err := c.Day(d); err != nil {
				t.Fatal(err)
			} else if day.Name != "" {
				n++
				if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
					t.Errorf("%s, %s, is a %v", d, day.Name, w)
				}
			}
		}
		if n != want {
			t.Errorf("%d has %d bank holidays, got %d", year, want, n)
		}
	}
}

func TestLoad(t *testing.T) {
	if got := strings.Join(IDs(), " "); got != "CN GB-EAW" {
		t.Errorf("got %s", got)
	}
	_, err := Load("XX")
	if e := errs.As(err); e == nil || e.Code != errs.NotFound || e.Key != "calendar.unknown" || e.Args["known"] != "CN, GB-EAW" {
		t.Errorf("got %v", err)
	}
	c := load(t, "CN")
	first, last := c.Covers()
	if c.ID() != "CN" || c.Zone().String() != "Asia/Shanghai" || first.String() != "2020-01-01" || last.String() != "2026-12-25" {
		t.Errorf("got %s %s %s %s", c.ID(), c.Zone(), first, last)
	}
}

func TestWorkdayProperties(t *testing.T) {
	c := load(t, "CN")
	inside := rapid.Int32Range(int32(DateOf(2020, 3, 1)), int32(DateOf(2026, 6, 30)))
	rapid.Check(t, func(t *rapid.T) {
		d := Date(inside.Draw(t, "d"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		got, err := c.AddWorkdays(d, n)
		if err != nil {
			t.Fatal(err)
		}
		// The plain definition: walk day by day.
		want := d
		for left := n; left > 0; {
			want++
			works, err := c.IsWorkday(want)
			if err != nil {
				t.Fatal(err)
			}
			if works {
				left--
			}
		}
		if got != want {
			t.Fatalf("%s and %d: got %s, want %s", d, n, got, want)
		}
		if k, err := c.WorkdaysBetween(d, got); err != nil || k != n {
			t.Fatalf("%d working days from %s to %s, %v; want %d", k, d, got, err, n)
		}
		if k, err := c.WorkdaysBetween(got, d); err != nil || k != -n {
			t.Fatalf("got %d, %v; want %d", k, err, -n)
		}
		later, err := c.AddWorkdays(d+1, n)
		if err != nil || later < got {
			t.Fatalf("a later start ends earlier: %s, %s", got, later)
		}
		rolled, err := c.RollForward(d)
		if err != nil || rolled < d {
			t.Fatalf("%s rolls to %s, %v", d, rolled, err)
		}
		back, err := c.AddWorkdays(rolled, n)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := c.AddWorkdays(back, -n); err != nil || again != rolled {
			t.Fatalf("%d forth and back from %s is %s, %v", n, rolled, again, err)
		}
	})
}

// Zones whose clocks change at midnight, and one that left a whole day out.
func TestStartOfAcrossClockChanges(t *testing.T) {
	for _, x := range []struct{ zone, day, start, end string }{
		{"Asia/Shanghai", "2026-11-21", "2026-11-20T16:00:00Z", "2026-11-21T16:00:00Z"},
		{"Europe/London", "2011-03-27", "2011-03-27T00:00:00Z", "2011-03-27T23:00:00Z"},     // 23 hours
		{"Europe/London", "2010-10-31", "2010-10-30T23:00:00Z", "2010-11-01T00:00:00Z"},     // 25 hours
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}, // begins at 01:00
		{"America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"}, // 23:00 comes twice
		{"America/Havana", "2023-11-05", "2023-11-05T04:00:00Z", "2023-11-06T05:00:00Z"},    // 00:00 comes twice
		{"Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z", "2024-04-26T21:00:00Z"},      // begins at 01:00
		{"Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"}, // was left out
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"},
	} {
		covered := table(t, "calendar T\nzone "+x.zone+"\ncovers 2010-01-01..2026-12-31\nhours mon-sun 00:00-24:00\n")
		bare := table(t, "calendar T\nzone "+x.zone+"\ncovers 1990-01-01\nhours mon-sun 00:00-24:00\n")
		for _, c := range []*Calendar{covered, bare} {
			d := date(t, x.day)
			if got := c.StartOf(d); got != instant(t, x.start) {
				t.Errorf("%s %s begins at %s, got %s", x.zone, d, x.start, got)
			}
			if got := c.EndOf(d); got != instant(t, x.end) {
				t.Errorf("%s %s ends at %s, got %s", x.zone, d, x.end, got)
			}
		}
	}
}

// The last day of a leap year beyond the tables of the zone, where a bound of the zone's stretch has passed already.
func TestLastDayOfALeapYearFarAhead(t *testing.T) {
	c := table(t, "calendar T\nzone Europe/London\ncovers 2000-01-01..2026-12-31\nhours mon-sun 00:00-24:00\n")
	for _, year := range []int{2040, 2044, 2048, 2052, 2056} {
		for day := DateOf(year, 12, 29); day <= DateOf(year+1, 1, 2); day++ {
			if got, want := c.StartOf(day), instant(t, day.String()+"T00:00:00Z"); got != want {
				t.Errorf("%s begins at %s", day, got)
			}
		}
	}
}

func TestStartOfProperties(t *testing.T) {
	var all []*Calendar
	for _, zone := range []string{"Asia/Shanghai", "Europe/London", "America/Sao_Paulo", "America/Havana", "Africa/Cairo",
		"Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "America/Nuuk"} {
		all = append(all, table(t, "calendar T\nzone "+zone+"\ncovers 2000-01-01..2026-12-31\nhours mon-sun 00:00-24:00\n"))
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(all).Draw(t, "calendar")
		d := Date(rapid.Int32Range(int32(DateOf(1990, 1, 1)), int32(DateOf(2060, 1, 1))).Draw(t, "d"))
		start := c.StartOf(d)
		if start > c.EndOf(d) || c.EndOf(d) != c.StartOf(d+1) {
			t.Fatalf("%s runs from %s to %s, the next from %s", d, start, c.EndOf(d), c.StartOf(d+1))
		}
		if c.Zone().String() == "Pacific/Apia" && d == DateOf(2011, 12, 30) {
			return
		}
		if got := c.DateOf(start); got != d {
			t.Fatalf("%s %s begins on %s", c.Zone(), d, got)
		}
		if got := c.DateOf(start - 1); got >= d {
			t.Fatalf("%s %s was there before it began", c.Zone(), d)
		}
		at := start + clock.Instant(rapid.Int64Range(0, int64(c.EndOf(d)-start)-1).Draw(t, "µs"))
		got := at.Time().In(c.Zone())
		if c.DateOf(at) != DateOf(got.Date()) {
			t.Fatalf("%s is on %s, got %s", at, got, c.DateOf(at))
		}
	})
}

func BenchmarkAddWorkdays(b *testing.B) {
	c := load(b, "CN")
	d := DateOf(2025, 1, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.AddWorkdays(d, 250); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddWorkTime(b *testing.B) {
	c := load(b, "CN")
	from := c.StartOf(DateOf(2025, 1, 1))
	for _, days := range []int{3, 250} {
		b.Run((time.Duration(days) * 8 * time.Hour).String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.AddWorkTime(from, time.Duration(days)*8*time.Hour); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestNothingIsAllocated(t *testing.T) {
	c := load(t, "CN")
	from := instant(t, "2025-01-02T10:00:00+08:00")
	if n := testing.AllocsPerRun(100, func() {
		d, _ := c.AddWorkdays(c.DateOf(from), 30)
		_ = c.EndOf(d)
		_, _ = c.AddWorkTime(from, 100*time.Hour)
		_, _ = c.WorkTimeBetween(from, from.Add(1000*time.Hour))
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
