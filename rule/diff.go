package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// PackChange is one difference between two versions of a pack. Before or After is empty for what is new or gone; both are
// words, as Text is, except where two rules read alike: then they are written as the pack writes them.
type PackChange struct {
	What   string   `json:"what" enum:"pack,param,ground,claim,table,text" doc:"what kind of thing changed"`
	ID     string   `json:"id" doc:"which: a parameter, a ground, a claim, a table, or the place of a text"`
	Text   string   `json:"text" doc:"the change as a sentence"`
	Before string   `json:"before,omitempty"`
	After  string   `json:"after,omitempty"`
	Cites  []string `json:"cites,omitempty" doc:"where the rule comes from; of what is gone, where it came from"`
}

// The kinds of things in a pack, in the order in which changes are listed.
var diffKinds = []string{"pack", "param", "ground", "claim", "table", "text"}

// Diff says in words what another version of a pack changes: parameters with both values, claims point by point, tables row
// by row, grounds, wording. A parameter and the points of claims in which it shows are changes each: the one says what was
// edited, the others where it bites. No changes mean that both versions are the same but for their cases. Where the files
// of the rules were edited and no rule says anything else (comments, the order of keys), that is the only change.
//
// beside are packs that lend words: the law's, which names the grounds that a shop's claims answer. Two packs that are not
// versions of one pack are an Invalid error.
func Diff(a, b *Pack, lang errs.Lang, beside ...*Pack) ([]PackChange, error) {
	if a.ID != b.ID || a.voc != b.voc {
		return nil, errs.New(errs.Invalid, "rule.diff_others", errs.Args{"a": a.ID, "b": b.ID})
	}
	from, to := pointsOf(a, lang, beside), pointsOf(b, lang, beside)
	x := &differ{words: to.words, before: from.index(), after: to.index(), at: map[string]int{}}
	for _, p := range to.points {
		x.note(p)
		if old, ok := x.before[p.path()]; !ok {
			if x.whole(p, x.before) {
				x.add(p, nil, &p)
			}
		} else if old.key != p.key {
			x.add(p, &old, &p)
		}
	}
	for _, p := range from.points {
		x.note(p)
		if _, ok := x.after[p.path()]; !ok && x.whole(p, x.after) {
			x.add(p, &p, nil)
		}
	}
	x.orders(a, b)
	x.tables(from, to)
	if len(x.out) == 0 && a.Hash != b.Hash {
		x.out = append(x.out, PackChange{What: "pack", ID: b.ID, Text: to.say("rule.diff_rewritten", nil)})
	}
	slices.SortStableFunc(x.out, func(p, q PackChange) int {
		return cmp.Or(slices.Index(diffKinds, p.What)-slices.Index(diffKinds, q.What), x.at[p.What+" "+p.ID]-x.at[q.What+" "+q.ID])
	})
	return x.out, nil
}

// point is one thing a pack says, in words and as it is compared. What consists of points (a claim, a condition, what a
// claim gives for a remedy) has one of its own, without a name, which stands for all when it is new or gone.
type point struct {
	what, id, part, name string
	label                string // how the reader calls it
	text, key            string // what it says
	cites                []string
}

func (p point) path() string { return p.what + "\n" + p.id + "\n" + p.part + "\n" + p.name }

// differ compares the points of two versions.
type differ struct {
	words         // the later version's
	before, after map[string]point
	at            map[string]int // the order of things, first come
	out           []PackChange
}

func (x *differ) note(p point) {
	if id := p.what + " " + p.id; x.at[id] == 0 {
		x.at[id] = len(x.at) + 1
	}
}

// whole says whether a point that the other version lacks is told by itself: not when what it belongs to is missing too.
func (x *differ) whole(p point, other map[string]point) bool {
	if p.name != "" {
		if _, ok := other[point{what: p.what, id: p.id, part: p.part}.path()]; !ok {
			return false
		}
	}
	if p.part != "" {
		_, ok := other[point{what: p.what, id: p.id}.path()]
		return ok
	}
	return true
}

