package settle

import (
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Kind is what a settlement is for.
type Kind string

const (
	Refund        Kind = "refund"        // goods, and outbound freight, to the payments they came from
	Reimbursement Kind = "reimbursement" // freight the customer advanced and the shop bears (S4-12, S4-17)

	Repair          Kind = "repair"           // 就近维修报销: what a repairer near home took (S4-26)
	Compensation    Kind = "compensation"     // 赔付: what the law or a promise owes beside the price
	Goodwill        Kind = "goodwill"         // 关怀补偿: what nobody owes (S4-06, S4-21)
	PriceProtection Kind = "price_protection" // 价保退差

	Charge  Kind = "charge"  // 补差价: what the customer pays for an exchange (S0-10, S4-18)
	Deposit Kind = "deposit" // 押金: what is held of his money while an exchange is ahead of his goods; only what is captured of it comes in
)

// Route is how money goes back.
type Route string

const (
	ByGateway     Route = "gateway"        // a payment provider, by itself
	ByMarketplace Route = "marketplace"    // in the platform's back end; confirmed with its number
	ByBank        Route = "bank"           // a transfer somebody makes
	ByCash        Route = "cash"           // over the counter
	ByTransfer    Route = "small_transfer" // 小额打款 to the buyer's account on the platform
	InKind        Route = "in_kind"        // 原样退回: points as points, a voucher as a voucher (NRR-14)
	ByCoupon      Route = "coupon"         // 发优惠券: goodwill; confirmed with the coupon's number
	ByGift        Route = "gift"           // 送赠品: goodwill; confirmed with the waybill it goes in
)

// Routes lists the routes a payment or a settlement may have.
var Routes = []Route{ByGateway, ByMarketplace, ByBank, ByCash, ByTransfer, InKind, ByCoupon, ByGift}

// ByHand says that people pay by this route and confirm with a number, and no software does.
func (r Route) ByHand() bool { return r != ByGateway }

// PartKind is what a part of an amount stands for. Parts are never mixed into each other.
type PartKind string

const (
	Goods           PartKind = "goods"
	OutboundFreight PartKind = "outbound_freight"
	ReturnFreight   PartKind = "return_freight"
	Whole           PartKind = "amount"           // of a settlement that is one amount by a clause
	Difference      PartKind = "price_difference" // between what was bought and what is given for it
	ResendFreight   PartKind = "resend_freight"
	Unreturned      PartKind = "unreturned" // of a deposit: for goods that do not come back as they should
)

// Part is one piece of a settlement's amount.
type Part struct {
	Kind      PartKind `json:"part" enum:"goods,outbound_freight,return_freight,amount,price_difference,resend_freight,unreturned"`
	FundingID id.ID    `json:"funding_id,omitzero"`
	Units     int64    `json:"units,omitempty" doc:"units whose price this settlement gives back; on one part of one settlement of a line"`
	Price     int64    `json:"price,omitempty" doc:"what those units cost, whatever of it is given back"`
	Minor     int64    `json:"minor"`
	Clause    string   `json:"clause,omitempty" doc:"the clause of the decision that says so"`
}

// Settlement is one amount to the customer.
type Settlement struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	CaseID      id.ID          `json:"case_id"`
	LineID      id.ID          `json:"line_id"`
	Kind        Kind           `json:"kind" enum:"refund,reimbursement,repair,compensation,goodwill,price_protection,charge,deposit"`
	Route       Route          `json:"route" enum:"gateway,marketplace,bank,cash,small_transfer,in_kind,coupon,gift"`
	PaymentID   id.ID          `json:"payment_id,omitzero"`
	Minor       int64          `json:"minor" doc:"minor units"`
	Taken       int64          `json:"taken,omitempty" doc:"of a deposit: what is to be captured, or was; never more than is held; minor units"`
	Currency    money.Currency `json:"currency"`
	Points      int64          `json:"points,omitempty" doc:"in_kind: how many points this is, of those the customer paid with"`
	State       State          `json:"state"`
	Responsible string         `json:"responsible"`
	DecisionID  id.ID          `json:"decision_id"`
	PayoutNo    string         `json:"payout_no" doc:"our number, the same across retries"`
	ExternalNo  string         `json:"external_no,omitempty" doc:"the provider's or platform's number"`
	Proof       string         `json:"proof,omitempty"`
	Attempts    int64          `json:"attempts"`
	LastError   string         `json:"last_error,omitempty"`
	Approval    string         `json:"approval,omitempty" enum:",finance,supervisor" doc:"who has to approve it, by the shop's policy"`
	ApprovedBy  string         `json:"approved_by,omitempty"`
	Held        string         `json:"held,omitempty" enum:",duplicate,insured,over_cap" doc:"why a person has to look at it first: the same was paid already; more than the platform transfers"`
	Payee       string         `json:"payee,omitempty" doc:"of money that no payment stands behind: platform and order whose buyer gets it"`
	DueOn       *calendar.Date `json:"due_on,omitempty" doc:"last day to pay, by the decision"`
	CreatedAt   clock.Instant  `json:"created_at"`
	InitiatedAt *clock.Instant `json:"initiated_at,omitempty" doc:"发起"`
	ArrivedAt   *clock.Instant `json:"arrived_at,omitempty" doc:"到账"`
	Version     int64          `json:"version"`
	Parts       []Part         `json:"parts" nullable:"false"`
	Less        []Deduction    `json:"less,omitempty" doc:"what was taken off, on one settlement of a line"`
}

// Deduction is what was taken off a refund: a gift that stayed with the customer, a reduction that was lost (NRR-12, NRR-17).
type Deduction struct {
	OrderLineID id.ID  `json:"order_line_id" doc:"the line on account of which"`
	Name        string `json:"name"`
	Minor       int64  `json:"minor" doc:"negative where a later return gives back what an earlier one lost"`
	Permit      string `json:"permit,omitempty" doc:"the clause that allows it"`
}

// The deductions whose sum over the returns of an order is bounded.
const (
	GiftPrice    = "gift_price"    // once for each gift
	LostDiscount = "lost_discount" // as much as the rest of the order has lost by now
)

// Amount is what is paid.
func (s Settlement) Amount() money.Money { return money.Of(s.Minor, s.Currency) }

// Confirmation is what a person or an import knows about a payment made elsewhere.
type Confirmation struct {
	ExternalNo string        `json:"external_no" minLength:"1" maxLength:"64" doc:"number of the refund or transfer"`
	Minor      int64         `json:"minor" minimum:"1" doc:"amount that arrived, minor units"`
	At         clock.Instant `json:"at" doc:"when it arrived"`
	Proof      string        `json:"proof" minLength:"1" maxLength:"500" doc:"where the proof is: a screenshot's number, a statement's line"`
}

// Check holds a confirmation against the settlement: another amount, or a time that has not come, is
// refused; a difference is for people to clear up, never taken over.
func (s Settlement) Check(c Confirmation, now clock.Instant) error {
	var f errs.Faults
	if c.Minor != s.Minor {
		f.Add("/minor", "settle.amount_differs", errs.Args{"expected": s.Amount().String(), "given": money.Of(c.Minor, s.Currency).String()})
	}
	if c.At.IsZero() || c.At > now {
		f.Add("/at", "settle.time_impossible")
	}
	if strings.TrimSpace(c.ExternalNo) == "" {
		f.Add("/external_no", "settle.number_missing")
	}
	if strings.TrimSpace(c.Proof) == "" {
		f.Add("/proof", "settle.proof_missing")
	}
	return f.Err()
}
