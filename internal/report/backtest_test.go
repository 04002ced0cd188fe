package report_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

// beauty is how a cosmetics shop is bound.
var beauty = policy.Binding{Law: []string{"law-cn"}, Shop: "cosmetics"}

// draftOf is the newest shipped version of a pack, edited: old and new texts in turn, each of which has to be found.
func draftOf(t testing.TB, pack string, edits ...string) *rule.Pack {
	t.Helper()
	files, err := fs.Glob(policies.FS, pack+"/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys, all := fstest.MapFS{}, ""
	for _, f := range files {
		data, err := fs.ReadFile(policies.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		all += string(data)
		fsys["draft/"+path.Base(f)] = &fstest.MapFile{Data: []byte(strings.NewReplacer(edits...).Replace(string(data)))}
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(all, edits[i]) {
			t.Fatalf("nothing to edit: %s", edits[i])
		}
	}
	p, err := rule.Load(fsys, "draft", shipped(t).Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const thirty, fortyFive = "no_reason_days:                # 如30天内无理由退换\n    {type: days, value: 30", "no_reason_days:\n    {type: days, value: 45"

// unopened are the facts of unopened cosmetics that came n days ago and cost 100.00 and n fen.
func unopened(n int) string {
	return fmt.Sprintf(`
order.channel: distance
order.business: false
order.delivery: delivered
line.category: cosmetics
line.kind: ordinary
line.exclusion_confirmed: false
line.signed_on: %s
line.goods_amount: "%d.%02d"
line.outbound_freight: "8.00"
line.gift_value: "0.00"
campaign.recorded: false
order.free_shipping_lost: false
application.sent_on: %s
goods.seal_broken: {application: false}
goods.impaired: {application: false}
goods.gift_missing: {application: false}
goodwill.override: false
`, today.AddDays(-n), 100+n/100, n%100, today)
}

// history is decided matters of a shop: one line for each day since the goods came, up to days.
func history(t testing.TB, g *casetest.Ground, days int) (lines []id.ID, stored []policy.Stored) {
	t.Helper()
	for n := 1; n <= days; n++ {
		m := ask(t, beauty, unopened(n))
		s, err := policy.Record(g.Shop.ID, g.Case.ID, id.New(), m.decide(t, "no_reason", rule.RefundReturn), m.in.Facts)
		if err != nil {
			t.Fatal(err)
		}
		lines, stored = append(lines, s.LineID), append(stored, s)
	}
	return lines, stored
}

func trial(t testing.TB, g *casetest.Ground, draft *rule.Pack) report.BacktestInput {
	t.Helper()
	cn, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	return report.BacktestInput{Library: shipped(t), Shop: g.Shop.ID, Binding: beauty, Calendar: cn, Draft: draft}
}

func backtest(t testing.TB, g *casetest.Ground, in report.BacktestInput) *report.BacktestReport {
	t.Helper()
	r, err := report.Backtest(t.Context(), g.DB, in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The window of S3-12 from 30 to 45 days: exactly the lines of days 31 to 45, and their refunds.
func TestBacktestOfALongerWindow(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		lines, stored := history(t, g, 60)
		record(t, g, stored...)
		if a, b := stored[29].Outcome, stored[30].Outcome; a != rule.Approve || b != rule.Reject {
			t.Fatalf("day 30 %s, day 31 %s", a, b)
		}
		in := trial(t, g, draftOf(t, "cosmetics", thirty, fortyFive))
		done, calls := 0, 0
		in.Progress = func(n, total int) {
			if done, calls = n, calls+1; total != 60 {
				t.Errorf("%d of %d", n, total)
			}
		}
		r := backtest(t, g, in)
		want, before := int64(0), int64(0)
		seen := map[id.ID]bool{}
		for n := 1; n <= 45; n++ {
			if n <= 30 {
				before += int64(10000 + n)
				continue
			}
			want += int64(10000 + n)
			seen[lines[n-1]] = true
		}
		if r.Cases != 60 || r.Changed != 15 || r.WouldAsk != 0 || r.NotReplayed != 0 || len(r.Skipped)+len(r.Errors) > 0 || done != 60 || calls == 0 {
			t.Errorf("%+v, progress %d", r, done)
		}
		if r.MoneyBefore["CNY"] != before || r.MoneyAfter["CNY"] != before+want {
			t.Errorf("money %v → %v, want %d → %d", r.MoneyBefore, r.MoneyAfter, before, before+want)
		}
		if d := cmp.Diff([]report.OutcomeMoved{{From: "approve", To: "approve", N: 30}, {From: "reject", To: "approve", N: 15, Minor: want}, {From: "reject", To: "reject", N: 15}}, r.ByOutcome); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]report.ReasonMoved{{Ground: "no_reason", N: 60, Changed: 15, Before: before, After: before + want}}, r.ByReason); d != "" {
			t.Error(d)
		}
		if len(r.Examples) != 15 || r.Examples[0].LineID != lines[44] || r.Examples[0].Minor != 10045 || r.Examples[0].Reason != "too_late" {
			t.Errorf("%+v", r.Examples)
		}
		for _, x := range r.Examples {
			if !seen[x.LineID] || x.CaseID != g.Case.ID {
				t.Errorf("no line of days 31 to 45: %+v", x)
			}
		}
	})
}

func TestBacktestThatChangesNothing(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		_, stored := history(t, g, 40)
		record(t, g, stored...)
		r := backtest(t, g, trial(t, g, draftOf(t, "cosmetics", "source: S3\n", "source: S3 # another content, the same rules\n")))
		if r.Cases != 40 || r.Changed+r.Terms+r.WouldAsk+r.NotReplayed != 0 || len(r.Examples)+len(r.Freight)+len(r.Skipped) > 0 || r.MoneyBefore["CNY"] != r.MoneyAfter["CNY"] {
			t.Errorf("%+v", r)
		}
		// A later payment is a deadline of ours: no customer gets less.
		r = backtest(t, g, trial(t, g, draftOf(t, "cosmetics", "refund_days:\n    {type: days, value: 7", "refund_days:\n    {type: days, value: 5")))
		if r.Changed != 0 || r.Terms != 30 {
			t.Errorf("another deadline: %+v", r)
		}
	})
}

