package archtest

import (
	"bytes"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// A place is "file" or "file function"; each list gives the reason for the exception.

var mayReadClock = map[string]string{
	"clock/clock.go System.Now":  "it is the clock",
	"internal/id/id.go New":      "ids grow with real time, also while a test stands still",
	"internal/db/writer.go":      "how long a group may wait, in real time",
	"internal/db/db.go":          "how long a write held the writer, in real time",
	"internal/web/guard.go":      "deadlines of sockets are real time",
	"internal/web/serve.go":      "how long a request took, for metrics and log",
	"internal/web/stream.go":     "deadlines of sockets are real time",
	"cmd/sanbao/import_meter.go": "how fast it goes, shown to a person while it runs",
}

var mayPanic = map[string]string{
	"errs/text.go Register":                "a message registered twice or without a language, found at start",
	"internal/job/job.go":                  "a kind of job registered twice, found at start",
	"internal/term/words_people.go joined": "two words for one code, found at start",
	"calendar/data.go":                     "tables compiled into the program, read at start",
	"internal/web/server.go":               "a route declared wrongly, found at start",
	"internal/web/serve.go":                "http.ErrAbortHandler is how net/http is told to cut a connection",
	"internal/web/problem.go":              "strings and integers always encode",
	"rule/encode.go":                       "a text always encodes",
}

var mayFloat = map[string]string{
	"internal/web/metrics.go":    "Prometheus counts in floats; no money among them",
	"internal/app/app.go":        "gauges for Prometheus; no money among them",
	"internal/db/bind.go":        "names the type to say what may be bound",
	"rule/need.go":               "picks sample values from a list",
	"internal/sheet/cell.go":     "a spreadsheet keeps numbers as floats; here it is decided whether 15 digits of one can be relied on",
	"internal/sheet/celltime.go": "a spreadsheet keeps dates as floats",
	"cmd/sanbao/import_meter.go": "rows a second, shown to a person",
}

// excused says whether a place is on a list, by its file or by its function.
func excused(list map[string]string, f *source, in string) bool {
	return list[f.path] != "" || list[f.path+" "+in] != ""
}

func readsClock(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if !f.product() {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			for _, name := range []string{"Now", "Since", "Until"} {
				if f.refers(n, "time", name) && !excused(mayReadClock, f, in) {
					out = append(out, t.find(n.Pos(), "time.%s in %s; take tx.Now or a clock.Clock", name, in))
				}
			}
			return true
		})
	}
	return out
}

// sleeping looks at tests and at the program; benchmarks and scripts, which wait for other processes, may. Inside testing/synctest time is a fake one, and sleeping is how it moves:
// what is written inside a call of synctest.Test, or of a function of the package that calls it, may sleep.
func sleeping(t *tree) []finding {
	bubbles := map[string]bool{}
	for _, f := range t.files {
		f.inspect(func(n ast.Node, in string) bool {
			if f.refers(n, "testing/synctest", "Test") {
				bubbles[f.dir+"."+in] = true
			}
			return true
		})
	}
	var out []finding
	for _, f := range t.files {
		if !f.test && !f.product() {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				fn, _ := call.Fun.(*ast.Ident)
				if f.refers(call.Fun, "testing/synctest", "Test") || fn != nil && bubbles[f.dir+"."+fn.Name] {
					return false
				}
			}
			if f.refers(n, "time", "Sleep") {
				out = append(out, t.find(n.Pos(), "time.Sleep in %s", in))
			}
			return true
		})
	}
	return out
}

func skipping(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if !f.test {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			x, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := x.X.(*ast.Ident)
			skips := x.Sel.Name == "Skip" || x.Sel.Name == "Skipf" || x.Sel.Name == "SkipNow"
			if ok && (skips && len(id.Name) <= 2 || f.refers(x, "testing", "Short")) { // t, b, f, tb; not goose.Skip…
				out = append(out, t.find(n.Pos(), "%s.%s in %s", id.Name, x.Sel.Name, in))
			}
			return true
		})
	}
	return out
}

