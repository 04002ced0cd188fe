package order

import (
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/rule"
)

// Dispatch 发货承诺 is until when an article was promised to leave (S1-108), and what came of it. It is looked at once its time
// is over: kept, missed, or released, because the customer himself put it off or the order was taken back before.
//
//	open → kept · missed · released
//
// What an order list does not tell proves nothing: the list may only be older than the parcel. Such a promise is looked at when a
// later list still does not know the parcel. What another system records is its own record, silence included.
type Dispatch struct {
	LineID    id.ID          `json:"order_line_id"`
	ShopID    id.ID          `json:"-"`
	OrderID   id.ID          `json:"-"`
	ShipBy    clock.Instant  `json:"ship_by" doc:"until when it was promised to leave"`
	ShippedAt *clock.Instant `json:"shipped_at,omitempty"`
	Listed    bool           `json:"-"`
	DueAt     *clock.Instant `json:"-"` // when it is looked at; nil: not before its record is heard of again
	State     DispatchState  `json:"state" enum:"open,kept,missed,released"`
	Why       Release        `json:"why,omitempty" enum:",customer,cancelled" doc:"it was released"`
	CaseID    id.ID          `json:"case_id,omitzero" doc:"in which it was asked to be made good"`
	Version   int64          `json:"version"`
}

// DispatchState is what came of a promise.
type DispatchState string

const (
	DispatchOpen     DispatchState = "open"
	DispatchKept     DispatchState = "kept"
	DispatchMissed   DispatchState = "missed"
	DispatchReleased DispatchState = "released" // it binds no longer
)

// Release is why a promise binds no longer.
type Release string

const (
	ByCustomer  Release = "customer"  // 顾客要求暂缓发货
	ByCancelled Release = "cancelled" // taken back before it was due
)

// Promised is the promise for an article. What is known from an order list is looked at only when the list tells that it left.
func Promised(l Line, shipBy clock.Instant, shippedAt *clock.Instant, listed bool) Dispatch {
	d := Dispatch{LineID: l.ID, ShopID: l.ShopID, OrderID: l.OrderID, ShipBy: shipBy, ShippedAt: shippedAt, Listed: listed, State: DispatchOpen, Version: 1}
	return d.timed(nil)
}

// timed sets when a promise is looked at. heard is when its order list was read last.
func (d Dispatch) timed(heard *clock.Instant) Dispatch {
	d.DueAt = &d.ShipBy
	if d.Listed && d.ShippedAt == nil {
		d.DueAt = nil
		if heard != nil && *heard > d.ShipBy {
			d.DueAt = heard
		}
	}
	return d
}

// Heard is a promise after its order list was read again: it may tell that the article left, or that the platform moved the time on.
// An earlier time than the one that counts is not taken.
func (d Dispatch) Heard(now, shipBy clock.Instant, shippedAt *clock.Instant) Dispatch {
	if d.State != DispatchOpen {
		return d
	}
	d.ShipBy = max(d.ShipBy, shipBy)
	if d.ShippedAt == nil {
		d.ShippedAt = shippedAt
	}
	return d.timed(&now)
}

// Late says that the article left after its time, or has not left and the time is over. On the very instant it is in time.
func (d Dispatch) Late(now clock.Instant) bool {
	if d.ShippedAt != nil {
		return *d.ShippedAt > d.ShipBy
	}
	return now > d.ShipBy
}

// Movable says that a promise still binds: its time is not over, and the article has not left.
func (d Dispatch) Movable(now clock.Instant) bool {
	return d.State == DispatchOpen && d.ShippedAt == nil && !d.Late(now)
}

// Postpone is a promise after its time was moved on by agreement; why is ByCustomer where he asked for it. Without a time nothing is promised
// any more, which only the customer can ask for.
//
// Errors: Conflict order.dispatch_over, Invalid order.dispatch_earlier, order.dispatch_until.
func (d Dispatch) Postpone(now clock.Instant, until *clock.Instant, why Release) (Dispatch, error) {
	switch {
	case !d.Movable(now):
		return d, errs.New(errs.Conflict, "order.dispatch_over", errs.Args{"ship_by": d.ShipBy.String()})
	case until == nil && why != ByCustomer:
		return d, errs.New(errs.Invalid, "order.dispatch_until")
	case until == nil:
		d.State, d.Why = DispatchReleased, why
	case *until <= d.ShipBy:
		return d, errs.New(errs.Invalid, "order.dispatch_earlier", errs.Args{"ship_by": d.ShipBy.String()})
	default:
		d.ShipBy = *until
	}
	return d.timed(nil), nil
}

// End is a promise of which it is known what came.
func (d Dispatch) End(s DispatchState, why Release, caseID id.ID) Dispatch {
	d.State, d.Why, d.CaseID = s, why, caseID
	return d
}

// Cancelled says that an order was taken back, by the platform's word for it.
func Cancelled(status string) bool {
	for _, w := range []string{"关闭", "取消", "删除", "cancel", "voided"} {
		if strings.Contains(strings.ToLower(status), w) {
			return true
		}
	}
	return false
}

