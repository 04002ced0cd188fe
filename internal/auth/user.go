package auth

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	maxPersonName = 40  // characters
	maxGrants     = 200 // of one person
	// firstUser is the id of the person EnsureFirstUser makes: however many processes start at once, one of them does.
	firstUser id.ID = 2
)

// User is a person who can log in, as administrators see him.
type User struct {
	ID         id.ID         `json:"id"`
	Login      string        `json:"login"`
	Name       string        `json:"name" doc:"花名, as timelines show it"`
	Language   string        `json:"language" enum:"zh-CN,zh-TW,en"`
	Active     bool          `json:"active" doc:"whether he can log in"`
	MustChange bool          `json:"must_change_password" doc:"his password was handed out, and he has not chosen his own yet"`
	Roles      []Grant       `json:"roles" nullable:"false"`
	LastLogin  clock.Instant `json:"last_login_at"`
	Created    clock.Instant `json:"created_at"`
	Version    int64         `json:"version"`

	password   string // as stored
	passwordAt clock.Instant
}

// NewUser is a person to be given a log-in. Without a password one is drawn, and it has to be changed at the first log-in.
type NewUser struct {
	Login    string
	Name     string
	Language string // zh-CN when empty
	Roles    []Grant
	Password string
}

// UserDraft is a person about to be added. Password is the one that was drawn, to be shown once; "" if one was given.
type UserDraft struct {
	User     User
	Password string
	by       string
}

// Languages are those a person can choose.
func Languages() []string { return []string{string(errs.ZhCN), string(errs.ZhTW), string(errs.En)} }

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// PlanUser checks a person to be added and hashes the password, outside of any transaction.
//
// Errors: Invalid with every faulty field; Forbidden auth.beyond for roles that by does not cover.
func (s *Sessions) PlanUser(ctx context.Context, by Principal, n NewUser) (UserDraft, error) {
	if n.Language == "" {
		n.Language = string(errs.ZhCN)
	}
	var f errs.Faults
	if !loginForm.MatchString(n.Login) {
		f.Add("/login", "auth.login_form")
	}
	personFaults(&f, n.Name, n.Language)
	grantFaults(&f, n.Roles)
	if n.Password != "" {
		if key, args := passwordFault(n.Password, n.Login); key != "" {
			f.Add("/password", key, args)
		}
	}
	if err := f.Err(); err != nil {
		return UserDraft{}, err
	}
	if err := covers(by, n.Roles); err != nil {
		return UserDraft{}, err
	}
	d := UserDraft{User: User{ID: id.New(), Login: n.Login, Name: n.Name, Language: n.Language, Active: true, Roles: append([]Grant{}, n.Roles...), Version: 1}, by: by.Name}
	password := n.Password
	if password == "" {
		d.Password, d.User.MustChange = NewPassword(), true
		password = d.Password
	}
	var err error
	d.User.password, err = s.hasher.hash(ctx, password)
	return d, err
}

func personFaults(f *errs.Faults, name, language string) {
	n := utf8.RuneCountInString(name)
	if n == 0 || n > maxPersonName || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unseen) {
		f.Add("/name", "auth.person_name", errs.Args{"max": maxPersonName})
	}
	if !slices.Contains(Languages(), language) {
		f.Add("/language", "auth.language", errs.Args{"allowed": strings.Join(Languages(), ", ")})
	}
}

// unseen are characters that make one name look like another, or turn the text around it; joiners inside emoji are not.
func unseen(r rune) bool { return !unicode.IsGraphic(r) && r != '\u200d' }

func grantFaults(f *errs.Faults, grants []Grant) {
	if len(grants) > maxGrants {
		f.Add("/roles", "auth.roles_many", errs.Args{"max": maxGrants})
		return
	}
	for i, g := range grants {
		path := "/roles/" + strconv.Itoa(i)
		if !g.Role.Known() {
			f.Add(path+"/role", "auth.role_unknown", errs.Args{"role": errs.Clip(string(g.Role))})
		}
		if slices.Contains(grants[:i], g) {
			f.Add(path, "auth.role_twice", errs.Args{"role": errs.Clip(string(g.Role))})
		}
	}
}

