package money

import (
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

func wantError(t testing.TB, err error, key string) {
	t.Helper()
	if e := errs.As(err); e == nil || e.Code != errs.Invalid || e.Key != "money."+key {
		t.Errorf("got %v, want money.%s", err, key)
	}
}

func TestParseAndPrint(t *testing.T) {
	for _, x := range []struct {
		text    string
		c       Currency
		minor   int64
		printed string
	}{
		{"268", "CNY", 26800, "268.00"}, {"268.0", "CNY", 26800, "268.00"}, {"268.00", "CNY", 26800, "268.00"}, {"268.0000", "CNY", 26800, "268.00"},
		{"0", "CNY", 0, "0.00"}, {"-0", "CNY", 0, "0.00"}, {"0.05", "CNY", 5, "0.05"}, {"-0.05", "CNY", -5, "-0.05"}, {"-1,234.50", "GBP", -123450, "-1234.50"},
		{"1,234,567", "CNY", 123456700, "1234567.00"}, {"12,345.6", "CNY", 1234560, "12345.60"}, {"007", "CNY", 700, "7.00"},
		{"500", "JPY", 500, "500"}, {"500.00", "JPY", 500, "500"}, {"-7", "JPY", -7, "-7"},
		{"92233720368547758.07", "CNY", math.MaxInt64, "92233720368547758.07"}, {"-92233720368547758.08", "CNY", math.MinInt64, "-92233720368547758.08"},
	} {
		m, err := Parse(x.text, x.c)
		if err != nil || m != Of(x.minor, x.c) || m.Decimal() != x.printed || m.String() != x.printed+" "+string(x.c) {
			t.Errorf("%s %s: got %v, %v", x.text, x.c, m, err)
		}
	}
	for _, s := range []string{"", "-", "+5", "--5", ".5", "5.", ".", "1e3", " 5", "5 ", "5,00", "1,2345", ",123", "1,,234", "0,123", "00,123", "1234,567",
		"5.005", "5.0x", "¥5", "５", "0x10", "1_000", "-.5", "5.-5", "NaN", "Inf", "5.,", "1,234.5,6", strings.Repeat("9", 60) + "x"} {
		_, err := Parse(s, "CNY")
		wantError(t, err, "malformed")
	}
	_, err := Parse("0.5", "JPY")
	wantError(t, err, "malformed")
	for _, s := range []string{"92233720368547758.08", "-92233720368547758.09", strings.Repeat("9", 60)} {
		_, err := Parse(s, "CNY")
		wantError(t, err, "overflow")
	}
	for _, c := range []Currency{"", "cny", "XXX", "RMB"} {
		_, err := Parse("1", c)
		wantError(t, err, "currency_unknown")
		if c.Valid() {
			t.Errorf("%q is valid", c)
		}
	}
	if !Currency("CNY").Valid() {
		t.Error("CNY is not valid")
	}
}

func TestJSON(t *testing.T) {
	b, err := json.Marshal(Of(math.MaxInt64, "CNY"))
	if err != nil || string(b) != `{"minor":9223372036854775807,"currency":"CNY"}` {
		t.Fatalf("got %s, %v", b, err)
	}
	var m Money
	if err := json.Unmarshal(b, &m); err != nil || m != Of(math.MaxInt64, "CNY") {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestAdd(t *testing.T) {
	for _, x := range []struct{ a, b int64 }{{1, 2}, {-5, 3}, {0, 0}, {math.MaxInt64, 0}, {math.MinInt64, 0}, {0, math.MinInt64}, {math.MaxInt64, math.MinInt64}} {
		if s, err := Of(x.a, "CNY").Add(Of(x.b, "CNY")); err != nil || s != Of(x.a+x.b, "CNY") {
			t.Errorf("%d + %d: got %v, %v", x.a, x.b, s, err)
		}
	}
	for _, x := range []struct{ a, b int64 }{{math.MaxInt64, 1}, {1, math.MaxInt64}, {math.MinInt64, -1}, {math.MinInt64, math.MinInt64}} {
		_, err := Of(x.a, "CNY").Add(Of(x.b, "CNY"))
		wantError(t, err, "overflow")
	}
	_, err := Of(1, "CNY").Add(Of(1, "GBP"))
	wantError(t, err, "currency_mismatch")
	_, err = Of(1, "CNY").Add(Money{})
	wantError(t, err, "currency_mismatch")
}

// An error belongs to whom it was returned to; marking it up must not reach others.
func TestErrorsAreNotShared(t *testing.T) {
	_, a := Of(math.MaxInt64, "CNY").Add(Of(1, "CNY"))
	errs.As(a).Args = errs.Args{"mine": 1}
	_, b := Of(math.MaxInt64, "CNY").Add(Of(1, "CNY"))
	if errs.As(b).Args != nil {
		t.Errorf("got %v", b)
	}
}

// G5: half up, at line level.
func TestPercent(t *testing.T) {
	for _, x := range []struct{ amount, num, den, want int64 }{
		{10000, 98, 100, 9800}, {1, 1, 2, 1}, {1, 49, 100, 0}, {3, 1, 2, 2}, {5, 1, 10, 1}, {4, 1, 10, 0}, {0, 5, 7, 0}, {7, 0, 5, 0},
		{math.MaxInt64, 1, 1, math.MaxInt64}, {math.MaxInt64, math.MaxInt64, math.MaxInt64, math.MaxInt64}, {1, 1, math.MaxInt64, 0},
	} {
		if got, err := Percent(x.amount, x.num, x.den); err != nil || got != x.want {
			t.Errorf("%d·%d/%d: got %d, %v; want %d", x.amount, x.num, x.den, got, err, x.want)
		}
	}
	for _, x := range [][3]int64{{math.MaxInt64, 2, 1}, {math.MaxInt64, math.MaxInt64, 1}, {1<<32 - 1, 1<<32 + 1, 2}} { // the last rounds up to 2^63
		_, err := Percent(x[0], x[1], x[2])
		wantError(t, err, "overflow")
	}
	for _, x := range [][3]int64{{-1, 1, 1}, {1, -1, 1}, {1, 1, 0}, {1, 1, -1}} {
		_, err := Percent(x[0], x[1], x[2])
		wantError(t, err, "negative")
	}
}

func TestPercentAgainstBigNumbers(t *testing.T) {
	positive := rapid.Int64Range(0, math.MaxInt64)
	rapid.Check(t, func(t *rapid.T) {
		a, n, d := positive.Draw(t, "amount"), positive.Draw(t, "num"), rapid.Int64Range(1, math.MaxInt64).Draw(t, "den")
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(n)) // ⌊(2an + d) / 2d⌋
		want.Add(want.Lsh(want, 1), big.NewInt(d))
		want.Div(want, new(big.Int).Lsh(big.NewInt(d), 1))
		got, err := Percent(a, n, d)
		if want.IsInt64() != (err == nil) || err == nil && got != want.Int64() {
			t.Fatalf("%d·%d/%d: got %d, %v; want %s", a, n, d, got, err, want)
		}
	})
}

func TestUnits(t *testing.T) {
	// 10.00 for three: 3.33, 3.33, 3.34.
	for j, want := range []int64{333, 333, 334} {
		if got, err := Units(1000, 3, int64(j), 1); err != nil || got != want {
			t.Errorf("unit %d: got %d, %v; want %d", j, got, err, want)
		}
	}
	if got, err := Units(1000, 3, 3, 0); err != nil || got != 0 {
		t.Errorf("got %d, %v", got, err)
	}
	for _, x := range [][4]int64{{1000, 3, 3, 1}, {1000, 3, 0, 4}, {1000, 3, -1, 1}, {1000, 3, 1, -1}, {1000, 3, math.MaxInt64, 1}, {1000, 3, 1, math.MaxInt64}} {
		_, err := Units(x[0], x[1], x[2], x[3])
		wantError(t, err, "too_many_units")
	}
	_, err := UpTo(1000, 3, 4)
	wantError(t, err, "too_many_units")
	for _, x := range [][3]int64{{-1, 3, 1}, {1000, 0, 0}, {1000, 3, -1}} {
		_, err := UpTo(x[0], x[1], x[2])
		wantError(t, err, "negative")
	}
	_, err = Units(1000, math.MinInt64, 0, 1)
	if err == nil {
		t.Error("a negative quantity has units")
	}
}

// However units are taken back, in groups of any size, together they cost the net amount, and none costs less than
// nothing or a minor unit more than another.
func TestUnitsSumToTheLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := rapid.Int64Range(0, math.MaxInt64).Draw(t, "net")
		qty := rapid.Int64Range(1, math.MaxInt64).Draw(t, "quantity")
		var sum, taken int64
		for taken < qty {
			k := rapid.Int64Range(1, qty-taken).Draw(t, "units")
			if rapid.Bool().Draw(t, "rest") {
				k = qty - taken
			}
			cost, err := Units(net, qty, taken, k)
			if err != nil || cost < 0 {
				t.Fatalf("%d after %d: %d, %v", k, taken, cost, err)
			}
			one, err := Units(net, qty, taken, 1)
			if err != nil || one < net/qty || one-net/qty > 1 {
				t.Fatalf("one after %d: %d, %v", taken, one, err)
			}
			sum, taken = sum+cost, taken+k
		}
		if sum != net {
			t.Fatalf("the units cost %d, the line %d", sum, net)
		}
	})
}

