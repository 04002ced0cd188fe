package order_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
)

// known is what an import remembers of an order.
func known(o order.Order, lines ...order.Line) order.Known {
	k := order.Known{ID: o.ID, ShopID: o.ShopID, OrderNo: o.OrderNo, CustomerID: o.CustomerID, Currency: string(o.Currency), FreightPaid: o.FreightPaid,
		OrderedAt: o.OrderedAt, PaidAt: o.PaidAt, ShippedAt: o.ShippedAt, SignedOn: o.SignedOn, Version: o.Version}
	for _, l := range lines {
		k.Lines = append(k.Lines, order.KnownLine{ID: l.ID, Serials: l.Serials, LineNo: l.LineNo, SKU: l.SKU, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net})
	}
	return k
}

func knownOrders(t *testing.T, g *casetest.Ground, shop id.ID, platform string, numbers []string) map[string]order.Known {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) (map[string]order.Known, error) { return order.KnownOrders(tx, shop, platform, numbers) })
}

// Orders written in bulk are the same as those written one by one, whatever the number, and are all found again: the
// sizes go over the edges of the statements that write (4, 1) and ask (8, 64).
func TestBulkOrdersAreFoundAgain(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for _, n := range []int{0, 1, 3, 4, 5, 6, 7, 62, 63, 71} { // with two more that are asked for
			bulkOrders(t, g, n)
		}
	})
}

func bulkOrders(t *testing.T, g *casetest.Ground, n int) {
	t.Helper()
	var orders []order.Order
	var lines []order.Line
	want := map[string]order.Known{g.Order.OrderNo: known(g.Order, g.Sold...)}
	numbers := []string{g.Order.OrderNo, "unknown"}
	for i := range n {
		o := full(g, fmt.Sprintf("%d of %d", i, n))
		if i%2 == 1 { // every other one says nothing that can be left out
			o.CustomerID, o.PaidAt, o.ShippedAt, o.SignedOn, o.ImportID, o.Attrs, o.Raw = 0, nil, nil, nil, 0, order.Attrs{}, ""
		}
		own := []order.Line{lined(o, 1), lined(o, 2)}
		own[1].Attrs = order.LineAttrs{}
		orders, lines, numbers, want[o.OrderNo] = append(orders, o), append(lines, own...), append(numbers, o.OrderNo), known(o, own...)
	}
	g.Batch(t, func(_ *db.Tx, b *db.Batch) {
		if err := order.InsertOrders(b, orders); err != nil {
			b.Fail(err)
		}
		if err := order.InsertLines(b, lines); err != nil {
			b.Fail(err)
		}
	})
	if d := cmp.Diff(want, knownOrders(t, g, g.Shop.ID, "taobao", numbers)); d != "" {
		t.Errorf("known of %d (-want +got):\n%s", n, d)
	}
	for i, o := range orders {
		o.ImportID, o.Raw = 0, ""
		if d := cmp.Diff(o, getOrder(t, g, o.ID)); d != "" {
			t.Errorf("order (-want +got):\n%s", d)
		}
		l := lines[2*i+1]
		l.Raw = ""
		if d := cmp.Diff(l, getLine(t, g, l.ID)); d != "" {
			t.Errorf("line (-want +got):\n%s", d)
		}
	}
	if k := knownOrders(t, g, g.Stranger.ID, "taobao", numbers); len(k) != 0 {
		t.Errorf("another shop knows %d", len(k))
	}
	if k := knownOrders(t, g, g.Shop.ID, "douyin", numbers); len(k) != 0 {
		t.Errorf("another platform knows %d", len(k))
	}
}

// returned is a platform's return record.
func returned(g *casetest.Ground, no string, lineNo int64) order.Return {
	return order.Return{ID: id.New(), ShopID: g.Shop.ID, Platform: "uci", ReturnNo: no, LineNo: lineNo, OrderNo: "536365", BuyerKey: "17850", SKU: "85123A",
		Quantity: 2, Minor: 510, Currency: "GBP", At: dbtest.Start, State: order.ReturnNew, ImportID: id.New(), Raw: json.RawMessage(`["C536365","85123A"]`), Version: 1}
}

func putReturns(t *testing.T, g *casetest.Ground, rs ...order.Return) {
	t.Helper()
	g.Batch(t, func(_ *db.Tx, b *db.Batch) { order.InsertReturns(b, rs) })
}

func TestReturnRecordsRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		all := []order.Return{returned(g, "C1", 1), returned(g, "C1", 2), returned(g, "C2", 1), returned(g, "C3", 1), returned(g, "C4", 1)}
		all[2].OrderNo, all[2].ImportID = "", 0
		putReturns(t, g, all...)
		list := func(shop id.ID, s order.ReturnState, after id.ID, limit int) []order.Return {
			return casetest.See(t, g, func(tx *db.Tx) ([]order.Return, error) { return order.Returns(tx, shop, s, after, limit) })
		}
		unread := cmpopts.IgnoreFields(order.Return{}, "ImportID", "Raw")
		if d := cmp.Diff(all[:3], list(g.Shop.ID, order.ReturnNew, 0, 3), unread); d != "" {
			t.Errorf("first page (-want +got):\n%s", d)
		}
		if d := cmp.Diff(all[3:], list(g.Shop.ID, order.ReturnNew, all[2].ID, 3), unread); d != "" {
			t.Errorf("second page (-want +got):\n%s", d)
		}
		if n := len(list(g.Stranger.ID, order.ReturnNew, 0, 9)) + len(list(g.Shop.ID, order.ReturnOpened, 0, 9)); n != 0 {
			t.Errorf("another shop or state has %d", n)
		}
		raw, err := casetest.Ask(t, g, func(tx *db.Tx) (json.RawMessage, error) { return order.ReturnRaw(tx, g.Shop.ID, all[0].ID) })
		if string(raw) != string(all[0].Raw) || err != nil {
			t.Errorf("raw row %s, %v", raw, err)
		}
		_, err = casetest.Ask(t, g, func(tx *db.Tx) (json.RawMessage, error) { return order.ReturnRaw(tx, g.Stranger.ID, all[0].ID) })
		casetest.WantKey(t, err, errs.NotFound, "order.return_not_found")
		if err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.InsertReturns(b, []order.Return{returned(g, "C1", 1)}) }); !db.IsUnique(err) {
			t.Errorf("the same record twice: %v", err)
		}
	})
}

func TestKnownReturns(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		var numbers []string
		want := map[string]map[int64]order.KnownReturn{}
		var all []order.Return
		for i := range 10 {
			r := returned(g, fmt.Sprintf("C%d", i/2), int64(i%2+1))
			all, numbers = append(all, r), append(numbers, r.ReturnNo)
			if want[r.ReturnNo] == nil {
				want[r.ReturnNo] = map[int64]order.KnownReturn{}
			}
			want[r.ReturnNo][r.LineNo] = order.KnownReturn{ReturnNo: r.ReturnNo, LineNo: r.LineNo, SKU: r.SKU, BuyerKey: r.BuyerKey, Quantity: r.Quantity, Minor: r.Minor, At: r.At}
		}
		putReturns(t, g, all...)
		ask := func(shop id.ID, platform string) map[string]map[int64]order.KnownReturn {
			return casetest.See(t, g, func(tx *db.Tx) (map[string]map[int64]order.KnownReturn, error) {
				return order.KnownReturns(tx, shop, platform, append(numbers, "C99"))
			})
		}
		if d := cmp.Diff(want, ask(g.Shop.ID, "uci")); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if n := len(ask(g.Stranger.ID, "uci")) + len(ask(g.Shop.ID, "taobao")); n != 0 {
			t.Errorf("another shop or platform knows %d", n)
		}
	})
}

func TestSetReturn(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		opened, unmatched := returned(g, "C1", 1), returned(g, "C2", 1)
		putReturns(t, g, opened, unmatched)
		set := func(r order.Return) error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.SetReturn(b, r) })
		}
		stale, strange := opened, opened
		strange.ShopID = g.Stranger.ID
		casetest.WantStale(t, set(strange))
		opened.State, opened.CaseID = order.ReturnOpened, g.Case.ID
		unmatched.State, unmatched.Reason = order.ReturnUnmatched, "no_purchase"
		for _, r := range []*order.Return{&opened, &unmatched} {
			if err := set(*r); err != nil {
				t.Fatal(err)
			}
			r.Version++
			got := casetest.See(t, g, func(tx *db.Tx) ([]order.Return, error) { return order.Returns(tx, g.Shop.ID, r.State, 0, 9) })
			if d := cmp.Diff([]order.Return{*r}, got, cmpopts.IgnoreFields(order.Return{}, "ImportID", "Raw")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		}
		casetest.WantStale(t, set(stale)) // one record opens one case
	})
}

