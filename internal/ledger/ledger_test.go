package ledger_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/money"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func entry(postings ...ledger.Posting) ledger.Entry { return ledger.Entry{Postings: postings} }

func cny(account string, minor int64) ledger.Posting {
	return ledger.Posting{Account: account, Minor: minor, Currency: "CNY"}
}

func gbp(account string, minor int64) ledger.Posting {
	return ledger.Posting{Account: account, Minor: minor, Currency: "GBP"}
}

func TestBalanced(t *testing.T) {
	for _, c := range []struct {
		name string
		e    ledger.Entry
		ok   bool
	}{
		{"two sides", entry(cny("a", 5), cny("b", -5)), true},
		{"three sides", entry(cny("a", 5), cny("b", -3), cny("c", -2)), true},
		{"two currencies, each by itself", entry(cny("a", 5), gbp("a", 7), cny("b", -5), gbp("b", -7)), true},
		{"the largest amount", entry(cny("a", math.MaxInt64), cny("b", -math.MaxInt64)), true},
		{"nothing moves", entry(cny("a", 0), cny("b", 0)), true},
		{"no postings", entry(), false},
		{"one side", entry(cny("a", 5)), false},
		{"a fen is missing", entry(cny("a", 5), cny("b", -4)), false},
		{"sides of two currencies", entry(cny("a", 5), gbp("b", -5)), false},
		{"one currency of two", entry(cny("a", 5), cny("b", -5), gbp("a", 1)), false},
		{"over the top and round to zero", entry(cny("a", math.MaxInt64), cny("b", math.MaxInt64), cny("c", 2)), false},
		{"under the bottom and round to zero", entry(cny("a", math.MinInt64), cny("b", math.MinInt64)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.e.Balanced()
			if c.ok && err != nil {
				t.Error(err)
			}
			if !c.ok {
				casetest.WantKey(t, err, errs.Internal, "ledger.unbalanced")
			}
		})
	}
}

func TestMoveIsBalanced(t *testing.T) {
	e := ledger.Move(1, "approved", 2, money.Of(199_00, "CNY"), ledger.Owed, "refunds:shop")
	want := ledger.Entry{ShopID: 1, Kind: "approved", RefID: 2, Postings: []ledger.Posting{cny("refunds:shop", 199_00), cny(ledger.Owed, -199_00)}}
	if d := cmp.Diff(want, e); d != "" {
		t.Error(d)
	}
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Min(-math.MaxInt64).Draw(t, "minor")
		if err := ledger.Move(1, "voided", 2, money.Of(minor, "CNY"), "a", "b").Balanced(); err != nil {
			t.Fatal(err)
		}
	})
}

func post(t *testing.T, g *casetest.Ground, e ledger.Entry) error {
	t.Helper()
	return g.TryBatch(t, func(tx *db.Tx, b *db.Batch) {
		if err := ledger.Post(b, tx.Now, e); err != nil {
			b.Fail(err)
		}
	})
}

func TestPostRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		ref := id.New()
		for _, e := range []ledger.Entry{
			ledger.Move(g.Shop.ID, "approved", ref, money.Of(199_00, "CNY"), ledger.Owed, "refunds:shop"),
			ledger.Move(g.Shop.ID, "arrived", ref, money.Of(199_00, "CNY"), "paid:gateway", ledger.Owed),
			ledger.Move(g.Shop.ID, "approved", id.New(), money.Of(12_00, "CNY"), ledger.Owed, "freight:shop"),
			ledger.Move(g.Stranger.ID, "approved", ref, money.Of(1, "GBP"), ledger.Owed, "refunds:shop"),
		} {
			if err := post(t, g, e); err != nil {
				t.Fatal(err)
			}
		}
		got := casetest.See(t, g, func(tx *db.Tx) ([]ledger.Entry, error) { return ledger.Of(tx, g.Shop.ID, ref) })
		want := []ledger.Entry{
			{ShopID: g.Shop.ID, At: dbtest.Start, Kind: "approved", RefID: ref, Postings: []ledger.Posting{cny("refunds:shop", 199_00), cny(ledger.Owed, -199_00)}},
			{ShopID: g.Shop.ID, At: dbtest.Start, Kind: "arrived", RefID: ref, Postings: []ledger.Posting{cny(ledger.Owed, 199_00), cny("paid:gateway", -199_00)}},
		}
		for i := range got {
			if got[i].ID == 0 {
				t.Error("an entry without an id")
			}
			got[i].ID = 0
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("entries of the settlement (-want +got):\n%s", d)
		}
		balances := casetest.See(t, g, func(tx *db.Tx) ([]ledger.Balance, error) { return ledger.Balances(tx, g.Shop.ID) })
		owed := []ledger.Balance{{Account: "freight:shop", Minor: 12_00, Currency: "CNY"}, {Account: ledger.Owed, Minor: -12_00, Currency: "CNY"},
			{Account: "paid:gateway", Minor: -199_00, Currency: "CNY"}, {Account: "refunds:shop", Minor: 199_00, Currency: "CNY"}}
		if d := cmp.Diff(owed, balances); d != "" {
			t.Errorf("balances (-want +got):\n%s", d)
		}
	})
}

