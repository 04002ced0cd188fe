// Package statement reads what payment providers and platforms say they gave back: their statements 账单, as files of a table. It
// knows their titles, what marks a row as a refund, and nothing of settlements.
//
// Amounts are positive minor units whatever sign the file writes. Rows that are no refund (payments, fees) are counted and passed over;
// a row that cannot be read is told with its cell and keeps the whole statement out.
package statement

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// Line is one refund as the statement has it.
type Line struct {
	Row        int
	ExternalNo string // the provider's number of the refund, or of the trade where it has none of its own
	OurNo      string // the number we asked under
	OrderNo    string // the order's number at the shop or the platform
	Minor      int64
	At         clock.Instant
}

// Key tells lines of one provider apart: two lines of one key are the same refund, from whatever file.
func (l Line) Key() string {
	if l.OurNo != "" {
		return "our " + l.OurNo + " " + l.ExternalNo
	}
	return "their " + l.ExternalNo + " " + l.OrderNo
}

// Preset is a layout that can be read without anybody saying what its columns are.
type Preset struct {
	Name     string
	Title    errs.Text
	Provider string // tender whose payments it is of; "" for a platform's, which the caller names
	Source   string // the public description it follows
	columns  []layout.Column
	lead     int // rows that may stand before the header
	footer   bool
	refund   func(r *layout.Row) bool
}

// Presets lists them.
func Presets() []Preset { return []Preset{wechat, alipay, own} }

// Named finds one.
func Named(name string) (Preset, error) {
	i := slices.IndexFunc(Presets(), func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, errs.New(errs.Invalid, "statement.preset_unknown", errs.Args{"preset": errs.Clip(name)})
	}
	return Presets()[i], nil
}

func must(field string, titles ...string) layout.Column {
	return layout.Column{Field: field, Titles: titles, Must: true}
}

func may(field string, titles ...string) layout.Column {
	return layout.Column{Field: field, Titles: titles}
}

var wechat = Preset{
	Name: "wechat-bill", Title: errs.Text{ZhCN: "微信支付交易账单", En: "WeChat Pay trade bill"}, Provider: "wechat",
	Source: "https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html",
	columns: []layout.Column{must("at", "交易时间"), must("our_no", "商户退款单号"), must("external_no", "微信退款单号"), must("amount", "退款金额", "申请退款金额"),
		may("order_no", "商户订单号"), may("kind", "交易状态"), may("state", "退款状态")},
	footer: true,
	refund: func(r *layout.Row) bool { // the bill is not brought up to date: what was accepted stays PROCESSING in it
		return plain(r.Cell("external_no")) != "" && plain(r.Cell("external_no")) != "0" && plain(r.Cell("state")) != "FAIL"
	},
}

var alipay = Preset{
	Name: "alipay-bill", Title: errs.Text{ZhCN: "支付宝业务明细", En: "Alipay business details"}, Provider: "alipay",
	Source: "https://opendocs.alipay.com/open/204/106262",
	columns: []layout.Column{must("at", "完成时间"), must("our_no", "退款批次号/请求号", "退款批次号", "退款请求号"), must("external_no", "支付宝交易号"),
		must("amount", "订单金额（元）", "商家实收（元）", "订单金额", "商家实收"), must("kind", "业务类型"), may("order_no", "商户订单号")},
	lead: 10, footer: true,
	refund: func(r *layout.Row) bool { return plain(r.Cell("kind")) == "退款" },
}

// own is any other table, by the titles people use.
var own = Preset{
	Name: "refund-list", Title: errs.Text{ZhCN: "退款明细表（平台、银行或自制）", En: "List of refunds (platform, bank, or your own)"},
	Source: "docs/payments.md",
	columns: []layout.Column{must("at", "退款时间", "退款完结时间", "到账时间", "完成时间", "时间", "Refunded at", "Time"), must("amount", "退款金额", "买家退款金额", "打款金额", "金额", "Amount"),
		must("external_no", "退款编号", "退款单号", "平台退款单号", "流水号", "转账单号", "External number"), may("our_no", "商户退款单号", "付款编号", "Payout number"),
		may("order_no", "订单编号", "订单号", "商户订单号", "Order number")},
	refund: func(*layout.Row) bool { return true },
}

// Terms are what a statement does not say: they are the shop's.
type Terms struct {
	Currency money.Currency
	Zone     *time.Location
}

// Read is what a file turned out to be.
type Read struct {
	Lines    []Line
	Passed   int // rows that are no refund
	From, To clock.Instant
	Faults   []sheet.Fault
}

// Bounds of a statement.
const (
	maxRows   = 200_000
	maxFaults = 1_000
	maxMinor  = 1_000_000_000_000
)

