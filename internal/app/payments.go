package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/alipay"
	"github.com/sanbao/sanbao/internal/settle/rsakey"
	"github.com/sanbao/sanbao/internal/settle/wechatpay"
	"github.com/sanbao/sanbao/internal/shop"
)

// paymentsFile names the providers of each shop; it lies in the data folder unless Config.Payments says otherwise.
const paymentsFile = "payments.yaml"

const maxPaymentsFile = 1 << 20 // bytes; keys are shorter too

// connected are the gateways of shops by their code, and of each by the tender whose payments it refunds.
type connected map[string]map[string]settle.Gateway

// payments is what the file says. Keys are given as names of files, beside this one or by their whole path, or as
// env:NAME; they are never in this file and never in the database.
type payments struct {
	Shops map[string]struct {
		WeChat *wechatAccount `yaml:"wechat"`
		Alipay *alipayAccount `yaml:"alipay"`
	} `yaml:"shops"`
}

type wechatAccount struct {
	Merchant    string `yaml:"merchant"`
	Serial      string `yaml:"serial"`
	Key         string `yaml:"key"`
	APIv3Key    string `yaml:"api_v3_key"`
	PublicKey   string `yaml:"public_key"`
	PublicKeyID string `yaml:"public_key_id"`
	Host        string `yaml:"host"`
}

type alipayAccount struct {
	AppID     string `yaml:"app_id"`
	Days      int    `yaml:"refund_days"`
	Key       string `yaml:"key"`
	PublicKey string `yaml:"public_key"`
	Host      string `yaml:"host"`

	AppCert    string `yaml:"app_cert"`
	AlipayCert string `yaml:"alipay_cert"`
	RootCert   string `yaml:"root_cert"`
}

// connect reads who pays what. Without a file nobody is connected; a file that cannot be used keeps the program from starting.
func connect(c Config) (connected, error) {
	path := c.Payments
	if path == "" {
		path = filepath.Join(c.Data, paymentsFile)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	out, err := readPayments(path, c.Public, c.Clock)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "app.payments", errs.Args{"file": path, "why": err.Error()})
	}
	return out, nil
}

func readPayments(path, public string, clk clock.Clock) (connected, error) {
	text, err := readBounded(path)
	if err != nil {
		return nil, err
	}
	var p payments
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&p); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	secret := func(name string) ([]byte, error) { return readSecret(filepath.Dir(path), name) }
	out := connected{}
	for _, code := range slices.Sorted(maps.Keys(p.Shops)) {
		out[code] = map[string]settle.Gateway{}
		if w := p.Shops[code].WeChat; w != nil {
			config, err := w.config(secret)
			if err != nil {
				return nil, fmt.Errorf("%s, wechat: %w", code, err)
			}
			config.Clock = clk
			if strings.HasPrefix(public, "https://") { // the provider sends nowhere else
				config.Notify = strings.TrimRight(public, "/") + flow.NoticePath + code
			}
			out[code]["wechat"] = wechatpay.New(config)
		}
		if a := p.Shops[code].Alipay; a != nil {
			config, err := a.config(secret)
			if err != nil {
				return nil, fmt.Errorf("%s, alipay: %w", code, err)
			}
			config.Clock = clk
			out[code]["alipay"] = alipay.New(config)
		}
	}
	return out, nil
}

func (w *wechatAccount) config(secret func(string) ([]byte, error)) (c wechatpay.Config, err error) {
	if w.Merchant == "" || w.Serial == "" {
		return c, errors.New("merchant and serial are needed")
	}
	if (w.PublicKey == "") != (w.PublicKeyID == "") {
		return c, errors.New("public_key and public_key_id go together")
	}
	c = wechatpay.Config{Merchant: w.Merchant, Serial: w.Serial, PlatformKeyID: w.PublicKeyID, Host: w.Host}
	text, err := secret(w.Key)
	if err == nil {
		c.Sign, err = rsakey.Private(text)
	}
	if err != nil {
		return c, fmt.Errorf("key: %w", err)
	}
	text, err = secret(w.APIv3Key)
	if text = bytes.TrimSpace(text); err == nil && len(text) != 32 {
		err = fmt.Errorf("has %d characters, not 32", len(text))
	}
	if err == nil {
		c.Open, err = rsakey.AESGCM(text)
	}
	if err != nil {
		return c, fmt.Errorf("api_v3_key: %w", err)
	}
	if w.PublicKey == "" {
		return c, nil
	}
	text, err = secret(w.PublicKey)
	if err == nil {
		c.PlatformKey, err = rsakey.Public(text)
	}
	if err != nil {
		return c, fmt.Errorf("public_key: %w", err)
	}
	return c, nil
}

