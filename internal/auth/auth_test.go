package auth_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	ctx   = context.Background()
	here  = netip.MustParseAddr("192.0.2.1")
	admin = auth.Principal{TokenID: 9, Scopes: []auth.Scope{auth.Admin}}
)

type kit struct {
	t      testing.TB
	d      *db.DB
	clock  *clock.Fake
	tokens *auth.Tokens
	shop   id.ID
}

func each(t *testing.T, test func(k *kit)) {
	clk := dbtest.Clock()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(newKit(t, d, clk)) }, func(o *db.Options) { o.Clock = clk })
}

func newKit(t testing.TB, d *db.DB, clk *clock.Fake) *kit {
	k := &kit{t: t, d: d, clock: clk, tokens: auth.New(d, clk), shop: id.New()}
	k.write(func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into shop (id, code, name, pack, law, currency, calendar, simulation, created_at, version)
			values ($1, 'a', 'a', 'p', '', 'CNY', 'c', $2, $3, 1)`, k.shop, true, tx.Now)
		return err
	})
	return k
}

func (k *kit) write(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Write(ctx, fn); err != nil {
		k.t.Fatal(err)
	}
}

// make makes a token of k.shop.
func (k *kit) make(want auth.Token) auth.Draft {
	k.t.Helper()
	if want.Name == "" {
		want.Name = "till"
	}
	if want.Scopes == nil {
		want.Scopes = []auth.Scope{auth.CasesRead}
	}
	draft, err := auth.Plan(admin, want, k.clock.Now())
	if err != nil {
		k.t.Fatal(err)
	}
	k.write(func(tx *db.Tx) (err error) {
		draft.Token, err = auth.Create(tx, draft)
		return err
	})
	return draft
}

func (k *kit) verify(text string) (auth.Principal, error) { return k.tokens.Verify(ctx, text, here) }

// refused checks an error's key.
func refused(t testing.TB, err error, key string) {
	t.Helper()
	if e := errs.As(err); e == nil || e.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestVerify(t *testing.T) {
	each(t, func(k *kit) {
		draft := k.make(auth.Token{Shop: k.shop, Scopes: []auth.Scope{auth.CasesRead, auth.MoneyPay}})
		got, err := k.verify(draft.Secret.Reveal())
		if err != nil {
			k.t.Fatal(err)
		}
		want := auth.Principal{TokenID: draft.Token.ID, Name: "till", ShopID: k.shop, Scopes: []auth.Scope{auth.CasesRead, auth.MoneyPay}}
		if diff := cmp.Diff(want, got); diff != "" {
			k.t.Error(diff)
		}
		_, err = k.verify(auth.NewSecret(draft.Token.ID, k.shop).Reveal())
		refused(k.t, err, "auth.unknown")
		_, err = k.verify(auth.NewSecret(id.New(), 0).Reveal())
		refused(k.t, err, "auth.unknown")
		_, err = k.verify("sb_nonsense")
		refused(k.t, err, "auth.malformed")
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(k *kit) {
		text := k.make(auth.Token{Expires: k.clock.Now().Add(10 * time.Second)}).Secret.Reveal()
		if _, err := k.verify(text); err != nil {
			k.t.Fatal(err)
		}
		k.clock.Advance(10 * time.Second) // within CacheTTL: the cache must not outlive the token
		_, err := k.verify(text)
		refused(k.t, err, "auth.expired")
	})
}

func TestRevocationIsSeenAtOnceHereAndSoonElsewhere(t *testing.T) {
	each(t, func(k *kit) {
		draft := k.make(auth.Token{})
		text := draft.Secret.Reveal()
		elsewhere := auth.New(k.d, k.clock)
		for _, tokens := range []*auth.Tokens{k.tokens, elsewhere} {
			if _, err := tokens.Verify(ctx, text, here); err != nil {
				k.t.Fatal(err)
			}
		}
		k.write(func(tx *db.Tx) error {
			if err := k.tokens.Revoke(tx, admin, draft.Token.ID); err != nil {
				return err
			}
			_, err := k.verify(text) // not committed: another request may still use it, and must not bring it back
			return err
		})
		k.write(func(tx *db.Tx) error { return k.tokens.Revoke(tx, admin, draft.Token.ID) }) // again is no fault
		_, err := k.verify(text)
		refused(k.t, err, "auth.unknown")
		if _, err := elsewhere.Verify(ctx, text, here); err != nil {
			k.t.Error("another process looked into the database within CacheTTL:", err)
		}
		k.clock.Advance(auth.CacheTTL)
		_, err = elsewhere.Verify(ctx, text, here)
		refused(k.t, err, "auth.unknown")
	})
}

// TestRevocationBetweenReadAndKeep: a token read before its revocation must not enter the cache after it.
func TestRevocationBetweenReadAndKeep(t *testing.T) {
	each(t, func(k *kit) {
		draft := k.make(auth.Token{})
		k.tokens.KeepAfter(draft.Secret.Reveal(), func() {
			k.write(func(tx *db.Tx) error { return k.tokens.Revoke(tx, admin, draft.Token.ID) })
		})
		_, err := k.verify(draft.Secret.Reveal())
		refused(k.t, err, "auth.unknown")
	})
}

func TestRolledBackRevocationRevokesNothing(t *testing.T) {
	each(t, func(k *kit) {
		draft := k.make(auth.Token{})
		err := k.d.Write(ctx, func(tx *db.Tx) error {
			if err := k.tokens.Revoke(tx, admin, draft.Token.ID); err != nil {
				return err
			}
			return errs.New(errs.Conflict, "auth.revoke_last")
		})
		refused(k.t, err, "auth.revoke_last")
		if _, err := k.verify(draft.Secret.Reveal()); err != nil {
			k.t.Error(err)
		}
	})
}

func TestLastUseIsWrittenOnceADayAndNotByRequests(t *testing.T) {
	each(t, func(k *kit) {
		draft := k.make(auth.Token{})
		lastUsed := func() (at clock.Instant) {
			k.write(func(tx *db.Tx) error {
				all, err := auth.List(tx, admin, 0, 1)
				at = all[0].LastUsed
				return err
			})
			return at
		}
		// use verifies the token past the cache, flushes, and says how many writes each took.
		use := func() (verify, flush int64) {
			k.clock.Advance(auth.CacheTTL)
			start := k.d.Stats().Requests
			if _, err := k.verify(draft.Secret.Reveal()); err != nil {
				k.t.Fatal(err)
			}
			verified := k.d.Stats().Requests
			if err := k.tokens.Flush(ctx); err != nil {
				k.t.Fatal(err)
			}
			return verified - start, k.d.Stats().Requests - verified
		}
		if v, f := use(); v != 0 || f != 1 {
			k.t.Errorf("first use: %d writes to verify, %d to flush", v, f)
		}
		first := lastUsed()
		if first != k.clock.Now() {
			k.t.Errorf("last used %v", first)
		}
		if v, f := use(); v != 0 || f != 0 || lastUsed() != first {
			k.t.Errorf("same day: %d writes to verify, %d to flush", v, f)
		}
		k.clock.Advance(24 * time.Hour)
		if v, f := use(); v != 0 || f != 1 || lastUsed() == first {
			k.t.Errorf("next day: %d writes to verify, %d to flush", v, f)
		}
	})
}

func TestFlushKeepsWhatItCouldNotWrite(t *testing.T) {
	each(t, func(k *kit) {
		if _, err := k.verify(k.make(auth.Token{}).Secret.Reveal()); err != nil {
			k.t.Fatal(err)
		}
		dead, cancel := context.WithCancel(ctx)
		cancel()
		if err := k.tokens.Flush(dead); err == nil {
			k.t.Fatal("flushed without a context")
		}
		before := k.d.Stats().Requests
		if err := k.tokens.Flush(ctx); err != nil || k.d.Stats().Requests != before+1 {
			k.t.Error("the last use is lost", err)
		}
	})
}

func TestFailuresAreThrottledPerAddress(t *testing.T) {
	each(t, func(k *kit) {
		known, fresh := k.make(auth.Token{}).Secret.Reveal(), k.make(auth.Token{}).Secret.Reveal()
		if _, err := k.verify(known); err != nil {
			k.t.Fatal(err)
		}
		for i := range auth.MaxFailures {
			wrong := "sb_nonsense"
			if i%2 == 0 {
				wrong = auth.NewSecret(id.New(), 0).Reveal()
			}
			if _, err := k.verify(wrong); errs.CodeOf(err) != errs.Unauthenticated {
				k.t.Fatalf("attempt %d: %v", i, err)
			}
		}
		for _, text := range []string{"sb_nonsense", auth.NewSecret(id.New(), 0).Reveal(), fresh} {
			_, err := k.verify(text)
			refused(k.t, err, "auth.throttled")
			if s, _ := errs.As(err).Args["seconds"].(int); s != 60 {
				k.t.Errorf("wait %d seconds", s)
			}
		}
		if _, err := k.verify(known); err != nil {
			k.t.Error("a token lately verified is locked out:", err)
		}
		if _, err := k.tokens.Verify(ctx, fresh, netip.MustParseAddr("192.0.2.2")); err != nil {
			k.t.Error("another address is locked out:", err)
		}
		k.clock.Advance(auth.FailureWindow)
		if _, err := k.verify(fresh); err != nil {
			k.t.Error("after the window:", err)
		}
	})
}

func TestThrottleAndCacheAreBounded(t *testing.T) {
	fail, size := auth.Throttle()
	for i := range 3 * auth.MaxAddresses {
		fail(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 0)
		if size() > auth.MaxAddresses {
			t.Fatal("addresses:", size())
		}
	}
	for i := 0; size() < auth.MaxAddresses; i++ {
		fail(netip.AddrFrom4([4]byte{11, byte(i >> 16), byte(i >> 8), byte(i)}), 0)
	}
	fail(netip.MustParseAddr("2001:db8::1"), clock.Instant(2*auth.FailureWindow.Microseconds()))
	fail(netip.MustParseAddr("2001:db8::2"), clock.Instant(2*auth.FailureWindow.Microseconds()))
	fail(netip.MustParseAddr("2001:db8:0:1::1"), clock.Instant(2*auth.FailureWindow.Microseconds()))
	if size() != 2 {
		t.Errorf("%d addresses after the window, in two /64", size())
	}
	tokens := auth.New(nil, dbtest.Clock())
	for range auth.MaxCache + 10 {
		tokens.KeepAfter(auth.NewSecret(1, 0).Reveal(), func() {})
	}
	if tokens.CacheSize() > auth.MaxCache {
		t.Error("cache:", tokens.CacheSize())
	}
}

func TestAllow(t *testing.T) {
	a, b := id.ID(1), id.ID(2)
	clerk := auth.Principal{ShopID: a, Scopes: []auth.Scope{auth.CasesRead}}
	chief := auth.Principal{ShopID: a, Scopes: []auth.Scope{auth.Admin}}
	robot := auth.Principal{Scopes: []auth.Scope{auth.CasesRead}}
	for i, c := range []struct {
		err error
		key string
	}{
		{auth.Allow(clerk, auth.CasesRead, a), ""},
		{auth.Allow(clerk, auth.CasesWrite, a), "auth.scope"},
		{auth.Allow(clerk, auth.CasesRead, b), "auth.no_shop"},
		{auth.Allow(clerk, auth.CasesWrite, b), "auth.no_shop"},
		{auth.Allow(chief, auth.MoneyPay, a), ""},
		{auth.Allow(chief, auth.MoneyPay, b), "auth.no_shop"},
		{auth.Allow(robot, auth.CasesRead, b), ""},
		{auth.Allow(auth.Principal{}, auth.CasesRead, a), "auth.scope"},
		{auth.AllowInstallation(robot, auth.CasesRead), ""},
		{auth.AllowInstallation(chief, auth.ShopWrite), "auth.one_shop_only"},
		{auth.AllowInstallation(clerk, auth.ShopWrite), "auth.scope"},
		{auth.AllowAnywhere(clerk, auth.CasesRead), ""},
		{auth.AllowAnywhere(clerk, auth.ShopWrite), "auth.scope"},
	} {
		if got := errs.As(c.err); (got == nil) != (c.key == "") || got != nil && got.Key != c.key {
			t.Errorf("case %d: %v, want %q", i, c.err, c.key)
		}
	}
}

func TestPrincipalTravelsInTheContext(t *testing.T) {
	if diff := cmp.Diff(admin, auth.From(auth.With(ctx, admin))); diff != "" {
		t.Error(diff)
	}
	if auth.From(ctx).Has(auth.CasesRead) {
		t.Error("nobody may read cases")
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(dialect.String(), func(b *testing.B) { benchmarkVerify(b, dialect) })
	}
}

func benchmarkVerify(b *testing.B, dialect db.Dialect) {
	clk := dbtest.Clock()
	k := newKit(b, dbtest.Open(b, dialect, func(o *db.Options) { o.Clock = clk }), clk)
	text := k.make(auth.Token{}).Secret.Reveal()
	b.Run("known", func(b *testing.B) {
		defer processorTime(b)()
		for b.Loop() {
			if _, err := k.verify(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		defer processorTime(b)()
		for b.Loop() {
			clk.Advance(auth.CacheTTL)
			if _, err := k.verify(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("mistyped", func(b *testing.B) {
		defer processorTime(b)()
		for i := 0; b.Loop(); i++ {
			addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
			if _, err := k.tokens.Verify(ctx, fmt.Sprint(text, "x"), addr); err == nil {
				b.Fatal("passed")
			}
		}
	})
}
