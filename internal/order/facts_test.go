package order

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

func china(t testing.TB) *calendar.Calendar {
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

func at(t testing.TB, s string) *clock.Instant {
	i, err := clock.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return &i
}

func factsOf(t testing.TB, o Order, lines []Line, i int, units int64) rule.Facts {
	fs, err := Facts(o, lines, lines[i].ID, units, Taken{}, china(t))
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func TestFactsSayOnlyWhatTheRecordHolds(t *testing.T) {
	signed := calendar.DateOf(2026, time.November, 16)
	paid, shipped := at(t, "2026-11-13T23:30:00Z"), at(t, "2026-11-14T02:00:00Z") // paid on the 14th in China
	lines := []Line{{ID: id.New(), Quantity: 1, Net: 26900, Category: "shoes"}}
	for _, c := range []struct {
		name     string
		order    Order
		delivery string // "" unknown
		signedOn string
	}{
		{"signed", Order{Channel: Distance, Status: "交易成功", PaidAt: paid, ShippedAt: shipped, SignedOn: &signed}, Delivered, "2026-11-16"},
		{"shipped, arrival unknown", Order{Channel: Distance, Status: "卖家已发货", PaidAt: paid, ShippedAt: shipped}, "", ""},
		{"not shipped", Order{Channel: Distance, Status: "买家已付款", PaidAt: paid}, Unshipped, ""},
		{"a platform that records no dispatch", Order{Channel: Distance, PaidAt: paid}, "", ""},
		{"over the counter", Order{Channel: Store, PaidAt: paid}, Delivered, "2026-11-14"},
		{"over the counter, payment not recorded", Order{Channel: Store}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := factsOf(t, c.order, lines, 0, 1)
			if got, _ := FactDelivery.Get(fs); got != c.delivery {
				t.Errorf("delivery: want %q, got %q", c.delivery, got)
			}
			if got, known := FactUnshipped.Get(fs); !known || got != (c.delivery == Unshipped) {
				t.Errorf("unshipped: got %v, known %v", got, known)
			}
			got := ""
			if d, ok := FactSignedOn.Get(fs); ok {
				got = d.String()
			}
			if got != c.signedOn {
				t.Errorf("signed on: want %q, got %q", c.signedOn, got)
			}
			if _, ok := FactPaidOn.Get(fs); ok != (c.order.PaidAt != nil) {
				t.Errorf("paid on: known %v", ok)
			}
		})
	}
}

func TestFactsOfGoods(t *testing.T) {
	o := Order{Channel: Distance}
	for _, c := range []struct {
		line           Line
		category, kind string
	}{
		{Line{Category: "shoes"}, "shoes", "ordinary"},
		{Line{Category: "", Attrs: LineAttrs{Kind: "custom_made"}}, "", "custom_made"},
		{Line{Category: "spaceship", Attrs: LineAttrs{Kind: "odd"}}, "", ""},
	} {
		c.line.ID, c.line.Quantity = id.New(), 1
		fs := factsOf(t, o, []Line{c.line}, 0, 1)
		if got, _ := FactCategory.Get(fs); got != c.category {
			t.Errorf("category: want %q, got %q", c.category, got)
		}
		if got, _ := FactKind.Get(fs); got != c.kind {
			t.Errorf("kind: want %q, got %q", c.kind, got)
		}
	}
}

// Three bags for 60.00, free delivery from 59.00: the first return breaks the threshold, the second finds it broken.
func TestFreeShippingIsLostOnce(t *testing.T) {
	o := Order{Channel: Distance, Attrs: Attrs{FreeShippingAt: 5900, ThresholdFreight: 600}}
	l := Line{ID: id.New(), Quantity: 3, Net: 6000}
	lost := func(o Order, l Line) bool {
		v, ok := FactFreeShippingLost.Get(factsOf(t, o, []Line{l}, 0, 1))
		if !ok {
			t.Fatal("not said")
		}
		return v
	}
	if !lost(o, l) {
		t.Error("first return: want lost")
	}
	second := l
	second.AllocatedUnits, second.AllocatedMinor = 1, 2000
	if lost(o, second) {
		t.Error("second return: lost again")
	}
	paid := o
	paid.FreightPaid = 600
	if lost(paid, l) {
		t.Error("freight was paid: nothing to lose")
	}
	large := l
	large.Net = 9000 // 60.00 stay, just above
	if lost(o, large) {
		t.Error("60.00 of 90.00 stay: want kept")
	}
	large.Net = 8850 // 59.00 stay, the threshold itself (G9)
	if lost(o, large) {
		t.Error("59.00 stay: want kept")
	}
	large.Net = 8847 // 58.98 stay
	if !lost(o, large) {
		t.Error("58.98 stay: want lost")
	}
}

func TestFactsRefuse(t *testing.T) {
	lines := []Line{{ID: id.New(), Quantity: 2, Net: 1000, AllocatedUnits: 1, AllocatedMinor: 500}}
	if _, err := Facts(Order{}, lines, lines[0].ID, 2, Taken{}, china(t)); errs.As(err) == nil || errs.As(err).Key != "money.too_many_units" {
		t.Errorf("one unit is left of two: got %v", err)
	}
	if _, err := Facts(Order{}, lines, id.New(), 1, Taken{}, china(t)); errs.As(err) == nil || errs.As(err).Key != "order.line_not_found" {
		t.Errorf("a foreign line: got %v", err)
	}
}

// However an order is returned, in any order and any portions, what the facts say adds up to what was paid, goods and
// freight apart, to the fen.
func TestReturnsAddUpToWhatWasPaid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := Order{Channel: Distance, FreightPaid: rapid.Int64Range(0, 5000).Draw(rt, "freight")}
		lines := make([]Line, rapid.IntRange(1, 4).Draw(rt, "lines"))
		var paid int64
		for i := range lines {
			lines[i] = Line{ID: id.New(), Quantity: rapid.Int64Range(1, 7).Draw(rt, "quantity"), Net: rapid.Int64Range(0, 30000).Draw(rt, "net")}
			paid += lines[i].Net
		}
		var goods, freight int64
		for i := range lines {
			l := &lines[i]
			for l.AllocatedUnits < l.Quantity {
				units := rapid.Int64Range(1, l.Quantity-l.AllocatedUnits).Draw(rt, "units")
				fs := factsOf(t, o, lines, i, units)
				g, _ := FactGoodsAmount.Get(fs)
				f, _ := FactOutboundFreight.Get(fs)
				goods, freight = goods+g, freight+f
				l.AllocatedUnits += units
				l.AllocatedMinor += g
			}
		}
		if goods != paid || freight != o.FreightPaid {
			rt.Fatalf("goods %d of %d, freight %d of %d", goods, paid, freight, o.FreightPaid)
		}
	})
}

