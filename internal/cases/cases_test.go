package cases_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// A number is read out on the phone: a letter, the day, and six characters without I, L, O and U.
func TestNewNumber(t *testing.T) {
	form := regexp.MustCompile(`^A260105-[0-9A-HJKMNP-TV-Z]{6}$`)
	seen := map[string]bool{}
	for range 1000 {
		n := cases.NewNumber("A", calendar.DateOf(2026, 1, 5))
		if !form.MatchString(n) {
			t.Fatalf("%q", n)
		}
		seen[n] = true
	}
	if len(seen) < 999 { // two of a thousand meet once in 2,000 runs, three never
		t.Errorf("1000 numbers, %d different", len(seen))
	}
	if n := cases.NewNumber("R", calendar.DateOf(2031, 12, 31)); !strings.HasPrefix(n, "R311231-") {
		t.Errorf("%q", n)
	}
}

func get(t *testing.T, g *casetest.Ground, caseID id.ID) cases.Case {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) (cases.Case, error) { return cases.Get(tx, g.Shop.ID, caseID) })
}

// S4-22: the red flag stands in the row a case is opened with.
func TestCaseRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		got := get(t, g, g.Case.ID)
		if d := cmp.Diff(g.Case, got); d != "" || got.Flag != "red" {
			t.Errorf("flag %q (-want +got):\n%s", got.Flag, d)
		}
		bare := cases.Case{ID: id.New(), ShopID: g.Shop.ID, Number: "A261121-000000", Channel: "phone", Class: "consultation", Status: cases.Unassigned, OpenedAt: 1, Version: 1}
		closed := g.NewCase("A261121-000001")
		at := dbtest.Start
		closed.ClosedAt, closed.Reopened, closed.Assignee, closed.Flag, closed.Status = &at, 2, "小满", "green", cases.Closed
		for _, c := range []cases.Case{bare, closed} {
			g.Batch(t, func(_ *db.Tx, b *db.Batch) { cases.Insert(b, c) })
			if d := cmp.Diff(c, get(t, g, c.ID)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			byNumber := casetest.See(t, g, func(tx *db.Tx) (cases.Case, error) { return cases.ByNumber(tx, g.Shop.ID, c.Number) })
			if d := cmp.Diff(c, byNumber); d != "" {
				t.Errorf("by number (-want +got):\n%s", d)
			}
		}
	})
}

func TestCaseNumberIsTakenOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		again := g.NewCase(g.Case.Number)
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { cases.Insert(b, again) }))
		if n := casetest.Count(t, g, "cases"); n != 1 {
			t.Errorf("%d cases", n)
		}
		again.ShopID, again.CustomerID = g.Stranger.ID, 0 // numbers are each shop's own
		g.Batch(t, func(_ *db.Tx, b *db.Batch) { cases.Insert(b, again) })
	})
}

func TestTakeWithAStaleVersion(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		take := func(c cases.Case) error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { cases.Take(b, c) })
		}
		if err := take(g.Case); err != nil {
			t.Fatal(err)
		}
		casetest.WantStale(t, take(g.Case)) // planned on version 1, which is gone
		now := get(t, g, g.Case.ID)
		if now.Version != 2 {
			t.Errorf("version %d", now.Version)
		}
		strange := now
		strange.ShopID = g.Stranger.ID
		casetest.WantStale(t, take(strange))
		if err := take(now); err != nil {
			t.Error(err)
		}
	})
}

// Of many commands planned on one version of a case exactly one goes through.
func TestOneOfManyTakesTheCase(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		const commands = 8
		var all sync.WaitGroup
		results := make([]error, commands)
		for i := range results {
			all.Go(func() {
				results[i] = g.TryBatch(t, func(tx *db.Tx, b *db.Batch) {
					cases.Take(b, g.Case)
					cases.AddNote(b, tx.Now, g.Shop.ID, g.Case.ID, cases.Note{ID: id.New(), Author: "小满", Text: fmt.Sprint(i)})
				})
			})
		}
		all.Wait()
		var through int
		for _, err := range results {
			if err == nil {
				through++
			} else {
				casetest.WantStale(t, err)
			}
		}
		if n := casetest.Count(t, g, "note"); through != 1 || n != 1 {
			t.Errorf("%d commands went through, %d notes were written", through, n)
		}
	})
}

func TestProjectWritesWhatPeopleSee(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		at := dbtest.Start
		c := g.Case
		c.Status, c.ClosedAt, c.Flag, c.Assignee, c.Reopened = cases.Closed, &at, "green", "小满", 1
		project := func(c cases.Case) error {
			return g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { cases.Take(b, c); cases.Project(b, c) })
		}
		if err := project(c); err != nil {
			t.Fatal(err)
		}
		c.Version = 2
		if d := cmp.Diff(c, get(t, g, c.ID)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		c.ClosedAt, c.Status = nil, cases.Ours // opened again
		if err := project(c); err != nil {
			t.Fatal(err)
		}
		if got := get(t, g, c.ID); got.ClosedAt != nil || got.Status != cases.Ours {
			t.Errorf("%+v", got)
		}
		strange := c
		strange.ShopID = g.Stranger.ID
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { cases.Project(b, strange) }))
	})
}

