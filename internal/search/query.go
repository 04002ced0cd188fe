package search

import (
	"strings"
)

// Query is what a person typed, in the forms the index knows. Each form is a list of words that must all be there; an
// empty one finds nothing.
type Query struct {
	Typed  string     // folded, without spaces at its ends
	Text   []string   // of texts: messages, notes
	People [][]string // of customers: by text, by beginning, by phone, as seen
}

// Parse reads a query. A single Chinese character is too little to search texts by; people can be named by it.
func Parse(typed string) Query {
	q := Query{Typed: strings.TrimSpace(Fold(typed))}
	if q.Typed == "" {
		return q
	}
	if Masked(q.Typed) {
		q.People = append(q.People, []string{asSeen(q.Typed)})
		return q
	}
	var t Terms
	t.Text(q.Typed)
	words := t.Words()
	rs := runs(q.Typed)
	if len(words) == 0 {
		return q
	}
	if len(rs) > 1 || len(rs[0].text) > 1 {
		q.Text = words
		q.People = append(q.People, words)
	}
	var letters strings.Builder
	for _, r := range rs {
		if r.han {
			return q
		}
		letters.WriteString(string(r.text))
	}
	if w := letters.String(); len([]rune(w)) >= 2 {
		n := cut(w, maxEdge)
		if len([]rune(w)) > maxEdge {
			n = cut(w, maxWord)
		}
		q.People = append(q.People, []string{"^" + n})
		if d := digits(w); d == w && len(w) >= 4 {
			q.People = append(q.People, []string{"#" + cut(d, maxWord)})
		}
	}
	return q
}

// Holds says whether a text has what was typed: every run of it, as it stands.
func (q Query) Holds(text string) bool {
	text = Fold(text)
	for _, r := range runs(q.Typed) {
		if !strings.Contains(text, string(r.text)) {
			return false
		}
	}
	return q.Typed != ""
}

// Snippet is the part of a text around what was typed, at most n characters, without line breaks.
func (q Query) Snippet(text string, n int) string {
	flat := []rune(strings.Join(strings.Fields(text), " "))
	if len(flat) <= n {
		return string(flat)
	}
	at := 0
	if rs := runs(q.Typed); len(rs) > 0 {
		if i := strings.Index(Fold(string(flat)), string(rs[0].text)); i >= 0 {
			at = len([]rune(Fold(string(flat))[:i]))
		}
	}
	from := max(0, min(at-n/3, len(flat)-n))
	out := string(flat[from : from+n])
	if from > 0 {
		out = "…" + out
	}
	if from+n < len(flat) {
		out += "…"
	}
	return out
}
