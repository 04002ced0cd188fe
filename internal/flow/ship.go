package flow

import (
	"context"

	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
)

// What leaves for the customer: goods that go home, and the article given in exchange.

// ShipOut records that goods left for the customer: refused ones going home, or the article given in exchange.
func (f *Flow) ShipOut(ctx context.Context, who Actor, shopID, movementID id.ID, version int64, w Waybill) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, ShipOut, func(*movement.Movement) (step, error) {
		no, err := movement.CleanWaybill(w.Waybill)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.Carrier, m.Waybill, m.Freight, m.AdvancedBy, m.ShippedAt = w.Carrier, no, w.Freight, w.AdvancedBy, &c.now
			c.moveParcel(m, movement.Ship, map[string]any{"carrier": w.Carrier, "waybill": no})
			c.carryOut(m, movement.InWarehouse(c.warehouseCode(m.WarehouseID)), movement.WithCarrier)
		}, nil
	})
}

// Delivered records that the customer has the goods.
func (f *Flow) Delivered(ctx context.Context, who Actor, shopID, movementID id.ID, version int64) (View, error) {
	return f.parcel(ctx, who, shopID, movementID, version, Delivered, func(*movement.Movement) (step, error) {
		return func(c *change) {
			m, _ := c.movement(movementID, 0)
			m.ReceivedAt = &c.now
			c.moveParcel(m, movement.Deliver, nil)
			c.carryOut(m, movement.WithCarrier, movement.WithCustomer)
		}, nil
	})
}

// carryOut hands over what goes home. The article given in exchange comes from stock, which this software does not
// keep: it was never a unit of the order, so it has no holding here.
func (c *change) carryOut(m *movement.Movement, from, to movement.Holder) {
	if m.Purpose != movement.SendBack {
		return
	}
	for _, l := range m.Lines {
		c.handOver(m, l, from, to, l.Announced)
	}
}
