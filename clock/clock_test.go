package clock

import (
	"encoding/json"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

func TestInstant(t *testing.T) {
	at := time.Date(2026, 11, 21, 17, 0, 0, 123_456_789, time.FixedZone("", 8*3600))
	i := Of(at)
	if i != 1795251600_123456 || i.String() != "2026-11-21T09:00:00.123456Z" || !i.Time().Equal(at.Truncate(time.Microsecond)) || i.Time().Location() != time.UTC {
		t.Errorf("got %d, %s", i, i)
	}
	if got := i.Add(90 * time.Minute); got.Sub(i) != 90*time.Minute || i.Sub(got) != -90*time.Minute {
		t.Errorf("got %s", got)
	}
	if !Instant(0).IsZero() || i.IsZero() {
		t.Error("only zero is zero")
	}
	before := Of(time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC))
	if before != -1 || before.String() != "1969-12-31T23:59:59.999999Z" {
		t.Errorf("got %d, %s", before, before)
	}
}

func TestSubStops(t *testing.T) {
	const most = Instant(math.MaxInt64 / int64(time.Microsecond))
	for _, x := range []struct {
		a, b Instant
		want time.Duration
	}{
		{most, 0, time.Duration(most) * time.Microsecond},
		{most + 1, 0, math.MaxInt64},
		{0, most + 1, math.MinInt64},
		{math.MaxInt64, math.MinInt64, math.MaxInt64},
		{math.MinInt64, math.MaxInt64, math.MinInt64},
		{math.MinInt64, math.MinInt64, 0},
	} {
		if got := x.a.Sub(x.b); got != x.want {
			t.Errorf("%d − %d: got %d, want %d", x.a, x.b, got, x.want)
		}
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]string{
		"2026-11-21T09:00:00+08:00":        "2026-11-21T01:00:00.000000Z",
		"2026-11-21T01:00:00Z":             "2026-11-21T01:00:00.000000Z",
		"2026-11-21T01:00:00.5Z":           "2026-11-21T01:00:00.500000Z",
		"2026-11-21T01:00:00.1234569Z":     "2026-11-21T01:00:00.123456Z",
		"2026-11-20T20:30:00.000001-04:30": "2026-11-21T01:00:00.000001Z",
	} {
		if got, err := Parse(s); err != nil || got.String() != want {
			t.Errorf("%s: got %s, %v; want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", "2026-11-21", "2026-11-21 09:00:00Z", "2026-11-21T09:00:00", "2026-11-21T9:00:00Z",
		"2026-11-21T09:00:00,5Z", "2026-02-30T09:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T09:00:00+0800", "2026-11-21T09:00:00+24:00", "now"} {
		got, err := Parse(s)
		if e := errs.As(err); e == nil || e.Code != errs.Invalid || e.Key != "clock.malformed" || e.Args["text"] != s {
			t.Errorf("%q: got %s, %v", s, got, err)
		}
	}
}

func TestJSON(t *testing.T) {
	type doc struct {
		At    Instant  `json:"at"`
		Never Instant  `json:"never"`
		None  *Instant `json:"none"`
	}
	in := doc{At: Of(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))}
	b, err := json.Marshal(in)
	if want := `{"at":"2026-11-21T09:00:00.000000Z","never":null,"none":null}`; err != nil || string(b) != want {
		t.Fatalf("got %s, %v", b, err)
	}
	out := doc{Never: 5}
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Fatalf("got %+v, %v", out, err)
	}
	for _, bad := range []string{`1795251600`, `"tomorrow"`, `""`, `{}`, `true`} {
		i := Instant(7)
		if err := json.Unmarshal([]byte(bad), &i); errs.CodeOf(err) != errs.Invalid || i != 7 {
			t.Errorf("%s: got %d, %v", bad, i, err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	years := rapid.Int64Range(Of(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)).micro(), Of(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)).micro())
	rapid.Check(t, func(t *rapid.T) {
		a, b := Instant(years.Draw(t, "a")), Instant(years.Draw(t, "b"))
		if p, err := Parse(a.String()); err != nil || p != a {
			t.Fatalf("%s reads as %s, %v", a, p, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s sort differently as texts", a, b)
		}
		if want := a.Time().Sub(b.Time()); a.Sub(b) != want {
			t.Fatalf("%s − %s: got %d, want %d", a, b, a.Sub(b), want)
		}
	})
}

func (i Instant) micro() int64 { return int64(i) }

func TestSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := System{}.Now()
		time.Sleep(3 * time.Second) // the bubble's clock
		if got := (System{}).Now().Sub(start); got != 3*time.Second {
			t.Errorf("got %s", got)
		}
	})
}

func TestFake(t *testing.T) {
	f := NewFake(1000)
	var c Clock = f
	if c.Now() != 1000 || f.Advance(time.Millisecond) != 2000 || c.Now() != 2000 {
		t.Errorf("got %d", c.Now())
	}
	f.Set(5)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				f.Advance(time.Microsecond)
				c.Now()
			}
		})
	}
	wg.Wait()
	if c.Now() != 805 {
		t.Errorf("got %d, want 805", c.Now())
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-21T09:00:00+08:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-23:59", "2026-11-21T09:00:60Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := Parse(s)
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatal(err)
			}
			return
		}
		want, err := time.Parse(time.RFC3339Nano, s)
		if err != nil || i != Of(want) {
			t.Fatalf("%q reads as %s; %s, %v", s, i, want, err)
		}
	})
}
