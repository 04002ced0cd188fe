package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// The trial shop: its policy (testdata/packs/trial) does what a test tells it to, so that every outcome can follow every
// other. What an application and an inspection can be told:
var (
	sayings = []string{"none", "agent", "supervisor", "ask", "prove", "offer", "review", "refuse"}
	finds   = []string{"good", "bad", "offer", "review"}
)

func choices(words []string) (out []rule.Choice) {
	for _, w := range words {
		out = append(out, rule.Choice{Word: w, Label: rule.Text{ZhCN: w, En: w}})
	}
	return out
}

var trialVocabulary = []rule.Fact{
	rule.EnumFact("trial.says", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Values: choices(sayings), Label: rule.Text{ZhCN: "说", En: "says"}}),
	rule.BoolFact("trial.more", rule.Def{Stage: rule.AtApplication, Ask: rule.Customer, Label: rule.Text{ZhCN: "还有", En: "more"}}),
	rule.BoolFact("trial.at_once", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Label: rule.Text{ZhCN: "立即", En: "at once"}}),
	rule.BoolFact("trial.hold", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Label: rule.Text{ZhCN: "留两天", En: "held two days"}}),
	rule.BoolFact("trial.ahead", rule.Def{Stage: rule.AtApplication, Ask: rule.Agent, Label: rule.Text{ZhCN: "先换", En: "ahead"}}),
	rule.EnumFact("trial.found", rule.Def{Stage: rule.AtInspection, Ask: rule.Inspector, Values: choices(finds), Label: rule.Text{ZhCN: "验出", En: "found"}}),
}

var trialPacks = sync.OnceValues(func() (*policy.Library, error) {
	voc, err := rule.NewVocabulary(slices.Concat(order.Vocabulary, line.Vocabulary, movement.Vocabulary, trialVocabulary)...)
	if err != nil {
		return nil, err
	}
	return policy.Load(os.DirFS("testdata/packs"), voc)
})

// newTrial is a kit of a trial shop.
func newTrial(t testing.TB, dialect db.Dialect) *kit {
	t.Helper()
	clk := dbtest.Clock()
	quiet := func(db.Hold) {} // commands are given by the thousand here, some side by side
	d := dbtest.Open(t, dialect, func(o *db.Options) { o.Clock, o.OnHold = clk, quiet })
	k, err := openKit(t, d, clk)
	if err != nil {
		t.Fatal(err)
	}
	k.shop = trialShop()
	k.must(openTrial(t.Context(), d, k.shop))
	return k
}

// eachTrial runs a test with a trial shop on both engines.
func eachTrial(t *testing.T, test func(t *testing.T, k *kit)) {
	t.Helper()
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) { test(t, newTrial(t, dialect)) })
	}
}

// openKit makes a kit on a database.
func openKit(t testing.TB, d *db.DB, clk *clock.Fake) (*kit, error) {
	lib, err := trialPacks()
	if err != nil {
		return nil, err
	}
	jobs, err := job.Open(d, job.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	k := &kit{t: t, clock: clk, pay: settle.NewScripted(clk)}
	k.f = &flow.Flow{DB: d, Policies: policy.NewShelves(lib), Jobs: jobs, Gateway: func(shop.Shop, string) settle.Gateway { return k.pay }}
	k.f.RegisterJobs()
	return k, nil
}

func trialShop() shop.Shop {
	return shop.Shop{ID: id.New(), Code: "trial", Name: "试验店", Pack: "trial", Law: "trial-law", Currency: "CNY", Calendar: "CN", Overlays: []string{}}
}

func openTrial(ctx context.Context, d *db.DB, s shop.Shop) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		if err := shop.Insert(tx, s); err != nil {
			return err
		}
		return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: s.ID, Code: "main", Name: "main"})
	})
}

var boss = flow.Actor{Name: "boss", Supervisor: true, Finance: true}

// dealt is one line of a case with what a command on it needs: what moves it, and what it owes.
type dealt struct {
	k    *kit
	turn func(payoutNo string, t settle.Turn) // what the gateway does next with a payout
	v    flow.View
	line id.ID
}

