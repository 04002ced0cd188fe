package flow

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// answer is the policy's answer about a line, with what follows from it.
type answer struct {
	*rule.Decision
	facts     rule.Facts
	stored    policy.Stored // as it goes into the books: encoded and hashed before the write, not in it
	event     line.Event    // what it does to the line
	fault     string        // who is at fault, by the ground's class
	authority string        // who in the shop agrees to a grant: none, agent, supervisor
	terms     terms
}

// terms are what a grant sets in motion: taken from the decision and the shop's tables, never from code.
type terms struct {
	warehouse       shop.Warehouse
	sendBy          *calendar.Date // the customer's last day to send
	due             *calendar.Date // the shop's last day to pay
	returnFreight   movement.Party // who bears the way back, of a parcel that was refused at the door too
	returnFreightBy string         // and the clause that says so
	approval        string         // who has to approve the money: "" nobody, finance, supervisor
	transferCap     *int64         // the most the platform transfers at once, where the shop says so
	freightCap      *int64         // the most that is reimbursed for a parcel, where the shop says so
	answerBy        *calendar.Date // the customer's last day to answer what he is asked, where the shop sets one

	exchangeTerms
}

// The tables of a shop's pack that journeys ask (docs/policy.md, section 4).
const (
	approvalTable      = "approval"       // → authority: none, agent or supervisor
	returnAddressTable = "return_address" // → warehouse: its code
	answerTable        = "answer_days"    // → days: how long the customer has to answer what he is asked
	moneyApprovalTable = "money_approval" // → by: none or finance
	serviceTimesTable  = "service_times"  // → the shop's own clocks; not every shop promises every one
	carrierClaimTable  = "carrier_claim"  // → by: who claims from a carrier, the shop or the customer; of the law
)

// decide gathers a line's facts, asks the policy at a stage and says what that does to the line.
func (f *Flow) decide(d *Dossier, l line.Line, stage rule.Stage) (answer, error) {
	facts, err := f.facts(d, l, stage)
	if err != nil {
		return answer{}, err
	}
	book, err := f.book(d, l)
	if err != nil {
		return answer{}, err
	}
	dec, err := book.Decide(rule.Input{Facts: facts, Stage: stage, At: d.Now, Ground: l.Ground, Remedy: rule.Remedy(l.Remedy), Calendar: d.Calendar})
	if err != nil {
		return answer{}, err
	}
	a := answer{Decision: dec, facts: facts, fault: faultOf(book, l.Ground)}
	if a.authority, err = authority(book, dec, rule.Input{Facts: facts, Stage: stage, At: d.Now, Calendar: d.Calendar}); err != nil {
		return answer{}, err
	}
	if a.stored, err = policy.Record(d.Shop.ID, l.CaseID, l.ID, dec, facts); err != nil {
		return answer{}, err
	}
	met := stage >= rule.AtReceipt && l.State == line.Approved // agreed to at the application
	a.event = eventOf(dec, a.authority, met)
	if a.terms, err = f.termsOf(d, book, dec, facts); err == nil {
		a.terms.answerBy, err = answerBy(d, book, rule.Input{Facts: facts, Stage: stage, At: d.Now, Calendar: d.Calendar})
	}
	if ourQuestion(dec) {
		a.terms.answerBy = nil // nobody loses anything because we take our time
	}
	return a, err
}

// ourQuestion says that a decision waits for what only our own people can establish: an agent, an inspector, an appraiser
// (S0-27). The customer is not asked then, and no time of hers runs.
func ourQuestion(d *rule.Decision) bool {
	return d != nil && d.Outcome == rule.NeedFacts && len(d.Open) > 0 &&
		!slices.ContainsFunc(d.Open, func(q rule.Question) bool { return q.Ask&rule.Customer != 0 })
}

