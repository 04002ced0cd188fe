package flow

import (
	"context"
	"net/http"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/money"
	"github.com/sanbao/sanbao/rule"
)

// 试算 — the sums of returns for other systems: what journeys compute, of an order that is told whole. Nothing is read or written.

// Bounds of a quote.
const (
	maxQuoteLines   = 500
	maxQuotePieces  = 1_000_000
	maxQuoteMinor   = 1_000_000_000_000 // of one amount
	maxQuoteReturns = 1_000
)

// QuoteCase is an order and the returns of it, in the order in which they happen.
type QuoteCase struct {
	Currency         money.Currency    `json:"currency" doc:"ISO 4217" example:"CNY"`
	FreightPaid      int64             `json:"freight_paid,omitempty" minimum:"0" maximum:"1000000000000" doc:"outbound freight the customer paid, minor units as all amounts"`
	FreeShippingAt   int64             `json:"free_shipping_at,omitempty" minimum:"0" maximum:"1000000000000" doc:"delivery was free from this amount on (NRR-18)"`
	ThresholdFreight int64             `json:"threshold_freight,omitempty" minimum:"0" maximum:"1000000000000" doc:"freight below it"`
	Promotions       []order.Promotion `json:"promotions,omitempty" maxItems:"20" doc:"reductions for buying more (NRR-17)"`
	Lines            []QuoteLine       `json:"lines" minItems:"1" maxItems:"500" nullable:"false"`
	Payments         []QuotePayment    `json:"payments" minItems:"1" maxItems:"20" nullable:"false" doc:"in the order in which they were made; together what lines and freight cost"`
	Returns          []QuoteReturn     `json:"returns" minItems:"1" maxItems:"1000" nullable:"false" doc:"earlier ones first: each is reckoned with what those before it gave back"`
}

// QuoteLine is one article of the order.
type QuoteLine struct {
	No        int64 `json:"no" minimum:"1" doc:"its number in the order"`
	Quantity  int64 `json:"quantity" minimum:"1" maximum:"1000000"`
	UnitPrice int64 `json:"unit_price,omitempty" minimum:"0" maximum:"1000000000000" doc:"before promotions; needed where there are any"`
	Net       int64 `json:"net" minimum:"0" maximum:"1000000000000" doc:"paid for the whole line, freight apart"`
	GiftValue int64 `json:"gift_value,omitempty" minimum:"0" maximum:"1000000000000" doc:"marked price of a gift that came with it (NRR-12)"`
}

// QuotePayment is one tender.
type QuotePayment struct {
	Tender   string       `json:"tender" minLength:"1" maxLength:"40" doc:"alipay, wechat, card, points …"`
	Route    settle.Route `json:"route,omitempty" enum:"gateway,marketplace,bank,cash,in_kind"`
	Captured int64        `json:"captured" minimum:"0" maximum:"1000000000000"`
	Points   int64        `json:"points,omitempty" minimum:"0" maximum:"1000000000000" doc:"in_kind: how many points it was"`
}

// QuoteReturn is one return of units of a line with the terms a policy would give it.
type QuoteReturn struct {
	Line     int64           `json:"line" minimum:"1"`
	Units    int64           `json:"units" minimum:"1" maximum:"1000000"`
	Percent  int64           `json:"percent,omitempty" minimum:"0" maximum:"100" doc:"of the goods' price; the whole of it without"`
	Outbound string          `json:"outbound,omitempty" enum:"kept,refunded" doc:"freight of the first delivery; kept without"`
	Less     []QuoteDeducted `json:"less,omitempty" maxItems:"10" doc:"what the shop takes off, in this order"`
}

// QuoteDeducted is something to take off. Of what the order itself tells, the amount is left out.
type QuoteDeducted struct {
	Name  string `json:"name" enum:"gift_price,lost_discount,threshold_freight,card_fee,other" doc:"gift_price: the gift stays; lost_discount: the rest priced anew; threshold_freight: delivery is no longer free"`
	Minor *int64 `json:"minor,omitempty" minimum:"0" maximum:"1000000000000" doc:"card_fee and other: how much; the others are worked out"`
}

