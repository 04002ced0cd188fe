package order

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// An import asks and writes in bulk, by statements of few sizes, so that each is prepared once. The sizes are small:
// SQLite finds a parameter $n by walking a list, so that a statement's cost grows with the square of their number.
// Four rows of thirteen columns were the quickest.
var (
	askSizes  = []int{8, 64}
	bulkSizes = []int{4, 1}
)

// ask runs a query for every 64 keys, with a list of placeholders from $3 on, after two arguments that are always the
// same. A list is filled up with its last key.
func ask[K any](tx *db.Tx, query func(list string) string, scan func(*db.Rows) error, one, two any, keys []K) error {
	for len(keys) > 0 {
		n := askSizes[0]
		if len(keys) > n {
			n = askSizes[1]
		}
		some := keys[:min(n, len(keys))]
		keys = keys[len(some):]
		args := append(make([]any, 0, n+2), one, two)
		for i := range n {
			args = append(args, some[min(i, len(some)-1)])
		}
		rows, err := tx.Query(query(db.In(3, n)), args...)
		if err != nil {
			return err
		}
		if err := each(rows, scan); err != nil {
			return err
		}
	}
	return nil
}

func each(rows *db.Rows, scan func(*db.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// KnownOrders finds which orders of a platform are known, by number, with their lines.
func KnownOrders(tx *db.Tx, shopID id.ID, platform string, numbers []string) (map[string]Known, error) {
	out := map[string]Known{}
	byID := map[id.ID]string{}
	var ids []id.ID
	err := ask(tx, func(list string) string {
		return `select id, order_no, customer_id, currency, freight_paid, ordered_at, paid_at, shipped_at, signed_on, version
			from orders where shop_id = $1 and platform = $2 and order_no in ` + list
	}, func(r *db.Rows) error {
		k := Known{ShopID: shopID}
		var customer *id.ID
		if err := r.Scan(&k.ID, &k.OrderNo, &customer, &k.Currency, &k.FreightPaid, &k.OrderedAt, &k.PaidAt, &k.ShippedAt, &k.SignedOn, &k.Version); err != nil {
			return err
		}
		if customer != nil {
			k.CustomerID = *customer
		}
		out[k.OrderNo], byID[k.ID], ids = k, k.OrderNo, append(ids, k.ID)
		return nil
	}, shopID, platform, numbers)
	if err != nil {
		return nil, err
	}
	err = ask(tx, func(list string) string {
		return `select order_id, line_no, sku, quantity, unit_price, net, id, serials from order_line
			where +shop_id = $1 and line_no >= $2 and from_line_id is null and order_id in ` + list + ` order by order_id, line_no`
	}, func(r *db.Rows) error {
		var order id.ID
		var l KnownLine
		var serials string
		if err := r.Scan(&order, &l.LineNo, &l.SKU, &l.Quantity, &l.UnitPrice, &l.Net, &l.ID, &serials); err != nil {
			return err
		}
		l.Serials = splitSerials(serials)
		k := out[byID[order]]
		k.Lines = append(k.Lines, l)
		out[byID[order]] = k
		return nil
	}, shopID, 0, ids)
	if err != nil {
		return nil, err
	}
	return out, knownPromises(tx, shopID, ids, out, byID)
}

// knownPromises adds the open promises of known orders.
func knownPromises(tx *db.Tx, shopID id.ID, ids []id.ID, out map[string]Known, byID map[id.ID]string) error {
	return ask(tx, func(list string) string {
		return `select l.line_no, p.order_line_id, p.shop_id, p.order_id, p.ship_by, p.shipped_at, p.listed, p.due_at, p.version
			from dispatch_promise p join order_line l on l.id = p.order_line_id where +p.shop_id = $1 and p.state = $2 and p.order_id in ` + list
	}, func(r *db.Rows) error {
		p := KnownPromise{Dispatch: Dispatch{State: DispatchOpen}}
		if err := r.Scan(&p.LineNo, &p.LineID, &p.ShopID, &p.OrderID, &p.ShipBy, &p.ShippedAt, &p.Listed, &p.DueAt, &p.Version); err != nil {
			return err
		}
		k := out[byID[p.OrderID]]
		k.Promises = append(k.Promises, p)
		out[byID[p.OrderID]] = k
		return nil
	}, shopID, DispatchOpen, ids)
}

// KnownReturns finds which return records of a platform are known, by their document's number and line.
func KnownReturns(tx *db.Tx, shopID id.ID, platform string, numbers []string) (map[string]map[int64]KnownReturn, error) {
	out := map[string]map[int64]KnownReturn{}
	err := ask(tx, func(list string) string {
		return `select return_no, line_no, buyer_key, sku, quantity, amount, at from platform_return
			where shop_id = $1 and platform = $2 and return_no in ` + list
	}, func(r *db.Rows) error {
		var k KnownReturn
		if err := r.Scan(&k.ReturnNo, &k.LineNo, &k.BuyerKey, &k.SKU, &k.Quantity, &k.Minor, &k.At); err != nil {
			return err
		}
		if out[k.ReturnNo] == nil {
			out[k.ReturnNo] = map[int64]KnownReturn{}
		}
		out[k.ReturnNo][k.LineNo] = k
		return nil
	}, shopID, platform, numbers)
	return out, err
}

// bulk is one statement's text for each number of rows it may insert.
type bulk struct {
	head    string // insert into … (…) values
	width   int
	byCount map[int]string
}

func newBulk(table, columns string) bulk {
	b := bulk{head: "insert into " + table + " (" + columns + ") values ", width: strings.Count(columns, ",") + 1, byCount: map[int]string{}}
	for _, n := range bulkSizes {
		var s strings.Builder
		s.WriteString(b.head)
		for i := range n * b.width {
			switch {
			case i == 0:
				s.WriteString("(")
			case i%b.width == 0:
				s.WriteString("),(")
			default:
				s.WriteString(",")
			}
			s.WriteString("$" + strconv.Itoa(i+1))
		}
		s.WriteString(")")
		b.byCount[n] = s.String()
	}
	return b
}

// insert adds rows whose values stand one after another in args.
func (k bulk) insert(b *db.Batch, args []any) {
	for _, n := range bulkSizes {
		for size := n * k.width; len(args) >= size; args = args[size:] {
			b.Exec(k.byCount[n], args[:size:size]...)
		}
	}
}

var (
	bulkOrders = newBulk("orders", `id, shop_id, platform, order_no, customer_id, channel, status, currency, freight_paid, ordered_at, paid_at,
		shipped_at, signed_on, signed_by, attrs, version, import_id, raw`)
	bulkLines   = newBulk("order_line", `id, shop_id, order_id, line_no, sub_no, sku, title, category, quantity, unit_price, net, attrs, raw, version, serials`)
	bulkReturns = newBulk("platform_return", `id, shop_id, platform, return_no, line_no, order_no, buyer_key, sku, quantity, amount, currency, at,
		state, import_id, raw, version`)
)

// InsertOrders adds many orders at version 1.
func InsertOrders(b *db.Batch, orders []Order) error {
	args := make([]any, 0, len(orders)*bulkOrders.width)
	for _, o := range orders {
		attrs, err := json.Marshal(o.Attrs) // "{}" for most of them
		if err != nil {
			return fmt.Errorf("order %s: attrs: %w", o.OrderNo, err)
		}
		args = append(args, o.ID, o.ShopID, o.Platform, o.OrderNo, o.CustomerID.OrNull(), o.Channel, o.Status, o.Currency, o.FreightPaid,
			o.OrderedAt, o.PaidAt, o.ShippedAt, o.SignedOn, o.SignedBy, string(attrs), 1, o.ImportID.OrNull(), o.Raw)
	}
	bulkOrders.insert(b, args)
	return nil
}

// InsertLines adds many order lines at version 1.
func InsertLines(b *db.Batch, lines []Line) error {
	args := make([]any, 0, len(lines)*bulkLines.width)
	for _, l := range lines {
		attrs, err := attrsText(l.Attrs)
		if err != nil {
			return fmt.Errorf("order line %s: attrs: %w", l.SKU, err)
		}
		args = append(args, l.ID, l.ShopID, l.OrderID, l.LineNo, l.SubNo, l.SKU, l.Title, l.Category, l.Quantity, l.UnitPrice, l.Net, attrs, l.Raw, 1, joinSerials(l.Serials))
	}
	bulkLines.insert(b, args)
	return nil
}

// InsertReturns adds many return records at version 1.
func InsertReturns(b *db.Batch, returns []Return) {
	args := make([]any, 0, len(returns)*bulkReturns.width)
	for _, r := range returns {
		args = append(args, r.ID, r.ShopID, r.Platform, r.ReturnNo, r.LineNo, r.OrderNo, r.BuyerKey, r.SKU, r.Quantity, r.Minor, r.Currency,
			r.At, r.State, r.ImportID.OrNull(), string(r.Raw), 1)
	}
	bulkReturns.insert(b, args)
}

// attrsText is attributes as JSON. Most lines of an export have none.
func attrsText[A comparable](attrs A) (string, error) {
	var none A
	if attrs == none {
		return "{}", nil
	}
	text, err := json.Marshal(attrs)
	return string(text), err
}

// Advance notes that a known order has been shipped or received since, under its version, with the platform's word for it.
func Advance(b *db.Batch, k Known, o Order) {
	shipped, signed := k.ShippedAt, k.SignedOn
	if shipped == nil {
		shipped = o.ShippedAt
	}
	if signed == nil {
		signed = o.SignedOn
	}
	b.ExecN(1, `update orders set status = $1, shipped_at = $2, signed_on = $3, version = version + 1 where id = $4 and shop_id = $5 and version = $6`,
		o.Status, shipped, signed, k.ID, k.ShopID, k.Version)
}
