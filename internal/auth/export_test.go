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
	t := &throttle{from: map[netip.Prefix]*failures{}}
	return t.fail, func() int { return len(t.from) }
}

// MaxAddresses bounds a throttle, MaxCache the verified tokens.
const (
	MaxAddresses = maxAddresses
	MaxCache     = maxCache
)

// CacheSize is how many verified tokens are kept.
func (t *Tokens) CacheSize() int { return len(t.cache) }

// KeepAfter keeps a token as verified that was read before between was called.
func (t *Tokens) KeepAfter(text string, between func()) {
	s, tok, err := ParseSecret(text)
	if err != nil {
		panic(err)
	}
	epoch, now := t.epoch, t.clock.Now()
	between()
	t.keep(s.Hash(), known{Principal{TokenID: tok}, until(now, 0)}, epoch, now)
}
