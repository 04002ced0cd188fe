package paytest

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/rsakey"
	"github.com/sanbao/sanbao/internal/settle/wechatpay"
	"github.com/sanbao/sanbao/money"
)

const (
	merchant       = "1900000001"
	merchantSerial = "3775B6A45ACD588826D15E583A95F5DD"
	publicKeyID    = "PUB_KEY_ID_0119000000012024112900000000000001"

	// APIv3Key is the merchant's.
	APIv3Key = "0123456789abcdef0123456789ABCDEF"
)

// WeChat plays WeChat Pay.
type WeChat struct {
	*httptest.Server
	*book
	t         testing.TB
	certs     []platformCert
	signing   int  // which of certs signs
	publicKey bool // the provider's public key signs, and there are no certificates
	downloads int
	nonces    map[string]bool
	queryTurn settle.Turn // of the next query
}

type platformCert struct {
	serial string
	pem    []byte
	key    *rsa.PrivateKey
}

// NewWeChat starts a provider; it ends with the test.
func NewWeChat(t testing.TB, c clock.Clock, turns ...settle.Turn) *WeChat {
	t.Helper()
	w := &WeChat{book: newBook(c, turns), t: t, nonces: map[string]bool{}}
	w.certs = []platformCert{w.certificate(1, providerKey, 5*365*24*time.Hour)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v3/refund/domestic/refunds", w.refundRoute)
	mux.HandleFunc("GET /v3/refund/domestic/refunds/{no}", w.queryRoute)
	mux.HandleFunc("GET /v3/certificates", w.certificateRoute)
	w.Server = httptest.NewServer(w.checked(mux))
	t.Cleanup(w.Close)
	return w
}

func must[T any](t testing.TB, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w *WeChat) certificate(n int64, key func() (*rsa.PrivateKey, error), lasts time.Duration) platformCert {
	k, err := key()
	must(w.t, k, err)
	now := w.clock.Now().Time()
	serial := new(big.Int).Add(must(w.t, new(big.Int), nil).SetBytes([]byte("\x51\x57\xf0\x9e\xfd\xc0\x96\xde")), big.NewInt(n))
	c := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Tenpay.com sign"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lasts)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	must(w.t, der, err)
	return platformCert{strings.ToUpper(serial.Text(16)), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), k}
}

// Config is the merchant's, as the provider knows it.
func (w *WeChat) Config() wechatpay.Config {
	w.t.Helper()
	open, err := rsakey.AESGCM([]byte(APIv3Key))
	must(w.t, open, err)
	c := wechatpay.Config{Merchant: merchant, Serial: merchantSerial, Sign: signer(w.t, merchantKey), Open: open, Host: w.URL, Clock: w.clock}
	if w.publicKey {
		k, err := providerKey()
		c.PlatformKeyID, c.PlatformKey = publicKeyID, &must(w.t, k, err).PublicKey
	}
	return c
}

// Gateway is a new gateway of the merchant.
func (w *WeChat) Gateway() *wechatpay.Gateway { return wechatpay.New(w.Config()) }

// GatewayAt is one whose clock is another than the provider's.
func (w *WeChat) GatewayAt(c clock.Clock) *wechatpay.Gateway {
	config := w.Config()
	config.Clock = c
	return wechatpay.New(config)
}

// MerchantKey is the merchant's private key as a file.
func MerchantKey(t testing.TB) []byte {
	t.Helper()
	k, err := merchantKey()
	der, err2 := x509.MarshalPKCS8PrivateKey(must(t, k, err))
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(t, der, err2)})
}

func signer(t testing.TB, key func() (*rsa.PrivateKey, error)) rsakey.Signer {
	k, err := key()
	s, err2 := rsakey.Private(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(must(t, k, err))}))
	return must(t, s, err2)
}

// UsePublicKey lets the provider sign with its public key pair and have no certificates, as for merchants since 2024.
func (w *WeChat) UsePublicKey() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.publicKey = true
}

// Rotate lets the provider sign with a new certificate from now on. The old one stays in the list.
func (w *WeChat) Rotate(lasts time.Duration) {
	next := w.certificate(int64(len(w.certs))+1, nextKey, lasts)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.certs = append(w.certs, next)
	w.signing = len(w.certs) - 1
}

// Withdraw takes the first certificate off the list.
func (w *WeChat) Withdraw() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.certs, w.signing = w.certs[1:], max(0, w.signing-1)
}

// Downloads is how often the certificates were asked for.
func (w *WeChat) Downloads() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.downloads
}

// NextQuery lets the next query take a turn: Fails, Busy, Forged, Unsigned or Stale.
func (w *WeChat) NextQuery(turn settle.Turn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queryTurn = turn
}

