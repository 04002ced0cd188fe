package policies_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/rule"
)

// stall is a shop that takes every deduction the law knows, and one it does not.
const stall = `pack: stall
layer: shop
version: "1"
effective_from: 2024-07-01
currency: CNY
title: {zh-CN: 摊位, en: Stall}
`

func stallClaim(deduct string) string {
	return `- claim: stall.back
  mode: promise
  ground: [no_reason]
  if:
  - {id: delivered, is: "order.delivery == 'delivered'", else: not_delivered_yet}
  gives:
    refund_return:
      right: as_of_right
      freight: {outbound: kept, return: customer}
      refund: goods
      deduct: {` + deduct + `}
      due: {from: goods.back_on, days: 7}
  cites: [T-1]
`
}

// What a shop may take off a no-reason refund is what the law permits by the same name, up to the law's own sum, and only
// where the law's condition is met (NRR-12, NRR-16, NRR-17, NRR-18). Anything else lowers nothing.
func TestDeductionsOfALawfulRefund(t *testing.T) {
	voc, packs := load(t)
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	const bought = `
order.channel: distance
order.business: false
order.delivery: delivered
order.free_shipping_lost: true
order.threshold_freight: "6.00"
order.card_fee_waived: true
order.card_fee: "2.68"
order.discount_lost: "20.00"
line.category: other
line.kind: ordinary
line.exclusion_confirmed: false
line.gift_value: "30.00"
line.goods_amount: "268.00"
line.outbound_freight: "0.00"
line.signed_on: 2026-11-16
application.sent_on: 2026-11-18
goods.back_on: 2026-11-19
parcel.problem: none
goods.parts_missing: false
goods.impaired: false
goods.gift_missing: true
`
	for name, c := range map[string]struct {
		deduct, facts string
		want          int64
	}{
		"the gift's marked price (NRR-12)":           {`gift_price: "line.gift_value"`, "", 23800},
		"the gift came back (NRR-12)":                {`gift_price: "line.gift_value"`, "goods.gift_missing: false\n", 26800},
		"more than the marked price (NRR-12)":        {`gift_price: "fen(9900)"`, "", 23800},
		"a waived card fee (NRR-16)":                 {`card_fee: "order.card_fee"`, "", 26532},
		"the rest priced anew (NRR-17)":              {`lost_discount: "order.discount_lost"`, "", 24800},
		"free delivery lost (NRR-18)":                {`threshold_freight: "order.threshold_freight"`, "", 26200},
		"free delivery kept (NRR-18)":                {`threshold_freight: "order.threshold_freight"`, "order.free_shipping_lost: false\n", 26800},
		"a restocking fee, which no law knows":       {`restocking: "fen(5000)"`, "", 26800},
		"all four at once, each once (NRR-12 to 18)": {`gift_price: "line.gift_value", card_fee: "order.card_fee", lost_discount: "order.discount_lost", threshold_freight: "order.threshold_freight"`, "", 20932},
	} {
		shop, err := rule.Load(fstest.MapFS{"stall/pack.yaml": {Data: []byte(stall)}, "stall/claims.yaml": {Data: []byte(stallClaim(c.deduct))}}, "stall", voc)
		if err != nil {
			t.Fatal(name, err)
		}
		book, err := rule.NewBook([]*rule.Pack{packs["law-cn"], shop})
		if err != nil {
			t.Fatal(name, err)
		}
		fs, err := voc.ReadFacts("facts", []byte(bought), "CNY")
		if err != nil {
			t.Fatal(err)
		}
		other, err := voc.ReadFacts("facts", []byte(c.facts), "CNY")
		if err != nil {
			t.Fatal(err)
		}
		for f, rs := range other {
			fs[f] = rs
		}
		d, err := book.Decide(rule.Input{Facts: fs, Stage: rule.AtInspection, At: cal.StartOf(day(time.November, 19)).Add(12 * time.Hour), Ground: "no_reason",
			Remedy: rule.RefundReturn, Calendar: cal})
		if err != nil {
			t.Fatal(name, err)
		}
		t.Run(name, func(t *testing.T) { want(t, d, rule.Approve, c.want) })
	}
}
