package db_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// each runs a test on both engines with a table t(k primary key, n ≥ 0) and a child table.
func each(t *testing.T, test func(t *testing.T, d *db.DB), opts ...dbtest.Option) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tables(t, d)
		test(t, d)
	}, opts...)
}

func tables(t *testing.T, d *db.DB) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) {
			b.Exec(`create table t (k text primary key, n bigint not null default 0 check (n >= 0))`)
			b.Exec(`create table child (id bigint primary key, k text not null references t(k))`)
		})
	})
}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func insert(tx *db.Tx, k string) error {
	_, err := tx.Exec(`insert into t (k) values ($1)`, k)
	return err
}

func put(k string) func(*db.Tx) error { return func(tx *db.Tx) error { return insert(tx, k) } }

// keys are the rows of t, in order, joined by commas.
func keys(t *testing.T, d *db.DB) string {
	t.Helper()
	var out []string
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		out, err = keysIn(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ",")
}

func keysIn(tx *db.Tx) ([]string, error) {
	return db.Collect(tx, func(r *db.Rows) (k string, err error) { return k, r.Scan(&k) }, `select k from t order by k`)
}

func wantKeys(t *testing.T, d *db.DB, want string) {
	t.Helper()
	if got := keys(t, d); got != want {
		t.Errorf("rows %q, want %q", got, want)
	}
}

func wantKey(t *testing.T, err error, code errs.Code, key string) {
	t.Helper()
	if e := errs.As(err); e == nil || e.Code != code || e.Key != key {
		t.Errorf("error %v, want %s %s", err, code, key)
	}
}

func TestFirstErrorSticks(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var first, second error
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := insert(tx, "a"); err != nil {
				return err
			}
			first = insert(tx, "a")
			second = insert(tx, "b")
			return nil // swallowed
		})
		if !db.IsUnique(first) || second != first || err != first {
			t.Errorf("first %v, second %v, Write %v: want one unique violation three times", first, second, err)
		}
		wantKeys(t, d, "")
	})
}

func TestErrorOfTheFunctionRollsBack(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		refused := errors.New("refused")
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return errors.Join(insert(tx, "a"), refused) }); !errors.Is(err, refused) {
			t.Errorf("Write: %v", err)
		}
		wantKeys(t, d, "")
	})
}

func TestErrNoRowsDoesNotStick(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			var n int64
			if err := tx.QueryRow(`select n from t where k = $1`, "none").Scan(&n); !errors.Is(err, db.ErrNoRows) {
				t.Errorf("Scan: %v, want ErrNoRows", err)
			}
			return insert(tx, "a")
		})
		wantKeys(t, d, "a")
	})
}

func TestScanErrorSticks(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := insert(tx, "a"); err != nil {
				return err
			}
			var n int64
			_ = tx.QueryRow(`select k from t`).Scan(&n)
			return nil
		})
		if err == nil {
			t.Error("text was scanned into a number and committed")
		}
		wantKeys(t, d, "")
	})
}

func TestTryUndoesOnlyItself(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var ran []string
		write(t, d, func(tx *db.Tx) error {
			if err := insert(tx, "a"); err != nil {
				return err
			}
			err := tx.Try(func() error {
				tx.AfterCommit(func() { ran = append(ran, "undone") })
				if err := insert(tx, "b"); err != nil {
					return err
				}
				return insert(tx, "a")
			})
			if !db.IsUnique(err) {
				t.Errorf("Try: %v, want a unique violation", err)
			}
			err = tx.Try(func() error {
				inner := tx.Try(func() error { return errors.Join(insert(tx, "c"), errors.New("no")) })
				if inner == nil {
					t.Error("the inner Try forgot its error")
				}
				tx.AfterCommit(func() { ran = append(ran, "kept") })
				return insert(tx, "d")
			})
			return errors.Join(err, insert(tx, "e"))
		})
		wantKeys(t, d, "a,d,e")
		if strings.Join(ran, ",") != "kept" {
			t.Errorf("after commit ran %q", ran)
		}
	})
}

func TestTryReportsASwallowedError(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			err := tx.Try(func() error {
				_, _ = tx.Exec(`insert into t (k, n) values ('x', -1)`)
				return nil
			})
			if !db.IsCheck(err) {
				t.Errorf("Try: %v, want a check violation", err)
			}
			return insert(tx, "a")
		})
		wantKeys(t, d, "a")
	})
}

