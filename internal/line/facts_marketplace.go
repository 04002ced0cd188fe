package line

import "github.com/sanbao/sanbao/rule"

// What a marketplace looks at before it settles a claim under a seller's commitment.
var (
	FactNegotiationFailed = rule.BoolFact("claim.negotiation_failed", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "已与商家协商未果", En: "Talks with the seller have failed"}})
	FactWithinPlatformPeriod = rule.BoolFact("claim.within_platform_period", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "在平台规定的维权期限内", En: "Raised within the platform's period"},
		Help:  rule.Text{ZhCN: "期限由平台规定，以平台页面显示为准。", En: "The platform sets the period; its page says."}})
	FactReissued = rule.BoolFact("claim.reissued", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "这件已经补寄过", En: "It has been sent again before"}})
	FactCarrierDiffers = rule.BoolFact("finding.carrier_differs", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "实际快递与约定的不符", En: "Sent by another carrier than was agreed"}})
	FactArrivedLate = rule.BoolFact("finding.arrived_late", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "送达晚于承诺的时间", En: "It came later than was promised"}})
	FactLabReport = rule.BoolFact("evidence.lab_report", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "商品质检报告", En: "Laboratory report"},
		Help:  rule.Text{ZhCN: "由双方认可或平台指定的机构出具。", En: "By a body both sides accept, or that the platform names."}})
	FactAsPromised = rule.BoolFact("goods.as_promised", rule.Def{Stage: rule.AtInspection, Ask: rule.Warehouse | rule.Inspector,
		Label: rule.Text{ZhCN: "商品符合退货承诺约定的状态", En: "In the condition the return promise asks for"}})
)

var marketplaceFacts = []rule.Fact{FactNegotiationFailed, FactWithinPlatformPeriod, FactReissued, FactCarrierDiffers, FactArrivedLate, FactLabReport, FactAsPromised}
