package carrier

import (
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Parcel is one parcel in which an order went out.
type Parcel struct {
	ID      id.ID  `json:"id"`
	ShopID  id.ID  `json:"-"`
	OrderID id.ID  `json:"order_id"`
	Carrier string `json:"carrier"`
	Waybill string `json:"waybill"`
}

// InsertParcel notes a parcel of an order; one that is noted stays as it is.
func InsertParcel(b *db.Batch, now clock.Instant, p Parcel) {
	b.Exec(`insert into order_parcel (id, shop_id, order_id, carrier, waybill, added_at) values ($1,$2,$3,$4,$5,$6)
		on conflict (shop_id, order_id, waybill) do nothing`, p.ID, p.ShopID, p.OrderID, p.Carrier, p.Waybill, now)
}

const parcelColumns = `id, shop_id, order_id, carrier, waybill`

func scanParcel(r *db.Rows) (Parcel, error) {
	var p Parcel
	return p, r.Scan(&p.ID, &p.ShopID, &p.OrderID, &p.Carrier, &p.Waybill)
}

// OfOrder lists the parcels of an order, in the order they were noted.
func OfOrder(tx *db.Tx, shopID, orderID id.ID) ([]Parcel, error) {
	return db.Collect(tx, scanParcel, `select `+parcelColumns+` from order_parcel where order_id = $1 and shop_id = $2 order by id`, orderID, shopID)
}

// ByWaybill lists the orders' parcels with a waybill, newest first, at most 20: one parcel may hold two orders.
func ByWaybill(tx *db.Tx, shopID id.ID, waybill string) ([]Parcel, error) {
	return db.Collect(tx, scanParcel, `select `+parcelColumns+` from order_parcel where shop_id = $1 and waybill = $2 order by id desc limit 20`, shopID, waybill)
}

// maxOfWaybill bounds the events of one parcel.
const maxOfWaybill = 2000

// Events lists what is known of a parcel, in the order it happened.
func Events(tx *db.Tx, shopID id.ID, waybill string) ([]Event, error) {
	return db.Collect(tx, func(r *db.Rows) (Event, error) {
		var e Event
		return e, r.Scan(&e.Carrier, &e.Waybill, &e.At, &e.Status, &e.SignedBy, &e.Text, &e.Place, &e.Source, &e.Actor)
	}, `select carrier, waybill, at, status, signed_by, text, place, source, actor from tracking_event where shop_id = $1 and waybill = $2 order by at, id limit $3`,
		shopID, waybill, maxOfWaybill)
}

// New leaves out of a report what is known of its parcel. A status that the carrier did not state stands back behind one it did.
func New(known, report []Event) (fresh []Event) {
	states := map[string][]Status{}
	for _, e := range known {
		states[e.hash()] = append(states[e.hash()], e.Status)
	}
	for _, e := range report {
		h := e.hash()
		if slices.Contains(states[h], e.Status) || len(states[h]) > 0 && !e.Stated {
			continue
		}
		states[h] = append(states[h], e.Status)
		fresh = append(fresh, e)
	}
	return fresh
}

// Append writes events that New let through, and says under which ids. Of two reports of the same at once, the second changes nothing: see Written.
func Append(b *db.Batch, now clock.Instant, shopID id.ID, events []Event) (ids []id.ID) {
	for _, e := range events {
		ids = append(ids, id.New())
		b.Exec(`insert into tracking_event (id, shop_id, waybill, carrier, at, status, signed_by, text, place, source, actor, hash, noted_at)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) on conflict (shop_id, waybill, hash, status) do nothing`,
			ids[len(ids)-1], shopID, e.Waybill, e.Carrier, e.At, e.Status, e.SignedBy, e.Text, e.Place, e.Source, e.Actor, e.hash(), now)
	}
	return ids
}

// Written leaves those of the events that were appended under ids in this transaction which no other report had written before.
func Written(tx *db.Tx, shopID id.ID, events []Event, ids []id.ID) (out []Event, err error) {
	for i, e := range events {
		there, err := db.Collect(tx, func(r *db.Rows) (x id.ID, err error) { return x, r.Scan(&x) },
			`select id from tracking_event where id = $1 and shop_id = $2`, ids[i], shopID)
		if err != nil {
			return nil, err
		}
		if len(there) > 0 {
			out = append(out, e)
		}
	}
	return out, nil
}

// Latest is the last word on a parcel; false when there is none.
func Latest(events []Event) (Event, bool) {
	if len(events) == 0 {
		return Event{}, false
	}
	return events[len(events)-1], true
}

// Arrived is the event by which a parcel counts as signed for: the first such word, unless it came back or met with a problem after it.
func Arrived(events []Event) (Event, bool) {
	at := slices.IndexFunc(events, func(e Event) bool { return e.Status == Signed })
	if at < 0 || slices.ContainsFunc(events[at+1:], func(e Event) bool { return e.Status == Problem || e.Status == Returned }) {
		return Event{}, false
	}
	if slices.ContainsFunc(events[:at], func(e Event) bool { return e.Status == Returned }) {
		return Event{}, false // the sender signed for what came back to him
	}
	return events[at], true
}

var _ = errs.Register(map[string]errs.Text{
	"carrier.push_malformed": {ZhCN: "推送内容无法识别（{why}）。", En: "The push cannot be read ({why})."},
	"carrier.signature":      {ZhCN: "签名不正确。", En: "The signature is wrong."},
})
