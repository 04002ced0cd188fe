package flow_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// sendBack takes an approved line's parcel through to opened and counted.
func (k *kit) sendBack(v flow.View, w flow.Waybill) flow.View {
	k.t.Helper()
	m := v.Movements[0]
	k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, m.ID, 0, w))
	k.ok(k.f.SignFor(k.ctx(), agent, k.shop.ID, m.ID, 0, nil))
	var counts []flow.Count
	for _, l := range m.Lines {
		counts = append(counts, flow.Count{LineID: l.CaseLineID, Arrived: l.Announced})
	}
	return k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, m.ID, 0, flow.Opening{Counts: counts}))
}

func (k *kit) decision(v flow.View, i int) *rule.Decision {
	k.t.Helper()
	d, err := rule.ParseDecision(v.Lines[i].Decision)
	k.must(err)
	return d
}

// SH-03: worn once and the sole came off. Worn is no defence against a defect (S4-15 against CPL-24, X11); evidence
// comes first (S4-25); a repair is only an offer (S4-26, X12); both freights are the shop's (S4-17).
func TestWornAndFaulty(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(4, 0, []article{{"SH-1902", 19900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "refund_return",
			Facts: facts("goods.worn", true, "evidence.photo", true)})
		d := k.decision(v, 0)
		if d.Outcome != rule.Approve || *d.Asked().Refund.Total != 19900 {
			t.Fatalf("outcome %s, %s", d.Outcome, v.Lines[0].Decision)
		}
		overridden := false
		for _, c := range d.Asked().Clauses {
			overridden = overridden || c.Overridden && c.Claim == "shoes.quality"
		}
		if !overridden {
			t.Fatalf("the shop's clause is not shown as overridden: %+v", d.Asked().Clauses)
		}
		l := v.Lines[0].ID
		_, err := k.f.Decline(k.ctx(), supervisor, k.shop.ID, l, 0, "穿过了")
		k.refused("flow.of_right", err)
		v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, l, 0))
		if v.Movements[0].BorneBy != movement.Shop {
			t.Fatalf("%+v", v.Movements[0])
		}
		v = k.sendBack(v, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0003", Freight: 1000, AdvancedBy: movement.Customer})
		_, err = k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, facts("goods.worn", true), "")
		k.refused("flow.inspection_incomplete", err)
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, facts("finding.defect", true, "goods.worn", true, "goods.resaleable", false), "照片 1"))
		if len(v.Settlements) != 2 || v.Settlements[0].Minor != 19900 || v.Settlements[1].Kind != settle.Reimbursement || v.Settlements[1].Minor != 1000 {
			t.Fatalf("%s %+v", status(v), v.Settlements)
		}
		for _, s := range v.Settlements {
			k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0))
		}
		k.work()
		v = k.again(v)
		if v.Case.Status != cases.Money { // the freight is paid by hand
			t.Fatalf("case %s", v.Case.Status)
		}
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, v.Settlements[1].ID, 0, settle.Confirmation{ExternalNo: "B1", Minor: 1000, At: k.clock.Now(), Proof: "回单 1"}))
		if status(v) != "settled" || v.Case.Status != cases.Closed {
			t.Fatalf("%s, case %s", status(v), v.Case.Status)
		}
		if b := k.balances(); b["refunds:shop"] != 19900 || b["freight:shop"] != 1000 || b["owed:customers"] != 0 {
			t.Fatalf("%v", b)
		}
	})
}

// SH-05: apricot was ordered, black was sent. Our fault: exchange, both ways on us, the 12.00 that were advanced go back
// to who paid them (S4-16, S4-20).
func TestWrongColourSent(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(5, 0, []article{{"SH-2401-APR-38", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "wrong_item", Remedy: "exchange", Wanted: "SH-2401-APR-38",
			Facts: facts("exchange.in_stock", true, "goods.worn", false)})
		l := v.Lines[0].ID
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l, 0))
		v = k.sendBack(v, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0005", Freight: 1200, AdvancedBy: movement.Customer})
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, intact("finding.mismatch", true), ""))
		if status(v) != "awaiting_approval.money" || len(v.Settlements) != 1 || v.Settlements[0].Minor != 1200 {
			t.Fatalf("%s %+v", status(v), v.Settlements)
		}
		out := v.Movements[1]
		if out.Purpose != movement.ExchangeOut || out.State != movement.ToShip {
			t.Fatalf("%+v", out)
		}
		k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out.ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMSDEMO0005"}))
		k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0))
		_, err := k.f.Confirm(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0, settle.Confirmation{ExternalNo: "X", Minor: 1300, At: k.clock.Now(), Proof: "p"})
		k.refused("invalid_input", err)
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0, settle.Confirmation{ExternalNo: "X", Minor: 1200, At: k.clock.Now(), Proof: "p"}))
		v = k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, out.ID, 0))
		if status(v) != "delivered" || v.Case.Status != cases.Closed {
			t.Fatalf("%s, case %s", status(v), v.Case.Status)
		}
	})
}

// S4-07: an order that was not sent is paid back at once, freight included, and nobody has to agree.
func TestUnshippedIsRefundedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(0, 600, []article{{"SH-3507", 35900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"})
		if status(v) != "approved_to_pay" || v.Settlements[0].Minor != 36500 || len(v.Movements) != 0 {
			t.Fatalf("%s %+v", status(v), v.Settlements)
		}
		k.work()
		if v = k.again(v); status(v) != "settled" || v.Case.Status != cases.Closed {
			t.Fatalf("%s, case %s", status(v), v.Case.Status)
		}
	})
}
