package flow

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/rule"
)

// What an exchange is known by, and what the shop's pack says of it.

// Tables of a shop's pack that an exchange asks; each may be missing.
const (
	exchangeTermsTable    = "exchange_terms"    // → pays, gets_back: the difference either way; without it in full (S0-10)
	exchangeDispatchTable = "exchange_dispatch" // → send: whether it leaves without having been looked at (S2-15)
	exchangeNoticeTable   = "exchange_notice"   // → within_days: until when the customer is told (S4-23, S4-24)
	exchangeHoldTable     = "exchange_hold"     // → days: how long the article is held; without it as long as he has to send his
)

// exchangeTerms are what an agreed exchange brings beside the parcels.
type exchangeTerms struct {
	pays, getsBack, resend int64 // the difference either way, and the freight of the second delivery he bears
	resendBy               string
	checkFirst             bool
	tellDays, callDays     *int64 // days from the arrival of his goods; nil: nobody sets them
	holdUntil              *calendar.Date
	holdEnds               bool // it ends then whatever comes: the pack's table says so
	advance                advanceTerms
}

// dueForExchange is what the customer pays, in parts.
func (t terms) dueForExchange() (parts []settle.Part) {
	if t.pays > 0 {
		parts = append(parts, settle.Part{Kind: settle.Difference, Minor: t.pays})
	}
	if t.resend > 0 {
		parts = append(parts, settle.Part{Kind: settle.ResendFreight, Minor: t.resend, Clause: t.resendBy})
	}
	return parts
}

// exchangeTermsOf asks the pack's tables. Facts they lack are left to people: what nobody says changes nothing.
func exchangeTermsOf(d *Dossier, book *rule.Book, dec *rule.Decision, facts rule.Facts, t *terms) error {
	if gap, known := line.FactExchangeGap.Get(facts); known {
		t.pays, t.getsBack = max(gap, 0), max(-gap, 0)
	}
	in := rule.Input{Facts: facts, Stage: dec.Stage, At: d.Now, Calendar: d.Calendar}
	row, err := optional(book, exchangeTermsTable, in)
	if err != nil {
		return err
	}
	if row != nil && row.Values != nil {
		t.pays, t.getsBack = row.Values["pays"].Int(), row.Values["gets_back"].Int()
	}
	for _, leg := range dec.Asked().Freight {
		if freight, known := line.FactExchangeFreight.Get(facts); known && leg.Leg == "resend" && leg.Value == string(movement.Customer) {
			t.resend, t.resendBy = freight, leg.By
		}
	}
	if row, err = optional(book, exchangeDispatchTable, in); err != nil {
		return err
	}
	if t.advance, err = advanceTermsOf(book, in); err != nil {
		return err
	}
	t.checkFirst = row != nil && (row.Values == nil || !row.Values["send"].Bool())
	for inStock, days := range map[bool]**int64{true: &t.tellDays, false: &t.callDays} {
		if *days, err = noticeDays(book, in, inStock); err != nil {
			return err
		}
	}
	t.holdUntil = t.sendBy
	if row, err = optional(book, exchangeHoldTable, in); err == nil && row != nil && row.Values != nil {
		until := d.today().AddDays(int(row.Values["days"].Int()))
		t.holdUntil, t.holdEnds = &until, true
	}
	return err
}

// noticeDays is how many days the notice table gives, with the article there or not.
func noticeDays(book *rule.Book, in rule.Input, inStock bool) (*int64, error) {
	in.Facts = in.Facts.Clone()
	putBool(in.Facts, line.FactExchangeInStock, in.Stage, inStock)
	row, err := optional(book, exchangeNoticeTable, in)
	if err != nil || row == nil || row.Values == nil {
		return nil, err
	}
	n := row.Values["within_days"].Int()
	return &n, nil
}

// optional asks a table that a pack need not have; nil where it has none.
func optional(book *rule.Book, table string, in rule.Input) (*rule.Row, error) {
	row, err := book.Lookup(table, in)
	if e := errs.As(err); e != nil && e.Key == "rule.table_unknown" {
		return nil, nil
	}
	return row, err
}

// putBool sets a fact at a stage, in the place of what is known of it there.
func putBool(fs rule.Facts, h rule.Handle[bool], at rule.Stage, v bool) {
	one := rule.Facts{}
	h.Set(one, v)
	fs.Put(h.Name(), at, one[h.Name()][0].Value)
}

// tellBy is the last day to tell the customer, counted from the arrival of his goods.
func (c *change) tellBy(l *line.Line, days *int64) *calendar.Date {
	if days == nil {
		return nil
	}
	from := c.Calendar.DateOf(c.now)
	if m := c.incoming(l.ID); m != nil && m.ReceivedAt != nil {
		from = c.Calendar.DateOf(*m.ReceivedAt)
	}
	by := from.AddDays(int(*days))
	return &by
}

