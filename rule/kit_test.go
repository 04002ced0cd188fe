package rule

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// bind makes a book of packs written in a test: "law", "market" and "shop", each a list of claims and tables. Grounds are
// no_reason (needs no cause), quality, size (counts as no_reason) and other (nobody's fault yet).
func bind(t testing.TB, packs map[Layer]string) *Book {
	t.Helper()
	b, err := NewBook(edition(t, testVocabulary(t), packs))
	if err != nil {
		t.Fatal(sentences(err))
	}
	return b
}

func edition(t testing.TB, voc *Vocabulary, packs map[Layer]string) []*Pack {
	t.Helper()
	var out []*Pack
	for _, layer := range []Layer{Law, Marketplace, Shop} {
		if _, ok := packs[layer]; ok || layer == Law {
			out = append(out, pack(t, voc, layer, packs[layer]))
		}
	}
	return out
}

const testGrounds = `grounds:
  no_reason: {fault: customer, fallback: true}
  quality: {fault: shop}
  size: {as: no_reason}
  other: {fault: undetermined}
`

func pack(t testing.TB, voc *Vocabulary, layer Layer, claims string) *Pack {
	t.Helper()
	id := map[Layer]string{Law: "law", Marketplace: "market", Shop: "shop"}[layer]
	head := fmt.Sprintf("pack: %s\nlayer: %s\nversion: \"1\"\neffective_from: 2026-01-01\ncurrency: CNY\ntitle: {zh-CN: 一, en: One}\n", id, layer)
	if layer == Law {
		head += testGrounds
	}
	p, err := Load(fstest.MapFS{"p/pack.yaml": {Data: []byte(head)}, "p/claims.yaml": {Data: []byte(claims)}}, "p", voc)
	if err != nil {
		t.Fatalf("%s\n%s", claims, sentences(err))
	}
	return p
}

// clause writes one claim shortly: refund and return on given terms.
func clause(id, mode, ground, conds, terms string) string {
	return fmt.Sprintf("- claim: %s\n  mode: %s\n  ground: [%s]\n%s  gives:\n    refund_return: {%s}\n  cites: [T-1]\n", id, mode, ground, conds, terms)
}

// The terms that test claims give. The law's pays freight both ways, the shop's pays sooner.
const (
	plain  = "right: as_of_right, freight: {outbound: kept, return: customer}, refund: goods, due: {from: goods.back_on, days: 7}"
	lavish = "right: as_of_right, freight: {outbound: refunded, return: shop}, refund: goods, due: {from: goods.back_on, days: 7}"
	quick  = "right: as_of_right, freight: {outbound: kept, return: customer}, refund: goods, due: {from: goods.back_on, days: 1}"
)

func onlyIf(id, is, rest string) string {
	return fmt.Sprintf("  if:\n  - {id: %s, is: \"%s\", else: no_%s%s}\n", id, is, id, rest)
}

// matterOf is an input with facts in YAML.
func matterOf(t testing.TB, b *Book, stage Stage, ground, facts string) Input {
	t.Helper()
	fs, err := b.voc.ReadFacts("facts", []byte(facts), "CNY")
	if err != nil {
		t.Fatal(sentences(err))
	}
	return Input{Facts: fs, Stage: stage, At: noon("2026-11-21"), Ground: ground, Remedy: RefundReturn, Calendar: china(t)}
}

func decide(t testing.TB, b *Book, in Input) *Decision {
	t.Helper()
	d, err := b.Decide(in)
	if err != nil {
		t.Fatal(sentences(err))
	}
	return d
}

// summary is the asked bundle in one line, with the clause that won each point.
func summary(d *Decision) string {
	b := d.Asked()
	if b == nil {
		return strings.TrimSpace(string(d.Outcome) + " " + d.Reason)
	}
	out := []string{string(d.Outcome)}
	if d.Reason != "" {
		out = append(out, d.Reason+"@"+d.Clause)
	}
	if b.Right != nil {
		out = append(out, b.Right.Value+"@"+b.Right.By)
	}
	for _, l := range b.Freight {
		if l.Leg != "refused" {
			out = append(out, l.Leg+"="+l.Value+"@"+l.By)
		}
	}
	if b.Refund != nil {
		s := "refund="
		for i, p := range b.Refund.Parts {
			if i > 0 {
				s += "+"
			}
			s += p.Part
			if p.Permit != "" {
				s += "(" + p.Permit + ")"
			}
		}
		if b.Refund.Total != nil {
			s += fmt.Sprintf("=%d", *b.Refund.Total)
		}
		out = append(out, s+"@"+b.Refund.By)
	}
	if b.Authority != nil {
		out = append(out, "authority="+b.Authority.Value+"@"+b.Authority.By)
	}
	for _, x := range b.Due {
		out = append(out, fmt.Sprintf("due=%d@%s", x.N, x.By))
	}
	for _, c := range b.Clauses {
		if c.Overridden {
			out = append(out, "overridden="+c.Claim)
		}
	}
	for _, e := range b.Evidence {
		out = append(out, fmt.Sprintf("prove=%s@%s", e.Fact, e.By))
	}
	for _, c := range b.Conditions {
		out = append(out, "if="+c.Fact+":"+c.MustBe+"→"+c.Then)
	}
	for _, q := range d.Open {
		out = append(out, "ask="+q.Fact)
	}
	return strings.Join(out, " ")
}