// Open reads a statement whole. Errors: those of layout.Open, and statement.too_long. What is wrong with single rows is in
// Faults, in the order of the file.
func (p Preset) Open(ctx context.Context, t Terms, src layout.Source) (out Read, err error) {
	table, err := p.open(ctx, src)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	seen := map[string]int{}
	for n := 0; ; n++ {
		row, err := table.Read(ctx)
		if err == io.EOF {
			return out, nil
		}
		if f, ok := errors.AsType[*sheet.Fault](err); ok {
			if p.footer && f.Key == "sheet.ragged" { // sums stand below the rows, in fewer columns
				out.Passed++
				continue
			}
			out.Faults = append(out.Faults, *f)
			continue
		}
		if err != nil {
			return out, err
		}
		if n == maxRows {
			return out, errs.New(errs.Invalid, "statement.too_long", errs.Args{"max": maxRows})
		}
		if len(out.Faults) < maxFaults {
			p.take(&out, t, row, seen)
		}
	}
}

// open finds the header, below what a statement may say before it.
func (p Preset) open(ctx context.Context, src layout.Source) (*layout.Table, error) {
	first, err := layout.Open(ctx, src, p.columns)
	if err == nil || p.lead == 0 {
		return first, err
	}
	for src.Header = 2; src.Header <= p.lead; src.Header++ {
		if table, err := layout.Open(ctx, src, p.columns); err == nil {
			return table, nil
		}
	}
	return nil, err
}

// take adds what a row says.
func (p Preset) take(out *Read, t Terms, row *layout.Row, seen map[string]int) {
	if note := row.Cells[0].Undressed(); p.footer && (strings.HasPrefix(note, "#") || strings.HasPrefix(note, "总交易单数")) {
		out.Passed++
		return
	}
	l := Line{Row: row.Number}
	if at := moment(row, t.Zone); at != nil {
		l.At = *at
		if out.From == 0 || l.At < out.From {
			out.From = l.At
		}
		out.To = max(out.To, l.At)
	}
	if !p.refund(row) {
		out.Passed++
		return
	}
	row.Need("at")
	l.ExternalNo, l.OurNo, l.OrderNo = number(row, "external_no"), number(row, "our_no"), number(row, "order_no")
	l.Minor = amount(row, t.Currency)
	if l.ExternalNo == "" && l.OurNo == "" && len(row.Faults) == 0 {
		row.Need("external_no")
	}
	if first, twice := seen[l.Key()]; twice && len(row.Faults) == 0 {
		row.Refuse("external_no", errs.New(errs.Invalid, "statement.twice", errs.Args{"row": first}))
	}
	seen[l.Key()] = l.Row
	if out.Faults = append(out.Faults, row.Faults...); len(row.Faults) == 0 {
		out.Lines = append(out.Lines, l)
	}
}

// plain is a cell without what exports dress it in; WeChat puts ` before everything.
func plain(c sheet.Cell) string { return strings.TrimSpace(strings.TrimLeft(c.Undressed(), "`")) }

func number(row *layout.Row, field string) string {
	if plain(row.Cell(field)) == "" || row.Empty(field) {
		return ""
	}
	c := row.Cell(field)
	if c.Kind == sheet.Text {
		c.Text = plain(c)
	}
	s, err := sheet.ID(c)
	if err == nil && len([]rune(s)) > 64 {
		err = errs.New(errs.Invalid, "sheet.too_long", errs.Args{"cell": c.Name(), "max": 64})
	}
	if err != nil {
		row.Refuse(field, err)
	}
	return s
}

// amount is what was given back: more than nothing, whatever its sign.
func amount(row *layout.Row, cur money.Currency) int64 {
	c := row.Cell("amount")
	if c.Kind == sheet.Text {
		c.Text = strings.TrimPrefix(strings.TrimPrefix(plain(c), "-"), "−")
	}
	m, err := sheet.Amount(c, cur)
	if err == nil {
		if m.Minor < 0 {
			m.Minor = -m.Minor
		}
		if m.Minor == 0 || m.Minor > maxMinor {
			err = errs.New(errs.Invalid, "statement.amount", errs.Args{"amount": m.Decimal()})
		}
	}
	if err != nil {
		row.Refuse("amount", err)
	}
	return m.Minor
}

func moment(row *layout.Row, zone *time.Location) *clock.Instant {
	for i := range row.Cells {
		if row.Cells[i].Kind == sheet.Text && strings.HasPrefix(row.Cells[i].Text, "`") {
			row.Cells[i].Text = strings.TrimLeft(row.Cells[i].Text, "`")
		}
	}
	return row.Moment("at", zone)
}

var _ = errs.Register(map[string]errs.Text{
	"statement.preset_unknown": {ZhCN: "没有名为“{preset}”的账单格式。", En: "There is no layout of statements called \"{preset}\"."},
	"statement.too_long":       {ZhCN: "账单超过 {max} 行，请按天或按月分开。", En: "The statement has more than {max} rows; split it by day or month."},
	"statement.twice":          {ZhCN: "与第 {row} 行是同一笔退款。", En: "This is the same refund as in row {row}."},
	"statement.amount":         {ZhCN: "退款金额 {amount} 不对。", En: "A refund of {amount} cannot be."},
})
