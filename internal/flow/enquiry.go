package flow

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// 查件 — the carrier is asked where a parcel is (S2-20). The question is the carrier's move; that the customer hears what came of it
// is ours, within the hours of the shop's service_times table (S2-37), and so is that it ends within its working days (S2-38).

// The commands on parcels, enquiries and claims. They are not in the table of a line's situation: what makes sense is the
// carrier slice's to say, whatever has become of the line.
const (
	Enquire         Command = "enquire"          // 查件
	CarrierAnswered Command = "carrier_answered" // 登记快递答复
	TellCustomer    Command = "tell_customer"    // 反馈顾客
	ChaseCarrier    Command = "chase_carrier"    // 催办
	CloseEnquiry    Command = "close_enquiry"    // 查件结束
)

var enquiryCommands = map[carrier.EnquiryEvent]Command{carrier.Answer: CarrierAnswered, carrier.Tell: TellCustomer, carrier.Chase: ChaseCarrier, carrier.Close: CloseEnquiry}

// EnquiryView is an enquiry with what was done about it and what may be done.
type EnquiryView struct {
	carrier.Enquiry
	Progress []carrier.Progress `json:"progress" nullable:"false" doc:"oldest first"`
	Allowed  []Command          `json:"allowed" nullable:"false"`
}

// NewEnquiry is a question to a carrier.
type NewEnquiry struct {
	Kind       carrier.Kind   `json:"kind" enum:"no_scan,stuck,not_received,lost,damaged"`
	Carrier    string         `json:"carrier" minLength:"1" maxLength:"40"`
	Waybill    string         `json:"waybill" minLength:"6" maxLength:"40"`
	Ticket     string         `json:"ticket,omitempty" maxLength:"60" doc:"the carrier's own number of the enquiry"`
	Text       string         `json:"text,omitempty" maxLength:"500" doc:"what was asked, and whom"`
	NextUpdate *clock.Instant `json:"next_update,omitempty" doc:"until when the customer was promised to hear, if earlier than the shop's own promise or where it has none"`
}

// Word is one more step of an enquiry.
type Word struct {
	Text       string         `json:"text" minLength:"1" maxLength:"500" doc:"what was said"`
	Ticket     string         `json:"ticket,omitempty" maxLength:"60" doc:"the carrier's own number of the enquiry, when it is known only now"`
	NextUpdate *clock.Instant `json:"next_update,omitempty" doc:"until when the customer was promised to hear next"`
	// Verdict comes with an answer.
	Verdict carrier.Verdict `json:"verdict,omitempty" enum:",found,lost,damaged,delivered" doc:"of an answer: what it says became of the parcel; what the carrier lost is decided on at once"`
}

// aboutParcel is the waybill that a matter with a carrier begins with, on the case as the caller saw it; of one kind one
// at a time is open about a parcel, else it is a conflict with that key.
func aboutParcel(d *Dossier, waybill string, version int64, isOpen func(waybill string) bool, key string) (string, error) {
	no, err := movement.CleanWaybill(waybill)
	if err == nil {
		err = current(version, d.Case.Version)
	}
	if err == nil && isOpen(no) {
		err = errs.New(errs.Conflict, key, errs.Args{"waybill": no})
	}
	return no, err
}

// Enquire records that a carrier was asked about a parcel. One enquiry at a time is open about a parcel.
func (f *Flow) Enquire(ctx context.Context, who Actor, shopID, caseID id.ID, version int64, n NewEnquiry) (View, error) {
	return f.change(ctx, who, shopID, ofCase(caseID), func(d *Dossier) (step, error) {
		no, err := aboutParcel(d, n.Waybill, version, d.enquiring, "flow.enquiry_open")
		if err != nil {
			return nil, err
		}
		p, err := f.promised(d, n.NextUpdate)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			e := carrier.Enquiry{ID: id.New(), ShopID: shopID, CaseID: caseID, Carrier: n.Carrier, Waybill: no, Kind: n.Kind, State: carrier.Asked, Ticket: n.Ticket,
				AskedAt: c.now, ContactAt: c.now, UpdateDue: p.next(c.now), SolveBy: p.solveBy, Version: 1}
			carrier.InsertEnquiry(c.b, e)
			c.Enquiries = append(c.Enquiries, e)
			c.progress(e, carrier.Ask, n.Text)
		}, nil
	})
}