func (d *dealt) ctx() context.Context { return d.k.ctx() }

// refresh reads the case again.
func (d *dealt) refresh() (err error) {
	d.v, err = d.k.f.View(d.ctx(), d.k.shop.ID, d.v.Case.ID)
	return err
}

func (d *dealt) lineView() *flow.LineView {
	for i := range d.v.Lines {
		if d.v.Lines[i].ID == d.line {
			return &d.v.Lines[i]
		}
	}
	return nil
}

// parcel is the line's latest movement one way; a zero one, which no shop has, when there is none.
func (d *dealt) parcel(outward bool) movement.Movement {
	for _, m := range slices.Backward(d.v.Movements) {
		if m.Purpose.Outward() == outward && m.Carries(d.line) {
			return m.Movement
		}
	}
	return movement.Movement{ID: 1}
}

// money is the line's settlement that lags furthest behind; a zero one when there is none.
func (d *dealt) money() settle.Settlement {
	order := []settle.State{settle.Failed, settle.AwaitingApproval, settle.ToPay, settle.Processing, settle.Settled}
	for _, state := range order {
		for _, s := range d.v.Settlements {
			if s.LineID == d.line && s.State == state && s.Kind != settle.Deposit {
				return s.Settlement
			}
		}
	}
	return settle.Settlement{ID: 1}
}

