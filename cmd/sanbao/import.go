package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/shop"
)

// ImportCmd brings in the export files of platforms.
type ImportCmd struct {
	Orders  ImportOrdersCmd  `cmd:"" help:"Import orders from an export file."`
	After   ImportAfterCmd   `cmd:"" name:"after-sales" help:"Import a platform's after-sale list: open cases, update them, confirm refunds."`
	Resume  ImportResumeCmd  `cmd:"" help:"Go on with an import that was cancelled or broken off."`
	Cancel  ImportCancelCmd  `cmd:"" help:"Stop an import that runs elsewhere, before its next chunk."`
	List    ImportListCmd    `cmd:"" help:"List a shop's imports, newest first."`
	Differs ImportDiffersCmd `cmd:"" name:"differences" help:"List where a platform's after-sale list says another thing than we do."`
	Presets ImportPresetsCmd `cmd:"" help:"List the layouts that can be read, and where each is described."`
	Map     ImportMapCmd     `cmd:"" help:"Save which column of an export is what, for a layout without a preset."`
}

// importFile is a file, its layout, and what to print.
type importFile struct {
	Node
	Shop    string `required:"" help:"Code of the shop."`
	File    string `arg:"" type:"existingfile" help:"CSV or XLSX file of orders."`
	Items   string `type:"existingfile" help:"Second file, for presets that have the articles apart (taobao: 宝贝报表)."`
	JSON    bool   `help:"Print the report as JSON."`
	Faults  string `type:"path" placeholder:"FILE.csv" help:"Write what is wrong, by row and column, to this file."`
	Skipped string `type:"path" placeholder:"FILE.csv" help:"Write the rows that are neither sale nor return to this file."`
}

// ImportOrdersCmd imports a file. Repeating it changes nothing; repeating it after a stop goes on.
type ImportOrdersCmd struct {
	importFile
	importLayout
}

// importLayout says how a file is to be read.
type importLayout struct {
	Preset  string `required:"" xor:"layout" help:"Layout of the file; see 'sanbao import presets'."`
	Mapping string `required:"" xor:"layout" help:"A mapping that was saved for the shop, instead of a preset."`
	DryRun  bool   `help:"Check and count; write nothing."`
}

func (c *ImportOrdersCmd) Help() string {
	return `Examples:
  sanbao import orders online_retail.csv --shop gifts --preset uci-online-retail --dry-run
  sanbao import orders ExportOrderList.csv --items ExportOrderDetailList.csv --shop shoes --preset taobao --faults faults.csv
  sanbao import orders orders.xlsx --shop shoes --mapping our-till

The whole file is checked first; if anything is wrong, all of it is told and nothing is imported. Ctrl-C stops between
two chunks: what was imported stays, and the same command goes on with the rest. Exit code 1: faults, or stopped.`
}

// Run imports.
func (c *ImportOrdersCmd) Run(ctx context.Context) error {
	return c.run(ctx, func(*app.App, shop.Shop) (flow.Import, error) {
		return flow.Import{Preset: c.Preset, Mapping: c.Mapping, DryRun: c.DryRun}, nil
	})
}

// ImportAfterCmd imports an after-sale list.
type ImportAfterCmd struct {
	importFile
	importLayout
	Ground string `help:"Ground of applications whose reason names none of the policy's; without it, other."`
}

func (c *ImportAfterCmd) Help() string {
	return `Example:
  sanbao import after-sales list.csv --shop shoes --preset douyin-after-sale

A row is matched by its order number. It opens a case, or brings the one it opened before up to date; a refund that the
platform reports as done is confirmed where the amount is the same. What differs is listed. Importing the same list
again changes nothing.`
}

// Run imports.
func (c *ImportAfterCmd) Run(ctx context.Context) error {
	return c.run(ctx, func(*app.App, shop.Shop) (flow.Import, error) {
		return flow.Import{Preset: c.Preset, Mapping: c.Mapping, DryRun: c.DryRun, Ground: c.Ground, Confirm: true}, nil
	})
}

// ImportResumeCmd goes on with one import.
type ImportResumeCmd struct {
	importFile
	ID string `name:"run" required:"" help:"Its id, as 'sanbao import list' shows it."`
}

