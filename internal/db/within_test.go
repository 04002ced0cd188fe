package db_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// A database inside a transaction has the times of its own clock; what fails in it is undone alone; everything is durable,
// and told, with the transaction, or not at all.
func TestWithin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`create table told (n bigint not null, at bigint not null)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var told []int
		oops := errors.New("oops")
		story := func(end error) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				then := clock.NewFake(dbtest.Start.Add(-48 * time.Hour))
				in := tx.Within(then)
				if in.Dialect() != d.Dialect() || in.Clock() != then {
					t.Error("it is another engine, or has another clock")
				}
				say := func(n int, end error) error {
					then.Advance(time.Hour)
					return in.Write(t.Context(), func(tx *db.Tx) error {
						tx.AfterCommit(func() { told = append(told, n) })
						if _, err := tx.Exec(`insert into told (n, at) values ($1, $2)`, n, tx.Now); err != nil {
							return err
						}
						return end
					})
				}
				if err := say(1, nil); err != nil {
					return err
				}
				if err := say(2, oops); !errors.Is(err, oops) {
					t.Errorf("what failed inside says %v", err)
				}
				if err := in.Read(t.Context(), func(tx *db.Tx) error { _, err := tx.Query(`select no from nowhere`); return err }); err == nil {
					t.Error("a read of no table went well")
				}
				if err := say(3, nil); err != nil {
					return err
				}
				if len(told) > 0 {
					t.Error("told before it was durable")
				}
				var n, at int64
				if err := in.Read(t.Context(), func(tx *db.Tx) error {
					return tx.QueryRow(`select count(*), cast(max(at) as bigint) from told`).Scan(&n, &at)
				}); err != nil || n != 2 || clock.Instant(at) != then.Now() {
					t.Errorf("%d rows, the last at %s: %v", n, clock.Instant(at), err)
				}
				if err := in.Ping(t.Context()); err != nil {
					t.Error(err)
				}
				return errors.Join(end, in.Close())
			})
		}
		if err := story(oops); !errors.Is(err, oops) || len(told) > 0 {
			t.Errorf("%v; told %v", err, told)
		}
		rows := func() (n int64) {
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`select count(*) from told`).Scan(&n) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := rows(); n != 0 {
			t.Errorf("%d rows of a story that was not kept", n)
		}
		if err := story(nil); err != nil || !slices.Equal(told, []int{1, 3}) || rows() != 2 {
			t.Errorf("%v; told %v, %d rows", err, told, rows())
		}
	})
}
