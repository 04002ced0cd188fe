package flow_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/stock"
)

// stocked says what there is of an article.
func (k *kit) stocked(sku, style string, price, onHand int64) {
	k.t.Helper()
	k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
		_, err := stock.SetAll(tx, "erp", k.shop.ID, []stock.Told{{SKU: sku, Style: style, Title: "女鞋 " + sku, Price: &price, OnHand: onHand}})
		return err
	}))
}

// inStock reads what there is.
func (k *kit) inStock(sku string) stock.Article {
	k.t.Helper()
	var a *stock.Article
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		a, err = stock.Get(tx, k.shop.ID, sku)
		return err
	}))
	return *a
}

// swap asks to have one unit of an order's first article exchanged, and agrees to it.
func (k *kit) swap(o flow.Recorded, wanted string, more ...any) flow.View {
	k.t.Helper()
	v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "exchange", Wanted: wanted,
		Facts: facts(append([]any{"goods.worn", false}, more...)...)})
	return k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0))
}

// back takes the line's goods through to inspected and found good.
func (k *kit) back(v flow.View) flow.View {
	k.t.Helper()
	v = k.sendBack(v, flow.Waybill{Carrier: "圆通", Waybill: "YT" + id.New().String()})
	return k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact(), ""))
}

// ship sends the case's last parcel, and delivers it.
func (k *kit) ship(v flow.View) flow.View {
	k.t.Helper()
	m := v.Movements[len(v.Movements)-1]
	k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, m.ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS" + id.New().String()}))
	return k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, m.ID, 0))
}

// charged is the case's charge that is not given up.
func (k *kit) charged(v flow.View) settle.Settlement {
	k.t.Helper()
	for _, s := range v.Settlements {
		if s.Kind == settle.Charge && s.State != settle.Voided {
			return s.Settlement
		}
	}
	k.t.Fatalf("no charge in %+v", v.Settlements)
	return settle.Settlement{}
}

func (k *kit) receipt(no string, minor int64) settle.Receipt {
	return settle.Receipt{Route: settle.ByBank, ExternalNo: no, Minor: minor, At: k.clock.Now(), Proof: "回单 " + no}
}

// sound checks everything that is kept of an order, and the books.
func (k *kit) sound(o flow.Recorded, v flow.View) {
	k.t.Helper()
	k.must(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID))
	k.must(kept(k.ctx(), k.f.DB, k.shop.ID, o.Order.ID))
	k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
}

// article is the last line of an order: what was given in exchange.
func (k *kit) given(o flow.Recorded) (r flow.Recorded) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		r, err = flow.ReadOrder(tx, k.shop.ID, o.Order.ID)
		return err
	}))
	return r
}

// SH-02: black 38 for black 39, of which there is one. It is held for her, and for nobody else; within the style it costs
// nothing, whatever 39 costs today (S0-10); what she got is an article of her order, and its periods run anew (CPLR-18a).
func TestLastOneIsHeld(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-2401-38", "SH-2401", 26900, 4)
		k.stocked("SH-2401-39", "SH-2401", 39900, 1)
		o, other := k.sold(2, 0, []article{{"SH-2401-38", 26900, 1}}), k.sold(2, 0, []article{{"SH-2401-38", 26900, 1}})
		v := k.swap(o, "SH-2401-39")
		x := v.Lines[0].Exchange
		if x.Held != 1 || *x.Free != 0 || *x.Gap != 0 || x.Until == nil || len(v.Settlements) != 0 {
			t.Fatalf("%+v, %+v", x, v.Settlements)
		}
		w := k.apply(flow.Asked{OrderLineID: other.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "exchange", Wanted: "SH-2401-39", Facts: facts("goods.worn", false)})
		if d := k.decision(w, 0); d.Reason != "out_of_stock" {
			t.Fatalf("%s %s", d.Outcome, d.Reason)
		}
		_, err := k.f.Apply(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: other.Lines[0].ID, Quantity: 1,
			Ground: "size_mismatch", Remedy: "exchange", Wanted: "SH-2401-39", Facts: facts("exchange.in_stock", true)}}})
		if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != "flow.system_fact" {
			t.Fatalf("somebody says that it is there: %v", err)
		}
		v = k.back(v)
		if status(v) != "to_ship" {
			t.Fatalf("%s", status(v))
		}
		v = k.ship(v)
		if a := k.inStock("SH-2401-39"); a.OnHand != 0 || a.Held != 0 || status(v) != "delivered" || v.Lines[0].Exchange.Held != 0 {
			t.Fatalf("%+v %s", a, status(v))
		}
		k.sound(o, v)

		r := k.given(o)
		if g := r.Lines[1]; g.SKU != "SH-2401-39" || g.Net != 26900 || g.FromLineID != o.Lines[0].ID || g.Attrs.Given.SignedOn != *k.today(0) {
			t.Fatalf("%+v", g)
		}
		k.clock.Advance(6 * 24 * time.Hour) // eight days after the first pair came, six after this one
		v = k.apply(flow.Asked{OrderLineID: r.Lines[1].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
		if d := k.decision(v, 0); *d.Asked().Refund.Total != 26900 || v.Lines[0].State != "requested" {
			t.Fatalf("%s %s", v.Lines[0].State, v.Lines[0].Decision)
		}
		_, err = k.f.Apply(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return"}}})
		k.refused("order.units_taken", err)
	})
}

