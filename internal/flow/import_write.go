package flow

import (
	"context"
	"errors"
	"slices"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
)

// write is the second pass: chunk by chunk, behind the last row that is stored.
func (im *importer) write(ctx context.Context) (err error) {
	feed, err := im.preset.Open(ctx, im.terms, im.Orders, im.Items, int(im.run.RowsDone))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, feed.Close()) }()
	im.report.Created, im.report.Unchanged, im.report.Advanced = ImportCounts{}, ImportCounts{}, 0
	return im.chunks(ctx, feed, func(chunk importChunk) error {
		if err := im.store(ctx, chunk); err != nil {
			return err
		}
		im.progress(ImportWrites, chunk)
		return nil
	})
}

// store writes one chunk. Another import that wrote the same order or customer a moment earlier makes it fail on a key;
// it is then made again, and finds them. So it is when a job looked at a promise.
func (im *importer) store(ctx context.Context, c importChunk) error {
	for n := 1; ; n++ {
		err := im.storeOnce(ctx, c)
		if err == nil || n == attempts || !db.IsUnique(err) && !db.IsForeignKey(err) && !stale(err) {
			return err
		}
	}
}

// storeOnce writes one chunk and moves the mark, in one transaction.
func (im *importer) storeOnce(ctx context.Context, c importChunk) error {
	var r importRows
	var run order.Run
	err := im.db.Write(ctx, func(tx *db.Tx) error {
		k, err := im.lookUp(tx, c)
		if err != nil {
			return err
		}
		r = im.rows(c, k)
		run = im.run
		run.RowsDone, run.BytesDone = max(run.RowsDone, c.last), c.bytes
		run.Created += r.made.Lines + r.made.Returns
		run.Unchanged += r.was.Lines + r.was.Returns
		run.Advanced += int64(len(r.advances))
		return filled(tx, func(b *db.Batch) error {
			run = order.UpdateRun(b, run)
			return r.insert(b, tx.Now)
		})
	})
	if err != nil {
		return err
	}
	im.run = run
	im.report.Created.add(r.made)
	im.report.Unchanged.add(r.was)
	im.report.Advanced += int64(len(r.advances))
	return nil
}

// importRows are what a chunk comes to in the database.
type importRows struct {
	customers []customer.Customer
	orders    []order.Order
	lines     []order.Line
	payments  []importPayment
	returns   []order.Return
	advances  []importAdvance
	promised  []order.Dispatch // new promises of dispatch
	heard     []order.Dispatch // known ones of which the file tells more
	parcels   []carrier.Parcel
	made, was ImportCounts
}

// importPayment is a payment, and what the platform gave back of it before.
type importPayment struct {
	settle.Payment
	refunded int64
}

// importAdvance is an order that was known and what is known of it now.
type importAdvance struct {
	was     order.Known
	now     order.Order
	serials map[id.ID][]string // by line, where none were known
}

// rows gives ids to what is new and leaves out what is known.
func (im *importer) rows(c importChunk, k known) importRows {
	var r importRows
	for _, e := range c.entries {
		if e.Sale != nil {
			im.saleRows(&r, e.Sale, k)
		}
		for _, x := range e.Returns {
			if _, ok := k.returns[x.ReturnNo][x.LineNo]; ok {
				r.was.Returns++
				continue
			}
			ret := x.Return
			ret.ID, ret.ShopID, ret.ImportID = id.New(), im.ShopID, im.run.ID
			r.returns = append(r.returns, ret)
			r.made.Returns++
		}
	}
	return r
}

