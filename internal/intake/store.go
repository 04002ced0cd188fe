package intake

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, platform, return_no, order_no, sub_no, sku, quantity, kind, stage, status, why, amount, freight, currency, at,
	deadline_at, done_at, state, reason, case_id, case_line_id, import_id, version`

func scan(r interface{ Scan(...any) error }) (Record, error) {
	var x Record
	var caseID, lineID, importID *id.ID
	err := r.Scan(&x.ID, &x.ShopID, &x.Platform, &x.ReturnNo, &x.OrderNo, &x.SubNo, &x.SKU, &x.Quantity, &x.Kind, &x.Stage, &x.Status, &x.Why,
		&x.Minor, &x.Freight, &x.Currency, &x.At, &x.DeadlineAt, &x.DoneAt, &x.State, &x.Reason, &caseID, &lineID, &importID, &x.Version)
	for _, p := range []struct {
		from *id.ID
		to   *id.ID
	}{{caseID, &x.CaseID}, {lineID, &x.LineID}, {importID, &x.ImportID}} {
		if p.from != nil {
			*p.to = *p.from
		}
	}
	return x, err
}

// Find reads the record of an application by its number; ok is false when it was never seen.
func Find(tx *db.Tx, shopID id.ID, platform, returnNo string) (r Record, ok bool, err error) {
	r, err = scan(tx.QueryRow(`select `+columns+` from platform_return where shop_id = $1 and platform = $2 and return_no = $3 and line_no = 1 and stage <> ''`,
		shopID, platform, returnNo))
	if err == db.ErrNoRows {
		return r, false, nil
	}
	return r, err == nil, err
}

// OfCase lists the records a case stands for.
func OfCase(tx *db.Tx, shopID, caseID id.ID) ([]Record, error) {
	return db.Collect(tx, func(r *db.Rows) (Record, error) { return scan(r) },
		`select `+columns+` from platform_return where case_id = $1 and shop_id = $2 and stage <> '' order by id`, caseID, shopID)
}

// Recent lists a shop's records, newest first, before the given one (zero: from the newest), at most limit.
func Recent(tx *db.Tx, shopID, before id.ID, limit int) ([]Record, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.Collect(tx, func(r *db.Rows) (Record, error) { return scan(r) },
		`select `+columns+` from platform_return where shop_id = $1 and id < $2 and stage <> '' order by id desc limit $3`, shopID, before, limit)
}

// Insert adds a record at version 1.
func Insert(b *db.Batch, r Record) {
	b.Exec(`insert into platform_return (`+columns+`, line_no, buyer_key, raw) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,
		$19,$20,$21,$22,$23,1,1,'',$24)`, r.ID, r.ShopID, r.Platform, r.ReturnNo, r.OrderNo, r.SubNo, r.SKU, max(1, r.Quantity), r.Kind, r.Stage, r.Status,
		r.Why, r.Minor, r.Freight, r.Currency, r.At, r.DeadlineAt, r.DoneAt, r.State, r.Reason, r.CaseID.OrNull(), r.LineID.OrNull(), r.ImportID.OrNull(), r.Raw)
}

// Update writes what a record says now and what became of it, under its version.
func Update(b *db.Batch, r Record) Record {
	b.ExecN(1, `update platform_return set quantity = $1, kind = $2, stage = $3, status = $4, why = $5, amount = $6, freight = $7, deadline_at = $8,
		done_at = $9, state = $10, reason = $11, case_id = $12, case_line_id = $13, version = version + 1 where id = $14 and shop_id = $15 and version = $16`,
		max(1, r.Quantity), r.Kind, r.Stage, r.Status, r.Why, r.Minor, r.Freight, r.DeadlineAt, r.DoneAt, r.State, r.Reason, r.CaseID.OrNull(),
		r.LineID.OrNull(), r.ID, r.ShopID, r.Version)
	r.Version++
	return r
}

// LineTaken says whether a record stands for a case line already.
func LineTaken(tx *db.Tx, shopID, lineID id.ID) (bool, error) {
	var n int64
	err := tx.QueryRow(`select count(*) from platform_return where case_line_id = $1 and shop_id = $2`, lineID, shopID).Scan(&n)
	return n > 0, err
}

// What a difference is about.
const (
	AboutAmount   = "amount"
	AboutStatus   = "status"
	AboutDeadline = "deadline"
	AboutRefund   = "refund" // given back there, and not to be confirmed here
	AboutCase     = "case"   // no case stands for it, and why
)

// Difference is where a platform says another thing than we do.
type Difference struct {
	ID         id.ID          `json:"id"`
	ShopID     id.ID          `json:"-"`
	ReturnID   id.ID          `json:"return_id"`
	Platform   string         `json:"platform"`
	ReturnNo   string         `json:"return_no"`
	OrderNo    string         `json:"order_no"`
	CaseID     id.ID          `json:"case_id,omitzero"`
	ImportID   id.ID          `json:"import_id" doc:"the import that saw it last"`
	Row        int64          `json:"row" doc:"in that import's file"`
	What       string         `json:"what" enum:"amount,status,deadline,refund,case"`
	Theirs     string         `json:"theirs" doc:"what the platform says"`
	Ours       string         `json:"ours" doc:"what we have: an amount, a status code, a day; of a case the reason code, and key and arguments of what refused it"`
	FoundAt    clock.Instant  `json:"found_at"`
	ResolvedAt *clock.Instant `json:"resolved_at,omitempty"`
	Text       string         `json:"text" doc:"in the caller's language"`
}

// SetDifference writes a difference; one of the same record and matter takes its new values and is open again.
func SetDifference(b *db.Batch, d Difference) {
	b.Exec(`insert into platform_difference (id, shop_id, return_id, case_id, import_id, what, theirs, ours, row_no, found_at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10) on conflict (shop_id, return_id, what) do update set case_id = excluded.case_id, import_id = excluded.import_id,
		theirs = excluded.theirs, ours = excluded.ours, row_no = excluded.row_no, found_at = excluded.found_at, resolved_at = null`,
		d.ID, d.ShopID, d.ReturnID, d.CaseID.OrNull(), d.ImportID, d.What, d.Theirs, d.Ours, d.Row, d.FoundAt)
}

// Resolve ends a difference: both say the same now.
func Resolve(b *db.Batch, shopID, returnID id.ID, what string, at clock.Instant) {
	b.Exec(`update platform_difference set resolved_at = $1 where return_id = $2 and shop_id = $3 and what = $4 and resolved_at is null`, at, returnID, shopID, what)
}

const differenceColumns = `d.id, d.return_id, r.platform, r.return_no, r.order_no, d.case_id, d.import_id, d.row_no, d.what, d.theirs, d.ours, d.found_at, d.resolved_at`

func scanDifference(r *db.Rows) (Difference, error) {
	var d Difference
	var caseID *id.ID
	err := r.Scan(&d.ID, &d.ReturnID, &d.Platform, &d.ReturnNo, &d.OrderNo, &caseID, &d.ImportID, &d.Row, &d.What, &d.Theirs, &d.Ours, &d.FoundAt, &d.ResolvedAt)
	if caseID != nil {
		d.CaseID = *caseID
	}
	return d, err
}

// Differences lists a shop's open differences, newest first, before the given one (zero: from the newest), at most limit.
func Differences(tx *db.Tx, shopID, before id.ID, limit int) ([]Difference, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.Collect(tx, scanDifference, `select `+differenceColumns+` from platform_difference d join platform_return r on r.id = d.return_id
		where d.shop_id = $1 and r.shop_id = $1 and d.id < $2 and d.resolved_at is null order by d.id desc limit $3`, shopID, before, limit)
}

// OfReturn lists the differences of one record, resolved ones too, in the order they were first found.
func OfReturn(tx *db.Tx, shopID, returnID id.ID) ([]Difference, error) {
	return db.Collect(tx, scanDifference, `select `+differenceColumns+` from platform_difference d join platform_return r on r.id = d.return_id
		where d.return_id = $1 and d.shop_id = $2 order by +d.id`, returnID, shopID)
}

// NotFound is the one answer for a mapping that is not there.
func NotFound(name string) error {
	return errs.New(errs.NotFound, "intake.mapping_not_found", errs.Args{"name": errs.Clip(name)})
}
