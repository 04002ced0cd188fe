package flow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// realRows is the slice of real orders: 1,970 rows.
func realRows(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("../../examples/real-orders/data/online_retail_2010-12_slice.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func importShop(t testing.TB, d *db.DB, code, currency, cal string) shop.Shop {
	t.Helper()
	s := shop.Shop{ID: id.New(), Code: code, Name: code, Overlays: []string{}, Calendar: cal}
	s.Currency = "GBP"
	if currency != "" {
		s.Currency = "CNY"
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return shop.Insert(tx, s) }); err != nil {
		t.Fatal(err)
	}
	return s
}

func csvFile(text string) export.File {
	return export.File{Name: "orders.csv", Data: strings.NewReader(text), Size: int64(len(text))}
}

func uciImport(s shop.Shop, text string) Import {
	return Import{ShopID: s.ID, Preset: "uci-online-retail", Orders: csvFile(text), Actor: "tester", chunk: 100}
}

func wantKey(t testing.TB, err error, key string) *errs.Error {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Key != key {
		t.Fatalf("got %v, want %s", err, key)
	}
	return e
}

// imported is everything an import writes, without ids, one line a row.
func imported(t testing.TB, d *db.DB, shopID id.ID) []string {
	t.Helper()
	var out []string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		for _, q := range []string{
			`select 'customer', platform, buyer_key, nick, name, phone, '', '', '' from customer where shop_id = $1`,
			`select 'order', o.platform, o.order_no, coalesce(c.buyer_key, '-'), o.status, o.currency, o.signed_by, o.attrs,
				o.raw from orders o left join customer c on c.id = o.customer_id where o.shop_id = $1`,
			`select 'money', o.order_no, o.freight_paid, o.ordered_at, coalesce(o.paid_at, 0), coalesce(o.shipped_at, 0), coalesce(o.signed_on, ''), o.version, ''
				from orders o where o.shop_id = $1`,
			`select 'line', o.order_no, l.line_no, l.sku, l.title, l.category, l.quantity, l.net, l.raw from order_line l join orders o on o.id = l.order_id where l.shop_id = $1`,
			`select 'payment', o.order_no, p.tender, p.route, p.reference, p.captured, p.refunded, p.paid_at, p.pending from payment p join orders o on o.id = p.order_id where p.shop_id = $1`,
			`select 'return', return_no, line_no, buyer_key, sku, quantity, amount, state, raw from platform_return where shop_id = $1`,
		} {
			rows, err := db.Collect(tx, func(r *db.Rows) (string, error) {
				var v [9]any
				var p [9]any
				for i := range v {
					p[i] = &v[i]
				}
				err := r.Scan(p[:]...)
				return fmt.Sprint(v[:]...), err
			}, q+` order by 2, 3, 4`, shopID)
			if err != nil {
				return err
			}
			out = append(out, rows...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func runsOf(t testing.TB, d *db.DB, s shop.Shop) []order.Run {
	t.Helper()
	runs, err := Imports(t.Context(), d, s.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestImportRealOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := importShop(t, d, "gifts", "", "GB-EAW")
		var seen []ImportProgress
		in := uciImport(s, realRows(t))
		in.Progress = func(p ImportProgress) { seen = append(seen, p) }

		dry := in
		dry.DryRun, dry.Progress = true, nil
		plan, err := ImportOrders(t.Context(), d, dry)
		if err != nil || plan.Run != nil {
			t.Fatalf("%v %+v", err, plan.Run)
		}
		if rows := imported(t, d, s.ID); len(rows) > 0 || len(runsOf(t, d, s)) > 0 {
			t.Fatalf("a dry run wrote %d rows", len(rows))
		}

		r, err := ImportOrders(t.Context(), d, in)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(plan.Created, r.Created); d != "" {
			t.Errorf("the dry run foretold something else: %s", d)
		}
		if r.Created.Returns != 367 || r.Created.Orders == 0 || r.Created.Payments != r.Created.Orders || r.Run.State != order.RunDone ||
			r.Run.Created != r.Created.Lines+r.Created.Returns || r.Run.FinishedAt == nil || r.Rows != 1971 {
			t.Errorf("%+v %+v", r, r.Run)
		}
		if r.Skipped != int64(len(r.Skips)) || r.SkippedBy["import.skip_no_price"] == 0 || r.SkippedBy["import.skip_write_off"]+r.SkippedBy["import.skip_no_price"] != r.Skipped {
			t.Errorf("skipped %d %v", r.Skipped, r.SkippedBy)
		}
		checkProgress(t, seen, in.Orders.Size)

		before := imported(t, d, s.ID)
		again, err := ImportOrders(t.Context(), d, in)
		if err != nil {
			t.Fatal(err)
		}
		if again.Created != (ImportCounts{}) || again.Unchanged.Lines != r.Created.Lines || again.Unchanged.Returns != 367 || again.Run.ID == r.Run.ID {
			t.Errorf("again: %+v", again)
		}
		if d := cmp.Diff(before, imported(t, d, s.ID)); d != "" {
			t.Errorf("importing twice changed something: %s", d)
		}
	})
}

func checkProgress(t *testing.T, seen []ImportProgress, size int64) {
	t.Helper()
	for i := 1; i < len(seen); i++ {
		if a, b := seen[i-1], seen[i]; a.Phase == b.Phase && (b.Rows < a.Rows || b.Bytes < a.Bytes) || b.Total != size {
			t.Errorf("progress went from %+v to %+v", a, b)
		}
	}
	if n := len(seen); n < 20 || seen[0].Phase != ImportChecks || seen[n-1].Phase != ImportWrites || seen[n-1].Bytes != size {
		t.Errorf("progress %+v", seen)
	}
}

func TestImportOverlap(t *testing.T) {
	text := realRows(t)
	at := strings.Index(text[len(text)/2:], "\nC") + len(text)/2 + 1 // a document begins here
	head := text[:strings.Index(text, "\n")+1]
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		whole, parts := importShop(t, d, "whole", "", "GB-EAW"), importShop(t, d, "parts", "", "GB-EAW")
		if _, err := ImportOrders(t.Context(), d, uciImport(whole, text)); err != nil {
			t.Fatal(err)
		}
		if _, err := ImportOrders(t.Context(), d, uciImport(parts, head+text[at:])); err != nil {
			t.Fatal(err)
		}
		r, err := ImportOrders(t.Context(), d, uciImport(parts, text))
		if err != nil || r.Created.Orders == 0 || r.Unchanged.Orders == 0 || r.Created.Returns == 0 || r.Unchanged.Returns == 0 {
			t.Fatalf("%v %+v", err, r)
		}
		if d := cmp.Diff(imported(t, d, whole.ID), imported(t, d, parts.ID)); d != "" {
			t.Errorf("in parts it is something else, or one shop sees the other's: %s", d)
		}
	})
}

