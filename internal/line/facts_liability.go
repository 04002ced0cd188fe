package line

import "github.com/sanbao/sanbao/rule"

// What a person establishes about liability beyond the goods themselves. None of these is ever inferred.
var (
	FactLoss = rule.MoneyFact("claim.loss", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "价款以外的实际损失", En: "Actual loss beyond the price"},
		Help:  rule.Text{ZhCN: "医疗费、误工费等，凭票据；没有填 0。", En: "Medical costs, lost income and the like, against receipts; 0 for none."}})
	FactLossCaused = rule.BoolFact("finding.loss_caused", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "损失由商品问题造成", En: "The loss was caused by the goods"}})
	FactFraud = rule.BoolFact("finding.fraud", rule.Def{Stage: rule.After, Ask: rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "认定构成欺诈", En: "Fraud, as established"},
		Help:  rule.Text{ZhCN: "鉴定有结论后由主管认定；假冒等情形，除非经营者能证明没有欺骗。", En: "Found by a supervisor once the appraisal is settled; with counterfeits unless the trader proves that he did not deceive."}})
	FactFakedClaim = rule.BoolFact("finding.faked_claim", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "认定为夹带、掉包、造假的索赔", En: "The claim was faked: planted, swapped or forged"},
		Help:  rule.Text{ZhCN: "须有证据并经主管认定；存疑不算。", En: "Found by a supervisor with proof; a doubt is none."}})
	FactUnqualified = rule.BoolFact("finding.unqualified", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Agent | rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "被有关行政部门认定为不合格商品", En: "Found unqualified by an authority"}})
	FactRepairedTwice = rule.BoolFact("finding.repaired_twice", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "三包期内修理两次仍不能正常使用", En: "Repaired twice in its guarantee and still not fit for use"}})
	FactCarrierChosen = rule.BoolFact("finding.carrier_chosen", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "顾客另行选择承运人", En: "Customer chose another carrier himself"},
		Help:  rule.Text{ZhCN: "不是在店铺提供的快递里选，而是自己另找的。", En: "Not one of those the shop offers, but one of his own."}})
	FactHealthRisk = rule.BoolFact("finding.health_risk", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "存在可能危害人体健康的缺陷", En: "A defect that may harm health"}})
)

var liabilityFacts = []rule.Fact{FactLoss, FactLossCaused, FactFraud, FactFakedClaim, FactUnqualified, FactRepairedTwice, FactCarrierChosen, FactHealthRisk}

// Goodwill beyond its amount.
var (
	FactGoodwillForReview = rule.BoolFact("goodwill.for_review", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "以好评、改评或删评为条件", En: "On condition of a good, changed or deleted review"},
		Help:  rule.Text{ZhCN: "好评返现一律不予办理。", En: "Nothing is ever paid for a review."}})
	FactGoodwillMonthTotal = rule.MoneyFact("goodwill.month_total", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "经办客服本月关怀补偿合计（含本次）", En: "Goodwill of this agent in this month, this one included"}})
)

// FactGoodwillForm is what the customer gets for goodwill; how it is settled follows from it.
var FactGoodwillForm = rule.EnumFact("goodwill.form", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
	Label: rule.Text{ZhCN: "关怀补偿的形式", En: "Form of the goodwill"},
	Values: []rule.Choice{{Word: GoodwillGift, Label: rule.Text{ZhCN: "赠品", En: "A gift"}}, {Word: GoodwillCoupon, Label: rule.Text{ZhCN: "优惠券", En: "A coupon"}},
		{Word: GoodwillMoney, Label: rule.Text{ZhCN: "补偿款", En: "Money"}}}})

// The forms of goodwill.
const (
	GoodwillGift   = "gift"
	GoodwillCoupon = "coupon"
	GoodwillMoney  = "money"
)

var goodwillFacts = []rule.Fact{FactGoodwillForm, FactGoodwillForReview, FactGoodwillMonthTotal}