// What the draft asks and nobody knows is counted and not guessed; freight that it lays on the shop is counted by leg.
func TestBacktestAsksAndFreight(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		_, stored := history(t, g, 31)
		record(t, g, stored...)
		claim := "- {id: unopened,  is: \"!goods.seal_broken\",                                   else: opened,            cites: [S3-03, S3-13]}\n  - {id: intact,    is: \"!goods.impaired\",                                      else: impaired,          cites: [S3-07]}"
		r := backtest(t, g, trial(t, g, draftOf(t, "cosmetics", claim, claim+"\n  - {id: paid_late, is: \"service.listed\", else: opened}")))
		if r.Cases != 31 || r.WouldAsk == 0 || r.WouldAsk != r.Changed || r.MoneyBefore["CNY"] != r.MoneyAfter["CNY"] || len(r.Examples) == 0 || len(r.Examples[0].Asks) == 0 || r.Examples[0].Asks[0] != "service.listed" {
			t.Errorf("%+v", r)
		}
		r = backtest(t, g, trial(t, g, draftOf(t, "cosmetics", "freight: {outbound: kept, return: customer}", "freight: {outbound: refunded, return: shop}")))
		// The refund grows by the freight of the first delivery.
		if r.Changed != 30 || r.MoneyAfter["CNY"]-r.MoneyBefore["CNY"] != 30*800 {
			t.Errorf("%+v", r)
		}
		if d := cmp.Diff([]report.FreightMoved{{Leg: "outbound", ToShop: 30}, {Leg: "refused", ToShop: 30}, {Leg: "return", ToShop: 30}}, r.Freight); d != "" {
			t.Error(d)
		}
	})
}

