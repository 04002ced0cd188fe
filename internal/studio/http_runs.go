package studio

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

const runRoot = root + "/runs"

// NewRun says what is to be run.
type NewRun struct {
	Kind    RunKind        `json:"kind" enum:"verify,backtest,cases"`
	Draft   id.ID          `json:"draft,omitzero" doc:"a draft; or"`
	Pack    string         `json:"pack,omitempty" maxLength:"64"`
	Version string         `json:"version,omitempty" maxLength:"64" doc:"a version of the pack"`
	From    *calendar.Date `json:"from,omitempty" doc:"backtest: first day of the decisions; all without it"`
	To      *calendar.Date `json:"to,omitempty" doc:"last day"`
}

// run is a run of a draft as it stands.
func (d Draft) run(kind RunKind, who Person, now clock.Instant) Run {
	return Run{ID: id.New(), ShopID: d.ShopID, Kind: kind, DraftID: d.ID, Pack: d.Pack, ContentHash: d.ContentHash, State: RunQueued, AskedBy: who.Name, AskedAt: now}
}

// plan says what a run will work on. A draft that does not load is refused with its faults.
func (r room) plan(tx *db.Tx, n NewRun, who Person) (x Run, err error) {
	var bad errs.Faults
	if (n.Draft == 0) == (n.Pack == "" && n.Version == "") || n.Draft != 0 && n.Pack+n.Version != "" {
		bad.Add("/draft", "policy.run_what")
	}
	switch {
	case n.Kind != RunBacktest && (n.From != nil || n.To != nil):
		bad.Add("/from", "policy.run_dates_only")
	case n.From != nil && n.To != nil && *n.To < *n.From:
		bad.Add("/to", "policy.run_dates")
	}
	if err := bad.Err(); err != nil {
		return x, err
	}
	x = Run{ID: id.New(), ShopID: r.ID, Kind: n.Kind, DraftID: n.Draft, Pack: n.Pack, Version: n.Version, From: n.From, To: n.To, State: RunQueued, AskedBy: who.Name, AskedAt: r.now}
	if n.Draft != 0 {
		d, err := getDraft(tx, r.ID, n.Draft)
		if err != nil {
			return x, err
		}
		x.Pack = d.Pack
	}
	files, err := r.filesOf(tx, x)
	if err != nil {
		return x, err
	}
	x.ContentHash = files.Hash()
	p, err := files.Compile(x.Pack, r.lib.Vocabulary())
	if err == nil && n.Kind == RunVerify && p.Layer == rule.Law {
		err = errs.New(errs.Conflict, "policy.run_law")
	}
	return x, err
}

// RunPath names a run in a path.
type RunPath struct {
	Run web.ID `path:"run"`
}

func (st *Studio) runRoutes(s *web.Server) {
	start := post(runRoot, "start-policy-run", "Prove, backtest or try the cases of a draft or version, in the background", auth.PolicyWrite)
	start.Status = http.StatusCreated
	start.Doc = "Poll the run while it is queued or running. A shop has at most six at a time."
	web.Register(s, start, func(ctx context.Context, in *struct{ Body NewRun }) (*web.Reply[Run], error) {
		lang := web.Lang(ctx)
		made, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
			func(ctx context.Context) (x Run, err error) {
				err = st.DB.Read(ctx, func(tx *db.Tx) error {
					r, err := st.enter(tx, web.Shop(ctx))
					if err == nil {
						x, err = r.plan(tx, in.Body, me(ctx))
					}
					return err
				})
				return x, err
			},
			func(tx *db.Tx, x Run) (Run, error) { return st.ask(tx, x, lang) })
		return &web.Reply[Run]{Body: made}, err
	})
	web.Register(s, get(runRoot, "list-policy-runs", "Runs of the shop, newest first, without their results"),
		func(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[Run]], error) {
			before, _, err := web.AfterKey[id.ID](ctx, in.Page)
			if err != nil {
				return nil, err
			}
			var rows []Run
			err = st.DB.Read(ctx, func(tx *db.Tx) error {
				if rows, err = runs(tx, web.Shop(ctx), before, in.Fetch()); err != nil {
					return err
				}
				for i := range rows {
					if rows[i], err = st.seen(tx, rows[i], web.Lang(ctx)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
			list, err := web.MakeList(ctx, in.Page, rows, func(x Run) id.ID { return x.ID })
			return &web.Reply[web.List[Run]]{Body: list}, err
		})
	web.Register(s, get(runRoot+"/{run}", "get-policy-run", "One run, with its result when it is done"),
		func(ctx context.Context, in *RunPath) (*web.Reply[Run], error) {
			var x Run
			err := st.DB.Read(ctx, func(tx *db.Tx) (err error) {
				if x, err = getRun(tx, web.Shop(ctx), in.Run.ID); err == nil {
					x, err = st.seen(tx, x, web.Lang(ctx))
				}
				return err
			})
			return &web.Reply[Run]{Body: x}, err
		})
	web.Register(s, post(runRoot+"/{run}/cancel", "cancel-policy-run", "End a run that waits or runs; it stops within a second or two", auth.PolicyWrite),
		func(ctx context.Context, in *RunPath) (*web.Reply[Run], error) {
			shopID := web.Shop(ctx)
			x, _, err := web.Once(ctx, st.DB, web.OnceOf(ctx), func(context.Context) (struct{}, error) { return struct{}{}, nil },
				func(tx *db.Tx, _ struct{}) (Run, error) { return cancelRun(tx, shopID, in.Run.ID) })
			return &web.Reply[Run]{Body: x}, err
		})
}

// cancelRun ends a run. Its job sees that within a second.
func cancelRun(tx *db.Tx, shopID, runID id.ID) (Run, error) {
	x, err := getRun(tx, shopID, runID)
	if err != nil {
		return x, err
	}
	ended, err := endRun(tx, x, RunCancelled, "", "")
	if err != nil {
		return x, err
	}
	if !ended {
		return x, errs.New(errs.Conflict, "policy.run_over")
	}
	return getRun(tx, shopID, runID)
}
