package settle

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Payment is money captured for an order with one tender.
type Payment struct {
	ID        id.ID          `json:"id"`
	ShopID    id.ID          `json:"-"`
	OrderID   id.ID          `json:"order_id"`
	Tender    string         `json:"tender"`
	Route     Route          `json:"route"`
	Reference string         `json:"reference"`
	Currency  money.Currency `json:"currency"`
	Captured  int64          `json:"captured"`
	Pending   int64          `json:"pending"`
	Refunded  int64          `json:"refunded"`
	PaidAt    int64          `json:"-"`
	ChargeID  id.ID          `json:"charge_id,omitzero" doc:"the charge that asked for it; without one it was paid with the order"`
	Version   int64          `json:"version"`
}

// Funding is the share of a payment that stands behind one order line, or behind the outbound freight (line zero).
type Funding struct {
	ID          id.ID `json:"id"`
	ShopID      id.ID `json:"-"`
	PaymentID   id.ID `json:"payment_id"`
	OrderID     id.ID `json:"order_id"`
	OrderLineID id.ID `json:"order_line_id,omitzero"`
	Minor       int64 `json:"minor"`
	Pending     int64 `json:"pending"`
	Refunded    int64 `json:"refunded"`
	Version     int64 `json:"version"`
}

// Left is what can still go back: amount − pending − refunded.
func (f Funding) Left() int64 { return f.Minor - f.Pending - f.Refunded }

// Weight is what a line, or the freight, cost.
type Weight struct {
	OrderLineID id.ID // zero: outbound freight
	Minor       int64
}

// Fund splits an order's payments over what they paid for: each payment in turn, over what the lines still lack, by
// largest remainder, ties to the earlier line. The shares of a payment sum to what it captured, the shares of a line
// to what it cost. A capture beyond all costs (an overpayment) stays unassigned.
func Fund(payments []Payment, costs []Weight) ([]Funding, error) {
	lack := make([]int64, len(costs))
	var open int64
	for i, c := range costs {
		lack[i] = c.Minor
		open += c.Minor
	}
	var out []Funding
	for _, p := range payments {
		give := min(p.Captured, open)
		if give == 0 {
			continue
		}
		shares, err := money.Split(give, lack)
		if err != nil {
			return nil, err
		}
		open -= give
		for i, s := range shares {
			lack[i] -= s
			if s > 0 {
				out = append(out, Funding{ID: id.New(), ShopID: p.ShopID, PaymentID: p.ID, OrderID: p.OrderID,
					OrderLineID: costs[i].OrderLineID, Minor: s, Version: 1})
			}
		}
	}
	return out, nil
}

// Share is what one funding gives back.
type Share struct {
	Funding Funding
	Minor   int64
}

// Draw takes an amount back from the fundings of one line (or of the freight, line zero), each tender its share of
// what is left, so that no tender ever gives more than it took. More than all of them have left is a conflict.
func Draw(fundings []Funding, orderLineID id.ID, minor int64) ([]Share, error) {
	var mine []Funding
	var left []int64
	var sum int64
	for _, f := range fundings {
		if f.OrderLineID == orderLineID {
			mine, left, sum = append(mine, f), append(left, f.Left()), sum+f.Left()
		}
	}
	if minor > sum || minor < 0 {
		return nil, errs.New(errs.Conflict, "settle.over_refund", errs.Args{"asked": minor, "left": sum})
	}
	if minor == 0 {
		return nil, nil
	}
	parts, err := money.Split(minor, left)
	if err != nil {
		return nil, err
	}
	var out []Share
	for i, m := range parts {
		if m > 0 {
			out = append(out, Share{mine[i], m})
		}
	}
	return out, nil
}

// Next is what k more units of a line give back in goods, when units and price already stand in settlements:
// C(units+k) − price, never negative. After a voided settlement the sum over all units is still the line's net.
func Next(net, quantity, allocatedUnits, allocatedMinor, k int64) (int64, error) {
	if allocatedUnits+k > quantity {
		return 0, errs.New(errs.Conflict, "money.too_many_units", errs.Args{"units": allocatedUnits + k, "quantity": quantity})
	}
	upTo, err := money.UpTo(net, quantity, allocatedUnits+k)
	if err != nil {
		return 0, err
	}
	return max(0, upTo-allocatedMinor), nil
}
