package auth

import (
	"net/netip"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
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

// Cost is what a password hash takes: memory in KiB, passes.
func (s *Sessions) Cost(memory, passes uint32) { s.hasher.cost = cost{memory, passes, 1} }

// StoredPassword is what is kept of a person's password.
func StoredPassword(tx *db.Tx, user id.ID) (string, error) {
	u, err := UserByID(tx, user)
	return u.password, err
}

// KeepSessionAfter keeps a session as verified that was read before between was called.
func (s *Sessions) KeepSessionAfter(secret Secret, p Principal, between func()) {
	mark, now := s.cache.mark(), s.clock.Now()
	between()
	s.cache.keep(secret.Hash(), known{p, until(now, 0)}, mark, now)
}

// Person is somebody with roles, as the rest of the program knows him.
func Person(grants ...Grant) Principal {
	return principalOf(User{ID: 7, Login: "p", Name: "p", Roles: grants}, 8)
}

// ForgetAll lets the next look at every session be one into the database.
func (s *Sessions) ForgetAll() { s.cache.forget(func(Principal) bool { return true }) }
