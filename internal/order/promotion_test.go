package order

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/money"
)

// two are articles of 200.00 with 满300减50: 175.00 was paid for each.
func two() (Order, []Line) {
	o := Order{Attrs: Attrs{Promotions: []Promotion{{Name: "满300减50", Tiers: []Tier{{At: 300_00, Off: 50_00}}}}}}
	return o, []Line{{ID: 1, LineNo: 1, Quantity: 1, UnitPrice: 200_00, Net: 175_00}, {ID: 2, LineNo: 2, Quantity: 1, UnitPrice: 200_00, Net: 175_00}}
}

// NRR-17: refund = paid − (the rest at the prices of the purchase with the promotions it still meets). What one return loses, the
// next gives back when the rest comes too.
func TestALostReductionIsChargedAndRestored(t *testing.T) {
	o, lines := two()
	p, err := Price(o, lines)
	if err != nil {
		t.Fatal(err)
	}
	first, err := p.Sums(0, 1, Taken{})
	if err != nil || first.Goods != 175_00 || first.DiscountLost != 25_00 || first.Restored != 0 {
		t.Errorf("%+v, %v", first, err) // 350 − 200 = 150
	}
	if err := p.Took(0, 1, 175_00); err != nil {
		t.Fatal(err)
	}
	second, err := p.Sums(1, 1, Taken{Discount: 25_00})
	if err != nil || second.Goods != 200_00 || second.DiscountLost != 0 || second.Restored != 25_00 {
		t.Errorf("%+v, %v", second, err)
	}
	if s, err := p.Sums(1, 1, Taken{}); err != nil || s.Goods != 175_00 || s.DiscountLost != 0 { // the first was our fault: nobody was charged
		t.Errorf("%+v, %v", s, err)
	}
}

func TestTiers(t *testing.T) {
	for _, c := range []struct {
		name         string
		tiers        []Tier
		list, pieces int64
		off          int64
	}{
		{"one fen short", []Tier{{At: 300_00, Off: 50_00}}, 299_99, 2, 0}, {"exactly", []Tier{{At: 300_00, Off: 50_00}}, 300_00, 2, 50_00},
		{"the better tier", []Tier{{At: 100_00, Off: 10_00}, {At: 300_00, Off: 50_00}}, 350_00, 1, 50_00},
		{"once", []Tier{{At: 100_00, Off: 10_00}}, 350_00, 1, 10_00}, {"each", []Tier{{At: 100_00, Off: 10_00, Each: true}}, 350_00, 1, 30_00},
		{"each of pieces", []Tier{{Pieces: 2, Off: 10_00, Each: true}}, 350_00, 5, 20_00}, {"each of both", []Tier{{At: 100_00, Pieces: 2, Off: 1_00, Each: true}}, 900_00, 5, 2_00},
		{"two at 80 %", []Tier{{Pieces: 2, Percent: 80}}, 199_99, 2, 40_00}, {"one alone", []Tier{{Pieces: 2, Percent: 80}}, 199_99, 1, 0},
		{"no more than the price", []Tier{{Off: 500_00}}, 199_99, 1, 199_99}, {"nothing bought", []Tier{{Off: 5_00}}, 0, 0, 0},
	} {
		if off, err := (Promotion{Tiers: c.tiers}).gives(c.list, c.pieces); err != nil || off != c.off {
			t.Errorf("%s: %d, %v; want %d", c.name, off, err, c.off)
		}
	}
}

func TestPromotionsFitTheOrder(t *testing.T) {
	o, lines := two()
	if err := CheckPromotions("/promotions", o.Attrs.Promotions, lines); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		p   Promotion
		key string
	}{
		"a line there is not":     {Promotion{Lines: []int64{3}, Tiers: []Tier{{Off: 1}}}, "order.promotion_line"},
		"more than was taken off": {Promotion{Tiers: []Tier{{Off: 50_01}}}, "order.promotion_over"},
	} {
		if e := errs.As(CheckPromotions("/promotions", []Promotion{c.p}, lines)); e == nil || e.Fields[0].Key != c.key {
			t.Errorf("%s: %v", name, e)
		}
	}
	lines[0].UnitPrice, lines[0].Quantity = 1_000_000_000_000, 1_000_000
	if e := errs.As(CheckPromotions("/promotions", o.Attrs.Promotions, lines)); e == nil || e.Key != "money.overflow" {
		t.Errorf("%v", e)
	}
}

