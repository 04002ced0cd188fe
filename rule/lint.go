package rule

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/errs"
)

// Lint reads the pack in a folder and lists what is wrong with it or doubtful about it, in the order of files and lines.
// A pack that does not load has the loader's faults; one that does is looked at further: does it fit together with the
// packs bound beside it, is anything unused, uncited, untranslated, a number written where a parameter belongs, a
// condition that says nothing, freight put on a customer while the fault is open, a text that differs from the rule.
// No findings is a clean pack. The error is for folders that cannot be read.
func Lint(fsys fs.FS, dir string, voc *Vocabulary, beside ...*Pack) ([]Finding, error) {
	p, err := Load(fsys, dir, voc)
	if err != nil {
		return loadFindings(err)
	}
	files, err := readPack(fsys, dir)
	if err != nil {
		return nil, err
	}
	l := &linter{p: p, head: mark{file: path.Join(path.Base(dir), "pack.yaml")}, bound: append([]*Pack{p}, beside...)}
	if _, err := NewBook(l.bound); err != nil {
		found, err := loadFindings(err)
		if err != nil {
			return nil, err
		}
		l.found = append(l.found, found...)
	}
	l.parameters()
	l.grounds()
	for _, c := range p.claims {
		l.claim(c)
	}
	for _, t := range p.tables {
		l.table(t)
	}
	for _, name := range sortedKeys(files) {
		var r reader
		root := r.document(path.Join(path.Base(dir), name), files[name])
		switch {
		case root == nil:
		case name == "texts.yaml":
			l.texts(r.file, root)
		case name != "pack.yaml":
			l.literals(r.file, root, "")
		}
	}
	slices.SortStableFunc(l.found, func(a, b Finding) int { return comparePlaces(a.mark, b.mark) })
	return l.found, nil
}

// Finding is one thing lint has to say: where, and a sentence.
type Finding struct {
	Place string // shoes/returns.yaml:12:5; a pack's or ground's name where it stands in no file
	Key   string
	Args  errs.Args
	mark  mark
}

// Text is the sentence in a language.
func (f Finding) Text(lang errs.Lang) string { return errs.Render(lang, f.Key, f.Args) }

// loadFindings are the fields of a refused pack; any other error stays one.
func loadFindings(err error) ([]Finding, error) {
	e := errs.As(err)
	if e.Code != errs.Invalid {
		return nil, err
	}
	if len(e.Fields) == 0 {
		return []Finding{{Place: "pack.yaml", Key: e.Key, Args: e.Args}}, nil
	}
	var out []Finding
	for _, f := range e.Fields {
		out = append(out, Finding{Place: f.Path, Key: f.Key, Args: f.Args})
	}
	return out, nil
}

func comparePlaces(a, b mark) int {
	if c := cmpString(a.file, b.file); c != 0 {
		return c
	}
	if a.line != b.line {
		return a.line - b.line
	}
	return a.col - b.col
}

// linter looks at one loaded pack.
type linter struct {
	p     *Pack
	head  mark    // pack.yaml
	bound []*Pack // the pack itself first
	found []Finding
}

func (l *linter) add(m mark, key string, args errs.Args) {
	f := Finding{Place: m.place(), Key: key, Args: args, mark: m}
	same := func(o Finding) bool {
		return o.Place == f.Place && o.Key == key && o.Args["code"] == args["code"] && o.Args["id"] == args["id"]
	}
	if !slices.ContainsFunc(l.found, same) {
		l.found = append(l.found, f)
	}
}

// wording looks a code up as decisions do: the pack's own texts, then those of the packs beside it.
func (l *linter) wording(of func(*Texts) map[string]Text, code string) bool {
	return slices.ContainsFunc(l.bound, func(p *Pack) bool { _, ok := of(&p.Texts)[code]; return ok })
}

func (l *linter) parameters() {
	for _, q := range l.p.Params {
		at := l.p.marks["param "+q.Name]
		if _, used := l.p.marks["used "+q.Name]; !used && !l.named("{"+q.Name+"}") {
			l.add(at, "rule.lint_param_unused", errs.Args{"name": q.Name})
		}
		l.cited(at, q.Name, q.Cites)
	}
}

