package flow_test

import (
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// tendered is an order of three lines and freight for 221.01, paid with 100.00 by alipay, 50.00 of stored value and the
// rest by card. No line's price divides by its units.
func (k *kit) tendered() flow.Recorded {
	k.t.Helper()
	paid := k.clock.Now().Add(-72 * time.Hour)
	r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: id.New().String(), Channel: order.Distance, Status: "paid", OrderedAt: paid,
		PaidAt: &paid, SignedOn: k.today(-2), SignedBy: "self", FreightPaid: 601,
		Lines: []flow.NewOrderLine{
			{SKU: "A", Title: "A", Category: "shoes", Quantity: 3, UnitPrice: 3334, Net: 10000},
			{SKU: "B", Title: "B", Category: "shoes", Quantity: 2, UnitPrice: 4250, Net: 8499},
			{SKU: "C", Title: "C", Category: "shoes", Quantity: 7, UnitPrice: 430, Net: 3001}},
		Payments: []flow.NewPayment{
			{Tender: "alipay", Route: settle.ByGateway, Reference: "T1", Captured: 10000},
			{Tender: "stored_value", Route: settle.ByCash, Captured: 5000},
			{Tender: "card", Route: settle.ByBank, Reference: "C1", Captured: 7101}}})
	k.must(err)
	return r
}

// giveBack returns units of a line and confirms every part of the money, and says how much it was.
func (k *kit) giveBack(r flow.Recorded, i int, units int64) (minor int64) {
	k.t.Helper()
	v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[i].ID, Quantity: units,
		Ground: "trial", Remedy: "refund_return", Facts: facts("trial.says", "none", "trial.at_once", true)}}})
	k.must(err)
	m, l := v.Movements[0], v.Lines[0].ID
	k.ok(k.f.Receive(k.ctx(), boss, k.shop.ID, m.ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: units}}}))
	v = k.ok(k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good"), ""))
	k.payAll(v)
	for _, s := range v.Settlements {
		minor += s.Minor
	}
	return minor
}

// payAll settles what a case owes.
func (k *kit) payAll(v flow.View) {
	k.t.Helper()
	for _, s := range v.Settlements {
		if s.Route == settle.ByGateway {
			k.must(k.f.PayOne(k.ctx(), k.shop.ID, s.ID))
			continue
		}
		k.ok(k.f.Confirm(k.ctx(), boss, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "X", Minor: s.Minor, At: k.clock.Now(), Proof: "p"}))
	}
	if v = k.again(v); v.Case.ClosedAt == nil {
		k.t.Fatalf("case %s: %+v", v.Case.Status, v.Settlements)
	}
}

// refunded is what went back to each tender of an order.
func (k *kit) refunded(r flow.Recorded) map[string]int64 {
	k.t.Helper()
	out := map[string]int64{}
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		ps, err := settle.Payments(tx, k.shop.ID, r.Order.ID)
		for _, p := range ps {
			out[p.Tender] = p.Refunded
		}
		return err
	}))
	return out
}

// Each tender gets back its own share and never more than it took (S2-14), however an order comes back: unit by unit, in
// parts, or at once; and with the last unit the last fen.
func TestEveryTenderGetsItsShare(t *testing.T) {
	type back struct {
		line  int
		units int64
	}
	for name, how := range map[string][]back{
		"at once":      {{0, 3}, {1, 2}, {2, 7}},
		"unit by unit": {{0, 1}, {1, 1}, {2, 1}, {2, 1}, {0, 1}, {2, 1}, {2, 1}, {1, 1}, {2, 1}, {2, 1}, {2, 1}, {0, 1}},
		"in parts":     {{2, 3}, {0, 2}, {2, 3}, {1, 2}, {0, 1}, {2, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
				t.Run(dialect.String(), func(t *testing.T) {
					k := newTrial(t, dialect)
					r := k.tendered()
					left := map[int]int64{0: 3, 1: 2, 2: 7}
					total, gone := int64(0), map[string]int64{}
					for _, b := range how {
						total += k.giveBack(r, b.line, b.units)
						left[b.line] -= b.units
						for tender, minor := range k.refunded(r) {
							if minor < gone[tender] {
								t.Errorf("%s: %d refunded after %d", tender, minor, gone[tender])
							}
							gone[tender] = minor
						}
						k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
						k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
					}
					if gone["alipay"] != 10000 || gone["stored_value"] != 5000 || gone["card"] != 7101 || total != 22101 {
						t.Errorf("all is back, and %v were refunded, %d in all", gone, total)
					}
				})
			}
		})
	}
}

// One line back of three: what it cost, split over the tenders as they paid for it, to the fen.
func TestOneLineOfSeveralTenders(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		r := k.tendered()
		back := k.giveBack(r, 0, 3)
		// Line A cost 100.00 and 2.79 of the freight of 6.01, which is shared by price: 279.53, 237.58 and 83.89 fen, by largest
		// remainder. Of 221.01 the tenders paid 100.00, 50.00 and 71.01; so 102.79 fall to them as 46.51, 23.25 and 33.03.
		if back != 10279 {
			t.Errorf("refunded %d", back)
		}
		for tender, want := range map[string]int64{"alipay": 4651, "stored_value": 2325, "card": 3303} {
			if got := k.refunded(r)[tender]; got != want {
				t.Errorf("%s got %d, want %d", tender, got, want)
			}
		}
	})
}

// A gift that came along at no price brings no money: that is settled as soon as it was looked at, and the matter is over.
func TestNothingToGiveBack(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		paid := k.clock.Now().Add(-72 * time.Hour)
		r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: "gift", Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
			SignedOn: k.today(-2), SignedBy: "self", Lines: []flow.NewOrderLine{{SKU: "G", Title: "G", Category: "shoes", Quantity: 1}},
			Payments: []flow.NewPayment{{Tender: "t", Route: settle.ByBank}}})
		k.must(err)
		v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, asked(r, "none", "refund_return"))
		k.must(err)
		l := v.Lines[0].ID
		k.ok(k.f.Receive(k.ctx(), boss, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		v = k.ok(k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good"), ""))
		if len(v.Settlements) != 1 || v.Settlements[0].Minor != 0 || status(v) != "settled" || v.Case.ClosedAt == nil {
			t.Errorf("settlements %+v, case %s, line %s", v.Settlements, v.Case.Status, status(v))
		}
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
		_, err = k.f.Inspect(k.ctx(), boss, k.shop.ID, l, 0, facts("trial.found", "good"), "")
		k.refused("flow.not_now", err)
	})
}
