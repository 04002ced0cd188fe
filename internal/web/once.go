package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	onceHeader     = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
	// OnceKept is how long an answer can be replayed.
	OnceKept = 7 * 24 * time.Hour
	// purgeChunk bounds one write of PurgeOnce.
	purgeChunk = 500
)

// onceKey is what a key may look like: printable ASCII without blanks.
var onceKey = regexp.MustCompile(`^[!-~]{1,128}$`)

// OnceKey names an intention of a caller. A zero Key is for callers that need no replay (command line, jobs): Once
// then plans and applies without a record.
type OnceKey struct {
	Shop        id.ID  // 0 outside of a shop
	Caller      id.ID  // the token or the person
	Key         string // as the caller made it
	Fingerprint string // what was asked: the same key with another one is refused
}

// OnceOf is the key of the request in progress.
func OnceOf(ctx context.Context) OnceKey {
	c := callOf(ctx)
	if c.key == "" {
		return OnceKey{}
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s\n%x", c.request.Method, c.request.URL.RequestURI(), c.body.Sum(nil))
	return OnceKey{Shop: c.shop, Caller: c.caller.ID(), Key: c.key, Fingerprint: hex.EncodeToString(sum.Sum(nil))}
}

// Apart is ctx for a request's smaller commands: an import that gives many is one command to its caller, and its key is
// not theirs.
func Apart(ctx context.Context) context.Context {
	c := *callOf(ctx)
	c.key, c.replay = "", nil
	return context.WithValue(ctx, callKey{}, &c)
}

func (c *call) readOnceHeader(r *http.Request) error {
	c.key = r.Header.Get(onceHeader)
	switch {
	case c.key == "":
		return onceFault("web.once_missing")
	case !onceKey.MatchString(c.key) || len(r.Header.Values(onceHeader)) > 1:
		return onceFault("web.once_malformed")
	}
	return nil
}

func onceFault(key string) error {
	return &errs.Error{Code: errs.Invalid, Key: key, Fields: []errs.Field{{Path: "header:" + onceHeader, Key: key}}}
}

// Once runs a command so that however often it is sent with one key, it has one effect and one answer.
//
// plan reads, decides and computes, and apply writes, in one transaction with the record of the answer R, whose primary
// key lets a key have one effect. A key that is known already is found by that, or by what plan or apply fail on; nothing
// of the second run stays, and the answer is the old one. So the first request, which is nearly every request, does not
// pay for looking. R must survive JSON, and when R is also the Body of the handler's output, a replay leaves byte for
// byte as the first answer did. replayed says that the answer is an old one. An error is not recorded: the caller may
// mend and send again with the same key. apply may run more than once, see db.Write.
//
// Errors besides those of plan and apply: Invalid web.once_reused (422) for the same key with another request; Conflict
// web.once_running (409) while the first is not done.
func Once[P, R any](ctx context.Context, d *db.DB, once OnceKey, plan func(ctx context.Context) (P, error),
	apply func(tx *db.Tx, p P) (R, error)) (answer R, replayed bool, err error) {
	callOf(ctx).ranOnce = true
	if once.Key != "" {
		release, err := claim(d, once)
		if err != nil {
			return answer, false, err
		}
		defer release()
	}
	p, err := plan(ctx)
	if err == nil {
		return applyOnce(ctx, d, once, p, apply)
	}
	return replayOr(ctx, d, once, answer, err)
}

// Replayed is the answer that was given to a key before, if there is one. Once plans again when a request is repeated; a
// plan that has effects of its own, such as a long import, asks here first.
func Replayed[R any](ctx context.Context, d *db.DB, once OnceKey) (answer R, found bool, err error) {
	if once.Key == "" {
		return answer, false, nil
	}
	found, err = lookUp(ctx, d, once, &answer)
	return answer, found, err
}

// replayOr gives the answer that was given to this key before, if there is one, else the failure: what a repeated
// request fails on may well be its own first effect.
func replayOr[R any](ctx context.Context, d *db.DB, once OnceKey, none R, failed error) (R, bool, error) {
	if once.Key == "" {
		return none, false, failed
	}
	var stored R
	switch found, err := lookUp(ctx, d, once, &stored); {
	case found:
		return stored, true, nil
	case errs.CodeOf(err) == errs.Invalid:
		return none, false, err
	}
	return none, false, failed
}

// applyOnce is the writing half of Once. Another process may hold the same key at this moment. The primary key of the
// record lets one of them commit; the other's write fails there, or before, on what the first one changed; it then
// finds the record and gives that answer.
func applyOnce[P, R any](ctx context.Context, d *db.DB, once OnceKey, p P, apply func(tx *db.Tx, p P) (R, error)) (R, bool, error) {
	var answer, none R
	var kept []byte
	failed := d.Write(ctx, func(tx *db.Tx) error {
		var err error
		if answer, err = apply(tx, p); err != nil || once.Key == "" {
			return err
		}
		kept, err = record(tx, once, answer)
		return err
	})
	if failed == nil {
		if kept != nil { // the same bytes leave now and at every replay, and are encoded once
			callOf(ctx).replay = &replay{is: reflect.TypeFor[R](), json: kept}
		}
		return answer, false, nil
	}
	return replayOr(ctx, d, once, none, failed)
}

// running holds the keys of requests in progress in this process, with their fingerprints.
var running sync.Map

type runningKey struct {
	d            *db.DB
	shop, caller id.ID
	key          string
}

// claim refuses a second request with a key whose first is still being worked on here.
func claim(d *db.DB, once OnceKey) (release func(), err error) {
	k := runningKey{d, once.Shop, once.Caller, once.Key}
	first, busy := running.LoadOrStore(k, once.Fingerprint)
	switch {
	case !busy:
		return func() { running.Delete(k) }, nil
	case first != once.Fingerprint:
		return nil, onceFault("web.once_reused")
	}
	return nil, errs.New(errs.Conflict, "web.once_running")
}

// lookUp finds the answer that was given to this key, if it can still be replayed.
func lookUp[R any](ctx context.Context, d *db.DB, once OnceKey, answer *R) (found bool, err error) {
	var fingerprint, stored string
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`select fingerprint, answer from web_once
			where shop_id = $1 and caller_id = $2 and key = $3 and expires_at > $4`,
			once.Shop, once.Caller, once.Key, tx.Now).Scan(&fingerprint, &stored)
	})
	switch {
	case errors.Is(err, db.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look up idempotency key: %w", err)
	case fingerprint != once.Fingerprint:
		return false, onceFault("web.once_reused")
	}
	if err := json.Unmarshal([]byte(stored), answer); err != nil {
		return false, fmt.Errorf("read stored answer: %w", err)
	}
	c := callOf(ctx)
	c.replay = &replay{is: reflect.TypeFor[R](), json: []byte(stored)}
	if c.header != nil {
		c.header.Set(replayedHeader, "true")
	}
	return true, nil
}

