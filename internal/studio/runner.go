package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

const (
	// RunQueue is the queue of runs: they take a processor each, so a node works few at a time.
	RunQueue = "policy"

	runKind    job.Kind = "policy_run"
	runTimeout          = 30 * time.Minute
	runTries            = 3
	pulse               = time.Second
	maxResult           = 1 << 20 // bytes of a result
	maxRuns             = 6       // of a shop, waiting or running
)

type runArgs struct {
	Shop id.ID     `json:"shop"`
	Run  id.ID     `json:"run"`
	Lang errs.Lang `json:"lang"` // of who asked: sentences of lint and cases are kept in it
}

// RegisterJobs says how runs are done; call it once, before anything else.
func (st *Studio) RegisterJobs() {
	st.Jobs.Register(runKind, st.work, job.MaxAttempts(runTries), job.Timeout(runTimeout))
}

// ask queues a run in the caller's transaction.
func (st *Studio) ask(tx *db.Tx, x Run, lang errs.Lang) (Run, error) {
	n, err := liveRuns(tx, x.ShopID)
	if err != nil {
		return x, err
	}
	if n >= maxRuns {
		if n, err = st.lost(tx, x.ShopID); err != nil {
			return x, err
		}
		if n >= maxRuns {
			return x, errs.New(errs.Conflict, "policy.too_many_runs", errs.Args{"limit": maxRuns})
		}
	}
	if err := insertRun(tx, x); err != nil {
		return x, err
	}
	_, err = st.Jobs.Enqueue(tx, runKind, runArgs{x.ShopID, x.ID, lang}, job.Queue(RunQueue), job.Unique(x.ID.String()))
	return x, err
}

// lost fails the runs of a shop that no job works on any more, because the process died at the last attempt, and counts
// those that are left.
func (st *Studio) lost(tx *db.Tx, shopID id.ID) (left int, err error) {
	all, err := runs(tx, shopID, 0, 200)
	if err != nil {
		return 0, err
	}
	for _, x := range all {
		if !x.live() {
			continue
		}
		alive, err := st.alive(tx, x)
		if err != nil {
			return 0, err
		}
		if alive {
			left++
			continue
		}
		fault, err := faultOf(errs.New(errs.Internal, "policy.run_lost"))
		if err == nil {
			_, err = endRun(tx, x, RunFailed, "", fault)
		}
		if err != nil {
			return 0, err
		}
	}
	return left, nil
}

// alive says whether a job stands behind a run.
func (st *Studio) alive(tx *db.Tx, x Run) (bool, error) {
	for _, s := range []job.State{job.Waiting, job.Running} {
		found, err := st.Jobs.List(tx, job.Filter{Kind: runKind, Key: x.ID.String(), State: s, Limit: 1})
		if err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}

// seen is a run as it is told: one that nobody works on any more has failed, also before that is written down.
func (st *Studio) seen(tx *db.Tx, x Run, lang errs.Lang) (Run, error) {
	if x.live() {
		alive, err := st.alive(tx, x)
		if err != nil {
			return x, err
		}
		if !alive {
			x.State = RunFailed
			if x.fault, err = faultOf(errs.New(errs.Internal, "policy.run_lost")); err != nil {
				return x, err
			}
		}
	}
	return x.worded(lang)
}

// errUnwanted is the cause of a run's context when somebody cancelled the run.
var errUnwanted = errors.New("the run was cancelled")

// work does a run: it says every second how far it is, and ends when nobody wants it any more. What the run itself
// cannot do is its result; what went wrong around it is tried again, and at last makes it fail.
func (st *Studio) work(ctx context.Context, j job.Job) error {
	var a runArgs
	if err := j.Decode(&a); err != nil {
		return err
	}
	x, in, err := st.prepare(ctx, a)
	if err != nil || !x.live() {
		return st.ended(ctx, j, x, "", err)
	}
	begun := false
	err = st.DB.Write(ctx, func(tx *db.Tx) error {
		begun, err = startRun(tx, x, in.hash)
		return err
	})
	if err != nil || !begun {
		return st.ended(ctx, j, x, "", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	done := make(chan struct{})
	var at, total atomic.Int64
	go func() {
		defer close(done)
		st.pulse(ctx, x, &at, &total, stop)
	}()
	result, err := st.safely(ctx, in, func(n, of int) { at.Store(int64(n)); total.Store(int64(max(of, 0))) })
	unwanted := errors.Is(context.Cause(ctx), errUnwanted)
	interrupted := ctx.Err() != nil && !unwanted
	stop(nil)
	<-done
	switch {
	case unwanted:
		return nil
	case err != nil && interrupted: // the node stops, or the time is over
		return st.ended(context.WithoutCancel(ctx), j, x, "", fmt.Errorf("policy run %s: %w", x.ID, err))
	case err != nil && errs.CodeOf(err) != errs.Internal:
		return st.failed(context.WithoutCancel(ctx), x, err)
	}
	return st.ended(context.WithoutCancel(ctx), j, x, result, err)
}

// pulse writes a run's progress once a second until its context ends, and ends it when it was cancelled.
func (st *Studio) pulse(ctx context.Context, x Run, at, total *atomic.Int64, stop context.CancelCauseFunc) {
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		wanted := true
		err := st.DB.Write(ctx, func(tx *db.Tx) (err error) {
			wanted, err = pulseRun(tx, x, at.Load(), total.Load())
			return err
		})
		if err == nil && !wanted {
			stop(errUnwanted)
			return
		}
	}
}

// ended writes the end of a run. An error is the job's to try again, and after its last attempt the run's.
func (st *Studio) ended(ctx context.Context, j job.Job, x Run, result string, err error) error {
	if err == nil && (result == "" || x.ID == 0) {
		return nil
	}
	if err != nil {
		if j.Attempt < j.MaxAttempts || x.ID == 0 {
			return err
		}
		return errors.Join(err, st.failed(context.WithoutCancel(ctx), x, err))
	}
	return st.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := endRun(tx, x, RunDone, result, "")
		return err
	})
}

