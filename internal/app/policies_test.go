package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/studio"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
	"github.com/sanbao/sanbao/rule"
)

// ask calls a route of a shop, with a token or as a person who is logged in.
func ask(t *testing.T, a *app.App, method string, shop id.ID, path, who string, body any) *httptest.ResponseRecorder {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, "/api/v1/shops/"+shop.String()+path, bytes.NewReader(text))
	if strings.HasPrefix(who, web.SessionCookie+"=") {
		r.Header.Set("Cookie", who)
	} else {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	r.Header.Set("Accept-Language", "en")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", id.New().String())
	}
	w := httptest.NewRecorder()
	a.Server().ServeHTTP(w, r)
	return w
}

func into[T any](t *testing.T, w *httptest.ResponseRecorder, want int) (out T) {
	t.Helper()
	if w.Code != want {
		t.Fatalf("%d, want %d: %s", w.Code, want, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return out
}

// A shop reads every pack it is bound to: in a list, version by version in words, file by file, and as customers see it.
func TestReadPolicies(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		token := webtest.Token(t, a.DB, shop, auth.PolicyRead)
		read := func(path string) *httptest.ResponseRecorder { return ask(t, a, http.MethodGet, shop, path, token, nil) }
		all := into[[]studio.Shelved](t, read("/policies"), http.StatusOK)
		if len(all) != 2 || all[0].Pack != "law-cn" || all[0].Editable || all[1].Pack != "shoes" || !all[1].Editable || len(all[1].Versions) == 0 {
			t.Fatalf("%+v", all)
		}
		v := all[1].Versions[0]
		if !v.BuiltIn || v.Status != studio.VersionInForce {
			t.Errorf("%+v", v)
		}
		page := into[studio.VersionPage](t, read("/policies/shoes/versions/"+v.Version), http.StatusOK)
		if page.Hash != v.Hash || len(page.Claims) == 0 || len(page.Tables) == 0 || len(page.Files) < 5 {
			t.Errorf("%d claims, %d tables, %d files", len(page.Claims), len(page.Tables), len(page.Files))
		}
		law := into[studio.VersionPage](t, read("/policies/law-cn/versions/"+all[0].Versions[0].Version), http.StatusOK)
		if c := law.Claims[0]; len(c.Cites) == 0 || !strings.Contains(c.Cites[0].Source, "article") {
			t.Errorf("citations are not written out: %+v", c.Cites)
		}
		if w := read("/policies/shoes/versions/" + v.Version + "/files/cases%2Fquality.yaml"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "cases:") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if w := read("/policies/shoes/versions/" + v.Version + "/page?lang=zh-CN"); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "# ") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if rows := into[[]studio.GroundRow](t, read("/policies/grounds?on=2026-11-21"), http.StatusOK); len(rows) == 0 || len(rows[0].Remedies) == 0 {
			t.Errorf("%+v", rows)
		}
		into[map[string]any](t, read("/policies/facts"), http.StatusOK)
		into[list[studio.Draft]](t, read("/policies/drafts"), http.StatusOK)
		for path, key := range map[string]string{"/policies/snack/versions/2026-01": "policy.not_bound", "/policies/shoes/versions/none": "policy.no_such_version",
			"/policies/shoes/versions/" + v.Version + "/files/..%2Flaw-cn%2Fpack.yaml": "policy.no_such_file", "/policies/drafts/" + id.New().String(): "policy.draft_not_found"} {
			if w := read(path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), key) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

// A supposed matter is answered with its reasons; everything that is wrong with it is said at once, and nothing is written.
func TestSandbox(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		token := webtest.Token(t, a.DB, shop, auth.PolicyRead)
		matter := map[string]any{"ground": "no_reason", "remedy": "refund_return", "at": "2026-11-21T12:00:00+08:00", "facts": map[string]any{
			"line.signed_on": "2026-11-17", "application.sent_on": "2026-11-20", "order.delivery": "delivered", "line.goods_amount": 26900, "line.outbound_freight": 0,
			"goods.worn": map[string]any{"application": false}, "goods.tag_removed": nil}}
		before := a.DB.Stats().Requests
		got := into[studio.Answer](t, ask(t, a, http.MethodPost, shop, "/policies/decide", token, matter), http.StatusOK)
		if a.DB.Stats().Requests != before {
			t.Error("the sandbox wrote")
		}
		if len(got.Trace) == 0 || got.Explanation.Headline == "" || len(got.Wording.Claims) == 0 || !strings.Contains(string(got.Facts), `"goods.worn":{"application":false}`) {
			t.Errorf("%+v", got)
		}
		wrong := into[struct{ Fields []struct{ Path, Key string } }](t, ask(t, a, http.MethodPost, shop, "/policies/decide", token, map[string]any{
			"ground": "boredom", "on": "2026-12-01", "at": "2026-11-21T12:00:00+08:00", "packs": []string{"snack"},
			"facts": map[string]any{"goods.wron": true, "goods.worn": "yes", "line.signed_on": "2026-11-25", "goods.tag_removed": map[string]any{"someday": true}}}), http.StatusUnprocessableEntity)
		seen := map[string]string{}
		for _, f := range wrong.Fields {
			seen[f.Path] = f.Key
		}
		for path, key := range map[string]string{"/on": "policy.paid_later", "/packs": "policy.not_bound", "/facts/goods.wron": "rule.fact_unknown",
			"/facts/goods.worn": "rule.value_type", "/facts/goods.tag_removed": "rule.stage_unknown"} {
			if seen[path] != key {
				t.Errorf("%s: %q, want %q of %v", path, seen[path], key, seen)
			}
		}
		future := ask(t, a, http.MethodPost, shop, "/policies/decide", token, map[string]any{"ground": "boredom", "at": "2026-11-21T12:00:00+08:00",
			"facts": map[string]any{"line.signed_on": "2026-11-25"}})
		if future.Code != http.StatusUnprocessableEntity || !strings.Contains(future.Body.String(), "rule.fact_future") || !strings.Contains(future.Body.String(), "rule.ground_unknown") {
			t.Errorf("%d %s", future.Code, future.Body)
		}
		if w := ask(t, a, http.MethodPost, shop, "/policies/decide", token, map[string]any{"ground": strings.Repeat("x", 200<<10)}); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("too large a body: %d %s", w.Code, w.Body)
		}
	})
}

