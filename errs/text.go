package errs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Text is one message in the two languages that are written by hand; {name} stands for an argument.
// zh-TW is made from ZhCN by the table of Traditional, not written a third time.
type Text struct{ ZhCN, En string }

// Lang is a language a text can be rendered in.
type Lang string

const (
	ZhCN Lang = "zh-CN"
	ZhTW Lang = "zh-TW"
	En   Lang = "en"
)

// In is the text in a language.
func (t Text) In(l Lang) string {
	switch l {
	case En:
		return t.En
	case ZhTW:
		return Traditional(t.ZhCN)
	}
	return t.ZhCN
}

var catalogue = map[string]Text{}

// Register adds a package's messages; call it from a package-level var or init in the package's text.go. A key
// registered twice or a text missing in a language is a programming error and panics at start.
func Register(texts map[string]Text) struct{} {
	for k, t := range texts {
		if _, dup := catalogue[k]; dup || t.ZhCN == "" || t.En == "" {
			panic("errs: message " + k + " is registered twice or lacks a language")
		}
		catalogue[k] = t
	}
	return struct{}{}
}

// Registered lists every message key in order, for the test that compares the catalogue with the code.
func Registered() []string { return slices.Sorted(maps.Keys(catalogue)) }

// Render is the text of a key in a language with its arguments filled in. An unknown key renders as itself.
func Render(l Lang, key string, args Args) string {
	t, ok := catalogue[key]
	if !ok {
		return key
	}
	return fill(l, t.In(l), args)
}

// worded is an argument that has words of its own in each language.
type worded interface{ In(Lang) string }

// Term is an argument that is a message itself: its key, rendered in the reader's language.
type Term string

// In is the message in a language.
func (t Term) In(l Lang) string { return Render(l, string(t), nil) }

// fill replaces each {name} once, from left to right, so that braces inside a value stay what they are.
func fill(l Lang, s string, args Args) string {
	var b strings.Builder
	for {
		text, rest, ok := strings.Cut(s, "{")
		b.WriteString(text)
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		v, known := args[name]
		if !closed || !known {
			b.WriteByte('{')
			s = rest
			continue
		}
		if w, ok := v.(worded); ok {
			v = w.In(l)
		}
		fmt.Fprint(&b, v)
		s = after
	}
}

// Text is the error's sentence in a language, without its cause.
func (e *Error) Text(l Lang) string { return Render(l, e.Key, e.Args) }

var _ = Register(map[string]Text{
	"internal":                {"系统出错了，请稍后再试；若一直如此，请把请求编号发给管理员。", "Something went wrong on our side. Try again later; if it persists, give the request id to your administrator."},
	"invalid_input":           {"有 {count} 处填写有误。", "{count} entries need correcting."},
	"clock.malformed":         {"时刻“{text}”写法不对，例：2026-11-21T09:00:00+08:00。", "\"{text}\" is not a point in time; write it like 2026-11-21T09:00:00+08:00."},
	"id.malformed":            {"编号“{id}”不对：应为 13 位字母或数字。", "\"{id}\" is not an id: thirteen letters and digits are expected."},
	"money.overflow":          {"金额超出可计算的范围。", "The amount is too large to compute."},
	"money.currency_mismatch": {"币种不同（{a}、{b}），不能相加。", "Amounts in {a} and {b} cannot be added."},
	"money.currency_unknown":  {"不支持币种“{currency}”。", "Currency \"{currency}\" is not supported."},
	"money.malformed":         {"金额“{text}”写法不对，例：268.00。", "\"{text}\" is not an amount; write it like 268.00."},
	"money.negative":          {"这里的金额和数量不能为负。", "Amounts and quantities here must not be negative."},
	"money.too_many_units":    {"件数 {units} 超过了总数 {quantity}。", "{units} units are more than the {quantity} there are."},
	"money.no_shares":         {"没有可分摊的对象。", "There is nothing to split over."},
})
