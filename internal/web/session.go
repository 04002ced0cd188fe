package web

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/sanbao/sanbao/internal/auth"
)

// SessionCookie is where a browser keeps a person's session. Scripts do not see it, and other sites' forms do not send
// it: besides SameSite, http.CrossOriginProtection refuses whatever they would change (see ServeHTTP).
const SessionCookie = "sanbao_session"

// KeepSession lets the caller's browser keep a session that was opened.
func KeepSession(ctx context.Context, secret auth.Secret) {
	setSession(ctx, secret.Reveal(), auth.SessionTime)
}

// DropSession lets the caller's browser forget its session.
func DropSession(ctx context.Context) { setSession(ctx, "", -time.Second) }

func setSession(ctx context.Context, value string, age time.Duration) {
	c := callOf(ctx)
	if c.header == nil {
		return
	}
	cookie := http.Cookie{Name: SessionCookie, Value: value, Path: "/", MaxAge: int(age.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.server.encrypted(c.request)}
	c.header.Add("Set-Cookie", cookie.String())
}

// From is the address a call came from, see Options.TrustProxy.
func From(ctx context.Context) netip.Addr {
	c := callOf(ctx)
	if c.server == nil {
		return netip.Addr{}
	}
	return c.server.addr(c.request)
}

// encrypted says whether the caller's connection is: ours, or that of the trusted proxy before us.
func (s *Server) encrypted(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && s.trusted(peer.Addr().Unmap()) && r.Header.Get("X-Forwarded-Proto") == "https"
}
