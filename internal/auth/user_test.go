package auth_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func (k *kit) user(user id.ID) (u auth.User) {
	k.t.Helper()
	k.read(func(tx *db.Tx) (err error) {
		u, err = auth.UserByID(tx, user)
		return err
	})
	return u
}

func (k *kit) addShop(code string) id.ID {
	shop := id.New()
	k.write(func(tx *db.Tx) error {
		_, err := tx.Exec(`insert into shop (id, code, name, pack, law, currency, calendar, simulation, created_at, version)
			values ($1, $2, $3, 'p', '', 'CNY', 'c', $4, $5, 1)`, shop, code, code, true, tx.Now)
		return err
	})
	return shop
}

func TestPlanUserReportsEveryFault(t *testing.T) {
	s := auth.NewSessions(nil, dbtest.Clock())
	_, err := s.PlanUser(ctx, admin, auth.NewUser{Login: "小满", Name: " 小满", Language: "fr", Password: "short",
		Roles: []auth.Grant{{Role: "boss"}, {Role: auth.RoleAgent}, {Role: auth.RoleAgent}}})
	var got []string
	for _, f := range errs.As(err).Fields {
		got = append(got, f.Path+" "+f.Key)
	}
	want := []string{"/login auth.login_form", "/name auth.person_name", "/language auth.language",
		"/roles/0/role auth.role_unknown", "/roles/2 auth.role_twice", "/password auth.password_length"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	_, err = s.PlanUser(ctx, admin, auth.NewUser{Login: "a1", Name: "x", Roles: make([]auth.Grant, 201)})
	if e := errs.As(err); len(e.Fields) != 1 || e.Fields[0].Key != "auth.roles_many" {
		t.Error(err)
	}
}

// TestPeopleOfTheDemo: some of demo.md section 2 and who of them can be given a case where.
func TestPeopleOfTheDemo(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		shoes, snack := k.shop, k.addShop("snack")
		in := func(shop id.ID, role auth.Role) auth.Grant { return auth.Grant{Shop: shop, Role: role} }
		for _, n := range []auth.NewUser{
			{Login: "xiaoman", Name: "小满", Roles: []auth.Grant{in(shoes, auth.RoleAgent)}},
			{Login: "aqing", Name: "阿青", Roles: []auth.Grant{in(shoes, auth.RoleAgent), in(snack, auth.RoleAgent), in(snack, auth.RoleWarehouse)}},
			{Login: "laozhou", Name: "老周", Roles: []auth.Grant{in(0, auth.RoleSupervisor), in(shoes, auth.RoleSupervisor)}},
			{Login: "mingge", Name: "明哥", Roles: []auth.Grant{in(0, auth.RolePolicyAdmin)}},
			{Login: "waixie", Name: "镶嵌厂", Roles: []auth.Grant{in(shoes, auth.RoleVendor)}},
		} {
			k.hire(s, n)
		}
		staff := func(shop id.ID) (all []auth.Colleague) {
			k.read(func(tx *db.Tx) (err error) {
				all, err = auth.Staff(tx, shop)
				return err
			})
			return all
		}
		chief := auth.Colleague{Login: "laozhou", Name: "老周", Roles: []auth.Role{auth.RoleSupervisor}}
		want := []auth.Colleague{{Login: "aqing", Name: "阿青", Roles: []auth.Role{auth.RoleAgent}}, chief,
			{Login: "xiaoman", Name: "小满", Roles: []auth.Role{auth.RoleAgent}}}
		if d := cmp.Diff(want, staff(shoes)); d != "" {
			k.t.Error(d)
		}
		want = []auth.Colleague{{Login: "aqing", Name: "阿青", Roles: []auth.Role{auth.RoleAgent, auth.RoleWarehouse}}, chief}
		if d := cmp.Diff(want, staff(snack)); d != "" {
			k.t.Error(d)
		}
		if d := cmp.Diff([]auth.Colleague{chief}, staff(id.New())); d != "" {
			k.t.Error(d)
		}
		k.read(func(tx *db.Tx) error {
			first, err := auth.Users(tx, "", 3)
			if err != nil {
				return err
			}
			rest, err := auth.Users(tx, first[2].Login, 3)
			if got := append(first, rest...); len(got) != 5 || got[0].Login != "aqing" || len(got[0].Roles) != 3 || got[4].Login != "xiaoman" {
				k.t.Errorf("%+v", got)
			}
			return err
		})
	})
}

