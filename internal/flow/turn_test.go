package flow_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// JD-01: whether a line in a bangle is a crack or grain is the appraiser's to say (S0-04, S0-27). The case is ours, and no
// time of the customer's runs while we look.
func TestOurQuestionIsOurTurn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		jade := shop.Shop{ID: id.New(), Code: "jade", Name: "翡翠行", Pack: "jade", Law: "law-cn", Currency: "CNY", Calendar: "CN", Overlays: []string{}}
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
			if err := shop.Insert(tx, jade); err != nil {
				return err
			}
			return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: jade.ID, Code: "store", Name: "门店"})
		}))
		paid := k.clock.Now() - 7*24*3600*1e6
		o, err := k.f.RecordOrder(k.ctx(), agent, jade.ID, flow.NewOrder{OrderNo: "990000040000000001", Channel: order.Distance, OrderedAt: paid, PaidAt: &paid,
			ShippedAt: &paid, SignedOn: k.today(-5), SignedBy: "self", Lines: []flow.NewOrderLine{{SKU: "JD-5601", Title: "翡翠手镯", Category: "jade", Quantity: 1, UnitPrice: 1280000, Net: 1280000}},
			Payments: []flow.NewPayment{{Tender: "wechat", Route: settle.ByGateway, Captured: 1280000}}})
		k.must(err)
		v, err := k.f.Apply(k.ctx(), agent, jade.ID, flow.Application{Channel: "web", Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1,
			Ground: "unknown_cause", Remedy: "refund_return"}}})
		k.must(err)
		if status(v) != "needs_facts" || v.Case.Status != cases.Unassigned || v.Lines[0].AnswerBy != nil {
			t.Errorf("%s, the case is %s, the customer has until %v", status(v), v.Case.Status, v.Lines[0].AnswerBy)
		}
	})
}
