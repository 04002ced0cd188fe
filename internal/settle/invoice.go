package settle

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// Invoice 发票 is one that was issued for an order, and how much of it red letters reverse.
type Invoice struct {
	ID         id.ID          `json:"id"`
	ShopID     id.ID          `json:"-"`
	OrderID    id.ID          `json:"order_id"`
	Number     string         `json:"number"`
	Title      string         `json:"title,omitempty" doc:"to whom 抬头, as given"`
	Minor      int64          `json:"minor"`
	Reversed   int64          `json:"reversed" doc:"minor units that red letters reverse, issued or to be issued"`
	Currency   money.Currency `json:"currency"`
	IssuedOn   calendar.Date  `json:"issued_on"`
	RecordedBy string         `json:"recorded_by"`
	RecordedAt clock.Instant  `json:"recorded_at"`
	Version    int64          `json:"version"`
}

// RedLetter 红字发票 is what is to be reversed of an invoice because money went back, and its number when that is done.
type RedLetter struct {
	ID           id.ID          `json:"id"`
	ShopID       id.ID          `json:"-"`
	InvoiceID    id.ID          `json:"invoice_id"`
	InvoiceNo    string         `json:"invoice_no"`
	SettlementID id.ID          `json:"settlement_id"`
	CaseID       id.ID          `json:"case_id"`
	Minor        int64          `json:"minor"`
	Currency     money.Currency `json:"currency"`
	State        string         `json:"state" enum:"open,done"`
	Number       string         `json:"number,omitempty"`
	IssuedOn     *calendar.Date `json:"issued_on,omitempty"`
	OpenedAt     clock.Instant  `json:"opened_at"`
	DoneBy       string         `json:"done_by,omitempty"`
	DoneAt       *clock.Instant `json:"done_at,omitempty"`
	Version      int64          `json:"version"`
}

// Reverses says whether a settlement, when it has arrived, takes back some of what was sold and invoiced. What is owed beside the price, and points
// that were no money, do not.
func (s Settlement) Reverses() bool {
	return (s.Kind == Refund || s.Kind == PriceProtection) && s.Route != InKind && s.Minor > 0 && !s.GivesBackDeposit()
}

// Reverse lays out the red letters for a settlement: over an order's invoices, the oldest first, as far as they are not reversed yet. The invoices are brought
// in step.
func Reverse(s Settlement, invoices []Invoice, now clock.Instant) (out []RedLetter) {
	left := s.Minor
	for i := range invoices {
		v := &invoices[i]
		n := min(left, v.Minor-v.Reversed)
		if n <= 0 {
			continue
		}
		out = append(out, RedLetter{ID: id.New(), ShopID: s.ShopID, InvoiceID: v.ID, InvoiceNo: v.Number, SettlementID: s.ID, CaseID: s.CaseID, Minor: n, Currency: s.Currency,
			State: "open", OpenedAt: now, Version: 1})
		v.Reversed += n
		left -= n
	}
	return out
}

// InsertInvoice adds an invoice.
func InsertInvoice(b *db.Batch, v Invoice) {
	b.Exec(`insert into invoice (id, shop_id, order_id, number, title, amount, currency, issued_on, recorded_by, recorded_at, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,1)`, v.ID, v.ShopID, v.OrderID, v.Number, v.Title, v.Minor, v.Currency, v.IssuedOn, v.RecordedBy, v.RecordedAt)
}

// Invoices lists an order's, oldest first.
func Invoices(tx *db.Tx, shopID, orderID id.ID) ([]Invoice, error) {
	return db.Collect(tx, func(r *db.Rows) (Invoice, error) {
		var v Invoice
		return v, r.Scan(&v.ID, &v.ShopID, &v.OrderID, &v.Number, &v.Title, &v.Minor, &v.Reversed, &v.Currency, &v.IssuedOn, &v.RecordedBy, &v.RecordedAt, &v.Version)
	}, `select id, shop_id, order_id, number, title, amount, reversed, currency, issued_on, recorded_by, recorded_at, version from invoice
		where order_id = $1 and shop_id = $2 order by issued_on, id`, orderID, shopID)
}

// InvoiceNumbered says whether a shop has an invoice, or a red letter, of a number.
func InvoiceNumbered(tx *db.Tx, shopID id.ID, number string) (bool, error) {
	var n int
	err := tx.QueryRow(`select (select count(*) from invoice where shop_id = $1 and number = $2) + (select count(*) from red_letter where shop_id = $1 and number = $2 and number <> '')`, shopID, number).Scan(&n)
	return n > 0, err
}

