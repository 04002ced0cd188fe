package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

// An order told to us by another system: a shop's own web store, a till. Files of platforms are imported
// (import_orders.go).

// NewOrder is a purchase as it is recorded.
type NewOrder struct {
	Platform    string         `json:"platform,omitempty" maxLength:"40" doc:"empty for the shop's own orders"`
	OrderNo     string         `json:"order_no" minLength:"1" maxLength:"64"`
	Buyer       Buyer          `json:"buyer,omitempty"`
	Channel     order.Channel  `json:"channel" enum:"distance,store"`
	Status      string         `json:"status,omitempty" maxLength:"40" doc:"the platform's own word"`
	OrderedAt   clock.Instant  `json:"ordered_at"`
	PaidAt      *clock.Instant `json:"paid_at,omitempty"`
	ShipBy      *clock.Instant `json:"ship_by,omitempty" doc:"until when it was promised to leave, where a line says nothing else"`
	ShippedAt   *clock.Instant `json:"shipped_at,omitempty"`
	SignedOn    *calendar.Date `json:"signed_on,omitempty"`
	SignedBy    string         `json:"signed_by,omitempty" enum:"self,family,station,locker,unknown" default:"unknown"`
	FreightPaid int64          `json:"freight_paid,omitempty" minimum:"0" doc:"outbound freight the customer paid, minor units"`
	Attrs       order.Attrs    `json:"attrs,omitempty"`
	Lines       []NewOrderLine `json:"lines" minItems:"1" maxItems:"500" nullable:"false"`
	Payments    []NewPayment   `json:"payments" minItems:"1" maxItems:"20" nullable:"false"`
}

// Buyer is who bought. Without a key the order stands alone.
type Buyer struct {
	Key   string `json:"key,omitempty" maxLength:"128" doc:"the platform's buyer id or nick"`
	Nick  string `json:"nick,omitempty" maxLength:"128"`
	Name  string `json:"name,omitempty" maxLength:"128" doc:"as seen, perhaps masked"`
	Phone string `json:"phone,omitempty" maxLength:"40" doc:"as seen, perhaps masked"`
}

// NewOrderLine is one article of a new order.
type NewOrderLine struct {
	SKU       string          `json:"sku" minLength:"1" maxLength:"64"`
	Title     string          `json:"title" maxLength:"300"`
	Category  string          `json:"category" maxLength:"40"`
	Quantity  int64           `json:"quantity" minimum:"1" maximum:"1000000"`
	UnitPrice int64           `json:"unit_price" minimum:"0" maximum:"1000000000000"`
	Net       int64           `json:"net" minimum:"0" maximum:"1000000000000" doc:"paid for the whole line, freight apart"`
	ShipBy    *clock.Instant  `json:"ship_by,omitempty" doc:"until when this article was promised to leave"`
	Serials   []string        `json:"serials,omitempty" maxItems:"500" doc:"serial numbers, one for each unit, or none"`
	Attrs     order.LineAttrs `json:"attrs,omitempty"`
}

// NewPayment is one tender that paid a new order.
type NewPayment struct {
	Tender    string       `json:"tender" minLength:"1" maxLength:"40" doc:"alipay, wechat, card, bank, cash …"`
	Route     settle.Route `json:"route" enum:"gateway,marketplace,bank,cash,in_kind" doc:"how it goes back; in_kind: points as points, a voucher as a voucher (NRR-14)"`
	Reference string       `json:"reference,omitempty" maxLength:"128" doc:"the provider's number"`
	Captured  int64        `json:"captured" minimum:"0" maximum:"1000000000000"`
	Points    int64        `json:"points,omitempty" minimum:"0" maximum:"1000000000000" doc:"in_kind: how many points it was; they go back in proportion"`
}

// Recorded is an order with its lines.
type Recorded struct {
	Order    order.Order      `json:"order"`
	Lines    []order.Line     `json:"lines" nullable:"false"`
	Dispatch []order.Dispatch `json:"dispatch,omitempty" doc:"until when articles were promised to leave, and what came of it"`
}

// RecordOrder writes an order with its buyer and payments. What was paid has to be what the lines and the freight cost.
// An order number that is recorded already is a conflict.
func (f *Flow) RecordOrder(ctx context.Context, who Actor, shopID id.ID, n NewOrder) (Recorded, error) {
	r, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(ctx context.Context) (NewOrder, error) { return n, n.check() },
		func(tx *db.Tx, n NewOrder) (Recorded, error) { return recordOrder(tx, who, shopID, n) })
	return r, err
}

