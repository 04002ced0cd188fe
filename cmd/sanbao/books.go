package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/books"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/money"
)

// BooksCmd is about what the database keeps of money and goods.
type BooksCmd struct {
	Check BooksCheckCmd `cmd:"" help:"Add every shop's books up: entries, payments, holdings, stock, invoices, statements."`
}

// BooksCheckCmd adds the books up and changes nothing.
type BooksCheckCmd struct {
	Node
	Shop string `help:"Code of one shop; all shops without it."`
	Lang string `enum:",zh-CN,zh-TW,en" default:"" help:"zh-CN, zh-TW or en; that of the terminal without it."`
	JSON bool   `help:"Machine-readable output."`
}

func (*BooksCheckCmd) Help() string {
	return `Examples:
  sanbao books check                    every shop, in ./data
  sanbao books check --shop shoes --json

It may run beside a server. Exit code 1: something does not add up; each is printed with the id of its row and by how much it is off.
Differences with providers' statements are counted and are no fault of the books. docs/payments.md says what is checked.`
}

// shopBooks are the books of one shop.
type shopBooks struct {
	Shop string `json:"shop"`
	books.Account
}

// Run checks and prints.
func (c *BooksCheckCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := c.check(ctx, a)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(all)
	} else {
		err = printBooks(os.Stdout, all, langOr(c.Lang))
	}
	for _, s := range all {
		if err == nil && len(s.Faults) > 0 {
			return exit{exitFailed, nil}
		}
	}
	return err
}

func (c *BooksCheckCmd) check(ctx context.Context, a *app.App) ([]shopBooks, error) {
	var shops []shop.Shop
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if c.Shop == "" {
			shops, err = shop.List(tx)
			return err
		}
		s, err := shop.ByCode(tx, c.Shop)
		shops = append(shops, s)
		return err
	})
	out := []shopBooks{}
	for _, s := range shops {
		if err != nil {
			break
		}
		err = a.DB.Read(ctx, func(tx *db.Tx) error {
			b, err := books.Check(tx, s.ID)
			out = append(out, shopBooks{s.Code, b})
			return err
		})
	}
	return out, err
}

func printBooks(out io.Writer, all []shopBooks, lang errs.Lang) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	say := func(code string, args errs.Args) string { return errs.Render(lang, "cli.books."+code, args) }
	for _, s := range all {
		switch n := len(s.Faults); n {
		case 0:
			fmt.Fprintf(w, "%s: %s\n", s.Shop, say("agree", nil))
		default:
			fmt.Fprintf(w, "%s: %s\n", s.Shop, say("faults", errs.Args{"n": n}))
		}
		for _, f := range s.Faults {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%+d\n", say("check."+f.Check, nil), f.ID, f.Part, f.Off)
		}
		for _, b := range s.Balances {
			fmt.Fprintf(w, "  %s\t%s\n", b.Account, money.Of(b.Minor, b.Currency))
		}
		if s.Differences > 0 {
			fmt.Fprintf(w, "  %s\n", say("differences", errs.Args{"n": s.Differences}))
		}
	}
	return w.Flush()
}

var _ = errs.Register(map[string]errs.Text{
	"cli.books.agree":                    {ZhCN: "账目相符", En: "the books agree"},
	"cli.books.faults":                   {ZhCN: "{n} 处不符，差额以分、件或积分计：", En: "{n} sums are off, in minor units, units or points:"},
	"cli.books.differences":              {ZhCN: "对账差异 {n} 条待处理", En: "{n} differences with statements are open"},
	"cli.books.check.entry":              {ZhCN: "一笔分录借贷不平", En: "an entry's postings"},
	"cli.books.check.account":            {ZhCN: "账户与款项、索赔不符", En: "an account against its settlement or claim"},
	"cli.books.check.settlement_amount":  {ZhCN: "款项金额与明细不符", En: "a settlement's amount against its parts"},
	"cli.books.check.settlement_arrival": {ZhCN: "款项状态与到账时间不符", En: "a settlement's state against its arrival"},
	"cli.books.check.deposit_captured":   {ZhCN: "押金扣款与收到的钱不符", En: "what was captured of a deposit against the money that came in"},
	"cli.books.check.payment_pending":    {ZhCN: "支付的在途退款与款项不符", En: "what is pending of a payment"},
	"cli.books.check.payment_refunded":   {ZhCN: "支付的已退金额与款项不符", En: "what was refunded of a payment"},
	"cli.books.check.payment_points":     {ZhCN: "支付的已退积分与款项不符", En: "the points given back of a payment"},
	"cli.books.check.payment_over":       {ZhCN: "退款超过实付", En: "a payment gave back more than it was"},
	"cli.books.check.payment_shares":     {ZhCN: "支付的分摊超过实付", En: "a payment's shares are more than it was"},
	"cli.books.check.share_pending":      {ZhCN: "分摊的在途退款与款项明细不符", En: "what is pending of a payment's share"},
	"cli.books.check.share_refunded":     {ZhCN: "分摊的已退金额与款项明细不符", En: "what was refunded of a payment's share"},
	"cli.books.check.units_paid_for":     {ZhCN: "已退款件数与款项不符", En: "the units paid for of an order line"},
	"cli.books.check.price_paid_for":     {ZhCN: "已退货款与款项不符", En: "the price paid for of an order line"},
	"cli.books.check.units_claimed":      {ZhCN: "申请件数与售后明细不符", En: "the units claimed of an order line"},
	"cli.books.check.units_held":         {ZhCN: "各方手上件数之和与售出件数不符", En: "the units all holders have of an order line"},
	"cli.books.check.custody":            {ZhCN: "某方手上件数与交接记录不符", En: "what a holder has against the handovers"},
	"cli.books.check.stock_held":         {ZhCN: "锁库存数与锁定记录不符", En: "what is held of an article"},
	"cli.books.check.stock_idle":         {ZhCN: "已结束的售后仍锁着库存", En: "stock held for what is over"},
	"cli.books.check.invoice_reversed":   {ZhCN: "发票已冲红金额与红字发票不符", En: "what was reversed of an invoice"},
	"cli.books.check.statement_line":     {ZhCN: "对账单行与所对款项金额不符", En: "a statement's line against its settlement"},
})
