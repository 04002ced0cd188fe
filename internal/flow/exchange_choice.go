package flow

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/rule"
)

// What is asked for instead, when the article is not there or the customer has thought better of it: another one, or the
// money (S4-24, S0-10, S3-10). Until the parcel has left nothing is final.

// Choice is another article asked for in exchange.
type Choice struct {
	Wanted    string `json:"wanted" minLength:"1" maxLength:"64" doc:"the article (SKU)"`
	SameStyle *bool  `json:"same_style,omitempty" doc:"another size or colour of the same style, where the stock does not say so: costs nothing"`
	Price     *int64 `json:"price,omitempty" minimum:"0" maximum:"1000000000000" doc:"price of one, where the stock does not say it or another one was agreed; minor units"`
	Note      string `json:"note,omitempty" maxLength:"2000" doc:"what was said"`
}

// ChangeWanted exchanges for another article than was asked for. It is held at once, and the difference computed anew.
func (f *Flow) ChangeWanted(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, ch Choice) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, ChangeWanted)
		if err != nil {
			return nil, err
		}
		other := *l
		other.Wanted = ch.Wanted
		if err := f.DB.Read(ctx, func(tx *db.Tx) error { return d.readStock(tx, other) }); err != nil {
			return nil, err
		}
		if a, known := d.Stock[ch.Wanted]; known && (ch.Wanted != l.Wanted || d.held(l.ID) == nil) {
			if err := a.CanHold(l.Quantity); err != nil {
				return nil, err
			}
		}
		stage := d.Decisions[l.ID].Stage
		found := append(ch.said(d, other, stage, who), line.Finding{ID: id.New(), ShopID: shopID, LineID: lineID, Fact: line.FactExchangeInStock.Name(),
			Value: json.RawMessage("true"), Stage: stage.String(), Author: who.Name, Evidence: ch.Wanted})
		d.Findings[l.ID] = append(d.Findings[l.ID], found...)
		t, err := f.terms(d, other)
		if err != nil {
			return nil, err
		}
		return func(c *change) { c.want(lineID, ch, found, t) }, nil
	})
}

// said is what is known of another article: as a person says, else as the stock does.
func (ch Choice) said(d *Dossier, l line.Line, stage rule.Stage, who Actor) (found []line.Finding) {
	add := func(fact rule.Handle[bool], v bool) {
		found = append(found, line.Finding{ID: id.New(), ShopID: l.ShopID, LineID: l.ID, Fact: fact.Name(), Value: json.RawMessage(strconv.FormatBool(v)),
			Stage: stage.String(), Author: who.Name, Evidence: ch.Wanted})
	}
	switch {
	case d.stockSays(l, line.FactExchangeSameStyle.Name()):
	case ch.SameStyle != nil:
		add(line.FactExchangeSameStyle, *ch.SameStyle)
	case ch.Price != nil:
		add(line.FactExchangeSameStyle, false)
	}
	if ch.Price != nil {
		found = append(found, line.Finding{ID: id.New(), ShopID: l.ShopID, LineID: l.ID, Fact: line.FactExchangePrice.Name(),
			Value: json.RawMessage(strconv.FormatInt(*ch.Price, 10)), Stage: stage.String(), Author: who.Name, Evidence: ch.Wanted})
	}
	found = append(found, d.priced(l, found, stage)...)
	if len(found) == 0 { // what was said of the article before is not said of this one
		add(line.FactExchangeSameStyle, true)
	}
	return found
}

func (c *change) want(lineID id.ID, ch Choice, found []line.Finding, t terms) {
	l, _ := c.line(lineID, 0)
	c.addNote(ch.Note, "", 0)
	for _, fd := range found {
		line.AddFinding(c.b, c.now, fd)
	}
	c.event(audit.Line, l.ID, "wanted", map[string]any{"from": l.Wanted, "to": ch.Wanted})
	*l = line.SetWanted(c.b, *l, l.Remedy, ch.Wanted)
	m := c.latest(l.ID, movement.ExchangeOut)
	if m == nil || m.State == movement.Cancelled {
		c.prepareExchange(l, t)
		return
	}
	if !c.hold(l, t) {
		c.note(errs.New(errs.Conflict, "stock.none_left", errs.Args{"sku": ch.Wanted, "left": c.Stock[ch.Wanted].Free, "asked": l.Quantity}))
		return
	}
	c.toShip(l, m, t)
	c.charge(l, t.dueForExchange(), t)
}

