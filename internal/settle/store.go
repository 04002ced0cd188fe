package settle

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, case_id, case_line_id, kind, route, payment_id, amount, taken, currency, points, state, responsible, decision_id, payout_no,
	external_no, proof, attempts, last_error, approval, approved_by, held, payee, due_on, created_at, initiated_at, arrived_at, version`

func scan(r interface{ Scan(...any) error }) (Settlement, error) {
	var s Settlement
	var payment *id.ID
	err := r.Scan(&s.ID, &s.ShopID, &s.CaseID, &s.LineID, &s.Kind, &s.Route, &payment, &s.Minor, &s.Taken, &s.Currency, &s.Points, &s.State, &s.Responsible,
		&s.DecisionID, &s.PayoutNo, &s.ExternalNo, &s.Proof, &s.Attempts, &s.LastError, &s.Approval, &s.ApprovedBy, &s.Held, &s.Payee, &s.DueOn, &s.CreatedAt,
		&s.InitiatedAt, &s.ArrivedAt, &s.Version)
	if payment != nil {
		s.PaymentID = *payment
	}
	return s, err
}

// Open adds a new settlement with its parts: computed, and at once moved by its first event (Submit or Approve).
func Open(b *db.Batch, s Settlement, e Event) (Settlement, error) {
	next, err := Computed.Next(e)
	if err != nil {
		return s, err
	}
	s.State, s.Version = next, 1
	insert(b, s)
	return s, nil
}

func insert(b *db.Batch, s Settlement) {
	b.Exec(`insert into settlement (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,1)`,
		s.ID, s.ShopID, s.CaseID, s.LineID, s.Kind, s.Route, s.PaymentID.OrNull(), s.Minor, s.Taken, s.Currency, s.Points, s.State, s.Responsible,
		s.DecisionID, s.PayoutNo, s.ExternalNo, s.Proof, s.Attempts, s.LastError, s.Approval, s.ApprovedBy, s.Held, s.Payee, s.DueOn, s.CreatedAt, s.InitiatedAt, s.ArrivedAt)
	for i, p := range s.Parts {
		b.Exec(`insert into settlement_part (settlement_id, no, shop_id, part, funding_id, units, price, amount, clause) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
			s.ID, i+1, s.ShopID, p.Kind, p.FundingID.OrNull(), p.Units, p.Price, p.Minor, p.Clause)
	}
	for i, d := range s.Less {
		b.Exec(`insert into settlement_deduction (settlement_id, no, shop_id, order_line_id, name, amount, permit) values ($1,$2,$3,$4,$5,$6,$7)`,
			s.ID, i+1, s.ShopID, d.OrderLineID, d.Name, d.Minor, d.Permit)
	}
}

// Get reads one settlement of a shop with its parts.
func Get(tx *db.Tx, shopID, settlementID id.ID) (Settlement, error) {
	s, err := scan(tx.QueryRow(`select `+columns+` from settlement where id = $1 and shop_id = $2`, settlementID, shopID))
	if err == db.ErrNoRows {
		return s, errs.New(errs.NotFound, "settle.not_found", errs.Args{"settlement": settlementID.String()})
	}
	if err != nil {
		return s, err
	}
	one := []Settlement{s}
	err = readParts(tx, one, shopID, `settlement_id = $2`, settlementID)
	return one[0], err
}

// ByPayoutNo reads the settlement of a payout number, without parts.
func ByPayoutNo(tx *db.Tx, shopID id.ID, payoutNo string) (Settlement, error) {
	s, err := scan(tx.QueryRow(`select `+columns+` from settlement where shop_id = $1 and payout_no = $2`, shopID, payoutNo))
	if err == db.ErrNoRows {
		return s, errs.New(errs.NotFound, "settle.not_found", errs.Args{"settlement": payoutNo})
	}
	return s, err
}

// OfCase lists a case's settlements with their parts, oldest first.
func OfCase(tx *db.Tx, shopID, caseID id.ID) ([]Settlement, error) {
	ss, err := db.Collect(tx, func(r *db.Rows) (Settlement, error) { return scan(r) },
		`select `+columns+` from settlement where case_id = $1 and shop_id = $2 order by id`, caseID, shopID)
	if err != nil || len(ss) == 0 {
		return ss, err
	}
	return ss, readParts(tx, ss, shopID, `settlement_id in (select id from settlement where case_id = $2)`, caseID)
}

// InState lists a shop's settlements in a state, by keyset: after the given id, at most limit, without parts.
func InState(tx *db.Tx, shopID id.ID, state State, after id.ID, limit int) ([]Settlement, error) {
	return db.Collect(tx, func(r *db.Rows) (Settlement, error) { return scan(r) },
		`select `+columns+` from settlement where shop_id = $1 and state = $2 and id > $3 order by id limit $4`, shopID, state, after, limit)
}

