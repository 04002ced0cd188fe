package flow

import (
	"context"
	"errors"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
)

// What carriers say of parcels, and what follows from it. Words of a carrier are kept first and followed by a job, so that a
// push is answered quickly and nothing of it is lost. What follows of itself is little: an order that was signed for is
// delivered, and a return that somebody signed for stands at our door. Everything else is shown, and people decide: a carrier's
// "signed" is not yet the customer's hand.

// followKind does what follows from the events of a waybill.
const followKind job.Kind = "follow_parcel"

type followed struct {
	Shop    id.ID  `json:"shop"`
	Waybill string `json:"waybill"`
}

// Track keeps what a carrier says of a parcel and says how much of it was new. Nothing new changes nothing.
func (f *Flow) Track(ctx context.Context, shopID id.ID, waybill string, events []carrier.Event) (fresh int, err error) {
	no, err := movement.CleanWaybill(waybill)
	if err != nil {
		return 0, err
	}
	for i := range events {
		events[i].Waybill = no
	}
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		known, err := carrier.Events(tx, shopID, no)
		if err != nil {
			return err
		}
		add := carrier.New(known, events)
		if fresh = len(add); fresh == 0 {
			return nil
		}
		var ids []id.ID
		if err := tx.Batch(func(b *db.Batch) { ids = carrier.Append(b, tx.Now, shopID, add) }); err != nil {
			return err
		}
		if add, err = carrier.Written(tx, shopID, add, ids); err != nil { // the same push may have come twice at once
			return err
		}
		if fresh = len(add); fresh == 0 {
			return nil
		}
		if err := f.tellCases(tx, shopID, no, add); err != nil {
			return err
		}
		_, err = f.Jobs.Enqueue(tx, followKind, followed{shopID, no})
		return err
	})
	return fresh, err
}

