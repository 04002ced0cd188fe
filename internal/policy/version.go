package policy

import (
	"encoding/json"
	"fmt"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Published is a version a shop has published: its files, and who answers for them. It is never changed.
type Published struct {
	ID          id.ID
	ShopID      id.ID
	Seq         int64 // the shop's own count, from 1
	Pack        *rule.Pack
	Files       Files
	ContentHash string // of every file, wording and cases too
	Notes       string
	DraftID     id.ID
	ProposedBy  string
	By          string
	At          clock.Instant
}

// InsertVersion adds a version as the shop's next. One of the same name or first day that another person published a
// moment ago is a conflict.
func InsertVersion(tx *db.Tx, v Published) error {
	files, err := json.Marshal(v.Files)
	if err != nil {
		return fmt.Errorf("files of %s %s: %w", v.Pack.ID, v.Pack.Version, err)
	}
	last, err := lastSeq(tx, v.ShopID)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`insert into policy_version (id, shop_id, seq, pack, version, effective_from, hash, content_hash, files, notes, draft_id,
			proposed_by, published_by, published_at) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)
		on conflict do nothing`,
		v.ID, v.ShopID, last+1, v.Pack.ID, v.Pack.Version, v.Pack.From, v.Pack.Hash, v.ContentHash, string(files), v.Notes, v.DraftID,
		v.ProposedBy, v.By, v.At)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "policy.published_meanwhile", errs.Args{"pack": v.Pack.ID})
	}
	return err
}

// published lists what a shop has published, in the order of the first days. Packs are left to be compiled.
func published(tx *db.Tx, shopID id.ID) ([]Published, []rule.PackRef, error) {
	var refs []rule.PackRef
	out, err := db.Collect(tx, func(r *db.Rows) (Published, error) {
		v := Published{ShopID: shopID}
		var ref rule.PackRef
		var files string
		err := r.Scan(&v.ID, &v.Seq, &ref.Pack, &ref.Version, &ref.Hash, &v.ContentHash, &files, &v.Notes, &v.DraftID, &v.ProposedBy, &v.By, &v.At)
		if err == nil {
			err = json.Unmarshal([]byte(files), &v.Files)
		}
		refs = append(refs, ref)
		return v, err
	}, `select id, seq, pack, version, hash, content_hash, files, notes, draft_id, proposed_by, published_by, published_at
		from policy_version where shop_id = $1 order by effective_from, id`, shopID)
	return out, refs, err
}

// lastSeq is how many versions a shop has published.
func lastSeq(tx *db.Tx, shopID id.ID) (n int64, err error) {
	err = tx.QueryRow(`select cast(coalesce(max(seq), 0) as bigint) from policy_version where shop_id = $1`, shopID).Scan(&n)
	return n, err
}

// Compile loads files as the folder of a pack.
func (f Files) Compile(pack string, voc *rule.Vocabulary) (*rule.Pack, error) {
	return rule.Load(f.Folder(pack), pack, voc)
}

// load reads what a shop has published. A version that does not compile any more, or is not what was published, stops
// the shop's decisions rather than decide by something else: it is a fault of the program that reads it.
func (l *Library) load(tx *db.Tx, shopID id.ID) (*Library, int64, error) {
	own, refs, err := published(tx, shopID)
	if err != nil {
		return nil, 0, err
	}
	var last int64
	for i := range own {
		v, ref := &own[i], refs[i]
		if v.Pack, err = v.Files.Compile(ref.Pack, l.voc); err != nil {
			return nil, 0, errs.Wrap(err, errs.Internal, "policy.version_broken", errs.Args{"pack": ref.Pack, "version": ref.Version})
		}
		if v.Pack.Hash != ref.Hash || v.Pack.Version != ref.Version {
			return nil, 0, errs.New(errs.Internal, "policy.version_broken", errs.Args{"pack": ref.Pack, "version": ref.Version})
		}
		last = max(last, v.Seq)
	}
	return l.with(own), last, nil
}