func TestSplit(t *testing.T) {
	for _, x := range []struct {
		total   int64
		weights []int64
		want    []int64
	}{
		{100, []int64{1, 1, 1}, []int64{34, 33, 33}}, // ties to the earlier share
		{100, []int64{1, 2, 3}, []int64{17, 33, 50}},
		{5, []int64{0, 3, 0, 3}, []int64{0, 3, 0, 2}},
		{7, []int64{0, 0}, []int64{7, 0}},
		{0, []int64{4, 5}, []int64{0, 0}},
		{1, []int64{1, math.MaxInt64 - 1}, []int64{0, 1}},
		{math.MaxInt64, []int64{math.MaxInt64}, []int64{math.MaxInt64}},
	} {
		if got, err := Split(x.total, x.weights); err != nil || !cmp.Equal(got, x.want) {
			t.Errorf("%d over %v: got %v, %v; want %v", x.total, x.weights, got, err, x.want)
		}
	}
	_, err := Split(1, nil)
	wantError(t, err, "no_shares")
	_, err = Split(-1, []int64{1})
	wantError(t, err, "negative")
	_, err = Split(1, []int64{1, -1})
	wantError(t, err, "negative")
	_, err = Split(1, []int64{math.MaxInt64, 1})
	wantError(t, err, "overflow")
}

func TestSplitProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, math.MaxInt64).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, math.MaxInt64/20), 1, 20).Draw(t, "weights")
		if rapid.Bool().Draw(t, "small") {
			for i := range weights {
				weights[i] %= 5
			}
		}
		kept := append([]int64(nil), weights...)
		shares, err := Split(total, weights)
		if err != nil || !cmp.Equal(weights, kept) {
			t.Fatalf("%v; the weights are now %v", err, weights)
		}
		sum, all := new(big.Int), new(big.Int)
		for i, s := range shares {
			sum.Add(sum, big.NewInt(s))
			all.Add(all, big.NewInt(weights[i]))
		}
		if sum.Cmp(big.NewInt(total)) != 0 {
			t.Fatalf("the shares %v sum to %s, not %d", shares, sum, total)
		}
		if all.Sign() == 0 {
			return
		}
		for i, s := range shares {
			exact := new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i]))
			floor := exact.Div(exact, all).Int64()
			if s < floor || s-floor > 1 || weights[i] == 0 && s != 0 {
				t.Fatalf("share %d of weight %d is %d, exactly %d and a fraction", i, weights[i], s, floor)
			}
			for j := range i { // equal weights: the earlier share is not the smaller
				if weights[j] == weights[i] && shares[j] < s {
					t.Fatalf("equal weights, %d and %d", shares[j], s)
				}
			}
		}
	})
}

func TestPrintedIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Of(rapid.Int64().Draw(t, "minor"), rapid.SampledFrom([]Currency{"CNY", "JPY", "GBP"}).Draw(t, "currency"))
		if got, err := Parse(m.Decimal(), m.Currency); err != nil || got != m {
			t.Fatalf("%s reads as %v, %v", m, got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"268.00", "-1,234.50", "0,123", "5.", "-0", "92233720368547758.08", "1e3", "500.000"} {
		f.Add(s, "CNY")
		f.Add(s, "JPY")
	}
	f.Fuzz(func(t *testing.T, s, c string) {
		m, err := Parse(s, Currency(c))
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatal(err)
			}
			return
		}
		// The value is that of the text without its commas.
		want, ok := new(big.Rat).SetString(strings.ReplaceAll(s, ",", ""))
		scale := big.NewRat(100, 1)
		if c == "JPY" {
			scale = big.NewRat(1, 1)
		}
		if !ok || want.Mul(want, scale).Cmp(new(big.Rat).SetInt64(m.Minor)) != 0 {
			t.Fatalf("%q reads as %s", s, m)
		}
	})
}
