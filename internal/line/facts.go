package line

import (
	"slices"

	"github.com/sanbao/sanbao/rule"
)

// tagged is where NRR-9 asks for tag and cleanliness, sealed where it asks for the one-time seal.
const (
	tagged = "line.category in ['shoes', 'clothing', 'hats', 'bags', 'toys', 'textiles', 'home']"
	sealed = "line.category in ['food', 'cosmetics', 'medical'] || line.kind == 'digital'"
)

// Who looks at goods: the customer says so when asking, the warehouse when the goods are on the table.
const looks = rule.Customer | rule.Warehouse | rule.Inspector

// What an application says.
var (
	FactSentOn = rule.DateFact("application.sent_on", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "申请日期", En: "Asked on"},
		Help:  rule.Text{ZhCN: "顾客提出退换的那一天；期限看这一天，不看寄件日期。", En: "The day of the customer's notice: periods look at it, not at the day of the parcel."}})
	FactInsurancePaid = rule.MoneyFact("application.insurance_paid", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "运费险已赔给顾客", En: "Paid to the customer by freight insurance"},
		Help:  rule.Text{ZhCN: "保险公司已赔的退货运费，报销运费时扣除，不重复支付。", En: "What an insurer paid for the return parcel; it is not reimbursed once more."}})
	FactOtherTender = rule.BoolFact("application.other_tender_agreed", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Customer,
		Label: rule.Text{ZhCN: "顾客明确同意不原路退回", En: "Customer agreed to another way of refund"},
		Help:  rule.Text{ZhCN: "未登记顾客明确同意的，一律原路退回。", En: "Without the customer's recorded consent the money goes back the way it came."}})
	FactGoodwillAmount = rule.MoneyFact("goodwill.amount", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "关怀补偿金额", En: "Goodwill amount"},
		Help:  rule.Text{ZhCN: "赠品按价值填写。", En: "For a gift, its value."}})
)

// FactGoodwillOverride is a supervisor's relaxation. It is denied until a supervisor records it, so that no question is
// ever asked about it.
var FactGoodwillOverride = rule.BoolFact("goodwill.override", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
	Label: rule.Text{ZhCN: "主管同意放宽", En: "Relaxed by a supervisor"},
	Help:  rule.Text{ZhCN: "只能由主管登记，须写明原因。", En: "Recorded by a supervisor alone, with a reason."}})

// What proves it.
var (
	FactPhoto = rule.BoolFact("evidence.photo", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer, Evidenced: true,
		Label: rule.Text{ZhCN: "问题照片或视频", En: "Photo or video of the problem"},
		Help:  rule.Text{ZhCN: "能看清问题部位即可；没有开箱视频也可以。", En: "It shows the spot; a film of the unpacking is not needed."}})
	FactRepairReceipt = rule.BoolFact("evidence.repair_receipt", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer, Evidenced: true,
		Label: rule.Text{ZhCN: "维修收据", En: "Repair receipt"}})
	FactRepairCost = rule.MoneyFact("repair.cost", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "就近维修费用", En: "Cost of the local repair"},
		Help:  rule.Text{ZhCN: "以收据金额为准。", En: "As on the receipt."}})
)

