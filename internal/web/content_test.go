package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/web"
)

// stored is a file that says whether it was closed.
type stored struct {
	io.ReadSeeker
	closed bool
}

func (s *stored) Close() error { s.closed = true; return nil }

// unreadable has a length, and fails halfway.
type unreadable struct{ *bytes.Reader }

func (u unreadable) Read(p []byte) (int, error) {
	if int64(u.Len()) < u.Size()/2 {
		return 0, errors.New("disk unplugged")
	}
	return u.Reader.Read(p[:min(len(p), 1000)])
}

func (k *kit) film(c *web.Content, err error) string {
	web.RegisterContent(k.s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/film", ID: "film", Tag: "test", Scope: auth.CasesRead, Summary: "Test", Produces: "video/mp4"},
		func(context.Context, *struct{}) (*web.Content, error) { return c, err })
	return k.at("film")
}

func TestContentIsStreamedInRanges(t *testing.T) {
	text := strings.Repeat("0123456789", 1000)
	for _, c := range []struct {
		method string
		header []string
		status int
		body   string
		length string
	}{
		{"GET", nil, 200, text, "10000"},
		{"HEAD", nil, 200, "", "10000"},
		{"GET", []string{"Range", "bytes=5-14"}, 206, "5678901234", "10"},
		{"GET", []string{"Range", "bytes=-3"}, 206, "789", "3"},
		{"GET", []string{"Range", "bytes=5-14", "If-Range", `"other"`}, 200, text, "10000"},
		{"GET", []string{"If-None-Match", `"abc"`}, 304, "", ""},
	} {
		k, file := one(t), &stored{ReadSeeker: strings.NewReader(text)}
		at := k.film(&web.Content{ReadSeekCloser: file, MediaType: "video/mp4", Name: "a.mp4", Tag: "abc", Keep: time.Hour}, nil)
		w := k.do(k.request(c.method, at, "", c.header...))
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("Content-Length") != c.length || !file.closed {
			t.Errorf("%s %v: %d, %d bytes of %s, closed %v", c.method, c.header, w.Code, w.Body.Len(), w.Header().Get("Content-Length"), file.closed)
		}
		for name, want := range map[string]string{"Etag": `"abc"`, "Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Content-Disposition": `inline; filename="a.mp4"`} {
			if got := w.Header().Get(name); got != want && c.status != 304 {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

func TestContentThatIsRefused(t *testing.T) {
	k := one(t)
	problem(t, k.do(k.request("GET", k.film(nil, errs.New(errs.NotFound, "test.taken")), "")), 404, "test.taken")
}

// A file that cannot be read to its end is cut off before its caller, and the log says why.
func TestContentThatBreaks(t *testing.T) {
	k := one(t)
	file := &stored{ReadSeeker: unreadable{bytes.NewReader(make([]byte, 100_000))}}
	at := k.film(&web.Content{ReadSeekCloser: file, MediaType: "video/mp4", Name: "a.mp4", Tag: "abc", Save: true}, nil)
	server := httptest.NewServer(k.s)
	defer server.Close()
	r := k.request("GET", server.URL+at, "")
	r.RequestURI = ""
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) || len(b) >= 100_000 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	server.Close()
	if !file.closed || !strings.Contains(k.log.String(), "disk unplugged") || res.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("closed %v, %s, logged:\n%s", file.closed, res.Header.Get("Cache-Control"), k.log.String())
	}
}