// answerBy is the last day to answer, nil where the shop's pack sets none: then nothing expires by itself.
func answerBy(d *Dossier, book *rule.Book, in rule.Input) (*calendar.Date, error) {
	row, err := book.Lookup(answerTable, in)
	if e := errs.As(err); e != nil && e.Key == "rule.table_unknown" {
		return nil, nil
	}
	if err != nil || row.Values == nil {
		return nil, err
	}
	by := d.today().AddDays(int(row.Values["days"].Int()))
	return &by, nil
}

// authority is who in the shop agrees to a grant: what the decision says; where only the law speaks, which is silent on
// the shop's own procedure, the pack's approval table; an agent where the pack has none.
func authority(book *rule.Book, d *rule.Decision, in rule.Input) (string, error) {
	if b := d.Asked(); b != nil && b.Authority != nil {
		return b.Authority.Value, nil
	}
	who, err := word(book, approvalTable, "authority", in)
	if e := errs.As(err); e != nil && e.Key == "rule.table_unknown" {
		return "agent", nil
	}
	return who, err
}

// eventOf is what a decision does to a line. An agreement that was given already is not asked for again.
func eventOf(d *rule.Decision, authority string, met bool) line.Event {
	switch d.Outcome {
	case rule.NeedFacts:
		return line.Ask
	case rule.NeedEvidence:
		return line.AskProof
	}
	if b := d.Asked(); b != nil && b.Amount != nil && !said(b.Amount) {
		return line.Ask // how much is not said yet
	}
	switch d.Outcome {
	case rule.Offer:
		if met && d.Stage < inspectionStage {
			return line.Grant // what was accepted has come about
		}
		if authority == "supervisor" && !met {
			return line.Escalate // before it is offered
		}
		return line.Offer
	case rule.ManualReview:
		return line.Escalate
	case rule.Reject:
		return line.Refuse
	}
	switch {
	case met:
		return line.Grant
	case authority == "supervisor":
		return line.Escalate
	case authority == "agent":
		return line.Queue
	}
	return line.Grant
}

// faultOf is the fault class of a ground.
func faultOf(book *rule.Book, ground string) string {
	for _, g := range book.Grounds() {
		if g.Name == ground {
			return g.Fault
		}
	}
	return "undetermined"
}

// terms are those of a line's latest decision, for a grant that a person gives.
func (f *Flow) terms(d *Dossier, l line.Line) (terms, error) {
	dec := d.Decisions[l.ID]
	facts, err := f.facts(d, l, dec.Stage)
	if err != nil {
		return terms{}, err
	}
	book, err := f.book(d, l)
	if err != nil {
		return terms{}, err
	}
	return f.termsOf(d, book, dec, facts)
}

func (f *Flow) termsOf(d *Dossier, book *rule.Book, dec *rule.Decision, facts rule.Facts) (t terms, err error) {
	b := dec.Asked()
	if b == nil || b.Right == nil {
		return t, nil
	}
	back := "return"
	if dec.Remedy == rule.Interception {
		back = "refused"
	}
	for _, leg := range b.Freight {
		if leg.Leg == back {
			t.returnFreight, t.returnFreightBy = movement.Party(leg.Value), leg.By
		}
	}
	for _, x := range b.SendBy { // the latest, for the customer; time that passed while the shop decided is not his
		if x.Date == nil {
			continue
		}
		by := *x.Date
		if x.Unit == "days" {
			by = max(by, d.today().AddDays(int(x.N)))
		}
		if t.sendBy == nil || by > *t.sendBy {
			t.sendBy = &by
		}
	}
	for _, x := range b.Due { // the earliest, for the shop
		if x.Date != nil && (t.due == nil || *x.Date < *t.due) {
			t.due = x.Date
		}
	}
	in := rule.Input{Facts: facts, Stage: dec.Stage, At: d.Now, Calendar: d.Calendar}
	if dec.Remedy != rule.RefundOnly && !dec.Remedy.IsAmount() { // goods come back, or go out
		code, err := word(book, returnAddressTable, "warehouse", in)
		if err != nil {
			return t, err
		}
		if t.warehouse, err = d.warehouse(code); err != nil {
			return t, err
		}
	}
	if t.approval, err = word(book, moneyApprovalTable, "by", in); t.approval == "none" {
		t.approval = ""
	}
	if err == nil && t.due == nil {
		t.due, err = d.wilfulAfter(book, in)
	}
	if err == nil {
		t.transferCap, err = bound(book, transferTable, in)
	}
	if err == nil {
		t.freightCap, err = bound(book, freightCapTable, in)
	}
	if err == nil && dec.Remedy == rule.Exchange {
		err = exchangeTermsOf(d, book, dec, facts, &t)
	}
	return t, err
}

