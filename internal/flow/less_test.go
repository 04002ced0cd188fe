package flow_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// promoted sells three articles at 200.00 with 满500减60, a gift of 30.00 with the first, paid with 490.00 by alipay and 5,000 points.
func (k *kit) promoted(lines ...flow.NewOrderLine) (flow.Recorded, error) {
	k.t.Helper()
	paid := k.clock.Now().Add(-72 * time.Hour)
	n := flow.NewOrder{OrderNo: id.New().String(), Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid, SignedOn: k.today(-2), SignedBy: "self",
		Attrs: order.Attrs{Promotions: []order.Promotion{{Name: "满500减60", Tiers: []order.Tier{{At: 500_00, Off: 60_00}}}}},
		Lines: []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 2, UnitPrice: 200_00, Net: 360_00, Attrs: order.LineAttrs{GiftValue: 30_00}},
			{SKU: "B", Title: "B", Category: "shoes", Quantity: 1, UnitPrice: 200_00, Net: 180_00}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T1", Captured: 490_00}, {Tender: "points", Route: settle.InKind, Captured: 50_00, Points: 5_000}}}
	if len(lines) > 0 {
		n.Lines = lines
	}
	return k.f.RecordOrder(k.ctx(), boss, k.shop.ID, n)
}

// giveLess returns one unit of a line for a ground, with the gift or without, and pays all that is owed.
func (k *kit) giveLess(r flow.Recorded, i int, ground string, giftKept bool) (back []settle.Settlement) {
	k.t.Helper()
	v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[i].ID, Quantity: 1,
		Ground: ground, Remedy: "refund_return", Facts: facts("trial.says", "none", "trial.at_once", true)}}})
	k.must(err)
	l := v.Lines[0].ID
	k.ok(k.f.Receive(k.ctx(), boss, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
	v = k.ok(k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good", "goods.gift_missing", giftKept), ""))
	k.payAll(v)
	for _, s := range k.again(v).Settlements {
		back = append(back, s.Settlement)
	}
	return back
}

func sumOf(back []settle.Settlement) (minor, points int64, less string) {
	for _, s := range back {
		minor, points = minor+s.Minor, points+s.Points
		for _, d := range s.Less {
			less += fmt.Sprintf("%s %d ", d.Name, d.Minor)
		}
	}
	return minor, points, less
}

// NRR-12, NRR-14, NRR-17 on the way from application to payment: the gift is charged once, what a partial return loses is taken off
// and given back when the rest comes too, and points go back as points, to the last one.
func TestLessOnTheWay(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		r, err := k.promoted()
		k.must(err)
		var all, points int64
		for i, want := range []struct {
			line    int
			kept    bool
			minor   int64
			deducts string
		}{
			{0, true, 110_00, "gift_price 3000 lost_discount 4000 "}, // the rest costs 400.00 and not 360.00
			{0, true, 200_00, "lost_discount -2000 "},                // the gift was charged; 20.00 of the 40.00 are restored
			{1, false, 200_00, "lost_discount -2000 "},
		} {
			back := k.giveLess(r, want.line, "no_reason", want.kept)
			minor, p, less := sumOf(back)
			if minor != want.minor || less != want.deducts {
				t.Errorf("return %d: %d, %s", i, minor, less)
			}
			all, points = all+minor, points+p
			k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
			k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
		}
		if all != 510_00 { // 540.00 less the gift
			t.Errorf("%d in all", all)
		}
		if got := k.refunded(r); got["alipay"]+got["points"] != all || points != 5_000*got["points"]/50_00 {
			t.Errorf("%v, %d points", got, points)
		}
	})
}

// A return for the shop's fault loses nothing for the customer, and no later return is charged what it lost.
func TestOurFaultLosesNothing(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		r, err := k.promoted()
		k.must(err)
		for i, want := range []struct {
			ground string
			minor  int64
		}{{"trial", 180_00}, {"no_reason", 180_00}} {
			if minor, _, less := sumOf(k.giveLess(r, i, want.ground, false)); minor != want.minor || less != "" {
				t.Errorf("%d: %d, %s", i, minor, less)
			}
		}
	})
}

