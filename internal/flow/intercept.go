package flow

import (
	"context"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// 快递拦截 — a parcel that is on its way is not wanted any more (S4-11, S4-12, SH-06).
//
// A granted application asks the carrier to stop it. The carrier's answer is decided on at once: stopped, and the money
// goes back the same day, without waiting for the parcel; not stopped, and the customer is asked whether she refused it
// at the door. If she did, it comes home as a return does, and the leg it took has a bearer of its own. If she took it
// in, she sends it back by a return.

// CarrierAnswer is what the carrier says of a parcel it was asked to stop.
type CarrierAnswer struct {
	At      *clock.Instant `json:"at,omitempty" doc:"when it said so, if not now"`
	Carrier string         `json:"carrier,omitempty" maxLength:"40"`
	Waybill string         `json:"waybill,omitempty" maxLength:"40" doc:"the parcel's number, for the warehouse that will scan it"`
	Note    string         `json:"note,omitempty" maxLength:"500" doc:"the carrier's ticket, who answered"`
}

// Stopped records that the carrier has stopped the parcel.
func (f *Flow) Stopped(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, a CarrierAnswer) (View, error) {
	return f.carrierAnswers(ctx, who, shopID, movementID, version, Stopped, movement.Stop, a)
}

// NotStopped records that the carrier could not stop the parcel.
func (f *Flow) NotStopped(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, a CarrierAnswer) (View, error) {
	return f.carrierAnswers(ctx, who, shopID, movementID, version, NotStopped, movement.Miss, a)
}

// carrierAnswers moves the parcel and decides every line in it on what the carrier said.
func (f *Flow) carrierAnswers(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, cmd Command, e movement.Event, a CarrierAnswer) (View, error) {
	return f.change(ctx, who, shopID, ofMovement(shopID, movementID), func(d *Dossier) (step, error) {
		m, err := d.movement(movementID, version)
		if err == nil {
			err = d.allowParcel(m, cmd)
		}
		if err == nil {
			err = f.plausible(a.At, m)
		}
		if err != nil {
			return nil, err
		}
		answered := *m
		if a.Waybill != "" {
			if answered.Waybill, err = movement.CleanWaybill(a.Waybill); err != nil {
				return nil, err
			}
			answered.Carrier = a.Carrier
		}
		if cmd == Stopped {
			if answered.StoppedAt = a.At; a.At == nil {
				answered.StoppedAt = &d.Now
			}
		}
		ahead := d.clone() // what is decided is decided with the answer
		after, _ := ahead.movement(movementID, 0)
		*after = answered
		if after.State, err = movement.Next(m.Purpose, m.State, e); err != nil {
			return nil, err
		}
		var lines []id.ID
		var answers []answer
		for _, in := range m.Lines {
			l, err := ahead.line(in.CaseLineID, 0)
			if err != nil {
				return nil, err
			}
			if l.State != line.Approved {
				continue // disputed: what the platform says comes first
			}
			ans, err := f.decide(ahead, *l, rule.AtReceipt)
			if err != nil {
				return nil, err
			}
			lines, answers = append(lines, l.ID), append(answers, ans)
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.Carrier, m.Waybill, m.StoppedAt = answered.Carrier, answered.Waybill, answered.StoppedAt
			c.addNote(a.Note, "", 0)
			c.moveParcel(m, e, map[string]any{"at": m.StoppedAt, "carrier": m.Carrier, "waybill": m.Waybill})
			for i, ans := range answers {
				l, _ := c.line(lines[i], 0)
				c.follow(l, ans)
			}
		}, nil
	})
}

// stopParcel does what a granted interception brings at the moment: the carrier is asked; it has the parcel, and the
// money goes back; or it has not, and the parcel comes back from the customer's door, or by a return.
func (c *change) stopParcel(l *line.Line, t terms) {
	m := c.incoming(l.ID)
	switch {
	case m == nil || m.State == movement.Cancelled:
		c.askCarrier(l, t)
	case m.StoppedAt != nil || c.situation(*l).Inspected:
		c.owe(l, t)
	case m.State == movement.InterceptFailed && c.refusedAtDoor(l):
		m.ShippedAt, m.BorneBy = &c.now, t.returnFreight
		c.moveParcel(m, movement.Door, nil)
	case m.State == movement.InterceptFailed:
		for _, in := range m.Lines {
			if in.CaseLineID == l.ID {
				c.handOver(m, in, movement.WithCarrier, movement.WithCustomer, in.Announced)
			}
		}
		c.announce(l, t)
	}
}

// refusedAtDoor is what was last said of a parcel that could not be stopped.
func (c *change) refusedAtDoor(l *line.Line) (yes bool) {
	for _, fd := range c.Findings[l.ID] {
		if fd.Fact == movement.FactRefusedAtDoor.Name() {
			yes = string(fd.Value) == "true"
		}
	}
	return yes
}

// askCarrier begins the interception of a line's units. Lines of a case share it until the carrier has answered: they
// are stopped together, as they travel.
func (c *change) askCarrier(l *line.Line, t terms) {
	in := movement.Line{CaseLineID: l.ID, OrderLineID: l.OrderLineID, Announced: l.Quantity}
	for i := range c.Movements {
		if m := &c.Movements[i]; m.Purpose == movement.Intercept && m.State == movement.Intercepting && m.WarehouseID == t.warehouse.ID &&
			c.sameOrder(m, l) {
			m.Lines = append(m.Lines, in)
			movement.InsertLine(c.b, *m, in)
			c.event(audit.Movement, m.ID, "joined", map[string]any{"line": l.ID, "quantity": l.Quantity})
			return
		}
	}
	m := movement.Movement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, Purpose: movement.Intercept, State: movement.Intercepting,
		Number: cases.NewNumber("S", c.Calendar.DateOf(c.now)), WarehouseID: t.warehouse.ID, BorneBy: t.returnFreight, DecisionID: l.DecisionID,
		AnnouncedAt: c.now, Version: 1, Lines: []movement.Line{in}}
	movement.Insert(c.b, m)
	c.Movements = append(c.Movements, m)
	c.event(audit.Movement, m.ID, "intercepting", map[string]any{"number": m.Number, "line": l.ID, "quantity": l.Quantity})
}

// sameOrder says that a parcel's lines are of the order of another one: only they travel together.
func (c *change) sameOrder(m *movement.Movement, l *line.Line) bool {
	for _, other := range c.Lines {
		if m.Carries(other.ID) && other.OrderID != l.OrderID {
			return false
		}
	}
	return true
}
