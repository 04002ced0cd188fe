package flow

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
)

// What becomes of a deposit. The old article is back and was found good: all of it is released, or what the inspection took off is captured. It was
// refused, or does not come in the time the customer was told: all of it is captured. Finance does either, and confirms it with its number. What comes
// after that is paid back like any refund, less what it has lost.

// deposits is the account of what was captured; what is only held stands in no books.
const deposits = "deposits:customers"

const oldKind job.Kind = "old_not_sent" // an old article that does not come

// oldNotSent claims the deposit of an exchange whose old article was not sent in time, from a customer who was told. It does nothing when the parcel is on
// its way, when there is more time, and where a person has to decide because nobody told the customer.
func (f *Flow) oldNotSent(ctx context.Context, j job.Job) error {
	var r ref
	if err := j.Decode(&r); err != nil {
		return err
	}
	_, err := f.change(ctx, System, r.Shop, ofLine(r.Shop, r.ID), func(d *Dossier) (step, error) {
		s := d.deposit(r.ID)
		if s == nil || s.State != settle.OnHold || !d.situationOf(r.ID).notSent() || d.canStillSend(r.ID) != nil {
			return func(*change) {}, nil
		}
		return func(c *change) {
			s, _ := c.settlement(s.ID, 0)
			c.claimHold(s, s.Minor, "old_not_sent")
		}, nil
	})
	return err
}

// canStillSend is nil when the customer's time to send the old article is over and he had been told, else it says why nothing is captured yet.
func (d *Dossier) canStillSend(lineID id.ID) error {
	m := d.latest(lineID, movement.Return)
	switch {
	case m.ToldAt == nil:
		return errs.New(errs.Conflict, "flow.not_told")
	case m.SendBy != nil && d.Now < d.Calendar.EndOf(*m.SendBy):
		return errs.New(errs.Conflict, "flow.still_time", errs.Args{"until": m.SendBy.String()})
	}
	return nil
}

func (d *Dossier) situationOf(lineID id.ID) Situation {
	l, err := d.line(lineID, 0)
	if err != nil {
		return Situation{}
	}
	return d.situation(*l)
}

// claimHold says how much of a deposit is to be captured; of none of it, it is to be released.
func (c *change) claimHold(s *settle.Settlement, minor int64, why string) {
	if s.Taken = s.Of(minor); s.Taken == 0 {
		c.letGo(s, why)
		return
	}
	c.moveMoney(s, settle.Claim, map[string]any{"taken": s.Taken, "minor": s.Minor, "why": why})
}

// letGo gives a deposit back to the customer: finance releases it. What was waived, or never placed, has ended.
func (c *change) letGo(s *settle.Settlement, why string) {
	s.Taken = 0
	e := settle.LetGo
	if s.State == settle.AwaitingHold {
		e = settle.Void
	}
	c.moveMoney(s, e, map[string]any{"why": why})
}

// settleOld does with the deposit what the look at the old article says, or what the end of the line does: good, it is to be captured only as far as the
// article has lost; else all of it. Of what is captured already the rest goes back.
func (c *change) settleOld(l *line.Line, good bool, t terms) {
	s := c.deposit(l.ID)
	if s == nil {
		return
	}
	take := s.Minor
	if good {
		take = c.lossOf(l, *s)
	}
	switch s.State {
	case settle.AwaitingHold, settle.Waived:
		c.letGo(s, "inspected")
	case settle.OnHold, settle.ToCapture:
		c.claimHold(s, take, "inspected")
	case settle.Captured:
		back := s.Taken - take
		for _, other := range c.settlementsOf(l.ID) {
			if other.GivesBackDeposit() && other.State != settle.Voided {
				back -= other.Minor
			}
		}
		if back > 0 {
			c.payBack(l, s.ID, back, settle.Unreturned, t)
		}
	}
}

// lossOf is what the inspection takes off a deposit: what the old article has lost, as it was stated, and the share of units that did not come.
func (d *Dossier) lossOf(l *line.Line, s settle.Settlement) int64 {
	var loss int64
	for _, fd := range d.Findings[l.ID] {
		if fd.Fact == line.FactExchangeLoss.Name() && json.Unmarshal(fd.Value, &loss) != nil {
			return s.Minor // never: findings are parsed when they are stated
		}
	}
	if in := carried(d.latest(l.ID, movement.Return), l.ID); in.Arrived != nil && *in.Arrived < l.Quantity {
		here, err := money.UpTo(s.Minor, l.Quantity, *in.Arrived)
		if err != nil {
			return s.Minor
		}
		loss += s.Minor - here
	}
	return s.Of(loss)
}

