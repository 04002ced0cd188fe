package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

var xiaoman = flow.Actor{Name: "小满", Supervisor: true, Finance: true}

// matter is an order of a buyer with one application about it.
func matter(t *testing.T, a *app.App, shop id.ID, no string, b flow.Buyer, ground, note string) flow.View {
	t.Helper()
	now := a.Clock.Now()
	paid := now.Add(-5 * 24 * time.Hour)
	signed := calendar.DateOf(2026, 11, 19)
	r, err := a.Flow.RecordOrder(t.Context(), xiaoman, shop, flow.NewOrder{Platform: "taobao", OrderNo: no, Buyer: b, Channel: order.Distance, OrderedAt: paid,
		PaidAt: &paid, ShippedAt: &paid, SignedOn: &signed, SignedBy: "self", Attrs: order.Attrs{FreightInsurance: true, FreeShipping: true},
		Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "头层牛皮浅口单鞋 黑38", Category: "shoes", Quantity: 1, UnitPrice: 26900, Net: 26900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Captured: 26900}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Flow.Apply(t.Context(), xiaoman, shop, flow.Application{Channel: "chat", Note: note, Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID,
		Quantity: 1, Ground: ground, Remedy: "refund_return", Facts: map[string]json.RawMessage{"goods.worn": json.RawMessage("false")}}}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// show asks a route of a shop and reads its answer.
func show[T any](t *testing.T, a *app.App, shop id.ID, path string) (out T) {
	t.Helper()
	w := get(t, a.Server(), "/api/v1/shops/"+shop.String()+path, webtest.Token(t, a.DB, shop, auth.CasesRead))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v in %s", path, err, w.Body)
	}
	return out
}

type list[T any] struct {
	Items []T
	Next  string
}

// A case is in the list, on the first screen, on its page and in the remark; and nothing of it in another shop.
func TestDesk(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop, other := openShop(t, a, "shoes"), openShop(t, a, "other")
		first := matter(t, a, shop, "990000000000000001", flow.Buyer{Key: "xiaoyu", Nick: "小鱼爱吃鱼", Name: "单小鱼", Phone: "13800138003"}, "size_mismatch", "顾客比较急")
		second := matter(t, a, shop, "990000000000000002", flow.Buyer{Key: "wang", Nick: "王**", Name: "王**", Phone: "138****8004"}, "no_reason", "")
		agreed, err := a.Flow.Approve(t.Context(), xiaoman, shop, first.Lines[0].ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []flow.Said{{From: chat.Customer, Text: "38码有点挤脚，没穿出去，想退掉"}, {From: chat.Staff, Text: "亲，已帮您通过退货申请～"}} {
			if _, err := a.Flow.Say(t.Context(), xiaoman, shop, first.Case.ID, s); err != nil {
				t.Fatal(err)
			}
		}

		all := show[list[desk.Item]](t, a, shop, "/inbox?limit=1")
		if len(all.Items) != 1 || all.Next == "" || all.Items[0].Case.ID != first.Case.ID || all.Items[0].Case.DueKind != cases.DueSend ||
			all.Items[0].Last == nil || all.Items[0].Last.Text != "亲，已帮您通过退货申请～" || all.Items[0].Amount != 26900 {
			t.Errorf("%+v", all)
		}
		token := webtest.Token(t, a.DB, shop, auth.CasesRead)
		if w := get(t, a.Server(), all.Next, token); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), second.Case.Number) || strings.Contains(w.Body.String(), first.Case.Number) {
			t.Errorf("next page: %d %s", w.Code, w.Body)
		}
		if n := show[map[desk.View]int](t, a, shop, "/inbox/counts"); n[desk.All] != 2 || n[desk.WaitingCustomer] != 1 || n[desk.Unassigned] != 1 || n[desk.ToPay] != 0 {
			t.Error(n)
		}
		day := show[desk.Today](t, a, shop, "/today")
		if day.Open != 2 || day.DueToday != 0 || len(day.Items) != 1 || day.Items[0].CaseID != second.Case.ID || day.Items[0].Urgency != desk.IsWaiting {
			t.Errorf("%+v", day)
		}
		page := show[desk.Page](t, a, shop, "/cases/"+first.Case.ID.String()+"/page")
		if page.View.Case.Version != agreed.Case.Version || page.Customer.Nick != "小鱼爱吃鱼" || len(page.Orders) != 1 || len(page.Orders[0].Payments) != 1 ||
			len(page.Messages) != 2 || len(page.Notes) != 1 || len(page.View.Lines[0].Allowed) == 0 {
			t.Errorf("%+v", page)
		}
		remark := show[desk.Copied](t, a, shop, "/cases/"+first.Case.ID.String()+"/remark?lang=zh-CN").Text
		if want := "【退货】38黑 尺码不合适｜运费顾客自理（有运费险）｜待寄回｜test 11/21 09:00｜" + first.Case.Number; remark != want {
			t.Errorf("%s, want %s", remark, want)
		}
		for _, path := range []string{"/inbox", "/today", "/search?q=%E5%B0%8F%E9%B1%BC", "/search?q=990000000000000001", "/search?q=" + first.Case.Number} {
			if got := show[list[any]](t, a, other, path); len(got.Items) != 0 {
				t.Errorf("another shop's %s: %v", path, got.Items)
			}
		}
		if w := get(t, a.Server(), "/api/v1/shops/"+other.String()+"/cases/"+first.Case.ID.String()+"/page", webtest.Token(t, a.DB, other, auth.CasesRead)); w.Code != http.StatusNotFound {
			t.Errorf("another shop's page: %d", w.Code)
		}
	})
}

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		v := matter(t, a, shop, "990000000000000001", flow.Buyer{Key: "xiaoyu", Nick: "小鱼爱吃鱼", Name: "单小鱼", Phone: "13800138003"}, "size_mismatch", "顾客比较急，先安抚")
		masked := matter(t, a, shop, "990000000000000002", flow.Buyer{Key: "b-2", Nick: "李女士", Name: "李**", Phone: "138****8004"}, "no_reason", "")
		if _, err := a.Flow.Say(t.Context(), xiaoman, shop, v.Case.ID, flow.Said{From: chat.Customer, Text: "38码有点挤脚，没穿出去 <b>想退掉</b> 😀"}); err != nil {
			t.Fatal(err)
		}
		v, err := a.Flow.Approve(t.Context(), xiaoman, shop, v.Lines[0].ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		rma := v.Movements[0].Number
		if _, err := a.Flow.FillWaybill(t.Context(), xiaoman, shop, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0001"}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Flow.AddParcel(t.Context(), xiaoman, shop, v.Lines[0].OrderID, flow.NewParcel{Carrier: "圆通", Waybill: "YT8962646785389"}); err != nil {
			t.Fatal(err)
		}
		person := []string{"customer/customer", "case/customer"}
		for q, want := range map[string][]string{
			v.Case.Number: {"case/case_no"}, strings.ToLower(v.Case.Number): {"case/case_no"}, "990000000000000001": {"order/order_no"},
			" ytdemo 0001 ": {"parcel/waybill"}, "yt8962646785389": {"parcel/waybill"}, rma: {"parcel/rma"}, "小鱼": person, "danxiaoyu": person, "sxy": person, "8003": person, "13800138003": person,
			"李**": person, "138****8004": person, "8004": person, "李女士": person, "li": person, "挤脚": {"message/text"}, "没穿出去": {"message/text"}, "穿出有点": nil,
			"安抚": {"message/note"}, "想退掉 😀": {"message/text"}, "'; drop table cases --": nil, "****": nil, "%": nil, "小鱼\x00": person, "\x00": nil, "\xff\xfe": nil, "没有这句话": nil,
		} {
			var got []string
			for _, h := range show[list[desk.Hit]](t, a, shop, "/search?q="+url.QueryEscape(q)).Items {
				got = append(got, h.Kind+"/"+h.Matched)
				if want := map[bool]id.ID{true: masked.Case.ID, false: v.Case.ID}[strings.ContainsAny(q, "李*") || q == "8004" || q == "li"]; h.CaseID != want {
					t.Errorf("%s leads to case %s, want %s", q, h.CaseID, want)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: %v, want %v", q, got, want)
			}
		}
		for _, q := range []string{"", strings.Repeat("字", 65)} {
			if w := get(t, a.Server(), "/api/v1/shops/"+shop.String()+"/search?q="+url.QueryEscape(q), webtest.Token(t, a.DB, shop, auth.CasesRead)); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%d characters: %d", len(q), w.Code)
			}
		}
	})
}

