package wechatpay

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/rsakey"
)

// Host is the provider's.
const Host = "https://api.mch.weixin.qq.com"

const (
	scheme  = "WECHATPAY2-SHA256-RSA2048"
	skew    = 5 * time.Minute // how far a signed time may be from ours, by 签名验证
	patient = 20 * time.Second
	largest = 1 << 20 // bytes of an answer
)

// Config is one merchant. Its secrets are functions: see rsakey.
type Config struct {
	Merchant string        // 商户号
	Serial   string        // of the merchant's API certificate 商户API证书序列号
	Sign     rsakey.Signer // with the key of that certificate
	Open     rsakey.Opener // with the APIv3 key, 32 bytes

	// PlatformKeyID and PlatformKey are 微信支付公钥, "PUB_KEY_ID_…", of merchants who have one. The others' platform
	// certificates are downloaded, and so they are while a merchant changes over.
	PlatformKeyID string
	PlatformKey   *rsa.PublicKey

	Notify string // address of our route for this shop's notifications; "" asks for none
	Host   string // "" is Host
	Clock  clock.Clock
}

// Gateway is a merchant's refunds.
type Gateway struct {
	c    Config
	http *http.Client
	keys platform
}

// New makes the gateway of a merchant; nothing is asked of the provider yet.
func New(c Config) *Gateway {
	if c.Host == "" {
		c.Host = Host
	}
	g := &Gateway{c: c, http: &http.Client{Timeout: patient, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	g.keys = platform{fetch: g.download, clock: c.Clock}
	return g
}

// reply is an answer of the provider.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// refusal is the body of an answer that is not a success.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ask sends a signed request and returns what came back, verified. Whatever cannot be relied on is an error.
func (g *Gateway) ask(ctx context.Context, method, path string, body any) (reply, error) {
	r, err := g.send(ctx, method, path, body)
	if err != nil {
		return r, err
	}
	if err := r.unusable(); err != nil {
		return r, err
	}
	return r, g.verify(ctx, r.header, r.body)
}

// unusable are answers that say nothing about the payout, signed or not.
func (r reply) unusable() error {
	if r.status < 500 && r.status != http.StatusUnauthorized && r.status != http.StatusTooManyRequests {
		return nil
	}
	if r.status == http.StatusTooManyRequests {
		return fmt.Errorf("%w: %w", settle.ErrBusy, r.fault())
	}
	return r.fault()
}

// fault is the error of an answer that nothing can be concluded from.
func (r reply) fault() error {
	var no refusal
	if err := json.Unmarshal(r.body, &no); err != nil {
		return fmt.Errorf("wechat pay: status %d", r.status)
	}
	return fmt.Errorf("wechat pay: status %d, %s: %s", r.status, no.Code, no.Message)
}

func (g *Gateway) send(ctx context.Context, method, path string, body any) (reply, error) {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return reply{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, g.c.Host+path, bytes.NewReader(text))
	if err != nil {
		return reply{}, err
	}
	authorization, err := g.authorization(method, path, text)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "sanbao")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if g.c.PlatformKey != nil {
		req.Header.Set("Wechatpay-Serial", g.c.PlatformKeyID) // which key the answer is to be signed with
	}
	resp, err := g.http.Do(req)
	if err != nil {
		return reply{}, fmt.Errorf("wechat pay: %w", err)
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, largest))
	return reply{resp.StatusCode, resp.Header, answer}, errors.Join(err, resp.Body.Close())
}

// authorization is the header that proves who asks (签名生成).
func (g *Gateway) authorization(method, path string, body []byte) (string, error) {
	at, nonce := strconv.FormatInt(g.c.Clock.Now().Time().Unix(), 10), rand.Text()
	signature, err := g.c.Sign(requestText(method, path, at, nonce, body))
	if err != nil {
		return "", fmt.Errorf("wechat pay: sign: %w", err)
	}
	return fmt.Sprintf(`%s mchid="%s",nonce_str="%s",timestamp="%s",serial_no="%s",signature="%s"`,
		scheme, g.c.Merchant, nonce, at, g.c.Serial, signature), nil
}

// requestText is what a request's signature is of: five lines, each ended.
func requestText(method, path, at, nonce string, body []byte) []byte {
	return []byte(method + "\n" + path + "\n" + at + "\n" + nonce + "\n" + string(body) + "\n")
}

// answerText is what the signature of an answer or a notification is of: three lines, each ended.
func answerText(at, nonce string, body []byte) []byte {
	return []byte(at + "\n" + nonce + "\n" + string(body) + "\n")
}

// verify proves that the provider signed a body, and did so just now. The provider sends wrong signatures on purpose from
// time to time, to see that they are noticed: they fail like all others, and it asks again.
func (g *Gateway) verify(ctx context.Context, h http.Header, body []byte) error {
	return verify(h, body, g.c.Clock.Now(), func(serial string) (*rsa.PublicKey, error) {
		if g.ownKey(serial) {
			return g.c.PlatformKey, nil
		}
		return g.keys.of(ctx, serial)
	})
}

// ownKey says whether a serial is the configured public key's.
func (g *Gateway) ownKey(serial string) bool {
	return g.c.PlatformKey != nil && strings.EqualFold(serial, g.c.PlatformKeyID)
}

func verify(h http.Header, body []byte, now clock.Instant, keyOf func(serial string) (*rsa.PublicKey, error)) error {
	at := h.Get("Wechatpay-Timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return errors.New("wechat pay: not signed")
	}
	if off := now.Sub(clock.Of(time.Unix(seconds, 0))); off.Abs() > skew {
		return fmt.Errorf("wechat pay: signed %s away from our clock", off.Round(time.Second))
	}
	if kind := h.Get("Wechatpay-Signature-Type"); kind != "" && kind != scheme {
		return fmt.Errorf("wechat pay: signed by %q", kind)
	}
	k, err := keyOf(strings.ToUpper(h.Get("Wechatpay-Serial")))
	if err != nil {
		return err
	}
	if err := rsakey.Verify(k, answerText(at, h.Get("Wechatpay-Nonce"), body), h.Get("Wechatpay-Signature")); err != nil {
		return fmt.Errorf("wechat pay: wrong signature: %w", err)
	}
	return nil
}
