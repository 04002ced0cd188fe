package flow

import (
	"context"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/web"
)

// A platform's after-sale list is imported like orders are: the whole file is checked first, and with one fault nothing
// is taken over. Then record after record is matched to its order by the order's number, opens a case through the same
// command a person would give, or brings the case it opened before up to date; what differs is kept as a row that people
// see (aftersale_record.go, aftersale_compare.go). Every step is safe to repeat, so that the same file, imported again
// or after a stop, changes nothing that stands already.

// AfterSaleCounts are what became of the records of a list.
type AfterSaleCounts struct {
	Opened    int64 `json:"opened" doc:"cases opened"`
	Linked    int64 `json:"linked" doc:"records that belong to a case somebody had opened already"`
	Updated   int64 `json:"updated" doc:"records of which the platform says something new"`
	Confirmed int64 `json:"confirmed" doc:"refunds confirmed: the platform gave the same amount back"`
	Unmatched int64 `json:"unmatched" doc:"records without a case; each says why"`
	Differs   int64 `json:"differences" doc:"where the platform says another thing than we do, after this import"`
}

// maxList bounds an after-sale list, which is held in memory.
const maxList = 100_000

// listImport is one attempt at an import of an after-sale list.
type listImport struct {
	*importer
	f       *Flow
	who     Actor
	list    intake.List
	records []intake.Record
	counts  AfterSaleCounts
	base    order.Run // as it was when this attempt began
	refusal string    // what kept the record at hand from being applied for
}

// importKind says what an import's preset or mapping is for.
func (f *Flow) importKind(ctx context.Context, in Import) (string, error) {
	if in.Mapping == "" {
		if p, ok := presetNamed(in.Preset); ok {
			return p.Kind, nil
		}
		return intake.Orders, nil
	}
	var m intake.Mapping
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = intake.GetMapping(tx, in.ShopID, in.Mapping)
		return err
	})
	return m.Kind, err
}

// Import imports a file of either kind: what its preset or mapping is for.
func (f *Flow) Import(ctx context.Context, who Actor, in Import) (ImportReport, error) {
	kind, err := f.importKind(ctx, in)
	switch {
	case err != nil:
		return ImportReport{}, err
	case kind == intake.AfterSale:
		return f.ImportAfterSale(ctx, who, in)
	}
	return ImportOrders(ctx, f.DB, in)
}

// ImportAfterSale imports an after-sale list. Errors: as of ImportOrders.
func (f *Flow) ImportAfterSale(ctx context.Context, who Actor, in Import) (ImportReport, error) {
	ctx = web.Apart(ctx)
	im := &listImport{importer: newImporter(f.DB, in, intake.AfterSale), f: f, who: who}
	im.report.AfterSale = &im.counts
	err := im.prepare(ctx)
	if err == nil {
		err = im.findList(ctx)
	}
	if err == nil && !im.DryRun {
		err = im.begin(ctx)
	}
	if err != nil {
		return im.report, err
	}
	if err = im.readAll(ctx); err == nil {
		err = im.verify(ctx)
	}
	if im.DryRun {
		return im.report, err
	}
	if im.base = im.run; err == nil {
		if err = im.passed(ctx); err == nil {
			err = im.takeAll(ctx)
		}
	}
	err = im.end(ctx, err)
	im.report.Run = &im.run
	return im.report, err
}

func (im *listImport) findList(ctx context.Context) error {
	if im.Items != nil {
		return errs.New(errs.Invalid, "import.items_unwanted", errs.Args{"preset": im.Preset})
	}
	for _, l := range intake.Lists() {
		if l.Name == im.Preset && im.Mapping == "" {
			im.list = l
			return nil
		}
	}
	if im.Mapping == "" {
		_, err := export.PresetNamed(im.Preset) // refuses it by name, or it is for orders
		if err == nil {
			err = errs.New(errs.Invalid, "import.wrong_kind", errs.Args{"preset": im.Preset})
		}
		return err
	}
	return im.db.Read(ctx, func(tx *db.Tx) error {
		m, err := intake.GetMapping(tx, im.ShopID, im.Mapping)
		if err == nil && m.Kind != intake.AfterSale {
			err = errs.New(errs.Invalid, "import.wrong_kind", errs.Args{"preset": im.Mapping})
		}
		im.list = m.List()
		return err
	})
}

// readAll reads the whole list and collects every fault.
func (im *listImport) readAll(ctx context.Context) error {
	terms := intake.Terms{Currency: im.terms.Currency, Zone: im.terms.Zone}
	err := im.list.Read(ctx, terms, layout.Source{Data: im.Orders.Data, Size: im.Orders.Size}, func(r intake.Record, faults []sheet.Fault) error {
		c := checker{importer: im.importer}
		c.fault(faults...)
		im.report.Rows = max(im.report.Rows, int64(r.Row))
		if im.records = append(im.records, r); len(im.records) > maxList {
			return errs.New(errs.Invalid, "import.too_many_items", errs.Args{"max": maxList})
		}
		return nil
	})
	if err != nil && len(im.records) == 0 {
		return im.anotherLayout(ctx, err)
	}
	return err
}

