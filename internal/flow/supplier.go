package flow

import (
	"context"
	"strings"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/ledger"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/supplier"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
)

// 退供应商 — what came back and goes to who made it, by the policy and what the inspection found, is sent in a parcel and claimed.
// From then on the supplier has it by our books, and nothing of it is sent twice.

// BackToSupplier is the word of the tables for what goes to a supplier.
const BackToSupplier = "to_supplier"

// ToSupplier is a parcel to a supplier.
type ToSupplier struct {
	Supplier  string   `json:"supplier" minLength:"1" maxLength:"80"`
	Warehouse string   `json:"warehouse" minLength:"1" maxLength:"40" doc:"code of the warehouse it leaves"`
	Lines     []web.ID `json:"lines" minItems:"1" maxItems:"100" doc:"lines of cases, all of what came back of each"`
	Carrier   string   `json:"carrier" minLength:"1" maxLength:"40"`
	Waybill   string   `json:"waybill" minLength:"6" maxLength:"40"`
	Asked     int64    `json:"asked,omitempty" minimum:"0" maximum:"100000000000" doc:"what is claimed, minor units; what the goods were sold for without it"`
}

// SupplierReturn is a return to a supplier with what may be done.
type SupplierReturn struct {
	supplier.Return
	Allowed []supplier.Event `json:"allowed" nullable:"false"`
}

func supplierView(r supplier.Return) SupplierReturn { return SupplierReturn{r, r.Allowed()} }

// sending is a planned ToSupplier.
type sending struct {
	supplier.Return
	warehouse string
	sold      map[id.ID]int64 // by order line
}

// SendToSupplier sends lines' units to a supplier and claims for them.
//
// Errors: Conflict flow.supplier_gone, flow.not_there; Invalid flow.no_warehouse, flow.supplier_line, flow.supplier_elsewhere,
// flow.supplier_twice, flow.supplier_currency, movement.waybill_malformed, supplier.nothing.
func (f *Flow) SendToSupplier(ctx context.Context, who Actor, shopID id.ID, n ToSupplier) (SupplierReturn, error) {
	out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (s sending, err error) {
		err = f.DB.Read(ctx, func(tx *db.Tx) error {
			s, err = f.planSupplier(tx, who, shopID, n)
			return err
		})
		return s, err
	}, func(tx *db.Tx, s sending) (SupplierReturn, error) {
		s.SentAt = tx.Now
		err := filled(tx, func(b *db.Batch) error { return writeSupplier(tx, b, who, s) })
		switch {
		case db.IsUnique(err): // somebody else sent one of them at the same moment
			return SupplierReturn{}, errs.Wrap(err, errs.Conflict, "flow.supplier_gone")
		case db.IsCheck(err):
			return SupplierReturn{}, errs.Wrap(err, errs.Conflict, "flow.not_there")
		}
		return supplierView(s.Return), err
	})
	return out, err
}

func (f *Flow) planSupplier(tx *db.Tx, who Actor, shopID id.ID, n ToSupplier) (s sending, err error) {
	s = sending{warehouse: n.Warehouse, sold: map[id.ID]int64{}, Return: supplier.Return{ID: id.New(), ShopID: shopID, Supplier: strings.TrimSpace(n.Supplier), Carrier: n.Carrier,
		State: supplier.Sent, Asked: n.Asked, By: who.Name, Version: 1, Lines: []supplier.Line{}}}
	if s.Waybill, err = movement.CleanWaybill(n.Waybill); err != nil {
		return s, err
	}
	if s.WarehouseID, err = warehouseAt(tx, shopID, n.Warehouse); err != nil {
		return s, err
	}
	sh, err := shop.Get(tx, shopID)
	if err != nil {
		return s, err
	}
	var faults errs.Faults
	var worth int64
	seen := map[id.ID]bool{}
	for i, lineID := range n.Lines {
		at := "/lines/" + itoa(i)
		if seen[lineID.ID] {
			faults.Add(at, "flow.supplier_twice")
			continue
		}
		seen[lineID.ID] = true
		w, err := f.forSupplier(tx, sh, lineID.ID)
		switch {
		case err != nil:
			return s, err
		case w.why != "":
			faults.Add(at, w.why)
		case w.warehouse != s.WarehouseID:
			faults.Add(at, "flow.supplier_elsewhere")
		case s.Currency != "" && s.Currency != w.currency:
			faults.Add(at, "flow.supplier_currency")
		default:
			s.Currency, worth = w.currency, worth+w.worth
			s.Lines, s.sold[w.OrderLineID] = append(s.Lines, w.Line), w.sold
		}
	}
	if s.Asked == 0 {
		s.Asked = worth
	}
	if err := faults.Err(); err != nil {
		return s, err
	}
	if s.Asked == 0 {
		return s, errs.New(errs.Invalid, "supplier.nothing")
	}
	return s, nil
}

