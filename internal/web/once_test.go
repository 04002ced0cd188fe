package web_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// count is how many rows a query finds.
func count(t testing.TB, d *db.DB, q string, args ...any) int {
	t.Helper()
	var n int
	err := d.Read(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(q, args...).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kit) records() int { return count(k.t, k.d, `select count(*) from web_once`) }
func (k *kit) made(c string) int {
	return count(k.t, k.d, `select count(*) from shop where code = $1`, c)
}

func (k *kit) create(key, body string) *httptest.ResponseRecorder {
	return k.call("POST", k.at("things"), body, "Idempotency-Key", key)
}

func TestReplayIsByteForByte(t *testing.T) {
	each(t, func(k *kit) {
		first := k.create("k1", `{"code":"a<b>"}`)
		body := ok(k.t, first, 201)
		if first.Header().Get("Idempotency-Replayed") != "" {
			k.t.Error("the first answer says that it is a replay")
		}
		k.clock.Advance(time.Hour)
		again := k.create("k1", `{"code":"a<b>"}`)
		if got := ok(k.t, again, 201); got != body {
			k.t.Errorf("replayed %q, was %q", got, body)
		}
		if again.Header().Get("Idempotency-Replayed") != "true" {
			k.t.Error("the replay does not say that it is one")
		}
		if k.made("a<b>") != 1 {
			k.t.Errorf("%d effects", k.made("a<b>"))
		}
		problem(k.t, k.create("k2", `{"code":"a<b>"}`), 409, "test.taken")
	})
}

// TestReplayOutlivesAReleaseThatAddsAField: the stored bytes leave, not what today's type makes of them.
func TestReplayOutlivesAReleaseThatAddsAField(t *testing.T) {
	each(t, func(k *kit) {
		ok(k.t, k.create("k1", `{"code":"ab"}`), 201)
		old := `{"code":"ab","retired":1}`
		err := k.d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update web_once set answer = $1`, old)
			return err
		})
		if err != nil {
			k.t.Fatal(err)
		}
		if got := ok(k.t, k.create("k1", `{"code":"ab"}`), 201); got != old+"\n" {
			k.t.Errorf("replayed %q", got)
		}
	})
}

func TestKeyWithAnotherRequestIsRefused(t *testing.T) {
	each(t, func(k *kit) {
		ok(k.t, k.create("k1", `{"code":"ab"}`), 201)
		p := problem(k.t, k.create("k1", `{"code":"cd"}`), 422, "web.once_reused")
		if fields(p) != "header:Idempotency-Key web.once_reused\n" {
			k.t.Errorf("%+v", p)
		}
		problem(k.t, k.call("POST", k.at("things?again=1"), `{"code":"ab"}`, "Idempotency-Key", "k1"), 422, "invalid_input")
		problem(k.t, k.create("", `{"code":"ab"}`), 400, "web.once_missing")
		problem(k.t, k.create("two words", `{"code":"ab"}`), 400, "web.once_malformed")
		problem(k.t, k.create(strings.Repeat("k", 129), `{"code":"ab"}`), 400, "web.once_malformed")
	})
}

func TestErrorsAreNotStored(t *testing.T) {
	each(t, func(k *kit) {
		problem(k.t, k.create("k1", `{"code":"a"}`), 422, "invalid_input")
		k.addShop("taken")
		problem(k.t, k.create("k1", `{"code":"taken"}`), 409, "test.taken")
		if k.records() != 0 {
			k.t.Fatal("a refusal was recorded")
		}
		ok(k.t, k.create("k1", `{"code":"free"}`), 201)
	})
}

// TestKeysOfTwoCallersDoNotMeet: the same key of another token is another key.
func TestKeysOfTwoCallersDoNotMeet(t *testing.T) {
	each(t, func(k *kit) {
		o := web.OnceKey{Shop: k.shopA, Caller: 1, Key: "k", Fingerprint: "f"}
		for i, key := range []web.OnceKey{o, {Shop: k.shopA, Caller: 2, Key: "k", Fingerprint: "g"}, {Shop: k.shopB, Caller: 1, Key: "k", Fingerprint: "h"}} {
			if _, replayed, err := k.once(key, fmt.Sprint("c", i), nil); replayed || err != nil {
				k.t.Error(replayed, err)
			}
		}
	})
}

// once runs a command that makes a thing; planning, if given, is called while it plans.
func (k *kit) once(key web.OnceKey, code string, planning func()) (string, bool, error) {
	return web.Once(context.Background(), k.d, key,
		func(context.Context) (string, error) {
			if planning != nil {
				planning()
			}
			return code, nil
		},
		func(tx *db.Tx, code string) (string, error) { return code, insertShop(tx, id.New(), code) })
}

func TestSecondRequestIsToldThatTheFirstIsRunning(t *testing.T) {
	each(t, func(k *kit) {
		key := web.OnceKey{Shop: k.shopA, Caller: 1, Key: "k", Fingerprint: "f"}
		other := key
		other.Fingerprint = "g"
		_, _, err := k.once(key, "first", func() {
			if _, _, err := k.once(key, "second", nil); errs.As(err) == nil || errs.As(err).Key != "web.once_running" {
				k.t.Errorf("same request: %v", err)
			}
			if _, _, err := k.once(other, "second", nil); errs.As(err) == nil || errs.As(err).Key != "web.once_reused" {
				k.t.Errorf("other request: %v", err)
			}
		})
		if err != nil || k.made("first") != 1 || k.made("second") != 0 {
			k.t.Errorf("err %v, made %d and %d", err, k.made("first"), k.made("second"))
		}
	})
}

func TestOneKeyManyAtOnce(t *testing.T) {
	each(t, func(k *kit) {
		var wg sync.WaitGroup
		bodies := make([]string, 16)
		for i := range bodies {
			wg.Go(func() {
				for {
					rec := k.create("k1", `{"code":"ab"}`)
					if rec.Code != 409 {
						bodies[i] = rec.Body.String()
						return
					}
					if !strings.Contains(rec.Body.String(), "web.once_running") {
						k.t.Error(rec.Body.String())
						return
					}
				}
			})
		}
		wg.Wait()
		for _, b := range bodies {
			if b != bodies[0] || !strings.Contains(b, `"code":"ab"`) {
				k.t.Errorf("%q and %q", b, bodies[0])
			}
		}
		if k.made("ab") != 1 || k.records() != 1 {
			k.t.Errorf("%d effects, %d records", k.made("ab"), k.records())
		}
	})
}

func TestRecordsExpireAndArePurged(t *testing.T) {
	each(t, func(k *kit) {
		ctx := context.Background()
		ok(k.t, k.create("k1", `{"code":"ab"}`), 201)
		k.clock.Advance(web.OnceKept - time.Second)
		if n, err := web.PurgeOnce(ctx, k.d); n != 0 || err != nil {
			k.t.Fatal("purged too early", n, err)
		}
		ok(k.t, k.create("k1", `{"code":"ab"}`), 201)
		k.clock.Advance(2 * time.Second)
		// Not purged yet, and no longer replayed: the key is free for another request.
		problem(k.t, k.create("k1", `{"code":"ab"}`), 409, "test.taken")
		ok(k.t, k.create("k1", `{"code":"cd"}`), 201)
		if k.records() != 1 {
			k.t.Errorf("%d records", k.records())
		}
		k.clock.Advance(web.OnceKept)
		if n, err := web.PurgeOnce(ctx, k.d); n != 1 || err != nil || k.records() != 0 {
			k.t.Errorf("purged %d, %v; %d are left", n, err, k.records())
		}
	})
}

func TestPurgeGoesThroughManyRecordsInSmallWrites(t *testing.T) {
	each(t, func(k *kit) {
		for chunk := range 4 { // a write that holds the writer for long fails the test
			err := k.d.Write(context.Background(), func(tx *db.Tx) error {
				return tx.Batch(func(b *db.Batch) {
					for i := range 300 {
						b.Exec(`insert into web_once (shop_id, caller_id, key, fingerprint, answer, expires_at) values (0, 0, $1, '', '', $2)`,
							fmt.Sprint(chunk, "-", i), dbtest.Start+clock.Instant(300*chunk+i))
					}
				})
			})
			if err != nil {
				k.t.Fatal(err)
			}
		}
		k.clock.Advance(time.Hour)
		before := k.d.Stats().Requests
		if n, err := web.PurgeOnce(context.Background(), k.d); n != 1200 || err != nil {
			k.t.Errorf("purged %d, %v", n, err)
		}
		if writes := k.d.Stats().Requests - before; writes != 4 {
			k.t.Errorf("%d writes", writes)
		}
	})
}

// TestTwoProcessesWithOneKey does what several processes do that looked a key up in vain and planned at the same time.
// Their effects either collide with each other (one code) or only in the record (a code each).
func TestTwoProcessesWithOneKey(t *testing.T) {
	each(t, func(k *kit) {
		for name, code := range map[string]func(int) string{
			"one code": func(int) string { return "p" }, "a code each": func(i int) string { return fmt.Sprint("q", i) },
		} {
			var wg sync.WaitGroup
			var fresh atomic.Int32
			codes := make([]string, 8)
			for i := range codes {
				wg.Go(func() {
					got, replayed, err := web.ApplyOnce(context.Background(), k.d,
						web.OnceKey{Shop: k.shopA, Caller: 1, Key: name, Fingerprint: "f"}, code(i),
						func(tx *db.Tx, code string) (string, error) { return code, insertShop(tx, id.New(), code) })
					if err != nil {
						k.t.Error(err)
					}
					codes[i] = got
					if !replayed {
						fresh.Add(1)
					}
				})
			}
			wg.Wait()
			made := count(k.t, k.d, `select count(*) from shop where code like $1`, code(0)[:1]+"%")
			if fresh.Load() != 1 || made != 1 || k.made(codes[0]) != 1 || len(slices.Compact(codes)) != 1 {
				k.t.Errorf("%s: %d first answers, %d effects, answers %v", name, fresh.Load(), made, codes)
			}
		}
		_, _, err := web.ApplyOnce(context.Background(), k.d,
			web.OnceKey{Shop: k.shopA, Caller: 1, Key: "one code", Fingerprint: "other"}, "cd",
			func(tx *db.Tx, code string) (string, error) { return code, insertShop(tx, id.New(), code) })
		if errs.As(err) == nil || errs.As(err).Key != "web.once_reused" || k.made("cd") != 0 {
			k.t.Errorf("another request with the key: %v, %d effects", err, k.made("cd"))
		}
	})
}

func TestWithoutAKeyNothingIsRecorded(t *testing.T) {
	each(t, func(k *kit) {
		for _, code := range []string{"c1", "c2"} {
			if _, replayed, err := k.once(web.OnceKey{}, code, nil); replayed || err != nil {
				k.t.Error(replayed, err)
			}
		}
		if k.records() != 0 {
			k.t.Error("recorded")
		}
	})
}
