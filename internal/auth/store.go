package auth

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, name, scopes, made_by, made_at, expires_at, revoked_at, last_used_at, hash`

// stored is a token with the hash of its text.
type stored struct {
	Token
	hash []byte
}

// scanner is a *db.Row or a *db.Rows.
type scanner interface{ Scan(dest ...any) error }

func scan(r scanner) (stored, error) {
	var s stored
	var shop *id.ID
	var expires, revoked, used *clock.Instant
	var scopes string
	err := r.Scan(&s.ID, &shop, &s.Name, &scopes, &s.MadeBy, &s.Made, &expires, &revoked, &used, &s.hash)
	if err != nil {
		return stored{}, err
	}
	if err := json.Unmarshal([]byte(scopes), &s.Scopes); err != nil {
		return stored{}, fmt.Errorf("scopes of token %s: %w", s.ID, err)
	}
	s.Shop, s.Expires, s.Revoked, s.LastUsed = orZero(shop), orZero(expires), orZero(revoked), orZero(used)
	return s, nil
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// find reads a token by id; db.ErrNoRows when there is none.
func find(tx *db.Tx, tok id.ID) (stored, error) {
	return scan(tx.QueryRow(`select `+columns+` from api_token where id = $1`, tok))
}

func insert(tx *db.Tx, t Token, h Hash) error {
	_, err := insertFirst(tx, t, h)
	return err
}

// insertFirst inserts a token unless its id is taken.
func insertFirst(tx *db.Tx, t Token, h Hash) (inserted bool, err error) {
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return false, fmt.Errorf("scopes of token: %w", err)
	}
	n, err := tx.Exec(`insert into api_token (id, shop_id, name, scopes, made_by, made_at, expires_at, hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
		t.ID, orNull(t.Shop), t.Name, string(scopes), t.MadeBy, t.Made, orNull(t.Expires), h[:])
	return n == 1, err
}

func anyToken(tx *db.Tx) (bool, error) {
	var one id.ID
	err := tx.QueryRow(`select id from api_token limit 1`).Scan(&one)
	if err == db.ErrNoRows {
		return false, nil
	}
	return err == nil, err
}

func revoke(tx *db.Tx, tok id.ID) error {
	_, err := tx.Exec(`update api_token set revoked_at = $1 where id = $2 and revoked_at is null`, tx.Now, tok)
	return err
}

// administrators lists the tokens of the whole installation that are not revoked.
func administrators(tx *db.Tx) ([]Token, error) {
	return db.Collect(tx, scanToken, `select `+columns+` from api_token where shop_id is null and revoked_at is null order by id`)
}

func scanToken(r *db.Rows) (Token, error) {
	s, err := scan(r)
	return s.Token, err
}

// List reads up to limit tokens that by may see, newest first, with ids below before (0 for the first page).
func List(tx *db.Tx, by Principal, before id.ID, limit int) ([]Token, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	shops, all := by.ShopsWith(Admin)
	if all {
		return db.Collect(tx, scanToken, `select `+columns+` from api_token where id < $1 order by id desc limit $2`, before, limit)
	}
	args := []any{before, limit}
	for _, shop := range shops {
		args = append(args, shop)
	}
	return db.Collect(tx, scanToken, `select `+columns+` from api_token where id < $1 and shop_id in `+db.In(3, len(shops))+` order by id desc limit $2`, args...)
}

func writeUsed(tx *db.Tx, used map[id.ID]clock.Instant) error {
	return tx.Batch(func(b *db.Batch) {
		for _, tok := range slices.Sorted(maps.Keys(used)) {
			b.Exec(`update api_token set last_used_at = $1 where id = $2`, used[tok], tok)
		}
	})
}
