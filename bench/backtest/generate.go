package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// different is how many decisions differ in more than their ids.
const different = 20_000

// decisions are made by the real engine from the facts that orders and applications of such a shop have: goods that came
// one to ninety days ago, opened or not, half of them inspected, with the grounds and remedies as they come.
func decisions(a *app.App, sh shop.Shop) ([]policy.Stored, error) {
	cal, err := calendar.Load(sh.Calendar)
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(2026, 11, 21)
	book, err := a.Flow.Policies.BuiltIn().Book(policy.Binding{Law: []string{sh.Law}, Shop: sh.Pack}, today, today)
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(7, 7))
	out := make([]policy.Stored, 0, different)
	for range different {
		in := question(r, a.Flow.Policies.Vocabulary(), today)
		in.At, in.Calendar = cal.StartOf(today)+12*3600*1_000_000, cal
		d, err := book.Decide(in)
		if err != nil {
			return nil, err
		}
		s, err := policy.Record(sh.ID, 0, 0, d, in.Facts)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func question(r *rand.Rand, voc *rule.Vocabulary, today calendar.Date) rule.Input {
	in := rule.Input{Facts: rule.Facts{}, Stage: rule.AtApplication}
	if r.IntN(2) == 0 {
		in.Stage = rule.AtInspection
	}
	in.Ground = []string{"no_reason", "no_reason", "no_reason", "no_reason", "quality", "description_mismatch", "allergy", "wrong_item"}[r.IntN(8)]
	in.Remedy = []rule.Remedy{rule.RefundReturn, rule.RefundReturn, rule.RefundReturn, rule.Exchange}[r.IntN(4)]
	sent := today.AddDays(-r.IntN(3))
	put := func(name string, at rule.Stage, v rule.Value) {
		if def, _, ok := voc.Def(name); ok && at <= in.Stage {
			in.Facts.Put(name, max(at, min(def.Stage, in.Stage)), v)
		}
	}
	yes := func(percent int) rule.Value { return rule.BoolValue(r.IntN(100) < percent) }
	signed := sent.AddDays(-1 - r.IntN(90))
	put("order.channel", rule.AtOrder, rule.EnumValue("distance"))
	put("order.delivery", rule.AtOrder, rule.EnumValue("delivered"))
	put("order.paid_on", rule.AtOrder, rule.DateValue(signed.AddDays(-3)))
	put("line.category", rule.AtOrder, rule.EnumValue("cosmetics"))
	put("line.kind", rule.AtOrder, rule.EnumValue("ordinary"))
	put("line.signed_on", rule.AtOrder, rule.DateValue(signed))
	put("line.goods_amount", rule.AtOrder, rule.MoneyValue(int64(5000+r.IntN(40000))))
	put("line.outbound_freight", rule.AtOrder, rule.MoneyValue(int64(r.IntN(2)*800)))
	put("line.gift_value", rule.AtOrder, rule.MoneyValue(0))
	for _, no := range []string{"order.business", "line.exclusion_confirmed", "campaign.recorded", "order.free_shipping_lost"} {
		put(no, rule.AtOrder, rule.BoolValue(false))
	}
	put("goodwill.override", rule.AtApplication, rule.BoolValue(false))
	put("application.sent_on", rule.AtApplication, rule.DateValue(sent))
	opened := yes(30)
	put("goods.seal_broken", rule.AtApplication, opened)
	if opened.Bool() && r.IntN(4) > 0 { // sometimes she was not asked yet
		put("goods.opened_on", rule.AtApplication, rule.DateValue(signed))
	}
	put("goods.impaired", rule.AtApplication, yes(3))
	put("finding.defect", rule.AtApplication, yes(80))
	put("finding.mismatch", rule.AtApplication, yes(80))
	if in.Stage == rule.AtInspection {
		for _, f := range []string{"evidence.photo", "evidence.medical_certificate", "evidence.remaining_goods"} {
			put(f, rule.AtEvidence, yes(90))
		}
		put("goods.back_on", rule.AtReceipt, rule.DateValue(today))
		put("goods.seal_broken", rule.AtInspection, opened)
		put("goods.impaired", rule.AtInspection, yes(5))
		put("goods.gift_missing", rule.AtInspection, yes(0))
		put("finding.defect", rule.AtInspection, yes(80))
		put("finding.mismatch", rule.AtInspection, yes(80))
	}
	return in
}

const (
	base   = int64(1) << 60 // of the first order's id
	stride = 16             // the order's line, case, case line and decision are a few further
)

// around are the rows a decision hangs on; $1 is the shop, $2 … $3 are the lines, $4 the first id, $5 the present.
var around = []string{
	`insert into orders (id, shop_id, platform, order_no, channel, status, currency, freight_paid, ordered_at, version)
		select $4 + i * 16, $1, 'taobao', '99' || cast(1000000000000000 + i as text), 'distance', '交易成功', 'CNY', 0, $5 - i * 1000, 1 from step`,
	`insert into order_line (id, shop_id, order_id, line_no, sku, title, category, quantity, unit_price, net, claimed, version)
		select $4 + i * 16 + 1, $1, $4 + i * 16, 1, 'CO-' || cast(1000 + i % 397 as text), '保湿精华 30ml', 'cosmetics', 1, 26800, 26800, 1, 1 from step`,
	`insert into cases (id, shop_id, number, platform, channel, class, status, opened_at, version)
		select $4 + i * 16 + 2, $1, 'A' || cast(10000000 + i as text), 'taobao', 'chat', 'return_exchange', 'closed', $5 - i * 1000, 1 from step`,
	`insert into case_line (id, shop_id, case_id, order_id, order_line_id, quantity, ground, remedy, state, status, applied_on, version)
		select $4 + i * 16 + 3, $1, $4 + i * 16 + 2, $4 + i * 16, $4 + i * 16 + 1, 1, 'no_reason', 'refund_return', 'approved', 'done', '2026-11-21', 1 from step`,
}

// rows writes the lines, a chunk at a time.
func rows(ctx context.Context, a *app.App, shopID id.ID, pool []policy.Stored, n int) error {
	const most = 5_000
	for from := 0; from < n; from += most {
		to := min(from+most, n) - 1
		err := a.DB.Write(ctx, func(tx *db.Tx) error {
			for _, q := range around {
				// every statement names all five parameters, so that both engines know their types
				if _, err := tx.Exec(`with recursive step(i) as (select cast($2 as bigint) union all select i + 1 from step where i < $3 and cast($1 as bigint) + cast($4 as bigint) + cast($5 as bigint) <> 0) `+q,
					shopID, from, to, base, tx.Now); err != nil {
					return err
				}
			}
			return tx.Batch(func(b *db.Batch) {
				for i := from; i <= to; i++ {
					s := pool[i%len(pool)]
					first := id.ID(base + int64(i)*stride)
					s.ID, s.CaseID, s.LineID = first+4, first+2, first+3
					policy.Insert(b, s)
				}
			})
		})
		if err != nil {
			return fmt.Errorf("lines %d to %d: %w", from, to, err)
		}
	}
	return nil
}
