package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// Fault is what is wrong in one place of a table. It is an error, so that Read can return it.
type Fault struct {
	Row    int    // number of the row; 0 for the whole file
	Column string // title of the column, or empty
	Key    string // message key
	Args   errs.Args
}

func (f *Fault) Error() string {
	return fmt.Sprintf("row %d, column %q: %s", f.Row, f.Column, errs.Render(errs.En, f.Key, f.Args))
}

// Field is the fault as a field of an errs.Error: path "row 12" or "row 12/订单编号".
func (f *Fault) Field() errs.Field {
	path := "row " + strconv.Itoa(f.Row)
	if f.Column != "" {
		path += "/" + f.Column
	}
	return errs.Field{Path: path, Key: f.Key, Args: f.Args}
}

// asError is the fault as the only reason why a file cannot be read.
func (f *Fault) asError() error { return errs.New(errs.Invalid, f.Key, f.Args) }

// Fault says that the cell of this row in the column with the given name was refused with err, as by ID or Amount. An
// error that is no *errs.Error is shown as an internal one.
func (r Row) Fault(column string, err error) Fault {
	e := errs.As(err)
	return Fault{Row: r.Number, Column: column, Key: e.Key, Args: e.Args}
}

// FaultWriter writes faults as a CSV file that spreadsheet programs open rightly: UTF-8 with its mark, and no cell
// that they would take for a formula.
type FaultWriter struct {
	w    *csv.Writer
	lang errs.Lang
}

// NewFaultWriter writes the titles row, column, key, message; messages are in the given language.
func NewFaultWriter(w io.Writer, lang errs.Lang) (*FaultWriter, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	fw := &FaultWriter{csv.NewWriter(w), lang}
	return fw, fw.w.Write([]string{"row", "column", "key", "message"})
}

// Write adds one fault. Errors of the writer below may come late; Flush tells of all.
func (w *FaultWriter) Write(f Fault) error {
	row := ""
	if f.Row > 0 {
		row = strconv.Itoa(f.Row)
	}
	return w.w.Write([]string{row, harmless(f.Column), f.Key, harmless(errs.Render(w.lang, f.Key, f.Args))})
}

// Flush writes what is still held back.
func (w *FaultWriter) Flush() error {
	w.w.Flush()
	return w.w.Error()
}

// harmless puts an apostrophe before what a spreadsheet would compute.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// CSV is a table as a CSV file that spreadsheet programs open rightly: UTF-8 with its mark, and no cell that they would take for a
// formula; numbers stay numbers.
func CSV(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			if cells[i] = c; !figure.MatchString(c) {
				cells[i] = harmless(c)
			}
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

var figure = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]+)?$`)
