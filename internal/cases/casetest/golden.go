package casetest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/term"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Golden compares text with a committed file of testdata, or writes it: go test ./internal/line -update.
func Golden(t testing.TB, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Split(string(want), "\n"), strings.Split(text, "\n")
	for i := range max(len(was), len(is)) {
		if at(was, i) != at(is, i) {
			t.Fatalf("%s:%d: is %q, was %q; if that is meant, run the test with -update", file, i+1, at(is, i), at(was, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// Machine is a table of states, as a test of a state machine sees it.
type Machine[S, E ~string] struct {
	States []S
	Events []E
	Next   func(S, E) (S, error)
	Edges  map[S]map[E]S // the table behind Next
	Key    string        // of the conflict where there is no edge
	Words  string        // the group of the states' words (term)
}

// Table runs every event in every state and writes a line for each: state, event, next state or "-". It wants every
// refusal to be a conflict that names state, in words, and event, and the table to name no state or event that is not listed.
func (m Machine[S, E]) Table(t testing.TB) string {
	t.Helper()
	for s, row := range m.Edges {
		for e, n := range row {
			if !slices.Contains(m.States, s) || !slices.Contains(m.States, n) || !slices.Contains(m.Events, e) {
				t.Errorf("%s %s %s: a state or event that is not listed", s, e, n)
			}
		}
	}
	var out strings.Builder
	for _, s := range m.States {
		for _, e := range m.Events {
			next, err := m.Next(s, e)
			if err == nil {
				fmt.Fprintf(&out, "%-18s %-10s %s\n", s, e, next)
				continue
			}
			fmt.Fprintf(&out, "%-18s %-10s -\n", s, e)
			x := errs.As(err)
			if next != "" || x.Code != errs.Conflict || x.Key != m.Key || x.Args["state"] != term.Code(m.Words+"."+string(s)) || x.Args["event"] != string(e) {
				t.Errorf("%s %s: %q and %v, want the conflict %s of that state and event", s, e, next, err, m.Key)
			}
		}
	}
	return out.String()
}

// Reached are the states that can be reached from one, itself included.
func (m Machine[S, E]) Reached(from S) map[S]bool {
	seen := map[S]bool{from: true}
	for todo := []S{from}; len(todo) > 0; todo = todo[1:] {
		for _, n := range m.Edges[todo[0]] {
			if !seen[n] {
				seen[n], todo = true, append(todo, n)
			}
		}
	}
	return seen
}
