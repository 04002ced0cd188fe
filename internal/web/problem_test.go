package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

func TestEveryCodeHasItsStatusAndText(t *testing.T) {
	k := one(t)
	var fault error
	k.handle("fail", func(context.Context) error { return fault })
	explained, err := os.ReadFile("problems.md")
	if err != nil {
		t.Fatal(err)
	}
	for code, status := range map[errs.Code]int{
		errs.Invalid: 422, errs.Unauthenticated: 401, errs.Forbidden: 403, errs.NotFound: 404, errs.Conflict: 409,
		errs.Denied: 422, errs.RateLimited: 429, errs.Unavailable: 503, errs.Internal: 500,
	} {
		fault = fmt.Errorf("somewhere: %w", errs.Wrap(errors.New("secret cause"), code, "test.taken"))
		rec := k.call("GET", k.at("fail"), "", "Accept-Language", "en")
		p := problem(t, rec, status, "test.taken")
		if p.Code != code || p.Detail != "Taken." {
			t.Errorf("%s: %+v", code, p)
		}
		if strings.Contains(rec.Body.String(), "secret cause") {
			t.Errorf("%s shows its cause", code)
		}
		if !strings.Contains(string(explained), "\n## "+string(code)+"\n") {
			t.Errorf("problems.md does not explain %s", code)
		}
		if (status == 401) != (rec.Header().Get("WWW-Authenticate") != "") || (status == 429) != (rec.Header().Get("Retry-After") != "") {
			t.Errorf("%s: header %v", code, rec.Header())
		}
	}
}

func TestForeignErrorIsOurFault(t *testing.T) {
	k := one(t)
	k.handle("fail", func(context.Context) error { return errors.New("disk on fire") })
	rec := k.call("GET", k.at("fail"), "")
	problem(t, rec, 500, "internal")
	if strings.Contains(rec.Body.String(), "fire") {
		t.Error("the cause is shown")
	}
	if !strings.Contains(k.log.String(), "disk on fire") {
		t.Error("the cause is not logged")
	}
}

func TestProblemSpeaksTheCallersLanguage(t *testing.T) {
	k := one(t)
	for accept, want := range map[string]string{
		"": "没有这个接口地址。", "zh-TW,zh;q=0.8": "沒有這個介面地址。", "zh-HK": "沒有這個介面地址。", "zh-Hans-HK": "没有这个接口地址。", "en-GB": "There is no such address.",
		"fr, en;q=0.5, zh;q=0.4": "There is no such address.", "en;q=0, zh": "没有这个接口地址。",
	} {
		rec := k.call("GET", "/nowhere", "", "Accept-Language", accept)
		p := problem(t, rec, 404, "web.no_route")
		if p.Detail != want {
			t.Errorf("%q: %q", accept, p.Detail)
		}
		if lang := rec.Header().Get("Content-Language"); (lang == "en") != strings.HasPrefix(want, "There") {
			t.Errorf("%q: Content-Language %q", accept, lang)
		}
	}
}

func TestDeniedCarriesDecisionAndReasons(t *testing.T) {
	k := one(t)
	decision := id.New()
	k.handle("fail", func(context.Context) error {
		return errs.New(errs.Denied, "test.denied", errs.Args{"decision": decision, "reasons": []string{"too_late"}})
	})
	p := problem(t, k.call("GET", k.at("fail"), ""), 422, "test.denied")
	if p.Decision != decision.String() || !slices.Equal(p.Reasons, []string{"too_late"}) {
		t.Errorf("%+v", p)
	}
}

func TestStaleNamesTheVersion(t *testing.T) {
	k := one(t)
	k.handle("fail", func(context.Context) error { return web.Stale(7) })
	if p := problem(t, k.call("GET", k.at("fail"), ""), 409, "web.stale"); p.Version != 7 || !strings.Contains(p.Detail, "7") {
		t.Errorf("%+v", p)
	}
}

