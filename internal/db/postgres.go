package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sanbao/sanbao/errs"
)

// pgEngine is a pool of native pgx connections; pgx keeps 512 prepared statements for each.
type pgEngine struct {
	d      *DB
	pool   *pgxpool.Pool
	closed atomic.Bool
}

// Settings of every connection that the URL does not give. A write does not see its caller's cancellation, so waiting
// for a lock has an end of its own; so has a transaction whose process hangs.
var pgDefaults = map[string]string{
	"application_name":                    "sanbao",
	"lock_timeout":                        "10s",
	"idle_in_transaction_session_timeout": "60s",
	"timezone":                            "UTC",
}

func openPostgres(ctx context.Context, d *DB) (engine, error) {
	cfg, err := pgxpool.ParseConfig(d.opt.URL)
	if err != nil {
		return nil, errs.New(errs.Invalid, "db.url", errs.Args{"url": redact(d.opt.URL)}) // err may hold the password
	}
	cfg.MaxConns = 16
	if d.opt.MaxConns > 0 {
		cfg.MaxConns = int32(d.opt.MaxConns)
	}
	for k, v := range pgDefaults {
		if _, set := cfg.ConnConfig.RuntimeParams[k]; !set {
			cfg.ConnConfig.RuntimeParams[k] = v
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	e := &pgEngine{d: d, pool: pool}
	if err := e.ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return e, nil
}

func (e *pgEngine) dialect() Dialect { return Postgres }

func (e *pgEngine) ping(ctx context.Context) error {
	if err := e.pool.Ping(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errs.Wrap(err, errs.Unavailable, "db.unreachable", errs.Args{"url": redact(e.d.opt.URL)})
	}
	return nil
}

func (e *pgEngine) close() error {
	e.closed.Store(true)
	e.pool.Close() // waits for the connections in use
	return nil
}

func (e *pgEngine) read(ctx context.Context, body func(session) error) error {
	return e.once(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, body)
}

// attempts is how often a write runs at most.
const attempts = 5

func (e *pgEngine) write(ctx context.Context, body func(session) error) error {
	var err error
	for i := range attempts {
		if i > 0 {
			e.d.stats.retries.Add(1)
			select {
			case <-time.After(time.Duration(rand.IntN(10<<i)) * time.Millisecond):
			case <-ctx.Done():
				return err
			}
		}
		err = e.once(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, body)
		if !again(err) {
			return err
		}
	}
	return errs.Wrap(err, errs.Unavailable, "db.busy")
}

// again says whether err is a serialization failure or a deadlock: the only errors after which PostgreSQL promises
// that the transaction did nothing and may do better next time.
func again(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// once runs body in one transaction. Only waiting for a connection and BEGIN honour ctx here.
func (e *pgEngine) once(ctx context.Context, o pgx.TxOptions, body func(session) error) error {
	tx, err := e.pool.BeginTx(ctx, o)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if e.closed.Load() {
			return errClosed()
		}
		return explain("BEGIN", err)
	}
	bg := context.WithoutCancel(ctx)
	defer func() { _ = tx.Rollback(bg) }() // after a commit it does nothing; a broken connection has rolled back already
	if err := body(&pgSession{tx}); err != nil {
		return err
	}
	if o.AccessMode == pgx.ReadOnly {
		return nil
	}
	return e.commit(bg, tx)
}

func (e *pgEngine) commit(ctx context.Context, tx pgx.Tx) error {
	if err := e.d.fail(BeforeCommit); err != nil {
		return errs.Wrap(err, errs.Unavailable, "db.not_saved")
	}
	if err := tx.Commit(ctx); err != nil {
		if again(err) {
			return err
		}
		return errs.Wrap(err, errs.Unavailable, "db.not_saved")
	}
	e.d.stats.commits.Add(1)
	if err := e.d.fail(AfterCommit); err != nil {
		return errs.Wrap(err, errs.Unavailable, "db.not_saved")
	}
	return nil
}

// pgSession is a pgx transaction as a session.
type pgSession struct{ tx pgx.Tx }

func (s *pgSession) pgx() pgx.Tx { return s.tx }

func (s *pgSession) exec(ctx context.Context, q string, args []any) (int64, error) {
	t, err := s.tx.Exec(ctx, q, args...)
	return t.RowsAffected(), err
}

func (s *pgSession) query(ctx context.Context, q string, args []any) (cursor, error) {
	return s.tx.Query(ctx, q, args...)
}

func (s *pgSession) batch(ctx context.Context, stmts []statement) (affected []int64, err error) {
	var b pgx.Batch
	for _, st := range stmts {
		b.Queue(st.q, st.args...)
	}
	res := s.tx.SendBatch(ctx, &b)
	defer func() {
		if cerr := res.Close(); err == nil {
			err = cerr
		}
	}()
	for range stmts {
		t, err := res.Exec()
		if err != nil {
			return affected, err
		}
		affected = append(affected, t.RowsAffected())
	}
	return affected, nil
}
