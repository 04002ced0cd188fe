package rule

import (
	"slices"
	"sync"

	"github.com/sanbao/sanbao/errs"
)

// Book is the packs that govern a matter together: the law, marketplace commitments, the shop's pack. It is immutable
// and safe for concurrent use; make it once per set of versions.
type Book struct {
	voc     *Vocabulary
	packs   []*Pack // every pack once, law first
	edition [][]*Pack
	tables  map[string]*boundTable
	grounds map[string]*Ground
	names   []string // grounds in the order they were written

	atoms   []atom
	applies []int   // atom that says whether a fact applies, -1
	atomsOf [][]int // atoms whose result depends on a fact
	claims  []*bound
	claimOf [][]int // claims that read an atom
	keys    map[Key][]*entry
	near    map[string][]keyed // of each ground: its keys, then those of the grounds that need no cause
	refs    [][]PackRef        // of each edition
	states  sync.Pool          // *state, for the next decision
}

// bound is a claim with its atoms numbered for a book.
type bound struct {
	*claim
	i       int
	edition int // 0: in force at payment, 1: a later version of the shop's packs
	atoms   []int
	guarded int // how many of conds are guards; they come first
}

// boundTable is a table with the atoms of its rows numbered, in the order of rows and cells.
type boundTable struct {
	*table
	when []int
}

// entry is a claim and what it gives for one key.
type entry struct {
	*bound
	g    *gives
	rank int   // layer, for ties
	when []int // atoms of the authority table, in the order of rows and cells

	looksAt []int // facts that decide how much it gives: proofs, amounts, lengths of deadlines
}

// NewBook binds packs. With two editions the first holds the packs in force at payment and the second those of a later
// version that is in force too: whole bundles are compared per key and the better one governs (G2). Law packs belong
// into both.
func NewBook(editions ...[]*Pack) (*Book, error) {
	b := &Book{grounds: map[string]*Ground{}, keys: map[Key][]*entry{}, tables: map[string]*boundTable{}}
	var bad errs.Faults
	for _, packs := range editions {
		packs = slices.Clone(packs)
		slices.SortStableFunc(packs, func(x, y *Pack) int { return x.Layer.rank() - y.Layer.rank() })
		b.edition = append(b.edition, packs)
		for _, p := range packs {
			if b.voc == nil {
				b.voc = p.voc
			}
			if p.voc != b.voc || p.Currency != packs[0].Currency {
				bad.Add(p.ID, "rule.book_mixed", errs.Args{"pack": p.ID, "other": packs[0].ID})
			}
			if !slices.Contains(b.packs, p) {
				b.packs = append(b.packs, p)
				b.addGrounds(p, &bad)
				b.addTables(p, &bad)
			}
		}
	}
	if b.voc == nil {
		return nil, errs.New(errs.Invalid, "rule.book_empty")
	}
	b.checkGrounds(&bad)
	if err := bad.Err(); err != nil {
		return nil, err
	}
	b.index(b.edition)
	return b, nil
}

// addGrounds merges a pack's grounds. A later pack may leave the fault class out, never change it.
func (b *Book) addGrounds(p *Pack, bad *errs.Faults) {
	for _, g := range p.Grounds {
		old := b.grounds[g.Name]
		if old == nil {
			c := g
			b.grounds[g.Name] = &c
			b.names = append(b.names, g.Name)
			continue
		}
		if g.Fault != "" && old.Fault != "" && g.Fault != old.Fault || g.As != old.As && g.As != "" {
			bad.Add(p.place("ground "+g.Name), "rule.ground_changed", errs.Args{"ground": g.Name, "fault": old.Fault})
		}
	}
}

// addTables files a pack's tables by name. A later version of a pack takes the place of the one before; another pack
// cannot answer for it.
func (b *Book) addTables(p *Pack, bad *errs.Faults) {
	for _, t := range p.tables {
		if old := b.tables[t.id]; old != nil && old.pack.ID != p.ID {
			bad.Add(t.mark.place(), "rule.table_shared", errs.Args{"id": t.id, "pack": old.pack.ID})
			continue
		}
		b.tables[t.id] = &boundTable{table: t}
	}
}

