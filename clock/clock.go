// Package clock gives the time. An Instant is a point in time as microseconds since 1970-01-01T00:00:00Z: the same
// integer in Go, in both databases and in every comparison, without a zone to get wrong. Dates and zones live in
// package calendar.
package clock

import (
	"encoding/json"
	"math"
	"sync"
	"time"

	"github.com/sanbao/sanbao/errs"
)

// Instant is microseconds since the Unix epoch, UTC. Zero means "not yet".
type Instant int64

// Of converts a time.Time, dropping what is finer than a microsecond.
func Of(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time is the instant as a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// Add moves by a duration.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Microseconds()) }

// Sub is the duration from other to i. Like that of time.Time it stops at the largest a Duration holds, 292 years.
func (i Instant) Sub(other Instant) time.Duration {
	const most = Instant(math.MaxInt64 / time.Microsecond)
	switch d := i - other; {
	case i > other && (d < 0 || d > most):
		return math.MaxInt64
	case i < other && (d > 0 || d < -most):
		return math.MinInt64
	default:
		return time.Duration(d) * time.Microsecond
	}
}

func (i Instant) IsZero() bool { return i == 0 }

// String is RFC 3339 in UTC with microseconds.
func (i Instant) String() string { return i.Time().Format("2006-01-02T15:04:05.000000Z07:00") }

// MarshalJSON writes RFC 3339, or null for zero.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(i.String())
}

// UnmarshalJSON reads RFC 3339 with any offset, or null as zero. What it cannot read leaves *i as it was.
func (i *Instant) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*i = 0
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return malformed(err, string(b))
	}
	p, err := Parse(s)
	if err != nil {
		return err
	}
	*i = p
	return nil
}

// Parse reads RFC 3339 with an offset ("2026-11-21T09:00:00+08:00"), strictly: two digits for the hour, a point before
// the fraction. Otherwise it returns an Invalid error with key clock.malformed.
func Parse(s string) (Instant, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	// time.Parse is laxer than the standard: it takes T9:00, a comma before the fraction, and +24:00.
	if err != nil || s[13] != ':' || s[19] == ',' || s[len(s)-1] != 'Z' && s[len(s)-5:len(s)-3] > "23" {
		return 0, malformed(err, s)
	}
	return Of(t), nil
}

func malformed(err error, text string) error {
	return errs.Wrap(err, errs.Invalid, "clock.malformed", errs.Args{"text": errs.Clip(text)})
}

// Clock tells the time. Only the database reads it, once per transaction (Tx.Now), and what waits for timers.
type Clock interface{ Now() Instant }

// System is the machine's clock.
type System struct{}

func (System) Now() Instant { return Of(time.Now()) }

// Fake is a clock that tests and demo seeds turn by hand. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now Instant
}

// NewFake starts at the given instant.
func NewFake(at Instant) *Fake { return &Fake{now: at} }

func (f *Fake) Now() Instant {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Advance moves the clock forward and returns the new time.
func (f *Fake) Advance(d time.Duration) Instant {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	return f.now
}

// Set puts the clock to an instant.
func (f *Fake) Set(at Instant) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = at
}