var authorization = regexp.MustCompile(`^WECHATPAY2-SHA256-RSA2048 mchid="(.*)",nonce_str="(.{1,32})",timestamp="(\d+)",serial_no="(.*)",signature="(.*)"$`)

// checked lets in requests that the merchant signed, within five minutes, and each of them once.
func (w *WeChat) checked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		if why := w.impostor(r, body); why != "" {
			rw.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(rw, `{"code":"SIGN_ERROR","message":%q}`, why)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *WeChat) impostor(r *http.Request, body []byte) string {
	m := authorization.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil || m[1] != merchant || m[4] != merchantSerial {
		return "商户号或证书序列号不对"
	}
	seconds, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil || w.clock.Now().Sub(clock.Of(time.Unix(seconds, 0))).Abs() > 5*time.Minute {
		return "时间戳已过期"
	}
	k, err := merchantKey()
	if err != nil {
		return err.Error()
	}
	text := r.Method + "\n" + r.URL.RequestURI() + "\n" + m[3] + "\n" + m[2] + "\n" + string(body) + "\n"
	if err := rsakey.Verify(&k.PublicKey, []byte(text), m[5]); err != nil {
		return "错误的签名，验签失败"
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.nonces[m[2]] {
		return "随机串已用过"
	}
	w.nonces[m[2]] = true
	if w.publicKey && r.Header.Get("Wechatpay-Serial") != publicKeyID {
		return "没有说明用哪个公钥"
	}
	return ""
}

// answer sends a signed answer, as the turn says.
func (w *WeChat) answer(rw http.ResponseWriter, turn settle.Turn, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		return
	}
	switch turn {
	case settle.Unreached, settle.LosesReply:
		hangUp(rw)
		return
	case Fails, PaysFails:
		status, text = http.StatusInternalServerError, []byte(`{"code":"SYSTEM_ERROR","message":"系统异常，请稍后重试"}`)
	case Busy:
		status, text = http.StatusTooManyRequests, []byte(`{"code":"FREQUENCY_LIMITED","message":"频率超限"}`)
	case ForgedNo:
		status, text = http.StatusForbidden, []byte(`{"code":"NOT_ENOUGH","message":"余额不足"}`)
	}
	if turn != Unsigned {
		for k, v := range w.signed(text, turn) {
			rw.Header()[k] = v
		}
	}
	if turn == Altered {
		status, text = http.StatusOK, []byte(`{"refund_id":"1","status":"SUCCESS"}`)
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_, _ = rw.Write(text) // a caller who is gone does not read it
}

func hangUp(rw http.ResponseWriter) {
	if c, _, err := http.NewResponseController(rw).Hijack(); err == nil {
		_ = c.Close() // that is what it is to do
	}
}

// signed are the headers that prove a body to be the provider's.
func (w *WeChat) signed(body []byte, turn settle.Turn) http.Header {
	w.mu.Lock()
	now, serial, k := w.clock.Now(), w.certs[w.signing].serial, w.certs[w.signing].key
	if w.publicKey {
		serial = publicKeyID
		k, _ = providerKey()
	}
	w.mu.Unlock()
	if turn == Forged || turn == ForgedNo {
		k, _ = foreignKey()
	}
	if turn == Stale {
		now = now.Add(-10 * time.Minute)
	}
	at, nonce := strconv.FormatInt(now.Time().Unix(), 10), rand.Text()
	sum := sha256.Sum256([]byte(at + "\n" + nonce + "\n" + string(body) + "\n"))
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	if err != nil {
		return nil
	}
	h := http.Header{}
	h.Set("Wechatpay-Timestamp", at)
	h.Set("Wechatpay-Nonce", nonce)
	h.Set("Wechatpay-Serial", serial)
	h.Set("Wechatpay-Signature", base64.StdEncoding.EncodeToString(sig))
	h.Set("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048")
	return h
}

type fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

var wechatRefusals = map[string]struct {
	status int
	fault
}{
	refusedUnknown:  {404, fault{"RESOURCE_NOT_EXISTS", "订单不存在"}},
	refusedOther:    {400, fault{"INVALID_REQUEST", "商户退款单号重复，退款参数与之前不一致"}},
	refusedOver:     {400, fault{"INVALID_REQUEST", "申请退款金额超过订单可退金额"}},
	refusedTotal:    {400, fault{"PARAM_ERROR", "订单金额与原订单不一致"}},
	refusedOld:      {400, fault{"INVALID_REQUEST", "订单已超过可退款的最大期限(365天)"}},
	refusedBalance:  {403, fault{"NOT_ENOUGH", "基本账户余额不足，请充值后重新发起"}},
	refusedScripted: {403, fault{"USER_ACCOUNT_ABNORMAL", "用户账户注销"}},
}

func (w *WeChat) refundRoute(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		Transaction string `json:"transaction_id"`
		No          string `json:"out_refund_no"`
		Amount      struct {
			Refund, Total int64
			Currency      money.Currency
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Amount.Currency != "CNY" || in.Amount.Refund < 1 {
		w.answer(rw, settle.Pays, 400, fault{"PARAM_ERROR", "参数错误"})
		return
	}
	e, refusal, turn := w.refund(settle.Payout{PayoutNo: in.No, Reference: in.Transaction,
		Amount: money.Of(in.Amount.Refund, "CNY"), Captured: money.Of(in.Amount.Total, "CNY")})
	if refusal != "" {
		no := wechatRefusals[refusal]
		w.answer(rw, turn, no.status, no.fault)
		return
	}
	w.answer(rw, turn, 200, wechatRefund(e))
}

var wechatStates = map[string]string{"accepted": "PROCESSING", "arrived": "SUCCESS", "closed": "CLOSED", "abnormal": "ABNORMAL"}

var shanghai = time.FixedZone("CST", 8*3600)

func wechatRefund(e entry) map[string]any {
	out := map[string]any{"refund_id": e.number, "out_refund_no": e.PayoutNo, "transaction_id": e.Reference, "channel": "ORIGINAL",
		"status": wechatStates[e.state], "create_time": e.at.Time().In(shanghai).Format(time.RFC3339),
		"amount": map[string]any{"total": e.Captured.Minor, "refund": e.Amount.Minor, "payer_total": e.Captured.Minor, "payer_refund": e.Amount.Minor, "currency": "CNY"}}
	if e.state == "arrived" {
		out["success_time"] = e.at.Time().In(shanghai).Format(time.RFC3339)
	}
	return out
}

func (w *WeChat) queryRoute(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	turn := w.queryTurn
	w.queryTurn = settle.Pays
	w.mu.Unlock()
	e, ok := w.query(r.PathValue("no"))
	if !ok {
		w.answer(rw, turn, 404, fault{"RESOURCE_NOT_EXISTS", "退款单不存在"})
		return
	}
	w.answer(rw, turn, 200, wechatRefund(e))
}

func (w *WeChat) certificateRoute(rw http.ResponseWriter, _ *http.Request) {
	w.mu.Lock()
	w.downloads++
	certs, none := w.certs, w.publicKey
	w.mu.Unlock()
	if none {
		w.answer(rw, settle.Pays, 404, fault{"RESOURCE_NOT_EXISTS", "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥"})
		return
	}
	list := []any{}
	for _, c := range certs {
		sealed, err := seal(c.pem, "certificate")
		if err != nil {
			return
		}
		list = append(list, map[string]any{"serial_no": c.serial, "encrypt_certificate": sealed})
	}
	w.answer(rw, settle.Pays, 200, map[string]any{"data": list})
}

func seal(plain []byte, associated string) (map[string]string, error) {
	block, err := aes.NewCipher([]byte(APIv3Key))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	nonce := rand.Text()[:aead.NonceSize()]
	return map[string]string{"algorithm": "AEAD_AES_256_GCM", "nonce": nonce, "associated_data": associated,
		"ciphertext": base64.StdEncoding.EncodeToString(aead.Seal(nil, []byte(nonce), plain, []byte(associated)))}, nil
}

// Notification is what the provider would send of a number now. The number need not exist.
func (w *WeChat) Notification(no string, turn settle.Turn) (http.Header, []byte) {
	w.t.Helper()
	e, _ := w.query(no)
	text, err := json.Marshal(map[string]any{"mchid": merchant, "out_refund_no": no, "refund_id": e.number, "refund_status": wechatStates[e.state]})
	sealed, err2 := seal(must(w.t, text, err), "refund")
	body, err3 := json.Marshal(map[string]any{"id": "EV-" + rand.Text(), "event_type": "REFUND.SUCCESS", "resource_type": "encrypt-resource", "resource": must(w.t, sealed, err2)})
	must(w.t, body, err3)
	return w.signed(body, turn), body
}

// MerchantPrimes are what must never be seen of the merchant's key, as a program may print it.
func MerchantPrimes(t testing.TB) []string {
	t.Helper()
	k, err := merchantKey()
	var out []string
	for _, n := range append([]*big.Int{must(t, k, err).D}, k.Primes...) {
		out = append(out, n.String(), n.Text(16), fmt.Sprint(n.Bits()), base64.StdEncoding.EncodeToString(n.Bytes()))
	}
	return out
}
