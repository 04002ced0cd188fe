package id

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

func TestString(t *testing.T) {
	for i, want := range map[ID]string{0: "0000000000000", 1: "0000000000001", 31: "000000000000Z", 32: "0000000000010", math.MaxInt64: "7ZZZZZZZZZZZZ"} {
		if got := i.String(); got != want {
			t.Errorf("%d: got %s, want %s", i, got, want)
		}
		if p, err := Parse(want); err != nil || p != i {
			t.Errorf("%s: got %d, %v", want, p, err)
		}
	}
}

func TestParse(t *testing.T) {
	for s, want := range map[string]ID{"00000000000oO": 0, "00000000000iI": 33, "00000000000lL": 33, "000000000000z": 31, "7zzzzzzzzzzzz": math.MaxInt64, "Ilo0000000000": 1<<60 | 1<<55} {
		if got, err := Parse(s); err != nil || got != want {
			t.Errorf("%s: got %d, %v; want %d", s, got, err, want)
		}
	}
	bad := []string{"", "0", "000000000000", "00000000000000", "000000000000U", "00000 0000000", "-000000000001", "000000000000!",
		"00000000000ı", // a dotless i, two bytes, is I in upper case
		"00000000000ſ", // a long s is S
		"0000000000\xff00", "００００"}
	for _, first := range "89abcdefghjkmnpqrstvwxyzABCDEFGHJKMNPQRSTVWXYZ" { // more than 63 bits
		bad = append(bad, string(first)+"000000000000")
	}
	for _, s := range bad {
		got, err := Parse(s)
		if e := errs.As(err); e == nil || e.Code != errs.Invalid || e.Key != "id.malformed" || got != 0 {
			t.Errorf("%q: got %d, %v", s, got, err)
		}
	}
}

func TestOrderAndRoundTrip(t *testing.T) {
	any := rapid.Map(rapid.Int64Range(0, math.MaxInt64), func(v int64) ID { return ID(v) })
	rapid.Check(t, func(t *rapid.T) {
		a, b := any.Draw(t, "a"), any.Draw(t, "b")
		if p, err := Parse(strings.ToLower(a.String())); err != nil || p != a {
			t.Fatalf("%d is %s is %d, %v", a, a, p, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%d and %d sort differently as texts", a, b)
		}
	})
}

func TestJSON(t *testing.T) {
	type doc struct {
		ID ID        `json:"id"`
		By map[ID]ID `json:"by"`
	}
	in := doc{33, map[ID]ID{31: 32}}
	b, err := json.Marshal(in)
	if want := `{"id":"0000000000011","by":{"000000000000Z":"0000000000010"}}`; err != nil || string(b) != want {
		t.Fatalf("got %s, %v", b, err)
	}
	var out doc
	if err := json.Unmarshal(b, &out); err != nil || out.ID != 33 || out.By[31] != 32 {
		t.Fatalf("got %+v, %v", out, err)
	}
	for _, bad := range []string{`33`, `"33"`, `null`, `""`, `"000000000000U"`, `[]`} {
		i := ID(7)
		if err := i.UnmarshalJSON([]byte(bad)); errs.CodeOf(err) != errs.Invalid || i != 7 {
			t.Errorf("%s: got %d, %v", bad, i, err)
		}
	}
}

// IDs grow strictly, whoever asks, and also when many are made in one millisecond.
func TestNewGrows(t *testing.T) {
	const workers, each = 8, 20_000
	made := make([][]ID, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				made[w] = append(made[w], New())
			}
		})
	}
	wg.Wait()
	var all []ID
	for _, ids := range made {
		if !slices.IsSorted(ids) {
			t.Error("they do not grow")
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != workers*each {
		t.Errorf("%d of %d are different", n, workers*each)
	}
	if all[0] <= 0 {
		t.Errorf("got %d", all[0])
	}
}

// An ID tells when it was made, and one made a millisecond later is greater whatever the random part is.
func TestNewFollowsTheClock(t *testing.T) {
	gen.Lock()
	last := gen.last
	gen.last = 0 // the bubble's clock stands at 2000; the real one does not
	gen.Unlock()
	defer func() {
		gen.Lock()
		gen.last = max(last, gen.last)
		gen.Unlock()
	}()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.UnixMilli(epoch).Add(365 * 24 * time.Hour).Sub(time.Now()))
		previous := New()
		for range 1000 {
			time.Sleep(time.Millisecond)
			next := New()
			if next>>seqBits != previous>>seqBits+1 || int64(next>>seqBits) != time.Now().UnixMilli()-epoch {
				t.Fatalf("%d ms after %d ms", next>>seqBits, previous>>seqBits)
			}
			if next&(1<<seqBits-1) >= 1<<(seqBits-1) {
				t.Fatalf("the sequence starts at %d", next&(1<<seqBits-1))
			}
			previous = next
		}
	})
}

func TestCode(t *testing.T) {
	seen := map[rune]int{}
	for range 2000 {
		c := Code(8)
		if len(c) != 8 {
			t.Fatalf("got %q", c)
		}
		for _, r := range c {
			if !strings.ContainsRune(alphabet, r) {
				t.Fatalf("got %q", c)
			}
			seen[r]++
		}
	}
	for _, r := range alphabet {
		if n := seen[r]; n < 300 || n > 700 { // 500 expected, σ = 22
			t.Errorf("%c came %d times of 16000", r, n)
		}
	}
	if Code(0) != "" {
		t.Error("a code of no characters has some")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0000000000000", "7ZZZZZZZZZZZZ", "G000000000000", "ilO0000000000", "00000000000ı"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := Parse(s)
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatal(err)
			}
			return
		}
		canonical := strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
		if i < 0 || i.String() != canonical {
			t.Fatalf("%q reads as %d, %s", s, i, i)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New()
	}
}
