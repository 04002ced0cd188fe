package export

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
)

// The presets of exports that are one table. docs/imports.md says what each column means here and what was left open.

func must(field string, titles ...string) layout.Column {
	return layout.Column{Field: field, Titles: titles, Must: true}
}

func may(field string, titles ...string) layout.Column {
	return layout.Column{Field: field, Titles: titles}
}

var jd = Preset{
	Name:     "jd",
	Title:    errs.Text{ZhCN: "京东商家后台订单导出", En: "JD order export"},
	Platform: "jd",
	Source: Attribution{
		What:  "titles of the order export, in order, in the importer of a shop system: howenx/sharp-admin, app/domain/sale/SaleJdOrderLineInfo.java, commit 219d7acf",
		Where: "https://github.com/howenx/sharp-admin/blob/219d7acfea9baf3a3a7692b21e59dfec3912049d/app/domain/sale/SaleJdOrderLineInfo.java",
		Date:  "2016-03-03",
	},
	Encoding: "CSV in GBK; XLSX",
	tender:   "jd",
	fields: []layout.Column{
		must("order_no", "订单号"), must("title", "商品名称"), must("quantity", "订购数量"), must("ordered_at", "下单时间"),
		must("unit_price", "京东价"), must("paid", "应付金额"), may("balance", "余额支付"), may("status", "订单状态"), may("buyer", "下单帐号", "下单账号"),
		may("buyer_name", "客户姓名"), may("buyer_phone", "联系电话"), may("freight", "运费金额"), may("paid_at", "付款确认时间"),
		may("sku", "货号"), may("sku_else", "商品ID"), may("received_at", "订单完成时间"),
	},
}

var pdd = Preset{
	Name:     "pdd",
	Title:    errs.Text{ZhCN: "拼多多商家后台订单导出", En: "Pinduoduo order export"},
	Platform: "pdd",
	Source: Attribution{
		What:  "titles of the order export, in order, in the importer of a shop system: huaxiexiyan/catguild, OrderImportRequest.java, commit 7093b5ca",
		Where: "https://github.com/huaxiexiyan/catguild/blob/7093b5ca8207295ba20e4ad7a48a847e7b28438c/catguild-business/src/main/java/cn/catguild/business/erp/presentation/model/OrderImportRequest.java",
		Date:  "2023-10-08",
	},
	Encoding: "CSV in UTF-8 or GBK, order numbers like 231008-123456789012345",
	tender:   "pdd",
	fields: []layout.Column{
		must("order_no", "订单号"), must("title", "商品"), must("status", "订单状态"), must("line_total", "商品总价(元)"), must("freight", "邮费(元)"),
		must("paid", "用户实付金额(元)"), must("quantity", "商品数量(件)"), must("ordered_at", "订单成交时间"), may("paid_at", "支付时间"),
		may("ship_by", "承诺发货时间"), may("shipped_at", "发货时间"), may("received_at", "确认收货时间"), may("sku", "商家编码-规格维度"), may("sku_else", "商家编码-商品维度"),
		may("reference", "支付ID"),
	},
}

var douyin = Preset{
	Name:     "douyin",
	Title:    errs.Text{ZhCN: "抖店订单导出（商品维度）", En: "Douyin shop order export, a row for each article"},
	Platform: "douyin",
	Source: Attribution{
		What:  "titles of the order export, in order, in the template of a reconciliation tool: pmjaynechen/douyin-reconciliation, recon_app/configuration_catalog.py, commit d3b8445e",
		Where: "https://github.com/pmjaynechen/douyin-reconciliation/blob/d3b8445e46b8a9ed1f6763fc60c7ccc75c76a24b/recon_app/configuration_catalog.py",
		Date:  "2026-11-22", // seen
	},
	Encoding: "CSV in UTF-8 with mark, numbers behind a tab; XLSX",
	tender:   "douyin",
	perRow:   true,
	fields: []layout.Column{
		must("order_no", "主订单编号"), must("sub_no", "子订单编号"), must("title", "选购商品"), must("quantity", "商品数量"), must("unit_price", "商品金额", "商品单价"),
		must("ordered_at", "订单提交时间"), must("paid", "订单应付金额"), may("paid_at", "支付完成时间"), may("shipped_at", "发货时间"),
		may("ship_by", "承诺发货时间"), may("booked_at", "预约发货时间"),
		may("received_at", "订单完成时间"), may("status", "订单状态"), may("freight", "运费"), may("sku", "商家编码"), may("sku_else", "货号"),
		may("buyer_name", "收件人"), may("buyer_phone", "收件人手机号"),
	},
}

var shopify = Preset{
	Name:     "shopify",
	Title:    errs.Text{ZhCN: "Shopify 订单导出", En: "Shopify order export"},
	Platform: "shopify",
	Source: Attribution{
		What:  "Shopify Help Center, Exporting orders to a CSV file: Order export CSV structure",
		Where: "https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders",
		Date:  "2024-10-04",
	},
	Encoding: "CSV in UTF-8; what belongs to the order stands in its first row, times carry their offset",
	tender:   "shopify",
	fields: []layout.Column{
		must("order_no", "Name"), must("ordered_at", "Created at"), must("quantity", "Lineitem quantity"), must("title", "Lineitem name"),
		must("unit_price", "Lineitem price"), must("paid", "Total"), must("paid_at", "Paid at"), may("status", "Fulfillment Status"),
		may("freight", "Shipping"), may("refunded", "Refunded Amount"), may("currency", "Currency"), may("buyer", "Email"),
		may("buyer_name", "Shipping Name"), may("buyer_phone", "Phone", "Shipping Phone"), may("sku", "Lineitem sku"),
		may("line_discount", "Lineitem discount"), may("shipped_at", "Fulfilled at"), may("reference", "Payment Reference"),
	},
}
