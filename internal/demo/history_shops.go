package demo

import (
	"fmt"
	"math/rand/v2"

	"github.com/sanbao/sanbao/internal/order"
)

// habit is a kind of matter that a shop sees, and how often among a hundred.
type habit struct {
	percent int
	tell    func(t *tale)
}

// trade is a shop of the history: how much of it is the shop's, and what comes up there. Reasons are in the proportions of
// the data sheet, as far as there are journeys for them: care, repair and complaints have none yet.
type trade struct {
	shop, prefix, who string
	percent           int
	habits            []habit
}

var trades = []trade{
	{"shoes", "SH", "小满", 45, []habit{
		{34, func(t *tale) { t.pair("size_mismatch", "refund_return", 1+t.r.IntN(9)) }},
		{10, func(t *tale) { t.pair("size_mismatch", "exchange", 1+t.r.IntN(7)); t.wants() }},
		{18, func(t *tale) { t.pair("no_reason", "refund_return", 1+t.r.IntN(10)) }},
		{8, func(t *tale) { t.pair("dislike_style", "refund_return", 1+t.r.IntN(8)) }},
		{16, func(t *tale) { t.pair("quality", "refund_return", 1+t.r.IntN(12)); t.fault() }},
		{6, func(t *tale) { t.pair("wrong_item", "exchange", 1+t.r.IntN(6)); t.wants() }},
		{8, func(t *tale) { t.pair("no_reason", "interception", -1); t.facts("order.delivery", "in_transit") }},
	}},
	{"cosmetics", "CO", "柚子", 20, []habit{
		{62, func(t *tale) { t.jar("no_reason", days(t.r)); t.seal(t.r.IntN(12) == 0) }},
		{8, func(t *tale) { t.jar("dislike_style", days(t.r)); t.seal(t.r.IntN(3) == 0) }},
		{14, func(t *tale) { t.jar("quality", 1+t.r.IntN(25)); t.seal(true); t.fault() }},
		{16, func(t *tale) { t.jar("allergy", 3+t.r.IntN(6)); t.seal(true) }},
	}},
	{"snack", "SN", "阿青", 15, []habit{
		{40, func(t *tale) {
			t.bag("no_reason", "refund_return", 1+t.r.IntN(9))
			t.facts("goods.seal_broken", t.r.IntN(4) == 0)
		}},
		{45, func(t *tale) { t.bag("package_damaged", "refund_only", 1+t.r.IntN(3)) }},
		{15, func(t *tale) { t.bag("food_safety", "refund_only", 1+t.r.IntN(9)); t.facts("goods.seal_broken", true) }},
	}},
	{"chain", "CH", "陈店长", 12, []habit{
		{70, func(t *tale) { t.piece("no_reason", []string{"CH-9990", "CH-0901", "CH-3001"}, 1+t.r.IntN(9)) }},
		{30, func(t *tale) { t.piece("quality", []string{"CH-3001", "CH-3005", "CH-0901"}, 1+t.r.IntN(9)); t.fault() }},
	}},
	{"workshop", "WS", "何师傅", 5, []habit{
		{100, func(t *tale) { t.piece("no_reason", []string{"CH-0901"}, 1+t.r.IntN(9)) }},
	}},
	{"jade", "JD", "云舒", 3, []habit{
		{100, func(t *tale) { t.piece("no_reason", []string{"JD-5601", "JD-0203", "JD-1001"}, 1+t.r.IntN(9)) }},
	}},
}

