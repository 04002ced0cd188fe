package layout

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

var shanghai = time.FixedZone("CST", 8*3600)

func src(text string) Source { return Source{Data: strings.NewReader(text), Size: int64(len(text))} }

var some = []Column{
	{Field: "no", Titles: []string{"单号", "No"}, Must: true}, {Field: "paid", Titles: []string{"金额"}}, {Field: "at", Titles: []string{"时间"}},
	{Field: "n", Titles: []string{"数量"}}, {Field: "who", Titles: []string{"姓名"}},
}

// one reads a table of one row whose cell under a title is quoted as text.
func one(t *testing.T, title, cell string) *Row {
	t.Helper()
	text := "No," + title + "\nX1,\"" + strings.ReplaceAll(cell, `"`, `""`) + "\"\n"
	table, err := Open(t.Context(), src(text), some)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	row, err := table.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func key(r *Row) string {
	if len(r.Faults) == 0 {
		return ""
	}
	return r.Faults[0].Key
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		cell string
		cur  string
		want int64
		key  string
	}{
		{"268", "CNY", 26800, ""}, {"¥1,234.50", "CNY", 123450, ""}, {"￥1234.5", "CNY", 123450, ""}, {"1,234.50元", "CNY", 123450, ""}, {"CN¥ 9", "CNY", 900, ""},
		{"£2.55", "GBP", 255, ""}, {"$2.55", "USD", 255, ""}, {"１２３．４５", "CNY", 12345, ""}, {"\t88.00", "CNY", 8800, ""}, {"", "CNY", 0, ""}, {"-", "CNY", 0, ""},
		{"null", "CNY", 0, ""}, {"$2.55", "CNY", 0, "sheet.amount"}, {"12.345", "CNY", 0, "sheet.amount"}, {"1.2E3", "CNY", 0, "sheet.amount"}, {"-5", "CNY", 0, "layout.amount_range"},
		{"99999999999", "CNY", 0, "layout.amount_range"}, {"1,23", "CNY", 0, "sheet.amount"}, {"=1+1", "CNY", 0, "sheet.amount"}, {"一百", "CNY", 0, "sheet.amount"},
	} {
		r := one(t, "金额", c.cell)
		if got := r.Amount("paid", money.Currency(c.cur), 100_000_000); key(r) != c.key || c.key == "" && got != c.want {
			t.Errorf("%q in %s: %d %q, want %d %q", c.cell, c.cur, got, key(r), c.want, c.key)
		}
	}
}

func TestMoments(t *testing.T) {
	const noon = "2026-11-21T04:00:00.000000Z"
	for cell, want := range map[string]string{
		"2026-11-21 12:00:00": noon, "2026/11/21 12:00": noon, "2026年11月21日 12:00": noon, "2026-11-21T12:00:00": noon, "2026-11-21 12:00:00.000": noon,
		"2026-11-21 06:00:00 +0200": noon, "2026-11-21T04:00:00Z": noon, "2026-11-20 23:00:00 -05:00": noon, "2026-11-21 04:00:00 UTC": noon, "\t2026-11-21 12:00:00": noon,
		"2026-11-21": "2026-11-20T16:00:00.000000Z", "2026.11.21 12:00": noon, "2026年11月21日 12时0分": noon, "2026年11月21日12时00分00秒": noon,
		"3/4/2026": "sheet.date", "21.11.2026": "sheet.date", "2026-13-01": "sheet.date", "昨天": "sheet.date", "45000": "sheet.date", "2026-11-21 25:00:00": "sheet.date",
		"": "", "-": "", "null": "",
	} {
		r := one(t, "时间", cell)
		at, got := r.Moment("at", shanghai), key(r)
		if got == "" && at != nil {
			got = at.String()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", cell, got, want)
		}
	}
}

// What people write is kept as it is: long names, emoji, right-to-left text, scripts. A cell that would be a formula in a
// spreadsheet is text here; where one is written out, it is written so that nothing is computed.
func TestTextIsKept(t *testing.T) {
	for _, s := range []string{strings.Repeat("长", 200), "小雨 👟💔", "مرحبا בעולם", "<script>alert(1)</script>", `=HYPERLINK("https://evil.example","点我")`, "+861380000", "@SUM(A1)", "王**"} {
		r := one(t, "姓名", s)
		if got := r.Text("who", 200); got != s || key(r) != "" {
			t.Errorf("%q became %q (%s)", s, got, key(r))
		}
	}
	for s, want := range map[string]string{strings.Repeat("长", 201): "sheet.too_long", "a\x07b": "sheet.control"} {
		r := one(t, "姓名", s)
		if r.Text("who", 200); key(r) != want {
			t.Errorf("%q: %s", s, key(r))
		}
	}
}

