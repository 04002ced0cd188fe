package rule

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

const (
	maxFile   = 256 << 10 // bytes of one YAML file
	maxDepth  = 16        // nesting of one YAML file
	maxFaults = 200       // told of one reading; whoever mends them hears of the rest
	maxWord   = 64        // bytes of a word that is compared with known ones
	maxQuote  = 160       // bytes of what a message quotes
)

// Fault is something wrong with a file: where, and a message key with its arguments.
type Fault struct {
	File      string
	Line, Col int // 1-based; 0 when the fault is the whole file's
	Key       string
	Args      errs.Args
}

// Place is "shoes/claims.yaml:12:5".
func (f Fault) Place() string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Col)
}

// Text is the fault's sentence in a language.
func (f Fault) Text(l errs.Lang) string { return errs.Render(l, f.Key, f.Args) }

// reader reads YAML nodes into values and collects every fault with its place.
type reader struct {
	file     string
	currency money.Currency
	faults   []Fault
}

func (r *reader) fault(n *yaml.Node, key string, args ...any) {
	f := Fault{File: r.file, Key: key, Args: errs.Args{}}
	if n != nil {
		f.Line, f.Col = n.Line, n.Column
	}
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i].(string)] = args[i+1]
		if s, ok := args[i+1].(string); ok && args[i] != "known" && args[i] != "words" {
			f.Args[args[i].(string)] = clip(s)
		}
	}
	r.faults = append(r.faults, f)
}

// err is every fault as one Invalid error, in the order of files and lines; nil when there is none. Of a file that is
// nothing but faults the first are told, and how many more there are.
func (r *reader) err() error {
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	var bad errs.Faults
	for i, f := range r.faults {
		if i == maxFaults {
			bad.Add(f.Place(), "rule.more_faults", errs.Args{"count": len(r.faults) - i})
			break
		}
		bad.Add(f.Place(), f.Key, f.Args)
	}
	return bad.Err()
}

func cmpString(a, b string) int { return strings.Compare(a, b) }

// clip shortens what a message quotes, so that it stays one that can be read.
func clip(s string) string {
	if len(s) <= maxQuote {
		return s
	}
	end := maxQuote
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// document parses one YAML file into its root node, nil after a fault. Aliases, anchors, tags and second documents are
// refused, so that what is read is what is written and a small file cannot grow into a large one.
func (r *reader) document(file string, data []byte) *yaml.Node {
	r.file = file
	if len(data) > maxFile {
		r.fault(nil, "rule.file_too_large", "size", len(data), "limit", maxFile)
		return nil
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // an empty file holds nothing
		}
		line, detail := yamlError(err)
		r.fault(&yaml.Node{Line: line, Column: 1}, "rule.yaml", "detail", detail)
		return nil
	}
	if err := d.Decode(&second); !errors.Is(err, io.EOF) {
		r.fault(&second, "rule.yaml_second")
		return nil
	}
	if len(doc.Content) != 1 || !r.plain(doc.Content[0], 0) {
		return nil
	}
	return doc.Content[0]
}

// yamlError takes the parser's message "yaml: line 3: …" apart.
func yamlError(err error) (line int, detail string) {
	detail = strings.TrimPrefix(err.Error(), "yaml: ")
	rest, placed := strings.CutPrefix(detail, "line ")
	num, text, cut := strings.Cut(rest, ": ")
	if n, err := strconv.Atoi(num); placed && cut && err == nil {
		return n, text
	}
	return 1, detail
}

func (r *reader) plain(n *yaml.Node, depth int) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "" || n.Style&yaml.TaggedStyle != 0:
		r.fault(n, "rule.yaml_plain")
		return false
	case depth > maxDepth:
		r.fault(n, "rule.yaml_deep", "limit", maxDepth)
		return false
	}
	for _, c := range n.Content {
		if !r.plain(c, depth+1) {
			return false
		}
	}
	return true
}

// pair is one key of a mapping and its value.
type pair struct{ key, val *yaml.Node }

// pairs lists a mapping's keys in order; a key written twice is a fault.
func (r *reader) pairs(n *yaml.Node, what string) []pair {
	if n == nil || n.Kind != yaml.MappingNode {
		r.fault(n, "rule.want_mapping", "what", what)
		return nil
	}
	var out []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch {
		case k.Kind != yaml.ScalarNode:
			r.fault(k, "rule.want_scalar", "what", "key of "+what)
		case seen[k.Value]:
			r.fault(k, "rule.key_twice", "key", k.Value)
		default:
			seen[k.Value] = true
			out = append(out, pair{k, n.Content[i+1]})
		}
	}
	return out
}

