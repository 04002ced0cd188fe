package demo

// The cases of the jewellery chain 珠宝连锁 that come by parcel.
var chain = []story{
	{"CH-05", "chain", 30 * hour, "awaiting", 1184088, func(c *scene) {
		c.sells(sale{sku: "CH-9990", paid: 6, signed: 4, by: buyer{"许女士", "许女士", "13800138026"}, attrs: free})
		c.asks("陈店长", "web", asked{ground: "no_reason", remedy: "refund_return", note: "金价下跌要退；按实付退，不按今日金价；下单时没有勾选不支持退货", progress: "待审核",
			facts: map[string]any{"goods.parts_missing": false}})
		c.assigned("陈店长")
		c.ago(29 * hour)
		c.agreesAs("老周")
		c.shows("陈店长", "防伪扣完好.jpg", necklace(), false)
		c.talk(30*hour+5*minute, "顾客 金价跌了，我七天内退可以吧", "陈店长 您好，七天内防伪扣完好可以退，按您实付的 11,840.88 元退；寄回请保价，我们收到当面复重 12.36 克",
			"顾客 那按今天的金价算还是按我买的？", "陈店长 按您付的钱退，和今天金价没有关系", "顾客 好，我明天保价寄")
	}},
}
