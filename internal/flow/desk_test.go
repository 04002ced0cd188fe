package flow_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/search"
	"github.com/sanbao/sanbao/rule"
)

// What is due, and which desk has something to do, follow the case through its life.
func TestDeadlinesAndDesks(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
		stands := func(what string, v flow.View, kind cases.DueKind, w cases.Work) {
			t.Helper()
			if v.Case.DueKind != kind || (v.Case.DueAt == nil) != (kind == "") || v.Case.Work != w {
				t.Errorf("%s: due %v %q, work %+v; want %q, %+v", what, v.Case.DueAt, v.Case.DueKind, v.Case.Work, kind, w)
			}
			if err := standing(k.ctx(), k.f, k.shop.ID, v.Case.ID); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		stands("asked", v, "", cases.Work{})
		v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
		stands("agreed", v, cases.DueSend, cases.Work{})
		if by := v.Movements[0].SendBy; *v.Case.DueAt != endOf(t, by.String()) {
			t.Errorf("due %v, to be sent by %v", v.Case.DueAt, by)
		}
		v = k.ok(k.f.FillWaybill(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Waybill{Carrier: "圆通", Waybill: "YTDEMO0001"}))
		stands("sent", v, "", cases.Work{Receive: true})
		v = k.ok(k.f.Receive(k.ctx(), agent, k.shop.ID, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}}))
		stands("opened", v, "", cases.Work{Receive: true})
		v = k.ok(k.f.Inspect(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0, intact(), ""))
		stands("inspected", v, cases.DuePay, cases.Work{Approve: true})
		v = k.ok(k.f.ApproveMoney(k.ctx(), finance, k.shop.ID, v.Settlements[0].ID, 0))
		stands("approved", v, cases.DuePay, cases.Work{Pay: true})
		k.work()
		v = k.again(v)
		stands("paid", v, "", cases.Work{})
		if v.Case.Status != cases.Closed {
			t.Error(v.Case.Status)
		}
	})
}

func endOf(t *testing.T, day string) clock.Instant {
	t.Helper()
	d, err := time.ParseInLocation(time.DateOnly, day, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return clock.Of(d.AddDate(0, 0, 1))
}

// A database of before has neither deadlines nor search terms: the job makes both, in small steps, and may be run again.
func TestBackfill(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		for range 30 {
			o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
			v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
			v = k.ok(k.f.Approve(k.ctx(), agent, k.shop.ID, v.Lines[0].ID, 0))
			k.ok(k.f.Note(k.ctx(), agent, k.shop.ID, v.Case.ID, "顾客比较急", "", 0))
		}
		was := k.desk()
		if len(was.due) != 30 || len(was.notes) != 30 || len(was.people) != 1 {
			t.Fatalf("%+v", was)
		}
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) {
				for _, thing := range append(slices.Clone(was.notes), was.people...) {
					search.Drop(b, k.shop.ID, thing)
				}
				b.Exec(`update cases set due_at = $1, due_kind = '' where shop_id = $2`, cases.Never, k.shop.ID)
				for _, name := range []string{"desk_cases", "search_customers", "search_notes"} {
					b.Exec(`insert into backfill (shop_id, name) values ($1, $2)`, k.shop.ID, name)
				}
			})
		}))
		if bare := k.desk(); len(bare.due)+len(bare.notes)+len(bare.people) != 0 {
			t.Fatalf("%+v", bare)
		}
		for range 2 {
			k.must(k.f.StartBackfill(k.ctx()))
			k.work()
			if d := cmp.Diff(was, k.desk(), cmp.AllowUnexported(deskState{})); d != "" {
				t.Fatalf("(-before +filled):\n%s", d)
			}
		}
	})
}

type deskState struct {
	due           map[id.ID]clock.Instant
	notes, people []id.ID
}

func (k *kit) desk() (s deskState) {
	k.t.Helper()
	s.due = map[id.ID]clock.Instant{}
	k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
		all, err := cases.List(tx, k.shop.ID, "", 0, 100)
		for _, c := range all {
			if c.DueAt != nil {
				s.due[c.ID] = *c.DueAt
			}
		}
		if err == nil {
			s.notes, err = search.Find(tx, k.shop.ID, search.Notes, search.Parse("顾客比较急").Text, 0, 100)
		}
		if err == nil {
			s.people, err = search.Find(tx, k.shop.ID, search.Customers, search.Parse("王**").People[0], 0, 100)
		}
		return err
	}))
	return s
}

