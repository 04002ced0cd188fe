package search

import (
	"slices"

	"github.com/mozillazg/go-pinyin"
)

// maxSpellings bounds how many ways a name with characters of several readings is spelt.
const maxSpellings = 8

// spelling makes toneless pinyin with every reading of a character: 单 is shan as a name and dan otherwise.
var spelling = pinyin.Args{Style: pinyin.Normal, Heteronym: true, Separator: "", Fallback: func(rune, pinyin.Args) []string { return nil }}

// spell is a name's pinyin and initials, in every reading up to a bound. Characters without pinyin are left out.
func spell(name []rune) []string {
	full, initials := []string{""}, []string{""}
	for _, r := range name {
		var whole, first []string
		for _, p := range pinyin.SinglePinyin(r, spelling) {
			if p == "" {
				continue
			}
			if !slices.Contains(whole, p) {
				whole = append(whole, p)
			}
			if !slices.Contains(first, p[:1]) {
				first = append(first, p[:1])
			}
		}
		full, initials = times(full, whole), times(initials, first)
	}
	out := full
	for _, s := range initials {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// times is every beginning with every ending, at most maxSpellings of them.
func times(beginnings, endings []string) []string {
	if len(endings) == 0 {
		return beginnings
	}
	var out []string
	for _, e := range endings {
		for _, b := range beginnings {
			if len(out) < maxSpellings {
				out = append(out, b+e)
			}
		}
	}
	return out
}