// A page begins where the one before ended; new cases in between neither repeat nor hide one.
func TestListPages(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		add := func(number string, s cases.Status) id.ID {
			c := g.NewCase(number)
			c.Status = s
			g.Batch(t, func(_ *db.Tx, b *db.Batch) { cases.Insert(b, c) })
			return c.ID
		}
		one, two, three := g.Case.ID, add("A-2", cases.Customer), add("A-3", cases.Ours)
		list := func(shop id.ID, s cases.Status, before id.ID, limit int) []id.ID {
			ids := []id.ID{}
			for _, c := range casetest.See(t, g, func(tx *db.Tx) ([]cases.Case, error) { return cases.List(tx, shop, s, before, limit) }) {
				ids = append(ids, c.ID)
			}
			return ids
		}
		want := func(what string, got []id.ID, want ...id.ID) {
			t.Helper()
			if d := cmp.Diff(append([]id.ID{}, want...), got); d != "" {
				t.Errorf("%s (-want +got):\n%s", what, d)
			}
		}
		want("first page", list(g.Shop.ID, "", 0, 2), three, two)
		four := add("A-4", cases.Ours)
		want("second page, after a new case", list(g.Shop.ID, "", two, 2), one)
		want("behind the last", list(g.Shop.ID, "", one, 2))
		want("of a status", list(g.Shop.ID, cases.Ours, 0, 10), four, three, one)
		want("of a status, second page", list(g.Shop.ID, cases.Ours, three, 10), one)
		want("of a status nobody has", list(g.Shop.ID, cases.Money, 0, 10))
		want("of another shop", list(g.Stranger.ID, "", 0, 10))
		want("of another shop and a status", list(g.Stranger.ID, cases.Ours, 0, 10))
	})
}

func TestAnotherShopSeesNoCase(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for _, read := range []func(tx *db.Tx) (cases.Case, error){
			func(tx *db.Tx) (cases.Case, error) { return cases.Get(tx, g.Stranger.ID, g.Case.ID) },
			func(tx *db.Tx) (cases.Case, error) { return cases.ByNumber(tx, g.Stranger.ID, g.Case.Number) },
			func(tx *db.Tx) (cases.Case, error) { return cases.Get(tx, g.Shop.ID, id.New()) },
		} {
			_, err := casetest.Ask(t, g, read)
			casetest.WantKey(t, err, errs.NotFound, "case.not_found")
		}
	})
}

func notes(t *testing.T, g *casetest.Ground, shop id.ID) []cases.Note {
	t.Helper()
	return casetest.See(t, g, func(tx *db.Tx) ([]cases.Note, error) { return cases.Notes(tx, shop, g.Case.ID, 0, 100) })
}

// S4-02: a note has an author, a time, a text and a progress; a mistake is amended by a further note.
func TestNoteRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		first := cases.Note{ID: id.New(), Author: "小满", Text: "顾客要换 37 码，\n“等仓库回复”", Progress: "待仓库确认"}
		second := cases.Note{ID: id.New(), Author: "小满", Text: "写错了，是 38 码", Amends: first.ID}
		for _, n := range []cases.Note{first, second} {
			g.Batch(t, func(tx *db.Tx, b *db.Batch) { cases.AddNote(b, tx.Now, g.Shop.ID, g.Case.ID, n) })
		}
		first.At, second.At = dbtest.Start, dbtest.Start
		if d := cmp.Diff([]cases.Note{first, second}, notes(t, g, g.Shop.ID)); d != "" {
			t.Errorf("oldest first (-want +got):\n%s", d)
		}
		if n := notes(t, g, g.Stranger.ID); len(n) != 0 {
			t.Errorf("another shop reads %v", n)
		}
	})
}

// S4-02: nobody can delete a note, neither another's nor their own.
func TestNotesAreNotDeleted(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			cases.AddNote(b, tx.Now, g.Shop.ID, g.Case.ID, cases.Note{ID: id.New(), Author: "小满", Text: "已联系"})
		})
		casetest.AppendOnly(t, g, "note", `delete from %s`)
	})
}

// Notes are read in pages, oldest first; none is out of reach.
func TestNotesByPage(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			for i := range 250 {
				cases.AddNote(b, tx.Now, g.Shop.ID, g.Case.ID, cases.Note{ID: id.New(), Author: "小满", Text: fmt.Sprint(i)})
			}
		})
		var after id.ID
		var got []string
		for {
			page := casetest.See(t, g, func(tx *db.Tx) ([]cases.Note, error) { return cases.Notes(tx, g.Shop.ID, g.Case.ID, after, 100) })
			if len(page) == 0 {
				break
			}
			for _, n := range page {
				got = append(got, n.Text)
			}
			after = page[len(page)-1].ID
		}
		if len(got) != 250 || got[0] != "0" || got[249] != "249" {
			t.Errorf("%d notes: %v", len(got), got)
		}
	})
}