// trace is everything that is kept of a case, for comparison.
func (d *dealt) trace() (string, error) {
	v, err := d.k.f.View(d.ctx(), d.k.shop.ID, d.v.Case.ID)
	if err != nil {
		return "", err
	}
	for i := range v.Lines {
		v.Lines[i].Allowed = nil // the clock has a say in it, and others turn the clock
	}
	all := []any{v}
	err = d.k.f.DB.Read(d.ctx(), func(tx *db.Tx) error {
		events, err := audit.OfCase(tx, d.k.shop.ID, v.Case.ID, 0, 1000)
		if err != nil {
			return err
		}
		notes, err := cases.Notes(tx, d.k.shop.ID, v.Case.ID, 0, 1000)
		if err != nil {
			return err
		}
		all = append(all, events, notes)
		for _, s := range v.Settlements {
			entries, err := ledger.Of(tx, d.k.shop.ID, s.ID)
			if err != nil {
				return err
			}
			all = append(all, entries)
		}
		for _, l := range v.Lines {
			found, err := line.Findings(tx, d.k.shop.ID, l.ID)
			if err != nil {
				return err
			}
			held, err := movement.Holdings(tx, d.k.shop.ID, l.OrderLineID)
			if err != nil {
				return err
			}
			all = append(all, found, held)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// payout is a gateway that a test steers payout by payout, so that several may be paid side by side.
type payout struct {
	k  *kit
	mu sync.Mutex
	by map[string]*settle.Scripted
}

func (g *payout) of(no string) *settle.Scripted {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.by[no] == nil {
		g.by[no] = settle.NewScripted(g.k.clock)
	}
	return g.by[no]
}

func (g *payout) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	return g.of(p.PayoutNo).Refund(ctx, p)
}

func (g *payout) Query(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	return g.of(p.PayoutNo).Query(ctx, p)
}

// act is one way to give a command.
type act struct {
	command flow.Command
	variant string
	do      func(d *dealt) (flow.View, error)
}

func (a act) name() string { return strings.TrimSuffix(string(a.command)+":"+a.variant, ":") }

// days lets time pass for one command while no other is being given: for the customer's last day to be over.
var days sync.RWMutex

// give gives the command. What waits for time expires two days later.
func (a act) give(d *dealt) (flow.View, error) {
	if a.command != flow.Expire && a.command != flow.CaptureHold {
		days.RLock()
		defer days.RUnlock()
		return a.do(d)
	}
	days.Lock()
	defer days.Unlock()
	d.k.clock.Advance(48 * time.Hour)
	defer d.k.clock.Advance(-48 * time.Hour)
	return a.do(d)
}

// pays runs the payment job; that it has to be asked again, or that nothing is known, is no failure of it.
func pays(t settle.Turn) func(d *dealt) (flow.View, error) {
	return func(d *dealt) (flow.View, error) {
		s := d.money()
		d.turn(s.PayoutNo, t)
		err := d.k.f.PayOne(d.ctx(), d.k.shop.ID, s.ID)
		if err != nil && !errors.Is(err, settle.ErrNoReply) && !strings.HasPrefix(err.Error(), "job: again in") {
			return flow.View{}, err
		}
		return d.k.f.View(d.ctx(), d.k.shop.ID, d.v.Case.ID)
	}
}

// acts are the commands with every input that makes a difference. A part of split goes on with the new line.
func acts() []act {
	var out []act
	add := func(c flow.Command, variant string, do func(d *dealt) (flow.View, error)) {
		out = append(out, act{c, variant, do})
	}
	for _, says := range sayings {
		add(flow.Answer, says, func(d *dealt) (flow.View, error) {
			return d.k.f.Answer(d.ctx(), boss, d.k.shop.ID, d.line, 0, rule.AtApplication, facts("trial.says", says), "")
		})
	}
	onLine := func(c flow.Command, run func(f *flow.Flow, d *dealt) (flow.View, error)) {
		add(c, "", func(d *dealt) (flow.View, error) { return run(d.k.f, d) })
	}
	onLine(flow.Approve, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Approve(d.ctx(), boss, d.k.shop.ID, d.line, 0)
	})
	onLine(flow.Decline, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Decline(d.ctx(), boss, d.k.shop.ID, d.line, 0, "no")
	})
	onLine(flow.Accept, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Accept(d.ctx(), boss, d.k.shop.ID, d.line, 0)
	})
	onLine(flow.TurnDown, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.TurnDown(d.ctx(), boss, d.k.shop.ID, d.line, 0, "no")
	})
	onLine(flow.Override, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Override(d.ctx(), boss, d.k.shop.ID, d.line, 0, "why not")
	})
	onLine(flow.Cancel, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Cancel(d.ctx(), boss, d.k.shop.ID, d.line, 0, "changed my mind")
	})
	onLine(flow.Expire, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Expire(d.ctx(), boss, d.k.shop.ID, d.line, 0)
	})
	onLine(flow.Dispute, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Dispute(d.ctx(), boss, d.k.shop.ID, d.line, 0, "the platform")
	})
	onLine(flow.Reopen, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Reopen(d.ctx(), boss, d.k.shop.ID, d.line, 0, "once more")
	})
	onLine(flow.Responsible, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.SetResponsible(d.ctx(), boss, d.k.shop.ID, d.line, 0, "supplier")
	})
	onLine(flow.ChangeGround, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.ChangeGround(d.ctx(), boss, d.k.shop.ID, d.line, 0, "trial_too", nil, "")
	})
	onLine(flow.Release, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Release(d.ctx(), boss, d.k.shop.ID, d.line, 0, "ours after all")
	})
	onLine(flow.NotOurs, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.NotOurs(d.ctx(), boss, d.k.shop.ID, d.line, 0, "another one")
	})
	add(flow.Split, "stays", split)
	add(flow.Split, "part", func(d *dealt) (flow.View, error) {
		v, err := split(d)
		if err == nil {
			d.line = v.Lines[len(v.Lines)-1].ID
		}
		return v, err
	})
	return append(append(append(out, exchangeActs()...), parcelActs()...), moneyActs()...)
}

