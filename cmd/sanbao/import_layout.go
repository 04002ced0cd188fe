package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/intake"
)

// ImportPresetsCmd lists the layouts.
type ImportPresetsCmd struct{}

// Run prints them; no database is needed.
func (ImportPresetsCmd) Run() error {
	for _, p := range flow.ImportPresets(language()) {
		fmt.Printf("%s (%s)\n  %s\n  files: %s\n  follows: %s (%s)\n  %s\n", p.Name, p.Kind, p.Title, p.Encoding, p.Source.What, p.Source.Date, p.Source.Where)
	}
	return nil
}

// ImportMapCmd saves a mapping, or shows what a file looks like.
type ImportMapCmd struct {
	Node
	Shop   string            `required:"" help:"Code of the shop."`
	Name   string            `arg:"" optional:"" help:"Name to save it under; without it, those there are are listed."`
	Look   string            `type:"existingfile" placeholder:"FILE" help:"Print what this file's columns seem to be; nothing is saved."`
	Kind   string            `enum:"orders,after_sale" default:"orders" help:"What the files hold: orders or after_sale."`
	For    string            `placeholder:"PLATFORM" help:"Whose orders: taobao, jd, pdd, douyin, youzan …"`
	Column map[string]string `placeholder:"FIELD=TITLE" help:"Which column is what; once for each field."`
	Header int               `help:"Row of the titles; 0: the first that holds anything."`
	PerRow bool              `help:"Amounts are those of the row, not of the order."`
}

func (c *ImportMapCmd) Help() string {
	return `Examples:
  sanbao import map --shop shoes --look orders.xlsx
  sanbao import map our-till --shop shoes --for till --column "order_no=单号" --column "ordered_at=时间" --column "quantity=件数" --column "unit_price=单价"`
}

// Run saves it.
func (c *ImportMapCmd) Run(ctx context.Context) (err error) {
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if c.Look != "" {
		file, err := openFile(c.Look)
		if err != nil {
			return err
		}
		defer file.close()
		s, err := flow.Sniff(ctx, file.File, c.Header)
		return errors.Join(err, out.Encode(s))
	}
	a, s, err := c.openShop(ctx, c.Shop)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	m := intake.Mapping{Name: c.Name, Kind: c.Kind, Platform: c.For, HeaderRow: c.Header, PerRow: c.PerRow, Columns: c.Column, MadeBy: "command line"}
	if c.Name != "" {
		if _, err := flow.SaveMapping(ctx, a.DB, s.ID, m); err != nil {
			return err
		}
	}
	var all []intake.Mapping
	err = a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = intake.Mappings(tx, s.ID)
		return err
	})
	return errors.Join(err, out.Encode(all))
}
