package settle_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

// till is a Ground whose order of 1801 fen was paid with two tenders, and what stands behind what.
type till struct {
	*casetest.Ground
	payments []settle.Payment // 1200 by gateway, 601 by the marketplace
	fundings []settle.Funding
}

func each(t *testing.T, test func(t *testing.T, k *till)) {
	t.Helper()
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) { test(t, newTill(t, g)) })
}

func newTill(t *testing.T, g *casetest.Ground) *till {
	t.Helper()
	k := &till{Ground: g}
	later, earlier := id.New(), id.New() // recorded the other way round than they were made
	for i, captured := range []int64{1200, 601} {
		k.payments = append(k.payments, settle.Payment{ID: []id.ID{earlier, later}[i], ShopID: g.Shop.ID, OrderID: g.Order.ID, Tender: []string{"alipay", "coupon"}[i],
			Route: []settle.Route{settle.ByGateway, settle.ByMarketplace}[i], Reference: "T1", Currency: "CNY", Captured: captured,
			PaidAt: int64(dbtest.Start) + int64(i), Version: 1})
	}
	var err error
	k.fundings, err = settle.Fund(k.payments, []settle.Weight{{OrderLineID: g.Sold[0].ID, Minor: g.Sold[0].Net},
		{OrderLineID: g.Sold[1].ID, Minor: g.Sold[1].Net}, {Minor: g.Order.FreightPaid}})
	if err != nil {
		t.Fatal(err)
	}
	g.Batch(t, func(_ *db.Tx, b *db.Batch) {
		for _, p := range k.payments {
			settle.InsertPayment(b, p)
		}
		for _, f := range k.fundings {
			settle.InsertFunding(b, f)
		}
	})
	return k
}

// refund is a settlement of goods of the first line by the first tender, with every field that can be filled.
func (k *till) refund(minor int64, no string) settle.Settlement {
	due := calendar.DateOf(2026, 11, 28)
	return settle.Settlement{ID: id.New(), ShopID: k.Shop.ID, CaseID: k.Case.ID, LineID: k.Lines[0].ID, Kind: settle.Refund, Route: settle.ByGateway,
		PaymentID: k.payments[0].ID, Minor: minor, Currency: "CNY", Responsible: "shop", DecisionID: id.New(), PayoutNo: no, Approval: "finance",
		DueOn: &due, CreatedAt: dbtest.Start, Parts: []settle.Part{
			{Kind: settle.Goods, FundingID: k.fundings[0].ID, Units: 2, Price: 666, Minor: minor - 1, Clause: "law-cn.no_reason"},
			{Kind: settle.OutboundFreight, FundingID: k.fundings[2].ID, Minor: 1},
		}}
}

// open writes a settlement, submitted.
func (k *till) open(t *testing.T, s settle.Settlement) settle.Settlement {
	t.Helper()
	k.Batch(t, func(_ *db.Tx, b *db.Batch) {
		var err error
		if s, err = settle.Open(b, s, settle.Submit); err != nil {
			b.Fail(err)
		}
	})
	return s
}

func (k *till) get(t *testing.T, s id.ID) settle.Settlement {
	t.Helper()
	return casetest.See(t, k.Ground, func(tx *db.Tx) (settle.Settlement, error) { return settle.Get(tx, k.Shop.ID, s) })
}

func (k *till) paymentsNow(t *testing.T) []settle.Payment {
	t.Helper()
	return casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Payment, error) { return settle.Payments(tx, k.Shop.ID, k.Order.ID) })
}

