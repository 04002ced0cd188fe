package errs

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed zh-tw.txt
var table string

// tables are zh-tw.txt, read when the first text in zh-TW is wanted.
var tables = sync.OnceValue(func() (t struct {
	whole map[string]string
	parts *strings.Replacer
}) {
	t.whole = map[string]string{}
	var words [][2]string
	var characters []string
	part := ""
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		from, to, pair := strings.Cut(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			part = line
		case part == "[characters]":
			for _, c := range strings.Fields(line) {
				_, n := utf8.DecodeRuneInString(c)
				characters = append(characters, c[:n], c[n:])
			}
		case pair && part == "[whole]":
			t.whole[from] = to
		case pair:
			words = append(words, [2]string{from, to})
		}
	}
	slices.SortStableFunc(words, func(a, b [2]string) int { return len(b[0]) - len(a[0]) }) // a Replacer prefers what comes first
	var pairs []string
	for _, w := range words {
		pairs = append(pairs, w[0], w[1])
	}
	t.parts = strings.NewReplacer(append(pairs, characters...)...)
	return t
})

// Traditional is a zh-CN text as it is written in Taiwan, by the reviewed table of words and characters.
func Traditional(zhCN string) string {
	t := tables()
	if s, ok := t.whole[zhCN]; ok {
		return s
	}
	return t.parts.Replace(zhCN)
}
