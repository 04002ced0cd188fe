package export

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/money"
)

const slice = "../../../examples/real-orders/data/online_retail_2010-12_slice.csv"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func file(s string) File {
	return File{Name: "orders.csv", Data: strings.NewReader(s), Size: int64(len(s))}
}

// read gives all entries of an export.
func read(t testing.TB, preset string, orders File, items *File, after int) ([]Entry, error) {
	t.Helper()
	p, err := PresetNamed(preset)
	if err != nil {
		t.Fatal(err)
	}
	terms := Terms{Currency: "CNY", Zone: zone(t, "Asia/Shanghai")}
	if preset == "uci-online-retail" {
		terms = Terms{Currency: "GBP", Zone: zone(t, "Europe/London")}
	}
	f, err := p.Open(t.Context(), terms, orders, items, after)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	var out []Entry
	for {
		e, err := f.Next(t.Context())
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, e)
	}
}

// faults lists the faults of entries as "row column key".
func faults(entries []Entry) []string {
	out := []string{}
	for _, e := range entries {
		for _, f := range e.Faults {
			out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Key))
		}
	}
	return out
}

func TestEveryPresetNamesItsSource(t *testing.T) {
	for _, p := range Presets() {
		if p.Source.What == "" || !strings.HasPrefix(p.Source.Where, "https://") || len(p.Source.Date) != len("2006-01-02") {
			t.Errorf("preset %s: source %+v", p.Name, p.Source)
		}
		if p.Title.ZhCN == "" || p.Title.En == "" || p.Platform == "" || p.Encoding == "" {
			t.Errorf("preset %s lacks a title, platform or encoding", p.Name)
		}
	}
	if _, err := PresetNamed("excel"); errs.As(err) == nil || errs.As(err).Key != "import.preset_unknown" {
		t.Errorf("an unknown preset: %v", err)
	}
}

const uciHead = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

func TestUCISale(t *testing.T) {
	entries, err := read(t, "uci-online-retail", file(uciHead+
		"536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"+
		"536365,POST,POSTAGE,2,2010-12-01 08:26:00,9.00,17850.0,United Kingdom\n"+
		"536365,M,Manual,1,2010-12-01 08:27:00,1.25,17850.0,United Kingdom\n"+
		"536366,22086,PAPER CHAIN,80,2011-07-01 10:00:00,2.95,,Germany\n"), nil, 0)
	if err != nil || len(entries) != 2 || len(faults(entries)) > 0 {
		t.Fatalf("%v, faults %v, %d entries", err, faults(entries), len(entries))
	}
	s := entries[0].Sale
	if s.Order.OrderNo != "536365" || s.Order.FreightPaid != 1800 || s.Buyer.Key != "17850" || s.Order.Platform != "uci" || s.Order.Channel != order.Distance {
		t.Errorf("order %+v of %+v", s.Order, s.Buyer)
	}
	if got := s.Order.OrderedAt.String(); got != "2010-12-01T08:26:00.000000Z" {
		t.Errorf("winter time in London: %s", got)
	}
	if got := entries[1].Sale.Order.OrderedAt.String(); got != "2011-07-01T09:00:00.000000Z" {
		t.Errorf("summer time in London: %s", got)
	}
	if len(s.Lines) != 2 || s.Lines[0].Net != 1530 || s.Lines[0].Category != "" || s.Lines[1].Category != CategoryFee || s.Lines[1].LineNo != 2 || s.Lines[1].Row != 4 {
		t.Errorf("lines %+v", s.Lines)
	}
	want := []Capture{{Tender: "card", Route: "bank", Reference: "536365", Minor: 1530 + 1800 + 125, At: s.Order.OrderedAt}}
	if d := cmp.Diff(want, s.Captures); d != "" {
		t.Error(d)
	}
	if s.Lines[0].Raw != `["536365","85123A","WHITE HANGING HEART","6","2010-12-01 08:26:00","2.55","17850.0","United Kingdom"]` {
		t.Errorf("raw %s", s.Lines[0].Raw)
	}
	if s.Order.Raw != `[["536365","POST","POSTAGE","2","2010-12-01 08:26:00","9.00","17850.0","United Kingdom"]]` {
		t.Errorf("the postage row is kept with the order: %s", s.Order.Raw)
	}
	if entries[1].Sale.Buyer.Key != "" {
		t.Error("a row without CustomerID has no buyer")
	}
}