func (k *till) fundingsNow(t *testing.T) []settle.Funding {
	t.Helper()
	return casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Funding, error) { return settle.Fundings(tx, k.Shop.ID, k.Order.ID) })
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestSettlementRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		first := k.open(t, k.refund(500, "P1"))
		if first.State != settle.AwaitingApproval || first.Version != 1 {
			t.Errorf("opened as %s, version %d", first.State, first.Version)
		}
		bare := k.refund(12, "P2") // freight the customer advanced: no payment, no due date, one part
		bare.Kind, bare.Route, bare.PaymentID, bare.DueOn = settle.Reimbursement, settle.ByBank, 0, nil
		bare.Parts = []settle.Part{{Kind: settle.ReturnFreight, Minor: 12, Clause: "shoes.freight"}}
		bare.LineID = k.Lines[1].ID
		bare = k.open(t, bare)
		same(t, "the first", k.get(t, first.ID), first)
		same(t, "the bare one", k.get(t, bare.ID), bare)
		all := casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Settlement, error) { return settle.OfCase(tx, k.Shop.ID, k.Case.ID) })
		same(t, "the case's", all, []settle.Settlement{first, bare})
		none := casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Settlement, error) { return settle.OfCase(tx, k.Shop.ID, id.New()) })
		same(t, "another case's", none, []settle.Settlement{})
	})
}

func TestInStatePages(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		var ids []id.ID
		for _, no := range []string{"P1", "P2", "P3"} {
			ids = append(ids, k.open(t, k.refund(10, no)).ID)
		}
		list := func(shop id.ID, state settle.State, after id.ID, limit int) (out []id.ID) {
			for _, s := range casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Settlement, error) { return settle.InState(tx, shop, state, after, limit) }) {
				out = append(out, s.ID)
			}
			return out
		}
		same(t, "first page", list(k.Shop.ID, settle.AwaitingApproval, 0, 2), ids[:2])
		same(t, "second page", list(k.Shop.ID, settle.AwaitingApproval, ids[1], 2), ids[2:])
		same(t, "another state", list(k.Shop.ID, settle.ToPay, 0, 2), []id.ID(nil))
		same(t, "another shop", list(k.Stranger.ID, settle.AwaitingApproval, 0, 2), []id.ID(nil))
	})
}

// A number of ours is one payout: the provider pays it once, so the shop may not use it twice.
func TestPayoutNumberIsTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		k.open(t, k.refund(10, "P1"))
		err := k.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
			if _, err := settle.Open(b, k.refund(10, "P1"), settle.Approve); err != nil {
				b.Fail(err)
			}
		})
		if !db.IsUnique(err) {
			t.Errorf("%v, want a unique violation", err)
		}
	})
}

// Nothing may be owed, and is settled at once (a gift that came along at no price); less than nothing never.
func TestOpenRefusesOtherEventsAndNegativeAmounts(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		err := k.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
			if _, err := settle.Open(b, k.refund(10, "P1"), settle.Arrive); err != nil {
				b.Fail(err)
			}
		})
		casetest.WantKey(t, err, errs.Conflict, "settle.not_now")
		casetest.WantCheck(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
			if _, err := settle.Open(b, k.refund(-1, "P1"), settle.Submit); err != nil {
				b.Fail(err)
			}
		}))
	})
}

// apply runs one event in a transaction of its own.
func (k *till) apply(t *testing.T, s settle.Settlement, e settle.Event) (out settle.Settlement, err error) {
	t.Helper()
	err = k.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
		var err error
		if out, err = settle.Apply(b, s, e); err != nil {
			b.Fail(err)
		}
	})
	return out, err
}

func TestApplyWritesTheWholeSettlement(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.open(t, k.refund(500, "P1"))
		at, later := dbtest.Start+5, dbtest.Start+9
		s.Route, s.Responsible, s.ExternalNo, s.Proof, s.Attempts, s.LastError = settle.ByBank, "carrier", "B-77", "回单 77", 3, "余额不足"
		s.ApprovedBy, s.InitiatedAt, s.ArrivedAt = "静姐", &at, &later
		got, err := k.apply(t, s, settle.Approve)
		if err != nil {
			t.Fatal(err)
		}
		s.State, s.Version = settle.ToPay, 2
		same(t, "returned", got, s)
		same(t, "stored", k.get(t, s.ID), s)
	})
}

