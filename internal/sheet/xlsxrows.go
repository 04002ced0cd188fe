package sheet

import (
	"context"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sanbao/sanbao/errs"
)

// Bounds of a worksheet (ECMA-376 as every program has them).
const (
	maxSheetRows    = 1 << 20
	maxSheetColumns = 1 << 14
)

// worksheet is a stream of the rows of one sheet.
type worksheet struct {
	w      *workbook
	name   string
	in     *part
	total  int64
	m      *markup
	row    int
	cells  []Cell
	merged []merge
	buf    []byte
}

type merge struct {
	ref     string
	lastRow int
}

// choose opens the sheet with a name, or the first visible one that holds anything.
func (w *workbook) choose(ctx context.Context, name string) (*worksheet, error) {
	var found []string
	for _, ref := range w.sheets {
		found = append(found, ref.name)
		if name != "" && ref.name != name || name == "" && ref.hidden {
			continue
		}
		s := &worksheet{w: w, name: ref.name}
		filled, err := s.survey(ctx, ref.part)
		if err != nil {
			return nil, err
		}
		if !filled && name == "" {
			continue
		}
		if w.shared != "" && w.parts[w.shared] != nil {
			if err := w.readShared(ctx); err != nil {
				return nil, err
			}
		}
		return s, s.start(ctx, ref.part)
	}
	if name == "" {
		return nil, errs.New(errs.Invalid, "sheet.empty")
	}
	return nil, errs.New(errs.Invalid, "sheet.no_sheet", errs.Args{"sheet": errs.Clip(name), "found": errs.Clip(strings.Join(found, ", "))})
}

// survey reads the sheet once to its end: whether it holds anything, which cells are merged (a sheet says so only
// after its rows), and that all of it can be inflated, before the first row is used.
func (s *worksheet) survey(ctx context.Context, part string) (filled bool, err error) {
	err = s.w.walk(ctx, part, func(m *markup, parent string) error {
		switch {
		case m.kind == charData:
			filled = filled || parent == "v" || parent == "t"
		case m.kind == startTag && string(m.name) == "mergeCell":
			ref := m.attr("ref")
			_, to, _ := strings.Cut(ref, ":")
			if _, row, ok := parseRef(to); ok && len(s.merged) < 10_000 {
				s.merged = append(s.merged, merge{ref, row})
			}
		}
		return nil
	})
	return filled, err
}

