package paytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/settle"
)

// paper is a certificate with the key it is of, and its serial as Alipay reckons it.
type paper struct {
	cert *x509.Certificate
	key  *rsa.PrivateKey
	sn   string
}

// papers are the certificates of an application, the provider and its root. The provider signs with the last of its own.
type papers struct {
	root, app  paper
	provider   []paper
	downloads  int
	downloaded bool // whether a download is answered at all
}

// authority is who issues them, as its name is written for a serial.
var authority = pkix.Name{CommonName: "Ant Financial Certification Authority R1", OrganizationalUnit: []string{"Certification Authority"}, Organization: []string{"Ant Financial"}, Country: []string{"CN"}}

const authorityText = "CN=Ant Financial Certification Authority R1,OU=Certification Authority,O=Ant Financial,C=CN"

// NewAlipayWithCertificates is a provider whose merchant has certificates, not a public key.
func NewAlipayWithCertificates(t testing.TB, c clock.Clock, turns ...settle.Turn) *Alipay {
	t.Helper()
	a := NewAlipay(t, c, turns...)
	p := &papers{downloaded: true}
	p.root = a.issue(1, rootKey, paper{}, 20*365*24*time.Hour)
	p.app = a.issue(20261129, merchantKey, p.root, 5*365*24*time.Hour)
	p.provider = []paper{a.issue(20261130, providerKey, p.root, 5*365*24*time.Hour)}
	a.papers = p
	return a
}

// issue makes a certificate; one that nobody issues is its own root.
func (a *Alipay) issue(n int64, key func() (*rsa.PrivateKey, error), by paper, lasts time.Duration) paper {
	a.t.Helper()
	k, err := key()
	must(a.t, k, err)
	now := a.clock.Now().Time()
	c := &x509.Certificate{SerialNumber: big.NewInt(n), Subject: pkix.Name{CommonName: "2088000000000000-2021000000000001", Country: []string{"CN"}}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(lasts)}
	parent, signs := by.cert, by.key
	if parent == nil {
		c.Subject, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = authority, true, true, x509.KeyUsageCertSign
		parent, signs = c, k
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &k.PublicKey, signs)
	cert, err2 := x509.ParseCertificate(must(a.t, der, err))
	sum := md5.Sum([]byte(authorityText + c.SerialNumber.String()))
	return paper{must(a.t, cert, err2), k, hex.EncodeToString(sum[:])}
}

func (p paper) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.cert.Raw})
}

// Files are the application's certificate, the provider's first and the roots, as a merchant downloads them. Among the roots there is one with another kind
// of key, as the provider's file has.
func (a *Alipay) Files() (app, provider, root []byte) {
	a.t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(a.t, k, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(3), Subject: authority, NotBefore: a.clock.Now().Time(), NotAfter: a.clock.Now().Time().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	other := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: must(a.t, der, err)})
	return a.papers.app.pem(), a.papers.provider[0].pem(), slices.Concat(other, a.papers.root.pem())
}

// Rotate lets the provider sign with a new certificate from now on.
func (a *Alipay) Rotate(lasts time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.papers.provider = append(a.papers.provider, a.issue(20261200+int64(len(a.papers.provider)), nextKey, a.papers.root, lasts))
}

// Impersonate lets somebody sign with a certificate that bears the authority's name and is not of its root.
func (a *Alipay) Impersonate() {
	a.mu.Lock()
	defer a.mu.Unlock()
	foreign := a.issue(1, foreignKey, paper{}, time.Hour)
	a.papers.provider = append(a.papers.provider, a.issue(666, foreignKey, foreign, time.Hour))
}

// NoDownloads lets downloads of certificates fail.
func (a *Alipay) NoDownloads() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.papers.downloaded = false
}

// Downloads is how often a certificate was asked for.
func (a *Alipay) Downloads() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.papers.downloads
}

// signs is the key of the provider's answers, and the serial of its certificate where it has one.
func (a *Alipay) signs() (*rsa.PrivateKey, string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.papers == nil {
		k, err := providerKey()
		return k, "", err
	}
	now := a.papers.provider[len(a.papers.provider)-1]
	return now.key, now.sn, nil
}

func (a *Alipay) downloadCall(rw http.ResponseWriter, sn string) {
	a.mu.Lock()
	a.papers.downloads++
	i := slices.IndexFunc(a.papers.provider, func(p paper) bool { return p.sn == sn })
	answers := a.papers.downloaded && i >= 0
	var text []byte
	if answers {
		text = a.papers.provider[i].pem()
	}
	a.mu.Unlock()
	if !answers {
		a.answer(rw, settle.Pays, "alipay_open_app_alipaycert_download", map[string]string{"code": "40004", "msg": "Business Failed", "sub_code": "CERT_NOT_EXIST", "sub_msg": "证书不存在"})
		return
	}
	a.answer(rw, settle.Pays, "alipay_open_app_alipaycert_download", map[string]string{"code": "10000", "msg": "Success", "alipay_cert_content": base64.StdEncoding.EncodeToString(text)})
}
