package flow

import (
	"context"
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// 向快递索赔 — what the carrier lost, broke or let be robbed, the shop wants back from it. The customer has his money or his goods
// without waiting for that (X20): a claim is open work of the case, and no clock of the customer's. One opens by itself when a parcel
// is reported lost, so that nobody forgets it, and goes by itself when the parcel turns up before it was filed; any other is opened by hand.

const (
	ClaimCarrier  Command = "claim_carrier"  // 向快递索赔
	FileClaim     Command = "file_claim"     // 提交索赔
	ClaimGranted  Command = "claim_granted"  // 快递同意赔付
	ClaimRefused  Command = "claim_refused"  // 快递拒赔
	ClaimReceived Command = "claim_received" // 赔款到账
	DropClaim     Command = "drop_claim"     // 放弃索赔
)

var claimCommands = map[carrier.ClaimEvent]Command{carrier.File: FileClaim, carrier.Grant: ClaimGranted, carrier.Refuse: ClaimRefused, carrier.Take: ClaimReceived,
	carrier.Drop: DropClaim}

// ClaimView is a claim on a carrier with what may be done.
type ClaimView struct {
	carrier.Claim
	Allowed []Command `json:"allowed" nullable:"false"`
}

// NewClaim is a claim that is opened by hand.
type NewClaim struct {
	Reason  carrier.Reason `json:"reason" enum:"lost,damaged,short"`
	Carrier string         `json:"carrier" minLength:"1" maxLength:"40"`
	Waybill string         `json:"waybill" minLength:"6" maxLength:"40"`
}

// ClaimStep is what is said with a step of a claim.
type ClaimStep struct {
	Minor      int64          `json:"minor,omitempty" minimum:"0" maximum:"100000000000" doc:"asked for, granted, or come in; minor units"`
	Carrier    string         `json:"carrier,omitempty" maxLength:"40" doc:"when it is filed, if nobody noted it before"`
	Waybill    string         `json:"waybill,omitempty" maxLength:"40"`
	Ticket     string         `json:"ticket,omitempty" maxLength:"60" doc:"the carrier's own number of the claim"`
	Text       string         `json:"text,omitempty" maxLength:"500" doc:"what the carrier said, or why nothing more is asked for"`
	ExternalNo string         `json:"external_no,omitempty" maxLength:"128" doc:"number of the payment, or of the freight bill it was taken off"`
	At         *clock.Instant `json:"at,omitempty" doc:"when the money came in, if not now"`
}

// OpenClaim opens a claim on the carrier of a parcel of the case, of its own or of its order.
func (f *Flow) OpenClaim(ctx context.Context, who Actor, shopID, caseID id.ID, version int64, n NewClaim) (View, error) {
	return f.change(ctx, who, shopID, ofCase(caseID), func(d *Dossier) (step, error) {
		no, err := aboutParcel(d, n.Waybill, version, d.claiming, "flow.claim_open")
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			cl := carrier.Claim{Carrier: n.Carrier, Waybill: no, Reason: n.Reason}
			for _, l := range c.Lines {
				ol := c.orderLine(l)
				cl.Asked += ol.Net * l.Quantity / ol.Quantity
			}
			if i := slices.IndexFunc(c.Movements, func(m movement.Movement) bool { return m.Waybill == no }); i >= 0 {
				cl.MovementID, cl.Asked = c.Movements[i].ID, c.worth(&c.Movements[i])
			}
			c.openClaim(cl)
		}, nil
	})
}

// openClaim writes a new claim.
func (c *change) openClaim(cl carrier.Claim) {
	cl.ID, cl.ShopID, cl.CaseID, cl.State, cl.Currency, cl.OpenedAt, cl.Version = id.New(), c.Shop.ID, c.Case.ID, carrier.ToFile, c.currency(), c.now, 1
	carrier.InsertClaim(c.b, cl)
	c.Claims = append(c.Claims, cl)
	c.event(audit.Claim, cl.ID, "open", map[string]any{"reason": cl.Reason, "carrier": cl.Carrier, "waybill": cl.Waybill, "worth": cl.Asked})
}

// claimLoss opens the claim for what did not come of a parcel, where the shop is who claims it and it was worth something.
func (c *change) claimLoss(m *movement.Movement, reason carrier.Reason) {
	worth := c.worth(m)
	if worth == 0 || slices.ContainsFunc(c.Claims, func(cl carrier.Claim) bool { return cl.MovementID == m.ID && cl.Open() }) {
		return
	}
	for i := range c.Lines {
		if l := c.Lines[i]; m.Carries(l.ID) && m.Purpose != movement.Transfer { // that one we sent ourselves
			ours, err := c.flow.shopClaims(c.Dossier, l)
			c.note(err)
			if !ours {
				return
			}
		}
	}
	c.openClaim(carrier.Claim{MovementID: m.ID, Carrier: m.Carrier, Waybill: m.Waybill, Reason: reason, Asked: worth})
}

// carrierGrounds are the grounds that a carrier answers for towards the shop, and for what: it had the first delivery.
var carrierGrounds = map[string]carrier.Reason{"not_received": carrier.ForLost, "transport_damage": carrier.ForDamaged}

