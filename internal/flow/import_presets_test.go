package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/order"
)

// Small files of every preset, of invented people, with what real ones are full of: long names, emoji, right-to-left
// text, script, formulas, blank lines.
var samples = map[string]string{
	"jd": "订单号,商品ID,商品名称,订购数量,下单时间,京东价,应付金额,余额支付,订单状态,下单帐号,客户姓名,联系电话,运费金额,付款确认时间,货号,订单完成时间\n" +
		"99000000001,101,短靴 👟,1,2026-11-01 10:00:00,300.00,500.00,0,完成,jd_小雨,王**,138****8003,20.00,2026-11-01 10:05:00,BX-38,\n" +
		"99000000001,102,\"<script>alert(1)</script>\",2,2026-11-01 10:00:00,100.00,500.00,0,完成,jd_小雨,王**,138****8003,20.00,2026-11-01 10:05:00,,\n\n" +
		"99000000003,102,مرحبا,1,2026-11-02 10:00:00,\"1,100.00\",\"¥1,100.00\",0,完成,j***3," + strings.Repeat("长", 200) + ",+1=2,0,2026-11-02 10:05:00,T-1,\n",
	"pdd": "商品,订单号,订单状态,商品总价(元),邮费(元),用户实付金额(元),商品数量(件),订单成交时间,商家编码-规格维度\n" +
		"\"=HYPERLINK(\"\"https://example.com\"\",\"\"短靴\"\")\",261101-990000000000001,待发货,300.00,6.00,291.00,2,2026/11/1 10:00,BX-38\n" +
		"拖鞋,261101-990000000000002,待发货,59.00,0.00,59.00,1,2026年11月1日 10:00,@T-1\n",
	"douyin": "主订单编号,子订单编号,选购商品,商品数量,商品金额,订单提交时间,支付完成时间,订单状态,订单应付金额,运费,商家编码,收件人\n" +
		"\"\t9900000000000000102\",\"\t9900000000000000103\",短靴,2,100.00,2026-11-01 10:00:00,2026-11-01 10:01:00,待发货,200.00,10.00,BX-38,##密文\n" +
		"\"\t9900000000000000102\",\"\t9900000000000000104\",拖鞋,1,150.00,2026-11-01 10:00:00,2026-11-01 10:01:00,待发货,150.00,0.00,T-1,##密文\n",
	"shopify": "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Shipping,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Refunded Amount\n" +
		"#99001,mei@example.com,paid,2026-11-01 06:05:00 +0200,unfulfilled,CNY,10.00,300.00,2026-11-01 06:00:00 +0200,1,Boots,100.00,BX-38,0.00\n" +
		"#99001,mei@example.com,,,,,,,,2,Slippers,95.00,T-1,\n",
}

// Property: importing a file twice, or after another that overlaps it, gives the same database as importing it once.
func TestEveryPresetTwiceIsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for preset, text := range samples {
			s := importShop(t, d, preset, "CNY", "CN")
			in := Import{ShopID: s.ID, Preset: preset, Orders: csvFile(text), Actor: "tester", chunk: 1}
			first, err := ImportOrders(t.Context(), d, in)
			if err != nil || first.Created.Lines == 0 || first.Run.Kind != intake.Orders || first.Run.Actor != "tester" {
				t.Fatalf("%s: %v %v %+v", preset, err, first.FaultList, first)
			}
			once := imported(t, d, s.ID)
			in.Orders = csvFile(text)
			again, err := ImportOrders(t.Context(), d, in)
			if err != nil || again.Created != (ImportCounts{}) || again.Unchanged.Lines != first.Created.Lines {
				t.Errorf("%s: %v %+v", preset, err, again)
			}
			in.Orders = csvFile("\ufeff" + text)
			if _, err := ImportOrders(t.Context(), d, in); err != nil {
				t.Errorf("%s with a mark: %v", preset, err)
			}
			if x := cmp.Diff(once, imported(t, d, s.ID)); x != "" {
				t.Errorf("%s: %s", preset, x)
			}
		}
	})
}

// Every preset tells its own files from the others', also by a look alone.
func TestPresetsAreToldApart(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	s := importShop(t, d, "apart", "CNY", "CN")
	for preset, text := range samples {
		look, err := Sniff(t.Context(), csvFile(text), 0)
		if err != nil || look.Preset != preset || look.Guesses[0].Preset != preset || len(look.Missing) != 0 || look.Mapping.Kind != intake.Orders || look.Mapping.Columns["order_no"] == "" {
			t.Errorf("%s looks like %q: %+v %v", preset, look.Preset, look.Guesses, err)
		}
		for _, p := range ImportPresets(errs.En) {
			if p.Name == preset || p.Kind != intake.Orders || p.Items {
				continue
			}
			_, err := ImportOrders(t.Context(), d, Import{ShopID: s.ID, Preset: p.Name, Orders: csvFile(text), Actor: "tester", DryRun: true})
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Key != "import.other_preset" || e.Args["like"] != preset || len(e.Fields) == 0 {
				t.Errorf("a file of %s as %s: %v", preset, p.Name, err)
			}
		}
	}
}

