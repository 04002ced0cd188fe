package settle_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

// split is who gave how much to what: Fund's answer as a table of payments by costs.
func split(t interface {
	Helper()
	Fatalf(string, ...any)
}, payments []settle.Payment, costs []settle.Weight) [][]int64 {
	t.Helper()
	fundings, err := settle.Fund(payments, costs)
	if err != nil {
		t.Fatalf("%v", err)
	}
	table := make([][]int64, len(payments))
	for i := range table {
		table[i] = make([]int64, len(costs))
	}
	for _, f := range fundings {
		p := slices.IndexFunc(payments, func(p settle.Payment) bool { return p.ID == f.PaymentID })
		c := slices.IndexFunc(costs, func(w settle.Weight) bool { return w.OrderLineID == f.OrderLineID })
		if p < 0 || c < 0 || f.Minor <= 0 || table[p][c] != 0 || f.ID == 0 || f.OrderID != payments[p].OrderID || f.ShopID != payments[p].ShopID {
			t.Fatalf("a share that is nobody's, empty or double: %+v", f)
		}
		table[p][c] = f.Minor
	}
	return table
}

func paid(amounts ...int64) (out []settle.Payment) {
	for i, m := range amounts {
		out = append(out, settle.Payment{ID: id.ID(100 + i), ShopID: 7, OrderID: 8, Captured: m})
	}
	return out
}

// cost is what lines cost; the last is the outbound freight.
func cost(amounts ...int64) (out []settle.Weight) {
	for i, m := range amounts {
		out = append(out, settle.Weight{OrderLineID: id.ID(i+1) % id.ID(len(amounts)), Minor: m})
	}
	return out
}

func TestFund(t *testing.T) {
	for _, c := range []struct {
		name     string
		payments []settle.Payment
		costs    []settle.Weight
		want     [][]int64
	}{
		{"one tender pays all", paid(268_00), cost(200_00, 60_00, 8_00), [][]int64{{200_00, 60_00, 8_00}}},
		{"two tenders, each over what is lacking", paid(100, 50), cost(90, 60, 0), [][]int64{{60, 40, 0}, {30, 20, 0}}},
		{"a fen that cannot be split goes to the earlier line", paid(1, 2), cost(1, 1, 1), [][]int64{{1, 0, 0}, {0, 1, 1}}},
		{"an overpayment stays unassigned", paid(10, 5), cost(4, 8, 0), [][]int64{{3, 7, 0}, {1, 1, 0}}},
		{"a tender after all is paid stands behind nothing", paid(12, 5), cost(4, 8, 0), [][]int64{{4, 8, 0}, {0, 0, 0}}},
		{"nothing was paid yet", paid(0), cost(4, 8, 0), [][]int64{{0, 0, 0}}},
		{"nothing was for sale", paid(4), cost(0, 0), [][]int64{{0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := split(t, c.payments, c.costs)
			for i := range c.want {
				if !slices.Equal(got[i], c.want[i]) {
					t.Errorf("payment %d gave %v, want %v", i, got[i], c.want[i])
				}
			}
		})
	}
}

func TestFundRefusesNegativeAmounts(t *testing.T) {
	_, err := settle.Fund(paid(10), cost(20, -5))
	casetest.WantKey(t, err, errs.Invalid, "money.negative")
	_, err = settle.Fund(paid(-10), cost(20, 5))
	casetest.WantKey(t, err, errs.Invalid, "money.negative")
}

// S2-14: every tender gets back its share and never above its capture. What a payment captured stands behind lines to
// the fen, and what a line cost stands on payments to the fen, however much was paid with what.
func TestFundSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		costs := cost(rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 6).Draw(t, "costs")...)
		var total int64
		for _, c := range costs {
			total += c.Minor
		}
		amounts := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 0, 4).Draw(t, "captures")
		if rapid.Bool().Draw(t, "exactly paid") { // the last tender pays the rest
			var sum int64
			for _, m := range amounts {
				sum += m
			}
			amounts = append(amounts, max(0, total-sum))
		}
		payments := paid(amounts...)
		table := split(t, payments, costs)
		open, columns := total, make([]int64, len(costs))
		for i, p := range payments {
			var row int64
			for j, m := range table[i] {
				row, columns[j] = row+m, columns[j]+m
			}
			if row != min(p.Captured, open) {
				t.Fatalf("payment %d of %d gave %d while %d were open", i, p.Captured, row, open)
			}
			open -= row
		}
		for j, c := range costs {
			if columns[j] > c.Minor || open == 0 && columns[j] != c.Minor {
				t.Fatalf("line %d cost %d and stands on %d", j, c.Minor, columns[j])
			}
		}
	})
}

func share(n int, line id.ID, minor, pending, refunded int64) settle.Funding {
	return settle.Funding{ID: id.ID(n), OrderLineID: line, Minor: minor, Pending: pending, Refunded: refunded}
}

