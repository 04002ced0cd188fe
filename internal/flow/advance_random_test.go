package flow_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
)

// What can happen to an exchange that goes ahead, whoever does it: the parcels, the deposit, the inspection, and time that passes. The old one comes in
// time, late, as another thing, in part, or never.
var aheadSteps = []flow.Command{flow.PlaceHold, flow.WaiveHold, flow.ShipOut, flow.Delivered, flow.FillWaybill, flow.ReportLost, flow.Receive, flow.GoOn, flow.Refuse, flow.Announce,
	flow.Inspect, flow.Accept, flow.TurnDown, flow.Approve, flow.Decline, flow.Tell, flow.Extend, flow.CaptureHold, flow.ReleaseHold, flow.Captured, flow.Released,
	flow.SendAgain, flow.Cancel, flow.ApproveMoney, flow.Confirm}

// lenient are those by which a deposit is given up.
var lenient = []flow.Command{flow.Cancel, flow.WaiveHold, flow.ReleaseHold}

// In whatever order: never more is captured than is held, or given back than was captured; a deposit ends once; the books balance; and what is over holds
// nothing of the customer's.
func TestAheadInAnyOrder(t *testing.T) {
	ends := map[settle.State]int{}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			k, tried := newTrial(t, dialect), 0
			rapid.Check(t, func(rt *rapid.T) {
				if tried++; tried <= 50 { // of a hundred: each is a case of its own, and takes its time
					ends[aheadAnyhow(rt, k)]++
				}
			})
		})
	}
	t.Logf("deposits were left %v", ends)
	if ends[settle.Captured] == 0 || ends[settle.Released] == 0 {
		t.Errorf("no deposit was captured, or none released: %v", ends)
	}
}

func aheadAnyhow(rt *rapid.T, k *kit) settle.State {
	d, err := trialStart{remedy: "exchange", route: settle.ByBank, atOnce: rapid.Bool().Draw(rt, "at once"), more: []any{"exchange.same_style", true, "trial.ahead", true}}.open(k, "none", nil)
	if err != nil {
		rt.Fatal(err)
	}
	give := func(a act) {
		v, err := a.do(d)
		rt.Logf("%s: %v", a.name(), err)
		if err == nil {
			d.v = v
		} else if !tellable(err) {
			rt.Fatalf("%s: %v", a.name(), err)
		}
	}
	all, prompt := acts(), rapid.IntRange(0, 4).Draw(rt, "prompt")
	for _, c := range []flow.Command{flow.Advance, flow.PlaceHold, flow.ShipOut, flow.Delivered}[:max(1, prompt)] { // mostly as far as to the customer
		give(all[slices.IndexFunc(all, func(a act) bool { return a.command == c })])
	}
	hard := rapid.IntRange(0, 3).Draw(rt, "hard") > 0
	ended := map[id.ID]settle.State{}
	for range rapid.IntRange(5, 30).Draw(rt, "steps") {
		if rapid.IntRange(0, 6).Draw(rt, "time") == 0 {
			k.clock.Advance(time.Duration(rapid.IntRange(1, 60).Draw(rt, "hours")) * time.Hour)
			if _, err := k.f.Jobs.RunDue(k.ctx()); err != nil {
				rt.Fatal(err)
			}
			if err := d.refresh(); err != nil {
				rt.Fatal(err)
			}
		}
		now := slices.DeleteFunc(slices.Clone(all), func(a act) bool {
			return !slices.Contains(aheadSteps, a.command) || hard && slices.Contains(lenient, a.command) || !slices.Contains(allowedOf(d), a.command)
		})
		if len(now) == 0 {
			break
		}
		give(pick(rt, "act", now))
		holds(rt, d, ended)
	}
	return d.deposit().State
}

// allowedOf are the buttons of the case, whatever they are on.
func allowedOf(d *dealt) (out []flow.Command) {
	out = append(out, d.lineView().Allowed...)
	for _, m := range d.v.Movements {
		out = append(out, m.Allowed...)
	}
	for _, s := range d.v.Settlements {
		out = append(out, s.Allowed...)
	}
	return out
}

// holds holds the case to what must be true, and remembers how its deposits ended.
func holds(rt *rapid.T, d *dealt, ended map[id.ID]settle.State) {
	if err := broken(d); err != nil {
		rt.Fatal(err)
	}
	if err := deposited(d.ctx(), d.k.f.DB, d.k.shop.ID); err != nil {
		rt.Fatal(err)
	}
	var captured, back int64
	for _, s := range d.v.Settlements {
		switch {
		case s.GivesBackDeposit() && s.State != settle.Voided:
			back += s.Minor
		case s.Kind == settle.Deposit && s.State == settle.Captured:
			captured += s.Taken
		}
		if was := ended[s.ID]; was != "" && was != s.State {
			rt.Fatalf("deposit %s was %s, and is %s", s.ID, was, s.State)
		}
		if s.Kind == settle.Deposit && !s.State.Open() {
			ended[s.ID] = s.State
		}
	}
	if back > captured {
		rt.Fatalf("%d were captured, and %d go back", captured, back)
	}
	if d.v.Case.ClosedAt != nil && d.deposit().ID != 1 && d.deposit().State.Open() {
		rt.Fatalf("the case is closed, and the deposit %s", d.deposit().State)
	}
}
