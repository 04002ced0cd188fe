package flow

import (
	"context"
	"fmt"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// 先行换货 — the article given in exchange leaves before the old one is back. What the old one was sold for is held meanwhile 押金: placed with the
// platform or the bank and confirmed by finance, or waived by a supervisor. Who may agree to that, what share is held and how long the customer has, is
// the pack's to say. What becomes of the deposit is deposit.go's.

// exchangeAdvanceTable of a shop's pack says who may let the article go first; a pack without it lets nobody.
const exchangeAdvanceTable = "exchange_advance" // → by, hold_percent, days, notice_days

// advanceTerms are what an exchange that goes ahead brings.
type advanceTerms struct {
	by          string // who may agree: agent or supervisor; "" nobody
	holdPercent int64  // of what was paid for the old one
	sendDays    int64  // to send it, from the day the new one came
	asks        string // the fact the table has to know first, where it cannot say
	noticeDays  int64  // at least so long before anything is captured, he is told
}

// advanceTermsOf asks the pack. What the table cannot answer yet is not agreed to, and says why.
func advanceTermsOf(book *rule.Book, in rule.Input) (t advanceTerms, err error) {
	row, err := optional(book, exchangeAdvanceTable, in)
	if err == nil && row != nil && len(row.Open) > 0 {
		return advanceTerms{asks: row.Open[0].Fact}, nil
	}
	if err != nil || row == nil || row.Values["by"].Word() == "nobody" {
		return t, err
	}
	return advanceTerms{by: row.Values["by"].Word(), holdPercent: max(0, min(100, row.Values["hold_percent"].Int())), sendDays: row.Values["days"].Int(), noticeDays: row.Values["notice_days"].Int()}, nil
}

// Advance lets the article of an agreed exchange go before the old one is back, and asks for the deposit.
func (f *Flow) Advance(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Advance)
		if err != nil {
			return nil, err
		}
		t, err := f.terms(d, *l)
		if err != nil {
			return nil, err
		}
		switch {
		case t.advance.asks != "":
			def, _, _ := f.Policies.Vocabulary().Def(t.advance.asks)
			return nil, errs.New(errs.Denied, "flow.advance_open", errs.Args{"fact": def.Label})
		case t.advance.by == "":
			return nil, errs.New(errs.Denied, "flow.no_advance")
		case t.advance.by == "supervisor" && !who.Supervisor:
			return nil, errs.New(errs.Forbidden, "flow.supervisor_needed")
		}
		paid, err := d.costOf(*l)
		if err != nil {
			return nil, err
		}
		held, err := money.UpTo(paid, 100, t.advance.holdPercent)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.askDeposit(l, held, t)
			c.sendArticle(l, t, t.warehouse.ID)
		}, nil
	})
}

// askDeposit asks the customer to have an amount held. Of nothing nothing is asked.
func (c *change) askDeposit(l *line.Line, minor int64, t terms) {
	s := settle.Settlement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, LineID: l.ID, DecisionID: l.DecisionID, Responsible: l.Responsible,
		Kind: settle.Deposit, Route: c.chargeRoute(l), Minor: minor, Currency: c.Shop.Currency, DueOn: t.answerBy, CreatedAt: c.now,
		Parts: []settle.Part{{Kind: settle.Unreturned, Minor: minor}}}
	s.PayoutNo = "D" + s.ID.String()
	opened, err := settle.Open(c.b, s, settle.AskHold)
	c.note(err)
	c.Settlements = append(c.Settlements, opened)
	c.event(audit.Settlement, s.ID, "deposit", map[string]any{"minor": minor, "currency": s.Currency, "line": l.ID, "payout_no": s.PayoutNo})
	if minor == 0 {
		c.moveMoney(&c.Settlements[len(c.Settlements)-1], settle.Waive, nil)
	}
}

// PlaceHold records that the deposit is held: number, amount, time and proof. It is no payment, and nothing is booked.
func (f *Flow) PlaceHold(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, r settle.Receipt) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, PlaceHold, func(d *Dossier, s *settle.Settlement) (step, error) {
		if err := s.CheckReceipt(r, d.Now); err != nil {
			return nil, err
		}
		if err := f.DB.Read(ctx, func(tx *db.Tx) error { return settle.NumberFree(tx, shopID, s.ID, r.ExternalNo) }); err != nil {
			return nil, err
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			c.numbered(s, r.Route, r.ExternalNo, r.Proof)
			s.InitiatedAt = &r.At
			c.moveMoney(s, settle.Place, map[string]any{"external_no": s.ExternalNo, "minor": s.Minor, "route": s.Route, "proof": s.Proof})
		}, nil
	})
}

