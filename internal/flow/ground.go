package flow

import (
	"context"
	"encoding/json"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/rule"
)

// AnswerGround is the answer to the one question that is no fact: why. A customer who gave "another reason" is asked
// (S4-20); what she says is the line's ground from then on, and the line is decided anew on it, with the facts and the
// evidence that came along.
func (f *Flow) AnswerGround(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, ground string, stage rule.Stage, facts map[string]json.RawMessage, evidence string) (View, error) {
	return f.reground(ctx, who, shopID, lineID, version, Answer, ground, stage, facts, evidence)
}

// ChangeGround is another reason on the way, of a line that was agreed to already: sent back because it did not please,
// and at second sight it is faulty. The line is decided anew on it, at the stage it has come to, and who bears the parcel
// that is about follows.
func (f *Flow) ChangeGround(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, ground string, facts map[string]json.RawMessage, evidence string) (View, error) {
	return f.reground(ctx, who, shopID, lineID, version, ChangeGround, ground, rule.AtEvidence, facts, evidence)
}

func (f *Flow) reground(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, cmd Command, ground string, stage rule.Stage,
	facts map[string]json.RawMessage, evidence string) (View, error) {
	if err := f.checkEvidence(ctx, shopID, lineID, evidence); err != nil {
		return View{}, err
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		l, err := d.lineFor(lineID, version, cmd)
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
		if err := f.weighGoodwill(ctx, d, *l); err != nil {
			return nil, err
		}
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
			c.bear(l, ans.terms)
		}, nil
	})
}

// bear writes who bears the parcel that brings a line's goods, where another ground has changed that. A parcel of several
// lines is the shop's as soon as one of them is.
func (c *change) bear(l *line.Line, t terms) {
	m := c.incoming(l.ID)
	if m == nil || l.State != line.Approved || t.returnFreight == "" || m.BorneBy == t.returnFreight || len(m.Lines) > 1 && t.returnFreight != movement.Shop {
		return
	}
	c.event(audit.Movement, m.ID, "borne_by", map[string]any{"from": m.BorneBy, "to": t.returnFreight})
	*m = movement.Bear(c.b, *m, t.returnFreight)
}