// The first screen has what is overdue before what is due soon, then what is due today, then what waits for us.
func TestToday(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		fake := a.Clock.(*clock.Fake)
		for i, no := range []string{"990000000000000001", "990000000000000002", "990000000000000003"} {
			v := matter(t, a, shop, no, flow.Buyer{Key: no}, "size_mismatch", "")
			if i < 2 {
				if _, err := a.Flow.Approve(t.Context(), xiaoman, shop, v.Lines[0].ID, 0); err != nil {
					t.Fatal(err)
				}
			}
			if i == 0 {
				fake.Advance(24 * time.Hour)
			}
		}
		first := show[list[desk.Item]](t, a, shop, "/inbox?limit=2").Items
		fake.Set(first[0].Case.DueAt.Add(-7 * time.Hour))
		see := func(want ...desk.Urgency) desk.Today {
			t.Helper()
			day := show[desk.Today](t, a, shop, "/today")
			var got []desk.Urgency
			for _, i := range day.Items {
				got = append(got, i.Urgency)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			return day
		}
		see(desk.IsToday, desk.IsWaiting)
		fake.Advance(2 * time.Hour)
		see(desk.IsSoon, desk.IsWaiting)
		fake.Advance(5 * time.Hour)
		day := see(desk.IsOverdue, desk.IsToday, desk.IsWaiting)
		if day.Overdue != 1 || day.DueToday != 1 || day.Open != 3 || day.Items[0].Kind != "send" || day.Items[2].Kind != "unassigned" {
			t.Errorf("%+v", day)
		}
	})
}

