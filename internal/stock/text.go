package stock

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"stock.none_left": {ZhCN: "{sku} 可用库存只有 {left} 件，需要 {asked} 件。", En: "Only {left} of {sku} can be promised; {asked} are needed."},
	"stock.twice":     {ZhCN: "{sku} 在同一份清单里出现了两次。", En: "{sku} stands twice in one list."},
})
