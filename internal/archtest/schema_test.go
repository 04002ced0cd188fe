package archtest

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const migrations = "internal/db/migrations/"

// schema is what the migrations of one dialect make, read from their text.
type schema struct {
	tables  []table
	indexes []table // name and columns, as one text each
	steps   []string
}

type table struct {
	name    string
	where   string
	columns []column
	rules   []string // constraints of the whole table
}

type column struct{ name, rest string }

var (
	comment     = regexp.MustCompile(`--[^\n]*`)
	space       = regexp.MustCompile(`\s+`)
	createTable = regexp.MustCompile(`^create table (?:if not exists )?(\w+) ?\((.*)\)[^()]*$`)
	addColumn   = regexp.MustCompile(`^alter table (\w+) add (?:column )?(\w+) (.*)$`)
	dropColumn  = regexp.MustCompile(`^alter table (\w+) drop (?:column )?(\w+)$`)
	createIndex = regexp.MustCompile(`^create (unique )?index (?:if not exists )?(\w+) (on .*)$`)
	dropIndex   = regexp.MustCompile(`^drop index (?:if exists )?(\w+)$`)
	setCheck    = regexp.MustCompile(`^alter table (\w+) (?:add|drop) constraint (\w+)( check \(.*\))?$`)
	dropTable   = regexp.MustCompile(`^drop table (?:if exists )?(\w+)`)
	renameTable = regexp.MustCompile(`^alter table (\w+) rename to (\w+)$`)
)

// migrated applies the up part of every step of a dialect.
func (t *tree) migrated(dialect string) schema {
	var s schema
	for _, p := range t.paths {
		if path.Dir(p) != migrations+dialect || path.Ext(p) != ".sql" {
			continue
		}
		s.steps = append(s.steps, path.Base(p))
		up, _, _ := strings.Cut(t.read(p), "-- +goose Down")
		for q := range strings.SplitSeq(comment.ReplaceAllString(up, ""), ";") {
			s.apply(p, strings.TrimSpace(space.ReplaceAllString(strings.ToLower(q), " ")))
		}
	}
	slices.SortFunc(s.tables, func(a, b table) int { return strings.Compare(a.name, b.name) })
	slices.SortFunc(s.indexes, func(a, b table) int { return strings.Compare(a.name, b.name) })
	return s
}

func (s *schema) apply(where, q string) {
	find := func(name string) *table {
		if i := slices.IndexFunc(s.tables, func(t table) bool { return t.name == name }); i >= 0 {
			return &s.tables[i]
		}
		return &table{}
	}
	if m := createTable.FindStringSubmatch(q); m != nil {
		tb := table{name: m[1], where: where}
		for _, part := range parts(m[2]) {
			name, rest, _ := strings.Cut(part, " ")
			switch strings.TrimSuffix(name, "(") {
			case "primary", "unique", "check", "foreign", "constraint":
				tb.rules = append(tb.rules, part)
			default:
				tb.columns = append(tb.columns, column{name, rest})
			}
		}
		s.tables = append(s.tables, tb)
	} else if m := setCheck.FindStringSubmatch(q); m != nil { // of one column, under the name PostgreSQL gives it
		tb := find(m[1])
		for i := range tb.columns {
			if c := &tb.columns[i]; m[2] == m[1]+"_"+c.name+"_check" {
				before, _, _ := strings.Cut(c.rest, " check (")
				c.rest = before + m[3]
			}
		}
	} else if m := addColumn.FindStringSubmatch(q); m != nil {
		tb := find(m[1])
		tb.columns = append(tb.columns, column{m[2], m[3]})
	} else if m := dropColumn.FindStringSubmatch(q); m != nil {
		tb := find(m[1])
		tb.columns = slices.DeleteFunc(tb.columns, func(c column) bool { return c.name == m[2] })
	} else if m := createIndex.FindStringSubmatch(q); m != nil {
		s.indexes = append(s.indexes, table{name: m[2], where: where, rules: []string{m[1] + m[3]}})
	} else if m := dropIndex.FindStringSubmatch(q); m != nil {
		s.indexes = slices.DeleteFunc(s.indexes, func(t table) bool { return t.name == m[1] })
	} else if m := dropTable.FindStringSubmatch(q); m != nil {
		s.tables = slices.DeleteFunc(s.tables, func(t table) bool { return t.name == m[1] })
		s.indexes = slices.DeleteFunc(s.indexes, func(t table) bool { return strings.Contains(t.rules[0], "on "+m[1]+" ") })
	} else if m := renameTable.FindStringSubmatch(q); m != nil {
		find(m[1]).name = m[2]
	}
}

