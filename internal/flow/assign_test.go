package flow_test

import (
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/web/webtest"
	"github.com/sanbao/sanbao/rule"
)

// A case is given to people who can log in and may read it, whoever gives it (S0-43).
func TestAssign(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		people := auth.NewSessions(k.f.DB, k.clock)
		hire := func(login, name string, grants ...auth.Grant) auth.User {
			return webtest.Person(t, k.f.DB, people, auth.NewUser{Login: login, Name: name, Roles: grants})
		}
		hire("xiaoman", "小满", auth.Grant{Shop: k.shop.ID, Role: auth.RoleAgent})
		hire("jingjie", "静姐", auth.Grant{Role: auth.RoleFinance})
		hire("waixie", "镶嵌厂", auth.Grant{Shop: k.shop.ID, Role: auth.RoleVendor})
		gone := hire("aqing", "阿青", auth.Grant{Shop: k.shop.ID, Role: auth.RoleAgent})
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
			_, err := people.ChangeUser(tx, auth.Principal{Scopes: []auth.Scope{auth.Admin}}, gone.ID, auth.Change{Name: "阿青", Language: "zh-CN", Version: 1})
			return err
		}))
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return",
			Facts: facts("goods.worn", false, "goods.tag_removed", false)})
		for login, want := range map[string]cases.Status{"xiaoman": cases.Ours, "jingjie": cases.Ours, "": cases.Unassigned} {
			got, err := k.f.Assign(k.ctx(), agent, k.shop.ID, v.Case.ID, login)
			if err != nil || got.Case.Assignee != login || got.Case.Status != want {
				t.Errorf("to %q: %s %q, %v", login, got.Case.Status, got.Case.Assignee, err)
			}
		}
		before, err := k.f.View(k.ctx(), k.shop.ID, v.Case.ID)
		k.must(err)
		for _, login := range []string{"aqing", "waixie", "小满", "nobody", "XIAOMAN"} {
			_, err := k.f.Assign(k.ctx(), agent, k.shop.ID, v.Case.ID, login)
			if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != "flow.not_staff" {
				t.Errorf("to %s: %v", login, err)
			}
		}
		after, err := k.f.View(k.ctx(), k.shop.ID, v.Case.ID)
		k.must(err)
		if after.Case.Version != before.Case.Version {
			t.Error("a refused command changed the case")
		}
		if _, err := k.f.Assign(k.ctx(), agent, k.shop.ID, id.New(), "xiaoman"); errs.CodeOf(err) != errs.NotFound {
			t.Errorf("a case that is not there: %v", err)
		}
	})
}

// An agent who answers for a case that nobody has takes it over; one that somebody has stays his, and what a supervisor,
// the warehouse or a program does gives it to nobody.
func TestAnsweringTakesACaseOver(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		xiaoman, xiaoyu := flow.Actor{Name: "小满", Login: "xiaoman"}, flow.Actor{Name: "小雨", Login: "xiaoyu"}
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 3}})
		ask := func() flow.View {
			return k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
		}
		v := ask()
		line := v.Lines[0].ID
		if v.Case.Assignee != "" || v.Case.Status != cases.Unassigned {
			t.Fatalf("opened by a program: %+v", v.Case)
		}
		answered := k.ok(k.f.Answer(k.ctx(), xiaoyu, k.shop.ID, line, 0, rule.AtApplication, facts("goods.tag_removed", false), ""))
		agreed := k.ok(k.f.Approve(k.ctx(), xiaoman, k.shop.ID, line, 0))
		if answered.Case.Assignee != "xiaoyu" || agreed.Case.Assignee != "xiaoyu" {
			t.Errorf("%q answered first, then it was %q's", answered.Case.Assignee, agreed.Case.Assignee)
		}
		v = ask()
		if v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0)); v.Case.Assignee != "" {
			t.Errorf("a supervisor's yes gave the case to %q", v.Case.Assignee)
		}
		opened, err := k.f.Apply(k.ctx(), xiaoman, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return"}}})
		if k.must(err); opened.Case.Assignee != "xiaoman" || opened.Case.Status == cases.Unassigned {
			t.Errorf("opened by an agent: %+v", opened.Case)
		}
	})
}
