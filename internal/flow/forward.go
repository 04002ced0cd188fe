package flow

import (
	"context"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
)

// 转仓 — a return that came to another warehouse than it is for goes on to that one, unopened or opened. It travels as a parcel of its own.
// The customer does not wait for it: his goods are back with us since the first arrival, and what is lost between two of our
// warehouses is our loss, which the carrier is asked to make good. Whoever opens or inspects it does so where it has come to.

// Forward sends a parcel that came to the wrong warehouse on to another 转仓.
const Forward Command = "forward"

// Onward is where a parcel goes on to, and how.
type Onward struct {
	To      string `json:"to" minLength:"1" maxLength:"40" doc:"code of the warehouse"`
	Carrier string `json:"carrier" minLength:"1" maxLength:"40"`
	Waybill string `json:"waybill" minLength:"6" maxLength:"40"`
	Freight int64  `json:"freight,omitempty" minimum:"0" maximum:"100000000" doc:"what the freight cost the shop, minor units"`
}

// Forward records that a return left for another warehouse.
//
// Errors: Invalid movement.waybill_malformed, flow.no_warehouse, flow.forward_same; Conflict flow.not_now.
func (f *Flow) Forward(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, o Onward) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, Forward, func(d *Dossier, m *movement.Movement) (step, error) {
		no, err := movement.CleanWaybill(o.Waybill)
		if err != nil {
			return nil, err
		}
		to, err := d.warehouse(o.To)
		if err != nil {
			return nil, err
		}
		if to.ID == m.WarehouseID {
			return nil, errs.New(errs.Invalid, "flow.forward_same", errs.Args{"warehouse": o.To})
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			t := movement.Movement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, Purpose: movement.Transfer, State: movement.InTransit,
				Number: cases.NewNumber("T", c.Calendar.DateOf(c.now)), WarehouseID: to.ID, Carrier: o.Carrier, Waybill: no, Freight: o.Freight,
				BorneBy: movement.Shop, AnnouncedAt: c.now, ShippedAt: &c.now, Version: 1}
			if o.Freight > 0 {
				t.AdvancedBy = movement.Shop
			}
			from := c.cameFrom(m)
			if m.State == movement.Received {
				from = movement.InWarehouse(c.warehouseCode(m.WarehouseID))
			}
			for _, in := range m.Lines {
				t.Lines = append(t.Lines, movement.Line{CaseLineID: in.CaseLineID, OrderLineID: in.OrderLineID, Announced: here(in)})
			}
			movement.Insert(c.b, t)
			c.event(audit.Movement, m.ID, "forwarded", map[string]any{"number": t.Number, "from": c.warehouseCode(m.WarehouseID), "to": o.To, "carrier": o.Carrier, "waybill": no, "freight": o.Freight})
			c.Movements = append(c.Movements, t)
			for _, in := range t.Lines {
				c.handOver(&t, in, from, movement.WithCarrier, in.Announced)
			}
		}, nil
	})
}

// here is how many units of a line are in a parcel: those that were counted, or were announced while nobody has.
func here(in movement.Line) int64 {
	if in.Arrived != nil {
		return *in.Arrived
	}
	return in.Announced
}

// sign notes that a parcel is at our door. One that was forwarded brings what it carries to the warehouse it came to.
func (c *change) sign(m *movement.Movement, data map[string]any) {
	c.moveParcel(m, movement.Sign, data)
	if m.Purpose != movement.Transfer {
		return
	}
	first := c.forwarded(m)
	if first == nil {
		return
	}
	c.reroute(first, m.WarehouseID)
	for _, in := range m.Lines {
		if home := c.latest(in.CaseLineID, movement.SendBack); home != nil && home.ID > first.ID && home.State == movement.ToShip {
			c.reroute(home, m.WarehouseID)
		}
	}
	if first.State == movement.SignedFor {
		return // unopened: counted when it is opened, as any other
	}
	for i := range m.Lines {
		in := &m.Lines[i]
		n := in.Announced
		in.Arrived = &n
		movement.Count(c.b, *m, in.CaseLineID, n)
		c.handOver(m, *in, movement.WithCarrier, movement.InWarehouse(c.warehouseCode(m.WarehouseID)), n)
	}
}

