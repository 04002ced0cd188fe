package errs

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestNewCopiesItsArguments(t *testing.T) {
	args := Args{"a": 1}
	e := New(NotFound, "x.y", args, nil, Args{"b": 2, "a": 3})
	args["a"] = 9
	if want := (Args{"a": 3, "b": 2}); e.Code != NotFound || e.Key != "x.y" || !cmp.Equal(e.Args, want) || e.Err != nil {
		t.Errorf("got %+v", e)
	}
	if e := New(Invalid, "x"); e.Args != nil {
		t.Errorf("arguments from nowhere: %v", e.Args)
	}
}

func TestErrorForTheLog(t *testing.T) {
	e := Wrap(io.ErrUnexpectedEOF, Invalid, "bad", Args{"z": 1, "a": "x"})
	e.Fields = []Field{{Path: "/qty", Key: "range", Args: Args{"min": 1, "max": 5}}, {Path: "/sku", Key: "required"}}
	want := "invalid: bad a=x z=1; /qty: range max=5 min=1; /sku: required: unexpected EOF"
	if got := e.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !errors.Is(e, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
}

func TestAs(t *testing.T) {
	e := New(Conflict, "line.version")
	for name, err := range map[string]error{
		"itself":  e,
		"wrapped": fmt.Errorf("open ledger: %w", fmt.Errorf("row 3: %w", e)),
		"joined":  errors.Join(io.EOF, e),
	} {
		if As(err) != e || CodeOf(err) != Conflict {
			t.Errorf("%s: got %v", name, As(err))
		}
	}
	outer := Wrap(e, Unavailable, "later")
	if As(fmt.Errorf("x: %w", outer)) != outer {
		t.Error("of two, the outer one decides")
	}
	foreign := As(io.EOF)
	if foreign.Code != Internal || foreign.Key != "internal" || !errors.Is(foreign, io.EOF) {
		t.Errorf("got %v", foreign)
	}
	if As(nil) != nil || CodeOf(nil) != "" || CodeOf(io.EOF) != Internal {
		t.Error("nil is no error")
	}
}

func TestFaults(t *testing.T) {
	var f Faults
	if err := f.Err(); err != nil {
		t.Errorf("got %v", err)
	}
	f.Add("/a", "required")
	f.Add("/b", "range", Args{"min": 1}, Args{"max": 2})
	e := As(fmt.Errorf("check: %w", f.Err()))
	want := []Field{{Path: "/a", Key: "required"}, {Path: "/b", Key: "range", Args: Args{"min": 1, "max": 2}}}
	if e.Code != Invalid || e.Key != "invalid_input" || e.Args["count"] != 2 || !cmp.Equal(e.Fields, want) {
		t.Errorf("got %v", e)
	}
	if got := e.Text(En); got != "2 entries need correcting." {
		t.Errorf("got %s", got)
	}
	if got := e.Text(ZhCN); got != "有 2 处填写有误。" {
		t.Errorf("got %s", got)
	}
}

func TestFill(t *testing.T) {
	for _, x := range []struct {
		text string
		args Args
		want string
	}{
		{"plain", Args{"a": 1}, "plain"},
		{"{a} and {b}, {a}", Args{"a": 1, "b": "x"}, "1 and x, 1"},
		{"{a}{b}", Args{"a": "{b}", "b": "{a}"}, "{b}{a}"}, // values are not templates
		{"{a} {missing}", Args{"a": 1}, "1 {missing}"},
		{"{a", Args{"a": 1}, "{a"},
		{"{{a}}", Args{"a": 1}, "{1}"},
		{"{}", nil, "{}"},
		{"no: {a}", Args{"a": Term("money.no_shares")}, "no: There is nothing to split over."}, // in the reader's language
		{"", Args{"a": 1}, ""},
	} {
		for range 20 { // maps have no order
			if got := fill(En, x.text, x.args); got != x.want {
				t.Fatalf("%s with %v: got %s, want %s", x.text, x.args, got, x.want)
			}
		}
	}
	if got := Render(En, "no.such.key", Args{"a": 1}); got != "no.such.key" {
		t.Errorf("got %s", got)
	}
	if got := Render("fr", "internal", nil); got != Render(ZhCN, "internal", nil) {
		t.Errorf("an unknown language is shown %s", got)
	}
}

func TestRegister(t *testing.T) {
	before := maps.Clone(catalogue)
	defer func() { catalogue = before }()
	Register(map[string]Text{"test.key": {"甲", "A"}})
	if Render(En, "test.key", nil) != "A" || Render(ZhCN, "test.key", nil) != "甲" || !slices.Contains(Registered(), "test.key") {
		t.Error("not registered")
	}
	if !slices.IsSorted(Registered()) {
		t.Error("the keys are not in order")
	}
	for name, m := range map[string]map[string]Text{
		"twice":      {"test.key": {"乙", "B"}},
		"no Chinese": {"test.other": {"", "B"}},
		"no English": {"test.other": {"乙", ""}},
	} {
		if !panics(func() { Register(m) }) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

// Both languages of a message name the same arguments.
func TestTextsAgree(t *testing.T) {
	names := regexp.MustCompile(`\{[a-z_]+\}`)
	for key, text := range catalogue {
		zh, en := names.FindAllString(text.ZhCN, -1), names.FindAllString(text.En, -1)
		slices.Sort(zh)
		slices.Sort(en)
		if !slices.Equal(slices.Compact(zh), slices.Compact(en)) {
			t.Errorf("%s names %v in Chinese and %v in English", key, zh, en)
		}
	}
}

func TestClip(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "short": "short",
		strings.Repeat("字", 40): strings.Repeat("字", 40),
		strings.Repeat("字", 41): strings.Repeat("字", 40) + "…",
	} {
		if got := Clip(s); got != want || !utf8.ValidString(got) {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}