func printing(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if !f.product() || strings.HasPrefix(f.path, "cmd/") {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			for _, name := range []string{"Print", "Printf", "Println"} {
				if f.refers(n, "fmt", name) || f.refers(n, "log", name) {
					out = append(out, t.find(n.Pos(), "%s in %s", name, in))
				}
			}
			if f.refers(n, "os", "Stdout") || f.refers(n, "os", "Stderr") {
				out = append(out, t.find(n.Pos(), "a standard stream in %s; take an io.Writer", in))
			}
			if c, ok := n.(*ast.CallExpr); ok && (builtin(c, "print") || builtin(c, "println")) {
				out = append(out, t.find(n.Pos(), "print in %s", in))
			}
			return true
		})
	}
	return out
}

func exiting(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if !f.product() || strings.HasPrefix(f.path, "cmd/") {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			ends := f.refers(n, "os", "Exit") || f.refers(n, "runtime", "Goexit")
			for _, name := range []string{"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"} {
				ends = ends || f.refers(n, "log", name)
			}
			if ends {
				out = append(out, t.find(n.Pos(), "%s ends the program", in))
			}
			return true
		})
	}
	return out
}

func panicking(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if !f.product() {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			if c, ok := n.(*ast.CallExpr); ok && builtin(c, "panic") && !excused(mayPanic, f, in) {
				out = append(out, t.find(n.Pos(), "panic in %s", in))
			}
			return true
		})
	}
	return out
}

func builtin(c *ast.CallExpr, name string) bool {
	id, ok := c.Fun.(*ast.Ident)
	return ok && id.Name == name
}

func floats(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if !f.product() {
			continue
		}
		f.inspect(func(n ast.Node, in string) bool {
			id, ok := n.(*ast.Ident)
			if (ok && (id.Name == "float64" || id.Name == "float32") || f.refers(n, "strconv", "ParseFloat")) && !excused(mayFloat, f, in) {
				out = append(out, t.find(n.Pos(), "a float in %s", in))
			}
			return true
		})
	}
	return out
}

func uncommented(t *tree) []finding {
	said, first := map[string]bool{}, []*source(nil)
	for _, f := range t.files {
		if strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		if _, seen := said[f.dir]; !seen {
			first = append(first, f)
			said[f.dir] = false
		}
		if d := f.ast.Doc; d != nil && (f.ast.Name.Name == "main" || strings.HasPrefix(d.Text(), "Package "+f.ast.Name.Name+" ")) {
			said[f.dir] = true
		}
	}
	var out []finding
	for _, f := range first {
		if !said[f.dir] {
			out = append(out, finding{f.dir, "no file of package " + f.ast.Name.Name + " begins with a comment that says what it is"})
		}
	}
	return out
}

// ofOneMachine finds homes and checkouts, as a shell, a browser or an editor writes them.
var ofOneMachine = regexp.MustCompile(`(?:^|[\s"'` + "`" + `(=:,]|file://)(/(?:home|Users|root|mnt|tmp)/[\w.-]+|[A-Za-z]:\\{1,2}Users\\)`)

func machinePaths(t *tree) []finding {
	var out []finding
	for _, p := range t.paths {
		if p == "internal/archtest/bite_test.go" || path.Ext(p) == ".xlsx" {
			continue
		}
		text, err := fs.ReadFile(t.fs, p)
		if err != nil {
			continue // moved while we look
		}
		if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			continue // not text
		}
		for n, line := range strings.Split(string(text), "\n") {
			if m := ofOneMachine.FindStringSubmatch(line); m != nil {
				out = append(out, finding{p + ":" + itoa(n+1), "names " + m[1]})
			}
		}
	}
	return out
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

// astray finds links from one page to another that is not there.
func astray(t *tree) []finding {
	known := map[string]bool{}
	for _, p := range t.paths {
		for ; p != "."; p = path.Dir(p) {
			known[p] = true
		}
	}
	var out []finding
	for _, p := range t.paths {
		if path.Ext(p) != ".md" {
			continue
		}
		for n, line := range strings.Split(t.read(p), "\n") {
			for _, m := range link.FindAllStringSubmatch(line, -1) {
				if !strings.Contains(m[1], ":") && !known[path.Join(path.Dir(p), m[1])] {
					out = append(out, finding{p + ":" + itoa(n+1), "leads to " + m[1] + ", which is not there"})
				}
			}
		}
	}
	return out
}
