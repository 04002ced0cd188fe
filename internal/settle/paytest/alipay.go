package paytest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/alipay"
	"github.com/sanbao/sanbao/internal/settle/rsakey"
	"github.com/sanbao/sanbao/money"
)

const appID = "2021000000000001"

// Alipay plays Alipay's gateway.
type Alipay struct {
	*httptest.Server
	*book
	t         testing.TB
	queryTurn settle.Turn // of the next query
	slow      bool        // the query does not know a refund yet, once
	papers    *papers     // nil: public keys
}

// NewAlipay starts a provider; it ends with the test.
func NewAlipay(t testing.TB, c clock.Clock, turns ...settle.Turn) *Alipay {
	t.Helper()
	a := &Alipay{book: newBook(c, turns), t: t}
	a.Server = httptest.NewServer(http.HandlerFunc(a.gate))
	t.Cleanup(a.Close)
	return a
}

// Config is the merchant's, as the provider knows it.
func (a *Alipay) Config() alipay.Config {
	a.t.Helper()
	if a.papers != nil {
		certs, err := alipay.ReadCertificates(a.Files())
		return alipay.Config{AppID: appID, Sign: signer(a.t, merchantKey), Certificates: must(a.t, certs, err), Host: a.URL + "/gateway.do", Clock: a.clock}
	}
	k, err := providerKey()
	return alipay.Config{AppID: appID, Sign: signer(a.t, merchantKey), Key: &must(a.t, k, err).PublicKey, Host: a.URL + "/gateway.do", Clock: a.clock}
}

// Gateway is a new gateway of the merchant.
func (a *Alipay) Gateway() *alipay.Gateway { return alipay.New(a.Config()) }

// GatewayAt is one whose clock is another than the provider's.
func (a *Alipay) GatewayAt(c clock.Clock) *alipay.Gateway {
	config := a.Config()
	config.Clock = c
	return alipay.New(config)
}

// NextQuery lets the next query take a turn: Fails, Busy, Forged or Unsigned.
func (a *Alipay) NextQuery(turn settle.Turn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queryTurn = turn
}

// Slow lets the query not know the next refund the first time it is asked, as within ten seconds of it.
func (a *Alipay) Slow() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.slow = true
}

// gate lets in requests that the merchant signed within ten minutes, and sends them where they belong.
func (a *Alipay) gate(rw http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		return
	}
	f := r.PostForm
	if why := a.impostor(f); why != "" {
		a.answer(rw, settle.Pays, "error", map[string]string{"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-signature", "sub_msg": why})
		return
	}
	var in struct {
		Trade    string `json:"trade_no"`
		RefundNo string `json:"out_request_no"`
		Amount   string `json:"refund_amount"`
		Cert     string `json:"alipay_cert_sn"`
	}
	if err := json.Unmarshal([]byte(f.Get("biz_content")), &in); err != nil {
		return
	}
	switch f.Get("method") {
	case "alipay.trade.refund":
		a.refundCall(rw, in.Trade, in.RefundNo, in.Amount)
	case "alipay.trade.fastpay.refund.query":
		a.queryCall(rw, in.Trade, in.RefundNo)
	case "alipay.open.app.alipaycert.download":
		a.downloadCall(rw, in.Cert)
	}
}

func (a *Alipay) impostor(f map[string][]string) string {
	get := func(k string) string { return strings.Join(f[k], "") }
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(f)) {
		if k != "sign" && get(k) != "" {
			parts = append(parts, k+"="+get(k))
		}
	}
	k, err := merchantKey()
	if err != nil {
		return err.Error()
	}
	at, err := time.ParseInLocation(time.DateTime, get("timestamp"), shanghai)
	switch {
	case get("app_id") != appID || get("sign_type") != "RSA2" || get("charset") != "utf-8" || get("version") != "1.0":
		return "公共参数不对"
	case err != nil || a.clock.Now().Sub(clock.Of(at)).Abs() >= 10*time.Minute:
		return "时间戳不对"
	case a.papers != nil && (get("app_cert_sn") != a.papers.app.sn || get("alipay_root_cert_sn") != a.papers.root.sn):
		return "证书序列号不对"
	}
	if rsakey.Verify(&k.PublicKey, []byte(strings.Join(parts, "&")), get("sign")) != nil {
		return "验签出错"
	}
	return ""
}

var alipayRefusals = map[string][2]string{
	refusedUnknown:  {"ACQ.TRADE_NOT_EXIST", "交易不存在"},
	refusedOther:    {"ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求"},
	refusedOver:     {"ACQ.REASON_TRADE_REFUND_FEE_ERR", "退款金额无效"},
	refusedOld:      {"ACQ.TRADE_HAS_FINISHED", "交易已经完结"},
	refusedBalance:  {"ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足"},
	refusedScripted: {"ACQ.BUYER_NOT_EXIST", "买家不存在"},
}

