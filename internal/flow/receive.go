package flow

import (
	"context"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// The parcel: on its way, at the door, opened, counted, inspected. Arrival is not inspection; inspection is not refund.

// Waybill is what is known of a parcel that was handed to a carrier.
type Waybill struct {
	Carrier    string         `json:"carrier" minLength:"1" maxLength:"40"`
	Waybill    string         `json:"waybill" minLength:"6" maxLength:"40"`
	Freight    int64          `json:"freight,omitempty" minimum:"0" maximum:"100000000" doc:"what the freight cost, minor units"`
	AdvancedBy movement.Party `json:"advanced_by,omitempty" enum:",customer,shop" doc:"who paid the carrier (S4-12)"`
}

// FillWaybill records that the customer sent the parcel.
func (f *Flow) FillWaybill(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, w Waybill) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, FillWaybill, func(m *movement.Movement) (step, error) {
		no, err := movement.CleanWaybill(w.Waybill)
		if err != nil {
			return nil, err
		}
		if w.Freight > 0 && w.AdvancedBy == "" {
			return nil, errs.New(errs.Invalid, "flow.freight_payer_missing")
		}
		here, onShelf, err := f.onShelf(ctx, shopID, no)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.Carrier, m.Waybill, m.Freight, m.AdvancedBy, m.ShippedAt = w.Carrier, no, w.Freight, w.AdvancedBy, &c.now
			c.moveParcel(m, movement.Ship, map[string]any{"carrier": w.Carrier, "waybill": no, "freight": w.Freight, "advanced_by": w.AdvancedBy})
			for _, l := range m.Lines {
				c.handOver(m, l, movement.WithCustomer, movement.WithCarrier, l.Announced)
			}
			if onShelf {
				c.claimStray(here, m)
			}
		}, nil
	})
}

// SignFor records that the parcel is at our door, unopened. at is when it came, nil now: what was signed for at the gate
// in the morning may be typed in at night, and the shop's deadlines count from the morning.
func (f *Flow) SignFor(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, at *clock.Instant) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, SignFor, func(m *movement.Movement) (step, error) {
		if err := f.plausible(at, m); err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.SignedAt = c.when(at)
			c.sign(m, map[string]any{"at": m.SignedAt})
		}, nil
	})
}

// plausible refuses a time of arrival that lies ahead, or before the parcel was expected or sent.
func (f *Flow) plausible(at *clock.Instant, m *movement.Movement) error {
	if at == nil {
		return nil
	}
	first := m.AnnouncedAt
	if m.ShippedAt != nil {
		first = *m.ShippedAt
	}
	if *at > f.DB.Clock().Now() || *at < first {
		return errs.New(errs.Invalid, "flow.arrival_time", errs.Args{"from": first.String()})
	}
	return nil
}

// when is a stated time, else now.
func (c *change) when(at *clock.Instant) *clock.Instant {
	if at != nil {
		return at
	}
	return &c.now
}

// Count is how many units of a line were in the parcel.
type Count struct {
	LineID  id.ID `json:"line_id"`
	Arrived int64 `json:"arrived" minimum:"0"`
}

// Opening is what was found on opening a parcel.
type Opening struct {
	Counts  []Count          `json:"counts" minItems:"1" maxItems:"50" nullable:"false" doc:"every line of the parcel; more than was announced lies on the shelf then"`
	Extras  []Extra          `json:"extras,omitempty" maxItems:"20" doc:"what else was in it"`
	Problem movement.Problem `json:"problem,omitempty" enum:",wrong,damaged" doc:"another thing than was sold, or broken; short is found by counting"`

	At *clock.Instant `json:"at,omitempty" doc:"when it came, if not now"`

	Freight    int64          `json:"freight,omitempty" minimum:"0" maximum:"100000000" doc:"what the way back cost, when nobody noted it before, minor units"`
	AdvancedBy movement.Party `json:"advanced_by,omitempty" enum:",customer,shop" doc:"who paid the carrier (S4-12)"`
}

