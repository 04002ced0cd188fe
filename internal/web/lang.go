package web

import (
	"golang.org/x/text/language"

	"github.com/sanbao/sanbao/errs"
)

// LangOf picks the language of an Accept-Language header (RFC 9110 §12.5.4): the best-weighted one this software
// speaks. Chinese in traditional characters is zh-TW, every other Chinese zh-CN; a header that is empty, broken or names none of ours gives zh-CN.
func LangOf(acceptLanguage string) errs.Lang {
	if len(acceptLanguage) > 200 {
		return errs.ZhCN
	}
	tags, weights, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return errs.ZhCN
	}
	for i, t := range tags { // sorted by weight
		if weights[i] == 0 {
			break
		}
		switch b, _ := t.Base(); b.String() {
		case "zh":
			if script, _ := t.Script(); script.String() == "Hant" { // of zh-TW and zh-HK, too
				return errs.ZhTW
			}
			return errs.ZhCN
		case "en":
			return errs.En
		}
	}
	return errs.ZhCN
}
