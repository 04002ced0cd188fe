package rule

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
)

// unit of a period.
type unit string

const (
	days     unit = "days"
	workdays unit = "workdays"
	months   unit = "months"
	hours    unit = "hours"
)

var units = []string{string(days), string(workdays), string(months), string(hours)}

// period is N units from a fact: a deadline, or the length of a window.
type period struct {
	from  int   // fact: date or instant
	n     int64 // or
	nFact int   // int fact, -1 when n is said
	unit  unit
	roll  bool // a last day that is not a working day moves on (G8)
}

// window is a period in which the tested fact has to fall.
type window struct {
	period
	tested int
	facts  []int
	key    string
}

// end is when N units from an anchor are over: the last day, open until 24:00 (G6), or for hours the instant.
func (p *period) end(anchor Value, n int64, cal *calendar.Calendar) (last calendar.Date, at clock.Instant, err error) {
	if p.unit == hours {
		return 0, cal.AddHours(anchor.Instant(), int(n)), nil
	}
	d := dayOf(anchor, cal)
	switch p.unit {
	case days:
		last = d.AddDays(int(n))
	case months:
		last = d.AddMonths(int(n))
	case workdays:
		last, err = cal.AddWorkdays(d, int(n))
	}
	if err == nil && p.roll {
		last, err = cal.RollForward(last)
	}
	return last, 0, err
}

// holds says whether tested falls within the window that begins at anchor. Before the anchor counts as within: who
// gives notice before the parcel is signed for is not too late.
func (w *window) holds(anchor, tested Value, n int64, cal *calendar.Calendar) (bool, error) {
	last, at, err := w.end(anchor, n, cal)
	if w.unit == hours {
		return tested.Instant() <= at, err
	}
	return dayOf(tested, cal) <= last, err
}

// dayOf is the day of a date or instant.
func dayOf(v Value, cal *calendar.Calendar) calendar.Date {
	if v.typ == TypeInstant {
		return cal.DateOf(v.Instant())
	}
	return v.Date()
}

// period reads the keys from, days|workdays|months|hours and roll that windows and deadlines share.
func (l *loader) period(f map[string]*yaml.Node, at *yaml.Node, what string) period {
	p := period{from: l.fact(f["from"], what, TypeDate, TypeInstant), nFact: -1}
	given := 0
	for _, u := range units {
		n := f[u]
		if n == nil {
			continue
		}
		given++
		p.unit = unit(u)
		s := l.scalar(n, what)
		if factName.MatchString(s) {
			p.nFact = l.fact(n, what, TypeInt)
		} else if v, ok := l.literal(n, TypeInt, what); ok {
			if p.n = v.n; v.n < 0 || v.n > calendar.MaxPeriod {
				l.fault(n, "rule.period_range", "n", v.n, "limit", calendar.MaxPeriod)
			}
		}
	}
	if given != 1 {
		l.fault(at, "rule.period_unit", "what", what, "units", strings.Join(units, " "))
	}
	if p.unit == hours && p.from >= 0 && l.voc.facts[p.from].typ != TypeInstant {
		l.fault(f["from"], "rule.period_hours", "fact", l.voc.facts[p.from].name)
	}
	p.roll = l.word(f["roll"], "roll", "none", "statutory") == "statutory"
	return p
}

// window reads a condition's window.
func (l *loader) window(n *yaml.Node) (*window, string) {
	f := l.fields(n, "window", "from!", "days", "workdays", "months", "hours", "tested!", "counts!", "roll!", "else!")
	w := &window{period: l.period(f, n, "window"), tested: l.fact(f["tested"], "tested", TypeDate, TypeInstant)}
	if l.word(f["counts"], "counts", "shop", "law") == "shop" && w.roll {
		l.fault(f["roll"], "rule.window_roll")
	}
	if w.roll && w.unit == hours {
		l.fault(f["roll"], "rule.window_roll_hours")
	}
	w.facts = []int{w.from, w.tested}
	if w.nFact >= 0 {
		w.facts = append(w.facts, w.nFact)
	}
	slices.Sort(w.facts)
	w.facts = slices.Compact(w.facts)
	w.key = fmt.Sprintf("window: %d %d %s %d %d %v", w.from, w.n, w.unit, w.nFact, w.tested, w.roll)
	return w, l.code(f["else"], "else")
}