func TestUCIReturnsAndSkips(t *testing.T) {
	entries, err := read(t, "uci-online-retail", file(uciHead+
		"C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom\n"+
		"C536379,22556,\"PLASTERS IN \"\"TIN\"\"\",-12,2010-12-01 09:41:00,1.65,14527.0,United Kingdom\n"+
		"536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom\n"+
		"536590,21778,RETRO TIN,-4,2010-12-01 16:50:00,2.10,,United Kingdom\n"+
		"A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,-11062.06,,United Kingdom\n"+
		"550193,PADS,PADS TO MATCH ALL CUSHIONS,1,2011-04-15 09:27:00,0.001,13952.0,United Kingdom\n"), nil, 0)
	if err != nil || len(faults(entries)) > 0 {
		t.Fatalf("%v %v", err, faults(entries))
	}
	r := entries[0].Returns
	if len(r) != 2 || r[1].ReturnNo != "C536379" || r[1].LineNo != 2 || r[1].Quantity != 12 || r[1].Minor != 1980 || r[1].State != order.ReturnNew ||
		r[1].OrderNo != "" || r[1].BuyerKey != "14527" || r[1].Currency != "GBP" {
		t.Errorf("returns %+v", r)
	}
	if got := string(r[1].Raw); got != `["C536379","22556","PLASTERS IN \"TIN\"","-12","2010-12-01 09:41:00","1.65","14527.0","United Kingdom"]` {
		t.Errorf("raw %s", got)
	}
	var skipped []string
	for _, e := range entries {
		for _, s := range e.Skipped {
			skipped = append(skipped, fmt.Sprintf("%d %s", s.Row, s.Key))
		}
		if len(e.Skipped) > 0 && (e.Sale != nil || e.Returns != nil) {
			t.Errorf("rows %d-%d are nothing, and something: %+v", e.First, e.Last, e)
		}
	}
	want := []string{"4 import.skip_no_price", "5 import.skip_write_off", "6 import.skip_adjustment", "7 import.skip_no_price"}
	if d := cmp.Diff(want, skipped); d != "" {
		t.Error(d)
	}
}

