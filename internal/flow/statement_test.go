package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
)

// paidBack is an order of one article paid by tender "alipay", whose money went back.
func (k *kit) paidBack(minor int64) (settle.Settlement, string) {
	k.t.Helper()
	paid := k.clock.Now().Add(-72 * time.Hour)
	no := id.New().String()
	r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: no, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		SignedOn: k.today(-2), SignedBy: "self", Lines: []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 1, UnitPrice: minor, Net: minor}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T" + no, Captured: minor}}})
	k.must(err)
	k.giveBack(r, 0, 1)
	var s settle.Settlement
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		all, err := settle.InState(tx, k.shop.ID, settle.Settled, 0, 1_000)
		s = all[len(all)-1]
		return err
	}))
	return s, no
}

// bill is a line of Alipay's business details about a settlement.
func bill(s settle.Settlement, no string, minor int64) string {
	at := s.ArrivedAt.Time().In(shanghai).Format(time.DateTime)
	return fmt.Sprintf("T%s,%s,退款,%s,-%d.%02d,%s\n", no, no, at, minor/100, minor%100, s.PayoutNo)
}

const billHead = "支付宝交易号,商户订单号,业务类型,完成时间,订单金额（元）,退款批次号/请求号\n"

func (k *kit) reconcile(preset, provider string, rows ...string) flow.Reconciled {
	k.t.Helper()
	out, err := k.tryReconcile(preset, provider, rows...)
	k.must(err)
	return out
}

func (k *kit) tryReconcile(preset, provider string, rows ...string) (flow.Reconciled, error) {
	text := strings.Join(rows, "")
	return k.f.Reconcile(k.ctx(), boss, k.shop.ID, flow.StatementFile{Preset: preset, Provider: provider, File: export.File{Name: "bill.csv", Data: strings.NewReader(text), Size: int64(len(text))}})
}

// open lists the open differences, oldest first, as what theirs/ours.
func (k *kit) open() (out []string) {
	k.t.Helper()
	ds, err := k.f.MoneyDifferences(k.ctx(), k.shop.ID, 0, 1_000, false)
	k.must(err)
	for _, d := range ds {
		out = append(out, fmt.Sprintf("%s %d/%d", d.What, d.Theirs, d.Ours))
	}
	slices.Reverse(out)
	return out
}

// What agrees to the fen is matched; every other thing is a difference of its kind, with what it is looked up by. Twice the same file
// changes nothing, and what a person explained is not asked again.
func TestStatementsAreHeldAgainstTheBooks(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		a, noA := k.paidBack(100_00)
		b, noB := k.paidBack(50_00)
		c, _ := k.paidBack(30_00)
		unknown := strings.ReplaceAll(bill(a, "999", 7_00), a.PayoutNo, "P-nobody")
		file := []string{billHead, bill(a, noA, 100_00), bill(b, noB, 49_99), unknown}
		first := k.reconcile("alipay-bill", "", file...)
		if first.Matched != 1 || first.Statement.Fresh != 3 || first.Open != 3 || len(first.Faults) != 0 {
			t.Fatalf("%+v", first)
		}
		if got := k.open(); !slices.Equal(got, []string{"amount 4999/5000", "unknown 700/0", "missing 0/3000"}) {
			t.Errorf("%v", got)
		}
		again := k.reconcile("alipay-bill", "", file...)
		if !again.Known || again.Matched != 0 || again.Statement.ID != first.Statement.ID || again.Statement.Fresh != 3 || again.Open != 3 {
			t.Errorf("%+v", again)
		}
		later := k.reconcile("alipay-bill", "", append(slices.Clone(file), "T1,1,交易,2026-11-21 00:00:00,1.00,\n")...) // the same refunds in another file
		if later.Known || later.Statement.Fresh != 0 || len(k.open()) != 3 {
			t.Errorf("%+v, %v", later, k.open())
		}
		// The missing one turns up; the unknown one is explained.
		turned := k.reconcile("alipay-bill", "", billHead, bill(c, "x", 30_00))
		if turned.Matched != 1 {
			t.Errorf("%+v", turned)
		}
		ds, err := k.f.MoneyDifferences(k.ctx(), k.shop.ID, 0, 10, false)
		k.must(err)
		for _, d := range ds {
			if d.What == settle.UnknownToUs {
				if d.OurNo != "P-nobody" || d.Row != 4 || d.At == nil {
					t.Errorf("%+v", d)
				}
				_, err := k.f.ResolveDifference(k.ctx(), boss, k.shop.ID, d.ID, d.Version+1, "手工退款")
				k.refused("db.stale", err)
				done, err := k.f.ResolveDifference(k.ctx(), boss, k.shop.ID, d.ID, d.Version, "手工退款")
				if err != nil || done.Reason != "手工退款" || done.ResolvedBy != "boss" {
					t.Errorf("%+v, %v", done, err)
				}
				_, err = k.f.ResolveDifference(k.ctx(), boss, k.shop.ID, d.ID, 0, "再说一遍")
				k.refused("settle.difference_resolved", err)
			}
		}
		k.reconcile("alipay-bill", "", file...)
		if got := k.open(); !slices.Equal(got, []string{"amount 4999/5000"}) {
			t.Errorf("%v", got)
		}
		resolved, err := k.f.MoneyDifferences(k.ctx(), k.shop.ID, 0, 10, true)
		if err != nil || len(resolved) != 2 {
			t.Errorf("%+v, %v", resolved, err)
		}
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	})
}