func TestImportContradiction(t *testing.T) {
	const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
	row := func(no, code string, qty int, price, buyer string) string {
		return fmt.Sprintf("%s,%s,BOX,%d,2010-12-01 08:26:00,%s,%s,United Kingdom\n", no, code, qty, price, buyer)
	}
	first := head + row("1", "A", 6, "2.55", "7.0") + row("1", "B", 1, "1.00", "7.0") + row("C2", "A", -1, "2.55", "7.0")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := importShop(t, d, "gifts", "", "GB-EAW")
		if _, err := ImportOrders(t.Context(), d, uciImport(s, first)); err != nil {
			t.Fatal(err)
		}
		before := imported(t, d, s.ID)
		for _, c := range []struct {
			name, rows, column, was, now string
			row                          int
		}{
			{"price", row("1", "A", 6, "2.65", "7.0") + row("1", "B", 1, "1.00", "7.0"), "unit_price", "2.55", "2.65", 2},
			{"quantity", row("1", "A", 6, "2.55", "7.0") + row("1", "B", 2, "1.00", "7.0"), "quantity", "1", "2", 3},
			{"article", row("1", "A", 6, "2.55", "7.0") + row("1", "C", 1, "1.00", "7.0"), "sku", "B", "C", 3},
			{"line missing", row("1", "A", 6, "2.55", "7.0"), "lines", "2", "1", 2},
			{"buyer", row("1", "A", 6, "2.55", "8.0") + row("1", "B", 1, "1.00", "8.0"), "buyer", "7", "8", 2},
			{"nobody", row("1", "A", 6, "2.55", "") + row("1", "B", 1, "1.00", ""), "buyer", "7", "", 2},
			{"date", strings.ReplaceAll(row("1", "A", 6, "2.55", "7.0")+row("1", "B", 1, "1.00", "7.0"), "08:26", "08:27"), "ordered_at",
				"2010-12-01T08:26:00.000000Z", "2010-12-01T08:27:00.000000Z", 2},
			{"return", row("C2", "A", -2, "2.55", "7.0"), "quantity", "1", "2", 2},
		} {
			r, err := ImportOrders(t.Context(), d, uciImport(s, head+c.rows+row("9", "Z", 1, "1.00", "9.0")))
			e := wantKey(t, err, "import.faults")
			f := r.FaultList[0]
			if f.Key != "import.contradicts" || f.Row != c.row || f.Args["column"] != c.column || f.Args["was"] != c.was || f.Args["now"] != c.now {
				t.Errorf("%s: %+v", c.name, r.FaultList)
			}
			if len(e.Fields) != len(r.FaultList) || r.Run.State != order.RunFailed {
				t.Errorf("%s: %+v, run %+v", c.name, e, r.Run)
			}
		}
		if d := cmp.Diff(before, imported(t, d, s.ID)); d != "" {
			t.Errorf("something was imported: %s", d)
		}
	})
}

