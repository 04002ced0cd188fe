// Command backtest measures `sanbao policy backtest`: it makes a cosmetics shop with a million decided lines, real
// decisions of the real engine on varied facts, then runs the program on a draft whose window is 45 days instead of 30, and
// prints decisions a minute, processor time for each, and the peak of the program's resident memory.
//
//	go run ./bench/backtest                   SQLite in a temporary folder (some minutes, 9 GB)
//	go run ./bench/backtest -lines 100000
//	go run ./bench/backtest -dir DIR          keep the database in DIR, and use it again the next time
//
// With -check it fails below the project's targets: a million a minute on two cores, within 300 MiB.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/policies"
)

func main() {
	lines := flag.Int("lines", 1_000_000, "decided lines")
	dir := flag.String("dir", "", "folder of the database (default: a temporary one, removed)")
	check := flag.Bool("check", false, "fail below the targets")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), *lines, *dir, *check); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, lines int, dir string, check bool) error {
	if dir == "" {
		temp, err := os.MkdirTemp("", "sanbao-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		dir = temp
	}
	if err := ready(ctx, dir, lines); err != nil {
		return fmt.Errorf("generate: %w", err)
	}
	draft := filepath.Join(dir, "draft")
	if err := writeDraft(draft); err != nil {
		return err
	}
	binary := filepath.Join(dir, "sanbao")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/sanbao")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, "policy", "backtest", draft, "--shop", "bench", "--data", dir, "--json")
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	begin := time.Now()
	err := cmd.Run()
	took := time.Since(begin)
	if failed, ok := errors.AsType[*exec.ExitError](err); !ok || failed.ExitCode() != 1 { // 1: the draft changes something
		return fmt.Errorf("backtest: %w", err)
	}
	var r report.BacktestReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return err
	}
	if r.Cases != lines || r.Changed == 0 || r.NotReplayed > 0 || len(r.Skipped) > 0 {
		return fmt.Errorf("%d of %d lines, %d changed, %d not replayed, %v", r.Cases, lines, r.Changed, r.NotReplayed, r.Errors)
	}
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("the system does not tell what a program used")
	}
	rss := float64(usage.Maxrss) / 1024
	minute := float64(lines) / took.Minutes()
	cores := 2 / used.Minutes() * float64(lines)
	fmt.Printf("%d lines in %.1f s: %.0f a minute; processor time %.0f µs each (%.0f a minute on two cores of one's own); peak resident %.0f MiB\n",
		lines, took.Seconds(), minute, float64(used.Microseconds())/float64(lines), cores, rss)
	fmt.Printf("%d would have come out otherwise; money %d → %d fen\n", r.Changed, r.MoneyBefore["CNY"], r.MoneyAfter["CNY"])
	if check && (minute < 1_000_000 || rss > 300) {
		return fmt.Errorf("below the targets: %.0f a minute, %.0f MiB", minute, rss)
	}
	return nil
}

// ready makes the database, or finds it made.
func ready(ctx context.Context, dir string, lines int) (err error) {
	note := filepath.Join(dir, "made.json")
	if b, err := os.ReadFile(note); err == nil {
		var n int
		if err := json.Unmarshal(b, &n); err == nil && n == lines {
			return nil
		}
		return fmt.Errorf("%s holds another database; choose another folder", dir)
	}
	begin := time.Now()
	a, err := app.Open(ctx, app.Config{Data: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	sh, err := a.OpenShop(ctx, shop.NewShop{Code: "bench", Name: "bench", Pack: "cosmetics", Law: "law-cn", Currency: "CNY", Calendar: "CN", Simulation: true},
		shop.NewWarehouse{Code: "hangzhou", Name: "hangzhou"})
	if err != nil {
		return err
	}
	pool, err := decisions(a, sh)
	if err != nil {
		return err
	}
	if err := rows(ctx, a, sh.ID, pool, lines); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(dir, "sanbao.db"))
	if err != nil {
		return err
	}
	fmt.Printf("%d lines, %.1f GB, made in %v\n", lines, float64(info.Size())/1e9, time.Since(begin).Round(time.Second))
	b, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	return os.WriteFile(note, b, 0o600)
}

// writeDraft writes the cosmetics pack with 45 days instead of 30.
func writeDraft(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	files, err := fs.Glob(policies.FS, "cosmetics/*.yaml")
	if err != nil {
		return err
	}
	for _, f := range files {
		data, err := fs.ReadFile(policies.FS, f)
		if err != nil {
			return err
		}
		data = bytes.Replace(data, []byte("type: days, value: 30"), []byte("type: days, value: 45"), 1)
		if err := os.WriteFile(filepath.Join(dir, path.Base(f)), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}
