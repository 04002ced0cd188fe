package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func ref[T any](v T) *T { return &v }

func getOrder(t *testing.T, g *casetest.Ground, orderID id.ID) order.Order {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) (order.Order, error) { return order.Get(tx, g.Shop.ID, orderID) })
}

func getLine(t *testing.T, g *casetest.Ground, lineID id.ID) order.Line {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) (order.Line, error) { return order.GetLine(tx, g.Shop.ID, lineID) })
}

// put writes an order with its lines.
func put(t *testing.T, g *casetest.Ground, o order.Order, lines ...order.Line) {
	t.Helper()
	g.Batch(t, func(_ *db.Tx, b *db.Batch) {
		if err := order.Insert(b, o); err != nil {
			b.Fail(err)
		}
		for _, l := range lines {
			if err := order.InsertLine(b, l); err != nil {
				b.Fail(err)
			}
		}
	})
}

// full is an order with every field filled; lined a line of it.
func full(g *casetest.Ground, number string) order.Order {
	return order.Order{ID: id.New(), ShopID: g.Shop.ID, Platform: "taobao", OrderNo: number, CustomerID: g.Buyer.ID, Channel: order.Store, Status: "交易成功",
		Currency: "HKD", FreightPaid: 1200, OrderedAt: dbtest.Start - 9, PaidAt: ref(dbtest.Start - 8), ShippedAt: ref(dbtest.Start - 7),
		SignedOn: ref(calendar.DateOf(2026, 11, 20)), SignedBy: "station", ImportID: id.New(), Raw: "原样,一行", Version: 1,
		Attrs: order.Attrs{FreeShipping: true, FreeShippingAt: 19900, ThresholdFreight: 800, FreightInsurance: true, Business: true, PaidByCardFeeFree: true}}
}

func lined(o order.Order, no int64) order.Line {
	return order.Line{ID: id.New(), ShopID: o.ShopID, OrderID: o.ID, LineNo: no, SKU: "GIFT-1", Title: "礼盒", Category: "gift", Quantity: 2, UnitPrice: 500, Net: 950,
		Raw: "原样,二行", Version: 1, Attrs: order.LineAttrs{Kind: "custom_made", ExclusionConfirmed: true, Sale: true, GiftValue: 300}}
}

func TestOrderRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		o := full(g, "990000000000000002")
		second, first := lined(o, 2), lined(o, 1)
		put(t, g, o, second, first)
		raw := casetest.See(t, g, func(tx *db.Tx) (out [2]string, err error) {
			if err = tx.QueryRow(`select raw from orders where id = $1 and import_id = $2`, o.ID, o.ImportID).Scan(&out[0]); err != nil {
				return out, err
			}
			return out, tx.QueryRow(`select raw from order_line where id = $1`, first.ID).Scan(&out[1])
		})
		if raw != [2]string{"原样,一行", "原样,二行"} {
			t.Errorf("raw rows %q", raw)
		}
		o.Raw, o.ImportID, first.Raw, second.Raw = "", 0, "", "" // kept, and not read with the order
		for what, got := range map[string]order.Order{
			"by id":     getOrder(t, g, o.ID),
			"by number": casetest.See(t, g, func(tx *db.Tx) (order.Order, error) { return order.ByNumber(tx, g.Shop.ID, "taobao", o.OrderNo) }),
		} {
			if d := cmp.Diff(o, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", what, d)
			}
		}
		lines := casetest.See(t, g, func(tx *db.Tx) ([]order.Line, error) { return order.Lines(tx, g.Shop.ID, o.ID) })
		if d := cmp.Diff([]order.Line{first, second}, lines); d != "" {
			t.Errorf("lines (-want +got):\n%s", d)
		}
		if d := cmp.Diff(second, getLine(t, g, second.ID)); d != "" {
			t.Errorf("one line (-want +got):\n%s", d)
		}
		bare := order.Order{ID: id.New(), ShopID: g.Shop.ID, OrderNo: "1", Channel: order.Distance, Currency: "CNY", SignedBy: "unknown", Version: 1}
		put(t, g, bare)
		if d := cmp.Diff(bare, getOrder(t, g, bare.ID)); d != "" {
			t.Errorf("a bare order (-want +got):\n%s", d)
		}
	})
}