// A message is found, tells whoever looks, and leaves the case's version alone.
func TestSay(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		type told struct {
			of id.ID
			v  int64
		}
		var mu sync.Mutex
		var heard []told
		k.f.Changed = func(_, caseID id.ID, version int64) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, told{caseID, version})
		}
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return"})
		say := func(s flow.Said) chat.Message {
			t.Helper()
			m, err := k.f.Say(k.ctx(), agent, k.shop.ID, v.Case.ID, s)
			k.must(err)
			return m
		}
		a := say(flow.Said{From: chat.Customer, Text: "鞋底开胶了"})
		b := say(flow.Said{From: chat.Staff, Text: "亲，麻烦拍张照片", Channel: "phone"})
		if a.Author != "王**" || a.Channel != "chat" || b.Author != agent.Name || b.Channel != "phone" || a.At.IsZero() {
			t.Errorf("%+v, %+v", a, b)
		}
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
			last, err := chat.Last(tx, k.shop.ID, v.Case.ID, 1)
			if err != nil || len(last) != 1 || last[0] != b {
				t.Errorf("%+v, %v", last, err)
			}
			all, err := chat.OfCase(tx, k.shop.ID, v.Case.ID, 0, 10)
			if err != nil || !slices.Equal(all, []chat.Message{a, b}) {
				t.Errorf("%+v, %v", all, err)
			}
			strange, err := chat.OfCase(tx, id.New(), v.Case.ID, 0, 10)
			if err != nil || len(strange) != 0 {
				t.Errorf("another shop reads %+v, %v", strange, err)
			}
			found, err := search.Find(tx, k.shop.ID, search.Messages, search.Parse("开胶").Text, 0, 10)
			if err != nil || !slices.Equal(found, []id.ID{a.ID}) {
				t.Errorf("found %v, %v", found, err)
			}
			return nil
		}))
		if now := k.again(v); now.Case.Version != v.Case.Version {
			t.Errorf("version %d", now.Case.Version)
		}
		mu.Lock()
		if n := v.Case.Version; !slices.Equal(heard, []told{{v.Case.ID, n}, {v.Case.ID, n}, {v.Case.ID, n}}) {
			t.Errorf("%v", heard)
		}
		mu.Unlock()
		_, err := k.f.Say(k.ctx(), agent, k.shop.ID, v.Case.ID, flow.Said{From: chat.Staff, Text: " \n"})
		k.refused("chat.empty", err)
		_, err = k.f.Say(k.ctx(), agent, k.shop.ID, id.New(), flow.Said{From: chat.Staff, Text: "在吗"})
		k.refused("case.not_found", err)
		for _, q := range []string{`delete from message where shop_id = $1`, `update message set sender = 'system' where shop_id = $1`} {
			if err := k.f.DB.Write(k.ctx(), func(tx *db.Tx) error { _, err := tx.Exec(q, k.shop.ID); return err }); err == nil {
				t.Errorf("%s was taken", q)
			}
		}
		k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error { // what a privacy command will do
			_, err := tx.Exec(`update message set text = '', author = '' where shop_id = $1 and id = $2`, k.shop.ID, a.ID)
			return err
		}))
	})
}

// A buyer who is known already brings no second row, and no second entry of the index.
func TestAKnownBuyerIsFoundOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		c := customer.Customer{ShopID: k.shop.ID, Platform: "taobao", BuyerKey: "xiaoyu", Nick: "小鱼爱吃鱼"}
		var ids []id.ID
		for range 3 {
			c.ID = id.New()
			k.must(k.f.DB.Write(k.ctx(), func(tx *db.Tx) error {
				i, err := customer.Add(tx, c)
				ids = append(ids, i)
				return err
			}))
		}
		var found []id.ID
		k.must(k.f.DB.Read(k.ctx(), func(tx *db.Tx) (err error) {
			found, err = search.Find(tx, k.shop.ID, search.Customers, search.Parse("小鱼").Text, 0, 10)
			return err
		}))
		if !slices.Equal(found, ids[:1]) || ids[0] != ids[1] || ids[0] != ids[2] {
			t.Errorf("added as %v, found %v", ids, found)
		}
	})
}

// What if she had received it earlier, or the sole were off: records may be contradicted, nothing is written.
func TestWhatIf(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		o := k.sold(3, 0, []article{{"SH-2401", 26900, 1}})
		v := k.apply(flow.Asked{OrderLineID: o.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return", Facts: facts("goods.worn", false)})
		ask := func(h flow.Hypothesis) *rule.Decision {
			t.Helper()
			d, err := k.f.WhatIf(k.ctx(), k.shop.ID, v.Lines[0].ID, h)
			k.must(err)
			return d
		}
		if d := ask(flow.Hypothesis{}); d.Outcome != rule.Approve {
			t.Error(d.Outcome)
		}
		if d := ask(flow.Hypothesis{Facts: facts("line.signed_on", k.today(-20).String())}); d.Outcome != rule.Reject || d.Reason != "too_late" {
			t.Error(d.Outcome, d.Reason)
		}
		if d := ask(flow.Hypothesis{Ground: "quality", Facts: facts("finding.defect", true)}); d.Ground != "quality" || d.Outcome == rule.Reject {
			t.Error(d.Outcome, d.Ground)
		}
		if d := ask(flow.Hypothesis{Remedy: "exchange"}); d.Remedy != rule.Exchange {
			t.Error(d.Remedy)
		}
		if d := ask(flow.Hypothesis{Facts: facts("order.delivery", nil)}); d.Outcome != rule.NeedFacts {
			t.Error(d.Outcome)
		}
		_, err := k.f.WhatIf(k.ctx(), k.shop.ID, v.Lines[0].ID, flow.Hypothesis{Facts: facts("no.such", 1, "goods.worn", "perhaps")})
		if e := errs.As(err); e == nil || len(e.Fields) != 2 || e.Code != errs.Invalid {
			t.Error(err)
		}
		_, err = k.f.WhatIf(k.ctx(), id.New(), v.Lines[0].ID, flow.Hypothesis{})
		if errs.CodeOf(err) != errs.NotFound {
			t.Error(err)
		}
		if now := k.again(v); now.Case.Version != v.Case.Version || !errors.Is(standing(k.ctx(), k.f, k.shop.ID, v.Case.ID), nil) {
			t.Error("something was written")
		}
	})
}