func (st *Studio) failed(ctx context.Context, x Run, cause error) error {
	fault, err := faultOf(cause)
	if err != nil {
		return err
	}
	return st.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := endRun(tx, x, RunFailed, "", fault)
		return err
	})
}

// matter is what a run works on.
type matter struct {
	Run
	r     room
	files policy.Files
	hash  string
	lang  errs.Lang
}

// prepare reads what a run works on.
func (st *Studio) prepare(ctx context.Context, a runArgs) (x Run, in matter, err error) {
	err = st.DB.Read(ctx, func(tx *db.Tx) error {
		if x, err = getRun(tx, a.Shop, a.Run); err != nil {
			return err
		}
		in.Run, in.lang = x, a.Lang
		if in.r, err = st.enter(tx, a.Shop); err != nil {
			return err
		}
		in.files, err = in.r.filesOf(tx, x)
		return err
	})
	in.hash = in.files.Hash()
	return x, in, err
}

// filesOf are those of a run's draft or version.
func (r room) filesOf(tx *db.Tx, x Run) (policy.Files, error) {
	if x.DraftID != 0 {
		return draftFiles(tx, x.ShopID, x.DraftID)
	}
	p, err := r.version(x.Pack, x.Version)
	if err != nil {
		return nil, err
	}
	return r.lib.Files(p)
}

// safely runs it. A panic is an error with its stack.
func (st *Studio) safely(ctx context.Context, in matter, progress func(done, total int)) (result string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if st.Fail != nil {
		if err := st.Fail(ctx); err != nil {
			return "", err
		}
	}
	p, err := in.files.Compile(in.Pack, in.r.lib.Vocabulary())
	if err != nil {
		return "", err
	}
	var out any
	switch in.Kind {
	case RunVerify:
		out, err = in.verify(ctx, p, progress)
	case RunCases:
		out, err = in.cases(ctx, p)
	case RunBacktest:
		out, err = in.backtest(ctx, st.DB, p, progress)
	default:
		err = errs.New(errs.Invalid, "policy.run_what")
	}
	if err != nil {
		return "", err
	}
	doc, err := json.Marshal(out)
	if err != nil {
		return "", fmt.Errorf("result of a run: %w", err)
	}
	if len(doc) > maxResult {
		return "", errs.New(errs.Conflict, "policy.result_too_large", errs.Args{"limit": maxResult >> 10})
	}
	return string(doc), nil
}

// beneath are the packs a proof of p is made beside: the law's, and those whose grounds it uses.
func (r room) beneath(p *rule.Pack) []*rule.Pack {
	var out []*rule.Pack
	for _, b := range r.beside(p.ID, p.From) {
		if b.Layer != rule.Shop {
			out = append(out, b)
		}
	}
	return out
}
