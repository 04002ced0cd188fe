package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

type madeToken struct {
	auth.Token
	Secret string `json:"secret"`
}

func TestTokenIsShownOnceAndNotKept(t *testing.T) {
	each(t, func(k *kit) {
		admin := "Bearer " + webtest.Token(k.t, k.d, 0, auth.Admin)
		body := fmt.Sprintf(`{"name":"柜台","shop":%q,"scopes":["cases:read"]}`, k.shopA)
		create := func() (m madeToken) {
			text := ok(k.t, k.call("POST", "/api/v1/tokens", body, "Idempotency-Key", "k", "Authorization", admin), 201)
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				k.t.Fatal(err)
			}
			return m
		}
		first, again := create(), create()
		if first.Secret == "" || again.Secret != "" || first.ID != again.ID {
			k.t.Errorf("first %+v, again %+v", first, again)
		}
		hidden := first.Secret[strings.LastIndexByte(first.Secret, '_')+1:]
		if n := count(k.t, k.d, `select count(*) from web_once where answer like $1`, "%"+hidden+"%"); n != 0 || k.records() != 1 {
			k.t.Error("the secret is in the idempotency record")
		}
		if strings.Contains(k.log.String(), hidden) {
			k.t.Error("the secret is in the log")
		}
		ok(k.t, k.call("GET", k.at("things"), "", "Authorization", "Bearer "+first.Secret), 200)
		ok(k.t, k.call("DELETE", "/api/v1/tokens/"+first.ID.String(), "", "Authorization", admin), 204)
		problem(k.t, k.call("GET", k.at("things"), "", "Authorization", "Bearer "+first.Secret), 401, "auth.unknown")
	})
}

func TestAdministratorOfAShopManagesItsTokensOnly(t *testing.T) {
	each(t, func(k *kit) {
		admin := "Bearer " + webtest.Token(k.t, k.d, k.shopB, auth.Admin)
		webtest.Token(k.t, k.d, 0, auth.Admin)
		for _, shop := range []string{"", fmt.Sprintf(`,"shop":%q`, k.shopA)} {
			problem(k.t, k.call("POST", "/api/v1/tokens", `{"name":"x","scopes":["admin"]`+shop+`}`, "Idempotency-Key", "k", "Authorization", admin), 404, "auth.no_shop")
		}
		var l web.List[auth.Token]
		if err := json.Unmarshal([]byte(ok(k.t, k.call("GET", "/api/v1/tokens", "", "Authorization", admin), 200)), &l); err != nil {
			k.t.Fatal(err)
		}
		if len(l.Items) != 1 || l.Items[0].Shop != k.shopB {
			k.t.Errorf("sees %+v", l.Items)
		}
	})
}

func TestTokenFaults(t *testing.T) {
	k := one(t)
	admin := "Bearer " + webtest.Token(t, k.d, 0, auth.Admin)
	p := problem(t, k.call("POST", "/api/v1/tokens", `{"name":"","scopes":["cases:read","fly"],"expires_at":"soon"}`,
		"Idempotency-Key", "k", "Authorization", admin), 422, "invalid_input")
	if got := fields(p); got != "/expires_at web.field.instant\n/name web.field.min_length\n/scopes/1 web.field.one_of\n" {
		t.Errorf("%s", got)
	}
	problem(t, k.call("GET", k.at("things"), "", "Authorization", "Basic "+k.token), 401, "auth.missing")
	ok(t, k.call("GET", k.at("things"), "", "Authorization", "bearer "+k.token), 200)
}
