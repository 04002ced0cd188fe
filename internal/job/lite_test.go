package job_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/job"
)

// The embedded engine's use of time, in a bubble where time is fake.

// process is one more process on the database of url: its own connections and its own engine.
func process(t *testing.T, url string) *bench {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{URL: url, Log: slog.New(slog.DiscardHandler), OnHold: func(db.Hold) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	e, err := job.Open(d, job.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Engine: e, t: t, d: d}
}

func bubble(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	url := dbtest.URL(t, db.SQLite)
	synctest.Test(t, func(t *testing.T) { test(t, url) })
}

// at is a handler that tells when it ran.
func at(ran chan<- time.Time) job.Handler {
	return func(context.Context, job.Job) error { ran <- time.Now(); return nil }
}

func TestWakesAtOnceAndOnTime(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		b := process(t, url)
		ran := make(chan time.Time, 1)
		b.Register("greet", at(ran))
		b.start()
		time.Sleep(300 * time.Millisecond) // asleep, between two looks
		t0 := time.Now()
		b.enqueue("greet", 1)
		if late := (<-ran).Sub(t0); late != 0 {
			t.Errorf("a due job began after %v", late)
		}
		t0 = time.Now()
		var due time.Time
		b.write(func(tx *db.Tx) error {
			at := tx.Now.Add(90*time.Second + 400*time.Millisecond) // between two looks
			due = at.Time()
			_, err := b.Enqueue(tx, "greet", 2, job.RunAt(at))
			return err
		})
		if late := (<-ran).Sub(due); late < 0 || late > time.Millisecond {
			t.Errorf("a scheduled job began %v after its time", late)
		}
		b.stop()
	})
}

func TestAnotherProcessIsNoticedWithinASecond(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		b, cli := process(t, url), process(t, url)
		ran := make(chan time.Time, 1)
		b.Register("greet", at(ran))
		cli.Register("greet", at(ran))
		b.start()
		time.Sleep(10 * time.Millisecond)
		t0 := time.Now()
		cli.enqueue("greet", 1)
		if late := (<-ran).Sub(t0); late > time.Second {
			t.Errorf("it began after %v", late)
		}
		b.stop()
	})
}

// TestLease has one process hang in a job beyond its lease (it is alive, so it keeps the job) and then die.
func TestLease(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		a, b := process(t, url), process(t, url)
		release := make(chan struct{})
		var runs []string
		a.Register("long", func(context.Context, job.Job) error {
			runs = append(runs, "a")
			<-release
			return nil
		}, job.Timeout(time.Hour))
		ran, fail := make(chan job.Job, 1), make(chan struct{})
		b.Register("long", func(_ context.Context, j job.Job) error {
			ran <- j
			<-fail
			return errors.New("not yet")
		}, job.Timeout(time.Hour))
		a.start()
		i := a.enqueue("long", nil)
		synctest.Wait()
		b.start()
		time.Sleep(10 * time.Minute)
		if b.wantState(i, "running 1/12"); len(runs) != 1 {
			t.Fatalf("runs %v while its worker lives", runs)
		}
		died := time.Now()
		job.Kill(a.Engine)
		j := <-ran
		if after := time.Since(died); j.ID != i || j.Attempt != 2 || after > 31*time.Second {
			t.Errorf("job %v attempt %d ran %v after its worker died", j.ID, j.Attempt, after)
		}
		close(release) // the dead process was only asleep: its word no longer counts
		synctest.Wait()
		b.wantState(i, "running 2/12")
		close(fail)
		synctest.Wait()
		b.wantState(i, "waiting 2/12")
		b.stop()
	})
}

func TestCancelFromAnotherProcess(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		a, b := process(t, url), process(t, url)
		ended := make(chan error, 1)
		a.Register("long", func(ctx context.Context, _ job.Job) error {
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		}, job.Timeout(time.Hour))
		a.start()
		i := a.enqueue("long", nil)
		synctest.Wait()
		b.write(func(tx *db.Tx) error { _, err := b.Cancel(tx, i); return err })
		b.wantState(i, "running 1/12") // until its handler returns
		if err := <-ended; err != job.ErrCancelled {
			t.Errorf("the handler's context ended with %v", err)
		}
		a.stop()
		a.wantState(i, "cancelled 1/12")
	})
}

