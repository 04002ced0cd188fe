package export

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/layout"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// Preset knows one layout in which orders are exported. It says where the layout is described publicly, and reads a
// file of it into entries. It decides nothing about the database.
type Preset struct {
	Name     string      // what a command calls it
	Title    errs.Text   // what a person calls it
	Platform string      // of the orders it reads
	Source   Attribution // the public description it follows
	Encoding string      // how such files are written
	Items    bool        // it needs the list of articles as a second file

	columns []sheet.Column
	items   []sheet.Column
	read    func(*Feed) func(context.Context) (Entry, error)

	// Of presets that are one table (columns.go), instead.
	fields []layout.Column
	header int    // row of the header; 0: the first that holds anything
	perRow bool   // amounts are those of the row
	tender string // what the buyer paid with
}

// Attribution says where something was described publicly.
type Attribution struct {
	What, Where string
	Date        string // of the description, YYYY-MM-DD or YYYY
	Licence     string // of the data, where data of that layout is shipped
}

// Presets lists every preset. A layout without a public description is not among them.
func Presets() []Preset { return []Preset{taobao, jd, pdd, douyin, shopify, uci} }

// PresetNamed finds a preset. An unknown name is an Invalid error import.preset_unknown that names those there are.
func PresetNamed(name string) (Preset, error) {
	known := ""
	for i, p := range Presets() {
		if p.Name == name {
			return p, nil
		}
		if i > 0 {
			known += ", "
		}
		known += p.Name
	}
	return Preset{}, errs.New(errs.Invalid, "import.preset_unknown", errs.Args{"preset": name, "known": known})
}

// Terms are what a file does not say: they are the shop's.
type Terms struct {
	Currency money.Currency
	Zone     *time.Location // of the times in the file
}

// Entry is what some rows of an export say together: one order with its lines, the goods of one return document, or
// rows that are neither.
type Entry struct {
	First, Last int    // row numbers in the file
	Number      string // of the document; empty when it could not be read
	Sale        *Sale
	Returns     []Returned
	Skipped     []Skip
	Faults      []sheet.Fault
}

// Sale is an order as an export gives it. It has no ids yet.
type Sale struct {
	Order    order.Order
	Buyer    Buyer
	Lines    []Sold
	Captures []Capture
	Parcels  []Parcel
}

// Parcel is one parcel the order went out in.
type Parcel struct{ Carrier, Waybill string }

// Buyer is who bought. Name and phone are kept as seen, masked or not, and identify nobody.
type Buyer struct {
	Key   string // the platform's own buyer id or nick; empty: the export does not say
	Nick  string
	Name  string
	Phone string
}

// Sold is a line of a Sale and the row it came from.
type Sold struct {
	order.Line
	Row       int
	ShipBy    *clock.Instant // until when it was promised to leave, where the export says so
	ShippedAt *clock.Instant
}

// Capture is money the buyer paid.
type Capture struct {
	Tender, Route, Reference string
	Minor                    int64
	Refunded                 int64 // given back already when the export was made
	At                       clock.Instant
}

// Returned is a return record and the row it came from.
type Returned struct {
	order.Return
	Row int
}

// Skip is a row that is neither a sale nor a return, and why. It is no fault.
type Skip struct {
	Row  int       `json:"row"`
	Key  string    `json:"key"` // message key
	Args errs.Args `json:"args,omitempty"`
}

// Bounds of one entry. An amount of 10^12 minor units times a quantity of 10^6 still fits.
const (
	MaxLines    = 1_200             // of one order, which is written in one go: some 15 ms of the writer
	maxAmount   = 1_000_000_000_000 // minor units of one price
	maxOrderSum = 1_000_000_000_000_000
	maxTitle    = 500
	maxText     = 200
	maxSerials  = 2_000 // of one cell
)

// File is one file to read.
type File struct {
	Name string
	Data io.ReaderAt
	Size int64
}

// Feed reads the entries of an export one after another. It is for one goroutine; Progress is for any.
type Feed struct {
	preset  Preset
	terms   Terms
	rows    *sheet.Reader
	cols    sheet.Columns
	table   *layout.Table     // instead of rows, of presets that are one table
	items   map[string][]item // of presets with a second file
	resumed bool

	next func(context.Context) (Entry, error)
	seed maphash.Seed
	seen map[uint64]int32 // order and return numbers that have passed: hash to first row
}

// Open opens an export. Rows of the first file up to after are passed over: an import goes on behind them. Close the
// Feed when done.
//
// Errors: those of sheet.New and sheet.Reader.Match; Invalid import.items_missing, import.items_unwanted.
func (p Preset) Open(ctx context.Context, t Terms, orders File, items *File, after int) (*Feed, error) {
	switch {
	case p.Items && items == nil:
		return nil, errs.New(errs.Invalid, "import.items_missing", errs.Args{"preset": p.Name})
	case !p.Items && items != nil:
		return nil, errs.New(errs.Invalid, "import.items_unwanted", errs.Args{"preset": p.Name})
	}
	f := &Feed{preset: p, terms: t, resumed: after > 0, seed: maphash.MakeSeed(), seen: map[uint64]int32{}}
	if p.Items {
		if err := f.readItems(ctx, *items); err != nil {
			return nil, err
		}
	}
	var err error
	if p.fields != nil {
		if f.table, err = layout.Open(ctx, layout.Source{Data: orders.Data, Size: orders.Size, Header: p.header, After: after}, p.fields); err != nil {
			return nil, err
		}
		f.next = readColumns(f)
		return f, nil
	}
	if f.rows, f.cols, err = openTable(ctx, orders, p.columns, after); err != nil {
		return nil, err
	}
	f.next = p.read(f)
	return f, nil
}

