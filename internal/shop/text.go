package shop

import "github.com/sanbao/sanbao/internal/errs"

var _ = errs.Register(map[string]errs.Text{
	"shop.not_found":       {ZhCN: "没有店铺“{shop}”。", En: "There is no shop \"{shop}\"."},
	"shop.code_taken":      {ZhCN: "店铺代码“{code}”已被使用。", En: "The shop code \"{code}\" is taken."},
	"warehouse.code_taken": {ZhCN: "本店已有代码为“{code}”的仓库。", En: "This shop has a warehouse \"{code}\" already."},
	"shop.code_malformed":  {ZhCN: "店铺代码应以小写字母开头，2 到 32 位小写字母、数字或连字符。", En: "A shop code starts with a lower-case letter and has 2 to 32 lower-case letters, digits or hyphens."},
	"shop.name_missing":    {ZhCN: "请填写店铺名称。", En: "The shop needs a name."},
})