// TestCancelledAndDead cancels a job whose worker then dies: it is not tried again.
func TestCancelledAndDead(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		a, b := process(t, url), process(t, url)
		release := make(chan struct{})
		hang := func(context.Context, job.Job) error { <-release; return nil }
		a.Register("long", hang)
		b.Register("long", hang)
		a.start()
		i := a.enqueue("long", nil)
		synctest.Wait()
		job.Kill(a.Engine)
		b.write(func(tx *db.Tx) error { _, err := b.Cancel(tx, i); return err })
		b.start()
		time.Sleep(time.Minute)
		b.wantState(i, "cancelled 1/12")
		b.stop()
		close(release)
		synctest.Wait()
	})
}

func TestHandlersAreLimited(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		b := process(t, url)
		busy, most, done := 0, 0, 0
		b.Register("slow", func(context.Context, job.Job) error {
			b.write(func(*db.Tx) error { busy++; most = max(most, busy); return nil })
			time.Sleep(time.Minute / 2)
			b.write(func(*db.Tx) error { busy--; done++; return nil })
			return nil
		})
		b.start()
		t0 := time.Now()
		for range 10 {
			b.enqueue("slow", nil)
		}
		for b.count(t, job.Done) < 10 {
			time.Sleep(time.Second)
		}
		if took := time.Since(t0); most != 4 || took > 92*time.Second {
			t.Errorf("%d at a time, %v for three rounds of 30 s", most, took)
		}
		b.stop()
	})
}

// count counts the jobs in a state.
func (b *bench) count(t *testing.T, s job.State) int {
	t.Helper()
	return len(b.jobs(job.Filter{State: s}))
}

func TestWhatEndedIsCleanedUp(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		b := process(t, url)
		b.Register("good", func(context.Context, job.Job) error { return nil })
		b.Register("bad", func(context.Context, job.Job) error { return errors.New("no") }, job.MaxAttempts(1))
		ended := func(ago time.Duration) (left int) {
			b.write(func(tx *db.Tx) error { _, err := tx.Exec(`delete from job`); return err })
			b.enqueue("good", 1)
			b.enqueue("bad", 1)
			if _, err := b.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.write(func(tx *db.Tx) error {
				_, err := tx.Exec(`update job set ended_at = $1 where ended_at is not null`, tx.Now.Add(-ago))
				return err
			})
			b.start()
			synctest.Wait()
			b.stop()
			return len(b.jobs(job.Filter{}))
		}
		const day = 24 * time.Hour
		for ago, want := range map[time.Duration]int{day - time.Minute: 2, day + time.Minute: 1, 90*day - time.Minute: 1, 90*day + time.Minute: 0} {
			if left := ended(ago); left != want {
				t.Errorf("%d jobs left %v after their end, want %d", left, ago, want)
			}
		}
	})
}

// TestIdle counts what an idle engine asks of the database: reads, once a second, and no writes.
func TestIdle(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		b := process(t, url)
		b.Register("good", func(context.Context, job.Job) error { return nil })
		b.enqueue("good", 1, job.RunAt(b.d.Clock().Now().Add(24*time.Hour)))
		b.start()
		synctest.Wait()
		before := b.d.Stats()
		time.Sleep(10 * time.Minute)
		if after := b.d.Stats(); after != before {
			t.Errorf("an idle engine wrote: %+v, before %+v", after, before)
		}
		b.stop()
	})
}

func TestStopReportsAHandlerThatDoesNotStop(t *testing.T) {
	bubble(t, func(t *testing.T, url string) {
		b := process(t, url)
		release := make(chan struct{})
		b.Register("deaf", func(context.Context, job.Job) error { <-release; return nil })
		b.start()
		b.enqueue("deaf", nil)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := b.Stop(ctx); err == nil || !strings.Contains(err.Error(), "did not stop") {
			t.Errorf("Stop: %v", err)
		}
		close(release)
		synctest.Wait()
	})
}
