package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/money"
)

// ReturnsCmd deals with the return records that platforms export beside their orders.
type ReturnsCmd struct {
	Open ReturnsOpenCmd `cmd:"" help:"Open a case for every return record that has none."`
}

// ReturnsOpenCmd opens the cases.
type ReturnsOpenCmd struct {
	Node
	Shop      string `required:"" help:"Code of the shop."`
	Ground    string `default:"not_stated" help:"Ground of the shop's policy, for records that name none."`
	Complete  bool   `help:"The records are of finished returns: receive, inspect and settle them as recorded."`
	Unmatched string `type:"path" placeholder:"FILE.csv" help:"Write the records without a purchase, with reason and amount, to this file."`
	JSON      bool   `help:"Print the report as JSON."`
}

func (c *ReturnsOpenCmd) Help() string {
	return `Each record is matched to what the same customer bought before, at the price that was given back, latest purchase
first; then it is applied for, decided by the shop's policy and, with --complete, taken to its end. Running it again
goes on with what is left.

Example:
  sanbao returns open --shop gifts --complete --unmatched unmatched.csv`
}

// Run opens them and prints the sum.
func (c *ReturnsOpenCmd) Run(ctx context.Context) (err error) {
	a, s, err := c.openShop(ctx, c.Shop)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	report, err := a.Flow.OpenReturns(ctx, flow.Actor{Name: "command line"}, s.ID, flow.OpenReturns{Ground: c.Ground, Complete: c.Complete})
	if err != nil {
		return err
	}
	if c.Unmatched != "" {
		if err := writeUnmatched(c.Unmatched, report.Unmatched); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	return printReturns(report, s.Currency)
}

func writeUnmatched(file string, records []order.Return) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	if err := w.Write([]string{"return_no", "line_no", "buyer", "sku", "quantity", "amount", "currency", "reason"}); err != nil {
		return err
	}
	for _, r := range records {
		if err := w.Write([]string{r.ReturnNo, strconv.FormatInt(r.LineNo, 10), r.BuyerKey, r.SKU, strconv.FormatInt(r.Quantity, 10),
			money.Of(r.Minor, r.Currency).Decimal(), string(r.Currency), r.Reason}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// printReturns shows that nothing was lost: refunds paid and records left over sum to the file's return lines.
func printReturns(r flow.ReturnsReport, c money.Currency) error {
	paid := money.Of(r.Refunded.Minor, c)
	left := money.Of(0, c)
	count, sum := map[string]int{}, map[string]int64{}
	var reasons []string
	for _, u := range r.Unmatched {
		if count[u.Reason] == 0 {
			reasons = append(reasons, u.Reason)
		}
		count[u.Reason]++
		sum[u.Reason] += u.Minor
		var err error
		if left, err = left.Add(money.Of(u.Minor, c)); err != nil {
			return err
		}
	}
	total, err := paid.Add(left)
	if err != nil {
		return err
	}
	fmt.Printf("%6d return lines opened, refunded %18s\n", r.Opened, paid)
	for _, reason := range reasons {
		fmt.Printf("%6d left, %-23s %18s\n", count[reason], reason, money.Of(sum[reason], c))
	}
	fmt.Printf("%6d return lines in all %21s\n", r.Opened+len(r.Unmatched), total)
	return nil
}
