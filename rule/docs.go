package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
)

// Page is the customer's policy page of a pack, as Markdown. The rules themselves are written out: grounds, periods,
// freight, exceptions and numbers come from the claims and parameters that decide, so that page and decision cannot
// differ. beside are the packs that are bound with it; what the law's give is shown as the floor beneath, and a condition
// of the shop that has no force against it (X11) is called so. Tables, and with them who of the shop may agree to what,
// are not on it.
func Page(p *Pack, lang errs.Lang, beside ...*Pack) (string, error) {
	packs := append([]*Pack{p}, beside...)
	b, err := NewBook(packs)
	if err != nil {
		return "", err
	}
	g := &page{explainer: explainer{b: b, d: &Decision{}, asked: &Bundle{}, lang: lang, to: ForCustomer}, pack: p}
	g.head()
	for _, ground := range b.Grounds() {
		if ground.As == "" || len(g.claims(ground.Name, p.Layer)) > 0 {
			g.ground(ground) // what counts as another ground has a chapter where the pack has a claim for it alone
		}
	}
	return g.out.String(), nil
}

// page writes one pack's page. It borrows the words of explanations.
type page struct {
	explainer
	pack *Pack
	out  strings.Builder
}

func (g *page) line(key string, args errs.Args) { g.out.WriteString(g.say(key, args) + "\n") }

func (g *page) head() {
	p := g.pack
	fmt.Fprintf(&g.out, "# %s\n\n", g.in(p.Title))
	until := ""
	if p.To != calendar.MaxDate {
		until = g.say("rule.page_until", errs.Args{"to": p.To.String()})
	}
	g.line("rule.page_version", errs.Args{"version": p.Version, "from": p.From.String(), "until": until})
	if p.Layer != Law {
		g.out.WriteString("\n")
		g.line("rule.page_floor", nil)
	}
}

// ground is the chapter of one ground with the grounds that count as it: what the pack gives, then what the law does.
func (g *page) ground(top Ground) {
	var names []string
	for _, x := range g.b.Grounds() {
		if slices.Contains(g.b.lineage(x.Name), top.Name) {
			names = append(names, g.explainer.ground(x.Name))
		}
	}
	own, law := g.claims(top.Name, g.pack.Layer), []*claim(nil)
	if g.pack.Layer != Law {
		law = g.claims(top.Name, Law)
	}
	if len(own) == 0 && len(law) == 0 {
		return
	}
	fmt.Fprintf(&g.out, "\n## %s\n", names[0])
	if len(names) > 1 {
		g.out.WriteString("\n")
		g.line("rule.page_also", errs.Args{"grounds": strings.Join(names[1:], g.say("rule.why_comma", nil))})
	}
	for _, c := range own {
		g.claim(c)
	}
	if len(law) > 0 {
		g.out.WriteString("\n### " + g.say("rule.page_law", nil) + "\n\n")
		for _, c := range law {
			g.out.WriteString("- " + g.clause(c.id) + "\n")
		}
	}
}

