package flow

import (
	"context"
	"net/http"
	"regexp"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
)

// 发票红冲 — money that went back of an invoiced order opens a task: finance issues the red letter in its tax system and notes the number here.

// NewInvoice is an invoice as it is recorded.
type NewInvoice struct {
	Number   string        `json:"number" minLength:"1" maxLength:"20" doc:"8 to 20 digits"`
	Title    string        `json:"title,omitempty" maxLength:"100" doc:"to whom 抬头"`
	Minor    int64         `json:"minor" minimum:"1" maximum:"1000000000000" doc:"minor units"`
	IssuedOn calendar.Date `json:"issued_on"`
}

// Issued is a red letter as it was issued.
type Issued struct {
	Seen
	Number   string        `json:"number" minLength:"1" maxLength:"20" doc:"8 to 20 digits, not the invoice's own"`
	IssuedOn calendar.Date `json:"issued_on"`
}

// invoiceNumber: eight digits of paper invoices, twenty of those that are all digital.
var invoiceNumber = regexp.MustCompile(`^[0-9]{8,20}$`)

// reverse opens red letters for money that has just arrived.
func (c *change) reverse(s *settle.Settlement) {
	l, err := c.line(s.LineID, 0)
	c.note(err)
	if err != nil || !s.Reverses() {
		return
	}
	invoices := c.Invoices[l.OrderID]
	letters := settle.Reverse(*s, invoices, c.now)
	settle.OpenRedLetters(c.b, letters, invoices)
	for _, r := range letters {
		c.event(audit.Settlement, s.ID, "red_letter", map[string]any{"invoice": r.InvoiceNo, "minor": r.Minor, "currency": r.Currency})
	}
}

// RecordInvoice writes down that an order was invoiced. What went back of it on or after that day is to be reversed at once.
func (f *Flow) RecordInvoice(ctx context.Context, who Actor, shopID, orderID id.ID, n NewInvoice) (settle.Invoice, error) {
	v, err := again(ctx, func() (settle.Invoice, error) {
		v, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(context.Context) (NewInvoice, error) { return n, checkNumber("/number", n.Number) },
			func(tx *db.Tx, n NewInvoice) (settle.Invoice, error) {
				return recordInvoice(tx, who, shopID, orderID, n)
			})
		return v, err
	})
	return v, err
}

func checkNumber(at, number string) error {
	var f errs.Faults
	if !invoiceNumber.MatchString(number) {
		f.Add(at, "flow.invoice_number", errs.Args{"number": errs.Clip(number)})
	}
	return f.Err()
}

func recordInvoice(tx *db.Tx, who Actor, shopID, orderID id.ID, n NewInvoice) (v settle.Invoice, err error) {
	o, err := order.Get(tx, shopID, orderID)
	if err != nil {
		return v, err
	}
	cal, err := shopCalendar(tx, shopID)
	if err != nil {
		return v, err
	}
	invoices, err := settle.Invoices(tx, shopID, orderID)
	if err != nil {
		return v, err
	}
	payments, err := settle.Payments(tx, shopID, orderID)
	if err != nil {
		return v, err
	}
	var paid, invoiced int64
	for _, p := range payments {
		paid += p.Captured
	}
	for _, x := range invoices {
		invoiced += x.Minor
	}
	switch used, err := settle.InvoiceNumbered(tx, shopID, n.Number); {
	case err != nil:
		return v, err
	case used:
		return v, errs.New(errs.Conflict, "flow.invoice_exists", errs.Args{"number": n.Number})
	case invoiced+n.Minor > paid:
		return v, errs.New(errs.Invalid, "flow.invoice_over", errs.Args{"invoiced": invoiced + n.Minor, "paid": paid})
	case n.IssuedOn > cal.DateOf(tx.Now) || n.IssuedOn < cal.DateOf(o.OrderedAt):
		return v, errs.New(errs.Invalid, "flow.invoice_day", errs.Args{"date": n.IssuedOn.String()})
	}
	v = settle.Invoice{ID: id.New(), ShopID: shopID, OrderID: orderID, Number: n.Number, Title: n.Title, Minor: n.Minor, Currency: o.Currency, IssuedOn: n.IssuedOn,
		RecordedBy: who.Name, RecordedAt: tx.Now, Version: 1}
	gone, err := settle.Reversible(tx, shopID, orderID, cal.StartOf(n.IssuedOn))
	if err != nil {
		return v, err
	}
	return v, filled(tx, func(b *db.Batch) error {
		settle.InsertInvoice(b, v)
		mine := []settle.Invoice{v}
		for _, s := range gone {
			settle.OpenRedLetters(b, settle.Reverse(s, mine, tx.Now), mine)
		}
		v = mine[0]
		return audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Order, SubjectID: orderID, Actor: who.Name, Verb: "invoiced"},
			map[string]any{"number": v.Number, "minor": v.Minor, "issued_on": v.IssuedOn.String()})
	})
}

func shopCalendar(tx *db.Tx, shopID id.ID) (*calendar.Calendar, error) {
	s, err := shop.Get(tx, shopID)
	if err != nil {
		return nil, err
	}
	return calendar.Load(s.Calendar)
}

