package rule

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sanbao/sanbao/money"
)

// maxNodes bounds an expression. The language has no loops and no functions whose cost depends on their input, so the
// size of an expression bounds the cost of its evaluation, and the limit is enforced once, at load.
const maxNodes = 64

// expr is a compiled expression over facts. Two expressions with the same key are the same object.
type expr struct {
	key    string // canonical text, parameters replaced by their values
	typ    Type
	facts  []int       // indexes in the vocabulary, ascending
	full   cel.Program // for when every fact is known
	logic  *logic      // a condition's, nil for other types
	tests  []test      // comparisons with constants, for boundary values and conditions
	loose  []int       // facts that stand outside of tests, set against other facts
	only   int         // the fact that is the whole expression, else -1
	consts []int64     // every number in it, for boundary values
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
		cel.Function("per_gram", cel.Overload("per_gram_money", []*cel.Type{celMoney, cel.IntType}, celMoney, cel.BinaryBinding(perGram))),
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
func percent(a, n ref.Val) ref.Val { return share("percent", a, n, 100) }

// perGram is what n milligrams cost at a price per gram, half up (G5). Weights are whole milligrams.
func perGram(price, n ref.Val) ref.Val { return share("per_gram", price, n, 1000) }

func share(name string, a, n ref.Val, of int64) ref.Val {
	m, err := money.Percent(a.(quantity).n, int64(n.(types.Int)), of)
	if err != nil {
		return types.NewErr("%s: %v", name, err)
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
		return nil, v.explain(sc, text, iss.Errors()[0].Message, max(0, iss.Errors()[0].Location.Column()))
	}
	rep := checked.NativeRep()
	if n := ast.NodeCount(rep); n > maxNodes {
		return nil, &exprFault{key: "rule.expr_too_large", args: map[string]any{"nodes": n, "limit": maxNodes}}
	}
	if got := checked.OutputType(); !got.IsExactType(want.cel()) {
		return nil, &exprFault{key: "rule.expr_type", args: map[string]any{"got": got.String(), "want": want.String()}}
	}
	if dividesByNothing(rep.Expr(), sc) {
		return nil, &exprFault{key: "rule.expr_divisor", args: map[string]any{}}
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
	c := comparisons{v: v, sc: sc, info: rep.SourceInfo()}
	if want == TypeBool {
		e.logic = c.node(rep.Expr(), false)
	} else {
		c.walk(rep.Expr(), false)
	}
	if c.fault != nil {
		return nil, c.fault
	}
	if f, ok := c.fact(rep.Expr()); ok {
		e.only = f
	}
	e.tests, e.loose, e.consts = c.tests, c.loose, numbers(rep.Expr(), sc)
	if e.full, err = sc.env.Program(checked, cel.EvalOptions(cel.OptOptimize)); err != nil {
		return nil, &exprFault{key: "rule.expr_invalid", args: map[string]any{"detail": err.Error()}}
	}
	return v.store(e), nil
}

// dividesByNothing says whether a divisor is anything but a number or parameter other than 0.
func dividesByNothing(e ast.Expr, sc *scope) (found bool) {
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		if x.Kind() != ast.CallKind || x.AsCall().FunctionName() != operators.Divide {
			return
		}
		by := x.AsCall().Args()[1]
		switch by.Kind() {
		case ast.LiteralKind:
			found = found || by.AsLiteral() == types.IntZero
		case ast.IdentKind:
			v, known := sc.params[strings.TrimPrefix(by.AsIdent(), "_")]
			found = found || !known || v.n == 0
		default:
			found = true
		}
	}))
	return found
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
		col = nameStart(text, min(col, len(text)))
		if strings.HasPrefix(name, "_") {
			p := "$" + name[1:]
			var known []string
			for n := range sc.params {
				known = append(known, "$"+n)
			}
			return &exprFault{"rule.param_unknown", map[string]any{"name": p, "hint": hint(p, known)}, col}
		}
		full := dotted(text[col:])
		if strings.HasPrefix(text[col+len(full):], "(") {
			return &exprFault{"rule.function_unknown", map[string]any{"name": name, "hint": hint(name, functions)}, col}
		}
		if full != "" {
			name = full
		}
		return &exprFault{"rule.fact_unknown", map[string]any{"name": name, "hint": hint(name, v.Names())}, col}
	}
	if m := noOverload.FindStringSubmatch(msg); m != nil {
		key := "rule.expr_operands"
		switch {
		case strings.Contains(m[2], "money"):
			key = "rule.expr_money"
		case strings.Contains(m[2], "date") || strings.Contains(m[2], "instant"):
			key = "rule.expr_date"
		}
		return &exprFault{key, map[string]any{"op": strings.Trim(m[1], "_"), "types": m[2]}, col}
	}
	if strings.Contains(msg, "recursion limit") {
		return &exprFault{key: "rule.expr_deep", args: map[string]any{}}
	}
	if msg == "invalid int literal" {
		return &exprFault{"rule.expr_number", map[string]any{}, col}
	}
	if m := unread.FindStringSubmatch(msg); m != nil {
		if m[1] == "<EOF>" {
			return &exprFault{"rule.expr_ends", map[string]any{}, col}
		}
		return &exprFault{"rule.expr_token", map[string]any{"token": m[1]}, col}
	}
	msg, _, _ = strings.Cut(strings.TrimPrefix(msg, "Syntax error: "), " expecting ") // a list of every token there is
	return &exprFault{"rule.expr_invalid", map[string]any{"detail": msg}, col}
}

// CEL's complaints that have sentences of ours.
var (
	noOverload = regexp.MustCompile(`^found no matching overload for '([^']+)' applied to '\(?([^')]*)\)?'`)
	unread     = regexp.MustCompile(`^Syntax error: (?:mismatched input|extraneous input|no viable alternative at input|token recognition error at:) '(.*?)'(?: expecting |$)`)
)

// nameStart is where the dotted name that ends at or runs through a column begins; CEL points at its dot or parenthesis.
func nameStart(text string, col int) int {
	for col > 0 && dotted(text[col-1:col]) != "" {
		col--
	}
	return col
}

// functions are those that expressions may call.
var functions = []string{"percent", "per_gram", "min", "max", "fen"}

// dotted is the leading run of name characters.
func dotted(s string) string {
	for i, r := range s {
		if r != '.' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return s[:i]
		}
	}
	return s
}