func TestOfCustomerListsTheNewestFirst(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		var want []id.ID
		for i, at := range []int64{-50, -10, -10, -90} {
			o := full(g, string(rune('a'+i)))
			o.OrderedAt = dbtest.Start + clock.Instant(at)
			put(t, g, o)
			want = append(want, o.ID)
		}
		want = []id.ID{g.Order.ID, want[2], want[1], want[0], want[3]}
		list := func(shop, customer id.ID, limit int) []id.ID {
			out := []id.ID{}
			for _, o := range casetest.See(t, g, func(tx *db.Tx) ([]order.Order, error) { return order.OfCustomer(tx, shop, customer, limit) }) {
				out = append(out, o.ID)
			}
			return out
		}
		if d := cmp.Diff(want, list(g.Shop.ID, g.Buyer.ID, 10)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if d := cmp.Diff(want[:2], list(g.Shop.ID, g.Buyer.ID, 2)); d != "" {
			t.Errorf("at most two (-want +got):\n%s", d)
		}
		if n := len(list(g.Stranger.ID, g.Buyer.ID, 10)) + len(list(g.Shop.ID, id.New(), 10)); n != 0 {
			t.Errorf("another shop or customer has %d", n)
		}
	})
}

func TestOrderNumberIsTakenOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		again := full(g, g.Order.OrderNo)
		err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
			if err := order.Insert(b, again); err != nil {
				b.Fail(err)
			}
		})
		if !db.IsUnique(err) {
			t.Errorf("%v, want a unique violation", err)
		}
		again.Platform = "douyin" // numbers are each platform's own
		put(t, g, again)
	})
}

// Nothing can be sold in no pieces, for less than nothing, or by a channel the law does not know.
func TestDatabaseRefusesOddOrders(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for name, change := range map[string]func(*order.Order, *order.Line){
			"no units":         func(_ *order.Order, l *order.Line) { l.Quantity = 0 },
			"a negative price": func(_ *order.Order, l *order.Line) { l.UnitPrice = -1 },
			"a negative net":   func(_ *order.Order, l *order.Line) { l.Net = -1 },
			"negative freight": func(o *order.Order, _ *order.Line) { o.FreightPaid = -1 },
			"a new channel":    func(o *order.Order, _ *order.Line) { o.Channel = "pigeon" },
			"an odd receiver":  func(o *order.Order, _ *order.Line) { o.SignedBy = "dog" },
		} {
			o := full(g, name)
			l := lined(o, 1)
			change(&o, &l)
			casetest.WantCheck(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
				if err := order.Insert(b, o); err != nil {
					b.Fail(err)
				}
				if err := order.InsertLine(b, l); err != nil {
					b.Fail(err)
				}
			}))
		}
	})
}

func TestCanClaim(t *testing.T) {
	l := order.Line{SKU: "BOOT-38", Quantity: 3, Claimed: 2}
	for units, ok := range map[int64]bool{-2: true, 0: true, 1: true, 2: false, 3: false} {
		err := l.CanClaim(units)
		if ok && err != nil {
			t.Errorf("%d units: %v", units, err)
		}
		if !ok {
			casetest.WantKey(t, err, errs.Conflict, "order.units_taken")
			if a := errs.As(err).Args; a["left"] != int64(1) || a["sku"] != "BOOT-38" {
				t.Errorf("the error says %v", a)
			}
		}
	}
}

// An after-sales line takes units, and the database lets no two lines have one, nor give back what none took.
func TestClaim(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		claim := func(l order.Line, units int64) (got order.Line, err error) {
			err = g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { got = order.Claim(b, l, units) })
			return got, err
		}
		sold := g.Sold[0] // 3 units
		now, err := claim(sold, 2)
		if err != nil || now.Claimed != 2 || now.Version != 2 {
			t.Fatalf("%+v, %v", now, err)
		}
		_, err = claim(sold, 1) // planned before
		casetest.WantStale(t, err)
		for _, units := range []int64{2, -3} {
			_, err = claim(now, units)
			casetest.WantCheck(t, err)
		}
		strange := now
		strange.ShopID = g.Stranger.ID
		_, err = claim(strange, 1)
		casetest.WantStale(t, err)
		if d := cmp.Diff(now, getLine(t, g, sold.ID)); d != "" {
			t.Errorf("stored (-want +got):\n%s", d)
		}
		for _, units := range []int64{1, -3} {
			if now, err = claim(now, units); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(now, getLine(t, g, sold.ID)); d != "" || now.Claimed != 0 {
			t.Errorf("%d claimed, stored (-want +got):\n%s", now.Claimed, d)
		}
	})
}