// The facts of a promised time of dispatch, of orders under which something was promised.
var (
	FactDispatchRecorded = rule.BoolFact("order.dispatch_recorded", rule.Def{Stage: rule.AtApplication, Ask: rule.System, AppliesWhen: promised,
		Label: rule.Text{ZhCN: "是否按时发货有据可查", En: "Whether it left in time is proven by the record"},
		Help:  rule.Text{ZhCN: "记有承诺发货时间和实际发货时间。订单列表里还显示未发货的不算，可能只是列表旧了，由客服核实。", En: "The promised time and the time it left are on record. An order list that does not know the parcel yet proves nothing: it may only be old, and an agent looks."}})
	FactDispatchHeld = rule.BoolFact("order.dispatch_held", rule.Def{Stage: rule.AtApplication, Ask: rule.System, AppliesWhen: promised,
		Label: rule.Text{ZhCN: "顾客要求暂缓发货", En: "The customer asked for it to be held back"},
		Help:  rule.Text{ZhCN: "顾客自己要求晚发、改地址等造成的等待，不算超时。约好新的发货时间的，从新的时间算。", En: "Waiting that the customer asked for is no delay. Where another time was agreed, that one counts."}})
)

// Proven says that the record shows what came of a promise: when the article left, or, where its silence counts, that it has not.
func (d Dispatch) Proven() bool {
	return d.State != DispatchReleased && (d.ShippedAt != nil || !d.Listed)
}

// WithDispatch are the terms of an order under which a time of dispatch was promised: that is a commitment that was shown.
func (a Attrs) WithDispatch() Attrs {
	p := Promises{}
	if a.Promises != nil {
		p = *a.Promises
	}
	p.Dispatch, a.Promises = true, &p
	return a
}

// DispatchFacts says what the record tells of an article's promise; nil is none.
func DispatchFacts(fs rule.Facts, o Order, d *Dispatch, now clock.Instant) {
	if o.Attrs.Promises == nil {
		return
	}
	FactDispatchRecorded.Set(fs, d != nil && d.Proven())
	FactDispatchHeld.Set(fs, d != nil && d.Why == ByCustomer)
	if d != nil && d.State != DispatchReleased {
		FactPromiseMissed.Set(fs, d.Late(now))
	}
}

const dispatchColumns = `order_line_id, shop_id, order_id, ship_by, shipped_at, listed, due_at, state, why, case_id, version`

func scanDispatch(r *db.Rows) (d Dispatch, err error) {
	var caseID *id.ID
	if err = r.Scan(&d.LineID, &d.ShopID, &d.OrderID, &d.ShipBy, &d.ShippedAt, &d.Listed, &d.DueAt, &d.State, &d.Why, &caseID, &d.Version); caseID != nil {
		d.CaseID = *caseID
	}
	return d, err
}

// InsertDispatch adds promises.
func InsertDispatch(b *db.Batch, promises []Dispatch) {
	for _, d := range promises {
		b.Exec(`insert into dispatch_promise (`+dispatchColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,1)`,
			d.LineID, d.ShopID, d.OrderID, d.ShipBy, d.ShippedAt, d.Listed, d.DueAt, d.State, d.Why, d.CaseID.OrNull())
	}
}

// SaveDispatch writes a promise down, under its version.
func SaveDispatch(b *db.Batch, d Dispatch) Dispatch {
	b.ExecN(1, `update dispatch_promise set ship_by = $1, shipped_at = $2, due_at = $3, state = $4, why = $5, case_id = $6, version = version + 1
		where order_line_id = $7 and shop_id = $8 and version = $9`,
		d.ShipBy, d.ShippedAt, d.DueAt, d.State, d.Why, d.CaseID.OrNull(), d.LineID, d.ShopID, d.Version)
	d.Version++
	return d
}

// Left notes when the articles of an order left of which that was not known.
func Left(b *db.Batch, shopID, orderID id.ID, at clock.Instant) {
	b.Exec(`update dispatch_promise set shipped_at = $1, due_at = ship_by, version = version + 1 where order_id = $2 and shop_id = $3 and shipped_at is null`,
		at, orderID, shopID)
}

// Dispatches lists the promises of an order.
func Dispatches(tx *db.Tx, shopID, orderID id.ID) ([]Dispatch, error) {
	return db.Collect(tx, scanDispatch, `select `+dispatchColumns+` from dispatch_promise where order_id = $1 and shop_id = $2 order by order_line_id`, orderID, shopID)
}

// DispatchesDue lists a shop's open promises that were due before a time, after the given one, at most limit, in the order they were due.
func DispatchesDue(tx *db.Tx, shopID id.ID, before clock.Instant, after Dispatch, limit int) ([]Dispatch, error) {
	var from clock.Instant
	if after.DueAt != nil {
		from = *after.DueAt
	}
	return db.Collect(tx, scanDispatch, `select `+dispatchColumns+` from dispatch_promise where shop_id = $1 and state = 'open' and due_at < $2
		and (due_at, order_line_id) > ($3, $4) order by due_at, order_line_id limit $5`, shopID, before, from, after.LineID, limit)
}
