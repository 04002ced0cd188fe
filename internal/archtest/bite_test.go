package archtest

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// bite is a small tree that breaks one rule.
type bite struct {
	rule  string
	files map[string]string
	want  []string
}

// bites are small trees that break one rule each, with what the rule must say of them, one part of a sentence per
// finding and in any order. Beside every fault stands its lawful neighbour, which must not be found.
var bites = []bite{
	{"imports point down", map[string]string{
		"internal/line/a.go":        imports("line", "internal/order", "internal/db", "errs"),
		"internal/db/a.go":          imports("db", "internal/flow", "clock"),
		"money/a.go":                imports("money", "internal/db/dbtest"),
		"money/a_test.go":           imports("money", "internal/db/dbtest", "internal/id"),
		"internal/db/dbtest/a.go":   imports("dbtest", "internal/db"),
		"internal/gadget/a.go":      imports("gadget"),
		"rule/a.go":                 imports("rule", "internal/id", "errs"),
		"policies/packs_test.go":    imports("policies_test", "internal/line"),
		"cmd/sanbao/main.go":        imports("main", "internal/app", "internal/flow"),
		"internal/flow/flow.go":     imports("flow", "internal/line", "internal/order", "internal/report"),
		"internal/report/a_test.go": imports("desk", "internal/flow"),
		"internal/order/sub/doc.go": imports("sub", "internal/order"),
	}, []string{"line/a.go:3: imports internal/order: it stands beside", "db/a.go:3: imports internal/flow: imports point down",
		"money/a.go:3: imports internal/db/dbtest: test helpers", "rule/a.go:3: imports internal/id: who uses the policy engine alone", "internal/gadget: has no place", "flow.go:5: imports internal/report: it stands beside"}},
	{"the vocabulary does no I/O", map[string]string{
		"money/a.go":       "package money\nimport (\n\"os\"\n\"net/http\"\n\"strings\"\n\"database/sql/driver\"\n)\n",
		"internal/db/a.go": "package db\nimport \"os\"\n",
	}, []string{"imports os", "imports net/http"}},
	{"functions are short", map[string]string{
		"internal/line/a.go":      "package line\nfunc (t *T[K]) long() {" + strings.Repeat("\n", 70) + "}\nfunc fits() {" + strings.Repeat("\n", 69) + "}\n",
		"internal/line/a_test.go": "package line\nfunc long() {" + strings.Repeat("\n", 100) + "}\n",
	}, []string{"a.go:2: T.long has 71 lines"}},
	{"slices are small", map[string]string{
		"internal/line/a.go":       "package line\n" + strings.Repeat("\n", 1500),
		"internal/line/b.go":       "package line\n" + strings.Repeat("\n", 1000),
		"internal/order/a.go":      "package order\n" + strings.Repeat("\n", 2400),
		"internal/order/a_test.go": "package order\n" + strings.Repeat("\n", 2400),
		"internal/web/a.go":        "package web\n" + strings.Repeat("\n", 3000),
	}, []string{"internal/line: has 2502 lines"}},
	{"time is the clock's", map[string]string{
		"internal/line/a.go":      "package line\nimport clocks \"time\"\nvar now = clocks.Now\nfunc f() { _ = clocks.Since(t0) }\n",
		"internal/line/a_test.go": "package line\nimport \"time\"\nvar now = time.Now\n",
		"clock/clock.go":          "package clock\nimport \"time\"\nfunc (System) Now() Instant { return Of(time.Now()) }\nfunc other() { time.Now() }\n",
	}, []string{"line/a.go:3: time.Now", "line/a.go:4: time.Since", "clock.go:4: time.Now in other"}},
	{"texts can be read in Taiwan", map[string]string{
		"internal/line/text.go":      "package line\nvar a = \"退货地址\"\nvar b = \"\u9feb\"\n",
		"internal/line/text_test.go": "package line\nvar b = \"\u9feb\"\n",
		"policies/shoes/texts.yaml":  "say: 㑇\u9feb\n",
	}, []string{"text.go:3: \u9feb is not in", "policies/shoes/texts.yaml: 㑇\u9feb is not in"}},
	{"tests do not sleep", map[string]string{
		"internal/line/a_test.go": "package line\nimport (\n\"time\"\n\"testing/synctest\"\n)\nfunc T1() { time.Sleep(1) }\n" +
			"func T2() { synctest.Test(t, func() { time.Sleep(1) }) }\nfunc bubble(f func()) { synctest.Test(t, f) }\nfunc T3() { bubble(func() { time.Sleep(1) }) }\n",
		"internal/line/b.go": "package line\nimport \"time\"\nfunc poll() { time.Sleep(1) }\n",
		"bench/x/main.go":    "package main\nimport \"time\"\nfunc main() { time.Sleep(1) }\n",
	}, []string{"a_test.go:6: time.Sleep in T1", "b.go:3: time.Sleep in poll"}},
	{"tests do not skip", map[string]string{
		"internal/line/a_test.go": "package line\nfunc T(t *testing.T) {\n\tt.Skip(\"later\")\n\ttb.Skipf(\"no %s\", x)\n\treader.Skip(3)\n}\n",
		"internal/line/b_test.go": "package line\nimport \"testing\"\nfunc T(t *testing.T) {\n\tif testing.Short() {\n\t}\n}\n",
	}, []string{"a_test.go:3: t.Skip", "a_test.go:4: tb.Skipf", "b_test.go:4: testing.Short"}},
	{"only cmd prints", map[string]string{
		"internal/line/a.go": "package line\nimport (\n\"fmt\"\n\"os\"\n)\nfunc f() {\n\tfmt.Println(1)\n\tprintln(2)\n\tfmt.Fprintln(os.Stderr, 3)\n\tfmt.Fprintln(w, 4)\n}\n",
		"cmd/sanbao/main.go": "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }\n",
	}, []string{"a.go:7: Println", "a.go:8: print", "a.go:9: a standard stream"}},
	{"only cmd ends the program", map[string]string{
		"internal/line/a.go": "package line\nimport (\n\"os\"\n\"log\"\n)\nfunc f() {\n\tos.Exit(1)\n\tlog.Fatalf(\"x\")\n\tlog.Default()\n}\n",
	}, []string{"a.go:7: f ends", "a.go:8: f ends"}},
	{"no panics", map[string]string{
		"internal/line/a.go":      "package line\nfunc f() { panic(1) }\n",
		"internal/line/a_test.go": "package line\nfunc f() { panic(1) }\n",
		"errs/text.go":            "package errs\nfunc Register() { panic(1) }\nfunc Render() { panic(1) }\n",
	}, []string{"line/a.go:2: panic in f", "text.go:3: panic in Render"}},
	{"no floats", map[string]string{
		"internal/settle/a.go": "package settle\nimport \"strconv\"\ntype fee struct{ rate float64 }\nfunc f() { strconv.ParseFloat(s, 64) }\nvar word = \"float64\"\n",
	}, []string{"a.go:3: a float", "a.go:4: a float in f"}},
	{"packages explain themselves", map[string]string{
		"internal/line/a.go":  "package line\n",
		"internal/line/b.go":  "// Line helpers.\npackage line\n",
		"internal/order/a.go": "package order\n", "internal/order/doc.go": "// Package order is the order.\npackage order\n",
		"cmd/sanbao/main.go": "// Sanbao serves.\npackage main\n",
	}, []string{"internal/line: no file of package line"}},
	{"no machine's paths", map[string]string{
		"docs/a.md":       "see /home/jo/sanbao and file:///Users/jo/x\n",
		"docs/b.md":       "made in `C:\\Users\\jo`\n",
		"docs/c.md":       "https://example.com/home/page, internal/home/x, ~/x, /var/lib/sanbao\n",
		"a.bin":           "\x00 /home/jo\n",
		"Makefile":        "x:\n\tcd /root/go\n",
		"page/index.html": "<a href=\"/mnt/items\">\n",
	}, []string{"docs/a.md:1: names /home/jo", "docs/b.md:1: names C:", "Makefile:2: names /root/go", "index.html:1: names /mnt/items"}},
	{"links lead somewhere", map[string]string{
		"README.md": "[a](docs/a.md), [b](docs/b.md#part), [folder](docs), ![picture](docs/p.svg), [web](https://example.com/x), [here](#part)\n",
		"docs/a.md": "[up](../README.md) [gone](../gone.md)\n",
		"docs/b.md": "b\n",
	}, []string{"README.md:1: leads to docs/p.svg", "docs/a.md:1: leads to ../gone.md"}},
	{"message keys are registered", map[string]string{
		"errs/errs.go": errsSource,
		"internal/line/a.go": withErrs("line", `
var _ = errs.Register(map[string]errs.Text{"line.known": {"甲", "a"}, "line.twice": {"甲", "a"}, "line.half": {ZhCN: "甲"}})
var more = errs.Register(texts)
type row struct { at int; key string }
var rows = []row{{1, "line.in_a_row"}, {2, "line.known"}}
func f() error {
	var bad errs.Faults
	bad.Add("/at/x.y", "line.of_a_field")
	key := "line.in_a_variable"
	help(1, "line.through_a_helper", "line.known")
	_ = errs.Field{Path: "/a.b", Key: "line.of_a_literal"}
	return errs.New(errs.Invalid, "line.new")
}
func help(n int, key string, other string) {}
func g() error { return errs.Wrap(err, errs.Invalid, "line.known") }`),
		"internal/order/a.go": withErrs("order", `var _ = errs.Register(map[string]errs.Text{"line.twice": {"乙", "b"}})`),
	}, []string{"line.twice is registered here and at", "line.half lacks a language", "register texts as one map", "line.in_a_row is not", "line.of_a_field is not",
		"line.in_a_variable is not", "line.through_a_helper is not", "line.of_a_literal is not", "line.new is not"}},
	{"message keys are used", map[string]string{
		"errs/errs.go": errsSource,
		"internal/line/a.go": withErrs("line", `
var _ = errs.Register(map[string]errs.Text{"line.used": {"甲", "a"}, "line.unused": {"甲", "a"}, "line.title.begun": {"甲", "a"}})
func f(s string) { use("line.used"); use("line.title." + s) }`),
		"internal/line/a_test.go": withErrs("line", `var tested = "line.unused"`),
	}, []string{"nothing says line.unused"}},
	{"texts agree in both languages", map[string]string{
		"errs/errs.go": errsSource,
		"internal/line/a.go": withErrs("line", `
var _ = errs.Register(map[string]errs.Text{"line.lost": {"共 {n} 件", "some"}, "line.asks": {ZhCN: "{who} 于 {day}", En: "{who} on {day}"}})
func f() error { return errs.New(errs.Invalid, "line.asks", errs.Args{"who": 1}) }
func g() error { return errs.New(errs.Invalid, "line.asks", errs.Args{"who": 1, "day": 2}) }
func h(a errs.Args) error { return errs.New(errs.Invalid, "line.asks", a) }`),
	}, []string{"line.lost names [n] in Chinese and [] in English", "a.go:4: the text of line.asks names {day}"}},
	{"SQL is portable", map[string]string{
		"internal/line/store.go": "package line\nconst cols = `id, at`\nfunc f() {\n" +
			"q(`select ` + cols + ` from t where id = ?`)\n" + // 4
			"q(`select id::text from t where id = any($1)`)\n" + // 5, twice
			"q(`select sum(n) from t`)\n" + // 6
			"q(`select a, cast(sum(n) as bigint) from t group by a`)\n" +
			"q(`insert or ignore into t (a) values ($1)`)\n" + // 8
			"q(`update t set a = max(a, $1) where b = now()`)\n" + // 9, twice
			"q(`select id from t where s = 'why? now() \"so\"' order by id limit $1`)\n" +
			"q(`select id from t order by id limit $1 ` + `offset $2`)\n" + // 11
			"say(\"Select the file; is it yours?\")\n}\n",
		"internal/db/sqlite.go": "package db\nfunc f() { q(`select name from pragma_table_info(?)`) }\n",
	}, []string{`store.go:4: "?" in f; write $1`, `store.go:5: "any("`, `store.go:5: "::"`, `store.go:6: "sum("`, `store.go:8: "insert or"`,
		`store.go:9: "max(a,"`, `store.go:9: "now("`, `store.go:11: "offset"`}},
	{"a query names its shop", map[string]string{
		migrations + "sqlite/00001.sql": "create table t (id integer primary key, shop_id integer not null) strict;\ncreate table open_to_all (id integer) strict;\n",
		"internal/line/store.go": "package line\nconst cols = `id, shop_id`\nfunc f() {\n" +
			"q(`select ` + cols + ` from t where id = $1`)\n" + // 4
			"q(`select ` + cols + ` from t where id = $1 and shop_id = $2`)\n" +
			"q(`update t set a = 1 where id = $1`)\n" + // 6
			"q(`delete from t where ` + where)\n" + // 7
			"q(`select x.id from open_to_all x join t on t.id = x.id where x.id = 1`)\n" + // 8
			"q(`select id from open_to_all where id = 1`)\n" +
			"q(`insert into t (id) values ($1)`)\n}\n",
	}, []string{"store.go:4: f reads or changes t", "store.go:6: f reads", "store.go:7: f reads", "store.go:8: f reads or changes t"}},
	{"both dialects make the same tables", map[string]string{
		migrations + "sqlite/00001.sql": "create table t (\n  id integer primary key, -- the id, of it\n  ok integer not null default 0,\n  b blob,\n  n integer not null check (n in (1, 2)),\n  unique (id, ok)\n) strict;\n" +
			"create table job (id integer);\ncreate index job_due on job (id);\ncreate index t_n on t (n);\ncreate table gone (id integer);\n",
		migrations + "sqlite/00002.sql": "drop table gone;\nalter table t add column late text;\n-- +goose Down\ndrop table t;\n",
		migrations + "postgres/00001.sql": "create table t (id bigint primary key, ok boolean not null default false, b bytea, n bigint check (n in (1, 2)), late text, unique (id));\n" +
			"create index t_n on t (n, id);\ncreate table own (id bigint);\n",
	}, []string{"the steps differ", "n integer not null check (n in (1, 2)) on SQLite, n bigint check", "t: unique (id, ok) on SQLite, unique (id)", "own is missing on SQLite", "index t_n is"}},
	{"every table carries its shop", map[string]string{
		migrations + "sqlite/00001.sql": "create table shop (id integer, code text unique);\ncreate table t (id integer, shop_id integer, code text, unique (shop_id, code), unique (t_id, code), unique (code));\n" +
			"create table u (id integer, code text);\n",
	}, []string{"u has no column shop_id", "t: unique (code) would"}},
}

const errsSource = `// Package errs is errors.
package errs
func New(code Code, key string, args ...Args) *Error { return nil }
func Wrap(err error, code Code, key string, args ...Args) *Error { return nil }
func (f *Faults) Add(path, key string, args ...Args) {}
type Field struct { Path string; Key string }
`

// imports is a file of a package that imports packages of this module, one a line from line 3 on.
func imports(name string, paths ...string) string {
	var b strings.Builder
	b.WriteString("package " + name + "\nimport (\n")
	for _, p := range paths {
		b.WriteString("_ \"" + module + "/" + p + "\"\n")
	}
	return b.String() + ")\n"
}

func withErrs(name, body string) string {
	return "package " + name + "\nimport \"" + module + "/errs\"\n" + strings.TrimPrefix(body, "\n")
}

func planted(t *testing.T, files map[string]string) *tree {
	t.Helper()
	m := fstest.MapFS{}
	for p, text := range files {
		m[p] = &fstest.MapFile{Data: []byte(text)}
	}
	paths, err := walk(m)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := load(m, paths)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range tr.broken {
		t.Fatalf("%s does not parse: %s", f.where, f.what)
	}
	return tr
}

func TestRulesBite(t *testing.T) {
	for _, r := range rules {
		i := slices.IndexFunc(bites, func(b bite) bool { return b.rule == r.name })
		if r.name == "files are short" {
			continue // TestRatchet
		}
		if i < 0 {
			t.Errorf("no tree shows what “%s” finds", r.name)
			continue
		}
		t.Run(strings.ReplaceAll(r.name, " ", "_"), func(t *testing.T) {
			expect(t, r.find(planted(t, bites[i].files)), bites[i].want)
		})
	}
}

