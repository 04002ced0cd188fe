package rule

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// table answers with numbers, tiers or words, without a remedy.
type table struct {
	id     string
	pack   *Pack
	unique bool // exactly one row fits; else the first that fits
	cols   []column
	rows   []*row
	cites  []string
	mark   mark
}

type column struct {
	name  string
	typ   Type
	words []string // of an enum
}

// row of a table: its conditions, and one value or expression per column.
type row struct {
	when  []*cond
	then  []cell
	cites []string
	mark  mark
}

type cell struct {
	val Value
	ex  *expr
	src string // an expression as it is written
}

// table reads one table of a file's list.
func (l *loader) table(n *yaml.Node) {
	f := l.fields(n, "table", "table!", "hit!", "out!", "rows!", "cites!")
	t := &table{id: l.code(f["table"], "table"), pack: l.pack, mark: l.mark(n), cites: l.cites(f["cites"])}
	if !l.unique("table " + t.id) {
		l.fault(f["table"], "rule.table_twice", "id", t.id)
	}
	t.unique = l.word(f["hit"], "hit", "first", "unique") == "unique"
	if f["out"] != nil {
		for _, p := range l.pairs(f["out"], "out") {
			c := column{name: p.key.Value}
			if p.val.Kind == yaml.SequenceNode {
				c.typ, c.words = TypeEnum, l.strings(p.val, c.name)
			} else {
				i := slices.Index(typeNames[:], l.word(p.val, c.name, "money", "int", "bool"))
				c.typ = Type(max(i, 1))
			}
			t.cols = append(t.cols, c)
		}
	}
	rows := l.items(f["rows"], "rows")
	for i, r := range rows {
		t.rows = append(t.rows, l.row(t, r, i == len(rows)-1))
	}
	if f["rows"] != nil && len(rows) == 0 {
		l.fault(f["rows"], "rule.table_last", "id", t.id)
	}
	l.pack.tables = append(l.pack.tables, t)
}

func (l *loader) row(t *table, n *yaml.Node, last bool) *row {
	f := l.fields(n, "row", "when", "then!", "cites")
	r := &row{cites: l.cites(f["cites"]), mark: l.mark(n)}
	if last != (f["when"] == nil) {
		l.fault(n, "rule.table_last", "id", t.id)
	}
	if f["when"] != nil {
		for _, p := range l.pairs(f["when"], "when") {
			i := l.fact(p.key, "when", TypeBool, TypeEnum, TypeInt, TypeMoney, TypeDate)
			if i < 0 {
				continue
			}
			src, ok := l.cellSource(p.val, l.voc.facts[i])
			if !ok {
				continue
			}
			if x, ok := l.expr(p.val, src, TypeBool); ok {
				r.when = append(r.when, &cond{id: p.key.Value, kind: must, is: atom{ex: x}, src: src, mark: l.mark(p.key)})
			}
		}
	}
	if f["then"] == nil {
		return r
	}
	then := l.fields(f["then"], "then", l.columns(t)...)
	for _, c := range t.cols {
		r.then = append(r.then, l.out(then[c.name], c))
	}
	return r
}

func (l *loader) columns(t *table) []string {
	var names []string
	for _, c := range t.cols {
		names = append(names, c.name+"!")
	}
	return names
}

// out reads one value of a row.
func (l *loader) out(n *yaml.Node, c column) cell {
	if n == nil {
		return cell{}
	}
	if s, isExpr := strings.CutPrefix(n.Value, "="); isExpr && n.Kind == yaml.ScalarNode {
		x, _ := l.expr(n, s, c.typ)
		return cell{ex: x, src: strings.TrimSpace(s)}
	}
	v, ok := l.literal(n, c.typ, c.name)
	if ok && c.typ == TypeEnum && !slices.Contains(c.words, v.s) {
		l.fault(n, "rule.want_word", "what", c.name, "got", v.s, "words", strings.Join(c.words, " "), "hint", hint(v.s, c.words))
	}
	return cell{val: v}
}

// cellSource turns a cell of `when` into an expression over its fact.
func (l *loader) cellSource(n *yaml.Node, f *fact) (string, bool) {
	if n.Kind == yaml.SequenceNode {
		var list []string
		for _, x := range n.Content {
			s, ok := l.celLiteral(x, x.Value, f)
			if !ok {
				return "", false
			}
			list = append(list, s)
		}
		return f.name + " in [" + strings.Join(list, ", ") + "]", true
	}
	op, rest := "==", l.scalar(n, f.name)
	for _, o := range []string{"<=", ">=", "==", "!=", "<", ">"} {
		if r, ok := strings.CutPrefix(rest, o); ok {
			op, rest = o, strings.TrimSpace(r)
			break
		}
	}
	s, ok := l.celLiteral(n, rest, f)
	return f.name + " " + op + " " + s, ok
}

// celLiteral is a literal or $parameter as expressions write it.
func (l *loader) celLiteral(n *yaml.Node, s string, f *fact) (string, bool) {
	if strings.HasPrefix(s, "$") || factName.MatchString(s) {
		return s, true
	}
	if f.typ == TypeDate {
		l.fault(n, "rule.cell_date", "fact", f.name)
		return "", false
	}
	bare := *n
	bare.Kind, bare.Value = yaml.ScalarNode, s
	if f.typ == TypeBool && (s == "true" || s == "false") {
		bare.Tag = "!!bool"
	}
	v, ok := l.value(&bare, f.typ, f.name)
	switch {
	case !ok:
		return "", false
	case f.typ == TypeMoney:
		return "fen(" + v.String() + ")", true
	case f.typ == TypeEnum:
		return "'" + strings.ReplaceAll(v.s, "'", "") + "'", true
	}
	return v.String(), true
}
