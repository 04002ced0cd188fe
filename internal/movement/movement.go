package movement

import (
	"regexp"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
)

// Party is who advances or bears freight.
type Party string

const (
	Customer Party = "customer"
	Shop     Party = "shop"
)

// Problem says how a parcel differs from what was announced.
type Problem string

const (
	Short   Problem = "short"   // 少件
	Wrong   Problem = "wrong"   // 退件不符: another thing than was sold
	Damaged Problem = "damaged" // 退件破损
)

// Check says whether goods are looked at before they leave.
type Check string

const (
	CheckNeeded Check = "needed"
	CheckPassed Check = "passed"
)

// Movement is one parcel, or goods handed over, going one way.
type Movement struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	CaseID      id.ID          `json:"case_id"`
	Purpose     Purpose        `json:"purpose" enum:"return,send_back,exchange_out,reissue,intercept,transfer"`
	State       State          `json:"state"`
	Problem     Problem        `json:"problem,omitempty" doc:"when discrepant: short, wrong, damaged"`
	Number      string         `json:"number" doc:"RMA number, to be written on the parcel"`
	WarehouseID id.ID          `json:"warehouse_id,omitzero"`
	Carrier     string         `json:"carrier,omitempty"`
	Waybill     string         `json:"waybill,omitempty"`
	Freight     int64          `json:"freight" doc:"what this parcel's freight cost, minor units of the case's currency"`
	AdvancedBy  Party          `json:"advanced_by,omitempty" doc:"who paid the carrier"`
	BorneBy     Party          `json:"borne_by,omitempty" doc:"who bears it, by the decision"`
	DecisionID  id.ID          `json:"decision_id,omitzero"`
	SendBy      *calendar.Date `json:"send_by,omitempty" doc:"last day to send; then the line expires"`
	AnnouncedAt clock.Instant  `json:"announced_at"`
	ShippedAt   *clock.Instant `json:"shipped_at,omitempty"`
	StoppedAt   *clock.Instant `json:"stopped_at,omitempty" doc:"when the carrier said that it has the parcel it was asked to stop"`
	SignedAt    *clock.Instant `json:"signed_at,omitempty"`
	ReceivedAt  *clock.Instant `json:"received_at,omitempty"`
	Checked     Check          `json:"checked,omitempty" enum:",needed,passed" doc:"whether what leaves was looked at, where the policy wants that (S2-15)"`
	TellBy      *calendar.Date `json:"tell_by,omitempty" doc:"last day to tell the customer its number, or that it is out of stock (S4-23, S4-24)"`
	ToldAt      *clock.Instant `json:"told_at,omitempty"`
	Surplus     int64          `json:"surplus,omitempty" doc:"units that were in it beyond what was announced; they lie on the shelf"`
	Version     int64          `json:"version"`
	Lines       []Line         `json:"lines" nullable:"false"`
}

// Line is the units of one case line in a movement.
type Line struct {
	CaseLineID  id.ID  `json:"case_line_id"`
	OrderLineID id.ID  `json:"order_line_id"`
	Announced   int64  `json:"announced"`
	Arrived     *int64 `json:"arrived,omitempty" doc:"units counted on opening"`
}

// Carries says whether the movement has units of a case line.
func (m Movement) Carries(caseLineID id.ID) bool {
	for _, l := range m.Lines {
		if l.CaseLineID == caseLineID {
			return true
		}
	}
	return false
}

var waybill = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{4,38}[A-Za-z0-9]$`)

// CleanWaybill brings a typed or scanned waybill to its form: capitals, digits and inner hyphens, 6 to 40 characters.
func CleanWaybill(s string) (string, error) {
	c := strings.Join(strings.Fields(s), "")
	if !waybill.MatchString(c) { // before the letters are raised: others than ASCII must not become ASCII ones
		return "", errs.New(errs.Invalid, "movement.waybill_malformed")
	}
	return strings.ToUpper(c), nil
}
