package rule

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/sanbao/sanbao/errs"
)

// explained decides by the test packs and explains.
func explained(t *testing.T, lang errs.Lang, to Audience, ground string, remedy Remedy, change func(Facts)) Explanation {
	t.Helper()
	b := testBook(t, "law", "footwear")
	fs := Facts{}
	channel.Set(fs, "distance")
	category.Set(fs, "shoes")
	signedOn.Set(fs, day("2026-11-17"))
	appliedOn.Set(fs, day("2026-11-21"))
	customMade.Set(fs, false)
	excluded.Set(fs, false)
	goodsPaid.Set(fs, 19900)
	outFreight.Set(fs, 0)
	shipFree.Set(fs, true)
	change(fs)
	d, err := b.Decide(Input{Facts: fs, Stage: AtEvidence, At: noon("2026-11-21"), Ground: ground, Remedy: remedy, Calendar: china(t), Trace: true})
	if err != nil {
		t.Fatal(sentences(err))
	}
	return b.Explain(d, china(t), lang, to)
}

func lines(e Explanation, code string) string {
	i := slices.IndexFunc(e.Sections, func(s Section) bool { return s.Code == code })
	if i < 0 {
		return ""
	}
	return strings.Join(e.Sections[i].Lines, "\n")
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in\n%s", p, text)
		}
	}
}

// Worn shoes with a fault (X11): the law gives the refund, and the shop's condition is shown to have no force.
func TestExplainSaysWhatWasSetAside(t *testing.T) {
	faulty := func(fs Facts) {
		worn.SetAt(fs, AtApplication, true)
		defect.SetAt(fs, AtApplication, true)
		photo.Set(fs, true)
	}
	zh := explained(t, errs.ZhCN, ForAgent, "quality", RefundReturn, faulty)
	holds(t, zh.Headline, "可以退货退款，退 199.00 元", "收到后核对")
	holds(t, lines(zh, "why"), "质量问题七天内可退货", "law.quality_return", "签收日期：2026-11-17", "最后一天 2026-11-24", "质量问题属实：是，顾客说的；以后面核对为准")
	holds(t, lines(zh, "overridden"), "footwear.quality", "已穿过（穿过：是，顾客说的；S4-15）", "店规不能减少法定权利")
	holds(t, lines(zh, "amount"), "货款：199.00 元")
	holds(t, lines(zh, "freight"), "首次发货运费：顾客没有付过", "退回运费：由我方承担")
	holds(t, lines(zh, "time"), "2026-11-24 24:00 前", "退件签收次日起 7 天内")
	holds(t, lines(zh, "inspection"), "质量问题属实：应为“是”。否则不能办理（未发现质量问题）")
	holds(t, lines(zh, "otherwise"), "换货：", "维修：可以办理", "就近维修报销")

	you := explained(t, errs.En, ForCustomer, "quality", RefundReturn, faulty)
	holds(t, you.Headline, "Return and refund: granted, 199.00 CNY back")
	holds(t, lines(you, "freight"), "First delivery: you paid none", "Return leg: paid by the shop")
	if text := you.Text(); strings.Contains(text, "law.") || strings.Contains(text, "S4-") {
		t.Errorf("a customer reads our codes:\n%s", text)
	}
}

func TestExplainRefusal(t *testing.T) {
	e := explained(t, errs.En, ForCustomer, "no_reason", RefundReturn, func(fs Facts) {
		signedOn.Set(fs, day("2026-11-01"))
		customMade.Set(fs, true)
	})
	holds(t, e.Headline, "not possible, because")
	holds(t, lines(e, "why"), "✗ the window closed on 2026-11-09", "✗ made to order (Made to order: yes)")
	holds(t, lines(e, "otherwise"), "Ask a person to look again")
	if strings.Contains(lines(e, "why"), "✓") {
		t.Errorf("what did not fail is listed too:\n%s", lines(e, "why"))
	}
}

