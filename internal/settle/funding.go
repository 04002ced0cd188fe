package settle

import (
	"slices"

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
	Points    int64          `json:"points,omitempty" doc:"how many points it was, where points paid"`
	Back      int64          `json:"points_back,omitempty" doc:"of them: given back, or about to be"`
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
	return draw(BehindLines(fundings)[orderLineID], nil, minor)
}

// Behind is what stands behind each order line, and behind the freight (line zero).
type Behind map[id.ID][]Funding

// BehindLines sorts fundings by what they stand behind.
func BehindLines(fundings []Funding) Behind {
	b := Behind{}
	for _, f := range fundings {
		b[f.OrderLineID] = append(b[f.OrderLineID], f)
	}
	return b
}

// draw is Draw where some of what is left is held for something else already.
func draw(fundings []Funding, held map[id.ID]int64, minor int64) ([]Share, error) {
	if minor == 0 {
		return nil, nil
	}
	left, sum := make([]int64, len(fundings)), int64(0)
	for i := range fundings {
		left[i] = fundings[i].Left() - held[fundings[i].ID]
		sum += left[i]
	}
	if minor > sum || minor < 0 {
		return nil, errs.New(errs.Conflict, "settle.over_refund", errs.Args{"asked": minor, "left": sum})
	}
	parts, err := money.Split(minor, left)
	if err != nil {
		return nil, err
	}
	out := make([]Share, 0, len(parts))
	for i, m := range parts {
		if m > 0 {
			out = append(out, Share{fundings[i], m})
		}
	}
	return out, nil
}

// Take is an amount that is to come out of what stands behind one order line, or the freight (line zero).
type Take struct {
	Kind        PartKind
	OrderLineID id.ID
	Minor       int64
}

// Drafts lays out the settlements that give amounts back: one for each payment they come from, in the order in which they are
// drawn on, with points as points. Nothing is changed; more than is left is a conflict.
func Drafts(payments []Payment, behind Behind, takes []Take) ([]Settlement, error) {
	var drafts []Settlement
	var held map[id.ID]int64
	if len(takes) > 1 {
		held = map[id.ID]int64{}
	}
	for _, t := range takes {
		shares, err := draw(behind[t.OrderLineID], held, t.Minor)
		if err != nil {
			return nil, err
		}
		for _, sh := range shares {
			i := slices.IndexFunc(drafts, func(s Settlement) bool { return s.PaymentID == sh.Funding.PaymentID })
			if i < 0 {
				p := payments[slices.IndexFunc(payments, func(p Payment) bool { return p.ID == sh.Funding.PaymentID })]
				if drafts == nil {
					drafts = make([]Settlement, 0, len(payments))
				}
				i, drafts = len(drafts), append(drafts, Settlement{Kind: Refund, Route: p.Route, PaymentID: p.ID, Currency: p.Currency})
			}
			if held != nil {
				held[sh.Funding.ID] += sh.Minor
			}
			drafts[i].Minor += sh.Minor
			drafts[i].Parts = append(drafts[i].Parts, Part{Kind: t.Kind, FundingID: sh.Funding.ID, Minor: sh.Minor})
		}
	}
	for i := range drafts {
		p := payments[slices.IndexFunc(payments, func(p Payment) bool { return p.ID == drafts[i].PaymentID })]
		points, err := p.points(drafts[i].Minor)
		if err != nil {
			return nil, err
		}
		drafts[i].Points = points
	}
	return drafts, nil
}

// points is how many points an amount is: C(given back + minor) − those given back, so that the last fen brings the last point.
func (p Payment) points(minor int64) (int64, error) {
	if p.Points == 0 {
		return 0, nil
	}
	upTo, err := money.UpTo(p.Points, p.Captured, p.Pending+p.Refunded+minor)
	return max(0, upTo-p.Back), err
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
