package settle

import (
	"fmt"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// InsertStatement adds a statement.
func InsertStatement(b *db.Batch, s Statement) {
	b.Exec(`insert into statement (id, shop_id, provider, file_name, file_hash, refunds, from_at, to_at, imported_by, imported_at, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,1)`, s.ID, s.ShopID, s.Provider, s.FileName, s.FileHash, s.Refunds, s.From, s.To, s.ImportedBy, s.ImportedAt)
}

// StatementOf finds the statement that was imported from a file, by its hash; false when there is none.
func StatementOf(tx *db.Tx, shopID id.ID, provider, hash string) (s Statement, found bool, err error) {
	out, err := statements(tx, `provider = $2 and file_hash = $3 order by id limit 1`, shopID, provider, hash)
	if len(out) > 0 {
		s, found = out[0], true
	}
	return s, found, err
}

// Statements lists a shop's statements, newest first: before the given id, at most limit.
func Statements(tx *db.Tx, shopID, before id.ID, limit int) ([]Statement, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return statements(tx, `id < $2 order by id desc limit $3`, shopID, before, limit)
}

func statements(tx *db.Tx, where string, args ...any) ([]Statement, error) {
	return db.Collect(tx, func(r *db.Rows) (Statement, error) {
		var s Statement
		return s, r.Scan(&s.ID, &s.ShopID, &s.Provider, &s.FileName, &s.FileHash, &s.Refunds, &s.Fresh, &s.From, &s.To, &s.ImportedBy, &s.ImportedAt, &s.Version)
	}, `select id, shop_id, provider, file_name, file_hash, refunds, fresh, from_at, to_at, imported_by, imported_at, version from statement where shop_id = $1 and `+where, args...)
}

// AddStatementLine adds a line; false when the refund is known from an earlier file, or from this one.
func AddStatementLine(tx *db.Tx, l StatementLine) (bool, error) {
	var n id.ID
	err := tx.QueryRow(`insert into statement_line (id, shop_id, statement_id, provider, line_key, row_no, external_no, our_no, order_no, amount, currency, at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) on conflict (shop_id, provider, line_key) do nothing returning id`,
		l.ID, l.ShopID, l.StatementID, l.Provider, l.Key, l.Row, l.ExternalNo, l.OurNo, l.OrderNo, l.Minor, l.Currency, l.At).Scan(&n)
	if err == db.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

// CountFresh notes how many more lines of a statement were not known before.
func CountFresh(tx *db.Tx, shopID, statementID id.ID, n int64) error {
	_, err := tx.Exec(`update statement set fresh = fresh + $1, version = version + 1 where id = $2 and shop_id = $3`, n, statementID, shopID)
	return err
}

// Candidates lists the settlements a line may be of: by our number, by the provider's, and by the order's at its platform.
func Candidates(tx *db.Tx, l StatementLine) ([]Candidate, error) {
	seen, out := map[id.ID]bool{}, []Candidate(nil)
	for _, by := range []struct{ where, arg string }{{`s.shop_id = $1 and s.payout_no = $2`, l.OurNo}, {`s.shop_id = $1 and s.external_no = $2 and s.external_no <> ''`, l.ExternalNo}, {ofNumber, l.OrderNo}} {
		if by.arg == "" {
			continue
		}
		found, err := db.Collect(tx, func(r *db.Rows) (Candidate, error) {
			var c Candidate
			return c, r.Scan(&c.ID, &c.PayoutNo, &c.ExternalNo, &c.OrderNo, &c.Minor, &c.State, &c.Arrived, &c.Taken)
		}, `select s.id, s.payout_no, s.external_no, o.order_no, s.amount, s.state, s.arrived_at,
			exists (select 1 from statement_line x where x.settlement_id = s.id and x.id <> $3 and x.shop_id = $1)
			from settlement s join case_line l on l.id = s.case_line_id join orders o on o.id = l.order_id
			where `+by.where+` and +s.shop_id = $1 and l.shop_id = $1 and o.shop_id = $1 and s.state <> 'voided' and s.kind not in ('charge', 'deposit') and s.amount > 0 order by s.id limit 200`, l.ShopID, by.arg, l.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if !seen[c.ID] {
				seen[c.ID], out = true, append(out, c)
			}
		}
	}
	return out, nil
}

// ofNumber are the settlements of orders numbered $2, whatever the platform.
const ofNumber = `s.id in (select y.id from orders x join order_line ol on ol.order_id = x.id join case_line z on z.order_line_id = ol.id
			join settlement y on y.case_id = z.case_id and y.case_line_id = z.id where x.shop_id = $1 and x.order_no = $2)`

// Agree notes which settlement a line is of.
func Agree(b *db.Batch, l StatementLine, settlementID id.ID) {
	b.ExecN(1, `update statement_line set settlement_id = $1 where id = $2 and shop_id = $3 and settlement_id is null`, settlementID, l.ID, l.ShopID)
}

func (d MoneyDifference) about() string {
	if d.LineID != 0 {
		return "line:" + d.LineID.String()
	}
	return "ours:" + d.SettlementID.String()
}

// Differ notes a difference, or brings the one about the same line or settlement up to date; what a person resolved stays resolved.
func Differ(b *db.Batch, d MoneyDifference) {
	b.Exec(`insert into money_difference (id, shop_id, provider, statement_id, line_id, settlement_id, about, what, theirs, ours, currency, found_at, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,1) on conflict (shop_id, about) do update set what = excluded.what, settlement_id = excluded.settlement_id,
		theirs = excluded.theirs, ours = excluded.ours, version = money_difference.version + 1
		where money_difference.resolved_at is null and (money_difference.what <> excluded.what or money_difference.ours <> excluded.ours)`,
		d.ID, d.ShopID, d.Provider, d.StatementID, d.LineID.OrNull(), d.SettlementID.OrNull(), d.about(), d.What, d.Theirs, d.Ours, d.Currency, d.FoundAt)
}

// Agreed resolves an open difference by itself: both sides say the same now.
func Agreed(b *db.Batch, d MoneyDifference, now clock.Instant) {
	b.Exec(`update money_difference set resolved_at = $1, version = version + 1 where shop_id = $2 and about = $3 and resolved_at is null`, now, d.ShopID, d.about())
}

// Resolve notes why a difference stands, under its version.
func Resolve(tx *db.Tx, shopID, differenceID id.ID, version int64, by, reason string) (MoneyDifference, error) {
	found, err := differences(tx, `id = $2`, shopID, differenceID)
	switch {
	case err != nil:
		return MoneyDifference{}, err
	case len(found) == 0:
		return MoneyDifference{}, errs.New(errs.NotFound, "settle.difference_not_found")
	case found[0].ResolvedAt != nil:
		return MoneyDifference{}, errs.New(errs.Conflict, "settle.difference_resolved")
	}
	d := found[0]
	if version == 0 {
		version = d.Version
	}
	now := tx.Now
	err = tx.Batch(func(b *db.Batch) {
		b.ExecN(1, `update money_difference set resolved_at = $1, resolved_by = $2, reason = $3, version = version + 1 where id = $4 and shop_id = $5 and version = $6 and resolved_at is null`,
			now, by, reason, d.ID, shopID, version)
	})
	d.ResolvedAt, d.ResolvedBy, d.Reason, d.Version = &now, by, reason, version+1
	return d, err
}

// Differences lists a shop's, newest first: before the given id, at most limit; the open ones, or the resolved.
func Differences(tx *db.Tx, shopID, before id.ID, limit int, resolved bool) ([]MoneyDifference, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	open := `resolved_at is null`
	if resolved {
		open = `resolved_at is not null`
	}
	return differences(tx, `id < $2 and `+open+` order by id desc limit $3`, shopID, before, limit)
}

func differences(tx *db.Tx, where string, args ...any) ([]MoneyDifference, error) {
	return db.Collect(tx, func(r *db.Rows) (MoneyDifference, error) {
		var d MoneyDifference
		var line, settlement *id.ID
		err := r.Scan(&d.ID, &d.ShopID, &d.Provider, &d.StatementID, &line, &settlement, &d.What, &d.Theirs, &d.Ours, &d.Currency, &d.FoundAt, &d.ResolvedAt,
			&d.ResolvedBy, &d.Reason, &d.Version)
		if line != nil {
			d.LineID = *line
		}
		if settlement != nil {
			d.SettlementID = *settlement
		}
		return d, err
	}, `select id, shop_id, provider, statement_id, line_id, settlement_id, what, theirs, ours, currency, found_at, resolved_at, resolved_by, reason, version
		from money_difference where shop_id = $1 and `+where, args...)
}

const lineColumns = `id, shop_id, statement_id, provider, line_key, row_no, external_no, our_no, order_no, amount, currency, at, settlement_id`

func scanLine(r *db.Rows) (StatementLine, error) {
	var l StatementLine
	var settlement *id.ID
	err := r.Scan(&l.ID, &l.ShopID, &l.StatementID, &l.Provider, &l.Key, &l.Row, &l.ExternalNo, &l.OurNo, &l.OrderNo, &l.Minor, &l.Currency, &l.At, &settlement)
	if settlement != nil {
		l.SettlementID = *settlement
	}
	return l, err
}

// Unmatched lists a provider's lines that are of nothing of ours yet and of which nobody said why, oldest first: after the given id, at most limit.
func Unmatched(tx *db.Tx, shopID id.ID, provider string, after id.ID, limit int) ([]StatementLine, error) {
	return db.Collect(tx, scanLine, `select `+lineColumns+` from statement_line where shop_id = $1 and provider = $2 and settlement_id is null and id > $3
		and id not in (select line_id from money_difference where shop_id = $1 and line_id is not null and resolved_at is not null) order by id limit $4`,
		shopID, provider, after, limit)
}

// LinesOf reads lines of a shop by their ids.
func LinesOf(tx *db.Tx, shopID id.ID, ids []id.ID) ([]StatementLine, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.Collect(tx, scanLine, `select `+lineColumns+` from statement_line where +shop_id = $1 and id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
}

// Expected lists what a provider's statement ought to have, of what arrived and was begun between two instants and no line is of, be it with a difference: after the
// given id, at most limit, without parts. The provider is the tender of gateway payments, the platform on which people make refunds, or bank.
func Expected(tx *db.Tx, shopID id.ID, provider string, from, to clock.Instant, after id.ID, limit int) ([]Settlement, error) {
	return db.Collect(tx, func(r *db.Rows) (Settlement, error) { return scan(r) },
		fmt.Sprintf(`select %s from settlement where shop_id = $1 and arrived_at >= $2 and arrived_at <= $3 and initiated_at >= $2 and state = 'settled' and kind <> 'charge' and amount > 0 and id > $4
		and not exists (select 1 from statement_line x where x.settlement_id = settlement.id and x.shop_id = $1)
		and id not in (select settlement_id from money_difference where shop_id = $1 and settlement_id is not null and what <> 'missing')
		and (route = $5 or route = 'gateway' and exists (select 1 from payment p where p.id = settlement.payment_id and p.tender = $5 and p.shop_id = $1)
			or route in ('marketplace', 'small_transfer') and exists (select 1 from case_line l join orders o on o.id = l.order_id
				where l.id = settlement.case_line_id and o.platform = $5 and o.platform <> '' and o.shop_id = $1)) order by id limit $6`, columns),
		shopID, from, to, after, provider, limit)
}

// TurnedUp lists open differences of the kind that a settlement of ours is not in a statement, of which a line is now, be it with a difference.
func TurnedUp(tx *db.Tx, shopID id.ID, provider string, after id.ID, limit int) ([]MoneyDifference, error) {
	return differences(tx, `provider = $2 and what = 'missing' and resolved_at is null and id > $3
		and (exists (select 1 from statement_line x where x.settlement_id = money_difference.settlement_id and x.shop_id = $1)
			or settlement_id in (select settlement_id from money_difference where shop_id = $1 and settlement_id is not null and what <> 'missing')) order by id limit $4`, shopID, provider, after, limit)
}

// OpenDifferences counts the open differences of a statement.
func OpenDifferences(tx *db.Tx, shopID, statementID id.ID) (n int, err error) {
	return n, tx.QueryRow(`select count(*) from money_difference where shop_id = $1 and statement_id = $2 and resolved_at is null`, shopID, statementID).Scan(&n)
}

// Some reads settlements of a shop by their ids, without parts.
func Some(tx *db.Tx, shopID id.ID, ids []id.ID) ([]Settlement, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.Collect(tx, func(r *db.Rows) (Settlement, error) { return scan(r) },
		`select `+columns+` from settlement where +shop_id = $1 and id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
}
