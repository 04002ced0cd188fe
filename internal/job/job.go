package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Kind names what is to be done, in lower case with underscores: pay_refund.
type Kind string

// Job is one piece of work as its handler sees it.
type Job struct {
	ID          id.ID
	Kind        Kind
	Key         string // its unique key, or ""
	Args        json.RawMessage
	Attempt     int // 1 for the first run
	MaxAttempts int
}

// Decode reads the job's arguments into v.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal(j.Args, v); err != nil {
		return fmt.Errorf("arguments of job %s %s: %w", j.Kind, j.ID, err)
	}
	return nil
}

// Handler does a job. nil ends it; an error has it tried again later. It must bear being run again after it has done
// its work, since a crash can come between the work and the note that it is done. ctx ends at the job's timeout, when
// it is cancelled, and when the engine stops without patience.
type Handler func(ctx context.Context, j Job) error

// ErrCancelled is the cause of a running job's context after Cancel.
var ErrCancelled = errors.New("job: cancelled")

// snooze is the error that Snooze returns.
type snooze struct{ d time.Duration }

func (s snooze) Error() string { return fmt.Sprintf("job: again in %v", s.d) }

// Snooze, returned by a handler, runs the job again after d ≥ 0 without counting the attempt.
func Snooze(d time.Duration) error { return snooze{max(0, d)} }

// spec is how a kind is worked.
type spec struct {
	handler     Handler
	maxAttempts int
	backoff     func(attempt int) time.Duration
	timeout     time.Duration
}

// KindOption changes how a kind is worked.
type KindOption func(*spec)

// MaxAttempts is how often a job is run before it is dead; 12 by default, which with the default Backoff is a day.
func MaxAttempts(n int) KindOption { return func(s *spec) { s.maxAttempts = max(1, n) } }

// Backoff is the pause after the attempt-th run failed; DefaultBackoff by default.
func Backoff(f func(attempt int) time.Duration) KindOption { return func(s *spec) { s.backoff = f } }

// Timeout is how long a handler may take; a minute by default.
func Timeout(d time.Duration) KindOption { return func(s *spec) { s.timeout = d } }

// DefaultBackoff is 10 s after the first run, doubling, at most 6 h.
func DefaultBackoff(attempt int) time.Duration {
	const most = 6 * time.Hour
	return min(most, 10*time.Second<<min(12, max(0, attempt-1)))
}

// Options say how an engine works.
type Options struct {
	Queues map[string]int // queue → handlers at a time in this process; {"default": 4} by default
	Log    *slog.Logger   // slog.Default by default
}

// DefaultQueue is where a job goes that names none.
const DefaultQueue = "default"

// Engine enqueues jobs and, once started, works them. Register every kind before the first call of anything else.
type Engine struct {
	d     *db.DB
	opt   Options
	kinds map[Kind]spec
	impl  engine
}

// engine is what River and the embedded engine do differently.
type engine interface {
	enqueue(tx *db.Tx, n request) (id.ID, error)
	cancel(tx *db.Tx, i id.ID) (bool, error)
	retry(tx *db.Tx, i id.ID) (bool, error)
	list(tx *db.Tx, f Filter) ([]Info, error)
	counts(tx *db.Tx) ([]Count, error)
	start(ctx context.Context) error
	stop(ctx context.Context) error
	runDue(ctx context.Context) (int, error)
}

// request is a job to enqueue.
type request struct {
	kind        Kind
	key, queue  string
	args        json.RawMessage
	runAt       clock.Instant
	maxAttempts int
}

// Open makes the engine that fits the database. Nothing runs before Start.
func Open(d *db.DB, o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if len(o.Queues) == 0 {
		o.Queues = map[string]int{DefaultQueue: 4}
	}
	e := &Engine{d: d, opt: o, kinds: map[Kind]spec{}}
	var err error
	if d.Dialect() == db.Postgres {
		e.impl, err = newRiver(e)
	} else {
		e.impl = newLite(e)
	}
	return e, err
}

// Register says how a kind is done. Registering a kind twice is a programming error and panics.
func (e *Engine) Register(k Kind, h Handler, opts ...KindOption) {
	if _, twice := e.kinds[k]; twice || k == "" || h == nil {
		panic(fmt.Sprintf("job: kind %q is registered twice, or badly", k))
	}
	s := spec{handler: h, maxAttempts: 12, backoff: DefaultBackoff, timeout: time.Minute}
	for _, o := range opts {
		o(&s)
	}
	e.kinds[k] = s
}

