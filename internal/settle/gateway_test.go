package settle_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/money"
)

// The contract suite: what flow relies on with every gateway. Each test of it runs with the gateways of underTest, in
// every mood they have.

// underContract is a gateway together with the provider's own books: how often a number was paid.
type underContract struct {
	name string
	settle.Gateway
	paid func() []settle.Payout
}

// underTest makes each gateway anew; its first calls of Refund take the given turns, if it can be told to. Behind the
// providers' gateways stands a server that plays the provider.
func underTest(t testing.TB, turns ...settle.Turn) []underContract {
	c := clock.NewFake(clock.Of(time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC)))
	s, w, a := settle.NewScripted(c, turns...), paytest.NewWeChat(t, c, turns...), paytest.NewAlipay(t, c, turns...)
	w.Capture("ALI-1", 268_00, c.Now())
	a.Capture("ALI-1", 268_00, c.Now())
	return []underContract{
		{"offline", settle.Offline{}, func() []settle.Payout { return nil }},
		{"scripted", s, s.Paid},
		{"wechat pay", w.Gateway(), w.Paid},
		{"alipay", a.Gateway(), a.Paid},
	}
}

func contract(t *testing.T, test func(t *testing.T, g underContract), turns ...settle.Turn) {
	t.Helper()
	for _, g := range underTest(t, turns...) {
		t.Run(g.name, func(t *testing.T) { test(t, g) })
	}
}

func payout(no string, minor int64) settle.Payout {
	return settle.Payout{PayoutNo: no, Reference: "ALI-1", Amount: money.Of(minor, "CNY"), Captured: money.Of(268_00, "CNY")}
}

// ask asks for a payout and takes no error.
func ask(t *testing.T, g settle.Gateway, p settle.Payout) settle.Answer {
	t.Helper()
	a, err := g.Refund(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func query(t *testing.T, g settle.Gateway, no string) settle.Answer {
	t.Helper()
	a, err := g.Query(t.Context(), payout(no, 100))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// wantPaid wants the provider's books to hold exactly this, or nothing where people pay.
func wantPaid(t *testing.T, g underContract, want ...settle.Payout) {
	t.Helper()
	if _, byPerson := g.Gateway.(settle.Offline); byPerson {
		want = nil
	}
	if got := g.paid(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("paid %v, want %v", got, want)
	}
}

func TestGatewayPaysANumberOnceAndRepeatsTheAnswer(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		first := ask(t, g, payout("P1", 100))
		for range 3 {
			if again := ask(t, g, payout("P1", 100)); again != first {
				t.Errorf("first %+v, then %+v", first, again)
			}
		}
		if q := query(t, g, "P1"); q != first {
			t.Errorf("Query says %+v, Refund said %+v", q, first)
		}
		wantPaid(t, g, payout("P1", 100))
		if first.Outcome == settle.Arrived && (first.ExternalNo == "" || first.At == 0) {
			t.Errorf("arrived without number or time: %+v", first)
		}
	})
}

func TestGatewayPaysDifferentNumbersEach(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		ask(t, g, payout("P1", 100))
		ask(t, g, payout("P2", 100))
		wantPaid(t, g, payout("P1", 100), payout("P2", 100))
	})
}

// A number that was used for one payout pays no other: not of another amount, nor to another payment.
func TestGatewayBouncesAUsedNumber(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		first := ask(t, g, payout("P1", 100))
		other := payout("P1", 100)
		other.Reference = "ALI-2"
		foreign := payout("P1", 100)
		foreign.Amount.Currency = "HKD"
		for _, p := range []settle.Payout{payout("P1", 101), payout("P1", 99), other, foreign} {
			a := ask(t, g, p)
			if a.Outcome != settle.Bounced && a.Outcome != settle.ByPerson || a.Outcome == settle.Bounced && a.Reason == "" {
				t.Errorf("%+v: %+v, want it bounced with a reason", p, a)
			}
		}
		if q := query(t, g, "P1"); q != first {
			t.Errorf("Query says %+v, want the first payout as it was: %+v", q, first)
		}
		for _, p := range []settle.Payout{payout("P1", 101), other} {
			own := g.name == "alipay" && p == other // its numbers are each payment's own, and that payment has none
			if a, err := g.Query(t.Context(), p); err != nil || own != (a.Outcome == settle.Unknown) || !own && a.Outcome != settle.Bounced && a.Outcome != settle.ByPerson {
				t.Errorf("Query of another payout under the number: %+v, %v", a, err)
			}
		}
		wantPaid(t, g, payout("P1", 100))
	})
}

func TestGatewayDoesNotKnowANumberItWasNeverAsked(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		ask(t, g, payout("P1", 100))
		if a := query(t, g, "P2"); a.Outcome != settle.Unknown && a.Outcome != settle.ByPerson {
			t.Errorf("%+v", a)
		}
		wantPaid(t, g, payout("P1", 100))
	})
}

