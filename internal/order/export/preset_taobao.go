package export

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// taobao reads what 千牛 (and 淘宝 before it) gives a seller: the order list 订单报表, joined by order number with the
// article list 宝贝报表. Columns that only some years of the export have are optional; docs/imports.md says what each
// means here.
var taobao = Preset{
	Name:     "taobao",
	Title:    errs.Text{ZhCN: "千牛／淘宝订单报表与宝贝报表", En: "Taobao (Qianniu) order list with article list"},
	Platform: "taobao",
	Source: Attribution{
		What:  "titles of both lists, in order, in the import template of a shop system: youzongku/repository1, doc/bbc_script/2017-06-26/b2b_sales_2016-6-19.sql, commit 4f5cd695",
		Where: "https://github.com/youzongku/repository1/blob/4f5cd695b4e3888ac45386a6ede2178773792ea4/doc/bbc_script/2017-06-26/b2b_sales_2016-6-19.sql",
		Date:  "2017-06-26",
	},
	Encoding: `CSV in GBK, order numbers as ="…", phones with an apostrophe before them; later XLSX`,
	Items:    true,
	columns: []sheet.Column{
		{Name: "订单编号"},
		{Name: "买家会员名"},
		{Name: "买家应付邮费"},
		{Name: "总金额", Optional: true},
		{Name: "买家实际支付金额"},
		{Name: "退款金额", Optional: true},
		{Name: "订单状态"},
		{Name: "收货人姓名", Optional: true},
		{Name: "联系手机", Optional: true},
		{Name: "联系电话", Optional: true},
		{Name: "订单创建时间"},
		{Name: "订单付款时间"},
		{Name: "应发货时间", Titles: []string{"承诺发货时间", "最晚发货时间"}, Optional: true},
		{Name: "发货时间", Optional: true},
		{Name: "确认收货时间", Optional: true},
		{Name: "支付单号", Optional: true},
		{Name: "物流单号", Optional: true},
		{Name: "物流公司", Optional: true},
		{Name: "宝贝标题", Optional: true},
		{Name: "宝贝种类", Optional: true},
		{Name: "宝贝总数量", Optional: true},
	},
	items: []sheet.Column{
		{Name: "订单编号", Titles: []string{"主订单编号"}},
		{Name: "标题"},
		{Name: "价格"},
		{Name: "购买数量"},
		{Name: "外部系统编号", Optional: true},
		{Name: "商家编码", Optional: true},
		{Name: "商品属性", Optional: true},
		{Name: "订单状态", Optional: true},
	},
}

func init() { taobao.read = readTaobao }

// itemsList is how faults name the second file.
const itemsList = "宝贝报表/"

// MaxItems bounds the article list, which is held in memory while the order list passes.
const MaxItems = 200_000

var taobaoLayouts = []string{"2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04"}

// item is one row of the article list.
type item struct {
	row        int
	title, sku string
	price, qty int64
	raw        string
	faults     []sheet.Fault
}

// readItems reads the article list whole. Rows that cannot be assigned to an order stand under the empty number.
func (f *Feed) readItems(ctx context.Context, file File) (err error) {
	rows, cols, err := openTable(ctx, file, f.preset.items, 0)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		for i := range e.Fields {
			e.Fields[i].Path = itemsList + e.Fields[i].Path
		}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	f.items = map[string][]item{}
	for n := 1; ; n++ {
		row, err := rows.Read(ctx)
		if err == io.EOF {
			return nil
		}
		if n > MaxItems {
			return errs.New(errs.Invalid, "import.too_many_items", errs.Args{"max": MaxItems})
		}
		if fault, ok := errors.AsType[*sheet.Fault](err); ok {
			fault.Column = itemsList + fault.Column
			f.items[""] = append(f.items[""], item{row: fault.Row, faults: []sheet.Fault{*fault}})
			continue
		}
		if err != nil {
			return err
		}
		r := &reading{row: row, cols: cols, prefix: itemsList}
		order := take(r, "订单编号", taobaoNumber)
		it := item{row: row.Number, raw: row.JSON(), title: r.seen("标题", maxTitle), price: r.price("价格", f.terms.Currency)}
		it.qty = take(r, "购买数量", func(c sheet.Cell) (int64, error) { return sheet.Integer(c, 1, sheet.MaxQuantity) })
		if it.sku = r.seen("商家编码", maxText); it.sku == "" {
			it.sku = r.seen("外部系统编号", maxText)
		}
		it.faults = r.faults
		f.items[order] = append(f.items[order], it)
	}
}