// covers is nil when by holds everything that the roles hold, wherever they do: nobody gives away, takes or locks out
// what stands above him.
func covers(by Principal, grants []Grant) error {
	for _, g := range grants {
		for _, s := range g.Role.Scopes() {
			if !by.HasIn(s, g.Shop) {
				return errs.New(errs.Forbidden, "auth.beyond", errs.Args{"role": string(g.Role)})
			}
		}
	}
	return nil
}

// AddUser writes a planned person. Errors: Conflict auth.login_taken, auth.name_taken; NotFound for a shop that does not
// exist.
func (s *Sessions) AddUser(tx *db.Tx, d UserDraft) (User, error) {
	u := d.User
	u.Created = tx.Now
	added, err := insertUser(tx, u)
	if err == nil && !added {
		err = taken(tx, u)
	}
	if err != nil {
		return User{}, err
	}
	if err = s.setRoles(tx, u.ID, u.Roles); err == nil {
		err = note(tx, u.ID, d.by, "added", map[string]any{"login": u.Login, "name": u.Name, "roles": u.Roles})
	}
	return u, err
}

// taken says whether it is the login or the name that somebody else has.
func taken(tx *db.Tx, u User) error {
	if other, err := userByLogin(tx, u.Login); err == nil && other.ID != u.ID {
		return errs.New(errs.Conflict, "auth.login_taken", errs.Args{"login": u.Login})
	} else if err != nil && !errors.Is(err, db.ErrNoRows) {
		return err
	}
	return errs.New(errs.Conflict, "auth.name_taken", errs.Args{"name": u.Name})
}

// setRoles replaces a person's roles.
func (s *Sessions) setRoles(tx *db.Tx, user id.ID, grants []Grant) error {
	err := tx.Try(func() error { return replaceRoles(tx, user, grants) })
	if db.IsForeignKey(err) {
		for _, g := range grants {
			if known, err := shopThere(tx, g.Shop); err != nil || !known {
				return errors.Join(err, NoShop(g.Shop.String()))
			}
		}
	}
	return err
}

// Change is what an administrator changes of a person.
type Change struct {
	Name     string
	Language string
	Active   bool
	Version  int64 // as he saw it
}

// ChangeUser renames a person, or lets him in no longer: then his sessions end.
//
// Errors: Invalid with every faulty field; NotFound auth.user_not_found; Forbidden auth.beyond for somebody above by;
// Conflict auth.user_stale, auth.name_taken, and auth.last_admin for the last administrator.
func (s *Sessions) ChangeUser(tx *db.Tx, by Principal, user id.ID, c Change) (User, error) {
	var f errs.Faults
	personFaults(&f, c.Name, c.Language)
	if err := f.Err(); err != nil {
		return User{}, err
	}
	u, err := s.take(tx, by, user, c.Version)
	if err != nil {
		return u, err
	}
	was := u
	u.Name, u.Language, u.Active = c.Name, c.Language, c.Active
	err = tx.Try(func() error { return updateUser(tx, u) })
	if db.IsUnique(err) {
		return u, taken(tx, u)
	}
	if err == nil && !u.Active {
		err = s.end(tx, u.ID, 0)
	}
	if err == nil {
		err = adminLeft(tx, was)
	}
	if err == nil {
		err = note(tx, u.ID, by.Name, "changed", map[string]any{"from": shown(was), "to": shown(u)})
	}
	s.forgetAfter(tx, u.ID)
	return u, err
}

// shown is what an administrator changes of a person, for the history.
func shown(u User) map[string]any {
	return map[string]any{"name": u.Name, "language": u.Language, "active": u.Active}
}

