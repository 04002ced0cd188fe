package flow

import (
	"context"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/live"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/stray"
	"github.com/sanbao/sanbao/internal/web"
)

// The door 收件登记: parcels are scanned as they come, before anybody opens one. A parcel that is expected is signed for;
// one that nobody announced goes on the shelf, and off it when its owner is found. Arrival is not receipt: nothing is
// counted or decided here.

// Scan is one parcel at the door.
type Scan struct {
	Code      string         `json:"code" minLength:"6" maxLength:"60" doc:"the waybill, or the return number written on the parcel"`
	Carrier   string         `json:"carrier,omitempty" maxLength:"40"`
	Warehouse string         `json:"warehouse,omitempty" maxLength:"40" doc:"code of the warehouse it came to; the one it was sent to without it"`
	At        *clock.Instant `json:"at,omitempty" doc:"when it came, if not now"`
	Freight   int64          `json:"freight,omitempty" minimum:"0" maximum:"100000000" doc:"what was paid to the carrier on arrival (到付), minor units"`
}

// ScanResult says what a scan meant.
type ScanResult string

const (
	ScanSigned ScanResult = "signed"  // expected, and signed for now
	ScanKnown  ScanResult = "known"   // scanned before, or no parcel that can arrive: nothing was written
	ScanStray  ScanResult = "stray"   // nobody announced it: it is on the shelf now
	ScanShelf  ScanResult = "shelved" // nobody announced it, and it lies on the shelf already: nothing was written
)

// Scanned is the answer to a scan.
type Scanned struct {
	Result    ScanResult         `json:"result" enum:"signed,known,stray,shelved"`
	Parcel    *movement.Movement `json:"parcel,omitempty"`
	Stray     *stray.Parcel      `json:"stray,omitempty"`
	Elsewhere string             `json:"elsewhere,omitempty" doc:"code of the warehouse it was sent to, where it came to another"`
	FreightBy movement.Party     `json:"freight_by,omitempty" enum:"customer,shop" doc:"who bears the freight that was paid on arrival, by the decision (S4-12)"`
}

// scan is a planned Scan.
type scan struct {
	d      *Dossier // of the parcel that is signed for
	parcel *movement.Movement
	to     id.ID // the warehouse it came to, where that is another
	stray  stray.Parcel
	out    Scanned
}

// Scan takes in one parcel. A second scan of it changes nothing and says so.
//
// Errors: Invalid movement.waybill_malformed, flow.no_warehouse, flow.arrival_time.
func (f *Flow) Scan(ctx context.Context, who Actor, shopID id.ID, s Scan) (Scanned, error) {
	code, err := movement.CleanWaybill(s.Code)
	if err != nil {
		return Scanned{}, err
	}
	s.Code = code
	return again(ctx, func() (Scanned, error) {
		out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (p scan, err error) {
			err = f.DB.Read(ctx, func(tx *db.Tx) error {
				p, err = f.planScan(tx, who, shopID, s)
				return err
			})
			return p, err
		}, func(tx *db.Tx, p scan) (Scanned, error) { return f.takeIn(tx, who, s, p) })
		return out, err
	})
}

// planScan finds what a scan means.
func (f *Flow) planScan(tx *db.Tx, who Actor, shopID id.ID, s Scan) (p scan, err error) {
	at, err := warehouseAt(tx, shopID, s.Warehouse)
	if err != nil {
		return p, err
	}
	found, err := scanned(tx, shopID, s.Code)
	if err != nil {
		return p, err
	}
	for _, m := range found {
		if m.Purpose.Outward() {
			continue
		}
		d, err := f.read(tx, shopID, m.CaseID)
		if err != nil {
			return p, err
		}
		known, err := d.movement(m.ID, 0)
		if err != nil {
			return p, err
		}
		if t := d.forwardOf(known); t != nil && t.State != movement.Received { // its old label is still on it
			known = t
		}
		if d.allowParcel(known, SignFor) != nil {
			if p.out.Parcel == nil {
				p.out = Scanned{Result: ScanKnown, Parcel: known}
			}
			continue
		}
		p = scan{d: d, parcel: known, out: Scanned{Result: ScanSigned}}
		if at != 0 && at != known.WarehouseID {
			p.to, p.out.Elsewhere = at, d.warehouseCode(known.WarehouseID)
		}
		if s.Freight > 0 {
			p.out.FreightBy = known.BorneBy
		}
		return p, f.plausible(s.At, known)
	}
	if p.out.Parcel != nil {
		return p, nil
	}
	return f.planStray(tx, who, shopID, at, s)
}

