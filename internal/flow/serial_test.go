package flow_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
)

// numbered is a return of units of an order whose serial numbers are known, opened and counted.
func (k *kit) numbered(units int64, serials ...string) flow.View {
	k.t.Helper()
	o := k.sold(3, 0, []article{{"PH-1", 10000 * int64(len(serials)), int64(len(serials))}})
	r, err := k.f.NoteSerials(k.ctx(), agent, k.shop.ID, o.Order.ID, []flow.LineSerials{{LineID: o.Lines[0].ID, Serials: serials}})
	k.must(err)
	if len(r.Lines[0].Serials) != len(serials) {
		k.t.Fatalf("noted %v", r.Lines[0].Serials)
	}
	return k.opened(o.Lines[0].ID, units)
}

// opened is a return of an order line, counted.
func (k *kit) opened(orderLine id.ID, units int64) flow.View {
	k.t.Helper()
	v := k.apply(flow.Asked{OrderLineID: orderLine, Quantity: units, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
	v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
	return k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: units}}}))
}

func (k *kit) looked(v flow.View, lineID id.ID, serials ...string) (flow.View, error) {
	k.t.Helper()
	return k.f.Inspect(k.ctx(), house, k.shop.ID, lineID, 0, intact(), "", serials...)
}

// held is who holds how many units of a line.
func (k *kit) held(v flow.View) map[movement.Holder]int64 {
	k.t.Helper()
	out := map[movement.Holder]int64{}
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		all, err := movement.Holdings(tx, k.shop.ID, v.Lines[0].OrderLineID)
		for _, h := range all {
			if h.Quantity > 0 {
				out[h.Holder] = h.Quantity
			}
		}
		return err
	}))
	return out
}

// The unit that was sold goes on to its refund; another one, or one whose number cannot be read, is kept apart: nothing is paid for
// it, and the case waits for us with both numbers (S2-04).
func TestSerialTellsUnitsApart(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		good := k.numbered(1, "sn-a1")
		good = k.ok(k.looked(good, good.Lines[0].ID, " SN-A1 "))
		if status(good) != "awaiting_approval.money" || len(good.Settlements) != 1 || good.Lines[0].Serials.Scanned[0].State != movement.SerialRight {
			t.Errorf("%s %d %+v", status(good), len(good.Settlements), good.Lines[0].Serials.Scanned)
		}
		for _, scanned := range []string{"SN-X9", ""} {
			v := k.numbered(1, "SN-B1")
			v = k.ok(k.looked(v, v.Lines[0].ID, scanned))
			l := v.Lines[0]
			if status(v) != "quarantined" || len(v.Settlements) != 0 || v.Case.Status != "unassigned" {
				t.Fatalf("%q: %s, %d settlements, %s", scanned, status(v), len(v.Settlements), v.Case.Status)
			}
			if !slices.Equal(l.Serials.Sold, []string{"SN-B1"}) || len(l.Serials.Scanned) != 1 || l.Serials.Scanned[0].Serial != scanned || l.Serials.Scanned[0].By != house.Name {
				t.Errorf("%+v", l.Serials)
			}
			if h := k.held(v); h[movement.InQuarantine("guangzhou")] != 1 || len(h) != 1 {
				t.Errorf("%v", h)
			}
			_, err := k.looked(v, l.ID, "SN-B1")
			k.refused("flow.not_now", err)
			_, err = k.f.Release(k.ctx(), agent, k.shop.ID, l.ID, 0, "let it through")
			k.refused("flow.supervisor_needed", err)
		}
	})
}

