package rule

import (
	"testing"

	"github.com/sanbao/sanbao/calendar"
)

// The facts the test packs are written in, as slices would declare them.
func label(zh, en string) Text { return Text{ZhCN: zh, En: en} }

func choices(words ...string) (out []Choice) {
	for _, w := range words {
		out = append(out, Choice{w, label(w, w)})
	}
	return out
}

var (
	channel    = EnumFact("order.channel", Def{Stage: AtOrder, Ask: System, Label: label("渠道", "Channel"), Values: choices("distance", "store")})
	signedOn   = DateFact("line.signed_on", Def{Stage: AtOrder, Ask: System | Customer, Label: label("签收日期", "Signed for on")})
	category   = EnumFact("line.category", Def{Stage: AtOrder, Ask: System, Label: label("品类", "Category"), Values: choices("shoes", "cosmetics", "jade", "other")})
	customMade = BoolFact("line.custom_made", Def{Stage: AtOrder, Ask: System, Label: label("定做", "Made to order")})
	goodsPaid  = MoneyFact("line.goods_amount", Def{Stage: AtOrder, Ask: System, Label: label("货款", "Goods"), Part: PartGoods})
	outFreight = MoneyFact("line.outbound_freight", Def{Stage: AtOrder, Ask: System, Label: label("首次运费", "First freight"), Part: PartOutboundFreight})
	excluded   = BoolFact("line.exclusion_confirmed", Def{Stage: AtOrder, Ask: System, Label: label("已确认不退", "Exclusion confirmed")})
	shipFree   = BoolFact("order.threshold_kept", Def{Stage: AtApplication, Ask: System, Label: label("仍满包邮", "Still free shipping")})
	listPrice  = MoneyFact("order.list_freight", Def{Stage: AtOrder, Ask: System, Label: label("应收运费", "List freight")})
	appliedOn  = DateFact("application.sent_on", Def{Stage: AtApplication, Ask: System, Label: label("申请日期", "Applied on")})
	opened     = BoolFact("goods.inner_seal_broken", Def{Stage: AtApplication, Ask: Customer, Label: label("内封已拆", "Inner seal broken")})
	openedOn   = DateFact("goods.opened_on", Def{Stage: AtApplication, Ask: Customer, Label: label("拆封日期", "Opened on"), AppliesWhen: "goods.inner_seal_broken"})
	medical    = BoolFact("evidence.medical", Def{Stage: AtEvidence, Ask: Customer, Label: label("医生证明", "Doctor's certificate"), Sensitive: true})
	photo      = BoolFact("evidence.photo", Def{Stage: AtEvidence, Ask: Customer, Label: label("照片", "Photo")})
	worn       = BoolFact("goods.worn", Def{Stage: AtInspection, Ask: Customer | Warehouse, Label: label("穿过", "Worn outside")})
	tagRemoved = BoolFact("goods.tag_removed", Def{Stage: AtInspection, Ask: Warehouse, Label: label("吊牌已拆", "Tag removed")})
	innerPack  = BoolFact("goods.inner_pack", Def{Stage: AtInspection, Ask: Warehouse, Label: label("内包装完整", "Inner pack complete")})
	giftBack   = BoolFact("goods.gift_returned", Def{Stage: AtReceipt, Ask: Warehouse, Label: label("赠品已退", "Gift came back")})
	giftPrice  = MoneyFact("order.gift_price", Def{Stage: AtOrder, Ask: System, Label: label("赠品标价", "Marked gift price")})
	defect     = BoolFact("finding.defect", Def{Stage: AtInspection, Ask: Inspector, Label: label("质量问题属实", "Defect confirmed")})
	wrongSent  = BoolFact("finding.wrong_item", Def{Stage: AtApplication, Ask: Agent | Warehouse, Label: label("确认发错", "Wrong item confirmed")})
	backOn     = DateFact("goods.back_on", Def{Stage: AtReceipt, Ask: System, Label: label("退件签收", "Goods back on")})
	repairCost = MoneyFact("repair.cost", Def{Stage: AtApplication, Ask: Customer, Label: label("维修费", "Repair cost")})
	campaign   = IntFact("order.campaign_days", Def{Stage: AtOrder, Ask: System, Label: label("活动天数", "Campaign days"), Max: 365})
)

var testFacts = []Fact{channel, signedOn, category, customMade, goodsPaid, outFreight, excluded, shipFree, listPrice, appliedOn, opened,
	openedOn, medical, photo, worn, tagRemoved, innerPack, giftBack, giftPrice, defect, wrongSent, backOn, repairCost, campaign}

func testVocabulary(t testing.TB) *Vocabulary {
	t.Helper()
	v, err := NewVocabulary(testFacts...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func china(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