// IssueRedLetter notes the number of the red letter that was issued.
func (f *Flow) IssueRedLetter(ctx context.Context, who Actor, shopID, letterID id.ID, in Issued) (settle.RedLetter, error) {
	l, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(context.Context) (Issued, error) { return in, checkNumber("/number", in.Number) },
		func(tx *db.Tx, in Issued) (settle.RedLetter, error) {
			l, err := settle.GetRedLetter(tx, shopID, letterID)
			if err == nil {
				err = current(in.Version, l.Version)
			}
			if err != nil {
				return l, err
			}
			cal, err := shopCalendar(tx, shopID)
			if err != nil {
				return l, err
			}
			switch used, err := settle.InvoiceNumbered(tx, shopID, in.Number); {
			case err != nil:
				return l, err
			case l.State == "done":
				return l, errs.New(errs.Conflict, "flow.red_letter_done", errs.Args{"number": l.Number})
			case used:
				return l, errs.New(errs.Conflict, "flow.invoice_exists", errs.Args{"number": in.Number})
			case in.IssuedOn > cal.DateOf(tx.Now) || in.IssuedOn < cal.DateOf(l.OpenedAt):
				return l, errs.New(errs.Invalid, "flow.invoice_day", errs.Args{"date": in.IssuedOn.String()})
			}
			err = filled(tx, func(b *db.Batch) error {
				l = l.Issue(b, in.Number, in.IssuedOn, who.Name, tx.Now)
				return audit.Write(b, tx.Now, audit.Event{ShopID: shopID, CaseID: l.CaseID, Subject: audit.Settlement, SubjectID: l.SettlementID, Actor: who.Name, Verb: "red_letter_done"},
					map[string]any{"invoice": l.InvoiceNo, "number": l.Number, "minor": l.Minor, "currency": l.Currency})
			})
			if err != nil {
				return l, err
			}
			c, err := cases.Get(tx, shopID, l.CaseID)
			if err == nil {
				f.changed(tx, shopID, l.CaseID, c.Version)
			}
			return l, err
		})
	return l, err
}

func (f *Flow) invoiceRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/invoices", ID: "record-invoice", Tag: "invoices", Scope: auth.MoneyPay, Once: true, Status: http.StatusCreated,
		Summary: "An invoice was issued for an order 登记发票", Doc: "What goes back of the order from then on, and what went back on or after that day, opens a red-letter task."},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
			Body  NewInvoice
		}) (*web.Reply[settle.Invoice], error) {
			v, err := f.RecordInvoice(ctx, actor(ctx), web.Shop(ctx), in.Order.ID, in.Body)
			return &web.Reply[settle.Invoice]{Body: v}, err
		})
	list(f, s, web.ShopRoot+"/orders/{id}/invoices", "list-invoices", "Invoices of an order, and how much of each is reversed", settle.Invoices)
	list(f, s, web.ShopRoot+"/cases/{id}/red-letters", "list-case-red-letters", "Red letters of a case, oldest first", settle.RedLettersOf)
	web.Register(s, web.Op{Method: http.MethodGet, Path: web.ShopRoot + "/red-letters", ID: "list-red-letters", Tag: "invoices", Scope: auth.MoneyRead, Summary: "Red letters to issue, or issued, oldest first 发票红冲"},
		func(ctx context.Context, in *struct {
			web.Page
			State string `query:"state" required:"true" enum:"open,done"`
		}) (*web.Reply[web.List[settle.RedLetter]], error) {
			read := func(after id.ID, limit int) (out []settle.RedLetter, err error) {
				err = f.DB.Read(ctx, func(tx *db.Tx) error {
					out, err = settle.RedLetters(tx, web.Shop(ctx), in.State, after, limit)
					return err
				})
				return out, err
			}
			return pageOf(ctx, in.Page, read, func(l settle.RedLetter) id.ID { return l.ID })
		})
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/red-letters/{id}/issue", ID: "issue-red-letter", Tag: "invoices", Scope: auth.MoneyPay, Once: true,
		Summary: "The red letter was issued: its number and day 已红冲"},
		func(ctx context.Context, in *struct {
			Target web.ID `path:"id"`
			Body   Issued
		}) (*web.Reply[settle.RedLetter], error) {
			l, err := f.IssueRedLetter(ctx, actor(ctx), web.Shop(ctx), in.Target.ID, in.Body)
			return &web.Reply[settle.RedLetter]{Body: l}, err
		})
}

// list registers a short list of what belongs to one thing.
func list[T any](f *Flow, s *web.Server, path, opID, summary string, read func(tx *db.Tx, shopID, of id.ID) ([]T, error)) {
	web.Register(s, web.Op{Method: http.MethodGet, Path: path, ID: opID, Tag: "invoices", Scope: auth.MoneyRead, Summary: summary},
		func(ctx context.Context, in *struct {
			Of web.ID `path:"id"`
		}) (*web.Reply[[]T], error) {
			out := []T{}
			err := f.DB.Read(ctx, func(tx *db.Tx) error {
				rows, err := read(tx, web.Shop(ctx), in.Of.ID)
				out = append(out, rows...)
				return err
			})
			return &web.Reply[[]T]{Body: out}, err
		})
}

var _ = errs.Register(map[string]errs.Text{
	"flow.invoice_number":  {ZhCN: "“{number}”不是发票号码，应为 8 到 20 位数字。", En: "\"{number}\" is no number of an invoice: 8 to 20 digits."},
	"flow.invoice_exists":  {ZhCN: "发票号码 {number} 已经登记过了。", En: "Number {number} is recorded already."},
	"flow.invoice_over":    {ZhCN: "发票合计 {invoiced} 分，超过订单实付 {paid} 分。", En: "The invoices come to {invoiced} minor units, more than the {paid} that were paid."},
	"flow.invoice_day":     {ZhCN: "开票日期 {date} 不对：不能晚于今天，也不能早于下单（红字发票不能早于退款到账）。", En: "The day {date} cannot be: not after today, not before the order, and of a red letter not before the money went back."},
	"flow.red_letter_done": {ZhCN: "已经红冲过了，红字发票号码 {number}。", En: "This was reversed already, by number {number}."},
})
