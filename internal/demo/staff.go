package demo

import (
	"context"
	"fmt"
	"slices"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/shop"
)

// person is somebody who works in the demo shops; shops nil is all of them.
type person struct {
	login, name string
	role        auth.Role
	shops       []string
}

var staff = []person{
	{"xiaoman", "小满", auth.RoleAgent, []string{"shoes"}},
	{"aqing", "阿青", auth.RoleAgent, []string{"shoes", "snack"}},
	{"ayue", "阿岳", auth.RoleWarehouse, []string{"shoes", "cosmetics", "snack"}},
	{"youzi", "柚子", auth.RoleAgent, []string{"cosmetics"}},
	{"yunshu", "云舒", auth.RoleAgent, []string{"jade"}},
	{"linlaoshi", "林老师", auth.RoleAppraiser, []string{"jade", "chain"}},
	{"xiaohe", "小禾", auth.RoleClerk, []string{"chain"}},
	{"xiaotang", "小棠", auth.RoleClerk, []string{"chain"}},
	{"chendian", "陈店长", auth.RoleStoreManager, []string{"chain"}},
	{"heshifu", "何师傅", auth.RoleRepairer, []string{"workshop", "chain"}},
	{"jingjie", "静姐", auth.RoleFinance, nil},
	{"laozhou", "老周", auth.RoleSupervisor, nil},
	{"mingge", "明哥", auth.RolePolicyAdmin, nil},
	{"admin", "管理员", auth.RoleAdmin, nil},
}

// hire gives everybody who has work in one of the shops a log-in, all with one password.
func hire(ctx context.Context, a *app.App, shops []shop.Shop, password string) error {
	for _, p := range staff {
		var roles []auth.Grant
		if p.shops == nil {
			roles = []auth.Grant{{Role: p.role}}
		}
		for _, s := range shops {
			if slices.Contains(p.shops, s.Code) {
				roles = append(roles, auth.Grant{Shop: s.ID, Role: p.role})
			}
		}
		if roles == nil {
			continue
		}
		d, err := a.Sessions.PlanUser(ctx, auth.Principal{Scopes: []auth.Scope{auth.Admin}}, auth.NewUser{Login: p.login, Name: p.name, Roles: roles, Password: password})
		if err == nil {
			err = a.DB.Write(ctx, func(tx *db.Tx) error { _, err := a.Sessions.AddUser(tx, d); return err })
		}
		if err != nil {
			return fmt.Errorf("demo staff %s: %w", p.login, err)
		}
	}
	return nil
}

// loginOf is the log-in of a name.
func loginOf(name string) string {
	for _, p := range staff {
		if p.name == name {
			return p.login
		}
	}
	return ""
}
