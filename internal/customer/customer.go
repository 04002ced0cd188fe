// Package customer is who bought. A marketplace buyer is known by platform, shop and buyer id or nick alone; names and
// phones arrive masked (王**, 138****8003) and are kept as seen, shown and searched as seen, and never used to
// identify, merge or contact.
package customer

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/search"
)

// Customer is one buyer of one shop on one platform.
type Customer struct {
	ID        id.ID         `json:"id"`
	ShopID    id.ID         `json:"-"`
	Platform  string        `json:"platform"`
	BuyerKey  string        `json:"buyer_key" doc:"the platform's buyer id or nick"`
	Nick      string        `json:"nick"`
	Name      string        `json:"name" doc:"as seen, perhaps masked"`
	Phone     string        `json:"phone" doc:"as seen, perhaps masked"`
	CreatedAt clock.Instant `json:"created_at"`
	Version   int64         `json:"version"`
}

// Called is what people call the customer: the nick where there is one, else the name, else the platform's key.
func (c Customer) Called() string {
	for _, s := range []string{c.Nick, c.Name} {
		if s != "" {
			return s
		}
	}
	return c.BuyerKey
}

const columns = `id, shop_id, platform, buyer_key, nick, name, phone, created_at, version`

func scan(r interface{ Scan(...any) error }) (Customer, error) {
	var c Customer
	return c, r.Scan(&c.ID, &c.ShopID, &c.Platform, &c.BuyerKey, &c.Nick, &c.Name, &c.Phone, &c.CreatedAt, &c.Version)
}

// Insert adds a customer unless the buyer is known already; use Find to learn the id afterwards.
func Insert(b *db.Batch, c Customer, now clock.Instant) {
	b.Exec(`insert into customer (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,1) on conflict (shop_id, platform, buyer_key) do nothing`,
		c.ID, c.ShopID, c.Platform, c.BuyerKey, c.Nick, c.Name, c.Phone, now)
}

// terms are what a customer is found by: nick, name, pinyin, initials and phone. Masked values are found as they are seen.
func (c Customer) terms() *search.Terms {
	var t search.Terms
	t.Name(c.Nick)
	if c.Name != c.Nick {
		t.Name(c.Name)
	}
	if c.BuyerKey != c.Nick && c.BuyerKey != c.Name {
		t.Name(c.BuyerKey)
	}
	t.Phone(c.Phone)
	return &t
}

// Index makes a new customer findable.
func Index(b *db.Batch, c Customer) { search.Put(b, c.ShopID, search.Customers, c.ID, c.terms()) }

// IndexAgain does the same for one who may be findable already.
func IndexAgain(b *db.Batch, c Customer) {
	search.Replace(b, c.ShopID, search.Customers, c.ID, c.terms())
}

// ByID reads customers of a shop by their ids, fewer than 500.
func ByID(tx *db.Tx, shopID id.ID, ids []id.ID) ([]Customer, error) {
	return db.Collect(tx, func(r *db.Rows) (Customer, error) { return scan(r) },
		`select `+columns+` from customer where +shop_id = $1 and id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
}

// After lists a shop's customers in the order they were made, after the given one, at most limit.
func After(tx *db.Tx, shopID, after id.ID, limit int) ([]Customer, error) {
	return db.Collect(tx, func(r *db.Rows) (Customer, error) { return scan(r) },
		`select `+columns+` from customer where shop_id = $1 and id > $2 order by id limit $3`, shopID, after, limit)
}

// Add writes a customer and makes him findable, unless the buyer is known already; it says which id he has.
func Add(tx *db.Tx, c Customer) (id.ID, error) {
	err := tx.QueryRow(`insert into customer (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,1) on conflict (shop_id, platform, buyer_key) do nothing returning id`,
		c.ID, c.ShopID, c.Platform, c.BuyerKey, c.Nick, c.Name, c.Phone, tx.Now).Scan(&c.ID)
	if err == db.ErrNoRows {
		known, err := Find(tx, c.ShopID, c.Platform, c.BuyerKey)
		return known.ID, err
	}
	if err != nil {
		return 0, err
	}
	return c.ID, tx.Batch(func(b *db.Batch) { Index(b, c) })
}

// Find reads a buyer by the platform's key.
func Find(tx *db.Tx, shopID id.ID, platform, buyerKey string) (Customer, error) {
	return found(scan(tx.QueryRow(`select `+columns+` from customer where shop_id = $1 and platform = $2 and buyer_key = $3`, shopID, platform, buyerKey)))
}

// Get reads a customer of a shop.
func Get(tx *db.Tx, shopID, customerID id.ID) (Customer, error) {
	return found(scan(tx.QueryRow(`select `+columns+` from customer where id = $1 and shop_id = $2`, customerID, shopID)))
}

func found(c Customer, err error) (Customer, error) {
	if err == db.ErrNoRows {
		return c, errs.New(errs.NotFound, "customer.not_found")
	}
	return c, err
}

var _ = errs.Register(map[string]errs.Text{
	"customer.not_found": {ZhCN: "本店没有这位顾客。", En: "This shop has no such customer."},
})
