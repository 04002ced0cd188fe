package flow

import (
	"context"
	"encoding/json"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/rule"
)

// AnswerGround is the answer to the one question that is no fact: why. A customer who gave "another reason" is asked
// (S4-20); what she says is the line's ground from then on, and the line is decided anew on it, with the facts and the
// evidence that came along.
func (f *Flow) AnswerGround(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, ground string, stage rule.Stage, facts map[string]json.RawMessage, evidence string) (View, error) {
	if err := f.checkEvidence(ctx, shopID, lineID, evidence); err != nil {
		return View{}, err
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, Answer)
		if err != nil {
			return nil, err
		}
		was := l.Ground
		l.Ground = ground
		found, err := f.findings(d, facts, stage, *l, who, evidence)
		if err != nil {
			return nil, err
		}
		d.Findings[l.ID] = append(d.Findings[l.ID], found...)
		ans, err := f.decide(d, *l, askedAt(d, l, stage))
		if err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			for _, fd := range found {
				line.AddFinding(c.b, c.now, fd)
			}
			*l = line.SetGround(c.b, *l, ground, ans.fault)
			c.event(audit.Line, l.ID, "ground", map[string]any{"from": was, "to": ground})
			c.follow(l, ans)
		}, nil
	})
}
