package flow

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/shop"
)

// An import reads its file twice. The first pass (import_check.go) looks at every row and compares it with what was
// imported before; if anything is wrong, all of it is told and nothing is imported. The second (import_write.go) writes
// in chunks that hold the database's writer for a few milliseconds each; every chunk moves the import's mark in its own
// transaction, so that a crash or a cancellation leaves whole orders, and the next attempt goes on behind them.

// Import is a file of orders to import, and where.
type Import struct {
	ShopID  id.ID
	Preset  string
	Mapping string // a mapping that the shop saved, instead of a preset
	Orders  export.File
	Items   *export.File // of presets that have the articles in a second file
	Actor   string

	// Ground is for applications of an after-sale list whose reason names none; without it, "other".
	Ground string
	// Confirm says that the caller may confirm payments: a refund that the list says is done is confirmed.
	Confirm bool
	// DryRun checks and counts, and writes nothing at all.
	DryRun bool
	// Resume goes on with this import. Without it, the newest unfinished import of the same file goes on, if any.
	Resume id.ID
	// Progress is told after every chunk, from the goroutine that called ImportOrders.
	Progress func(ImportProgress)

	chunk int // order lines in one transaction, in tests
}

// ImportPhase is what an import is doing.
type ImportPhase string

const (
	ImportChecks ImportPhase = "check"
	ImportWrites ImportPhase = "write"
)

// ImportProgress is how far a phase has come.
type ImportProgress struct {
	Phase ImportPhase `json:"phase"`
	Rows  int64       `json:"rows" doc:"number of the last row dealt with"`
	Bytes int64       `json:"bytes"`
	Total int64       `json:"total" doc:"bytes of the file"`
}

// ImportCounts are rows by kind.
type ImportCounts struct {
	Orders    int64 `json:"orders"`
	Lines     int64 `json:"lines"`
	Payments  int64 `json:"payments"`
	Returns   int64 `json:"returns" doc:"lines of return documents"`
	Customers int64 `json:"customers"`
}

// ImportReport is what an import did, or, after a dry run, what it would do.
type ImportReport struct {
	DryRun    bool             `json:"dry_run"`
	Run       *order.Run       `json:"run,omitempty" doc:"absent after a dry run"`
	Rows      int64            `json:"rows" doc:"number of the file's last row"`
	Created   ImportCounts     `json:"created" doc:"by this attempt; the run has the sum over all attempts"`
	Unchanged ImportCounts     `json:"unchanged"`
	Advanced  int64            `json:"advanced" doc:"known orders that have been shipped or received since"`
	Skipped   int64            `json:"skipped" doc:"rows that are neither sale nor return"`
	SkippedBy map[string]int64 `json:"skipped_by" doc:"the same by reason"`
	Skips     []export.Skip    `json:"skips" nullable:"false" doc:"the first 10,000 of them"`
	Faults    int64            `json:"faults"`
	FaultList []sheet.Fault    `json:"-"` // the first 10,000 of them

	AfterSale *AfterSaleCounts `json:"after_sale,omitempty" doc:"of an after-sale list"`
}

// maxListed bounds the faults and the skipped rows that are listed one by one.
const maxListed = 10_000

// importer is one attempt at an import.
type importer struct {
	Import
	db     *db.DB
	kind   string // intake.Orders or intake.AfterSale
	preset export.Preset
	terms  export.Terms
	run    order.Run
	report ImportReport
}

// ImportOrders imports a file of orders. Importing a file again, or one that overlaps, changes nothing but that orders
// become shipped or received. The report is of use with an error, too.
//
// Errors: shop.not_found; import.preset_unknown and what Preset.Open refuses; Invalid import.faults (the faults are in
// the report and kept with the run; nothing was imported); Conflict import.cancelled (what was imported stays; the same
// call goes on); Conflict import.elsewhere; for Resume also import.not_found, import.finished, import.file_changed.
// After any other error, too, the same call goes on where this one stopped.
func ImportOrders(ctx context.Context, d *db.DB, in Import) (ImportReport, error) {
	im := newImporter(d, in, intake.Orders)
	if im.chunk == 0 {
		im.chunk = chunkLines
	}
	err := im.prepare(ctx)
	if err == nil && !im.DryRun {
		err = im.begin(ctx)
	}
	if err != nil {
		return im.report, err
	}
	if err = im.check(ctx); err == nil && !im.DryRun {
		if err = im.passed(ctx); err == nil {
			err = im.write(ctx)
		}
	}
	if im.DryRun {
		return im.report, err
	}
	err = im.end(ctx, err)
	im.report.Run = &im.run
	return im.report, err
}

