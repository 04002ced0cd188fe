package auth

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	// CacheTTL is how long a verified token is believed without a look into the database, and so how long another
	// process may take to see a revocation.
	CacheTTL = 15 * time.Second
	usedStep = 24 * time.Hour
)

// Tokens verifies tokens and keeps the ones lately seen. It is safe for concurrent use.
type Tokens struct {
	d        *db.DB
	clock    clock.Clock
	throttle throttle[netip.Prefix]
	cache    memory

	mu   sync.Mutex
	used map[id.ID]clock.Instant // last uses to be written by Flush
}

// New verifies against a database.
func New(d *db.DB, c clock.Clock) *Tokens {
	return &Tokens{d: d, clock: c, throttle: newThrottle[netip.Prefix](MaxFailures, FailureWindow),
		cache: newMemory(), used: map[id.ID]clock.Instant{}}
}

// Now is the time by the clock that expiries are compared with.
func (t *Tokens) Now() clock.Instant { return t.clock.Now() }

// Verify says whose token was presented from an address.
//
// Errors: Unauthenticated auth.malformed, auth.unknown (no such token, wrong secret or revoked), auth.expired;
// RateLimited auth.throttled with the seconds to wait.
func (t *Tokens) Verify(ctx context.Context, text string, from netip.Addr) (Principal, error) {
	now := t.clock.Now()
	secret, tok, malformed := ParseSecret(text)
	hash := secret.Hash()
	if malformed == nil {
		if p, ok := t.cache.get(hash, now); ok {
			return p, nil
		}
	}
	if wait := t.throttle.wait(network(from), now); wait > 0 {
		return Principal{}, errs.New(errs.RateLimited, "auth.throttled", errs.Args{"seconds": int(math.Ceil(wait.Seconds()))})
	}
	if malformed != nil {
		t.throttle.fail(network(from), now)
		return Principal{}, malformed
	}
	p, err := t.load(ctx, tok, hash, now)
	if errs.CodeOf(err) == errs.Unauthenticated {
		t.throttle.fail(network(from), now)
	}
	return p, err
}

// load reads a token and compares its hash. A token that does not exist and one with another secret look alike.
func (t *Tokens) load(ctx context.Context, tok id.ID, h Hash, now clock.Instant) (Principal, error) {
	epoch := t.cache.mark()
	var s stored
	err := t.d.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = find(tx, tok)
		return err
	})
	switch {
	case errors.Is(err, db.ErrNoRows):
		return Principal{}, errs.New(errs.Unauthenticated, "auth.unknown")
	case err != nil:
		return Principal{}, fmt.Errorf("read token: %w", err)
	case !h.equal(s.hash) || s.Revoked != 0:
		return Principal{}, errs.New(errs.Unauthenticated, "auth.unknown")
	case s.Expires != 0 && now >= s.Expires:
		return Principal{}, errs.New(errs.Unauthenticated, "auth.expired", errs.Args{"at": s.Expires.String()})
	}
	p := Principal{TokenID: tok, Name: s.Name, ShopID: s.Shop, Scopes: s.Scopes}
	t.cache.keep(h, known{p, until(now, s.Expires)}, epoch, now)
	if now.Sub(s.LastUsed) >= usedStep {
		t.noteUsed(tok, now)
	}
	return p, nil
}

func until(now, expires clock.Instant) clock.Instant {
	u := now.Add(CacheTTL)
	if expires != 0 {
		u = min(u, expires)
	}
	return u
}

func (t *Tokens) noteUsed(tok id.ID, now clock.Instant) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used[tok] = now
}

// Flush writes when tokens were last used, to the day. No request waits for it: the application calls it now and then
// and when it stops.
func (t *Tokens) Flush(ctx context.Context) error {
	t.mu.Lock()
	used := t.used
	t.used = map[id.ID]clock.Instant{}
	t.mu.Unlock()
	if len(used) == 0 {
		return nil
	}
	err := t.d.Write(ctx, func(tx *db.Tx) error { return writeUsed(tx, used) })
	if err != nil {
		t.mu.Lock()
		for tok, at := range used {
			t.used[tok] = max(t.used[tok], at)
		}
		t.mu.Unlock()
		return fmt.Errorf("write last uses of tokens: %w", err)
	}
	return nil
}
