package flow

import (
	"context"
	"encoding/json"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// change is one command being applied: it writes into a batch and keeps its own copy of the dossier in step, so that
// later writes of the command, the projection and the answer see what the earlier ones did.
type change struct {
	*Dossier
	flow *Flow
	who  Actor
	now  clock.Instant
	b    *db.Batch
	jobs []func(tx *db.Tx) error // enqueued after the batch, in the same transaction
	fail error                   // the first refusal of a state table; the transaction rolls back
}

// step is the writing half of a command, made by its planning half.
type step func(c *change)

// plan is the planning half of a command: it reads the dossier, decides, and refuses or returns the step.
type plan func(d *Dossier) (step, error)

// finder says which case a command is about.
type finder func(tx *db.Tx) (caseID id.ID, err error)

// change plans a command on the case's dossier and applies it in one transaction, under the version of the case that
// was read; when another command was quicker it plans again.
func (f *Flow) change(ctx context.Context, who Actor, shopID id.ID, find finder, p plan) (View, error) {
	type planned struct {
		d *Dossier
		s step
	}
	return again(ctx, func() (View, error) {
		v, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (out planned, err error) {
			err = f.DB.Read(ctx, func(tx *db.Tx) error {
				caseID, err := find(tx)
				if err == nil {
					out.d, err = f.read(tx, shopID, caseID)
				}
				return err
			})
			if err == nil {
				out.s, err = p(out.d)
			}
			return out, err
		}, func(tx *db.Tx, in planned) (View, error) {
			return f.apply(tx, who, in.d, func(c *change) {
				cases.Take(c.b, c.Case)
				in.s(c)
			})
		})
		return v, err
	})
}

// apply runs a step, the projection that follows from it and its jobs in one transaction.
func (f *Flow) apply(tx *db.Tx, who Actor, d *Dossier, s step) (View, error) {
	c := &change{Dossier: d.clone(), flow: f, who: who, now: tx.Now}
	err := tx.Batch(func(b *db.Batch) {
		c.b = b
		s(c)
		if c.fail == nil {
			c.project()
		}
		if c.fail != nil {
			b.Fail(c.fail)
		}
	})
	if db.IsUnique(err) { // a number that somebody else has just used: planned anew, it is seen
		return View{}, errs.Wrap(err, errs.Conflict, "db.stale")
	}
	if db.IsCheck(err) { // the last line of defence: nobody hands over, claims or gives back what is not there
		return View{}, errs.Wrap(err, errs.Conflict, "flow.not_there")
	}
	if err != nil {
		return View{}, err
	}
	for _, enqueue := range c.jobs {
		if err := enqueue(tx); err != nil {
			return View{}, err
		}
	}
	f.changed(tx, c.Shop.ID, c.Case.ID, c.Case.Version)
	return c.View(), nil
}

// note keeps the first refusal.
func (c *change) note(err error) {
	if c.fail == nil {
		c.fail = err
	}
}

// project writes what people see of every line where that changed, and of the case.
func (c *change) project() {
	was := c.Case
	for i := range c.Lines {
		l := &c.Lines[i]
		s := c.situation(*l)
		if st, gives := s.Status(), c.gives(*l); st != l.Status || !same(gives, l.Gives) {
			l.Status, l.Gives = st, gives
			line.Show(c.b, *l)
		}
	}
	c.Case.Status = caseStatus(c.movers(), c.Case.Assignee)
	c.Case.Due(c.due())
	c.Case.Work = c.work()
	c.Case.WithCarrier = len(c.Enquiries)+len(c.Claims) > 0
	switch closed := c.Case.Status == cases.Closed; {
	case closed && c.Case.ClosedAt == nil:
		c.Case.ClosedAt = &c.now
		c.event(audit.Case, c.Case.ID, "closed", nil)
	case !closed && c.Case.ClosedAt != nil:
		c.Case.ClosedAt = nil
		c.Case.Reopened++
		c.event(audit.Case, c.Case.ID, "reopened", nil)
	}
	if c.Case.Differs(was) {
		cases.Project(c.b, c.Case)
	}
	c.Case.Version++
}

// gives is what a line's decision gives; nil as long as a line that was split off shares that decision.
func (d *Dossier) gives(l line.Line) *int64 {
	for _, other := range d.Lines {
		if other.ID != l.ID && other.DecisionID == l.DecisionID {
			return nil
		}
	}
	return d.Decisions[l.ID].Gives()
}

