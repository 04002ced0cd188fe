package auth_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"syscall"
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

type txOf = *db.Tx

func (k *kit) read(fn func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Read(ctx, fn); err != nil {
		k.t.Fatal(err)
	}
}

const good = "Correct horse 42"

// people is Sessions with cheap hashes on the kit's database.
func (k *kit) people() *auth.Sessions {
	s := auth.NewSessions(k.d, k.clock)
	s.Cost(8, 1)
	return s
}

// hire adds a person; with no password he gets a drawn one, which is returned.
func (k *kit) hire(s *auth.Sessions, n auth.NewUser) (auth.User, string) {
	k.t.Helper()
	if n.Name == "" {
		n.Name = n.Login
	}
	d, err := s.PlanUser(ctx, admin, n)
	if err != nil {
		k.t.Fatal(err)
	}
	var u auth.User
	k.write(func(tx *db.Tx) error {
		u, err = s.AddUser(tx, d)
		return err
	})
	return u, d.Password
}

func (k *kit) agent(s *auth.Sessions) auth.User {
	u, _ := k.hire(s, auth.NewUser{Login: "xiaoman", Name: "小满", Password: good, Roles: []auth.Grant{{Shop: k.shop, Role: auth.RoleAgent}}})
	return u
}

func (k *kit) login(s *auth.Sessions, login, password string) (string, auth.Principal) {
	k.t.Helper()
	secret, p, err := s.Login(ctx, login, password, here)
	if err != nil {
		k.t.Fatal(err)
	}
	return secret.Reveal(), p
}

func TestLogin(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		u := k.agent(s)
		text, p := k.login(s, " XiaoMan ", good)
		want := auth.Principal{UserID: u.ID, Login: "xiaoman", Name: "小满", SessionID: p.SessionID,
			Shops: map[id.ID][]auth.Scope{k.shop: auth.RoleAgent.Scopes()}}
		if d := cmp.Diff(want, p); d != "" || p.SessionID == 0 {
			k.t.Error(d)
		}
		for range 2 { // read, and remembered
			got, err := s.Verify(ctx, text)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				k.t.Error(d, err)
			}
		}
		if other, _ := k.login(s, "xiaoman", good); other == text {
			k.t.Error("two sessions are one")
		}
		for _, wrong := range []string{"", "sbs_", text[1:], text + "0", text[:len(text)-1] + "!", strings.ToLower(text), strings.Repeat("sbs_", 14)} {
			_, err := s.Verify(ctx, wrong)
			refused(k.t, err, "auth.session_over")
		}
		k.read(func(tx *db.Tx) error {
			got, err := auth.UserByLogin(tx, "xiaoman")
			if got.LastLogin != k.clock.Now() {
				k.t.Errorf("last login %v", got.LastLogin)
			}
			return err
		})
	})
}

// TestFailedLoginsAreAlike: an unknown log-in, a closed one and a wrong password give one answer, and each costs a hash.
func TestFailedLoginsAreAlike(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		u := k.agent(s)
		closed := k.second(s)
		k.write(func(tx *db.Tx) error {
			_, err := s.ChangeUser(tx, admin, closed, auth.Change{Name: "阿青", Language: "zh-CN", Version: 1})
			return err
		})
		for login, password := range map[string]string{"xiaoman": good + "x", "nobody": good, "aqing": good, u.Login + "'--": good, "": ""} {
			_, _, err := s.Login(ctx, login, password, here)
			if e := errs.As(err); e == nil || e.Key != "auth.login_wrong" || len(e.Args) > 0 || e.Err != nil {
				k.t.Errorf("%s: %v", login, err)
			}
		}
	})
}

func (k *kit) second(s *auth.Sessions) id.ID {
	u, _ := k.hire(s, auth.NewUser{Login: "aqing", Name: "阿青", Password: good})
	return u.ID
}

