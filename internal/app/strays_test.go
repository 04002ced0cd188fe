package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/stray"
	"github.com/sanbao/sanbao/internal/web"
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

// Units that were too much have their customer's returns as owners, on their way or not; the shelf has pages.
func TestSurplusOwners(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		v := matter(t, a, shop, "990000000000000001", flow.Buyer{Key: "a", Nick: "小鱼"}, "size_mismatch", "")
		v = done(t)(a.Flow.Approve(t.Context(), xiaoman, shop, v.Lines[0].ID, 0))
		v = done(t)(a.Flow.FillWaybill(t.Context(), xiaoman, shop, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT1000000009"}))
		other := matter(t, a, shop, "990000000000000002", flow.Buyer{Key: "b", Nick: "别人"}, "size_mismatch", "")
		done(t)(a.Flow.Approve(t.Context(), xiaoman, shop, other.Lines[0].ID, 0))
		s, err := a.Flow.Scan(t.Context(), xiaoman, shop, flow.Scan{Code: "SF1234567890"})
		if err != nil {
			t.Fatal(err)
		}
		w := done(t)(a.Flow.Receive(t.Context(), xiaoman, shop, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: v.Movements[0].Lines[0].Announced + 1}},
			Extras: []flow.Extra{{What: "一只袜子", Quantity: 2}}}))
		if w.Movements[0].Surplus != 3 {
			t.Fatalf("%d", w.Movements[0].Surplus)
		}
		page := show[list[stray.Parcel]](t, a, shop, "/strays?limit=2")
		if len(page.Items) != 2 || page.Items[0].ID != s.Stray.ID || page.Next == "" {
			t.Fatalf("%+v", page)
		}
		at := strings.TrimPrefix(page.Next, web.APIRoot+"shops/"+shop.String())
		if rest := show[list[stray.Parcel]](t, a, shop, at); len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("%+v", rest)
		}
		unit := page.Items[1]
		if one := show[stray.Parcel](t, a, shop, "/strays/"+unit.ID.String()); one != unit || one.Kind != stray.Unit {
			t.Errorf("%+v", one)
		}
		if owners := show[[]desk.Owner](t, a, shop, "/strays/"+unit.ID.String()+"/owners"); len(owners) != 0 {
			t.Errorf("nobody waits: %+v", owners)
		}
		his := matter(t, a, shop, "990000000000000003", flow.Buyer{Key: "a", Nick: "小鱼"}, "size_mismatch", "")
		his = done(t)(a.Flow.Approve(t.Context(), xiaoman, shop, his.Lines[0].ID, 0))
		owners := show[[]desk.Owner](t, a, shop, "/strays/"+unit.ID.String()+"/owners")
		if len(owners) != 1 || owners[0].MovementID != his.Movements[0].ID || !slices.Contains(owners[0].Why, "article") && !slices.Contains(owners[0].Why, "customer") {
			t.Errorf("of another order of his: %+v", owners)
		}
	})
}
