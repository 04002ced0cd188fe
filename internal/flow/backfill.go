package flow

import (
	"context"
	"fmt"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
)

// What a migration left to the running program (table backfill): deadlines and desks of open cases, and the search
// terms of customers and notes that were there before. Each step is small, so that nobody's write waits behind it for
// long; a step that is done again changes nothing.

const (
	backfillKind job.Kind = "backfill"
	casesAStep            = 20
	rowsAStep             = 100
	stepsARun             = 500 // then the job makes room for others
)

// filling is one row of the table: what is to be filled in one shop, and how far it has come.
type filling struct {
	shop  id.ID
	name  string
	after id.ID
}

// fillings maps a row's name to its step, which fills in what stands behind an id and says how far it came: 0 at the end.
func (f *Flow) fillings() map[string]func(ctx context.Context, shopID, after id.ID) (step func(b *db.Batch), last id.ID, err error) {
	return map[string]func(ctx context.Context, shopID, after id.ID) (func(b *db.Batch), id.ID, error){
		"desk_cases": f.fillCases, "search_customers": f.fillCustomers, "search_notes": f.fillNotes,
	}
}

// StartBackfill enqueues the job when there is something left to fill.
func (f *Flow) StartBackfill(ctx context.Context) error {
	return f.DB.Write(ctx, func(tx *db.Tx) error {
		if _, left, err := nextFilling(tx); err != nil || !left {
			return err
		}
		_, err := f.Jobs.Enqueue(tx, backfillKind, struct{}{}, job.Unique("backfill"))
		return err
	})
}

func nextFilling(tx *db.Tx) (r filling, left bool, err error) {
	err = tx.QueryRow(`select shop_id, name, after from backfill where not done and shop_id > 0 order by shop_id, name limit 1`).Scan(&r.shop, &r.name, &r.after)
	if err == db.ErrNoRows {
		return r, false, nil
	}
	return r, err == nil, err
}

// backfill does steps until nothing is left, or until it has had its turn.
func (f *Flow) backfill(ctx context.Context, _ job.Job) error {
	for range stepsARun {
		var r filling
		var left bool
		err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
			r, left, err = nextFilling(tx)
			return err
		})
		if err != nil || !left {
			return err
		}
		fill, known := f.fillings()[r.name]
		if !known {
			return fmt.Errorf("backfill %q is not known", r.name)
		}
		step, last, err := fill(ctx, r.shop, r.after)
		if err != nil {
			return fmt.Errorf("backfill %s of shop %s after %s: %w", r.name, r.shop, r.after, err)
		}
		err = f.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) {
				step(b)
				b.Exec(`update backfill set after = $1, done = $2 where shop_id = $3 and name = $4`, max(last, r.after), last == 0, r.shop, r.name)
			})
		})
		if err != nil {
			return err
		}
	}
	return job.Snooze(0)
}

// fillCases computes the projections of open cases anew. A case that somebody changes meanwhile is left to him.
func (f *Flow) fillCases(ctx context.Context, shopID, after id.ID) (func(b *db.Batch), id.ID, error) {
	var now []cases.Case
	var last id.ID
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		ids, err := cases.OpenAfter(tx, shopID, after, casesAStep)
		for _, caseID := range ids {
			d, err := f.read(tx, shopID, caseID)
			if err != nil {
				return err
			}
			d.Case.Due(d.due())
			d.Case.Work = d.work()
			now, last = append(now, d.Case), caseID
		}
		return err
	})
	return func(b *db.Batch) {
		for _, c := range now {
			cases.Place(b, c)
		}
	}, last, err
}

func (f *Flow) fillCustomers(ctx context.Context, shopID, after id.ID) (func(b *db.Batch), id.ID, error) {
	var some []customer.Customer
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		some, err = customer.After(tx, shopID, after, rowsAStep)
		return err
	})
	var last id.ID
	if len(some) > 0 {
		last = some[len(some)-1].ID
	}
	return func(b *db.Batch) {
		for _, c := range some {
			customer.IndexAgain(b, c)
		}
	}, last, err
}

func (f *Flow) fillNotes(ctx context.Context, shopID, after id.ID) (func(b *db.Batch), id.ID, error) {
	var some []cases.Note
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		some, err = cases.NotesAfter(tx, shopID, after, rowsAStep)
		return err
	})
	var last id.ID
	if len(some) > 0 {
		last = some[len(some)-1].ID
	}
	return func(b *db.Batch) {
		for _, n := range some {
			cases.IndexAgain(b, shopID, n)
		}
	}, last, err
}