// S2-14: a line's price goes back to the tenders that paid it, each by what is left of its share.
func TestDrawGivesEachTenderItsShare(t *testing.T) {
	all := []settle.Funding{share(1, 5, 100, 0, 0), share(2, 6, 500, 0, 0), share(3, 5, 50, 10, 10), share(4, 0, 8, 0, 0), share(5, 5, 20, 20, 0)}
	for _, c := range []struct {
		name  string
		line  id.ID
		minor int64
		want  map[id.ID]int64
	}{
		{"all that is left", 5, 130, map[id.ID]int64{1: 100, 3: 30}},
		{"in proportion to what is left", 5, 65, map[id.ID]int64{1: 50, 3: 15}},
		{"one fen, to the larger remainder", 5, 1, map[id.ID]int64{1: 1}},
		{"another line's tenders stay out of it", 6, 500, map[id.ID]int64{2: 500}},
		{"outbound freight has its own", 0, 8, map[id.ID]int64{4: 8}},
		{"nothing", 5, 0, map[id.ID]int64{}},
		{"nothing of a line nobody paid", 9, 0, map[id.ID]int64{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := settle.Draw(all, c.line, c.minor)
			if err != nil || len(got) != len(c.want) {
				t.Fatalf("%v, %v; want %v", got, err, c.want)
			}
			for _, s := range got {
				if c.want[s.Funding.ID] != s.Minor {
					t.Errorf("%d gives %d, want %d", s.Funding.ID, s.Minor, c.want[s.Funding.ID])
				}
			}
		})
	}
	for _, c := range []struct {
		line        id.ID
		asked, left int64
	}{{5, 131, 130}, {0, 9, 8}, {9, 1, 0}, {5, -1, 130}, {5, math.MaxInt64, 130}} {
		_, err := settle.Draw(all, c.line, c.asked)
		casetest.WantKey(t, err, errs.Conflict, "settle.over_refund")
		if a := errs.As(err).Args; a["asked"] != c.asked || a["left"] != c.left {
			t.Errorf("the error says %v, want %d asked and %d left", a, c.asked, c.left)
		}
	}
}

// However a line's price is asked back, in whatever pieces, no tender gives more than it has left, the pieces sum to
// what was asked, and the last fen can be had.
func TestDrawNeverGivesMoreThanIsLeft(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var fundings []settle.Funding
		var left int64
		for i := range rapid.IntRange(1, 5).Draw(t, "tenders") {
			m := rapid.Int64Range(0, 10_000).Draw(t, "share")
			gone := rapid.Int64Range(0, m).Draw(t, "refunded")
			pending := rapid.Int64Range(0, m-gone).Draw(t, "pending")
			fundings = append(fundings, share(i+1, 5, m, pending, gone))
			left += m - gone - pending
		}
		for left > 0 {
			ask := rapid.Int64Range(1, left).Draw(t, "asked")
			if rapid.Bool().Draw(t, "the rest") {
				ask = left
			}
			shares, err := settle.Draw(fundings, 5, ask)
			if err != nil {
				t.Fatal(err)
			}
			var sum int64
			for _, s := range shares {
				f := &fundings[s.Funding.ID-1]
				if s.Minor <= 0 || s.Minor > f.Left() {
					t.Fatalf("%d from a tender that has %d left", s.Minor, f.Left())
				}
				f.Pending += s.Minor
				sum += s.Minor
			}
			if sum != ask {
				t.Fatalf("%d of %d", sum, ask)
			}
			left -= ask
		}
		if _, err := settle.Draw(fundings, 5, 1); err == nil {
			t.Fatal("one more fen")
		}
	})
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ net, quantity, units, minor, k, want int64 }{
		{1000, 3, 0, 0, 1, 333},
		{1000, 3, 1, 333, 1, 333},
		{1000, 3, 2, 666, 1, 334},
		{1000, 3, 0, 0, 3, 1000},
		{1000, 3, 1, 334, 2, 666}, // the cheaper units were voided
		{1, 3, 1, 1, 1, 0},        // the fen is given already: never negative
		{0, 2, 0, 0, 2, 0},
		{1000, 3, 2, 666, 0, 0},
		{math.MaxInt64, 3, 0, 0, 3, math.MaxInt64},
	} {
		got, err := settle.Next(c.net, c.quantity, c.units, c.minor, c.k)
		if err != nil || got != c.want {
			t.Errorf("Next%+v: %d, %v", c, got, err)
		}
	}
	_, err := settle.Next(1000, 3, 2, 666, 2)
	casetest.WantKey(t, err, errs.Conflict, "money.too_many_units")
	_, err = settle.Next(1000, 3, 0, 0, -1)
	casetest.WantKey(t, err, errs.Invalid, "money.negative")
}

// Units are given back in any portions, settlements are voided in between in any order: when all units stand in
// settlements, their sum is what the line cost.
func TestNextEndsAtNet(t *testing.T) {
	type given struct{ units, price int64 }
	rapid.Check(t, func(t *rapid.T) {
		net, quantity := rapid.Int64Range(0, 10_000).Draw(t, "net"), rapid.Int64Range(1, 12).Draw(t, "quantity")
		var all []given
		var units, minor int64
		for voids := 5; units < quantity; {
			if len(all) > 0 && voids > 0 && rapid.Bool().Draw(t, "void") {
				i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
				units, minor, voids = units-all[i].units, minor-all[i].price, voids-1
				all = slices.Delete(all, i, i+1)
				continue
			}
			k := rapid.Int64Range(1, quantity-units).Draw(t, "units")
			price, err := settle.Next(net, quantity, units, minor, k)
			if err != nil || price < 0 {
				t.Fatalf("%d, %v", price, err)
			}
			all = append(all, given{k, price})
			if units, minor = units+k, minor+price; minor > net {
				t.Fatalf("%d of %d given back", minor, net)
			}
		}
		if minor != net {
			t.Fatalf("all %d units gave back %d of %d", quantity, minor, net)
		}
	})
}
