package rule_test

import (
	"fmt"
	"log"
	"testing/fstest"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// 1. What can be known about a matter is declared once, in Go, where it is found out.
var (
	signedOn = rule.DateFact("line.signed_on", rule.Def{Stage: rule.AtOrder, Ask: rule.System,
		Label: rule.Text{ZhCN: "签收日期", En: "Received on"}})
	askedOn = rule.DateFact("application.sent_on", rule.Def{Stage: rule.AtApplication, Ask: rule.System,
		Label: rule.Text{ZhCN: "申请日期", En: "Asked on"}})
	opened = rule.BoolFact("tea.opened", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer,
		Label: rule.Text{ZhCN: "茶叶已开封", En: "The tin was opened"}})
	stale = rule.BoolFact("finding.stale", rule.Def{Stage: rule.AtInspection, Ask: rule.Inspector,
		Label: rule.Text{ZhCN: "茶叶受潮变味", En: "The tea has gone stale"}})
	backOn = rule.DateFact("goods.back_on", rule.Def{Stage: rule.AtReceipt, Ask: rule.System,
		Label: rule.Text{ZhCN: "退货签收日期", En: "Goods back on"}})
	paid = rule.MoneyFact("line.paid", rule.Def{Stage: rule.AtOrder, Ask: rule.System, Part: rule.PartGoods,
		Label: rule.Text{ZhCN: "货款", En: "Goods"}})
)

// 2. What a shop promises is a pack: a folder of YAML, here in memory, else os.DirFS or an embed.FS.
var teaHouse = fstest.MapFS{
	"tea-house/pack.yaml": {Data: []byte(`
pack: tea-house
layer: shop
version: "2026-01"
effective_from: 2026-01-01
currency: CNY
title: {zh-CN: 茶叶店售后规则, en: Tea house policy}
params:
  return_days: {type: days, value: 10, title: {zh-CN: 退货天数, en: Days to return}, cites: [TEA-1]}
  agent_limit: {type: money, value: 200.00, title: {zh-CN: 店员可批金额, en: What a clerk agrees to}, cites: [TEA-3]}
grounds:
  no_reason: {fault: customer, fallback: true, cites: [TEA-1]}
  quality:   {fault: shop, cites: [TEA-2]}
`)},
	"tea-house/rules.yaml": {Data: []byte(`
- claim: tea-house.unopened
  mode: promise
  ground: [no_reason]
  window: {from: line.signed_on, days: $return_days, tested: application.sent_on, counts: shop, roll: none, else: too_late}
  if:
  - {id: unopened, is: "!tea.opened", else: opened}
  gives:
    refund_return: {right: as_of_right, freight: {outbound: kept, return: customer}, refund: goods, due: {from: goods.back_on, days: 3}}
  cites: [TEA-1]
- claim: tea-house.stale
  mode: promise
  ground: [quality]
  if:
  - {id: stale, is: finding.stale, else: fresh}
  gives:
    refund_return: {right: as_of_right, freight: {outbound: refunded, return: shop}, refund: goods, due: {from: goods.back_on, days: 3}}
  cites: [TEA-2]
- table: approval
  hit: first
  out: {authority: [agent, supervisor]}
  rows:
  - {when: {line.paid: "<= $agent_limit"}, then: {authority: agent}, cites: [TEA-3]}
  - {then: {authority: supervisor}, cites: [TEA-3]}
  cites: [TEA-3]
`)},
	"tea-house/texts.yaml": {Data: []byte(`
grounds:
  no_reason: {zh-CN: 不想要了, en: Not wanted}
  quality: {zh-CN: 质量问题, en: Something is wrong with it}
reasons:
  too_late: {zh-CN: "最后一天是{last_day}", en: "the time to return it ended on {last_day}"}
  opened: {zh-CN: 已经开封, en: the tin was opened}
  fresh: {zh-CN: 没有变味, en: the tea is fresh}
claims:
  tea-house.unopened: {customer: {zh-CN: "签收后{return_days}天内未开封可以退。", en: "An unopened tin can go back within {return_days} days."}}
  tea-house.stale: {customer: {zh-CN: 变味的随时可以退，运费我们承担。, en: "Stale tea goes back at any time; we pay the freight."}}
sources:
  TEA: {zh-CN: "本店约定第{n}条", en: "house rule {n}"}
`)},
}

// book compiles the pack against the vocabulary. Both can be kept and shared: they never change.
func book() *rule.Book {
	voc, err := rule.NewVocabulary(signedOn, askedOn, opened, stale, backOn, paid)
	if err != nil {
		log.Fatal(err)
	}
	pack, err := rule.Load(teaHouse, "tea-house", voc)
	if err != nil {
		log.Fatal(err)
	}
	b, err := rule.NewBook([]*rule.Pack{pack}) // the packs that decide together: the law's first, if there is one
	if err != nil {
		log.Fatal(err)
	}
	return b
}

