package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

// PolicyDecideCmd asks a policy, or explains what was decided about a case line.
type PolicyDecideCmd struct {
	Node
	Pack     string   `arg:"" optional:"" help:"Folder, or name of a built-in pack."`
	Facts    string   `placeholder:"FILE" help:"Facts in YAML or JSON, '-' for standard input; see 'sanbao policy facts'."`
	Stage    string   `enum:",order,application,evidence,receipt,inspection,appraisal,after" default:"" help:"Stage to decide at: order, application (default), evidence, receipt, inspection, appraisal, after. With --case-line: the stage whose decision to show."`
	At       string   `placeholder:"DAY" help:"Day or instant of the decision; now without it."`
	Ground   string   `help:"Why: a ground of the packs, e.g. quality. Without it, it is asked for."`
	Remedy   string   `help:"What: e.g. refund_return, exchange. Without it, it is asked for."`
	With     []string `placeholder:"PACK" help:"Packs to bind beside it; those its golden cases name without it."`
	Calendar string   `help:"Working days and zone, e.g. CN; that of its golden cases without it."`
	CaseLine string   `placeholder:"ID" help:"Show the latest decision stored about this case line, instead of asking."`
	Explain  bool     `help:"Say why, in sentences."`
	For      string   `enum:"customer,agent,mediator" default:"agent" help:"Who reads the sentences: customer, agent or mediator."`
	Lang     string   `enum:",zh-CN,zh-TW,en" default:"" help:"zh-CN, zh-TW or en; that of the terminal without it."`
	Trace    bool     `help:"Show every condition with the values it saw."`
	JSON     bool     `help:"Print the decision as JSON, with --explain and --trace those too."`
}

func (*PolicyDecideCmd) Help() string {
	return `Examples:
  sanbao policy decide shoes --ground quality --remedy refund_return --at 2026-11-21 --facts facts.yaml --explain
  echo '{"line.signed_on": "2026-11-17", "goods.worn": {"application": true}}' |
    sanbao policy decide shoes --ground quality --remedy refund_return --facts - --json
  sanbao policy decide --case-line 0M2X4Q8TZ1B7C --explain --for customer --lang zh-CN

A fact that is left out is unknown: the answer says what would have to be asked. Without --explain and --json the answer
is printed as a golden case would expect it.`
}

// asked is a decision with what is needed to talk about it.
type asked struct {
	book *rule.Book
	dec  *rule.Decision
	cal  *calendar.Calendar

	turns []rule.Turn // what would turn the answer
}

// Run decides, or reads, and prints.
func (c *PolicyDecideCmd) Run(ctx context.Context) error {
	a, err := c.ask(ctx)
	if err != nil {
		return err
	}
	var why *rule.Explanation
	if c.Explain {
		e := a.book.Explain(a.dec, a.cal, langOr(c.Lang), rule.Audience(c.For), a.turns...)
		why = &e
	}
	if c.JSON {
		out := struct {
			*rule.Decision
			Trace []rule.ClaimTrace `json:"trace,omitempty"`
			Why   *rule.Explanation `json:"why,omitempty"`
		}{Decision: a.dec, Why: why}
		if c.Trace {
			out.Trace = a.dec.Trace
		}
		return writeJSON(out)
	}
	switch {
	case why != nil:
		fmt.Print(why.Text())
	default:
		fmt.Print(a.dec.AsExpected(a.book.Currency()))
	}
	if c.Trace {
		printTrace(a.dec.Trace)
	}
	return nil
}

func (c *PolicyDecideCmd) ask(ctx context.Context) (asked, error) {
	switch {
	case c.CaseLine != "":
		return c.stored(ctx)
	case c.Pack == "":
		return asked{}, errs.New(errs.Invalid, "cli.pack_or_line")
	}
	sources, err := findOne(c.Pack)
	if err != nil {
		return asked{}, err
	}
	in := rule.Input{Ground: c.Ground, Remedy: rule.Remedy(c.Remedy), Stage: rule.AtApplication, Trace: true}
	if c.Stage != "" {
		in.Stage, _ = rule.ParseStage(c.Stage) // one of the words kong lets through
	}
	book, err := c.bind(sources, &in)
	if err != nil {
		return asked{}, err
	}
	if in.Facts, err = c.facts(book); err != nil {
		return asked{}, err
	}
	dec, err := book.Decide(in)
	if err != nil {
		return asked{}, err
	}
	turns, err := book.WhatIf(in)
	return asked{book, dec, in.Calendar, turns}, err
}

