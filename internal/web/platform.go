package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/sanbao/sanbao/internal/auth"
)

// Check is one thing that must hold for the server to be of use: the database answers, its schema is this binary's, jobs
// run. Its error goes to the log, not to the caller.
type Check struct {
	Name string
	Ask  func(ctx context.Context) error
}

// readyTimeout bounds /readyz, so that a hanging dependency is an answer too.
const readyTimeout = 3 * time.Second

// platformRoutes adds what operators and tools ask, which is no part of the API.
func (s *Server) platformRoutes() {
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ok\n"))
	})
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		p, err := s.caller(r.Context(), r)
		if err == nil {
			err = auth.AllowInstallation(p, auth.MetricsRead)
		}
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		s.metrics.handler.ServeHTTP(w, r)
	})
	// The document is made once, at the first question: every route is registered by then.
	doc := func(mediaType string, make func() ([]byte, error)) http.HandlerFunc {
		once := sync.OnceValues(make)
		return func(w http.ResponseWriter, r *http.Request) {
			b, err := once()
			if err != nil {
				writeProblem(w, r, err)
				return
			}
			plain(w, http.StatusOK, mediaType, b)
		}
	}
	s.mux.HandleFunc("GET /openapi.json", doc("application/openapi+json", func() ([]byte, error) { return s.api.OpenAPI().MarshalJSON() }))
	s.mux.HandleFunc("GET /openapi.yaml", doc("application/openapi+yaml", s.OpenAPI))
}

func plain(w http.ResponseWriter, status int, mediaType string, b []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write(b) // a caller who is gone does not read it
}

// ready answers 200 when every check passes and the server is not stopping, else 503, each by name.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	status, text := http.StatusOK, ""
	if s.drain.Load() {
		status, text = http.StatusServiceUnavailable, "server: stopping\n"
	}
	for _, c := range s.o.Ready {
		if err := c.Ask(ctx); err != nil {
			status = http.StatusServiceUnavailable
			text += c.Name + ": failing\n"
			s.o.Log.Warn("not ready", "check", c.Name, "request", RequestID(ctx), "err", err)
			continue
		}
		text += c.Name + ": ok\n"
	}
	plain(w, status, "text/plain; charset=utf-8", []byte(text))
}