// verify looks at every record beside what was imported before: an application does not change its order. A dry run
// also counts what would be new.
func (im *listImport) verify(ctx context.Context) error {
	c := checker{importer: im.importer}
	for i := 0; i < len(im.records); i += 200 {
		err := im.db.Read(ctx, func(tx *db.Tx) error {
			for _, r := range im.records[i:min(i+200, len(im.records))] {
				if r.ReturnNo == "" {
					continue
				}
				was, found, err := intake.Find(tx, im.ShopID, r.Platform, r.ReturnNo)
				if err != nil {
					return err
				}
				if found && was.OrderNo != r.OrderNo {
					c.fault(sheet.Fault{Row: r.Row, Column: "order_no", Key: "import.contradicts",
						Args: errs.Args{"row": r.Row, "number": r.ReturnNo, "column": "order_no", "was": was.OrderNo, "now": r.OrderNo}})
				}
				if im.DryRun {
					im.count(was, found, r)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (im *listImport) count(was intake.Record, found bool, now intake.Record) {
	if !found {
		im.report.Created.Returns++
		return
	}
	im.report.Unchanged.Returns++
	if _, changed := was.Advance(now); changed {
		im.report.Advanced++
		im.counts.Updated++
	}
}

// takeAll takes the records over, one after the other, behind the last one that was taken. Every few records the
// import's mark moves; whoever cancelled it or took it over has its version then.
func (im *listImport) takeAll(ctx context.Context) error {
	const few = 20
	from := im.run.RowsDone
	for i, r := range im.records {
		if int64(r.Row) <= from {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		r.ShopID, r.ImportID = im.ShopID, im.run.ID
		if err := im.take(ctx, r); err != nil {
			return err
		}
		if i%few != few-1 && i != len(im.records)-1 {
			continue
		}
		if err := im.mark(ctx, int64(r.Row), int64(i+1)); err != nil {
			return err
		}
		if im.Progress != nil {
			im.Progress(ImportProgress{Phase: ImportWrites, Rows: im.run.RowsDone, Bytes: im.run.BytesDone, Total: im.Orders.Size})
		}
	}
	return nil
}

// mark writes how far the import has come.
func (im *listImport) mark(ctx context.Context, row, done int64) error {
	run := im.run
	run.RowsDone, run.BytesDone = row, im.share(done, int64(len(im.records)))
	run.Created, run.Unchanged = im.base.Created+im.report.Created.Returns, im.base.Unchanged+im.report.Unchanged.Returns
	run.Advanced, run.Opened = im.base.Advanced+im.report.Advanced, im.base.Opened+im.counts.Opened
	run.Confirmed, run.Differs, run.Skipped = im.base.Confirmed+im.counts.Confirmed, im.base.Differs+im.counts.Differs, im.base.Skipped+im.report.Skipped
	err := im.db.Write(ctx, func(tx *db.Tx) error {
		next := run
		return filled(tx, func(b *db.Batch) error {
			run = order.UpdateRun(b, next)
			return nil
		})
	})
	if err == nil {
		im.run = run
	}
	return err
}

// take takes one record over.
func (im *listImport) take(ctx context.Context, now intake.Record) error {
	im.refusal = ""
	r, err := im.remember(ctx, now)
	if err != nil {
		return err
	}
	if r.State != intake.Opened && r.Stage != intake.Closed {
		units := now.Quantity // as the list says; what is kept is at least one
		if r, err = im.place(ctx, r, units); err != nil {
			return err
		}
	}
	if r.State == intake.Unmatched {
		im.counts.Unmatched++
		im.report.Skipped++
		key := "import.unmatched_" + r.Reason
		im.report.SkippedBy[key]++
		if len(im.report.Skips) < maxListed {
			im.report.Skips = append(im.report.Skips, export.Skip{Row: now.Row, Key: key, Args: errs.Args{"row": now.Row, "number": r.ReturnNo, "order": r.OrderNo}})
		}
	}
	n, err := im.compare(ctx, r, now.Row)
	im.counts.Differs += n
	return err
}

// remember keeps what the list says of an application.
func (im *listImport) remember(ctx context.Context, now intake.Record) (r intake.Record, err error) {
	var was intake.Record
	var found bool
	err = im.db.Read(ctx, func(tx *db.Tx) error {
		was, found, err = intake.Find(tx, im.ShopID, now.Platform, now.ReturnNo)
		return err
	})
	if err != nil {
		return r, err
	}
	im.count(was, found, now)
	if !found {
		now.ID = id.New()
		if now.Stage == intake.Closed {
			now.State, now.Reason = intake.Unmatched, ClosedThere
		}
		now.Version = 1
		return now, im.db.Write(ctx, func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) { intake.Insert(b, now) })
		})
	}
	next, changed := was.Advance(now)
	if !changed {
		return was, nil
	}
	if next.CaseID != 0 {
		return im.f.platformSays(ctx, im.who, was, next)
	}
	return next, im.db.Write(ctx, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) { next = intake.Update(b, next) })
	})
}
