package auth_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
)

// TestWhoHoldsWhat reads the table of permissions by scope, as somebody would who is asked who can touch the money. It
// is written by hand: a change of the table has to be made twice, and seen.
func TestWhoHoldsWhat(t *testing.T) {
	everybody := auth.Roles()
	want := map[auth.Scope][]auth.Role{
		auth.ShopRead:         everybody,
		auth.ShopWrite:        {"store_manager", "admin"},
		auth.OrdersRead:       {"agent", "clerk", "finance", "supervisor", "store_manager", "membership_reviewer", "shipping", "quality_reviewer", "admin"},
		auth.OrdersImport:     {"supervisor", "store_manager", "admin"},
		auth.CasesRead:        {"agent", "clerk", "warehouse", "appraiser", "repairer", "finance", "supervisor", "store_manager", "shipping", "quality_reviewer", "admin"},
		auth.CasesWrite:       {"agent", "clerk", "supervisor", "store_manager", "admin"},
		auth.CasesApprove:     {"supervisor", "store_manager", "admin"},
		auth.GoodsReceive:     {"clerk", "warehouse", "appraiser", "store_manager", "admin"},
		auth.GoodsShip:        {"clerk", "warehouse", "store_manager", "shipping", "admin"},
		auth.EvidenceRead:     {"agent", "clerk", "warehouse", "appraiser", "repairer", "finance", "supervisor", "store_manager", "shipping", "quality_reviewer", "admin"},
		auth.EvidenceWrite:    {"agent", "clerk", "warehouse", "appraiser", "repairer", "finance", "supervisor", "store_manager", "shipping", "admin"},
		auth.EvidenceOriginal: {"supervisor", "store_manager", "admin"},
		auth.MoneyRead:        {"finance", "supervisor", "store_manager", "admin"},
		auth.MoneyApprove:     {"finance", "admin"},
		auth.MoneyPay:         {"finance", "admin"},
		auth.PolicyRead:       {"agent", "clerk", "supervisor", "store_manager", "marketing", "quality_reviewer", "policy_admin", "admin"},
		auth.PolicyWrite:      {"policy_admin", "admin"},
		auth.PolicyPublish:    {"supervisor", "store_manager", "policy_admin", "admin"},
		auth.UsersWrite:       {"admin"},
		auth.MetricsRead:      {"admin"},
		auth.Admin:            {"admin"},
	}
	for _, s := range auth.Scopes() {
		var got []auth.Role
		for _, r := range auth.Roles() {
			if slices.Contains(r.Scopes(), s) || slices.Contains(r.Scopes(), auth.Admin) {
				got = append(got, r)
			}
		}
		if d := cmp.Diff(want[s], got); d != "" {
			t.Errorf("%s (-want +got):\n%s", s, d)
		}
	}
}

// TestRolesAreComplete: a role without a scope would be a person who reaches no shop, and a scope of no route's is a lie.
func TestRolesAreComplete(t *testing.T) {
	if n := len(auth.Roles()); n != 15 {
		t.Errorf("%d roles", n)
	}
	for i, r := range auth.Roles() {
		if slices.Contains(auth.Roles()[:i], r) || len(r.Scopes()) == 0 || !r.Known() {
			t.Errorf("%s", r)
		}
		if as := (auth.Principal{Scopes: r.Scopes()}).ScopesIn(0); r != auth.RoleAdmin && !slices.Equal(as, r.Scopes()) {
			t.Errorf("%s holds %v: unknown, twice or not in the order of Scopes", r, r.Scopes())
		}
	}
	if auth.Role("boss").Known() || auth.Role("").Known() {
		t.Error("a role nobody knows is known")
	}
}

// TestRefusalsSpeakTheTrade: a person is told what he may not do, and not the name of a scope.
func TestRefusalsSpeakTheTrade(t *testing.T) {
	for _, s := range auth.Scopes() {
		e := errs.As(auth.AllowInstallation(auth.Person(), s))
		for _, l := range []errs.Lang{errs.ZhCN, errs.En} {
			if text := e.Text(l); strings.Contains(text, "auth.") || strings.Contains(text, ":") || strings.Contains(text, "{") {
				t.Errorf("%s: %s", s, text)
			}
		}
	}
	e := errs.As(auth.AllowInstallation(auth.Person(), auth.MoneyPay))
	if got := e.Text(errs.ZhCN); got != "您的岗位不能打款；如需办理，请找主管或管理员。" {
		t.Error(got)
	}
}