// A refusal names the row, the column as the file writes it, the cell and what stands there.
func TestFaultsNameTheCell(t *testing.T) {
	table, err := Open(t.Context(), src("单号,金额,时间\n\n1.23E+17,x,3/4/2026\n"), some)
	if err != nil {
		t.Fatal(err)
	}
	row, err := table.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	row.ID("no")
	row.Amount("paid", "CNY", 100)
	row.Moment("at", shanghai)
	var got []string
	for _, f := range row.Faults {
		cell, _ := f.Args["cell"].(string)
		text, _ := f.Args["text"].(string)
		got = append(got, strings.Join([]string{f.Column, cell, text, f.Key}, " "))
	}
	want := []string{"单号 A3 1.23E+17 sheet.digits_lost", "金额 B3 x sheet.amount", "时间 C3 3/4/2026 sheet.date"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if err := errors.Join(table.Close()); err != nil {
		t.Error(err)
	}
}

func TestColumnsAreFoundByName(t *testing.T) {
	for _, header := range []string{"单号,金额", "金额, 单 号 ", "\ufeff單,ＮＯ,金额"} {
		table, err := Open(t.Context(), src(header+"\n"+strings.Repeat("1,", strings.Count(header, ","))+"1\n"), some)
		if err != nil || !table.Has("no") || table.Has("n") {
			t.Errorf("%q: %v", header, err)
		}
	}
	_, err := Open(t.Context(), src("金额,数量\n1,2\n"), some)
	if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != "sheet.column_missing" || e.Fields[0].Args["column"] != "单号" {
		t.Errorf("%v", err)
	}
	_, err = Open(t.Context(), src("单号,No\n1,2\n"), some)
	if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != "sheet.column_twice" {
		t.Errorf("%v", err)
	}
	both := Columns(map[string]string{"a": "时间", "b": "时间"}) // two fields from one column
	table, err := Open(t.Context(), src("时间\n2026-11-21\n"), both)
	if err != nil || !table.Has("a") || !table.Has("b") {
		t.Errorf("%v", err)
	}
}

func TestFitAndCheck(t *testing.T) {
	found, missing := Fit([]string{" 金额 ", "NO", "数量", "数量"}, some)
	if d := cmp.Diff(map[string]string{"no": "NO", "paid": "金额"}, found); d != "" || len(missing) != 0 {
		t.Error(d, missing)
	}
	if _, missing := Fit([]string{"金额"}, some); len(missing) != 1 || missing[0] != "no" {
		t.Error(missing)
	}
	fields := []Field{{Name: "no", Required: true}, {Name: "at"}}
	err := Check(fields, map[string]string{"at": " \t", "colour": "颜色"})
	var got []string
	for _, f := range errs.As(err).Fields {
		got = append(got, f.Path+" "+f.Key)
	}
	if d := cmp.Diff([]string{"/columns/no layout.field_missing", "/columns/at layout.title_empty", "/columns/colour layout.field_unknown"}, got); d != "" {
		t.Error(d)
	}
	if err := Check(fields, map[string]string{"no": "单号"}); err != nil {
		t.Error(err)
	}
}

func TestSniff(t *testing.T) {
	look, err := Sniff(t.Context(), src("说明：十一月\n单号,金额,姓名\nA1,1,王**\nA2,1,\n坏,行\nA3,2,<b>\n"))
	if err != nil || len(look.Columns) != 1 {
		t.Fatalf("%+v %v", look, err)
	}
	s := src("说明：十一月,,\n单号,金额,姓名\nA1,1,王**\nA2,1,\n坏,行\nA3,2,<b>\n")
	s.Header = 2
	if look, err = Sniff(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	want := Look{Type: "csv", Encoding: "UTF-8", Columns: []Seen{{"单号", 3, []string{"A1", "A2", "A3"}}, {"金额", 3, []string{"1", "2"}}, {"姓名", 2, []string{"王**", "<b>"}}},
		Rows: [][]string{{"A1", "1", "王**"}, {"A2", "1", ""}, {"A3", "2", "<b>"}}, Numbers: []int{3, 4, 6}}
	if d := cmp.Diff(want, look); d != "" {
		t.Error(d)
	}
	for _, text := range []string{"", "<html><table>", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a,b\n\x00\n"} {
		if _, err := Sniff(t.Context(), src(text)); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever a file holds, it is read to its end or refused, and every fault names a row.
func FuzzTable(f *testing.F) {
	f.Add("单号,金额,时间,数量,姓名\nA1,¥1,2026-11-21,1,王\n")
	f.Add("No;金额\n=\"00012\";1.23E+17\n")
	f.Add("单号\t时间\n'1\t2026-11-21 06:00:00 +0200\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		ctx := context.Background()
		if look, err := Sniff(ctx, src(text)); err == nil && len(look.Rows) != len(look.Numbers) {
			t.Fatalf("%+v", look)
		}
		table, err := Open(ctx, src(text), some)
		if err != nil {
			return
		}
		defer table.Close()
		for last := 0; ; {
			row, err := table.Read(ctx)
			if err == io.EOF {
				return
			}
			if fault, ok := errors.AsType[*sheet.Fault](err); ok {
				if fault.Row <= last {
					t.Fatalf("%v after row %d", fault, last)
				}
				last = fault.Row
				continue
			}
			if err != nil {
				return
			}
			if row.ID("no"); row.Amount("paid", "CNY", 100) < 0 || row.Count("n", 1, 9) < 0 || len([]rune(row.Text("who", 20))) > 20 {
				t.Fatal("out of bounds")
			}
			row.Moment("at", shanghai)
			for _, x := range row.Faults {
				if x.Row != row.Number || x.Key == "" || x.Column == "" {
					t.Fatalf("%+v", x)
				}
			}
			last = row.Number
		}
	})
}
