package evidence

import (
	"errors"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

const columns = `id, shop_id, case_id, case_line_id, movement_id, waybill, kind, name, media_type, width, height, millis, codec,
	bytes, sha256, view_type, view_sha256, thumb_sha256, sensitive, by, at`

func scan(r interface{ Scan(...any) error }) (e Evidence, err error) {
	var line, parcel *id.ID
	var view, thumb string
	err = r.Scan(&e.ID, &e.ShopID, &e.CaseID, &line, &parcel, &e.Waybill, &e.Kind, &e.Name, &e.MediaType, &e.Width, &e.Height, &e.millis,
		&e.Codec, &e.Bytes, &e.SHA256, &e.viewType, &view, &thumb, &e.Sensitive, &e.By, &e.At)
	if err != nil {
		return e, err
	}
	e.LineID, e.ParcelID, e.Seconds = orZero(line), orZero(parcel), (e.millis+999)/1000
	if e.view, err = blob.ParseHash(view); err == nil && thumb != "" {
		e.thumb = new(blob.Hash)
		*e.thumb, err = blob.ParseHash(thumb)
	}
	return e, err
}

func orZero(v *id.ID) id.ID {
	if v == nil {
		return 0
	}
	return *v
}

func get(tx *db.Tx, shop, evidence id.ID) (Evidence, error) {
	e, err := scan(tx.QueryRow(`select `+columns+` from evidence where id = $1 and shop_id = $2`, evidence, shop))
	if errors.Is(err, db.ErrNoRows) {
		err = errs.New(errs.NotFound, "evidence.not_found")
	}
	return e, err
}

func ofCase(tx *db.Tx, shop, matter id.ID) ([]Evidence, error) {
	return db.Collect(tx, func(r *db.Rows) (Evidence, error) { return scan(r) },
		`select `+columns+` from evidence where case_id = $1 and shop_id = $2 order by id`, matter, shop)
}

// Elsewhere lists those of some ids that are evidence of the shop and of another case than this one.
func Elsewhere(tx *db.Tx, shop, matter id.ID, ids []id.ID) ([]id.ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{shop, matter}
	for _, i := range ids {
		args = append(args, i)
	}
	return db.Collect(tx, func(r *db.Rows) (i id.ID, err error) { return i, r.Scan(&i) },
		`select id from evidence where shop_id = $1 and case_id <> $2 and id in `+db.In(3, len(ids))+` order by id`, args...)
}

func insert(b *db.Batch, e Evidence) {
	thumb := ""
	if e.thumb != nil {
		thumb = e.thumb.String()
	}
	b.Exec(`insert into evidence (`+columns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21)`,
		e.ID, e.ShopID, e.CaseID, e.LineID.OrNull(), e.ParcelID.OrNull(), e.Waybill, e.Kind, e.Name, e.MediaType, e.Width, e.Height, e.millis,
		e.Codec, e.Bytes, e.SHA256, e.viewType, e.view.String(), thumb, e.Sensitive, e.By, e.At)
}

// mark sets or takes away the mark that evidence is sensitive, and says whether that changed anything.
func mark(tx *db.Tx, shop, evidence id.ID, sensitive bool) (bool, error) {
	n, err := tx.Exec(`update evidence set sensitive = $1 where id = $2 and shop_id = $3 and sensitive <> $4`, sensitive, evidence, shop, sensitive)
	return n > 0, err
}

const uploadColumns = `id, shop_id, case_id, case_line_id, movement_id, waybill, name, size, received, sensitive, by, at, expires_at, done_at`

func scanUpload(r interface{ Scan(...any) error }) (u Upload, err error) {
	var line, parcel *id.ID
	err = r.Scan(&u.ID, &u.shop, &u.place.CaseID, &line, &parcel, &u.place.Waybill, &u.name, &u.size, &u.Offset, &u.sensitive, &u.by, &u.at, &u.expires, &u.done)
	u.place.LineID, u.place.ParcelID = orZero(line), orZero(parcel)
	return u, err
}

func insertUpload(tx *db.Tx, u Upload) error {
	_, err := tx.Exec(`insert into upload (`+uploadColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`,
		u.ID, u.shop, u.place.CaseID, u.place.LineID.OrNull(), u.place.ParcelID.OrNull(), u.place.Waybill, u.name, u.size, u.Offset, u.sensitive,
		u.by, u.at, u.expires, u.done)
	return err
}

// getUpload reads an upload whose day is not over.
func getUpload(tx *db.Tx, shop, upload id.ID) (Upload, error) {
	u, err := scanUpload(tx.QueryRow(`select `+uploadColumns+` from upload where id = $1 and shop_id = $2`, upload, shop))
	if errors.Is(err, db.ErrNoRows) || err == nil && tx.Now >= u.expires {
		err = errs.New(errs.NotFound, "evidence.upload_gone")
	}
	return u, err
}

// openUploads counts a shop's uploads that are neither done nor over, up to a limit.
func openUploads(tx *db.Tx, shop id.ID, limit int) (n int, err error) {
	return n, tx.QueryRow(`select count(*) from (select id from upload where shop_id = $1 and done_at is null and expires_at > $2 limit $3) waiting`,
		shop, tx.Now, limit).Scan(&n)
}

// countOf counts the evidence of a case, up to a limit.
func countOf(tx *db.Tx, shop, matter id.ID, limit int) (n int, err error) {
	return n, tx.QueryRow(`select count(*) from (select id from evidence where case_id = $1 and shop_id = $2 limit $3) of_case`, matter, shop, limit).Scan(&n)
}

// part is a piece of an upload that has come.
type part struct {
	start, size int64
	hash        blob.Hash
}

func parts(tx *db.Tx, shop, upload id.ID) ([]part, error) {
	return db.Collect(tx, func(r *db.Rows) (p part, err error) {
		var hash string
		if err = r.Scan(&p.start, &p.size, &hash); err == nil {
			p.hash, err = blob.ParseHash(hash)
		}
		return p, err
	}, `select start, size, sha256 from upload_part where upload_id = $1 and shop_id = $2 order by start`, upload, shop)
}

// addPart notes a piece that goes on where the last one ended. Two that come at once are one too many: the second is
// stale.
func addPart(b *db.Batch, now clock.Instant, u Upload, p part) {
	advance(b, now, u, p.start, p.size, nil)
	b.Exec(`insert into upload_part (upload_id, start, shop_id, size, sha256) values ($1,$2,$3,$4,$5)`, u.ID, p.start, u.shop, p.size, p.hash.String())
}

// advance takes the upload where its reader saw it, and moves it on; with done it is over.
func advance(b *db.Batch, now clock.Instant, u Upload, from, by int64, done *clock.Instant) {
	b.ExecN(1, `update upload set received = received + $1, done_at = $2 where id = $3 and shop_id = $4 and received = $5 and done_at is null and expires_at > $6`,
		by, done, u.ID, u.shop, from, now)
}

// expire ends an upload before its time.
func expire(tx *db.Tx, shop, upload id.ID) error {
	_, err := tx.Exec(`update upload set expires_at = $1 where id = $2 and shop_id = $3 and done_at is null and expires_at > $4`, tx.Now, upload, shop, tx.Now)
	return err
}

// dropParts forgets the pieces of an upload.
func dropParts(b *db.Batch, shop, upload id.ID) {
	b.Exec(`delete from upload_part where upload_id = $1 and shop_id = $2`, upload, shop)
}

// dropExpired deletes an upload whose day is over. What it became stays.
func dropExpired(tx *db.Tx, shop, upload id.ID) error {
	_, err := tx.Exec(`delete from upload_part where shop_id = $1 and upload_id in (select id from upload where id = $2 and shop_id = $3 and expires_at <= $4)`,
		shop, upload, shop, tx.Now)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`delete from upload where id = $1 and shop_id = $2 and expires_at <= $3`, upload, shop, tx.Now)
	return err
}
