package rule

import "github.com/sanbao/sanbao/internal/errs"

// What the golden cases and lint say.
var _ = errs.Register(map[string]errs.Text{
	"rule.case_expects_nothing": {ZhCN: "案例没有写预期结果，永远不会失败。", En: "The case expects nothing, so it could never fail."},
})
