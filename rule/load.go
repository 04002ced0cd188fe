package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

const maxFiles = 64 // YAML files in a pack

// loader reads one pack.
type loader struct {
	reader
	voc        *Vocabulary
	pack       *Pack
	scope      *scope
	names      map[string]bool
	groundUses []use
	tableUses  []tableUse
}

// use is a place where grounds are named; they are checked when the packs are bound.
type use struct {
	node  *yaml.Node
	file  string
	names []string
}

type tableUse struct {
	node *yaml.Node
	file string
	g    *gives
}

// Load reads, checks and compiles the pack in a folder. Everything wrong with it comes back as one Invalid error whose
// fields name file, line and column.
func Load(fsys fs.FS, dir string, voc *Vocabulary) (*Pack, error) {
	l := &loader{voc: voc, names: map[string]bool{}, pack: &Pack{voc: voc, marks: map[string]mark{}}}
	files, err := readPack(fsys, dir)
	if err != nil {
		return nil, err
	}
	label := func(name string) string { return path.Join(path.Base(dir), name) }
	head, ok := files["pack.yaml"]
	if !ok {
		return nil, errs.New(errs.Invalid, "rule.pack_missing", errs.Args{"dir": dir})
	}
	if root := l.document(label("pack.yaml"), head); root != nil {
		l.header(root)
	} else if len(l.faults) == 0 {
		l.fault(nil, "rule.want_mapping", "what", "pack.yaml")
	}
	if l.scope == nil {
		return nil, l.err()
	}
	for _, name := range sortedKeys(files) {
		root := (*yaml.Node)(nil)
		if name != "pack.yaml" {
			root = l.document(label(name), files[name])
		}
		switch {
		case root == nil:
		case name == "texts.yaml":
			l.texts(root)
		default:
			l.list(root)
		}
	}
	l.resolve()
	if err := l.err(); err != nil {
		return nil, err
	}
	l.pack.Hash = hash(files)
	for _, p := range l.pack.Params {
		if l.scope.used[p.Name] {
			l.pack.marks["used "+p.Name] = mark{}
		}
	}
	return l.pack, nil
}

// readPack reads the YAML files of a folder, each bounded in size.
func readPack(fsys fs.FS, dir string) (map[string][]byte, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, errs.Wrap(err, errs.NotFound, "rule.pack_missing", errs.Args{"dir": dir})
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".yaml" {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("read pack %s: %w", dir, err)
		}
		if info.Size() > maxFile || len(files) >= maxFiles {
			return nil, errs.New(errs.Invalid, "rule.file_too_large", errs.Args{"size": info.Size(), "limit": maxFile})
		}
		if files[e.Name()], err = fs.ReadFile(fsys, path.Join(dir, e.Name())); err != nil {
			return nil, fmt.Errorf("read pack %s: %w", dir, err)
		}
	}
	return files, nil
}

