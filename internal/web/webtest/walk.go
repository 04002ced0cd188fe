// Package webtest asks every route of a server who may call it. The application's own test gives it the whole server.
package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// Walk calls every registered route with no token, a mistyped one, one with every scope but the right one, one of
// another shop, and the right one, and checks what the guard says. Shops a and b must exist. The right token's call
// reaches the handler with ids that do not exist and an empty JSON object for a body; any answer but a refusal by the
// guard or a fault of ours is taken.
func Walk(t *testing.T, s *web.Server, d *db.DB, a, b id.ID) {
	t.Helper()
	routes := s.Routes()
	if len(routes) == 0 {
		t.Fatal("the server has no routes")
	}
	w := &walker{t: t, s: s, d: d, a: a, b: b, made: map[string]string{}}
	for _, op := range routes {
		t.Run(op.ID, func(t *testing.T) {
			w.t = t
			w.route(op)
		})
	}
}

type walker struct {
	t     *testing.T
	s     *web.Server
	d     *db.DB
	a, b  id.ID
	made  map[string]string // tokens by shop and scopes
	calls int
}

func (w *walker) route(op web.Op) {
	if op.Scope == auth.Public {
		w.reached(w.call(op, w.a.String(), ""))
		return
	}
	if op.Scope == auth.Self { // people's own affairs: see WalkRoles
		w.refused(w.call(op, "", ""), http.StatusUnauthorized, "auth.missing")
		w.refused(w.call(op, "", w.token(0, auth.Admin)), http.StatusForbidden, "auth.people_only")
		return
	}
	without := slices.DeleteFunc(auth.Scopes(), func(s auth.Scope) bool { return s == op.Scope || s == auth.Admin })
	right := w.token(0, op.Scope)
	if op.ShopBound() {
		right = w.token(w.a, op.Scope)
	}
	w.refused(w.call(op, w.a.String(), ""), http.StatusUnauthorized, "auth.missing")
	w.refused(w.call(op, w.a.String(), right[:len(right)-1]+"!"), http.StatusUnauthorized, "auth.malformed")
	w.refused(w.call(op, w.a.String(), w.token(0, without...)), http.StatusForbidden, "auth.scope")
	w.reached(w.call(op, w.a.String(), right))
	w.reached(w.call(op, w.a.String(), w.token(0, auth.Admin)))
	switch {
	case op.ShopBound():
		w.refused(w.call(op, w.b.String(), right), http.StatusNotFound, "auth.no_shop")
		w.refused(w.call(op, w.b.String(), w.token(w.a, without...)), http.StatusNotFound, "auth.no_shop")
		w.refused(w.call(op, id.New().String(), right), http.StatusNotFound, "auth.no_shop")
		w.refused(w.call(op, id.New().String(), w.token(0, op.Scope)), http.StatusNotFound, "auth.no_shop")
		w.refused(w.call(op, "x", right), http.StatusNotFound, "auth.no_shop")
	case op.AnyShop:
		w.reached(w.call(op, "", w.token(w.a, op.Scope)))
	default:
		w.refused(w.call(op, "", w.token(w.a, op.Scope)), http.StatusForbidden, "auth.one_shop_only")
	}
	if op.Once {
		r := w.request(op, w.a.String(), right)
		r.Header.Del("Idempotency-Key")
		w.refused(w.do(r), http.StatusBadRequest, "web.once_missing")
	}
}

var param = regexp.MustCompile(`\{[a-z_]+\}`)

func (w *walker) request(op web.Op, shop, token string) *http.Request {
	w.calls++
	path := strings.Replace(op.Path, "{shop}", shop, 1)
	path = param.ReplaceAllStringFunc(path, func(string) string { return id.New().String() })
	body := strings.NewReader("{}")
	r := httptest.NewRequestWithContext(context.Background(), op.Method, path, body)
	r.Header.Set("Content-Type", "application/json")
	if len(op.Upload) > 0 {
		r.Header.Set("Content-Type", op.Upload[0])
	}
	r.Header.Set("Idempotency-Key", fmt.Sprintf("walk-%d", w.calls))
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.1:1", w.calls/256, w.calls%256) // one address each: failures are throttled
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
	key    string // of the problem
	what   string
}

func (w *walker) call(op web.Op, shop, token string) answer { return w.do(w.request(op, shop, token)) }

func (w *walker) do(r *http.Request) answer {
	w.t.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	rec := httptest.NewRecorder()
	w.s.ServeHTTP(&firstFlush{rec, cancel}, r.WithContext(ctx))
	a := answer{status: rec.Code, header: rec.Header(), body: rec.Body.String(), what: r.Method + " " + r.URL.Path}
	var p web.Problem
	if rec.Code >= 400 {
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Header().Get("Content-Type") != "application/problem+json" {
			w.t.Errorf("%s: status %d is not a problem: %s", a.what, a.status, a.body)
		}
		a.key = p.Key
	}
	return a
}

// firstFlush hangs up when the answer begins to flow: what streams without end has let the caller in by then.
type firstFlush struct {
	*httptest.ResponseRecorder
	hangUp context.CancelFunc
}

func (f *firstFlush) Flush() {
	f.ResponseRecorder.Flush()
	f.hangUp()
}

func (w *walker) refused(a answer, status int, key string) {
	w.t.Helper()
	if a.status != status || a.key != key {
		w.t.Errorf("%s: got %d %s, want %d %s", a.what, a.status, a.body, status, key)
	}
	if (status == http.StatusUnauthorized) != (a.header.Get("WWW-Authenticate") != "") {
		w.t.Errorf("%s: %d with WWW-Authenticate %q", a.what, a.status, a.header.Get("WWW-Authenticate"))
	}
}

func (w *walker) reached(a answer) {
	w.t.Helper()
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status == http.StatusInternalServerError ||
		a.key == "auth.no_shop" || a.key == "web.no_route" || a.key == "web.once_missing" {
		w.t.Errorf("%s: the right token was answered %d %s", a.what, a.status, a.body)
	}
}

// token is a token of a shop (0 for all) with the scopes.
func (w *walker) token(shop id.ID, scopes ...auth.Scope) string {
	w.t.Helper()
	name := fmt.Sprint(shop, scopes)
	if w.made[name] == "" {
		w.made[name] = Token(w.t, w.d, shop, scopes...)
	}
	return w.made[name]
}

// Token makes a token of a shop, or of all shops for 0, and returns its text.
func Token(t testing.TB, d *db.DB, shop id.ID, scopes ...auth.Scope) string {
	t.Helper()
	draft, err := auth.Plan(auth.Principal{Scopes: []auth.Scope{auth.Admin}}, auth.Token{Name: "test", Shop: shop, Scopes: scopes}, 0)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := auth.Create(tx, draft)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return draft.Secret.Reveal()
}