// person is somebody who is logged in at a shop.
func person(t *testing.T, a *app.App, shop id.ID, login string, role auth.Role) string {
	t.Helper()
	u := webtest.Person(t, a.DB, a.Sessions, auth.NewUser{Login: login, Name: login, Roles: []auth.Grant{{Shop: shop, Role: role}}})
	return web.SessionCookie + "=" + webtest.Session(t, a.DB, a.Sessions, u.ID)
}

// problem is an answer that has to be a problem of a key.
func problem(t *testing.T, w *httptest.ResponseRecorder, status int, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if w.Code != status || !strings.Contains(w.Body.String(), `"`+key+`"`) {
			t.Errorf("want %d %s: %d %s", status, key, w.Code, w.Body)
		}
	}
}

// office is a shop with three people who work on its policy.
type office struct {
	*testing.T
	a                   *app.App
	shop                id.ID
	writer, mate, chief string // a policy administrator, another one, the store manager
	users               []id.ID
}

func newOffice(t *testing.T, a *app.App) *office {
	s := &office{T: t, a: a, shop: openShop(t, a, "shoes")}
	for login, role := range map[string]auth.Role{"afang": auth.RolePolicyAdmin, "ahui": auth.RolePolicyAdmin, "laozhou": auth.RoleStoreManager} {
		u := webtest.Person(t, a.DB, a.Sessions, auth.NewUser{Login: login, Name: login, Roles: []auth.Grant{{Shop: s.shop, Role: role}}})
		s.users = append(s.users, u.ID)
	}
	s.logIn()
	return s
}