// claimFirst opens the claim for a first delivery that did not come, or came broken, as soon as the customer has his money or another parcel
// coming: he waits for no carrier (X20). Lines of one parcel share a claim, which asks for all of them until it is filed.
func (c *change) claimFirst(l *line.Line) {
	reason, blamed := carrierGrounds[l.Ground]
	if !blamed {
		return
	}
	p := c.blamed(l)
	c.claimParcel(p, reason, func(of *line.Line) bool {
		return carrierGrounds[of.Ground] == reason && of.OrderID == l.OrderID && c.blamed(of).Waybill == p.Waybill && (of.State == line.Approved || of.ID == l.ID)
	})
}

// claimAdmitted opens the claim for a parcel of which the carrier says itself that it lost or broke it.
func (c *change) claimAdmitted(e carrier.Enquiry, reason carrier.Reason) {
	c.claimParcel(carrier.Parcel{Carrier: e.Carrier, Waybill: e.Waybill}, reason, func(of *line.Line) bool { return c.wentIn(*of, e.Waybill) })
}

// claimParcel opens the claim for the lines of a parcel an order went out in that the shop claims for, or brings it up to date while nobody has
// filed it. One that was opened is not opened again.
func (c *change) claimParcel(p carrier.Parcel, reason carrier.Reason, about func(*line.Line) bool) {
	var worth int64
	for i := range c.Lines {
		l := &c.Lines[i]
		if !about(l) {
			continue
		}
		ours, err := c.flow.shopClaims(c.Dossier, *l)
		if c.note(err); ours {
			worth += c.orderLine(*l).Net * l.Quantity / c.orderLine(*l).Quantity
		}
	}
	i := slices.IndexFunc(c.Claims, func(cl carrier.Claim) bool {
		return cl.MovementID == 0 && cl.Reason == reason && (p.Waybill == "" || cl.Waybill == p.Waybill)
	})
	switch {
	case i < 0 && worth > 0:
		c.openClaim(carrier.Claim{Carrier: p.Carrier, Waybill: p.Waybill, Reason: reason, Asked: worth})
	case i >= 0 && c.Claims[i].State == carrier.ToFile && c.Claims[i].Asked < worth:
		c.Claims[i].Asked = worth
		c.Claims[i] = carrier.SaveClaim(c.b, c.Claims[i])
	}
}

// readParcels adds the parcels a line's order went out in, where a carrier may have to answer for them.
func (d *Dossier) readParcels(tx *db.Tx, l line.Line) (err error) {
	if _, blamed := carrierGrounds[l.Ground]; !blamed && !d.Case.WithCarrier || d.Parcels[l.OrderID] != nil {
		return nil
	}
	d.Parcels[l.OrderID], err = carrier.OfOrder(tx, d.Shop.ID, l.OrderID)
	return err
}

// blamed is the parcel of a line's first delivery: the one the carrier was asked about, or the only one; else nobody knows yet.
func (d *Dossier) blamed(l *line.Line) carrier.Parcel {
	of := d.Parcels[l.OrderID]
	for _, e := range d.Enquiries {
		if i := slices.IndexFunc(of, func(p carrier.Parcel) bool { return p.Waybill == e.Waybill }); i >= 0 {
			return of[i]
		}
	}
	if len(of) == 1 {
		return of[0]
	}
	return carrier.Parcel{}
}

// worth is what the units of a parcel that did not arrive were sold for; of one in which all of them came, what all were.
func (c *change) worth(m *movement.Movement) (all int64) {
	var missing int64
	for _, in := range m.Lines {
		l, err := c.line(in.CaseLineID, 0)
		if err != nil {
			continue // split off into another case's parcel
		}
		ol := c.orderLine(*l)
		all += ol.Net * in.Announced / ol.Quantity
		if in.Arrived != nil {
			missing += ol.Net * (in.Announced - *in.Arrived) / ol.Quantity
		}
	}
	if missing > 0 {
		return missing
	}
	return all
}

// currency is that of the case's first order.
func (c *change) currency() money.Currency {
	if len(c.Lines) > 0 {
		return c.Orders[c.Lines[0].OrderID].Currency
	}
	return c.Shop.Currency
}

// shopClaims says who claims from the carrier of a line's parcel: the shop, unless the customer had it sent by a carrier of his
// own choice, who is helped to ask it himself (ECL-20).
func (f *Flow) shopClaims(d *Dossier, l line.Line) (bool, error) {
	book, err := f.book(d, l)
	if err != nil {
		return false, err
	}
	facts, err := line.FromFindings(f.Policies.Vocabulary(), d.Findings[l.ID]) // what the order says is not asked, and may be paid back already
	if err != nil {
		return false, err
	}
	row, err := book.Lookup(carrierClaimTable, rule.Input{Facts: facts, Stage: rule.AtInspection, At: d.Now, Calendar: d.Calendar})
	if errs.CodeOf(err) == errs.NotFound {
		return true, nil // no law about it
	}
	if err != nil {
		return false, err
	}
	return row.Values["by"].Word() != "customer_with_help", nil
}

