package rule

import (
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sanbao/sanbao/internal/money"
)

// maxNodes bounds an expression. The language has no loops and no functions whose cost depends on their input, so the
// size of an expression bounds the cost of its evaluation, and the limit is enforced once, at load.
const maxNodes = 64

// expr is a compiled expression over facts. Two expressions with the same key are the same object.
type expr struct {
	key     string // canonical text, parameters replaced by their values
	typ     Type
	facts   []int       // indexes in the vocabulary, ascending
	full    cel.Program // for when every fact is known
	part    cel.Program // carries unknowns; only where logical
	logical bool        // it has && || or ?: and may be settled before every fact is known
	tests   []test      // comparisons with constants, for boundary values and conditions
	whole   bool        // the expression is exactly tests[0]
	only    int         // the fact that is the whole expression, else -1
	consts  []int64     // every number in it, for boundary values
}

// test is a comparison of one fact with constants: goods.worn == true, line.category in [shoes, hats].
type test struct {
	fact int
	op   string // == != < <= > >= in !in
	vals []Value
}

// exprEnv is the language of packs: the operators it has, and nothing else of CEL's library.
func exprEnv(facts []*fact) (*cel.Env, error) {
	fn := func(name string, ids ...string) *env.Function {
		f := &env.Function{Name: name}
		for _, id := range ids {
			f.Overloads = append(f.Overloads, &env.Overload{ID: id})
		}
		return f
	}
	std := cel.StdLib(cel.StdLibSubset(&env.LibrarySubset{DisableMacros: true, IncludeFunctions: []*env.Function{
		fn(operators.LogicalAnd), fn(operators.LogicalOr), fn(operators.LogicalNot), fn(operators.Conditional),
		fn(operators.Equals), fn(operators.NotEquals), fn(operators.In, overloads.InList),
		fn(operators.Less, overloads.LessInt64), fn(operators.LessEquals, overloads.LessEqualsInt64),
		fn(operators.Greater, overloads.GreaterInt64), fn(operators.GreaterEquals, overloads.GreaterEqualsInt64),
		fn(operators.Add, overloads.AddInt64), fn(operators.Subtract, overloads.SubtractInt64),
		fn(operators.Multiply, overloads.MultiplyInt64), fn(operators.Divide, overloads.DivideInt64),
		fn(operators.Negate, overloads.NegateInt64),
	}}))
	opts := []cel.EnvOption{std}
	for _, t := range []*cel.Type{celMoney, celDate, celInstant} {
		for op, id := range map[string]string{operators.Less: "less_", operators.LessEquals: "less_equals_",
			operators.Greater: "greater_", operators.GreaterEquals: "greater_equals_"} {
			opts = append(opts, cel.Function(op, cel.Overload(id+t.TypeName(), []*cel.Type{t, t}, cel.BoolType)))
		}
	}
	two := []*cel.Type{celMoney, celMoney}
	ints := []*cel.Type{cel.IntType, cel.IntType}
	opts = append(opts,
		cel.Function(operators.Add, cel.Overload("add_money", two, celMoney)),
		cel.Function(operators.Subtract, cel.Overload("subtract_money", two, celMoney)),
		cel.Function("min", cel.Overload("min_money", two, celMoney, cel.BinaryBinding(pick(-1))),
			cel.Overload("min_int", ints, cel.IntType, cel.BinaryBinding(pick(-1)))),
		cel.Function("max", cel.Overload("max_money", two, celMoney, cel.BinaryBinding(pick(1))),
			cel.Overload("max_int", ints, cel.IntType, cel.BinaryBinding(pick(1)))),
		cel.Function("fen", cel.Overload("fen_int", []*cel.Type{cel.IntType}, celMoney, cel.UnaryBinding(fen))),
		cel.Function("percent", cel.Overload("percent_money", []*cel.Type{celMoney, cel.IntType}, celMoney, cel.BinaryBinding(percent))),
	)
	for _, f := range facts {
		opts = append(opts, cel.Variable(f.name, f.typ.cel()))
	}
	return cel.NewCustomEnv(opts...)
}

