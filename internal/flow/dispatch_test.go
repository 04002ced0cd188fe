package flow_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
)

// mall is a shop of shoes that has joined the marketplace's commitments, with the job that finds late orders.
func (k *kit) mall() {
	k.t.Helper()
	k.shop = k.opens("mall", "marketplace-commitments")
	k.must(k.f.StartDispatch(k.ctx()))
}

// dueIn is an order of articles that were promised to leave in some time from now.
func (k *kit) dueIn(in time.Duration, articles ...article) flow.Recorded {
	k.t.Helper()
	k.shipBy = k.clock.Now().Add(in)
	defer func() { k.shipBy = 0 }()
	return k.sold(0, 800, articles)
}

// late looks for what left too late, a quarter of an hour after the last look.
func (k *kit) late() {
	k.t.Helper()
	k.clock.Advance(15 * time.Minute)
	k.work()
}

// lateLines are what an article's lateness brought, oldest first.
func (k *kit) lateLines(orderLineID id.ID) (out []line.Line) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		out, err = line.OfOrderLine(tx, k.shop.ID, orderLineID)
		return err
	}))
	return out
}

func (k *kit) orderNow(orderID id.ID) (r flow.Recorded) {
	k.t.Helper()
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
		if r.Order, err = order.Get(tx, k.shop.ID, orderID); err == nil {
			r.Dispatch, err = order.Dispatches(tx, k.shop.ID, orderID)
		}
		return err
	}))
	return r
}

func (k *kit) viewOf(l line.Line) flow.View {
	k.t.Helper()
	return k.ok(k.f.View(k.ctx(), k.shop.ID, l.CaseID))
}

// S1-108: each article that left too late is found by itself and brings five percent of its price, one yuan at least, thirty at most; on the very
// instant it was in time. Nobody has to agree where the record proves it. Looked at twice, or sent after that, it brings nothing more.
func TestLateDispatchFindsItself(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.mall()
		var all []article
		for _, net := range []int64{1999, 2000, 2010, 26900, 59980, 60000, 120000} {
			all = append(all, article{fmt.Sprintf("S-%d", net), net, 1})
		}
		slow, punctual := k.dueIn(time.Hour, all...), k.dueIn(time.Hour, article{"IN-TIME", 26900, 1})
		ship := k.clock.Now().Add(time.Hour)
		k.clock.Advance(time.Hour + time.Second)
		_, err := k.f.Deliver(k.ctx(), agent, k.shop.ID, punctual.Order.ID, 0, flow.Delivery{ShippedAt: &ship})
		k.must(err)
		late := k.clock.Now()
		_, err = k.f.Deliver(k.ctx(), agent, k.shop.ID, slow.Order.ID, 0, flow.Delivery{ShippedAt: &late})
		k.must(err)
		k.late()
		if got := k.lateLines(punctual.Lines[0].ID); len(got) != 0 || k.orderNow(punctual.Order.ID).Dispatch[0].State != order.DispatchKept {
			t.Errorf("sent on the very instant: %+v", got)
		}
		want := []int64{100, 100, 101, 1345, 2999, 3000, 3000}
		var caseID id.ID
		for range 2 {
			for i, l := range slow.Lines {
				got := k.lateLines(l.ID)
				if len(got) != 1 || got[0].State != line.Approved {
					t.Fatalf("%s: %+v", l.SKU, got)
				}
				v := k.viewOf(got[0])
				if caseID = v.Case.ID; len(v.Settlements) != len(want) || v.Settlements[i].Minor != want[i] || v.Settlements[i].Kind != settle.Compensation {
					t.Errorf("%s: %d, want %d", l.SKU, v.Settlements[i].Minor, want[i])
				}
			}
			k.late()
		}
		for _, d := range k.orderNow(slow.Order.ID).Dispatch {
			if d.State != order.DispatchMissed || d.CaseID != caseID {
				t.Errorf("%+v", d)
			}
		}
		_, err = k.f.Apply(k.ctx(), agent, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: slow.Lines[0].ID, Quantity: 1, Ground: "late_dispatch", Remedy: "compensation"}}})
		k.refused("flow.late_claimed", err)
		k.must(standing(k.ctx(), k.f, k.shop.ID, caseID))
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, slow.Order.ID))
	})
}

