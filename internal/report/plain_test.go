package report_test

import (
	"cmp"
	"maps"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// A backtest takes short ways: it answers briefly, and writes a core over the one before. Whatever the pack's golden cases
// ask, at every stage and with gaps, its outcomes and sums are those of whole decisions made one by one.
func TestBacktestIsTheSumOfWholeDecisions(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		draft := draftOf(t, "cosmetics", thirty, fortyFive, "refund_days:\n    {type: days, value: 7", "refund_days:\n    {type: days, value: 5")
		want := map[[2]rule.Outcome]report.OutcomeMoved{}
		var before, after int64
		for _, c := range golden(t, "cosmetics") {
			d := wholly(t, c, nil)
			s, err := policy.Record(g.Shop.ID, g.Case.ID, id.New(), d, c.Facts)
			if err != nil {
				t.Fatal(err)
			}
			record(t, g, s)
			then := wholly(t, c, draft)
			was, known := costs(d)
			is, too := costs(then)
			if !known || !too {
				was, is = 0, 0
			}
			before, after = before+was, after+is
			k := [2]rule.Outcome{d.Outcome, then.Outcome}
			want[k] = report.OutcomeMoved{From: k[0], To: k[1], N: want[k].N + 1, Minor: want[k].Minor + is - was}
		}
		if len(want) < 8 {
			t.Fatalf("the cases show %d turns only: %v", len(want), want)
		}
		r := backtest(t, g, trial(t, g, draft))
		if r.NotReplayed != 0 || len(r.Skipped) != 0 || r.MoneyBefore["CNY"] != before || r.MoneyAfter["CNY"] != after {
			t.Errorf("money %v → %v, want %d → %d; %d not replayed, %v", r.MoneyBefore, r.MoneyAfter, before, after, r.NotReplayed, r.Errors)
		}
		sorted := slices.SortedFunc(maps.Values(want), func(x, y report.OutcomeMoved) int {
			return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
		})
		if d := gocmp.Diff(sorted, r.ByOutcome); d != "" {
			t.Error(d)
		}
	})
}

// golden are the questions of a shipped pack's cases that bind nothing but the law beside it.
func golden(t *testing.T, pack string) (out []rule.Input) {
	t.Helper()
	p, err := shipped(t).Version(pack, shipped(t).Versions(pack)[0].Version)
	if err != nil {
		t.Fatal(err)
	}
	all, err := rule.Cases(policies.FS, pack, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		cal, err := calendar.Load(c.Calendar)
		if err != nil {
			t.Fatal(err)
		}
		c.Input.Calendar, c.Input.At = cal, cmp.Or(c.Input.At, cal.StartOf(c.On).Add(12*time.Hour))
		if slices.Equal(c.With, []string{"law-cn"}) {
			out = append(out, c.Input)
		}
	}
	return out
}

// wholly decides by the law and the shop's pack, or the draft in its place.
func wholly(t *testing.T, in rule.Input, draft *rule.Pack) *rule.Decision {
	t.Helper()
	packs := []*rule.Pack{draft}
	if draft == nil {
		packs = shipped(t).Versions("cosmetics")[:1]
	}
	law, err := shipped(t).InForce("law-cn", today)
	if err != nil {
		t.Fatal(err)
	}
	book, err := rule.NewBook(append(packs, law))
	if err != nil {
		t.Fatal(err)
	}
	d, err := book.Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// costs is what an answer gives the customer.
func costs(d *rule.Decision) (minor int64, known bool) {
	b := d.Asked()
	switch {
	case d.Outcome == rule.Reject || d.Outcome == rule.NeedEvidence:
		return 0, true
	case d.Outcome != rule.Approve && d.Outcome != rule.Offer:
		return 0, false
	case b.Refund != nil && b.Refund.Total == nil || b.Amount != nil && b.Amount.Minor == nil:
		return 0, false
	}
	if b.Refund != nil {
		minor = *b.Refund.Total
	}
	if b.Amount != nil {
		minor += *b.Amount.Minor
	}
	return minor, true
}
