package flow_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/money"
)

// What concurrent refunds of one order are asked and answered.
type (
	refundAsked struct{ units int64 } // 0: how much can still be refunded?
	refundTold  struct {
		minor int64 // of the refund, or what is left
		no    bool  // refused: so many units are not there
		busy  bool  // others were quicker too often: nothing happened
	}
)

const linearUnits, linearNet = 9, 10_00 // nine do not divide it

// oneOrder is what refunds of an order must look like from outside: one after the other, each of the next units' price (money rules of units), never more
// than there are.
var oneOrder = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, in, out any) (bool, any) {
		gone, ask, told := state.(int64), in.(refundAsked), out.(refundTold)
		upTo := func(n int64) int64 {
			c, err := money.UpTo(linearNet, linearUnits, n)
			if err != nil {
				return -1
			}
			return c
		}
		switch {
		case told.busy:
			return true, gone
		case ask.units == 0:
			return told.minor == linearNet-upTo(gone), gone
		case gone+ask.units > linearUnits:
			return told.no, gone
		}
		return !told.no && told.minor == upTo(gone+ask.units)-upTo(gone), gone + ask.units
	},
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%+v → %+v", in, out) },
}

// Refunds of one order by several people at once are as if they came one after the other (linearizable), read from outside at any time; and the
// database's sums agree in the end. Refunds of 6 twice on 9: one of them is refused.
func TestConcurrentRefundsAreLinearizable(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			k := newTrial(t, dialect)
			busy, refused := 0, 0
			for round := range 12 {
				paid := k.clock.Now().Add(-time.Hour)
				r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: fmt.Sprint("L", round), Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
					Lines:    []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: linearUnits, UnitPrice: 112, Net: linearNet}},
					Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T", Captured: 600}, {Tender: "points", Route: settle.InKind, Captured: 400, Points: 77}}})
				k.must(err)
				history := k.together(r, 4, 5)
				if !porcupine.CheckOperations(oneOrder, history) {
					for _, op := range history {
						t.Logf("client %d, %d to %d: %s", op.ClientId, op.Call, op.Return, oneOrder.DescribeOperation(op.Input, op.Output))
					}
					t.Fatalf("round %d: no order of these explains the answers", round)
				}
				for _, op := range history {
					if told := op.Output.(refundTold); told.busy {
						busy++
					} else if told.no {
						refused++
					}
				}
				k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
			}
			k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
			if refused == 0 {
				t.Error("nothing was ever refused: the units were never short")
			}
			t.Logf("%d refused, %d told that others were quicker", refused, busy)
		})
	}
}

// together lets clients refund and read an order at once, each so many times, and records what they asked, were told, and when by a common count.
func (k *kit) together(r flow.Recorded, clients, times int) (history []porcupine.Operation) {
	var clock atomic.Int64
	var mu sync.Mutex
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for range times {
				ask := refundAsked{units: []int64{0, 1, 2, 6}[rand.IntN(4)]}
				op := porcupine.Operation{ClientId: c, Input: ask, Call: clock.Add(1)}
				told, err := k.refundOrLook(r, ask)
				op.Output, op.Return = told, clock.Add(1)
				if err != nil {
					k.t.Error(err)
					return
				}
				mu.Lock()
				history = append(history, op)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return history
}

func (k *kit) refundOrLook(r flow.Recorded, ask refundAsked) (told refundTold, err error) {
	if ask.units == 0 {
		err = k.f.DB.Read(k.ctx(), func(tx *db.Tx) error {
			ps, err := settle.Payments(tx, k.shop.ID, r.Order.ID)
			for _, p := range ps {
				told.minor += p.Captured - p.Pending - p.Refunded
			}
			return err
		})
		return told, err
	}
	v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: ask.units, Ground: "trial", Remedy: "refund_only",
		Facts: facts("trial.says", "none", "trial.at_once", true)}}})
	e := errs.As(err)
	switch {
	case err != nil && e.Key == "db.stale":
		return refundTold{busy: true}, nil
	case err != nil && e.Code != errs.Internal && e.Code != errs.Unavailable:
		return refundTold{no: true}, nil
	}
	for _, s := range v.Settlements {
		told.minor += s.Minor
	}
	return told, err
}

// The check finds what must not be: two of two refunds of 6 on 9 granted, a price that no order of the answers gives, and money seen again.
func TestLinearCheckBites(t *testing.T) {
	op := func(client int, ask, call, back int64, told refundTold) porcupine.Operation {
		return porcupine.Operation{ClientId: client, Input: refundAsked{ask}, Call: call, Return: back, Output: told}
	}
	for name, history := range map[string][]porcupine.Operation{
		"both granted":    {op(0, 6, 1, 3, refundTold{minor: 666}), op(1, 6, 2, 4, refundTold{minor: 334})},
		"another price":   {op(0, 1, 1, 2, refundTold{minor: 112})},
		"seen again":      {op(0, 1, 1, 2, refundTold{minor: 111}), op(1, 0, 3, 4, refundTold{minor: 1000})},
		"refused in vain": {op(0, 6, 1, 2, refundTold{no: true})},
	} {
		if porcupine.CheckOperations(oneOrder, history) {
			t.Errorf("%s was taken for right", name)
		}
	}
	if !porcupine.CheckOperations(oneOrder, []porcupine.Operation{op(0, 6, 1, 3, refundTold{minor: 666}), op(1, 6, 2, 4, refundTold{no: true})}) {
		t.Error("one granted and one refused was taken for wrong")
	}
}
