package line_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
)

func get(t *testing.T, g *casetest.Ground, lineID id.ID) line.Line {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) (line.Line, error) { return line.Get(tx, g.Shop.ID, lineID) })
}

// wantStored wants a line to stand in the database like this.
func wantStored(t *testing.T, g *casetest.Ground, want line.Line) {
	t.Helper()
	if d := cmp.Diff(want, get(t, g, want.ID)); d != "" {
		t.Errorf("stored (-want +got):\n%s", d)
	}
}

func TestLineRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		full := g.Lines[0]
		full.ID, full.ParentID, full.DecisionID = id.New(), g.Lines[0].ID, id.New()
		full.Remedy, full.Wanted, full.Quantity = "exchange", "BOOT-39", 1
		got := line.Line{}
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			var err error
			if got, err = line.Open(b, full, line.Escalate); err != nil {
				b.Fail(err)
			}
		})
		full.State = line.AwaitingApproval
		if d := cmp.Diff(full, got); d != "" {
			t.Errorf("opened (-want +got):\n%s", d)
		}
		wantStored(t, g, full)
		wantStored(t, g, g.Lines[0]) // one without parent, decision and article
		all := casetest.See(t, g, func(tx *db.Tx) ([]line.Line, error) { return line.OfCase(tx, g.Shop.ID, g.Case.ID) })
		if d := cmp.Diff([]line.Line{g.Lines[0], g.Lines[1], full}, all); d != "" {
			t.Errorf("the case's (-want +got):\n%s", d)
		}
		var same []line.Line
		for _, l := range all {
			if l.OrderLineID == full.OrderLineID {
				same = append(same, l)
			}
		}
		sold := casetest.See(t, g, func(tx *db.Tx) ([]line.Line, error) { return line.OfOrderLine(tx, g.Shop.ID, full.OrderLineID) })
		if d := cmp.Diff(same, sold); d != "" || len(sold) < 2 {
			t.Errorf("the article's (-want +got):\n%s", d)
		}
	})
}

func TestOpenRefusesWhatCannotHappenFirst(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		l := g.Lines[0]
		l.ID = id.New()
		err := g.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
			if _, err := line.Open(b, l, line.Accept); err != nil {
				b.Fail(err)
			}
		})
		casetest.WantKey(t, err, errs.Conflict, "line.not_now")
		l.Quantity = 0
		casetest.WantCheck(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { line.InsertAs(b, l) }))
		if n := casetest.Count(t, g, "case_line"); n != 2 {
			t.Errorf("%d lines", n)
		}
	})
}

// A line that was split off begins in the state of the line it came from, at a version of its own.
func TestInsertAsTakesOverTheState(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		part := g.Lines[0]
		part.ID, part.ParentID, part.Quantity, part.State, part.Version = id.New(), g.Lines[0].ID, 1, line.Approved, 7
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { part = line.InsertAs(b, part) })
		if part.Version != 1 || part.State != line.Approved {
			t.Errorf("%+v", part)
		}
		wantStored(t, g, part)
	})
}

func TestApply(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		apply := func(l line.Line, e line.Event) (got line.Line, err error) {
			err = g.TryBatch(t, func(_ *db.Tx, b *db.Batch) {
				var err error
				if got, err = line.Apply(b, l, e); err != nil {
					b.Fail(err)
				}
			})
			return got, err
		}
		planned := g.Lines[0]
		planned.DecisionID = id.New()
		now, err := apply(planned, line.Grant)
		if err != nil || now.State != line.Approved || now.Version != 2 || now.DecisionID != planned.DecisionID {
			t.Errorf("%+v, %v", now, err)
		}
		wantStored(t, g, now)

		_, err = apply(g.Lines[0], line.Cancel) // planned before it was granted
		casetest.WantStale(t, err)
		refused, err := apply(now, line.Accept)
		casetest.WantKey(t, err, errs.Conflict, "line.not_now")
		if refused.State != now.State || refused.Version != now.Version {
			t.Errorf("a refused event gave %+v", refused)
		}
		strange := now
		strange.ShopID = g.Stranger.ID
		_, err = apply(strange, line.Cancel)
		casetest.WantStale(t, err)
		wantStored(t, g, now)
		wantStored(t, g, g.Lines[1]) // the neighbour was left alone
	})
}

