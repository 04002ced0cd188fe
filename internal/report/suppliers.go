package report

import (
	"context"
	"net/http"
	"strconv"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/internal/supplier"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

// 退供应商月报 — what went back to suppliers in a month, and what it brought.

// maxSupplierReturns is how many of them a file of a month lists.
const maxSupplierReturns = 5_000

func supplierRoutes(s *web.Server, d *db.DB) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/supplier-returns/export", ID: "export-supplier-returns", Tag: "suppliers", Scope: auth.MoneyRead,
		Produces: "text/csv; charset=utf-8", Summary: "What was sent to suppliers in a month, as CSV", Doc: "One row for each article of each return, with the return's amounts on its first; at most 5,000 returns."},
		func(ctx context.Context, in *struct {
			Month string `query:"month" required:"true" minLength:"7" maxLength:"7" example:"2026-11" doc:"YYYY-MM, by the shop's calendar"`
		}) (*web.File, error) {
			var found []supplier.Return
			var cal *calendar.Calendar
			err := d.Read(ctx, func(tx *db.Tx) error {
				from, until, c, err := month(tx, web.Shop(ctx), in.Month)
				if err == nil {
					cal = c
					found, err = supplier.Between(tx, web.Shop(ctx), from, until, maxSupplierReturns+1)
				}
				if err == nil && len(found) > maxSupplierReturns {
					err = errs.New(errs.Invalid, "report.suppliers_many", errs.Args{"most": maxSupplierReturns})
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			text, err := sheet.CSV(suppliersTable(found, cal, web.Lang(ctx)))
			return web.NewFile("text/csv; charset=utf-8", "supplier-returns-"+in.Month+".csv", text), err
		})
}

func suppliersTable(found []supplier.Return, cal *calendar.Calendar, lang errs.Lang) [][]string {
	var head []string
	for _, c := range []string{"sent", "supplier", "carrier", "waybill", "case", "sku", "title", "units", "state", "asked", "granted", "received", "currency", "paid", "payment"} {
		head = append(head, errs.Render(lang, "report.column."+c, nil))
	}
	rows := [][]string{head}
	for _, r := range found {
		amounts := []string{money.Of(r.Asked, r.Currency).Decimal(), money.Of(r.Granted, r.Currency).Decimal(), money.Of(r.Received, r.Currency).Decimal()}
		for _, l := range r.Lines {
			row := []string{cal.DateOf(r.SentAt).String(), r.Supplier, r.Carrier, r.Waybill, l.CaseNumber, l.SKU, l.Title, strconv.FormatInt(l.Quantity, 10),
				term.Of(string(lang), "supplier", string(r.State))}
			rows = append(rows, append(append(row, amounts...), string(r.Currency), day(cal, r.PaidAt), r.ExternalNo))
			amounts = []string{"", "", ""} // of the whole return: once
		}
	}
	return rows
}

func day(cal *calendar.Calendar, at *clock.Instant) string {
	if at == nil {
		return ""
	}
	return cal.DateOf(*at).String()
}
