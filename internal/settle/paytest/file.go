package paytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
)

// OnFile is a provider that outlives whoever asks it: what it paid stands in a file, a line per payout. It pays a number once, and answers the same
// however often it is asked. One process asks it at a time.
type OnFile struct {
	File string
	mu   sync.Mutex
}

// Paid is what it paid under a number, and when.
type Paid struct {
	settle.Payout
	At clock.Instant
}

// List is what it paid, by payout number.
func (p *OnFile) List() (map[string]Paid, error) {
	text, err := os.ReadFile(p.File)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	paid := map[string]Paid{}
	for l := range strings.Lines(string(text)) {
		var one Paid
		if err := json.Unmarshal([]byte(l), &one); err != nil {
			return nil, fmt.Errorf("line %q: %w", l, err)
		}
		if _, twice := paid[one.PayoutNo]; twice {
			return nil, fmt.Errorf("payout %s was paid twice", one.PayoutNo)
		}
		paid[one.PayoutNo] = one
	}
	return paid, nil
}

// Refund pays a number once.
func (p *OnFile) Refund(_ context.Context, one settle.Payout) (settle.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	paid, err := p.List()
	if err != nil {
		return settle.Answer{}, err
	}
	if was, known := paid[one.PayoutNo]; known {
		if was.Payout != one {
			return settle.Answer{Outcome: settle.Bounced, Reason: "number used"}, nil
		}
		return was.answer(), nil
	}
	now := Paid{one, clock.System{}.Now()}
	text, err := json.Marshal(now)
	if err != nil {
		return settle.Answer{}, err
	}
	f, err := os.OpenFile(p.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return settle.Answer{}, err
	}
	_, err = f.Write(append(text, '\n'))
	return now.answer(), errors.Join(err, f.Close())
}

func (p Paid) answer() settle.Answer {
	return settle.Answer{Outcome: settle.Arrived, ExternalNo: "X" + p.PayoutNo, At: p.At}
}

// Query says what became of a number.
func (p *OnFile) Query(_ context.Context, want settle.Payout) (settle.Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	paid, err := p.List()
	if was, known := paid[want.PayoutNo]; known {
		return was.answer(), err
	}
	return settle.Answer{Outcome: settle.Unknown}, err
}
