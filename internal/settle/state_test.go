package settle_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/settle"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var machine = casetest.Machine[settle.State, settle.Event]{
	States: settle.States,
	Events: []settle.Event{settle.Submit, settle.Approve, settle.Initiate, settle.Arrive, settle.Fail, settle.Retry, settle.Void, settle.Bill,
		settle.AskHold, settle.Place, settle.Waive, settle.Claim, settle.Keep, settle.LetGo, settle.TakeIn, settle.Free},
	Next:  func(s settle.State, e settle.Event) (settle.State, error) { return s.Next(e) },
	Edges: settle.Transitions,
	Key:   "settle.not_now",
	Words: "settlement",
}

func TestEveryStateAndEvent(t *testing.T) {
	casetest.Golden(t, "transitions.golden", machine.Table(t))
}

func TestEveryStateIsReached(t *testing.T) {
	reached := machine.Reached(settle.Computed)
	for _, s := range settle.States {
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
	}
}

// What is settled, voided, captured or released stays so; everything else is open and can still come to an end.
func TestOpenEndsOnce(t *testing.T) {
	for _, s := range settle.States {
		ended := s == settle.Settled || s == settle.Voided || s == settle.Captured || s == settle.Released
		if s.Open() == ended {
			t.Errorf("%s: open %v", s, s.Open())
		}
		if ended && len(settle.Transitions[s]) > 0 {
			t.Errorf("%s goes on to %v", s, settle.Transitions[s])
		}
		if reached := machine.Reached(s); !ended && !reached[settle.Settled] && !reached[settle.Released] {
			t.Errorf("%s never comes to an end", s)
		}
	}
}

// Money is under way only from approved to pay, arrives only from under way, or is the customer's to pay, and what is under way or has arrived is
// not voided: it has to fail first.
func TestTheWayOfMoney(t *testing.T) {
	for s, row := range settle.Transitions {
		for e, n := range row {
			if n == settle.Processing && s != settle.ToPay || n == settle.Settled && s != settle.Processing && s != settle.AwaitingPayment ||
				n == settle.Voided && (s == settle.Processing || s == settle.Settled) {
				t.Errorf("%s goes to %s by %s", s, n, e)
			}
		}
	}
}

// What is held is captured only after it was claimed, and never when it was waived or is to be released: a deposit ends in one way.
func TestADepositEndsInOneWay(t *testing.T) {
	for s, row := range settle.Transitions {
		for e, n := range row {
			if n == settle.Captured && s != settle.ToCapture || n == settle.ToCapture && s != settle.OnHold && s != settle.ToCapture || n == settle.OnHold && s != settle.AwaitingHold && s != settle.ToCapture ||
				n == settle.Released && s != settle.ToRelease && s != settle.Waived || n == settle.Voided && s == settle.OnHold {
				t.Errorf("%s goes to %s by %s", s, n, e)
			}
		}
	}
	for _, s := range []settle.State{settle.Waived, settle.ToRelease} {
		if machine.Reached(s)[settle.Captured] {
			t.Errorf("%s can be captured", s)
		}
	}
}

func TestOnlyGatewaysPayByThemselves(t *testing.T) {
	for _, r := range settle.Routes {
		if r.ByHand() != (r != "gateway") {
			t.Errorf("%s: by hand %v", r, r.ByHand())
		}
	}
}
