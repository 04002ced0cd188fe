package app_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/internal/shop"
)

const paymentsYAML = `# the shoe shop's
shops:
  %SHOP%:
    wechat:
      merchant: "1900000001"
      serial: 3775B6A45ACD588826D15E583A95F5DD
      key: apiclient_key.pem
      api_v3_key: env:TEST_APIV3
      host: %HOST%
`

// configured is a data folder whose payments file connects a shop to a provider.
func configured(t *testing.T, w *paytest.WeChat, shop string) string {
	t.Helper()
	t.Setenv("TEST_APIV3", paytest.APIv3Key)
	dir := t.TempDir()
	write(t, dir, "payments.yaml", strings.NewReplacer("%SHOP%", shop, "%HOST%", w.URL).Replace(paymentsYAML))
	write(t, dir, "apiclient_key.pem", string(paytest.MerchantKey(t)))
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// refundDue opens a shop with an order paid by WeChat Pay that was not shipped, refunds it, and runs what is due.
func refundDue(t *testing.T, a *app.App, code string, simulation bool) flow.View {
	t.Helper()
	return refundDueTo(t, a, code, "wechat", simulation)
}

// refundDueTo is the same of an order that another tender paid.
func refundDueTo(t *testing.T, a *app.App, code, tender string, simulation bool) flow.View {
	t.Helper()
	s, err := a.OpenShop(t.Context(), shop.NewShop{Code: code, Name: code, Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: simulation},
		shop.NewWarehouse{Code: "guangzhou", Name: "广州退货组", Address: "广州"})
	if err != nil {
		t.Fatal(err)
	}
	who := flow.Actor{Name: "小满"}
	paid := a.Clock.Now().Add(-time.Hour)
	o, err := a.Flow.RecordOrder(t.Context(), who, s.ID, flow.NewOrder{OrderNo: "1", Buyer: flow.Buyer{Key: "wang"}, Channel: order.Distance, Status: "已付款",
		OrderedAt: paid, PaidAt: &paid, Lines: []flow.NewOrderLine{{SKU: "S", Title: "S", Category: "shoes", Quantity: 1, UnitPrice: 100, Net: 100}},
		Payments: []flow.NewPayment{{Tender: tender, Route: settle.ByGateway, Reference: "4200001", Captured: 100}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Flow.Apply(t.Context(), who, s.ID, flow.Application{Channel: "chat",
		Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	v, err = a.Flow.View(t.Context(), s.ID, v.Case.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A shop that the file names pays through its provider, every other one by people, and a simulation shop by neither: no
// provider hears of it, whatever the file says (S2-01).
func TestWhoPaysForWhichShop(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			clock := dbtest.Clock()
			w := paytest.NewWeChat(t, clock)
			w.Capture("4200001", 100, clock.Now())
			dir := configured(t, w, "shoes")
			write(t, dir, "payments.yaml", strings.NewReplacer("%SHOP%", "shoes", "%HOST%", w.URL).Replace(paymentsYAML)+
				strings.TrimPrefix(strings.NewReplacer("%SHOP%", "demo", "%HOST%", w.URL).Replace(paymentsYAML), "# the shoe shop's\nshops:\n"))
			a, err := app.Open(t.Context(), app.Config{Data: dir, DB: dbtest.URL(t, dialect), Clock: clock, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if s := refundDue(t, a, "bags", false).Settlements[0]; s.State != settle.ToPay {
				t.Errorf("a shop the file does not name: %+v", s)
			}
			if s := refundDue(t, a, "demo", true).Settlements[0]; s.State != settle.Settled || !strings.HasPrefix(s.ExternalNo, "SIM-") {
				t.Errorf("a simulation shop: %+v", s)
			}
			if w.Asked() != 0 || w.Downloads() != 0 {
				t.Errorf("the provider was asked %d times, for %d certificates", w.Asked(), w.Downloads())
			}
			if s := refundDue(t, a, "shoes", false).Settlements[0]; s.State != settle.Settled || len(w.Paid()) != 1 {
				t.Errorf("the shop the file names: %+v", s)
			}
		})
	}
}

// A shop may have both providers, each for the payments of its tender; the key of Alipay's platform is taken as it is shown there. A file
// that lacks something of it is refused, and quotes nothing.
func TestAlipayBesideWeChat(t *testing.T) {
	clock := dbtest.Clock()
	w, al := paytest.NewWeChat(t, clock), paytest.NewAlipay(t, clock)
	al.Capture("4200001", 100, clock.Now())
	dir := configured(t, w, "shoes")
	write(t, dir, "alipay.txt", string(paytest.AlipayKey(t)))
	whole := strings.NewReplacer("%SHOP%", "shoes", "%HOST%", w.URL).Replace(paymentsYAML) +
		"    alipay:\n      app_id: \"2021000000000001\"\n      key: apiclient_key.pem\n      public_key: alipay.txt\n      host: " + al.URL + "/gateway.do\n"
	open := func(text string) (*app.App, error) {
		write(t, dir, "payments.yaml", text)
		return app.Open(t.Context(), app.Config{Data: dir, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	}
	for from, says := range map[string]string{`"2021000000000001"`: "app_id is needed", "alipay.txt": "public_key: is needed", "      key: apiclient_key.pem\n      public_key": "alipay: key"} {
		to := `""`
		if strings.HasPrefix(from, " ") {
			to = "      key: alipay.txt\n      public_key"
		}
		if _, err := open(strings.Replace(whole, from, to, 1)); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "MII") {
			t.Errorf("%v, want it to say %s", err, says)
		}
	}
	a, err := open(whole)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s := refundDueTo(t, a, "shoes", "alipay", false).Settlements[0]
	if s.State != settle.Settled || s.ExternalNo != "4200001" || len(al.Paid()) != 1 || al.Paid()[0].PayoutNo != s.PayoutNo || w.Asked() != 0 {
		t.Errorf("%+v", s)
	}
}

// An application that has certificates has no public key: three files of the platform, and a refund that is proven by them.
func TestAlipayByCertificates(t *testing.T) {
	clock := dbtest.Clock()
	al := paytest.NewAlipayWithCertificates(t, clock)
	al.Capture("4200001", 100, clock.Now())
	al.Rotate(24 * time.Hour) // the provider signs with a newer one than the merchant's file has
	dir := t.TempDir()
	app3, theirs, root := al.Files()
	for name, text := range map[string][]byte{"key.pem": paytest.MerchantKey(t), "app.crt": app3, "alipay.crt": theirs, "root.crt": root} {
		write(t, dir, name, string(text))
	}
	whole := "shops:\n  shoes:\n    alipay:\n      app_id: \"2021000000000001\"\n      key: key.pem\n      app_cert: app.crt\n      alipay_cert: alipay.crt\n      root_cert: root.crt\n      host: " + al.URL + "/gateway.do\n"
	open := func(text string) (*app.App, error) {
		write(t, dir, "payments.yaml", text)
		return app.Open(t.Context(), app.Config{Data: dir, Clock: clock, Log: slog.New(slog.DiscardHandler)})
	}
	for from, c := range map[string][2]string{"root.crt": {`""`, "root_cert: is needed"}, "app_cert": {"public_key: app.crt\n      app_cert", "but not both"}, "alipay.crt": {"key.pem", "alipay_cert: is no certificate"}} {
		if _, err := open(strings.Replace(whole, from, c[0], 1)); err == nil || !strings.Contains(err.Error(), c[1]) || strings.Contains(err.Error(), "MII") {
			t.Errorf("%v, want it to say %s", err, c[1])
		}
	}
	a, err := open(whole)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	s := refundDueTo(t, a, "shoes", "alipay", false).Settlements[0]
	if s.State != settle.Settled || len(al.Paid()) != 1 || al.Paid()[0].PayoutNo != s.PayoutNo || al.Downloads() != 1 {
		t.Errorf("%+v, %d downloads", s, al.Downloads())
	}
}

// A file that cannot be used keeps the program from starting, says where, and quotes no key.
func TestPaymentsFileFaults(t *testing.T) {
	w := paytest.NewWeChat(t, dbtest.Clock())
	for name, c := range map[string]struct{ from, to, says string }{
		"a typing error":       {"merchant:", "merchnat:", "merchnat"},
		"no merchant":          {`"1900000001"`, `""`, "merchant and serial"},
		"no key file":          {"apiclient_key.pem", "nothing.pem", "nothing.pem"},
		"no key":               {"key: apiclient_key.pem", "key: ''", "key: is needed"},
		"another file's key":   {"key: apiclient_key.pem", "key: payments.yaml", "neither PEM nor base64"},
		"environment empty":    {"TEST_APIV3", "TEST_NOTHING", "TEST_NOTHING"},
		"a short APIv3 key":    {"TEST_APIV3", "TEST_SHORT", "has 12 characters"},
		"a public key alone":   {"host:", "public_key: apiclient_key.pem\n      host:", "go together"},
		"a private public key": {"host:", "public_key: apiclient_key.pem\n      public_key_id: PUB_KEY_ID_1\n      host:", "public_key: neither"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := configured(t, w, "shoes")
			t.Setenv("TEST_SHORT", "Geheim-12345")
			text := strings.NewReplacer("%SHOP%", "shoes", "%HOST%", w.URL).Replace(paymentsYAML)
			if !strings.Contains(text, c.from) {
				t.Fatalf("%q is not in the file", c.from)
			}
			write(t, dir, "payments.yaml", strings.Replace(text, c.from, c.to, 1))
			_, err := app.Open(t.Context(), app.Config{Data: dir, Clock: dbtest.Clock(), Log: slog.New(slog.DiscardHandler)})
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "payments.yaml") {
				t.Errorf("%v, want it to say %s", err, c.says)
			}
			for _, secret := range []string{"Geheim", paytest.APIv3Key, "BEGIN"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%v tells a secret", err)
				}
			}
		})
	}
	if _, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Payments: filepath.Join(t.TempDir(), "none.yaml"), Clock: dbtest.Clock(), Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("a file that was named and is not there was passed over")
	}
}

// No secret of the file is in the log, in the database or in an answer of a shop that paid with it.
func TestNoSecretLeavesTheFile(t *testing.T) {
	clock := dbtest.Clock()
	w := paytest.NewWeChat(t, clock)
	w.Capture("4200001", 100, clock.Now())
	dir := configured(t, w, "shoes")
	var log bytes.Buffer
	a, err := app.Open(t.Context(), app.Config{Data: dir, Clock: clock, Public: "https://returns.example", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	refundDue(t, a, "shoes", false)
	a.Log.Info("all of it", "app", a, "config", a.Config)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, flow.NoticePath+"shoes", strings.NewReader("{}"))
	rec := httptest.NewRecorder()
	a.Server().ServeHTTP(rec, r)
	if rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unsigned notification: %d %s", rec.Code, rec.Body)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	seen := log.String() + rec.Body.String()
	files, err := filepath.Glob(filepath.Join(dir, "sanbao.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		seen += string(b)
	}
	key := strings.Split(string(paytest.MerchantKey(t)), "\n")
	for _, secret := range append(paytest.MerchantPrimes(t), paytest.APIv3Key, key[1], key[10]) {
		if strings.Contains(seen, secret) {
			t.Errorf("%.12s… was found", secret)
		}
	}
}
