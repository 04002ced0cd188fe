package search

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// A GIN index gives all rows of a term at once, unsorted, and each of them lies on a page of its own; the newest few are
// wanted. So the newest rows are looked through first, where a common word is found at once. A word that is rarer is
// asked of the index, which then has few rows. A word in between, of which the index has too many, is looked for from
// the newest row on until enough are found: the commoner it is, the sooner that ends.

const (
	recent = 4000 // rows looked through first: a millisecond
	few    = 800  // rows taken from the index at most
)

func pgPut(b *db.Batch, shopID id.ID, kind Kind, thing id.ID, terms string) {
	b.Exec(`insert into search_index (id, shop_id, kind, terms) values ($1, $2, $3, cast(cast($4 as text) as tsvector))`, thing, shopID, kind, terms)
}

func pgDrop(b *db.Batch, shopID, thing id.ID) {
	b.Exec(`delete from search_index where id = $1 and shop_id = $2`, thing, shopID)
}

func pgFind(tx *db.Tx, shopID id.ID, kind Kind, terms []string, before id.ID, limit int) ([]id.ID, error) {
	ask := strings.Join(terms, " & ")
	found, err := pgNewest(tx, shopID, kind, ask, before, recent, limit)
	if err != nil || len(found) == limit {
		return found, err
	}
	found, err = db.Collect(tx, scanID, `select id from search_index where terms @@ cast(cast($1 as text) as tsquery) and +shop_id = $2 and kind || '' = $3 and +id < $4 limit $5`,
		ask, shopID, kind, before, few)
	if err != nil {
		return nil, err
	}
	if len(found) < few {
		slices.SortFunc(found, func(a, b id.ID) int { return cmp.Compare(b, a) })
		return found[:min(len(found), limit)], nil
	}
	for rows := 10 * recent; ; rows *= 10 { // few or more are there, so that this ends
		if found, err = pgNewest(tx, shopID, kind, ask, before, rows, limit); err != nil || len(found) == min(limit, few) {
			return found, err
		}
	}
}

// pgNewest looks through the newest rows of a kind.
func pgNewest(tx *db.Tx, shopID id.ID, kind Kind, ask string, before id.ID, rows, limit int) ([]id.ID, error) {
	return db.Collect(tx, scanID, `select id from (select id, terms from search_index where shop_id = $1 and kind = $2 and id < $3 order by id desc limit $4) newest
		where terms @@ cast(cast($5 as text) as tsquery) order by id desc limit $6`, shopID, kind, before, rows, ask, limit)
}
