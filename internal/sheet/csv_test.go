package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
)

func TestCSV(t *testing.T) {
	for name, x := range map[string]struct {
		data   string
		rows   map[int][]string
		faults map[int]string
	}{
		"plain":             {"a,b\n1,2\n3,4", map[int][]string{2: {"1", "2"}, 3: {"3", "4"}}, nil},
		"CRLF and mark":     {"\ufeffa,b\r\n1,2\r\n", map[int][]string{2: {"1", "2"}}, nil},
		"old Macintosh":     {"a,b\r1,2\r3,4\r", map[int][]string{2: {"1", "2"}, 3: {"3", "4"}}, nil},
		"tabs":              {"a\tb\n1,5\t2\n", map[int][]string{2: {"1,5", "2"}}, nil},
		"semicolons":        {"a;b;c\n1,5;2;\n", map[int][]string{2: {"1,5", "2", ""}}, nil},
		"one column":        {"a\n1\n", map[int][]string{2: {"1"}}, nil},
		"delimiter quoted":  {"\"x;y;z\",b\n1,2\n", map[int][]string{2: {"1", "2"}}, nil},
		"quotes":            {"a,b\n\"x \"\"y\"\", z\",\"\"\n", map[int][]string{2: {"x \"y\", z", ""}}, nil},
		"lines in a cell":   {"a,b\n\"1\r\n2\n\n3\",x\n4,5\n", map[int][]string{2: {"1\n2\n\n3", "x"}, 3: {"4", "5"}}, nil},
		"kept as text":      {"a,b\n=\"00123\",\t9,\n=\"1,2\",\"=\"\"7\"\"\"\n", map[int][]string{2: {"=\"00123\"", "\t9"}, 3: {"=\"1,2\"", "=\"7\""}}, nil},
		"blank rows":        {"\n,\na,b\n\n,\n1,2\n\n", map[int][]string{6: {"1", "2"}}, nil},
		"delimiters behind": {"a,b,,\n1,2,,\n3,4\n", map[int][]string{2: {"1", "2"}, 3: {"3", "4"}}, nil},
		"ragged":            {"a,b\n1\n1,2,3\n4,5\n", map[int][]string{4: {"4", "5"}}, map[int]string{2: "sheet.ragged", 3: "sheet.ragged"}},
		"stray quotes":      {"a,b\n1,2\"3\n\"x\"y,2\n=\"1\"2,3\n5\" ,6\n4,5\n", map[int][]string{6: {"4", "5"}}, map[int]string{2: "sheet.lone_quote", 3: "sheet.lone_quote", 4: "sheet.lone_quote", 5: "sheet.lone_quote"}},
	} {
		t.Run(name, func(t *testing.T) {
			texts, faults := rows(t, opened(t, x.data, Options{}))
			if x.faults == nil {
				x.faults = map[int]string{}
			}
			if !cmp.Equal(texts, x.rows) || !cmp.Equal(faults, x.faults) {
				t.Error(cmp.Diff(x.rows, texts), cmp.Diff(x.faults, faults))
			}
		})
	}
}

func TestCSVLimits(t *testing.T) {
	small := Limits{Rows: 4, Columns: 2, Cell: 10, Record: 30}
	read := func(data string) error {
		r, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{Limits: small})
		if err != nil {
			return err
		}
		for {
			if _, err := r.Read(t.Context()); err == io.EOF {
				return nil
			} else if f, ok := errors.AsType[*Fault](err); ok {
				return f.asError()
			} else if err != nil {
				return err
			}
		}
	}
	if err := read("a,b\n1234567890,1\n\n1,2\n"); err != nil {
		t.Error(err)
	}
	wantError(t, read("a,b,c\n1,2,3\n"), "sheet.too_many_columns")
	wantError(t, read("a,b\n12345678901,2\n"), "sheet.cell_too_long")
	wantError(t, read("a,b\n1,\""+strings.Repeat("x\n", 20)), "sheet.record_too_long")
	wantError(t, read("a,b\n"+strings.Repeat("x", 100_000)), "sheet.record_too_long")
	wantError(t, read("a,b\n1,2\n1,2\n1,2\n1,2\n"), "sheet.too_many_rows")
	wantError(t, read("a,b\n1,2,,,,,,,,\n"), "sheet.too_many_columns")
}

func TestEncodings(t *testing.T) {
	utf8Text := "订单编号,收货人,宝贝标题\n1001,王**,女鞋 “小白鞋” 37码\n" + strings.Repeat("1002,张**,男鞋\n", 30_000) + "1003,喆镕,𠮷野家\n"
	for name, e := range map[string]encoding.Encoding{
		"UTF-8":   encoding.Nop,
		"GB18030": simplifiedchinese.GB18030,
		"UTF-16":  unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	} {
		data, err := e.NewEncoder().String(utf8Text)
		if err != nil {
			t.Fatal(err)
		}
		r := opened(t, data, Options{})
		if f := r.Format(); f.Type != "csv" || f.Encoding != name || f.Delimiter != ',' {
			t.Errorf("%s is taken for %+v", name, f)
		}
		texts, faults := rows(t, r)
		want := map[int][]string{2: {"1001", "王**", "女鞋 “小白鞋” 37码"}, 3: {"1002", "张**", "男鞋"}, 30_003: {"1003", "喆镕", "𠮷野家"}}
		for n, w := range want {
			if !cmp.Equal(texts[n], w) {
				t.Errorf("%s, row %d: %q", name, n, texts[n])
			}
		}
		if len(texts) != 30_002 || len(faults) > 0 || !cmp.Equal(r.Header(), []string{"订单编号", "收货人", "宝贝标题"}) {
			t.Errorf("%s: %d rows, %v, %v", name, len(texts), faults, r.Header())
		}
	}
	big, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String("名\tb\r\n值\t2\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if texts, _ := rows(t, opened(t, big, Options{})); !cmp.Equal(texts, map[int][]string{2: {"值", "2"}}) {
		t.Errorf("got %v", texts)
	}
}

