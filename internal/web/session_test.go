package web_test

import (
	"context"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// TestSessionsAndTokensStandSideBySide: a person's cookie is asked only where no token is presented, and his
// idempotency keys are his own.
func TestSessionsAndTokensStandSideBySide(t *testing.T) {
	each(t, func(k *kit) {
		people := auth.NewSessions(k.d, k.clock)
		k.s = web.New(web.Options{Tokens: auth.New(k.d, k.clock), Sessions: people, ShopExists: k.shopExists, TempDir: k.t.TempDir()})
		k.things()
		agent := func(login string) string {
			u := webtest.Person(k.t, k.d, people, auth.NewUser{Login: login, Name: login, Roles: []auth.Grant{{Shop: k.shopA, Role: auth.RoleAgent}}})
			return webtest.Session(k.t, k.d, people, u.ID)
		}
		xiaoman, aqing := agent("xiaoman"), agent("aqing")
		as := func(cookie, header, method, path, body string) *httptest.ResponseRecorder {
			r := k.request(method, path, body, "Idempotency-Key", "same")
			r.Header.Del("Authorization")
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			r.Header.Set("Cookie", web.SessionCookie+"="+cookie)
			return k.do(r)
		}
		ok(k.t, as(xiaoman, "", "GET", k.at("things"), ""), 200)
		problem(k.t, as(xiaoman, "", "GET", web.APIRoot+"shops/"+k.shopB.String()+"/things", ""), 404, "auth.no_shop")
		problem(k.t, as("", "", "GET", k.at("things"), ""), 401, "auth.missing")
		problem(k.t, as("sbs_nonsense", "", "GET", k.at("things"), ""), 401, "auth.session_over")
		problem(k.t, as(xiaoman, "Bearer sb_nonsense", "GET", k.at("things"), ""), 401, "auth.malformed")
		problem(k.t, as(xiaoman, "Basic eDp5", "GET", k.at("things"), ""), 401, "auth.missing")
		ok(k.t, as("sbs_nonsense", "Bearer "+k.token, "GET", k.at("things"), ""), 200)
		one := ok(k.t, as(xiaoman, "", "POST", k.at("things"), `{"code":"one"}`), 201)
		if again := ok(k.t, as(xiaoman, "", "POST", k.at("things"), `{"code":"one"}`), 201); again != one {
			k.t.Error("not replayed:", again)
		}
		ok(k.t, as(aqing, "", "POST", k.at("things"), `{"code":"two"}`), 201) // the same key of somebody else
	})
}

func TestTheCookieIsSecureBehindTLS(t *testing.T) {
	k := one(t, func(o *web.Options) { o.TrustProxy = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	k.keeping()
	for _, c := range []struct {
		from, proto string
		secure      bool
	}{{"10.0.0.1:1", "https", true}, {"10.0.0.1:1", "http", false}, {"192.0.2.1:1", "https", false}} {
		r := httptest.NewRequest("POST", "/api/v1/keep", nil)
		r.RemoteAddr = c.from
		r.Header.Set("X-Forwarded-Proto", c.proto)
		if got := k.do(r).Header().Get("Set-Cookie"); strings.Contains(got, "; Secure") != c.secure || !strings.Contains(got, "; HttpOnly") {
			t.Errorf("%+v: %s", c, got)
		}
	}
	r := httptest.NewRequest("POST", "https://shop.example/api/v1/keep", nil)
	if got := k.do(r).Header().Get("Set-Cookie"); !strings.Contains(got, "; Secure") {
		t.Error(got)
	}
}

// keeping adds a route that lets the caller's browser keep a session.
func (k *kit) keeping() {
	web.Register(k.s, web.Op{Method: "POST", Path: web.APIRoot + "keep", ID: "keep", Tag: "test", Scope: auth.Public, Session: true, Summary: "Test"},
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			web.KeepSession(ctx, auth.Secret{})
			return nil, nil
		})
}
