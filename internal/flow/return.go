package flow

import (
	"context"
	"encoding/json"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/calendar"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/rule"
	"github.com/sanbao/sanbao/internal/web"
)

// 退货 — the return, from the application to the announced parcel. What arrives is receive.go's, what is owed money.go's.

// Application is what a customer asks for: one or several lines of one or several orders of one buyer.
type Application struct {
	Channel   string         `json:"channel" enum:"chat,phone,web,store,email,social,platform" doc:"how the customer reached us"`
	AppliedOn *calendar.Date `json:"applied_on,omitempty" doc:"the day of the customer's notice (NRR-10); today unless it was earlier"`
	Lines     []Asked        `json:"lines" minItems:"1" maxItems:"50" nullable:"false"`
	Note      string         `json:"note,omitempty" maxLength:"2000"`
	Progress  string         `json:"progress,omitempty" maxLength:"200" doc:"where the matter stands, for the note"`
}

// Asked is one line of an application. The article is named by order_line_id, or by platform, order_no and line_no.
type Asked struct {
	OrderLineID id.ID                      `json:"order_line_id,omitzero"`
	Platform    string                     `json:"platform,omitempty" maxLength:"40"`
	OrderNo     string                     `json:"order_no,omitempty" maxLength:"64"`
	LineNo      int64                      `json:"line_no,omitempty" minimum:"1"`
	Quantity    int64                      `json:"quantity" minimum:"1"`
	Ground      string                     `json:"ground" maxLength:"64" doc:"why: a ground of the shop's policy"`
	Remedy      string                     `json:"remedy" enum:"refund_return,refund_only,exchange"`
	Wanted      string                     `json:"wanted,omitempty" maxLength:"64" doc:"exchange: the article asked for instead (SKU)"`
	Facts       map[string]json.RawMessage `json:"facts,omitempty" doc:"what the customer declares, by fact name"`
	Evidence    string                     `json:"evidence,omitempty" maxLength:"500" doc:"where photos and papers are"`
}

// opening is a planned application: a dossier of a case that is not written yet, and an answer per line.
type opening struct {
	d        *Dossier
	answers  []answer
	declared [][]line.Finding
}

// Apply opens a case: every line is decided at the application stage, and granted ones are set in motion at once. A
// refusal by the policy is a recorded outcome with its reason and alternatives, not an error (S2-16).
func (f *Flow) Apply(ctx context.Context, who Actor, shopID id.ID, a Application) (View, error) {
	return again(ctx, func() (View, error) {
		v, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
			func(ctx context.Context) (opening, error) { return f.planOpening(ctx, who, shopID, a) },
			func(tx *db.Tx, o opening) (View, error) {
				return f.apply(tx, who, o.d, func(c *change) { c.open(a, o) })
			})
		return v, err
	})
}

// Preview is what Apply would decide, without writing anything.
func (f *Flow) Preview(ctx context.Context, who Actor, shopID id.ID, a Application) ([]*rule.Decision, error) {
	o, err := f.planOpening(ctx, who, shopID, a)
	if err != nil {
		return nil, err
	}
	var out []*rule.Decision
	for _, x := range o.answers {
		out = append(out, x.Decision)
	}
	return out, nil
}

func (f *Flow) planOpening(ctx context.Context, who Actor, shopID id.ID, a Application) (o opening, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		o, err = f.readOpening(tx, who, shopID, a)
		return err
	})
	if err != nil {
		return o, err
	}
	for i := range o.d.Lines {
		l := &o.d.Lines[i]
		ans, err := f.decide(o.d, *l, rule.AtApplication)
		if err != nil {
			return o, err
		}
		l.Responsible = ans.fault
		o.answers = append(o.answers, ans)
	}
	o.d.Case.Class = classOf(o.answers[0].fault)
	return o, f.readMoney(ctx, o)
}

// readMoney reads the payments of orders whose lines owe money at once: few applications do.
func (f *Flow) readMoney(ctx context.Context, o opening) error {
	for i, l := range o.d.Lines {
		if o.answers[i].event != line.Grant || l.Remedy != string(rule.RefundOnly) {
			continue
		}
		if err := f.DB.Read(ctx, func(tx *db.Tx) error { return o.d.readMoney(tx, l.OrderID) }); err != nil {
			return err
		}
	}
	return nil
}

