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
	Events: []settle.Event{settle.Submit, settle.Approve, settle.Initiate, settle.Arrive, settle.Fail, settle.Retry, settle.Void, settle.Bill},
	Next:   func(s settle.State, e settle.Event) (settle.State, error) { return s.Next(e) },
	Edges:  settle.Transitions,
	Key:    "settle.not_now",
	Words:  "settlement",
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

// What is settled or voided stays so; everything else is open and can still come to an end.
func TestOpenEndsInSettledOrVoided(t *testing.T) {
	for _, s := range settle.States {
		ended := s == settle.Settled || s == settle.Voided
		if s.Open() == ended {
			t.Errorf("%s: open %v", s, s.Open())
		}
		if ended && len(settle.Transitions[s]) > 0 {
			t.Errorf("%s goes on to %v", s, settle.Transitions[s])
		}
		if !ended && !machine.Reached(s)[settle.Settled] {
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

func TestOnlyGatewaysPayByThemselves(t *testing.T) {
	for _, r := range settle.Routes {
		if r.ByHand() != (r != "gateway") {
			t.Errorf("%s: by hand %v", r, r.ByHand())
		}
	}
}
