package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/stray"
)

var house = flow.Actor{Name: "阿岳"}

// awaited is a return that was agreed to and whose parcel nobody has spoken of yet.
func (k *kit) awaited() flow.View {
	k.t.Helper()
	o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
	v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
	return k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
}

func (k *kit) scan(s flow.Scan) flow.Scanned {
	k.t.Helper()
	out, err := k.f.Scan(k.ctx(), house, k.shop.ID, s)
	k.must(err)
	return out
}

func (k *kit) shelf() (out []stray.Parcel) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		out, err = stray.List(tx, k.shop.ID, stray.OnShelf, 0, 100)
		return err
	}))
	return out
}

// An expected parcel is signed for by one scan, of its waybill or of the return number on it; the second says so and
// changes nothing. What was paid on arrival is noted with who bears it (S4-12, S4-13).
func TestScanSignsForWhatIsExpected(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.awaited()
		k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT1000000001"}))
		got := k.scan(flow.Scan{Code: "yt 1000000001", Freight: 1200})
		if got.Result != flow.ScanSigned || got.Parcel.ID != v.Movements[0].ID || got.FreightBy != movement.Customer {
			t.Fatalf("%+v", got)
		}
		v = k.again(v)
		m := v.Movements[0]
		if status(v) != "signed_for" || m.SignedAt == nil || m.Freight != 1200 || m.AdvancedBy != movement.Shop {
			t.Errorf("%s %+v", status(v), m)
		}
		if got := k.scan(flow.Scan{Code: "YT1000000001"}); got.Result != flow.ScanKnown || got.Parcel.ID != m.ID {
			t.Errorf("%+v", got)
		}
		if now := k.again(v); now.Case.Version != v.Case.Version {
			t.Error("a second scan changed the case")
		}
		other := k.awaited()
		if got := k.scan(flow.Scan{Code: other.Movements[0].Number}); got.Result != flow.ScanSigned || got.Parcel.ID != other.Movements[0].ID {
			t.Errorf("by its number: %+v", got)
		}
		if len(k.shelf()) != 0 {
			t.Errorf("%+v", k.shelf())
		}
	})
}

// Freight collect goes by the rule: of a quality fault it is the shop's, and nothing of it is asked of the customer (S4-13); a parcel that
// cost nothing on arrival says nothing of it.
func TestFreightCollectIsTheShops(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		quality := func() flow.View {
			o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
			v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "refund_return", Facts: facts("evidence.photo", true, "goods.worn", false)})
			return k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0))
		}
		v := quality()
		got := k.scan(flow.Scan{Code: v.Movements[0].Number, Freight: 1500})
		if m := k.again(v).Movements[0]; got.FreightBy != movement.Shop || m.Freight != 1500 || m.AdvancedBy != movement.Shop || m.BorneBy != movement.Shop {
			t.Errorf("%s %+v", got.FreightBy, m.Movement)
		}
		if w := quality(); k.scan(flow.Scan{Code: w.Movements[0].Number}).FreightBy != "" || k.again(w).Movements[0].AdvancedBy != "" {
			t.Errorf("%+v", k.again(w).Movements[0].Movement)
		}
	})
}

// A parcel nobody announced lies on the shelf once, and is its owner's as soon as somebody types in its number: signed
// for as of the day it came.
func TestStrayFindsItsOwnerByTheWaybill(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v := k.awaited()
		k.clock.Advance(time.Hour)
		came := k.clock.Now()
		got := k.scan(flow.Scan{Code: "YT2000000002", Carrier: "圆通"})
		if got.Result != flow.ScanStray || got.Stray == nil || got.Stray.ArrivedAt != came {
			t.Fatalf("%+v", got)
		}
		if again := k.scan(flow.Scan{Code: "YT2000000002"}); again.Result != flow.ScanShelf || again.Stray.ID != got.Stray.ID {
			t.Errorf("%+v", again)
		}
		k.clock.Advance(30 * time.Hour)
		v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT2000000002"}))
		if status(v) != "signed_for" || *v.Movements[0].SignedAt != came {
			t.Errorf("%s %v, it came %v", status(v), v.Movements[0].SignedAt, came)
		}
		if len(k.shelf()) != 0 {
			t.Errorf("still on the shelf: %+v", k.shelf())
		}
		// The rest of its way is that of any return.
		v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		if status(v) != "received" {
			t.Error(status(v))
		}
	})
}