// SetRoles replaces what a person does and where. Errors: as ChangeUser, and Forbidden auth.beyond for roles that by does
// not cover.
func (s *Sessions) SetRoles(tx *db.Tx, by Principal, user id.ID, grants []Grant, version int64) (User, error) {
	var f errs.Faults
	grantFaults(&f, grants)
	if err := f.Err(); err != nil {
		return User{}, err
	}
	if err := covers(by, grants); err != nil {
		return User{}, err
	}
	u, err := s.take(tx, by, user, version)
	if err != nil {
		return u, err
	}
	was := u
	u.Roles = append([]Grant{}, grants...)
	if err = s.setRoles(tx, u.ID, grants); err == nil {
		err = adminLeft(tx, was)
	}
	if err == nil {
		err = note(tx, u.ID, by.Name, "roles_set", map[string]any{"from": was.Roles, "to": u.Roles})
	}
	s.forgetAfter(tx, u.ID)
	return u, err
}

// take takes a person's row at a version, if by stands above him.
func (s *Sessions) take(tx *db.Tx, by Principal, user id.ID, version int64) (User, error) {
	u, err := UserByID(tx, user)
	if err == nil {
		err = covers(by, u.Roles)
	}
	if err != nil {
		return u, err
	}
	n, err := tx.Exec(`update staff set version = version + 1 where id = $1 and version = $2`, user, version)
	if err == nil && n == 0 {
		return u, errs.New(errs.Conflict, "auth.user_stale")
	}
	u.Version = version + 1
	return u, err
}

// adminLeft refuses to take the last administrator's role or log-in, after which nobody could give it back.
func adminLeft(tx *db.Tx, was User) error {
	if !was.Active || !slices.Contains(was.Roles, Grant{Role: RoleAdmin}) {
		return nil
	}
	if err := lockAdmins(tx); err != nil { // two who take each other's role at one moment are asked one after the other
		return err
	}
	left, err := anyAdmin(tx)
	if err == nil && !left {
		err = errs.New(errs.Conflict, "auth.last_admin")
	}
	return err
}

// Handout is a password drawn for somebody who forgot his.
type Handout struct {
	Password string
	stored   string
}

// PlanReset draws a password, outside of any transaction.
func (s *Sessions) PlanReset(ctx context.Context) (Handout, error) {
	h := Handout{Password: NewPassword()}
	var err error
	h.stored, err = s.hasher.hash(ctx, h.Password)
	return h, err
}

// Reset gives a person a drawn password, which he has to change when he logs in, and ends his sessions. Errors: NotFound
// auth.user_not_found; Forbidden auth.beyond.
func (s *Sessions) Reset(tx *db.Tx, by Principal, user id.ID, h Handout) (User, error) {
	u, err := UserByID(tx, user)
	if err == nil {
		err = covers(by, u.Roles)
	}
	if err == nil {
		u.MustChange = true
		err = storePassword(tx, u.ID, h.stored, true)
	}
	if err == nil {
		err = s.end(tx, u.ID, 0)
	}
	if err == nil {
		err = note(tx, u.ID, by.Name, "password_reset", nil)
	}
	return u, err
}

// EnsureFirstUser makes the person "admin" in an installation that knows no person at all and returns the password, which
// is not to be had again and has to be changed. made is false when there is somebody already.
func (s *Sessions) EnsureFirstUser(ctx context.Context) (password string, made bool, err error) {
	var there bool
	err = s.d.Read(ctx, func(tx *db.Tx) (err error) {
		there, err = anyUser(tx)
		return err
	})
	if err != nil || there {
		return "", false, err
	}
	d, err := s.PlanUser(ctx, Principal{Scopes: []Scope{Admin}}, NewUser{Login: "admin", Name: "管理员", Roles: []Grant{{Role: RoleAdmin}}})
	if err != nil {
		return "", false, err
	}
	d.User.ID = firstUser
	err = s.d.Write(ctx, func(tx *db.Tx) error {
		if there, err := anyUser(tx); err != nil || there {
			return err
		}
		d.User.Created = tx.Now
		var err error
		if made, err = insertUser(tx, d.User); err != nil || !made {
			return err
		}
		if err = replaceRoles(tx, firstUser, d.User.Roles); err == nil {
			err = note(tx, firstUser, "system", "added", map[string]any{"login": d.User.Login, "name": d.User.Name, "roles": d.User.Roles})
		}
		return err
	})
	if err != nil || !made {
		return "", false, err
	}
	return d.Password, true, nil
}
