package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/movement"
)

// SH-01: a plain no-reason return, from the application to the settled refund (S4-19, S4-35, S4-13).
func TestNoReasonReturn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return",
			Facts: facts("goods.worn", false, "goods.tag_removed", false)})
		if status(v) != "requested" || v.Case.Flag != "red" || v.Case.Status != cases.Unassigned {
			t.Fatalf("status %s, flag %s, case %s", status(v), v.Case.Flag, v.Case.Status)
		}
		l := v.Lines[0].ID
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l, v.Lines[0].Version))
		if status(v) != "awaiting" || len(v.Movements) != 1 || v.Movements[0].BorneBy != movement.Customer {
			t.Fatalf("status %s, movements %+v", status(v), v.Movements)
		}
		m := v.Movements[0]
		if to := v.Addresses[m.Number]; to.Name != "广州退货组" || to.SendBy == "" {
			t.Fatalf("return address %+v", to)
		}
		v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, m.ID, m.Version, flow.Waybill{Carrier: "圆通", Waybill: "ytdemo 0001"}))
		v = k.ok(k.f.SignFor(k.ctx(), agent, k.shop.ID, m.ID, 0, nil))
		v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, m.ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		if status(v) != "received" {
			t.Fatal(status(v))
		}
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, intact(), ""))
		if status(v) != "awaiting_approval.money" || v.Settlements[0].Minor != 26900 {
			t.Fatalf("%s %+v", status(v), v.Settlements)
		}
		_, err := k.f.ApproveMoney(k.ctx(), agent, k.shop.ID, v.Settlements[0].ID, 0)
		k.refused("flow.finance_needed", err)
		v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0))
		k.work()
		v = k.again(v)
		if status(v) != "settled" || v.Case.Status != cases.Closed || v.Case.ClosedAt == nil {
			t.Fatalf("%s, case %s", status(v), v.Case.Status)
		}
		if b := k.balances(); b["refunds:customer"] != 26900 || b["paid:gateway"] != -26900 || b["owed:customers"] != 0 {
			t.Fatalf("%v", b)
		}
		if p := k.pay.Paid(); len(p) != 1 || p[0].Amount.Minor != 26900 {
			t.Fatalf("paid %+v", p)
		}
	})
}

// What came in the morning and is typed in at night came in the morning: the shop's days to pay count from then (S4-13).
func TestArrivalCanBeStated(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return",
			Facts: facts("goods.worn", false, "goods.tag_removed", false)})
		l := v.Lines[0].ID
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l, 0))
		m := v.Movements[0].ID
		v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, m, 0, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0001"}))
		shipped := *v.Movements[0].ShippedAt
		k.clock.Advance(30 * time.Hour)
		now := k.clock.Now()
		for _, wrong := range []clock.Instant{shipped - 1, now + 1} {
			_, err := k.f.SignFor(k.ctx(), agent, k.shop.ID, m, 0, &wrong)
			k.refused("flow.arrival_time", err)
			_, err = k.f.Receive(k.ctx(), agent, k.shop.ID, m, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}, At: &wrong})
			k.refused("flow.arrival_time", err)
		}
		at := shipped.Add(time.Hour)
		v = k.ok(k.f.SignFor(k.ctx(), agent, k.shop.ID, m, 0, &at))
		if got := v.Movements[0].SignedAt; got == nil || *got != at {
			t.Errorf("signed at %v, not %v", got, at)
		}
		v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, m, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, intact(), ""))
		if due := v.Settlements[0].DueOn; due == nil || *due != *k.today(-1) {
			t.Errorf("the refund is due on %v, not on the day the parcel came, %s", due, *k.today(-1))
		}
	})
}

// No button for what is always answered no: what is of right is not declined, time that is set is not cut short.
func TestAllowedKnowsRightAndTime(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return",
			Facts: facts("goods.worn", false, "goods.tag_removed", false)})
		if slices.Contains(v.Lines[0].Allowed, flow.Decline) {
			t.Errorf("a return of right may be declined: %v", v.Lines[0].Allowed)
		}
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
		if slices.Contains(v.Lines[0].Allowed, flow.Expire) {
			t.Errorf("the customer has until %s, yet the line may be closed: %v", v.Movements[0].SendBy, v.Lines[0].Allowed)
		}
		k.clock.Advance(60 * 24 * time.Hour)
		if v = k.again(v); !slices.Contains(v.Lines[0].Allowed, flow.Expire) {
			t.Errorf("his time is over, and the line may not be closed: %v", v.Lines[0].Allowed)
		}
	})
}
