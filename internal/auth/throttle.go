package auth

import (
	"net/netip"
	"sync"
	"time"

	"github.com/sanbao/sanbao/internal/clock"
)

const (
	// MaxFailures within FailureWindow from one address, and tokens from it that are not known yet are not looked at.
	// A token that was verified within CacheTTL still is: one broken client does not lock its whole office out.
	MaxFailures   = 20
	FailureWindow = time.Minute
	maxAddresses  = 4096
)

// throttle counts failed attempts per address: an IPv4 address, or the /64 an IPv6 customer is given.
type throttle struct {
	mu   sync.Mutex
	from map[netip.Prefix]*failures
}

type failures struct {
	count int
	until clock.Instant
}

// wait is how long an address has to wait, 0 for not at all.
func (t *throttle) wait(from netip.Addr, now clock.Instant) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.from[network(from)]
	if f == nil || f.count < MaxFailures || now >= f.until {
		return 0
	}
	return f.until.Sub(now)
}

// fail notes a failed attempt.
func (t *throttle) fail(from netip.Addr, now clock.Instant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := network(from)
	if f := t.from[n]; f != nil && now < f.until {
		f.count++
		return
	}
	if len(t.from) >= maxAddresses {
		t.makeRoom(now)
	}
	t.from[n] = &failures{count: 1, until: now.Add(FailureWindow)}
}

// makeRoom forgets the addresses whose window is over and, if few are, any others down to three quarters, so that it is
// not needed again soon: memory and time stay bounded whatever comes.
func (t *throttle) makeRoom(now clock.Instant) {
	for n, f := range t.from {
		if now >= f.until {
			delete(t.from, n)
		}
	}
	for n := range t.from {
		if len(t.from) < maxAddresses*3/4 {
			return
		}
		delete(t.from, n)
	}
}

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