// After an error nothing is known. Query finds out, and asking again with the number is safe: paid once in the end.
func TestGatewayLostReplyIsFoundByQuery(t *testing.T) {
	for turn, after := range map[settle.Turn]settle.Outcome{settle.LosesReply: settle.Arrived, settle.Unreached: settle.Unknown} {
		t.Run(string(turn), func(t *testing.T) {
			contract(t, func(t *testing.T, g underContract) {
				if _, err := g.Refund(t.Context(), payout("P1", 100)); err != nil {
					if g.name == "scripted" && !errors.Is(err, settle.ErrNoReply) {
						t.Fatal(err)
					}
					if q := query(t, g, "P1"); q.Outcome != after {
						t.Errorf("Query says %s, want %s", q.Outcome, after)
					}
				}
				ask(t, g, payout("P1", 100))
				wantPaid(t, g, payout("P1", 100))
			}, turn)
		})
	}
}

func TestGatewayAcceptedPayoutArrivesLater(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		first := ask(t, g, payout("P1", 100))
		q := query(t, g, "P1")
		if first.Outcome == settle.Accepted && (q.Outcome != settle.Arrived || q.ExternalNo != first.ExternalNo) {
			t.Errorf("accepted as %+v, then %+v", first, q)
		}
		wantPaid(t, g, payout("P1", 100))
	}, settle.Accepts)
}

// A bounce pays nothing and leaves the number free, so that a settlement is retried under the same one.
func TestGatewayBounceLeavesTheNumberFree(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		if a := ask(t, g, payout("P1", 100)); a.Outcome == settle.Bounced && a.Reason == "" {
			t.Error("bounced without a reason")
		}
		wantPaid(t, g)
		if q := query(t, g, "P1"); q.Outcome != settle.Unknown && q.Outcome != settle.ByPerson {
			t.Errorf("Query says %+v of a bounced number", q)
		}
		ask(t, g, payout("P1", 100))
		wantPaid(t, g, payout("P1", 100))
	}, settle.Bounces)
}

func TestGatewayPaysOnceWhoeverAsks(t *testing.T) {
	contract(t, func(t *testing.T, g underContract) {
		var all sync.WaitGroup
		answers := make([]settle.Answer, 16)
		for i := range answers {
			all.Go(func() { answers[i], _ = g.Refund(t.Context(), payout("P1", 100)) })
		}
		all.Wait()
		for _, a := range answers {
			if a != answers[0] {
				t.Errorf("%+v and %+v", answers[0], a)
			}
		}
		wantPaid(t, g, payout("P1", 100))
	})
}

// However the provider's answers come and get lost, whoever asks until told that the money arrived has paid once.
func TestGatewayInAnyMoodPaysOnce(t *testing.T) {
	moods := []settle.Turn{settle.Pays, settle.Accepts, settle.Bounces, settle.LosesReply, settle.Unreached}
	rapid.Check(t, func(rt *rapid.T) {
		turns := rapid.SliceOfN(rapid.SampledFrom(moods), 0, 6).Draw(rt, "turns")
		for _, g := range underTest(t, turns...) {
			for tries := 0; ; tries++ {
				if tries > len(turns) {
					rt.Fatalf("%s: not paid after %d tries", g.name, tries)
				}
				a, err := g.Refund(t.Context(), payout("P1", 100))
				if err != nil || a.Outcome == settle.Accepted {
					if a, err = g.Query(t.Context(), payout("P1", 100)); err != nil {
						rt.Fatal(err)
					}
				}
				if a.Outcome == settle.Arrived || a.Outcome == settle.ByPerson {
					break
				}
			}
			if n := len(g.paid()); n != 1 && g.name != "offline" {
				rt.Fatalf("%s paid %d times", g.name, n)
			}
		}
	})
}

// What a shop without a provider relies on: nothing is ever said to be paid.
func TestOfflineLeavesItToAPerson(t *testing.T) {
	g := settle.Offline{}
	if a := ask(t, g, payout("P1", 100)); a != (settle.Answer{Outcome: settle.ByPerson}) {
		t.Errorf("%+v", a)
	}
	if a := query(t, g, "P1"); a != (settle.Answer{Outcome: settle.ByPerson}) {
		t.Errorf("%+v", a)
	}
}

// S2-01: what simulation shops pay through takes its turns in order, then always pays, and counts.
func TestScriptedTakesItsTurns(t *testing.T) {
	c := clock.NewFake(1000)
	g := settle.NewScripted(c, settle.Bounces)
	g.Script(settle.Accepts, settle.Unreached)
	if a := ask(t, g, payout("B", 1)); a.Outcome != settle.Bounced {
		t.Errorf("%+v", a)
	}
	if a := ask(t, g, payout("C", 2)); a.Outcome != settle.Accepted || a.At != 0 {
		t.Errorf("%+v", a)
	}
	if _, err := g.Refund(t.Context(), payout("A", 3)); !errors.Is(err, settle.ErrNoReply) {
		t.Errorf("%v", err)
	}
	c.Set(2000)
	if a := ask(t, g, payout("A", 3)); a != (settle.Answer{Outcome: settle.Arrived, ExternalNo: "SIM-A", At: 2000}) {
		t.Errorf("%+v", a)
	}
	if got := fmt.Sprint(g.Paid()); got != fmt.Sprint([]settle.Payout{payout("A", 3), payout("C", 2)}) {
		t.Errorf("paid %s", got)
	}
	if g.Asked() != 4 {
		t.Errorf("asked %d times", g.Asked())
	}
}
