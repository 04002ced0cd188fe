package rule

import (
	"slices"
	"strings"
	"testing"
)

func TestWhatIf(t *testing.T) {
	window := "  window: {from: line.signed_on, days: 7, tested: application.sent_on, counts: shop, roll: none, else: too_late}\n"
	for _, c := range []struct{ name, law, shop, facts, want string }{
		{"a day late: the last day of the window", clause("law.a", "floor", "quality", window, plain), "",
			"line.signed_on: 2026-11-10\napplication.sent_on: 2026-11-18", "approve: application.sent_on 2026-11-18→2026-11-17 | "},
		{"granted: the first thing that would refuse it", clause("law.a", "floor", "quality", onlyIf("defect", "finding.defect", ""), plain), "",
			"finding.defect: {application: true}", "reject: finding.defect true→false"},
		{"not declared: the finding that would refuse it", clause("law.a", "floor", "quality", onlyIf("defect", "finding.defect", ""), plain), "", "",
			"reject: finding.defect ?→false"},
		{"an amount: one fen more", clause("law.a", "floor", "quality", onlyIf("cheap", "repair.cost <= fen(1500)", ""), plain), "",
			"repair.cost: 12.00", "reject: repair.cost 1200→1501"},
		{"two facts, where one is not enough", clause("law.a", "floor", "quality", "  if:\n  - {id: a, is: line.custom_made, else: a}\n  - {id: b, is: line.exclusion_confirmed, else: b}\n", plain), "",
			"line.custom_made: false\nline.exclusion_confirmed: false", "approve: line.custom_made false→true, line.exclusion_confirmed false→true"},
		{"guards are not turned", clause("law.a", "floor", "quality", "  for: {line.category: [shoes]}\n", plain), "", "line.category: jade", ""},
		{"a question that is open", clause("law.a", "floor", "quality", onlyIf("x", "line.custom_made", ""), plain), "", "",
			"approve: line.custom_made ?→true; reject: line.custom_made ?→false"},
		{"a claim whose guard is open, where it makes no difference", clause("law.a", "floor", "quality", onlyIf("defect", "finding.defect", ""), plain),
			clause("shop.a", "promise", "quality", "  for: {line.custom_made: [false]}\n"+onlyIf("defect", "finding.defect", ""), plain), "finding.defect: {application: true}",
			"reject: finding.defect true→false"},
		{"a right beside an offer", clause("law.a", "floor", "quality", onlyIf("x", "line.custom_made", ""), plain),
			clause("shop.o", "offer", "quality", "", "freight: {outbound: kept, return: customer}, refund: goods, due: {from: goods.back_on, days: 1}"), "line.custom_made: false",
			"approve: line.custom_made false→true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bind(t, map[Layer]string{Law: c.law, Shop: c.shop})
			in := matterOf(t, b, AtApplication, "quality", goods+c.facts)
			turns, err := b.WhatIf(in)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, turn := range turns {
				var changes []string
				for _, x := range turn.Changes {
					changes = append(changes, x.Fact+" "+x.Is+"→"+x.Would)
				}
				out = append(out, string(turn.Outcome)+": "+strings.Join(changes, ", "))
			}
			got := strings.Join(out, "; ")
			if want := strings.TrimSuffix(c.want, " | "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			for _, turn := range turns {
				proves(t, b, in, turn)
			}
		})
	}
}

// proves decides with the changes made: the outcome is the one that was promised.
func proves(t *testing.T, b *Book, in Input, turn Turn) {
	t.Helper()
	in.Facts, in.Stage = in.Facts.Clone(), After
	for _, x := range turn.Changes {
		f := b.voc.facts[b.voc.index[x.Fact]]
		i := slices.IndexFunc([]Type{TypeBool, TypeEnum, TypeInt, TypeMoney, TypeDate}, func(t Type) bool { return t == f.typ })
		quoted := map[bool]string{true: `"` + x.Would + `"`, false: x.Would}[i == 1 || i == 4]
		v, err := b.voc.ParseValue(x.Fact, []byte(quoted))
		if err != nil {
			t.Fatal(err)
		}
		in.Facts.Put(x.Fact, f.Stage, v)
	}
	if d := decide(t, b, in); d.Outcome != turn.Outcome {
		t.Errorf("%+v: in fact %s", turn, summary(d))
	}
}
