package wechatpay

// Reasons of a bounce, as the cashier reads them beside the provider's own words, which are Chinese.
const (
	balanceShort   = "商户可用退款余额不足，请充值后重试"
	accountGone    = "顾客的微信支付账户已注销，请征得顾客同意后改用其他方式退款"
	paymentUnknown = "微信支付查不到这笔支付，请核对订单的支付单号"
	noReference    = "订单没有微信支付单号，无法原路退回，请改用其他方式"
	otherCurrency  = "微信支付境内退款只支持人民币"
	numberUsed     = "该退款单号已用于另一笔退款，请到微信支付商户平台核对"
	refundClosed   = "微信支付已关闭这笔退款，钱没有退出；可以重试，或改用其他方式"
	refundAbnormal = "退款异常：顾客的银行卡已作废或冻结。请到微信支付商户平台处理后重试；若改用其他方式，就不要再到商户平台处理，以免退两次"
)
