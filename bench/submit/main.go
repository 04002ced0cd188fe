// Command submit measures what an application for a return costs over HTTP, durable, against the bare engine: the same
// rows of the same tables, written with prepared statements in one transaction a request and nothing of ours around them.
// On SQLite it also measures 32 clients with grouped commits against the same server with grouping off.
//
//	go run ./bench/submit                    a new SQLite file
//	go run ./bench/submit -db postgres://…   an empty PostgreSQL database
//	go run ./bench/submit -seconds 10
//	go run ./bench/submit -sync 1ms          as on a disk whose sync takes a millisecond longer
//
// It prints requests a second and the ratios. With -check it fails below the project's targets.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

const clients = 32

func main() {
	url := flag.String("db", "", "database (default: a new SQLite file in a temporary folder)")
	seconds := flag.Float64("seconds", 4, "length of each measurement")
	sync := flag.Duration("sync", 0, "what every commit, bare or not, waits besides: a slower disk")
	profile := flag.String("cpuprofile", "", "write a processor profile of one client's requests to this file")
	check := flag.Bool("check", false, "fail below the targets of docs/performance.md")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *url, time.Duration(*seconds*float64(time.Second)), *sync, *profile, *check); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, url string, length, sync time.Duration, profile string, check bool) error {
	dir, err := os.MkdirTemp("", "sanbao-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	one, err := start(ctx, filepath.Join(dir, "grouped"), url, 64, sync)
	if err != nil {
		return err
	}
	defer one.stop()
	if profile != "" {
		return one.profile(profile, length)
	}
	// In turns, so that what else the machine does meets both alike.
	const turns = 8
	var bare, single float64
	for range turns {
		b, err := one.bare(ctx, length/turns)
		if err != nil {
			return err
		}
		h, _ := one.measure(1, length/turns)
		bare, single = bare+b/turns, single+h/turns
	}
	ratio := single / bare
	fmt.Printf("%-58s %8.0f/s\n", "bare prepared inserts of the same rows, 1 client", bare)
	fmt.Printf("%-58s %8.0f/s   %.2f of bare\n", "submit-return over HTTP, durable, 1 client", single, ratio)
	if one.app.DB.Dialect() != db.SQLite {
		many, _ := one.measure(clients, length)
		fmt.Printf("%-58s %8.0f/s\n", "submit-return over HTTP, durable, 32 clients", many)
		return failed(check, "one client below 0.4 of bare", ratio < 0.4)
	}
	off, err := start(ctx, filepath.Join(dir, "ungrouped"), "", 1, sync)
	if err != nil {
		return err
	}
	defer off.stop()
	var many, commits, alone float64
	for range turns {
		m, c := one.measure(clients, length/turns)
		a, _ := off.measure(clients, length/turns)
		many, commits, alone = many+m/turns, commits+c/turns, alone+a/turns
	}
	fmt.Printf("%-58s %8.0f/s   %.3f commits a request\n", "submit-return over HTTP, durable, 32 clients", many, commits)
	fmt.Printf("%-58s %8.0f/s   grouping gains %.1f\n", "the same with grouping off, 32 clients", alone, many/alone)
	return failed(check, "below the targets", ratio < 0.4 || commits > 0.4 || many/alone < 2.5)
}

// profile writes a processor profile of one client's requests.
func (s *server) profile(file string, length time.Duration) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	rate, _ := s.measure(1, length)
	pprof.StopCPUProfile()
	fmt.Printf("%.0f/s\n", rate)
	return nil
}

func failed(check bool, what string, is bool) error {
	if check && is {
		return fmt.Errorf("%s", what)
	}
	return nil
}

// server is a node on loopback with a shoe shop and one order a client.
type server struct {
	app    *app.App
	addr   string
	token  string
	shop   id.ID
	lines  []id.ID // of each client, with units enough for any run
	seq    atomic.Int64
	sync   time.Duration // added to every commit
	cancel context.CancelFunc
	done   chan error
}

