package demo

import (
	"time"

	"github.com/sanbao/sanbao/internal/stock"
)

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
	{"SH-01", "shoes", 40 * minute, "requested", 26900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "黑 38", code: "BLK-38", paid: 6, signed: 3, by: buyer{"王女士_demo", "王**", "138****8001"}, attrs: insured})
		c.asks("小满", "chat", asked{ground: "size_mismatch", remedy: "refund_return", note: "38码挤脚，没穿出去", progress: "待审核",
			facts: map[string]any{"goods.worn": false, "goods.tag_removed": false, "goods.inner_pack_missing": false}, evidence: "聊天图片"})
		c.shows("小满", "鞋子和吊牌.jpg", shoe(0x2b2b2e, 0x3b3b3b, 0), false)
		c.ago(30 * minute)
		c.counts(5 * hour)
		c.talk(52*minute, "顾客 38码有点挤脚，没穿出去，想退掉", "小满 亲，没穿出门的话可以退的～麻烦您看下吊牌和内盒都还在吗？", "顾客 都在的，就屋里试了一下",
			"小满 好的亲，鞋款原路退您，退回的运费需要您先付，您买了运费险，快递那边会理赔给您", "顾客 好，那帮我弄一下", "小满 已经帮您提交申请啦，审核好马上告诉您")
	}},
	{"SH-02", "shoes", 26 * hour, "awaiting", 0, func(c *scene) {
		c.stocks(stock.Told{SKU: "SH-2401-BLK-39", Style: "SH-2401", Title: "头层牛皮浅口单鞋 黑 39", Price: new(int64(26900)), OnHand: 1})
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "黑 38", code: "BLK-38", paid: 5, signed: 2, by: buyer{"孙女士_demo", "孙**", "138****8002"}, attrs: insured})
		c.asks("小满", "chat", asked{ground: "size_mismatch", remedy: "exchange", wanted: "SH-2401-BLK-39", note: "换39码，鞋子很喜欢；最后一双39已留", progress: "待审核",
			facts: map[string]any{"goods.worn": false, "exchange.freight": 1000}})
		c.assigned("小满")
		c.ago(25 * hour)
		c.agrees("小满")
		c.talk(26*hour+5*minute, "顾客 换39码可以吗？鞋子很喜欢", "小满 可以的亲，黑色39还有最后一双，先给您留着，来回运费需要您承担，寄回的您先付，寄出的10元发您补差链接", "顾客 好的，拍了")
	}},
	{"SH-03", "shoes", 65 * minute, "requested", 19900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-1902", variant: "白 37", code: "WHT-37", paid: 7, signed: 4, by: buyer{"李女士_demo", "李**", "138****8003"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "quality", remedy: "refund_return", note: "已安抚顾客；鞋底开胶，有视频", progress: "待审核",
			facts: map[string]any{"goods.worn": true, "evidence.photo": true}, evidence: "聊天视频"})
		c.shows("小满", "鞋底开胶.jpg", shoe(0xf2f0ec, 0xc9c4bb, 46), false)
		c.assigned("小满")
		c.talk(80*minute, "顾客 才穿一次鞋底就开胶了，我要退款！", "小满 非常抱歉亲，给您添麻烦了，方便拍个视频让我看看开胶的位置吗", "顾客 [视频] 你自己看",
			"小满 看到了亲，这是质量问题，您可以退货退款，来回运费都由我们承担；您要是喜欢，也可以就近找师傅补一下，费用我们报销，看您方便", "顾客 退款，不修", "小满 好的亲，马上为您申请")
	}},
	{"SH-04", "shoes", 26 * hour, "awaiting_approval", 1800, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "黑 36", code: "BLK-36", paid: 23, signed: 20, by: buyer{"陈女士_demo", "陈**", "138****8004"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "quality", remedy: "local_repair", note: "已与顾客商定就近修鞋，凭收据报销", progress: "待补充凭证",
			facts: map[string]any{"repair.cost": 1800}})
		c.assigned("小满")
		c.ago(3 * hour)
		c.answers("小满", map[string]any{"evidence.repair_receipt": true, "repair.cost": 1800}, "修鞋收据照片")
		c.shows("小满", "修鞋收据.jpg", receipt(), false)
		c.talk(26*hour+20*minute, "顾客 鞋底边上有点开，不想退，挺喜欢的", "小满 亲，那您就近找师傅补一下好吗，留好收据，费用我们报销给您")
		c.talk(3*hour+10*minute, "顾客 我就近找师傅补了胶，花了18块，有收据", "小满 麻烦您拍一下收据亲", "顾客 [图片]", "小满 收到啦亲，超过15元要主管确认一下，最晚今天给您答复")
	}},
	{"SH-05", "shoes", 5 * day, "received", 0, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "杏 38", code: "APR-38", paid: 9, signed: 6, by: buyer{"赵女士_demo", "赵**", "138****8005"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "wrong_item", remedy: "exchange", wanted: "SH-2401-APR-38", note: "核对发货照片：发的是黑色", progress: "待审核",
			facts: map[string]any{"goods.worn": false, "exchange.in_stock": true}, evidence: "发货照片"})
		c.shows("小满", "收到的是黑色.jpg", shoe(0x2b2b2e, 0x3b3b3b, 0), false)
		c.assigned("小满")
		c.ago(5*day - 20*minute)
		c.agrees("小满")
		c.ago(4 * day)
		c.sent("小满", "圆通", "YTDEMO0005", 1200)
		c.ago(3 * hour)
		c.signs("阿岳")
		c.ago(2 * hour)
		c.opens("阿岳")
		c.talk(5*day+30*minute, "顾客 我拍的杏色，你们发的黑色", "小满 实在抱歉亲，麻烦您拍张照我核对下", "顾客 [图片]",
			"小满 核对过发货照片了，确实是我们发错了，给您换杏色38码，来回运费我们出", "顾客 那我先垫一下运费")
		c.talk(4*day-10*minute, "顾客 寄了，圆通，运费12块", "小满 好的亲，收到验好就给您寄杏色，12元一起报销给您")
	}},
	{"SH-06", "shoes", 3 * hour, "awaiting_approval.money", 19900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-1902", variant: "灰 38", code: "GRY-38", paid: 2, signed: -1, by: buyer{"钱女士_demo", "钱**", "138****8006"}, attrs: free})
		c.asks("小满", "chat", asked{ground: "no_reason", remedy: "interception", note: "不想要了，还没到，联系圆通拦截", progress: "待审核",
			facts: map[string]any{"order.delivery": "in_transit"}})
		c.assigned("小满")
		c.ago(3*hour - 5*minute)
		c.agrees("小满")
		c.ago(hour)
		c.stopped("小满", "圆通", "YTDEMO0006", "圆通客服确认已拦截")
		c.talk(3*hour+6*minute, "顾客 不想要了，还没到我这边，帮我拦一下", "小满 好的亲，这就联系圆通拦截，拦下来马上给您退款，不用等退件回仓")
		c.talk(55*minute, "小满 亲，快递确认拦截成功了，退款今天就给您办", "顾客 好的谢谢")
	}},
	{"SH-11", "shoes", 2*day + 3*hour, "awaiting", 19900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-1902", variant: "灰 36", code: "GRY-36", paid: 8, signed: 5, by: buyer{"晚风_demo", "何**", "138****8031"}, attrs: free})
		c.returns("阿青", "no_reason", "颜色和想的不一样")
		c.talk(2*day+3*hour+15*minute, "顾客 颜色和想的不一样，可以退吗", "阿青 可以的亲，七天无理由，鞋子没穿过就行", "顾客 好的，明天寄")
	}},
	{"SH-12", "shoes", 3*day + 2*hour, "in_transit", 26900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "黑 37", code: "BLK-37", paid: 9, signed: 6, by: buyer{"小鹿_demo", "陆**", "138****8032"}, attrs: insured})
		c.returns("阿青", "size_mismatch", "37码偏大")
		c.ago(2 * day)
		c.sent("阿青", "中通", "ZTDEMO0012", 0)
		c.talk(3*day+2*hour+10*minute, "顾客 37码还是大，走路掉跟", "阿青 亲，没穿出门的话给您办退货哦，吊牌别剪", "顾客 没穿，就试了下")
		c.talk(2*day+5*minute, "顾客 寄啦，中通 ZTDEMO0012", "阿青 收到亲，单号帮您填好了，到仓验好就退您")
	}},
	{"SH-13", "shoes", 4*day + 5*hour, "signed_for", 26900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "杏 39", code: "APR-39", paid: 11, signed: 7, by: buyer{"青柠_demo", "宁**", "138****8033"}, attrs: free})
		c.returns("小满", "dislike_style", "实物颜色偏深")
		c.ago(3 * day)
		c.sent("小满", "圆通", "YTDEMO0013", 0)
		c.ago(90 * minute)
		c.signs("阿岳")
		c.talk(4*day+5*hour+12*minute, "顾客 实物比图片深，不太喜欢", "小满 亲可以退的，麻烦保持鞋子和吊牌完好哦")
	}},
	{"SH-14", "shoes", 5*day + 4*hour, "awaiting_approval.money", 19900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-1902", variant: "白 38", code: "WHT-38", paid: 12, signed: 8, by: buyer{"暖阳_demo", "杨**", "138****8034"}, attrs: free})
		c.comesBack("小满", "no_reason", "穿着显脚宽", "YTDEMO0014", 4*hour)
		c.talk(5*day+4*hour+10*minute, "顾客 穿着显脚宽，想退", "小满 可以的亲，七天内没穿出去就能退～", "顾客 好的")
	}},
	{"SH-15", "shoes", 5*day + 8*hour, "on_platform", 26900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-2401", variant: "黑 39", code: "BLK-39", paid: 12, signed: 9, by: buyer{"西西_demo", "席**", "138****8035"}, attrs: insured})
		c.comesBack("阿青", "size_mismatch", "39码偏大", "YTDEMO0015", 6*hour)
		c.ago(2 * hour)
		c.approvesMoney("静姐")
		c.talk(5*day+8*hour+14*minute, "顾客 39码穿着掉跟", "阿青 亲亲，给您办退货可以吗，没穿出门就可以的", "顾客 可以")
		c.talk(70*minute, "顾客 鞋子你们都收到两天了，钱呢", "阿青 亲，已经验好了，平台退款正在处理，今天就能退您")
	}},
	{"SH-16", "shoes", 7 * day, "settled", 35900, func(c *scene) {
		c.sells(sale{platform: "taobao", sku: "SH-3507", variant: "棕 38", code: "BRN-38", paid: 13, signed: 10, by: buyer{"豆豆_demo", "窦**", "138****8036"}, attrs: free})
		c.comesBack("小满", "no_reason", "冬天还没到，先不要了", "YTDEMO0016", 2*day)
		c.ago(2*day - hour)
		c.approvesMoney("静姐")
		c.ago(day)
		c.confirms("静姐")
		c.talk(7*day+8*minute, "顾客 天还不冷，先不要了", "小满 没问题亲，保持全新寄回就行")
		c.talk(day-5*minute, "小满 亲，359元已经退回支付宝了，您留意一下哦", "顾客 收到了，挺快的")
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
