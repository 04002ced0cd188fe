package export

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
)

// The titles as the sources have them; the rows are invented.
const (
	jdHead = "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话,订单备注," +
		"发票类型,发票抬头,发票内容,商家备注,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,货号,订单完成时间,订单来源,订单渠道\n"
	jdRows = "99000000001,1000101,短靴 黑色,1,在线支付,2026-11-01 10:00:00,300.00,520.00,510.00,20.00,500.00,完成,销售订单,jd_小雨,王**,广东***,138****8003,,,,,,,20.00,2026-11-01 10:05:00,,BX-38,2026-11-05 12:00:00,移动端,\n" +
		"99000000001,1000102,拖鞋,2,在线支付,2026-11-01 10:00:00,100.00,520.00,510.00,20.00,500.00,完成,销售订单,jd_小雨,王**,广东***,138****8003,,,,,,,20.00,2026-11-01 10:05:00,,,2026-11-05 12:00:00,移动端,\n" +
		"99000000002,1000102,拖鞋,1,在线支付,2026-11-02 10:00:00,100.00,100.00,100.00,0.00,100.00,等待付款,销售订单,j***3,李*,广东***,139****0002,,,,,,,0.00,,,,,移动端,\n"

	pddHead = "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),发货时间,确认收货时间," +
		"商品id,商品规格,样式ID,商家编码-规格维度,商家编码-商品维度,商家备注,售后状态,快递单号,快递公司,订单成交时间\n"
	pddRows = "短靴,261101-990000000000001,已收货,300.00,6.00,10.00,5.00,0.00,291.00,296.00,2,2026-11-02 09:00:00,2026-11-06 09:00:00,77,黑色 38,88,BX-38,BX,,无售后或售后取消,773300112233,申通快递,2026-11-01 10:00:00\n" +
		"拖鞋,261101-990000000000002,待付款,59.00,0.00,0,0,0,59.00,59.00,1,,,78,均码,89,,T-1,,无售后或售后取消,,,\n"

	douyinHead = "主订单编号,子订单编号,选购商品,货号,商品ID,商家编码,商品数量,商品金额,订单提交时间,支付完成时间,订单完成时间,订单状态,售后状态,发货时间,订单应付金额,运费,收件人,收件人手机号\n"
	douyinRows = "\"\t9900000000000000102\",\"\t9900000000000000103\",短靴,BX,\"\t77\",BX-38,2,100.00,2026-11-01 10:00:00,2026-11-01 10:01:00,2026-11-06 10:00:00,已完成,-,2026-11-02 09:00:00,200.00,10.00,##密文,$$密文\n" +
		"\"\t9900000000000000102\",\"\t9900000000000000104\",拖鞋,T-1,\"\t78\",-,1,150.00,2026-11-01 10:00:00,2026-11-01 10:01:00,2026-11-06 10:00:00,已关闭,退款成功,-,150.00,0.00,##密文,$$密文\n" +
		"\"\t9900000000000000105\",\"\t9900000000000000105\",拖鞋,T-1,\"\t78\",T-1,1,150.00,2026-11-01 10:00:00,-,-,已关闭,-,-,150.00,0.00,##密文,$$密文\n"

	shopifyHead = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at," +
		"Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,Payment Method,Payment Reference,Refunded Amount,Id,Lineitem discount,Phone\n"
	shopifyRows = "#99001,mei@example.com,partially_refunded,2026-11-01 06:05:00 +0200,fulfilled,2026-11-02 09:00:00 +0200,no,CNY,290.00,10.00,0.00,300.00,,10.00,Std,2026-11-01 06:00:00 +0200,1,Boots,100.00,BX-38,Mei Lin,Shopify Payments,r99,30.00,1,10.00,+8613800138003\n" +
		"#99001,mei@example.com,,,,,,,,,,,,,,,2,Slippers,100.00,T-1,,,,,,0.00,\n" +
		"#99002,,pending,,unfulfilled,,no,CNY,59.00,0.00,0.00,59.00,,0.00,Std,2026-11-01 07:00:00 +0200,1,Slippers,59.00,T-1,Li,manual,,0.00,2,0.00,\n"
)

