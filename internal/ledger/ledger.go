// Package ledger keeps the books of what the shop owes after a sale, in double entry: every entry's postings sum to
// zero per currency, and entries are never changed or deleted (the database refuses it). A mistake is reversed by a
// further entry.
//
// A posting is signed minor units: positive is a debit, negative a credit. Accounts are named by text:
//
//	refunds:<responsible>      cost of refunds, by the party responsible (shop, supplier, carrier, customer …)
//	freight:<responsible>      cost of freight the shop reimburses
//	owed:customers             what has been approved and not yet arrived
//	paid:<route>               money that left by a route (gateway, marketplace, bank …)
//	recovered:carriers         what carriers agreed to pay for what they lost or broke: lessens the cost
//	due:carriers               what of it has not been received
//	received:carriers          what of it has been
//	recovered:suppliers        what suppliers agreed to pay for what went back to them: lessens the cost
//	due:suppliers              what of it has not been received
//	received:suppliers         what of it has been
//	received:<route>           what customers paid for exchanges, or what was captured of their deposits
//	charges:customers          the counter-account of the first
//	deposits:customers         and of the second; what is only held stands nowhere
//
// Approving a settlement posts cost against owed; its arrival posts owed against paid; voiding posts the reverse of
// the approval. So the balance of owed:customers is, at any time, exactly the sum of approved and unpaid settlements.
package ledger

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Owed is the account of money promised and not yet arrived.
const Owed = "owed:customers"

// What carriers pay for what they lost or broke. The balance of DueFromCarriers is what they agreed to and have not paid.
const (
	DueFromCarriers = "due:carriers"
	Recovered       = "recovered:carriers"
	FromCarriers    = "received:carriers"
)

// What suppliers pay for goods that went back to them, in the same way.
const (
	DueFromSuppliers       = "due:suppliers"
	RecoveredFromSuppliers = "recovered:suppliers"
	FromSuppliers          = "received:suppliers"
)

// Posting is one side of an entry.
type Posting struct {
	Account  string         `json:"account"`
	Minor    int64          `json:"minor"` // debit positive, credit negative
	Currency money.Currency `json:"currency"`
}

// Entry is a set of postings that belong together and sum to zero.
type Entry struct {
	ID       id.ID         `json:"id"`
	ShopID   id.ID         `json:"-"`
	At       clock.Instant `json:"at"`
	Kind     string        `json:"kind"`   // approved, arrived, voided
	RefID    id.ID         `json:"ref_id"` // the settlement
	Postings []Posting     `json:"postings"`
}

// Move is the entry of one amount from one account (credited) to another (debited).
func Move(shopID id.ID, kind string, ref id.ID, amount money.Money, from, to string) Entry {
	return Entry{ShopID: shopID, Kind: kind, RefID: ref, Postings: []Posting{
		{Account: to, Minor: amount.Minor, Currency: amount.Currency},
		{Account: from, Minor: -amount.Minor, Currency: amount.Currency},
	}}
}

// Balanced says that there are postings and that they sum to zero per currency. Overflow is unbalanced.
func (e Entry) Balanced() error {
	sums := map[money.Currency]int64{}
	for _, p := range e.Postings {
		s := sums[p.Currency] + p.Minor
		if (s > sums[p.Currency]) != (p.Minor > 0) && p.Minor != 0 {
			return errs.New(errs.Internal, "ledger.unbalanced")
		}
		sums[p.Currency] = s
	}
	for _, s := range sums {
		if s != 0 {
			return errs.New(errs.Internal, "ledger.unbalanced")
		}
	}
	if len(e.Postings) == 0 {
		return errs.New(errs.Internal, "ledger.unbalanced")
	}
	return nil
}

// Post appends an entry at the transaction's time. An unbalanced entry is refused before anything is written.
func Post(b *db.Batch, now clock.Instant, e Entry) error {
	if err := e.Balanced(); err != nil {
		return err
	}
	e.ID = id.New()
	b.Exec(`insert into ledger_entry (id, shop_id, at, kind, ref_id) values ($1,$2,$3,$4,$5)`, e.ID, e.ShopID, now, e.Kind, e.RefID)
	for i, p := range e.Postings {
		b.Exec(`insert into ledger_posting (entry_id, no, shop_id, account, amount, currency) values ($1,$2,$3,$4,$5,$6)`,
			e.ID, i+1, e.ShopID, p.Account, p.Minor, p.Currency)
	}
	return nil
}

// Balance is an account's postings summed per currency, in a shop.
type Balance struct {
	Account  string         `json:"account"`
	Minor    int64          `json:"minor"`
	Currency money.Currency `json:"currency"`
}

// Balances lists every account of a shop. The sum over all accounts is zero per currency.
func Balances(tx *db.Tx, shopID id.ID) ([]Balance, error) {
	return db.Collect(tx, func(r *db.Rows) (Balance, error) {
		var b Balance
		return b, r.Scan(&b.Account, &b.Currency, &b.Minor)
	}, `select account, currency, cast(sum(amount) as bigint) from ledger_posting where shop_id = $1 group by account, currency order by account, currency`, shopID)
}

// Of lists the entries of one settlement in the order they were posted.
func Of(tx *db.Tx, shopID, ref id.ID) ([]Entry, error) {
	type row struct {
		Entry
		p Posting
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (row, error) {
		x := row{Entry: Entry{ShopID: shopID, RefID: ref}}
		return x, r.Scan(&x.ID, &x.At, &x.Kind, &x.p.Account, &x.p.Minor, &x.p.Currency)
	}, `select e.id, e.at, e.kind, p.account, p.amount, p.currency from ledger_entry e join ledger_posting p on p.entry_id = e.id
		where e.ref_id = $1 and e.shop_id = $2 order by e.id, p.no`, ref, shopID)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, x := range rows {
		if len(out) == 0 || out[len(out)-1].ID != x.ID {
			out = append(out, x.Entry)
		}
		e := &out[len(out)-1]
		e.Postings = append(e.Postings, x.p)
	}
	return out, nil
}
