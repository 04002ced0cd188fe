package archtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sanbao/sanbao"

// tree is the repository: the paths of its files and its Go files parsed.
type tree struct {
	fs     fs.FS
	set    *token.FileSet
	paths  []string // every file, slash-separated, relative to the root
	files  []*source
	broken []finding // files that do not parse
}

// source is one Go file.
type source struct {
	path  string
	dir   string // of path
	test  bool   // *_test.go, or in a package of test helpers
	lines int
	ast   *ast.File
	names map[string]string // name in this file → import path
}

// finding is one breach of a rule.
type finding struct{ where, what string }

// repository is the checkout this test runs in.
func repository(t *testing.T) *tree {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	paths, err := listed(root)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := load(os.DirFS(root), paths)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// listed is every file that git knows or would add, so that what a build leaves behind is not judged. Outside a
// checkout (an unpacked archive) it is every file.
func listed(root string) ([]string, error) {
	cmd := exec.Command("git", "-c", "safe.directory="+root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return walk(os.DirFS(root))
	}
	var paths []string
	for p := range strings.SplitSeq(strings.Trim(string(out), "\x00"), "\x00") {
		if _, err := os.Stat(filepath.Join(root, p)); err == nil { // deleted and not yet committed
			paths = append(paths, p)
		}
	}
	slices.Sort(paths) // git names what is not added yet first
	return paths, nil
}

func walk(root fs.FS) ([]string, error) {
	built := map[string]bool{".git": true, "bin": true, "data": true, "node_modules": true}
	var paths []string
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && !strings.Contains(p, "/") && built[p] {
			return fs.SkipDir
		}
		if err == nil && !d.IsDir() {
			paths = append(paths, p)
		}
		return err
	})
	return paths, err
}

func load(root fs.FS, paths []string) (*tree, error) {
	t := &tree{fs: root, set: token.NewFileSet(), paths: paths}
	for _, p := range paths {
		if !strings.HasSuffix(p, ".go") || strings.Contains(p, "testdata/") {
			continue
		}
		text, err := fs.ReadFile(root, p)
		if errors.Is(err, fs.ErrNotExist) {
			continue // moved while we look
		}
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(t.set, p, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.broken = append(t.broken, finding{p, err.Error()})
			continue
		}
		s := &source{path: p, dir: path.Dir(p), ast: f, lines: t.set.File(f.FileStart).LineCount(), names: map[string]string{}}
		s.test = strings.HasSuffix(p, "_test.go") || helper(s.dir)
		for _, i := range f.Imports {
			at, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return nil, err
			}
			name := path.Base(at)
			if i.Name != nil {
				name = i.Name.Name
			}
			s.names[name] = at
		}
		t.files = append(t.files, s)
	}
	return t, nil
}

// helper says that a folder holds what only tests import: dbtest, webtest, apitest, archtest and their like.
func helper(dir string) bool {
	for part := range strings.SplitSeq(dir, "/") {
		if strings.HasSuffix(part, "test") {
			return true
		}
	}
	return false
}

// product says that a file is part of the program, and not a test, a script or an example.
func (s *source) product() bool {
	first, _, _ := strings.Cut(s.path, "/")
	return !s.test && (first == "internal" || first == "cmd" || public[first])
}

func (t *tree) at(pos token.Pos) string {
	p := t.set.Position(pos)
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// find notes a breach at a position.
func (t *tree) find(pos token.Pos, format string, args ...any) finding {
	return finding{t.at(pos), fmt.Sprintf(format, args...)}
}

// refers says whether e is the name sel of the package imported from path, e.g. ("time", "Now").
func (s *source) refers(e ast.Node, path, sel string) bool {
	x, ok := e.(*ast.SelectorExpr)
	if !ok || x.Sel.Name != sel {
		return false
	}
	id, ok := x.X.(*ast.Ident)
	return ok && s.names[id.Name] == path
}

// funcName is "Name" or "Type.Name".
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

// inspect walks a file; in is the name of the function declaration around the node, or "".
func (s *source) inspect(visit func(n ast.Node, in string) bool) {
	for _, d := range s.ast.Decls {
		in := ""
		if f, ok := d.(*ast.FuncDecl); ok {
			in = funcName(f)
		}
		ast.Inspect(d, func(n ast.Node) bool { return n != nil && visit(n, in) })
	}
}

// str is the value of a string literal.
func str(e ast.Node) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	v, err := strconv.Unquote(l.Value)
	return v, err == nil
}

// declares says whether a file has a function.
func (t *tree) declares(file, name string) bool {
	for _, f := range t.files {
		if f.path != file {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && funcName(fn) == name {
				return true
			}
		}
	}
	return false
}
