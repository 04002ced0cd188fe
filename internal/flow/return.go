package flow

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// 退货 — the return, from the decided application to the announced parcel. What is asked for is apply.go's, what arrives
// receive.go's, what is owed money.go's.

// askedAt is the stage an open line is decided at again: not behind what came already, and before inspection.
func askedAt(d *Dossier, l *line.Line, stage rule.Stage) rule.Stage {
	for _, fd := range d.Findings[l.ID] {
		if at, ok := rule.ParseStage(fd.Stage); ok && at < inspectionStage {
			stage = max(stage, at)
		}
	}
	if m := d.incoming(l.ID); m != nil && m.Purpose == movement.Intercept && m.State != movement.Intercepting {
		stage = max(stage, rule.AtReceipt) // the carrier has answered
	}
	return max(stage, rule.AtApplication)
}

// Answer adds facts or evidence to a line that is not decided for good, and decides again.
func (f *Flow) Answer(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, stage rule.Stage, facts map[string]json.RawMessage, evidence string) (View, error) {
	return f.redecide(ctx, who, shopID, lineID, version, Answer, stage, facts, evidence, nil)
}

// redecide adds findings to a line, asks the policy again and does what follows.
func (f *Flow) redecide(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, cmd Command, stage rule.Stage,
	facts map[string]json.RawMessage, evidence string, before func(c *change, l *line.Line)) (View, error) {
	if err := f.checkEvidence(ctx, shopID, lineID, evidence); err != nil {
		return View{}, err
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, cmd)
		if err != nil {
			return nil, err
		}
		found, err := f.findings(d, facts, stage, *l, who, evidence)
		if err != nil {
			return nil, err
		}
		d.Findings[l.ID] = append(d.Findings[l.ID], found...)
		if err := f.weighGoodwill(ctx, d, *l); err != nil {
			return nil, err
		}
		ans, err := f.decide(d, *l, askedAt(d, l, stage))
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			c.takeOver()
			l, _ := c.line(lineID, 0)
			for _, fd := range found {
				line.AddFinding(c.b, c.now, fd)
			}
			if before != nil {
				before(c, l)
			}
			c.follow(l, ans)
		}, nil
	})
}

// follow does what a decision says: moves the line, and sets in motion what a grant brings or takes back what a
// refusal ends.
func (c *change) follow(l *line.Line, ans answer) {
	c.decided(l, ans)
	l.AnswerBy = ans.terms.answerBy
	c.moveLine(l, ans.event, map[string]any{"outcome": ans.Outcome, "reason": ans.Reason, "decision": l.DecisionID})
	c.waitForAnswer(l)
	switch l.State {
	case line.Approved:
		c.granted(l, ans.terms)
	case line.Rejected:
		c.goHome(l)
	}
}

// lineFor finds the line a command is about and refuses a command that makes no sense now.
func (d *Dossier) lineFor(lineID id.ID, version int64, cmd Command) (*line.Line, error) {
	l, err := d.line(lineID, version)
	if err != nil {
		return nil, err
	}
	return l, d.situation(*l).allow(cmd)
}

// takeOver gives a case that nobody has to the agent who answers for it.
func (c *change) takeOver() {
	if c.Case.Assignee != "" || c.who.Login == "" {
		return
	}
	c.Case.Assignee = c.who.Login
	cases.Project(c.b, c.Case)
	c.event(audit.Case, c.Case.ID, "assigned", map[string]any{"assignee": c.who.Login, "name": c.who.Name})
}

// Approve agrees to a line that waits for a person, within the person's authority.
func (f *Flow) Approve(ctx context.Context, who Actor, shopID, lineID id.ID, version int64) (View, error) {
	return f.agree(ctx, who, shopID, lineID, version, Approve, line.Approve)
}

// Accept records that the customer takes the offer (S0-08: both agreements are in the timeline with their times).
func (f *Flow) Accept(ctx context.Context, who Actor, shopID, lineID id.ID, version int64) (View, error) {
	return f.agree(ctx, who, shopID, lineID, version, Accept, line.Accept)
}

