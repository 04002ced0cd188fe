package app_test

import (
	"fmt"
	"image"
	"image/color"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/boombuler/barcode/code128"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// slipOf reads the slip of a parcel as somebody with a token does.
func slipOf(t *testing.T, a *app.App, shop, parcel id.ID, query string, scopes ...auth.Scope) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/api/v1/shops/%s/parcels/%s/slip%s", shop, parcel, query), nil)
	r.Header.Set("Authorization", "Bearer "+webtest.Token(t, a.DB, shop, scopes...))
	w := httptest.NewRecorder()
	a.Server().ServeHTTP(w, r)
	return w
}

// The slip of a return says where to send it and what, with its number as bars a scanner reads, in the reader's language; it is one
// page without script and loads nothing. The number finds the parcel at the receiving desk.
func TestSlipOfAReturn(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		mine, other := openShop(t, a, "a-shop"), openShop(t, a, "b-shop")
		v := matter(t, a, mine, "9900000001", flow.Buyer{Key: "buyer-1", Nick: "小鱼<b>", Name: "王小明", Phone: "13800138001"}, "size_mismatch", "不想要了")
		if len(v.Movements) == 0 {
			var err error
			if v, err = a.Flow.Approve(t.Context(), xiaoman, mine, v.Lines[0].ID, 0); err != nil {
				t.Fatal(err)
			}
		}
		m := v.Movements[0]
		to := v.Addresses[m.Number]
		w := slipOf(t, a, mine, m.ID, "?lang=zh-CN", auth.CasesRead)
		page := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Content-Disposition") != "inline" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") ||
			!strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-") || w.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%d %v\n%s", w.Code, w.Header(), page)
		}
		pageHas(t, page, []string{`lang="zh-CN"`, "退货单", m.Number, v.Case.Number, to.Address, to.Contact, to.Phone, to.SendBy, "9900000001", "SH-2401", "小鱼&lt;b&gt;", "13800138001", "最晚寄出", "顾客承担"},
			"<script", "http-equiv", "src=", "小鱼<b>", "装箱单")
		scans(t, page, m.Number)
		if !strings.Contains(page, `<figure>`) {
			t.Error("no code of the policy page")
		}
		pageHas(t, slipOf(t, a, mine, m.ID, "?lang=en", auth.CasesRead).Body.String(), []string{`lang="en"`, "Return slip", "Send by"}, "退货单")
		pageHas(t, slipOf(t, a, mine, m.ID, "?lang=zh-TW", auth.CasesRead).Body.String(), []string{`lang="zh-TW"`, "退貨單"}, "退货单")
		found, err := a.Flow.ByWaybill(t.Context(), mine, strings.ToLower(m.Number))
		if err != nil || len(found) != 1 || found[0].ID != m.ID {
			t.Errorf("the desk scans %s: %v %v", m.Number, found, err)
		}
		if found, err := a.Flow.ByWaybill(t.Context(), other, m.Number); err != nil || len(found) != 0 {
			t.Errorf("another shop's desk finds %v %v", found, err)
		}
		if w := slipOf(t, a, other, m.ID, "", auth.CasesRead); w.Code != http.StatusNotFound {
			t.Errorf("another shop prints it: %d", w.Code)
		}
		if w := slipOf(t, a, mine, m.ID, "", auth.OrdersRead); w.Code != http.StatusForbidden {
			t.Errorf("without the scope: %d", w.Code)
		}
	})
}

// What goes to the customer has a packing slip without an address to send it to; one that is being stopped has none.
func TestPackingSlip(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		mine := openShop(t, a, "a-shop")
		v := matter(t, a, mine, "9900000001", flow.Buyer{Key: "buyer-1", Nick: "小鱼", Name: "王小明", Phone: "13800138001"}, "size_mismatch", "不想要了")
		var err error
		do := func(next flow.View, e error) {
			t.Helper()
			if err = e; err != nil {
				t.Fatal(err)
			}
			v = next
		}
		if len(v.Movements) == 0 {
			do(a.Flow.Approve(t.Context(), xiaoman, mine, v.Lines[0].ID, 0))
		}
		do(a.Flow.Receive(t.Context(), xiaoman, mine, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		do(a.Flow.Cancel(t.Context(), xiaoman, mine, v.Lines[0].ID, 0, "不退了，请寄回来"))
		home := v.Movements[len(v.Movements)-1]
		if home.Purpose != movement.SendBack {
			t.Fatalf("%+v", v.Movements)
		}
		page := slipOf(t, a, mine, home.ID, "?lang=zh-CN", auth.CasesRead).Body.String()
		pageHas(t, page, []string{"装箱单", home.Number, "SH-2401"}, "寄到", "最晚寄出", "退货单")
		scans(t, page, home.Number)
	})
}

var barForm = regexp.MustCompile(`M(\d+) 0h(\d+)v40`)

// scans reads the bars of a page back and compares them, module by module, with the number in Code 128, with ten modules of blank at
// both ends.
func scans(t *testing.T, page, number string) {
	t.Helper()
	code, err := code128.Encode(number)
	if err != nil {
		t.Fatal(err)
	}
	var width int
	if _, err := fmt.Sscanf(page[strings.Index(page, `viewBox="0 0 `):], `viewBox="0 0 %d 40"`, &width); err != nil || width != code.Bounds().Dx()+20 {
		t.Fatalf("%d modules, %v", width, err)
	}
	read := image.NewGray(image.Rect(0, 0, width, 1))
	for i := range read.Pix {
		read.Pix[i] = 255
	}
	for _, m := range barForm.FindAllStringSubmatch(page, -1) {
		var x, n int
		if _, err := fmt.Sscan(m[1], &x); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscan(m[2], &n); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			read.SetGray(x+i, 0, color.Gray{})
		}
	}
	for x := range width {
		black := false
		if in := x - 10; in >= 0 && in < code.Bounds().Dx() {
			r, _, _, _ := code.At(in, 0).RGBA()
			black = r == 0
		}
		if black != (read.GrayAt(x, 0).Y == 0) {
			t.Fatalf("module %d of %s is black %v", x, number, !black)
		}
	}
}
