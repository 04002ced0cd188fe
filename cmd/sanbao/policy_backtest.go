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
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/report"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// PolicyBacktestCmd says what a draft would have cost.
type PolicyBacktestCmd struct {
	Node
	Pack  string `arg:"" help:"The draft: a folder, or a version the shop has: PACK (the newest) or PACK@VERSION."`
	Shop  string `required:"" placeholder:"CODE" help:"Shop whose matters are decided again; it has to be bound to the draft's pack."`
	From  string `placeholder:"DAY" help:"First day of the decisions."`
	To    string `placeholder:"DAY" help:"Last day of the decisions."`
	Facts string `placeholder:"FILE" help:"Decide these matters instead, one JSON object a line: facts, ground, remedy, stage, at, paid_on; '-' for standard input."`
	JSON  bool   `help:"Print the report as JSON."`
}

func (*PolicyBacktestCmd) Help() string {
	return `Examples:
  sanbao policy backtest drafts/cosmetics --shop beauty
  sanbao policy backtest drafts/cosmetics --shop beauty --from 2026-01-01 --to 2026-06-30
  sanbao policy backtest drafts/cosmetics --shop beauty --json > report.json
  echo '{"facts": {"line.signed_on": "2026-10-01"}, "ground": "no_reason", "remedy": "refund_return", "at": "2026-11-10"}' |
    sanbao policy backtest drafts/cosmetics --shop beauty --facts -

Each line of a case is decided again from what was known at its last decision: by the versions that decided, and by the
same with the draft among them. Nothing is written, and the server may go on beside it. What the draft asks and nobody
knows is counted, not guessed. Ctrl-C ends it.

Exit code 0: nothing changes. 1: something does. 2: wrong usage, or it could not be done.`
}

// Run decides again and prints.
func (c *PolicyBacktestCmd) Run(ctx context.Context) error {
	r, err := c.run(ctx)
	if errors.Is(err, context.Canceled) {
		err = errs.New(errs.Invalid, "cli.backtest_cancelled")
	}
	if err != nil {
		return exit{exitUsage, err}
	}
	if c.JSON {
		err = writeJSON(r)
	} else {
		printBacktest(r)
	}
	if err == nil && r.Changed > 0 {
		err = exit{code: exitFailed}
	}
	return err
}