func TestLoginsAndNamesAreTakenOnce(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		first := k.agent(s)
		add := func(n auth.NewUser) error {
			d, err := s.PlanUser(ctx, admin, n)
			if err != nil {
				return err
			}
			return k.d.Write(ctx, func(tx *db.Tx) error {
				_, err := s.AddUser(tx, d)
				return err
			})
		}
		refused(k.t, add(auth.NewUser{Login: "xiaoman", Name: "另一位"}), "auth.login_taken")
		refused(k.t, add(auth.NewUser{Login: "another", Name: "小满"}), "auth.name_taken")
		refused(k.t, add(auth.NewUser{Login: "another", Name: "另一位", Roles: []auth.Grant{{Shop: id.New(), Role: auth.RoleAgent}}}), "auth.no_shop")
		if err := add(auth.NewUser{Login: "another", Name: "另一位"}); err != nil {
			k.t.Error("what was refused stays behind:", err)
		}
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error {
			_, err := s.ChangeUser(tx, admin, first.ID, auth.Change{Name: "另一位", Language: "en", Active: true, Version: 1})
			return err
		}), "auth.name_taken")
		if got := k.user(first.ID); got.Name != "小满" || got.Version != 1 {
			k.t.Errorf("%+v", got)
		}
	})
}

func TestChangesAreSeenAtOnce(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		u := k.agent(s) // nobody administers but by token
		text, _ := k.login(s, "xiaoman", good)
		change := func(version int64, fn func(tx *db.Tx, version int64) (auth.User, error)) (u auth.User, err error) {
			return u, k.d.Write(ctx, func(tx *db.Tx) (err error) {
				u, err = fn(tx, version)
				return err
			})
		}
		roles := func(grants ...auth.Grant) func(tx *db.Tx, version int64) (auth.User, error) {
			return func(tx *db.Tx, version int64) (auth.User, error) { return s.SetRoles(tx, admin, u.ID, grants, version) }
		}
		if _, err := s.Verify(ctx, text); err != nil {
			k.t.Fatal(err)
		}
		if _, err := change(1, roles(auth.Grant{Role: auth.RoleFinance})); err != nil {
			k.t.Fatal(err)
		}
		p, err := s.Verify(ctx, text)
		if err != nil || !p.Has(auth.MoneyPay) || p.HasIn(auth.CasesWrite, k.shop) {
			k.t.Errorf("%+v, %v", p, err)
		}
		_, err = change(1, roles())
		refused(k.t, err, "auth.user_stale")
		_, err = change(2, roles(auth.Grant{Shop: id.New(), Role: auth.RoleAgent}))
		refused(k.t, err, "auth.no_shop")
		if got := k.user(u.ID); got.Version != 2 || len(got.Roles) != 1 {
			k.t.Errorf("%+v", got)
		}
		rename := func(active bool) func(tx *db.Tx, version int64) (auth.User, error) {
			return func(tx *db.Tx, version int64) (auth.User, error) {
				return s.ChangeUser(tx, admin, u.ID, auth.Change{Name: "满满", Language: "en", Active: active, Version: version})
			}
		}
		if _, err := change(2, rename(true)); err != nil {
			k.t.Fatal(err)
		}
		if p, err := s.Verify(ctx, text); err != nil || p.Name != "满满" {
			k.t.Errorf("%+v, %v", p, err)
		}
		if _, err := change(3, rename(false)); err != nil {
			k.t.Fatal(err)
		}
		_, err = s.Verify(ctx, text)
		refused(k.t, err, "auth.session_over")
		want := auth.User{ID: u.ID, Login: "xiaoman", Name: "满满", Language: "en", Roles: []auth.Grant{{Role: auth.RoleFinance}},
			LastLogin: k.clock.Now(), Created: k.clock.Now(), Version: 4}
		if d := cmp.Diff(want, k.user(u.ID), cmpopts.IgnoreUnexported(auth.User{})); d != "" {
			k.t.Error(d)
		}
		if _, err := change(4, rename(true)); err != nil {
			k.t.Error(err)
		}
		k.login(s, "xiaoman", good)
	})
}