func TestImportFaultsLeaveNothing(t *testing.T) {
	text := realRows(t) + "999999,A,BOX,six,yesterday,2.55,7.0,United Kingdom\n"
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, other := importShop(t, d, "gifts", "", "GB-EAW"), importShop(t, d, "other", "", "GB-EAW")
		r, err := ImportOrders(t.Context(), d, uciImport(s, text))
		wantKey(t, err, "import.faults")
		if rows := imported(t, d, s.ID); len(rows) > 0 {
			t.Errorf("half of it was imported: %d rows", len(rows))
		}
		if r.Run.State != order.RunFailed || r.Run.Faults != 2 || r.Run.Error != "import.faults" || r.Run.CanGoOn() {
			t.Errorf("run %+v", r.Run)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			kept, err := order.Faults(tx, s.ID, r.Run.ID, 0, 100)
			if err != nil {
				return err
			}
			if len(kept) != 2 || kept[0].Row != 1972 || kept[0].Key != "sheet.integer" || kept[1].Column != "InvoiceDate" || kept[1].Args["text"] != "yesterday" {
				t.Errorf("kept %+v", kept)
			}
			foreign, err := order.Faults(tx, other.ID, r.Run.ID, 0, 100)
			if len(foreign) > 0 {
				t.Error("another shop sees them")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		// The corrected file is another file: a new import.
		fixed, err := ImportOrders(t.Context(), d, uciImport(s, realRows(t)))
		if err != nil || fixed.Run.ID == r.Run.ID {
			t.Errorf("%v %+v", err, fixed.Run)
		}
	})
}

// A file that is refused as a whole leaves no running import.
func TestImportRefusedFile(t *testing.T) {
	d := dbtest.Open(t, db.SQLite)
	s := importShop(t, d, "gifts", "", "GB-EAW")
	for text, key := range map[string]string{"": "sheet.empty", "a,b\n1,2\n": "invalid_input", "PK\x03\x04 not really": "sheet.damaged"} {
		_, err := ImportOrders(t.Context(), d, uciImport(s, text))
		wantKey(t, err, key)
	}
	for _, r := range runsOf(t, d, s) {
		if r.State != order.RunFailed || r.Error == "" {
			t.Errorf("run %+v", r)
		}
	}
	in := uciImport(s, "")
	in.Preset = "excel"
	_, err := ImportOrders(t.Context(), d, in)
	wantKey(t, err, "import.preset_unknown")
	in = uciImport(shop.Shop{ID: id.New()}, "x")
	_, err = ImportOrders(t.Context(), d, in)
	wantKey(t, err, "shop.not_found")
}

// crash makes the n-th commit fail at a point.
type crash struct {
	point string
	left  int
}

