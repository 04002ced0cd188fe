package term

// peopleWords is what people, their places and their papers are called.
var peopleWords = map[string]Word{
	// What becomes of goods that came back
	"becomes.restock":     {"可再上架", "可再上架", "Into stock"},
	"becomes.sell_marked": {"按实际成色另行销售", "依實際成色另行銷售", "Sold as what it is"},
	"becomes.to_supplier": {"返厂", "退回原廠", "Back to the supplier"},
	"becomes.destroy":     {"销毁", "銷毀", "Destroyed"},
	// What a case is about
	"class.consultation":    {"咨询", "諮詢", "Question"},
	"class.return_exchange": {"退换货", "退換貨", "Return or exchange"},
	"class.quality":         {"质量问题", "品質問題", "Quality"},
	"class.logistics":       {"物流", "物流", "Delivery"},
	"class.complaint":       {"投诉", "客訴", "Complaint"},

	// How the customer reached us
	"channel.chat":     {"在线客服", "線上客服", "Chat"},
	"channel.phone":    {"电话", "電話", "Phone"},
	"channel.web":      {"网站", "網站", "Web site"},
	"channel.store":    {"门店", "門市", "Store"},
	"channel.email":    {"邮件", "電子郵件", "E-mail"},
	"channel.social":   {"社交媒体", "社群媒體", "Social media"},
	"channel.platform": {"平台", "平台", "Marketplace"},

	// Who speaks
	"from.customer": {"顾客", "顧客", "Customer"},
	"from.staff":    {"客服", "客服", "Staff"},
	"from.system":   {"系统", "系統", "System"},

	// People
	"role.agent":               {"售后客服", "售後客服", "Service agent"},
	"role.clerk":               {"专柜店员", "專櫃店員", "Counter clerk"},
	"role.warehouse":           {"仓库验货员", "倉庫驗貨員", "Warehouse checker"},
	"role.repairer":            {"维修师傅", "維修師傅", "Repairer"},
	"role.appraiser":           {"鉴定师", "鑑定師", "Appraiser"},
	"role.finance":             {"财务", "財務", "Finance"},
	"role.supervisor":          {"售后主管", "售後主管", "Supervisor"},
	"role.policy_admin":        {"规则管理员", "規則管理員", "Policy administrator"},
	"role.vendor":              {"外协厂家", "委外廠商", "Outside vendor"},
	"role.store_manager":       {"店长", "店長", "Store manager"},
	"role.membership_reviewer": {"会员审核员", "會員審核員", "Membership reviewer"},
	"role.marketing":           {"市场", "行銷", "Marketing"},
	"role.shipping":            {"发货员", "出貨員", "Shipping"},
	"role.quality_reviewer":    {"质检员", "品檢員", "Quality reviewer"},
	"role.admin":               {"管理员", "管理員", "Administrator"},

	// Desks
	"desk.inbox":     {"接待台", "接待台", "Inbox"},
	"desk.counter":   {"专柜", "專櫃", "Counter"},
	"desk.receiving": {"收货验货", "收貨驗貨", "Receiving"},
	"desk.bench":     {"工坊", "工坊", "Bench"},
	"desk.cashier":   {"打款台", "撥款台", "Cashier"},
	"desk.floor":     {"主管看板", "主管看板", "Floor"},
	"desk.studio":    {"规则工作室", "規則工作室", "Policy studio"},
	"desk.portal":    {"顾客自助", "顧客自助", "Self-service"},

	// Papers and things
	"thing.case":              {"售后单", "售後單", "Case"},
	"thing.service_line":      {"售后明细", "售後明細", "Case line"},
	"thing.registration_form": {"送修登记单", "送修登記單", "Intake form"},
	"thing.stub":              {"取件凭证（回执联）", "取件憑單", "Pick-up stub"},
	"thing.booklet":           {"售后服务手册", "售後服務手冊", "Service booklet"},
	"thing.certificate":       {"鉴定证书", "鑑定證書", "Certificate"},
	"thing.ring_size":         {"圈口", "戒圍（手鐲：手圍）", "Ring or bangle size"},
	"thing.tamper_tag":        {"防伪扣", "防偽扣", "Tamper tag"},
	"thing.entitlement":       {"售后权益", "售後權益", "Entitlement"},
	"thing.decision_why":      {"判定依据", "判定依據", "Why"},
	"thing.what_if":           {"如果…会怎样", "如果…會怎樣", "What if"},
	"thing.waybill":           {"快递单号", "託運單號", "Waybill number"},
	"thing.quick_reply":       {"快捷回复", "罐頭訊息", "Quick reply"},
	"thing.buyer_nick":        {"旺旺昵称", "買家暱稱", "Buyer nickname"},
}

// joined is one table of several; a code that stands in two of them is a mistake of ours.
func joined(tables ...map[string]Word) map[string]Word {
	all := map[string]Word{}
	for _, t := range tables {
		for code, w := range t {
			if _, twice := all[code]; twice {
				panic("term: two words for " + code)
			}
			all[code] = w
		}
	}
	return all
}
