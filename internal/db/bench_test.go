package db_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
)

// A request of the benchmarks writes one row and seven below it, and reads one: about what submitting a return does.

const (
	insertRow   = `insert into t (k, n) values ($1, $2)`
	insertChild = `insert into child (id, k) values ($1, $2)`
)

var serial atomic.Int64

func request(tx *db.Tx) error {
	n := serial.Add(8)
	k := fmt.Sprint(n)
	if _, err := tx.Exec(insertRow, k, n); err != nil {
		return err
	}
	err := tx.Batch(func(b *db.Batch) {
		for i := range int64(7) {
			b.Exec(insertChild, n+i, k)
		}
	})
	if err != nil {
		return err
	}
	var count int
	return tx.QueryRow(`select count(*) from t where k = $1`, k).Scan(&count)
}

// BenchmarkWrite compares requests a second: bare prepared inserts of the same rows in one durable transaction each,
// one client, and 32 clients with and without grouping.
func BenchmarkWrite(b *testing.B) {
	b.Run("sqlite/bare", bare)
	for _, c := range []struct {
		name           string
		dialect        db.Dialect
		clients, group int
	}{
		{"sqlite/1", db.SQLite, 1, 64}, {"sqlite/32", db.SQLite, 32, 64}, {"sqlite/32-ungrouped", db.SQLite, 32, 1},
		{"postgres/1", db.Postgres, 1, 0}, {"postgres/32", db.Postgres, 32, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := dbtest.Open(b, c.dialect, func(o *db.Options) { o.Group, o.MaxConns, o.OnHold = c.group, 32, func(db.Hold) {} })
			benchTables(b, d)
			before := d.Stats()
			b.SetParallelism(max(1, c.clients/2)) // times GOMAXPROCS
			b.ResetTimer()
			if c.clients == 1 {
				for b.Loop() {
					if err := d.Write(b.Context(), request); err != nil {
						b.Fatal(err)
					}
				}
			} else {
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := d.Write(b.Context(), request); err != nil {
							b.Error(err)
						}
					}
				})
			}
			after := d.Stats()
			b.ReportMetric(float64(after.Commits-before.Commits)/float64(after.Requests-before.Requests), "commits/req")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}

func benchTables(b *testing.B, d *db.DB) {
	b.Helper()
	err := d.Write(b.Context(), func(tx *db.Tx) error {
		return tx.Batch(func(x *db.Batch) {
			x.Exec(`create table t (k text primary key, n bigint not null default 0 check (n >= 0))`)
			x.Exec(`create table child (id bigint primary key, k text not null references t(k))`)
		})
	})
	if err != nil {
		b.Fatal(err)
	}
}

// bare is the same work on database/sql with prepared statements and nothing else.
func bare(b *testing.B) {
	url := "file:" + filepath.Join(b.TempDir(), "x.db") + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"
	raw, err := sql.Open("sqlite", url)
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	var stmts []*sql.Stmt
	for _, q := range []string{`create table t (k text primary key, n bigint not null default 0 check (n >= 0))`,
		`create table child (id bigint primary key, k text not null references t(k))`} {
		if _, err := raw.Exec(q); err != nil {
			b.Fatal(err)
		}
	}
	for _, q := range []string{insertRow, insertChild, `select count(*) from t where k = $1`} {
		s, err := raw.Prepare(q)
		if err != nil {
			b.Fatal(err)
		}
		stmts = append(stmts, s)
	}
	for b.Loop() {
		if err := bareRequest(raw, stmts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

func bareRequest(raw *sql.DB, stmts []*sql.Stmt) error {
	tx, err := raw.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	n := serial.Add(8)
	k := fmt.Sprint(n)
	if _, err := tx.Stmt(stmts[0]).Exec(k, n); err != nil {
		return err
	}
	for i := range int64(7) {
		if _, err := tx.Stmt(stmts[1]).Exec(n+i, k); err != nil {
			return err
		}
	}
	var count int
	if err := tx.Stmt(stmts[2]).QueryRow(k).Scan(&count); err != nil {
		return err
	}
	return tx.Commit()
}
