// Command opa sets decisions of the policy engine beside those of Open Policy Agent in the same process: the shoe shop's
// rules and the law's, for money back for goods that come back, written by hand as a bundle for it (policy.rego). Both get
// the same facts, all of them known; every point of the answer is compared over some thousand random matters before
// anything is timed.
//
//	cd bench/opa && go run .
//
// This is a module of its own: what it needs never reaches the product's go.mod.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"time"
)

func main() {
	matters := flag.Int("matters", 4000, "random matters whose answers are compared, for each ground")
	rounds := flag.Int("rounds", 3, "rounds over the matters that are timed")
	seed := flag.Uint64("seed", 1, "of the random matters")
	flag.Parse()
	if err := run(context.Background(), *matters, *rounds, rand.New(rand.NewPCG(*seed, 2))); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, matters, rounds int, r *rand.Rand) error {
	ours, err := newEngine()
	if err != nil {
		return err
	}
	first, days := ours.workdays()
	theirs, err := newAgent(ctx, first, days)
	if err != nil {
		return err
	}
	for _, ground := range []string{"quality", "no_reason"} {
		asked := make([]matter, matters)
		for i := range asked {
			asked[i] = ours.matter(r, ground)
		}
		seen, err := compare(ctx, ours, theirs, asked)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d random matters, every point the same:", ground, matters)
		for _, o := range slices.Sorted(maps.Keys(seen)) {
			fmt.Printf(" %s %d", o, seen[o])
		}
		fmt.Println()
		if err := timed(ctx, ours, theirs, asked[:min(100, matters)], rounds); err != nil {
			return err
		}
	}
	return nil
}

// compare asks both about every matter, Open Policy Agent in each of its ways, and counts the outcomes.
func compare(ctx context.Context, ours *engine, theirs *agent, asked []matter) (map[string]int, error) {
	seen := map[string]int{}
	for _, m := range asked {
		want, err := ours.points(m)
		if err != nil {
			return nil, err
		}
		for _, w := range theirs.ways {
			got, err := w.points(ctx, m)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			if !maps.Equal(got, want) {
				return nil, fmt.Errorf("%s on %s\nanswers %v\nwe answer %v", w.name, m.input, got, want)
			}
		}
		seen[want["outcome"]]++
	}
	return seen, nil
}

// inARow is how often one of the two decides a matter before it is the other's turn: as in a case that is worked on, its
// facts are at hand, and a turn is long enough to be measured.
const inARow = 16

// timed takes the processor time of both over the same matters, turn by turn.
func timed(ctx context.Context, ours *engine, theirs *agent, asked []matter, rounds int) error {
	spent := make([]time.Duration, 1+len(theirs.ways))
	take := func(i int, decide func() error) error {
		at := processor()
		for range inARow {
			if err := decide(); err != nil {
				return err
			}
		}
		spent[i] += processor() - at
		return nil
	}
	for range rounds {
		for _, m := range asked {
			if err := take(0, func() error { _, err := ours.book.Decide(m.in); return err }); err != nil {
				return err
			}
			for i, w := range theirs.ways {
				if err := take(1+i, func() error { _, err := w.eval(ctx, m); return err }); err != nil {
					return err
				}
			}
		}
	}
	each := func(d time.Duration) float64 {
		return float64(d.Nanoseconds()) / 1000 / float64(rounds*len(asked)*inARow)
	}
	fmt.Printf("  %-51s %8.1f µs a decision\n", "Sanbao, all remedies of the ground, hashed", each(spent[0]))
	best := spent[1]
	for i, w := range theirs.ways {
		fmt.Printf("  %-51s %8.1f µs, %5.1f times as long\n", "Open Policy Agent, "+w.name, each(spent[1+i]), float64(spent[1+i])/float64(spent[0]))
		best = min(best, spent[1+i])
	}
	verdict := "met"
	if best < 10*spent[0] {
		verdict = "MISSED"
	}
	fmt.Printf("  at least 10 times as fast as its fastest way: %s (%.1f)\n", verdict, float64(best)/float64(spent[0]))
	return nil
}

// processor is the processor time that this process has taken so far.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
