package line

import "github.com/sanbao/sanbao/rule"

// The papers that came with a piece. They matter for what a shop gives beyond the law, and for nothing else.
var (
	FactSlip = rule.BoolFact("proof.purchase", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "销售小票或发票", En: "Sales slip or invoice"},
		Help:  rule.Text{ZhCN: "有其一即可。", En: "Either will do."}})
	FactCertificate = rule.BoolFact("proof.certificate", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "检测证书", En: "Test certificate"}})
	FactBooklet = rule.BoolFact("proof.booklet", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer | rule.Agent, Evidenced: true,
		Label: rule.Text{ZhCN: "售后服务手册", En: "Service booklet"}})
)

// The work that is asked for.
var (
	FactWork = rule.EnumFact("service.work", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "服务项目", En: "Work asked for"}, Values: works})
	FactMode = rule.EnumFact("service.mode", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "送修方式", En: "How the piece comes"},
		Values: []rule.Choice{
			{Word: "walk_in", Label: rule.Text{ZhCN: "自行上门", En: "Brought in"}},
			{Word: "mail_in", Label: rule.Text{ZhCN: "邮寄", En: "Sent in"}},
		}})
	FactEnlarge = rule.BoolFact("service.enlarge", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "改大（扩圈）", En: "To a larger size"}})
	FactPlainLetters = rule.BoolFact("service.plain_letters", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "刻字内容只有字母和数字", En: "Letters and digits only"},
		Help:  rule.Text{ZhCN: "汉字、图案另行报价。", En: "Chinese characters and drawings are quoted."}})
	FactResizingsUsed = rule.IntFact("entitlement.resizings_used", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, Max: 1000,
		Label: rule.Text{ZhCN: "这件已用的免费改圈次数", En: "Free resizings used for this piece"},
		Help:  rule.Text{ZhCN: "按件计，不按人；师傅判定做不了的不算用掉。", En: "Per piece, not per customer; work found not feasible uses nothing up."}})
	FactEngravingsUsed = rule.IntFact("entitlement.engravings_used", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, Max: 1000,
		Label: rule.Text{ZhCN: "这件已用的免费刻字次数", En: "Free engravings used for this piece"}})
	FactListed = rule.BoolFact("service.listed", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "项目在价目表上", En: "The work is on the price list"}})
	FactTariff = rule.MoneyFact("service.tariff", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent, AppliesWhen: "service.listed",
		Label: rule.Text{ZhCN: "价目表价格", En: "List price"}})
	FactLossTold = rule.BoolFact("consent.metal_loss", rule.Def{Stage: rule.AtEvidence, Ask: rule.Customer, Evidenced: true,
		Label: rule.Text{ZhCN: "顾客已签字知悉金损", En: "The customer signed that metal is lost"},
		Help:  rule.Text{ZhCN: "抛光会有金损，开工前说明并签字。", En: "Polishing takes metal off; told and signed for before work starts."}})
)

// From the bench.
var (
	FactFeasible = rule.BoolFact("service.feasible", rule.Def{Stage: rule.AtInspection, Ask: rule.Inspector,
		Label: rule.Text{ZhCN: "师傅确认可以做", En: "The bench can do it"},
		Help:  rule.Text{ZhCN: "如排镶、硬金、卡镶戒指可能改不了圈。", En: "An eternity band, hard gold or a tension setting may not be resized."}})
	FactMaterialCost = rule.MoneyFact("repair.material_cost", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "材料成本", En: "Cost of materials"}})
	FactQuote = rule.MoneyFact("quote.amount", rule.Def{Stage: rule.AtInspection, Ask: rule.Agent | rule.Inspector,
		Label: rule.Text{ZhCN: "报价", En: "Quote"}})
	FactQuoteAgreedOn = rule.DateFact("quote.agreed_on", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "顾客确认报价的日期", En: "Quote agreed on"}})
	FactLeadDays = rule.IntFact("quote.lead_days", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Max: 3650,
		Label: rule.Text{ZhCN: "报价时约定的工期（天）", En: "Days agreed for the work"}})
	FactQuoteAccepted = rule.BoolFact("quote.accepted", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Customer,
		Label: rule.Text{ZhCN: "报价已确认（免费项目为是）", En: "Quote accepted, or the work is free"}})
	FactQuotePaid = rule.BoolFact("quote.paid", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "费用已收（免费或取件时付为是）", En: "Paid, free, or to be paid on collection"}})
	FactPartsReady = rule.BoolFact("repair.parts_ready", rule.Def{Stage: rule.AtApplication, Ask: rule.System | rule.Agent,
		Label: rule.Text{ZhCN: "配件已备齐（不需要为是）", En: "Parts are here, or none are needed"}})
	FactOverdue = rule.BoolFact("service.overdue", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "已过约定的完工日", En: "The agreed day has passed"}})
	FactStubShown = rule.BoolFact("pickup.stub_shown", rule.Def{Stage: rule.After, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "出示了取件凭证（回执联）", En: "The stub was shown"}})
	FactReturnConfirmed = rule.BoolFact("service.return_confirmed", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer | rule.Agent,
		Label: rule.Text{ZhCN: "回邮地址已核对", En: "Return address confirmed"}})
)

