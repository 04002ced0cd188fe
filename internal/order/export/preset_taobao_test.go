package export

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sanbao/sanbao/errs"
)

// The titles as the public description has them, with the blanks some of them end with.
const (
	taobaoHead = "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言," +
		"收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,退款金额,确认收货时间,发货时间\n"
	itemsHead = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
)

// taobaoOrder is a row of the order list.
func taobaoOrder(number, nick, freight, total, paid, status, created, paidAt, refund, confirmed, shipped string) string {
	return strings.Join([]string{number, nick, "", total, freight, "0", total, "0", paid, "0", status, "", "王**", "广东省 广州市 ***", "快递", "", "'138****8003",
		created, paidAt, "女靴", "1", "No:773300112233", "申通快递", "'null", "1", refund, confirmed, shipped}, ",") + "\n"
}

const (
	orderNo = "2819760913054018391"
	paidRow = `="2819760913054018391"`
)

func TestTaobao(t *testing.T) {
	orders := taobaoHead +
		taobaoOrder(paidRow, "小雨123", "10.00", "300.00", "289.99", "交易成功", "2026-11-01 10:00:00", "2026-11-01 10:05:00", "10.01", "2026-11-08 23:30:00", "2026-11-02 09:00:00") +
		taobaoOrder(`="2819760913054018392"`, "t**3", "0.00", "59.00", "0.00", "等待买家付款", "2026-11-01 11:00:00", "", "0", "", "") +
		taobaoOrder(`="2819760913054018393"`, "t**3", "0.00", "59.00", "59.00", "卖家已发货，等待买家确认", "2026/11/1 11:00", "2026/11/1 11:01", "0.00", "null", "")
	items := itemsHead +
		`="2819760913054018391",短靴 黑色,100.00,1,null,颜色分类:黑色;尺码:38,,,交易成功,BX-38` + "\n" +
		`="2819760913054018391",短靴 棕色,100.00,2,WB-39,颜色分类:棕色;尺码:39,,,交易成功,null` + "\n" +
		`="2819760913054018392",拖鞋,59.00,1,T-1,,,,等待买家付款,` + "\n" +
		`="2819760913054018393",拖鞋,59.00,1,T-1,,,,卖家已发货，等待买家确认,` + "\n"
	for _, c := range []struct{ name, orders, items string }{
		{"UTF-8", orders, items},
		{"with a mark", "\ufeff" + orders, "\ufeff" + items},
		{"GB18030", gb18030(t, orders), gb18030(t, items)},
		{"tab before numbers", strings.ReplaceAll(orders, `="28197609130540183`, "\"\t28197609130540183"), items},
	} {
		t.Run(c.name, func(t *testing.T) {
			second := file(c.items)
			entries, err := read(t, "taobao", file(c.orders), &second, 0)
			if err != nil || len(faults(entries)) > 0 {
				t.Fatalf("%v %v", err, faults(entries))
			}
			checkTaobao(t, entries)
		})
	}
}

