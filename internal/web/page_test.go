package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

func (k *kit) page(address string) web.List[thing] {
	k.t.Helper()
	var l web.List[thing]
	if err := json.Unmarshal([]byte(ok(k.t, k.call("GET", address, ""), 200)), &l); err != nil {
		k.t.Fatal(err)
	}
	return l
}

func TestPagesFollowEachOther(t *testing.T) {
	each(t, func(k *kit) {
		for i := range 5 {
			k.addShop(fmt.Sprint("t", i))
		}
		var seen []string
		address, pages := k.at("things?limit=3&code=keep"), 0
		for address != "" {
			l := k.page(address)
			for _, v := range l.Items {
				seen = append(seen, v.Code)
			}
			address = l.Next
			pages++
			if address != "" && !strings.Contains(address, "code=keep") {
				k.t.Errorf("the filter is lost: %s", address)
			}
		}
		if got := strings.Join(seen, " "); got != "a b t0 t1 t2 t3 t4" || pages != 3 {
			k.t.Errorf("%d pages: %s", pages, got)
		}
		if l := k.page(k.at("things?limit=7")); l.Next != "" || len(l.Items) != 7 {
			k.t.Errorf("a page that fits exactly has a next: %+v", l)
		}
	})
}

func TestPageBounds(t *testing.T) {
	k := one(t)
	for query, want := range map[string]string{
		"limit=0": "query:limit web.field.min\n", "limit=201": "query:limit web.field.max\n", "limit=x": "query:limit web.field.integer\n",
		"after=%21": "query:after web.cursor\n", "after=e30": "query:after web.cursor\n",
	} {
		if got := fields(problem(t, k.call("GET", k.at("things?"+query), ""), 422, "invalid_input")); got != want {
			t.Errorf("%s: %q", query, got)
		}
	}
	if got := ok(t, k.call("GET", k.at("things?limit=200"), ""), 200); !strings.HasPrefix(got, `{"items":[`) {
		t.Error(got)
	}
}

func TestCursorOfAnotherListIsRefused(t *testing.T) {
	k := one(t)
	token := "Bearer " + webtest.Token(t, k.d, 0, auth.Admin)
	webtest.Token(t, k.d, 0, auth.Admin)
	next := ok(t, k.call("GET", "/api/v1/tokens?limit=1", "", "Authorization", token), 200)
	_, after, found := strings.Cut(next, "after=")
	if !found {
		t.Fatal("no next page:", next)
	}
	after, _, _ = strings.Cut(after, "&")
	p := problem(t, k.call("GET", k.at("things?after="+after), ""), 422, "invalid_input")
	if fields(p) != "query:after web.cursor\n" {
		t.Error(fields(p))
	}
	ok(t, k.call("GET", "/api/v1/tokens?after="+after, "", "Authorization", token), 200)
}

func TestEmptyListIsAList(t *testing.T) {
	out, err := web.MakeList[thing](t.Context(), web.Page{Limit: 1}, nil, func(v thing) string { return v.Code })
	if b, _ := json.Marshal(out); string(b) != `{"items":[]}` || err != nil {
		t.Error(string(b), err)
	}
}
