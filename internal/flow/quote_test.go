package flow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/settle"
)

// twoOf is an order of two shoes at 200.00 with 满300减50, paid with 300.00 by alipay and 5,000 points.
func twoOf(returns ...flow.QuoteReturn) flow.QuoteCase {
	return flow.QuoteCase{Currency: "CNY", Promotions: []order.Promotion{{Name: "满300减50", Tiers: []order.Tier{{At: 300_00, Off: 50_00}}}},
		Lines: []flow.QuoteLine{{No: 1, Quantity: 1, UnitPrice: 200_00, Net: 175_00}, {No: 2, Quantity: 1, UnitPrice: 200_00, Net: 175_00}},
		Payments: []flow.QuotePayment{{Tender: "alipay", Route: settle.ByGateway, Captured: 300_00},
			{Tender: "points", Route: settle.InKind, Captured: 50_00, Points: 5_000}}, Returns: returns}
}

var lostToo = []flow.QuoteDeducted{{Name: settle.LostDiscount}}

// NRR-14, NRR-17: money as money and points as points, each tender its share; what the first return loses the second restores.
func TestQuote(t *testing.T) {
	q, err := flow.Reckon(twoOf(flow.QuoteReturn{Line: 1, Units: 1, Less: lostToo}, flow.QuoteReturn{Line: 2, Units: 1, Less: lostToo}))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := q.Returns[0], q.Returns[1]; a.Total != 150_00 || a.Less[0].Minor != 25_00 || b.Total != 200_00 || b.Restored != 25_00 || b.Price != 175_00 || q.Total != 350_00 {
		t.Errorf("%+v", q)
	}
	// Of 175.00 the tenders paid 150.00 and 25.00, so of 150.00 they get 128.57 and 21.43: 2,143 points.
	if got := fmt.Sprint(q.Returns[0].Tenders); got != "[{alipay gateway 12857 0} {points in_kind 2143 2143}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(q.Left); got != "[{alipay gateway 0 0} {points in_kind 0 0}]" {
		t.Error(got)
	}
}

// Deductions never make a refund negative; what they exceed it by is shown and charged to nobody.
func TestQuoteIsNeverNegative(t *testing.T) {
	fee := int64(500_00)
	c := twoOf(flow.QuoteReturn{Line: 1, Units: 1, Less: []flow.QuoteDeducted{{Name: "gift_price"}, {Name: "other", Minor: &fee}}}, flow.QuoteReturn{Line: 2, Units: 1, Less: []flow.QuoteDeducted{{Name: "gift_price"}}})
	c.Lines[0].GiftValue = 30_00
	q, err := flow.Reckon(c)
	if err != nil {
		t.Fatal(err)
	}
	if a := q.Returns[0]; a.Total != 0 || a.Shortfall != 355_00 || fmt.Sprint(a.Less) != "[{gift_price 3000} {other 14500}]" {
		t.Errorf("%+v", a)
	}
	if b := q.Returns[1]; b.Total != 175_00 { // that line had no gift
		t.Errorf("%+v", b)
	}
}

func TestQuoteFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(c *flow.QuoteCase)
		key    string
	}{
		"another currency":     {func(c *flow.QuoteCase) { c.Currency = "XXX" }, "money.currency_unknown"},
		"paid another sum":     {func(c *flow.QuoteCase) { c.FreightPaid = 1 }, "flow.paid_differs"},
		"no such line":         {func(c *flow.QuoteCase) { c.Returns[0].Line = 7 }, "order.line_not_found"},
		"line twice":           {func(c *flow.QuoteCase) { c.Lines[1].No = 1 }, "flow.quote_line_no"},
		"no units":             {func(c *flow.QuoteCase) { c.Returns[0].Units = 0 }, "flow.quote_bounds"},
		"too many units":       {func(c *flow.QuoteCase) { c.Returns[0].Units = 2 }, "money.too_many_units"},
		"the third unit later": {func(c *flow.QuoteCase) { c.Returns = append(c.Returns, c.Returns[0]) }, "money.too_many_units"},
		"negative amount":      {func(c *flow.QuoteCase) { c.Lines[0].Net = -1 }, "flow.quote_bounds"},
		"no amount":            {func(c *flow.QuoteCase) { c.Returns[0].Less = []flow.QuoteDeducted{{Name: "card_fee"}} }, "flow.quote_deducted"},
		"points of money":      {func(c *flow.QuoteCase) { c.Payments[0].Points = 1 }, "flow.points_route"},
		"no payments":          {func(c *flow.QuoteCase) { c.Payments = nil }, "flow.quote_bounds"},
		"promotion too large":  {func(c *flow.QuoteCase) { c.Promotions[0].Tiers[0].Off++ }, "order.promotion_over"},
	} {
		in := twoOf(flow.QuoteReturn{Line: 1, Units: 1})
		in.Promotions = slices.Clone(in.Promotions)
		in.Promotions[0].Tiers = slices.Clone(in.Promotions[0].Tiers)
		c.change(&in)
		_, err := flow.Reckon(in)
		if e := errs.As(err); e == nil || e.Code == errs.Internal || len(e.Fields) == 0 || e.Fields[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever the order and whatever is taken off: no tender gives back more than it took, nothing is negative, the shares sum to the
// totals, and when all units are back with nothing lost, all goods' money is back and all points.
func TestQuoteOfAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := anyCase(rt)
		q, err := flow.Reckon(c)
		if err != nil {
			rt.Fatal(err)
		}
		given := map[string]int64{}
		var total int64
		for _, r := range q.Returns {
			var sum, less int64
			for _, x := range r.Tenders {
				if x.Minor <= 0 || x.Points < 0 {
					rt.Fatalf("%+v", r)
				}
				sum += x.Minor
				given[x.Tender] += x.Minor
			}
			for _, d := range r.Less {
				less += d.Minor
			}
			if sum != r.Total || r.Total != r.Price+r.Restored+r.Freight-less {
				rt.Fatalf("%+v", r)
			}
			total += r.Total
		}
		for i, p := range c.Payments {
			if left := q.Left[i]; left.Minor != p.Captured-given[p.Tender] || left.Minor < 0 || left.Points < 0 || left.Minor == 0 && left.Points != 0 {
				rt.Fatalf("of %+v is left %+v", p, left)
			}
		}
		if total != q.Total {
			rt.Fatalf("%d, and in all %d", total, q.Total)
		}
		if c.Returns[0].Less == nil && c.Returns[0].Outbound == "refunded" && total != paidFor(c) {
			rt.Fatalf("all is back: %d of %d", total, paidFor(c))
		}
	})
}

