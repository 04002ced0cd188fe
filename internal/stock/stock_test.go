package stock_test

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/stock"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func ptr[T any](v T) *T { return &v }

func set(t *testing.T, g *casetest.Ground, rows ...stock.Told) {
	t.Helper()
	if err := g.DB.Write(t.Context(), func(tx *db.Tx) error {
		said, err := stock.SetAll(tx, "erp", g.Shop.ID, rows)
		if err == nil && said.Articles != len(rows) {
			t.Errorf("%d taken over", said.Articles)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, g *casetest.Ground, sku string) stock.Article {
	t.Helper()
	a := casetest.See(t, g, func(tx *db.Tx) (*stock.Article, error) { return stock.Get(tx, g.Shop.ID, sku) })
	if a == nil {
		t.Fatalf("no %s", sku)
	}
	return *a
}

func keep(t *testing.T, g *casetest.Ground, a stock.Article, units int64) (stock.Article, stock.Hold) {
	t.Helper()
	var h stock.Hold
	g.Batch(t, func(tx *db.Tx, b *db.Batch) {
		a, h = stock.Keep(b, a, stock.Hold{LineID: g.Lines[0].ID, Quantity: units, HeldAt: tx.Now, Until: ptr(tx.Now + 1000)})
	})
	return a, h
}

// What the stock system says stands in the place of what it said before; what it does not name stays; another shop sees
// nothing of it.
func TestStockIsWhatIsSaid(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		set(t, g, stock.Told{SKU: "B", Style: "S", Title: "靴 39", Price: ptr(int64(26900)), OnHand: 3}, stock.Told{SKU: "A", OnHand: 1})
		set(t, g, stock.Told{SKU: "B", OnHand: 0})
		all := casetest.See(t, g, func(tx *db.Tx) ([]stock.Article, error) { return stock.List(tx, g.Shop.ID, "", "", 10) })
		if len(all) != 2 || all[0].SKU != "A" || all[0].Free != 1 || all[1].OnHand != 0 || all[1].Price != nil || all[1].Style != "" || all[1].Version != 2 {
			t.Errorf("%+v", all)
		}
		after := casetest.See(t, g, func(tx *db.Tx) ([]stock.Article, error) { return stock.List(tx, g.Shop.ID, "", "A", 10) })
		if len(after) != 1 || after[0].SKU != "B" {
			t.Errorf("%+v", after)
		}
		for begins, n := range map[string]int{"B": 1, "b": 0, "BB": 0, "%": 0} {
			if some := casetest.See(t, g, func(tx *db.Tx) ([]stock.Article, error) { return stock.List(tx, g.Shop.ID, begins, "", 10) }); len(some) != n {
				t.Errorf("%q: %+v", begins, some)
			}
		}
		if a := casetest.See(t, g, func(tx *db.Tx) (*stock.Article, error) { return stock.Get(tx, g.Stranger.ID, "A") }); a != nil {
			t.Errorf("a stranger sees %+v", a)
		}
		if a := casetest.See(t, g, func(tx *db.Tx) (*stock.Article, error) { return stock.Get(tx, g.Shop.ID, "C") }); a != nil {
			t.Errorf("what nobody named is %+v", a)
		}
	})
}

func TestSameStyle(t *testing.T) {
	of := func(style string) stock.Article { return stock.Article{Told: stock.Told{Style: style}} }
	for _, c := range []struct {
		a, b        string
		same, known bool
	}{{"S", "S", true, true}, {"S", "T", false, true}, {"", "T", false, false}, {"S", "", false, false}, {"", "", true, false}} {
		if same, known := of(c.a).SameStyle(of(c.b)); known != c.known || known && same != c.same {
			t.Errorf("%q and %q: same %v, known %v", c.a, c.b, same, known)
		}
	}
}

// A hold takes units out of what can be promised; sent they leave the shelf, given up they are anybody's.
func TestHolds(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		set(t, g, stock.Told{SKU: "B", OnHand: 5})
		a, first := keep(t, g, get(t, g, "B"), 2)
		a, second := keep(t, g, a, 3)
		if got := get(t, g, "B"); got != a || got.Free != 0 || got.Held != 5 {
			t.Errorf("%+v, and in hand %+v", got, a)
		}
		casetest.WantKey(t, a.CanHold(1), errs.Conflict, "stock.none_left")
		var ended stock.Hold
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			ended = stock.End(b, tx.Now, first, stock.Gone)
			stock.End(b, tx.Now, second, stock.Free)
		})
		if got := get(t, g, "B"); got.OnHand != 3 || got.Held != 0 || got.Free != 3 {
			t.Errorf("%+v", got)
		}
		holds := casetest.See(t, g, func(tx *db.Tx) ([]stock.Hold, error) { return stock.HoldsOf(tx, g.Shop.ID, g.Case.ID) })
		if len(holds) != 2 || holds[0].State != stock.Gone || holds[1].State != stock.Free || holds[0].SKU != "B" || *holds[0].EndedAt != *ended.EndedAt || holds[0].Until == nil {
			t.Errorf("%+v", holds)
		}
		if none := casetest.See(t, g, func(tx *db.Tx) ([]stock.Hold, error) { return stock.HoldsOf(tx, g.Stranger.ID, g.Case.ID) }); len(none) != 0 {
			t.Errorf("a stranger sees %+v", none)
		}
		casetest.WantKey(t, g.DB.Write(t.Context(), func(tx *db.Tx) error { // twice is once
			return tx.Batch(func(b *db.Batch) { stock.End(b, tx.Now, ended, stock.Free) })
		}), errs.Conflict, "db.stale")
	})
}

