package order

import (
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Delivery is how far the goods have come, as far as the order's own record says.
const (
	Unshipped = "unshipped"  // 未发货
	InTransit = "in_transit" // 已发货，未签收
	Delivered = "delivered"  // 已签收
)

// The facts of an order and of the article asked about. Facts fills in what the record holds; what it leaves unknown
// is asked of the people each fact names.
var (
	FactChannel = rule.EnumFact("order.channel", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "购买方式", En: "How it was bought"},
		Help:  rule.Text{ZhCN: "网络、电话、邮购为远程购买，享有七天无理由退货；到店购买没有。", En: "Online, by phone or by post is at a distance and has the no-reason return; over the counter has not."},
		Values: []rule.Choice{
			{Word: string(Distance), Label: rule.Text{ZhCN: "线上（网络、电话、邮购）", En: "At a distance"}},
			{Word: string(Store), Label: rule.Text{ZhCN: "门店", En: "In a store"}},
		}})
	FactBusiness = rule.BoolFact("order.business", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "为经营采购", En: "Bought for business"},
		Help:  rule.Text{ZhCN: "不是为生活消费购买，消费者权益保护法不适用，由人工处理。", En: "Not bought to live on: consumer law does not apply, and a person decides."}})
	FactPaidOn = rule.DateFact("order.paid_on", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "付款日期", En: "Paid on"}})
	FactDelivery = rule.EnumFact("order.delivery", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "发货进度", En: "Delivery"},
		Help:  rule.Text{ZhCN: "申请时商品走到哪一步；订单没有签收记录时向顾客或快递核实。", En: "How far the goods had come when the customer asked; without a record, ask the customer or the carrier."},
		Values: []rule.Choice{
			{Word: Unshipped, Label: rule.Text{ZhCN: "未发货", En: "Not shipped"}},
			{Word: InTransit, Label: rule.Text{ZhCN: "已发货，未签收", En: "On its way"}},
			{Word: Delivered, Label: rule.Text{ZhCN: "已签收", En: "Delivered"}},
		}})
	FactUnshipped = rule.BoolFact("order.unshipped", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "订单记录为未发货", En: "Not shipped, by the order's record"},
		Help:  rule.Text{ZhCN: "记录明确未发货才是“是”；记录不全时为“否”，审批照常。", En: "Only where the record says so; where it is incomplete this is no, and approvals go their usual way."}})
	FactSignedOn = rule.DateFact("line.signed_on", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Customer | rule.Agent,
		AppliesWhen: "order.delivery == '" + Delivered + "'",
		Label:       rule.Text{ZhCN: "签收日期", En: "Received on"},
		Help:        rule.Text{ZhCN: "顾客收到商品的那一天；到店购买为购买当天。期限从次日起算。换过货的看收到新货的那天，送修的天数不算在内（顺延）。", En: "The day the customer got the goods; in a store the day of purchase. Periods begin on the day after. After an exchange it is the day the new article came; days of repair do not count and move it on."}})

	FactPromiseMissed = rule.BoolFact("order.promise_missed", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "已超过约定的发货时间", En: "The agreed time of dispatch has passed"},
		Help:  rule.Text{ZhCN: "商品页面、订单或客服答应过的时间，以最早的为准；订单记有承诺发货时间的由系统判断。", En: "As the page, the order or an agent promised, the earliest of them. Worked out where the order's record has the promised time."}})

	FactCategory = rule.EnumFact("line.category", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "商品类目", En: "Category"}, Values: categories})
	FactKind = rule.EnumFact("line.kind", rule.Def{Stage: rule.AtOrder, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "商品性质", En: "Kind of goods"},
		Help:  rule.Text{ZhCN: "法律规定不适用无理由退货的四类，其余为普通商品。", En: "The four kinds that the law excepts from the no-reason return; all others are ordinary."},
		Values: []rule.Choice{
			{Word: "ordinary", Label: rule.Text{ZhCN: "普通商品", En: "Ordinary"}},
			{Word: "custom_made", Label: rule.Text{ZhCN: "定作商品", En: "Made to order"}},
			{Word: "fresh", Label: rule.Text{ZhCN: "鲜活易腐", En: "Fresh or perishable"}},
			{Word: "digital", Label: rule.Text{ZhCN: "音像、软件等数字化商品", En: "Recordings, software, downloads"}},
			{Word: "periodical", Label: rule.Text{ZhCN: "报纸、期刊", En: "Newspapers, magazines"}},
		}})
	FactExclusionConfirmed = rule.BoolFact("line.exclusion_confirmed", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "购买时逐单确认过不支持无理由退货", En: "No-reason return excluded and confirmed at purchase"},
		Help:  rule.Text{ZhCN: "仅限按性质不宜退货的商品，且每次购买时单独、显著确认；默认勾选不算。", En: "Only goods unfit to come back, confirmed in a step of its own at each purchase; a pre-ticked box does not count."}})
	FactGiftValue = rule.MoneyFact("line.gift_value", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "赠品标价", En: "Marked price of the gift"},
		Help:  rule.Text{ZhCN: "购买时已标明的赠品价格；没有赠品、或之前退货时已经扣过的为 0。", En: "What the gift was priced at when it was sold; 0 without a gift, and where it was charged before."}})

	FactGoodsAmount = rule.MoneyFact("line.goods_amount", rule.Def{Stage: rule.AtApplication, Ask: rule.System, Part: rule.PartGoods,
		Label: rule.Text{ZhCN: "所申请商品的实付金额", En: "Paid for the units asked for"},
		Help:  rule.Text{ZhCN: "含之前退货因失去优惠少退、这次一并退回后应补的部分。", En: "With what an earlier return lost and this one restores."}})
	FactOutboundFreight = rule.MoneyFact("line.outbound_freight", rule.Def{Stage: rule.AtApplication, Ask: rule.System, Part: rule.PartOutboundFreight,
		Label: rule.Text{ZhCN: "所申请商品分摊的首次运费", En: "Their share of the first delivery's freight"},
		Help:  rule.Text{ZhCN: "顾客付的发货运费，按实付金额分摊到各件；包邮为 0。", En: "The freight the customer paid, shared over the articles by price; 0 when delivery was free."}})
	FactFreeShippingLost = rule.BoolFact("order.free_shipping_lost", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "退货后不再满足包邮", En: "Falls below the free-delivery threshold"},
		Help:  rule.Text{ZhCN: "此前满额包邮，退掉这几件后不满额；之前已经不满额的不重复计算。", En: "Delivery was free from a threshold that this return breaks; one broken before is not counted again."}})
	FactThresholdFreight = rule.MoneyFact("order.threshold_freight", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "未满额时的运费", En: "Freight below the threshold"}})
	FactDiscountLost = rule.MoneyFact("order.discount_lost", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "退货后失去的优惠", En: "Discount this return loses"},
		Help:  rule.Text{ZhCN: "按购买时的价格和留下商品仍满足的优惠重新计价，与已享优惠的差额；订单记有满减的自动算出。", En: "The kept articles priced anew at the prices of the purchase with the promotions they still meet: the difference. Worked out where the order's record has its promotions."}})
	FactCardFeeWaived = rule.BoolFact("order.card_fee_waived", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "付款时免收了银行卡手续费", En: "Card fee waived at payment"}})
	FactCardFee = rule.MoneyFact("order.card_fee", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, AppliesWhen: "order.card_fee_waived",
		Label: rule.Text{ZhCN: "银行卡手续费", En: "Card fee"}})
)

