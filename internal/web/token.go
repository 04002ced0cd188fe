package web

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// The routes that manage access tokens live here and not in package auth, on which web stands.

type listTokensInput struct{ Page }

type createTokenInput struct {
	Body struct {
		Name    string        `json:"name" minLength:"1" maxLength:"80" doc:"what timelines call it"`
		Shop    id.ID         `json:"shop,omitzero" doc:"the only shop it reaches; absent: every shop"`
		Scopes  []auth.Scope  `json:"scopes" minItems:"1"`
		Expires clock.Instant `json:"expires_at,omitzero" doc:"absent: never"`
	}
}

// createdToken shows the secret once. It is not kept, so a replay of the request is the one answer of this API that
// differs from the first: it has no secret.
type createdToken struct {
	auth.Token
	Secret string `json:"secret,omitempty" doc:"the token itself, shown this once; absent when the request is replayed"`
}

type revokeTokenInput struct {
	Token ID `path:"token"`
}

// RegisterTokens adds the routes that list, create and revoke access tokens.
func RegisterTokens(s *Server, d *db.DB) {
	const root = APIRoot + "tokens"
	Register(s, Op{Method: http.MethodGet, Path: root, ID: "list-tokens", Tag: "tokens", Scope: auth.Admin, AnyShop: true,
		Summary: "List access tokens, newest first", Doc: "A token of one shop sees that shop's."},
		func(ctx context.Context, in *listTokensInput) (*Reply[List[auth.Token]], error) {
			return listTokens(ctx, d, in.Page)
		})
	Register(s, Op{Method: http.MethodPost, Path: root, ID: "create-token", Tag: "tokens", Scope: auth.Admin, AnyShop: true, Once: true,
		Status: http.StatusCreated, Summary: "Create an access token",
		Doc: "The answer holds the token; it is not to be had again. A token of one shop creates tokens of that shop."},
		func(ctx context.Context, in *createTokenInput) (*Reply[createdToken], error) {
			return createToken(ctx, s, d, in)
		})
	Register(s, Op{Method: http.MethodDelete, Path: root + "/{token}", ID: "revoke-token", Tag: "tokens", Scope: auth.Admin, AnyShop: true,
		Summary: "Revoke an access token", Doc: "The last usable administrator of the installation cannot be revoked (409)."},
		func(ctx context.Context, in *revokeTokenInput) (*struct{}, error) {
			return nil, d.Write(ctx, func(tx *db.Tx) error { return s.o.Tokens.Revoke(tx, auth.From(ctx), in.Token.ID) })
		})
}

func listTokens(ctx context.Context, d *db.DB, p Page) (*Reply[List[auth.Token]], error) {
	before, _, err := AfterKey[id.ID](ctx, p)
	if err != nil {
		return nil, err
	}
	var rows []auth.Token
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = auth.List(tx, auth.From(ctx), before, p.Fetch())
		return err
	})
	if err != nil {
		return nil, err
	}
	list, err := MakeList(ctx, p, rows, func(t auth.Token) id.ID { return t.ID })
	return &Reply[List[auth.Token]]{list}, err
}

func createToken(ctx context.Context, s *Server, d *db.DB, in *createTokenInput) (*Reply[createdToken], error) {
	want := auth.Token{Name: in.Body.Name, Shop: in.Body.Shop, Scopes: in.Body.Scopes, Expires: in.Body.Expires}
	var secret auth.Secret
	made, replayed, err := Once(ctx, d, OnceOf(ctx),
		func(context.Context) (auth.Draft, error) {
			p, err := auth.Plan(auth.From(ctx), want, s.o.Tokens.Now())
			secret = p.Secret
			return p, err
		}, auth.Create)
	if err != nil {
		return nil, err
	}
	out := createdToken{Token: made}
	if !replayed {
		out.Secret = secret.Reveal()
	}
	return &Reply[createdToken]{out}, nil
}
