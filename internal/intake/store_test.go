package intake_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func write(t *testing.T, g *casetest.Ground, f func(b *db.Batch)) {
	t.Helper()
	if err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Batch(f) }); err != nil {
		t.Fatal(err)
	}
}

func record(g *casetest.Ground, no string) intake.Record {
	now := clock.Of(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	return intake.Record{ID: id.New(), ShopID: g.Shop.ID, Platform: "douyin", ReturnNo: no, OrderNo: "99000101", SubNo: "99000102", SKU: "BX-38", Quantity: 2,
		Kind: intake.RefundReturn, Stage: intake.Open, Status: "待商家处理", Why: "质量问题", Minor: 21000, Freight: 1000, Currency: "CNY", At: now, DeadlineAt: &now,
		State: intake.New, ImportID: id.New(), Raw: `["x"]`, Version: 1}
}

func TestRecords(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		r := record(g, "990001")
		write(t, g, func(b *db.Batch) { intake.Insert(b, r) })
		find := func(shop id.ID) (got intake.Record, ok bool) {
			casetest.See(t, g, func(tx *db.Tx) (bool, error) {
				var err error
				got, ok, err = intake.Find(tx, shop, "douyin", "990001")
				return ok, err
			})
			return got, ok
		}
		got, ok := find(g.Shop.ID)
		if d := cmp.Diff(r, got, cmpopts.IgnoreFields(intake.Record{}, "Raw", "Row")); !ok || d != "" {
			t.Fatal(d)
		}
		if _, ok := find(g.Stranger.ID); ok {
			t.Error("another shop sees it")
		}
		next := r
		next.State, next.CaseID, next.LineID, next.Stage, next.Status, next.DeadlineAt, next.DoneAt = intake.Opened, g.Case.ID, g.Lines[0].ID, intake.Done, "退款成功", nil, r.DeadlineAt
		write(t, g, func(b *db.Batch) { next = intake.Update(b, next) })
		got, _ = find(g.Shop.ID)
		if d := cmp.Diff(next, got, cmpopts.IgnoreFields(intake.Record{}, "Raw", "Row")); d != "" || got.Version != 2 {
			t.Error(d)
		}
		err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Batch(func(b *db.Batch) { intake.Update(b, r) }) })
		if e := errs.As(err); e == nil || e.Key != "db.stale" {
			t.Errorf("an old version: %v", err)
		}
		for shop, want := range map[id.ID]int{g.Shop.ID: 1, g.Stranger.ID: 0} {
			all := casetest.See(t, g, func(tx *db.Tx) ([]intake.Record, error) { return intake.OfCase(tx, shop, g.Case.ID) })
			recent := casetest.See(t, g, func(tx *db.Tx) ([]intake.Record, error) { return intake.Recent(tx, shop, 0, 10) })
			taken := casetest.See(t, g, func(tx *db.Tx) (bool, error) { return intake.LineTaken(tx, shop, g.Lines[0].ID) })
			if len(all) != want || len(recent) != want || taken != (want == 1) {
				t.Errorf("%d of case, %d recent, taken %v; want %d", len(all), len(recent), taken, want)
			}
		}
		older := casetest.See(t, g, func(tx *db.Tx) ([]intake.Record, error) { return intake.Recent(tx, g.Shop.ID, r.ID, 10) })
		if len(older) != 0 {
			t.Errorf("before the oldest: %+v", older)
		}
	})
}

func TestDifferences(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		r := record(g, "990001")
		d := intake.Difference{ID: id.New(), ShopID: g.Shop.ID, ReturnID: r.ID, CaseID: g.Case.ID, ImportID: r.ImportID, Row: 7, What: intake.AboutAmount, Theirs: "210.00",
			Ours: "200.00", FoundAt: r.At}
		write(t, g, func(b *db.Batch) { intake.Insert(b, r); intake.SetDifference(b, d) })
		open := func(shop id.ID) []intake.Difference {
			return casetest.See(t, g, func(tx *db.Tx) ([]intake.Difference, error) { return intake.Differences(tx, shop, 0, 10) })
		}
		want := d
		want.Platform, want.ReturnNo, want.OrderNo, want.ShopID = "douyin", "990001", "99000101", 0
		if x := cmp.Diff([]intake.Difference{want}, open(g.Shop.ID)); x != "" {
			t.Error(x)
		}
		if len(open(g.Stranger.ID)) != 0 {
			t.Error("another shop sees it")
		}
		write(t, g, func(b *db.Batch) { intake.Resolve(b, g.Stranger.ID, r.ID, intake.AboutAmount, r.At) })
		if len(open(g.Shop.ID)) != 1 {
			t.Error("another shop resolved it")
		}
		write(t, g, func(b *db.Batch) { intake.Resolve(b, g.Shop.ID, r.ID, intake.AboutAmount, r.At) })
		if len(open(g.Shop.ID)) != 0 {
			t.Error("it is resolved")
		}
		again := d
		again.ID, again.Theirs = id.New(), "220.00"
		write(t, g, func(b *db.Batch) { intake.SetDifference(b, again) })
		all := casetest.See(t, g, func(tx *db.Tx) ([]intake.Difference, error) { return intake.OfReturn(tx, g.Shop.ID, r.ID) })
		if len(all) != 1 || all[0].ID != d.ID || all[0].Theirs != "220.00" || all[0].ResolvedAt != nil {
			t.Errorf("%+v", all)
		}
	})
}

func TestMappings(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		m := intake.Mapping{Name: "自家收银", Kind: intake.Orders, Platform: "till", HeaderRow: 2, PerRow: true, Columns: map[string]string{"order_no": "单号", "title": "<b>品名</b>"},
			MadeBy: "小满", MadeAt: record(g, "").At}
		put := func(shop id.ID, m intake.Mapping) {
			write(t, g, func(b *db.Batch) {
				if err := intake.PutMapping(b, shop, m); err != nil {
					b.Fail(err)
				}
			})
		}
		put(g.Shop.ID, m)
		got := casetest.See(t, g, func(tx *db.Tx) (intake.Mapping, error) { return intake.GetMapping(tx, g.Shop.ID, m.Name) })
		m.Version = 1
		if d := cmp.Diff(m, got); d != "" {
			t.Error(d)
		}
		m.Columns["quantity"] = "件数"
		put(g.Shop.ID, m)
		all := casetest.See(t, g, func(tx *db.Tx) ([]intake.Mapping, error) { return intake.Mappings(tx, g.Shop.ID) })
		if len(all) != 1 || all[0].Version != 2 || len(all[0].Columns) != 3 {
			t.Errorf("%+v", all)
		}
		err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return intake.DeleteMapping(tx, g.Stranger.ID, m.Name) })
		if e := errs.As(err); e == nil || e.Key != "intake.mapping_not_found" {
			t.Errorf("another shop's: %v", err)
		}
		if err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return intake.DeleteMapping(tx, g.Shop.ID, m.Name) }); err != nil {
			t.Fatal(err)
		}
		err = g.DB.Read(t.Context(), func(tx *db.Tx) error {
			_, err := intake.GetMapping(tx, g.Shop.ID, m.Name)
			return err
		})
		if errs.CodeOf(err) != errs.NotFound {
			t.Errorf("%v", err)
		}
	})
}
