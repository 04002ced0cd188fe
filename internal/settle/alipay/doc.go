// Package alipay refunds payments of Alipay through the open platform's gateway, as a settle.Gateway.
//
// What is followed are the provider's public documents: alipay.trade.refund (https://docs.open.alipay.com/api_1/alipay.trade.refund),
// alipay.trade.fastpay.refund.query (https://docs.open.alipay.com/api_1/alipay.trade.fastpay.refund.query) and 签名 (RSA2: RSA with
// SHA-256), with public keys or certificates (公钥证书, https://docs.open.alipay.com/291/106118; certificate.go). Amounts are in yuan with two decimals.
//
// Nothing an answer says is believed before its signature is verified, refusals included. An answer bears no time: one that is
// played again says of this very trade and number what was true before, and says nothing of another. A refund whose answer does not say
// that money moved is asked about; a refusal is a bounce only when the provider, asked for the number, has no refund of it.
// The provider's numbers of refunds are each payment's own. It tells of refunds only where the payment itself was told to, so there are no
// notifications here.
package alipay