func checkTaobao(t *testing.T, entries []Entry) {
	t.Helper()
	s := entries[0].Sale
	if s.Order.OrderNo != orderNo || s.Order.FreightPaid != 1000 || s.Order.Status != "交易成功" || s.Order.Platform != "taobao" {
		t.Errorf("order %+v", s.Order)
	}
	if got := s.Order.OrderedAt.String(); got != "2026-11-01T02:00:00.000000Z" {
		t.Errorf("ordered %s", got)
	}
	if d := cmp.Diff([]Parcel{{"申通快递", "773300112233"}}, s.Parcels); d != "" {
		t.Error(d)
	}
	if s.Order.PaidAt == nil || s.Order.ShippedAt == nil || s.Order.SignedOn == nil || s.Order.SignedOn.String() != "2026-11-08" {
		t.Errorf("times %v %v %v: the day is that of the shop's zone", s.Order.PaidAt, s.Order.ShippedAt, s.Order.SignedOn)
	}
	if d := cmp.Diff(Buyer{Key: "小雨123", Nick: "小雨123", Name: "王**", Phone: "138****8003"}, s.Buyer); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]Capture{{Tender: "alipay", Route: "marketplace", Reference: orderNo, Minor: 30000, Refunded: 1001, At: *s.Order.PaidAt}}, s.Captures); d != "" {
		t.Error(d)
	}
	// 290.00 over 100.00 × 1 and 100.00 × 2: 96.67 and 193.33.
	if len(s.Lines) != 2 || s.Lines[0].Net != 9667 || s.Lines[1].Net != 19333 || s.Lines[0].SKU != "BX-38" || s.Lines[1].SKU != "WB-39" || s.Lines[1].Quantity != 2 {
		t.Errorf("lines %+v", s.Lines)
	}
	if !strings.Contains(s.Lines[0].Raw, "尺码:38") || !strings.Contains(s.Order.Raw, "No:773300112233") {
		t.Errorf("raw rows %s, %s", s.Order.Raw, s.Lines[0].Raw)
	}
	if e := entries[1]; e.Sale != nil || len(e.Skipped) != 1 || e.Skipped[0].Key != "import.skip_unpaid" {
		t.Errorf("an unpaid order: %+v", e)
	}
	masked := entries[2].Sale.Buyer
	if masked.Key != "order:2819760913054018393" || masked.Nick != "t**3" {
		t.Errorf("a masked nick identifies nobody: %+v", masked)
	}
	if entries[2].Sale.Order.SignedOn != nil {
		t.Error("null is no date")
	}
}

// The later export is a workbook; its article list tells article and order numbers apart.
func TestTaobaoWorkbook(t *testing.T) {
	orders := workbook(t, [][]any{
		{"订单编号", "买家会员名", "买家应付邮费", "买家实际支付金额", "订单状态", "收货人姓名", "联系手机", "订单创建时间", "订单付款时间", "支付单号"},
		{orderNo, "小雨123", 0, 88.8, "交易成功", "王**", "138****8003", "2026-11-01 10:00:00", "2026-11-01 10:05:00", "2026110122001"},
	})
	items := workbook(t, [][]any{
		{"子订单编号", "主订单编号", "标题", "价格", "购买数量", "商家编码"},
		{"2819760913055018391", orderNo, "短靴", 100, 1, "00123"},
	})
	entries, err := read(t, "taobao", file(orders), ptr(file(items)), 0)
	if err != nil || len(faults(entries)) > 0 {
		t.Fatalf("%v %v", err, faults(entries))
	}
	s := entries[0].Sale
	if s.Lines[0].SKU != "00123" || s.Lines[0].Net != 8880 || s.Captures[0].Reference != "2026110122001" {
		t.Errorf("%+v", s)
	}
}

