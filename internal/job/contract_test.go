package job_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// bench is an engine on a fresh database with a clock that the test turns, and a log of what its handlers did.
type bench struct {
	*job.Engine
	t     *testing.T
	d     *db.DB
	clock *clock.Fake
	log   []string
}

// contract runs a test on both engines.
func contract(t *testing.T, test func(b *bench)) {
	t.Helper()
	fake := dbtest.Clock()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			fake.Set(dbtest.Start)
			d := dbtest.Open(t, dialect, func(o *db.Options) { o.Clock = fake })
			e, err := job.Open(d, job.Options{Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			test(&bench{Engine: e, t: t, d: d, clock: fake})
		})
	}
}

// note is a handler that logs "kind args attempt" and returns err. PostgreSQL keeps the arguments' value, not their
// spaces.
func (b *bench) note(err error) job.Handler {
	return func(_ context.Context, j job.Job) error {
		var args bytes.Buffer
		if bad := json.Compact(&args, j.Args); bad != nil {
			return bad
		}
		b.log = append(b.log, fmt.Sprintf("%s %s %d", j.Kind, &args, j.Attempt))
		return err
	}
}

func (b *bench) enqueue(k job.Kind, args any, opts ...job.EnqueueOption) (i id.ID) {
	b.t.Helper()
	b.write(func(tx *db.Tx) (err error) {
		i, err = b.Enqueue(tx, k, args, opts...)
		return err
	})
	return i
}

func (b *bench) write(fn func(tx *db.Tx) error) {
	b.t.Helper()
	if err := b.d.Write(b.t.Context(), fn); err != nil {
		b.t.Fatal(err)
	}
}

// run works what is due, and fails unless exactly the wanted runs happened.
func (b *bench) run(want ...string) {
	b.t.Helper()
	b.log = nil
	n, err := b.RunDue(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	if got := strings.Join(b.log, "; "); got != strings.Join(want, "; ") || n != len(want) {
		b.t.Errorf("%d runs: %q, want %q", n, got, want)
	}
}

// jobs are the jobs there are, as "kind state attempt/max".
func (b *bench) jobs(f job.Filter) (out []job.Info) {
	b.t.Helper()
	err := b.d.Read(b.t.Context(), func(tx *db.Tx) (err error) {
		out, err = b.List(tx, f)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) state(i id.ID) string {
	b.t.Helper()
	for _, j := range b.jobs(job.Filter{}) {
		if j.ID == i {
			return fmt.Sprintf("%s %d/%d", j.State, j.Attempt, j.MaxAttempts)
		}
	}
	return "none"
}

func (b *bench) wantState(i id.ID, want string) {
	b.t.Helper()
	if got := b.state(i); got != want {
		b.t.Errorf("the job is %q, want %q", got, want)
	}
}

func TestAJobIsDone(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		i := b.enqueue("greet", map[string]int{"n": 1})
		b.wantState(i, "waiting 0/12")
		b.run(`greet {"n":1} 1`)
		b.wantState(i, "done 1/12")
		b.run()
	})
}

func TestARolledBackTransactionLeavesNoJob(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		no := errors.New("no")
		err := b.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := b.Enqueue(tx, "greet", 1)
			return errors.Join(err, no)
		})
		if !errors.Is(err, no) {
			t.Error(err)
		}
		b.write(func(tx *db.Tx) error {
			err := tx.Try(func() error {
				_, err := b.Enqueue(tx, "greet", 2)
				return errors.Join(err, no)
			})
			if !errors.Is(err, no) {
				t.Error(err)
			}
			_, err = b.Enqueue(tx, "greet", 3)
			return err
		})
		b.run("greet 3 1")
	})
}

func TestUnknownKindsAndQueuesAreRefused(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		b.write(func(tx *db.Tx) error {
			if _, err := b.Enqueue(tx, "great", nil); err == nil {
				t.Error("an unknown kind was taken")
			}
			if _, err := b.Enqueue(tx, "greet", nil, job.Queue("fast")); err == nil {
				t.Error("an unknown queue was taken")
			}
			if _, err := b.Enqueue(tx, "greet", func() {}); err == nil {
				t.Error("arguments that are no JSON were taken")
			}
			return nil
		})
		b.run()
	})
}

