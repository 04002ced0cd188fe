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
	FactIntercepted = rule.BoolFact("parcel.intercepted", rule.Def{Stage: rule.AtReceipt, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "快递确认拦截成功", En: "Carrier stopped the parcel"},
		Help:  rule.Text{ZhCN: "联系快递拦截后，由客服登记快递的答复。", En: "The carrier's answer to the request to stop it, as the agent got it."}})
	FactInterceptedOn = rule.DateFact("parcel.intercepted_on", rule.Def{Stage: rule.AtReceipt, Ask: rule.System | rule.Agent, AppliesWhen: "parcel.intercepted",
		Label: rule.Text{ZhCN: "拦截成功日期", En: "Stopped on"}})
	FactRefusedAtDoor = rule.BoolFact("parcel.refused_at_door", rule.Def{Stage: rule.AtEvidence, Ask: rule.System | rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "顾客已拒收", En: "Refused at the door"},
		Help:  rule.Text{ZhCN: "拦截没有成功，快递送到时顾客当面拒收，包裹由快递退回。", En: "The parcel could not be stopped, and the customer did not take it from the carrier, who brings it back."}})
)

// Vocabulary lists the facts of this package.
var Vocabulary = []rule.Fact{FactBackOn, FactProblem, FactIntercepted, FactInterceptedOn, FactRefusedAtDoor}

// Facts are what the parcel says that brings a case line's goods back; m is nil while there is none. The goods are back
// on the day the parcel was signed for, or opened where nobody noted the signing. A parcel that we refused brought nothing.
func Facts(m *Movement, cal *calendar.Calendar) rule.Facts {
	fs := rule.Facts{}
	if m == nil || !m.Purpose.Inward() || m.State == Refused || m.State == Cancelled {
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

// StopFacts adds the carrier's answer to the request to stop a parcel, once there is one; m is nil where nobody asked. A
// parcel that turned up at our door without an answer was stopped; one that the customer did not take was not.
func StopFacts(fs rule.Facts, m *Movement, cal *calendar.Calendar) {
	if m == nil || m.State == Cancelled {
		return
	}
	stopped := m.StoppedAt
	switch door := m.ShippedAt != nil; {
	case m.State == InterceptFailed, door:
		FactIntercepted.Set(fs, false)
		if door {
			FactRefusedAtDoor.Set(fs, true)
		}
		return
	case stopped != nil:
	case m.SignedAt != nil:
		stopped = m.SignedAt
	case m.ReceivedAt != nil:
		stopped = m.ReceivedAt
	default:
		return // not answered
	}
	FactIntercepted.Set(fs, true)
	FactInterceptedOn.Set(fs, cal.DateOf(*stopped))
	FactRefusedAtDoor.Set(fs, false)
}