// logIn has the three log in, which lasts half a day.
func (s *office) logIn() {
	s.Helper()
	for _, u := range s.users {
		cookie := web.SessionCookie + "=" + webtest.Session(s.T, s.a.DB, s.a.Sessions, u)
		me := httptest.NewRequest(http.MethodGet, "/api/v1/me", nil)
		me.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		s.a.Server().ServeHTTP(w, me)
		switch into[struct{ User struct{ Login string } }](s.T, w, http.StatusOK).User.Login {
		case "afang":
			s.writer = cookie
		case "ahui":
			s.mate = cookie
		default:
			s.chief = cookie
		}
	}
}

func (s *office) call(who, method, path string, body any) *httptest.ResponseRecorder {
	s.Helper()
	return ask(s.T, s.a, method, s.shop, path, who, body)
}

// begin makes a draft of the shoe pack with one parameter changed, which no golden case looks at.
func (s *office) begin(who, value string) studio.DraftPage {
	s.Helper()
	d := into[studio.Draft](s.T, s.call(who, http.MethodPost, "/policies/shoes/drafts", map[string]any{"from_version": "2024-07", "title": "多等几天"}), http.StatusCreated)
	page := into[studio.DraftPage](s.T, s.call(who, http.MethodGet, "/policies/drafts/"+d.ID.String(), nil), http.StatusOK)
	text := ""
	for _, f := range page.Files {
		if f.Name == "pack.yaml" {
			text = strings.Replace(f.Text, "{type: days, value: 14,", "{type: days, value: "+value+",", 1)
		}
	}
	return into[studio.DraftPage](s.T, s.call(who, http.MethodPut, "/policies/drafts/"+d.ID.String()+"/files/pack.yaml", map[string]any{"version": page.Version, "text": text}), http.StatusOK)
}

func (s *office) step(who string, d studio.Draft, verb string, body map[string]any) *httptest.ResponseRecorder {
	s.Helper()
	body["version"] = d.Version
	return s.call(who, http.MethodPost, "/policies/drafts/"+d.ID.String()+"/"+verb, body)
}