func TestRunAt(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		b.enqueue("greet", "later", job.RunAt(dbtest.Start.Add(time.Hour)))
		b.enqueue("greet", "past", job.RunAt(dbtest.Start.Add(-time.Hour)))
		b.run(`greet "past" 1`)
		b.clock.Advance(time.Hour - time.Microsecond)
		b.run()
		b.clock.Advance(time.Microsecond)
		b.run(`greet "later" 1`)
	})
}

func TestUniqueKey(t *testing.T) {
	contract(t, func(b *bench) {
		var inside id.ID
		b.Register("pay", func(ctx context.Context, j job.Job) error {
			b.log = append(b.log, fmt.Sprintf("pay %s %d", j.Key, j.Attempt))
			return b.d.Write(ctx, func(tx *db.Tx) (err error) {
				inside, err = b.Enqueue(tx, "pay", "while it runs", job.Unique(j.Key))
				return err
			})
		})
		b.Register("tell", b.note(nil))
		one := b.enqueue("pay", "first", job.Unique("a"))
		if two := b.enqueue("pay", "second", job.Unique("a")); two != one {
			t.Errorf("a second job %v beside %v", two, one)
		}
		other := b.enqueue("pay", "third", job.Unique("b"))
		tell := b.enqueue("tell", 1, job.Unique("a"))
		if other == one || tell == one {
			t.Error("another key or another kind is another job")
		}
		if j := b.jobs(job.Filter{Kind: "pay", Key: "a"}); len(j) != 1 || string(j[0].Args) != `"first"` || j[0].Key != "a" {
			t.Errorf("listed %+v", j)
		}
		b.log = nil
		if n, err := b.RunDue(t.Context()); n != 3 || err != nil {
			t.Errorf("%d runs, %v", n, err)
		}
		if inside != one && inside != other {
			t.Errorf("enqueued %v while the job of that key ran", inside)
		}
		if again := b.enqueue("pay", "later", job.Unique("a")); again == one {
			t.Error("the key stayed taken after the job was done")
		}
	})
}

func TestAttemptsAndBackoff(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("fail", b.note(errors.New("no paper")), job.MaxAttempts(3),
			job.Backoff(func(attempt int) time.Duration { return time.Duration(attempt) * time.Hour }))
		i := b.enqueue("fail", 1)
		b.run("fail 1 1")
		b.wantState(i, "waiting 1/3")
		b.clock.Advance(time.Hour - time.Second)
		b.run()
		b.clock.Advance(time.Second)
		b.run("fail 1 2")
		b.clock.Advance(2*time.Hour - time.Second)
		b.run()
		b.clock.Advance(time.Second)
		b.run("fail 1 3")
		b.clock.Advance(1000 * time.Hour)
		b.run()
		b.wantState(i, "dead 3/3")
		err := b.d.Read(t.Context(), func(tx *db.Tx) error {
			dead, err := b.Dead(tx)
			if len(dead) != 1 || dead[0].ID != i || !strings.Contains(dead[0].LastError, "no paper") || string(dead[0].Args) != "1" {
				t.Errorf("dead: %+v", dead)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		b.write(func(tx *db.Tx) error {
			found, err := b.Retry(tx, i)
			if !found {
				t.Error("the dead job was not found")
			}
			return err
		})
		b.run("fail 1 4")
		b.wantState(i, "dead 4/4")
	})
}

func TestAPanicIsAFailure(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("boom", func(context.Context, job.Job) error { panic("bang") }, job.MaxAttempts(1))
		i := b.enqueue("boom", nil)
		if _, err := b.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.wantState(i, "dead 1/1")
		if j := b.jobs(job.Filter{State: job.Dead}); len(j) != 1 || !strings.Contains(j[0].LastError, "bang") {
			t.Errorf("dead: %+v", j)
		}
	})
}