// named says whether a text of the pack names a placeholder.
func (l *linter) named(placeholder string) bool {
	t := &l.p.Texts
	for _, m := range []map[string]Text{t.Grounds, t.Reasons, t.Alternatives, t.Customer, t.Agent} {
		for _, x := range m {
			if strings.Contains(x.ZhCN+x.En, placeholder) {
				return true
			}
		}
	}
	return false
}

// cited wants at least one citation, and for each of them words that say in full what it is.
func (l *linter) cited(at mark, what string, ids []string) {
	if len(ids) == 0 {
		l.add(at, "rule.lint_uncited", errs.Args{"what": what})
	}
	for _, id := range ids {
		letters, _ := cutCitation(id)
		if !l.wording(func(t *Texts) map[string]Text { return t.Sources }, letters) {
			l.add(at, "rule.lint_source", errs.Args{"id": id, "code": letters})
		}
	}
}

func (l *linter) grounds() {
	for _, g := range l.p.Grounds {
		at := l.p.marks["ground "+g.Name]
		l.cited(at, g.Name, g.Cites)
		l.worded(at, "grounds", func(t *Texts) map[string]Text { return t.Grounds }, g.Name)
	}
	for _, code := range l.p.Alternatives {
		l.worded(l.head, "alternatives", func(t *Texts) map[string]Text { return t.Alternatives }, code)
	}
}

// worded wants a text for a code.
func (l *linter) worded(at mark, list string, of func(*Texts) map[string]Text, code string) {
	if code != "" && !l.wording(of, code) {
		l.add(at, "rule.lint_unworded", errs.Args{"code": code, "list": list})
	}
}

func (l *linter) claim(c *claim) {
	l.cited(c.mark, c.id, c.cites)
	if _, ok := l.p.Texts.Customer[c.id]; !ok {
		l.add(c.mark, "rule.lint_no_customer_text", errs.Args{"id": c.id})
	}
	if _, ok := l.p.Texts.Agent[c.id]; !ok && c.mode != permit { // a permit is no work for an agent
		l.add(c.mark, "rule.lint_no_agent_text", errs.Args{"id": c.id})
	}
	for _, code := range c.otherwise {
		l.worded(c.mark, "alternatives", func(t *Texts) map[string]Text { return t.Alternatives }, code)
	}
	seen := map[string]string{}
	for _, k := range c.conds {
		l.cond(k)
		if first, twice := seen[k.is.key()]; twice && k.kind != guard {
			l.add(k.mark, "rule.lint_cond_twice", errs.Args{"id": k.id, "first": first})
		}
		seen[k.is.key()] = k.id
	}
	for _, g := range c.gives {
		l.doubt(c, g)
		l.permitted(c, g)
	}
}

func (l *linter) cond(k *cond) {
	if k.kind == guard {
		return
	}
	l.worded(k.mark, "reasons", func(t *Texts) map[string]Text { return t.Reasons }, k.orElse)
	for _, id := range k.cites {
		l.cited(k.mark, k.id, []string{id})
	}
	if k.is.ex == nil {
		return
	}
	if len(k.is.ex.facts) == 0 {
		l.add(k.mark, "rule.lint_constant", errs.Args{"id": k.id})
	}
	src := k.is.ex.source(false)
	op := map[kind]string{must: "&&", except: "||"}[k.kind]
	either := k.kind == must && len(topLevel(src, "||")) > 1 // binds weaker: it is one alternative
	if len(topLevel(src, op)) > 1 && !either {
		l.add(k.mark, "rule.lint_compound", errs.Args{"id": k.id, "op": op})
	}
}

// topLevel splits an expression at an operator that stands outside of brackets and quotes.
func topLevel(src, op string) (parts []string) {
	depth, start := 0, 0
	quoted := byte(0)
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		case depth == 0 && strings.HasPrefix(src[i:], op):
			parts, start = append(parts, src[start:i]), i+len(op)
		}
	}
	return append(parts, src[start:])
}

