package flow

import (
	"context"

	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// 换货 — the exchange for another size or colour at the price of the sale: when the returned goods have passed, the
// article asked for goes out, and freight the customer advanced comes back where the shop bears it (S4-16, SH-05).

// SendAgain sends another article where the one given in exchange, or sent once more, was lost on its way: until she has
// it, it is ours to bear (ECL-20).
func (f *Flow) SendAgain(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		if _, err := d.lineFor(lineID, version, SendAgain); err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			purpose := movement.ExchangeOut
			if l.Remedy == string(rule.Reissue) {
				purpose = movement.Reissue
			}
			c.sendOut(l, purpose, l.Quantity, c.latest(l.ID, purpose).WarehouseID)
		}, nil
	})
}

// sendExchange makes the parcel with the article given instead.
func (c *change) sendExchange(l *line.Line, t terms) {
	m := c.latest(l.ID, movement.Return)
	c.sendOut(l, movement.ExchangeOut, l.Quantity, m.WarehouseID)
	c.reimburseFreight(l, t)
}
