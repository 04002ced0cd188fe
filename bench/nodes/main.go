// Command nodes measures what a second node on one PostgreSQL brings where the database is not the limit: refunds whose time is the
// provider's. A local payment server answers after a while and counts what it is asked for; each node is a program of its own with its
// usual number of workers.
//
//	go run ./bench/nodes                    so many refunds by one node and by two, answers after 20 ms
//	go run ./bench/nodes -answer 100ms -refunds 200
//
// It prints refunds a second, the ratio, and how often any was asked for twice. With -check it fails below 1.5 and at a single one.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db/dbtest/cluster"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

// What a node is told: the database, and where the provider is.
const (
	nodeDB       = "SANBAO_BENCH_NODE_DB"
	nodeProvider = "SANBAO_BENCH_NODE_PROVIDER"
)

func main() {
	log.SetFlags(0)
	if dsn := os.Getenv(nodeDB); dsn != "" {
		if err := node(context.Background(), dsn, os.Getenv(nodeProvider)); err != nil {
			log.Fatal(err)
		}
		return
	}
	refunds := flag.Int("refunds", 600, "refunds of each measurement")
	answer := flag.Duration("answer", 20*time.Millisecond, "how long the provider takes")
	check := flag.Bool("check", false, "fail below the target of docs/performance.md")
	flag.Parse()
	if err := run(context.Background(), *refunds, *answer, *check); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, refunds int, answer time.Duration, check bool) (err error) {
	c, err := cluster.Start(cluster.Durable...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	p := &provider{answer: answer, asked: map[string]int{}, came: make(chan struct{}, 1<<16)}
	go func() { _ = http.Serve(ln, p) }() // until the listener closes
	s, err := open(ctx, c.DSN, "http://"+ln.Addr().String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.app.Close()) }()
	var rates [2]float64
	for turn := range 4 { // one, two, two, one: what else the machine does meets both alike
		n := []int{1, 2, 2, 1}[turn]
		rate, err := s.measure(ctx, c.DSN, n, refunds/2, p)
		if err != nil {
			return err
		}
		rates[n-1] += rate / 2
	}
	twice := p.twice()
	fmt.Printf("%-56s %8.0f/s\n%-56s %8.0f/s   %.2f of one\n", fmt.Sprintf("refunds by one node, answers after %s", answer), rates[0], "by two nodes", rates[1], rates[1]/rates[0])
	fmt.Printf("%d refunds, %d of them asked for more than once\n", len(p.asked), twice)
	if check && (rates[1]/rates[0] < 1.5 || twice > 0) {
		return errors.New("below the target")
	}
	return nil
}

// provider answers every refund after a while, and counts.
type provider struct {
	answer time.Duration
	came   chan struct{}
	mu     sync.Mutex
	asked  map[string]int
}

func (p *provider) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	time.Sleep(p.answer)
	p.mu.Lock()
	p.asked[r.URL.Path]++
	p.mu.Unlock()
	p.came <- struct{}{}
	fmt.Fprint(rw, "paid")
}

func (p *provider) twice() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, times := range p.asked {
		if times > 1 {
			n++
		}
	}
	return n
}

// gateway asks the provider.
type gateway struct{ at string }

func (g gateway) Refund(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.at+"/"+p.PayoutNo, nil)
	if err != nil {
		return settle.Answer{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return settle.Answer{}, err
	}
	return settle.Answer{Outcome: settle.Arrived, ExternalNo: "X" + p.PayoutNo, At: clock.System{}.Now()}, resp.Body.Close()
}

// Query is of payouts that may have been asked for: it asks again, which is then counted.
func (g gateway) Query(ctx context.Context, p settle.Payout) (settle.Answer, error) {
	return g.Refund(ctx, p)
}

// node opens the database, begins to work when it is told to, and works until its standard input ends.
func node(ctx context.Context, dsn, at string) error {
	a, err := app.Open(ctx, config(dsn, at))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	told := bufio.NewReader(os.Stdin)
	if _, err := told.ReadString('\n'); err != nil {
		return err
	}
	if err := a.Jobs.Start(ctx); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, told); err != nil {
		return err
	}
	return errors.Join(a.Jobs.Stop(ctx), a.Close())
}

func config(dsn, at string) app.Config {
	return app.Config{DB: dsn, Data: os.TempDir(), Log: slog.New(slog.DiscardHandler), Gateway: gateway{at}, Payments: os.DevNull}
}

// site is the shop whose refunds are paid.
type site struct {
	app *app.App
	at  string
	id  id.ID
	cal *calendar.Calendar
	seq int
}

