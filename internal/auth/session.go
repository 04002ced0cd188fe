package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	// IdleTime without a request ends a session: longer than a shift with its breaks.
	IdleTime = 12 * time.Hour
	// SessionTime after the log-in a session ends however much it was used.
	SessionTime = 7 * 24 * time.Hour
	// HandoutTime is how long a handed-out password can be used.
	HandoutTime = 7 * 24 * time.Hour
	// seenStep is how exactly the last request of a session is known: one write in so many minutes.
	seenStep = 10 * time.Minute

	// MaxWrong wrong passwords for one log-in from one network within WrongWindow, and more from there have to wait.
	// Sessions go on.
	MaxWrong    = 10
	WrongWindow = 5 * time.Minute
	// MaxWrongAll is the same from wherever they come: higher, so that it takes more than one stranger to keep somebody out.
	MaxWrongAll = 30
	// MaxWrongFrom is the same for one network and whatever log-ins, within FailureWindow; many people may sit there.
	MaxWrongFrom = 60

	sessionPrefix = "sbs_"
)

// Sessions lets people in and knows who is in. It is safe for concurrent use.
type Sessions struct {
	d      *db.DB
	clock  clock.Clock
	hasher *hasher
	cache  memory

	counting sync.Mutex // held while an attempt is looked up and counted
	networks throttle[netip.Prefix]
	logins   throttle[string]
	pairs    throttle[pair]
}

// pair is a log-in tried from a network.
type pair struct {
	login string
	from  netip.Prefix
}

// NewSessions keeps sessions in a database.
func NewSessions(d *db.DB, c clock.Clock) *Sessions {
	return &Sessions{d: d, clock: c, hasher: newHasher(todaysCost), cache: newMemory(),
		networks: newThrottle[netip.Prefix](MaxWrongFrom, FailureWindow), logins: newThrottle[string](MaxWrongAll, WrongWindow),
		pairs: newThrottle[pair](MaxWrong, WrongWindow)}
}

// Login opens a session for who knows the password. The Secret is what his browser keeps.
//
// Errors: Unauthenticated auth.login_wrong, the same for a log-in that does not exist, one that is closed and a wrong
// password, after the same time; auth.handout_over for a handed-out password that was not used in time; RateLimited
// auth.login_throttled with the seconds to wait.
func (s *Sessions) Login(ctx context.Context, login, password string, from netip.Addr) (Secret, Principal, error) {
	login = strings.ToLower(strings.TrimSpace(norm.NFKC.String(login)))
	now := s.clock.Now()
	if err := s.attempt(login, from, now); err != nil {
		return Secret{}, Principal{}, err
	}
	u, outdated, err := s.recognise(ctx, login, password)
	if err != nil {
		return Secret{}, Principal{}, err
	}
	s.succeeded(login, from)
	if u.MustChange && now.Sub(u.passwordAt) >= HandoutTime {
		return Secret{}, Principal{}, errs.New(errs.Unauthenticated, "auth.handout_over")
	}
	again := u.password
	if outdated {
		if again, err = s.hasher.hash(ctx, password); err != nil {
			return Secret{}, Principal{}, fmt.Errorf("hash password anew: %w", err)
		}
	}
	var secret Secret
	var session id.ID
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		// It takes the row: a password that is being changed at this moment opens nothing.
		n, err := tx.Exec(`update staff set last_login_at = $1, password = $2 where id = $3 and password = $4 and active`,
			tx.Now, again, u.ID, u.password)
		if err == nil && n == 0 {
			err = errs.New(errs.Unauthenticated, "auth.login_wrong")
		}
		if err == nil {
			secret, session, err = s.Open(tx, u.ID)
		}
		return err
	})
	return secret, principalOf(u, session), err
}

// attempt counts an attempt before it is known how it ends, so that many at once are counted too; succeeded takes it
// back.
func (s *Sessions) attempt(login string, from netip.Addr, now clock.Instant) error {
	n := network(from)
	s.counting.Lock() // looked up and counted in one, so that nobody slips in between
	defer s.counting.Unlock()
	wait := max(s.logins.wait(login, now), s.networks.wait(n, now), s.pairs.wait(pair{login, n}, now))
	if wait > 0 {
		return errs.New(errs.RateLimited, "auth.login_throttled", errs.Args{"seconds": int(math.Ceil(wait.Seconds()))})
	}
	s.logins.fail(login, now)
	s.networks.fail(n, now)
	s.pairs.fail(pair{login, n}, now)
	return nil
}

func (s *Sessions) succeeded(login string, from netip.Addr) {
	n := network(from)
	s.logins.forgive(login)
	s.networks.forgive(n)
	s.pairs.forgive(pair{login, n})
}

// recognise finds who logs in.
func (s *Sessions) recognise(ctx context.Context, login, password string) (u User, outdated bool, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) (err error) {
		u, err = UserByLogin(tx, login)
		return err
	})
	if err != nil && errs.CodeOf(err) != errs.NotFound {
		return u, false, fmt.Errorf("look up log-in: %w", err)
	}
	stored := u.password
	if !u.Active {
		stored = ""
	}
	ok, outdated, err := s.hasher.matches(ctx, password, stored)
	if err == nil && !ok {
		err = errs.New(errs.Unauthenticated, "auth.login_wrong")
	}
	return u, outdated, err
}

