package rule

import "testing"

// What a condition over a fact of a later stage comes to, by what is known of the fact and what the pack presumes.
func TestPresumptions(t *testing.T) {
	const holds, fails = "approve", "reject"
	for _, c := range []struct {
		presume, fact, must, except string // outcome with `if: goods.worn` and with `unless: goods.worn`
	}{
		{"as_declared", "", holds, holds}, // not declared counts as fine
		{"as_declared", "goods.worn: {application: true}", holds, fails},
		{"as_declared", "goods.worn: {application: false}", fails, holds},
		{"met", "", holds, fails},
		{"met", "goods.worn: {application: false}", holds, fails},
		{"unmet", "", fails, holds},
		{"unmet", "goods.worn: {application: true}", fails, holds},
	} {
		must := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", onlyIf("worn", "goods.worn", ", presume: "+c.presume), plain)})
		except := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", "  unless:\n  - {if: goods.worn, else: worn, presume: "+c.presume+"}\n", plain)})
		facts := goods + c.fact
		if d := decide(t, must, matterOf(t, must, AtApplication, "quality", facts)); string(d.Outcome) != c.must {
			t.Errorf("if, presume %s, %q: %s", c.presume, c.fact, summary(d))
		}
		if d := decide(t, except, matterOf(t, except, AtApplication, "quality", facts)); string(d.Outcome) != c.except {
			t.Errorf("unless, presume %s, %q: %s", c.presume, c.fact, summary(d))
		}
		// At the inspection nothing is presumed: the fact is asked for, and what is found decides.
		if d := decide(t, must, matterOf(t, must, AtInspection, "quality", facts)); d.Outcome != NeedFacts || d.Open[0].Fact != "goods.worn" {
			t.Errorf("if, presume %s, at inspection: %s", c.presume, summary(d))
		}
		for found, want := range map[string]string{"true": holds, "false": fails} {
			if d := decide(t, must, matterOf(t, must, AtInspection, "quality", goods+"goods.worn: "+found)); string(d.Outcome) != want {
				t.Errorf("if, presume %s, found %s: %s", c.presume, found, summary(d))
			}
		}
	}
}

// What an answer presumes is on the inspection sheet, with what the fact must be and what would happen otherwise.
func TestConditions(t *testing.T) {
	for _, c := range []struct{ name, law, shop, facts, want string }{
		{"it alone decides", clause("law.a", "floor", "quality", onlyIf("defect", "finding.defect", ""), plain), "", "", "if=finding.defect:true→reject"},
		{"it changes the terms", clause("law.a", "floor", "quality", "", plain), clause("shop.a", "promise", "quality", onlyIf("unworn", "!goods.worn", ""), lavish), "",
			"if=goods.worn:false→terms"},
		{"two that only together matter", clause("law.a", "floor", "quality", onlyIf("unworn", "!goods.worn", "")+"", plain), clause("shop.a", "promise", "quality", onlyIf("tag", "!goods.tag_removed", ""), plain), "",
			"if=goods.worn:false→with_others if=goods.tag_removed:false→with_others"},
		{"it changes nothing", clause("law.a", "floor", "quality", "", plain), clause("shop.a", "promise", "quality", onlyIf("unworn", "!goods.worn", ""), plain), "", ""},
		{"a permit that nobody invokes is not looked at", clause("law.a", "floor", "quality", "", plain) +
			"- claim: law.gift\n  mode: permit\n  ground: [quality]\n  if:\n  - {id: lost, is: \"!goods.gift_returned\", else: back, presume: unmet}\n  gives: {refund_return: {deduct: {gift: order.gift_price}}}\n  cites: [NRR-12]\n", "", "", ""},
		{"one that is invoked is", clause("law.a", "floor", "quality", "", plain) +
			"- claim: law.gift\n  mode: permit\n  ground: [quality]\n  if:\n  - {id: lost, is: \"!goods.gift_returned\", else: back, presume: unmet}\n  gives: {refund_return: {deduct: {gift: order.gift_price}}}\n  cites: [NRR-12]\n",
			clause("shop.a", "promise", "quality", "", plain+", deduct: {gift: order.gift_price}"), "order.gift_price: 5.00", "if=goods.gift_returned:true→terms"},
		{"an established fact is none", clause("law.a", "floor", "quality", onlyIf("defect", "line.custom_made", ""), plain), "", "line.custom_made: true", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bind(t, map[Layer]string{Law: c.law, Shop: c.shop})
			d := decide(t, b, matterOf(t, b, AtApplication, "quality", goods+c.facts))
			got := ""
			for _, x := range d.Asked().Conditions {
				if got != "" {
					got += " "
				}
				got += "if=" + x.Fact + ":" + x.MustBe + "→" + x.Then
			}
			if d.Outcome != Approve || got != c.want {
				t.Errorf("%s: got %q, want %q", d.Outcome, got, c.want)
			}
		})
	}
}

