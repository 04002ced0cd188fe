package order

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const orderColumns = `id, shop_id, platform, order_no, customer_id, channel, status, currency, freight_paid, ordered_at, paid_at, shipped_at,
	signed_on, signed_by, attrs, version`

func scanOrder(r interface{ Scan(...any) error }) (Order, error) {
	var o Order
	var customer *id.ID
	var attrs string
	if err := r.Scan(&o.ID, &o.ShopID, &o.Platform, &o.OrderNo, &customer, &o.Channel, &o.Status, &o.Currency, &o.FreightPaid, &o.OrderedAt,
		&o.PaidAt, &o.ShippedAt, &o.SignedOn, &o.SignedBy, &attrs, &o.Version); err != nil {
		return o, err
	}
	if customer != nil {
		o.CustomerID = *customer
	}
	if err := json.Unmarshal([]byte(attrs), &o.Attrs); err != nil {
		return o, fmt.Errorf("order %s: attrs: %w", o.OrderNo, err)
	}
	return o, nil
}

// Get reads an order of a shop.
func Get(tx *db.Tx, shopID, orderID id.ID) (Order, error) {
	return foundOrder(scanOrder(tx.QueryRow(`select `+orderColumns+` from orders where id = $1 and shop_id = $2`, orderID, shopID)))
}

// OfLine reads the order that a line is of.
func OfLine(tx *db.Tx, shopID, lineID id.ID) (Order, error) {
	o, err := scanOrder(tx.QueryRow(`select `+orderColumns+` from orders where shop_id = $1
		and id = (select order_id from order_line where id = $2 and shop_id = $1)`, shopID, lineID))
	if err == db.ErrNoRows {
		return o, errs.New(errs.NotFound, "order.line_not_found", errs.Args{"line": lineID.String()})
	}
	return o, err
}

// ByNumber reads an order by its platform's number.
func ByNumber(tx *db.Tx, shopID id.ID, platform, orderNo string) (Order, error) {
	return foundOrder(scanOrder(tx.QueryRow(`select `+orderColumns+` from orders where shop_id = $1 and platform = $2 and order_no = $3`, shopID, platform, orderNo)))
}

func foundOrder(o Order, err error) (Order, error) {
	if err == db.ErrNoRows {
		return o, errs.New(errs.NotFound, "order.not_found")
	}
	return o, err
}

// OfCustomer lists a customer's orders, newest first, at most limit.
func OfCustomer(tx *db.Tx, shopID, customerID id.ID, limit int) ([]Order, error) {
	return db.Collect(tx, func(r *db.Rows) (Order, error) { return scanOrder(r) },
		`select `+orderColumns+` from orders where shop_id = $1 and customer_id = $2 order by ordered_at desc, id desc limit $3`, shopID, customerID, limit)
}

const lineColumns = `id, shop_id, order_id, line_no, sub_no, sku, title, category, quantity, unit_price, net, attrs, claimed, allocated_units, allocated_minor, version, from_line_id, moved_units, moved_minor, serials`

func scanLine(r interface{ Scan(...any) error }) (Line, error) {
	var l Line
	var attrs, serials string
	var from *id.ID
	if err := r.Scan(&l.ID, &l.ShopID, &l.OrderID, &l.LineNo, &l.SubNo, &l.SKU, &l.Title, &l.Category, &l.Quantity, &l.UnitPrice, &l.Net, &attrs,
		&l.Claimed, &l.AllocatedUnits, &l.AllocatedMinor, &l.Version, &from, &l.MovedUnits, &l.MovedMinor, &serials); err != nil {
		return l, err
	}
	if from != nil {
		l.FromLineID = *from
	}
	l.Serials = splitSerials(serials)
	if err := json.Unmarshal([]byte(attrs), &l.Attrs); err != nil {
		return l, fmt.Errorf("order line %s: attrs: %w", l.ID, err)
	}
	return l, nil
}

// Lines lists an order's lines in order.
func Lines(tx *db.Tx, shopID, orderID id.ID) ([]Line, error) {
	return db.Collect(tx, func(r *db.Rows) (Line, error) { return scanLine(r) },
		`select `+lineColumns+` from order_line where order_id = $1 and shop_id = $2 order by line_no`, orderID, shopID)
}