// openTable opens a file and finds its columns.
func openTable(ctx context.Context, file File, want []sheet.Column, after int) (*sheet.Reader, sheet.Columns, error) {
	r, err := sheet.New(ctx, file.Data, file.Size, sheet.Options{After: after})
	if err != nil {
		return nil, sheet.Columns{}, err
	}
	cols, err := r.Match(want)
	if err != nil {
		return nil, cols, errors.Join(err, r.Close())
	}
	return r, cols, nil
}

// Close releases what the Feed holds. The files stay the caller's.
func (f *Feed) Close() error {
	if f.table != nil {
		return f.table.Close()
	}
	return f.rows.Close()
}

// Progress is how many bytes of the first file have been read, of how many.
func (f *Feed) Progress() (done, total int64) {
	if f.table != nil {
		return f.table.Progress()
	}
	return f.rows.Progress()
}

// columnOf is what messages call a field's column.
func (f *Feed) columnOf(field string) string {
	for _, c := range f.preset.fields {
		if c.Field == field {
			return c.Titles[0]
		}
	}
	return field
}

// numberColumn is the column with the document's number.
func (f *Feed) numberColumn() string {
	if f.table != nil {
		return f.columnOf("order_no")
	}
	return f.preset.columns[0].Name
}

// Columns says what the first file of a preset calls its columns, by field where the preset has fields.
func (p Preset) Columns() []layout.Column {
	if p.fields != nil {
		return p.fields
	}
	out := make([]layout.Column, 0, len(p.columns))
	for _, c := range p.columns {
		out = append(out, layout.Column{Field: c.Name, Titles: append([]string{c.Name}, c.Titles...), Must: !c.Optional})
	}
	return out
}

// Maps says whether a mapping can be made of the preset: it is one table of known fields.
func (p Preset) Maps() bool { return p.fields != nil }

// PerRow says that the preset's amounts are those of the row.
func (p Preset) PerRow() bool { return p.perRow }

// Next gives the next entry, io.EOF after the last. Faults of rows are in the entry; an error ends the reading.
func (f *Feed) Next(ctx context.Context) (Entry, error) {
	e, err := f.next(ctx)
	if err != nil {
		return e, err
	}
	return f.once(e), nil
}

// once refuses a document that has passed already: its rows must stand together, or where each has a row of its own,
// it must be there once. Hashes are kept, not numbers, so that a million orders cost little; two of a million numbers
// have the same hash once in thirty million files.
func (f *Feed) once(e Entry) Entry {
	if e.Number == "" {
		return e
	}
	h := maphash.String(f.seed, e.Number)
	first, again := f.seen[h]
	if !again {
		f.seen[h] = int32(e.First)
		return e
	}
	return Entry{First: e.First, Last: e.Last, Number: e.Number, Faults: []sheet.Fault{{Row: e.First, Column: f.numberColumn(),
		Key: "import.twice", Args: errs.Args{"number": e.Number, "row": e.First, "first": first}}}}
}

// reading collects the faults of one row, so that all of them are told.
type reading struct {
	row    sheet.Row
	cols   sheet.Columns
	prefix string // before column names, of the second file
	faults []sheet.Fault
}

func (r *reading) cell(column string) sheet.Cell { return r.cols.Cell(r.row, column) }

// empty says whether nothing stands in a column.
func (r *reading) empty(column string) bool { return r.cell(column).Undressed() == "" }

func (r *reading) refuse(column string, err error) {
	f := r.row.Fault(r.prefix+column, err)
	r.faults = append(r.faults, f)
}

func (r *reading) fault(column, key string, args errs.Args) {
	r.refuse(column, errs.New(errs.Invalid, key, args))
}

// take is the value of a cell as read reads it; when it is refused, the fault is noted and the value is zero.
func take[T any](r *reading, column string, read func(sheet.Cell) (T, error)) T {
	v, err := read(r.cell(column))
	if err != nil {
		r.refuse(column, err)
	}
	return v
}

func (r *reading) text(column string, max int) string {
	return take(r, column, func(c sheet.Cell) (string, error) { return sheet.String(c, max) })
}

// price is an amount from zero to maxAmount, in minor units.
func (r *reading) price(column string, cur money.Currency) int64 {
	return take(r, column, func(c sheet.Cell) (int64, error) {
		m, err := sheet.Amount(c, cur)
		if err == nil && (m.Minor < 0 || m.Minor > maxAmount) {
			err = errs.New(errs.Invalid, "import.amount_range", errs.Args{"text": m.Decimal()})
		}
		return m.Minor, err
	})
}
