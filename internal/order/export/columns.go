package export

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// Most exports are one table in which a row is an article of an order. They differ in what their columns are called, in
// whether an amount is the order's or the row's, and in little else: one reader serves them all, and the mapping that a
// person makes for a layout without a preset. The rows of an order stand together; what belongs to the order may stand
// in each of them, or in the first alone.

// Fields is what a row of an order export may say.
var Fields = []layout.Field{
	{Name: "order_no", Label: errs.Text{ZhCN: "订单号", En: "Order number"}, Kind: layout.ID, Required: true},
	{Name: "sub_no", Label: errs.Text{ZhCN: "子订单号", En: "Number of the article within the order"}, Kind: layout.ID},
	{Name: "ordered_at", Label: errs.Text{ZhCN: "下单时间", En: "Ordered"}, Kind: layout.Time, Required: true},
	{Name: "paid_at", Label: errs.Text{ZhCN: "付款时间", En: "Paid at"}, Kind: layout.Time},
	{Name: "ship_by", Label: errs.Text{ZhCN: "承诺发货时间", En: "Promised to leave by"}, Kind: layout.Time},
	{Name: "booked_at", Label: errs.Text{ZhCN: "顾客预约的发货时间", En: "Dispatch the customer booked"}, Kind: layout.Time},
	{Name: "shipped_at", Label: errs.Text{ZhCN: "发货时间", En: "Shipped"}, Kind: layout.Time},
	{Name: "received_at", Label: errs.Text{ZhCN: "收货时间", En: "Received"}, Kind: layout.Time},
	{Name: "status", Label: errs.Text{ZhCN: "订单状态", En: "Status"}, Kind: layout.Text},
	{Name: "buyer", Label: errs.Text{ZhCN: "买家帐号或昵称", En: "Buyer's account or nick"}, Kind: layout.Text},
	{Name: "buyer_name", Label: errs.Text{ZhCN: "收货人", En: "Recipient"}, Kind: layout.Text},
	{Name: "buyer_phone", Label: errs.Text{ZhCN: "电话", En: "Phone"}, Kind: layout.Text},
	{Name: "paid", Label: errs.Text{ZhCN: "实付金额（含运费）", En: "Paid, freight included"}, Kind: layout.Amount},
	{Name: "balance", Label: errs.Text{ZhCN: "另用余额支付", En: "Paid from a balance besides"}, Kind: layout.Amount},
	{Name: "freight", Label: errs.Text{ZhCN: "运费", En: "Freight"}, Kind: layout.Amount},
	{Name: "refunded", Label: errs.Text{ZhCN: "已退款金额", En: "Given back already"}, Kind: layout.Amount},
	{Name: "reference", Label: errs.Text{ZhCN: "支付单号", En: "Payment reference"}, Kind: layout.ID},
	{Name: "currency", Label: errs.Text{ZhCN: "币种", En: "Currency"}, Kind: layout.Text},
	{Name: "sku", Label: errs.Text{ZhCN: "商家编码（SKU）", En: "SKU"}, Kind: layout.Text},
	{Name: "sku_else", Label: errs.Text{ZhCN: "没有商家编码时的编号", En: "Article number where there is no SKU"}, Kind: layout.Text},
	{Name: "title", Label: errs.Text{ZhCN: "商品名称", En: "Title"}, Kind: layout.Text},
	{Name: "quantity", Label: errs.Text{ZhCN: "数量", En: "Quantity"}, Kind: layout.Count, Required: true},
	{Name: "unit_price", Label: errs.Text{ZhCN: "单价", En: "Unit price"}, Kind: layout.Amount},
	{Name: "line_total", Label: errs.Text{ZhCN: "小计（优惠前）", En: "Price times quantity"}, Kind: layout.Amount},
	{Name: "line_discount", Label: errs.Text{ZhCN: "商品优惠", En: "Discount of the article"}, Kind: layout.Amount},
	{Name: "serials", Label: errs.Text{ZhCN: "序列号（每件一个，逗号隔开）", En: "Serial numbers, one a unit, apart by commas"}, Kind: layout.Text},
}

// CheckColumns says what is wrong with a mapping for orders. Errors: those of layout.Check, and order.money_column.
func CheckColumns(mapping map[string]string) error {
	if err := layout.Check(Fields, mapping); err != nil {
		return err
	}
	if mapping["paid"] == "" && mapping["unit_price"] == "" && mapping["line_total"] == "" {
		e := errs.New(errs.Invalid, "invalid_input", errs.Args{"count": 1})
		e.Fields = []errs.Field{{Path: "/columns/paid", Key: "import.money_column"}}
		return e
	}
	return nil
}

// Mapped is a preset that a person made: whose orders, and which column is what.
func Mapped(name, platform string, columns []layout.Column, header int, perRow bool) Preset {
	return Preset{Name: name, Platform: platform, fields: columns, header: header, perRow: perRow, tender: platform}
}