// One of two is another one: the right one is paid for at once, by itself; the other is a line of its own.
func TestSerialOneOfTwo(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.numbered(2, "SN-A1", "SN-A2", "SN-A3")
		first := v.Lines[0].ID
		v = k.ok(k.looked(v, first, "SN-A3", "SN-Z0"))
		if len(v.Lines) != 2 || v.Lines[0].Status != "awaiting_approval.money" || v.Lines[1].Status != "quarantined" || v.Lines[0].Quantity != 1 || v.Lines[1].Quantity != 1 {
			t.Fatalf("%s ×%d, %s", v.Lines[0].Status, v.Lines[0].Quantity, status(v))
		}
		if len(v.Settlements) != 1 || v.Settlements[0].LineID != first || v.Settlements[0].Minor != 10000 {
			t.Errorf("%d settlements of %d", len(v.Settlements), v.Settlements[0].Minor)
		}
		if h := k.held(v); h[movement.InQuarantine("guangzhou")] != 1 || h[movement.InWarehouse("guangzhou")] != 1 || h[movement.WithCustomer] != 1 {
			t.Errorf("%v", h)
		}
		var found []line.Finding
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
			found, err = line.Findings(tx, k.shop.ID, v.Lines[1].ID)
			return err
		}))
		if slices.ContainsFunc(found, func(f line.Finding) bool { return f.Stage == "inspection" }) {
			t.Errorf("the unit that was kept apart was looked at: %+v", found)
		}
		k.must(broken(&dealt{k: k, v: v, line: first}))

		// The one that is here cannot come back with another line.
		again := k.opened(v.Lines[0].OrderLineID, 1)
		again = k.ok(k.looked(again, again.Lines[0].ID, "SN-A3"))
		if status(again) != "quarantined" {
			t.Errorf("a number that is here already: %s", status(again))
		}
	})
}

// A supervisor lets it through, and it is inspected with the number it has; or it is another unit, and goes home: the line is refused,
// and can be taken up again when the right one comes (S4-21).
func TestQuarantineEnds(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.numbered(1, "SN-A1")
		l := v.Lines[0].ID
		k.ok(k.looked(v, l, "SN-7"))
		v = k.ok(k.f.Release(k.ctx(), supervisor, k.shop.ID, l, 0, "the label was changed by our own repair"))
		if status(v) != "received" || k.held(v)[movement.InWarehouse("guangzhou")] != 1 {
			t.Fatalf("%s %v", status(v), k.held(v))
		}
		if v = k.ok(k.looked(v, l, "SN-7")); status(v) != "awaiting_approval.money" {
			t.Error(status(v))
		}

		w := k.numbered(1, "SN-A1")
		l = w.Lines[0].ID
		k.ok(k.looked(w, l, "SN-8"))
		w = k.ok(k.f.NotOurs(k.ctx(), supervisor, k.shop.ID, l, 0, "not the one we sold"))
		if w.Lines[0].State != line.Rejected || len(w.Settlements) != 0 || w.Lines[0].Serials.Scanned[0].State != movement.SerialSentBack {
			t.Fatalf("%s %+v", w.Lines[0].State, w.Lines[0].Serials.Scanned)
		}
		home := w.Movements[1]
		w = k.ok(k.f.ShipOut(k.ctx(), house, k.shop.ID, home.ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT7000000001"}))
		w = k.ok(k.f.Delivered(k.ctx(), house, k.shop.ID, home.ID, 0))
		if h := k.held(w); h[movement.WithCustomer] != 1 || w.Case.Status != "closed" {
			t.Errorf("%v %s", h, w.Case.Status)
		}
		w = k.ok(k.f.Reopen(k.ctx(), agent, k.shop.ID, l, 0, "he sends the right one"))
		w = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, l, 0))
		m := w.Movements[len(w.Movements)-1]
		w = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, m.ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		if w = k.ok(k.looked(w, l, "SN-A1")); status(w) != "awaiting_approval.money" {
			t.Error(status(w))
		}
	})
}