// readOpening finds the articles and lays out the case that is to be.
func (f *Flow) readOpening(tx *db.Tx, who Actor, shopID id.ID, a Application) (o opening, err error) {
	d, err := f.empty(tx, shopID)
	if err != nil {
		return o, err
	}
	on := d.today()
	if a.AppliedOn != nil {
		if on = *a.AppliedOn; on > d.today() {
			return o, errs.New(errs.Invalid, "flow.applied_in_future", errs.Args{"date": on.String()})
		}
	}
	o = opening{d: d, declared: make([][]line.Finding, len(a.Lines))}
	d.Case = cases.Case{ID: id.New(), ShopID: shopID, Number: cases.NewNumber("A", d.today()), Channel: a.Channel, Flag: "red", OpenedAt: d.Now}
	var first order.Order
	taken := map[id.ID]int64{} // units this very application asks for, by order line
	for i, asked := range a.Lines {
		ord, ol, err := d.findArticle(tx, asked)
		if err != nil {
			return o, at(err, i, "order_line_id")
		}
		if i == 0 {
			first = ord
		}
		if ord.ID != first.ID && (ord.CustomerID == 0 || ord.CustomerID != first.CustomerID) {
			return o, at(errs.New(errs.Invalid, "flow.other_buyer", errs.Args{"order": ord.OrderNo}), i, "order_no")
		}
		taken[ol.ID] += asked.Quantity
		if err := ol.CanClaim(taken[ol.ID]); err != nil {
			return o, at(err, i, "quantity")
		}
		l := line.Line{ID: id.New(), ShopID: shopID, CaseID: d.Case.ID, OrderID: ord.ID, OrderLineID: ol.ID, Quantity: asked.Quantity,
			Ground: asked.Ground, Remedy: asked.Remedy, Wanted: asked.Wanted, State: line.Requested, AppliedOn: on}
		found, err := f.findings(d, asked.Facts, rule.AtApplication, l, who, asked.Evidence)
		if err != nil {
			return o, at(err, i, "facts")
		}
		d.Lines = append(d.Lines, l)
		d.Findings[l.ID], o.declared[i] = found, found
		d.Case.CustomerID, d.Case.Platform = ord.CustomerID, ord.Platform
	}
	return o, nil
}

func (d *Dossier) findArticle(tx *db.Tx, a Asked) (o order.Order, ol order.Line, err error) {
	if a.OrderLineID != 0 {
		if ol, err = order.GetLine(tx, d.Shop.ID, a.OrderLineID); err != nil {
			return o, ol, err
		}
		if err = d.readOrder(tx, ol.OrderID); err != nil {
			return o, ol, err
		}
		return d.Orders[ol.OrderID], ol, nil
	}
	if o, err = order.ByNumber(tx, d.Shop.ID, a.Platform, a.OrderNo); err != nil {
		return o, ol, err
	}
	if _, known := d.Orders[o.ID]; !known {
		if err = d.addOrder(tx, o); err != nil {
			return o, ol, err
		}
	}
	for _, l := range d.OrderLines[o.ID] {
		if l.LineNo == max(a.LineNo, 1) {
			return o, l, nil
		}
	}
	return o, ol, errs.New(errs.NotFound, "order.line_not_found", errs.Args{"line": a.LineNo})
}

// classOf is the case's class (S2-27) by who is at fault.
func classOf(fault string) string {
	switch fault {
	case "shop", "supplier":
		return "quality"
	case "carrier":
		return "logistics"
	}
	return "return_exchange"
}

// open writes a new case.
func (c *change) open(a Application, o opening) {
	c.Case.Version = 0
	cases.Insert(c.b, c.Case)
	c.event(audit.Case, c.Case.ID, "opened", map[string]any{"number": c.Case.Number, "channel": a.Channel, "flag": c.Case.Flag})
	if a.Note != "" {
		c.addNote(a.Note, a.Progress, 0)
	}
	for i := range c.Lines {
		l, ans := &c.Lines[i], o.answers[i]
		c.decided(l, ans)
		ol := c.orderLine(*l)
		opened, err := line.Open(c.b, *l, ans.event)
		c.note(err)
		*l = opened
		for _, fd := range o.declared[i] {
			line.AddFinding(c.b, c.now, fd)
		}
		c.event(audit.Line, l.ID, "applied", map[string]any{"ground": l.Ground, "remedy": l.Remedy, "quantity": l.Quantity,
			"outcome": ans.Outcome, "state": l.State, "decision": l.DecisionID})
		if l.State.Claims() {
			c.note(ol.CanClaim(l.Quantity))
			*ol = order.Claim(c.b, *ol, l.Quantity)
		}
		if l.State == line.Approved {
			c.granted(l, ans.terms)
		}
	}
}

// Answer adds facts or evidence to a line that is not decided for good, and decides again.
func (f *Flow) Answer(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, stage rule.Stage, facts map[string]json.RawMessage, evidence string) (View, error) {
	return f.redecide(ctx, who, shopID, lineID, version, Answer, stage, facts, evidence, func(d *Dossier, l *line.Line) rule.Stage {
		return max(stage, rule.AtApplication)
	}, nil)
}

