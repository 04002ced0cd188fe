package flow_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
)

const waybill = "YT8962646785389"

// said is what a carrier pushed so many hours ago.
func (k *kit) said(hoursAgo int, s carrier.Status, text string) carrier.Event {
	e := carrier.Event{Carrier: "yuantong", At: k.clock.Now().Add(-time.Duration(hoursAgo) * time.Hour), Status: s, Text: text, Source: carrier.Push, Stated: true}
	if s == carrier.Signed {
		e.SignedBy = carrier.SignedBy(text)
	}
	return e
}

func (k *kit) track(no string, want int, events ...carrier.Event) {
	k.t.Helper()
	n, err := k.f.Track(k.ctx(), k.shop.ID, no, events)
	k.must(err)
	if n != want {
		k.t.Fatalf("%d new events, want %d", n, want)
	}
	k.work()
}

func (k *kit) order(r flow.Recorded) (o flow.Recorded) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		o.Order, err = order.Get(tx, k.shop.ID, r.Order.ID)
		return err
	}))
	return o
}

// An order is delivered when all its parcels were signed for, on the day of the last and by whom all were; what is known stays
// (NRR-10, 他人代签).
func TestSignedParcelsDeliverTheOrder(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := k.sold(0, 0, []article{{"BOOT-38", 10000, 1}})
		for i, no := range []string{waybill, " yt 8962646785390 ", waybill} {
			parcels, err := k.f.AddParcel(k.ctx(), agent, k.shop.ID, r.Order.ID, flow.NewParcel{Carrier: "圆通", Waybill: no})
			k.must(err)
			if len(parcels) != min(i+1, 2) {
				t.Errorf("%q: %d parcels", no, len(parcels))
			}
		}
		first := []carrier.Event{k.said(50, carrier.Collected, "已揽收"), k.said(26, carrier.Signed, "签收人：本人")}
		k.track(waybill, 2, first...)
		k.track(waybill, 0, first...)
		if o := k.order(r).Order; o.SignedOn != nil {
			t.Fatalf("delivered on %s while a parcel is out", o.SignedOn)
		}
		k.track("YT8962646785390", 1, k.said(2, carrier.Signed, "已由丰巢快递柜签收"))
		o := k.order(r).Order
		if o.SignedOn == nil || *o.SignedOn != *k.today(0) && *o.SignedOn != *k.today(-1) || o.SignedBy != carrier.Unknown || o.ShippedAt == nil || *o.ShippedAt != first[0].At {
			t.Errorf("%v by %s, shipped %v", o.SignedOn, o.SignedBy, o.ShippedAt)
		}
		k.track("YT8962646785390", 1, k.said(1, carrier.Signed, "签收人：本人"))
		if again := k.order(r).Order; again.Version != o.Version {
			t.Error("what is recorded was changed")
		}
	})
}

// A parcel that went back, or met with a problem after it was signed for, delivers nothing.
func TestDoubtDeliversNothing(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for i, after := range []carrier.Status{carrier.Problem, carrier.Returned} {
			r := k.sold(0, 0, []article{{"BOOT-38", 10000, 1}})
			no := fmt.Sprintf("YT896264678539%d", i)
			_, err := k.f.AddParcel(k.ctx(), agent, k.shop.ID, r.Order.ID, flow.NewParcel{Carrier: "圆通", Waybill: no})
			k.must(err)
			k.track(no, 2, k.said(9, carrier.Signed, "签收人：本人"), k.said(8, after, "误签收"))
			if o := k.order(r).Order; o.SignedOn != nil {
				t.Errorf("%s: delivered on %s", after, o.SignedOn)
			}
		}
	})
}

// sentBack is a case whose return is on its way under a waybill.
func (k *kit) sentBack(no string) flow.View {
	k.t.Helper()
	r := k.sold(3, 0, []article{{"BOOT-38", 10000, 1}})
	v := k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_return"})
	if len(v.Movements) == 0 {
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
	}
	return k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: no}))
}

// The same push twice at the same moment is told of once.
func TestTheSamePushAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.sentBack(waybill)
		k.clock.Advance(30 * time.Hour)
		events := []carrier.Event{k.said(20, carrier.InTransit, "广州"), k.said(3, carrier.Problem, "地址不详")}
		var fresh atomic.Int64
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				n, err := k.f.Track(k.ctx(), k.shop.ID, waybill, slices.Clone(events))
				if err != nil {
					t.Error(err)
				}
				fresh.Add(int64(n))
			})
		}
		wg.Wait()
		seen := slices.DeleteFunc(k.verbs(v.Case.ID, v.Movements[0].ID), func(s string) bool { return s != "carrier_problem by system" })
		if fresh.Load() != 2 || len(seen) != 1 {
			t.Errorf("%d new events, told %d times", fresh.Load(), len(seen))
		}
	})
}

// A return that its carrier delivered stands at our door from the moment it says; the goods are neither counted nor paid.
func TestReturnSignedAtOurDoor(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.sentBack(waybill)
		k.clock.Advance(30 * time.Hour)
		signed := k.said(3, carrier.Signed, "已签收，签收人：前台")
		k.track(waybill, 2, k.said(20, carrier.InTransit, "广州"), signed)
		v = k.again(v)
		m := v.Movements[0]
		if m.State != movement.SignedFor || m.SignedAt == nil || *m.SignedAt != signed.At || m.ReceivedAt != nil {
			t.Fatalf("%s, signed at %v", m.State, m.SignedAt)
		}
		if got := k.verbs(v.Case.ID, m.ID); !cmp.Equal(got[len(got)-2:], []string{"carrier_signed by system", "sign by system"}) {
			t.Error(got)
		}
	})
}