// A sheet without the numbers, with too many, with one twice or with what is no number is refused, and nothing is kept of it; where
// none were noted none are taken.
func TestSerialsOnASheet(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.numbered(2, "SN-A1", "SN-A2")
		l := v.Lines[0].ID
		for key, scanned := range map[string][]string{"order.serial_count": nil, "order.serial_twice": {"SN-A1", "sn-a1"}, "order.serial_malformed": {"SN-A1", "序列号"}} {
			_, err := k.looked(v, l, scanned...)
			if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != key {
				t.Errorf("%v: %v, want %s", scanned, err, key)
			}
		}
		_, err := k.looked(v, l, "SN-A1", "SN-A2", "SN-A3")
		if e := errs.As(err); e == nil || e.Fields[len(e.Fields)-1].Key != "order.serial_count" {
			t.Errorf("%v", err)
		}
		if now := k.again(v); now.Case.Version != v.Case.Version {
			t.Error("a refused sheet changed the case")
		}
		plain := k.received()
		_, err = k.looked(plain, plain.Lines[0].ID, "SN-A1")
		k.refused("flow.serials_unknown", err)

		order := v.Lines[0].OrderID
		note := func(serials ...string) error {
			_, err := k.f.NoteSerials(k.ctx(), agent, k.shop.ID, order, []flow.LineSerials{{LineID: v.Lines[0].OrderLineID, Serials: serials}})
			return err
		}
		k.must(note("sn-a2", "SN-A1"))
		for key, serials := range map[string][]string{"order.serial_noted": {"SN-A1", "SN-A9"}, "order.serial_count": {"SN-A1"}} {
			if e := errs.As(note(serials...)); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != key {
				t.Errorf("%v: %v", serials, e)
			}
		}
	})
}

// received is a return that was opened, of an order without serial numbers.
func (k *kit) received() flow.View {
	k.t.Helper()
	o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
	return k.opened(o.Lines[0].ID, 1)
}

// While units are kept apart every command is given: what the table does not allow is refused and changes nothing, and nothing that
// is allowed pays.
func TestEveryCommandInQuarantine(t *testing.T) {
	k := newTrial(t, db.SQLite)
	start := trialStart{title: "in quarantine", remedy: "refund_return", route: settle.ByBank, atOnce: true, plain: true}
	fresh := func() *dealt {
		d, err := start.open(k, "none", nil)
		k.must(err)
		l := d.v.Lines[0]
		serials := []string{"SN1", "SN2", "SN3", "SN4", "SN5", "SN6", "SN7", "SN8"}
		_, err = k.f.NoteSerials(k.ctx(), boss, k.shop.ID, l.OrderID, []flow.LineSerials{{LineID: l.OrderLineID, Serials: serials}})
		k.must(err)
		_, err = k.f.Receive(k.ctx(), boss, k.shop.ID, d.v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l.ID, Arrived: 8}}})
		k.must(err)
		for i := range serials {
			serials[i] = "XX" + serials[i]
		}
		_, err = k.f.Inspect(k.ctx(), boss, k.shop.ID, l.ID, 0, nil, "", serials...)
		k.must(err)
		k.must(d.refresh())
		return d
	}
	d := fresh()
	s, _, err := d.at()
	k.must(err)
	if !s.Quarantined || s.Status() != "quarantined" {
		t.Fatalf("%+v", s)
	}
	x := &explorer{t: t, k: k, start: start, acts: slices.DeleteFunc(acts(), func(a act) bool { return a.command == flow.PayNow })}
	k.must(x.refusals(d, s))
	for _, a := range x.acts {
		if !slices.Contains(s.Allowed(), a.command) {
			continue
		}
		d := fresh()
		v, err := a.give(d)
		if err != nil {
			if errs.As(err).Key != "flow.still_time" {
				t.Errorf("%s: %v", a.name(), err)
			}
			continue
		}
		if d.v = v; len(v.Settlements) > 0 {
			t.Errorf("%s pays", a.name())
		}
		if err := broken(d); err != nil {
			t.Error(errors.Join(errors.New(a.name()), err))
		}
	}
}
