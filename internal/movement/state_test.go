package movement_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/movement"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	purposes = []movement.Purpose{movement.Return, movement.SendBack, movement.ExchangeOut, movement.Reissue, movement.Intercept, movement.Transfer}
	first    = map[movement.Purpose]movement.State{movement.Return: movement.Announced, movement.SendBack: movement.ToShip, movement.ExchangeOut: movement.ToShip,
		movement.Reissue: movement.ToShip, movement.Intercept: movement.Intercepting, movement.Transfer: movement.InTransit}
	events = []movement.Event{movement.Ship, movement.Sign, movement.Receive, movement.Differ, movement.Settle, movement.Turn, movement.Lose,
		movement.Deliver, movement.Cancel, movement.Stop, movement.Miss, movement.Door, movement.RunOut, movement.Restock}
)

type machine = casetest.Machine[movement.State, movement.Event]

func machineOf(p movement.Purpose) machine {
	return machine{States: movement.States, Events: events, Edges: movement.Transitions[p], Key: "movement.not_now", Words: "movement",
		Next: func(s movement.State, e movement.Event) (movement.State, error) { return movement.Next(p, s, e) }}
}

func TestEveryStateAndEvent(t *testing.T) {
	var out strings.Builder
	for _, p := range purposes {
		out.WriteString("# " + string(p) + "\n" + machineOf(p).Table(t))
	}
	casetest.Golden(t, "transitions.golden", out.String())
	if len(movement.Transitions) != len(purposes) {
		t.Errorf("%d purposes have states, %d are tested", len(movement.Transitions), len(purposes))
	}
}

// A parcel begins announced or to ship; every state of its purpose is reached from there, and every state of the list
// belongs to a purpose.
func TestEveryStateIsReached(t *testing.T) {
	used := map[movement.State]bool{}
	for _, p := range purposes {
		reached := machineOf(p).Reached(first[p])
		for s := range reached {
			used[s] = true
		}
		for s := range movement.Transitions[p] {
			if !reached[s] {
				t.Errorf("%s: %s is never reached", p, s)
			}
		}
	}
	for _, s := range movement.States {
		if !used[s] {
			t.Errorf("%s is in no purpose", s)
		}
	}
}

func TestUnknownPurposeGoesNowhere(t *testing.T) {
	_, err := movement.Next("loaner", movement.Announced, movement.Ship)
	casetest.WantKey(t, err, errs.Conflict, "movement.not_now")
}

// What was opened is not sent back into a box: no event leads from received, nor from discrepant but to received.
func TestOpenedParcelsStayOpened(t *testing.T) {
	reached := machineOf(movement.Return).Reached(movement.Discrepant)
	if len(reached) != 2 || !reached[movement.Received] || len(movement.Transitions[movement.Return][movement.Received]) != 0 {
		t.Errorf("discrepant reaches %v, received %v", reached, movement.Transitions[movement.Return][movement.Received])
	}
}

func TestOutward(t *testing.T) {
	for _, p := range purposes {
		home := p == movement.Return || p == movement.Intercept
		if p.Inward() != home || p.Outward() != (!home && p != movement.Transfer) {
			t.Errorf("%s: outward %v, inward %v", p, p.Outward(), p.Inward())
		}
	}
}

func TestCarries(t *testing.T) {
	m := movement.Movement{Lines: []movement.Line{{CaseLineID: 1}, {CaseLineID: 3}}}
	if !m.Carries(1) || !m.Carries(3) || m.Carries(2) || (movement.Movement{}).Carries(1) {
		t.Error(m.Carries(1), m.Carries(2), m.Carries(3))
	}
}

func TestCleanWaybill(t *testing.T) {
	for in, want := range map[string]string{
		"SF1234567890":          "SF1234567890",
		" sf 1234 567890 ":      "SF1234567890",
		"YT88-0012-34":          "YT88-0012-34",
		"123456":                "123456",
		"sf1234567890\r\n":      "SF1234567890",
		strings.Repeat("1", 40): strings.Repeat("1", 40),
	} {
		if got, err := movement.CleanWaybill(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "12345", strings.Repeat("1", 41), "-123456", "123456-", "SF１２３４５６", "ſf123456", "SF12345;6", "顺丰123456", "SF_123456"} {
		got, err := movement.CleanWaybill(in)
		casetest.WantKey(t, err, errs.Invalid, "movement.waybill_malformed")
		if got != "" {
			t.Errorf("%q gave %q", in, got)
		}
	}
}

// A waybill that is clean stays as it is, and blanks and small letters make no other of it.
func TestCleanWaybillIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clean, err := movement.CleanWaybill(rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9-]{4,38}[A-Za-z0-9]`).Draw(t, "waybill"))
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(clean)).Draw(t, "at")
		for _, s := range []string{clean, strings.ToLower(clean), clean[:at] + " " + clean[at:]} {
			if again, err := movement.CleanWaybill(s); again != clean || err != nil {
				t.Fatalf("%q from %q: %q, %v", clean, s, again, err)
			}
		}
	})
}
