package sheet

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"github.com/sanbao/sanbao/errs"
)

// textFile is a CSV file (RFC 4180) with three liberties: the delimiter may be a tab or a semicolon, lines may end with LF
// alone, and ="00123", by which exports keep a spreadsheet from changing a number, counts as quoted.
type textFile struct {
	in     *bufio.Reader
	eol    byte
	comma  byte
	limits Limits
	done   *counter
	total  int64
	strict bool // a replacement character means that bytes could not be decoded

	row   int
	line  []byte // the physical line being read, without its end
	buf   []byte // texts of the record, one after the other
	ends  []int  // where each ends in buf
	cells []Cell
}

// counter counts the bytes read from the file.
type counter struct {
	r io.Reader
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

func (r *Reader) openText(ctx context.Context, src io.ReaderAt, size int64) error {
	d, err := detect(ctx, src, size)
	if err != nil {
		return err
	}
	t := &textFile{eol: d.eol, limits: r.opts.Limits, total: size}
	t.done = &counter{r: io.NewSectionReader(src, d.bom, size-d.bom)}
	t.done.n.Store(d.bom)
	var in io.Reader = t.done
	if d.decoder != nil {
		in, t.strict = transform.NewReader(in, d.decoder), true
	}
	t.in = bufio.NewReaderSize(in, 64<<10)
	if t.comma, err = t.sniff(r.opts.Header); err != nil {
		return err
	}
	r.src, r.format = t, Format{Type: "csv", Encoding: d.name, Delimiter: rune(t.comma)}
	return r.readHeader(ctx)
}

// sniff finds the delimiter of the header without consuming it. A header beyond the buffer is taken to have commas.
func (t *textFile) sniff(header int) (byte, error) {
	ahead, err := t.in.Peek(t.in.Size())
	if err != nil && err != io.EOF {
		return 0, err
	}
	for row := 1; len(ahead) > 0; row++ {
		line, rest, _ := bytes.Cut(ahead, []byte{t.eol})
		if row >= header && len(bytes.TrimSpace(line)) > 0 {
			return delimiter(line), nil
		}
		ahead = rest
	}
	return ',', nil
}

func (t *textFile) progress() (done, total int64) { return min(t.done.n.Load(), t.total), t.total }

func (t *textFile) close() error { return nil }

// next reads one record. A blank line is a row without cells.
func (t *textFile) next(context.Context) (int, []Cell, error) {
	t.buf, t.ends = t.buf[:0], t.ends[:0]
	if err := t.readLine(); err != nil {
		return t.row, nil, err
	}
	t.row++
	if len(t.line) == 0 {
		return t.row, nil, nil
	}
	for more := true; more; {
		var err error
		if more, err = t.field(); err != nil {
			return t.row, nil, err
		}
		if n := len(t.ends); n > 4*t.limits.Columns {
			return t.row, nil, t.fault("sheet.too_many_columns", errs.Args{"max": t.limits.Columns})
		}
	}
	return t.row, t.cut(), t.check()
}

// readLine puts the next physical line into t.line. At the end of the file it returns io.EOF.
func (t *textFile) readLine() error {
	t.line = t.line[:0]
	for {
		part, err := t.in.ReadSlice(t.eol)
		t.line = append(t.line, part...)
		if len(t.line)+len(t.buf) > t.limits.Record {
			return errs.New(errs.Invalid, "sheet.record_too_long", errs.Args{"row": t.row + 1, "max": t.limits.Record})
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF && len(t.line) == 0 || err != nil && err != io.EOF {
			return err
		}
		t.line = bytes.TrimSuffix(t.line, []byte{t.eol})
		t.line = bytes.TrimSuffix(t.line, []byte{'\r'})
		return nil
	}
}

// field moves the first field of t.line to t.buf and says whether another one follows.
func (t *textFile) field() (more bool, err error) {
	start := len(t.buf)
	if bytes.HasPrefix(t.line, []byte(`="`)) {
		t.buf = append(t.buf, '=', '"')
		t.line = t.line[2:]
		if err := t.quoted(); err != nil {
			return false, err
		}
		t.buf = append(t.buf, '"')
	} else if len(t.line) > 0 && t.line[0] == '"' {
		t.line = t.line[1:]
		if err := t.quoted(); err != nil {
			return false, err
		}
	} else {
		i := bytes.IndexByte(t.line, t.comma)
		if i < 0 {
			i = len(t.line)
		}
		if bytes.IndexByte(t.line[:i], '"') >= 0 {
			return false, t.fault("sheet.lone_quote", errs.Args{"row": t.row})
		}
		t.buf = append(t.buf, t.line[:i]...)
		t.line = t.line[i:]
	}
	if len(t.buf)-start > t.limits.Cell {
		return false, t.fault("sheet.cell_too_long", errs.Args{"row": t.row, "max": t.limits.Cell})
	}
	t.ends = append(t.ends, len(t.buf))
	if len(t.line) == 0 {
		return false, nil
	}
	if t.line[0] != t.comma {
		return false, t.fault("sheet.lone_quote", errs.Args{"row": t.row})
	}
	t.line = t.line[1:]
	return true, nil
}

// quoted takes what stands before the closing quote, which may be lines further down.
func (t *textFile) quoted() error {
	for {
		i := bytes.IndexByte(t.line, '"')
		switch {
		case i < 0:
			t.buf = append(append(t.buf, t.line...), '\n')
			if err := t.readLine(); err == io.EOF {
				return errs.New(errs.Invalid, "sheet.open_quote", errs.Args{"row": t.row})
			} else if err != nil {
				return err
			}
		case i+1 < len(t.line) && t.line[i+1] == '"':
			t.buf = append(t.buf, t.line[:i+1]...)
			t.line = t.line[i+2:]
		default:
			t.buf = append(t.buf, t.line[:i]...)
			t.line = t.line[i+1:]
			return nil
		}
	}
}

// cut makes cells of the collected texts: one string for the whole record.
func (t *textFile) cut() []Cell {
	all, from := string(t.buf), 0
	t.cells = t.cells[:0]
	for i, end := range t.ends {
		c := Cell{Text: all[from:end], Kind: Text, row: int32(t.row), col: int32(i + 1)}
		if from == end {
			c.Kind = Empty
		}
		t.cells = append(t.cells, c)
		from = end
	}
	return t.cells
}

// check refuses what could not be decoded. The file as a whole was surveyed; this names the row.
func (t *textFile) check() error {
	if t.strict && bytes.ContainsRune(t.buf, utf8.RuneError) {
		return t.fault("sheet.undecodable", errs.Args{"row": t.row})
	}
	if bytes.IndexByte(t.buf, 0) >= 0 { // only after decoding: the survey refused NUL bytes
		return t.fault("sheet.nul", errs.Args{"row": t.row})
	}
	return nil
}

func (t *textFile) fault(key string, args errs.Args) *Fault {
	return &Fault{Row: t.row, Key: key, Args: args}
}
