package layout

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/sanbao/sanbao/internal/sheet"
)

// Look is what a file looks like before anybody says what it is.
type Look struct {
	Type     string     `json:"type" enum:"csv,xlsx"`
	Encoding string     `json:"encoding,omitempty" doc:"of a text file"`
	Sheet    string     `json:"sheet,omitempty" doc:"of a workbook: the sheet that is read"`
	Columns  []Seen     `json:"columns" nullable:"false"`
	Rows     [][]string `json:"rows" nullable:"false" doc:"the first rows, as they stand in the file"`
	Numbers  []int      `json:"numbers" nullable:"false" doc:"their row numbers, as a spreadsheet shows them"`
}

// Seen is one column of a file.
type Seen struct {
	Title   string   `json:"title"`
	Filled  int      `json:"filled" doc:"cells that hold something, of those rows"`
	Samples []string `json:"samples" nullable:"false" doc:"up to three different ones"`
}

const (
	lookRows  = 20
	lookChars = 200 // of a cell
)

// Sniff looks at a file. Errors: those of sheet.New.
func Sniff(ctx context.Context, src Source) (look Look, err error) {
	rows, err := sheet.New(ctx, src.Data, src.Size, sheet.Options{Header: src.Header})
	if err != nil {
		return look, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	f := rows.Format()
	look = Look{Type: f.Type, Encoding: f.Encoding, Sheet: f.Sheet, Columns: []Seen{}, Rows: [][]string{}, Numbers: []int{}}
	for _, h := range rows.Header() {
		look.Columns = append(look.Columns, Seen{Title: clip(strings.TrimSpace(h)), Samples: []string{}})
	}
	for len(look.Rows) < lookRows {
		row, err := rows.Read(ctx)
		if err == io.EOF {
			break
		}
		if _, ok := errors.AsType[*sheet.Fault](err); ok {
			continue // told when it is imported
		}
		if err != nil {
			return look, err
		}
		look.add(row)
	}
	return look, nil
}

func (l *Look) add(row sheet.Row) {
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = clip(c.Text)
		s := &l.Columns[i]
		if shown := clip(c.Undressed()); shown != "" {
			s.Filled++
			if len(s.Samples) < 3 && !has(s.Samples, shown) {
				s.Samples = append(s.Samples, shown)
			}
		}
	}
	l.Rows, l.Numbers = append(l.Rows, texts), append(l.Numbers, row.Number)
}

// Header is the titles of the columns.
func (l Look) Header() []string {
	out := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		out[i] = c.Title
	}
	return out
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// clip shortens a cell to what a preview shows.
func clip(s string) string {
	n := 0
	for i := range s {
		if n == lookChars {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
