package archtest

import (
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/sanbao/sanbao/errs"
)

// simplified lists characters of our texts that errs.Traditional leaves as nobody in Taiwan writes them: what Big5 does
// not have. Texts stand in Go literals, in packs and in the browser's word lists.
func simplified(t *tree) (out []finding) {
	for _, f := range t.files {
		if !f.product() || f.dir == "internal/order" || f.dir == "calendar" { // column names of files, names of notices: data
			continue
		}
		f.inspect(func(n ast.Node, _ string) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					if left := leftSimplified(s); left != "" {
						out = append(out, t.find(lit.Pos(), "%s is not in errs/zh-tw.txt", left))
					}
				}
			}
			return true
		})
	}
	for _, p := range t.paths {
		if ok, _ := path.Match("policies/*/*.yaml", p); !ok && !strings.HasPrefix(p, "web/console/src/locales/zh-CN") {
			continue
		}
		data, err := fs.ReadFile(t.fs, p)
		if err != nil {
			out = append(out, finding{p, err.Error()})
		}
		if left := leftSimplified(string(data)); left != "" {
			out = append(out, finding{p, left + " is not in errs/zh-tw.txt"})
		}
	}
	return out
}

// leftSimplified is the characters that Big5 cannot write, each once.
func leftSimplified(zhCN string) string {
	if strings.IndexFunc(zhCN, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		return ""
	}
	var left strings.Builder
	for _, r := range errs.Traditional(zhCN) {
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune(left.String(), r) {
			continue
		}
		if _, err := traditionalchinese.Big5.NewEncoder().String(string(r)); err != nil {
			left.WriteRune(r)
		}
	}
	return left.String()
}
