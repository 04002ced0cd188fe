package movement

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/rule"
)

// NoProblem is the value of FactProblem when what came is what was announced.
const NoProblem = "none"

// The facts of the parcels of a case line.
var (
	FactBackOn = rule.DateFact("goods.back_on", rule.Def{Stage: rule.AtReceipt, Ask: rule.System | rule.Warehouse,
		Label: rule.Text{ZhCN: "退货签收日期", En: "Goods back on"},
		Help:  rule.Text{ZhCN: "退件到我方的日期，以快递签收为准；退款期限从次日起算。", En: "The day the parcel reached us, as signed for; the time to refund begins on the day after."}})
	FactProblem = rule.EnumFact("parcel.problem", rule.Def{Stage: rule.AtReceipt, Ask: rule.System | rule.Warehouse,
		Label: rule.Text{ZhCN: "收件核对结果", En: "Parcel checked"},
		Values: []rule.Choice{
			{Word: NoProblem, Label: rule.Text{ZhCN: "与登记相符", En: "As announced"}},
			{Word: string(Short), Label: rule.Text{ZhCN: "少件", En: "Short"}},
			{Word: string(Damaged), Label: rule.Text{ZhCN: "退件破损", En: "Damaged"}},
			{Word: string(Wrong), Label: rule.Text{ZhCN: "退件不符", En: "Wrong item came back"}},
		}})
	FactIntercepted = rule.BoolFact("parcel.intercepted", rule.Def{Stage: rule.AtReceipt, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "快递确认拦截成功", En: "Carrier stopped the parcel"},
		Help:  rule.Text{ZhCN: "联系快递拦截后，由客服登记快递的答复。", En: "The carrier's answer to the request to stop it, as the agent got it."}})
	FactInterceptedOn = rule.DateFact("parcel.intercepted_on", rule.Def{Stage: rule.AtReceipt, Ask: rule.Agent, AppliesWhen: "parcel.intercepted",
		Label: rule.Text{ZhCN: "拦截成功日期", En: "Stopped on"}})
	FactTurnedBack = rule.BoolFact("parcel.turned_back", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Warehouse,
		Label: rule.Text{ZhCN: "顾客拒收，包裹已退回", En: "Refused at the door and on its way back"},
		Help:  rule.Text{ZhCN: "以快递的拒收退回记录为准。", En: "As the carrier has it on record."}})
)

// Vocabulary lists the facts of this package.
var Vocabulary = []rule.Fact{FactBackOn, FactProblem, FactIntercepted, FactInterceptedOn, FactTurnedBack}

// Facts are what a case line's return parcel says; m is nil while there is none. The goods are back on the day the
// parcel was signed for, or opened where nobody noted the signing. A parcel that we refused brought nothing.
func Facts(m *Movement, cal *calendar.Calendar) rule.Facts {
	fs := rule.Facts{}
	if m == nil || m.Purpose != Return || m.State == Refused || m.State == Cancelled {
		return fs
	}
	switch {
	case m.SignedAt != nil:
		FactBackOn.Set(fs, cal.DateOf(*m.SignedAt))
	case m.ReceivedAt != nil:
		FactBackOn.Set(fs, cal.DateOf(*m.ReceivedAt))
	}
	if m.State == Received || m.State == Discrepant {
		if m.Problem == "" {
			FactProblem.Set(fs, NoProblem)
		} else {
			FactProblem.Set(fs, string(m.Problem))
		}
	}
	return fs
}
