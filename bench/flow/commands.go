package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// slot is one open line: an order with units enough, and the case that is open on it now.
type slot struct {
	sold id.ID // order line
	view flow.View
}

// statement is one that wrote, with its arguments; write is what one command wrote.
type statement struct {
	q    string
	args []any
}

type write struct {
	no         int64 // in the order in which they were done
	statements []statement
}

// client gives commands to lines of its own, one after the other.
type client struct {
	slots   []slot
	r       *rand.Rand
	now     []statement // of the command that is being given
	written []write
	count   map[string]int
}

type clientKey struct{}

// side is a shop with open lines and the clients that work on them.
type side struct {
	app     *app.App
	shop    id.ID
	clients []*client
	count   map[string]int // commands given, by what they were
	seq     atomic.Int64
	serial  atomic.Int64
}

var boss = flow.Actor{Name: "bench", Supervisor: true, Finance: true}

func prepare(ctx context.Context, dir string, g ground, o options) (*side, error) {
	s := &side{count: map[string]int{}}
	for i := range o.clients {
		s.clients = append(s.clients, &client{r: rand.New(rand.NewPCG(1, uint64(i))), count: map[string]int{}})
	}
	var err error
	open := func() {
		s.app, err = app.Open(ctx, app.Config{Data: filepath.Join(dir, "data"), DB: g.url(), Log: slog.New(slog.DiscardHandler),
			Database: db.Options{OnHold: func(db.Hold) {}, Trace: trace}})
	}
	if open(); err != nil {
		return nil, err
	}
	if err := errors.Join(s.sell(ctx, o.lines), s.app.Close()); err != nil {
		return nil, err
	}
	if err := g.copy(ctx); err != nil {
		return nil, err
	}
	open()
	return s, err
}

// trace writes down what the command of a client writes; reads are ours alone to make.
func trace(ctx context.Context, q string, args []any) {
	c, _ := ctx.Value(clientKey{}).(*client)
	if c == nil || strings.HasPrefix(strings.ToLower(strings.TrimSpace(q)), "select") {
		return
	}
	c.now = append(c.now, statement{q, args})
}

