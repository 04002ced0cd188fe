package order

import (
	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
)

// Known is an order as it was imported before, as far as another import can agree or disagree with it.
type Known struct {
	ID, ShopID  id.ID
	OrderNo     string
	CustomerID  id.ID
	Currency    string
	FreightPaid int64
	OrderedAt   clock.Instant
	PaidAt      *clock.Instant
	ShippedAt   *clock.Instant
	SignedOn    *calendar.Date
	Version     int64
	Lines       []KnownLine
	Promises    []KnownPromise // that are open
}

// KnownPromise is an open promise of dispatch of a Known order's line.
type KnownPromise struct {
	LineNo int64
	Dispatch
}

// KnownLine is a line of a Known order.
type KnownLine struct {
	ID                               id.ID
	LineNo, Quantity, UnitPrice, Net int64
	Serials                          []string
	SKU                              string
}

// KnownReturn is a return record that was imported before.
type KnownReturn struct {
	ReturnNo        string
	LineNo          int64
	SKU, BuyerKey   string
	Quantity, Minor int64
	At              clock.Instant
}
