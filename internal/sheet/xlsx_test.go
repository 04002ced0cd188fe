package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sanbao/sanbao/errs"
)

// workbookOf makes a workbook with another program's code.
func workbookOf(t testing.TB, fill func(f *excelize.File) error) string {
	t.Helper()
	f := excelize.NewFile()
	var b bytes.Buffer
	err := fill(f)
	if err == nil {
		err = f.Write(&b)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func setRows(f *excelize.File, sheet string, rows ...[]any) error {
	for i, r := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &r); err != nil {
			return err
		}
	}
	return nil
}

func TestWorkbookKinds(t *testing.T) {
	data := workbookOf(t, func(f *excelize.File) error {
		at := time.Date(2026, 11, 21, 9, 30, 15, 0, time.UTC)
		err := setRows(f, "Sheet1",
			[]any{"订单编号", "数量", "下单时间", "已付款", "备注", "公式"},
			[]any{"00123", 17850, at, true, "a\r\nb", nil},
			[]any{123456789012345680.0, 2.55, nil, false, "", nil},
			nil,
			[]any{nil, nil, nil, nil, nil, nil},
			[]any{"x"},
		)
		zeros, err2 := f.NewStyle(&excelize.Style{CustomNumFmt: ptr("00000")})
		return errors.Join(err, err2, f.SetCellFormula("Sheet1", "F2", "B2*2"), f.SetCellStr("Sheet1", "F3", "#N/A"),
			f.SetCellStyle("Sheet1", "B6", "B6", zeros), f.SetCellInt("Sheet1", "B6", 42))
	})
	r := opened(t, data, Options{})
	if f := r.Format(); f != (Format{Type: "xlsx", Sheet: "Sheet1"}) {
		t.Errorf("got %+v", f)
	}
	type cell struct {
		kind Kind
		text string
	}
	want := map[int][]cell{
		2: {{Text, "00123"}, {Number, "17850"}, {Date, ""}, {Bool, "TRUE"}, {Text, "a\r\nb"}, {Formula, ""}},
		3: {{Number, "123456789012345680"}, {Number, "2.55"}, {Empty, ""}, {Bool, "FALSE"}, {Empty, ""}, {Text, "#N/A"}},
		6: {{Text, "x"}, {Number, "42"}, {Empty, ""}, {Empty, ""}, {Empty, ""}, {Empty, ""}},
	}
	for range want {
		row, err := r.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want[row.Number] {
			c := row.Cells[i]
			if w.kind == Date && c.Kind == Date {
				w.text = c.Text
			}
			if c.Kind != w.kind || !strings.EqualFold(c.Text, w.text) {
				t.Errorf("%s: got kind %d %q, want %d %q", c.Name(), c.Kind, c.Text, w.kind, w.text)
			}
		}
		switch row.Number {
		case 2:
			at, err := DateTime(row.Cells[2], time.UTC)
			if err != nil || at.String() != "2026-11-21T09:30:15.000000Z" {
				t.Errorf("got %s, %v", at, err)
			}
			_, err = ID(row.Cells[5])
			wantError(t, err, "sheet.formula")
			if f := row.Fault("x", err); f.Args["cell"] != "F2" {
				t.Errorf("got %+v", f)
			}
		case 3:
			_, err = ID(row.Cells[0])
			wantError(t, err, "sheet.digits_lost")
		case 6:
			if id, err := ID(row.Cells[1]); err != nil || id != "00042" {
				t.Errorf("got %s, %v", id, err)
			}
		}
	}
	if _, err := r.Read(t.Context()); err != io.EOF {
		t.Errorf("got %v", err)
	}
}

func ptr[T any](v T) *T { return &v }

