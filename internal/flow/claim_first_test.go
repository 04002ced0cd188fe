package flow_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// first is an order of two articles that went out in parcels.
func (k *kit) first(waybills ...string) flow.Recorded {
	k.t.Helper()
	r := k.sold(1, 0, []article{{"SH-1902", 19900, 1}, {"SH-2401", 26900, 2}})
	for _, no := range waybills {
		_, err := k.f.AddParcel(k.ctx(), agent, k.shop.ID, r.Order.ID, flow.NewParcel{Carrier: "圆通", Waybill: no})
		k.must(err)
	}
	k.work()
	return r
}

// notThere asks for an article's money that did not come, and agrees to it.
func (k *kit) notThere(r flow.Recorded, known bool, i ...int) flow.View {
	k.t.Helper()
	var asked []flow.Asked
	for _, n := range i {
		a := flow.Asked{OrderLineID: r.Lines[n].ID, Quantity: r.Lines[n].Quantity, Ground: "not_received", Remedy: "refund_only"}
		if known {
			a.Facts = facts("finding.not_delivered", true)
		}
		asked = append(asked, a)
	}
	v, err := k.f.Apply(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: asked})
	k.must(err)
	return k.agreed(v)
}

// agreed agrees to every line that waits for a person.
func (k *kit) agreed(v flow.View) flow.View {
	k.t.Helper()
	for _, l := range v.Lines {
		switch l.State {
		case "requested":
			v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l.ID, 0))
		case "awaiting_approval":
			v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, l.ID, 0))
		}
	}
	return v
}

// What did not come is paid back without waiting for the carrier, and claimed from it by itself: once for a parcel, for all the lines that are
// paid for, and never for who had chosen the carrier himself (X20, ECL-20).
func TestFirstDeliveryIsClaimed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.notThere(k.first("YT7700000001"), true, 0, 1)
		if len(v.Claims) != 1 || v.Claims[0].Asked != 19900+26900 || v.Claims[0].Waybill != "YT7700000001" || v.Claims[0].Carrier != "圆通" || v.Claims[0].Reason != carrier.ForLost {
			t.Fatalf("one claim for both: %+v", v.Claims)
		}
		if v.Settlements[0].State == "voided" || v.Case.Status == cases.Carrier {
			t.Errorf("she waits for nobody: %s", v.Case.Status)
		}
		s := v.Settlements[0]
		v = k.ok(k.f.ReturnMoney(k.ctx(), finance, k.shop.ID, s.ID, 0, "核对一下"))
		v = k.agreed(v)
		if len(v.Claims) != 1 || v.Claims[0].Asked != 19900+26900 {
			t.Errorf("agreed to twice: %+v", v.Claims)
		}
		k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))

		if v := k.notThere(k.first("YT7700000002", "YT7700000003"), true, 0); len(v.Claims) != 1 || v.Claims[0].Waybill != "" || v.Claims[0].Asked != 19900 {
			t.Errorf("which parcel nobody knows yet: %+v", v.Claims)
		}
		r := k.first("YT7700000004")
		v = k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "not_received", Remedy: "refund_only", Facts: facts("finding.not_delivered", false)})
		if len(v.Claims) != 0 {
			t.Errorf("it was delivered: %+v", v.Claims)
		}
	})
}

// The carrier says that it lost the parcel: that is established, what waited for it is decided, and claimed for. What the customer is told stands in
// the conversation. Any other answer decides nothing.
func TestCarrierSaysLost(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for says, want := range map[carrier.Verdict]string{carrier.SaysLost: "awaiting_approval.money", carrier.Found: "needs_facts", "": "needs_facts"} {
			r := k.first("YT77" + string("abc"[len(says)%3]) + "0000005")
			v := k.notThere(r, false, 0)
			if v.Lines[0].State != "needs_facts" {
				t.Fatalf("before: %s", v.Lines[0].State)
			}
			no := "YT77" + string("abc"[len(says)%3]) + "0000005"
			v = k.enquire(v, flow.NewEnquiry{Kind: carrier.NotReceived, Waybill: no, Ticket: "GD77"})
			_, err := k.f.OnEnquiry(k.ctx(), agent, k.shop.ID, v.Enquiries[0].ID, 0, carrier.Tell, flow.Word{Text: "在查", Verdict: carrier.SaysLost})
			k.refused("flow.verdict_without_answer", err)
			v = k.agreed(k.onEnquiry(v, carrier.Answer, flow.Word{Text: "网点说……", Verdict: says}))
			if says == carrier.SaysLost && v.Claims[0].Asked != 19900 {
				t.Errorf("claimed: %+v", v.Claims)
			}
			if status(v) != want || v.Enquiries[0].Verdict != says || (len(v.Claims) == 1) != (says == carrier.SaysLost) {
				t.Errorf("%q: %s, %+v", says, status(v), v.Claims)
			}
			v = k.onEnquiry(v, carrier.Tell, flow.Word{Text: "亲，快递确认丢件了，马上给您退款"})
			var told []chat.Message
			k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
				told, err = chat.OfCase(tx, k.shop.ID, v.Case.ID, 0, 10)
				return err
			}))
			if len(told) != 1 || told[0].From != chat.Staff || told[0].Text != "亲，快递确认丢件了，马上给您退款" || told[0].Author != agent.Name {
				t.Errorf("told: %+v", told)
			}
			k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		}
	})
}

