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
}
