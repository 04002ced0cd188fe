package order

import (
	"encoding/json"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const returnColumns = `id, shop_id, platform, return_no, line_no, order_no, buyer_key, sku, quantity, amount, currency, at, state, reason, case_id, version`

// Returns lists a shop's return documents in a state (applications of after-sale lists, which have a stage, aside), oldest import first: after the given id, at most limit.
func Returns(tx *db.Tx, shopID id.ID, state ReturnState, after id.ID, limit int) ([]Return, error) {
	return db.Collect(tx, func(r *db.Rows) (Return, error) {
		var x Return
		var caseID *id.ID
		err := r.Scan(&x.ID, &x.ShopID, &x.Platform, &x.ReturnNo, &x.LineNo, &x.OrderNo, &x.BuyerKey, &x.SKU, &x.Quantity, &x.Minor,
			&x.Currency, &x.At, &x.State, &x.Reason, &caseID, &x.Version)
		if caseID != nil {
			x.CaseID = *caseID
		}
		return x, err
	}, `select `+returnColumns+` from platform_return where shop_id = $1 and state = $2 and stage = '' and id > $3 order by id limit $4`, shopID, state, after, limit)
}

// SetReturn writes what became of a return record: its state, its case, or why it is unmatched.
func SetReturn(b *db.Batch, r Return) {
	b.ExecN(1, `update platform_return set state = $1, reason = $2, case_id = $3, version = version + 1 where id = $4 and shop_id = $5 and version = $6`,
		r.State, r.Reason, r.CaseID.OrNull(), r.ID, r.ShopID, r.Version)
}

// Bought lists a customer's purchases of an article up to an instant, latest first: where returned goods may have come
// from.
func Bought(tx *db.Tx, shopID, customerID id.ID, sku string, until clock.Instant) ([]Line, error) {
	return db.Collect(tx, func(r *db.Rows) (Line, error) { return scanLine(r) },
		`select l.id, l.shop_id, l.order_id, l.line_no, l.sub_no, l.sku, l.title, l.category, l.quantity, l.unit_price, l.net, l.attrs, l.claimed,
			l.allocated_units, l.allocated_minor, l.version, l.from_line_id, l.moved_units, l.moved_minor, l.serials
		from orders o join order_line l on l.order_id = o.id
		where o.shop_id = $1 and l.shop_id = $1 and o.customer_id = $2 and o.ordered_at <= $3 and l.sku = $4
		order by o.ordered_at desc, o.id desc, l.line_no`, shopID, customerID, until, sku)
}

// ReturnRaw is the source row of a return record, as it was imported.
func ReturnRaw(tx *db.Tx, shopID, returnID id.ID) (json.RawMessage, error) {
	var raw string
	err := tx.QueryRow(`select raw from platform_return where id = $1 and shop_id = $2`, returnID, shopID).Scan(&raw)
	if err == db.ErrNoRows {
		return nil, errs.New(errs.NotFound, "order.return_not_found", errs.Args{"return": returnID.String()})
	}
	return json.RawMessage(raw), err
}