// Quote is what the returns give back.
type Quote struct {
	Currency money.Currency `json:"currency"`
	Returns  []QuotedReturn `json:"returns" nullable:"false"`
	Total    int64          `json:"total" doc:"of all returns"`
	Left     []QuotedTender `json:"left" nullable:"false" doc:"what of each payment could still go back"`
}

// QuotedReturn is what one return gives back, and to which tenders.
type QuotedReturn struct {
	Line      int64          `json:"line"`
	Units     int64          `json:"units"`
	Price     int64          `json:"price" doc:"what the units cost"`
	Restored  int64          `json:"restored,omitempty" doc:"what an earlier return lost and this one gives back"`
	Freight   int64          `json:"outbound_freight,omitempty"`
	Less      []QuotedLess   `json:"less,omitempty"`
	Shortfall int64          `json:"shortfall,omitempty" doc:"by how much deductions exceed the rest; never charged"`
	Total     int64          `json:"total"`
	Tenders   []QuotedTender `json:"tenders" nullable:"false"`
}

// QuotedLess is what was taken off.
type QuotedLess struct {
	Name  string `json:"name"`
	Minor int64  `json:"minor"`
}

// QuotedTender is a share of one tender.
type QuotedTender struct {
	Tender string       `json:"tender"`
	Route  settle.Route `json:"route,omitempty"`
	Minor  int64        `json:"minor"`
	Points int64        `json:"points,omitempty"`
}

// Reckon works a quote out. Errors: Invalid with every fault of the case; settle.over_refund, money.too_many_units (conflicts or
// Invalid) where the returns do not fit the order.
func Reckon(c QuoteCase) (Quote, error) {
	if err := c.check(); err != nil {
		return Quote{}, err
	}
	k, err := newReckoner(c)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{Currency: c.Currency, Returns: make([]QuotedReturn, 0, len(c.Returns)), Left: make([]QuotedTender, 0, len(c.Payments))}
	for i, r := range c.Returns {
		back, err := k.back(r)
		if err != nil {
			return Quote{}, underReturn(err, i)
		}
		q.Returns, q.Total = append(q.Returns, back), q.Total+back.Total
	}
	for _, p := range k.payments {
		q.Left = append(q.Left, QuotedTender{Tender: p.Tender, Route: p.Route, Minor: p.Captured - p.Refunded, Points: p.Points - p.Back})
	}
	return q, nil
}

// underReturn says which return an error is about.
func underReturn(err error, i int) error {
	e := errs.As(err)
	if e.Code == errs.Internal {
		return err
	}
	out := *e
	out.Fields = []errs.Field{{Path: "/returns/" + itoa(i), Key: e.Key, Args: e.Args}}
	return &out
}

// reckoner is an order while its returns are gone through.
type reckoner struct {
	prices   *order.Pricing
	freight  int64 // below the threshold
	lines    []order.Line
	payments []settle.Payment
	behind   settle.Behind
	funding  map[id.ID]*settle.Funding // those behind the lines
	soFar    *soFar
}

func newReckoner(c QuoteCase) (*reckoner, error) {
	k := &reckoner{freight: c.ThresholdFreight, soFar: tookOff(nil)}
	o := order.Order{FreightPaid: c.FreightPaid, Currency: c.Currency,
		Attrs: order.Attrs{FreeShippingAt: c.FreeShippingAt, ThresholdFreight: c.ThresholdFreight, Promotions: c.Promotions}}
	for i, l := range c.Lines {
		k.lines = append(k.lines, order.Line{ID: id.ID(i + 1), LineNo: l.No, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net,
			Attrs: order.LineAttrs{GiftValue: l.GiftValue}})
	}
	for i, p := range c.Payments {
		k.payments = append(k.payments, settle.Payment{ID: id.ID(i + 1), Tender: p.Tender, Route: p.Route, Currency: c.Currency, Captured: p.Captured, Points: p.Points})
	}
	err := order.CheckPromotions("/promotions", c.Promotions, k.lines)
	if err == nil {
		k.prices, err = order.Price(o, k.lines)
	}
	if err == nil {
		var all []settle.Funding
		all, err = settle.Fund(k.payments, costs(o, k.lines))
		k.behind, k.funding = settle.BehindLines(all), make(map[id.ID]*settle.Funding, len(all))
		for _, fs := range k.behind {
			for i := range fs {
				k.funding[fs[i].ID] = &fs[i]
			}
		}
	}
	return k, err
}

