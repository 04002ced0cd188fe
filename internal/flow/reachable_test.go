package flow_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/settle"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	reachableGolden = "testdata/reachable.golden"
	moneyGolden     = "testdata/reachable_money.golden"
)

// starts are the applications whose closures the golden file lists: every remedy, a gateway and a person who pays, with
// and without finance's approval.
var starts = []trialStart{
	{title: "refund_return, paid back by the gateway after finance approved", remedy: "refund_return", route: settle.ByGateway, atOnce: false, plain: true},
	{title: "refund_return, paid back by hand at once", remedy: "refund_return", route: settle.ByBank, atOnce: true, plain: false},
	{title: "refund_only, paid back by the gateway at once", remedy: "refund_only", route: settle.ByGateway, atOnce: true, plain: true},
	{title: "refund_only, paid back by hand after finance approved", remedy: "refund_only", route: settle.ByBank, atOnce: false, plain: true},
	{title: "interception, paid back by hand at once", remedy: "interception", route: settle.ByBank, atOnce: true, plain: true},
	{title: "reissue, nothing comes back and nothing is paid", remedy: "reissue", route: settle.ByGateway, atOnce: true, plain: true},
	{title: "exchange, what is owed paid by the gateway at once", remedy: "exchange", route: settle.ByGateway, atOnce: true, plain: true},
	{title: "local_repair, an amount that people pay after finance approved", remedy: "local_repair", route: settle.ByGateway, atOnce: false, plain: true},
}

// moneyStarts are exchanges with money of the customer's about, decided and agreed to at once: what the other closures show is left aside.
var moneyStarts = []trialStart{
	{title: "exchange for a dearer article, the difference to be paid", remedy: "exchange", route: settle.ByBank, atOnce: true, plain: true,
		more: []any{"exchange.same_style", false, "exchange.price", 2000}, says: []string{"none"},
		beside: []string{"dispute", "reopen", "split", "change_ground", "responsible", "override", "sign_for", "refuse", "advance", "fill_waybill:advanced", "inspect:offer", "retry:bank"}},
	{title: "exchange that goes ahead, for a deposit", remedy: "exchange", route: settle.ByBank, atOnce: true, plain: true,
		more: []any{"exchange.same_style", true, "trial.ahead", true}, says: []string{"none"},
		beside: []string{"dispute", "reopen", "split", "change_ground", "responsible", "override", "sign_for", "out_of_stock", "change_wanted", "refund_instead", "fill_waybill:advanced", "inspect:offer"}},
}