func (a *Alipay) refundCall(rw http.ResponseWriter, trade, no, amount string) {
	m, err := money.Parse(amount, "CNY")
	if err != nil || m.Minor < 1 {
		a.answer(rw, settle.Pays, "alipay_trade_refund", map[string]string{"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.INVALID_PARAMETER", "sub_msg": "参数无效"})
		return
	}
	a.mu.Lock()
	captured := int64(0)
	if c := a.captures[trade]; c != nil {
		captured = c.Minor
	}
	a.mu.Unlock()
	e, refusal, turn := a.refund(settle.Payout{PayoutNo: no, Reference: trade, Amount: m, Captured: money.Of(captured, "CNY")})
	if refusal != "" {
		said := alipayRefusals[refusal]
		a.answer(rw, turn, "alipay_trade_refund", map[string]string{"code": "40004", "msg": "Business Failed", "sub_code": said[0], "sub_msg": said[1], "refund_fee": "0.00"})
		return
	}
	a.mu.Lock()
	sum := money.Of(a.captures[trade].refunded, "CNY").Decimal()
	a.mu.Unlock()
	a.answer(rw, turn, "alipay_trade_refund", map[string]string{"code": "10000", "msg": "Success", "trade_no": e.Reference, "fund_change": "Y", "refund_fee": sum})
}

func (a *Alipay) queryCall(rw http.ResponseWriter, trade, no string) {
	a.mu.Lock()
	turn, slow, known := a.queryTurn, a.slow, a.captures[trade] != nil
	a.queryTurn, a.slow = settle.Pays, false
	e := a.refunds[no]
	a.mu.Unlock()
	if !known {
		a.answer(rw, turn, "alipay_trade_fastpay_refund_query", map[string]string{"code": "40004", "msg": "Business Failed", "sub_code": "TRADE_NOT_EXIST", "sub_msg": "交易不存在"})
		return
	}
	if e == nil || e.Reference != trade || e.state == "closed" || slow {
		a.answer(rw, turn, "alipay_trade_fastpay_refund_query", map[string]string{"code": "10000", "msg": "Success"})
		return
	}
	a.answer(rw, turn, "alipay_trade_fastpay_refund_query", map[string]string{"code": "10000", "msg": "Success", "trade_no": trade, "out_request_no": no,
		"refund_amount": e.Amount.Decimal(), "total_amount": e.Captured.Decimal(), "refund_status": "REFUND_SUCCESS",
		"gmt_refund_pay": e.at.Time().In(shanghai).Format(time.DateTime)})
}

// answer sends a signed answer, as the turn says.
func (a *Alipay) answer(rw http.ResponseWriter, turn settle.Turn, name string, body map[string]string) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	switch turn {
	case settle.Unreached, settle.LosesReply:
		hangUp(rw)
		return
	case Fails:
		rw.WriteHeader(http.StatusBadGateway)
		return
	case PaysFails:
		text = []byte(`{"code":"20000","msg":"Service Currently Unavailable","sub_code":"aop.ACQ.SYSTEM_ERROR","sub_msg":"系统异常"}`)
	case Busy:
		text = []byte(`{"code":"40005","msg":"Call Limited","sub_code":"isv.app-call-limited","sub_msg":"应用调用次数超限"}`)
	case ForgedNo:
		text = []byte(`{"code":"40004","msg":"Business Failed","sub_code":"ACQ.SELLER_BALANCE_NOT_ENOUGH","sub_msg":"卖家余额不足"}`)
	}
	k, sn, err := a.signs()
	if turn == Forged || turn == ForgedNo {
		k, err = foreignKey()
	}
	if err != nil {
		return
	}
	sum := sha256.Sum256(text)
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	if err != nil {
		return
	}
	if turn == Altered {
		text = []byte(`{"code":"10000","msg":"Success","fund_change":"Y"}`)
	}
	out := `{"` + name + `_response":` + string(text)
	if turn != Unsigned {
		out += `,"sign":"` + base64.StdEncoding.EncodeToString(sig) + `"`
	}
	if sn != "" {
		out += `,"alipay_cert_sn":"` + sn + `"`
	}
	rw.Header().Set("Content-Type", "application/json;charset=utf-8")
	_, _ = rw.Write([]byte(out + "}")) // a caller who is gone does not read it
}

// AlipayKey is the provider's public key as a file, in the bare form its platform shows.
func AlipayKey(t testing.TB) []byte {
	t.Helper()
	k, err := providerKey()
	der, err2 := x509.MarshalPKIXPublicKey(&must(t, k, err).PublicKey)
	return []byte(base64.StdEncoding.EncodeToString(must(t, der, err2)))
}