func (c *ImportResumeCmd) Help() string {
	return "Example:\n  sanbao import resume online_retail.csv --shop gifts --run 0M2X4Q8TZ1B7C\n\nThe file must be the one the import began with."
}

// Run goes on.
func (c *ImportResumeCmd) Run(ctx context.Context) error {
	runID, err := id.Parse(c.ID)
	if err != nil {
		return err
	}
	return c.run(ctx, func(a *app.App, s shop.Shop) (flow.Import, error) {
		var run order.Run
		err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
			run, err = order.GetRun(tx, s.ID, runID)
			return err
		})
		return flow.Import{Preset: run.Preset, Mapping: run.Mapping, Resume: runID, Confirm: true}, err
	})
}

// run opens what is needed, imports, and prints the report.
func (c *importFile) run(ctx context.Context, plan func(*app.App, shop.Shop) (flow.Import, error)) (err error) {
	a, s, err := c.openShop(ctx, c.Shop)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	in, err := plan(a, s)
	if err != nil {
		return err
	}
	in.ShopID, in.Actor = s.ID, "command line"
	orders, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer orders.close()
	in.Orders = orders.File
	if c.Items != "" {
		items, err := openFile(c.Items)
		if err != nil {
			return err
		}
		defer items.close()
		in.Items = &items.File
	}
	meter := newMeter(os.Stderr)
	in.Progress = meter.show
	report, err := a.Flow.Import(ctx, flow.Actor{Name: in.Actor, Supervisor: true, Finance: true}, in)
	meter.done()
	if err == nil && report.Faults > 0 {
		err = errs.New(errs.Invalid, "import.would_fail", errs.Args{"count": report.Faults})
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Key == "import.faults" {
		e.Fields = nil // the report tells them
	}
	if err != nil && report.Rows == 0 {
		return err // nothing was read
	}
	return errors.Join(c.print(report), err)
}

// print shows the report and writes the lists that were asked for.
func (c *importFile) print(r flow.ImportReport) error {
	lang := language()
	if c.Faults != "" {
		if err := writeList(c.Faults, lang, r.FaultList); err != nil {
			return err
		}
	}
	if c.Skipped != "" {
		var rows []sheet.Fault
		for _, s := range r.Skips {
			rows = append(rows, sheet.Fault{Row: s.Row, Key: s.Key, Args: s.Args})
		}
		if err := writeList(c.Skipped, lang, rows); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(os.Stdout, lang, r)
	}
	return printReport(os.Stdout, lang, r, c.Faults)
}

// printJSON writes the report with its faults, each with its sentence.
func printJSON(out io.Writer, lang errs.Lang, r flow.ImportReport) error {
	type fault struct {
		Row     int       `json:"row"`
		Column  string    `json:"column"`
		Key     string    `json:"key"`
		Args    errs.Args `json:"args,omitempty"`
		Message string    `json:"message"`
	}
	faults := []fault{}
	for _, f := range r.FaultList {
		faults = append(faults, fault{f.Row, f.Column, f.Key, f.Args, errs.Render(lang, f.Key, f.Args)})
	}
	return json.NewEncoder(out).Encode(struct {
		flow.ImportReport
		FaultList []fault `json:"fault_list"`
	}{r, faults})
}

// shownFaults are printed; a file holds all of them.
const shownFaults = 20

func printReport(out io.Writer, lang errs.Lang, r flow.ImportReport, faultsFile string) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	created := "created"
	if r.DryRun {
		created = "would create"
	}
	fmt.Fprintf(w, "\t%s\tunchanged\t\n", created)
	for _, k := range []struct {
		name     string
		new, was int64
	}{
		{"orders", r.Created.Orders, r.Unchanged.Orders}, {"order lines", r.Created.Lines, r.Unchanged.Lines},
		{"payments", r.Created.Payments, r.Unchanged.Payments}, {"return lines", r.Created.Returns, r.Unchanged.Returns},
		{"customers", r.Created.Customers, r.Unchanged.Customers},
	} {
		fmt.Fprintf(w, "%s\t%d\t%d\t\n", k.name, k.new, k.was)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var b strings.Builder
	if r.Advanced > 0 {
		fmt.Fprintf(&b, "%d known orders have been shipped or received since.\n", r.Advanced)
	}
	for _, key := range slices.Sorted(maps.Keys(r.SkippedBy)) {
		fmt.Fprintf(&b, "skipped %d rows: %s\n", r.SkippedBy[key], strings.TrimPrefix(strings.TrimPrefix(key, "import.skip_"), "import.unmatched_"))
	}
	if c := r.AfterSale; c != nil && !r.DryRun {
		fmt.Fprintf(&b, "%d cases opened, %d linked, %d applications updated, %d refunds confirmed; %d without a case, %d differences\n",
			c.Opened, c.Linked, c.Updated, c.Confirmed, c.Unmatched, c.Differs)
	}
	if r.Run != nil {
		fmt.Fprintf(&b, "import %s: %s\n", r.Run.ID, r.Run.State)
	}
	for i, f := range r.FaultList {
		if i == shownFaults {
			fmt.Fprintf(&b, "… and %d more", r.Faults-shownFaults)
			if faultsFile == "" {
				b.WriteString("; --faults FILE.csv writes them all")
			}
			b.WriteString("\n")
			break
		}
		fmt.Fprintf(&b, "row %d, %s: %s\n", f.Row, f.Column, errs.Render(lang, f.Key, f.Args))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func writeList(path string, lang errs.Lang, rows []sheet.Fault) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := sheet.NewFaultWriter(f, lang)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			return err
		}
	}
	return w.Flush()
}