func (c *crash) fail(point string) error {
	if point != c.point {
		return nil
	}
	if c.left--; c.left == 0 {
		return errors.New("crash " + point)
	}
	return nil
}

func TestImportCrash(t *testing.T) {
	text := realRows(t)
	var c crash
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c.left = 0
		ref := importShop(t, d, "whole", "", "GB-EAW")
		want, err := ImportOrders(t.Context(), d, uciImport(ref, text))
		if err != nil {
			t.Fatal(err)
		}
		rows := imported(t, d, ref.ID)
		for _, point := range []string{db.BeforeCommit, db.AfterCommit} {
			for n := 1; ; n++ {
				c = crash{}
				s := importShop(t, d, fmt.Sprintf("%s%d", strings.ReplaceAll(point, "_", "-"), n), "", "GB-EAW")
				c = crash{point, n}
				if _, err = ImportOrders(t.Context(), d, uciImport(s, text)); err == nil {
					break // there are fewer commits
				}
				c.left = 0
				got, err := ImportOrders(t.Context(), d, uciImport(s, text))
				if err != nil {
					t.Fatalf("%s %d: going on: %v", point, n, err)
				}
				if d := cmp.Diff(rows, imported(t, d, s.ID)); d != "" {
					t.Fatalf("%s %d: %s", point, n, d)
				}
				if got.Run.Created != want.Run.Created || got.Run.Unchanged != 0 || got.Run.RowsDone != want.Run.RowsDone || got.Run.State != order.RunDone {
					if point != db.AfterCommit || got.Run.Unchanged != want.Run.Created { // it had ended, and this one is new
						t.Fatalf("%s %d: run %+v, want %+v", point, n, got.Run, want.Run)
					}
				}
			}
		}
	}, func(o *db.Options) { o.Fail = c.fail })
}

func TestImportCancel(t *testing.T) {
	text := realRows(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ref := importShop(t, d, "whole", "", "GB-EAW")
		if _, err := ImportOrders(t.Context(), d, uciImport(ref, text)); err != nil {
			t.Fatal(err)
		}
		want := imported(t, d, ref.ID)
		for _, phase := range []ImportPhase{ImportChecks, ImportWrites} {
			for _, how := range []string{"context", "command"} {
				t.Run(string(phase)+" by "+how, func(t *testing.T) { cancelOnce(t, d, text, phase, how, want) })
			}
		}
	})
}

// cancelOnce cancels an import at the third chunk of a phase, and goes on with it.
func cancelOnce(t *testing.T, d *db.DB, text string, phase ImportPhase, how string, want []string) {
	s := importShop(t, d, string(phase)+"-"+how, "", "GB-EAW")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	in := uciImport(s, text)
	chunks := 0
	in.Progress = func(p ImportProgress) {
		if p.Phase != phase {
			return
		}
		if chunks++; chunks != 3 {
			return
		}
		if how == "context" {
			cancel()
		} else if _, err := CancelImport(t.Context(), d, s.ID, runsOf(t, d, s)[0].ID, "boss"); err != nil {
			t.Error(err)
		}
	}
	r, err := ImportOrders(ctx, d, in)
	wantKey(t, err, "import.cancelled")
	if r.Run.State != order.RunCancelled || !r.Run.CanGoOn() || r.Run.FinishedAt == nil || (phase == ImportWrites) != (r.Run.RowsDone > 0) {
		t.Errorf("run %+v", r.Run)
	}
	if rows := imported(t, d, s.ID); (phase == ImportWrites) != (len(rows) > 0) || len(rows) >= len(want) {
		t.Errorf("%d rows are there", len(rows))
	}
	stored := runsOf(t, d, s)
	if d := cmp.Diff(*r.Run, stored[0]); d != "" || len(stored) != 1 {
		t.Errorf("stored: %s", d)
	}
	other := uciImport(s, text+"\n")
	other.Resume = r.Run.ID
	_, err = ImportOrders(t.Context(), d, other)
	wantKey(t, err, "import.file_changed")

	in.Progress, in.Resume = nil, r.Run.ID
	done, err := ImportOrders(t.Context(), d, in)
	if err != nil || done.Run.ID != r.Run.ID || done.Run.State != order.RunDone || done.Run.Unchanged != 0 {
		t.Fatalf("%v %+v", err, done.Run)
	}
	if d := cmp.Diff(want, imported(t, d, s.ID)); d != "" {
		t.Error(d)
	}
	_, err = ImportOrders(t.Context(), d, in)
	wantKey(t, err, "import.finished")
	_, err = CancelImport(t.Context(), d, s.ID, r.Run.ID, "boss")
	wantKey(t, err, "import.finished")
	_, err = CancelImport(t.Context(), d, id.New(), r.Run.ID, "boss")
	wantKey(t, err, "import.not_found")
}