// Two exchanges want the last pair at the same moment: one gets it, the other is told, and nothing is held twice.
func TestTwoWantTheLastOne(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-9-39", "SH-9", 26900, 1)
		var lines []id.ID
		for range 2 {
			o := k.sold(2, 0, []article{{"SH-9-38", 26900, 1}})
			v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "exchange", Wanted: "SH-9-39", Facts: facts("goods.worn", false)})
			lines = append(lines, v.Lines[0].ID)
		}
		fails := make([]error, 2)
		var both sync.WaitGroup
		for i, l := range lines {
			both.Go(func() { _, fails[i] = k.f.Approve(k.ctx(), supervisor, k.shop.ID, l, 0) })
		}
		both.Wait()
		if (fails[0] == nil) == (fails[1] == nil) {
			t.Fatalf("%v, %v", fails[0], fails[1])
		}
		for _, err := range fails {
			if err != nil {
				k.refused("flow.nothing_to_agree", err)
			}
		}
		if a := k.inStock("SH-9-39"); a.Held != 1 || a.Free != 0 {
			t.Fatalf("%+v", a)
		}
	})
}

// S0-10: a dearer pair. The difference is asked for at once, the pair does not leave before it is paid, and another amount
// is not taken. When the new pair comes back, each payment gets what it gave.
func TestDearerIsPaidBeforeItLeaves(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-1-38", "SH-1", 26900, 0)
		k.stocked("SH-7-38", "SH-7", 35900, 5)
		o := k.sold(2, 1000, []article{{"SH-1-38", 20000, 1}, {"SH-1-39", 30000, 1}},
			flow.NewPayment{Tender: "alipay", Route: settle.ByGateway, Reference: "A", Captured: 40000}, flow.NewPayment{Tender: "card", Route: settle.ByBank, Reference: "B", Captured: 11000})
		v := k.swap(o, "SH-7-38")
		c := k.charged(v)
		if c.Minor != 15900 || c.State != settle.AwaitingPayment || *v.Lines[0].Exchange.Gap != 15900 || status(v) != "awaiting" {
			t.Fatalf("%+v %s", c, status(v))
		}
		k.stocked("SH-7-38", "SH-7", 99900, 5) // what it costs later changes nothing
		v = k.back(v)
		out := v.Movements[1]
		if status(v) != "awaiting_payment" || v.Case.Status != cases.Customer || k.charged(v).ID != c.ID {
			t.Fatalf("%s %s %+v", status(v), v.Case.Status, k.charged(v))
		}
		_, err := k.f.ShipOut(k.ctx(), agent, k.shop.ID, out.ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"})
		k.refused("flow.not_now", err)
		_, err = k.f.Collect(k.ctx(), finance, k.shop.ID, c.ID, 0, k.receipt("B-1", 15800))
		k.refused("invalid_input", err)
		_, err = k.f.Confirm(k.ctx(), finance, k.shop.ID, c.ID, 0, settle.Confirmation{ExternalNo: "X", Minor: 15900, At: k.clock.Now(), Proof: "p"})
		k.refused("flow.not_now", err)
		v = k.ok(k.f.Collect(k.ctx(), finance, k.shop.ID, c.ID, 0, k.receipt("B-1", 15900)))
		if status(v) != "to_ship" || v.Case.Status != cases.Unassigned {
			t.Fatalf("%s %s", status(v), v.Case.Status)
		}
		_, err = k.f.Collect(k.ctx(), finance, k.shop.ID, c.ID, 0, k.receipt("B-2", 15900))
		k.refused("flow.not_now", err)
		v = k.ship(v)
		if x := v.Lines[0].Exchange; *x.Gap != 15900 || x.Paid != 15900 {
			t.Fatalf("%+v", x)
		}
		k.sound(o, v)
		if b := k.balances(); b["charges:customers"] != -15900 || b["received:bank"] != 15900 {
			t.Fatalf("%v", b)
		}

		r := k.given(o)
		g := r.Lines[2]
		if g.Net != 35900 || g.UnitPrice != 35900 {
			t.Fatalf("%+v", g)
		}
		again := k.apply(flow.Asked{OrderLineID: g.ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
		again = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, again.Lines[0].ID, 0))
		again = k.back(again)
		got := map[settle.Route]int64{}
		for _, s := range again.Settlements {
			got[s.Route] += s.Minor
		}
		// of her 200.00, 156.86 were paid by Alipay and 43.14 by card, as 400.00 and 110.00 of the order; the difference by bank
		if len(again.Settlements) != 3 || got[settle.ByGateway] != 15686 || got[settle.ByBank] != 4314+15900 {
			t.Fatalf("%v %+v", got, again.Settlements)
		}
		k.sound(o, again)
	})
}

