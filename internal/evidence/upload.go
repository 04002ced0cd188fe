package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
)

const (
	maxImage = 25 << 20  // bytes
	maxFilm  = 100 << 20 // bytes
	// Chunk is how long the pieces of an upload are best: a slow phone does not lose much of one.
	Chunk    = 2 << 20
	minChunk = 256 << 10 // of all but the last, so that an upload has at most 400 pieces
	maxChunk = 8 << 20
	// uploadLife is how long an upload may be resumed; sweepAfter later nobody can be at work on it any more.
	uploadLife = 24 * time.Hour
	sweepAfter = time.Hour
	maxOpen    = 500 // uploads a shop may have open
	maxOfCase  = 300 // photos and films a case may have, so that they can be listed as one
	maxName    = 120 // characters
)

// Upload is a file that is being sent.
type Upload struct {
	ID       id.ID     `json:"id"`
	Offset   int64     `json:"offset" doc:"bytes that have come: where the next piece begins"`
	Chunk    int64     `json:"chunk" doc:"how long pieces are best, in bytes; all but the last have at least 256 KiB, none more than 8 MiB"`
	Evidence *Evidence `json:"evidence,omitempty" doc:"what it became; absent while pieces are missing"`

	shop        id.ID
	place       Place
	name, by    string
	size        int64
	sensitive   bool
	at, expires clock.Instant
	done        *clock.Instant
}

// Start is the announcement of a file.
type Start struct {
	Place
	Name      string `json:"name" minLength:"1" maxLength:"255" doc:"of the file; shown, never believed"`
	Size      int64  `json:"size" minimum:"1" doc:"bytes; photos up to 25 MiB, films up to 100 MiB and 60 s"`
	MediaType string `json:"media_type,omitempty" maxLength:"100" doc:"what the sender takes it for; a hint that lets a photo which is too large be refused at once"`
	Sensitive bool   `json:"sensitive,omitempty" doc:"shows somebody's health (S3-05): visible to few"`
}

// Plan checks an announcement.
func (s Start) plan(shop id.ID, by string) (Upload, error) {
	var faults errs.Faults
	if s.Size > maxFilm {
		faults.Add("/size", "evidence.film_large", mib(maxFilm))
	} else if s.Size > maxImage && strings.HasPrefix(s.MediaType, "image/") {
		faults.Add("/size", "evidence.image_large", mib(maxImage))
	}
	u := Upload{ID: id.New(), Chunk: Chunk, shop: shop, place: s.Place, name: cleanName(s.Name), by: by, size: s.Size, sensitive: s.Sensitive}
	u.place.Waybill = strings.TrimSpace(cleanName(s.Waybill))
	return u, faults.Err()
}

func mib(bytes int64) errs.Args { return errs.Args{"mib": bytes >> 20} }

// cleanName keeps what can be shown of a file's name: no folders, no control characters, nothing that turns the
// direction of what is written around it.
func cleanName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > maxName {
		s = string(r[:maxName-1]) + "…"
	}
	return s
}

// Begin announces a photo or film of a case on behalf of somebody. Errors: Invalid evidence.film_large, evidence.image_large;
// those of Locate; RateLimited evidence.too_many_open; Conflict evidence.case_full.
func (k *Desk) Begin(ctx context.Context, shop id.ID, by string, s Start) (u Upload, err error) {
	if u, err = s.plan(shop, by); err != nil {
		return u, err
	}
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		u, err = k.begin(tx, u)
		return err
	})
	return u, err
}

// begin writes a planned upload, and the job that takes away what is left of it.
func (k *Desk) begin(tx *db.Tx, u Upload) (_ Upload, err error) {
	if u.place, err = k.Locate(tx, u.shop, u.place); err != nil {
		return u, err
	}
	switch n, err := openUploads(tx, u.shop, maxOpen); {
	case err != nil:
		return u, err
	case n >= maxOpen:
		return u, errs.New(errs.RateLimited, "evidence.too_many_open", errs.Args{"count": maxOpen, "seconds": 600})
	}
	switch n, err := countOf(tx, u.shop, u.place.CaseID, maxOfCase); {
	case err != nil:
		return u, err
	case n >= maxOfCase:
		return u, errs.New(errs.Conflict, "evidence.case_full", errs.Args{"count": maxOfCase})
	}
	u.at, u.expires = tx.Now, tx.Now.Add(uploadLife)
	if err := insertUpload(tx, u); err != nil {
		return u, err
	}
	_, err = k.Jobs.Enqueue(tx, sweepJob, sweepArgs{u.shop, u.ID}, job.RunAt(u.expires.Add(sweepAfter)), job.Unique(u.ID.String()))
	return u, err
}

// Status says how far an upload has come.
func (k *Desk) Status(ctx context.Context, shop, upload id.ID) (u Upload, err error) {
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		if u, err = getUpload(tx, shop, upload); err != nil || u.done == nil {
			return err
		}
		e, err := get(tx, shop, upload)
		u.Evidence = &e
		return err
	})
	u.Chunk = Chunk
	return u, err
}

// Piece is a part of an upload as it comes.
type Piece struct {
	Start, Size int64
	Data        File
}

// File is what is looked at: a file of this machine, or something like it.
type File interface {
	io.ReadSeeker
	io.ReaderAt
}