func newImporter(d *db.DB, in Import, kind string) *importer {
	return &importer{Import: in, db: d, kind: kind, report: ImportReport{DryRun: in.DryRun, SkippedBy: map[string]int64{}, Skips: []export.Skip{}}}
}

// prepare finds the preset or the mapping, and what the shop says of times and money.
func (im *importer) prepare(ctx context.Context) error {
	return im.db.Read(ctx, func(tx *db.Tx) error {
		s, err := shop.Get(tx, im.ShopID)
		if err == nil {
			err = im.findLayout(tx)
		}
		if err != nil {
			return err
		}
		cal, err := calendar.Load(s.Calendar)
		if err != nil {
			return err
		}
		im.terms = export.Terms{Currency: s.Currency, Zone: cal.Zone()}
		return nil
	})
}

// begin finds the import that is to go on, or makes one. Whoever led it before finds its version gone and stops.
func (im *importer) begin(ctx context.Context) error {
	hash, err := im.hash()
	if err != nil {
		return err
	}
	return im.db.Write(ctx, func(tx *db.Tx) error {
		run, found, err := im.unfinished(tx, hash)
		if err != nil {
			return err
		}
		verb := "resumed"
		if !found {
			verb = "started"
			run = order.Run{ID: id.New(), ShopID: im.ShopID, Kind: im.kind, Preset: im.Preset, Mapping: im.Mapping, Actor: im.Actor, FileName: im.Orders.Name,
				FileHash: hash, State: order.RunRunning, BytesTotal: im.Orders.Size, Version: 1, StartedAt: tx.Now}
			if im.Items != nil {
				run.ItemsName = im.Items.Name
			}
		}
		return filled(tx, func(b *db.Batch) error {
			if found {
				run.State, run.FinishedAt, run.Error = order.RunRunning, nil, ""
				run = order.UpdateRun(b, run)
			} else {
				order.InsertRun(b, run, tx.Now)
			}
			im.run = run
			return im.note(b, tx.Now, verb)
		})
	})
}

// unfinished is the import that was asked for, or the newest of this file that can go on.
func (im *importer) unfinished(tx *db.Tx, hash string) (order.Run, bool, error) {
	if im.Resume == 0 {
		return order.Unfinished(tx, im.ShopID, im.Preset, im.Mapping, hash)
	}
	run, err := order.GetRun(tx, im.ShopID, im.Resume)
	switch {
	case err != nil:
	case !run.CanGoOn():
		err = errs.New(errs.Conflict, "import.finished", errs.Args{"state": string(run.State)})
	case run.FileHash != hash || run.Preset != im.Preset || run.Mapping != im.Mapping:
		err = errs.New(errs.Invalid, "import.file_changed")
	}
	return run, err == nil, err
}