// A second process that imports the same file takes it over; the first notices and stops.
func TestImportTakenOver(t *testing.T) {
	text := realRows(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, phase := range []ImportPhase{ImportChecks, ImportWrites} {
			s := importShop(t, d, "gifts-"+string(phase), "", "GB-EAW")
			in := uciImport(s, text)
			var second ImportReport
			in.Progress = func(p ImportProgress) {
				if p.Phase == phase && second.Run == nil {
					var err error
					if second, err = ImportOrders(t.Context(), d, uciImport(s, text)); err != nil {
						t.Error(err)
					}
				}
			}
			_, err := ImportOrders(t.Context(), d, in)
			wantKey(t, err, "import.elsewhere")
			if runs := runsOf(t, d, s); len(runs) != 1 || runs[0].State != order.RunDone || runs[0].Created != second.Run.Created {
				t.Errorf("runs %+v", runs)
			}
		}
	})
}

// Two files with the same orders at the same time: whichever is first, each order is there once.
func TestImportSideBySide(t *testing.T) {
	text := realRows(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ref, s := importShop(t, d, "whole", "", "GB-EAW"), importShop(t, d, "gifts", "", "GB-EAW")
		if _, err := ImportOrders(t.Context(), d, uciImport(ref, text)); err != nil {
			t.Fatal(err)
		}
		var reports [3]ImportReport
		var all errgroup.Group
		for i := range reports {
			all.Go(func() (err error) {
				reports[i], err = ImportOrders(t.Context(), d, uciImport(s, text+strings.Repeat("\n", i)))
				return err
			})
		}
		if err := all.Wait(); err != nil {
			t.Fatal(err)
		}
		var made int64
		for _, r := range reports {
			made += r.Run.Created
			if r.Run.Created+r.Run.Unchanged != reports[0].Run.Created+reports[0].Run.Unchanged {
				t.Errorf("run %+v", r.Run)
			}
		}
		if made != reports[0].Run.Created+reports[0].Run.Unchanged {
			t.Errorf("%d lines were created, %+v", made, reports[0].Run)
		}
		if d := cmp.Diff(imported(t, d, ref.ID), imported(t, d, s.ID)); d != "" {
			t.Error(d)
		}
	})
}

// The largest order there may be is written in one go, and holds the writer less than the 50 ms that fail a test.
func TestImportLargestOrder(t *testing.T) {
	var b strings.Builder
	b.WriteString("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
	for i := range export.MaxLines {
		fmt.Fprintf(&b, "536365,S%d,\"A BOX, NUMBER %d\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n", i, i)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := importShop(t, d, "gifts", "", "GB-EAW")
		r, err := ImportOrders(t.Context(), d, uciImport(s, b.String()))
		if err != nil || r.Created.Lines != export.MaxLines {
			t.Errorf("%v %+v", err, r)
		}
	})
}

const (
	taobaoOrders = "订单编号,买家会员名,买家应付邮费,总金额,买家实际支付金额,退款金额,订单状态,收货人姓名,联系手机,订单创建时间,订单付款时间,发货时间,确认收货时间,物流单号,物流公司\n" +
		`="2819760913054018391",小雨123,10.00,300.00,289.99,10.01,%s,王**,'138****8003,2026-11-01 10:00:00,2026-11-01 10:05:00,%s,%s,No:773277027280336,申通快递` + "\n" +
		`="2819760913054018393",t**3,0.00,59.00,59.00,0.00,卖家已发货,李**,'139****0000,2026-11-01 11:00:00,2026-11-01 11:01:00,,,null,` + "\n" +
		`="2819760913054018394",t**3,0.00,59.00,59.00,0.00,卖家已发货,张**,'137****1111,2026-11-01 11:00:00,2026-11-01 11:01:00,,,,` + "\n"
	taobaoItems = "订单编号,标题,价格,购买数量,商家编码\n" +
		`="2819760913054018391",短靴,100.00,1,BX-38` + "\n" + `="2819760913054018391",短靴,100.00,2,BX-39` + "\n" +
		`="2819760913054018393",拖鞋,59.00,1,T-1` + "\n" + `="2819760913054018394",拖鞋,59.00,1,T-1` + "\n"
)

