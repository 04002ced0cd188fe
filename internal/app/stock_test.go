package app_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/stock"
)

// For whom units are held, and until when: the holds that stand, of this shop alone.
func TestKeepers(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop, other := openShop(t, a, "shoes"), openShop(t, a, "other")
		v := matter(t, a, shop, "990000000000000001", flow.Buyer{Key: "a", Nick: "小鱼"}, "size_mismatch", "")
		until := a.Clock.Now() + 1000
		if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := stock.SetAll(tx, "erp", shop, []stock.Told{{SKU: "B-39", OnHand: 3}}); err != nil {
				return err
			}
			article, err := stock.Get(tx, shop, "B-39")
			if err != nil {
				return err
			}
			return tx.Batch(func(b *db.Batch) {
				now, gone := stock.Keep(b, *article, stock.Hold{LineID: v.Lines[0].ID, Quantity: 1, HeldAt: tx.Now})
				stock.End(b, tx.Now, gone, stock.Free)
				now.Version++ // ending a hold is a change of the article
				now.Held--
				stock.Keep(b, now, stock.Hold{LineID: v.Lines[0].ID, Quantity: 2, HeldAt: tx.Now, Until: &until})
			})
		}); err != nil {
			t.Fatal(err)
		}
		held := show[[]desk.Keeper](t, a, shop, "/stock/holds?sku=B-39")
		if len(held) != 1 || held[0].Quantity != 2 || held[0].CaseID != v.Case.ID || held[0].Customer.Nick != "小鱼" || *held[0].Until != until {
			t.Errorf("%+v", held)
		}
		for _, none := range [][]desk.Keeper{show[[]desk.Keeper](t, a, other, "/stock/holds?sku=B-39"), show[[]desk.Keeper](t, a, shop, "/stock/holds?sku=B-40")} {
			if len(none) != 0 {
				t.Errorf("%+v", none)
			}
		}
	})
}
