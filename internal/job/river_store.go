package job

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// River's states in our words.
const riverState = `case cast(state as text) when 'completed' then 'done' when 'discarded' then 'dead'
	when 'running' then 'running' when 'cancelled' then 'cancelled' else 'waiting' end`

func (r *onRiver) list(tx *db.Tx, f Filter) ([]Info, error) {
	return db.Collect(tx, scanInfo, `select * from (
		select id, kind, args ->> 'key' as key, `+riverState+` as state, attempt, max_attempts,
			cast(extract(epoch from scheduled_at) * 1000000 as bigint), coalesce(errors[cardinality(errors)] ->> 'error', ''),
			cast(args -> 'body' as text)
		from river_job) j
		where ($1 = '' or kind = $1) and ($2 = '' or key = $2) and ($3 = '' or state = $3) order by id limit $4`,
		f.Kind, f.Key, f.State, f.limit())
}

func (r *onRiver) counts(tx *db.Tx) ([]Count, error) {
	return db.Collect(tx, scanCount, `select kind, `+riverState+` as s, count(*) from river_job group by kind, s order by kind, s`)
}

// promote makes available what is due, which River's own scheduler would do within five seconds, and counts what then
// runs here or could run. What another process runs, or ran when it died, is its own matter.
func (r *onRiver) promote(ctx context.Context, worker string) (open int64, err error) {
	err = r.e.d.Write(ctx, func(tx *db.Tx) error {
		now := tx.Now.Time()
		_, err := tx.Pgx().Exec(tx.Context(), `update river_job set state = 'available' where state in ('scheduled', 'retryable') and scheduled_at <= $1`, now)
		if err != nil {
			return err
		}
		return tx.Pgx().QueryRow(tx.Context(), `select count(*) from river_job
			where state = 'running' and attempted_by[cardinality(attempted_by)] = $2 or state = 'available' and scheduled_at <= $1`, now, worker).Scan(&open)
	})
	return open, err
}

// runDue starts a client for as long as something is due. It stays out of River's housekeeping, whose leader goes by
// the machine's clock, looks often, since somebody waits, and runs one job at a time, so that their order is certain.
func (r *onRiver) runDue(ctx context.Context) (int, error) {
	cfg := r.config()
	cfg.ID = "due-" + id.New().String()
	open, err := r.promote(ctx, cfg.ID)
	if err != nil || open == 0 {
		return 0, err
	}
	var n atomic.Int64
	cfg.LeaderElectionDisabled, cfg.FetchCooldown, cfg.FetchPollInterval = true, 2*time.Millisecond, 20*time.Millisecond
	c, err := r.client(cfg, 1, func() { n.Add(1) })
	if err != nil {
		return 0, err
	}
	events, unsubscribe := c.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed, river.EventKindJobSnoozed, river.EventKindJobCancelled)
	defer unsubscribe()
	if err := c.Start(context.WithoutCancel(ctx)); err != nil {
		return 0, err
	}
	look := time.NewTicker(poll) // events say when to look again; this is for the one that is lost
	defer look.Stop()
	for open > 0 && err == nil {
		select {
		case <-events:
		case <-look.C:
		case <-ctx.Done():
			err = ctx.Err()
			continue
		}
		open, err = r.promote(ctx, cfg.ID)
	}
	return int(n.Load()), errors.Join(err, stopClient(context.WithoutCancel(ctx), c))
}