// A line counts with its last decision, if that was made in the days asked for; another shop's do not count.
func TestBacktestTakesTheLastDecision(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		_, stored := history(t, g, 40)
		late, soon := stored[39], stored[0]
		again := soon // on the line of day 40 it was found later that the goods came yesterday
		again.ID, again.LineID = id.New(), late.LineID
		yesterday := stored[34]
		yesterday.ID, yesterday.LineID, yesterday.At = id.New(), id.New(), yesterday.At-24*3600*1_000_000
		other := stored[35]
		other.ID, other.LineID, other.ShopID = id.New(), id.New(), g.Stranger.ID
		broken := stored[36]
		broken.ID, broken.LineID, broken.Core = id.New(), id.New(), []byte(strings.Replace(string(broken.Core), `"hash":"`, `"hash":"f`, 1))
		otherwise := stored[37]
		otherwise.ID, otherwise.LineID, otherwise.Core = id.New(), id.New(), []byte(strings.Replace(string(otherwise.Core), `"exact":true`, `"exact":false`, 1))
		record(t, g, late, again, yesterday, other, broken, otherwise)
		in := trial(t, g, draftOf(t, "cosmetics", thirty, fortyFive))
		r := backtest(t, g, in)
		// yesterday's and the one that does not replay change; the line of day 40 was settled by its last decision
		if r.Cases != 3 || r.Changed != 2 || r.NotReplayed != 1 || len(r.Skipped) != 1 || r.Skipped[0] != (report.BacktestSkipped{Reason: "policy.version_unknown", N: 1}) || len(r.Errors) != 1 {
			t.Errorf("%+v", r)
		}
		in.From = today
		if r := backtest(t, g, in); r.Cases != 2 || r.Changed != 1 {
			t.Errorf("from today: %+v", r)
		}
		in.From, in.To = today.AddDays(-1), today.AddDays(-1)
		if r := backtest(t, g, in); r.Cases != 1 || r.Changed != 1 || r.Examples[0].LineID != yesterday.LineID {
			t.Errorf("yesterday: %+v", r)
		}
		in.From, in.To = 0, today.AddDays(-2)
		if r := backtest(t, g, in); r.Cases != 0 {
			t.Errorf("before: %+v", r)
		}
	})
}

// Cancelled in the middle, it ends with the context's error, and nothing of it is left.
func TestBacktestCancels(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		_, stored := history(t, g, 50)
		var many []policy.Stored
		for i := range 2000 {
			s := stored[i%len(stored)]
			s.ID, s.LineID = id.New(), id.New()
			many = append(many, s)
		}
		record(t, g, many...)
		ctx, cancel := context.WithCancel(t.Context())
		in := trial(t, g, draftOf(t, "cosmetics", thirty, fortyFive))
		seen := 0
		in.Progress = func(done, _ int) {
			seen = done
			cancel()
		}
		if r, err := report.Backtest(ctx, g.DB, in); !errors.Is(err, context.Canceled) || r != nil {
			t.Errorf("%v %v", r, err)
		}
		if seen == 0 || seen >= 2000 {
			t.Errorf("%d were done", seen)
		}
		in.Progress = nil
		if r := backtest(t, g, in); r.Cases != 2000 || r.Changed != 600 || len(r.Examples) != 200 {
			t.Errorf("%d cases, %d changed, %d examples", r.Cases, r.Changed, len(r.Examples))
		}
	})
}

// A run beside writers takes nothing from them, and is not disturbed: it never writes.
func TestBacktestNeverWrites(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		_, stored := history(t, g, 5)
		record(t, g, stored...)
		before := g.DB.Stats().Requests
		g.Do(t, func(*db.Tx) error { // while somebody holds SQLite's one writer
			backtest(t, g, trial(t, g, draftOf(t, "cosmetics", thirty, fortyFive)))
			return nil
		})
		if n := g.DB.Stats().Requests - before; n != 1 {
			t.Errorf("%d writes", n)
		}
	})
}

