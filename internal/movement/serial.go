package movement

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// SerialState says what a scanned serial number meant, and what became of the unit.
type SerialState string

const (
	SerialRight       SerialState = "right"       // one of those that were sold
	SerialQuarantined SerialState = "quarantined" // 隔离待查: another one; kept apart until a person decides
	SerialReleased    SerialState = "released"    // kept apart, and a person found that it is ours
	SerialSentBack    SerialState = "sent_back"   // it went home
)

// Serial is one unit of a return whose serial number was scanned at inspection.
type Serial struct {
	ID          id.ID          `json:"-"`
	ShopID      id.ID          `json:"-"`
	CaseID      id.ID          `json:"case_id"`
	LineID      id.ID          `json:"line_id"`
	OrderLineID id.ID          `json:"-"`
	MovementID  id.ID          `json:"movement_id" doc:"the parcel it came in"`
	Serial      string         `json:"serial" doc:"empty where it could not be read"`
	State       SerialState    `json:"state" enum:"right,quarantined,released,sent_back"`
	ScannedAt   clock.Instant  `json:"scanned_at"`
	By          string         `json:"by"`
	EndedAt     *clock.Instant `json:"ended_at,omitempty"`
	EndedBy     string         `json:"ended_by,omitempty"`
	Version     int64          `json:"-"`
}

// Here says that the unit is one that was sold, and that we have it.
func (s Serial) Here() bool { return s.State == SerialRight || s.State == SerialReleased }

// InQuarantine is the holder of units that are kept apart in a warehouse.
func InQuarantine(code string) Holder { return Holder("quarantine:" + code) }

const serialColumns = `id, shop_id, case_id, case_line_id, order_line_id, movement_id, serial, state, scanned_at, by_name, ended_at, ended_by, version`

// SerialsOf lists what was scanned of the units of an order line, oldest first, in whatever case.
func SerialsOf(tx *db.Tx, shopID, orderLineID id.ID) ([]Serial, error) {
	return db.Collect(tx, func(r *db.Rows) (s Serial, err error) {
		return s, r.Scan(&s.ID, &s.ShopID, &s.CaseID, &s.LineID, &s.OrderLineID, &s.MovementID, &s.Serial, &s.State, &s.ScannedAt, &s.By, &s.EndedAt, &s.EndedBy, &s.Version)
	}, `select `+serialColumns+` from scanned_serial where order_line_id = $1 and shop_id = $2 order by id`, orderLineID, shopID)
}

// InsertSerial writes a scan at version 1. A number that was sold is here once: the second one at the same moment is a conflict.
func InsertSerial(b *db.Batch, s Serial) {
	b.Exec(`insert into scanned_serial (`+serialColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,1)`,
		s.ID, s.ShopID, s.CaseID, s.LineID, s.OrderLineID, s.MovementID, s.Serial, s.State, s.ScannedAt, s.By, s.EndedAt, s.EndedBy)
}

// EndSerial writes what became of a unit, under the scan's version.
func EndSerial(b *db.Batch, now clock.Instant, s Serial, to SerialState, by string) Serial {
	b.ExecN(1, `update scanned_serial set state = $1, ended_at = $2, ended_by = $3, version = version + 1 where id = $4 and shop_id = $5 and version = $6`,
		to, now, by, s.ID, s.ShopID, s.Version)
	s.State, s.EndedAt, s.EndedBy = to, &now, by
	s.Version++
	return s
}
