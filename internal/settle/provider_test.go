package settle_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/money"
)

// The second half of the contract suite: what providers do beyond a script, held against every gateway that has one.

// provider is a gateway with the server that plays its provider.
type provider struct {
	name string
	settle.Gateway
	server
	clock *clock.Fake
	dated bool // its answers bear the time of their signature
	later bool // it accepts refunds and says later what became of them
}

type server interface {
	Capture(reference string, minor int64, at clock.Instant)
	Balance(minor int64)
	Script(turns ...settle.Turn)
	NextQuery(turn settle.Turn)
	Paid() []settle.Payout
	Asked() int
}

// providers are those with a gateway, and what not all of them do.
var providers = []struct {
	name string
	can  provider // its dated and later
	open func(testing.TB, *clock.Fake) (settle.Gateway, server)
}{
	{"wechat pay", provider{dated: true, later: true}, func(t testing.TB, c *clock.Fake) (settle.Gateway, server) {
		w := paytest.NewWeChat(t, c)
		return w.Gateway(), w
	}},
	{"alipay", provider{}, func(t testing.TB, c *clock.Fake) (settle.Gateway, server) {
		a := paytest.NewAlipay(t, c)
		return a.Gateway(), a
	}},
	{"alipay by certificates", provider{}, func(t testing.TB, c *clock.Fake) (settle.Gateway, server) {
		a := paytest.NewAlipayWithCertificates(t, c)
		return a.Gateway(), a
	}},
}

// atProvider runs a test with every provider. It has taken a payment of 268.00 a moment ago.
func atProvider(t *testing.T, test func(t *testing.T, p provider)) {
	t.Helper()
	atProviders(t, func(provider) bool { return true }, test)
}

// atProviders runs a test with those providers that do what it is about: one of them at least.
func atProviders(t *testing.T, about func(can provider) bool, test func(t *testing.T, p provider)) {
	t.Helper()
	start, ran := clock.Of(time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)), 0
	for _, one := range providers {
		if !about(one.can) {
			continue
		}
		ran++
		t.Run(one.name, func(t *testing.T) {
			p := one.can
			p.name, p.clock = one.name, clock.NewFake(start)
			p.Gateway, p.server = one.open(t, p.clock)
			p.Capture("ALI-1", 268_00, p.clock.Now())
			test(t, p)
		})
	}
	if ran == 0 {
		t.Error("no provider does this")
	}
}

func (p provider) wantPaid(t *testing.T, want ...settle.Payout) {
	t.Helper()
	if got := p.Paid(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("paid %v, want %v", got, want)
	}
}

// A provider that is away, in trouble or too busy says nothing of the payout. It is asked again under the number.
func TestProviderInTroubleLeavesEverythingOpen(t *testing.T) {
	for turn, known := range map[settle.Turn]settle.Outcome{paytest.Fails: settle.Unknown, paytest.Busy: settle.Unknown,
		settle.Unreached: settle.Unknown, paytest.PaysFails: settle.Arrived, settle.LosesReply: settle.Arrived} {
		t.Run(string(turn), func(t *testing.T) {
			atProvider(t, func(t *testing.T, p provider) {
				p.Script(turn)
				if a, err := p.Refund(t.Context(), payout("P1", 100)); err == nil {
					t.Fatalf("%+v, want an error", a)
				}
				for _, again := range []settle.Turn{paytest.Fails, paytest.Busy} {
					p.NextQuery(again)
					if a, err := p.Query(t.Context(), payout("P1", 100)); err == nil {
						t.Fatalf("%+v, want an error", a)
					}
				}
				if a := query(t, p, "P1"); a.Outcome != known {
					t.Errorf("%+v, want %s", a, known)
				}
				ask(t, p, payout("P1", 100))
				p.wantPaid(t, payout("P1", 100))
			})
		})
	}
}

// What the provider did not sign, or signed too long ago, is never believed: not a success and not a refusal.
func TestProviderAnswersThatAreNotSignedAreNotBelieved(t *testing.T) {
	for _, turn := range []settle.Turn{paytest.Forged, paytest.Unsigned, paytest.Stale, paytest.Altered, paytest.ForgedNo} {
		t.Run(string(turn), func(t *testing.T) {
			atProviders(t, func(can provider) bool { return turn != paytest.Stale || can.dated }, func(t *testing.T, p provider) {
				p.Script(turn)
				if a, err := p.Refund(t.Context(), payout("P1", 100)); err == nil {
					t.Fatalf("%+v, want an error", a)
				}
				for _, again := range []settle.Turn{paytest.Forged, paytest.Unsigned, paytest.Stale} {
					if again == paytest.Stale && !p.dated {
						continue
					}
					p.NextQuery(again)
					if a, err := p.Query(t.Context(), payout("P1", 100)); err == nil {
						t.Fatalf("%s: %+v, want an error", again, a)
					}
				}
				ask(t, p, payout("P1", 100))
				p.wantPaid(t, payout("P1", 100))
			})
		})
	}
}

