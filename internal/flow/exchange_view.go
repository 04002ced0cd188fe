package flow

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
)

// ExchangeView is what both sides see of an exchange before anything moves (S0-10).
type ExchangeView struct {
	Title   string         `json:"title,omitempty" doc:"of the article asked for, where the stock knows it"`
	Gap     *int64         `json:"gap,omitempty" doc:"price of the article less what was paid for the units, minor units: positive, the customer pays it; negative, he gets it; absent, nobody knows"`
	Paid    int64          `json:"paid,omitempty" doc:"what the customer has paid for it, minor units"`
	Held    int64          `json:"held,omitempty" doc:"units held for it"`
	Until   *clock.Instant `json:"until,omitempty" doc:"until when they are held, where that ends"`
	Deposit *Held          `json:"deposit,omitempty" doc:"of one that goes ahead of the old article"`
	Free    *int64         `json:"free,omitempty" doc:"units that can be promised beside; absent: the stock is not known"`
}

// Held is what is held of the customer's money until the old article is back.
type Held struct {
	State  settle.State   `json:"state" enum:"awaiting_hold,on_hold,waived,to_capture,to_release,captured,released"`
	Minor  int64          `json:"minor" doc:"minor units"`
	Taken  int64          `json:"taken,omitempty" doc:"of it captured, or to be captured; minor units"`
	SendBy *calendar.Date `json:"send_by,omitempty" doc:"the last day to send the old article"`
	Told   bool           `json:"told" doc:"the customer was told of that day; nothing is captured before"`
}

// exchangeView is that of a line, nil for another remedy.
func (d *Dossier) exchangeView(l line.Line) *ExchangeView {
	if !isExchange(l) {
		return nil
	}
	v := &ExchangeView{Paid: d.paidFor(l.ID)}
	if gap, known := d.gap(l); known {
		v.Gap = &gap
	}
	if h := d.held(l.ID); h != nil {
		v.Held, v.Until = h.Quantity, h.Until
	}
	if a, known := d.Stock[l.Wanted]; known {
		v.Title, v.Free = a.Title, &a.Free
	}
	if s := d.deposit(l.ID); s != nil {
		v.Deposit = &Held{State: s.State, Minor: s.Minor, Taken: s.Taken}
		if m := d.latest(l.ID, movement.Return); m != nil && d.situation(l).notSent() {
			v.Deposit.SendBy, v.Deposit.Told = m.SendBy, m.ToldAt != nil
		}
	}
	return v
}
