package calendar

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

func TestPeriodLastDay(t *testing.T) {
	c := load(t, "CN")
	for _, x := range []struct {
		p    Period
		from string
		want string
	}{
		{Period{N: 7, Unit: Days}, "2026-02-08", "2026-02-15"},             // G6: a shop's promise does not roll
		{Period{N: 7, Unit: Days, Roll: true}, "2026-02-08", "2026-02-24"}, // G8: CPL-25 does
		{Period{N: 7, Unit: Days, Roll: true}, "2026-02-07", "2026-02-14"}, // a make-up Saturday is a working day
		{Period{N: 3, Unit: Workdays}, "2026-11-20", "2026-11-25"},         // G7
		{Period{N: 3, Unit: Workdays, Roll: true}, "2026-02-13", "2026-02-25"},
		{Period{N: 1, Unit: Months}, "2026-01-31", "2026-02-28"}, // CC-202
		{Period{N: 1, Unit: Months, Roll: true}, "2026-01-21", "2026-02-24"},
		{Period{N: 1, Unit: Years}, "2024-02-29", "2025-02-28"},
		{Period{N: 3, Unit: Years}, "2026-11-21", "2029-11-21"}, // CC-188: needs no data of 2029
		{Period{N: 0, Unit: Days}, "2026-11-21", "2026-11-21"},
		{Period{N: 0, Unit: Days, Roll: true}, "2026-11-21", "2026-11-23"},
	} {
		got, err := x.p.LastDay(c, date(t, x.from))
		if err != nil || got.String() != x.want {
			t.Errorf("%+v from %s: got %s, %v; want %s", x.p, x.from, got, err, x.want)
		}
	}
	_, err := Period{N: 3, Unit: Years, Roll: true}.LastDay(c, date(t, "2026-11-21"))
	wantMissing(t, err, "CN", 2029)
	_, err = Period{N: 30, Unit: Workdays}.LastDay(c, date(t, "2026-11-21"))
	wantMissing(t, err, "CN", 2027)
	for _, u := range []Unit{Hours, WorkHours} {
		_, err = Period{N: 24, Unit: u}.LastDay(c, 0)
		if e := errs.As(err); e == nil || e.Key != "calendar.period_needs_time" {
			t.Errorf("got %v", err)
		}
	}
}

func TestPeriodCheck(t *testing.T) {
	for key, bad := range map[string][]Period{
		"calendar.period_malformed": {{N: -1, Unit: Days}, {N: MaxPeriod + 1, Unit: Hours}, {N: 1}, {N: 1, Unit: "weeks"}},
		"calendar.roll_hours":       {{N: 1, Unit: Hours, Roll: true}, {N: 1, Unit: WorkHours, Roll: true}},
	} {
		for _, p := range bad {
			_, errLast := p.LastDay(load(t, "CN"), 0)
			_, errDue := p.Due(load(t, "CN"), 0)
			for _, err := range []error{p.Check(), errLast, errDue} {
				if e := errs.As(err); e == nil || e.Code != errs.Invalid || e.Key != key {
					t.Errorf("%+v: got %v, want %s", p, err, key)
				}
			}
		}
	}
}