// readColumns groups the rows of an order.
func readColumns(f *Feed) func(context.Context) (Entry, error) {
	var ahead *soldRow
	var numbers rounding
	done := false
	return func(ctx context.Context) (Entry, error) {
		var group []soldRow
		if ahead != nil {
			group, ahead = append(group, *ahead), nil
		}
		for !done {
			row, err := f.soldRow(ctx)
			if err == io.EOF {
				done = true
				break
			}
			if err != nil {
				return Entry{}, err
			}
			if len(group) > 0 && (row.number != group[0].number || row.number == "") {
				ahead = &row
				break
			}
			if group = append(group, row); len(group) > MaxLines {
				return Entry{}, errs.New(errs.Invalid, "import.too_many_lines", errs.Args{"number": row.number, "max": MaxLines})
			}
		}
		if len(group) > 0 {
			numbers.add(group[0].number)
			return f.soldEntry(group), nil
		}
		last := Entry{Faults: numbers.faults(f.numberColumn())}
		numbers = rounding{}
		if len(last.Faults) > 0 {
			return last, nil
		}
		return Entry{}, io.EOF
	}
}

// soldRow is one row, read.
type soldRow struct {
	row                              int
	number, raw, currency            string
	order                            order.Order
	buyer                            Buyer
	line                             order.Line
	paid, balance, freight, refunded int64
	weight                           int64 // of the line, where the order's money is split
	reference                        string
	hasPaid, hasFreight              bool
	shipBy                           *clock.Instant
	faults                           []sheet.Fault
}

// soldRow reads the next row. One that cannot be read at all has no number.
func (f *Feed) soldRow(ctx context.Context) (soldRow, error) {
	r, err := f.table.Read(ctx)
	if fault, ok := errors.AsType[*sheet.Fault](err); ok {
		return soldRow{row: fault.Row, faults: []sheet.Fault{*fault}}, nil
	}
	if err != nil {
		return soldRow{}, err
	}
	s := soldRow{row: r.Number, raw: r.JSON(), currency: r.Text("currency", 10), reference: r.ID("reference")}
	if r.Need("order_no") {
		s.number = r.ID("order_no")
	}
	s.order = order.Order{Status: r.Text("status", maxText), PaidAt: r.Moment("paid_at", f.terms.Zone), ShippedAt: r.Moment("shipped_at", f.terms.Zone)}
	s.shipBy = later(r.Moment("ship_by", f.terms.Zone), r.Moment("booked_at", f.terms.Zone))
	if at := r.Moment("ordered_at", f.terms.Zone); at != nil {
		s.order.OrderedAt = *at
	} else if s.order.PaidAt != nil {
		s.order.OrderedAt = *s.order.PaidAt
	}
	if at := r.Moment("received_at", f.terms.Zone); at != nil && !order.Cancelled(s.order.Status) {
		day := calendar.DateOf(at.Time().In(f.terms.Zone).Date())
		s.order.SignedOn = &day
	}
	s.buyer = Buyer{Nick: r.Text("buyer", maxText), Name: r.Text("buyer_name", maxText), Phone: r.Text("buyer_phone", maxText)}
	money := func(field string) int64 { return r.Amount(field, f.terms.Currency, maxAmount) }
	s.paid, s.balance, s.freight, s.refunded = money("paid"), money("balance"), money("freight"), money("refunded")
	if f.preset.perRow && f.table.Has("paid") {
		s.freight = min(s.freight, s.paid+s.balance)
	}
	s.hasPaid, s.hasFreight = !r.Empty("paid"), !r.Empty("freight")
	s.line = order.Line{SubNo: r.ID("sub_no"), SKU: r.Text("sku", maxText), Title: r.Text("title", maxTitle), UnitPrice: money("unit_price")}
	if s.line.SKU == "" {
		s.line.SKU = r.Text("sku_else", maxText)
	}
	if r.Need("quantity") {
		s.line.Quantity = r.Count("quantity", 1, sheet.MaxQuantity)
	}
	if !r.Empty("serials") {
		var err error
		if s.line.Serials, err = order.CleanSerials(order.Serials(r.Text("serials", maxSerials)), s.line.Quantity); err != nil {
			r.Refuse("serials", err)
		}
	}
	total := money("line_total")
	if r.Empty("line_total") {
		total = s.line.UnitPrice * s.line.Quantity
	}
	if r.Empty("unit_price") && s.line.Quantity > 0 {
		s.line.UnitPrice = total / s.line.Quantity
	}
	s.weight = max(0, total-money("line_discount"))
	if s.currency != "" && !strings.EqualFold(s.currency, string(f.terms.Currency)) {
		r.Refuse("currency", errs.New(errs.Invalid, "import.currency_differs", errs.Args{"text": s.currency, "currency": string(f.terms.Currency)}))
	}
	s.faults = r.Faults
	return s, nil
}

// later is the promised time, or the one the customer booked where that is later.
func later(promised, booked *clock.Instant) *clock.Instant {
	if promised != nil && booked != nil && *booked > *promised {
		return booked
	}
	return promised
}