// Open opens a session for a person whose password is not asked for here.
func (s *Sessions) Open(tx *db.Tx, user id.ID) (Secret, id.ID, error) {
	var b [randomBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	secret, session := Secret{sessionPrefix + crockford.EncodeToString(b[:])}, id.New()
	h := secret.Hash()
	_, err := tx.Exec(`insert into staff_session (id, staff_id, hash, created_at, seen_at, expires_at) values ($1, $2, $3, $4, $5, $6)`,
		session, user, h[:], tx.Now, tx.Now, tx.Now.Add(SessionTime))
	return secret, session, err
}

// principalOf is a person as the rest of the program knows him.
func principalOf(u User, session id.ID) Principal {
	p := Principal{UserID: u.ID, Login: u.Login, Name: u.Name, SessionID: session, MustChange: u.MustChange}
	if !p.MustChange {
		p.Scopes, p.Shops = scopesOf(u.Roles)
	}
	return p
}

// Verify says whose session a browser presents.
//
// Errors: Unauthenticated auth.session_over for one that is unknown, ended, idle for too long or too old.
func (s *Sessions) Verify(ctx context.Context, text string) (Principal, error) {
	over := errs.New(errs.Unauthenticated, "auth.session_over")
	if len(text) != len(sessionPrefix)+bodyChars || !strings.HasPrefix(text, sessionPrefix) {
		return Principal{}, over
	}
	now := s.clock.Now()
	h := Secret{text}.Hash()
	if p, ok := s.cache.get(h, now); ok {
		return p, nil
	}
	mark := s.cache.mark()
	f, err := s.find(ctx, h)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return Principal{}, over
	case err != nil:
		return Principal{}, fmt.Errorf("read session: %w", err)
	}
	idle := f.seen.Add(IdleTime)
	if !f.user.Active || now >= f.expires || now >= idle {
		return Principal{}, over
	}
	if now.Sub(f.seen) >= seenStep {
		if err := s.seen(ctx, f.id, now); err != nil {
			return Principal{}, err
		}
		idle = now.Add(IdleTime)
	}
	p := principalOf(f.user, f.id)
	s.cache.keep(h, known{p, min(until(now, f.expires), idle)}, mark, now)
	return p, nil
}

// session is a stored session with its person.
type session struct {
	id            id.ID
	seen, expires clock.Instant
	user          User
}

func (s *Sessions) find(ctx context.Context, h Hash) (f session, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		var lastLogin *clock.Instant
		err := tx.QueryRow(`select staff_session.id, staff_session.seen_at, staff_session.expires_at, `+userColumns+`
			from staff_session join staff on staff.id = staff_session.staff_id where staff_session.hash = $1`, h[:]).
			Scan(append([]any{&f.id, &f.seen, &f.expires}, f.user.places(&lastLogin)...)...)
		if err == nil {
			f.user.Roles, err = rolesOf(tx, f.user.ID)
		}
		return err
	})
	return f, err
}

func (s *Sessions) seen(ctx context.Context, session id.ID, now clock.Instant) error {
	err := s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`update staff_session set seen_at = $1 where id = $2`, now, session)
		return err
	})
	if err != nil {
		return fmt.Errorf("note use of session: %w", err)
	}
	return nil
}

// Logout ends the session a person calls with.
func (s *Sessions) Logout(ctx context.Context, p Principal) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`delete from staff_session where id = $1`, p.SessionID)
		s.forgetAfter(tx, p.UserID)
		return err
	})
}

// LogoutEverywhere ends all sessions of a person.
func (s *Sessions) LogoutEverywhere(ctx context.Context, p Principal) error {
	return s.d.Write(ctx, func(tx *db.Tx) error { return s.end(tx, p.UserID, 0) })
}

// end ends a person's sessions but one (0 for all).
func (s *Sessions) end(tx *db.Tx, user, but id.ID) error {
	_, err := tx.Exec(`delete from staff_session where staff_id = $1 and id <> $2`, user, but)
	s.forgetAfter(tx, user)
	return err
}

func (s *Sessions) forgetAfter(tx *db.Tx, user id.ID) {
	tx.AfterCommit(func() { s.cache.forget(func(p Principal) bool { return p.UserID == user }) })
}

// ChangePassword gives a person the password he chose and ends his other sessions.
//
// Errors: Invalid with the faulty field, auth.password_wrong at /old among them; RateLimited auth.login_throttled.
func (s *Sessions) ChangePassword(ctx context.Context, p Principal, old, chosen string, from netip.Addr) error {
	if err := s.attempt(p.Login, from, s.clock.Now()); err != nil {
		return err
	}
	u, _, err := s.recognise(ctx, p.Login, old)
	var f errs.Faults
	switch {
	case errs.CodeOf(err) == errs.Unauthenticated:
		f.Add("/old", "auth.password_wrong")
	case err != nil:
		return err
	default:
		s.succeeded(p.Login, from)
	}
	if key, args := passwordFault(chosen, p.Login); key != "" {
		f.Add("/new", key, args)
	} else if norm.NFKC.String(chosen) == norm.NFKC.String(old) {
		f.Add("/new", "auth.password_same")
	}
	if err := f.Err(); err != nil {
		return err
	}
	stored, err := s.hasher.hash(ctx, chosen)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return s.d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`update staff set password = $1, must_change = $2, password_at = $3, version = version + 1 where id = $4 and password = $5`,
			stored, false, tx.Now, p.UserID, u.password)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "auth.user_stale")
		}
		if err == nil {
			err = s.end(tx, p.UserID, p.SessionID)
		}
		if err == nil {
			err = note(tx, p.UserID, p.Name, "password_changed", nil)
		}
		return err
	})
}

// Purge deletes the sessions that are over. The application calls it now and then.
func (s *Sessions) Purge(ctx context.Context) error {
	return s.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`delete from staff_session where expires_at <= $1 or seen_at <= $2`, tx.Now, tx.Now.Add(-IdleTime))
		return err
	})
}
