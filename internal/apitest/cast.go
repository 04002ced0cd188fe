package apitest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/internal/auth"
)

// role is somebody of a story: what timelines call him and what he may do.
type role struct {
	name   string
	scopes []auth.Scope
}

// roles are the people of a shop, each with what the table of permissions gives his role and nothing more, and those who
// do not belong there; the agent has the name of the shop's own. Besides them there is nobody, who has no token, and
// stranger, who may everything in another shop.
var roles = map[string]role{
	"till":       {"收银系统", []auth.Scope{auth.OrdersImport, auth.OrdersRead, auth.ShopRead}},
	"agent":      {"", auth.RoleAgent.Scopes()},
	"warehouse":  {"阿岳", auth.RoleWarehouse.Scopes()},
	"supervisor": {"老周", auth.RoleSupervisor.Scopes()},
	"finance":    {"静姐", auth.RoleFinance.Scopes()},
	"chief":      {"财务主管", []auth.Scope{auth.CasesRead, auth.CasesApprove, auth.MoneyRead, auth.MoneyApprove}},
	"reader":     {"实习生", []auth.Scope{auth.CasesRead}},
}

// place is a shop that stories play in: its name, its agent, and where its returns go.
type place struct{ name, agent, house, houseName string }

// shops are the places by the pack they live by.
var shops = map[string]place{
	"shoes":           {"女鞋商城（演示）", "小满", "guangzhou", "广州退货组"},
	"snack":           {"小零食杂货铺（演示）", "阿青", "main", "信阳仓"},
	"cosmetics":       {"美妆护肤店（演示）", "柚子", "hangzhou", "杭州仓"},
	"jade":            {"翡翠行（演示）", "云舒", "store", "翡翠行门店"},
	"jewellery-chain": {"珠宝连锁（演示）", "陈店长", "store", "中山路店 CH01"},
}

// everything is every scope of a shop's own.
var everything = slices.DeleteFunc(auth.Scopes(), func(s auth.Scope) bool {
	return s == auth.Admin || s == auth.UsersWrite || s == auth.MetricsRead || s == auth.PolicyWrite
})

// openShop makes the story's shop, a stranger's, and a token for everybody, through the API.
func (p *play) openShop(ctx context.Context) error {
	code, at := p.story.Name(), shops[p.story.Shop]
	for _, name := range []string{"shop", "other_shop"} {
		made, err := p.admin(ctx, "/api/v1/shops", map[string]any{"code": strings.ToLower(clip(code, 16) + "-" + name[:1] + p.run[8:]),
			"name": at.name, "pack": p.story.Shop, "law": "law-cn", "currency": "CNY", "calendar": "CN", "simulation": true})
		if err != nil {
			return err
		}
		p.vars[name] = text(made["id"])
	}
	_, err := p.admin(ctx, "/api/v1/shops/"+p.vars["shop"]+"/warehouses", map[string]any{"code": at.house, "name": at.houseName,
		"contact": "阿岳", "phone": "13800138040", "address": "（演示地址）1 号仓"})
	if err != nil {
		return err
	}
	for name, r := range roles {
		if err := p.token(ctx, name, "shop", r.scopes); err != nil {
			return err
		}
	}
	return p.token(ctx, "stranger", "other_shop", everything)
}

func (p *play) token(ctx context.Context, role, shop string, scopes []auth.Scope) error {
	made, err := p.admin(ctx, "/api/v1/tokens", map[string]any{"name": p.who(role), "shop": p.vars[shop], "scopes": scopes})
	p.tokens[role] = text(made["secret"])
	return err
}

// who is what people call a role.
func (p *play) who(role string) string {
	switch r, known := roles[role]; {
	case role == "agent":
		return shops[p.story.Shop].agent
	case known:
		return r.name
	case role == "stranger":
		return "别家店"
	}
	return role
}

// admin posts something as the administrator, who gets it made.
func (p *play) admin(ctx context.Context, path string, body any) (map[string]any, error) {
	p.calls++
	r := request{role: "admin", method: http.MethodPost, path: path, body: jsonOf(body), onceKey: fmt.Sprintf("cast-%d", p.calls)}
	a, err := p.call(ctx, r)
	if err != nil {
		return nil, err
	}
	made, ok := a.doc.(map[string]any)
	if a.status != http.StatusCreated || !ok {
		return nil, fmt.Errorf("POST %s: %d %s", path, a.status, a.body)
	}
	return made, nil
}

func clip(s string, n int) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if b.Len() < n && (r >= 'a' && r <= 'z' || b.Len() > 0 && (r >= '0' && r <= '9' || r == '-')) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