func (f *Flow) agree(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, cmd Command, e line.Event) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, cmd)
		if err != nil {
			return nil, err
		}
		if l.State != line.Requested && cmd == Approve && !who.Supervisor {
			return nil, errs.New(errs.Forbidden, "flow.supervisor_needed")
		}
		if s := d.situation(*l); s.Money != "" || isExchange(*l) && s.Swap && away(s) { // what it brings stands already: the line was disputed before it was paid, or after it was sent
			t, err := f.terms(d, *l)
			if err != nil {
				return nil, err
			}
			return func(c *change) {
				c.takeOver()
				l, _ := c.line(lineID, 0)
				c.moveLine(l, e, nil)
				c.resumeMoney(l)
				if s.left() && s.Inspected { // as was found of the old article, a person agrees
					c.oldIsBack(l, t)
				}
			}, nil
		}
		// What was decided may be old: the order went out, units were split off or paid for. What is agreed to is decided now.
		ans, err := f.decide(d, *l, d.Decisions[l.ID].Stage)
		if err != nil {
			return nil, err
		}
		if !gives(ans.Decision) {
			return nil, errs.New(errs.Denied, "flow.nothing_to_agree", errs.Args{"outcome": string(ans.Outcome), "reason": ans.Reason})
		}
		return func(c *change) {
			c.takeOver()
			l, _ := c.line(lineID, 0)
			if !sameAnswer(c.Decisions[l.ID], ans.Decision) {
				c.decided(l, ans)
			}
			if l.State == line.AwaitingApproval && ans.Outcome == rule.Offer { // the shop agrees; now the customer has to (S0-08)
				l.AnswerBy = ans.terms.answerBy
				c.moveLine(l, line.Offer, map[string]any{"decision": l.DecisionID})
				c.waitForAnswer(l)
				return
			}
			c.moveLine(l, e, map[string]any{"decision": l.DecisionID})
			c.granted(l, ans.terms)
		}, nil
	})
}

// sameAnswer says that a decision made now is the one that stands already, but for its time.
func sameAnswer(before, now *rule.Decision) bool {
	if before == nil || before.FactsHash != now.FactsHash {
		return false
	}
	then := *before
	then.At = now.At
	return bytes.Equal(then.Encode(), now.Encode())
}

// gives says that a decision has terms a person can agree to: what comes back, where to, at whose cost. One that refuses,
// asks, or finds no clause has none, and none are made up.
func gives(d *rule.Decision) bool {
	b := d.Asked()
	return b != nil && b.Right != nil && (b.Refund != nil || said(b.Amount) || d.Remedy == rule.Exchange || d.Remedy == rule.Reissue)
}

// said says that an amount is decided down to the fen.
func said(a *rule.Amount) bool { return a != nil && a.Minor != nil }

// Decline says no where the customer has no right to a yes: what the policy grants as of right, by law or by the shop's
// own promise, no person can refuse (CPL-56, G3).
func (f *Flow) Decline(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.refuse(ctx, who, shopID, lineID, version, Decline, line.Decline, reason)
}

// ofRight says that the policy grants a line as of right. The platform's ruling is not ours to overrule: a disputed line
// can be declined whatever the policy gives.
func (d *Dossier) ofRight(l line.Line) bool {
	dec := d.Decisions[l.ID]
	return l.State != line.Disputed && dec != nil && dec.Outcome == rule.Approve
}

// TurnDown records that the customer does not take the offer.
func (f *Flow) TurnDown(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.refuse(ctx, who, shopID, lineID, version, TurnDown, line.Turn, reason)
}

func (f *Flow) refuse(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, cmd Command, e line.Event, reason string) (View, error) {
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, cmd)
		if err != nil {
			return nil, err
		}
		if cmd == Decline && d.ofRight(*l) {
			return nil, errs.New(errs.Denied, "flow.of_right", errs.Args{"clause": d.Decisions[l.ID].Clause, "decision": l.DecisionID.String()})
		}
		if cmd == Decline && l.State != line.Requested && !who.Supervisor {
			return nil, errs.New(errs.Forbidden, "flow.supervisor_needed")
		}
		return func(c *change) {
			c.takeOver()
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.moveLine(l, e, nil)
			if !c.situation(*l).left() { // what left before the old article was back stays as it was agreed
				c.voidMoney(l)
			}
			c.goHome(l)
		}, nil
	})
}

// granted sets in motion what an approved line brings: the parcel, the exchange, or the money.
func (c *change) granted(l *line.Line, t terms) {
	s := c.situation(*l)
	if isExchange(*l) && !s.left() {
		c.prepareExchange(l, t)
		s = c.situation(*l)
	}
	switch {
	case s.left():
		c.oldIsBack(l, t)
	case s.Money != "" && !c.refundInstead(l):
		c.resumeMoney(l)
	case l.Remedy == string(rule.RefundOnly):
		c.refundOnly(l, t)
	case rule.Remedy(l.Remedy).IsAmount():
		c.oweAmount(l, t)
	case l.Remedy == string(rule.Interception):
		c.stopParcel(l, t)
	case l.Remedy == string(rule.Reissue):
		c.reissue(l, t)
	case !s.Inspected && in(s.Coming, movement.Announced, movement.InTransit, movement.SignedFor, movement.Received, movement.Discrepant, movement.Lost):
		// decided again while the parcel is expected, here or lost: inspection follows, or a settlement of the loss
	case !s.Inspected:
		c.announce(l, t)
	case l.Remedy == string(rule.Exchange):
		c.sendExchange(l, t)
	default:
		c.owe(l, t)
	}
}

