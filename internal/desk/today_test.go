package desk_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/shop"
)

// The first screen of two shops is theirs added up, the most urgent of both first, and names the shop of each; of one
// shop it holds nothing of the other.
func TestTodayOfSeveralShops(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		some(t, g, 120)
		of := func(shops ...shop.Shop) desk.Today {
			return casetest.See(t, g, func(tx *db.Tx) (desk.Today, error) { return desk.TodayOf(tx, shops, "xiaoman") })
		}
		one, other, both := of(g.Shop), of(g.Stranger), of(g.Shop, g.Stranger)
		if both.Open != one.Open+other.Open || both.Overdue != one.Overdue+other.Overdue || both.DueToday != one.DueToday+other.DueToday ||
			both.ToApprove != one.ToApprove+other.ToApprove || one.Open == 0 || other.Open == 0 {
			t.Errorf("%+v and %+v are not %+v", one, other, both)
		}
		rank := map[desk.Urgency]int{desk.IsOverdue: 0, desk.IsSoon: 1, desk.IsToday: 2, desk.IsWaiting: 3}
		for i, x := range both.Items {
			if x.Shop != g.Shop.Code && x.Shop != g.Stranger.Code {
				t.Errorf("%s is of shop %q", x.Number, x.Shop)
			}
			if i > 0 && rank[both.Items[i-1].Urgency] > rank[x.Urgency] {
				t.Errorf("%s is more urgent than what stands before it", x.Number)
			}
		}
		for _, x := range one.Items {
			if x.Shop != g.Shop.Code {
				t.Errorf("%s is of shop %q", x.Number, x.Shop)
			}
		}
		if none := of(); none.Open != 0 || len(none.Items) != 0 || none.At != dbtest.Start {
			t.Errorf("of no shop: %+v", none)
		}
	})
}
