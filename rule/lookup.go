package rule

import (
	"fmt"

	"github.com/sanbao/sanbao/errs"
)

// Row is a table's answer. While facts that decide it are unknown, Values is nil and Open lists them.
type Row struct {
	Table  string           `json:"table"`
	Pack   string           `json:"pack"`
	Number int              `json:"row"` // 1-based
	Values map[string]Value `json:"-"`
	Cites  []string         `json:"cites,omitempty"`
	Open   []Question       `json:"open,omitempty"`
}

// Lookup asks a table; ground and remedy of the input are not used. Tables presume nothing: a fact of a later stage
// counts as declared, and is open otherwise. No such table is a NotFound error; two fitting rows of a unique table are
// an Invalid one.
func (b *Book) Lookup(table string, in Input) (*Row, error) {
	in.Ground, in.Remedy = "", ""
	s, err := b.newState(&in, false)
	if err != nil {
		return nil, err
	}
	defer s.release()
	t := b.tables[table]
	if t == nil {
		return nil, errs.New(errs.NotFound, "rule.table_unknown", errs.Args{"id": table, "hint": hint(table, sortedKeys(b.tables))})
	}
	out := &Row{Table: t.id, Pack: t.pack.ID}
	r, err := s.row(t)
	if err != nil || s.err != nil {
		if err == nil {
			err = s.err
		}
		return nil, err
	}
	add := func(f int) { out.ask(s, f) }
	if r < 0 {
		for _, a := range t.when {
			for _, f := range s.b.atoms[a].facts() {
				if s.vals[f].typ == 0 && s.result(a).v == open {
					add(f)
				}
			}
		}
		return out, s.err
	}
	out.Number, out.Cites = r+1, t.rows[r].cites
	values := map[string]Value{}
	for i, c := range t.cols {
		cell := t.rows[r].then[i]
		if cell.ex == nil {
			values[c.name] = cell.val
			continue
		}
		v, missing := s.eval(cell.ex, c.typ)
		for _, f := range missing {
			add(f)
		}
		values[c.name] = v
	}
	if len(out.Open) == 0 {
		out.Values = values
	}
	return out, s.err
}

func (r *Row) ask(s *state, f int) {
	q := s.question(f)
	for _, x := range r.Open {
		if x.Fact == q.Fact {
			return
		}
	}
	r.Open = append(r.Open, q)
}

// row is the row of a table that fits, -1 while that is open.
func (s *state) row(t *boundTable) (int, error) {
	found, n := -1, 0
	for i, r := range t.rows {
		fit := s.fits(r, t.when[n:])
		n += len(r.when)
		switch {
		case fit == open:
			return -1, nil
		case fit != yes:
		case !t.unique:
			return i, nil
		case found < 0:
			found = i
		case len(r.when) > 0:
			return -1, errs.New(errs.Invalid, "rule.table_ambiguous", errs.Args{"id": t.id, "rows": fmt.Sprintf("%d, %d", found+1, i+1)})
		}
	}
	return found, nil
}

// fits says whether the cells of a row fit. A cell over a fact that does not apply does not.
func (s *state) fits(r *row, when []int) tri {
	fit := yes
	for i := range r.when {
		switch s.result(when[i]).v {
		case no, notApplicable:
			return no
		case open:
			fit = open
		}
	}
	return fit
}

// eval is a cell's expression, or the facts it lacks.
func (s *state) eval(x *expr, t Type) (Value, []int) {
	if x.only >= 0 && s.vals[x.only].typ != 0 {
		return s.vals[x.only], nil
	}
	var missing []int
	for _, f := range x.facts {
		if s.vals[f].typ == 0 {
			missing = append(missing, f)
		}
	}
	if missing != nil {
		return Value{}, missing
	}
	v, _, err := x.full.Eval(s)
	if err != nil {
		s.fail(errs.Wrap(err, errs.Invalid, "rule.evaluation", errs.Args{"rule": clip(x.key)}))
		return Value{}, nil
	}
	out, _ := valueOf(v, t)
	return out, nil
}
