package flow

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"math/bits"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/sheet"
)

// Sizes of a chunk: what is written in one transaction, in about 10 ms where an order line takes 20 µs. An order is
// never divided, so that one with very many lines makes a chunk of its own.
const (
	chunkLines   = 400
	chunkEntries = 200
)

// importChunk is some entries of the file in order.
type importChunk struct {
	entries []export.Entry
	lines   int   // order lines and return lines in them
	last    int64 // number of the last row
	bytes   int64 // of the file that have been read; of a workbook, the same share of its bytes
}

// chunks reads a feed beside its caller, a few chunks ahead, and calls use with each.
func (im *importer) chunks(ctx context.Context, feed *export.Feed, use func(importChunk) error) error {
	ctx, stop := context.WithCancel(ctx)
	out, read := make(chan importChunk, 2), make(chan error, 1)
	go func() {
		defer close(out)
		read <- im.fill(ctx, feed, out)
	}()
	var err error
	for c := range out {
		if err == nil {
			if err = use(c); err != nil {
				stop()
			}
		}
	}
	stop()
	if readErr := <-read; err == nil {
		err = readErr
	}
	return err
}

// fill makes chunks of a feed until it ends.
func (im *importer) fill(ctx context.Context, feed *export.Feed, out chan<- importChunk) error {
	var c importChunk
	for {
		e, err := feed.Next(ctx)
		if err != nil && err != io.EOF {
			return err
		}
		if err == nil {
			c.entries = append(c.entries, e)
			c.lines += len(e.Returns)
			if e.Sale != nil {
				c.lines += len(e.Sale.Lines)
			}
			c.last = max(c.last, int64(e.Last))
		}
		if err == io.EOF || c.lines >= im.chunk || len(c.entries) >= chunkEntries {
			c.bytes = im.share(feed.Progress())
			select {
			case out <- c:
			case <-ctx.Done():
				return ctx.Err()
			}
			c = importChunk{last: c.last}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// share is done of total as bytes of the file: a workbook's table is larger than its file.
func (im *importer) share(done, total int64) int64 {
	if total <= 0 || done >= total {
		return im.Orders.Size
	}
	hi, lo := bits.Mul64(uint64(im.Orders.Size), uint64(done))
	q, _ := bits.Div64(hi, lo, uint64(total)) // done < total, so that it fits
	return int64(q)
}

func (im *importer) progress(phase ImportPhase, c importChunk) {
	if im.Progress != nil {
		im.Progress(ImportProgress{Phase: phase, Rows: c.last, Bytes: c.bytes, Total: im.Orders.Size})
	}
}

// check is the first pass: it reads the whole file, counts what is new, and collects every fault.
func (im *importer) check(ctx context.Context) (err error) {
	feed, err := im.preset.Open(ctx, im.terms, im.Orders, im.Items, 0)
	if err != nil {
		return im.anotherLayout(ctx, err)
	}
	defer func() { err = errors.Join(err, feed.Close()) }()
	c := checker{importer: im, seed: maphash.MakeSeed(), buyers: map[uint64]struct{}{}}
	return im.chunks(ctx, feed, func(chunk importChunk) error {
		err := im.db.Read(ctx, func(tx *db.Tx) error {
			if err := im.stillOurs(tx); err != nil {
				return err
			}
			return c.compare(tx, chunk)
		})
		if err == nil {
			im.report.Rows = chunk.last
			im.progress(ImportChecks, chunk)
		}
		return err
	})
}

// stillOurs notices during the first pass, which writes nothing, that the import was cancelled or taken over.
func (im *importer) stillOurs(tx *db.Tx) error {
	if im.DryRun {
		return nil
	}
	run, err := order.GetRun(tx, im.ShopID, im.run.ID)
	if err == nil && run.Version != im.run.Version {
		err = errs.New(errs.Conflict, "db.stale")
	}
	return err
}

// checker is the state of the first pass.
type checker struct {
	*importer
	seed   maphash.Seed
	buyers map[uint64]struct{} // hashes of the keys of new customers
}

// known is what the database has of a chunk.
type known struct {
	orders    map[string]order.Known
	returns   map[string]map[int64]order.KnownReturn
	customers map[string]id.ID
}

// compare counts and compares one chunk.
func (c *checker) compare(tx *db.Tx, chunk importChunk) error {
	k, err := c.lookUp(tx, chunk)
	if err != nil {
		return err
	}
	for _, e := range chunk.entries {
		for _, s := range e.Skipped {
			c.skip(s)
		}
		c.fault(e.Faults...)
		if e.Sale != nil {
			if err := c.sale(tx, e, k); err != nil {
				return err
			}
		}
		for _, r := range e.Returns {
			if was, ok := k.returns[r.ReturnNo][r.LineNo]; ok {
				c.report.Unchanged.Returns++
				c.fault(r.Disagreements(was)...)
			} else {
				c.report.Created.Returns++
			}
		}
	}
	return nil
}

func (im *importer) lookUp(tx *db.Tx, chunk importChunk) (k known, err error) {
	var orders, returns, buyers []string
	for _, e := range chunk.entries {
		if e.Sale != nil {
			orders = append(orders, e.Sale.Order.OrderNo)
			if e.Sale.Buyer.Key != "" {
				buyers = append(buyers, e.Sale.Buyer.Key)
			}
		}
		if len(e.Returns) > 0 {
			returns = append(returns, e.Returns[0].ReturnNo)
		}
	}
	if k.orders, err = order.KnownOrders(tx, im.ShopID, im.preset.Platform, orders); err != nil {
		return k, err
	}
	if k.returns, err = order.KnownReturns(tx, im.ShopID, im.preset.Platform, returns); err != nil {
		return k, err
	}
	k.customers, err = customer.KnownKeys(tx, im.ShopID, im.preset.Platform, buyers)
	return k, err
}

// sale compares an order with the one imported before, or counts it as new.
func (c *checker) sale(tx *db.Tx, e export.Entry, k known) error {
	s := e.Sale
	counts := &c.report.Created
	was, ok := k.orders[s.Order.OrderNo]
	if ok {
		counts = &c.report.Unchanged
		c.fault(s.Disagreements(e.First, was)...)
		if s.Advances(was) {
			c.report.Advanced++
		}
		if was.CustomerID != k.customers[s.Buyer.Key] {
			if err := c.otherBuyer(tx, e, was); err != nil {
				return err
			}
		}
	}
	counts.Orders++
	counts.Lines += int64(len(s.Lines))
	counts.Payments += int64(len(s.Captures))
	if s.Buyer.Key == "" {
		return nil
	}
	h := maphash.String(c.seed, s.Buyer.Key)
	if _, counted := c.buyers[h]; !counted {
		c.buyers[h] = struct{}{}
		if _, there := k.customers[s.Buyer.Key]; there {
			c.report.Unchanged.Customers++
		} else {
			c.report.Created.Customers++
		}
	}
	return nil
}

// otherBuyer is the fault of an order that belonged to somebody else before.
func (c *checker) otherBuyer(tx *db.Tx, e export.Entry, was order.Known) error {
	key := ""
	if was.CustomerID != 0 {
		before, err := customer.Get(tx, c.ShopID, was.CustomerID)
		if err != nil {
			return err
		}
		key = before.BuyerKey
	}
	c.fault(sheet.Fault{Row: e.First, Column: "buyer", Key: "import.contradicts", Args: errs.Args{"row": e.First,
		"number": e.Sale.Order.OrderNo, "column": "buyer", "was": key, "now": e.Sale.Buyer.Key}})
	return nil
}

func (c *checker) fault(faults ...sheet.Fault) {
	c.report.Faults += int64(len(faults))
	room := maxListed - len(c.report.FaultList)
	c.report.FaultList = append(c.report.FaultList, faults[:min(room, len(faults))]...)
}

func (c *checker) skip(s export.Skip) {
	c.report.Skipped++
	c.report.SkippedBy[s.Key]++
	if len(c.report.Skips) < maxListed {
		c.report.Skips = append(c.report.Skips, s)
	}
}