// TestNobodyRisesAboveHimself: who manages people without being an administrator gives, takes and unlocks nothing that
// is above him.
func TestNobodyRisesAboveHimself(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		boss, _ := k.hire(s, auth.NewUser{Login: "boss", Roles: []auth.Grant{{Role: auth.RoleAdmin}}})
		u := k.agent(s)
		agentScopes := auth.RoleAgent.Scopes()
		clerkOfPeople := auth.Principal{TokenID: 5, Scopes: append([]auth.Scope{auth.UsersWrite}, agentScopes...)}
		do := func(fn func(tx *db.Tx) (auth.User, error)) error {
			return k.d.Write(ctx, func(tx *db.Tx) error {
				_, err := fn(tx)
				return err
			})
		}
		_, err := s.PlanUser(ctx, clerkOfPeople, auth.NewUser{Login: "new", Name: "新人", Roles: []auth.Grant{{Role: auth.RoleFinance}}})
		refused(k.t, err, "auth.beyond")
		if _, err := s.PlanUser(ctx, clerkOfPeople, auth.NewUser{Login: "new", Name: "新人", Roles: u.Roles}); err != nil {
			k.t.Error("an agent's role is within his own:", err)
		}
		refused(k.t, do(func(tx *db.Tx) (auth.User, error) {
			return s.SetRoles(tx, clerkOfPeople, u.ID, []auth.Grant{{Role: auth.RoleAdmin}}, 1)
		}), "auth.beyond")
		refused(k.t, do(func(tx *db.Tx) (auth.User, error) { return s.SetRoles(tx, clerkOfPeople, boss.ID, nil, 1) }), "auth.beyond")
		refused(k.t, do(func(tx *db.Tx) (auth.User, error) {
			return s.ChangeUser(tx, clerkOfPeople, boss.ID, auth.Change{Name: "x", Language: "en", Version: 1})
		}), "auth.beyond")
		h, err := s.PlanReset(ctx)
		if err != nil {
			k.t.Fatal(err)
		}
		refused(k.t, do(func(tx *db.Tx) (auth.User, error) { return s.Reset(tx, clerkOfPeople, boss.ID, h) }), "auth.beyond")
		refused(k.t, do(func(tx *db.Tx) (auth.User, error) { return s.Reset(tx, clerkOfPeople, id.New(), h) }), "auth.user_not_found")
		if err := do(func(tx *db.Tx) (auth.User, error) { return s.Reset(tx, clerkOfPeople, u.ID, h) }); err != nil {
			k.t.Error(err)
		}
		_, _, err = s.Login(ctx, "xiaoman", good, here)
		refused(k.t, err, "auth.login_wrong")
		k.login(s, "xiaoman", h.Password)
	})
}

func TestLastAdministratorStaysOne(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		boss, _ := k.hire(s, auth.NewUser{Login: "boss", Roles: []auth.Grant{{Role: auth.RoleAdmin}}})
		k.hire(s, auth.NewUser{Login: "half", Roles: []auth.Grant{{Shop: k.shop, Role: auth.RoleAdmin}}})
		demote := func(version int64) error {
			return k.d.Write(ctx, func(tx *db.Tx) error {
				_, err := s.SetRoles(tx, admin, boss.ID, []auth.Grant{{Role: auth.RoleAgent}}, version)
				return err
			})
		}
		refused(k.t, demote(1), "auth.last_admin")
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error {
			_, err := s.ChangeUser(tx, admin, boss.ID, auth.Change{Name: "boss", Language: "en", Version: 1})
			return err
		}), "auth.last_admin")
		second, _ := k.hire(s, auth.NewUser{Login: "second", Roles: []auth.Grant{{Role: auth.RoleAdmin}}})
		if err := demote(1); err != nil {
			k.t.Error(err)
		}
		refused(k.t, k.d.Write(ctx, func(tx *db.Tx) error {
			_, err := s.ChangeUser(tx, admin, second.ID, auth.Change{Name: "second", Language: "en", Version: 1})
			return err
		}), "auth.last_admin")
	})
}

