package export

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/sheet"
	"github.com/sanbao/sanbao/money"
)

// against collects disagreements of one row with what was imported before.
type against struct {
	faults []sheet.Fault
	number string
}

func disagree[T comparable](a *against, row int, column string, was, now T, show func(T) string) {
	if was == now {
		return
	}
	a.faults = append(a.faults, sheet.Fault{Row: row, Column: column, Key: "import.contradicts",
		Args: errs.Args{"row": row, "number": a.number, "column": column, "was": show(was), "now": show(now)}})
}

func asIs(s string) string { return s }

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Disagreements says where an order of a file contradicts the one imported before. An order is history: who bought
// what for how much and when does not change. Its status and the times that were not known yet may.
func (s Sale) Disagreements(row int, k order.Known) []sheet.Fault {
	a := &against{number: s.Order.OrderNo}
	amount := func(n int64) string { return money.Of(n, s.Order.Currency).Decimal() }
	disagree(a, row, "currency", k.Currency, string(s.Order.Currency), asIs)
	disagree(a, row, "ordered_at", k.OrderedAt, s.Order.OrderedAt, clock.Instant.String)
	disagree(a, row, "freight_paid", k.FreightPaid, s.Order.FreightPaid, amount)
	bothKnown(a, row, "paid_at", k.PaidAt, s.Order.PaidAt, clock.Instant.String)
	bothKnown(a, row, "shipped_at", k.ShippedAt, s.Order.ShippedAt, clock.Instant.String)
	bothKnown(a, row, "signed_on", k.SignedOn, s.Order.SignedOn, calendar.Date.String)
	disagree(a, row, "lines", int64(len(k.Lines)), int64(len(s.Lines)), number)
	for i, l := range s.Lines {
		if i >= len(k.Lines) {
			break
		}
		was := k.Lines[i]
		disagree(a, l.Row, "sku", was.SKU, l.SKU, asIs)
		disagree(a, l.Row, "quantity", was.Quantity, l.Quantity, number)
		disagree(a, l.Row, "unit_price", was.UnitPrice, l.UnitPrice, amount)
		disagree(a, l.Row, "net", was.Net, l.Net, amount)
		if len(was.Serials) > 0 && len(l.Serials) > 0 {
			disagree(a, l.Row, "serials", strings.Join(was.Serials, ", "), strings.Join(l.Serials, ", "), asIs)
		}
	}
	return a.faults
}

func bothKnown[T comparable](a *against, row int, column string, was, now *T, show func(T) string) {
	if was != nil && now != nil {
		disagree(a, row, column, *was, *now, show)
	}
}

// Disagreements says where a return record of a file contradicts the one imported before.
func (r Returned) Disagreements(k order.KnownReturn) []sheet.Fault {
	a := &against{number: r.ReturnNo}
	disagree(a, r.Row, "sku", k.SKU, r.SKU, asIs)
	disagree(a, r.Row, "buyer", k.BuyerKey, r.BuyerKey, asIs)
	disagree(a, r.Row, "quantity", k.Quantity, r.Quantity, number)
	disagree(a, r.Row, "amount", k.Minor, r.Minor, func(n int64) string { return money.Of(n, r.Currency).Decimal() })
	disagree(a, r.Row, "at", k.At, r.At, clock.Instant.String)
	return a.faults
}

// Advances says whether a file knows more of an order than was known before: that it was shipped, or received, or which
// units they were. An older export than the one imported knows less, and changes nothing.
func (s Sale) Advances(k order.Known) bool {
	return k.ShippedAt == nil && s.Order.ShippedAt != nil || k.SignedOn == nil && s.Order.SignedOn != nil || len(s.NewSerials(k)) > 0
}

// NewSerials are the serial numbers that nobody noted before, by the known line.
func (s Sale) NewSerials(k order.Known) map[id.ID][]string {
	var out map[id.ID][]string
	for i, l := range s.Lines {
		if len(l.Serials) == 0 || i >= len(k.Lines) || len(k.Lines[i].Serials) > 0 {
			continue
		}
		if out == nil {
			out = map[id.ID][]string{}
		}
		out[k.Lines[i].ID] = l.Serials
	}
	return out
}

// Heard are the open promises of a known order of which a file tells more, read at a time: that the article left, that the platform moved the
// time on, or that the time is over and it has not left.
func (s Sale) Heard(k order.Known, at clock.Instant) (out []order.Dispatch) {
	for _, p := range k.Promises {
		for _, l := range s.Lines {
			if l.LineNo != p.LineNo {
				continue
			}
			was, now := p.Dispatch, p.Dispatch.Heard(at, deref(l.ShipBy), l.ShippedAt)
			if now.ShipBy != was.ShipBy || deref(now.ShippedAt) != deref(was.ShippedAt) || deref(now.DueAt) != deref(was.DueAt) {
				out = append(out, now)
			}
		}
	}
	return out
}

// deref is what a pointer points to; of none it is the first instant.
func deref(t *clock.Instant) clock.Instant {
	if t == nil {
		return 0
	}
	return *t
}

// sortFaults puts faults into the order of the file.
func sortFaults(faults []sheet.Fault) {
	slices.SortStableFunc(faults, func(a, b sheet.Fault) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) })
}
