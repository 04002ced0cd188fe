package flow_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

// counter is a shop with WeChat Pay connected and nothing else, and the route on which the provider tells.
type counter struct {
	*kit
	wechat *paytest.WeChat
	server *web.Server
}

func atCounter(t *testing.T, test func(t *testing.T, k *counter)) {
	each(t, func(t *testing.T, k *kit) {
		c := &counter{kit: k, wechat: paytest.NewWeChat(t, k.clock), server: web.New(web.Options{Version: "test", Log: slog.New(slog.DiscardHandler)})}
		c.connect(c.wechat.Gateway())
		k.f.Routes(c.server)
		test(t, c)
	})
}

func (k *counter) connect(g settle.Gateway) {
	k.f.Gateway = func(_ shop.Shop, tender string) settle.Gateway {
		if tender == "wechat" {
			return g
		}
		return settle.Offline{}
	}
}

// owes is an order of 365.00 that was not shipped and is to be paid back.
func (k *counter) owes(tender string) flow.View {
	k.t.Helper()
	o := k.sold(0, 600, []article{{"SH-3507", 35900, 1}}, flow.NewPayment{Tender: tender, Route: settle.ByGateway, Reference: "42" + tender, Captured: 36500})
	k.wechat.Capture("42wechat", 36500, k.clock.Now())
	v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"})
	if status(v) != "approved_to_pay" {
		k.t.Fatalf("%s %+v", status(v), v.Settlements)
	}
	return v
}

// tells posts a notification and wants a status.
func (k *counter) tells(want int, code string, h http.Header, body []byte) {
	k.t.Helper()
	r := httptest.NewRequestWithContext(k.ctx(), http.MethodPost, flow.NoticePath+code, bytes.NewReader(body))
	r.Header = h.Clone()
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	k.server.ServeHTTP(rec, r)
	if rec.Code != want {
		k.t.Errorf("answered %d, want %d: %s", rec.Code, want, rec.Body)
	}
}

func (k *counter) is(v flow.View, state settle.State) flow.View {
	k.t.Helper()
	v = k.again(v)
	if s := v.Settlements[0]; s.State != state {
		k.t.Fatalf("%s, want %s: %+v", s.State, state, s)
	}
	return v
}

// A notification makes us ask at once; a second one, and any that comes late, changes nothing.
func TestNotificationConfirmsARefund(t *testing.T) {
	atCounter(t, func(t *testing.T, k *counter) {
		k.wechat.Script(settle.Accepts)
		v := k.owes("wechat")
		k.work()
		v = k.is(v, settle.Processing)
		h, body := k.wechat.Notification(v.Settlements[0].PayoutNo, settle.Pays)
		k.tells(204, "shoes", h, body)
		k.tells(204, "shoes", h, body)
		k.is(v, settle.Processing) // nothing is booked on a notification's word
		k.work()
		v = k.is(v, settle.Settled)
		k.tells(204, "shoes", h, body)
		k.clock.Advance(3 * time.Minute) // and the question that was to be asked anyway
		k.work()
		if again := k.is(v, settle.Settled); again.Case.Version != v.Case.Version || again.Case.Status != cases.Closed {
			t.Errorf("case %s at version %d, was %d", again.Case.Status, again.Case.Version, v.Case.Version)
		}
		if k.wechat.Asked() != 1 || len(k.wechat.Paid()) != 1 {
			t.Errorf("asked %d times, paid %v", k.wechat.Asked(), k.wechat.Paid())
		}
	})
}

// early tells of a refund before it answers the request for it.
type early struct {
	settle.Gateway
	tell func(p settle.Payout)
}

func (e early) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	a, err := e.Gateway.Refund(ctx, p)
	e.tell(p)
	return a, err
}

// The provider can be quicker with its notification than with its answer, and the answer can get lost altogether.
func TestNotificationBeforeTheAnswer(t *testing.T) {
	for _, turn := range []settle.Turn{settle.Accepts, settle.LosesReply, settle.Pays} {
		t.Run(string(turn), func(t *testing.T) {
			atCounter(t, func(t *testing.T, k *counter) {
				g := k.wechat.Gateway()
				k.connect(early{g, func(p settle.Payout) {
					h, body := k.wechat.Notification(p.PayoutNo, settle.Pays)
					k.connect(g)
					k.tells(204, "shoes", h, body)
				}})
				k.wechat.Script(turn)
				v := k.owes("wechat")
				k.work()
				k.is(v, settle.Settled)
				if len(k.wechat.Paid()) != 1 {
					t.Errorf("paid %v", k.wechat.Paid())
				}
			})
		})
	}
}

// What is not the provider's, not this shop's, or about nothing we know, moves nothing.
func TestNotificationsThatMoveNothing(t *testing.T) {
	atCounter(t, func(t *testing.T, k *counter) {
		k.wechat.Script(settle.Accepts)
		v := k.owes("wechat")
		k.work()
		no := v.Settlements[0].PayoutNo
		forged, body := k.wechat.Notification(no, paytest.Forged)
		k.tells(422, "shoes", forged, body)
		k.tells(422, "shoes", http.Header{}, []byte("{}"))
		good, body := k.wechat.Notification(no, settle.Pays)
		k.tells(422, "shoes", good, append(body, ' '))
		k.tells(404, "nowhere", good, body)
		k.tells(413, "shoes", good, bytes.Repeat([]byte(" "), 33<<10))
		unknown, about := k.wechat.Notification("P-of-somebody-else", settle.Pays)
		k.tells(204, "shoes", unknown, about)
		k.connect(settle.Offline{})
		k.tells(404, "shoes", good, body)
		k.work()
		k.is(v, settle.Processing)
	})
}