// What was given in exchange has periods of its own (CPLR-18a), and the freight that came over with it; the order's other
// articles bear what they bore.
func TestFactsOfWhatWasGiven(t *testing.T) {
	signed, came := calendar.DateOf(2026, 11, 1), calendar.DateOf(2026, 11, 20)
	o := Order{Channel: Distance, FreightPaid: 1000, SignedOn: &signed}
	sold, other := Line{ID: id.New(), Quantity: 2, Net: 4000, AllocatedUnits: 1, AllocatedMinor: 2000}, Line{ID: id.New(), Quantity: 1, Net: 6000}
	given := Line{ID: id.New(), Quantity: 1, Net: 9000, FromLineID: sold.ID, Attrs: LineAttrs{Given: &Given{SignedOn: came, Freight: 200}}}
	lines := []Line{sold, other, given}
	for i, want := range []struct {
		goods, freight int64
		signed         calendar.Date
	}{{2000, 200, signed}, {6000, 600, signed}, {9000, 200, came}} {
		fs := factsOf(t, o, lines, i, 1)
		goods, _ := FactGoodsAmount.Get(fs)
		freight, _ := FactOutboundFreight.Get(fs)
		day, _ := FactSignedOn.Get(fs)
		if goods != want.goods || freight != want.freight || day != want.signed {
			t.Errorf("line %d: goods %d, freight %d, signed %s; want %+v", i, goods, freight, day, want)
		}
	}
}
