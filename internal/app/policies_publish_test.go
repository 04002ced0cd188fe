package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/studio"
)

// draft begins a draft of a version and changes its pack.yaml: old and new texts in turn, each of which has to be found.
func (s *office) draft(pack, version string, edits ...string) studio.Draft {
	s.Helper()
	d := into[studio.Draft](s.T, s.call(s.writer, http.MethodPost, "/policies/"+pack+"/drafts", map[string]any{"from_version": version, "title": "草稿"}), http.StatusCreated)
	return s.edit(d, edits...)
}

func (s *office) edit(d studio.Draft, edits ...string) studio.Draft {
	s.Helper()
	page := into[studio.DraftPage](s.T, s.call(s.writer, http.MethodGet, "/policies/drafts/"+d.ID.String(), nil), http.StatusOK)
	text := ""
	for _, f := range page.Files {
		if f.Name == "pack.yaml" {
			text = f.Text
		}
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			s.Fatalf("nothing to edit: %s", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return into[studio.DraftPage](s.T, s.call(s.writer, http.MethodPut, "/policies/drafts/"+d.ID.String()+"/files/pack.yaml", map[string]any{"version": page.Version, "text": text}), http.StatusOK).Draft
}

func (s *office) propose(d studio.Draft, name, from string) studio.Draft {
	s.Helper()
	return into[studio.Draft](s.T, s.step(s.writer, d, "propose", map[string]any{"version_name": name, "effective_from": from}), http.StatusOK)
}

// work does the runs that wait, and says how many.
func (s *office) work() int {
	s.Helper()
	n, err := s.a.Jobs.RunDue(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// latest is the newest run of the shop.
func (s *office) latest() studio.Run {
	s.Helper()
	return into[list[studio.Run]](s.T, s.call(s.writer, http.MethodGet, "/policies/runs?limit=1", nil), http.StatusOK).Items[0]
}

const (
	unlisted = "- {claim: shoes.unshipped, in: [already_shipped], by: [law-cn.late_dispatch]}\n"
	waiting  = "{type: days, value: 14,"
)

// What the proof refutes is not published; nor is what no proof stands behind: one that was cancelled, or of other files.
func TestNothingUnprovenIsPublished(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		d := s.propose(s.draft("shoes", "2024-07", unlisted, ""), "2026-12", "2026-12-01")
		if s.work() != 1 {
			t.Fatal("its proof was not queued")
		}
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.refuted")
		d = into[studio.Draft](t, s.step(s.chief, d, "return", map[string]any{"reason": "未列明"}), http.StatusOK)
		d = s.propose(s.edit(d, "overridden_by_law:\n", "overridden_by_law:\n"+unlisted), "2026-12", "2026-12-01")
		refuted := s.latest()
		into[studio.Run](t, s.call(s.writer, http.MethodPost, "/policies/runs/"+refuted.ID.String()+"/cancel", nil), http.StatusOK)
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.not_proven")
		s.start(map[string]any{"kind": "verify", "pack": "shoes", "version": "2024-07"}) // another's proof is not its own
		s.start(map[string]any{"kind": "cases", "draft": d.ID})
		s.work()
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.not_proven")
		s.start(map[string]any{"kind": "verify", "draft": d.ID})
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.proof_running")
		s.work()
		if got := into[studio.Draft](t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusOK); got.State != studio.Issued {
			t.Errorf("%+v", got)
		}
	})
}

// A proof stands beside the packs it was made beside: when a promise of the marketplace changes beneath, it is made anew.
func TestAProofIsOutdatedByWhatStandsBeneath(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		sh, err := a.OpenShop(t.Context(), shop.NewShop{Code: "mall", Name: "mall", Pack: "shoes", Overlays: []string{"marketplace-commitments"}, Law: "law-cn", Currency: "CNY", Calendar: "CN"},
			shop.NewWarehouse{Code: "guangzhou", Name: "广州退货组", Address: "广州"})
		if err != nil {
			t.Fatal(err)
		}
		s.shop = sh.ID
		s.writer, s.chief = person(t, a, sh.ID, "amei", auth.RolePolicyAdmin), person(t, a, sh.ID, "laowu", auth.RoleStoreManager)
		d := s.propose(s.draft("shoes", "2024-07", waiting, "{type: days, value: 21,"), "2026-12", "2026-12-01")
		s.work()
		base := into[[]studio.Shelved](t, s.call(s.writer, http.MethodGet, "/policies", nil), http.StatusOK)[1]
		if base.Pack != "marketplace-commitments" || !base.Editable {
			t.Fatalf("%+v", base)
		}
		s.release(s.draft(base.Pack, base.Versions[0].Version), "2026-12m", "2026-11-25")
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.not_proven")
		s.start(map[string]any{"kind": "verify", "draft": d.ID})
		s.work()
		into[studio.Draft](t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusOK)
	})
}