// A parcel is matched by hand, once; one that is ended stays ended.
func TestStrayByHand(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		v, w := k.awaited(), k.awaited()
		p := *k.scan(flow.Scan{Code: "SF3000000003", Freight: 1800}).Stray
		label := func(l flow.Labelled) (stray.Parcel, error) {
			return k.f.Label(k.ctx(), house, k.shop.ID, p.ID, 0, l)
		}
		if _, err := label(flow.Labelled{PhoneTail: "80a3"}); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("a tail of letters: %v", err)
		}
		named, err := label(flow.Labelled{PhoneTail: "8003", Label: " 王小姐 单鞋 ", Carrier: "顺丰"})
		if err != nil || named.Label != "王小姐 单鞋" || named.Version != p.Version+1 {
			t.Fatalf("%+v %v", named, err)
		}
		v = k.ok(k.f.Match(k.ctx(), house, k.shop.ID, p.ID, v.Movements[0].ID))
		m := v.Movements[0]
		if status(v) != "signed_for" || m.Waybill != "SF3000000003" || m.Carrier != "顺丰" || m.Freight != 1800 || m.AdvancedBy != movement.Shop || *m.SignedAt != p.ArrivedAt {
			t.Errorf("%s %+v", status(v), m)
		}
		for what, run := range map[string]func() error{
			"matched to another": func() error { _, err := k.f.Match(k.ctx(), house, k.shop.ID, p.ID, w.Movements[0].ID); return err },
			"sent back":          func() error { _, err := k.f.SendStrayBack(k.ctx(), house, k.shop.ID, p.ID, 0); return err },
			"labelled":           func() error { _, err := label(flow.Labelled{}); return err },
		} {
			if err := run(); err == nil || errs.As(err).Key != "stray.ended" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if w = k.again(w); status(w) != "awaiting" {
			t.Error(status(w))
		}
		q := *k.scan(flow.Scan{Code: "SF3000000004"}).Stray
		if _, err := k.f.Match(k.ctx(), house, k.shop.ID, q.ID, v.Movements[0].ID); err == nil || errs.CodeOf(err) != errs.Conflict {
			t.Errorf("a parcel that is here already: %v", err)
		}
		if back, err := k.f.SendStrayBack(k.ctx(), house, k.shop.ID, q.ID, q.Version); err != nil || back.State != stray.SentBack || back.EndedAt == nil {
			t.Errorf("%+v %v", back, err)
		}
		if _, err := k.f.SendStrayBack(k.ctx(), house, k.shop.ID, id.New(), 0); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("%v", err)
		}
	})
}

// What went out with an order and came back undelivered is known by its order; a parcel that came to another warehouse
// than it was sent to is received where it is.
func TestScanElsewhereAndReturnedToSender(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		second := shop.Warehouse{ID: id.New(), ShopID: k.shop.ID, Code: "foshan", Name: "佛山仓", Address: "佛山"}
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error { return shop.InsertWarehouse(tx, second) }))
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		_, err := k.f.AddParcel(k.ctx(), agent, k.shop.ID, o.Order.ID, flow.NewParcel{Carrier: "圆通", Waybill: "YT4000000004"})
		k.must(err)
		if got := k.scan(flow.Scan{Code: "YT4000000004"}); got.Result != flow.ScanStray || got.Stray.OrderID != o.Order.ID || got.Stray.Carrier != "圆通" {
			t.Errorf("%+v", got)
		}
		v := k.awaited()
		got := k.scan(flow.Scan{Code: v.Movements[0].Number, Warehouse: "foshan"})
		if got.Result != flow.ScanSigned || got.Elsewhere != "guangzhou" || got.Parcel.WarehouseID != second.ID {
			t.Fatalf("%+v", got)
		}
		v = k.ok(k.f.Receive(k.ctx(), house, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		var held []movement.Holding
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
			held, err = movement.Holdings(tx, k.shop.ID, v.Lines[0].OrderLineID)
			return err
		}))
		if !slices.ContainsFunc(held, func(h movement.Holding) bool { return h.Holder == movement.InWarehouse("foshan") && h.Quantity == 1 }) {
			t.Errorf("%+v", held)
		}
		for code, key := range map[string]string{"!": "movement.waybill_malformed", "YT5000000005": "flow.no_warehouse"} {
			if _, err := k.f.Scan(k.ctx(), house, k.shop.ID, flow.Scan{Code: code, Warehouse: "mars"}); err == nil || errs.As(err).Key != key {
				t.Errorf("%s: %v", code, err)
			}
		}
		ahead := k.clock.Now().Add(time.Minute)
		if _, err := k.f.Scan(k.ctx(), house, k.shop.ID, flow.Scan{Code: "YT5000000005", At: &ahead}); err == nil || errs.As(err).Key != "flow.arrival_ahead" {
			t.Errorf("%v", err)
		}
	})
}

// Sixteen scans of one stray parcel at once put it on the shelf once.
func TestScansAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		results := make(chan flow.ScanResult, contenders)
		k.race(func() error {
			out, err := k.f.Scan(k.ctx(), house, k.shop.ID, flow.Scan{Code: "YT6000000006"})
			if err == nil {
				results <- out.Result
			}
			return err
		})
		close(results)
		put := 0
		for r := range results {
			if r == flow.ScanStray {
				put++
			}
		}
		if put != 1 || len(k.shelf()) != 1 {
			t.Errorf("put %d times, %d on the shelf", put, len(k.shelf()))
		}
	})
}
