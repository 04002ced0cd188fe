package flow

import (
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/settle"
)

// check says everything that is wrong with a case to be quoted.
func (c QuoteCase) check() error {
	var f errs.Faults
	within(&f, "/freight_paid", c.FreightPaid, 0, maxQuoteMinor)
	within(&f, "/free_shipping_at", c.FreeShippingAt, 0, maxQuoteMinor)
	within(&f, "/threshold_freight", c.ThresholdFreight, 0, maxQuoteMinor)
	within(&f, "/lines", int64(len(c.Lines)), 1, maxQuoteLines)
	within(&f, "/payments", int64(len(c.Payments)), 1, 20)
	within(&f, "/promotions", int64(len(c.Promotions)), 0, 20)
	within(&f, "/returns", int64(len(c.Returns)), 1, maxQuoteReturns)
	if !c.Currency.Valid() {
		f.Add("/currency", "money.currency_unknown", errs.Args{"currency": errs.Clip(string(c.Currency))})
	}
	due, paid := c.FreightPaid, int64(0)
	seen := map[int64]bool{}
	for i, l := range c.Lines[:min(len(c.Lines), maxQuoteLines)] {
		at := "/lines/" + itoa(i)
		within(&f, at+"/quantity", l.Quantity, 1, maxQuotePieces)
		within(&f, at+"/unit_price", l.UnitPrice, 0, maxQuoteMinor)
		within(&f, at+"/net", l.Net, 0, maxQuoteMinor)
		within(&f, at+"/gift_value", l.GiftValue, 0, maxQuoteMinor)
		if l.No < 1 || seen[l.No] {
			f.Add(at+"/no", "flow.quote_line_no", errs.Args{"line": l.No})
		}
		seen[l.No] = true
		due += l.Net
	}
	for i, p := range c.Payments[:min(len(c.Payments), 20)] {
		at := "/payments/" + itoa(i)
		within(&f, at+"/captured", p.Captured, 0, maxQuoteMinor)
		within(&f, at+"/points", p.Points, 0, maxQuoteMinor)
		if p.Points > 0 && (p.Route != settle.InKind || p.Captured == 0) {
			f.Add(at+"/points", "flow.points_route")
		}
		if p.Route != "" && !in(p.Route, settle.ByGateway, settle.ByMarketplace, settle.ByBank, settle.ByCash, settle.InKind) {
			f.Add(at+"/route", "flow.route_impossible", errs.Args{"route": errs.Clip(string(p.Route))})
		}
		paid += p.Captured
	}
	c.checkPromotions(&f)
	for i, r := range c.Returns[:min(len(c.Returns), maxQuoteReturns)] {
		r.check(&f, "/returns/"+itoa(i), seen)
	}
	if f.Err() == nil && due != paid {
		f.Add("/payments", "flow.paid_differs", errs.Args{"due": due, "paid": paid})
	}
	return f.Err()
}

func (c QuoteCase) checkPromotions(f *errs.Faults) {
	for i, p := range c.Promotions[:min(len(c.Promotions), 20)] {
		at := "/promotions/" + itoa(i)
		within(f, at+"/tiers", int64(len(p.Tiers)), 1, 20)
		for j, t := range p.Tiers[:min(len(p.Tiers), 20)] {
			at := at + "/tiers/" + itoa(j)
			within(f, at+"/at", t.At, 0, maxQuoteMinor)
			within(f, at+"/pieces", t.Pieces, 0, maxQuotePieces)
			within(f, at+"/off", t.Off, 0, maxQuoteMinor)
			within(f, at+"/percent", t.Percent, 0, 99)
		}
	}
}

func (r QuoteReturn) check(f *errs.Faults, at string, lines map[int64]bool) {
	within(f, at+"/units", r.Units, 1, maxQuotePieces)
	within(f, at+"/percent", r.Percent, 0, 100)
	within(f, at+"/less", int64(len(r.Less)), 0, 10)
	if !lines[r.Line] {
		f.Add(at+"/line", "order.line_not_found", errs.Args{"line": r.Line})
	}
	if !in(r.Outbound, "", "kept", "refunded") {
		f.Add(at+"/outbound", "flow.quote_word", errs.Args{"word": errs.Clip(r.Outbound)})
	}
	names := []string{settle.GiftPrice, settle.LostDiscount, "threshold_freight", "card_fee", "other"}
	for j, d := range r.Less[:min(len(r.Less), 10)] {
		at := at + "/less/" + itoa(j)
		switch {
		case !slices.Contains(names, d.Name):
			f.Add(at+"/name", "flow.quote_word", errs.Args{"word": errs.Clip(d.Name)})
		case (d.Minor == nil) != d.worked():
			f.Add(at+"/minor", "flow.quote_deducted", errs.Args{"name": d.Name})
		case d.Minor != nil:
			within(f, at+"/minor", *d.Minor, 0, maxQuoteMinor)
		}
	}
}

// within notes a number that is out of its bounds.
func within(f *errs.Faults, at string, n, least, most int64) {
	if n < least || n > most {
		f.Add(at, "flow.quote_bounds", errs.Args{"n": n, "least": least, "most": most})
	}
}

var _ = errs.Register(map[string]errs.Text{
	"flow.quote_bounds":   {ZhCN: "{n} 超出范围，应在 {least} 到 {most} 之间。", En: "{n} is out of bounds: from {least} to {most}."},
	"flow.quote_line_no":  {ZhCN: "行号 {line} 不对，或出现了两次。", En: "Line number {line} is wrong, or there twice."},
	"flow.quote_word":     {ZhCN: "不认识“{word}”。", En: "\"{word}\" is not known here."},
	"flow.quote_deducted": {ZhCN: "“{name}”的金额：由订单推算的不要填，手续费和其他必须填。", En: "The amount of {name}: left out where it follows from the order, needed for card_fee and other."},
})
