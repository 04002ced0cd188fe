package term

import "maps"

// Words is the table, by code.
var Words = joined(nouns, verbs)

func joined(parts ...map[string]Word) map[string]Word {
	all := map[string]Word{}
	for _, p := range parts {
		maps.Copy(all, p)
	}
	return all
}

// nouns are what there is, and how it stands.
var nouns = map[string]Word{
	// Whose move a case is
	"case.unassigned": {"待接单", "待接單", "Unassigned"},
	"case.ours":       {"待我方处理", "待我方處理", "Our move"},
	"case.customer":   {"待顾客", "待顧客", "Customer's move"},
	"case.carrier":    {"待快递", "待物流", "Carrier's move"},
	"case.vendor":     {"待外协", "待委外", "Workshop's move"},
	"case.approval":   {"待审批", "待簽核", "Approval"},
	"case.money":      {"待打款", "待撥款", "To pay"},
	"case.closed":     {"已完结", "已結案", "Closed"},

	// Where a line stands: what people see of permission, goods and money
	"status.requested":               {"待审核", "待審核", "To decide"},
	"status.needs_evidence":          {"待补充凭证", "待補憑證", "Evidence needed"},
	"status.needs_facts":             {"待补充信息", "待補資料", "Information needed"},
	"status.awaiting_approval":       {"待主管审批", "待主管簽核", "Waiting for supervisor"},
	"status.offered":                 {"待顾客确认方案", "待顧客確認方案", "Offer sent"},
	"status.approved":                {"已同意", "已同意", "Approved"},
	"status.rejected":                {"已拒绝", "已拒絕", "Declined"},
	"status.cancelled":               {"顾客已撤销", "顧客已取消", "Withdrawn"},
	"status.expired":                 {"逾期未寄回，已关闭", "逾期未寄回，已關閉", "Closed, goods not sent in time"},
	"status.disputed":                {"平台介入中", "平台介入中", "Platform dispute"},
	"status.not_required":            {"无需寄回", "無需寄回", "No return needed"},
	"status.awaiting":                {"待买家寄回", "待買家寄回", "Waiting for parcel"},
	"status.in_transit":              {"退件在途", "退件運送中", "On its way back"},
	"status.signed_for":              {"已签收，待拆包", "已簽收，待拆封", "Arrived, unopened"},
	"status.received":                {"已收货，待验货", "已收貨，待驗貨", "To inspect"},
	"status.discrepant.short":        {"少件", "短少", "Short"},
	"status.discrepant.wrong":        {"退件不符", "退件不符", "Wrong item came back"},
	"status.discrepant.damaged":      {"退件破损", "退件毀損", "Damaged"},
	"status.unclaimed_parcel":        {"无主件", "無主包裹", "Unmatched parcel"},
	"status.quarantined":             {"隔离待查", "隔離待查", "Quarantined"},
	"status.ready_for_handover":      {"待取件", "待取件", "Ready to collect"},
	"status.overdue_pickup":          {"超期未取", "逾期未取", "Not collected"},
	"status.handed_back":             {"已取走", "已取走", "Collected"},
	"status.lost":                    {"丢件", "遺失", "Lost"},
	"status.refused_delivery":        {"买家拒收", "買家拒收", "Refused at the door"},
	"status.signed_by_other":         {"他人代签", "他人代收", "Signed by someone else"},
	"status.to_ship":                 {"待发货", "待出貨", "To ship"},
	"status.stock_reserved":          {"已锁库存", "已保留庫存", "Stock held"},
	"status.no_stock":                {"缺货，待与顾客商量", "缺貨，待與顧客商量", "Out of stock, ask the customer"},
	"status.shipped":                 {"已发出", "已出貨", "Shipped"},
	"status.delivered":               {"买家已签收", "買家已簽收", "Delivered"},
	"status.intercepting":            {"拦截中", "攔截中", "Stopping parcel"},
	"status.intercepted":             {"拦截成功", "攔截成功", "Stopped"},
	"status.intercept_failed":        {"拦截失败", "攔截失敗", "Could not stop"},
	"status.computed":                {"已核算", "已試算", "Amount worked out"},
	"status.awaiting_payment":        {"待顾客付款", "待顧客付款", "Waiting for payment"},
	"status.awaiting_approval.money": {"待财务审核", "待財務審核", "Finance to approve"},
	"status.approved_to_pay":         {"待打款", "待撥款", "To pay"},
	"status.processing":              {"退款处理中", "退款處理中", "Refund under way"},
	"status.failed":                  {"打款失败", "撥款失敗", "Payment failed"},
	"status.settled":                 {"已到账", "已入帳", "Paid"},
	"status.on_platform":             {"平台退款（请到千牛操作）", "平台退款", "Refund on the marketplace"},
	"status.refused_parcel":          {"已拒收退件", "已拒收退件", "Parcel refused by us"},
	"status.voided":                  {"已作废", "已作廢", "Voided"},

	// Where a line stands, in a seller remark, where that is said shorter there
	"standing.awaiting":    {"待寄回", "待寄回", "waiting for parcel"},
	"standing.on_platform": {"待平台退款", "待平台退款", "refund on the marketplace"},

	// What an inspection says
	"inspection.passed": {"验货通过", "驗貨通過", "Passed"},
	"inspection.failed": {"验货不通过", "驗貨未過", "Failed"},

	// Parcels, whichever way they go
	"movement.announced":  {"待买家寄回", "待買家寄回", "Waiting for parcel"},
	"movement.in_transit": {"在途", "運送中", "On its way"},
	"movement.signed_for": {"已签收，待拆包", "已簽收，待拆封", "Arrived, unopened"},
	"movement.received":   {"已收货", "已收貨", "Received"},
	"movement.discrepant": {"收件不符", "收件不符", "Differs from what was announced"},
	"movement.refused":    {"已拒收退件", "已拒收退件", "Refused by us"},
	"movement.to_ship":    {"待发货", "待出貨", "To ship"},
	"movement.delivered":  {"买家已签收", "買家已簽收", "Delivered"},
	"movement.lost":       {"丢件", "遺失", "Lost"},
	"movement.cancelled":  {"已取消", "已取消", "Cancelled"},
	"movement.no_stock":   {"缺货", "缺貨", "Out of stock"},

	"movement.intercepting":     {"拦截中", "攔截中", "Stopping parcel"},
	"movement.intercepted":      {"拦截成功", "攔截成功", "Stopped"},
	"movement.intercept_failed": {"拦截失败", "攔截失敗", "Could not stop"},
	"movement.refused_delivery": {"买家拒收", "買家拒收", "Refused at the door"},

	// Amounts, one by one
	"settlement.computed":          {"已核算", "已試算", "Amount worked out"},
	"settlement.awaiting_approval": {"待财务审核", "待財務審核", "Finance to approve"},
	"settlement.to_pay":            {"待打款", "待撥款", "To pay"},
	"settlement.processing":        {"退款处理中（已发起）", "退款處理中（已發起）", "Refund under way"},
	"settlement.failed":            {"打款失败", "撥款失敗", "Payment failed"},
	"settlement.settled":           {"已到账", "已入帳", "Paid"},
	"settlement.voided":            {"已作废", "已作廢", "Voided"},
	"settlement.awaiting_payment":  {"待顾客付款", "待顧客付款", "Waiting for payment"},

	// How money goes back
	"route.gateway":        {"原路退回", "原路退回", "To the original payment"},
	"route.marketplace":    {"平台退款", "平台退款", "On the marketplace"},
	"route.bank":           {"银行转账", "銀行轉帳", "Bank transfer"},
	"route.cash":           {"现金", "現金", "Cash"},
	"route.in_kind":        {"原样退回（积分、券）", "原樣退回（點數、券）", "In kind (points, vouchers)"},
	"route.small_transfer": {"小额打款", "小額匯款", "Small transfer"},

	// What was paid with
	"tender.alipay":       {"支付宝", "支付寶", "Alipay"},
	"tender.wechat":       {"微信支付", "微信支付", "WeChat Pay"},
	"tender.card":         {"银行卡", "銀行卡", "Card"},
	"tender.cash":         {"现金", "現金", "Cash"},
	"tender.bank":         {"银行转账", "銀行轉帳", "Bank transfer"},
	"tender.points":       {"积分", "點數", "Points"},
	"tender.balance":      {"余额", "餘額", "Balance"},
	"tender.taobao":       {"淘宝", "淘寶", "Taobao"},
	"tender.douyin":       {"抖店", "抖店", "Douyin"},
	"tender.jd":           {"京东", "京東", "JD"},
	"tender.pdd":          {"拼多多", "拼多多", "Pinduoduo"},
	"tender.shopify":      {"Shopify 支付", "Shopify 付款", "Shopify"},
	"tender.stored_value": {"储值卡", "儲值卡", "Stored value"},
	"tender.coupon":       {"优惠券", "優惠券", "Coupon"},

	// What a parcel is for
	"purpose.return":       {"退回", "退回", "Return"},
	"purpose.send_back":    {"寄还顾客", "寄還顧客", "Sent back"},
	"purpose.exchange_out": {"换货发出", "換貨寄出", "Exchange sent"},
	"purpose.reissue":      {"补发", "補寄", "Sent again"},
	"purpose.intercept":    {"快递拦截", "包裹攔截", "Stopped on its way"},

	// What carriers say
	"tracking.collected":        {"已揽收", "已攬收", "Collected"},
	"tracking.in_transit":       {"运输中", "運送中", "On its way"},
	"tracking.out_for_delivery": {"派送中", "派送中", "Out for delivery"},
	"tracking.signed":           {"已签收", "已簽收", "Signed for"},
	"tracking.problem":          {"派送异常", "派送異常", "Problem"},
	"tracking.returned":         {"退回途中", "退回途中", "Going back"},
	"signed_by.self":            {"本人签收", "本人簽收", "By the addressee"},
	"signed_by.family":          {"家人代收", "家人代收", "By the family"},
	"signed_by.station":         {"驿站代收", "代收點代收", "At a pick-up station"},
	"signed_by.locker":          {"快递柜签收", "智慧櫃簽收", "In a parcel locker"},
	"signed_by.unknown":         {"签收人不明", "簽收人不明", "Not said by whom"},

	// Work
	"job.inspecting":              {"检测中", "檢測中", "Under inspection"},
	"job.appraising":              {"鉴定中", "鑑定中", "Under appraisal"},
	"job.awaiting_quote_approval": {"待确认报价", "待確認報價", "Quote sent"},
	"job.approved_to_start":       {"待开工", "待開工", "Ready to start"},
	"job.waiting_parts":           {"待配件", "待料", "Waiting for parts"},
	"job.in_progress":             {"维修中", "維修中", "In work"},
	"job.at_vendor":               {"外协中", "委外中", "At outside workshop"},
	"job.quality_check":           {"待质检", "待品檢", "Quality check"},
	"job.done":                    {"已完工", "已完工", "Work done"},
	"job.abandoned":               {"不修退回", "不修退回", "Returned unrepaired"},

	// Remedies
	"remedy.refund_return":     {"退货退款", "退貨退款", "Return and refund"},
	"remedy.refund_only":       {"仅退款", "僅退款", "Refund, keep the goods"},
	"remedy.exchange":          {"换货", "換貨", "Exchange"},
	"remedy.reissue":           {"补发", "補寄", "Send again"},
	"remedy.repair":            {"维修", "維修", "Repair"},
	"remedy.local_repair":      {"就近维修报销", "就近維修核銷", "Local repair, refunded"},
	"remedy.care":              {"保养清洗", "保養清洗", "Care and cleaning"},
	"remedy.processing":        {"加工改款", "加工改款", "Restyling"},
	"remedy.resizing":          {"改圈口", "改戒圍", "Resizing"},
	"remedy.engraving":         {"刻字", "刻字", "Engraving"},
	"remedy.appraisal":         {"送检鉴定", "送檢鑑定", "Appraisal"},
	"remedy.trade_in.style":    {"以旧换新", "以舊換新", "Trade-in"},
	"remedy.trade_in.material": {"旧料换新（按克）", "舊料換新（以克計）", "Old metal for new"},
	"remedy.interception":      {"快递拦截", "包裹攔截", "Stop the parcel"},
	"remedy.compensation":      {"赔付", "賠付", "Compensation"},
	"remedy.goodwill":          {"关怀补偿", "關懷補償", "Goodwill"},
	"remedy.price_protection":  {"价保退差", "價差退還", "Price protection"},
	"remedy.loaner":            {"备用件", "備用品", "Loaner"},
	"remedy.trade_in_style":    {"以旧换新", "以舊換新", "Trade-in"},
	"remedy.trade_in_material": {"旧料换新（按克）", "舊料換新（以克計）", "Old metal for new"},

	// Reasons
	"ground.no_reason":            {"七天无理由", "七日鑑賞期退貨", "No reason"},
	"ground.size_mismatch":        {"尺码不合适", "尺寸不合", "Wrong size for me"},
	"ground.dislike_style":        {"款式不喜欢", "款式不喜歡", "Not to my taste"},
	"ground.quality":              {"质量问题", "品質問題", "Quality fault"},
	"ground.description_mismatch": {"与描述不符", "與描述不符", "Not as described"},
	"ground.wrong_item":           {"发错货", "出錯貨", "Wrong item sent"},
	"ground.short_item":           {"少发漏发", "漏寄", "Item missing"},
	"ground.transport_damage":     {"运输破损", "運送損壞", "Damaged in transit"},
	"ground.not_received":         {"未收到货", "未收到貨", "Not received"},
	"ground.allergy":              {"过敏不适", "過敏不適", "Skin reaction"},
	"ground.counterfeit":          {"怀疑假货", "疑似仿冒", "Doubted genuine"},
	"ground.late_dispatch":        {"未按时发货", "延遲出貨", "Late dispatch"},
	"ground.human_damage":         {"非质量损坏", "人為損壞", "Own damage"},

	// Fault
	"fault.shop":         {"我方责任", "我方責任", "Our fault"},
	"fault.customer":     {"顾客原因", "顧客因素", "Customer's reason"},
	"fault.carrier":      {"快递责任", "物流責任", "Carrier's fault"},
	"fault.supplier":     {"供应商责任", "供應商責任", "Supplier's fault"},
	"fault.undetermined": {"责任待定", "責任待釐清", "Fault not settled"},

	// Who bears it inside
	"party.customer":     {"顾客", "顧客", "Customer"},
	"party.shop":         {"我方", "我方", "Us"},
	"party.supplier":     {"供应商", "供應商", "Supplier"},
	"party.warehouse":    {"仓库", "倉庫", "Warehouse"},
	"party.carrier":      {"快递", "物流", "Carrier"},
	"party.agent":        {"客服", "客服", "Agent"},
	"party.product":      {"商品本身", "商品本身", "The article itself"},
	"party.undetermined": {"责任待定", "責任待釐清", "Not settled"},

	// Freight legs
	"leg.outbound": {"首次发货运费", "首次運費", "First delivery"},
	"leg.return":   {"退回运费", "退回運費", "Return leg"},
	"leg.resend":   {"换货/寄回运费", "再寄運費", "Second delivery"},
	"leg.refused":  {"拒收退回运费", "拒收退回運費", "Refused-parcel leg"},

	// Freight
	"freight.advanced":          {"顾客先垫付", "顧客先墊付", "Paid in advance by customer"},
	"freight.collect":           {"到付", "運費到付", "Freight collect"},
	"freight.freight_insurance": {"运费险", "退貨運費險", "Return-freight insurance"},
	"freight.insured_value":     {"保价", "報值", "Insured value"},

	// Money
	"money.original_tender":  {"原路退回", "原路退回", "To the original payment"},
	"money.paid":             {"实付", "實付", "Paid"},
	"money.refundable":       {"可退金额", "可退金額", "Refundable"},
	"money.top_up":           {"补差价", "補差額", "Price difference to pay"},
	"money.difference_back":  {"退差价", "退差額", "Difference back"},
	"less.gift_price":        {"赠品未退回", "贈品未退回", "Gift that stays"},
	"less.lost_discount":     {"失去的优惠", "失去的優惠", "Reduction that is lost"},
	"less.threshold_freight": {"不再满足包邮的运费", "不再滿足免運的運費", "Freight, as delivery is no longer free"},
	"less.card_fee":          {"免收的刷卡手续费", "免收的刷卡手續費", "Waived card fee"},
	"money.small_transfer":   {"小额打款", "小額匯款", "Small transfer"},
	"money.depreciation_fee": {"折旧费", "折舊費", "Depreciation fee"},
	"money.labour":           {"工费", "工資", "Labour"},
	"money.materials":        {"材料费", "材料費", "Materials"},
	"money.per_gram":         {"按克计价", "以克計價", "By weight"},
	"money.fixed_price":      {"一口价", "定價品", "Fixed price"},
	"money.gold_price":       {"今日金价", "今日金價", "Gold price today"},
	"money.metal_loss":       {"金损", "金耗", "Metal loss"},
	"money.red_invoice":      {"发票红冲", "發票折讓", "Credit note"},
	"money.points_clawback":  {"积分追回", "點數追回", "Points taken back"},

	// Time
	"time.first_response":     {"首响", "首次回覆", "First response"},
	"time.due":                {"截止时间", "期限", "Due"},
	"time.warning":            {"即将超时", "即將逾時", "Due soon"},
	"time.breached":           {"已超时", "已逾時", "Overdue"},
	"time.paused":             {"计时暂停（等顾客）", "計時暫停（等顧客）", "Paused, waiting for customer"},
	"time.platform_countdown": {"平台倒计时", "平台倒數", "Marketplace deadline"},
	"time.working_day":        {"工作日", "工作天", "Working day"},
	"time.makeup_day":         {"调休上班日", "補班日", "Make-up working day"},
	"time.promise":            {"对顾客的承诺", "對顧客的承諾", "Promise"},

	// Deadlines
	"due.pay":      {"我方打款截止", "我方撥款期限", "Our last day to pay"},
	"due.answer":   {"顾客答复截止", "顧客答覆期限", "Customer answers by"},
	"due.send":     {"顾客寄回截止", "顧客寄回期限", "Customer sends by"},
	"due.tell":     {"告知顾客截止", "告知顧客期限", "Our last day to tell the customer"},
	"due.platform": {"平台倒计时", "平台倒數", "Marketplace deadline"},

	// Saved views of the inbox
	"view.all":              {"全部在办", "全部處理中", "All open"},
	"view.mine":             {"我的", "我的", "Mine"},
	"view.unassigned":       {"待接单", "待接單", "Unassigned"},
	"view.overdue":          {"已超时", "已逾時", "Overdue"},
	"view.due_today":        {"今日到期", "今日到期", "Due today"},
	"view.waiting_customer": {"待顾客", "待顧客", "Waiting for customer"},
	"view.to_receive":       {"待收货验货", "待收貨驗貨", "To receive"},
	"view.to_pay":           {"待打款", "待撥款", "To pay"},
	"view.to_approve":       {"待审批", "待簽核", "To approve"},

	// How pressing
	"urgency.overdue": {"已超时", "已逾時", "Overdue"},
	"urgency.soon":    {"即将超时", "即將逾時", "Due soon"},
	"urgency.today":   {"今日到期", "今日到期", "Due today"},
	"urgency.waiting": {"等您处理", "等您處理", "Waits for you"},

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

	// The first word of a seller remark
	"tag.refund_return": {"退货", "退貨", "Return"},
	"tag.refund_only":   {"仅退款", "僅退款", "Refund"},
	"tag.exchange":      {"换货", "換貨", "Exchange"},
	"tag.local_repair":  {"就近维修", "就近維修", "Local repair"},

	// Who bears the way back, in a seller remark
	"bears.customer":         {"运费顾客自理", "運費顧客自理", "freight: customer"},
	"bears.customer_insured": {"运费顾客自理（有运费险）", "運費顧客自理（有退貨運費險）", "freight: customer (insured)"},
	"bears.shop":             {"运费我方承担", "運費我方負擔", "freight: us"},
}
