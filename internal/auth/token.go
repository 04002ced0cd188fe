package auth

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const (
	maxName = 80 // characters
	// firstID is the id of the token EnsureFirst makes: however many processes start at once, one of them makes it.
	firstID id.ID = 1
)

// Token is an API token as administrators see it.
type Token struct {
	ID       id.ID         `json:"id"`
	Shop     id.ID         `json:"shop,omitzero" doc:"the only shop it reaches; absent: every shop"`
	Name     string        `json:"name" doc:"what timelines call it"`
	Scopes   []Scope       `json:"scopes"`
	MadeBy   id.ID         `json:"made_by,omitzero" doc:"the token or the person that made it"`
	Made     clock.Instant `json:"made_at"`
	Expires  clock.Instant `json:"expires_at" doc:"null is never"`
	Revoked  clock.Instant `json:"revoked_at" doc:"null while it is usable"`
	LastUsed clock.Instant `json:"last_used_at" doc:"to the day"`
}

// Draft is a token about to be made, with its secret.
type Draft struct {
	Token  Token
	Secret Secret
}

// Plan checks what an administrator asked for and draws the secret. by is the administrator: one of a single shop makes
// tokens for that shop only.
//
// Errors: Invalid with every faulty field; NotFound for a shop that by does not reach.
func Plan(by Principal, want Token, now clock.Instant) (Draft, error) {
	var f errs.Faults
	if n := utf8.RuneCountInString(want.Name); n == 0 || n > maxName {
		f.Add("/name", "auth.name_length", errs.Args{"max": maxName})
	}
	if len(want.Scopes) == 0 {
		f.Add("/scopes", "auth.scopes_empty")
	}
	for i, s := range want.Scopes {
		path := "/scopes/" + strconv.Itoa(i)
		if !s.Known() {
			f.Add(path, "auth.scope_unknown", errs.Args{"scope": string(s)})
		}
		if slices.Contains(want.Scopes[:i], s) {
			f.Add(path, "auth.scope_twice", errs.Args{"scope": string(s)})
		}
	}
	if want.Expires != 0 && want.Expires <= now {
		f.Add("/expires_at", "auth.expires_past")
	}
	if err := f.Err(); err != nil {
		return Draft{}, err
	}
	if err := Allow(by, Admin, want.Shop); err != nil {
		return Draft{}, err
	}
	t := Token{ID: id.New(), Shop: want.Shop, Name: want.Name, Scopes: want.Scopes, MadeBy: by.ID(), Expires: want.Expires}
	return Draft{t, newSecret(t.ID, t.Shop)}, nil
}

// Create writes a planned token. Errors: NotFound for a shop that does not exist.
func Create(tx *db.Tx, p Draft) (Token, error) {
	p.Token.Made = tx.Now
	err := tx.Try(func() error { return insert(tx, p.Token, p.Secret.Hash()) })
	if db.IsForeignKey(err) {
		return Token{}, NoShop(p.Token.Shop.String())
	}
	return p.Token, err
}

// Revoke makes a token unusable, here at once and elsewhere within CacheTTL. Revoking a revoked one changes nothing.
//
// Errors: NotFound auth.token_not_found, also for one by does not reach; Conflict auth.revoke_last for the last usable
// administrator of the installation.
func (t *Tokens) Revoke(tx *db.Tx, by Principal, tok id.ID) error {
	s, err := reached(tx, by, tok)
	if err != nil || s.Revoked != 0 {
		return err
	}
	if s.administers(tx.Now) {
		all, err := administrators(tx)
		if err != nil {
			return err
		}
		others := slices.ContainsFunc(all, func(o Token) bool { return o.ID != tok && o.administers(tx.Now) })
		if !others {
			return errs.New(errs.Conflict, "auth.revoke_last")
		}
	}
	if err := revoke(tx, tok); err != nil {
		return err
	}
	tx.AfterCommit(func() { t.cache.forget(func(p Principal) bool { return p.TokenID == tok }) })
	return nil
}

// administers says whether the token can manage the whole installation at an instant.
func (t Token) administers(now clock.Instant) bool {
	return t.Shop == 0 && t.Revoked == 0 && (t.Expires == 0 || now < t.Expires) && slices.Contains(t.Scopes, Admin)
}

// reached finds a token in what by may see.
func reached(tx *db.Tx, by Principal, tok id.ID) (Token, error) {
	s, err := find(tx, tok)
	if err == db.ErrNoRows || err == nil && !by.HasIn(Admin, s.Shop) {
		return Token{}, errs.New(errs.NotFound, "auth.token_not_found")
	}
	return s.Token, err
}

// EnsureFirst makes the administrator's token of an installation that has no token at all and returns its secret, which
// is not to be had again. made is false when there is one already.
func EnsureFirst(ctx context.Context, d *db.DB) (secret Secret, made bool, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		any, err := anyToken(tx)
		if err != nil || any {
			return err
		}
		secret = newSecret(firstID, 0)
		made, err = insertFirst(tx, Token{ID: firstID, Name: "admin", Scopes: []Scope{Admin}, Made: tx.Now}, secret.Hash())
		return err
	})
	if err != nil || !made {
		return Secret{}, false, err
	}
	return secret, true, nil
}
