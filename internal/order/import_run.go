package order

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/sheet"
)

// RunState is what became of an import.
type RunState string

const (
	RunRunning   RunState = "running"   // under way, or broken off by a crash; can go on
	RunDone      RunState = "done"      // to the end
	RunFailed    RunState = "failed"    // the file has faults; nothing was imported
	RunCancelled RunState = "cancelled" // what was imported stays; can go on
)

// Run is one import of one file. RowsDone moves in the transaction that writes the rows, so that an import that was
// broken off goes on behind the last row that is stored.
type Run struct {
	ID         id.ID          `json:"id"`
	ShopID     id.ID          `json:"-"`
	Kind       string         `json:"kind" enum:"orders,after_sale"`
	Preset     string         `json:"preset" doc:"empty where a mapping was used"`
	Mapping    string         `json:"mapping,omitempty"`
	Actor      string         `json:"actor" doc:"who began it"`
	FileName   string         `json:"file_name"`
	ItemsName  string         `json:"items_name,omitempty" doc:"the second file's"`
	FileHash   string         `json:"file_hash" doc:"SHA-256 of the file, or of both"`
	State      RunState       `json:"state" enum:"running,done,failed,cancelled"`
	BytesTotal int64          `json:"bytes_total"`
	BytesDone  int64          `json:"bytes_done"`
	RowsDone   int64          `json:"rows_done" doc:"number of the last row whose order is stored"`
	Created    int64          `json:"created" doc:"order lines and return lines that were new"`
	Unchanged  int64          `json:"unchanged" doc:"order lines and return lines that were known"`
	Faults     int64          `json:"faults"`
	Skipped    int64          `json:"skipped" doc:"rows that were left out, each with its reason"`
	Advanced   int64          `json:"advanced" doc:"known orders or applications of which more is known now"`
	Opened     int64          `json:"opened" doc:"cases opened"`
	Confirmed  int64          `json:"confirmed" doc:"refunds confirmed"`
	Differs    int64          `json:"differences" doc:"where the platform said another thing than we did"`
	StartedAt  clock.Instant  `json:"started_at"`
	FinishedAt *clock.Instant `json:"finished_at,omitempty"`
	Error      string         `json:"error,omitempty" doc:"message key"`
	Version    int64          `json:"version"`
}

// CanGoOn says whether the import may be resumed.
func (r Run) CanGoOn() bool { return r.State == RunRunning || r.State == RunCancelled }

const runColumns = `id, shop_id, kind, preset, mapping, actor, file_name, items_name, file_hash, state, bytes_total, bytes_done, rows_done, created,
	unchanged, faults, skipped, advanced, opened, confirmed, differences, started_at, finished_at, error, version`

func scanRun(r interface{ Scan(...any) error }) (Run, error) {
	var x Run
	return x, r.Scan(&x.ID, &x.ShopID, &x.Kind, &x.Preset, &x.Mapping, &x.Actor, &x.FileName, &x.ItemsName, &x.FileHash, &x.State, &x.BytesTotal,
		&x.BytesDone, &x.RowsDone, &x.Created, &x.Unchanged, &x.Faults, &x.Skipped, &x.Advanced, &x.Opened, &x.Confirmed, &x.Differs, &x.StartedAt, &x.FinishedAt, &x.Error, &x.Version)
}

// InsertRun adds an import at version 1, started now.
func InsertRun(b *db.Batch, r Run, now clock.Instant) {
	b.Exec(`insert into import_run (`+runColumns+`, dry_run) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,1,$25)`,
		r.ID, r.ShopID, r.Kind, r.Preset, r.Mapping, r.Actor, r.FileName, r.ItemsName, r.FileHash, r.State, r.BytesTotal, r.BytesDone, r.RowsDone, r.Created,
		r.Unchanged, r.Faults, r.Skipped, r.Advanced, r.Opened, r.Confirmed, r.Differs, now, r.FinishedAt, r.Error, false)
}

// UpdateRun writes where an import stands, under its version, and returns it as it now is. Whoever holds an older
// version no longer leads the import: the batch is a conflict db.stale.
func UpdateRun(b *db.Batch, r Run) Run {
	b.ExecN(1, `update import_run set state = $1, bytes_done = $2, rows_done = $3, created = $4, unchanged = $5, faults = $6, finished_at = $7,
		error = $8, skipped = $9, advanced = $10, opened = $11, confirmed = $12, differences = $13, version = version + 1
		where id = $14 and shop_id = $15 and version = $16`,
		r.State, r.BytesDone, r.RowsDone, r.Created, r.Unchanged, r.Faults, r.FinishedAt, r.Error, r.Skipped, r.Advanced, r.Opened, r.Confirmed,
		r.Differs, r.ID, r.ShopID, r.Version)
	r.Version++
	return r
}

// GetRun reads one import of a shop.
func GetRun(tx *db.Tx, shopID, runID id.ID) (Run, error) {
	r, err := scanRun(tx.QueryRow(`select `+runColumns+` from import_run where id = $1 and shop_id = $2`, runID, shopID))
	if err == db.ErrNoRows {
		return r, errs.New(errs.NotFound, "import.not_found")
	}
	return r, err
}

// Runs lists a shop's imports, newest first, before the given one (zero: from the newest), at most limit.
func Runs(tx *db.Tx, shopID, before id.ID, limit int) ([]Run, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.Collect(tx, func(r *db.Rows) (Run, error) { return scanRun(r) },
		`select `+runColumns+` from import_run where shop_id = $1 and id < $2 order by id desc limit $3`, shopID, before, limit)
}

// Unfinished finds the newest import of the same file that can go on; ok is false when there is none.
func Unfinished(tx *db.Tx, shopID id.ID, preset, mapping, fileHash string) (r Run, ok bool, err error) {
	r, err = scanRun(tx.QueryRow(`select `+runColumns+` from import_run where shop_id = $1 and preset = $2 and mapping = $3
		and file_hash = $4 and state in ('running', 'cancelled') order by id desc limit 1`, shopID, preset, mapping, fileHash))
	if err == db.ErrNoRows {
		return r, false, nil
	}
	return r, err == nil, err
}

// InsertFaults keeps the faults of an import, numbered from first.
func InsertFaults(b *db.Batch, shopID, runID id.ID, first int, faults []sheet.Fault) error {
	for i, f := range faults {
		args, err := json.Marshal(f.Args)
		if err != nil {
			return fmt.Errorf("import fault %s: %w", f.Key, err)
		}
		b.Exec(`insert into import_fault (run_id, no, shop_id, row_no, col, key, args) values ($1,$2,$3,$4,$5,$6,$7)`, runID, first+i, shopID, f.Row, f.Column, f.Key, string(args))
	}
	return nil
}

// Faults lists what was wrong with the file of an import, in the order of the file, after the given number, at most limit.
func Faults(tx *db.Tx, shopID, runID id.ID, after, limit int) ([]sheet.Fault, error) {
	return db.Collect(tx, func(r *db.Rows) (sheet.Fault, error) {
		var f sheet.Fault
		var args string
		if err := r.Scan(&f.Row, &f.Column, &f.Key, &args); err != nil {
			return f, err
		}
		if err := json.Unmarshal([]byte(args), &f.Args); err != nil {
			return f, fmt.Errorf("import fault %s: %w", f.Key, err)
		}
		return f, nil
	}, `select row_no, col, key, args from import_fault where run_id = $1 and shop_id = $2 and no > $3 order by no limit $4`, runID, shopID, after, limit)
}