// A draft is kept however faulty it is, says where its faults are, and is bounded.
func TestPolicyDraft(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		problem(t, s.call(s.writer, http.MethodPost, "/policies/law-cn/drafts", map[string]any{"from_version": "2024-07", "title": "x"}), http.StatusForbidden, "policy.law_stays")
		problem(t, s.call(s.writer, http.MethodPost, "/policies/snack/drafts", map[string]any{"from_version": "2024-07", "title": "x"}), http.StatusNotFound, "policy.not_bound")
		problem(t, s.call(s.chief, http.MethodPost, "/policies/shoes/drafts", map[string]any{"from_version": "2024-07", "title": "x"}), http.StatusForbidden, "auth.role")
		d := s.begin(s.writer, "21")
		if len(d.Findings) != 0 || d.Faulty {
			t.Fatalf("%+v", d.Findings)
		}
		for _, f := range d.Files {
			if f.Changed != (f.Name == "pack.yaml") {
				t.Errorf("%s changed: %v", f.Name, f.Changed)
			}
		}
		file := func(name string) string { return "/policies/drafts/" + d.ID.String() + "/files/" + name }
		diff := into[[]rule.PackChange](t, s.call(s.writer, http.MethodPost, "/policies/drafts/"+d.ID.String()+"/diff", nil), http.StatusOK)
		if len(diff) == 0 || diff[0].ID != "answer_days" {
			t.Errorf("%+v", diff)
		}
		check := into[studio.Check](t, s.call(s.writer, http.MethodPost, "/policies/drafts/"+d.ID.String()+"/check", nil), http.StatusOK)
		if !check.Clean || check.Seen != check.All || check.Cases < 10 {
			t.Errorf("%+v", check)
		}
		problem(t, s.call(s.writer, http.MethodPut, file("extra.yaml"), map[string]any{"version": d.Version - 1, "text": ""}), http.StatusConflict, "web.stale")
		problem(t, s.call(s.writer, http.MethodPut, file("Extra.yml"), map[string]any{"version": d.Version, "text": strings.Repeat("#", 257<<10)}), http.StatusUnprocessableEntity, "policy.file_name", "policy.file_too_large")
		problem(t, s.call(s.writer, http.MethodDelete, file("pack.yaml")+"?version="+strconv.FormatInt(d.Version, 10), nil), http.StatusConflict, "policy.file_stays")
		broken := into[studio.DraftPage](t, s.call(s.mate, http.MethodPut, file("extra.yaml"), map[string]any{"version": d.Version, "text": "- claim: shoes.extra\n  mode: promise\n  ground: [quality]\n"}), http.StatusOK)
		if !broken.Faulty || len(broken.Findings) == 0 || broken.Findings[0].File != "extra.yaml" || broken.Findings[0].Line != 1 || broken.Findings[0].Text == "" {
			t.Errorf("%+v", broken.Findings)
		}
		problem(t, s.step(s.writer, broken.Draft, "propose", map[string]any{"version_name": "2027-01", "effective_from": "2027-01-01"}), http.StatusUnprocessableEntity, "rule.key_missing")
		problem(t, s.call(s.writer, http.MethodPost, "/policies/decide", map[string]any{"draft": d.ID.String()}), http.StatusUnprocessableEntity, "rule.key_missing")
		mended := into[studio.DraftPage](t, s.call(s.mate, http.MethodDelete, file("extra.yaml")+"?version="+strconv.FormatInt(broken.Version, 10), nil), http.StatusOK)
		if mended.Faulty || len(mended.Editors) != 2 {
			t.Errorf("%+v", mended.Draft)
		}
		gone := into[studio.Draft](t, s.step(s.writer, mended.Draft, "discard", map[string]any{}), http.StatusOK)
		problem(t, s.call(s.writer, http.MethodPut, file("extra.yaml"), map[string]any{"version": gone.Version, "text": ""}), http.StatusConflict, "policy.draft_discarded")
	})
}

// release takes a draft through proposal and publication.
func (s *office) release(d studio.Draft, name, from string) studio.Draft {
	s.Helper()
	d = into[studio.Draft](s.T, s.step(s.writer, d, "propose", map[string]any{"version_name": name, "effective_from": from}), http.StatusOK)
	if _, err := s.a.Jobs.RunDue(s.Context()); err != nil { // its proof
		s.Fatal(err)
	}
	return into[studio.Draft](s.T, s.step(s.chief, d, "publish", map[string]any{}), http.StatusOK)
}

// decided applies for a pair of shoes paid on a day, and names the versions that decided: at payment, and later.
func (s *office) decided(no string, paid calendar.Date) (core *rule.Decision, atPayment, later string) {
	s.Helper()
	cal, err := calendar.Load("CN")
	if err != nil {
		s.Fatal(err)
	}
	at, signed := cal.StartOf(paid).Add(10*time.Hour), paid
	r, err := s.a.Flow.RecordOrder(s.Context(), xiaoman, s.shop, flow.NewOrder{Platform: "taobao", OrderNo: no, Buyer: flow.Buyer{Key: "b" + no}, Channel: order.Distance, OrderedAt: at,
		PaidAt: &at, ShippedAt: &at, SignedOn: &signed, SignedBy: "self", Lines: []flow.NewOrderLine{{SKU: "SH-2401", Title: "单鞋", Category: "shoes", Quantity: 1, UnitPrice: 26900, Net: 26900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Captured: 26900}}})
	if err != nil {
		s.Fatal(err)
	}
	v, err := s.a.Flow.Apply(s.Context(), xiaoman, s.shop, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "size_mismatch",
		Remedy: "refund_return", Facts: map[string]json.RawMessage{"goods.worn": json.RawMessage("false")}}}})
	if err != nil {
		s.Fatal(err)
	}
	replayed, err := s.a.Flow.Replay(s.Context(), s.shop, v.Lines[0].DecisionID)
	if err != nil {
		s.Fatal(err)
	}
	version := func(refs []rule.PackRef) string {
		for _, p := range refs {
			if p.Pack == "shoes" {
				return p.Version
			}
		}
		return ""
	}
	return replayed.Decision, version(replayed.Decision.Packs), version(replayed.Decision.Later)
}