// tellCases writes what people have to see into the timeline of the cases whose parcel it is, and gives them another version.
func (f *Flow) tellCases(tx *db.Tx, shopID id.ID, waybill string, add []carrier.Event) error {
	found, err := movement.ByWaybill(tx, shopID, waybill)
	if err != nil {
		return err
	}
	var told []id.ID
	for _, m := range found {
		err := filled(tx, func(b *db.Batch) error {
			for _, e := range add {
				if err := noteSeen(b, tx.Now, System.Name, m, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if slices.Contains(told, m.CaseID) {
			continue
		}
		told = append(told, m.CaseID)
		version, err := cases.Touch(tx, shopID, m.CaseID)
		if err != nil {
			return err
		}
		f.changed(tx, shopID, m.CaseID, version)
	}
	return nil
}

// noteSeen puts an event into the timeline that ends a way or breaks it; the steps between stand with the parcel alone.
func noteSeen(b *db.Batch, now clock.Instant, who string, m movement.Movement, e carrier.Event) error {
	if e.Status != carrier.Signed && e.Status != carrier.Problem && e.Status != carrier.Returned {
		return nil
	}
	return audit.Write(b, now, audit.Event{ShopID: m.ShopID, CaseID: m.CaseID, Subject: audit.Movement, SubjectID: m.ID, Actor: who, Verb: "carrier_" + string(e.Status)},
		map[string]any{"waybill": e.Waybill, "at": e.At, "signed_by": e.SignedBy, "source": e.Source})
}

// Seen by a person: what he read on a carrier's page or was told on the telephone.
type SeenByHand struct {
	At       *clock.Instant `json:"at,omitempty" doc:"when it happened, if not now"`
	Status   carrier.Status `json:"status" enum:"collected,in_transit,out_for_delivery,signed,problem,returned"`
	SignedBy string         `json:"signed_by,omitempty" enum:",self,family,station,locker,unknown" doc:"who took it, when signed; unknown where that is not said"`
	Text     string         `json:"text,omitempty" maxLength:"500" doc:"the carrier's words"`
	Place    string         `json:"place,omitempty" maxLength:"100"`
}

func (f *Flow) byHand(who Actor, carrierName, waybill string, s SeenByHand) (carrier.Event, error) {
	now := f.DB.Clock().Now()
	e := carrier.Event{Carrier: carrierName, Waybill: waybill, At: now, Status: s.Status, Text: s.Text, Place: s.Place, Source: carrier.Hand, Actor: who.Name, Stated: true}
	if s.At != nil {
		e.At = *s.At
	}
	if e.At > now {
		return e, errs.New(errs.Invalid, "flow.seen_in_future")
	}
	if e.Status == carrier.Signed {
		if e.SignedBy = s.SignedBy; e.SignedBy == "" {
			e.SignedBy = carrier.Unknown
		}
	}
	return e, nil
}

// TrackByHand notes what a person learnt of a case's parcel.
func (f *Flow) TrackByHand(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, s SeenByHand) (View, error) {
	return f.change(ctx, who, shopID, ofMovement(shopID, movementID), func(d *Dossier) (step, error) {
		m, err := d.movement(movementID, version)
		if err != nil {
			return nil, err
		}
		if m.Waybill == "" {
			return nil, errs.New(errs.Conflict, "flow.no_waybill")
		}
		e, err := f.byHand(who, m.Carrier, m.Waybill, s)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			carrier.Append(c.b, c.now, shopID, []carrier.Event{e})
			c.note(noteSeen(c.b, c.now, who.Name, *m, e))
			c.enqueue(followKind, followed{shopID, m.Waybill})
		}, nil
	})
}

// follow does what follows from the events of a waybill. A journey that refuses is left to people: the page shows both.
func (f *Flow) follow(ctx context.Context, j job.Job) error {
	var in followed
	if err := j.Decode(&in); err != nil {
		return err
	}
	var signed carrier.Event
	var parcels []carrier.Parcel
	var moves []movement.Movement
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		events, err := carrier.Events(tx, in.Shop, in.Waybill)
		if err != nil {
			return err
		}
		var ok bool
		if signed, ok = carrier.Arrived(events); !ok {
			return nil
		}
		if parcels, err = carrier.ByWaybill(tx, in.Shop, in.Waybill); err != nil {
			return err
		}
		moves, err = movement.ByWaybill(tx, in.Shop, in.Waybill)
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range parcels {
		if err := leftToPeople(f.orderSigned(ctx, in.Shop, p.OrderID)); err != nil {
			return err
		}
	}
	if m, ok := atOurDoor(moves); ok && len(parcels) == 0 {
		_, err := f.SignFor(ctx, System, in.Shop, m.ID, 0, &signed.At)
		return leftToPeople(err)
	}
	return nil
}

// atOurDoor is the one return that is on its way under a waybill. A number that stands on several parcels proves nothing.
func atOurDoor(moves []movement.Movement) (movement.Movement, bool) {
	if len(moves) != 1 || moves[0].Purpose != movement.Return || moves[0].State != movement.InTransit {
		return movement.Movement{}, false
	}
	return moves[0], true
}

// leftToPeople drops a refusal, which is an answer; what can be tried again is tried again.
func leftToPeople(err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if ok && !stale(err) && (e.Code == errs.Conflict || e.Code == errs.Invalid || e.Code == errs.NotFound || e.Code == errs.Denied) {
		return nil
	}
	return err
}

// orderSigned delivers an order whose every parcel was signed for: on the day of the last one, and by whom all of them were.
// A record of a person, or of the platform, is not touched (NRR-10).
func (f *Flow) orderSigned(ctx context.Context, shopID, orderID id.ID) error {
	dl, version := Delivery{}, int64(0)
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := order.Get(tx, shopID, orderID)
		if err != nil || o.SignedOn != nil {
			return err
		}
		cal, err := f.calendarOf(tx, shopID)
		if err != nil {
			return err
		}
		version = o.Version
		dl, err = delivered(tx, cal, o)
		return err
	})
	if err != nil || dl.SignedOn == nil {
		return err
	}
	_, err = f.Deliver(ctx, System, shopID, orderID, version, dl)
	return err
}

// delivered is what the carriers' words on all parcels of an order come to; nothing while one of them is out.
func delivered(tx *db.Tx, cal *calendar.Calendar, o order.Order) (dl Delivery, err error) {
	parcels, err := carrier.OfOrder(tx, o.ShopID, o.ID)
	if err != nil {
		return dl, err
	}
	for _, p := range parcels {
		events, err := carrier.Events(tx, o.ShopID, p.Waybill)
		if err != nil {
			return dl, err
		}
		e, ok := carrier.Arrived(events)
		if !ok {
			return Delivery{}, nil
		}
		day := cal.DateOf(e.At)
		if dl.SignedOn == nil || day > *dl.SignedOn {
			dl.SignedOn = &day
		}
		if dl.SignedBy == "" {
			dl.SignedBy = e.SignedBy
		} else if dl.SignedBy != e.SignedBy {
			dl.SignedBy = carrier.Unknown
		}
		if first := events[0]; o.ShippedAt == nil && (dl.ShippedAt == nil || first.At < *dl.ShippedAt) {
			dl.ShippedAt = &first.At
		}
	}
	return dl, nil
}