// GetLine reads one order line of a shop.
func GetLine(tx *db.Tx, shopID, lineID id.ID) (Line, error) {
	l, err := scanLine(tx.QueryRow(`select `+lineColumns+` from order_line where id = $1 and shop_id = $2`, lineID, shopID))
	if err == db.ErrNoRows {
		return l, errs.New(errs.NotFound, "order.line_not_found", errs.Args{"line": lineID.String()})
	}
	return l, err
}

// CanClaim says whether that many more units can be asked for; a negative number always can.
func (l Line) CanClaim(units int64) error {
	if left := l.Quantity - l.Claimed; units > left {
		return errs.New(errs.Conflict, "order.units_taken", errs.Args{"left": left, "sku": l.SKU})
	}
	return nil
}

// Claim takes units of a line for an after-sales line (negative gives them back), under the line's version. The
// database refuses more units than were sold.
func Claim(b *db.Batch, l Line, units int64) Line {
	b.ExecN(1, `update order_line set claimed = claimed + $1, version = version + 1 where id = $2 and shop_id = $3 and version = $4`,
		units, l.ID, l.ShopID, l.Version)
	l.Claimed += units
	l.Version++
	return l
}

// Allocate notes that units' price stands in a settlement (negative: the settlement was voided), under the line's version.
func Allocate(b *db.Batch, l Line, units, minor int64) Line {
	b.ExecN(1, `update order_line set allocated_units = allocated_units + $1, allocated_minor = allocated_minor + $2, version = version + 1
		where id = $3 and shop_id = $4 and version = $5`, units, minor, l.ID, l.ShopID, l.Version)
	l.AllocatedUnits += units
	l.AllocatedMinor += minor
	l.Version++
	return l
}

// Insert adds an order at version 1.
func Insert(b *db.Batch, o Order) error {
	attrs, err := json.Marshal(o.Attrs)
	if err != nil {
		return fmt.Errorf("order %s: attrs: %w", o.OrderNo, err)
	}
	b.Exec(`insert into orders (`+orderColumns+`, import_id, raw) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,1,$16,$17)`,
		o.ID, o.ShopID, o.Platform, o.OrderNo, o.CustomerID.OrNull(), o.Channel, o.Status, o.Currency, o.FreightPaid, o.OrderedAt, o.PaidAt,
		o.ShippedAt, o.SignedOn, o.SignedBy, string(attrs), o.ImportID.OrNull(), o.Raw)
	return nil
}

// InsertLine adds an order line at version 1.
func InsertLine(b *db.Batch, l Line) error {
	attrs, err := json.Marshal(l.Attrs)
	if err != nil {
		return fmt.Errorf("order line %s: attrs: %w", l.SKU, err)
	}
	b.Exec(`insert into order_line (id, shop_id, order_id, line_no, sub_no, sku, title, category, quantity, unit_price, net, attrs, raw, from_line_id, moved_units, moved_minor, serials, version)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,1)`,
		l.ID, l.ShopID, l.OrderID, l.LineNo, l.SubNo, l.SKU, l.Title, l.Category, l.Quantity, l.UnitPrice, l.Net, string(attrs), l.Raw,
		l.FromLineID.OrNull(), l.MovedUnits, l.MovedMinor, joinSerials(l.Serials))
	return nil
}

// SetDelivery records how far an order's goods have come, under its version; what is nil or empty stays as it is.
func SetDelivery(b *db.Batch, o Order, shippedAt *clock.Instant, signedOn *calendar.Date, signedBy, status string) Order {
	if shippedAt != nil {
		o.ShippedAt = shippedAt
	}
	if signedOn != nil {
		o.SignedOn = signedOn
		if signedBy != "" {
			o.SignedBy = signedBy
		}
	}
	if status != "" {
		o.Status = status
	}
	b.ExecN(1, `update orders set shipped_at = $1, signed_on = $2, signed_by = $3, status = $4, version = version + 1 where id = $5 and shop_id = $6 and version = $7`,
		o.ShippedAt, o.SignedOn, o.SignedBy, o.Status, o.ID, o.ShopID, o.Version)
	o.Version++
	return o
}
