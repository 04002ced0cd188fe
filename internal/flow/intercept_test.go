package flow_test

import (
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// onItsWay is an order that left yesterday and has not arrived.
func (k *kit) onItsWay(freight int64) flow.Recorded {
	k.t.Helper()
	r := k.sold(0, freight, []article{{"SH-1902-WHT-37", 19900, 1}}, flow.NewPayment{Tender: "alipay", Route: settle.ByMarketplace, Captured: 19900 + freight})
	yesterday := k.clock.Now().Add(-24 * time.Hour)
	got, err := k.f.Deliver(k.ctx(), agent, k.shop.ID, r.Order.ID, 0, flow.Delivery{ShippedAt: &yesterday})
	k.must(err)
	return got
}

func (k *kit) stops(freight int64, ground string) flow.View {
	k.t.Helper()
	r := k.onItsWay(freight)
	v := k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: ground, Remedy: "interception", Facts: facts("order.delivery", "in_transit")})
	if v.Lines[0].State != "requested" {
		k.t.Fatalf("an interception is the agent's to agree: %s %s", v.Lines[0].State, v.Lines[0].Decision)
	}
	v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
	if status(v) != "intercepting" || v.Case.Status != "carrier" {
		k.t.Fatalf("asked of the carrier: %s, %s", status(v), v.Case.Status)
	}
	return v
}

// SH-06: the carrier stopped it, and the money goes back the same day, before the parcel is home (S4-11).
func TestInterceptedIsRefundedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.stops(0, "no_reason")
		parcel := v.Movements[0].ID
		v = k.ok(k.f.Stopped(k.ctx(), agent, k.shop.ID, parcel, 0, flow.CarrierAnswer{Carrier: "圆通", Waybill: "ytdemo0006", Note: "圆通客服工单 3321"}))
		if len(v.Settlements) != 1 || v.Settlements[0].Minor != 19900 || v.Settlements[0].DueOn == nil || *v.Settlements[0].DueOn != *k.today(0) {
			t.Fatalf("stopped: %+v", v.Settlements)
		}
		_, err := k.f.NotStopped(k.ctx(), agent, k.shop.ID, parcel, 0, flow.CarrierAnswer{})
		k.refused("flow.not_now", err)
		_, err = k.f.Cancel(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "changed her mind")
		k.refused("flow.not_now", err)
		s := v.Settlements[0]
		v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0))
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "TB1", Minor: 19900, At: k.clock.Now(), Proof: "千牛截图"}))
		if status(v) != "intercepted" || v.Case.Status != "carrier" {
			t.Fatalf("paid back, and the shoes are still with the carrier: %s, %s", status(v), v.Case.Status)
		}
		found, err := k.f.ByWaybill(k.ctx(), k.shop.ID, "YTDEMO0006")
		if k.must(err); len(found) != 1 {
			t.Fatalf("the warehouse scans it: %v", found)
		}
		v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, parcel, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		if status(v) != "settled" || v.Case.Status != "closed" || len(v.Settlements) != 1 {
			t.Fatalf("home: %s, %s, %d settlements", status(v), v.Case.Status, len(v.Settlements))
		}
		k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, v.Lines[0].OrderID))
	})
}

// Not stopped: whether she took it in is asked; refused at the door, it comes home by itself and is paid for when it is
// here. A change of mind pays for the leg it took, our own delay does not (S4-12, S4-17, S4-19).
func TestRefusedAtTheDoor(t *testing.T) {
	for ground, want := range map[string]struct {
		refund, freight int64
		bears           string
	}{"no_reason": {19900, 0, "customer"}, "late_dispatch": {20500, 900, "shop"}} {
		each(t, func(t *testing.T, k *kit) {
			v := k.stops(600, ground)
			parcel, l := v.Movements[0].ID, v.Lines[0].ID
			v = k.ok(k.f.NotStopped(k.ctx(), agent, k.shop.ID, parcel, 0, flow.CarrierAnswer{Carrier: "圆通", Waybill: "YTDEMO0007"}))
			if status(v) != "needs_facts" || v.Case.Status != "customer" || len(v.Settlements) != 0 {
				t.Fatalf("not stopped: %s, %s, %d settlements", status(v), v.Case.Status, len(v.Settlements))
			}
			v = k.ok(k.f.Answer(k.ctx(), agent, k.shop.ID, l, 0, rule.AtEvidence, facts("parcel.refused_at_door", true), "电话"))
			v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l, 0))
			if status(v) != "refused_delivery" || v.Case.Status != "carrier" || string(v.Movements[0].BorneBy) != want.bears || len(v.Settlements) != 0 {
				t.Fatalf("refused at the door: %s, %s, borne by %s", status(v), v.Case.Status, v.Movements[0].BorneBy)
			}
			_, err := k.f.Cancel(k.ctx(), agent, k.shop.ID, l, 0, "wants it after all")
			k.refused("flow.not_now", err)
			v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, parcel, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}, Freight: 900, AdvancedBy: "customer"}))
			if status(v) != "received" {
				t.Fatalf("home: %s", status(v))
			}
			v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, nil, ""))
			got := map[settle.Kind]int64{}
			for _, s := range v.Settlements {
				got[s.Kind] += s.Minor
			}
			if got[settle.Refund] != want.refund || got[settle.Reimbursement] != want.freight {
				t.Fatalf("%s: paid back %v, want %+v", ground, got, want)
			}
			k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
			k.must(kept(k.ctx(), k.f.DB, k.shop.ID, v.Lines[0].OrderID))
		})
	}
}

// Not stopped, and she took it in: no interception any more, and the ways on are named; she asks for a return instead.
func TestNotStoppedAndTakenIn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.stops(0, "no_reason")
		v = k.ok(k.f.NotStopped(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.CarrierAnswer{}))
		v = k.ok(k.f.Answer(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, rule.AtEvidence, facts("parcel.refused_at_door", false), "她签收了"))
		if status(v) != "rejected" || v.Case.Status != "closed" {
			t.Fatalf("taken in: %s, %s", status(v), v.Case.Status)
		}
		d, err := rule.ParseDecision(v.Lines[0].Decision)
		if k.must(err); len(d.Alternatives) == 0 {
			t.Error("a refusal names the ways on (S2-16)")
		}
		if _, err := k.f.Deliver(k.ctx(), agent, k.shop.ID, v.Lines[0].OrderID, 0, flow.Delivery{SignedOn: k.today(0), SignedBy: "self"}); err != nil {
			t.Fatal(err)
		}
		again := k.apply(flow.Asked{OrderLineID: v.Lines[0].OrderLineID, Quantity: 1, Ground: "no_reason", Remedy: "refund_return", Facts: facts("goods.worn", false, "goods.tag_removed", false)})
		if again.Lines[0].State != "requested" {
			t.Errorf("a return afterwards: %s", again.Lines[0].State)
		}
	})
}
