// Package rsakey signs and verifies with RSA and SHA-256, as payment providers want it, and reads their keys. A secret
// becomes a function as soon as it is read: however what holds it is printed, logged or encoded, the secret is not in it.
package rsakey

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

// Signer signs a text by RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2) and returns the signature in base64.
type Signer func(text []byte) (string, error)

// Opener decrypts what was sealed with AES-GCM.
type Opener func(nonce, associated, sealed []byte) ([]byte, error)

// shortest is the least length of a key in bits that is taken, in either direction.
const shortest = 2048

var errForm = errors.New("neither PEM nor base64 of an RSA key")

// Private reads a private key: PEM, or the bare base64 that Alipay's key tool writes; PKCS #8 or PKCS #1.
func Private(text []byte) (Signer, error) {
	der, _, err := decode(text)
	if err != nil {
		return nil, err
	}
	k, err := privateKey(der)
	if err != nil {
		return nil, err
	}
	if k.N.BitLen() < shortest {
		return nil, fmt.Errorf("the key has %d bits, fewer than %d", k.N.BitLen(), shortest)
	}
	return func(text []byte) (string, error) {
		sum := sha256.Sum256(text)
		sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
		return base64.StdEncoding.EncodeToString(sig), err
	}, nil
}

func privateKey(der []byte) (*rsa.PrivateKey, error) {
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	any8, err := x509.ParsePKCS8PrivateKey(der)
	if k, ok := any8.(*rsa.PrivateKey); err == nil && ok {
		return k, nil
	}
	return nil, errForm // and not err, which may quote the file
}

// Public reads a public key: PEM of a key or of a certificate, or bare base64 of a key.
func Public(text []byte) (*rsa.PublicKey, error) {
	der, kind, err := decode(text)
	if err != nil {
		return nil, err
	}
	var parsed any
	if kind == "CERTIFICATE" {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, errForm
		}
		parsed = c.PublicKey
	} else if parsed, err = x509.ParsePKIXPublicKey(der); err != nil {
		return nil, errForm
	}
	k, ok := parsed.(*rsa.PublicKey)
	if !ok || k.N.BitLen() < shortest {
		return nil, errForm
	}
	return k, nil
}

func decode(text []byte) (der []byte, kind string, err error) {
	if b, _ := pem.Decode(text); b != nil {
		return b.Bytes, b.Type, nil
	}
	der, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		return nil, "", errForm
	}
	return der, "", nil
}

// Verify says whether a signature in base64 is of a text; any error means that it is not.
func Verify(k *rsa.PublicKey, text []byte, signature string) error {
	sig, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	sum := sha256.Sum256(text)
	return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], sig)
}

// AESGCM makes an opener of a key of 16, 24 or 32 bytes.
func AESGCM(key []byte) (Opener, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return func(nonce, associated, sealed []byte) ([]byte, error) {
		if len(nonce) != aead.NonceSize() {
			return nil, fmt.Errorf("nonce of %d bytes", len(nonce))
		}
		return aead.Open(nil, nonce, sealed, associated)
	}, nil
}