func (n NewOrder) check() error {
	var faults errs.Faults
	due, paid := n.FreightPaid, int64(0)
	for _, l := range n.Lines {
		due += l.Net
	}
	seen := map[[2]string]bool{}
	for i, p := range n.Payments {
		paid += p.Captured
		if key := [2]string{p.Tender, p.Reference}; seen[key] {
			faults.Add("/payments/"+itoa(i)+"/reference", "flow.payment_twice")
		} else {
			seen[key] = true
		}
	}
	if due != paid {
		faults.Add("/payments", "flow.paid_differs", errs.Args{"due": due, "paid": paid})
	}
	for i, p := range n.Payments {
		if p.Points > 0 && (p.Route != settle.InKind || p.Captured == 0) {
			faults.Add("/payments/"+itoa(i)+"/points", "flow.points_route")
		}
	}
	for i, l := range n.Lines {
		if serials, err := order.CleanSerials(l.Serials, l.Quantity); err != nil {
			faults.Add("/lines/"+itoa(i)+"/serials", errs.As(err).Key, errs.As(err).Args)
		} else {
			n.Lines[i].Serials = serials
		}
	}
	if n.PaidAt != nil && *n.PaidAt < n.OrderedAt {
		faults.Add("/paid_at", "flow.before_order")
	}
	if n.ShipBy != nil && *n.ShipBy < n.OrderedAt {
		faults.Add("/ship_by", "flow.before_order")
	}
	for i, l := range n.Lines {
		if l.ShipBy != nil && *l.ShipBy < n.OrderedAt {
			faults.Add("/lines/"+itoa(i)+"/ship_by", "flow.before_order")
		}
	}
	return faults.Err()
}

// promised says that a time of dispatch was promised for an article.
func (n NewOrder) promised() bool {
	return n.ShipBy != nil || slices.ContainsFunc(n.Lines, func(l NewOrderLine) bool { return l.ShipBy != nil })
}

func recordOrder(tx *db.Tx, who Actor, shopID id.ID, n NewOrder) (r Recorded, err error) {
	s, err := shop.Get(tx, shopID)
	if err != nil {
		return r, err
	}
	if err := notYet(tx, s, n.SignedOn); err != nil {
		return r, err
	}
	if _, err := order.ByNumber(tx, shopID, n.Platform, n.OrderNo); errs.CodeOf(err) != errs.NotFound {
		if err == nil {
			err = errs.New(errs.Conflict, "order.exists", errs.Args{"order_no": n.OrderNo})
		}
		return r, err
	}
	o := order.Order{ID: id.New(), ShopID: shopID, Platform: n.Platform, OrderNo: n.OrderNo, Channel: n.Channel, Status: n.Status,
		Currency: s.Currency, FreightPaid: n.FreightPaid, OrderedAt: n.OrderedAt, PaidAt: n.PaidAt, ShippedAt: n.ShippedAt,
		SignedOn: n.SignedOn, SignedBy: n.SignedBy, Attrs: n.Attrs, Version: 1}
	if o.SignedBy == "" {
		o.SignedBy = "unknown"
	}
	if n.Buyer.Key != "" {
		if o.CustomerID, err = buyer(tx, shopID, n); err != nil {
			return r, err
		}
	}
	if n.promised() {
		o.Attrs = o.Attrs.WithDispatch()
	}
	r = Recorded{Order: o}
	for i, l := range n.Lines {
		r.Lines = append(r.Lines, order.Line{ID: id.New(), ShopID: shopID, OrderID: o.ID, LineNo: int64(i + 1), SKU: l.SKU, Title: l.Title,
			Category: l.Category, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net, Serials: l.Serials, Attrs: l.Attrs, Version: 1})
		if by := cmp.Or(l.ShipBy, n.ShipBy); by != nil {
			r.Dispatch = append(r.Dispatch, order.Promised(r.Lines[i], *by, n.ShippedAt, false))
		}
	}
	if err := order.CheckPromotions("/attrs/promotions", o.Attrs.Promotions, r.Lines); err != nil {
		return r, err
	}
	err = tx.Batch(func(b *db.Batch) {
		keep := func(err error) {
			if err != nil {
				b.Fail(err)
			}
		}
		keep(order.Insert(b, o))
		for _, l := range r.Lines {
			keep(order.InsertLine(b, l))
		}
		order.InsertDispatch(b, r.Dispatch)
		paidAt := n.OrderedAt
		if n.PaidAt != nil {
			paidAt = *n.PaidAt
		}
		for _, p := range n.Payments {
			settle.InsertPayment(b, settle.Payment{ID: id.New(), ShopID: shopID, OrderID: o.ID, Tender: p.Tender, Route: p.Route,
				Reference: p.Reference, Currency: s.Currency, Captured: p.Captured, Points: p.Points, PaidAt: int64(paidAt)})
		}
		keep(audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Order, SubjectID: o.ID, Actor: who.Name, Verb: "recorded"},
			map[string]any{"order_no": o.OrderNo, "platform": o.Platform}))
	})
	return r, err
}

