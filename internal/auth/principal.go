package auth

import (
	"context"
	"slices"

	"github.com/sanbao/sanbao/internal/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// Scope is one thing a token may do. A route needs exactly one.
type Scope string

const (
	Public       Scope = "public" // no token needed; never held by a token
	ShopRead     Scope = "shop:read"
	ShopWrite    Scope = "shop:write"
	OrdersRead   Scope = "orders:read"
	OrdersImport Scope = "orders:import"
	CasesRead    Scope = "cases:read"
	CasesWrite   Scope = "cases:write"
	CasesApprove Scope = "cases:approve" // a supervisor's yes or no
	GoodsReceive Scope = "goods:receive" // scan, inspect, grade
	MoneyRead    Scope = "money:read"
	MoneyApprove Scope = "money:approve"
	MoneyPay     Scope = "money:pay" // start or confirm a payment
	PolicyRead   Scope = "policy:read"
	PolicyWrite  Scope = "policy:write"
	MetricsRead  Scope = "metrics:read"

	EvidenceRead     Scope = "evidence:read"
	EvidenceWrite    Scope = "evidence:write"
	EvidenceOriginal Scope = "evidence:original" // files as they came, and what is sensitive

	Admin Scope = "admin" // holds every other scope and manages tokens
)

// Scopes lists every scope a token can hold, in the order people read them.
func Scopes() []Scope {
	return []Scope{ShopRead, ShopWrite, OrdersRead, OrdersImport, CasesRead, CasesWrite, CasesApprove, GoodsReceive,
		MoneyRead, MoneyApprove, MoneyPay, PolicyRead, PolicyWrite, MetricsRead, EvidenceRead, EvidenceWrite, EvidenceOriginal, Admin}
}

// Known says whether s is in Scopes.
func (s Scope) Known() bool { return slices.Contains(Scopes(), s) }

// Principal is who is calling: a token that was verified.
type Principal struct {
	TokenID id.ID
	Name    string  // what the administrator called the token; shown in timelines
	ShopID  id.ID   // the only shop it reaches; 0 reaches all
	Scopes  []Scope // not to be changed: it is shared with the cache
}

// Has says whether the principal holds a scope; an administrator holds all.
func (p Principal) Has(s Scope) bool {
	return slices.Contains(p.Scopes, s) || slices.Contains(p.Scopes, Admin)
}

// Reaches says whether the principal may see a shop at all.
func (p Principal) Reaches(shop id.ID) bool { return p.ShopID == 0 || p.ShopID == shop }

// NoShop is the one answer for a shop that is not there and for a shop the caller may not know of.
func NoShop(shop string) error {
	return errs.New(errs.NotFound, "auth.no_shop", errs.Args{"shop": shop})
}

// Allow is nil when p may use scope s in the shop. The shop is asked first, so that a token of shop A learns nothing
// of shop B, not even which scope it would need.
func Allow(p Principal, s Scope, shop id.ID) error {
	if !p.Reaches(shop) {
		return NoShop(shop.String())
	}
	return allowScope(p, s)
}

// AllowInstallation is nil when p may use scope s on what belongs to no shop (shop 0), which only a token for all shops
// may.
func AllowInstallation(p Principal, s Scope) error {
	if err := allowScope(p, s); err != nil {
		return err
	}
	if p.ShopID != 0 {
		return errs.New(errs.Forbidden, "auth.one_shop_only")
	}
	return nil
}

// AllowAnywhere is nil when p holds scope s; the caller narrows what it shows to p.ShopID itself.
func AllowAnywhere(p Principal, s Scope) error { return allowScope(p, s) }

func allowScope(p Principal, s Scope) error {
	if s == Public || p.Has(s) {
		return nil
	}
	return errs.New(errs.Forbidden, "auth.scope", errs.Args{"scope": string(s)})
}

type principalKey struct{}

// With puts the principal into the context.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// From is the principal of the context. Without one (a command line, a job) it is the zero Principal, which holds no
// scope and is named "".
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey{}).(Principal)
	return p
}
