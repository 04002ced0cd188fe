package line

import "github.com/sanbao/sanbao/rule"

// How a complaint about a piece is looked into and settled.
var (
	FactDescription = rule.BoolFact("evidence.description", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "损坏情况说明", En: "Description of the damage"},
		Help:  rule.Text{ZhCN: "什么时候、怎么发现的；客服代记也可以。", En: "When and how it was noticed; an agent may write it down."}})
	FactNature = rule.EnumFact("assessment.nature", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "问题性质（初步评估）", En: "Nature of the problem (first assessment)"},
		Values: []rule.Choice{
			{Word: "quality", Label: rule.Text{ZhCN: "质量问题", En: "Quality"}},
			{Word: "non_quality", Label: rule.Text{ZhCN: "非质量问题", En: "Not quality"}},
			{Word: "human_damage", Label: rule.Text{ZhCN: "人为损坏", En: "Own damage"}},
			{Word: "care_advice", Label: rule.Text{ZhCN: "保养咨询", En: "Advice on care"}},
			{Word: "authenticity", Label: rule.Text{ZhCN: "真伪疑问", En: "Doubt whether genuine"}},
			{Word: "unknown", Label: rule.Text{ZhCN: "暂不确定", En: "Not known yet"}},
		}})
	// Unknown is no value of the cause: until an appraiser has established it, it is not there.
	FactCause = rule.EnumFact("finding.cause", rule.Def{Stage: rule.AtApplication, Ask: rule.Appraiser, Evidenced: true,
		Label: rule.Text{ZhCN: "问题原因（鉴定结论）", En: "Cause, as appraised"},
		Help:  rule.Text{ZhCN: "由鉴定师检测后填写；没有结论就不填，不要猜。", En: "Established by an appraiser; left open as long as there is no conclusion."},
		Values: []rule.Choice{
			{Word: "quality", Label: rule.Text{ZhCN: "质量原因", En: "Quality"}},
			{Word: "human_damage", Label: rule.Text{ZhCN: "磕碰、摔落等人为原因", En: "Impact or another cause at the customer's"}},
			{Word: "wear", Label: rule.Text{ZhCN: "正常磨损", En: "Normal wear"}},
			{Word: "natural", Label: rule.Text{ZhCN: "天然特征（石纹、棉等）", En: "Natural feature of the stone"}},
			{Word: "undetermined", Label: rule.Text{ZhCN: "检测后仍无法判定", En: "Examined, and still not to be told"}},
		}})
	FactAppraisalDisputed = rule.BoolFact("appraisal.disputed", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "顾客不认可店内鉴定", En: "The customer does not accept our own appraisal"}})
	FactLabAgreed = rule.BoolFact("appraisal.lab_agreed", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "双方已共同选定鉴定机构", En: "Both sides agreed on the laboratory"}})
	FactAppraisalUpheld = rule.BoolFact("appraisal.upheld", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Appraiser, Evidenced: true,
		Label: rule.Text{ZhCN: "鉴定结论支持顾客", En: "The appraisal bears the customer out"}})
	FactOfRight = rule.BoolFact("agreement.of_right", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "所选方案是顾客的法定或约定权利", En: "The chosen remedy is the customer's right"},
		Help:  rule.Text{ZhCN: "取自判定：as_of_right 为是，提议为否。", En: "As decided: yes where the right is as_of_right, no where it is an offer."}})
	FactCustomerAgreed = rule.BoolFact("agreement.customer", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Customer, Evidenced: true,
		Label: rule.Text{ZhCN: "顾客已确认方案", En: "The customer agreed"}})
	FactShopAgreed = rule.BoolFact("agreement.shop", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "我方已确认方案", En: "The shop agreed"}})
)

var appraisalVocabulary = []rule.Fact{FactDescription, FactNature, FactCause, FactAppraisalDisputed, FactLabAgreed, FactAppraisalUpheld,
	FactOfRight, FactCustomerAgreed, FactShopAgreed}
