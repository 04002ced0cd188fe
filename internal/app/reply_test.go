package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// another gives a shop one more warehouse.
func another(t *testing.T, a *app.App, to id.ID, code string) {
	t.Helper()
	if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
		return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: to, Code: code, Name: code, Address: code})
	}); err != nil {
		t.Fatal(err)
	}
}

// asks records an order paid thirty days ago, signed for on a day or not sent yet, and applies for a remedy because the
// customer changed her mind.
func asks(t *testing.T, a *app.App, shop id.ID, no string, signed *calendar.Date, remedy string) flow.View {
	t.Helper()
	paid := a.Clock.Now().Add(-30 * 24 * time.Hour)
	o := flow.NewOrder{Platform: "taobao", OrderNo: no, Buyer: flow.Buyer{Key: "li", Nick: "李女士"}, Channel: "distance", Status: "等待卖家发货", OrderedAt: paid, PaidAt: &paid,
		Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "单鞋 黑38", Category: "shoes", Quantity: 1, UnitPrice: 26900, Net: 26900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Captured: 26900}}}
	if signed != nil {
		o.Status, o.ShippedAt, o.SignedOn, o.SignedBy = "交易成功", &paid, signed, "self"
	}
	r, err := a.Flow.RecordOrder(t.Context(), xiaoman, shop, o)
	if err != nil {
		t.Fatal(err)
	}
	return done(t)(a.Flow.Apply(t.Context(), xiaoman, shop, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1,
		Ground: "no_reason", Remedy: remedy, Wanted: map[string]string{"exchange": "SH-2401"}[remedy], Facts: map[string]json.RawMessage{"goods.worn": json.RawMessage("false")}}}}))
}

// What an agent may tell the customer follows where the case stands (terms, section 14): where to send the goods; the
// rule of a refusal and a way on (S3-13); for three working days where the money went.
func TestReply(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		says := func(v flow.View, lang string) string {
			return show[desk.Copied](t, a, shop, "/cases/"+v.Case.ID.String()+"/reply?lang="+lang).Text
		}
		lately, longAgo := calendar.DateOf(2026, 11, 19), calendar.DateOf(2026, 10, 24)

		v := asks(t, a, shop, "990000000000000001", &lately, "refund_return")
		if got := says(v, "zh-CN"); got != "" {
			t.Errorf("nobody has agreed yet: %s", got)
		}
		v = done(t)(a.Flow.Approve(t.Context(), xiaoman, shop, v.Lines[0].ID, 0))
		for lang, want := range map[string]string{
			"zh-CN": "亲，已帮您通过退货申请～请在 12月1日 前寄到：广州，寄出后把快递单号填在这里就好，收到验货后当天给您退款。",
			"en":    "Your return is approved. Please send it to 广州 by 1 December and enter the waybill number here; we refund on the day it passes inspection.",
			"zh-TW": "親，已幫您通過退貨申請～請在 12月1日 前寄到：广州，寄出後把快遞單號填在這裡就好，收到驗貨後當天給您退款。",
		} {
			if got := says(v, lang); got != want {
				t.Errorf("%s\n%s, want\n%s", lang, got, want)
			}
		}
		v = done(t)(a.Flow.SignFor(t.Context(), xiaoman, shop, v.Movements[0].ID, 0, nil)) // S4-13: told before she asks
		here := says(v, "zh-CN")
		if want := "亲，您寄回的包裹已经到了，我们马上验货，没问题当天给您退款～"; here != want {
			t.Errorf("%s, want\n%s", here, want)
		}
		another(t, a, shop, "foshan")
		v = done(t)(a.Flow.Forward(t.Context(), xiaoman, shop, v.Movements[0].ID, 0, flow.Onward{To: "foshan", Carrier: "圆通", Waybill: "YT5551234566"}))
		if got := says(v, "zh-CN"); got != here { // it came; which of our houses opens it is not her concern
			t.Errorf("%s, want\n%s", got, here)
		}
		v = done(t)(a.Flow.SignFor(t.Context(), xiaoman, shop, v.Movements[1].ID, 0, nil))

		// She wants it back after all: told under which number it is on its way (S4-23 of an exchange is the same sentence).
		l, m := v.Lines[0].ID, v.Movements[0].ID
		done(t)(a.Flow.Receive(t.Context(), xiaoman, shop, m, 0, flow.Opening{Counts: []flow.Count{{LineID: l, Arrived: 1}}}))
		v = done(t)(a.Flow.Cancel(t.Context(), xiaoman, shop, l, 0, "顾客不退了"))
		out := v.Movements[len(v.Movements)-1].ID
		v = done(t)(a.Flow.ShipOut(t.Context(), xiaoman, shop, out, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT5551234567"}))
		if got, want := says(v, "zh-CN"), "亲，已经给您寄出啦：圆通 YT5551234567，请留意查收～"; got != want {
			t.Errorf("%s, want\n%s", got, want)
		}

		v = asks(t, a, shop, "990000000000000002", &longAgo, "refund_return")
		if v.Lines[0].Status != "rejected" {
			v = done(t)(a.Flow.Decline(t.Context(), xiaoman, shop, v.Lines[0].ID, 0, "过了七天"))
		}
		got := says(v, "zh-CN")
		for _, part := range []string{"亲，", "七天", "给您添麻烦了。您看这样可以吗：", "如果是质量问题，请拍张照片给我，这条不影响您的权利。"} {
			if !strings.Contains(got, part) {
				t.Errorf("%q lacks %q", got, part)
			}
		}

		v = asks(t, a, shop, "990000000000000003", nil, "refund_only")
		if len(v.Settlements) != 1 {
			t.Fatalf("%s", v.Lines[0].Decision)
		}
		v = done(t)(a.Flow.Confirm(t.Context(), xiaoman, shop, v.Settlements[0].ID, 0, settle.Confirmation{ExternalNo: "RF-1", Minor: 26900, At: a.Clock.Now(), Proof: "screenshot"}))
		if got, want := says(v, "zh-CN"), "亲，退款 ¥269.00 已原路退回支付宝，一般 1-3 个工作日到账；超过 11月25日 未到账请联系我们。"; got != want {
			t.Errorf("%s, want\n%s", got, want)
		}
	})
}

