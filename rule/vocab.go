package rule

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"

	"github.com/sanbao/sanbao/errs"
)

// Vocabulary is the union of the facts an installation knows. Expressions are compiled against it, forms and JSON
// Schema are made from it. It is safe for concurrent use.
type Vocabulary struct {
	facts   []*fact // by name
	index   map[string]int
	env     *cel.Env
	applies []*expr // of each fact, nil where it always applies
	parts   map[Part]int
	after   []int // of each fact: the one that it cannot come before, -1

	mu    sync.Mutex
	exprs map[string]*expr // identical expressions are compiled once
}

// NewVocabulary makes a vocabulary of declared facts. Its errors are programming errors in a declaration: a name twice
// or not of the form noun.property, a missing label, an enum without words, an applies_when that does not compile.
func NewVocabulary(facts ...Fact) (*Vocabulary, error) {
	v := &Vocabulary{index: map[string]int{}, parts: map[Part]int{}, exprs: map[string]*expr{}}
	for _, f := range facts {
		v.facts = append(v.facts, f.declared())
	}
	slices.SortFunc(v.facts, func(a, b *fact) int { return cmpString(a.name, b.name) })
	var bad errs.Faults
	for i, f := range v.facts {
		if why := f.check(); why != "" {
			bad.Add(f.name, "rule.fact_declaration", errs.Args{"fact": f.name, "detail": why})
		}
		if _, twice := v.index[f.name]; twice {
			bad.Add(f.name, "rule.fact_declaration", errs.Args{"fact": f.name, "detail": "declared twice"})
		}
		v.index[f.name] = i
		if f.Part != "" {
			v.parts[f.Part] = i
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	var err error
	if v.env, err = exprEnv(v.facts); err != nil {
		return nil, fmt.Errorf("vocabulary: %w", err)
	}
	v.applies = make([]*expr, len(v.facts))
	for i, f := range v.facts {
		if _, iss := v.env.Compile(f.name); iss.Err() != nil {
			bad.Add(f.name, "rule.fact_declaration", errs.Args{"fact": f.name, "detail": "the name contains a reserved word"})
		}
		if f.AppliesWhen == "" {
			continue
		}
		x, fault := v.compile(&scope{env: v.env}, f.AppliesWhen, TypeBool)
		if fault != nil {
			bad.Add(f.name, "rule.fact_declaration", errs.Args{"fact": f.name, "detail": errs.Render(errs.En, fault.key, fault.args)})
			continue
		}
		v.applies[i] = x
	}
	v.inOrder(&bad)
	for i := range v.facts {
		if v.gatedBy(i, i, 0) {
			bad.Add(v.facts[i].name, "rule.fact_declaration", errs.Args{"fact": v.facts[i].name, "detail": "applies_when leads back to the fact itself"})
		}
	}
	return v, bad.Err()
}

// inOrder resolves which days cannot come before which others.
func (v *Vocabulary) inOrder(bad *errs.Faults) {
	v.after = make([]int, len(v.facts))
	for i, f := range v.facts {
		v.after[i] = -1
		if f.NotBefore == "" {
			continue
		}
		g, ok := v.index[f.NotBefore]
		if !ok || g == i || f.typ != TypeDate && f.typ != TypeInstant || v.facts[g].typ != f.typ {
			bad.Add(f.name, "rule.fact_declaration", errs.Args{"fact": f.name, "detail": "not_before names no other day of the same type"})
			continue
		}
		v.after[i] = g
	}
}

// gatedBy says whether applying depends on target, following applies_when.
func (v *Vocabulary) gatedBy(f, target, depth int) bool {
	if v.applies[f] == nil || depth > len(v.facts) {
		return depth > len(v.facts)
	}
	return slices.ContainsFunc(v.applies[f].facts, func(g int) bool { return g == target || v.gatedBy(g, target, depth+1) })
}

// Names lists the facts in order.
func (v *Vocabulary) Names() []string { return slices.Sorted(maps.Keys(v.index)) }

// Def is the declaration of a fact, false when there is none of that name.
func (v *Vocabulary) Def(name string) (Def, Type, bool) {
	i, ok := v.index[name]
	if !ok {
		return Def{}, 0, false
	}
	return v.facts[i].Def, v.facts[i].typ, true
}

func (v *Vocabulary) cached(key string) *expr {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.exprs[key]
}

// store keeps e, or returns the one another goroutine stored meanwhile.
func (v *Vocabulary) store(e *expr) *expr {
	v.mu.Lock()
	defer v.mu.Unlock()
	if old := v.exprs[e.key]; old != nil {
		return old
	}
	v.exprs[e.key] = e
	return e
}

// check says what is wrong with a declaration, "" when nothing is.
func (f *fact) check() string {
	switch {
	case !factName.MatchString(f.name):
		return "a name is noun.property in lower case"
	case f.name == GroundFact || f.name == RemedyFact:
		return "the name is the engine's own"
	case f.Stage < AtOrder || f.Stage > After:
		return "no stage"
	case f.Ask == 0:
		return "nobody can answer"
	case f.Label.ZhCN == "" || f.Label.En == "":
		return "a label in both languages is needed"
	case (f.typ == TypeEnum) != (len(f.Values) > 0):
		return "enum facts, and only they, list their words"
	case slices.ContainsFunc(f.Values, func(c Choice) bool { return !wordForm.MatchString(c.Word) }):
		return "words are letters, digits, . _ and -"
	case f.Min > f.Max || f.Max > MaxAmount || f.Min < -MaxAmount:
		return "the range is empty or too wide"
	case f.Part != "" && f.typ != TypeMoney:
		return "parts of a refund are money"
	}
	return ""
}

func (f *fact) words() []string {
	out := make([]string, len(f.Values))
	for i, c := range f.Values {
		out[i] = c.Word
	}
	return out
}

func (f *fact) hasWord(w string) bool {
	return slices.ContainsFunc(f.Values, func(c Choice) bool { return c.Word == w })
}

// bounds of an int or money fact.
func (f *fact) bounds() (lo, hi int64) {
	if f.Min == 0 && f.Max == 0 {
		return 0, MaxAmount
	}
	return f.Min, f.Max
}
