package flow

import (
	"context"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/live"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/stray"
)

// 多出来的 — what was in a parcel beyond what was announced. It is taken in as what it is: written in the parcel's record and
// laid on the shelf as units of a known customer, until somebody finds which of his returns they are, or they go home. Nothing is
// decided and nothing paid for them here.

// maxSurplus is how many units of one article may be too many; more is a slip of the finger.
const maxSurplus = 99

// Extra is something that was in a parcel and that none of its lines announced.
type Extra struct {
	OrderLineID id.ID  `json:"order_line_id,omitzero" doc:"what it is a unit of, where it is an article of one of the case's orders"`
	What        string `json:"what,omitempty" maxLength:"200" doc:"what it is, in words; the article's title without it"`
	Quantity    int64  `json:"quantity" minimum:"1" maximum:"99"`
}

// source is units of one order line and who has them by our books.
type source struct {
	line id.ID
	from movement.Holder
}

// surplus makes what lies on the shelf of what was too much: units of the customer's orders as far as he, or a carrier, still has
// some by our books; what nobody had is an article we know nothing of. counts are brought down to what was announced.
func (f *Flow) surplus(ctx context.Context, who Actor, d *Dossier, m *movement.Movement, counts map[id.ID]int64, extras []Extra) ([]stray.Parcel, error) {
	taken := map[source]int64{}
	for _, in := range m.Lines {
		if more := counts[in.CaseLineID] - in.Announced; more > 0 {
			extras = append(slices.Clone(extras), Extra{OrderLineID: in.OrderLineID, Quantity: more})
			counts[in.CaseLineID] = in.Announced
		}
		taken[source{in.OrderLineID, d.cameFrom(m)}] += counts[in.CaseLineID]
	}
	var out []stray.Parcel
	var faults errs.Faults
	for i, x := range extras {
		ol, known := d.boughtLine(x.OrderLineID)
		switch {
		case x.OrderLineID != 0 && !known:
			faults.Add("/extras/"+itoa(i)+"/order_line_id", "order.line_not_found", errs.Args{"line": x.OrderLineID.String()})
			continue
		case x.What == "" && !known:
			faults.Add("/extras/"+itoa(i)+"/what", "flow.extra_unnamed")
			continue
		}
		p := stray.Parcel{ShopID: d.Shop.ID, WarehouseID: m.WarehouseID, Waybill: m.Waybill, Carrier: m.Carrier, Label: x.What, State: stray.OnShelf, Kind: stray.Unit,
			OrderID: d.Lines[0].OrderID, CaseID: d.Case.ID, OrderLineID: x.OrderLineID, FromMovementID: m.ID, Quantity: x.Quantity, By: who.Name, Version: 1}
		if p.Waybill == "" {
			p.Waybill = m.Number
		}
		if !known {
			out = append(out, p)
			continue
		}
		p.OrderID = ol.OrderID
		if p.Label == "" {
			p.Label = ol.Title
		}
		parts, err := f.bySource(ctx, d.Shop.ID, ol, m, p, taken)
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
	}
	return out, faults.Err()
}

// bySource divides units by who had them.
func (f *Flow) bySource(ctx context.Context, shopID id.ID, ol order.Line, m *movement.Movement, p stray.Parcel, taken map[source]int64) (out []stray.Parcel, err error) {
	var holdings []movement.Holding
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		holdings, err = movement.Holdings(tx, shopID, ol.ID)
		return err
	})
	has := map[movement.Holder]int64{}
	for _, h := range holdings {
		has[h.Holder] = h.Quantity
	}
	first := movement.WithCustomer
	if m.Purpose == movement.Intercept {
		first = movement.WithCarrier
	}
	if len(holdings) == 0 {
		has[first] = ol.Quantity
	}
	left := p.Quantity
	for _, from := range []movement.Holder{first, movement.WithCustomer, movement.WithCarrier} {
		src := source{ol.ID, from}
		if n := min(left, has[from]-taken[src]); n > 0 {
			part := p
			part.Quantity, part.TakenFrom = n, string(from)
			out = append(out, part)
			taken[src] += n
			left -= n
		}
	}
	if left > 0 {
		p.Quantity, p.OrderLineID = left, 0
		out = append(out, p)
	}
	return out, err
}

// boughtLine is a line of one of the case's orders.
func (d *Dossier) boughtLine(orderLineID id.ID) (order.Line, bool) {
	for _, lines := range d.OrderLines {
		for _, l := range lines {
			if l.ID == orderLineID {
				return l, true
			}
		}
	}
	return order.Line{}, false
}

// shelve lays what was too much on the shelf.
func (c *change) shelve(m *movement.Movement, units []stray.Parcel) {
	for _, p := range units {
		p.ID, p.ArrivedAt = id.New(), *m.ReceivedAt
		m.Surplus += p.Quantity
		stray.Insert(c.b, p)
		c.note(strayEvent(c.b, c.now, c.who, p, "arrived"))
		c.event(audit.Movement, m.ID, "surplus", map[string]any{"units": p.Quantity, "stray": p.ID, "what": p.Label})
		if p.TakenFrom != "" {
			c.handOver(m, movement.Line{OrderLineID: p.OrderLineID}, movement.Holder(p.TakenFrom), movement.InWarehouse(c.warehouseCode(m.WarehouseID)), p.Quantity)
		}
	}
	if len(units) > 0 {
		c.shelfChanged()
	}
}

