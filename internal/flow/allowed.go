package flow

import (
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/term"
)

// Command is what a person, a job or another system can ask for on a line, its parcel or its money. The buttons a
// screen shows are Allowed(situation): the rules stand here once.
type Command string

const (
	Answer      Command = "answer"      // facts or evidence came; decide again
	Approve     Command = "approve"     // 同意
	Decline     Command = "decline"     // 拒绝并说明
	Accept      Command = "accept"      // the customer takes the offer
	TurnDown    Command = "turn_down"   // the customer does not
	Override    Command = "override"    // supervisor's goodwill against a no (S4-21)
	Cancel      Command = "cancel"      // the customer withdraws
	Expire      Command = "expire"      // time ran out
	Dispute     Command = "dispute"     // the platform steps in
	Reopen      Command = "reopen"      // 重新打开
	Split       Command = "split"       // part of the quantity goes another way
	Responsible Command = "responsible" // who bears it inside

	ChangeGround Command = "change_ground" // another reason on the way: decided anew

	FillWaybill Command = "fill_waybill" // 填写退货单号
	SignFor     Command = "sign_for"
	Receive     Command = "receive"     // opened and counted
	Refuse      Command = "refuse"      // we do not take the parcel
	Announce    Command = "announce"    // a parcel we did not take is to come again
	ReportLost  Command = "lost"        // the carrier lost it
	GoOn        Command = "go_on"       // the difference was settled: go on with what arrived
	SettleLost  Command = "settle_lost" // goods that were lost on their way to us are paid for all the same
	Inspect     Command = "inspect"     // 验货
	Stopped     Command = "stopped"     // 拦截成功: the carrier has the parcel it was asked to stop
	NotStopped  Command = "not_stopped" // 拦截失败
	ShipOut     Command = "ship_out"    // goods leave for the customer
	Delivered   Command = "delivered"   // and have come
	SendAgain   Command = "send_again"  // what was to reach the customer was lost: another one

	ChangeWanted  Command = "change_wanted"  // 换其他款: another article than was asked for
	RefundInstead Command = "refund_instead" // 改为退款: the money in the place of an exchange
	OutOfStock    Command = "out_of_stock"   // 登记缺货
	InStock       Command = "in_stock"       // 到货，安排发出
	CheckOut      Command = "check_out"      // 出库核对: what is given in exchange is looked at before it leaves
	Tell          Command = "tell"           // 登记已告知顾客

	Advance     Command = "advance"      // 先行换货: the article leaves before the old one is back
	PlaceHold   Command = "place_hold"   // 登记押金已冻结
	WaiveHold   Command = "waive_hold"   // 免押金
	Extend      Command = "extend"       // 延长寄回期限
	CaptureHold Command = "capture_hold" // 扣押金: the old one does not come, or not as it should
	ReleaseHold Command = "release_hold" // 解冻押金, whatever came
	Captured    Command = "captured"     // 登记已扣款
	Released    Command = "released"     // 登记已解冻

	ApproveMoney Command = "approve_money" // 财务审核
	ReturnMoney  Command = "return_money"  // 退回重核: finance does not agree
	Start        Command = "start"         // somebody makes the payment now 发起
	Confirm      Command = "confirm"       // paid elsewhere: number, amount, time, proof
	PayNow       Command = "pay"           // ask the gateway
	Bounce       Command = "bounce"        // paid elsewhere and came back
	Retry        Command = "retry"         // pay again
	Collect      Command = "collect"       // the customer has paid a difference
	CollectOrder Command = "collect_order" // another order of his pays it
)

// onItsWayBack: a parcel that the carrier stopped, or was to stop, or could not deliver.
var onItsWayBack = []movement.State{movement.Intercepting, movement.Intercepted, movement.RefusedDelivery}

var arrived = []movement.State{movement.Received, movement.Discrepant}

