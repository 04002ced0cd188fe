package rule

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
)

// A core is, byte for byte, what encoding/json writes of the types: over decisions with every field empty, filled and odd.
// A field that is added to one and not to the other fails here.
func TestCoreIsTheJSONOfItsTypes(t *testing.T) {
	r := rand.New(rand.NewPCG(2026, 11))
	for i := range 3000 {
		var d Decision
		if i > 0 {
			fill(t, r, reflect.ValueOf(&d).Elem())
			d.Trace = nil
		}
		var want bytes.Buffer
		e := json.NewEncoder(&want)
		e.SetEscapeHTML(false)
		if err := e.Encode(&d); err != nil {
			t.Fatal(err)
		}
		if got := d.Encode(); !bytes.Equal(got, bytes.TrimSpace(want.Bytes())) {
			t.Fatalf("of %+v\ngot  %s\nwant %s", d, got, want.Bytes())
		}
	}
}

// fill sets everything in v, now and then to nothing.
func fill(t *testing.T, r *rand.Rand, v reflect.Value) {
	t.Helper()
	if r.IntN(4) == 0 && v.Kind() != reflect.Struct {
		return
	}
	switch x := v.Addr().Interface().(type) {
	case *calendar.Date:
		*x = calendar.DateOf(2026, 1, 1).AddDays(r.IntN(4000))
		return
	case *clock.Instant:
		*x = clock.Instant(r.Int64N(1 << 52))
		return
	case *Stage:
		*x = Stage(r.IntN(int(After) + 1))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, r, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, r, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		for i := range v.Len() {
			fill(t, r, v.Index(i))
		}
	case reflect.String:
		v.SetString([]string{"no_reason", "law-cn.no_reason", `a"b\c`, "七天 <&>", "a\u2028b\x01\t", "\xff", "<= 2026-11-24"}[r.IntN(7)])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(r.Int64() - r.Int64())
	case reflect.Uint8:
		v.SetUint(uint64(r.IntN(64)))
	default:
		t.Fatalf("a decision has a %s", v.Type())
	}
}

// TestBriefSaysWhatDecideSays: over random packs and matters, what a brief answer has is what the whole decision has.
func TestBriefSaysWhatDecideSays(t *testing.T) {
	facts, domain := randomFacts()
	voc, err := NewVocabulary(facts...)
	if err != nil {
		t.Fatal(err)
	}
	cal := china(t)
	rapid.Check(t, func(t *rapid.T) {
		book := randomBook(t, voc)
		fs, _ := randomMatter(t, voc, domain)
		in := Input{Facts: fs, Stage: AtApplication, At: noon(randomDay.String()), Ground: "g", Remedy: RefundReturn, Calendar: cal}
		if rapid.IntRange(0, 3).Draw(t, "asks what can be had") == 0 {
			in.Remedy = ""
		}
		if whole, short := bothWays(t, book, in); whole != short {
			t.Fatal(cmp.Diff(whole, short))
		}
	})
}

// bothWays is a matter decided whole and cut down to what is brief, and decided briefly.
func bothWays(t interface{ Fatal(...any) }, book *Book, in Input) (whole, short string) {
	d, err := book.Decide(in)
	if err != nil {
		t.Fatal(sentences(err))
	}
	b, err := book.Brief(in)
	if err != nil {
		t.Fatal(sentences(err))
	}
	own := make([]Bundle, 0, len(d.Bundles))
	for _, x := range d.Bundles {
		if x.Ground == in.Ground && (in.Remedy == "" || x.Remedy == in.Remedy) {
			x.Conditions, x.Clauses = nil, nil
			own = append(own, x)
		}
	}
	d.Bundles, d.Alternatives, d.Differences, d.Packs, d.Later, d.FactsHash = own, nil, nil, nil, nil, ""
	return string(d.Encode()), string(b.Encode())
}
