package flow

import (
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
)

// Situation is where one line stands on its three axes: permission, goods, money. Both the projection that people see
// and the table of allowed commands are pure functions of it.
type Situation struct {
	Line      line.State
	Remedy    string
	Coming    movement.State // of the latest return, "" when there is none
	Problem   movement.Problem
	Arrived   bool           // all units of the line were counted on opening
	Missing   bool           // it was opened, and none of them was in it
	OurTurn   bool           // what the latest decision asks, only our people can answer
	Inspected bool           // the latest decision was made at inspection
	Going     movement.State // of a movement to the customer since then
	Swap      bool           // and that movement is what the remedy gives: the article in exchange, or what is sent once more
	Money     settle.State   // the line's settlement that lags furthest behind, "" when there is none (voided ones aside)
	Route     settle.Route   // of that settlement
	ByHand    bool           // people pay it: its route says so, or no gateway is connected
	Started   bool           // some money of the line is under way or has arrived
	Charge    settle.State   // what the customer pays for an exchange, "" when he is asked for nothing
	Back      settle.State   // what of it goes back to him, "" when nothing does
	Unchecked bool           // what is to leave has to be looked at first
	Untold    bool           // the customer has to be told of what goes out, or cannot

	Deposit  settle.State   // what is held of the customer's money for an exchange that is ahead of his goods, "" when nothing was asked for
	Ahead    bool           // the article given in exchange need not wait for them
	Given    movement.State // of that article, while Going may be of what goes home
	Unwarned bool           // the customer has to be told until when to send them, and what else is captured

	Forwarded movement.State // of the parcel when it went on to another warehouse and is not there, "" else

	Quarantined bool // its units have other serial numbers than were sold, and are kept apart
}

// situation gathers where a line stands.
func (d *Dossier) situation(l line.Line) Situation {
	s := Situation{Line: l.State, Remedy: l.Remedy}
	if dec := d.Decisions[l.ID]; dec != nil {
		s.Inspected, s.OurTurn = dec.Stage >= inspectionStage, ourQuestion(dec)
	}
	s.Quarantined = d.quarantined(l.ID)
	var since id.ID
	if m := d.incoming(l.ID); m != nil {
		s.Coming, s.Problem, since = m.State, m.Problem, m.ID
		if in := carried(m, l.ID); in.Arrived != nil {
			s.Arrived, s.Missing = *in.Arrived >= l.Quantity, *in.Arrived == 0
		}
		s.forwarded(d, m)
	}
	s.ahead(d, l)
	for _, p := range []movement.Purpose{movement.SendBack, movement.ExchangeOut, movement.Reissue} {
		m := d.latest(l.ID, p)
		ahead := s.Ahead && p == movement.ExchangeOut
		if m == nil || m.State == movement.Cancelled || m.ID < since && !ahead || ahead && s.Going != "" && m.State == movement.Delivered {
			continue
		}
		s.Going, s.Swap = m.State, p != movement.SendBack
		s.outward(m)
	}
	if s.Going == movement.Delivered && !s.Swap { // the goods are back where they were before they were returned
		s.Coming, s.Problem, s.Arrived, s.Missing, s.Going = "", "", false, false, ""
		s.Unchecked, s.Untold = false, false
	}
	for _, m := range d.settlementsOf(l.ID) {
		switch {
		case m.State == settle.Voided:
			continue
		case m.Kind == settle.Charge:
			if s.Charge != settle.AwaitingPayment {
				s.Charge = m.State
			}
			continue
		case m.Kind == settle.Deposit:
			continue
		case m.GivesBackCharge():
			if s.Back == "" || lag[m.State] < lag[s.Back] {
				s.Back = m.State
			}
			continue
		}
		if s.Money == "" || lag[m.State] < lag[s.Money] {
			s.money(d, m)
		}
		s.Started = s.Started || m.State == settle.Processing || m.State == settle.Failed || m.State == settle.Settled
	}
	return s
}

// money looks at one settlement.
func (s *Situation) money(d *Dossier, m settle.Settlement) {
	s.Money, s.Route, s.ByHand = m.State, m.Route, d.byHand(m)
}

// only looks at one settlement as if the line had no other.
func (s *Situation) only(d *Dossier, m settle.Settlement) {
	s.Money, s.Charge, s.Back, s.Deposit = "", "", "", ""
	switch {
	case m.Kind == settle.Deposit:
		s.Deposit = m.State
	case m.Kind == settle.Charge:
		s.Charge = m.State
	case m.GivesBackCharge():
		s.Back = m.State
	default:
		s.money(d, m)
	}
}

// outward looks at what people still have to do about one parcel to the customer.
func (s *Situation) outward(m *movement.Movement) {
	s.Unchecked = m.State == movement.ToShip && m.Checked == movement.CheckNeeded
	s.Untold = m.TellBy != nil && m.ToldAt == nil && in(m.State, movement.InTransit, movement.Delivered, movement.NoStock)
}

// lag orders settlements by who needs attention first.
var lag = map[settle.State]int{settle.Failed: 0, settle.Computed: 1, settle.AwaitingApproval: 2, settle.ToPay: 3, settle.Processing: 4, settle.Settled: 5}

// moneyWords are the status codes of money (terms, section 5).
var moneyWords = map[settle.State]string{
	settle.Computed: "computed", settle.AwaitingApproval: "awaiting_approval.money", settle.ToPay: "approved_to_pay",
	settle.Processing: "processing", settle.Failed: "failed", settle.Settled: "settled", settle.AwaitingPayment: "awaiting_payment",
	settle.AwaitingHold: "awaiting_hold", settle.ToCapture: "to_capture", settle.ToRelease: "to_release",
}