// reroute notes that a parcel is, or goes from, another warehouse than was said before.
func (c *change) reroute(m *movement.Movement, to id.ID) {
	if m.WarehouseID == to {
		return
	}
	c.event(audit.Movement, m.ID, "rerouted", map[string]any{"to": c.warehouseCode(to)})
	lines := m.Lines
	*m = movement.Reroute(c.b, *m, to)
	m.Lines = lines
}

// forwardOf is the parcel in which a return last went on to another warehouse, nil when it did not.
func (d *Dossier) forwardOf(m *movement.Movement) *movement.Movement {
	for i := len(d.Movements) - 1; i >= 0; i-- {
		if t := &d.Movements[i]; t.Purpose == movement.Transfer {
			if first := d.forwarded(t); first != nil && first.ID == m.ID {
				return t
			}
		}
	}
	return nil
}

// forwarded is the return that goes on in a parcel between warehouses: the last that came before it with its lines.
func (d *Dossier) forwarded(t *movement.Movement) *movement.Movement {
	for i := len(d.Movements) - 1; i >= 0; i-- {
		if m := &d.Movements[i]; m.Purpose.Inward() && m.ID < t.ID && m.Carries(t.Lines[0].CaseLineID) {
			return m
		}
	}
	return nil
}

// forwarded looks at where the parcel of a line is that went on to another warehouse.
func (s *Situation) forwarded(d *Dossier, m *movement.Movement) {
	if t := d.forwardOf(m); t != nil && t.State != movement.Received {
		s.Forwarded = t.State
	}
}

// onTheRoad: the goods are between two of our warehouses, and nothing else is to be done.
func (s Situation) onTheRoad() bool {
	return s.Forwarded == movement.InTransit && s.Money == "" && in(s.Going, "", movement.ToShip) &&
		in(s.Line, line.Approved, line.Rejected, line.Cancelled, line.Expired)
}

// mayGoOn: the goods of a line can leave for another warehouse: they are here, and nobody has looked at them or decided what becomes of them.
func (s Situation) mayGoOn() bool {
	return s.Line == line.Approved && in(s.Coming, movement.SignedFor, movement.Received) && s.Forwarded == "" && !s.Quarantined && !s.Inspected && !s.Ahead &&
		s.Going == "" && s.Money == ""
}

// allowForward says whether a parcel can go on to another warehouse: all of it, for it is one parcel.
func (d *Dossier) allowForward(m *movement.Movement) error {
	var units int64
	for _, in := range m.Lines {
		l, err := d.line(in.CaseLineID, 0)
		if err != nil {
			return err
		}
		if s := d.situation(*l); !m.Purpose.Inward() || d.incoming(l.ID) != m || !s.mayGoOn() || len(d.Warehouses) < 2 {
			return s.refusal(Forward)
		}
		units += here(in)
	}
	if units == 0 && len(m.Lines) > 0 {
		l, err := d.line(m.Lines[0].CaseLineID, 0)
		if err != nil {
			return err
		}
		return d.situation(*l).refusal(Forward)
	}
	return nil
}

// onTransfer are the commands on a parcel between warehouses, and what they mean.
var onTransfer = map[Command]movement.Event{SignFor: movement.Sign, ReportLost: movement.Lose}

// allowTransfer says whether a command makes sense on a parcel between warehouses.
func (d *Dossier) allowTransfer(t *movement.Movement, cmd Command) error {
	e, ok := onTransfer[cmd]
	if !ok {
		l, err := d.line(t.Lines[0].CaseLineID, 0)
		if err != nil {
			return err
		}
		return d.situation(*l).refusal(cmd)
	}
	_, err := movement.Next(t.Purpose, t.State, e)
	return err
}