// The state of the goods.
var (
	FactWorn = rule.BoolFact("goods.worn", rule.Def{Stage: rule.AtInspection, Ask: looks,
		Label: rule.Text{ZhCN: "有穿着痕迹", En: "Signs of wear"},
		Help:  rule.Text{ZhCN: "外出穿过的痕迹；在室内试穿不算。", En: "Worn outside; trying on indoors is none."}})
	FactResaleable = rule.BoolFact("goods.resaleable", rule.Def{Stage: rule.AtInspection, Ask: rule.Warehouse | rule.Inspector,
		Label: rule.Text{ZhCN: "不影响二次销售", En: "Can be sold again as new"}})
	FactGrade = rule.EnumFact("goods.grade", rule.Def{Stage: rule.AtInspection, Ask: rule.Warehouse | rule.Inspector,
		Label: rule.Text{ZhCN: "成色", En: "Grade"},
		Help:  rule.Text{ZhCN: "只决定这件货的去向，不影响该退顾客多少钱。", En: "It says what becomes of the goods, and nothing of what the customer gets."},
		Values: []rule.Choice{
			{Word: "A", Label: rule.Text{ZhCN: "A 如新", En: "A, as new"}},
			{Word: "B", Label: rule.Text{ZhCN: "B 轻微痕迹", En: "B, slight marks"}},
			{Word: "C", Label: rule.Text{ZhCN: "C 明显瑕疵", En: "C, plain faults"}},
			{Word: "D", Label: rule.Text{ZhCN: "D 不能再卖", En: "D, not to be sold"}},
		}})
	FactTagRemoved = rule.BoolFact("goods.tag_removed", rule.Def{Stage: rule.AtInspection, Ask: looks, AppliesWhen: tagged,
		Label: rule.Text{ZhCN: "吊牌或标识被摘、被剪", En: "Tag or label removed or cut"}})
	FactInnerPackMissing = rule.BoolFact("goods.inner_pack_missing", rule.Def{Stage: rule.AtInspection, Ask: looks,
		Label: rule.Text{ZhCN: "内包装缺失或损坏", En: "Inner packing missing or spoiled"},
		Help:  rule.Text{ZhCN: "为查验、试穿而打开不算。", En: "Opened to look or to try on is neither."}})
	FactSoiled = rule.BoolFact("goods.soiled", rule.Def{Stage: rule.AtInspection, Ask: looks, AppliesWhen: tagged,
		Label: rule.Text{ZhCN: "受污或受损", En: "Soiled or damaged"}})
	FactSealBroken = rule.BoolFact("goods.seal_broken", rule.Def{Stage: rule.AtInspection, Ask: looks, AppliesWhen: sealed,
		Label: rule.Text{ZhCN: "必要的一次性密封包装已破（数字商品：已拆封或已下载）", En: "Necessary one-time seal broken (digital goods: unsealed or downloaded)"},
		Help:  rule.Text{ZhCN: "只拆外包装查验不算。", En: "Opening the outer packing to look is not meant."}})
	FactTampered = rule.BoolFact("goods.tampered", rule.Def{Stage: rule.AtInspection, Ask: rule.Warehouse | rule.Inspector, AppliesWhen: "line.category == 'electronics'",
		Label: rule.Text{ZhCN: "未经授权维修、改动，或标识、序列号被涂改，或有难以恢复的使用痕迹、激活信息", En: "Repaired or altered without leave, marks or serial defaced, wear or activation that cannot be undone"}})
	FactPartsMissing = rule.BoolFact("goods.parts_missing", rule.Def{Stage: rule.AtInspection, Ask: looks,
		Label: rule.Text{ZhCN: "商品、配件或商标标识不齐", En: "Article, accessory or trademark label missing"},
		Help:  rule.Text{ZhCN: "珠宝的证书、标签、防伪扣也算。", En: "For jewellery also certificate, label and tamper tag."}})
	FactImpaired = rule.BoolFact("goods.impaired", rule.Def{Stage: rule.AtInspection, Ask: rule.Warehouse | rule.Inspector,
		Label: rule.Text{ZhCN: "原有品质、功能或外观受损", En: "Original quality, function or appearance impaired"},
		Help:  rule.Text{ZhCN: "为确认品质、功能而合理调试、室内试穿不算。", En: "Reasonable trying out, or trying on indoors, is not meant."}})
	FactGiftMissing = rule.BoolFact("goods.gift_missing", rule.Def{Stage: rule.AtInspection, Ask: looks,
		Label: rule.Text{ZhCN: "赠品未一并退回", En: "Gift did not come back"}})
)

