package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// bubble runs a test of the SQLite writer in a synctest bubble: time is fake, and synctest.Wait returns when every
// request that can only wait is waiting.
func bubble(t *testing.T, test func(t *testing.T, d *db.DB), opts ...dbtest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := lite(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"), opts...)
		tables(t, d)
		test(t, d)
	})
}

func lite(t *testing.T, url string, opts ...dbtest.Option) *db.DB {
	t.Helper()
	o := db.Options{URL: url, Log: slog.New(slog.DiscardHandler)}
	for _, f := range opts {
		f(&o)
	}
	d, err := db.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// crowd holds the writer, lets fns queue behind it in order, lets go, and returns the holder's result and theirs.
func crowd(t *testing.T, d *db.DB, fns ...func(*db.Tx) error) (holder error, results []error) {
	t.Helper()
	gate, held := make(chan struct{}), make(chan error, 1)
	go func() {
		held <- d.Write(context.Background(), func(tx *db.Tx) error {
			err := insert(tx, "holder")
			<-gate
			return err
		})
	}()
	synctest.Wait()
	results = make([]error, len(fns))
	done := make(chan struct{})
	for i, fn := range fns {
		go func() {
			defer func() { done <- struct{}{} }()
			results[i] = errUnfinished
			results[i] = d.Write(context.Background(), fn)
		}()
		synctest.Wait() // it is in the queue, behind those before it
	}
	close(gate)
	for range fns {
		<-done
	}
	return <-held, results
}

// errUnfinished is the result of a function that ended its goroutine.
var errUnfinished = errors.New("Write did not return")

func puts(n int) (fns []func(*db.Tx) error) {
	for i := range n {
		fns = append(fns, put(fmt.Sprintf("k%03d", i)))
	}
	return fns
}

func TestRequestsShareACommit(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		before := d.Stats()
		holder, results := crowd(t, d, puts(100)...)
		if err := errors.Join(append(results, holder)...); err != nil {
			t.Fatal(err)
		}
		after := d.Stats()
		if c, r := after.Commits-before.Commits, after.Requests-before.Requests; c != 2 || r != 101 {
			t.Errorf("%d requests took %d commits, want 101 in groups of 64 and 37", r, c)
		}
	})
}

func TestGroupOfOne(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		before := d.Stats().Commits
		if _, results := crowd(t, d, puts(9)...); errors.Join(results...) != nil {
			t.Fatal(results)
		}
		if c := d.Stats().Commits - before; c != 10 {
			t.Errorf("10 requests took %d commits with grouping off", c)
		}
	}, func(o *db.Options) { o.Group = 1 })
}

func TestGroupClosesAfterFiveMilliseconds(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		before := d.Stats().Commits
		slow := func(tx *db.Tx) error { time.Sleep(2 * time.Millisecond); return nil }
		_, results := crowd(t, d, slow, slow, slow, slow, slow, slow)
		if err := errors.Join(results...); err != nil {
			t.Fatal(err)
		}
		if c := d.Stats().Commits - before; c != 2 { // the holder and three (6 ms), then three
			t.Errorf("a holder and six requests of 2 ms took %d commits, want 2", c)
		}
	})
}

func TestGroupNeverLingers(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		start := time.Now()
		write(t, d, put("a"))
		if took := time.Since(start); took != 0 {
			t.Errorf("a lone request waited %v for company", took)
		}
	})
}

func TestAnswersComeAfterCommit(t *testing.T) {
	var answered atomic.Int64
	var looked atomic.Bool
	bubble(t, func(t *testing.T, d *db.DB) {
		looked.Store(false)
		note := func(fn func(*db.Tx) error) {
			if err := d.Write(context.Background(), fn); err != nil {
				t.Error(err)
			}
			answered.Add(1)
		}
		gate := make(chan struct{})
		go note(func(tx *db.Tx) error { <-gate; return nil })
		synctest.Wait()
		for i := range 5 {
			go note(put(fmt.Sprint(i)))
		}
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if n := answered.Load(); n != 6 || !looked.Load() {
			t.Errorf("%d of 6 answered in the end; commit seen: %v", n, looked.Load())
		}
	}, func(o *db.Options) {
		o.Fail = func(point string) error {
			if point == db.BeforeCommit {
				looked.Store(true)
				for range 100 {
					runtime.Gosched() // let a premature answer be noticed
				}
				if n := answered.Load(); n != 0 {
					t.Errorf("%d were answered before the commit", n)
				}
			}
			return nil
		}
	})
}

