package sheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/sanbao/sanbao/errs"
)

// Kind is what a cell holds. Text files know only Empty and Text.
type Kind uint8

const (
	Empty   Kind = iota
	Text         // characters
	Number       // a spreadsheet number: a float64 of which 15 digits can be relied on
	Date         // a number shown as a date or time: days since the workbook's epoch, or ISO 8601
	Bool         // TRUE or FALSE
	Formula      // computed by the spreadsheet; Text is the result it last had
	Error        // #N/A, #REF! …
)

// Cell is one cell of a row.
type Cell struct {
	Text string // exactly as stored, dressing and blanks included
	Kind Kind

	row, col int32 // from 1
	epoch    int16 // the year a Date counts from, 1900 or 1904; 0 when Text is ISO 8601
	zeros    uint8 // least number of digits that the format of a Number shows: 5 for 00000
}

// Name is where the cell is, as a spreadsheet shows it: "C12".
func (c Cell) Name() string { return cellName(int(c.col), int(c.row)) }

// Row is one row below the header.
type Row struct {
	Number int    // from 1, the header and blank rows counted, as a spreadsheet shows it
	Cells  []Cell // one per column of the header; reused by the next Read (their Texts may be kept)
}

// Limits bound what one file may cost. Zero fields take the values of DefaultLimits.
type Limits struct {
	Rows     int   // the highest row number
	Columns  int   // in the header
	Cell     int   // bytes of one cell
	Record   int   // bytes of one row of a text file
	Entries  int   // files in a workbook's zip
	Inflated int64 // bytes that a workbook's parts may inflate to, together
	Ratio    int64 // how many times larger a part may become by inflating, once it is over 1 MiB
	Shared   int64 // bytes of a workbook's table of distinct texts, which is held in memory
}

// DefaultLimits allow what a spreadsheet program can write (1,048,576 rows, 32,767 characters in a cell) and somewhat
// longer text files, in less than 100 MiB of memory.
var DefaultLimits = Limits{
	Rows: 5_000_000, Columns: 500, Cell: 128 << 10, Record: 1 << 20,
	Entries: 2_000, Inflated: 2 << 30, Ratio: 200, Shared: 48 << 20,
}

// Options say how to read a file. The zero Options suit most.
type Options struct {
	Sheet  string // name of the sheet of a workbook; empty: the first visible one that holds anything
	Header int    // row number of the header; 0: the first row that holds anything
	After  int    // resume: rows up to this number are passed over
	Limits Limits
}

// Format is what a file turned out to be.
type Format struct {
	Type      string // "csv" or "xlsx"
	Encoding  string // of a text file: "UTF-8", "GB18030", "UTF-16"
	Delimiter rune   // of a text file
	Sheet     string // of a workbook: the name of the sheet that is read
}

// source is a stream of rows. next returns io.EOF after the last row and a *Fault for a row that cannot be read while
// those after it can; cells are reused. Rows without any text may be left out.
type source interface {
	next(ctx context.Context) (number int, cells []Cell, err error)
	progress() (done, total int64)
	close() error
}

// Reader reads one table. It is for one goroutine; Progress may be called from others.
type Reader struct {
	src    source
	file   *os.File // when Open opened it
	format Format
	opts   Options
	header []string
	headAt int // its row number
	err    error
}

// Open reads the file at a path. Close it afterwards.
func Open(ctx context.Context, path string, o Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errs.New(errs.Invalid, "sheet.not_a_file")
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r, err := New(ctx, f, info.Size(), o)
	if err != nil {
		return nil, keep(err, f.Close())
	}
	r.file = f
	return r, nil
}

// keep returns err as it is unless closing failed too.
func keep(err, closing error) error {
	if closing == nil {
		return err
	}
	return errors.Join(err, closing)
}

var (
	magicZip = []byte("PK\x03\x04")
	magicOLE = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
)

