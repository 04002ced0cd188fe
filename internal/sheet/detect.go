package sheet

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/sanbao/sanbao/errs"
)

// dialect is how a text file is written.
type dialect struct {
	name    string
	bom     int64             // bytes of the mark at its start
	decoder *encoding.Decoder // nil: UTF-8
	eol     byte              // '\n', or '\r' as old Macintosh programs write
}

// detect reads a whole text file to be certain of its encoding: a customer list may be plain ASCII for a million bytes
// before the first name that is not.
func detect(ctx context.Context, src io.ReaderAt, size int64) (dialect, error) {
	head := make([]byte, min(size, 4))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return dialect{}, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return dialect{"UTF-16", 2, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder(), '\n'}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return dialect{"UTF-16", 2, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder(), '\n'}, nil
	}
	d := dialect{name: "UTF-8", eol: '\n'}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		d.bom = 3
	}
	var s survey
	buf := make([]byte, 256<<10)
	for at := d.bom; at < size; at += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return dialect{}, err
		}
		chunk := buf[:min(int64(len(buf)), size-at)]
		if n, err := src.ReadAt(chunk, at); n < len(chunk) {
			return dialect{}, err
		}
		s.add(chunk)
	}
	s.end()
	switch {
	case s.nulLine > 0:
		return dialect{}, errs.New(errs.Invalid, "sheet.nul", errs.Args{"row": s.nulLine})
	case s.badUTF8 == 0:
	case d.bom == 0 && s.chinese():
		d.name, d.decoder = "GB18030", simplifiedchinese.GB18030.NewDecoder()
	default:
		return dialect{}, errs.New(errs.Invalid, "sheet.encoding", errs.Args{"row": s.badUTF8})
	}
	if s.lf == 0 && s.cr > 0 {
		d.eol = '\r'
	}
	return d, nil
}

// survey is what one pass over the bytes finds out.
type survey struct {
	lf, cr  int
	nulLine int    // line of the first NUL, from 1
	badUTF8 int    // line of the first byte that is not UTF-8
	carry   []byte // the start of a UTF-8 sequence at the end of the last chunk
	letters int    // characters of two and more bytes in UTF-8, before the first bad byte; counted up to surelyUTF8

	gb struct {
		pending int  // bytes of the current character that have come
		second  byte // of a two- or four-byte character
		lead    byte
		bad     bool
		pairs   int // two-byte characters
		common  int // … of which in GB 2312, where almost all written text is
	}
}

func (s *survey) add(p []byte) {
	if s.nulLine == 0 {
		if i := bytes.IndexByte(p, 0); i >= 0 {
			s.nulLine = s.lf + bytes.Count(p[:i], []byte{'\n'}) + 1
		}
	}
	s.addUTF8(p)
	s.addGB(p)
	s.lf += bytes.Count(p, []byte{'\n'})
	s.cr += bytes.Count(p, []byte{'\r'})
}

// surelyUTF8 is how many characters of two and more bytes in a row are never other than UTF-8 by chance. A bad byte
// behind them is damage, such as a text cut within a letter, not the sign of another encoding.
const surelyUTF8 = 50

func (s *survey) countLetters(valid []byte) {
	for i := 0; i < len(valid) && s.letters < surelyUTF8; i++ {
		if valid[i] >= 0xc0 {
			s.letters++
		}
	}
}

func (s *survey) addUTF8(p []byte) {
	if s.badUTF8 > 0 {
		return
	}
	lf := s.lf
	if len(s.carry) > 0 {
		joined := append(s.carry, p[:min(len(p), utf8.UTFMax)]...)
		r, n := utf8.DecodeRune(joined)
		if r == utf8.RuneError && n <= 1 {
			s.badUTF8 = lf + 1
			return
		}
		p = p[n-len(s.carry):]
		s.carry = nil
	}
	if keep := unfinished(p); keep > 0 {
		s.carry = append(s.carry, p[len(p)-keep:]...)
		p = p[:len(p)-keep]
	}
	if utf8.Valid(p) {
		s.countLetters(p)
		return
	}
	for i := 0; i < len(p); {
		r, n := utf8.DecodeRune(p[i:])
		if r == utf8.RuneError && n == 1 {
			s.countLetters(p[:i])
			s.badUTF8 = lf + bytes.Count(p[:i], []byte{'\n'}) + 1
			return
		}
		i += n
	}
}

// unfinished is how many bytes at the end of p begin a character without completing it.
func unfinished(p []byte) int {
	for k := 1; k < utf8.UTFMax && k <= len(p); k++ {
		tail := p[len(p)-k:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return k
		}
	}
	return 0
}

// addGB follows the structure of GB 18030: one byte below 0x80; two, 81-FE 40-7E|80-FE; or four, 81-FE 30-39 81-FE 30-39.
func (s *survey) addGB(p []byte) {
	g := &s.gb
	for _, b := range p {
		if g.pending == 0 && b < 0x80 {
			continue
		}
		if g.bad {
			return
		}
		isLead, isDigit := b >= 0x81 && b <= 0xfe, b >= '0' && b <= '9'
		switch g.pending {
		case 0:
			g.lead, g.pending, g.bad = b, 1, !isLead
		case 1:
			switch {
			case isDigit:
				g.pending = 2
			case b >= 0x40 && b <= 0xfe && b != 0x7f:
				g.pending = 0
				g.pairs++
				if b >= 0xa1 && (g.lead >= 0xa1 && g.lead <= 0xa9 || g.lead >= 0xb0 && g.lead <= 0xf7) {
					g.common++
				}
			default:
				g.bad = true
			}
		case 2:
			g.pending, g.bad = 3, !isLead
		case 3:
			g.pending, g.bad = 0, !isDigit
		}
	}
}

func (s *survey) end() {
	if len(s.carry) > 0 && s.badUTF8 == 0 {
		s.badUTF8 = s.lf + 1
	}
	if s.gb.pending > 0 {
		s.gb.bad = true
	}
}

// chinese says whether the bytes are GB 18030. Valid structure is not enough: short accented words of western
// encodings have it too, and decode to rare characters. Three in four must be common ones.
func (s *survey) chinese() bool {
	return !s.gb.bad && s.gb.pairs > 0 && s.letters < surelyUTF8 && 4*s.gb.common >= 3*s.gb.pairs
}

// delimiter is the one of comma, tab and semicolon that the line has most of outside quotes.
func delimiter(line []byte) byte {
	var count [3]int
	quoted := false
	for _, b := range line {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == ',':
			count[0]++
		case b == '\t':
			count[1]++
		case b == ';':
			count[2]++
		}
	}
	best := 0
	for i := range count {
		if count[i] > count[best] {
			best = i
		}
	}
	return ",\t;"[best]
}