// A version comes into force by two persons, from a day after today, and decides the orders paid from that day on. Orders
// of before keep theirs, and get what the new one gives where it is better. Every decision replays afterwards (G2).
func TestPublishPolicy(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		clk := a.Clock.(*clock.Fake) // Saturday 2026-11-21
		_, before, _ := s.decided("1", calendar.DateOf(2026, 11, 20))
		d := s.begin(s.writer, "21").Draft
		problem(t, s.step(s.writer, d, "propose", map[string]any{"version_name": "2024-07", "effective_from": "2026-11-21"}), http.StatusUnprocessableEntity, "policy.from_passed", "policy.version_taken")
		problem(t, s.step(s.writer, d, "propose", map[string]any{"version_name": "a b", "effective_from": "2024-07-01"}), http.StatusUnprocessableEntity, "policy.from_passed", "policy.version_name", "policy.day_taken")
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.draft_draft")
		d = into[studio.Draft](t, s.step(s.writer, d, "propose", map[string]any{"version_name": "2026-12", "effective_from": "2026-11-23", "notes": "等三周"}), http.StatusOK)
		problem(t, s.step(s.writer, d, "publish", map[string]any{}), http.StatusForbidden, "policy.second_person")
		problem(t, s.call(s.writer, http.MethodPut, "/policies/drafts/"+d.ID.String()+"/files/pack.yaml", map[string]any{"version": d.Version, "text": "x"}), http.StatusConflict, "policy.draft_proposed")
		token := webtest.Token(t, a.DB, s.shop, auth.PolicyPublish)
		problem(t, s.step(token, d, "publish", map[string]any{}), http.StatusForbidden, "auth.people_only")
		agent := person(t, a, s.shop, "xiaoli", auth.RoleAgent)
		problem(t, s.step(agent, d, "publish", map[string]any{}), http.StatusForbidden, "auth.role")
		problem(t, s.step(s.chief, d, "publish", map[string]any{}), http.StatusConflict, "policy.proof_running")
		problem(t, s.step(agent, d, "return", map[string]any{"reason": "?"}), http.StatusForbidden, "policy.not_yours")
		back := into[studio.Draft](t, s.step(s.chief, d, "return", map[string]any{"reason": "说明写清楚些"}), http.StatusOK)
		if back.State != studio.Drafting || back.Reason == "" || back.ContentHash != "" {
			t.Errorf("%+v", back)
		}
		d = s.release(back, "2026-12", "2026-11-23")
		if d.State != studio.Issued {
			t.Errorf("%+v", d)
		}
		all := into[[]studio.Shelved](t, s.call(s.writer, http.MethodGet, "/policies", nil), http.StatusOK)
		if v := all[1].Versions; len(v) != 2 || v[0].Version != "2026-12" || v[0].BuiltIn || v[0].Status != studio.VersionComing || v[0].PublishedBy != "laozhou" || v[0].ProposedBy != "afang" ||
			v[1].Status != studio.VersionInForce || v[1].To == nil || *v[1].To != calendar.DateOf(2026, 11, 22) {
			t.Errorf("%+v", v)
		}
		page := into[studio.VersionPage](t, s.call(s.writer, http.MethodGet, "/policies/shoes/versions/2026-12", nil), http.StatusOK)
		if page.From != calendar.DateOf(2026, 11, 23) || page.Row.Hash != page.Hash {
			t.Errorf("%+v", page.Row)
		}
		clk.Advance(24 * time.Hour) // Sunday, the day before
		_, sunday, later := s.decided("2", calendar.DateOf(2026, 11, 22))
		if before != "2024-07" || sunday != "2024-07" || later != "" {
			t.Errorf("before: %q, the day before: %q %q", before, sunday, later)
		}
		clk.Advance(24 * time.Hour) // the day
		_, monday, later := s.decided("3", calendar.DateOf(2026, 11, 23))
		if monday != "2026-12" || later != "" {
			t.Errorf("on the day: %q %q", monday, later)
		}
		core, paidBefore, later := s.decided("4", calendar.DateOf(2026, 11, 22))
		if paidBefore != "2024-07" || later != "2026-12" {
			t.Errorf("paid the day before, asked on the day: %q, later %q", paidBefore, later)
		}
		if refs := core.Later; refs[len(refs)-1].Hash != page.Hash {
			t.Errorf("the decision names %+v, published was %s", refs, page.Hash)
		}
		for _, q := range []string{`update policy_version set version = 'x'`, `delete from policy_version`} {
			if err := a.DB.Write(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(q); return err }); err == nil {
				t.Errorf("%s: a published version was changed", q)
			}
		}
		// Withdrawn by publishing anew, from the older one; in the same breath nobody else's shop saw any of it.
		s.logIn()
		again := into[studio.Draft](t, s.call(s.writer, http.MethodPost, "/policies/shoes/drafts", map[string]any{"from_version": "2024-07", "title": "退回原版"}), http.StatusCreated)
		s.release(again, "2026-12b", "2026-11-24")
		clk.Advance(24 * time.Hour)
		if _, tuesday, _ := s.decided("5", calendar.DateOf(2026, 11, 24)); tuesday != "2026-12b" {
			t.Errorf("withdrawn: %q", tuesday)
		}
		other := openShop(t, a, "other")
		if strangers := into[[]studio.Shelved](t, ask(t, a, http.MethodGet, other, "/policies", webtest.Token(t, a.DB, other, auth.PolicyRead), nil), http.StatusOK); len(strangers[1].Versions) != 1 {
			t.Errorf("%+v", strangers)
		}
		sameAgain(t, a, s.shop)
	})
}

