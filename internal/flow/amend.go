package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/rule"
)

// Split, cancel, expire, dispute, reopen; goodwill; notes, flags, who has it and who bears it.

// Cancel records that the customer withdraws a line. Goods that are here go home.
func (f *Flow) Cancel(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		if _, err := d.lineFor(lineID, version, Cancel); err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.moveLine(l, line.Cancel, nil)
			c.dropParcel(l)
			c.goHome(l)
		}, nil
	})
}

// dropParcel takes a line out of a parcel that was only announced; an empty parcel is cancelled.
func (c *change) dropParcel(l *line.Line) {
	m := c.incoming(l.ID)
	if m == nil || m.State != movement.Announced && m.State != movement.Intercepting {
		return
	}
	if len(m.Lines) == 1 {
		c.moveParcel(m, movement.Cancel, nil)
		return
	}
	movement.Drop(c.b, *m, l.ID)
	var rest []movement.Line
	for _, in := range m.Lines {
		if in.CaseLineID != l.ID {
			rest = append(rest, in)
		}
	}
	m.Lines = rest
}

const (
	expireKind job.Kind = "expire"      // a parcel that was not sent
	silentKind job.Kind = "silent_line" // a customer who did not answer
)

// waitForAnswer sets the timer of a line that waits for the customer's answer.
func (c *change) waitForAnswer(l *line.Line) {
	if l.State.Asks() && l.AnswerBy != nil {
		c.enqueue(silentKind, ref{Shop: c.Shop.ID, ID: l.ID}, job.RunAt(c.Calendar.EndOf(*l.AnswerBy)),
			job.Unique(fmt.Sprintf("silent:%s:%s", l.ID, l.AnswerBy)))
	}
}

// silent closes a line whose customer did not answer in time. It does nothing when he did.
func (f *Flow) silent(ctx context.Context, j job.Job) error {
	var r ref
	if err := j.Decode(&r); err != nil {
		return err
	}
	_, err := f.change(ctx, System, r.Shop, ofLine(r.Shop, r.ID), func(d *Dossier) (step, error) {
		l, err := d.line(r.ID, 0)
		if err != nil {
			return nil, err
		}
		if !d.situation(*l).may(Expire) || d.stillTime(l) != nil {
			return func(*change) {}, nil
		}
		return func(c *change) {
			l, _ := c.line(r.ID, 0)
			c.moveLine(l, line.Expire, map[string]any{"answer_by": l.AnswerBy.String()})
		}, nil
	})
	return err
}

// stillTime is nil when the customer's time is over, and else says until when he has it. Where nothing sets a day, only
// the customer's own word ends the waiting.
func (d *Dossier) stillTime(l *line.Line) error {
	by := l.AnswerBy
	if l.State == line.Approved {
		by = nil
		if m := d.latest(l.ID, movement.Return); m != nil {
			by = m.SendBy
		}
	}
	switch {
	case by == nil:
		return errs.New(errs.Conflict, "flow.no_deadline")
	case d.Now < d.Calendar.EndOf(*by):
		return errs.New(errs.Conflict, "flow.still_time", errs.Args{"until": by.String()})
	}
	return nil
}

// hasTime says that a day is set for the customer, and is not over.
func (d *Dossier) hasTime(l *line.Line) bool {
	e := errs.As(d.stillTime(l))
	return e != nil && e.Key == "flow.still_time"
}

// expireLater sets the timer of a parcel that has to be sent by a day.
func (c *change) expireLater(m movement.Movement) {
	c.enqueue(expireKind, ref{Shop: c.Shop.ID, ID: m.ID}, job.RunAt(c.Calendar.EndOf(*m.SendBy)), job.Unique(fmt.Sprintf("expire:%s:%s", m.ID, m.SendBy)))
}

// expire closes the lines of a parcel that was not sent in time. It does nothing when the parcel is on its way.
func (f *Flow) expire(ctx context.Context, j job.Job) error {
	var r ref
	if err := json.Unmarshal(j.Args, &r); err != nil {
		return fmt.Errorf("expire: %w", err)
	}
	_, err := f.change(ctx, System, r.Shop, ofMovement(r.Shop, r.ID), func(d *Dossier) (step, error) {
		m, err := d.movement(r.ID, 0)
		if err != nil {
			return nil, err
		}
		if m.State != movement.Announced || m.SendBy == nil || d.Now < d.Calendar.EndOf(*m.SendBy) {
			return func(*change) {}, nil
		}
		return func(c *change) {
			m, _ := c.movement(r.ID, 0)
			for _, in := range slices.Clone(m.Lines) {
				if l, _ := c.line(in.CaseLineID, 0); l.State == line.Approved && c.situation(*l).may(Expire) {
					c.moveLine(l, line.Expire, map[string]any{"send_by": m.SendBy.String()})
					c.dropParcel(l)
				}
			}
		}, nil
	})
	return err
}

