package demo

// The cases of the jade house 翡翠行 that its customers ask about from afar.
var jade = []story{
	{"JD-01", "jade", 5 * hour, "needs_facts", 0, func(c *scene) {
		c.sells(sale{sku: "JD-5601", paid: 8, signed: 5, by: buyer{"沈女士", "沈女士", "13800138019"}, attrs: free})
		c.asks("云舒", "web", asked{ground: "unknown_cause", remedy: "refund_return", note: "对光有一道纹，裂还是石纹待鉴定；已请顾客停戴保管", progress: "待鉴定"})
		c.assigned("云舒")
		c.shows("云舒", "对光的一道纹.jpg", bangle(), false)
		c.talk(5*hour+6*minute, "顾客 收到第五天，对光看有一道纹，是裂还是石纹？", "云舒 您好，麻烦先停戴、单独放好，对光从三个角度各拍一张给我", "顾客 [图片]",
			"云舒 收到了。光看照片分不清，这个要鉴定师看实物。您今天提出来了，期限给您留着，鉴定出来是质量问题照样能退")
	}},
}

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