// What a person established about the complaint. None of these is ever inferred.
var (
	FactDefect = rule.BoolFact("finding.defect", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "存在质量问题", En: "There is a quality fault"}})
	FactMismatch = rule.BoolFact("finding.mismatch", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Warehouse | rule.Inspector,
		Label: rule.Text{ZhCN: "实物与订单或描述不符", En: "Goods differ from order or description"},
		Help:  rule.Text{ZhCN: "核对发货照片、订单和商品页面。", En: "Compare packing photo, order and product page."}})
	FactTransportDamage = rule.BoolFact("finding.transport_damage", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "运输途中损坏", En: "Damaged on the way"}})
	FactShort = rule.BoolFact("finding.short", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent | rule.Warehouse,
		Label: rule.Text{ZhCN: "确有少发漏发", En: "Something was missing"}})
	FactNotDelivered = rule.BoolFact("finding.not_delivered", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "核实顾客未收到", En: "Not delivered, as established"},
		Help:  rule.Text{ZhCN: "快递承认丢件，或拿不出签收凭证。", En: "The carrier admits the loss, or has no proof of delivery."}})
	FactCounterfeit = rule.BoolFact("finding.counterfeit", rule.Def{Stage: rule.AtAppraisal, Ask: rule.Appraiser, Evidenced: true,
		Label: rule.Text{ZhCN: "鉴定为假冒", En: "Appraised as counterfeit"}})
	FactPurposeDefeated = rule.BoolFact("finding.purpose_defeated", rule.Def{Stage: rule.AtInspection, Ask: rule.Inspector,
		Label: rule.Text{ZhCN: "已符合法定解除合同条件", En: "The contract may be rescinded by law"},
		Help:  rule.Text{ZhCN: "例如换货、修理后仍不能正常使用；由主管判断并附依据。", En: "For example still unfit for use after exchange and repair; a supervisor judges, with grounds."}})
)

// Vocabulary lists the facts of this package.
var Vocabulary = slices.Concat([]rule.Fact{FactSentOn, FactOtherTender, FactInsurancePaid, FactGoodwillAmount, FactGoodwillOverride, FactPhoto, FactRepairReceipt,
	FactRepairCost, FactWorn, FactResaleable, FactGrade, FactTagRemoved, FactInnerPackMissing, FactSoiled, FactSealBroken, FactTampered,
	FactPartsMissing, FactImpaired, FactGiftMissing, FactDefect, FactMismatch, FactTransportDamage, FactShort, FactNotDelivered,
	FactCounterfeit, FactPurposeDefeated}, cosmeticsFacts, foodFacts, liabilityFacts, goodwillFacts, marketplaceFacts,
	appraisalVocabulary, exchangeFacts, serviceVocabulary, tradeVocabulary)

// ApplicationFacts are what an application says by itself. Consent to another way of refund is denied until a finding
// says otherwise (NRR-14).
func ApplicationFacts(l Line) rule.Facts {
	fs := rule.Facts{}
	FactSentOn.Set(fs, l.AppliedOn)
	FactOtherTender.Set(fs, false)
	FactGoodwillOverride.Set(fs, false)
	return fs
}

// FromFindings are the facts that people established about a line: each finding at the stage it was made, of two about
// one fact at one stage the later. findings are oldest first, as Findings lists them; money is in minor units.
//
// Errors (Invalid): rule.stage_unknown, and what Vocabulary.ParseValue says of a fact or value it does not know.
func FromFindings(v *rule.Vocabulary, findings []Finding) (rule.Facts, error) {
	fs := rule.Facts{}
	for _, f := range findings {
		var stage rule.Stage
		if err := stage.UnmarshalText([]byte(f.Stage)); err != nil {
			return nil, err
		}
		value, err := v.ParseValue(f.Fact, f.Value)
		if err != nil {
			return nil, err
		}
		fs.Put(f.Fact, stage, value)
	}
	return fs, nil
}
