package demo_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/db/dbtest"
	"github.com/sanbao/sanbao/internal/demo"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle/paytest"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web/webtest"
)

// What the child process is told: to be the server, in which folder, on which database, and where the provider keeps its list.
const (
	monthData = "SANBAO_TEST_MONTH_DATA"
	monthURL  = "SANBAO_TEST_MONTH_URL"
	monthPaid = "SANBAO_TEST_MONTH_PAID"
)

// month is how much of the past is played, and how often the server is killed meanwhile; with SANBAO_SOAK, as many cases as a month has.
func month() (cases, kills int) {
	if os.Getenv("SANBAO_SOAK") != "" {
		return demo.Cases / 12, 150
	}
	return 12, 4
}

// The demo shops open, their past is played, customers come with whatever they like, and the server is killed in between, again and again. When
// nothing is left to do, the books agree to the fen and the unit, what arrived is what the provider paid, each once, and its statement
// shows no difference.
func TestBooksOfAMonthWithKills(t *testing.T) {
	if url := os.Getenv(monthURL); url != "" {
		c := monthOf(os.Getenv(monthData), url, os.Getenv(monthPaid))
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Fatal(serveMonth(t.Context(), c, ln, func() { webtest.Serving(ln) }))
	}
	for _, dialect := range []db.Dialect{db.SQLite, db.Postgres} {
		t.Run(dialect.String(), func(t *testing.T) {
			m := newMonth(t, dialect)
			for n := range 4 {
				m.done.Go(func() { m.customers(rand.New(rand.NewPCG(uint64(n), uint64(os.Getpid())))) })
			}
			_, kills := month()
			for range kills {
				m.Live(120)
			}
			m.stop()
			m.finish()
			m.check()
		})
	}
}

func monthOf(data, url, paid string) app.Config {
	return app.Config{Data: data, DB: url, Log: slog.New(slog.DiscardHandler), Gateway: &paytest.OnFile{File: paid},
		Database: db.Options{OnHold: func(db.Hold) {}}}
}

func serveMonth(ctx context.Context, c app.Config, ln net.Listener, up func()) error {
	a, err := app.Open(ctx, c)
	if err != nil {
		return err
	}
	demo.Register(a)
	up()
	return errors.Join(a.Serve(ctx, ln), a.Close())
}

// monthly is the demo's shops with a provider, a server that dies and customers who ask again.
type monthly struct {
	*webtest.Mortal
	t        *testing.T
	config   app.Config
	provider *paytest.OnFile
	shops    []shop.Shop
	shoes    shop.Shop
	token    string
	done     sync.WaitGroup
	over     atomic.Bool
	seq      atomic.Int64
	given    atomic.Int64
	refused  atomic.Int64
}

func newMonth(t *testing.T, dialect db.Dialect) *monthly {
	t.Helper()
	m := &monthly{t: t, provider: &paytest.OnFile{File: filepath.Join(t.TempDir(), "paid")}}
	m.config = monthOf(t.TempDir(), dbtest.Empty(t, dialect), m.provider.File)
	m.Mortal = webtest.NewMortal(t, monthData+"="+m.config.Data, monthURL+"="+m.config.DB, monthPaid+"="+m.provider.File)
	if _, err := demo.Seed(t.Context(), m.config); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), m.config)
	if err != nil {
		t.Fatal(err)
	}
	demo.Register(a)
	cases, _ := month()
	err = errors.Join(demo.Begin(t.Context(), a, cases), a.DB.Read(t.Context(), func(tx *db.Tx) (err error) { m.shops, err = shop.List(tx); return err }))
	if err != nil {
		t.Fatal(err)
	}
	m.shoes = m.shops[slices.IndexFunc(m.shops, func(s shop.Shop) bool { return s.Code == "shoes" })]
	m.token = webtest.Token(t, a.DB, m.shoes.ID, auth.Scopes()...)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return m
}

// stop lets the customers who have begun come to their end on one more server.
func (m *monthly) stop() {
	m.t.Helper()
	m.over.Store(true)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, end := context.WithCancel(m.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serveMonth(ctx, m.config, ln, func() { m.At(ln.Addr().String()) }) }()
	m.done.Wait()
	end()
	if err := <-ended; err != nil {
		m.t.Fatal(err)
	}
}

