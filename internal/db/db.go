package db

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Dialect is the engine under a DB. Only migrations and package job need to know it.
type Dialect int

const (
	SQLite Dialect = iota
	Postgres
)

func (d Dialect) String() string {
	if d == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// Points at which Options.Fail is called.
const (
	BeforeCommit = "before_commit" // an error here stands for a crash that lost the transaction
	AfterCommit  = "after_commit"  // an error here stands for a crash after it was durable, before anyone was told
)

// Options say how to open a database. Only URL is required.
type Options struct {
	URL       string        // sqlite:/path/file.db, or postgres://user@host/name
	Clock     clock.Clock   // gives Tx.Now; the system's by default
	MaxConns  int           // readers on SQLite (4 by default), connections on PostgreSQL (16)
	Group     int           // most requests in one commit on SQLite; 64 by default, 1 switches grouping off
	Log       *slog.Logger  // slog.Default by default
	OnHold    func(Hold)    // called for every write that held the SQLite writer beyond HoldLimit; by default logs, a function once a minute
	HoldLimit time.Duration // 50 ms by default

	// Trace is for benchmarks and tests: it is told of every statement, with its arguments as they are bound.
	Trace func(ctx context.Context, q string, args []any)

	// Fail is for crash tests: called at BeforeCommit and AfterCommit, an error makes the commit fail there.
	Fail func(point string) error

	BackupDir  string // where Migrate puts PostgreSQL dumps; the working directory by default
	BackupDone bool   // the operator vouches for a backup, so Migrate may go on where it cannot make one
}

// Hold is a write that kept the single writer of SQLite, and so everybody else, waiting.
type Hold struct {
	Func string        // the function given to Write
	Took time.Duration // from its start to its return; waiting for the turn and the commit do not count
}

// Stats counts since Open. Requests/Commits is the mean group on SQLite.
type Stats struct {
	Commits  int64 // durable commits
	Requests int64 // writes that ran, whatever their outcome
	Held     int64 // writes beyond HoldLimit
	Retries  int64 // writes run again after 40001 or 40P01 (PostgreSQL)
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	opt    Options
	engine engine
	stats  struct{ commits, requests, held, retries atomic.Int64 }
	holds  sync.Map // when a function that held the writer was last logged
}

// engine is what SQLite and PostgreSQL do differently. Both run body with a session inside a transaction and commit
// when it returns nil; a panic or runtime.Goexit passing through body undoes the transaction and goes on.
type engine interface {
	dialect() Dialect
	read(ctx context.Context, body func(session) error) error
	write(ctx context.Context, body func(session) error) error
	ping(ctx context.Context) error
	close() error
}

// Open connects and checks that the database answers; it does not migrate. A folder of a new SQLite file is made.
//
// Errors: Invalid db.url, Unavailable db.unreachable, db.unwritable, db.not_a_database.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Group <= 0 {
		o.Group = 64
	}
	if o.HoldLimit <= 0 {
		o.HoldLimit = 50 * time.Millisecond
	}
	d := &DB{opt: o}
	var err error
	switch scheme, rest, _ := strings.Cut(o.URL, ":"); {
	case scheme == "sqlite" && strings.Trim(rest, "/") != "":
		d.engine, err = openSQLite(ctx, d)
	case scheme == "postgres" || scheme == "postgresql":
		d.engine, err = openPostgres(ctx, d)
	default:
		err = errs.New(errs.Invalid, "db.url", errs.Args{"url": redact(o.URL)})
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// redact hides the password of a URL.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "…"
	}
	return u.Redacted()
}

// Dialect says which engine this is.
func (d *DB) Dialect() Dialect { return d.engine.dialect() }

// Clock is what gives Tx.Now.
func (d *DB) Clock() clock.Clock { return d.opt.Clock }

// PgxPool is the native pool, nil on SQLite. Like Tx.Pgx it is for package job alone.
func (d *DB) PgxPool() *pgxpool.Pool {
	if e, ok := d.engine.(*pgEngine); ok {
		return e.pool
	}
	return nil
}

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.engine.ping(ctx) }

// Close waits for the transaction in progress and closes every connection. Later calls return Unavailable db.closed.
func (d *DB) Close() error { return d.engine.close() }

// Stats are the counters since Open.
func (d *DB) Stats() Stats {
	return Stats{
		Commits:  d.stats.commits.Load(),
		Requests: d.stats.requests.Load(),
		Held:     d.stats.held.Load(),
		Retries:  d.stats.retries.Load(),
	}
}

// Read runs fn on one consistent snapshot. It ends early with ctx's error when ctx is cancelled. A Read inside a Read
// takes a second connection and sees another snapshot: pass the Tx on instead.
func (d *DB) Read(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return d.engine.read(ctx, func(s session) error {
		tx := &Tx{Now: d.opt.Clock.Now(), ctx: ctx, session: s, trace: d.opt.Trace}
		defer tx.end()
		return tx.outcome(fn(tx))
	})
}

// Write runs fn in a transaction; nil means that what fn wrote is durable. On PostgreSQL fn may run again (at most
// five times) after a serialization failure or deadlock, so it must not change anything outside the transaction
// before it knows that it committed: use Tx.AfterCommit.
//
// A Write inside fn would wait for itself; one that is given Tx.Context is refused.
func (d *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if ctx.Value(writing{}) == d {
		return errors.New("db: Write inside a Write of the same database")
	}
	var tx *Tx
	err := d.engine.write(ctx, func(s session) error {
		inside := context.WithValue(context.WithoutCancel(ctx), writing{}, d)
		tx = &Tx{Now: d.opt.Clock.Now(), ctx: inside, session: s, trace: d.opt.Trace}
		d.stats.requests.Add(1)
		defer d.watch(fn)()
		defer tx.end()
		return tx.outcome(fn(tx))
	})
	if err != nil {
		return err
	}
	if w, inside := d.engine.(within); inside {
		w.tx.after = append(w.tx.after, tx.after...)
		return nil
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// writing marks the context of a write in progress.
type writing struct{}

// holdQuiet is how long a function that held the writer is not logged again.
const holdQuiet = time.Minute

// watch measures how long fn holds the writer. Only SQLite has one writer to hold.
func (d *DB) watch(fn func(*Tx) error) (stop func()) {
	if d.Dialect() != SQLite {
		return func() {}
	}
	start := time.Now()
	return func() {
		took := time.Since(start)
		if took <= d.opt.HoldLimit {
			return
		}
		d.stats.held.Add(1)
		h := Hold{Func: runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name(), Took: took}
		if d.opt.OnHold != nil {
			d.opt.OnHold(h)
			return
		}
		if last, said := d.holds.Load(h.Func); said && start.Sub(last.(time.Time)) < holdQuiet {
			return // the metric counts them all
		}
		d.holds.Store(h.Func, start)
		d.opt.Log.Warn("write held the database", "func", h.Func, "took", h.Took)
	}
}

// fail calls the crash hook.
func (d *DB) fail(point string) error {
	if d.opt.Fail == nil {
		return nil
	}
	return d.opt.Fail(point)
}
