package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// ask calls a route of a shop and gives its answer.
func ask(t *testing.T, a *app.App, method string, shop id.ID, path, bearer string, body any) *httptest.ResponseRecorder {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, "/api/v1/shops/"+shop.String()+path, bytes.NewReader(text))
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("Accept-Language", "en")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", id.New().String())
	}
	w := httptest.NewRecorder()
	a.Server().ServeHTTP(w, r)
	return w
}

func into[T any](t *testing.T, w *httptest.ResponseRecorder, want int) (out T) {
	t.Helper()
	if w.Code != want {
		t.Fatalf("%d, want %d: %s", w.Code, want, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return out
}

// A shop reads every pack it is bound to: in a list, version by version in words, file by file, and as customers see it.
func TestReadPolicies(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		token := webtest.Token(t, a.DB, shop, auth.PolicyRead)
		read := func(path string) *httptest.ResponseRecorder { return ask(t, a, http.MethodGet, shop, path, token, nil) }
		all := into[[]policy.Shelved](t, read("/policies"), http.StatusOK)
		if len(all) != 2 || all[0].Pack != "law-cn" || all[0].Editable || all[1].Pack != "shoes" || !all[1].Editable || len(all[1].Versions) == 0 {
			t.Fatalf("%+v", all)
		}
		v := all[1].Versions[0]
		if !v.BuiltIn || v.Status != policy.VersionInForce {
			t.Errorf("%+v", v)
		}
		page := into[policy.VersionPage](t, read("/policies/shoes/versions/"+v.Version), http.StatusOK)
		if page.Hash != v.Hash || len(page.Claims) == 0 || len(page.Tables) == 0 || len(page.Files) < 5 {
			t.Errorf("%d claims, %d tables, %d files", len(page.Claims), len(page.Tables), len(page.Files))
		}
		law := into[policy.VersionPage](t, read("/policies/law-cn/versions/"+all[0].Versions[0].Version), http.StatusOK)
		if c := law.Claims[0]; len(c.Cites) == 0 || !strings.Contains(c.Cites[0].Source, "article") {
			t.Errorf("citations are not written out: %+v", c.Cites)
		}
		if w := read("/policies/shoes/versions/" + v.Version + "/files/cases%2Fquality.yaml"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "cases:") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w := read("/policies/shoes/versions/" + v.Version + "/page?lang=zh-CN"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "# ") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if rows := into[[]policy.GroundRow](t, read("/policies/grounds?on=2026-11-21"), http.StatusOK); len(rows) == 0 || len(rows[0].Remedies) == 0 {
			t.Errorf("%+v", rows)
		}
		into[map[string]any](t, read("/policies/facts"), http.StatusOK)
		into[list[policy.Draft]](t, read("/policy-drafts"), http.StatusOK)
		for path, key := range map[string]string{"/policies/snack/versions/2026-01": "policy.not_bound", "/policies/shoes/versions/none": "policy.no_such_version",
			"/policies/shoes/versions/" + v.Version + "/files/..%2Flaw-cn%2Fpack.yaml": "policy.no_such_file", "/policy-drafts/" + id.New().String(): "policy.draft_not_found"} {
			if w := read(path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), key) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

// A supposed matter is answered with its reasons; everything that is wrong with it is said at once, and nothing is written.
func TestSandbox(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		token := webtest.Token(t, a.DB, shop, auth.PolicyRead)
		matter := map[string]any{"ground": "no_reason", "remedy": "refund_return", "at": "2026-11-21T12:00:00+08:00", "facts": map[string]any{
			"line.signed_on": "2026-11-17", "application.sent_on": "2026-11-20", "order.delivery": "delivered", "line.goods_amount": 26900, "line.outbound_freight": 0,
			"goods.worn": map[string]any{"application": false}, "goods.tag_removed": nil}}
		before := a.DB.Stats().Requests
		got := into[policy.Answer](t, ask(t, a, http.MethodPost, shop, "/policies/decide", token, matter), http.StatusOK)
		if a.DB.Stats().Requests != before {
			t.Error("the sandbox wrote")
		}
		if len(got.Trace) == 0 || got.Explanation.Headline == "" || len(got.Wording.Claims) == 0 || !strings.Contains(string(got.Facts), `"goods.worn":{"application":false}`) {
			t.Errorf("%+v", got)
		}
		wrong := into[struct{ Fields []struct{ Path, Key string } }](t, ask(t, a, http.MethodPost, shop, "/policies/decide", token, map[string]any{
			"ground": "boredom", "on": "2026-12-01", "at": "2026-11-21T12:00:00+08:00", "packs": []string{"snack"},
			"facts": map[string]any{"goods.wron": true, "goods.worn": "yes", "line.signed_on": "2026-11-25", "goods.tag_removed": map[string]any{"someday": true}}}), http.StatusUnprocessableEntity)
		seen := map[string]string{}
		for _, f := range wrong.Fields {
			seen[f.Path] = f.Key
		}
		for path, key := range map[string]string{"/on": "policy.paid_later", "/packs": "policy.not_bound", "/facts/goods.wron": "rule.fact_unknown",
			"/facts/goods.worn": "rule.value_type", "/facts/goods.tag_removed": "rule.stage_unknown"} {
			if seen[path] != key {
				t.Errorf("%s: %q, want %q of %v", path, seen[path], key, seen)
			}
		}
		future := ask(t, a, http.MethodPost, shop, "/policies/decide", token, map[string]any{"ground": "boredom", "at": "2026-11-21T12:00:00+08:00",
			"facts": map[string]any{"line.signed_on": "2026-11-25"}})
		if future.Code != http.StatusUnprocessableEntity || !strings.Contains(future.Body.String(), "rule.fact_future") || !strings.Contains(future.Body.String(), "rule.ground_unknown") {
			t.Errorf("%d %s", future.Code, future.Body)
		}
		if w := ask(t, a, http.MethodPost, shop, "/policies/decide", token, map[string]any{"ground": strings.Repeat("x", 200<<10)}); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("too large a body: %d %s", w.Code, w.Body)
		}
	})
}
