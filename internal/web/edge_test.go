package web_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

func TestRequestID(t *testing.T) {
	k := one(t)
	for sent, kept := range map[string]bool{
		"": false, "abc-1._Z": true, "two words": false, "a\nb": false, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false,
	} {
		r := k.request("GET", k.at("things"), "")
		r.Header["X-Request-Id"] = []string{sent}
		got := k.do(r).Header().Get("X-Request-Id")
		if (got == sent) != kept || got == "" {
			t.Errorf("sent %q, answered %q", sent, got)
		}
	}
}

func TestOneRecordForARequestAndNoSecretsInIt(t *testing.T) {
	k := one(t)
	ok(t, k.call("GET", k.at("things?code=13800138000"), "", "X-Request-Id", "r1"), 200)
	text := k.log.String()
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, "request=r1") ||
		!strings.Contains(text, `route="GET /api/v1/shops/{shop}/things"`) || !strings.Contains(text, "shop="+k.shopA.String()) {
		t.Errorf("log: %s", text)
	}
	for _, secret := range []string{"13800138000", k.token[len(k.token)-20:], "Bearer"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the log: %s", secret, text)
		}
	}
}

func TestPanicIsAProblemLoggedOnce(t *testing.T) {
	k := one(t)
	k.handle("panic", func(context.Context) error { panic("boom " + "here") })
	rec := k.call("GET", k.at("panic"), "", "X-Request-Id", "r1")
	problem(t, rec, 500, "internal")
	if strings.Contains(rec.Body.String(), "boom") {
		t.Error("the panic is shown")
	}
	text := k.log.String()
	if strings.Count(text, "level=") != 1 || !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "boom here") ||
		!strings.Contains(text, "request=r1") || !strings.Contains(text, "edge_test.go") {
		t.Errorf("log: %s", text)
	}
}

// TestHalfAnAnswerIsCut: an answer that cannot be written to its end must not look whole.
func TestHalfAnAnswerIsCut(t *testing.T) {
	k := one(t)
	web.Register(k.s, web.Op{Method: "GET", Path: web.APIRoot + "half", ID: "half", Tag: "test", Scope: auth.Public, Summary: "Test"},
		func(context.Context, *struct{}) (*web.Reply[map[string]any], error) {
			return &web.Reply[map[string]any]{Body: map[string]any{"channel": make(chan int)}}, nil
		})
	srv := httptest.NewUnstartedServer(k.s)
	srv.Config.ErrorLog = nil
	srv.Start()
	defer srv.Close()
	if res, err := http.Get(srv.URL + "/api/v1/half"); err == nil {
		res.Body.Close()
		t.Errorf("answered %s", res.Status)
	}
	if !strings.Contains(k.log.String(), "unsupported type: chan int") {
		t.Errorf("log: %s", k.log)
	}
}

