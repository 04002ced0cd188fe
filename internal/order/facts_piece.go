package order

import "github.com/sanbao/sanbao/rule"

// The facts of a piece of jewellery or jade, as its booklet or certificate describes it. Facts fills in that an order on
// record proves the purchase; the rest is asked of whoever has the booklet before him.
var (
	FactPurchaseProof = rule.BoolFact("evidence.purchase_proof", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "购买凭证", En: "Proof of purchase"},
		Help:  rule.Text{ZhCN: "小票、发票或任何购买记录；系统里查得到订单就算。", En: "Slip, invoice or any record of the purchase; an order found in our own records counts."}})
	FactVoucherRebate = rule.BoolFact("order.voucher_rebate", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "原购商品属返券商品", En: "Bought with a voucher rebate"},
		Help:  rule.Text{ZhCN: "购买时返过券，或用了返券付款。", En: "The purchase earned a rebate voucher, or one was used to pay."}})
	FactRebateUsed = rule.MoneyFact("order.rebate_used", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: "order.voucher_rebate",
		Label: rule.Text{ZhCN: "已使用的返券金额", En: "Rebate voucher used"}})
	FactInlaid = rule.BoolFact("piece.inlaid", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "镶嵌饰品", En: "Gem-set"},
		Help:  rule.Text{ZhCN: "镶有钻石、宝石、翡翠等；素金、手镯等为否。", En: "Set with diamonds, stones or jade; plain gold and bangles are not."}})
	FactForm = rule.EnumFact("piece.form", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "成品或原石", En: "Finished or rough"},
		Values: []rule.Choice{
			{Word: "finished", Label: rule.Text{ZhCN: "成品", En: "Finished piece"}},
			{Word: "rough", Label: rule.Text{ZhCN: "原石", En: "Rough stone"}},
		}})
	FactPieceKind = rule.EnumFact("piece.kind", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "饰品品类", En: "Kind of piece"},
		Values: []rule.Choice{
			{Word: "ring", Label: rule.Text{ZhCN: "戒指", En: "Ring"}},
			{Word: "bangle", Label: rule.Text{ZhCN: "手镯", En: "Bangle"}},
			{Word: "bracelet", Label: rule.Text{ZhCN: "手链", En: "Bracelet"}},
			{Word: "necklace", Label: rule.Text{ZhCN: "项链", En: "Necklace"}},
			{Word: "pendant", Label: rule.Text{ZhCN: "吊坠", En: "Pendant"}},
			{Word: "earring", Label: rule.Text{ZhCN: "耳饰", En: "Earrings"}},
			{Word: "other", Label: rule.Text{ZhCN: "其他", En: "Other"}},
		}})
	FactMaterial = rule.EnumFact("piece.material", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "材质", En: "Material"},
		Help:  rule.Text{ZhCN: "有金属的填金属；纯玉石、珍珠没有金属。", En: "The metal where there is one; jade and pearls by themselves have none."},
		Values: []rule.Choice{
			{Word: "gold", Label: rule.Text{ZhCN: "足金", En: "Fine gold"}},
			{Word: "k_gold", Label: rule.Text{ZhCN: "K金", En: "Karat gold"}},
			{Word: "platinum", Label: rule.Text{ZhCN: "铂金、钯金", En: "Platinum, palladium"}},
			{Word: "silver", Label: rule.Text{ZhCN: "银", En: "Silver"}},
			{Word: "jade", Label: rule.Text{ZhCN: "翡翠玉石（无金属）", En: "Jade, no metal"}},
			{Word: "other", Label: rule.Text{ZhCN: "其他（无金属）", En: "Other, no metal"}},
		}})
	FactWarranty = rule.BoolFact("line.warranty", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "购买时公示了店铺保修期", En: "A shop warranty was shown at the sale"},
		Help:  rule.Text{ZhCN: "没有公示过期限的为否；不得事后编一个期限。", En: "No where none was shown; a period is never made up afterwards."}})
	FactWarrantyUntil = rule.DateFact("line.warranty_until", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: "line.warranty", MayBeFuture: true,
		Label: rule.Text{ZhCN: "店铺保修到期日", En: "Shop warranty until"}})
)

// pieceVocabulary lists the facts of a piece.
var pieceVocabulary = []rule.Fact{FactPurchaseProof, FactVoucherRebate, FactRebateUsed, FactInlaid, FactForm, FactPieceKind, FactMaterial, FactWarranty, FactWarrantyUntil}

// setPiece says what the record of an order says about a piece: that it was bought here (S0-27, S0-35).
func setPiece(fs rule.Facts, l Line) {
	if l.Category == "jade" || l.Category == "jewellery" {
		FactPurchaseProof.Set(fs, true)
	}
}