// A condition over a fact that does not apply cannot fail, an exception over it cannot bite; while it is not known whether
// it applies, that is what is asked.
func TestNotApplicable(t *testing.T) {
	window := "  if:\n  - {id: soon, window: {from: goods.opened_on, days: 7, tested: application.sent_on, counts: shop, roll: none, else: opened_long_ago}}\n"
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", window, plain)})
	for _, c := range []struct{ facts, want string }{
		{"goods.inner_seal_broken: false", "approve"},
		{"goods.inner_seal_broken: true\ngoods.opened_on: 2026-11-13", "reject"},
		{"goods.inner_seal_broken: true\ngoods.opened_on: 2026-11-14", "approve"},
		{"goods.inner_seal_broken: true", "need_facts ask=goods.opened_on"},
		{"", "need_facts ask=goods.inner_seal_broken ask=goods.opened_on"},
		{"goods.opened_on: 2026-11-13", "need_facts ask=goods.inner_seal_broken"}, // said, but it may not apply
		{"goods.opened_on: 2026-11-14", "approve"},
	} {
		d := decide(t, b, matterOf(t, b, AtApplication, "quality", goods+"application.sent_on: 2026-11-21\n"+c.facts))
		got := string(d.Outcome)
		for _, q := range d.Open {
			got += " ask=" + q.Fact
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.facts, got, c.want)
		}
	}
}

// What is found later wins over what was declared, and the difference is recorded; until then the declaration stands.
func TestLaterStageWins(t *testing.T) {
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", onlyIf("unworn", "!goods.worn", ""), plain)})
	facts := goods + "goods.worn: {application: false, receipt: false, inspection: true}"
	d := decide(t, b, matterOf(t, b, AtInspection, "quality", facts))
	if d.Outcome != Reject || len(d.Differences) != 1 || d.Differences[0] != (Difference{"goods.worn", "false", "true"}) {
		t.Errorf("%s, differences %+v", summary(d), d.Differences)
	}
	d = decide(t, b, matterOf(t, b, AtReceipt, "quality", goods+"goods.worn: {application: true, receipt: false}"))
	if d.Outcome != Approve || len(d.Differences) != 0 { // the warehouse's look is no inspection yet
		t.Errorf("%s, differences %+v", summary(d), d.Differences)
	}
	d = decide(t, b, matterOf(t, b, AtInspection, "quality", goods+"goods.worn: {application: true}"))
	if d.Outcome != NeedFacts || d.Open[0].Declared != "true" {
		t.Errorf("%s, open %+v", summary(d), d.Open)
	}
}

// What is known settles what it can: no question where the other half cannot matter.
func TestPartlyKnown(t *testing.T) {
	for _, c := range []struct{ is, facts, want string }{
		{"line.custom_made || line.exclusion_confirmed", "line.custom_made: true", "approve"},
		{"line.custom_made || line.exclusion_confirmed", "line.custom_made: false", "need_facts ask=line.exclusion_confirmed"},
		{"line.custom_made && line.exclusion_confirmed", "line.custom_made: false", "reject"},
		{"line.custom_made ? order.campaign_days > 3 : order.campaign_days > 2", "order.campaign_days: 4", "approve"},
		{"line.custom_made ? order.campaign_days > 3 : order.campaign_days > 2", "order.campaign_days: 3", "need_facts ask=line.custom_made"},
		{"line.custom_made && goods.worn", "goods.worn: {application: false}", "reject"},
		{"order.gift_price <= order.list_freight + fen(100)", "order.list_freight: 1.00", "need_facts ask=order.gift_price"},
	} {
		b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", onlyIf("x", c.is, ""), plain)})
		d := decide(t, b, matterOf(t, b, AtApplication, "quality", goods+c.facts))
		got := string(d.Outcome)
		for _, q := range d.Open {
			got += " ask=" + q.Fact
		}
		if got != c.want {
			t.Errorf("%s with %s: got %s, want %s", c.is, c.facts, got, c.want)
		}
	}
}

// A guard that is not known yet: being refused by a clause and not being concerned by it are different answers.
func TestOpenGuard(t *testing.T) {
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", "  for: {line.category: [shoes]}\n"+onlyIf("x", "line.custom_made", ""), plain)})
	d := decide(t, b, matterOf(t, b, AtApplication, "quality", goods+"line.custom_made: false"))
	if d.Outcome != NeedFacts || d.Open[0].Fact != "line.category" {
		t.Errorf("%s", summary(d))
	}
}

// The next question is the one of the cheapest answerer, then the one that closes most.
func TestOrderOfQuestions(t *testing.T) {
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "quality", "  if:\n  - {id: a, is: finding.wrong_item, else: a}\n  - {id: b, is: goods.inner_seal_broken, else: b}\n  - {id: c, is: line.custom_made, else: c}\n", plain)})
	d := decide(t, b, matterOf(t, b, AtApplication, "quality", goods))
	if got, want := summary(d), "need_facts ask=line.custom_made ask=goods.inner_seal_broken ask=finding.wrong_item"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