func (a *alipayAccount) config(secret func(string) ([]byte, error)) (c alipay.Config, err error) {
	if a.AppID == "" {
		return c, errors.New("app_id is needed")
	}
	if a.Days < 0 || a.Days > 3_650 {
		return c, errors.New("refund_days is a number of days")
	}
	c = alipay.Config{AppID: a.AppID, Days: a.Days, Host: a.Host}
	text, err := secret(a.Key)
	if err == nil {
		c.Sign, err = rsakey.Private(text)
	}
	if err != nil {
		return c, fmt.Errorf("key: %w", err)
	}
	if a.AppCert+a.AlipayCert+a.RootCert != "" {
		c.Certificates, err = a.certificates(secret)
		return c, err
	}
	if text, err = secret(a.PublicKey); err == nil {
		c.Key, err = rsakey.Public(text)
	}
	if err != nil {
		return c, fmt.Errorf("public_key: %w", err)
	}
	return c, nil
}

func (a *alipayAccount) certificates(secret func(string) ([]byte, error)) (*alipay.Certificates, error) {
	if a.PublicKey != "" {
		return nil, errors.New("public_key, or certificates, but not both")
	}
	var texts [3][]byte
	for i, f := range []struct{ what, file string }{{"app_cert", a.AppCert}, {"alipay_cert", a.AlipayCert}, {"root_cert", a.RootCert}} {
		var err error
		if texts[i], err = secret(f.file); err != nil {
			return nil, fmt.Errorf("%s: %w", f.what, err)
		}
	}
	return alipay.ReadCertificates(texts[0], texts[1], texts[2])
}

// readSecret reads a key from env:NAME or from a file.
func readSecret(folder, name string) ([]byte, error) {
	if variable, ok := strings.CutPrefix(name, "env:"); ok {
		text := os.Getenv(variable)
		if text == "" {
			return nil, fmt.Errorf("the environment has no %s", variable)
		}
		return []byte(text), nil
	}
	if name == "" {
		return nil, errors.New("is needed: the name of a file, or env:NAME")
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(folder, name)
	}
	return readBounded(name)
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxPaymentsFile))
	return text, errors.Join(err, f.Close())
}

// gateway chooses who refunds a shop's payments of one tender. A simulation shop never reaches a provider (S2-01).
func (a *App) gateway(simulated settle.Gateway, with connected) func(shop.Shop, string) settle.Gateway {
	return func(s shop.Shop, tender string) settle.Gateway {
		switch {
		case a.Config.Gateway != nil:
			return a.Config.Gateway
		case s.Simulation:
			return simulated
		}
		if g, ok := with[s.Code][tender]; ok {
			return g
		}
		return settle.Offline{}
	}
}

// startPayments asks for what waited for a provider to be connected, and says which shops of the file there are not.
func (a *App) startPayments(ctx context.Context) error {
	for _, code := range slices.Sorted(maps.Keys(a.connected)) {
		var s shop.Shop
		err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
			s, err = shop.ByCode(tx, code)
			return err
		})
		switch {
		case errs.CodeOf(err) == errs.NotFound:
			a.Log.Warn("payments are configured for a shop that does not exist", "shop", code)
			continue
		case err != nil:
			return err
		case s.Simulation:
			a.Log.Warn("payments are configured for a simulation shop, which never reaches a provider", "shop", code)
			continue
		}
		if err := a.Flow.StartPayments(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

var _ = errs.Register(map[string]errs.Text{
	"app.payments": {ZhCN: "支付配置 {file} 无法使用：{why}", En: "The payment configuration {file} cannot be used: {why}"},
})