func TestApplyRefusesAStaleVersion(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.open(t, k.refund(500, "P1"))
		now, err := k.apply(t, s, settle.Approve)
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.apply(t, s, settle.Void) // planned before it was approved
		casetest.WantStale(t, err)
		_, err = k.apply(t, now, settle.Arrive)
		casetest.WantKey(t, err, errs.Conflict, "settle.not_now")
		strange := now
		strange.ShopID = k.Stranger.ID
		_, err = k.apply(t, strange, settle.Initiate)
		casetest.WantStale(t, err)
		casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.SetResponsible(b, s, "supplier") }))
		casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.SetResponsible(b, strange, "supplier") }))
		same(t, "stored", k.get(t, s.ID), now)
	})
}

func TestSetResponsible(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.open(t, k.refund(500, "P1"))
		var got settle.Settlement
		k.Batch(t, func(_ *db.Tx, b *db.Batch) { got = settle.SetResponsible(b, s, "supplier") })
		s.Responsible, s.Version = "supplier", 2
		same(t, "returned", got, s)
		same(t, "stored", k.get(t, s.ID), s)
	})
}

func TestPaymentsAndFundingsRoundTrip(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		same(t, "payments, in the order they were made", k.paymentsNow(t), k.payments)
		same(t, "fundings", k.fundingsNow(t), k.fundings)
		var freight int64
		for _, f := range k.fundings {
			if f.OrderLineID == 0 {
				freight += f.Minor
			}
		}
		if freight != k.Order.FreightPaid {
			t.Errorf("%d stands behind the freight of %d", freight, k.Order.FreightPaid)
		}
		err := k.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
			again := k.payments[0]
			again.ID = id.New()
			settle.InsertPayment(b, again)
		})
		if !db.IsUnique(err) {
			t.Errorf("the same payment twice: %v", err)
		}
	})
}

func TestReserveAndHold(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		k.Batch(t, func(_ *db.Tx, b *db.Batch) {
			settle.Reserve(b, k.payments[0], 500, 0)
			settle.Hold(b, k.Shop.ID, k.fundings[0].ID, 499)
			settle.Hold(b, k.Shop.ID, k.fundings[2].ID, 1)
		})
		p, f := k.paymentsNow(t)[0], k.fundingsNow(t)
		if p.Pending != 500 || p.Version != 2 || f[0].Pending != 499 || f[2].Pending != 1 || f[0].Version != 2 {
			t.Errorf("%+v %+v", p, f)
		}
		stale := k.payments[0] // of version 1
		strange := p
		strange.ShopID = k.Stranger.ID
		for _, p := range []settle.Payment{stale, strange} {
			casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.Reserve(b, p, 1, 0) }))
		}
		casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.Hold(b, k.Stranger.ID, f[0].ID, 1) }))
	})
}

// S2-14: never above its capture. What a program forgets the database still knows.
func TestDatabaseRefusesMoreThanWasCaptured(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		p, f := k.payments[1], k.fundings[0]
		for name, fill := range map[string]func(*db.Tx, *db.Batch){
			"more than the payment":    func(_ *db.Tx, b *db.Batch) { settle.Reserve(b, p, p.Captured+1, 0) },
			"more than the share":      func(_ *db.Tx, b *db.Batch) { settle.Hold(b, k.Shop.ID, f.ID, f.Minor+1) },
			"less than nothing":        func(_ *db.Tx, b *db.Batch) { settle.Reserve(b, p, -1, 0) },
			"less than nothing held":   func(_ *db.Tx, b *db.Batch) { settle.Hold(b, k.Shop.ID, f.ID, -1) },
			"spent and never reserved": func(_ *db.Tx, b *db.Batch) { settle.Spend(b, k.refund(500, "P1")) },
			"released, never reserved": func(_ *db.Tx, b *db.Batch) { settle.Release(b, k.refund(500, "P1")) },
		} {
			t.Run(name, func(t *testing.T) { casetest.WantCheck(t, k.TryBatch(t, fill)) })
		}
		same(t, "payments", k.paymentsNow(t), k.payments)
		same(t, "fundings", k.fundingsNow(t), k.fundings)
	})
}

// reserve notes all that a settlement is about to take.
func reserve(b *db.Batch, p settle.Payment, s settle.Settlement) {
	settle.Reserve(b, p, s.Minor, s.Points)
	for _, part := range s.Parts {
		settle.Hold(b, s.ShopID, part.FundingID, part.Minor)
	}
}