func (p *Pack) place(what string) string {
	m := p.marks[what]
	return Fault{File: m.file, Line: m.line, Col: m.col}.Place()
}

func (m mark) place() string { return Fault{File: m.file, Line: m.line, Col: m.col}.Place() }

// checkGrounds resolves `as` and refuses grounds that no pack declares.
func (b *Book) checkGrounds(bad *errs.Faults) {
	for _, name := range b.names {
		g := b.grounds[name]
		if g.As != "" && b.grounds[g.As] == nil {
			bad.Add(name, "rule.ground_unknown", errs.Args{"ground": g.As, "hint": hint(g.As, b.names)})
		}
		if len(b.lineage(name)) > len(b.names) {
			bad.Add(name, "rule.ground_circle", errs.Args{"ground": name})
			return
		}
	}
	for _, name := range b.names {
		if g := b.grounds[name]; g.Fault == "" {
			for _, a := range b.lineage(name) {
				if x := b.grounds[a]; x != nil && x.Fault != "" {
					g.Fault = x.Fault
					break
				}
			}
		}
	}
	for _, p := range b.packs {
		for _, c := range p.claims {
			for _, g := range c.grounds {
				if b.grounds[g] == nil {
					bad.Add(c.mark.place(), "rule.ground_unknown", errs.Args{"ground": g, "hint": hint(g, b.names)})
				}
			}
		}
	}
}

// lineage is a ground and what it counts as, nearest first; longer than the taxonomy means a circle.
func (b *Book) lineage(ground string) []string {
	out := []string{ground}
	for g := b.grounds[ground]; g != nil && g.As != "" && len(out) <= len(b.names); g = b.grounds[g.As] {
		out = append(out, g.As)
	}
	return out
}

// index numbers the atoms and files every claim under its keys.
func (b *Book) index(editions [][]*Pack) {
	number := map[string]int{}
	id := func(a atom) int {
		i, ok := number[a.key()]
		if !ok {
			i = len(b.atoms)
			number[a.key()] = i
			b.atoms = append(b.atoms, a)
		}
		return i
	}
	b.applies = make([]int, len(b.voc.facts))
	for f, x := range b.voc.applies {
		b.applies[f] = -1
		if x != nil {
			b.applies[f] = id(atom{ex: x})
		}
	}
	for edition, packs := range editions {
		for _, p := range packs {
			for _, c := range p.claims {
				x := &bound{claim: c, i: len(b.claims), edition: edition}
				for _, k := range c.conds {
					x.atoms = append(x.atoms, id(k.is))
					if k.kind == guard {
						x.guarded++
					}
				}
				b.claims = append(b.claims, x)
			}
		}
	}
	slices.SortStableFunc(b.claims, func(x, y *bound) int { return x.pack.Layer.rank() - y.pack.Layer.rank() })
	for i, c := range b.claims {
		c.i = i
		for _, g := range c.gives {
			e := &entry{bound: c, g: g, rank: c.pack.Layer.rank()}
			if g.table != nil {
				for _, r := range g.table.rows {
					for _, k := range r.when {
						e.when = append(e.when, id(k.is))
					}
				}
			}
			e.looksAt = b.lookedAt(g)
			for _, ground := range b.names {
				if slices.ContainsFunc(b.lineage(ground), func(a string) bool { return slices.Contains(c.grounds, a) }) {
					k := Key{ground, g.remedy}
					b.keys[k] = append(b.keys[k], e)
				}
			}
		}
	}
	for _, name := range sortedKeys(b.tables) {
		t := b.tables[name]
		for _, r := range t.rows {
			for _, k := range r.when {
				t.when = append(t.when, id(k.is))
			}
		}
	}
	b.dependents()
	b.arrange()
}