// rules say when a command makes sense, beyond what the state tables of line, movement and settle say by themselves.
// They are pure and complete: a command without a rule here does not exist.
var rules = []struct {
	Command
	when func(s Situation) bool
}{
	{Answer, func(s Situation) bool { return undecided(s) }},
	{Approve, func(s Situation) bool {
		return in(s.Line, line.Requested, line.AwaitingApproval, line.Disputed)
	}},
	{Decline, func(s Situation) bool {
		return in(s.Line, line.Requested, line.AwaitingApproval, line.Disputed) && (!s.Started && !(s.Remedy == "exchange" && s.Swap && away(s)) || s.has() && s.Inspected)
	}},
	{Accept, func(s Situation) bool { return s.Line == line.Offered }},
	{TurnDown, func(s Situation) bool { return s.Line == line.Offered }},
	{Override, func(s Situation) bool { return s.Line == line.Rejected && !away(s) && !s.left() }},
	{Cancel, func(s Situation) bool {
		return s.Line.Open() && s.Money == "" && (in(s.Going, "", movement.NoStock) || s.Ahead && s.Going == movement.ToShip && !s.Inspected) &&
			!in(s.Coming, movement.InTransit, movement.SignedFor, movement.Intercepted, movement.RefusedDelivery)
	}},
	{Expire, func(s Situation) bool {
		return in(s.Line, line.NeedsFacts, line.NeedsEvidence, line.Offered) && in(s.Coming, "", movement.Cancelled, movement.InterceptFailed) ||
			s.Line == line.Approved && s.Coming == movement.Announced && !s.left()
	}},
	{Dispute, func(s Situation) bool { return in(s.Line, disputable...) && !s.Started && !away(s) }},
	{Reopen, func(s Situation) bool {
		return in(s.Line, line.Rejected, line.Cancelled, line.Expired) && !away(s) && !s.left()
	}},
	{Split, func(s Situation) bool {
		return s.Line.Open() && !s.Quarantined && s.Forwarded == "" && s.Money == "" && s.Going == ""
	}},
	{Responsible, func(s Situation) bool { return s.Line.Open() }},
	{ChangeGround, func(s Situation) bool {
		return s.Line == line.Approved && s.Money == "" && s.Going == "" && !s.Inspected
	}},

	{FillWaybill, func(s Situation) bool { return s.Line == line.Approved && s.Coming == movement.Announced }},
	// A parcel that arrives is dealt with whatever has become of the line: the warehouse cannot argue with a box.
	{SignFor, func(s Situation) bool {
		return in(s.Coming, movement.Announced, movement.InTransit, movement.Lost) || in(s.Coming, onItsWayBack...) || s.Coming == movement.Cancelled && !s.Line.Open()
	}},
	{Receive, func(s Situation) bool {
		return in(s.Coming, movement.Announced, movement.InTransit, movement.Lost) || s.Coming == movement.SignedFor && s.Forwarded == "" || in(s.Coming, onItsWayBack...) || s.Coming == movement.Cancelled && !s.Line.Open()
	}},
	{Stopped, func(s Situation) bool { return s.Coming == movement.Intercepting && s.Line == line.Approved }},
	{NotStopped, func(s Situation) bool { return s.Coming == movement.Intercepting && s.Line == line.Approved }},
	{Refuse, func(s Situation) bool { return in(s.Coming, movement.Announced, movement.InTransit) }},
	{Announce, func(s Situation) bool {
		return s.Line == line.Approved && (s.Money == "" && !s.Ahead || s.owesOld() || s.Ahead && s.Deposit == settle.Captured) && (s.Coming == movement.Refused || s.Missing)
	}},
	{SettleLost, func(s Situation) bool {
		return s.Line == line.Approved && s.Money == "" && s.Going == "" && in(s.Remedy, "refund_return", "interception") && (s.Coming == movement.Lost || s.Missing || s.Forwarded == movement.Lost)
	}},
	{ReportLost, func(s Situation) bool {
		return in(s.Coming, movement.InTransit, movement.Intercepted, movement.RefusedDelivery) || s.Going == movement.InTransit
	}},
	{GoOn, func(s Situation) bool { return s.Coming == movement.Discrepant }},
	{Inspect, func(s Situation) bool {
		return s.Line == line.Approved && !s.Quarantined && s.Forwarded == "" && in(s.Coming, arrived...) && (s.Arrived && s.Money == "" && s.Going == "" || s.Arrived && s.Ahead && !s.left() && !s.Inspected || s.oldHere())
	}},
	{Release, func(s Situation) bool { return s.Quarantined && s.Line.Open() }},
	{NotOurs, func(s Situation) bool {
		return s.Quarantined && s.Line == line.Approved && (s.Money == "" && s.Going == "" || s.oldHere() || s.Ahead && !s.left() && !s.Inspected)
	}},
	{ShipOut, func(s Situation) bool {
		return s.Going == movement.ToShip && !s.Unchecked && !s.unpaid() && !s.stopped() && (s.Forwarded == "" || s.Swap)
	}},
	{SendAgain, func(s Situation) bool { return s.Line == line.Approved && s.Swap && s.Going == movement.Lost }},
	{Delivered, func(s Situation) bool { return in(s.Going, movement.InTransit, movement.Lost) }},

	{ChangeWanted, func(s Situation) bool { return exchanging(s) }},
	{RefundInstead, func(s Situation) bool { return exchanging(s) }},
	{OutOfStock, func(s Situation) bool { return exchanging(s) && s.Going != movement.NoStock }},
	{InStock, func(s Situation) bool { return exchanging(s) && s.Going == movement.NoStock }},
	{CheckOut, func(s Situation) bool { return s.Unchecked }},
	{Tell, func(s Situation) bool { return s.Untold || s.Unwarned }},

	{Advance, func(s Situation) bool {
		return s.Line == line.Approved && s.Remedy == "exchange" && !s.Inspected && s.Going == "" && in(s.Coming, movement.Announced, movement.InTransit) && in(s.Deposit, "", settle.Released)
	}},
	{PlaceHold, func(s Situation) bool { return s.Deposit == settle.AwaitingHold && s.Line.Open() }},
	{WaiveHold, func(s Situation) bool { return s.Deposit == settle.AwaitingHold && s.Line.Open() }},
	{Extend, func(s Situation) bool {
		return in(s.Deposit, settle.OnHold, settle.Waived, settle.ToCapture) && s.notSent()
	}},
	{CaptureHold, func(s Situation) bool {
		return s.Deposit == settle.OnHold && s.has() && s.Line == line.Approved && (in(s.Coming, movement.Announced, movement.Refused, movement.Lost) || s.Missing)
	}},
	{ReleaseHold, func(s Situation) bool {
		return in(s.Deposit, settle.OnHold, settle.Waived, settle.ToCapture) && s.has()
	}},
	{Captured, func(s Situation) bool { return s.Deposit == settle.ToCapture }},
	{Released, func(s Situation) bool { return s.Deposit == settle.ToRelease }},

	{ApproveMoney, func(s Situation) bool {
		return s.Money == settle.AwaitingApproval && s.Line == line.Approved || s.Back == settle.AwaitingApproval
	}},
	{ReturnMoney, func(s Situation) bool {
		return s.Money == settle.AwaitingApproval && s.Line == line.Approved && !s.Started
	}},
	{PayNow, func(s Situation) bool {
		return in(s.Money, settle.ToPay, settle.Processing) && !s.ByHand && s.Line == line.Approved
	}},
	// What a gateway pays, only the gateway can confirm or bounce: a person who steps in could pay it twice.
	{Start, func(s Situation) bool {
		return s.Money == settle.ToPay && s.ByHand && s.Line == line.Approved || s.Back == settle.ToPay
	}},
	{Confirm, func(s Situation) bool {
		return in(s.Money, settle.ToPay, settle.Processing) && s.ByHand && s.Line == line.Approved || in(s.Back, settle.ToPay, settle.Processing)
	}},
	{Bounce, func(s Situation) bool { return s.Money == settle.Processing && s.ByHand || s.Back == settle.Processing }},
	{Retry, func(s Situation) bool {
		return s.Money == settle.Failed && s.Line == line.Approved || s.Back == settle.Failed
	}},
	{Collect, func(s Situation) bool { return s.Charge == settle.AwaitingPayment && s.Line.Open() }},
	{CollectOrder, func(s Situation) bool { return s.Charge == settle.AwaitingPayment && s.Line.Open() }},
}