// New reads size bytes of src, which stays the caller's. It reads a text file once from end to end, to be certain of
// its encoding, and inflates a workbook's sheet once, to find merged cells, before it returns.
func New(ctx context.Context, src io.ReaderAt, size int64, o Options) (*Reader, error) {
	o.Limits.fill()
	head := make([]byte, min(size, 1024))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	r := &Reader{opts: o}
	var err error
	switch {
	case size == 0:
		return nil, errs.New(errs.Invalid, "sheet.empty")
	case bytes.HasPrefix(head, magicOLE):
		return nil, errs.New(errs.Invalid, "sheet.old_or_encrypted")
	case bytes.HasPrefix(head, magicZip):
		err = r.openWorkbook(ctx, src, size)
	case looksLikeMarkup(head):
		return nil, errs.New(errs.Invalid, "sheet.web_page")
	default:
		err = r.openText(ctx, src, size)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (l *Limits) fill() {
	d := DefaultLimits
	for _, p := range []struct {
		v *int
		d int
	}{{&l.Rows, d.Rows}, {&l.Columns, d.Columns}, {&l.Cell, d.Cell}, {&l.Record, d.Record}, {&l.Entries, d.Entries}} {
		if *p.v == 0 {
			*p.v = p.d
		}
	}
	for _, p := range []struct {
		v *int64
		d int64
	}{{&l.Inflated, d.Inflated}, {&l.Ratio, d.Ratio}, {&l.Shared, d.Shared}} {
		if *p.v == 0 {
			*p.v = p.d
		}
	}
}

// looksLikeMarkup finds the web pages that some systems call .xls.
func looksLikeMarkup(head []byte) bool {
	s := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"))
	for _, p := range []string{"<html", "<!doctype", "<table", "<?xml", "<head", "<meta"} {
		if bytes.HasPrefix(s, []byte(p)) {
			return true
		}
	}
	return false
}

// Format says what the file turned out to be.
func (r *Reader) Format() Format { return r.format }

// Header is the titles of the columns as they stand in the file. The caller must not change it.
func (r *Reader) Header() []string { return r.header }

// Progress is how many bytes of the table have been read, of how many.
func (r *Reader) Progress() (done, total int64) { return r.src.progress() }

// Close releases the file.
func (r *Reader) Close() error {
	err := r.src.close()
	if r.file != nil {
		err = keep(r.file.Close(), err)
	}
	return err
}

// readHeader takes the first row with anything in it, or the one asked for.
func (r *Reader) readHeader(ctx context.Context) error {
	for {
		n, cells, err := r.src.next(ctx)
		if err == io.EOF || err == nil && r.opts.Header > 0 && n > r.opts.Header {
			return errs.New(errs.Invalid, "sheet.no_header", errs.Args{"row": max(1, r.opts.Header)})
		}
		if err != nil {
			return headerFault(err)
		}
		if n < r.opts.Header || blank(cells) {
			continue
		}
		cells = cells[:lastFilled(cells)]
		if len(cells) > r.opts.Limits.Columns {
			return errs.New(errs.Invalid, "sheet.too_many_columns", errs.Args{"max": r.opts.Limits.Columns})
		}
		for _, c := range cells {
			r.header = append(r.header, c.Text)
		}
		r.headAt = n
		return nil
	}
}

// headerFault makes a fault of the header one of the file: without it nothing can be read.
func headerFault(err error) error {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f.asError()
	}
	return err
}

// Read gives the next row that holds anything. It returns io.EOF after the last. A *Fault concerns that row alone,
// and the next Read goes on behind it; after any other error, cancellation of ctx included, there is no more.
func (r *Reader) Read(ctx context.Context) (Row, error) {
	for r.err == nil {
		if err := ctx.Err(); err != nil {
			r.err = err
			break
		}
		n, cells, err := r.src.next(ctx)
		if n > r.opts.Limits.Rows {
			r.err = errs.New(errs.Invalid, "sheet.too_many_rows", errs.Args{"max": r.opts.Limits.Rows})
			break
		}
		if f, ok := errors.AsType[*Fault](err); ok {
			if n <= r.opts.After {
				continue
			}
			return Row{Number: n}, f
		}
		if err != nil {
			r.err = err
			break
		}
		if n <= r.opts.After || blank(cells) {
			continue
		}
		return r.fit(n, cells)
	}
	return Row{}, r.err
}

// fit gives a row the width of the header. Empty cells to the right of it are dropped, others are a fault. A row of a
// workbook may be short, since empty cells are not stored; one of a text file may not: a cell is missing somewhere.
func (r *Reader) fit(n int, cells []Cell) (Row, error) {
	want, have := len(r.header), lastFilled(cells)
	if have > want || len(cells) < want && r.format.Type == "csv" {
		return Row{Number: n}, &Fault{Row: n, Key: "sheet.ragged", Args: errs.Args{"row": n, "want": want, "have": max(have, min(want-1, len(cells)))}}
	}
	for len(cells) < want {
		cells = append(cells, Cell{row: int32(n), col: int32(len(cells) + 1)})
	}
	return Row{Number: n, Cells: cells[:want]}, nil
}

func blank(cells []Cell) bool { return lastFilled(cells) == 0 }

// lastFilled is the number of cells up to the last one that is not empty.
func lastFilled(cells []Cell) int {
	n := len(cells)
	for n > 0 && cells[n-1].Kind == Empty {
		n--
	}
	return n
}

// cellName is the name of a column and row: 28, 3 is "AB3".
func cellName(col, row int) string {
	var b [24]byte
	i := len(b)
	for ; row > 0; row /= 10 {
		i--
		b[i] = byte('0' + row%10)
	}
	for ; col > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}
