package settle

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"settle.not_now":         {ZhCN: "这笔款项目前是“{state}”，这一步现在不能做。", En: "The settlement is \"{state}\"; this step is not possible now."},
	"settle.not_found":       {ZhCN: "本店没有款项 {settlement}。", En: "This shop has no settlement {settlement}."},
	"settle.over_refund":     {ZhCN: "要退 {asked} 分，但可退金额只剩 {left} 分。", En: "{asked} minor units were asked for; only {left} can still be refunded."},
	"settle.amount_differs":  {ZhCN: "金额对不上：应退 {expected}，填的是 {given}。请核对平台记录，差额另行处理。", En: "The amounts differ: {expected} is due, {given} was entered. Check the platform's record; clear the difference separately."},
	"settle.time_impossible": {ZhCN: "到账时间还没到，请核对。", En: "The time of arrival lies in the future; please check."},
	"settle.number_missing":  {ZhCN: "请填写退款单号或转账单号。", En: "Enter the number of the refund or transfer."},
	"settle.route_in":        {ZhCN: "差价和押金不能以“{route}”收取：请选平台、银行或现金。", En: "A charge or deposit cannot be paid by \"{route}\"; choose marketplace, bank or cash."},
	"settle.number_used":     {ZhCN: "单号 {number} 已经用在另一笔差价或押金上，不能再用。", En: "Number {number} stands for another charge or deposit already."},
	"settle.proof_missing":   {ZhCN: "请写明凭证在哪里，例如截图编号或流水行号。", En: "Say where the proof is: a screenshot's number, a statement's line."},

	"settle.red_letter_not_found": {ZhCN: "本店没有这条红冲任务。", En: "This shop has no such red letter."},
	"settle.difference_not_found": {ZhCN: "本店没有这条对账差异。", En: "This shop has no such difference."},
	"settle.difference_resolved":  {ZhCN: "这条差异已经处理过了。", En: "This difference is resolved already."},
})
