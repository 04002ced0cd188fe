package auth

import (
	"errors"
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const userColumns = `staff.id, staff.login, staff.name, staff.language, staff.active, staff.password, staff.must_change,
	staff.password_at, staff.last_login_at, staff.created_at, staff.version`

// places are where a row of userColumns is scanned into.
func (u *User) places(lastLogin **clock.Instant) []any {
	return []any{&u.ID, &u.Login, &u.Name, &u.Language, &u.Active, &u.password, &u.MustChange, &u.passwordAt, lastLogin, &u.Created, &u.Version}
}

func scanUser(r scanner) (User, error) {
	u := User{Roles: []Grant{}}
	var lastLogin *clock.Instant
	err := r.Scan(u.places(&lastLogin)...)
	u.LastLogin = orZero(lastLogin)
	return u, err
}

// userByLogin reads a person without his roles; db.ErrNoRows when there is none.
func userByLogin(tx *db.Tx, login string) (User, error) {
	return scanUser(tx.QueryRow(`select `+userColumns+` from staff where login = $1`, login))
}

// UserByLogin reads a person. Errors: NotFound auth.user_not_found.
func UserByLogin(tx *db.Tx, login string) (User, error) {
	u, err := userByLogin(tx, login)
	return whole(tx, u, err)
}

// UserByID reads a person. Errors: NotFound auth.user_not_found.
func UserByID(tx *db.Tx, user id.ID) (User, error) {
	u, err := scanUser(tx.QueryRow(`select `+userColumns+` from staff where id = $1`, user))
	return whole(tx, u, err)
}

func whole(tx *db.Tx, u User, err error) (User, error) {
	if errors.Is(err, db.ErrNoRows) {
		return u, errs.New(errs.NotFound, "auth.user_not_found")
	}
	if err == nil {
		u.Roles, err = rolesOf(tx, u.ID)
	}
	return u, err
}

// Users reads up to limit people by login, from behind after on.
func Users(tx *db.Tx, after string, limit int) ([]User, error) {
	us, err := db.Collect(tx, func(r *db.Rows) (User, error) { return scanUser(r) },
		`select `+userColumns+` from staff where login > $1 order by login limit $2`, after, limit)
	for i := range us {
		if err == nil {
			us[i].Roles, err = rolesOf(tx, us[i].ID)
		}
	}
	return us, err
}

func rolesOf(tx *db.Tx, user id.ID) ([]Grant, error) {
	gs, err := db.Collect(tx, func(r *db.Rows) (g Grant, err error) {
		var shop *id.ID
		err = r.Scan(&shop, &g.Role)
		g.Shop = orZero(shop)
		return g, err
	}, `select shop_id, role from staff_role where staff_id = $1 order by shop_id is not null, shop_id, role`, user)
	return append([]Grant{}, gs...), err
}

// Colleague is a person as others of a shop see him.
type Colleague struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Roles []Role `json:"roles" nullable:"false"`
}

// Staff lists the people who can be given a case of a shop, by login: active, and allowed to read it.
func Staff(tx *db.Tx, shop id.ID) ([]Colleague, error) {
	type row struct {
		login, name string
		grant       Grant
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (v row, err error) {
		var in *id.ID
		err = r.Scan(&v.login, &v.name, &in, &v.grant.Role)
		v.grant.Shop = orZero(in)
		return v, err
	}, `select staff.login, staff.name, staff_role.shop_id, staff_role.role from staff_role
		join staff on staff.id = staff_role.staff_id
		where (staff_role.shop_id = $1 or staff_role.shop_id is null) and staff.active order by staff.login`, shop)
	if err != nil {
		return nil, err
	}
	out := []Colleague{}
	for len(rows) > 0 {
		n := slices.IndexFunc(rows, func(v row) bool { return v.login != rows[0].login })
		if n < 0 {
			n = len(rows)
		}
		var grants []Grant
		reads := false
		for _, v := range rows[:n] {
			grants = append(grants, v.grant)
			reads = reads || holds(v.grant.Role.Scopes(), CasesRead)
		}
		if reads {
			out = append(out, Colleague{rows[0].login, rows[0].name, RolesIn(grants, shop)})
		}
		rows = rows[n:]
	}
	return out, nil
}

// insertUser inserts a person unless id, login or name are taken.
func insertUser(tx *db.Tx, u User) (inserted bool, err error) {
	n, err := tx.Exec(`insert into staff (id, login, name, language, active, password, must_change, password_at, created_at, version)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1) on conflict do nothing`,
		u.ID, u.Login, u.Name, u.Language, u.Active, u.password, u.MustChange, tx.Now, tx.Now)
	return n == 1, err
}

func updateUser(tx *db.Tx, u User) error {
	_, err := tx.Exec(`update staff set name = $1, language = $2, active = $3 where id = $4`, u.Name, u.Language, u.Active, u.ID)
	return err
}

func storePassword(tx *db.Tx, user id.ID, stored string, mustChange bool) error {
	_, err := tx.Exec(`update staff set password = $1, must_change = $2, password_at = $3, version = version + 1 where id = $4`,
		stored, mustChange, tx.Now, user)
	return err
}

func replaceRoles(tx *db.Tx, user id.ID, grants []Grant) error {
	return tx.Batch(func(b *db.Batch) {
		b.Exec(`delete from staff_role where staff_id = $1`, user)
		for _, g := range grants {
			b.Exec(`insert into staff_role (staff_id, shop_id, role) values ($1, $2, $3)`, user, orNull(g.Shop), g.Role)
		}
	})
}

func shopThere(tx *db.Tx, shop id.ID) (bool, error) {
	var one id.ID
	err := tx.QueryRow(`select id from shop where id = $1`, shop).Scan(&one)
	if errors.Is(err, db.ErrNoRows) {
		return shop == 0, nil
	}
	return err == nil, err
}

func anyUser(tx *db.Tx) (bool, error) {
	return found(tx.QueryRow(`select id from staff limit 1`))
}

func lockAdmins(tx *db.Tx) error {
	_, err := tx.Exec(`update staff set version = version where id in
		(select staff_id from staff_role where shop_id is null and role = $1)`, RoleAdmin)
	return err
}

// anyAdmin says whether somebody can log in who administers the whole installation.
func anyAdmin(tx *db.Tx) (bool, error) {
	return found(tx.QueryRow(`select staff.id from staff_role join staff on staff.id = staff_role.staff_id
		where staff_role.shop_id is null and staff_role.role = $1 and staff.active limit 1`, RoleAdmin))
}

func found(r scanner) (bool, error) {
	var one id.ID
	err := r.Scan(&one)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
