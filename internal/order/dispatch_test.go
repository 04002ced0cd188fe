package order_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases/casetest"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/rule"
)

// A promise is kept on its very instant and late after it (S1-108); an order list's silence counts only when a later list repeats it.
func TestDispatchPromise(t *testing.T) {
	const by = clock.Instant(1000)
	l := order.Line{ID: 1, ShopID: 2, OrderID: 3}
	for what, c := range map[string]struct {
		shipped *clock.Instant
		now     clock.Instant
		late    bool
	}{
		"at the time": {ref(by), by + 9, false}, "after it": {ref(by + 1), by + 9, true}, "not left, at the time": {nil, by, false}, "not left, after it": {nil, by + 1, true},
	} {
		if got := order.Promised(l, by, c.shipped, false).Late(c.now); got != c.late {
			t.Errorf("%s: late %t", what, got)
		}
	}
	due := func(d order.Dispatch) clock.Instant {
		if d.DueAt == nil {
			return 0
		}
		return *d.DueAt
	}
	told, listed := order.Promised(l, by, nil, false), order.Promised(l, by, nil, true)
	for what, c := range map[string]struct {
		d    order.Dispatch
		want clock.Instant
	}{
		"told":                           {told, by},
		"listed":                         {listed, 0},
		"listed as sent":                 {order.Promised(l, by, ref(by-1), true), by},
		"listed again, too early":        {listed.Heard(by, by, nil), 0},
		"listed again, not sent":         {listed.Heard(by+5, by, nil), by + 5},
		"listed again, sent":             {listed.Heard(by+5, by, ref(by+2)), by},
		"listed again, moved on":         {listed.Heard(by+5, by+9, nil), 0},
		"listed again, an earlier time":  {told.Heard(by+5, by-9, nil), by},
		"listed again after it is ended": {told.End(order.DispatchKept, "", 0).Heard(by+5, by+9, nil), by},
	} {
		if got := due(c.d); got != c.want {
			t.Errorf("%s: due at %d, want %d", what, got, c.want)
		}
	}
	if listed.Proven() || !told.Proven() || !listed.Heard(by+5, by, ref(by+2)).Proven() {
		t.Error("a list's silence proves nothing; a time of dispatch, and the silence of another system, do")
	}
	fs := rule.Facts{}
	order.DispatchFacts(fs, order.Order{Attrs: order.Attrs{}.WithDispatch()}, &told, by+1)
	if missed, ok := order.FactPromiseMissed.Get(fs); !ok || !missed {
		t.Error("the record does not tell that it is late")
	}
	held, err := told.Postpone(by, nil, order.ByCustomer)
	if err != nil {
		t.Fatal(err)
	}
	fs = rule.Facts{}
	order.DispatchFacts(fs, order.Order{Attrs: order.Attrs{}.WithDispatch()}, &held, by+1)
	if h, _ := order.FactDispatchHeld.Get(fs); !h || len(fs["order.promise_missed"]) > 0 {
		t.Errorf("held back for the customer: %v", fs)
	}
}

// A time is moved on by agreement while it is not over, never back; nothing is promised any more only where the customer asked for it.
func TestDispatchIsPostponed(t *testing.T) {
	const by = clock.Instant(1000)
	d := order.Promised(order.Line{ID: 1}, by, nil, false)
	for what, c := range map[string]struct {
		d     order.Dispatch
		now   clock.Instant
		until *clock.Instant
		why   order.Release
		key   string
	}{
		"agreed": {d, by, ref(by + 1), "", ""}, "by the customer": {d, by, nil, order.ByCustomer, ""}, "no time": {d, by, nil, "", "order.dispatch_until"},
		"the same time": {d, by, ref(by), "", "order.dispatch_earlier"}, "too late": {d, by + 1, ref(by + 9), "", "order.dispatch_over"},
		"left": {order.Promised(order.Line{ID: 1}, by, ref(by-1), false), by, ref(by + 9), "", "order.dispatch_over"},
		"over": {d.End(order.DispatchReleased, order.ByCancelled, 0), by, ref(by + 9), "", "order.dispatch_over"},
	} {
		next, err := c.d.Postpone(c.now, c.until, c.why)
		if key := ""; err != nil {
			if key = errs.As(err).Key; key != c.key {
				t.Errorf("%s: %s, want %s", what, key, c.key)
			}
			continue
		}
		if c.key != "" || c.until != nil && (next.ShipBy != *c.until || *next.DueAt != *c.until) || c.until == nil && next.State != order.DispatchReleased {
			t.Errorf("%s: %+v", what, next)
		}
	}
}

func TestDispatchRoundTrip(t *testing.T) {
	casetest.Each(t, func(t *testing.T, g *casetest.Ground) {
		o := full(g, "990000000000000022")
		first, second, third := lined(o, 1), lined(o, 2), lined(o, 3)
		put(t, g, o, first, second, third)
		at := func(n clock.Instant) clock.Instant { return dbtest.Start + n }
		a, b, c := order.Promised(first, at(10), nil, false), order.Promised(second, at(5), ref(at(7)), true), order.Promised(third, at(1), nil, true)
		g.Batch(t, func(_ *db.Tx, batch *db.Batch) { order.InsertDispatch(batch, []order.Dispatch{a, b, c}) })
		all := func() []order.Dispatch {
			return casetest.See(t, g, func(tx *db.Tx) ([]order.Dispatch, error) { return order.Dispatches(tx, g.Shop.ID, o.ID) })
		}
		if d := cmp.Diff([]order.Dispatch{a, b, c}, all()); d != "" {
			t.Error(d)
		}
		due := func(before clock.Instant, after order.Dispatch) (out []int64) {
			for _, d := range casetest.See(t, g, func(tx *db.Tx) ([]order.Dispatch, error) {
				return order.DispatchesDue(tx, g.Shop.ID, before, after, 10)
			}) {
				out = append(out, int64(d.ShipBy-dbtest.Start))
			}
			return out
		}
		if d := cmp.Diff([]int64{5, 10}, due(at(11), order.Dispatch{})); d != "" { // not the one whose list says nothing
			t.Error(d)
		}
		if d := cmp.Diff([]int64{5}, due(at(10), order.Dispatch{})); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]int64{10}, due(at(11), b)); d != "" {
			t.Error(d)
		}
		known := casetest.See(t, g, func(tx *db.Tx) (map[string]order.Known, error) {
			return order.KnownOrders(tx, g.Shop.ID, "taobao", []string{o.OrderNo})
		})
		if p := known[o.OrderNo].Promises; len(p) != 3 || p[0].LineNo+p[1].LineNo+p[2].LineNo != 6 {
			t.Errorf("known: %+v", p)
		}
		g.Batch(t, func(_ *db.Tx, batch *db.Batch) {
			order.Left(batch, g.Shop.ID, o.ID, at(12))
			b = order.SaveDispatch(batch, b.End(order.DispatchMissed, "", 0))
		})
		now := all()
		if *now[0].ShippedAt != at(12) || *now[2].DueAt != at(1) || now[1].State != order.DispatchMissed || *now[1].ShippedAt != at(7) || now[1].Version != 2 {
			t.Errorf("%+v", now)
		}
		casetest.WantStale(t, g.TryBatch(t, func(_ *db.Tx, batch *db.Batch) { order.SaveDispatch(batch, a.End(order.DispatchKept, "", 0)) }))
	})
}