// redecide adds findings to a line, asks the policy again and does what follows.
func (f *Flow) redecide(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, cmd Command, stage rule.Stage,
	facts map[string]json.RawMessage, evidence string, askAt func(*Dossier, *line.Line) rule.Stage, before func(c *change, l *line.Line)) (View, error) {
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
		ans, err := f.decide(d, *l, askAt(d, l))
		if err != nil {
			return nil, err
		}
		return func(c *change) {
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
	c.moveLine(l, ans.event, map[string]any{"outcome": ans.Outcome, "reason": ans.Reason, "decision": l.DecisionID})
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
		var t terms
		if d.situation(*l).Money == "" { // else what it brings stands already: the line was disputed before it was paid
			if t, err = f.terms(d, *l); err != nil {
				return nil, err
			}
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.moveLine(l, e, nil)
			c.granted(l, t)
		}, nil
	})
}

// Decline says no where the customer has no right to a yes: what the policy grants as of right, by law or by the shop's
// own promise, no person can refuse (CPL-56, G3).
func (f *Flow) Decline(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.refuse(ctx, who, shopID, lineID, version, Decline, line.Decline, reason)
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
		if dec := d.Decisions[l.ID]; cmd == Decline && dec.Outcome == rule.Approve {
			return nil, errs.New(errs.Denied, "flow.of_right", errs.Args{"clause": dec.Clause, "decision": l.DecisionID.String()})
		}
		if cmd == Decline && l.State != line.Requested && !who.Supervisor {
			return nil, errs.New(errs.Forbidden, "flow.supervisor_needed")
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			c.moveLine(l, e, nil)
			c.voidMoney(l)
			c.goHome(l)
		}, nil
	})
}

// granted sets in motion what an approved line brings: the parcel, the exchange, or the money.
func (c *change) granted(l *line.Line, t terms) {
	s := c.situation(*l)
	switch {
	case s.Money != "":
		c.resumeMoney(l)
	case l.Remedy == string(rule.RefundOnly):
		c.refundOnly(l, t)
	case !s.Inspected && in(s.Coming, movement.Announced, movement.InTransit, movement.SignedFor, movement.Received, movement.Discrepant):
		// decided again while the parcel is expected or here: inspection follows
	case !s.Inspected:
		c.announce(l, t)
	case l.Remedy == string(rule.Exchange):
		c.sendExchange(l, t)
	default:
		c.owe(l, t)
	}
}

// announce expects a parcel with the line's units: its RMA number, where it goes, who bears its freight, until when it
// has to be sent. Lines of a case that go to the same warehouse share a parcel until it is on its way.
func (c *change) announce(l *line.Line, t terms) {
	in := movement.Line{CaseLineID: l.ID, OrderLineID: l.OrderLineID, Announced: l.Quantity}
	for i := range c.Movements {
		if m := &c.Movements[i]; m.Purpose == movement.Return && m.State == movement.Announced && m.WarehouseID == t.warehouse.ID && m.BorneBy == t.returnFreight {
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
	m := c.latest(l.ID, movement.Return)
	if m == nil || !in(m.State, arrived...) || c.situation(*l).Going != "" {
		return
	}
	units := carried(m, l.ID).Arrived
	if units == nil || *units == 0 {
		return
	}
	c.sendOut(l, movement.SendBack, *units, m.WarehouseID)
}

// sendOut makes a parcel for the customer.
func (c *change) sendOut(l *line.Line, p movement.Purpose, units int64, warehouseID id.ID) {
	letter := map[movement.Purpose]string{movement.SendBack: "B", movement.ExchangeOut: "X"}[p]
	m := movement.Movement{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, Purpose: p, State: movement.ToShip,
		Number: cases.NewNumber(letter, c.Calendar.DateOf(c.now)), WarehouseID: warehouseID, DecisionID: l.DecisionID, AnnouncedAt: c.now, Version: 1,
		Lines: []movement.Line{{CaseLineID: l.ID, OrderLineID: l.OrderLineID, Announced: units}}}
	movement.Insert(c.b, m)
	c.Movements = append(c.Movements, m)
	c.event(audit.Movement, m.ID, "to_ship", map[string]any{"number": m.Number, "purpose": p, "line": l.ID, "quantity": units})
}

// at says which line of an application a fault is about.
func at(err error, index int, field string) error {
	e := errs.As(err)
	if e.Code == errs.Internal || e.Code == errs.Unavailable {
		return err
	}
	path := "/lines/" + itoa(index) + "/" + field
	out := *e
	if len(e.Fields) == 0 {
		out.Fields = []errs.Field{{Path: path, Key: e.Key, Args: e.Args}}
		return &out
	}
	out.Fields = nil
	for _, fd := range e.Fields {
		fd.Path = path + fd.Path
		out.Fields = append(out.Fields, fd)
	}
	return &out
}
