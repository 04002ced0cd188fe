package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

func TestAddWorkTime(t *testing.T) {
	cn := load(t, "CN") // 09:00-12:00 13:00-18:00
	for _, x := range []struct {
		from string
		d    time.Duration
		want string
	}{
		{"2026-11-20T10:00:00+08:00", time.Hour, "2026-11-20T11:00:00+08:00"},
		{"2026-11-20T10:00:00+08:00", 3 * time.Hour, "2026-11-20T14:00:00+08:00"}, // over lunch
		{"2026-11-20T10:00:00+08:00", 2 * time.Hour, "2026-11-20T12:00:00+08:00"}, // ends with the interval
		{"2026-11-20T12:00:00+08:00", time.Minute, "2026-11-20T13:01:00+08:00"},
		{"2026-11-20T17:00:00+08:00", 2 * time.Hour, "2026-11-23T10:00:00+08:00"}, // over a weekend
		{"2026-11-21T03:00:00+08:00", time.Hour, "2026-11-23T10:00:00+08:00"},     // begins outside
		{"2026-02-13T17:30:00+08:00", time.Hour, "2026-02-14T09:30:00+08:00"},     // into a make-up Saturday
		{"2026-02-14T17:30:00+08:00", time.Hour, "2026-02-24T09:30:00+08:00"},     // over the Spring Festival
		{"2026-11-20T10:00:00+08:00", 0, "2026-11-20T10:00:00+08:00"},
		{"2026-11-21T10:00:00+08:00", 0, "2026-11-21T10:00:00+08:00"},
		{"2026-11-16T09:00:00+08:00", 40 * time.Hour, "2026-11-20T18:00:00+08:00"},
	} {
		got, err := cn.AddWorkTime(instant(t, x.from), x.d)
		if err != nil || got != instant(t, x.want) {
			t.Errorf("%s and %s: got %s, %v; want %s", x.from, x.d, got, err, x.want)
		}
	}
	_, err := cn.AddWorkTime(0, -1)
	if e := errs.As(err); e == nil || e.Key != "calendar.negative_duration" {
		t.Errorf("got %v", err)
	}
}

// A night shift across the changes of the clocks of 2011 in London: 27 March 01:00 becomes 02:00, 30 October 02:00
// becomes 01:00.
func TestWorkTimeAcrossClockChanges(t *testing.T) {
	c := table(t, "calendar NIGHT\nzone Europe/London\ncovers 2011-01-01..2011-12-31\nhours mon-sun 00:00-04:00 22:00-24:00\n")
	for _, x := range []struct {
		day  string
		want time.Duration
	}{{"2011-03-26", 6 * time.Hour}, {"2011-03-27", 5 * time.Hour}, {"2011-10-30", 7 * time.Hour}} {
		d := date(t, x.day)
		got, err := c.WorkTimeBetween(c.StartOf(d), c.EndOf(d))
		if err != nil || got != x.want {
			t.Errorf("%s has %s, got %s, %v", d, x.want, got, err)
		}
	}
	for _, x := range []struct {
		from string
		d    time.Duration
		want string
	}{
		{"2011-03-27T00:30:00Z", time.Hour, "2011-03-27T01:30:00Z"},     // reads 02:30
		{"2011-03-27T00:30:00Z", 3 * time.Hour, "2011-03-27T21:30:00Z"}, // until 03:00Z, then from 21:00Z
		{"2011-10-30T00:30:00Z", 3 * time.Hour, "2011-10-30T03:30:00Z"}, // 01:30, again 01:30, 03:30
	} {
		got, err := c.AddWorkTime(instant(t, x.from), x.d)
		if err != nil || got != instant(t, x.want) {
			t.Errorf("%s and %s: got %s, %v; want %s", x.from, x.d, got, err, x.want)
		}
	}
}

// Hours that the clocks skip are no working time: 01:00 to 02:00 does not exist on 27 March.
func TestWorkTimeInASkippedHour(t *testing.T) {
	c := table(t, "calendar EARLY\nzone Europe/London\ncovers 2011-03-01..2011-03-31\nhours mon-sun 01:00-02:00\n")
	got, err := c.AddWorkTime(instant(t, "2011-03-26T01:30:00Z"), time.Hour)
	if want := instant(t, "2011-03-28T00:30:00Z"); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func workCalendars(t testing.TB) []*Calendar {
	return []*Calendar{
		load(t, "CN"),
		table(t, "calendar NIGHT\nzone Europe/London\ncovers 2020-01-01..2026-12-31\nhours mon-fri 00:00-02:30 02:30-04:00 22:00-24:00\noff 2024-12-25\n"),
		table(t, "calendar BR\nzone America/Sao_Paulo\ncovers 2015-01-01..2026-12-31\nhours mon-sun 00:00-24:00\n"),
		table(t, "calendar SHOP\nbase CN\nhours sat 10:00-12:30 14:00-17:45\nwork 2026-02-18 11:00-11:01 春节值班\n"),
	}
}

func TestWorkTimeProperties(t *testing.T) {
	cals := workCalendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(cals).Draw(t, "calendar")
		span := [2]int64{int64(c.StartOf(DateOf(2020, 2, 1))), int64(c.StartOf(DateOf(2026, 5, 1)))}
		from := clock.Instant(rapid.Int64Range(span[0], span[1]).Draw(t, "from"))
		d := time.Duration(rapid.Int64Range(0, int64(100*time.Hour/time.Microsecond)).Draw(t, "µs")) * time.Microsecond
		due, err := c.AddWorkTime(from, d)
		if err != nil {
			t.Fatal(err)
		}
		if due < from {
			t.Fatalf("%s and %s is %s", from, d, due)
		}
		if got, err := c.WorkTimeBetween(from, due); err != nil || got != d {
			t.Fatalf("from %s to %s are %s, %v; want %s", from, due, got, err, d)
		}
		if got, err := c.WorkTimeBetween(due, from); err != nil || got != -d {
			t.Fatalf("backwards: got %s, %v", got, err)
		}
		if d > 0 { // the earliest such instant
			if got, err := c.WorkTimeBetween(from, due-1); err != nil || got >= d {
				t.Fatalf("%s was over before %s: %s, %v", d, due, got, err)
			}
		}
		mid := from + clock.Instant(rapid.Int64Range(0, int64(due-from)).Draw(t, "split"))
		a, errA := c.WorkTimeBetween(from, mid)
		b, errB := c.WorkTimeBetween(mid, due)
		if errA != nil || errB != nil || a+b != d {
			t.Fatalf("%s and %s do not make %s (%v, %v)", a, b, d, errA, errB)
		}
		if later, err := c.AddWorkTime(mid, d); err != nil || later < due {
			t.Fatalf("a later start ends earlier: %s, %v", later, err)
		}
	})
}
