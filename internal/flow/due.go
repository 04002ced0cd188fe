package flow

import (
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// due is a case's earliest deadline, ours or the customer's, and what it is about; nil when nothing is due. A last day
// ends with that day in the shop's time zone.
func (d *Dossier) due() (*clock.Instant, cases.DueKind) {
	at, kind := cases.Never, cases.DueKind("")
	consider := func(by clock.Instant, k cases.DueKind) {
		if by < at {
			at, kind = by, k
		}
	}
	for _, l := range d.Lines {
		s := d.situation(l)
		if l.State.Asks() && l.AnswerBy != nil {
			consider(d.Calendar.EndOf(*l.AnswerBy), cases.DueAnswer)
		}
		if m := d.latest(l.ID, movement.Return); l.State == line.Approved && m != nil && m.State == movement.Announced && m.SendBy != nil && (!s.Ahead || s.owesOld()) {
			consider(d.Calendar.EndOf(*m.SendBy), cases.DueSend)
			if s.Unwarned {
				consider(d.Calendar.EndOf(*m.TellBy), cases.DueTell)
			}
		}
	}
	for _, m := range d.Movements {
		if m.TellBy != nil && m.ToldAt == nil && in(m.State, movement.ToShip, movement.InTransit, movement.NoStock) {
			consider(d.Calendar.EndOf(*m.TellBy), cases.DueTell)
		}
	}
	for _, s := range d.Settlements {
		kind := cases.DuePay
		if s.Kind == settle.Charge || s.Kind == settle.Deposit {
			kind = cases.DueAnswer
		}
		if s.State.Open() && s.DueOn != nil && (s.Kind != settle.Deposit || s.State == settle.AwaitingHold) {
			consider(d.Calendar.EndOf(*s.DueOn), kind)
		}
	}
	for _, e := range d.Enquiries {
		if e.UpdateDue != nil {
			consider(*e.UpdateDue, cases.DueUpdate)
		}
		if e.State != carrier.Closed && e.SolveBy != nil {
			consider(d.Calendar.EndOf(*e.SolveBy), cases.DueSolve)
		}
	}
	for _, r := range d.Platform {
		if r.Stage == intake.Open && r.DeadlineAt != nil && d.waits(r.LineID) {
			consider(*r.DeadlineAt, cases.DuePlatform)
		}
	}
	if at == cases.Never {
		return nil, ""
	}
	return &at, kind
}

// wilfulTable is the law's: how many days of keeping back what is owed count as wilful.
const wilfulTable = "wilful_delay"

// wilfulAfter is the last day to pay what has no day of its own, granted today: later, keeping it back counts as wilful (PEN-8, PEN-9). nil where
// no law says so.
func (d *Dossier) wilfulAfter(book *rule.Book, in rule.Input) (*calendar.Date, error) {
	row, err := book.Lookup(wilfulTable, in)
	if errs.CodeOf(err) == errs.NotFound {
		return nil, nil
	}
	if err != nil || row.Values == nil {
		return nil, err
	}
	by := d.today().AddDays(int(row.Values["after_days"].Int()))
	return &by, nil
}

// waits says that a line is not over.
func (d *Dossier) waits(lineID id.ID) bool {
	return slices.ContainsFunc(d.Lines, func(l line.Line) bool { return l.ID == lineID && d.situation(l).Mover() != cases.Closed })
}

// work says which desks have something to do on a case. Together with the deadline it puts a case into the saved views
// of the inbox, each of which is one lookup in an index.
func (d *Dossier) work() (w cases.Work) {
	agreed := map[id.ID]bool{} // nothing is approved or paid while the platform looks at a line
	for _, l := range d.Lines {
		agreed[l.ID] = l.State == line.Approved
		w.Approve = w.Approve || l.State == line.AwaitingApproval
		s := d.situation(l)
		if s.Forwarded == movement.Lost {
			continue
		}
		switch s.Coming {
		case movement.InTransit, movement.SignedFor, movement.Intercepted, movement.RefusedDelivery: // whatever became of the line, a parcel that comes is opened
			w.Receive = w.Receive || s.Going == "" || s.Ahead && !s.Inspected
		case movement.Received, movement.Discrepant:
			w.Receive = w.Receive || agreed[l.ID] && (s.Money == "" && s.Going == "" || s.oldHere())
		}
	}
	for _, s := range d.Settlements {
		switch s.State {
		case settle.Processing, settle.Failed, settle.ToCapture, settle.ToRelease:
			w.Pay = true
		case settle.ToPay:
			w.Pay = w.Pay || agreed[s.LineID] || s.GivesBackCharge()
		case settle.AwaitingApproval:
			w.Approve = w.Approve || agreed[s.LineID] || s.GivesBackCharge()
		}
	}
	return w
}
