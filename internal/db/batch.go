package db

import (
	"fmt"

	"github.com/sanbao/sanbao/errs"
)

// statement is one member of a batch.
type statement struct {
	q    string
	args []any
	want int64 // rows it must change; -1: any number
}

// Batch gathers statements that go to the server in one trip (PostgreSQL) or one after the other (SQLite).
type Batch struct {
	tx    *Tx
	stmts []statement
	err   error
}

// Dialect says which engine the batch goes to; see Tx.Dialect.
func (b *Batch) Dialect() Dialect { return b.tx.Dialect() }

// Exec adds a statement.
func (b *Batch) Exec(q string, args ...any) { b.add(-1, q, args) }

// ExecN adds a statement that must change exactly want rows: a version-taking UPDATE that finds another version, or a
// guard that does not hold, makes the whole batch a Conflict db.stale.
func (b *Batch) ExecN(want int64, q string, args ...any) { b.add(want, q, args) }

// Fail gives the batch up: nothing of it is sent, and Batch returns err, which sticks.
func (b *Batch) Fail(err error) {
	if b.err == nil {
		b.err = b.tx.fail("", err)
	}
}

func (b *Batch) add(want int64, q string, args []any) {
	if b.err != nil {
		return
	}
	bound, err := b.tx.prepare(q, args)
	if err != nil {
		b.err = err
		return
	}
	b.stmts = append(b.stmts, statement{q, bound, want})
}

// Batch runs the statements that fill adds, in order; the first error is the batch's, and sticks. Keep a batch under
// about a thousand statements: all of it is in memory, on both sides.
func (tx *Tx) Batch(fill func(b *Batch)) error {
	if err := tx.ready(); err != nil {
		return err
	}
	b := &Batch{tx: tx}
	fill(b)
	if b.err != nil {
		return b.err
	}
	if len(b.stmts) == 0 {
		return nil
	}
	if err := tx.ready(); err != nil { // fill opened a query
		return err
	}
	affected, err := tx.session.batch(tx.ctx, b.stmts)
	for i, n := range affected {
		if s := b.stmts[i]; s.want >= 0 && n != s.want {
			return tx.fail(s.q, errs.Wrap(fmt.Errorf("changed %d rows, not %d", n, s.want), errs.Conflict, "db.stale"))
		}
	}
	if err != nil {
		return tx.fail(b.stmts[len(affected)].q, err)
	}
	return nil
}
