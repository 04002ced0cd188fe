package rule

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sanbao/sanbao/errs"
)

const fees = `
- table: fee
  hit: first
  out: {fee: money, days: int, free: bool, tier: [low, high]}
  rows:
  - {when: {line.custom_made: true}, then: {fee: 0.00, days: 0, free: true, tier: low}, cites: [T-1]}
  - {when: {repair.cost: "<= 15.00", line.category: [shoes, jade]}, then: {fee: "= min(repair.cost, fen(1000))", days: 3, free: false, tier: low}, cites: [T-2]}
  - {then: {fee: "= repair.cost + order.list_freight", days: "= order.campaign_days * 2", free: false, tier: high}, cites: [T-3]}
  cites: [T-1]
- table: band
  hit: unique
  out: {tier: [low, high, none]}
  rows:
  - {when: {order.campaign_days: "<= 5"}, then: {tier: low}}
  - {when: {order.campaign_days: ">= 5"}, then: {tier: high}}
  - {then: {tier: none}}
  cites: [T-1]
- table: gated
  hit: first
  out: {free: bool}
  rows:
  - {when: {goods.opened_on: "<= application.sent_on"}, then: {free: false}}
  - {then: {free: true}}
  cites: [T-1]
`

func TestTables(t *testing.T) {
	b := bind(t, map[Layer]string{Shop: fees})
	for _, c := range []struct{ table, facts, want string }{
		{"fee", "line.custom_made: true", "row 1: days=0 fee=0 free=true tier=low"},
		{"fee", "line.custom_made: false\nrepair.cost: 15.00\nline.category: jade", "row 2: days=3 fee=1000 free=false tier=low"},
		{"fee", "line.custom_made: false\nrepair.cost: 8.00\nline.category: jade", "row 2: days=3 fee=800 free=false tier=low"},
		{"fee", "line.custom_made: false\nrepair.cost: 15.01\norder.list_freight: 1.00\norder.campaign_days: 4", "row 3: days=8 fee=1601 free=false tier=high"},
		{"fee", "line.custom_made: false\nrepair.cost: 15.01\norder.list_freight: 1.00", "row 3, asks order.campaign_days"},
		{"fee", "line.custom_made: false", "asks line.category repair.cost"},
		{"fee", "repair.cost: 15.00\nline.category: jade", "asks line.custom_made"}, // an earlier row could still fit
		{"fee", "line.custom_made: false\nline.category: cosmetics", "row 3, asks order.campaign_days order.list_freight repair.cost"},
		{"band", "order.campaign_days: 4", "row 1: tier=low"},
		{"band", "order.campaign_days: 6", "row 2: tier=high"},
		{"band", "order.campaign_days: 5", "rule.table_ambiguous"},
		{"gated", "goods.inner_seal_broken: false\napplication.sent_on: 2026-11-20", "row 2: free=true"},
		{"gated", "goods.inner_seal_broken: true\ngoods.opened_on: 2026-11-19\napplication.sent_on: 2026-11-20", "row 1: free=false"},
		{"feee", "", "rule.table_unknown"},
	} {
		row, err := b.Lookup(c.table, matterOf(t, b, AtApplication, "", c.facts))
		if got := written(row, err); got != c.want {
			t.Errorf("%s with %q: got %s, want %s", c.table, c.facts, got, c.want)
		}
	}
}

func written(r *Row, err error) string {
	if err != nil {
		return errs.As(err).Key
	}
	out := ""
	if r.Number > 0 {
		out = fmt.Sprintf("row %d", r.Number)
	}
	if r.Values != nil {
		out += ":"
		for _, k := range sortedKeys(r.Values) {
			out += " " + k + "=" + r.Values[k].String()
		}
		return out
	}
	if out != "" {
		out += ", "
	}
	var ask []string
	for _, q := range r.Open {
		ask = append(ask, q.Fact)
	}
	slices.Sort(ask)
	for i, f := range ask {
		if i == 0 {
			out += "asks"
		}
		out += " " + f
	}
	return out
}

// A table can say who has to agree. While it is open the outcome stands, and what it waits for is asked beside it.
func TestAuthorityByTable(t *testing.T) {
	b := bind(t, map[Layer]string{Shop: clause("shop.a", "promise", "quality", "", plain+", authority: {table: who}") + `
- table: who
  hit: first
  out: {authority: [agent, supervisor]}
  rows:
  - {when: {repair.cost: "<= 15.00"}, then: {authority: agent}}
  - {then: {authority: supervisor}}
  cites: [T-1]
`})
	const head = "approve as_of_right@shop.a outbound=kept@shop.a return=customer@shop.a refund=goods=10000@shop.a "
	for facts, want := range map[string]string{
		"repair.cost: 15.00": head + "authority=agent@shop.a due=7@shop.a",
		"repair.cost: 15.01": head + "authority=supervisor@shop.a due=7@shop.a",
		"":                   head + "due=7@shop.a ask=repair.cost",
	} {
		if got := summary(decide(t, b, matterOf(t, b, AtApplication, "quality", goods+facts))); got != want {
			t.Errorf("%q: got  %s\nwant %s", facts, got, want)
		}
	}
}
