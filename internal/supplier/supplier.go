// Package supplier is 退供应商: goods that came back, that the policy says go back to who made them, sent in a parcel and
// claimed. What the supplier agrees to pay is never more than was asked, what comes in never more than it agreed to; parts may
// come. The customer has nothing to do with it: he has his money or his goods already. A line's units go once.
//
// Errors: supplier.not_found, supplier.not_now (conflict), supplier.nothing, supplier.amount (invalid), db.stale (conflict).
package supplier

import (
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/money"
)

// State is how far a return to a supplier has come.
type State string

const (
	Sent     State = "sent"     // 已寄出，等供应商答复
	Granted  State = "granted"  // 供应商同意赔付
	Refused  State = "refused"  // 供应商拒绝
	Received State = "received" // 款已到账
	Dropped  State = "dropped"  // 不再追讨
)

// States lists every state.
var States = []State{Sent, Granted, Refused, Received, Dropped}

// Event is what happens to it.
type Event string

const (
	Grant  Event = "grant"  // the supplier pays, at least a part; or does after a no
	Refuse Event = "refuse" // the supplier pays nothing
	Take   Event = "take"   // money came in
	Drop   Event = "drop"   // nothing more is asked for
)

// Events lists every event.
var Events = []Event{Grant, Refuse, Take, Drop}

var next = map[State]map[Event]State{
	Sent:    {Grant: Granted, Refuse: Refused, Drop: Dropped},
	Granted: {Take: Received, Drop: Dropped},
	Refused: {Grant: Granted, Drop: Dropped},
}

// Return is one parcel of goods that went back to a supplier, and what the shop wants for them.
type Return struct {
	ID          id.ID          `json:"id"`
	ShopID      id.ID          `json:"-"`
	Supplier    string         `json:"supplier"`
	WarehouseID id.ID          `json:"warehouse_id"`
	Carrier     string         `json:"carrier"`
	Waybill     string         `json:"waybill"`
	State       State          `json:"state" enum:"sent,granted,refused,received,dropped"`
	Currency    money.Currency `json:"currency"`
	Asked       int64          `json:"asked" doc:"minor units"`
	Granted     int64          `json:"granted" doc:"what the supplier agreed to pay"`
	Received    int64          `json:"received"`
	Answer      string         `json:"answer" doc:"what the supplier said, or why nothing more is asked for"`
	ExternalNo  string         `json:"external_no" doc:"number of the last payment, or of the bill it was taken off"`
	By          string         `json:"by" doc:"who sent it"`
	SentAt      clock.Instant  `json:"sent_at"`
	AnsweredAt  *clock.Instant `json:"answered_at,omitempty"`
	PaidAt      *clock.Instant `json:"paid_at,omitempty" doc:"when money came in last"`
	ClosedAt    *clock.Instant `json:"closed_at,omitempty"`
	Version     int64          `json:"version"`
	Lines       []Line         `json:"lines" nullable:"false"`
}

// Line is the units of one case line in it.
type Line struct {
	ReturnID    id.ID  `json:"-"`
	CaseLineID  id.ID  `json:"case_line_id"`
	CaseID      id.ID  `json:"case_id"`
	CaseNumber  string `json:"case_number"`
	OrderLineID id.ID  `json:"order_line_id"`
	MovementID  id.ID  `json:"movement_id" doc:"the parcel they came back in"`
	SKU         string `json:"sku"`
	Title       string `json:"title"`
	Quantity    int64  `json:"quantity" doc:"units"`
}

// Due is what the supplier agreed to and has not paid.
func (r Return) Due() int64 {
	if r.State != Granted {
		return 0
	}
	return r.Granted - r.Received
}

// Allowed lists the events that make sense now.
func (r Return) Allowed() []Event {
	out := []Event{}
	for _, v := range Events {
		if _, ok := next[r.State][v]; ok {
			out = append(out, v)
		}
	}
	return out
}

// After is the return after an event at a time with its amount: granted or received. What makes no sense now is a conflict that
// names the state. A part that comes in leaves it open for the rest.
func (r Return) After(v Event, now clock.Instant, minor int64) (Return, error) {
	if !slices.Contains(r.Allowed(), v) {
		return r, errs.New(errs.Conflict, "supplier.not_now", errs.Args{"event": string(v), "state": term.Code("supplier." + r.State)})
	}
	limit, bounded := map[Event]int64{Grant: r.Asked, Take: r.Due()}[v]
	switch {
	case bounded && minor <= 0:
		return r, errs.New(errs.Invalid, "supplier.nothing")
	case bounded && minor > limit:
		return r, errs.New(errs.Invalid, "supplier.amount", errs.Args{"most": money.Of(limit, r.Currency).String()})
	}
	r.State = next[r.State][v]
	switch v {
	case Grant:
		r.Granted, r.AnsweredAt = minor, &now
	case Refuse:
		r.AnsweredAt = &now
	case Take:
		if r.Received += minor; r.Received < r.Granted {
			r.State = Granted
		} else {
			r.ClosedAt = &now
		}
	case Drop:
		r.ClosedAt = &now
	}
	return r, nil
}

var _ = errs.Register(map[string]errs.Text{
	"supplier.not_found": {ZhCN: "本店没有这笔退供应商 {return}。", En: "This shop has no return {return} to a supplier."},
	"supplier.not_now":   {ZhCN: "这笔退供应商目前是“{state}”，这一步现在不能做。", En: "The return to the supplier is \"{state}\"; this step is not possible now."},
	"supplier.nothing":   {ZhCN: "金额要大于零。", En: "The amount has to be above zero."},
	"supplier.amount":    {ZhCN: "最多 {most}：供应商赔付不超过索赔金额，到账不超过同意赔付的金额。", En: "At most {most}: a supplier pays no more than was asked, and no more comes in than it agreed to."},
})
