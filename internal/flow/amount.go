package flow

import (
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// 就近维修报销、赔付、关怀补偿、价保退差 — remedies that are an amount and nothing else: the customer keeps what he bought,
// nothing comes back, and the units stay free for another remedy. The policy says how much, and who has to agree (S4-26,
// S4-06); what it only offers, the customer has to take.

// kindOf says as what an amount is settled.
var kindOf = map[rule.Remedy]settle.Kind{rule.LocalRepair: settle.Repair, rule.Compensation: settle.Compensation,
	rule.Goodwill: settle.Goodwill, rule.PriceProtection: settle.PriceProtection}

// oweAmount makes the settlement of a granted amount.
func (c *change) oweAmount(l *line.Line, t terms) {
	b := c.Decisions[l.ID].Asked()
	if b == nil || !said(b.Amount) {
		c.note(errs.New(errs.Internal, "flow.nothing_decided"))
		return
	}
	c.openSettlement(l, settle.Settlement{Kind: kindOf[rule.Remedy(l.Remedy)], Route: c.amountRoute(l), Minor: *b.Amount.Minor, Currency: c.Shop.Currency,
		Parts: []settle.Part{{Kind: settle.Whole, Minor: *b.Amount.Minor, Clause: b.Amount.By}}}, t)
}

// amountRoute is how an amount reaches the customer: as a coupon or a gift where goodwill was given as that, else as money.
func (c *change) amountRoute(l *line.Line) settle.Route {
	if l.Remedy == string(rule.Goodwill) {
		found, err := line.FromFindings(c.flow.Policies.Vocabulary(), c.Findings[l.ID])
		c.note(err)
		switch form, _ := line.FactGoodwillForm.Get(found); form {
		case line.GoodwillCoupon:
			return settle.ByCoupon
		case line.GoodwillGift:
			return settle.ByGift
		}
	}
	return c.sideRoute(l)
}

// sideRoute is how money goes to the customer that no payment of his stands behind: to his account on the platform, or
// to his bank.
func (c *change) sideRoute(l *line.Line) settle.Route {
	if c.Orders[l.OrderID].Platform != "" {
		return settle.ByTransfer
	}
	return settle.ByBank
}
