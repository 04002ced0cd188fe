package settle

import (
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// 补差价 — a charge is what the customer pays for an exchange: the difference in price, and the freight of the second
// delivery where he bears it. It is met once: by a payment that a person confirms, or by another order of his on the
// platform, never by both. Met, it is a payment of the order like any other, and goes back the way it came.

// Receipt is what a person knows of money that came in for a charge.
type Receipt struct {
	Route      Route         `json:"route" enum:"marketplace,bank,cash" doc:"how it came; it would go back the same way"`
	ExternalNo string        `json:"external_no" minLength:"1" maxLength:"64" doc:"number of the payment"`
	Minor      int64         `json:"minor" minimum:"1" doc:"amount that came in, minor units"`
	At         clock.Instant `json:"at" doc:"when it came in"`
	Proof      string        `json:"proof" minLength:"1" maxLength:"500" doc:"where the proof is: a screenshot's number, a statement's line"`
}

// CheckReceipt holds a receipt against the charge, as Check does with what was paid out.
func (s Settlement) CheckReceipt(r Receipt, now clock.Instant) error {
	err := s.Check(Confirmation{ExternalNo: r.ExternalNo, Minor: r.Minor, At: r.At, Proof: r.Proof}, now)
	if r.Route == ByMarketplace || r.Route == ByBank || r.Route == ByCash {
		return err
	}
	var f errs.Faults
	f.Add("/route", "settle.route_in", errs.Args{"route": string(r.Route)})
	return f.Err()
}

// Met is the payment that a charge, or what was captured of a deposit, has become, under the number it is known by where it was made.
func (s Settlement) Met(orderID id.ID, tender string, r Receipt) Payment {
	captured := s.Minor
	if s.Kind == Deposit {
		captured = s.Taken
	}
	return Payment{ID: id.New(), ShopID: s.ShopID, OrderID: orderID, Tender: tender, Route: r.Route, Reference: strings.TrimSpace(r.ExternalNo),
		Currency: s.Currency, Captured: captured, PaidAt: int64(r.At), ChargeID: s.ID, Version: 1}
}

// NumberFree refuses the number of a payment, or of an order, that has met another charge of the shop, or stands for another deposit.
func NumberFree(tx *db.Tx, shopID, settlementID id.ID, externalNo string) error {
	var other id.ID
	err := tx.QueryRow(`select id from settlement where shop_id = $1 and kind in ('charge', 'deposit') and external_no = $2 and external_no <> '' and id <> $3`, shopID, strings.TrimSpace(externalNo), settlementID).Scan(&other)
	switch err {
	case db.ErrNoRows:
		return nil
	case nil:
		return errs.New(errs.Conflict, "settle.number_used", errs.Args{"number": errs.Clip(externalNo)})
	}
	return err
}

// Hand gives part of what stands behind one line to another, payment by payment: an article given in exchange is paid
// for by what paid for the one it stands for. It returns the fundings as they now are.
//
// Errors (Conflict): settle.over_refund where less is left.
func Hand(b *db.Batch, fundings []Funding, from, to id.ID, minor int64) ([]Funding, error) {
	shares, err := Draw(fundings, from, minor)
	if err != nil {
		return fundings, err
	}
	for _, sh := range shares {
		b.ExecN(1, `update funding set amount = amount - $1, version = version + 1 where id = $2 and shop_id = $3`, sh.Minor, sh.Funding.ID, sh.Funding.ShopID)
		for i := range fundings {
			if fundings[i].ID == sh.Funding.ID {
				fundings[i].Minor -= sh.Minor
				fundings[i].Version++
			}
		}
		f := Funding{ID: id.New(), ShopID: sh.Funding.ShopID, PaymentID: sh.Funding.PaymentID, OrderID: sh.Funding.OrderID, OrderLineID: to, Minor: sh.Minor, Version: 1}
		InsertFunding(b, f)
		fundings = append(fundings, f)
	}
	return fundings, nil
}

// Left is what of a payment can still go back.
func (p Payment) Left() money.Money { return money.Of(p.Captured-p.Pending-p.Refunded, p.Currency) }

// GivesBackCharge says that a refund is of what was paid for an exchange, or captured on the way of one, and not of goods.
func (s Settlement) GivesBackCharge() bool {
	return s.Kind == Refund && len(s.Parts) > 0 && (s.Parts[0].Kind == Difference || s.GivesBackDeposit())
}

// GivesBackDeposit says that it is of what was captured of a deposit: goods came after all.
func (s Settlement) GivesBackDeposit() bool {
	return s.Kind == Refund && len(s.Parts) > 0 && s.Parts[0].Kind == Unreturned
}
