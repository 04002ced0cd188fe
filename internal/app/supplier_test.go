package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// told sends a command.
func told(t *testing.T, h http.Handler, path, token, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", id.New().String())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// What goes to the supplier waits until it is sent, once; finance does the money, and the month is a file (S4-15).
func supplied(t *testing.T, a *app.App, shop id.ID, graded flow.View, token string) {
	t.Helper()
	waiting := show[[]desk.Back](t, a, shop, "/supplier-returns/waiting?from=2026-09-01&to=2026-11-22")
	if len(waiting) != 1 || waiting[0].LineID != graded.Lines[0].ID || waiting[0].CaseID != graded.Case.ID || waiting[0].Worth != 26900 || waiting[0].Currency != "CNY" {
		t.Fatalf("waiting: %+v", waiting)
	}
	sent := `{"supplier":"温州鞋厂","warehouse":"guangzhou","carrier":"德邦","waybill":"DPK100000001","lines":["` + graded.Lines[0].ID.String() + `"]}`
	ship, pays := webtest.Token(t, a.DB, shop, auth.GoodsShip), webtest.Token(t, a.DB, shop, auth.MoneyPay, auth.MoneyRead)
	for _, c := range []struct {
		token string
		code  int
	}{{token, http.StatusForbidden}, {pays, http.StatusForbidden}, {ship, http.StatusCreated}} {
		if w := told(t, a.Server(), "/api/v1/shops/"+shop.String()+"/supplier-returns", c.token, sent); w.Code != c.code {
			t.Errorf("sent with %d: %s", w.Code, w.Body)
		}
	}
	if left := show[[]desk.Back](t, a, shop, "/supplier-returns/waiting?from=2026-11-21"); len(left) != 0 {
		t.Errorf("still waiting: %+v", left)
	}
	returns := show[list[flow.SupplierReturn]](t, a, shop, "/supplier-returns").Items
	if len(returns) != 1 || returns[0].Asked != 26900 || len(returns[0].Allowed) != 3 || returns[0].Lines[0].SKU != "SH-2401" {
		t.Fatalf("%+v", returns)
	}
	path := "/api/v1/shops/" + shop.String() + "/supplier-returns/" + returns[0].ID.String()
	for _, c := range []struct {
		token, verb, body string
		code              int
	}{
		{ship, "granted", `{"minor":1}`, http.StatusForbidden}, {pays, "granted", `{"minor":15000,"text":"按进价"}`, http.StatusOK},
		{pays, "drop", `{"reason":"x"}`, http.StatusForbidden}, {pays, "received", `{"minor":9000,"external_no":"BK1"}`, http.StatusOK},
		{pays, "received", `{"minor":6001,"external_no":"BK2"}`, http.StatusUnprocessableEntity}, {pays, "received", `{"minor":6000,"external_no":"BK2"}`, http.StatusOK},
		{pays, "refused", `{"text":"晚了"}`, http.StatusConflict},
	} {
		if w := told(t, a.Server(), path+"/"+c.verb, c.token, c.body); w.Code != c.code {
			t.Errorf("%s %s: %d %s", c.verb, c.body, w.Code, w.Body)
		}
	}
	w := get(t, a.Server(), "/api/v1/shops/"+shop.String()+"/supplier-returns/export?month=2026-11", pays)
	if text := w.Body.String(); w.Code != http.StatusOK || strings.Count(text, "\n") != 2 || !strings.Contains(text, "温州鞋厂,德邦,DPK100000001,") || !strings.Contains(text, "269.00,150.00,150.00,CNY,2026-11-21,BK2") {
		t.Errorf("%d %s", w.Code, text)
	}
}