// hash is the SHA-256 of the file, or of both with their lengths before them.
func (im *importer) hash() (string, error) {
	h := sha256.New()
	for _, f := range []*export.File{&im.Orders, im.Items} {
		if f == nil {
			continue
		}
		if im.Items != nil {
			if err := binary.Write(h, binary.BigEndian, f.Size); err != nil {
				return "", err
			}
		}
		if _, err := io.Copy(h, io.NewSectionReader(f.Data, 0, f.Size)); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// note writes an event of the import into the timeline.
func (im *importer) note(b *db.Batch, now clock.Instant, verb string) error {
	return audit.Write(b, now, audit.Event{ShopID: im.ShopID, Subject: audit.Import, SubjectID: im.run.ID, Actor: im.Actor, Verb: verb},
		map[string]any{"file": im.run.FileName, "preset": im.run.Preset, "mapping": im.run.Mapping, "rows": im.run.RowsDone, "created": im.run.Created, "faults": im.run.Faults})
}

// passed ends the first pass: with faults, the import fails here and they are kept with it.
func (im *importer) passed(ctx context.Context) error {
	n := im.report.Faults
	if n == 0 {
		return nil
	}
	fields := make([]errs.Field, 0, min(n, 100))
	for _, f := range im.report.FaultList[:cap(fields)] {
		fields = append(fields, f.Field())
	}
	e := errs.New(errs.Invalid, "import.faults", errs.Args{"count": n})
	e.Fields = fields
	for first := 0; first < len(im.report.FaultList); first += 500 {
		some := im.report.FaultList[first:min(first+500, len(im.report.FaultList))]
		err := im.db.Write(ctx, func(tx *db.Tx) error {
			return filled(tx, func(b *db.Batch) error { return order.InsertFaults(b, im.run.ShopID, im.run.ID, first+1, some) })
		})
		if err != nil {
			return err
		}
	}
	return e
}

// end writes what became of the import. A broken-off import stays as it is, running, for the next attempt; so does one
// that another process leads.
func (im *importer) end(ctx context.Context, outcome error) error {
	e, _ := errors.AsType[*errs.Error](outcome)
	state, verb := order.RunDone, "done"
	switch {
	case outcome == nil:
	case ctx.Err() != nil:
		state, verb = order.RunCancelled, "cancelled"
		outcome = errs.Wrap(outcome, errs.Conflict, "import.cancelled", errs.Args{"rows": im.run.RowsDone})
	case e != nil && e.Code == errs.Invalid: // import.faults, or a file that is no table at all
		state, verb = order.RunFailed, "failed"
	case e != nil && e.Key == "db.stale":
		return im.superseded(ctx, outcome)
	default:
		return outcome
	}
	next := im.run
	err := im.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		next = im.run
		next.State, next.FinishedAt, next.Faults = state, &tx.Now, im.report.Faults
		if im.kind == intake.Orders {
			next.Skipped = im.report.Skipped
		}
		if e != nil {
			next.Error = e.Key
		}
		return filled(tx, func(b *db.Batch) error {
			next = order.UpdateRun(b, next)
			return im.note(b, tx.Now, verb)
		})
	})
	if err != nil {
		return errors.Join(outcome, err)
	}
	im.run = next
	return outcome
}

// superseded says why somebody else has the import's version: it was cancelled, or is led elsewhere.
func (im *importer) superseded(ctx context.Context, stale error) error {
	err := im.db.Read(context.WithoutCancel(ctx), func(tx *db.Tx) (err error) {
		im.run, err = order.GetRun(tx, im.ShopID, im.run.ID)
		return err
	})
	switch {
	case err != nil:
		return errors.Join(stale, err)
	case im.run.State == order.RunCancelled:
		return errs.New(errs.Conflict, "import.cancelled", errs.Args{"rows": im.run.RowsDone})
	}
	return errs.New(errs.Conflict, "import.elsewhere")
}

// CancelImport stops an import before its next chunk. What was imported stays, and the import can be resumed. One that
// is cancelled already stays so. Errors: import.not_found; Conflict import.finished.
func CancelImport(ctx context.Context, d *db.DB, shopID, runID id.ID, actor string) (order.Run, error) {
	return again(ctx, func() (run order.Run, err error) { // the import moves its own row with every chunk
		err = d.Write(ctx, func(tx *db.Tx) error {
			run, err = cancelRun(tx, shopID, runID, actor)
			return err
		})
		return run, err
	})
}

func cancelRun(tx *db.Tx, shopID, runID id.ID, actor string) (order.Run, error) {
	run, err := order.GetRun(tx, shopID, runID)
	if err != nil || run.State == order.RunCancelled {
		return run, err
	}
	if !run.CanGoOn() {
		return run, errs.New(errs.Conflict, "import.finished", errs.Args{"state": string(run.State)})
	}
	run.State, run.FinishedAt, run.Error = order.RunCancelled, &tx.Now, "import.cancelled"
	err = filled(tx, func(b *db.Batch) error {
		run = order.UpdateRun(b, run)
		im := importer{Import: Import{ShopID: shopID, Actor: actor}, run: run}
		return im.note(b, tx.Now, "cancelled")
	})
	return run, err
}

// Imports lists a shop's imports, newest first, before the given one, at most limit.
func Imports(ctx context.Context, d *db.DB, shopID, before id.ID, limit int) (runs []order.Run, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		runs, err = order.Runs(tx, shopID, before, limit)
		return err
	})
	return runs, err
}

// filled runs a batch whose filling may fail.
func filled(tx *db.Tx, fill func(b *db.Batch) error) error {
	return tx.Batch(func(b *db.Batch) {
		if err := fill(b); err != nil {
			b.Fail(err)
		}
	})
}