// Continue takes the piece that begins at an offset; the last one makes the evidence. A piece that came already is
// taken as such.
//
// Errors: NotFound evidence.upload_gone; Conflict evidence.offset; Invalid with what is wrong with the content.
func (k *Desk) Continue(ctx context.Context, shop, upload id.ID, p Piece) (Upload, error) {
	u, err := k.Status(ctx, shop, upload)
	if err != nil {
		return u, err
	}
	switch {
	case p.Start+p.Size > u.size:
		return u, errs.New(errs.Invalid, "evidence.past_end", errs.Args{"size": u.size})
	case u.done != nil:
		return u, nil
	case p.Start != u.Offset:
		return u, k.known(ctx, u, p)
	case p.Size < minChunk && p.Start+p.Size < u.size:
		return u, errs.New(errs.Invalid, "evidence.chunk_small", errs.Args{"kib": minChunk >> 10})
	}
	err = k.take(ctx, u, p)
	switch {
	case err == nil || errs.As(err).Key == "db.stale": // stale: the same piece came twice at once, or the upload is over
		return k.Status(ctx, shop, upload)
	case errs.CodeOf(err) == errs.Invalid: // no further piece makes it what we take
		return u, errors.Join(err, k.giveUp(ctx, u))
	}
	return u, err
}

func (k *Desk) take(ctx context.Context, u Upload, p Piece) error {
	if p.Start == 0 {
		if _, err := sniff(p.Data, p.Size, u.size); err != nil {
			return err
		}
	}
	if p.Start+p.Size == u.size {
		return k.finish(ctx, u, p)
	}
	return k.keep(ctx, u, p)
}

// giveUp ends an upload whose content was refused; what came of it is swept when nobody can be at work on it any more.
func (k *Desk) giveUp(ctx context.Context, u Upload) error {
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		if err := expire(tx, u.shop, u.ID); err != nil {
			return err
		}
		_, err := k.Jobs.Enqueue(tx, sweepJob, sweepArgs{u.shop, u.ID}, job.RunAt(tx.Now.Add(sweepAfter)), job.Unique("refused "+u.ID.String()))
		return err
	})
}

// known is nil for a piece that came before as it comes now.
func (k *Desk) known(ctx context.Context, u Upload, p Piece) error {
	hash, _, err := blob.Sum(p.Data)
	if err != nil {
		return err
	}
	var have []part
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		have, err = parts(tx, u.shop, u.ID)
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range have {
		if h == (part{p.Start, p.Size, hash}) {
			return nil
		}
	}
	return errs.New(errs.Conflict, "evidence.offset", errs.Args{"offset": u.Offset})
}

// keep keeps a piece until the last one comes.
func (k *Desk) keep(ctx context.Context, u Upload, p Piece) error {
	hash, _, err := k.Blobs.Put(ctx, u.folder(), p.Data)
	if err != nil {
		return err
	}
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) { addPart(b, tx.Now, u, part{p.Start, p.Size, hash}) })
	})
}

func (u Upload) folder() blob.Folder { return blob.Folder{Shop: u.shop, Owner: u.ID} }

// finish puts the pieces together, looks at what they are, and writes it down once all of it is durable.
func (k *Desk) finish(ctx context.Context, u Upload, last Piece) (err error) {
	whole, size := last.Data, last.Size
	if last.Start > 0 {
		temp, err := k.assemble(ctx, u, last)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, temp.Close(), os.Remove(temp.Name())) }()
		whole, size = temp, u.size
	}
	e, err := k.takeIn(ctx, u, whole, size)
	if err != nil {
		return err
	}
	return k.DB.Write(ctx, func(tx *db.Tx) error { return k.record(tx, u, last, e) })
}

// assemble copies the pieces into one temporary file.
func (k *Desk) assemble(ctx context.Context, u Upload, last Piece) (f *os.File, err error) {
	var have []part
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		have, err = parts(tx, u.shop, u.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if f, err = os.CreateTemp(k.TempDir, "sanbao-evidence-*"); err != nil {
		return nil, errs.Wrap(err, errs.Unavailable, "blob.no_room")
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	for _, p := range have {
		if err := k.copyPart(ctx, f, u, p); err != nil {
			return nil, err
		}
	}
	if _, err := last.Data.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return f, appendTo(f, last.Data, last.Start, last.Size)
}

func (k *Desk) copyPart(ctx context.Context, f *os.File, u Upload, p part) (err error) {
	r, err := k.Blobs.Open(ctx, u.folder(), p.hash)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return appendTo(f, r, p.start, p.size)
}

// appendTo copies a piece to where it belongs, which is the end.
func appendTo(f *os.File, r io.Reader, start, size int64) error {
	if at, err := f.Seek(0, io.SeekCurrent); err != nil || at != start {
		return fmt.Errorf("a piece begins at %d, not at %d: %w", at, start, err)
	}
	n, err := io.Copy(f, r)
	if disk := (*os.PathError)(nil); errors.As(err, &disk) && disk.Path == f.Name() {
		return errs.Wrap(err, errs.Unavailable, "blob.no_room")
	}
	if err == nil && n != size {
		err = fmt.Errorf("a piece has %d bytes, not %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	return err
}
