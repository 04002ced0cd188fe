package app_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// visit reads a page as somebody without a log-in does.
func visit(t *testing.T, a *app.App, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	w := httptest.NewRecorder()
	a.Server().ServeHTTP(w, r)
	return w
}

func name(t *testing.T, a *app.App, shopID id.ID, p shop.Public) {
	t.Helper()
	err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := shop.SetProfile(tx, "陈店长", shopID, 1, shop.Profile{Public: p, Owner: "陈老板", BuyerWord: shop.Customer})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pageHas(t *testing.T, page string, has []string, hasNot ...string) {
	t.Helper()
	for _, s := range has {
		if !strings.Contains(page, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
	for _, s := range hasNot {
		if strings.Contains(page, s) {
			t.Errorf("the page has %q", s)
		}
	}
}

// The policy of a shop is read before anything is bought, by anybody, with its version and date (S1-08, CPLR-12).
func TestPolicyPageOfAShop(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		mine := openShop(t, a, "a-shop")
		name(t, a, mine, shop.Public{PublicName: `<script>alert("店")</script>`, Link: "https://shop.example/a", Hotline: "400-000-0000"})
		w := visit(t, a, "/p/a-shop/policy", "Accept-Language", "zh-CN")
		page := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Content-Language") != "zh-CN" {
			t.Fatal(w.Code, w.Header(), page)
		}
		pageHas(t, page, []string{"&lt;script&gt;alert", "400-000-0000", "https://shop.example/a", "2024-07", "生效日期 2024-07-01", "2026-11-21", "七天无理由", "法律规定",
			"这些不影响法律给您的权利", "http://example.com/p/a-shop/policy", "<svg", `href="/p/a-shop/policy?lang=en"`}, "<script", "陈老板", "演示店铺", "食品安全")
		pageHas(t, visit(t, a, "/p/a-shop/policy?lang=en", "Accept-Language", "zh-CN").Body.String(), []string{`<html lang="en">`, "What the law gives", "Versions in force today"}, "法律规定")
		pageHas(t, visit(t, a, "/p/a-shop/policy", "Accept-Language", "zh-TW").Body.String(), []string{`<html lang="zh-TW">`, "法律規定"}, "法律规定")

		// Kept for minutes, asked for again without being sent again, and packed for a slow line.
		tag := w.Header().Get("ETag")
		if again := visit(t, a, "/p/a-shop/policy", "If-None-Match", tag); tag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Error(tag, again.Code)
		}
		if w.Header().Get("Cache-Control") != "public, max-age=300" || !strings.Contains(w.Header().Get("Vary"), "Accept-Language") {
			t.Error(w.Header())
		}
		small := visit(t, a, "/p/a-shop/policy", "Accept-Encoding", "gzip")
		z, err := gzip.NewReader(small.Body)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := io.ReadAll(z); err != nil || string(read) != page {
			t.Error("packed differently", err)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
			t.Error(policy)
		}
	})
}

