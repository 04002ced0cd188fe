package staff

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
)

type newUser struct {
	Body struct {
		Login    string       `json:"login" minLength:"2" maxLength:"32" pattern:"^[a-z][a-z0-9._-]{1,31}$" patternDescription:"lower-case letters, digits, dots, hyphens, underscores"`
		Name     string       `json:"name" minLength:"1" maxLength:"40" doc:"花名; nobody else's"`
		Language string       `json:"language,omitempty" enum:"zh-CN,zh-TW,en" default:"zh-CN"`
		Roles    []auth.Grant `json:"roles,omitempty" maxItems:"200"`
	}
}

// addedUser shows the one-time password once. It is not kept: a replay of the request has none.
type addedUser struct {
	auth.User
	Password string `json:"password,omitempty" doc:"one-time password, shown this once; absent when the request is replayed"`
}

type changedUser struct {
	User web.ID `path:"user"`
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"40"`
		Language string `json:"language" enum:"zh-CN,zh-TW,en"`
		Active   bool   `json:"active" doc:"false ends all sessions and lets nobody in"`
		Version  int64  `json:"version" minimum:"1" doc:"as the caller saw it; another one now is a conflict"`
	}
}

type changedRoles struct {
	User web.ID `path:"user"`
	Body struct {
		Roles   []auth.Grant `json:"roles" maxItems:"200"`
		Version int64        `json:"version" minimum:"1" doc:"as the caller saw it; another one now is a conflict"`
	}
}

func (st *Staff) userRoutes(s *web.Server) {
	const root, tag = web.APIRoot + "users", "users"
	web.Register(s, web.Op{Method: http.MethodGet, Path: root, ID: "list-users", Tag: tag, Scope: auth.UsersWrite, Summary: "People who can log in, by login"}, st.list)
	web.Register(s, web.Op{Method: http.MethodPost, Path: root, ID: "add-user", Tag: tag, Scope: auth.UsersWrite, Once: true, Status: http.StatusCreated,
		Summary: "Give somebody a log-in", Doc: "The answer holds a one-time password, which has to be changed at the first log-in and is not to be had again. Nobody gives a role that goes beyond his own (403 `auth.beyond`)."}, st.add)
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/{user}", ID: "get-user", Tag: tag, Scope: auth.UsersWrite, Summary: "One person"},
		func(ctx context.Context, in *struct {
			User web.ID `path:"user"`
		}) (*web.Reply[auth.User], error) {
			var u auth.User
			err := st.DB.Read(ctx, func(tx *db.Tx) (err error) {
				u, err = auth.UserByID(tx, in.User.ID)
				return err
			})
			return &web.Reply[auth.User]{Body: u}, err
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: root + "/{user}", ID: "change-user", Tag: tag, Scope: auth.UsersWrite, Summary: "Rename somebody, or let him in no longer"},
		func(ctx context.Context, in *changedUser) (*web.Reply[auth.User], error) {
			return st.write(ctx, func(tx *db.Tx) (auth.User, error) {
				b := in.Body
				return st.Sessions.ChangeUser(tx, auth.From(ctx), in.User.ID, auth.Change{Name: b.Name, Language: b.Language, Active: b.Active, Version: b.Version})
			})
		})
	web.Register(s, web.Op{Method: http.MethodPut, Path: root + "/{user}/roles", ID: "set-roles", Tag: tag, Scope: auth.UsersWrite, Summary: "Say what somebody does, and in which shops"},
		func(ctx context.Context, in *changedRoles) (*web.Reply[auth.User], error) {
			return st.write(ctx, func(tx *db.Tx) (auth.User, error) {
				return st.Sessions.SetRoles(tx, auth.From(ctx), in.User.ID, in.Body.Roles, in.Body.Version)
			})
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: root + "/{user}/reset-password", ID: "reset-password", Tag: tag, Scope: auth.UsersWrite, Once: true,
		Summary: "Give somebody a one-time password", Doc: "It has to be changed at the next log-in; every session of the person ends."}, st.reset)
	web.Register(s, web.Op{Method: http.MethodGet, Path: root + "/{user}/history", ID: "get-user-history", Tag: tag, Scope: auth.UsersWrite, Summary: "What was done to somebody's log-in, newest first"}, st.history)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/staff", ID: "list-staff", Tag: tag, Scope: auth.CasesRead, Summary: "Who can be given a case of the shop"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[[]auth.Colleague], error) {
			var all []auth.Colleague
			err := st.DB.Read(ctx, func(tx *db.Tx) (err error) {
				all, err = auth.Staff(tx, web.Shop(ctx))
				return err
			})
			return &web.Reply[[]auth.Colleague]{Body: all}, err
		})
}

func (st *Staff) write(ctx context.Context, change func(tx *db.Tx) (auth.User, error)) (*web.Reply[auth.User], error) {
	var u auth.User
	err := st.DB.Write(ctx, func(tx *db.Tx) (err error) {
		u, err = change(tx)
		return err
	})
	return &web.Reply[auth.User]{Body: u}, err
}

func (st *Staff) list(ctx context.Context, in *struct{ web.Page }) (*web.Reply[web.List[auth.User]], error) {
	after, _, err := web.AfterKey[string](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var rows []auth.User
	err = st.DB.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = auth.Users(tx, after, in.Fetch())
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := web.MakeList(ctx, in.Page, rows, func(u auth.User) string { return u.Login })
	return &web.Reply[web.List[auth.User]]{Body: list}, err
}

func (st *Staff) history(ctx context.Context, in *struct {
	User web.ID `path:"user"`
	web.Page
}) (*web.Reply[web.List[auth.UserEvent]], error) {
	before, _, err := web.AfterKey[id.ID](ctx, in.Page)
	if err != nil {
		return nil, err
	}
	var rows []auth.UserEvent
	err = st.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := auth.UserByID(tx, in.User.ID); err != nil {
			return err
		}
		var err error
		rows, err = auth.History(tx, in.User.ID, before, in.Fetch())
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := web.MakeList(ctx, in.Page, rows, func(e auth.UserEvent) id.ID { return e.ID })
	return &web.Reply[web.List[auth.UserEvent]]{Body: list}, err
}

func (st *Staff) add(ctx context.Context, in *newUser) (*web.Reply[addedUser], error) {
	b := in.Body
	var password string
	made, replayed, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
		func(ctx context.Context) (auth.UserDraft, error) {
			d, err := st.Sessions.PlanUser(ctx, auth.From(ctx), auth.NewUser{Login: b.Login, Name: b.Name, Language: b.Language, Roles: b.Roles})
			password = d.Password
			return d, err
		}, st.Sessions.AddUser)
	if err != nil {
		return nil, err
	}
	out := addedUser{User: made}
	if !replayed {
		out.Password = password
	}
	return &web.Reply[addedUser]{Body: out}, nil
}

func (st *Staff) reset(ctx context.Context, in *struct {
	User web.ID `path:"user"`
}) (*web.Reply[addedUser], error) {
	var password string
	u, replayed, err := web.Once(ctx, st.DB, web.OnceOf(ctx),
		func(ctx context.Context) (auth.Handout, error) {
			h, err := st.Sessions.PlanReset(ctx)
			password = h.Password
			return h, err
		},
		func(tx *db.Tx, h auth.Handout) (auth.User, error) {
			return st.Sessions.Reset(tx, auth.From(ctx), in.User.ID, h)
		})
	if err != nil {
		return nil, err
	}
	out := addedUser{User: u}
	if !replayed {
		out.Password = password
	}
	return &web.Reply[addedUser]{Body: out}, nil
}
