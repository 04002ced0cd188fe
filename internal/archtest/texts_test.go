package archtest

import (
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// text is one registered message.
type text struct {
	pos    token.Pos
	zh, en string
}

// messages is what the code says about message keys.
type messages struct {
	texts  map[string]text
	faults []finding       // registrations that cannot be read
	used   map[string]bool // every literal of the code outside registrations
	starts []string        // literals that are continued: "web.title." + code
	keys   []use           // literals that stand where a key is expected
}

// use is a key at a place, with the arguments given beside it if they can be seen.
type use struct {
	pos  token.Pos
	key  string
	args map[string]bool // nil: not to be seen
}

var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$`)

func (t *tree) messages() *messages {
	m := &messages{texts: map[string]text{}, used: map[string]bool{}}
	expects := t.keyPlaces()
	for _, f := range t.files {
		if !f.product() {
			continue
		}
		f.inspect(func(n ast.Node, _ string) bool {
			if c, ok := n.(*ast.CallExpr); ok && registers(f, c) {
				m.register(t, c)
				return false
			}
			m.note(f, n, expects)
			return true
		})
	}
	return m
}

// registers says whether a call is errs.Register.
func registers(f *source, c *ast.CallExpr) bool {
	return f.refers(c.Fun, module+"/errs", "Register") || f.dir == "errs" && builtin(c, "Register")
}

func (m *messages) register(t *tree, c *ast.CallExpr) {
	var lit *ast.CompositeLit
	if len(c.Args) == 1 {
		lit, _ = c.Args[0].(*ast.CompositeLit)
	}
	if lit == nil {
		m.faults = append(m.faults, t.find(c.Pos(), "register texts as one map written out, so that they can be read here"))
		return
	}
	for _, e := range lit.Elts {
		kv, _ := e.(*ast.KeyValueExpr)
		if kv == nil {
			continue
		}
		key, ok := str(kv.Key)
		both, _ := kv.Value.(*ast.CompositeLit)
		if !ok || both == nil {
			m.faults = append(m.faults, t.find(e.Pos(), "not a literal key with a literal text"))
			continue
		}
		x := text{pos: e.Pos()}
		for i, v := range both.Elts {
			name := []string{"ZhCN", "En"}[i%2]
			if named, ok := v.(*ast.KeyValueExpr); ok {
				name, v = named.Key.(*ast.Ident).Name, named.Value
			}
			s, _ := flat(v, nil)
			if name == "ZhCN" {
				x.zh = s
			} else {
				x.en = s
			}
		}
		if was, twice := m.texts[key]; twice {
			m.faults = append(m.faults, t.find(e.Pos(), "%s is registered here and at %s", key, t.at(was.pos)))
		}
		if strings.TrimSpace(x.zh) == "" || strings.TrimSpace(x.en) == "" {
			m.faults = append(m.faults, t.find(e.Pos(), "%s lacks a language", key))
		}
		m.texts[key] = x
	}
}

// keyPlaces are the parameters and fields that carry message keys: those called key. A function is found by the package
// and its name, a method by its name alone.
type keyPlaces struct {
	params map[string]int // "dir.Func" or ".Method" → which argument
	fields map[string]int // "dir.Type" → which field
}

func (t *tree) keyPlaces() keyPlaces {
	p := keyPlaces{map[string]int{}, map[string]int{}}
	for _, f := range t.files {
		if !f.product() {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if at := keyAmong(d.Type.Params); at >= 0 && d.Recv == nil {
					p.params[f.dir+"."+d.Name.Name] = at
				} else if at >= 0 {
					p.params["."+d.Name.Name] = at
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					ts, _ := s.(*ast.TypeSpec)
					if ts == nil {
						continue
					}
					if st, ok := ts.Type.(*ast.StructType); ok {
						if at := keyAmong(st.Fields); at >= 0 {
							p.fields[f.dir+"."+ts.Name.Name] = at
						}
					}
				}
			}
		}
	}
	return p
}

// keyAmong is the position of the string called key, or -1.
func keyAmong(fields *ast.FieldList) int {
	at := 0
	for _, fd := range fields.List {
		typ, ok := fd.Type.(*ast.Ident)
		for _, n := range fd.Names {
			if ok && strings.EqualFold(n.Name, "key") && typ.Name == "string" {
				return at
			}
			at++
		}
		if len(fd.Names) == 0 {
			at++
		}
	}
	return -1
}

// note takes down what a node says about keys.
func (m *messages) note(f *source, n ast.Node, expects keyPlaces) {
	switch n := n.(type) {
	case *ast.BasicLit:
		if s, ok := str(n); ok {
			m.used[s] = true
		}
	case *ast.BinaryExpr:
		if s, ok := str(n.X); ok && n.Op == token.ADD {
			m.starts = append(m.starts, s)
		}
	case *ast.CallExpr:
		if at, ok := expects.argument(f, n); ok && at < len(n.Args) {
			m.expect(n.Args[at], given(f, n, at))
		}
	case *ast.KeyValueExpr:
		if id, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(id.Name, "key") {
			m.expect(n.Value, nil)
		}
	case *ast.CompositeLit:
		m.positional(f, n, expects)
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if id, ok := l.(*ast.Ident); ok && strings.EqualFold(id.Name, "key") && len(n.Rhs) == len(n.Lhs) {
				m.expect(n.Rhs[i], nil)
			}
		}
	}
}

func (m *messages) expect(e ast.Expr, args map[string]bool) {
	if s, ok := str(e); ok && keyForm.MatchString(s) {
		m.keys = append(m.keys, use{e.Pos(), s, args})
	}
}

// argument is which argument of a call is a message key.
func (p keyPlaces) argument(f *source, c *ast.CallExpr) (int, bool) {
	switch fn := c.Fun.(type) {
	case *ast.Ident:
		at, ok := p.params[f.dir+"."+fn.Name]
		return at, ok
	case *ast.SelectorExpr:
		if x, ok := fn.X.(*ast.Ident); ok && f.names[x.Name] != "" {
			at, ok := p.params[strings.TrimPrefix(f.names[x.Name], module+"/")+"."+fn.Sel.Name]
			return at, ok
		}
		at, ok := p.params["."+fn.Sel.Name]
		return at, ok
	}
	return 0, false
}

// positional reads {before, "web.field.min", after}, also inside a list or map whose element type is left out.
func (m *messages) positional(f *source, c *ast.CompositeLit, expects keyPlaces) {
	read := func(typ ast.Expr, lit *ast.CompositeLit) {
		id, ok := typ.(*ast.Ident)
		if !ok {
			return
		}
		at, ok := expects.fields[f.dir+"."+id.Name]
		if ok && at < len(lit.Elts) {
			m.expect(lit.Elts[at], nil)
		}
	}
	read(c.Type, c)
	var elem ast.Expr
	switch typ := c.Type.(type) {
	case *ast.ArrayType:
		elem = typ.Elt
	case *ast.MapType:
		elem = typ.Value
	}
	for _, e := range c.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			e = kv.Value
		}
		if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil && elem != nil {
			read(elem, lit)
		}
	}
}

// given is the names of arguments written out in a call that makes an error: errs.New(code, key, errs.Args{"file": f}),
// or nil where they cannot be seen. A helper may add arguments of its own, so its calls are not judged.
func given(f *source, c *ast.CallExpr, at int) map[string]bool {
	final := f.refers(c.Fun, module+"/errs", "New") || f.refers(c.Fun, module+"/errs", "Wrap")
	if sel, ok := c.Fun.(*ast.SelectorExpr); !final && (!ok || sel.Sel.Name != "Add") {
		return nil
	}
	names := map[string]bool{}
	for _, e := range c.Args[at+1:] {
		lit, ok := e.(*ast.CompositeLit)
		if !ok {
			return nil
		}
		for _, elt := range lit.Elts {
			kv, ok := elt.(*ast.KeyValueExpr)
			if !ok {
				return nil
			}
			s, ok := str(kv.Key)
			if !ok {
				return nil
			}
			names[s] = true
		}
	}
	return names
}

func unregistered(t *tree) []finding {
	m := t.messages()
	out := m.faults
	for _, k := range m.keys {
		if _, ok := m.texts[k.key]; !ok {
			out = append(out, t.find(k.pos, "%s is not registered with errs.Register", k.key))
		}
	}
	return out
}

func unused(t *tree) []finding {
	m := t.messages()
	var out []finding
	for _, key := range slices.Sorted(maps.Keys(m.texts)) {
		continued := slices.ContainsFunc(m.starts, func(s string) bool { return keyStart.MatchString(s) && strings.HasPrefix(key, s) })
		if !m.used[key] && !continued {
			out = append(out, t.find(m.texts[key].pos, "nothing says %s", key))
		}
	}
	return out
}

// keyStart is a literal long enough to be the beginning of a key and of nothing else.
var keyStart = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z0-9_]*[._]?$`)

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)