// waits is a case line's units that may go to a supplier.
type waits struct {
	supplier.Line
	warehouse   id.ID
	currency    money.Currency
	worth, sold int64  // what they were sold for; units of the order line
	why         string // they do not go
}

// forSupplier reads a line that is to go: granted, inspected, sorted to the supplier, and here. What went before is a conflict.
func (f *Flow) forSupplier(tx *db.Tx, s shop.Shop, lineID id.ID) (w waits, err error) {
	l, err := line.Get(tx, s.ID, lineID)
	if err != nil {
		return w, err
	}
	gone, err := supplier.Went(tx, s.ID, lineID)
	if err == nil && gone != 0 {
		err = errs.New(errs.Conflict, "flow.supplier_gone")
	}
	if err != nil {
		return w, err
	}
	w.why = "flow.supplier_line"
	if l.State != line.Approved || l.DecisionID == 0 || strings.HasPrefix(l.Status, "discrepant.") {
		return w, nil
	}
	to, err := f.Becomes(tx, s, l.DecisionID)
	if err != nil || to.To != BackToSupplier {
		return w, err
	}
	came, err := movement.OfCase(tx, s.ID, l.CaseID)
	if err != nil {
		return w, err
	}
	for _, m := range came {
		if in := carried(&m, lineID); !m.Purpose.Outward() && in.Arrived != nil && *in.Arrived > 0 {
			w.MovementID, w.warehouse, w.Quantity = m.ID, m.WarehouseID, *in.Arrived
		}
	}
	if w.Quantity == 0 {
		return w, nil
	}
	of, err := cases.Get(tx, s.ID, l.CaseID)
	if err != nil {
		return w, err
	}
	ol, err := order.GetLine(tx, s.ID, l.OrderLineID)
	if err != nil {
		return w, err
	}
	o, err := order.Get(tx, s.ID, l.OrderID)
	w.CaseLineID, w.CaseID, w.CaseNumber, w.OrderLineID, w.SKU, w.Title = l.ID, l.CaseID, of.Number, ol.ID, ol.SKU, ol.Title
	w.currency, w.worth, w.sold, w.why = o.Currency, ol.Net*w.Quantity/ol.Quantity, ol.Quantity, ""
	return w, err
}

func writeSupplier(tx *db.Tx, b *db.Batch, who Actor, s sending) error {
	supplier.Insert(b, s.Return)
	for _, l := range s.Lines {
		movement.HandOver(b, tx.Now, movement.Handover{ShopID: s.ShopID, OrderLineID: l.OrderLineID, MovementID: l.MovementID, From: movement.InWarehouse(s.warehouse),
			To: movement.WithSupplier, Quantity: l.Quantity, By: who.Name}, s.sold[l.OrderLineID])
		err := audit.Write(b, tx.Now, audit.Event{ShopID: s.ShopID, CaseID: l.CaseID, Subject: audit.Line, SubjectID: l.CaseLineID, Actor: who.Name, Verb: BackToSupplier},
			map[string]any{"supplier": s.Supplier, "waybill": s.Waybill, "units": l.Quantity, "return": s.ID})
		if err != nil {
			return err
		}
	}
	return supplierEvent(b, tx.Now, who, s.Return, "sent", map[string]any{"supplier": s.Supplier, "waybill": s.Waybill, "asked": s.Asked, "lines": len(s.Lines)})
}