func start(ctx context.Context, dir, url string, group int, sync time.Duration) (*server, error) {
	o := db.Options{Group: group, OnHold: func(db.Hold) {}}
	if sync > 0 {
		o.Fail = func(point string) error {
			if point == db.BeforeCommit {
				time.Sleep(sync)
			}
			return nil
		}
	}
	a, err := app.Open(ctx, app.Config{Data: dir, DB: url, Log: slog.New(slog.DiscardHandler), Database: o})
	if err != nil {
		return nil, err
	}
	s := &server{app: a, sync: sync, done: make(chan error, 1)}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s.addr = ln.Addr().String()
	serving, cancel := context.WithCancel(ctx)
	s.cancel = cancel
	go func() { s.done <- a.Serve(serving, ln) }()
	return s, nil
}

func (s *server) stop() {
	s.cancel()
	if err := <-s.done; err != nil {
		log.Print(err)
	}
	if err := s.app.Close(); err != nil {
		log.Print(err)
	}
}

// prepare opens a shop, records the orders and makes a token.
func (s *server) prepare(ctx context.Context) error {
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
	const units = 1_000_000
	for i := range clients {
		r, err := s.app.Flow.RecordOrder(ctx, flow.Actor{Name: "bench"}, sh.ID, flow.NewOrder{Platform: "taobao", OrderNo: fmt.Sprintf("99%016d", i),
			Buyer: flow.Buyer{Key: fmt.Sprint("buyer", i)}, Channel: order.Distance, Status: "交易成功", OrderedAt: paid, PaidAt: &paid, ShippedAt: &paid, SignedOn: &signed,
			Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "头层牛皮浅口单鞋", Category: "shoes", Quantity: units, UnitPrice: 26900, Net: 26900 * units}},
			Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Captured: 26900 * units}}})
		if err != nil {
			return err
		}
		s.lines = append(s.lines, r.Lines[0].ID)
	}
	draft, err := auth.Plan(auth.Principal{Scopes: []auth.Scope{auth.Admin}}, auth.Token{Name: "bench", Scopes: []auth.Scope{auth.CasesWrite}, Shop: sh.ID}, now)
	if err != nil {
		return err
	}
	s.token = draft.Secret.Reveal()
	return s.app.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := auth.Create(tx, draft)
		return err
	})
}

// client is one keep-alive connection. It writes a request and reads the answer without the goroutines of http.Client,
// so that what is measured is the server.
type client struct {
	s    *server
	line id.ID
	conn net.Conn
	r    *bufio.Reader
}

func (s *server) dial(n int) (*client, error) {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, err
	}
	return &client{s, s.lines[n], conn, bufio.NewReader(conn)}, nil
}

// submit applies for one unit and returns the answer.
func (c *client) submit() ([]byte, error) {
	body := fmt.Sprintf(`{"channel":"chat","lines":[{"order_line_id":"%s","quantity":1,"ground":"size_mismatch","remedy":"refund_return",
		"facts":{"goods.worn":false,"goods.tag_removed":false}}],"note":"38码有点挤脚，没穿出去","progress":"待寄回"}`, c.line)
	_, err := fmt.Fprintf(c.conn, "POST /api/v1/shops/%s/cases HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
		"Idempotency-Key: bench-%d\r\nContent-Length: %d\r\n\r\n%s", c.s.shop, c.s.addr, c.s.token, c.s.seq.Add(1), len(body), body)
	if err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", res.Status, answer)
	}
	return answer, err
}

// measure runs n clients and returns requests a second and commits a request.
func (s *server) measure(n int, length time.Duration) (rate, commits float64) {
	var done atomic.Int64
	var wg sync.WaitGroup
	before := s.app.DB.Stats().Commits
	begin := time.Now()
	for c := range n {
		wg.Go(func() {
			cl, err := s.dial(c)
			if err != nil {
				log.Fatal(err)
			}
			defer cl.conn.Close()
			for time.Since(begin) < length {
				if _, err := cl.submit(); err != nil {
					log.Fatal(err)
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	requests := float64(done.Load())
	return requests / time.Since(begin).Seconds(), float64(s.app.DB.Stats().Commits-before) / requests
}
