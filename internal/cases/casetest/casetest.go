// Package casetest lays the rows that tests of the slices stand on: a shop, a buyer, an order of two articles, and a
// case with a line for each of them; and beside it a second shop, which must see none of it. It has the few questions
// that every slice's tests ask of both engines.
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
//
//	func TestStore(t *testing.T) {
//		casetest.Each(t, func(t *testing.T, g *casetest.Ground) { … })
//	}
package casetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
)

// Ground is a database with one matter in it. Stranger is a shop that has nothing.
type Ground struct {
	DB        *db.DB
	Shop      shop.Shop
	Stranger  shop.Shop
	Warehouse shop.Warehouse
	Buyer     customer.Customer
	Order     order.Order
	Sold      []order.Line // 3 pairs of boots for 1000 fen, 2 pairs of sandals for 1
	Case      cases.Case
	Lines     []line.Line // one per article, all units, requested
}

// Each runs a test on a fresh Ground, as subtests "sqlite" and "postgres".
func Each(t *testing.T, test func(t *testing.T, g *Ground)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, Lay(t, d)) })
}

// Lay writes the rows into a migrated database.
func Lay(t testing.TB, d *db.DB) *Ground {
	t.Helper()
	g := &Ground{DB: d, Shop: newShop("shoes"), Stranger: newShop("stranger")}
	sid := g.Shop.ID
	g.Warehouse = shop.Warehouse{ID: id.New(), ShopID: sid, Code: "guangzhou", Name: "广州退货组", Contact: "阿岳", Phone: "020-81000000", Address: "广州市白云区", Carriers: []string{}, Version: 1}
	g.Buyer = customer.Customer{ID: id.New(), ShopID: sid, Platform: "taobao", BuyerKey: "wang", Nick: "王**", Name: "王**", Phone: "138****8003", Version: 1}
	paid := dbtest.Start - 1
	g.Order = order.Order{ID: id.New(), ShopID: sid, Platform: "taobao", OrderNo: "990000000000000001", CustomerID: g.Buyer.ID, Channel: order.Distance,
		Status: "交易成功", Currency: "CNY", FreightPaid: 800, OrderedAt: dbtest.Start - 2, PaidAt: &paid, SignedBy: "unknown", Version: 1}
	g.Sold = []order.Line{
		{ID: id.New(), ShopID: sid, OrderID: g.Order.ID, LineNo: 1, SKU: "BOOT-38", Title: "短靴", Category: "shoes", Quantity: 3, UnitPrice: 400, Net: 1000, Version: 1},
		{ID: id.New(), ShopID: sid, OrderID: g.Order.ID, LineNo: 2, SKU: "SANDAL-37", Title: "凉鞋", Category: "shoes", Quantity: 2, UnitPrice: 1, Net: 1, Version: 1},
	}
	g.Case = g.NewCase("A261121-7K3M9Q")
	for _, s := range g.Sold {
		g.Lines = append(g.Lines, line.Line{ID: id.New(), ShopID: sid, CaseID: g.Case.ID, OrderID: g.Order.ID, OrderLineID: s.ID, Quantity: s.Quantity,
			Ground: "size_mismatch", Remedy: "refund_return", State: line.Requested, Status: "requested", Responsible: "customer",
			AppliedOn: calendar.DateOf(2026, 11, 21), Version: 1})
	}
	g.Do(t, g.write)
	return g
}

func newShop(code string) shop.Shop {
	return shop.Shop{ID: id.New(), Code: code, Name: code, Pack: "shoes", Overlays: []string{}, Law: "law-cn", Currency: "CNY", Calendar: "CN", CreatedAt: dbtest.Start, Version: 1}
}

// NewCase is a case of the ground's shop and buyer that is not written yet.
func (g *Ground) NewCase(number string) cases.Case {
	return cases.Case{ID: id.New(), ShopID: g.Shop.ID, Number: number, Platform: "taobao", CustomerID: g.Buyer.ID, Channel: "chat",
		Class: "return_exchange", Status: cases.Ours, Flag: "red", OpenedAt: dbtest.Start, Version: 1}
}

func (g *Ground) write(tx *db.Tx) error {
	for _, s := range []shop.Shop{g.Shop, g.Stranger} {
		if err := shop.Insert(tx, s); err != nil {
			return err
		}
	}
	if err := shop.InsertWarehouse(tx, g.Warehouse); err != nil {
		return err
	}
	g.Buyer.CreatedAt = tx.Now
	return tx.Batch(func(b *db.Batch) {
		customer.Insert(b, g.Buyer, tx.Now)
		if err := order.Insert(b, g.Order); err != nil {
			b.Fail(err)
		}
		for _, l := range g.Sold {
			if err := order.InsertLine(b, l); err != nil {
				b.Fail(err)
			}
		}
		cases.Insert(b, g.Case)
		for _, l := range g.Lines {
			line.InsertAs(b, l)
		}
	})
}

// Do runs a write that has to succeed.
func (g *Ground) Do(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := g.DB.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// Batch runs a batch that has to succeed.
func (g *Ground) Batch(t testing.TB, fill func(tx *db.Tx, b *db.Batch)) {
	t.Helper()
	if err := g.TryBatch(t, fill); err != nil {
		t.Fatal(err)
	}
}

// TryBatch runs a batch in a transaction of its own and returns what came of it.
func (g *Ground) TryBatch(t testing.TB, fill func(tx *db.Tx, b *db.Batch)) error {
	t.Helper()
	return g.DB.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Batch(func(b *db.Batch) { fill(tx, b) })
	})
}

// See runs one read that has to succeed.
func See[T any](t testing.TB, g *Ground, read func(tx *db.Tx) (T, error)) T {
	t.Helper()
	v, err := Ask(t, g, read)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Ask runs one read.
func Ask[T any](t testing.TB, g *Ground, read func(tx *db.Tx) (T, error)) (v T, err error) {
	t.Helper()
	err = g.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		v, err = read(tx)
		return err
	})
	return v, err
}

// Count is how many rows a table has.
func Count(t testing.TB, g *Ground, table string) int64 {
	t.Helper()
	return See(t, g, func(tx *db.Tx) (n int64, err error) {
		return n, tx.QueryRow(`select count(*) from ` + table).Scan(&n)
	})
}

// WantKey wants an error of a code with a message key.
func WantKey(t testing.TB, err error, code errs.Code, key string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %s %s", code, key)
	} else if e := errs.As(err); e.Code != code || e.Key != key {
		t.Errorf("%v, want %s %s", err, code, key)
	}
}

// WantStale wants the conflict of a row that has another version, or belongs to another shop.
func WantStale(t testing.TB, err error) {
	t.Helper()
	WantKey(t, err, errs.Conflict, "db.stale")
}

// WantCheck wants the refusal of a CHECK constraint.
func WantCheck(t testing.TB, err error) {
	t.Helper()
	if !db.IsCheck(err) {
		t.Errorf("%v, want the violation of a CHECK", err)
	}
}

// AppendOnly wants the database to refuse these changes of every row of a table, and the rows to be there still.
func AppendOnly(t testing.TB, g *Ground, table string, changes ...string) {
	t.Helper()
	before := Count(t, g, table)
	if before == 0 {
		t.Fatalf("%s has no rows to change", table)
	}
	for _, change := range changes {
		q := fmt.Sprintf(change, table)
		err := g.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(q)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), table+" is append-only") {
			t.Errorf("%s: %v, want a refusal", q, err)
		}
	}
	if after := Count(t, g, table); after != before {
		t.Errorf("%s had %d rows, now %d", table, before, after)
	}
}