// What may be said of a new pair that goes ahead: the deposit first, then where the old one goes.
func TestReplyOfAnExchangeInAdvance(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		says := func(v flow.View) string {
			return show[desk.Copied](t, a, shop, "/cases/"+v.Case.ID.String()+"/reply?lang=zh-CN").Text
		}
		lately := calendar.DateOf(2026, 11, 19)
		v := asks(t, a, shop, "990000000000000004", &lately, "exchange")
		l := v.Lines[0].ID
		done(t)(a.Flow.Answer(t.Context(), xiaoman, shop, l, 0, rule.AtApplication, map[string]json.RawMessage{"exchange.in_stock": json.RawMessage("true")}, ""))
		done(t)(a.Flow.Approve(t.Context(), xiaoman, shop, l, 0))
		v = done(t)(a.Flow.Advance(t.Context(), xiaoman, shop, l, 0, "周末要穿"))
		if got, want := says(v), "亲，可以先给您发新的～麻烦您先冻结押金 ¥269.00，只冻结不扣款，旧的寄回验好马上解冻。"; got != want {
			t.Errorf("%s, want\n%s", got, want)
		}
		deposit := v.Settlements[len(v.Settlements)-1]
		v = done(t)(a.Flow.PlaceHold(t.Context(), xiaoman, shop, deposit.ID, 0, settle.Receipt{Route: settle.ByMarketplace, ExternalNo: "AUTH-1", Minor: deposit.Minor, At: a.Clock.Now(), Proof: "screenshot"}))
		out := v.Movements[len(v.Movements)-1].ID
		done(t)(a.Flow.ShipOut(t.Context(), xiaoman, shop, out, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT5551234568"}))
		v = done(t)(a.Flow.Delivered(t.Context(), xiaoman, shop, out, 0))
		if got, want := says(v), "亲，新的已经先给您寄出啦～旧的请在 12月"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "填在这里就好，验好马上解冻押金。") {
			t.Errorf("%s, want %s…", got, want)
		}
	})
}

// done fails the test where a command failed.
func done(t *testing.T) func(flow.View, error) flow.View {
	return func(v flow.View, err error) flow.View {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
