package line

import "github.com/sanbao/sanbao/rule"

// What is given in exchange. Where the shop's stock is known the first of these are its own records', else a person says.
var (
	FactExchangeInStock = rule.BoolFact("exchange.in_stock", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "要换的款式尺码有货", En: "Wanted article in stock"}})
	FactExchangeSameStyle = rule.BoolFact("exchange.same_style", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "同款换尺码、颜色", En: "The same style in another size or colour"},
		Help:  rule.Text{ZhCN: "同款按购买时的价格换，不管现在卖多少。", En: "Swapped at the price of the sale, whatever it costs today."}})
	FactExchangePrice = rule.MoneyFact("exchange.price", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "要换商品的单价", En: "Price of one of the wanted article"},
		Help:  rule.Text{ZhCN: "申请当天的价格；之后变价不影响。", En: "On the day it was asked for; what it costs later changes nothing."}})
	FactExchangeFreight = rule.MoneyFact("exchange.freight", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "换货寄出运费", En: "Freight of the second delivery"},
		Help:  rule.Text{ZhCN: "由顾客承担时随差价一起收。", En: "Charged with the difference where the customer bears it."}})
	FactExchangeGap = rule.MoneyFact("exchange.price_gap", rule.Def{Stage: rule.AtApplication, Ask: rule.System, Min: -rule.MaxAmount, Max: rule.MaxAmount,
		Label: rule.Text{ZhCN: "换货差价（新款价格减原款实付）", En: "Price of the new article less what was paid"}})
	FactExchangeChecked = rule.BoolFact("exchange.checked", rule.Def{Stage: rule.AtReceipt, Ask: rule.Warehouse | rule.Inspector,
		Label: rule.Text{ZhCN: "换出的商品已核对质量和规格", En: "What is sent in exchange has been checked"},
		Help:  rule.Text{ZhCN: "寄出前核对质量、款式、规格和数量。", En: "Quality, style, size and number, before it leaves."}})
	FactExchangeLoss = rule.MoneyFact("exchange.old_loss", rule.Def{Stage: rule.AtInspection, Ask: rule.Inspector,
		Label: rule.Text{ZhCN: "旧件贬损金额", En: "What the old article has lost in value"},
		Help:  rule.Text{ZhCN: "先行换货时从押金里扣；没有贬损填0。", En: "Taken from the deposit of an exchange that went ahead; 0 for nothing."}})
)

var exchangeFacts = []rule.Fact{FactExchangeInStock, FactExchangeSameStyle, FactExchangePrice, FactExchangeFreight, FactExchangeGap, FactExchangeChecked, FactExchangeLoss}