// refundInstead says that a line was an exchange until now: what it owes so far is freight.
func (c *change) refundInstead(l *line.Line) bool {
	return l.Remedy == string(rule.RefundReturn) && c.reimbursed(l.ID) &&
		!slices.ContainsFunc(c.settlementsOf(l.ID), func(s settle.Settlement) bool {
			return s.Kind == settle.Refund && s.State != settle.Voided && !s.GivesBackCharge()
		})
}

// announce expects a parcel with the line's units: its RMA number, where it goes, who bears its freight, until when it
// has to be sent. Lines of a case that go to the same warehouse share a parcel until it is on its way.
func (c *change) announce(l *line.Line, t terms) {
	in := movement.Line{CaseLineID: l.ID, OrderLineID: l.OrderLineID, Announced: l.Quantity}
	for i := range c.Movements {
		if m := &c.Movements[i]; m.Purpose == movement.Return && m.State == movement.Announced && m.WarehouseID == t.warehouse.ID &&
			m.BorneBy == t.returnFreight && same(m.SendBy, t.sendBy) {
			m.Lines = append(m.Lines, in)
			movement.InsertLine(c.b, *m, in)
			c.event(audit.Movement, m.ID, "joined", map[string]any{"line": l.ID, "quantity": l.Quantity})
			return
		}
	}
	m := movement.Movement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, Purpose: movement.Return, State: movement.Announced,
		Number: cases.NewNumber("R", c.Calendar.DateOf(c.now)), WarehouseID: t.warehouse.ID, BorneBy: t.returnFreight, DecisionID: l.DecisionID,
		SendBy: t.sendBy, AnnouncedAt: c.now, Version: 1, Lines: []movement.Line{in}}
	movement.Insert(c.b, m)
	c.Movements = append(c.Movements, m)
	c.event(audit.Movement, m.ID, "announced", map[string]any{"number": m.Number, "warehouse": t.warehouse.Code, "line": l.ID, "quantity": l.Quantity})
	if m.SendBy != nil {
		c.expireLater(m)
	}
}

// goHome sends back what we hold of a line that will not be taken.
func (c *change) goHome(l *line.Line) {
	s := c.situation(*l)
	if !in(s.Coming, arrived...) || s.Going != "" && !s.left() {
		return
	}
	m := c.incoming(l.ID)
	if home := c.latest(l.ID, movement.SendBack); home != nil && home.ID > m.ID && home.State != movement.Cancelled {
		return
	}
	units := carried(m, l.ID).Arrived
	if units == nil || *units == 0 {
		return
	}
	c.endSerials(l, movement.SerialSentBack, func(s movement.Serial) bool { return s.Here() || isApart(s) })
	c.sendOut(l, movement.SendBack, *units, m.WarehouseID)
}

// keepHere stops a parcel that was to go back to the customer and has not left.
func (c *change) keepHere(l *line.Line) {
	if m := c.latest(l.ID, movement.SendBack); m != nil && m.State == movement.ToShip {
		c.moveParcel(m, movement.Cancel, nil)
	}
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// sendOut makes a parcel for the customer.
func (c *change) sendOut(l *line.Line, p movement.Purpose, units int64, warehouseID id.ID) {
	letter := map[movement.Purpose]string{movement.SendBack: "B", movement.ExchangeOut: "X", movement.Reissue: "N"}[p]
	m := movement.Movement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, Purpose: p, State: movement.ToShip,
		Number: cases.NewNumber(letter, c.Calendar.DateOf(c.now)), WarehouseID: warehouseID, DecisionID: l.DecisionID, AnnouncedAt: c.now, Version: 1,
		Lines: []movement.Line{{CaseLineID: l.ID, OrderLineID: l.OrderLineID, Announced: units}}}
	movement.Insert(c.b, m)
	c.Movements = append(c.Movements, m)
	c.event(audit.Movement, m.ID, "to_ship", map[string]any{"number": m.Number, "purpose": p, "line": l.ID, "quantity": units})
}
