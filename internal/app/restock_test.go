package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/desk"
	"github.com/sanbao/sanbao/internal/flow"
	places "github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// What came back is listed with what becomes of it by the policy and the inspection (S4-15, NRR-25): nothing before anybody
// looked, and nothing while another thing came than was sold.
func TestRestock(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		shop := openShop(t, a, "shoes")
		sheet := func(resaleable bool) map[string]json.RawMessage {
			out := map[string]json.RawMessage{"goods.resaleable": json.RawMessage("false")}
			if resaleable {
				out["goods.resaleable"] = json.RawMessage("true")
			}
			for _, f := range []string{"goods.worn", "goods.tag_removed", "goods.inner_pack_missing", "goods.soiled", "goods.parts_missing", "goods.impaired", "goods.gift_missing"} {
				out[f] = json.RawMessage("false")
			}
			return out
		}
		back := func(no string, problem string) flow.View {
			v := matter(t, a, shop, no, flow.Buyer{Key: no, Nick: no}, "size_mismatch", "")
			v = done(t)(a.Flow.Approve(t.Context(), xiaoman, shop, v.Lines[0].ID, 0))
			o := flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}
			if problem != "" {
				o.Problem = "wrong"
			}
			return done(t)(a.Flow.Receive(t.Context(), xiaoman, shop, v.Movements[0].ID, 0, o))
		}
		whole := back("990000000000000001", "")
		done(t)(a.Flow.Inspect(t.Context(), xiaoman, shop, whole.Lines[0].ID, 0, sheet(true), ""))
		marked := back("990000000000000002", "")
		done(t)(a.Flow.Inspect(t.Context(), xiaoman, shop, marked.Lines[0].ID, 0, sheet(false), ""))
		graded := back("990000000000000005", "")
		if s := graded.Lines[0].Sheet; len(s) != 1 || s[0] != "goods.grade" {
			t.Errorf("a shop that sorts by grade asks for %v", s)
		}
		poor := sheet(false)
		poor["goods.grade"] = json.RawMessage(`"C"`)
		done(t)(a.Flow.Inspect(t.Context(), xiaoman, shop, graded.Lines[0].ID, 0, poor, ""))
		back("990000000000000003", "")
		back("990000000000000004", "wrong")

		token := webtest.Token(t, a.DB, shop, auth.GoodsReceive)
		ask := func(path string) (int, string) {
			w := get(t, a.Server(), "/api/v1/shops/"+shop.String()+path, token)
			return w.Code, w.Body.String()
		}
		code, body := ask("/restock?from=2026-11-21")
		var rows []desk.Back
		if err := json.Unmarshal([]byte(body), &rows); err != nil || code != http.StatusOK || len(rows) != 5 {
			t.Fatalf("%d %v %s", code, err, body)
		}
		for i, want := range []string{"restock", "sell_marked", "to_supplier", "", ""} {
			if rows[i].Becomes != want || rows[i].Warehouse != "guangzhou" || rows[i].Arrived != 1 || rows[i].SKU != "SH-2401" {
				t.Errorf("%d becomes %q, want %q: %+v", i, rows[i].Becomes, want, rows[i])
			}
		}
		if rows[0].Grade != "" || rows[2].Grade != "C" {
			t.Errorf("%+v", rows[2])
		}
		for most, key := range map[int]string{5: "", 4: "desk.restock_many"} { // none is missed in silence
			err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
				s, err := places.Get(tx, shop)
				if err == nil {
					_, err = (&desk.Desk{DB: a.DB, Flow: a.Flow}).BackBetween(tx, s, 0, a.Clock.Now()+1, most)
				}
				return err
			})
			if got := errs.As(err); (got == nil) != (key == "") || got != nil && got.Key != key {
				t.Errorf("at most %d: %v", most, err)
			}
		}
		if _, text := ask("/restock/export?from=2026-11-21&to=2026-11-22"); strings.Count(text, "\n") != 6 || !strings.Contains(text, "返厂") || !strings.Contains(text, ",to_supplier,C\n") && !strings.Contains(text, ",to_supplier,C\r\n") || !strings.Contains(text, "可再上架") || !strings.Contains(text, "退件不符") {
			t.Errorf("%s", text)
		}
		supplied(t, a, shop, graded, token)
		if _, other := ask("/restock?from=2026-11-20"); other != "[]\n" && other != "[]" {
			t.Errorf("another day: %s", other)
		}
		for _, days := range []string{"from=2026-11-21&to=2026-11-20", "from=2026-11-01&to=2026-12-02", "from=2026-11-31", ""} {
			if code, body := ask("/restock?" + days); code != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", days, code, body)
			}
		}
	})
}
