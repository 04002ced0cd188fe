package flow_test

import (
	"testing"
	"time"

	"github.com/sanbao/sanbao/internal/flow"
)

// S4-06, S4-21: gifts for somebody who waits are the agent's to give until his month is spent; then a supervisor agrees.
// What he gave is added up from the books, whatever anybody says of it, per agent and month.
func TestGoodwillIsBoundToAMonth(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		give := func(who flow.Actor, minor int64, more ...any) flow.View {
			o := k.sold(0, 0, []article{{"SH-1902", 19900, 1}})
			v, err := k.f.Apply(k.ctx(), who, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: o.Lines[0].ID, Quantity: 1,
				Ground: "late_dispatch", Remedy: "goodwill", Facts: facts(append(more, "goodwill.amount", minor, "goodwill.for_review", false)...)}}})
			k.must(err)
			return v
		}
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
		if v := give(agent, limit, "goodwill.month_total", 0); v.Lines[0].State != "awaiting_approval" {
			t.Fatalf("he says that he gave nothing: %s", v.Lines[0].State)
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
