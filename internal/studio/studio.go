package studio

import (
	"context"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// Studio is where a shop's policy is read, tried, written and published.
type Studio struct {
	DB      *db.DB
	Shelves *policy.Shelves
	Jobs    *job.Engine
	// Fail is for crash tests: called when a run has begun, an error ends that attempt.
	Fail func(ctx context.Context) error
	// Shop says what a shop is bound to.
	Shop func(tx *db.Tx, shopID id.ID) (Tenant, error)
}

// Tenant is a shop as its policy sees it.
type Tenant struct {
	ID       id.ID
	Binding  policy.Binding
	Calendar *calendar.Calendar
}

// room is a shop with its library, as of a moment.
type room struct {
	Tenant
	lib *policy.Library
	now clock.Instant
}

func (st *Studio) enter(tx *db.Tx, shopID id.ID) (r room, err error) {
	if r.Tenant, err = st.Shop(tx, shopID); err != nil {
		return r, err
	}
	r.now = tx.Now
	r.lib, err = st.Shelves.Of(tx, shopID)
	return r, err
}

// look is enter in a transaction of its own.
func (st *Studio) look(ctx context.Context, shopID id.ID) (r room, err error) {
	err = st.DB.Read(ctx, func(tx *db.Tx) error {
		r, err = st.enter(tx, shopID)
		return err
	})
	return r, err
}

func (r room) today() calendar.Date { return r.Calendar.DateOf(r.now) }

// bound says whether the shop is bound to a pack.
func (r room) bound(pack string) error {
	if !slices.Contains(r.Binding.Packs(), pack) {
		return errs.New(errs.NotFound, "policy.not_bound", errs.Args{"pack": pack})
	}
	return nil
}

// version is one version of a pack the shop is bound to.
func (r room) version(pack, version string) (*rule.Pack, error) {
	if err := r.bound(pack); err != nil {
		return nil, err
	}
	return r.lib.Version(pack, version)
}

// beside are the shop's other packs as they stand beside one on a day: those in force, else, of a pack that is not, the
// version that is nearest to the day.
func (r room) beside(pack string, on calendar.Date) []*rule.Pack {
	var out []*rule.Pack
	for _, id := range r.Binding.Packs() {
		vs := r.lib.Ruling(id)
		if id == pack || len(vs) == 0 {
			continue
		}
		p, err := r.lib.InForce(id, on)
		if err != nil {
			p = vs[0]
			for _, v := range vs {
				if v.From <= on {
					p = v
				}
			}
		}
		out = append(out, p)
	}
	return out
}
