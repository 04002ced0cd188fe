// Package stray is 无主件: parcels at our door that nobody announced. They lie on a shelf with what their label says
// until somebody finds whose they are, or they go back unopened. Nothing is opened, counted or decided before that. Beside
// them lies what was in an opened parcel beyond what was announced 多出来的: its customer is known, what he wants with it is not.
package stray

import (
	"regexp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// State says where a stray parcel is.
type State string

const (
	OnShelf  State = "on_shelf"  // 待认领
	Matched  State = "matched"   // 已认领: it is a movement's parcel now
	SentBack State = "sent_back" // 已退回: refused, unopened
)

// Kind says what lies on the shelf.
type Kind string

const (
	WholeParcel Kind = "parcel" // unopened
	Unit        Kind = "unit"   // more than was announced, out of a parcel that was opened
)

// Parcel is one parcel nobody announced, or units that were in one beyond what was announced.
type Parcel struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	WarehouseID id.ID          `json:"warehouse_id,omitzero"`
	Waybill     string         `json:"waybill"`
	Carrier     string         `json:"carrier,omitempty"`
	Freight     int64          `json:"freight" doc:"paid to the carrier on arrival (到付), minor units of the shop's currency"`
	PhoneTail   string         `json:"phone_tail,omitempty" doc:"last four digits of the sender's phone, as the label shows them"`
	Label       string         `json:"label,omitempty" doc:"what else the label says: a name, what is inside"`
	State       State          `json:"state" enum:"on_shelf,matched,sent_back"`
	OrderID     id.ID          `json:"order_id,omitzero" doc:"the order that went out under this waybill: it came back without ever being delivered"`
	MovementID  id.ID          `json:"movement_id,omitzero" doc:"whose parcel it turned out to be"`
	ArrivedAt   clock.Instant  `json:"arrived_at"`
	By          string         `json:"by" doc:"who took it in"`
	EndedAt     *clock.Instant `json:"ended_at,omitempty"`
	Version     int64          `json:"version"`

	Kind           Kind   `json:"kind" enum:"parcel,unit"`
	CaseID         id.ID  `json:"case_id,omitzero" doc:"of units: whose parcel they were in"`
	OrderLineID    id.ID  `json:"order_line_id,omitzero" doc:"of units: what they are units of, where that is known"`
	FromMovementID id.ID  `json:"from_movement_id,omitzero" doc:"of units: the parcel they were in"`
	Quantity       int64  `json:"quantity,omitempty" doc:"of units: how many"`
	TakenFrom      string `json:"-"` // who held them before, by our books
}

// MaxLabel bounds what is noted of a label, in characters.
const MaxLabel = 200

var phoneTail = regexp.MustCompile(`^[0-9]{4}$`)

// CheckTail refuses anything but four digits or nothing.
func CheckTail(s string) error {
	if s != "" && !phoneTail.MatchString(s) {
		return errs.New(errs.Invalid, "stray.phone_tail")
	}
	return nil
}

// End refuses to end a parcel that is not on the shelf any more.
func (p Parcel) End(to State) (Parcel, error) {
	if p.State != OnShelf {
		return p, errs.New(errs.Conflict, "stray.ended", errs.Args{"state": errs.Term("stray.state." + string(p.State))})
	}
	p.State = to
	return p, nil
}

var _ = errs.Register(map[string]errs.Text{
	"stray.phone_tail":      {ZhCN: "手机尾号是四位数字。", En: "The tail of a phone is four digits."},
	"stray.not_found":       {ZhCN: "没有这件无主件。", En: "There is no such stray parcel."},
	"stray.ended":           {ZhCN: "这件无主件{state}，不能再处理。", En: "This stray parcel has been {state} and cannot be handled again."},
	"stray.state.on_shelf":  {ZhCN: "还在架上", En: "left on the shelf"},
	"stray.state.matched":   {ZhCN: "已经认领", En: "matched"},
	"stray.state.sent_back": {ZhCN: "已经退回", En: "sent back"},
})
