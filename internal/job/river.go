package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// onRiver is the engine on PostgreSQL: River, spoken to through the caller's native transaction.
type onRiver struct {
	e       *Engine
	inserts *river.Client[pgx.Tx] // never started
	works   *river.Client[pgx.Tx] // nil unless started
}

// payload is what River stores: the arguments beside the key by which River knows them from others.
type payload struct {
	kind Kind
	Key  string          `json:"key,omitempty" river:"unique"`
	Body json.RawMessage `json:"body"`
}

func (p payload) Kind() string { return string(p.kind) }

// live are the states in which a unique key counts.
var live = []rivertype.JobState{rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled}

func newRiver(e *Engine) (*onRiver, error) {
	r := &onRiver{e: e}
	cfg := r.config()
	cfg.SkipUnknownJobCheck = true
	var err error
	r.inserts, err = river.NewClient(riverpgxv5.New(e.d.PgxPool()), cfg)
	return r, err
}

// pause is the least time between two looks for jobs. River's own, a tenth of a second, leaves handlers idle whose jobs are quicker than that.
const pause = 20 * time.Millisecond

// config is what every client has. River's housekeeping goes by the machine's clock whatever clock it is given; with
// another clock it must not take what it sees for old.
func (r *onRiver) config() *river.Config {
	// Where a kind may take longer than a minute, River leaves its jobs alone for as long as that (worker.Timeout).
	cfg := &river.Config{Logger: r.e.opt.Log, RescueStuckJobsAfter: time.Minute + lease, JobTimeout: time.Minute, FetchCooldown: pause,
		CompletedJobRetentionPeriod: keepDone * time.Hour,
		CancelledJobRetentionPeriod: keepDead * time.Hour, DiscardedJobRetentionPeriod: keepDead * time.Hour}
	if c := r.e.d.Clock(); c != (clock.System{}) {
		cfg.Test.Time = hand{c}
		cfg.RescueStuckJobsAfter = math.MaxInt64
		cfg.CompletedJobRetentionPeriod, cfg.CancelledJobRetentionPeriod, cfg.DiscardedJobRetentionPeriod = -1, -1, -1
	}
	return cfg
}

// hand gives River a clock that is turned by hand.
type hand struct{ c clock.Clock }

func (h hand) Now() time.Time { return h.c.Now().Time() }

func (h hand) NowOrNil() *time.Time {
	t := h.Now()
	return &t
}

func (r *onRiver) enqueue(tx *db.Tx, n request) (id.ID, error) {
	o := &river.InsertOpts{Queue: n.queue, MaxAttempts: n.maxAttempts}
	if n.runAt > tx.Now {
		o.ScheduledAt = n.runAt.Time()
	}
	if n.key != "" {
		o.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: live}
	}
	res, err := r.inserts.InsertTx(tx.Context(), tx.Pgx(), payload{n.kind, n.key, n.args}, o)
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", n.kind, err)
	}
	return id.ID(res.Job.ID), nil
}

func (r *onRiver) cancel(tx *db.Tx, i id.ID) (bool, error) {
	row, err := r.inserts.JobGetTx(tx.Context(), tx.Pgx(), int64(i))
	if errors.Is(err, rivertype.ErrNotFound) || err == nil && row.FinalizedAt != nil {
		return false, nil
	}
	if err == nil {
		_, err = r.inserts.JobCancelTx(tx.Context(), tx.Pgx(), int64(i))
	}
	return err == nil, err
}

func (r *onRiver) retry(tx *db.Tx, i id.ID) (bool, error) {
	row, err := r.inserts.JobGetTx(tx.Context(), tx.Pgx(), int64(i))
	if errors.Is(err, rivertype.ErrNotFound) || err == nil && (row.State == rivertype.JobStateRunning || row.State == rivertype.JobStateCompleted) {
		return false, nil
	}
	if err == nil {
		err = tx.Try(func() error {
			_, err := r.inserts.JobRetryTx(tx.Context(), tx.Pgx(), int64(i))
			return err
		})
	}
	if db.IsUnique(err) { // another live job of the same key does the work
		return false, nil
	}
	return err == nil, err
}

// worker adapts a kind to River.
type worker struct {
	river.WorkerDefaults[payload]
	e     *Engine
	after func()
}

func (w *worker) Timeout(j *river.Job[payload]) time.Duration { return w.e.timeout(Kind(j.Kind)) }

func (w *worker) NextRetry(j *river.Job[payload]) time.Time {
	return w.e.d.Clock().Now().Add(w.e.backoff(Kind(j.Kind), j.Attempt)).Time()
}

func (w *worker) Work(ctx context.Context, j *river.Job[payload]) error {
	defer w.after()
	err := w.e.work(ctx, Job{ID: id.ID(j.ID), Kind: Kind(j.Kind), Key: j.Args.Key, Args: j.Args.Body, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts})
	if s, ok := errors.AsType[snooze](err); ok {
		return river.JobSnooze(s.d)
	}
	if err != nil && errors.Is(context.Cause(ctx), rivertype.ErrJobCancelledRemotely) {
		return river.JobCancel(err)
	}
	return err
}

// client is a River client that works what is registered, at most atOnce jobs of a queue at a time; after is called
// after each run.
func (r *onRiver) client(cfg *river.Config, atOnce int, after func()) (*river.Client[pgx.Tx], error) {
	cfg.Workers = river.NewWorkers()
	for k := range r.e.kinds {
		river.AddWorkerArgs(cfg.Workers, payload{kind: k}, &worker{e: r.e, after: after})
	}
	cfg.Queues = map[string]river.QueueConfig{}
	for name, n := range r.e.opt.Queues {
		cfg.Queues[name] = river.QueueConfig{MaxWorkers: min(n, atOnce)}
	}
	return river.NewClient(riverpgxv5.New(r.e.d.PgxPool()), cfg)
}

func (r *onRiver) start(ctx context.Context) error {
	if r.works != nil {
		return errors.New("job: started already")
	}
	c, err := r.client(r.config(), river.QueueNumWorkersMax, func() {})
	if err != nil {
		return err
	}
	if err := c.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start River: %w", err)
	}
	r.works = c
	return nil
}

func (r *onRiver) stop(ctx context.Context) error {
	if r.works == nil {
		return nil
	}
	c := r.works
	r.works = nil
	return stopClient(ctx, c)
}

func stopClient(ctx context.Context, c *river.Client[pgx.Tx]) error {
	if err := c.Stop(ctx); err == nil || ctx.Err() == nil {
		return err
	}
	hurry, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer done()
	if err := c.StopAndCancel(hurry); err != nil {
		return fmt.Errorf("job: handlers did not stop: %w", err)
	}
	return nil
}