// TestUnknownLoginsTakeAsLong compares the fastest of several attempts. Without its hash an unknown log-in would be told
// in a fiftieth of the time; a busy machine makes no factor of five.
func TestUnknownLoginsTakeAsLong(t *testing.T) {
	clk := dbtest.Clock()
	k := newKit(t, dbtest.Open(t, db.SQLite, func(o *db.Options) { o.Clock = clk }), clk)
	s := auth.NewSessions(k.d, k.clock)
	k.agent(s)
	fastest := func(login string) time.Duration {
		best := time.Hour
		for i := range 5 {
			start := time.Now()
			_, _, err := s.Login(ctx, login, "wrong password", netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
			refused(t, err, "auth.login_wrong")
			best = min(best, time.Since(start))
		}
		return best
	}
	known, unknown := fastest("xiaoman"), fastest("nobody")
	if known > 5*unknown || unknown > 5*known {
		t.Errorf("known %v, unknown %v", known, unknown)
	}
}

func TestSessionEndsWhenIdleAndWhenOld(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		idle, _ := k.login(s, "xiaoman", good)
		used, _ := k.login(s, "xiaoman", good)
		start := k.clock.Now()
		for k.clock.Now().Sub(start) < auth.SessionTime-time.Hour {
			if _, err := s.Verify(ctx, used); err != nil {
				k.t.Fatalf("after %v: %v", k.clock.Now().Sub(start), err)
			}
			k.clock.Advance(auth.IdleTime / 2)
		}
		_, err := s.Verify(ctx, idle)
		refused(k.t, err, "auth.session_over")
		k.clock.Set(start.Add(auth.SessionTime - 5*time.Second))
		if _, err := s.Verify(ctx, used); err != nil {
			k.t.Error(err)
		}
		k.clock.Advance(5 * time.Second) // within CacheTTL: the cache must not outlive the session
		_, err = s.Verify(ctx, used)
		refused(k.t, err, "auth.session_over")
		if err := s.Purge(ctx); err != nil {
			k.t.Fatal(err)
		}
		if n := k.sessions(); n != 0 {
			k.t.Errorf("%d sessions are left", n)
		}
	})
}

func (k *kit) sessions() (n int) {
	k.read(func(tx *db.Tx) error { return tx.QueryRow(`select count(*) from staff_session`).Scan(&n) })
	return n
}

func TestIdleSessionEndsOnTime(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		text, _ := k.login(s, "xiaoman", good)
		k.clock.Advance(auth.IdleTime - time.Second)
		if err := s.Purge(ctx); err != nil || k.sessions() != 1 {
			k.t.Error("a session in use is purged", err)
		}
		if _, err := s.Verify(ctx, text); err != nil {
			k.t.Error(err)
		}
		k.clock.Advance(auth.IdleTime)
		_, err := s.Verify(ctx, text)
		refused(k.t, err, "auth.session_over")
	})
}

func TestUseIsNotedOnceInAWhile(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		text, _ := k.login(s, "xiaoman", good)
		before := k.d.Stats().Requests
		for range 60 { // half an hour
			k.clock.Advance(30 * time.Second)
			if _, err := s.Verify(ctx, text); err != nil {
				k.t.Fatal(err)
			}
		}
		if n := k.d.Stats().Requests - before; n != 3 {
			k.t.Errorf("%d writes in half an hour", n)
		}
	})
}

func TestLogoutAndEverywhere(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		elsewhere := k.people() // another node
		a, pa := k.login(s, "xiaoman", good)
		b, pb := k.login(s, "xiaoman", good)
		c, _ := k.login(s, "xiaoman", good)
		for _, text := range []string{a, b, c} {
			if _, err := elsewhere.Verify(ctx, text); err != nil {
				k.t.Fatal(err)
			}
		}
		if err := s.Logout(ctx, pa); err != nil {
			k.t.Fatal(err)
		}
		_, err := s.Verify(ctx, a)
		refused(k.t, err, "auth.session_over")
		if _, err := s.Verify(ctx, b); err != nil {
			k.t.Error("another session ended too:", err)
		}
		if err := s.LogoutEverywhere(ctx, pb); err != nil {
			k.t.Fatal(err)
		}
		for _, text := range []string{b, c} {
			_, err := s.Verify(ctx, text)
			refused(k.t, err, "auth.session_over")
		}
		k.clock.Advance(auth.CacheTTL)
		_, err = elsewhere.Verify(ctx, c)
		refused(k.t, err, "auth.session_over")
		if n := k.sessions(); n != 0 {
			k.t.Errorf("%d sessions are left", n)
		}
	})
}

