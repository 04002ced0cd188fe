package flow

import (
	"context"
	"net/http"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/supplier"
	"github.com/sanbao/sanbao/internal/web"
)

const supplierRoot = web.ShopRoot + "/supplier-returns"

func (f *Flow) supplierRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: supplierRoot, ID: "send-to-supplier", Tag: "suppliers", Scope: auth.GoodsShip, Once: true, Status: http.StatusCreated,
		Summary: "Send what goes back to a supplier, and claim for it 退供应商", Doc: "Only lines that supplier-returns/waiting lists. A line's units go once."},
		func(ctx context.Context, in *onShop[ToSupplier]) (*web.Reply[SupplierReturn], error) {
			r, err := f.SendToSupplier(ctx, actor(ctx), web.Shop(ctx), in.Body)
			return &web.Reply[SupplierReturn]{Body: r}, err
		})
	web.Register(s, web.Op{Method: http.MethodGet, Path: supplierRoot, ID: "list-supplier-returns", Tag: "suppliers", Scope: auth.CasesRead, Summary: "Returns to suppliers in a state, oldest first"}, f.listSuppliers)
	supplierStep(f, s, "granted", "supplier-granted", "The supplier agrees to pay", auth.MoneyPay, supplier.Grant, func(b struct {
		Seen
		Minor int64  `json:"minor" minimum:"1" maximum:"100000000000" doc:"what it pays, at most what was asked; minor units"`
		Text  string `json:"text,omitempty" maxLength:"500" doc:"what it said"`
	}) (int64, SupplierStep) {
		return b.Version, SupplierStep{Minor: b.Minor, Text: b.Text}
	})
	supplierStep(f, s, "refused", "supplier-refused", "The supplier pays nothing", auth.MoneyPay, supplier.Refuse, func(b struct {
		Seen
		Text string `json:"text" minLength:"1" maxLength:"500" doc:"what it said"`
	}) (int64, SupplierStep) {
		return b.Version, SupplierStep{Text: b.Text}
	})
	supplierStep(f, s, "received", "supplier-paid", "Money of the supplier came in, all of it or a part", auth.MoneyPay, supplier.Take, func(b struct {
		Seen
		Minor      int64          `json:"minor" minimum:"1" maximum:"100000000000" doc:"minor units"`
		ExternalNo string         `json:"external_no" minLength:"1" maxLength:"128" doc:"number of the payment, or of the bill it was taken off"`
		At         *clock.Instant `json:"at,omitempty" doc:"when it came in, if not now"`
	}) (int64, SupplierStep) {
		return b.Version, SupplierStep{Minor: b.Minor, ExternalNo: b.ExternalNo, At: b.At}
	})
	supplierStep(f, s, "drop", "drop-supplier", "Ask the supplier for nothing more", auth.MoneyApprove, supplier.Drop, func(b struct {
		Seen
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}) (int64, SupplierStep) {
		return b.Version, SupplierStep{Text: b.Reason}
	})
}

func supplierStep[B any](f *Flow, s *web.Server, verb, opID, summary string, scope auth.Scope, v supplier.Event, said func(B) (int64, SupplierStep)) {
	type input struct {
		Target web.ID `path:"id"`
		Body   B
	}
	web.Register(s, web.Op{Method: http.MethodPost, Path: supplierRoot + "/{id}/" + verb, ID: opID, Tag: "suppliers", Scope: scope, Once: true, Summary: summary},
		func(ctx context.Context, in *input) (*web.Reply[SupplierReturn], error) {
			version, step := said(in.Body)
			r, err := f.OnSupplier(ctx, actor(ctx), web.Shop(ctx), in.Target.ID, version, v, step)
			return &web.Reply[SupplierReturn]{Body: r}, err
		})
}

func (f *Flow) listSuppliers(ctx context.Context, in *struct {
	web.Page
	State supplier.State `query:"state" default:"sent" enum:"sent,granted,refused,received,dropped"`
}) (*web.Reply[web.List[SupplierReturn]], error) {
	read := func(after id.ID, limit int) (out []SupplierReturn, err error) {
		err = f.DB.Read(ctx, func(tx *db.Tx) error {
			found, err := supplier.In(tx, web.Shop(ctx), in.State, after, limit)
			for _, r := range found {
				out = append(out, supplierView(r))
			}
			return err
		})
		return out, err
	}
	return pageOf(ctx, in.Page, read, func(r SupplierReturn) id.ID { return r.ID })
}