// categories of goods, as far as rules tell them apart (NRR-9).
var categories = []rule.Choice{
	{Word: "shoes", Label: rule.Text{ZhCN: "鞋靴", En: "Shoes"}},
	{Word: "clothing", Label: rule.Text{ZhCN: "服装", En: "Clothing"}},
	{Word: "hats", Label: rule.Text{ZhCN: "帽子", En: "Hats"}},
	{Word: "bags", Label: rule.Text{ZhCN: "箱包", En: "Bags"}},
	{Word: "toys", Label: rule.Text{ZhCN: "玩具", En: "Toys"}},
	{Word: "textiles", Label: rule.Text{ZhCN: "家纺", En: "Textiles"}},
	{Word: "home", Label: rule.Text{ZhCN: "家居", En: "Home"}},
	{Word: "food", Label: rule.Text{ZhCN: "食品（含保健食品）", En: "Food"}},
	{Word: "cosmetics", Label: rule.Text{ZhCN: "化妆品", En: "Cosmetics"}},
	{Word: "medical", Label: rule.Text{ZhCN: "医疗器械、计生用品", En: "Medical devices"}},
	{Word: "electronics", Label: rule.Text{ZhCN: "电子电器", En: "Electronics"}},
	{Word: "jewellery", Label: rule.Text{ZhCN: "珠宝首饰", En: "Jewellery"}},
	{Word: "jade", Label: rule.Text{ZhCN: "翡翠玉石", En: "Jade"}},
	{Word: "gift", Label: rule.Text{ZhCN: "礼品", En: "Gifts"}},
	{Word: "fee", Label: rule.Text{ZhCN: "费用（非商品）", En: "A fee, not goods"}},
	{Word: "other", Label: rule.Text{ZhCN: "其他", En: "Other"}},
}

