package shop_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestCheckNamesEveryFault(t *testing.T) {
	good := shop.Shop{Code: "shoes-2", Name: "女鞋商城", Currency: "CNY"}
	for _, c := range []struct {
		name   string
		change func(*shop.Shop)
		faults []string
	}{
		{"as it should be", func(*shop.Shop) {}, nil},
		{"the shortest code", func(s *shop.Shop) { s.Code = "ab" }, nil},
		{"the longest code", func(s *shop.Shop) { s.Code = "a2345678901234567890123456789012" }, nil},
		{"a code of one letter", func(s *shop.Shop) { s.Code = "a" }, []string{"/code shop.code_malformed"}},
		{"too long a code", func(s *shop.Shop) { s.Code = "a23456789012345678901234567890123" }, []string{"/code shop.code_malformed"}},
		{"capitals", func(s *shop.Shop) { s.Code = "Shoes" }, []string{"/code shop.code_malformed"}},
		{"a digit first", func(s *shop.Shop) { s.Code = "2shoes" }, []string{"/code shop.code_malformed"}},
		{"a line below", func(s *shop.Shop) { s.Code = "shoes\n" }, []string{"/code shop.code_malformed"}},
		{"a currency nobody keeps", func(s *shop.Shop) { s.Currency = "XAU" }, []string{"/currency money.currency_unknown"}},
		{"everything at once", func(s *shop.Shop) { *s = shop.Shop{} },
			[]string{"/code shop.code_malformed", "/name shop.name_missing", "/currency money.currency_unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := good
			c.change(&s)
			var faults []string
			if err := s.Check(); err != nil {
				for _, f := range errs.As(err).Fields {
					faults = append(faults, f.Path+" "+f.Key)
				}
			}
			if !slices.Equal(faults, c.faults) {
				t.Errorf("faults %q, want %q", faults, c.faults)
			}
		})
	}
}

func TestPlan(t *testing.T) {
	n := shop.NewShop{Code: "demo", Name: "演示店", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true}
	var asked shop.Shop
	s, err := n.Plan(func(s shop.Shop) error { asked = s; return nil })
	if err != nil {
		t.Fatal(err)
	}
	want := shop.Shop{ID: s.ID, Code: "demo", Name: "演示店", Pack: "shoes", Overlays: []string{}, Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true,
		Profile: shop.Profile{Public: shop.Public{PublicName: "演示店"}, BuyerWord: shop.Customer}, Version: 1}
	if d := cmp.Diff(want, s); d != "" || s.ID == 0 {
		t.Error(d)
	}
	if d := cmp.Diff(s, asked); d != "" {
		t.Errorf("the application was asked about another shop: %s", d)
	}
	_, err = n.Plan(func(shop.Shop) error { return errs.New(errs.NotFound, "policy.pack_unknown") })
	casetest.WantKey(t, err, errs.NotFound, "policy.pack_unknown")
	n.Name = ""
	_, err = n.Plan(func(shop.Shop) error { t.Error("the application was asked about a faulty shop"); return nil })
	casetest.WantKey(t, err, errs.Invalid, "invalid_input")
}

func TestShopRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		// S2-01: a demo shop says so.
		s := shop.Shop{ID: id.New(), Code: "demo", Name: "演示店", Pack: "shoes", Overlays: []string{"tmall", "7days"}, Law: "law-cn", Currency: "HKD",
			Calendar: "HK", Simulation: true, CreatedAt: dbtest.Start, Version: 1,
			// S2-03: who runs it, its name, its page and its rating.
			Profile: shop.Profile{Public: shop.Public{PublicName: "小零食杂货铺", Link: "https://shop.example/snack", Hotline: "400-000-0000"},
				Owner: "刘家亮", Rating: "4.8", BuyerWord: shop.Buyer}}
		g.Do(t, func(tx *db.Tx) error { return shop.Insert(tx, s) })
		got := casetest.See(t, g, func(tx *db.Tx) (shop.Shop, error) { return shop.Get(tx, s.ID) })
		if d := cmp.Diff(s, got); d != "" {
			t.Errorf("by id (-want +got):\n%s", d)
		}
		got = casetest.See(t, g, func(tx *db.Tx) (shop.Shop, error) { return shop.ByCode(tx, "demo") })
		if d := cmp.Diff(s, got); d != "" {
			t.Errorf("by code (-want +got):\n%s", d)
		}
		all := casetest.See(t, g, func(tx *db.Tx) ([]shop.Shop, error) { return shop.List(tx) })
		if d := cmp.Diff([]shop.Shop{g.Shop, g.Stranger, s}, all); d != "" {
			t.Errorf("all as they were opened (-want +got):\n%s", d)
		}
		_, err := casetest.Ask(t, g, func(tx *db.Tx) (shop.Shop, error) { return shop.Get(tx, id.New()) })
		casetest.WantKey(t, err, errs.NotFound, "shop.not_found")
		_, err = casetest.Ask(t, g, func(tx *db.Tx) (shop.Shop, error) { return shop.ByCode(tx, "nobody") })
		casetest.WantKey(t, err, errs.NotFound, "shop.not_found")
		if errs.As(err).Args["shop"] != "nobody" {
			t.Errorf("the error does not name the shop: %v", err)
		}
	})
}

func TestShopCodeIsTakenOnce(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		again := g.Shop
		again.ID, again.Name = id.New(), "另一家"
		err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return shop.Insert(tx, again) })
		casetest.WantKey(t, err, errs.Conflict, "shop.code_taken")
		got := casetest.See(t, g, func(tx *db.Tx) (shop.Shop, error) { return shop.ByCode(tx, g.Shop.Code) })
		if d := cmp.Diff(g.Shop, got); d != "" {
			t.Errorf("the first shop (-want +got):\n%s", d)
		}
	})
}

func TestWarehouses(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		second := shop.NewWarehouse{Code: "chengdu", Name: "成都退货组", Contact: "阿岷", Phone: "028-86000000", Address: "成都市双流区",
			PublicName: "成都仓", Link: "https://shop.example/returns", Hotline: "028-86000001", Carriers: []string{"YTO", "EMS"}}.In(g.Shop.ID)
		// Codes are each shop's own.
		strangers := shop.NewWarehouse{Code: g.Warehouse.Code, Name: "别家仓", Address: "上海"}.In(g.Stranger.ID)
		g.Do(t, func(tx *db.Tx) error { return shop.InsertWarehouse(tx, second) })
		g.Do(t, func(tx *db.Tx) error { return shop.InsertWarehouse(tx, strangers) })
		list := func(shopID id.ID) []shop.Warehouse {
			return casetest.See(t, g, func(tx *db.Tx) ([]shop.Warehouse, error) { return shop.Warehouses(tx, shopID) })
		}
		if d := cmp.Diff([]shop.Warehouse{second, g.Warehouse}, list(g.Shop.ID)); d != "" {
			t.Errorf("by code (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]shop.Warehouse{strangers}, list(g.Stranger.ID)); d != "" {
			t.Errorf("of the other shop (-want +got):\n%s", d)
		}
		again := second
		again.ID = id.New()
		err := g.DB.Write(t.Context(), func(tx *db.Tx) error { return shop.InsertWarehouse(tx, again) })
		casetest.WantKey(t, err, errs.Conflict, "warehouse.code_taken")
		if errs.As(err).Args["code"] != "chengdu" {
			t.Errorf("the error does not name the code: %v", err)
		}
	})
}