// TestNeighboursOfAFailure is the whole zoo of ways to fail inside one shared transaction.
func TestNeighboursOfAFailure(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		write(t, d, put("dup"))
		before := d.Stats().Commits
		holder, results := crowd(t, d,
			put("ok1"),
			func(tx *db.Tx) error { return errors.Join(insert(tx, "lost1"), insert(tx, "dup")) },
			func(tx *db.Tx) error { _ = insert(tx, "lost2"); _ = insert(tx, "dup"); return nil },
			func(tx *db.Tx) error { _ = insert(tx, "lost3"); runtime.Goexit(); return nil },
			func(tx *db.Tx) error { return errors.Join(insert(tx, "lost4"), errors.New("refused")) },
			put("ok2"),
		)
		for i, want := range []bool{true, false, false, false, false, true} {
			if (results[i] == nil) != want {
				t.Errorf("request %d: %v", i, results[i])
			}
		}
		if results[3] != errUnfinished {
			t.Errorf("Goexit returned %v", results[3])
		}
		if c := d.Stats().Commits - before; holder != nil || c != 1 {
			t.Errorf("holder %v, %d commits: want one group", holder, c)
		}
		wantKeys(t, d, "dup,holder,ok1,ok2")
	})
}

func TestCancelledInTheQueue(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		gate := make(chan struct{})
		held := make(chan error, 1)
		go func() {
			held <- d.Write(context.Background(), func(tx *db.Tx) error { <-gate; return insert(tx, "holder") })
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		gone := make(chan error, 1)
		go func() { gone <- d.Write(ctx, put("cancelled")) }()
		synctest.Wait()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) { // at once, while the writer is still held
			t.Errorf("Write: %v", err)
		}
		close(gate)
		if err := <-held; err != nil {
			t.Error(err)
		}
		wantKeys(t, d, "holder")
	})
}

// TestCommitFails has a deferred constraint, made behind the store's back, break the COMMIT itself.
func TestCommitFails(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		behind(t, d, `create table late (k text references t(k) deferrable initially deferred)`)
		ran := false
		holder, results := crowd(t, d,
			func(tx *db.Tx) error { tx.AfterCommit(func() { ran = true }); return insert(tx, "a") },
			func(tx *db.Tx) error { _, err := tx.Exec(`insert into late (k) values ('nobody')`); return err },
			func(tx *db.Tx) error { return errors.New("refused on what a neighbour wrote") },
		)
		for _, err := range append(results, holder) {
			wantKey(t, err, errs.Unavailable, "db.not_saved")
		}
		if ran {
			t.Error("AfterCommit ran")
		}
		write(t, d, put("b")) // the writer lives on
		wantKeys(t, d, "b")
	})
}

// TestTransactionLost has a trigger, made behind the store's back, roll the whole transaction back.
func TestTransactionLost(t *testing.T) {
	bubble(t, func(t *testing.T, d *db.DB) {
		behind(t, d, `create trigger boom before insert on t when new.k = 'boom' begin select raise(rollback, 'boom'); end`)
		holder, results := crowd(t, d,
			put("a"),
			func(tx *db.Tx) error { // the loss is not forgotten even inside a Try
				_ = tx.Try(func() error { return insert(tx, "boom") })
				return insert(tx, "after the loss")
			},
			put("b"),
		)
		wantKey(t, holder, errs.Unavailable, "db.not_saved")
		wantKey(t, results[0], errs.Unavailable, "db.not_saved")
		if err := results[1]; err == nil || !strings.Contains(err.Error(), "boom") {
			t.Errorf("the culprit heard %v", err)
		}
		if results[2] != nil { // a group of its own
			t.Errorf("the next heard %v", results[2])
		}
		wantKeys(t, d, "b")
	})
}

