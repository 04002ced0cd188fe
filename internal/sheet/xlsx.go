package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sanbao/sanbao/errs"
)

// workbook is the zip of an Office Open XML workbook (ECMA-376) and what its small parts say.
type workbook struct {
	parts  map[string]*zip.File // by name, in lower case, without leading slash
	limits Limits
	left   int64 // bytes that parts not opened yet may inflate to
	opened map[string]bool

	epoch  int16
	sheets []sheetRef
	shared string // name of the part with the shared texts, or empty
	texts  []string
	styles []style
}

type sheetRef struct {
	name, part string
	hidden     bool
}

// style is what the number format of a cell tells about it.
type style struct {
	date  bool
	zeros uint8
}

func (r *Reader) openWorkbook(ctx context.Context, src io.ReaderAt, size int64) error {
	w := &workbook{limits: r.opts.Limits, left: r.opts.Limits.Inflated, opened: map[string]bool{}, epoch: 1900}
	if err := w.open(ctx, src, size); err != nil {
		return err
	}
	s, err := w.choose(ctx, r.opts.Sheet)
	if err != nil {
		return err
	}
	r.src, r.format = s, Format{Type: "xlsx", Sheet: s.name}
	if err = r.readHeader(ctx); err == nil {
		err = s.refuseMerged(r.headAt)
	}
	if err != nil {
		return keep(err, s.close())
	}
	return nil
}

// open reads the directory and the small parts.
func (w *workbook) open(ctx context.Context, src io.ReaderAt, size int64) error {
	if err := countEntries(ctx, src, size, w.limits.Entries); err != nil {
		return err
	}
	z, err := zip.NewReader(src, size)
	if err != nil {
		return damaged("zip", err)
	}
	w.parts = make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		w.parts[partName("", f.Name)] = f
	}
	root := ""
	if err := w.relations(ctx, "_rels/.rels", "", func(kind, id, target string) {
		if kind == "officeDocument" {
			root = target
		}
	}); err != nil {
		return err
	}
	if root == "" || w.parts[root] == nil || strings.HasSuffix(root, ".bin") { // .xlsb is another format
		return errs.New(errs.Invalid, "sheet.not_a_workbook")
	}
	return w.readWorkbook(ctx, root)
}

// countEntries bounds the directory before it is read into memory, by counting the signatures of its records in the
// file. Compressed data holds one by chance about once in 4 GiB.
func countEntries(ctx context.Context, src io.ReaderAt, size int64, most int) error {
	signature := []byte("PK\x01\x02")
	buf := make([]byte, 256<<10)
	n := 0
	for at := int64(0); at < size; at += int64(len(buf) - len(signature) + 1) {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk := buf[:min(int64(len(buf)), size-at)]
		if k, err := src.ReadAt(chunk, at); k < len(chunk) {
			return err
		}
		if n += bytes.Count(chunk, signature); n > most {
			return errs.New(errs.Invalid, "sheet.too_many_parts", errs.Args{"max": most})
		}
	}
	return nil
}