// ImportListCmd lists imports.
type ImportListCmd struct {
	Node
	Shop  string `required:"" help:"Code of the shop."`
	Limit int    `default:"20" help:"How many."`
	JSON  bool   `help:"Machine-readable output."`
}

// Run prints them.
func (c *ImportListCmd) Run(ctx context.Context) (err error) {
	a, s, err := c.openShop(ctx, c.Shop)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	runs, err := flow.Imports(ctx, a.DB, s.ID, 0, max(1, min(c.Limit, 1000)))
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(runs)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "import\tstarted\tpreset\tfile\tstate\trow\tcreated\tunchanged\tfaults")
	for _, r := range runs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\n", r.ID, r.StartedAt.Time().Local().Format(time.DateTime), r.Preset+r.Mapping, r.FileName,
			r.State, r.RowsDone, r.Created, r.Unchanged, r.Faults)
	}
	return w.Flush()
}

// ImportCancelCmd stops an import.
type ImportCancelCmd struct {
	Node
	Shop string `required:"" help:"Code of the shop."`
	ID   string `arg:"" help:"Its id, as 'sanbao import list' shows it."`
}

// Run marks it; the process that runs it stops before its next chunk.
func (c *ImportCancelCmd) Run(ctx context.Context) (err error) {
	runID, err := id.Parse(c.ID)
	if err != nil {
		return err
	}
	a, s, err := c.openShop(ctx, c.Shop)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	run, err := flow.CancelImport(ctx, a.DB, s.ID, runID, "command line")
	if err == nil {
		fmt.Printf("import %s: %s, %d rows in\n", run.ID, run.State, run.RowsDone)
	}
	return err
}

// openedFile is a file on disk as an import reads it.
type openedFile struct {
	export.File
	close func()
}

func openFile(path string) (openedFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return openedFile{}, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errs.New(errs.Invalid, "sheet.not_a_file")
	}
	if err != nil {
		return openedFile{}, errors.Join(err, f.Close())
	}
	file := export.File{Name: filepath.Base(path), Data: f, Size: info.Size()}
	return openedFile{file, func() { _ = f.Close() }}, nil // it was only read
}

// language is the one the terminal is set to.
func language() errs.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			switch {
			case strings.HasPrefix(v, "zh_TW"), strings.HasPrefix(v, "zh_HK"):
				return errs.ZhTW
			case strings.HasPrefix(v, "zh"):
				return errs.ZhCN
			}
			break
		}
	}
	return errs.En
}