// readParts adds the parts of settlements, of which where chooses by $2.
func readParts(tx *db.Tx, ss []Settlement, shopID id.ID, where string, arg id.ID) error {
	type row struct {
		settlement id.ID
		Part
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (row, error) {
		var x row
		var funding *id.ID
		err := r.Scan(&x.settlement, &x.Kind, &funding, &x.Units, &x.Price, &x.Minor, &x.Clause)
		if funding != nil {
			x.FundingID = *funding
		}
		return x, err
	}, `select settlement_id, part, funding_id, units, price, amount, clause from settlement_part where shop_id = $1 and `+where+` order by settlement_id, no`, shopID, arg)
	if err != nil {
		return err
	}
	for i := range ss {
		for _, x := range rows {
			if x.settlement == ss[i].ID {
				ss[i].Parts = append(ss[i].Parts, x.Part)
			}
		}
	}
	return readLess(tx, ss, shopID, where, arg)
}

// readLess adds what was taken off settlements.
func readLess(tx *db.Tx, ss []Settlement, shopID id.ID, where string, arg id.ID) error {
	rows, err := tx.Query(`select settlement_id, order_line_id, name, amount, permit from settlement_deduction where shop_id = $1 and `+where+` order by settlement_id, no`, shopID, arg)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var of id.ID
		var d Deduction
		if err := rows.Scan(&of, &d.OrderLineID, &d.Name, &d.Minor, &d.Permit); err != nil {
			return err
		}
		for i := range ss {
			if ss[i].ID == of {
				ss[i].Less = append(ss[i].Less, d)
			}
		}
	}
	return rows.Err()
}

// Deductions lists what the settlements of an order took off, but for those that were given up, oldest first.
func Deductions(tx *db.Tx, shopID, orderID id.ID) ([]Deduction, error) {
	return db.Collect(tx, func(r *db.Rows) (Deduction, error) {
		var d Deduction
		return d, r.Scan(&d.OrderLineID, &d.Name, &d.Minor, &d.Permit)
	}, `select d.order_line_id, d.name, d.amount, d.permit from order_line l join settlement_deduction d on d.order_line_id = l.id
		join settlement s on s.id = d.settlement_id where l.order_id = $1 and d.shop_id = $2 and s.state <> 'voided' order by d.settlement_id, d.no`, orderID, shopID)
}

// Apply moves a settlement by an event and writes the rest of s with it: the only writer of its state. It returns the
// settlement as it now is. A version that is no longer current is a conflict.
func Apply(b *db.Batch, s Settlement, e Event) (Settlement, error) {
	next, err := s.State.Next(e)
	if err != nil {
		return s, err
	}
	s.State = next
	b.ExecN(1, `update settlement set state = $1, route = $2, responsible = $3, external_no = $4, proof = $5, attempts = $6, last_error = $7,
		approved_by = $8, initiated_at = $9, arrived_at = $10, taken = $11, version = version + 1 where id = $12 and shop_id = $13 and version = $14`,
		s.State, s.Route, s.Responsible, s.ExternalNo, s.Proof, s.Attempts, s.LastError, s.ApprovedBy, s.InitiatedAt, s.ArrivedAt, s.Taken,
		s.ID, s.ShopID, s.Version)
	s.Version++
	return s, nil
}

// Beside lists what was paid or is owed to the buyer of an order beside the price, since a moment, but for what was given up: money that no payment
// of his stands behind. Oldest first, without parts.
func Beside(tx *db.Tx, shopID, orderID id.ID, since clock.Instant) ([]Settlement, error) {
	return db.Collect(tx, func(r *db.Rows) (Settlement, error) { return scan(r) },
		`select `+columns+` from settlement where `+ofOrder+` and payment_id is null and kind not in ('charge', 'deposit') and amount > 0 and state <> 'voided' and created_at >= $3
		order by id`, shopID, orderID, since)
}

// ofOrder are the settlements of order $2 of shop $1, found by the order's lines and their cases: neither a shop's lines nor its settlements are walked.
const ofOrder = `+shop_id = $1 and id in (select s.id from order_line o join case_line l on l.order_line_id = o.id
		join settlement s on s.case_id = l.case_id and s.case_line_id = l.id where o.order_id = $2 and +o.shop_id = $1)`

// Say notes why a settlement stands still, without moving it.
func Say(b *db.Batch, s Settlement, why string) Settlement {
	b.ExecN(1, `update settlement set last_error = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`, why, s.ID, s.ShopID, s.Version)
	s.LastError = why
	s.Version++
	return s
}

// Refunded says how many refunds a provider made or was asked for of a payment, besides one settlement, and when the last was begun; 0 for never.
func Refunded(tx *db.Tx, shopID, paymentID, besides id.ID) (n int64, last clock.Instant, err error) {
	err = tx.QueryRow(`select count(*), cast(coalesce(max(initiated_at), 0) as bigint) from settlement
		where payment_id = $1 and shop_id = $2 and id <> $3 and route = 'gateway' and state in ('processing', 'settled')`, paymentID, shopID, besides).Scan(&n, &last)
	return n, last, err
}

// SetResponsible names the party inside that bears a settlement.
func SetResponsible(b *db.Batch, s Settlement, party string) Settlement {
	b.ExecN(1, `update settlement set responsible = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`,
		party, s.ID, s.ShopID, s.Version)
	s.Responsible = party
	s.Version++
	return s
}