// WaiveHold lets the article go without a deposit: a supervisor's decision, with a reason.
func (f *Flow) WaiveHold(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, reason string) (View, error) {
	return f.supervised(ctx, who, shopID, settlementID, version, WaiveHold, reason, func(_ *Dossier, _ *settle.Settlement) (step, error) {
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			s.ApprovedBy = c.who.Name
			c.moveMoney(s, settle.Waive, map[string]any{"reason": reason})
		}, nil
	})
}

// supervised runs a supervisor's command on a deposit, with a reason that is noted.
func (f *Flow) supervised(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, cmd Command, reason string, p func(*Dossier, *settle.Settlement) (step, error)) (View, error) {
	if !who.Supervisor {
		return View{}, errs.New(errs.Forbidden, "flow.supervisor_needed")
	}
	return f.onMoney(ctx, who, shopID, settlementID, version, cmd, func(d *Dossier, s *settle.Settlement) (step, error) {
		do, err := p(d, s)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			c.addNote(reason, "", 0)
			do(c)
		}, nil
	})
}

// awaitOld gives the customer of an exchange that went ahead his time to send the old one: the pack's days from today, never less than he had. He is told
// of it before it ends.
func (c *change) awaitOld(l *line.Line, t terms) {
	m := c.latest(l.ID, movement.Return)
	if s := c.situation(*l); !s.owesOld() || m.State != movement.Announced {
		return
	}
	by := c.today().AddDays(int(t.advance.sendDays))
	if m.SendBy != nil {
		by = max(by, *m.SendBy)
	}
	tell := max(by.AddDays(-int(t.advance.noticeDays)), c.today())
	m.SendBy, m.TellBy, m.ToldAt = &by, &tell, nil
	c.moreTime(m, "send_by")
	c.captureLater(l, by)
}

// moreTime writes until when a parcel is to be sent, and starts its clock anew.
func (c *change) moreTime(m *movement.Movement, verb string) {
	*m = movement.Note(c.b, *m)
	c.event(audit.Movement, m.ID, verb, map[string]any{"send_by": m.SendBy})
	c.expireLater(*m) // for the other lines it carries
}

func (c *change) captureLater(l *line.Line, by calendar.Date) {
	c.enqueue(oldKind, ref{Shop: c.Shop.ID, ID: l.ID}, job.RunAt(c.Calendar.EndOf(by)), job.Unique(fmt.Sprintf("old:%s:%s", l.ID, by)))
}

// warned records that the customer was told until when the old one is to be sent. From whom was told late nothing is captured before the pack's days of notice are over.
func (c *change) warned(m *movement.Movement, t terms) {
	by := c.today().AddDays(int(t.advance.noticeDays))
	m.ToldAt = &c.now
	if m.SendBy != nil && by > *m.SendBy {
		m.SendBy = &by
		c.moreTime(m, "send_by")
	} else {
		*m = movement.Note(c.b, *m)
	}
	for _, in := range m.Lines {
		if l, _ := c.line(in.CaseLineID, 0); m.SendBy != nil && c.situation(*l).owesOld() {
			c.captureLater(l, *m.SendBy)
		}
	}
}

// Extend gives the customer more time to send the old one, as was agreed with him; what was about to be captured is not.
func (f *Flow) Extend(ctx context.Context, who Actor, shopID, settlementID id.ID, version int64, until calendar.Date, reason string) (View, error) {
	return f.onMoney(ctx, who, shopID, settlementID, version, Extend, func(d *Dossier, s *settle.Settlement) (step, error) {
		m := d.latest(s.LineID, movement.Return)
		first, last := d.today(), d.today().AddDays(maxExtension)
		if m.SendBy != nil {
			first = max(first, m.SendBy.AddDays(1))
		}
		if until < first || until > last {
			return nil, errs.New(errs.Invalid, "flow.extend_day", errs.Args{"from": first.String(), "to": last.String()})
		}
		return func(c *change) {
			s, _ := c.settlement(settlementID, 0)
			l, _ := c.line(s.LineID, 0)
			c.addNote(reason, "", 0)
			if s.State == settle.ToCapture {
				s.Taken = 0
				c.moveMoney(s, settle.Keep, map[string]any{"until": until})
			}
			m := c.latest(l.ID, movement.Return)
			m.SendBy, m.ToldAt = &until, &c.now
			c.moreTime(m, "extended")
			c.captureLater(l, until)
		}, nil
	})
}

// maxExtension is how far ahead the last day to send can be put, in days.
const maxExtension = 60
