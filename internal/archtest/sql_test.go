package archtest

import (
	"go/ast"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// statement is one SQL text of the program, constants filled in; what is known only when the program runs is a hole.
type statement struct {
	pos  token.Pos
	file *source
	in   string // function
	text string
}

var isSQL = regexp.MustCompile(`(?is)^\s*(select\s.*\sfrom\s|select\s*\(|insert\s+(or\s+\w+\s+)?into\s|replace\s+into\s|update\s+(or\s+\w+\s+)?\w+\s+set\s|` +
	`delete\s+from\s|with\s+(recursive\s+)?\w+[^.]*\sas\s*\()`)

func (t *tree) statements() []statement {
	consts := t.constants()
	var out []statement
	for _, f := range t.files {
		if !f.product() {
			continue
		}
		within := map[ast.Node]bool{} // parts of a text already read
		f.inspect(func(n ast.Node, in string) bool {
			if _, tag := n.(*ast.Field); tag {
				return false
			}
			e, ok := n.(ast.Expr)
			if !ok || within[n] {
				return true
			}
			switch n.(type) {
			case *ast.BinaryExpr, *ast.BasicLit:
			default:
				return true
			}
			s, literal := flat(e, consts[f.dir])
			if !literal || !isSQL.MatchString(s) {
				return true
			}
			ast.Inspect(e, func(part ast.Node) bool { within[part] = true; return true })
			out = append(out, statement{e.Pos(), f, in, s})
			return true
		})
	}
	return out
}

// foreign are forms that only one engine understands, or that the two understand differently.
var foreign = []struct {
	form    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`\?`), "$1 … $n for a parameter"},
	{regexp.MustCompile(`[\s(=,]:[a-z]`), "$1 … $n for a parameter"},
	{regexp.MustCompile(`\bany\s*\(`), "in " + "+ db.In(first, n)"},
	{regexp.MustCompile(`\bjson_|\bjsonb|->`), "a column: JSON is stored and read whole"},
	{regexp.MustCompile(`\bnow\s*\(|\bcurrent_(timestamp|date|time)\b|\bdate_trunc\b|\bstrftime\b|\bdatetime\s*\(|\bjulianday\b|\binterval\b|\bextract\s*\(`), "an instant or a date computed in Go; tx.Now is the time"},
	{regexp.MustCompile(`::`), "cast(x as bigint)"},
	{regexp.MustCompile(`\bsum\s*\(`), "cast(coalesce(sum(n), 0) as bigint)"},
	{regexp.MustCompile(`\b(avg|total|group_concat|string_agg|array_agg)\s*\(`), "the rows, and Go"},
	{regexp.MustCompile(`\bselect\s+\$\d|\b(coalesce|nullif|ifnull)\s*\(\s*\$\d|\bcase\s+when\s+\$\d+\s+then`), "a type for the parameter: cast($1 as bigint)"},
	{regexp.MustCompile(`\b(insert|update)\s+or\b|\breplace\s+into\b`), "on conflict (…) do nothing, or do update set … = excluded.…"},
	{regexp.MustCompile(`\bfor\s+(no\s+key\s+)?(update|share)\b|\bskip\s+locked\b|\block\s+table\b|\bnowait\b`), "take the row by its version"},
	{regexp.MustCompile(`\bilike\b|\bsimilar\s+to\b|\bglob\b|\bregexp\b|\bcollate\b|~`), "a lower-cased column and like … escape '\\'"},
	{regexp.MustCompile(`\boffset\b|\bcount\s*\([^)]*\)\s*over\b`), "keyset paging; counts apart, capped"},
	{regexp.MustCompile(`"`), "'text' for a string, names that need no quotes"},
	{regexp.MustCompile(`\b(group|order)\s+by\s+\d`), "the columns by name"},
	{regexp.MustCompile(`\bnulls\s+(first|last)\b`), "order by x is null, x"},
	{regexp.MustCompile(`^\s*(pragma|attach|begin|commit|rollback|savepoint|release)\b|\bdeferrable\b|\bor\s+rollback\b`), "tx.Try, which is the savepoint"},
	{regexp.MustCompile(`\)\s*in\s*\(\s*\(`), "(a, b) < ($1, $2), or one condition per pair"},
	{regexp.MustCompile(`\b(max|min)\s*\([^()]*,|\b(greatest|least|ifnull|iif)\s*\(`), "case when a > b then a else b end, or the choice in Go"},
	{regexp.MustCompile(`\bdistinct\s+on\b|\blateral\b|\browid\b|\bunlogged\b|\breturning\s+\*`), "a form of docs/sql.md"},
	{regexp.MustCompile(`\b(true|false)\s*=|=\s*(true|false)\s+(and|or)\b|\b(simulation|dry_run)\s*=\s*[01]\b`), "the boolean itself: where simulation, where not simulation"},
}

