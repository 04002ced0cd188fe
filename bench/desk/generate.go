package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/term"
)

// Every case has an id of its own ten thousand numbers: its order, line, payment … are a few further.
const stride = 16

// statements make the rows of cases $2 … $3; $1 is the shop, $4 the first id, $5 the present. Three in ten cases are
// open; six in ten of these have a deadline within ten days before or after.
var statements = []string{
	`insert into orders (id, shop_id, platform, order_no, customer_id, channel, status, currency, freight_paid, ordered_at, version)
		select $4 + i * 16 + 1, $1, 'taobao', '99' || cast(1000000000000000 + i as text), $4 + (i / 5) * 5 * 16, 'distance', '交易成功', 'CNY', 0, $5 - i * 1000, 1 from step`,
	`insert into order_line (id, shop_id, order_id, line_no, sku, title, category, quantity, unit_price, net, claimed, version)
		select $4 + i * 16 + 2, $1, $4 + i * 16 + 1, 1, 'SH-' || cast(2400 + i % 97 as text), '头层牛皮浅口单鞋', 'shoes', 1, 26900, 26900, 1, 1 from step`,
	`insert into cases (id, shop_id, number, platform, customer_id, channel, class, status, flag, assignee, due_at, due_kind, to_receive, to_pay, to_approve, opened_at, version)
		select $4 + i * 16 + 3, $1, 'A' || cast(10000000 + i as text), 'taobao', $4 + (i / 5) * 5 * 16, 'chat', 'return_exchange',
			case when i % 10 < 7 then 'closed' when i % 100 < 75 then 'unassigned' when i % 100 < 81 then 'ours' when i % 100 < 90 then 'customer'
				when i % 100 < 93 then 'carrier' when i % 100 < 96 then 'approval' else 'money' end,
			'red', case when i % 100 < 75 and i % 100 >= 70 then '' else 'p' || cast(i % 40 as text) end,
			case when i % 10 < 7 or i / 10 % 10 < 4 then ` + never + ` else $5 + ((i * 7919) % 1728000 - 864000) * cast(1000000 as bigint) end,
			case when i % 10 < 7 or i / 10 % 10 < 4 then '' else 'send' end,
			i % 100 >= 76 and i % 100 < 81, i % 100 >= 96, i % 100 >= 93 and i % 100 < 96, $5 - i * 1000, 1 from step`,
	`insert into case_line (id, shop_id, case_id, order_id, order_line_id, quantity, ground, remedy, state, status, applied_on, version)
		select $4 + i * 16 + 4, $1, $4 + i * 16 + 3, $4 + i * 16 + 1, $4 + i * 16 + 2, 1, 'size_mismatch', 'refund_return', 'approved', 'awaiting', '2026-11-21', 1 from step`,
	`insert into settlement (id, shop_id, case_id, case_line_id, kind, route, amount, currency, state, responsible, decision_id, payout_no, created_at, version)
		select $4 + i * 16 + 5, $1, $4 + i * 16 + 3, $4 + i * 16 + 4, 'refund', 'marketplace', 26900, 'CNY',
			case when i % 100 < 70 then 'settled' when i % 500 < 496 then 'to_pay' else 'failed' end, 'customer', 1, 'P' || cast(i as text), $5, 1
		from step where i % 100 < 70 or i % 100 >= 96 and i % 200 < 100`,
}

var never = fmt.Sprint(int64(cases.Never))

// rows writes everything but texts, a chunk at a time.
func rows(ctx context.Context, a *app.App, shop id.ID, n int) error {
	base, now := int64(1)<<60, a.Clock.Now()
	const most = 20_000
	for from := 0; from < n; from += most {
		to := min(from+most, n) - 1
		err := a.DB.Write(ctx, func(tx *db.Tx) error {
			if err := people(tx, shop, base, from, to); err != nil {
				return err
			}
			for _, q := range statements {
				// every statement names all five parameters, so that both engines know their types
				if _, err := tx.Exec(`with recursive step(i) as (select cast($2 as bigint) union all select i + 1 from step where i < $3 and $1 + $4 + $5 <> 0) `+q,
					shop, from, to, base, now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// people writes a customer for every five cases, findable.
func people(tx *db.Tx, shop id.ID, base int64, from, to int) error {
	for i := (from + 4) / 5 * 5; i <= to; i += 5 * 200 {
		err := tx.Batch(func(b *db.Batch) {
			for k := i; k <= to && k < i+5*200; k += 5 {
				c := customer.Customer{ID: id.ID(base + int64(k)*stride), ShopID: shop, Platform: "taobao", BuyerKey: fmt.Sprint("b", k), Nick: nick(k), Phone: fmt.Sprintf("138****%04d", k%10_000)}
				customer.Insert(b, c, tx.Now)
				customer.Index(b, c)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func nick(k int) string { return vocabulary[k%len(vocabulary)] + vocabulary[(k*31+7)%len(vocabulary)] }

// vocabulary is made of the characters of the glossary: words of two, the first of them the most frequent.
var vocabulary = words()

func words() []string {
	var chars []rune
	for _, code := range slices.Sorted(maps.Keys(term.Words)) {
		for _, r := range term.Words[code].ZhCN {
			if unicode.Is(unicode.Han, r) && !slices.Contains(chars, r) {
				chars = append(chars, r)
			}
		}
	}
	r := rand.New(rand.NewPCG(3, 3))
	out := make([]string, 5000)
	for i := range out {
		out[i] = string([]rune{chars[r.IntN(len(chars))], chars[r.IntN(len(chars))]})
	}
	return out
}

// pick draws a word as often as a language uses its words: the nth about 1/n times as often as the first.
func pick(r *rand.Rand) int {
	return int(math.Exp(r.Float64()*math.Log(float64(len(vocabulary))))) - 1
}

// texts writes one message to every case, of four to twelve words.
func texts(ctx context.Context, a *app.App, shop id.ID, n int) error {
	r := rand.New(rand.NewPCG(5, 5))
	const most = 500
	for from := 0; from < n; from += most {
		err := a.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Batch(func(b *db.Batch) {
				for i := from; i < min(from+most, n); i++ {
					var s strings.Builder
					for k := range 4 + r.IntN(9) {
						if k > 0 && r.IntN(4) == 0 {
							s.WriteString("，")
						}
						s.WriteString(vocabulary[pick(r)])
					}
					first := int64(1)<<60 + int64(i)*stride
					chat.Insert(b, chat.Message{ID: id.ID(first + 6), ShopID: shop, CaseID: id.ID(first + 3), At: tx.Now, From: chat.Customer, Author: "小鱼", Channel: "chat", Text: s.String()})
				}
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
