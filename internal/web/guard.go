package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
)

// bodyReadTimeout is how long a caller may take to send a body that is not an upload.
const bodyReadTimeout = 30 * time.Second

// guard stands before every handler: it lets in whom the Op lets in, bounds the time, and prepares the body.
func (s *Server) guard(op *Op) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hc)
		c := callOf(r.Context())
		c.op = op
		ctx, cancel := context.WithTimeout(r.Context(), op.Timeout)
		defer cancel()
		if op.Stream {
			defer context.AfterFunc(s.life, cancel)() // a stream does not hold up the end of the server
		}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(op.Timeout + writeGrace)) // not supported outside of a connection
		if err := s.admit(ctx, r, op, c); err != nil {
			writeProblem(w, r, err)
			return
		}
		if op.Once {
			if err := c.readOnceHeader(r); err != nil {
				writeProblem(w, r, err)
				return
			}
		}
		done, err := s.prepareBody(w, r, op, c)
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		defer done()
		next(huma.WithContext(hc, auth.With(ctx, c.caller)))
	}
}

// admit says who is calling and whether this is theirs to call. It fills c.caller and c.shop.
func (s *Server) admit(ctx context.Context, r *http.Request, op *Op, c *call) error {
	if op.Scope == auth.Public {
		return nil
	}
	p, err := s.caller(ctx, r)
	if err != nil {
		return err
	}
	c.caller = p
	switch {
	case op.Scope == auth.Self:
		return auth.AllowSelf(p)
	case op.ShopBound():
		return s.admitShop(ctx, r.PathValue("shop"), op, c)
	case op.AnyShop:
		return auth.AllowAnywhere(p, op.Scope)
	}
	return auth.AllowInstallation(p, op.Scope)
}

// caller verifies the bearer token (RFC 6750 §2.1) of a request or, where it has no such header, the session its
// browser keeps.
func (s *Server) caller(ctx context.Context, r *http.Request) (auth.Principal, error) {
	header := r.Header.Get("Authorization")
	if header == "" && s.o.Sessions != nil {
		if kept, err := r.Cookie(SessionCookie); err == nil && kept.Value != "" {
			return s.o.Sessions.Verify(ctx, kept.Value)
		}
	}
	scheme, text, _ := strings.Cut(header, " ")
	if s.o.Tokens == nil || !strings.EqualFold(scheme, "Bearer") || text == "" {
		return auth.Principal{}, errs.New(errs.Unauthenticated, "auth.missing")
	}
	return s.o.Tokens.Verify(ctx, strings.TrimSpace(text), s.addr(r))
}

func (s *Server) admitShop(ctx context.Context, text string, op *Op, c *call) error {
	shop, err := id.Parse(text)
	if err != nil || shop == 0 {
		return auth.NoShop(clip(text))
	}
	if err := auth.Allow(c.caller, op.Scope, shop); err != nil {
		return err
	}
	c.shop = shop
	if len(c.caller.Shops[shop]) > 0 || c.caller.ShopID != 0 || s.o.ShopExists == nil {
		return nil
	}
	if _, known := s.shops.Load(shop); known {
		return nil
	}
	if err := s.o.ShopExists(ctx, shop); err != nil {
		if errs.CodeOf(err) == errs.NotFound {
			return auth.NoShop(shop.String())
		}
		return err
	}
	s.shops.Store(shop, true)
	return nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// addr is where a request came from: the peer, or, where the peer is a trusted proxy, the last address in
// X-Forwarded-For that is not one.
func (s *Server) addr(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.trusted(addr) {
			break
		}
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		addr = a.Unmap()
	}
	return addr
}

func (s *Server) trusted(a netip.Addr) bool {
	return slices.ContainsFunc(s.o.TrustProxy, func(p netip.Prefix) bool { return p.Contains(a) })
}

// prepareBody hashes the body as it is read, for Once, and spools an upload. done is called after the handler.
func (s *Server) prepareBody(w http.ResponseWriter, r *http.Request, op *Op, c *call) (done func(), err error) {
	b := &body{ReadCloser: r.Body, rc: http.NewResponseController(w)}
	r.Body = b
	if op.Once {
		c.body = sha256.New()
		b.sum = c.body
	}
	if len(op.Upload) == 0 {
		return func() {}, nil
	}
	if err := b.rc.SetReadDeadline(time.Now().Add(op.Timeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	c.upload, err = s.spool(r, op)
	if err != nil {
		return nil, err
	}
	return func() { c.upload.discard(s) }, nil
}

// body is a request's body: it feeds the fingerprint and, once read, takes the read deadline back, which would
// otherwise end the handler too, because net/http takes a deadline passed on the connection for a caller who left.
type body struct {
	io.ReadCloser
	sum hash.Hash
	rc  *http.ResponseController
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.sum != nil {
		_, _ = b.sum.Write(p[:n]) // a hash never fails
	}
	return n, err
}

func (b *body) Close() error {
	_ = b.rc.SetReadDeadline(time.Time{}) // not supported outside of a connection
	return b.ReadCloser.Close()
}

// Upload is a raw body in a temporary file, which is gone when the handler returns.
type Upload struct {
	*os.File
	Size      int64 // bytes
	MediaType string
	Params    map[string]string // of the media type: charset, boundary
}

// UploadOf is the body of a route with Op.Upload, read from its beginning.
func UploadOf(ctx context.Context) *Upload { return callOf(ctx).upload }

func (s *Server) spool(r *http.Request, op *Op) (*Upload, error) {
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(op.Upload, mediaType) {
		return nil, errs.New(errs.Invalid, "web.media_type")
	}
	f, err := os.CreateTemp(s.o.TempDir, "sanbao-upload-*")
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "web.no_room")
	}
	u := &Upload{File: f, MediaType: mediaType, Params: params}
	u.Size, err = io.Copy(f, io.LimitReader(r.Body, op.MaxBody+1))
	switch {
	case err != nil:
		err = spoolFault(err)
	case u.Size > op.MaxBody:
		err = errs.New(errs.Invalid, "web.body_too_large")
	case u.Size == 0:
		err = errs.New(errs.Invalid, "web.body_missing")
	default:
		if err = r.Body.Close(); err == nil {
			_, err = f.Seek(0, io.SeekStart)
		}
	}
	if err != nil {
		u.discard(s)
		return nil, err
	}
	return u, nil
}

// spoolFault tells a full disk from a caller who stopped sending.
func spoolFault(err error) error {
	var file *os.PathError
	switch {
	case errors.As(err, &file):
		return errs.Wrap(err, errs.Unavailable, "web.no_room")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errs.Wrap(err, errs.Unavailable, "web.body_slow")
	}
	return errs.Wrap(err, errs.Invalid, "web.body_interrupted")
}

func (u *Upload) discard(s *Server) {
	_ = u.Close() // the handler may have closed it
	if err := os.Remove(u.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.o.Log.Warn("temporary upload was not removed", "err", err)
	}
}
