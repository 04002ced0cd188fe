package flow

import (
	"context"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

// The parcels an order went out in.

// Tracked is a parcel with what its carrier said of it.
type Tracked struct {
	Carrier    string          `json:"carrier"`
	Waybill    string          `json:"waybill"`
	OrderID    id.ID           `json:"order_id,omitzero" doc:"of a parcel an order went out in"`
	MovementID id.ID           `json:"movement_id,omitzero" doc:"of a parcel of a case"`
	Events     []carrier.Event `json:"events" nullable:"false" doc:"the carrier's words, oldest first"`
	Allowed    []Command       `json:"allowed,omitempty" doc:"of a parcel on a case: enquire, claim_carrier"`
	Suggests   Command         `json:"suggests,omitempty" doc:"what the carrier's last word suggests to do; a person decides"`
}

// NewParcel is a parcel an order went out in.
type NewParcel struct {
	Carrier string `json:"carrier" minLength:"1" maxLength:"40"`
	Waybill string `json:"waybill" minLength:"6" maxLength:"40"`
}

// AddParcel notes a parcel an order went out in, and lists all of them. One that is noted changes nothing.
func (f *Flow) AddParcel(ctx context.Context, who Actor, shopID, orderID id.ID, p NewParcel) ([]Tracked, error) {
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(context.Context) (string, error) { return movement.CleanWaybill(p.Waybill) },
		func(tx *db.Tx, no string) ([]Tracked, error) {
			if _, err := order.Get(tx, shopID, orderID); err != nil {
				return nil, err
			}
			p.Waybill = no
			if _, err := f.addParcel(tx, who, shopID, orderID, p, false); err != nil {
				return nil, err
			}
			return OrderParcels(tx, shopID, orderID)
		})
	return out, err
}

// OrderParcels lists the parcels an order went out in with what is known of them.
func OrderParcels(tx *db.Tx, shopID, orderID id.ID) ([]Tracked, error) {
	out := []Tracked{}
	parcels, err := carrier.OfOrder(tx, shopID, orderID)
	for _, p := range parcels {
		events, err := carrier.Events(tx, shopID, p.Waybill)
		if err != nil {
			return nil, err
		}
		out = append(out, Tracked{Carrier: p.Carrier, Waybill: p.Waybill, OrderID: orderID, Events: append([]carrier.Event{}, events...)})
	}
	return out, err
}

// Tracking lists every parcel of a case that has a waybill, those its orders went out in first.
func (d *Dossier) Tracking(tx *db.Tx) ([]Tracked, error) {
	out := []Tracked{}
	seen := map[id.ID]bool{}
	for _, l := range d.Lines {
		if seen[l.OrderID] {
			continue
		}
		seen[l.OrderID] = true
		of, err := OrderParcels(tx, d.Shop.ID, l.OrderID)
		if err != nil {
			return nil, err
		}
		for i := range of {
			of[i].Allowed = d.allowedTracked(of[i].Waybill)
		}
		out = append(out, of...)
	}
	for i := range d.Movements {
		m := &d.Movements[i]
		if m.Waybill == "" {
			continue
		}
		events, err := carrier.Events(tx, d.Shop.ID, m.Waybill)
		if err != nil {
			return nil, err
		}
		out = append(out, Tracked{Carrier: m.Carrier, Waybill: m.Waybill, MovementID: m.ID, Events: append([]carrier.Event{}, events...), Suggests: d.suggested(m, events),
			Allowed: d.allowedTracked(m.Waybill)})
	}
	return out, nil
}

// allowedTracked lists what may be begun with the carrier of a parcel: what is open already is gone on with.
func (d *Dossier) allowedTracked(waybill string) []Command {
	out := []Command{}
	if !d.enquiring(waybill) {
		out = append(out, Enquire)
	}
	if !d.claiming(waybill) {
		out = append(out, ClaimCarrier)
	}
	return out
}

// suggested is what a carrier's "signed" suggests for a parcel: that the customer has what we sent, or that a return is at our door.
func (d *Dossier) suggested(m *movement.Movement, events []carrier.Event) Command {
	if _, ok := carrier.Arrived(events); !ok {
		return ""
	}
	cmd := SignFor
	switch {
	case m.Purpose.Outward():
		cmd = Delivered
	case m.Purpose == movement.Intercept:
		return "" // it may have been signed for by the customer
	}
	if d.allowParcel(m, cmd) != nil {
		return ""
	}
	return cmd
}

// TrackOrder notes by hand what a carrier says of a parcel an order went out in.
func (f *Flow) TrackOrder(ctx context.Context, who Actor, shopID, orderID id.ID, waybill string, s SeenByHand) ([]Tracked, error) {
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(context.Context) (e carrier.Event, err error) {
			no, err := movement.CleanWaybill(waybill)
			if err != nil {
				return e, err
			}
			return f.byHand(who, "", no, s)
		},
		func(tx *db.Tx, e carrier.Event) ([]Tracked, error) {
			parcels, err := carrier.OfOrder(tx, shopID, orderID)
			if err != nil {
				return nil, err
			}
			for _, p := range parcels {
				if p.Waybill == e.Waybill {
					e.Carrier = p.Carrier
				}
			}
			if e.Carrier == "" {
				return nil, errs.New(errs.NotFound, "flow.parcel_not_of_order", errs.Args{"waybill": e.Waybill})
			}
			if err := tx.Batch(func(b *db.Batch) { carrier.Append(b, tx.Now, shopID, []carrier.Event{e}) }); err != nil {
				return nil, err
			}
			if _, err := f.Jobs.Enqueue(tx, followKind, followed{shopID, e.Waybill}); err != nil {
				return nil, err
			}
			return OrderParcels(tx, shopID, orderID)
		})
	return out, err
}

func (f *Flow) calendarOf(tx *db.Tx, shopID id.ID) (*calendar.Calendar, error) {
	s, err := shop.Get(tx, shopID)
	if err != nil {
		return nil, err
	}
	return f.calendar(s)
}
