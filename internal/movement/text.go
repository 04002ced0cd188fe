package movement

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"movement.not_now":           {ZhCN: "这件包裹目前是“{state}”，这一步现在不能做。", En: "The parcel is \"{state}\"; this step is not possible now."},
	"movement.not_found":         {ZhCN: "本店没有包裹 {movement}。", En: "This shop has no parcel {movement}."},
	"movement.waybill_malformed": {ZhCN: "快递单号应为 6 到 40 位字母、数字或连字符，请核对面单。", En: "A waybill number has 6 to 40 letters, digits or hyphens; please check the label."},
})