// fields reads a mapping whose keys are known. Names ending in ! are required.
func (r *reader) fields(n *yaml.Node, what string, names ...string) map[string]*yaml.Node {
	known := make([]string, len(names))
	for i, k := range names {
		known[i] = strings.TrimSuffix(k, "!")
	}
	out := map[string]*yaml.Node{}
	for _, p := range r.pairs(n, what) {
		if !slices.Contains(known, p.key.Value) {
			r.fault(p.key, "rule.key_unknown", "key", p.key.Value, "what", what, "known", strings.Join(known, " "), "hint", hint(p.key.Value, known))
			continue
		}
		out[p.key.Value] = p.val
	}
	if n != nil && n.Kind == yaml.MappingNode {
		for i, k := range names {
			if known[i] != k && out[known[i]] == nil {
				r.fault(n, "rule.key_missing", "key", known[i], "what", what)
			}
		}
	}
	return out
}

// items lists a sequence.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.fault(n, "rule.want_list", "what", what)
		return nil
	}
	return n.Content
}

// scalar is the text of a scalar; "" for an absent node.
func (r *reader) scalar(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Value == "" {
		r.fault(n, "rule.want_scalar", "what", what)
		return ""
	}
	return n.Value
}

// strings reads a list of scalars; one scalar counts as a list of one.
func (r *reader) strings(n *yaml.Node, what string) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{r.scalar(n, what)}
	}
	var out []string
	for _, x := range r.items(n, what) {
		out = append(out, r.scalar(x, what))
	}
	return out
}

// word reads one of listed words; the first is the answer for an absent node.
func (r *reader) word(n *yaml.Node, what string, words ...string) string {
	if n == nil {
		return words[0]
	}
	s := r.scalar(n, what)
	if s != "" && !slices.Contains(words, s) {
		r.fault(n, "rule.want_word", "what", what, "got", s, "words", strings.TrimSpace(strings.Join(words, " ")), "hint", hint(s, words))
	}
	return s
}

func (r *reader) boolean(n *yaml.Node, what string) bool {
	if n == nil {
		return false
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.fault(n, "rule.want_bool", "what", what)
	}
	return n.Value == "true"
}

func (r *reader) date(n *yaml.Node, what string) calendar.Date {
	d, err := calendar.ParseDate(r.scalar(n, what))
	if err != nil {
		r.fault(n, "rule.want_date", "what", what, "got", n.Value)
	}
	return d
}

func (r *reader) text(n *yaml.Node, what string) Text {
	f := r.fields(n, what, "zh-CN!", "en!")
	return Text{ZhCN: r.scalar(f["zh-CN"], what), En: r.scalar(f["en"], what)}
}

// value reads a value of a type. Money is in major units of the reader's currency, or in minor units where it has none.
func (r *reader) value(n *yaml.Node, t Type, what string) (Value, bool) {
	s := r.scalar(n, what)
	if s == "" {
		return Value{}, false
	}
	switch t {
	case TypeBool:
		if n.Tag == "!!bool" {
			return BoolValue(s == "true"), true
		}
	case TypeEnum:
		return EnumValue(s), true
	case TypeDate:
		if d, err := calendar.ParseDate(s); err == nil {
			return DateValue(d), true
		}
	case TypeInstant:
		if at, err := clock.Parse(s); err == nil {
			return InstantValue(at), true
		}
	case TypeMoney:
		if r.currency == "" {
			return r.whole(n, s, t, what)
		}
		m, err := money.Parse(s, r.currency)
		if err == nil && m.Minor <= MaxAmount && m.Minor >= -MaxAmount {
			return MoneyValue(m.Minor), true
		}
	case TypeInt:
		return r.whole(n, s, t, what)
	}
	return r.wrongType(n, s, t, what)
}

func (r *reader) wrongType(n *yaml.Node, s string, t Type, what string) (Value, bool) {
	r.fault(n, "rule.value_type", "what", what, "got", s, "want", t.String(), "like", r.example(t))
	return Value{}, false
}

// example is how a value of a type is written here.
func (r *reader) example(t Type) string {
	if t == TypeMoney && r.currency != "" {
		return "199.00"
	}
	return t.example()
}

func (r *reader) whole(n *yaml.Node, s string, t Type, what string) (Value, bool) {
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil || i > MaxAmount || i < -MaxAmount {
		return r.wrongType(n, s, t, what)
	}
	return Value{typ: t, n: i}, true
}

// nearest is the known word that s was probably meant to be, "" when none is close.
func nearest(s string, known []string) string {
	if len(s) > maxWord {
		return ""
	}
	best, limit := "", max(1, len(s)/3)+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(s, k); d < limit {
			best, limit = k, d
		}
	}
	return best
}

// distance is Levenshtein's, over bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diag
			if a[i] != b[j] {
				cost = min(diag, row[j], row[j+1]) + 1
			}
			diag, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// hint is the nearest known word as messages show it, "→ goods.worn?", or "".
func hint(s string, known []string) string {
	if n := nearest(s, known); n != "" {
		return "→ " + n + "?"
	}
	return ""
}

// major is an amount as the file writes it.
func (r *reader) major(minor int64) string { return money.Of(minor, r.currency).Decimal() }