func TestReleaseUndoesAndSpendKeeps(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		kept, fell := k.refund(400, "P1"), k.refund(200, "P2")
		k.Batch(t, func(_ *db.Tx, b *db.Batch) {
			reserve(b, k.payments[0], kept)
			second := k.payments[0]
			second.Version = 2
			reserve(b, second, fell)
		})
		k.Batch(t, func(_ *db.Tx, b *db.Batch) {
			settle.Spend(b, kept)
			settle.Release(b, fell)
		})
		p, f := k.paymentsNow(t)[0], k.fundingsNow(t)
		if p.Pending != 0 || p.Refunded != 400 || f[0].Pending != 0 || f[0].Refunded != 399 || f[2].Refunded != 1 {
			t.Errorf("%+v %+v", p, f)
		}
		for _, shares := range f {
			if shares.Left() != shares.Minor-shares.Refunded {
				t.Errorf("%+v has %d left", shares, shares.Left())
			}
		}
		foreign := k.refund(1, "P3")
		foreign.ShopID = k.Stranger.ID
		for _, parts := range [][]settle.Part{foreign.Parts, nil} { // neither the shares nor the payment itself
			foreign.Parts = parts
			casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.Spend(b, foreign) }))
			casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.Release(b, foreign) }))
		}
	})
}

// S4-12: freight the customer advanced comes from no payment; paying it back leaves all payments alone.
func TestReimbursementTouchesNoPayment(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.refund(12, "P1")
		s.Kind, s.PaymentID, s.Parts = settle.Reimbursement, 0, []settle.Part{{Kind: settle.ReturnFreight, Minor: 12}}
		k.Batch(t, func(_ *db.Tx, b *db.Batch) { settle.Spend(b, s); settle.Release(b, s) })
		same(t, "payments", k.paymentsNow(t), k.payments)
		same(t, "fundings", k.fundingsNow(t), k.fundings)
	})
}

// Whatever is reserved, released and spent in whatever order, by amounts drawn from what is left: the payments' and
// the shares' sums agree, nothing is ever above its capture, and the database accepts all of it.
func TestRandomRefundsStayWithinCaptures(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		rapid.Check(t, func(rt *rapid.T) {
			undo := errors.New("undo") // every run begins with the till untouched
			err := k.DB.Write(t.Context(), func(tx *db.Tx) error {
				k.randomRefunds(rt, tx)
				return undo
			})
			if err != undo {
				rt.Fatal(err)
			}
		})
	})
}

func (k *till) randomRefunds(rt *rapid.T, tx *db.Tx) {
	must := func(err error) {
		if err != nil {
			rt.Fatal(err)
		}
	}
	var open []settle.Settlement
	for range rapid.IntRange(1, 8).Draw(rt, "commands") {
		fundings, err := settle.Fundings(tx, k.Shop.ID, k.Order.ID)
		must(err)
		payments, err := settle.Payments(tx, k.Shop.ID, k.Order.ID)
		must(err)
		k.wantAgreement(rt, payments, fundings)
		if len(open) > 0 && rapid.Bool().Draw(rt, "end one") {
			i := rapid.IntRange(0, len(open)-1).Draw(rt, "which")
			end := settle.Release
			if rapid.Bool().Draw(rt, "arrived") {
				end = settle.Spend
			}
			must(tx.Batch(func(b *db.Batch) { end(b, open[i]) }))
			open = slices.Delete(open, i, i+1)
			continue
		}
		ask := rapid.Int64Range(1, 700).Draw(rt, "minor")
		shares, err := settle.Draw(fundings, k.Sold[0].ID, ask)
		if errs.CodeOf(err) == errs.Conflict {
			continue
		}
		must(err)
		for _, share := range shares {
			i := slices.IndexFunc(payments, func(p settle.Payment) bool { return p.ID == share.Funding.PaymentID })
			s := settle.Settlement{ShopID: k.Shop.ID, PaymentID: payments[i].ID, Minor: share.Minor,
				Parts: []settle.Part{{Kind: settle.Goods, FundingID: share.Funding.ID, Minor: share.Minor}}}
			must(tx.Batch(func(b *db.Batch) { reserve(b, payments[i], s) }))
			open = append(open, s)
		}
	}
}

