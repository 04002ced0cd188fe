package alipay

import (
	"context"
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
)

// 公钥证书模式 — an application that has certificates names its own and the provider's root with every request, and an answer names the
// certificate it is signed with. One that is not known yet is downloaded; that it comes from the provider is proven by its chain to the
// root, which the merchant downloaded with his own.

const downloadMethod = "alipay.open.app.alipaycert.download"

// betweenAsks is the least time between two downloads.
const betweenAsks = time.Minute

// Certificates are those of one application.
type Certificates struct {
	app   string // serial, by the provider's reckoning, of the application's certificate 应用公钥证书
	root  string // serials of the provider's roots 支付宝根证书 that are RSA's
	roots *x509.CertPool

	mu    sync.Mutex
	known map[string]*x509.Certificate // the provider's certificates 支付宝公钥证书, by serial
	tried clock.Instant                // when one was last downloaded, or was to be
}

// ReadCertificates reads the three files that the open platform gives an application. It refuses a certificate of the provider that the roots did
// not issue.
func ReadCertificates(app, provider, root []byte) (*Certificates, error) {
	out := &Certificates{roots: x509.NewCertPool(), known: map[string]*x509.Certificate{}}
	var serials []string
	for _, c := range certificates(root) {
		if isRSA(c) {
			out.roots.AddCert(c)
			serials = append(serials, serialOf(c))
		}
	}
	if out.root = strings.Join(serials, "_"); out.root == "" {
		return nil, errors.New("root_cert: there is no RSA certificate in it")
	}
	own := certificates(app)
	if len(own) == 0 {
		return nil, errors.New("app_cert: is no certificate in PEM")
	}
	out.app = serialOf(own[0])
	theirs := certificates(provider)
	if len(theirs) == 0 {
		return nil, errors.New("alipay_cert: is no certificate in PEM")
	}
	if err := out.trust(theirs, clock.Of(theirs[0].NotBefore)); err != nil {
		return nil, fmt.Errorf("alipay_cert: %w", err)
	}
	out.known[serialOf(theirs[0])] = theirs[0]
	return out, nil
}

// certificates are those of a PEM file that can be read; the roots have some with curves of China's own, which no answer here is signed with.
func certificates(text []byte) (out []*x509.Certificate) {
	for b, rest := pem.Decode(text); b != nil; b, rest = pem.Decode(rest) {
		if c, err := x509.ParseCertificate(b.Bytes); err == nil && b.Type == "CERTIFICATE" {
			out = append(out, c)
		}
	}
	return out
}

func isRSA(c *x509.Certificate) bool {
	_, ok := c.PublicKey.(*rsa.PublicKey)
	return ok
}

// serialOf is a certificate's serial as the provider reckons it: MD5 over the issuer's name (RFC 2253) and the number in decimal.
func serialOf(c *x509.Certificate) string {
	sum := md5.Sum([]byte(c.Issuer.String() + c.SerialNumber.String()))
	return hex.EncodeToString(sum[:])
}

// trust says whether the first of a chain was issued by the roots and is valid at a time.
func (c *Certificates) trust(chain []*x509.Certificate, at clock.Instant) error {
	between := x509.NewCertPool()
	for _, x := range chain[1:] {
		between.AddCert(x)
	}
	if !isRSA(chain[0]) {
		return errors.New("its key is not RSA's")
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: c.roots, Intermediates: between, CurrentTime: at.Time(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}

// key is that of a certificate the provider signed an answer with, downloaded where it is new.
func (g *Gateway) key(ctx context.Context, serial string) (*rsa.PublicKey, error) {
	c := g.c.Certificates
	if c == nil {
		return g.c.Key, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := g.c.Clock.Now()
	cert := c.known[serial]
	if cert == nil {
		if c.tried != 0 && now.Sub(c.tried).Abs() < betweenAsks {
			return nil, fmt.Errorf("alipay: certificate %.40q is not known", serial)
		}
		c.tried = now
		var err error
		if cert, err = g.download(ctx, serial); err != nil {
			return nil, fmt.Errorf("alipay: download certificate: %w", err)
		}
		c.known[serial] = cert
	}
	if at := now.Time(); at.Before(cert.NotBefore) || at.After(cert.NotAfter) {
		return nil, fmt.Errorf("alipay: certificate %.40q is not valid now", serial)
	}
	return cert.PublicKey.(*rsa.PublicKey), nil
}

func (g *Gateway) download(ctx context.Context, serial string) (*x509.Certificate, error) {
	body, err := g.send(ctx, downloadMethod, map[string]string{"alipay_cert_sn": serial})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Is struct {
			said
			Content string `json:"alipay_cert_content"`
		} `json:"alipay_open_app_alipaycert_download_response"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	if !answer.Is.ok() {
		return nil, answer.Is.fault()
	}
	text, err := base64.StdEncoding.DecodeString(answer.Is.Content)
	if err != nil {
		return nil, err
	}
	chain := certificates(text)
	if len(chain) == 0 || serialOf(chain[0]) != serial {
		return nil, fmt.Errorf("asked for %.40q and got another", serial)
	}
	return chain[0], g.c.Certificates.trust(chain, g.c.Clock.Now())
}