// exchangeActs are the commands of exchanges.
func exchangeActs() []act {
	var out []act
	add := func(c flow.Command, do func(f *flow.Flow, d *dealt) (flow.View, error)) {
		out = append(out, act{c, "", func(d *dealt) (flow.View, error) { return do(d.k.f, d) }})
	}
	add(flow.ChangeWanted, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.ChangeWanted(d.ctx(), boss, d.k.shop.ID, d.line, 0, flow.Choice{Wanted: "C"})
	})
	add(flow.RefundInstead, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.RefundInstead(d.ctx(), boss, d.k.shop.ID, d.line, 0, "the money")
	})
	add(flow.OutOfStock, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.OutOfStock(d.ctx(), boss, d.k.shop.ID, d.line, 0, "not there")
	})
	add(flow.InStock, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.InStock(d.ctx(), boss, d.k.shop.ID, d.line, 0)
	})
	add(flow.CheckOut, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.CheckOut(d.ctx(), boss, d.k.shop.ID, d.parcel(true).ID, 0, true, "", "")
	})
	add(flow.Tell, func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Tell(d.ctx(), boss, d.k.shop.ID, d.parcel(true).ID, 0, "")
	})
	out = append(out, act{flow.Tell, "in", func(d *dealt) (flow.View, error) {
		return d.k.f.Tell(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, "")
	}})
	add(flow.Collect, func(f *flow.Flow, d *dealt) (flow.View, error) {
		s := d.charge()
		return f.Collect(d.ctx(), boss, d.k.shop.ID, s.ID, 0, settle.Receipt{Route: settle.ByBank, ExternalNo: id.New().String(), Minor: s.Minor, At: d.k.clock.Now(), Proof: "p"})
	})
	add(flow.CollectOrder, func(f *flow.Flow, d *dealt) (flow.View, error) {
		s := d.charge()
		no, err := d.k.link(max(s.Minor, 1))
		if err != nil {
			return flow.View{}, err
		}
		return f.CollectOrder(d.ctx(), boss, d.k.shop.ID, s.ID, 0, no)
	})
	return append(out, advanceActs()...)
}

// advanceActs are the commands of exchanges that go ahead, and of their deposits.
func advanceActs() []act {
	var out []act
	add := func(c flow.Command, variant string, do func(f *flow.Flow, d *dealt) (flow.View, error)) {
		out = append(out, act{c, variant, func(d *dealt) (flow.View, error) { return do(d.k.f, d) }})
	}
	add(flow.Advance, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Advance(d.ctx(), boss, d.k.shop.ID, d.line, 0, "in a hurry")
	})
	add(flow.PlaceHold, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		s := d.deposit()
		return f.PlaceHold(d.ctx(), boss, d.k.shop.ID, s.ID, 0, settle.Receipt{Route: settle.ByBank, ExternalNo: id.New().String(), Minor: s.Minor, At: d.k.clock.Now(), Proof: "p"})
	})
	add(flow.WaiveHold, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.WaiveHold(d.ctx(), boss, d.k.shop.ID, d.deposit().ID, 0, "an old customer")
	})
	add(flow.Extend, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Extend(d.ctx(), boss, d.k.shop.ID, d.deposit().ID, 0, d.nextDay(), "on a journey")
	})
	for variant, share := range map[string]int64{"all": 1, "part": 3} {
		add(flow.CaptureHold, variant, func(f *flow.Flow, d *dealt) (flow.View, error) {
			s := d.deposit()
			return f.CaptureHold(d.ctx(), boss, d.k.shop.ID, s.ID, 0, max(s.Minor/share, 1), "it does not come")
		})
	}
	slices.SortFunc(out, func(a, b act) int { return strings.Compare(a.name(), b.name()) })
	add(flow.ReleaseHold, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.ReleaseHold(d.ctx(), boss, d.k.shop.ID, d.deposit().ID, 0, "never mind")
	})
	add(flow.Captured, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		s := d.deposit()
		return f.Captured(d.ctx(), boss, d.k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: id.New().String(), Minor: max(s.Taken, 1), At: d.k.clock.Now(), Proof: "p"})
	})
	add(flow.Released, "", func(f *flow.Flow, d *dealt) (flow.View, error) {
		return f.Released(d.ctx(), boss, d.k.shop.ID, d.deposit().ID, 0, "p")
	})
	return out
}

// deposit is the line's latest deposit that was not given up; a zero one when there is none.
func (d *dealt) deposit() settle.Settlement {
	for _, s := range slices.Backward(d.v.Settlements) {
		if s.LineID == d.line && s.Kind == settle.Deposit && s.State != settle.Voided {
			return s.Settlement
		}
	}
	return settle.Settlement{ID: 1}
}

