package flow

import (
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
)

// Where an exchange stands whose article leaves before the old one is back (advance.go). Two parcels are about at once, and the line waits for both:
// it is over when the customer has the new one and the deposit has ended.

// ahead looks at the deposit of an exchange, and at what it lets go first.
func (s *Situation) ahead(d *Dossier, l line.Line) {
	dep := d.deposit(l.ID)
	if dep == nil {
		return
	}
	s.Deposit = dep.State
	if m := d.latest(l.ID, movement.ExchangeOut); m != nil && m.State != movement.Cancelled && isExchange(l) {
		s.Ahead, s.Given = true, m.State
		back := d.latest(l.ID, movement.Return)
		s.Unwarned = s.owesOld() && s.Coming == movement.Announced && back.TellBy != nil && back.ToldAt == nil
	}
}

// deposit is a line's latest that was not given up, nil when there is none.
func (d *Dossier) deposit(lineID id.ID) *settle.Settlement {
	for i := len(d.Settlements) - 1; i >= 0; i-- {
		if s := &d.Settlements[i]; s.LineID == lineID && s.Kind == settle.Deposit && s.State != settle.Voided {
			return s
		}
	}
	return nil
}

// left says that the article has left, and the old one was not back.
func (s Situation) left() bool {
	return s.Ahead && in(s.Given, movement.InTransit, movement.Delivered, movement.Lost)
}

// has says that the customer has it: only then is anything done about the old one, or about what is held for it.
func (s Situation) has() bool { return s.Ahead && s.Given == movement.Delivered }

// stopped says that it has not left, and a person has to agree to the exchange once more: the old one was looked at before.
func (s Situation) stopped() bool {
	return s.Ahead && s.Swap && s.Going == movement.ToShip && s.Line != line.Approved
}

// owesOld says that the line waits for the old article.
func (s Situation) owesOld() bool {
	return s.Ahead && !s.Inspected && in(s.Deposit, settle.AwaitingHold, settle.OnHold, settle.Waived)
}

// oldHere says that the old article is with us and is to be looked at.
func (s Situation) oldHere() bool {
	return s.has() && !s.Inspected && (in(s.Coming, movement.SignedFor, movement.Discrepant) || s.Coming == movement.Received && !s.Missing)
}

// notSent says that the customer has the new one, and has not sent the old one.
func (s Situation) notSent() bool {
	return s.has() && s.Line == line.Approved && s.Coming == movement.Announced
}

// oldComes says that it is on its way to us.
func (s Situation) oldComes() bool { return s.Ahead && !s.Inspected && s.Coming == movement.InTransit }

// finances says that finance has to do something about the deposit.
func (s Situation) finances() bool { return in(s.Deposit, settle.ToCapture, settle.ToRelease) }

// asks is what the customer has to pay, or have held, before the article leaves; "" when nothing.
func (s Situation) asks() settle.State {
	switch {
	case s.Charge == settle.AwaitingPayment:
		return s.Charge
	case s.Ahead && s.Deposit == settle.AwaitingHold:
		return s.Deposit
	}
	return ""
}

// unpaid says that the article given in exchange waits for the customer's money.
func (s Situation) unpaid() bool { return s.Swap && s.asks() != "" }
