package desk_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const day = clock.Instant(24 * 3600 * 1e6)

// some makes cases of every status, with and without deadlines, of several people and for every desk.
func some(t *testing.T, g *casetest.Ground, n int) []cases.Case {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var out []cases.Case
	g.Batch(t, func(_ *db.Tx, b *db.Batch) {
		for i := range n {
			c := g.NewCase(fmt.Sprintf("A261121-%06d", i))
			if i%10 == 0 {
				c.ShopID, c.CustomerID = g.Stranger.ID, 0
			}
			c.Status = cases.Statuses[r.IntN(len(cases.Statuses))]
			c.Assignee = []string{"", "xiaoman", "aqing"}[r.IntN(3)]
			if c.Status == cases.Unassigned {
				c.Assignee = ""
			}
			if c.Status != cases.Closed {
				if k := r.IntN(len(cases.DueKinds) + 1); k < len(cases.DueKinds) {
					at := dbtest.Start + clock.Instant(r.IntN(5)-2)*day/2 // several cases have one deadline
					c.Due(&at, cases.DueKinds[k])
				}
				c.Work = cases.Work{Receive: r.IntN(4) == 0, Pay: r.IntN(4) == 0, Approve: r.IntN(4) == 0}
			}
			cases.Insert(b, c)
			out = append(out, c)
		}
	})
	return out
}

func due(c cases.Case) clock.Instant {
	if c.DueAt == nil {
		return cases.Never
	}
	return *c.DueAt
}

// holds is what a filter means, case by case.
func holds(f desk.Filter, c cases.Case) bool {
	open := c.Status != cases.Closed
	in := map[desk.View]bool{
		desk.All: open, desk.Mine: open && c.Assignee == f.Me, desk.Unassigned: c.Status == cases.Unassigned,
		desk.Overdue: open && due(c) <= f.Now, desk.DueToday: open && due(c) > f.Now && due(c) <= f.Midnight,
		desk.WaitingCustomer: c.Status == cases.Customer, desk.ToReceive: c.Work.Receive, desk.ToPay: c.Work.Pay, desk.ToApprove: c.Work.Approve,
	}[f.View]
	return in && (f.Status == "" || c.Status == f.Status) && (f.Assignee == "" || c.Assignee == f.Assignee)
}

// Every view under every filter, page by page, is what it means: its own shop's cases, by deadline and then by age; and
// its count is its length up to the bound.
func TestViewsAreWhatTheyMean(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		all := append(some(t, g, 300), g.Case)
		f := desk.Filter{Me: "xiaoman", Now: dbtest.Start, Midnight: dbtest.Start + day}
		for _, f.View = range desk.Views {
			for _, f.Status = range append([]cases.Status{""}, cases.Statuses[:len(cases.Statuses)-1]...) {
				for _, f.Assignee = range []string{"", "aqing"} {
					want := slices.DeleteFunc(slices.Clone(all), func(c cases.Case) bool { return c.ShopID != g.Shop.ID || !holds(f, c) })
					slices.SortFunc(want, func(a, b cases.Case) int { return cmp.Or(cmp.Compare(due(a), due(b)), cmp.Compare(a.ID, b.ID)) })
					var ids []id.ID
					for _, c := range want {
						ids = append(ids, c.ID)
					}
					got, n := walk(t, g, f)
					if !slices.Equal(got, ids) {
						t.Fatalf("%+v: %d cases, want %d", f, len(got), len(ids))
					}
					if n != min(len(ids), 20) {
						t.Errorf("%+v: counted %d of %d", f, n, len(ids))
					}
				}
			}
		}
		closed := slices.DeleteFunc(slices.Clone(all), func(c cases.Case) bool { return c.ShopID != g.Shop.ID || c.Status != cases.Closed })
		for _, who := range []string{"", "aqing"} {
			var want []id.ID
			for _, c := range slices.Backward(closed) {
				if who == "" || c.Assignee == who {
					want = append(want, c.ID)
				}
			}
			var got []id.ID
			for before := id.ID(0); ; before = got[len(got)-1] {
				page := casetest.See(t, g, func(tx *db.Tx) ([]id.ID, error) { return desk.Closed(tx, g.Shop.ID, who, before, 7) })
				if got = append(got, page...); len(page) < 7 {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("closed of %q: %v, want %v", who, got, want)
			}
		}
	})
}

// walk reads a list in pages of seven, and counts it up to twenty.
func walk(t *testing.T, g *casetest.Ground, f desk.Filter) (ids []id.ID, n int) {
	t.Helper()
	var after desk.Place
	for {
		page := casetest.See(t, g, func(tx *db.Tx) ([]id.ID, error) { return f.IDs(tx, g.Shop.ID, after, 7) })
		ids = append(ids, page...)
		if len(page) < 7 {
			break
		}
		last := casetest.See(t, g, func(tx *db.Tx) (cases.Case, error) { return cases.Get(tx, g.Shop.ID, page[6]) })
		after = desk.Place{Due: due(last), ID: last.ID}
	}
	n = casetest.See(t, g, func(tx *db.Tx) (int, error) { return f.Count(tx, g.Shop.ID, 20) })
	return ids, n
}

func TestCounts(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		some(t, g, 400)
		f := desk.Filter{Me: "xiaoman", Now: dbtest.Start, Midnight: dbtest.Start + day}
		got := casetest.See(t, g, func(tx *db.Tx) (map[desk.View]int, error) { return desk.Counts(tx, g.Shop.ID, f) })
		if len(got) != len(desk.Views) || got[desk.All] != 100 || got[desk.Unassigned] == 0 || got[desk.Unassigned] >= 100 {
			t.Error(got)
		}
	})
}

// A page of more rows than one list of ids asks for, of cases with and without buyer, line, money and message.
func TestRows(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		all := some(t, g, 150)
		var ids []id.ID
		for _, c := range all {
			if c.ShopID == g.Shop.ID {
				ids = append(ids, c.ID)
			}
		}
		ids = append(ids, g.Case.ID)
		rows := casetest.See(t, g, func(tx *db.Tx) ([]desk.Item, error) { return desk.Rows(tx, g.Shop.ID, ids) })
		for i, r := range rows {
			if r.Case.ID != ids[i] || r.Customer.Nick != "王**" {
				t.Fatalf("row %d is %s of %+v, want %s", i, r.Case.ID, r.Customer, ids[i])
			}
		}
		last := rows[len(rows)-1]
		if last.Lines != 2 || last.OrderNo != g.Order.OrderNo || last.SKU != "BOOT-38" || last.Amount != 1001 || last.Currency != "CNY" || last.Quantity != 3 ||
			last.LineStatus != "requested" || last.Last != nil {
			t.Errorf("%+v", last)
		}
		strange := casetest.See(t, g, func(tx *db.Tx) ([]desk.Item, error) { return desk.Rows(tx, g.Stranger.ID, []id.ID{g.Case.ID}) })
		if strange[0].Case.ID != 0 || strange[0].OrderNo != "" {
			t.Errorf("another shop reads %+v", strange[0])
		}
	})
}
