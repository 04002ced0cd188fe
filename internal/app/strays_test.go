package app_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
)

// A stray parcel's likely owners are the returns that wait for a parcel and have something in common with its label; masked
// names identify nobody.
func TestStrayOwners(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop, other := openShop(t, a, "shoes"), openShop(t, a, "other")
		awaited := func(shopID string, no string, b flow.Buyer) flow.View {
			id := shop
			if shopID == "other" {
				id = other
			}
			v := matter(t, a, id, no, b, "size_mismatch", "")
			return done(t)(a.Flow.Approve(t.Context(), xiaoman, id, v.Lines[0].ID, 0))
		}
		both := awaited("shoes", "990000000000000001", flow.Buyer{Key: "a", Nick: "小鱼爱吃鱼", Name: "单小鱼", Phone: "13800138003"})
		tail := awaited("shoes", "990000000000000002", flow.Buyer{Key: "b", Nick: "王**", Name: "王**", Phone: "138****8003"})
		awaited("shoes", "990000000000000003", flow.Buyer{Key: "c", Nick: "李**", Name: "李**", Phone: "138****8004"})
		awaited("other", "990000000000000004", flow.Buyer{Key: "d", Nick: "单小鱼", Name: "单小鱼", Phone: "13800138003"})
		gone := awaited("shoes", "990000000000000005", flow.Buyer{Key: "e", Nick: "单小鱼", Name: "单小鱼", Phone: "13800138003"})
		done(t)(a.Flow.FillWaybill(t.Context(), xiaoman, shop, gone.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT1000000009"}))

		s, err := a.Flow.Scan(t.Context(), xiaoman, shop, flow.Scan{Code: "SF1234567890"})
		if err != nil {
			t.Fatal(err)
		}
		path := "/strays/" + s.Stray.ID.String() + "/owners"
		if got := show[[]desk.Owner](t, a, shop, path); len(got) != 0 {
			t.Errorf("with an empty label: %+v", got)
		}
		if _, err := a.Flow.Label(t.Context(), xiaoman, shop, s.Stray.ID, 0, flow.Labelled{PhoneTail: "8003", Label: "单小鱼 王** 寄"}); err != nil {
			t.Fatal(err)
		}
		got := show[[]desk.Owner](t, a, shop, path)
		if len(got) != 2 || got[0].MovementID != both.Movements[0].ID || len(got[0].Why) != 2 || got[1].MovementID != tail.Movements[0].ID || len(got[1].Why) != 1 {
			t.Errorf("%+v", got)
		}
		done(t)(a.Flow.Match(t.Context(), xiaoman, shop, s.Stray.ID, got[0].MovementID))
		if left := show[list[any]](t, a, shop, "/strays"); len(left.Items) != 0 {
			t.Errorf("%v", left)
		}
	})
}
