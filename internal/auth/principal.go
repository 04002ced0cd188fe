package auth

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// Scope is one thing a caller may do. A route needs exactly one.
type Scope string

const (
	Public           Scope = "public" // nobody is asked who he is; never held
	Self             Scope = "self"   // one's own affairs: every person who is logged in, no token; never held
	ShopRead         Scope = "shop:read"
	ShopWrite        Scope = "shop:write"
	OrdersRead       Scope = "orders:read"
	OrdersImport     Scope = "orders:import"
	CasesRead        Scope = "cases:read"
	CasesWrite       Scope = "cases:write"
	CasesApprove     Scope = "cases:approve"     // a supervisor's yes or no
	GoodsReceive     Scope = "goods:receive"     // scan, inspect, grade
	GoodsShip        Scope = "goods:ship"        // send goods out
	EvidenceRead     Scope = "evidence:read"     // photos and films as people are shown them
	EvidenceWrite    Scope = "evidence:write"    // bring photos and films
	EvidenceOriginal Scope = "evidence:original" // the files as they came, with place and device in them
	MoneyRead        Scope = "money:read"
	MoneyApprove     Scope = "money:approve"
	MoneyPay         Scope = "money:pay" // start or confirm a payment
	PolicyRead       Scope = "policy:read"
	PolicyWrite      Scope = "policy:write"
	PolicyPublish    Scope = "policy:publish" // let a version that others wrote come into force
	UsersWrite       Scope = "users:write"    // log-ins and roles, none above one's own
	MetricsRead      Scope = "metrics:read"
	Admin            Scope = "admin" // holds every other scope and manages tokens
)

// Scopes lists every scope that can be held, in the order people read them.
func Scopes() []Scope {
	return []Scope{ShopRead, ShopWrite, OrdersRead, OrdersImport, CasesRead, CasesWrite, CasesApprove, GoodsReceive, GoodsShip,
		EvidenceRead, EvidenceWrite, EvidenceOriginal, MoneyRead, MoneyApprove, MoneyPay, PolicyRead, PolicyWrite, PolicyPublish, UsersWrite,
		MetricsRead, Admin}
}

// Known says whether s is in Scopes.
func (s Scope) Known() bool { return slices.Contains(Scopes(), s) }

// Principal is who is calling: a token that was verified, or a person who is logged in. Slices and maps in it are shared
// with the cache and not to be changed.
type Principal struct {
	Name string // shown in timelines: the person's 花名, or what the administrator called the token

	TokenID id.ID // of a token
	ShopID  id.ID // of a token: the only shop it reaches; 0 reaches all

	UserID     id.ID // of a person
	Login      string
	SessionID  id.ID
	MustChange bool // a person who has to choose a password before anything else; then he holds no scopes

	Scopes []Scope           // held in every shop that is reached
	Shops  map[id.ID][]Scope // of a person: held in one shop, beside Scopes
}

// ID tells callers apart: the token's or the person's.
func (p Principal) ID() id.ID {
	if p.UserID != 0 {
		return p.UserID
	}
	return p.TokenID
}

// Has says whether the principal holds a scope wherever it reaches; an administrator holds all.
func (p Principal) Has(s Scope) bool { return holds(p.Scopes, s) }

func holds(scopes []Scope, s Scope) bool {
	return slices.Contains(scopes, s) || slices.Contains(scopes, Admin)
}

// Reaches says whether the principal may see a shop at all.
func (p Principal) Reaches(shop id.ID) bool {
	if p.UserID == 0 {
		return p.ShopID == 0 || p.ShopID == shop
	}
	return len(p.Scopes) > 0 || len(p.Shops[shop]) > 0 // every role has a scope
}

// HasIn says whether the principal holds a scope in a shop. Shop 0 is what belongs to no shop: for that one has to reach
// all of them.
func (p Principal) HasIn(s Scope, shop id.ID) bool {
	return p.Reaches(shop) && (p.Has(s) || holds(p.Shops[shop], s))
}

// ScopesIn lists what the principal may do in a shop, in the order of Scopes; an administrator's list is all of them.
func (p Principal) ScopesIn(shop id.ID) []Scope {
	return slices.DeleteFunc(Scopes(), func(s Scope) bool { return !p.HasIn(s, shop) })
}

// ShopsWith lists the shops in which the principal holds a scope, all for every one.
func (p Principal) ShopsWith(s Scope) (shops []id.ID, all bool) {
	if p.UserID == 0 && p.ShopID != 0 && p.Has(s) {
		return []id.ID{p.ShopID}, false
	}
	if p.Has(s) {
		return nil, true
	}
	for _, shop := range slices.Sorted(maps.Keys(p.Shops)) {
		if holds(p.Shops[shop], s) {
			shops = append(shops, shop)
		}
	}
	return shops, false
}

// NoShop is the one answer for a shop that is not there and for a shop the caller may not know of.
func NoShop(shop string) error {
	return errs.New(errs.NotFound, "auth.no_shop", errs.Args{"shop": shop})
}

// Allow is nil when p may use scope s in the shop. The shop is asked first, so that a caller of shop A learns nothing
// of shop B, not even which scope it would need.
func Allow(p Principal, s Scope, shop id.ID) error {
	switch {
	case p.HasIn(s, shop):
		return nil
	case !p.Reaches(shop) && !p.MustChange:
		return NoShop(shop.String())
	}
	return p.lacks(s)
}

// AllowInstallation is nil when p may use scope s on what belongs to no shop (shop 0), which only a caller for all shops
// may.
func AllowInstallation(p Principal, s Scope) error {
	switch {
	case !p.Has(s):
		return p.lacks(s)
	case p.ShopID != 0:
		return errs.New(errs.Forbidden, "auth.one_shop_only")
	}
	return nil
}

// AllowAnywhere is nil when p holds scope s in some shop; the caller narrows what it shows by ShopsWith or HasIn.
func AllowAnywhere(p Principal, s Scope) error {
	if shops, all := p.ShopsWith(s); all || len(shops) > 0 {
		return nil
	}
	return p.lacks(s)
}

// AllowSelf is nil for a person who is logged in.
func AllowSelf(p Principal) error {
	if p.UserID == 0 {
		return errs.New(errs.Forbidden, "auth.people_only")
	}
	return nil
}

// lacks is the refusal for want of a scope, in words for a person or for the owner of a token.
func (p Principal) lacks(s Scope) error {
	if p.MustChange {
		return errs.New(errs.Forbidden, "auth.must_change")
	}
	if p.UserID != 0 {
		return errs.New(errs.Forbidden, "auth.role", errs.Args{"do": errs.Term("auth.do." + strings.ReplaceAll(string(s), ":", "_"))})
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
