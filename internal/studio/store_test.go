package studio

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var afang, ahui = Person{1, "afang"}, Person{2, "ahui"}

// started is a draft with two files, written.
func started(t *testing.T, g *casetest.Ground, title string) (Draft, policy.Files) {
	t.Helper()
	d := Draft{ID: id.New(), ShopID: g.Shop.ID, Pack: "shoes", BaseVersion: "2024-07", BaseHash: "abc", Title: title, Notes: "说明", State: Drafting,
		Editors: []Person{afang}, MadeBy: "afang", MadeAt: dbtest.Start, ChangedAt: dbtest.Start, Version: 1}
	files := policy.Files{"pack.yaml": "pack: shoes\n", "cases/a.yaml": "cases: []\n"}
	g.Do(t, func(tx *db.Tx) error { return insertDraft(tx, d, files) })
	return d, files
}

// outsiders are who must see nothing: another shop, and the shop itself of another draft.
func outsiders(g *casetest.Ground, of id.ID) [][2]id.ID {
	return [][2]id.ID{{g.Stranger.ID, of}, {g.Shop.ID, id.New()}}
}

func TestDraftRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		d, files := started(t, g, "甲")
		read := func() Draft {
			return casetest.See(t, g, func(tx *db.Tx) (Draft, error) { return getDraft(tx, g.Shop.ID, d.ID) })
		}
		if x := cmp.Diff(d, read()); x != "" {
			t.Errorf("(-want +got):\n%s", x)
		}
		from := calendar.DateOf(2027, 1, 1)
		was := d
		d.Title, d.Notes, d.State, d.VersionName, d.EffectiveFrom, d.ContentHash, d.Reason = "乙", "改过", Proposed, "2027-01", &from, "hash", "因为"
		d.Editors, d.ProposedBy, d.ProposedAt, d.ChangedAt = []Person{afang, ahui}, "ahui", &d.ChangedAt, dbtest.Start+1
		g.Batch(t, func(_ *db.Tx, b *db.Batch) {
			d = updateDraft(b, d)
			putFile(b, d, "pack.yaml", "pack: shoes # 改\n")
			putFile(b, d, "claims.yaml", "[]\n")
			deleteFile(b, d, "cases/a.yaml")
		})
		if x := cmp.Diff(d, read()); x != "" || d.Version != 2 {
			t.Errorf("version %d (-want +got):\n%s", d.Version, x)
		}
		files = policy.Files{"pack.yaml": "pack: shoes # 改\n", "claims.yaml": "[]\n"}
		got := casetest.See(t, g, func(tx *db.Tx) (policy.Files, error) { return draftFiles(tx, g.Shop.ID, d.ID) })
		names := casetest.See(t, g, func(tx *db.Tx) ([]string, error) { return fileNames(tx, g.Shop.ID, d.ID) })
		if x := cmp.Diff(files, got); x != "" || !slices.Equal(names, []string{"claims.yaml", "pack.yaml"}) {
			t.Errorf("%v (-want +got):\n%s", names, x)
		}
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { updateDraft(b, was) }))
		stranger := d
		stranger.ShopID = g.Stranger.ID
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { updateDraft(b, stranger) }))
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, b *db.Batch) { deleteFile(b, stranger, "pack.yaml") }))
		for _, o := range outsiders(g, d.ID) {
			_, err := casetest.Ask(t, g, func(tx *db.Tx) (Draft, error) { return getDraft(tx, o[0], o[1]) })
			casetest.WantKey(t, err, errs.NotFound, "policy.draft_not_found")
			if f := casetest.See(t, g, func(tx *db.Tx) (policy.Files, error) { return draftFiles(tx, o[0], o[1]) }); len(f) != 0 {
				t.Errorf("an outsider reads %v", f)
			}
			if f := casetest.See(t, g, func(tx *db.Tx) ([]string, error) { return fileNames(tx, o[0], o[1]) }); len(f) != 0 {
				t.Errorf("an outsider sees %v", f)
			}
		}
	})
}

