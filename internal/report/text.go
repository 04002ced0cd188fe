package report

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"report.draft_not_bound":  {ZhCN: "店铺没有使用规则包“{pack}”，无法用它的草稿试算。", En: "The shop is not bound to pack \"{pack}\", so a draft of it cannot be tried."},
	"report.facts_unreadable": {ZhCN: "事实文件无法读取：每行一个 JSON，最长 256 KiB。", En: "The file of facts cannot be read: one JSON object a line, at most 256 KiB each."},
	"report.facts_line":       {ZhCN: "这一行应为一个 JSON 对象：facts、ground、remedy、stage、at、paid_on。", En: "The line is not an object of facts, ground, remedy, stage, at and paid_on."},

	"report.month":           {ZhCN: "“{month}”不是月份，例：2026-11。", En: "\"{month}\" is no month; write it like 2026-11."},
	"report.column.party":    {ZhCN: "责任方", En: "Party responsible"},
	"report.column.kind":     {ZhCN: "款项", En: "Payment"},
	"report.column.amount":   {ZhCN: "金额", En: "Amount"},
	"report.column.currency": {ZhCN: "币种", En: "Currency"},
	"report.column.arrived":  {ZhCN: "到账日期", En: "Arrived"},
	"report.column.case":     {ZhCN: "售后单号", En: "Case"},
	"report.column.order":    {ZhCN: "订单号", En: "Order"},
	"report.column.sku":      {ZhCN: "商家编码", En: "SKU"},
	"report.column.title":    {ZhCN: "商品", En: "Article"},
	"report.column.ground":   {ZhCN: "原因", En: "Reason"},
	"report.column.payout":   {ZhCN: "付款编号", En: "Payout number"},
	"report.column.external": {ZhCN: "退款单号", En: "Refund number"},
	"report.column.payment":  {ZhCN: "付款单号", En: "Payment number"},

	"report.suppliers_many":  {ZhCN: "这个月的退供应商超过 {most} 笔，一个文件列不下，请用接口按状态分页取。", En: "More than {most} returns to suppliers in the month do not fit a file; read them page by page."},
	"report.column.sent":     {ZhCN: "寄出日期", En: "Sent"},
	"report.column.supplier": {ZhCN: "供应商", En: "Supplier"},
	"report.column.carrier":  {ZhCN: "快递公司", En: "Carrier"},
	"report.column.waybill":  {ZhCN: "快递单号", En: "Waybill"},
	"report.column.units":    {ZhCN: "件数", En: "Units"},
	"report.column.state":    {ZhCN: "状态", En: "State"},
	"report.column.asked":    {ZhCN: "索赔金额", En: "Asked"},
	"report.column.granted":  {ZhCN: "同意赔付", En: "Granted"},
	"report.column.received": {ZhCN: "已到账", En: "Received"},
	"report.column.paid":     {ZhCN: "到账日期", En: "Paid"},
})