// Of two people who publish at the same moment one wins, and the other is told: the same draft, or two drafts that begin on
// one day.
func TestTwoPublishAtOnce(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		boss := person(t, a, s.shop, "boss", auth.RoleStoreManager)
		one := s.propose(s.draft("shoes", "2024-07", waiting, "{type: days, value: 20,"), "2026-12", "2026-12-01")
		two := s.propose(s.draft("shoes", "2024-07", waiting, "{type: days, value: 21,"), "2026-12b", "2026-12-01")
		s.work()
		s.race([]rival{{s.chief, one}, {boss, one}, {s.chief, two}, {boss, two}}, "policy.published_meanwhile", "policy.day_taken", "policy.draft_published", "web.stale", "db.stale")
		rows := into[[]studio.Shelved](t, s.call(s.writer, http.MethodGet, "/policies", nil), http.StatusOK)[1].Versions
		if len(rows) != 2 || rows[0].BuiltIn {
			t.Errorf("%+v", rows)
		}
	})
}

type rival struct {
	who   string
	draft studio.Draft
}

// race has rivals publish at the same moment. One must win, the others lose by one of the keys, each draft's state being
// what came of it.
func (s *office) race(rivals []rival, keys ...string) {
	s.Helper()
	said := make([]*httptest.ResponseRecorder, len(rivals))
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i, r := range rivals {
		all.Go(func() {
			<-begin
			said[i] = s.step(r.who, r.draft, "publish", map[string]any{})
		})
	}
	close(begin)
	all.Wait()
	won := id.ID(0)
	for i, w := range said {
		switch lost := slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(w.Body.String(), `"`+k+`"`) }); {
		case w.Code == http.StatusOK && won == 0:
			won = rivals[i].draft.ID
		case w.Code == http.StatusOK || w.Code < 400 || w.Code >= 500 || !lost:
			s.Errorf("%d %s", w.Code, w.Body)
		}
	}
	for _, r := range rivals {
		d := into[studio.DraftPage](s.T, s.call(s.writer, http.MethodGet, "/policies/drafts/"+r.draft.ID.String(), nil), http.StatusOK)
		if want := map[bool]studio.DraftState{true: studio.Issued, false: studio.Proposed}[d.ID == won]; d.State != want {
			s.Errorf("%s is %s, want %s", d.ID, d.State, want)
		}
	}
}

// A shop's drafts, their files and what a run keeps are bounded.
func TestBoundsOfDrafts(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		d := s.draft("shoes", "2024-07")
		put := func(name, text string) *httptest.ResponseRecorder {
			return s.call(s.writer, http.MethodPut, "/policies/drafts/"+d.ID.String()+"/files/"+name, map[string]any{"version": d.Version, "text": text})
		}
		have := len(into[studio.DraftPage](t, s.call(s.writer, http.MethodGet, "/policies/drafts/"+d.ID.String(), nil), http.StatusOK).Files)
		for i := have; i < 40; i++ {
			d = into[studio.DraftPage](t, put(fmt.Sprintf("more_%d.yaml", i), "[]\n"), http.StatusOK).Draft
		}
		problem(t, put("one_more.yaml", "[]\n"), http.StatusConflict, "policy.too_many_files")
		d = into[studio.DraftPage](t, put("more_39.yaml", "[] # 这个文件已有\n"), http.StatusOK).Draft
		d = into[studio.DraftPage](t, put("more_39.yaml", strings.Repeat("#", 256<<10)), http.StatusOK).Draft
		problem(t, put("more_39.yaml", strings.Repeat("#", 256<<10+1)), http.StatusUnprocessableEntity, "policy.file_too_large")
		if w := put("more_39.yaml", strings.Repeat("#", 1<<20)); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("more than a mebibyte: %d %s", w.Code, w.Body)
		}
		begin := func() *httptest.ResponseRecorder {
			return s.call(s.writer, http.MethodPost, "/policies/shoes/drafts", map[string]any{"from_version": "2024-07", "title": "又一份"})
		}
		for range 49 {
			into[studio.Draft](t, begin(), http.StatusCreated)
		}
		problem(t, begin(), http.StatusConflict, "policy.too_many_drafts")
		into[studio.Draft](t, s.step(s.writer, d, "discard", map[string]any{}), http.StatusOK)
		into[studio.Draft](t, begin(), http.StatusCreated)
	})
}

