package flow_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// What the child process is told: to be the server, on which database, and where the provider keeps its list.
const (
	victimURL  = "SANBAO_TEST_VICTIM_URL"
	victimPaid = "SANBAO_TEST_VICTIM_PAID"
)

// kills is how often the server is killed on each engine; with SANBAO_SOAK, two hundred times.
func kills() int {
	if os.Getenv("SANBAO_SOAK") != "" {
		return 200
	}
	return 20
}

// A server that is killed outright, again and again, under clients that send again what was not answered: every
// application exists once, every refund was paid once, and the books and sums agree.
func TestKill(t *testing.T) {
	if url := os.Getenv(victimURL); url != "" {
		serveUntilKilled(t, url)
		return
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			w := newWard(t, dialect)
			w.clients(4)
			for range kills() {
				w.Live(25)
			}
			w.stop()
			w.check()
		})
	}
}

// whole is a node as it runs: journeys, jobs and API on one database. Package app wires it the same way.
type whole struct {
	*flow.Flow
	server *web.Server
}

func openWhole(t *testing.T, url string, clk clock.Clock, g settle.Gateway) *whole {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	d, err := db.Open(t.Context(), db.Options{URL: url, Clock: clk, Log: quiet, OnHold: func(db.Hold) {}})
	if err != nil {
		t.Fatal(err)
	}
	lib, err := packs()
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := job.Open(d, job.Options{Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	a := &whole{&flow.Flow{DB: d, Policies: policy.NewShelves(lib), Jobs: jobs, Gateway: gatewayOf(g)}, web.New(web.Options{Version: "test", Tokens: auth.New(d, clk), Log: quiet})}
	a.RegisterJobs()
	a.Routes(a.server)
	return a
}

// serve answers and works until ctx ends.
func (a *whole) serve(ctx context.Context, ln net.Listener) error {
	if err := a.Jobs.Start(ctx); err != nil {
		return err
	}
	err := a.server.Serve(ctx, ln)
	return errors.Join(err, a.Jobs.Stop(context.WithoutCancel(ctx)), a.DB.Close())
}

// serveUntilKilled is the child.
func serveUntilKilled(t *testing.T, url string) {
	a := openWhole(t, url, clock.System{}, &paytest.OnFile{File: os.Getenv(victimPaid)})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	webtest.Serving(ln)
	t.Fatal(a.serve(t.Context(), ln))
}

// ward watches over a server that lives and dies, and over the clients that use it.
type ward struct {
	*webtest.Mortal
	t        *testing.T
	dialect  db.Dialect
	url      string
	provider *paytest.OnFile
	shop     shop.Shop
	token    string
	journeys atomic.Int64 // that were begun; all are finished
	done     sync.WaitGroup
	over     atomic.Bool
}

func newWard(t *testing.T, dialect db.Dialect) *ward {
	t.Helper()
	w := &ward{t: t, dialect: dialect, url: dbtest.URL(t, dialect), provider: &paytest.OnFile{File: filepath.Join(t.TempDir(), "paid")}}
	w.Mortal = webtest.NewMortal(t, victimURL+"="+w.url, victimPaid+"="+w.provider.File)
	w.shop = shop.Shop{ID: id.New(), Code: "shoes", Name: "女鞋商城", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Overlays: []string{}, Simulation: true}
	d, err := db.Open(t.Context(), db.Options{URL: w.url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		if err := shop.Insert(tx, w.shop); err != nil {
			return err
		}
		return shop.InsertWarehouse(tx, shop.Warehouse{ID: id.New(), ShopID: w.shop.ID, Code: "guangzhou", Name: "广州仓"})
	})
	if err == nil {
		w.token = webtest.Token(t, d, w.shop.ID, auth.Scopes()...)
	}
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	return w
}

// clients go on returning shoes until the ward is over, each its own, and finish what they began.
func (w *ward) clients(n int) {
	for range n {
		w.done.Go(func() {
			for !w.over.Load() {
				if err := w.journey(fmt.Sprint(w.journeys.Add(1))); err != nil {
					w.GiveUp(err)
					return
				}
			}
		})
	}
}

// stop lets the clients finish on one more server.
func (w *ward) stop() {
	w.t.Helper()
	w.over.Store(true)
	a := openWhole(w.t, w.url, clock.System{}, w.provider)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, end := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.serve(ctx, ln) }()
	w.At(ln.Addr().String())
	w.done.Wait()
	end()
	if err := <-ended; err != nil {
		w.t.Fatal(err)
	}
}

// call sends a request until it is answered, and well.
func (w *ward) call(path, key string, body, answer any) error {
	status, text, err := w.Call(w.token, http.MethodPost, "shops/"+w.shop.ID.String()+path, key, body, answer)
	if err == nil && status >= 300 {
		err = fmt.Errorf("%s %s: %d %s", path, key, status, text)
	}
	return err
}

// journey returns one pair of shoes, up to the approval of the money; the server pays by itself.
func (w *ward) journey(no string) error {
	now := clock.System{}.Now()
	paid := now.Add(-72 * time.Hour)
	var sold flow.Recorded
	if err := w.call("/orders", no+"-order", flow.NewOrder{OrderNo: no, Channel: order.Distance, Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &paid,
		SignedOn: (&kit{clock: clock.NewFake(now)}).today(-2), SignedBy: "self",
		Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "鞋", Category: "shoes", Quantity: 1, UnitPrice: 26900, Net: 26900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T" + no, Captured: 26900}}}, &sold); err != nil {
		return err
	}
	var v flow.View
	err := w.call("/cases", no+"-apply", flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: sold.Lines[0].ID, Quantity: 1, Ground: "size_mismatch",
		Remedy: "refund_return", Facts: facts("goods.worn", false, "goods.tag_removed", false)}}}, &v)
	post := func(path string, body any) {
		if err == nil {
			err = w.call(path, no+path, body, &v)
		}
	}
	if err != nil {
		return err
	}
	line := v.Lines[0].ID
	post("/lines/"+line.String()+"/approve", flow.Seen{Version: v.Lines[0].Version})
	if err != nil || len(v.Movements) != 1 {
		return fmt.Errorf("journey %s: %d parcels: %w", no, len(v.Movements), err)
	}
	parcel := "/parcels/" + v.Movements[0].ID.String()
	post(parcel+"/waybill", flow.Waybill{Carrier: "圆通", Waybill: "YT0000000" + no})
	post(parcel+"/sign", flow.Seen{})
	post(parcel+"/receive", flow.Opening{Counts: []flow.Count{{LineID: line, Arrived: 1}}})
	post("/lines/"+line.String()+"/inspect", flow.Established{Facts: intact()})
	if err != nil || len(v.Settlements) != 1 {
		return fmt.Errorf("journey %s: %d settlements: %w", no, len(v.Settlements), err)
	}
	post("/settlements/"+v.Settlements[0].ID.String()+"/approve", flow.Seen{Version: v.Settlements[0].Version})
	return err
}