// expect compares findings with parts of sentences, one to one.
func expect(t *testing.T, found []finding, want []string) {
	t.Helper()
	left := slices.Clone(want)
	for _, f := range found {
		said := f.where + ": " + f.what
		i := slices.IndexFunc(left, func(w string) bool { return strings.Contains(said, w) })
		if i < 0 {
			t.Errorf("found without reason: %s", said)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, w := range left {
		t.Errorf("not found: %s", w)
	}
}

func TestRatchet(t *testing.T) {
	lines := func(n int) string { return "package line\n" + strings.Repeat("\n", n-2) + "// end" }
	tr := planted(t, map[string]string{
		"internal/line/fits.go":      lines(400),
		"internal/line/new.go":       lines(401),
		"internal/line/same.go":      lines(450),
		"internal/line/grown.go":     lines(451),
		"internal/line/shrunk.go":    lines(420),
		"internal/line/short.go":     lines(300),
		"internal/line/huge.go":      lines(601),
		"internal/line/long_test.go": lines(900),
	})
	expect(t, longerThan(tr, "# words\ninternal/line/same.go 450\ninternal/line/grown.go 450\ninternal/line/shrunk.go 450\ninternal/line/short.go 450\n"+
		"internal/line/huge.go 601\ninternal/line/gone.go 500\ninternal/line/odd.go many\n"), []string{
		"new.go: has 401 lines", "grown.go: has grown from 450 to 451", "shrunk.go: has shrunk from 450 to 420", "short.go: is short now",
		"huge.go: has 601 lines; 600 is the end", "gone.go: is gone", "not a path and a number", "odd.go: is gone",
	})
}

// TestExceptionsExist keeps the lists of exceptions from outliving what they excuse.
func TestExceptionsExist(t *testing.T) {
	tr := repository(t)
	for _, list := range []map[string]string{mayReadClock, mayPanic, mayFloat, wiring, oneEngine, acrossShops} {
		for place, why := range list {
			file, in, _ := strings.Cut(place, " ")
			if _, err := fs.Stat(tr.fs, strings.TrimSuffix(file, "/")); err != nil || why == "" {
				t.Errorf("the exception for %q excuses nothing, or has no reason: %v", place, err)
				continue
			}
			if in != "" && !tr.declares(file, in) {
				t.Errorf("the exception for %q: no such function", place)
			}
		}
	}
}
