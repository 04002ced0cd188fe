package settle_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

// Which settlement a line is of: our number decides, then theirs, then the order and the amount where only one fits.
func TestMatch(t *testing.T) {
	a := settle.Candidate{ID: 1, PayoutNo: "P1", ExternalNo: "R1", OrderNo: "9901", Minor: 100, State: settle.Settled}
	with := func(change func(c *settle.Candidate)) settle.Candidate {
		c := a
		change(&c)
		return c
	}
	b := with(func(c *settle.Candidate) { c.ID, c.PayoutNo = 2, "P2" })
	taken := with(func(c *settle.Candidate) { c.Taken = true })
	under := with(func(c *settle.Candidate) { c.State = settle.Processing })
	bare := with(func(c *settle.Candidate) { c.ExternalNo = "" })
	bareToo := with(func(c *settle.Candidate) { c.ID, c.PayoutNo, c.ExternalNo = 2, "P2", "" })
	for name, x := range map[string]struct {
		line settle.StatementLine
		of   []settle.Candidate
		is   id.ID
		what settle.What
	}{
		"nobody":                      {settle.StatementLine{OurNo: "P1", Minor: 100}, nil, 0, settle.UnknownToUs},
		"our number":                  {settle.StatementLine{OurNo: "P1", Minor: 100}, []settle.Candidate{b, a}, 1, ""},
		"another amount":              {settle.StatementLine{OurNo: "P1", Minor: 99}, []settle.Candidate{a}, 1, settle.OtherAmount},
		"under way":                   {settle.StatementLine{OurNo: "P1", Minor: 100}, []settle.Candidate{under}, 1, settle.NotSettled},
		"twice":                       {settle.StatementLine{OurNo: "P1", Minor: 100}, []settle.Candidate{taken}, 1, settle.Twice},
		"their number":                {settle.StatementLine{ExternalNo: "R1", Minor: 100}, []settle.Candidate{a}, 1, ""},
		"their number, second of two": {settle.StatementLine{ExternalNo: "R1", Minor: 100}, []settle.Candidate{taken, b}, 2, ""},
		"their number, both gone":     {settle.StatementLine{ExternalNo: "R1", Minor: 100}, []settle.Candidate{taken}, 1, settle.Twice},
		"their number, other amount":  {settle.StatementLine{ExternalNo: "R1", Minor: 1}, []settle.Candidate{a}, 1, settle.OtherAmount},
		"order and amount":            {settle.StatementLine{ExternalNo: "R7", OrderNo: "9901", Minor: 100}, []settle.Candidate{bare}, 1, ""},
		"two would fit":               {settle.StatementLine{ExternalNo: "R7", OrderNo: "9901", Minor: 100}, []settle.Candidate{bare, bareToo}, 0, settle.UnknownToUs},
		"confirmed with another":      {settle.StatementLine{ExternalNo: "R7", OrderNo: "9901", Minor: 100}, []settle.Candidate{a}, 0, settle.UnknownToUs},
		"order, other amount":         {settle.StatementLine{OrderNo: "9901", Minor: 1}, []settle.Candidate{a}, 0, settle.UnknownToUs},
	} {
		if is, what := settle.Match(x.line, x.of); is != x.is || what != x.what {
			t.Errorf("%s: %v %q, want %v %q", name, is, what, x.is, x.what)
		}
	}
}

// Lines and differences are a shop's own: another shop neither sees nor resolves them, and the same refund is one line from whatever file.
func TestStatementStore(t *testing.T) {
	each(t, func(t *testing.T, k *till) {
		s := k.open(t, k.refund(200, "P1"))
		st := settle.Statement{ID: id.New(), ShopID: k.Shop.ID, Provider: "alipay", FileName: "a.csv", FileHash: "h", Refunds: 1, From: dbtest.Start, To: dbtest.Start, ImportedBy: "静姐", ImportedAt: dbtest.Start, Version: 1}
		l := settle.StatementLine{ID: id.New(), ShopID: k.Shop.ID, StatementID: st.ID, Provider: "alipay", Key: "our P1", Row: 2, ExternalNo: "R1", OurNo: "P1", OrderNo: k.Order.OrderNo, Minor: 200, Currency: "CNY", At: dbtest.Start}
		d := settle.MoneyDifference{ID: id.New(), ShopID: k.Shop.ID, Provider: "alipay", StatementID: st.ID, LineID: l.ID, SettlementID: s.ID, What: settle.NotSettled, Theirs: 200, Ours: 200, Currency: "CNY", FoundAt: dbtest.Start}
		k.Batch(t, func(_ *db.Tx, b *db.Batch) { settle.InsertStatement(b, st) })
		k.Do(t, func(tx *db.Tx) error {
			if added, err := settle.AddStatementLine(tx, l); !added || err != nil {
				t.Errorf("%v, %v", added, err)
			}
			again := l
			again.ID = id.New()
			if added, err := settle.AddStatementLine(tx, again); added || err != nil {
				t.Errorf("a second time: %v, %v", added, err)
			}
			return settle.CountFresh(tx, k.Shop.ID, st.ID, 1)
		})
		k.Batch(t, func(_ *db.Tx, b *db.Batch) { settle.Differ(b, d); settle.Differ(b, d) })
		of := casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.Candidate, error) { return settle.Candidates(tx, l) })
		if len(of) != 1 || of[0].ID != s.ID || of[0].Taken {
			t.Errorf("%+v", of)
		}
		for shop, n := range map[id.ID]int{k.Shop.ID: 1, k.Stranger.ID: 0} {
			k.Do(t, func(tx *db.Tx) error {
				all, err := settle.Statements(tx, shop, 0, 10)
				open, err2 := settle.Differences(tx, shop, 0, 10, false)
				lines, err3 := settle.LinesOf(tx, shop, []id.ID{l.ID})
				some, err4 := settle.Some(tx, shop, []id.ID{s.ID})
				free, err5 := settle.Unmatched(tx, shop, "alipay", 0, 10)
				count, err6 := settle.OpenDifferences(tx, shop, st.ID)
				for _, err := range []error{err, err2, err3, err4, err5, err6} {
					if err != nil {
						return err
					}
				}
				if len(all) != n || len(open) != n || len(lines) != n || len(some) != n || len(free) != n || count != n {
					t.Errorf("shop %v sees %d %d %d %d %d %d", shop, len(all), len(open), len(lines), len(some), len(free), count)
				}
				return nil
			})
		}
		_, err := casetest.Ask(t, k.Ground, func(tx *db.Tx) (settle.MoneyDifference, error) {
			return settle.Resolve(tx, k.Stranger.ID, d.ID, 0, "x", "y")
		})
		casetest.WantKey(t, err, "not_found", "settle.difference_not_found")
		k.Batch(t, func(_ *db.Tx, b *db.Batch) { settle.Agree(b, l, s.ID); settle.Agreed(b, d, dbtest.Start) })
		casetest.WantStale(t, k.TryBatch(t, func(_ *db.Tx, b *db.Batch) { settle.Agree(b, l, s.ID) }))
		if open := casetest.See(t, k.Ground, func(tx *db.Tx) ([]settle.MoneyDifference, error) {
			return settle.Differences(tx, k.Shop.ID, 0, 10, false)
		}); len(open) != 0 {
			t.Errorf("%+v", open)
		}
	})
}
