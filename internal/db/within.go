package db

import (
	"context"
	"math"

	"github.com/sanbao/sanbao/clock"
)

// Within is a database inside the transaction, with a clock of its own: what is read through it sees what the transaction
// wrote, what is written through it is undone alone when it fails, and is durable, and seen by others, with the transaction.
// A story of many commands is so told as one piece, at the times when it happened. It is used by the goroutine of tx, while
// no query of tx is open, and ends with tx; Close does nothing.
func (tx *Tx) Within(c clock.Clock) *DB {
	return &DB{opt: Options{Clock: c, HoldLimit: math.MaxInt64}, engine: within{tx}}
}

// within runs everything as a Try of one transaction.
type within struct{ tx *Tx }

func (w within) dialect() Dialect { return w.tx.Dialect() }

func (w within) read(ctx context.Context, body func(session) error) error { return w.write(ctx, body) }

func (w within) write(ctx context.Context, body func(session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return w.tx.Try(func() error { return body(w.tx.session) })
}

func (w within) ping(context.Context) error { return w.tx.ready() }
func (w within) close() error               { return nil }