// taobaoNumber is an order number: digits alone, 10 to 20 of them (18 or 19 today).
func taobaoNumber(c sheet.Cell) (string, error) {
	s, err := sheet.ID(c)
	if err != nil {
		return "", err
	}
	if len(s) < 10 || len(s) > 20 || strings.Trim(s, "0123456789") != "" {
		return "", errs.New(errs.Invalid, "import.taobao_number", errs.Args{"cell": c.Name(), "text": s})
	}
	return s, nil
}

// seen is a text kept as seen. The export writes null for nothing in some columns.
func (r *reading) seen(column string, max int) string {
	if s := r.text(column, max); s != "null" {
		return s
	}
	return ""
}

// readTaobao gives an entry for each row of the order list, and after the last one for articles without an order.
func readTaobao(f *Feed) func(context.Context) (Entry, error) {
	var numbers rounding
	done := false
	return func(ctx context.Context) (Entry, error) {
		if done {
			return Entry{}, io.EOF
		}
		row, err := f.rows.Read(ctx)
		if fault, ok := errors.AsType[*sheet.Fault](err); ok {
			return Entry{First: fault.Row, Last: fault.Row, Faults: []sheet.Fault{*fault}}, nil
		}
		if err == io.EOF {
			done = true
			last := f.itemsLeft()
			last.Faults = append(last.Faults, numbers.faults("订单编号")...)
			return last, nil
		}
		if err != nil {
			return Entry{}, err
		}
		e := f.taobaoEntry(row)
		numbers.add(e.Number)
		return e, nil
	}
}

// taobaoEntry makes an entry of one row of the order list and its articles.
func (f *Feed) taobaoEntry(row sheet.Row) Entry {
	r := &reading{row: row, cols: f.cols}
	number := take(r, "订单编号", taobaoNumber)
	e := Entry{First: row.Number, Last: row.Number, Number: number}
	items := f.items[number]
	if number != "" {
		delete(f.items, number)
	}
	s := Sale{Order: order.Order{Platform: f.preset.Platform, OrderNo: number, Channel: order.Distance, Currency: f.terms.Currency, SignedBy: "unknown"}}
	shipBy := f.taobaoTimes(r, &s.Order)
	s.Order.Status = r.seen("订单状态", maxText)
	s.Buyer = r.taobaoBuyer(number)
	captured, refunded := f.taobaoPaid(r)
	s.Order.FreightPaid = min(r.price("买家应付邮费", f.terms.Currency), captured)
	reference := r.seen("支付单号", maxText)
	s.Parcels = r.taobaoParcels()
	e.Faults = r.faults
	if len(e.Faults) == 0 && s.Order.PaidAt == nil {
		e.Skipped = []Skip{{Row: row.Number, Key: "import.skip_unpaid", Args: errs.Args{"row": row.Number, "number": number, "status": s.Order.Status}}}
		return e
	}
	if number != "" && len(items) == 0 {
		e.Faults = append(e.Faults, row.Fault("订单编号", errs.New(errs.Invalid, "import.order_without_items", errs.Args{"number": number})))
	}
	s.Lines = taobaoLines(&e, items, captured-s.Order.FreightPaid)
	if len(e.Faults) > 0 {
		return e
	}
	for i := range s.Lines {
		s.Lines[i].ShipBy, s.Lines[i].ShippedAt = shipBy, s.Order.ShippedAt
	}
	s.Order.Raw = row.JSON()
	if captured > 0 {
		if reference == "" {
			reference = number
		}
		s.Captures = []Capture{{Tender: "alipay", Route: "marketplace", Reference: reference, Minor: captured, Refunded: refunded, At: *s.Order.PaidAt}}
	}
	e.Sale = &s
	return e
}

// taobaoTimes reads the times. The list does not know when the parcel was handed over; the day on which the customer
// (or the platform for him) confirmed is the latest it can have been, and errs to his favour.
func (f *Feed) taobaoTimes(r *reading, o *order.Order) (shipBy *clock.Instant) {
	at := func(column string) *clock.Instant {
		if r.empty(column) || r.cell(column).Undressed() == "null" {
			return nil
		}
		t := take(r, column, func(c sheet.Cell) (clock.Instant, error) { return sheet.DateTime(c, f.terms.Zone, taobaoLayouts...) })
		return &t
	}
	o.OrderedAt = take(r, "订单创建时间", func(c sheet.Cell) (clock.Instant, error) { return sheet.DateTime(c, f.terms.Zone, taobaoLayouts...) })
	o.PaidAt, o.ShippedAt = at("订单付款时间"), at("发货时间")
	if t := at("确认收货时间"); t != nil {
		y, m, d := t.Time().In(f.terms.Zone).Date()
		day := calendar.DateOf(y, m, d)
		o.SignedOn = &day
	}
	return at("应发货时间")
}

