// Command start measures how long a server needs from its start to its first answer on a database of a million cases,
// and how much memory it then holds. It makes that database first, by copying one real case row by row.
//
//	go run ./bench/start                    a million cases in a temporary folder (about 4 GB, some minutes)
//	go run ./bench/start -cases 10000
//	go run ./bench/start -dir DIR           keep the database in DIR, and use it again the next time
//
// With -check it fails above the project's targets: one second, 60 MiB.
package main

import (
	"bufio"
	"context"
	"database/sql"
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
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
)

func main() {
	cases := flag.Int("cases", 1_000_000, "cases in the database")
	dir := flag.String("dir", "", "folder of the database (default: a temporary one, removed)")
	check := flag.Bool("check", false, "fail above the targets")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *cases, *dir, *check); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, cases int, dir string, check bool) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "sanbao-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	g, err := generate(ctx, dir, cases)
	if err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	binary := filepath.Join(dir, "sanbao")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/sanbao")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	var best time.Duration
	var rss float64
	for range 3 { // the first start also warms the file cache; the best is what the program itself needs
		took, mib, err := first(ctx, binary, dir, g)
		if err != nil {
			return err
		}
		fmt.Printf("start to first answer %6.0f ms   resident %5.1f MiB\n", float64(took.Microseconds())/1000, mib)
		if best == 0 || took < best {
			best = took
		}
		rss = max(rss, mib)
	}
	if check && (best > time.Second || rss > 60) {
		return fmt.Errorf("above the targets: %v, %.1f MiB", best, rss)
	}
	return nil
}

// made is what the bench has to know of its database.
type made struct {
	Shop  id.ID  `json:"shop"`
	Token string `json:"token"`
	Cases int    `json:"cases"`
}

// generate makes the database, or finds it made.
func generate(ctx context.Context, dir string, cases int) (g made, err error) {
	note := filepath.Join(dir, "made.json")
	if b, err := os.ReadFile(note); err == nil {
		if err := json.Unmarshal(b, &g); err == nil && g.Cases == cases {
			return g, nil
		}
		return g, fmt.Errorf("%s holds another database; choose another folder", dir)
	}
	begin := time.Now()
	g.Cases = cases
	pattern, err := onePattern(ctx, dir, &g)
	if err != nil {
		return g, err
	}
	if err := multiply(ctx, filepath.Join(dir, "sanbao.db"), pattern, cases); err != nil {
		return g, err
	}
	info, err := os.Stat(filepath.Join(dir, "sanbao.db"))
	if err != nil {
		return g, err
	}
	fmt.Printf("%d cases, %.1f GB, made in %v\n", cases, float64(info.Size())/1e9, time.Since(begin).Round(time.Second))
	b, err := json.Marshal(g)
	if err != nil {
		return g, err
	}
	return g, os.WriteFile(note, b, 0o600)
}

// onePattern makes a shop and one real case in it.
func onePattern(ctx context.Context, dir string, g *made) (caseID id.ID, err error) {
	a, err := app.Open(ctx, app.Config{Data: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	sh, err := a.OpenShop(ctx, shop.NewShop{Code: "bench", Name: "bench", Pack: "shoes", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		shop.NewWarehouse{Code: "guangzhou", Name: "guangzhou"})
	if err != nil {
		return 0, err
	}
	g.Shop = sh.ID
	now := a.Clock.Now()
	r, err := a.Flow.RecordOrder(ctx, flow.Actor{Name: "bench"}, sh.ID, flow.NewOrder{Platform: "taobao", OrderNo: "990000000000000000",
		Channel: order.Distance, Status: "已付款", OrderedAt: now, PaidAt: &now,
		Lines:    []flow.NewOrderLine{{SKU: "SH-2401", Title: "头层牛皮浅口单鞋", Category: "shoes", Quantity: 1, UnitPrice: 26900, Net: 26900}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Captured: 26900}}})
	if err != nil {
		return 0, err
	}
	v, err := a.Flow.Apply(ctx, flow.Actor{Name: "bench"}, sh.ID, flow.Application{Channel: "chat", Note: "不想要了",
		Lines: []flow.Asked{{OrderLineID: r.Lines[0].ID, Quantity: 1, Ground: "no_reason", Remedy: "refund_only"}}})
	if err != nil {
		return 0, err
	}
	draft, err := auth.Plan(auth.Principal{Scopes: []auth.Scope{auth.Admin}}, auth.Token{Name: "bench", Scopes: []auth.Scope{auth.CasesRead}, Shop: sh.ID}, now)
	if err != nil {
		return 0, err
	}
	g.Token = draft.Secret.Reveal()
	return v.Case.ID, a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := auth.Create(tx, draft)
		return err
	})
}

