// Package id makes the identifiers of rows: 63-bit integers that grow with time, so that they cluster in an index
// and sort by creation, made in the application, so that a plan can name a row before it is written.
//
// On the wire and on screens an ID is thirteen characters of Crockford's base 32 (no I, L, O, U), never a JSON
// number: JavaScript would round it.
package id

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/sanbao/sanbao/errs"
)

// ID names a row. Zero means none.
type ID int64

// OrNull is the id as a column that may be absent wants it: nil for none.
func (v ID) OrNull() *ID {
	if v == 0 {
		return nil
	}
	return &v
}

const (
	alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	length   = 13
	// An ID is 42 bits of milliseconds since epoch and 21 bits that start at random in each millisecond and count up.
	seqBits = 21
)

var epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

var gen struct {
	sync.Mutex
	last int64
	pool [512]byte
	left int
}

// New makes an ID greater than every ID this process made before. Two processes collide only when they draw the
// same 21 random bits in the same millisecond; the primary key then refuses the second row.
func New() ID {
	gen.Lock()
	defer gen.Unlock()
	next := (time.Now().UnixMilli()-epoch)<<seqBits | int64(random20())
	if next <= gen.last {
		next = gen.last + 1
	}
	gen.last = next
	return ID(next)
}

// random20 draws 20 bits: half of the sequence's range, so that counting up inside a millisecond has room.
func random20() uint32 {
	if gen.left < 4 {
		_, _ = rand.Read(gen.pool[:]) // never fails: crypto/rand ends the program instead
		gen.left = len(gen.pool)
	}
	v := binary.LittleEndian.Uint32(gen.pool[gen.left-4 : gen.left])
	gen.left -= 4
	return v & (1<<(seqBits-1) - 1)
}

// Code draws n random characters of the alphabet, for numbers that people read out (RMA and case numbers).
func Code(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b)
}

// String is the thirteen characters.
func (i ID) String() string {
	var b [length]byte
	v := uint64(i)
	for p := length - 1; p >= 0; p-- {
		b[p] = alphabet[v&31]
		v >>= 5
	}
	return string(b[:])
}

// Parse reads what String wrote, in either case, with O read as 0 and I and L as 1.
func Parse(s string) (ID, error) {
	bad := errs.New(errs.Invalid, "id.malformed", errs.Args{"id": errs.Clip(s)})
	if len(s) != length {
		return 0, bad
	}
	var v uint64
	for i := range len(s) { // bytes: letters beyond ASCII must not become ASCII ones by case folding
		d := digit(s[i])
		if d < 0 || i == 0 && d > 7 { // thirteen digits hold 65 bits, an ID has 63
			return 0, bad
		}
		v = v<<5 | uint64(d)
	}
	return ID(v), nil
}

// digit is the value of a character, or -1.
func digit(c byte) int {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	switch c {
	case 'O':
		c = '0'
	case 'I', 'L':
		c = '1'
	}
	return strings.IndexByte(alphabet, c)
}

func (i ID) MarshalJSON() ([]byte, error) { return json.Marshal(i.String()) }

func (i *ID) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errs.Wrap(err, errs.Invalid, "id.malformed", errs.Args{"id": errs.Clip(string(b))})
	}
	return i.UnmarshalText([]byte(s))
}

// MarshalText and UnmarshalText let IDs be map keys and path parameters.
func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

func (i *ID) UnmarshalText(b []byte) error {
	p, err := Parse(string(b))
	if err != nil {
		return err
	}
	*i = p
	return nil
}