func TestPeriodDue(t *testing.T) {
	c := load(t, "CN")
	pause := func(from, to string) Pause {
		p := Pause{From: instant(t, from)}
		if to != "" {
			p.To = instant(t, to)
		}
		return p
	}
	for name, x := range map[string]struct {
		p      Period
		from   string
		pauses []Pause
		want   string // empty: not yet known
	}{
		"hours run through the holiday (S2-33)": {Period{N: 24, Unit: Hours}, "2026-02-14T20:00:00+08:00", nil, "2026-02-15T20:00:00+08:00"},
		"working hours do not":                  {Period{N: 2, Unit: WorkHours}, "2026-02-14T17:00:00+08:00", nil, "2026-02-24T10:00:00+08:00"},
		"days end at 24:00":                     {Period{N: 7, Unit: Days}, "2026-11-01T23:59:59+08:00", nil, "2026-11-09T00:00:00+08:00"},
		"working days end at 24:00 (S2-34)":     {Period{N: 3, Unit: Workdays}, "2026-11-20T08:00:00+08:00", nil, "2026-11-26T00:00:00+08:00"},
		"rolled":                                {Period{N: 7, Unit: Days, Roll: true}, "2026-02-08T12:00:00+08:00", nil, "2026-02-25T00:00:00+08:00"},
		"the day is that of the zone":           {Period{N: 1, Unit: Days}, "2026-11-20T16:30:00Z", nil, "2026-11-23T00:00:00+08:00"},

		"hours stand still (S3-25)": {Period{N: 72, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-20T10:00:00+08:00", "2026-11-21T09:30:00+08:00")}, "2026-11-24T07:30:00+08:00"},
		"two pauses, in any order": {Period{N: 10, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-20T16:00:00+08:00", "2026-11-20T17:00:00+08:00"), pause("2026-11-20T09:00:00+08:00", "2026-11-20T10:00:00+08:00")}, "2026-11-20T20:00:00+08:00"},
		"overlapping pauses count once": {Period{N: 10, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-20T09:00:00+08:00", "2026-11-20T11:00:00+08:00"), pause("2026-11-20T10:00:00+08:00", "2026-11-20T12:00:00+08:00"), pause("2026-11-20T12:00:00+08:00", "2026-11-20T13:00:00+08:00")}, "2026-11-20T22:00:00+08:00"},
		"a pause before the start": {Period{N: 1, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-19T09:00:00+08:00", "2026-11-20T07:00:00+08:00")}, "2026-11-20T09:00:00+08:00"},
		"a pause around the start": {Period{N: 1, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-19T09:00:00+08:00", "2026-11-20T09:00:00+08:00")}, "2026-11-20T10:00:00+08:00"},
		"a pause after the end": {Period{N: 1, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-20T09:00:00+08:00", "")}, "2026-11-20T09:00:00+08:00"},
		"a pause that lasts": {Period{N: 2, Unit: Hours}, "2026-11-20T08:00:00+08:00",
			[]Pause{pause("2026-11-20T09:00:00+08:00", "")}, ""},
		"working hours pause outside hours": {Period{N: 2, Unit: WorkHours}, "2026-11-20T17:00:00+08:00",
			[]Pause{pause("2026-11-20T17:30:00+08:00", "2026-11-23T09:30:00+08:00")}, "2026-11-23T11:00:00+08:00"},

		"days move by the days paused": {Period{N: 7, Unit: Days}, "2026-11-02T08:00:00+08:00",
			[]Pause{pause("2026-11-03T10:00:00+08:00", "2026-11-05T15:00:00+08:00")}, "2026-11-12T00:00:00+08:00"},
		"a pause within a day moves nothing": {Period{N: 7, Unit: Days}, "2026-11-02T08:00:00+08:00",
			[]Pause{pause("2026-11-03T10:00:00+08:00", "2026-11-03T15:00:00+08:00")}, "2026-11-10T00:00:00+08:00"},
		"working days move by working days": {Period{N: 3, Unit: Workdays}, "2026-11-19T08:00:00+08:00",
			[]Pause{pause("2026-11-20T10:00:00+08:00", "2026-11-23T15:00:00+08:00")}, "2026-11-26T00:00:00+08:00"},
		"days paused on the last day": {Period{N: 1, Unit: Days}, "2026-11-02T08:00:00+08:00",
			[]Pause{pause("2026-11-03T23:59:59+08:00", "2026-11-04T00:00:00+08:00")}, "2026-11-05T00:00:00+08:00"},
		"a pause that begins when all is over": {Period{N: 1, Unit: Days}, "2026-11-02T08:00:00+08:00",
			[]Pause{pause("2026-11-04T00:00:00+08:00", "")}, "2026-11-04T00:00:00+08:00"},
		"days with a pause that lasts": {Period{N: 1, Unit: Months}, "2026-11-02T08:00:00+08:00",
			[]Pause{pause("2026-11-04T00:00:00+08:00", "")}, ""},
	} {
		got, err := x.p.Due(c, instant(t, x.from), x.pauses...)
		want := clock.Instant(0)
		if x.want != "" {
			want = instant(t, x.want)
		}
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", name, got, err, want)
		}
	}
	_, err := Period{N: 1, Unit: Days}.Due(c, 0, Pause{From: 2, To: 1})
	if e := errs.As(err); e == nil || e.Key != "calendar.pause_backwards" {
		t.Errorf("got %v", err)
	}
	_, err = Period{N: 5, Unit: Workdays}.Due(c, instant(t, "2026-12-15T08:00:00+08:00"),
		pause("2026-12-16T08:00:00+08:00", "2026-12-28T08:00:00+08:00"))
	wantMissing(t, err, "CN", 2027)
}

// A clock never runs backwards: more time, a later start, more and longer pauses only move the end away.
func TestDueIsMonotone(t *testing.T) {
	cals := workCalendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(cals).Draw(t, "calendar")
		low, high := int64(c.StartOf(DateOf(2021, 1, 1))), int64(c.StartOf(DateOf(2024, 1, 1)))
		at := func(name string, from int64) clock.Instant {
			return clock.Instant(rapid.Int64Range(from, min(high, from+int64(40*24*3600e6))).Draw(t, name))
		}
		unit := rapid.SampledFrom([]Unit{Hours, WorkHours, Days, Workdays, Months}).Draw(t, "unit")
		p := Period{N: rapid.IntRange(0, 12).Draw(t, "n"), Unit: unit}
		p.Roll = p.byDate() && rapid.Bool().Draw(t, "roll")
		from := clock.Instant(rapid.Int64Range(low, high-int64(90*24*3600e6)).Draw(t, "from"))
		var pauses []Pause
		for range rapid.IntRange(0, 4).Draw(t, "pauses") {
			start := at("pause from", int64(from)-5*24*3600e6)
			pauses = append(pauses, Pause{start, at("pause to", int64(start))})
		}
		due := func(p Period, from clock.Instant, pauses []Pause) clock.Instant {
			got, err := p.Due(c, from, pauses...)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		base := due(p, from, pauses)
		if plain := due(p, from, nil); plain > base || base < from {
			t.Fatalf("from %s: %s with pauses, %s without", from, base, plain)
		}
		more := p
		more.N++
		if got := due(more, from, pauses); got < base {
			t.Fatalf("%+v ends at %s, %+v at %s", more, got, p, base)
		}
		if later := at("later", int64(from)); due(p, later, pauses) < base {
			t.Fatalf("started at %s it ends at %s, at %s at %s", later, due(p, later, pauses), from, base)
		}
		if len(pauses) == 0 {
			return
		}
		longer := append([]Pause(nil), pauses...)
		i := rapid.IntRange(0, len(longer)-1).Draw(t, "which")
		longer[i].To = at("longer", int64(longer[i].To))
		if got := due(p, from, longer); got < base {
			t.Fatalf("with %v it ends at %s, with the longer %v at %s", pauses, base, longer, got)
		}
		if got := due(p, from, append(pauses[:0:0], append(pauses, pauses[i])...)); got != base {
			t.Fatalf("a pause told twice moves the end from %s to %s", base, got)
		}
		longer[i].To = 0
		if got := due(p, from, longer); got != 0 && got < base {
			t.Fatalf("with a pause that lasts it ends at %s, before %s", got, base)
		}
	})
}