func supplierEvent(b *db.Batch, now clock.Instant, who Actor, r supplier.Return, verb string, data map[string]any) error {
	return audit.Write(b, now, audit.Event{ShopID: r.ShopID, Subject: audit.Supplier, SubjectID: r.ID, Actor: who.Name, Verb: verb}, data)
}

// SupplierStep is what is said with a step of a return to a supplier.
type SupplierStep struct {
	Minor      int64
	Text       string
	ExternalNo string
	At         *clock.Instant
}

// OnSupplier records a step: granted, refused, money came in, dropped. What the supplier agrees to is due from it and lessens what
// the returns cost us; what it does not pay in the end is taken back.
func (f *Flow) OnSupplier(ctx context.Context, who Actor, shopID, returnID id.ID, version int64, v supplier.Event, s SupplierStep) (SupplierReturn, error) {
	return again(ctx, func() (SupplierReturn, error) {
		out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (r supplier.Return, err error) {
			err = f.DB.Read(ctx, func(tx *db.Tx) error {
				r, err = supplier.Get(tx, shopID, returnID)
				return err
			})
			if err == nil {
				err = current(version, r.Version)
			}
			now := f.DB.Clock().Now()
			if err == nil {
				_, err = r.After(v, now, s.Minor)
			}
			if err == nil && s.At != nil && (*s.At > now || *s.At < r.SentAt) {
				err = errs.New(errs.Invalid, "flow.arrival_time", errs.Args{"from": r.SentAt.String()})
			}
			return r, err
		}, func(tx *db.Tx, r supplier.Return) (SupplierReturn, error) {
			err := filled(tx, func(b *db.Batch) (err error) {
				r, err = moveSupplier(tx, b, who, r, v, s)
				return err
			})
			return supplierView(r), err
		})
		return out, err
	})
}

// moveSupplier applies an event, books what it means, and writes both down.
func moveSupplier(tx *db.Tx, b *db.Batch, who Actor, r supplier.Return, v supplier.Event, s SupplierStep) (supplier.Return, error) {
	due := r.Due()
	r, err := r.After(v, tx.Now, s.Minor)
	if err != nil {
		return r, err
	}
	if s.Text != "" {
		r.Answer = s.Text
	}
	of := func(minor int64) money.Money { return money.Of(minor, r.Currency) }
	switch v {
	case supplier.Grant:
		err = ledger.Post(b, tx.Now, ledger.Move(r.ShopID, "supplier_granted", r.ID, of(s.Minor), ledger.RecoveredFromSuppliers, ledger.DueFromSuppliers))
	case supplier.Take:
		if r.PaidAt = s.At; s.At == nil {
			r.PaidAt = &tx.Now
		}
		r.ExternalNo = s.ExternalNo
		err = ledger.Post(b, tx.Now, ledger.Move(r.ShopID, "supplier_received", r.ID, of(s.Minor), ledger.DueFromSuppliers, ledger.FromSuppliers))
	case supplier.Drop:
		if due > 0 {
			err = ledger.Post(b, tx.Now, ledger.Move(r.ShopID, "supplier_dropped", r.ID, of(due), ledger.DueFromSuppliers, ledger.RecoveredFromSuppliers))
		}
	}
	if err != nil {
		return r, err
	}
	r = supplier.Save(b, r)
	return r, supplierEvent(b, tx.Now, who, r, string(v), map[string]any{"minor": s.Minor, "text": s.Text, "external_no": s.ExternalNo, "at": s.At})
}

var _ = errs.Register(map[string]errs.Text{
	"flow.supplier_line":      {ZhCN: "这件不退供应商：要验过货、按规则返厂，而且还在仓里。", En: "This does not go to a supplier: it has to be inspected, to go back to the supplier by the policy, and to be here."},
	"flow.supplier_gone":      {ZhCN: "其中有已经寄给供应商的，请刷新后再选。", En: "Some of it has gone to the supplier already; please refresh and choose again."},
	"flow.supplier_elsewhere": {ZhCN: "这件在另一个仓。", En: "This lies in another warehouse."},
	"flow.supplier_twice":     {ZhCN: "这件选了两次。", En: "This is chosen twice."},
	"flow.supplier_currency":  {ZhCN: "同一笔退供应商只能是一种币种。", En: "One return to a supplier is in one currency."},
})
