package db

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sanbao/sanbao/errs"
)

// maxGroup is how long a group may take before it closes.
const maxGroup = 5 * time.Millisecond

// writer lends the writing connection. Who finds it free leads: opens a transaction, runs its own function, then hands
// the connection to those who came meanwhile, one after another, commits, and only then answers. Every function runs in
// its caller's goroutine, so a panic or t.FailNow in it takes its natural way; there is no other goroutine.
type writer struct {
	d     *DB
	c     *conn
	lead  chan struct{} // full while someone leads
	queue chan *request // to whoever leads
	quit  chan struct{}
	once  sync.Once
}

// request is one Write that follows: turn is its permission to use the connection (an error: it will not get one), ran
// its report, done the final answer.
type request struct {
	ctx  context.Context
	turn chan error
	ran  chan error
	done chan error
}

func newWriter(d *DB, c *conn) *writer {
	return &writer{d: d, c: c, lead: make(chan struct{}, 1), queue: make(chan *request), quit: make(chan struct{})}
}

// stop lets the group in progress finish and keeps the lead for good. It says whether this call was the one that did.
func (w *writer) stop() (first bool) {
	w.once.Do(func() {
		close(w.quit)
		w.lead <- struct{}{}
		first = true
	})
	return first
}

// errUnwound is what a function reports that did not return.
var errUnwound = errors.New("db: the function did not return")

// do runs body with the connection, as leader or as follower, and waits for the commit. Only the waiting for a turn
// honours ctx.
func (w *writer) do(ctx context.Context, body func(session) error) error {
	select {
	case w.lead <- struct{}{}: // free: nobody to talk to
		return w.group(ctx, body)
	default:
	}
	r := &request{ctx, make(chan error, 1), make(chan error, 1), make(chan error, 1)}
	select {
	case w.lead <- struct{}{}:
		return w.group(ctx, body)
	case w.queue <- r:
		return w.follow(r, body)
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed()
	}
}

// follow waits for its turn, runs body and waits for the group's commit.
func (w *writer) follow(r *request, body func(session) error) (err error) {
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

// answer is what a follower will be told once the group's fate is known.
type answer struct {
	r   *request
	err error
}

// group runs the leader's body and those of who waits behind it, commits, and answers all of them. When the transaction
// is lost or the commit fails, nobody's work was saved and nobody's refusal is certain (it may have seen a neighbour's
// row): all are told so, except that the request with which the transaction was lost hears its own error. A leader that
// fails is alone in the transaction, so it is rolled back, and the next one leads.
func (w *writer) group(ctx context.Context, body func(session) error) error {
	defer func() { <-w.lead }()
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.begin(); err != nil {
		return err
	}
	until := time.Now().Add(maxGroup)
	if err := w.first(body); err != nil {
		return err
	}
	var ran []answer
	var fate error
	for r := w.next(1, until); r != nil; r = w.next(1+len(ran), until) {
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
		fate = w.commit()
	} else {
		w.rollback()
	}
	for _, a := range ran {
		a.r.done <- told(fate, a.err)
	}
	return told(fate, nil)
}

// told is the answer to a request that ended with err, in a group of this fate.
func told(fate, err error) error {
	if fate == nil {
		return err
	}
	return errs.Wrap(errors.Join(fate, err), errs.Unavailable, "db.not_saved")
}

// first runs the leader's body. It needs no savepoint, which would copy every page it touches a second time: nobody else
// is in the transaction yet.
func (w *writer) first(body func(session) error) (err error) {
	err = errUnwound
	defer func() {
		if err != nil {
			w.rollback()
		}
	}()
	return body(w.c)
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

// one runs a follower inside its savepoint. lost is set when SQLite no longer has the transaction: the savepoint that
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

// commit makes the group durable.
func (w *writer) commit() error {
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
