package auth

import (
	"net/netip"

	"github.com/sanbao/sanbao/internal/clock"
	"github.com/sanbao/sanbao/internal/id"
)

// NewSecret draws the secret of a token.
func NewSecret(tok, shop id.ID) Secret { return newSecret(tok, shop) }

// Throttle is a fresh throttle, for its bound.
func Throttle() (fail func(netip.Addr, clock.Instant), size func() int) {
	t := newThrottle[netip.Prefix](MaxFailures, FailureWindow)
	return func(a netip.Addr, now clock.Instant) { t.fail(network(a), now) }, func() int { return len(t.from) }
}

// MaxAddresses bounds a throttle, MaxCache the verified tokens.
const (
	MaxAddresses = maxThrottled
	MaxCache     = maxCache
)

// CacheSize is how many verified tokens are kept.
func (t *Tokens) CacheSize() int { return len(t.cache.known) }

// KeepAfter keeps a token as verified that was read before between was called.
func (t *Tokens) KeepAfter(text string, between func()) {
	s, tok, err := ParseSecret(text)
	if err != nil {
		panic(err)
	}
	epoch, now := t.cache.mark(), t.clock.Now()
	between()
	t.cache.keep(s.Hash(), known{Principal{TokenID: tok}, until(now, 0)}, epoch, now)
}
