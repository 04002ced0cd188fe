package flow

import (
	"context"
	"errors"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// Flow is what every journey needs.
type Flow struct {
	DB       *db.DB
	Policies *policy.Shelves
	Jobs     *job.Engine
	// Gateway is the provider through which a shop's payments of one tender go back, settle.Offline where none is
	// connected. Simulation shops get one without money behind it.
	Gateway func(s shop.Shop, tender string) settle.Gateway
	// Changed is told of a case that has another version, or another message, once that is durable; nil tells nobody.
	Changed func(shopID, caseID id.ID, version int64)
	// Salts are the secrets with which 快递100 signs what it pushes, by code of shop.
	Salts map[string]carrier.Salt
	// Fail is for crash tests: called at the points a payment passes, an error ends the run there.
	Fail func(point string) error
}

// Actor is who gives a command.
type Actor struct {
	Name       string // shown in the timeline and under notes
	Login      string // of an agent, who takes over a case that nobody has when he answers for it; "" of everybody else
	Supervisor bool   // may give a supervisor's yes or no
	Finance    bool   // may approve money
}

// System is the actor of jobs and timers. It may what the policy lets happen without a person.
var System = Actor{Name: "system"}

// RegisterJobs says how the journeys' jobs are done; call it once, before anything else.
func (f *Flow) RegisterJobs() {
	f.Jobs.Register(payKind, f.pay, job.MaxAttempts(60))
	f.Jobs.Register(expireKind, f.expire)
	f.Jobs.Register(silentKind, f.silent)
	f.Jobs.Register(backfillKind, f.backfill)
	f.Jobs.Register(holdKind, f.holdOver)
	f.Jobs.Register(oldKind, f.oldNotSent)
	f.Jobs.Register(followKind, f.follow)
	f.Jobs.Register(dispatchKind, f.dispatches, job.MaxAttempts(1000), job.Timeout(10*time.Minute))
}

func (f *Flow) calendar(s shop.Shop) (*calendar.Calendar, error) { return calendar.Load(s.Calendar) }

// changed tells whoever is looking at the shop, once the transaction is durable.
func (f *Flow) changed(tx *db.Tx, shopID, caseID id.ID, version int64) {
	if f.Changed != nil {
		tx.AfterCommit(func() { f.Changed(shopID, caseID, version) })
	}
}

func (f *Flow) fail(point string) error {
	if f.Fail == nil {
		return nil
	}
	return f.Fail(point)
}

// attempts bounds how often a plan is made anew when others are quicker.
const attempts = 8

// again runs a command until nobody else changed what it had read, at most attempts times.
func again[R any](ctx context.Context, run func() (R, error)) (R, error) {
	for n := 1; ; n++ {
		r, err := run()
		if !stale(err) || n == attempts || ctx.Err() != nil {
			return r, err
		}
	}
}

// stale says that a version which was read is no longer the current one.
func stale(err error) bool {
	e, ok := errors.AsType[*errs.Error](err)
	return ok && e.Code == errs.Conflict && e.Key == "db.stale"
}
