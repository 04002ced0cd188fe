package settle

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/term"
)

// State is how far a settlement has come.
type State string

const (
	Computed         State = "computed"          // 已核算
	AwaitingApproval State = "awaiting_approval" // 待财务审核
	ToPay            State = "to_pay"            // 待打款
	Processing       State = "processing"        // 退款处理中: initiated, not arrived
	Failed           State = "failed"            // 打款失败
	Settled          State = "settled"           // 已到账
	Voided           State = "voided"            // 已作废: computed anew, or the line fell

	AwaitingPayment State = "awaiting_payment" // 待顾客付款: a charge, the customer's to pay
)

// States lists every state in the order of the glossary.
var States = []State{Computed, AwaitingApproval, ToPay, Processing, Failed, Settled, Voided, AwaitingPayment}

// Event is what happens to a settlement.
type Event string

const (
	Submit   Event = "submit"   // a person in finance has to approve
	Approve  Event = "approve"  // approved to pay
	Initiate Event = "initiate" // money is under way 发起
	Arrive   Event = "arrive"   // money has arrived 到账
	Fail     Event = "fail"     // refused or bounced
	Retry    Event = "retry"    // pay again, under the same number
	Void     Event = "void"     // before any money moved
	Bill     Event = "bill"     // a charge: the customer is asked to pay
)

var transitions = map[State]map[Event]State{
	Computed:         {Submit: AwaitingApproval, Approve: ToPay, Void: Voided, Bill: AwaitingPayment},
	AwaitingPayment:  {Arrive: Settled, Void: Voided},
	AwaitingApproval: {Approve: ToPay, Void: Voided},
	ToPay:            {Initiate: Processing, Void: Voided},
	Processing:       {Arrive: Settled, Fail: Failed},
	Failed:           {Retry: ToPay},
}

// Next is the state after an event, or a conflict that names the state.
func (s State) Next(e Event) (State, error) {
	if n, ok := transitions[s][e]; ok {
		return n, nil
	}
	return "", errs.New(errs.Conflict, "settle.not_now", errs.Args{"event": string(e), "state": term.Code("settlement." + s)})
}

// Open says that the money has neither arrived nor been given up.
func (s State) Open() bool { return s != Settled && s != Voided }
