package rule

import (
	"fmt"
	"slices"
)

// Coverage counts the conditions of one pack that cases saw met and unmet.
type Coverage struct {
	pack *Pack
	seen map[*cond][2]bool
	rows map[*row]bool
}

// NewCoverage counts for a pack.
func NewCoverage(p *Pack) *Coverage {
	return &Coverage{p, map[*cond][2]bool{}, map[*row]bool{}}
}

// count notes every condition of the pack that the state of a decision saw met or unmet.
func (v *Coverage) count(s *state) {
	for _, c := range s.b.claims {
		if c.pack != v.pack || !slices.ContainsFunc(s.b.lineage(s.in.Ground), func(g string) bool { return slices.Contains(c.grounds, g) }) || s.claim(c) == silent {
			continue
		}
		for i, k := range c.conds {
			if r := s.result(c.atoms[i]); k.kind != guard && (r.v == yes || r.v == no) {
				was := v.seen[k]
				was[r.v-yes] = true
				v.seen[k] = was
			}
		}
	}
	for _, t := range s.b.tables {
		if t.pack != v.pack {
			continue
		}
		if i, err := s.row(t); err == nil && i >= 0 {
			v.rows[t.rows[i]] = true
		}
	}
	s.err = nil
}

// Gap is a condition that no case saw met, or none saw unmet; or a table row that no case hit.
type Gap struct {
	Place string
	What  string // "shoes.no_reason worn", "repair_authority row 2"
	Never string // met, unmet, hit
}

// Gaps lists what the cases left unseen, in the order of the pack. Conditions of an exception are met when it bites.
func (v *Coverage) Gaps() (out []Gap) {
	for _, c := range v.pack.claims {
		for _, k := range c.conds {
			if k.kind == guard {
				continue
			}
			seen := v.seen[k]
			for i, word := range []string{"met", "unmet"} {
				if !seen[i] {
					out = append(out, Gap{k.mark.place(), c.id + " " + k.id, word})
				}
			}
		}
	}
	for _, t := range v.pack.tables {
		for i, r := range t.rows {
			if !v.rows[r] {
				out = append(out, Gap{r.mark.place(), fmt.Sprintf("%s row %d", t.id, i+1), "hit"})
			}
		}
	}
	return out
}

// Counts is how many halves (met, unmet; rows hit) there are, and how many were seen.
func (v *Coverage) Counts() (seen, all int) {
	for _, c := range v.pack.claims {
		for _, k := range c.conds {
			if k.kind != guard {
				all += 2
			}
		}
	}
	for _, t := range v.pack.tables {
		all += len(t.rows)
	}
	return all - len(v.Gaps()), all
}
