package flow_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
)

func (k *kit) onClaim(v flow.View, e carrier.ClaimEvent, s flow.ClaimStep) flow.View {
	k.t.Helper()
	c := v.Claims[len(v.Claims)-1]
	return k.ok(k.f.OnClaim(k.ctx(), finance, k.shop.ID, c.ID, c.Version, e, s))
}

// stands wants the state of the last claim, the case's status, and the books and sums in order.
func (k *kit) stands(v flow.View, state carrier.ClaimState, status cases.Status) {
	k.t.Helper()
	if c := v.Claims[len(v.Claims)-1]; c.State != state || v.Case.Status != status {
		k.t.Fatalf("the claim is %s and the case %s, want %s and %s", c.State, v.Case.Status, state, status)
	}
	k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
	k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
}

// lostReturn is a return that the carrier lost, and that is paid for all the same.
func (k *kit) lostReturn() flow.View {
	k.t.Helper()
	v := k.sentBack(waybill)
	v = k.ok(k.f.ReportLost(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0))
	k.stands(v, carrier.ToFile, cases.Unassigned)
	v = k.ok(k.f.SettleLost(k.ctx(), boss, k.shop.ID, v.Lines[0].ID, 0, "圆通丢件"))
	for _, s := range v.Settlements {
		if s.State == settle.AwaitingApproval {
			v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0))
		}
	}
	k.work()
	return k.again(v)
}

// A lost return is paid to the customer at once and claimed from the carrier after that (X20): the claim opened itself when the loss
// was reported, holds nobody up, and books what the carrier agrees to and pays.
func TestLostParcelIsClaimed(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.lostReturn()
		if status(v) != "settled" || v.Case.DueAt != nil {
			t.Fatalf("the customer waits: %s, due %v", status(v), v.Case.DueAt)
		}
		k.stands(v, carrier.ToFile, cases.Unassigned)
		c := v.Claims[0]
		if c.Asked != 10000 || c.Reason != carrier.ForLost || c.Carrier != "圆通" || c.Waybill != waybill || c.MovementID != v.Movements[0].ID {
			t.Fatalf("%+v", c)
		}
		cost := k.balances()["refunds:carrier"]
		if cost != 10000 {
			t.Fatalf("borne by the carrier's account: %d", cost)
		}
		for _, bad := range []struct {
			key string
			e   carrier.ClaimEvent
			flow.ClaimStep
		}{{"carrier.claim_not_now", carrier.Grant, flow.ClaimStep{Minor: 1}}, {"carrier.claim_not_now", carrier.Take, flow.ClaimStep{Minor: 1}},
			{"carrier.claim_nothing", carrier.File, flow.ClaimStep{}}} {
			_, err := k.f.OnClaim(k.ctx(), finance, k.shop.ID, c.ID, 0, bad.e, bad.ClaimStep)
			k.refused(bad.key, err)
		}
		v = k.onClaim(v, carrier.File, flow.ClaimStep{Minor: 12000, Ticket: "LP1"})
		k.stands(v, carrier.Filed, cases.Carrier)
		v = k.onClaim(v, carrier.Refuse, flow.ClaimStep{Text: "未保价"})
		k.stands(v, carrier.Refused, cases.Unassigned)
		v = k.onClaim(v, carrier.File, flow.ClaimStep{Minor: 9000, Ticket: "LP2"})
		_, err := k.f.OnClaim(k.ctx(), finance, k.shop.ID, c.ID, 0, carrier.Grant, flow.ClaimStep{Minor: 9001})
		k.refused("carrier.claim_amount", err)
		v = k.onClaim(v, carrier.Grant, flow.ClaimStep{Minor: 6000, Text: "按保价赔"})
		k.stands(v, carrier.Granted, cases.Carrier)
		if b := k.balances(); b["due:carriers"] != 6000 || b["recovered:carriers"] != -6000 {
			t.Errorf("granted: %v", b)
		}
		v = k.onClaim(v, carrier.Take, flow.ClaimStep{Minor: 4000, ExternalNo: "BK1"})
		k.stands(v, carrier.Granted, cases.Carrier)
		_, err = k.f.OnClaim(k.ctx(), finance, k.shop.ID, c.ID, 0, carrier.Take, flow.ClaimStep{Minor: 2001})
		k.refused("carrier.claim_amount", err)
		_, err = k.f.OnClaim(k.ctx(), finance, k.shop.ID, c.ID, 1, carrier.Take, flow.ClaimStep{Minor: 1})
		k.refused("web.stale", err)
		v = k.onClaim(v, carrier.Take, flow.ClaimStep{Minor: 2000, ExternalNo: "BK2"})
		k.stands(v, carrier.Received, cases.Closed)
		if b := k.balances(); b["due:carriers"] != 0 || b["recovered:carriers"] != -6000 || b["received:carriers"] != 6000 || b["refunds:carrier"] != 10000 {
			t.Errorf("received: %v", b)
		}
		if got := k.verbs(v.Case.ID, c.ID); !cmp.Equal(got[len(got)-3:], []string{"grant by " + finance.Name, "take by " + finance.Name, "take by " + finance.Name}) {
			t.Error(got)
		}
	})
}

