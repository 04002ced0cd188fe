package search

import (
	"strings"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// A GIN index gives all rows of a term at once, unsorted: thousands of them for a common word, of which the newest few
// are wanted. So the newest rows are looked through first, where a common word is found at once; only a word that is
// rare among them is asked of the index.

const (
	recent = 4000   // rows looked through first
	most   = 20_000 // rows taken from the index at most
)

func pgPut(b *db.Batch, shopID id.ID, kind Kind, thing id.ID, terms string) {
	b.Exec(`insert into search_index (id, shop_id, kind, terms) values ($1, $2, $3, cast(cast($4 as text) as tsvector))`, thing, shopID, kind, terms)
}

func pgDrop(b *db.Batch, shopID, thing id.ID) {
	b.Exec(`delete from search_index where id = $1 and shop_id = $2`, thing, shopID)
}

func pgFind(tx *db.Tx, shopID id.ID, kind Kind, terms []string, before id.ID, limit int) ([]id.ID, error) {
	ask := strings.Join(terms, " & ")
	found, err := db.Collect(tx, scanID, `select id from (select id, terms from search_index where shop_id = $1 and kind = $2 and id < $3 order by id desc limit $4) newest
		where terms @@ cast(cast($5 as text) as tsquery) order by id desc limit $6`, shopID, kind, before, recent, ask, limit)
	if err != nil || len(found) >= limit {
		return found, err
	}
	return db.Collect(tx, scanID, `with hits as materialized (select id from search_index where terms @@ cast(cast($1 as text) as tsquery) and shop_id = $2 and kind = $3 and id < $4 limit $5)
		select id from hits order by id desc limit $6`, ask, shopID, kind, before, most, limit)
}