func TestSnoozeCountsNoAttempt(t *testing.T) {
	contract(t, func(b *bench) {
		naps := 0
		b.Register("nap", func(ctx context.Context, j job.Job) error {
			if naps++; naps <= 3 {
				return errors.Join(b.note(nil)(ctx, j), job.Snooze(time.Hour))
			}
			return b.note(nil)(ctx, j)
		}, job.MaxAttempts(2))
		i := b.enqueue("nap", 1)
		for range 3 {
			b.run("nap 1 1")
			b.wantState(i, "waiting 0/2")
			b.clock.Advance(time.Hour)
		}
		b.run("nap 1 1")
		b.wantState(i, "done 1/2")
	})
}

func TestCancelWaiting(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		one := b.enqueue("greet", 1)
		later := b.enqueue("greet", 2, job.RunAt(dbtest.Start.Add(time.Hour)), job.Unique("k"))
		b.write(func(tx *db.Tx) error {
			a, err1 := b.Cancel(tx, one)
			c, err2 := b.CancelKey(tx, "greet", "k")
			none, err3 := b.CancelKey(tx, "greet", "k")
			gone, err4 := b.Cancel(tx, one)
			never, err5 := b.Cancel(tx, 12345)
			if !a || !c || none || gone || never {
				t.Errorf("cancelled %v %v, then %v %v, unknown %v", a, c, none, gone, never)
			}
			return errors.Join(err1, err2, err3, err4, err5)
		})
		b.clock.Advance(2 * time.Hour)
		b.run()
		b.wantState(one, "cancelled 0/12")
		b.wantState(later, "cancelled 0/12")
	})
}

func TestCancelIsPartOfItsTransaction(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("greet", b.note(nil))
		i := b.enqueue("greet", 1)
		err := b.d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := b.Cancel(tx, i)
			return errors.Join(err, errors.New("no"))
		})
		if err == nil {
			t.Error("committed")
		}
		b.run("greet 1 1")
	})
}

func TestCounts(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("good", b.note(nil))
		b.Register("bad", b.note(errors.New("no")), job.MaxAttempts(1))
		b.enqueue("good", 1)
		b.enqueue("bad", 1)
		if _, err := b.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.enqueue("good", 2)
		b.enqueue("good", 3, job.RunAt(dbtest.Start.Add(time.Hour)))
		var got string
		err := b.d.Read(t.Context(), func(tx *db.Tx) error {
			counts, err := b.Counts(tx)
			got = fmt.Sprint(counts)
			return err
		})
		if want := "[{bad dead 1} {good done 1} {good waiting 2}]"; got != want || err != nil {
			t.Errorf("counts %s (%v), want %s", got, err, want)
		}
	})
}

func TestOneJobEnqueuesAnother(t *testing.T) {
	contract(t, func(b *bench) {
		b.Register("second", b.note(nil))
		b.Register("first", func(ctx context.Context, j job.Job) error {
			b.log = append(b.log, "first")
			return b.d.Write(ctx, func(tx *db.Tx) error {
				_, err := b.Enqueue(tx, "second", 2)
				return err
			})
		})
		b.enqueue("first", nil)
		b.run("first", "second 2 1")
	})
}

func TestDecode(t *testing.T) {
	j := job.Job{Kind: "k", Args: []byte(`{"n": 7}`)}
	var v struct{ N int }
	if err := j.Decode(&v); err != nil || v.N != 7 {
		t.Error(v, err)
	}
	if err := j.Decode(&[]int{}); err == nil {
		t.Error("an object was read into a list")
	}
}

func TestDefaultBackoffGrows(t *testing.T) {
	last := time.Duration(0)
	for n := 1; n < 100; n++ {
		d := job.DefaultBackoff(n)
		if d < last || d > 6*time.Hour || n == 1 && d != 10*time.Second || n == 2 && d != 20*time.Second {
			t.Fatalf("pause %v after attempt %d, %v before", d, n, last)
		}
		last = d
	}
	if last != 6*time.Hour {
		t.Errorf("it ends at %v", last)
	}
}
