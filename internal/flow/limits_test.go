package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// bounded is a gateway with limits, which for a while takes no requests.
type bounded struct {
	*settle.Scripted
	limits settle.Limits
	busy   int
}

func (b *bounded) Limits() settle.Limits { return b.limits }

func (b *bounded) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	if b.busy > 0 {
		b.busy--
		return settle.Answer{}, fmt.Errorf("status 429: %w", settle.ErrBusy)
	}
	return b.Scripted.Refund(ctx, p)
}

// unshipped is an order of several pieces paid by one gateway payment some days ago.
func (k *kit) unshipped(no string, days int, pieces int64) flow.Recorded {
	k.t.Helper()
	paid := k.clock.Now().Add(-time.Duration(days) * 24 * time.Hour)
	r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: no, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		Lines:    []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: pieces, UnitPrice: 100, Net: 100 * pieces}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T" + no, Captured: 100 * pieces}}})
	k.must(err)
	return r
}

// refundOne asks for one piece of it and returns the settlement, to be paid by the gateway.
func (k *kit) refundOne(r flow.Recorded) flow.View {
	k.t.Helper()
	v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "trial", Remedy: "refund_only",
		Facts: facts("trial.says", "none", "trial.at_once", true)}}})
	k.must(err)
	return v
}

// What a provider would refuse for a payment's age or for the number of its refunds, it is not asked: the settlement fails with the reason, and goes
// another way with the customer's consent (NRR-14). Refunds that follow too closely wait their turn.
func TestProviderLimits(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		g := &bounded{Scripted: k.pay, limits: settle.Limits{Age: 365 * 24 * time.Hour, Refunds: 2, Apart: 3 * time.Second}}
		k.f.Gateway = gatewayOf(g)

		old := k.refundOne(k.unshipped("old", 366, 1))
		k.work()
		s := k.again(old).Settlements[0]
		if s.State != settle.Failed || !strings.Contains(s.LastError, "365 天") || g.Asked() != 0 {
			t.Errorf("%+v, asked %d times", s, g.Asked())
		}
		_, err := k.f.Retry(k.ctx(), boss, k.shop.ID, s.ID, 0, settle.ByBank, "")
		k.refused("flow.other_tender", err)
		v := k.ok(k.f.Retry(k.ctx(), boss, k.shop.ID, s.ID, 0, settle.ByBank, "聊天记录 11-21"))
		if v.Settlements[0].State != settle.ToPay || v.Settlements[0].Route != settle.ByBank {
			t.Errorf("%+v", v.Settlements[0])
		}

		r := k.unshipped("many", 1, 3)
		first := k.refundOne(r)
		k.work()
		second := k.refundOne(r)
		k.work()
		if a, b := k.again(first).Settlements[0], k.again(second).Settlements[0]; a.State != settle.Settled || b.State != settle.ToPay {
			t.Errorf("%s, and at once %s", a.State, b.State)
		}
		k.clock.Advance(3 * time.Second)
		k.work()
		if b := k.again(second).Settlements[0]; b.State != settle.Settled {
			t.Errorf("three seconds later %s", b.State)
		}
		k.clock.Advance(time.Minute)
		third := k.refundOne(r)
		k.work()
		if c := k.again(third).Settlements[0]; c.State != settle.Failed || !strings.Contains(c.LastError, "2 次") {
			t.Errorf("%+v", c)
		}
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	})
}

// A provider that takes no more requests is asked again later, under the same number; the cashier reads why it stands still, once.
func TestProviderThatIsBusy(t *testing.T) {
	eachTrial(t, busyThenPays)
}

func busyThenPays(t *testing.T, k *kit) {
	t.Helper()
	g := &bounded{Scripted: k.pay, busy: 3}
	k.f.Gateway = gatewayOf(g)
	v := k.refundOne(k.unshipped("busy", 1, 1))
	for range 3 {
		k.work()
		if s := k.again(v).Settlements[0]; s.State != settle.Processing || !strings.Contains(s.LastError, "排队") {
			t.Fatalf("%+v", s)
		}
		k.clock.Advance(30 * time.Second)
	}
	version := k.again(v).Settlements[0].Version
	k.work()
	s := k.again(v).Settlements[0]
	if s.State != settle.Settled || s.LastError != "" || s.Attempts != 1 || s.Version != version+1 || len(g.Paid()) != 1 {
		t.Errorf("%+v", s)
	}
}