// OnEnquiry records a step of an enquiry: the carrier answered, it was asked once more, the customer was told, or it is over. It is
// over only after the customer heard the last of it. What he is told stands in the conversation. What the carrier says it lost is lost: its
// parcel is, and what waits for that is decided.
func (f *Flow) OnEnquiry(ctx context.Context, who Actor, shopID, enquiryID id.ID, version int64, v carrier.EnquiryEvent, w Word) (View, error) {
	return f.change(ctx, who, shopID, ofEnquiry(shopID, enquiryID), func(d *Dossier) (step, error) {
		e, err := d.enquiry(enquiryID, version)
		if err != nil {
			return nil, err
		}
		p, err := f.promised(d, w.NextUpdate)
		if err == nil {
			_, err = e.After(v, d.Now, p.next(d.Now))
		}
		if err == nil && v != carrier.Answer && w.Verdict != "" {
			err = errs.New(errs.Invalid, "flow.verdict_without_answer")
		}
		if err != nil {
			return nil, err
		}
		after, err := f.ownedUp(d, *e, w.Verdict, who)
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			e, _ := c.enquiry(enquiryID, 0)
			next, err := e.After(v, c.now, p.next(c.now))
			c.note(err)
			if w.Ticket != "" {
				next.Ticket = w.Ticket
			}
			if v == carrier.Answer {
				next.Answer, next.Verdict = w.Text, w.Verdict
			}
			*e = carrier.SaveEnquiry(c.b, next)
			c.progress(*e, v, w.Text)
			if v == carrier.Tell {
				m := chat.Message{ID: id.New(), ShopID: shopID, CaseID: c.Case.ID, At: c.now, From: chat.Staff, Author: c.who.Name, Text: w.Text, Channel: c.Case.Channel}
				c.note(m.Check())
				chat.Insert(c.b, m)
			}
			after(c)
		}, nil
	})
}

// admitted are the verdicts by which a carrier owns up, and for what.
var admitted = map[carrier.Verdict]carrier.Reason{carrier.SaysLost: carrier.ForLost, carrier.SaysDamaged: carrier.ForDamaged}

// ownedUp is what follows when a carrier says that it lost or broke a parcel. One of the case that is on its way is lost; one that an order went
// out in was not delivered, and what waits for that is decided anew. Either is claimed for.
func (f *Flow) ownedUp(d *Dossier, e carrier.Enquiry, says carrier.Verdict, who Actor) (step, error) {
	reason, owned := admitted[says]
	if !owned {
		return func(*change) {}, nil
	}
	if i := slices.IndexFunc(d.Movements, func(m movement.Movement) bool { return m.Waybill == e.Waybill }); i >= 0 {
		m := &d.Movements[i]
		lost := says == carrier.SaysLost && d.allowParcel(m, ReportLost) == nil
		return func(c *change) {
			m, _ := c.movement(m.ID, 0)
			if lost {
				c.moveParcel(m, movement.Lose, nil)
			}
			if lost || reason == carrier.ForDamaged {
				c.claimLoss(m, reason)
			}
		}, nil
	}
	answers, found := map[id.ID]answer{}, map[id.ID]line.Finding{}
	for i := range d.Lines {
		l := &d.Lines[i]
		if says != carrier.SaysLost || !d.situation(*l).may(Answer) || !d.wentIn(*l, e.Waybill) {
			continue
		}
		fd := line.Finding{ID: id.New(), ShopID: d.Shop.ID, LineID: l.ID, Fact: line.FactNotDelivered.Name(), Value: json.RawMessage("true"),
			Stage: rule.AtApplication.String(), Author: who.Name, Evidence: strings.TrimSpace(e.Carrier + " " + e.Ticket)}
		d.Findings[l.ID] = append(d.Findings[l.ID], fd)
		ans, err := f.decide(d, *l, askedAt(d, l, rule.AtApplication))
		if err != nil {
			return nil, err
		}
		answers[l.ID], found[l.ID] = ans, fd
	}
	return func(c *change) {
		c.claimAdmitted(e, reason)
		for i := range c.Lines {
			if fd, ok := found[c.Lines[i].ID]; ok {
				line.AddFinding(c.b, c.now, fd)
				c.follow(&c.Lines[i], answers[fd.LineID])
			}
		}
	}, nil
}

// wentIn says that a line's order went out in a parcel.
func (d *Dossier) wentIn(l line.Line, waybill string) bool {
	return slices.ContainsFunc(d.Parcels[l.OrderID], func(p carrier.Parcel) bool { return p.Waybill == waybill })
}