// NRR-12: a gift that stays is charged once, however many returns its line takes.
func TestAGiftIsChargedOnce(t *testing.T) {
	lines := []Line{{ID: 1, LineNo: 1, Quantity: 2, Net: 100_00, Attrs: LineAttrs{GiftValue: 30_00}}}
	p, err := Price(Order{}, lines)
	if err != nil {
		t.Fatal(err)
	}
	for taken, left := range map[int64]int64{0: 30_00, 20_00: 10_00, 30_00: 0} {
		if s, err := p.Sums(0, 1, Taken{Gift: map[id.ID]int64{1: taken}}); err != nil || s.GiftLeft != left {
			t.Errorf("%d taken: %+v, %v", taken, s, err)
		}
	}
}

// However an order of whatever promotions comes back: while every return is charged what it loses, all that was given back is what
// was paid less what the rest costs anew, to the fen; and when all is back, all is given back (NRR-17).
func TestRepricingOfAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o, lines := anyOrder(rt)
		p, err := Price(o, lines)
		if err != nil {
			rt.Fatal(err)
		}
		var taken, back, paid int64
		left := []int{}
		for i, l := range lines {
			paid += l.Net
			for range l.Quantity {
				left = append(left, i)
			}
		}
		for _, i := range rapid.Permutation(left).Draw(rt, "returns") {
			s, err := p.Sums(i, 1, Taken{Discount: taken})
			if err != nil || s.DiscountLost > 0 && s.Restored > 0 {
				rt.Fatalf("%+v, %v", s, err)
			}
			if err := p.Took(i, 1, s.Goods-s.Restored); err != nil {
				rt.Fatal(err)
			}
			taken += s.DiscountLost - s.Restored
			back += s.Goods - s.DiscountLost
			if rest := keptAnew(rt, p, lines); back != paid-rest {
				rt.Fatalf("%d given back of %d, and the rest costs %d", back, paid, rest)
			}
		}
		if back != paid || taken != 0 {
			rt.Fatalf("all is back: %d of %d, %d still taken", back, paid, taken)
		}
	})
}

func anyOrder(rt *rapid.T) (o Order, lines []Line) {
	for i := range rapid.IntRange(1, 4).Draw(rt, "lines") {
		lines = append(lines, Line{ID: id.ID(i + 1), LineNo: int64(i + 1), Quantity: rapid.Int64Range(1, 3).Draw(rt, "quantity"), UnitPrice: rapid.Int64Range(1, 300_00).Draw(rt, "price")})
		lines[i].Net = lines[i].UnitPrice * lines[i].Quantity
	}
	for range rapid.IntRange(0, 2).Draw(rt, "promotions") {
		t := Tier{At: rapid.Int64Range(0, 500_00).Draw(rt, "at"), Pieces: rapid.Int64Range(0, 4).Draw(rt, "pieces"), Each: rapid.Bool().Draw(rt, "each")}
		if rapid.Bool().Draw(rt, "percent") {
			t.Percent = rapid.Int64Range(1, 99).Draw(rt, "pay")
		} else {
			t.Off = rapid.Int64Range(0, 80_00).Draw(rt, "off")
		}
		pr := Promotion{Tiers: []Tier{t}}
		if rapid.Bool().Draw(rt, "some") {
			pr.Lines = []int64{1}
		}
		g, err := give(pr, lines)
		if err != nil {
			rt.Fatal(err)
		}
		fits := true
		for i, s := range g.shares {
			fits = fits && lines[i].Net >= s
		}
		if !fits {
			continue
		}
		for i, s := range g.shares {
			lines[i].Net -= s
		}
		o.Attrs.Promotions = append(o.Attrs.Promotions, pr)
	}
	return o, lines
}

// keptAnew is what the rest of an order costs with the promotions it still meets, by the prices it was sold at, where that is more
// than what was paid for it.
func keptAnew(rt *rapid.T, p *Pricing, lines []Line) (sum int64) {
	for _, l := range lines {
		gone, err := money.UpTo(l.Net, l.Quantity, l.AllocatedUnits)
		if err != nil {
			rt.Fatal(err)
		}
		sum += l.Net - gone
	}
	for _, g := range p.given {
		var list, pieces, had int64
		for i, l := range lines {
			if g.shares == nil || !g.on(&l) {
				continue
			}
			n := l.Quantity - l.AllocatedUnits
			share, err := money.UpTo(g.shares[i], l.Quantity, n)
			if err != nil {
				rt.Fatal(err)
			}
			list, pieces, had = list+n*l.UnitPrice, pieces+n, had+share
		}
		would, err := g.gives(list, pieces)
		if err != nil {
			rt.Fatal(err)
		}
		sum += max(0, had-would)
	}
	return sum
}
