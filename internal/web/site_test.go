package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/internal/web"
)

var built = fstest.MapFS{
	"index.html":           {Data: []byte("<title>plain</title>")},
	"index.html.br":        {Data: []byte("br")},
	"index.html.gz":        {Data: []byte("gz")},
	"assets/app-1f3.js":    {Data: []byte("plain js")},
	"assets/app-1f3.js.gz": {Data: []byte("gz js")},
	"mark.svg":             {Data: []byte("<svg/>")},
	"unbuilt.html":         {Data: []byte("build me")},
}

func TestSite(t *testing.T) {
	s := web.New(web.Options{Version: "1", Site: built})
	for _, c := range []struct {
		method, path, accepts string
		status                int
		body, encoding, cache string
	}{
		{"GET", "/", "", 200, "<title>plain</title>", "", "no-cache"},
		{"GET", "/", "gzip, deflate, br, zstd", 200, "br", "br", "no-cache"},
		{"GET", "/", "gzip, br;q=0", 200, "gz", "gzip", "no-cache"},
		{"GET", "/s/shoes/cases/0A7SX2W5C0001", "gzip", 200, "gz", "gzip", "no-cache"}, // the browser's router reads it
		{"HEAD", "/s/shoes/inbox", "", 200, "", "", "no-cache"},
		{"GET", "/assets/app-1f3.js", "br, gzip", 200, "gz js", "gzip", "public, max-age=31536000, immutable"},
		{"GET", "/assets/app-1f3.js", "", 200, "plain js", "", "public, max-age=31536000, immutable"},
		{"GET", "/mark.svg", "br", 200, "<svg/>", "", "no-cache"},
		{"GET", "/assets/gone-000.js", "", 404, "404 page not found\n", "", ""},
		{"GET", "/../../etc/passwd.txt", "", 404, "404 page not found\n", "", ""},
	} {
		r := httptest.NewRequest(c.method, "http://sanbao.test"+c.path, nil)
		r.Header.Set("Accept-Encoding", c.accepts)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		h := w.Result().Header
		if w.Code != c.status || w.Body.String() != c.body || h.Get("Content-Encoding") != c.encoding || c.cache != "" && h.Get("Cache-Control") != c.cache {
			t.Errorf("%s %s (%s): %d %q, encoding %q, cache %q", c.method, c.path, c.accepts, w.Code, w.Body, h.Get("Content-Encoding"), h.Get("Cache-Control"))
		}
		if csp := h.Get("Content-Security-Policy"); w.Code == 200 && (!strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'")) {
			t.Errorf("%s: policy %q", c.path, csp)
		}
	}
}

// The API, what operators ask, and every method but reading stay what they are without a site.
func TestSiteLeavesTheAPI(t *testing.T) {
	s := web.New(web.Options{Version: "1", Site: built})
	for _, c := range []struct {
		method, path string
		status       int
		media        string
	}{
		{"GET", "/api/v1/nothing", 404, "application/problem+json"},
		{"GET", "/api", 404, "application/problem+json"},
		{"POST", "/s/shoes/inbox", 404, "application/problem+json"},
		{"GET", "/healthz", 200, "text/plain; charset=utf-8"},
		{"GET", "/openapi.yaml", 200, "application/openapi+yaml"},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(c.method, "http://sanbao.test"+c.path, nil))
		if got := w.Result().Header.Get("Content-Type"); w.Code != c.status || got != c.media {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, got)
		}
	}
}

// A binary built without Node says what to do, and that it is not a success.
func TestSiteNotBuilt(t *testing.T) {
	s := web.New(web.Options{Version: "1", Site: fstest.MapFS{"unbuilt.html": built["unbuilt.html"]}})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://sanbao.test/", nil))
	if w.Code != http.StatusServiceUnavailable || w.Body.String() != "build me" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
