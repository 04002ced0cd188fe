package line

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"line.not_now":   {ZhCN: "这条售后明细目前是“{state}”，这一步现在不能做。", En: "The case line is \"{state}\"; this step is not possible now."},
	"line.not_found": {ZhCN: "本店没有售后明细 {line}。", En: "This shop has no case line {line}."},
})
