package export

import (
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
)

// uci reads the Online Retail layout: one row for each line of an invoice. An invoice whose number starts with C takes
// goods back; it does not name the sale. Rows without a price, or with a negative quantity on an ordinary invoice, are
// how that shop writes stock off and on.
var uci = Preset{
	Name:     "uci-online-retail",
	Title:    errs.Text{ZhCN: "UCI Online Retail 数据集", En: "UCI Online Retail data set"},
	Platform: "uci",
	Source: Attribution{
		What:    "Online Retail, UCI Machine Learning Repository, data set 352 (D. Chen, 2015)",
		Where:   "https://archive.ics.uci.edu/dataset/352/online+retail",
		Date:    "2015-11-05",
		Licence: "CC BY 4.0",
	},
	Encoding: "XLSX as published; CSV in UTF-8 with times like 2010-12-01 08:26:00",
	columns: []sheet.Column{
		{Name: "InvoiceNo", Titles: []string{"Invoice"}},
		{Name: "StockCode"},
		{Name: "Description"},
		{Name: "Quantity"},
		{Name: "InvoiceDate"},
		{Name: "UnitPrice", Titles: []string{"Price"}},
		{Name: "CustomerID", Titles: []string{"Customer ID"}},
		{Name: "Country"},
	},
}

func init() { uci.read = readUCI }

// Codes that are not goods. Postage is what the customer paid for delivery; the rest are charges, discounts, samples
// and vouchers, kept as lines of category fee.
var (
	uciPostage = []string{"POST", "DOT", "C2"}
	uciFees    = []string{"D", "M", "S", "B", "PADS", "CRUK", "BANK CHARGES", "AMAZONFEE"}
)

// CategoryFee is the category of order lines that are not goods.
const CategoryFee = "fee"

var uciLayouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04"}

// belowMinor is a price of less than half a minor unit, such as the 0.001 that PADS have.
var belowMinor = regexp.MustCompile(`^0?\.00[0-4][0-9]*$`)

// uciRow is one row, read.
type uciRow struct {
	row             int
	invoice         string
	code, title     string
	quantity, price int64
	at              clock.Instant
	customer        string
	raw             string
	faults          []sheet.Fault
}

// readUCI groups the rows of an invoice, which stand together.
func readUCI(f *Feed) func(context.Context) (Entry, error) {
	var ahead *uciRow
	return func(ctx context.Context) (Entry, error) {
		var group []uciRow
		if ahead != nil {
			group, ahead = append(group, *ahead), nil
		}
		for {
			row, err := f.uciRow(ctx)
			if err == io.EOF && len(group) > 0 {
				break
			}
			if err != nil {
				return Entry{}, err
			}
			if len(group) > 0 && (row.invoice != group[0].invoice || row.invoice == "") {
				ahead = &row
				break
			}
			group = append(group, row)
			if len(group) > MaxLines {
				return Entry{}, errs.New(errs.Invalid, "import.too_many_lines", errs.Args{"number": row.invoice, "max": MaxLines})
			}
		}
		return f.uciEntry(group), nil
	}
}

// uciRow reads the next row. What is wrong with it is in its faults; a row that cannot be read at all has no invoice.
func (f *Feed) uciRow(ctx context.Context) (uciRow, error) {
	row, err := f.rows.Read(ctx)
	if fault, ok := errors.AsType[*sheet.Fault](err); ok {
		return uciRow{row: fault.Row, faults: []sheet.Fault{*fault}}, nil
	}
	if err != nil {
		return uciRow{}, err
	}
	r := &reading{row: row, cols: f.cols}
	u := uciRow{row: row.Number, raw: row.JSON()}
	u.invoice = take(r, "InvoiceNo", sheet.WholeID)
	u.code = r.text("StockCode", maxText)
	if u.code == "" {
		r.fault("StockCode", "import.required", nil)
	}
	u.title = r.text("Description", maxTitle)
	u.quantity = take(r, "Quantity", sheet.Quantity)
	u.at = take(r, "InvoiceDate", func(c sheet.Cell) (clock.Instant, error) { return sheet.DateTime(c, f.terms.Zone, uciLayouts...) })
	if !r.empty("CustomerID") {
		u.customer = take(r, "CustomerID", sheet.WholeID)
	}
	if price := r.cell("UnitPrice"); !belowMinor.MatchString(price.Undressed()) && !strings.HasPrefix(u.invoice, "A") {
		u.price = r.price("UnitPrice", f.terms.Currency)
	}
	u.faults = r.faults
	return u, nil
}

