package flow

import (
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
)

// 换货 — the exchange for another size or colour at the price of the sale: when the returned goods have passed, the
// article asked for goes out, and freight the customer advanced comes back where the shop bears it (S4-16, SH-05).

// sendExchange makes the parcel with the article given instead.
func (c *change) sendExchange(l *line.Line, t terms) {
	m := c.latest(l.ID, movement.Return)
	c.sendOut(l, movement.ExchangeOut, l.Quantity, m.WarehouseID)
	c.reimburseFreight(l, t)
}
