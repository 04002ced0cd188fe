package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
)

// UserCmd is about people who log in, from the command line of the machine that holds the data.
type UserCmd struct {
	Add           UserAddCmd   `cmd:"" help:"Give somebody a log-in and print a one-time password."`
	ResetPassword UserResetCmd `cmd:"" help:"Print a one-time password for somebody and end his sessions."`
	List          UserListCmd  `cmd:"" help:"List the people and what they do where."`
}

// operator is who sits at the command line.
var operator = auth.Principal{Name: "command line", Scopes: []auth.Scope{auth.Admin}}

// UserAddCmd adds one person.
type UserAddCmd struct {
	Node
	Login    string   `arg:"" help:"What he logs in with, e.g. xiaoman."`
	Name     string   `required:"" help:"Name shown in timelines, e.g. 小满."`
	Role     []string `help:"What he does: ROLE@SHOP for one shop, ROLE for every shop, e.g. agent@shoes,finance."`
	Language string   `enum:"zh-CN,zh-TW,en" default:"zh-CN" help:"zh-CN, zh-TW or en."`
}

func (c *UserAddCmd) Help() string {
	roles := make([]string, 0, len(auth.Roles()))
	for _, r := range auth.Roles() {
		roles = append(roles, string(r))
	}
	return "Roles: " + strings.Join(roles, " ") + "\n\nExample:\n  sanbao user add aqing --name 阿青 --role agent@shoes,agent@snack"
}

// Run prints the one-time password.
func (c *UserAddCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	grants, err := c.grants(ctx, a)
	if err != nil {
		return err
	}
	draft, err := a.Sessions.PlanUser(ctx, operator, auth.NewUser{Login: c.Login, Name: c.Name, Language: c.Language, Roles: grants})
	if err != nil {
		return err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := a.Sessions.AddUser(tx, draft)
		return err
	})
	if err == nil {
		fmt.Println(draft.Password)
	}
	return err
}

// grants reads ROLE@SHOP.
func (c *UserAddCmd) grants(ctx context.Context, a *app.App) ([]auth.Grant, error) {
	var out []auth.Grant
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		for _, text := range c.Role {
			role, code, bound := strings.Cut(text, "@")
			g := auth.Grant{Role: auth.Role(role)}
			if bound {
				s, err := shop.ByCode(tx, code)
				if err != nil {
					return err
				}
				g.Shop = s.ID
			}
			out = append(out, g)
		}
		return nil
	})
	return out, err
}

// UserResetCmd gives one person a one-time password.
type UserResetCmd struct {
	Node
	Login string `arg:"" help:"Whose."`
}

// Run prints it.
func (c *UserResetCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	h, err := a.Sessions.PlanReset(ctx)
	if err != nil {
		return err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		u, err := auth.UserByLogin(tx, c.Login)
		if err == nil {
			_, err = a.Sessions.Reset(tx, operator, u.ID, h)
		}
		return err
	})
	if err == nil {
		fmt.Println(h.Password)
	}
	return err
}

// UserListCmd lists people.
type UserListCmd struct {
	Node
	JSON bool `help:"Machine-readable output."`
}

// Run prints them.
func (c *UserListCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	const page = 200
	codes := map[id.ID]string{}
	var all []auth.User
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		shops, err := shop.List(tx)
		for _, s := range shops {
			codes[s.ID] = s.Code
		}
		for after, more := "", true; more; {
			us, usersErr := auth.Users(tx, after, page)
			err = errors.Join(err, usersErr)
			all = append(all, us...)
			if more = len(us) == page; more {
				after = us[page-1].Login
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(all)
	}
	for _, u := range all {
		roles := make([]string, len(u.Roles))
		for i, g := range u.Roles {
			roles[i] = string(g.Role)
			if g.Shop != 0 {
				roles[i] += "@" + codes[g.Shop]
			}
		}
		closed := ""
		if !u.Active {
			closed = "  (closed)"
		}
		fmt.Printf("%-16s %s  %s%s\n", u.Login, u.Name, strings.Join(roles, ","), closed)
	}
	return nil
}