// exchangeFacts are what our own records say of the article asked for. What has been agreed to stays agreed to: that it is
// missing when it is to leave is dealt with there, and never a reason to refuse his goods (S4-24).
func exchangeFacts(d *Dossier, l line.Line, stage rule.Stage) rule.Facts {
	fs := rule.Facts{}
	if !isExchange(l) {
		return fs
	}
	if a, known := d.Stock[l.Wanted]; l.State == line.Approved {
		putBool(fs, line.FactExchangeInStock, stage, true)
	} else if known {
		line.FactExchangeInStock.Set(fs, a.Free >= l.Quantity || d.held(l.ID) != nil)
	}
	if gap, known := d.gap(l); known {
		line.FactExchangeGap.Set(fs, gap)
	}
	return fs
}

// gap is what the article asked for costs beyond what was paid for the units: nothing within one style, whatever it costs
// today (S0-10). Where no price is known nobody knows it.
func (d *Dossier) gap(l line.Line) (minor int64, known bool) {
	sold := d.orderLine(l)
	var price int64
	same := l.Wanted == sold.SKU
	for _, fd := range d.Findings[l.ID] {
		switch fd.Fact {
		case line.FactExchangeSameStyle.Name():
			same = string(fd.Value) == "true"
		case line.FactExchangePrice.Name():
			known = json.Unmarshal(fd.Value, &price) == nil
		}
	}
	if same || !known {
		return 0, same
	}
	paid, err := d.costOf(l)
	return price*l.Quantity - paid, err == nil && price <= rule.MaxAmount/l.Quantity
}

// costOf is what was paid for the units of an exchange, also where their price has gone over to what was given for them.
func (d *Dossier) costOf(l line.Line) (int64, error) {
	if units, price, _ := d.movedBy(l.ID); units > 0 {
		return price, nil
	}
	if given := d.givenFor(l); given != nil {
		return given.MovedMinor, nil
	}
	sold := d.orderLine(l)
	return settle.Next(sold.Net, sold.Quantity, sold.AllocatedUnits, sold.AllocatedMinor, l.Quantity)
}

// readStock adds what is known of the articles of an exchange: the one that was sold, and the one that is wanted.
func (d *Dossier) readStock(tx *db.Tx, l line.Line, wanted ...string) error {
	if !isExchange(l) {
		return nil
	}
	for _, sku := range append(wanted, d.orderLine(l).SKU, l.Wanted) {
		if _, known := d.Stock[sku]; known {
			continue
		}
		a, err := stock.Get(tx, d.Shop.ID, sku)
		if err != nil {
			return err
		}
		if a != nil {
			d.Stock[sku] = *a
		}
	}
	return nil
}

// priced notes what the article asked for costs, and whether it is of the same style, on the day it is asked for. What a
// person has said of it stands.
func (d *Dossier) priced(l line.Line, said []line.Finding, stage rule.Stage) (found []line.Finding) {
	note := func(fact, value, why string) {
		if !slices.ContainsFunc(said, func(fd line.Finding) bool { return fd.Fact == fact }) {
			found = append(found, line.Finding{ID: id.New(), ShopID: l.ShopID, LineID: l.ID, Fact: fact, Value: json.RawMessage(value), Stage: stage.String(), Author: System.Name, Evidence: why})
		}
	}
	to, known := d.Stock[l.Wanted]
	if !isExchange(l) || !known {
		return nil
	}
	if of, known := d.Stock[d.orderLine(l).SKU]; known {
		if same, known := of.SameStyle(to); known {
			note(line.FactExchangeSameStyle.Name(), strconv.FormatBool(same), of.Style+" · "+to.Style)
		}
	}
	if to.Price != nil {
		note(line.FactExchangePrice.Name(), strconv.FormatInt(*to.Price, 10), to.SKU+" "+d.today().String())
	}
	return found
}

// held is what is kept for a line.
func (d *Dossier) held(lineID id.ID) *stock.Hold {
	for i := range d.Holds {
		if h := &d.Holds[i]; h.LineID == lineID && h.State == stock.Held {
			return h
		}
	}
	return nil
}

// saidMissing says that somebody looked for a line's article, and it was not there.
func (d *Dossier) saidMissing(lineID id.ID) (missing bool) {
	for _, fd := range d.Findings[lineID] {
		if fd.Fact == line.FactExchangeInStock.Name() {
			missing = string(fd.Value) == "false"
		}
	}
	return missing
}

// runOut says that a line's article cannot be sent, as far as anybody knows.
func (d *Dossier) runOut(l line.Line) bool {
	if d.held(l.ID) != nil {
		return false
	}
	if a, known := d.Stock[l.Wanted]; known {
		return a.Free < l.Quantity
	}
	return d.saidMissing(l.ID)
}

// stockSays says that the stock tells a fact of a line, so that nobody states it.
func (d *Dossier) stockSays(l line.Line, fact string) bool {
	to, known := d.Stock[l.Wanted]
	if !known || !isExchange(l) {
		return false
	}
	of := d.Stock[d.orderLine(l).SKU]
	_, styled := of.SameStyle(to)
	return fact == line.FactExchangeInStock.Name() || fact == line.FactExchangeSameStyle.Name() && styled
}
