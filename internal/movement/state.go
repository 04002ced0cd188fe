package movement

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/term"
)

// Purpose is why goods travel.
type Purpose string

const (
	Return   Purpose = "return"    // customer to shop
	SendBack Purpose = "send_back" // shop to customer: refused or failed goods go home

	ExchangeOut Purpose = "exchange_out" // shop to customer: the article given in exchange
	Reissue     Purpose = "reissue"      // shop to customer: what was broken or missing, sent once more

	Intercept Purpose = "intercept" // on its way to the customer, and to be stopped: back to the shop
	Transfer  Purpose = "transfer"  // 转仓: from the warehouse it came to to another one of ours
)

// State is where the goods of a movement are.
type State string

const (
	Announced  State = "announced"  // 待买家寄回
	InTransit  State = "in_transit" // 退件在途
	SignedFor  State = "signed_for" // 已签收，待拆包
	Received   State = "received"   // 已收货，待验货
	Discrepant State = "discrepant" // 少件, 退件不符, 退件破损: not what was announced
	Refused    State = "refused"    // we did not take the parcel
	Lost       State = "lost"       // 丢件
	Cancelled  State = "cancelled"  // will not be sent

	ToShip    State = "to_ship"   // 待发货
	Delivered State = "delivered" // 买家已签收
	NoStock   State = "no_stock"  // 缺货: what is to be given is not there; the customer is asked what instead (S4-24)

	Intercepting    State = "intercepting"     // 拦截中: the carrier is asked to stop it
	Intercepted     State = "intercepted"      // 拦截成功: the carrier has it, and brings it back
	InterceptFailed State = "intercept_failed" // 拦截失败: it goes on to the customer
	RefusedDelivery State = "refused_delivery" // 买家拒收: refused at the door, and on its way back
)

// States lists every state in the order of the glossary.
var States = []State{Announced, InTransit, SignedFor, Received, Discrepant, Refused, Lost, Cancelled, ToShip, Delivered, NoStock,
	Intercepting, Intercepted, InterceptFailed, RefusedDelivery}

// Event is what happens to a parcel.
type Event string

const (
	Ship    Event = "ship"    // handed to a carrier; the waybill is known
	Sign    Event = "sign"    // arrived at our door, unopened
	Receive Event = "receive" // opened, and it is what was announced
	Differ  Event = "differ"  // opened, and it is not
	Settle  Event = "settle"  // the difference was settled: go on with what arrived
	Turn    Event = "turn"    // we refuse the parcel at the door
	Lose    Event = "lose"    // the carrier lost it
	Deliver Event = "deliver" // the customer has it
	Cancel  Event = "cancel"

	Stop Event = "stop" // the carrier has stopped it
	Miss Event = "miss" // the carrier could not
	Door Event = "door" // the customer did not take it from the carrier

	RunOut  Event = "run_out" // looked for, and not there
	Restock Event = "restock" // there after all
)

// A return may be opened without having been announced as shipped or signed for: people forget to say so.
var transitions = map[Purpose]map[State]map[Event]State{
	Return: {
		Announced:  {Ship: InTransit, Sign: SignedFor, Receive: Received, Differ: Discrepant, Turn: Refused, Cancel: Cancelled},
		InTransit:  {Sign: SignedFor, Receive: Received, Differ: Discrepant, Turn: Refused, Lose: Lost},
		SignedFor:  {Receive: Received, Differ: Discrepant},
		Discrepant: {Settle: Received},
		Lost:       {Sign: SignedFor, Receive: Received, Differ: Discrepant}, // lost parcels do turn up
		Cancelled:  {Sign: SignedFor, Receive: Received, Differ: Discrepant}, // sent all the same, after the line was over
	},
	SendBack: outward,
	ExchangeOut: {
		ToShip:    {Ship: InTransit, Cancel: Cancelled, RunOut: NoStock},
		NoStock:   {Restock: ToShip, Cancel: Cancelled},
		InTransit: {Deliver: Delivered, Lose: Lost},
		Lost:      {Deliver: Delivered},
	},
	Reissue: outward,
	// A parcel may turn up at our door before the carrier has said anything.
	Intercept: {
		Intercepting:    {Stop: Intercepted, Miss: InterceptFailed, Sign: SignedFor, Receive: Received, Differ: Discrepant, Cancel: Cancelled},
		Intercepted:     {Sign: SignedFor, Receive: Received, Differ: Discrepant, Lose: Lost},
		InterceptFailed: {Door: RefusedDelivery},
		RefusedDelivery: {Sign: SignedFor, Receive: Received, Differ: Discrepant, Lose: Lost},
		SignedFor:       {Receive: Received, Differ: Discrepant},
		Discrepant:      {Settle: Received},
		Lost:            {Sign: SignedFor, Receive: Received, Differ: Discrepant},
		Cancelled:       {Sign: SignedFor, Receive: Received, Differ: Discrepant},
	},
	// It is noted when it leaves. What is in it is opened, or was, as the parcel that brought it to us.
	Transfer: {
		InTransit: {Sign: Received, Lose: Lost},
		Lost:      {Sign: Received},
	},
}

var outward = map[State]map[Event]State{
	ToShip:    {Ship: InTransit, Cancel: Cancelled},
	InTransit: {Deliver: Delivered, Lose: Lost},
	Lost:      {Deliver: Delivered},
}

// Outward says that goods go to the customer.
func (p Purpose) Outward() bool { return !p.Inward() && p != Transfer }

// Inward says that goods come to us from outside.
func (p Purpose) Inward() bool { return p == Return || p == Intercept }

// Next is the state after an event, or a conflict that names the state.
func Next(p Purpose, s State, e Event) (State, error) {
	if n, ok := transitions[p][s][e]; ok {
		return n, nil
	}
	return "", errs.New(errs.Conflict, "movement.not_now", errs.Args{"event": string(e), "state": term.Code("movement." + s)})
}