func TestUCIFaults(t *testing.T) {
	good := "2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n"
	for _, c := range []struct {
		name, rows string
		want       []string
	}{
		{"date", "536365,A1,X,6,1/12/2010 08:26,2.55,17850.0,UK\n", []string{"2 InvoiceDate sheet.date"}},
		{"day that is not", "536365,A1,X,6,2010-02-30 08:26:00,2.55,17850.0,UK\n", []string{"2 InvoiceDate sheet.date"}},
		{"hour that is not", "536365,A1,X,6,2011-03-27 01:30:00,2.55,17850.0,UK\n", []string{"2 InvoiceDate sheet.time_skipped"}},
		{"digits lost", "1.23457E+17,A1,X,6," + good, []string{"2 InvoiceNo sheet.digits_lost"}},
		{"quantity", "536365,A1,X,six," + good, []string{"2 Quantity sheet.integer"}},
		{"half a piece", "536365,A1,X,1.5," + good, []string{"2 Quantity sheet.integer"}},
		{"price", "536365,A1,X,6,2010-12-01 08:26:00,2.555,17850.0,UK\n", []string{"2 UnitPrice sheet.amount"}},
		{"negative price", "536365,A1,X,6,2010-12-01 08:26:00,-2.55,17850.0,UK\n", []string{"2 UnitPrice import.amount_range"}},
		{"customer", "536365,A1,X,6,2010-12-01 08:26:00,2.55,178 50,UK\n", []string{"2 CustomerID sheet.id_number"}},
		{"customer lost", "536365,A1,X,6,2010-12-01 08:26:00,2.55,1.7850E+04,UK\n", []string{"2 CustomerID sheet.digits_lost"}},
		{"no code", "536365,,X,6," + good, []string{"2 StockCode import.required"}},
		{"all at once", "536365,A1,X,six,today,a pound,17850.0,UK\n", []string{"2 Quantity sheet.integer", "2 InvoiceDate sheet.date", "2 UnitPrice sheet.amount"}},
		{"formula", "536365,A1,\"=HYPERLINK(\"\"x\"\")\",6," + good, nil},
		{"ragged", "536365,A1,X,6\n536366,A1,X,6," + good, []string{"2  sheet.ragged"}},
		{"positive credit", "C536365,A1,X,6," + good, []string{"2 Quantity import.quantity_sign"}},
		{"nothing sold", "536365,A1,X,0," + good, []string{"2 Quantity import.quantity_sign"}},
		{"two buyers", "536365,A1,X,6," + good + "536365,A1,X,6,2010-12-01 08:26:00,2.55,17851.0,UK\n", []string{"3 CustomerID import.order_differs"}},
		{"two days", "536365,A1,X,6," + good + "536365,A1,X,6,2010-12-02 08:26:00,2.55,17850.0,UK\n", []string{"3 InvoiceDate import.order_differs"}},
		{"scattered", "536365,A1,X,6," + good + "536366,A1,X,6," + good + "536365,A2,X,6," + good, []string{"4 InvoiceNo import.twice"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries, err := read(t, "uci-online-retail", file(uciHead+c.rows), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(append([]string{}, c.want...), faults(entries)); d != "" {
				t.Error(d)
			}
			for _, e := range entries {
				if len(e.Faults) > 0 && (e.Sale != nil || e.Returns != nil) {
					t.Error("an entry with faults gives nothing to import")
				}
			}
		})
	}
}

func TestWholeFileFaults(t *testing.T) {
	for _, c := range []struct{ name, text, key string }{
		{"empty", "", "sheet.empty"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", "sheet.old_or_encrypted"},
		{"web page", "<html><table>", "sheet.web_page"},
		{"binary", uciHead + "\x00\n", "sheet.nul"},
		{"columns", "InvoiceNo,Quantity\n1,2\n", "invalid_input"},
		{"column twice", strings.Replace(uciHead, "Description", "StockCode", 1) + "1,2,3,4,5,6,7,8\n", "invalid_input"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(t, "uci-online-retail", file(c.text), nil, 0)
			if e := errs.As(err); e == nil || e.Key != c.key {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
	long := strings.Repeat("536365,A1,X,6,2010-12-01 08:26:00,2.55,17850.0,UK\n", MaxLines+1)
	if _, err := read(t, "uci-online-retail", file(uciHead+long), nil, 0); errs.As(err) == nil || errs.As(err).Key != "import.too_many_lines" {
		t.Errorf("an order without end: %v", err)
	}
}

// The real slice: every row becomes a line, freight, a return line or a skip, and the money of the file is all there.
func TestUCISlice(t *testing.T) {
	text, err := os.ReadFile(slice)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := read(t, "uci-online-retail", file(string(text)), nil, 0)
	if err != nil || len(faults(entries)) > 0 {
		t.Fatalf("%v %v", err, faults(entries))
	}
	var rows, lines, returns, skipped int
	var sold, captured, back int64
	for _, e := range entries {
		rows += e.Last - e.First + 1
		skipped += len(e.Skipped)
		for _, r := range e.Returns {
			returns++
			back += r.Minor
		}
		if s := e.Sale; s != nil {
			sold += s.Order.FreightPaid
			captured += s.Captures[0].Minor
			for _, l := range s.Lines {
				lines++
				sold += l.Net
			}
		}
	}
	if rows != 1970 || returns != 367 || sold != captured {
		t.Errorf("%d rows, %d lines, %d returns, %d skipped; sold %d, captured %d, back %d", rows, lines, returns, skipped, sold, captured, back)
	}
	if want := sumOfReturns(t, string(text)); back != want {
		t.Errorf("return lines come to %d, the file's to %d", back, want)
	}
}

// sumOfReturns adds up the return lines of the file another way.
func sumOfReturns(t *testing.T, text string) int64 {
	t.Helper()
	var sum int64
	for row := range strings.Lines(text) {
		if !strings.HasPrefix(row, "C") {
			continue
		}
		// From the right: Country, CustomerID, UnitPrice, InvoiceDate, Quantity hold no commas.
		cells := strings.Split(strings.TrimSuffix(row, "\n"), ",")
		n := len(cells)
		price, err := money.Parse(cells[n-3], "GBP")
		if err != nil {
			t.Fatal(err)
		}
		var qty int64
		if _, err := fmt.Sscan(cells[n-5], &qty); err != nil {
			t.Fatal(err)
		}
		sum += -qty * price.Minor
	}
	return sum
}

// The workbook as published: numbers, numeric ids and dates are cells of their own kinds.
func TestUCIWorkbook(t *testing.T) {
	at := time.Date(2010, 12, 1, 8, 26, 0, 0, time.UTC)
	book := workbook(t, [][]any{
		{"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"},
		{536365, "85123A", "WHITE HANGING HEART", 6, at, 2.5499999999999998, 17850.0, "United Kingdom"},
		{536365, 71053, "WHITE METAL LANTERN", 6, at, 3.39, 17850.0, "United Kingdom"},
		{"C536379", "D", "Discount", -1, at, 27.5, 14527.0, "United Kingdom"},
	})
	entries, err := read(t, "uci-online-retail", file(book), nil, 0)
	if err != nil || len(faults(entries)) > 0 || len(entries) != 2 {
		t.Fatalf("%v %v", err, faults(entries))
	}
	s, r := entries[0].Sale, entries[1].Returns
	if s.Order.OrderNo != "536365" || s.Buyer.Key != "17850" || s.Lines[0].UnitPrice != 255 || s.Lines[1].SKU != "71053" ||
		s.Order.OrderedAt.String() != "2010-12-01T08:26:00.000000Z" || len(r) != 1 || r[0].Minor != 2750 {
		t.Errorf("%+v %+v", s, r)
	}
}

func TestResumeBehindARow(t *testing.T) {
	text, err := os.ReadFile(slice)
	if err != nil {
		t.Fatal(err)
	}
	all, err := read(t, "uci-online-retail", file(string(text)), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 100, len(all) - 1} {
		rest, err := read(t, "uci-online-retail", file(string(text)), nil, all[n-1].Last)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(all[n:], rest); d != "" {
			t.Fatalf("behind entry %d: %s", n, d)
		}
	}
}

func gb18030(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := simplifiedchinese.GB18030.NewEncoder().Writer(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever a file holds, an order's captures are its lines and its freight, and a row is counted once.
func FuzzUCI(f *testing.F) {
	f.Add(uciHead + "536365,85123A,X,6,2010-12-01 08:26:00,2.55,17850.0,UK\nC536366,M,,-1,2010-12-01 08:26:00,9,,UK\n")
	f.Add(uciHead + "A1,B,\"a\nb\",1,x,-1,,\n536365,POST,,99999999,2010-12-01 08:26:00,0.001,1.0,\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := read(t, "uci-online-retail", file(text), nil, 0)
		if err != nil {
			return
		}
		last := 1
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
				if l.Quantity <= 0 || l.Net < 0 || l.Net != l.Quantity*l.UnitPrice {
					t.Fatalf("line %+v", l)
				}
				sum += l.Net
			}
			if len(e.Faults) > 0 || e.Sale.Captures[0].Minor != sum {
				t.Fatalf("%+v", e)
			}
		}
	})
}
