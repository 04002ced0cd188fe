package rule

import (
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// test is a comparison of one fact with constants: goods.worn == true, line.category in [shoes, hats].
type test struct {
	fact int
	op   string // == != < <= > >= in !in
	vals []Value
}

// comparisons turns a boolean expression into logic, collecting its tests, and refuses words an enum does not have.
type comparisons struct {
	v     *Vocabulary
	sc    *scope
	info  *ast.SourceInfo
	tests []test
	loose []int // facts that stand outside of tests
	fault *exprFault
}

// node is a boolean expression, negated or not, as logic.
func (c *comparisons) node(e ast.Expr, not bool) *logic {
	if l := c.walk(e, not); l != nil {
		return l
	}
	return c.leave(e, not)
}

// walk collects the tests and loose facts of an expression. It returns nil where the expression itself is neither a test
// nor made of boolean operators.
func (c *comparisons) walk(e ast.Expr, not bool) *logic {
	if f, ok := c.fact(e); ok {
		if c.v.facts[f].typ == TypeBool {
			return c.test(f, "==", []Value{BoolValue(true)}, not)
		}
		c.loose = append(c.loose, f)
		return nil
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	call := e.AsCall()
	args := call.Args()
	switch op := call.FunctionName(); op {
	case operators.LogicalNot:
		return c.walk(args[0], !not)
	case operators.LogicalAnd, operators.LogicalOr:
		l := &logic{op: "and", kids: []*logic{c.node(args[0], not), c.node(args[1], not)}}
		if (op == operators.LogicalOr) != not {
			l.op = "or"
		}
		return l
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.In:
		if l := c.compare(strings.Trim(strings.TrimPrefix(op, "@"), "_"), args[0], args[1], not); l != nil {
			return l
		}
	}
	for _, a := range args {
		c.walk(a, not)
	}
	return nil
}

var flipped = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
var negated = map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "!in", "!in": "in"}

// compare is a comparison of one fact with constants, nil where it is another.
func (c *comparisons) compare(op string, a, b ast.Expr, not bool) *logic {
	f, ok := c.fact(a)
	vals, known := c.constants(b)
	if !ok || !known {
		if f, ok = c.fact(b); !ok || op == "in" {
			return nil
		}
		if vals, known = c.constants(a); !known {
			return nil
		}
		op = flipped[op]
	}
	return c.test(f, op, vals, not)
}

func (c *comparisons) test(f int, op string, vals []Value, not bool) *logic {
	if not {
		op = negated[op]
	}
	if d := c.v.facts[f]; d.typ == TypeEnum {
		for _, v := range vals {
			if !d.hasWord(v.s) && c.fault == nil {
				c.fault = &exprFault{key: "rule.word_unknown", args: map[string]any{"word": v.s, "fact": d.name, "words": strings.Join(d.words(), " "), "hint": hint(v.s, d.words())}}
			}
		}
	}
	c.tests = append(c.tests, test{f, op, vals})
	return &logic{op: "test", test: c.tests[len(c.tests)-1]}
}

func (c *comparisons) fact(e ast.Expr) (int, bool) {
	name := ""
	for e.Kind() == ast.SelectKind {
		name = "." + e.AsSelect().FieldName() + name
		e = e.AsSelect().Operand()
	}
	if e.Kind() != ast.IdentKind {
		return 0, false
	}
	i, ok := c.v.index[strings.TrimPrefix(e.AsIdent()+name, ".")]
	return i, ok
}

// constants reads a literal, a parameter, fen(n), or a list of them.
func (c *comparisons) constants(e ast.Expr) ([]Value, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		for _, t := range []Type{TypeBool, TypeEnum, TypeInt} {
			if v, ok := valueOf(e.AsLiteral(), t); ok {
				return []Value{v}, true
			}
		}
	case ast.IdentKind:
		v, ok := c.sc.params[strings.TrimPrefix(e.AsIdent(), "_")]
		return []Value{v}, ok
	case ast.CallKind:
		if call := e.AsCall(); call.FunctionName() == "fen" {
			if v, ok := c.constants(call.Args()[0]); ok {
				return []Value{MoneyValue(v[0].n)}, true
			}
		}
	case ast.ListKind:
		var out []Value
		for _, x := range e.AsList().Elements() {
			v, ok := c.constants(x)
			if !ok {
				return nil, false
			}
			out = append(out, v...)
		}
		return out, true
	}
	return nil, false
}

// numbers collects the whole numbers and parameters of an expression.
func numbers(e ast.Expr, sc *scope) (out []int64) {
	c := comparisons{sc: sc}
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() == ast.LiteralKind || x.Kind() == ast.IdentKind {
			if v, ok := c.constants(x); ok && (v[0].typ == TypeInt || v[0].typ == TypeMoney) {
				out = append(out, v[0].n)
			}
		}
	}))
	return out
}

// holds says whether a value passes the test.
func (t test) holds(v Value) bool {
	switch t.op {
	case "==", "in":
		return slices.Contains(t.vals, v)
	case "!=", "!in":
		return !slices.Contains(t.vals, v)
	case "<":
		return v.n < t.vals[0].n
	case "<=":
		return v.n <= t.vals[0].n
	case ">":
		return v.n > t.vals[0].n
	}
	return v.n >= t.vals[0].n
}

// must says what a fact has to be for the test to hold, as conditions write it: "true", "<= 1500", "shoes|hats".
func (t test) must() string {
	words := make([]string, len(t.vals))
	for i, v := range t.vals {
		words[i] = v.String()
	}
	list := strings.Join(words, "|")
	switch {
	case t.op == "==" || t.op == "in":
		return list
	case t.op == "!=" && len(t.vals) == 1 && t.vals[0].typ == TypeBool:
		return strconv.FormatBool(t.vals[0].n == 0)
	case t.op == "!=" || t.op == "!in":
		return "not " + list
	}
	return t.op + " " + list
}

// source is the expression's canonical text, negated or not.
func (x *expr) source(not bool) string {
	_, src, _ := strings.Cut(x.key, ": ")
	if not {
		return "!(" + src + ")"
	}
	return src
}
