package flow_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/stock"
)

// randomTime is how long random sequences are tried on one engine; with SANBAO_SOAK, five minutes.
var randomTime = 8 * time.Second

// Whatever commands are given in whatever order, on orders of several lines, tenders and cases: what must be true at any
// time is true after each, and a refused command changes nothing.
func TestRandomCommands(t *testing.T) {
	if os.Getenv("SANBAO_SOAK") != "" {
		randomTime = 5 * time.Minute
		if err := flag.Set("rapid.checks", "1000000"); err != nil {
			t.Fatal(err)
		}
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			k := newTrial(t, dialect)
			until := time.Now().Add(randomTime)
			tried, given, refused := 0, 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				if time.Now().After(until) {
					return
				}
				held := false
				defer func() {
					if !held {
						until = until.Add(time.Hour) // what failed is tried again, to find the shortest way there
					}
				}()
				w := newWorld(rt, k)
				for range rapid.IntRange(10, 60).Draw(rt, "steps") {
					w.step()
				}
				if err := added(w.k.ctx(), w.k.f.DB, w.k.shop.ID); err != nil {
					rt.Fatal(err)
				}
				held = true
				tried, given, refused = tried+1, given+w.given, refused+w.refused
			})
			t.Logf("%d sequences, %d commands given, %d refused", tried, given, refused)
			if given == 0 || refused == 0 {
				t.Error("nothing was tried")
			}
		})
	}
}

// world is a shop of its own with a few orders, and the cases that were opened on them.
type world struct {
	rt     *rapid.T
	k      *kit
	acts   []act
	pay    *payout
	orders []flow.Recorded
	cases  []id.ID
	seen   map[id.ID]map[id.ID]int64 // by case: the versions last seen

	given, refused int

	unchecked bool // only the commands are of interest
}

func newWorld(rt *rapid.T, base *kit) *world {
	k := *base
	k.shop = trialShop()
	k.shop.Code = strings.ToLower(k.shop.ID.String())
	if err := openTrial(k.ctx(), k.f.DB, k.shop); err != nil {
		rt.Fatal(err)
	}
	w := &world{rt: rt, k: &k, acts: acts(), seen: map[id.ID]map[id.ID]int64{}}
	w.pay = &payout{k: &k, by: map[string]*settle.Scripted{}}
	k.f.Gateway = gatewayOf(w.pay)
	for range rapid.IntRange(1, 2).Draw(rt, "orders") {
		w.sell()
	}
	return w
}

var routes = []settle.Route{settle.ByGateway, settle.ByBank, settle.ByMarketplace, settle.ByCash}

// sell records an order of one to three lines, with prices that no quantity divides, paid with one to three tenders.
func (w *world) sell() {
	rt := w.rt
	paid := w.k.clock.Now().Add(-72 * time.Hour)
	n := flow.NewOrder{OrderNo: id.New().String(), Buyer: flow.Buyer{Key: "wang"}, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		ShippedAt: &paid, SignedOn: w.k.today(-2), SignedBy: "self", FreightPaid: rapid.SampledFrom([]int64{0, 600, 1}).Draw(rt, "freight")}
	left := n.FreightPaid
	for i := range rapid.IntRange(1, 3).Draw(rt, "lines") {
		q := rapid.Int64Range(1, 5).Draw(rt, "quantity")
		net := rapid.Int64Range(100, 1999).Draw(rt, "net")
		n.Lines = append(n.Lines, flow.NewOrderLine{SKU: fmt.Sprint(i), Title: "A", Category: "shoes", Quantity: q, UnitPrice: net, Net: net})
		left += net
	}
	for i := range rapid.IntRange(1, 3).Draw(rt, "tenders") {
		n.Payments = append(n.Payments, flow.NewPayment{Tender: fmt.Sprint("t", i), Reference: n.OrderNo, Route: rapid.SampledFrom(routes).Draw(rt, "route"),
			Captured: rapid.Int64Range(0, left).Draw(rt, "captured")})
		left -= n.Payments[i].Captured
	}
	n.Payments[len(n.Payments)-1].Captured += left
	r, err := w.k.f.RecordOrder(w.k.ctx(), boss, w.k.shop.ID, n)
	if err != nil {
		rt.Fatal(err)
	}
	w.orders = append(w.orders, r)
}

// pick draws one of some; only which one is drawn, so that a failure can be read.
func pick[T any](rt *rapid.T, what string, from []T) T {
	return from[rapid.IntRange(0, len(from)-1).Draw(rt, what)]
}

func (w *world) step() {
	switch n := rapid.IntRange(0, 19).Draw(w.rt, "apply"); {
	case len(w.cases) == 0 || n <= 1:
		w.apply()
	case n == 2:
		w.say()
	default:
		w.command()
	}
	if w.rt.Failed() || w.unchecked {
		return
	}
	w.check()
}

// apply asks for some lines, perhaps for more than is left of them.
func (w *world) apply() {
	rt := w.rt
	a := flow.Application{Channel: "chat"}
	for range rapid.IntRange(1, 3).Draw(rt, "asked") {
		o := pick(rt, "order", w.orders)
		l := pick(rt, "line", o.Lines)
		remedy := rapid.SampledFrom([]string{"refund_return", "refund_return", "refund_only", "exchange"}).Draw(rt, "remedy")
		a.Lines = append(a.Lines, flow.Asked{OrderLineID: l.ID, Quantity: rapid.Int64Range(1, l.Quantity).Draw(rt, "units"), Ground: "trial",
			Remedy: remedy, Wanted: wanted(remedy), Facts: facts(append(w.price(remedy), "trial.says", rapid.SampledFrom(sayings).Draw(rt, "says"), "trial.at_once", rapid.Bool().Draw(rt, "at once"), "trial.ahead", true)...)})
	}
	v, err := w.k.f.Apply(w.k.ctx(), boss, w.k.shop.ID, a)
	w.lawful("apply", err)
	if err == nil {
		w.cases = append(w.cases, v.Case.ID)
		w.given++
	}
}

