package studio

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/rule"
)

// publish plans that a proposal comes into force: by another person than those who wrote it, and only what was proposed,
// as it was proposed, if it still is as good as it was then.
// proof is the newest one of exactly these files.
func (r room) publish(d Draft, files policy.Files, proof *Run, version int64, who Person, person bool) (v policy.Published, err error) {
	if !person {
		return v, errs.New(errs.Forbidden, "auth.people_only")
	}
	if err := d.at(Proposed, version); err != nil {
		return v, err
	}
	if d.edited(who) {
		return v, errs.New(errs.Forbidden, "policy.second_person")
	}
	var bad errs.Faults
	r.free(d.Pack, d.VersionName, *d.EffectiveFrom, &bad)
	p, err := r.ready(d, files, &bad)
	if err != nil {
		return v, err
	}
	if err := bad.Err(); err != nil {
		return v, err
	}
	hash := files.Hash()
	if hash != d.ContentHash {
		return v, errs.New(errs.Internal, "policy.version_broken", errs.Args{"pack": d.Pack, "version": d.VersionName})
	}
	if err := r.proven(p, proof); err != nil {
		return v, err
	}
	return policy.Published{ID: id.New(), ShopID: d.ShopID, Pack: p, Files: files, ContentHash: hash, Notes: d.Notes, DraftID: d.ID, ProposedBy: d.ProposedBy,
		By: who.Name, At: r.now}, nil
}

// issue writes the version, under the draft's version.
func issue(tx *db.Tx, r room, v policy.Published, version int64, who Person) (Draft, error) {
	return takeStep(tx, v.ShopID, v.DraftID, who, func(tx *db.Tx, d *Draft, _ *db.Batch) (string, map[string]string, error) {
		if err := d.at(Proposed, version); err != nil {
			return "", nil, err
		}
		if v.Pack.From <= r.Calendar.DateOf(tx.Now) { // it turned midnight
			return "", nil, errs.New(errs.Conflict, "db.stale")
		}
		d.State = Issued
		return "published", map[string]string{"version": v.Pack.Version, "from": v.Pack.From.String(), "hash": v.Pack.Hash, "content_hash": v.ContentHash}, policy.InsertVersion(tx, v)
	})
}

// proven says whether a proof stands: it is done, found nothing but what the pack lists, and was made beside the very packs
// that stand beneath now.
func (r room) proven(p *rule.Pack, proof *Run) error {
	switch {
	case proof == nil:
		return errs.New(errs.Conflict, "policy.not_proven")
	case proof.live():
		return errs.New(errs.Conflict, "policy.proof_running")
	}
	var doc struct {
		Found  int            `json:"found"`
		Beside []rule.PackRef `json:"beside"`
	}
	if err := json.Unmarshal(proof.Result, &doc); err != nil {
		return fmt.Errorf("proof %s: %w", proof.ID, err)
	}
	if doc.Found > 0 {
		return errs.New(errs.Conflict, "policy.refuted", errs.Args{"n": doc.Found})
	}
	for _, b := range r.beneath(p) {
		if !slices.Contains(doc.Beside, b.Ref()) {
			return errs.New(errs.Conflict, "policy.not_proven")
		}
	}
	return nil
}
