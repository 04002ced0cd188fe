package flow_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
)

// S4-06, S4-21: gifts for somebody who waits are the agent's to give until his month is spent; then a supervisor agrees.
// What he gave is added up from the books, whatever anybody says of it, per agent and month.
func TestGoodwillIsBoundToAMonth(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		try := func(who flow.Actor, stated ...any) (flow.View, error) {
			o := k.sold(0, 0, []article{{"SH-1902", 19900, 1}})
			return k.f.Apply(k.ctx(), who, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1,
				Ground: "late_dispatch", Remedy: "goodwill", Facts: facts(append(stated, "goodwill.form", "gift", "goodwill.for_review", false)...)}}})
		}
		give := func(who flow.Actor, minor int64) flow.View { return k.ok(try(who, "goodwill.amount", minor)) }
		other := flow.Actor{Name: "阿青"}
		limit, spent := int64(1500), int64(0) // a gift, and what the agent has given
		for v := give(agent, limit); v.Lines[0].State == "offered"; v = give(agent, limit) {
			k.ok(k.f.Accept(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
			if spent += limit; spent > 1_000_000 {
				t.Fatal("no budget holds him")
			}
		}
		if spent == 0 {
			t.Fatal("nothing is his to give")
		}
		if _, err := try(agent, "goodwill.amount", limit, "goodwill.month_total", 0); err == nil || errs.As(err).Fields[0].Key != "flow.system_fact" {
			t.Fatalf("he says that he gave nothing: %v", err)
		}
		if v := k.ok(try(agent)); v.Lines[0].State != "needs_facts" || !strings.Contains(string(v.Lines[0].Decision), `"open":[{"fact":"goodwill.amount",`) {
			t.Fatalf("he is asked how much, and nobody is asked for the month: %s %s", v.Lines[0].State, v.Lines[0].Decision)
		}
		if v := give(other, limit); v.Lines[0].State != "offered" {
			t.Fatalf("somebody else's month: %s", v.Lines[0].State)
		}
		k.clock.Advance(31 * 24 * time.Hour)
		if v := give(agent, limit); v.Lines[0].State != "offered" {
			t.Fatalf("another month: %s", v.Lines[0].State)
		}
	})
}

// S4-06, S2-16: what is given as a gift or a coupon is settled as that, confirmed with its number, and stands in the books as
// what it is worth; money goes as money. It takes the units for nothing else.
func TestGoodwillComesInItsForm(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for form, route := range map[string]settle.Route{"gift": settle.ByGift, "money": settle.ByBank} {
			o := k.sold(0, 0, []article{{"SH-1902", 19900, 1}})
			v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "late_dispatch", Remedy: "goodwill",
				Facts: facts("goodwill.form", form, "goodwill.amount", 1000, "goodwill.for_review", false)})
			v = k.ok(k.f.Accept(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
			s := v.Settlements[0]
			if s.Route != route || s.Minor != 1000 || s.Kind != settle.Goodwill {
				t.Fatalf("%s became %+v", form, s)
			}
			v = k.ok(k.f.Confirm(k.ctx(), finance, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "NO-" + form, Minor: 1000, At: k.clock.Now(), Proof: "随单寄出"}))
			if v.Lines[0].Status != "settled" || k.balances()["paid:"+string(route)] != -1000 {
				t.Fatalf("%s is %s, and %d in the books", form, v.Lines[0].Status, k.balances()["paid:"+string(route)])
			}
		}
		o := k.sold(0, 0, []article{{"SH-1902", 19900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "late_dispatch", Remedy: "goodwill",
			Facts: facts("goodwill.form", "coupon", "goodwill.amount", 1000, "goodwill.for_review", false)})
		if v.Lines[0].State != "rejected" { // this shop has no coupons
			t.Fatalf("a coupon is %s", v.Lines[0].State)
		}
	})
}

// What waits for her answer is given already, to the last fen of the month: an agent cannot offer his budget twice. What she
// turns down, and what is given up before it was paid, is his again (S4-06, S4-21).
func TestGoodwillOfTheMonthIsGivenOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		give := func(minor int64) flow.View {
			o := k.sold(0, 0, []article{{"SH-1902", 19900, 1}})
			return k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "late_dispatch", Remedy: "goodwill",
				Facts: facts("goodwill.form", "gift", "goodwill.amount", minor, "goodwill.for_review", false)})
		}
		state := func(want string, v flow.View) flow.View {
			t.Helper()
			if got := string(v.Lines[0].State); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
			return v
		}
		var open []flow.View // twenty gifts of 15.00 are the month's 300.00
		for range 19 {
			open = append(open, state("offered", give(1500)))
		}
		state("awaiting_approval", give(1501)) // over the limit of one gift: the supervisor's, and not his
		open = append(open, state("offered", give(1500)))
		state("awaiting_approval", give(1))

		k.ok(k.f.TurnDown(k.ctx(), agent, k.shop.ID, open[0].Lines[0].ID, 0, "不用了"))
		state("awaiting_approval", give(1501))
		open = append(open, state("offered", give(1500)))
		state("awaiting_approval", give(1))

		v := state("approved", k.ok(k.f.Accept(k.ctx(), agent, k.shop.ID, open[1].Lines[0].ID, 0)))
		state("awaiting_approval", give(1)) // owed now, and counted once
		k.ok(k.f.Dispute(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, "平台介入"))
		if v = k.ok(k.f.Decline(k.ctx(), supervisor, k.shop.ID, v.Lines[0].ID, 0, "平台判不给")); v.Settlements[0].State != settle.Voided {
			t.Fatalf("%+v", v.Settlements)
		}
		state("offered", give(1500))
		state("awaiting_approval", give(1))
	})
}
