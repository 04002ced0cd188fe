package term_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/sanbao/sanbao/internal/term"
)

var write = flag.Bool("write", false, "write the console's copy of the table")

// console is the table as the browser application has it: [zh-CN, zh-TW, en] by code.
const console = "../../web/console/src/i18n/terms.json"

// The console's words are these words: there is one table. make gen writes the copy.
func TestConsoleHasTheseWords(t *testing.T) {
	words := map[string][3]string{}
	for code, w := range term.Words {
		words[code] = [3]string{w.ZhCN, w.ZhTW, w.En}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(words); err != nil {
		t.Fatal(err)
	}
	if *write {
		if err := os.WriteFile(console, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	committed, err := os.ReadFile(console)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, b.Bytes()) {
		t.Errorf("%s differs from the table; run make gen", console)
	}
}