// sell opens a shop, records orders, opens a case on each and leads it some of its way.
func (s *side) sell(ctx context.Context, lines int) error {
	sh, err := s.app.OpenShop(ctx, shop.NewShop{Code: "bench", Name: "bench", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		shop.NewWarehouse{Code: "guangzhou", Name: "guangzhou"})
	if err != nil {
		return err
	}
	s.shop = sh.ID
	cal, err := calendar.Load(sh.Calendar)
	if err != nil {
		return err
	}
	now := s.app.Clock.Now()
	paid, signed := now.Add(-5*24*time.Hour), cal.DateOf(now).AddDays(-3)
	const units = 1_000
	return s.each(func(n int, c *client) error {
		for i := n; i < lines; i += len(s.clients) {
			no := fmt.Sprintf("99%016d", i)
			r, err := s.app.Flow.RecordOrder(ctx, boss, sh.ID, flow.NewOrder{Platform: "taobao", OrderNo: no, Buyer: flow.Buyer{Key: fmt.Sprint("buyer", i)},
				Channel: order.Distance, Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &paid, SignedOn: &signed,
				Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "头层牛皮浅口单鞋", Category: "shoes", Quantity: units, UnitPrice: 26900, Net: 26900 * units}},
				Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Reference: no, Captured: 26900 * units}}})
			if err != nil {
				return err
			}
			c.slots = append(c.slots, slot{sold: r.Lines[0].ID})
			l := &c.slots[len(c.slots)-1]
			if err := s.apply(ctx, l); err != nil {
				return err
			}
			for range c.r.IntN(10) { // lines are everywhere on their way
				if _, err := s.command(ctx, c.r, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// each runs f for every client, side by side.
func (s *side) each(f func(n int, c *client) error) error {
	failed := make([]error, len(s.clients))
	var wg sync.WaitGroup
	for n, c := range s.clients {
		wg.Go(func() { failed[n] = f(n, c) })
	}
	wg.Wait()
	return errors.Join(failed...)
}

func (s *side) apply(ctx context.Context, l *slot) (err error) {
	l.view, err = s.app.Flow.Apply(ctx, boss, s.shop, flow.Application{Channel: "chat", Note: "38码有点挤脚，没穿出去", Progress: "待寄回",
		Lines: []flow.Asked{{OrderLineID: l.sold, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return",
			Facts: facts("goods.worn", false, "goods.tag_removed", false)}}})
	return err
}

// commands has every client give commands for so long and is how many a second were done.
func (s *side) commands(ctx context.Context, length time.Duration) (float64, error) {
	begin := time.Now()
	before := s.seq.Load()
	err := s.each(func(_ int, c *client) error {
		ctx := context.WithValue(ctx, clientKey{}, c)
		for time.Since(begin) < length {
			l := &c.slots[c.r.IntN(len(c.slots))]
			c.now = nil
			what, err := s.command(ctx, c.r, l)
			if errs.CodeOf(err) == errs.Conflict && what != "apply" {
				c.count["(refused)"]++
				l.view, err = s.app.Flow.View(ctx, s.shop, l.view.Case.ID)
				if err == nil {
					continue
				}
			}
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			c.count[what]++
			c.written = append(c.written, write{s.seq.Add(1), c.now})
		}
		return nil
	})
	return float64(s.seq.Load()-before) / time.Since(begin).Seconds(), err
}

// forget is what the clients wrote since it was last asked.
func (s *side) forget() (written [][]write) {
	for _, c := range s.clients {
		written = append(written, c.written)
		c.written = nil
		for what, n := range c.count {
			s.count[what] += n
		}
		clear(c.count)
	}
	return written
}

// print says what the commands were.
func (s *side) print() {
	for _, what := range slices.SortedFunc(maps.Keys(s.count), func(a, b string) int { return cmp.Compare(s.count[b], s.count[a]) }) {
		fmt.Printf("%s %d, ", what, s.count[what])
	}
	fmt.Println()
}

// weights say how often a command is taken where it is allowed; those that are not here are not given. What leads on is taken most.
var weights = map[flow.Command]int{flow.Approve: 12, flow.FillWaybill: 12, flow.SignFor: 8, flow.Receive: 12, flow.Inspect: 12, flow.ApproveMoney: 12, flow.Start: 8, flow.Confirm: 8,
	flow.Announce: 8, flow.Responsible: 1, flow.Cancel: 1, flow.Refuse: 1, flow.Dispute: 1, flow.ReturnMoney: 1, flow.Reopen: 4}

// command gives a random command that the line allows, or opens the next case where this one is over.
func (s *side) command(ctx context.Context, r *rand.Rand, l *slot) (string, error) {
	v := l.view
	var choice []flow.Command
	for _, c := range v.Lines[0].Allowed {
		for range weights[c] {
			choice = append(choice, c)
		}
	}
	if v.Case.Status == cases.Closed || len(choice) == 0 {
		return "apply", s.apply(ctx, l)
	}
	c := choice[r.IntN(len(choice))]
	v, err := s.give(ctx, c, v)
	if err == nil {
		l.view = v
	}
	return string(c), err
}

func (s *side) give(ctx context.Context, c flow.Command, v flow.View) (flow.View, error) {
	f, l := s.app.Flow, v.Lines[0]
	var parcel, money id.ID
	if n := len(v.Movements); n > 0 {
		parcel = v.Movements[n-1].ID
	}
	var minor int64
	for _, m := range v.Settlements {
		if m.State != settle.Settled && m.State != settle.Voided {
			money, minor = m.ID, m.Minor
		}
	}
	switch no := s.serial.Add(1); c {
	case flow.Approve:
		return f.Approve(ctx, boss, s.shop, l.ID, l.Version)
	case flow.FillWaybill:
		return f.FillWaybill(ctx, boss, s.shop, parcel, 0, flow.Waybill{Carrier: "圆通", Waybill: fmt.Sprintf("YT%013d", no)})
	case flow.SignFor:
		return f.SignFor(ctx, boss, s.shop, parcel, 0, nil)
	case flow.Receive:
		return f.Receive(ctx, boss, s.shop, parcel, 0, flow.Opening{Counts: []flow.Count{{LineID: l.ID, Arrived: 1}}})
	case flow.Inspect:
		return f.Inspect(ctx, boss, s.shop, l.ID, 0, intact, "")
	case flow.ApproveMoney:
		return f.ApproveMoney(ctx, boss, s.shop, money, 0)
	case flow.ReturnMoney:
		return f.ReturnMoney(ctx, boss, s.shop, money, 0, "再看一下")
	case flow.Start:
		return f.Start(ctx, boss, s.shop, money, 0)
	case flow.Confirm:
		return f.Confirm(ctx, boss, s.shop, money, 0, settle.Confirmation{ExternalNo: fmt.Sprint("X", no), Minor: minor, At: s.app.Clock.Now(), Proof: "截图"})
	case flow.Announce:
		return f.Announce(ctx, boss, s.shop, l.ID, 0)
	case flow.Responsible:
		return f.SetResponsible(ctx, boss, s.shop, l.ID, 0, []string{"shop", "customer", "supplier"}[no%3])
	case flow.Cancel:
		return f.Cancel(ctx, boss, s.shop, l.ID, 0, "顾客不退了")
	case flow.Refuse:
		return f.Refuse(ctx, boss, s.shop, parcel, 0, "外包装湿了")
	case flow.Dispute:
		return f.Dispute(ctx, boss, s.shop, l.ID, 0, "平台介入")
	case flow.Reopen:
		return f.Reopen(ctx, boss, s.shop, l.ID, 0, "顾客又来了")
	}
	return v, fmt.Errorf("nobody knows how to give %s", c)
}

func facts(pairs ...any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = json.RawMessage(fmt.Sprint(pairs[i+1]))
	}
	return out
}

var intact = facts("goods.worn", false, "goods.resaleable", true, "goods.tag_removed", false, "goods.inner_pack_missing", false, "goods.soiled", false,
	"goods.parts_missing", false, "goods.impaired", false, "goods.gift_missing", false)