// word asks a table for one column. A table that cannot answer yet is a fault of the pack: what journeys ask for has to
// be decided by facts that are known when they ask.
func word(book *rule.Book, table, column string, in rule.Input) (string, error) {
	row, err := book.Lookup(table, in)
	if err != nil {
		return "", err
	}
	if len(row.Open) > 0 {
		return "", errs.New(errs.Internal, "flow.table_open", errs.Args{"table": table, "fact": row.Open[0].Fact})
	}
	return row.Values[column].Word(), nil
}

// facts are what is known of a line at a stage: the order's own, the application's, the parcel's, and what people
// established. What was found later than the stage that is asked is left out: a line that is taken up again is asked
// about anew.
func (f *Flow) facts(d *Dossier, l line.Line, stage rule.Stage) (rule.Facts, error) {
	o := d.Orders[l.OrderID]
	recorded, err := order.Facts(o, d.pricedLines(l), l.OrderLineID, l.Quantity, tookOff(d.Less[l.OrderID]).Taken, d.Calendar)
	if err != nil {
		return nil, err
	}
	found, err := line.FromFindings(f.Policies.Vocabulary(), d.Findings[l.ID])
	if err != nil {
		return nil, err
	}
	fs := rule.Facts{}
	for _, more := range []rule.Facts{recorded, line.ApplicationFacts(l), reissueFacts(d, l), dispatchFacts(d, l), parcelFacts(d, l), found, exchangeFacts(d, l, stage), goodwillFacts(d, l, stage)} {
		for name, readings := range more {
			for _, r := range readings {
				if r.Stage <= stage {
					fs.Put(name, r.Stage, r.Value)
				}
			}
		}
	}
	return fs, nil
}

// parcelFacts are what the latest parcel says that brings a line's goods to us, and what the carrier answered when a
// parcel was to be stopped.
func parcelFacts(d *Dossier, l line.Line) rule.Facts {
	fs := movement.Facts(d.incoming(l.ID), d.Calendar)
	movement.StopFacts(fs, d.latest(l.ID, movement.Intercept), d.Calendar)
	return fs
}

// reissueFacts say whether a line's article was sent once more before, where that was promised: it is done once (S1-111).
func reissueFacts(d *Dossier, l line.Line) rule.Facts {
	fs := rule.Facts{}
	if o := d.Orders[l.OrderID]; o.Attrs.Promises != nil && o.Attrs.Promises.Reissue {
		line.FactReissued.Set(fs, slices.ContainsFunc(d.Reissued[o.ID], func(r line.Line) bool { return r.OrderLineID == l.OrderLineID && r.ID < l.ID }))
	}
	return fs
}

// book is the policy that governs a line: the law and the shop's pack in force at payment, and a later version of the
// shop's too, where that is better for the customer (G2).
func (f *Flow) book(d *Dossier, l line.Line) (*rule.Book, error) { return d.book(l) }

func (d *Dossier) book(l line.Line) (*rule.Book, error) {
	o := d.Orders[l.OrderID]
	paid := o.OrderedAt
	if o.PaidAt != nil {
		paid = *o.PaidAt
	}
	return d.Policies.Book(Binding(d.Shop), d.Calendar.DateOf(paid), l.AppliedOn)
}

