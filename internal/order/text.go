package order

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"order.not_found":         {ZhCN: "本店没有这张订单。", En: "This shop has no such order."},
	"order.exists":            {ZhCN: "订单 {order_no} 已经登记过了。", En: "Order {order_no} is recorded already."},
	"order.product_not_found": {ZhCN: "本店没有货号为“{sku}”的商品。", En: "This shop has no article {sku}."},
	"order.line_not_found":    {ZhCN: "本店没有订单明细 {line}。", En: "This shop has no order line {line}."},
	"order.return_not_found":  {ZhCN: "本店没有退货记录 {return}。", En: "This shop has no return record {return}."},
	"order.promotion_line":    {ZhCN: "优惠写到了第 {line} 行，订单没有这一行。", En: "A promotion names line {line}, which the order does not have."},
	"order.promotion_over":    {ZhCN: "优惠合计 {off} 分，比订单实际减的 {reduced} 分还多；请核对各行单价和实付。", En: "The promotions take off {off} minor units, more than the {reduced} by which the order was reduced; check prices and what was paid."},
	"order.dispatch_over":     {ZhCN: "承诺 {ship_by} 前发货的这件商品已经发出、已经超时或不再受承诺约束，不能再改约。", En: "The article that was promised to leave by {ship_by} has left, is late already, or is bound no more; the time cannot be moved."},
	"order.dispatch_earlier":  {ZhCN: "新的发货时间要晚于原来承诺的 {ship_by}。", En: "The new time of dispatch has to be later than {ship_by}, which was promised."},
	"order.dispatch_until":    {ZhCN: "请填写约好的新发货时间；只有顾客自己要求暂缓的，才可以不填。", En: "Say until when it will leave; only where the customer asked for it to be held back may that be left open."},
	"order.units_taken":       {ZhCN: "这件商品还能申请售后的数量是 {left} 件。", En: "Units of this article that can still be asked for: {left}."},
})