// notYet refuses a day of receipt that has not come.
func notYet(tx *db.Tx, s shop.Shop, signedOn *calendar.Date) error {
	cal, err := calendar.Load(s.Calendar)
	if err == nil && signedOn != nil && *signedOn > cal.DateOf(tx.Now) {
		err = errs.New(errs.Invalid, "flow.signed_in_future", errs.Args{"date": signedOn.String()})
	}
	return err
}

// buyer finds or makes the customer of an order.
func buyer(tx *db.Tx, shopID id.ID, n NewOrder) (id.ID, error) {
	c := customer.Customer{ID: id.New(), ShopID: shopID, Platform: n.Platform, BuyerKey: n.Buyer.Key, Nick: n.Buyer.Nick, Name: n.Buyer.Name, Phone: n.Buyer.Phone}
	found, err := customer.Add(tx, c)
	if err != nil {
		err = fmt.Errorf("buyer: %w", err)
	}
	return found, err
}

// Delivery is how far an order's goods have come.
type Delivery struct {
	ShippedAt *clock.Instant `json:"shipped_at,omitempty"`
	SignedOn  *calendar.Date `json:"signed_on,omitempty"`
	SignedBy  string         `json:"signed_by,omitempty" enum:"self,family,station,locker,unknown" default:"unknown"`
	Status    string         `json:"status,omitempty" maxLength:"40" doc:"the platform's own word"`
}

// Deliver records that an order was shipped or signed for. What is recorded is not taken back.
func (f *Flow) Deliver(ctx context.Context, who Actor, shopID, orderID id.ID, version int64, dl Delivery) (Recorded, error) {
	return again(ctx, func() (Recorded, error) { return f.deliver(ctx, who, shopID, orderID, version, dl) })
}

func (f *Flow) deliver(ctx context.Context, who Actor, shopID, orderID id.ID, version int64, dl Delivery) (Recorded, error) {
	r, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx),
		func(ctx context.Context) (r Recorded, err error) {
			err = f.DB.Read(ctx, func(tx *db.Tx) error {
				r, err = readOrder(tx, shopID, orderID)
				return err
			})
			if err == nil {
				err = current(version, r.Order.Version)
			}
			return r, err
		},
		func(tx *db.Tx, r Recorded) (Recorded, error) {
			s, err := shop.Get(tx, shopID)
			if err == nil {
				err = notYet(tx, s, dl.SignedOn)
			}
			if err != nil {
				return r, err
			}
			err = tx.Batch(func(b *db.Batch) {
				r.Order = order.SetDelivery(b, r.Order, dl.ShippedAt, dl.SignedOn, dl.SignedBy, dl.Status)
				if dl.ShippedAt != nil && r.Order.Attrs.Promises != nil {
					order.Left(b, shopID, orderID, *dl.ShippedAt)
				}
				if err := audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Order, SubjectID: orderID, Actor: who.Name, Verb: "delivery"}, dl); err != nil {
					b.Fail(err)
				}
			})
			return r, err
		})
	return r, err
}

func readOrder(tx *db.Tx, shopID, orderID id.ID) (Recorded, error) {
	o, err := order.Get(tx, shopID, orderID)
	if err != nil {
		return Recorded{}, err
	}
	r := Recorded{Order: o}
	if r.Lines, err = order.Lines(tx, shopID, orderID); err == nil && o.Attrs.Promises != nil {
		r.Dispatch, err = order.Dispatches(tx, shopID, orderID)
	}
	return r, err
}
