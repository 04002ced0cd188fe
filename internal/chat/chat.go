// Package chat is the conversation of a case: what the customer wrote or said, what we answered, and what the system
// told her by itself. Messages are append-only; the database refuses to delete one or to move it. A privacy command may
// empty text and author later.
//
// A message is no command: it changes neither the case nor its version, so that who answers a customer never collides
// with the warehouse.
//
// Errors: chat.empty.
package chat

import (
	"slices"
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/search"
)

// Sender is who speaks.
type Sender string

const (
	Customer Sender = "customer"
	Staff    Sender = "staff"
	System   Sender = "system" // sent by the program itself
)

// Message is one utterance.
type Message struct {
	ID      id.ID         `json:"id"`
	ShopID  id.ID         `json:"-"`
	CaseID  id.ID         `json:"-"`
	At      clock.Instant `json:"at"`
	From    Sender        `json:"from" enum:"customer,staff,system"`
	Author  string        `json:"author" doc:"name of the one who spoke, as seen"`
	Text    string        `json:"text"`
	Channel string        `json:"channel"`
}

// Check refuses a message that says nothing.
func (m Message) Check() error {
	if strings.TrimSpace(m.Text) == "" {
		return errs.New(errs.Invalid, "chat.empty")
	}
	return nil
}

// Insert adds a message and makes it findable.
func Insert(b *db.Batch, m Message) {
	b.Exec(`insert into message (id, shop_id, case_id, at, sender, author, channel, text) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		m.ID, m.ShopID, m.CaseID, m.At, m.From, m.Author, m.Channel, m.Text)
	var t search.Terms
	t.Text(m.Text)
	search.Put(b, m.ShopID, search.Messages, m.ID, &t)
}

const columns = `id, shop_id, case_id, at, sender, author, channel, text`

func scan(r *db.Rows) (m Message, err error) {
	return m, r.Scan(&m.ID, &m.ShopID, &m.CaseID, &m.At, &m.From, &m.Author, &m.Channel, &m.Text)
}

// OfCase lists a case's messages, oldest first, after the given one (zero: from the start), at most limit.
func OfCase(tx *db.Tx, shopID, caseID, after id.ID, limit int) ([]Message, error) {
	return db.Collect(tx, scan, `select `+columns+` from message where case_id = $1 and shop_id = $2 and id > $3 order by id limit $4`, caseID, shopID, after, limit)
}

// Last lists a case's newest messages, oldest of them first, at most limit.
func Last(tx *db.Tx, shopID, caseID id.ID, limit int) ([]Message, error) {
	ms, err := db.Collect(tx, scan, `select `+columns+` from message where case_id = $1 and shop_id = $2 order by id desc limit $3`, caseID, shopID, limit)
	slices.Reverse(ms)
	return ms, err
}

// ByID reads messages of a shop by their ids, fewer than 500.
func ByID(tx *db.Tx, shopID id.ID, ids []id.ID) ([]Message, error) {
	return db.Collect(tx, scan, `select `+columns+` from message where +shop_id = $1 and id in `+db.In(2, len(ids)), db.Args(ids, shopID)...)
}

var _ = errs.Register(map[string]errs.Text{
	"chat.empty": {ZhCN: "消息没有内容。", En: "The message says nothing."},
})
