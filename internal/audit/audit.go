// Package audit is the timeline: who did what to which thing, when. Events are written in the transaction that does
// the deed and are never changed or deleted (the database refuses it).
//
// An event holds no free text of a customer and no secret: what was written by hand lives in notes, which a privacy
// command can erase without touching history.
package audit

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Subject says what kind of thing an event is about.
type Subject string

const (
	Shop       Subject = "shop"
	Order      Subject = "order"
	Case       Subject = "case"
	Line       Subject = "line"
	Movement   Subject = "movement"
	Settlement Subject = "settlement"
	Import     Subject = "import"
	Enquiry    Subject = "enquiry" // 查件, with a carrier
	Claim      Subject = "claim"   // on a carrier
	Evidence   Subject = "evidence"
	Stray      Subject = "stray"
	Supplier   Subject = "supplier" // a return to one
	Policy     Subject = "policy"   // a draft, and the version it becomes
)

// Event is one line of the timeline.
type Event struct {
	ID        id.ID           `json:"id"`
	ShopID    id.ID           `json:"-"`
	CaseID    id.ID           `json:"case_id,omitzero"` // zero when the event belongs to no case
	Subject   Subject         `json:"subject"`
	SubjectID id.ID           `json:"subject_id"`
	At        clock.Instant   `json:"at"`
	Actor     string          `json:"actor"` // the name of a token or user, or "system"
	Verb      string          `json:"verb"`  // past tense: applied, approved, received …
	Data      json.RawMessage `json:"data"`  // the values that changed; an object
}

// System is the actor of what timers and jobs do.
const System = "system"

// Write appends one event at the transaction's time. Data is marshalled to a JSON object; nil is {}, and what marshals to
// anything else is refused.
func Write(b *db.Batch, now clock.Instant, e Event, data any) error {
	doc, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("timeline %s %s: %w", e.Subject, e.Verb, err)
	}
	switch {
	case string(doc) == "null": // nil, or a nil map or pointer
		doc = []byte("{}")
	case doc[0] != '{':
		return fmt.Errorf("timeline %s %s: %s is not an object", e.Subject, e.Verb, doc)
	}
	b.Exec(`insert into timeline (id, shop_id, case_id, subject, subject_id, at, actor, verb, data) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		id.New(), e.ShopID, e.CaseID.OrNull(), e.Subject, e.SubjectID, now, e.Actor, e.Verb, string(doc))
	return nil
}

// OfCase lists a case's events in the order they happened, after the given event, at most limit.
func OfCase(tx *db.Tx, shopID, caseID, after id.ID, limit int) ([]Event, error) {
	return db.Collect(tx, func(r *db.Rows) (Event, error) {
		e := Event{ShopID: shopID, CaseID: caseID}
		var data string
		err := r.Scan(&e.ID, &e.Subject, &e.SubjectID, &e.At, &e.Actor, &e.Verb, &data)
		e.Data = json.RawMessage(data)
		return e, err
	}, `select id, subject, subject_id, at, actor, verb, data from timeline where case_id = $1 and shop_id = $2 and id > $3 order by id limit $4`,
		caseID, shopID, after, limit)
}
