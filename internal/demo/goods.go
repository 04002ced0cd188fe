package demo

import "github.com/sanbao/sanbao/internal/order"

// article is something a demo shop sells; prices in fen.
type article struct {
	sku, title, category string
	price                int64
	attrs                order.LineAttrs
}

var articles = []article{
	{sku: "SH-2401", title: "头层牛皮浅口单鞋", category: "shoes", price: 26900},
	{sku: "SH-1902", title: "软底休闲鞋", category: "shoes", price: 19900},
	{sku: "SH-3507", title: "加绒短靴", category: "shoes", price: 35900, attrs: order.LineAttrs{Sale: true}},
	{sku: "CO-5001", title: "保湿面霜 50g", category: "cosmetics", price: 26800},
	{sku: "CO-1201", title: "氨基酸洁面乳 120g", category: "cosmetics", price: 8900},
	{sku: "CO-9001", title: "声波洁面仪", category: "electronics", price: 29900},
	{sku: "SN-0001", title: "曲奇叔叔", category: "food", price: 2000},
	{sku: "SN-0002", title: "每日坚果 30 包", category: "food", price: 6900},
	{sku: "JD-5601", title: "冰糯飘花翡翠手镯 圈口56", category: "jade", price: 1280000},
	{sku: "JD-0203", title: "18K金镶翡翠挂坠", category: "jade", price: 568000},
	{sku: "JD-1001", title: "翡翠原石（开窗）", category: "jade", price: 320000},
	{sku: "CH-3001", title: "18K金钻戒 0.30ct H/SI1", category: "jewellery", price: 599900},
	{sku: "CH-3005", title: "18K金钻戒 0.38ct G/SI1", category: "jewellery", price: 699800},
	{sku: "CH-3006", title: "18K金钻戒 0.40ct G/SI1", category: "jewellery", price: 699900},
	{sku: "CH-0901", title: "18K红宝石吊坠", category: "jewellery", price: 398000},
	{sku: "CH-9990", title: "足金项链 12.36 g", category: "jewellery", price: 1184088}, // 12.36 × (920.00 + 38.00)
	{sku: "CH-9995", title: "足金古法手镯 28.50 g", category: "jewellery"},
}

func find(sku string) (article, bool) {
	for _, a := range articles {
		if a.sku == sku {
			return a, true
		}
	}
	return article{}, false
}

// The terms most shoe orders were sold under.
var (
	free    = order.Attrs{FreeShipping: true}
	insured = order.Attrs{FreeShipping: true, FreightInsurance: true}
)
