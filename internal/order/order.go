// Package order is what was sold: orders with their lines as a platform, a till or the shop itself recorded them, and
// the return records a platform exports beside them.
//
// An order is history: what was bought, paid and shipped does not change here. Only the counters of a line do: how
// many of its units an after-sales line claims, and how many have their price in a settlement; the database keeps
// both within what was sold.
//
// Errors: order.not_found, order.line_not_found, order.units_taken (conflict), db.stale (conflict).
package order

import (
	"encoding/json"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Channel is how the contract was made: it decides which law applies (CPL-25).
type Channel string

const (
	Distance Channel = "distance" // online, phone, mail order
	Store    Channel = "store"    // over the counter
)

// Order is one purchase.
type Order struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	Platform    string         `json:"platform"`
	OrderNo     string         `json:"order_no"`
	CustomerID  id.ID          `json:"customer_id,omitzero"`
	Channel     Channel        `json:"channel" enum:"distance,store"`
	Status      string         `json:"status" doc:"the platform's own word, as seen"`
	Currency    money.Currency `json:"currency"`
	FreightPaid int64          `json:"freight_paid" doc:"outbound freight the customer paid, minor units"`
	OrderedAt   clock.Instant  `json:"ordered_at"`
	PaidAt      *clock.Instant `json:"paid_at,omitempty"`
	ShippedAt   *clock.Instant `json:"shipped_at,omitempty"`
	SignedOn    *calendar.Date `json:"signed_on,omitempty"`
	SignedBy    string         `json:"signed_by" enum:"self,family,station,locker,unknown"`
	Attrs       Attrs          `json:"attrs"`
	ImportID    id.ID          `json:"-"`
	Raw         string         `json:"-"`
	Version     int64          `json:"version"`
}

// Attrs are the terms of an order that policies ask about.
type Attrs struct {
	FreeShipping      bool  `json:"free_shipping,omitempty"`                                           // 包邮
	FreeShippingAt    int64 `json:"free_shipping_at,omitempty" doc:"threshold 满…包邮, minor units"`      // NRR-18
	ThresholdFreight  int64 `json:"threshold_freight,omitempty" doc:"freight below it, minor units"`   // NRR-18
	FreightInsurance  bool  `json:"freight_insurance,omitempty" doc:"运费险 pays the return parcel"`      // floor section 2
	Business          bool  `json:"business,omitempty" doc:"bought for business: consumer law is off"` // floor 3.5
	PaidByCardFeeFree bool  `json:"card_fee_waived,omitempty"`                                         // NRR-16

	Promotions []Promotion `json:"promotions,omitempty" maxItems:"20" doc:"reductions for buying more, which a partial return may lose"` // NRR-17

	Promises *Promises `json:"promises,omitempty" doc:"commitments shown when it was ordered (消费者保障服务)"`  // S1-114
	Campaign *Campaign `json:"campaign,omitempty" doc:"campaign that lengthens returns, by payment date"` // S3-14
}

// Line is one article of an order.
type Line struct {
	ID             id.ID     `json:"id"`
	ShopID         id.ID     `json:"-"`
	OrderID        id.ID     `json:"order_id"`
	LineNo         int64     `json:"line_no"`
	SubNo          string    `json:"sub_no,omitempty" doc:"the platform's own number of the article within the order"`
	SKU            string    `json:"sku"`
	Title          string    `json:"title"`
	Category       string    `json:"category" doc:"shoes, cosmetics, food, jewellery, jade, gift …"`
	Quantity       int64     `json:"quantity"`
	UnitPrice      int64     `json:"unit_price"`
	Net            int64     `json:"net" doc:"paid for the whole line, freight apart"`
	Serials        []string  `json:"serials,omitempty" doc:"serial numbers of the units, one each, where they were noted"`
	Attrs          LineAttrs `json:"attrs"`
	Claimed        int64     `json:"claimed" doc:"units under an after-sales line"`
	AllocatedUnits int64     `json:"allocated_units" doc:"units whose price stands in a settlement"`
	AllocatedMinor int64     `json:"allocated_minor"`
	FromLineID     id.ID     `json:"from_line_id,omitzero" doc:"given in exchange for units of that line"`
	MovedUnits     int64     `json:"-"` // of that line, whose price came over with them; 0 where a settlement says so
	MovedMinor     int64     `json:"-"`
	Raw            string    `json:"-"`
	Version        int64     `json:"version"`
}

// LineAttrs are the terms of an article that policies ask about.
type LineAttrs struct {
	Kind               string `json:"kind,omitempty" doc:"ordinary (default), custom_made, fresh, digital, periodical: the exclusions of CPL-25"`
	ExclusionConfirmed bool   `json:"exclusion_confirmed,omitempty"` // NRR-7, NRR-20
	Sale               bool   `json:"sale,omitempty" doc:"not at full price (S4-32)"`
	GiftValue          int64  `json:"gift_value,omitempty" doc:"pre-marked price of a gift that came with it (NRR-12)"`

	Given *Given `json:"given,omitempty" doc:"of an article that was given in exchange"`
}

// Given is what an article that was given in exchange has of its own: periods run anew from the day it came (CPLR-18a).
type Given struct {
	SignedOn calendar.Date `json:"signed_on" doc:"the day the customer had it"`
	Freight  int64         `json:"freight,omitempty" doc:"share of the first delivery's freight that came over with it, minor units"`
}

// Return is an after-sales record as a platform exports it: goods that came back, without the case that ought to
// stand behind it. Opening it makes the case.
type Return struct {
	ID       id.ID           `json:"id"`
	ShopID   id.ID           `json:"-"`
	Platform string          `json:"platform"`
	ReturnNo string          `json:"return_no"`
	LineNo   int64           `json:"line_no"`
	OrderNo  string          `json:"order_no,omitempty" doc:"empty when the platform does not name the order"`
	BuyerKey string          `json:"buyer_key"`
	SKU      string          `json:"sku"`
	Quantity int64           `json:"quantity"`
	Minor    int64           `json:"minor" doc:"what the platform's record says was given back"`
	Currency money.Currency  `json:"currency"`
	At       clock.Instant   `json:"at"`
	State    ReturnState     `json:"state" enum:"new,opened,unmatched"`
	Reason   string          `json:"reason,omitempty" doc:"why it is unmatched"`
	CaseID   id.ID           `json:"case_id,omitzero"`
	ImportID id.ID           `json:"-"`
	Raw      json.RawMessage `json:"-"`
	Version  int64           `json:"version"`
}

// ReturnState is what became of a platform's return record.
type ReturnState string

const (
	ReturnNew       ReturnState = "new"
	ReturnOpened    ReturnState = "opened"    // a case stands for it
	ReturnUnmatched ReturnState = "unmatched" // no purchase found; listed with its reason
)