func TestEveryFormFaultAtOnce(t *testing.T) {
	k := one(t)
	body := `{"code":"A","kind":"huge","price":{"minor":1.5,"currency":"yuan"},"at":"yesterday","colour":1,
		"lines":[{"order":"12","quantity":1},{"order":"0A7SX2W5C0001","quantity":11},{"order":"0A7SX2W5C0001"},{"order":5,"quantity":"2"}]}`
	p := problem(t, k.call("POST", k.at("things?x=1"), body, "Idempotency-Key", "1"), 422, "invalid_input")
	want := `query:x web.field.unknown
`
	if diff := cmp.Diff(want, fields(p)); diff != "" {
		t.Error(diff)
	}
	p = problem(t, k.call("POST", k.at("things"), body, "Idempotency-Key", "1"), 422, "invalid_input")
	got := strings.Split(strings.TrimSpace(fields(p)), "\n")
	slices.Sort(got)
	wantAll := []string{
		"/at web.field.instant",
		"/code web.field.min_length",
		"/code web.field.pattern",
		"/colour web.field.unknown",
		"/kind web.field.one_of",
		"/lines web.field.max_items",
		"/lines/0/order web.field.id",
		"/lines/1/quantity web.field.max",
		"/lines/2/quantity web.field.required",
		"/lines/3/order web.field.string",
		"/lines/3/quantity web.field.integer",
		"/price/currency web.field.currency",
		"/price/minor web.field.integer",
	}
	if diff := cmp.Diff(wantAll, got); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenBodies(t *testing.T) {
	k := one(t)
	exactly := `{"code":"ab"` + strings.Repeat(" ", 1000-len(`{"code":"ab"}`)) + `}`
	for name, c := range map[string]struct {
		body, mediaType string
		status          int
		key             string
	}{
		"none":          {"", "application/json", 400, "web.body_missing"},
		"not JSON":      {"{", "application/json", 400, "web.body_malformed"},
		"more than one": {"{}{}", "application/json", 400, "web.body_malformed"},
		"not an object": {"[]", "application/json", 422, "invalid_input"},
		"another type":  {"{}", "text/plain", 415, "web.media_type"},
		"too large":     {exactly + " ", "application/json", 413, "web.body_too_large"},
	} {
		p := problem(t, k.call("POST", k.at("things"), c.body, "Idempotency-Key", "1", "Content-Type", c.mediaType), c.status, c.key)
		if strings.Contains(p.Detail, "{") {
			t.Errorf("%s: %s", name, p.Detail)
		}
	}
	ok(t, k.call("POST", k.at("things"), exactly, "Idempotency-Key", "1"), 201)
}

func TestMissingBodyDoesNotHideOtherFaults(t *testing.T) {
	k := one(t)
	web.Register(k.s, web.Op{Method: "PUT", Path: web.ShopRoot + "/both", ID: "both", Tag: "test", Scope: "cases:write", Summary: "Test"},
		func(context.Context, *struct {
			Page int `query:"page"`
			Body thing
		}) (*struct{}, error) {
			return nil, nil
		})
	p := problem(t, k.call("PUT", k.at("both?page=x"), ""), 400, "web.body_missing")
	if got := fields(p); got != "query:page web.field.integer\n web.body_missing\n" {
		t.Errorf("%q", got)
	}
}

func TestParametersOfOurKinds(t *testing.T) {
	k := one(t)
	type input struct {
		Thing web.ID      `path:"thing"`
		From  web.Instant `query:"from"`
		On    web.Date    `query:"on"`
	}
	var got input
	web.Register(k.s, web.Op{Method: "GET", Path: things + "/{thing}", ID: "get-thing", Tag: "things", Scope: "cases:read", Summary: "Test"},
		func(_ context.Context, in *input) (*struct{}, error) {
			got = *in
			return nil, nil
		})
	want := id.New()
	ok(t, k.call("GET", k.at("things/"+want.String()+"?from=2026-11-21T09:00:00%2B08:00&on=2026-11-21"), ""), 204)
	if got.Thing.ID != want || got.From.String() != "2026-11-21T01:00:00.000000Z" || got.On.String() != "2026-11-21" || !got.On.Set {
		t.Errorf("%+v", got)
	}
	ok(t, k.call("GET", k.at("things/"+want.String()), ""), 204)
	if got.On.Set || !got.From.IsZero() {
		t.Errorf("absent parameters: %+v", got)
	}
	p := problem(t, k.call("GET", k.at("things/12?from=now&on=2026-02-30"), ""), 422, "invalid_input")
	if diff := cmp.Diff("path:thing web.field.malformed\nquery:from web.field.malformed\nquery:on web.field.malformed\n", fields(p)); diff != "" {
		t.Error(diff)
	}
}

func TestNoRoute(t *testing.T) {
	k := one(t)
	problem(t, k.call("GET", "/api/v1/none", ""), 404, "web.no_route")
	rec := k.call("PATCH", k.at("things"), "")
	problem(t, rec, 405, "web.method_not_allowed")
	if got := rec.Header().Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow %q", got)
	}
}

func TestCrossOriginIsRefused(t *testing.T) {
	k := one(t)
	problem(t, k.call("POST", k.at("things"), `{"code":"ab"}`, "Idempotency-Key", "1", "Sec-Fetch-Site", "cross-site"), http.StatusForbidden, "web.cross_origin")
	ok(t, k.call("POST", k.at("things"), `{"code":"ab"}`, "Idempotency-Key", "1", "Sec-Fetch-Site", "same-origin"), 201)
}
