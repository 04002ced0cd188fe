package app

import (
	"context"
	"fmt"
	"time"

	"github.com/sanbao/sanbao/internal/calendar"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// OpenShop makes a shop with its warehouses, after checking that its packs and calendar exist.
func (a *App) OpenShop(ctx context.Context, n shop.NewShop, houses ...shop.NewWarehouse) (shop.Shop, error) {
	s, err := n.Plan(a.CheckShop)
	if err != nil {
		return s, err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		s.CreatedAt = tx.Now
		if err := shop.Insert(tx, s); err != nil {
			return err
		}
		for _, w := range houses {
			if err := shop.InsertWarehouse(tx, w.In(s.ID)); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// Seed opens the demo shoe shop with three customers' orders when there is no shop at all, through the same commands
// everybody uses. All names, numbers and addresses in it are invented; the shop's simulation flag keeps it from real
// money (S2-01). It says whether it did.
func (a *App) Seed(ctx context.Context) (bool, error) {
	var shops []shop.Shop
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		shops, err = shop.List(tx)
		return err
	})
	if err != nil || len(shops) > 0 {
		return false, err
	}
	s, err := a.OpenShop(ctx,
		shop.NewShop{Code: "shoes", Name: "女鞋商城（演示）", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		shop.NewWarehouse{Code: "guangzhou", Name: "广州仓 / 广州退货组", Contact: "阿岳", Phone: "13800138040", Address: "广州市（演示地址）1 号仓"})
	if err != nil {
		return false, fmt.Errorf("seed: %w", err)
	}
	cal, err := calendar.Load(s.Calendar)
	if err != nil {
		return false, err
	}
	for _, o := range demoOrders(a, cal) {
		if _, err := a.Flow.RecordOrder(ctx, flow.Actor{Name: "demo"}, s.ID, o); err != nil {
			return false, fmt.Errorf("seed order %s: %w", o.OrderNo, err)
		}
	}
	return true, nil
}

// demoOrders are the purchases behind SH-01, SH-03 and SH-05, signed for three, four and six days ago.
func demoOrders(a *App, cal *calendar.Calendar) []flow.NewOrder {
	now := a.Clock.Now()
	sale := func(no, buyer, phone, sku, title string, price int64, daysAgo int) flow.NewOrder {
		paid := now.Add(-time.Duration(daysAgo+3) * 24 * time.Hour)
		shipped := paid.Add(20 * time.Hour)
		signed := cal.DateOf(now).AddDays(-daysAgo)
		return flow.NewOrder{Platform: "taobao", OrderNo: no, Buyer: flow.Buyer{Key: buyer, Nick: buyer, Name: buyer[:3] + "**", Phone: phone},
			Channel: order.Distance, Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &shipped, SignedOn: &signed, SignedBy: "self",
			Attrs:    order.Attrs{FreeShipping: true, FreightInsurance: no == "990000000000000001"},
			Lines:    []flow.NewOrderLine{{SKU: sku, Title: title, Category: "shoes", Quantity: 1, UnitPrice: price, Net: price}},
			Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Reference: "DEMO-" + no, Captured: price}}}
	}
	return []flow.NewOrder{
		sale("990000000000000001", "王女士_demo", "138****8001", "SH-2401-BLK-38", "头层牛皮浅口单鞋 黑 38", 26900, 3),
		sale("990000000000000003", "李女士_demo", "138****8003", "SH-1902-WHT-37", "软底休闲鞋 白 37", 19900, 4),
		sale("990000000000000005", "赵女士_demo", "138****8005", "SH-2401-APR-38", "头层牛皮浅口单鞋 杏 38", 26900, 6),
	}
}