// event appends to the timeline.
func (c *change) event(subject audit.Subject, subjectID id.ID, verb string, data any) {
	c.note(audit.Write(c.b, c.now, audit.Event{ShopID: c.Shop.ID, CaseID: c.Case.ID, Subject: subject, SubjectID: subjectID,
		Actor: c.who.Name, Verb: verb}, data))
}

// moveLine applies an event to a line and writes it down.
func (c *change) moveLine(l *line.Line, e line.Event, data any) {
	was := *l
	next, err := line.Apply(c.b, *l, e)
	c.note(err)
	*l = next
	c.event(audit.Line, l.ID, string(e), data)
	c.claim(was, *l)
	if isExchange(*l) && was.State.Open() && !l.State.Open() {
		c.endExchange(l)
	}
}

// claim takes or gives back the line's units on its order line, when its state says so.
func (c *change) claim(was, is line.Line) {
	if was.Claims() == is.Claims() {
		return
	}
	ol := c.orderLine(is)
	units := is.Quantity
	if was.Claims() {
		units = -units
	}
	c.note(ol.CanClaim(units))
	*ol = order.Claim(c.b, *ol, units)
}

// moveParcel applies an event to a movement and writes it down.
func (c *change) moveParcel(m *movement.Movement, e movement.Event, data any) {
	next, err := movement.Apply(c.b, *m, e)
	c.note(err)
	if next.Lines = m.Lines; m.State == movement.Lost && err == nil {
		c.turnedUp(m)
	}
	*m = next
	c.event(audit.Movement, m.ID, string(e), data)
}

// moveMoney applies an event to a settlement and writes it down.
func (c *change) moveMoney(s *settle.Settlement, e settle.Event, data any) {
	next, err := settle.Apply(c.b, *s, e)
	c.note(err)
	next.Parts = s.Parts
	*s = next
	c.event(audit.Settlement, s.ID, string(e), data)
}

// post books an entry.
func (c *change) post(e ledger.Entry) { c.note(ledger.Post(c.b, c.now, e)) }

// decided stores a decision of a line; the line points to it with its next event.
func (c *change) decided(l *line.Line, a answer) {
	policy.Insert(c.b, a.stored)
	l.DecisionID = a.stored.ID
	c.Decisions[l.ID] = a.Decision
	c.Cores[l.ID] = a.stored.Core
}

// handOver moves the units of an order line from one holder to another.
func (c *change) handOver(m *movement.Movement, l movement.Line, from, to movement.Holder, units int64) {
	sold := units
	if ol, ok := c.boughtLine(l.OrderLineID); ok {
		sold = ol.Quantity
	}
	h := movement.Handover{ShopID: c.Shop.ID, OrderLineID: l.OrderLineID, MovementID: m.ID, From: from, To: to, Quantity: units, By: c.who.Name}
	if m.Purpose == movement.Intercept {
		h.First = movement.WithCarrier // it never reached the customer
	}
	movement.HandOver(c.b, c.now, h, sold)
}

// ref names a row of a shop in a job's arguments.
type ref struct {
	Shop id.ID `json:"shop"`
	ID   id.ID `json:"id"`
}

func (c *change) enqueue(kind job.Kind, args any, opts ...job.EnqueueOption) {
	c.jobs = append(c.jobs, func(tx *db.Tx) error {
		_, err := c.flow.Jobs.Enqueue(tx, kind, args, opts...)
		return err
	})
}

// View is what a command answers: the case as it now is, and what may be done with each line.
type View struct {
	Case        cases.Case          `json:"case"`
	Lines       []LineView          `json:"lines" nullable:"false"`
	Movements   []MovementView      `json:"movements" nullable:"false"`
	Settlements []SettlementView    `json:"settlements" nullable:"false"`
	Enquiries   []EnquiryView       `json:"enquiries" nullable:"false" doc:"questions to carriers 查件, oldest first"`
	Claims      []ClaimView         `json:"claims" nullable:"false" doc:"on carriers, oldest first"`
	Addresses   map[string]ReturnTo `json:"addresses,omitempty" doc:"where to send: by RMA number"`
}