func TestDraftsAreListedAndCounted(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		var ids []id.ID
		for _, title := range []string{"一", "二", "三", "四"} {
			d, _ := started(t, g, title)
			ids = append(ids, d.ID)
			if title == "三" {
				d.State = Discarded
				g.Batch(t, func(_ *db.Tx, b *db.Batch) { updateDraft(b, d) })
			}
		}
		list := func(shop, before id.ID, limit int) (out []id.ID) {
			for _, d := range casetest.See(t, g, func(tx *db.Tx) ([]Draft, error) { return drafts(tx, shop, before, limit) }) {
				out = append(out, d.ID)
			}
			return out
		}
		if got := list(g.Shop.ID, 0, 3); !slices.Equal(got, []id.ID{ids[3], ids[2], ids[1]}) {
			t.Errorf("newest first: %v of %v", got, ids)
		}
		if got := list(g.Shop.ID, ids[1], 3); !slices.Equal(got, ids[:1]) {
			t.Errorf("before the second: %v of %v", got, ids)
		}
		if got := list(g.Stranger.ID, 0, 3); len(got) != 0 {
			t.Errorf("another shop lists %v", got)
		}
		for shop, want := range map[id.ID]int{g.Shop.ID: 3, g.Stranger.ID: 0} {
			if n := casetest.See(t, g, func(tx *db.Tx) (int, error) { return openDrafts(tx, shop) }); n != want {
				t.Errorf("%d open, want %d", n, want)
			}
		}
	})
}

// asks is a run, written.
func asks(t *testing.T, g *casetest.Ground, d Draft, kind RunKind, hash string) Run {
	t.Helper()
	x := d.run(kind, afang, dbtest.Start)
	x.ContentHash = hash
	g.Do(t, func(tx *db.Tx) error { return insertRun(tx, x) })
	return x
}

func TestRunRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		d, _ := started(t, g, "甲")
		from, to := calendar.DateOf(2026, 1, 1), calendar.DateOf(2026, 6, 30)
		ofVersion := Run{ID: id.New(), ShopID: g.Shop.ID, Kind: RunBacktest, Pack: "shoes", Version: "2024-07", ContentHash: "h", From: &from, To: &to, State: RunQueued, AskedBy: "afang", AskedAt: dbtest.Start}
		g.Do(t, func(tx *db.Tx) error { return insertRun(tx, ofVersion) })
		ofDraft := asks(t, g, d, RunVerify, "x")
		read := func(x Run) Run {
			return casetest.See(t, g, func(tx *db.Tx) (Run, error) { return getRun(tx, g.Shop.ID, x.ID) })
		}
		for _, want := range []Run{ofVersion, ofDraft} {
			if x := cmp.Diff(want, read(want), cmpopts.IgnoreUnexported(Run{})); x != "" {
				t.Errorf("(-want +got):\n%s", x)
			}
		}
		change := func(want bool, do func(tx *db.Tx) (bool, error)) {
			t.Helper()
			g.Do(t, func(tx *db.Tx) error {
				did, err := do(tx)
				if err == nil && did != want {
					t.Errorf("changed: %v, want %v", did, want)
				}
				return err
			})
		}
		stranger := ofDraft
		stranger.ShopID = g.Stranger.ID
		change(false, func(tx *db.Tx) (bool, error) { return pulseRun(tx, ofDraft, 1, 2) }) // it has not begun
		change(false, func(tx *db.Tx) (bool, error) { return startRun(tx, stranger, "y") })
		change(true, func(tx *db.Tx) (bool, error) { return startRun(tx, ofDraft, "y") })
		change(true, func(tx *db.Tx) (bool, error) { return pulseRun(tx, ofDraft, 7, 9) })
		change(false, func(tx *db.Tx) (bool, error) { return pulseRun(tx, stranger, 8, 9) })
		if x := read(ofDraft); x.State != RunRunning || x.Done != 7 || x.Total != 9 || x.ContentHash != "y" || x.StartedAt == nil || x.EndedAt != nil {
			t.Errorf("%+v", x)
		}
		change(false, func(tx *db.Tx) (bool, error) { return endRun(tx, stranger, RunFailed, "", "") })
		change(true, func(tx *db.Tx) (bool, error) { return endRun(tx, ofDraft, RunDone, `{"found":0}`, "") })
		change(false, func(tx *db.Tx) (bool, error) { return endRun(tx, ofDraft, RunCancelled, "", "") })
		change(false, func(tx *db.Tx) (bool, error) { return startRun(tx, ofDraft, "z") })
		if x := read(ofDraft); x.State != RunDone || string(x.Result) != `{"found":0}` || x.EndedAt == nil {
			t.Errorf("%+v", x)
		}
		for _, o := range outsiders(g, ofDraft.ID) {
			_, err := casetest.Ask(t, g, func(tx *db.Tx) (Run, error) { return getRun(tx, o[0], o[1]) })
			casetest.WantKey(t, err, errs.NotFound, "policy.run_not_found")
		}
		for shop, want := range map[id.ID]int{g.Shop.ID: 1, g.Stranger.ID: 0} {
			if n := casetest.See(t, g, func(tx *db.Tx) (int, error) { return liveRuns(tx, shop) }); n != want {
				t.Errorf("%d live, want %d", n, want)
			}
		}
		all := casetest.See(t, g, func(tx *db.Tx) ([]Run, error) { return runs(tx, g.Shop.ID, 0, 1) })
		rest := casetest.See(t, g, func(tx *db.Tx) ([]Run, error) { return runs(tx, g.Shop.ID, ofDraft.ID, 5) })
		none := casetest.See(t, g, func(tx *db.Tx) ([]Run, error) { return runs(tx, g.Stranger.ID, 0, 5) })
		if len(all) != 1 || all[0].ID != ofDraft.ID || all[0].Result != nil || len(rest) != 1 || rest[0].ID != ofVersion.ID || len(none) != 0 {
			t.Errorf("%d, %d and %d runs: %+v", len(all), len(rest), len(none), all)
		}
	})
}

// The proof of a proposal is the newest of exactly its files that has not failed or been cancelled; nothing else proves it.
func TestLastProof(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		d, _ := started(t, g, "甲")
		other, _ := started(t, g, "乙")
		last := func(shop id.ID, hash string) (found id.ID) {
			t.Helper()
			casetest.See(t, g, func(tx *db.Tx) (bool, error) {
				x, ok, err := lastProof(tx, shop, d.ID, hash)
				if ok {
					found = x.ID
				}
				return ok, err
			})
			return found
		}
		asks(t, g, d, RunCases, "h")
		asks(t, g, d, RunVerify, "another")
		asks(t, g, other, RunVerify, "h")
		if x := last(g.Shop.ID, "h"); x != 0 {
			t.Errorf("%s is a proof", x)
		}
		first, second, third := asks(t, g, d, RunVerify, "h"), asks(t, g, d, RunVerify, "h"), asks(t, g, d, RunVerify, "h")
		for _, step := range []struct {
			end  Run
			as   RunState
			want id.ID
		}{{third, RunFailed, second.ID}, {second, RunCancelled, first.ID}, {first, RunDone, first.ID}} {
			g.Do(t, func(tx *db.Tx) error { _, err := endRun(tx, step.end, step.as, "{}", ""); return err })
			if x := last(g.Shop.ID, "h"); x != step.want {
				t.Errorf("after one was %s: %s, want %s", step.as, x, step.want)
			}
		}
		if x := last(g.Stranger.ID, "h"); x != 0 {
			t.Errorf("another shop has the proof %s", x)
		}
	})
}
