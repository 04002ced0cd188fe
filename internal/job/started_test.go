package job_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/job"
)

// started runs a test on both engines with the machine's clock. The test registers its kinds and starts the engine;
// when it ends, nothing of the engine may be left running.
func started(t *testing.T, test func(b *bench)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			d := dbtest.Open(t, dialect, func(o *db.Options) { o.Clock = clock.System{} })
			if err := d.Ping(t.Context()); err != nil { // the pool's own goroutines are there now
				t.Fatal(err)
			}
			before := goleak.IgnoreCurrent()
			e, err := job.Open(d, job.Options{Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			test(&bench{Engine: e, t: t, d: d})
			goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("github.com/jackc/pgx/v5/pgxpool.(*Pool).backgroundHealthCheck"))
		})
	}
}

func (b *bench) start() {
	b.t.Helper()
	if err := b.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) stop() {
	b.t.Helper()
	if err := b.Stop(b.t.Context()); err != nil {
		b.t.Error(err)
	}
}

// soon receives from c, or fails the test after longer than any engine may take.
func soon[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(30 * time.Second):
		t.Fatal("nothing happened for 30 s")
	}
	return v
}

func TestStartedEngineWorksWhatIsEnqueued(t *testing.T) {
	started(t, func(b *bench) {
		ran := make(chan job.Job, 10)
		b.Register("greet", func(_ context.Context, j job.Job) error { ran <- j; return nil })
		b.start()
		for range 3 { // started, idle, woken again
			i := b.enqueue("greet", 1)
			if j := soon(t, ran); j.ID != i {
				t.Errorf("ran %v, want %v", j.ID, i)
			}
		}
		if err := b.Start(t.Context()); err == nil {
			t.Error("started twice")
		}
		b.stop()
		b.stop() // is nothing
		i := b.enqueue("greet", 2)
		b.start() // again
		if j := soon(t, ran); j.ID != i {
			t.Errorf("ran %v, want %v", j.ID, i)
		}
		b.stop()
	})
}