// TestRolesAreDocumented: docs/people.md shows the table as it is.
func TestRolesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/people.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, r := range auth.Roles() {
		row := string(r) + " |"
		for _, s := range r.Scopes() {
			row += " " + string(s)
		}
		want = append(want, row)
	}
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^\| ([a-z_]+) \| \p{Han}+ \|(.*) \|$`).FindAllStringSubmatch(string(page), -1) {
		if m[1] != "role" { // the heading
			got = append(got, m[1]+" |"+m[2])
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the page (-want +got):\n%s", d)
	}
}

func TestPersonsReach(t *testing.T) {
	a, b, c := id.ID(1), id.ID(2), id.ID(3)
	// 阿青 of demo.md in another mix: agent in a, warehouse in b.
	two := auth.Person(auth.Grant{Shop: a, Role: auth.RoleAgent}, auth.Grant{Shop: b, Role: auth.RoleWarehouse})
	// 静姐: finance everywhere, and an agent in a.
	all := auth.Person(auth.Grant{Role: auth.RoleFinance}, auth.Grant{Shop: a, Role: auth.RoleAgent})
	vendor := auth.Person(auth.Grant{Shop: a, Role: auth.RoleVendor})
	chiefOfA := auth.Person(auth.Grant{Shop: a, Role: auth.RoleAdmin})
	nobody := auth.Person()
	for i, x := range []struct {
		err error
		key string
	}{
		{auth.Allow(two, auth.CasesWrite, a), ""},
		{auth.Allow(two, auth.CasesWrite, b), "auth.role"},
		{auth.Allow(two, auth.GoodsReceive, b), ""},
		{auth.Allow(two, auth.GoodsReceive, a), "auth.role"},
		{auth.Allow(two, auth.CasesRead, c), "auth.no_shop"},
		{auth.AllowInstallation(two, auth.CasesRead), "auth.role"},
		{auth.AllowAnywhere(two, auth.GoodsReceive), ""},
		{auth.AllowAnywhere(two, auth.MoneyPay), "auth.role"},
		{auth.Allow(all, auth.MoneyPay, c), ""},
		{auth.Allow(all, auth.CasesWrite, a), ""},
		{auth.Allow(all, auth.CasesWrite, c), "auth.role"},
		{auth.AllowInstallation(all, auth.MoneyRead), ""},
		{auth.AllowInstallation(all, auth.CasesWrite), "auth.role"},
		{auth.Allow(vendor, auth.ShopRead, a), ""},
		{auth.Allow(vendor, auth.CasesRead, a), "auth.role"},
		{auth.Allow(chiefOfA, auth.MoneyPay, a), ""},
		{auth.Allow(chiefOfA, auth.ShopRead, b), "auth.no_shop"},
		{auth.AllowInstallation(chiefOfA, auth.UsersWrite), "auth.role"},
		{auth.AllowAnywhere(chiefOfA, auth.Admin), ""},
		{auth.Allow(nobody, auth.ShopRead, a), "auth.no_shop"},
		{auth.AllowInstallation(nobody, auth.ShopRead), "auth.role"},
		{auth.AllowAnywhere(nobody, auth.ShopRead), "auth.role"},
		{auth.AllowSelf(nobody), ""},
		{auth.AllowSelf(auth.Principal{TokenID: 1, Scopes: []auth.Scope{auth.Admin}}), "auth.people_only"},
	} {
		if got := errs.As(x.err); (got == nil) != (x.key == "") || got != nil && got.Key != x.key {
			t.Errorf("case %d: %v, want %q", i, x.err, x.key)
		}
	}
	if got := two.ScopesIn(b); !slices.Equal(got, auth.RoleWarehouse.Scopes()) {
		t.Errorf("in b: %v", got)
	}
	if got := all.ScopesIn(c); !slices.Equal(got, auth.RoleFinance.Scopes()) {
		t.Errorf("in c: %v", got)
	}
	if len(two.ScopesIn(c)) != 0 || len(chiefOfA.ScopesIn(a)) != len(auth.Scopes()) {
		t.Error(two.ScopesIn(c), chiefOfA.ScopesIn(a))
	}
	if shops, every := two.ShopsWith(auth.CasesRead); every || !slices.Equal(shops, []id.ID{a, b}) {
		t.Error(shops, every)
	}
	if shops, every := all.ShopsWith(auth.MoneyPay); !every || shops != nil {
		t.Error(shops, every)
	}
}

// TestTokensOfAShopsAdministrator: who administers one shop sees and makes that shop's tokens only.
func TestTokensOfAShopsAdministrator(t *testing.T) {
	each(t, func(k *kit) {
		mine := auth.Person(auth.Grant{Shop: k.shop, Role: auth.RoleAdmin}, auth.Grant{Shop: id.New(), Role: auth.RoleAgent})
		k.make(auth.Token{})
		tok := k.make(auth.Token{Shop: k.shop})
		k.read(func(tx txOf) error {
			all, err := auth.List(tx, mine, 0, 10)
			if err == nil && (len(all) != 1 || all[0].ID != tok.Token.ID) {
				k.t.Errorf("sees %v", all)
			}
			return err
		})
		for shop := range mine.Shops {
			_, err := auth.Plan(mine, auth.Token{Name: "x", Shop: shop, Scopes: []auth.Scope{auth.CasesRead}}, k.clock.Now())
			if (err == nil) != (shop == k.shop) {
				k.t.Errorf("a token of %s: %v", shop, err)
			}
		}
		_, err := auth.Plan(mine, auth.Token{Name: "x", Scopes: []auth.Scope{auth.CasesRead}}, k.clock.Now())
		refused(k.t, err, "auth.no_shop")
	})
}
