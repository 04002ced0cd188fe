package search

import (
	"strings"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// FTS5 without contents: it keeps for every term the ids, in their order, and walks them from the newest, so that a
// common word is as quick as a rare one. Shop and kind are inside the terms.

func litePut(b *db.Batch, thing id.ID, terms string) {
	b.Exec(`insert into search_index (rowid, terms) values ($1, $2)`, thing, terms)
}

func liteDrop(b *db.Batch, thing id.ID) {
	b.Exec(`delete from search_index where rowid = $1`, thing)
}

func liteFind(tx *db.Tx, terms []string, before id.ID, limit int) ([]id.ID, error) {
	return db.Collect(tx, scanID, `select rowid from search_index where search_index match $1 and rowid < $2 order by rowid desc limit $3`,
		strings.Join(terms, " AND "), before, limit)
}

func scanID(r *db.Rows) (i id.ID, err error) { return i, r.Scan(&i) }