// comingWords are the status codes of goods coming in (terms, section 2).
var comingWords = map[movement.State]string{
	movement.Announced: "awaiting", movement.InTransit: "in_transit", movement.SignedFor: "signed_for", movement.Received: "received",
	movement.Refused: "refused_parcel", movement.Lost: "lost",
	movement.Intercepting: "intercepting", movement.Intercepted: "intercepted", movement.InterceptFailed: "intercept_failed",
	movement.RefusedDelivery: "refused_delivery",
}

// goingWords are the status codes of goods going out (terms, section 3).
var goingWords = map[movement.State]string{
	movement.ToShip: "to_ship", movement.InTransit: "shipped", movement.Delivered: "delivered", movement.Lost: "lost", movement.NoStock: "no_stock",
}

// Status is what people see of a line: the glossary's code of who must move next.
func (s Situation) Status() string {
	if s.Line != line.Approved {
		if w := goingWords[s.Going]; w != "" && s.Going != movement.Delivered && !s.stopped() {
			return w
		}
		return string(s.Line)
	}
	switch {
	case s.Money != "" && s.Money != settle.Settled:
		if s.Money == settle.ToPay && s.Route == settle.ByMarketplace {
			return "on_platform"
		}
		return moneyWords[s.Money]
	case in(s.Deposit, settle.ToCapture, settle.ToRelease) && in(s.Going, "", movement.Delivered) && !s.oldHere():
		return moneyWords[s.Deposit]
	case s.Going == movement.ToShip && s.unpaid():
		return moneyWords[s.asks()]
	case s.Ahead && in(s.Going, "", movement.Delivered) && (s.owesOld() || s.oldHere() || s.oldComes()):
		return s.comes()
	case s.Going != "":
		return goingWords[s.Going]
	case s.Money == settle.Settled && s.Coming != movement.Intercepted: // paid back, and the goods are still out
		return moneyWords[s.Money]
	}
	return s.comes()
}

// comes is what is shown of the goods that come in.
func (s Situation) comes() string {
	switch {
	case s.Quarantined:
		return "quarantined"
	case s.Coming == movement.Discrepant:
		return "discrepant." + string(s.Problem)
	case s.Coming == "" || s.Coming == movement.Cancelled:
		return string(line.Approved)
	case s.Forwarded == movement.Lost:
		return comingWords[movement.Lost]
	case s.Forwarded != "":
		return "forwarded"
	}
	return comingWords[s.Coming]
}

// Mover says whose move a line is; Closed when nothing more is to come.
func (s Situation) Mover() cases.Status {
	if s.Line == line.Approved && s.oldHere() {
		return cases.Ours
	}
	if s.onTheRoad() {
		return cases.Carrier
	}
	switch s.Going {
	case movement.ToShip, movement.Lost, movement.NoStock:
		switch {
		case s.stopped():
		case s.Going == movement.ToShip && s.unpaid():
			return cases.Customer
		default:
			return cases.Ours
		}
	case movement.InTransit:
		if s.Untold {
			return cases.Ours
		}
		return cases.Carrier
	}
	switch s.Line {
	case line.Requested, line.Disputed:
		return cases.Ours
	case line.NeedsFacts, line.NeedsEvidence, line.Offered:
		if s.Line == line.NeedsFacts && s.OurTurn {
			return cases.Ours
		}
		return cases.Customer
	case line.AwaitingApproval:
		return cases.Approval
	case line.Rejected, line.Cancelled, line.Expired:
		if (s.givesBack() || s.finances()) && s.stray() == cases.Closed {
			return cases.Money
		}
		return s.stray()
	}
	if s.Money != "" && s.Money != settle.Settled || s.Going == movement.Delivered && s.givesBack() || s.finances() {
		return cases.Money
	}
	if s.Coming == movement.Intercepted && s.Going == "" {
		return cases.Carrier
	}
	if (s.Money == settle.Settled || s.Going == movement.Delivered) && !s.owesOld() { // given back, exchanged, or sent once more
		if s.oldComes() {
			return cases.Carrier
		}
		return cases.Closed
	}
	switch s.Coming {
	case movement.Announced:
		return cases.Customer
	case movement.InTransit, movement.Intercepting, movement.RefusedDelivery:
		return cases.Carrier
	}
	return cases.Ours
}

// givesBack says that what was paid for an exchange is still to go back.
func (s Situation) givesBack() bool { return s.Back != "" && s.Back != settle.Settled }

// stray is whose move a line is that is over while a parcel of it is still about: what comes is opened, and goes home.
func (s Situation) stray() cases.Status {
	switch s.Coming {
	case movement.SignedFor:
		if s.Forwarded == movement.Lost {
			return cases.Closed
		}
		return cases.Ours
	case movement.InTransit, movement.Intercepted, movement.RefusedDelivery:
		return cases.Carrier
	}
	return cases.Closed
}

// urgency orders movers: a case shows the most pressing of its lines.
var urgency = []cases.Status{cases.Ours, cases.Approval, cases.Money, cases.Customer, cases.Carrier}

// caseStatus is what people see of a case. A case that is ours and has nobody is up for taking.
func caseStatus(movers []cases.Status, assignee string) cases.Status {
	for _, u := range urgency {
		for _, m := range movers {
			if m == u {
				if u == cases.Ours && assignee == "" {
					return cases.Unassigned
				}
				return u
			}
		}
	}
	return cases.Closed
}
