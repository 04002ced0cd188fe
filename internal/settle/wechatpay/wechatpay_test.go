package wechatpay_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/internal/settle/rsakey"
	"github.com/sanbao/sanbao/internal/settle/wechatpay"
	"github.com/sanbao/sanbao/money"
)

var start = clock.Of(time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC))

func provider(t *testing.T) (*paytest.WeChat, *clock.Fake) {
	c := clock.NewFake(start)
	w := paytest.NewWeChat(t, c)
	w.Capture("4200001", 268_00, start)
	return w, c
}

func payout(no string, minor int64) settle.Payout {
	return settle.Payout{PayoutNo: no, Reference: "4200001", Amount: money.Of(minor, "CNY"), Captured: money.Of(268_00, "CNY")}
}

func refund(t *testing.T, g *wechatpay.Gateway, no string) settle.Answer {
	t.Helper()
	a, err := g.Refund(t.Context(), payout(no, 100))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The example of the provider's document 签名生成: what a request for the certificates is signed over.
func TestPublishedRequestText(t *testing.T) {
	got := wechatpay.RequestText("GET", "/v3/certificates", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", nil)
	if want := "GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n"; string(got) != want {
		t.Errorf("%q", got)
	}
}

// The rule of the document 签名验证: three lines, each ended, the last one empty where there is no body.
func TestPublishedAnswerText(t *testing.T) {
	if got := wechatpay.AnswerText("1554209980", "c5ac7061fccab6bf3e254dcf98995b8c", nil); string(got) != "1554209980\nc5ac7061fccab6bf3e254dcf98995b8c\n\n" {
		t.Errorf("%q", got)
	}
}

// The values with which the provider's own published library (wechatpay-apiv3/wechatpay-go, utils/aes_test.go) proves
// its AES-GCM. The key there is a short one.
func TestPublishedDecryption(t *testing.T) {
	open, err := rsakey.AESGCM([]byte("testAPIv3Key0000"))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := base64.StdEncoding.DecodeString("FsdXzxryWfKwvLJKf8LG/ToRPTRh8RN9wROC")
	if err != nil {
		t.Fatal(err)
	}
	got, err := open([]byte("wCq51qZv4Yfg"), []byte("Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8"), sealed)
	if err != nil || string(got) != "Hello World" {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range [][3]string{{"wCq51qZv4Yfh", "Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8", string(sealed)}, {"wCq51qZv4Yfg", "", string(sealed)},
		{"wCq51qZv4Yfg", "Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8", string(sealed[1:])}, {"short", "", ""}, {"wCq51qZv4Yfg", "", ""}} {
		if got, err := open([]byte(bad[0]), []byte(bad[1]), []byte(bad[2])); err == nil {
			t.Errorf("%q: opened %q", bad, got)
		}
	}
}

// The provider changes its certificate between two answers: the new one is fetched when it turns up, the old one is still
// good while it is listed, and gone at most half a day after it is not.
func TestCertificatesRotate(t *testing.T) {
	w, c := provider(t)
	g := w.Gateway()
	refund(t, g, "P1")
	refund(t, g, "P2")
	if n := w.Downloads(); n != 1 {
		t.Errorf("certificates fetched %d times for two refunds", n)
	}
	old, body := w.Notification("P1", settle.Pays)
	w.Rotate(48 * time.Hour)
	c.Advance(2 * time.Minute)
	refund(t, g, "P3")
	if n := w.Downloads(); n != 2 {
		t.Errorf("certificates fetched %d times after the change", n)
	}
	if no, err := g.Notified(t.Context(), old, body); err != nil || no != "P1" {
		t.Errorf("signed before the change: %q, %v", no, err)
	}
	w.Withdraw()
	c.Advance(13 * time.Hour)
	refund(t, g, "P4")
	if n := w.Downloads(); n != 3 {
		t.Errorf("certificates fetched %d times after half a day", n)
	}
	c.Advance(48 * time.Hour)
	if a, err := g.Refund(t.Context(), payout("P5", 100)); err == nil {
		t.Errorf("%+v by a certificate that has run out", a)
	}
}

// Anybody can send serial numbers that do not exist: at most one in a minute makes the provider be asked.
func TestUnknownSerialsAreNotAskedForAgainAndAgain(t *testing.T) {
	w, c := provider(t)
	g := w.Gateway()
	refund(t, g, "P1")
	c.Advance(2 * time.Minute)
	for range 20 {
		h, body := w.Notification("P1", settle.Pays)
		h.Set("Wechatpay-Serial", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
		if no, err := g.Notified(t.Context(), h, body); err == nil {
			t.Fatalf("believed %q", no)
		}
	}
	if n := w.Downloads(); n != 2 {
		t.Errorf("certificates fetched %d times", n)
	}
	refund(t, g, "P2")
}

// 微信支付公钥: merchants since 2024 have no certificates, and name the key with each request.
func TestPublicKey(t *testing.T) {
	w, c := provider(t)
	before := w.Gateway() // configured before the merchant changed over
	w.UsePublicKey()
	g := w.Gateway()
	refund(t, g, "P1")
	if n := w.Downloads(); n != 0 {
		t.Errorf("certificates fetched %d times", n)
	}
	h, body := w.Notification("P1", settle.Pays)
	if no, err := g.Notified(t.Context(), h, body); err != nil || no != "P1" {
		t.Errorf("%q, %v", no, err)
	}
	h, body = w.Notification("P1", paytest.Forged)
	if no, err := g.Notified(t.Context(), h, body); err == nil {
		t.Errorf("believed %q", no)
	}
	c.Advance(2 * time.Minute)
	if a, err := before.Refund(t.Context(), payout("P2", 100)); err == nil {
		t.Errorf("%+v without the key", a)
	}
}

func TestNotification(t *testing.T) {
	w, c := provider(t)
	g := w.Gateway()
	w.Script(settle.Accepts)
	refund(t, g, "P1")
	good, body := w.Notification("P1", settle.Pays)
	for range 2 { // it may come twice
		if no, err := g.Notified(t.Context(), good, body); err != nil || no != "P1" {
			t.Fatalf("%q, %v", no, err)
		}
	}
	if no, err := g.Notified(t.Context(), good, bytes.Replace(body, []byte("REFUND"), []byte("refund"), 1)); err == nil {
		t.Errorf("altered, and believed: %q", no)
	}
	for _, turn := range []settle.Turn{paytest.Forged, paytest.Stale} {
		h, body := w.Notification("P1", turn)
		if no, err := g.Notified(t.Context(), h, body); err == nil {
			t.Errorf("%s, and believed: %q", turn, no)
		}
	}
	probe := good.Clone() // the provider's own trial of our check
	probe.Set("Wechatpay-Signature", "WECHATPAY/SIGNTEST/"+good.Get("Wechatpay-Signature"))
	if no, err := g.Notified(t.Context(), probe, body); err == nil {
		t.Errorf("probe believed: %q", no)
	}
	c.Advance(6 * time.Minute)
	if no, err := g.Notified(t.Context(), good, body); err == nil {
		t.Errorf("replayed six minutes later, and believed: %q", no)
	}
	if no, err := g.Notified(t.Context(), nil, nil); err == nil {
		t.Errorf("nothing believed: %q", no)
	}
}

// Another merchant's notification, or a wrong APIv3 key, is no notification of ours.
func TestNotificationOfAnotherMerchant(t *testing.T) {
	w, _ := provider(t)
	refund(t, w.Gateway(), "P1")
	h, body := w.Notification("P1", settle.Pays)
	other := w.Config()
	other.Merchant = "1900000002"
	wrong := w.Config()
	var err error
	if wrong.Open, err = rsakey.AESGCM([]byte(strings.Repeat("x", 32))); err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]wechatpay.Config{"another merchant": other, "another key": wrong} {
		if no, err := wechatpay.New(config).Notified(t.Context(), h, body); err == nil {
			t.Errorf("%s: believed %q", name, no)
		}
	}
}

// The total of the payment is told to the provider, which holds it against its own.
func TestAnotherTotalIsRefused(t *testing.T) {
	w, _ := provider(t)
	w.Capture("4200001", 300_00, start)
	if a := refund(t, w.Gateway(), "P1"); a.Outcome != settle.Bounced || !strings.Contains(a.Reason, "PARAM_ERROR") {
		t.Errorf("%+v", a)
	}
}

// However configuration and gateway are printed, logged or encoded, no secret comes out.
func TestNoSecretIsPrinted(t *testing.T) {
	w, _ := provider(t)
	config, g := w.Config(), w.Gateway()
	refund(t, g, "P1")
	var out bytes.Buffer
	for _, v := range []any{config, &config, g} {
		fmt.Fprintf(&out, "%v %+v %#v %s\n", v, v, v, v)
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("config", "v", v)
		}
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	secrets := []string{paytest.APIv3Key, base64.StdEncoding.EncodeToString([]byte(paytest.APIv3Key)), fmt.Sprint([]byte(paytest.APIv3Key)), fmt.Sprintf("%x", paytest.APIv3Key)}
	secrets = append(secrets, paytest.MerchantPrimes(t)...)
	for _, s := range secrets {
		if strings.Contains(out.String(), s) {
			t.Errorf("%.12s… was printed", s)
		}
	}
	if !strings.Contains(out.String(), "1900000001") {
		t.Error("nothing was printed at all")
	}
}
