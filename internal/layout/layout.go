// Package layout reads tables by named fields: which column of a file is what is told by a preset, by a mapping that a
// person saved, or guessed from the titles. It knows nothing of orders or refunds; whoever reads those says which
// fields there are.
//
// A Field has a name, a kind and a label. A Column says what files call a field. Open finds the columns of a file, Read
// gives its rows, and a Row reads cells: each refusal becomes a fault that names the row and the column as the file
// writes it, so that all of them are told at once.
package layout

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/sheet"
)

// Kind is what a field holds.
type Kind string

const (
	ID     Kind = "id"     // an order number, an article number: text, whatever it looks like
	Text   Kind = "text"   // what people write
	Count  Kind = "count"  // pieces
	Amount Kind = "amount" // of money
	Time   Kind = "time"   // with or without a time of day
)

// Field is one thing that a row may say.
type Field struct {
	Name     string
	Label    errs.Text
	Kind     Kind
	Required bool // nothing can be read without it
}

// Column is what files call a field. The first title is the one that messages name.
type Column struct {
	Field  string
	Titles []string
	Must   bool // a file without it is not of this layout
}

// Columns makes a mapping into columns: field to title.
func Columns(mapping map[string]string) []Column {
	out := make([]Column, 0, len(mapping))
	for _, f := range slices.Sorted(maps.Keys(mapping)) {
		out = append(out, Column{f, []string{mapping[f]}, true})
	}
	return out
}

// Source is a file to read.
type Source struct {
	Data   io.ReaderAt
	Size   int64
	Header int // row of the header; 0: the first that holds anything
	After  int // rows up to this one are passed over
}

// Table is a file of which the columns are known. It is for one goroutine; Progress may be called from others.
type Table struct {
	rows  *sheet.Reader
	cols  sheet.Columns
	names map[string]string // field to the title that messages name
}

// Open opens a file and finds its columns. Errors: those of sheet.New and sheet.Reader.Match, which name every column
// that is missing.
func Open(ctx context.Context, src Source, columns []Column) (*Table, error) {
	rows, err := sheet.New(ctx, src.Data, src.Size, sheet.Options{Header: src.Header, After: src.After})
	if err != nil {
		return nil, err
	}
	t := &Table{rows: rows, names: map[string]string{}}
	want := make([]sheet.Column, 0, len(columns))
	seen := map[string]bool{}
	for _, c := range columns {
		t.names[c.Field] = c.Titles[0]
		if !seen[c.Titles[0]] { // two fields may be read from one column
			want = append(want, sheet.Column{Name: c.Titles[0], Titles: c.Titles[1:], Optional: !c.Must})
		}
		seen[c.Titles[0]] = true
	}
	if t.cols, err = rows.Match(want); err != nil {
		return nil, errors.Join(err, rows.Close())
	}
	return t, nil
}

// Close releases what the Table holds. The file stays the caller's.
func (t *Table) Close() error { return t.rows.Close() }

// Progress is how many bytes of the file have been read, of how many.
func (t *Table) Progress() (done, total int64) { return t.rows.Progress() }

// Has says whether the file has a column for a field.
func (t *Table) Has(field string) bool { return t.cols.Has(t.names[field]) }

// Read gives the next row, io.EOF after the last. A *sheet.Fault concerns that row alone.
func (t *Table) Read(ctx context.Context) (*Row, error) {
	row, err := t.rows.Read(ctx)
	if err != nil {
		return nil, err
	}
	return &Row{Row: row, table: t}, nil
}

// Fit says how the titles of a header fit columns: the title found for each field, and the fields that must be there
// and are not. A title that stands there twice fits nothing.
func Fit(header []string, columns []Column) (found map[string]string, missing []string) {
	count, written := map[string]int{}, map[string]string{}
	for _, h := range header {
		f := sheet.Fold(h)
		count[f]++
		written[f] = strings.TrimSpace(h)
	}
	found = map[string]string{}
	for _, c := range columns {
		for _, title := range c.Titles {
			if f := sheet.Fold(title); f != "" && count[f] == 1 {
				found[c.Field] = written[f]
				break
			}
		}
		if c.Must && found[c.Field] == "" {
			missing = append(missing, c.Field)
		}
	}
	return found, missing
}

// Check says what is wrong with a mapping that a person made: fields that do not exist, required ones that are left out,
// titles that are empty or too long. Every fault names its field.
func Check(fields []Field, mapping map[string]string) error {
	var f errs.Faults
	for _, x := range fields {
		if x.Required && mapping[x.Name] == "" {
			f.Add("/columns/"+x.Name, "layout.field_missing", errs.Args{"field": x.Name})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mapping)) {
		i := slices.IndexFunc(fields, func(x Field) bool { return x.Name == name })
		switch title := mapping[name]; {
		case i < 0:
			f.Add("/columns/"+name, "layout.field_unknown", errs.Args{"field": errs.Clip(name)})
		case sheet.Fold(title) == "":
			f.Add("/columns/"+name, "layout.title_empty", errs.Args{"field": name})
		case len(title) > 600:
			f.Add("/columns/"+name, "layout.title_long", errs.Args{"field": name})
		}
	}
	return f.Err()
}

var _ = errs.Register(map[string]errs.Text{
	"layout.field_missing": {ZhCN: "还没有指定“{field}”对应哪一列，这一项必须有。", En: "No column is named for {field}, which is needed."},
	"layout.field_unknown": {ZhCN: "没有“{field}”这一项。", En: "There is no field \"{field}\"."},
	"layout.title_empty":   {ZhCN: "“{field}”的列名是空的。", En: "The column named for {field} has no title."},
	"layout.title_long":    {ZhCN: "“{field}”的列名太长。", En: "The title of the column named for {field} is too long."},
})
