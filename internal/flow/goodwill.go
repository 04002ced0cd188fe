package flow

import (
	"context"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// 关怀补偿的额度 — goodwill is bound to a budget of the month, per agent (S4-06, S4-21, S2-16): what he gave so far is added
// up from the books, by whoever stated the amounts, and nobody states the sum. Beyond it the pack's table asks a supervisor.

// giver is who stated the amount of a goodwill line, and the amount.
func (f *Flow) giver(l line.Line, found []line.Finding) (agent string, minor int64, err error) {
	for _, fd := range found {
		if fd.Fact != line.FactGoodwillAmount.Name() {
			continue
		}
		v, err := f.Policies.Vocabulary().ParseValue(fd.Fact, fd.Value)
		if err != nil {
			return "", 0, err
		}
		agent, minor = fd.Author, v.Int()
	}
	return agent, minor, nil
}

// readGoodwill adds what the agent of a goodwill line gave in this month, the line's own amount included.
func (f *Flow) readGoodwill(tx *db.Tx, d *Dossier, l line.Line) error {
	if l.Remedy != string(rule.Goodwill) {
		return nil
	}
	agent, minor, err := f.giver(l, d.Findings[l.ID])
	if err != nil || agent == "" {
		return err
	}
	today := d.today()
	given, err := settle.GoodwillBy(tx, d.Shop.ID, agent, d.Calendar.StartOf(firstOfMonth(today)), l.ID)
	d.Goodwill[l.ID] = given + minor
	return err
}

func firstOfMonth(day calendar.Date) calendar.Date {
	year, month, _ := day.Civil()
	return calendar.DateOf(year, month, 1)
}

// weighGoodwill is readGoodwill for a command that brings an amount.
func (f *Flow) weighGoodwill(ctx context.Context, d *Dossier, l line.Line) error {
	if l.Remedy != string(rule.Goodwill) {
		return nil
	}
	return f.DB.Read(ctx, func(tx *db.Tx) error { return f.readGoodwill(tx, d, l) })
}

// goodwillFacts say what an agent gave in the month.
func goodwillFacts(d *Dossier, l line.Line, stage rule.Stage) rule.Facts {
	fs, one := rule.Facts{}, rule.Facts{}
	if total, known := d.Goodwill[l.ID]; known && l.Remedy == string(rule.Goodwill) {
		line.FactGoodwillMonthTotal.Set(one, total)
		fs.Put(line.FactGoodwillMonthTotal.Name(), stage, one[line.FactGoodwillMonthTotal.Name()][0].Value)
	}
	return fs
}
