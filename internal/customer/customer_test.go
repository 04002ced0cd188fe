package customer_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/id"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func find(t *testing.T, g *casetest.Ground, shop id.ID, platform, key string) (customer.Customer, error) {
	t.Helper()
	return casetest.Ask(t, g, func(tx *db.Tx) (customer.Customer, error) { return customer.Find(tx, shop, platform, key) })
}

func insert(t *testing.T, g *casetest.Ground, cs ...customer.Customer) {
	t.Helper()
	g.Batch(t, func(tx *db.Tx, b *db.Batch) {
		for _, c := range cs {
			customer.Insert(b, c, tx.Now)
		}
	})
}

// A platform shows names and phones masked; they are kept to the letter, whatever they look like.
func TestMaskedValuesAreKept(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		for i, c := range []customer.Customer{
			{Nick: "t**9", Name: "王**", Phone: "138****8003"},
			{Nick: "小**豆", Name: "欧阳*", Phone: "+86 138****8003-6621"}, // virtual number with extension
			{Nick: " 两头空格 ", Name: "O'Brien; --", Phone: ""},
			{Nick: "😀**", Name: "", Phone: "００１３８"},
		} {
			c.ID, c.ShopID, c.Platform, c.BuyerKey = id.New(), g.Shop.ID, "taobao", fmt.Sprintf("buyer-%d", i)
			insert(t, g, c)
			c.CreatedAt, c.Version = dbtest.Start, 1
			found, err := find(t, g, g.Shop.ID, "taobao", c.BuyerKey)
			if d := cmp.Diff(c, found); d != "" || err != nil {
				t.Errorf("%v, found (-want +got):\n%s", err, d)
			}
			got := casetest.See(t, g, func(tx *db.Tx) (customer.Customer, error) { return customer.Get(tx, g.Shop.ID, c.ID) })
			if d := cmp.Diff(c, got); d != "" {
				t.Errorf("read (-want +got):\n%s", d)
			}
		}
	})
}

// Two buyers who look alike are two: identity is platform, shop and key, and no name or phone.
func TestCustomersAreNeverMerged(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		alike := g.Buyer
		alike.BuyerKey = "wang2"
		elsewhere := g.Buyer
		elsewhere.Platform = "douyin"
		strangers := g.Buyer
		strangers.ShopID = g.Stranger.ID
		cs := []customer.Customer{alike, elsewhere, strangers}
		for i := range cs {
			cs[i].ID = id.New()
		}
		insert(t, g, cs...)
		for _, c := range append(cs, g.Buyer) {
			got, err := find(t, g, c.ShopID, c.Platform, c.BuyerKey)
			if err != nil || got.ID != c.ID {
				t.Errorf("%s/%s: %v, %v, want %v", c.Platform, c.BuyerKey, got.ID, err, c.ID)
			}
		}
	})
}

// A buyer who is known keeps the id and what was seen first; BuyerKey is compared to the letter.
func TestKnownBuyerIsKept(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		again := g.Buyer
		again.ID, again.Name, again.Phone = id.New(), "王小明", "13800008003"
		insert(t, g, again)
		got, err := find(t, g, g.Shop.ID, "taobao", "wang")
		if d := cmp.Diff(g.Buyer, got); d != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
		for _, key := range []string{"Wang", "wang ", "wan", "w%"} {
			_, err := find(t, g, g.Shop.ID, "taobao", key)
			casetest.WantKey(t, err, errs.NotFound, "customer.not_found")
		}
	})
}

func TestAnotherShopSeesNoCustomer(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		_, err := find(t, g, g.Stranger.ID, "taobao", "wang")
		casetest.WantKey(t, err, errs.NotFound, "customer.not_found")
		_, err = casetest.Ask(t, g, func(tx *db.Tx) (customer.Customer, error) { return customer.Get(tx, g.Stranger.ID, g.Buyer.ID) })
		casetest.WantKey(t, err, errs.NotFound, "customer.not_found")
		known := casetest.See(t, g, func(tx *db.Tx) (map[string]id.ID, error) {
			return customer.KnownKeys(tx, g.Stranger.ID, "taobao", []string{"wang"})
		})
		if len(known) != 0 {
			t.Errorf("another shop knows %v", known)
		}
	})
}

// KnownKeys asks in portions; none is left out at their edges, and what is not known is not there.
func TestKnownKeysAtTheEdgesOfPortions(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		var keys []string
		want := map[string]id.ID{}
		g.Batch(t, func(tx *db.Tx, b *db.Batch) {
			for i := range 130 {
				c := customer.Customer{ID: id.New(), ShopID: g.Shop.ID, Platform: "taobao", BuyerKey: fmt.Sprintf("k%d", i)}
				customer.Insert(b, c, tx.Now)
				keys, want[c.BuyerKey] = append(keys, c.BuyerKey), c.ID
			}
		})
		for _, n := range []int{0, 1, 63, 64, 65, 128, 129, 130} {
			asked := append([]string{"unknown", "K0"}, keys[:n]...)
			got := casetest.See(t, g, func(tx *db.Tx) (map[string]id.ID, error) { return customer.KnownKeys(tx, g.Shop.ID, "taobao", asked) })
			some := map[string]id.ID{}
			for _, k := range keys[:n] {
				some[k] = want[k]
			}
			if d := cmp.Diff(some, got); d != "" {
				t.Errorf("%d keys (-want +got):\n%s", n, d)
			}
		}
		elsewhere := casetest.See(t, g, func(tx *db.Tx) (map[string]id.ID, error) { return customer.KnownKeys(tx, g.Shop.ID, "douyin", keys) })
		if len(elsewhere) != 0 {
			t.Errorf("on another platform %d are known", len(elsewhere))
		}
	})
}
