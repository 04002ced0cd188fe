package alipay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/alipay"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/money"
)

var start = clock.Of(time.Date(2026, 11, 29, 3, 0, 0, 0, time.UTC))

func provider(t *testing.T) *paytest.Alipay {
	a := paytest.NewAlipay(t, clock.NewFake(start))
	a.Capture("2026112922001", 268_00, start)
	return a
}

func payout(no string, minor int64) settle.Payout {
	return settle.Payout{PayoutNo: no, Reference: "2026112922001", Amount: money.Of(minor, "CNY"), Captured: money.Of(268_00, "CNY")}
}

// The rule of the document 签名: parameters in the order of their names, empty ones and the signature left out, nothing encoded.
func TestPublishedRequestText(t *testing.T) {
	got := alipay.RequestText(map[string]string{"version": "1.0", "app_id": "2014072300007148", "sign": "x", "notify_url": "", "method": "alipay.mobile.public.menu.add",
		"timestamp": "2014-07-24 03:07:50", "charset": "GBK", "sign_type": "RSA2", "biz_content": `{"a":"b c&d=汉"}`})
	if want := `app_id=2014072300007148&biz_content={"a":"b c&d=汉"}&charset=GBK&method=alipay.mobile.public.menu.add&sign_type=RSA2&timestamp=2014-07-24 03:07:50&version=1.0`; got != want {
		t.Errorf("%q", got)
	}
}

// The answer to a refund says only what the payment gave back so far: what became of the number is asked. Arrival is the provider's
// time, and its number that of the trade.
func TestRefundIsAskedAbout(t *testing.T) {
	a := provider(t)
	g := a.Gateway()
	for i, no := range []string{"P1", "P2"} {
		got, err := g.Refund(t.Context(), payout(no, 100*int64(i+1)))
		if want := (settle.Answer{Outcome: settle.Arrived, ExternalNo: "2026112922001", At: start}); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if got := a.Paid(); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

// Within ten seconds the query may not know a refund that was taken: it is on its way then, and neither lost nor refused.
func TestRefundTheQueryDoesNotKnowYet(t *testing.T) {
	a := provider(t)
	a.Slow()
	g := a.Gateway()
	if got, err := g.Refund(t.Context(), payout("P1", 100)); err != nil || got.Outcome != settle.Accepted {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := g.Query(t.Context(), payout("P1", 100)); err != nil || got.Outcome != settle.Arrived {
		t.Errorf("%+v, %v", got, err)
	}
}

// An answer that is about another number, of a state that is not documented, or broken proves nothing.
func TestAnswersThatMakeNoSense(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON": "<html>", "another method": `{"alipay_trade_pay_response":{"code":"10000"},"sign":"x"}`, "nothing": `{}`,
		"signature is no text":   `{"alipay_trade_fastpay_refund_query_response":{"code":"10000"},"sign":7}`,
		"signature is no base64": `{"alipay_trade_fastpay_refund_query_response":{"code":"10000"},"sign":"汉"}`,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, text) }))
		c := provider(t).Config()
		c.Host = s.URL
		if got, err := alipay.New(c).Query(t.Context(), payout("P1", 100)); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
		s.Close()
	}
}

// A certificate that is new is downloaded once and proven by its chain; one that is not of the root, is not to be had or is over proves nothing, and
// nobody makes us download more than once a minute.
func TestCertificatesChange(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(a *paytest.Alipay, c *clock.Fake)
		known     bool
		downloads int
	}{
		"a new one":          {func(a *paytest.Alipay, _ *clock.Fake) { a.Rotate(365 * 24 * time.Hour) }, true, 1},
		"of another root":    {func(a *paytest.Alipay, _ *clock.Fake) { a.Impersonate() }, false, 1},
		"not to be had":      {func(a *paytest.Alipay, _ *clock.Fake) { a.Rotate(time.Hour); a.NoDownloads() }, false, 1},
		"over, and the same": {func(_ *paytest.Alipay, c *clock.Fake) { c.Advance(6 * 365 * 24 * time.Hour) }, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			now := clock.NewFake(start)
			a := paytest.NewAlipayWithCertificates(t, now)
			a.Capture("2026112922001", 268_00, start)
			g := a.Gateway()
			if got, err := g.Query(t.Context(), payout("P1", 100)); err != nil || got.Outcome != settle.Unknown || a.Downloads() != 0 {
				t.Fatalf("%+v, %v", got, err)
			}
			c.change(a, now)
			for range 3 {
				got, err := g.Query(t.Context(), payout("P1", 100))
				if known := err == nil && got.Outcome == settle.Unknown; known != c.known || !c.known && err == nil {
					t.Errorf("%+v, %v", got, err)
				}
			}
			if a.Downloads() != c.downloads {
				t.Errorf("%d downloads", a.Downloads())
			}
			now.Advance(time.Minute)
			if _, err := g.Query(t.Context(), payout("P1", 100)); (err == nil) != c.known {
				t.Error(err)
			}
		})
	}
}

// What is not as the platform gives it keeps the program from starting.
func TestCertificateFiles(t *testing.T) {
	app, theirs, root := paytest.NewAlipayWithCertificates(t, clock.NewFake(start)).Files()
	for says, files := range map[string][3][]byte{
		"":                     {app, theirs, root},
		"app_cert":             {[]byte("x"), theirs, root},
		"alipay_cert: is no":   {app, nil, root},
		"root_cert":            {app, theirs, []byte("x")},
		"alipay_cert: x509":    {app, theirs, app}, // of another root
		"alipay_cert: its key": {app, root, root},
	} {
		_, err := alipay.ReadCertificates(files[0], files[1], files[2])
		if (says == "") != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%q: %v", says, err)
		}
	}
}

// Wherever the configuration is printed, the key is not in it.
func TestSecretsStaySecret(t *testing.T) {
	c := provider(t).Config()
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", fmt.Sprintf("%+v %#v", c, c), "gateway", fmt.Sprintf("%+v", alipay.New(c)))
	if _, err := json.Marshal(c); err == nil {
		t.Error("the configuration can be encoded")
	}
	for _, prime := range paytest.MerchantPrimes(t) {
		if strings.Contains(out.String(), prime) {
			t.Error("the key is in the log")
		}
	}
}
