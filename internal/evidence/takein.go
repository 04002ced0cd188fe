package evidence

import (
	"bytes"
	"context"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
)

// takeIn looks at a whole file and puts its original and what is shown of it. Nothing is written of it yet.
func (k *Desk) takeIn(ctx context.Context, u Upload, whole File, size int64) (Evidence, error) {
	seen, err := k.look(ctx, whole, size)
	if err != nil {
		return Evidence{}, err
	}
	e := Evidence{ID: u.ID, ShopID: u.shop, CaseID: u.place.CaseID, LineID: u.place.LineID, ParcelID: u.place.ParcelID, Waybill: u.place.Waybill,
		Kind: seen.kind, Name: u.name, MediaType: seen.mediaType, Width: seen.width, Height: seen.height, millis: seen.millis, Codec: seen.codec,
		Bytes: size, viewType: seen.viewType, Sensitive: u.sensitive, By: u.by}
	original, _, err := k.Blobs.Put(ctx, e.folder(), whole)
	if err != nil {
		return e, err
	}
	e.SHA256 = original.String()
	if e.view, _, err = k.Blobs.Put(ctx, e.folder(), seen.view); err != nil {
		return e, err
	}
	if seen.thumb != nil {
		small, _, err := k.Blobs.Put(ctx, e.folder(), bytes.NewReader(seen.thumb))
		if err != nil {
			return e, err
		}
		e.thumb = &small
	}
	return e, nil
}

// record makes the upload evidence: one row, a version of the case, and its timeline.
func (k *Desk) record(tx *db.Tx, u Upload, last Piece, e Evidence) error {
	e.At = tx.Now
	err := tx.Batch(func(b *db.Batch) {
		advance(b, tx.Now, u, last.Start, last.Size, &e.At)
		insert(b, e)
		dropParts(b, u.shop, u.ID)
		k.event(b, tx, e, e.By, "added", map[string]any{"kind": e.Kind, "sha256": e.SHA256, "bytes": e.Bytes, "waybill": e.Waybill, "sensitive": e.Sensitive})
	})
	if err != nil {
		return err
	}
	if last.Start > 0 { // its pieces lie beside it
		if _, err := k.Jobs.Enqueue(tx, sweepJob, sweepArgs{u.shop, u.ID}, job.Unique("pieces "+u.ID.String())); err != nil {
			return err
		}
	}
	return k.Changed(tx, e.ShopID, e.CaseID)
}

func (k *Desk) event(b *db.Batch, tx *db.Tx, e Evidence, actor, verb string, data any) {
	if err := audit.Write(b, tx.Now, audit.Event{ShopID: e.ShopID, CaseID: e.CaseID, Subject: audit.Evidence, SubjectID: e.ID, Actor: actor, Verb: verb}, data); err != nil {
		b.Fail(err)
	}
}

// Mark says that evidence shows somebody's health, or that it does not.
func (k *Desk) Mark(ctx context.Context, who string, shop, evidence id.ID, sensitive bool) (e Evidence, err error) {
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		if e, err = get(tx, shop, evidence); err != nil {
			return err
		}
		changed, err := mark(tx, shop, evidence, sensitive)
		if err != nil || !changed {
			return err
		}
		e.Sensitive = sensitive
		if err := tx.Batch(func(b *db.Batch) { k.event(b, tx, e, who, "marked", map[string]any{"sensitive": sensitive}) }); err != nil {
			return err
		}
		return k.Changed(tx, shop, e.CaseID)
	})
	return e, err
}

const sweepJob job.Kind = "sweep_upload"

type sweepArgs struct {
	Shop   id.ID `json:"shop"`
	Upload id.ID `json:"upload"`
}

// sweep takes away what an upload left behind: all of it when it expired, the pieces when it became evidence.
func (k *Desk) sweep(ctx context.Context, j job.Job) error {
	var a sweepArgs
	if err := j.Decode(&a); err != nil {
		return err
	}
	keep, over, err := k.rest(ctx, a)
	if err != nil || !over {
		return err
	}
	_, err = k.Blobs.Sweep(ctx, blob.Folder{Shop: a.Shop, Owner: a.Upload}, keep...)
	return err
}

// rest is what of an upload is to be kept, and whether nobody can be at work on it any more.
func (k *Desk) rest(ctx context.Context, a sweepArgs) (keep []blob.Hash, over bool, err error) {
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		keep, over = nil, false
		if err := dropExpired(tx, a.Shop, a.Upload); err != nil {
			return err
		}
		e, err := get(tx, a.Shop, a.Upload)
		if errs.CodeOf(err) == errs.NotFound { // it did not become evidence, and cannot any more if it is gone itself
			_, err := getUpload(tx, a.Shop, a.Upload)
			if over = errs.CodeOf(err) == errs.NotFound; over {
				return nil
			}
			return err
		}
		if err != nil {
			return err
		}
		original, err := blob.ParseHash(e.SHA256)
		keep, over = append(keep, original, e.view), true
		if e.thumb != nil {
			keep = append(keep, *e.thumb)
		}
		return err
	})
	return keep, over, err
}