// taobaoBuyer is who bought. A masked nick (t**3) is the nick of many: it is kept as seen, and the order stands alone.
func (r *reading) taobaoBuyer(number string) Buyer {
	b := Buyer{Nick: r.seen("买家会员名", maxText), Name: r.seen("收货人姓名", maxText), Phone: r.seen("联系手机", maxText)}
	if b.Phone == "" {
		b.Phone = r.seen("联系电话", maxText)
	}
	if b.Key = b.Nick; b.Nick == "" || strings.Contains(b.Nick, "*") {
		b.Key = "order:" + number
	}
	return b
}

// maxParcels bounds the parcels of one order that are kept.
const maxParcels = 20

// taobaoParcels reads the waybills of an order: "No:" before a number, several of them with commas. What is no number is left
// out: it decides nothing.
func (r *reading) taobaoParcels() (out []Parcel) {
	company := r.seen("物流公司", maxText)
	for no := range strings.FieldsFuncSeq(r.seen("物流单号", maxText), func(c rune) bool { return strings.ContainsRune(",，;；、 ", c) }) {
		if no = strings.TrimPrefix(strings.TrimPrefix(no, "No:"), "NO:"); len(no) >= 6 && len(no) <= 40 && len(out) < maxParcels {
			out = append(out, Parcel{company, no})
		}
	}
	return out
}

// taobaoPaid is what the buyer paid and what was given back of it before the export. 买家实际支付金额 is what is left
// after refunds, so that the two together, but never more than the order's total, were paid.
func (f *Feed) taobaoPaid(r *reading) (captured, refunded int64) {
	optional := func(column string) int64 {
		if r.empty(column) {
			return 0
		}
		return r.price(column, f.terms.Currency)
	}
	paid := r.price("买家实际支付金额", f.terms.Currency)
	refunded = optional("退款金额")
	captured = paid + refunded
	if total := optional("总金额"); total > 0 {
		captured = min(captured, max(total, paid))
	}
	return captured, min(refunded, captured)
}

// taobaoLines makes the order's lines and splits what was paid for goods over them, by price times quantity.
func taobaoLines(e *Entry, items []item, goods int64) []Sold {
	if len(items) > MaxLines {
		e.Faults = append(e.Faults, sheet.Fault{Row: e.First, Column: "订单编号", Key: "import.too_many_lines", Args: errs.Args{"max": MaxLines}})
		return nil
	}
	var lines []Sold
	var weights []int64
	for _, it := range items {
		e.Faults = append(e.Faults, it.faults...)
		weights = append(weights, it.price*it.qty)
		lines = append(lines, Sold{Row: it.row, Line: order.Line{LineNo: int64(len(lines) + 1), SKU: it.sku, Title: it.title,
			Quantity: it.qty, UnitPrice: it.price, Raw: it.raw}})
	}
	if len(e.Faults) > 0 || len(lines) == 0 {
		return nil
	}
	nets, err := money.Split(goods, weights)
	if err != nil {
		x := errs.As(err)
		e.Faults = append(e.Faults, sheet.Fault{Row: items[0].row, Column: itemsList + "价格", Key: x.Key, Args: x.Args})
		return nil
	}
	for i := range lines {
		lines[i].Net = nets[i]
	}
	return lines
}

// itemsLeft names the articles whose order did not come. An import that goes on half way has passed over orders whose
// articles are left too; they were looked at when it began.
func (f *Feed) itemsLeft() Entry {
	var e Entry
	for number, items := range f.items {
		for _, it := range items {
			if e.Faults = append(e.Faults, it.faults...); len(it.faults) == 0 && !f.resumed {
				e.Faults = append(e.Faults, sheet.Fault{Row: it.row, Column: itemsList + "订单编号", Key: "import.item_without_order",
					Args: errs.Args{"row": it.row, "number": number}})
			}
		}
	}
	sortFaults(e.Faults)
	f.items = nil
	return e
}

// rounding watches for order numbers that a spreadsheet rounded to 15 digits and wrote out with zeros. One of a
// thousand numbers ends so by nature; a list of nothing else does not.
type rounding struct{ all, rounded int }

func (n *rounding) add(number string) {
	if len(number) <= 15 {
		return
	}
	n.all++
	if strings.Trim(number[15:], "0") == "" {
		n.rounded++
	}
}

func (n *rounding) faults(column string) []sheet.Fault {
	if n.all < 2 || n.rounded < n.all {
		return nil
	}
	return []sheet.Fault{{Column: column, Key: "import.numbers_rounded", Args: errs.Args{"count": n.all}}}
}