// A cheaper pair: the difference goes back to the payment, as the pair leaves, and a later return gives the rest.
func TestCheaperGivesTheDifferenceBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-2-38", "SH-2", 19900, 5)
		o := k.sold(2, 0, []article{{"SH-1-38", 26900, 1}})
		v := k.back(k.swap(o, "SH-2-38", "exchange.same_style", false))
		if len(v.Settlements) != 0 {
			t.Fatalf("%+v", v.Settlements)
		}
		v = k.ship(v)
		if len(v.Settlements) != 1 || v.Settlements[0].Minor != 7000 || v.Settlements[0].Kind != settle.Refund || v.Case.Status != cases.Money {
			t.Fatalf("%+v %s", v.Settlements, v.Case.Status)
		}
		k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0))
		k.work()
		v = k.again(v)
		k.sound(o, v)
		if v.Case.Status != cases.Closed {
			t.Fatalf("%s", v.Case.Status)
		}
		g := k.given(o).Lines[1]
		again := k.apply(flow.Asked{OrderLineID: g.ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
		again = k.back(k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, again.Lines[0].ID, 0)))
		if len(again.Settlements) != 1 || again.Settlements[0].Minor != 19900 {
			t.Fatalf("%+v", again.Settlements)
		}
		k.sound(o, again)
	})
}

// S4-18: freight is the customer's, and is charged with the difference; a link of the shop's own platform pays it, once.
func TestAnotherOrderMeetsTheCharge(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o, other := k.sold(2, 0, []article{{"SH-1-38", 26900, 1}}), k.sold(2, 0, []article{{"SH-1-38", 26900, 1}})
		link, wrong := k.sold(0, 0, []article{{"补差价", 1000, 1000}}), k.sold(0, 0, []article{{"补差价", 900, 900}})
		v := k.swap(o, "SH-1-39", "exchange.in_stock", true, "exchange.same_style", true, "exchange.freight", 1000)
		w := k.swap(other, "SH-1-39", "exchange.in_stock", true, "exchange.same_style", true, "exchange.freight", 1000)
		c, d := k.charged(v), k.charged(w)
		if c.Minor != 1000 || c.Parts[0].Kind != settle.ResendFreight {
			t.Fatalf("%+v", c)
		}
		for no, key := range map[string]string{"nothing": "order.not_found", wrong.Order.OrderNo: "flow.order_amount", o.Order.OrderNo: "flow.order_used"} {
			_, err := k.f.CollectOrder(k.ctx(), agent, k.shop.ID, c.ID, 0, no)
			if e := errs.As(err); e == nil || e.Key != key && (len(e.Fields) == 0 || e.Fields[0].Key != key) {
				t.Fatalf("%s: %v", no, err)
			}
		}
		fails := make([]error, 2)
		var both sync.WaitGroup
		for i, s := range []settle.Settlement{c, d} {
			both.Go(func() { _, fails[i] = k.f.CollectOrder(k.ctx(), agent, k.shop.ID, s.ID, 0, link.Order.OrderNo) })
		}
		both.Wait()
		if (fails[0] == nil) == (fails[1] == nil) {
			t.Fatalf("%v, %v", fails[0], fails[1])
		}
		for i, of := range []flow.View{v, w} {
			of = k.again(of)
			if got := k.charged(of).State; (got == settle.Settled) != (fails[i] == nil) {
				t.Fatalf("%s, %v", got, fails[i])
			}
		}
		_, err := k.f.Apply(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: link.Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"}}})
		k.refused("order.units_taken", err)
		k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
	})
}

