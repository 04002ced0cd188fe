package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
	"github.com/sanbao/sanbao/money"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// kit is a server with a few routes of a pretended slice on a real database, two shops and a token of the first.
type kit struct {
	t            testing.TB
	d            *db.DB
	s            *web.Server
	clock        *clock.Fake
	log          *lockedBuffer
	shopA, shopB id.ID
	token        string // of shopA, every scope but admin
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// each runs test with a kit on both engines.
func each(t *testing.T, test func(k *kit)) {
	clk := dbtest.Clock()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(newKit(t, d, clk)) }, func(o *db.Options) { o.Clock = clk })
}

// one runs on SQLite alone, for what does not touch the database.
func one(t *testing.T, opts ...func(*web.Options)) *kit {
	clk := dbtest.Clock()
	return newKit(t, dbtest.Open(t, db.SQLite, func(o *db.Options) { o.Clock = clk }), clk, opts...)
}

func newKit(t testing.TB, d *db.DB, clk *clock.Fake, opts ...func(*web.Options)) *kit {
	k := &kit{t: t, d: d, clock: clk, log: &lockedBuffer{}}
	k.shopA, k.shopB = k.addShop("a"), k.addShop("b")
	o := web.Options{
		Version: "test", Tokens: auth.New(d, clk), Log: slog.New(slog.NewTextHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		ShopExists: k.shopExists, TempDir: t.TempDir(),
	}
	for _, opt := range opts {
		opt(&o)
	}
	k.s = web.New(o)
	web.RegisterTokens(k.s, d)
	k.things()
	k.token = webtest.Token(t, d, k.shopA, auth.Scopes()[:len(auth.Scopes())-1]...)
	return k
}

func (k *kit) addShop(code string) id.ID {
	shop := id.New()
	err := k.d.Write(context.Background(), func(tx *db.Tx) error { return insertShop(tx, shop, code) })
	if err != nil {
		k.t.Fatal(err)
	}
	return shop
}

func insertShop(tx *db.Tx, shop id.ID, code string) error {
	_, err := tx.Exec(`insert into shop (id, code, name, pack, law, currency, calendar, simulation, created_at, version)
		values ($1, $2, $3, 'p', '', 'CNY', 'c', $4, $5, 1)`, shop, code, code, true, tx.Now)
	return err
}

func (k *kit) shopExists(ctx context.Context, shop id.ID) error {
	return k.d.Read(ctx, func(tx *db.Tx) error {
		var code string
		err := tx.QueryRow(`select code from shop where id = $1`, shop).Scan(&code)
		if errors.Is(err, db.ErrNoRows) {
			return errs.New(errs.NotFound, "test.no_such_shop")
		}
		return err
	})
}

// thing is what the pretended slice makes; its rows are shops, for want of another table.
type thing struct {
	ID   id.ID         `json:"id"`
	Code string        `json:"code"`
	Made clock.Instant `json:"made_at"`
}

type createThing struct {
	Body struct {
		Code  string        `json:"code" minLength:"2" maxLength:"20" pattern:"^[a-z0-9<>]+$"`
		Kind  string        `json:"kind,omitempty" enum:"big,small"`
		Price money.Money   `json:"price,omitzero"`
		At    clock.Instant `json:"at,omitzero"`
		Lines []struct {
			Order    id.ID `json:"order"`
			Quantity int   `json:"quantity" minimum:"1" maximum:"10"`
		} `json:"lines,omitempty" maxItems:"3"`
	}
}

type listThings struct {
	web.Page
	Code string `query:"code"`
}

const things = web.ShopRoot + "/things"

func (k *kit) things() {
	web.Register(k.s, web.Op{Method: http.MethodPost, Path: things, ID: "create-thing", Tag: "things", Scope: auth.CasesWrite,
		Once: true, Status: 201, Summary: "Create a thing", MaxBody: 1000},
		func(ctx context.Context, in *createThing) (*web.Reply[thing], error) {
			out, _, err := web.Once(ctx, k.d, web.OnceOf(ctx),
				func(context.Context) (thing, error) { return thing{ID: id.New(), Code: in.Body.Code}, nil },
				func(tx *db.Tx, p thing) (thing, error) {
					p.Made = tx.Now
					err := tx.Try(func() error { return insertShop(tx, p.ID, p.Code) })
					if db.IsUnique(err) {
						return p, errs.New(errs.Conflict, "test.taken")
					}
					return p, err
				})
			return &web.Reply[thing]{Body: out}, err
		})
	web.Register(k.s, web.Op{Method: http.MethodGet, Path: things, ID: "list-things", Tag: "things", Scope: auth.CasesRead, Summary: "List things"},
		func(ctx context.Context, in *listThings) (*web.Reply[web.List[thing]], error) {
			after, _, err := web.AfterKey[string](ctx, in.Page)
			if err != nil {
				return nil, err
			}
			var rows []thing
			err = k.d.Read(ctx, func(tx *db.Tx) (err error) {
				rows, err = db.Collect(tx, func(r *db.Rows) (v thing, err error) { return v, r.Scan(&v.ID, &v.Code) },
					`select id, code from shop where code > $1 order by code limit $2`, after, in.Fetch())
				return err
			})
			if err != nil {
				return nil, err
			}
			list, err := web.MakeList(ctx, in.Page, rows, func(v thing) string { return v.Code })
			return &web.Reply[web.List[thing]]{Body: list}, err
		})
}

// handle adds one more route, GET /api/v1/shops/{shop}/<name>, which does as told.
func (k *kit) handle(name string, do func(ctx context.Context) error) {
	web.Register(k.s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/" + name, ID: name, Tag: "test", Scope: auth.CasesRead, Summary: "Test"},
		func(ctx context.Context, _ *struct{}) (*struct{}, error) { return nil, do(ctx) })
}

// at is a path of shopA.
func (k *kit) at(rest string) string { return web.APIRoot + "shops/" + k.shopA.String() + "/" + rest }

// request makes a request with k.token; header is name, value, name, value …
func (k *kit) request(method, path, body string, header ...string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+k.token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (k *kit) do(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	k.s.ServeHTTP(rec, r)
	return rec
}

func (k *kit) call(method, path, body string, header ...string) *httptest.ResponseRecorder {
	return k.do(k.request(method, path, body, header...))
}

// problem reads a problem and checks what every problem has.
func problem(t testing.TB, rec *httptest.ResponseRecorder, status int, key string) web.Problem {
	t.Helper()
	var p web.Problem
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Fatalf("status %d is not JSON: %v: %s", rec.Code, err, rec.Body)
	}
	if rec.Code != status || p.Status != status || p.Key != key {
		t.Fatalf("got %d %s, want %d %s: %s", rec.Code, p.Key, status, key, rec.Body)
	}
	if got := rec.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if p.RequestID == "" || p.RequestID != rec.Header().Get("X-Request-Id") {
		t.Errorf("request id %q, header %q", p.RequestID, rec.Header().Get("X-Request-Id"))
	}
	if p.Type != web.ProblemType+string(p.Code) || p.Title == "" || p.Detail == "" || strings.HasPrefix(p.Title, "web.") {
		t.Errorf("incomplete problem: %+v", p)
	}
	return p
}

func ok(t testing.TB, rec *httptest.ResponseRecorder, status int) string {
	t.Helper()
	if rec.Code != status {
		t.Fatalf("got %d, want %d: %s", rec.Code, status, rec.Body)
	}
	b, err := io.ReadAll(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var _ = errs.Register(map[string]errs.Text{
	"test.taken":        {ZhCN: "已被占用。", En: "Taken."},
	"test.no_such_shop": {ZhCN: "没有。", En: "None."},
	"test.denied":       {ZhCN: "已过七天。", En: "Seven days have passed."},
})

func fields(p web.Problem) string {
	var b strings.Builder
	for _, f := range p.Fields {
		fmt.Fprintf(&b, "%s %s\n", f.Path, f.Key)
	}
	return b.String()
}