// record stores the answer. A record whose time is over, which PurgeOnce did not meet yet, gives way.
func record(tx *db.Tx, once OnceKey, answer any) (stored []byte, err error) {
	var b bytes.Buffer
	if err := encodeJSON(&b, answer); err != nil {
		return nil, fmt.Errorf("store answer: %w", err)
	}
	stored = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	n, err := tx.Exec(`insert into web_once (shop_id, caller_id, key, fingerprint, answer, expires_at)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (shop_id, caller_id, key) do update set
			fingerprint = excluded.fingerprint, answer = excluded.answer, expires_at = excluded.expires_at
		where web_once.expires_at <= $7`,
		once.Shop, once.Caller, once.Key, once.Fingerprint, string(stored), tx.Now.Add(OnceKept), tx.Now)
	if err != nil {
		return nil, fmt.Errorf("store answer: %w", err)
	}
	if n == 0 {
		return nil, errs.New(errs.Conflict, "web.once_running")
	}
	return stored, nil
}

// PurgeOnce deletes the records whose time is over, a few hundred per write, and says how many. A daily job calls it.
func PurgeOnce(ctx context.Context, d *db.DB) (deleted int64, err error) {
	for {
		var n int64
		err := d.Write(ctx, func(tx *db.Tx) error {
			var until *clock.Instant
			err := tx.QueryRow(`select max(expires_at) from
				(select expires_at from web_once where expires_at <= $1 order by expires_at limit $2) oldest`,
				tx.Now, purgeChunk).Scan(&until)
			if err != nil || until == nil {
				return err
			}
			n, err = tx.Exec(`delete from web_once where expires_at <= $1`, *until)
			return err
		})
		if err != nil || n == 0 {
			return deleted, err
		}
		deleted += n
	}
}
