// Package customer is who bought. A marketplace buyer is known by platform, shop and buyer id or nick alone; names and
// phones arrive masked (王**, 138****8003) and are kept as seen, shown and searched as seen, and never used to
// identify, merge or contact.
package customer

import (
	"github.com/sanbao/sanbao/internal/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/errs"
	"github.com/sanbao/sanbao/internal/id"
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