// hash is SHA-256 over name, length and content of every file of rules, in the order of their names.
func hash(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range sortedKeys(files) {
		if name != "texts.yaml" {
			fmt.Fprintf(h, "%s %d\n", name, len(files[name]))
			h.Write(files[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// header reads pack.yaml. The scope is set only if parameters could be read.
func (l *loader) header(n *yaml.Node) {
	f := l.fields(n, "pack", "pack!", "layer!", "version!", "effective_from!", "effective_to", "currency!", "title!", "source", "for", "params", "grounds", "alternatives", "overridden_by_law")
	p := l.pack
	p.ID = l.scalar(f["pack"], "pack")
	if p.ID != "" && !packName.MatchString(p.ID) {
		l.fault(f["pack"], "rule.pack_id", "id", p.ID)
	}
	p.Layer = Layer(l.word(f["layer"], "layer", string(Law), string(Marketplace), string(Shop)))
	p.Version = l.scalar(f["version"], "version")
	if f["effective_from"] != nil {
		p.From = l.date(f["effective_from"], "effective_from")
	}
	p.To = calendar.MaxDate
	if f["effective_to"] != nil {
		if p.To = l.date(f["effective_to"], "effective_to"); p.To < p.From {
			l.fault(f["effective_to"], "rule.effective_order")
		}
	}
	p.Currency = money.Currency(l.scalar(f["currency"], "currency"))
	if p.Currency != "" && !p.Currency.Valid() {
		l.fault(f["currency"], "money.currency_unknown", "currency", string(p.Currency))
	}
	l.currency = p.Currency
	if f["title"] != nil {
		p.Title = l.text(f["title"], "title")
	}
	p.Source = l.scalar(f["source"], "source")
	p.Alternatives = l.codes(f["alternatives"], "alternatives")
	l.params(f["params"])
	l.grounds(f["grounds"])
	p.guards, p.Overrides = l.guards(f["for"]), l.overridden(f["overridden_by_law"])
}

var paramTypes = map[string]Type{"days": TypeInt, "workdays": TypeInt, "months": TypeInt, "hours": TypeInt,
	"count": TypeInt, "percent": TypeInt, "money": TypeMoney, "bool": TypeBool}

func (l *loader) params(n *yaml.Node) {
	sc := &scope{params: map[string]Value{}, used: map[string]bool{}}
	var opts []cel.EnvOption
	if n != nil {
		for _, p := range l.pairs(n, "params") {
			f := l.fields(p.val, "parameter", "type!", "value!", "title!", "cites")
			q := Param{Name: p.key.Value, Unit: l.word(f["type"], "type", sortedKeys(paramTypes)...), Cites: l.cites(f["cites"])}
			l.pack.marks["param "+q.Name] = l.mark(p.key)
			if !codeName.MatchString(q.Name) {
				l.fault(p.key, "rule.code_form", "code", q.Name)
				continue
			}
			if f["title"] != nil {
				q.Title = l.text(f["title"], "title")
			}
			t := paramTypes[q.Unit]
			if t == 0 || f["value"] == nil {
				continue
			}
			v, ok := l.value(f["value"], t, q.Name)
			if ok && v.n < 0 {
				l.fault(f["value"], "rule.param_negative", "name", q.Name)
			}
			q.Value, sc.params[q.Name] = v, v
			l.pack.Params = append(l.pack.Params, q)
			opts = append(opts, cel.Constant("_"+q.Name, t.cel(), v.cel()))
		}
	}
	env, err := l.voc.env.Extend(opts...)
	if err != nil {
		l.fault(n, "rule.expr_invalid", "detail", err.Error())
		return
	}
	sc.env = env
	l.scope = sc
}

func (l *loader) grounds(n *yaml.Node) {
	if n == nil {
		return
	}
	for _, p := range l.pairs(n, "grounds") {
		f := l.fields(p.val, "ground", "as", "fault", "fallback", "cites")
		g := Ground{Name: p.key.Value, As: l.code(f["as"], "as"), Fallback: l.boolean(f["fallback"], "fallback"), Cites: l.cites(f["cites"])}
		if !codeName.MatchString(g.Name) {
			l.fault(p.key, "rule.code_form", "code", g.Name)
		}
		if f["fault"] != nil {
			g.Fault = l.word(f["fault"], "fault", "customer", "shop", "carrier", "supplier", undetermined)
		} else if g.As == "" {
			l.fault(p.key, "rule.ground_fault", "ground", g.Name)
		}
		l.pack.marks["ground "+g.Name] = l.mark(p.key)
		l.pack.Grounds = append(l.pack.Grounds, g)
	}
}

// list reads a file of claims and tables.
func (l *loader) list(n *yaml.Node) {
	for _, x := range l.items(n, "claims and tables") {
		first := ""
		if x.Kind == yaml.MappingNode && len(x.Content) > 0 {
			first = x.Content[0].Value
		}
		switch first {
		case "claim":
			l.claim(x)
		case "table":
			l.table(x)
		default:
			l.fault(x, "rule.want_claim")
		}
	}
}

func (l *loader) texts(n *yaml.Node) {
	f := l.fields(n, "texts", "grounds", "reasons", "alternatives", "claims", "sources")
	t := &l.pack.Texts
	read := func(n *yaml.Node, what string) map[string]Text {
		m := map[string]Text{}
		if n != nil {
			for _, p := range l.pairs(n, what) {
				m[p.key.Value] = l.text(p.val, what+" "+p.key.Value)
			}
		}
		return m
	}
	t.Grounds, t.Reasons, t.Alternatives = read(f["grounds"], "grounds"), read(f["reasons"], "reasons"), read(f["alternatives"], "alternatives")
	t.Sources, t.Customer, t.Agent = read(f["sources"], "sources"), map[string]Text{}, map[string]Text{}
	if f["claims"] == nil {
		return
	}
	for _, p := range l.pairs(f["claims"], "claims") {
		g := l.fields(p.val, "claim text", "customer!", "agent")
		l.pack.marks["text "+p.key.Value] = l.mark(p.key)
		if g["customer"] != nil {
			t.Customer[p.key.Value] = l.text(g["customer"], "customer")
		}
		if g["agent"] != nil {
			t.Agent[p.key.Value] = l.text(g["agent"], "agent")
		}
	}
}

// resolveTables ties authorities to the tables that say them, wherever they stand in the pack.
func (l *loader) resolveTables() {
	for _, u := range l.tableUses {
		var names []string
		for _, t := range l.pack.tables {
			names = append(names, t.id)
			if t.id == u.node.Value {
				u.g.table = t
			}
		}
		l.file = u.file
		switch t := u.g.table; {
		case t == nil:
			l.fault(u.node, "rule.table_unknown", "id", u.node.Value, "hint", hint(u.node.Value, names))
		case t.unique || len(t.cols) == 0 || t.cols[0].name != "authority" || t.cols[0].typ != TypeEnum ||
			slices.ContainsFunc(t.cols[0].words, func(w string) bool { return w == "" || !slices.Contains(authorityNames[:], w) }) ||
			slices.ContainsFunc(t.rows, func(r *row) bool { return len(r.then) == 0 || r.then[0].ex != nil }):
			l.fault(u.node, "rule.table_authority", "id", t.id)
		}
	}
}

// fact reads a fact's name and checks its type; -1 after a fault.
func (l *loader) fact(n *yaml.Node, what string, want ...Type) int {
	if n == nil {
		return -1
	}
	name := l.scalar(n, what)
	if name == "" {
		return -1
	}
	i, ok := l.voc.index[name]
	if !ok {
		l.fault(n, "rule.fact_unknown", "name", name, "hint", hint(name, l.voc.Names()))
		return -1
	}
	if !slices.Contains(want, l.voc.facts[i].typ) {
		var words []string
		for _, t := range want {
			words = append(words, t.String())
		}
		l.fault(n, "rule.fact_type", "name", name, "got", l.voc.facts[i].typ.String(), "want", strings.Join(words, "|"))
		return -1
	}
	return i
}

// literal reads a value or a $parameter of its type.
func (l *loader) literal(n *yaml.Node, t Type, what string) (Value, bool) {
	s := l.scalar(n, what)
	name, isParam := strings.CutPrefix(s, "$")
	if !isParam {
		return l.value(n, t, what)
	}
	v, ok := l.scope.params[name]
	l.scope.used[name] = true
	switch {
	case !ok:
		var known []string
		for p := range l.scope.params {
			known = append(known, "$"+p)
		}
		l.fault(n, "rule.param_unknown", "name", s, "hint", hint(s, known))
	case v.typ != t:
		l.fault(n, "rule.param_type", "name", s, "got", v.typ.String(), "want", t.String())
	default:
		return v, true
	}
	return Value{}, false
}

// expr compiles an expression that stands at n; faults are placed at its column where it is a plain or quoted scalar.
func (l *loader) expr(n *yaml.Node, src string, want Type) (*expr, bool) {
	if src == "" {
		return nil, false
	}
	x, fault := l.voc.compile(l.scope, src, want)
	if fault == nil {
		return x, true
	}
	at := *n
	if n.Kind == yaml.ScalarNode && src == n.Value {
		at.Column += fault.col
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			at.Column++
		}
	}
	args := []any{}
	for k, v := range fault.args {
		args = append(args, k, v)
	}
	l.fault(&at, fault.key, args...)
	return nil, false
}

func (l *loader) code(n *yaml.Node, what string) string {
	s := l.scalar(n, what)
	if s != "" && !codeName.MatchString(s) {
		l.fault(n, "rule.code_form", "code", s)
	}
	return s
}

func (l *loader) codes(n *yaml.Node, what string) []string {
	out := l.strings(n, what)
	for _, s := range out {
		if s != "" && !codeName.MatchString(s) {
			l.fault(n, "rule.code_form", "code", s)
		}
	}
	return out
}

func (l *loader) cites(n *yaml.Node) []string {
	out := l.strings(n, "cites")
	if n != nil && len(out) == 0 {
		l.fault(n, "rule.want_list", "what", "cites")
	}
	return out
}

func (l *loader) mark(n *yaml.Node) mark { return mark{l.file, n.Line, n.Column} }

func (l *loader) unique(name string) bool {
	if l.names[name] {
		return false
	}
	l.names[name] = true
	return true
}