// Never sent: what lateness brings, and the money beside it, in either order; sent after all, nothing more (S1-108, CPL-53).
func TestNeverSentBringsBoth(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.mall()
		r := k.dueIn(time.Hour, article{"SH-3507", 35900, 1})
		k.clock.Advance(time.Hour)
		k.work()
		if got := k.lateLines(r.Lines[0].ID); len(got) != 0 {
			t.Fatalf("at the very instant: %+v", got)
		}
		k.late()
		v := k.viewOf(k.lateLines(r.Lines[0].ID)[0])
		if due := v.Settlements[0].DueOn; due == nil || *due != *k.today(15) || v.Case.DueKind != cases.DuePay {
			t.Errorf("what has no day of its own is paid before the delay counts as wilful (PEN-8): %v, due %s", due, v.Case.DueKind)
		}
		if v.Settlements[0].Minor != 1795 || v.Case.Channel != "platform" || v.Case.Assignee != "" {
			t.Fatalf("%+v", v)
		}
		back := k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "late_dispatch", Remedy: "refund_only"})
		if len(back.Settlements) == 0 || back.Settlements[0].Minor != 36700 {
			t.Fatalf("the money, with freight: %+v", back.Settlements)
		}
		at := k.clock.Now()
		_, err := k.f.Deliver(k.ctx(), agent, k.shop.ID, r.Order.ID, 0, flow.Delivery{ShippedAt: &at})
		k.must(err)
		k.late()
		if got := k.lateLines(r.Lines[0].ID); len(got) != 2 {
			t.Errorf("sent after all: %+v", got)
		}
		if d := k.orderNow(r.Order.ID).Dispatch[0]; d.ShippedAt == nil || d.State != order.DispatchMissed {
			t.Errorf("%+v", d)
		}

		// the other way round: her money back was asked for after the time was over, and before anybody looked
		r = k.dueIn(time.Hour, article{"SH-3507", 35900, 2})
		k.clock.Advance(time.Hour + time.Second)
		k.apply(flow.Asked{OrderLineID: r.Lines[0].ID, Quantity: 2, Ground: "late_dispatch", Remedy: "refund_only"})
		k.late()
		got := k.lateLines(r.Lines[0].ID)
		if len(got) != 2 || k.viewOf(got[1]).Settlements[0].Minor != 1795 || got[1].Quantity != 2 {
			t.Errorf("beside a refund: %+v", got)
		}
		k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
	})
}

