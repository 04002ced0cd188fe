package sheet

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// JSON is the row as a compact JSON array of its texts, as they stand in the file.
func (r Row) JSON() string {
	n := 2
	for _, c := range r.Cells {
		n += len(c.Text) + 3
	}
	b := append(make([]byte, 0, n), '[')
	for i, c := range r.Cells {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, c.Text)
	}
	return string(append(b, ']'))
}

// appendJSON appends a string as JSON. Unlike encoding/json it escapes nothing that only HTML minds.
func appendJSON(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if c < 0x20 {
			b = fmt.Appendf(b, `\u%04x`, c)
		} else {
			b = append(b, '\\', c)
		}
	}
	return append(append(b, s[from:]...), '"')
}