// bind puts together the version of the pack in force at the time and what stands beside it.
func (c *PolicyDecideCmd) bind(sources []packSource, in *rule.Input) (*rule.Book, error) {
	var own *rule.Pack
	var from packSource
	for _, s := range sources {
		p, err := s.load()
		if err != nil {
			return nil, err
		}
		_, habit, err := s.habits(p)
		if err != nil {
			return nil, err
		}
		if c.Calendar != "" {
			habit = c.Calendar
		}
		if in.Calendar, err = calendar.Load(habit); err != nil {
			return nil, err
		}
		if in.At, err = timeOf(c.At, in.Calendar); err != nil {
			return nil, err
		}
		if on := in.Calendar.DateOf(in.At); s.prefix != "" || p.From <= on && on <= p.To { // a draft is tried whenever it is to begin
			own, from = p, s
		}
	}
	on := in.Calendar.DateOf(in.At)
	if own == nil {
		return nil, errs.New(errs.NotFound, "policy.none_in_force", errs.Args{"pack": c.Pack, "on": on.String()})
	}
	packs, _, err := from.besides(own, on)
	if len(c.With) > 0 {
		packs, err = nil, nil
		for _, name := range c.With {
			p, err := from.beside(name, on)
			if err != nil {
				return nil, err
			}
			packs = append(packs, p)
		}
	}
	if err != nil {
		return nil, err
	}
	return rule.NewBook(append(packs, own))
}

// facts reads the file of facts; without one nothing is known.
func (c *PolicyDecideCmd) facts(book *rule.Book) (rule.Facts, error) {
	if c.Facts == "" {
		return rule.Facts{}, nil
	}
	name, read := c.Facts, func() ([]byte, error) { return os.ReadFile(c.Facts) }
	if c.Facts == "-" {
		name, read = "stdin", func() ([]byte, error) { return io.ReadAll(os.Stdin) }
	}
	data, err := read()
	if err != nil {
		return nil, err
	}
	lib, err := builtIn()
	if err != nil {
		return nil, err
	}
	return lib.Vocabulary().ReadFacts(name, data, book.Currency())
}

// stored is the latest decision about a case line, decided anew from its own facts and versions so that it has a trace.
func (c *PolicyDecideCmd) stored(ctx context.Context) (_ asked, err error) {
	line, err := id.Parse(c.CaseLine)
	if err != nil {
		return asked{}, err
	}
	a, err := c.open(ctx)
	if err != nil {
		return asked{}, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	s, d, err := c.latest(ctx, a, line)
	if err != nil {
		return asked{}, err
	}
	r, err := a.Flow.Replay(ctx, s, d)
	return asked{r.Book, r.Decision, r.Calendar, r.Turns}, err
}

// latest finds the line in whichever shop it is, and its newest decision, of a stage where one was named.
func (c *PolicyDecideCmd) latest(ctx context.Context, a *app.App, line id.ID) (shopID, decision id.ID, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		shops, err := shop.List(tx)
		if err != nil {
			return err
		}
		for _, s := range shops {
			all, err := policy.OfLine(tx, s.ID, line)
			if err != nil {
				return err
			}
			for _, d := range all {
				if c.Stage == "" || d.Stage == c.Stage {
					shopID, decision = s.ID, d.ID
				}
			}
		}
		if decision == 0 {
			return errs.New(errs.NotFound, "cli.no_decision", errs.Args{"line": c.CaseLine})
		}
		return nil
	})
	return shopID, decision, err
}

// printTrace shows each claim and condition on a line.
func printTrace(claims []rule.ClaimTrace) {
	for _, t := range claims {
		state := string(t.State)
		if state == "" {
			state = "not concerned"
		}
		fmt.Printf("\n%s: %s\n", t.Claim, state)
		for _, k := range t.Conds {
			note := ""
			if k.Presumed {
				note = ", presumed"
			}
			if k.Else != "" {
				note += ", " + k.Else
			}
			if k.LastDay != nil {
				note += ", last day " + k.LastDay.String()
			}
			fmt.Printf("  %-24s %s%s\n", k.ID, k.Result, note)
			for _, s := range k.Saw {
				value, how := s.Value, ""
				if value == "" {
					value = "unknown"
				}
				if s.Declared {
					how = " (declared)"
				}
				fmt.Printf("  %-24s   %s = %s%s\n", "", s.Fact, value, how)
			}
		}
	}
}