// planStray is a parcel that nobody announced.
func (f *Flow) planStray(tx *db.Tx, who Actor, shopID, warehouseID id.ID, s Scan) (p scan, err error) {
	here, onShelf, err := stray.OnShelfBy(tx, shopID, s.Code)
	if err != nil || onShelf {
		return scan{out: Scanned{Result: ScanShelf, Stray: &here}}, err
	}
	if s.At != nil && *s.At > f.DB.Clock().Now() {
		return p, errs.New(errs.Invalid, "flow.arrival_ahead")
	}
	p.out.Result = ScanStray
	p.stray = stray.Parcel{ID: id.New(), Kind: stray.WholeParcel, ShopID: shopID, WarehouseID: warehouseID, Waybill: s.Code, Carrier: s.Carrier, Freight: s.Freight, State: stray.OnShelf, By: who.Name, Version: 1}
	sent, err := carrier.ByWaybill(tx, shopID, s.Code)
	if err == nil && len(sent) > 0 { // it went out with an order and came back
		p.stray.OrderID, p.stray.Carrier = sent[0].OrderID, sent[0].Carrier
	}
	return p, err
}

// takeIn writes what a scan means.
func (f *Flow) takeIn(tx *db.Tx, who Actor, s Scan, p scan) (Scanned, error) {
	switch p.out.Result {
	case ScanSigned:
		_, err := f.apply(tx, who, p.d, func(c *change) {
			cases.Take(c.b, c.Case)
			m, _ := c.movement(p.parcel.ID, 0)
			if s.Freight > 0 {
				m.Freight, m.AdvancedBy = s.Freight, movement.Shop
			}
			if p.to != 0 {
				c.reroute(m, p.to)
			}
			m.SignedAt = c.when(s.At)
			c.sign(m, map[string]any{"at": m.SignedAt, "freight": s.Freight})
			p.out.Parcel = m
		})
		return p.out, err
	case ScanStray:
		p.stray.ArrivedAt = tx.Now
		if s.At != nil {
			p.stray.ArrivedAt = *s.At
		}
		err := filled(tx, func(b *db.Batch) error {
			stray.Insert(b, p.stray)
			return strayEvent(b, tx.Now, who, p.stray, "arrived")
		})
		if db.IsUnique(err) { // somebody else scanned it at the same moment
			return p.out, errs.New(errs.Conflict, "db.stale")
		}
		f.changed(tx, p.stray.ShopID, live.Shelf, 1)
		p.out.Stray = &p.stray
		return p.out, err
	}
	return p.out, nil
}

func strayEvent(b *db.Batch, now clock.Instant, who Actor, p stray.Parcel, verb string) error {
	return audit.Write(b, now, audit.Event{ShopID: p.ShopID, Subject: audit.Stray, SubjectID: p.ID, Actor: who.Name, Verb: verb}, map[string]any{"waybill": p.Waybill})
}

// warehouseAt is the id of a warehouse by its code; 0 for "".
func warehouseAt(tx *db.Tx, shopID id.ID, code string) (id.ID, error) {
	if code == "" {
		return 0, nil
	}
	all, err := shop.Warehouses(tx, shopID)
	if err != nil {
		return 0, err
	}
	for _, w := range all {
		if w.Code == code {
			return w.ID, nil
		}
	}
	return 0, errs.New(errs.Invalid, "flow.no_warehouse", errs.Args{"warehouse": errs.Clip(code)})
}