// Receive records that the parcel was opened and counted. What is not as announced makes it discrepant; nothing is
// decided by that. What is too much is taken in as what it is (surplus.go).
func (f *Flow) Receive(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, o Opening) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, Receive, func(d *Dossier, m *movement.Movement) (step, error) {
		counts, err := checkCounts(*m, o.Counts)
		if err == nil {
			err = f.plausible(o.At, m)
		}
		if err != nil {
			return nil, err
		}
		if o.Freight > 0 && o.AdvancedBy == "" {
			return nil, errs.New(errs.Invalid, "flow.freight_payer_missing")
		}
		more, err := f.surplus(ctx, who, d, m, counts, o.Extras)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.ReceivedAt = c.when(o.At)
			m.Problem = o.Problem
			if o.Freight > 0 {
				m.Freight, m.AdvancedBy = o.Freight, o.AdvancedBy
			}
			from, at := c.cameFrom(m), movement.InWarehouse(c.warehouseCode(m.WarehouseID))
			for _, l := range m.Lines {
				c.handOver(m, l, from, at, counts[l.CaseLineID])
			}
			c.shelve(m, more)
			c.countIn(m, counts, map[string]any{"counts": o.Counts, "problem": m.Problem})
		}, nil
	})
}

// cameFrom is who held what is in a parcel that comes to us.
func (d *Dossier) cameFrom(m *movement.Movement) movement.Holder {
	if m.ShippedAt == nil && m.Purpose == movement.Return && d.forwardOf(m) == nil {
		return movement.WithCustomer // handed over, or sent without telling us
	}
	return movement.WithCarrier
}

// countIn writes what was counted in a parcel, and opens it. What is not as announced makes it discrepant; what came for a line
// that is over goes home.
func (c *change) countIn(m *movement.Movement, counts map[id.ID]int64, data map[string]any) {
	for i := range m.Lines {
		l := &m.Lines[i]
		n := counts[l.CaseLineID]
		if l.Arrived = &n; n < l.Announced && m.Problem == "" {
			m.Problem = movement.Short
		}
		movement.Count(c.b, *m, l.CaseLineID, n)
	}
	e := movement.Receive
	if m.Problem != "" {
		e = movement.Differ
		data["problem"] = m.Problem
	}
	c.moveParcel(m, e, data)
	for i := range c.Lines {
		if l := &c.Lines[i]; m.Carries(l.ID) && !l.State.Open() {
			c.goHome(l)
		}
	}
}

// checkCounts wants one count for every line of the parcel, none far above what was announced.
func checkCounts(m movement.Movement, counts []Count) (map[id.ID]int64, error) {
	var faults errs.Faults
	got := map[id.ID]int64{}
	for i, n := range counts {
		path := "/counts/" + itoa(i)
		switch in := carried(&m, n.LineID); {
		case in == nil:
			faults.Add(path+"/line_id", "flow.not_in_parcel")
		case n.Arrived < 0 || n.Arrived > in.Announced+maxSurplus:
			faults.Add(path+"/arrived", "flow.more_than_announced", errs.Args{"announced": in.Announced, "arrived": n.Arrived})
		}
		got[n.LineID] = n.Arrived
	}
	for _, l := range m.Lines {
		if _, ok := got[l.CaseLineID]; !ok {
			faults.Add("/counts", "flow.count_missing", errs.Args{"line": l.CaseLineID.String()})
		}
	}
	return got, faults.Err()
}

// Refuse records that we did not take the parcel; the carrier brings it back to the customer.
func (f *Flow) Refuse(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, reason string) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, Refuse, func(*movement.Movement) (step, error) {
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			c.addNote(reason, "", 0)
			shipped := m.ShippedAt != nil
			c.moveParcel(m, movement.Turn, nil)
			for _, l := range m.Lines {
				if shipped {
					c.handOver(m, l, movement.WithCarrier, movement.WithCustomer, l.Announced)
				}
			}
		}, nil
	})
}

// Announce expects a parcel again that we did not take the first time.
func (f *Flow) Announce(ctx context.Context, who Actor, shopID, lineID id.ID, version int64) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Announce)
		if err != nil {
			return nil, err
		}
		t, err := f.terms(d, *l)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.announce(l, t)
			c.awaitOld(l, t)
		}, nil
	})
}

// ReportLost records that the carrier lost a parcel.
func (f *Flow) ReportLost(ctx context.Context, who Actor, shopID, movementID id.ID, version int64) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, ReportLost, func(*movement.Movement) (step, error) {
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			c.moveParcel(m, movement.Lose, nil)
			c.claimLoss(m, carrier.ForLost)
		}, nil
	})
}

