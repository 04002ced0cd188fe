package web

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	// writeGrace is how long a caller may take to read an answer after the time for making it is over.
	writeGrace = 30 * time.Second
	maxHeader  = 64 << 10
	// DrainTime is how long requests in progress may go on after the server was told to stop.
	DrainTime = 20 * time.Second
)

type drain struct{ atomic.Bool }

// Serve answers on ln until ctx ends. Then /readyz says no, no new connection is taken, and requests in progress have
// DrainTime to end. It returns nil when all of them did.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		WriteTimeout: DefaultTimeout + writeGrace, // the guard sets each route's own
		ErrorLog:     slog.NewLogLogger(s.o.Log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.drain.Store(true)
	s.end()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), DrainTime)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// ServeHTTP answers one request. It is the edge: everything that happens to a request is logged here, once.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	rec := &recorder{ResponseWriter: w}
	c := &call{id: requestID(r), lang: LangOf(r.Header.Get("Accept-Language")), header: w.Header()}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	c.request, c.server = r, s
	c.setHeaders()
	defer func() {
		v := recover()
		begun := rec.code != 0
		if v != nil && v != http.ErrAbortHandler {
			c.stack = debug.Stack()
			c.err = fmt.Errorf("panic: %v", v)
			if !begun {
				writeProblem(rec, r, c.err)
			}
		}
		took := time.Since(start)
		s.metrics.observe(routeOf(r), rec.status(), took)
		s.logCall(c, r, rec, took)
		if v == http.ErrAbortHandler || v != nil && begun {
			panic(http.ErrAbortHandler) // half an answer must not look like a whole one: cut the connection
		}
	}()
	if err := s.cross.Check(r); err != nil {
		writeProblem(rec, r, errs.Wrap(err, errs.Forbidden, "web.cross_origin"))
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		if pages := (&site{s.o.Site}); pages.takes(r) {
			pages.ServeHTTP(rec, r)
			return
		}
		s.noRoute(rec, r)
		return
	}
	s.mux.ServeHTTP(rec, r)
}

var sane = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestID is the caller's X-Request-Id when it is safe to log, or a new one.
func requestID(r *http.Request) string {
	if v := r.Header.Get("X-Request-Id"); sane.MatchString(v) {
		return v
	}
	return id.New().String()
}

// setHeaders gives every answer its request id and tells browsers to guess, frame, keep and send on nothing.
func (c *call) setHeaders() {
	for _, kv := range [][2]string{
		{"X-Request-Id", c.id},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "no-referrer"},
		{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Cache-Control", "no-store"},
	} {
		c.header.Set(kv[0], kv[1])
	}
}

// noRoute answers what the mux has no route for: 404, or 405 with Allow.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	probe := &discard{header: http.Header{}}
	s.mux.ServeHTTP(probe, r)
	if allow := probe.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		writeProblem(w, r, errs.New(errs.Invalid, "web.method_not_allowed", errs.Args{"method": r.Method, "allow": allow}))
		return
	}
	writeProblem(w, r, errs.New(errs.NotFound, "web.no_route"))
}

// discard keeps the header of an answer and nothing else.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// routeOf is the route's pattern, never the path: it bounds the metrics' labels and keeps what people type out of logs.
func routeOf(r *http.Request) string {
	if r.Pattern == "" {
		return "none"
	}
	return r.Pattern
}

// logCall writes the one record of a request. It holds no query, no header and no body.
func (s *Server) logCall(c *call, r *http.Request, w *recorder, took time.Duration) {
	level := slog.LevelInfo
	at := []slog.Attr{
		slog.String("request", c.id), slog.String("method", r.Method), slog.String("route", routeOf(r)),
		slog.Int("status", w.status()), slog.Int64("bytes", w.bytes), slog.Duration("took", took),
	}
	if c.caller.TokenID != 0 {
		at = append(at, slog.String("token", c.caller.TokenID.String()))
	}
	if c.caller.UserID != 0 {
		at = append(at, slog.String("user", c.caller.Login))
	}
	if c.shop != 0 {
		at = append(at, slog.String("shop", c.shop.String()))
	}
	if c.err != nil {
		at = append(at, slog.String("err", c.err.Error()))
	}
	if c.stack != nil {
		at = append(at, slog.String("stack", string(c.stack)))
	}
	switch {
	case w.status() >= 500 || c.stack != nil:
		level = slog.LevelError
	case c.op == nil && w.status() < 400:
		level = slog.LevelDebug // probes and scrapes, every few seconds
	}
	s.o.Log.LogAttrs(context.WithoutCancel(r.Context()), level, "request", at...)
}

// recorder notes status and size of an answer. Unwrap lets http.ResponseController reach what is beneath.
type recorder struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *recorder) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}