func TestStopWaitsForHandlers(t *testing.T) {
	started(t, func(b *bench) {
		begun, finish := make(chan struct{}), make(chan struct{})
		b.Register("slow", func(ctx context.Context, _ job.Job) error {
			close(begun)
			<-finish
			return ctx.Err() // it must not be cancelled
		})
		b.start()
		i := b.enqueue("slow", nil)
		soon(t, begun)
		stopped := make(chan error, 1)
		go func() { stopped <- b.Stop(context.Background()) }()
		select {
		case err := <-stopped:
			t.Errorf("Stop did not wait: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		close(finish)
		if err := soon(t, stopped); err != nil {
			t.Error(err)
		}
		b.wantState(i, "done 1/12")
	})
}

func TestImpatientStopCancelsHandlers(t *testing.T) {
	started(t, func(b *bench) {
		begun := make(chan struct{})
		b.Register("slow", func(ctx context.Context, _ job.Job) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		b.start()
		i := b.enqueue("slow", nil)
		soon(t, begun)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := b.Stop(ctx); err != nil {
			t.Errorf("Stop: %v", err)
		}
		b.wantState(i, "waiting 0/12") // it was not its fault
	})
}

func TestTimeout(t *testing.T) {
	started(t, func(b *bench) {
		ended := make(chan error, 1)
		b.Register("slow", func(ctx context.Context, _ job.Job) error {
			<-ctx.Done()
			ended <- ctx.Err()
			return ctx.Err()
		}, job.Timeout(20*time.Millisecond), job.MaxAttempts(1))
		b.start()
		i := b.enqueue("slow", nil)
		if err := soon(t, ended); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the handler's context ended with %v", err)
		}
		b.stop()
		b.wantState(i, "dead 1/1")
	})
}

func TestCancelRunning(t *testing.T) {
	started(t, func(b *bench) {
		begun, ended, leave := make(chan struct{}), make(chan error, 1), make(chan struct{})
		b.Register("slow", func(ctx context.Context, _ job.Job) error {
			close(begun)
			<-ctx.Done()
			ended <- ctx.Err()
			<-leave
			return ctx.Err()
		})
		b.start()
		i := b.enqueue("slow", nil, job.Unique("k"))
		soon(t, begun)
		b.write(func(tx *db.Tx) error {
			found, err := b.Cancel(tx, i)
			if !found {
				t.Error("the running job was not found")
			}
			return err
		})
		soon(t, ended)
		if again := b.enqueue("slow", nil, job.Unique("k")); again != i {
			t.Error("its key was free while it still ran")
		}
		close(leave)
		b.stop()
		b.wantState(i, "cancelled 1/12")
	})
}

// abandoned makes a waiting job look as a killed process leaves it: running, since two minutes ago.
func (b *bench) abandoned(attempt int) {
	b.write(func(tx *db.Tx) error {
		q := `update job set state = 'running', attempt = $1, worker = 1, lease_until = $2`
		args := []any{attempt, tx.Now.Add(-2 * time.Minute)}
		if b.d.Dialect() == db.Postgres {
			q = `update river_job set state = 'running', attempt = $1, attempted_by = '{dead}', attempted_at = now() - interval '2 minutes'`
			args = args[:1]
		}
		n, err := tx.Exec(q, args...)
		if n != 1 {
			b.t.Errorf("abandoned %d jobs", n)
		}
		return err
	})
}

// A command that finishes what it began does not wait for what another process runs, or ran when it died.
func TestRunDueWaitsForNobodyElse(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		i := b.enqueue("greet", 1)
		b.write(func(tx *db.Tx) error {
			q := `update job set state = 'running', attempt = 1, worker = 1, lease_until = $1`
			args := []any{tx.Now.Add(time.Hour)}
			if b.d.Dialect() == db.Postgres {
				q, args = `update river_job set state = 'running', attempt = 1, attempted_by = '{other}', attempted_at = now()`, nil
			}
			_, err := tx.Exec(q, args...)
			return err
		})
		b.enqueue("greet", 2)
		if n, err := b.RunDue(b.t.Context()); n != 1 || err != nil {
			b.t.Errorf("ran %d, %v; want the one that is free", n, err)
		}
		b.wantState(i, "running 1/12")
	})
}

// However long other kinds may take.
func TestAJobWhoseWorkerDiedRunsAgain(t *testing.T) {
	started(t, func(b *bench) {
		ran := make(chan job.Job, 1)
		b.Register("long", func(context.Context, job.Job) error { return nil }, job.Timeout(time.Hour))
		b.Register("greet", func(_ context.Context, j job.Job) error { ran <- j; return nil },
			job.Backoff(func(int) time.Duration { return time.Millisecond }))
		i := b.enqueue("greet", 1)
		b.abandoned(1)
		b.start()
		if j := soon(t, ran); j.ID != i || j.Attempt != 2 {
			t.Errorf("ran %v attempt %d, want %v attempt 2", j.ID, j.Attempt, i)
		}
		b.stop()
		b.wantState(i, "done 2/12")
	})
}

func TestAJobThatKillsItsWorkerDies(t *testing.T) {
	started(t, func(b *bench) {
		ran := make(chan job.Job, 2)
		b.Register("greet", func(_ context.Context, j job.Job) error { ran <- j; return nil })
		b.Register("killer", func(_ context.Context, j job.Job) error { ran <- j; return nil }, job.MaxAttempts(3))
		i := b.enqueue("killer", 1)
		b.abandoned(3)
		b.start()
		for b.state(i) != "dead 3/3" { // it is buried as soon as the engine looks
			b.enqueue("greet", 1)
			if j := soon(t, ran); j.Kind != "greet" {
				t.Fatalf("ran %v", j)
			}
		}
		b.stop()
	})
}
