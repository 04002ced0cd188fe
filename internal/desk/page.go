package desk

import (
	"slices"

	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/customer"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

const (
	pageMessages = 50
	pageNotes    = 200
)

// Page is one case with everything its page shows, as one snapshot.
type Page struct {
	View     flow.View          `json:"view"`
	Customer *customer.Customer `json:"customer,omitempty"`
	Orders   []Bought           `json:"orders" nullable:"false" doc:"the orders its lines are about"`
	Messages []chat.Message     `json:"messages" nullable:"false" doc:"the last 50, oldest first"`
	Notes    []cases.Note       `json:"notes" nullable:"false" doc:"oldest first"`
	Assignee string             `json:"assignee"`
	Tracking []flow.Tracked     `json:"tracking" nullable:"false" doc:"parcels that have a waybill, with what their carriers said"`
}

// Bought is an order with what was bought and how it was paid.
type Bought struct {
	Order    order.Order      `json:"order"`
	Lines    []order.Line     `json:"lines" nullable:"false"`
	Payments []settle.Payment `json:"payments" nullable:"false"`
}

// ReadPage reads the page of a case.
func (d *Desk) ReadPage(tx *db.Tx, shopID, caseID id.ID) (p Page, err error) {
	dossier, err := d.Flow.Look(tx, shopID, caseID)
	if err != nil {
		return p, err
	}
	p = Page{View: dossier.View(), Orders: []Bought{}, Assignee: dossier.Case.Assignee}
	for _, l := range dossier.Lines {
		if o := dossier.Orders[l.OrderID]; !slices.ContainsFunc(p.Orders, func(b Bought) bool { return b.Order.ID == o.ID }) {
			p.Orders = append(p.Orders, Bought{o, dossier.OrderLines[o.ID], dossier.Payments[o.ID]})
		}
	}
	if c := dossier.Case.CustomerID; c != 0 {
		buyer, err := customer.Get(tx, shopID, c)
		if err != nil {
			return p, err
		}
		p.Customer = &buyer
	}
	if p.Messages, err = chat.Last(tx, shopID, caseID, pageMessages); err != nil {
		return p, err
	}
	if p.Tracking, err = dossier.Tracking(tx); err != nil {
		return p, err
	}
	p.Notes, err = cases.Notes(tx, shopID, caseID, 0, pageNotes)
	return p, err
}
