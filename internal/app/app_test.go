package app_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// each opens the whole application on a fresh database of each engine.
func each(t *testing.T, test func(t *testing.T, a *app.App)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			a, err := app.Open(t.Context(), app.Config{DB: dbtest.URL(t, dialect), Clock: dbtest.Clock(), Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := a.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, a)
		})
	}
}

func openShop(t *testing.T, a *app.App, code string) id.ID {
	t.Helper()
	s, err := a.OpenShop(t.Context(), shop.NewShop{Code: code, Name: code, Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN"},
		shop.NewWarehouse{Code: "guangzhou", Name: "广州退货组", Address: "广州"})
	if err != nil {
		t.Fatal(err)
	}
	return s.ID
}

// Every route of the wired server asks for its token, its scope and its shop.
func TestEveryRouteIsGuarded(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		webtest.Walk(t, a.Server(), a.DB, openShop(t, a, "a-shop"), openShop(t, a, "b-shop"))
	})
}

// Every role on every route, in its own shop, in another and everywhere, may what the table of permissions says (S0-43).
func TestEveryRoleOnEveryRoute(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := a.Server()
		reached, refused := webtest.WalkRoles(t, s, a.DB, a.Sessions, openShop(t, a, "a-shop"), openShop(t, a, "b-shop"))
		if n := 3 * len(auth.Roles()) * len(s.Routes()); reached+refused != n || reached < 200 || refused < 1000 {
			t.Errorf("%d calls let in and %d refused of %d", reached, refused, n)
		}
	})
}

// The list of shops shows a person those he works for, and a program those it reaches.
func TestShopsOfTheCaller(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := a.Server()
		mine := openShop(t, a, "a-shop")
		openShop(t, a, "b-shop")
		shops := func(header, value string) (codes []string) {
			r := httptest.NewRequest(http.MethodGet, "/api/v1/shops", nil)
			r.Header.Set(header, value)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			var all []shop.Shop
			if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil {
				t.Fatal(w.Body, err)
			}
			for _, sh := range all {
				codes = append(codes, sh.Code)
			}
			return codes
		}
		person := func(login string, grants ...auth.Grant) string {
			u := webtest.Person(t, a.DB, a.Sessions, auth.NewUser{Login: login, Name: login, Roles: grants})
			return web.SessionCookie + "=" + webtest.Session(t, a.DB, a.Sessions, u.ID)
		}
		for _, c := range []struct {
			header, value string
			want          []string
		}{
			{"Cookie", person("xiaoman", auth.Grant{Shop: mine, Role: auth.RoleAgent}), []string{"a-shop"}},
			{"Cookie", person("jingjie", auth.Grant{Role: auth.RoleFinance}, auth.Grant{Shop: mine, Role: auth.RoleAgent}), []string{"a-shop", "b-shop"}},
			{"Authorization", "Bearer " + webtest.Token(t, a.DB, mine, auth.ShopRead), []string{"a-shop"}},
			{"Authorization", "Bearer " + webtest.Token(t, a.DB, 0, auth.ShopRead), []string{"a-shop", "b-shop"}},
		} {
			if got := shops(c.header, c.value); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		}
	})
}

// The committed document is the server's. `make gen` writes it.
func TestDocumentIsCommitted(t *testing.T) {
	committed, err := os.ReadFile("../../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	made, err := (&app.App{Flow: &flow.Flow{}}).Server().OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(committed), "\n"), strings.Split(string(made), "\n")
	for i := range max(len(was), len(is)) {
		if i >= len(was) || i >= len(is) || was[i] != is[i] {
			t.Fatalf("docs/openapi.yaml differs from the server's document from line %d on; run make gen", i+1)
		}
	}
}

func get(t *testing.T, h http.Handler, path, token string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// What operators ask works on the wired application, without a shop and without an order in it.
func TestOperatorsView(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := a.Server()
		for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "database: ok\n"} {
			if w := get(t, s, path, ""); w.Code != http.StatusOK || w.Body.String() != want {
				t.Errorf("%s: %d %q, want %q", path, w.Code, w.Body, want)
			}
		}
		if w := get(t, s, "/openapi.json", ""); w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
			t.Errorf("/openapi.json: %d", w.Code)
		}
		if w := get(t, s, "/metrics", ""); w.Code != http.StatusUnauthorized {
			t.Errorf("/metrics without a token: %d", w.Code)
		}
		err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := a.Jobs.Enqueue(tx, a.Jobs.Kinds()[0], nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w := get(t, s, "/metrics", webtest.Token(t, a.DB, 0, auth.MetricsRead))
		for _, want := range []string{"sanbao_db_commits ", "sanbao_db_writes ", `sanbao_jobs{state="waiting"} 1`,
			`sanbao_http_request_seconds_count{method="GET",route="/healthz",status="200"} 1`} {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("/metrics: %d, no %s in it", w.Code, want)
			}
		}
	})
}

// A database that another program has migrated further is not ready to be served.
func TestNotReadyOnANewerSchema(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		raiseSchema(t, a.DB)
		if w := get(t, a.Server(), "/readyz", ""); w.Code != http.StatusServiceUnavailable || w.Body.String() != "database: failing\n" {
			t.Errorf("%d %q", w.Code, w.Body)
		}
	})
}

// raiseSchema writes down that the schema is one that this program does not know yet.
func raiseSchema(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into goose_db_version (version_id, is_applied) values ($1, $2)`, 99999, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every code that problems.md explains has a title in both languages, and every title is explained there.
func TestProblemsAreExplained(t *testing.T) {
	text, err := os.ReadFile("../web/problems.md")
	if err != nil {
		t.Fatal(err)
	}
	var explained, titled []string
	for _, m := range regexp.MustCompile(`(?m)^## (\w+)$`).FindAllStringSubmatch(string(text), -1) {
		explained = append(explained, m[1])
	}
	for _, key := range errs.Registered() {
		if code, ok := strings.CutPrefix(key, "web.title."); ok {
			titled = append(titled, code)
		}
	}
	slices.Sort(explained)
	if !slices.Equal(explained, titled) {
		t.Errorf("problems.md explains %v, titles exist for %v", explained, titled)
	}
}

// Every message key that a document names exists, with its text in both languages.
func TestDocumentedKeysExist(t *testing.T) {
	key := regexp.MustCompile("`((?:web|auth|flow|order|import|settle|movement|line|case|shop|policy|rule|job|db|app)\\.[a-z_]+(?:\\.[a-z_]+)*)`")
	named := 0
	for _, file := range []string{"../web/problems.md", "../../docs/openapi.yaml", "../../docs/imports.md", "../../docs/architecture.md", "../../CONTRIBUTING.md"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(text), -1) {
			named++
			for _, l := range []errs.Lang{errs.ZhCN, errs.En} {
				if errs.Render(l, m[1], nil) == m[1] {
					t.Errorf("%s names %s, which has no text", file, m[1])
				}
			}
		}
	}
	if named == 0 {
		t.Error("no document names a key: this test looks for the wrong form")
	}
}
