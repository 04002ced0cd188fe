package term

// exchange is what exchanges, and the stock they need, add to the table.
var exchange = map[string]Word{
	"status.no_stock":             {"缺货，待与顾客商量", "缺貨，待與顧客商量", "Out of stock, ask the customer"},
	"movement.no_stock":           {"缺货", "缺貨", "Out of stock"},
	"settlement.awaiting_payment": {"待顾客付款", "待顧客付款", "Waiting for payment"},
	"due.tell":                    {"告知顾客截止", "告知顧客期限", "Our last day to tell the customer"},

	"command.change_wanted":  {"换其他款", "換其他款", "Another article"},
	"command.refund_instead": {"改为退款", "改為退款", "Refund instead"},
	"command.out_of_stock":   {"登记缺货", "登錄缺貨", "Out of stock"},
	"command.in_stock":       {"有货了，安排发出", "有貨了，安排寄出", "In stock, send it"},
	"command.check_out":      {"出库核对", "出庫核對", "Check before it leaves"},
	"command.tell":           {"登记已告知顾客", "登錄已告知顧客", "Customer was told"},
	"command.collect":        {"登记已收差价", "登錄已收差額", "Difference received"},
	"command.collect_order":  {"用补差订单抵", "用補差訂單抵", "Met by another order"},

	"status.awaiting_hold":     {"待顾客冻结押金", "待顧客凍結押金", "Waiting for the deposit"},
	"status.to_capture":        {"待扣押金", "待扣押金", "Deposit to capture"},
	"status.to_release":        {"待解冻押金", "待解凍押金", "Deposit to release"},
	"settlement.awaiting_hold": {"待冻结", "待凍結", "Waiting to be held"},
	"settlement.on_hold":       {"已冻结", "已凍結", "Held"},
	"settlement.waived":        {"已免押", "已免押", "Waived"},
	"settlement.to_capture":    {"待扣款", "待扣款", "To capture"},
	"settlement.to_release":    {"待解冻", "待解凍", "To release"},
	"settlement.captured":      {"已扣款", "已扣款", "Captured"},
	"settlement.released":      {"已解冻", "已解凍", "Released"},

	"command.advance":      {"先行换货", "先行換貨", "Exchange in advance"},
	"command.place_hold":   {"登记押金已冻结", "登錄押金已凍結", "Deposit is held"},
	"command.waive_hold":   {"免押金", "免押金", "Waive the deposit"},
	"command.extend":       {"延长寄回期限", "延長寄回期限", "More time to send it"},
	"command.capture_hold": {"扣押金", "扣押金", "Claim the deposit"},
	"command.release_hold": {"放开押金", "放開押金", "Let the deposit go"},
	"command.captured":     {"登记已扣款", "登錄已扣款", "Deposit captured"},
	"command.released":     {"登记已解冻", "登錄已解凍", "Deposit released"},
}
