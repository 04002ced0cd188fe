package flow

import (
	"context"
	"strings"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/live"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/stray"
	"github.com/sanbao/sanbao/internal/web"
)

// 无主件 — parcels on the shelf: what their label says, whose they are, or back to where they came from.

// Labelled is what the label of a stray parcel says.
type Labelled struct {
	PhoneTail string `json:"phone_tail,omitempty" maxLength:"4" doc:"last four digits of the sender's phone"`
	Label     string `json:"label,omitempty" maxLength:"200" doc:"a name, what is inside: whatever helps to find the owner"`
	Carrier   string `json:"carrier,omitempty" maxLength:"40"`
}

// Label notes what the label of a parcel on the shelf says.
func (f *Flow) Label(ctx context.Context, who Actor, shopID, strayID id.ID, version int64, l Labelled) (stray.Parcel, error) {
	return f.onStray(ctx, who, shopID, strayID, version, "labelled", func(p stray.Parcel) (stray.Parcel, error) {
		p.PhoneTail, p.Label = strings.TrimSpace(l.PhoneTail), strings.TrimSpace(l.Label)
		if l.Carrier != "" {
			p.Carrier = l.Carrier
		}
		return p, stray.CheckTail(p.PhoneTail)
	})
}

// SendStrayBack gives a parcel back to its carrier unopened; units that were too much go home.
func (f *Flow) SendStrayBack(ctx context.Context, who Actor, shopID, strayID id.ID, version int64) (stray.Parcel, error) {
	return f.onStray(ctx, who, shopID, strayID, version, "sent_back", func(p stray.Parcel) (stray.Parcel, error) {
		return p.End(stray.SentBack)
	})
}

// onStray changes a parcel that is on the shelf.
func (f *Flow) onStray(ctx context.Context, who Actor, shopID, strayID id.ID, version int64, verb string, change func(stray.Parcel) (stray.Parcel, error)) (stray.Parcel, error) {
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (p stray.Parcel, err error) {
		err = f.DB.Read(ctx, func(tx *db.Tx) error {
			p, err = stray.Get(tx, shopID, strayID)
			return err
		})
		if err == nil {
			err = current(version, p.Version)
		}
		if err == nil {
			_, err = p.End(p.State) // only what is on the shelf
		}
		if err != nil {
			return p, err
		}
		return change(p)
	}, func(tx *db.Tx, p stray.Parcel) (stray.Parcel, error) {
		if p.State != stray.OnShelf {
			p.EndedAt = &tx.Now
		}
		place, err := warehouseOf(tx, p)
		if err != nil {
			return p, err
		}
		err = filled(tx, func(b *db.Batch) error {
			stray.Update(b, p)
			if p.State == stray.SentBack {
				homeAgain(tx, b, who, p, place)
			}
			return strayEvent(b, tx.Now, who, p, verb)
		})
		f.changed(tx, shopID, live.Shelf, 1)
		p.Version++
		return p, err
	})
	return out, err
}

// Match finds the owner of a parcel on the shelf: it is signed for as the parcel of a return, as of the day it came.
//
// Errors: Conflict stray.ended; Conflict flow.not_now where that return expects no parcel.
func (f *Flow) Match(ctx context.Context, who Actor, shopID, strayID, movementID id.ID) (View, error) {
	return f.change(ctx, who, shopID, ofMovement(shopID, movementID), func(d *Dossier) (step, error) {
		m, err := d.movement(movementID, 0)
		if err != nil {
			return nil, err
		}
		var p stray.Parcel
		err = f.DB.Read(ctx, func(tx *db.Tx) error {
			p, err = stray.Get(tx, shopID, strayID)
			return err
		})
		if err == nil {
			_, err = p.End(stray.Matched)
		}
		if err == nil && p.Kind == stray.Unit {
			return f.matchUnits(ctx, d, p, m)
		}
		if err == nil {
			err = d.allowParcel(m, SignFor)
		}
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.Waybill = p.Waybill
			if p.Carrier != "" {
				m.Carrier = p.Carrier
			}
			c.claimStray(p, m)
		}, nil
	})
}

// warehouseOf is the code of the warehouse that units lie in.
func warehouseOf(tx *db.Tx, p stray.Parcel) (string, error) {
	all, err := shop.Warehouses(tx, p.ShopID)
	for _, w := range all {
		if w.ID == p.WarehouseID {
			return w.Code, err
		}
	}
	return "", err
}

// onShelf finds the parcel on the shelf with a waybill.
func (f *Flow) onShelf(ctx context.Context, shopID id.ID, waybill string) (p stray.Parcel, found bool, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		p, found, err = stray.OnShelfBy(tx, shopID, waybill)
		return err
	})
	return p, found, err
}

// claimStray takes a parcel off the shelf for a movement, which is signed for as of the day it came: the shop's time
// runs from then, whoever forgot to say what.
func (c *change) claimStray(p stray.Parcel, m *movement.Movement) {
	p = c.endStray(p, m)
	if p.Freight > 0 {
		m.Freight, m.AdvancedBy = p.Freight, movement.Shop
	}
	m.SignedAt = &p.ArrivedAt
	c.moveParcel(m, movement.Sign, map[string]any{"at": m.SignedAt, "stray": p.ID})
}