// nextDay is the first day on which the line's parcel may be sent later than now.
func (d *dealt) nextDay() calendar.Date {
	day := *d.k.today(1)
	if by := d.parcel(false).SendBy; by != nil {
		day = max(day, by.AddDays(1))
	}
	return day
}

// charge is what the line's customer is asked to pay; a zero settlement when he is asked for nothing.
func (d *dealt) charge() settle.Settlement {
	for _, s := range d.v.Settlements {
		if s.LineID == d.line && s.State == settle.AwaitingPayment {
			return s.Settlement
		}
	}
	return settle.Settlement{ID: 1}
}

// link is an order that pays a difference, of the buyer all orders of the trial are of.
func (k *kit) link(minor int64) (string, error) {
	no, paid := id.New().String(), k.clock.Now()
	_, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: no, Buyer: trialBuyer, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		Lines:    []flow.NewOrderLine{{SKU: "link", Title: "link", Category: "other", Quantity: 1, UnitPrice: minor, Net: minor}},
		Payments: []flow.NewPayment{{Tender: "t", Route: settle.ByBank, Reference: no, Captured: minor}}})
	return no, err
}

var trialBuyer = flow.Buyer{Key: "trial", Nick: "trial"}

// doorActs are what a customer can say of a parcel that could not be stopped.
func doorActs() (out []act) {
	for variant, refused := range map[string]bool{"door": true, "took": false} {
		out = append(out, act{flow.Answer, variant, func(d *dealt) (flow.View, error) {
			return d.k.f.Answer(d.ctx(), boss, d.k.shop.ID, d.line, 0, rule.AtEvidence, facts("parcel.refused_at_door", refused), "")
		}})
	}
	slices.SortFunc(out, func(a, b act) int { return strings.Compare(a.variant, b.variant) })
	return out
}

// split takes half of the line's units out.
func split(d *dealt) (flow.View, error) {
	return d.k.f.Split(d.ctx(), boss, d.k.shop.ID, d.line, 0, d.lineView().Quantity/2)
}