// The page of an article says what concerns it, and nothing of who bought it or for how much (S2-04).
func TestPolicyPageOfAnArticle(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		mine := openShop(t, a, "a-shop")
		openShop(t, a, "b-shop")
		matter(t, a, mine, "9900000001", flow.Buyer{Key: "buyer-1", Name: "王小明", Phone: "13800138001"}, "no_reason", "不想要了")
		record := func(no string, lines ...flow.NewOrderLine) {
			if _, err := a.Flow.RecordOrder(t.Context(), xiaoman, mine, flow.NewOrder{Platform: "taobao", OrderNo: no, Buyer: flow.Buyer{Key: no}, Channel: order.Distance,
				OrderedAt: a.Clock.Now(), SignedBy: "self", Lines: lines, Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Captured: 13345}}}); err != nil {
				t.Fatal(err)
			}
		}
		record("9900000002",
			flow.NewOrderLine{SKU: `<b>/"&`, Title: `"><img src=x onerror=alert(1)>`, Category: "shoes", Quantity: 1, UnitPrice: 12345, Net: 12345, Attrs: order.LineAttrs{Kind: "custom_made"}},
			flow.NewOrderLine{SKU: "FEE", Title: "运费补差", Category: "fee", Quantity: 1, UnitPrice: 1000, Net: 1000})
		w := visit(t, a, "/p/a-shop/policy/SH-2401", "Accept-Language", "zh-CN")
		pageHas(t, w.Body.String(), []string{"头层牛皮浅口单鞋 黑38", "SH-2401", "鞋靴", "普通商品", "http://example.com/p/a-shop/policy/SH-2401"}, "王小明", "13800138001", "269", "9900000001")
		w = visit(t, a, "/p/a-shop/policy/%3Cb%3E%2F%22&", "Accept-Language", "zh-CN")
		pageHas(t, w.Body.String(), []string{"定作商品", "本商品不适用的规则", "&lt;img src=x"}, "<img", "<b>", "123.45")
		if w.Code != http.StatusOK {
			t.Error(w.Code)
		}
		for _, path := range []string{"/p/none/policy", "/p/a-shop/policy/NONE", "/p/b-shop/policy/SH-2401", "/p/a-shop/policy/FEE", "/p/a-shop/policy/" + strings.Repeat("9", 65), "/p/%00/policy"} {
			w := visit(t, a, path, "Accept-Language", "zh-CN")
			if w.Code != http.StatusNotFound || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
				t.Error(path, w.Code, w.Header())
			}
			pageHas(t, w.Body.String(), []string{"没有找到这一页", "联系店铺客服"})
		}
	})
}

// A demo shop says so on every page (S2-01).
func TestPolicyPageOfADemoShop(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		if _, err := a.OpenShop(t.Context(), shop.NewShop{Code: "demo", Name: "demo", Pack: "snack", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true}); err != nil {
			t.Fatal(err)
		}
		pageHas(t, visit(t, a, "/p/demo/policy", "Accept-Language", "zh-CN").Body.String(), []string{"演示店铺，不产生真实交易"})
	})
}

// The code on a packing slip leads to the page below the address customers use.
func TestPolicyQR(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		openShop(t, a, "a-shop")
		svg, png := visit(t, a, "/p/a-shop/policy/qr"), visit(t, a, "/p/a-shop/policy/qr?format=png")
		if svg.Code != 200 || svg.Header().Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(svg.Body.String(), "<svg") {
			t.Error(svg.Code, svg.Header())
		}
		if png.Code != 200 || png.Header().Get("Content-Type") != "image/png" || png.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			t.Error(png.Code, png.Header())
		}
		for _, host := range []string{`evil.example"><script>`, "a b", "-x", "x:99999999", ""} {
			if w := visit(t, a, "/p/a-shop/policy/qr", "Host", host); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", host, w.Code)
			}
			pageHas(t, visit(t, a, "/p/a-shop/policy", "Host", host).Body.String(), nil, "<svg", "evil", "canonical")
		}
		if w := visit(t, a, "/p/none/policy/qr"); w.Code != http.StatusNotFound {
			t.Error(w.Code)
		}
		a.Public = "https://returns.example/sanbao/"
		pageHas(t, visit(t, a, "/p/a-shop/policy", "Host", "intern:8080").Body.String(), []string{"https://returns.example/sanbao/p/a-shop/policy"}, "intern:8080")
	})
}

// Everything outside of the API that anybody may read is listed here.
func TestPublicDocuments(t *testing.T) {
	s := (&app.App{Flow: &flow.Flow{}}).Server()
	if got := s.Documents(); !slices.Equal(got, []string{"/p/{shop}/policy", "/p/{shop}/policy/{sku}", "/p/{shop}/policy/qr", "/p/{shop}/policy/{sku}/qr"}) {
		t.Error(got)
	}
}

func TestCheckPublic(t *testing.T) {
	for address, fine := range map[string]bool{"": true, "https://returns.example": true, "http://10.0.0.1:8080/x": true,
		"returns.example": false, "javascript:alert(1)": false, "https://u:p@x.example": false, "https://x.example/?a": false, "https://": false} {
		if err := app.CheckPublic(address); (err == nil) != fine {
			t.Errorf("%q: %v", address, err)
		}
	}
}
