package job

import (
	"encoding/json"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// State is where a job stands.
type State string

const (
	Waiting   State = "waiting" // for its time, its turn, or its next attempt
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled"
	Dead      State = "dead" // failed at every attempt
)

// Retention of what has ended.
const (
	keepDone = 24 // hours
	keepDead = 90 * 24
)

// Info is a job as operators see it.
type Info struct {
	ID          id.ID           `json:"id"`
	Kind        Kind            `json:"kind"`
	Key         string          `json:"key,omitempty"`
	State       State           `json:"state"`
	Attempt     int             `json:"attempt"`
	MaxAttempts int             `json:"max_attempts"`
	RunAt       clock.Instant   `json:"run_at"`
	LastError   string          `json:"last_error,omitempty"`
	Args        json.RawMessage `json:"args"`
}

// Filter chooses jobs; a zero field does not restrict.
type Filter struct {
	Kind  Kind
	Key   string
	State State
	Limit int // 100 by default
}

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return 100
	}
	return f.Limit
}

// List returns jobs by age, oldest first.
func (e *Engine) List(tx *db.Tx, f Filter) ([]Info, error) { return e.impl.list(tx, f) }

// Dead lists the jobs that failed at every attempt and wait for a person.
func (e *Engine) Dead(tx *db.Tx) ([]Info, error) { return e.impl.list(tx, Filter{State: Dead}) }

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind  Kind
	State State
	N     int64
}

// Counts is for metrics: every kind and state there is, in order.
func (e *Engine) Counts(tx *db.Tx) ([]Count, error) { return e.impl.counts(tx) }

func scanCount(r *db.Rows) (c Count, err error) {
	return c, r.Scan(&c.Kind, &c.State, &c.N)
}

func scanInfo(r *db.Rows) (i Info, err error) {
	var key *string
	var args string
	err = r.Scan(&i.ID, &i.Kind, &key, &i.State, &i.Attempt, &i.MaxAttempts, &i.RunAt, &i.LastError, &args)
	if key != nil {
		i.Key = *key
	}
	i.Args = json.RawMessage(args)
	return i, err
}
