package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/rule"
)

// PolicyVerifyCmd proves packs.
type PolicyVerifyCmd struct {
	packArgs
	Budget int  `help:"Nodes that one slice may have; more is a finding." default:"500000"`
	Cases  bool `help:"Print golden cases for the boundaries that no case has tried yet, to be read and committed."`
}

func (*PolicyVerifyCmd) Help() string {
	return `Proves that a shop's pack alone never gives less than the law beneath it, but for what the pack lists under
overridden_by_law; that all facts have an answer; that no two rows of a unique table fit; that every condition and row can
come about; and that a proof or an earlier application never hurts. What is not so is shown with facts that decide to it.

Examples:
  sanbao policy verify                       every built-in pack
  sanbao policy verify policies/cosmetics    a pack that is being written
  sanbao policy verify shoes --json
  sanbao policy verify shoes --cases > policies/shoes/cases/boundaries.yaml

Exit code 0: proven. 1: refuted, or ended before it was done. 2: wrong usage.`
}

// Validate refuses a budget of nothing.
func (c *PolicyVerifyCmd) Validate() error {
	if c.Budget < 1 {
		return errors.New("--budget is a positive number")
	}
	return nil
}

// Run proves them one after the other.
func (c *PolicyVerifyCmd) Run(ctx context.Context) error {
	sources, err := findPacks(c.Pack)
	if err != nil {
		return err
	}
	if c.Cases {
		return proposeCases(ctx, sources)
	}
	m := newVerifyMeter(os.Stderr)
	proofs, found := []*rule.Proof{}, 0
	for _, s := range sources {
		p, err := s.verify(ctx, c.Budget, m)
		m.clear()
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return errs.Wrap(err, errs.Invalid, "cli.verify_ended")
			}
			return err
		}
		proofs, found = append(proofs, p), found+len(p.Findings)
		if !c.JSON {
			if err := s.printProof(p); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		err = writeJSON(proofs)
	}
	if err == nil && found > 0 {
		err = errs.New(errs.Invalid, "cli.refuted", errs.Args{"n": found})
	}
	return err
}

// verify proves one pack beside those that its golden cases name.
func (s packSource) verify(ctx context.Context, budget int, m *verifyMeter) (*rule.Proof, error) {
	p, err := s.load()
	if err != nil {
		return nil, err
	}
	beside, id, err := s.besides(p, p.From)
	if err != nil {
		return nil, err
	}
	cal, err := calendar.Load(id)
	if err != nil {
		return nil, err
	}
	return rule.Verify(ctx, rule.VerifyInput{Shop: p, Beside: beside, Calendar: cal, Budget: budget,
		Progress: func(done, total int) { m.show(p.ID+" "+p.Version, done, total) }})
}

func (s packSource) printProof(p *rule.Proof) error {
	lib, err := builtIn()
	if err != nil {
		return err
	}
	cur := p.Currency
	lang := language()
	for _, f := range p.Findings {
		fmt.Printf("%s%s: %s\n", s.prefix, f.Place, f.Text(lang))
		if len(f.Facts) > 0 {
			fmt.Printf("     %s %s %s\n", f.At, f.Stage, lib.Vocabulary().YAML(f.Facts, cur))
		}
	}
	for _, u := range p.Unproven {
		fmt.Printf("note %s\n", u.Text(lang))
	}
	for _, b := range p.Breakpoints {
		fmt.Printf("note %s\n", b.Text(lang))
	}
	var laws []string
	for _, b := range p.Beside {
		laws = append(laws, b.Pack+" "+b.Version)
	}
	result := "proven"
	if len(p.Findings) > 0 {
		result = fmt.Sprintf("refuted, %d findings", len(p.Findings))
	}
	fmt.Printf("%s %s: %s; beside %s; %d overridden as listed; %d slices, %d nodes\n", p.Pack.Pack, p.Pack.Version, result,
		strings.Join(append(laws, "nothing else")[:max(1, len(laws))], ", "), len(p.Overrides), p.Slices, p.Nodes)
	return nil
}

// verifyMeter shows how far a proof is: one line that is written over on a terminal, a line now and then elsewhere.
type verifyMeter struct {
	out      io.Writer
	terminal bool
	every    time.Duration
	shown    clock.Instant
	clock    clock.Clock
	wrote    bool
}

func newVerifyMeter(f *os.File) *verifyMeter {
	m := newMeter(f)
	return &verifyMeter{out: m.out, terminal: m.terminal, every: m.every, clock: m.clock, shown: m.clock.Now()}
}

func (m *verifyMeter) show(what string, done, total int) {
	now := m.clock.Now()
	if now.Sub(m.shown) < m.every {
		return
	}
	m.shown = now
	if m.terminal {
		fmt.Fprintf(m.out, "\r\x1b[Kproving %s: %d of %d", what, done, total)
		m.wrote = true
		return
	}
	fmt.Fprintf(m.out, "proving %s: %d of %d\n", what, done, total)
}

// clear leaves the line to what is printed next.
func (m *verifyMeter) clear() {
	if m.wrote {
		fmt.Fprint(m.out, "\r\x1b[K")
		m.wrote = false
	}
}

var _ = errs.Register(map[string]errs.Text{
	"cli.refuted":      {ZhCN: "没有通过证明：{n} 处。", En: "Not proven: {n} findings."},
	"cli.verify_ended": {ZhCN: "证明被中断。", En: "The proof was ended before it was done."},
})
