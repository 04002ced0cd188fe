package sheet

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/sanbao/sanbao/errs"
)

// Column is a column that a caller wants.
type Column struct {
	Name     string   // what the caller calls it
	Titles   []string // what files call it; Name itself counts too
	Optional bool     // it may be missing
}

// Columns tell where the wanted columns are.
type Columns struct{ at map[string]int }

// Match finds the wanted columns in the header. Titles are compared without regard to case, width (ＡＢＣ, ABC), blanks,
// tabs, no-break spaces and byte order marks. Every column that is missing or there twice is a field of one Invalid
// error, which names what was found.
func (r *Reader) Match(want []Column) (Columns, error) {
	var faults errs.Faults
	cols := Columns{map[string]int{}}
	found := make([]string, len(r.header))
	for i, h := range r.header {
		found[i] = Fold(h)
	}
	for _, w := range want {
		titles := append([]string{w.Name}, w.Titles...)
		for i := range titles {
			titles[i] = Fold(titles[i])
		}
		var hits []int
		for i, f := range found {
			if f != "" && slices.Contains(titles, f) {
				hits = append(hits, i)
			}
		}
		switch {
		case len(hits) == 1:
			cols.at[w.Name] = hits[0]
		case len(hits) > 1:
			faults.Add("header/"+w.Name, "sheet.column_twice", errs.Args{"column": w.Name, "cells": r.names(hits)})
		case !w.Optional:
			faults.Add("header/"+w.Name, "sheet.column_missing", errs.Args{"column": w.Name,
				"titles": strings.Join(slices.Compact(append([]string{w.Name}, w.Titles...)), "、"), "found": r.listHeader()})
		}
	}
	return cols, faults.Err()
}

// Has says whether the header has the column.
func (c Columns) Has(name string) bool { _, ok := c.at[name]; return ok }

// Cell is the cell of a row in a column, and an Empty one when the file does not have that column.
func (c Columns) Cell(r Row, name string) Cell {
	i, ok := c.at[name]
	if !ok || i >= len(r.Cells) {
		return Cell{row: int32(r.Number)}
	}
	return r.Cells[i]
}

func (r *Reader) names(at []int) string {
	s := make([]string, len(at))
	for i, c := range at {
		s[i] = cellName(c+1, r.headAt)
	}
	return strings.Join(s, ", ")
}

// listHeader shows the titles for a message, no more of them than a person reads.
func (r *Reader) listHeader() string {
	const most = 40
	var s []string
	for _, h := range r.header[:min(most, len(r.header))] {
		s = append(s, errs.Clip(strings.TrimFunc(h, invisible)))
	}
	if len(r.header) > most {
		s = append(s, "…")
	}
	return strings.Join(s, ", ")
}

// Fold brings a title to the form in which titles are compared: without case, width, blanks and what is not seen.
func Fold(s string) string {
	s = width.Fold.String(s)
	s = strings.Map(func(c rune) rune {
		if invisible(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, s)
	return s
}

// invisible is what exports put around and into texts without anybody seeing it.
func invisible(c rune) bool {
	switch c {
	case '\ufeff', '\u200b', '\u200c', '\u200d', '\u2060', '\u00ad':
		return true
	}
	return unicode.IsSpace(c) || unicode.IsControl(c)
}
