package order

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/rule"
)

// Promises are what the seller had promised on the page when the order was placed (消费者保障服务): a snapshot, so that what
// is withdrawn later still binds for the orders that were placed under it (S1-114). Money is in minor units.
type Promises struct {
	Genuine         bool   `json:"genuine,omitempty" doc:"假一赔三"`
	Quality         bool   `json:"quality,omitempty" doc:"品质承诺"`
	Dispatch        bool   `json:"dispatch,omitempty" doc:"发货时间承诺"`
	Returns         bool   `json:"returns,omitempty" doc:"退货承诺"`
	ReturnDays      int64  `json:"return_days,omitempty" minimum:"0" maximum:"3650" doc:"days of the return promise"`
	ReturnFreight   string `json:"return_freight,omitempty" enum:"customer,shop" doc:"who bears the way back; unset is the customer"`
	OutboundFreight string `json:"outbound_freight,omitempty" enum:"customer,shop" doc:"who bears the first delivery; unset is whoever paid"`
	Reissue         bool   `json:"reissue,omitempty" doc:"破损补寄"`
	ReissueDays     int64  `json:"reissue_days,omitempty" minimum:"0" maximum:"3650" doc:"days of the reissue promise"`
	ReissueFreight  string `json:"reissue_freight,omitempty" enum:"customer,shop" doc:"who bears the second delivery; unset is the shop"`
	Carrier         bool   `json:"carrier,omitempty" doc:"指定快递"`
	Arrival         bool   `json:"arrival,omitempty" doc:"到货承诺"`
	Compensation    int64  `json:"compensation,omitempty" minimum:"0" maximum:"1000000000" doc:"agreed compensation, minor units; 0 none"`
	Escrow          bool   `json:"escrow,omitempty" doc:"担保交易"`
}

// Campaign is a shop's record that lengthens returns for orders paid in its time (S3-14), as it stood at payment.
type Campaign struct {
	From         calendar.Date `json:"from" doc:"first day of payment"`
	To           calendar.Date `json:"to" doc:"last day of payment"`
	NoReasonDays int64         `json:"no_reason_days" minimum:"0" maximum:"3650" doc:"the window it gives instead"`
}

const promised = "order.promises"

func promise(name, zh, en string) rule.Handle[bool] {
	return rule.BoolFact("promise."+name, rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: promised, Label: rule.Text{ZhCN: zh, En: en}})
}

func bearer(name, gate, zh, en string) rule.Handle[string] {
	return rule.EnumFact("promise."+name, rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: gate, Label: rule.Text{ZhCN: zh, En: en},
		Values: []rule.Choice{
			{Word: "unset", Label: rule.Text{ZhCN: "没有约定", En: "Not agreed"}},
			{Word: "customer", Label: rule.Text{ZhCN: "买家承担", En: "The customer"}},
			{Word: "shop", Label: rule.Text{ZhCN: "卖家承担", En: "The shop"}},
		}})
}

func promisedDays(name, gate, zh, en string) rule.Handle[int64] {
	return rule.IntFact("promise."+name, rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: gate, Max: calendar.MaxPeriod, Label: rule.Text{ZhCN: zh, En: en}})
}

// The facts of promises that were shown when the order was placed. Without a snapshot there were none, and nobody is asked.
var (
	FactPromises = rule.BoolFact(promised, rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "下单时店铺展示了自愿承诺", En: "Seller's commitments shown when it was ordered"},
		Help:  rule.Text{ZhCN: "按下单时的快照；之后撤下的承诺对当时的订单仍然有效。", En: "As of the order's snapshot: what was withdrawn later still binds for it."}})
	FactPromiseGenuine   = promise("genuine", "假一赔三承诺", "Promise: genuine or threefold")
	FactPromiseQuality   = promise("quality", "品质承诺", "Promise: material and quality as listed")
	FactPromiseDispatch  = promise("dispatch", "发货时间承诺", "Promise: time of dispatch")
	FactPromiseReturns   = promise("returns", "退货承诺", "Promise: returns")
	FactPromiseReissue   = promise("reissue", "破损补寄承诺", "Promise: damaged parts sent again")
	FactPromiseCarrier   = promise("carrier", "指定快递承诺", "Promise: a named carrier")
	FactPromiseArrival   = promise("arrival", "到货承诺", "Promise: time of arrival")
	FactEscrow           = rule.BoolFact("order.escrow", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: promised, Label: rule.Text{ZhCN: "担保交易", En: "Paid in escrow"}})
	FactReturnDays       = promisedDays("return_days", "promise.returns", "退货承诺的天数", "Days of the return promise")
	FactReturnFreight    = bearer("return_freight", "promise.returns", "约定的退货运费承担方", "Agreed bearer of the way back")
	FactPromisedOutbound = bearer("outbound_freight", "promise.returns", "约定的首次运费承担方", "Agreed bearer of the first delivery")
	FactReissueDays      = promisedDays("reissue_days", "promise.reissue", "破损补寄承诺的天数", "Days of the reissue promise")
	FactReissueFreight   = bearer("reissue_freight", "promise.reissue", "约定的补寄运费承担方", "Agreed bearer of the second delivery")
	FactPromisedSum      = rule.MoneyFact("promise.compensation", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent, AppliesWhen: promised,
		Label: rule.Text{ZhCN: "承诺的约定赔偿金", En: "Agreed compensation"}, Help: rule.Text{ZhCN: "没有约定为 0。", En: "0 where none was agreed."}})
	FactReceiptConfirmed = rule.BoolFact("order.receipt_confirmed", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, AppliesWhen: promised,
		Label: rule.Text{ZhCN: "申请前已确认收货", En: "Receipt confirmed before asking"}, Help: rule.Text{ZhCN: "平台上点过“确认收货”，不是快递签收。", En: "Confirmed on the platform, not signed for with the carrier."}})
	FactClosedOn = rule.DateFact("order.closed_on", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "订单关闭日期", En: "Order closed on"}})
)