// sameAgain replays every decision of a shop, on this node and on one that was started just now.
func sameAgain(t *testing.T, a *app.App, shop id.ID) {
	t.Helper()
	var ids []id.ID
	err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		ids, err = db.Collect(tx, func(r *db.Rows) (d id.ID, err error) { return d, r.Scan(&d) }, `select id from decision where shop_id = $1`, shop)
		return err
	})
	if err != nil || len(ids) < 5 {
		t.Fatal(len(ids), err)
	}
	fresh := policy.NewShelves(a.Flow.Policies.BuiltIn())
	second := &flow.Flow{DB: a.DB, Policies: fresh, Jobs: a.Jobs, Gateway: a.Flow.Gateway}
	for _, d := range ids {
		for _, f := range []*flow.Flow{a.Flow, second} {
			if _, err := f.Replay(t.Context(), shop, d); err != nil {
				t.Errorf("%s: %v", d, err)
			}
		}
	}
}

func (s *office) start(body map[string]any) studio.Run {
	s.Helper()
	return into[studio.Run](s.T, s.call(s.writer, http.MethodPost, "/policies/runs", body), http.StatusCreated)
}

func (s *office) run(r studio.Run) studio.Run {
	s.Helper()
	return into[studio.Run](s.T, s.call(s.writer, http.MethodGet, "/policies/runs/"+r.ID.String(), nil), http.StatusOK)
}