// What a customer is asked to pay, and what is held of his money, in every situation.
func TestMoneyOfExchangesInEverySituation(t *testing.T) {
	var golden bytes.Buffer
	fmt.Fprintln(&golden, "# As reachable.golden, of exchanges with a charge or a deposit.")
	fmt.Fprintln(&golden, "# Written by go test ./internal/flow -run TestMoneyOfExchangesInEverySituation -update.")
	for _, s := range moneyStarts {
		golden.WriteString(closure(t, newTrial(t, db.SQLite), s))
	}
	if *update {
		if err := os.WriteFile(moneyGolden, golden.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	sameText(t, moneyGolden, golden.String())
}

// Every command is given in every situation that can be reached from an application: those the table allows succeed,
// all others are refused with what is allowed instead, and change nothing. The situations and where each command leads
// are the golden file.
func TestEveryCommandInEverySituation(t *testing.T) {
	var golden bytes.Buffer
	fmt.Fprintln(&golden, "# Every situation a line can get into, whose move it is then, and where each command leads.")
	fmt.Fprintln(&golden, "# Written by go test ./internal/flow -run TestEveryCommandInEverySituation -update.")
	for _, c := range flow.Commands() {
		if !slices.ContainsFunc(acts(), func(a act) bool { return a.command == c }) {
			t.Errorf("nothing gives the command %s", c)
		}
	}
	for _, s := range starts {
		k := newTrial(t, db.SQLite)
		golden.WriteString(closure(t, k, s))
	}
	if *update {
		if err := os.WriteFile(reachableGolden, golden.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	sameText(t, reachableGolden, golden.String())
}

// The smallest of the closures again on PostgreSQL: the same situations, word for word.
func TestSituationsOnPostgres(t *testing.T) {
	k := newTrial(t, db.Postgres)
	got := closure(t, k, starts[3])
	want, err := os.ReadFile(reachableGolden)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(want), got) {
		t.Errorf("on PostgreSQL the closure is another one:\n%s", got)
	}
}

func sameText(t *testing.T, file, got string) {
	t.Helper()
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	have, should := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(have), len(should)) {
		var a, b string
		if i < len(have) {
			a = have[i]
		}
		if i < len(should) {
			b = should[i]
		}
		if a != b {
			t.Fatalf("%s:%d (see -update)\n have %s\n want %s", file, i+1, a, b)
		}
	}
}

// explorer walks a closure breadth first. A node is a situation with what else decides how it goes on; it is reached
// again by giving the commands of its path to a fresh order.
type explorer struct {
	t     *testing.T
	k     *kit
	start trialStart
	pay   *payout
	acts  []act

	seen  map[string]bool
	next  []node
	lines map[string]*situated
}

type node struct {
	says string
	path []act
}

func (n node) String() string {
	names := []string{"apply:" + n.says}
	for _, a := range n.path {
		names = append(names, a.name())
	}
	return strings.Join(names, " → ")
}

// situated is what the golden file tells of a situation.
type situated struct {
	head string
	now  flow.Situation
	to   map[string]map[string]bool // command → situations
}

func closure(t *testing.T, k *kit, s trialStart) string {
	t.Helper()
	as := slices.DeleteFunc(acts(), func(a act) bool { return a.variant == "wrong" }) // goes on like a whole parcel
	if s.remedy == "interception" {
		as = append(as, doorActs()...)
	}
	x := &explorer{t: t, k: k, start: s, pay: &payout{k: k, by: map[string]*settle.Scripted{}}, acts: as, seen: map[string]bool{}, lines: map[string]*situated{}}
	k.f.Gateway = gatewayOf(x.pay)
	x.lines[""] = &situated{head: "(nothing yet)", to: map[string]map[string]bool{}}
	if s.says == nil {
		s.says, x.start.says = sayings, sayings
	}
	for _, says := range s.says {
		n := node{says: says}
		d, err := x.reach(n)
		if err != nil {
			t.Fatal(err)
		}
		first, err := x.arrived("", "apply:"+says, n, d)
		if err != nil {
			t.Fatal(err)
		}
		x.take(first)
	}
	for len(x.next) > 0 {
		level := x.next
		x.next = nil
		x.explore(level)
	}
	x.ends()
	if t.Failed() {
		t.FailNow()
	}
	return x.text()
}

// ends holds the closure to what a situation may not be: one that can never be over, and one that is over while something
// of the customer's is here, or is owed to him.
func (x *explorer) ends() {
	over := map[string]bool{"as refund_return": true}
	for grown := true; grown; {
		grown = false
		for name, s := range x.lines {
			can := s.now.Mover() == cases.Closed
			for _, to := range s.to {
				for next := range to {
					can = can || over[next]
				}
			}
			if can && !over[name] {
				over[name], grown = true, true
			}
		}
	}
	for name, s := range x.lines {
		n := s.now
		if !over[name] {
			x.t.Errorf("%s: nothing ends %q", x.start.title, name)
		}
		if name == "" || n.Mover() != cases.Closed {
			continue
		}
		here := (n.Coming == movement.SignedFor || n.Arrived && n.Coming != "") && (n.Going != movement.Delivered || n.Ahead)
		switch {
		case n.Ahead && !slices.Contains([]settle.State{settle.Captured, settle.Released}, n.Deposit):
			x.t.Errorf("%s: %q is over, and money of the customer's is held", x.start.title, name)
		case n.Ahead && n.Line == line.Approved && here && !n.Inspected:
			x.t.Errorf("%s: %q is over, and nobody looked at the old article", x.start.title, name)
		case n.Line == line.Approved && n.Money != settle.Settled && !(n.Swap && n.Going == movement.Delivered):
			x.t.Errorf("%s: %q is over, and nothing came of it", x.start.title, name)
		case n.Line != line.Approved && here:
			x.t.Errorf("%s: %q is over, and we have the customer's goods", x.start.title, name)
		}
	}
}

// explore tries every command in every node of a level, some side by side; what was found is taken in the order of the
// nodes, so that it is the same in every run.
func (x *explorer) explore(level []node) {
	found := make([][]arrival, len(level))
	var wg sync.WaitGroup
	free := make(chan struct{}, 4)
	for i, n := range level {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			var err error
			if found[i], err = x.try(n); err != nil {
				x.t.Errorf("%s: %s: %v", x.start.title, n, err)
			}
		})
	}
	wg.Wait()
	for _, as := range found {
		for _, a := range as {
			x.take(a)
		}
	}
}

