package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/money"
)

// Result is what became of a case. Without Err and Mismatches it passed.
type Result struct {
	Case       Case
	Decision   *Decision
	Err        error // it could not be decided at all
	Mismatches []Mismatch
}

// Mismatch is one key of `expect` that came out otherwise. Lists are joined by spaces; "" is nothing at all.
type Mismatch struct {
	What string `json:"what"` // "freight.return", "table.approval.authority"
	Want string `json:"want"`
	Got  string `json:"got"`
}

func (m Mismatch) String() string {
	return fmt.Sprintf("%s: want %s, got %s", m.What, orNothing(m.Want), orNothing(m.Got))
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// Run decides a case by a book and compares. cov may be nil.
func (c Case) Run(b *Book, cal *calendar.Calendar, cov *Coverage) Result {
	in := c.Input
	in.Calendar = cal
	if in.At == 0 {
		in.At = cal.StartOf(c.On).Add(12 * time.Hour)
	}
	r := Result{Case: c}
	d, s, err := b.evaluate(&in)
	if err != nil {
		r.Err = err
		return r
	}
	r.Decision = d
	if cov != nil {
		cov.count(s)
	}
	for _, e := range c.expect {
		got, err := s.got(d, e.path)
		if err != nil {
			r.Err = err
			return r
		}
		want := e.want
		if e.list {
			slices.Sort(got)
			want = slices.Sorted(slices.Values(want))
		}
		if !slices.Equal(got, want) {
			r.Mismatches = append(r.Mismatches, Mismatch{e.path, strings.Join(want, " "), strings.Join(got, " ")})
		}
	}
	return r
}

// got reads a path out of a decision.
func (s *state) got(d *Decision, where string) ([]string, error) {
	b := d.Asked()
	if b == nil {
		b = &Bundle{}
	}
	head, rest, _ := strings.Cut(where, ".")
	one := func(v string) ([]string, error) { return []string{v}, nil }
	switch head {
	case "outcome":
		return one(string(d.Outcome))
	case "reason":
		return one(d.Reason)
	case "clause":
		return one(d.Clause)
	case "edition":
		return one(b.Edition)
	case "table":
		return s.gotTable(rest)
	case "open":
		return names(d.Open, func(q Question) string { return q.Fact }), nil
	case "alternatives":
		return names(d.Alternatives, Alternative.String), nil
	}
	return b.got(head, rest, s.b.packs[0].Currency), nil
}

func (s *state) gotTable(rest string) ([]string, error) {
	name, col, _ := strings.Cut(rest, ".")
	row, err := s.b.Lookup(name, *s.in)
	if err != nil {
		return nil, err
	}
	v, ok := row.Values[col]
	switch {
	case !ok:
		return []string{"open"}, nil
	case v.typ == TypeMoney:
		return []string{money.Of(v.n, s.b.packs[0].Currency).Decimal()}, nil
	}
	return []string{v.String()}, nil
}

func (b *Bundle) got(head, rest string, cur money.Currency) []string {
	amount := func(minor *int64) []string {
		if minor == nil {
			return []string{"unknown"}
		}
		return []string{money.Of(*minor, cur).Decimal()}
	}
	value := func(p *Point) []string {
		if p == nil {
			return []string{""}
		}
		return []string{p.Value}
	}
	switch head {
	case "right":
		return value(b.Right)
	case "authority":
		return value(b.Authority)
	case "freight":
		for _, l := range b.Freight {
			if l.Leg == rest {
				return value(&l.Point)
			}
		}
	case "refund":
		if b.Refund != nil {
			return amount(b.Refund.Total)
		}
	case "amount":
		if b.Amount != nil {
			return amount(b.Amount.Minor)
		}
	case "deduct":
		if b.Refund != nil {
			var out []string
			for _, p := range b.Refund.Parts {
				if name, ok := strings.CutPrefix(p.Part, "deduct."); ok {
					out = append(out, name)
				}
			}
			return out
		}
	case "last_day":
		if b.LastDay != nil {
			return []string{b.LastDay.Date.String()}
		}
	case "due":
		return earliest(b.Due)
	case "send_by":
		return earliest(b.SendBy)
	case "evidence":
		return names(b.Evidence, func(e Evidence) string { return e.Fact })
	case "conditions":
		return names(b.Conditions, func(c Condition) string { return c.Fact })
	case "overridden":
		var out []string
		for _, c := range b.Clauses {
			if c.Overridden {
				out = append(out, c.Claim)
			}
		}
		return out
	case "winner":
		return []string{b.winner(rest)}
	}
	if slices.Contains(expectList, head) {
		return nil
	}
	return []string{""}
}

// AsExpected writes the decision as the `expect` of a golden case would, in YAML: every point it has, none it has not.
func (d *Decision) AsExpected(c money.Currency) string {
	b := d.Asked()
	if b == nil {
		b = &Bundle{}
	}
	var out strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&out, "%s: %s\n", key, value)
		}
	}
	list := func(key string, words []string) {
		if len(words) > 0 {
			line(key, "["+strings.Join(words, ", ")+"]")
		}
	}
	line("outcome", string(d.Outcome))
	line("reason", d.Reason)
	line("clause", d.Clause)
	line("right", b.got("right", "", c)[0])
	var legs []string
	for _, l := range b.Freight {
		legs = append(legs, l.Leg+": "+l.Value)
	}
	if legs != nil {
		line("freight", "{"+strings.Join(legs, ", ")+"}")
	}
	for _, key := range []string{"refund", "amount", "authority", "last_day", "due", "send_by"} {
		line(key, b.got(key, "", c)[0])
	}
	for _, key := range []string{"deduct", "evidence", "conditions", "overridden"} {
		list(key, b.got(key, "", c))
	}
	list("open", names(d.Open, func(q Question) string { return q.Fact }))
	list("alternatives", names(d.Alternatives, Alternative.String))
	return out.String()
}

// winner is the claim that won a point.
func (b *Bundle) winner(point string) string {
	points := map[string]*Point{"right": b.Right, "authority": b.Authority}
	for i, l := range b.Freight {
		points["freight."+l.Leg] = &b.Freight[i].Point
	}
	if b.Refund != nil {
		points["refund"] = &Point{By: b.Refund.By}
	}
	if b.Amount != nil {
		points["amount"] = &Point{By: b.Amount.By}
	}
	if len(b.Due) > 0 {
		points["due"] = &Point{By: b.Due[0].By}
	}
	if p := points[point]; p != nil {
		return p.By
	}
	return ""
}

// earliest is the earliest deadline as cases write it: its date, or "7 days from goods.back_on".
func earliest(ds []Deadline) []string {
	best := ""
	for _, d := range ds {
		text := fmt.Sprintf("%d %s from %s", d.N, d.Unit, d.From)
		switch {
		case d.Date != nil:
			text = d.Date.String()
		case d.At != 0:
			text = d.At.String()
		}
		if best == "" || text < best {
			best = text
		}
	}
	return []string{best}
}

func names[T any](list []T, name func(T) string) (out []string) {
	for _, x := range list {
		if n := name(x); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// String is an alternative as cases write it: a code, or ground/remedy.
func (a Alternative) String() string {
	if a.Code != "" {
		return a.Code
	}
	return a.Ground + "/" + string(a.Remedy)
}
