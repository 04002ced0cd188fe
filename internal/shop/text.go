package shop

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"shop.not_found":              {ZhCN: "没有店铺“{shop}”。", En: "There is no shop \"{shop}\"."},
	"shop.code_taken":             {ZhCN: "店铺代码“{code}”已被使用。", En: "The shop code \"{code}\" is taken."},
	"warehouse.code_taken":        {ZhCN: "本店已有代码为“{code}”的仓库。", En: "This shop has a warehouse \"{code}\" already."},
	"shop.code_malformed":         {ZhCN: "店铺代码应以小写字母开头，2 到 32 位小写字母、数字或连字符。", En: "A shop code starts with a lower-case letter and has 2 to 32 lower-case letters, digits or hyphens."},
	"shop.name_missing":           {ZhCN: "请填写店铺名称。", En: "The shop needs a name."},
	"shop.stale":                  {ZhCN: "资料刚被改过，请刷新后再改。", En: "This was changed meanwhile; look again and repeat the change."},
	"shop.link_malformed":         {ZhCN: "链接须以 http:// 或 https:// 开头。", En: "A link starts with http:// or https://."},
	"shop.rating_malformed":       {ZhCN: "评分须为数字，例：4.8。", En: "A rating is a number such as 4.8."},
	"shop.buyer_word":             {ZhCN: "称呼须为“顾客”或“买家”。", En: "The word must be 顾客 or 买家."},
	"warehouse.not_found":         {ZhCN: "本店没有这个仓库。", En: "This shop has no such warehouse."},
	"warehouse.carrier_malformed": {ZhCN: "快递代码只能用字母、数字和连字符，例：YTO。", En: "A carrier code has letters, digits and hyphens, like YTO."},
	"store.code_taken":            {ZhCN: "本店已有代码为“{code}”的门店。", En: "This shop has a store \"{code}\" already."},
	"shop.code_stays":             {ZhCN: "代码“{code}”不能改，规则和包裹都用它。", En: "The code \"{code}\" stays: policies and parcels use it."},
	"store.not_found":             {ZhCN: "本店没有这家门店。", En: "This shop has no such store."},
})