func (x *explorer) turn(no string, t settle.Turn) { x.pay.of(no).Script(t) }

// reach gives a path's commands to a fresh order.
func (x *explorer) reach(n node) (*dealt, error) {
	d, err := x.start.open(x.k, n.says, x.turn)
	if err != nil {
		return nil, err
	}
	for _, a := range n.path {
		v, err := a.give(d)
		if err != nil {
			return nil, fmt.Errorf("again, %s: %w", a.name(), err)
		}
		d.v = v
	}
	return d, nil
}

// arrival is where one command led from one situation, or why it was rightly refused.
type arrival struct {
	from, name string
	n          node
	now        flow.Situation
	key        string
	refused    string
}

func (x *explorer) try(n node) (found []arrival, err error) {
	d, err := x.reach(n)
	if err != nil {
		return nil, err
	}
	s, _, err := d.at()
	if err != nil {
		return nil, err
	}
	if err := x.refusals(d, s); err != nil {
		return nil, err
	}
	used := false
	for _, a := range x.tries(d, s) {
		fresh := d // the first goes on where the refusals were tried
		if used {
			if fresh, err = x.reach(n); err != nil {
				return nil, err
			}
		}
		used = true
		if _, err := a.give(fresh); err != nil {
			if !rightly(a, fresh, err) {
				return nil, fmt.Errorf("%s is allowed, and is refused in %q: %w", a.name(), show(s), err)
			}
			found = append(found, arrival{from: show(s), name: a.name(), refused: errs.As(err).Key})
			continue
		}
		next, err := x.arrived(show(s), a.name(), node{n.says, append(slices.Clone(n.path), a)}, fresh)
		if err != nil {
			return nil, fmt.Errorf("after %s: %w", a.name(), err)
		}
		found = append(found, next)
	}
	return found, nil
}

// tries are the ways to give the commands that are allowed, but for those the start leaves aside.
func (x *explorer) tries(d *dealt, s flow.Situation) (out []act) {
	aside := func(name string) bool { return slices.Contains(x.start.beside, name) }
	for _, a := range x.acts {
		if slices.Contains(s.Allowed(), a.command) && a.fits(d, s) && !(x.start.plain && a.variant == "half") && !aside(string(a.command)) && !aside(a.name()) {
			out = append(out, a)
		}
	}
	return out
}

// fits says that a variant has something to be about: a parcel the carrier loses has to be on its way.
func (a act) fits(d *dealt, s flow.Situation) bool {
	switch a.command {
	case flow.Tell:
		return a.variant == "in" && s.Unwarned || a.variant == "" && s.Untold
	case flow.ReportLost:
	default:
		return true
	}
	return slices.Contains([]movement.State{movement.InTransit, movement.Intercepted, movement.RefusedDelivery}, d.parcel(a.variant == "out").State)
}