var disputable = []line.State{line.Requested, line.NeedsFacts, line.NeedsEvidence, line.AwaitingApproval, line.Offered, line.Approved, line.Rejected}

// exchanging: an exchange is agreed to, and nothing of it has left.
func exchanging(s Situation) bool {
	return s.Line == line.Approved && s.Remedy == "exchange" && in(s.Going, "", movement.ToShip, movement.NoStock)
}

// undecided: what the customer or the warehouse adds can still change the application's outcome.
func undecided(s Situation) bool {
	return in(s.Line, line.Requested, line.NeedsFacts, line.NeedsEvidence, line.AwaitingApproval, line.Offered) && !s.Inspected
}

// away: goods are on their way to the customer, or there. A parcel that has not left can still be kept.
func away(s Situation) bool { return s.Going != "" && s.Going != movement.ToShip }

func in[T comparable](v T, set ...T) bool { return slices.Contains(set, v) }

// Allowed lists the commands that make sense now, in the order of the table.
func (s Situation) Allowed() []Command {
	var out []Command
	for _, r := range rules {
		if r.when(s) {
			out = append(out, r.Command)
		}
	}
	return out
}

// may says whether a command makes sense now.
func (s Situation) may(c Command) bool {
	for _, r := range rules {
		if r.Command == c && r.when(s) {
			return true
		}
	}
	return false
}

