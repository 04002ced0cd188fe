package errs_test

import (
	"testing"
	"unicode"

	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/sanbao/sanbao/errs"
)

func TestTraditional(t *testing.T) {
	for in, want := range map[string]string{
		"待审核":   "待審核",
		"待补充凭证": "待補憑證", // the glossary's own word for the whole
		"已签收，请尽快联系快递，导出文件。": "已簽收，請儘快聯絡快遞，匯出檔案。", // words inside a sentence, one character with two forms
		"项链的链扣，钟表，手表":       "項鍊的鏈扣，鐘錶，手錶",
		"请在 {until} 之前填写":   "請在 {until} 之前填寫",
		"English, 123":      "English, 123",
		"":                  "",
	} {
		if got := errs.Traditional(in); got != want {
			t.Errorf("%s became %s, not %s", in, got, want)
		}
	}
}

// No simplified character is left in any message of this package: what Big5 cannot write is not written in Taiwan. The
// packages that register messages, and the packs, are looked at by a test of theirs.
func TestNothingSimplifiedIsLeft(t *testing.T) {
	for _, key := range errs.Registered() {
		text := errs.Render(errs.ZhTW, key, nil)
		for _, r := range text {
			if _, err := traditionalchinese.Big5.NewEncoder().String(string(r)); err != nil && unicode.Is(unicode.Han, r) {
				t.Errorf("%s: %c in %q is not in the table", key, r, text)
			}
		}
	}
}
