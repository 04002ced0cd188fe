package alipay

// Reasons of a bounce, as the cashier reads them beside the provider's own words, which are Chinese.
const (
	balanceShort   = "支付宝账户余额不足，请充值后重试"
	accountGone    = "顾客的支付宝账户异常，请征得顾客同意后改用其他方式退款"
	paymentUnknown = "支付宝查不到这笔交易，请核对订单的支付宝交易号"
	tooLate        = "交易已完结，超过可退款期限；请征得顾客同意后改用其他方式退款"
	tooMuch        = "退款金额超过这笔交易还可退的金额"
	noReference    = "订单没有支付宝交易号，无法原路退回，请改用其他方式"
	otherCurrency  = "支付宝境内退款只支持人民币"
	numberUsed     = "该退款请求号已用于另一笔退款，请到支付宝商家平台核对"
)
