package web

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/sanbao/sanbao/internal/db"
)

// ApplyOnce is the writing half of Once, which another process would reach at the same time.
func ApplyOnce[P, R any](ctx context.Context, d *db.DB, once OnceKey, p P, apply func(tx *db.Tx, p P) (R, error)) (R, bool, error) {
	return applyOnce(ctx, d, once, p, apply)
}

// Addr is where a request came from.
func (s *Server) Addr(r *http.Request) netip.Addr { return s.addr(r) }

// Fault is what is wrong with a declaration.
func (o Op) Fault() string { return o.fault() }