// finish does what is due some hours later, when nobody believes in the workers of dead servers any more. River goes by the machine's clock
// there; what it would find then is told it now.
func (m *monthly) finish() {
	m.t.Helper()
	c := m.config
	c.Clock = clock.NewFake(clock.System{}.Now().Add(3 * time.Hour))
	a := m.open(c)
	defer m.closes(a)
	demo.Register(a)
	if a.DB.Dialect() == db.Postgres {
		if err := a.DB.Write(m.t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`update river_job set state = 'available' where state = 'running'`)
			return err
		}); err != nil {
			m.t.Fatal(err)
		}
	}
	if _, err := a.Jobs.RunDue(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
}

func (m *monthly) open(c app.Config) *app.App {
	m.t.Helper()
	a, err := app.Open(m.t.Context(), c)
	if err != nil {
		m.t.Fatal(err)
	}
	return a
}

func (m *monthly) closes(a *app.App) {
	m.t.Helper()
	if err := a.Close(); err != nil {
		m.t.Error(err)
	}
}

// check holds books, provider and statement against each other.
func (m *monthly) check() {
	t := m.t
	t.Helper()
	a := m.open(m.config)
	defer m.closes(a)
	paid, err := m.provider.List()
	if err != nil {
		t.Fatal(err)
	}
	arrived := 0
	for _, s := range m.shops {
		arrived += m.reconciles(a, s, paid)
		wantBooks(t, a, s)
	}
	if arrived != len(paid) || arrived == 0 {
		t.Errorf("%d refunds arrived here, and the provider paid %d", arrived, len(paid))
	}
	m.nothingLeft(a)
	cases, kills := month()
	t.Logf("%d kills, %d cases of the past and %d in all, %d commands given and %d refused, %d refunds by the provider", kills, cases, count(t, a, "cases"), m.given.Load(), m.refused.Load(), len(paid))
	if m.given.Load() == 0 || m.refused.Load() == 0 {
		t.Error("nothing was tried")
	}
}

// nothingLeft says that every job came to a good end.
func (m *monthly) nothingLeft(a *app.App) {
	m.t.Helper()
	err := a.DB.Read(m.t.Context(), func(tx *db.Tx) error {
		counts, err := a.Jobs.Counts(tx)
		for _, c := range counts {
			if c.N > 0 && (c.State == job.Dead || c.State == job.Running) {
				m.t.Errorf("%d jobs are %s", c.N, c.State)
			}
		}
		return err
	})
	if err != nil {
		m.t.Error(err)
	}
}

// reconciles holds a shop's refunds by the provider against what he paid, one by one and by his statement, and says how many there are. What the
// platform has stepped in on waits.
func (m *monthly) reconciles(a *app.App, s shop.Shop, paid map[string]paytest.Paid) (n int) {
	t := m.t
	t.Helper()
	bill, lines := strings.Builder{}, 0
	bill.WriteString("支付宝交易号,商户订单号,业务类型,完成时间,订单金额（元）,退款批次号/请求号\n")
	type refund struct {
		state, no, tender string
		minor             int64
	}
	var all []refund
	err := a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		all, err = db.Collect(tx, func(r *db.Rows) (x refund, err error) { return x, r.Scan(&x.state, &x.no, &x.tender, &x.minor) },
			`select s.state, s.payout_no, p.tender, s.amount from settlement s join payment p on p.id = s.payment_id join case_line l on l.id = s.case_line_id
			where s.shop_id = $1 and s.route = 'gateway' and s.state in ('to_pay', 'processing', 'settled') and s.amount > 0
			and not (s.state = 'to_pay' and l.state = 'disputed')`, s.ID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		p, known := paid[x.no]
		if x.state != "settled" || !known || p.Amount.Minor != x.minor {
			t.Errorf("%s: %s of %d is %s, and the provider paid %+v", s.Code, x.no, x.minor, x.state, p)
			continue
		}
		if n++; x.tender != "alipay" {
			continue
		}
		lines++
		fmt.Fprintf(&bill, "%s,%s,退款,%s,-%d.%02d,%s\n", p.Reference, strings.TrimPrefix(p.Reference, "T"), p.At.Time().In(shanghai).Format(time.DateTime),
			p.Amount.Minor/100, p.Amount.Minor%100, x.no)
	}
	if lines == 0 {
		return n
	}
	out, err := a.Flow.Reconcile(t.Context(), flow.System, s.ID, flow.StatementFile{Preset: "alipay-bill", File: export.File{Name: "bill.csv", Data: strings.NewReader(bill.String()), Size: int64(bill.Len())}})
	if err != nil || len(out.Faults) > 0 || out.Matched != lines || out.Open != 0 {
		t.Errorf("%s: %+v, %v", s.Code, out, err)
	}
	return n
}
