// Package term is the words of every screen, message, export and print: one word per notion, in simplified and
// traditional Chinese and in English. A code is a group and the code of the thing in the API: "status.needs_facts" is the
// word for the status needs_facts of a line, "case.ours" that for the status of a case.
//
// A status says who must move; a button is a verb with its object. zh-TW uses the words a Taiwanese reader expects, not
// only other characters. A word that is missing is added here and nowhere else; the desk's tests hold every status,
// remedy, ground and command of the program to this table.
package term

import (
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// Word is one notion in the languages of the screens.
type Word struct {
	ZhCN string `json:"zh-CN"`
	ZhTW string `json:"zh-TW"`
	En   string `json:"en"`
}

// In is the word in a language, zh-CN where the language is not one of ours.
func (w Word) In(lang string) string {
	switch lang {
	case "zh-TW":
		return w.ZhTW
	case "en":
		return w.En
	}
	return w.ZhCN
}

// Of is the word for a code of a group in a language; the code itself where there is none.
func Of(lang, group, code string) string {
	if w, ok := Words[group+"."+code]; ok {
		return w.In(lang)
	}
	return code
}

// Code is a word as an argument of a message: its code, "status.requested", said in the reader's language.
type Code string

// In is the word in a language; the code itself where there is none.
func (c Code) In(l errs.Lang) string {
	if w, ok := Words[string(c)]; ok {
		return w.In(string(l))
	}
	return string(c)
}

// Codes are several words as one argument.
type Codes []Code

// CodesOf are the words for codes of a group.
func CodesOf[T ~string](group string, codes []T) Codes {
	out := make(Codes, len(codes))
	for i, c := range codes {
		out[i] = Code(group + "." + string(c))
	}
	return out
}

// In is the words in a language, one after another.
func (c Codes) In(l errs.Lang) string {
	words := make([]string, len(c))
	for i, w := range c {
		words[i] = w.In(l)
	}
	if l == errs.En {
		return strings.Join(words, ", ")
	}
	return strings.Join(words, "、")
}
