package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/sanbao/sanbao/clock"
)

// ErrNoRows is what Row.Scan returns when the query gave none. It does not stick.
var ErrNoRows = sql.ErrNoRows

// session is one engine connection inside a transaction.
type session interface {
	exec(ctx context.Context, q string, args []any) (int64, error)
	query(ctx context.Context, q string, args []any) (cursor, error)
	batch(ctx context.Context, stmts []statement) ([]int64, error)
	pgx() pgx.Tx
}

// cursor is what both engines' rows can do.
type cursor interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Tx is a transaction in progress. It belongs to the function it was given to: one goroutine, and dead afterwards.
type Tx struct {
	Now clock.Instant // the transaction's one time

	ctx     context.Context
	session session
	err     error // the first error; every later call returns it
	rows    *Rows // the open query, if any
	depth   int   // of Try
	after   []func()
	ended   bool
	trace   func(ctx context.Context, q string, args []any) // nil outside benchmarks
}

// Context is for calls that want one. In a write it is never cancelled.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Pgx is the native transaction, nil on SQLite. It is for package job alone, which inserts River's jobs with it.
func (tx *Tx) Pgx() pgx.Tx { return tx.session.pgx() }

// Dialect says which engine the transaction runs on. Only package search, whose index is each engine's own, and package
// live ask.
func (tx *Tx) Dialect() Dialect {
	if tx.session.pgx() != nil {
		return Postgres
	}
	return SQLite
}

// AfterCommit calls f once the transaction is durable, in the goroutine that called Write; never after a rollback.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

var (
	errEnded = errors.New("db: the transaction has ended")
	errOpen  = errors.New("db: a query of this transaction is still open; Close it, or use Collect")
)

// ready says whether a statement may be sent.
func (tx *Tx) ready() error {
	switch {
	case tx.ended:
		return errEnded
	case tx.err != nil:
		return tx.err
	case tx.rows != nil:
		return tx.fail("", errOpen)
	}
	return nil
}

// fail makes err the transaction's error.
func (tx *Tx) fail(q string, err error) error {
	if cerr := tx.ctx.Err(); cerr != nil {
		err = cerr
	}
	tx.err = explain(q, err)
	return tx.err
}

// outcome is what the transaction ends with, given what its function returned.
func (tx *Tx) outcome(err error) error {
	tx.closeRows()
	if err == nil {
		return tx.err
	}
	return err
}

// end closes what the function left open and disarms the Tx.
func (tx *Tx) end() {
	tx.closeRows()
	tx.ended = true
}

func (tx *Tx) closeRows() {
	if tx.rows != nil {
		tx.rows.Close()
	}
}

// prepare checks a statement and its arguments; the arguments come back in the few types both engines agree on.
func (tx *Tx) prepare(q string, args []any) ([]any, error) {
	if err := tx.ready(); err != nil {
		return nil, err
	}
	if err := checkStatement(q, len(args)); err != nil {
		return nil, tx.fail(q, err)
	}
	bound, err := bind(args)
	if err != nil {
		return nil, tx.fail(q, err)
	}
	if tx.trace != nil {
		tx.trace(tx.ctx, q, bound)
	}
	return bound, nil
}

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(q string, args ...any) (affected int64, err error) {
	args, err = tx.prepare(q, args)
	if err != nil {
		return 0, err
	}
	n, err := tx.session.exec(tx.ctx, q, args)
	if err != nil {
		return 0, tx.fail(q, err)
	}
	return n, nil
}

// Query runs a statement that returns rows. One query of a transaction may be open at a time (PostgreSQL's rule):
// Close the Rows before the next statement, or use Collect.
func (tx *Tx) Query(q string, args ...any) (*Rows, error) {
	args, err := tx.prepare(q, args)
	if err != nil {
		return nil, err
	}
	c, err := tx.session.query(tx.ctx, q, args)
	if err != nil {
		return nil, tx.fail(q, err)
	}
	tx.rows = &Rows{tx: tx, q: q, c: c}
	return tx.rows, nil
}

// QueryRow runs a statement of which one row is wanted. Scan must follow before the next statement.
func (tx *Tx) QueryRow(q string, args ...any) *Row {
	rows, err := tx.Query(q, args...)
	return &Row{rows: rows, err: err}
}

// Collect runs a query and returns what scan made of each row: an empty slice, never nil, when there was none.
func Collect[T any](tx *Tx, scan func(*Rows) (T, error), q string, args ...any) ([]T, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// Try runs fn so that its failure undoes only what fn did, including its AfterCommit calls. The failure is returned
// and does not stick; a unique violation can be met this way without losing the transaction. Tries nest.
func (tx *Tx) Try(fn func() error) error {
	if err := tx.ready(); err != nil {
		return err
	}
	tx.depth++
	defer func() { tx.depth-- }()
	name, after := "try"+strconv.Itoa(tx.depth), len(tx.after)
	if err := tx.control("SAVEPOINT " + name); err != nil {
		return err
	}
	err := fn()
	if err = tx.outcome(err); err == nil {
		return tx.control("RELEASE " + name)
	}
	tx.err = nil
	for _, q := range []string{"ROLLBACK TO ", "RELEASE "} {
		if lost := tx.control(q + name); lost != nil { // the transaction itself is gone: that does stick
			tx.err = errors.Join(err, lost)
			return tx.err
		}
	}
	clear(tx.after[after:])
	tx.after = tx.after[:after]
	return err
}

// control runs a savepoint statement, which callers may not.
func (tx *Tx) control(q string) error {
	if _, err := tx.session.exec(tx.ctx, q, nil); err != nil {
		return tx.fail(q, err)
	}
	return nil
}

// Rows is an open query.
type Rows struct {
	tx  *Tx
	q   string
	c   cursor
	err error
}

// Next moves to the next row; at the end, or at an error, it closes the Rows and returns false.
func (r *Rows) Next() bool {
	if r.tx.rows != r || r.err != nil {
		return false
	}
	if r.c.Next() {
		return true
	}
	r.Close()
	return false
}

// Scan copies the current row into dest: pointers to the types that may be bound, pointers to pointers or sql.Null
// where a column may be NULL. Into a []byte, NULL and the empty value are both of length 0; ask for IS NULL to know.
func (r *Rows) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if r.tx.rows != r {
		return r.tx.fail(r.q, errors.New("db: Scan without a row"))
	}
	if err := r.c.Scan(dest...); err != nil {
		r.err = r.tx.fail(r.q, fmt.Errorf("scan: %w", err))
		return r.err
	}
	return nil
}

// Err is the error that ended Next early.
func (r *Rows) Err() error { return r.err }

// Close ends the query; it may be called again.
func (r *Rows) Close() {
	if r.tx.rows != r {
		return
	}
	r.tx.rows = nil
	r.c.Close()
	if err := r.c.Err(); err != nil && r.err == nil {
		r.err = r.tx.fail(r.q, err)
	}
}

// Row is the first row of a query.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row into dest and closes the query. ErrNoRows says there was none.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}
