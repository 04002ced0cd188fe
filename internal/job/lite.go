package job

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	lease    = 30 * time.Second // how long a worker is believed in without a sign of life
	renewal  = lease / 3        // how often it gives one
	poll     = time.Second      // how late another process's job may be noticed; an indexed read, about 20 µs
	cleaning = time.Hour
	patience = 5 * time.Second // for handlers that were told to stop
)

// lite is the embedded engine. Its dispatcher is one goroutine; each running job is another.
type lite struct {
	e    *Engine
	wake chan struct{} // something may be due, or a handler is free; capacity 1

	mu      sync.Mutex
	running map[id.ID]*run

	worker int64 // this process's mark on what it runs
	quit   chan struct{}
	over   chan struct{}  // closed when the dispatcher has ended
	runs   sync.WaitGroup // handlers at work
}

// errStopping is the cause of a context that an impatient Stop ended; the run it spoils does not count.
var errStopping = errors.New("job: the engine is stopping")

// run is a job at work here.
type run struct {
	queue     string
	interrupt context.CancelCauseFunc
}

func newLite(e *Engine) *lite {
	return &lite{e: e, wake: make(chan struct{}, 1), running: map[id.ID]*run{}, worker: rand.Int64()}
}

func (l *lite) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already
	}
}

func (l *lite) start(context.Context) error {
	if l.quit != nil {
		return errors.New("job: started already")
	}
	l.quit, l.over = make(chan struct{}), make(chan struct{})
	go l.dispatch()
	return nil
}

func (l *lite) stop(ctx context.Context) error {
	if l.quit == nil {
		return nil
	}
	close(l.quit)
	<-l.over
	l.quit = nil
	idle := make(chan struct{})
	go func() { l.runs.Wait(); close(idle) }()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	for _, r := range l.running {
		r.interrupt(errStopping)
	}
	l.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("job: handlers did not stop: %w", ctx.Err())
	}
}

// dispatch starts what is due, then sleeps until the next time something may be: a nudge, the next job's time, or the
// next look for what other processes did.
func (l *lite) dispatch() {
	defer close(l.over)
	renewed, cleaned := l.now(), clock.Instant(0)
	for {
		now := l.now()
		pause, err := l.turn(now)
		if now.Sub(renewed) >= renewal {
			err = errors.Join(err, l.renew())
			renewed = now
		}
		if now.Sub(cleaned) >= cleaning {
			err = errors.Join(err, l.clean(now))
			cleaned = now
		}
		if err != nil {
			l.e.opt.Log.Error("jobs", "err", err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-l.quit:
			timer.Stop()
			return
		case <-l.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

func (l *lite) now() clock.Instant { return l.e.d.Clock().Now() }

// turn claims and starts what is due as far as handlers are free, and says how long nothing else will be.
func (l *lite) turn(now clock.Instant) (pause time.Duration, err error) {
	ctx := context.Background()
	next := now.Add(poll)
	for queue, limit := range l.e.opt.Queues {
		free := limit - l.busy(queue)
		if free <= 0 {
			continue // the end of a run nudges us
		}
		due, err := l.due(ctx, queue)
		if err != nil {
			return poll, err
		}
		if due > now {
			next = min(next, due)
			continue
		}
		jobs, err := l.claim(ctx, queue, free)
		if err != nil {
			return poll, err
		}
		for _, j := range jobs {
			l.begin(queue, j)
		}
		if len(jobs) > 0 {
			next = now // what is due after these must be looked up
		}
	}
	return next.Sub(now), nil
}

func (l *lite) busy(queue string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.running {
		if r.queue == queue {
			n++
		}
	}
	return n
}

// begin runs a claimed job in a goroutine.
func (l *lite) begin(queue string, j Job) {
	ctx, interrupt := context.WithCancelCause(context.Background())
	l.mu.Lock()
	l.running[j.ID] = &run{queue, interrupt}
	l.mu.Unlock()
	l.runs.Go(func() {
		defer l.nudge()
		defer func() {
			l.mu.Lock()
			delete(l.running, j.ID)
			l.mu.Unlock()
			interrupt(nil)
		}()
		l.perform(ctx, j)
	})
}

// perform runs a claimed job to its end and notes the outcome. If that cannot be written the lease runs out and the
// job runs again.
func (l *lite) perform(ctx context.Context, j Job) {
	ctx, done := context.WithTimeout(ctx, l.e.timeout(j.Kind))
	defer done()
	err := l.e.work(ctx, j)
	if err != nil && context.Cause(ctx) == errStopping {
		err = Snooze(0)
	}
	if _, snoozed := errors.AsType[snooze](err); err != nil && !snoozed && context.Cause(ctx) != ErrCancelled {
		l.e.opt.Log.Warn("job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempt, "err", err)
	}
	if err := l.finish(context.WithoutCancel(ctx), j, err); err != nil {
		l.e.opt.Log.Error("job outcome not written; it will run again", "job", j.ID, "kind", j.Kind, "err", err)
	}
}

// interrupt ends the context of a job that runs here.
func (l *lite) interrupt(i id.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.running[i]; r != nil {
		r.interrupt(ErrCancelled)
	}
}

func (l *lite) runDue(ctx context.Context) (n int, err error) {
	for {
		progress := n
		for queue := range l.e.opt.Queues {
			jobs, err := l.claim(ctx, queue, 1)
			if err != nil {
				return n, err
			}
			for _, j := range jobs {
				l.perform(ctx, j)
				n++
			}
		}
		if n == progress {
			return n, ctx.Err()
		}
	}
}
