package rule

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/sanbao/sanbao/errs"
)

// logic is a condition as a tree over tests, so that facts which are unknown leave open only what hangs on them (Kleene's
// three values). Most conditions never need CEL: it is left with what sets facts against each other.
type logic struct {
	op    string // "test", "cel", "and", "or"
	kids  []*logic
	test  test
	not   bool        // cel: the opposite is meant
	facts []int       // cel: what the program reads
	prog  cel.Program // cel
	part  cel.Program // cel: carries unknowns, where it may be settled before every fact is known
	src   string      // cel: its text, for messages
}

// how a test may look at facts.
const (
	presuming = iota // declared ones count
	sure             // established ones alone, and those whose applicability is established
)

// eval is what the condition comes to with what is known.
func (l *logic) eval(s *state, look int) tri {
	switch l.op {
	case "test":
		switch f := l.test.fact; {
		case !s.sees(f, look):
			return open
		case l.test.holds(s.vals[f]):
			return yes
		}
		return no
	case "cel":
		return s.truth(l, look)
	}
	decides, out := no, yes // and
	if l.op == "or" {
		decides, out = yes, no
	}
	for _, k := range l.kids {
		switch v := k.eval(s, look); v {
		case decides:
			return v
		case open:
			out = open
		}
	}
	return out
}

// sees says whether a fact's value may be looked at.
func (s *state) sees(f, look int) bool {
	if s.vals[f].typ == 0 {
		return false
	}
	return look == presuming || s.how[f] == established && (s.b.applies[f] < 0 || !s.result(s.b.applies[f]).later)
}

// truth runs the program of a condition that is left to CEL.
func (s *state) truth(l *logic, look int) tri {
	prog, vars := l.prog, any(s)
	var unknown []*cel.AttributePatternType
	for _, f := range l.facts {
		if !s.sees(f, look) {
			unknown = append(unknown, cel.AttributePattern(s.b.voc.facts[f].name))
		}
	}
	if unknown != nil {
		if prog = l.part; prog == nil {
			return open
		}
		var err error
		if vars, err = cel.PartialVars(s, unknown...); err != nil {
			s.fail(err)
			return open
		}
	}
	v, _, err := prog.Eval(vars)
	switch {
	case err != nil:
		s.fail(errs.Wrap(err, errs.Invalid, "rule.evaluation", errs.Args{"rule": l.src}))
	case v == types.True && !l.not, v == types.False && l.not:
		return yes
	case v == types.True, v == types.False:
		return no
	}
	return open
}

// leave makes the node of an expression that CEL has to evaluate.
func (c *comparisons) leave(e ast.Expr, not bool) *logic {
	l := &logic{op: "cel", not: not}
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		if f, ok := c.fact(x); ok {
			l.facts = append(l.facts, f)
		}
	}))
	src, err := cel.ExprToString(e, c.info)
	l.src = clip(src)
	if err == nil {
		checked, iss := c.sc.env.Compile(src)
		if err = iss.Err(); err == nil {
			l.prog, err = c.sc.env.Program(checked, cel.EvalOptions(cel.OptOptimize))
		}
		if err == nil && undecided(e) {
			l.part, err = c.sc.env.Program(checked, cel.EvalOptions(cel.OptOptimize|cel.OptPartialEval))
		}
	}
	if err != nil && c.fault == nil {
		c.fault = &exprFault{key: "rule.expr_invalid", args: map[string]any{"detail": err.Error()}}
	}
	return l
}

// undecided says whether an expression has a part that may go unlooked at.
func undecided(e ast.Expr) (found bool) {
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
