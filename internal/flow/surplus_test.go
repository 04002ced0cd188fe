package flow_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/live"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/stray"
)

// expected is a return of units of an order line whose parcel is on its way, under a waybill.
func (k *kit) expected(orderLine id.ID, units int64, waybill string) flow.View {
	k.t.Helper()
	v := k.apply(flow.Asked{OrderLineID: orderLine, Quantity: units, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
	v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
	if waybill == "" {
		return v
	}
	return k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: waybill}))
}

func (k *kit) unpack(v flow.View, arrived int64, extras ...flow.Extra) (flow.View, error) {
	return k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: arrived}}, Extras: extras})
}

// One unit more than was announced lies on the shelf as his: what was announced goes on, nothing is paid for the other one until
// he asks for it, and then it is received as what it is (S2-04, S4-12).
func TestMoreThanAnnounced(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		var mu sync.Mutex
		var told []id.ID
		k.f.Changed = func(_, caseID id.ID, _ int64) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, caseID)
		}
		o := k.sold(3, 0, []article{{"SH-2401", 30000, 3}})
		v := k.ok(k.unpack(k.expected(o.Lines[0].ID, 1, "YT8100000001"), 2))
		m := v.Movements[0]
		if status(v) != "received" || m.Surplus != 1 || *m.Lines[0].Arrived != 1 {
			t.Fatalf("%s, %d too many, %d arrived", status(v), m.Surplus, *m.Lines[0].Arrived)
		}
		shelf := k.shelf()
		if len(shelf) != 1 || shelf[0].Kind != stray.Unit || shelf[0].Quantity != 1 || shelf[0].OrderID != o.Order.ID || shelf[0].OrderLineID != o.Lines[0].ID ||
			shelf[0].CaseID != v.Case.ID || shelf[0].FromMovementID != m.ID || shelf[0].Label != "SH-2401" {
			t.Fatalf("%+v", shelf)
		}
		if !slices.Contains(told, live.Shelf) {
			t.Error("nobody who looks at the shelf was told")
		}
		if h := k.held(v); h[movement.InWarehouse("guangzhou")] != 2 || h[movement.WithCustomer] != 1 {
			t.Errorf("%v", h)
		}
		if got := k.scan(flow.Scan{Code: "YT8100000001"}); got.Result != flow.ScanKnown {
			t.Errorf("scanned once more: %s", got.Result)
		}
		v = k.ok(k.looked(v, v.Lines[0].ID))
		if len(v.Settlements) != 1 || v.Settlements[0].Minor != 10000 {
			t.Errorf("%d settlements", len(v.Settlements))
		}
		k.must(broken(&dealt{k: k, v: v, line: v.Lines[0].ID}))

		// He asks for it.
		w := k.expected(o.Lines[0].ID, 1, "")
		w = k.ok(k.f.Match(k.ctx(), house, k.shop.ID, shelf[0].ID, w.Movements[0].ID))
		if status(w) != "received" || *w.Movements[0].ReceivedAt != shelf[0].ArrivedAt || len(k.shelf()) != 0 {
			t.Fatalf("%s %+v", status(w), w.Movements[0].Movement)
		}
		if h := k.held(w); h[movement.InWarehouse("guangzhou")] != 2 || h[movement.WithCustomer] != 1 {
			t.Errorf("%v", h)
		}
		_, err := k.f.Match(k.ctx(), house, k.shop.ID, shelf[0].ID, w.Movements[0].ID)
		k.refused("stray.ended", err)
		if w = k.ok(k.looked(w, w.Lines[0].ID)); len(w.Settlements) != 1 || w.Settlements[0].Minor != 10000 {
			t.Errorf("%d settlements", len(w.Settlements))
		}
		k.must(broken(&dealt{k: k, v: w, line: w.Lines[0].ID}))
	})
}