// behind runs a statement that the store would refuse, on a connection of its own.
func behind(t *testing.T, d *db.DB, q string) {
	t.Helper()
	raw, err := sql.Open("sqlite", d.WriterFile())
	if err == nil {
		_, err = raw.Exec(q)
		err = errors.Join(err, raw.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCrashPoints(t *testing.T) {
	for point, saved := range map[string]string{db.BeforeCommit: "", db.AfterCommit: "a"} {
		t.Run(point, func(t *testing.T) {
			var at string
			each(t, func(t *testing.T, d *db.DB) {
				at = point
				ran := false
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					tx.AfterCommit(func() { ran = true })
					return insert(tx, "a")
				})
				at = ""
				if err == nil || ran {
					t.Errorf("Write: %v; AfterCommit ran: %v", err, ran)
				}
				wantKeys(t, d, saved)
			}, func(o *db.Options) {
				o.Fail = func(p string) error {
					if p == at {
						return errors.New("crash")
					}
					return nil
				}
			})
		})
	}
}

func TestHoldIsReported(t *testing.T) {
	var holds []db.Hold
	bubble(t, func(t *testing.T, d *db.DB) {
		for _, took := range []time.Duration{50 * time.Millisecond, 51 * time.Millisecond} {
			write(t, d, func(tx *db.Tx) error { time.Sleep(took); return nil })
		}
		if len(holds) != 1 || holds[0].Took != 51*time.Millisecond || !strings.Contains(holds[0].Func, "TestHoldIsReported") || d.Stats().Held != 1 {
			t.Errorf("reported %v", holds)
		}
	}, func(o *db.Options) { o.OnHold = func(h db.Hold) { holds = append(holds, h) } })
}

func TestStatementsAreKept(t *testing.T) {
	d := lite(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	tables(t, d)
	const q = `insert into t (k) values ($1)`
	write(t, d, put("a"))
	if _, kept := d.WriterCache(q); !kept {
		t.Error("a statement was not kept")
	}
	write(t, d, func(tx *db.Tx) error {
		for i := range 3 * db.MaxStatements {
			var n int
			if err := tx.QueryRow(fmt.Sprintf(`select %d from t where k = $1`, i), "a").Scan(&n); err != nil || n != i {
				return fmt.Errorf("statement %d gave %d: %w", i, n, err)
			}
		}
		return nil
	})
	if n, _ := d.WriterCache(q); n > db.MaxStatements {
		t.Errorf("%d statements kept, at most %d are allowed", n, db.MaxStatements)
	}
}

func TestSQLiteSettings(t *testing.T) {
	d := lite(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db"))
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		if got, err := d.WriterPragma(name); got != want || err != nil {
			t.Errorf("%s = %s, want %s (%v)", name, got, want, err)
		}
	}
}

func TestTwoProcessesShareAFile(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
	a, b := lite(t, url), lite(t, url)
	tables(t, a)
	errc := make(chan error)
	const each = 100
	for i, d := range []*db.DB{a, b, a, b} {
		go func() {
			var err error
			for n := range each {
				err = errors.Join(err, d.Write(t.Context(), put(fmt.Sprintf("%d-%d", i, n))))
			}
			errc <- err
		}()
	}
	for range 4 {
		if err := <-errc; err != nil {
			t.Error(err)
		}
	}
	if n := len(strings.Split(keys(t, a), ",")); n != 4*each {
		t.Errorf("%d rows, want %d", n, 4*each)
	}
}

func TestNothingLeaks(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	d, err := db.Open(t.Context(), db.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	tables(t, d)
	wantKeys(t, d, "")
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	goleak.VerifyNone(t, ignore)
}