func (k *till) wantAgreement(rt *rapid.T, payments []settle.Payment, fundings []settle.Funding) {
	for _, p := range payments {
		var pending, refunded int64
		for _, f := range fundings {
			if f.PaymentID == p.ID {
				pending, refunded = pending+f.Pending, refunded+f.Refunded
			}
		}
		if pending != p.Pending || refunded != p.Refunded || p.Pending+p.Refunded > p.Captured {
			rt.Fatalf("payment %+v, its shares %d pending and %d refunded", p, pending, refunded)
		}
	}
}

func TestAnotherShopSeesNoSettlement(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.open(t, k.refund(500, "P1"))
		_, err := casetest.Ask(t, k.Ground, func(tx *db.Tx) (settle.Settlement, error) { return settle.Get(tx, k.Stranger.ID, s.ID) })
		casetest.WantKey(t, err, errs.NotFound, "settle.not_found")
		_, err = casetest.Ask(t, k.Ground, func(tx *db.Tx) (settle.Settlement, error) { return settle.Get(tx, k.Shop.ID, id.New()) })
		casetest.WantKey(t, err, errs.NotFound, "settle.not_found")
		lists := casetest.See(t, k.Ground, func(tx *db.Tx) (n int, err error) {
			ss, err1 := settle.OfCase(tx, k.Stranger.ID, k.Case.ID)
			ps, err2 := settle.Payments(tx, k.Stranger.ID, k.Order.ID)
			fs, err3 := settle.Fundings(tx, k.Stranger.ID, k.Order.ID)
			for _, e := range []error{err1, err2, err3} {
				if e != nil {
					return 0, e
				}
			}
			return len(ss) + len(ps) + len(fs), nil
		})
		if lists != 0 {
			t.Errorf("another shop sees %d rows", lists)
		}
	})
}

// Points are counted with the money they are, kept within what was paid, and given up with a settlement that is voided (NRR-14); what a
// settlement took off is read with it, and forgotten with it.
func TestPointsAndDeductions(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.refund(200, "P1")
		s.Points, s.Less = 20, []settle.Deduction{{OrderLineID: k.Sold[0].ID, Name: settle.GiftPrice, Minor: 30, Permit: "law-cn.gift_price"}, {OrderLineID: k.Sold[0].ID, Name: settle.LostDiscount, Minor: -5}}
		k.Batch(t, func(_ *db.Tx, b *db.Batch) {
			opened, err := settle.Open(b, s, settle.Approve)
			if err != nil {
				b.Fail(err)
			}
			s = opened
			reserve(b, k.payments[0], s)
		})
		if p := k.paymentsNow(t)[0]; p.Back != 20 {
			t.Errorf("%+v", p)
		}
		less := func(shop id.ID) []settle.Deduction {
			return casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Deduction, error) { return settle.Deductions(tx, shop, k.Order.ID) })
		}
		got := casetest.See(t, k.Ground, func(tx *db.Tx) (settle.Settlement, error) { return settle.Get(tx, k.Shop.ID, s.ID) })
		same(t, "less", got.Less, s.Less)
		same(t, "less of the order", less(k.Shop.ID), s.Less)
		if got.Points != 20 || len(less(k.Stranger.ID)) != 0 {
			t.Errorf("%+v, and another shop sees %+v", got, less(k.Stranger.ID))
		}
		k.Batch(t, func(_ *db.Tx, b *db.Batch) {
			settle.Release(b, s)
			if _, err := settle.Apply(b, s, settle.Void); err != nil {
				b.Fail(err)
			}
		})
		if p := k.paymentsNow(t)[0]; p.Back != 0 || p.Pending != 0 {
			t.Errorf("%+v", p)
		}
		if less := less(k.Shop.ID); len(less) != 0 {
			t.Errorf("%+v", less)
		}
	})
}