func open(ctx context.Context, dsn, at string) (*site, error) {
	a, err := app.Open(ctx, config(dsn, at))
	if err != nil {
		return nil, err
	}
	sh, err := a.OpenShop(ctx, shop.NewShop{Code: "bench", Name: "bench", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		shop.NewWarehouse{Code: "guangzhou", Name: "guangzhou"})
	if err != nil {
		return nil, err
	}
	cal, err := calendar.Load(sh.Calendar)
	return &site{app: a, at: at, id: sh.ID, cal: cal}, err
}

// measure lays refunds out, starts so many nodes, and is how many refunds a second they ask for.
func (s *site) measure(ctx context.Context, dsn string, nodes, refunds int, p *provider) (float64, error) {
	if err := s.owe(ctx, refunds); err != nil {
		return 0, err
	}
	var all []*process
	for range nodes {
		n, err := start(dsn, s.at)
		if err != nil {
			return 0, err
		}
		all = append(all, n)
	}
	for _, n := range all {
		if _, err := fmt.Fprintln(n.in, "begin"); err != nil {
			return 0, err
		}
	}
	<-p.came // the first answer: they are at work
	begin := time.Now()
	for range refunds - 1 {
		<-p.came
	}
	took := time.Since(begin)
	for _, n := range all {
		if err := errors.Join(n.in.Close(), n.cmd.Wait()); err != nil {
			return 0, err
		}
	}
	return float64(refunds-1) / took.Seconds(), nil
}

// process is a node that is ready, and waits for a word.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
}

func start(dsn, at string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), nodeDB+"="+dsn, nodeProvider+"="+at)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return nil, fmt.Errorf("a node did not start: %w", err)
	}
	return &process{cmd, in}, nil
}

var boss = flow.Actor{Name: "bench", Supervisor: true, Finance: true}

// owe leads so many returns to the point where the provider is to pay. Nobody works the jobs yet.
func (s *site) owe(ctx context.Context, n int) error {
	const clients = 8
	failed := make([]error, clients)
	var wg sync.WaitGroup
	for c := range clients {
		first := s.seq + c
		wg.Go(func() {
			for i := first; i < s.seq+n && failed[c] == nil; i += clients {
				failed[c] = s.returned(ctx, i)
			}
		})
	}
	wg.Wait()
	s.seq += n
	return errors.Join(failed...)
}

// returned sells a pair, takes it back and approves the money.
func (s *site) returned(ctx context.Context, i int) error {
	f, no := s.app.Flow, fmt.Sprintf("99%016d", i)
	paid := s.app.Clock.Now().Add(-5 * 24 * time.Hour)
	signed := s.cal.DateOf(paid).AddDays(2)
	sold, err := f.RecordOrder(ctx, boss, s.id, flow.NewOrder{OrderNo: no, Channel: order.Distance, Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &paid, SignedOn: &signed,
		Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "头层牛皮浅口单鞋", Category: "shoes", Quantity: 1, UnitPrice: 26900, Net: 26900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByGateway, Reference: "T" + no, Captured: 26900}}})
	if err != nil {
		return err
	}
	v, err := f.Apply(ctx, boss, s.id, flow.Application{Channel: "chat", Lines: []flow.Asked{{OrderLineID: sold.Lines[0].ID, Quantity: 1, Ground: "size_mismatch", Remedy: "refund_return",
		Facts: facts("goods.worn", "goods.tag_removed")}}})
	then := func(step func() (flow.View, error)) {
		if err == nil {
			v, err = step()
		}
	}
	then(func() (flow.View, error) { return f.Approve(ctx, boss, s.id, v.Lines[0].ID, 0) })
	then(func() (flow.View, error) {
		return f.Receive(ctx, boss, s.id, v.Movements[0].ID, 0, flow.Opening{Counts: []flow.Count{{LineID: v.Lines[0].ID, Arrived: 1}}})
	})
	then(func() (flow.View, error) {
		sheet := facts("goods.worn", "goods.tag_removed", "goods.inner_pack_missing", "goods.soiled", "goods.parts_missing", "goods.impaired", "goods.gift_missing")
		sheet["goods.resaleable"] = json.RawMessage("true")
		return f.Inspect(ctx, boss, s.id, v.Lines[0].ID, 0, sheet, "")
	})
	then(func() (flow.View, error) { return f.ApproveMoney(ctx, boss, s.id, v.Settlements[0].ID, 0) })
	return err
}

// facts are what is not so.
func facts(names ...string) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, n := range names {
		out[n] = json.RawMessage("false")
	}
	return out
}
