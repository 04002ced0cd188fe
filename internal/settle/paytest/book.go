// Package paytest plays payment providers for tests: local servers that hold their callers to the provider's rules, check
// every signature, sign every answer, and can be told to take bad turns.
package paytest

import (
	"crypto/rand"
	"crypto/rsa"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
)

// Turns of a provider beyond settle's own. Each is one call of Refund.
const (
	Fails      settle.Turn = "fails"       // 5xx, nothing paid
	PaysFails  settle.Turn = "pays_fails"  // paid, then 5xx
	Busy       settle.Turn = "busy"        // too many requests, nothing paid
	Forged     settle.Turn = "forged"      // paid, the answer signed by somebody else
	Unsigned   settle.Turn = "unsigned"    // paid, the answer not signed
	Stale      settle.Turn = "stale"       // paid, the answer signed ten minutes ago
	Altered    settle.Turn = "altered"     // refused and signed, and made to look like a payment on the way
	ForgedNo   settle.Turn = "forged_no"   // paid, and somebody else says that it was refused
	ComesBack  settle.Turn = "comes_back"  // accepted, and in the end it cannot be paid
	AbnormalBk settle.Turn = "abnormal_bk" // accepted, and the customer's bank does not take it
)

// Capture is a payment the provider took.
type Capture struct {
	Minor    int64
	At       clock.Instant
	refunded int64
}

// book is what a provider remembers.
type book struct {
	mu       sync.Mutex
	clock    clock.Clock
	script   []settle.Turn
	captures map[string]*Capture
	refunds  map[string]*entry
	balance  int64
	asked    int
}

type entry struct {
	settle.Payout
	state  string // accepted, arrived, closed, abnormal
	then   string // what the next query finds; "" is the same
	at     clock.Instant
	number string
}

func newBook(c clock.Clock, turns []settle.Turn) *book {
	return &book{clock: c, script: turns, captures: map[string]*Capture{}, refunds: map[string]*entry{}, balance: 1 << 40}
}

// Refusals of a provider, in words of our own; each server says them in the provider's codes.
const (
	refusedUnknown  = "unknown payment"
	refusedOther    = "number used"
	refusedOver     = "over what is left"
	refusedTotal    = "another total"
	refusedOld      = "too old"
	refusedBalance  = "balance"
	refusedScripted = "scripted"
)

// refund does one call: it says what became of the number, or why it is refused, and which turn the answer takes.
func (b *book) refund(p settle.Payout) (e entry, refusal string, turn settle.Turn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	if was, ok := b.refunds[p.PayoutNo]; ok && was.state != "closed" {
		if was.Payout != p {
			return entry{}, refusedOther, settle.Pays
		}
		return *was, "", settle.Pays
	}
	if len(b.script) > 0 {
		turn, b.script = b.script[0], b.script[1:]
	}
	switch turn {
	case settle.Unreached, Fails, Busy:
		return entry{}, "", turn
	case settle.Bounces, Altered:
		return entry{}, refusedScripted, turn
	}
	c := b.captures[p.Reference]
	switch {
	case c == nil:
		return entry{}, refusedUnknown, turn
	case b.clock.Now().Sub(c.At) > 365*24*time.Hour:
		return entry{}, refusedOld, turn
	case p.Captured.Minor != c.Minor:
		return entry{}, refusedTotal, turn
	case p.Amount.Minor > c.Minor-c.refunded:
		return entry{}, refusedOver, turn
	case p.Amount.Minor > b.balance:
		return entry{}, refusedBalance, turn
	}
	n := &entry{Payout: p, state: "arrived", at: b.clock.Now(), number: "503" + p.PayoutNo}
	switch turn {
	case settle.Accepts:
		n.state, n.then = "accepted", "arrived"
	case ComesBack:
		n.state, n.then = "accepted", "closed"
	case AbnormalBk:
		n.state, n.then = "accepted", "abnormal"
	}
	b.refunds[p.PayoutNo] = n
	c.refunded += p.Amount.Minor
	b.balance -= p.Amount.Minor
	return *n, "", turn
}

// query finds a number; what was accepted has got further since.
func (b *book) query(no string) (entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.refunds[no]
	if e == nil {
		return entry{}, false
	}
	if e.then != "" {
		e.state, e.then, e.at = e.then, "", b.clock.Now()
		if e.state != "arrived" {
			b.captures[e.Reference].refunded -= e.Amount.Minor
			b.balance += e.Amount.Minor
		}
	}
	return *e, true
}

// Capture lets the provider have taken a payment.
func (b *book) Capture(reference string, minor int64, at clock.Instant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.captures[reference] = &Capture{Minor: minor, At: at}
}

// Balance is what the merchant has left to refund from.
func (b *book) Balance(minor int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.balance = minor
}

// Script appends turns to come.
func (b *book) Script(turns ...settle.Turn) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.script = append(b.script, turns...)
}

// Paid lists the refunds that are or will be with the customer, by their numbers: each number once.
func (b *book) Paid() []settle.Payout {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []settle.Payout
	for _, e := range b.refunds {
		if e.state == "arrived" || e.state == "accepted" {
			out = append(out, e.Payout)
		}
	}
	slices.SortFunc(out, func(a, b settle.Payout) int { return strings.Compare(a.PayoutNo, b.PayoutNo) })
	return out
}

// Asked is how often a refund was asked for.
func (b *book) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked
}

// key makes a key once for a whole test run: making one is slow.
func key() func() (*rsa.PrivateKey, error) {
	return sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
}

var merchantKey, providerKey, nextKey, foreignKey, rootKey = key(), key(), key(), key(), key()
