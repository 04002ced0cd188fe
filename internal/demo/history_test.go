package demo_test

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/books"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/demo"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

const tales = 320

// withPast are the shops that have one.
var withPast = []string{"shoes", "cosmetics", "snack"}

// past is a node with the demo shops and a short history, played as its jobs come to it: in turns, of which one is cut off.
func past(t *testing.T, dialect db.Dialect) (*app.App, []shop.Shop) {
	t.Helper()
	now, err := clock.Parse("2026-11-21T10:30:00+08:00")
	if err != nil {
		t.Fatal(err)
	}
	c := app.Config{Data: t.TempDir(), DB: dbtest.Empty(t, dialect), Clock: clock.NewFake(now), Log: slog.New(slog.DiscardHandler)}
	if _, err := demo.Seed(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	open := func() *app.App {
		a, err := app.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		demo.Register(a)
		return a
	}
	first := open()
	before := count(t, first, "cases")
	for range 2 { // a second start begins nothing more
		if err := demo.Begin(t.Context(), first, tales); err != nil {
			t.Fatal(err)
		}
	}
	played := func(a *app.App) int64 { return count(t, a, "cases") - before }
	turn := func(a *app.App) {
		if _, err := a.Jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if turn(first); played(first) == 0 || played(first) > tales {
		t.Fatalf("%d cases after a turn", played(first))
	}
	if err := first.Close(); err != nil { // the program is stopped, and started again
		t.Fatal(err)
	}
	a := open()
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	for n := 0; played(a) < tales && n < 20; n++ {
		turn(a)
	}
	if turn(a); played(a) != tales {
		t.Fatalf("%d of %d cases were played", played(a), tales)
	}
	var shops []shop.Shop
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) { shops, err = shop.List(tx); return err }); err != nil {
		t.Fatal(err)
	}
	return a, shops
}

func count(t *testing.T, a *app.App, table string) (n int64) {
	t.Helper()
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`select count(*) from ` + table).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// The demo's past is what the commands make of it: every case is over, its clocks stopped, its books add up to zero, its
// decisions replay, and no job has anything left to do. It goes on where it was when the program was stopped.
func TestHistory(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			a, shops := past(t, dialect)
			wantOver(t, a)
			for _, s := range shops {
				wantBooks(t, a, s)
				wantReplays(t, a, s)
			}
			wantMorning(t, a, shops) // the first screen still tells its story
			wantCost(t, a, shops)
		})
	}
}

// wantOver says that what was opened before the morning is closed, that times are those of the story, and that jobs went well.
func wantOver(t *testing.T, a *app.App) {
	t.Helper()
	until := a.Clock.Now().Add(-20 * 24 * 60 * 60 * 1e9)
	err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		var open, all, months int64
		if err := tx.QueryRow(`select count(case when status <> 'closed' then 1 end), count(*), count(distinct opened_at / 2592000000000) from cases where opened_at < $1`, until).Scan(&open, &all, &months); err != nil {
			return err
		}
		if open > 0 || all != tales || months < 12 {
			t.Errorf("%d open of %d, in %d months", open, all, months)
		}
		var late int64
		if err := tx.QueryRow(`select count(*) from timeline t join cases c on c.id = t.case_id where c.opened_at < $1 and t.at > $2`, until, a.Clock.Now()).Scan(&late); err != nil || late > 0 {
			t.Errorf("%d events lie ahead: %v", late, err)
		}
		counts, err := a.Jobs.Counts(tx)
		for _, c := range counts {
			if c.State == job.Dead && c.N > 0 {
				t.Errorf("%d jobs are dead", c.N)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantBooks(t *testing.T, a *app.App, s shop.Shop) {
	t.Helper()
	err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		b, err := books.Check(tx, s.ID)
		for _, f := range b.Faults {
			t.Errorf("%s: %s", s.Code, f)
		}
		if b.Differences > 0 || len(b.Balances) == 0 && slices.Contains(withPast, s.Code) {
			t.Errorf("%s: %+v", s.Code, b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantReplays(t *testing.T, a *app.App, s shop.Shop) {
	t.Helper()
	var ids []id.ID
	err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		ids, err = db.Collect(tx, func(r *db.Rows) (d id.ID, err error) { return d, r.Scan(&d) }, `select id from decision where shop_id = $1`, s.ID)
		return err
	})
	if err != nil || len(ids) == 0 {
		t.Fatal(len(ids), err)
	}
	for _, d := range ids {
		if _, err := a.Flow.Replay(t.Context(), s.ID, d); err != nil {
			t.Errorf("%s: %v", s.Code, err)
		}
	}
}

// wantCost says that 45 days instead of 30 cost the skin care shop something: exactly the unopened lines that came between.
func wantCost(t *testing.T, a *app.App, shops []shop.Shop) {
	t.Helper()
	s := shops[slices.IndexFunc(shops, func(s shop.Shop) bool { return s.Code == "cosmetics" })]
	files, err := fs.Glob(policies.FS, "cosmetics/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	longer := fstest.MapFS{}
	for _, f := range files {
		data, err := fs.ReadFile(policies.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		longer["draft/"+path.Base(f)] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), "type: days, value: 30", "type: days, value: 45", 1))}
	}
	draft, err := rule.Load(longer, "draft", a.Flow.Policies.Vocabulary())
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Load("CN")
	if err != nil {
		t.Fatal(err)
	}
	in := report.BacktestInput{Library: a.Flow.Policies.BuiltIn(), Shop: s.ID, Calendar: cal, Draft: draft}
	in.Binding.Law, in.Binding.Shop = []string{"law-cn"}, "cosmetics"
	r, err := report.Backtest(t.Context(), a.DB, in)
	if err != nil {
		t.Fatal(err)
	}
	late, minor := lateButInTime(t, a, s)
	if r.Changed != late || late == 0 || r.MoneyAfter["CNY"]-r.MoneyBefore["CNY"] != minor || r.NotReplayed > 0 || len(r.Skipped) > 0 || r.Cases < 30 {
		t.Errorf("%d cases, %d changed (want %d), money %v → %v (want %d more); %d not replayed, %v", r.Cases, r.Changed, late, r.MoneyBefore, r.MoneyAfter, minor, r.NotReplayed, r.Errors)
	}
}

// lateButInTime counts the lines that were refused for nothing but coming 31 to 45 days after the goods, with what was paid.
func lateButInTime(t *testing.T, a *app.App, s shop.Shop) (n int, minor int64) {
	t.Helper()
	err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`select d.facts, d.core from decision d where d.shop_id = $1
			and not exists (select 1 from decision e where e.case_line_id = d.case_line_id and e.id > d.id)`, s.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var facts, core string
			var known map[string]map[string]json.RawMessage
			if err := rows.Scan(&facts, &core); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(facts), &known); err != nil {
				return err
			}
			d, err := rule.ParseDecision([]byte(core))
			if err != nil {
				return err
			}
			said := func(fact string, x any) {
				for _, v := range known[fact] { // once, at whatever stage
					if err := json.Unmarshal(v, x); err != nil || len(known[fact]) != 1 {
						t.Error(fact, known[fact], err)
					}
				}
			}
			if d.Reason != "too_late" || string(known["goods.seal_broken"]["application"]) != "false" {
				continue
			}
			var signed, sent calendar.Date
			var paid int64
			said("line.signed_on", &signed)
			said("application.sent_on", &sent)
			said("line.goods_amount", &paid)
			if after := sent.Sub(signed); after > 30 && after <= 45 {
				n, minor = n+1, minor+paid
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, minor
}
