package stray

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, warehouse_id, waybill, carrier, freight, phone_tail, label, state, order_id, movement_id, arrived_at, by_name, ended_at, version,
	kind, case_id, order_line_id, from_movement_id, quantity, taken_from`

func scan(r interface{ Scan(...any) error }) (Parcel, error) {
	var p Parcel
	var warehouse, order, movement, of, line, from *id.ID
	err := r.Scan(&p.ID, &p.ShopID, &warehouse, &p.Waybill, &p.Carrier, &p.Freight, &p.PhoneTail, &p.Label, &p.State, &order, &movement, &p.ArrivedAt, &p.By, &p.EndedAt, &p.Version,
		&p.Kind, &of, &line, &from, &p.Quantity, &p.TakenFrom)
	for _, x := range []struct {
		from *id.ID
		to   *id.ID
	}{{warehouse, &p.WarehouseID}, {order, &p.OrderID}, {movement, &p.MovementID}, {of, &p.CaseID}, {line, &p.OrderLineID}, {from, &p.FromMovementID}} {
		if x.from != nil {
			*x.to = *x.from
		}
	}
	return p, err
}

// Insert puts a parcel on the shelf. A waybill lies there once: the second of two scans at the same moment is a conflict.
func Insert(b *db.Batch, p Parcel) {
	b.Exec(`insert into stray (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,1,$15,$16,$17,$18,$19,$20)`,
		p.ID, p.ShopID, p.WarehouseID.OrNull(), p.Waybill, p.Carrier, p.Freight, p.PhoneTail, p.Label, p.State, p.OrderID.OrNull(), p.MovementID.OrNull(), p.ArrivedAt, p.By, p.EndedAt,
		p.Kind, p.CaseID.OrNull(), p.OrderLineID.OrNull(), p.FromMovementID.OrNull(), p.Quantity, p.TakenFrom)
}

// Update writes what changed. A version that is no longer current is a conflict.
func Update(b *db.Batch, p Parcel) {
	b.ExecN(1, `update stray set carrier = $1, phone_tail = $2, label = $3, state = $4, movement_id = $5, ended_at = $6, version = version + 1
		where id = $7 and shop_id = $8 and version = $9`,
		p.Carrier, p.PhoneTail, p.Label, p.State, p.MovementID.OrNull(), p.EndedAt, p.ID, p.ShopID, p.Version)
}

// Get reads one parcel.
func Get(tx *db.Tx, shopID, parcelID id.ID) (Parcel, error) {
	p, err := scan(tx.QueryRow(`select `+columns+` from stray where id = $1 and shop_id = $2`, parcelID, shopID))
	if err == db.ErrNoRows {
		return p, errs.New(errs.NotFound, "stray.not_found")
	}
	return p, err
}

// OnShelfBy finds the unopened parcel on the shelf with a waybill; false when there is none.
func OnShelfBy(tx *db.Tx, shopID id.ID, waybill string) (Parcel, bool, error) {
	p, err := scan(tx.QueryRow(`select `+columns+` from stray where shop_id = $1 and waybill = $2 and state = 'on_shelf' and kind = 'parcel'`, shopID, waybill))
	if err == db.ErrNoRows {
		return p, false, nil
	}
	return p, err == nil, err
}

// List lists the parcels of a state after one, oldest first.
func List(tx *db.Tx, shopID id.ID, state State, after id.ID, limit int) ([]Parcel, error) {
	return db.Collect(tx, func(r *db.Rows) (Parcel, error) { return scan(r) },
		`select `+columns+` from stray where shop_id = $1 and state = $2 and id > $3 order by id limit $4`, shopID, state, after, limit)
}
