package search

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Kind is what a row of the index finds; it is part of every term.
type Kind string

const (
	Customers Kind = "customer"
	Messages  Kind = "message"
	Notes     Kind = "note"
)

// Put writes the terms of a new thing, in the transaction that writes the thing. A thing without terms is not in the index.
func Put(b *db.Batch, shopID id.ID, kind Kind, thing id.ID, t *Terms) {
	text := strings.Join(keys(shopID, kind, t.words), " ")
	if text == "" {
		return
	}
	if b.Dialect() == db.Postgres {
		pgPut(b, shopID, kind, thing, text)
		return
	}
	litePut(b, thing, text)
}

// Replace writes the terms of a thing that may be in the index already; on SQLite that costs as much again.
func Replace(b *db.Batch, shopID id.ID, kind Kind, thing id.ID, t *Terms) {
	Drop(b, shopID, thing)
	Put(b, shopID, kind, thing, t)
}

// Drop takes a thing out of the index.
func Drop(b *db.Batch, shopID id.ID, thing id.ID) {
	if b.Dialect() == db.Postgres {
		pgDrop(b, shopID, thing)
		return
	}
	liteDrop(b, thing)
}

// Find lists the things of a kind that have all the words, newest first, older than before (zero: from the newest), at
// most limit. Without words there is nothing to find.
func Find(tx *db.Tx, shopID id.ID, kind Kind, words []string, before id.ID, limit int) ([]id.ID, error) {
	if len(words) == 0 {
		return nil, nil
	}
	if before == 0 {
		before = 1<<63 - 1
	}
	terms := keys(shopID, kind, words)
	if tx.Dialect() == db.Postgres {
		return pgFind(tx, shopID, kind, terms, before, limit)
	}
	return liteFind(tx, terms, before, limit)
}

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// keys turns words of a shop and kind into terms: 50 bits of a hash each, as ten letters. Two words of one shop and kind
// meet in one term once in a thousand million words; who shows text compares it.
func keys(shopID id.ID, kind Kind, words []string) []string {
	out := make([]string, len(words))
	head := strconv.FormatInt(int64(shopID), 36) + " " + string(kind) + " "
	for i, w := range words {
		sum := sha256.Sum256([]byte(head + w))
		out[i] = letters.EncodeToString(sum[:7])[:10]
	}
	return out
}
