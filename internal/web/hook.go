package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/sanbao/sanbao/errs"
)

// HookAnswer is what the program of another company is told in its own form. Err is for the log.
type HookAnswer struct {
	Status int
	Body   any // as JSON
	Err    error
}

// hookTimeout bounds the taking of a push.
const hookTimeout = 10 * time.Second

// RegisterHook adds a route that another company's programs call without a token of ours: a POST below /hooks/, outside of the
// API, with a form of at most maxBody bytes. Whoever handles it checks the signature before anything is kept.
func RegisterHook(s *Server, path string, maxBody int64, handle func(ctx context.Context, r *http.Request, form url.Values) HookAnswer) {
	s.hooks = append(s.hooks, path)
	s.mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), hookTimeout)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil {
			writeProblem(w, r, errs.Wrap(err, errs.Invalid, "web.form"))
			return
		}
		a := handle(ctx, r, r.PostForm)
		callOf(r.Context()).err = a.Err
		var b bytes.Buffer
		if err := json.NewEncoder(&b).Encode(a.Body); err != nil {
			writeProblem(w, r, err)
			return
		}
		plain(w, a.Status, "application/json; charset=utf-8", b.Bytes())
	})
}

// Hooks lists the paths that other companies' programs may call without a scope.
func (s *Server) Hooks() []string { return s.hooks }