// What was paid stays the same when something is given back later, whichever way an export writes it.
func TestTaobaoPaid(t *testing.T) {
	for _, c := range []struct {
		name, total, paid, refund string
		captured, refunded        int64
	}{
		{"nothing given back", "59.00", "59.00", "0.00", 5900, 0},
		{"part", "59.00", "49.00", "10.00", 5900, 1000},
		{"all", "59.00", "0.00", "59.00", 5900, 5900},
		{"with a coupon", "59.00", "40.00", "10.00", 5000, 1000},
		{"not taken off", "59.00", "59.00", "10.00", 5900, 1000},
		{"raised", "59.00", "60.00", "0.00", 6000, 0},
	} {
		order := taobaoOrder(orderNo, "小雨", "0.00", c.total, c.paid, "交易成功", "2026-11-01 10:00:00", "2026-11-01 10:00:00", c.refund, "", "")
		entries, err := read(t, "taobao", file(taobaoHead+order), ptr(file(itemsHead+orderNo+",短靴,59.00,1,,,,,,S\n")), 0)
		if err != nil || len(faults(entries)) > 0 {
			t.Fatalf("%s: %v %v", c.name, err, faults(entries))
		}
		if p := entries[0].Sale.Captures[0]; p.Minor != c.captured || p.Refunded != c.refunded {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
}

func TestTaobaoFaults(t *testing.T) {
	row := func(number, paid, created string) string {
		return taobaoOrder(number, "小雨", "0.00", paid, paid, "交易成功", created, created, "0", "", "")
	}
	at := "2026-11-01 10:00:00"
	item := orderNo + ",短靴,100.00,1,,,,,,S\n"
	for _, c := range []struct {
		name, orders, items string
		want                []string
	}{
		{"number lost", row("1.23E+17", "59.00", at), item, []string{"2 订单编号 sheet.digits_lost", "2 宝贝报表/订单编号 import.item_without_order"}},
		{"number with letters", row("TB"+orderNo, "59.00", at), item, []string{"2 订单编号 import.taobao_number", "2 宝贝报表/订单编号 import.item_without_order"}},
		{"date", row(orderNo, "59.00", "11/1/2026"), item, []string{"2 订单创建时间 sheet.date", "2 订单付款时间 sheet.date"}},
		{"money", row(orderNo, "59元", at), item, []string{"2 买家实际支付金额 sheet.amount", "2 总金额 sheet.amount"}},
		{"article number lost", row(orderNo, "59.00", at), "2.81976E+18,短靴,100.00,1,,,,,,S\n",
			[]string{"2 订单编号 import.order_without_items", "2 宝贝报表/订单编号 sheet.digits_lost"}},
		{"article price and quantity", row(orderNo, "59.00", at), orderNo + ",短靴,free,0,,,,,,S\n",
			[]string{"2 宝贝报表/价格 sheet.amount", "2 宝贝报表/购买数量 sheet.range"}},
		{"article row", row(orderNo, "59.00", at), item + orderNo + ",短靴\n", []string{"3 宝贝报表/ sheet.ragged"}},
		{"order without articles", row(orderNo, "59.00", at) + row("2819760913054018392", "59.00", at), item, []string{"3 订单编号 import.order_without_items"}},
		{"article without order", row(orderNo, "59.00", at), item + "2819760913054018392,短靴,1,1,,,,,,S\n", []string{"3 宝贝报表/订单编号 import.item_without_order"}},
		{"order twice", row(orderNo, "59.00", at) + row(orderNo, "59.00", at), item, []string{"3 订单编号 import.twice"}},
		{"all rounded", row("281976091305401000", "59.00", at) + row("281976091305402000", "59.00", at),
			"281976091305401000,短靴,1,1,,,,,,S\n281976091305402000,短靴,1,1,,,,,,S\n", []string{"0 订单编号 import.numbers_rounded"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries, err := read(t, "taobao", file(taobaoHead+c.orders), ptr(file(itemsHead+c.items)), 0)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, faults(entries)); d != "" {
				t.Error(d)
			}
		})
	}
}

// Cells that only a workbook has.
func TestWorkbookFaults(t *testing.T) {
	head := []any{"订单编号", "买家会员名", "买家应付邮费", "买家实际支付金额", "订单状态", "订单创建时间", "订单付款时间"}
	items := workbook(t, [][]any{{"订单编号", "标题", "价格", "购买数量"}, {orderNo, "短靴", 100, 1}})
	build := func(change func(*excelize.File) error) string {
		return workbook(t, [][]any{head, {orderNo, "小雨", 0, 59, "交易成功", "2026-11-01 10:00:00", "2026-11-01 10:00:00"}}, change)
	}
	for _, c := range []struct {
		name   string
		change func(*excelize.File) error
		want   []string
	}{
		{"number lost", func(x *excelize.File) error { return x.SetCellValue("Sheet1", "A2", 2819760913054018391.0) },
			[]string{"2 订单编号 sheet.digits_lost", "2 宝贝报表/订单编号 import.item_without_order"}},
		{"formula", func(x *excelize.File) error { return x.SetCellFormula("Sheet1", "D2", "50+9") }, []string{"2 买家实际支付金额 sheet.formula"}},
		{"date as number", func(x *excelize.File) error { return x.SetCellValue("Sheet1", "F2", 46327.4) }, []string{"2 订单创建时间 sheet.date_number"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries, err := read(t, "taobao", file(build(c.change)), ptr(file(items)), 0)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, faults(entries)); d != "" {
				t.Error(d)
			}
		})
	}
	merged := build(func(x *excelize.File) error { return x.MergeCell("Sheet1", "A1", "B1") })
	if _, err := read(t, "taobao", file(merged), ptr(file(items)), 0); errs.As(err) == nil || errs.As(err).Key != "sheet.merged" {
		t.Errorf("a merged header: %v", err)
	}
}