// The stock system may know of less than is held: nothing more is held then, and nothing falls below zero.
func TestLessThanIsHeld(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		set(t, g, stock.Told{SKU: "B", OnHand: 2})
		_, h := keep(t, g, get(t, g, "B"), 2)
		set(t, g, stock.Told{SKU: "B", OnHand: 1})
		if a := get(t, g, "B"); a.Free != 0 || a.Held != 2 {
			t.Errorf("%+v", a)
		}
		g.Batch(t, func(tx *db.Tx, b *db.Batch) { stock.End(b, tx.Now, h, stock.Gone) })
		if a := get(t, g, "B"); a.OnHand != 0 || a.Held != 0 {
			t.Errorf("%+v", a)
		}
	})
}

// Many want the last units at once, all from what they have read: whoever is late is told, and no unit is held twice.
func TestTheLastOneIsHeldOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		set(t, g, stock.Told{SKU: "B", OnHand: 1})
		seen := get(t, g, "B")
		got := make([]error, 8)
		var all sync.WaitGroup
		for i := range got {
			all.Go(func() {
				got[i] = g.DB.Write(t.Context(), func(tx *db.Tx) error {
					return tx.Batch(func(b *db.Batch) {
						stock.Keep(b, seen, stock.Hold{LineID: g.Lines[0].ID, Quantity: 1, HeldAt: tx.Now})
					})
				})
			})
		}
		all.Wait()
		won := 0
		for _, err := range got {
			if err == nil {
				won++
				continue
			}
			casetest.WantKey(t, err, errs.Conflict, "db.stale")
		}
		if a := get(t, g, "B"); won != 1 || a.Held != 1 {
			t.Errorf("%d won, %+v", won, a)
		}
	})
}

// A split line takes its units of the hold along.
func TestShare(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		set(t, g, stock.Told{SKU: "B", OnHand: 5})
		_, h := keep(t, g, get(t, g, "B"), 3)
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			rest, part := stock.Share(b, h, g.Lines[1].ID, 1)
			if rest.Quantity != 2 || part.Quantity != 1 || part.LineID != g.Lines[1].ID {
				t.Errorf("%+v, %+v", rest, part)
			}
		})
		holds := casetest.See(t, g, func(tx *db.Tx) ([]stock.Hold, error) { return stock.HoldsOf(tx, g.Shop.ID, g.Case.ID) })
		if len(holds) != 2 || holds[0].Quantity+holds[1].Quantity != 3 || get(t, g, "B").Held != 3 {
			t.Errorf("%+v", holds)
		}
	})
}

// Whatever is said, held, sent and given up in whatever order: what is held is the sum of the holds that stand, and
// nobody is promised what is not there.
func TestHoldsAddUp(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		rapid.Check(t, func(rt *rapid.T) {
			sku := id.New().String()
			write := func(run func(b *db.Batch, now clock.Instant)) {
				if err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Batch(func(b *db.Batch) { run(b, tx.Now) }) }); err != nil {
					rt.Fatal(err)
				}
			}
			read := func() (a stock.Article) {
				if err := g.DB.Read(t.Context(), func(tx *db.Tx) error {
					got, err := stock.Get(tx, g.Shop.ID, sku)
					if err == nil {
						a = *got
					}
					return err
				}); err != nil {
					rt.Fatal(err)
				}
				return a
			}
			write(func(b *db.Batch, now clock.Instant) { stock.Set(b, g.Shop.ID, now, stock.Told{SKU: sku, OnHand: 3}) })
			var holds []stock.Hold
			var sum int64
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				a, n := read(), rapid.Int64Range(1, 3).Draw(rt, "units")
				switch what := rapid.SampledFrom([]string{"say", "hold", "hold", "gone", "free"}).Draw(rt, "what"); {
				case what == "say":
					write(func(b *db.Batch, now clock.Instant) { stock.Set(b, g.Shop.ID, now, stock.Told{SKU: sku, OnHand: n}) })
				case what == "hold" && a.CanHold(n) == nil:
					write(func(b *db.Batch, now clock.Instant) {
						_, h := stock.Keep(b, a, stock.Hold{LineID: g.Lines[0].ID, Quantity: n, HeldAt: now})
						holds = append(holds, h)
					})
					sum += n
				case what != "hold" && len(holds) > 0:
					h := holds[0]
					holds = holds[1:]
					write(func(b *db.Batch, now clock.Instant) { stock.End(b, now, h, stock.HoldState(what)) })
					sum -= h.Quantity
				}
				if a := read(); a.Held != sum || a.Free != max(0, a.OnHand-a.Held) || a.OnHand < 0 {
					rt.Fatalf("%+v, held %d", a, sum)
				}
			}
		})
	})
}