func fen(n ref.Val) ref.Val { return quantity{TypeMoney, int64(n.(types.Int))} }

// pick is min (-1) or max (1) of two comparable values.
func pick(sign types.Int) func(a, b ref.Val) ref.Val {
	return func(a, b ref.Val) ref.Val {
		if n, ok := a.(interface{ Compare(ref.Val) ref.Val }).Compare(b).(types.Int); ok && n == -sign {
			return b
		}
		return a
	}
}

// percent is n % of an amount, half up (G5).
func percent(a, n ref.Val) ref.Val {
	m, err := money.Percent(a.(quantity).n, int64(n.(types.Int)), 100)
	if err != nil {
		return types.NewErr("percent: %v", err)
	}
	return quantity{TypeMoney, m}
}

// exprFault is why an expression was refused: a message key and its arguments.
type exprFault struct {
	key  string
	args map[string]any
	col  int // 0-based column in the expression
}

// scope is what an expression may name besides facts: a pack's parameters, as constants.
type scope struct {
	env    *cel.Env
	params map[string]Value
	used   map[string]bool
}

// compile checks an expression of type want and returns the one object that stands for it. In the source, $name is a
// parameter; it is compiled as the constant _name, which has the same length, so that columns stay true.
func (v *Vocabulary) compile(sc *scope, src string, want Type) (*expr, *exprFault) {
	text := strings.ReplaceAll(src, "$", "_")
	checked, iss := sc.env.Compile(text)
	if err := iss.Err(); err != nil {
		return nil, v.explain(sc, text, iss.Errors()[0].Message, iss.Errors()[0].Location.Column())
	}
	rep := checked.NativeRep()
	if n := ast.NodeCount(rep); n > maxNodes {
		return nil, &exprFault{key: "rule.expr_too_large", args: map[string]any{"nodes": n, "limit": maxNodes}}
	}
	if got := checked.OutputType(); !got.IsExactType(want.cel()) {
		return nil, &exprFault{key: "rule.expr_type", args: map[string]any{"got": got.String(), "want": want.String()}}
	}
	key, err := cel.AstToString(checked)
	if err != nil {
		return nil, &exprFault{key: "rule.expr_invalid", args: map[string]any{"detail": err.Error()}}
	}
	e := &expr{typ: want, only: -1}
	for _, r := range rep.ReferenceMap() {
		if i, ok := v.index[r.Name]; ok {
			e.facts = append(e.facts, i)
		} else if p, isParam := strings.CutPrefix(r.Name, "_"); isParam && r.Value != nil {
			sc.used[p] = true
		}
	}
	slices.Sort(e.facts)
	e.facts = slices.Compact(e.facts)
	for p, val := range sc.params {
		key = replaceWord(key, "_"+p, val.typ.String()+"("+val.String()+")")
	}
	e.key = want.String() + ": " + key
	if old := v.cached(e.key); old != nil {
		return old, nil
	}
	c := comparisons{v: v, sc: sc}
	e.whole = c.walk(rep.Expr(), false)
	if c.fault != nil {
		return nil, c.fault
	}
	if f, ok := c.fact(rep.Expr()); ok {
		e.only = f
	}
	e.tests, e.consts, e.logical = c.tests, numbers(rep.Expr(), sc), logical(rep.Expr())
	if e.full, err = sc.env.Program(checked, cel.EvalOptions(cel.OptOptimize)); err == nil && e.logical {
		e.part, err = sc.env.Program(checked, cel.EvalOptions(cel.OptOptimize|cel.OptPartialEval))
	}
	if err != nil {
		return nil, &exprFault{key: "rule.expr_invalid", args: map[string]any{"detail": err.Error()}}
	}
	return v.store(e), nil
}

// replaceWord replaces name in text where it stands as a whole word.
func replaceWord(text, name, by string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return b.String() + text
		}
		end := i + len(name)
		b.WriteString(text[:i])
		if end < len(text) && (text[end] == '_' || text[end] >= '0' && text[end] <= '9' || text[end] >= 'a' && text[end] <= 'z') ||
			i > 0 && (text[i-1] == '_' || text[i-1] >= '0' && text[i-1] <= '9' || text[i-1] >= 'a' && text[i-1] <= 'z') {
			b.WriteString(name)
		} else {
			b.WriteString(by)
		}
		text = text[end:]
	}
}

