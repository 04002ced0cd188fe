package rule

import (
	"strings"
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

// A declaration that is wrong is named, with what is wrong with it, before anything is compiled against it.
func TestVocabularyRefusesDeclarations(t *testing.T) {
	good := Def{Stage: AtOrder, Ask: System, Label: label("甲", "A")}
	with := func(change func(*Def)) Def { d := good; change(&d); return d }
	when := func(expr string) Def { return with(func(d *Def) { d.AppliesWhen = expr }) }
	for want, facts := range map[string][]Fact{
		"noun.property":                  {BoolFact("Worn", good)},
		"declared twice":                 {BoolFact("a.b", good), BoolFact("a.b", good)},
		"the engine's own":               {EnumFact(GroundFact, with(func(d *Def) { d.Values = choices("x") }))},
		"no stage":                       {BoolFact("a.b", with(func(d *Def) { d.Stage = 0 }))},
		"nobody can answer":              {BoolFact("a.b", with(func(d *Def) { d.Ask = 0 }))},
		"a label in both languages":      {BoolFact("a.b", with(func(d *Def) { d.Label.En = "" }))},
		"list their words":               {EnumFact("a.b", good)},
		"words are letters":              {EnumFact("a.b", with(func(d *Def) { d.Values = choices("two words") }))},
		"the range is empty":             {IntFact("a.b", with(func(d *Def) { d.Min, d.Max = 3, 2 }))},
		"parts of a refund are money":    {IntFact("a.b", with(func(d *Def) { d.Part = PartGoods }))},
		"reserved word":                  {BoolFact("in.a", good)},
		"There is no fact \"a.d\"":       {BoolFact("a.b", when("a.d")), BoolFact("a.c", good)},
		"bool is needed here":            {BoolFact("a.b", when("a.c")), IntFact("a.c", good)},
		"leads back to the fact itself":  {BoolFact("a.b", when("a.c")), BoolFact("a.c", when("!a.d")), BoolFact("a.d", when("a.b"))},
		"applies_when leads back to the": {BoolFact("a.b", when("a.b"))},
	} {
		_, err := NewVocabulary(facts...)
		if err == nil || !strings.Contains(sentences(err), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
}