// arrange prepares what every decision lists: the keys beside an asked one, and the bound versions.
func (b *Book) arrange() {
	b.near = map[string][]keyed{}
	for _, asked := range b.names {
		grounds := []string{asked}
		for _, g := range b.names {
			if b.grounds[g].Fallback && !slices.Contains(b.lineage(asked), g) {
				grounds = append(grounds, g)
			}
		}
		for _, g := range grounds {
			for _, r := range Remedies {
				if e := b.keys[Key{g, r}]; len(e) > 0 {
					b.near[asked] = append(b.near[asked], keyed{Key{g, r}, e})
				}
			}
		}
	}
	b.refs = make([][]PackRef, len(b.edition))
	for i, packs := range b.edition {
		for _, p := range packs {
			b.refs[i] = append(b.refs[i], p.Ref())
		}
	}
}

// lookedAt lists the facts that decide how much is given: proofs, amounts, anchors and lengths of deadlines.
func (b *Book) lookedAt(g *gives) []int {
	out := slices.Clone(g.evidence)
	exprs := []*expr{g.amount}
	if g.refund != nil {
		exprs = append(exprs, g.refund.amount)
		for _, f := range b.voc.parts {
			out = append(out, f)
		}
	}
	for _, d := range g.deducts {
		exprs = append(exprs, d.ex)
	}
	for _, x := range exprs {
		if x != nil {
			out = append(out, x.facts...)
		}
	}
	for _, p := range []*period{g.due, g.sendBy} {
		if p != nil && len(b.edition) > 1 { // deadlines only ever decide between editions
			out = append(out, p.from)
			if p.nFact >= 0 {
				out = append(out, p.nFact)
			}
		}
	}
	return out
}

// dependents fills atomsOf and claimOf.
func (b *Book) dependents() {
	b.atomsOf = make([][]int, len(b.voc.facts))
	for i, a := range b.atoms {
		for _, f := range b.closure(a.facts()) {
			b.atomsOf[f] = append(b.atomsOf[f], i)
		}
	}
	b.claimOf = make([][]int, len(b.atoms))
	for _, c := range b.claims {
		for _, a := range c.atoms {
			if !slices.Contains(b.claimOf[a], c.i) {
				b.claimOf[a] = append(b.claimOf[a], c.i)
			}
		}
	}
}

// closure is a set of facts and the facts that decide whether they apply.
func (b *Book) closure(facts []int) []int {
	out := slices.Clone(facts)
	for i := 0; i < len(out); i++ {
		if a := b.applies[out[i]]; a >= 0 {
			for _, f := range b.atoms[a].facts() {
				if !slices.Contains(out, f) {
					out = append(out, f)
				}
			}
		}
	}
	return out
}

// Editions names the bound versions of each edition, law first. The caller must not change them.
func (b *Book) Editions() [][]PackRef { return b.refs }

// text is the wording of a code in the bound packs, the law's first.
func (b *Book) text(of func(*Texts) map[string]Text, code string) (Text, bool) {
	for _, p := range b.packs {
		if t, ok := of(&p.Texts)[code]; ok {
			return t, true
		}
	}
	return Text{}, false
}

// Grounds lists the grounds a customer can name, in the order they were written.
func (b *Book) Grounds() []Ground {
	out := make([]Ground, len(b.names))
	for i, n := range b.names {
		out[i] = *b.grounds[n]
	}
	return out
}

// GroundText is what the packs call a ground, false when none of them names it.
func (b *Book) GroundText(ground string) (Text, bool) {
	return b.text(func(t *Texts) map[string]Text { return t.Grounds }, ground)
}

// Remedies lists what some claim gives for a ground.
func (b *Book) Remedies(ground string) []Remedy {
	var out []Remedy
	for _, r := range Remedies {
		if slices.ContainsFunc(b.keys[Key{ground, r}], func(e *entry) bool { return e.mode != permit }) {
			out = append(out, r)
		}
	}
	return out
}