// What the take-in found when the piece was compared with its booklet.
var (
	FactLighter = rule.IntFact("goods.lighter_mg", rule.Def{Stage: rule.AtReceipt, Ask: rule.Warehouse | rule.Agent, Max: 1_000_000_000,
		Label: rule.Text{ZhCN: "比手册轻（毫克）", En: "Lighter than the booklet says (mg)"},
		Help:  rule.Text{ZhCN: "手册克重减复重；没轻为 0。", En: "Weight in the booklet less weight on the scales; 0 where it is no lighter."}})
	FactStoneMissing = rule.BoolFact("goods.stone_missing", rule.Def{Stage: rule.AtReceipt, Ask: rule.Warehouse | rule.Agent,
		Label: rule.Text{ZhCN: "缺石、缺件", En: "A stone or part is missing"}})
	FactDifferenceSettled = rule.BoolFact("goods.difference_settled", rule.Def{Stage: rule.AtReceipt, Ask: rule.Agent,
		Label: rule.Text{ZhCN: "差异已与顾客确认", En: "The customer has answered about the difference"}})
)

func word(w, zh, en string) rule.Choice {
	return rule.Choice{Word: w, Label: rule.Text{ZhCN: zh, En: en}}
}

// works are the works of the bench and the counter: repair, processing, consulting.
var works = []rule.Choice{
	word("resize", "改指圈", "Resize"), word("weld", "断裂焊接", "Weld a break"), word("reinforce", "加固（固石）", "Reinforce, tighten stones"),
	word("clean", "清洗", "Clean"), word("renew", "翻新", "Renew"), word("polish", "抛光", "Polish"), word("care", "保养", "Care"),
	word("reshape", "整形", "Reshape"), word("prong", "种爪", "Rebuild a prong"), word("stone_repair", "修石、配石", "Repair or replace a stone"),
	word("stone_check", "钻石松动检查", "Check for loose stones"), word("gold_wrap", "包金修复", "Mend with a gold band"),
	word("add_clasp", "加扣", "Add a clasp"), word("bezel", "包边", "Bezel"), word("set_stone", "镶嵌", "Set a stone"), word("restyle", "改款", "Restyle"),
	word("wax_carve", "雕蜡", "Carve wax"), word("plate", "电镀", "Plate"), word("engrave", "雕刻、刻字", "Engrave"), word("smelt", "熔炼", "Smelt"),
	word("cast", "倒模", "Cast"), word("finish", "执模", "Finish"), word("custom", "量身定做", "Made to measure"),
	word("test", "检测", "Test"), word("appraise", "鉴定", "Appraise"), word("grade", "分级", "Grade"), word("certify", "出证", "Certify"),
	word("teach", "珠宝科普培训", "Talks on jewellery"), word("install", "安装、调试", "Install and adjust"),
}

var serviceVocabulary = []rule.Fact{FactSlip, FactCertificate, FactBooklet, FactWork, FactMode, FactEnlarge, FactPlainLetters, FactResizingsUsed,
	FactEngravingsUsed, FactListed, FactTariff, FactLossTold, FactFeasible, FactMaterialCost, FactQuote, FactQuoteAgreedOn, FactLeadDays,
	FactQuoteAccepted, FactQuotePaid, FactPartsReady, FactOverdue, FactStubShown, FactReturnConfirmed, FactLighter, FactStoneMissing,
	FactDifferenceSettled}
