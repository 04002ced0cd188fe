package staff

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

// Shop is what a person is told of a shop he works for.
type Shop struct {
	ID         id.ID          `json:"id"`
	Code       string         `json:"code"`
	Name       string         `json:"name"`
	PublicName string         `json:"public_name"`
	Currency   money.Currency `json:"currency"`
	TimeZone   string         `json:"time_zone" example:"Asia/Shanghai"`
	Simulation bool           `json:"simulation" doc:"demo shop: no real money (S2-01)"`
	BuyerWord  string         `json:"buyer_word" enum:"顾客,买家" doc:"what its customers are called"`
}

// MyShop is a shop with what the person does there.
type MyShop struct {
	Shop
	Roles  []auth.Role  `json:"roles" nullable:"false"`
	Scopes []auth.Scope `json:"scopes" nullable:"false"`
}

// Me is who is logged in and what he may do.
type Me struct {
	User struct {
		ID         id.ID  `json:"id"`
		Login      string `json:"login"`
		Name       string `json:"name" doc:"花名"`
		MustChange bool   `json:"must_change_password" doc:"then nothing else is allowed until POST /api/v1/password"`
		Language   string `json:"language" enum:"zh-CN,zh-TW,en"`
	} `json:"user"`
	Installation []auth.Scope `json:"installation" nullable:"false" doc:"what he may do for the whole installation, and in every shop"`
	Shops        []MyShop     `json:"shops" nullable:"false"`
}

// Staff answers for the people of an installation.
type Staff struct {
	DB       *db.DB
	Sessions *auth.Sessions
	// Shops lists every shop, for Me.
	Shops func(tx *db.Tx) ([]Shop, error)
}

// Routes adds people to a server.
func (st *Staff) Routes(s *web.Server) {
	st.sessionRoutes(s)
	st.userRoutes(s)
}

type credentials struct {
	Body struct {
		Login    string `json:"login" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
}

type newPassword struct {
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"256"`
		New string `json:"new" minLength:"1" maxLength:"256" doc:"at least ten characters"`
	}
}

func (st *Staff) sessionRoutes(s *web.Server) {
	const tag = "me"
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.APIRoot + "login", ID: "login", Tag: tag, Scope: auth.Public, Session: true,
		Summary: "Log in", Doc: "Sets the session's cookie. 401 `auth.login_wrong` says nothing about which of the two is wrong; after too many attempts 429 `auth.login_throttled` with Retry-After."},
		func(ctx context.Context, in *credentials) (*web.Reply[Me], error) {
			secret, p, err := st.Sessions.Login(ctx, in.Body.Login, in.Body.Password, web.From(ctx))
			if err != nil {
				return nil, err
			}
			me, err := st.me(ctx, p)
			if err != nil {
				return nil, err
			}
			web.KeepSession(ctx, secret)
			return &web.Reply[Me]{Body: me}, nil
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.APIRoot + "me", ID: "get-me", Tag: tag, Scope: auth.Self,
		Summary: "Who is logged in, and what he may do where"},
		func(ctx context.Context, _ *struct{}) (*web.Reply[Me], error) {
			me, err := st.me(ctx, auth.From(ctx))
			return &web.Reply[Me]{Body: me}, err
		})
	ends := func(name, summary string, end func(ctx context.Context, p auth.Principal) error) {
		web.Register(s, web.Op{Method: http.MethodPost, Path: web.APIRoot + name, ID: name, Tag: tag, Scope: auth.Self, Session: true, Summary: summary},
			func(ctx context.Context, _ *struct{}) (*struct{}, error) {
				if err := end(ctx, auth.From(ctx)); err != nil {
					return nil, err
				}
				web.DropSession(ctx)
				return nil, nil
			})
	}
	ends("logout", "Log out", st.Sessions.Logout)
	ends("logout-everywhere", "Log out on every device", st.Sessions.LogoutEverywhere)
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.APIRoot + "password", ID: "change-password", Tag: tag, Scope: auth.Self, Session: true,
		Summary: "Change one's own password", Doc: "Every other session of the person ends."},
		func(ctx context.Context, in *newPassword) (*struct{}, error) {
			return nil, st.Sessions.ChangePassword(ctx, auth.From(ctx), in.Body.Old, in.Body.New, web.From(ctx))
		})
}

// me is what p is told of himself.
func (st *Staff) me(ctx context.Context, p auth.Principal) (Me, error) {
	me := Me{Installation: []auth.Scope{}, Shops: []MyShop{}}
	me.User.ID, me.User.Login, me.User.Name, me.User.MustChange = p.UserID, p.Login, p.Name, p.MustChange
	err := st.DB.Read(ctx, func(tx *db.Tx) error {
		u, err := auth.UserByID(tx, p.UserID)
		if err != nil {
			return err
		}
		me.User.Language = u.Language
		if p.Reaches(0) {
			me.Installation = p.ScopesIn(0)
		}
		all, err := st.Shops(tx)
		for _, s := range all {
			if p.Reaches(s.ID) {
				me.Shops = append(me.Shops, MyShop{s, auth.RolesIn(u.Roles, s.ID), p.ScopesIn(s.ID)})
			}
		}
		return err
	})
	return me, err
}
