package studio

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/internal/web"
)

// RunKind is what a run does.
type RunKind string

const (
	RunVerify   RunKind = "verify"
	RunBacktest RunKind = "backtest"
	RunCases    RunKind = "cases"
)

// RunState is how far a run has come.
type RunState string

const (
	RunQueued    RunState = "queued"
	RunRunning   RunState = "running"
	RunDone      RunState = "done"
	RunCancelled RunState = "cancelled"
	RunFailed    RunState = "failed"
)

// Run is a proof, a backtest or a run of golden cases, of a draft or of a version.
type Run struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	Kind        RunKind        `json:"kind" enum:"verify,backtest,cases"`
	DraftID     id.ID          `json:"draft_id,omitzero"`
	Pack        string         `json:"pack"`
	Version     string         `json:"version,omitempty" doc:"of a version instead of a draft"`
	ContentHash string         `json:"content_hash" doc:"of the files it looked at"`
	From        *calendar.Date `json:"from,omitempty" doc:"backtest: days of the decisions"`
	To          *calendar.Date `json:"to,omitempty"`
	State       RunState       `json:"state" enum:"queued,running,done,cancelled,failed"`
	Done        int64          `json:"done"`
	Total       int64          `json:"total" doc:"0 while it is not known"`
	Result      RunResult      `json:"result,omitempty" doc:"when it is done, by kind; not in lists"`
	Error       *RunError      `json:"error,omitempty" doc:"when it failed"`
	AskedBy     string         `json:"asked_by"`
	AskedAt     clock.Instant  `json:"asked_at"`
	StartedAt   *clock.Instant `json:"started_at,omitempty"`
	EndedAt     *clock.Instant `json:"ended_at,omitempty"`

	fault string // as stored
}

// RunResult is a Verified, a report.BacktestReport or a CasesRun, by the run's kind.
type RunResult = web.OneOf3[Verified, report.BacktestReport, CasesRun]

// RunError is why a run failed.
type RunError struct {
	Key      string    `json:"key"`
	Text     string    `json:"text"`
	Findings []Finding `json:"findings,omitempty" doc:"of a draft that does not load"`
}

func (r Run) live() bool { return r.State == RunQueued || r.State == RunRunning }

const runColumns = `id, shop_id, kind, draft_id, pack, version, content_hash, from_date, to_date, state, done, total, error, asked_by, asked_at, started_at, ended_at`

func scanRun(r interface{ Scan(...any) error }, more ...any) (x Run, err error) {
	var draftID *id.ID
	err = r.Scan(append([]any{&x.ID, &x.ShopID, &x.Kind, &draftID, &x.Pack, &x.Version, &x.ContentHash, &x.From, &x.To, &x.State, &x.Done, &x.Total, &x.fault,
		&x.AskedBy, &x.AskedAt, &x.StartedAt, &x.EndedAt}, more...)...)
	if draftID != nil {
		x.DraftID = *draftID
	}
	return x, err
}

// getRun reads a run of a shop with its result.
func getRun(tx *db.Tx, shopID, runID id.ID) (Run, error) {
	var result string
	x, err := scanRun(tx.QueryRow(`select `+runColumns+`, result from policy_run where id = $1 and shop_id = $2`, runID, shopID), &result)
	if err == db.ErrNoRows {
		return x, errs.New(errs.NotFound, "policy.run_not_found")
	}
	if result != "" {
		x.Result = RunResult(result)
	}
	return x, err
}

// runs lists a shop's runs, newest first, before the given one (zero: from the newest), at most limit.
func runs(tx *db.Tx, shopID, before id.ID, limit int) ([]Run, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.Collect(tx, func(r *db.Rows) (Run, error) { return scanRun(r) },
		`select `+runColumns+` from policy_run where shop_id = $1 and id < $2 order by id desc limit $3`, shopID, before, limit)
}

