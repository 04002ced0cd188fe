// Package dbtest gives tests real databases: every store function is executed on both engines.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestStore(t *testing.T) {
//		dbtest.Each(t, func(t *testing.T, d *db.DB) { … })
//	}
//
// Each test gets a fresh, migrated database: a copied file, or a PostgreSQL database made from a template. The server
// is the one SANBAO_TEST_PG names, or one that the test binary starts when it first needs it. Without a PostgreSQL
// installation the tests fail and say what to install; they are never skipped.
package dbtest

import (
	"context"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest/cluster"
)

// Start is where Clock stands: a Saturday morning in China.
var Start = clock.Of(time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC))

// Clock is a new fake clock at Start.
func Clock() *clock.Fake { return clock.NewFake(Start) }

// Option changes how a test database is opened.
type Option func(*db.Options)

// server is this process's PostgreSQL, started when first needed.
var server struct {
	sync.Mutex
	main    bool // Main runs, so somebody will stop what we start
	dsn     string
	started *cluster.Cluster
	err     error
	made    map[string]bool // templates
}

// Main runs the tests of a package and stops the server they started.
func Main(m *testing.M) {
	server.main = true
	code := m.Run()
	if server.started != nil {
		if err := server.started.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "dbtest:", err)
			code = max(code, 1)
		}
	}
	os.RemoveAll(liteTemplate.dir)
	os.Exit(code)
}

// Each runs test as subtests "sqlite" and "postgres", each on a fresh migrated database with a fake clock at Start.
func Each(t *testing.T, test func(t *testing.T, d *db.DB), opts ...Option) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) { test(t, Open(t, dialect, opts...)) })
	}
}

// Open is a fresh migrated database, closed and removed when the test ends. A write that holds the SQLite writer for
// more than 50 ms fails the test.
func Open(t testing.TB, dialect db.Dialect, opts ...Option) *db.DB {
	t.Helper()
	return open(t, URL(t, dialect), opts)
}

// URL is a fresh migrated database, not opened, for tests that start a program or open it several times.
func URL(t testing.TB, dialect db.Dialect) string {
	t.Helper()
	if dialect == db.SQLite {
		return sqliteURL(t, true)
	}
	return postgresURL(t, true)
}

// Empty is like URL without a schema.
func Empty(t testing.TB, dialect db.Dialect) string {
	t.Helper()
	if dialect == db.SQLite {
		return sqliteURL(t, false)
	}
	return postgresURL(t, false)
}

func open(t testing.TB, url string, opts []Option) *db.DB {
	t.Helper()
	o := db.Options{URL: url, Clock: Clock(), Log: slog.New(slog.DiscardHandler), MaxConns: 8, OnHold: onHold(t)}
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

// liteTemplate is a migrated file that tests copy.
var liteTemplate struct {
	sync.Once
	dir, file string
	err       error
}

func sqliteURL(t testing.TB, migrated bool) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "test.db")
	if !migrated {
		return "sqlite:" + file
	}
	liteTemplate.Do(func() {
		if liteTemplate.dir, liteTemplate.err = os.MkdirTemp("", "sanbao-lite-"); liteTemplate.err == nil {
			liteTemplate.file = filepath.Join(liteTemplate.dir, "template.db")
			liteTemplate.err = migrate("sqlite:" + liteTemplate.file)
		}
	})
	if liteTemplate.err != nil {
		t.Fatal(liteTemplate.err)
	}
	image, err := os.ReadFile(liteTemplate.file)
	if err == nil {
		err = os.WriteFile(file, image, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

func migrate(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	err = d.Migrate(ctx)
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

var serial atomic.Int64

func postgresURL(t testing.TB, migrated bool) string {
	t.Helper()
	dsn, err := serverDSN()
	if err != nil {
		t.Fatal(err)
	}
	from := "template0"
	if migrated {
		if from, err = pgTemplate(dsn); err != nil {
			t.Fatal(err)
		}
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), serial.Add(1))
	if err := admin(dsn, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(dsn, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return named(dsn, name)
}

// serverDSN is the running server's, starting one if there is none.
func serverDSN() (string, error) {
	server.Lock()
	defer server.Unlock()
	if server.dsn != "" || server.err != nil {
		return server.dsn, server.err
	}
	if server.dsn = os.Getenv(cluster.Env); server.dsn != "" {
		return server.dsn, nil
	}
	if !server.main {
		return "", fmt.Errorf("dbtest: add func TestMain(m *testing.M) { dbtest.Main(m) }, which stops the server that would be started")
	}
	if server.started, server.err = cluster.Start(); server.err == nil {
		server.dsn = server.started.DSN
	}
	return server.dsn, server.err
}

// pgTemplate is the name of a migrated template, made once per process.
func pgTemplate(dsn string) (string, error) {
	server.Lock()
	defer server.Unlock()
	name := fmt.Sprintf("template_%d_%08x", os.Getpid(), crc32.ChecksumIEEE([]byte(os.Args[0])))
	if server.made[name] {
		return name, nil
	}
	if err := admin(dsn, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return "", err
	}
	if err := migrate(named(dsn, name)); err != nil {
		return "", err
	}
	server.made = map[string]bool{name: true}
	return name, nil
}

// named is dsn with another database.
func named(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err) // connected with it before
	}
	u.Path = "/" + name
	return u.String()
}

// admin runs one statement on the server's own database.
func admin(dsn, q string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, q)
	return err
}
