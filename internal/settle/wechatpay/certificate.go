package wechatpay

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sanbao/sanbao/clock"
)

const (
	keepKeys    = 12 * time.Hour // after that the certificates are downloaded again: what was withdrawn is then gone
	betweenAsks = time.Minute    // at least; anybody can send a notification with a serial that does not exist
)

// platform is the provider's certificates by serial number, downloaded when an unknown one turns up.
type platform struct {
	fetch func(ctx context.Context) (map[string]certificate, error)
	clock clock.Clock

	mu      sync.Mutex
	known   map[string]certificate
	fetched clock.Instant // when known was downloaded
	tried   clock.Instant // when that was last tried
}

type certificate struct {
	key         *rsa.PublicKey
	from, until clock.Instant
}

// of is the key of a serial number that is valid now.
func (p *platform) of(ctx context.Context, serial string) (*rsa.PublicKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if _, ok := p.known[serial]; !ok || now.Sub(p.fetched) > keepKeys {
		if p.tried != 0 && now.Sub(p.tried).Abs() < betweenAsks {
			return nil, fmt.Errorf("wechat pay: certificate %.40q is not known", serial)
		}
		p.tried = now
		fresh, err := p.fetch(ctx)
		if err != nil {
			return nil, fmt.Errorf("wechat pay: download certificates: %w", err)
		}
		p.known, p.fetched = fresh, now
	}
	return keyIn(p.known, serial, now)
}

func keyIn(known map[string]certificate, serial string, now clock.Instant) (*rsa.PublicKey, error) {
	c, ok := known[serial]
	switch {
	case !ok:
		return nil, fmt.Errorf("wechat pay: certificate %.40q is not the provider's", serial)
	case now < c.from || now >= c.until:
		return nil, fmt.Errorf("wechat pay: certificate %s is not valid now", serial)
	}
	return c.key, nil
}

// sealed is how the provider encrypts: AES-256-GCM with the APIv3 key.
type sealed struct {
	Algorithm  string `json:"algorithm"`
	Nonce      string `json:"nonce"`
	Associated string `json:"associated_data"`
	Ciphertext string `json:"ciphertext"`
}

func (g *Gateway) open(s sealed) ([]byte, error) {
	if s.Algorithm != "AEAD_AES_256_GCM" {
		return nil, fmt.Errorf("wechat pay: encrypted by %q", s.Algorithm)
	}
	text, err := base64.StdEncoding.DecodeString(s.Ciphertext)
	if err != nil {
		return nil, fmt.Errorf("wechat pay: ciphertext: %w", err)
	}
	plain, err := g.c.Open([]byte(s.Nonce), []byte(s.Associated), text)
	if err != nil {
		return nil, fmt.Errorf("wechat pay: decrypt, is the APIv3 key right?: %w", err)
	}
	return plain, nil
}

// download asks for the provider's certificates. They are sealed with the APIv3 key, which proves where they come from;
// the answer as a whole is signed with one of them.
func (g *Gateway) download(ctx context.Context) (map[string]certificate, error) {
	r, err := g.send(ctx, http.MethodGet, "/v3/certificates", nil)
	if err != nil {
		return nil, err
	}
	if r.status != http.StatusOK {
		return nil, r.fault()
	}
	var list struct {
		Data []struct {
			Serial      string `json:"serial_no"`
			Certificate sealed `json:"encrypt_certificate"`
		} `json:"data"`
	}
	if err := json.Unmarshal(r.body, &list); err != nil {
		return nil, err
	}
	out := map[string]certificate{}
	for _, d := range list.Data {
		text, err := g.open(d.Certificate)
		if err != nil {
			return nil, err
		}
		if out[strings.ToUpper(d.Serial)], err = parse(text, d.Serial); err != nil {
			return nil, err
		}
	}
	now := g.c.Clock.Now()
	return out, verify(r.header, r.body, now, func(serial string) (*rsa.PublicKey, error) {
		if g.ownKey(serial) {
			return g.c.PlatformKey, nil
		}
		return keyIn(out, serial, now)
	})
}

func parse(text []byte, serial string) (certificate, error) {
	b, _ := pem.Decode(text)
	if b == nil {
		return certificate{}, errors.New("a certificate is not PEM")
	}
	c, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		return certificate{}, err
	}
	k, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok || !strings.EqualFold(c.SerialNumber.Text(16), strings.TrimLeft(serial, "0")) {
		return certificate{}, fmt.Errorf("certificate %.40q is another than announced", serial)
	}
	return certificate{key: k, from: clock.Of(c.NotBefore), until: clock.Of(c.NotAfter)}, nil
}