// back reckons one return and notes it as paid.
func (k *reckoner) back(r QuoteReturn) (q QuotedReturn, err error) {
	i := slices.IndexFunc(k.lines, func(l order.Line) bool { return l.LineNo == r.Line })
	l := &k.lines[i]
	sums, err := k.prices.Sums(i, r.Units, k.soFar.Taken)
	if err != nil {
		return q, err
	}
	price, err := settle.Next(l.Net, l.Quantity, l.AllocatedUnits, l.AllocatedMinor, r.Units)
	if err != nil {
		return q, err
	}
	refund, err := r.decided(sums, k.freight)
	if err != nil {
		return q, err
	}
	back := refundParts(refund, l.ID)
	takes, less := back.takes(l.ID, price, k.soFar.lost)
	drafts, err := settle.Drafts(k.payments, k.behind, takes)
	if err != nil {
		return q, err
	}
	if err := k.prices.Took(i, r.Units, price); err != nil {
		return q, err
	}
	k.soFar.add(less)
	q = QuotedReturn{Line: r.Line, Units: r.Units, Price: price, Restored: sums.Restored, Shortfall: back.shortfall, Tenders: []QuotedTender{}}
	if r.Outbound == "refunded" {
		q.Freight = sums.Freight
	}
	for _, d := range back.less {
		q.Less = append(q.Less, QuotedLess{d.Name, d.Minor})
	}
	for _, s := range drafts {
		p := k.pay(s)
		q.Total += s.Minor
		q.Tenders = append(q.Tenders, QuotedTender{Tender: p.Tender, Route: p.Route, Minor: s.Minor, Points: s.Points})
	}
	return q, nil
}

// pay notes a drafted settlement as paid.
func (k *reckoner) pay(s settle.Settlement) settle.Payment {
	p := &k.payments[int(s.PaymentID)-1]
	p.Refunded, p.Back = p.Refunded+s.Minor, p.Back+s.Points
	for _, part := range s.Parts {
		k.funding[part.FundingID].Refunded += part.Minor
	}
	return *p
}

// decided is a return's terms as a policy would have decided them.
func (r QuoteReturn) decided(s order.Sums, thresholdFreight int64) (*rule.Refund, error) {
	goods := s.Goods
	if r.Percent > 0 {
		var err error
		if goods, err = money.Percent(s.Goods, r.Percent, 100); err != nil {
			return nil, err
		}
	}
	out := &rule.Refund{Parts: []rule.RefundPart{{Part: string(rule.PartGoods), Minor: &goods}}}
	if r.Outbound == "refunded" {
		out.Parts = append(out.Parts, rule.RefundPart{Part: string(rule.PartOutboundFreight), Minor: &s.Freight})
	}
	for _, d := range r.Less {
		var off int64
		switch {
		case d.Name == settle.GiftPrice:
			off = -s.GiftLeft
		case d.Name == settle.LostDiscount:
			off = -s.DiscountLost
		case d.Name == "threshold_freight" && s.FreeShippingLost:
			off = -thresholdFreight
		case d.Minor != nil && !d.worked():
			off = -*d.Minor
		}
		out.Parts = append(out.Parts, rule.RefundPart{Part: "deduct." + d.Name, Minor: &off})
	}
	return out, nil
}

// worked says that a deduction's amount follows from the order.
func (d QuoteDeducted) worked() bool {
	return d.Name == settle.GiftPrice || d.Name == settle.LostDiscount || d.Name == "threshold_freight"
}

func (f *Flow) quoteRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/settlements/preview", ID: "preview-settlement", Tag: "settlements", Scope: auth.MoneyRead, Preview: true,
		Summary: "What returns of an order would give back, to which tenders; reads and writes nothing 退款试算",
		Doc:     "For other systems: the order is told whole, and the sums are those of the journeys. `sanbao settle preview` answers the same. Amounts in minor units."},
		func(_ context.Context, in *onShop[QuoteCase]) (*web.Reply[Quote], error) {
			q, err := Reckon(in.Body)
			return &web.Reply[Quote]{Body: q}, err
		})
}
