package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/stock"
)

func table(text string) export.File {
	return export.File{Name: "table.csv", Data: strings.NewReader(text), Size: int64(len(text))}
}

// results are what became of the rows of a table, in order.
func results(in flow.SheetIn) (out []flow.RowResult) {
	for _, r := range in.Rows {
		out = append(out, r.Result)
	}
	return out
}

// Waybills come in row by row: an order nobody knows, or a number that is none, keeps no other row back; a preview writes nothing, and
// the same table once more changes nothing.
func TestWaybillsIn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		one, two := k.sold(3, 0, []article{{"SH-2401", 10000, 1}}), k.sold(3, 0, []article{{"SH-2401", 10000, 1}})
		text := fmt.Sprintf("订单号,快递公司,快递单号\n\t%s,圆通,YT9700000001\n%s,圆通,yt9700000002\n990000000000099999,圆通,YT9700000003\n%s,圆通,!\n,圆通,YT9700000004\n%[2]s,圆通,YT9700000002\n",
			one.Order.OrderNo, two.Order.OrderNo, one.Order.OrderNo)
		parcels := func() (n int) {
			k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
				for _, o := range []flow.Recorded{one, two} {
					ps, err := carrier.OfOrder(tx, k.shop.ID, o.Order.ID)
					if err != nil {
						return err
					}
					n += len(ps)
				}
				return nil
			}))
			return n
		}
		take := func(dry bool, want ...flow.RowResult) flow.SheetIn {
			t.Helper()
			got, err := k.f.WaybillsIn(k.ctx(), house, k.shop.ID, table(text), "", dry)
			k.must(err)
			if !slices.Equal(results(got), want) {
				t.Errorf("%+v, want %v", got.Rows, want)
			}
			return got
		}
		const n, old, bad = flow.RowNew, flow.RowKnown, flow.RowWrong
		take(true, n, n, bad, bad, bad, n)
		if parcels() != 0 {
			t.Error("a preview wrote")
		}
		if got := take(false, n, n, bad, bad, bad, old); got.New != 2 || got.Wrong != 3 || got.Known != 1 || got.Rows[2].Row != 4 || got.Rows[2].Detail == "" {
			t.Errorf("%+v", got)
		}
		take(false, old, old, bad, bad, bad, old)
		if parcels() != 2 {
			t.Errorf("%d parcels", parcels())
		}
		if _, err := k.f.WaybillsIn(k.ctx(), house, k.shop.ID, table("订单号,备注\n1,2\n"), "", false); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("a table without waybills: %v", err)
		}
		long := "订单号,快递公司,快递单号\n" + strings.Repeat("1,圆通,YT9700000001\n", 5001)
		_, err := k.f.WaybillsIn(k.ctx(), house, k.shop.ID, table(long), "", true)
		k.refused("flow.sheet_long", err)
	})
}

// Stock comes in article by article; what the table has no column for stays, and an article that stands there twice is taken once.
func TestStockIn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		price := int64(26900)
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
			_, err := stock.SetAll(tx, "erp", k.shop.ID, []stock.Told{{SKU: "B-39", Style: "B", Title: "短靴", Price: &price, OnHand: 1}})
			return err
		}))
		get := func(sku string) *stock.Article {
			var a *stock.Article
			k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
				a, err = stock.Get(tx, k.shop.ID, sku)
				return err
			}))
			return a
		}
		take := func(text string, dry bool, want ...flow.RowResult) {
			t.Helper()
			got, err := k.f.StockIn(k.ctx(), house, k.shop.ID, table(text), dry)
			k.must(err)
			if !slices.Equal(results(got), want) {
				t.Errorf("%+v, want %v", got.Rows, want)
			}
		}
		const n, old, bad = flow.RowNew, flow.RowKnown, flow.RowWrong
		text := "商家编码,库存,售价\nB-39,4,\nB-40,0,¥269.00\nB-41,-1,1\nB-40,7,1\nB-42,一,1\n"
		take(text, true, n, n, bad, bad, bad)
		if a := get("B-39"); a.OnHand != 1 || get("B-40") != nil {
			t.Errorf("a preview wrote: %+v", a)
		}
		take(text, false, n, n, bad, bad, bad)
		if a := get("B-39"); a.OnHand != 4 || a.Style != "B" || a.Title != "短靴" || *a.Price != 26900 {
			t.Errorf("%+v", a)
		}
		if a := get("B-40"); a == nil || a.OnHand != 0 || *a.Price != 26900 || get("B-41") != nil {
			t.Errorf("%+v", a)
		}
		take("SKU,On hand\nB-39,4\nB-40,2\n", false, old, n)
	})
}
