package job

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

func (l *lite) enqueue(tx *db.Tx, n request) (id.ID, error) {
	i := id.New()
	key := sql.Null[string]{V: n.key, Valid: n.key != ""}
	err := tx.QueryRow(`insert into job (id, queue, kind, unique_key, args, state, run_at, attempt, max_attempts, created_at)
		values ($1, $2, $3, $4, $5, 'waiting', $6, 0, $7, $8)
		on conflict (kind, unique_key) where unique_key is not null and state in ('waiting', 'running') do nothing
		returning id`,
		i, n.queue, n.kind, key, string(n.args), n.runAt, n.maxAttempts, tx.Now).Scan(&i)
	if errors.Is(err, db.ErrNoRows) {
		err = tx.QueryRow(`select id from job where kind = $1 and unique_key = $2 and state in ('waiting', 'running')`, n.kind, n.key).Scan(&i)
		return i, err
	}
	if err != nil {
		return 0, err
	}
	tx.AfterCommit(l.nudge)
	return i, nil
}

// cancel ends a waiting job here and now; a running one keeps its state, and so its key, until its handler returns.
func (l *lite) cancel(tx *db.Tx, i id.ID) (bool, error) {
	n, err := tx.Exec(`update job set cancel_asked = 1,
		state = case state when 'waiting' then 'cancelled' else state end,
		ended_at = case state when 'waiting' then $2 else ended_at end
		where id = $1 and state in ('waiting', 'running')`, i, tx.Now)
	if err != nil || n == 0 {
		return false, err
	}
	tx.AfterCommit(func() { l.interrupt(i) })
	return true, nil
}

// retry may meet another live job of the same key; then that one does the work.
func (l *lite) retry(tx *db.Tx, i id.ID) (found bool, err error) {
	err = tx.Try(func() error {
		n, err := tx.Exec(`update job set state = 'waiting', run_at = $2, ended_at = null, cancel_asked = 0, max_attempts = max(max_attempts, attempt + 1)
			where id = $1 and state in ('waiting', 'dead', 'cancelled')`, i, tx.Now)
		found = n > 0
		return err
	})
	if db.IsUnique(err) {
		return false, nil
	}
	if found {
		tx.AfterCommit(l.nudge)
	}
	return found, err
}

const never = clock.Instant(math.MaxInt64)

// due is when the next job of a queue is due or the next lease runs out, whichever comes first.
func (l *lite) due(ctx context.Context, queue string) (at clock.Instant, err error) {
	err = l.e.d.Read(ctx, func(tx *db.Tx) error {
		var job, leased sql.Null[clock.Instant]
		err := tx.QueryRow(`select (select min(run_at) from job where state = 'waiting' and queue = $1),
			(select min(lease_until) from job where state = 'running')`, queue).Scan(&job, &leased)
		at = never
		if job.Valid {
			at = job.V
		}
		if leased.Valid {
			at = min(at, leased.V)
		}
		return err
	})
	return at, err
}

// claim takes up to n due jobs of a queue, after giving back those whose worker is taken for dead.
func (l *lite) claim(ctx context.Context, queue string, n int) (jobs []Job, err error) {
	err = l.e.d.Write(ctx, func(tx *db.Tx) (err error) {
		const lost = `update job set
			state = case when cancel_asked = 1 then 'cancelled' when attempt < max_attempts then 'waiting' else 'dead' end,
			ended_at = case when cancel_asked = 0 and attempt < max_attempts then null else $1 end,
			run_at = $1, worker = null, lease_until = null, last_error = 'its worker died'
			where state = 'running' and lease_until <= $1`
		if _, err := tx.Exec(lost, tx.Now); err != nil {
			return err
		}
		jobs, err = db.Collect(tx, scanJob, `update job set state = 'running', attempt = attempt + 1, worker = $1, lease_until = $2
			where id in (select id from job where state = 'waiting' and queue = $3 and run_at <= $4 order by run_at, id limit $5)
			returning id, kind, coalesce(unique_key, ''), args, attempt, max_attempts`,
			l.worker, tx.Now.Add(lease), queue, tx.Now, n)
		return err
	})
	slices.SortFunc(jobs, func(a, b Job) int { return int(min(1, max(-1, a.ID-b.ID))) }) // returning has no order
	return jobs, err
}

func scanJob(r *db.Rows) (j Job, err error) {
	var args string
	err = r.Scan(&j.ID, &j.Kind, &j.Key, &args, &j.Attempt, &j.MaxAttempts)
	j.Args = []byte(args)
	return j, err
}

// finish notes the outcome of a run, unless the job was cancelled or given to somebody else meanwhile.
func (l *lite) finish(ctx context.Context, j Job, failed error) error {
	return l.e.d.Write(ctx, func(tx *db.Tx) error {
		state, runAt, attempt, text := Waiting, tx.Now, j.Attempt, ""
		again, snoozed := errors.AsType[snooze](failed)
		switch {
		case failed == nil:
			state = Done
		case snoozed:
			runAt, attempt = tx.Now.Add(again.d), j.Attempt-1
		case j.Attempt >= j.MaxAttempts:
			state, text = Dead, failed.Error()
		default:
			runAt, text = tx.Now.Add(l.e.backoff(j.Kind, j.Attempt)), failed.Error()
		}
		_, err := tx.Exec(`update job set worker = null, lease_until = null, run_at = $2, attempt = $3, last_error = $4,
			state = case when cancel_asked = 1 and $1 <> 'done' then 'cancelled' else $1 end,
			ended_at = case when cancel_asked = 0 and $1 = 'waiting' then null else $5 end
			where id = $6 and state = 'running' and worker = $7 and attempt = $8`,
			state, runAt, attempt, text, tx.Now, j.ID, l.worker, j.Attempt)
		return err
	})
}

// renew extends the leases of what runs here, and interrupts what another process cancelled or took over.
func (l *lite) renew() error {
	l.mu.Lock()
	var mine []id.ID
	for i := range l.running {
		mine = append(mine, i)
	}
	l.mu.Unlock()
	if len(mine) == 0 {
		return nil
	}
	var end []id.ID
	err := l.e.d.Write(context.Background(), func(tx *db.Tx) error {
		for _, i := range mine {
			var cancelled bool
			err := tx.QueryRow(`update job set lease_until = $1 where id = $2 and state = 'running' and worker = $3 returning cancel_asked`,
				tx.Now.Add(lease), i, l.worker).Scan(&cancelled)
			if err != nil && !errors.Is(err, db.ErrNoRows) {
				return err
			}
			if cancelled || err != nil { // no row: somebody took it for dead
				end = append(end, i)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, i := range end {
		l.interrupt(i)
	}
	return nil
}

// clean deletes what ended long ago.
func (l *lite) clean(now clock.Instant) error {
	return l.e.d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`delete from job where ended_at < $1 and (state = 'done' or ended_at < $2)`,
			now.Add(-keepDone*time.Hour), now.Add(-keepDead*time.Hour))
		return err
	})
}

func (l *lite) list(tx *db.Tx, f Filter) ([]Info, error) {
	return db.Collect(tx, scanInfo, `select id, kind, unique_key, state, attempt, max_attempts, run_at, last_error, args from job
		where ($1 = '' or kind = $1) and ($2 = '' or unique_key = $2) and ($3 = '' or state = $3) order by id limit $4`,
		f.Kind, f.Key, f.State, f.limit())
}

func (l *lite) counts(tx *db.Tx) ([]Count, error) {
	return db.Collect(tx, scanCount, `select kind, state, count(*) from job group by kind, state order by kind, state`)
}