func TestExplainQuestions(t *testing.T) {
	open := func(fs Facts) {
		delete(fs, signedOn.Name())
		delete(fs, customMade.Name())
	}
	holds(t, lines(explained(t, errs.ZhCN, ForCustomer, "no_reason", RefundReturn, open), "ask"), "签收日期？", "其余 1 项由我们核实")
	holds(t, lines(explained(t, errs.En, ForAgent, "no_reason", RefundReturn, open), "ask"), "Signed for on? (our records; the customer)", "Made to order?")
	holds(t, lines(explained(t, errs.ZhCN, ForCustomer, "other", RefundReturn, open), "ask"), "为什么要退换？")
}

func TestExplainProofs(t *testing.T) {
	e := explained(t, errs.ZhCN, ForAgent, "quality", LocalRepair, func(fs Facts) { repairCost.Set(fs, 1800) })
	holds(t, e.Headline, "提议就近维修报销，付 18.00 元", "顾客可以接受也可以不接受")
	holds(t, lines(e, "agree"), "要售后主管同意")
	late := explained(t, errs.ZhCN, ForCustomer, "quality", RefundReturn, func(fs Facts) { signedOn.Set(fs, day("2026-11-01")) })
	holds(t, late.Headline, "可以退货退款，退 199.00 元，但要先提供：照片")
	holds(t, lines(late, "evidence"), "请提供：照片")
}

func TestExplainDifferencesAndDeductions(t *testing.T) {
	b := testBook(t, "law", "footwear")
	fs := allFacts()
	shipFree.Set(fs, false)
	worn.SetAt(fs, AtApplication, true)
	d, err := b.Decide(Input{Facts: fs, Stage: AtInspection, At: noon("2026-11-24"), Ground: "no_reason", Remedy: RefundReturn, Calendar: china(t), Trace: true})
	if err != nil {
		t.Fatal(sentences(err))
	}
	e := b.Explain(d, china(t), errs.En, ForMediator)
	holds(t, lines(e, "differences"), "Worn outside: told \"yes\", found \"no\"")
	holds(t, lines(e, "amount"), "Price of the goods: 199.00 CNY", "Deducted (The first freight may be deducted", "law.threshold", "-10.00 CNY", "In all: 189.00 CNY")
	holds(t, lines(e, "rules"), "Footwear policy, version 1 (footwear ", "decided 2026-11-24 12:00, stage: inspection")
}

// Values of sensitive facts are the customer's own: nobody else reads them in an explanation.
func TestSensitiveValuesAreWithheld(t *testing.T) {
	b := testBook(t, "law")
	for to, want := range map[Audience]string{ForCustomer: "yes", ForAgent: "on record (confidential)", ForMediator: "on record (confidential)"} {
		w := &explainer{b: b, lang: errs.En, to: to}
		if got := w.value(medical.Name(), "true"); got != want {
			t.Errorf("%s reads %q", to, got)
		}
	}
}

func TestMustInWords(t *testing.T) {
	w := &explainer{b: testBook(t, "law"), lang: errs.En, to: ForAgent}
	for _, x := range [][3]string{
		{"goods.worn", "false", `has to be "no"`}, {"repair.cost", "<= 1500", "has to be at most 15.00 CNY"}, {"line.signed_on", "<= 2026-11-24", "has to be no later than 2026-11-24"},
		{"line.category", "not shoes|jade", `must not be "shoes or jade"`}, {"line.signed_on", "in time", "has to be in time"}, {"goods.worn", "a && b", "is checked"},
	} {
		if got := w.must(x[0], x[1]); got != x[2] {
			t.Errorf("%s %s: %s", x[0], x[1], got)
		}
	}
}

// Whatever the facts, every reader gets whole sentences: no key without a text, no gap left in one, no language in the other.
func TestExplanationsAreWhole(t *testing.T) {
	b := testBook(t, "law", "footwear")
	names := sortedKeys(allFacts())
	for _, ground := range []string{"no_reason", "size_mismatch", "quality", "wrong_item", "other", ""} {
		for _, remedy := range append(slices.Clone(Remedies), "") {
			for skip := range names {
				fs := allFacts()
				for i := skip; i < len(names); i += 3 {
					delete(fs, names[i])
				}
				d, err := b.Decide(Input{Facts: fs, Stage: After, At: noon("2026-11-24"), Ground: ground, Remedy: remedy, Calendar: china(t), Trace: skip%2 == 0})
				if err != nil {
					t.Fatal(sentences(err))
				}
				wholeSentences(t, b, d)
			}
		}
	}
}