// Yes and then no: the settlement fails with the provider's reason, and goes another way with the customer's consent
// (NRR-14).
func TestRefundThatComesBackIsPaidAnotherWay(t *testing.T) {
	atCounter(t, func(t *testing.T, k *counter) {
		k.wechat.Script(paytest.AbnormalBk)
		v := k.owes("wechat")
		k.work()
		h, body := k.wechat.Notification(k.is(v, settle.Processing).Settlements[0].PayoutNo, settle.Pays)
		k.tells(204, "shoes", h, body)
		k.work()
		v = k.is(v, settle.Failed)
		if why := v.Settlements[0].LastError; !strings.Contains(why, "退款异常") {
			t.Errorf("the cashier reads %q", why)
		}
		k.paidByBank(v)
	})
}

func (k *counter) paidByBank(v flow.View) {
	k.t.Helper()
	id := v.Settlements[0].ID
	_, err := k.f.Retry(k.ctx(), finance, k.shop.ID, id, 0, settle.ByBank, "")
	k.refused("flow.other_tender", err)
	v = k.ok(k.f.Retry(k.ctx(), finance, k.shop.ID, id, 0, settle.ByBank, "chat of today"))
	v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, id, 0, settle.Confirmation{ExternalNo: "B1", Minor: v.Settlements[0].Minor, At: k.clock.Now(), Proof: "p"}))
	if v.Case.Status != cases.Closed || len(k.wechat.Paid()) != 0 {
		k.t.Errorf("case %s, paid %v", v.Case.Status, k.wechat.Paid())
	}
}

// A provider's limit is a failed payout with a reason, which the other route then pays; it is retried under the same
// number when it was the balance.
func TestProviderLimitsAreFailedPayouts(t *testing.T) {
	atCounter(t, func(t *testing.T, k *counter) {
		v := k.owes("wechat")
		k.wechat.Capture("42wechat", 36500, k.clock.Now().Add(-366*24*time.Hour))
		k.work()
		v = k.is(v, settle.Failed)
		if why := v.Settlements[0].LastError; !strings.Contains(why, "365天") {
			t.Errorf("the cashier reads %q", why)
		}
		k.paidByBank(v)

		v = k.owes("wechat")
		k.wechat.Balance(36499)
		k.work()
		v = k.is(v, settle.Failed)
		if why := v.Settlements[0].LastError; !strings.Contains(why, "余额不足") {
			t.Errorf("the cashier reads %q", why)
		}
		k.wechat.Balance(36500)
		k.ok(k.f.Retry(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0, "", ""))
		k.work()
		if s := k.is(v, settle.Settled).Settlements[0]; s.PayoutNo != v.Settlements[0].PayoutNo || len(k.wechat.Paid()) != 1 {
			t.Errorf("%+v, paid %v", s, k.wechat.Paid())
		}
	})
}

// Too busy or away: it stays under way, and the job asks again.
func TestProviderInTroubleIsAskedAgain(t *testing.T) {
	for _, turn := range []settle.Turn{paytest.Busy, paytest.Fails, paytest.PaysFails, paytest.Forged, paytest.ForgedNo} {
		t.Run(string(turn), func(t *testing.T) {
			atCounter(t, func(t *testing.T, k *counter) {
				k.wechat.Script(turn)
				v := k.owes("wechat")
				k.work()
				k.is(v, settle.Processing)
				k.clock.Advance(time.Hour)
				k.work()
				k.is(v, settle.Settled)
				if len(k.wechat.Paid()) != 1 {
					t.Errorf("paid %v", k.wechat.Paid())
				}
			})
		})
	}
}

// Each tender has its own provider: what none is connected for is paid by people, as it is without any.
func TestAnotherTenderIsPaidByPeople(t *testing.T) {
	atCounter(t, func(t *testing.T, k *counter) {
		v := k.owes("alipay")
		k.work()
		v = k.is(v, settle.ToPay)
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0, settle.Confirmation{ExternalNo: "A1", Minor: 36500, At: k.clock.Now(), Proof: "p"}))
		if v.Case.Status != cases.Closed || k.wechat.Asked() != 0 {
			t.Errorf("case %s, asked %d times", v.Case.Status, k.wechat.Asked())
		}
	})
}

// A provider that is connected later pays what waits, once, and leaves alone what people pay.
func TestAProviderConnectedLaterPaysWhatWaits(t *testing.T) {
	atCounter(t, func(t *testing.T, k *counter) {
		g := k.wechat.Gateway()
		k.connect(settle.Offline{})
		waits, hand := k.owes("wechat"), k.owes("alipay")
		k.work()
		k.is(waits, settle.ToPay)
		k.connect(g)
		for range 2 {
			k.must(k.f.StartPayments(k.ctx(), k.shop.ID))
		}
		k.work()
		k.is(waits, settle.Settled)
		k.is(hand, settle.ToPay)
		if k.wechat.Asked() != 1 {
			t.Errorf("asked %d times", k.wechat.Asked())
		}
	})
}