// Runs are done by jobs: a proof that finds less than the law gives names the article, cases propose boundaries, and what is
// wrong with a run is said before or in it.
func TestPolicyRuns(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		d := s.begin(s.writer, "21")
		for _, f := range d.Files {
			if f.Name == "pack.yaml" { // money back in thirty days where the law gives seven
				text := strings.Replace(f.Text, "{type: days, value: 0,", "{type: days, value: 30,", 1)
				d = into[studio.DraftPage](t, s.call(s.writer, http.MethodPut, "/policies/drafts/"+d.ID.String()+"/files/pack.yaml", map[string]any{"version": d.Version, "text": text}), http.StatusOK)
			}
		}
		problem(t, s.call(s.writer, http.MethodPost, "/policies/runs", map[string]any{"kind": "verify", "pack": "law-cn", "version": "2024-07"}), http.StatusConflict, "policy.run_law")
		problem(t, s.call(s.writer, http.MethodPost, "/policies/runs", map[string]any{"kind": "verify", "from": "2026-11-01"}), http.StatusUnprocessableEntity, "policy.run_what", "policy.run_dates_only")
		problem(t, s.call(s.chief, http.MethodPost, "/policies/runs", map[string]any{"kind": "verify", "draft": d.ID}), http.StatusForbidden, "auth.role")
		proof, cases := s.start(map[string]any{"kind": "verify", "draft": d.ID}), s.start(map[string]any{"kind": "cases", "pack": "shoes", "version": "2024-07"})
		if n, err := a.Jobs.RunDue(t.Context()); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		proof, cases = s.run(proof), s.run(cases)
		var found struct {
			Found    int
			Findings []struct {
				Kind  string
				Cites []string
				Text  map[string]string
			}
		}
		if err := json.Unmarshal(proof.Result, &found); err != nil || proof.State != studio.RunDone || found.Found == 0 || proof.EndedAt == nil {
			t.Fatalf("%v %s %d found", err, proof.State, found.Found)
		}
		if !strings.Contains(string(proof.Result), "CPL-25") || found.Findings[0].Text["zh-CN"] == "" {
			t.Errorf("%+v", found)
		}
		var golden studio.CasesRun
		if err := json.Unmarshal(cases.Result, &golden); err != nil || !golden.Clean {
			t.Errorf("%v %s %+v", err, cases.State, golden.Check)
		}
		cancelled := s.start(map[string]any{"kind": "verify", "draft": d.ID})
		into[studio.Run](t, s.call(s.writer, http.MethodPost, "/policies/runs/"+cancelled.ID.String()+"/cancel", nil), http.StatusOK)
		problem(t, s.call(s.writer, http.MethodPost, "/policies/runs/"+cancelled.ID.String()+"/cancel", nil), http.StatusConflict, "policy.run_over")
		broken := s.start(map[string]any{"kind": "cases", "draft": d.ID})
		d = into[studio.DraftPage](t, s.call(s.writer, http.MethodPut, "/policies/drafts/"+d.ID.String()+"/files/extra.yaml", map[string]any{"version": d.Version, "text": "- claim: x\n"}), http.StatusOK)
		problem(t, s.call(s.writer, http.MethodPost, "/policies/runs", map[string]any{"kind": "verify", "draft": d.ID}), http.StatusUnprocessableEntity, "rule.claim_id")
		if _, err := a.Jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := s.run(cancelled); r.State != studio.RunCancelled || r.Result != nil || r.StartedAt != nil {
			t.Errorf("%+v", r)
		}
		if r := s.run(broken); r.State != studio.RunFailed || r.Error == nil || r.Error.Text == "" || len(r.Error.Findings) == 0 {
			t.Errorf("%+v", r)
		}
		if all := into[list[studio.Run]](t, s.call(s.writer, http.MethodGet, "/policies/runs?limit=2", nil), http.StatusOK); len(all.Items) != 2 || all.Next == "" || all.Items[0].ID != broken.ID {
			t.Errorf("%+v", all)
		}
	})
}