func wholeSentences(t *testing.T, b *Book, d *Decision) {
	t.Helper()
	for _, to := range []Audience{ForCustomer, ForAgent, ForMediator} {
		for _, lang := range []errs.Lang{errs.ZhCN, errs.En} {
			e := b.Explain(d, china(t), lang, to)
			text := e.Text()
			han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			if strings.ContainsAny(text, "{}") || strings.Contains(text, "rule.") || han != (lang == errs.ZhCN) || e.Headline == "" || lines(e, "rules") == "" {
				t.Fatalf("%s %s, %s %s:\n%s", to, lang, d.Ground, d.Remedy, text)
			}
		}
	}
}

// A later version that is better for the customer governs (G2), and the explanation says so and names it.
func TestExplainLaterVersion(t *testing.T) {
	voc := testVocabulary(t)
	law := pack(t, voc, Law, "")
	then := pack(t, voc, Shop, clause("shop.back", "promise", "quality", "", plain))
	now := pack(t, voc, Shop, clause("shop.back", "promise", "quality", "", strings.Replace(plain, "return: customer", "return: shop", 1)))
	b, err := NewBook([]*Pack{law, then}, []*Pack{law, now})
	if err != nil {
		t.Fatal(sentences(err))
	}
	d, err := b.Decide(Input{Facts: allFacts(), Stage: After, At: noon("2026-11-24"), Ground: "quality", Remedy: RefundReturn, Calendar: china(t), Trace: true})
	if err != nil {
		t.Fatal(sentences(err))
	}
	e := b.Explain(d, china(t), errs.ZhCN, ForCustomer)
	holds(t, lines(e, "freight"), "退回运费：由商家承担")
	holds(t, lines(e, "rules"), "付款之后规则有更新，新规则对您更有利，按新规则办理。")
	m := b.Explain(d, china(t), errs.En, ForMediator)
	holds(t, lines(m, "rules"), "the new ones are better for the customer", "(shop "+now.Hash[:12]+")")
	if strings.Contains(lines(m, "rules"), then.Hash[:12]) {
		t.Errorf("names the version that did not decide:\n%s", lines(m, "rules"))
	}
}

func TestExplainTurns(t *testing.T) {
	b := testBook(t, "law", "footwear")
	fs := allFacts()
	signedOn.Set(fs, day("2026-11-01"))
	in := Input{Facts: fs, Stage: After, At: noon("2026-11-24"), Ground: "no_reason", Remedy: RefundReturn, Calendar: china(t), Trace: true}
	d, err := b.Decide(in)
	if err != nil {
		t.Fatal(sentences(err))
	}
	turns, err := b.WhatIf(in)
	if err != nil {
		t.Fatal(err)
	}
	holds(t, lines(b.Explain(d, china(t), errs.En, ForAgent, turns...), "what_if"), "If \"Applied on\" were \"2026-11-09\" (now: 2026-11-21): granted")
	if told := lines(b.Explain(d, china(t), errs.En, ForCustomer, turns...), "what_if"); told != "" {
		t.Errorf("a customer is told what to say: %s", told)
	}
}

// While a person has still to decide, the customer is told no sum and no condition; whoever decides is told both.
func TestWhatIsUndecidedPromisesNothing(t *testing.T) {
	b := bind(t, map[Layer]string{Law: "- claim: law.a\n  mode: floor\n  ground: [quality]\n" + onlyIf("found", "finding.defect", ", presume: met") +
		"  gives:\n    compensation: {right: review, amount: \"percent(line.goods_amount, 100)\"}\n  cites: [T-1]\n"})
	in := matterOf(t, b, AtApplication, "quality", goods)
	in.Remedy, in.Trace = Compensation, true
	d := decide(t, b, in)
	for to, told := range map[Audience]bool{ForCustomer: false, ForAgent: true, ForMediator: true} {
		e := b.Explain(d, china(t), errs.En, to)
		if got := lines(e, "amount") != ""; d.Outcome != ManualReview || got != told {
			t.Errorf("%s of a %s: told the sum %v, want %v", to, d.Outcome, got, told)
		}
	}
}
