package line

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, case_id, order_id, order_line_id, parent_id, quantity, ground, remedy, wanted, state, status, responsible, decision_id, applied_on, answer_by, gives, version`

func scan(r interface{ Scan(...any) error }) (Line, error) {
	var l Line
	var parent, decision *id.ID
	err := r.Scan(&l.ID, &l.ShopID, &l.CaseID, &l.OrderID, &l.OrderLineID, &parent, &l.Quantity, &l.Ground, &l.Remedy, &l.Wanted, &l.State,
		&l.Status, &l.Responsible, &decision, &l.AppliedOn, &l.AnswerBy, &l.Gives, &l.Version)
	if parent != nil {
		l.ParentID = *parent
	}
	if decision != nil {
		l.DecisionID = *decision
	}
	return l, err
}

// Open adds a new line: requested, and at once moved by its first event.
func Open(b *db.Batch, l Line, e Event) (Line, error) {
	next, err := Requested.Next(e)
	if err != nil {
		return l, err
	}
	l.State = next
	return InsertAs(b, l), nil
}

// InsertAs adds a line in the state it has: for a split, where the new line takes over the state of the old one.
func InsertAs(b *db.Batch, l Line) Line {
	l.Version = 1
	b.Exec(`insert into case_line (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,1)`,
		l.ID, l.ShopID, l.CaseID, l.OrderID, l.OrderLineID, l.ParentID.OrNull(), l.Quantity, l.Ground, l.Remedy, l.Wanted, l.State, l.Status,
		l.Responsible, l.DecisionID.OrNull(), l.AppliedOn, l.AnswerBy, l.Gives)
	return l
}

// Get reads one line of a shop.
func Get(tx *db.Tx, shopID, lineID id.ID) (Line, error) {
	l, err := scan(tx.QueryRow(`select `+columns+` from case_line where id = $1 and shop_id = $2`, lineID, shopID))
	if err == db.ErrNoRows {
		return Line{}, errs.New(errs.NotFound, "line.not_found", errs.Args{"line": lineID.String()})
	}
	return l, err
}

// OfCase lists a case's lines in the order they were made.
func OfCase(tx *db.Tx, shopID, caseID id.ID) ([]Line, error) {
	return db.Collect(tx, func(r *db.Rows) (Line, error) { return scan(r) },
		`select `+columns+` from case_line where case_id = $1 and shop_id = $2 order by id`, caseID, shopID)
}

// Reissued lists the lines by which articles of an order were sent once more (S1-110).
func Reissued(tx *db.Tx, shopID, orderID id.ID) ([]Line, error) {
	return db.Collect(tx, func(r *db.Rows) (Line, error) { return scan(r) }, `select `+columns+` from case_line
		where shop_id = $1 and order_line_id in (select id from order_line where order_id = $2) and remedy = 'reissue' and state = 'approved' order by id`, shopID, orderID)
}

// Apply moves a line by an event: the only writer of a line's state. It writes l's DecisionID and AnswerBy with it, bumps the
// version and returns the line as it now is. A version that is no longer current is a conflict.
func Apply(b *db.Batch, l Line, e Event) (Line, error) {
	next, err := l.State.Next(e)
	if err != nil {
		return l, err
	}
	b.ExecN(1, `update case_line set state = $1, decision_id = $2, answer_by = $3, version = version + 1 where id = $4 and shop_id = $5 and version = $6`,
		next, l.DecisionID.OrNull(), l.AnswerBy, l.ID, l.ShopID, l.Version)
	l.State = next
	l.Version++
	return l, nil
}

// SetQuantity changes how many units a line is about, for a split.
func SetQuantity(b *db.Batch, l Line, quantity int64) Line {
	b.ExecN(1, `update case_line set quantity = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`,
		quantity, l.ID, l.ShopID, l.Version)
	l.Quantity = quantity
	l.Version++
	return l
}

// SetResponsible names the party that bears the line inside.
func SetResponsible(b *db.Batch, l Line, party string) Line {
	b.ExecN(1, `update case_line set responsible = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`,
		party, l.ID, l.ShopID, l.Version)
	l.Responsible = party
	l.Version++
	return l
}

// SetGround changes why a line was asked for, when the customer was asked and says so, and with it who bears it inside.
func SetGround(b *db.Batch, l Line, ground, responsible string) Line {
	b.ExecN(1, `update case_line set ground = $1, responsible = $2, version = version + 1 where id = $3 and shop_id = $4 and version = $5`,
		ground, responsible, l.ID, l.ShopID, l.Version)
	l.Ground, l.Responsible = ground, responsible
	l.Version++
	return l
}

// SetWanted changes what is asked for: another article in exchange, or another remedy.
func SetWanted(b *db.Batch, l Line, remedy, wanted string) Line {
	b.ExecN(1, `update case_line set remedy = $1, wanted = $2, version = version + 1 where id = $3 and shop_id = $4 and version = $5`,
		remedy, wanted, l.ID, l.ShopID, l.Version)
	l.Remedy, l.Wanted = remedy, wanted
	l.Version++
	return l
}

// Show writes l's Status and Gives, what people see of it; it is not a change of the line and leaves its version.
func Show(b *db.Batch, l Line) {
	b.ExecN(1, `update case_line set status = $1, gives = $2 where id = $3 and shop_id = $4`, l.Status, l.Gives, l.ID, l.ShopID)
}

// OfOrderLine lists the lines that are about one article of an order, in the order they were made.
func OfOrderLine(tx *db.Tx, shopID, orderLineID id.ID) ([]Line, error) {
	return db.Collect(tx, func(r *db.Rows) (Line, error) { return scan(r) },
		`select `+columns+` from case_line where order_line_id = $1 and shop_id = $2 order by id`, orderLineID, shopID)
}
