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

	// Of a deposit. Each ends once, in one way.
	AwaitingHold State = "awaiting_hold" // 待冻结: the customer is asked for it
	OnHold       State = "on_hold"       // 已冻结: his still, and he cannot use it
	Waived       State = "waived"        // 已免押: nothing is held
	ToCapture    State = "to_capture"    // 待扣款: some of it is ours; the rest is to be let go
	ToRelease    State = "to_release"    // 待解冻
	Captured     State = "captured"      // 已扣款
	Released     State = "released"      // 已解冻
)

// States lists every state in the order of the glossary.
var States = []State{Computed, AwaitingApproval, ToPay, Processing, Failed, Settled, Voided, AwaitingPayment,
	AwaitingHold, OnHold, Waived, ToCapture, ToRelease, Captured, Released}

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

	AskHold Event = "ask_hold" // a deposit: the customer is asked for it
	Place   Event = "place"    // it is held 冻结
	Waive   Event = "waive"    // nobody asks for it any more, and nothing is held
	Claim   Event = "claim"    // an amount of it is to be captured
	Keep    Event = "keep"     // not yet: he has more time
	LetGo   Event = "let_go"   // all of it is to be released
	TakeIn  Event = "take_in"  // an amount of it came in 扣款
	Free    Event = "free"     // nothing of it is held any more 解冻
)

var transitions = map[State]map[Event]State{
	Computed:         {Submit: AwaitingApproval, Approve: ToPay, Void: Voided, Bill: AwaitingPayment, AskHold: AwaitingHold},
	AwaitingPayment:  {Arrive: Settled, Void: Voided},
	AwaitingApproval: {Approve: ToPay, Void: Voided},
	ToPay:            {Initiate: Processing, Void: Voided},
	Processing:       {Arrive: Settled, Fail: Failed},
	Failed:           {Retry: ToPay},

	AwaitingHold: {Place: OnHold, Waive: Waived, Void: Voided},
	OnHold:       {Claim: ToCapture, LetGo: ToRelease},
	Waived:       {LetGo: Released},
	ToCapture:    {Claim: ToCapture, Keep: OnHold, LetGo: ToRelease, TakeIn: Captured},
	ToRelease:    {Free: Released},
}

// Next is the state after an event, or a conflict that names the state.
func (s State) Next(e Event) (State, error) {
	if n, ok := transitions[s][e]; ok {
		return n, nil
	}
	return "", errs.New(errs.Conflict, "settle.not_now", errs.Args{"event": string(e), "state": term.Code("settlement." + s)})
}

// Open says that the money has neither arrived nor been given up.
func (s State) Open() bool { return s != Settled && s != Voided && s != Captured && s != Released }