func TestBatch(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) {
				for _, k := range []string{"a", "b", "c"} {
					b.Exec(`insert into t (k) values ($1)`, k)
				}
				b.ExecN(2, `update t set n = n + 1 where k > $1`, "a")
			})
		})
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_ = tx.Batch(func(b *db.Batch) {
				b.Exec(`insert into t (k) values ('d')`)
				b.ExecN(1, `update t set n = 7 where k = $1 and n = $2`, "a", 99)
				b.Exec(`insert into t (k) values ('e')`)
			})
			return nil // swallowed: must stick
		})
		wantKey(t, err, errs.Conflict, "db.stale")
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) {
				b.Exec(`insert into t (k) values ('f')`)
				b.Exec(`insert into child (id, k) values (1, 'nobody')`)
				b.Exec(`insert into t (k) values ('g')`)
			})
		})
		if !db.IsForeignKey(err) || !strings.Contains(err.Error(), "child") {
			t.Errorf("batch: %v, want a foreign key violation that names its statement", err)
		}
		wantKeys(t, d, "a,b,c")
	})
}

func TestOneOpenQuery(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return errors.Join(insert(tx, "a"), insert(tx, "b")) })
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(`select k from t`)
			if err != nil {
				return err
			}
			rows.Next()
			return insert(tx, "c")
		})
		if err == nil || !strings.Contains(err.Error(), "still open") {
			t.Errorf("a statement beside an open query: %v", err)
		}
		write(t, d, func(tx *db.Tx) error { // left open to the end: closed for us
			rows, err := tx.Query(`select k from t`)
			rows.Next()
			return err
		})
		write(t, d, put("d"))
		wantKeys(t, d, "a,b,d")
	})
}

func TestAfterCommit(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var ran []string
		write(t, d, func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = append(ran, keys(t, d)) }) // sees what was committed
			return insert(tx, "a")
		})
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { ran = append(ran, "rolled back") })
			return errors.New("no")
		})
		if err == nil || strings.Join(ran, ";") != "a" {
			t.Errorf("ran %q, err %v", ran, err)
		}
	})
}

func TestNowIsOneValue(t *testing.T) {
	fake := dbtest.Clock()
	each(t, func(t *testing.T, d *db.DB) {
		var first, second clock.Instant
		write(t, d, func(tx *db.Tx) error {
			first = tx.Now
			fake.Advance(time.Hour)
			if tx.Now != first {
				t.Errorf("Now moved to %v", tx.Now)
			}
			return nil
		})
		write(t, d, func(tx *db.Tx) error { second = tx.Now; return nil })
		if second.Sub(first) != time.Hour {
			t.Errorf("second transaction at %v, first %v", second, first)
		}
	}, func(o *db.Options) { o.Clock = fake })
}

func TestTxIsDeadAfterwards(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var leaked *db.Tx
		write(t, d, func(tx *db.Tx) error { leaked = tx; return nil })
		if err := insert(leaked, "late"); err == nil {
			t.Error("a finished transaction wrote")
		}
		wantKeys(t, d, "")
	})
}

func TestReadIsOneSnapshot(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, put("a"))
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			before, err := keysIn(tx)
			if err != nil {
				return err
			}
			write(t, d, put("b"))
			after, err := keysIn(tx)
			if len(before) != 1 || len(after) != 1 {
				t.Errorf("before %v, after %v: the snapshot moved", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		wantKeys(t, d, "a,b")
	})
}

func TestReadCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		if err := d.Read(t.Context(), put("a")); err == nil {
			t.Error("a read wrote")
		}
		wantKeys(t, d, "")
	})
}

const endless = `with recursive s(i) as (select 1 union all select i + 1 from s where i < 1000000000) select count(*) from s`

func TestReadHonoursCancellation(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for range 10 { // more often than there are connections: none may be lost
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			err := d.Read(ctx, func(tx *db.Tx) error {
				var n int64
				return tx.QueryRow(endless).Scan(&n)
			})
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("Read: %v", err)
			}
		}
		wantKeys(t, d, "")
	})
}

func TestWriteDoesNotSeeCancellation(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, func(tx *db.Tx) error {
			cancel()
			if tx.Context().Err() != nil {
				t.Error("the transaction's context is cancelled")
			}
			return insert(tx, "a")
		})
		if err != nil {
			t.Errorf("Write: %v", err)
		}
		wantKeys(t, d, "a")
	})
}

func TestDeadRequestIsNotRun(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		ran := func(*db.Tx) error { t.Error("it ran"); return nil }
		if err := errors.Join(d.Write(ctx, ran), d.Read(ctx, ran)); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

func TestWriteInsideWriteIsRefused(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			if err := d.Write(tx.Context(), put("a")); err == nil {
				t.Error("it was not refused")
			}
			return nil
		})
	})
}

func TestPanicIsContained(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("recovered %v", p)
				}
			}()
			_ = d.Write(t.Context(), func(tx *db.Tx) error {
				if err := insert(tx, "a"); err != nil {
					return err
				}
				panic("boom")
			})
		}()
		write(t, d, put("b"))
		wantKeys(t, d, "b")
	})
}

type status string

func (s status) String() string { return "not what is stored: " + string(s) }