// The line of the first bad byte is told, wherever the chunks of the survey end.
func TestSurveyNamesTheLine(t *testing.T) {
	for _, before := range []int{0, 1, 100, 256<<10 - 1, 256 << 10, 256<<10 + 1, 300_000} {
		good := strings.Repeat("é", before/2) + strings.Repeat("x", before%2)
		for bad, key := range map[string]string{"\xff": "sheet.encoding", "\x00": "sheet.nul", "\xe4": "sheet.encoding"} {
			data := "a\n" + good + "\n" + bad
			_, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{})
			if e := errs.As(err); e == nil || e.Key != key || e.Args["row"] != 3 {
				t.Errorf("%q after %d bytes: %v", bad, before, err)
			}
		}
		data := "a\n" + good + "界" + good + "\n"
		if _, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{}); err != nil {
			t.Errorf("%d bytes around a character: %v", before, err)
		}
	}
}

// What encoding/csv writes is read back.
func TestCSVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 5).Draw(t, "width")
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab1,;\t\"\n =鞋𠮷\u00a0'")))
		var records [][]string
		header := make([]string, width)
		for i := range header {
			header[i] = "列"
		}
		records = append(records, header)
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			rec := rapid.SliceOfN(cell, width, width).Draw(t, "row")
			if strings.Join(rec, "") == "" {
				rec[0] = "x"
			}
			records = append(records, rec)
		}
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		if err := w.WriteAll(records); err != nil {
			t.Fatal(err)
		}
		r, err := New(t.Context(), strings.NewReader(b.String()), int64(b.Len()), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; ; i++ {
			row, err := r.Read(t.Context())
			if err == io.EOF {
				if i != len(records) {
					t.Fatalf("%d rows of %d", i, len(records))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for j, c := range row.Cells {
				if c.Text != records[i][j] || row.Number != i+1 || (c.Kind == Empty) != (c.Text == "") {
					t.Fatalf("row %d: got %+v, want %q", row.Number, c, records[i])
				}
			}
		}
	})
}

// longFile is a file of identical rows that is nowhere in memory.
type longFile struct {
	header, row string
	rows        int64
}

func (f longFile) size() int64 { return int64(len(f.header)) + f.rows*int64(len(f.row)) }

func (f longFile) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < f.size() {
		var k int
		if h := int64(len(f.header)); off < h {
			k = copy(p[n:], f.header[off:])
		} else {
			k = copy(p[n:], f.row[(off-h)%int64(len(f.row)):])
		}
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

var million = longFile{
	header: "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n",
	row:    "536365,85123A,\"WHITE HANGING, HEART\",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n",
	rows:   1_000_000,
}

// A million rows (86 MB) must not need more memory than a few buffers.
func TestMillionRowsInLittleMemory(t *testing.T) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := New(t.Context(), million, million.size(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var n, most uint64
	for {
		if _, err := r.Read(t.Context()); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n++; n%50_000 == 0 {
			runtime.ReadMemStats(&now)
			most = max(most, now.Sys-before.Sys)
		}
	}
	if done, total := r.Progress(); n != 1_000_000 || done != total {
		t.Errorf("%d rows, %d of %d bytes", n, done, total)
	}
	if most > 32<<20 {
		t.Errorf("%d MiB more from the system", most>>20)
	}
}

func BenchmarkCSV(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r, err := New(b.Context(), million, million.size(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := r.Read(b.Context()); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.SetBytes(million.size())
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\ufeffa;b\r\n\"x\n\"\"y\";=\"01\"\r\n", "a\tb\r1\t2\r", "\xff\xfea\x00,\x00b\x00\n\x00",
		"\xb6\xa9\xb5\xa5,\xc3\xfb\n1,\xcd\xf5**\n", "a,\"b\n", ",\n,,\n\"\",\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= 4 && string(data[:4]) == "PK\x03\x04" {
			return
		}
		limits := Limits{Rows: 1000, Columns: 50, Cell: 1000, Record: 5000}
		r, err := New(t.Context(), strings.NewReader(string(data)), int64(len(data)), Options{Limits: limits})
		if err != nil {
			if errs.CodeOf(err) != errs.Invalid {
				t.Fatal(err)
			}
			return
		}
		last := 0
		for {
			row, err := r.Read(t.Context())
			if err == io.EOF {
				return
			}
			if _, ok := errors.AsType[*Fault](err); !ok && err != nil {
				if errs.CodeOf(err) != errs.Invalid {
					t.Fatal(err)
				}
				return
			}
			if row.Number <= last || err == nil && len(row.Cells) != len(r.Header()) {
				t.Fatalf("row %d after %d with %d cells", row.Number, last, len(row.Cells))
			}
			last = row.Number
		}
	})
}

// What is written is text to every spreadsheet program, and a number is a number.
func TestWrittenCSVComputesNothing(t *testing.T) {
	got, err := CSV([][]string{{"a", "=1+1", "-1+1", "-12.50", "+86", "12", "@x", "\tx", "a,b", "-"}})
	if want := "\ufeffa,'=1+1,'-1+1,-12.50,'+86,12,'@x,'\tx,\"a,b\",'-\n"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}
