package flow_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// contenders give the same commands at the same moment.
const contenders = 16

// race gives commands side by side, contenders in all, and counts which succeeded. Every other has to be told that
// somebody was quicker: a conflict, never a fault.
func (k *kit) race(commands ...func() error) (won []int) {
	k.t.Helper()
	won = make([]int, len(commands))
	var (
		mu    sync.Mutex
		wrong []error
		wg    sync.WaitGroup
		start = make(chan struct{})
	)
	for i := range contenders {
		c := i % len(commands)
		wg.Go(func() {
			<-start
			err := commands[c]()
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won[c]++
			case errs.CodeOf(err) != errs.Conflict:
				wrong = append(wrong, fmt.Errorf("command %d: %w", c, err))
			}
		})
	}
	close(start)
	wg.Wait()
	if err := errors.Join(wrong...); err != nil {
		k.t.Fatal(err)
	}
	return won
}

// raced is a trial case with what a race needs to know of it.
func (k *kit) raced(says string, route settle.Route, lines ...string) (*dealt, flow.Recorded) {
	k.t.Helper()
	paid := k.clock.Now().Add(-72 * time.Hour)
	n := flow.NewOrder{OrderNo: id.New().String(), Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid, SignedOn: k.today(-2), SignedBy: "self"}
	for i := range lines {
		n.Lines = append(n.Lines, flow.NewOrderLine{SKU: fmt.Sprint(i), Title: "A", Category: "shoes", Quantity: 1, UnitPrice: 5000, Net: 5000})
	}
	n.Payments = []flow.NewPayment{{Tender: "t", Route: route, Reference: n.OrderNo, Captured: 5000 * int64(len(lines))}}
	r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, n)
	k.must(err)
	d := &dealt{k: k, turn: func(string, settle.Turn) {}}
	if says != "" {
		d.v, err = k.f.Apply(k.ctx(), boss, k.shop.ID, asked(r, says, lines...))
		k.must(err)
		d.line = d.v.Lines[0].ID
	}
	return d, r
}

// asked applies for every line of an order, each with its remedy.
func asked(r flow.Recorded, says string, remedies ...string) flow.Application {
	a := flow.Application{Channel: "chat"}
	for i, remedy := range remedies {
		a.Lines = append(a.Lines, flow.Asked{OrderLineID: r.Lines[i].ID, Quantity: 1, Ground: "trial", Remedy: remedy, Wanted: wanted(remedy),
			Facts: facts("trial.says", says, "trial.at_once", true)})
	}
	return a
}

// holds wants that each command of a race won so often, and everything kept agrees.
func (k *kit) holds(what string, d *dealt, r flow.Recorded, won []int, want ...int) {
	k.t.Helper()
	if fmt.Sprint(won) != fmt.Sprint(want) {
		k.t.Errorf("%s: won %v, want %v", what, won, want)
	}
	if d.v.Case.ID != 0 {
		k.must(d.refresh())
		k.must(standing(k.ctx(), k.f, k.shop.ID, d.v.Case.ID))
	}
	k.must(kept(k.ctx(), k.f.DB, k.shop.ID, r.Order.ID))
	k.must(balanced(k.ctx(), k.f.DB, k.shop.ID))
}

// Sixteen at once: exactly one has an effect, the others are told that somebody was quicker.
func TestOneWins(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		for range 5 {
			k.lastUnit()
			k.sameLine()
			k.sameSettlement()
			k.sameConfirmation()
			k.parcelAndMoney()
		}
	})
}

// lastUnit: all apply for the one unit that was sold.
func (k *kit) lastUnit() {
	k.t.Helper()
	d, r := k.raced("", settle.ByBank, "refund_return")
	won := k.race(func() error {
		_, err := k.f.Apply(k.ctx(), boss, k.shop.ID, asked(r, "agent", "refund_return"))
		return err
	})
	k.holds("the last unit", d, r, won, 1)
}

// sameLine: half agree to a line, half decline it or cancel it.
func (k *kit) sameLine() {
	k.t.Helper()
	d, r := k.raced("review", settle.ByBank, "refund_return")
	won := k.race(
		func() error { _, err := k.f.Approve(k.ctx(), boss, k.shop.ID, d.line, 1); return err },
		func() error { _, err := k.f.Decline(k.ctx(), boss, k.shop.ID, d.line, 1, "no"); return err },
	)
	if won[0]+won[1] != 1 {
		k.t.Errorf("a line was agreed to and declined: %v", won)
	}
	k.holds("the same line", d, r, won, won...)
}

// sameSettlement: the payment job runs everywhere at once.
func (k *kit) sameSettlement() {
	k.t.Helper()
	d, r := k.raced("none", settle.ByGateway, "refund_only")
	s := d.money()
	before := len(k.pay.Paid())
	k.race(func() error { return k.f.PayOne(k.ctx(), k.shop.ID, s.ID) })
	k.must(d.refresh())
	if got := d.money(); got.State != settle.Settled || len(k.pay.Paid()) != before+1 {
		k.t.Errorf("the settlement is %s, %d were paid", got.State, len(k.pay.Paid())-before)
	}
	k.holds("the same settlement", d, r, nil)
}

// sameConfirmation: the cashier clicks, and clicks again.
func (k *kit) sameConfirmation() {
	k.t.Helper()
	d, r := k.raced("none", settle.ByBank, "refund_only")
	s := d.money()
	won := k.race(func() error {
		_, err := k.f.Confirm(k.ctx(), boss, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "X", Minor: s.Minor, At: k.clock.Now(), Proof: "p"})
		return err
	})
	k.holds("the same confirmation", d, r, won, 1)
}

// parcelAndMoney: the warehouse opens one line's parcel while the cashier confirms another line's money.
func (k *kit) parcelAndMoney() {
	k.t.Helper()
	d, r := k.raced("none", settle.ByBank, "refund_only", "refund_return")
	s, m := d.v.Settlements[0], d.v.Movements[0]
	won := k.race(
		func() error {
			_, err := k.f.Confirm(k.ctx(), boss, k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "X", Minor: s.Minor, At: k.clock.Now(), Proof: "p"})
			return err
		},
		func() error {
			_, err := k.f.Receive(k.ctx(), boss, k.shop.ID, m.ID, 0, flow.Opening{Counts: []flow.Count{{LineID: m.Lines[0].CaseLineID, Arrived: 1}}})
			return err
		},
	)
	k.holds("parcel and money", d, r, won, 1, 1)
}

// What was noted as lost cannot come: the records are cleared up first, and nothing is written until they are.
func TestLostUnitsCannotArrive(t *testing.T) {
	eachTrial(t, func(t *testing.T, k *kit) {
		d, r := k.raced("none", settle.ByBank, "refund_return")
		count := func(m id.ID, n int64) error {
			_, err := k.f.Receive(k.ctx(), boss, k.shop.ID, m, 0, flow.Opening{Counts: []flow.Count{{LineID: d.line, Arrived: n}}})
			return err
		}
		first := d.v.Movements[0].ID
		k.must(count(first, 0))
		k.ok(k.f.GoOn(k.ctx(), boss, k.shop.ID, first, 0, "the carrier admits it", true))
		v := k.ok(k.f.Announce(k.ctx(), boss, k.shop.ID, d.line, 0))
		k.refused("flow.not_there", count(v.Movements[1].ID, 1))
		k.holds("lost units", d, r, nil)
	})
}
