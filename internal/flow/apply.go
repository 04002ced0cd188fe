package flow

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// 申请 — an application: what is asked for, of which orders, decided at once and written as a new case.

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
	Remedy      string                     `json:"remedy" enum:"refund_return,refund_only,exchange,reissue,interception,local_repair,compensation,goodwill,price_protection"`
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
	ahead := o.d.clone() // with what the lines before this one get at once
	for i := range o.d.Lines {
		l := &o.d.Lines[i]
		ans, err := f.decide(ahead, *l, rule.AtApplication)
		if err != nil {
			return o, err
		}
		if ans.event == line.Grant && l.Remedy == string(rule.RefundOnly) {
			of := ahead.orderLine(*l)
			price, err := settle.Next(of.Net, of.Quantity, of.AllocatedUnits, of.AllocatedMinor, l.Quantity)
			if err != nil {
				return o, err
			}
			of.AllocatedUnits, of.AllocatedMinor = of.AllocatedUnits+l.Quantity, of.AllocatedMinor+price
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
		if remedy := rule.Remedy(l.Remedy); o.answers[i].event != line.Grant || remedy != rule.RefundOnly && !remedy.IsAmount() {
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
		if err := canAsk(ol, asked, taken); err != nil {
			return o, at(err, i, "quantity")
		}
		if asked.Remedy == string(rule.Exchange) && asked.Wanted == "" {
			return o, at(errs.New(errs.Invalid, "flow.wanted_missing"), i, "wanted")
		}
		if on < d.Calendar.DateOf(ord.OrderedAt) {
			return o, errs.New(errs.Invalid, "flow.applied_before_order", errs.Args{"date": on.String()})
		}
		l := line.Line{ID: id.New(), ShopID: shopID, CaseID: d.Case.ID, OrderID: ord.ID, OrderLineID: ol.ID, Quantity: asked.Quantity,
			Ground: asked.Ground, Remedy: asked.Remedy, Wanted: asked.Wanted, State: line.Requested, AppliedOn: on}
		if err := d.readStock(tx, l); err != nil {
			return o, err
		}
		found, err := f.findings(d, asked.Facts, rule.AtApplication, l, who, asked.Evidence)
		if err != nil {
			return o, at(err, i, "facts")
		}
		found = append(found, d.priced(l, found, rule.AtApplication)...)
		d.Lines = append(d.Lines, l)
		d.Findings[l.ID], o.declared[i] = found, found
		if err := f.readGoodwill(tx, d, l); err != nil {
			return o, err
		}
		if err := d.readParcels(tx, l); err != nil {
			return o, err
		}
		if err := d.notClaimedYet(tx, l); err != nil {
			return o, at(err, i, "ground")
		}
		d.Case.CustomerID, d.Case.Platform = ord.CustomerID, ord.Platform
	}
	return o, nil
}

// canAsk says whether that many units can be asked for, beside what the application asks for already. An amount and nothing else takes no
// units: it can stand beside what comes back.
func canAsk(ol order.Line, a Asked, taken map[id.ID]int64) error {
	if rule.Remedy(a.Remedy).IsAmount() {
		ol.Claimed = 0
		return ol.CanClaim(a.Quantity)
	}
	taken[ol.ID] += a.Quantity
	return ol.CanClaim(taken[ol.ID])
}

func (d *Dossier) findArticle(tx *db.Tx, a Asked) (o order.Order, ol order.Line, err error) {
	if a.OrderLineID != 0 {
		if o, err = order.OfLine(tx, d.Shop.ID, a.OrderLineID); err != nil {
			return o, ol, err
		}
		if _, known := d.Orders[o.ID]; !known {
			if err = d.addOrder(tx, o); err != nil {
				return o, ol, err
			}
		}
		lines := d.OrderLines[o.ID]
		return o, lines[slices.IndexFunc(lines, func(l order.Line) bool { return l.ID == a.OrderLineID })], nil
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
	c.Case.Version, c.Case.Assignee = 0, c.who.Login
	cases.Insert(c.b, c.Case)
	c.event(audit.Case, c.Case.ID, "opened", map[string]any{"number": c.Case.Number, "channel": a.Channel, "flag": c.Case.Flag})
	if a.Note != "" {
		c.addNote(a.Note, a.Progress, 0)
	}
	for i := range c.Lines {
		l, ans := &c.Lines[i], o.answers[i]
		c.decided(l, ans)
		ol := c.orderLine(*l)
		l.AnswerBy = ans.terms.answerBy
		opened, err := line.Open(c.b, *l, ans.event)
		c.note(err)
		*l = opened
		c.waitForAnswer(l)
		for _, fd := range o.declared[i] {
			line.AddFinding(c.b, c.now, fd)
		}
		c.event(audit.Line, l.ID, "applied", map[string]any{"ground": l.Ground, "remedy": l.Remedy, "quantity": l.Quantity,
			"outcome": ans.Outcome, "state": l.State, "decision": l.DecisionID})
		if l.Claims() {
			c.note(ol.CanClaim(l.Quantity))
			*ol = order.Claim(c.b, *ol, l.Quantity)
		}
		c.missed(*l)
		if l.State == line.Approved {
			c.granted(l, ans.terms)
		}
	}
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

func itoa(n int) string { return strconv.Itoa(n) }
