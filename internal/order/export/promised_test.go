package export

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/order"
)

// Until when an article was promised to leave is read where a layout has such a column (S1-108): of the order, or of the row; what the customer
// booked counts where it is later.
func TestPromisedTimes(t *testing.T) {
	items := file(itemsHead + paidRow + ",短靴,100.00,1,null,,,,,BX-38\n" + paidRow + ",短靴,100.00,1,null,,,,,BX-39\n")
	for _, c := range []struct {
		preset, text string
		items        *File
		want         []string
	}{
		{"taobao", "订单编号,买家会员名,买家应付邮费,买家实际支付金额,订单状态,订单创建时间,订单付款时间,应发货时间,发货时间\n" +
			paidRow + ",小雨,0,200.00,买家已付款,2026-11-01 10:00:00,2026-11-01 10:01:00,2026-11-03 10:01:00,null\n", &items, []string{"2026-11-03T02:01:00", "2026-11-03T02:01:00"}},
		{"pdd", "商品,订单号,订单状态,商品总价(元),邮费(元),用户实付金额(元),商品数量(件),支付时间,承诺发货时间,订单成交时间\n" +
			"短靴,261101-990000000000001,待发货,300.00,6.00,306.00,1,2026-11-01 10:00:00,2026-11-03 10:00:00,2026-11-01 10:00:00\n", nil, []string{"2026-11-03T02:00:00"}},
		{"douyin", "主订单编号,子订单编号,选购商品,商品数量,商品金额,订单提交时间,订单应付金额,支付完成时间,承诺发货时间,预约发货时间\n" +
			"6900000001,1,鞋,1,10.00,2026-11-01 10:00:00,10.00,2026-11-01 10:00:00,2026-11-03 10:00:00,2026-11-09 10:00:00\n" +
			"6900000001,2,鞋,1,10.00,2026-11-01 10:00:00,10.00,2026-11-01 10:00:00,2026-11-03 10:00:00,2026-11-02 10:00:00\n" +
			"6900000001,3,鞋,1,10.00,2026-11-01 10:00:00,10.00,2026-11-01 10:00:00,-,2026-11-02 10:00:00\n", nil, []string{"2026-11-09T02:00:00", "2026-11-03T02:00:00", ""}},
	} {
		entries, err := read(t, c.preset, file(c.text), c.items, 0)
		if err != nil || len(faults(entries)) > 0 || entries[0].Sale == nil {
			t.Fatalf("%s: %v %v", c.preset, err, faults(entries))
		}
		var got []string
		for _, l := range entries[0].Sale.Lines {
			at := ""
			if l.ShipBy != nil {
				at = l.ShipBy.String()[:19]
			}
			got = append(got, at)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", c.preset, d)
		}
	}
	bad := "商品,订单号,订单状态,商品总价(元),邮费(元),用户实付金额(元),商品数量(件),承诺发货时间,订单成交时间\n短靴,261101-990000000000001,待发货,300.00,6.00,306.00,1,48小时内,2026-11-01 10:00:00\n"
	entries, err := read(t, "pdd", file(bad), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if f := entries[0].Faults; len(f) != 1 || f[0].Column != "承诺发货时间" || f[0].Row != 2 {
		t.Errorf("a time that is none: %v", f)
	}
}

// A later list tells more of an open promise, or nothing that would have to be written.
func TestHeard(t *testing.T) {
	at := func(n clock.Instant) *clock.Instant { return &n }
	l := order.Line{ID: 7, LineNo: 2}
	k := order.Known{Promises: []order.KnownPromise{{LineNo: 2, Dispatch: order.Promised(l, 100, nil, true)}}}
	sale := func(shipBy, shipped *clock.Instant) Sale {
		return Sale{Lines: []Sold{{Line: order.Line{LineNo: 1}, ShippedAt: at(5)}, {Line: l, ShipBy: shipBy, ShippedAt: shipped}}}
	}
	for what, c := range map[string]struct {
		s    Sale
		now  clock.Instant
		want int
	}{"before the time": {sale(at(100), nil), 50, 0}, "after it": {sale(at(100), nil), 150, 1}, "sent": {sale(at(100), at(90)), 50, 1}, "moved on": {sale(at(300), nil), 150, 1},
		"no such column any more": {sale(nil, nil), 50, 0}} {
		if got := c.s.Heard(k, c.now); len(got) != c.want {
			t.Errorf("%s: %+v", what, got)
		}
	}
}