// A result of more than a mebibyte is not kept; the run says so and names the bound.
func TestALargeResultIsRefused(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		d := s.draft("shoes", "2024-07")
		var cases strings.Builder
		cases.WriteString("at: 2026-11-21\nstage: application\nask: {ground: no_reason, remedy: refund_return}\ngiven: {line.category: shoes}\ncases:\n")
		for i := range 250 {
			fmt.Fprintf(&cases, "- {case: %q, cites: [S4-35], expect: {outcome: %s}}\n", fmt.Sprintf("%d %s", i, strings.Repeat("x", 500)), strings.Repeat("no_such_outcome_", 16))
		}
		for i := range 8 {
			w := s.call(s.writer, http.MethodPut, fmt.Sprintf("/policies/drafts/%s/files/cases%%2Fmany_%d.yaml", d.ID, i), map[string]any{"version": d.Version, "text": cases.String()})
			d = into[studio.DraftPage](t, w, http.StatusOK).Draft
		}
		s.start(map[string]any{"kind": "cases", "draft": d.ID})
		s.work()
		if r := s.latest(); r.State != studio.RunFailed || r.Result != nil || r.Error == nil || r.Error.Key != "policy.result_too_large" || !strings.Contains(r.Error.Text, "1024") {
			t.Errorf("%s %+v", r.State, r.Error)
		}
	})
}

// Every step of a draft stands in the timeline, with who took it and what it was about; a refused one leaves nothing.
func TestThePolicyTimeline(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		d := s.draft("shoes", "2024-07", waiting, "{type: days, value: 21,")
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.draft_draft")
		file := "/policies/drafts/" + d.ID.String() + "/files/extra.yaml"
		d = into[studio.DraftPage](t, s.call(s.mate, http.MethodPut, file, map[string]any{"version": d.Version, "text": "[]\n"}), http.StatusOK).Draft
		d = into[studio.DraftPage](t, s.call(s.mate, http.MethodDelete, fmt.Sprintf("%s?version=%d", file, d.Version), nil), http.StatusOK).Draft
		d = s.propose(d, "2026-12", "2026-12-01")
		d = into[studio.Draft](t, s.step(s.chief, d, "return", map[string]any{"reason": "改天"}), http.StatusOK)
		d = s.propose(d, "2026-12", "2026-12-02")
		s.work()
		d = into[studio.Draft](t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusOK)
		gone := s.draft("shoes", "2026-12")
		into[studio.Draft](t, s.step(s.mate, gone, "discard", map[string]any{}), http.StatusOK)
		page := into[studio.VersionPage](t, s.call(s.writer, http.MethodGet, "/policies/shoes/versions/2026-12", nil), http.StatusOK)
		if got, want := timeline(t, a, s.shop, d.ID), []string{
			"afang begun from=2024-07", "afang edited file=pack.yaml", "ahui edited file=extra.yaml", "ahui deleted file=extra.yaml",
			"afang proposed from=2026-12-01 version=2026-12", "laozhou returned", "afang proposed from=2026-12-02 version=2026-12",
			"laozhou published from=2026-12-02 hash=" + page.Hash + " version=2026-12",
		}; !slices.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
		if got, want := timeline(t, a, s.shop, gone.ID), []string{"afang begun from=2026-12", "afang edited file=pack.yaml", "ahui discarded"}; !slices.Equal(got, want) {
			t.Error(cmp.Diff(want, got))
		}
	})
}

