package term

// carrierWords is what carriers say, are asked, and pay.
var carrierWords = map[string]Word{
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

	// Enquiries with carriers, and claims on them
	"enquiry.asked":             {"等快递答复", "等物流答覆", "Carrier to answer"},
	"enquiry.answered":          {"快递已答复", "物流已答覆", "Carrier answered"},
	"enquiry.closed":            {"查件已结", "查件已結", "Enquiry ended"},
	"enquiry_kind.no_scan":      {"没有揽收记录", "沒有攬收紀錄", "Never scanned"},
	"enquiry_kind.stuck":        {"物流停滞", "物流停滯", "Stuck"},
	"enquiry_kind.not_received": {"显示签收，没收到", "顯示簽收，沒收到", "Signed for, not received"},
	"enquiry_kind.lost":         {"疑似丢件", "疑似遺失", "Perhaps lost"},
	"enquiry_kind.damaged":      {"运输破损", "運送破損", "Damaged"},
	"verdict.found":             {"找到了，继续派送", "找到了，繼續派送", "Found, goes on"},
	"verdict.lost":              {"确认丢件", "確認遺失", "Lost"},
	"verdict.damaged":           {"确认破损", "確認破損", "Damaged"},
	"verdict.delivered":         {"有签收凭证", "有簽收憑證", "Proof of delivery"},
	"claim.to_file":             {"待索赔", "待求償", "To claim"},
	"claim.filed":               {"已提交索赔", "已提出求償", "Claimed"},
	"claim.granted":             {"待快递赔付", "待物流賠付", "Carrier to pay"},
	"claim.refused":             {"快递拒赔", "物流拒賠", "Refused"},
	"claim.received":            {"赔款已到账", "賠款已入帳", "Recovered"},
	"claim.dropped":             {"不再索赔", "不再求償", "Dropped"},
	"claim_reason.lost":         {"丢件", "遺失", "Lost"},
	"claim_reason.damaged":      {"破损", "破損", "Damaged"},
	"claim_reason.short":        {"途中少件", "途中短少", "Short on arrival"},

	// Buttons and actions
	"command.carrier_answered": {"登记快递答复", "登錄物流答覆", "Note the carrier's answer"},
	"command.tell_customer":    {"登记已反馈顾客", "登錄已回報顧客", "Note the customer was told"},
	"command.chase_carrier":    {"登记催办", "登錄催辦", "Note asked once more"},
	"command.close_enquiry":    {"查件结束", "查件結束", "End the enquiry"},
	"command.file_claim":       {"提交索赔", "提出求償", "File the claim"},
	"command.claim_granted":    {"快递同意赔付", "物流同意賠付", "Carrier agrees to pay"},
	"command.claim_refused":    {"快递拒赔", "物流拒賠", "Carrier refuses"},
	"command.claim_received":   {"登记赔款到账", "登錄賠款入帳", "Note the money came in"},
	"command.drop_claim":       {"放弃索赔", "放棄求償", "Drop the claim"},
	"action.enquire":           {"查件", "查件", "Ask the carrier"},
	"action.claim_carrier":     {"向快递索赔", "向物流求償", "Claim from the carrier"},
	"action.track":             {"登记物流状态", "登錄物流狀態", "Note what the carrier says"},

	// Deadlines
	"due.update": {"反馈物流进度", "回報物流進度", "Tell the customer by"},
	"due.solve":  {"物流问题解决期限", "物流問題解決期限", "Solve by"},
}