// refuseMerged names the merged cells from the header on. Only the first cell of a merged block holds its content; the
// others are empty, and what they ought to hold is a guess.
func (s *worksheet) refuseMerged(header int) error {
	var refs []string
	for _, m := range s.merged {
		if m.lastRow >= header {
			refs = append(refs, m.ref)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	if len(refs) > 10 {
		refs = append(refs[:10], "…")
	}
	return errs.New(errs.Invalid, "sheet.merged", errs.Args{"cells": strings.Join(refs, ", ")})
}

// readShared reads the table of distinct texts into memory, as few large strings.
func (w *workbook) readShared(ctx context.Context) error {
	var chunk []byte
	var ends []int
	flush := func() {
		all, from := string(chunk), 0
		for _, end := range ends {
			w.texts = append(w.texts, all[from:end])
			from = end
		}
		chunk, ends = chunk[:0], ends[:0]
	}
	used, phonetic := int64(0), false
	err := w.walk(ctx, w.shared, func(m *markup, parent string) error {
		switch {
		case m.kind == charData:
			if parent == "t" && !phonetic {
				chunk = append(chunk, m.text...)
				used += int64(len(m.text))
			}
		case string(m.name) == "rPh":
			phonetic = m.kind == startTag
		case m.kind == endTag && string(m.name) == "si":
			used += 16 // the string's header
			if ends = append(ends, len(chunk)); len(chunk) > 64<<10 {
				flush()
			}
		}
		if used > w.limits.Shared {
			return errs.New(errs.Invalid, "sheet.too_much_text")
		}
		return nil
	})
	flush()
	return err
}

// start goes to the first row.
func (s *worksheet) start(ctx context.Context, part string) error {
	in, err := s.w.inflate(context.WithoutCancel(ctx), part) // Reader.Read looks at its own context
	if err != nil {
		return err
	}
	s.in, s.total = in, int64(s.w.parts[part].UncompressedSize64)
	s.m = newMarkup(in, s.w.limits.Cell)
	for {
		if err := s.m.next(); err != nil {
			return keep(damaged(part, err), in.Close())
		}
		if s.m.kind == startTag && string(s.m.name) == "sheetData" {
			return nil
		}
	}
}

func (s *worksheet) progress() (done, total int64) { return min(s.in.n.Load(), s.total), s.total }

func (s *worksheet) close() error { return s.in.Close() }

// next reads one row element.
func (s *worksheet) next(context.Context) (int, []Cell, error) {
	for {
		if err := s.token(); err != nil {
			return s.row, nil, err
		}
		switch {
		case s.m.kind == endTag && string(s.m.name) == "sheetData":
			return s.row, nil, io.EOF
		case s.m.kind == startTag && string(s.m.name) == "row":
			n := s.row + 1
			if v := s.m.attr("r"); v != "" {
				var err error
				if n, err = strconv.Atoi(v); err != nil {
					n = 0
				}
			}
			if n <= s.row || n > maxSheetRows {
				return s.row, nil, s.disorder(cellName(0, s.row+1))
			}
			s.row = n
			cells, err := s.readRow()
			return s.row, cells, err
		}
	}
}

func (s *worksheet) token() error {
	err := s.m.next()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return damaged(s.name, err)
	}
	return nil
}

func (s *worksheet) disorder(cell string) error {
	return errs.New(errs.Invalid, "sheet.order", errs.Args{"cell": cell})
}

// readRow reads the cells up to the end of the row, with empty ones for those that are not stored.
func (s *worksheet) readRow() ([]Cell, error) {
	s.cells = s.cells[:0]
	for {
		if err := s.token(); err != nil {
			return nil, err
		}
		switch {
		case s.m.kind == endTag && string(s.m.name) == "row":
			return s.cells, nil
		case s.m.kind == startTag && string(s.m.name) == "c":
			col := len(s.cells) + 1
			if ref := s.m.attr("r"); ref != "" {
				c, row, ok := parseRef(ref)
				if !ok || row != s.row || c < col {
					return nil, s.disorder(errs.Clip(ref))
				}
				col = c
			}
			if col > maxSheetColumns {
				return nil, s.disorder(cellName(col, s.row))
			}
			for len(s.cells) < col-1 {
				s.cells = append(s.cells, Cell{row: int32(s.row), col: int32(len(s.cells) + 1)})
			}
			c, err := s.readCell(col, s.m.attr("t"), s.m.attr("s"))
			if err != nil {
				return nil, err
			}
			s.cells = append(s.cells, c)
		}
	}
}

// readCell reads up to the end of the cell. kind and styleIndex are its attributes t and s.
func (s *worksheet) readCell(col int, kind, styleIndex string) (Cell, error) {
	c := Cell{row: int32(s.row), col: int32(col)}
	s.buf = s.buf[:0]
	formula, phonetic, in := false, false, ""
	for {
		if err := s.token(); err != nil {
			return c, err
		}
		name := string(s.m.name)
		switch s.m.kind {
		case startTag:
			in = name
			formula = formula || name == "f"
			phonetic = phonetic || name == "rPh"
		case endTag:
			if name == "c" {
				return c, s.value(&c, kind, styleIndex, formula)
			}
			phonetic = phonetic && name != "rPh"
			in = ""
		case charData:
			if in == "v" || in == "t" && !phonetic {
				if s.buf = append(s.buf, s.m.text...); len(s.buf) > s.w.limits.Cell {
					return c, errs.New(errs.Invalid, "sheet.cell_too_long", errs.Args{"row": s.row, "max": s.w.limits.Cell})
				}
			}
		}
	}
}

// value gives a cell its kind and text from the stored form in s.buf.
func (s *worksheet) value(c *Cell, kind, styleIndex string, formula bool) error {
	switch kind {
	case "s":
		i, err := strconv.Atoi(string(s.buf))
		if len(s.buf) > 0 && (err != nil || i < 0 || i >= len(s.w.texts)) {
			return damaged(c.Name(), errMarkup)
		}
		if len(s.buf) > 0 {
			c.Kind, c.Text = Text, unescapeCell(s.w.texts[i])
		}
	case "inlineStr", "str":
		c.Kind, c.Text = Text, unescapeCell(string(s.buf))
	case "b":
		c.Kind, c.Text = Bool, "FALSE"
		if string(s.buf) == "1" || string(s.buf) == "true" {
			c.Text = "TRUE"
		}
	case "e":
		c.Kind, c.Text = Error, string(s.buf)
	case "d":
		c.Kind, c.Text = Date, string(s.buf)
	default:
		c.Kind, c.Text = Number, string(s.buf)
		if i, err := strconv.Atoi(styleIndex); err == nil && i >= 0 && i < len(s.w.styles) {
			c.zeros = s.w.styles[i].zeros
			if s.w.styles[i].date {
				c.Kind, c.epoch = Date, s.w.epoch
			}
		}
	}
	switch {
	case formula:
		c.Kind = Formula
	case len(s.buf) == 0 || c.Text == "":
		c.Kind, c.Text = Empty, ""
	}
	if !utf8.ValidString(c.Text) {
		return damaged(c.Name(), errMarkup)
	}
	return nil
}

// unescapeCell resolves _x000D_, by which a workbook writes characters that XML cannot hold (ECMA-376 part 1, 22.9.2.19).
func unescapeCell(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, "_x") {
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				b.WriteRune(rune(n))
				s = s[7:]
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
	}
	b.WriteString(s)
	return b.String()
}

// parseRef reads the name of a cell: "AB3" is column 28, row 3. Dollar signs are allowed.
func parseRef(s string) (col, row int, ok bool) {
	i := 0
	for ; i < len(s) && i < 6; i++ {
		c := s[i] &^ 0x20
		if s[i] == '$' {
			continue
		}
		if c < 'A' || c > 'Z' {
			break
		}
		col = col*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(strings.TrimPrefix(s[i:], "$"))
	return col, row, err == nil && col > 0 && col <= maxSheetColumns && row > 0 && row <= maxSheetRows
}