func TestSetters(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		l, strange := g.Lines[0], g.Lines[0]
		strange.ShopID = g.Stranger.ID
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			l = line.SetQuantity(b, l, 2)
			l = line.SetResponsible(b, l, "carrier")
			l.Status = "in_transit"
			line.Show(b, l)
		})
		want := g.Lines[0]
		want.Quantity, want.Responsible, want.Status, want.Version = 2, "carrier", "in_transit", 3
		wantStored(t, g, want)
		for name, fill := range map[string]func(*db.Tx, *db.Batch){
			"a stale quantity":             func(_ *db.Tx, b *db.Batch) { line.SetQuantity(b, g.Lines[0], 1) },
			"a stale party":                func(_ *db.Tx, b *db.Batch) { line.SetResponsible(b, g.Lines[0], "shop") },
			"a quantity from another shop": func(_ *db.Tx, b *db.Batch) { line.SetQuantity(b, strange, 1) },
			"a party from another shop":    func(_ *db.Tx, b *db.Batch) { line.SetResponsible(b, strange, "shop") },
			"a status from another shop":   func(_ *db.Tx, b *db.Batch) { line.Show(b, strange) },
		} {
			t.Run(name, func(t *testing.T) { casetest.WantStale(t, g.TryBatch(t, fill)) })
		}
		casetest.WantCheck(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { line.SetQuantity(b, want, 0) }))
		wantStored(t, g, want)
	})
}

func findings(t *testing.T, g *casetest.Ground, shop, lineID id.ID) []line.Finding {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) ([]line.Finding, error) { return line.Findings(tx, shop, lineID) })
}

func found(g *casetest.Ground, fact, value, stage string) line.Finding {
	return line.Finding{ID: id.New(), ShopID: g.Shop.ID, LineID: g.Lines[0].ID, Fact: fact, Value: json.RawMessage(value), Stage: stage, Author: "阿岳", Evidence: "照片 3"}
}

// What was established stays beside what is established later; oldest first.
func TestFindingsStandSideBySide(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		want := []line.Finding{found(g, "goods.worn", "false", "application"), found(g, "goods.worn", "true", "inspection"),
			found(g, "repair.cost", `1550`, "evidence"), found(g, "order.delivery", `"delivered"`, "application")}
		want[3].Evidence = ""
		for i, f := range want {
			at := dbtest.Start + clock.Instant(i)
			g.Batch(t, func(_ *db.Tx, b *db.Batch) { line.AddFinding(b, at, f) })
			want[i].At = at
		}
		if d := cmp.Diff(want, findings(t, g, g.Shop.ID, g.Lines[0].ID)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if n := len(findings(t, g, g.Stranger.ID, g.Lines[0].ID)) + len(findings(t, g, g.Shop.ID, g.Lines[1].ID)); n != 0 {
			t.Errorf("another shop or line has %d findings", n)
		}
		casetest.AppendOnly(t, g, "finding", `delete from %s`)
	})
}

// A line that is split off knows what was known, in the same order, by whom and when it was found.
func TestCopyFindings(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for i, value := range []string{"false", "true"} {
			g.Batch(t, func(_ *db.Tx, b *db.Batch) {
				line.AddFinding(b, dbtest.Start+clock.Instant(i), found(g, "goods.worn", value, "inspection"))
			})
		}
		first := findings(t, g, g.Shop.ID, g.Lines[0].ID)
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { line.CopyFindings(b, first, g.Lines[1].ID) })
		copied := findings(t, g, g.Shop.ID, g.Lines[1].ID)
		if len(copied) != 2 || copied[0].ID == first[0].ID {
			t.Fatalf("%+v", copied)
		}
		for i := range copied {
			copied[i].ID, copied[i].LineID = first[i].ID, first[i].LineID
		}
		if d := cmp.Diff(first, copied); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if d := cmp.Diff(first, findings(t, g, g.Shop.ID, g.Lines[0].ID)); d != "" {
			t.Errorf("the first line's (-want +got):\n%s", d)
		}
	})
}

func TestAnotherShopSeesNoLine(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for _, read := range []func(tx *db.Tx) (line.Line, error){
			func(tx *db.Tx) (line.Line, error) { return line.Get(tx, g.Stranger.ID, g.Lines[0].ID) },
			func(tx *db.Tx) (line.Line, error) { return line.Get(tx, g.Shop.ID, id.New()) },
		} {
			l, err := casetest.Ask(t, g, read)
			casetest.WantKey(t, err, errs.NotFound, "line.not_found")
			if l.ID != 0 {
				t.Errorf("%+v", l)
			}
		}
		ls := casetest.See(t, g, func(tx *db.Tx) ([]line.Line, error) { return line.OfCase(tx, g.Stranger.ID, g.Case.ID) })
		if len(ls) != 0 {
			t.Errorf("another shop sees %v", ls)
		}
	})
}
