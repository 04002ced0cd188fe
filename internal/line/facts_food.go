package line

import "github.com/sanbao/sanbao/rule"

// Facts of food that may be unsafe. Each is a person's finding; what the seller knew above all is never inferred.
var (
	FactUnsafeFood = rule.BoolFact("finding.unsafe_food", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "食品不符合安全标准", En: "Food is below the safety standard"},
		Help:  rule.Text{ZhCN: "异物、变质、过期等；先按顾客所述处理，再由人核实。", En: "Foreign bodies, spoiled, out of date; the customer's word counts until a person has looked."}})
	FactKnowing = rule.BoolFact("finding.knowing", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "认定经营者明知（或系生产者）", En: "Seller knew, or is the producer"},
		Help:  rule.Text{ZhCN: "例如过期仍销售、没有合法来源、改过日期；由主管依据材料认定，系统不推断。", En: "For example sold past its date, without a lawful source, or re-dated; a supervisor finds it from papers, and nothing infers it."}})
	FactLabelFlawOnly = rule.BoolFact("finding.label_flaw_only", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Inspector,
		Label: rule.Text{ZhCN: "仅标签、说明书瑕疵，不影响安全也不误导", En: "A flaw of the label only: harmless and not misleading"}})
	FactBeyondNeeds = rule.BoolFact("finding.beyond_needs", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Inspector, Evidenced: true,
		Label: rule.Text{ZhCN: "明知后购买，超出合理生活消费需要", En: "Bought knowingly, beyond the needs of living"},
		Help:  rule.Text{ZhCN: "多次购买合并计算；由主管认定，改由人工定赔偿数额。", En: "Repeated purchases are added up; found by a supervisor, and a person then sets the sum."}})
)

var foodFacts = []rule.Fact{FactUnsafeFood, FactKnowing, FactLabelFlawOnly, FactBeyondNeeds}
