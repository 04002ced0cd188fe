package rule

import (
	"encoding/json"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// Format is the number of the core's form. A change of the form is a new number; old numbers stay readable.
const Format = 1

// Outcome is what a decision says about a key.
type Outcome string

const (
	Approve      Outcome = "approve"       // a claim holds as of right
	Offer        Outcome = "offer"         // the shop proposes; the customer must agree
	NeedFacts    Outcome = "need_facts"    // Open lists the questions
	NeedEvidence Outcome = "need_evidence" // Evidence lists what to show
	ManualReview Outcome = "manual_review" // a person must decide: no clause, or one that leaves it to judgement
	Reject       Outcome = "reject"        // every claim failed; reason, clause and an alternative are given
)

// Remedy is what a customer asks for (the codes of the glossary).
type Remedy string

const (
	RefundReturn    Remedy = "refund_return"
	RefundOnly      Remedy = "refund_only"
	Exchange        Remedy = "exchange"
	Reissue         Remedy = "reissue"
	Repair          Remedy = "repair"
	LocalRepair     Remedy = "local_repair"
	Care            Remedy = "care"
	Processing      Remedy = "processing"
	Resizing        Remedy = "resizing"
	Engraving       Remedy = "engraving"
	Appraisal       Remedy = "appraisal"
	Interception    Remedy = "interception"
	Compensation    Remedy = "compensation"
	Goodwill        Remedy = "goodwill"
	PriceProtection Remedy = "price_protection"
	Loaner          Remedy = "loaner"
	TradeInStyle    Remedy = "trade_in_style"
	TradeInMaterial Remedy = "trade_in_material"
)

// TradesIn says whether an old piece is given in payment: the amount of such a bundle is what it counts for, not what is
// paid out.
func (r Remedy) TradesIn() bool { return r == TradeInStyle || r == TradeInMaterial }

// GroundFact and RemedyFact are what Open names when the ground or the remedy itself has to be asked.
const (
	GroundFact = "application.ground"
	RemedyFact = "application.remedy"
)

// Key is a ground and a remedy. Bundles never mix keys.
type Key struct {
	Ground string `json:"ground"`
	Remedy Remedy `json:"remedy"`
}

// Decision is the answer to one question at one stage: an immutable result. Everything but Trace is its core, which is
// stored (Encode) and replays byte for byte from the same facts and packs; it holds codes, never wording.
type Decision struct {
	Format  int           `json:"format"`
	Outcome Outcome       `json:"outcome"`          // of the key that was asked for
	Reason  string        `json:"reason,omitempty"` // on reject and manual_review: a reason code
	Clause  string        `json:"clause,omitempty"` // the claim that decided
	Stage   Stage         `json:"stage"`
	At      clock.Instant `json:"at"`
	Key
	Bundles      []Bundle      `json:"bundles"` // the asked key first, its ground's other remedies; unless it is granted, those of grounds that need no cause
	Open         []Question    `json:"open"`    // next question first
	Exact        bool          `json:"exact"`   // Open is exactly what matters; false: a bound was met and Open may name more
	Alternatives []Alternative `json:"alternatives"`
	Differences  []Difference  `json:"differences"`     // declared otherwise than found
	Packs        []PackRef     `json:"packs"`           // in force at payment
	Later        []PackRef     `json:"later,omitempty"` // the second edition, where a later version is in force too (G2)
	FactsHash    string        `json:"facts_hash"`      // SHA-256 of the facts' canonical JSON

	Trace []ClaimTrace `json:"-"` // only when Input.Trace was set
}

// Bundle is everything one key gives, complete, each point with the clause that won it.
type Bundle struct {
	Key
	Outcome    Outcome     `json:"outcome"`
	Reason     string      `json:"reason,omitempty"`
	Clause     string      `json:"clause,omitempty"`  // the claim that decided: the winner of right, or the nearest that failed
	Edition    string      `json:"edition,omitempty"` // "later": the shop's newer version won over the one at payment (G2)
	Right      *Point      `json:"right,omitempty"`
	Freight    []Leg       `json:"freight,omitempty"`
	Refund     *Refund     `json:"refund,omitempty"`
	Amount     *Amount     `json:"amount,omitempty"`
	Authority  *Point      `json:"authority,omitempty"`
	LastDay    *LastDay    `json:"last_day,omitempty"` // until when the customer could ask, the latest of the claims that hold
	Due        []Deadline  `json:"due,omitempty"`      // the shop's; earliest first
	SendBy     []Deadline  `json:"send_by,omitempty"`  // the customer's
	Evidence   []Evidence  `json:"evidence,omitempty"`
	Conditions []Condition `json:"conditions,omitempty"` // the inspection sheet
	Clauses    []Clause    `json:"clauses"`
}

// Point is a value and the claim that gave it; Lost are other claims that hold and gave less.
type Point struct {
	Value string `json:"value"`
	By    string `json:"by"`
	Lost  []Lost `json:"lost,omitempty"`
}

// Lost is a value that did not win.
type Lost struct {
	Value string `json:"value"`
	By    string `json:"by"`
}

// Leg is one freight leg: outbound (kept, refunded), return, resend, refused (customer, shop).
type Leg struct {
	Leg string `json:"leg"`
	Point
}

// Refund is the money that goes back. Total is absent while a part is unknown (Minor absent; its fact is in Open).
type Refund struct {
	Basis     string       `json:"basis"` // goods, percent:30, amount
	Parts     []RefundPart `json:"parts"`
	Total     *int64       `json:"total,omitempty"`     // minor units, never below zero
	Shortfall int64        `json:"shortfall,omitempty"` // by how much deductions exceed the rest
	By        string       `json:"by"`
	Lost      []Lost       `json:"lost,omitempty"`
}

// RefundPart is goods, outbound_freight or a deduction ("deduct.gift_price", negative).
type RefundPart struct {
	Part   string `json:"part"`
	Minor  *int64 `json:"minor,omitempty"`
	Permit string `json:"permit,omitempty"` // the law's claim that allows a deduction
}

// Amount is compensation or reimbursement; Minor is absent while a fact it needs is unknown.
type Amount struct {
	Minor *int64 `json:"minor,omitempty"`
	By    string `json:"by"`
	Lost  []Lost `json:"lost,omitempty"`
}

// LastDay is the last day of a window, open until 24:00.
type LastDay struct {
	Date calendar.Date `json:"date"`
	By   string        `json:"by"`
}

// Deadline is N units from the value of a fact. Date (or At, for hours) is absent while that fact is unknown.
type Deadline struct {
	From string         `json:"from"`
	N    int64          `json:"n"`
	Unit string         `json:"unit"` // days, workdays, months, hours
	Date *calendar.Date `json:"date,omitempty"`
	At   clock.Instant  `json:"at,omitzero"`
	By   string         `json:"by"`
}

// Evidence is a proof asked for. Needed: without it the key is not given; otherwise it would only better the bundle.
type Evidence struct {
	Fact   string `json:"fact"`
	By     string `json:"by"`
	Needed bool   `json:"needed"`
}

// Condition is something the bundle presumes about a later stage: Fact must be MustBe ("true", "<= 2026-11-24"), else
// Else, and the key's outcome or a point changes.
type Condition struct {
	Fact   string `json:"fact"`
	MustBe string `json:"must_be"`
	Else   string `json:"else"`
	Clause string `json:"clause"`
	Then   string `json:"then"` // what the failure alone would do: an outcome, "terms" where a point gets worse, "with_others"
}

// ClauseState is what became of a claim.
type ClauseState string

const (
	Holds   ClauseState = "holds"
	Pending ClauseState = "pending" // holds, its evidence is missing
	Opened  ClauseState = "open"
	Failed  ClauseState = "failed"
)

// Clause is one claim of the key and what became of it. Overridden: a shop's or marketplace's clause that was set aside
// because another pack's gave more.
type Clause struct {
	Claim      string         `json:"claim"`
	State      ClauseState    `json:"state"`
	Reasons    []string       `json:"reasons,omitempty"`
	LastDay    *calendar.Date `json:"last_day,omitempty"`
	Overridden bool           `json:"overridden,omitempty"`
}

// Question is a fact to ask for now.
type Question struct {
	Fact     string `json:"fact"`
	Ask      Ask    `json:"ask"`
	Declared string `json:"declared,omitempty"` // what was said about it earlier
	For      string `json:"for,omitempty"`      // "amount": it changes no outcome, but a sum cannot be computed without it
}

// UnmarshalJSON reads the names of answerers.
func (a *Ask) UnmarshalJSON(b []byte) error {
	var names []string
	if err := json.Unmarshal(b, &names); err != nil {
		return err
	}
	*a = 0
	for i, n := range askNames {
		for _, x := range names {
			if x == n {
				*a |= 1 << i
			}
		}
	}
	return nil
}

// Alternative is another way for the customer: a key that is open to him, or a code whose wording the packs hold.
type Alternative struct {
	Key
	Outcome Outcome `json:"outcome,omitempty"`
	Code    string  `json:"code,omitempty"`
	By      string  `json:"by,omitempty"`
}

// Difference is a fact that was declared one way and found another.
type Difference struct {
	Fact     string `json:"fact"`
	Declared string `json:"declared"`
	Found    string `json:"found"`
}

// PackRef names a published version by its content.
type PackRef struct {
	Pack    string `json:"pack"`
	Version string `json:"version"`
	Layer   Layer  `json:"layer"`
	Hash    string `json:"hash"` // SHA-256 of the rules; wording and cases are not part of it
}

// Asked is the bundle of the key that was asked for, nil when the ground or remedy was not known.
func (d *Decision) Asked() *Bundle { return d.Bundle(d.Key) }

// Gives is what the asked bundle gives back or pays, in minor units; nil where it gives no sum, or none that is known.
func (d *Decision) Gives() *int64 {
	switch b := d.Asked(); {
	case b == nil:
	case b.Refund != nil && b.Refund.Total != nil:
		return b.Refund.Total
	case b.Amount != nil:
		return b.Amount.Minor
	}
	return nil
}

// Bundle is the bundle of a key, nil when no claim gives it.
func (d *Decision) Bundle(k Key) *Bundle {
	for i := range d.Bundles {
		if d.Bundles[i].Key == k {
			return &d.Bundles[i]
		}
	}
	return nil
}

// ParseDecision reads a stored core. A format this software does not know is an error.
func ParseDecision(core []byte) (*Decision, error) {
	var d Decision
	if err := json.Unmarshal(core, &d); err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "rule.core_malformed")
	}
	if d.Format != Format {
		return nil, errs.New(errs.Invalid, "rule.core_format", errs.Args{"format": d.Format, "known": Format})
	}
	return &d, nil
}