// progress keeps what was said, and puts the step into the timeline.
func (c *change) progress(e carrier.Enquiry, v carrier.EnquiryEvent, text string) {
	p := carrier.Progress{ID: id.New(), EnquiryID: e.ID, At: c.now, Author: c.who.Name, Kind: v, Text: text}
	carrier.AddProgress(c.b, c.Shop.ID, c.Case.ID, p)
	c.Progress = append(c.Progress, p)
	c.event(audit.Enquiry, e.ID, string(v), map[string]any{"waybill": e.Waybill, "carrier": e.Carrier, "kind": e.Kind, "ticket": e.Ticket, "update_due": e.UpdateDue, "verdict": e.Verdict})
}

// promise is what the shop promises who waits for a carrier.
type promise struct {
	hours   int64
	by      *clock.Instant // said by a person
	solveBy *calendar.Date
}

// next is when the customer is to hear next, from a time on: the earlier of the shop's promise and the person's; nil without both.
func (p promise) next(from clock.Instant) *clock.Instant {
	at := p.by
	if p.hours > 0 {
		if promised := from.Add(time.Duration(p.hours) * time.Hour); at == nil || promised < *at {
			at = &promised
		}
	}
	return at
}

// promised reads the shop's promises from its service_times table: hours until the customer hears (logistics, else progress) and working
// days until it is solved (general), counted from the day the case was opened (S2-38) or, of an older case, from today. A shop whose pack
// has no such table or column promises nothing by itself.
func (f *Flow) promised(d *Dossier, by *clock.Instant) (p promise, err error) {
	if by != nil && *by <= d.Now {
		return p, errs.New(errs.Invalid, "flow.update_in_past")
	}
	p.by = by
	if len(d.Lines) == 0 {
		return p, nil
	}
	l := d.Lines[0]
	book, err := f.book(d, l)
	if err != nil {
		return p, err
	}
	facts, err := line.FromFindings(f.Policies.Vocabulary(), d.Findings[l.ID])
	if err != nil {
		return p, err
	}
	row, err := book.Lookup(serviceTimesTable, rule.Input{Facts: facts, Stage: rule.AtInspection, At: d.Now, Calendar: d.Calendar})
	if errs.CodeOf(err) == errs.NotFound {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	for _, column := range []string{"logistics", "progress"} {
		if v, ok := row.Values[column]; ok {
			p.hours = v.Int()
			break
		}
	}
	if v := row.Values["general"]; v.Int() > 0 {
		day, err := d.Calendar.AddWorkdays(d.Calendar.DateOf(d.Case.OpenedAt), int(v.Int()))
		if err == nil && day < d.today() {
			day, err = d.Calendar.AddWorkdays(d.today(), int(v.Int()))
		}
		if err != nil {
			return p, err
		}
		p.solveBy = &day
	}
	return p, nil
}

// enquiring says that an enquiry about a parcel is open.
func (d *Dossier) enquiring(waybill string) bool {
	return slices.ContainsFunc(d.Enquiries, func(e carrier.Enquiry) bool { return e.Waybill == waybill && e.State != carrier.Closed })
}

// asking says that a carrier owes the case an answer, so that what is undecided waits for it.
func (d *Dossier) asking() bool {
	return slices.ContainsFunc(d.Enquiries, func(e carrier.Enquiry) bool { return e.State == carrier.Asked })
}

// waitsForCarrier are the states of a line in which an answer of the carrier changes what is decided.
var waitsForCarrier = []line.State{line.Requested, line.NeedsFacts}

func (d *Dossier) enquiry(enquiryID id.ID, version int64) (*carrier.Enquiry, error) {
	for i := range d.Enquiries {
		if e := &d.Enquiries[i]; e.ID == enquiryID {
			return e, current(version, e.Version)
		}
	}
	return nil, carrier.NoEnquiry(enquiryID)
}

func (d *Dossier) enquiryViews() []EnquiryView {
	out := []EnquiryView{}
	for _, e := range d.Enquiries {
		v := EnquiryView{Enquiry: e, Progress: []carrier.Progress{}, Allowed: []Command{}}
		for _, p := range d.Progress {
			if p.EnquiryID == e.ID {
				v.Progress = append(v.Progress, p)
			}
		}
		for _, x := range e.Allowed() {
			v.Allowed = append(v.Allowed, enquiryCommands[x])
		}
		out = append(out, v)
	}
	return out
}

func ofEnquiry(shopID, enquiryID id.ID) finder {
	return func(tx *db.Tx) (id.ID, error) { return carrier.CaseOfEnquiry(tx, shopID, enquiryID) }
}

var _ = errs.Register(map[string]errs.Text{
	"flow.verdict_without_answer": {ZhCN: "只有登记快递答复时才能填写核查结果。", En: "What became of the parcel is said with the carrier's answer only."},
})
