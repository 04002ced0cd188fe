package flow_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/policies"
	"github.com/sanbao/sanbao/rule"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// kit is a shoe shop with everything it needs, on a clock the test turns and a gateway it scripts.
type kit struct {
	t     testing.TB
	f     *flow.Flow
	clock *clock.Fake
	pay   *settle.Scripted
	shop  shop.Shop
	seq   int

	promises *order.Promises // of orders that are sold
	shipBy   clock.Instant   // until when they were promised to leave; 0 is never
	category string          // of their articles; shoes unless it says so
	buyer    string          // who buys; wang unless it says so
}

var (
	agent      = flow.Actor{Name: "小满"}
	supervisor = flow.Actor{Name: "老周", Supervisor: true}
	finance    = flow.Actor{Name: "静姐", Finance: true}
)

var packs = sync.OnceValues(func() (*policy.Library, error) {
	var facts []rule.Fact
	for _, v := range [][]rule.Fact{order.Vocabulary, line.Vocabulary, movement.Vocabulary} {
		facts = append(facts, v...)
	}
	voc, err := rule.NewVocabulary(facts...)
	if err != nil {
		return nil, err
	}
	return policy.Load(policies.FS, voc)
})

// each runs a test with a kit on both engines.
func each(t *testing.T, test func(t *testing.T, k *kit)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) { test(t, newKit(t, dialect)) })
	}
}

func newKit(t testing.TB, dialect db.Dialect) *kit {
	t.Helper()
	k := &kit{t: t, clock: dbtest.Clock()}
	d := dbtest.Open(t, dialect, func(o *db.Options) { o.Clock = k.clock })
	lib, err := packs()
	k.must(err)
	jobs, err := job.Open(d, job.Options{})
	k.must(err)
	k.pay = settle.NewScripted(k.clock)
	k.f = &flow.Flow{DB: d, Policies: policy.NewShelves(lib), Jobs: jobs, Gateway: func(shop.Shop, string) settle.Gateway { return k.pay }}
	k.f.RegisterJobs()
	k.shop = shop.Shop{ID: id.New(), Code: "shoes", Name: "女鞋商城", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Overlays: []string{}}
	k.must(d.Write(t.Context(), func(tx *db.Tx) error {
		if err := shop.Insert(tx, k.shop); err != nil {
			return err
		}
		return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: k.shop.ID, Code: "guangzhou", Name: "广州退货组", Contact: "阿岳", Phone: "13800138001", Address: "广州仓"})
	}))
	return k
}

// snacks makes it a snack shop, with what it needs.
func (k *kit) snacks() {
	k.t.Helper()
	k.shop = shop.Shop{ID: id.New(), Code: "snack", Name: "零食铺", Pack: "snack", Law: "law-cn", Currency: "CNY", Calendar: "CN", Overlays: []string{}}
	k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
		if err := shop.Insert(tx, k.shop); err != nil {
			return err
		}
		return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: k.shop.ID, Code: "main", Name: "总仓"})
	}))
	k.category = "food"
}

func (k *kit) ctx() context.Context { return k.t.Context() }

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// today is the shop's date, plus days.
func (k *kit) today(days int) *calendar.Date {
	d := k.clock.Now().Time().In(shanghai)
	day := calendar.DateOf(d.Year(), d.Month(), d.Day()).AddDays(days)
	return &day
}

var shanghai = time.FixedZone("CST", 8*3600)

// article is what newOrder sells.
type article struct {
	sku      string
	net      int64
	quantity int64
}

// sold records an order of articles, signed for some days ago (0: not shipped), paid by the given tenders; with none
// the whole is paid by one gateway payment.
func (k *kit) sold(daysAgo int, freight int64, articles []article, tenders ...flow.NewPayment) flow.Recorded {
	k.t.Helper()
	k.seq++
	now := k.clock.Now()
	paid := now.Add(-time.Duration(daysAgo+2) * 24 * time.Hour)
	n := flow.NewOrder{OrderNo: fmt.Sprintf("99%016d", k.seq), Buyer: flow.Buyer{Key: cmp.Or(k.buyer, "wang"), Nick: "王**"}, Channel: order.Distance,
		Status: "已付款", OrderedAt: paid, PaidAt: &paid, FreightPaid: freight, Payments: tenders, Attrs: order.Attrs{Promises: k.promises}}
	if daysAgo > 0 {
		n.ShippedAt, n.SignedOn, n.SignedBy = &paid, k.today(-daysAgo), "self"
	}
	if k.shipBy != 0 {
		n.ShipBy = &k.shipBy
	}
	total := freight
	for _, a := range articles {
		n.Lines = append(n.Lines, flow.NewOrderLine{SKU: a.sku, Title: a.sku, Category: cmp.Or(k.category, "shoes"), Quantity: a.quantity, UnitPrice: a.net / a.quantity, Net: a.net})
		total += a.net
	}
	if len(tenders) == 0 {
		n.Payments = []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: fmt.Sprintf("T%d", k.seq), Captured: total}}
	}
	r, err := k.f.RecordOrder(k.ctx(), agent, k.shop.ID, n)
	k.must(err)
	return r
}

// facts writes declared facts as the API takes them.
func facts(kv ...any) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(kv); i += 2 {
		b, err := json.Marshal(kv[i+1])
		if err != nil {
			panic(err)
		}
		m[kv[i].(string)] = b
	}
	return m
}

// intact is a clean inspection sheet of shoes.
func intact(more ...any) map[string]json.RawMessage {
	return facts(append([]any{"goods.worn", false, "goods.resaleable", true, "goods.tag_removed", false, "goods.inner_pack_missing", false,
		"goods.soiled", false, "goods.parts_missing", false, "goods.impaired", false, "goods.gift_missing", false}, more...)...)
}

// apply asks for one line.
func (k *kit) apply(a flow.Asked) flow.View {
	k.t.Helper()
	v, err := k.f.Apply(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{a}})
	k.must(err)
	return v
}

func (k *kit) ok(v flow.View, err error) flow.View {
	k.t.Helper()
	k.must(err)
	return v
}

// refused wants an error with a message key.
func (k *kit) refused(key string, err error) {
	k.t.Helper()
	if err == nil || errs.As(err).Key != key {
		k.t.Fatalf("got %v, want %s", err, key)
	}
}

// work runs every job that is due.
func (k *kit) work() {
	k.t.Helper()
	_, err := k.f.Jobs.RunDue(k.ctx())
	k.must(err)
}

// status is the only line's status, or the one at an index.
func status(v flow.View, i ...int) string {
	n := 0
	if len(i) > 0 {
		n = i[0]
	}
	return v.Lines[n].Status
}

// sameCase reads a case again.
func (k *kit) again(v flow.View) flow.View {
	k.t.Helper()
	return k.ok(k.f.View(k.ctx(), k.shop.ID, v.Case.ID))
}

// balances are the shop's books.
func (k *kit) balances() map[string]int64 {
	k.t.Helper()
	out := map[string]int64{}
	var sum int64
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		bs, err := ledger.Balances(tx, k.shop.ID)
		for _, b := range bs {
			out[b.Account] = b.Minor
			sum += b.Minor
		}
		return err
	}))
	if sum != 0 {
		k.t.Fatalf("the books sum to %d: %v", sum, out)
	}
	return out
}
