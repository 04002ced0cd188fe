package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

func TestWhoMayCallWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d, dbtest.Clock())
		k.upload("")
		k.endless()
		webtest.Walk(t, k.s, k.d, k.shopA, k.shopB)
	})
}

// endless adds a route whose answer flows until the caller hangs up.
func (k *kit) endless() {
	op := web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/endless", ID: "endless", Tag: "test", Scope: auth.CasesRead, Summary: "Test"}
	web.Register(k.s, op, func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			r, w := humago.Unwrap(hc)
			w.WriteHeader(http.StatusOK)
			if err := http.NewResponseController(w).Flush(); err != nil {
				k.t.Error(err)
			}
			<-r.Context().Done()
		}}, nil
	})
}

func TestDeclarationsAreChecked(t *testing.T) {
	good := web.Op{Method: "GET", Path: things, ID: "list-things", Tag: "things", Summary: "List", Scope: auth.CasesRead}
	if why := good.Fault(); why != "" {
		t.Fatal(why)
	}
	for name, spoil := range map[string]func(*web.Op){
		"path outside":    func(o *web.Op) { o.Path = "/things" },
		"trailing slash":  func(o *web.Op) { o.Path += "/" },
		"shop misnamed":   func(o *web.Op) { o.Path = "/api/v1/shops/{id}/things" },
		"id":              func(o *web.Op) { o.ID = "ListThings" },
		"summary":         func(o *web.Op) { o.Summary = "" },
		"tag":             func(o *web.Op) { o.Tag = "" },
		"scope":           func(o *web.Op) { o.Scope = "things:read" },
		"no scope":        func(o *web.Op) { o.Scope = "" },
		"public shop":     func(o *web.Op) { o.Scope = auth.Public },
		"any shop":        func(o *web.Op) { o.AnyShop = true },
		"plain POST":      func(o *web.Op) { o.Method = "POST" },
		"both":            func(o *web.Op) { o.Method, o.Once, o.Preview = "POST", true, true },
		"all three":       func(o *web.Op) { o.Method, o.Once, o.Preview, o.Session = "POST", true, true, true },
		"session's scope": func(o *web.Op) { o.Method, o.Session = "POST", true },
		"GET session":     func(o *web.Op) { o.Session = true },
		"notice's scope":  func(o *web.Op) { o.Method, o.Notice, o.MaxBody = "POST", true, 1 },
		"notice's body":   func(o *web.Op) { o.Method, o.Notice, o.Scope, o.Path = "POST", true, auth.Public, "/api/v1/notices" },
		"GET notice":      func(o *web.Op) { o.Notice, o.MaxBody, o.Scope, o.Path = true, 1, auth.Public, "/api/v1/notices" },
		"self's shop":     func(o *web.Op) { o.Scope = auth.Self },
		"GET once":        func(o *web.Op) { o.Once = true },
		"GET with upload": func(o *web.Op) { o.Upload = []string{"text/csv"} },
		"method":          func(o *web.Op) { o.Method = "LIST" },
	} {
		o := good
		spoil(&o)
		if o.Fault() == "" {
			t.Errorf("%s: no fault found in %+v", name, o)
		}
	}
}
