package auth

import (
	"slices"

	"github.com/sanbao/sanbao/internal/id"
)

// Role is a job at a shop (S0-43). What it may do is said by Scopes and nowhere else.
type Role string

const (
	RoleAgent              Role = "agent"               // 售后客服
	RoleClerk              Role = "clerk"               // 专柜店员
	RoleWarehouse          Role = "warehouse"           // 仓库验货员
	RoleAppraiser          Role = "appraiser"           // 鉴定师
	RoleRepairer           Role = "repairer"            // 维修师傅
	RoleVendor             Role = "vendor"              // 外协工坊
	RoleFinance            Role = "finance"             // 财务
	RoleSupervisor         Role = "supervisor"          // 售后主管
	RoleStoreManager       Role = "store_manager"       // 店长
	RoleMembershipReviewer Role = "membership_reviewer" // 会员审核员
	RoleMarketing          Role = "marketing"           // 市场
	RoleShipping           Role = "shipping"            // 发货
	RoleQualityReviewer    Role = "quality_reviewer"    // 质检
	RolePolicyAdmin        Role = "policy_admin"        // 规则管理员
	RoleAdmin              Role = "admin"               // 管理员
)

// permissions is the one table of who may do what, in the order people read it. Each role holds the least that its desk
// needs: no role but finance pays, none but supervisor and store manager decides against the policy, and those who never
// speak with customers see no customers.
var permissions = []struct {
	role   Role
	scopes []Scope
}{
	{RoleAgent, []Scope{ShopRead, OrdersRead, CasesRead, CasesWrite, EvidenceRead, EvidenceWrite, PolicyRead}},
	{RoleClerk, []Scope{ShopRead, OrdersRead, CasesRead, CasesWrite, GoodsReceive, GoodsShip, EvidenceRead, EvidenceWrite, PolicyRead}},
	{RoleWarehouse, []Scope{ShopRead, CasesRead, GoodsReceive, GoodsShip, EvidenceRead, EvidenceWrite}},
	{RoleAppraiser, []Scope{ShopRead, CasesRead, GoodsReceive, EvidenceRead, EvidenceWrite}}, // S0-05: his findings are inspections
	{RoleRepairer, []Scope{ShopRead, CasesRead, EvidenceRead, EvidenceWrite}},
	{RoleVendor, []Scope{ShopRead}}, // outside the house: no case is his
	{RoleFinance, []Scope{ShopRead, OrdersRead, CasesRead, EvidenceRead, EvidenceWrite, MoneyRead, MoneyApprove, MoneyPay}},
	{RoleSupervisor, []Scope{ShopRead, OrdersRead, OrdersImport, CasesRead, CasesWrite, CasesApprove,
		EvidenceRead, EvidenceWrite, EvidenceOriginal, MoneyRead, PolicyRead, PolicyPublish}},
	{RoleStoreManager, []Scope{ShopRead, ShopWrite, OrdersRead, OrdersImport, CasesRead, CasesWrite, CasesApprove, GoodsReceive, GoodsShip,
		EvidenceRead, EvidenceWrite, EvidenceOriginal, MoneyRead, PolicyRead, PolicyPublish}},
	{RoleMembershipReviewer, []Scope{ShopRead, OrdersRead}}, // S1-43: an application is proved by purchases
	{RoleMarketing, []Scope{ShopRead, PolicyRead}},
	{RoleShipping, []Scope{ShopRead, OrdersRead, CasesRead, GoodsShip, EvidenceRead, EvidenceWrite}},
	{RoleQualityReviewer, []Scope{ShopRead, OrdersRead, CasesRead, EvidenceRead, PolicyRead}},
	{RolePolicyAdmin, []Scope{ShopRead, PolicyRead, PolicyWrite, PolicyPublish}},
	{RoleAdmin, []Scope{Admin}},
}

// Roles lists every role, in the order people read them.
func Roles() []Role {
	out := make([]Role, len(permissions))
	for i, p := range permissions {
		out[i] = p.role
	}
	return out
}

// Scopes is what a role may do; nothing for a role that does not exist. It is not to be changed.
func (r Role) Scopes() []Scope {
	for _, p := range permissions {
		if p.role == r {
			return p.scopes
		}
	}
	return nil
}

// Known says whether there is such a role.
func (r Role) Known() bool { return r.Scopes() != nil }

// Grant gives somebody a role in one shop, or in every shop, also in those that are opened later.
type Grant struct {
	Shop id.ID `json:"shop,omitzero" doc:"the shop; absent: every shop"`
	Role Role  `json:"role"`
}

// scopesOf joins what grants allow: in every shop, and beside that shop by shop.
func scopesOf(grants []Grant) (everywhere []Scope, shops map[id.ID][]Scope) {
	for _, g := range grants {
		if g.Shop == 0 {
			everywhere = join(everywhere, g.Role.Scopes())
			continue
		}
		if shops == nil {
			shops = map[id.ID][]Scope{}
		}
		shops[g.Shop] = join(shops[g.Shop], g.Role.Scopes())
	}
	return everywhere, shops
}

func join(have, more []Scope) []Scope {
	for _, s := range more {
		if !slices.Contains(have, s) {
			have = append(have, s)
		}
	}
	return have
}

// RolesIn are the roles of grants that count in a shop, each once, in the order of Roles.
func RolesIn(grants []Grant, shop id.ID) []Role {
	out := []Role{}
	for _, p := range permissions {
		if slices.Contains(grants, Grant{0, p.role}) || slices.Contains(grants, Grant{shop, p.role}) {
			out = append(out, p.role)
		}
	}
	return out
}
