package main

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

var today = calendar.DateOf(2026, 10, 20) // after the long holiday of October, so that last days roll

// engine is ours, as a shop binds it.
type engine struct {
	voc  *rule.Vocabulary
	book *rule.Book
	cal  *calendar.Calendar
}

// matter is one question in the forms that the two are asked in.
type matter struct {
	in     rule.Input
	input  map[string]any // the facts that the bundle reads, as Go values
	parsed ast.Value      // the same, made ready
}

func newEngine() (*engine, error) {
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary)...)
	if err != nil {
		return nil, err
	}
	var packs []*rule.Pack
	for _, name := range []string{"law-cn", "shoes"} {
		p, err := rule.Load(policies.FS, name, voc)
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	book, err := rule.NewBook(packs)
	if err != nil {
		return nil, err
	}
	cal, err := calendar.Load("CN")
	return &engine{voc, book, cal}, err
}

// workdays is, for each day about today, the first working day that is not before it.
func (e *engine) workdays() (first calendar.Date, days []int64) {
	first = today.AddDays(-90)
	for d := first; d < today.AddDays(60); d++ {
		w, err := e.cal.RollForward(d)
		if err != nil {
			panic(err)
		}
		days = append(days, int64(w))
	}
	return first, days
}

// likely are the words that facts have more often than not, so that matters get past the first condition.
var likely = map[string]string{"order.business": "false", "line.category": "shoes", "order.delivery": "delivered", "order.channel": "distance",
	"line.kind": "ordinary", "goodwill.override": "false", "finding.defect": "true", "goods.worn": "false", "goods.resaleable": "true",
	"goods.parts_missing": "false", "goods.impaired": "false", "goods.soiled": "false", "goods.tag_removed": "false", "goods.inner_pack_missing": "false",
	"line.exclusion_confirmed": "false", "finding.unqualified": "false", "finding.purpose_defeated": "false", "parcel.problem": "none"}

// matter makes up a matter of which every fact of the vocabulary is known.
func (e *engine) matter(r *rand.Rand, ground string) matter {
	facts, input := rule.Facts{}, map[string]any{"ground": ground}
	for _, name := range e.voc.Names() {
		def, typ, _ := e.voc.Def(name)
		v := random(r, name, def, typ)
		facts.Put(name, def.Stage, v)
		if noun, property, _ := strings.Cut(name, "."); slices.Contains(read, name) {
			if input[noun] == nil {
				input[noun] = map[string]any{}
			}
			input[noun].(map[string]any)[property] = native(v)
		}
	}
	return matter{input: input, parsed: ast.MustInterfaceToValue(input), in: rule.Input{Facts: facts, Stage: rule.After,
		At: clock.Instant(int64(today)*86_400_000_000 + 12*3_600_000_000), Ground: ground, Remedy: rule.RefundReturn, Calendar: e.cal}}
}

// read are the facts that the bundle reads.
var read = strings.Fields(`line.category line.kind line.signed_on line.goods_amount line.outbound_freight line.exclusion_confirmed order.business order.channel
	order.delivery order.unshipped order.free_shipping_lost order.threshold_freight application.sent_on goods.worn goods.resaleable goods.tag_removed
	goods.inner_pack_missing goods.soiled goods.seal_broken goods.tampered goods.parts_missing goods.impaired goods.back_on parcel.problem exchange.in_stock
	goodwill.override evidence.photo finding.defect finding.unqualified finding.repaired_twice finding.purpose_defeated`)

func random(r *rand.Rand, name string, def rule.Def, typ rule.Type) rule.Value {
	word, often := likely[name]
	often = often && r.IntN(12) > 0
	switch typ {
	case rule.TypeBool:
		if often {
			return rule.BoolValue(word == "true")
		}
		return rule.BoolValue(r.IntN(2) == 0)
	case rule.TypeEnum:
		if often {
			return rule.EnumValue(word)
		}
		return rule.EnumValue(def.Values[r.IntN(len(def.Values))].Word)
	case rule.TypeDate:
		return rule.DateValue(today.AddDays(-r.IntN(16)))
	case rule.TypeInstant:
		return rule.InstantValue(clock.Instant(int64(today.AddDays(-r.IntN(16))) * 86_400_000_000))
	case rule.TypeMoney:
		return rule.MoneyValue(max(def.Min, r.Int64N(80000)))
	}
	return rule.IntValue(def.Min + r.Int64N(max(1, min(40, def.Max-def.Min))))
}

// native is a value as Open Policy Agent takes it: days as whole numbers.
func native(v rule.Value) any {
	switch v.Type() {
	case rule.TypeBool:
		return v.Bool()
	case rule.TypeEnum:
		return v.Word()
	case rule.TypeDate:
		return int64(v.Date())
	}
	return v.Int()
}

// points are what we answer to the asked key, as far as the bundle answers it too.
func (e *engine) points(m matter) (map[string]string, error) {
	d, err := e.book.Decide(m.in)
	if err != nil {
		return nil, err
	}
	b := d.Asked()
	p := map[string]string{"outcome": string(b.Outcome), "reason": b.Reason, "clause": b.Clause}
	if b.Right != nil {
		p["right"] = b.Right.Value
	}
	for _, l := range b.Freight {
		if l.Leg != "refused" { // as the return
			p[l.Leg] = l.Value
		}
	}
	if b.Refund != nil {
		p["total"], p["shortfall"] = strconv.FormatInt(*b.Refund.Total, 10), strconv.FormatInt(b.Refund.Shortfall, 10)
	}
	if b.Authority != nil {
		p["authority"] = b.Authority.Value
	}
	for i, x := range b.Due {
		p["due"+strings.Repeat("+", i)] = day(*x.Date)
	}
	for i, x := range b.SendBy {
		p["send_by"+strings.Repeat("+", i)] = day(*x.Date)
	}
	if b.LastDay != nil {
		p["last_day"] = day(b.LastDay.Date)
	}
	for _, x := range b.Evidence {
		if x.Needed {
			p["evidence"] = x.By
		}
	}
	return said(p), nil
}

// said leaves out what is empty.
func said(p map[string]string) map[string]string {
	for k, v := range p {
		if v == "" {
			delete(p, k)
		}
	}
	return p
}

func day(d calendar.Date) string { return strconv.FormatInt(int64(d), 10) }

// number is a whole number of an answer.
func number(v any) int64 {
	n, err := v.(json.Number).Int64()
	if err != nil {
		panic(err)
	}
	return n
}