// allow is nil when a command makes sense now, else a refusal.
func (s Situation) allow(c Command) error {
	if s.may(c) {
		return nil
	}
	return s.refusal(c)
}

// refusal is a conflict that names the status and what is allowed instead.
func (s Situation) refusal(c Command) error {
	others := slices.DeleteFunc(s.Allowed(), func(other Command) bool { return other == c }) // allowed on another parcel or payment
	args := errs.Args{"command": term.Code("command." + c), "status": term.Code("status." + s.Status()), "allowed": term.CodesOf("command", others)}
	if len(others) == 0 {
		args["allowed"] = errs.Term("flow.nothing_now")
	}
	return errs.New(errs.Conflict, "flow.not_now", args)
}

var (
	onParcels = []Command{FillWaybill, Stopped, NotStopped, SignFor, Receive, Refuse, ReportLost, GoOn, Forward, CheckOut, ShipOut, Delivered, Tell}
	onMoney   = []Command{ApproveMoney, ReturnMoney, Start, Confirm, Bounce, Retry, Collect, CollectOrder, PlaceHold, WaiveHold, Extend, CaptureHold, ReleaseHold, Captured, Released}
)

// allowedParcel lists the commands that make sense on one parcel, which need not be its line's latest.
func (d *Dossier) allowedParcel(m *movement.Movement) []Command {
	out := []Command{}
	for _, c := range onParcels {
		if d.allowParcel(m, c) == nil {
			out = append(out, c)
		}
	}
	return out
}

// allowedMoney lists the commands that make sense on one settlement, which need not be the one its line waits for.
func (d *Dossier) allowedMoney(s *settle.Settlement) []Command {
	out := []Command{}
	for _, c := range onMoney {
		if d.allowMoney(s, c) == nil {
			out = append(out, c)
		}
	}
	return out
}
