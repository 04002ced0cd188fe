package demo

import "time"

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// intact is what the warehouse finds on a pair that nobody wore.
var intact = map[string]any{"goods.worn": false, "goods.tag_removed": false, "goods.soiled": false, "goods.resaleable": true,
	"goods.inner_pack_missing": false, "goods.parts_missing": false, "goods.impaired": false, "goods.gift_missing": false}

// The cases of the shoe shop 女鞋商城: those of the data sheet, and ordinary ones that give every desk its morning.
var shoes = []story{
	{"SH-01", "shoes", 40 * minute, "requested", func(c *scene) {
		c.sells(sale{sku: "SH-2401", variant: "黑 38", code: "BLK-38", paid: 6, signed: 3, by: buyer{"王女士_demo", "王**", "138****8001"}, attrs: insured})
		c.asks("小满", "chat", asked{ground: "size_mismatch", remedy: "refund_return", note: "38码挤脚，没穿出去", progress: "待审核",
			facts: map[string]any{"goods.worn": false, "goods.tag_removed": false, "goods.inner_pack_missing": false}, evidence: "聊天图片"})
	}},
	{"SH-03", "shoes", 65 * minute, "requested", func(c *scene) {
		c.sells(sale{sku: "SH-1902", variant: "白 37", code: "WHT-37", paid: 7, signed: 4, by: buyer{"李女士_demo", "李**", "138****8003"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "quality", remedy: "refund_return", note: "已安抚顾客；鞋底开胶，有视频", progress: "待审核",
			facts: map[string]any{"goods.worn": true, "evidence.photo": true}, evidence: "聊天视频"})
		c.assigned("小满")
	}},
	{"SH-04", "shoes", 26 * hour, "awaiting_approval", func(c *scene) {
		c.sells(sale{sku: "SH-2401", variant: "黑 36", code: "BLK-36", paid: 23, signed: 20, by: buyer{"陈女士_demo", "陈**", "138****8004"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "quality", remedy: "local_repair", note: "已与顾客商定就近修鞋，凭收据报销", progress: "待补充凭证",
			facts: map[string]any{"repair.cost": 1800}})
		c.assigned("小满")
		c.ago(3 * hour)
		c.answers("小满", map[string]any{"evidence.repair_receipt": true, "repair.cost": 1800}, "修鞋收据照片")
	}},
	{"SH-05", "shoes", 5 * day, "received", func(c *scene) {
		c.sells(sale{sku: "SH-2401", variant: "杏 38", code: "APR-38", paid: 9, signed: 6, by: buyer{"赵女士_demo", "赵**", "138****8005"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "wrong_item", remedy: "exchange", wanted: "SH-2401-APR-38", note: "核对发货照片：发的是黑色", progress: "待审核",
			facts: map[string]any{"goods.worn": false, "exchange.in_stock": true}, evidence: "发货照片"})
		c.assigned("小满")
		c.ago(5*day - 20*minute)
		c.agrees("小满")
		c.ago(4 * day)
		c.sent("小满", "圆通", "YTDEMO0005", 1200)
		c.ago(3 * hour)
		c.signs("阿岳")
		c.ago(2 * hour)
		c.opens("阿岳")
	}},
	{"SH-11", "shoes", 2*day + 3*hour, "awaiting", func(c *scene) {
		c.sells(sale{sku: "SH-1902", variant: "灰 36", code: "GRY-36", paid: 8, signed: 5, by: buyer{"晚风_demo", "何**", "138****8031"}, attrs: free})
		c.returns("阿青", "no_reason", "颜色和想的不一样")
	}},
	{"SH-12", "shoes", 3*day + 2*hour, "in_transit", func(c *scene) {
		c.sells(sale{sku: "SH-2401", variant: "黑 37", code: "BLK-37", paid: 9, signed: 6, by: buyer{"小鹿_demo", "陆**", "138****8032"}, attrs: insured})
		c.returns("阿青", "size_mismatch", "37码偏大")
		c.ago(2 * day)
		c.sent("阿青", "中通", "ZTDEMO0012", 0)
	}},
	{"SH-13", "shoes", 4*day + 5*hour, "signed_for", func(c *scene) {
		c.sells(sale{sku: "SH-2401", variant: "杏 39", code: "APR-39", paid: 11, signed: 7, by: buyer{"青柠_demo", "宁**", "138****8033"}, attrs: free})
		c.returns("小满", "dislike_style", "实物颜色偏深")
		c.ago(3 * day)
		c.sent("小满", "圆通", "YTDEMO0013", 0)
		c.ago(90 * minute)
		c.signs("阿岳")
	}},
	{"SH-14", "shoes", 5*day + 4*hour, "awaiting_approval.money", func(c *scene) {
		c.sells(sale{sku: "SH-1902", variant: "白 38", code: "WHT-38", paid: 12, signed: 8, by: buyer{"暖阳_demo", "杨**", "138****8034"}, attrs: free})
		c.comesBack("小满", "no_reason", "穿着显脚宽", "YTDEMO0014", 4*hour)
	}},
	{"SH-15", "shoes", 5*day + 8*hour, "on_platform", func(c *scene) {
		c.sells(sale{sku: "SH-2401", variant: "黑 39", code: "BLK-39", paid: 12, signed: 9, by: buyer{"西西_demo", "席**", "138****8035"}, attrs: insured})
		c.comesBack("阿青", "size_mismatch", "39码偏大", "YTDEMO0015", 6*hour)
		c.ago(2 * hour)
		c.approvesMoney("静姐")
	}},
	{"SH-16", "shoes", 7 * day, "settled", func(c *scene) {
		c.sells(sale{sku: "SH-3507", variant: "棕 38", code: "BRN-38", paid: 13, signed: 10, by: buyer{"豆豆_demo", "窦**", "138****8036"}, attrs: free})
		c.comesBack("小满", "no_reason", "冬天还没到，先不要了", "YTDEMO0016", 2*day)
		c.ago(2*day - hour)
		c.approvesMoney("静姐")
		c.ago(day)
		c.confirms("静姐")
	}},
}

// returns opens a plain return and agrees to it a little later.
func (c *scene) returns(who, ground, note string) {
	c.asks(who, "chat", asked{ground: ground, remedy: "refund_return", note: note, progress: "待审核",
		facts: map[string]any{"goods.worn": false, "goods.tag_removed": false, "goods.inner_pack_missing": false}})
	c.assigned(who)
	c.clock.Advance(15 * minute)
	c.agrees(who)
}

// comesBack plays a plain return up to the inspection, which was so long ago.
func (c *scene) comesBack(who, ground, note, waybill string, inspected time.Duration) {
	c.returns(who, ground, note)
	c.clock.Advance(20 * hour)
	c.sent(who, "圆通", waybill, 0)
	c.ago(inspected + 3*hour)
	c.signs("阿岳")
	c.ago(inspected + hour)
	c.opens("阿岳")
	c.ago(inspected)
	c.inspects("阿岳", intact)
}
