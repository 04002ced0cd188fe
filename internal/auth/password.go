package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/sanbao/sanbao/errs"
)

const (
	minPassword = 10  // characters
	maxPassword = 128 // characters
	fewestKinds = 5   // different characters, so that it is not one key held down
	saltBytes   = 16
	keyBytes    = 32
)

// cost is what one guess at a password takes: argon2id (RFC 9106) with memory in KiB and passes over it.
type cost struct {
	memory, passes uint32
	lanes          uint8
}

// todaysCost is OWASP's recommendation for argon2id: 19 MiB, two passes, some 25 ms. Stronger ones may follow: a stored
// password carries its own, and is hashed anew when its owner logs in.
var todaysCost = cost{memory: 19 << 10, passes: 2, lanes: 1}

// hasher makes and compares password hashes, at most half as many at a time as there are processors, so that a rush of
// log-ins, or of guesses, takes neither the memory nor the processors from everybody else.
type hasher struct {
	cost  cost
	turns chan struct{}
}

func newHasher(c cost) *hasher {
	return &hasher{c, make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))}
}

// hash is the stored form of a password, $argon2id$v=19$m=19456,t=2,p=1$salt$key. The error is the context's.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	key, err := h.key(ctx, password, salt, h.cost)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memory, h.cost.passes, h.cost.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), err
}

// matches compares a password with a stored one, and says whether that one should be hashed anew. With stored "" it takes
// the same time and says no: who tries log-ins learns nothing from the clock.
func (h *hasher) matches(ctx context.Context, password, stored string) (ok, outdated bool, err error) {
	if stored == "" {
		_, err := h.key(ctx, password, make([]byte, saltBytes), h.cost)
		return false, false, err
	}
	var version int
	var c cost
	var salt, key []byte
	part := strings.Split(stored, "$")
	if len(part) != 6 || part[1] != "argon2id" {
		return false, false, errUnreadable
	}
	if _, err = fmt.Sscanf(part[2], "v=%d", &version); err == nil {
		_, err = fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.lanes)
	}
	if err == nil {
		salt, err = base64.RawStdEncoding.DecodeString(part[4])
	}
	if err == nil {
		key, err = base64.RawStdEncoding.DecodeString(part[5])
	}
	if err != nil || version != argon2.Version || c.passes == 0 || c.lanes == 0 || len(key) != keyBytes {
		return false, false, errUnreadable
	}
	got, err := h.key(ctx, password, salt, c)
	return err == nil && subtle.ConstantTimeCompare(got, key) == 1, c != h.cost, err
}

// errUnreadable says that a stored password is none of ours. It does not say what is stored.
var errUnreadable = errors.New("a stored password cannot be read")

func (h *hasher) key(ctx context.Context, password string, salt []byte, c cost) ([]byte, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// NFKC: an input method that writes ａｂｃ full-width means the same keys.
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, c.passes, c.memory, c.lanes, keyBytes), nil
}

// passwordFault is the key of what is wrong with a chosen password, or "". Length is what counts (NIST SP 800-63B): no
// rule asks for capitals and signs, which people satisfy with one and a capital.
func passwordFault(password, login string) (key string, args errs.Args) {
	password = norm.NFKC.String(password)
	kinds := map[rune]bool{}
	for _, r := range password {
		kinds[r] = true
	}
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword || n > maxPassword:
		return "auth.password_length", errs.Args{"min": minPassword, "max": maxPassword}
	case len(kinds) < fewestKinds:
		return "auth.password_simple", nil
	case utf8.RuneCountInString(strings.ReplaceAll(strings.ToLower(password), login, "")) < minPassword/2:
		return "auth.password_login", nil
	}
	return "", nil
}

// NewPassword draws a password to be handed to somebody: sixty random bits in three groups, without letters that are
// mistaken for one another.
func NewPassword() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	t := crockford.EncodeToString(b[:])
	return t[:4] + "-" + t[4:8] + "-" + t[8:12]
}
