package webtest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

// WalkRoles calls every registered route as a person of every role: one who has it in shop a, in a and in b, and one who
// has it everywhere, in b. What must come back follows from the table of permissions alone. It returns how often a call
// was let in and refused.
func WalkRoles(t *testing.T, s *web.Server, d *db.DB, people *auth.Sessions, a, b id.ID) (reached, refused int) {
	t.Helper()
	w := &walker{t: t, s: s, d: d, a: a, b: b}
	for _, role := range auth.Roles() {
		t.Run(string(role), func(t *testing.T) {
			w.t = t
			here := &person{w: w, people: people, role: role, user: addPerson(t, d, people, auth.Grant{Shop: a, Role: role})}
			chief := &person{w: w, people: people, role: role, user: addPerson(t, d, people, auth.Grant{Role: role}), everywhere: true}
			for _, op := range s.Routes() {
				for _, c := range []struct {
					who  *person
					shop id.ID
				}{{here, a}, {here, b}, {chief, b}} {
					if c.who.visit(op, c.shop) {
						reached++
					} else {
						refused++
					}
				}
			}
		})
	}
	return reached, refused
}

type person struct {
	w          *walker
	people     *auth.Sessions
	role       auth.Role
	everywhere bool // not in shop a alone
	user       id.ID
	session    string
}

// visit calls a route in a shop and compares with what the table says; it says whether the person was to be let in.
func (p *person) visit(op web.Op, shop id.ID) bool {
	p.w.t.Helper()
	may := slices.Contains(p.role.Scopes(), op.Scope) || slices.Contains(p.role.Scopes(), auth.Admin)
	got := p.call(op, shop)
	switch {
	case op.Scope == auth.Public || op.Scope == auth.Self:
		p.w.reached(got)
		return true
	case op.ShopBound() && !p.everywhere && shop != p.w.a:
		p.w.refused(got, http.StatusNotFound, "auth.no_shop")
		return false
	case !may, !op.ShopBound() && !op.AnyShop && !p.everywhere:
		p.w.refused(got, http.StatusForbidden, "auth.role")
		return false
	}
	p.w.reached(got)
	return true
}

func (p *person) call(op web.Op, shop id.ID) answer {
	p.w.t.Helper()
	if p.session == "" {
		p.session = Session(p.w.t, p.w.d, p.people, p.user)
	}
	r := p.w.request(op, shop.String(), "")
	r.AddCookie(&http.Cookie{Name: web.SessionCookie, Value: p.session})
	if op.Session {
		p.session = "" // it may have ended
	}
	return p.w.do(r)
}

func addPerson(t testing.TB, d *db.DB, people *auth.Sessions, grants ...auth.Grant) id.ID {
	t.Helper()
	login := "p-" + id.New().String()
	u := Person(t, d, people, auth.NewUser{Login: strings.ToLower(login), Name: login, Roles: grants})
	return u.ID
}

// Person adds somebody who can log in; with no password of his own he has one that needs no change.
func Person(t testing.TB, d *db.DB, people *auth.Sessions, n auth.NewUser) auth.User {
	t.Helper()
	if n.Password == "" {
		n.Password = "Correct horse 42"
	}
	draft, err := people.PlanUser(context.Background(), auth.Principal{Scopes: []auth.Scope{auth.Admin}}, n)
	if err != nil {
		t.Fatal(err)
	}
	var u auth.User
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		u, err = people.AddUser(tx, draft)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Session opens a session for a person and returns what his browser would keep.
func Session(t testing.TB, d *db.DB, people *auth.Sessions, user id.ID) string {
	t.Helper()
	var secret auth.Secret
	err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
		secret, _, err = people.Open(tx, user)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}