// TestEndedBetweenReadAndKeep: a session read before its end must not be remembered after it.
func TestEndedBetweenReadAndKeep(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		secret, p, err := s.Login(ctx, "xiaoman", good, here)
		if err != nil {
			k.t.Fatal(err)
		}
		s.KeepSessionAfter(secret, p, func() {
			if err := s.Logout(ctx, p); err != nil {
				k.t.Fatal(err)
			}
		})
		_, err = s.Verify(ctx, secret.Reveal())
		refused(k.t, err, "auth.session_over")
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		_, drawn := k.hire(s, auth.NewUser{Login: "youzi", Name: "柚子", Roles: []auth.Grant{{Role: auth.RoleAgent}}})
		text, p := k.login(s, "youzi", drawn)
		if !p.MustChange || p.Reaches(k.shop) || p.Has(auth.CasesRead) {
			k.t.Errorf("with a drawn password: %+v", p)
		}
		refused(k.t, auth.Allow(p, auth.CasesRead, k.shop), "auth.must_change")
		refused(k.t, auth.AllowInstallation(p, auth.CasesRead), "auth.must_change")
		refused(k.t, auth.AllowAnywhere(p, auth.CasesRead), "auth.must_change")
		other, _ := k.login(s, "youzi", drawn)
		for _, c := range []struct{ old, chosen, path, key string }{
			{drawn + "x", good, "/old", "auth.password_wrong"},
			{drawn, drawn, "/new", "auth.password_same"},
			{drawn, "九个字九个字九个字", "/new", "auth.password_length"},
			{drawn, strings.Repeat("abcdefgh", 17), "/new", "auth.password_length"},
			{drawn, "aaaaabbbbb", "/new", "auth.password_simple"},
			{drawn, "YouZi-youzi2", "/new", "auth.password_login"},
		} {
			err := s.ChangePassword(ctx, p, c.old, c.chosen, here)
			if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Path != c.path || e.Fields[0].Key != c.key {
				k.t.Errorf("%s: %v", c.chosen, err)
			}
		}
		// An input method left on full width types the same password.
		if err := s.ChangePassword(ctx, p, drawn, "Ｃｏｒｒｅｃｔ horse 42", here); err != nil {
			k.t.Fatal(err)
		}
		if got, err := s.Verify(ctx, text); err != nil || got.MustChange || !got.HasIn(auth.CasesWrite, k.shop) {
			k.t.Errorf("the session that changed it: %+v, %v", got, err)
		}
		_, err := s.Verify(ctx, other)
		refused(k.t, err, "auth.session_over")
		_, _, err = s.Login(ctx, "youzi", drawn, here)
		refused(k.t, err, "auth.login_wrong")
		if _, p := k.login(s, "youzi", good); p.MustChange {
			k.t.Error("has to change it again")
		}
	})
}

func TestHandedOutPasswordExpires(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		u, drawn := k.hire(s, auth.NewUser{Login: "youzi"})
		k.clock.Advance(auth.HandoutTime)
		_, _, err := s.Login(ctx, "youzi", drawn, here)
		refused(k.t, err, "auth.handout_over")
		h, err := s.PlanReset(ctx)
		if err != nil {
			k.t.Fatal(err)
		}
		k.write(func(tx *db.Tx) error {
			_, err := s.Reset(tx, admin, u.ID, h)
			return err
		})
		if _, p := k.login(s, "youzi", h.Password); !p.MustChange {
			k.t.Error("need not be changed")
		}
	})
}

func TestPasswordIsHashedAnewWhenTheCostChanges(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		u := k.agent(s)
		stored := func() (v string) {
			k.read(func(tx *db.Tx) (err error) {
				v, err = auth.StoredPassword(tx, u.ID)
				return err
			})
			return v
		}
		first := stored()
		if !strings.HasPrefix(first, "$argon2id$v=19$m=8,t=1,p=1$") || strings.Contains(first, good) {
			k.t.Error(first)
		}
		k.login(s, "xiaoman", good)
		if stored() != first {
			k.t.Error("hashed anew for nothing")
		}
		s.Cost(16, 2)
		text, _ := k.login(s, "xiaoman", good)
		if got := stored(); !strings.HasPrefix(got, "$argon2id$v=19$m=16,t=2,p=1$") {
			k.t.Error(got)
		}
		k.login(s, "xiaoman", good)
		if _, err := s.Verify(ctx, text); err != nil {
			k.t.Error("hashing anew ended a session:", err)
		}
	})
}

func TestWrongPasswordsAreThrottled(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		k.second(s)
		running, _ := k.login(s, "xiaoman", good)
		try := func(login, password string, from int) error {
			_, _, err := s.Login(ctx, login, password, netip.AddrFrom4([4]byte{10, 1, 0, byte(from)}))
			return err
		}
		for range auth.MaxWrong {
			refused(k.t, try("xiaoman", "wrong", 1), "auth.login_wrong")
		}
		err := try(" XIAOMAN", good, 1)
		refused(k.t, err, "auth.login_throttled")
		if s, _ := errs.As(err).Args["seconds"].(int); s != int(auth.WrongWindow.Seconds()) {
			k.t.Errorf("wait %v", err)
		}
		if err := try("aqing", good, 1); err != nil {
			k.t.Error("somebody else there is kept out:", err)
		}
		if err := try("xiaoman", good, 2); err != nil {
			k.t.Error("kept out elsewhere:", err)
		}
		for i := range auth.MaxWrongAll - auth.MaxWrong {
			refused(k.t, try("xiaoman", "wrong", 3+i), "auth.login_wrong")
		}
		refused(k.t, try("xiaoman", good, 99), "auth.login_throttled")
		if _, err := s.Verify(ctx, running); err != nil {
			k.t.Error("a session ended:", err)
		}
		k.clock.Advance(auth.WrongWindow)
		if err := try("xiaoman", good, 1); err != nil {
			k.t.Error("after the window:", err)
		}
		for i := range auth.MaxWrongFrom {
			refused(k.t, try(fmt.Sprint("guess", i), "wrong", 4), "auth.login_wrong")
		}
		refused(k.t, try("aqing", good, 4), "auth.login_throttled")
	})
}

