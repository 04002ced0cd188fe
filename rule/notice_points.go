package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// points are the lines of what a claim gives for a remedy, in the chapter of a ground.
func (g *notice) points(ground string, c *claim, x *gives) (out []NoticePoint) {
	add := g.adds(&out)
	if x.right == offered || x.right == review {
		add(PointOffer, "rule.page_"+rightNames[x.right], nil)
	}
	for _, k := range c.conds {
		if k.kind == guard && !slices.Contains(c.pack.guards, k) && g.known(k) == open {
			out = append(out, NoticePoint{PointFor, g.guard(k)})
		}
	}
	g.conditions(ground, c, x, add)
	out = append(out, g.gives(x)...)
	if reasons, law := g.void(ground, c, x); len(reasons) > 0 {
		add(PointVoid, "rule.page_void", errs.Args{"reasons": g.list(reasons), "source": g.short(law.id)})
	}
	return out
}

type adding func(kind PointKind, key string, args errs.Args)

func (g *page) adds(to *[]NoticePoint) adding {
	return func(kind PointKind, key string, args errs.Args) {
		*to = append(*to, NoticePoint{kind, g.say(key, args)})
	}
}

// guard is which purchases a claim, or a pack, is for.
func (g *notice) guard(k *cond) string {
	f := g.b.voc.facts[k.fact]
	if f.typ == TypeBool {
		key := "rule.page_only"
		if slices.Equal(k.words, []string{"false"}) {
			key = "rule.page_not_for"
		}
		return g.say(key, errs.Args{"what": g.in(f.Label)})
	}
	words := names(k.words, func(w string) string { return g.value(f.name, w) })
	return g.say("rule.page_only_words", errs.Args{"what": g.in(f.Label), "words": strings.Join(words, g.say("rule.why_comma", nil))})
}

// conditions are the period, then what stands against the claim, then what is another claim's.
func (g *notice) conditions(ground string, c *claim, x *gives, add adding) {
	var against, others []string
	for _, k := range c.conds {
		switch {
		case k.kind == guard || g.known(k) == yes:
		case k.is.win != nil:
			add(PointWindow, "rule.page_item", errs.Args{"text": g.window(k.is.win)})
		case g.elsewhere(ground, c, x, k):
			others = append(others, g.reason(c.id, k.orElse, nil))
		default:
			against = append(against, g.reason(c.id, k.orElse, nil))
		}
	}
	if len(against) > 0 {
		add(PointAgainst, "rule.page_against", errs.Args{"reasons": g.list(slices.Compact(against))})
	}
	if len(others) > 0 {
		add(PointOther, "rule.page_elsewhere", errs.Args{"reasons": g.list(slices.Compact(others))})
	}
}

// window is a period in one line.
func (g *page) window(w *window) string {
	args := errs.Args{"from": g.name(w.from), "tested": g.name(w.tested), "roll": ""}
	if w.roll {
		args["roll"] = g.say("rule.page_rolls", nil)
	}
	if w.nFact >= 0 {
		args["fact"] = g.name(w.nFact)
		return g.say("rule.page_window_fact", args)
	}
	args["period"] = g.length(&w.period)
	return g.say("rule.page_window", args)
}

// elsewhere says whether a condition only tells a claim from another of the shop that asks for the opposite: whoever
// fails it is served there.
func (g *notice) elsewhere(ground string, c *claim, x *gives, k *cond) bool {
	return slices.ContainsFunc(g.beside(ground, c, x), func(o *claim) bool {
		return slices.ContainsFunc(o.conds, func(p *cond) bool { return p.kind != guard && p.is.win == nil && opposite(k, p) })
	})
}

// opposite says whether whatever fails one condition meets the other.
func opposite(a, b *cond) bool {
	return slices.ContainsFunc(a.wants(), func(x literal) bool {
		return slices.ContainsFunc(b.wants(), func(y literal) bool { return x.key == y.key && x.not != y.not })
	})
}

// literal is a comparison or its opposite.
type literal struct {
	key string
	not bool
}

// wants are the comparisons of which a condition wants one.
func (k *cond) wants() (out []literal) {
	l, inside := k.is.ex.logic, "or"
	if k.kind == except {
		inside = "and"
	}
	for _, x := range l.kids {
		if l.op == inside && x.op == "test" {
			out = append(out, x.test.literal(k.kind == except))
		}
	}
	if l.op == "test" {
		out = append(out, l.test.literal(k.kind == except))
	}
	return out
}

func (t test) literal(not bool) literal {
	op := t.op
	if op == "!=" || op == ">" || op == ">=" || op == "!in" {
		op, not = negated[op], !not
	}
	key := strconv.Itoa(t.fact) + op
	for _, v := range t.vals {
		key += " " + v.String()
	}
	return literal{key, not}
}

