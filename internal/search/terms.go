package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Bounds of what one thing brings into the index.
const (
	maxText = 4000 // characters read of a text
	maxWord = 32   // characters of one word of letters and digits
	maxEdge = 12   // characters of a beginning that is found while somebody types
)

// Fold brings text to the form that is compared: half-width, composed, lower case.
func Fold(s string) string {
	return strings.ToLower(norm.NFC.String(width.Fold.String(s)))
}

// run is a piece of text of one kind: Chinese (and other scripts written without spaces), or letters and digits.
type run struct {
	text []rune
	han  bool
}

func isHan(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

// runs cuts folded text. What is neither a letter nor a digit separates.
func runs(s string) []run {
	var out []run
	var cur run
	flush := func() {
		if len(cur.text) > 0 {
			out = append(out, cur)
		}
		cur = run{}
	}
	n := 0
	for _, r := range s {
		if n++; n > maxText {
			break
		}
		han := isHan(r)
		if !han && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if len(cur.text) > 0 && cur.han != han {
			flush()
		}
		cur.han = han
		cur.text = append(cur.text, r)
	}
	flush()
	return out
}

// Terms is a set of words that is being gathered.
type Terms struct {
	words []string
	seen  map[string]bool
}

func (t *Terms) add(w string) {
	if w == "" || t.seen[w] {
		return
	}
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	t.seen[w] = true
	t.words = append(t.words, w)
}

// Words lists what was gathered.
func (t *Terms) Words() []string { return slices.Clone(t.words) }

// Text adds what people write: a message, a note, a nick.
func (t *Terms) Text(s string) {
	for _, r := range runs(Fold(s)) {
		if !r.han {
			t.add(cut(string(r.text), maxWord))
			continue
		}
		if len(r.text) == 1 {
			t.add(string(r.text))
		}
		for i := range len(r.text) - 1 {
			t.add(string(r.text[i : i+2]))
		}
	}
}

// Masked says that a value was made unreadable by the platform that gave it.
func Masked(s string) bool { return strings.ContainsAny(s, "*＊") }

// asSeen is a masked value as a word of its own.
func asSeen(s string) string { return "=" + cut(strings.Join(strings.Fields(Fold(s)), ""), maxWord) }

// Name adds a person's name or a nick: as text, by pinyin and by initials, each also while it is still being typed. A
// masked one is found as it is seen.
func (t *Terms) Name(s string) {
	if Masked(s) {
		t.add(asSeen(s))
		return
	}
	t.Text(s)
	for _, r := range runs(Fold(s)) {
		if !r.han {
			t.edges(string(r.text))
			continue
		}
		if len(r.text) > 8 { // a sentence is no name
			continue
		}
		for _, spelt := range spell(r.text) {
			t.edges(spelt)
		}
	}
}

// edges adds the beginnings of a word of letters, of two characters and more.
func (t *Terms) edges(w string) {
	rs := []rune(w)
	for n := 2; n <= min(len(rs), maxEdge); n++ {
		t.add("^" + string(rs[:n]))
	}
	if len(rs) > maxEdge {
		t.add("^" + cut(w, maxWord))
	}
}

// Phone adds a phone number: whole and by its last four digits. A masked one is found as it is seen, and by the last
// four digits where those are seen.
func (t *Terms) Phone(s string) {
	s = strings.Join(strings.Fields(Fold(s)), "")
	if s == "" {
		return
	}
	number, _, _ := strings.Cut(s, "-") // the extension of a virtual number
	if Masked(s) {
		t.add(asSeen(s))
	} else {
		t.add("#" + cut(digits(number), maxWord))
	}
	if d := tail(number); d != "" {
		t.add("#" + d)
	}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// tail is the last four characters where they are digits.
func tail(s string) string {
	if len(s) < 4 || len(digits(s[len(s)-4:])) < 4 {
		return ""
	}
	return s[len(s)-4:]
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