// TestTwoAdministratorsTakeEachOthersRole: on PostgreSQL the second begins while the first has not committed.
func TestTwoAdministratorsTakeEachOthersRole(t *testing.T) {
	clk := dbtest.Clock()
	k := newKit(t, dbtest.Open(t, db.Postgres, func(o *db.Options) { o.Clock = clk }), clk)
	s := k.people()
	hire := func(login string) id.ID {
		u, _ := k.hire(s, auth.NewUser{Login: login, Roles: []auth.Grant{{Role: auth.RoleAdmin}}})
		return u.ID
	}
	yi, er := hire("yi"), hire("er")
	demote := func(user id.ID, then func()) error {
		return k.d.Write(ctx, func(tx *db.Tx) error {
			_, err := s.SetRoles(tx, admin, user, nil, 1)
			then()
			return err
		})
	}
	second := make(chan error, 1)
	var once sync.Once
	err := demote(yi, func() {
		once.Do(func() {
			go func() { second <- demote(er, func() {}) }()
			for waiting := 0; waiting == 0 && len(second) == 0; {
				k.read(func(tx *db.Tx) error {
					return tx.QueryRow(`select count(*) from pg_stat_activity
						where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting)
				})
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, <-second, "auth.last_admin")
}

func TestHistoryOfAPerson(t *testing.T) {
	each(t, func(k *kit) {
		s := k.people()
		u, drawn := k.hire(s, auth.NewUser{Login: "youzi", Name: "柚子"})
		_, p := k.login(s, "youzi", drawn)
		if err := s.ChangePassword(ctx, p, drawn, good, here); err != nil {
			k.t.Fatal(err)
		}
		h, err := s.PlanReset(ctx)
		if err != nil {
			k.t.Fatal(err)
		}
		boss := auth.Principal{UserID: 3, Name: "管理员", Scopes: []auth.Scope{auth.Admin}}
		k.write(func(tx *db.Tx) error {
			_, err := s.ChangeUser(tx, boss, u.ID, auth.Change{Name: "柚子姐", Language: "zh-CN", Active: true, Version: 2})
			return err
		})
		k.write(func(tx *db.Tx) error {
			_, err := s.SetRoles(tx, boss, u.ID, []auth.Grant{{Role: auth.RoleAgent}}, 3)
			return err
		})
		k.write(func(tx *db.Tx) error {
			_, err := s.Reset(tx, boss, u.ID, h)
			return err
		})
		var got []string
		k.read(func(tx *db.Tx) error {
			first, err := auth.History(tx, u.ID, 0, 2)
			if err != nil {
				return err
			}
			rest, err := auth.History(tx, u.ID, first[1].ID, 10)
			for _, e := range append(first, rest...) {
				got = append(got, e.Actor+" "+e.Verb+" "+string(e.Data))
			}
			return err
		})
		want := []string{"管理员 password_reset {}", `管理员 roles_set {"from":[],"to":[{"role":"agent"}]}`,
			`管理员 changed {"from":{"active":true,"language":"zh-CN","name":"柚子"},"to":{"active":true,"language":"zh-CN","name":"柚子姐"}}`,
			"柚子 password_changed {}", ` added {"login":"youzi","name":"柚子","roles":[]}`}
		if d := cmp.Diff(want, got); d != "" {
			k.t.Error(d)
		}
		for _, q := range []string{`update staff_event set actor = 'x' where staff_id = $1`, `delete from staff_event where staff_id = $1`} {
			if err := k.d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(q, u.ID)
				return err
			}); err == nil {
				k.t.Errorf("%s: done", q)
			}
		}
	})
}

func TestNamesThatDeceive(t *testing.T) {
	s := auth.NewSessions(nil, dbtest.Clock())
	for name, ok := range map[string]bool{"小满": true, "Zoë O'Brien-李": true, "👩\u200d🔧 何师傅": true, "<script>": true,
		"老\u200b周": false, "周\u202e老": false, "老周\n": false, "老\x00周": false, "": false, "\u3000": false} {
		_, err := s.PlanUser(ctx, auth.Principal{}, auth.NewUser{Login: "xx", Name: name, Password: good, Roles: []auth.Grant{{Role: auth.RoleAdmin}}})
		if (errs.As(err).Key == "auth.beyond") != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFirstUserIsMadeOnce(t *testing.T) {
	each(t, func(k *kit) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var passwords []string
		for range 4 {
			wg.Go(func() {
				p, made, err := k.people().EnsureFirstUser(ctx)
				mu.Lock()
				defer mu.Unlock()
				if made != (p != "") {
					err = errors.Join(err, errors.New("a password that opens nothing"))
				}
				if err != nil {
					k.t.Error(err)
				}
				if made {
					passwords = append(passwords, p)
				}
			})
		}
		wg.Wait()
		if len(passwords) != 1 {
			k.t.Fatalf("%d first users", len(passwords))
		}
		s := k.people()
		if _, p := k.login(s, "admin", passwords[0]); !p.MustChange {
			k.t.Error("the first password need not be changed")
		}
		if _, made, err := s.EnsureFirstUser(ctx); made || err != nil {
			k.t.Error(made, err)
		}
	})
}
