package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// A token's text is "sb_" kind "_" id "_" secret, where the secret is 32 random bytes and a CRC-32 of everything before
// it, in Crockford's base 32. Secret scanners find it by
//
//	sb_(shop|all)_[0-9A-HJKMNP-TV-Z]{13}_[0-9A-HJKMNP-TV-Z]{59}
//
// and a mistyped one is refused by its checksum without a look into the database.
const (
	prefix      = "sb_"
	kindShop    = "shop"
	kindAll     = "all"
	randomBytes = 32
	bodyChars   = 52 // 32 bytes in base 32
	sumChars    = 7  // 4 bytes in base 32
	maxText     = len(prefix) + len(kindShop) + 1 + 13 + 1 + bodyChars + sumChars
)

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Secret is the full text of a token. However it is printed, logged or encoded, only its public part comes out; Reveal
// is the one way to the rest.
type Secret struct{ text string }

// Hash is what the database keeps of a token: SHA-256 over its full text. The secret has 256 random bits, so a slow
// password hash would add nothing but the time.
type Hash [sha256.Size]byte

// newSecret draws the secret of the token tok.
func newSecret(tok id.ID, shop id.ID) Secret {
	kind := kindShop
	if shop == 0 {
		kind = kindAll
	}
	var b [randomBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	head := prefix + kind + "_" + tok.String() + "_" + crockford.EncodeToString(b[:])
	return Secret{head + checksum(head)}
}

func checksum(head string) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], crc32.ChecksumIEEE([]byte(head)))
	return crockford.EncodeToString(b[:])
}

// ParseSecret checks the form and the checksum of a presented token, without a database. Every fault is the same
// unauthenticated error.
func ParseSecret(text string) (Secret, id.ID, error) {
	bad := errs.New(errs.Unauthenticated, "auth.malformed")
	if len(text) > maxText {
		return Secret{}, 0, bad
	}
	rest, ok := strings.CutPrefix(text, prefix)
	kind, rest, ok2 := strings.Cut(rest, "_")
	name, body, ok3 := strings.Cut(rest, "_")
	if !ok || !ok2 || !ok3 || (kind != kindShop && kind != kindAll) || len(body) != bodyChars+sumChars {
		return Secret{}, 0, bad
	}
	tok, err := id.Parse(name)
	if err != nil || tok == 0 || tok.String() != name {
		return Secret{}, 0, bad
	}
	cut := len(text) - sumChars
	if subtle.ConstantTimeCompare([]byte(checksum(text[:cut])), []byte(text[cut:])) != 1 {
		return Secret{}, 0, bad
	}
	return Secret{text}, tok, nil
}

// Reveal is the whole token, for the one time it is shown to its owner.
func (s Secret) Reveal() string { return s.text }

// Hash is what is stored and compared.
func (s Secret) Hash() Hash { return sha256.Sum256([]byte(s.text)) }

// equal compares in constant time.
func (h Hash) equal(other []byte) bool { return subtle.ConstantTimeCompare(h[:], other) == 1 }

// String is the public part, such as "sb_shop_06BQ4Y3J2M001_…".
func (s Secret) String() string {
	i := strings.LastIndexByte(s.text, '_')
	if i < 0 {
		return ""
	}
	return s.text[:i+1] + "…"
}

// Format keeps the secret out of every fmt verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the secret out of JSON and whatever else encodes by text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
