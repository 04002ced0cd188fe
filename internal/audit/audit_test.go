package audit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func write(t *testing.T, g *casetest.Ground, e audit.Event, data any) error {
	t.Helper()
	return g.TryBatch(t, func(tx *db.Tx, b *db.Batch) {
		if err := audit.Write(b, tx.Now, e, data); err != nil {
			b.Fail(err)
		}
	})
}

func ofCase(t *testing.T, g *casetest.Ground, shop, matter, after id.ID, limit int) []audit.Event {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) ([]audit.Event, error) { return audit.OfCase(tx, shop, matter, after, limit) })
}

// verbs are what happened, in order.
func verbs(events []audit.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.Verb)
	}
	return out
}

func TestTimelineRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		applied := audit.Event{ShopID: g.Shop.ID, CaseID: g.Case.ID, Subject: audit.Line, SubjectID: g.Lines[0].ID, Actor: "小满", Verb: "applied"}
		expired := audit.Event{ShopID: g.Shop.ID, CaseID: g.Case.ID, Subject: audit.Case, SubjectID: g.Case.ID, Actor: audit.System, Verb: "expired"}
		opened := audit.Event{ShopID: g.Shop.ID, Subject: audit.Shop, SubjectID: g.Shop.ID, Actor: audit.System, Verb: "opened"} // of no case
		for _, w := range []struct {
			e    audit.Event
			data any
		}{{applied, map[string]any{"ground": "size_mismatch", "quantity": 2}}, {opened, nil}, {expired, nil}} {
			if err := write(t, g, w.e, w.data); err != nil {
				t.Fatal(err)
			}
		}
		got := ofCase(t, g, g.Shop.ID, g.Case.ID, 0, 10)
		applied.At, applied.Data = dbtest.Start, []byte(`{"ground":"size_mismatch","quantity":2}`)
		expired.At, expired.Data = dbtest.Start, []byte(`{}`)
		want := []audit.Event{applied, expired}
		for i := range got {
			want[min(i, 1)].ID = got[i].ID
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("timeline (-want +got):\n%s", d)
		}
		if n := casetest.Count(t, g, "timeline"); n != 3 {
			t.Errorf("%d events are stored, want 3", n)
		}
	})
}

func TestTimelinePagesInOrder(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for _, verb := range []string{"applied", "approved", "received"} {
			if err := write(t, g, audit.Event{ShopID: g.Shop.ID, CaseID: g.Case.ID, Subject: audit.Case, SubjectID: g.Case.ID, Actor: "小满", Verb: verb}, nil); err != nil {
				t.Fatal(err)
			}
		}
		first := ofCase(t, g, g.Shop.ID, g.Case.ID, 0, 2)
		if d := cmp.Diff([]string{"applied", "approved"}, verbs(first)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff([]string{"received"}, verbs(ofCase(t, g, g.Shop.ID, g.Case.ID, first[1].ID, 2))); d != "" {
			t.Error(d)
		}
		if n := len(ofCase(t, g, g.Stranger.ID, g.Case.ID, 0, 10)) + len(ofCase(t, g, g.Shop.ID, id.New(), 0, 10)); n != 0 {
			t.Errorf("another shop or case sees %d events", n)
		}
	})
}

// Nobody rewrites what happened, whoever they are.
func TestTimelineIsAppendOnly(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		if err := write(t, g, audit.Event{ShopID: g.Shop.ID, CaseID: g.Case.ID, Subject: audit.Case, SubjectID: g.Case.ID, Actor: "小满", Verb: "applied"}, nil); err != nil {
			t.Fatal(err)
		}
		casetest.AppendOnly(t, g, "timeline", `update %s set actor = 'x'`, `update %s set data = '{}'`, `delete from %s`)
	})
}

// Data is an object or nothing: readers look values up by name.
func TestDataThatIsNoObjectIsRefused(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		e := audit.Event{ShopID: g.Shop.ID, CaseID: g.Case.ID, Subject: audit.Case, SubjectID: 1, Actor: "小满", Verb: "applied"}
		for name, data := range map[string]any{"a number": 7, "a text": "approved", "a list": []int{1}, "a channel": make(chan int)} {
			if err := write(t, g, e, data); err == nil {
				t.Errorf("%s was written", name)
			}
		}
		if n := casetest.Count(t, g, "timeline"); n != 0 {
			t.Errorf("%d events", n)
		}
		var values map[string]any // none
		if err := write(t, g, e, values); err != nil {
			t.Fatal(err)
		}
		if got := string(ofCase(t, g, g.Shop.ID, g.Case.ID, 0, 1)[0].Data); got != "{}" {
			t.Errorf("no values are stored as %s", got)
		}
	})
}