// liveRuns is how many of a shop's runs wait or run.
func liveRuns(tx *db.Tx, shopID id.ID) (n int, err error) {
	err = tx.QueryRow(`select count(*) from policy_run where shop_id = $1 and state in ('queued', 'running')`, shopID).Scan(&n)
	return n, err
}

// lastProof is the newest proof of these files of a draft, false when there is none. A proof that failed or was cancelled is
// none.
func lastProof(tx *db.Tx, shopID, draftID id.ID, contentHash string) (x Run, ok bool, err error) {
	var result string
	x, err = scanRun(tx.QueryRow(`select `+runColumns+`, result from policy_run where shop_id = $1 and draft_id = $2 and content_hash = $3 and kind = 'verify'
		and state in ('queued', 'running', 'done') order by id desc limit 1`, shopID, draftID, contentHash), &result)
	if err == db.ErrNoRows {
		return x, false, nil
	}
	x.Result = RunResult(result)
	return x, err == nil, err
}

func insertRun(tx *db.Tx, x Run) error {
	var draftID *id.ID
	if x.DraftID != 0 {
		draftID = &x.DraftID
	}
	_, err := tx.Exec(`insert into policy_run (id, shop_id, kind, draft_id, pack, version, content_hash, from_date, to_date, state, asked_by, asked_at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		x.ID, x.ShopID, x.Kind, draftID, x.Pack, x.Version, x.ContentHash, x.From, x.To, x.State, x.AskedBy, x.AskedAt)
	return err
}

// startRun notes that a run begins, perhaps again, and with which files. It says whether there is anything to do.
func startRun(tx *db.Tx, x Run, contentHash string) (bool, error) {
	n, err := tx.Exec(`update policy_run set state = 'running', content_hash = $1, done = 0, total = 0, started_at = $2
		where id = $3 and shop_id = $4 and state in ('queued', 'running')`, contentHash, tx.Now, x.ID, x.ShopID)
	return n == 1, err
}

// pulseRun writes how far a run has come. It says whether the run is still wanted.
func pulseRun(tx *db.Tx, x Run, done, total int64) (bool, error) {
	n, err := tx.Exec(`update policy_run set done = $1, total = $2 where id = $3 and shop_id = $4 and state = 'running'`, done, total, x.ID, x.ShopID)
	return n == 1, err
}

// endRun writes what became of a run that still waits or runs, and says whether it did.
func endRun(tx *db.Tx, x Run, state RunState, result, fault string) (bool, error) {
	n, err := tx.Exec(`update policy_run set state = $1, result = $2, error = $3, ended_at = $4 where id = $5 and shop_id = $6 and state in ('queued', 'running')`,
		state, result, fault, tx.Now, x.ID, x.ShopID)
	return n == 1, err
}

// faultDoc is an error as a run keeps it: a key with its arguments, worded when it is read.
type faultDoc struct {
	Key    string       `json:"key"`
	Args   errs.Args    `json:"args,omitempty"`
	Fields []errs.Field `json:"fields,omitempty"`
}

func faultOf(err error) (string, error) {
	e := errs.As(err)
	doc, bad := json.Marshal(faultDoc{e.Key, e.Args, e.Fields[:min(len(e.Fields), 100)]})
	if bad != nil {
		return "", fmt.Errorf("fault of a run: %w", bad)
	}
	return string(doc), nil
}

// worded is the run with its fault in words.
func (r Run) worded(lang errs.Lang) (Run, error) {
	if r.fault == "" {
		return r, nil
	}
	var doc faultDoc
	if err := json.Unmarshal([]byte(r.fault), &doc); err != nil {
		return r, fmt.Errorf("fault of run %s: %w", r.ID, err)
	}
	r.Error = &RunError{Key: doc.Key, Text: errs.Render(lang, doc.Key, doc.Args)}
	for _, f := range doc.Fields {
		r.Error.Findings = append(r.Error.Findings, findingAt(f.Path, f.Key, f.Args, lang))
	}
	return r, nil
}
