package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/money"
)

// The gateway's side of money: a job asks the provider for one settlement, and books what it answers.

const payKind job.Kind = "pay"

// checkAgain is how long after a payout was accepted the provider is asked what became of it.
const checkAgain = 2 * time.Minute

// whenBusy is how long a payout waits when its provider takes no more requests.
const whenBusy = 30 * time.Second

// payLater asks for a settlement once this transaction is durable, where software pays its route.
func (c *change) payLater(s settle.Settlement) {
	if c.byHand(s) {
		return
	}
	// The case's version tells this request from one whose job is just ending, refused because the line was disputed.
	c.enqueue(payKind, ref{Shop: c.Shop.ID, ID: s.ID}, job.Unique(fmt.Sprintf("pay:%s:%d", s.ID, c.Case.Version)))
}

// StartPayments asks for what a shop's gateway is to pay and nobody asked it for: it was approved before the provider was
// connected. What people still pay by hand is left alone.
func (f *Flow) StartPayments(ctx context.Context, shopID id.ID) error {
	var after id.ID
	for {
		var page []settle.Settlement
		err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
			page, err = settle.InState(tx, shopID, settle.ToPay, after, rowsAStep)
			for _, s := range page {
				if err != nil || s.Route.ByHand() {
					continue
				}
				_, err = f.Jobs.Enqueue(tx, payKind, ref{Shop: shopID, ID: s.ID}, job.Unique("start:"+s.ID.String()))
			}
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].ID
	}
}

// pay asks the gateway for one settlement. It can be run any number of times, and can die at any point: the payout
// number is the settlement's, the provider pays a number once, and whatever it answers is booked once.
func (f *Flow) pay(ctx context.Context, j job.Job) error {
	var r ref
	if err := json.Unmarshal(j.Args, &r); err != nil {
		return fmt.Errorf("pay: %w", err)
	}
	if err := f.fail("pay:start"); err != nil {
		return err
	}
	switch wait, over, err := f.limits(ctx, r); {
	case err != nil || over:
		return settledElsewhere(err)
	case wait > 0:
		return job.Snooze(wait)
	}
	p, again, err := f.initiate(ctx, r)
	if err != nil || p == nil {
		return settledElsewhere(err)
	}
	if err := f.fail("pay:before_gateway"); err != nil {
		return err
	}
	answer, err := f.ask(ctx, p, again)
	if errors.Is(err, settle.ErrBusy) {
		if err := f.say(ctx, r, "支付渠道请求太多，正在排队，稍后自动再退"); err != nil {
			return settledElsewhere(err)
		}
		return job.Snooze(whenBusy)
	}
	if err != nil {
		return fmt.Errorf("gateway: payout %s: %w", p.payout.PayoutNo, err)
	}
	if err := f.fail("pay:after_gateway"); err != nil {
		return err
	}
	switch answer.Outcome {
	case settle.ByPerson:
		return nil
	case settle.Accepted:
		return job.Snooze(checkAgain)
	}
	_, err = f.onMoney(ctx, System, r.Shop, r.ID, 0, PayNow, func(d *Dossier, s *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(r.ID, 0)
			if answer.Outcome == settle.Arrived {
				c.arrive(s, answer.ExternalNo, &answer.At)
				return
			}
			s.LastError = answer.Reason
			c.moveMoney(s, settle.Fail, map[string]any{"reason": answer.Reason})
		}, nil
	})
	return settledElsewhere(err)
}

