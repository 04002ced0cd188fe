package flow

import (
	"context"
	"fmt"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/rule"
)

// 换货 — the exchange for another size, colour or any other article (S0-10), from the agreement to the parcel.
//
// Agreed to, the article is held where the stock is known, and the customer is asked for the difference where he owes
// one (charge.go). When his goods have passed, the article goes out, and freight he advanced comes back where the shop
// bears it (S4-16, SH-05); a difference the shop owes is paid back as it leaves. If it is not there, nothing goes home:
// he is asked for another style, or takes the money (S4-24, exchange_choice.go). Given, it is an article of the order
// (exchange_given.go). Whatever ends the line gives up the hold, and gives back what was paid for it.

// isExchange says that a line is to be settled with another article.
func isExchange(l line.Line) bool { return l.Remedy == string(rule.Exchange) }

// prepareExchange holds the article of a granted line and asks for the difference.
func (c *change) prepareExchange(l *line.Line, t terms) {
	c.hold(l, t)
	c.charge(l, t.dueForExchange(), t)
}

// sendExchange makes the parcel with the article given instead. There is one, however often the line is agreed to.
func (c *change) sendExchange(l *line.Line, t terms) {
	if m := c.latest(l.ID, movement.ExchangeOut); m == nil || m.State == movement.Cancelled {
		c.sendArticle(l, t, c.latest(l.ID, movement.Return).WarehouseID)
		c.charge(l, t.dueForExchange(), t)
	}
	c.settleOld(l, true, t) // of one that was to go ahead, and has not left
	c.reimburseFreight(l, t)
	c.claimFirst(l)
}

// sendArticle makes a parcel to ship, or one that waits for stock. The customer is told of either (S4-23, S4-24).
func (c *change) sendArticle(l *line.Line, t terms, warehouseID id.ID) {
	c.sendOut(l, movement.ExchangeOut, l.Quantity, warehouseID)
	m := c.latest(l.ID, movement.ExchangeOut)
	m.TellBy = c.tellBy(l, t.tellDays)
	if t.checkFirst {
		m.Checked = movement.CheckNeeded
	}
	*m = movement.Note(c.b, *m)
	if c.hold(l, t) {
		return
	}
	m.TellBy = c.tellBy(l, t.callDays)
	c.moveParcel(m, movement.RunOut, map[string]any{"sku": l.Wanted})
}

// hold keeps the article of a line, and says whether it can be sent as far as anybody knows. What is held already stays
// held; what was held for another article, or another number of units, is given up.
func (c *change) hold(l *line.Line, t terms) bool {
	if h := c.held(l.ID); h != nil {
		if h.SKU == l.Wanted && h.Quantity == l.Quantity {
			return true
		}
		c.endHold(h, stock.Free)
	}
	a, known := c.Stock[l.Wanted]
	if !known {
		return !c.saidMissing(l.ID)
	}
	if a.CanHold(l.Quantity) != nil {
		c.event(audit.Line, l.ID, "no_stock", map[string]any{"sku": l.Wanted, "free": a.Free, "quantity": l.Quantity})
		return false
	}
	h := stock.Hold{LineID: l.ID, Quantity: l.Quantity, HeldAt: c.now}
	if t.holdUntil != nil {
		until := c.Calendar.EndOf(*t.holdUntil)
		h.Until = &until
	}
	a, h = stock.Keep(c.b, a, h)
	c.Stock[a.SKU] = a
	c.Holds = append(c.Holds, h)
	c.event(audit.Line, l.ID, "stock_held", map[string]any{"sku": h.SKU, "quantity": h.Quantity, "until": h.Until})
	if h.Until != nil {
		c.enqueue(holdKind, ref{Shop: c.Shop.ID, ID: l.ID}, job.RunAt(*h.Until), job.Unique(fmt.Sprintf("hold:%s", h.ID)))
	}
	return true
}

const holdKind job.Kind = "stock_hold" // a hold that runs out

// holdOver gives up what is held for a customer who has not sent his goods, or not paid, in the time the hold was for.
// What is here, or on its way to us, keeps its article unless the shop's policy says how long it is kept.
func (f *Flow) holdOver(ctx context.Context, j job.Job) error {
	var r ref
	if err := j.Decode(&r); err != nil {
		return err
	}
	_, err := f.change(ctx, System, r.Shop, ofLine(r.Shop, r.ID), func(d *Dossier) (step, error) {
		h := d.held(r.ID)
		if h == nil || h.Until == nil || d.Now < *h.Until {
			return func(*change) {}, nil
		}
		if keeps, err := f.keepsHold(d, r.ID); keeps || err != nil {
			return func(*change) {}, err
		}
		return func(c *change) {
			c.endHold(c.held(r.ID), stock.Free)
		}, nil
	})
	return err
}

// keepsHold says that a hold whose time is over is still wanted: the customer has done his part, and no table of the pack
// ends it all the same.
func (f *Flow) keepsHold(d *Dossier, lineID id.ID) (bool, error) {
	l, err := d.line(lineID, 0)
	if err != nil || !l.State.Open() {
		return false, err
	}
	t, err := f.terms(d, *l)
	s := d.situation(*l)
	return err == nil && !t.holdEnds && s.Charge != awaitingPayment && s.Coming != movement.Announced, err
}

// endHold ends a hold and keeps the dossier's stock in step.
func (c *change) endHold(h *stock.Hold, s stock.HoldState) {
	*h = stock.End(c.b, c.now, *h, s)
	if a, known := c.Stock[h.SKU]; known {
		a.Held -= h.Quantity
		if s == stock.Gone {
			a.OnHand = max(0, a.OnHand-h.Quantity)
		}
		a.Free = max(0, a.OnHand-a.Held)
		a.Version++
		c.Stock[h.SKU] = a
	}
	c.event(audit.Line, h.LineID, "stock_"+string(s), map[string]any{"sku": h.SKU, "quantity": h.Quantity})
}

// endExchange gives up what an exchange had set in motion: its line is over, or takes another way. What left before the old article was back is the
// customer's, with what he paid for it: then the old one is what he has not given, and the deposit stands for it.
func (c *change) endExchange(l *line.Line) {
	if c.situation(*l).left() {
		c.settleOld(l, false, terms{approval: "finance"})
		return
	}
	if s := c.deposit(l.ID); s != nil && in(s.State, settle.AwaitingHold, settle.OnHold, settle.Waived, settle.ToCapture) {
		c.letGo(s, "exchange_over")
	}
	if h := c.held(l.ID); h != nil {
		c.endHold(h, stock.Free)
	}
	if m := c.latest(l.ID, movement.ExchangeOut); m != nil && in(m.State, movement.ToShip, movement.NoStock) {
		c.moveParcel(m, movement.Cancel, nil)
	}
	c.charge(l, nil, terms{approval: "finance"})
}

// SendAgain sends another article where the one given in exchange, or sent once more, was lost on its way: until she has
// it, it is ours to bear (ECL-20).
func (f *Flow) SendAgain(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, SendAgain)
		if err != nil {
			return nil, err
		}
		t, err := f.terms(d, *l)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			if l.Remedy == string(rule.Reissue) {
				c.sendOut(l, movement.Reissue, l.Quantity, c.latest(l.ID, movement.Reissue).WarehouseID)
				return
			}
			c.sendArticle(l, t, c.latest(l.ID, movement.ExchangeOut).WarehouseID)
		}, nil
	})
}