func TestRouteThatForgetsOnceIsFound(t *testing.T) {
	k := one(t)
	web.Register(k.s, web.Op{Method: "POST", Path: things + "/forget", ID: "forget", Tag: "test", Scope: auth.CasesRead, Once: true, Summary: "Test"},
		func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	problem(t, k.call("POST", k.at("things/forget"), "", "Idempotency-Key", "1"), 500, "internal")
	if !strings.Contains(k.log.String(), "forget is declared Once") {
		t.Errorf("log: %s", k.log)
	}
}

func TestSlowHandlerIsUnavailable(t *testing.T) {
	k := one(t)
	web.Register(k.s, web.Op{Method: "GET", Path: web.APIRoot + "slow", ID: "slow", Tag: "test", Scope: auth.Public, Summary: "Test", Timeout: time.Nanosecond},
		func(ctx context.Context, _ *struct{}) (*struct{}, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
	problem(t, k.call("GET", "/api/v1/slow", ""), 503, "web.timeout")
}

func TestEveryAnswerHasSecurityHeaders(t *testing.T) {
	k := one(t)
	for _, path := range []string{"/healthz", "/nowhere", k.at("things")} {
		h := k.call("GET", path, "").Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

func TestReadyNamesWhatFailsAndHidesWhy(t *testing.T) {
	var fault error
	k := one(t, func(o *web.Options) {
		o.Ready = []web.Check{{Name: "database", Ask: func(context.Context) error { return nil }},
			{Name: "jobs", Ask: func(context.Context) error { return fault }}}
	})
	if got := ok(t, k.call("GET", "/readyz", ""), 200); got != "database: ok\njobs: ok\n" {
		t.Errorf("%q", got)
	}
	fault = errors.New("password is wrong")
	if got := ok(t, k.call("GET", "/readyz", ""), 503); got != "database: ok\njobs: failing\n" {
		t.Errorf("%q", got)
	}
	if !strings.Contains(k.log.String(), "password is wrong") {
		t.Error("the cause is not in the log")
	}
	ok(t, k.call("GET", "/healthz", ""), 200)
}

func TestMetrics(t *testing.T) {
	k := one(t, func(o *web.Options) {
		o.Gauges = []web.Gauge{
			{Name: "sanbao_jobs", Help: "Jobs.", Label: "state", Read: func(context.Context) (map[string]float64, error) {
				return map[string]float64{"ready": 3}, nil
			}},
			{Name: "sanbao_commits_total", Help: "Commits.", Total: true, Read: func(context.Context) (map[string]float64, error) {
				return map[string]float64{"": 7}, nil
			}},
		}
	})
	ok(t, k.call("GET", k.at("things?code=1"), ""), 200)
	k.call("GET", "/random/path", "")
	problem(t, k.call("GET", "/metrics", "", "Authorization", ""), 401, "auth.missing")
	problem(t, k.call("GET", "/metrics", ""), 403, "auth.one_shop_only")
	problem(t, k.call("GET", "/metrics", "", "Authorization", "Bearer "+webtest.Token(t, k.d, 0, auth.CasesRead)), 403, "auth.scope")
	text := ok(t, k.call("GET", "/metrics", "", "Authorization", "Bearer "+webtest.Token(t, k.d, 0, auth.MetricsRead)), 200)
	for _, want := range []string{
		`sanbao_http_request_seconds_count{method="GET",route="/api/v1/shops/{shop}/things",status="200"} 1`,
		`sanbao_http_request_seconds_count{method="",route="none",status="404"} 1`,
		`sanbao_jobs{state="ready"} 3`, `sanbao_commits_total 7`, `go_goroutines `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(text, "random") || strings.Contains(text, k.shopA.String()) {
		t.Error("a path is a label")
	}
}

func TestGaugeThatCannotBeReadFailsTheScrape(t *testing.T) {
	k := one(t, func(o *web.Options) {
		o.Gauges = []web.Gauge{{Name: "sanbao_jobs", Help: "Jobs.", Read: func(context.Context) (map[string]float64, error) {
			return nil, errors.New("away")
		}}}
	})
	ok(t, k.call("GET", "/metrics", "", "Authorization", "Bearer "+webtest.Token(t, k.d, 0, auth.MetricsRead)), 500)
}

// TestServeFinishesWhatItBegan: told to stop, the server answers the request in progress, says that it is not ready,
// and takes no new connection.
func TestServeFinishesWhatItBegan(t *testing.T) {
	k := one(t)
	begun, finish := make(chan struct{}), make(chan struct{})
	k.handle("wait", func(context.Context) error {
		close(begun)
		<-finish
		return nil
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- k.s.Serve(ctx, ln) }()
	answered := make(chan int, 1)
	go func() {
		r, _ := http.NewRequest("GET", "http://"+ln.Addr().String()+k.at("wait"), nil)
		r.Header.Set("Authorization", "Bearer "+k.token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		res.Body.Close()
		answered <- res.StatusCode
	}()
	<-begun
	stop()
	for k.do(k.request("GET", "/readyz", "")).Code != http.StatusServiceUnavailable {
		select {
		case err := <-served:
			t.Fatal("ended while a request was in progress:", err)
		default:
		}
	}
	close(finish)
	if code := <-answered; code != http.StatusNoContent {
		t.Errorf("answered %d", code)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("a new connection was taken")
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	k := one(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := k.s.Serve(context.Background(), ln); err == nil {
		t.Error("served on a closed listener")
	}
}

// deadlines notes the read deadlines set on a connection.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// TestReadDeadlineEndsWithTheBody: net/http takes a deadline that passes while a handler runs for a caller who left.
func TestReadDeadlineEndsWithTheBody(t *testing.T) {
	k := one(t)
	for _, r := range []*http.Request{k.request("POST", k.at("things"), `{"code":"ab"}`, "Idempotency-Key", "1"), k.upload("x")} {
		d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		k.s.ServeHTTP(d, r)
		if len(d.set) < 2 || d.set[0].IsZero() || !d.set[len(d.set)-1].IsZero() {
			t.Errorf("%s: deadlines %v", r.URL.Path, d.set)
		}
	}
}

func TestAddressBehindProxies(t *testing.T) {
	s := web.New(web.Options{TrustProxy: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"}, // not our proxy: what it says counts for nothing
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"}, // the caller wrote the first one
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "junk", "10.0.0.1"},
		{"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
		{"pipe", "", "invalid IP"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.Addr(r).String(); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

func (k *kit) upload(body string) *http.Request {
	k.t.Helper()
	const path = "import"
	registered := false
	for _, op := range k.s.Routes() {
		registered = registered || op.ID == path
	}
	if !registered {
		web.Register(k.s, web.Op{Method: "POST", Path: web.ShopRoot + "/" + path, ID: path, Tag: "test", Scope: auth.OrdersImport, Preview: true,
			Summary: "Test", Upload: []string{"text/csv"}, MaxBody: 10},
			func(ctx context.Context, _ *struct{}) (*web.Reply[string], error) {
				u := web.UploadOf(ctx)
				var b bytes.Buffer
				_, err := b.ReadFrom(u)
				return &web.Reply[string]{Body: u.MediaType + " " + b.String()}, err
			})
	}
	return k.request("POST", k.at(path), body, "Content-Type", "text/csv; charset=utf-8")
}
