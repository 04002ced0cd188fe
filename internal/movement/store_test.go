package movement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
)

func ptr[T any](v T) *T { return &v }

// parcel is an announced return of the units of both case lines, with every field of an announcement.
func parcel(g *casetest.Ground, number string) movement.Movement {
	return movement.Movement{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, Purpose: movement.Return, State: movement.Announced, Number: number,
		WarehouseID: g.Warehouse.ID, DecisionID: id.New(), BorneBy: movement.Customer, SendBy: ptr(calendar.DateOf(2026, 11, 28)),
		AnnouncedAt: dbtest.Start, Version: 1, Lines: []movement.Line{
			{CaseLineID: g.Lines[0].ID, OrderLineID: g.Sold[0].ID, Announced: 3},
			{CaseLineID: g.Lines[1].ID, OrderLineID: g.Sold[1].ID, Announced: 2},
		}}
}

// put writes a movement and returns it.
func put(t *testing.T, g *casetest.Ground, m movement.Movement) movement.Movement {
	t.Helper()
	g.Batch(t, func(_ *db.Tx, b *db.Batch) { movement.Insert(b, m) })
	return m
}

// wantStored wants a movement to stand in the database like this.
func wantStored(t *testing.T, g *casetest.Ground, want movement.Movement) {
	t.Helper()
	got := casetest.See(t, g, func(tx *db.Tx) (movement.Movement, error) { return movement.Get(tx, g.Shop.ID, want.ID) })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("stored (-want +got):\n%s", d)
	}
}

func TestMovementRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		full := parcel(g, "R261121-000001")
		full.State, full.Problem, full.Carrier, full.Waybill, full.Freight, full.AdvancedBy = movement.Discrepant, movement.Short, "顺丰", "SF1234567890", 1200, movement.Customer
		full.ShippedAt, full.SignedAt, full.ReceivedAt = ptr(dbtest.Start+1), ptr(dbtest.Start+2), ptr(dbtest.Start+3)
		full.Checked, full.TellBy, full.ToldAt = movement.CheckNeeded, ptr(calendar.DateOf(2026, 11, 22)), ptr(dbtest.Start+4)
		full.Lines[0].Arrived = ptr(int64(2))
		full.Lines[1].Arrived = ptr(int64(0))
		put(t, g, full)
		bare := put(t, g, movement.Movement{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, Purpose: movement.SendBack, State: movement.ToShip,
			Number: "S261121-000001", AnnouncedAt: dbtest.Start, Version: 1, Lines: []movement.Line{{CaseLineID: g.Lines[1].ID, OrderLineID: g.Sold[1].ID, Announced: 1}}})
		wantStored(t, g, full)
		wantStored(t, g, bare)
		all := casetest.See(t, g, func(tx *db.Tx) ([]movement.Movement, error) { return movement.OfCase(tx, g.Shop.ID, g.Case.ID) })
		if d := cmp.Diff([]movement.Movement{full, bare}, all); d != "" {
			t.Errorf("the case's (-want +got):\n%s", d)
		}
		none := casetest.See(t, g, func(tx *db.Tx) ([]movement.Movement, error) { return movement.OfCase(tx, g.Shop.ID, id.New()) })
		if len(none) != 0 {
			t.Errorf("another case has %v", none)
		}
	})
}

// The number stands on the parcel, and says which it is.
func TestParcelNumberIsTakenOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		put(t, g, parcel(g, "R1"))
		if err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.Insert(b, parcel(g, "R1")) }); !db.IsUnique(err) {
			t.Errorf("%v, want a unique violation", err)
		}
		if n := casetest.Count(t, g, "movement_line"); n != 2 {
			t.Errorf("%d movement lines", n)
		}
	})
}

// A scan may mean several parcels: the newest first, of this shop alone.
func TestByWaybill(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		var ids []id.ID
		for i := range 22 {
			m := parcel(g, "R"+string(rune('A'+i)))
			m.Waybill = "SF1234567890"
			ids = append([]id.ID{put(t, g, m).ID}, ids...)
		}
		other := parcel(g, "R-other")
		other.Waybill = "SF1234567891"
		put(t, g, other)
		scan := func(shop id.ID, waybill string) []id.ID {
			out := []id.ID{}
			for _, m := range casetest.See(t, g, func(tx *db.Tx) ([]movement.Movement, error) { return movement.ByWaybill(tx, shop, waybill) }) {
				out = append(out, m.ID)
			}
			return out
		}
		if d := cmp.Diff(ids[:20], scan(g.Shop.ID, "SF1234567890")); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if d := cmp.Diff([]id.ID{other.ID}, scan(g.Shop.ID, "SF1234567891")); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if n := len(scan(g.Stranger.ID, "SF1234567890")) + len(scan(g.Shop.ID, "SF")); n != 0 {
			t.Errorf("%d parcels of nobody's", n)
		}
	})
}

func apply(t *testing.T, g *casetest.Ground, m movement.Movement, e movement.Event) (got movement.Movement, err error) {
	t.Helper()
	err = g.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
		var err error
		if got, err = movement.Apply(b, m, e); err != nil {
			b.Fail(err)
		}
	})
	return got, err
}

