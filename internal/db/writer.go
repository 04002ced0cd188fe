package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sanbao/sanbao/internal/errs"
)

// maxGroup is how long a group may take before it closes.
const maxGroup = 5 * time.Millisecond

// writer owns the writing connection. Its goroutine opens a transaction, hands the connection to one waiting request
// after another, commits, and only then answers. A request's function runs in its caller's goroutine, so a panic or
// t.FailNow in it takes its natural way; the writer goroutine meanwhile waits for the connection to come back.
type writer struct {
	d       *DB
	c       *conn
	queue   chan *request
	quit    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

// request is one Write on its way: turn is its permission to use the connection (an error: it will not get one), ran
// its report, done the final answer.
type request struct {
	ctx  context.Context
	turn chan error
	ran  chan error
	done chan error
}

func startWriter(d *DB, c *conn) *writer {
	w := &writer{d: d, c: c, queue: make(chan *request), quit: make(chan struct{}), stopped: make(chan struct{})}
	go w.loop()
	return w
}

// stop lets the group in progress finish. It says whether this call was the one that stopped the writer.
func (w *writer) stop() (first bool) {
	w.once.Do(func() { close(w.quit); first = true })
	<-w.stopped
	return first
}

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case r := <-w.queue:
			w.group(r)
		case <-w.quit:
			return
		}
	}
}

// errUnwound is what a request reports whose function did not return.
var errUnwound = errors.New("db: the function did not return")

// do queues for the connection, runs body with it and waits for the commit. Only the queueing honours ctx.
func (w *writer) do(ctx context.Context, body func(session) error) (err error) {
	r := &request{ctx, make(chan error, 1), make(chan error, 1), make(chan error, 1)}
	select {
	case w.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed()
	}
	if err := <-r.turn; err != nil {
		return err
	}
	ran := errUnwound
	defer func() {
		r.ran <- ran
		if ran != errUnwound { // else a panic is passing through, and nobody will read the answer
			err = <-r.done
		}
	}()
	ran = body(w.c)
	return ran
}

// answer is what a request will be told once the group's fate is known.
type answer struct {
	r   *request
	err error
}

// group runs first and whoever waits behind it, commits, and answers all of them. When the transaction is lost or the
// commit fails, nobody's work was saved and nobody's refusal is certain (it may have seen a neighbour's row): all are
// told so, except that the request with which the transaction was lost hears its own error.
func (w *writer) group(first *request) {
	if err := first.ctx.Err(); err != nil {
		first.turn <- err
		return
	}
	if err := w.begin(); err != nil {
		first.turn <- err
		return
	}
	var ran []answer
	var fate error
	for r, until := first, time.Now().Add(maxGroup); r != nil; r = w.next(len(ran), until) {
		if err := r.ctx.Err(); err != nil {
			r.turn <- err
			continue
		}
		err, lost := w.one(r)
		if lost != nil {
			r.done <- err
			fate = lost
			break
		}
		ran = append(ran, answer{r, err})
	}
	if fate == nil {
		fate = w.commit(ran)
	} else {
		w.rollback()
	}
	for _, a := range ran {
		if fate != nil {
			a.err = errs.Wrap(errors.Join(fate, a.err), errs.Unavailable, "db.not_saved")
		}
		a.r.done <- a.err
	}
}

// next is the next waiting request, or nil when the group closes: it is full, its time is up, or nobody waits.
func (w *writer) next(n int, until time.Time) *request {
	if n >= w.d.opt.Group || time.Now().After(until) {
		return nil
	}
	select {
	case r := <-w.queue:
		return r
	default:
		return nil
	}
}

// one runs a request inside its savepoint. lost is set when SQLite no longer has the transaction: the savepoint that
// must be there is gone.
func (w *writer) one(r *request) (err, lost error) {
	if err := w.control("SAVEPOINT request"); err != nil {
		r.turn <- nil
		<-r.ran
		return err, err
	}
	r.turn <- nil
	if err = <-r.ran; err == nil {
		if lost = w.control("RELEASE request"); lost == nil {
			return nil, nil
		}
		return lost, lost
	}
	for _, q := range []string{"ROLLBACK TO request", "RELEASE request"} {
		if lost = w.control(q); lost != nil {
			return err, fmt.Errorf("the transaction was lost with %w: %w", err, lost)
		}
	}
	return err, nil
}

func (w *writer) begin() error {
	err := w.control("BEGIN IMMEDIATE")
	if err != nil && outside(err) == "" { // a transaction left over from a failed ROLLBACK
		w.rollback()
		err = w.control("BEGIN IMMEDIATE")
	}
	return err
}

// commit makes the group durable. A group in which every request failed is rolled back: it has nothing to keep.
func (w *writer) commit(ran []answer) error {
	if !slices.ContainsFunc(ran, func(a answer) bool { return a.err == nil }) {
		w.rollback()
		return nil
	}
	if err := w.d.fail(BeforeCommit); err != nil {
		w.rollback()
		return err
	}
	if err := w.control("COMMIT"); err != nil {
		w.rollback()
		return err
	}
	w.d.stats.commits.Add(1)
	return w.d.fail(AfterCommit)
}

// rollback undoes what may be left of a transaction. There may be none, and a ROLLBACK that fails otherwise is met
// again by the next BEGIN; so its error says nothing new.
func (w *writer) rollback() { _ = w.control("ROLLBACK") }

func (w *writer) control(q string) error {
	if _, err := w.c.exec(context.Background(), q, nil); err != nil {
		return explain(q, err)
	}
	return nil
}
