// Package wechatpay refunds payments of WeChat Pay by its API v3, as a settle.Gateway.
//
// What is followed are the provider's public documents: 退款申请 and 查询单笔退款 (POST and GET /v3/refund/domestic/refunds),
// 退款结果通知 (https://pay.weixin.qq.com/doc/v3/merchant/4012082022), 签名生成, 签名验证, 下载平台证书 (GET /v3/certificates) and
// 微信支付公钥 (https://pay.weixin.qq.com/doc/v3/merchant/4012154180). Amounts are in fen, yuan alone.
//
// Nothing an answer says is believed before its signature is verified, refusals included; where that fails, nothing is known. A
// refusal is a bounce only when the provider, asked for the number, says that it has no refund of it: what was paid already
// must never look refused. Rate limits and faults of the provider, of the network and of this configuration are errors.
package wechatpay