// The record of a sales campaign.
var (
	FactCampaign = rule.BoolFact("campaign.recorded", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "有登记的促销延长退货活动", En: "A campaign that lengthens returns is on record"},
		Help:  rule.Text{ZhCN: "只有明确登记的活动才延长期限；多个活动取期限最长的。", En: "Only an explicit record lengthens anything; of several the longest."}})
	FactCampaignFrom = rule.DateFact("campaign.from", rule.Def{Stage: rule.AtOrder, Ask: rule.System, AppliesWhen: "campaign.recorded",
		Label: rule.Text{ZhCN: "活动首日（按付款）", En: "First day of the campaign, by payment"}})
	FactCampaignTo = rule.DateFact("campaign.to", rule.Def{Stage: rule.AtOrder, Ask: rule.System, AppliesWhen: "campaign.recorded", MayBeFuture: true, NotBefore: "campaign.from",
		Label: rule.Text{ZhCN: "活动末日（按付款）", En: "Last day of the campaign, by payment"}})
	FactCampaignDays = rule.IntFact("campaign.days", rule.Def{Stage: rule.AtOrder, Ask: rule.System, AppliesWhen: "campaign.recorded", Max: calendar.MaxPeriod,
		Label: rule.Text{ZhCN: "活动的无理由退换天数", En: "No-reason days of the campaign"}})
)

var marketplaceFacts = []rule.Fact{FactPromises, FactPromiseGenuine, FactPromiseQuality, FactPromiseDispatch, FactPromiseReturns, FactPromiseReissue,
	FactPromiseCarrier, FactPromiseArrival, FactEscrow, FactReturnDays, FactReturnFreight, FactPromisedOutbound, FactReissueDays, FactReissueFreight,
	FactPromisedSum, FactDispatchRecorded, FactDispatchHeld, FactReceiptConfirmed, FactClosedOn, FactCampaign, FactCampaignFrom, FactCampaignTo, FactCampaignDays}

// setPromises says what was promised when the order was placed. Without a snapshot nothing was.
func setPromises(fs rule.Facts, a Attrs) {
	FactPromises.Set(fs, a.Promises != nil)
	FactCampaign.Set(fs, a.Campaign != nil)
	if c := a.Campaign; c != nil {
		FactCampaignFrom.Set(fs, c.From)
		FactCampaignTo.Set(fs, c.To)
		FactCampaignDays.Set(fs, c.NoReasonDays)
	}
	p := a.Promises
	if p == nil {
		return
	}
	FactPromiseGenuine.Set(fs, p.Genuine)
	FactPromiseQuality.Set(fs, p.Quality)
	FactPromiseDispatch.Set(fs, p.Dispatch)
	FactPromiseReturns.Set(fs, p.Returns)
	FactPromiseReissue.Set(fs, p.Reissue)
	FactPromiseCarrier.Set(fs, p.Carrier)
	FactPromiseArrival.Set(fs, p.Arrival)
	FactEscrow.Set(fs, p.Escrow)
	FactReturnDays.Set(fs, p.ReturnDays)
	FactReturnFreight.Set(fs, orUnset(p.ReturnFreight))
	FactPromisedOutbound.Set(fs, orUnset(p.OutboundFreight))
	FactReissueDays.Set(fs, p.ReissueDays)
	FactReissueFreight.Set(fs, orUnset(p.ReissueFreight))
	FactPromisedSum.Set(fs, p.Compensation)
}

func orUnset(word string) string {
	if word == "" {
		return "unset"
	}
	return word
}
