// Command flow measures random valid commands on ten thousand open lines from sixteen clients, through the code everybody
// uses, policy and history included, against the bare engine: the very statements those commands wrote, written down as they went by,
// played again on a copy of the database as it was before, with the same durability and nothing of ours around them.
//
//	go run ./bench/flow                     SQLite: bare prepared statements
//	go run ./bench/flow -engine postgres    a PostgreSQL server of its own with fsync on: pgbench, and bare prepared statements
//	go run ./bench/flow -cpuprofile FILE
//
// It prints commands a second and the ratios. With -check it fails below the project's target, 0.4 of SQLite's prepared statements or
// of pgbench.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime/pprof"
	"time"

	"github.com/sanbao/sanbao/internal/db/dbtest/cluster"
)

type options struct {
	engine  string
	lines   int
	clients int
	seconds float64
	profile string
	check   bool
}

func main() {
	var o options
	flag.StringVar(&o.engine, "engine", "sqlite", "sqlite or postgres")
	flag.IntVar(&o.lines, "lines", 10_000, "open lines")
	flag.IntVar(&o.clients, "clients", 16, "clients")
	flag.Float64Var(&o.seconds, "seconds", 12, "how long commands are given, in all")
	flag.StringVar(&o.profile, "cpuprofile", "", "write a processor profile of the commands to this file")
	flag.BoolVar(&o.check, "check", false, "fail below the target of docs/performance.md")
	flag.Parse()
	log.SetFlags(0)
	if err := run(context.Background(), o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "sanbao-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var g ground = &lite{dir: dir}
	if o.engine == "postgres" {
		c, err := cluster.Start(cluster.Durable...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.Stop()) }()
		g = &pg{cluster: c, dir: dir}
	}
	s, err := prepare(ctx, dir, g, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.app.Close()) }()
	if o.profile != "" {
		return profiled(ctx, s, o)
	}
	rates, err := inTurns(ctx, s, g, o)
	if err != nil {
		return err
	}
	s.print()
	ours := rates[0].n
	fmt.Printf("%-64s %8.0f/s\n", rates[0].what, ours)
	for _, r := range rates[1:] {
		fmt.Printf("%-64s %8.0f/s   ours are %.2f of it\n", r.what, r.n, ours/r.n)
	}
	if o.check && ours/rates[1].n < 0.4 {
		return errors.New("below 0.4")
	}
	return nil
}

// ground is an engine with a copy of the database for each bare side.
type ground interface {
	url() string                    // of the database the commands are given on; "" for the file in the folder
	copy(ctx context.Context) error // while nobody has the database open
	// replay plays what the clients wrote in a turn on each copy, and says how many commands a second that makes. The first is what ours
	// is held against.
	replay(ctx context.Context, written [][]write) ([]rate, error)
}

type rate struct {
	what string
	n    float64
}

const turns = 6

// inTurns measures both sides turn by turn, so that what else the machine does meets them alike. The first turn warms up and is not counted.
func inTurns(ctx context.Context, s *side, g ground, o options) (sums []rate, err error) {
	length := time.Duration(o.seconds / turns * float64(time.Second))
	for turn := range turns + 1 {
		ours, err := s.commands(ctx, length)
		if err != nil {
			return nil, err
		}
		bare, err := g.replay(ctx, s.forget())
		if err != nil {
			return nil, err
		}
		if turn == 0 {
			s.count = map[string]int{}
			continue
		}
		for i, r := range append([]rate{{fmt.Sprintf("random valid commands, %d open lines, %d clients", o.lines, o.clients), ours}}, bare...) {
			if len(sums) <= i {
				sums = append(sums, rate{what: r.what})
			}
			sums[i].n += r.n / turns
		}
	}
	return sums, nil
}

// profiled gives commands for as long as it takes and writes a profile of them.
func profiled(ctx context.Context, s *side, o options) error {
	f, err := os.Create(o.profile)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	rate, err := s.commands(ctx, time.Duration(o.seconds*float64(time.Second)))
	pprof.StopCPUProfile()
	s.forget()
	s.print()
	fmt.Printf("%.0f/s\n", rate)
	return errors.Join(err, f.Close())
}
