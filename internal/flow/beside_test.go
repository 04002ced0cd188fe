package flow_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// onPlatform is an order of a marketplace, three pieces for so much.
func (k *kit) onPlatform(no string, net int64, terms ...order.Attrs) flow.Recorded {
	k.t.Helper()
	var attrs order.Attrs
	if len(terms) > 0 {
		attrs = terms[0]
	}
	paid := k.clock.Now().Add(-72 * time.Hour)
	r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{Platform: "taobao", OrderNo: no, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		SignedOn: k.today(-2), SignedBy: "self", Attrs: attrs, Lines: []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 3, UnitPrice: net / 3, Net: net}},
		Payments: []flow.NewPayment{{Tender: "taobao", Route: settle.ByMarketplace, Reference: no, Captured: net}}})
	k.must(err)
	return r
}

// repaired asks for a repair of one piece, a tenth of its price, to be paid at once.
func (k *kit) repaired(r flow.Recorded) flow.View {
	k.t.Helper()
	v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "trial", Remedy: "local_repair",
		Facts: facts("trial.says", "none", "trial.at_once", true)}}})
	k.must(err)
	return v
}

// A small transfer names its payee; what seems to be paid a second time, and what is more than the platform transfers, is looked at by finance first.
func TestSmallTransfers(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		r := k.onPlatform("9901", 300_00)
		first := k.repaired(r).Settlements[0]
		if first.Route != settle.ByTransfer || first.State != settle.ToPay || first.Payee != "taobao 9901" || first.Held != "" || first.Minor != 10_00 {
			t.Errorf("%+v", first)
		}
		second := k.repaired(r).Settlements[0]
		if second.State != settle.AwaitingApproval || second.Held != "duplicate" || second.Approval != "finance" {
			t.Errorf("%+v", second)
		}
		if _, err := k.f.ApproveMoney(k.ctx(), supervisor, k.shop.ID, second.ID, 0); err == nil {
			t.Error("a supervisor let a second payment through")
		}
		k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, second.ID, 0))
		if other := k.repaired(k.onPlatform("9902", 300_00)).Settlements[0]; other.Held != "" {
			t.Errorf("another order: %+v", other)
		}
		if large := k.repaired(k.onPlatform("9903", 900_00)).Settlements[0]; large.Route != settle.ByBank || large.Held != "over_cap" || large.State != settle.AwaitingApproval {
			t.Errorf("%+v", large)
		}
		k.clock.Advance(31 * 24 * time.Hour)
		if later := k.repaired(r).Settlements[0]; later.Held != "" {
			t.Errorf("a month later: %+v", later)
		}
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	})
}

// Freight that the customer advanced is reimbursed up to the shop's cap, and without what an insurer paid him already (运费险; S4-12, S4-17).
func TestFreightIsReimbursedOnceAndCapped(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		n := 0
		for name, c := range map[string]struct {
			freight int64
			insured int64
			minor   int64
		}{"as it was": {12_00, 0, 12_00}, "capped": {40_00, 0, 25_00}, "insured": {12_00, 8_00, 4_00}, "insured and capped": {40_00, 8_00, 17_00}, "insured in full": {12_00, 12_00, 0}, "more than that": {12_00, 20_00, 0}} {
			n++
			r := k.onPlatform("R"+name, 300_00)
			told := []any{"trial.says", "none", "trial.at_once", true}
			if c.insured > 0 {
				told = append(told, "application.insurance_paid", c.insured)
			}
			v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "trial", Remedy: "refund_return", Facts: facts(told...)}}})
			k.must(err)
			l, m := v.Lines[0].ID, v.Movements[0].ID
			k.ok(k.f.FillWaybill(k.ctx(), boss, k.shop.ID, m, 0, flow.Waybill{Carrier: "YTO", Waybill: fmt.Sprintf("YT88000%d", n), Freight: c.freight, AdvancedBy: movement.Customer}))
			k.ok(k.f.Receive(k.ctx(), boss, k.shop.ID, m, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
			v = k.ok(k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good"), ""))
			var minor int64
			for _, s := range v.Settlements {
				if s.Kind == settle.Reimbursement {
					minor += s.Minor
				}
			}
			if minor != c.minor {
				t.Errorf("%s: %d, want %d", name, minor, c.minor)
			}
		}
	})
}
