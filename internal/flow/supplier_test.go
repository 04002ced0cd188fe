package flow_test

import (
	"testing"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/supplier"
	"github.com/sanbao/sanbao/internal/web"
)

// onTable is a return that was received and that nobody has looked at.
func (k *kit) onTable() flow.View {
	k.t.Helper()
	v := k.sentBack("YT" + id.New().String())
	return k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
}

// graded is one that was inspected and has a grade: C goes to the supplier (S4-15).
func (k *kit) graded(grade string) flow.View {
	k.t.Helper()
	return k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, k.onTable().Lines[0].ID, 0, intact("goods.grade", grade), ""))
}

// holding says who has the units of an order line.
func (k *kit) holding(orderLineID id.ID) map[movement.Holder]int64 {
	k.t.Helper()
	out := map[movement.Holder]int64{}
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		all, err := movement.Holdings(tx, k.shop.ID, orderLineID)
		for _, h := range all {
			out[h.Holder] = h.Quantity
		}
		return err
	}))
	return out
}

func toSupplier(v ...flow.View) flow.ToSupplier {
	n := flow.ToSupplier{Supplier: "温州鞋厂", Warehouse: "guangzhou", Carrier: "德邦", Waybill: "DPK100000001"}
	for _, one := range v {
		n.Lines = append(n.Lines, web.ID{ID: one.Lines[0].ID})
	}
	return n
}

func (k *kit) sendsTo(n flow.ToSupplier) flow.SupplierReturn {
	k.t.Helper()
	r, err := k.f.SendToSupplier(k.ctx(), agent, k.shop.ID, n)
	k.must(err)
	k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	return r
}

// fieldKey is what is wrong with the first field.
func fieldKey(err error) string {
	if e := errs.As(err); e != nil && len(e.Fields) > 0 {
		return e.Fields[0].Key
	}
	return ""
}

// What goes to a supplier is sent once, the supplier has it by our books, and what it agrees to and pays is booked to the fen (S4-15, NRR-25).
func TestBackToSupplier(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v, restocked := k.graded("C"), k.graded("A")
		waiting := k.onTable()
		for name, of := range map[string]flow.View{"restocked": restocked, "not inspected": waiting} {
			_, err := k.f.SendToSupplier(k.ctx(), agent, k.shop.ID, toSupplier(of))
			if fieldKey(err) != "flow.supplier_line" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := k.f.SendToSupplier(k.ctx(), agent, k.shop.ID, toSupplier(v, v))
		if fieldKey(err) != "flow.supplier_twice" {
			t.Error(err)
		}
		nowhere := toSupplier(v)
		nowhere.Warehouse = "moon"
		_, err = k.f.SendToSupplier(k.ctx(), agent, k.shop.ID, nowhere)
		k.refused("flow.no_warehouse", err)

		r := k.sendsTo(toSupplier(v))
		if r.State != supplier.Sent || r.Asked != 10000 || len(r.Lines) != 1 || r.Lines[0].Quantity != 1 || r.Lines[0].CaseNumber != v.Case.Number || r.By != agent.Name {
			t.Fatalf("%+v", r)
		}
		if h := k.holding(v.Lines[0].OrderLineID); h[movement.WithSupplier] != 1 || h[movement.InWarehouse("guangzhou")] != 0 {
			t.Errorf("held by %v", h)
		}
		_, err = k.f.SendToSupplier(k.ctx(), agent, k.shop.ID, toSupplier(v))
		k.refused("flow.supplier_gone", err)

		step := func(e supplier.Event, s flow.SupplierStep) error {
			next, err := k.f.OnSupplier(k.ctx(), finance, k.shop.ID, r.ID, r.Version, e, s)
			if err == nil {
				r = next
				k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
			}
			return err
		}
		k.refused("supplier.not_now", step(supplier.Take, flow.SupplierStep{Minor: 1}))
		k.refused("supplier.amount", step(supplier.Grant, flow.SupplierStep{Minor: 10001}))
		k.must(step(supplier.Refuse, flow.SupplierStep{Text: "过季"}))
		k.must(step(supplier.Grant, flow.SupplierStep{Minor: 6000, Text: "按进价"}))
		k.refused("supplier.amount", step(supplier.Take, flow.SupplierStep{Minor: 6001}))
		before := k.clock.Now().Add(-48 * time.Hour)
		k.refused("flow.arrival_time", step(supplier.Take, flow.SupplierStep{Minor: 1, At: &before}))
		k.must(step(supplier.Take, flow.SupplierStep{Minor: 4000, ExternalNo: "BK1"}))
		if b := k.balances(); b["due:suppliers"] != 2000 || b["recovered:suppliers"] != -6000 || b["received:suppliers"] != 4000 || r.State != supplier.Granted {
			t.Errorf("a part: %v", b)
		}
		_, err = k.f.OnSupplier(k.ctx(), finance, k.shop.ID, r.ID, 1, supplier.Take, flow.SupplierStep{Minor: 1})
		k.refused("web.stale", err)
		k.must(step(supplier.Drop, flow.SupplierStep{Text: "尾款不要了"}))
		if b := k.balances(); b["due:suppliers"] != 0 || b["recovered:suppliers"] != -4000 || b["received:suppliers"] != 4000 || r.ClosedAt == nil {
			t.Errorf("dropped: %v", b)
		}
		_, err = k.f.OnSupplier(k.ctx(), finance, id.New(), r.ID, 0, supplier.Drop, flow.SupplierStep{Text: "x"})
		k.refused("supplier.not_found", err)
	})
}

// Two people send the same line at the same moment: one does, and the other is told.
func TestOneSendsToTheSupplier(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.graded("C")
		send := func() error {
			_, err := k.f.SendToSupplier(k.ctx(), agent, k.shop.ID, toSupplier(v))
			if err != nil && errs.As(err).Key != "flow.supplier_gone" {
				t.Error(err)
			}
			return err
		}
		if won := k.race(send); won[0] != 1 {
			t.Errorf("sent %d times", won[0])
		}
		if h := k.holding(v.Lines[0].OrderLineID); h[movement.WithSupplier] != 1 {
			t.Errorf("held by %v", h)
		}
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	})
}
