package movement_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
)

var guangzhou = movement.InWarehouse("guangzhou")

// handover is units of the first article going from one to another.
func handover(g *casetest.Ground, m movement.Movement, from, to movement.Holder, units int64) movement.Handover {
	return movement.Handover{ShopID: g.Shop.ID, OrderLineID: g.Sold[0].ID, MovementID: m.ID, From: from, To: to, Quantity: units, By: "阿岳"}
}

func give(t *testing.T, g *casetest.Ground, h movement.Handover) error {
	t.Helper()
	return g.TryBatch(t, func(tx *db.Tx, b *db.Batch) { movement.HandOver(b, tx.Now, h, g.Sold[0].Quantity) })
}

func holdings(tx *db.Tx, shop, orderLine id.ID) (map[movement.Holder]int64, error) {
	all, err := movement.Holdings(tx, shop, orderLine)
	out := map[movement.Holder]int64{}
	for _, h := range all {
		if h.OrderLineID != orderLine {
			return nil, fmt.Errorf("a holding of %v", h.OrderLineID)
		}
		out[h.Holder] = h.Quantity
	}
	return out, err
}

func wantHeld(t *testing.T, g *casetest.Ground, want map[movement.Holder]int64) {
	t.Helper()
	got := casetest.See(t, g, func(tx *db.Tx) (map[movement.Holder]int64, error) { return holdings(tx, g.Shop.ID, g.Sold[0].ID) })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("held (-want +got):\n%s", d)
	}
}

func TestHandOver(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		wantHeld(t, g, map[movement.Holder]int64{}) // nothing is written before the first handover
		for _, h := range []movement.Handover{
			handover(g, m, movement.WithCustomer, movement.WithCarrier, 2),
			handover(g, m, movement.WithCarrier, guangzhou, 2),
			handover(g, m, movement.WithCustomer, movement.WithCarrier, 0), // an empty parcel
			handover(g, m, guangzhou, guangzhou, 1),                        // goes nowhere
			handover(g, m, guangzhou, movement.WithCustomer, 1),
		} {
			if err := give(t, g, h); err != nil {
				t.Fatal(err)
			}
		}
		wantHeld(t, g, map[movement.Holder]int64{movement.WithCustomer: 2, movement.WithCarrier: 0, guangzhou: 1})
		if n := casetest.Count(t, g, "custody"); n != 3 {
			t.Errorf("%d rows of custody, want 3: what does not move is not written", n)
		}
		type row struct {
			From, To string
			Units    int64
			At       int64
			By       string
		}
		log := casetest.See(t, g, func(tx *db.Tx) ([]row, error) {
			return db.Collect(tx, func(r *db.Rows) (x row, err error) { return x, r.Scan(&x.From, &x.To, &x.Units, &x.At, &x.By) },
				`select from_holder, to_holder, quantity, at, by from custody where movement_id = $1 and shop_id = $2 order by id`, m.ID, g.Shop.ID)
		})
		at := int64(dbtest.Start)
		want := []row{{"customer", "carrier", 2, at, "阿岳"}, {"carrier", "warehouse:guangzhou", 2, at, "阿岳"}, {"warehouse:guangzhou", "customer", 1, at, "阿岳"}}
		if d := cmp.Diff(want, log); d != "" {
			t.Errorf("custody (-want +got):\n%s", d)
		}
	})
}

