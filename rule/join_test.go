package rule

import (
	"strings"
	"testing"
)

const goods = "line.goods_amount: 100.00\nline.outbound_freight: 10.00\n"

func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name  string
		packs map[Layer]string
		facts string
		want  string
	}{
		{"point by point, each its winner; the shop's clause gave less on freight", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", lavish),
			Shop: clause("shop.a", "promise", "quality", "", quick),
		}, goods, "approve as_of_right@law.a outbound=refunded@law.a return=shop@law.a refund=goods+outbound_freight=11000@law.a due=1@shop.a overridden=shop.a"},
		{"a tie goes to the law, and nothing is overridden", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", plain),
			Shop: clause("shop.a", "promise", "quality", "", plain),
		}, goods, "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a"},
		{"the marketplace before the shop", map[Layer]string{
			Marketplace: clause("market.a", "promise", "quality", "", plain),
			Shop:        clause("shop.a", "promise", "quality", "", plain),
		}, goods, "approve as_of_right@market.a outbound=kept@market.a return=customer@market.a refund=goods=10000@market.a due=7@market.a"},
		{"a claim that fails contributes nothing, and its clause is overridden", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", plain),
			Shop: clause("shop.a", "promise", "quality", onlyIf("red", "line.custom_made", ""), lavish),
		}, goods + "line.custom_made: false", "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a overridden=shop.a"},
		{"an offer never displaces a right, and adds nothing to it", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", plain),
			Shop: clause("shop.a", "offer", "quality", "", "freight: {outbound: refunded, return: shop}, refund: goods, due: {from: goods.back_on, days: 1}"),
		}, goods, "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a overridden=shop.a"},
		{"an offer alone", map[Layer]string{
			Shop: clause("shop.a", "offer", "quality", "", "freight: {outbound: kept, return: shop}, refund: {percent: 30}, due: {from: goods.back_on, days: 1}"),
		}, goods, "offer offer@shop.a outbound=kept@shop.a return=shop@shop.a refund=goods=3000@shop.a due=1@shop.a"},
		{"a floor whose source is unverified is a person's decision", map[Layer]string{
			Law: clause("law.a", "floor", "quality", "  confidence: check\n", plain),
		}, goods, "manual_review review@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a"},
		{"and takes no part beside a right", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "  confidence: check\n", lavish),
			Shop: clause("shop.a", "promise", "quality", "", plain),
		}, goods, "approve as_of_right@shop.a outbound=kept@shop.a return=customer@shop.a refund=goods=10000@shop.a due=7@shop.a"},
		{"evidence binds its own claim: the law gives without it, and it is named as bettering", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", plain),
			Shop: clause("shop.a", "promise", "quality", "", lavish+", evidence: [evidence.photo]"),
		}, goods, "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a prove=evidence.photo@shop.a"},
		{"a deadline that cannot be compared yet may be the earlier: the proof is asked for too", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", plain),
			Shop: clause("shop.a", "promise", "quality", "", strings.Replace(plain, "days: 7", "workdays: 3", 1)+", evidence: [evidence.photo]"),
		}, goods, "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a prove=evidence.photo@shop.a"},
		{"evidence that is missing is asked for, never a refusal", map[Layer]string{
			Shop: clause("shop.a", "promise", "quality", "", plain+", evidence: [evidence.photo]"),
		}, goods, "need_evidence as_of_right@shop.a outbound=kept@shop.a return=customer@shop.a refund=goods=10000@shop.a due=7@shop.a prove=evidence.photo@shop.a"},
		{"a right that waits for evidence is more than an offer", map[Layer]string{
			Shop: clause("shop.a", "promise", "quality", "", plain+", evidence: [evidence.photo]") +
				clause("shop.b", "offer", "quality", "", "freight: {outbound: refunded, return: shop}, refund: goods, due: {from: goods.back_on, days: 1}"),
		}, goods, "need_evidence as_of_right@shop.a outbound=kept@shop.a return=customer@shop.a refund=goods=10000@shop.a due=7@shop.a prove=evidence.photo@shop.a"},
		{"authority the law does not speak of is the shop's to say", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "", plain),
			Shop: clause("shop.a", "promise", "quality", "", plain+", authority: supervisor"),
		}, goods, "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a authority=supervisor@shop.a due=7@law.a"},
		{"of two that speak the lesser authority wins", map[Layer]string{
			Shop: clause("shop.a", "promise", "quality", "", plain+", authority: supervisor") + clause("shop.b", "promise", "quality", "", plain+", authority: agent"),
		}, goods, "approve as_of_right@shop.a outbound=kept@shop.a return=customer@shop.a refund=goods=10000@shop.a authority=agent@shop.b due=7@shop.a"},
		{"nobody's clause: a person", map[Layer]string{}, goods, "manual_review no_clause"},
		{"a clause for other goods is not mentioned: a person", map[Layer]string{
			Shop: clause("shop.a", "promise", "quality", "  for: {line.category: [jade]}\n", plain),
		}, goods + "line.category: shoes", "manual_review no_clause@"},
		{"an unconfirmed rule that fails refuses nobody: a person", map[Layer]string{
			Law: strings.Replace(clause("law.a", "floor", "quality", onlyIf("x", "line.custom_made", ""), plain), "  cites", "  confidence: check\n  cites", 1),
		}, goods + "line.custom_made: false", "manual_review no_clause@"},
		{"and is no reason where another one refuses", map[Layer]string{
			Law:  strings.Replace(clause("law.a", "floor", "quality", onlyIf("x", "line.custom_made", ""), plain), "  cites", "  confidence: check\n  cites", 1),
			Shop: clause("shop.a", "promise", "quality", "  if:\n  - {id: y, is: line.custom_made, else: no_y}\n  - {id: z, is: line.exclusion_confirmed, else: no_z}\n", plain),
		}, goods + "line.custom_made: false\nline.exclusion_confirmed: false", "reject no_y@shop.a"},
		{"refused with the reason that came closest", map[Layer]string{
			Law:  clause("law.a", "floor", "quality", "  if:\n  - {id: x, is: line.custom_made, else: no_x}\n  - {id: y, is: line.exclusion_confirmed, else: no_y}\n", plain),
			Shop: clause("shop.a", "promise", "quality", onlyIf("z", "line.custom_made", ""), plain),
		}, goods + "line.custom_made: false\nline.exclusion_confirmed: false", "reject no_z@shop.a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bind(t, c.packs)
			if got := summary(decide(t, b, matterOf(t, b, AtApplication, "quality", c.facts))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Freight that a shop bears for one remedy is not borne for another: points are joined inside one key only.
func TestKeysAreNeverMixed(t *testing.T) {
	b := bind(t, map[Layer]string{
		Law: clause("law.a", "floor", "no_reason", "", plain),
		Shop: "- claim: shop.x\n  mode: promise\n  ground: [no_reason]\n  gives:\n    exchange: {right: as_of_right, freight: {both: shop}, authority: none}\n" +
			"    reissue: {right: as_of_right, freight: {resend: shop}}\n  cites: [T-1]\n" + clause("shop.q", "promise", "quality", "", lavish),
	})
	d := decide(t, b, matterOf(t, b, AtApplication, "no_reason", goods))
	if got, want := summary(d), "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	in := matterOf(t, b, AtApplication, "no_reason", goods)
	in.Remedy = Exchange
	if x := decide(t, b, in).Asked(); x == nil || x.Freight[0].Value != "shop" || x.Refund != nil {
		t.Errorf("exchange: %+v", x)
	}
}

// A reduction counts against the law only where a shop's claim of the same key that holds invokes it, up to the cap
// (NRR-12, NRR-18).
func TestPermits(t *testing.T) {
	permits := "- claim: law.gift\n  mode: permit\n  ground: [no_reason]\n  gives: {refund_return: {deduct: {gift: order.gift_price}}}\n  cites: [NRR-12]\n"
	unverified := "- claim: law.gift\n  mode: permit\n  ground: [no_reason]\n  confidence: check\n  gives: {refund_return: {deduct: {gift: order.gift_price}}}\n  cites: [NRR-12]\n"
	floor := clause("law.a", "floor", "no_reason", "", plain)
	invoke := plain + ", deduct: {gift: fen(3000)}"
	const head = "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a "
	for _, c := range []struct{ name, law, shop, gift, want string }{
		{"not invoked", floor + permits, clause("shop.a", "promise", "no_reason", "", plain), "20.00", head + "refund=goods=10000@law.a due=7@law.a"},
		{"invoked, capped by the permit", floor + permits, clause("shop.a", "promise", "no_reason", "", invoke), "20.00",
			head + "refund=goods+deduct.gift(law.gift)=8000@law.a due=7@law.a"},
		{"invoked, less than the cap", floor + permits, clause("shop.a", "promise", "no_reason", "", invoke), "50.00",
			head + "refund=goods+deduct.gift(law.gift)=7000@law.a due=7@law.a"},
		{"invoked by a claim of another key", floor + permits, clause("shop.a", "promise", "quality", "", invoke), "20.00", head + "refund=goods=10000@law.a due=7@law.a"},
		{"invoked by a claim that fails", floor + permits, clause("shop.a", "promise", "no_reason", onlyIf("red", "line.custom_made", ""), invoke), "20.00",
			head + "refund=goods=10000@law.a due=7@law.a overridden=shop.a"},
		{"no permit: it binds only its own claim", floor, clause("shop.a", "promise", "no_reason", "", invoke), "20.00",
			head + "refund=goods=10000@law.a due=7@law.a overridden=shop.a"},
		{"a permit whose source is unverified allows nothing", floor + unverified, clause("shop.a", "promise", "no_reason", "", invoke), "20.00",
			head + "refund=goods=10000@law.a due=7@law.a overridden=shop.a"},
		{"never below zero, and never more than the goods", floor + permits, clause("shop.a", "promise", "no_reason", "", plain+", deduct: {gift: fen(20000)}"), "150.00",
			head + "refund=goods+deduct.gift(law.gift)=0@law.a due=7@law.a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bind(t, map[Layer]string{Law: c.law, Shop: c.shop})
			d := decide(t, b, matterOf(t, b, AtApplication, "no_reason", goods+"line.custom_made: false\norder.gift_price: "+c.gift))
			if got := summary(d); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	b := bind(t, map[Layer]string{Law: floor + permits, Shop: clause("shop.a", "promise", "no_reason", "", plain+", deduct: {gift: fen(20000)}")})
	if r := decide(t, b, matterOf(t, b, AtApplication, "no_reason", goods+"order.gift_price: 150.00")).Asked().Refund; r.Shortfall != 5000 {
		t.Errorf("shortfall %d", r.Shortfall)
	}
}

// A cap that is not known yet leaves the sum open and asks for it, but changes no outcome.
func TestSumsThatWait(t *testing.T) {
	b := bind(t, map[Layer]string{
		Law:  clause("law.a", "floor", "no_reason", "", plain) + "- claim: law.gift\n  mode: permit\n  ground: [no_reason]\n  gives: {refund_return: {deduct: {gift: order.gift_price}}}\n  cites: [NRR-12]\n",
		Shop: clause("shop.a", "promise", "no_reason", "", plain+", deduct: {gift: fen(3000)}"),
	})
	d := decide(t, b, matterOf(t, b, AtApplication, "no_reason", "line.outbound_freight: 0.00"))
	want := "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods+deduct.gift(law.gift)@law.a due=7@law.a ask=line.goods_amount ask=order.gift_price"
	if got := summary(d); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, q := range d.Open {
		if q.For != "amount" {
			t.Errorf("%s is asked for %q", q.Fact, q.For)
		}
	}
}

// With two editions the better whole bundle governs a key; on a tie the one at payment (G2).
func TestEditions(t *testing.T) {
	voc := testVocabulary(t)
	law := pack(t, voc, Law, "")
	old := pack(t, voc, Shop, clause("shop.a", "promise", "no_reason", "", quick)+clause("shop.b", "promise", "quality", "", plain))
	now := pack(t, voc, Shop, clause("shop.a", "promise", "no_reason", "", plain)+clause("shop.b", "promise", "quality", "", lavish))
	b, err := NewBook([]*Pack{law, old}, []*Pack{law, now})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ ground, edition, want string }{
		{"no_reason", "", "approve as_of_right@shop.a outbound=kept@shop.a return=customer@shop.a refund=goods=10000@shop.a due=1@shop.a"},
		{"quality", "later", "approve as_of_right@shop.b outbound=refunded@shop.b return=shop@shop.b refund=goods+outbound_freight=11000@shop.b due=7@shop.b"},
	} {
		d := decide(t, b, matterOf(t, b, AtApplication, c.ground, goods))
		if got := summary(d); got != c.want || d.Asked().Edition != c.edition {
			t.Errorf("%s: edition %q, got  %s\nwant %s", c.ground, d.Asked().Edition, got, c.want)
		}
		if len(d.Later) != 2 || d.Later[1].Hash != now.Hash || d.Packs[1].Hash != old.Hash {
			t.Errorf("packs %+v, later %+v", d.Packs, d.Later)
		}
	}
	same, err := NewBook([]*Pack{law, old}, []*Pack{law, old})
	if err != nil {
		t.Fatal(err)
	}
	if d := decide(t, same, matterOf(t, same, AtApplication, "quality", goods)); d.Asked().Edition != "" {
		t.Errorf("a tie went to edition %q", d.Asked().Edition)
	}
}

// Nobody's fault yet: the ground itself is asked for where nothing holds, and freight is never put on the customer (S4-20).
func TestUndeterminedGround(t *testing.T) {
	b := bind(t, map[Layer]string{Shop: clause("shop.a", "promise", "other", onlyIf("red", "line.custom_made", ""), lavish) + clause("shop.n", "promise", "no_reason", "", plain)})
	d := decide(t, b, matterOf(t, b, AtApplication, "other", goods+"line.custom_made: false"))
	if got, want := summary(d), "need_facts ask=application.ground"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if d := decide(t, b, matterOf(t, b, AtApplication, "other", goods+"line.custom_made: true")); d.Outcome != Approve {
		t.Errorf("a claim for it that holds: %s", summary(d))
	}
	if d := decide(t, b, matterOf(t, b, AtApplication, "", goods)); d.Outcome != NeedFacts || d.Open[0].Fact != GroundFact || len(d.Bundles) != 0 {
		t.Errorf("no ground: %s", summary(d))
	}
	in := matterOf(t, b, AtApplication, "no_reason", goods)
	in.Remedy = ""
	if d := decide(t, b, in); d.Outcome != NeedFacts || d.Open[0].Fact != RemedyFact || d.Bundles[0].Outcome != Approve {
		t.Errorf("no remedy: %s", summary(d))
	}
}

// A refusal names its reason, its clause and at least one other way (S2-16).
func TestRefusalOffersAnotherWay(t *testing.T) {
	refuse := clause("shop.a", "promise", "quality", onlyIf("red", "line.custom_made", "")+"  otherwise: [other_style]\n", plain)
	for _, c := range []struct{ name, shop, want string }{
		{"the clause's own", refuse, "other_style"},
		{"a person, where nobody thought of one", clause("shop.a", "promise", "quality", onlyIf("red", "line.custom_made", ""), plain), "human_review"},
		{"another ground that needs no cause", clause("shop.a", "promise", "quality", onlyIf("red", "line.custom_made", ""), plain) + clause("shop.n", "promise", "no_reason", "", plain), "no_reason/refund_return"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bind(t, map[Layer]string{Shop: c.shop})
			d := decide(t, b, matterOf(t, b, AtApplication, "quality", goods+"line.custom_made: false"))
			if d.Outcome != Reject || d.Reason != "no_red" || d.Clause != "shop.a" || len(d.Alternatives) == 0 {
				t.Fatalf("%s, alternatives %v", summary(d), d.Alternatives)
			}
			a := d.Alternatives[0]
			if got := a.Code; got != c.want && a.Ground+"/"+string(a.Remedy) != c.want {
				t.Errorf("got %+v, want %s", a, c.want)
			}
		})
	}
}

// What counts as another ground has that ground's rights, and its own beside them.
func TestSubGround(t *testing.T) {
	b := bind(t, map[Layer]string{Law: clause("law.a", "floor", "no_reason", "", plain), Shop: clause("shop.s", "promise", "size", "", quick)})
	if got, want := summary(decide(t, b, matterOf(t, b, AtApplication, "size", goods))), "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=1@shop.s"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := summary(decide(t, b, matterOf(t, b, AtApplication, "no_reason", goods))), "approve as_of_right@law.a outbound=kept@law.a return=customer@law.a refund=goods=10000@law.a due=7@law.a"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
