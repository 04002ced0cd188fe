package db_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

func openPG(t *testing.T) *db.DB {
	t.Helper()
	d := dbtest.Open(t, db.Postgres)
	tables(t, d)
	return d
}

// raise makes the server report an SQLSTATE. The error is written to at.
func raise(tx *db.Tx, state string) error {
	_, err := tx.Pgx().Exec(tx.Context(), `do $$ begin raise sqlstate '`+state+`'; end $$`)
	return err
}

func TestDeadlockIsRetried(t *testing.T) {
	d := openPG(t)
	write(t, d, func(tx *db.Tx) error { return errors.Join(insert(tx, "a"), insert(tx, "b")) })
	var both [2]chan struct{} // each writer says that it has its first row
	both[0], both[1] = make(chan struct{}), make(chan struct{})
	var runs atomic.Int64
	cross := func(i int) error {
		first := true
		order := []string{"a", "b"}
		return d.Write(t.Context(), func(tx *db.Tx) error {
			runs.Add(1)
			if _, err := tx.Exec(`update t set n = n + 1 where k = $1`, order[i]); err != nil {
				return err
			}
			if first {
				first = false
				close(both[i])
				<-both[1-i]
			}
			_, err := tx.Exec(`update t set n = n + 1 where k = $1`, order[1-i])
			return err
		})
	}
	errc := make(chan error)
	for i := range 2 {
		go func() { errc <- cross(i) }()
	}
	if err := errors.Join(<-errc, <-errc); err != nil {
		t.Fatal(err)
	}
	var sum int64
	err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`select cast(sum(n) as bigint) from t`).Scan(&sum) })
	if err != nil || sum != 4 || runs.Load() != 3 || d.Stats().Retries != 1 {
		t.Errorf("sum %d after %d runs, %d retries (%v); want 4 after 3, 1", sum, runs.Load(), d.Stats().Retries, err)
	}
}

func TestRetriesAreBoundedAndRare(t *testing.T) {
	d := openPG(t)
	for state, want := range map[string]int{"40001": 5, "40P01": 5, "23505": 1, "P0001": 1, "55P03": 1} {
		runs := 0
		err := d.Write(t.Context(), func(tx *db.Tx) error { runs++; return raise(tx, state) })
		if err == nil || runs != want {
			t.Errorf("SQLSTATE %s: ran %d times (%v), want %d", state, runs, err, want)
		}
		if want > 1 {
			wantKey(t, err, errs.Unavailable, "db.busy")
		}
	}
}

func TestLocksAreNotWaitedForForever(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	d := lite(t, url+"&lock_timeout=20")
	tables(t, d)
	write(t, d, put("a"))
	update := func(tx *db.Tx) error { _, err := tx.Exec(`update t set n = n + 1`); return err }
	write(t, d, func(tx *db.Tx) error {
		if err := update(tx); err != nil {
			return err
		}
		wantKey(t, d.Write(t.Context(), update), errs.Unavailable, "db.busy")
		return nil
	})
}

func TestPasswordIsNotShown(t *testing.T) {
	for _, url := range []string{"postgres://u:secret@127.0.0.1:1/x", "postgres://u:secret@127.0.0.1:bad/x", "mysql://u:secret@h/x"} {
		_, err := db.Open(t.Context(), db.Options{URL: url})
		if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(errs.As(err).Text(errs.En), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestPostgresSettings(t *testing.T) {
	d := openPG(t)
	write(t, d, func(tx *db.Tx) error {
		for name, want := range map[string]string{
			"transaction_isolation":               "read committed",
			"lock_timeout":                        "10s",
			"idle_in_transaction_session_timeout": "1min",
		} {
			var got string
			if err := tx.QueryRow(`select current_setting($1)`, name).Scan(&got); err != nil {
				return err
			}
			if got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		return nil
	})
}
