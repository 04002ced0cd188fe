package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/internal/settle"
)

// A month's charge-back counts what arrived in it, by party and kind, from its first moment to its last; nothing of another month, of
// another shop, or that has not arrived (X20: the shop pays first, and recovers).
func TestChargebacks(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		cst := time.FixedZone("CST", 8*3600)
		at := func(month time.Month, day, hour int) clock.Instant {
			return clock.Of(time.Date(2026, month, day, hour, 0, 0, 0, cst))
		}
		paid := func(party string, kind settle.Kind, minor int64, when clock.Instant) {
			g.Batch(t, func(_ *db.Tx, b *db.Batch) {
				s := settle.Settlement{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, LineID: g.Lines[0].ID, Kind: kind, Route: settle.ByBank, Minor: minor, Currency: "CNY",
					Responsible: party, DecisionID: id.New(), CreatedAt: when, Parts: []settle.Part{{Kind: settle.Whole, Minor: minor}}}
				s.PayoutNo = "P" + s.ID.String()
				s, err := settle.Open(b, s, settle.Approve)
				for _, e := range []settle.Event{settle.Initiate, settle.Arrive} {
					if err == nil {
						s.ArrivedAt = &when
						s, err = settle.Apply(b, s, e)
					}
					if minor == 7 { // still under way
						break
					}
				}
				if err != nil {
					b.Fail(err)
				}
			})
		}
		paid("supplier", settle.Refund, 100, at(11, 1, 0))
		paid("supplier", settle.Refund, 50, at(11, 30, 23))
		paid("supplier", settle.Compensation, 20, at(11, 15, 12))
		paid("carrier", settle.Refund, 5, at(11, 15, 12))
		paid("carrier", settle.Refund, 1_000, at(12, 1, 0))
		paid("carrier", settle.Refund, 2_000, at(10, 31, 23))
		paid("carrier", settle.Refund, 7, at(11, 15, 12))
		from, until := at(11, 1, 0), at(12, 1, 0)
		rows := casetest.See(t, g, func(tx *db.Tx) ([]report.Borne, error) { return report.BorneBetween(tx, g.Shop.ID, from, until) })
		if got := fmt.Sprint(rows); got != "[{carrier refund CNY 1 5} {supplier compensation CNY 1 20} {supplier refund CNY 2 150}]" {
			t.Error(got)
		}
		charges := casetest.See(t, g, func(tx *db.Tx) ([]report.Charge, error) { return report.ChargesBetween(tx, g.Shop.ID, from, until) })
		if len(charges) != 4 || charges[1].Minor != 100 || charges[1].CaseNo != g.Case.Number || charges[1].OrderNo != g.Order.OrderNo {
			t.Errorf("%+v", charges)
		}
		if others := casetest.See(t, g, func(tx *db.Tx) ([]report.Borne, error) { return report.BorneBetween(tx, g.Stranger.ID, from, until) }); len(others) != 0 {
			t.Errorf("another shop sees %+v", others)
		}
	})
}
