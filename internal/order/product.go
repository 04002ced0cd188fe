package order

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Product is an article as it was last sold. What its sale cost, and who bought it, is no part of it.
type Product struct {
	SKU      string
	Title    string
	Category string
	Kind     string // ordinary, or one of the exclusions of CPL-25
}

// fee is the category of what is charged and is no article.
const fee = "fee"

// LastSold reads an article of a shop, order.product_not_found when none of that number was ever sold.
func LastSold(tx *db.Tx, shopID id.ID, sku string) (Product, error) {
	l, err := scanLine(tx.QueryRow(`select `+lineColumns+` from order_line where shop_id = $1 and sku = $2 order by id desc limit 1`, shopID, sku))
	if err == db.ErrNoRows || err == nil && l.Category == fee {
		return Product{}, errs.New(errs.NotFound, "order.product_not_found", errs.Args{"sku": errs.Clip(sku)})
	}
	p := Product{SKU: l.SKU, Title: l.Title, Category: l.Category, Kind: l.Attrs.Kind}
	if p.Kind == "" {
		p.Kind = "ordinary"
	}
	return p, err
}

// Facts are what is known of an article before anybody buys it. A category the rules do not tell apart stays unknown.
func (p Product) Facts() rule.Facts {
	fs := rule.Facts{}
	setGoods(fs, Line{Category: p.Category, Attrs: LineAttrs{Kind: p.Kind}})
	delete(fs, FactExclusionConfirmed.Name()) // said at each purchase
	delete(fs, FactGiftValue.Name())          // of the offer of the day
	return fs
}