// Returned goods come from an earlier purchase of the same buyer: the latest first, none from after the return.
func TestBought(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		late, early, strangers := full(g, "late"), full(g, "early"), full(g, "another's")
		early.OrderedAt, strangers.CustomerID = late.OrderedAt-10, 0
		lines := []order.Line{lined(early, 1), lined(late, 2), lined(late, 1), lined(strangers, 1), lined(early, 2)}
		lines[4].SKU = "OTHER"
		put(t, g, early)
		put(t, g, late)
		put(t, g, strangers, lines...)
		want := func(what string, shop, customer id.ID, until clock.Instant, want ...id.ID) {
			t.Helper()
			got := []id.ID{}
			for _, l := range casetest.See(t, g, func(tx *db.Tx) ([]order.Line, error) { return order.Bought(tx, shop, customer, "GIFT-1", until) }) {
				got = append(got, l.ID)
			}
			if d := cmp.Diff(append([]id.ID{}, want...), got); d != "" {
				t.Errorf("%s (-want +got):\n%s", what, d)
			}
		}
		want("all", g.Shop.ID, g.Buyer.ID, late.OrderedAt, lines[2].ID, lines[1].ID, lines[0].ID)
		want("before the late one", g.Shop.ID, g.Buyer.ID, late.OrderedAt-1, lines[0].ID)
		want("before both", g.Shop.ID, g.Buyer.ID, early.OrderedAt-1)
		want("of nobody", g.Shop.ID, id.New(), late.OrderedAt)
		want("of another shop", g.Stranger.ID, g.Buyer.ID, late.OrderedAt)
	})
}

// What a platform tells later is added; what was known stays.
func TestAdvance(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		news := order.Order{Status: "卖家已发货", ShippedAt: ref(dbtest.Start + 1)}
		k := known(g.Order)
		advance := func(k order.Known, o order.Order) error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.Advance(b, k, o) })
		}
		if err := advance(k, news); err != nil {
			t.Fatal(err)
		}
		want := g.Order
		want.Status, want.ShippedAt, want.Version = news.Status, news.ShippedAt, 2
		if d := cmp.Diff(want, getOrder(t, g, want.ID)); d != "" {
			t.Errorf("shipped (-want +got):\n%s", d)
		}
		casetest.WantStale(t, advance(k, news))
		k = knownOrders(t, g, g.Shop.ID, "taobao", []string{want.OrderNo})[want.OrderNo]
		later := order.Order{Status: "交易成功", ShippedAt: ref(dbtest.Start + 99), SignedOn: ref(calendar.DateOf(2026, 11, 23))}
		strange := k
		strange.ShopID = g.Stranger.ID
		casetest.WantStale(t, advance(strange, later))
		if err := advance(k, later); err != nil {
			t.Fatal(err)
		}
		want.Status, want.SignedOn, want.Version = later.Status, later.SignedOn, 3
		if d := cmp.Diff(want, getOrder(t, g, want.ID)); d != "" {
			t.Errorf("signed for (-want +got):\n%s", d)
		}
		k = knownOrders(t, g, g.Shop.ID, "taobao", []string{want.OrderNo})[want.OrderNo]
		if err := advance(k, order.Order{Status: "交易成功", SignedOn: ref(calendar.DateOf(2026, 12, 1))}); err != nil {
			t.Fatal(err)
		}
		want.Version = 4
		if d := cmp.Diff(want, getOrder(t, g, want.ID)); d != "" {
			t.Errorf("signed for once (-want +got):\n%s", d)
		}
	})
}

// run is an import with every field filled.
func run(g *casetest.Ground, hash string, s order.RunState) order.Run {
	return order.Run{ID: id.New(), ShopID: g.Shop.ID, Preset: "taobao", FileName: "订单.csv", FileHash: hash, State: s, BytesTotal: 900, BytesDone: 100, RowsDone: 7,
		Created: 5, Unchanged: 2, Faults: 1, StartedAt: dbtest.Start, FinishedAt: ref(dbtest.Start + 1), Error: "import.cancelled", Version: 1}
}

func TestImportRuns(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		cancelled, done, running := run(g, "aa", order.RunCancelled), run(g, "aa", order.RunDone), run(g, "bb", order.RunRunning)
		running.FinishedAt, running.Error = nil, ""
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			for _, r := range []order.Run{cancelled, done, running} {
				order.InsertRun(b, r, tx.Now)
			}
		})
		get := func(shop, runID id.ID) (order.Run, error) {
			return casetest.Ask(t, g, func(tx *db.Tx) (order.Run, error) { return order.GetRun(tx, shop, runID) })
		}
		for _, want := range []order.Run{cancelled, done, running} {
			got, err := get(g.Shop.ID, want.ID)
			if d := cmp.Diff(want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
			if want.CanGoOn() != (want.State != order.RunDone) {
				t.Errorf("%s can go on: %v", want.State, want.CanGoOn())
			}
		}
		_, err := get(g.Stranger.ID, done.ID)
		casetest.WantKey(t, err, errs.NotFound, "import.not_found")
		list := func(shop, before id.ID, limit int) []order.Run {
			return casetest.See(t, g, func(tx *db.Tx) ([]order.Run, error) { return order.Runs(tx, shop, before, limit) })
		}
		if d := cmp.Diff([]order.Run{running, done}, list(g.Shop.ID, 0, 2)); d != "" {
			t.Errorf("newest first (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]order.Run{cancelled}, list(g.Shop.ID, done.ID, 2)); d != "" {
			t.Errorf("second page (-want +got):\n%s", d)
		}
		if rs := list(g.Stranger.ID, 0, 9); len(rs) != 0 {
			t.Errorf("another shop sees %v", rs)
		}
	})
}