// sold is what matters of an entry, in one line for the order and one for each article.
func sold(e Entry) []string {
	if e.Sale == nil {
		out := []string{}
		for _, s := range e.Skipped {
			out = append(out, fmt.Sprint(e.Number, " ", s.Key))
		}
		return out
	}
	o, at := e.Sale.Order, ""
	for _, t := range []fmt.Stringer{o.OrderedAt, o.PaidAt, o.ShippedAt, o.SignedOn} {
		if s := fmt.Sprintf("%v", t); s != "<nil>" {
			at += " " + strings.TrimSuffix(s, ":00.000000Z")
		}
	}
	out := []string{fmt.Sprintf("%s %s %s freight %d buyer %s%s", o.Platform, o.OrderNo, o.Status, o.FreightPaid, e.Sale.Buyer.Key, at)}
	for _, l := range e.Sale.Lines {
		out = append(out, fmt.Sprintf("%d %s %s %s ×%d at %d is %d", l.LineNo, l.SubNo, l.SKU, l.Title, l.Quantity, l.UnitPrice, l.Net))
	}
	for _, c := range e.Sale.Captures {
		out = append(out, fmt.Sprintf("%s %s %s %d back %d", c.Tender, c.Route, c.Reference, c.Minor, c.Refunded))
	}
	return out
}