func placeholders(s string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func disagreeing(t *tree) []finding {
	m := t.messages()
	var out []finding
	for _, key := range slices.Sorted(maps.Keys(m.texts)) {
		x := m.texts[key]
		if zh, en := placeholders(x.zh), placeholders(x.en); !slices.Equal(zh, en) {
			out = append(out, t.find(x.pos, "%s names %v in Chinese and %v in English", key, zh, en))
		}
	}
	for _, k := range m.keys {
		if k.args == nil {
			continue
		}
		for _, name := range placeholders(m.texts[k.key].zh + m.texts[k.key].en) {
			if !k.args[name] {
				out = append(out, t.find(k.pos, "the text of %s names {%s}, which is not given here", k.key, name))
			}
		}
	}
	return out
}

// flat is an expression of string literals and constants joined by +; what is not known is a hole.
func flat(e ast.Expr, consts map[string]string) (s string, literal bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		return str(e)
	case *ast.ParenExpr:
		return flat(e.X, consts)
	case *ast.Ident:
		if v, ok := consts[e.Name]; ok {
			return v, true
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			x, left := flat(e.X, consts)
			y, right := flat(e.Y, consts)
			return x + y, left || right
		}
	}
	return hole, false
}

// hole stands for a part of a text that is known only when the program runs.
const hole = "‹…›"

// constants are the string constants of each folder, by folder and name; those made of others are resolved in rounds.
func (t *tree) constants() map[string]map[string]string {
	out := map[string]map[string]string{}
	for range 3 {
		for _, f := range t.files {
			if out[f.dir] == nil {
				out[f.dir] = map[string]string{}
			}
			ast.Inspect(f.ast, func(n ast.Node) bool {
				d, ok := n.(*ast.GenDecl)
				if !ok || d.Tok != token.CONST {
					return true
				}
				for _, s := range d.Specs {
					v := s.(*ast.ValueSpec)
					for i, name := range v.Names {
						if i < len(v.Values) {
							if s, ok := flat(v.Values[i], out[f.dir]); ok && !strings.Contains(s, hole) {
								out[f.dir][name.Name] = s
							}
						}
					}
				}
				return true
			})
		}
	}
	return out
}
