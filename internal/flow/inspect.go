package flow

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/rule"
)

// Inspect records what was found on the goods of one line and decides at the inspection stage. A sheet that leaves a
// fact open which the policy needs is refused with the list of what is missing; nothing is kept of it. Where serial numbers
// were noted when it was sold, those of all units are scanned: what has another one is kept apart, and only the rest is
// decided on (serial.go).
func (f *Flow) Inspect(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, facts map[string]json.RawMessage, evidence string, serials ...string) (View, error) {
	if err := f.checkEvidence(ctx, shopID, lineID, evidence); err != nil {
		return View{}, err
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Inspect)
		if err != nil {
			return nil, err
		}
		units, err := d.tellApart(*l, serials)
		if err != nil {
			return nil, err
		}
		if len(units.other) > 0 && (len(units.right) == 0 || d.situation(*l).Ahead) { // a deposit is of the whole line
			return func(c *change) { c.noteSerials(lineID, units) }, nil
		}
		found, err := f.findings(d, facts, rule.AtInspection, *l, who, evidence)
		if err != nil {
			return nil, err
		}
		rest, known := *l, d.Findings[l.ID]
		rest.Quantity -= int64(len(units.other))
		d.Findings[l.ID] = append(slices.Clone(known), found...)
		ans, err := f.decide(d, rest, rule.AtInspection)
		d.Findings[l.ID] = known // what is kept apart was not looked at
		if err != nil {
			return nil, err
		}
		if ans.Outcome == rule.NeedFacts || ans.Outcome == rule.NeedEvidence {
			return nil, f.incomplete(ans.Decision)
		}
		return func(c *change) {
			c.noteSerials(lineID, units)
			l, _ := c.line(lineID, 0)
			for _, fd := range found {
				line.AddFinding(c.b, c.now, fd)
			}
			c.Findings[lineID] = append(c.Findings[lineID], found...)
			c.follow(l, ans)
		}, nil
	})
}

// incomplete lists what an inspection still has to say.
func (f *Flow) incomplete(d *rule.Decision) error {
	e := errs.New(errs.Invalid, "flow.inspection_incomplete")
	missing := func(fact string) {
		def, _, _ := f.Policies.Vocabulary().Def(fact)
		e.Fields = append(e.Fields, errs.Field{Path: "/facts/" + fact, Key: "flow.fact_missing", Args: errs.Args{"fact": def.Label}})
	}
	for _, q := range d.Open {
		missing(q.Fact)
	}
	if b := d.Asked(); b != nil {
		for _, v := range b.Evidence {
			missing(v.Fact)
		}
	}
	return e
}
