package line

import "github.com/sanbao/sanbao/rule"

// Facts of cosmetics: when they were opened, what is left, and reactions of the skin. What tells of health is sensitive.
var (
	FactOpened = rule.BoolFact("goods.opened", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent, AppliesWhen: sealed,
		Label: rule.Text{ZhCN: "已经开封使用", En: "Opened and used"},
		Help:  rule.Text{ZhCN: "以顾客所述为准；只拆外盒、外膜不算。密封是否完好由验货另行确认。", En: "As the customer says; opening the outer box or film is not meant. Whether the seal is whole is for the inspection."}})
	FactOpenedOn = rule.DateFact("goods.opened_on", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent, AppliesWhen: "goods.opened", NotBefore: "line.signed_on",
		Label: rule.Text{ZhCN: "开封日期", En: "Opened on"},
		Help:  rule.Text{ZhCN: "必要的一次性密封打开的那一天；以顾客所述为准，除非查实不符，不得推定。", En: "The day the necessary one-time seal was opened, as the customer says unless it is disproved; never assumed."}})
	FactUsedUp = rule.BoolFact("goods.used_up", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Warehouse,
		Label: rule.Text{ZhCN: "已经用完", En: "Used up"},
		Help:  rule.Text{ZhCN: "没有剩余可寄回；用完的由人工判断，不直接拒绝。", En: "Nothing is left to send back; then a person decides, and nobody is simply refused."}})
	FactMedicalCertificate = rule.BoolFact("evidence.medical_certificate", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer, Sensitive: true, Evidenced: true,
		Label: rule.Text{ZhCN: "医生证明", En: "Doctor's certificate"},
		Help:  rule.Text{ZhCN: "属于健康信息：须另行征得同意，只有经办人和审批人可看，结案后删除。", En: "Health data: needs a consent of its own, is seen by those who handle the case only, and is erased when it closes."}})
	FactRemainingGoods = rule.BoolFact("evidence.remaining_goods", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer, Evidenced: true,
		Label: rule.Text{ZhCN: "未用完的产品（照片或寄回）", En: "What is left of the product (photo, or sent back)"}})
	FactReactionSuspected = rule.BoolFact("reaction.suspected", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent, Sensitive: true,
		Label: rule.Text{ZhCN: "可能与使用化妆品有关的不良反应", En: "Possible adverse reaction to the product"},
		Help:  rule.Text{ZhCN: "可疑即报，不需要医生证明。", En: "Suspicion is enough to report it; no certificate is needed."}})
	FactReactionSeverity = rule.EnumFact("reaction.severity", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Sensitive: true, AppliesWhen: "reaction.suspected",
		Label: rule.Text{ZhCN: "不良反应程度", En: "How serious the reaction is"},
		Values: []rule.Choice{
			{Word: "general", Label: rule.Text{ZhCN: "一般", En: "General"}},
			{Word: "serious", Label: rule.Text{ZhCN: "严重", En: "Serious"}},
			{Word: "public", Label: rule.Text{ZhCN: "可能引发较大社会影响", En: "Of wide public concern"}},
		}})
)

var cosmeticsFacts = []rule.Fact{FactOpened, FactOpenedOn, FactUsedUp, FactMedicalCertificate, FactRemainingGoods, FactReactionSuspected, FactReactionSeverity}
