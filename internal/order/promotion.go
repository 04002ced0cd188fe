package order

import (
	"errors"
	"slices"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// Promotion is a reduction that was given because of how much was bought (满减、满件折): what a partial return may lose (NRR-17).
type Promotion struct {
	Name  string  `json:"name,omitempty" maxLength:"100"`
	Lines []int64 `json:"lines,omitempty" maxItems:"500" doc:"numbers of the lines it was given on; all of them without"`
	Tiers []Tier  `json:"tiers" minItems:"1" maxItems:"20" nullable:"false"`
}

// Tier is one step of a promotion. Of those that are reached the one that gives most counts.
type Tier struct {
	At      int64 `json:"at,omitempty" minimum:"0" maximum:"1000000000000" doc:"from this amount on, at the prices of the lines, minor units"`
	Pieces  int64 `json:"pieces,omitempty" minimum:"0" maximum:"1000000" doc:"from this many pieces on"`
	Off     int64 `json:"off,omitempty" minimum:"0" maximum:"1000000000000" doc:"this much less, minor units"`
	Each    bool  `json:"each,omitempty" doc:"for every full amount or number of pieces, not once (每满减)"`
	Percent int64 `json:"percent,omitempty" minimum:"0" maximum:"99" doc:"instead: this many percent of the prices are paid (八折 is 80)"`
}

// gives is what a tier takes off pieces that cost list.
func (t Tier) gives(list, pieces int64) (int64, error) {
	if list < t.At || pieces < t.Pieces || pieces == 0 {
		return 0, nil
	}
	if t.Percent > 0 {
		pay, err := money.Percent(list, t.Percent, 100)
		return list - pay, err
	}
	times := int64(1)
	if t.Each && t.At > 0 {
		times = list / t.At
	}
	if t.Each && t.Pieces > 0 {
		if n := pieces / t.Pieces; t.At == 0 || n < times {
			times = n
		}
	}
	return min(list, times*t.Off), nil
}

func (p Promotion) gives(list, pieces int64) (most int64, err error) {
	for _, t := range p.Tiers {
		off, err := t.gives(list, pieces)
		if err != nil {
			return 0, err
		}
		most = max(most, off)
	}
	return most, nil
}

// on says whether a promotion was given on a line; on what was given in exchange later it was not. What came in exchange later had none.
func (p Promotion) on(l *Line) bool {
	return l.Attrs.Given == nil && (len(p.Lines) == 0 || slices.Contains(p.Lines, l.LineNo))
}

// given is a promotion as it was given: its reduction split over its lines by their prices, largest remainder.
type given struct {
	Promotion
	shares []int64 // by line
	kept   tally   // of what has not come back
}

// maxList is what the prices of an order with promotions may come to, minor units: far from where sums overflow.
const maxList = 1_000_000_000_000_000

func give(p Promotion, lines []Line) (given, error) {
	g := given{Promotion: p}
	lists := make([]int64, len(lines))
	var list, pieces int64
	for i, l := range lines {
		if !p.on(&l) {
			continue
		}
		if l.UnitPrice > 0 && l.Quantity > maxList/l.UnitPrice {
			return g, errs.New(errs.Invalid, "money.overflow")
		}
		lists[i] = l.UnitPrice * l.Quantity
		if list, pieces = list+lists[i], pieces+l.Quantity; list > maxList {
			return g, errs.New(errs.Invalid, "money.overflow")
		}
	}
	off, err := p.gives(list, pieces)
	if err != nil || off == 0 {
		return g, err
	}
	g.shares, err = money.Split(off, lists)
	return g, err
}

// tally is what units that stay cost before a promotion, how many they are, and what of its reduction they were given.
type tally struct{ list, pieces, had int64 }

// add counts units of line i that stay; times is 1, or −1 to take them out again.
func (g *given) add(t *tally, l *Line, i int, units, times int64) error {
	if g.shares == nil || !g.on(l) {
		return nil
	}
	share, err := money.UpTo(g.shares[i], l.Quantity, units)
	t.list, t.pieces, t.had = t.list+times*units*l.UnitPrice, t.pieces+times*units, t.had+times*share
	return err
}

// back takes units of line i, which stayed until now, out of a tally.
func (g *given) back(t *tally, l *Line, i int, units int64) error {
	left := l.Quantity - l.AllocatedUnits
	return errors.Join(g.add(t, l, i, left, -1), g.add(t, l, i, left-units, 1))
}

// lost is by how much the reduction that units were given exceeds the one they would get alone.
func (g *given) lost(t tally) (int64, error) {
	if g.shares == nil {
		return 0, nil
	}
	would, err := g.gives(t.list, t.pieces)
	return max(0, t.had-would), err
}

// CheckPromotions refuses promotions that name lines which are not there, or that explain more than was taken off; at is where they stand in the input.
func CheckPromotions(at string, ps []Promotion, lines []Line) error {
	var faults errs.Faults
	if len(ps) == 0 {
		return nil
	}
	if _, err := give(Promotion{}, lines); err != nil { // prices that are too high to be added up
		return err
	}
	var off, reduced int64
	for _, l := range lines {
		reduced += max(0, l.UnitPrice*l.Quantity-l.Net)
	}
	for _, p := range ps {
		for _, no := range p.Lines {
			if !slices.ContainsFunc(lines, func(l Line) bool { return l.LineNo == no }) {
				faults.Add(at, "order.promotion_line", errs.Args{"line": no})
			}
		}
		g, err := give(p, lines)
		if err != nil {
			return err
		}
		for _, s := range g.shares {
			off += s
		}
	}
	if off > reduced {
		faults.Add(at, "order.promotion_over", errs.Args{"off": off, "reduced": reduced})
	}
	return faults.Err()
}