// check finishes what is due, an hour later, and holds the database to what must be true. A job that was running when
// its server was killed runs again once nobody believes in its worker any more: on SQLite that is a matter of the clock.
// River goes by the machine's, and takes longer than a test may: there the payments that are left are run here.
func (w *ward) check() {
	t := w.t
	t.Helper()
	a := openWhole(t, w.url, clock.NewFake(clock.System{}.Now().Add(time.Hour)), w.provider)
	defer func() {
		if err := a.DB.Close(); err != nil {
			t.Error(err)
		}
	}()
	if w.dialect == db.SQLite {
		if _, err := a.Jobs.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var all []cases.Case
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = cases.List(tx, w.shop.ID, "", 0, 1_000_000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	again := 0
	for _, c := range all {
		v, err := a.View(t.Context(), w.shop.ID, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		s := v.Settlements[0]
		if s.State != settle.Settled && w.dialect == db.Postgres {
			again++
			if err := a.PayOne(t.Context(), w.shop.ID, s.ID); err != nil {
				t.Fatal(err)
			}
			if v, err = a.View(t.Context(), w.shop.ID, c.ID); err != nil {
				t.Fatal(err)
			}
			s = v.Settlements[0]
		}
		if len(v.Settlements) != 1 || s.State != settle.Settled || s.Minor != 26900 || v.Case.ClosedAt == nil {
			t.Errorf("case %s is %s: %+v", v.Case.Number, v.Case.Status, v.Settlements)
		}
		if err := errors.Join(standing(t.Context(), a.Flow, w.shop.ID, c.ID), kept(t.Context(), a.DB, w.shop.ID, v.Lines[0].OrderID)); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(balanced(t.Context(), a.DB, w.shop.ID), added(t.Context(), a.DB, w.shop.ID)); err != nil {
		t.Error(err)
	}
	paid, err := w.provider.List()
	if err != nil {
		t.Fatal(err)
	}
	if n := int(w.journeys.Load()); len(all) != n || len(paid) != n {
		t.Errorf("%d journeys were finished; there are %d cases, and %d were paid", n, len(all), len(paid))
	}
	t.Logf("%d kills, %d journeys, %d payments run again here", kills(), len(all), again)
}
