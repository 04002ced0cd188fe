package main

import (
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

var update = flag.Bool("update", false, "write the golden explanations anew; read them before committing")

// command runs the program and returns what it printed and its exit code.
func command(t *testing.T, args ...string) (out, complaint string, code int) {
	t.Helper()
	t.Setenv("LC_ALL", "C")
	read := func(stream **os.File) func() string {
		old := *stream
		f, err := os.CreateTemp(t.TempDir(), "out")
		if err != nil {
			t.Fatal(err)
		}
		*stream = f
		return func() string {
			*stream = old
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	stdout, stderr := read(&os.Stdout), read(&os.Stderr)
	code = run(args)
	return stdout(), stderr(), code
}

// green runs a command that has to succeed.
func green(t *testing.T, args ...string) string {
	t.Helper()
	out, complaint, code := command(t, args...)
	if code != exitOK || complaint != "" {
		t.Fatalf("sanbao %s: exit code %d\n%s%s", strings.Join(args, " "), code, out, complaint)
	}
	return out
}

// The packs that ship are clean, and every case beside them comes out as written.
func TestShippedPacksAreGreen(t *testing.T) {
	if out := green(t, "policy", "lint"); out != "" {
		t.Errorf("lint says\n%s", out)
	}
	var reports []testReport
	if err := json.Unmarshal([]byte(green(t, "policy", "test", "--json")), &reports); err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if r.Cases == 0 || r.Seen != r.All || len(r.Failures)+len(r.Gaps) > 0 {
			t.Errorf("%+v", r)
		}
	}
	if len(reports) < 4 {
		t.Errorf("%d packs", len(reports))
	}
	if out := green(t, "policy", "test", "shoes"); !strings.Contains(out, "cases as expected") {
		t.Error(out)
	}
}

// draft copies built-in packs into a folder and changes a text in one of their files.
func draft(t *testing.T, file, old, new string, packs ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, p := range packs {
		sub, err := fs.Sub(policies.FS, p)
		if err == nil {
			err = os.CopyFS(filepath.Join(dir, p), sub)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, file)
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q: %v", file, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(text), old, new)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLintNamesThePlace(t *testing.T) {
	dir := draft(t, "shoes/returns.yaml", "!goods.worn", "!goods.wron", "shoes")
	out, complaint, code := command(t, "policy", "lint", filepath.Join(dir, "shoes"))
	if code != exitFailed || !strings.HasPrefix(out, filepath.Join(dir, "shoes", "returns.yaml")+":") || !strings.Contains(out, `There is no fact "goods.wron". → goods.worn?`) || !strings.Contains(complaint, "findings") {
		t.Errorf("%d\n%s%s", code, out, complaint)
	}
	out, _, code = command(t, "policy", "lint", "--json", filepath.Join(dir, "shoes"))
	var found []struct{ Place, Code, Message string }
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != exitFailed || len(found) == 0 || found[0].Code != "rule.fact_unknown" || found[0].Message == "" {
		t.Errorf("%d %v %+v", code, err, found)
	}
}

// Whoever changes the seven days hears where the texts still say seven, and the page says the new number at once.
func TestNumberStandsOnceInTheRules(t *testing.T) {
	dir := filepath.Join(draft(t, "shoes/pack.yaml", "{type: days, value: 7, title: {zh-CN: 七天无理由退换期限", "{type: days, value: 14, title: {zh-CN: 七天无理由退换期限", "shoes"), "shoes")
	out, _, code := command(t, "policy", "lint", dir)
	if code != exitFailed || !strings.Contains(out, "texts.yaml") || !strings.Contains(out, `The text says "七天"`) {
		t.Errorf("%d\n%s", code, out)
	}
	if page := green(t, "policy", "docs", dir, "--lang", "zh-CN"); !strings.Contains(page, "签收日期次日起 14 天内") {
		t.Error("the page does not follow the parameter")
	}
}

func TestTestShowsWhatDiffers(t *testing.T) {
	dir := draft(t, "law-cn/conformity.yaml", "freight: {outbound: refunded, return: shop}", "freight: {outbound: refunded, return: customer}", "law-cn", "shoes")
	// The law next to the shop's pack is the draft too.
	out, complaint, code := command(t, "policy", "test", filepath.Join(dir, "shoes"))
	if code != exitFailed || !strings.Contains(out, "FAIL "+filepath.Join(dir, "shoes", "cases")) || !strings.Contains(out, "freight.return: want shop, got customer") || !strings.Contains(complaint, "Not green") {
		t.Errorf("%d\n%s%s", code, out, complaint)
	}
	if err := os.RemoveAll(filepath.Join(dir, "shoes", "cases")); err != nil {
		t.Fatal(err)
	}
	if _, complaint, code := command(t, "policy", "test", filepath.Join(dir, "shoes")); code != exitFailed || !strings.Contains(complaint, "no golden cases") {
		t.Errorf("without cases: %d %s", code, complaint)
	}
}

func TestTestShowsGaps(t *testing.T) {
	dir := draft(t, "shoes/cases/no_reason.yaml", "calendar: CN", "calendar: CN", "shoes")
	others, err := filepath.Glob(filepath.Join(dir, "shoes", "cases", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range others {
		if filepath.Base(name) != "no_reason.yaml" {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	out, _, code := command(t, "policy", "test", filepath.Join(dir, "shoes"), "--json")
	var reports []testReport
	if err := json.Unmarshal([]byte(out), &reports); err != nil || code != exitFailed || len(reports) != 1 {
		t.Fatalf("%d %v\n%s", code, err, out)
	}
	if i := slices.IndexFunc(reports[0].Gaps, func(g gapReport) bool { return g.What == "shoes.quality defect" && g.Never == "unmet" }); i < 0 {
		t.Errorf("%+v", reports[0].Gaps)
	}
}

func TestDecide(t *testing.T) {
	facts := filepath.Join("testdata", "why", "SH-03.yaml")
	args := []string{"policy", "decide", "shoes", "--ground", "quality", "--remedy", "refund_return", "--at", "2026-11-21", "--facts", facts}
	out := green(t, args...)
	for _, want := range []string{"outcome: approve\n", "freight: {outbound: refunded, return: shop, refused: shop}\n", "refund: 199.00\n", "overridden: [shoes.quality]\n", "conditions: [finding.defect]\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var d struct {
		rule.Decision
		Trace []rule.ClaimTrace
		Why   rule.Explanation
	}
	if err := json.Unmarshal([]byte(green(t, append(args, "--json")...)), &d); err != nil || d.Outcome != rule.Approve || len(d.Trace) > 0 || d.Why.Headline != "" {
		t.Errorf("%v %+v", err, d)
	}
	if err := json.Unmarshal([]byte(green(t, append(args, "--json", "--trace", "--explain", "--lang", "zh-CN")...)), &d); err != nil || len(d.Trace) == 0 || !strings.HasPrefix(d.Why.Headline, "可以退货退款，退 199.00 元") {
		t.Errorf("%v %+v", err, d)
	}
	if out := green(t, append(args, "--trace")...); !strings.Contains(out, "goods.worn = true (declared)") || !strings.Contains(out, "last day 2026-11-24") {
		t.Error(out)
	}
}

func TestDecideReadsStandardInput(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "why", "late.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stdin
	os.Stdin = f
	defer func() { os.Stdin = old }()
	if out := green(t, "policy", "decide", "shoes", "--ground", "size_mismatch", "--remedy", "refund_return", "--at", "2026-11-21T12:00:00+08:00", "--facts", "-"); !strings.HasPrefix(out, "outcome: reject\nreason: too_late\n") {
		t.Error(out)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// Without facts the answer is what would have to be asked; a law's pack, another law, a folder and a calendar can be named.
func TestDecideBinds(t *testing.T) {
	if out := green(t, "policy", "decide", "shoes", "--ground", "quality", "--remedy", "exchange"); !strings.HasPrefix(out, "outcome: need_facts\n") || !strings.Contains(out, "open: [") {
		t.Error(out)
	}
	if out := green(t, "policy", "decide", "law-cn", "--ground", "quality", "--remedy", "repair", "--at", "2026-11-21", "--calendar", "CN"); !strings.HasPrefix(out, "outcome: need_facts\n") {
		t.Error(out)
	}
	dir := draft(t, "shoes/pack.yaml", "value: 500.00", "value: 100.00", "shoes")
	args := []string{"--ground", "size_mismatch", "--remedy", "refund_return", "--at", "2026-11-21", "--facts", filepath.Join("testdata", "why", "SH-01.yaml")}
	for pack, who := range map[string]string{"shoes": "agent", filepath.Join(dir, "shoes"): "supervisor"} {
		if out := green(t, append([]string{"policy", "decide", pack, "--with", "law-cn"}, args...)...); !strings.Contains(out, "authority: "+who+"\n") {
			t.Errorf("%s:\n%s", pack, out)
		}
	}
}

// A pack without cases stands on the law of its currency.
func TestDecideByADraftWithoutCases(t *testing.T) {
	dir := draft(t, "shoes/pack.yaml", "value: 500.00", "value: 100.00", "shoes")
	if err := os.RemoveAll(filepath.Join(dir, "shoes", "cases")); err != nil {
		t.Fatal(err)
	}
	if out := green(t, "policy", "decide", filepath.Join(dir, "shoes"), "--ground", "quality", "--remedy", "refund_return", "--at", "2026-11-21",
		"--facts", filepath.Join("testdata", "why", "SH-03.yaml")); !strings.Contains(out, "clause: law-cn.quality_return\n") {
		t.Error(out)
	}
}

// Faults of drafts are named by the path that leads to them from here.
func TestFaultsOfDraftsHavePaths(t *testing.T) {
	for _, x := range []struct{ file, old, new, says string }{
		{"shoes/cases/quality.yaml", "finding.defect: true", "finding.defetc: true", "There is no fact \"finding.defetc\". → finding.defect?"},
		{"shoes/returns.yaml", "!goods.worn", "!goods.wron", "There is no fact \"goods.wron\". → goods.worn?"},
	} {
		dir := draft(t, x.file, x.old, x.new, "shoes")
		_, complaint, code := command(t, "policy", "test", filepath.Join(dir, "shoes"))
		if code != exitFailed || !strings.Contains(complaint, filepath.Join(dir, x.file)+":") || !strings.Contains(complaint, x.says) {
			t.Errorf("%d %s", code, complaint)
		}
	}
	dir := draft(t, "shoes/cases/quality.yaml", "ask: {ground: quality,", "ask: {ground: qualty,", "shoes")
	if out, _, code := command(t, "policy", "test", filepath.Join(dir, "shoes")); code != exitFailed || !strings.Contains(out, "There is no ground \"qualty\". → quality?") {
		t.Errorf("%d %s", code, out)
	}
}

func TestPolicyCommandsRefuse(t *testing.T) {
	facts := filepath.Join(t.TempDir(), "facts.yaml")
	if err := os.WriteFile(facts, []byte("goods.worn: perhaps\nline.signed_no: 2026-11-01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"policy", "lint", "nosuch"}, exitFailed, "neither a folder with a pack.yaml, nor a folder of such, nor a built-in pack"},
		{[]string{"policy", "decide", "shoes", "--stage", "sometime"}, exitUsage, "--stage must be one of"},
		{[]string{"policy", "decide", "shoes", "--for", "nobody"}, exitUsage, "--for must be one of"},
		{[]string{"policy", "docs"}, exitUsage, "expected \"<pack>\""},
		{[]string{"policy", "nosuch"}, exitUsage, "unexpected argument"},
		{[]string{"policy", "decide"}, exitFailed, "--case-line"},
		{[]string{"policy", "decide", "shoes", "--at", "yesterday"}, exitFailed, "--at is a day or an instant"},
		{[]string{"policy", "decide", "law-uk", "--at", "2020-06-01"}, exitFailed, "No version of pack \"law-uk\" is in force on 2020-06-01"},
		{[]string{"policy", "decide", "shoes", "--calendar", "MARS"}, exitFailed, "MARS"},
		{[]string{"policy", "decide", "shoes", "--ground", "qualty", "--remedy", "repair"}, exitFailed, "→ quality?"},
		{[]string{"policy", "decide", "shoes", "--ground", "quality", "--facts", facts}, exitFailed, facts + ":2:1: There is no fact \"line.signed_no\". → line.signed_on?"},
		{[]string{"policy", "decide", "shoes", "--ground", "quality", "--facts", facts + ".no"}, exitFailed, "no such file"},
		{[]string{"policy", "decide", "--case-line", "x"}, exitFailed, "is not an id"},
	} {
		if _, complaint, code := command(t, x.args...); code != x.code || !strings.Contains(complaint, x.says) {
			t.Errorf("sanbao %s: exit code %d, %s", strings.Join(x.args, " "), code, complaint)
		}
	}
}

func TestFactsAreSchema(t *testing.T) {
	for _, args := range [][]string{{"policy", "facts"}, {"policy", "facts", "--api"}} {
		var s struct {
			Schema     string         `json:"$schema"`
			Properties map[string]any `json:"properties"`
		}
		if err := json.Unmarshal([]byte(green(t, args...)), &s); err != nil || !strings.HasSuffix(s.Schema, "2020-12/schema") || s.Properties["goods.worn"] == nil {
			t.Errorf("%v %s", err, s.Schema)
		}
	}
}

func TestEveryPolicyCommandShowsExamples(t *testing.T) {
	for _, name := range []string{"lint", "test", "decide", "facts", "docs", "diff", "backtest"} {
		if out := green(t, "policy", name, "--help"); !strings.Contains(out, "sanbao policy "+name) || !strings.Contains(out, "Examples:") {
			t.Errorf("%s:\n%s", name, out)
		}
	}
}

// The stories of the demo as people read them. Whoever changes a rule or a sentence reads these again (-update).
func TestWhyReadsWell(t *testing.T) {
	for _, x := range []struct{ name, ground, remedy, stage, reader, lang string }{
		{"SH-01", "size_mismatch", "refund_return", "application", "customer", "zh-CN"},
		{"SH-01", "size_mismatch", "refund_return", "application", "agent", "en"},
		{"SH-03", "quality", "refund_return", "application", "customer", "zh-CN"},
		{"SH-03", "quality", "refund_return", "application", "agent", "zh-CN"},
		{"SH-03", "quality", "refund_return", "application", "mediator", "zh-CN"},
		{"SH-03", "quality", "refund_return", "application", "mediator", "en"},
		{"SH-03", "quality", "local_repair", "application", "customer", "zh-CN"},
		{"SH-05", "wrong_item", "exchange", "inspection", "customer", "en"},
		{"SH-05", "other", "refund_return", "inspection", "customer", "zh-CN"},
		{"late", "size_mismatch", "refund_return", "application", "customer", "zh-CN"},
	} {
		name := strings.Join([]string{x.name, x.ground, x.remedy, x.reader, x.lang}, ".")
		t.Run(name, func(t *testing.T) {
			got := green(t, "policy", "decide", "shoes", "--ground", x.ground, "--remedy", x.remedy, "--stage", x.stage, "--at", "2026-11-21",
				"--facts", filepath.Join("testdata", "why", x.name+".yaml"), "--explain", "--for", x.reader, "--lang", x.lang)
			file := filepath.Join("testdata", "why", name+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// The versions' content is no part of the story.
			if stripHashes(got) != stripHashes(string(want)) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// stripHashes takes out what stands for the content of packs and facts.
func stripHashes(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || unicode.Is(unicode.Po, r) || r == '（' || r == '）' || r == ')' || r == '\n'
	})
	return strings.Join(slices.DeleteFunc(words, func(w string) bool {
		return len(w) == 12 && !strings.ContainsFunc(w, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
	}), " ")
}

// Every golden case of every pack that ships can be explained to everybody, in whole sentences of one language.
func TestEveryCaseCanBeExplained(t *testing.T) {
	sources, err := findPacks(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		p, err := s.load()
		if err != nil {
			t.Fatal(err)
		}
		cases, err := rule.Cases(s.fsys, s.dir, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			book, cal, err := s.book(p, c)
			if err != nil {
				t.Fatal(err)
			}
			if c.Input.Ground != "" {
				explainCase(t, book, cal, c)
			}
		}
	}
}

// ourCodes are claims, facts and citations of handbooks, which no customer should meet.
var ourCodes = regexp.MustCompile(`[a-z]\.[a-z]|&&|==|\b(S4|G|X)-?[0-9]`)

func explainCase(t *testing.T, book *rule.Book, cal *calendar.Calendar, c rule.Case) {
	t.Helper()
	in := c.Input
	in.Calendar, in.Trace = cal, true
	if in.At == 0 {
		in.At = cal.StartOf(c.On)
	}
	d, err := book.Decide(in)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	for _, to := range []rule.Audience{rule.ForCustomer, rule.ForAgent, rule.ForMediator} {
		for _, lang := range []errs.Lang{errs.ZhCN, errs.En} {
			text := book.Explain(d, cal, lang, to).Text()
			han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "rule.") || han != (lang == errs.ZhCN) || to == rule.ForCustomer && ourCodes.MatchString(text) {
				t.Errorf("%s:%d %s, %s %s:\n%s", c.File, c.Line, c.Name, to, lang, text)
			}
		}
	}
}

// A folder of packs stands for all of them where a command takes several, and is refused where it takes one.
func TestFolderOfPacks(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"law-cn", "shoes"} {
		if err := os.CopyFS(filepath.Join(dir, name), sub(t, name)); err != nil {
			t.Fatal(err)
		}
	}
	found, err := findPacks([]string{dir})
	if err != nil || len(found) != 2 || found[0].dir != "law-cn" || found[1].dir != "shoes" {
		t.Errorf("%v %v", found, err)
	}
	if _, err := findOne(dir); errs.As(err) == nil || errs.As(err).Key != "cli.several_packs" {
		t.Errorf("one of several: %v", err)
	}
	if _, err := findPacks([]string{t.TempDir()}); errs.As(err) == nil || errs.As(err).Key != "cli.no_pack" {
		t.Errorf("none: %v", err)
	}
}

func sub(t *testing.T, name string) fs.FS {
	t.Helper()
	f, err := fs.Sub(policies.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