// soldEntry makes an order of its rows.
func (f *Feed) soldEntry(rows []soldRow) Entry {
	first := rows[0]
	e := Entry{First: first.row, Last: rows[len(rows)-1].row, Number: first.number}
	for _, r := range rows {
		e.Faults = append(e.Faults, r.faults...)
		e.Faults = append(e.Faults, f.rowDiffers(first, r)...)
	}
	if len(e.Faults) > 0 {
		return e
	}
	s := Sale{Order: first.order, Buyer: first.buyer}
	if s.Order.PaidAt == nil && !f.table.Has("paid_at") {
		s.Order.PaidAt = &first.order.OrderedAt
	}
	if s.Order.PaidAt == nil || s.Order.OrderedAt == 0 {
		e.Skipped = []Skip{{Row: first.row, Key: "import.skip_unpaid", Args: errs.Args{"row": first.row, "number": first.number, "status": first.order.Status}}}
		return e
	}
	s.Order.Platform, s.Order.OrderNo, s.Order.Channel, s.Order.Currency, s.Order.SignedBy = f.preset.Platform, first.number, order.Distance, f.terms.Currency, "unknown"
	if s.Buyer.Key = s.Buyer.Nick; unnamed(s.Buyer.Nick) {
		s.Buyer.Key = "order:" + first.number
	}
	captured, refunded, fault := f.soldMoney(&s, rows)
	if fault != nil {
		e.Faults = append(e.Faults, *fault)
		return e
	}
	if captured > 0 {
		reference := first.reference
		if reference == "" {
			reference = first.number
		}
		s.Captures = []Capture{{Tender: f.preset.tender, Route: "marketplace", Reference: reference, Minor: captured, Refunded: min(refunded, captured), At: *s.Order.PaidAt}}
	}
	e.Sale = &s
	return e
}

// unnamed says that a nick is nobody's: empty, masked, or a platform's cipher (##…, $$…).
func unnamed(nick string) bool {
	return nick == "" || strings.Contains(nick, "*") || strings.HasPrefix(nick, "##") || strings.HasPrefix(nick, "$$")
}

// rowDiffers says where a row contradicts the first one of its order. What it leaves out is the first one's.
func (f *Feed) rowDiffers(first, r soldRow) []sheet.Fault {
	var out []sheet.Fault
	add := func(field, was, now string) {
		out = append(out, sheet.Fault{Row: r.row, Column: f.columnOf(field), Key: "import.order_differs",
			Args: errs.Args{"row": r.row, "number": r.number, "was": was, "now": now, "first": first.row}})
	}
	if r.order.OrderedAt != 0 && r.order.OrderedAt != first.order.OrderedAt && len(r.faults)+len(first.faults) == 0 {
		add("ordered_at", first.order.OrderedAt.String(), r.order.OrderedAt.String())
	}
	if r.buyer.Nick != "" && r.buyer.Nick != first.buyer.Nick {
		add("buyer", first.buyer.Nick, r.buyer.Nick)
	}
	if f.preset.perRow {
		return out
	}
	amount := func(n int64) string { return money.Of(n, f.terms.Currency).Decimal() }
	if r.hasPaid && r.paid != first.paid {
		add("paid", amount(first.paid), amount(r.paid))
	}
	if r.hasFreight && r.freight != first.freight {
		add("freight", amount(first.freight), amount(r.freight))
	}
	return out
}

// soldMoney says what was paid for the order and splits it over its lines.
func (f *Feed) soldMoney(s *Sale, rows []soldRow) (captured, refunded int64, fault *sheet.Fault) {
	var weights []int64
	var goods int64
	tooMuch := func() *sheet.Fault {
		return &sheet.Fault{Row: rows[0].row, Column: f.columnOf("paid"), Key: "import.amount_range", Args: errs.Args{"text": number(max(captured, goods))}}
	}
	for i, r := range rows {
		if f.preset.perRow || i == 0 {
			captured, refunded = captured+r.paid+r.balance, refunded+r.refunded
			s.Order.FreightPaid += r.freight
		}
		if goods += r.weight; goods > maxOrderSum || captured > maxOrderSum {
			return 0, 0, tooMuch()
		}
		weights = append(weights, r.weight)
		line := r.line
		line.LineNo, line.Raw = int64(i+1), r.raw
		s.Lines = append(s.Lines, Sold{Row: r.row, Line: line, ShipBy: r.shipBy, ShippedAt: r.order.ShippedAt})
	}
	if !f.table.Has("paid") {
		captured = goods + s.Order.FreightPaid
	}
	s.Order.FreightPaid = min(s.Order.FreightPaid, captured)
	nets, err := money.Split(captured-s.Order.FreightPaid, weights)
	if err != nil {
		return 0, 0, tooMuch()
	}
	for i, r := range rows {
		if s.Lines[i].Net = nets[i]; f.preset.perRow && f.table.Has("paid") {
			s.Lines[i].Net = r.paid + r.balance - r.freight
		}
	}
	return captured, refunded, nil
}