func TestChooseSheet(t *testing.T) {
	data := workbookOf(t, func(f *excelize.File) error {
		var err error
		for _, name := range []string{"空", "隐藏", "订单", "宝贝"} {
			_, e := f.NewSheet(name)
			err = errors.Join(err, e)
		}
		return errors.Join(err, f.SetSheetVisible("隐藏", false), setRows(f, "隐藏", []any{"h"}, []any{"1"}),
			setRows(f, "订单", []any{"o"}, []any{"2"}), setRows(f, "宝贝", []any{"i"}, []any{"3"}, []any{"4", "5"}))
	})
	for sheet, want := range map[string]string{"": "2", "隐藏": "1", "宝贝": "3"} {
		r := opened(t, data, Options{Sheet: sheet})
		texts, faults := rows(t, r)
		if texts[2][0] != want || (len(faults) == 1) != (sheet == "宝贝") || sheet != "" && r.Format().Sheet != sheet {
			t.Errorf("%q: got %v, %v, %s", sheet, texts, faults, r.Format().Sheet)
		}
	}
	_, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{Sheet: "退款"})
	wantError(t, err, "sheet.no_sheet")
	_, err = New(t.Context(), strings.NewReader(data), int64(len(data)), Options{Sheet: "空"})
	wantError(t, err, "sheet.no_header")
	data = workbookOf(t, func(f *excelize.File) error { return nil })
	_, err = New(t.Context(), strings.NewReader(data), int64(len(data)), Options{})
	wantError(t, err, "sheet.empty")
}

func TestMergedCells(t *testing.T) {
	merged := func(from, to string) string {
		return workbookOf(t, func(f *excelize.File) error {
			return errors.Join(setRows(f, "Sheet1", []any{"店铺", "11月"}, []any{"no", "qty"}, []any{"1", 2}, []any{nil, 3}),
				f.MergeCell("Sheet1", from, to))
		})
	}
	data := merged("A1", "B1")
	_, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{})
	wantError(t, err, "sheet.merged")
	if e := errs.As(err); e.Args["cells"] != "A1:B1" {
		t.Errorf("got %v", e.Args)
	}
	if texts, _ := rows(t, opened(t, data, Options{Header: 2})); texts[3][0] != "1" {
		t.Errorf("a merged title above the header matters: %v", texts)
	}
	data = merged("A3", "A4")
	_, err = New(t.Context(), strings.NewReader(data), int64(len(data)), Options{})
	wantError(t, err, "sheet.merged")
}

func TestEncryptedWorkbook(t *testing.T) {
	f := excelize.NewFile()
	var b bytes.Buffer
	if err := errors.Join(setRows(f, "Sheet1", []any{"a"}), f.Write(&b, excelize.Options{Password: "secret"}), f.Close()); err != nil {
		t.Fatal(err)
	}
	_, err := New(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), Options{})
	wantError(t, err, "sheet.old_or_encrypted")
}

// parts of the smallest workbook there can be.
var bare = map[string]string{
	"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
	"xl/workbook.xml":            `<x:workbook xmlns:x="m"><x:workbookPr date1904="true"/><x:sheets><x:sheet name="S" sheetId="1" r:id="r1"/></x:sheets></x:workbook>`,
	"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets\sheet1.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/><Relationship Id="r3" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
	"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>`,
	"xl/sharedStrings.xml":       `<sst><si><t>a</t></si><si><r><t xml:space="preserve">b &amp; </t></r><r><t>&#x4E2D;</t></r><rPh sb="0"><t>zhong</t></rPh></si><si/></sst>`,
	"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>c>d</t></is></c></row>` +
		`<!-- > --><row r="3"><c r="B3" s="1"><v>0.5</v></c><c r="C3" t="e"><v>#REF!</v></c></row>` +
		`<row r="4"><c t="d"><v>2026-11-21</v></c><c t="str"><v><![CDATA[x<y]]></v></c><c t="s"><v>2</v></c></row></sheetData></worksheet>`,
}

