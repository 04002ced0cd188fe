package flow_test

import (
	"slices"
	"testing"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// What broke on its way is sent again, once (S1-110); lost, another is sent (ECL-20); broken again, the money goes back
// and the promise gives no second parcel (S1-111). What she keeps is free for another matter all along.
func TestReissueOnceThenRefund(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.shop = k.opens("crockery", "marketplace-commitments")
		r := k.promised(order.Promises{Reissue: true, ReissueDays: 15, ReissueFreight: "shop"})
		broken := func(remedy string) flow.View {
			return k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "transport_damage", Remedy: remedy,
				Facts: facts("evidence.photo", true), Evidence: "破损照片"})
		}
		v := broken("reissue")
		if v.Lines[0].State == "requested" {
			v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
		}
		if status(v) != "to_ship" || len(v.Settlements) != 0 || v.Movements[0].Purpose != "reissue" {
			t.Fatalf("sent again: %s %+v", status(v), v.Movements)
		}
		out := v.Movements[0].ID
		v = k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT000077"}))
		v = k.ok(k.f.ReportLost(k.ctx(), agent, k.shop.ID, out, 0))
		v = k.ok(k.f.SendAgain(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "圆通丢件"))
		out = v.Movements[len(v.Movements)-1].ID
		v = k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out, 0, flow.Waybill{Carrier: "顺丰", Waybill: "SF000078"}))
		v = k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, out, 0))
		if status(v) != "delivered" {
			t.Fatalf("arrived: %s", status(v))
		}
		if len(v.Claims) != 2 || v.Claims[0].Reason != carrier.ForDamaged || v.Claims[1].MovementID == 0 { // what came broken, and the lost one, are claimed from the carrier
			t.Fatalf("%+v", v.Claims)
		}
		for _, cl := range v.Claims {
			v = k.ok(k.f.OnClaim(k.ctx(), supervisor, k.shop.ID, cl.ID, 0, carrier.Drop, flow.ClaimStep{Text: "未保价"}))
		}
		k.stands(v, carrier.Dropped, cases.Closed)
		k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))

		for remedy, want := range map[string]struct{ claim, state string }{
			"reissue":       {"marketplace-commitments.reissue", "failed"},
			"refund_return": {"marketplace-commitments.broken_again", "holds"},
		} {
			p, err := k.f.Preview(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1,
				Ground: "transport_damage", Remedy: remedy, Facts: facts("evidence.photo", true)}}})
			k.must(err)
			clauses := p[0].Asked().Clauses
			if i := slices.IndexFunc(clauses, func(c rule.Clause) bool { return c.Claim == want.claim }); i < 0 || string(clauses[i].State) != want.state {
				t.Errorf("broken again, %s: %+v", remedy, clauses)
			}
			if p[0].Outcome != rule.Approve { // the law gives both
				t.Errorf("broken again, %s: %s (%s)", remedy, p[0].Outcome, p[0].Reason)
			}
		}
	})
}

// opens makes another shop, of shoes too, with commitments it has joined.
func (k *kit) opens(code string, overlays ...string) shop.Shop {
	k.t.Helper()
	s := k.shop
	s.ID, s.Code, s.Overlays = id.New(), code, overlays
	k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
		if err := shop.Insert(tx, s); err != nil {
			return err
		}
		return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: s.ID, Code: "guangzhou", Name: "广州退货组", Contact: "阿岳", Phone: "13800138001", Address: "广州仓"})
	}))
	return s
}

// promised is an order that was received yesterday and sold with commitments.
func (k *kit) promised(p order.Promises) flow.Recorded {
	k.t.Helper()
	k.promises = &p
	defer func() { k.promises = nil }()
	return k.sold(1, 0, []article{{"SH-2401-BLK-38", 26900, 1}})
}
