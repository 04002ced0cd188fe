package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web/webtest"
	"github.com/sanbao/sanbao/rule"
)

// applied is a node with one shop and one application in it, in a folder (SH-03).
func applied(t *testing.T, data string) (*app.App, flow.View) {
	t.Helper()
	clk := dbtest.Clock()
	a, err := app.Open(t.Context(), app.Config{Data: data, Clock: clk, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.OpenShop(t.Context(), shop.NewShop{Code: "shoes", Name: "女鞋商城", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN"},
		shop.NewWarehouse{Code: "guangzhou", Name: "广州退货组", Address: "广州"})
	if err != nil {
		t.Fatal(err)
	}
	who := flow.Actor{Name: "小满"}
	signed := calendar.DateOf(2026, 11, 17)
	paid := clk.Now().Add(-7 * 24 * 3600 * 1e9)
	o, err := a.Flow.RecordOrder(t.Context(), who, s.ID, flow.NewOrder{OrderNo: "990000000000000003", Buyer: flow.Buyer{Key: "li", Nick: "李**"}, Channel: "distance",
		Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &paid, SignedOn: &signed, SignedBy: "self",
		Lines:    []flow.NewOrderLine{{SKU: "SH-1902", Title: "软底休闲鞋", Category: "shoes", Quantity: 1, UnitPrice: 19900, Net: 19900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: "marketplace", Reference: "T1", Captured: 19900}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Flow.Apply(t.Context(), who, s.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality",
		Remedy: "refund_return", Facts: map[string]json.RawMessage{"goods.worn": json.RawMessage("true")}}}})
	if err != nil {
		t.Fatal(err)
	}
	return a, v
}

// The API and the command line tell the same story of a stored decision.
func TestStoredDecisionIsExplained(t *testing.T) {
	data := t.TempDir()
	a, v := applied(t, data)
	path := "/api/v1/shops/" + v.Case.ShopID.String() + "/decisions/" + v.Lines[0].DecisionID.String() + "/why"
	token := webtest.Token(t, a.DB, v.Case.ShopID, auth.CasesRead)
	ask := func(query, language string) (int, flow.Why) {
		r := httptest.NewRequest(http.MethodGet, path+query, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Accept-Language", language)
		w := httptest.NewRecorder()
		a.Server().ServeHTTP(w, r)
		var why flow.Why
		if err := json.Unmarshal(w.Body.Bytes(), &why); err != nil {
			t.Errorf("%v: %s", err, w.Body)
		}
		return w.Code, why
	}
	code, why := ask("?audience=customer", "en-GB")
	if code != http.StatusOK || why.Outcome != rule.Approve || why.Lang != errs.En || !strings.HasPrefix(why.Headline, "Return and refund: granted, 199.00 CNY back") || len(why.Sections) < 5 {
		t.Errorf("%d %+v", code, why)
	}
	if code, why := ask("?lang=zh-CN&audience=mediator", "en"); code != http.StatusOK || why.Lang != errs.ZhCN || !strings.HasPrefix(why.Headline, "可以退货退款") {
		t.Errorf("%d %+v", code, why)
	}
	if code, _ := ask("?audience=nobody", "en"); code != http.StatusUnprocessableEntity && code != http.StatusBadRequest {
		t.Errorf("an unknown audience: %d", code)
	}
	_, agent := ask("?lang=zh-CN", "en")
	if agent.Audience != rule.ForAgent {
		t.Errorf("%+v", agent)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	line := v.Lines[0].ID.String()
	if out := green(t, "policy", "decide", "--data", data, "--case-line", line, "--explain", "--lang", "zh-CN"); out != agent.Text() {
		t.Errorf("the command line says\n%s\nthe API\n%s", out, agent.Text())
	}
	if out := green(t, "policy", "decide", "--data", data, "--case-line", line, "--trace"); !strings.Contains(out, "outcome: approve") || !strings.Contains(out, "goods.worn = true (declared)") {
		t.Error(out)
	}
	_, complaint, exit := command(t, "policy", "decide", "--data", data, "--case-line", line, "--stage", "inspection")
	if exit != exitFailed || !strings.Contains(complaint, "has no decision at that stage") {
		t.Errorf("%d %s", exit, complaint)
	}
}
