package auth

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// UserEvent is one thing that was done to a person's log-in. The database refuses to change or delete it.
type UserEvent struct {
	ID    id.ID           `json:"id"`
	At    clock.Instant   `json:"at"`
	Actor string          `json:"actor" doc:"the name of the person or token that did it"`
	Verb  string          `json:"verb" enum:"added,changed,roles_set,password_reset,password_changed"`
	Data  json.RawMessage `json:"data" doc:"the values that changed"`
}

// note appends an event. Passwords are no part of it.
func note(tx *db.Tx, user id.ID, actor, verb string, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	doc, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("history of a person: %w", err)
	}
	_, err = tx.Exec(`insert into staff_event (id, staff_id, at, actor, verb, data) values ($1, $2, $3, $4, $5, $6)`,
		id.New(), user, tx.Now, actor, verb, string(doc))
	return err
}

// History reads up to limit events of a person, newest first, with ids below before (0 for the first page).
func History(tx *db.Tx, user, before id.ID, limit int) ([]UserEvent, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.Collect(tx, func(r *db.Rows) (e UserEvent, err error) {
		var data string
		err = r.Scan(&e.ID, &e.At, &e.Actor, &e.Verb, &data)
		e.Data = json.RawMessage(data)
		return e, err
	}, `select id, at, actor, verb, data from staff_event where staff_id = $1 and id < $2 order by id desc limit $3`, user, before, limit)
}