func TestBacktestOfAFile(t *testing.T) {
	g := &casetest.Ground{}
	in := trial(t, g, draftOf(t, "cosmetics", thirty, fortyFive))
	doc := func(days int) string {
		m := ask(t, beauty, unopened(days))
		facts, err := m.in.Facts.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(facts)
	}
	in.Facts = strings.NewReader(strings.Join([]string{
		`{"facts":` + doc(20) + `,"ground":"no_reason","remedy":"refund_return","stage":"application","at":"2026-11-21"}`,
		"",
		`{"facts":` + doc(40) + `,"ground":"no_reason","remedy":"refund_return","at":"2026-11-21T04:00:00Z","paid_on":"2026-10-10"}`,
		`{"facts":{"goods.wron":true},"ground":"no_reason","remedy":"refund_return","at":"2026-11-21"}`,
		`{"facts":{},"ground":"no_reason","remedy":"refund_return","at":"soon"}`,
		`{"facts":{},"grounds":"no_reason"}`,
		`{"ground":"no_reason","remedy":"refund_return","at":"2019-01-01"}`,
	}, "\n"))
	r := backtest(t, g, in)
	if r.Cases != 2 || r.Changed != 1 || r.Examples[0].Row != 3 || r.MoneyAfter[money.Currency("CNY")] != 20060 {
		t.Errorf("%+v", r)
	}
	if d := cmp.Diff([]report.BacktestSkipped{{Reason: "invalid_input", N: 1}, {Reason: "policy.none_in_force", N: 1}, {Reason: "report.facts_line", N: 2}}, r.Skipped); d != "" {
		t.Error(d, r.Errors)
	}
}

// A shop is not shown what it is not bound to; and a pack that was not in force yet is put beside what decided.
func TestBacktestBinding(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		in := trial(t, g, draftOf(t, "shoes"))
		if _, err := report.Backtest(t.Context(), g.DB, in); err == nil || errs.As(err).Key != "report.draft_not_bound" {
			t.Error(err)
		}
		m := ask(t, policy.Binding{Law: []string{"law-cn"}}, unopened(20)) // decided by the law alone, which gives seven days
		s, err := policy.Record(g.Shop.ID, g.Case.ID, id.New(), m.decide(t, "no_reason", rule.RefundReturn), m.in.Facts)
		if err != nil || s.Outcome != rule.Reject {
			t.Fatal(s.Outcome, err)
		}
		record(t, g, s)
		if r := backtest(t, g, trial(t, g, draftOf(t, "cosmetics"))); r.Changed != 1 || r.Examples[0].After != rule.Approve {
			t.Errorf("%+v", r)
		}
	})
}

// Case numbers and articles stand beside what a draft would change, and their money adds up.
func TestBacktestNamesCasesAndArticles(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		footwear := policy.Binding{Law: []string{"law-cn"}, Shop: "shoes"}
		for i, l := range g.Lines { // ten days after they came, of which seven are promised
			facts := strings.NewReplacer("category: cosmetics", "category: shoes", "100.10", []string{"10.00", "0.01"}[i]).Replace(unopened(10))
			m := ask(t, footwear, facts+[]string{"order.threshold_freight: \"0.00\"\n", ""}[i])
			for _, s := range []id.ID{g.Shop.ID, g.Stranger.ID} {
				d, err := policy.Record(s, g.Case.ID, l.ID, m.decide(t, "size_mismatch", rule.RefundReturn), m.in.Facts)
				if err != nil || d.Outcome != rule.Reject {
					t.Fatal(d.Outcome, err)
				}
				record(t, g, d)
			}
		}
		const seven = "{type: days, value: 7, title: {zh-CN: 七天无理由退换期限"
		in := trial(t, g, draftOf(t, "shoes", seven, strings.Replace(seven, "7", "14", 1)))
		in.Binding = footwear
		r := backtest(t, g, in)
		// Of the sandals nobody knows what may be deducted: they change, and their money is not guessed.
		if r.Changed != 2 || r.Unpriced != 1 || r.MoneyAfter["CNY"] != 1000 {
			t.Errorf("%+v", r)
		}
		if d := cmp.Diff([]report.ProductMoved{{SKU: "BOOT-38", Title: "短靴", N: 1, Minor: 1000}, {SKU: "SANDAL-37", Title: "凉鞋", N: 1}}, r.ByProduct); d != "" {
			t.Error(d)
		}
		if x := r.Examples[0]; x.CaseNo != g.Case.Number || x.SKU != "BOOT-38" || x.Minor != 1000 {
			t.Errorf("%+v", x)
		}
		in.Shop = g.Stranger.ID // has the decisions, by some fault, but neither case nor article
		if r := backtest(t, g, in); r.Changed != 2 || r.Examples[0].CaseNo != "" || r.Examples[0].SKU != "" {
			t.Errorf("another shop's names: %+v", r)
		}
	})
}
