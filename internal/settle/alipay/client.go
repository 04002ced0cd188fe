package alipay

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/rsakey"
)

// Host is the provider's gateway.
const Host = "https://openapi.alipay.com/gateway.do"

const (
	patient = 20 * time.Second
	largest = 1 << 20 // bytes of an answer
)

// civil is the zone of the provider's times.
var civil = time.FixedZone("CST", 8*3600)

// Config is one application of a merchant. Its secret is a function: see rsakey.
type Config struct {
	AppID        string         // 应用 APPID
	Sign         rsakey.Signer  // with the application's private key 应用私钥
	Key          *rsa.PublicKey // 支付宝公钥, with which answers are signed, where there are no
	Certificates *Certificates
	Days         int    // for how long after the payment the contract lets it be refunded; 0: the provider says when it is too late
	Host         string // "" is Host
	Clock        clock.Clock
}

// Gateway is a merchant's refunds.
type Gateway struct {
	c    Config
	http *http.Client
}

// New makes the gateway of a merchant; nothing is asked of the provider yet.
func New(c Config) *Gateway {
	if c.Host == "" {
		c.Host = Host
	}
	return &Gateway{c: c, http: &http.Client{Timeout: patient, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// said is the part of an answer that every method has.
type said struct {
	Code    string `json:"code"`
	Msg     string `json:"msg"`
	SubCode string `json:"sub_code"`
	SubMsg  string `json:"sub_msg"`
}

// Codes of the gateway.
const (
	success = "10000"
	failed  = "40004" // by a rule of the business: sub_code says which
	limited = "40005" // too many calls
)

func (s said) ok() bool { return s.Code == success }

// fault is the error of an answer that nothing can be concluded from.
func (s said) fault() error {
	err := fmt.Errorf("alipay: %s %s: %s %s", s.Code, s.Msg, s.SubCode, s.SubMsg)
	if s.Code == limited {
		return fmt.Errorf("%w: %w", settle.ErrBusy, err)
	}
	return err
}

// ask sends a signed request and returns the text of the answer to it, verified. Whatever cannot be relied on is an error.
func (g *Gateway) ask(ctx context.Context, method string, content any) ([]byte, error) {
	body, err := g.send(ctx, method, content)
	if err != nil {
		return nil, err
	}
	return g.verify(ctx, method, body)
}

// send sends a signed request and returns what came back, unproven.
func (g *Gateway) send(ctx context.Context, method string, content any) ([]byte, error) {
	biz, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	params := map[string]string{"app_id": g.c.AppID, "method": method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
		"timestamp": g.c.Clock.Now().Time().In(civil).Format(time.DateTime), "version": "1.0", "biz_content": string(biz)}
	if c := g.c.Certificates; c != nil {
		params["app_cert_sn"], params["alipay_root_cert_sn"] = c.app, c.root
	}
	signature, err := g.c.Sign([]byte(requestText(params)))
	if err != nil {
		return nil, fmt.Errorf("alipay: sign: %w", err)
	}
	form := url.Values{"sign": {signature}}
	for k, v := range params {
		form.Set(k, v)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.c.Host+"?charset=utf-8", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	req.Header.Set("User-Agent", "sanbao")
	resp, err := g.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("alipay: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("alipay: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("alipay: status %d", resp.StatusCode)
	}
	return body, nil
}

// requestText is what a request's signature is of: its parameters in the order of their names, empty ones left out, as they are before
// they are encoded (签名).
func requestText(params map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(params)) {
		if params[k] != "" && k != "sign" {
			parts = append(parts, k+"="+params[k])
		}
	}
	return strings.Join(parts, "&")
}

// verify takes the answer to a method out of a body, as it stands there, and proves that the provider signed it.
func (g *Gateway) verify(ctx context.Context, method string, body []byte) ([]byte, error) {
	var signed map[string]json.RawMessage
	if err := json.Unmarshal(body, &signed); err != nil {
		return nil, fmt.Errorf("alipay: answer: %w", err)
	}
	var signature string
	text, ok := signed[strings.ReplaceAll(method, ".", "_")+"_response"]
	if !ok {
		var s said
		if err := json.Unmarshal(signed["error_response"], &s); err != nil {
			return nil, errors.New("alipay: the answer is to another method")
		}
		return nil, s.fault() // not signed, and nothing of the payout
	}
	if err := json.Unmarshal(signed["sign"], &signature); err != nil {
		return nil, errors.New("alipay: not signed")
	}
	var serial string
	if named := signed["alipay_cert_sn"]; g.c.Certificates != nil && json.Unmarshal(named, &serial) != nil {
		return nil, errors.New("alipay: the answer names no certificate")
	}
	key, err := g.key(ctx, serial)
	if err != nil {
		return nil, err
	}
	if err := rsakey.Verify(key, bytes.TrimSpace(text), signature); err != nil {
		return nil, fmt.Errorf("alipay: wrong signature: %w", err)
	}
	return text, nil
}
