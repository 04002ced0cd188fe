package intake

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// Fields is what a row of an after-sale list may say.
var Fields = []layout.Field{
	{Name: "return_no", Label: errs.Text{ZhCN: "售后（退款）编号", En: "Number of the application"}, Kind: layout.ID, Required: true},
	{Name: "order_no", Label: errs.Text{ZhCN: "订单号", En: "Order number"}, Kind: layout.ID, Required: true},
	{Name: "sub_no", Label: errs.Text{ZhCN: "子订单号", En: "Number of the article within the order"}, Kind: layout.ID},
	{Name: "applied_at", Label: errs.Text{ZhCN: "申请时间", En: "Applied for"}, Kind: layout.Time, Required: true},
	{Name: "status", Label: errs.Text{ZhCN: "售后（退款）状态", En: "Status"}, Kind: layout.Text, Required: true},
	{Name: "amount", Label: errs.Text{ZhCN: "退款金额", En: "Amount"}, Kind: layout.Amount, Required: true},
	{Name: "freight", Label: errs.Text{ZhCN: "另退运费", En: "Freight given back besides"}, Kind: layout.Amount},
	{Name: "kind", Label: errs.Text{ZhCN: "售后类型", En: "What is asked for"}, Kind: layout.Text},
	{Name: "send_back", Label: errs.Text{ZhCN: "是否需要退货", En: "Whether goods come back"}, Kind: layout.Text},
	{Name: "deadline_at", Label: errs.Text{ZhCN: "超时（处理截止）时间", En: "Deadline"}, Kind: layout.Time},
	{Name: "done_at", Label: errs.Text{ZhCN: "退款到账（完结）时间", En: "Refunded at"}, Kind: layout.Time},
	{Name: "done_else", Label: errs.Text{ZhCN: "没有到账时间时用的时间", En: "Time where there is no such time"}, Kind: layout.Time},
	{Name: "why", Label: errs.Text{ZhCN: "申请原因", En: "Reason"}, Kind: layout.Text},
	{Name: "sku", Label: errs.Text{ZhCN: "商家编码（SKU）", En: "SKU"}, Kind: layout.Text},
	{Name: "quantity", Label: errs.Text{ZhCN: "数量", En: "Quantity"}, Kind: layout.Count},
}

// Titles are what lists of the platforms call these fields, so that the columns of a file can be guessed. A guess is
// shown to a person, never used unseen.
var Titles = []layout.Column{
	{Field: "return_no", Titles: []string{"售后单号", "退款编号", "售后编号", "售后服务单号", "服务单号", "退款单号"}, Must: true},
	{Field: "order_no", Titles: []string{"订单号", "订单编号", "主订单编号"}, Must: true},
	{Field: "sub_no", Titles: []string{"商品单号", "子订单编号", "子订单号"}},
	{Field: "applied_at", Titles: []string{"售后申请时间", "退款的申请时间", "申请时间", "退款申请时间"}, Must: true},
	{Field: "status", Titles: []string{"售后状态", "退款状态", "服务单状态"}, Must: true},
	{Field: "amount", Titles: []string{"退商品金额（元）", "买家退款金额", "退款金额", "退款金额（元）", "申请退款金额"}, Must: true},
	{Field: "freight", Titles: []string{"退运费金额（元）", "退运费"}},
	{Field: "kind", Titles: []string{"售后类型", "退款类型", "服务类型"}},
	{Field: "send_back", Titles: []string{"是否需要退货"}},
	{Field: "deadline_at", Titles: []string{"自动处理截止时间", "超时时间", "处理截止时间"}},
	{Field: "done_at", Titles: []string{"用户到账时间", "退款完结时间", "退款成功时间"}},
	{Field: "done_else", Titles: []string{"商家退款时间", "售后完结时间"}},
	{Field: "why", Titles: []string{"售后原因", "买家退款原因", "退款原因", "申请原因"}},
	{Field: "sku", Titles: []string{"商家编码", "商品编码"}},
	{Field: "quantity", Titles: []string{"售后数量", "退货数量", "申请数量"}},
}

// List knows one layout of after-sale lists.
type List struct {
	Name     string
	Title    errs.Text
	Platform string
	Source   Attribution
	Encoding string
	Columns  []layout.Column
	Header   int
}

// Attribution says where a layout was described publicly.
type Attribution struct{ What, Where, Date string }

// Lists lists the layouts that are known. One without a public description is not among them.
func Lists() []List { return []List{taobao, douyin} }

func must(field string, titles ...string) layout.Column {
	return layout.Column{Field: field, Titles: titles, Must: true}
}

func may(field string, titles ...string) layout.Column {
	return layout.Column{Field: field, Titles: titles}
}

