package policy

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// publish plans that a proposal comes into force: by another person than those who wrote it, and only what was proposed,
// as it was proposed, if it still is as good as it was then.
func (r room) publish(d Draft, files Files, version int64, who Person, person bool) (v Published, err error) {
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
	hash := files.hash()
	if hash != d.ContentHash {
		return v, errs.New(errs.Internal, "policy.version_broken", errs.Args{"pack": d.Pack, "version": d.VersionName})
	}
	return Published{ID: id.New(), ShopID: d.ShopID, Pack: p, Files: files, ContentHash: hash, Notes: d.Notes, DraftID: d.ID, ProposedBy: d.ProposedBy,
		By: who.Name, At: r.now}, nil
}

// issue writes the version, under the draft's version.
func issue(tx *db.Tx, r room, v Published, version int64, who Person) (Draft, error) {
	return takeStep(tx, v.ShopID, v.DraftID, who, func(tx *db.Tx, d *Draft, _ *db.Batch) (string, map[string]string, error) {
		if err := d.at(Proposed, version); err != nil {
			return "", nil, err
		}
		if v.Pack.From <= r.Calendar.DateOf(tx.Now) { // it turned midnight
			return "", nil, errs.New(errs.Conflict, "db.stale")
		}
		d.State = Issued
		return "published", map[string]string{"version": v.Pack.Version, "from": v.Pack.From.String(), "hash": v.Pack.Hash, "content_hash": v.ContentHash}, insertVersion(tx, v)
	})
}