// What the carrier says and people have said otherwise stays with people: a time before the parcel was sent, a number that stands on
// several parcels, a parcel that is here already.
func TestConflictsStayForPeople(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		before := k.sentBack(waybill)
		k.track(waybill, 1, k.said(5, carrier.Signed, "签收人：本人"))
		if m := k.again(before).Movements[0]; m.State != movement.InTransit {
			t.Errorf("signed for before it was sent: %s", m.State)
		}
		one, other := k.sentBack("YT8962646785390"), k.sentBack("YT8962646785390")
		k.clock.Advance(10 * time.Hour)
		k.track("YT8962646785390", 1, k.said(1, carrier.Signed, "已签收"))
		for _, v := range []flow.View{one, other} {
			if m := k.again(v).Movements[0]; m.State != movement.InTransit {
				t.Errorf("a number on two parcels: %s", m.State)
			}
		}
		here := k.sentBack("YT8962646785391")
		here = k.ok(k.f.SignFor(k.ctx(), agent, k.shop.ID, here.Movements[0].ID, 0, nil))
		k.clock.Advance(time.Hour)
		k.track("YT8962646785391", 1, k.said(0, carrier.Signed, "已签收"))
		if m := k.again(here).Movements[0]; *m.SignedAt != *here.Movements[0].SignedAt {
			t.Error("the carrier's time took the place of the person's")
		}
	})
}

// What goes to the customer is suggested as delivered, never assumed. A person's note counts like a push, needs a waybill and cannot
// lie ahead.
func TestSuggestedAndByHand(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(5, 0, []article{{"SH-2401-APR-38", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "wrong_item", Remedy: "exchange", Wanted: "SH-2401-APR-38",
			Facts: facts("exchange.in_stock", true, "goods.worn", false)})
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
		v = k.sendBack(v, flow.Waybill{Carrier: "圆通", Waybill: waybill})
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact("finding.mismatch", true), ""))
		home := v.Movements[1].ID
		_, err := k.f.TrackByHand(k.ctx(), agent, k.shop.ID, home, 0, flow.SeenByHand{Status: carrier.InTransit})
		k.refused("flow.no_waybill", err)
		k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, home, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT8962646785395"}))
		k.clock.Advance(30 * time.Hour)
		ahead := k.clock.Now().Add(time.Hour)
		_, err = k.f.TrackByHand(k.ctx(), agent, k.shop.ID, home, 0, flow.SeenByHand{Status: carrier.Signed, At: &ahead})
		k.refused("flow.seen_in_future", err)
		k.ok(k.f.TrackByHand(k.ctx(), agent, k.shop.ID, home, 0, flow.SeenByHand{Status: carrier.Signed, Text: "电话问到：门卫代收"}))
		k.work()
		v = k.again(v)
		if v.Movements[1].State != movement.InTransit {
			t.Errorf("assumed: %s", v.Movements[1].State)
		}
		got := k.tracking(v.Case.ID)
		if len(got) != 2 || got[1].Suggests != flow.Delivered || got[1].Events[0].SignedBy != carrier.Unknown || got[1].Events[0].Actor != agent.Name || got[0].Suggests != "" {
			t.Errorf("%+v", got)
		}
		k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, home, 0))
		if got := k.tracking(v.Case.ID); got[1].Suggests != "" {
			t.Errorf("still suggested: %s", got[1].Suggests)
		}
	})
}

// Events that come before anybody typed the number in are kept, and followed when it is.
func TestEventsBeforeTheNumber(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		r := k.sold(0, 0, []article{{"BOOT-38", 10000, 1}})
		k.track(waybill, 1, k.said(3, carrier.Signed, "家人代收"))
		_, err := k.f.AddParcel(k.ctx(), agent, k.shop.ID, r.Order.ID, flow.NewParcel{Carrier: "圆通", Waybill: waybill})
		k.must(err)
		k.work()
		if o := k.order(r).Order; o.SignedOn == nil || o.SignedBy != carrier.Family {
			t.Errorf("%v by %s", o.SignedOn, o.SignedBy)
		}
		_, err = k.f.TrackOrder(k.ctx(), agent, k.shop.ID, r.Order.ID, "YT0000000000000", flow.SeenByHand{Status: carrier.Signed})
		k.refused("flow.parcel_not_of_order", err)
		got, err := k.f.TrackOrder(k.ctx(), agent, k.shop.ID, r.Order.ID, waybill, flow.SeenByHand{Status: carrier.Problem, Text: "顾客说没收到"})
		k.must(err)
		if len(got) != 1 || len(got[0].Events) != 2 || got[0].Events[1].Carrier != "圆通" {
			t.Errorf("%+v", got)
		}
		if _, err := k.f.Track(k.ctx(), k.shop.ID, "!", nil); err == nil {
			t.Error("a malformed number is taken")
		}
	})
}

func (k *kit) tracking(caseID id.ID) (out []flow.Tracked) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		d, err := k.f.Look(tx, k.shop.ID, caseID)
		if err == nil {
			out, err = d.Tracking(tx)
		}
		return err
	}))
	return out
}

// verbs are what happened to one thing of a case, and by whom.
func (k *kit) verbs(caseID, subject id.ID) (out []string) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		events, err := audit.OfCase(tx, k.shop.ID, caseID, 0, 500)
		for _, e := range events {
			if e.SubjectID == subject {
				out = append(out, e.Verb+" by "+e.Actor)
			}
		}
		return err
	}))
	return out
}