func taobaoImport(s shop.Shop, status, shipped, received string) Import {
	items := csvFile(taobaoItems)
	return Import{ShopID: s.ID, Preset: "taobao", Orders: csvFile(fmt.Sprintf(taobaoOrders, status, shipped, received)), Items: &items, Actor: "tester"}
}

func TestImportTaobao(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := importShop(t, d, "shoes", "CNY", "CN")
		r, err := ImportOrders(t.Context(), d, taobaoImport(s, "卖家已发货", "2026-11-02 09:00:00", ""))
		if err != nil || r.Created != (ImportCounts{Orders: 3, Lines: 4, Payments: 3, Customers: 3}) {
			t.Fatalf("%v %+v", err, r)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			o, err := order.ByNumber(tx, s.ID, "taobao", "2819760913054018391")
			if err != nil {
				return err
			}
			if o.Status != "卖家已发货" || o.ShippedAt == nil || o.SignedOn != nil || o.FreightPaid != 1000 || o.Version != 1 {
				t.Errorf("order %+v", o)
			}
			pays, err := settle.Payments(tx, s.ID, o.ID)
			if err != nil {
				return err
			}
			if len(pays) != 1 || pays[0].Captured != 30000 || pays[0].Refunded != 1001 || pays[0].Pending != 0 || pays[0].Route != settle.ByMarketplace {
				t.Errorf("payments %+v", pays)
			}
			lines, err := order.Lines(tx, s.ID, o.ID)
			if len(lines) != 2 || lines[0].Net+lines[1].Net != 29000 {
				t.Errorf("lines %+v", lines)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		advanceAndNot(t, d, s)
		sentIn(t, d, s, "2819760913054018391")
	})
}

// sentIn wants the one parcel the list names, however often it was imported.
func sentIn(t *testing.T, d *db.DB, s shop.Shop, orderNo string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		o, err := order.ByNumber(tx, s.ID, "taobao", orderNo)
		if err != nil {
			return err
		}
		got, err := carrier.OfOrder(tx, s.ID, o.ID)
		if len(got) != 1 || got[0].Carrier == "" || got[0].Waybill == "" {
			t.Errorf("parcels %+v", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// advanceAndNot imports a later export of the same orders, and then the older one again.
func advanceAndNot(t *testing.T, d *db.DB, s shop.Shop) {
	t.Helper()
	later, err := ImportOrders(t.Context(), d, taobaoImport(s, "交易成功", "2026-11-02 09:00:00", "2026-11-08 23:30:00"))
	if err != nil || later.Advanced != 1 || later.Created != (ImportCounts{}) || later.Unchanged.Orders != 3 {
		t.Fatalf("%v %+v", err, later)
	}
	for range 2 {
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			o, err := order.ByNumber(tx, s.ID, "taobao", "2819760913054018391")
			if o.Status != "交易成功" || o.SignedOn == nil || o.SignedOn.String() != "2026-11-08" || o.Version != 2 {
				t.Errorf("order %+v", o)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		older, err := ImportOrders(t.Context(), d, taobaoImport(s, "卖家已发货", "2026-11-02 09:00:00", ""))
		if err != nil || older.Advanced != 0 {
			t.Fatalf("%v %+v", err, older)
		}
	}
	r, err := ImportOrders(t.Context(), d, taobaoImport(s, "交易成功", "2026-11-03 09:00:00", "2026-11-08 23:30:00"))
	wantKey(t, err, "import.faults")
	if f := r.FaultList[0]; f.Key != "import.contradicts" || f.Args["column"] != "shipped_at" {
		t.Errorf("%+v", r.FaultList)
	}
}