// What does not count as late (S1-108): the customer's own delay, a later day agreed with her, a presale until its day, and what was taken back
// before it was due, by her or on the platform.
func TestLateDispatchExclusions(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.mall()
		sold := map[string]flow.Recorded{}
		for _, what := range []string{"held back", "agreed", "presale", "taken back", "one of three taken back", "closed on the platform"} {
			n := int64(1)
			if strings.HasPrefix(what, "one") {
				n = 3
			}
			sold[what] = k.dueIn(time.Hour, article{"SH", 20000 * n, n})
		}
		later := k.clock.Now().Add(48 * time.Hour)
		for what, p := range map[string]flow.Postponement{"held back": {Why: "customer"}, "agreed": {Why: "agreed", Until: &later, Lines: []int64{1}, Note: "聊天里约好周一发"}, "presale": {Why: "presale", Until: &later}} {
			_, err := k.f.Postpone(k.ctx(), agent, k.shop.ID, sold[what].Order.ID, p)
			k.must(err)
		}
		k.apply(flow.Asked{OrderLineID: sold["taken back"].Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"})
		k.apply(flow.Asked{OrderLineID: sold["one of three taken back"].Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"})
		_, err := k.f.Deliver(k.ctx(), agent, k.shop.ID, sold["closed on the platform"].Order.ID, 0, flow.Delivery{Status: "交易关闭"})
		k.must(err)
		k.clock.Advance(time.Hour)
		k.late()
		states := map[string]order.DispatchState{"held back": order.DispatchReleased, "agreed": order.DispatchOpen, "presale": order.DispatchOpen, "taken back": order.DispatchReleased,
			"one of three taken back": order.DispatchMissed, "closed on the platform": order.DispatchReleased}
		for what, want := range states {
			if d := k.orderNow(sold[what].Order.ID).Dispatch[0]; d.State != want || (d.CaseID != 0) != (want == order.DispatchMissed) {
				t.Errorf("%s: %+v", what, d)
			}
		}
		got := k.lateLines(sold["one of three taken back"].Lines[0].ID)
		if v := k.viewOf(got[1]); got[1].Quantity != 2 || v.Settlements[0].Minor != 2000 {
			t.Errorf("two of three were late: %+v", v.Settlements)
		}
		_, err = k.f.Postpone(k.ctx(), agent, k.shop.ID, sold["one of three taken back"].Order.ID, flow.Postponement{Why: "agreed", Until: &later})
		k.refused("flow.no_dispatch", err)
		_, err = k.f.Postpone(k.ctx(), agent, k.shop.ID, sold["agreed"].Order.ID, flow.Postponement{Why: "agreed", Until: &later})
		k.refused("order.dispatch_earlier", err)

		v := k.apply(flow.Asked{OrderLineID: sold["held back"].Lines[0].ID, Quantity: 1, Ground: "late_dispatch", Remedy: "compensation"})
		if v.Lines[0].State != line.Rejected {
			t.Errorf("asked for all the same: %s", v.Lines[0].State)
		}
		k.clock.Advance(48 * time.Hour)
		k.late()
		for _, what := range []string{"agreed", "presale"} {
			if got := k.lateLines(sold[what].Lines[0].ID); len(got) != 1 {
				t.Errorf("%s, and late after that: %+v", what, got)
			}
		}
	})
}

// Without the marketplace's commitments nothing is promised for lateness, and no case is opened; two nodes open one case, not two.
func TestLateDispatchOnceAndOnlyWherePromised(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.must(k.f.StartDispatch(k.ctx()))
		r := k.dueIn(time.Hour, article{"SH", 20000, 1})
		k.clock.Advance(time.Hour)
		k.late()
		if d := k.orderNow(r.Order.ID).Dispatch[0]; d.State != order.DispatchMissed || d.CaseID != 0 || len(k.lateLines(r.Lines[0].ID)) != 0 {
			t.Errorf("no promise: %+v", d)
		}

		k.mall()
		var all []flow.Recorded
		for range 12 {
			all = append(all, k.dueIn(time.Hour, article{"SH", 20000, 1}))
		}
		k.clock.Advance(time.Hour + time.Second)
		var done sync.WaitGroup
		fail := make(chan error, 3)
		for range 3 {
			done.Go(func() {
				for _, r := range all {
					if err := k.f.DispatchOf(k.ctx(), k.shop.ID, r.Order.ID); err != nil {
						fail <- err
						return
					}
				}
			})
		}
		done.Wait()
		close(fail)
		for err := range fail {
			t.Fatal(err)
		}
		for _, r := range all {
			if got := k.lateLines(r.Lines[0].ID); len(got) != 1 {
				t.Errorf("%d cases for one article", len(got))
			}
		}
	})
}

