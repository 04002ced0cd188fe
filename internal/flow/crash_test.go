package flow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// errCrash is what a dead machine says at every point it passes.
var errCrash = errors.New("the machine crashed")

// machine is a running program on a database that outlives it: journeys, jobs and API. From the crash on, whatever would be
// written is lost, until restart opens the database again.
type machine struct {
	t      *testing.T
	url    string
	clock  *clock.Fake
	pay    settle.Gateway // the provider does not die with us
	shop   shop.Shop
	token  string
	d      *db.DB
	k      *kit
	server *web.Server

	points  []string // passed since the start of the journey
	crashAt int      // the point to die at, counted from 1; 0: never
	dead    bool
	crashes int
}

func newMachine(t *testing.T, dialect db.Dialect, turns ...settle.Turn) *machine {
	t.Helper()
	n := &machine{t: t, url: dbtest.URL(t, dialect), clock: dbtest.Clock(), shop: trialShop()}
	n.pay = settle.NewScripted(n.clock, turns...)
	n.start()
	t.Cleanup(func() {
		if err := n.d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := openTrial(t.Context(), n.d, n.shop); err != nil {
		t.Fatal(err)
	}
	n.token = webtest.Token(t, n.d, n.shop.ID, auth.Scopes()...)
	n.points = nil
	return n
}

// pass is called at every point a crash is tried at.
func (n *machine) pass(point string) error {
	n.points = append(n.points, point)
	if !n.dead && len(n.points) == n.crashAt {
		n.dead = true
		n.crashes++
	}
	if n.dead {
		return errCrash
	}
	return nil
}

func (n *machine) start() {
	n.t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	var err error
	n.d, err = db.Open(n.t.Context(), db.Options{URL: n.url, Clock: n.clock, Log: quiet, Fail: n.pass, OnHold: func(db.Hold) {}})
	if err != nil {
		n.t.Fatal(err)
	}
	if n.k, err = openKit(n.t, n.d, n.clock); err != nil {
		n.t.Fatal(err)
	}
	n.k.shop, n.k.f.Gateway, n.k.f.Fail = n.shop, gatewayOf(n.pay), n.pass
	n.server = web.New(web.Options{Version: "test", Tokens: auth.New(n.d, n.clock), Log: quiet, ShopExists: nil})
	n.k.f.Routes(n.server)
}

// restart opens the database again where a dead machine left it. What it had begun is taken for lost half a minute later.
func (n *machine) restart() {
	n.t.Helper()
	if err := n.d.Close(); err != nil {
		n.t.Fatal(err)
	}
	n.dead = false
	n.clock.Advance(time.Minute)
	n.start()
}

// call sends a request until it is answered, with one key, as a client does whose server comes and goes.
func (n *machine) call(method, path, key string, body, answer any) {
	n.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		n.t.Fatal(err)
	}
	for range 5 {
		r := httptest.NewRequest(method, web.APIRoot+"shops/"+n.shop.ID.String()+path, bytes.NewReader(text))
		r.Header.Set("Authorization", "Bearer "+n.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		n.server.ServeHTTP(w, r)
		switch {
		case n.dead:
			n.restart()
			continue
		case w.Code >= 300:
			n.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), answer); err != nil {
			n.t.Fatal(err)
		}
		return
	}
	n.t.Fatalf("%s %s is never answered", method, path)
}

// post gives a command to something of the case.
func (n *machine) post(path string, body any) (v flow.View) {
	n.t.Helper()
	n.call(http.MethodPost, path, "key"+path, body, &v)
	return v
}

// journey returns one pair of shoes and waits for the money, whatever crashes on the way.
func (n *machine) journey() flow.View {
	n.t.Helper()
	now := n.clock.Now()
	paid := now.Add(-72 * time.Hour)
	var sold flow.Recorded
	n.call(http.MethodPost, "/orders", "order", flow.NewOrder{OrderNo: "1", Channel: order.Distance, Status: "paid", OrderedAt: paid, PaidAt: &paid,
		SignedOn: (&kit{clock: n.clock}).today(-2), SignedBy: "self", FreightPaid: 600,
		Lines:    []flow.NewOrderLine{{SKU: "A", Title: "A", Category: "shoes", Quantity: 1, UnitPrice: 19900, Net: 19900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T1", Captured: 20500}}}, &sold)
	v := n.post("/cases", flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: sold.Lines[0].ID, Quantity: 1, Ground: "trial",
		Remedy: "refund_return", Facts: facts("trial.says", "agent", "trial.at_once", false)}}})
	lineID := v.Lines[0].ID
	l := "/lines/" + lineID.String()
	v = n.post(l+"/approve", flow.Seen{Version: v.Lines[0].Version})
	p := "/parcels/" + v.Movements[0].ID.String()
	v = n.post(p+"/waybill", flow.Waybill{Carrier: "圆通", Waybill: "YT00001"})
	v = n.post(p+"/sign", flow.Seen{Version: v.Movements[0].Version})
	v = n.post(p+"/receive", flow.Opening{Counts: []flow.Count{{LineID: lineID, Arrived: 1}}})
	v = n.post(l+"/inspect", flow.Established{Facts: facts("trial.found", "good")})
	s := "/settlements/" + v.Settlements[0].ID.String()
	n.post(s+"/approve", flow.Seen{Version: v.Settlements[0].Version})
	for try := range 20 {
		n.work()
		n.call(http.MethodGet, "/cases/"+v.Case.ID.String(), "", nil, &v)
		switch v.Settlements[0].State {
		case settle.Settled:
			return v
		case settle.Failed:
			n.post(s+"/retry", flow.Seen{Version: v.Settlements[0].Version})
		}
		n.clock.Advance(time.Duration(1+try) * 5 * time.Minute) // for what is tried again, or asked again, later
	}
	n.t.Fatalf("never paid: %+v", v.Settlements)
	return v
}

// work runs what is due; a machine that dies of it is started again.
func (n *machine) work() {
	n.t.Helper()
	_, err := n.k.f.Jobs.RunDue(n.t.Context())
	if n.dead {
		n.restart()
		return
	}
	if err != nil {
		n.t.Fatal(err)
	}
}

// once holds a finished journey to having happened once: every command left one trace, the money moved once, and the
// books and sums agree.
func (n *machine) once(v flow.View, gateway *settle.Scripted) error {
	ctx := n.t.Context()
	var wrong []error
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if v.Case.Status != cases.Closed || v.Lines[0].Status != "settled" || len(v.Lines) != 1 || len(v.Movements) != 1 || len(v.Settlements) != 1 {
		bad("the case is %s: %d lines, %d parcels, %d settlements", v.Case.Status, len(v.Lines), len(v.Movements), len(v.Settlements))
	}
	if paid := gateway.Paid(); len(paid) != 1 || paid[0].Amount.Minor != 20500 {
		bad("the provider paid %+v", paid)
	}
	wrong = append(wrong, standing(ctx, n.k.f, n.shop.ID, v.Case.ID), kept(ctx, n.d, n.shop.ID, v.Lines[0].OrderID), balanced(ctx, n.d, n.shop.ID))
	err := n.d.Read(ctx, func(tx *db.Tx) error {
		all, err := cases.List(tx, n.shop.ID, "", 0, 10)
		if err != nil {
			return err
		}
		if len(all) != 1 {
			bad("%d cases", len(all))
		}
		events, err := audit.OfCase(tx, n.shop.ID, v.Case.ID, 0, 100)
		if err != nil {
			return err
		}
		var verbs []string
		for _, e := range events {
			if e.Subject != audit.Settlement || e.Verb != "initiate" && e.Verb != "fail" && e.Verb != "retry" {
				verbs = append(verbs, e.Verb)
			}
		}
		if want := strings.Fields(happened); !slices.Equal(verbs, want) {
			bad("it happened: %v\nshould have: %v", verbs, want)
		}
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// happened is what the timeline tells of the journey, attempts to pay aside.
const happened = "opened applied approve announced ship sign receive grant computed approve arrive closed"

// A machine that dies before or after any commit, or at any point of a payment, whatever the provider then does: nothing is
// lost, the customer is paid once, and a request that is sent again after a crash has had one effect.
func TestCrashAnywhere(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		for _, turn := range []settle.Turn{settle.Pays, settle.Accepts, settle.Bounces, settle.LosesReply, settle.Unreached} {
			name := dialect.String() + "/" + string(turn)
			if turn == settle.Pays {
				name += "pays"
			}
			t.Run(name, func(t *testing.T) {
				calm := newMachine(t, dialect, turn)
				if err := calm.once(calm.journey(), calm.pay.(*settle.Scripted)); err != nil {
					t.Fatal(err)
				}
				points := calm.points
				first := 1
				if turn != settle.Pays { // the provider's turn is over before the payment: so are the commands
					first = slices.Index(points, "pay:start")
				}
				for at := first; at <= len(points); at++ {
					n := newMachine(t, dialect, turn)
					n.crashAt = at
					v := n.journey()
					if n.crashes != 1 {
						t.Fatalf("crash %d did not happen", at)
					}
					if err := n.once(v, n.pay.(*settle.Scripted)); err != nil {
						t.Errorf("crash at point %d, %s, after %v: %v", at, points[at-1], points[max(0, at-4):at-1], err)
					}
				}
				t.Logf("%d points", len(points))
			})
		}
	}
}