// invent makes up the n-th tale. The same n is always the same tale.
func invent(n int) (*tale, trade) {
	r := rand.New(rand.NewPCG(20261121, uint64(n)))
	pick := func(of func(i int) (percent int, more bool)) int {
		at := r.IntN(100)
		for i := 0; ; i++ {
			percent, more := of(i)
			if at -= percent; at < 0 || !more {
				return i
			}
		}
	}
	tr := trades[pick(func(i int) (int, bool) { return trades[i].percent, i < len(trades)-1 })]
	t := &tale{shop: tr.shop, who: tr.who, r: r, silent: r.IntN(100) < 5, stingy: r.IntN(100) < 15, worse: r.IntN(100) < 4}
	tr.habits[pick(func(i int) (int, bool) { return tr.habits[i].percent, i < len(tr.habits)-1 })].tell(t)
	who := 50 + r.IntN(50)
	t.sale.by = buyer{fmt.Sprintf("回头客%04d_demo", r.IntN(4000)), string([]rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨")[r.IntN(16)]) + "**", fmt.Sprintf("138****80%02d", who)}
	return t, tr
}

// days since unopened skin care came, when it is asked back: most within a month, and a tail that thinks of it later.
func days(r *rand.Rand) int {
	if r.IntN(100) < 78 {
		return 1 + r.IntN(30)
	}
	return 31 + r.IntN(30)
}

func (t *tale) facts(name string, v any) {
	if t.asked.facts == nil {
		t.asked.facts = map[string]any{}
	}
	t.asked.facts[name] = v
}

func (t *tale) asks(ground, remedy string, signed int) {
	t.asked.ground, t.asked.remedy, t.sale.signed, t.sale.paid = ground, remedy, signed, max(signed, 0)+2+t.r.IntN(3)
}

var sizes = []string{"35", "36", "37", "38", "39", "40"}

// pair is a pair of shoes.
func (t *tale) pair(ground, remedy string, signed int) {
	t.asks(ground, remedy, signed)
	size := sizes[t.r.IntN(len(sizes))]
	switch t.r.IntN(10) {
	case 0, 1, 2, 3, 4:
		t.sale.sku, t.sale.variant, t.sale.code = "SH-2401", "黑 "+size, "BLK-"+size
	case 5, 6, 7:
		t.sale.sku, t.sale.variant, t.sale.code = "SH-1902", "白 "+size, "WHT-"+size
	default:
		t.sale.sku, t.sale.variant, t.sale.code = "SH-3507", "棕 "+size, "BRN-"+size
	}
	t.sale.platform, t.sale.attrs = "taobao", free
	if t.r.IntN(2) == 0 {
		t.sale.attrs = insured
	}
	if signed >= 0 {
		t.facts("goods.worn", t.r.IntN(14) == 0)
		t.facts("goods.tag_removed", false)
		t.facts("goods.inner_pack_missing", false)
	}
}

// wants names the article that is wanted instead.
func (t *tale) wants() {
	t.asked.wanted = t.sale.sku + "-" + t.sale.code[:4] + sizes[t.r.IntN(len(sizes))]
	t.facts("exchange.in_stock", true)
}

// sizesOf are all articles of a style and colour.
func sizesOf(stem string) (skus []string) {
	for _, size := range sizes {
		skus = append(skus, stem+size)
	}
	return skus
}

// fault is something wrong with the goods, with its picture.
func (t *tale) fault() {
	t.facts("evidence.photo", true)
	t.asked.evidence = "聊天图片"
}

// jar is skin care.
func (t *tale) jar(ground string, signed int) {
	t.asks(ground, "refund_return", signed)
	t.sale.platform, t.sale.attrs = "douyin", free
	if t.sale.sku = "CO-5001"; t.r.IntN(3) == 0 {
		t.sale.sku = "CO-1201"
	}
}

// seal says whether the inner seal is broken, and since when.
func (t *tale) seal(broken bool) {
	t.facts("goods.seal_broken", broken)
	if broken {
		t.used = 1 + t.r.IntN(min(t.sale.signed, 9))
	}
}

// bag is something to eat, for more than 59.00, so that its way was free.
func (t *tale) bag(ground, remedy string, signed int) {
	t.asks(ground, remedy, signed)
	t.sale.platform, t.sale.attrs = "taobao", over59
	if t.sale.sku, t.sale.quantity = "SN-0001", int64(3+t.r.IntN(4)); t.r.IntN(3) == 0 {
		t.sale.sku, t.sale.quantity = "SN-0002", 1
	}
	t.asked.quantity = 1 + t.r.Int64N(t.sale.quantity)
}

// piece is jewellery or jade that came by parcel.
func (t *tale) piece(ground string, skus []string, signed int) {
	t.asks(ground, "refund_return", signed)
	t.sale.platform, t.sale.sku, t.sale.attrs = "taobao", skus[t.r.IntN(len(skus))], order.Attrs{FreeShipping: true}
	t.facts("goods.parts_missing", false)
}