func (x *differ) add(p point, old, now *point) {
	c := PackChange{What: p.what, ID: p.id, Cites: p.cites}
	switch {
	case old == nil:
		c.After = now.text
	case now == nil:
		c.Before = old.text
	default:
		c.Before, c.After = old.text, now.text
		if c.Before == c.After {
			c.Before, c.After = old.key, now.key
		}
	}
	c.Text = x.sentence(p, c)
	x.out = append(x.out, c)
}

func (x *differ) sentence(p point, c PackChange) string {
	key := "rule.diff_changed"
	switch {
	case c.Before == "" && c.After == "":
		return p.label
	case c.Before == "":
		key = "rule.diff_new"
	case c.After == "":
		key = "rule.diff_gone"
	case p.what == "param" && p.name == "value":
		key = "rule.diff_param"
	}
	return x.say(key, errs.Args{"what": p.label, "before": c.Before, "after": c.After})
}

// orders tells where only the order of what both versions have is another: of claims, which settles ties, and of a claim's
// conditions, which settles the reason that is given.
func (x *differ) orders(a, b *Pack) {
	old := map[string]*claim{}
	for _, c := range a.claims {
		old[c.id] = c
	}
	ids := func(claims []*claim) []string { return names(claims, func(c *claim) string { return c.id }) }
	if x.moved(ids(a.claims), ids(b.claims)) {
		x.out = append(x.out, PackChange{What: "pack", ID: b.ID, Text: x.say("rule.diff_order_claims", nil), Before: strings.Join(ids(a.claims), " "), After: strings.Join(ids(b.claims), " ")})
	}
	for _, c := range b.claims {
		if o := old[c.id]; o != nil && x.moved(condIDs(o), condIDs(c)) {
			x.out = append(x.out, PackChange{What: "claim", ID: c.id, Text: x.say("rule.diff_order_conditions", errs.Args{"claim": c.id}),
				Before: strings.Join(condIDs(o), " "), After: strings.Join(condIDs(c), " "), Cites: c.cites})
		}
	}
}

// moved says whether what two lists have in common stands in another order.
func (x *differ) moved(a, b []string) bool {
	both := func(in, other []string) []string {
		return slices.DeleteFunc(slices.Clone(in), func(s string) bool { return !slices.Contains(other, s) })
	}
	return !slices.Equal(both(a, b), both(b, a))
}

// condIDs are the names of a claim's conditions; guards may come from pack and claim for one fact.
func condIDs(c *claim) []string {
	seen := map[string]int{}
	return names(c.conds, func(k *cond) string {
		seen[k.id]++
		return k.id + strings.Repeat("'", seen[k.id]-1)
	})
}

// tables compares the rows of the tables both versions have: those that are the same are laid beside each other; of what
// stands between them, rows that look at the same facts are one row that changed, and the rest is new or gone.
func (x *differ) tables(from, to *points) {
	for _, t := range to.pack.tables {
		i := slices.IndexFunc(from.pack.tables, func(o *table) bool { return o.id == t.id })
		if i < 0 {
			continue
		}
		old, now := from.rows(from.pack.tables[i]), to.rows(t)
		i, j := 0, 0
		for _, same := range append(common(old, now, func(p point) string { return p.key }), [2]int{len(old), len(now)}) {
			x.rows(old[i:same[0]], now[j:same[1]])
			i, j = same[0]+1, same[1]+1
		}
	}
}

// rows are those between two that stayed.
func (x *differ) rows(old, now []point) {
	i, j := 0, 0
	for _, same := range append(common(old, now, func(p point) string { return p.part }), [2]int{len(old), len(now)}) {
		for ; i < same[0]; i++ {
			x.add(old[i], &old[i], nil)
		}
		for ; j < same[1]; j++ {
			x.add(now[j], nil, &now[j])
		}
		if i < len(old) {
			x.add(now[j], &old[i], &now[j])
		}
		i, j = i+1, j+1
	}
}

// common is the longest run of rows that both have in the same order, by what is said to be the same, as pairs of places.
func common(a, b []point, by func(point) string) (out [][2]int) {
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			length[i][j] = max(length[i+1][j], length[i][j+1])
			if by(a[i]) == by(b[j]) {
				length[i][j] = length[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case by(a[i]) == by(b[j]):
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
