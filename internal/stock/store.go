package stock

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, sku, style, title, price, on_hand, held, updated_at, version`

func scan(r interface{ Scan(...any) error }) (Article, error) {
	var a Article
	err := r.Scan(&a.ID, &a.ShopID, &a.SKU, &a.Style, &a.Title, &a.Price, &a.OnHand, &a.Held, &a.UpdatedAt, &a.Version)
	a.Free = a.free()
	return a, err
}

// Get reads what there is of an article, nil where nobody knows.
func Get(tx *db.Tx, shopID id.ID, sku string) (*Article, error) {
	a, err := scan(tx.QueryRow(`select `+columns+` from stock where shop_id = $1 and sku = $2`, shopID, sku))
	if err == db.ErrNoRows {
		return nil, nil
	}
	return &a, err
}

// List lists a shop's articles by SKU, those that begin so, after one, at most limit.
func List(tx *db.Tx, shopID id.ID, begins, after string, limit int) ([]Article, error) {
	return db.Collect(tx, func(r *db.Rows) (Article, error) { return scan(r) },
		`select `+columns+` from stock where shop_id = $1 and sku > $2 and substr(sku, 1, length(cast($3 as text))) = cast($3 as text) order by sku limit $4`, shopID, after, begins, limit)
}

// Set writes what a stock system says of an article, in the place of what it said before. What is held stays held.
func Set(b *db.Batch, shopID id.ID, now clock.Instant, t Told) {
	b.Exec(`insert into stock (id, shop_id, sku, style, title, price, on_hand, updated_at, version) values ($1,$2,$3,$4,$5,$6,$7,$8,1)
		on conflict (shop_id, sku) do update set style = excluded.style, title = excluded.title, price = excluded.price, on_hand = excluded.on_hand,
			updated_at = excluded.updated_at, version = stock.version + 1`,
		id.New(), shopID, t.SKU, t.Style, t.Title, t.Price, t.OnHand, now)
}

const holdColumns = `h.id, h.shop_id, h.stock_id, h.case_line_id, s.sku, h.quantity, h.state, h.until, h.held_at, h.ended_at, h.version`

// HoldsOf lists what was held for the lines of a case, oldest first.
func HoldsOf(tx *db.Tx, shopID, caseID id.ID) ([]Hold, error) {
	return db.Collect(tx, func(r *db.Rows) (Hold, error) {
		var h Hold
		return h, r.Scan(&h.ID, &h.ShopID, &h.StockID, &h.LineID, &h.SKU, &h.Quantity, &h.State, &h.Until, &h.HeldAt, &h.EndedAt, &h.Version)
	}, `select `+holdColumns+` from stock_hold h join stock s on s.id = h.stock_id
		where h.shop_id = $1 and h.case_line_id in (select id from case_line where case_id = $2 and shop_id = $1) order by h.id`, shopID, caseID)
}

// Keep holds units of an article for a line, under the article's version: the loser of a race is told. The caller has
// asked CanHold; the database asks once more.
func Keep(b *db.Batch, a Article, h Hold) (Article, Hold) {
	b.ExecN(1, `update stock set held = held + $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4 and on_hand - held >= $1`,
		h.Quantity, a.ID, a.ShopID, a.Version)
	h.ID, h.ShopID, h.StockID, h.SKU, h.State, h.Version = id.New(), a.ShopID, a.ID, a.SKU, Held, 1
	b.Exec(`insert into stock_hold (id, shop_id, stock_id, case_line_id, quantity, state, until, held_at, version) values ($1,$2,$3,$4,$5,$6,$7,$8,1)`,
		h.ID, h.ShopID, h.StockID, h.LineID, h.Quantity, h.State, h.Until, h.HeldAt)
	a.Held += h.Quantity
	a.Free = a.free()
	a.Version++
	return a, h
}

// End ends a hold under its version: Gone takes its units off the shelf with it, Free leaves them to others. The stock
// system may already have taken them off.
func End(b *db.Batch, now clock.Instant, h Hold, s HoldState) Hold {
	b.ExecN(1, `update stock_hold set state = $1, ended_at = $2, version = version + 1 where id = $3 and shop_id = $4 and version = $5 and state = 'held'`,
		s, now, h.ID, h.ShopID, h.Version)
	var gone int64
	if s == Gone {
		gone = h.Quantity
	}
	b.ExecN(1, `update stock set held = held - $1, on_hand = case when on_hand < $2 then 0 else on_hand - $2 end, version = version + 1 where id = $3 and shop_id = $4`,
		h.Quantity, gone, h.StockID, h.ShopID)
	h.State, h.EndedAt = s, &now
	h.Version++
	return h
}

// Share splits a hold with its line: units go over to the line that was split off.
func Share(b *db.Batch, h Hold, lineID id.ID, units int64) (rest, part Hold) {
	rest, part = h, h
	rest.Quantity -= units
	b.ExecN(1, `update stock_hold set quantity = $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4 and state = 'held'`,
		rest.Quantity, h.ID, h.ShopID, h.Version)
	rest.Version++
	part.ID, part.LineID, part.Quantity, part.Version = id.New(), lineID, units, 1
	b.Exec(`insert into stock_hold (id, shop_id, stock_id, case_line_id, quantity, state, until, held_at, version) values ($1,$2,$3,$4,$5,$6,$7,$8,1)`,
		part.ID, part.ShopID, part.StockID, part.LineID, part.Quantity, part.State, part.Until, part.HeldAt)
	return rest, part
}
