package staff_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/staff"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// kit is a server with people on a real database, two shops and an administrator's token.
type kit struct {
	t            *testing.T
	d            *db.DB
	clock        *clock.Fake
	s            *web.Server
	people       *auth.Sessions
	log          *bytes.Buffer
	shopA, shopB id.ID
	admin        string
}

func each(t *testing.T, test func(k *kit)) {
	clk := dbtest.Clock()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := &kit{t: t, d: d, clock: clk, people: auth.NewSessions(d, clk), log: &bytes.Buffer{}}
		k.s = web.New(web.Options{Version: "test", Tokens: auth.New(d, clk), Sessions: k.people,
			Log: slog.New(slog.NewTextHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		(&staff.Staff{DB: d, Sessions: k.people, Shops: k.shops}).Routes(k.s)
		k.shopA, k.shopB = k.addShop("a"), k.addShop("b")
		k.admin = webtest.Token(t, d, 0, auth.Admin)
		test(k)
	}, func(o *db.Options) { o.Clock = clk })
}

func (k *kit) addShop(code string) id.ID {
	shop := id.New()
	err := k.d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into shop (id, code, name, pack, law, currency, calendar, simulation, created_at, version)
			values ($1, $2, $3, 'p', '', 'CNY', 'c', $4, $5, 1)`, shop, code, code, true, tx.Now)
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return shop
}

func (k *kit) shops(*db.Tx) ([]staff.Shop, error) {
	return []staff.Shop{{ID: k.shopA, Code: "a", Name: "甲店", PublicName: "甲", Currency: "CNY", TimeZone: "Asia/Shanghai", Simulation: true},
		{ID: k.shopB, Code: "b", Name: "乙店", Currency: "CNY", TimeZone: "Asia/Shanghai"}}, nil
}

// browser keeps a cookie and calls.
type browser struct {
	k      *kit
	cookie *http.Cookie
	calls  int
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	b.calls++
	r.Header.Set("Content-Type", "application/json")
	if r.Header.Get("Idempotency-Key") == "" {
		r.Header.Set("Idempotency-Key", fmt.Sprint("k", b.calls))
	}
	if b.cookie != nil && r.Header.Get("Authorization") == "" {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.k.s.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookie = c; c.MaxAge < 0 {
			b.cookie = nil
		}
	}
	return w
}

// call asks and wants a status and, for a refusal, a key; into takes the answer.
func (b *browser) call(method, path, body string, status int, key string, into any) *httptest.ResponseRecorder {
	b.k.t.Helper()
	return b.check(b.send(httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))), status, key, into)
}

// admin calls with the administrator's token.
func (k *kit) asAdmin(method, path, body string, status int, key string, into any, header ...string) *httptest.ResponseRecorder {
	k.t.Helper()
	b := &browser{k: k}
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+k.admin)
	r.Header.Set("Idempotency-Key", id.New().String())
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return b.check(b.send(r), status, key, into)
}

func (b *browser) check(w *httptest.ResponseRecorder, status int, key string, into any) *httptest.ResponseRecorder {
	b.k.t.Helper()
	var p web.Problem
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			b.k.t.Fatal(err)
		}
	}
	if w.Code != status || p.Key != key {
		b.k.t.Fatalf("%d %s, want %d %s", w.Code, w.Body, status, key)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			b.k.t.Fatal(err)
		}
	}
	return w
}

type added struct {
	auth.User
	Password string `json:"password"`
}

// hire adds somebody by API and gives him the password "Correct horse 42".
func (k *kit) hire(login, name, roles string) (*browser, auth.User) {
	k.t.Helper()
	var made added
	k.asAdmin("POST", "/users", fmt.Sprintf(`{"login":%q,"name":%q,"roles":%s}`, login, name, roles), 201, "", &made)
	b := &browser{k: k}
	var me staff.Me
	b.call("POST", "/login", fmt.Sprintf(`{"login":%q,"password":%q}`, login, made.Password), 200, "", &me)
	if !me.User.MustChange || len(me.Shops) > 0 || len(me.Installation) > 0 {
		k.t.Errorf("with a one-time password: %+v", me)
	}
	b.call("GET", "/shops/"+k.shopA.String()+"/staff", "", 403, "auth.must_change", nil)
	b.call("GET", "/users", "", 403, "auth.must_change", nil)
	b.call("POST", "/password", fmt.Sprintf(`{"old":%q,"new":"Correct horse 42"}`, made.Password), 204, "", nil)
	return b, made.User
}

func TestADayOfAnAgent(t *testing.T) {
	each(t, func(k *kit) {
		b, u := k.hire("xiaoman", "小满", fmt.Sprintf(`[{"shop":%q,"role":"agent"}]`, k.shopA))
		var me staff.Me
		b.call("GET", "/me", "", 200, "", &me)
		want := staff.Me{Installation: []auth.Scope{}, Shops: []staff.MyShop{{Roles: []auth.Role{"agent"}, Scopes: auth.RoleAgent.Scopes()}}}
		want.User.ID, want.User.Login, want.User.Name, want.User.Language = u.ID, "xiaoman", "小满", "zh-CN"
		shops, _ := k.shops(nil)
		want.Shops[0].Shop = shops[0]
		if d := cmp.Diff(want, me); d != "" {
			k.t.Error(d)
		}
		var all []auth.Colleague
		b.call("GET", "/shops/"+k.shopA.String()+"/staff", "", 200, "", &all)
		if d := cmp.Diff([]auth.Colleague{{Login: "xiaoman", Name: "小满", Roles: []auth.Role{"agent"}}}, all); d != "" {
			k.t.Error(d)
		}
		b.call("GET", "/shops/"+k.shopB.String()+"/staff", "", 404, "auth.no_shop", nil)
		b.call("GET", "/users", "", 403, "auth.role", nil)

		phone := &browser{k: k}
		phone.call("POST", "/login", `{"login":"xiaoman","password":"Correct horse 42"}`, 200, "", nil)
		phone.call("POST", "/logout", "", 204, "", nil)
		phone.call("GET", "/me", "", 401, "auth.missing", nil)
		b.call("GET", "/me", "", 200, "", nil)
		phone.call("POST", "/login", `{"login":"xiaoman","password":"Correct horse 42"}`, 200, "", nil)
		kept := *b.cookie
		b.call("POST", "/logout-everywhere", "", 204, "", nil)
		phone.call("GET", "/me", "", 401, "auth.session_over", nil)
		b.cookie = &kept
		b.call("POST", "/logout", "", 401, "auth.session_over", nil)
		for _, secret := range []string{"Correct horse 42", kept.Value, kept.Value[4:]} {
			if strings.Contains(k.log.String(), secret) {
				k.t.Error("a secret is in the log")
			}
		}
		if !strings.Contains(k.log.String(), "user=xiaoman") {
			k.t.Error("the log does not say who called")
		}
	})
}

func TestTheCookie(t *testing.T) {
	each(t, func(k *kit) {
		b, _ := k.hire("xiaoman", "小满", `[]`)
		c := b.cookie
		if c.Name != web.SessionCookie || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" || c.MaxAge != int(auth.SessionTime.Seconds()) {
			k.t.Errorf("%+v", c)
		}
		for from, want := range map[string]int{"https://evil.example": 403, "null": 403, "http://example.com": 204} { // the server's own name
			b.cookie = c
			r := httptest.NewRequest("POST", "/api/v1/logout", nil)
			r.Header.Set("Origin", from)
			if w := b.send(r); w.Code != want {
				k.t.Errorf("from %s: %d %s", from, w.Code, w.Body)
			}
			b.call("POST", "/login", `{"login":"xiaoman","password":"Correct horse 42"}`, 200, "", nil)
			c = b.cookie
		}
		r := httptest.NewRequest("POST", "/api/v1/login", strings.NewReader(`{"login":"xiaoman","password":"Correct horse 42"}`))
		r.Header.Set("Sec-Fetch-Site", "cross-site") // nor does another site log people in
		if w := b.send(r); w.Code != 403 {
			k.t.Errorf("%d %s", w.Code, w.Body)
		}
		// A token in the header is who calls, whatever the browser keeps.
		r = httptest.NewRequest("GET", "/api/v1/me", nil)
		r.AddCookie(c)
		r.Header.Set("Authorization", "Bearer "+k.admin)
		if w := b.send(r); w.Code != 403 || !strings.Contains(w.Body.String(), "auth.people_only") {
			k.t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestLoginThrottled(t *testing.T) {
	each(t, func(k *kit) {
		k.hire("xiaoman", "小满", `[]`)
		b := &browser{k: k}
		for range auth.MaxWrong {
			b.call("POST", "/login", `{"login":"xiaoman","password":"wrong"}`, 401, "auth.login_wrong", nil)
		}
		w := b.call("POST", "/login", `{"login":"xiaoman","password":"Correct horse 42"}`, 429, "auth.login_throttled", nil)
		if w.Header().Get("Retry-After") != "300" {
			k.t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
		for _, body := range []string{`{}`, `{"login":"x"}`, `{"login":"x","password":1}`, `{"login":"x","password":""}`,
			fmt.Sprintf(`{"login":"x","password":%q}`, strings.Repeat("x", 257))} {
			b.call("POST", "/login", body, 422, "invalid_input", nil)
		}
	})
}

func TestOneTimePasswordIsShownOnce(t *testing.T) {
	each(t, func(k *kit) {
		body := `{"login":"youzi","name":"柚子","language":"en","roles":[{"role":"agent"}]}`
		var first, again, reset added
		k.asAdmin("POST", "/users", body, 201, "", &first, "Idempotency-Key", "one")
		k.asAdmin("POST", "/users", body, 201, "", &again, "Idempotency-Key", "one")
		if first.Password == "" || again.Password != "" || first.ID != again.ID || first.Language != "en" {
			k.t.Errorf("first %+v, again %+v", first, again)
		}
		k.asAdmin("POST", "/users/"+first.ID.String()+"/reset-password", "", 200, "", &reset)
		if reset.Password == "" || reset.Password == first.Password || !reset.MustChange {
			k.t.Errorf("%+v", reset)
		}
		b := &browser{k: k}
		b.call("POST", "/login", fmt.Sprintf(`{"login":"youzi","password":%q}`, first.Password), 401, "auth.login_wrong", nil)
		b.call("POST", "/login", fmt.Sprintf(`{"login":"youzi","password":%q}`, reset.Password), 200, "", nil)
		var kept string
		err := k.d.Read(context.Background(), func(tx *db.Tx) error {
			all, err := db.Collect(tx, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) }, `select answer from web_once`)
			kept = strings.Join(all, "\n")
			return err
		})
		if err != nil || kept == "" || strings.Contains(kept, first.Password) || strings.Contains(kept, reset.Password) || strings.Contains(k.log.String(), first.Password) {
			k.t.Error("a password is kept", err)
		}
		k.asAdmin("POST", "/users/"+id.New().String()+"/reset-password", "", 404, "auth.user_not_found", nil)
	})
}

func TestManagingPeople(t *testing.T) {
	each(t, func(k *kit) {
		_, u := k.hire("xiaoman", "小满", `[]`)
		path := "/users/" + u.ID.String()
		var got auth.User
		k.asAdmin("GET", path, "", 200, "", &got)
		if got.Version != 2 || got.MustChange || got.LastLogin == 0 { // he chose a password
			k.t.Errorf("%+v", got)
		}
		k.asAdmin("PUT", path, `{"name":"满满","language":"zh-TW","active":true,"version":2}`, 200, "", &got)
		k.asAdmin("PUT", path, `{"name":"又改","language":"zh-TW","active":true,"version":2}`, 409, "auth.user_stale", nil)
		k.asAdmin("PUT", path+"/roles", fmt.Sprintf(`{"roles":[{"role":"finance"},{"shop":%q,"role":"agent"}],"version":3}`, k.shopB), 200, "", &got)
		if got.Name != "满满" || got.Version != 4 || len(got.Roles) != 2 {
			k.t.Errorf("%+v", got)
		}
		var past web.List[auth.UserEvent]
		k.asAdmin("GET", path+"/history?limit=3", "", 200, "", &past)
		if len(past.Items) != 3 || past.Items[0].Verb != "roles_set" || past.Items[0].Actor != "test" || past.Next == "" {
			k.t.Errorf("%+v", past)
		}
		k.asAdmin("GET", "/users/"+id.New().String()+"/history", "", 404, "auth.user_not_found", nil)
		k.asAdmin("PUT", path+"/roles", `{"roles":[{"role":"boss"}],"version":4}`, 422, "invalid_input", nil)
		k.asAdmin("PUT", path+"/roles", fmt.Sprintf(`{"roles":[{"shop":%q,"role":"agent"}],"version":4}`, id.New()), 404, "auth.no_shop", nil)
		k.asAdmin("POST", "/users", `{"login":"xiaoman","name":"别人"}`, 409, "auth.login_taken", nil)
		k.asAdmin("POST", "/users", `{"login":"bieren","name":"满满"}`, 409, "auth.name_taken", nil)
		k.asAdmin("GET", "/users/"+id.New().String(), "", 404, "auth.user_not_found", nil)
		for _, login := range []string{"aaa", "zzz"} {
			k.asAdmin("POST", "/users", fmt.Sprintf(`{"login":%q,"name":%q}`, login, login), 201, "", nil)
		}
		var list web.List[auth.User]
		k.asAdmin("GET", "/users?limit=2", "", 200, "", &list)
		if len(list.Items) != 2 || list.Items[0].Login != "aaa" || list.Next == "" {
			k.t.Errorf("%+v", list)
		}
		next := strings.TrimPrefix(list.Next, "/api/v1")
		list = web.List[auth.User]{}
		k.asAdmin("GET", next, "", 200, "", &list)
		if len(list.Items) != 1 || list.Items[0].Login != "zzz" || list.Next != "" {
			k.t.Errorf("%+v", list)
		}
	})
}

// TestWhoMayCallWhat: the guards of this package's own routes, by token and by role.
func TestWhoMayCallWhat(t *testing.T) {
	each(t, func(k *kit) {
		webtest.WalkRoles(k.t, k.s, k.d, k.people, k.shopA, k.shopB)
	})
}