// Vocabulary lists the facts of this package.
var Vocabulary = slices.Concat([]rule.Fact{FactChannel, FactBusiness, FactPaidOn, FactDelivery, FactUnshipped, FactSignedOn, FactPromiseMissed, FactCategory, FactKind,
	FactExclusionConfirmed, FactGiftValue, FactGoodsAmount, FactOutboundFreight, FactFreeShippingLost, FactThresholdFreight,
	FactDiscountLost, FactCardFeeWaived, FactCardFee}, marketplaceFacts, pieceVocabulary)

// Facts are what an order says about a wish for units (1 to what is left) of its line asked. lines are all lines of
// the order; their allocations must not yet hold these units. taken is what earlier returns took off. What the record does not say stays unknown, and nothing
// is guessed: an order of a platform that tells no status (Status "") may well have been shipped.
//
// Errors: order.line_not_found, money.too_many_units, money.overflow.
func Facts(o Order, lines []Line, asked id.ID, units int64, taken Taken, cal *calendar.Calendar) (rule.Facts, error) {
	i := slices.IndexFunc(lines, func(l Line) bool { return l.ID == asked })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "order.line_not_found", errs.Args{"line": asked.String()})
	}
	fs := rule.Facts{}
	FactChannel.Set(fs, string(o.Channel))
	FactBusiness.Set(fs, o.Attrs.Business)
	FactCardFeeWaived.Set(fs, o.Attrs.PaidByCardFeeFree)
	if o.PaidAt != nil {
		FactPaidOn.Set(fs, cal.DateOf(*o.PaidAt))
	}
	setDelivery(fs, o, cal)
	if g := lines[i].Attrs.Given; g != nil {
		FactDelivery.Set(fs, Delivered)
		FactUnshipped.Set(fs, false)
		FactSignedOn.Set(fs, g.SignedOn)
	}
	setGoods(fs, lines[i])
	setPromises(fs, o.Attrs)
	setPiece(fs, lines[i])
	return fs, setAmounts(fs, o, lines, i, units, taken)
}

// waitingToShip are the words by which platforms and the shop's own systems say that an order is paid and not sent. Any
// other word, and no word at all, proves nothing: money for goods that are on their way must not leave without a person.
var waitingToShip = []string{"已付款", "买家已付款", "买家已付款，等待卖家发货", "买家已付款,等待卖家发货", "等待卖家发货", "待发货", "paid"}

// setDelivery says how far the goods had come. Over the counter they are the customer's at payment (X2).
func setDelivery(fs rule.Facts, o Order, cal *calendar.Calendar) {
	unshipped := false
	switch {
	case o.SignedOn != nil:
		FactDelivery.Set(fs, Delivered)
		FactSignedOn.Set(fs, *o.SignedOn)
	case o.Channel == Store && o.PaidAt != nil:
		FactDelivery.Set(fs, Delivered)
		FactSignedOn.Set(fs, cal.DateOf(*o.PaidAt))
	case o.Channel == Distance && o.ShippedAt == nil && slices.Contains(waitingToShip, strings.TrimSpace(o.Status)):
		unshipped = true
		FactDelivery.Set(fs, Unshipped)
	}
	FactUnshipped.Set(fs, unshipped)
}

func setGoods(fs rule.Facts, l Line) {
	if slices.ContainsFunc(categories, func(c rule.Choice) bool { return c.Word == l.Category }) {
		FactCategory.Set(fs, l.Category)
	}
	switch l.Attrs.Kind {
	case "":
		FactKind.Set(fs, "ordinary")
	case "ordinary", "custom_made", "fresh", "digital", "periodical":
		FactKind.Set(fs, l.Attrs.Kind)
	}
	FactExclusionConfirmed.Set(fs, l.Attrs.ExclusionConfirmed)
}

// setAmounts works out what the units are worth in a return.
func setAmounts(fs rule.Facts, o Order, lines []Line, i int, units int64, taken Taken) error {
	p, err := Price(o, lines)
	if err != nil {
		return err
	}
	s, err := p.Sums(i, units, taken)
	if err != nil {
		return err
	}
	FactGoodsAmount.Set(fs, s.Goods)
	FactOutboundFreight.Set(fs, s.Freight)
	FactFreeShippingLost.Set(fs, s.FreeShippingLost)
	FactThresholdFreight.Set(fs, o.Attrs.ThresholdFreight)
	FactGiftValue.Set(fs, s.GiftLeft)
	if len(o.Attrs.Promotions) > 0 {
		FactDiscountLost.Set(fs, s.DiscountLost)
	}
	return nil
}
