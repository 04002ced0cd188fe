package rule

import (
	"fmt"
	"strings"

	"github.com/sanbao/sanbao/money"
)

// caseOf writes a golden case: asked when the facts of its conditions are known, what else is asked for answered with the
// first value there is.
func (p *proposer) caseOf(s *state, k Key, atoms []int) (string, error) {
	st := AtApplication
	for _, a := range atoms {
		for _, f := range p.b.atoms[a].facts() {
			st = max(st, p.b.voc.facts[f].Stage)
		}
	}
	fs := s.known()
	in := Input{Stage: st, At: p.at, Ground: k.Ground, Remedy: k.Remedy, Calendar: p.in.Calendar, Facts: fs}
	for range len(p.b.voc.facts) {
		d, err := p.b.Decide(in)
		if err != nil {
			return "", err
		}
		asked := false
		for _, q := range d.Open {
			if i, ok := p.b.voc.index[q.Fact]; ok {
				fs.Put(q.Fact, p.b.voc.facts[i].Stage, p.usual(i))
				asked = true
			}
		}
		if !asked {
			ask := fmt.Sprintf("ask: {ground: %s, remedy: %s}\n", k.Ground, k.Remedy)
			return p.write(st, ask, fs, d.AsExpected(p.in.Shop.Currency)), nil
		}
	}
	return "", nil
}

// usual is a value for a fact that makes no point of the case.
func (p *proposer) usual(f int) Value {
	d := p.b.voc.facts[f]
	lo, hi := d.bounds()
	switch d.typ {
	case TypeBool:
		return BoolValue(false)
	case TypeEnum:
		return EnumValue(d.Values[0].Word)
	case TypeInt:
		return IntValue(max(lo, min(hi, 1)))
	case TypeMoney:
		return MoneyValue(max(lo, min(hi, 10_000)))
	case TypeDate:
		return DateValue(p.in.Calendar.DateOf(p.at))
	}
	return InstantValue(p.at)
}

func (p *proposer) write(st Stage, ask string, fs Facts, expect string) string {
	return fmt.Sprintf("stage: %s\n%sfacts: %s\nexpect:\n  %s\n", st, ask, p.b.voc.YAML(fs, p.in.Shop.Currency),
		strings.ReplaceAll(strings.TrimSuffix(expect, "\n"), "\n", "\n  "))
}

// rowOf writes a golden case about a table.
func (p *proposer) rowOf(s *state, t *boundTable) (string, error) {
	st := AtOrder
	for _, a := range t.when {
		for _, f := range p.b.atoms[a].facts() {
			st = max(st, p.b.voc.facts[f].Stage)
		}
	}
	fs := s.known()
	in := Input{Stage: st, At: p.at, Calendar: p.in.Calendar, Facts: fs}
	row, err := p.b.Lookup(t.id, in)
	for err == nil && len(row.Open) > 0 {
		for _, q := range row.Open {
			i := p.b.voc.index[q.Fact]
			fs.Put(q.Fact, p.b.voc.facts[i].Stage, p.usual(i))
			in.Stage = max(in.Stage, p.b.voc.facts[i].Stage)
		}
		row, err = p.b.Lookup(t.id, in)
	}
	if err != nil {
		return "", err
	}
	var cols []string
	for _, c := range t.cols {
		v := row.Values[c.name]
		text := v.String()
		if v.typ == TypeMoney {
			text = money.Of(v.n, p.in.Shop.Currency).Decimal()
		}
		cols = append(cols, c.name+": "+text)
	}
	return p.write(in.Stage, "", fs, fmt.Sprintf("table: {%s: {%s}}", t.id, strings.Join(cols, ", "))), nil
}