// A parcel of the case is lost by the carrier's own word, and another one can be sent.
func TestCarrierLosesWhatWeSent(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.shop = k.opens("crockery", "marketplace-commitments")
		r := k.promised(order.Promises{Reissue: true, ReissueDays: 15, ReissueFreight: "shop"})
		v := k.agreed(k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "transport_damage", Remedy: "reissue", Facts: facts("evidence.photo", true), Evidence: "照片"}))
		out := v.Movements[0].ID
		v = k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT7700000088"}))
		v = k.enquire(v, flow.NewEnquiry{Kind: carrier.IsLost, Waybill: "YT7700000088"})
		v = k.onEnquiry(v, carrier.Answer, flow.Word{Text: "中转丢失", Verdict: carrier.SaysLost})
		if v.Movements[0].State != movement.Lost || len(v.Claims) != 2 || v.Claims[1].MovementID != out || v.Claims[1].Reason != carrier.ForLost {
			t.Fatalf("%s %+v", v.Movements[0].State, v.Claims)
		}
		v = k.ok(k.f.SendAgain(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "圆通丢件"))
		if status(v) != "to_ship" {
			t.Errorf("another one: %s", status(v))
		}
	})
}

// Freight of an insured parcel waits for what the insurer paid: that is taken off, and what is left is a payment of its own (NRR-15, S4-12).
func TestInsuredFreightIsHeld(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		for _, c := range []struct{ paid, left int64 }{{0, 1200}, {500, 700}, {1200, 0}, {1500, 0}} {
			r := k.onPlatform("I"+string(rune('a'+c.paid/100)), 300_00, order.Attrs{FreightInsurance: true})
			v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "trial", Remedy: "refund_return",
				Facts: facts("trial.says", "none", "trial.at_once", true)}}})
			k.must(err)
			l, m := v.Lines[0].ID, v.Movements[0].ID
			k.ok(k.f.FillWaybill(k.ctx(), boss, k.shop.ID, m, 0, flow.Waybill{Carrier: "YTO", Waybill: "YT99000" + string(rune('a'+c.paid/100)), Freight: 1200, AdvancedBy: movement.Customer}))
			k.ok(k.f.Receive(k.ctx(), boss, k.shop.ID, m, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
			v = k.ok(k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good"), ""))
			s := v.Settlements[len(v.Settlements)-1]
			if s.Kind != settle.Reimbursement || s.Held != "insured" || s.State != settle.AwaitingApproval {
				t.Fatalf("%+v", s)
			}
			_, err = k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0)
			k.refused("flow.insurance_missing", err)
			_, err = k.f.ApproveInsured(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0, 5)
			if err == nil {
				t.Error("the refund is not held for it")
			}
			v = k.ok(k.f.ApproveInsured(k.ctx(), finance, k.shop.ID, s.ID, 0, c.paid))
			var left int64
			for _, s := range v.Settlements {
				if s.Kind == settle.Reimbursement && s.State != settle.Voided {
					left += s.Minor
					if s.State != settle.ToPay || s.ApprovedBy != finance.Name {
						t.Errorf("%+v", s)
					}
				}
			}
			if left != c.left {
				t.Errorf("paid by the insurer %d: left %d, want %d", c.paid, left, c.left)
			}
			k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		}
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	})
}
