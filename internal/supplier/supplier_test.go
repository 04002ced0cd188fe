package supplier_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/supplier"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Every state × every event.
func TestEveryStateAndEvent(t *testing.T) {
	m := casetest.Machine[supplier.State, supplier.Event]{States: supplier.States, Events: supplier.Events, Edges: supplier.Edges, Key: "supplier.not_now", Words: "supplier",
		Next: func(s supplier.State, e supplier.Event) (supplier.State, error) {
			r, err := supplier.Return{State: s, Currency: "CNY", Asked: 10, Granted: 10}.After(e, dbtest.Start, 10)
			if err != nil {
				return "", err
			}
			return r.State, nil
		}}
	casetest.Golden(t, "transitions.golden", m.Table(t))
	for _, s := range supplier.States {
		if !m.Reached(supplier.Sent)[s] {
			t.Errorf("%s is never reached", s)
		}
	}
}

// Whatever happens in whatever order: never more granted than asked nor received than granted, what is due is the rest, and what ended stays.
func TestNeverMoreThanAsked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := supplier.Return{State: supplier.Sent, Currency: "CNY", Asked: rapid.Int64Range(1, 100).Draw(rt, "asked")}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			was := r
			e, minor := rapid.SampledFrom(supplier.Events).Draw(rt, "event"), rapid.Int64Range(-1, 120).Draw(rt, "minor")
			next, err := r.After(e, dbtest.Start, minor)
			if err != nil {
				if d := cmp.Diff(was, next); d != "" {
					rt.Fatalf("a refused %s changed %s", e, d)
				}
				continue
			}
			r = next
			switch {
			case r.Granted > r.Asked, r.Received > r.Granted, r.Received < was.Received:
				rt.Fatalf("%+v after %s", r, e)
			case r.State == supplier.Granted && r.Due() != r.Granted-r.Received, r.State == supplier.Received && r.Received != r.Granted, r.State != supplier.Granted && r.Due() != 0:
				rt.Fatalf("%s: due %d of %d, %d came", r.State, r.Due(), r.Granted, r.Received)
			case (r.ClosedAt != nil) != (len(r.Allowed()) == 0):
				rt.Fatalf("%s: closed at %v", r.State, r.ClosedAt)
			}
		}
	})
}

func sent(g *casetest.Ground, lines ...int) supplier.Return {
	r := supplier.Return{ID: id.New(), ShopID: g.Shop.ID, Supplier: "温州鞋厂", WarehouseID: g.Warehouse.ID, Carrier: "德邦", Waybill: "DPK100000001", State: supplier.Sent, Currency: "CNY",
		Asked: 900, By: "阿岳", SentAt: dbtest.Start, Version: 1, Lines: []supplier.Line{}}
	for _, i := range lines {
		r.Lines = append(r.Lines, supplier.Line{ReturnID: r.ID, CaseLineID: g.Lines[i].ID, CaseID: g.Case.ID, CaseNumber: g.Case.Number, OrderLineID: g.Sold[i].ID, SKU: "S", Title: "鞋", Quantity: 1})
	}
	return r
}

// A return reads as it was written, by shop, state, page and day; a line goes once; a version that is not the current one changes nothing.
func TestStore(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := movement.Movement{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, Purpose: movement.Return, State: movement.Announced, Number: "R1", WarehouseID: g.Warehouse.ID, AnnouncedAt: dbtest.Start}
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { movement.Insert(b, m) })
		put := func(r supplier.Return) error {
			for i := range r.Lines {
				r.Lines[i].MovementID = m.ID
			}
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { supplier.Insert(b, r) })
		}
		r, later := sent(g, 0), sent(g)
		later.SentAt = dbtest.Start.Add(time.Hour)
		if err := put(r); err != nil {
			t.Fatal(err)
		}
		if err := put(sent(g, 1, 0)); !db.IsUnique(err) {
			t.Errorf("a line went twice: %v", err)
		}
		if err := put(later); err != nil {
			t.Fatal(err)
		}
		read := func() supplier.Return {
			return casetest.See(t, g, func(tx *db.Tx) (supplier.Return, error) { return supplier.Get(tx, g.Shop.ID, r.ID) })
		}
		if d := cmp.Diff(r, read()); d != "" {
			t.Errorf("-written +read:\n%s", d)
		}
		in := func(shop id.ID, s supplier.State, after id.ID) int {
			return len(casetest.See(t, g, func(tx *db.Tx) ([]supplier.Return, error) { return supplier.In(tx, shop, s, after, 10) }))
		}
		if in(g.Shop.ID, supplier.Sent, 0) != 2 || in(g.Shop.ID, supplier.Sent, r.ID) != 1 || in(g.Shop.ID, supplier.Granted, 0)+in(g.Stranger.ID, supplier.Sent, 0) != 0 {
			t.Error("listed by shop, state and page")
		}
		between := func(shop id.ID, hours ...time.Duration) int {
			return len(casetest.See(t, g, func(tx *db.Tx) ([]supplier.Return, error) {
				return supplier.Between(tx, shop, dbtest.Start.Add(hours[0]*time.Hour), dbtest.Start.Add(hours[1]*time.Hour), 10)
			}))
		}
		if between(g.Shop.ID, 0, 1) != 1 || between(g.Shop.ID, 0, 2) != 2 || between(g.Stranger.ID, 0, 2) != 0 {
			t.Error("listed by day")
		}
		went := func(shop id.ID, i int) id.ID {
			return casetest.See(t, g, func(tx *db.Tx) (id.ID, error) { return supplier.Went(tx, shop, g.Lines[i].ID) })
		}
		if went(g.Shop.ID, 0) != r.ID || went(g.Shop.ID, 1)+went(g.Stranger.ID, 0) != 0 {
			t.Error("what went")
		}
		granted, err := r.After(supplier.Grant, dbtest.Start, 700)
		if err != nil {
			t.Fatal(err)
		}
		granted.Answer = "按进价"
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { granted = supplier.Save(b, granted) })
		if d := cmp.Diff(granted, read()); d != "" || granted.Version != 2 {
			t.Errorf("-saved +read:\n%s", d)
		}
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { supplier.Save(b, r) }))
		granted.Received = 701
		if err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { supplier.Save(b, granted) }); !db.IsCheck(err) {
			t.Errorf("more than granted: %v", err)
		}
		_, err = casetest.Ask(t, g, func(tx *db.Tx) (supplier.Return, error) { return supplier.Get(tx, g.Stranger.ID, r.ID) })
		casetest.WantKey(t, err, errs.NotFound, "supplier.not_found")
	})
}
