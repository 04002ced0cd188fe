package sheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
)

// opened reads a table from memory.
func opened(t testing.TB, data string, o Options) *Reader {
	t.Helper()
	r, err := New(t.Context(), strings.NewReader(data), int64(len(data)), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// rows reads to the end: the texts of every row by number, and the keys of faults.
func rows(t testing.TB, r *Reader) (map[int][]string, map[int]string) {
	t.Helper()
	texts, faults := map[int][]string{}, map[int]string{}
	for {
		row, err := r.Read(t.Context())
		if err == io.EOF {
			return texts, faults
		}
		if f, ok := errors.AsType[*Fault](err); ok {
			faults[f.Row] = f.Key
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var s []string
		for _, c := range row.Cells {
			s = append(s, c.Text)
		}
		texts[row.Number] = s
	}
}

// wantError checks the key of an Invalid error, and that its texts are complete.
func wantError(t testing.TB, err error, key string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Code != errs.Invalid || e.Key != key {
		t.Errorf("got %v, want %s", err, key)
		return
	}
	for _, l := range []errs.Lang{errs.ZhCN, errs.En} {
		if s := e.Text(l); strings.ContainsAny(s, "{}") || s == key {
			t.Errorf("unfinished message: %s", s)
		}
	}
}

var retail = []Column{
	{Name: "order_no", Titles: []string{"InvoiceNo"}}, {Name: "sku", Titles: []string{"StockCode"}},
	{Name: "title", Titles: []string{"Description"}}, {Name: "quantity"}, {Name: "paid_at", Titles: []string{"InvoiceDate"}},
	{Name: "price", Titles: []string{"UnitPrice"}}, {Name: "customer", Titles: []string{"CustomerID"}}, {Name: "country"},
}

// The same order lines from a CSV file and from the workbook in which somebody saved them.
func TestRealFiles(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		order, sku, customer string
		quantity, pence      int64
		at                   clock.Instant
	}
	read := func(name string) (lines []line) {
		r, err := Open(t.Context(), filepath.Join("testdata", name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		cols, err := r.Match(retail)
		if err != nil {
			t.Fatal(err)
		}
		for {
			row, err := r.Read(t.Context())
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			var l line
			var problems [6]error
			l.order, problems[0] = ID(cols.Cell(row, "order_no"))
			l.sku, problems[1] = ID(cols.Cell(row, "sku"))
			l.quantity, problems[2] = Quantity(cols.Cell(row, "quantity"))
			l.at, problems[3] = DateTime(cols.Cell(row, "paid_at"), london, time.DateTime)
			price, err := Amount(cols.Cell(row, "price"), "GBP")
			l.pence, problems[4] = price.Minor, err
			if c := cols.Cell(row, "customer"); c.Kind != Empty {
				l.customer, problems[5] = WholeID(c)
			}
			for _, err := range problems {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			lines = append(lines, l)
		}
		if done, total := r.Progress(); total == 0 || done < total*9/10 {
			t.Errorf("%s: %d of %d bytes read at the end", name, done, total)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		return lines
	}
	csv, xlsx := read("online_retail.csv"), read("online_retail.xlsx")
	if len(csv) != 219 || len(xlsx) != 200 {
		t.Fatalf("%d and %d lines", len(csv), len(xlsx))
	}
	first := line{"536365", "85123A", "17850", 6, 255, clock.Of(time.Date(2010, 12, 1, 8, 26, 0, 0, time.UTC))}
	if csv[0] != first || xlsx[0] != first {
		t.Errorf("got %+v and %+v", csv[0], xlsx[0])
	}
	if diff := cmp.Diff(csv[:140], xlsx[:140], cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("the files differ: %s", diff)
	}
}

func TestWhatIsNoTable(t *testing.T) {
	for name, x := range map[string]struct{ data, key string }{
		"empty":            {"", "sheet.empty"},
		"old workbook":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "sheet.old_or_encrypted"},
		"web page":         {"\ufeff\r\n <HTML><table><tr><td>1</table>", "sheet.web_page"},
		"xml":              {"<?xml version='1.0'?><Workbook/>", "sheet.web_page"},
		"blank lines":      {"\n\r\n\n", "sheet.no_header"},
		"mark alone":       {"\ufeff", "sheet.no_header"},
		"binary":           {"GIF89a\x00\x01", "sheet.nul"},
		"picture":          {"\x89PNG\r\n\x1a\n\xff\xfe", "sheet.encoding"},
		"western letters":  {"name,city\r\nR\xfccken,Z\xfcrich\r\nBj\xf8rn,K\xf8ge\r\n", "sheet.encoding"},
		"bad UTF-8 + mark": {"\ufeffa,b\n1,\xb4\xba\n", "sheet.encoding"},
		"half a letter":    {"订单编号,姓名\n1,王\xe7\x8e\n2,李\n", "sheet.encoding"},
		"one letter cut":   {strings.Repeat("订单编号,姓名\n", 10) + "王\xe7\x8e,李\xe6\x9d\n", "sheet.encoding"},
		"open quote":       {"a,\"b\nc,d\n", "sheet.open_quote"},
		"stray quote":      {"a,b\"c\n1,2\n", "sheet.lone_quote"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(t.Context(), strings.NewReader(x.data), int64(len(x.data)), Options{})
			wantError(t, err, x.key)
		})
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "none.csv"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	_, err := Open(t.Context(), t.TempDir(), Options{})
	wantError(t, err, "sheet.not_a_file")
}

func TestMatch(t *testing.T) {
	r := opened(t, "\ufeff\t订单编号 ,ＩｎｖｏｉｃｅＤａｔｅ,\u00a0Unit price,=\"买家\",买家\n1,2,3,4,5\n", Options{})
	cols, err := r.Match([]Column{
		{Name: "order_no", Titles: []string{"订单编号"}},
		{Name: "invoice date"},
		{Name: "price", Titles: []string{"UNITPRICE"}},
		{Name: "phone", Optional: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"order_no": "1", "invoice date": "2", "price": "3", "phone": "", "never asked for": ""} {
		if got := cols.Cell(row, name); got.Text != want || cols.Has(name) != (want != "") {
			t.Errorf("%s: got %q", name, got.Text)
		}
	}

	_, err = r.Match([]Column{{Name: "买家"}, {Name: "sku", Titles: []string{"商家编码", "货号"}}, {Name: "item"}, {Name: "memo", Optional: true}})
	e := errs.As(err)
	if e == nil || len(e.Fields) != 2 {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"sheet.column_missing", "sheet.column_missing"} {
		if e.Fields[i].Key != want || !strings.Contains(e.Fields[i].Args["found"].(string), "订单编号, ＩｎｖｏｉｃｅＤａｔｅ") {
			t.Errorf("got %+v", e.Fields[i])
		}
	}
	r = opened(t, "\n\n货号,数量,货 号\n1,2,3\n", Options{})
	_, err = r.Match([]Column{{Name: "sku", Titles: []string{"货号"}}})
	if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != "sheet.column_twice" || e.Fields[0].Args["cells"] != "A3, C3" {
		t.Errorf("got %v", err)
	}
}

func TestHeaderRowAndResume(t *testing.T) {
	data := "三包店铺订单\n导出时间,2026-11-21\nno,qty\n\n1,10\n2,\"a\n\nb\"\n,\n3\n4,40\n"
	r := opened(t, data, Options{Header: 3})
	texts, faults := rows(t, r)
	if want := map[int][]string{5: {"1", "10"}, 6: {"2", "a\n\nb"}, 9: {"4", "40"}}; !cmp.Equal(texts, want) {
		t.Error(cmp.Diff(want, texts))
	}
	if want := map[int]string{8: "sheet.ragged"}; !cmp.Equal(faults, want) {
		t.Error(cmp.Diff(want, faults))
	}
	texts, faults = rows(t, opened(t, data, Options{Header: 3, After: 8}))
	if want := map[int][]string{9: {"4", "40"}}; !cmp.Equal(texts, want) || len(faults) > 0 {
		t.Error(cmp.Diff(want, texts), faults)
	}
	for _, header := range []int{4, 99} { // a blank row, and none
		_, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{Header: header})
		wantError(t, err, "sheet.no_header")
	}
}

func TestCancel(t *testing.T) {
	data := "a,b\n1,2\n3,4\n"
	ctx, cancel := context.WithCancel(t.Context())
	r := opened(t, data, Options{})
	if _, err := r.Read(ctx); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.Read(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Read(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancellation there are rows again: %v", err)
	}
	for _, name := range []string{"online_retail.csv", "online_retail.xlsx"} {
		if _, err := Open(ctx, filepath.Join("testdata", name), Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestFaultsAsCSV(t *testing.T) {
	r := opened(t, "no,qty\n=cmd,1.5\n", Options{})
	cols, err := r.Match([]Column{{Name: "no"}, {Name: "qty"}})
	if err != nil {
		t.Fatal(err)
	}
	row, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, bad := Integer(cols.Cell(row, "qty"), 0, 10)
	f := row.Fault("qty", bad)
	if f.Field().Path != "row 2/qty" || f.Row != 2 || f.Args["cell"] != "B2" {
		t.Errorf("got %+v", f)
	}
	var out bytes.Buffer
	w, err := NewFaultWriter(&out, errs.En)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []Fault{f, {Column: "=1+1", Key: "sheet.empty"}, row.Fault("no", io.ErrUnexpectedEOF)} {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffrow,column,key,message\n" +
		"2,qty,sheet.integer,\"\"\"1.5\"\" in B2 is not a whole number.\"\n" +
		",'=1+1,sheet.empty,The file is empty.\n" +
		"2,no,internal,"
	if !strings.HasPrefix(out.String(), want) {
		t.Error(cmp.Diff(want, out.String()))
	}
}

func TestCellNames(t *testing.T) {
	for name, x := range map[string][2]int{"A1": {1, 1}, "Z9": {26, 9}, "AA10": {27, 10}, "AZ1": {52, 1}, "BA1": {53, 1}, "XFD1048576": {16384, 1048576}} {
		if got := cellName(x[0], x[1]); got != name {
			t.Errorf("%v is %s, got %s", x, name, got)
		}
		if c, r, ok := parseRef(name); !ok || c != x[0] || r != x[1] {
			t.Errorf("%s reads as %d, %d, %v", name, c, r, ok)
		}
	}
	for _, bad := range []string{"", "A", "1", "A0", "XFE1", "A1048577", "A-1", "A1B", "ÄA1", "ABCDEFG1"} {
		if c, r, ok := parseRef(bad); ok {
			t.Errorf("%q reads as %d, %d", bad, c, r)
		}
	}
}

func TestRowIsJSON(t *testing.T) {
	got := Row{Cells: []Cell{{Text: "a\"b\\c"}, {Text: "女鞋 <&>\t\x01"}, {Text: ""}, {Text: "\xff"}}}.JSON()
	if want := `["a\"b\\c","女鞋 <&>\u0009\u0001","","�"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
