package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/shop"
)

// houses gives the shop two more warehouses.
func (k *kit) houses() {
	k.t.Helper()
	for _, code := range []string{"foshan", "wuhan"} {
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
			return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: k.shop.ID, Code: code, Name: code, Address: code})
		}))
	}
}

func onward(to, no string) flow.Onward {
	return flow.Onward{To: to, Carrier: "圆通", Waybill: no, Freight: 900}
}

// forwards sends the case's return on to another warehouse.
func (k *kit) forwards(v flow.View, to, no string) flow.View {
	k.t.Helper()
	return k.ok(k.f.Forward(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, onward(to, no)))
}

// wantIs compares who holds the units, the line's status and whose move the case is, and adds the books up.
func (k *kit) wantIs(v flow.View, status string, whose cases.Status, held map[movement.Holder]int64) {
	k.t.Helper()
	if got := v.Lines[0].Status; got != status || v.Case.Status != whose {
		k.t.Errorf("%s and %s, want %s and %s", got, v.Case.Status, status, whose)
	}
	if d := cmp.Diff(held, k.held(v)); d != "" {
		k.t.Errorf("held (-want +got):\n%s", d)
	}
	k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
	k.must(added(k.ctx(), k.f.DB, k.shop.ID))
}

type in = map[movement.Holder]int64

// A return that came to the wrong warehouse goes on, opened or not, and is inspected where it comes to; the customer's refund is due as of the
// day it first came (NRR-27). Its new waybill, its own number and the old label all find it; scanned twice it changes nothing.
func TestForwarded(t *testing.T) {
	for _, opened := range []bool{true, false} {
		each(t, func(t *testing.T, k *kit) {
			k.houses()
			v := k.awaited()
			number := v.Movements[0].Number
			k.scan(flow.Scan{Code: number, Warehouse: "foshan"})
			count := flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}
			where := in{}
			if opened {
				v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, count))
				where = in{movement.InWarehouse("foshan"): 1}
			}
			first := *k.again(v).Movements[0].SignedAt
			if d := cmp.Diff(where, k.held(v)); d != "" {
				t.Fatal(d)
			}
			k.clock.Advance(24 * time.Hour)
			v = k.forwards(v, "guangzhou", "YT7000000001")
			k.wantIs(v, "forwarded", cases.Carrier, in{movement.WithCarrier: 1})
			tr := v.Movements[1]
			if tr.Purpose != movement.Transfer || tr.State != movement.InTransit || tr.Freight != 900 || tr.AdvancedBy != movement.Shop || tr.BorneBy != movement.Shop ||
				!slices.Equal(tr.Allowed, []flow.Command{flow.SignFor, flow.ReportLost}) {
				t.Fatalf("%+v", tr)
			}
			for _, c := range []flow.Command{flow.Inspect, flow.Receive, flow.Split, flow.Forward} {
				if slices.Contains(append(v.Lines[0].Allowed, v.Movements[0].Allowed...), c) {
					t.Errorf("on the road, and %s is offered", c)
				}
			}
			_, err := k.f.Inspect(k.ctx(), house, k.shop.ID, v.Lines[0].ID, 0, intact(), "")
			k.refused("flow.not_now", err)
			_, err = k.f.Receive(k.ctx(), house, k.shop.ID, tr.ID, 0, count)
			k.refused("flow.not_now", err)

			k.clock.Advance(24 * time.Hour)
			code := tr.Waybill
			if !opened {
				code = number // the old label
			}
			got := k.scan(flow.Scan{Code: code})
			if got.Result != flow.ScanSigned || got.Parcel.ID != tr.ID || got.Elsewhere != "" {
				t.Fatalf("%+v", got)
			}
			v = k.again(v)
			for _, code := range []string{tr.Waybill, tr.Number, number} {
				if got := k.scan(flow.Scan{Code: code}); got.Result != flow.ScanKnown {
					t.Errorf("%s once more: %+v", code, got)
				}
			}
			if now := k.again(v); now.Case.Version != v.Case.Version {
				t.Error("a second scan changed the case")
			}
			if !opened {
				k.wantIs(v, "signed_for", cases.Unassigned, in{movement.WithCarrier: 1})
				v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, count))
			}
			k.wantIs(v, "received", cases.Unassigned, in{movement.InWarehouse("guangzhou"): 1})
			if *v.Movements[0].SignedAt != first {
				t.Errorf("back since %v, not %v", *v.Movements[0].SignedAt, first)
			}
			v = k.ok(k.f.Inspect(k.ctx(), house, k.shop.ID, v.Lines[0].ID, 0, intact(), ""))
			if due := v.Settlements[0].DueOn; due == nil || *due != *k.today(-2) {
				t.Errorf("the refund is due on %v, which counts from when it was forwarded", due)
			}
			_, err = k.f.Forward(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, onward("wuhan", "YT7000000002"))
			k.refused("flow.not_now", err)
		})
	}
}

// What came to the wrong house again is there, and goes on once more.
func TestForwardedToTheWrongHouseAgain(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.houses()
		v := k.awaited()
		k.scan(flow.Scan{Code: v.Movements[0].Number, Warehouse: "foshan"})
		v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		v = k.forwards(v, "guangzhou", "YT7100000001")
		got := k.scan(flow.Scan{Code: "YT7100000001", Warehouse: "wuhan"})
		if got.Result != flow.ScanSigned || got.Elsewhere != "guangzhou" {
			t.Fatalf("%+v", got)
		}
		v = k.again(v)
		k.wantIs(v, "received", cases.Unassigned, in{movement.InWarehouse("wuhan"): 1})
		v = k.forwards(v, "guangzhou", "YT7100000002")
		k.wantIs(v, "forwarded", cases.Carrier, in{movement.WithCarrier: 1})
		v = k.ok(k.f.SignFor(k.ctx(), house, k.shop.ID, v.Movements[2].ID, 0, nil))
		k.wantIs(v, "received", cases.Unassigned, in{movement.InWarehouse("guangzhou"): 1})
	})
}