// OpenRedLetters adds red letters and notes their sums on the invoices, which were read at the given versions.
func OpenRedLetters(b *db.Batch, letters []RedLetter, invoices []Invoice) {
	for _, l := range letters {
		b.Exec(`insert into red_letter (id, shop_id, invoice_id, settlement_id, case_id, amount, currency, state, opened_at, version) values ($1,$2,$3,$4,$5,$6,$7,'open',$8,1)`,
			l.ID, l.ShopID, l.InvoiceID, l.SettlementID, l.CaseID, l.Minor, l.Currency, l.OpenedAt)
		for i := range invoices {
			if v := &invoices[i]; v.ID == l.InvoiceID {
				b.ExecN(1, `update invoice set reversed = reversed + $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`, l.Minor, v.ID, v.ShopID, v.Version)
				v.Version++
			}
		}
	}
}

// GetRedLetter reads one.
func GetRedLetter(tx *db.Tx, shopID, letterID id.ID) (RedLetter, error) {
	found, err := redLetters(tx, `r.id = $2`, shopID, letterID)
	if err == nil && len(found) == 0 {
		err = errs.New(errs.NotFound, "settle.red_letter_not_found")
	}
	if err != nil {
		return RedLetter{}, err
	}
	return found[0], nil
}

// RedLetters lists a shop's in a state, oldest first: after the given id, at most limit.
func RedLetters(tx *db.Tx, shopID id.ID, state string, after id.ID, limit int) ([]RedLetter, error) {
	return redLetters(tx, `r.state = $2 and r.id > $3 order by r.id limit $4`, shopID, state, after, limit)
}

// RedLettersOf lists a case's, oldest first.
func RedLettersOf(tx *db.Tx, shopID, caseID id.ID) ([]RedLetter, error) {
	return redLetters(tx, `r.case_id = $2 order by r.id`, shopID, caseID)
}

func redLetters(tx *db.Tx, where string, args ...any) ([]RedLetter, error) {
	return db.Collect(tx, func(r *db.Rows) (RedLetter, error) {
		var l RedLetter
		return l, r.Scan(&l.ID, &l.ShopID, &l.InvoiceID, &l.InvoiceNo, &l.SettlementID, &l.CaseID, &l.Minor, &l.Currency, &l.State, &l.Number, &l.IssuedOn, &l.OpenedAt, &l.DoneBy, &l.DoneAt, &l.Version)
	}, `select r.id, r.shop_id, r.invoice_id, v.number, r.settlement_id, r.case_id, r.amount, r.currency, r.state, r.number, r.issued_on, r.opened_at, r.done_by, r.done_at, r.version
		from red_letter r join invoice v on v.id = r.invoice_id where r.shop_id = $1 and v.shop_id = $1 and `+where, args...)
}

// Issue notes the number of a red letter that was issued, under its version.
func (l RedLetter) Issue(b *db.Batch, number string, on calendar.Date, by string, now clock.Instant) RedLetter {
	b.ExecN(1, `update red_letter set state = 'done', number = $1, issued_on = $2, done_by = $3, done_at = $4, version = version + 1 where id = $5 and shop_id = $6 and version = $7 and state = 'open'`,
		number, on, by, now, l.ID, l.ShopID, l.Version)
	l.State, l.Number, l.IssuedOn, l.DoneBy, l.DoneAt, l.Version = "done", number, &on, by, &now, l.Version+1
	return l
}

// Reversible lists what went back of an order since a moment and no red letter reverses, oldest first, without parts.
func Reversible(tx *db.Tx, shopID, orderID id.ID, since clock.Instant) ([]Settlement, error) {
	return db.Collect(tx, func(r *db.Rows) (Settlement, error) { return scan(r) },
		`select `+columns+` from settlement where `+ofOrder+` and state = 'settled' and arrived_at >= $3 and amount > 0 and kind in ('refund', 'price_protection') and route <> 'in_kind'
		and not exists (select 1 from settlement_part p where p.settlement_id = settlement.id and p.shop_id = $1 and p.part = 'unreturned')
		and id not in (select r.settlement_id from invoice v join red_letter r on r.shop_id = v.shop_id and r.invoice_id = v.id where v.order_id = $2 and +v.shop_id = $1) order by arrived_at, id`, shopID, orderID, since)
}