// A refusal says why in words a cashier understands, pays nothing and leaves the number free.
func TestProviderRefusesWithAReason(t *testing.T) {
	for name, c := range map[string]struct {
		arrange func(p provider)
		payout  settle.Payout
		says    string
	}{
		"balance too low":    {func(p provider) { p.Balance(99) }, payout("P1", 100), "余额不足"},
		"over the payment":   {func(provider) {}, payout("P1", 268_01), "超过"},
		"over a year":        {func(p provider) { p.clock.Advance(366 * 24 * time.Hour) }, payout("P1", 100), "期限"},
		"unknown payment":    {func(p provider) {}, settle.Payout{PayoutNo: "P1", Reference: "ALI-9", Amount: money.Of(100, "CNY"), Captured: money.Of(268_00, "CNY")}, "不存在"},
		"no payment at all":  {func(p provider) {}, settle.Payout{PayoutNo: "P1", Amount: money.Of(100, "CNY"), Captured: money.Of(100, "CNY")}, "改用其他方式"},
		"another currency":   {func(p provider) {}, settle.Payout{PayoutNo: "P1", Reference: "ALI-1", Amount: money.Of(100, "HKD"), Captured: money.Of(268_00, "HKD")}, "人民币"},
		"the user is gone":   {func(p provider) { p.Script(settle.Bounces) }, payout("P1", 100), "其他方式"},
		"twice 200 from 268": {func(p provider) { _, _ = p.Refund(t.Context(), payout("P0", 200_00)) }, payout("P1", 200_00), "超过"},
	} {
		t.Run(name, func(t *testing.T) {
			atProvider(t, func(t *testing.T, p provider) {
				c.arrange(p)
				before := p.Paid()
				if a := ask(t, p, c.payout); a.Outcome != settle.Bounced || !strings.Contains(a.Reason, c.says) {
					t.Errorf("%+v, want it bounced, saying %s", a, c.says)
				}
				p.wantPaid(t, before...)
				if c.payout.Reference != "" && c.payout.Amount.Currency == "CNY" {
					if a, err := p.Query(t.Context(), c.payout); err != nil || a.Outcome != settle.Unknown {
						t.Errorf("Query says %+v, %v of a bounced number", a, err)
					}
				}
			})
		})
	}
}

// The day the year is over, to the second.
func TestProviderTakesTheLastDay(t *testing.T) {
	atProvider(t, func(t *testing.T, p provider) {
		p.clock.Advance(365 * 24 * time.Hour)
		if a := ask(t, p, payout("P1", 100)); a.Outcome != settle.Arrived {
			t.Errorf("%+v", a)
		}
	})
}

// A refund whose answer was lost may itself be the reason why the same request is refused now. The provider's word on the
// number is what counts, so that it is never paid a second time by another route.
func TestProviderRefusalOfAPaidNumberIsNoBounce(t *testing.T) {
	atProvider(t, func(t *testing.T, p provider) {
		p.Script(settle.LosesReply)
		if _, err := p.Refund(t.Context(), payout("P1", 268_00)); err == nil {
			t.Fatal("the answer was lost")
		}
		used := ask(t, p, payout("P1", 100)) // refused by the provider
		if used.Outcome != settle.Bounced {
			t.Errorf("%+v", used)
		}
		if a := ask(t, p, payout("P1", 268_00)); a.Outcome != settle.Arrived {
			t.Errorf("%+v", a)
		}
		p.wantPaid(t, payout("P1", 268_00))
	})
}

// A refusal that cannot be checked is not one.
func TestProviderRefusalIsHeldAgainstTheNumber(t *testing.T) {
	atProvider(t, func(t *testing.T, p provider) {
		p.Balance(0)
		p.NextQuery(paytest.Fails)
		if a, err := p.Refund(t.Context(), payout("P1", 100)); err == nil {
			t.Errorf("%+v", a)
		}
		p.Balance(100)
		ask(t, p, payout("P1", 100))
		p.wantPaid(t, payout("P1", 100))
	})
}

// The provider said yes, and then no: accepted is not arrived.
func TestProviderYesThenNo(t *testing.T) {
	for turn, says := range map[settle.Turn]string{paytest.ComesBack: "关闭", paytest.AbnormalBk: "退两次"} {
		t.Run(string(turn), func(t *testing.T) {
			atProviders(t, func(can provider) bool { return can.later }, func(t *testing.T, p provider) {
				p.Script(turn)
				if a := ask(t, p, payout("P1", 100)); a.Outcome != settle.Accepted {
					t.Fatalf("%+v", a)
				}
				if a := query(t, p, "P1"); a.Outcome != settle.Bounced || !strings.Contains(a.Reason, says) {
					t.Errorf("%+v, want %s", a, says)
				}
				p.wantPaid(t)
				if turn == paytest.ComesBack { // the number is free: the provider wants the same one again
					ask(t, p, payout("P1", 100))
					p.wantPaid(t, payout("P1", 100))
				}
			})
		})
	}
}

// A clock that is off gets nothing through, and nothing wrong either; when it is right again, the payout is made once.
func TestProviderAndAClockThatIsOff(t *testing.T) {
	start := clock.Of(time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC))
	for name, open := range map[string]func(t *testing.T, theirs, ours *clock.Fake) (settle.Gateway, server){
		"wechat pay": func(t *testing.T, theirs, ours *clock.Fake) (settle.Gateway, server) {
			w := paytest.NewWeChat(t, theirs)
			return w.GatewayAt(ours), w
		},
		"alipay": func(t *testing.T, theirs, ours *clock.Fake) (settle.Gateway, server) {
			a := paytest.NewAlipay(t, theirs)
			return a.GatewayAt(ours), a
		},
	} {
		for _, off := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
			t.Run(name+" "+off.String(), func(t *testing.T) {
				theirs := clock.NewFake(start)
				ours := clock.NewFake(theirs.Now().Add(off))
				g, s := open(t, theirs, ours)
				s.Capture("ALI-1", 268_00, theirs.Now())
				if a, err := g.Refund(t.Context(), payout("P1", 100)); err == nil {
					t.Errorf("%+v", a)
				}
				if got := s.Paid(); len(got) != 0 {
					t.Errorf("paid %v", got)
				}
				ours.Set(theirs.Now().Add(off / 3))
				ask(t, g, payout("P1", 100))
				if got := s.Paid(); len(got) != 1 {
					t.Errorf("paid %v", got)
				}
			})
		}
	}
}