func TestUnfinishedImport(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		older, newer := run(g, "aa", order.RunCancelled), run(g, "aa", order.RunRunning)
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			for _, r := range []order.Run{older, newer, run(g, "aa", order.RunDone), run(g, "cc", order.RunFailed)} {
				order.InsertRun(b, r, tx.Now)
			}
		})
		for _, c := range []struct {
			shop         id.ID
			preset, hash string
			want         id.ID
		}{{g.Shop.ID, "taobao", "aa", newer.ID}, {g.Shop.ID, "taobao", "bb", 0}, {g.Shop.ID, "taobao", "cc", 0},
			{g.Shop.ID, "uci", "aa", 0}, {g.Stranger.ID, "taobao", "aa", 0}} {
			found := casetest.See(t, g, func(tx *db.Tx) (id.ID, error) {
				r, ok, err := order.Unfinished(tx, c.shop, c.preset, "", c.hash)
				if ok != (r.ID != 0) {
					t.Errorf("%+v: found %v, %v", c, r.ID, ok)
				}
				return r.ID, err
			})
			if found != c.want {
				t.Errorf("%+v: found %v", c, found)
			}
		}
	})
}

// Whoever holds an older version no longer leads the import.
func TestUpdateRun(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		r := run(g, "aa", order.RunRunning)
		g.Batch(t, func(tx *db.Tx, b *db.Batch) { order.InsertRun(b, r, tx.Now) })
		stale := r
		r.State, r.BytesDone, r.RowsDone, r.Created, r.Unchanged, r.Faults, r.FinishedAt, r.Error = order.RunFailed, 900, 70, 50, 20, 10, ref(dbtest.Start+7), "import.faults"
		var got order.Run
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { got = order.UpdateRun(b, r) })
		r.Version = 2
		if d := cmp.Diff(r, got); d != "" {
			t.Errorf("returned (-want +got):\n%s", d)
		}
		stored := casetest.See(t, g, func(tx *db.Tx) (order.Run, error) { return order.GetRun(tx, g.Shop.ID, r.ID) })
		if d := cmp.Diff(r, stored); d != "" {
			t.Errorf("stored (-want +got):\n%s", d)
		}
		strange := r
		strange.ShopID = g.Stranger.ID
		for _, x := range []order.Run{stale, strange} {
			casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.UpdateRun(b, x) }))
		}
	})
}

func TestImportFaults(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		r := run(g, "aa", order.RunFailed)
		faults := []sheet.Fault{
			{Row: 2, Column: "订单编号", Key: "sheet.id_spoiled", Args: errs.Args{"text": "1.23E+17"}},
			{Row: 3, Column: "总金额", Key: "money.malformed"},
			{Row: 0, Key: "import.too_many_items", Args: errs.Args{"max": "7"}},
		}
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			order.InsertRun(b, r, tx.Now)
			if err := order.InsertFaults(b, g.Shop.ID, r.ID, 1, faults[:2]); err != nil {
				b.Fail(err)
			}
			if err := order.InsertFaults(b, g.Shop.ID, r.ID, 3, faults[2:]); err != nil {
				b.Fail(err)
			}
		})
		list := func(shop id.ID, after, limit int) []sheet.Fault {
			return casetest.See(t, g, func(tx *db.Tx) ([]sheet.Fault, error) { return order.Faults(tx, shop, r.ID, after, limit) })
		}
		if d := cmp.Diff(faults[:2], list(g.Shop.ID, 0, 2)); d != "" {
			t.Errorf("first page (-want +got):\n%s", d)
		}
		if d := cmp.Diff(faults[2:], list(g.Shop.ID, 2, 2)); d != "" {
			t.Errorf("second page (-want +got):\n%s", d)
		}
		if fs := list(g.Stranger.ID, 0, 9); len(fs) != 0 {
			t.Errorf("another shop reads %v", fs)
		}
	})
}
