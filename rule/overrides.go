package rule

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/errs"
)

// Override is what a shop's pack says of itself: a clause that has no force, in some points, against claims of the law.
type Override struct {
	Claim  string
	Points []string // reason codes of its conditions, Rolls, proofs, or points: "freight.return", "refund", "due"
	By     []string // claims of the law
	mark   mark
}

// Rolls is the point of a window that fails where the law's last day has moved to the next working day.
const Rolls = "roll"

// overridden reads `overridden_by_law` of pack.yaml. Whether it is true, Verify says.
func (l *loader) overridden(n *yaml.Node) (out []Override) {
	if n == nil {
		return nil
	}
	if l.pack.Layer != Shop {
		l.fault(n, "rule.overridden_law")
	}
	for _, x := range l.items(n, "overridden_by_law") {
		f := l.fields(x, "overridden_by_law", "claim!", "in!", "by!")
		o := Override{Claim: l.scalar(f["claim"], "claim"), Points: l.strings(f["in"], "in"), By: l.strings(f["by"], "by"), mark: l.mark(x)}
		if f["in"] != nil && len(o.Points) == 0 {
			l.fault(f["in"], "rule.want_list", "what", "in")
		}
		if f["by"] != nil && len(o.By) == 0 {
			l.fault(f["by"], "rule.want_list", "what", "by")
		}
		out = append(out, o)
	}
	return out
}

// resolve ties together what names something elsewhere in the pack.
func (l *loader) resolve() {
	l.resolveTables()
	l.resolveOverrides()
}

// resolveOverrides refuses listed claims and points that the pack does not have.
func (l *loader) resolveOverrides() {
	if len(l.faults) > 0 {
		return // a condition that was refused takes its reason with it
	}
	for _, o := range l.pack.Overrides {
		l.file = o.mark.file
		at := &yaml.Node{Line: o.mark.line, Column: o.mark.col}
		i := slices.IndexFunc(l.pack.claims, func(c *claim) bool { return c.id == o.Claim })
		if i < 0 {
			var ids []string
			for _, c := range l.pack.claims {
				ids = append(ids, c.id)
			}
			l.fault(at, "rule.overridden_claim", "id", o.Claim, "hint", hint(o.Claim, ids))
			continue
		}
		known := l.pack.claims[i].points(l.voc)
		for _, p := range o.Points {
			if !slices.Contains(known, p) {
				l.fault(at, "rule.overridden_point", "id", o.Claim, "point", p, "hint", hint(p, known))
			}
		}
	}
}

// points are what can be without force in a claim.
func (c *claim) points(voc *Vocabulary) []string {
	out := []string{"right", "refund", "amount", "due", "send_by"}
	for _, k := range c.conds {
		if k.kind == guard {
			continue
		}
		if out = appendNew(out, k.orElse); k.is.win != nil {
			out = appendNew(out, Rolls)
		}
	}
	for _, g := range c.gives {
		for leg, b := range g.freight {
			if b != 0 {
				out = appendNew(out, "freight."+legNames[leg])
			}
		}
		for _, d := range g.deducts {
			out = appendNew(out, d.part)
		}
		for _, f := range g.evidence {
			out = appendNew(out, voc.facts[f].name)
		}
	}
	return out
}

// overrides is the list as single entries.
func (p *Pack) overrides() map[triple]bool {
	out := map[triple]bool{}
	for _, o := range p.Overrides {
		for _, point := range o.Points {
			for _, by := range o.By {
				out[triple{o.Claim, point, by}] = true
			}
		}
	}
	return out
}

// overridden is the list as points of a comparison, one for each claim.
func (x *points) overridden(of point) {
	said, keys := map[string]string{}, map[string]string{}
	var claims []string
	for i, o := range x.pack.Overrides {
		claims = appendNew(claims, o.Claim)
		entry := strings.Join(o.Points, ", ") + " ← " + strings.Join(o.By, ", ")
		if said[o.Claim] != "" {
			entry = "; " + entry
		}
		said[o.Claim] += entry
		keys[o.Claim] += fmt.Sprint(i, entry)
	}
	for _, c := range claims {
		x.put(of, "overridden "+c, x.say("rule.diff.overridden", errs.Args{"claim": c}), said[c], keys[c])
	}
}