// oldIsBack does what the inspection of the old article brings when the new one has left already.
func (c *change) oldIsBack(l *line.Line, t terms) {
	c.settleOld(l, true, t)
	c.reimburseFreight(l, t)
}

// CaptureHold claims a deposit by a supervisor's word: the old article does not come, or came otherwise than a box can be inspected. Not before the time
// the customer was told is over.
func (f *Flow) CaptureHold(ctx context.Context, who Actor, shopID, settlementID id.ID, version, minor int64, reason string) (View, error) {
	return f.supervised(ctx, who, shopID, settlementID, version, CaptureHold, reason, func(d *Dossier, s *settle.Settlement) (step, error) {
		if minor > s.Minor {
			return nil, errs.New(errs.Invalid, "flow.over_hold", errs.Args{"held": s.Amount().String(), "asked": money.Of(minor, s.Currency).String()})
		}
		if d.situationOf(s.LineID).Coming == movement.Announced {
			if err := d.canStillSend(s.LineID); err != nil {
				return nil, err
			}
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			s.ApprovedBy = c.who.Name
			c.claimHold(s, minor, reason)
		}, nil
	})
}

// ReleaseHold lets a deposit go by a supervisor's word: the carrier lost the old article, or the shop does without it.
func (f *Flow) ReleaseHold(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, reason string) (View, error) {
	return f.supervised(ctx, who, shopID, settlementID, version, ReleaseHold, reason, func(*Dossier, *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			s.ApprovedBy = c.who.Name
			c.letGo(s, reason)
		}, nil
	})
}

// Captured records that what was to be captured came in, and that the rest was released: a payment of the order, and booked as one.
func (f *Flow) Captured(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, cf settle.Confirmation) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Captured, func(d *Dossier, s *settle.Settlement) (step, error) {
		if err := s.CheckTaken(cf, d.Now); err != nil {
			return nil, err
		}
		if err := f.DB.Read(ctx, func(tx *db.Tx) error { return settle.NumberFree(tx, shopID, s.ID, cf.ExternalNo) }); err != nil {
			return nil, err
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			l, _ := c.line(s.LineID, 0)
			p := s.Met(l.OrderID, c.tender(l, s.Route), settle.Receipt{Route: s.Route, ExternalNo: cf.ExternalNo, At: cf.At})
			c.numbered(s, s.Route, cf.ExternalNo, cf.Proof)
			s.ArrivedAt = &cf.At
			settle.InsertPayment(c.b, p)
			c.Payments[l.OrderID] = append(c.Payments[l.OrderID], p)
			c.post(ledger.Move(c.Shop.ID, "captured", s.ID, money.Of(s.Taken, s.Currency), deposits, "received:"+string(s.Route)))
			c.moveMoney(s, settle.TakeIn, map[string]any{"external_no": s.ExternalNo, "minor": s.Taken, "route": s.Route})
		}, nil
	})
}

// Released records that the deposit is held no more.
func (f *Flow) Released(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, proof string) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Released, func(d *Dossier, s *settle.Settlement) (step, error) {
		if strings.TrimSpace(proof) == "" {
			return nil, errs.New(errs.Invalid, "settle.proof_missing")
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			c.numbered(s, s.Route, s.ExternalNo, proof)
			s.ArrivedAt = &c.now
			c.moveMoney(s, settle.Free, map[string]any{"external_no": s.ExternalNo, "minor": s.Minor, "route": s.Route, "proof": s.Proof})
		}, nil
	})
}

// numbered notes under which number a deposit is known now, and the proof; the timeline keeps those before.
func (c *change) numbered(s *settle.Settlement, r settle.Route, no, proof string) {
	s.Route, s.ExternalNo, s.Proof = r, strings.TrimSpace(no), proof
}

// tender is what money that came in by a route is called among an order's payments.
func (c *change) tender(l *line.Line, r settle.Route) string {
	if r == settle.ByMarketplace {
		return c.Orders[l.OrderID].Platform
	}
	return string(r)
}