// copies says how each table's rows of the pattern are copied: which columns move by a step with every copy, so that ids
// stay apart and keep pointing at each other.
var copies = []struct{ table, where, moved string }{
	{"orders", "id in (select order_id from case_line where case_id = $1)", "id"},
	{"order_line", "order_id in (select order_id from case_line where case_id = $1)", "id order_id"},
	{"payment", "order_id in (select order_id from case_line where case_id = $1)", "id order_id"},
	{"funding", "order_id in (select order_id from case_line where case_id = $1)", "id order_id payment_id order_line_id"},
	{"cases", "id = $1", "id"},
	{"note", "case_id = $1", "id case_id"},
	{"decision", "case_id = $1", "id case_id case_line_id"},
	{"case_line", "case_id = $1", "id case_id order_id order_line_id decision_id"},
	{"settlement", "case_id = $1", "id case_id case_line_id payment_id decision_id"},
	{"settlement_part", "settlement_id in (select id from settlement where case_id = $1)", "settlement_id funding_id"},
	{"timeline", "case_id = $1", "id case_id subject_id"},
}

// multiply copies the pattern's rows n-1 times, a table at a time, with ids that grow.
func multiply(ctx context.Context, file string, pattern id.ID, n int) (err error) {
	d, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	d.SetMaxOpenConns(1)
	for _, c := range copies {
		cols, err := columns(ctx, d, c.table)
		if err != nil {
			return err
		}
		values := make([]string, len(cols))
		for i, col := range cols {
			switch {
			case strings.Contains(" "+c.moved+" ", " "+col+" "):
				values[i] = col + " + step.i * 1000000"
			case col == "number" || col == "order_no" || col == "payout_no":
				values[i] = col + " || '-' || step.i"
			default:
				values[i] = col
			}
		}
		const most = 100_000
		for from := 1; from < n; from += most {
			_, err := d.ExecContext(ctx, `with recursive step(i) as (select $2 union all select i + 1 from step where i < $3)
				insert into `+c.table+` (`+strings.Join(cols, ", ")+`) select `+strings.Join(values, ", ")+` from step,
				(select * from `+c.table+` where `+c.where+`) pattern`, int64(pattern), from, min(from+most, n)-1)
			if err != nil {
				return fmt.Errorf("%s: %w", c.table, err)
			}
		}
	}
	_, err = d.ExecContext(ctx, `pragma wal_checkpoint(truncate)`)
	return err
}

func columns(ctx context.Context, d *sql.DB, table string) ([]string, error) {
	rows, err := d.QueryContext(ctx, `select * from `+table+` limit 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

// first starts the server and waits for its first answer.
func first(ctx context.Context, binary, dir string, g made) (took time.Duration, mib float64, err error) {
	address, err := free()
	if err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	c := exec.CommandContext(ctx, binary, "serve", "--data", dir, "--listen", address, "--no-demo")
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, c.Process.Signal(os.Interrupt), c.Wait()) }()
	for time.Since(begin) < 30*time.Second {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/api/v1/shops/%s/cases", address, g.Shop), nil)
		if err != nil {
			return 0, 0, err
		}
		r.Header.Set("Authorization", "Bearer "+g.Token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			time.Sleep(2 * time.Millisecond) // it does not listen yet
			continue
		}
		took = time.Since(begin)
		var page struct{ Items []json.RawMessage }
		err = errors.Join(json.NewDecoder(res.Body).Decode(&page), res.Body.Close())
		if err != nil || res.StatusCode != http.StatusOK || len(page.Items) != 50 {
			return 0, 0, fmt.Errorf("%s with %d cases: %v", res.Status, len(page.Items), err)
		}
		mib, err = resident(c.Process.Pid)
		return took, mib, err
	}
	return 0, 0, errors.New("no answer within 30 s")
}

func free() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

func resident(pid int) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if kb, ok := strings.CutPrefix(s.Text(), "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 64)
			return n / 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}
