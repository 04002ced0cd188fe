package settle_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

func TestReceiptCheck(t *testing.T) {
	s := settle.Settlement{Kind: settle.Charge, Minor: 900, Currency: "CNY"}
	good := settle.Receipt{Route: settle.ByBank, ExternalNo: "B-1", Minor: 900, At: 1500, Proof: "回单"}
	for name, c := range map[string]struct {
		change func(*settle.Receipt)
		key    string
	}{
		"as it should be":    {func(*settle.Receipt) {}, ""},
		"on the platform":    {func(r *settle.Receipt) { r.Route = settle.ByMarketplace }, ""},
		"a fen less":         {func(r *settle.Receipt) { r.Minor-- }, "settle.amount_differs"},
		"tomorrow":           {func(r *settle.Receipt) { r.At = 3000 }, "settle.time_impossible"},
		"no number":          {func(r *settle.Receipt) { r.ExternalNo = " " }, "settle.number_missing"},
		"no proof":           {func(r *settle.Receipt) { r.Proof = "" }, "settle.proof_missing"},
		"by a gateway":       {func(r *settle.Receipt) { r.Route = settle.ByGateway }, "settle.route_in"},
		"by small transfer":  {func(r *settle.Receipt) { r.Route = settle.ByTransfer }, "settle.route_in"},
		"by no way we know":  {func(r *settle.Receipt) { r.Route = "" }, "settle.route_in"},
		"more than was owed": {func(r *settle.Receipt) { r.Minor = 901 }, "settle.amount_differs"},
	} {
		r := good
		c.change(&r)
		err := s.CheckReceipt(r, 2000)
		if c.key == "" && err == nil {
			continue
		}
		if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A charge is asked for, paid under a number that is used once in a shop, and is a payment of the order from then on.
func TestChargeIsMetOnce(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		charge := func(no string) settle.Settlement {
			s := k.refund(900, no)
			s.Kind, s.Route, s.PaymentID, s.Approval = settle.Charge, settle.ByBank, 0, ""
			s.Parts = []settle.Part{{Kind: settle.Difference, Minor: 900}}
			k.Batch(t, func(_ *db.Tx, b *db.Batch) {
				var err error
				if s, err = settle.Open(b, s, settle.Bill); err != nil {
					b.Fail(err)
				}
			})
			return s
		}
		first, second := charge("C1"), charge("C2")
		if first.State != settle.AwaitingPayment {
			t.Errorf("%s", first.State)
		}
		met := func(s settle.Settlement) error {
			return k.DB.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Batch(func(b *db.Batch) {
					p := s.Met(k.Order.ID, "bank", settle.Receipt{Route: settle.ByBank, ExternalNo: " B-1 ", Minor: 900, At: dbtest.Start, Proof: "p"})
					at := dbtest.Start
					s.ExternalNo, s.ArrivedAt = p.Reference, &at
					settle.InsertPayment(b, p)
					if _, err := settle.Apply(b, s, settle.Arrive); err != nil {
						b.Fail(err)
					}
				})
			})
		}
		free := func(shop id.ID, no string) error {
			return k.DB.Read(t.Context(), func(tx *db.Tx) error { return settle.NumberFree(tx, shop, 0, no) })
		}
		if err := free(k.Shop.ID, "B-1"); err != nil {
			t.Error(err)
		}
		if err := met(first); err != nil {
			t.Fatal(err)
		}
		casetest.WantKey(t, free(k.Shop.ID, " B-1"), errs.Conflict, "settle.number_used")
		if err := free(k.Stranger.ID, "B-1"); err != nil {
			t.Error(err)
		}
		if err := met(second); !db.IsUnique(err) { // whoever did not look is stopped by the database
			t.Errorf("twice under one number: %v", err)
		}
		ps := k.paymentsNow(t)
		p := ps[slices.IndexFunc(ps, func(p settle.Payment) bool { return p.ChargeID != 0 })]
		if p.ChargeID != first.ID || p.Captured != 900 || p.Reference != "B-1" || p.Left().Minor != 900 || len(ps) != len(k.payments)+1 {
			t.Errorf("%+v", ps)
		}
	})
}

// What stands behind a line goes over to another fen by fen, payment by payment.
func TestHandKeepsEveryFen(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		before := k.fundingsNow(t)
		from, to := before[0].OrderLineID, k.Sold[1].ID
		var left int64
		byPayment := map[id.ID]int64{}
		for _, f := range before {
			byPayment[f.PaymentID] += f.Minor
			if f.OrderLineID == from {
				left += f.Left()
			}
		}
		err := k.DB.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) {
				if _, err := settle.Hand(b, before, from, to, left+1); err != nil {
					b.Fail(err)
				}
			})
		})
		casetest.WantKey(t, err, errs.Conflict, "settle.over_refund")
		var now []settle.Funding
		k.Batch(t, func(_ *db.Tx, b *db.Batch) {
			var err error
			if now, err = settle.Hand(b, k.fundingsNow(t), from, to, left-7); err != nil {
				b.Fail(err)
			}
		})
		after := k.fundingsNow(t)
		same(t, "in hand and stored", after, now)
		var rest int64
		for _, f := range after {
			byPayment[f.PaymentID] -= f.Minor
			if f.OrderLineID == from {
				rest += f.Left()
			}
		}
		for p, off := range byPayment {
			if off != 0 {
				t.Errorf("payment %s is off by %d", p, off)
			}
		}
		if rest != 7 {
			t.Errorf("%d are left", rest)
		}
	})
}

// However a line's price is given to another line and asked back from both, no more comes back than was paid, and all of
// it can.
func TestHandAndDrawConserve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "tenders")
		var all []settle.Funding
		var paid int64
		for i := range n {
			m := rapid.Int64Range(0, 5000).Draw(t, "share")
			all, paid = append(all, share(i+1, 5, m, 0, 0)), paid+m
		}
		moved := rapid.Int64Range(0, paid).Draw(t, "moved")
		shares, err := settle.Draw(all, 5, moved)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for i, s := range shares {
			for j := range all {
				if all[j].ID == s.Funding.ID {
					all[j].Minor -= s.Minor
				}
			}
			all, sum = append(all, share(100+i, 6, s.Minor, 0, 0)), sum+s.Minor
		}
		for _, l := range []struct {
			line id.ID
			of   int64
		}{{6, moved}, {5, paid - moved}} {
			back, err := settle.Draw(all, l.line, l.of)
			if err != nil {
				t.Fatalf("line %d gives not all of %d: %v", l.line, l.of, err)
			}
			for _, s := range back {
				sum -= s.Minor
			}
			if _, err := settle.Draw(all, l.line, l.of+1); err == nil {
				t.Fatalf("line %d gives more than %d", l.line, l.of)
			}
		}
		if sum != moved-paid {
			t.Fatalf("off by %d", sum-(moved-paid))
		}
	})
}
