package movement

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, case_id, purpose, state, problem, number, warehouse_id, carrier, waybill, freight, advanced_by, borne_by,
	decision_id, send_by, announced_at, shipped_at, signed_at, received_at, version, stopped_at, checked, tell_by, told_at, surplus`

func scan(r interface{ Scan(...any) error }) (Movement, error) {
	var m Movement
	var warehouse, decision *id.ID
	err := r.Scan(&m.ID, &m.ShopID, &m.CaseID, &m.Purpose, &m.State, &m.Problem, &m.Number, &warehouse, &m.Carrier, &m.Waybill,
		&m.Freight, &m.AdvancedBy, &m.BorneBy, &decision, &m.SendBy, &m.AnnouncedAt, &m.ShippedAt, &m.SignedAt, &m.ReceivedAt, &m.Version, &m.StoppedAt, &m.Checked, &m.TellBy, &m.ToldAt, &m.Surplus)
	if warehouse != nil {
		m.WarehouseID = *warehouse
	}
	if decision != nil {
		m.DecisionID = *decision
	}
	return m, err
}

// Insert adds a new movement with its lines at version 1.
func Insert(b *db.Batch, m Movement) {
	b.Exec(`insert into movement (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,1,$20,$21,$22,$23,$24)`,
		m.ID, m.ShopID, m.CaseID, m.Purpose, m.State, m.Problem, m.Number, m.WarehouseID.OrNull(), m.Carrier, m.Waybill, m.Freight,
		m.AdvancedBy, m.BorneBy, m.DecisionID.OrNull(), m.SendBy, m.AnnouncedAt, m.ShippedAt, m.SignedAt, m.ReceivedAt, m.StoppedAt, m.Checked, m.TellBy, m.ToldAt, m.Surplus)
	for _, l := range m.Lines {
		InsertLine(b, m, l)
	}
}

// InsertLine adds the units of one more case line to a movement.
func InsertLine(b *db.Batch, m Movement, l Line) {
	b.Exec(`insert into movement_line (movement_id, case_line_id, shop_id, order_line_id, announced, arrived) values ($1,$2,$3,$4,$5,$6)`,
		m.ID, l.CaseLineID, m.ShopID, l.OrderLineID, l.Announced, l.Arrived)
}

// Get reads one movement of a shop with its lines.
func Get(tx *db.Tx, shopID, movementID id.ID) (Movement, error) {
	m, err := scan(tx.QueryRow(`select `+columns+` from movement where id = $1 and shop_id = $2`, movementID, shopID))
	if err == db.ErrNoRows {
		return m, errs.New(errs.NotFound, "movement.not_found", errs.Args{"movement": movementID.String()})
	}
	if err != nil {
		return m, err
	}
	one := []Movement{m}
	err = readLines(tx, one, shopID, `movement_id = $2`, movementID)
	return one[0], err
}

// OfCase lists a case's movements with their lines, oldest first.
func OfCase(tx *db.Tx, shopID, caseID id.ID) ([]Movement, error) {
	ms, err := db.Collect(tx, func(r *db.Rows) (Movement, error) { return scan(r) },
		`select `+columns+` from movement where case_id = $1 and shop_id = $2 order by id`, caseID, shopID)
	if err != nil || len(ms) == 0 {
		return ms, err
	}
	return ms, readLines(tx, ms, shopID, `movement_id in (select id from movement where case_id = $2)`, caseID)
}

// ByWaybill lists movements with a waybill, newest first, at most 20: what a scan at the receiving desk may mean.
func ByWaybill(tx *db.Tx, shopID id.ID, waybill string) ([]Movement, error) {
	return db.Collect(tx, func(r *db.Rows) (Movement, error) { return scan(r) },
		`select `+columns+` from movement where shop_id = $1 and waybill = $2 order by id desc limit 20`, shopID, waybill)
}

// Reroute writes that a movement came to another warehouse than it was sent to.
func Reroute(b *db.Batch, m Movement, warehouseID id.ID) Movement {
	b.ExecN(1, `update movement set warehouse_id = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`,
		warehouseID, m.ID, m.ShopID, m.Version)
	m.WarehouseID = warehouseID
	m.Version++
	return m
}

// ByNumber lists the movement with a number of ours, as it stands on its slip: one or none.
func ByNumber(tx *db.Tx, shopID id.ID, number string) ([]Movement, error) {
	return db.Collect(tx, func(r *db.Rows) (Movement, error) { return scan(r) },
		`select `+columns+` from movement where shop_id = $1 and number = $2`, shopID, number)
}

// readLines adds the lines of movements, of which where chooses by $2.
func readLines(tx *db.Tx, ms []Movement, shopID id.ID, where string, arg id.ID) error {
	type row struct {
		movement id.ID
		Line
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (row, error) {
		var x row
		return x, r.Scan(&x.movement, &x.CaseLineID, &x.OrderLineID, &x.Announced, &x.Arrived)
	}, `select movement_id, case_line_id, order_line_id, announced, arrived from movement_line where shop_id = $1 and `+where+` order by movement_id, case_line_id`, shopID, arg)
	if err != nil {
		return err
	}
	for i := range ms {
		for _, x := range rows {
			if x.movement == ms[i].ID {
				ms[i].Lines = append(ms[i].Lines, x.Line)
			}
		}
	}
	return nil
}

// Apply moves a movement by an event and writes the rest of m with it: the only writer of its state. It returns the
// movement as it now is. A version that is no longer current is a conflict.
func Apply(b *db.Batch, m Movement, e Event) (Movement, error) {
	next, err := Next(m.Purpose, m.State, e)
	if err != nil {
		return m, err
	}
	m.State = next
	b.ExecN(1, `update movement set state = $1, problem = $2, carrier = $3, waybill = $4, freight = $5, advanced_by = $6,
		borne_by = $7, shipped_at = $8, signed_at = $9, received_at = $10, stopped_at = $11, checked = $12, tell_by = $13, told_at = $14, surplus = $15, version = version + 1
		where id = $16 and shop_id = $17 and version = $18`,
		m.State, m.Problem, m.Carrier, m.Waybill, m.Freight, m.AdvancedBy, m.BorneBy, m.ShippedAt, m.SignedAt, m.ReceivedAt, m.StoppedAt, m.Checked, m.TellBy, m.ToldAt, m.Surplus,
		m.ID, m.ShopID, m.Version)
	m.Version++
	return m, nil
}

// Bear writes who bears a movement's freight, when a later decision changes it.
func Bear(b *db.Batch, m Movement, party Party) Movement {
	b.ExecN(1, `update movement set borne_by = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`,
		party, m.ID, m.ShopID, m.Version)
	m.BorneBy = party
	m.Version++
	return m
}

// Note writes what people did with a movement that leaves its state: it was looked at, the customer was told of it, or has more time to send it.
func Note(b *db.Batch, m Movement) Movement {
	b.ExecN(1, `update movement set checked = $1, tell_by = $2, told_at = $3, send_by = $4, version = version + 1 where id = $5 and shop_id = $6 and version = $7`,
		m.Checked, m.TellBy, m.ToldAt, m.SendBy, m.ID, m.ShopID, m.Version)
	m.Version++
	return m
}

// Count writes how many units of a line arrived.
func Count(b *db.Batch, m Movement, caseLineID id.ID, arrived int64) {
	b.ExecN(1, `update movement_line set arrived = $1 where movement_id = $2 and case_line_id = $3 and shop_id = $4`,
		arrived, m.ID, caseLineID, m.ShopID)
}

// Share gives part of a line's units in a movement to the line that was split off it.
func Share(b *db.Batch, m Movement, from Line, to Line) {
	b.ExecN(1, `update movement_line set announced = $1, arrived = $2 where movement_id = $3 and case_line_id = $4 and shop_id = $5`,
		from.Announced, from.Arrived, m.ID, from.CaseLineID, m.ShopID)
	InsertLine(b, m, to)
}

// Drop takes a line's units out of a movement that has not been opened.
func Drop(b *db.Batch, m Movement, caseLineID id.ID) {
	b.ExecN(1, `delete from movement_line where movement_id = $1 and case_line_id = $2 and shop_id = $3`, m.ID, caseLineID, m.ShopID)
}
