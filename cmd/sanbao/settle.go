package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/money"
)

// SettleCmd is about money going back.
type SettleCmd struct {
	Preview SettlePreviewCmd `cmd:"" help:"Work out what returns of an order give back, without a database."`
}

// SettlePreviewCmd reckons a case that is told whole.
type SettlePreviewCmd struct {
	File string `arg:"" optional:"" default:"-" help:"The case in JSON; standard input without it."`
	Lang string `enum:",zh-CN,zh-TW,en" default:"" help:"zh-CN, zh-TW or en; that of the terminal without it."`
	JSON bool   `help:"Print the answer as JSON, as the API gives it."`
}

func (*SettlePreviewCmd) Help() string {
	return `Examples:
  sanbao settle preview < case.json
  sanbao settle preview case.json --json

A case (amounts in minor units; docs/payments.md names every field):
  {"currency": "CNY", "lines": [{"no": 1, "quantity": 2, "unit_price": 20000, "net": 35000}],
   "promotions": [{"name": "满300减50", "tiers": [{"at": 30000, "off": 5000}]}],
   "payments": [{"tender": "alipay", "captured": 30000}, {"tender": "points", "route": "in_kind", "captured": 5000, "points": 5000}],
   "returns": [{"line": 1, "units": 1, "less": [{"name": "lost_discount"}]}]}

Exit code 1: the case is not JSON, or has faults; each is printed with its place. 2: the command itself is wrong.`
}

const maxCase = 1 << 20 // bytes, as over the API

// Run reads, reckons and prints.
func (c *SettlePreviewCmd) Run() error {
	in, err := c.read()
	if err != nil {
		return err
	}
	q, err := flow.Reckon(in)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(q)
	}
	return printQuote(os.Stdout, q, langOr(c.Lang))
}

func (c *SettlePreviewCmd) read() (in flow.QuoteCase, err error) {
	file := os.Stdin
	if c.File != "-" {
		if file, err = os.Open(c.File); err != nil {
			return in, err
		}
		defer file.Close()
	}
	text, err := io.ReadAll(io.LimitReader(file, maxCase+1))
	if err != nil {
		return in, err
	}
	if len(text) > maxCase {
		return in, errs.New(errs.Invalid, "cli.case_long", errs.Args{"max": maxCase})
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return in, errs.Wrap(err, errs.Invalid, "cli.case_json", errs.Args{"why": err.Error()})
	}
	if d.More() {
		return in, errs.New(errs.Invalid, "cli.case_json", errs.Args{"why": "more than one value"})
	}
	return in, nil
}

// printQuote writes an answer for people: a row for each return and each tender, and what is left.
func printQuote(out io.Writer, q flow.Quote, lang errs.Lang) error {
	say := func(code string) string { return errs.Render(lang, "cli.quote."+code, nil) }
	sum := func(minor int64) string { return money.Of(minor, q.Currency).Decimal() }
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")) }
	for _, r := range q.Returns {
		row(fmt.Sprintf("%s %d × %d", say("line"), r.Line, r.Units), say("price"), sum(r.Price))
		for _, x := range []struct {
			code  string
			minor int64
		}{{"restored", r.Restored}, {"freight", r.Freight}} {
			if x.minor != 0 {
				row("", say(x.code), sum(x.minor))
			}
		}
		for _, d := range r.Less {
			row("", say(d.Name), sum(-d.Minor))
		}
		if r.Shortfall > 0 {
			row("", say("shortfall"), "("+sum(r.Shortfall)+")")
		}
		row("", say("total"), sum(r.Total))
		for _, t := range r.Tenders {
			row("", "  → "+tender(lang, t), sum(t.Minor))
		}
	}
	row(say("all"), "", sum(q.Total))
	for _, t := range q.Left {
		row(say("left"), tender(lang, t), sum(t.Minor))
	}
	return w.Flush()
}

func tender(lang errs.Lang, t flow.QuotedTender) string {
	name := term.Of(string(lang), "tender", t.Tender)
	if t.Points > 0 {
		name += " " + errs.Render(lang, "cli.quote.points", errs.Args{"n": t.Points})
	}
	return name
}

var _ = errs.Register(map[string]errs.Text{
	"cli.case_long":               {ZhCN: "输入超过 {max} 字节。", En: "The case has more than {max} bytes."},
	"cli.case_json":               {ZhCN: "输入不是规定的 JSON：{why}", En: "The case is not the JSON it has to be: {why}"},
	"cli.quote.line":              {ZhCN: "第", En: "Line"},
	"cli.quote.price":             {ZhCN: "商品实付", En: "Paid for the units"},
	"cli.quote.restored":          {ZhCN: "补回之前少退的优惠", En: "Restored of what an earlier return lost"},
	"cli.quote.freight":           {ZhCN: "首次发货运费", En: "First delivery"},
	"cli.quote.gift_price":        {ZhCN: "扣：赠品未退回", En: "Less: gift that stays"},
	"cli.quote.lost_discount":     {ZhCN: "扣：失去的优惠", En: "Less: reduction that is lost"},
	"cli.quote.threshold_freight": {ZhCN: "扣：不再满足包邮的运费", En: "Less: freight, as delivery is no longer free"},
	"cli.quote.card_fee":          {ZhCN: "扣：免收的刷卡手续费", En: "Less: waived card fee"},
	"cli.quote.other":             {ZhCN: "扣：其他", En: "Less: other"},
	"cli.quote.shortfall":         {ZhCN: "扣款超出部分（不向顾客收取）", En: "Deductions beyond the rest (not charged)"},
	"cli.quote.total":             {ZhCN: "应退", En: "Refund"},
	"cli.quote.all":               {ZhCN: "合计应退", En: "All returns"},
	"cli.quote.left":              {ZhCN: "还可退", En: "Left"},
	"cli.quote.points":            {ZhCN: "（{n} 积分）", En: "({n} points)"},
})
