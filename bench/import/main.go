// Command import measures how fast an export file of orders comes into a new database (SQLite by default), both passes and the
// durable commits included, and how much memory that takes.
//
//	go run ./bench/import                 a million order lines, about 20 to an order, as in the UCI data
//	go run ./bench/import -lines 100000 -per-order 1.3
//	go run ./bench/import -file orders.csv
//	go run ./bench/import -db postgres://…        an empty PostgreSQL database
//
// It prints order lines a second, the share of each pass, the longest hold of the writer, and the peak of the resident
// memory. With -min and -max-rss it fails below and above them.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/shop"
)

func main() {
	lines := flag.Int("lines", 1_000_000, "order lines to generate")
	perOrder := flag.Float64("per-order", 20, "mean number of lines of an order")
	file := flag.String("file", "", "import this file instead of a generated one")
	dir := flag.String("dir", "", "folder for the database and the generated file (default: a temporary one, removed)")
	url := flag.String("db", "", "database to import into (default: a new SQLite file in the folder)")
	least := flag.Float64("min", 0, "fail below so many lines a second")
	most := flag.Float64("max-rss", 0, "fail above so many MiB")
	flag.Parse()
	log.SetFlags(0)
	rate, rss, err := run(*lines, *perOrder, *file, *dir, *url)
	switch {
	case err != nil:
		log.Fatal(err)
	case rate < *least:
		log.Fatalf("%.0f lines/s is less than %.0f", rate, *least)
	case *most > 0 && rss > *most:
		log.Fatalf("%.0f MiB is more than %.0f", rss, *most)
	}
}

func run(lines int, perOrder float64, file, dir, url string) (rate, rss float64, err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "sanbao-bench-"); err != nil {
			return 0, 0, err
		}
		defer os.RemoveAll(dir)
	}
	if file == "" {
		file = filepath.Join(dir, "orders.csv")
		if err := generate(file, lines, perOrder); err != nil {
			return 0, 0, err
		}
	}
	ctx := context.Background()
	if url == "" {
		url = "sqlite:" + filepath.Join(dir, "bench.db")
	}
	var longest time.Duration
	d, err := db.Open(ctx, db.Options{URL: url, HoldLimit: time.Millisecond,
		OnHold: func(h db.Hold) { longest = max(longest, h.Took) }})
	if err != nil {
		return 0, 0, err
	}
	defer d.Close() // nothing is left to write
	if err := d.Migrate(ctx); err != nil {
		return 0, 0, err
	}
	return measure(ctx, d, file, &longest)
}

func measure(ctx context.Context, d *db.DB, file string, longest *time.Duration) (rate, rss float64, err error) {
	s := shop.Shop{ID: id.New(), Code: "bench", Name: "Bench", Currency: "GBP", Calendar: "GB-EAW", Overlays: []string{}}
	if err := d.Write(ctx, func(tx *db.Tx) error { return shop.Insert(tx, s) }); err != nil {
		return 0, 0, err
	}
	f, err := os.Open(file)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close() // only read
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	begun, checked := time.Now(), time.Duration(0)
	report, err := flow.ImportOrders(ctx, d, flow.Import{ShopID: s.ID, Preset: "uci-online-retail", Actor: "bench",
		Orders: export.File{Name: filepath.Base(file), Data: f, Size: info.Size()},
		Progress: func(p flow.ImportProgress) {
			if p.Phase == flow.ImportChecks {
				checked = time.Since(begun)
			}
		}})
	if err != nil {
		return 0, 0, err
	}
	took := time.Since(begun)
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, 0, err
	}
	n := report.Created.Lines + report.Created.Returns
	rate, rss = float64(n)/took.Seconds(), float64(usage.Maxrss)/1024
	fmt.Printf("%d lines of %d orders and %d return lines in %.2f s: %.0f lines/s\n", report.Created.Lines, report.Created.Orders, report.Created.Returns, took.Seconds(), rate)
	fmt.Printf("first pass %.2f s, second %.2f s; %d commits; longest hold of the writer %.1f ms; peak resident %.0f MiB\n",
		checked.Seconds(), (took - checked).Seconds(), d.Stats().Commits, float64(longest.Microseconds())/1000, rss)
	return rate, rss, nil
}

// generate writes a file in the UCI layout: orders of geometrically distributed length, some customers unnamed, one
// document in fifty a return.
func generate(file string, lines int, perOrder float64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	r := rand.New(rand.NewPCG(1, 2))
	at := time.Date(2010, 12, 1, 8, 0, 0, 0, time.UTC)
	fmt.Fprintln(w, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country")
	for n, invoice := 0, 500_000; n < lines; invoice++ {
		at = at.Add(20 * time.Second)
		customer, sign, prefix := fmt.Sprintf("%d.0", 12_000+r.IntN(90_000)), 1, ""
		if r.IntN(4) == 0 {
			customer = ""
		}
		if r.IntN(50) == 0 {
			sign, prefix = -1, "C"
		}
		for more := true; more && n < lines; more = r.Float64() > 1/perOrder {
			n++
			fmt.Fprintf(w, "%s%d,%d%c,\"GIFT BOX, NUMBER %d IN RED\",%d,%s,%d.%02d,%s,United Kingdom\n", prefix, invoice, 20_000+r.IntN(5_000),
				'A'+rune(r.IntN(26)), r.IntN(5_000), sign*(1+r.IntN(24)), at.Format(time.DateTime), 1+r.IntN(20), r.IntN(100), customer)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