// shelfChanged tells whoever looks at the shelf.
func (c *change) shelfChanged() {
	c.jobs = append(c.jobs, func(tx *db.Tx) error {
		c.flow.changed(tx, c.Shop.ID, live.Shelf, 1)
		return nil
	})
}

// matchUnits finds which return the units on the shelf are: all that its parcel was to bring. They were counted when they were
// taken out of the other parcel, so it is received by that, as of that day.
func (f *Flow) matchUnits(ctx context.Context, d *Dossier, p stray.Parcel, m *movement.Movement) (step, error) {
	if err := d.allowParcel(m, Receive); err != nil {
		return nil, err
	}
	in := m.Lines[0]
	same, err := f.sameCustomer(ctx, d, p)
	if err != nil {
		return nil, err
	}
	switch {
	case !same:
		return nil, errs.New(errs.Conflict, "flow.surplus_others")
	case len(m.Lines) > 1 || in.Announced != p.Quantity:
		var announced int64
		for _, l := range m.Lines {
			announced += l.Announced
		}
		return nil, errs.New(errs.Conflict, "flow.surplus_parts", errs.Args{"announced": announced, "units": p.Quantity})
	case p.OrderLineID != 0 && p.OrderLineID != in.OrderLineID:
		return nil, errs.New(errs.Conflict, "flow.surplus_other")
	}
	movementID := m.ID
	return func(c *change) {
		m, _ := c.movement(movementID, 0)
		p := c.endStray(p, m)
		if p.TakenFrom == "" { // by our books they were where the parcel was to come from
			p.WarehouseID = m.WarehouseID
			c.handOver(m, in, c.cameFrom(m), movement.InWarehouse(c.warehouseCode(m.WarehouseID)), p.Quantity)
		} else if from := c.cameFrom(m); from != movement.Holder(p.TakenFrom) { // what was on its way was not what came
			c.handOver(m, in, from, movement.Holder(p.TakenFrom), p.Quantity)
		}
		m.SignedAt, m.ReceivedAt = &p.ArrivedAt, &p.ArrivedAt
		c.countIn(m, map[id.ID]int64{in.CaseLineID: p.Quantity}, map[string]any{"at": m.ReceivedAt, "stray": p.ID})
	}, nil
}

// sameCustomer says that units on the shelf were in a parcel of the customer whose case this is.
func (f *Flow) sameCustomer(ctx context.Context, d *Dossier, p stray.Parcel) (same bool, err error) {
	if _, ok := d.Orders[p.OrderID]; ok {
		return true, nil
	}
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		from, err := cases.Get(tx, d.Shop.ID, p.CaseID)
		same = from.CustomerID != 0 && from.CustomerID == d.Case.CustomerID
		return err
	})
	return same, err
}

// endStray takes what lies on the shelf off it, for a movement that it came to another warehouse than.
func (c *change) endStray(p stray.Parcel, m *movement.Movement) stray.Parcel {
	p.State, p.MovementID, p.EndedAt = stray.Matched, m.ID, &c.now
	stray.Update(c.b, p)
	c.note(strayEvent(c.b, c.now, c.who, p, "matched"))
	if p.WarehouseID != 0 && p.WarehouseID != m.WarehouseID {
		lines := m.Lines
		*m = movement.Reroute(c.b, *m, p.WarehouseID)
		m.Lines = lines
	}
	c.shelfChanged()
	return p
}

// homeAgain hands units that were on the shelf back to who had them: they went home.
func homeAgain(tx *db.Tx, b *db.Batch, who Actor, p stray.Parcel, warehouse string) {
	if p.Kind == stray.Unit && p.TakenFrom != "" {
		movement.HandOver(b, tx.Now, movement.Handover{ShopID: p.ShopID, OrderLineID: p.OrderLineID, MovementID: p.FromMovementID, From: movement.InWarehouse(warehouse),
			To: movement.WithCustomer, Quantity: p.Quantity, By: who.Name}, p.Quantity)
	}
}

var _ = errs.Register(map[string]errs.Text{
	"flow.extra_unnamed":  {ZhCN: "请写明多出来的是什么。", En: "Please say what there is too much of."},
	"flow.surplus_parts":  {ZhCN: "那件退货登记了 {announced} 件，架上多出的是 {units} 件；先把那条明细拆开，或等其余的到了一起收。", En: "That return announced {announced} units, and {units} lie on the shelf; split its line first, or wait for the rest."},
	"flow.surplus_others": {ZhCN: "架上多出来的是另一位顾客的。", En: "What lies on the shelf is another customer's."},
	"flow.surplus_other":  {ZhCN: "架上的是另一件商品，不是那件退货登记的。", En: "What lies on the shelf is another article than that return announced."},
})