// The customer thinks better of it after he has paid: what he paid goes back, though the line is over; the pair is free.
func TestPaidAndWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-7-38", "SH-7", 35900, 1)
		o := k.sold(2, 0, []article{{"SH-1-38", 26900, 1}})
		v := k.swap(o, "SH-7-38", "exchange.same_style", false)
		v = k.ok(k.f.Collect(k.ctx(), finance, k.shop.ID, k.charged(v).ID, 0, k.receipt("B-1", 9000)))
		v = k.ok(k.f.Cancel(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "不换了"))
		back := v.Settlements[1]
		if back.Minor != 9000 || back.Kind != settle.Refund || back.Route != settle.ByBank || v.Case.Status != cases.Money || !v.Case.Work.Approve {
			t.Fatalf("%+v %s %+v", back, v.Case.Status, v.Case.Work)
		}
		if a := k.inStock("SH-7-38"); a.Free != 1 {
			t.Fatalf("%+v", a)
		}
		k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, back.ID, 0))
		v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, back.ID, 0, settle.Confirmation{ExternalNo: "R-1", Minor: 9000, At: k.clock.Now(), Proof: "p"}))
		if v.Case.Status != cases.Closed {
			t.Fatalf("%s", v.Case.Status)
		}
		k.sound(o, v)
	})
}

// S4-24: the pair is not there when hers is back. Nothing goes home: she is called the same day, and takes another style,
// or all her money.
func TestOutOfStockAsksTheCustomer(t *testing.T) {
	for _, choice := range []string{"another", "money", "there after all"} {
		t.Run(choice, func(t *testing.T) {
			each(t, func(t *testing.T, k *kit) {
				k.stocked("SH-1-38", "SH-1", 26900, 5)
				k.stocked("SH-1-39", "SH-1", 26900, 1)
				k.stocked("SH-3-39", "SH-3", 26900, 1)
				o := k.sold(2, 0, []article{{"SH-1-38", 26900, 1}})
				v := k.swap(o, "SH-1-39")
				l := v.Lines[0].ID
				v = k.back(v)
				v = k.ok(k.f.OutOfStock(k.ctx(), agent, k.shop.ID, l, 0, "货架上没有"))
				if status(v) != "no_stock" || v.Case.Status != cases.Unassigned || v.Case.DueKind != cases.DueTell || k.inStock("SH-1-39").OnHand != 0 {
					t.Fatalf("%s %s %s %+v", status(v), v.Case.Status, v.Case.DueKind, k.inStock("SH-1-39"))
				}
				_, err := k.f.ShipOut(k.ctx(), agent, k.shop.ID, v.Movements[1].ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"})
				k.refused("flow.not_now", err)
				_, err = k.f.InStock(k.ctx(), agent, k.shop.ID, l, 0)
				k.refused("stock.none_left", err)
				switch choice {
				case "another":
					v = k.ok(k.f.ChangeWanted(k.ctx(), agent, k.shop.ID, l, 0, flow.Choice{Wanted: "SH-3-39", Note: "电话里选了别的款"}))
					if status(v) != "to_ship" || v.Lines[0].Wanted != "SH-3-39" || k.inStock("SH-3-39").Held != 1 || *v.Lines[0].Exchange.Gap != 0 {
						t.Fatalf("%s %+v", status(v), v.Lines[0])
					}
					v = k.ship(v)
				case "money":
					v = k.ok(k.f.RefundInstead(k.ctx(), agent, k.shop.ID, l, 0, "电话里说退款"))
					if v.Lines[0].Remedy != "refund_return" || len(v.Settlements) != 1 || v.Settlements[0].Minor != 26900 {
						t.Fatalf("%+v %+v", v.Lines[0], v.Settlements)
					}
				default:
					k.stocked("SH-1-39", "SH-1", 26900, 3)
					v = k.ship(k.ok(k.f.InStock(k.ctx(), agent, k.shop.ID, l, 0)))
					if k.inStock("SH-1-39").OnHand != 2 {
						t.Fatalf("%+v", k.inStock("SH-1-39"))
					}
				}
				k.sound(o, v)
			})
		})
	}
}

// S4-24 after the seven days: the exchange a faulty pair is due cannot be made, so all comes back, freight too.
func TestFaultyAndOutOfStockIsPaidBack(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(20, 800, []article{{"SH-1-38", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "exchange", Wanted: "SH-1-38", Facts: facts("evidence.photo", true, "exchange.in_stock", true)})
		l := v.Lines[0].ID
		v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, l, 0))
		v = k.sendBack(v, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0009", Freight: 1200, AdvancedBy: movement.Customer})
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, intact("finding.defect", true), ""))
		v = k.ok(k.f.OutOfStock(k.ctx(), agent, k.shop.ID, l, 0, "断码"))
		v = k.ok(k.f.RefundInstead(k.ctx(), agent, k.shop.ID, l, 0, "退款"))
		var sum int64
		for _, s := range v.Settlements {
			sum += s.Minor
		}
		if len(v.Settlements) != 2 || sum != 26900+800+1200 { // the freight she advanced once
			t.Fatalf("%s %+v", status(v), v.Settlements)
		}
		k.sound(o, v)
	})
}

