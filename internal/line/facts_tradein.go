package line

import "github.com/sanbao/sanbao/rule"

// An old piece given in payment for a new one.
var (
	FactTradeKind = rule.EnumFact("trade_in.kind", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "以旧换新方式", En: "Kind of trade-in"},
		Values: []rule.Choice{
			word("style", "旧款换新款", "Old piece for a new one"),
			word("material", "旧料换新", "Old metal for new"),
		}})
	FactPriceGap = rule.MoneyFact("trade_in.price_gap", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, Min: -rule.MaxAmount, Max: rule.MaxAmount,
		Label: rule.Text{ZhCN: "新款实售价减原购价格", En: "New piece's selling price less what the old one cost"},
		Help:  rule.Text{ZhCN: "新款按换货柜台现行优惠后的实售价；原购价格按当时实付。", En: "The new piece after the counter's promotion of the day; the old one as it was paid."}})
	FactNewInlaid = rule.BoolFact("trade_in.new_inlaid", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "新款也是镶嵌饰品", En: "The new piece is gem-set too"}})
	FactTradeStore = rule.EnumFact("trade_in.store", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "办理门店", En: "Store"},
		Values: []rule.Choice{
			word("original", "原购买店", "Where it was bought"),
			word("designated", "指定店", "A designated store"),
			word("other", "其他店", "Another store"),
		}})
	FactOldIncomplete = rule.BoolFact("trade_in.incomplete", rule.Def{Stage: rule.AtInspection, Ask: looks,
		Label: rule.Text{ZhCN: "旧件不完整（缺石、缺件）", En: "The old piece is not complete"}})
	FactOldDamaged = rule.BoolFact("trade_in.damaged", rule.Def{Stage: rule.AtInspection, Ask: looks,
		Label: rule.Text{ZhCN: "旧件有损毁", En: "The old piece is damaged"},
		Help:  rule.Text{ZhCN: "正常佩戴的细小划痕不算。", En: "Fine scratches of normal wear do not count."}})
	FactReinspected = rule.BoolFact("trade_in.reinspected", rule.Def{Stage: rule.AtInspection, Ask: rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "复检通过", En: "Passed re-inspection"}})
	FactMallBars = rule.BoolFact("trade_in.mall_bars", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "所在商场规定不办理", En: "The mall's own rules bar it"}})
	FactFeeSet = rule.BoolFact("counter.fee_set", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "换货柜台已设折旧费标准", En: "The counter has a tariff for the depreciation fee"}})
	FactCounterFee = rule.MoneyFact("counter.fee", rule.Def{Stage: rule.AtApplication, Ask: rule.System, AppliesWhen: "counter.fee_set",
		Label: rule.Text{ZhCN: "换货柜台折旧费标准", En: "The counter's depreciation fee"},
		Help:  rule.Text{ZhCN: "由店长设定；店员不能手填。", En: "Set by the store manager; a clerk does not type it."}})
	FactManagerFee = rule.MoneyFact("trade_in.manager_fee", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "店长报的折旧费", En: "Fee quoted by the store manager"}})
	FactMetalQuote = rule.MoneyFact("trade_in.metal_quote", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "旧料报价", En: "Quote for the old metal"}})
	FactMetalWeight = rule.IntFact("trade_in.metal_mg", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector, Max: 1_000_000_000,
		Label: rule.Text{ZhCN: "旧料复重（毫克）", En: "Old metal on the scales (mg)"},
		Help:  rule.Text{ZhCN: "以当面复重为准，不按手册克重。", En: "As weighed together, not as the booklet says."}})
	FactNewPricing = rule.EnumFact("trade_in.new_pricing", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "新款计价方式", En: "How the new piece is priced"},
		Values: []rule.Choice{
			word("fixed", "一口价", "Fixed price"),
			word("by_weight", "按克计价", "By weight"),
		}})
	FactNewWeight = rule.IntFact("trade_in.new_mg", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, AppliesWhen: "trade_in.new_pricing == 'by_weight'", Max: 1_000_000_000,
		Label: rule.Text{ZhCN: "新款克重（毫克）", En: "Weight of the new piece (mg)"}})
	FactNewLabour = rule.MoneyFact("trade_in.new_labour", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, AppliesWhen: "trade_in.new_pricing == 'by_weight'",
		Label: rule.Text{ZhCN: "新款每克工费", En: "Labour of the new piece per gram"}})
	FactNewPrice = rule.MoneyFact("trade_in.new_price", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, AppliesWhen: "trade_in.new_pricing == 'fixed'",
		Label: rule.Text{ZhCN: "新款一口价", En: "Fixed price of the new piece"}})
)

var tradeVocabulary = []rule.Fact{FactTradeKind, FactPriceGap, FactNewInlaid, FactTradeStore, FactOldIncomplete, FactOldDamaged, FactReinspected,
	FactMallBars, FactFeeSet, FactCounterFee, FactManagerFee, FactMetalQuote, FactMetalWeight, FactNewPricing, FactNewWeight, FactNewLabour, FactNewPrice}