// No more units than were sold, for no more than was paid, stand in settlements; a voided one gives both back.
func TestAllocate(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		allocate := func(l order.Line, units, minor int64) (got order.Line, err error) {
			err = g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { got = order.Allocate(b, l, units, minor) })
			return got, err
		}
		sold := g.Sold[0] // 3 units, 1000 fen
		now, err := allocate(sold, 2, 666)
		if err != nil || now.AllocatedUnits != 2 || now.AllocatedMinor != 666 || now.Version != 2 {
			t.Fatalf("%+v, %v", now, err)
		}
		_, err = allocate(sold, 1, 1)
		casetest.WantStale(t, err)
		strange := now
		strange.ShopID = g.Stranger.ID
		_, err = allocate(strange, 1, 1)
		casetest.WantStale(t, err)
		for _, c := range [][2]int64{{2, 0}, {-3, 0}, {0, 335}, {0, -667}} {
			_, err = allocate(now, c[0], c[1])
			casetest.WantCheck(t, err)
		}
		if d := cmp.Diff(now, getLine(t, g, sold.ID)); d != "" {
			t.Errorf("stored (-want +got):\n%s", d)
		}
		for _, c := range [][2]int64{{1, 334}, {-2, -666}} {
			if now, err = allocate(now, c[0], c[1]); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(now, getLine(t, g, sold.ID)); d != "" || now.AllocatedUnits != 1 || now.AllocatedMinor != 334 {
			t.Errorf("%+v, stored (-want +got):\n%s", now, d)
		}
	})
}

func TestSetDelivery(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		shipped, signed := dbtest.Start+5, calendar.DateOf(2026, 11, 23)
		o := g.Order
		set := func(shippedAt *clock.Instant, signedOn *calendar.Date, by, status string) {
			t.Helper()
			g.Batch(t, func(_ *db.Tx, b *db.Batch) { o = order.SetDelivery(b, o, shippedAt, signedOn, by, status) })
			if d := cmp.Diff(o, getOrder(t, g, o.ID)); d != "" {
				t.Errorf("stored (-want +got):\n%s", d)
			}
		}
		set(&shipped, nil, "family", "卖家已发货") // who signed means nothing before somebody did
		want := g.Order
		want.ShippedAt, want.Status, want.Version = &shipped, "卖家已发货", 2
		if d := cmp.Diff(want, o); d != "" {
			t.Errorf("shipped (-want +got):\n%s", d)
		}
		set(nil, &signed, "station", "")
		want.SignedOn, want.SignedBy, want.Version = &signed, "station", 3
		if d := cmp.Diff(want, o); d != "" {
			t.Errorf("signed (-want +got):\n%s", d)
		}
		corrected := signed.AddDays(1)
		set(nil, &corrected, "", "") // another day; who signed stays
		want.SignedOn, want.Version = &corrected, 4
		if d := cmp.Diff(want, o); d != "" {
			t.Errorf("corrected (-want +got):\n%s", d)
		}
		set(nil, nil, "", "")
		want.Version = 5
		if d := cmp.Diff(want, o); d != "" {
			t.Errorf("nothing new (-want +got):\n%s", d)
		}
		strange := o
		strange.ShopID = g.Stranger.ID
		for _, stale := range []order.Order{g.Order, strange} {
			casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { order.SetDelivery(b, stale, nil, &signed, "self", "x") }))
		}
	})
}

func TestAnotherShopSeesNoOrder(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for _, read := range []func(tx *db.Tx) (order.Order, error){
			func(tx *db.Tx) (order.Order, error) { return order.Get(tx, g.Stranger.ID, g.Order.ID) },
			func(tx *db.Tx) (order.Order, error) {
				return order.ByNumber(tx, g.Stranger.ID, g.Order.Platform, g.Order.OrderNo)
			},
			func(tx *db.Tx) (order.Order, error) {
				return order.ByNumber(tx, g.Shop.ID, "douyin", g.Order.OrderNo)
			},
			func(tx *db.Tx) (order.Order, error) { return order.Get(tx, g.Shop.ID, id.New()) },
		} {
			_, err := casetest.Ask(t, g, read)
			casetest.WantKey(t, err, errs.NotFound, "order.not_found")
		}
		_, err := casetest.Ask(t, g, func(tx *db.Tx) (order.Line, error) { return order.GetLine(tx, g.Stranger.ID, g.Sold[0].ID) })
		casetest.WantKey(t, err, errs.NotFound, "order.line_not_found")
		lines := casetest.See(t, g, func(tx *db.Tx) ([]order.Line, error) { return order.Lines(tx, g.Stranger.ID, g.Order.ID) })
		if len(lines) != 0 {
			t.Errorf("another shop sees %v", lines)
		}
	})
}
