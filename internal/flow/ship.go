package flow

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// What leaves for the customer: goods that go home, and the article given in exchange. It is looked at first where the
// policy wants that (S2-15), and he is told its number before he asks (S4-23).

// ShipOut records that goods left for the customer: refused ones going home, or the article given in exchange.
func (f *Flow) ShipOut(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, w Waybill) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, ShipOut, func(d *Dossier, m *movement.Movement) (step, error) {
		no, err := movement.CleanWaybill(w.Waybill)
		if err != nil {
			return nil, err
		}
		var t terms
		if m.Purpose == movement.ExchangeOut {
			l, err := d.line(m.Lines[0].CaseLineID, 0)
			if err == nil {
				t, err = f.terms(d, *l)
			}
			if err != nil {
				return nil, err
			}
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.Carrier, m.Waybill, m.Freight, m.AdvancedBy, m.ShippedAt = w.Carrier, no, w.Freight, w.AdvancedBy, &c.now
			c.moveParcel(m, movement.Ship, map[string]any{"carrier": w.Carrier, "waybill": no})
			c.carryOut(m, movement.InWarehouse(c.warehouseCode(m.WarehouseID)), movement.WithCarrier)
			if m.Purpose == movement.ExchangeOut {
				l, _ := c.line(m.Lines[0].CaseLineID, 0)
				c.leave(l, t)
			}
		}, nil
	})
}

// Delivered records that the customer has the goods.
func (f *Flow) Delivered(ctx context.Context, who Actor, shopID, movementID id.ID, version int64) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, Delivered, func(d *Dossier, m *movement.Movement) (step, error) {
		var t terms
		l, err := d.line(m.Lines[0].CaseLineID, 0)
		if err == nil && d.situation(*l).owesOld() {
			t, err = f.terms(d, *l)
		}
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.ReceivedAt = &c.now
			c.moveParcel(m, movement.Deliver, nil)
			c.carryOut(m, movement.WithCarrier, movement.WithCustomer)
			if m.Purpose == movement.ExchangeOut {
				l, _ := c.line(m.Lines[0].CaseLineID, 0)
				c.give(l, m)
				c.awaitOld(l, t)
			}
		}, nil
	})
}

// carryOut hands over what goes home. The article given in exchange comes from stock: it was never a unit of the line it
// stands for, so it has no holding there.
func (c *change) carryOut(m *movement.Movement, from, to movement.Holder) {
	if m.Purpose != movement.SendBack {
		return
	}
	for _, l := range m.Lines {
		c.handOver(m, l, from, to, l.Announced)
	}
}

// CheckOut records that what is given in exchange was looked at before it leaves: quality, size, number (S2-15). What does
// not pass stays here; another one is taken, or there is none (OutOfStock).
func (f *Flow) CheckOut(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, passed bool, note, evidence string) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, CheckOut, func(d *Dossier, m *movement.Movement) (step, error) {
		lineID := m.Lines[0].CaseLineID
		if err := f.checkEvidence(ctx, shopID, lineID, evidence); err != nil {
			return nil, err
		}
		if !passed && strings.TrimSpace(note) == "" {
			return nil, errs.New(errs.Invalid, "flow.note_empty")
		}
		value, err := json.Marshal(passed)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			c.addNote(note, "", 0)
			line.AddFinding(c.b, c.now, line.Finding{ID: id.New(), ShopID: shopID, LineID: lineID, Fact: line.FactExchangeChecked.Name(), Value: value,
				Stage: rule.AtReceipt.String(), Author: c.who.Name, Evidence: evidence})
			if passed {
				m.Checked = movement.CheckPassed
			}
			*m = movement.Note(c.b, *m)
			c.event(audit.Movement, m.ID, "checked", map[string]any{"passed": passed, "evidence": evidence})
		}, nil
	})
}

// Tell records that the customer was told: the number of what is on its way to her, or that it is out of stock; of what she has to send, until when, and
// that else what is held for it is captured.
func (f *Flow) Tell(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, note string) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, Tell, func(d *Dossier, m *movement.Movement) (step, error) {
		var t terms
		if m.Purpose == movement.Return {
			l, err := d.line(m.Lines[0].CaseLineID, 0)
			if err == nil {
				t, err = f.terms(d, *l)
			}
			if err != nil {
				return nil, err
			}
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			c.addNote(note, "", 0)
			if m.Purpose == movement.Return {
				c.warned(m, t)
			} else {
				m.ToldAt = &c.now
				*m = movement.Note(c.b, *m)
			}
			c.event(audit.Movement, m.ID, "told", map[string]any{"waybill": m.Waybill, "state": m.State})
		}, nil
	})
}
