package rule_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The policy engine is of use to a program of its own, outside of this repository: a module that requires ours and imports
// rule, calendar, money, clock and errs alone is built and run, from the module cache and without a network, and nothing
// else of this project goes into it.
func TestAnotherModuleCanUseIt(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	_, requires, _ := strings.Cut(string(mod), "\nrequire (") // the same versions as ours
	version := regexp.MustCompile(`(?m)^go .*$`).FindString(string(mod))
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/teahouse\n\n" + version + "\n\nrequire github.com/sanbao/sanbao v0.0.0\n\nreplace github.com/sanbao/sanbao => " + root + "\n\nrequire (" + requires,
		"go.sum": string(sum), "main.go": program(t),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if got, want := run("run", "."), "approve by tea-house.unopened\nrefund 168.00 CNY until 2026-05-11\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	var ours []string
	for _, p := range strings.Fields(run("list", "-deps", ".")) {
		if own, ok := strings.CutPrefix(p, "github.com/sanbao/sanbao/"); ok {
			ours = append(ours, own)
		}
	}
	slices.Sort(ours)
	if want := []string{"calendar", "clock", "errs", "money", "rule"}; !slices.Equal(ours, want) {
		t.Errorf("it builds %v in, want %v", ours, want)
	}
}

// program is the first example as a program: what a newcomer would write.
func program(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	src := strings.Replace(string(text), "package rule_test", "package main", 1)
	head, _, found := strings.Cut(src, "// Facts in, a decision out")
	if !found {
		t.Fatal("the first example has another text")
	}
	head = strings.Replace(head, "\t\"github.com/sanbao/sanbao/errs\"\n", "\t\"github.com/sanbao/sanbao/errs\"\n\t\"github.com/sanbao/sanbao/money\"\n", 1)
	return head + `func main() {
	in := matter("no_reason")
	opened.Set(in.Facts, false)
	d, err := book().Decide(in)
	if err != nil {
		log.Fatal(errs.Render(errs.En, errs.As(err).Key, errs.As(err).Args))
	}
	fmt.Println(d.Outcome, "by", d.Clause)
	fmt.Println("refund", money.Of(*d.Asked().Refund.Total, "CNY"), "until", d.Asked().LastDay.Date)
}
`
}