// oneEngine are files whose SQL is for one engine by nature.
var oneEngine = map[string]string{
	"internal/db/":                "it is the engines: savepoints, pragmas, catalogues",
	"internal/job/lite_store.go":  "the embedded engine runs on SQLite only",
	"internal/search/sqlite.go":   "FTS5 is SQLite's",
	"internal/search/postgres.go": "tsvector is PostgreSQL's",
	"internal/job/river_store.go": "River's tables are on PostgreSQL only",
}

var quoted = regexp.MustCompile(`'[^']*'`)

// A sum of no rows is NULL, unless a group by leaves no such row.
var (
	typedSum   = regexp.MustCompile(`cast\s*\(\s*coalesce\s*\(\s*sum\s*\(`)
	groupedSum = regexp.MustCompile(`cast\s*\(\s*sum\s*\(`)
)

func unportable(t *tree) []finding {
	var out []finding
	for _, s := range t.statements() {
		if oneEngine[s.file.path] != "" || oneEngine[s.file.dir+"/"] != "" {
			continue
		}
		text := strings.ToLower(s.text)
		text = typedSum.ReplaceAllString(quoted.ReplaceAllString(text, "''"), "typed(")
		if strings.Contains(text, "group by") {
			text = groupedSum.ReplaceAllString(text, "typed(")
		}
		for _, f := range foreign {
			if m := f.form.FindString(text); m != "" {
				out = append(out, t.find(s.pos, "%q in %s; write %s", strings.TrimSpace(m), s.in, f.instead))
			}
		}
	}
	return out
}

// acrossShops are queries that are about all shops, or that find out which shop it is.
var acrossShops = map[string]string{
	"internal/auth/store.go":         "a token is looked for before it is known whose it is; what it reaches is asked afterwards",
	"internal/auth/user_store.go":    "a person belongs to the installation; his roles say which shops he may see",
	"internal/web/once.go PurgeOnce": "answers past their time go for all shops",
}

var (
	fromTable = regexp.MustCompile(`\b(?:from|join|update|into)\s+([a-z_]+)`)
	byShop    = regexp.MustCompile(`(?s)\bwhere\b.*\bshop_id\b`)
)

func shopless(t *tree) []finding {
	carries := map[string]bool{}
	for _, tb := range t.migrated("sqlite").tables {
		carries[tb.name] = slices.ContainsFunc(tb.columns, func(c column) bool { return c.name == "shop_id" })
	}
	var out []finding
	for _, s := range t.statements() {
		text := strings.ToLower(s.text)
		if strings.HasPrefix(strings.TrimSpace(text), "insert") || byShop.MatchString(text) || excused(acrossShops, s.file, s.in) {
			continue // a row that is inserted without its shop is refused by the database
		}
		for _, m := range fromTable.FindAllStringSubmatch(text, -1) {
			if carries[m[1]] {
				out = append(out, t.find(s.pos, "%s reads or changes %s without a condition on shop_id", s.in, m[1]))
				break
			}
		}
	}
	return out
}

func (t *tree) read(p string) string {
	b, err := fs.ReadFile(t.fs, p)
	if err != nil {
		return ""
	}
	return string(b)
}
