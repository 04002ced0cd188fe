package movement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
)

// What was scanned is kept with its number, and a number that was sold is here once; what went home may come back.
func TestScannedSerials(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := put(t, g, parcel(g, "R9"))
		scan := func(no string, state movement.SerialState) movement.Serial {
			return movement.Serial{ID: id.New(), ShopID: g.Shop.ID, CaseID: g.Case.ID, LineID: g.Lines[0].ID, OrderLineID: g.Sold[0].ID, MovementID: m.ID, Serial: no,
				State: state, ScannedAt: m.AnnouncedAt, By: "阿岳", Version: 1}
		}
		of := func(shopID id.ID) []movement.Serial {
			return casetest.See(t, g, func(tx *db.Tx) ([]movement.Serial, error) { return movement.SerialsOf(tx, shopID, g.Sold[0].ID) })
		}
		right, other, unread, more := scan("A1", movement.SerialRight), scan("A1", movement.SerialQuarantined), scan("", movement.SerialReleased), scan("", movement.SerialReleased)
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			for _, s := range []movement.Serial{right, other, unread, more} {
				movement.InsertSerial(b, s)
			}
		})
		if d := cmp.Diff([]movement.Serial{right, other, unread, more}, of(g.Shop.ID)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if s := of(g.Stranger.ID); len(s) != 0 {
			t.Errorf("a stranger sees %+v", s)
		}
		second := scan("A1", movement.SerialRight)
		if err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { movement.InsertSerial(b, second) }); !db.IsUnique(err) {
			t.Errorf("here twice: %v", err)
		}
		var ended movement.Serial
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			ended = movement.EndSerial(b, tx.Now, right, movement.SerialSentBack, "老周")
			movement.InsertSerial(b, second)
		})
		if got := of(g.Shop.ID)[0]; got.State != movement.SerialSentBack || got.EndedBy != "老周" || *got.EndedAt != *ended.EndedAt || got.Version != 2 || got.Here() {
			t.Errorf("%+v", got)
		}
		casetest.WantKey(t, g.TryBatch(t, func(tx *db.Tx, b *db.Batch) {
			movement.EndSerial(b, tx.Now, right, movement.SerialReleased, "老周")
		}), errs.Conflict, "db.stale")
	})
}