// partName resolves a target against a folder and brings it to the form of the keys of parts.
func partName(folder, target string) string {
	target = strings.ReplaceAll(target, `\`, "/")
	if !strings.HasPrefix(target, "/") {
		target = folder + "/" + target
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+target), "/"))
}

// relations calls f for every relation that a .rels part lists: the last word of its type, its id, its target.
func (w *workbook) relations(ctx context.Context, rels, folder string, f func(kind, id, target string)) error {
	return w.walk(ctx, rels, func(m *markup, _ string) error {
		if m.kind == startTag && string(m.name) == "Relationship" && !strings.EqualFold(m.attr("TargetMode"), "External") {
			f(lastWord(m.attr("Type")), m.attr("Id"), partName(folder, m.attr("Target")))
		}
		return nil
	})
}

func lastWord(uri string) string { return uri[strings.LastIndexByte(uri, '/')+1:] }

// walk reads a small part to its end. parent is the name of the element that a token stands in.
func (w *workbook) walk(ctx context.Context, part string, f func(m *markup, parent string) error) error {
	in, err := w.inflate(ctx, part)
	if err != nil {
		return err
	}
	m := newMarkup(in, w.limits.Cell)
	var stack []string
	names := map[string]string{} // one string for each name, however many elements there are
	for {
		err := m.next()
		if err == io.EOF && len(stack) == 0 {
			return in.Close()
		}
		if err != nil {
			return keep(damaged(part, err), in.Close())
		}
		if m.kind == endTag {
			if len(stack) == 0 {
				return keep(damaged(part, errMarkup), in.Close())
			}
			stack = stack[:len(stack)-1]
		}
		parent := ""
		if len(stack) > 0 {
			parent = stack[len(stack)-1]
		}
		if err := f(m, parent); err != nil {
			return keep(err, in.Close())
		}
		if m.kind == startTag {
			name, ok := names[string(m.name)]
			if !ok {
				name = string(m.name)
				names[name] = name
			}
			if stack = append(stack, name); len(stack) > 100 || len(names) > 1_000 {
				return keep(damaged(part, errMarkup), in.Close())
			}
		}
	}
}

func (w *workbook) readWorkbook(ctx context.Context, root string) error {
	type listed struct{ name, id, state string }
	var list []listed
	err := w.walk(ctx, root, func(m *markup, parent string) error {
		if m.kind != startTag {
			return nil
		}
		switch string(m.name) {
		case "workbookPr":
			if v := m.attr("date1904"); v == "1" || v == "true" {
				w.epoch = 1904
			}
		case "sheet":
			if parent == "sheets" {
				list = append(list, listed{m.attr("name"), m.attr("id"), m.attr("state")})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	folder, base := path.Split(root)
	folder = strings.TrimSuffix(folder, "/")
	part, styles := map[string]string{}, ""
	err = w.relations(ctx, partName(folder, "_rels/"+base+".rels"), folder, func(kind, id, target string) {
		switch kind {
		case "worksheet":
			part[id] = target
		case "sharedStrings":
			w.shared = target
		case "styles":
			styles = target
		}
	})
	if err != nil {
		return err
	}
	for _, l := range list {
		if p := part[l.id]; p != "" { // else a chart, a dialogue, a macro sheet
			w.sheets = append(w.sheets, sheetRef{l.name, p, l.state == "hidden" || l.state == "veryHidden"})
		}
	}
	if styles == "" {
		return nil
	}
	return w.readStyles(ctx, styles)
}

// readStyles notes for every cell style whether its number format shows a date, or zeros before a number.
func (w *workbook) readStyles(ctx context.Context, part string) error {
	codes := map[string]style{}
	return w.walk(ctx, part, func(m *markup, parent string) error {
		if m.kind != startTag {
			return nil
		}
		switch string(m.name) {
		case "numFmt":
			if len(codes) < 10_000 {
				codes[m.attr("numFmtId")] = formatStyle(m.attr("formatCode"))
			}
		case "xf":
			if parent != "cellXfs" || len(w.styles) >= 100_000 {
				return nil
			}
			id := m.attr("numFmtId")
			st, own := codes[id]
			if n, err := strconv.Atoi(id); err == nil && !own {
				st.date = builtinDate(n)
			}
			w.styles = append(w.styles, st)
		}
		return nil
	})
}

// builtinDate says whether a predefined number format shows a date or time (ECMA-376 part 1, 18.8.30; 27 to 36 and 50
// to 58 are dates in Chinese, Japanese and Korean programs).
func builtinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// formatStyle reads a format code: letters of dates outside quotations, escapes and brackets make it a date; nothing
// but zeros make it a number of at least so many digits.
func formatStyle(code string) style {
	if n := strings.Count(code, "0"); n > 1 && n == len(code) {
		return style{zeros: uint8(min(n, 15))}
	}
	code, _, _ = strings.Cut(code, ";") // the first section is that of positive numbers
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '\\', '_', '*':
			i++
		case '"', '[':
			end := byte('"')
			if c == '[' {
				end = ']'
			}
			k := strings.IndexByte(code[i+1:], end)
			if k < 0 {
				return style{}
			}
			if in := strings.ToLower(code[i+1 : i+1+k]); c == '[' && in != "" && strings.Trim(in, in[:1]) == "" && strings.Contains("hms", in[:1]) {
				return style{date: true} // [h]:mm, elapsed time
			}
			i += k + 1
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return style{date: true}
		case 'G', 'g', 'E', 'e': // General; exponents
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				i += len("general") - 1
			}
		}
	}
	return style{}
}

// part is the inflated bytes of one part, counted and bounded.
type part struct {
	ctx context.Context
	io.ReadCloser
	name string
	max  int64
	n    atomic.Int64
}

// inflate opens a part. The sizes that the directory gives are checked before, and, as they may lie, what really comes
// is checked while reading.
func (w *workbook) inflate(ctx context.Context, name string) (*part, error) {
	f := w.parts[name]
	if f == nil {
		return nil, errs.New(errs.Invalid, "sheet.not_a_workbook")
	}
	most := min(w.limits.Inflated, max(1<<20, int64(min(f.CompressedSize64, 1<<40))*w.limits.Ratio))
	size := int64(min(f.UncompressedSize64, 1<<62))
	if !w.opened[name] {
		w.opened[name] = true
		w.left -= size
	}
	if size > most || w.left < 0 {
		return nil, errs.New(errs.Invalid, "sheet.bomb", errs.Args{"part": errs.Clip(name)})
	}
	in, err := f.Open()
	if err != nil {
		return nil, damaged(name, err)
	}
	return &part{ctx: ctx, ReadCloser: in, name: name, max: most}, nil
}

func (p *part) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.ReadCloser.Read(b)
	if p.n.Add(int64(n)) > p.max {
		return 0, errs.New(errs.Invalid, "sheet.bomb", errs.Args{"part": errs.Clip(p.name)})
	}
	return n, err
}

// damaged says that a part cannot be read, unless err already says what is the matter.
func damaged(part string, err error) error {
	if _, ok := errors.AsType[*errs.Error](err); ok || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errs.Wrap(err, errs.Invalid, "sheet.damaged", errs.Args{"part": errs.Clip(part)})
}
