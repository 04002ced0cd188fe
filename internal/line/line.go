package line

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Line is one case line.
type Line struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	CaseID      id.ID          `json:"case_id"`
	OrderID     id.ID          `json:"order_id"`
	OrderLineID id.ID          `json:"order_line_id"`
	ParentID    id.ID          `json:"parent_id,omitzero"`
	Quantity    int64          `json:"quantity" minimum:"1"`
	Ground      string         `json:"ground" doc:"why: a ground of the shop's pack, e.g. size_mismatch"`
	Remedy      string         `json:"remedy" doc:"what is asked for: refund_return, refund_only, exchange, local_repair …"`
	Wanted      string         `json:"wanted,omitempty" doc:"exchange: the article asked for instead (SKU)"`
	State       State          `json:"state"`
	Status      string         `json:"status" doc:"what people see; computed"`
	Responsible string         `json:"responsible" doc:"who bears it inside: customer, shop, supplier, warehouse, carrier, undetermined"`
	DecisionID  id.ID          `json:"decision_id,omitzero"`
	AppliedOn   calendar.Date  `json:"applied_on" doc:"the day of the customer's notice (NRR-10)"`
	AnswerBy    *calendar.Date `json:"answer_by,omitempty" doc:"last day for the customer to answer, while he is asked; then the line expires"`
	Gives       *int64         `json:"gives,omitempty" doc:"minor units its decision gives, where it gives an amount that is known; computed"`
	Version     int64          `json:"version"`
}

// Claims says that the line holds its units: no other line may ask for them. A remedy that is an amount, or that sends
// something in addition, leaves them free.
func (l Line) Claims() bool {
	r := rule.Remedy(l.Remedy)
	return l.State.Open() && !r.IsAmount() && r != rule.Reissue
}
