package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/policies"
)

// changed copies a built-in pack into a folder, with one text of a file changed.
func changed(t *testing.T, name, file, old, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, policies.FS); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name, file)
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s does not say %q: %v", path, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, text, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// The packs that ship are proven; a draft that shortens what the law gives is refuted with the article, and the facts that
// are printed decide to it. One that gives more is fine.
func TestPolicyVerify(t *testing.T) {
	out := green(t, "policy", "verify", "shoes")
	if !strings.Contains(out, "proven; beside law-cn") {
		t.Error(out)
	}
	thirty := "{type: days, value: 30,"
	green(t, "policy", "verify", changed(t, "cosmetics", "pack.yaml", thirty, "{type: days, value: 45,"))
	dir := changed(t, "cosmetics", "pack.yaml", thirty, "{type: days, value: 5,")
	out, complaint, code := command(t, "policy", "verify", dir)
	if code != exitFailed || !strings.Contains(out, "CPL-25") || !strings.Contains(out, "NRR-10") || !strings.Contains(complaint, "findings") {
		t.Fatalf("%d %s %s", code, out, complaint)
	}
	lines := strings.Split(out, "\n")
	for i, l := range lines {
		if !strings.Contains(l, "cosmetics.no_reason alone") {
			continue
		}
		at, rest, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		stage, facts, _ := strings.Cut(rest, " ")
		file := filepath.Join(t.TempDir(), "facts.yaml")
		if err := os.WriteFile(file, []byte(facts), 0o600); err != nil {
			t.Fatal(err)
		}
		got := green(t, "policy", "decide", dir, "--at", at, "--stage", stage, "--ground", "no_reason", "--remedy", "refund_return", "--facts", file)
		if !strings.Contains(got, "overridden: [cosmetics.no_reason") || !strings.Contains(got, "clause: law-cn.no_reason") {
			t.Errorf("%s\ndecides\n%s", lines[i+1], got)
		}
		return
	}
	t.Error(out)
}

// JSON for machines; a small budget is a finding; an unknown pack and a budget of nothing are said.
func TestPolicyVerifyJSON(t *testing.T) {
	var proofs []struct {
		Pack       struct{ Pack string }
		Findings   []struct{ Kind string }
		Overridden []string
	}
	out, _, code := command(t, "policy", "verify", "jade", "--json", "--budget", "3")
	if err := json.Unmarshal([]byte(out), &proofs); err != nil {
		t.Fatal(err, out)
	}
	if code != exitFailed || len(proofs) != 1 || len(proofs[0].Findings) == 0 || proofs[0].Findings[0].Kind != "over_budget" {
		t.Errorf("%d %s", code, out)
	}
	if _, complaint, code := command(t, "policy", "verify", "jade", "--budget", "0"); code != exitUsage || !strings.Contains(complaint, "--budget") {
		t.Error(complaint)
	}
}

// What --cases proposes are golden cases: beside the pack, every one of them comes out as it says, and none is proposed again.
func TestPolicyVerifyCases(t *testing.T) {
	for _, name := range []string{"shoes", "cosmetics", "jewellery-chain"} {
		dir := changed(t, name, "pack.yaml", "pack: ", "pack: ")
		left, err := filepath.Glob(filepath.Join(dir, "cases", "*.yaml"))
		if err != nil || len(left) == 0 {
			t.Fatal(err)
		}
		for _, f := range slices.DeleteFunc(left, func(f string) bool { return filepath.Base(f) == "boundaries.yaml" })[1:] { // most boundaries lose their cases
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		out := green(t, "policy", "verify", dir, "--cases")
		if strings.Count(out, "- case:") < 4 {
			t.Fatalf("%s: %s", name, out)
		}
		if err := os.WriteFile(filepath.Join(dir, "cases", "proposed.yaml"), []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		tested, complaint, _ := command(t, "policy", "test", dir)
		if strings.Contains(tested, "FAIL") || !strings.Contains(tested, "cases as expected") {
			t.Errorf("%s: %s %s", name, tested, complaint)
		}
		if again := green(t, "policy", "verify", dir, "--cases"); again != "" {
			t.Errorf("%s proposes again: %s", name, again)
		}
	}
}

// The packs that ship have a case on each side of every boundary there is a proposal for.
func TestShippedBoundariesAreTried(t *testing.T) {
	if out := green(t, "policy", "verify", "--cases"); out != "" {
		t.Errorf("no case stands on\n%s", out)
	}
}