func (im *importer) saleRows(r *importRows, s *export.Sale, k known) {
	lines, payments := int64(len(s.Lines)), int64(len(s.Captures))
	if was, ok := k.orders[s.Order.OrderNo]; ok {
		im.parcelRows(r, s, was.ID)
		r.was.add(ImportCounts{Orders: 1, Lines: lines, Payments: payments})
		if s.Advances(was) {
			r.advances = append(r.advances, importAdvance{was, s.Order, s.NewSerials(was)})
		}
		r.heard = append(r.heard, s.Heard(was, im.run.StartedAt)...)
		return
	}
	o := s.Order
	o.ID, o.ShopID, o.ImportID = id.New(), im.ShopID, im.run.ID
	o.CustomerID = im.buyer(r, s.Buyer, k)
	if slices.ContainsFunc(s.Lines, func(l export.Sold) bool { return l.ShipBy != nil }) {
		o.Attrs = o.Attrs.WithDispatch()
	}
	r.orders = append(r.orders, o)
	im.parcelRows(r, s, o.ID)
	for _, l := range s.Lines {
		line := l.Line
		line.ID, line.ShopID, line.OrderID = id.New(), im.ShopID, o.ID
		r.lines = append(r.lines, line)
		if l.ShipBy != nil {
			r.promised = append(r.promised, order.Promised(line, *l.ShipBy, l.ShippedAt, true))
		}
	}
	for _, p := range s.Captures {
		r.payments = append(r.payments, importPayment{settle.Payment{
			ID: id.New(), ShopID: im.ShopID, OrderID: o.ID, Tender: p.Tender, Route: settle.Route(p.Route), Reference: p.Reference,
			Currency: o.Currency, Captured: p.Minor, PaidAt: int64(p.At), Version: 1,
		}, p.Refunded})
	}
	r.made.add(ImportCounts{Orders: 1, Lines: lines, Payments: payments})
}

// parcelRows are the parcels an order went out in. Those that are known stay as they are.
func (im *importer) parcelRows(r *importRows, s *export.Sale, orderID id.ID) {
	for _, p := range s.Parcels {
		if no, err := movement.CleanWaybill(p.Waybill); err == nil { // what is no waybill decides nothing
			r.parcels = append(r.parcels, carrier.Parcel{ID: id.New(), ShopID: im.ShopID, OrderID: orderID, Carrier: p.Carrier, Waybill: no})
		}
	}
}

// buyer is the customer of an order; zero when the file does not say. A new one is known to the rest of the chunk.
func (im *importer) buyer(r *importRows, b export.Buyer, k known) id.ID {
	if b.Key == "" {
		return 0
	}
	if there, ok := k.customers[b.Key]; ok {
		return there
	}
	c := customer.Customer{ID: id.New(), ShopID: im.ShopID, Platform: im.preset.Platform, BuyerKey: b.Key, Nick: b.Nick, Name: b.Name, Phone: b.Phone}
	r.customers = append(r.customers, c)
	r.made.Customers++
	k.customers[b.Key] = c.ID
	return c.ID
}

// insert writes the rows, parents before children.
func (r importRows) insert(b *db.Batch, now clock.Instant) error {
	for _, c := range r.customers {
		customer.Insert(b, c, now)
		customer.Index(b, c)
	}
	if err := order.InsertOrders(b, r.orders); err != nil {
		return err
	}
	if err := order.InsertLines(b, r.lines); err != nil {
		return err
	}
	order.InsertDispatch(b, r.promised)
	for _, p := range r.heard {
		order.SaveDispatch(b, p)
	}
	for _, p := range r.payments {
		settle.InsertPayment(b, p.Payment)
		if p.refunded > 0 {
			settle.Reserve(b, p.Payment, p.refunded, 0)
			settle.Spend(b, settle.Settlement{ShopID: p.ShopID, PaymentID: p.ID, Minor: p.refunded})
		}
	}
	for _, p := range r.parcels {
		carrier.InsertParcel(b, now, p)
	}
	order.InsertReturns(b, r.returns)
	for _, a := range r.advances {
		order.Advance(b, a.was, a.now)
		for lineID, serials := range a.serials {
			order.NoteSerials(b, a.was.ShopID, lineID, serials)
		}
	}
	return nil
}

func (c *ImportCounts) add(x ImportCounts) {
	c.Orders += x.Orders
	c.Lines += x.Lines
	c.Payments += x.Payments
	c.Returns += x.Returns
	c.Customers += x.Customers
}