// A parcel that turns up after all takes the claim with it that nobody filed; one that was filed stays, for the carrier knows of it.
// What a carrier agreed to and does not pay is taken back.
func TestTurnedUpAndDropped(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.sentBack(waybill)
		v = k.ok(k.f.ReportLost(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0))
		v = k.ok(k.f.SignFor(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, nil))
		k.stands(v, carrier.Dropped, cases.Unassigned)

		v = k.lostReturn()
		v = k.onClaim(v, carrier.File, flow.ClaimStep{Minor: 10000})
		v = k.onClaim(v, carrier.Grant, flow.ClaimStep{Minor: 10000})
		v = k.onClaim(v, carrier.Take, flow.ClaimStep{Minor: 2500})
		k.clock.Advance(time.Hour)
		v = k.ok(k.f.SignFor(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, nil))
		k.stands(v, carrier.Granted, cases.Carrier)
		v = k.onClaim(v, carrier.Drop, flow.ClaimStep{Text: "找到了，差额不要了"})
		if b := k.balances(); b["due:carriers"] != 0 || b["recovered:carriers"] != -2500 || b["received:carriers"] != 2500 {
			t.Errorf("dropped: %v", b)
		}
		k.stands(v, carrier.Dropped, v.Case.Status)
		_, err := k.f.OnClaim(k.ctx(), finance, k.shop.ID, v.Claims[0].ID, 0, carrier.File, flow.ClaimStep{Minor: 1})
		k.refused("carrier.claim_not_now", err)
	})
}

// An interception that was paid for when the carrier said it has the parcel (S4-11), and then lost: the case does not just close, the
// shoes are claimed for.
func TestLostAfterPaidInterception(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.stops(0, "no_reason")
		v = k.ok(k.f.Stopped(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.CarrierAnswer{}))
		s := v.Settlements[0]
		k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, s.ID, 0))
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "TB1", Minor: 19900, At: k.clock.Now(), Proof: "千牛截图"}))
		v = k.ok(k.f.ReportLost(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0))
		k.stands(v, carrier.ToFile, cases.Unassigned)
		if status(v) != "settled" || v.Claims[0].Asked != 19900 {
			t.Fatalf("%s, %+v", status(v), v.Claims[0])
		}
		v = k.onClaim(v, carrier.File, flow.ClaimStep{Minor: 19900, Carrier: "圆通", Waybill: " ytdemo 0006"})
		if c := v.Claims[0]; c.Carrier != "圆通" || c.Waybill != "YTDEMO0006" {
			t.Errorf("%+v", c)
		}
		v = k.onClaim(v, carrier.Drop, flow.ClaimStep{Text: "超过索赔期"})
		k.stands(v, carrier.Dropped, cases.Closed)
	})
}

// Opened on the way: what did not come is claimed, in the units that are missing; what the customer kept is not. One that was
// broken is claimed for by hand, once.
func TestShortAndDamaged(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		short := func(lost bool) flow.View {
			r := k.sold(3, 0, []article{{"BOOT-38", 10000, 2}})
			v := k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 2, Ground: "no_reason", Remedy: "refund_return"})
			if len(v.Movements) == 0 {
				v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
			}
			v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: waybill}))
			v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
			return k.ok(k.f.GoOn(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, "少一双", lost))
		}
		if v := short(false); len(v.Claims) != 0 {
			t.Errorf("she has them still: %+v", v.Claims)
		}
		v := short(true)
		if len(v.Claims) != 1 || v.Claims[0].Reason != carrier.ForShort || v.Claims[0].Asked != 5000 {
			t.Fatalf("%+v", v.Claims)
		}
		_, err := k.f.OpenClaim(k.ctx(), agent, k.shop.ID, v.Case.ID, 0, flow.NewClaim{Reason: carrier.ForDamaged, Carrier: "圆通", Waybill: waybill})
		k.refused("flow.claim_open", err)
		_, err = k.f.OpenClaim(k.ctx(), agent, k.shop.ID, v.Case.ID, v.Case.Version-1, flow.NewClaim{Reason: carrier.ForDamaged, Carrier: "圆通", Waybill: "YT8962646785391"})
		k.refused("web.stale", err)
		v = k.ok(k.f.OpenClaim(k.ctx(), agent, k.shop.ID, v.Case.ID, v.Case.Version, flow.NewClaim{Reason: carrier.ForDamaged, Carrier: "圆通", Waybill: "YT8962646785391"}))
		if c := v.Claims[1]; c.Asked != 10000 || c.MovementID != 0 || c.Reason != carrier.ForDamaged {
			t.Errorf("of a parcel the order went out in: %+v", c)
		}
		k.stands(v, carrier.ToFile, cases.Unassigned)
	})
}
