package web_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/web"
)

// streaming is a server with a stream that says what it is told to, and reports how it ended.
type streaming struct {
	*kit
	say   chan string
	ended chan error
	addr  string
	stop  context.CancelFunc
	done  chan error
}

func newStreaming(t *testing.T) *streaming {
	s := &streaming{kit: one(t), say: make(chan string), ended: make(chan error, 1), done: make(chan error, 1)}
	web.RegisterEvents(s.s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/news", ID: "news", Tag: "things", Scope: auth.CasesRead, Summary: "News"},
		func(_ context.Context, in *struct {
			Full bool `query:"full"`
		}) (func(ctx context.Context, out *web.Events), error) {
			if in.Full {
				return nil, errs.New(errs.RateLimited, "web.stopping")
			}
			return func(ctx context.Context, out *web.Events) {
				for {
					select {
					case word := <-s.say:
						if word == "" {
							_ = out.Beat()
							continue
						}
						_ = out.Send("word", map[string]string{"word": word})
					case <-ctx.Done():
						s.ended <- ctx.Err()
						return
					}
				}
			}, nil
		})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s.addr, s.stop = "http://"+ln.Addr().String(), stop
	go func() { s.done <- s.s.Serve(ctx, ln) }()
	t.Cleanup(stop)
	return s
}

func (s *streaming) open(ctx context.Context, query string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.addr+s.at("news")+query, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (s *streaming) ends() {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		s.t.Error("the stream goes on")
	}
}

// Every event leaves at once, as the HTML Standard writes them; a line break in the data does not break out of it.
func TestEventsLeaveAtOnce(t *testing.T) {
	s := newStreaming(t)
	lines := bufio.NewScanner(s.open(t.Context(), "").Body)
	for _, c := range []struct {
		say  string
		want []string
	}{{"鞋", []string{"event: word", `data: {"word":"鞋"}`, ""}}, {"", []string{": beat", ""}}, {"a\n\nevent: b", []string{"event: word", `data: {"word":"a\n\nevent: b"}`, ""}}} {
		s.say <- c.say
		for _, want := range c.want {
			if !lines.Scan() || lines.Text() != want {
				t.Errorf("%q, want %q", lines.Text(), want)
			}
		}
	}
}

func TestAStreamEndsWithItsCaller(t *testing.T) {
	s := newStreaming(t)
	ctx, leave := context.WithCancel(t.Context())
	s.open(ctx, "")
	leave()
	s.ends()
}

// The server ends at once although somebody listens, and takes no new stream.
func TestAStreamDoesNotHoldUpTheEnd(t *testing.T) {
	s := newStreaming(t)
	s.open(t.Context(), "")
	s.stop()
	s.ends()
	select {
	case err := <-s.done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(web.DrainTime / 2):
		t.Error("the server waits for the stream")
	}
	if w := s.call("GET", s.at("news"), ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a stream after the end: %d", w.Code)
	}
}

// What goes wrong before the first event is a problem like any other.
func TestAStreamThatCannotBegin(t *testing.T) {
	s := newStreaming(t)
	if res := s.open(t.Context(), "?full=true"); res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}
