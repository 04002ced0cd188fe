package archtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// levels says where every package stands: it may import what stands on a lower level, and nothing beside or above it.
// Ten levels are one rank of docs/architecture.md; inside ranks 0 and 1 the order is a fixed one.
var levels = map[string]int{
	// rank 0: vocabulary
	"errs":  0,
	"clock": 1, "term": 1, "id": 1, "money": 1,
	"calendar": 2,
	"rule":     3,
	// rank 1: platform, one technology each
	"db":    10,
	"audit": 11, "auth": 11, "job": 11, "ledger": 11, "sheet": 11, "blob": 11, "search": 11, "live": 11,
	"layout": 12,
	"web":    12,
	// rank 2: slices
	"shop": sliceLevel, "customer": sliceLevel, "order": sliceLevel, "policy": sliceLevel, "cases": sliceLevel,
	"line": sliceLevel, "movement": sliceLevel, "settle": sliceLevel, "evidence": sliceLevel,
	"staff": sliceLevel, "chat": sliceLevel, "intake": sliceLevel, "carrier": sliceLevel, "stray": sliceLevel, "stock": sliceLevel, "supplier": sliceLevel,
	// rank 3: what sees several slices
	"books": 30, // journeys are held to it
	"flow":  31, "report": 31,
	"desk":   32, // it shows what flow allows
	"studio": 32, // it runs report's backtests
	// rank 4: wiring
	"app":     40,
	"demo":    41,
	"apitest": 42, "archtest": 42,
}

const (
	sliceLevel   = 20
	packLevel    = 0  // policies/: data with an embed directive; its tests, which need every slice's facts, stand on top
	pageLevel    = 0  // web/: built browser code with an embed directive
	programLevel = 50 // cmd, scripts, examples, bench
)

// public are the packages other programs may import: the policy engine and the vocabulary it speaks. They stand at the
// top of the module, and import nothing of internal/.
var public = map[string]bool{"errs": true, "clock": true, "money": true, "calendar": true, "rule": true}

// level is where a package of this module stands; what is below internal/x stands where x does.
func level(importPath string) (int, bool) {
	p := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	switch first, rest, _ := strings.Cut(p, "/"); first {
	case "internal":
		name, _, _ := strings.Cut(rest, "/")
		n, ok := levels[name]
		return n, ok
	case "policies":
		return packLevel, true
	case "web":
		return pageLevel, true
	case "cmd", "scripts", "examples", "bench":
		return programLevel, true
	default:
		n, ok := levels[first]
		return n, ok && public[first]
	}
}

// owner is the folder below internal/, or the public one, that a package belongs to: db for db/dbtest.
func owner(importPath string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(importPath, module+"/"), "internal/"), "/")
	return name
}

func upward(t *tree) []finding {
	var out []finding
	placeless := map[string]bool{}
	for _, f := range t.files {
		from := path.Join(module, f.dir)
		mine, ok := level(from)
		if !ok {
			if !placeless[from] {
				out = append(out, finding{f.dir, "has no place among the ranks: give it one in levels (imports_test.go) and in docs/architecture.md"})
			}
			placeless[from] = true
			continue
		}
		if f.test && mine == packLevel && f.dir == "policies" {
			mine = programLevel
		}
		for _, i := range f.ast.Imports {
			to := strings.Trim(i.Path.Value, `"`)
			if to != module && !strings.HasPrefix(to, module+"/") {
				continue
			}
			if why := forbidden(f, from, to, mine); why != "" {
				out = append(out, t.find(i.Pos(), "imports %s: %s", strings.TrimPrefix(to, module+"/"), why))
			}
		}
	}
	return out
}

// forbidden says why a file must not import a package of this module, or "".
func forbidden(f *source, from, to string, mine int) string {
	theirs, ok := level(to)
	switch {
	case !ok:
		return "it has no place among the ranks"
	case helper(to):
		if f.test || strings.HasPrefix(f.dir, "scripts") || strings.HasPrefix(f.dir, "bench") {
			return "" // tests, what starts them, and benchmarks: nobody ships them
		}
		return "test helpers are for tests"
	case owner(from) == owner(to):
		return ""
	case public[owner(from)] && !public[owner(to)] && !f.test:
		return "who uses the policy engine alone would need it too"
	case theirs > mine:
		return fmt.Sprintf("imports point down, and it stands above (level %d over %d)", theirs, mine)
	case theirs == mine && !f.test: // a test may need the rows of a neighbour
		return fmt.Sprintf("it stands beside (level %d); what needs both belongs above", mine)
	}
	return ""
}

// reaches are standard packages through which the world outside comes in.
var reaches = []string{"os", "net", "syscall", "log", "plugin", "database/sql", "io/ioutil", "path/filepath", "testing"}

// pure are packages below a reaching one that are names and types alone.
var pure = []string{"database/sql/driver", "net/netip", "net/url"}

func vocabularyIO(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		n, ok := level(path.Join(module, f.dir))
		if !ok || n >= 10 || !f.product() || f.test {
			continue
		}
		for _, i := range f.ast.Imports {
			p := strings.Trim(i.Path.Value, `"`)
			reaching := slices.ContainsFunc(reaches, func(r string) bool { return p == r || strings.HasPrefix(p, r+"/") })
			if reaching && !slices.Contains(pure, p) {
				out = append(out, t.find(i.Pos(), "imports %s", p))
			}
		}
	}
	return out
}
