package dbtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/db"
)

// onHold fails a test whose writes hold the writer, unless it was the machine that was late: under load a goroutine that
// does nothing waits too, and pulse knows for how long. A disk that stalls it cannot know: so a test may hold the writer
// once or twice for less than half a second. Code that holds it does so every time.
func onHold(t testing.TB) func(db.Hold) {
	pulse.start()
	return pulse.judge(t)
}

func (p *heartbeat) judge(t testing.TB) func(db.Hold) {
	var stalls atomic.Int32
	return func(h db.Hold) {
		own := h.Took - p.late(h.Took)
		if own > 50*time.Millisecond && (stalls.Add(1) > 2 || own > 500*time.Millisecond) {
			t.Errorf("%s held the writer for %v (%v by its own doing); at most 50 ms are allowed", h.Func, h.Took, own)
		}
	}
}

const beat = 5 * time.Millisecond

// pulse wakes every 5 ms and notes how late it was: what the machine's load costs anybody.
var pulse heartbeat

type heartbeat struct {
	once sync.Once
	mu   sync.Mutex
	last time.Time
	lags []lag // of the last seconds
}

type lag struct {
	at   time.Time
	late time.Duration
}

func (p *heartbeat) start() {
	p.once.Do(func() {
		p.last = time.Now()
		go func() {
			for now := range time.Tick(beat) {
				_ = now // the tick's time is when it was due; what counts is when it was seen
				p.note(time.Now())
			}
		}()
	})
}

func (p *heartbeat) note(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if late := now.Sub(p.last) - beat; late > beat {
		p.lags = append(p.lags, lag{now, late})
	}
	p.last = now
	for len(p.lags) > 0 && now.Sub(p.lags[0].at) > 10*time.Second {
		p.lags = p.lags[1:]
	}
}

// late is the sum of delays noted in the last d, the beat now due included.
func (p *heartbeat) late(d time.Duration) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	sum := max(0, now.Sub(p.last)-beat)
	for _, l := range p.lags {
		if now.Sub(l.at) <= d {
			sum += l.late
		}
	}
	return sum
}