// turnedUp gives up the claim for a parcel that came after all, where nobody has filed it.
func (c *change) turnedUp(m *movement.Movement) {
	for i := range c.Claims {
		if cl := &c.Claims[i]; cl.MovementID == m.ID && cl.State == carrier.ToFile {
			c.moveClaim(cl, carrier.Drop, ClaimStep{Text: "turned up"})
		}
	}
}

// OnClaim records a step of a claim: filed, granted, refused, money came in, dropped.
func (f *Flow) OnClaim(ctx context.Context, who Actor, shopID, claimID id.ID, version int64, v carrier.ClaimEvent, s ClaimStep) (View, error) {
	return f.change(ctx, who, shopID, ofClaim(shopID, claimID), func(d *Dossier) (step, error) {
		cl, err := d.carrierClaim(claimID, version)
		if err == nil && s.Waybill != "" {
			s.Waybill, err = movement.CleanWaybill(s.Waybill)
		}
		if err == nil {
			_, err = cl.After(v, d.Now, s.Minor)
		}
		if err == nil && s.At != nil && (*s.At > d.Now || *s.At < cl.OpenedAt) {
			err = errs.New(errs.Invalid, "flow.arrival_time", errs.Args{"from": cl.OpenedAt.String()})
		}
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			cl, _ := c.carrierClaim(claimID, 0)
			c.moveClaim(cl, v, s)
		}, nil
	})
}

// moveClaim applies an event to a claim, books what it means, and writes both down. What a carrier agrees to is due from it and lessens
// what the loss cost us; what it does not pay in the end is taken back.
func (c *change) moveClaim(cl *carrier.Claim, v carrier.ClaimEvent, s ClaimStep) {
	due := cl.Due()
	next, err := cl.After(v, c.now, s.Minor)
	if c.note(err); err != nil {
		return
	}
	for _, set := range []struct {
		field *string
		to    string
	}{{&next.Carrier, s.Carrier}, {&next.Waybill, s.Waybill}, {&next.Ticket, s.Ticket}} {
		if set.to != "" {
			*set.field = set.to
		}
	}
	if v == carrier.Grant || v == carrier.Refuse {
		next.Answer = s.Text
	}
	*cl = carrier.SaveClaim(c.b, next)
	of := func(minor int64) money.Money { return money.Of(minor, cl.Currency) }
	switch {
	case v == carrier.Grant:
		c.post(ledger.Move(c.Shop.ID, "claim_granted", cl.ID, of(s.Minor), ledger.Recovered, ledger.DueFromCarriers))
	case v == carrier.Take:
		c.post(ledger.Move(c.Shop.ID, "claim_received", cl.ID, of(s.Minor), ledger.DueFromCarriers, ledger.FromCarriers))
	case v == carrier.Drop && due > 0:
		c.post(ledger.Move(c.Shop.ID, "claim_dropped", cl.ID, of(due), ledger.DueFromCarriers, ledger.Recovered))
	}
	c.event(audit.Claim, cl.ID, string(v), map[string]any{"minor": s.Minor, "ticket": cl.Ticket, "text": s.Text, "external_no": s.ExternalNo, "at": s.At, "waybill": cl.Waybill})
}

// claiming says that a claim about a parcel is open.
func (d *Dossier) claiming(waybill string) bool {
	return slices.ContainsFunc(d.Claims, func(cl carrier.Claim) bool { return cl.Waybill == waybill && cl.Open() })
}

func (d *Dossier) carrierClaim(claimID id.ID, version int64) (*carrier.Claim, error) {
	for i := range d.Claims {
		if cl := &d.Claims[i]; cl.ID == claimID {
			return cl, current(version, cl.Version)
		}
	}
	return nil, carrier.NoClaim(claimID)
}

func (d *Dossier) claimViews() []ClaimView {
	out := []ClaimView{}
	for _, cl := range d.Claims {
		v := ClaimView{Claim: cl, Allowed: []Command{}}
		for _, x := range cl.Allowed() {
			v.Allowed = append(v.Allowed, claimCommands[x])
		}
		out = append(out, v)
	}
	return out
}

func ofClaim(shopID, claimID id.ID) finder {
	return func(tx *db.Tx) (id.ID, error) { return carrier.CaseOfClaim(tx, shopID, claimID) }
}

// movers say who has to move on a case: for each of its lines, and for what is asked of its carriers and claimed from them. While a
// carrier owes an answer, what is undecided waits for it.
func (d *Dossier) movers() (out []cases.Status) {
	for _, l := range d.Lines {
		m := d.situation(l).Mover()
		if m == cases.Ours && in(l.State, waitsForCarrier...) && d.asking() {
			m = cases.Carrier
		}
		out = append(out, m)
	}
	for _, e := range d.Enquiries {
		switch e.State {
		case carrier.Asked:
			out = append(out, cases.Carrier)
		case carrier.Answered:
			out = append(out, cases.Ours)
		}
	}
	for _, cl := range d.Claims {
		switch cl.State {
		case carrier.ToFile, carrier.Refused:
			out = append(out, cases.Ours)
		case carrier.Filed, carrier.Granted:
			out = append(out, cases.Carrier)
		}
	}
	return out
}