// beside are the shop's other claims of the same ground and remedy that concern whatever c concerns.
func (g *notice) beside(ground string, c *claim, x *gives) (out []*claim) {
	for _, o := range g.claims(ground, g.own) {
		gives := slices.ContainsFunc(o.gives, func(y *gives) bool { return y.remedy == x.remedy })
		narrower := slices.ContainsFunc(o.conds, func(k *cond) bool {
			return k.kind == guard && !slices.ContainsFunc(c.conds, func(p *cond) bool { return p.kind == guard && p.is.key() == k.is.key() })
		})
		if o != c && gives && !narrower {
			out = append(out, o)
		}
	}
	return out
}

// void says which conditions and proofs of a shop's claim the law's claim for the same matter does not ask for: whoever
// fails them still has what the law gives. A condition that fails the customer in this claim alone, and not in another of
// the shop, is none of them.
func (g *notice) void(ground string, c *claim, x *gives) (reasons []string, by *claim) {
	if c.pack.Layer == Law || x.right != asOfRight {
		return nil, nil
	}
	others := g.beside(ground, c, x)
	for _, l := range g.claims(ground, g.law) {
		i := slices.IndexFunc(l.gives, func(y *gives) bool { return y.remedy == x.remedy && y.right == asOfRight })
		if l.mode != floor || i < 0 || l.asksMore(c) {
			continue
		}
		for _, k := range c.conds {
			if k.kind == guard || k.is.win != nil || g.known(k) == yes || l.asks(k) ||
				slices.ContainsFunc(others, func(o *claim) bool { return !o.asks(k) }) {
				continue
			}
			if reason := g.reason(c.id, k.orElse, nil); !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
		for _, f := range x.evidence {
			if !slices.Contains(l.gives[i].evidence, f) {
				reasons = append(reasons, g.say("rule.page_without", errs.Args{"what": g.name(f)}))
			}
		}
		if len(reasons) > 0 {
			return reasons, l
		}
	}
	return nil, nil
}

// asks says whether a claim has the same condition.
func (c *claim) asks(k *cond) bool {
	return slices.ContainsFunc(c.conds, func(o *cond) bool { return o.is.key() == k.is.key() })
}

// asksMore says whether a claim waits for a finding that nobody presumes, and that another claim does not ask for: then it
// is another right, and no measure of that claim.
func (c *claim) asksMore(than *claim) bool {
	return slices.ContainsFunc(c.conds, func(k *cond) bool { return k.presume == presumeUnmet && !than.asks(k) })
}

// gives are the lines of what is given: freight, money, what to show and when.
func (g *page) gives(x *gives) (out []NoticePoint) {
	add := g.adds(&out)
	for leg, b := range x.freight {
		if b != 0 && (leg != refused || b != x.freight[returnLeg]) {
			add(PointFreight, "rule.page_item", errs.Args{"text": g.pair(g.say("rule.leg."+legNames[leg], nil), g.bearer(legNames[leg], bearerName(leg, b)))})
		}
	}
	switch r := x.refund; {
	case r == nil:
	case r.amount != nil:
		add(PointMoney, "rule.page_refund_amount", nil)
	case r.percent < 100:
		add(PointMoney, "rule.page_refund_percent", errs.Args{"percent": r.percent})
	default:
		add(PointMoney, "rule.page_refund", nil)
	}
	for _, d := range x.deducts {
		add(PointMoney, "rule.page_deduct", errs.Args{"what": g.deduction(d.name)})
	}
	for _, f := range x.evidence {
		key := "rule.page_evidence"
		if g.b.voc.facts[f].Ask&Customer == 0 {
			key = "rule.page_needs"
		}
		add(PointEvidence, key, errs.Args{"what": g.name(f)})
	}
	if x.sendBy != nil {
		add(PointTime, "rule.page_send_by", errs.Args{"when": g.when(x.sendBy)})
	}
	if x.due != nil && x.refund != nil {
		add(PointTime, "rule.page_due_refund", errs.Args{"when": g.when(x.due)})
	} else if x.due != nil {
		add(PointTime, "rule.page_due", errs.Args{"when": g.when(x.due)})
	}
	return out
}

// deduction is what the law says about a deduction of this name.
func (g *page) deduction(name string) string {
	for _, p := range g.b.packs {
		for _, c := range p.claims {
			for _, x := range c.gives {
				if c.mode == permit && slices.ContainsFunc(x.deducts, func(d deduct) bool { return d.name == name }) {
					return strings.TrimRight(g.clause(c.id), "。.")
				}
			}
		}
	}
	return name
}

func (g *page) name(f int) string { return g.in(g.b.voc.facts[f].Label) }

// length of a period: a number, or the fact that holds it.
func (g *page) length(p *period) string {
	if p.nFact >= 0 {
		return g.say("rule.page_length", errs.Args{"fact": g.name(p.nFact)})
	}
	return g.period(p.n, string(p.unit))
}

func (g *page) when(p *period) string {
	switch {
	case p.nFact >= 0:
		return g.say("rule.page_within_fact", errs.Args{"from": g.name(p.from), "fact": g.name(p.nFact)})
	case p.n == 0:
		return g.say("rule.same_day", errs.Args{"from": g.name(p.from)})
	}
	return g.say("rule.within", errs.Args{"from": g.name(p.from), "period": g.length(p)})
}
