package settle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sanbao/sanbao/clock"
)

// Scripted is a gateway with no real money behind it: simulation shops pay through it (S2-01), and tests script its
// bad turns. It behaves as providers document theirs: a number is paid at most once, asking twice repeats the answer,
// the same number with another amount bounces, and an answer can be lost after the money has moved.
type Scripted struct {
	clock clock.Clock

	mu     sync.Mutex
	script []Turn
	paid   map[string]paid
	asked  int
}

type paid struct {
	Payout
	Answer
}

// Turn is what one call of Refund does. The zero Turn pays at once.
type Turn string

const (
	Pays       Turn = ""            // arrived at once
	Accepts    Turn = "accepts"     // accepted; the next Query finds it arrived
	Bounces    Turn = "bounces"     // refused, nothing paid
	LosesReply Turn = "loses_reply" // paid, but the caller gets an error
	Unreached  Turn = "unreached"   // not paid, and the caller gets an error
)

// ErrNoReply is what a caller sees of a lost answer.
var ErrNoReply = errors.New("gateway: no reply")

// NewScripted makes a gateway that takes the turns in order and then always pays.
func NewScripted(c clock.Clock, turns ...Turn) *Scripted {
	return &Scripted{clock: c, script: turns, paid: map[string]paid{}}
}

func (g *Scripted) Refund(_ context.Context, p Payout) (Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	if was, ok := g.paid[p.PayoutNo]; ok {
		if was.Payout != p {
			return usedNumber, nil
		}
		return was.Answer, nil
	}
	turn := Pays
	if len(g.script) > 0 {
		turn, g.script = g.script[0], g.script[1:]
	}
	arrived := Answer{Outcome: Arrived, ExternalNo: fmt.Sprintf("SIM-%s", p.PayoutNo), At: g.clock.Now()}
	switch turn {
	case Bounces:
		return Answer{Outcome: Bounced, Reason: "scripted refusal"}, nil
	case Unreached:
		return Answer{}, ErrNoReply
	case LosesReply:
		g.paid[p.PayoutNo] = paid{p, arrived}
		return Answer{}, ErrNoReply
	case Accepts:
		g.paid[p.PayoutNo] = paid{p, arrived}
		return Answer{Outcome: Accepted, ExternalNo: arrived.ExternalNo}, nil
	}
	g.paid[p.PayoutNo] = paid{p, arrived}
	return arrived, nil
}

func (g *Scripted) Query(_ context.Context, p Payout) (Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	was, ok := g.paid[p.PayoutNo]
	switch {
	case !ok:
		return Answer{Outcome: Unknown}, nil
	case was.Payout != p:
		return usedNumber, nil
	}
	return was.Answer, nil
}

var usedNumber = Answer{Outcome: Bounced, Reason: "payout number used for another payout"}

// Script appends turns to come.
func (g *Scripted) Script(turns ...Turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.script = append(g.script, turns...)
}

// Paid lists what was paid, in the order of payout numbers: each number once.
func (g *Scripted) Paid() []Payout {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []Payout
	for _, p := range g.paid {
		out = append(out, p.Payout)
	}
	slices.SortFunc(out, func(a, b Payout) int {
		if a.PayoutNo < b.PayoutNo {
			return -1
		}
		return 1
	})
	return out
}

// Asked is how often Refund was called.
func (g *Scripted) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}