// A hold runs out with the customer's time to send: the pair is free again, and nobody has to see to it.
func TestHoldRunsOut(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-1-39", "SH-1", 26900, 1)
		o := k.sold(2, 0, []article{{"SH-1-38", 26900, 1}})
		v := k.swap(o, "SH-1-39", "exchange.same_style", true)
		k.clock.Advance(40 * 24 * time.Hour)
		k.work()
		v = k.again(v)
		if a := k.inStock("SH-1-39"); a.Free != 1 || v.Lines[0].State != "expired" {
			t.Fatalf("%+v %s", a, v.Lines[0].State)
		}
		k.sound(o, v)
	})
}

// S4-23: the number of the new pair is told before she asks, the same day; until then the case is ours.
func TestNumberIsTold(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(2, 0, []article{{"SH-1-38", 26900, 1}})
		v := k.back(k.swap(o, "SH-1-39", "exchange.in_stock", true))
		out := v.Movements[1]
		if out.TellBy == nil || *out.TellBy != *k.today(0) || v.Case.DueKind != cases.DueTell {
			t.Fatalf("%+v %s", out, v.Case.DueKind)
		}
		_, err := k.f.Tell(k.ctx(), agent, k.shop.ID, out.ID, 0, "")
		k.refused("flow.not_now", err)
		v = k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, out.ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"}))
		if v.Case.Status == cases.Carrier {
			t.Fatal("nobody has told her")
		}
		if slices.Contains(v.Movements[0].Allowed, flow.Tell) || !slices.Contains(v.Movements[1].Allowed, flow.Tell) {
			t.Fatalf("%v, %v", v.Movements[0].Allowed, v.Movements[1].Allowed)
		}
		v = k.ok(k.f.Tell(k.ctx(), agent, k.shop.ID, out.ID, 0, "旺旺已发单号"))
		if v.Case.Status != cases.Carrier || v.Case.DueKind != "" {
			t.Fatalf("%s %s", v.Case.Status, v.Case.DueKind)
		}
		k.sound(o, v)
	})
}