// Nobody gives away what they do not have; what was refused leaves no trace.
func TestDatabaseRefusesANegativeHolding(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		casetest.WantCheck(t, give(t, g, handover(g, m, movement.WithCustomer, movement.WithCarrier, 4))) // 3 were sold
		casetest.WantCheck(t, give(t, g, handover(g, m, movement.WithCustomer, movement.WithCarrier, -1)))
		casetest.WantStale(t, give(t, g, handover(g, m, guangzhou, movement.WithCustomer, 1))) // the warehouse never had any
		wantHeld(t, g, map[movement.Holder]int64{})
		if err := give(t, g, handover(g, m, movement.WithCustomer, movement.WithCarrier, 3)); err != nil {
			t.Fatal(err)
		}
		casetest.WantCheck(t, give(t, g, handover(g, m, movement.WithCustomer, movement.WithCarrier, 1)))
		wantHeld(t, g, map[movement.Holder]int64{movement.WithCustomer: 0, movement.WithCarrier: 3})
		if n := casetest.Count(t, g, "custody"); n != 1 {
			t.Errorf("%d rows of custody", n)
		}
	})
}

func TestCustodyIsAppendOnly(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		if err := give(t, g, handover(g, m, movement.WithCustomer, movement.WithCarrier, 1)); err != nil {
			t.Fatal(err)
		}
		casetest.AppendOnly(t, g, "custody", `update %s set quantity = 2`, `delete from %s`)
	})
}

func TestAnotherShopHoldsNothing(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		if err := give(t, g, handover(g, m, movement.WithCustomer, movement.WithCarrier, 1)); err != nil {
			t.Fatal(err)
		}
		held := casetest.See(t, g, func(tx *db.Tx) (map[movement.Holder]int64, error) { return holdings(tx, g.Stranger.ID, g.Sold[0].ID) })
		if len(held) != 0 {
			t.Errorf("another shop sees %v", held)
		}
		strange := handover(g, m, movement.WithCarrier, guangzhou, 1)
		strange.ShopID = g.Stranger.ID
		casetest.WantStale(t, give(t, g, strange))
	})
}

// Whoever gives whatever to whomever: units are neither made nor lost, every holding is what custody says, and a
// handover goes through exactly when the giver holds the units.
func TestCustodyConservesUnits(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		rapid.Check(t, func(rt *rapid.T) {
			undo := errors.New("undo") // every run begins with all units at the customer's
			err := g.DB.Write(t.Context(), func(tx *db.Tx) error {
				if err := randomHandovers(rt, tx, g, m); err != nil {
					return err
				}
				return undo
			})
			if err != undo {
				rt.Fatal(err)
			}
		})
	})
}

func randomHandovers(rt *rapid.T, tx *db.Tx, g *casetest.Ground, m movement.Movement) error {
	holders := rapid.SampledFrom([]movement.Holder{movement.WithCustomer, movement.WithCarrier, guangzhou, movement.InWarehouse("chengdu")})
	sold := rapid.Int64Range(1, 9).Draw(rt, "sold")
	want := map[movement.Holder]int64{movement.WithCustomer: sold}
	for range rapid.IntRange(1, 10).Draw(rt, "handovers") {
		h := handover(g, m, holders.Draw(rt, "from"), holders.Draw(rt, "to"), rapid.Int64Range(0, 4).Draw(rt, "units"))
		err := tx.Try(func() error {
			return tx.Batch(func(b *db.Batch) { movement.HandOver(b, tx.Now, h, sold) })
		})
		may := want[h.From] >= h.Quantity || h.From == h.To
		if may != (err == nil) {
			rt.Fatalf("%+v of %v: %v", h, want, err)
		}
		if err == nil && h.From != h.To {
			want[h.From] -= h.Quantity
			want[h.To] += h.Quantity
		}
		held, err := holdings(tx, g.Shop.ID, g.Sold[0].ID)
		if err != nil {
			return err
		}
		var sum int64
		for _, n := range held {
			sum += n
		}
		if len(held) > 0 && sum != sold {
			rt.Fatalf("%d units sold, %d held: %v", sold, sum, held)
		}
		there := maps.Clone(want)
		for _, x := range []map[movement.Holder]int64{held, there} {
			maps.DeleteFunc(x, func(_ movement.Holder, n int64) bool { return n == 0 })
		}
		if d := cmp.Diff(there, held); len(held) > 0 && d != "" {
			rt.Fatal(d)
		}
	}
	return nil
}