// What is lost between two of our warehouses is our loss: the carrier is asked for it, and a supervisor pays the customer as if it had
// come (X20). What turns up is there, and the claim nobody filed is dropped.
func TestForwardedAndLost(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.houses()
		lost := func(no string) flow.View {
			v := k.awaited()
			k.scan(flow.Scan{Code: v.Movements[0].Number, Warehouse: "foshan"})
			v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
			v = k.forwards(v, "guangzhou", no)
			return k.ok(k.f.ReportLost(k.ctx(), house, k.shop.ID, v.Movements[1].ID, 0))
		}
		v := lost("YT7200000001")
		k.wantIs(v, "lost", cases.Unassigned, in{movement.WithCarrier: 1})
		if c := v.Claims; len(c) != 1 || c[0].State != carrier.ToFile || c[0].Asked != 26900 || c[0].Waybill != "YT7200000001" {
			t.Fatalf("%+v", c)
		}
		v = k.ok(k.f.SignFor(k.ctx(), house, k.shop.ID, v.Movements[1].ID, 0, nil))
		k.wantIs(v, "received", cases.Unassigned, in{movement.InWarehouse("guangzhou"): 1})
		if v.Claims[0].State != carrier.Dropped {
			t.Errorf("%+v", v.Claims)
		}

		v = lost("YT7200000002")
		_, err := k.f.SettleLost(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "转仓丢件")
		k.refused("flow.supervisor_needed", err)
		v = k.ok(k.f.SettleLost(k.ctx(), boss, k.shop.ID, v.Lines[0].ID, 0, "转仓丢件"))
		if len(v.Claims) != 1 || len(v.Settlements) != 1 || v.Settlements[0].Minor != 26900 {
			t.Fatalf("%+v %+v", v.Claims, v.Settlements)
		}
		k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
		k.must(added(k.ctx(), k.f.DB, k.shop.ID))
	})
}

// What is refused changes nothing: an unknown warehouse, the one it is at, a waybill that is none, a parcel that has not come, and a shop
// that has one warehouse.
func TestForwardRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.awaited()
		k.scan(flow.Scan{Code: v.Movements[0].Number})
		m := v.Movements[0].ID
		if v = k.again(v); slices.Contains(v.Movements[0].Allowed, flow.Forward) {
			t.Error("there is one warehouse, and forwarding is offered")
		}
		_, err := k.f.Forward(k.ctx(), house, k.shop.ID, m, 0, onward("foshan", "YT7300000001"))
		k.refused("flow.not_now", err)
		k.houses()
		if v = k.again(v); !slices.Contains(v.Movements[0].Allowed, flow.Forward) {
			t.Errorf("%v", v.Movements[0].Allowed)
		}
		for key, o := range map[string]flow.Onward{"flow.no_warehouse": onward("mars", "YT7300000001"), "flow.forward_same": onward("guangzhou", "YT7300000001"),
			"movement.waybill_malformed": onward("foshan", "!")} {
			_, err := k.f.Forward(k.ctx(), house, k.shop.ID, m, 0, o)
			k.refused(key, err)
		}
		_, err = k.f.Forward(k.ctx(), house, k.shop.ID, m, 99, onward("foshan", "YT7300000001"))
		k.refused("web.stale", err)
		other := k.awaited()
		_, err = k.f.Forward(k.ctx(), house, k.shop.ID, other.Movements[0].ID, 0, onward("foshan", "YT7300000001"))
		k.refused("flow.not_now", err)
		if now := k.again(v); now.Case.Version != v.Case.Version || len(now.Movements) != 1 {
			t.Errorf("%+v", now.Movements)
		}
	})
}

// A line that is given up while its goods are on the road goes home from the house they come to, and not before.
func TestForwardedAndGivenUp(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.houses()
		v := k.awaited()
		k.scan(flow.Scan{Code: v.Movements[0].Number, Warehouse: "foshan"})
		v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		v = k.forwards(v, "guangzhou", "YT7400000001")
		v = k.ok(k.f.Cancel(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "顾客不退了"))
		home := v.Movements[2].ID
		w := flow.Waybill{Carrier: "圆通", Waybill: "YT7400000002"}
		_, err := k.f.ShipOut(k.ctx(), house, k.shop.ID, home, 0, w)
		k.refused("flow.not_now", err)
		v = k.ok(k.f.SignFor(k.ctx(), house, k.shop.ID, v.Movements[1].ID, 0, nil))
		if v.Movements[2].WarehouseID != v.Movements[1].WarehouseID {
			t.Error("it goes home from the house it was at first")
		}
		v = k.ok(k.f.ShipOut(k.ctx(), house, k.shop.ID, home, 0, w))
		v = k.ok(k.f.Delivered(k.ctx(), house, k.shop.ID, home, 0))
		if d := cmp.Diff(in{movement.WithCustomer: 1}, k.held(v)); d != "" {
			t.Error(d)
		}
		k.must(added(k.ctx(), k.f.DB, k.shop.ID))
	})
}