func paidFor(c flow.QuoteCase) (sum int64) {
	for _, p := range c.Payments {
		sum += p.Captured
	}
	return sum
}

// anyCase returns every unit of an order in any order, all on the same terms.
func anyCase(rt *rapid.T) flow.QuoteCase {
	c := flow.QuoteCase{Currency: "CNY", FreightPaid: rapid.SampledFrom([]int64{0, 1, 600}).Draw(rt, "freight"), ThresholdFreight: 600}
	left, units := c.FreightPaid, []int64{}
	if c.FreightPaid == 0 {
		c.FreeShippingAt = rapid.Int64Range(0, 30_00).Draw(rt, "free at")
	}
	for i := range rapid.IntRange(1, 4).Draw(rt, "lines") {
		l := flow.QuoteLine{No: int64(i + 1), Quantity: rapid.Int64Range(1, 4).Draw(rt, "quantity"), Net: rapid.Int64Range(0, 20_00).Draw(rt, "net"), GiftValue: rapid.Int64Range(0, 5_00).Draw(rt, "gift")}
		l.UnitPrice = l.Net/l.Quantity + rapid.Int64Range(1, 5_00).Draw(rt, "reduced")
		c.Lines, left = append(c.Lines, l), left+l.Net
		for range l.Quantity {
			units = append(units, l.No)
		}
	}
	c.Promotions = []order.Promotion{{Tiers: []order.Tier{{At: rapid.Int64Range(0, 40_00).Draw(rt, "at"), Off: rapid.Int64Range(0, int64(len(c.Lines))).Draw(rt, "off")}}}}
	for i := range rapid.IntRange(0, 2).Draw(rt, "tenders") {
		p := flow.QuotePayment{Tender: fmt.Sprint("t", i), Route: settle.InKind, Captured: rapid.Int64Range(0, left).Draw(rt, "captured"), Points: rapid.Int64Range(0, 10_000).Draw(rt, "points")}
		if p.Captured == 0 {
			p.Points = 0
		}
		c.Payments, left = append(c.Payments, p), left-p.Captured
	}
	c.Payments = append(c.Payments, flow.QuotePayment{Tender: "rest", Captured: left})
	terms := flow.QuoteReturn{Units: 1, Outbound: rapid.SampledFrom([]string{"", "kept", "refunded"}).Draw(rt, "outbound")}
	if rapid.Bool().Draw(rt, "less") {
		fee := rapid.Int64Range(0, 10_00).Draw(rt, "fee")
		terms.Less = []flow.QuoteDeducted{{Name: "gift_price"}, {Name: "lost_discount"}, {Name: "threshold_freight"}, {Name: "card_fee", Minor: &fee}}
	}
	for _, no := range rapid.Permutation(units).Draw(rt, "returns") {
		terms.Line = no
		c.Returns = append(c.Returns, terms)
	}
	return c
}

// The example of the documentation is what it says to be.
func TestQuoteAsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/payments.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(doc, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d examples", len(blocks))
	}
	var in flow.QuoteCase
	d := json.NewDecoder(bytes.NewReader(blocks[0][1]))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		t.Fatal(err)
	}
	var want flow.Quote
	if err := json.Unmarshal(blocks[1][1], &want); err != nil {
		t.Fatal(err)
	}
	got, err := flow.Reckon(in)
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) || err != nil {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

// large is an order of 200 lines, three tenders and two promotions, all of which comes back.
func large() flow.QuoteCase {
	c := flow.QuoteCase{Currency: "CNY", FreightPaid: 12_00,
		Promotions: []order.Promotion{{Tiers: []order.Tier{{At: 300_00, Off: 50_00, Each: true}}}, {Lines: []int64{1, 2, 3}, Tiers: []order.Tier{{Pieces: 3, Percent: 95}}}}}
	due := c.FreightPaid
	for i := range int64(200) {
		l := flow.QuoteLine{No: i + 1, Quantity: 3, UnitPrice: 50_00 + i, Net: 120_00 + i, GiftValue: 1_00}
		c.Lines, due = append(c.Lines, l), due+l.Net
		c.Returns = append(c.Returns, flow.QuoteReturn{Line: i + 1, Units: 3, Outbound: "refunded", Less: []flow.QuoteDeducted{{Name: "lost_discount"}, {Name: "gift_price"}}})
	}
	c.Payments = []flow.QuotePayment{{Tender: "points", Route: settle.InKind, Captured: due / 3, Points: 7_777}, {Tender: "card", Captured: due / 3}, {Tender: "alipay", Captured: due - 2*(due/3)}}
	return c
}

// BenchmarkSettle200 settles an order of 200 lines whole: 200 returns over three tenders and two promotions, one after the other.
func BenchmarkSettle200(b *testing.B) {
	c := large()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	for b.Loop() {
		if _, err := flow.Reckon(c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(used()-start)/float64(b.N), "cpu-ns/op")
}