func parcelActs() []act {
	var out []act
	add := func(c flow.Command, variant string, do func(d *dealt) (flow.View, error)) {
		out = append(out, act{c, variant, do})
	}
	sent := flow.Waybill{Carrier: "圆通", Waybill: "YT000001"}
	advanced := sent
	advanced.Freight, advanced.AdvancedBy = 1200, movement.Customer
	for variant, w := range map[string]flow.Waybill{"": sent, "advanced": advanced} {
		add(flow.FillWaybill, variant, func(d *dealt) (flow.View, error) {
			return d.k.f.FillWaybill(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, w)
		})
	}
	slices.SortFunc(out, func(a, b act) int { return strings.Compare(a.variant, b.variant) })
	add(flow.SignFor, "", func(d *dealt) (flow.View, error) {
		return d.k.f.SignFor(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, nil)
	})
	for _, variant := range []string{"", "half", "wrong"} {
		add(flow.Receive, variant, func(d *dealt) (flow.View, error) {
			m := d.parcel(false)
			o := flow.Opening{Counts: []flow.Count{}}
			for _, l := range m.Lines {
				n := l.Announced
				if variant == "half" {
					n /= 2
				}
				o.Counts = append(o.Counts, flow.Count{LineID: l.CaseLineID, Arrived: n})
			}
			if variant == "wrong" {
				o.Problem = movement.Wrong
			}
			return d.k.f.Receive(d.ctx(), boss, d.k.shop.ID, m.ID, 0, o)
		})
	}
	add(flow.Stopped, "", func(d *dealt) (flow.View, error) {
		return d.k.f.Stopped(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, flow.CarrierAnswer{Carrier: "圆通", Waybill: "YT000009"})
	})
	add(flow.NotStopped, "", func(d *dealt) (flow.View, error) {
		return d.k.f.NotStopped(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, flow.CarrierAnswer{Note: "too late"})
	})
	add(flow.Refuse, "", func(d *dealt) (flow.View, error) {
		return d.k.f.Refuse(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, "wet")
	})
	add(flow.Announce, "", func(d *dealt) (flow.View, error) {
		return d.k.f.Announce(d.ctx(), boss, d.k.shop.ID, d.line, 0)
	})
	add(flow.ReportLost, "in", func(d *dealt) (flow.View, error) {
		return d.k.f.ReportLost(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0)
	})
	add(flow.ReportLost, "out", func(d *dealt) (flow.View, error) {
		return d.k.f.ReportLost(d.ctx(), boss, d.k.shop.ID, d.parcel(true).ID, 0)
	})
	for _, rest := range []string{"", "rest_lost"} {
		add(flow.GoOn, rest, func(d *dealt) (flow.View, error) {
			return d.k.f.GoOn(d.ctx(), boss, d.k.shop.ID, d.parcel(false).ID, 0, "settled", rest != "")
		})
	}
	add(flow.SendAgain, "", func(d *dealt) (flow.View, error) {
		return d.k.f.SendAgain(d.ctx(), boss, d.k.shop.ID, d.line, 0, "lost on the way")
	})
	add(flow.SettleLost, "", func(d *dealt) (flow.View, error) {
		return d.k.f.SettleLost(d.ctx(), boss, d.k.shop.ID, d.line, 0, "the carrier pays")
	})
	for _, found := range finds {
		add(flow.Inspect, found, func(d *dealt) (flow.View, error) {
			return d.k.f.Inspect(d.ctx(), boss, d.k.shop.ID, d.line, 0, facts("trial.found", found, "trial.more", true, "evidence.photo", true), "")
		})
	}
	add(flow.ShipOut, "", func(d *dealt) (flow.View, error) {
		return d.k.f.ShipOut(d.ctx(), boss, d.k.shop.ID, d.parcel(true).ID, 0, sent)
	})
	add(flow.Delivered, "", func(d *dealt) (flow.View, error) {
		return d.k.f.Delivered(d.ctx(), boss, d.k.shop.ID, d.parcel(true).ID, 0)
	})
	return out
}

func moneyActs() []act {
	var out []act
	add := func(c flow.Command, variant string, do func(d *dealt) (flow.View, error)) {
		out = append(out, act{c, variant, do})
	}
	add(flow.ApproveMoney, "", func(d *dealt) (flow.View, error) {
		return d.k.f.ApproveMoney(d.ctx(), boss, d.k.shop.ID, d.money().ID, 0)
	})
	add(flow.ReturnMoney, "", func(d *dealt) (flow.View, error) {
		return d.k.f.ReturnMoney(d.ctx(), boss, d.k.shop.ID, d.money().ID, 0, "look again")
	})
	add(flow.Start, "", func(d *dealt) (flow.View, error) {
		return d.k.f.Start(d.ctx(), boss, d.k.shop.ID, d.money().ID, 0)
	})
	add(flow.Confirm, "", func(d *dealt) (flow.View, error) {
		s := d.money()
		return d.k.f.Confirm(d.ctx(), boss, d.k.shop.ID, s.ID, 0, settle.Confirmation{ExternalNo: "X", Minor: s.Minor, At: d.k.clock.Now(), Proof: "p"})
	})
	for _, t := range []settle.Turn{settle.Pays, settle.Accepts, settle.Bounces, settle.LosesReply, settle.Unreached} {
		variant := string(t)
		if t == settle.Pays {
			variant = "pays"
		}
		add(flow.PayNow, variant, pays(t))
	}
	add(flow.Bounce, "", func(d *dealt) (flow.View, error) {
		return d.k.f.Bounce(d.ctx(), boss, d.k.shop.ID, d.money().ID, 0, "came back")
	})
	for _, r := range []settle.Route{"", settle.ByBank} {
		add(flow.Retry, string(r), func(d *dealt) (flow.View, error) {
			return d.k.f.Retry(d.ctx(), boss, d.k.shop.ID, d.money().ID, 0, r, "agreed by telephone")
		})
	}
	return out
}