func (c *PolicyBacktestCmd) run(ctx context.Context) (r *report.BacktestReport, err error) {
	var in report.BacktestInput
	for text, day := range map[string]*calendar.Date{c.From: &in.From, c.To: &in.To} {
		if text == "" {
			continue
		}
		if *day, err = calendar.ParseDate(text); err != nil {
			return nil, err
		}
	}
	if in.Facts, err = c.matters(); err != nil {
		return nil, err
	}
	a, s, err := c.openShop(ctx, c.Shop)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := a.Studio.Shop(tx, s.ID)
		if err != nil {
			return err
		}
		in.Shop, in.Binding, in.Calendar = t.ID, t.Binding, t.Calendar
		in.Library, err = a.Flow.Policies.Of(tx, s.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if in.Draft, err = c.draft(in.Library); err != nil {
		return nil, err
	}
	meter := newBacktestMeter(os.Stderr)
	in.Progress = meter.show
	defer meter.done()
	return report.Backtest(ctx, a.DB, in)
}

// draft is the draft as the shop's library would have it: a version it has, the newest of a pack, or a folder.
func (c *PolicyBacktestCmd) draft(lib *policy.Library) (*rule.Pack, error) {
	id, version, at := strings.Cut(c.Pack, "@")
	if vs := lib.Versions(id); len(vs) > 0 {
		for _, p := range vs {
			if at && p.Version == version {
				return p, nil
			}
		}
		if !at {
			return vs[len(vs)-1], nil
		}
	}
	sources, err := findIn(lib, []string{c.Pack})
	if err != nil {
		return nil, err
	}
	s := sources[len(sources)-1]
	p, err := rule.Load(s.fsys, s.dir, lib.Vocabulary())
	return p, s.placed(err)
}

// matters is the file of facts, nil without one.
func (c *PolicyBacktestCmd) matters() (io.Reader, error) {
	switch c.Facts {
	case "":
		return nil, nil
	case "-":
		return os.Stdin, nil
	}
	return os.Open(c.Facts)
}

func printBacktest(r *report.BacktestReport) {
	cur := currencyOf(r)
	fmt.Printf("%s %s: %d lines decided again, %d would have come out otherwise", r.Pack, r.Version, r.Cases, r.Changed)
	if r.Terms > 0 {
		fmt.Printf(", %d only with another deadline or approval", r.Terms)
	}
	fmt.Printf("\nmoney  %s → %s (%s)\n", money.Of(r.MoneyBefore[cur], cur), money.Of(r.MoneyAfter[cur], cur), signed(r.MoneyAfter[cur]-r.MoneyBefore[cur], cur))
	for _, x := range []struct {
		n    int
		what string
	}{{r.WouldAsk, "the draft would ask what nobody knows; no money is counted for them"}, {r.Unpriced, "the sum hangs on a fact nobody knows; no money is counted for them"}, {r.NotReplayed, "do not replay byte for byte from their own versions"}} {
		if x.n > 0 {
			fmt.Printf("%d: %s\n", x.n, x.what)
		}
	}
	for _, x := range r.Skipped {
		fmt.Printf("%d not decided: %s\n", x.N, errs.Render(language(), x.Reason, nil))
	}
	title := section("\noutcome")
	for _, x := range r.ByOutcome {
		if x.From != x.To || x.Minor != 0 {
			title("  %-15s → %-15s %8d  %s\n", x.From, x.To, x.N, signed(x.Minor, cur))
		}
	}
	title = section("\nreason")
	for _, x := range r.ByReason {
		if x.Changed > 0 {
			title("  %-24s %8d of %-8d %s\n", x.Ground, x.Changed, x.N, signed(x.After-x.Before, cur))
		}
	}
	title = section("\nfreight")
	for _, x := range r.Freight {
		title("  %-24s %8d to the shop, %d to the customer\n", x.Leg, x.ToShop, x.ToCustomer)
	}
	title = section("\nproduct")
	for _, x := range r.ByProduct {
		title("  %-24s %8d  %s  %s\n", nonEmpty(x.SKU, "(others)"), x.N, signed(x.Minor, cur), x.Title)
	}
	title = section("\ncase")
	for _, x := range r.Examples {
		where := x.CaseNo
		if x.Row > 0 {
			where = fmt.Sprintf("line %d", x.Row)
		}
		title("  %-18s %-20s %-14s %s → %s  %s\n", where, x.Ground, x.Remedy, x.Before, x.After, signed(x.Minor, cur))
	}
	for _, e := range r.Errors {
		fmt.Fprintln(os.Stderr, e)
	}
}

// section prints a title before its first line.
func section(title string) func(format string, args ...any) {
	return func(format string, args ...any) {
		if title != "" {
			fmt.Println(title)
		}
		title = ""
		fmt.Printf(format, args...)
	}
}

func nonEmpty(s, or string) string {
	if s == "" {
		return or
	}
	return s
}

// currencyOf is the currency of a report's sums.
func currencyOf(r *report.BacktestReport) money.Currency {
	for c := range r.MoneyAfter {
		return c
	}
	return "CNY"
}

// signed is an amount that goes up or down: "+199.00 CNY".
func signed(minor int64, c money.Currency) string {
	if minor > 0 {
		return "+" + money.Of(minor, c).String()
	}
	return money.Of(minor, c).String()
}

// backtestMeter shows how far a run is: one line that is written over on a terminal, now and then a line elsewhere.
type backtestMeter struct {
	meter
	at clock.Instant
}

func newBacktestMeter(f *os.File) *backtestMeter {
	m := &backtestMeter{meter: *newMeter(f)}
	m.at = m.clock.Now()
	return m
}

func (m *backtestMeter) show(done, total int) {
	now := m.clock.Now()
	if now.Sub(m.shown) < m.every || now.Sub(m.at) < time.Second {
		return
	}
	m.shown = now
	text := fmt.Sprintf("decided again: %d", done)
	if total >= 0 {
		text += fmt.Sprintf(" of %d", total)
	}
	text += fmt.Sprintf(", %d a second", int64(done)*int64(time.Second)/max(1, int64(now.Sub(m.at))))
	m.write(text)
}

var _ = errs.Register(map[string]errs.Text{
	"cli.backtest_cancelled": {ZhCN: "已取消，没有写入任何内容。", En: "Cancelled; nothing was written."},
})