func TestApplyWritesTheWholeMovement(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		m.Problem, m.Carrier, m.Waybill, m.Freight = movement.Damaged, "圆通", "YT880012345", 900
		m.AdvancedBy, m.BorneBy = movement.Customer, movement.Shop // S4-12: advanced is not borne
		m.ShippedAt, m.SignedAt, m.ReceivedAt = ptr(dbtest.Start+1), ptr(dbtest.Start+2), ptr(dbtest.Start+3)
		got, err := apply(t, g, m, movement.Differ)
		if err != nil {
			t.Fatal(err)
		}
		m.State, m.Version = movement.Discrepant, 2
		if d := cmp.Diff(m, got); d != "" {
			t.Errorf("returned (-want +got):\n%s", d)
		}
		wantStored(t, g, m)
	})
}

func TestApplyRefusesAStaleVersion(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		now, err := apply(t, g, m, movement.Ship)
		if err != nil {
			t.Fatal(err)
		}
		_, err = apply(t, g, m, movement.Cancel) // planned before it was shipped
		casetest.WantStale(t, err)
		_, err = apply(t, g, now, movement.Deliver)
		casetest.WantKey(t, err, errs.Conflict, "movement.not_now")
		strange := now
		strange.ShopID = g.Stranger.ID
		_, err = apply(t, g, strange, movement.Receive)
		casetest.WantStale(t, err)
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.Bear(b, m, movement.Shop) }))
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.Bear(b, strange, movement.Shop) }))
		wantStored(t, g, now)
	})
}

func TestBear(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		want := m
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { m = movement.Bear(b, m, movement.Shop) })
		want.BorneBy, want.Version = movement.Shop, 2
		if d := cmp.Diff(want, m); d != "" {
			t.Errorf("returned (-want +got):\n%s", d)
		}
		wantStored(t, g, want)
	})
}

func TestCount(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		count := func(m movement.Movement, line id.ID, units int64) error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.Count(b, m, line, units) })
		}
		if err := count(m, g.Lines[1].ID, 0); err != nil { // nothing was in it: not the same as not counted
			t.Fatal(err)
		}
		casetest.WantCheck(t, count(m, g.Lines[0].ID, -1))
		casetest.WantStale(t, count(m, id.New(), 1)) // a line that is not in the parcel
		strange := m
		strange.ShopID = g.Stranger.ID
		casetest.WantStale(t, count(strange, g.Lines[0].ID, 1))
		m.Lines[1].Arrived = ptr(int64(0))
		wantStored(t, g, m)
	})
}

// A line that is split leaves as many units in the parcel as there were.
func TestShareAndDrop(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		part := g.Lines[0]
		part.ID, part.ParentID, part.Quantity = id.New(), g.Lines[0].ID, 1
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			line.InsertAs(b, part)
			from, to := m.Lines[0], m.Lines[0]
			from.Announced, from.Arrived = 2, ptr(int64(2))
			to.CaseLineID, to.Announced, to.Arrived = part.ID, 1, ptr(int64(1))
			movement.Share(b, m, from, to)
		})
		shared := m
		shared.Lines = []movement.Line{
			{CaseLineID: g.Lines[0].ID, OrderLineID: g.Sold[0].ID, Announced: 2, Arrived: ptr(int64(2))},
			{CaseLineID: g.Lines[1].ID, OrderLineID: g.Sold[1].ID, Announced: 2},
			{CaseLineID: part.ID, OrderLineID: g.Sold[0].ID, Announced: 1, Arrived: ptr(int64(1))},
		}
		wantStored(t, g, shared)

		strange := m
		strange.ShopID = g.Stranger.ID
		drop := func(m movement.Movement, line id.ID) error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.Drop(b, m, line) })
		}
		casetest.WantStale(t, drop(strange, part.ID))
		casetest.WantStale(t, drop(m, id.New()))
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.Share(b, strange, m.Lines[0], m.Lines[1]) }))
		wantStored(t, g, shared)
		if err := drop(m, part.ID); err != nil {
			t.Fatal(err)
		}
		shared.Lines = shared.Lines[:2]
		wantStored(t, g, shared)
	})
}

func TestAnotherShopSeesNoMovement(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R1"))
		_, err := casetest.Ask(t, g, func(tx *db.Tx) (movement.Movement, error) { return movement.Get(tx, g.Stranger.ID, m.ID) })
		casetest.WantKey(t, err, errs.NotFound, "movement.not_found")
		_, err = casetest.Ask(t, g, func(tx *db.Tx) (movement.Movement, error) { return movement.Get(tx, g.Shop.ID, id.New()) })
		casetest.WantKey(t, err, errs.NotFound, "movement.not_found")
		all := casetest.See(t, g, func(tx *db.Tx) ([]movement.Movement, error) { return movement.OfCase(tx, g.Stranger.ID, g.Case.ID) })
		if len(all) != 0 {
			t.Errorf("another shop sees %v", all)
		}
	})
}

// What people do about a movement that leaves its state: it was looked at, the customer was told (S2-15, S4-23). Who was
// late is told.
func TestNote(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "X261121-000001"))
		was := m
		m.Checked, m.TellBy, m.ToldAt = movement.CheckPassed, ptr(calendar.DateOf(2026, 11, 23)), ptr(dbtest.Start+9)
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { m = movement.Note(b, m) })
		wantStored(t, g, m)
		casetest.WantKey(t, g.DB.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) { movement.Note(b, was) })
		}), errs.Conflict, "db.stale")
	})
}