// An order list that does not know the parcel yet may only be old: nothing is claimed before a later list repeats it, and then an agent looks.
// One that names the time it left proves it.
func TestLateDispatchFromOrderLists(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.mall()
		const head = "主订单编号,子订单编号,选购商品,商品数量,商品金额,订单提交时间,订单应付金额,支付完成时间,承诺发货时间,预约发货时间,发货时间,订单状态,商家编码\n"
		row := func(sub, by, booked, shipped string) string {
			return fmt.Sprintf("690000001,%s,鞋,1,200.00,2026-11-20 10:00:00,200.00,2026-11-20 10:01:00,%s,%s,%s,待发货,S-%s\n", sub, by, booked, shipped, sub)
		}
		read := func(rows ...string) {
			t.Helper()
			text := head + strings.Join(rows, "")
			_, err := flow.ImportOrders(k.ctx(), k.f.DB, flow.Import{ShopID: k.shop.ID, Preset: "douyin", Actor: "tester",
				Orders: export.File{Name: "orders.csv", Data: strings.NewReader(text), Size: int64(len(text))}})
			k.must(err)
		}
		state := func() (out string) {
			k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
				o, err := order.ByNumber(tx, k.shop.ID, "douyin", "690000001")
				if err != nil {
					return err
				}
				for _, d := range k.orderNow(o.ID).Dispatch {
					out += fmt.Sprintf("%s %t ", d.State, d.CaseID != 0)
				}
				return nil
			}))
			return strings.TrimSpace(out)
		}
		// 10:00 on the 21st in China is an hour from now; the third article was booked by the customer for the day after
		by, day := "2026-11-21 10:00:00", "2026-11-22 10:00:00"
		read(row("a", by, "", ""), row("b", by, "", ""), row("c", by, day, ""))
		k.clock.Set(clock.Of(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)))
		k.late()
		if got := state(); got != "open false open false open false" {
			t.Fatalf("the list is only old: %s", got)
		}
		read(row("a", by, "", "2026-11-21 10:30:00"), row("b", by, "", ""), row("c", by, day, ""))
		k.late()
		if got := state(); got != "missed true missed true open false" {
			t.Fatalf("the next list: %s", got)
		}
		read(row("a", by, "", "2026-11-21 10:30:00"), row("b", by, "", "2026-11-21 09:59:00"), row("c", by, day, "2026-11-22 10:00:00"))
		k.clock.Set(clock.Of(time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)))
		k.late()
		if got := state(); got != "missed true missed true kept false" {
			t.Fatalf("the last list: %s", got)
		}
		lines := map[line.State]int{}
		var open line.Line
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
			o, err := order.ByNumber(tx, k.shop.ID, "douyin", "690000001")
			if err != nil {
				return err
			}
			ols, err := order.Lines(tx, k.shop.ID, o.ID)
			for _, ol := range ols {
				asked, err := line.OfOrderLine(tx, k.shop.ID, ol.ID)
				if err != nil {
					return err
				}
				for _, l := range asked {
					if lines[l.State]++; l.State == line.Requested {
						open = l
					}
				}
			}
			return err
		}))
		if lines[line.Approved] != 1 || lines[line.Requested] != 1 {
			t.Fatalf("one proven, one to look at: %v", lines)
		}
		if v := k.viewOf(open); v.Case.Status != cases.Ours && v.Case.Status != cases.Unassigned {
			t.Errorf("whose move: %s", v.Case.Status)
		}
	})
}

// What is late is found by the index of what is due, whatever else a shop has promised.
func TestLateDispatchWalksNoTable(t *testing.T) {
	var seen sync.Map
	url, clk := dbtest.URL(t, db.SQLite), dbtest.Clock()
	d, err := db.Open(t.Context(), db.Options{URL: url, Clock: clk, Trace: func(_ context.Context, q string, args []any) {
		if strings.Contains(q, "dispatch_promise") {
			seen.LoadOrStore(q, args)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	k, err := openKit(t, d, clk)
	if err != nil {
		t.Fatal(err)
	}
	k.shop = trialShop()
	k.must(openTrial(k.ctx(), d, k.shop))
	k.must(k.f.StartDispatch(k.ctx()))
	r := k.dueIn(time.Hour, article{"SH", 20000, 1})
	later := clk.Now().Add(2 * time.Hour)
	_, err = k.f.Postpone(k.ctx(), agent, k.shop.ID, r.Order.ID, flow.Postponement{Why: "agreed", Until: &later})
	k.must(err)
	clk.Advance(2 * time.Hour)
	k.late()
	if d := k.orderNow(r.Order.ID).Dispatch[0]; d.State != order.DispatchMissed {
		t.Fatalf("%+v", d)
	}
	_, err = k.f.Deliver(k.ctx(), agent, k.shop.ID, r.Order.ID, 0, flow.Delivery{ShippedAt: &later})
	k.must(err)
	k.must(d.Close())
	file, err := sql.Open("sqlite", strings.Replace(url, "sqlite:", "file:", 1))
	k.must(err)
	defer file.Close()
	n := 0
	seen.Range(func(q, args any) bool {
		for _, step := range explained(t, file, q.(string), args.([]any)) {
			if words := strings.Fields(step); words[0] == "SCAN" && words[1] != "CONSTANT" || strings.HasSuffix(step, "(shop_id=?)") {
				t.Errorf("%s:\n%s", step, q)
			}
		}
		n++
		return true
	})
	if n < 5 {
		t.Errorf("only %d statements were seen", n)
	}
}