// parts splits the inside of a create table at the commas that are not in brackets.
func parts(s string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range s {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out = append(out, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// sameType turns PostgreSQL's names of types into SQLite's.
var sameType = strings.NewReplacer("bigint", "integer", "boolean", "integer", "bytea", "blob",
	"default false", "default 0", "default true", "default 1")

// ofOneEngine are tables that the other engine does without.
var ofOneEngine = map[string]string{"job": "the embedded engine's; on PostgreSQL River brings its own",
	"search_index": "on SQLite a virtual table of FTS5"}

func dialects(t *tree) []finding {
	lite, pg := t.migrated("sqlite"), t.migrated("postgres")
	var out []finding
	if !slices.Equal(lite.steps, pg.steps) {
		out = append(out, finding{migrations, "the steps differ: " + strings.Join(lite.steps, " ") + " and " + strings.Join(pg.steps, " ")})
	}
	out = append(out, missing(lite.tables, pg.tables, "PostgreSQL")...)
	out = append(out, missing(pg.tables, lite.tables, "SQLite")...)
	out = append(out, missing(lite.indexes, pg.indexes, "PostgreSQL")...)
	out = append(out, missing(pg.indexes, lite.indexes, "SQLite")...)
	for _, a := range lite.tables {
		for _, b := range pg.tables {
			if a.name == b.name {
				out = append(out, differences(a, b)...)
			}
		}
	}
	for _, a := range lite.indexes {
		for _, b := range pg.indexes {
			if a.name == b.name && a.rules[0] != b.rules[0] {
				out = append(out, finding{b.where, "index " + a.name + " is " + a.rules[0] + " on SQLite, " + b.rules[0] + " here"})
			}
		}
	}
	return out
}

func missing(have, in []table, engine string) []finding {
	var out []finding
	for _, a := range have {
		on := a.name
		if len(a.columns) == 0 { // an index is excused with its table
			on = strings.Fields(strings.TrimPrefix(strings.TrimPrefix(a.rules[0], "unique "), "on "))[0]
		}
		if ofOneEngine[on] == "" && !slices.ContainsFunc(in, func(b table) bool { return a.name == b.name }) {
			out = append(out, finding{a.where, a.name + " is missing on " + engine})
		}
	}
	return out
}

func differences(a, b table) []finding {
	var out []finding
	for i := range max(len(a.columns), len(b.columns)) {
		var x, y column
		if i < len(a.columns) {
			x = a.columns[i]
		}
		if i < len(b.columns) {
			y = b.columns[i]
		}
		if x.name != y.name || sameType.Replace(x.rest) != sameType.Replace(y.rest) {
			out = append(out, finding{b.where, a.name + ": " + x.name + " " + x.rest + " on SQLite, " + y.name + " " + y.rest + " on PostgreSQL"})
		}
	}
	if !slices.Equal(a.rules, b.rules) {
		out = append(out, finding{b.where, a.name + ": " + strings.Join(a.rules, "; ") + " on SQLite, " + strings.Join(b.rules, "; ") + " on PostgreSQL"})
	}
	return out
}

// noShop are tables that belong to no shop.
var noShop = map[string]string{
	"shop":          "it is the shop",
	"staff":         "people work for several shops; staff_role says for which",
	"staff_session": "a person's, not a shop's",
	"staff_event":   "a person's, not a shop's",
	"job":           "work of the whole installation; its arguments name the shop",
}

func shoplessTables(t *tree) []finding {
	var out []finding
	s := t.migrated("sqlite")
	owned := map[string]bool{"order_id": true, "case_id": true} // columns that name a row of one shop
	for _, tb := range s.tables {
		owned[tb.name+"_id"] = true
	}
	for _, tb := range s.tables {
		if noShop[tb.name] == "" && !slices.ContainsFunc(tb.columns, func(c column) bool { return c.name == "shop_id" }) {
			out = append(out, finding{tb.where, tb.name + " has no column shop_id"})
		}
		for _, r := range tb.rules {
			first, ok := strings.CutPrefix(r, "unique (")
			name, _, _ := strings.Cut(first, ",")
			if ok && noShop[tb.name] == "" && !owned[strings.TrimSpace(name)] {
				out = append(out, finding{tb.where, tb.name + ": " + r + " would let a row of one shop keep out a row of another"})
			}
		}
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }
