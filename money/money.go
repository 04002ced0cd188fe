// Package money holds the fixed rules of money, so that every test has one answer.
//
// An amount is a whole number of minor units (fen, pence) of one ISO 4217 currency; it is never a float and never
// converted into another currency. Every operation that could leave the int64 range returns an error.
//
//   - A percentage that makes a fraction of a minor unit rounds half up, at line level (G5).
//   - A total is split over weights by largest remainder, ties to the earlier share.
//   - Units of a line with net N and quantity q cost C(m) = ⌊N·m/q⌋; k units after j cost C(j+k) − C(j).
package money

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// Currency is an ISO 4217 code such as CNY or GBP.
type Currency string

// decimals lists the currencies a shop may use and how many digits their minor unit has (ISO 4217).
var decimals = map[Currency]int{"CNY": 2, "HKD": 2, "TWD": 2, "MOP": 2, "GBP": 2, "EUR": 2, "USD": 2, "SGD": 2, "JPY": 0}

// Valid says whether c is a currency this software knows the minor unit of.
func (c Currency) Valid() bool { _, ok := decimals[c]; return ok }

// Money is an amount in minor units of one currency. The zero Money has no currency and adds to nothing.
type Money struct {
	Minor    int64    `json:"minor" doc:"whole minor units: fen, pence" example:"26800"`
	Currency Currency `json:"currency" doc:"ISO 4217" example:"CNY"`
}

// Of makes an amount.
func Of(minor int64, c Currency) Money { return Money{minor, c} }

func overflow() error { return errs.New(errs.Invalid, "money.overflow") }

// Add is a+b. Different currencies and overflow are errors.
func (a Money) Add(b Money) (Money, error) {
	if a.Currency != b.Currency {
		return Money{}, errs.New(errs.Invalid, "money.currency_mismatch", errs.Args{"a": string(a.Currency), "b": string(b.Currency)})
	}
	s := a.Minor + b.Minor
	if (s > a.Minor) != (b.Minor > 0) && b.Minor != 0 {
		return Money{}, overflow()
	}
	return Money{s, a.Currency}, nil
}

// String is "268.00 CNY".
func (a Money) String() string { return a.Decimal() + " " + string(a.Currency) }

// Decimal is the amount in major units with all its digits: "268.00", "-0.05", "500" (JPY).
func (a Money) Decimal() string {
	d := decimals[a.Currency]
	neg, u := a.Minor < 0, uint64(a.Minor)
	if neg {
		u = -u
	}
	s := strconv.FormatUint(u, 10)
	if d > 0 {
		if len(s) <= d {
			s = strings.Repeat("0", d+1-len(s)) + s
		}
		s = s[:len(s)-d] + "." + s[len(s)-d:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// Parse reads an amount in major units exactly: "268", "268.0", "-1,234.50". Digits finer than the minor unit are
// accepted only when they are zero; exponents, blanks inside and other signs are refused, never guessed. So is 0,123:
// it is 0.123 to those who write the comma for the point.
func Parse(s string, c Currency) (Money, error) {
	d, ok := decimals[c]
	if !ok {
		return Money{}, errs.New(errs.Invalid, "money.currency_unknown", errs.Args{"currency": string(c)})
	}
	bad := errs.New(errs.Invalid, "money.malformed", errs.Args{"text": errs.Clip(s)})
	t, neg := strings.CutPrefix(s, "-")
	whole, frac, dotted := strings.Cut(t, ".")
	if dotted && frac == "" {
		return Money{}, bad
	}
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (len(g) == 0 || len(g) > 3 || g[0] == '0') {
				return Money{}, bad
			}
		}
		whole = strings.Join(groups, "")
	}
	if len(frac) > d && strings.Trim(frac[d:], "0") == "" {
		frac = frac[:d]
	}
	if whole == "" || len(frac) > d || !digits(whole) || !digits(frac) {
		return Money{}, bad
	}
	minor := whole + frac + strings.Repeat("0", d-len(frac))
	if neg {
		minor = "-" + minor
	}
	n, err := strconv.ParseInt(minor, 10, 64)
	if err != nil {
		return Money{}, overflow() // they are digits, so there are too many
	}
	return Money{n, c}, nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// mulDiv is ⌊a·b/c⌋ and the remainder, for a, b ≥ 0 and c > 0, with a 128-bit product.
func mulDiv(a, b, c int64) (q, r int64, err error) {
	if a < 0 || b < 0 || c <= 0 {
		return 0, 0, errs.New(errs.Invalid, "money.negative")
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return 0, 0, overflow()
	}
	uq, ur := bits.Div64(hi, lo, uint64(c))
	if uq > math.MaxInt64 {
		return 0, 0, overflow()
	}
	return int64(uq), int64(ur), nil
}

// Percent is amount·num/den, rounded half up, for amount, num ≥ 0 and den > 0: Percent(x, 98, 100) is 98 %.
func Percent(amount, num, den int64) (int64, error) {
	q, r, err := mulDiv(amount, num, den)
	if err != nil {
		return 0, err
	}
	if r >= den-r {
		if q == math.MaxInt64 {
			return 0, overflow()
		}
		q++
	}
	return q, nil
}

// UpTo is C(m) = ⌊net·m/qty⌋: what the first m of qty units cost. It needs 0 ≤ m ≤ qty, qty > 0, net ≥ 0.
func UpTo(net, qty, m int64) (int64, error) {
	if m > qty {
		return 0, errs.New(errs.Invalid, "money.too_many_units", errs.Args{"units": m, "quantity": qty})
	}
	q, _, err := mulDiv(net, m, qty)
	return q, err
}

// Units is what k units cost after j earlier ones: C(j+k) − C(j).
func Units(net, qty, j, k int64) (int64, error) {
	if j < 0 || k < 0 || j > qty-k {
		return 0, errs.New(errs.Invalid, "money.too_many_units", errs.Args{"units": k, "quantity": qty})
	}
	a, err := UpTo(net, qty, j)
	if err != nil {
		return 0, err
	}
	b, err := UpTo(net, qty, j+k)
	return b - a, err
}

// Split divides total ≥ 0 over weights ≥ 0 by largest remainder, ties to the earlier share. The shares sum to total.
// All weights zero puts the whole on the first share.
func Split(total int64, weights []int64) ([]int64, error) {
	if len(weights) == 0 {
		return nil, errs.New(errs.Invalid, "money.no_shares")
	}
	var sum int64
	for _, w := range weights {
		if w < 0 || total < 0 {
			return nil, errs.New(errs.Invalid, "money.negative")
		}
		if sum > math.MaxInt64-w {
			return nil, overflow()
		}
		sum += w
	}
	out := make([]int64, len(weights))
	if sum == 0 {
		out[0] = total
		return out, nil
	}
	rem := make([]int64, len(weights))
	order := make([]int, len(weights))
	left := total
	for i, w := range weights {
		q, r, err := mulDiv(total, w, sum)
		if err != nil {
			return nil, err
		}
		out[i], rem[i], order[i] = q, r, i
		left -= q
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rem[a] > rem[b]:
			return -1
		case rem[a] < rem[b]:
			return 1
		}
		return 0
	})
	for _, i := range order[:left] {
		out[i]++
	}
	return out, nil
}