// timeline is what the timeline says of a draft: who, what, and the data but for the pack and the content's hash.
func timeline(t *testing.T, a *app.App, shop, draft id.ID) (out []string) {
	t.Helper()
	err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		out, err = db.Collect(tx, func(r *db.Rows) (line string, err error) {
			var actor, verb, doc string
			var data map[string]string
			if err := r.Scan(&actor, &verb, &doc); err != nil {
				return "", err
			}
			if err := json.Unmarshal([]byte(doc), &data); err != nil || data["pack"] != "shoes" {
				return "", fmt.Errorf("%s: %w", doc, err)
			}
			if (verb == "proposed" || verb == "published") != (len(data["content_hash"]) == 64) {
				t.Errorf("%s: %s", verb, doc)
			}
			line = actor + " " + verb
			for _, k := range slices.Sorted(maps.Keys(data)) {
				if k != "pack" && k != "content_hash" {
					line += " " + k + "=" + data[k]
				}
			}
			return line, nil
		}, `select actor, verb, data from timeline where shop_id = $1 and subject = 'policy' and subject_id = $2 and case_id is null order by id`, shop, draft)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Where a rule changes, golden cases come out otherwise. Who has read the new answers accepts them, one or all; the files
// expect them from then on, and nothing else in them has moved. What is not there, or green, or undecided, is not accepted.
func TestAcceptGoldenCases(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		d := s.draft("shoes", "2024-07", "{type: days, value: 7, title: {zh-CN: 七天无理由", "{type: days, value: 10, title: {zh-CN: 十天无理由")
		check := func() studio.Check {
			return into[studio.Check](t, s.call(s.writer, http.MethodPost, "/policies/drafts/"+d.ID.String()+"/check", nil), http.StatusOK)
		}
		first := check()
		if len(first.Failed) < 3 || len(first.Failed[0].Differs) == 0 || first.Failed[0].Differs[0].Got == first.Failed[0].Differs[0].Want {
			t.Fatalf("%+v", first.Failed)
		}
		place := func(c studio.CaseResult) map[string]any {
			return map[string]any{"file": c.File, "line": c.Line, "name": c.Name}
		}
		accept := func(who string, cases ...map[string]any) *httptest.ResponseRecorder {
			return s.step(who, d, "accept-cases", map[string]any{"cases": cases})
		}
		one := first.Failed[0]
		problem(t, accept(s.chief, place(one)), http.StatusForbidden, "auth.role")
		problem(t, accept(s.writer, []map[string]any{}...), http.StatusUnprocessableEntity, "web.field.min_items")
		moved := place(one)
		moved["line"] = one.Line + 1
		problem(t, accept(s.writer, moved, map[string]any{"file": "cases/none.yaml", "line": 1, "name": "none"}), http.StatusUnprocessableEntity, "rule.case_gone")
		d = into[studio.Draft](t, accept(s.mate, place(one), place(one)), http.StatusOK)
		problem(t, accept(s.mate, place(one)), http.StatusConflict, "policy.case_green")
		second := check()
		if len(second.Failed) != len(first.Failed)-1 || second.Cases != first.Cases {
			t.Fatalf("%d of %d failed, then %d of %d", len(first.Failed), first.Cases, len(second.Failed), second.Cases)
		}
		var rest []map[string]any
		for _, c := range second.Failed {
			rest = append(rest, place(c))
		}
		stale := d
		stale.Version--
		problem(t, s.step(s.writer, stale, "accept-cases", map[string]any{"cases": rest}), http.StatusConflict, "web.stale")
		d = into[studio.Draft](t, accept(s.writer, rest...), http.StatusOK)
		if last := check(); len(last.Failed) != 0 || last.Cases != first.Cases || last.All != first.All {
			t.Errorf("%+v", last)
		}
		if !slices.ContainsFunc(d.Editors, func(p studio.Person) bool { return p.Name == "ahui" }) {
			t.Errorf("who accepted is no editor: %+v", d.Editors)
		}
		events := timeline(t, a, s.shop, d.ID)
		if e := events[2]; !strings.HasPrefix(e, "ahui accepted cases="+one.Name+" files="+one.File) || len(events) != 4 {
			t.Errorf("%q", events)
		}
		d = into[studio.Draft](t, s.step(s.writer, d, "discard", map[string]any{}), http.StatusOK)
		problem(t, accept(s.writer, place(one)), http.StatusConflict, "policy.draft_discarded")
	})
}
