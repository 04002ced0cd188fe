package shop_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
)

// S2-03: a shop has an owner, a name, a page and a rating.
func TestSetProfile(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		p := shop.Profile{Public: shop.Public{PublicName: "小零食杂货铺", Link: "https://shop.example/snack", Hotline: "400-000-0000"},
			Owner: "刘家亮", Rating: "4.85", BuyerWord: shop.Buyer}
		set := func(shopID id.ID, version int64, p shop.Profile) (s shop.Shop, err error) {
			return s, g.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
				s, err = shop.SetProfile(tx, "陈店长", shopID, version, p)
				return err
			})
		}
		got, err := set(g.Shop.ID, 1, p)
		want := g.Shop
		want.Profile, want.Version = p, 2
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(d, err)
		}
		_, err = set(g.Shop.ID, 1, p)
		casetest.WantKey(t, err, errs.Conflict, "shop.stale")
		_, err = set(id.New(), 1, p)
		casetest.WantKey(t, err, errs.NotFound, "shop.not_found")
		if other := casetest.See(t, g, func(tx *db.Tx) (shop.Shop, error) { return shop.Get(tx, g.Stranger.ID) }); other.PublicName != "" || other.Version != 1 {
			t.Errorf("the other shop: %+v", other)
		}
		_, err = set(g.Shop.ID, 2, shop.Profile{Public: shop.Public{Link: "javascript:alert(1)"}, Rating: "very good", BuyerWord: "亲"})
		var faults []string
		for _, f := range errs.As(err).Fields {
			faults = append(faults, f.Path+" "+f.Key)
		}
		if d := cmp.Diff([]string{"/link shop.link_malformed", "/rating shop.rating_malformed", "/buyer_word shop.buyer_word"}, faults); d != "" {
			t.Error(d)
		}
		for _, link := range []string{"shop.example", "ftp://shop.example", "//shop.example", "https://", "http:/x", "https://a b"} {
			if _, err := set(g.Shop.ID, 2, shop.Profile{Public: shop.Public{Link: link}, BuyerWord: shop.Buyer}); errs.CodeOf(err) != errs.Invalid {
				t.Errorf("%s: %v", link, err)
			}
		}
	})
}

func TestStores(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		second := shop.NewStore{Code: "CH02", Name: "解放路店", Address: "解放路 2 号"}.In(g.Shop.ID)
		first := shop.NewStore{Code: "CH01", Name: "中山路店", PublicName: "珠宝连锁 中山路店", Link: "https://shop.example/ch01", Hotline: "13800138041", Address: "中山路 1 号"}.In(g.Shop.ID)
		strangers := shop.NewStore{Code: "CH01", Name: "别家店", Address: "上海"}.In(g.Stranger.ID)
		for _, s := range []shop.Store{second, first, strangers} {
			g.Do(t, func(tx *db.Tx) error { return shop.InsertStore(tx, s) })
		}
		list := func(shopID id.ID) []shop.Store {
			return casetest.See(t, g, func(tx *db.Tx) ([]shop.Store, error) { return shop.Stores(tx, shopID) })
		}
		if d := cmp.Diff([]shop.Store{first, second}, list(g.Shop.ID)); d != "" {
			t.Error(d)
		}
		again := first
		again.ID = id.New()
		casetest.WantKey(t, g.DB.Write(t.Context(), func(tx *db.Tx) error { return shop.InsertStore(tx, again) }), errs.Conflict, "store.code_taken")
		set := func(s shop.Store) (got shop.Store, err error) {
			return got, g.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
				got, err = shop.SetStore(tx, "陈店长", s)
				return err
			})
		}
		first.Name, first.Hotline = "中山路旗舰店", ""
		if got, err := set(first); err != nil || got.Version != 2 {
			t.Error(got, err)
		}
		_, err := set(first)
		casetest.WantKey(t, err, errs.Conflict, "shop.stale")
		first.Version = 2
		moved := first
		moved.Code = "CH09"
		_, err = set(moved)
		casetest.WantKey(t, err, errs.Invalid, "invalid_input")
		stolen := first
		stolen.ShopID = g.Stranger.ID
		_, err = set(stolen)
		casetest.WantKey(t, err, errs.NotFound, "store.not_found")
		if d := cmp.Diff([]shop.Store{first, second}, list(g.Shop.ID)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]shop.Store{strangers}, list(g.Stranger.ID)); d != "" {
			t.Error(d)
		}
	})
}

// S4-10: the warehouse in Guangzhou sends by YTO and EMS.
func TestSetWarehouse(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		set := func(w shop.Warehouse) (got shop.Warehouse, err error) {
			return got, g.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
				got, err = shop.SetWarehouse(tx, "陈店长", w)
				return err
			})
		}
		w := g.Warehouse
		w.Name, w.Contact, w.Phone, w.Address, w.Carriers = "广州仓", "阿岳", "13800138040", "广州", []string{"YTO", "EMS"}
		w.Public = shop.Public{PublicName: "女鞋商城退货仓", Link: "https://shop.example/returns", Hotline: "13800138042"}
		got, err := set(w)
		w.Version = 2
		if d := cmp.Diff(w, got); d != "" || err != nil {
			t.Error(d, err)
		}
		all := casetest.See(t, g, func(tx *db.Tx) ([]shop.Warehouse, error) { return shop.Warehouses(tx, g.Shop.ID) })
		if d := cmp.Diff([]shop.Warehouse{w}, all); d != "" {
			t.Error(d)
		}
		stale, moved, stolen := w, w, w
		stale.Version, moved.Code, stolen.ShopID = 1, "foshan", g.Stranger.ID
		_, err = set(stale)
		casetest.WantKey(t, err, errs.Conflict, "shop.stale")
		_, err = set(moved)
		casetest.WantKey(t, err, errs.Invalid, "invalid_input")
		_, err = set(stolen)
		casetest.WantKey(t, err, errs.NotFound, "warehouse.not_found")
		// Who sent the goods elsewhere stays known.
		said := casetest.See(t, g, func(tx *db.Tx) (string, error) {
			var actor, verb, data string
			err := tx.QueryRow(`select actor, verb, data from timeline where shop_id = $1 and subject = 'shop'`, g.Shop.ID).Scan(&actor, &verb, &data)
			return actor + " " + verb + " " + data, err
		})
		if !strings.HasPrefix(said, "陈店长 warehouse_set {") || !strings.Contains(said, `"phone":"13800138040"`) {
			t.Error(said)
		}
	})
}
