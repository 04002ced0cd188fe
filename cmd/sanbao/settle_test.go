package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const shoesBack = `{"currency": "CNY", "lines": [{"no": 1, "quantity": 2, "unit_price": 20000, "net": 35000}],
	"promotions": [{"name": "满300减50", "tiers": [{"at": 30000, "off": 5000}]}],
	"payments": [{"tender": "alipay", "captured": 30000}, {"tender": "points", "route": "in_kind", "captured": 5000, "points": 5000}],
	"returns": [{"line": 1, "units": 1, "less": [{"name": "lost_discount"}]}]}`

// What returns give back, for people and for programs, and what is wrong with a case, with its place and its exit code.
func TestSettlePreview(t *testing.T) {
	file := filepath.Join(t.TempDir(), "case.json")
	preview := func(text string, more ...string) (out, complaint string, code int) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return command(t, append([]string{"settle", "preview", file}, more...)...)
	}
	out, _, code := preview(shoesBack, "--lang", "zh-CN")
	for _, want := range []string{"失去的优惠", "-25.00", "150.00", "支付宝", "128.57", "2143 积分", "21.43"} {
		if !strings.Contains(out, want) || code != 0 {
			t.Errorf("%d, no %q in\n%s", code, want, out)
		}
	}
	if out, _, code = preview(shoesBack, "--json"); code != 0 || !strings.Contains(out, `"total": 15000`) {
		t.Errorf("%d, %s", code, out)
	}
	for text, says := range map[string]string{
		`{`: "JSON", `{"currency": "CNY"} {}`: "more than one", `{"colour": 1}`: "colour", `{"currency": "CNY"}`: "/lines",
		strings.Replace(shoesBack, `"units": 1`, `"units": 3`, 1):   "/returns/0",
		strings.Replace(shoesBack, `"net": 35000`, `"net": -1`, 1):  "/lines/0/net",
		strings.Replace(shoesBack, `"off": 5000`, `"off": 5001`, 1): "/promotions",
	} {
		if out, complaint, code := preview(text, "--json"); code != 1 || !strings.Contains(complaint, says) || out != "" {
			t.Errorf("%s: %d, %s%s; want %q", text, code, out, complaint, says)
		}
	}
	if _, _, code := command(t, "settle", "preview", "--nope"); code != 2 {
		t.Errorf("exit code %d", code)
	}
	if _, _, code := command(t, "settle", "preview", file+".gone"); code != 1 {
		t.Errorf("exit code %d", code)
	}
}