// matter is a tin of 168.00 that came on 1 May 2026 and is asked about on the 9th.
func matter(ground string) rule.Input {
	cn, err := calendar.Load("CN")
	if err != nil {
		log.Fatal(err)
	}
	at, err := clock.Parse("2026-05-09T10:00:00+08:00")
	if err != nil {
		log.Fatal(err)
	}
	facts := rule.Facts{}
	signedOn.Set(facts, calendar.DateOf(2026, 5, 1))
	askedOn.Set(facts, calendar.DateOf(2026, 5, 9))
	paid.Set(facts, 16800)
	return rule.Input{Facts: facts, Stage: rule.AtApplication, At: at, Calendar: cn, Ground: ground, Remedy: rule.RefundReturn}
}

// Facts in, a decision out: what comes of it, which clause says so, who bears which freight, until when.
func Example() {
	in := matter("no_reason")
	opened.Set(in.Facts, false)
	d, err := book().Decide(in)
	if err != nil {
		log.Fatal(err)
	}
	b := d.Asked()
	fmt.Println(d.Outcome, "by", d.Clause)
	fmt.Println("refund", *b.Refund.Total, "until", b.LastDay.Date)
	for _, leg := range b.Freight {
		fmt.Println(leg.Leg, leg.Value)
	}
	// Output:
	// approve by tea-house.unopened
	// refund 16800 until 2026-05-11
	// outbound kept
	// return customer
	// refused customer
}

// A fact that is absent is unknown. What could change the answer is asked for, and nothing else: for stale tea nobody asks
// whether the tin was opened. What is found out later is a condition of the answer until then.
func ExampleBook_Decide_needToKnow() {
	b := book()
	for _, ground := range []string{"no_reason", "quality"} {
		d, err := b.Decide(matter(ground))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(ground, d.Outcome)
		for _, q := range d.Open {
			fmt.Println("  ask", q.Ask.Names(), "for", q.Fact)
		}
		for _, c := range d.Asked().Conditions {
			fmt.Println("  provided that", c.Fact, "is", c.MustBe, "else", c.Else)
		}
	}
	// Output:
	// no_reason need_facts
	//   ask [customer] for tea.opened
	// quality approve
	//   provided that finding.stale is true else fresh
}

// A refusal says why and what would have to be otherwise, in the reader's language.
func ExampleBook_Explain() {
	in := matter("no_reason")
	opened.Set(in.Facts, true)
	in.Trace = true
	b := book()
	d, err := b.Decide(in)
	if err != nil {
		log.Fatal(err)
	}
	turns, err := b.WhatIf(in)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(b.Explain(d, in.Calendar, errs.En, rule.ForCustomer).Text())
	for _, t := range turns {
		fmt.Println("\n"+string(t.Outcome), "if", t.Changes[0].Fact, "were", t.Changes[0].Would)
	}
	// Output:
	// Return and refund: not possible, because the tin was opened.
	//
	// Why
	//   An unopened tin can go back within 10 days. (Tea house policy)
	//     ✗ the tin was opened (The tin was opened: yes)
	//
	// What else is possible
	//   a person can be asked to look at it again
	//
	// Decided by
	//   Tea house policy, version 2026-01
	//
	// approve if tea.opened were false
}

// A table answers with a number, a word or a tier, without a remedy.
func ExampleBook_Lookup() {
	row, err := book().Lookup("approval", matter("no_reason"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(row.Values["authority"].Word(), row.Cites)
	// Output: agent [TEA-3]
}

// What is wrong with a pack is told all at once, each fault with its place and what to do, in the reader's language.
func ExampleLoad() {
	voc, err := rule.NewVocabulary(opened)
	if err != nil {
		log.Fatal(err)
	}
	faulty := fstest.MapFS{"tea-house/pack.yaml": teaHouse["tea-house/pack.yaml"], "tea-house/rules.yaml": {Data: []byte(`
- claim: tea-house.unopened
  mode: promise
  ground: [no_reason]
  if:
  - {id: unopened, is: "!tea.open", else: opened}
  gives:
    care: {right: as_of_right}
  cites: [TEA-1]
`)}}
	_, err = rule.Load(faulty, "tea-house", voc)
	for _, f := range errs.As(err).Fields {
		fmt.Println(f.Path, errs.Render(errs.En, f.Key, f.Args))
	}
	// Output:
	// tea-house/rules.yaml:6:26 There is no fact "tea.open". → tea.opened?
}
