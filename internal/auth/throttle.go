package auth

import (
	"net/netip"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
)

const (
	// MaxFailures within FailureWindow from one address, and tokens from it that are not known yet are not looked at.
	// A token that was verified within CacheTTL still is: one broken client does not lock its whole office out.
	MaxFailures   = 20
	FailureWindow = time.Minute
	maxThrottled  = 4096
)

// throttle counts failed attempts by what they have in common, such as the network they come from.
type throttle[K comparable] struct {
	max    int // failures within window, and more have to wait
	window time.Duration

	mu   sync.Mutex
	from map[K]*failures
}

func newThrottle[K comparable](max int, window time.Duration) throttle[K] {
	return throttle[K]{max: max, window: window, from: map[K]*failures{}}
}

type failures struct {
	count int
	until clock.Instant
}

// wait is how long k has to wait, 0 for not at all.
func (t *throttle[K]) wait(k K, now clock.Instant) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.from[k]
	if f == nil || f.count < t.max || now >= f.until {
		return 0
	}
	return f.until.Sub(now)
}

// fail notes a failed attempt.
func (t *throttle[K]) fail(k K, now clock.Instant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.from[k]; f != nil && now < f.until {
		f.count++
		return
	}
	if len(t.from) >= maxThrottled {
		t.makeRoom(now)
	}
	t.from[k] = &failures{count: 1, until: now.Add(t.window)}
}

// forgive takes a failure back that was noted before it was known to be none.
func (t *throttle[K]) forgive(k K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f := t.from[k]; f != nil && f.count > 0 {
		f.count--
	}
}

// makeRoom forgets those whose window is over and, if few are, any others down to three quarters, so that it is
// not needed again soon: memory and time stay bounded whatever comes.
func (t *throttle[K]) makeRoom(now clock.Instant) {
	for n, f := range t.from {
		if now >= f.until {
			delete(t.from, n)
		}
	}
	for n := range t.from {
		if len(t.from) < maxThrottled*3/4 {
			return
		}
		delete(t.from, n)
	}
}

// network is what a throttle takes for one caller: an IPv4 address, or the /64 an IPv6 customer is given.
func network(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // an unknown address is one address
	}
	return p
}
