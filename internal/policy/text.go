package policy

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"policy.packs_faulty":        {ZhCN: "规则包有 {count} 处错误。", En: "The packs have {count} faults."},
	"policy.version_twice":       {ZhCN: "规则包 {pack} 的版本 {version}（{folder}）与 {other} 重复或同日生效。", En: "Pack {pack}, version {version} ({folder}) has the version or first day of {other}."},
	"policy.pack_unknown":        {ZhCN: "没有规则包“{pack}”。", En: "There is no pack \"{pack}\"."},
	"policy.none_in_force":       {ZhCN: "规则包“{pack}”在 {on} 没有生效的版本。", En: "No version of pack \"{pack}\" is in force on {on}."},
	"policy.version_unknown":     {ZhCN: "规则包 {pack} 版本 {version}（{hash}）没有载入，无法重放。", En: "Pack {pack}, version {version} ({hash}) is not loaded; the decision cannot be replayed."},
	"policy.decision_not_found":  {ZhCN: "没有这条判定。", En: "There is no such decision."},
	"policy.no_such_version":     {ZhCN: "规则包“{pack}”没有版本“{version}”。", En: "Pack \"{pack}\" has no version \"{version}\"."},
	"policy.version_broken":      {ZhCN: "规则包 {pack} 的已发布版本 {version} 无法按原样读取，请告知管理员。", En: "The published version {version} of pack {pack} cannot be read as it was published; tell the administrator."},
	"policy.published_meanwhile": {ZhCN: "刚有人发布了规则包“{pack}”的另一个版本，请刷新后再办。", En: "Another version of pack \"{pack}\" was published just now; look again."},
})