// What finance gives back to the desk counts no more: the next answer takes off the same again, and not less.
func TestLessOfVoidedMoneyIsForgotten(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		r, err := k.promoted()
		k.must(err)
		v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1,
			Ground: "no_reason", Remedy: "refund_return", Facts: facts("trial.says", "none", "trial.at_once", false)}}})
		k.must(err)
		l := v.Lines[0].ID
		k.ok(k.f.Receive(k.ctx(), boss, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		v = k.ok(k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good", "goods.gift_missing", true), ""))
		v = k.ok(k.f.ReturnMoney(k.ctx(), boss, k.shop.ID, v.Settlements[0].ID, 0, "看一下"))
		v = k.ok(k.f.Approve(k.ctx(), boss, k.shop.ID, l, 0))
		var open []settle.Settlement
		for _, s := range v.Settlements {
			if s.State != settle.Voided {
				open = append(open, s.Settlement)
			}
		}
		if minor, _, less := sumOf(open); minor != 110_00 || less != "gift_price 3000 lost_discount 4000 " {
			t.Errorf("%d, %s", minor, less)
		}
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
	})
}

// A promotion that explains more than was taken off is refused, and so are points that are no payment in kind.
func TestOrdersWithPromotionsAreChecked(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		_, err := k.promoted(flow.NewOrderLine{SKU: "A", Title: "A", Category: "shoes", Quantity: 3, UnitPrice: 199_99, Net: 540_00})
		if e := errs.As(err); e == nil || e.Fields[0].Key != "order.promotion_over" {
			t.Errorf("%v", err)
		}
		paid := k.clock.Now()
		_, err = k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: "1", Channel: order.Distance, OrderedAt: paid, PaidAt: &paid,
			Lines:    []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 1, Net: 1}},
			Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Captured: 1, Points: 5}}})
		if e := errs.As(err); e == nil || e.Fields[0].Key != "flow.points_route" {
			t.Errorf("%v", err)
		}
	})
}

// However an order with a promotion, gifts and three tenders comes back, and for whatever ground: columns are what happened, the
// books balance, no tender gives more than it took, and the journey's sums are those of the preview.
func TestAnyReturnsWithPromotions(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		until := time.Now().Add(4 * time.Second)
		rapid.Check(t, func(rt *rapid.T) {
			if time.Now().After(until) {
				return
			}
			r, err := k.promoted()
			if err != nil {
				rt.Fatal(err)
			}
			c := flow.QuoteCase{Currency: "CNY", Promotions: r.Order.Attrs.Promotions, Payments: []flow.QuotePayment{{Tender: "alipay", Route: settle.ByGateway, Captured: 490_00},
				{Tender: "points", Route: settle.InKind, Captured: 50_00, Points: 5_000}}}
			for _, l := range r.Lines {
				c.Lines = append(c.Lines, flow.QuoteLine{No: l.LineNo, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net, GiftValue: l.Attrs.GiftValue})
			}
			for n, i := range rapid.Permutation([]int{0, 0, 1}).Draw(rt, "returns") {
				ground, keep := rapid.SampledFrom([]string{"trial", "no_reason"}).Draw(rt, "ground"), rapid.Bool().Draw(rt, "gift kept")
				back := k.giveLess(r, i, ground, keep)
				ask := flow.QuoteReturn{Line: int64(i + 1), Units: 1}
				if ground == "trial" {
					ask.Outbound = "refunded"
				} else if ask.Less = slices.Clone(lostToo); keep {
					ask.Less = append(ask.Less, flow.QuoteDeducted{Name: settle.GiftPrice})
				}
				c.Returns = append(c.Returns, ask)
				q, err := flow.Reckon(c)
				if err != nil {
					rt.Fatal(err)
				}
				var tenders []flow.QuotedTender
				for _, s := range back {
					tenders = append(tenders, flow.QuotedTender{Tender: map[settle.Route]string{settle.ByGateway: "alipay", settle.InKind: "points"}[s.Route], Route: s.Route, Minor: s.Minor, Points: s.Points})
				}
				if got, want := fmt.Sprint(tenders), fmt.Sprint(q.Returns[n].Tenders); got != want {
					rt.Fatalf("return %d gave back %s, previewed %s", n, got, want)
				}
				if err := kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID); err != nil {
					rt.Fatal(err)
				}
			}
			if err := balanced(k.ctx(), k.f.DB, k.shop.ID); err != nil {
				rt.Fatal(err)
			}
		})
	})
}