// apply opens a case of one line of eight units of a fresh order.
func (s trialStart) open(k *kit, says string, turn func(string, settle.Turn)) (*dealt, error) {
	no := id.New().String()
	days.RLock()
	defer days.RUnlock()
	paid := k.clock.Now().Add(-72 * time.Hour)
	signed := k.today(-2)
	if s.remedy == "interception" {
		signed = nil // on its way
	}
	r, err := k.f.RecordOrder(k.ctx(), boss, k.shop.ID, flow.NewOrder{OrderNo: no, Buyer: trialBuyer, Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		ShippedAt: &paid, SignedOn: signed, SignedBy: "self", FreightPaid: 600,
		Lines:    []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 8, UnitPrice: 1000, Net: 7999}},
		Payments: []flow.NewPayment{{Tender: "t", Route: s.route, Reference: no, Captured: 8599}}})
	if err != nil {
		return nil, err
	}
	v, err := k.f.Apply(k.ctx(), boss, k.shop.ID, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID,
		Quantity: 8, Ground: "trial", Remedy: s.remedy, Wanted: wanted(s.remedy), Facts: facts(append(s.more, "trial.says", says, "trial.at_once", s.atOnce)...)}}})
	if err != nil {
		return nil, err
	}
	return &dealt{k: k, turn: turn, v: v, line: v.Lines[0].ID}, nil
}

// wanted is the article an exchange is for.
func wanted(remedy string) string {
	if remedy == "exchange" {
		return "B"
	}
	return ""
}

// trialStart is what an application asks for and how its order was paid.
type trialStart struct {
	title  string
	remedy string
	route  settle.Route
	atOnce bool
	plain  bool // parcels arrive as announced
	more   []any
	says   []string // how it can be decided at first; without, in every way
	beside []string // commands of it, or ways to give them, that other closures show
}

// show writes a situation as the golden file does.
func show(s flow.Situation) string {
	words := []string{string(s.Line)}
	group := func(name string, on bool, state string, more ...string) {
		if on {
			words = append(words, name+"="+strings.Join(append([]string{state}, more...), "+"))
		}
	}
	some := func(on bool, w string) (out []string) {
		if on {
			out = append(out, w)
		}
		return out
	}
	group("in", s.Coming != "", string(s.Coming), append(some(s.Problem != "", string(s.Problem)), some(s.Arrived, "whole")...)...)
	group("out", s.Going != "", string(s.Going), some(s.Swap, "swap")...)
	group("money", s.Money != "", string(s.Money), append(some(s.ByHand, "by_hand"), some(s.Started, "started")...)...)
	group("charge", s.Charge != "", string(s.Charge))
	group("back", s.Back != "", string(s.Back))
	group("deposit", s.Deposit != "", string(s.Deposit), some(s.Ahead, "ahead")...)
	group("given", s.Ahead && s.Given != s.Going, string(s.Given))
	words = append(words, slices.Concat(some(s.Unwarned, "unwarned"), some(s.Unchecked, "unchecked"), some(s.Untold, "untold"), some(s.Inspected, "inspected"))...)
	return strings.Join(words, " ")
}

// at reads where a line stands now. What it shows is not all that decides how it goes on: an application that waits for
// a person, or is over, still knows what the policy said, and a line may owe more than the payment that is shown.
func (d *dealt) at() (s flow.Situation, key string, err error) {
	all, err := d.k.f.Standing(d.ctx(), d.k.shop.ID, d.v.Case.ID)
	if err != nil {
		return s, "", err
	}
	d.v, s = all.View, all.Situations[d.line]
	key = show(s)
	for _, m := range d.v.Settlements {
		if m.LineID == d.line && m.State != settle.Voided && m.Kind == settle.Reimbursement {
			key += " and freight"
		}
	}
	dec, err := rule.ParseDecision(d.lineView().Decision)
	if err != nil {
		return s, "", err
	}
	if s.Line != line.Approved && s.Coming == "" {
		key += " after " + string(dec.Outcome)
	} else if dec.Outcome == rule.Approve {
		key += " of right"
	}
	return s, key, nil
}
