package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// markup takes the XML of a workbook's parts apart, in one pass and with bounded memory; encoding/xml holds a token of
// any size. It knows what such parts may contain: UTF-8, elements, attributes, character data, CDATA and comments. A
// document type, with which entities could be defined, is refused.
type markup struct {
	in    *bufio.Reader
	max   int // bytes of one tag or one piece of text
	inTag bool
	empty bool // <name/> : its end is yet to be told

	kind  tokenKind
	name  []byte // local name of an element
	attrs []byte
	text  []byte // character data, entities resolved
	buf   []byte
}

type tokenKind uint8

const (
	startTag tokenKind = iota + 1
	endTag
	charData
)

var errMarkup = errors.New("malformed XML")

func newMarkup(r io.Reader, max int) *markup {
	return &markup{in: bufio.NewReaderSize(r, 64<<10), max: max}
}

// next moves to the next token. What the fields point to lasts until the next call. It returns io.EOF at the end.
func (m *markup) next() error {
	if m.empty {
		m.empty, m.kind = false, endTag
		return nil
	}
	for {
		if !m.inTag {
			err := m.until('<')
			if err == io.EOF && len(bytes.TrimSpace(m.buf)) > 0 {
				return errMarkup
			}
			if err != nil {
				return err
			}
			m.inTag = true
			if len(m.buf) > 0 {
				m.kind = charData
				m.text, err = unescape(m.buf)
				return err
			}
		}
		m.inTag = false
		found, err := m.tag()
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil || found {
			return err
		}
	}
}

// until reads to the delimiter, which it drops, into m.buf.
func (m *markup) until(delim byte) error {
	m.buf = m.buf[:0]
	return m.more(delim)
}

func (m *markup) more(delim byte) error {
	for {
		part, err := m.in.ReadSlice(delim)
		m.buf = append(m.buf, part...)
		if len(m.buf) > m.max {
			return errMarkup
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == nil {
			m.buf = m.buf[:len(m.buf)-1]
		}
		return err
	}
}

// tag reads what follows a '<' and says whether it is a token.
func (m *markup) tag() (bool, error) {
	if err := m.until('>'); err != nil {
		return false, err
	}
	switch {
	case len(m.buf) == 0:
		return false, errMarkup
	case m.buf[0] == '?':
		return false, m.through([]byte("?"))
	case bytes.HasPrefix(m.buf, []byte("!--")):
		return false, m.through([]byte("--"))
	case bytes.HasPrefix(m.buf, []byte("![CDATA[")):
		if err := m.through([]byte("]]")); err != nil {
			return false, err
		}
		m.kind, m.text = charData, m.buf[len("![CDATA["):len(m.buf)-2]
		return true, nil
	case m.buf[0] == '!':
		return false, errMarkup
	case m.buf[0] == '/':
		m.kind, m.name = endTag, local(bytes.TrimSpace(m.buf[1:]))
		return true, nil
	}
	for openQuote(m.buf) {
		m.buf = append(m.buf, '>')
		if err := m.more('>'); err != nil {
			return false, err
		}
	}
	body := m.buf
	if body[len(body)-1] == '/' {
		body, m.empty = body[:len(body)-1], true
	}
	i := bytes.IndexAny(body, " \t\r\n")
	if i < 0 {
		i = len(body)
	}
	m.kind, m.name, m.attrs = startTag, local(body[:i]), body[i:]
	return true, nil
}

// through reads on until what was read ends with end (before the '>').
func (m *markup) through(end []byte) error {
	for !bytes.HasSuffix(m.buf, end) {
		m.buf = append(m.buf, '>')
		if err := m.more('>'); err != nil {
			return err
		}
	}
	return nil
}

// openQuote says whether a tag was cut in an attribute's value, at a '>' in it.
func openQuote(tag []byte) bool {
	var quote byte
	for _, b := range tag {
		switch {
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case b == quote:
			quote = 0
		}
	}
	return quote != 0
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// attr is the value of an attribute by its local name, "" if it is not there.
func (m *markup) attr(name string) string {
	rest := m.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return ""
		}
		key := local(bytes.TrimSpace(rest[:eq]))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		value := rest[1 : 1+end]
		rest = rest[2+end:]
		if string(key) == name {
			if v, err := unescape(value); err == nil {
				return string(v)
			}
			return ""
		}
	}
}

// unescape resolves the five named entities and numeric ones, in place.
func unescape(b []byte) ([]byte, error) {
	amp := bytes.IndexByte(b, '&')
	if amp < 0 {
		return b, nil
	}
	out := b[:amp]
	for b = b[amp:]; len(b) > 0; {
		if b[0] != '&' {
			out = append(out, b[0])
			b = b[1:]
			continue
		}
		semi := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if semi < 0 {
			return nil, errMarkup
		}
		r, ok := entity(string(b[1:semi]))
		if !ok {
			return nil, errMarkup
		}
		out = utf8.AppendRune(out, r) // never longer than what it stands for
		b = b[semi+1:]
	}
	return out, nil
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, num := 10, name[1:]
	if num[0] == 'x' || num[0] == 'X' {
		base, num = 16, num[1:]
	}
	n, err := strconv.ParseUint(num, base, 21)
	return rune(n), err == nil && n > 0 && utf8.ValidRune(rune(n))
}