// Binding is what a shop decides by.
func Binding(s shop.Shop) policy.Binding {
	return policy.Binding{Law: []string{s.Law}, Overlays: s.Overlays, Shop: s.Pack}
}

// CheckPacks says whether the packs of a shop that is to be opened exist and fit together.
func (f *Flow) CheckPacks(s shop.Shop) error {
	_, err := newest(f.Policies.BuiltIn(), s)
	return err
}

// LatestBook is what a shop decides by now.
func (f *Flow) LatestBook(tx *db.Tx, s shop.Shop) (*rule.Book, error) {
	lib, err := f.Policies.Of(tx, s.ID)
	if err != nil {
		return nil, err
	}
	cal, err := f.calendar(s)
	if err != nil {
		return nil, err
	}
	today := cal.DateOf(tx.Now)
	for _, pack := range append([]string{s.Law, s.Pack}, s.Overlays...) {
		if _, err := lib.InForce(pack, today); err != nil {
			return newest(lib, s)
		}
	}
	return lib.Book(Binding(s), today, today)
}

// newest binds the newest version of each pack. A shop of earlier days may bind packs that have ended: they are taken on
// the day the latest of them began.
func newest(lib *policy.Library, s shop.Shop) (*rule.Book, error) {
	var on calendar.Date
	for _, pack := range append([]string{s.Law, s.Pack}, s.Overlays...) {
		versions := lib.Versions(pack)
		if len(versions) == 0 {
			return nil, errs.New(errs.NotFound, "policy.pack_unknown", errs.Args{"pack": pack})
		}
		on = max(on, versions[len(versions)-1].From)
	}
	return lib.Book(Binding(s), on, on)
}

// BookOn is what a shop decides by for an order that is paid and asked about on one day. Of a shop whose own pack is not in
// force then it is a NotFound error.
func (f *Flow) BookOn(tx *db.Tx, s shop.Shop, day calendar.Date) (*rule.Book, error) {
	lib, err := f.Policies.Of(tx, s.ID)
	if err == nil {
		_, err = lib.InForce(s.Pack, day)
	}
	if err != nil {
		return nil, err
	}
	return lib.Book(Binding(s), day, day)
}

// findings reads what a person says about facts. Unknown names, values of the wrong type, facts that only our own records
// can tell and facts that the order's record does tell are refused, all at once: nobody restarts a window by stating
// another day of receipt. A wrong record is mended where it stands.
func (f *Flow) findings(d *Dossier, facts map[string]json.RawMessage, stage rule.Stage, l line.Line, who Actor, evidence string) ([]line.Finding, error) {
	if len(facts) == 0 {
		return nil, nil
	}
	recorded, err := order.Facts(d.Orders[l.OrderID], d.linesBefore(l), l.OrderLineID, 1, order.Taken{}, d.Calendar)
	if err != nil {
		return nil, err
	}
	promised := dispatchFacts(d, l)
	var faults errs.Faults
	var out []line.Finding
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		def, _, known := f.Policies.Vocabulary().Def(name)
		switch _, err := f.Policies.Vocabulary().ParseValue(name, facts[name]); {
		case err != nil:
			e := errs.As(err)
			if len(e.Fields) > 0 {
				e = &errs.Error{Key: e.Fields[0].Key, Args: e.Fields[0].Args}
			}
			faults.Add("/"+name, e.Key, e.Args)
		case known && (def.Ask == rule.System || len(recorded[name]) > 0 || len(promised[name]) > 0 || d.stockSays(l, name)):
			faults.Add("/"+name, "flow.system_fact", errs.Args{"fact": def.Label})
		case stage < def.Stage && def.Ask&rule.Customer == 0:
			faults.Add("/"+name, "flow.too_early", errs.Args{"fact": def.Label})
		default:
			out = append(out, line.Finding{ID: id.New(), ShopID: l.ShopID, LineID: l.ID, Fact: name, Value: facts[name], Stage: stage.String(),
				Author: who.Name, Evidence: evidence})
		}
	}
	return out, faults.Err()
}