// explain turns CEL's complaint into one of ours where a better sentence is known.
func (v *Vocabulary) explain(sc *scope, text, msg string, col int) *exprFault {
	if name, found := strings.CutPrefix(msg, "undeclared reference to '"); found {
		name, _, _ = strings.Cut(name, "'")
		if strings.HasPrefix(name, "_") {
			p := "$" + name[1:]
			var known []string
			for n := range sc.params {
				known = append(known, "$"+n)
			}
			return &exprFault{"rule.param_unknown", map[string]any{"name": p, "hint": hint(p, known)}, col}
		}
		full := name + dotted(text[min(col+len(name), len(text)):])
		if strings.HasPrefix(text[min(col, len(text)):], full) || col == 0 {
			name = full
		}
		return &exprFault{"rule.fact_unknown", map[string]any{"name": name, "hint": hint(name, v.Names())}, col}
	}
	if strings.HasPrefix(msg, "found no matching overload") {
		switch {
		case strings.Contains(msg, "money"):
			return &exprFault{"rule.expr_money", map[string]any{"detail": msg}, col}
		case strings.Contains(msg, "date") || strings.Contains(msg, "instant"):
			return &exprFault{"rule.expr_date", map[string]any{"detail": msg}, col}
		}
	}
	return &exprFault{"rule.expr_invalid", map[string]any{"detail": msg}, col}
}

// dotted is the leading run of name characters.
func dotted(s string) string {
	for i, r := range s {
		if r != '.' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return s[:i]
		}
	}
	return s
}

// comparisons collects the tests of an expression and refuses words an enum does not have.
type comparisons struct {
	v     *Vocabulary
	sc    *scope
	tests []test
	fault *exprFault
}

// walk visits e, negated an odd number of times or not, and reports whether e is exactly one test.
func (c *comparisons) walk(e ast.Expr, not bool) bool {
	if f, ok := c.fact(e); ok {
		if c.v.facts[f].typ != TypeBool {
			return false
		}
		c.tests = append(c.tests, test{f, "==", []Value{BoolValue(!not)}})
		return true
	}
	if e.Kind() != ast.CallKind {
		return false
	}
	call := e.AsCall()
	args := call.Args()
	switch op := call.FunctionName(); op {
	case operators.LogicalNot:
		return c.walk(args[0], !not)
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.In:
		if c.compare(strings.Trim(strings.TrimPrefix(op, "@"), "_"), args[0], args[1], not) {
			return true
		}
	}
	for _, a := range args {
		c.walk(a, not)
	}
	return false
}

var flipped = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
var negated = map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "!in", "!in": "in"}

func (c *comparisons) compare(op string, a, b ast.Expr, not bool) bool {
	f, ok := c.fact(a)
	vals, known := c.constants(b)
	if !ok || !known {
		if f, ok = c.fact(b); !ok || op == "in" {
			return false
		}
		if vals, known = c.constants(a); !known {
			return false
		}
		op = flipped[op]
	}
	if not {
		op = negated[op]
	}
	if d := c.v.facts[f]; d.typ == TypeEnum {
		for _, v := range vals {
			if !d.hasWord(v.s) && c.fault == nil {
				c.fault = &exprFault{key: "rule.word_unknown", args: map[string]any{"word": v.s, "fact": d.name, "hint": hint(v.s, d.words())}}
			}
		}
	}
	c.tests = append(c.tests, test{f, op, vals})
	return true
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

// holds says whether a value passes the test, without the detour through CEL that most conditions can do without.
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

// logical says whether an expression has a part that may go unlooked at.
func logical(e ast.Expr) (found bool) {
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() == ast.CallKind {
			switch x.AsCall().FunctionName() {
			case operators.LogicalAnd, operators.LogicalOr, operators.Conditional:
				found = true
			}
		}
	}))
	return found
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
