package supplier

import (
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, supplier, warehouse_id, carrier, waybill, state, currency, asked, granted, received, answer, external_no, by_name, sent_at,
	answered_at, paid_at, closed_at, version`

func scan(r *db.Rows) (x Return, err error) {
	x.Lines = []Line{}
	return x, r.Scan(&x.ID, &x.ShopID, &x.Supplier, &x.WarehouseID, &x.Carrier, &x.Waybill, &x.State, &x.Currency, &x.Asked, &x.Granted, &x.Received, &x.Answer,
		&x.ExternalNo, &x.By, &x.SentAt, &x.AnsweredAt, &x.PaidAt, &x.ClosedAt, &x.Version)
}

// Insert adds a return with its lines at version 1. A line that went before is a conflict of the database.
func Insert(b *db.Batch, r Return) {
	b.Exec(`insert into supplier_return (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,1)`,
		r.ID, r.ShopID, r.Supplier, r.WarehouseID, r.Carrier, r.Waybill, r.State, r.Currency, r.Asked, r.Granted, r.Received, r.Answer, r.ExternalNo, r.By, r.SentAt,
		r.AnsweredAt, r.PaidAt, r.ClosedAt)
	for _, l := range r.Lines {
		b.Exec(`insert into supplier_return_line (case_line_id, shop_id, return_id, case_id, case_number, order_line_id, movement_id, sku, title, quantity)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
			l.CaseLineID, r.ShopID, r.ID, l.CaseID, l.CaseNumber, l.OrderLineID, l.MovementID, l.SKU, l.Title, l.Quantity)
	}
}

// Save writes what an event changed, and returns the return as it now is. A version that is no longer current is a conflict.
func Save(b *db.Batch, r Return) Return {
	b.ExecN(1, `update supplier_return set state = $1, granted = $2, received = $3, answer = $4, external_no = $5, answered_at = $6, paid_at = $7, closed_at = $8,
		version = version + 1 where id = $9 and shop_id = $10 and version = $11`,
		r.State, r.Granted, r.Received, r.Answer, r.ExternalNo, r.AnsweredAt, r.PaidAt, r.ClosedAt, r.ID, r.ShopID, r.Version)
	r.Version++
	return r
}

// Get reads one with its lines.
func Get(tx *db.Tx, shopID, returnID id.ID) (Return, error) {
	found, err := db.Collect(tx, scan, `select `+columns+` from supplier_return where id = $1 and shop_id = $2`, returnID, shopID)
	if err == nil && len(found) == 0 {
		err = errs.New(errs.NotFound, "supplier.not_found", errs.Args{"return": returnID.String()})
	}
	if err != nil {
		return Return{}, err
	}
	found, err = withLines(tx, shopID, found)
	return found[0], err
}

// In lists a shop's returns in a state, oldest first, after the given one, at most limit.
func In(tx *db.Tx, shopID id.ID, state State, after id.ID, limit int) ([]Return, error) {
	found, err := db.Collect(tx, scan, `select `+columns+` from supplier_return where shop_id = $1 and state = $2 and id > $3 order by id limit $4`, shopID, state, after, limit)
	if err != nil {
		return nil, err
	}
	return withLines(tx, shopID, found)
}

// Between lists those that were sent between two instants, as they were sent, at most limit.
func Between(tx *db.Tx, shopID id.ID, from, until clock.Instant, limit int) ([]Return, error) {
	found, err := db.Collect(tx, scan, `select `+columns+` from supplier_return where shop_id = $1 and sent_at >= $2 and sent_at < $3 order by sent_at, id limit $4`,
		shopID, from, until, limit)
	if err != nil {
		return nil, err
	}
	return withLines(tx, shopID, found)
}

// withLines adds to each what is in it.
func withLines(tx *db.Tx, shopID id.ID, of []Return) ([]Return, error) {
	at := map[id.ID]int{}
	for i, r := range of {
		at[r.ID] = i
	}
	for some := range slices.Chunk(of, 100) {
		args := []any{shopID}
		for _, r := range some {
			args = append(args, r.ID)
		}
		lines, err := db.Collect(tx, func(r *db.Rows) (l Line, err error) {
			return l, r.Scan(&l.ReturnID, &l.CaseLineID, &l.CaseID, &l.CaseNumber, &l.OrderLineID, &l.MovementID, &l.SKU, &l.Title, &l.Quantity)
		}, `select return_id, case_line_id, case_id, case_number, order_line_id, movement_id, sku, title, quantity from supplier_return_line where shop_id = $1 and return_id in `+
			db.In(2, len(some))+` order by case_line_id`, args...)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			r := &of[at[l.ReturnID]]
			r.Lines = append(r.Lines, l)
		}
	}
	return of, nil
}

// Went says in which return a case line's units went; 0 where they are not gone.
func Went(tx *db.Tx, shopID, caseLineID id.ID) (returnID id.ID, err error) {
	err = tx.QueryRow(`select return_id from supplier_return_line where case_line_id = $1 and shop_id = $2`, caseLineID, shopID).Scan(&returnID)
	if err == db.ErrNoRows {
		err = nil
	}
	return returnID, err
}
