package policy

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"policy.packs_faulty":       {ZhCN: "规则包有 {count} 处错误。", En: "The packs have {count} faults."},
	"policy.version_twice":      {ZhCN: "规则包 {pack} 的版本 {version}（{folder}）与 {other} 重复或同日生效。", En: "Pack {pack}, version {version} ({folder}) has the version or first day of {other}."},
	"policy.pack_unknown":       {ZhCN: "没有规则包“{pack}”。", En: "There is no pack \"{pack}\"."},
	"policy.none_in_force":      {ZhCN: "规则包“{pack}”在 {on} 没有生效的版本。", En: "No version of pack \"{pack}\" is in force on {on}."},
	"policy.version_unknown":    {ZhCN: "规则包 {pack} 版本 {version}（{hash}）没有载入，无法重放。", En: "Pack {pack}, version {version} ({hash}) is not loaded; the decision cannot be replayed."},
	"policy.draft_not_bound":    {ZhCN: "店铺没有使用规则包“{pack}”，无法用它的草稿试算。", En: "The shop is not bound to pack \"{pack}\", so a draft of it cannot be tried."},
	"policy.facts_unreadable":   {ZhCN: "事实文件无法读取：每行一个 JSON，最长 256 KiB。", En: "The file of facts cannot be read: one JSON object a line, at most 256 KiB each."},
	"policy.facts_line":         {ZhCN: "这一行应为一个 JSON 对象：facts、ground、remedy、stage、at、paid_on。", En: "The line is not an object of facts, ground, remedy, stage, at and paid_on."},
	"policy.decision_not_found": {ZhCN: "没有这条判定。", En: "There is no such decision."},
})