// S2-15: what a snack shop gives in exchange is looked at first. What does not pass does not leave.
func TestCheckedBeforeItLeaves(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.snacks()
		o := k.sold(2, 0, []article{{"SN-1", 3900, 2}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "quality", Remedy: "exchange", Wanted: "SN-1", Facts: facts("evidence.photo", true)})
		l := v.Lines[0].ID
		v = k.ok(k.f.Approve(k.ctx(), supervisor, k.shop.ID, l, 0))
		v = k.sendBack(v, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0011"})
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, l, 0, facts("finding.defect", true, "goods.seal_broken", false, "goods.parts_missing", false, "goods.impaired", false), ""))
		out := v.Movements[1]
		_, err := k.f.ShipOut(k.ctx(), agent, k.shop.ID, out.ID, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"})
		k.refused("flow.not_now", err)
		_, err = k.f.CheckOut(k.ctx(), agent, k.shop.ID, out.ID, 0, false, "", "")
		k.refused("flow.note_empty", err)
		v = k.ok(k.f.CheckOut(k.ctx(), agent, k.shop.ID, out.ID, 0, false, "包装漏气，换一包", ""))
		if v.Movements[1].Checked != movement.CheckNeeded {
			t.Fatalf("%+v", v.Movements[1])
		}
		v = k.ok(k.f.CheckOut(k.ctx(), agent, k.shop.ID, out.ID, 0, true, "", "照片 4"))
		_, err = k.f.CheckOut(k.ctx(), agent, k.shop.ID, out.ID, 0, true, "", "")
		k.refused("flow.not_now", err)
		k.sound(o, k.ship(v))
	})
}

// What was lost on its way goes out once more; the difference does not go back a second time, and there is one article
// whatever turns up (ECL-20).
func TestLostAndSentAgain(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.stocked("SH-2-38", "SH-2", 19900, 2)
		o := k.sold(2, 900, []article{{"SH-1-38", 53800, 2}})
		v := k.back(k.swap(o, "SH-2-38", "exchange.same_style", false))
		l, first := v.Lines[0].ID, v.Movements[1].ID
		k.ok(k.f.ShipOut(k.ctx(), agent, k.shop.ID, first, 0, flow.Waybill{Carrier: "EMS", Waybill: "EMS000001"}))
		k.ok(k.f.ReportLost(k.ctx(), agent, k.shop.ID, first, 0))
		v = k.ok(k.f.SendAgain(k.ctx(), agent, k.shop.ID, l, 0, "快递丢了"))
		if a := k.inStock("SH-2-38"); a.OnHand != 1 || a.Held != 1 || len(v.Settlements) != 1 {
			t.Fatalf("%+v %+v", a, v.Settlements)
		}
		v = k.ship(v)
		v = k.ok(k.f.Delivered(k.ctx(), agent, k.shop.ID, first, 0)) // the first one turned up after all
		r := k.given(o)
		if len(v.Settlements) != 1 || len(r.Lines) != 2 || r.Lines[1].Net != 19900 || r.Lines[1].Attrs.Given.Freight != 450 {
			t.Fatalf("%+v %+v", v.Settlements, r.Lines)
		}
		k.sound(o, v)
	})
}

// The table exchange_hold alone ends what is held: the customer has sent his pair, and the shop keeps another one for two
// days only. To the last moment it is his; then it is free for others, once, and he is called when his is back (S4-24).
func TestHoldEndsByItsTable(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			k := newTrial(t, dialect)
			k.stocked("B", "", 1000, 8)
			held := trialStart{remedy: "exchange", route: settle.ByBank, more: []any{"trial.hold", true}}
			d, err := held.open(k, "none", nil)
			k.must(err)
			until := k.clock.Now().Time().In(shanghai).AddDate(0, 0, 3)
			end := clock.Of(time.Date(until.Year(), until.Month(), until.Day(), 0, 0, 0, 0, shanghai))
			if x := d.v.Lines[0].Exchange; x.Held != 8 || *x.Until != end {
				t.Fatalf("%+v, want until %s", x, end)
			}
			v := k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, d.v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YT000001"}))
			k.clock.Set(end - 1)
			k.work()
			if a := k.inStock("B"); a.Held != 8 || k.again(v).Lines[0].Exchange.Held != 8 {
				t.Fatalf("a moment too early: %+v", a)
			}
			k.clock.Set(end)
			for range 2 {
				k.work()
				if a := k.inStock("B"); a.Held != 0 || a.Free != 8 || a.OnHand != 8 {
					t.Fatalf("%+v", a)
				}
			}
			k.stocked("B", "", 1000, 0) // sold meanwhile
			k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 8}}}))
			v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, facts("trial.found", "good"), ""))
			if status(v) != "no_stock" || v.Case.Status != cases.Unassigned {
				t.Fatalf("%s %s", status(v), v.Case.Status)
			}
			k.must(stocked(k.ctx(), k.f.DB, k.shop.ID))
		})
	}
}
