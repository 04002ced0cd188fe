package demo

import (
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/order"
)

// The cases of the snack shop 小零食杂货铺, whose customers write to it directly.
var snack = []story{
	{"SN-01", "snack", 9 * hour, "offered", 4000, func(c *scene) {
		c.sells(sale{sku: "SN-0001", quantity: 3, paid: 4, signed: 1, by: buyer{"周先生", "周先生", "13800138014"}, attrs: over59})
		c.asks("阿青", "chat", asked{ground: "package_damaged", remedy: "refund_only", quantity: 2, note: "箱子压扁，两袋漏气，有照片；碎饼干不用寄回", progress: "待补充凭证"})
		c.assigned("阿青")
		c.ago(9*hour - 20*minute)
		c.answers("阿青", map[string]any{"evidence.photo": true}, "压扁的箱子和漏气的两袋")
		c.shows("阿青", "压扁的箱子.jpg", carton(), false)
		c.talk(9*hour+6*minute, "顾客 箱子压扁了，三袋曲奇有两袋漏气", "阿青 非常抱歉，麻烦您拍一下箱子和那两袋", "顾客 [图片]",
			"阿青 收到，这两袋不用寄回了，退您40元可以吗？您要是想全部退，运费我们出")
	}},
	{"SN-02", "snack", 26 * hour, "rejected", 0, func(c *scene) {
		c.sells(sale{sku: "SN-0001", paid: 5, signed: 2, by: buyer{"吴女士", "吴女士", "13800138015"}, attrs: over59, freight: 600})
		c.asks("阿青", "chat", asked{ground: "no_reason", remedy: "refund_return", note: "开袋尝了一块，嫌太甜", progress: "已说明原因",
			facts: map[string]any{"goods.seal_broken": true}})
		c.shows("阿青", "开了袋的曲奇.jpg", bag(true), false)
		c.talk(26*hour+6*minute, "顾客 开袋尝了一块，太甜，能退吗", "阿青 亲，食品开袋后没法无理由退货了，给您添麻烦了。如果吃着不对劲是质量问题，拍照给我，那是另一回事",
			"顾客 不是坏了，就是太甜", "阿青 明白啦，那给您申请一张下次能用的券，低糖那款您也可以看看")
	}},
	{"SN-03", "snack", 70 * minute, "awaiting_approval", 6900, func(c *scene) {
		c.sells(sale{sku: "SN-0002", paid: 6, signed: 3, by: buyer{"郑女士", "郑女士", "13800138016"}, attrs: over59})
		c.asks("阿青", "chat", asked{ground: "food_safety", remedy: "refund_only", note: "吃到黑线，已开袋，批号已记", progress: "加急",
			facts: map[string]any{"goods.seal_broken": true}})
		c.assigned("阿青")
		c.ago(60 * minute)
		c.answers("阿青", map[string]any{"evidence.photo": true}, "黑线和批号照片")
		c.shows("阿青", "饼干里的黑线.jpg", thread(), false)
		c.talk(76*minute, "顾客 吃到一根黑线，恶心死了", "阿青 真的非常抱歉，请先不要再吃了，麻烦拍一下黑线和袋子上的批号", "顾客 [图片]", "阿青 已经加急报给主管，货款今天就退您，同批次也停售排查")
	}},
	{"SN-04", "snack", 22 * hour, "requested", 8000, func(c *scene) {
		c.sells(sale{sku: "SN-0001", quantity: 4, paid: 5, signed: -1, by: buyer{"褚女士", "褚女士", "13800138017"}, attrs: over59})
		c.wentOut("圆通速递", "YT8962646785304", "【广州市】已揽收", "【武汉市】已到达 武汉转运中心")
		c.asks("阿青", "chat", asked{ground: "logistics_delay", remedy: "refund_only", quantity: 4, note: "物流停滞三天，停在武汉转运中心", progress: "已联系快递",
			facts: map[string]any{"order.delivery": "in_transit", "finding.not_delivered": true}})
		c.assigned("阿青")
		c.ago(21 * hour)
		c.enquires("阿青", carrier.Stuck, "圆通速递", "YT8962646785304", "YTGD3304", "打了圆通客服，武汉转运中心核查")
		c.talk(22*hour+4*minute, "顾客 物流三天没动了", "阿青 看到了，停在武汉转运中心。我马上联系圆通核查，明天这个时候之前给您答复", "顾客 好的，丢了怎么办",
			"阿青 没到您手上之前都算我们的，真丢了给您补发或者退款，您不用等快递赔")
	}},
	{"SN-05", "snack", 3 * hour, "requested", 1400, func(c *scene) {
		c.sells(sale{sku: "SN-0001", quantity: 3, paid: 5, signed: 2, by: buyer{"冯先生", "冯先生", "13800138018"}, attrs: over59})
		c.asks("阿青", "chat", asked{ground: "no_reason", remedy: "refund_return", note: "三袋留两袋，退一袋没开的；不满包邮，扣一次运费", progress: "待审核",
			facts: map[string]any{"goods.seal_broken": false}})
		c.shows("阿青", "没开封的一袋.jpg", bag(false), false)
		c.talk(3*hour+5*minute, "顾客 三袋留两袋，退一袋没开的", "阿青 可以的，退一袋后就不满59包邮了，要扣一次运费6元，退您14元，您看可以吗", "顾客 行")
	}},
}

// over59 are the snack shop's terms: free delivery from 59.00, otherwise 6.00 (demo parameters).
var over59 = order.Attrs{FreeShipping: true, FreeShippingAt: 5900, ThresholdFreight: 600}