// A saved mapping is used like a preset, its mistakes are told by column, and it is its shop's alone.
func TestImportByMapping(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, other := importShop(t, d, "mapped", "CNY", "CN"), importShop(t, d, "other", "CNY", "CN")
		text := "单据编号,开单时间,件数,成交价,货品\nA99001,2026-11-01 10:00,2,\"¥1,050.00\",短靴\n"
		look, err := Sniff(t.Context(), csvFile(text), 0)
		if err != nil || look.Preset != "" || len(look.Missing) != 4 {
			t.Fatalf("%+v %v", look, err)
		}
		m := intake.Mapping{Name: "till", Kind: intake.Orders, Platform: "till", Columns: map[string]string{"order_no": "单据编号", "ordered_at": "开单时间", "quantity": "件数", "unit_price": "成交价"}}
		if _, err := SaveMapping(t.Context(), d, s.ID, m); err != nil {
			t.Fatal(err)
		}
		in := Import{ShopID: s.ID, Mapping: "till", Orders: csvFile(text), Actor: "tester"}
		r, err := ImportOrders(t.Context(), d, in)
		if err != nil || r.Created.Lines != 1 || r.Run.Mapping != "till" || r.Run.Preset != "" {
			t.Fatalf("%v %+v", err, r)
		}
		once := imported(t, d, s.ID)
		if r, err = ImportOrders(t.Context(), d, in); err != nil || r.Unchanged.Lines != 1 || cmp.Diff(once, imported(t, d, s.ID)) != "" {
			t.Errorf("again: %v %+v", err, r)
		}
		in.Orders = csvFile("单据编号,开单时间,成交价\nA99001,2026-11-01 10:00,1\n")
		_, err = ImportOrders(t.Context(), d, in)
		if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Args["column"] != "件数" {
			t.Errorf("a column is gone: %v", err)
		}
		in.ShopID = other.ID
		_, err = ImportOrders(t.Context(), d, in)
		wantKey(t, err, "intake.mapping_not_found")
		m.Columns = map[string]string{"order_no": "单据编号", "colour": "颜色"}
		_, err = SaveMapping(t.Context(), d, s.ID, m)
		var paths []string
		for _, f := range errs.As(err).Fields {
			paths = append(paths, f.Path)
		}
		if x := cmp.Diff([]string{"/columns/ordered_at", "/columns/quantity", "/columns/colour"}, paths); x != "" {
			t.Error(x)
		}
	})
}

// What a shop may fear of a file with a hundred faults: all are told with row, column, cell and text.
func TestFaultsInPlace(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	s := importShop(t, d, "faults", "CNY", "CN")
	text := samples["pdd"]
	for i := range 100 {
		text += fmt.Sprintf("拖鞋,261101-9900000000001%02d,待发货,59.00,0.00,五十,1,2026-11-01 10:00:00,T-1\n", i)
	}
	r, err := ImportOrders(t.Context(), d, Import{ShopID: s.ID, Preset: "pdd", Orders: csvFile(text), Actor: "tester", DryRun: true})
	if err != nil || r.Faults != 100 {
		t.Fatalf("%v, %d faults", err, r.Faults)
	}
	got := told(r, errs.ZhCN).FaultList[0]
	if got.Row != 4 || got.Column != "用户实付金额(元)" || got.Cell != "F4" || got.Text != "五十" || !strings.Contains(got.Detail, "五十") {
		t.Errorf("%+v", got)
	}
}

// A file that names serial numbers notes them, also of orders that came in without; others than were noted are a fault, and a file
// that knows none changes nothing.
func TestImportSerials(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := importShop(t, d, "phones", "CNY", "CN")
		m := intake.Mapping{Name: "till", Kind: intake.Orders, Platform: "till", Columns: map[string]string{"order_no": "单据编号", "ordered_at": "开单时间", "quantity": "件数", "unit_price": "成交价", "serials": "SN"}}
		if _, err := SaveMapping(t.Context(), d, s.ID, m); err != nil {
			t.Fatal(err)
		}
		take := func(cells ...string) (ImportReport, error) {
			text := "单据编号,开单时间,件数,成交价,SN\n"
			for i, c := range cells {
				text += "T" + itoa(i+1) + ",2026-11-01 10:00,2,100,\"" + c + "\"\n"
			}
			return ImportOrders(t.Context(), d, Import{ShopID: s.ID, Mapping: "till", Orders: csvFile(text), Actor: "tester"})
		}
		serials := func(no string) []string {
			var out []string
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				o, err := order.ByNumber(tx, s.ID, "till", no)
				if err != nil {
					return err
				}
				lines, err := order.Lines(tx, s.ID, o.ID)
				out = lines[0].Serials
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if _, err := take("sn-2, SN-1", ""); err != nil || !slices.Equal(serials("T1"), []string{"SN-1", "SN-2"}) || serials("T2") != nil {
			t.Fatalf("%v %v %v", err, serials("T1"), serials("T2"))
		}
		r, err := take("", "SN-3;SN-4")
		if err != nil || r.Advanced != 1 || !slices.Equal(serials("T2"), []string{"SN-3", "SN-4"}) || len(serials("T1")) != 2 {
			t.Errorf("%v %+v %v", err, r, serials("T2"))
		}
		if r, err := take("", "SN-3;SN-4"); err != nil || r.Advanced != 0 {
			t.Errorf("the same once more: %v %+v", err, r)
		}
		for cell, key := range map[string]string{"SN-1,SN-9": "import.contradicts", "SN-1": "order.serial_count", "SN-1,序列": "order.serial_malformed"} {
			r, err := take(cell)
			if err == nil || len(r.FaultList) != 1 || r.FaultList[0].Key != key || len(serials("T1")) != 2 {
				t.Errorf("%s: %v %+v", cell, err, r.FaultList)
			}
		}
	})
}