// uciEntry makes an entry of the rows of one invoice.
func (f *Feed) uciEntry(group []uciRow) Entry {
	e := Entry{First: group[0].row, Last: group[len(group)-1].row, Number: group[0].invoice}
	var kept []uciRow
	for _, u := range group {
		e.Faults = append(e.Faults, u.faults...)
		if key := u.skip(); len(u.faults) == 0 && key != "" {
			e.Skipped = append(e.Skipped, Skip{Row: u.row, Key: key, Args: errs.Args{"row": u.row, "number": u.invoice, "sku": u.code}})
		} else {
			kept = append(kept, u)
		}
	}
	for _, u := range kept {
		if first := kept[0]; len(u.faults) == 0 {
			e.Faults = append(e.Faults, u.differs(first)...)
		}
	}
	if len(e.Faults) > 0 || len(kept) == 0 {
		return e
	}
	if strings.HasPrefix(kept[0].invoice, "C") {
		e.Returns = f.uciReturns(kept)
		return e
	}
	sale, fault := f.uciSale(kept)
	if fault != nil {
		e.Faults = append(e.Faults, *fault)
		return e
	}
	e.Sale = &sale
	return e
}

// skip is why a row is neither a sale nor a return: the key of a message, or empty.
func (u uciRow) skip() string {
	switch {
	case strings.HasPrefix(u.invoice, "A"):
		return "import.skip_adjustment"
	case u.price == 0:
		return "import.skip_no_price"
	case u.quantity < 0 && !strings.HasPrefix(u.invoice, "C"):
		return "import.skip_write_off"
	}
	return ""
}

// differs says what a row has other than the first one of its invoice. The clock may move on by a minute between the
// rows of one invoice, as it does in the original.
func (u uciRow) differs(first uciRow) []sheet.Fault {
	var out []sheet.Fault
	add := func(column, key, was, now string) {
		out = append(out, sheet.Fault{Row: u.row, Column: column, Key: key,
			Args: errs.Args{"row": u.row, "number": u.invoice, "was": was, "now": now, "first": first.row}})
	}
	if u.customer != first.customer {
		add("CustomerID", "import.order_differs", first.customer, u.customer)
	}
	if apart := u.at.Sub(first.at); first.at != 0 && apart.Abs() > time.Hour {
		add("InvoiceDate", "import.order_differs", first.at.String(), u.at.String())
	}
	if back := strings.HasPrefix(u.invoice, "C"); back != (u.quantity < 0) || u.quantity == 0 {
		add("Quantity", "import.quantity_sign", "", number(u.quantity))
	}
	return out
}

func (f *Feed) uciReturns(rows []uciRow) []Returned {
	var out []Returned
	for i, u := range rows {
		out = append(out, Returned{Row: u.row, Return: order.Return{
			Platform: f.preset.Platform, ReturnNo: u.invoice, LineNo: int64(i + 1), BuyerKey: u.customer, SKU: u.code,
			Quantity: -u.quantity, Minor: -u.quantity * u.price, Currency: f.terms.Currency, At: u.at, State: order.ReturnNew,
			Raw: []byte(u.raw),
		}})
	}
	return out
}

// uciSale makes an order. Its postage rows become the freight that was paid; they are kept as the order's raw rows.
func (f *Feed) uciSale(rows []uciRow) (Sale, *sheet.Fault) {
	first := rows[0]
	s := Sale{Buyer: Buyer{Key: first.customer}, Order: order.Order{
		Platform: f.preset.Platform, OrderNo: first.invoice, Channel: order.Distance, Currency: f.terms.Currency, OrderedAt: first.at,
		PaidAt: &first.at, SignedBy: "unknown",
	}}
	var paid int64
	var postage []string
	for _, u := range rows {
		net := u.quantity * u.price
		if paid += net; net > maxOrderSum || paid > maxOrderSum {
			return s, &sheet.Fault{Row: u.row, Column: "UnitPrice", Key: "import.amount_range", Args: errs.Args{"text": number(paid)}}
		}
		if slices.Contains(uciPostage, u.code) {
			s.Order.FreightPaid += net
			postage = append(postage, u.raw)
			continue
		}
		s.Lines = append(s.Lines, Sold{Row: u.row, Line: order.Line{
			LineNo: int64(len(s.Lines) + 1), SKU: u.code, Title: u.title, Category: uciCategory(u.code),
			Quantity: u.quantity, UnitPrice: u.price, Net: net, Raw: u.raw,
		}})
	}
	if len(postage) > 0 {
		s.Order.Raw = "[" + strings.Join(postage, ",") + "]"
	}
	s.Captures = []Capture{{Tender: "card", Route: "bank", Reference: first.invoice, Minor: paid, At: first.at}}
	return s, nil
}

func uciCategory(code string) string {
	if slices.Contains(uciFees, strings.ToUpper(code)) || strings.HasPrefix(strings.ToLower(code), "gift_") {
		return CategoryFee
	}
	return ""
}

// Fee says that a platform's article code stands for postage, a discount or a charge, and not for goods.
func Fee(platform, sku string) bool {
	return platform == uci.Platform && (slices.Contains(uciPostage, sku) || slices.Contains(uciFees, sku))
}