// toShip makes a parcel ready that waited for stock, or was ready with another article: it is looked at anew, and the
// customer is told its number.
func (c *change) toShip(l *line.Line, m *movement.Movement, t terms) {
	m.TellBy, m.ToldAt, m.Checked = c.tellBy(l, t.tellDays), nil, ""
	if t.checkFirst {
		m.Checked = movement.CheckNeeded
	}
	if m.State == movement.NoStock {
		c.moveParcel(m, movement.Restock, map[string]any{"sku": l.Wanted})
		return
	}
	*m = movement.Note(c.b, *m)
}

// RefundInstead gives the money back in the place of an exchange, as the policy decides it for a return: what is missing
// from stock is known to it (S4-24).
func (f *Flow) RefundInstead(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, RefundInstead)
		if err != nil {
			return nil, err
		}
		stage := d.Decisions[l.ID].Stage
		var found []line.Finding
		if d.runOut(*l) {
			found = []line.Finding{{ID: id.New(), ShopID: shopID, LineID: lineID, Fact: line.FactExchangeInStock.Name(), Value: json.RawMessage("false"),
				Stage: stage.String(), Author: who.Name, Evidence: l.Wanted}}
			d.Findings[l.ID] = append(d.Findings[l.ID], found...)
		}
		back := *l
		back.Remedy, back.Wanted = string(rule.RefundReturn), ""
		ans, err := f.decide(d, back, stage)
		if err != nil {
			return nil, err
		}
		if !gives(ans.Decision) {
			return nil, errs.New(errs.Denied, "flow.nothing_to_agree", errs.Args{"outcome": string(ans.Outcome), "reason": ans.Reason})
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			for _, fd := range found {
				line.AddFinding(c.b, c.now, fd)
			}
			c.event(audit.Line, l.ID, "remedy", map[string]any{"from": l.Remedy, "to": back.Remedy, "wanted": l.Wanted})
			c.endExchange(l)
			*l = line.SetWanted(c.b, *l, back.Remedy, back.Wanted)
			c.follow(l, ans)
			c.bear(l, ans.terms)
		}, nil
	})
}

// OutOfStock records that the article of an exchange was looked for and is not there: the customer is called (S4-24).
func (f *Flow) OutOfStock(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, OutOfStock)
		if err != nil {
			return nil, err
		}
		t, err := f.terms(d, *l)
		if err != nil {
			return nil, err
		}
		stage := d.Decisions[l.ID].Stage
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			fd := line.Finding{ID: id.New(), ShopID: shopID, LineID: lineID, Fact: line.FactExchangeInStock.Name(), Value: json.RawMessage("false"),
				Stage: stage.String(), Author: c.who.Name, Evidence: l.Wanted}
			line.AddFinding(c.b, c.now, fd)
			c.Findings[l.ID] = append(c.Findings[l.ID], fd)
			if h := c.held(l.ID); h != nil {
				c.endHold(h, stock.Gone)
			}
			c.event(audit.Line, l.ID, "out_of_stock", map[string]any{"sku": l.Wanted})
			if m := c.latest(l.ID, movement.ExchangeOut); m != nil && m.State == movement.ToShip {
				m.TellBy, m.ToldAt, m.Checked = c.tellBy(l, t.callDays), nil, ""
				c.moveParcel(m, movement.RunOut, map[string]any{"sku": l.Wanted})
			}
		}, nil
	})
}

// InStock records that the article is there after all: it is held, and goes out.
func (f *Flow) InStock(ctx context.Context, who Actor, shopID, lineID id.ID, version int64) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, InStock)
		if err != nil {
			return nil, err
		}
		if a, known := d.Stock[l.Wanted]; known && d.held(l.ID) == nil {
			if err := a.CanHold(l.Quantity); err != nil {
				return nil, err
			}
		}
		t, err := f.terms(d, *l)
		if err != nil {
			return nil, err
		}
		stage := d.Decisions[l.ID].Stage
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			fd := line.Finding{ID: id.New(), ShopID: shopID, LineID: lineID, Fact: line.FactExchangeInStock.Name(), Value: json.RawMessage("true"),
				Stage: stage.String(), Author: c.who.Name, Evidence: l.Wanted}
			line.AddFinding(c.b, c.now, fd)
			c.Findings[l.ID] = append(c.Findings[l.ID], fd)
			c.hold(l, t)
			c.toShip(l, c.latest(l.ID, movement.ExchangeOut), t)
			c.charge(l, t.dueForExchange(), t)
		}, nil
	})
}
