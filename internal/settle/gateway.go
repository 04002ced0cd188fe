package settle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/money"
)

// Payout is one refund as a payment provider is asked for it.
type Payout struct {
	PayoutNo  string      // ours; the provider pays a number at most once, however often it is asked
	Reference string      // the provider's number of the payment
	Amount    money.Money // what goes back
	Captured  money.Money // what the payment was
}

// Outcome is what a provider says of a payout.
type Outcome string

const (
	Accepted Outcome = "accepted"  // under way; ask again
	Arrived  Outcome = "arrived"   // the customer has it
	Bounced  Outcome = "bounced"   // will not be paid; Reason says why
	Unknown  Outcome = "unknown"   // the provider never heard of the number
	ByPerson Outcome = "by_person" // no software pays this; somebody does, and confirms it
)

// Answer is what a provider says of a payout.
type Answer struct {
	Outcome    Outcome
	ExternalNo string
	At         clock.Instant // of arrival
	Reason     string        // of a bounce, in the provider's words
}

// Gateway is a payment provider. An error means that nothing is known: the payout may or may not have been made, and
// the caller has to ask by Query with the same number before it concludes anything.
type Gateway interface {
	// Refund asks for a payout. Asking again with the same number and amount repeats the answer, or says how far it has
	// come since, and pays nothing more; another payout under a used number bounces. A bounce leaves the number free.
	Refund(ctx context.Context, p Payout) (Answer, error)
	// Query tells what became of a payout. A number that is in use for another one bounces.
	Query(ctx context.Context, p Payout) (Answer, error)
}

// Notifier is a gateway whose provider sends notifications.
type Notifier interface {
	// Notified takes one and returns the number of the payout it is about, "" for none of ours. It proves who sent it
	// before it believes a word; an error means that it is not believed. A notification only says that it is time to ask.
	Notified(ctx context.Context, header http.Header, body []byte) (payoutNo string, err error)
}

// longestWords is how much of a provider's words is kept, in characters.
const longestWords = 200

// Because is the reason of a bounce as the cashier reads it: a hint where there is one, then the provider's own words, clipped, with their code.
func Because(hint, words, code string) string {
	if r := []rune(words); len(r) > longestWords {
		words = string(r[:longestWords])
	}
	words += "（" + code + "）"
	if hint == "" {
		return words
	}
	return hint + "。" + words
}

// ErrBusy is in the errors of a provider that takes no more requests for now. Nothing was done; the payout waits its turn.
var ErrBusy = errors.New("the provider takes no more requests for now")

// Limits are what a provider allows of the refunds of one payment. Zero is no limit that is known.
type Limits struct {
	Age     time.Duration // since the payment
	Refunds int64
	Apart   time.Duration // between two refunds of one payment
}

// Limited is a gateway whose provider's limits are known, so that it need not be asked in vain.
type Limited interface{ Limits() Limits }

// Verdict is what limits say of one more refund of a payment: wait so long, or never, with the reason in words for the cashier.
type Verdict struct {
	Wait  time.Duration
	Never string
}

// Allow holds one more refund of a payment against the limits: paid when, so many refunds already, the last begun when (0: none).
func (l Limits) Allow(now, paid clock.Instant, refunds int64, last clock.Instant) Verdict {
	switch since := now.Sub(last); {
	case l.Age > 0 && now.Sub(paid) > l.Age:
		return Verdict{Never: fmt.Sprintf("这笔支付已超过 %d 天，支付渠道不能再原路退回；请征得顾客同意后改用其他方式", int(l.Age.Hours())/24)}
	case l.Refunds > 0 && refunds >= l.Refunds:
		return Verdict{Never: fmt.Sprintf("这笔支付已退过 %d 次，达到支付渠道的上限；请征得顾客同意后改用其他方式", refunds)}
	case l.Apart > 0 && last != 0 && since >= 0 && since < l.Apart:
		return Verdict{Wait: l.Apart - since}
	}
	return Verdict{}
}

// Offline is the gateway of a shop whose provider is not connected: it leaves the paying to a person, who confirms the
// settlement with number, amount, time and proof.
type Offline struct{}

func (Offline) Refund(context.Context, Payout) (Answer, error) {
	return Answer{Outcome: ByPerson}, nil
}

func (Offline) Query(context.Context, Payout) (Answer, error) {
	return Answer{Outcome: ByPerson}, nil
}