// price is what is said of the price of an article in exchange: nothing, less than any was sold for, or more.
func (w *world) price(remedy string) []any {
	if minor := rapid.SampledFrom([]int64{0, 1, 300, 2_000_00}).Draw(w.rt, "price"); remedy == "exchange" && minor > 0 {
		return []any{"exchange.price", minor}
	}
	return nil
}

// say tells what there is to give in exchange.
func (w *world) say() {
	n := rapid.Int64Range(0, 6).Draw(w.rt, "on hand")
	if err := w.k.f.DB.Write(w.k.ctx(), func(tx *db.Tx) error {
		_, err := stock.SetAll(tx, "erp", w.k.shop.ID, []stock.Told{{SKU: rapid.SampledFrom([]string{"B", "C"}).Draw(w.rt, "of"), OnHand: n}})
		return err
	}); err != nil {
		w.rt.Fatal(err)
	}
}

// command gives a command to a line, mostly one that its buttons offer.
func (w *world) command() {
	rt := w.rt
	d := &dealt{k: w.k, turn: func(no string, t settle.Turn) { w.pay.of(no).Script(t) }}
	d.v.Case.ID = pick(rt, "case", w.cases)
	if err := d.refresh(); err != nil {
		rt.Fatal(err)
	}
	lv := pick(rt, "line", d.v.Lines)
	d.line = lv.ID
	choice := w.acts
	if len(lv.Allowed) > 0 && rapid.IntRange(0, 9).Draw(rt, "whatever") > 0 {
		c := rapid.SampledFrom(lv.Allowed).Draw(rt, "command")
		choice = slices.DeleteFunc(slices.Clone(w.acts), func(a act) bool { return a.command != c })
	}
	a := pick(rt, "act", choice)
	switch a.command {
	case flow.Split:
		n := rapid.Int64Range(0, lv.Quantity).Draw(rt, "split off")
		a.do = func(d *dealt) (flow.View, error) { return w.k.f.Split(w.k.ctx(), boss, w.k.shop.ID, d.line, 0, n) }
	case flow.Receive:
		a.do = w.receive
	}
	before, err := d.trace()
	if err != nil {
		rt.Fatal(err)
	}
	_, err = a.give(d)
	rt.Logf("%s on line %s, %s: %v", a.name(), d.line, lv.Status, err)
	w.lawful(a.name(), err)
	if err == nil {
		w.given++
		return
	}
	w.refused++
	if after, err := d.trace(); err != nil || after != before {
		rt.Fatalf("%s was refused and changed something: %v\nbefore %s\nafter  %s", a.name(), err, before, after)
	}
}

func (w *world) receive(d *dealt) (flow.View, error) {
	m := d.parcel(false)
	o := flow.Opening{Problem: rapid.SampledFrom([]movement.Problem{"", "", movement.Wrong, movement.Damaged}).Draw(w.rt, "problem")}
	for _, l := range m.Lines {
		n := l.Announced
		if rapid.IntRange(0, 3).Draw(w.rt, "short") == 0 {
			n = rapid.Int64Range(0, l.Announced).Draw(w.rt, "arrived")
		}
		o.Counts = append(o.Counts, flow.Count{LineID: l.CaseLineID, Arrived: n})
	}
	return w.k.f.Receive(w.k.ctx(), boss, w.k.shop.ID, m.ID, 0, o)
}

// lawful wants a refusal to be one that people can be told.
func (w *world) lawful(what string, err error) {
	if err != nil && !tellable(err) {
		w.rt.Fatalf("%s: %v", what, err)
	}
}

func tellable(err error) bool {
	return slices.Contains([]errs.Code{errs.Conflict, errs.Invalid, errs.Denied, errs.NotFound}, errs.CodeOf(err))
}

// check holds every case, every order and the books to what must be true.
func (w *world) check() {
	w.rt.Helper()
	for _, c := range w.cases {
		v, err := w.k.f.View(w.k.ctx(), w.k.shop.ID, c)
		if err != nil {
			w.rt.Fatal(err)
		}
		now := versions(v)
		if err := shrunk(w.seen[c], now); err != nil {
			w.rt.Fatal(err)
		}
		w.seen[c] = now
		if err := standing(w.k.ctx(), w.k.f, w.k.shop.ID, c); err != nil {
			w.rt.Fatal(err)
		}
	}
	for _, o := range w.orders {
		if err := kept(w.k.ctx(), w.k.f.DB, w.k.shop.ID, o.Order.ID); err != nil {
			w.rt.Fatal(err)
		}
	}
	if err := stocked(w.k.ctx(), w.k.f.DB, w.k.shop.ID); err != nil {
		w.rt.Fatal(err)
	}
	if err := balanced(w.k.ctx(), w.k.f.DB, w.k.shop.ID); err != nil {
		w.rt.Fatal(err)
	}
	if err := deposited(w.k.ctx(), w.k.f.DB, w.k.shop.ID); err != nil {
		w.rt.Fatal(err)
	}
}