// limits holds a settlement that is to be asked for against what its provider allows: it waits, or is over before the provider is asked in vain.
func (f *Flow) limits(ctx context.Context, r ref) (wait time.Duration, over bool, err error) {
	var verdict settle.Verdict
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := settle.Get(tx, r.Shop, r.ID)
		if err != nil || s.State != settle.ToPay || s.Route.ByHand() || s.PaymentID == 0 {
			return err
		}
		sh, err := shop.Get(tx, r.Shop)
		if err != nil {
			return err
		}
		p, err := settle.PaymentByID(tx, r.Shop, s.PaymentID)
		if err != nil {
			return err
		}
		g, ok := f.Gateway(sh, p.Tender).(settle.Limited)
		if !ok {
			return nil
		}
		n, last, err := settle.Refunded(tx, r.Shop, p.ID, s.ID)
		verdict = g.Limits().Allow(tx.Now, clock.Instant(p.PaidAt), n, last)
		return err
	})
	if err != nil || verdict.Never == "" {
		return verdict.Wait, false, err
	}
	_, err = f.onMoney(ctx, System, r.Shop, r.ID, 0, PayNow, func(*Dossier, *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(r.ID, 0)
			if s.State != settle.ToPay {
				return
			}
			c.moveMoney(s, settle.Initiate, map[string]any{"payout_no": s.PayoutNo, "asked": false})
			s.LastError = verdict.Never
			c.moveMoney(s, settle.Fail, map[string]any{"reason": verdict.Never})
		}, nil
	})
	return 0, true, err
}

// say tells the cashier why a settlement stands still, once.
func (f *Flow) say(ctx context.Context, r ref, why string) error {
	_, err := f.onMoney(ctx, System, r.Shop, r.ID, 0, PayNow, func(*Dossier, *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(r.ID, 0)
			if s.LastError == why {
				return
			}
			parts, less := s.Parts, s.Less
			*s = settle.Say(c.b, *s, why)
			s.Parts, s.Less = parts, less
			c.event(audit.Settlement, s.ID, "queued", map[string]any{"reason": why})
		}, nil
	})
	return err
}

// asked is a payout with the gateway to ask for it.
type asked struct {
	payout  settle.Payout
	gateway settle.Gateway
}

// initiate marks a settlement as under way before the gateway hears of it, and says whether it was so already: then
// the gateway may know the number.
func (f *Flow) initiate(ctx context.Context, r ref) (p *asked, again bool, err error) {
	_, err = f.onMoney(ctx, System, r.Shop, r.ID, 0, PayNow, func(d *Dossier, s *settle.Settlement) (step, error) {
		l, err := d.line(s.LineID, 0)
		if err != nil {
			return nil, err
		}
		captured := s.Amount()
		var from settle.Payment
		for _, py := range d.Payments[l.OrderID] {
			if py.ID == s.PaymentID {
				captured, from = money.Of(py.Captured, py.Currency), py
			}
		}
		again = s.State == settle.Processing
		p = &asked{settle.Payout{PayoutNo: s.PayoutNo, Reference: from.Reference, Amount: s.Amount(), Captured: captured}, f.Gateway(d.Shop, from.Tender)}
		return func(c *change) {
			s, _ := c.settlement(r.ID, 0)
			if s.State != settle.ToPay {
				return
			}
			s.Attempts++
			s.InitiatedAt = &c.now
			c.moveMoney(s, settle.Initiate, map[string]any{"payout_no": s.PayoutNo, "attempt": s.Attempts})
		}, nil
	})
	if err != nil {
		return nil, false, err
	}
	return p, again, nil
}

// ask asks the gateway, and where it may have been asked before asks what became of the number first.
func (f *Flow) ask(ctx context.Context, p *asked, again bool) (settle.Answer, error) {
	if again {
		a, err := p.gateway.Query(ctx, p.payout)
		if err != nil || a.Outcome != settle.Unknown {
			return a, err
		}
	}
	return p.gateway.Refund(ctx, p.payout)
}

// settledElsewhere ends a payment job whose settlement is no longer to be paid: confirmed by hand, failed, voided, or
// its line disputed. What resumes it enqueues a new job.
func settledElsewhere(err error) error {
	if e := errs.As(err); e != nil && e.Code == errs.Conflict && e.Key == "flow.not_now" {
		return nil
	}
	return err
}
