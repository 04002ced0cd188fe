package export

import "github.com/sanbao/sanbao/internal/layout"

// Titles are what exports are known to call the fields of an order, the presets' titles among them, so that the columns
// of a file without a preset can be guessed. A guess is shown to a person, never used unseen.
var Titles = []layout.Column{
	must("order_no", "订单号", "订单编号", "主订单编号", "Name", "Order number", "Order ID"),
	may("sub_no", "子订单编号", "子订单号"),
	must("ordered_at", "下单时间", "订单创建时间", "订单提交时间", "订单成交时间", "Created at", "Order date"),
	may("paid_at", "买家付款时间", "支付完成时间", "订单付款时间", "付款确认时间", "支付时间", "付款时间", "Paid at"),
	may("shipped_at", "发货时间", "商品发货时间", "Fulfilled at"),
	may("ship_by", "承诺发货时间", "应发货时间", "最晚发货时间", "最晚发货日期", "要求最晚发货时间", "发货截止时间", "Latest ship time", "Ship by"),
	may("booked_at", "预约发货时间"),
	may("received_at", "确认收货时间", "订单完成时间", "交易成功时间"),
	may("status", "订单状态", "订单商品状态", "Financial Status"),
	may("buyer", "买家会员名", "下单帐号", "下单账号", "买家昵称", "Email"),
	may("buyer_name", "收货人姓名", "收件人", "客户姓名", "收货人/提货人", "收货人", "Shipping Name"),
	may("buyer_phone", "联系手机", "收件人手机号", "联系电话", "收货人手机号/提货人手机号", "手机", "Phone"),
	may("paid", "买家实际支付金额", "用户实付金额(元)", "订单实付金额", "商品实际成交金额", "订单应付金额", "应付金额", "实付金额", "Total"),
	may("balance", "余额支付"),
	may("freight", "买家应付邮费", "邮费(元)", "运费金额", "运费", "Shipping"),
	may("refunded", "退款金额", "订单已退款金额", "商品已退款金额", "Refunded Amount"),
	may("reference", "支付单号", "支付流水号", "Payment Reference"),
	may("currency", "币种", "Currency"),
	may("sku", "商家编码", "货号", "商家编码-规格维度", "规格编码", "SKU", "Lineitem sku"),
	may("sku_else", "商品编码", "商品ID", "商家编码-商品维度"),
	may("title", "商品名称", "标题", "选购商品", "商品", "Lineitem name"),
	must("quantity", "商品数量", "购买数量", "订购数量", "商品数量(件)", "数量", "Lineitem quantity", "Quantity"),
	may("unit_price", "商品单价", "单价", "京东价", "商品金额", "价格", "Lineitem price"),
	may("line_total", "商品金额小计", "商品总价(元)"),
	may("line_discount", "Lineitem discount"),
	may("serials", "序列号", "SN码", "SN", "IMEI", "Serial number", "Serial numbers"),
}