func TestUnbalancedEntryIsNotPosted(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		e := entry(cny("a", 5), cny("b", -4))
		e.ShopID, e.RefID = g.Shop.ID, 1
		casetest.WantKey(t, post(t, g, e), errs.Internal, "ledger.unbalanced")
		if n := casetest.Count(t, g, "ledger_entry") + casetest.Count(t, g, "ledger_posting"); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestLedgerIsAppendOnly(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		if err := post(t, g, ledger.Move(g.Shop.ID, "approved", 1, money.Of(5, "CNY"), ledger.Owed, "refunds:shop")); err != nil {
			t.Fatal(err)
		}
		casetest.AppendOnly(t, g, "ledger_entry", `update %s set kind = 'x'`, `delete from %s`)
		casetest.AppendOnly(t, g, "ledger_posting", `update %s set amount = amount + 1`, `delete from %s`)
	})
}

// A sum that no longer fits is an error, not another amount.
func TestBalanceBeyondInt64IsAnError(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for range 2 {
			if err := post(t, g, ledger.Move(g.Shop.ID, "approved", 1, money.Of(math.MaxInt64, "CNY"), ledger.Owed, "refunds:shop")); err != nil {
				t.Fatal(err)
			}
		}
		got, err := casetest.Ask(t, g, func(tx *db.Tx) ([]ledger.Balance, error) { return ledger.Balances(tx, g.Shop.ID) })
		if err == nil {
			t.Errorf("%v", got)
		}
	})
}

// Whatever is posted and refused, over however many accounts and two currencies: the books sum to zero per currency,
// and every account to what was posted to it.
func TestBooksSumToZero(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		rapid.Check(t, func(rt *rapid.T) {
			undo := errors.New("undo") // every run begins with empty books
			err := g.DB.Write(t.Context(), func(tx *db.Tx) error {
				if err := randomBooks(rt, tx, g.Shop.ID); err != nil {
					return err
				}
				return undo
			})
			if err != undo {
				rt.Fatal(err)
			}
		})
	})
}

func randomBooks(rt *rapid.T, tx *db.Tx, shop id.ID) error {
	type account struct {
		name     string
		currency money.Currency
	}
	want := map[account]int64{}
	for range rapid.IntRange(1, 6).Draw(rt, "entries") {
		e := ledger.Entry{ShopID: shop, Kind: "approved", RefID: id.New()}
		sums := map[money.Currency]int64{}
		for range rapid.IntRange(1, 4).Draw(rt, "postings") {
			p := ledger.Posting{Account: rapid.SampledFrom([]string{ledger.Owed, "refunds:shop", "paid:bank"}).Draw(rt, "account"),
				Minor: rapid.Int64Range(-1_000_000, 1_000_000).Draw(rt, "minor"), Currency: rapid.SampledFrom([]money.Currency{"CNY", "GBP"}).Draw(rt, "currency")}
			e.Postings = append(e.Postings, p)
			sums[p.Currency] += p.Minor
		}
		if rapid.Bool().Draw(rt, "closed") {
			for c, s := range sums {
				e.Postings = append(e.Postings, ledger.Posting{Account: "paid:gateway", Minor: -s, Currency: c})
				sums[c] = 0
			}
		}
		err := tx.Try(func() error {
			return tx.Batch(func(b *db.Batch) {
				if err := ledger.Post(b, tx.Now, e); err != nil {
					b.Fail(err)
				}
			})
		})
		if balanced := sums["CNY"] == 0 && sums["GBP"] == 0; balanced != (err == nil) {
			rt.Fatalf("sums %v: %v", sums, err)
		}
		for _, p := range e.Postings {
			if err == nil {
				want[account{p.Account, p.Currency}] += p.Minor
			}
		}
	}
	balances, err := ledger.Balances(tx, shop)
	sums, got := map[money.Currency]int64{}, map[account]int64{}
	for _, b := range balances {
		sums[b.Currency] += b.Minor
		got[account{b.Account, b.Currency}] = b.Minor
	}
	if sums["CNY"] != 0 || sums["GBP"] != 0 {
		rt.Fatalf("the books sum to %v", sums)
	}
	if d := cmp.Diff(want, got); d != "" {
		rt.Fatal(d)
	}
	return err
}