func TestFilesThatBelongTogether(t *testing.T) {
	if _, err := read(t, "taobao", file(taobaoHead), nil, 0); errs.As(err) == nil || errs.As(err).Key != "import.items_missing" {
		t.Errorf("without the article list: %v", err)
	}
	if _, err := read(t, "uci-online-retail", file(uciHead), ptr(file(itemsHead)), 0); errs.As(err) == nil || errs.As(err).Key != "import.items_unwanted" {
		t.Errorf("with an article list: %v", err)
	}
	_, err := read(t, "taobao", file(taobaoHead), ptr(file(taobaoHead)), 0)
	if e := errs.As(err); e == nil || len(e.Fields) != 3 || e.Fields[0].Path != "宝贝报表/header/标题" || e.Fields[0].Key != "sheet.column_missing" {
		t.Errorf("the order list twice: %v", err)
	}
	many := itemsHead + strings.Repeat(orderNo+",短靴,1,1,,,,,,S\n", MaxItems+1)
	if _, err := read(t, "taobao", file(taobaoHead), ptr(file(many)), 0); errs.As(err) == nil || errs.As(err).Key != "import.too_many_items" {
		t.Errorf("too many articles: %v", err)
	}
}

// workbook is an XLSX file with the given cells on its first sheet.
func workbook(t testing.TB, rows [][]any, changes ...func(*excelize.File) error) string {
	t.Helper()
	x := excelize.NewFile()
	for i, r := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = x.SetSheetRow("Sheet1", cell, &r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, change := range changes {
		if err := change(x); err != nil {
			t.Fatal(err)
		}
	}
	b, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ptr[T any](v T) *T { return &v }

// Whatever the files hold, what was paid is the lines and the freight, to the fen.
func FuzzTaobao(f *testing.F) {
	f.Add("10.00,300.00,289.99,10.01", "100.00,1", "33.33,2")
	f.Add("0,0,0,0", "0,1", "0,7")
	f.Add("9999999999.99,1,1,1", "9999999999.99,1000000", "1,1")
	f.Fuzz(func(t *testing.T, money, first, second string) {
		orders := "订单编号,买家会员名,订单状态,订单创建时间,订单付款时间,买家应付邮费,总金额,买家实际支付金额,退款金额\n" +
			orderNo + ",小雨,交易成功,2026-11-01 10:00:00,2026-11-01 10:00:00," + money + "\n"
		items := "订单编号,标题,价格,购买数量\n" + orderNo + ",短靴," + first + "\n" + orderNo + ",短靴," + second + "\n"
		entries, err := read(t, "taobao", file(orders), ptr(file(items)), 0)
		if err != nil {
			return
		}
		for _, e := range entries {
			if e.Sale == nil {
				continue
			}
			var paid int64
			for _, c := range e.Sale.Captures {
				if paid += c.Minor; c.Refunded > c.Minor || c.Refunded < 0 {
					t.Fatalf("capture %+v", c)
				}
			}
			sum := e.Sale.Order.FreightPaid
			for _, l := range e.Sale.Lines {
				if sum += l.Net; l.Net < 0 || l.Quantity <= 0 {
					t.Fatalf("line %+v", l)
				}
			}
			if sum != paid {
				t.Fatalf("paid %d, of which lines and freight %d", paid, sum)
			}
		}
	})
}
