package report

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"report.draft_not_bound":  {ZhCN: "店铺没有使用规则包“{pack}”，无法用它的草稿试算。", En: "The shop is not bound to pack \"{pack}\", so a draft of it cannot be tried."},
	"report.facts_unreadable": {ZhCN: "事实文件无法读取：每行一个 JSON，最长 256 KiB。", En: "The file of facts cannot be read: one JSON object a line, at most 256 KiB each."},
	"report.facts_line":       {ZhCN: "这一行应为一个 JSON 对象：facts、ground、remedy、stage、at、paid_on。", En: "The line is not an object of facts, ground, remedy, stage, at and paid_on."},
})