func zipped(t testing.TB, parts map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func with(part, text string) map[string]string {
	m := maps.Clone(bare)
	m[part] = text
	if text == "" {
		delete(m, part)
	}
	return m
}

func TestBareWorkbook(t *testing.T) {
	r := opened(t, zipped(t, bare), Options{})
	if !cmp.Equal(r.Header(), []string{"a", "b & 中", "c>d"}) {
		t.Errorf("got %q", r.Header())
	}
	row, err := r.Read(t.Context())
	if err != nil || row.Number != 3 || row.Cells[0].Kind != Empty || row.Cells[2].Kind != Error {
		t.Fatalf("got %+v, %v", row, err)
	}
	if at, err := DateTime(row.Cells[1], time.UTC); err != nil || at.String() != "1904-01-01T12:00:00.000000Z" {
		t.Errorf("got %s, %v", at, err)
	}
	row, err = r.Read(t.Context())
	if err != nil || row.Number != 4 || row.Cells[1].Text != "x<y" || row.Cells[2].Kind != Empty {
		t.Fatalf("got %+v, %v", row, err)
	}
	if d, err := Day(row.Cells[0]); err != nil || d.String() != "2026-11-21" {
		t.Errorf("got %s, %v", d, err)
	}
}

func TestBadWorkbooks(t *testing.T) {
	sheet := func(rows string) map[string]string {
		return with("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+rows+"</sheetData></worksheet>")
	}
	header := `<row><c t="inlineStr"><is><t>a</t></is></c></row>`
	for name, x := range map[string]struct {
		parts map[string]string
		key   string
	}{
		"another zip":       {map[string]string{"orders.csv": "a,b\n"}, "sheet.not_a_workbook"},
		"no workbook":       {with("xl/workbook.xml", ""), "sheet.not_a_workbook"},
		"no sheet part":     {with("xl/worksheets/sheet1.xml", ""), "sheet.not_a_workbook"},
		"xlsb":              {with("_rels/.rels", `<R><Relationship Id="1" Type="x/officeDocument" Target="xl/workbook.bin"/></R>`), "sheet.not_a_workbook"},
		"outside":           {with("_rels/.rels", `<R><Relationship Id="1" Type="x/officeDocument" Target="http://example.com/" TargetMode="External"/></R>`), "sheet.not_a_workbook"},
		"not XML":           {with("xl/workbook.xml", "workbook"), "sheet.damaged"},
		"cut off":           {with("xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+header), "sheet.damaged"},
		"document type":     {with("xl/workbook.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>`), "sheet.damaged"},
		"entity":            {sheet(`<row><c t="inlineStr"><is><t>&a;</t></is></c></row>`), "sheet.damaged"},
		"deep":              {with("xl/styles.xml", strings.Repeat("<a>", 200)), "sheet.damaged"},
		"many names":        {with("xl/styles.xml", "<s>"+manyNames(2000)+"</s>"), "sheet.damaged"},
		"no shared text":    {sheet(`<row><c t="s"><v>99</v></c></row>`), "sheet.damaged"},
		"negative text":     {sheet(`<row><c t="s"><v>-1</v></c></row>`), "sheet.damaged"},
		"not UTF-8":         {sheet("<row><c t=\"inlineStr\"><is><t>\xb4\xba</t></is></c></row>"), "sheet.damaged"},
		"long text":         {sheet(header + `<row><c t="inlineStr"><is><t>` + strings.Repeat("x", 200_000) + `</t></is></c></row>`), "sheet.damaged"},
		"long text, pieces": {sheet(`<row><c t="inlineStr"><is>` + strings.Repeat("<t>"+strings.Repeat("x", 10_000)+"</t>", 20) + `</is></c></row>`), "sheet.cell_too_long"},
		"rows backwards":    {sheet(header + `<row r="3"/><row r="2"/>`), "sheet.order"},
		"row beyond":        {sheet(header + `<row r="1048577"/>`), "sheet.order"},
		"row of no number":  {sheet(header + `<row r="x"/>`), "sheet.order"},
		"cells backwards":   {sheet(`<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>`), "sheet.order"},
		"cell elsewhere":    {sheet(`<row><c r="A7"><v>1</v></c></row>`), "sheet.order"},
		"column beyond":     {sheet(`<row><c r="XFE1"><v>1</v></c></row>`), "sheet.order"},
		"wide header":       {sheet(`<row><c r="ZZ1"><v>1</v></c></row>`), "sheet.too_many_columns"},
	} {
		t.Run(name, func(t *testing.T) {
			data := zipped(t, x.parts)
			r, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{})
			for err == nil {
				_, err = r.Read(t.Context())
			}
			wantError(t, err, x.key)
		})
	}
	data := zipped(t, bare)
	for _, cut := range []int{10, len(data) / 2, len(data) - 30} {
		_, err := New(t.Context(), strings.NewReader(data[:cut]), int64(cut), Options{})
		wantError(t, err, "sheet.damaged")
	}
	flipped := []byte(zipped(t, map[string]string{"_rels/.rels": bare["_rels/.rels"]}))
	flipped[60] ^= 0xff
	_, err := New(t.Context(), bytes.NewReader(flipped), int64(len(flipped)), Options{})
	wantError(t, err, "sheet.damaged")
}

func manyNames(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<n%d/>", i)
	}
	return b.String()
}

// bombs are refused before or while they inflate, never after.
func TestZipBombs(t *testing.T) {
	refused := func(name, data string, l Limits, key string) {
		t.Helper()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := New(t.Context(), strings.NewReader(data), int64(len(data)), Options{Limits: l})
		runtime.ReadMemStats(&after)
		wantError(t, err, key)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
			t.Errorf("%s: %d bytes allocated", name, grown)
		}
	}
	spaces := "<worksheet><sheetData>" + strings.Repeat(" ", 64<<20)
	refused("ratio", zipped(t, with("xl/worksheets/sheet1.xml", spaces)), Limits{}, "sheet.bomb")
	refused("total", zipped(t, bare), Limits{Inflated: 500}, "sheet.bomb")
	refused("texts", zipped(t, with("xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si/>", 1000)+"</sst>")), Limits{Shared: 10_000}, "sheet.too_much_text")
	many := maps.Clone(bare)
	for i := range 3000 {
		many[fmt.Sprintf("xl/media/%d", i)] = ""
	}
	refused("entries", zipped(t, many), Limits{}, "sheet.too_many_parts")

	// A directory that understates what a part inflates to: the sizes there are the four bytes at 24 of each record.
	lying := []byte(zipped(t, with("xl/worksheets/sheet1.xml", spaces)))
	for at := 0; ; {
		i := bytes.Index(lying[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		if name := string(lying[at+46 : at+46+int(lying[at+28])]); name == "xl/worksheets/sheet1.xml" {
			copy(lying[at+24:], []byte{0, 1, 0, 0})
		}
		at += 4
	}
	_, err := New(t.Context(), bytes.NewReader(lying), int64(len(lying)), Options{})
	wantError(t, err, "sheet.damaged")
}

func TestFormatStyle(t *testing.T) {
	for code, want := range map[string]style{
		"General": {}, "0": {}, "0.00": {}, "#,##0": {}, "@": {}, `"day" 0`: {}, `0 \d`: {}, "[Red]0.0": {}, "0.00E+00": {}, `"open`: {}, "[open": {},
		"¥#,##0.00;[Red]-¥#,##0.00": {}, "0;yyyy": {}, "[$-409]General": {}, "_-* #,##0_-": {}, "[Magenta]0": {},
		"00000": {zeros: 5}, "0000000000000000000": {zeros: 15},
		"yyyy-mm-dd": {date: true}, "YYYY/M/D H:MM": {date: true}, "[h]:mm": {date: true}, "[$-804]d": {date: true}, `yyyy"年"`: {date: true}, "mm:ss.0": {date: true},
	} {
		if got := formatStyle(code); got != want {
			t.Errorf("%s: got %+v, want %+v", code, got, want)
		}
	}
	for id, want := range map[int]bool{0: false, 2: false, 13: false, 14: true, 22: true, 23: false, 31: true, 44: false, 46: true, 48: false, 49: false, 57: true} {
		if builtinDate(id) != want {
			t.Errorf("format %d: a date is %v", id, !want)
		}
	}
}

func TestUnescapeCell(t *testing.T) {
	for s, want := range map[string]string{
		"plain": "plain", "a_x000D_\nb": "a\r\nb", "_x005F_x000D_": "_x000D_", "_x00": "_x00", "_xZZZZ_": "_xZZZZ_", "_x4E2D_": "中", "_xD800_": "_xD800_", "x_x_x0041_": "x_xA",
	} {
		if got := unescapeCell(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// bigWorkbook writes a workbook of many rows and distinct texts to a file, without a library that would take long.
func bigWorkbook(t testing.TB, rows, texts int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "big.xlsx")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for part, text := range bare {
		w, err := z.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		switch part {
		case "xl/sharedStrings.xml":
			_, err = io.WriteString(w, "<sst>")
			for i := 0; err == nil && i < texts; i++ {
				_, err = fmt.Fprintf(w, "<si><t>text number %d</t></si>", i)
			}
			text = "</sst>"
		case "xl/worksheets/sheet1.xml":
			_, err = io.WriteString(w, "<worksheet><sheetData>")
			for i := 1; err == nil && i <= rows; i++ {
				_, err = fmt.Fprintf(w, `<row r="%d" spans="1:8"><c r="A%[1]d" t="s"><v>%d</v></c><c r="B%[1]d"><v>17850</v></c><c r="C%[1]d" s="1"><v>40513.351388888892</v></c><c r="D%[1]d"><v>%[1]d</v></c><c r="E%[1]d" t="s"><v>7</v></c></row>`, i, i%texts)
			}
			text = "</sheetData></worksheet>"
		}
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

func readAll(t testing.TB, name string) (n int, most uint64) {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	start := now.Sys
	r, err := Open(t.Context(), name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for ; ; n++ {
		if _, err := r.Read(t.Context()); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n%20_000 == 0 {
			runtime.ReadMemStats(&now)
			most = max(most, now.Sys-start)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return n, most
}

func TestBigWorkbookInLittleMemory(t *testing.T) {
	n, most := readAll(t, bigWorkbook(t, 100_001, 100_000))
	if n != 100_000 || most > 64<<20 {
		t.Errorf("%d rows, %d MiB", n, most>>20)
	}
}

func BenchmarkXLSX(b *testing.B) {
	name := bigWorkbook(b, 1_000_001, 800_000)
	total, mem := 0, uint64(0)
	b.ResetTimer()
	for b.Loop() {
		n, most := readAll(b, name)
		total += n
		mem = max(mem, most)
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(mem>>20), "MiB")
}

func FuzzXLSX(f *testing.F) {
	f.Add(bare["xl/worksheets/sheet1.xml"], bare["xl/sharedStrings.xml"], bare["xl/styles.xml"])
	f.Add(`<w><sheetData><row r="2"><c r="C2" s="9"><f>1</f><v>&#65;</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></w>`, "<sst/>", "<s/>")
	f.Add("<?xml?><a b='>' c=\"'\"/><![CDATA[]]>", "<!---->", "&lt;")
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		parts := maps.Clone(bare)
		parts["xl/worksheets/sheet1.xml"], parts["xl/sharedStrings.xml"], parts["xl/styles.xml"] = sheet, shared, styles
		data := zipped(t, parts)
		r, err := New(context.Background(), strings.NewReader(data), int64(len(data)), Options{})
		last := 0
		for err == nil {
			var row Row
			if row, err = r.Read(context.Background()); err == nil {
				if row.Number <= last || len(row.Cells) != len(r.Header()) {
					t.Fatalf("row %d after %d with %d cells", row.Number, last, len(row.Cells))
				}
				last = row.Number
			} else if _, ok := errors.AsType[*Fault](err); ok {
				err = nil
			}
		}
		if err != io.EOF && errs.CodeOf(err) != errs.Invalid {
			t.Fatal(err)
		}
	})
}
