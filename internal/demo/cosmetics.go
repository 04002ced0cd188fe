package demo

import "github.com/sanbao/sanbao/internal/order"

// The cases of the skin care shop 美妆护肤店.
var cosmetics = []story{
	{"CO-01", "cosmetics", 40 * minute, "requested", 26800, func(c *scene) {
		c.sells(sale{platform: "douyin", sku: "CO-5001", paid: 33, signed: 30, by: buyer{"软糖_demo", "阮**", "138****8008"}, attrs: free})
		c.asks("柚子", "chat", asked{ground: "no_reason", remedy: "refund_return", note: "第30天；只拆了外盒塑封，内盖铝膜没动", progress: "待审核",
			facts: map[string]any{"goods.seal_broken": false}, evidence: "铝膜照片"})
		c.shows("柚子", "铝膜完好.jpg", jar(false), false)
		c.talk(50*minute, "顾客 外盒塑封拆了看了一眼，里面铝膜没动，还能退吗", "柚子 亲，铝膜完好就可以的，麻烦拍张铝膜的照片", "顾客 [图片]",
			"柚子 看到啦，今天是第30天，还在期限内，马上帮您申请～退回的运费需要您承担哦")
	}},
	{"CO-02", "cosmetics", 5 * hour, "rejected", 0, func(c *scene) {
		c.sells(sale{platform: "douyin", sku: "CO-5001", paid: 12, signed: 9, by: buyer{"山茶_demo", "单**", "138****8009"}, attrs: free})
		c.asks("柚子", "chat", asked{ground: "dislike_style", remedy: "refund_return", note: "味道不喜欢，已用两次，无过敏", progress: "已说明原因",
			facts: map[string]any{"goods.seal_broken": true, "goods.opened_on": c.date(4)}})
		c.shows("柚子", "用过的面霜.jpg", jar(true), false)
		c.talk(5*hour+10*minute, "顾客 味道不喜欢，用了两次，能退吗", "柚子 亲，面霜已经开封使用了，没法无理由退货，给您添麻烦了。要是用着有不舒服，您告诉我，这条不影响您的权利", "顾客 没有不舒服，就是不喜欢",
			"柚子 好的亲，那给您申请一张下次能用的券，您看可以吗")
	}},
	{"CO-03", "cosmetics", 6 * hour, "needs_evidence", 26800, func(c *scene) {
		c.sells(sale{platform: "douyin", sku: "CO-5001", paid: 7, signed: 4, by: buyer{"桃桃_demo", "陶**", "138****8010"}, attrs: free})
		c.asks("柚子", "chat", asked{ground: "allergy", remedy: "refund_return", note: "脸上起红疹，请顾客补就诊证明和剩余商品照片；不良反应已提醒上报", progress: "待补充凭证",
			facts: map[string]any{"goods.seal_broken": true, "goods.opened_on": c.date(2)}})
		c.assigned("柚子")
		c.shows("柚子", "脸上的红疹.jpg", rash(), true)
		c.shows("柚子", "剩余面霜.jpg", jar(true), false)
		c.talk(6*hour+8*minute, "顾客 用了脸上起红疹，没去医院", "柚子 亲，请您先停用，严重的话尽快看医生。方便时拍一下医生证明和剩下的面霜，我们按过敏给您处理", "顾客 我明天去看看",
			"柚子 好的亲，证明照片只有处理的两位同事能看到；有了随时发我，不着急，期限给您留着")
	}},
	{"CO-04", "cosmetics", 26 * hour, "requested", 26800, func(c *scene) {
		c.sells(sale{platform: "douyin", sku: "CO-5001", paid: 12, signed: 9, by: buyer{"青提_demo", "秦**", "138****8011"}, attrs: free})
		c.asks("柚子", "chat", asked{ground: "allergy", remedy: "refund_return", note: "用后过敏，医生证明和剩余商品都拍了；退款或换货由顾客选", progress: "待补充凭证",
			facts: map[string]any{"goods.seal_broken": true, "goods.opened_on": c.date(5)}})
		c.assigned("柚子")
		c.ago(2 * hour)
		c.answers("柚子", map[string]any{"evidence.medical_certificate": true, "evidence.remaining_goods": true, "goods.used_up": false}, "医生证明和剩余面霜照片")
		c.shows("柚子", "医生证明.jpg", receipt(), true)
		c.shows("柚子", "剩余的大半瓶.jpg", jar(true), false)
		c.talk(26*hour+8*minute, "顾客 用了几天脸上过敏了", "柚子 亲，请您先停用，方便的话看一下医生。证明和剩下的面霜拍给我，我们按过敏给您处理")
		c.talk(2*hour+6*minute, "顾客 医生证明和剩下的大半瓶都拍了", "柚子 收到，辛苦您了。过敏可以退款也可以换货，来回运费我们出，您看选哪个？")
	}},
	{"CO-11", "cosmetics", 5*day + 2*hour, "rejected", 0, func(c *scene) {
		c.sells(sale{platform: "douyin", sku: "CO-1201", paid: 46, signed: 43, by: buyer{"青团_demo", "卿**", "138****8041"}, attrs: free})
		c.asks("柚子", "chat", asked{ground: "no_reason", remedy: "refund_return", note: "过了30天，没有活动记录，已说明并建议留作下次优惠", progress: "已拒绝",
			facts: map[string]any{"goods.seal_broken": false}})
		c.assigned("柚子")
		c.talk(5*day+2*hour+10*minute, "顾客 洁面乳买多了，没拆，还能退吗", "柚子 亲，这单签收三十多天了，按店里30天的规则没法无理由退货，给您添麻烦了。要是有质量问题，随时拍照给我")
	}},
	{"CO-05", "cosmetics", 2 * hour, "requested", 17800, func(c *scene) {
		sale := sale{platform: "douyin", sku: "CO-1201", quantity: 2, paid: 42, signed: 38, by: buyer{"囤货小能手_demo", "屯**", "138****8012"}, attrs: free}
		sale.attrs.Campaign = &order.Campaign{From: c.day(43), To: c.day(40), NoReasonDays: 45}
		c.sells(sale)
		c.asks("柚子", "chat", asked{ground: "no_reason", remedy: "refund_return", quantity: 2, note: "大促延长退货：45天内", progress: "待审核",
			facts: map[string]any{"goods.seal_broken": false}})
		c.shows("柚子", "两支未拆封.jpg", tubes(), false)
		c.talk(2*hour+9*minute, "顾客 大促囤的，今天才想退，没拆", "柚子 亲，麻烦拍一下内封口膜，两支都要哦", "顾客 [图片]",
			"柚子 看到啦，大促期间的订单延长到45天，可以退的，帮您申请啦～退回的运费要您承担一下")
	}},
}
