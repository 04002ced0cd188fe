package flow_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
)

// Sent back because it did not please; on its way she sees that the sole is open. Decided anew on the fault: freight both
// ways becomes the shop's, what she advanced comes back, and a proof is asked for first (S4-16, S4-17, S4-25, X11).
func TestAnotherReasonOnTheWay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := k.sold(3, 600, []article{{"SH-1902-WHT-37", 19900, 1}})
		v := k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "dislike_style", Remedy: "refund_return",
			Facts: facts("goods.worn", false, "goods.tag_removed", false, "goods.inner_pack_missing", false)})
		l := v.Lines[0].ID
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l, 0))
		parcel := v.Movements[0].ID
		v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, parcel, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT000123", Freight: 1200, AdvancedBy: "customer"}))
		if v.Movements[0].BorneBy != "customer" {
			t.Fatalf("no reason: the way back is %s's", v.Movements[0].BorneBy)
		}
		_, err := k.f.ChangeGround(k.ctx(), agent, k.shop.ID, l, 0, "no_such_reason", nil, "")
		if err == nil {
			t.Fatal("a reason that the policy does not know was taken")
		}
		v = k.ok(k.f.ChangeGround(k.ctx(), agent, k.shop.ID, l, 0, "quality", facts("evidence.photo", true), "开胶照片"))
		if v.Lines[0].Ground != "quality" || v.Lines[0].Responsible == "customer" || v.Lines[0].State != "approved" || v.Movements[0].BorneBy != "shop" || v.Movements[0].State != "in_transit" {
			t.Fatalf("faulty at second sight: %+v, the way back is %s's", v.Lines[0].Line, v.Movements[0].BorneBy)
		}
		v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, parcel, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, intact("finding.defect", true), ""))
		got := map[settle.Kind]int64{}
		for _, s := range v.Settlements {
			got[s.Kind] += s.Minor
		}
		if got[settle.Refund] != 20500 || got[settle.Reimbursement] != 1200 {
			t.Errorf("paid back %v", got)
		}
		_, err = k.f.ChangeGround(k.ctx(), agent, k.shop.ID, l, 0, "no_reason", nil, "")
		k.refused("flow.not_now", err)
		k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
	})
}
