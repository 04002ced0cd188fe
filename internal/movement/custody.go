package movement

import (
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
)

// Holder is who has the goods: customer, carrier, supplier, or warehouse:<code>.
type Holder string

const (
	WithCustomer Holder = "customer"
	WithCarrier  Holder = "carrier"
	LostOnTheWay Holder = "lost"
	WithSupplier Holder = "supplier"
)

// InWarehouse is the holder of goods in a warehouse.
func InWarehouse(code string) Holder { return Holder("warehouse:" + code) }

// Holding is how many units of an order line a holder has.
type Holding struct {
	OrderLineID id.ID  `json:"order_line_id"`
	Holder      Holder `json:"holder"`
	Quantity    int64  `json:"quantity"`
}

// Handover is units going from one holder to another, by a movement.
type Handover struct {
	ShopID      id.ID
	OrderLineID id.ID
	MovementID  id.ID
	From, To    Holder
	Quantity    int64
	By          string // who recorded it
	First       Holder // who holds all units before the order line's first handover; the customer, unless it says so
}

// HandOver writes a handover and both holdings. Zero units write nothing. The giver must hold the units: the database
// refuses a negative holding. sold is the order line's quantity: before its first handover one holder has them all.
func HandOver(b *db.Batch, now clock.Instant, h Handover, sold int64) {
	if h.Quantity == 0 || h.From == h.To {
		return
	}
	if h.First == "" {
		h.First = WithCustomer
	}
	b.Exec(`insert into holding (shop_id, order_line_id, holder, quantity)
		select cast($1 as bigint), cast($2 as bigint), cast($3 as text), cast($4 as bigint) where not exists (select 1 from holding where order_line_id = $5)
		on conflict (order_line_id, holder) do nothing`, h.ShopID, h.OrderLineID, h.First, sold, h.OrderLineID)
	b.Exec(`insert into custody (id, shop_id, order_line_id, movement_id, from_holder, to_holder, quantity, at, by) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		id.New(), h.ShopID, h.OrderLineID, h.MovementID, h.From, h.To, h.Quantity, now, h.By)
	b.ExecN(1, `update holding set quantity = quantity - $1 where order_line_id = $2 and holder = $3 and shop_id = $4`,
		h.Quantity, h.OrderLineID, h.From, h.ShopID)
	b.Exec(`insert into holding (shop_id, order_line_id, holder, quantity) values ($1,$2,$3,$4)
		on conflict (order_line_id, holder) do update set quantity = holding.quantity + excluded.quantity`,
		h.ShopID, h.OrderLineID, h.To, h.Quantity)
}

// Holdings lists who holds the units of an order line. None are written before the first handover.
func Holdings(tx *db.Tx, shopID, orderLineID id.ID) ([]Holding, error) {
	return db.Collect(tx, func(r *db.Rows) (Holding, error) {
		var h Holding
		return h, r.Scan(&h.OrderLineID, &h.Holder, &h.Quantity)
	}, `select order_line_id, holder, quantity from holding where order_line_id = $1 and shop_id = $2 order by holder`, orderLineID, shopID)
}