// claims of a layer for a ground that are promised to every customer: neither deductions, which stand where they are
// taken, nor what somebody of the shop has to grant first.
func (g *page) claims(ground string, layer Layer) (out []*claim) {
	for _, p := range g.b.packs {
		for _, c := range p.claims {
			if p.Layer == layer && slices.Contains(c.grounds, ground) && c.mode != permit && !g.granted(c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// granted says whether a claim waits for a grant in its guards: a fact of the application that only our records tell.
func (g *page) granted(c *claim) bool {
	return slices.ContainsFunc(c.conds, func(k *cond) bool {
		return k.kind == guard && slices.ContainsFunc(k.is.facts(), func(f int) bool {
			d := g.b.voc.facts[f]
			return d.Stage == AtApplication && d.Ask == System
		})
	})
}

func (g *page) claim(c *claim) {
	for _, x := range c.gives {
		fmt.Fprintf(&g.out, "\n### %s\n\n%s\n\n", g.remedy(x.remedy), g.promise(c.id))
		if x.right == offered || x.right == review {
			g.line("rule.page_"+rightNames[x.right], nil)
		}
		g.conditions(c)
		g.gives(x)
		g.void(c, x)
	}
}

// void says which conditions and proofs of a shop's claim the law's claim for the same remedy does not ask for: whoever
// fails them still has what the law gives.
func (g *page) void(c *claim, x *gives) {
	for _, l := range g.b.packs[0].claims {
		i := slices.IndexFunc(l.gives, func(y *gives) bool { return y.remedy == x.remedy && y.right == asOfRight })
		same := slices.ContainsFunc(l.grounds, func(ground string) bool { return slices.Contains(c.grounds, ground) })
		if c.pack.Layer == Law || x.right != asOfRight || l.mode != floor || i < 0 || !same || l.asksMore(c) {
			continue
		}
		var out []string
		for _, k := range c.conds {
			shared := slices.ContainsFunc(l.conds, func(o *cond) bool { return o.is.key() == k.is.key() })
			if reason := g.reason(c.id, k.orElse, nil); k.kind != guard && k.is.win == nil && !shared && !slices.Contains(out, reason) {
				out = append(out, reason)
			}
		}
		for _, f := range x.evidence {
			if !slices.Contains(l.gives[i].evidence, f) {
				out = append(out, g.say("rule.page_without", errs.Args{"what": g.name(f)}))
			}
		}
		if len(out) > 0 {
			g.line("rule.page_void", errs.Args{"reasons": g.list(out), "source": g.short(l.id)})
			return
		}
	}
}

// asksMore says whether a claim waits for a finding that nobody presumes, and that another claim does not ask for: then it
// is another right, and no measure of that claim.
func (c *claim) asksMore(than *claim) bool {
	return slices.ContainsFunc(c.conds, func(k *cond) bool {
		return k.presume == presumeUnmet && !slices.ContainsFunc(than.conds, func(o *cond) bool { return o.is.key() == k.is.key() })
	})
}

// conditions are the period, then everything that stands against the claim.
func (g *page) conditions(c *claim) {
	var against []string
	for _, k := range c.conds {
		switch {
		case k.kind == guard:
		case k.is.win != nil:
			w := k.is.win
			roll := ""
			if w.roll {
				roll = g.say("rule.page_rolls", nil)
			}
			g.line("rule.page_window", errs.Args{"period": g.length(&w.period), "from": g.name(w.from), "tested": g.name(w.tested), "roll": roll})
		default:
			against = append(against, g.reason(c.id, k.orElse, nil))
		}
	}
	if len(against) > 0 {
		g.line("rule.page_against", errs.Args{"reasons": g.list(slices.Compact(against))})
	}
}

func (g *page) gives(x *gives) {
	for leg, b := range x.freight {
		if b != 0 && (leg != refused || b != x.freight[returnLeg]) {
			g.line("rule.page_item", errs.Args{"text": g.pair(g.say("rule.leg."+legNames[leg], nil), g.bearer(legNames[leg], bearerName(leg, b)))})
		}
	}
	switch r := x.refund; {
	case r == nil:
	case r.amount != nil:
		g.line("rule.page_refund_amount", nil)
	case r.percent < 100:
		g.line("rule.page_refund_percent", errs.Args{"percent": r.percent})
	default:
		g.line("rule.page_refund", nil)
	}
	for _, d := range x.deducts {
		g.line("rule.page_deduct", errs.Args{"what": g.deduction(d.name)})
	}
	for _, f := range x.evidence {
		g.line("rule.page_evidence", errs.Args{"what": g.name(f)})
	}
	if x.sendBy != nil {
		g.line("rule.page_send_by", errs.Args{"when": g.when(x.sendBy)})
	}
	if x.due != nil && x.refund != nil {
		g.line("rule.page_due_refund", errs.Args{"when": g.when(x.due)})
	} else if x.due != nil {
		g.line("rule.page_due", errs.Args{"when": g.when(x.due)})
	}
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
	if p.nFact < 0 && p.n == 0 {
		return g.say("rule.same_day", errs.Args{"from": g.name(p.from)})
	}
	return g.say("rule.within", errs.Args{"from": g.name(p.from), "period": g.length(p)})
}
