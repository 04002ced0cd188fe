package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
)

// Options of a server. Without Tokens it can be described (Routes, OpenAPI) but refuses every call that needs one.
type Options struct {
	Version  string         // of the software, for the OpenAPI document
	Tokens   *auth.Tokens   // verifies which program is calling
	Sessions *auth.Sessions // verifies which person is; nil where nobody can log in
	Log      *slog.Logger   // slog.Default by default

	// ShopExists is nil for a shop that exists and a not_found error for one that does not. It is asked for tokens of
	// all shops only, once per shop that exists: shops are never deleted.
	ShopExists func(ctx context.Context, shop id.ID) error

	Ready  []Check // what /readyz asks
	Gauges []Gauge // what /metrics shows besides requests

	// TrustProxy lists the networks of reverse proxies whose X-Forwarded-For is believed.
	TrustProxy []netip.Prefix
	// Site is the built browser code, served where no route is; nil for none.
	Site fs.FS
	// TempDir takes uploads while they are read; "" is the system's.
	TempDir string
}

// Server serves the API. Routes are registered before it serves.
type Server struct {
	o         Options
	api       huma.API
	mux       *http.ServeMux
	cross     *http.CrossOriginProtection
	routes    []Op
	documents []string
	naming    naming // the route being registered, see schemas
	shops     sync.Map
	metrics   *metrics
	drain     drain
	life      context.Context // of streams; end ends it
	end       context.CancelFunc
}

// New makes a server with the routes that belong to no slice.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{o: o, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection()}
	s.life, s.end = context.WithCancel(context.Background())
	s.api = humago.New(s.mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Sanbao 三包", Version: o.Version, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
				Description: "After-sales service: returns, refunds and what the policy says about them. Every fault is an RFC 9457 problem."},
			Components: &huma.Components{
				Schemas: schemas(&s.naming),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token":   {Type: "http", Scheme: "bearer", Description: "an access token, sb_…"},
					"session": {Type: "apiKey", In: "cookie", Name: SessionCookie, Description: "a person's session, from POST /api/v1/login"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{replayStored},
	})
	s.metrics = newMetrics(s)
	s.platformRoutes()
	return s
}

var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		if stored, ok := v.(json.RawMessage); ok { // an answer of Once, encoded already
			_, _ = w.Write(append(stored[:len(stored):len(stored)], '\n'))
			return nil
		}
		var b bytes.Buffer
		if err := encodeJSON(&b, v); err != nil {
			return err
		}
		_, _ = w.Write(b.Bytes()) // a caller who is gone does not read it
		return nil
	},
	Unmarshal: json.Unmarshal,
}

// Register adds a route. A declaration that is not in order panics: it is found by the first start.
//
// I is a struct of parameters (tags path, query, header; ID, Instant and Date for these kinds) and, optionally, a field
// Body. O is a struct with a field Body and, optionally, header fields, or struct{} for 204; Reply is the usual one.
func Register[I, O any](s *Server, op Op, handle func(ctx context.Context, in *I) (*O, error)) {
	if why := op.fault(); why != "" {
		panic("web: route " + op.Pattern() + ": " + why)
	}
	op.fillDefaults()
	s.routes = append(s.routes, op)
	s.naming = naming{pkg: packageOf(reflect.TypeFor[I](), op.Tag), op: op.ID}
	huma.Register(s.api, s.operation(&op), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		if op.Once && !callOf(ctx).ranOnce {
			panic("web: " + op.ID + " is declared Once and did not run Once")
		}
		return out, nil
	})
}

// packageOf is the package an input type was declared in, for naming schemas without a name.
func packageOf(input reflect.Type, otherwise string) string {
	if p := input.PkgPath(); p != "" {
		return lastElem(p)
	}
	return otherwise
}

// Reply is the output of a handler that sets no headers.
type Reply[T any] struct{ Body T }

// Routes lists what was registered, by path and method.
func (s *Server) Routes() []Op {
	out := slices.Clone(s.routes)
	slices.SortFunc(out, func(a, b Op) int {
		return strings.Compare(a.Path+" "+a.Method, b.Path+" "+b.Method)
	})
	return out
}

// OpenAPI is the document as YAML, the same bytes for the same routes.
func (s *Server) OpenAPI() ([]byte, error) { return s.api.OpenAPI().YAML() }