// What was on its way in a parcel of its own turns out to have been in the other one: the books follow what was found.
func TestSurplusWasOnItsWay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 30000, 3}})
		second := k.expected(o.Lines[0].ID, 1, "YT8200000002")
		first := k.ok(k.unpack(k.expected(o.Lines[0].ID, 1, "YT8200000001"), 2))
		second = k.ok(k.f.Match(k.ctx(), house, k.shop.ID, k.shelf()[0].ID, second.Movements[0].ID))
		if h := k.held(second); h[movement.InWarehouse("guangzhou")] != 2 || h[movement.WithCustomer] != 1 || h[movement.WithCarrier] != 0 {
			t.Errorf("%v", h)
		}
		for _, v := range []flow.View{k.again(first), second} {
			if status(v) != "received" {
				t.Error(status(v))
			}
			k.must(broken(&dealt{k: k, v: v, line: v.Lines[0].ID}))
		}
	})
}

// More than was ever sold, and things that were not: they are nobody's units by our books, lie on the shelf all the same, and go home.
func TestSurplusOfNothingSold(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 10000, 1}, {"SH-2402", 10000, 1}})
		v := k.ok(k.unpack(k.expected(o.Lines[0].ID, 1, "YT8300000001"), 3, flow.Extra{What: "一只袜子", Quantity: 1}, flow.Extra{OrderLineID: o.Lines[1].ID, Quantity: 1}))
		shelf := k.shelf()
		got := map[string]int64{}
		for _, p := range shelf {
			got[p.Label+p.OrderLineID.String()] += p.Quantity
		}
		none := id.ID(0).String()
		if len(shelf) != 3 || got["SH-2401"+none] != 2 || got["一只袜子"+none] != 1 || got["SH-2402"+o.Lines[1].ID.String()] != 1 || v.Movements[0].Surplus != 4 {
			t.Fatalf("%v", got)
		}
		if h := k.held(v); h[movement.InWarehouse("guangzhou")] != 1 || len(h) != 1 {
			t.Errorf("%v", h)
		}
		for _, p := range shelf {
			if back, err := k.f.SendStrayBack(k.ctx(), house, k.shop.ID, p.ID, 0); err != nil || back.State != stray.SentBack {
				t.Errorf("%+v %v", back, err)
			}
		}
		v.Lines[0].OrderLineID = o.Lines[1].ID
		if h := k.held(v); h[movement.WithCustomer] != 1 || len(h) != 1 {
			t.Errorf("the other article: %v", h)
		}
	})
}

// What cannot be: another order's article, something without a name, a hundred too many, a match with what is another article or
// another number of units.
func TestSurplusRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, other := k.sold(3, 0, []article{{"SH-2401", 40000, 4}, {"SH-2402", 10000, 1}}), k.sold(3, 0, []article{{"SH-2409", 10000, 1}})
		v := k.expected(o.Lines[0].ID, 1, "YT8400000001")
		for key, x := range map[string]flow.Extra{"order.line_not_found": {OrderLineID: other.Lines[0].ID, Quantity: 1}, "flow.extra_unnamed": {Quantity: 1}} {
			if _, err := k.unpack(v, 1, x); errs.As(err) == nil || len(errs.As(err).Fields) != 1 || errs.As(err).Fields[0].Key != key {
				t.Errorf("%v, want %s", err, key)
			}
		}
		if _, err := k.unpack(v, 101); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("a hundred too many: %v", err)
		}
		if len(k.shelf()) != 0 || k.again(v).Case.Version != v.Case.Version {
			t.Error("what was refused left something")
		}
		k.ok(k.unpack(v, 2))
		p := k.shelf()[0]
		k.buyer = "li"
		his := k.sold(3, 0, []article{{"SH-2401", 10000, 1}})
		_, err := k.f.Match(k.ctx(), house, k.shop.ID, p.ID, k.expected(his.Lines[0].ID, 1, "").Movements[0].ID)
		k.refused("flow.surplus_others", err)
		k.buyer = ""
		for key, w := range map[string]flow.View{"flow.surplus_parts": k.expected(o.Lines[0].ID, 2, ""), "flow.surplus_other": k.expected(o.Lines[1].ID, 1, ""), "flow.not_now": k.again(v)} {
			_, err := k.f.Match(k.ctx(), house, k.shop.ID, p.ID, w.Movements[0].ID)
			if err == nil || errs.As(err).Key != key {
				t.Errorf("%v, want %s", err, key)
			}
		}
	})
}
