package line_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/line"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// policy are the events that come from a decision, people those that somebody or time brings about.
var (
	policy = []line.Event{line.Queue, line.Ask, line.AskProof, line.Escalate, line.Offer, line.Grant, line.Refuse}
	people = []line.Event{line.Approve, line.Decline, line.Accept, line.Turn, line.Override, line.Cancel, line.Expire, line.Dispute, line.Reopen}
)

var machine = casetest.Machine[line.State, line.Event]{
	States: line.States,
	Events: append(policy[:len(policy):len(policy)], people...),
	Next:   func(s line.State, e line.Event) (line.State, error) { return s.Next(e) },
	Edges:  line.Transitions,
	Key:    "line.not_now",
	Words:  "status",
}

func TestEveryStateAndEvent(t *testing.T) {
	casetest.Golden(t, "transitions.golden", machine.Table(t))
}

// Every state is reached, and from every state the line can still be taken up, or approved, again: no customer's
// matter ends for good by a wrong click.
func TestNoStateIsADeadEnd(t *testing.T) {
	reached := machine.Reached(line.Requested)
	for _, s := range line.States {
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
		if !machine.Reached(s)[line.Approved] {
			t.Errorf("%s never comes to approved", s)
		}
	}
}

// An application that is not decided yet takes every outcome of the policy, each to the same state.
func TestOpenApplicationTakesEveryOutcome(t *testing.T) {
	for _, s := range []line.State{line.Requested, line.NeedsFacts, line.NeedsEvidence, line.AwaitingApproval, line.Offered} {
		for _, e := range policy {
			next, err := s.Next(e)
			first, _ := line.Requested.Next(e)
			if err != nil || next != first {
				t.Errorf("%s %s: %s, %v; requested goes to %s", s, e, next, err, first)
			}
		}
	}
}

// S0-27: proof that is missing is asked for; time may run out on it, but nobody turns it into a no.
func TestMissingProofIsNotASilentNo(t *testing.T) {
	for _, s := range []line.State{line.NeedsFacts, line.NeedsEvidence} {
		for _, e := range people {
			if next, err := s.Next(e); err == nil && next == line.Rejected {
				t.Errorf("%s is rejected by %s", s, e)
			}
		}
	}
}

// S4-21: only a supervisor's goodwill turns a no into a yes; an agent's approval does not.
func TestOnlyOverrideApprovesARejectedLine(t *testing.T) {
	for _, e := range machine.Events {
		if next, err := line.Rejected.Next(e); err == nil && next == line.Approved && e != line.Override {
			t.Errorf("rejected is approved by %s", e)
		}
	}
	for _, s := range line.States {
		if next, err := s.Next(line.Override); err == nil && s != line.Rejected {
			t.Errorf("%s is overridden to %s", s, next)
		}
	}
}

// Units are claimed exactly while the line is open: what ended without goods gives them back.
func TestClaims(t *testing.T) {
	ended := map[line.State]bool{line.Rejected: true, line.Cancelled: true, line.Expired: true}
	for _, s := range line.States {
		goods, amount := line.Line{State: s, Remedy: "refund_return"}.Claims(), line.Line{State: s, Remedy: "local_repair"}.Claims()
		if s.Open() == ended[s] || goods != s.Open() || amount {
			t.Errorf("%s: open %v, claims %v, claims for an amount %v", s, s.Open(), goods, amount)
		}
	}
}