// A run that is under way ends when it is cancelled; one whose job is gone has failed, and is in nobody's way.
func TestPolicyRunEnds(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		shoes := map[string]any{"kind": "verify", "pack": "shoes", "version": "2024-07"}
		long := s.start(shoes)
		a.Studio.Fail = func(ctx context.Context) error { // it runs for as long as nobody ends it
			into[studio.Run](t, s.call(s.writer, http.MethodPost, "/policies/runs/"+long.ID.String()+"/cancel", nil), http.StatusOK)
			<-ctx.Done()
			return context.Cause(ctx)
		}
		due := func() {
			if _, err := a.Jobs.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		due()
		if r := s.run(long); r.State != studio.RunCancelled || r.Result != nil || r.StartedAt == nil || r.EndedAt == nil {
			t.Errorf("%s %v", r.State, r.Error)
		}
		tried := 0
		a.Studio.Fail = func(context.Context) error { tried++; panic("out of wits") }
		failing := s.start(shoes)
		for n := range 3 {
			due()
			if r := s.run(failing); tried != n+1 || (r.State == studio.RunFailed) != (n == 2) {
				t.Errorf("after %d of %d attempts: %s %v", tried, n+1, r.State, r.Error)
			}
			a.Clock.(*clock.Fake).Advance(time.Minute)
		}
		tried = 0
		a.Studio.Fail = func(context.Context) error {
			if tried++; tried == 1 {
				return errors.New("the database went away")
			}
			return nil
		}
		again := s.start(shoes)
		due()
		a.Clock.(*clock.Fake).Advance(time.Minute)
		due()
		if r := s.run(again); r.State != studio.RunDone || r.Result == nil || tried != 2 {
			t.Errorf("%s after %d attempts: %v", r.State, tried, r.Error)
		}
		a.Studio.Fail = nil
		for range 6 { // as many as a shop may have, and then their jobs are gone
			lost := s.start(map[string]any{"kind": "cases", "pack": "shoes", "version": "2024-07"})
			err := a.DB.Write(t.Context(), func(tx *db.Tx) error { _, err := a.Jobs.CancelKey(tx, "policy_run", lost.ID.String()); return err })
			if err != nil {
				t.Fatal(err)
			}
			if r := s.run(lost); r.State != studio.RunFailed || r.Error == nil || r.Error.Key != "policy.run_lost" {
				t.Errorf("%s %v", r.State, r.Error)
			}
		}
		for range 6 {
			s.start(map[string]any{"kind": "cases", "pack": "shoes", "version": "2024-07"})
		}
		problem(t, s.call(s.writer, http.MethodPost, "/policies/runs", map[string]any{"kind": "cases", "pack": "shoes", "version": "2024-07"}), http.StatusConflict, "policy.too_many_runs")
	})
}

// A backtest of a draft decides the shop's own matters again (money and outcomes are report's to test).
func TestPolicyBacktest(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		s := newOffice(t, a)
		s.decided("1", calendar.DateOf(2026, 11, 20))
		s.decided("2", calendar.DateOf(2026, 11, 21))
		d := s.begin(s.writer, "21")
		problem(t, s.call(s.writer, http.MethodPost, "/policies/runs", map[string]any{"kind": "backtest", "draft": d.ID, "from": "2026-11-02", "to": "2026-11-01"}), http.StatusUnprocessableEntity, "policy.run_dates")
		all := s.start(map[string]any{"kind": "backtest", "draft": d.ID})
		none := s.start(map[string]any{"kind": "backtest", "draft": d.ID, "from": "2026-11-22"})
		if _, err := a.Jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		for run, want := range map[*studio.Run]int{&all: 2, &none: 0} {
			var got struct{ Cases, Changed int }
			r := s.run(*run)
			if err := json.Unmarshal(r.Result, &got); err != nil || got.Cases != want || got.Changed != 0 {
				t.Errorf("%s %v: %v %+v, want %d cases", r.State, r.Error, err, got, want)
			}
		}
	})
}