// Of money that is under way the provider may know before we do: the difference goes by itself when it has arrived here too.
func TestStatementBeforeTheAnswer(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		k.pay.Script(settle.Accepts)
		paid := k.clock.Now().Add(-72 * time.Hour)
		r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: "1", Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
			SignedOn: k.today(-2), SignedBy: "self", Lines: []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 1, UnitPrice: 100, Net: 100}},
			Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T1", Captured: 100}}})
		k.must(err)
		v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, asked(r, "none", "refund_only"))
		k.must(err)
		k.work()
		s := k.again(v).Settlements[0].Settlement
		if s.State != settle.Processing {
			t.Fatalf("%+v", s)
		}
		now := k.clock.Now()
		s.ArrivedAt = &now
		k.reconcile("alipay-bill", "", billHead, bill(s, "1", 100))
		if got := k.open(); !slices.Equal(got, []string{"not_settled 100/100"}) {
			t.Errorf("%v", got)
		}
		k.clock.Advance(3 * time.Minute)
		k.work()
		if k.reconcile("alipay-bill", "", billHead, bill(s, "1", 100)); len(k.open()) != 0 {
			t.Errorf("%v", k.open())
		}
	})
}

// A platform's list knows our numbers not: its own number as it was confirmed here decides, else the order and the amount, where only one fits.
func TestPlatformStatements(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		paid := k.clock.Now().Add(-72 * time.Hour)
		settled := func(no, external string, minor int64) {
			r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{Platform: "taobao", OrderNo: no, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
				SignedOn: k.today(-2), SignedBy: "self", Lines: []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 1, UnitPrice: minor, Net: minor}},
				Payments: []flow.NewPayment{{Tender: "taobao", Route: settle.ByMarketplace, Reference: no, Captured: minor}}})
			k.must(err)
			v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, asked(r, "none", "refund_only"))
			k.must(err)
			k.ok(k.f.Confirm(k.ctx(), boss, k.shop.ID, v.Settlements[0].ID, 0, settle.Confirmation{ExternalNo: external, Minor: minor, At: k.clock.Now(), Proof: "截图"}))
		}
		settled("9901", "R1", 100)
		settled("9902", "R2", 200)
		day := k.clock.Now().Time().In(shanghai).Format("2006-01-02")
		out := k.reconcile("refund-list", "taobao", "退款编号,订单编号,退款金额,退款时间\n", "R1,9901,1.00,"+day+" 00:00:00\n", "R7,9902,2.00,"+day+" 23:59:59\n")
		if out.Matched != 1 || out.Open != 2 { // R7 is not R2: the number that was confirmed is another
			t.Errorf("%+v, %v", out, k.open())
		}
		if _, err := k.tryReconcile("refund-list", "", "退款编号,订单编号,退款金额,退款时间\nR1,1,1.00,"+day+"\n"); errs.As(err) == nil || errs.As(err).Key != "flow.statement_provider" {
			t.Errorf("%v", err)
		}
		if out := k.reconcile("refund-list", "taobao", "退款编号,订单编号,退款金额,退款时间\n", "R9,9901,x,"+day+"\n"); len(out.Faults) != 1 || out.Statement.ID != 0 || out.Faults[0].Cell != "C2" {
			t.Errorf("%+v", out)
		}
	})
}

// The same file by several people at once is taken in once.
func TestStatementByTwoAtOnce(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		rows := []string{billHead}
		for range 5 {
			s, no := k.paidBack(1_00)
			rows = append(rows, bill(s, no, 1_00))
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := k.tryReconcile("alipay-bill", "", rows...); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if out := k.reconcile("alipay-bill", "", rows...); out.Open != 0 || len(k.open()) != 0 {
			t.Errorf("%+v, %v", out, k.open())
		}
	})
}

// Whatever subset of what was paid a statement holds, with whatever amounts, in whatever pieces: each line is matched or is one difference, and
// when every right line has come, only the wrong ones are open.
func TestAnyStatements(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		until := time.Now().Add(4 * time.Second)
		rapid.Check(t, func(rt *rapid.T) {
			if time.Now().After(until) {
				return
			}
			k := *k
			k.shop = trialShop()
			k.shop.Code = strings.ToLower(k.shop.ID.String())
			if err := openTrial(k.ctx(), k.f.DB, k.shop); err != nil {
				rt.Fatal(err)
			}
			var right, wrong []string
			for range rapid.IntRange(1, 4).Draw(rt, "refunds") {
				s, no := k.paidBack(rapid.Int64Range(1, 300).Draw(rt, "minor"))
				if rapid.Bool().Draw(rt, "right") {
					right = append(right, bill(s, no, s.Minor))
				} else {
					wrong = append(wrong, bill(s, no, s.Minor+1))
				}
			}
			for _, row := range rapid.Permutation(append(slices.Clone(right), wrong...)).Draw(rt, "files") {
				k.reconcile("alipay-bill", "", billHead, row)
			}
			k.reconcile("alipay-bill", "", append([]string{billHead}, append(slices.Clone(right), wrong...)...)...)
			if got := k.open(); len(got) != len(wrong) {
				rt.Fatalf("%d wrong lines, open: %v", len(wrong), got)
			}
		})
	})
}
