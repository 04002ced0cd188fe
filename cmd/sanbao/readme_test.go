package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What a newcomer copies from the README has to be answered as the README says: granted, and the shop's own clause set
// aside by the law's (SH-03, X11).
func TestReadmeExample(t *testing.T) {
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		facts := regexp.MustCompile(`(?s)cat > worn\.yaml <<'EOF'\n(.*?)\nEOF`).FindSubmatch(text)
		line := regexp.MustCompile(`(?m)^bin/sanbao (policy decide .*--facts worn\.yaml.*)$`).FindSubmatch(text)
		if facts == nil || line == nil {
			t.Fatalf("%s has no example of a decision", name)
		}
		file := filepath.Join(t.TempDir(), "worn.yaml")
		if err := os.WriteFile(file, facts[1], 0o600); err != nil {
			t.Fatal(err)
		}
		args := strings.Fields(strings.ReplaceAll(string(line[1]), "worn.yaml", file))
		out := green(t, append(args, "--lang", "en")...)
		if !strings.Contains(out, "granted, 199.00 CNY back") || !strings.Contains(out, "it has no force here") {
			t.Errorf("%s: %s", name, out)
		}
	}
}
