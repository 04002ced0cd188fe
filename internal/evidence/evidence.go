package evidence

import (
	"context"

	"golang.org/x/sync/semaphore"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/blob"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
)

// Kind is what a piece of evidence is to look at.
type Kind string

const (
	Image Kind = "image"
	Film  Kind = "film"
)

// Evidence is one photo or film of a case.
type Evidence struct {
	ID        id.ID         `json:"id"`
	ShopID    id.ID         `json:"-"`
	CaseID    id.ID         `json:"case_id"`
	Kind      Kind          `json:"kind" enum:"image,film"`
	Name      string        `json:"name" doc:"as the sender called it; empty where the caller may not see it"`
	MediaType string        `json:"media_type" doc:"of the original, found in its content"`
	Width     int64         `json:"width" doc:"as people see it, in pixels"`
	Height    int64         `json:"height"`
	Seconds   int64         `json:"seconds,omitempty" doc:"length of a film, rounded up"`
	Codec     string        `json:"codec,omitempty" doc:"of a film: picture+sound, e.g. avc1+mp4a; browsers play avc1"`
	Bytes     int64         `json:"bytes" doc:"of the original"`
	SHA256    string        `json:"sha256" doc:"of the original, as it came"`
	At        clock.Instant `json:"at"`
	By        string        `json:"by"`
	LineID    id.ID         `json:"line_id,omitzero"`
	ParcelID  id.ID         `json:"parcel_id,omitzero"`
	Waybill   string        `json:"waybill,omitempty"`
	Sensitive bool          `json:"sensitive" doc:"shows somebody's health; its pictures need the scope evidence:original"`

	millis   int64
	viewType string
	view     blob.Hash
	thumb    *blob.Hash // nil for a film
}

func (e Evidence) folder() blob.Folder { return blob.Folder{Shop: e.ShopID, Owner: e.ID} }

// Place is where evidence belongs. Line and parcel may be absent.
type Place struct {
	CaseID   id.ID  `json:"case_id"`
	LineID   id.ID  `json:"line_id,omitzero"`
	ParcelID id.ID  `json:"parcel_id,omitzero"`
	Waybill  string `json:"waybill,omitempty" maxLength:"40" doc:"of the parcel it shows; the parcel's own without it"`
}

// Desk takes evidence in and shows it.
type Desk struct {
	DB    *db.DB
	Blobs *blob.Store
	Jobs  *job.Engine

	// Locate says whether a place exists in the shop, and completes it.
	Locate func(tx *db.Tx, shop id.ID, p Place) (Place, error)
	// Changed is told in the transaction that a case has new evidence.
	Changed func(tx *db.Tx, shop, matter id.ID) error

	TempDir string // for files while they are looked at; "" is the system's

	memory *semaphore.Weighted
}

// Bounds, in bytes, of what all photos and films that are being looked at hold together, and of what a film can make
// of a table of maxMoov bytes.
const (
	memoryForImages = 768 << 20
	memoryForFilm   = 8 * maxMoov
)

func newMemory() *semaphore.Weighted { return semaphore.NewWeighted(memoryForImages) }

// New makes a desk and registers its job.
func New(d *db.DB, blobs *blob.Store, jobs *job.Engine) *Desk {
	k := &Desk{DB: d, Blobs: blobs, Jobs: jobs, memory: newMemory()}
	jobs.Register(sweepJob, k.sweep)
	return k
}

// Of lists the evidence of a case, oldest first.
func (k *Desk) Of(ctx context.Context, shop, matter id.ID) (out []Evidence, err error) {
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.Locate(tx, shop, Place{CaseID: matter}); err != nil {
			return err
		}
		out, err = ofCase(tx, shop, matter)
		return err
	})
	return out, err
}

// Get reads one piece of evidence of a shop.
func (k *Desk) Get(ctx context.Context, shop, evidence id.ID) (e Evidence, err error) {
	err = k.DB.Read(ctx, func(tx *db.Tx) error {
		e, err = get(tx, shop, evidence)
		return err
	})
	return e, err
}