var taobao = List{
	Name:     "taobao-refund",
	Title:    errs.Text{ZhCN: "千牛／淘宝退款列表导出", En: "Taobao (Qianniu) refund list"},
	Platform: "taobao",
	Source: Attribution{
		What:  "titles of the refund list, in order, in the importer of a shop's back office: investargetIT/peidi-backend, djangoapi/finance/models.py (TmallRefund), commit 0b0e6988",
		Where: "https://github.com/investargetIT/peidi-backend/blob/0b0e69881ad27be1a5834d4a074b53c99e54b747/djangoapi/finance/models.py",
		Date:  "2026-11-22", // seen
	},
	Encoding: "XLSX; CSV in GBK",
	Columns: []layout.Column{
		must("return_no", "退款编号"), must("order_no", "订单编号"), must("amount", "买家退款金额"), must("send_back", "是否需要退货"),
		must("applied_at", "退款的申请时间"), must("status", "退款状态"), may("deadline_at", "超时时间"), may("done_at", "退款完结时间"),
		may("why", "买家退款原因"), may("sku", "商品编码"),
	},
}

var douyin = List{
	Name:     "douyin-after-sale",
	Title:    errs.Text{ZhCN: "抖店售后单导出", En: "Douyin shop after-sale list"},
	Platform: "douyin",
	Source: Attribution{
		What:  "titles of the after-sale list, in order, and its final statuses, in the template of a reconciliation tool: pmjaynechen/douyin-reconciliation, recon_app/configuration_catalog.py, commit d3b8445e",
		Where: "https://github.com/pmjaynechen/douyin-reconciliation/blob/d3b8445e46b8a9ed1f6763fc60c7ccc75c76a24b/recon_app/configuration_catalog.py",
		Date:  "2026-11-22", // seen
	},
	Encoding: "CSV in UTF-8 with mark, numbers behind a tab; XLSX",
	Columns: []layout.Column{
		must("return_no", "售后单号"), must("order_no", "订单号"), must("sub_no", "商品单号"), must("kind", "售后类型"), must("status", "售后状态"),
		must("applied_at", "售后申请时间"), must("amount", "退商品金额（元）"), may("freight", "退运费金额（元）"), may("deadline_at", "自动处理截止时间"),
		may("done_at", "用户到账时间"), may("done_else", "商家退款时间"), may("why", "售后原因"), may("sku", "商家编码"),
	},
}

// Terms are what a list does not say: they are the shop's.
type Terms struct {
	Currency money.Currency
	Zone     *time.Location
}

const (
	maxText   = 200
	maxAmount = 1_000_000_000_000
)

// Read calls use with every record of a list, in the order of the file; a number that comes a second time is a fault.
// Faults of a row are given with a record that has no more than its row. Errors: those of layout.Open, and use's.
func (l List) Read(ctx context.Context, t Terms, src layout.Source, use func(Record, []sheet.Fault) error) (err error) {
	src.Header = l.Header
	table, err := layout.Open(ctx, src, l.Columns)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	seen := map[string]int{}
	for {
		row, err := table.Read(ctx)
		if err == io.EOF {
			return nil
		}
		if fault, ok := errors.AsType[*sheet.Fault](err); ok {
			if err := use(Record{Row: fault.Row}, []sheet.Fault{*fault}); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		r := l.record(t, row)
		if first, again := seen[r.ReturnNo]; again && r.ReturnNo != "" {
			row.Refuse("return_no", errs.New(errs.Invalid, "intake.twice", errs.Args{"number": r.ReturnNo, "first": first}))
		}
		seen[r.ReturnNo] = row.Number
		if len(row.Faults) > 0 {
			r = Record{Row: row.Number}
		}
		if err := use(r, row.Faults); err != nil {
			return err
		}
	}
}

func (l List) record(t Terms, row *layout.Row) Record {
	for _, f := range []string{"return_no", "order_no", "status", "amount", "applied_at"} {
		row.Need(f)
	}
	r := Record{Platform: l.Platform, ReturnNo: row.ID("return_no"), OrderNo: row.ID("order_no"), SubNo: row.ID("sub_no"),
		SKU: row.Text("sku", maxText), Quantity: row.Count("quantity", 0, sheet.MaxQuantity), Status: row.Text("status", maxText),
		Why: row.Text("why", maxText), Currency: t.Currency, State: New, Raw: row.JSON(), Row: row.Number}
	r.Freight = row.Amount("freight", t.Currency, maxAmount)
	r.Minor = row.Amount("amount", t.Currency, maxAmount) + r.Freight
	r.Kind = kindOf(row.Text("kind", maxText), row.Text("send_back", maxText))
	r.Stage = stageOf(r.Status)
	if at := row.Moment("applied_at", t.Zone); at != nil {
		r.At = *at
	}
	r.DeadlineAt, r.DoneAt = row.Moment("deadline_at", t.Zone), row.Moment("done_at", t.Zone)
	if other := row.Moment("done_else", t.Zone); r.DoneAt == nil {
		r.DoneAt = other
	}
	switch r.Stage { // a time that belongs to another stage says nothing
	case Open:
		r.DoneAt = nil
	case Done:
		r.DeadlineAt = nil
	case Closed:
		r.DeadlineAt, r.DoneAt = nil, nil
	}
	return r
}

var _ = errs.Register(map[string]errs.Text{
	"intake.twice":             {ZhCN: "售后单 {number} 在第 {first} 行已经有了。", En: "Application {number} is in row {first} already."},
	"intake.mapping_not_found": {ZhCN: "本店没有名为“{name}”的列对应。", En: "This shop has no mapping \"{name}\"."},
})
