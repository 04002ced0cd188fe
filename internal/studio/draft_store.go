package studio

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
)

// DraftState is how far a draft has come.
type DraftState string

const (
	Drafting  DraftState = "draft"
	Proposed  DraftState = "proposed"
	Issued    DraftState = "published"
	Discarded DraftState = "discarded"
)

// Person is somebody who worked on a draft: a token or a person who was logged in.
type Person struct {
	ID   id.ID  `json:"id"`
	Name string `json:"name"`
}

// Draft is a version that is being written.
type Draft struct {
	ID            id.ID          `json:"id"`
	ShopID        id.ID          `json:"-"`
	Pack          string         `json:"pack"`
	BaseVersion   string         `json:"base_version" doc:"what it was begun from"`
	BaseHash      string         `json:"base_hash"`
	Title         string         `json:"title"`
	Notes         string         `json:"notes,omitempty"`
	State         DraftState     `json:"state" enum:"draft,proposed,published,discarded"`
	VersionName   string         `json:"version_name,omitempty" doc:"as it was proposed"`
	EffectiveFrom *calendar.Date `json:"effective_from,omitempty" doc:"likewise: first day in force"`
	ContentHash   string         `json:"content_hash,omitempty" doc:"SHA-256 of every file as it was proposed"`
	Reason        string         `json:"reason,omitempty" doc:"why it was returned"`
	Editors       []Person       `json:"editors" nullable:"false" doc:"everybody who edited or proposed it: none of them may publish it"`
	MadeBy        string         `json:"made_by"`
	MadeAt        clock.Instant  `json:"made_at"`
	ProposedBy    string         `json:"proposed_by,omitempty"`
	ProposedAt    *clock.Instant `json:"proposed_at,omitempty"`
	ChangedAt     clock.Instant  `json:"changed_at"`
	Version       int64          `json:"version"`
}

const draftColumns = `id, shop_id, pack, base_version, base_hash, title, notes, state, version_name, effective_from, content_hash, reason, editors,
	made_by, made_at, proposed_by, proposed_at, changed_at, version`

func scanDraft(r interface{ Scan(...any) error }) (Draft, error) {
	var d Draft
	var editors string
	if err := r.Scan(&d.ID, &d.ShopID, &d.Pack, &d.BaseVersion, &d.BaseHash, &d.Title, &d.Notes, &d.State, &d.VersionName, &d.EffectiveFrom,
		&d.ContentHash, &d.Reason, &editors, &d.MadeBy, &d.MadeAt, &d.ProposedBy, &d.ProposedAt, &d.ChangedAt, &d.Version); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(editors), &d.Editors); err != nil {
		return d, fmt.Errorf("draft %s: editors: %w", d.ID, err)
	}
	return d, nil
}

// getDraft reads a draft of a shop.
func getDraft(tx *db.Tx, shopID, draftID id.ID) (Draft, error) {
	d, err := scanDraft(tx.QueryRow(`select `+draftColumns+` from policy_draft where id = $1 and shop_id = $2`, draftID, shopID))
	if err == db.ErrNoRows {
		return d, errs.New(errs.NotFound, "policy.draft_not_found")
	}
	return d, err
}

// drafts lists a shop's drafts, newest first, before the given one (zero: from the newest), at most limit.
func drafts(tx *db.Tx, shopID, before id.ID, limit int) ([]Draft, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	return db.Collect(tx, func(r *db.Rows) (Draft, error) { return scanDraft(r) },
		`select `+draftColumns+` from policy_draft where shop_id = $1 and id < $2 order by id desc limit $3`, shopID, before, limit)
}

// draftFiles are the texts of a draft.
func draftFiles(tx *db.Tx, shopID, draftID id.ID) (policy.Files, error) {
	type file struct{ name, body string }
	all, err := db.Collect(tx, func(r *db.Rows) (f file, err error) { return f, r.Scan(&f.name, &f.body) },
		`select name, body from policy_draft_file where draft_id = $1 and shop_id = $2 order by name`, draftID, shopID)
	out := policy.Files{}
	for _, f := range all {
		out[f.name] = f.body
	}
	return out, err
}

// fileNames are the names of a draft's files.
func fileNames(tx *db.Tx, shopID, draftID id.ID) ([]string, error) {
	return db.Collect(tx, func(r *db.Rows) (name string, err error) { return name, r.Scan(&name) },
		`select name from policy_draft_file where draft_id = $1 and shop_id = $2 order by name`, draftID, shopID)
}

// openDrafts is how many drafts of a shop are neither published nor discarded.
func openDrafts(tx *db.Tx, shopID id.ID) (n int, err error) {
	err = tx.QueryRow(`select count(*) from policy_draft where shop_id = $1 and state in ('draft', 'proposed')`, shopID).Scan(&n)
	return n, err
}

// insertDraft adds a draft at version 1.
func insertDraft(tx *db.Tx, d Draft, files policy.Files) error {
	editors, err := json.Marshal(d.Editors)
	if err != nil {
		return fmt.Errorf("draft editors: %w", err)
	}
	return tx.Batch(func(b *db.Batch) {
		b.Exec(`insert into policy_draft (id, shop_id, pack, base_version, base_hash, title, notes, state, editors, made_by, made_at, changed_at, version)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,1)`,
			d.ID, d.ShopID, d.Pack, d.BaseVersion, d.BaseHash, d.Title, d.Notes, d.State, string(editors), d.MadeBy, d.MadeAt, d.ChangedAt)
		for name, text := range files {
			putFile(b, d, name, text)
		}
	})
}

// updateDraft writes what a draft is now, under its version. A draft that changed meanwhile is a conflict db.stale.
func updateDraft(b *db.Batch, d Draft) Draft {
	editors, err := json.Marshal(d.Editors)
	if err != nil {
		b.Fail(fmt.Errorf("draft editors: %w", err))
	}
	b.ExecN(1, `update policy_draft set title = $1, notes = $2, state = $3, version_name = $4, effective_from = $5, content_hash = $6, reason = $7, editors = $8,
			proposed_by = $9, proposed_at = $10, changed_at = $11, version = version + 1 where id = $12 and shop_id = $13 and version = $14`,
		d.Title, d.Notes, d.State, d.VersionName, d.EffectiveFrom, d.ContentHash, d.Reason, string(editors), d.ProposedBy, d.ProposedAt, d.ChangedAt,
		d.ID, d.ShopID, d.Version)
	d.Version++
	return d
}

func putFile(b *db.Batch, d Draft, name, text string) {
	b.Exec(`insert into policy_draft_file (shop_id, draft_id, name, body) values ($1,$2,$3,$4) on conflict (draft_id, name) do update set body = excluded.body`,
		d.ShopID, d.ID, name, text)
}

func deleteFile(b *db.Batch, d Draft, name string) {
	b.ExecN(1, `delete from policy_draft_file where draft_id = $1 and shop_id = $2 and name = $3`, d.ID, d.ShopID, name)
}