// doubt refuses freight on the customer under a ground whose fault is undetermined (S4-20).
func (l *linter) doubt(c *claim, g *gives) {
	for _, ground := range c.grounds {
		if l.fault(ground) != undetermined {
			continue
		}
		for leg, b := range g.freight {
			if leg != outbound && b == 1 && (leg != refused || g.freight[returnLeg] != 1) {
				l.add(g.mark, "rule.lint_doubt", errs.Args{"ground": ground, "leg": legNames[leg], "id": c.id})
			}
		}
	}
}

// fault class of a ground in the bound packs; "" when it counts as another one.
func (l *linter) fault(ground string) string {
	for _, p := range l.bound {
		for _, g := range p.Grounds {
			if g.Name == ground && g.Fault != "" {
				return g.Fault
			}
		}
	}
	return ""
}

// permitted wants a permit of the law for every deduction of a shop: without one it lowers the shop's own promise only,
// and the law's refund, which is joined beside it, wins.
func (l *linter) permitted(c *claim, g *gives) {
	if l.p.Layer == Law {
		return
	}
	var known []string
	for _, p := range l.bound {
		for _, x := range p.claims {
			for _, y := range x.gives {
				if x.mode == permit && y.remedy == g.remedy {
					for _, d := range y.deducts {
						known = append(known, d.name)
					}
				}
			}
		}
	}
	for _, d := range g.deducts {
		if !slices.Contains(known, d.name) {
			l.add(g.mark, "rule.lint_no_permit", errs.Args{"name": d.name, "id": c.id, "hint": hint(d.name, known)})
		}
	}
}

// table wants every row to be able to fit.
func (l *linter) table(t *table) {
	l.cited(t.mark, t.id, t.cites)
	for i, r := range t.rows {
		for j := range i {
			if len(t.rows[j].when) > 0 && covers(t.rows[j], r) {
				l.add(r.mark, "rule.lint_row_hidden", errs.Args{"row": i + 1, "by": j + 1, "id": t.id})
				break
			}
		}
	}
}

// covers says whether row b fits only where row a fits too: every cell of a stands in b.
func covers(a, b *row) bool {
	return !slices.ContainsFunc(a.when, func(k *cond) bool {
		return !slices.ContainsFunc(b.when, func(o *cond) bool { return o.is.key() == k.is.key() })
	})
}

// literals walks a file of claims and tables and finds numbers that should be parameters, parameters of another unit than
// the place says, and periods counted by somebody else than whose pack it is.
func (l *linter) literals(file string, n *yaml.Node, key string) {
	at := mark{file, n.Line, n.Column}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i].Value, n.Content[i+1]
			if key == "deduct" || key == "when" || key == "then" && strings.HasPrefix(v.Value, "=") {
				k = "is" // whatever it is called, its value is an expression
			}
			l.literals(file, v, k)
		}
	case yaml.SequenceNode:
		for _, x := range n.Content {
			l.literals(file, x, key)
		}
	case yaml.ScalarNode:
		name, isParam := strings.CutPrefix(n.Value, "$")
		switch {
		case key == "counts" && n.Value == "law" && l.p.Layer != Law || key == "counts" && n.Value == "shop" && l.p.Layer == Law:
			l.add(at, "rule.lint_counts", errs.Args{"layer": string(l.p.Layer), "counts": n.Value})
		case slices.Contains(units, key) || key == "percent":
			if u := l.unit(name); isParam && u != "" && u != key {
				l.add(at, "rule.lint_unit", errs.Args{"name": n.Value, "unit": u, "want": key})
			} else if isNumber(n.Value) {
				l.add(at, "rule.lint_literal", errs.Args{"code": n.Value})
			}
		case key == "is" || key == "if" || key == "amount":
			for _, number := range numbersIn(n.Value) {
				l.add(at, "rule.lint_literal", errs.Args{"code": number})
			}
		}
	}
}

func (l *linter) unit(param string) string {
	for _, q := range l.p.Params {
		if q.Name == param {
			return q.Unit
		}
	}
	return ""
}