func TestFactsGroundsAndTerms(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		facts := show[[]desk.Fact](t, a, shop, "/facts")
		i := slices.IndexFunc(facts, func(f desk.Fact) bool { return f.Name == "order.delivery" })
		if i < 0 || facts[i].Type != "enum" || len(facts[i].Values) != 3 || facts[i].Values[0].Label.ZhCN == "" || facts[i].Stage != "application" {
			t.Errorf("%+v", facts)
		}
		grounds := show[[]desk.Ground](t, a, shop, "/grounds")
		for _, g := range grounds {
			if g.Label.ZhCN == g.Ground || g.Label.ZhTW == "" || g.Label.En == g.Ground || g.Fault == "" {
				t.Errorf("%+v", g)
			}
		}
		if len(grounds) < 10 {
			t.Errorf("%d grounds", len(grounds))
		}
		w := get(t, a.Server(), "/api/v1/terms", "")
		var words map[string]term.Word
		if err := json.Unmarshal(w.Body.Bytes(), &words); err != nil || words["case.ours"].In("zh-TW") != "待我方處理" {
			t.Errorf("%v %v", err, words["case.ours"])
		}
	})
}

// A page that is open hears of a command on its shop and of none on another; and it does not hold up the end of the
// server.
func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop, other := openShop(t, a, "shoes"), openShop(t, a, "other")
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- a.Serve(ctx, ln) }()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+ln.Addr().String()+"/api/v1/shops/"+shop.String()+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+webtest.Token(t, a.DB, shop, auth.CasesRead))
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if ct := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || ct != "text/event-stream" {
			t.Fatal(res.Status, ct)
		}
		lines := bufio.NewScanner(res.Body)
		event := func() string { // the next one, but for the word that nodes have found each other
			for lines.Scan() {
				name, ok := strings.CutPrefix(lines.Text(), "event: ")
				if ok && lines.Scan() && name != "refetch" {
					return name + " " + strings.TrimPrefix(lines.Text(), "data: ")
				}
			}
			return ""
		}
		if e := event(); e != "hello {}" {
			t.Error(e)
		}
		matter(t, a, other, "990000000000000009", flow.Buyer{}, "no_reason", "")
		v := matter(t, a, shop, "990000000000000001", flow.Buyer{}, "no_reason", "")
		if e, want := event(), `case {"case_id":"`+v.Case.ID.String()+`","version":1}`; e != want {
			t.Errorf("%s, want %s", e, want)
		}
		stop()
		if e := event(); e != "" {
			t.Error(e)
		}
		select {
		case err := <-served:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(15 * time.Second):
			t.Error("the stream holds up the end of the server")
		}
		if n := a.Live.Listeners(); n != 0 {
			t.Errorf("%d listeners are left", n)
		}
	})
}