// TestBindAndScan sends every type an argument may have through a column and back, and NULL through pointers and
// sql.Null, on both engines.
func TestBindAndScan(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`create table v (id bigint primary key, i bigint, s text, b boolean, y ` + blob(d) + `)`)
			return err
		})
		trip(t, d, "i", int(7))
		trip(t, d, "i", int64(-1<<63))
		trip(t, d, "i", id.New())
		trip(t, d, "i", dbtest.Start)
		trip(t, d, "s", "三包 'quoted' ?;--")
		trip(t, d, "s", "")
		trip(t, d, "s", status("open"))
		trip(t, d, "s", calendar.DateOf(2026, 11, 21))
		trip(t, d, "b", true)
		trip(t, d, "b", false)
		bytesTrip(t, d, []byte{0, 1, 0xff})
		bytesTrip(t, d, []byte{})
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`insert into v (id, s) values ($1, $2)`, 1, time.Now())
			return err
		})
		if err == nil {
			t.Error("a time.Time was bound")
		}
	})
}

func blob(d *db.DB) string {
	if d.Dialect() == db.Postgres {
		return "bytea"
	}
	return "blob"
}

// trip stores v in a column three ways (plain, by pointer, absent) and reads it back as T, *T and sql.Null[T].
func trip[T comparable](t *testing.T, d *db.DB, column string, v T) {
	t.Helper()
	none := (*T)(nil)
	write(t, d, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) {
			b.Exec(`delete from v`)
			b.Exec(`insert into v (id, `+column+`) values ($1, $2)`, 1, v)
			b.Exec(`insert into v (id, `+column+`) values ($1, $2)`, 2, &v)
			b.Exec(`insert into v (id, `+column+`) values ($1, $2)`, 3, none)
			b.Exec(`insert into v (id, `+column+`) values ($1, $2)`, 4, sql.Null[T]{V: v, Valid: true})
			b.Exec(`insert into v (id, `+column+`) values ($1, $2)`, 5, sql.Null[T]{})
		})
	})
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		for n := range 5 {
			row := n + 1
			absent := row == 3 || row == 5
			var p *T
			var null sql.Null[T]
			if err := tx.QueryRow(`select `+column+`, `+column+` from v where id = $1`, row).Scan(&p, &null); err != nil {
				return err
			}
			if (p == nil) != absent || null.Valid == absent || !absent && (*p != v || null.V != v) {
				t.Errorf("%T %v row %d: read back %v and %v", v, v, row, p, null)
			}
			if absent {
				continue
			}
			var plain T
			var found int
			if err := tx.QueryRow(`select `+column+` from v where id = $1`, row).Scan(&plain); err != nil {
				return err
			}
			if err := tx.QueryRow(`select count(*) from v where `+column+` = $1`, v).Scan(&found); err != nil {
				return err
			}
			if plain != v || found != 3 {
				t.Errorf("%T %v: read back %v, found %d times", v, v, plain, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("%T %v: %v", v, v, err)
	}
}

func bytesTrip(t *testing.T, d *db.DB, v []byte) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) {
			b.Exec(`delete from v`)
			b.Exec(`insert into v (id, y) values (1, $1)`, v)
			b.Exec(`insert into v (id, y) values (2, $1)`, []byte(nil))
		})
	})
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var got, none []byte
		var isNull bool
		if err := tx.QueryRow(`select y from v where id = 1`).Scan(&got); err != nil {
			return err
		}
		if err := tx.QueryRow(`select y, y is null from v where id = 2`).Scan(&none, &isNull); err != nil {
			return err
		}
		if string(got) != string(v) || len(none) != 0 || !isNull {
			t.Errorf("bytes %v came back as %v; NULL as %v", v, got, none)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestViolations(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, put("a"))
		for q, is := range map[string]func(error) bool{
			`insert into t (k) values ('a')`:               db.IsUnique,
			`insert into t (k, n) values ('b', -1)`:        db.IsCheck,
			`insert into child (id, k) values (1, 'none')`: db.IsForeignKey,
			`insert into t (k, n) values ('b', null)`:      db.IsNotNull,
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(q); return err })
			n := 0
			for _, f := range []func(error) bool{db.IsUnique, db.IsCheck, db.IsForeignKey, db.IsNotNull} {
				if f(err) {
					n++
				}
			}
			if !is(err) || n != 1 {
				t.Errorf("%s: %v is recognised as %d kinds", q, err, n)
			}
		}
	})
}

func TestIn(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return errors.Join(insert(tx, "a"), insert(tx, "b"), insert(tx, "c")) })
		for n, want := range []int{0, 1, 2} {
			args := []any{"z", "a", "b"}[:n+1]
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				var got int
				if err := tx.QueryRow(`select count(*) from t where k <> $1 and k in `+db.In(2, n), args...).Scan(&got); err != nil {
					return err
				}
				if got != want {
					t.Errorf("in a list of %d: %d rows", n, got)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestClosed(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for range 2 {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
		wantKey(t, d.Write(t.Context(), put("a")), errs.Unavailable, "db.closed")
		wantKey(t, d.Read(t.Context(), put("a")), errs.Unavailable, "db.closed")
	})
}