// LineView is a line with what was decided and what may be done.
type LineView struct {
	line.Line
	Decision json.RawMessage `json:"decision,omitempty" doc:"the latest decision's core"`
	Allowed  []Command       `json:"allowed" nullable:"false"`
	Exchange *ExchangeView   `json:"exchange,omitempty" doc:"of an exchange: what it costs, and whether the article is held"`
	Sheet    []string        `json:"sheet,omitempty" doc:"facts an inspection may state besides what the decision asks for: the grade 成色, where the shop's policy sorts goods by it"`
	Serials  *SerialCheck    `json:"serials,omitempty" doc:"where the serial numbers that were sold are known: those are scanned at inspection"`
}

// MovementView is a parcel with what may be done with it.
type MovementView struct {
	movement.Movement
	Allowed []Command `json:"allowed" nullable:"false"`
}

// SettlementView is a settlement with what may be done with it.
type SettlementView struct {
	settle.Settlement
	Allowed []Command `json:"allowed" nullable:"false"`
}

// ReturnTo is where and until when a parcel is to be sent.
type ReturnTo struct {
	Name    string `json:"name"`
	Contact string `json:"contact"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
	SendBy  string `json:"send_by,omitempty"`
}

// View is the dossier as commands answer it.
func (d *Dossier) View() View {
	v := View{Case: d.Case, Lines: []LineView{}, Movements: []MovementView{}, Settlements: []SettlementView{}, Enquiries: d.enquiryViews(), Claims: d.claimViews()}
	for _, l := range d.Lines {
		allowed := d.allowed(l)
		v.Lines = append(v.Lines, LineView{Line: l, Decision: d.Cores[l.ID], Allowed: allowed, Sheet: d.sheet(l, allowed), Exchange: d.exchangeView(l), Serials: d.serialCheck(l)})
	}
	for _, s := range d.Settlements {
		v.Settlements = append(v.Settlements, SettlementView{s, d.allowedMoney(&s)})
	}
	for i := range d.Movements {
		m := &d.Movements[i]
		v.Movements = append(v.Movements, MovementView{*m, d.allowedParcel(m)})
		if to, ok := d.returnTo(m); ok {
			if v.Addresses == nil {
				v.Addresses = map[string]ReturnTo{}
			}
			v.Addresses[m.Number] = to
		}
	}
	return v
}

// returnTo is where a return is to be sent; false for other movements.
func (d *Dossier) returnTo(m *movement.Movement) (ReturnTo, bool) {
	if m.Purpose != movement.Return {
		return ReturnTo{}, false
	}
	for _, w := range d.Warehouses {
		if w.ID == m.WarehouseID {
			to := ReturnTo{Name: w.Name, Contact: w.Contact, Phone: w.Phone, Address: w.Address}
			if m.SendBy != nil {
				to.SendBy = m.SendBy.String()
			}
			return to, true
		}
	}
	return ReturnTo{}, false
}

// allowed lists the commands that make sense for a line, without those that its own decision or the customer's time
// would refuse: no button for what is always answered no.
func (d *Dossier) allowed(l line.Line) []Command {
	out := []Command{}
	for _, c := range d.situation(l).Allowed() {
		switch {
		case c == Decline && d.ofRight(l):
		case c == Expire && d.hasTime(&l):
		default:
			out = append(out, c)
		}
	}
	return out
}

// View reads a case as commands answer it.
func (f *Flow) View(ctx context.Context, shopID, caseID id.ID) (View, error) {
	var v View
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		d, err := f.read(tx, shopID, caseID)
		if err == nil {
			v = d.View()
		}
		return err
	})
	return v, err
}

// Whose case a line, a movement or a settlement is.
func ofCase(caseID id.ID) finder { return func(*db.Tx) (id.ID, error) { return caseID, nil } }

func ofLine(shopID, lineID id.ID) finder {
	return func(tx *db.Tx) (id.ID, error) {
		l, err := line.Get(tx, shopID, lineID)
		return l.CaseID, err
	}
}

func ofMovement(shopID, movementID id.ID) finder {
	return func(tx *db.Tx) (id.ID, error) {
		m, err := movement.Get(tx, shopID, movementID)
		return m.CaseID, err
	}
}

func ofSettlement(shopID, settlementID id.ID) finder {
	return func(tx *db.Tx) (id.ID, error) {
		s, err := settle.Get(tx, shopID, settlementID)
		return s.CaseID, err
	}
}

// inspectionStage is the first stage at which the goods have been looked at.
const inspectionStage = rule.AtInspection
