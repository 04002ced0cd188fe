package archtest

import (
	"bufio"
	_ "embed"
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	maxFunction = 70
	softFile    = 400
	hardFile    = 600
	maxSlice    = 2500
)

// wiring are functions ("file Func") that are lists, one line per route or flag and nothing to understand, with a word
// on each. There is none so far.
var wiring = map[string]string{}

func longFunctions(t *tree) []finding {
	var out []finding
	for _, f := range t.files {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || wiring[f.path+" "+funcName(fn)] != "" {
				continue
			}
			n := t.set.Position(fn.End()).Line - t.set.Position(fn.Pos()).Line + 1
			if n > maxFunction {
				out = append(out, t.find(fn.Pos(), "%s has %d lines", funcName(fn), n))
			}
		}
	}
	return out
}

// ratchet lists the files that were longer than softFile when they were last looked at, with their lengths.
//
//go:embed long-files.txt
var ratchet string

func longFiles(t *tree) []finding { return longerThan(t, ratchet) }

func longerThan(t *tree, list string) []finding {
	known, out := map[string]int{}, []finding(nil)
	for s := bufio.NewScanner(strings.NewReader(list)); s.Scan(); {
		name, count, _ := strings.Cut(s.Text(), " ")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		n, err := strconv.Atoi(count)
		if err != nil {
			out = append(out, finding{"long-files.txt", "not a path and a number: " + s.Text()})
		}
		known[name] = n
	}
	for _, f := range t.files {
		was, listed := known[f.path]
		delete(known, f.path)
		switch n := f.lines; {
		case f.test:
		case n > hardFile:
			out = append(out, finding{f.path, fmt.Sprintf("has %d lines; %d is the end, with no exceptions", n, hardFile)})
		case n > softFile && !listed:
			out = append(out, finding{f.path, fmt.Sprintf("has %d lines, more than %d", n, softFile)})
		case listed && n > was:
			out = append(out, finding{f.path, fmt.Sprintf("has grown from %d to %d lines", was, n)})
		case listed && n <= softFile:
			out = append(out, finding{f.path, "is short now: take it out of long-files.txt"})
		case listed && n < was:
			out = append(out, finding{f.path, fmt.Sprintf("has shrunk from %d to %d lines: write that into long-files.txt", was, n)})
		}
	}
	for _, gone := range slices.Sorted(maps.Keys(known)) {
		out = append(out, finding{gone, "is gone: take it out of long-files.txt"})
	}
	return out
}

func largeSlices(t *tree) []finding {
	lines := map[string]int{}
	for _, f := range t.files {
		if n, ok := level(module + "/" + f.dir); ok && n == sliceLevel && !f.test {
			lines[f.dir] += f.lines
		}
	}
	var out []finding
	for _, dir := range slices.Sorted(maps.Keys(lines)) {
		if lines[dir] > maxSlice {
			out = append(out, finding{dir, fmt.Sprintf("has %d lines without its tests, more than %d", lines[dir], maxSlice)})
		}
	}
	return out
}