// Expire closes a line the customer never came back to.
func (f *Flow) Expire(ctx context.Context, who Actor, shopID, lineID id.ID, version int64) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Expire)
		if err != nil {
			return nil, err
		}
		if err := d.stillTime(l); err != nil && !(who.Supervisor && errs.As(err).Key == "flow.no_deadline") {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.moveLine(l, line.Expire, nil)
			c.dropParcel(l)
		}, nil
	})
}

// Dispute records that the platform steps in: nothing is decided or paid here until it is over.
func (f *Flow) Dispute(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		if _, err := d.lineFor(lineID, version, Dispute); err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.moveLine(l, line.Dispute, nil)
		}, nil
	})
}

// Reopen takes a closed line up again and decides it anew on what is known now.
func (f *Flow) Reopen(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.redecide(ctx, who, shopID, lineID, version, Reopen, rule.AtApplication, nil, "", func(c *change, l *line.Line) {
		c.addNote(reason, "", 0)
		c.keepHere(l)
		c.moveLine(l, line.Reopen, nil)
	})
}

// Override is a supervisor's goodwill against a no (S4-21): never automatic, always with a reason, and only as far as
// the shop's policy has a clause for it. It records the fact that the policy asks for and decides again.
func (f *Flow) Override(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	if !who.Supervisor {
		return View{}, errs.New(errs.Forbidden, "flow.supervisor_needed")
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Override)
		if err != nil {
			return nil, err
		}
		stage := d.Decisions[l.ID].Stage
		found := []line.Finding{{ID: id.New(), ShopID: shopID, LineID: l.ID, Fact: line.FactGoodwillOverride.Name(), Value: json.RawMessage("true"),
			Stage: stage.String(), Author: who.Name, Evidence: reason}}
		d.Findings[l.ID] = append(d.Findings[l.ID], found...)
		ans, err := f.decide(d, *l, stage)
		if err != nil {
			return nil, err
		}
		if ans.Outcome != rule.Approve && ans.Outcome != rule.Offer {
			return nil, errs.New(errs.Denied, "flow.no_goodwill_clause", errs.Args{"reason": ans.Reason, "clause": ans.Clause})
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			for _, fd := range found {
				line.AddFinding(c.b, c.now, fd)
			}
			c.addNote(reason, "", 0)
			c.keepHere(l)
			c.decided(l, ans)
			c.moveLine(l, line.Override, map[string]any{"reason": ans.Reason, "decision": l.DecisionID})
			c.granted(l, ans.terms)
		}, nil
	})
}

// Split takes part of a line's quantity out into a line of its own, with the same history, so that it can go another
// way. Units that did not arrive go with the new line.
func (f *Flow) Split(ctx context.Context, who Actor, shopID, lineID id.ID, version, quantity int64) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Split)
		if err != nil {
			return nil, err
		}
		if quantity < 1 || quantity >= l.Quantity {
			return nil, errs.New(errs.Invalid, "flow.split_quantity", errs.Args{"quantity": l.Quantity})
		}
		return func(c *change) { c.split(lineID, quantity) }, nil
	})
}

func (c *change) split(lineID id.ID, quantity int64) {
	l, _ := c.line(lineID, 0)
	part := *l
	part.ID, part.ParentID, part.Quantity, part.Status = id.New(), l.ID, quantity, ""
	*l = line.SetQuantity(c.b, *l, l.Quantity-quantity)
	part = line.InsertAs(c.b, part)
	line.CopyFindings(c.b, c.Findings[l.ID], part.ID)
	c.Findings[part.ID] = c.Findings[l.ID]
	c.Cores[part.ID], c.Decisions[part.ID] = c.Cores[l.ID], c.Decisions[l.ID]
	for _, m := range []*movement.Movement{c.incoming(l.ID), c.latest(l.ID, movement.SendBack)} { // the parcel that came, and the one it went home with
		if m != nil && m.State != movement.Cancelled {
			c.share(m, *l, part)
		}
	}
	if h := c.held(l.ID); h != nil {
		rest, gone := stock.Share(c.b, *h, part.ID, quantity)
		*h = rest
		c.Holds = append(c.Holds, gone)
	}
	c.event(audit.Line, l.ID, "split", map[string]any{"quantity": quantity, "into": part.ID})
	c.Lines = append(c.Lines, part)
}

// share gives the line that was split off its units in a parcel; units that did not arrive are its first.
func (c *change) share(m *movement.Movement, l, part line.Line) {
	stay := carried(m, l.ID)
	gone := movement.Line{CaseLineID: part.ID, OrderLineID: part.OrderLineID, Announced: min(part.Quantity, stay.Announced)}
	stay.Announced -= gone.Announced
	if stay.Arrived != nil {
		kept := min(*stay.Arrived, stay.Announced)
		moved := *stay.Arrived - kept
		stay.Arrived, gone.Arrived = &kept, &moved
	}
	movement.Share(c.b, *m, *stay, gone)
	m.Lines = append(m.Lines, gone)
}

// SetResponsible names the party inside that bears a line: supplier, warehouse, carrier, agent … It never touches what
// the customer gets. What was booked already moves to the new party's account.
func (f *Flow) SetResponsible(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, party string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		if _, err := d.lineFor(lineID, version, Responsible); err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			was := l.Responsible
			*l = line.SetResponsible(c.b, *l, party)
			for i := range c.Settlements {
				if s := &c.Settlements[i]; s.LineID == lineID && s.State != settle.Voided && s.Kind != settle.Charge {
					old := cost(*s)
					*s = settle.SetResponsible(c.b, *s, party)
					if booked(s.State) {
						c.post(ledger.Move(c.Shop.ID, "reassigned", s.ID, s.Amount(), old, cost(*s)))
					}
				}
			}
			c.event(audit.Line, lineID, "responsible", map[string]any{"from": was, "to": party})
		}, nil
	})
}

// booked says that a settlement's approval stands in the books.
func booked(s settle.State) bool {
	return in(s, settle.ToPay, settle.Processing, settle.Failed, settle.Settled)
}

// Note adds a remark to a case. Nobody's remark is ever changed or deleted; one's own mistake is amended by a further
// one (S4-02).
func (f *Flow) Note(ctx context.Context, who Actor, shopID, caseID id.ID, text, progress string, amends id.ID) (View, error) {
	if strings.TrimSpace(text) == "" {
		return View{}, errs.New(errs.Invalid, "flow.note_empty")
	}
	if amends != 0 {
		if err := f.mayAmend(ctx, who, shopID, caseID, amends); err != nil {
			return View{}, err
		}
	}
	return f.change(ctx, who, shopID, ofCase(caseID), func(*Dossier) (step, error) {
		return func(c *change) { c.addNote(text, progress, amends) }, nil
	})
}

// mayAmend: people correct their own notes, on the case they stand on.
func (f *Flow) mayAmend(ctx context.Context, who Actor, shopID, caseID, noteID id.ID) error {
	return f.DB.Read(ctx, func(tx *db.Tx) error {
		author, err := cases.NoteAuthor(tx, shopID, caseID, noteID)
		if err == nil && author != who.Name {
			err = errs.New(errs.Forbidden, "flow.others_note")
		}
		return err
	})
}

func (c *change) addNote(text, progress string, amends id.ID) {
	if strings.TrimSpace(text) == "" {
		return
	}
	cases.AddNote(c.b, c.now, c.Shop.ID, c.Case.ID, cases.Note{ID: id.New(), Author: c.who.Name, Text: text, Progress: progress, Amends: amends})
}

// Flag sets a case's flag.
func (f *Flow) Flag(ctx context.Context, who Actor, shopID, caseID id.ID, flag string) (View, error) {
	return f.onCase(ctx, who, shopID, caseID, "flagged", func(k *cases.Case) { k.Flag = flag }, map[string]any{"flag": flag})
}

// Assign gives a case to a person who can log in and may read the shop's cases, named by login, whoever it is that gives
// it; "" puts it back for anybody.
//
// Errors: Invalid at /assignee flow.not_staff for everybody else.
func (f *Flow) Assign(ctx context.Context, who Actor, shopID, caseID id.ID, assignee string) (View, error) {
	c, err := f.colleague(ctx, shopID, assignee)
	if err != nil {
		return View{}, err
	}
	return f.onCase(ctx, who, shopID, caseID, "assigned", func(k *cases.Case) { k.Assignee = assignee },
		map[string]any{"assignee": assignee, "name": c.Name})
}

// colleague finds who can be given a case of a shop.
func (f *Flow) colleague(ctx context.Context, shopID id.ID, login string) (auth.Colleague, error) {
	if login == "" {
		return auth.Colleague{}, nil
	}
	var staff []auth.Colleague
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		staff, err = auth.Staff(tx, shopID)
		return err
	})
	if err != nil {
		return auth.Colleague{}, err
	}
	at := slices.IndexFunc(staff, func(c auth.Colleague) bool { return c.Login == login })
	if at < 0 {
		var faults errs.Faults
		faults.Add("/assignee", "flow.not_staff", errs.Args{"login": errs.Clip(login)})
		return auth.Colleague{}, faults.Err()
	}
	return staff[at], nil
}

func (f *Flow) onCase(ctx context.Context, who Actor, shopID, caseID id.ID, verb string, set func(*cases.Case), data any) (View, error) {
	return f.change(ctx, who, shopID, ofCase(caseID), func(*Dossier) (step, error) {
		return func(c *change) {
			was := c.Case
			set(&c.Case)
			if c.Case.Differs(was) {
				cases.Project(c.b, c.Case)
				c.event(audit.Case, c.Case.ID, verb, data)
			}
		}, nil
	})
}