// Kinds lists what is registered.
func (e *Engine) Kinds() []Kind { return slices.Sorted(maps.Keys(e.kinds)) }

// EnqueueOption changes one job.
type EnqueueOption func(*request)

// RunAt keeps a job until an instant; one in the past means now.
func RunAt(at clock.Instant) EnqueueOption { return func(n *request) { n.runAt = at } }

// Unique gives a job a key. While a job of the same kind and key waits or runs, Enqueue adds none and returns that one.
func Unique(key string) EnqueueOption { return func(n *request) { n.key = key } }

// Queue puts a job into a queue other than the default.
func Queue(name string) EnqueueOption { return func(n *request) { n.queue = name } }

// Enqueue writes a job in the caller's transaction: it exists once that commits, and only then is it begun. args is
// stored as JSON. The id is the new job's or, with Unique, that of the job already there.
func (e *Engine) Enqueue(tx *db.Tx, k Kind, args any, opts ...EnqueueOption) (id.ID, error) {
	s, ok := e.kinds[k]
	if !ok {
		return 0, fmt.Errorf("job: kind %q is not registered", k)
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return 0, fmt.Errorf("arguments of job %s: %w", k, err)
	}
	n := request{kind: k, queue: DefaultQueue, args: raw, maxAttempts: s.maxAttempts}
	for _, o := range opts {
		o(&n)
	}
	if _, ok := e.opt.Queues[n.queue]; !ok {
		return 0, fmt.Errorf("job: there is no queue %q", n.queue)
	}
	n.runAt = max(n.runAt, tx.Now)
	return e.impl.enqueue(tx, n)
}

// Cancel ends a job that waits, or interrupts one that runs and does not try it again. It says whether there was one.
func (e *Engine) Cancel(tx *db.Tx, i id.ID) (bool, error) { return e.impl.cancel(tx, i) }

// CancelKey cancels the live job of a kind and unique key.
func (e *Engine) CancelKey(tx *db.Tx, k Kind, key string) (bool, error) {
	for _, s := range []State{Waiting, Running} {
		found, err := e.impl.list(tx, Filter{Kind: k, Key: key, State: s, Limit: 1})
		if err != nil {
			return false, err
		}
		if len(found) > 0 {
			return e.impl.cancel(tx, found[0].ID)
		}
	}
	return false, nil
}

// Retry gives a dead or cancelled job, or one that waits, another run at once. It says whether there was one.
func (e *Engine) Retry(tx *db.Tx, i id.ID) (bool, error) { return e.impl.retry(tx, i) }

// Start begins to work. ctx is for starting only; jobs run until Stop.
func (e *Engine) Start(ctx context.Context) error { return e.impl.start(ctx) }

// Stop begins nothing more and waits for what is running. When ctx ends first, the handlers' contexts are cancelled;
// those that still do not return within five seconds are reported as an error and left behind.
func (e *Engine) Stop(ctx context.Context) error { return e.impl.stop(ctx) }

// RunDue works, in an engine that is not started, everything that is due by the database's clock, and what that
// enqueues, until nothing is; it returns the number of runs. The jobs of a queue run one after another, those that are
// due longest first. It is for tests and seeds with a clock they turn, and for
// commands that finish what they began.
func (e *Engine) RunDue(ctx context.Context) (int, error) { return e.impl.runDue(ctx) }

// work runs a handler. A panic is an error with its stack.
func (e *Engine) work(ctx context.Context, j Job) (err error) {
	s, ok := e.kinds[j.Kind]
	if !ok {
		return fmt.Errorf("job: kind %q is not registered", j.Kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.handler(ctx, j)
}

// backoff is the pause after a failed run.
func (e *Engine) backoff(k Kind, attempt int) time.Duration {
	if s, ok := e.kinds[k]; ok {
		return s.backoff(attempt)
	}
	return DefaultBackoff(attempt)
}

func (e *Engine) timeout(k Kind) time.Duration {
	if s, ok := e.kinds[k]; ok {
		return s.timeout
	}
	return time.Minute
}