// TestManyGuessesAtOnce: an attempt counts before it is known how it ends.
func TestManyGuessesAtOnce(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		var wg sync.WaitGroup
		var mu sync.Mutex
		looked := 0
		for range 4 * auth.MaxWrong {
			wg.Go(func() {
				_, _, err := s.Login(ctx, "xiaoman", "wrong", here)
				mu.Lock()
				defer mu.Unlock()
				if errs.CodeOf(err) == errs.Unauthenticated {
					looked++
				}
			})
		}
		wg.Wait()
		if looked > auth.MaxWrong {
			k.t.Errorf("%d guesses were looked at", looked)
		}
	})
}

// TestGoodLoginsAreNotThrottled: a shop's morning behind one address.
func TestGoodLoginsAreNotThrottled(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		for range 2 * auth.MaxWrongFrom {
			k.login(s, "xiaoman", good)
		}
	})
}

func TestLoginHonoursItsContext(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		dead, cancel := context.WithCancel(ctx)
		cancel()
		if _, _, err := s.Login(dead, "xiaoman", good, here); err == nil || k.sessions() != 0 {
			k.t.Error("logged in after all", err)
		}
	})
}

// TestPasswordChangedDuringLogin: who logs in with the password that is being changed at this moment stays out, or his
// session ends with the others.
func TestPasswordChangedDuringLogin(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		_, p := k.login(s, "xiaoman", good)
		var wg sync.WaitGroup
		var mu sync.Mutex
		var opened []string
		for i := range 6 {
			wg.Go(func() {
				secret, _, err := s.Login(ctx, "xiaoman", good, netip.AddrFrom4([4]byte{10, 2, 0, byte(i)}))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					opened = append(opened, secret.Reveal())
				} else {
					refused(k.t, err, "auth.login_wrong")
				}
			})
		}
		wg.Go(func() {
			if err := s.ChangePassword(ctx, p, good, "another horse 43", here); err != nil {
				k.t.Error(err)
			}
		})
		wg.Wait()
		for _, text := range opened {
			_, err := s.Verify(ctx, text)
			refused(k.t, err, "auth.session_over")
		}
		if n := k.sessions(); n != 1 {
			k.t.Errorf("%d sessions are left", n)
		}
	})
}

func TestOnlyTheHashOfASessionIsStored(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		k.agent(s)
		secret, _, err := s.Login(ctx, "xiaoman", good, here)
		if err != nil {
			k.t.Fatal(err)
		}
		var hash []byte
		k.read(func(tx *db.Tx) error { return tx.QueryRow(`select hash from staff_session`).Scan(&hash) })
		if want := secret.Hash(); string(hash) != string(want[:]) {
			k.t.Errorf("stored %x", hash)
		}
		if shown := fmt.Sprintf("%v %+v %q", secret, secret, secret); strings.Contains(shown, secret.Reveal()[5:]) {
			k.t.Error("a session's secret prints itself:", shown)
		}
	})
}

func BenchmarkSession(b *testing.B) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		b.Run(dialect.String(), func(b *testing.B) { benchmarkSession(b, dialect) })
	}
}

func benchmarkSession(b *testing.B, dialect db.Dialect) {
	clk := clock.NewFake(dbtest.Start)
	k := newKit(b, dbtest.Open(b, dialect, func(o *db.Options) { o.Clock = clk }), clk)
	s := k.people()
	k.agent(s)
	text, _ := k.login(s, "xiaoman", good)
	b.Run("known", func(b *testing.B) {
		defer processorTime(b)()
		for b.Loop() {
			if _, err := s.Verify(ctx, text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		defer processorTime(b)()
		for b.Loop() {
			s.ForgetAll()
			if _, err := s.Verify(ctx, text); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// processorTime reports what the process used, which does not count waiting for a processor that others have.
func processorTime(b *testing.B) func() {
	used := func() (ns int64) {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	start := used()
	return func() { b.ReportMetric(float64(used()-start)/float64(b.N), "cpu-ns/op") }
}

// BenchmarkPassword is what a log-in costs, most of it on purpose.
func BenchmarkPassword(b *testing.B) {
	clk := clock.NewFake(dbtest.Start)
	k := newKit(b, dbtest.Open(b, db.SQLite, func(o *db.Options) { o.Clock = clk }), clk)
	s := auth.NewSessions(k.d, k.clock)
	k.agent(s)
	defer processorTime(b)()
	for b.Loop() {
		k.login(s, "xiaoman", good)
	}
}