const paymentColumns = `id, shop_id, order_id, tender, route, reference, currency, captured, pending, refunded, points, points_back, paid_at, version, charge_id`

func scanPayment(r interface{ Scan(...any) error }) (p Payment, err error) {
	var charge *id.ID
	err = r.Scan(&p.ID, &p.ShopID, &p.OrderID, &p.Tender, &p.Route, &p.Reference, &p.Currency, &p.Captured, &p.Pending, &p.Refunded, &p.Points, &p.Back, &p.PaidAt, &p.Version, &charge)
	if charge != nil {
		p.ChargeID = *charge
	}
	return p, err
}

// Payments lists an order's payments in the order they were made.
func Payments(tx *db.Tx, shopID, orderID id.ID) ([]Payment, error) {
	return db.Collect(tx, func(r *db.Rows) (Payment, error) { return scanPayment(r) },
		`select `+paymentColumns+` from payment where order_id = $1 and shop_id = $2 order by paid_at, id`, orderID, shopID)
}

// PaymentByID reads one payment of a shop.
func PaymentByID(tx *db.Tx, shopID, paymentID id.ID) (Payment, error) {
	return scanPayment(tx.QueryRow(`select `+paymentColumns+` from payment where id = $1 and shop_id = $2`, paymentID, shopID))
}

// InsertPayment adds a payment.
func InsertPayment(b *db.Batch, p Payment) {
	b.Exec(`insert into payment (id, shop_id, order_id, tender, route, reference, currency, captured, points, paid_at, charge_id, version) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,1)`,
		p.ID, p.ShopID, p.OrderID, p.Tender, p.Route, p.Reference, p.Currency, p.Captured, p.Points, p.PaidAt, p.ChargeID.OrNull())
}

// Fundings lists what stands behind an order's lines. None are written before the order's first settlement.
func Fundings(tx *db.Tx, shopID, orderID id.ID) ([]Funding, error) {
	return db.Collect(tx, func(r *db.Rows) (Funding, error) {
		var f Funding
		var line *id.ID
		err := r.Scan(&f.ID, &f.ShopID, &f.PaymentID, &f.OrderID, &line, &f.Minor, &f.Pending, &f.Refunded, &f.Version)
		if line != nil {
			f.OrderLineID = *line
		}
		return f, err
	}, `select id, shop_id, payment_id, order_id, order_line_id, amount, pending, refunded, version from funding where order_id = $1 and shop_id = $2 order by id`,
		orderID, shopID)
}

// InsertFunding adds a share. The caller takes the payment's version in the same transaction (Reserve), so that two
// settlements of one order never both write its shares.
func InsertFunding(b *db.Batch, f Funding) {
	b.Exec(`insert into funding (id, shop_id, payment_id, order_id, order_line_id, amount, version) values ($1,$2,$3,$4,$5,$6,1)`,
		f.ID, f.ShopID, f.PaymentID, f.OrderID, f.OrderLineID.OrNull(), f.Minor)
}

// Reserve notes an amount, and the points it is, as about to go back from a payment, under its version.
func Reserve(b *db.Batch, p Payment, minor, points int64) {
	b.ExecN(1, `update payment set pending = pending + $1, points_back = points_back + $2, version = version + 1 where id = $3 and shop_id = $4 and version = $5`,
		minor, points, p.ID, p.ShopID, p.Version)
}

// Hold notes the same on one share. The database refuses more than is left.
func Hold(b *db.Batch, shopID, fundingID id.ID, minor int64) {
	b.ExecN(1, `update funding set pending = pending + $1, version = version + 1 where id = $2 and shop_id = $3`, minor, fundingID, shopID)
}

// Release gives back what Reserve and Hold noted for a settlement that will not be paid.
func Release(b *db.Batch, s Settlement) {
	for _, p := range s.Parts {
		if p.FundingID != 0 {
			b.ExecN(1, `update funding set pending = pending - $1, version = version + 1 where id = $2 and shop_id = $3`, p.Minor, p.FundingID, s.ShopID)
		}
	}
	if s.PaymentID != 0 {
		b.ExecN(1, `update payment set pending = pending - $1, points_back = points_back - $2, version = version + 1 where id = $3 and shop_id = $4`,
			s.Minor, s.Points, s.PaymentID, s.ShopID)
	}
}

// Spend turns what was reserved for a settlement into refunded, when its money has arrived.
func Spend(b *db.Batch, s Settlement) {
	for _, p := range s.Parts {
		if p.FundingID != 0 {
			b.ExecN(1, `update funding set pending = pending - $1, refunded = refunded + $1, version = version + 1 where id = $2 and shop_id = $3`,
				p.Minor, p.FundingID, s.ShopID)
		}
	}
	if s.PaymentID != 0 {
		b.ExecN(1, `update payment set pending = pending - $1, refunded = refunded + $1, version = version + 1 where id = $2 and shop_id = $3`,
			s.Minor, s.PaymentID, s.ShopID)
	}
}