// GoOn records that a difference was settled with the customer: inspection goes on with what arrived. Units that were
// announced and did not come are with the customer, or were lost on the way.
func (f *Flow) GoOn(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, how string, lost bool) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, GoOn, func(*movement.Movement) (step, error) {
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			c.addNote(how, "", 0)
			c.moveParcel(m, movement.Settle, map[string]any{"problem": m.Problem, "rest_lost": lost})
			from, to := c.cameFrom(m), movement.WithCustomer
			if lost {
				to = movement.LostOnTheWay
			}
			for _, l := range m.Lines {
				if l.Arrived != nil {
					c.handOver(m, l, from, to, l.Announced-*l.Arrived)
				}
			}
			if lost {
				c.claimLoss(m, carrier.ForShort)
			}
		}, nil
	})
}

// SettleLost pays for goods that were lost on their way to us, as they were when they were sent: a supervisor's decision,
// booked on the carrier, from whom the shop recovers it (ECL-20; the customer does not wait for that, X20).
func (f *Flow) SettleLost(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	if !who.Supervisor {
		return View{}, errs.New(errs.Forbidden, "flow.supervisor_needed")
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, SettleLost)
		if err != nil {
			return nil, err
		}
		ans, err := f.decide(d, *l, askedAt(d, l, rule.AtApplication))
		if err != nil {
			return nil, err
		}
		if !gives(ans.Decision) {
			return nil, errs.New(errs.Denied, "flow.nothing_to_agree", errs.Args{"outcome": string(ans.Outcome), "reason": ans.Reason})
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.decided(l, ans)
			c.moveLine(l, line.Grant, map[string]any{"why": "lost on the way", "decision": l.DecisionID})
			*l = line.SetResponsible(c.b, *l, "carrier")
			c.owe(l, ans.terms)
			if m := c.incoming(l.ID); m.State != movement.Lost && c.situation(*l).Forwarded == "" { // what was lost is claimed for since it was reported
				c.claimLoss(m, carrier.ForShort)
			}
		}, nil
	})
}

// parcel runs a command on a movement. It makes sense when it does for at least one line of the parcel.
func (f *Flow) parcel(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, cmd Command, p func(*movement.Movement) (step, error)) (View, error) {
	return f.parcelOf(ctx, who, shopID, movementID, version, cmd, func(_ *Dossier, m *movement.Movement) (step, error) { return p(m) })
}

// parcelOf is parcel for commands whose plan looks at the rest of the case.
func (f *Flow) parcelOf(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, cmd Command, p func(*Dossier, *movement.Movement) (step, error)) (View, error) {
	return f.change(ctx, who, shopID, ofMovement(shopID, movementID), func(d *Dossier) (step, error) {
		m, err := d.movement(movementID, version)
		if err != nil {
			return nil, err
		}
		if err := d.allowParcel(m, cmd); err != nil {
			return nil, err
		}
		return p(d, m)
	})
}

// allowParcel asks the table for the lines a parcel carries, with this parcel in the place of their latest one.
func (d *Dossier) allowParcel(m *movement.Movement, cmd Command) (err error) {
	switch {
	case m.Purpose == movement.Transfer:
		return d.allowTransfer(m, cmd)
	case cmd == Forward:
		return d.allowForward(m)
	}
	for _, in := range m.Lines {
		l, lineErr := d.line(in.CaseLineID, 0)
		if lineErr != nil {
			return lineErr
		}
		s := d.situation(*l)
		asked := s
		switch over := s.Coming == "" && s.Going == "" && d.incoming(l.ID) == m; {
		case m.Purpose.Outward():
			asked.Going, asked.Coming, asked.Unwarned = m.State, "", false
			asked.outward(m)
		case !over: // else what it brought has gone home again
			asked.Coming, asked.Going, asked.Unchecked, asked.Untold = m.State, "", false, false
		}
		if asked.may(cmd) {
			return nil
		}
		err = s.refusal(cmd)
	}
	return err
}

// ByWaybill finds the parcels a scan at the receiving desk may mean, newest first: by the carrier's label, or by our own slip inside.
func (f *Flow) ByWaybill(ctx context.Context, shopID id.ID, waybill string) (found []movement.Movement, err error) {
	no, err := movement.CleanWaybill(waybill)
	if err != nil {
		return nil, err
	}
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		found, err = scanned(tx, shopID, no)
		return err
	})
	return found, err
}

// scanned is what a code at the receiving desk may mean: parcels with that waybill, else the one with that number of ours.
func scanned(tx *db.Tx, shopID id.ID, code string) ([]movement.Movement, error) {
	found, err := movement.ByWaybill(tx, shopID, code)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return movement.ByNumber(tx, shopID, code)
}
