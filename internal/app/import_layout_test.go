package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

const (
	pddOrders = "商品,订单号,订单状态,商品总价(元),邮费(元),用户实付金额(元),商品数量(件),订单成交时间\n短靴,261101-990000000000001,待发货,300.00,6.00,291.00,1,2026-11-01 10:00:00\n"
	pddList   = "售后编号,订单编号,退款金额,售后类型,售后状态,申请时间,超时时间\n9900001,261101-990000000000001,291.00,仅退款,待商家处理,2026-11-20 10:00:00,2026-11-22 10:00:00\n"
)

func newMarket(t *testing.T, a *app.App, scopes ...auth.Scope) *importer {
	t.Helper()
	s, err := a.OpenShop(t.Context(), shop.NewShop{Code: "market", Name: "market", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN"})
	if err != nil {
		t.Fatal(err)
	}
	return &importer{t: t, h: a.Server(), root: "/api/v1/shops/" + s.ID.String(), token: webtest.Token(t, a.DB, s.ID, scopes...)}
}

// Looked at, mapped, saved, imported, and seen from the case: what an import page does.
func TestMappingOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, a *app.App) {
		im := newMarket(t, a, auth.OrdersImport, auth.OrdersRead, auth.CasesRead, auth.CasesWrite)
		presets := read[flow.ImportLayouts](t, im.get("/imports/presets"))
		if len(presets.Presets) < 7 || len(presets.Fields[intake.Orders]) < 10 || len(presets.Fields[intake.AfterSale]) < 10 {
			t.Errorf("%d presets, %v", len(presets.Presets), presets.Fields)
		}
		if r := read[flow.Imported](t, im.send("/imports?preset=pdd", "orders", pddOrders)); r.Created.Lines != 1 {
			t.Errorf("%+v", r)
		}
		look := read[flow.Sniffed](t, im.send("/imports/sniff", "file", pddList))
		if look.Preset != "" || look.Mapping.Kind != intake.AfterSale || len(look.Missing) != 0 || len(look.Columns) != 7 || look.Rows[0][0] != "9900001" {
			t.Fatalf("%+v", look)
		}
		m := look.Mapping
		m.Platform = "pdd"
		put := func(name string, m intake.Mapping) int {
			body, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			w := im.ask(http.MethodPut, "/import-mappings/"+name, "", "application/json", body)
			if w.Code != http.StatusOK && w.Code != http.StatusUnprocessableEntity {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			return w.Code
		}
		if put("pdd-list", m) != http.StatusOK {
			t.Fatal("the guess is a mapping")
		}
		bad := m
		bad.Columns = map[string]string{"order_no": ""}
		if put("bad", bad) != http.StatusUnprocessableEntity {
			t.Error("a mapping without columns was saved")
		}
		if got := read[intake.Mapping](t, im.get("/import-mappings/pdd-list")); got.Version != 1 || got.Columns["deadline_at"] != "超时时间" {
			t.Errorf("%+v", got)
		}
		if all := read[web.List[intake.Mapping]](t, im.get("/import-mappings")); len(all.Items) != 1 {
			t.Errorf("%+v", all)
		}
		r := read[flow.Imported](t, im.send("/imports?mapping=pdd-list", "orders", pddList))
		if r.AfterSale == nil || r.AfterSale.Opened != 1 || r.Run.Mapping != "pdd-list" {
			t.Fatalf("%+v", r.AfterSale)
		}
		apps := read[web.List[intake.Record]](t, im.get("/imports/applications"))
		if len(apps.Items) != 1 || apps.Items[0].DeadlineAt == nil || apps.Items[0].Status != "待商家处理" {
			t.Fatalf("%+v", apps)
		}
		if of := read[[]intake.Record](t, im.get("/cases/"+apps.Items[0].CaseID.String()+"/platform")); len(of) != 1 {
			t.Errorf("%+v", of)
		}
		if runs := read[web.List[order.Run]](t, im.get("/imports")); len(runs.Items) != 2 || runs.Items[0].Opened != 1 || runs.Items[0].Kind != intake.AfterSale || runs.Items[0].Actor == "" {
			t.Errorf("%+v", runs)
		}
		again := read[flow.Imported](t, im.send("/imports?mapping=pdd-list", "orders", strings.Replace(pddList, "待商家处理", "待买家退货", 1))) // under a key of its own
		if again.Run.State != order.RunDone || again.AfterSale.Updated != 1 || again.AfterSale.Opened != 0 {
			t.Errorf("%+v %+v", again.Run, again.AfterSale)
		}
		if of := read[[]intake.Record](t, im.get("/cases/"+apps.Items[0].CaseID.String()+"/platform")); len(of) != 1 || of[0].Status != "待买家退货" {
			t.Errorf("%+v", of)
		}
		if w := im.ask(http.MethodDelete, "/import-mappings/pdd-list", "", "", nil); w.Code != http.StatusNoContent {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		wantProblem(t, im.get("/import-mappings/pdd-list"), 404, "intake.mapping_not_found")
		wantProblem(t, im.send("/imports?mapping=pdd-list", "orders", pddList), 404, "intake.mapping_not_found")
		wantProblem(t, im.send("/imports?mapping=a&preset=pdd", "orders", pddList), 422, "invalid_input")
	})
}

// A closed application leaves a difference row; who may not open cases imports no list; the wrong preset is told by name.
func TestAfterSaleOverHTTP(t *testing.T) {
	const head = "售后单号,订单号,商品单号,售后类型,退商品金额（元）,售后状态,售后申请时间\n"
	each(t, func(t *testing.T, a *app.App) {
		im := newMarket(t, a, auth.OrdersImport, auth.OrdersRead, auth.CasesRead)
		wantProblem(t, im.send("/imports?preset=douyin-after-sale", "orders", head+"9901,99,99,仅退款,1.00,退款中,2026-11-20 10:00:00\n"), 403, "auth.scope")
		p := wantProblem(t, im.send("/imports?preset=jd", "orders", pddOrders), 422, "import.other_preset")
		if !strings.Contains(p.Detail, "pdd") || len(p.Fields) == 0 {
			t.Errorf("%+v", p)
		}
		failed := im.send("/imports?preset=pdd", "orders", strings.Replace(pddOrders, "291.00", "二百", 1))
		wantProblem(t, failed, 422, "import.faults")
		runs := read[web.List[order.Run]](t, im.get("/imports"))
		faults := read[[]flow.ImportFault](t, im.get("/imports/"+runs.Items[0].ID.String()+"/fault-list"))
		if len(faults) != 1 || faults[0].Cell != "F2" || faults[0].Text != "二百" || faults[0].Row != 2 {
			t.Errorf("%+v", faults)
		}
		writer := newWriter(t, a, im)
		r := read[flow.Imported](t, writer.send("/imports?preset=douyin-after-sale", "orders", head+"9901,99,99,仅退款,1.00,退款中,2026-11-20 10:00:00\n"))
		if r.AfterSale.Unmatched != 1 || r.AfterSale.Differs != 1 || len(r.Skips) != 1 {
			t.Errorf("%+v", r)
		}
		ds := read[web.List[intake.Difference]](t, im.get("/imports/differences"))
		if len(ds.Items) != 1 || ds.Items[0].What != intake.AboutCase || ds.Items[0].Ours != flow.NoOrder || ds.Items[0].Row != 2 || !strings.Contains(ds.Items[0].Text, "99") {
			t.Errorf("%+v", ds)
		}
	})
}

// newWriter is the same shop for somebody who may open cases.
func newWriter(t *testing.T, a *app.App, im *importer) *importer {
	t.Helper()
	w := *im
	shopID, err := id.Parse(strings.TrimPrefix(im.root, "/api/v1/shops/"))
	if err != nil {
		t.Fatal(err)
	}
	w.token = webtest.Token(t, a.DB, shopID, auth.OrdersImport, auth.OrdersRead, auth.CasesRead, auth.CasesWrite)
	w.keys = 100
	return &w
}