// rightly says that a refusal is not the situation's but the matter's: a right cannot be declined, one unit cannot be
// split, nobody can agree to what the policy has no terms for.
func rightly(a act, d *dealt, err error) bool {
	switch errs.As(err).Key {
	case "flow.of_right":
		return a.command == flow.Decline
	case "flow.nothing_to_agree":
		return a.command == flow.Approve
	case "flow.no_advance", "flow.advance_open":
		return a.command == flow.Advance
	case "flow.not_told":
		return a.command == flow.CaptureHold
	case "flow.split_quantity":
		return a.command == flow.Split && d.lineView().Quantity == 1
	}
	return false
}

// refusals gives every command that is not allowed.
func (x *explorer) refusals(d *dealt, s flow.Situation) error {
	before, err := d.trace()
	if err != nil {
		return err
	}
	all, err := x.k.f.Standing(d.ctx(), x.k.shop.ID, d.v.Case.ID) // a parcel may carry other lines, and speak of them
	if err != nil {
		return err
	}
	for _, a := range x.acts {
		if slices.Contains(s.Allowed(), a.command) && a.fits(d, s) {
			continue
		}
		_, err := a.give(d)
		if a.command == flow.PayNow { // a job whose payment is no longer to be made just ends
			if err != nil && errs.CodeOf(err) != errs.NotFound {
				return fmt.Errorf("the payment job, not wanted, says %w", err)
			}
			continue
		}
		allowed, ok := flow.Refusal(err)
		if !ok && errs.CodeOf(err) != errs.NotFound {
			return fmt.Errorf("%s is not allowed in %q, and says %w", a.name(), show(s), err)
		}
		if ok && !slices.ContainsFunc(slices.Collect(maps.Values(all.Situations)), func(of flow.Situation) bool {
			return slices.Equal(allowed, slices.DeleteFunc(of.Allowed(), func(c flow.Command) bool { return c == a.command }))
		}) {
			return fmt.Errorf("%s is told that %v are allowed in %q; it is %v", a.name(), allowed, show(s), s.Allowed())
		}
	}
	after, err := d.trace()
	if err == nil && after != before {
		err = fmt.Errorf("refused commands changed something\nbefore %s\nafter  %s", before, after)
	}
	return err
}

// arrived reads where a command led, and holds everything that is kept of the case together.
func (x *explorer) arrived(from, name string, n node, d *dealt) (arrival, error) {
	s, key, err := d.at()
	if err == nil {
		err = broken(d)
	}
	return arrival{from: from, name: name, n: n, now: s, key: key}, err
}

// take notes where a command led, and goes on from there if nobody was there before.
func (x *explorer) take(a arrival) {
	if a.refused != "" {
		x.lines[a.from].add(a.name, "refused: "+a.refused)
		return
	}
	to := show(a.now)
	if a.now.Remedy != x.start.remedy { // goes on as the closure of that remedy says
		to = "as " + a.now.Remedy
	}
	x.lines[a.from].add(a.name, to)
	if to == "as "+a.now.Remedy {
		return
	}
	if x.lines[to] == nil {
		x.lines[to] = &situated{now: a.now, head: fmt.Sprintf("%s · %s, %s", to, a.now.Status(), a.now.Mover()), to: map[string]map[string]bool{}}
	}
	if !x.seen[a.key] {
		x.seen[a.key] = true
		x.next = append(x.next, a.n)
	}
}

func (s *situated) add(name, to string) {
	if s.to[name] == nil {
		s.to[name] = map[string]bool{}
	}
	s.to[name][to] = true
}

// text writes what was found: situations in the order of their names, commands in the order of the table.
func (x *explorer) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s: %d situations\n", x.start.title, len(x.lines)-1)
	for _, k := range slices.Sorted(maps.Keys(x.lines)) {
		s := x.lines[k]
		fmt.Fprintf(&b, "\n%s\n", s.head)
		names := []string{}
		for _, says := range sayings {
			names = append(names, "apply:"+says)
		}
		for _, a := range x.acts {
			names = append(names, a.name())
		}
		for _, name := range names {
			for _, to := range slices.Sorted(maps.Keys(s.to[name])) {
				if to == k {
					to = "(the same)"
				}
				fmt.Fprintf(&b, "    %-22s %s\n", name, to)
			}
		}
	}
	return b.String()
}
