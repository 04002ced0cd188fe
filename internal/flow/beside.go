package flow

import (
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// 小额打款 — money to a buyer that no payment of his stands behind is easily paid twice, or for more than a platform transfers: it is looked at
// before it is opened.

// The tables of a shop's pack that bound it, where the shop has them.
const (
	transferTable   = "small_transfer"     // → cap: the most the platform transfers at once
	freightCapTable = "return_freight_cap" // → cap: the most that is reimbursed for a parcel the customer sent
)

// beside is for how long the same amount for the same reason to the same order is taken for a repetition.
const beside = 30 * 24 * time.Hour

// careful says to whom a settlement goes that no payment stands behind, sends what is too much for a small transfer by bank, and has finance look at
// what seems to have been paid before in another matter. Lines of one matter share what a parcel cost.
func (c *change) careful(l *line.Line, s *settle.Settlement, t terms) {
	if s.PaymentID != 0 || s.Minor == 0 || s.Kind == settle.Charge {
		return
	}
	o := c.Orders[l.OrderID]
	s.Payee = strings.TrimSpace(o.Platform + " " + o.OrderNo)
	if s.Route == settle.ByTransfer && t.transferCap != nil && s.Minor > *t.transferCap {
		s.Route, s.Held = settle.ByBank, "over_cap"
	}
	if s.Kind == settle.Reimbursement && o.Attrs.FreightInsurance && !c.insuranceKnown(l) {
		s.Held = heldInsured
	}
	for _, was := range c.Beside[l.OrderID] {
		if was.Kind != settle.Charge && was.PaymentID == 0 && was.CaseID != c.Case.ID && was.Payee == s.Payee && was.Kind == s.Kind && was.Minor == s.Minor {
			s.Held = "duplicate"
		}
	}
	if s.Held != "" && s.Approval == "" {
		s.Approval = "finance"
	}
}

// bound asks a table of the shop's pack for an amount; nil where the pack does not have the table.
func bound(book *rule.Book, table string, in rule.Input) (*int64, error) {
	row, err := book.Lookup(table, in)
	if e := errs.As(err); e != nil && e.Key == "rule.table_unknown" {
		return nil, nil
	}
	if err != nil || row.Values == nil {
		return nil, err
	}
	minor := row.Values["cap"].Int()
	return &minor, nil
}

// heldInsured holds freight of an insured parcel until somebody says what the insurer paid: he pays the customer days after the parcel came.
const heldInsured = "insured"

// insuranceKnown says that somebody said what the insurer paid a line's customer, nothing included.
func (c *change) insuranceKnown(l *line.Line) bool {
	return slices.ContainsFunc(c.Findings[l.ID], func(fd line.Finding) bool { return fd.Fact == line.FactInsurancePaid.Name() })
}

// insurancePaid is what an insurer paid the customer for his parcel (运费险), as far as somebody said so: that is not reimbursed once more.
func (c *change) insurancePaid(l *line.Line) (int64, error) {
	found, err := line.FromFindings(c.flow.Policies.Vocabulary(), c.Findings[l.ID])
	if err != nil {
		return 0, err
	}
	paid, _ := line.FactInsurancePaid.Get(found)
	return paid, nil
}
