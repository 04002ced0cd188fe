package line

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/term"
)

// State is how far the shop's permission for a line has come: the line's only own state. Where the goods are and
// where the money is are states of movements and settlements.
type State string

const (
	Requested        State = "requested"         // 待审核: decided in principle, a person has to agree
	NeedsFacts       State = "needs_facts"       // 待补充信息: an answer would change the outcome
	NeedsEvidence    State = "needs_evidence"    // 待补充凭证: proof is asked for; never a silent no (S0-27)
	AwaitingApproval State = "awaiting_approval" // 待主管审批: beyond the agent's authority
	Offered          State = "offered"           // 待顾客确认方案: the customer has to agree
	Approved         State = "approved"          // 已同意
	Rejected         State = "rejected"          // 已拒绝: with reason and alternatives (S2-16)
	Disputed         State = "disputed"          // 平台介入中
	Cancelled        State = "cancelled"         // 顾客已撤销
	Expired          State = "expired"           // 逾期未寄回，已关闭
)

// States lists every state in the order of the glossary.
var States = []State{Requested, NeedsFacts, NeedsEvidence, AwaitingApproval, Offered, Approved, Rejected, Disputed, Cancelled, Expired}

// Event is what can happen to a line's permission. The first seven are outcomes of the policy, the others are people.
type Event string

const (
	Queue    Event = "queue"     // policy: yes, for an agent to confirm
	Ask      Event = "ask"       // policy: a fact is missing
	AskProof Event = "ask_proof" // policy: evidence is missing
	Escalate Event = "escalate"  // policy: a supervisor decides
	Offer    Event = "offer"     // policy: only with the customer's consent
	Grant    Event = "grant"     // policy: yes, nobody needs to confirm
	Refuse   Event = "refuse"    // policy: no

	Approve  Event = "approve"  // agent or supervisor, within authority
	Decline  Event = "decline"  // agent or supervisor, where nothing is of right
	Accept   Event = "accept"   // customer takes the offer
	Turn     Event = "turn"     // customer turns the offer down
	Override Event = "override" // supervisor's goodwill against a no (S4-21)
	Cancel   Event = "cancel"   // customer withdraws
	Expire   Event = "expire"   // time ran out
	Dispute  Event = "dispute"  // the platform steps in
	Reopen   Event = "reopen"   // taken up again
)

// transitions is the whole truth about a line's states; what is not here does not happen.
var transitions = map[State]map[Event]State{
	Requested:        with(decided, Approve, Approved, Decline, Rejected, Cancel, Cancelled, Dispute, Disputed),
	NeedsFacts:       with(decided, Cancel, Cancelled, Expire, Expired, Dispute, Disputed),
	NeedsEvidence:    with(decided, Cancel, Cancelled, Expire, Expired, Dispute, Disputed),
	AwaitingApproval: with(decided, Approve, Approved, Decline, Rejected, Cancel, Cancelled, Dispute, Disputed),
	Offered:          with(decided, Accept, Approved, Turn, Rejected, Cancel, Cancelled, Expire, Expired, Dispute, Disputed),
	// A granted line is decided again when the carrier answers, and at inspection: it stays granted, or what was found
	// changes it, or asks more.
	Approved: with(nil, Grant, Approved, Queue, Approved, Refuse, Rejected, Escalate, AwaitingApproval, Offer, Offered, Ask, NeedsFacts, AskProof, NeedsEvidence,
		Cancel, Cancelled, Expire, Expired, Dispute, Disputed),
	Rejected:  with(nil, Override, Approved, Dispute, Disputed, Reopen, Requested),
	Disputed:  with(nil, Approve, Approved, Decline, Rejected, Cancel, Cancelled),
	Cancelled: with(nil, Reopen, Requested),
	Expired:   with(nil, Reopen, Requested),
}

// decided: an application that is still open takes whatever the policy says when it is asked again.
var decided = map[Event]State{Queue: Requested, Ask: NeedsFacts, AskProof: NeedsEvidence, Escalate: AwaitingApproval,
	Offer: Offered, Grant: Approved, Refuse: Rejected}

func with(base map[Event]State, pairs ...any) map[Event]State {
	m := map[Event]State{}
	for e, s := range base {
		m[e] = s
	}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(Event)] = pairs[i+1].(State)
	}
	return m
}

// Next is the state after an event, or a conflict that names the state.
func (s State) Next(e Event) (State, error) {
	if n, ok := transitions[s][e]; ok {
		return n, nil
	}
	return "", errs.New(errs.Conflict, "line.not_now", errs.Args{"event": string(e), "state": term.Code("status." + s)})
}

// Asks says that the customer has to answer before anything goes on.
func (s State) Asks() bool { return s == NeedsFacts || s == NeedsEvidence || s == Offered }

// Open says that the shop or the customer still has to move on the permission or on what follows from it.
func (s State) Open() bool {
	return s != Rejected && s != Cancelled && s != Expired
}