func TestColumnPresets(t *testing.T) {
	for _, c := range []struct {
		preset, head, rows string
		want               []string
	}{
		{"jd", jdHead, jdRows, []string{
			"jd 99000000001 完成 freight 2000 buyer jd_小雨 2026-11-01T02:00 2026-11-01T02:05 2026-11-05",
			"1  BX-38 短靴 黑色 ×1 at 30000 is 30000", "2  1000102 拖鞋 ×2 at 10000 is 20000", "jd marketplace 99000000001 52000 back 0",
			"99000000002 import.skip_unpaid"}},
		{"pdd", pddHead, pddRows, []string{
			"pdd 261101-990000000000001 已收货 freight 600 buyer order:261101-990000000000001 2026-11-01T02:00 2026-11-01T02:00 2026-11-02T01:00 2026-11-06",
			"1  BX-38 短靴 ×2 at 15000 is 28500", "pdd marketplace 261101-990000000000001 29100 back 0",
			"261101-990000000000002 import.skip_unpaid"}},
		{"douyin", douyinHead, douyinRows, []string{
			"douyin 9900000000000000102 已完成 freight 1000 buyer order:9900000000000000102 2026-11-01T02:00 2026-11-01T02:01 2026-11-02T01:00 2026-11-06",
			"1 9900000000000000103 BX-38 短靴 ×2 at 10000 is 19000", "2 9900000000000000104 T-1 拖鞋 ×1 at 15000 is 15000", "douyin marketplace 9900000000000000102 35000 back 0",
			"9900000000000000105 import.skip_unpaid"}},
		{"shopify", shopifyHead, shopifyRows, []string{
			"shopify #99001 fulfilled freight 1000 buyer mei@example.com 2026-11-01T04:00 2026-11-01T04:05 2026-11-02T07:00",
			"1  BX-38 Boots ×1 at 10000 is 9000", "2  T-1 Slippers ×2 at 10000 is 20000", "shopify marketplace r99 30000 back 3000",
			"#99002 import.skip_unpaid"}},
	} {
		for name, text := range map[string]string{"UTF-8": c.head + c.rows, "with a mark": "\ufeff" + c.head + c.rows, "GB18030": gb18030(t, c.head+c.rows),
			"blank lines": c.head + "\n" + strings.ReplaceAll(c.rows, "\n", "\n\n"), "other order": turned(c.head + c.rows)} {
			t.Run(c.preset+" "+name, func(t *testing.T) {
				entries, err := read(t, c.preset, file(text), nil, 0)
				if err != nil || len(faults(entries)) > 0 {
					t.Fatalf("%v %v", err, faults(entries))
				}
				var got []string
				for _, e := range entries {
					got = append(got, sold(e)...)
				}
				if d := cmp.Diff(c.want, got); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

// turned writes a simple file's columns from right to left.
func turned(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), ",")
		for i := len(cells) - 1; i >= 0; i-- {
			b.WriteString(cells[i])
			if i > 0 {
				b.WriteString(",")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestColumnFaults(t *testing.T) {
	row := func(number, at, paid, quantity, freight string) string {
		return fmt.Sprintf("短靴,%s,已收货,300.00,%s,0,0,0,%s,296.00,%s,,,77,黑色,88,BX-38,BX,,无,,,%s\n", number, freight, paid, quantity, at)
	}
	const at = "2026-11-01 10:00:00"
	for _, c := range []struct {
		name, rows string
		want       []string
	}{
		{"digits lost", row("1.23E+17", at, "291.00", "1", "0"), []string{"2 订单号 sheet.digits_lost"}},
		{"no number", row("", at, "291.00", "1", "0"), []string{"2 订单号 sheet.required"}},
		{"several", row("99-1", "3/4/2026", "abc", "0", "-1"), []string{"2 订单成交时间 sheet.date", "2 用户实付金额(元) sheet.amount", "2 邮费(元) layout.amount_range", "2 商品数量(件) sheet.range"}},
		{"twice", row("99-1", at, "1", "1", "0") + row("99-2", at, "1", "1", "0") + row("99-1", at, "1", "1", "0"), []string{"4 订单号 import.twice"}},
		{"rows differ", row("99-1", at, "1", "1", "0") + row("99-1", at, "2", "1", "3"), []string{"3 用户实付金额(元) import.order_differs", "3 邮费(元) import.order_differs"}},
		{"rounded", row("261101990000000000", at, "1", "1", "0") + row("261101990000001000", at, "1", "1", "0"), []string{"0 订单号 import.numbers_rounded"}},
		{"ragged", "短靴,99-1\n", []string{"2  sheet.ragged"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries, err := read(t, "pdd", file(pddHead+c.rows), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, faults(entries)); d != "" {
				t.Error(d)
			}
		})
	}
	entries, err := read(t, "shopify", file(strings.ReplaceAll(shopifyHead+shopifyRows, ",CNY,", ",USD,")), nil, 0)
	if got := faults(entries); err != nil || len(got) != 2 || got[0] != "2 Currency import.currency_differs" {
		t.Errorf("%v %v", err, got)
	}
	// Forty columns of garbage are of no preset.
	garbage := strings.Repeat("?,", 39) + "?\n" + strings.Repeat("x,", 39) + "x\n"
	for _, p := range Presets() {
		if _, err := read(t, p.Name, file(garbage), ptr(file(garbage)), 0); p.Items && errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%s: %v", p.Name, err)
		}
		if _, err := read(t, p.Name, file(garbage), nil, 0); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
}

// A formula in a workbook is refused in every field that is read, and a merged header with it.
func TestColumnWorkbook(t *testing.T) {
	head := []any{"订单号", "商品", "订单状态", "商品总价(元)", "邮费(元)", "用户实付金额(元)", "商品数量(件)", "订单成交时间"}
	good := workbook(t, [][]any{head, {"261101-990000000000001", "短靴 👟", "已收货", 300, 6, 291.0, 2, "2026-11-01 10:00:00"}})
	entries, err := read(t, "pdd", file(good), nil, 0)
	if err != nil || len(entries) != 1 || entries[0].Sale == nil || entries[0].Sale.Lines[0].Net != 28500 {
		t.Fatalf("%v %v", err, faults(entries))
	}
	lost := workbook(t, [][]any{head, {261101990000000001, "短靴", "已收货", 300, 6, 291.0, 2, "2026-11-01 10:00:00"}})
	if entries, err = read(t, "pdd", file(lost), nil, 0); err != nil || len(faults(entries)) == 0 || faults(entries)[0] != "2 订单号 sheet.digits_lost" {
		t.Errorf("%v %v", err, faults(entries))
	}
}

func TestMappedPreset(t *testing.T) {
	mapping := map[string]string{"order_no": "单号", "ordered_at": "时间", "quantity": "件数", "unit_price": "单价", "title": "品名", "freight": "运费"}
	if err := CheckColumns(mapping); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []map[string]string{{"order_no": "单号", "ordered_at": "时间", "quantity": "件数"}, {"order_no": "单号"}, {"order_no": "a", "ordered_at": "b", "quantity": "c", "paid": "d", "x": "y"}} {
		if err := CheckColumns(wrong); errs.CodeOf(err) != errs.Invalid || len(errs.As(err).Fields) == 0 || !strings.HasPrefix(errs.As(err).Fields[0].Path, "/columns/") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	p := Mapped("till", "till", layout.Columns(mapping), 2, false)
	f, err := p.Open(t.Context(), Terms{Currency: "CNY", Zone: zone(t, "Asia/Shanghai")}, file("十一月流水,,,,,\n单号,时间,件数,单价,品名,运费\nA1,2026-11-01 10:00,2,¥50,拖鞋,5\n"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := f.Next(t.Context())
	if err != nil || e.Sale == nil {
		t.Fatalf("%v %+v", err, e)
	}
	if d := cmp.Diff([]string{"till A1  freight 500 buyer order:A1 2026-11-01T02:00 2026-11-01T02:00", "1   拖鞋 ×2 at 5000 is 10000", "till marketplace A1 10500 back 0"}, sold(e)); d != "" {
		t.Error(d)
	}
}

// Whatever a file holds: what was paid is the lines' and the freight, no amount is negative, every row is dealt with once.
func FuzzColumns(f *testing.F) {
	f.Add("douyin", douyinHead+douyinRows)
	f.Add("shopify", shopifyHead+shopifyRows)
	f.Add("jd", jdHead+jdRows)
	f.Add("pdd", pddHead+pddRows)
	f.Fuzz(func(t *testing.T, preset, text string) {
		if p, err := PresetNamed(preset); err != nil || p.fields == nil {
			return
		}
		entries, err := read(t, preset, file(text), nil, 0)
		if err != nil {
			return
		}
		last := 0
		for _, e := range entries {
			if e.First <= last && e.First != 0 {
				t.Fatalf("rows %d-%d come after row %d", e.First, e.Last, last)
			}
			last = max(last, e.Last)
			if e.Sale == nil {
				continue
			}
			sum := e.Sale.Order.FreightPaid
			for _, l := range e.Sale.Lines {
				if l.Quantity <= 0 || l.Net < 0 || l.UnitPrice < 0 {
					t.Fatalf("%+v", l)
				}
				sum += l.Net
			}
			var captured int64
			for _, c := range e.Sale.Captures {
				captured += c.Minor
				if c.Refunded < 0 || c.Refunded > c.Minor {
					t.Fatalf("%+v", c)
				}
			}
			if captured != sum || e.Sale.Order.FreightPaid < 0 || len(e.Faults) > 0 {
				t.Fatalf("captured %d, lines and freight %d: %+v", captured, sum, e)
			}
		}
	})
}

// BenchmarkColumns reads and understands one row of an export that is one table.
func BenchmarkColumns(b *testing.B) {
	var text strings.Builder
	text.WriteString(douyinHead)
	for i := range b.N {
		fmt.Fprintf(&text, "\"\t99%016d\",\"\t98%016d\",短靴,BX,\"\t77\",BX-38,2,100.00,2026-11-01 10:00:00,2026-11-01 10:01:00,2026-11-06 10:00:00,已完成,-,2026-11-02 09:00:00,200.00,10.00,王**,138****8003\n", i/2, i)
	}
	p, err := PresetNamed("douyin")
	if err != nil {
		b.Fatal(err)
	}
	feed, err := p.Open(b.Context(), Terms{Currency: "CNY", Zone: zone(b, "Asia/Shanghai")}, file(text.String()), nil, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for {
		e, err := feed.Next(b.Context())
		if err != nil {
			break
		}
		if len(e.Faults) > 0 {
			b.Fatal(e.Faults)
		}
	}
}
